package places

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answers of Occupied.
const (
	OccupiedYes     = "yes"     // all of it, on all of the days
	OccupiedNo      = "no"      // no part of it, on none of the days
	OccupiedPartly  = "partly"  // a part of it, or some of the days, or fought over on them
	OccupiedUnknown = "unknown" // no such place or no such days
)

// What the answers rest on.
const (
	orderName = "order 376"
	orderDay  = "2025-05-07" // the edition's day: later days show the last known state
	forever   = int32(1 << 30)
)

// span is a run of days since 1970, both inclusive.
type span struct{ from, to int32 }

// occupation holds, for each unit with an entry of its own or below it, the days on which
// all of it, any of it was occupied, and any of it an area of active hostilities. An entry
// for an area stands for all settlements below it but those it excepts.
type occupation struct{ all, some, fought map[int32][]span }

// Occupied says whether the place with this KATOTTG code was occupied on the days from..to
// (ISO dates, both inclusive; an empty to means from): one of the Occupied constants, and
// why in plain English. It knows what the order lists, from 2014-02-20 on, no more.
func (g *Gazetteer) Occupied(id, from, to string) (status, why string) {
	if to == "" {
		to = from
	}
	i, ok := g.byID[id]
	a, errA := isoDay(from)
	b, errB := isoDay(to)
	if !ok || errA != nil || errB != nil || a > b {
		return OccupiedUnknown, "no such place or no such days"
	}
	if g.level[i] == LevelCityDistrict {
		i = g.parent[i]
	}
	o := &g.occupied
	some, all, fought := o.some[i], o.all[i], touches(o.fought[i], a, b)
	later := ""
	if to > orderDay {
		later = "; last known state, as of " + orderDay
	}
	switch {
	case len(some) == 0:
		why = "not listed as occupied in " + orderName
		if fought {
			why += "; listed as an area of active hostilities then"
		}
		return OccupiedNo, why + later
	case !touches(some, a, b):
		why = "not occupied then; " + orderName + " lists it as occupied " + spell(some)
		if fought {
			why += "; listed as an area of active hostilities then"
		}
		return OccupiedNo, why + later
	case !covers(some, a, b):
		return OccupiedPartly, "only on some of these days: " + orderName + " lists it as occupied " + spell(some) + later
	case !covers(all, a, b):
		return OccupiedPartly, "only in part: " + orderName + " lists some of its settlements as occupied on these days" + later
	case fought:
		return OccupiedPartly, "occupied, and an area of active hostilities as well: " + orderName + " lists both" + later
	}
	return OccupiedYes, orderName + " lists it as occupied " + spell(all) + later
}

// EverOccupied says whether the place, or a part of it, was occupied on any day.
func (g *Gazetteer) EverOccupied(id string) bool {
	i, ok := g.byID[id]
	if ok && g.level[i] == LevelCityDistrict {
		i = g.parent[i]
	}
	return ok && len(g.occupied.some[i]) > 0
}

func isoDay(s string) (int32, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return 0, err
	}
	return int32(t.Unix() / 86400), nil
}

func day(d int32) string { return time.Unix(int64(d)*86400, 0).UTC().Format("2006-01-02") }

// spell writes spans out: "from 2022-02-24", "from 2022-03-01 to 2022-11-11".
func spell(spans []span) string {
	var b strings.Builder
	for k, s := range spans {
		if k == 3 && len(spans) > 4 {
			b.WriteString(" and later")
			break
		}
		if k > 0 {
			b.WriteString(" and ")
		}
		b.WriteString("from " + day(s.from))
		if s.to < forever {
			b.WriteString(" to " + day(s.to))
		}
	}
	return b.String()
}

func touches(spans []span, a, b int32) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return s.from <= b && s.to >= a })
}

func covers(spans []span, a, b int32) bool { // spans are merged: one must hold all
	return slices.ContainsFunc(spans, func(s span) bool { return s.from <= a && s.to >= b })
}

// merge sorts spans and joins those that overlap or follow each other.
func merge(spans []span) []span {
	slices.SortFunc(spans, func(x, y span) int { return int(x.from) - int(y.from) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to+1 {
			out[n-1].to = max(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// everywhere gives the days on which n places, each with merged spans, are all covered.
func everywhere(spans []span, n int) []span {
	type edge struct{ day, by int32 }
	edges := make([]edge, 0, 2*len(spans))
	for _, s := range spans {
		edges = append(edges, edge{s.from, 1}, edge{s.to + 1, -1})
	}
	slices.SortFunc(edges, func(x, y edge) int { return int(x.day) - int(y.day) })
	var out []span
	held := int32(0)
	for k := 0; k < len(edges); {
		d, was := edges[k].day, held
		for ; k < len(edges) && edges[k].day == d; k++ {
			held += edges[k].by
		}
		if was < int32(n) && held == int32(n) {
			out = append(out, span{d, forever})
		} else if was == int32(n) && held < was {
			out[len(out)-1].to = d - 1
		}
	}
	return merge(out)
}

// readOrder reads the order's lines: index of the unit, kind, first and last day, "part"
// if it is only a part of the settlement, indexes that it does not stand for.
func (g *Gazetteer) readOrder(text string) {
	o := occupation{all: map[int32][]span{}, some: map[int32][]span{}, fought: map[int32][]span{}}
	var f [6]string
	for line := range strings.Lines(text) {
		if fields(strings.TrimSuffix(line, "\n"), f[:]) != 6 {
			continue
		}
		i, err := strconv.Atoi(f[0])
		from, errFrom := isoDay(f[2])
		to := forever
		if f[3] != "" {
			to, _ = isoDay(f[3])
		}
		if err != nil || errFrom != nil || i < 0 || i >= len(g.id) || f[1] == "p" {
			continue
		}
		except := map[int32]bool{}
		for one := range strings.FieldsSeq(f[5]) {
			if k, err := strconv.Atoi(one); err == nil {
				except[int32(k)] = true
			}
		}
		for j := int32(i); j <= g.last[i]; j++ {
			if depth(g.level[j]) != 3 && g.level[j] != LevelSpecialCity || except[j] {
				continue
			}
			if f[1] == "a" {
				o.fought[j] = append(o.fought[j], span{from, to})
				continue
			}
			o.some[j] = append(o.some[j], span{from, to})
			if f[4] == "" {
				o.all[j] = append(o.all[j], span{from, to})
			}
		}
	}
	g.gather(&o)
	g.occupied = o
}

// gather carries what is known of settlements up to the areas that hold them.
func (g *Gazetteer) gather(o *occupation) {
	for _, m := range []map[int32][]span{o.all, o.some, o.fought} {
		for i, s := range m {
			m[i] = merge(s)
		}
	}
	for i := int32(0); int(i) < len(g.id); i++ {
		if !g.level[i].Area() {
			continue
		}
		n := 0
		var all, some, fought []span
		for j := i + 1; j <= g.last[i]; j++ {
			if depth(g.level[j]) != 3 {
				continue
			}
			n++
			all, some, fought = append(all, o.all[j]...), append(some, o.some[j]...), append(fought, o.fought[j]...)
		}
		if len(some) > 0 {
			o.some[i], o.all[i] = merge(some), everywhere(all, n)
		}
		if len(fought) > 0 {
			o.fought[i] = merge(fought)
		}
	}
}
