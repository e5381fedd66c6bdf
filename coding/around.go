package coding

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"svidok/evidence"
	"svidok/figures"
	"svidok/origins"
	"svidok/places"
	"svidok/when"
	"svidok/words"
)

// around is what the readers of places, dates, figures and origins find in one text.
type around struct {
	cut     words.Cut
	title   words.Cut
	places  []places.Mention
	headed  []places.Mention // in the title
	whens   []when.Mention
	origins []origins.Mention
	figures []evidence.Figure
	days    evidence.Interval // when it was published, as days; zero if unknown
	veils   []veil            // by word of cut
}

// veil says that a word does not mean what it says: it stands in the name of whoever tells
// (a resource centre of Crimean Tatars reports on anybody), or is the number of a date.
type veil uint8

const (
	veilBody veil = iota + 1
	veilDate
)

var arounds = sync.Pool{New: func() any { return new(around) }}

// read runs the readers over a text.
func (a *around) read(in Input) {
	a.cut.Read(in.Text)
	a.days = publishedDays(in.Published)
	g := places.Default()
	hint := places.Hint{From: a.days.From, To: a.days.To}
	a.places = g.Find(&a.cut, in.Title, hint)
	a.headed = nil
	if in.Title != "" {
		a.title.Read(in.Title)
		a.headed = g.Find(&a.title, "", hint)
	}
	a.whens = when.Find(a.whens[:0], &a.cut, in.Published)
	a.origins = origins.Find(a.origins[:0], &a.cut, origins.Document{Title: in.Title, Outlet: in.Outlet, Language: in.Language})
	a.veil()
}

// veil finds the veiled words.
func (a *around) veil() {
	n := len(a.cut.Tokens)
	a.veils = slices.Grow(a.veils[:0], n)[:n]
	clear(a.veils)
	cover := func(start, end int, v veil, numbers bool) {
		i, _ := slices.BinarySearchFunc(a.cut.Tokens, start, func(t words.Token, at int) int { return int(t.Start) - at })
		for ; i < n && int(a.cut.Tokens[i].Start) < end; i++ {
			if !numbers || a.cut.Tokens[i].Kind == words.Number {
				a.veils[i] = v
			}
		}
	}
	for i := range a.origins {
		if m := &a.origins[i]; sideOf(m) == besideUkraine {
			cover(m.Start, m.End, veilBody, false)
		}
	}
	for _, m := range a.whens {
		cover(m.Start, m.End, veilDate, true)
	}
}

func publishedDays(d evidence.Date) evidence.Interval {
	cut := func(s string) string { return s[:min(10, len(s))] }
	from, to := cut(d.From), cut(d.To)
	if to == "" {
		to = from
	}
	if len(from) < 10 || len(to) < 10 {
		return evidence.Interval{}
	}
	return evidence.Interval{From: from, To: to, Precision: d.Precision}
}

// tell gives every statement its places, its time and its origins, and the result the
// figures and origins of the whole text.
func (a *around) tell(res *Result, in Input) {
	for i := range res.Statements {
		s := &res.Statements[i]
		if v, ok := when.For(a.whens, &a.cut, s.Start, s.End); ok {
			s.When = &v
		}
		s.Places = a.placesOf(s)
		for _, o := range origins.Roots(a.origins, s.Start, s.End) {
			if id := originID(o); id != "" && id != origins.Own && !slices.Contains(s.Origins, id) {
				s.Origins = append(s.Origins, id)
			}
		}
	}
	res.Figures = append([]evidence.Figure(nil), a.figures...)
	res.Origins = a.roots(in.Text)
}

// originID is the ID of an origin; one that the register lacks goes by its name.
func originID(m origins.Mention) string {
	if m.ID != "" {
		return m.ID
	}
	return m.Name
}

// roots are those whom the text has something from, each once at its first words; who
// only passes it on stands in Via.
func (a *around) roots(text string) []evidence.Origin {
	var out []evidence.Origin
	at := map[string]int{}
	for _, m := range a.origins {
		id := originID(m)
		if m.Role != origins.Root || id == "" {
			continue
		}
		key := id
		if stranger := id == "person" || id == "official"; stranger {
			words := strings.ToLower(text[m.Start:m.End])
			if first, _, _ := strings.Cut(words, " "); slices.Contains(pronouns(), first) {
				continue // goes on with the stranger before
			}
			key += " " + words // strangers are as many as the text names
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, evidence.Origin{ID: id, Name: m.Name, Quote: text[m.Start:m.End], Start: m.Start, End: m.End})
		}
		for via, steps := m.Via, 0; via >= 0 && via < len(a.origins) && steps < len(a.origins); via, steps = a.origins[via].Via, steps+1 {
			if relay := originID(a.origins[via]); relay != "" && relay != id && !slices.Contains(out[i].Via, relay) {
				out[i].Via = append(out[i].Via, relay)
			}
		}
	}
	return out
}

// pronouns begin the words for somebody who was named before.
func pronouns() []string {
	return []string{"він", "вона", "вони", "його", "її", "їх", "їхніми", "он", "она", "они", "его", "ее", "её", "их", "he", "she", "they", "his", "her", "their", "it"}
}

// context hands the figures what the other readers found.
func (a *around) context(language string) figures.Context {
	ctx := figures.Context{Cut: &a.cut, Language: language}
	for _, m := range a.places {
		if m.Place != nil && m.Role == places.RoleAct {
			ctx.Places = append(ctx.Places, figures.Label{Start: m.Start, End: m.End, Text: places.Default().Full(m.Place.Index)})
		}
	}
	for _, m := range a.whens {
		if m.From != "" && m.Kind != "document" && m.Kind != "published" {
			ctx.Periods = append(ctx.Periods, figures.Label{Start: m.Start, End: m.End, Text: m.From + "/" + m.To})
		}
	}
	for _, m := range a.origins {
		if m.Role == origins.Root {
			ctx.Claimants = append(ctx.Claimants, figures.Label{Start: m.Lo, End: m.Hi, Text: m.Name})
		}
	}
	return ctx
}

// placesOf returns the places of a statement: those that its words name, else those of
// its sentence, else the last ones named before it, else the title's, else the only
// one that the text names after it.
func (a *around) placesOf(s *evidence.Statement) []evidence.Place {
	chosen := a.within(s.Start, s.End)
	if len(chosen) == 0 {
		chosen = a.near(s.Start)
	}
	if len(chosen) == 0 {
		chosen = actual(a.headed)
	}
	if len(chosen) == 0 {
		if all := actual(a.places); len(all) < 16 { // a digest says too little of where one statement of it belongs
			if all = narrowed(all); len(all) == 1 {
				chosen = all
			}
		}
	}
	days := a.days
	if s.When != nil && s.When.From != "" {
		days = *s.When
	}
	var out []evidence.Place
	for _, m := range narrowed(chosen) {
		out = append(out, placeOn(m.Place, days))
	}
	return out
}

// actual leaves the places of acts.
func actual(all []places.Mention) []places.Mention {
	var out []places.Mention
	for _, m := range all {
		if m.Place != nil && m.Role == places.RoleAct {
			out = append(out, m)
		}
	}
	return out
}

// within returns the places of acts that the bytes [start,end) name.
func (a *around) within(start, end int) []places.Mention {
	i, _ := slices.BinarySearchFunc(a.places, start, func(m places.Mention, at int) int { return m.Start - at })
	var out []places.Mention
	for ; i < len(a.places) && a.places[i].End <= end; i++ {
		if m := a.places[i]; m.Place != nil && m.Role == places.RoleAct {
			out = append(out, m)
		}
	}
	return out
}

// farthest is how many sentences back a place may have been named for a statement to be of it.
const farthest = 40

// near returns the places of the sentence, else of the nearest sentence before that names any.
func (a *around) near(start int) []places.Mention {
	last := a.sentence(start)
	for i := last; i >= max(0, last-farthest); i-- {
		if found := a.within(int(a.cut.Sentences[i].Start), int(a.cut.Sentences[i].End)); len(found) > 0 {
			return found
		}
	}
	return nil
}

// sentence returns the number of the sentence that holds byte at, or the last before it.
func (a *around) sentence(at int) int {
	i, ok := slices.BinarySearchFunc(a.cut.Sentences, at, func(s words.Span, at int) int { return int(s.Start) - at })
	if !ok {
		i--
	}
	return i
}

// qualified is how near, in bytes, an area stands to a place in it that it only explains.
const qualified = 48

// narrowed leaves out areas that only say where a place beside them lies, and repeats.
func narrowed(all []places.Mention) []places.Mention {
	g := places.Default()
	var out []places.Mention
	for i, m := range all {
		drop := slices.ContainsFunc(all[:i], func(o places.Mention) bool { return o.Place.Index == m.Place.Index })
		for j, o := range all {
			if i != j && o.Place.Index != m.Place.Index && g.Within(o.Place.Index, m.Place.Index) && max(o.Start-m.End, m.Start-o.End) < qualified {
				drop = true
			}
		}
		if !drop {
			out = append(out, m)
		}
	}
	return out
}

// placeOn says what a place is and who held it on the days.
func placeOn(p *places.Place, days evidence.Interval) evidence.Place {
	out := evidence.Place{ID: p.ID, Name: p.Uk, Level: p.Level.String(), Lat: p.Lat, Lon: p.Lon, Occupied: places.OccupiedUnknown}
	if from, to := cmp.Or(days.From, days.To), cmp.Or(days.To, days.From); from != "" {
		out.Occupied, _ = places.Default().Occupied(p.ID, from, to)
	}
	return out
}
