package web

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/places"
)

// The map is drawn here, from outlines that the program carries: no tile server learns
// what somebody looks at. Its colours say who held an area on the chosen day; its dots
// say how many independent texts tell something of a place, never where a person is.

type mapPage struct {
	shell
	Filter scopeView
	Facets catalog.Facets
	Codes  codes
	Day    string // whose occupation is shown
	Areas  []areaView
	Dots   []dotView
	Spots  []spotView
	Months []barView
	Ticks  []tickView
	Places int // that the statements name
	Height int // of the map, its width is mapWidth
}

// scopeView is what the visitor asked for, as it stands in the form.
type scopeView struct {
	Code, Place, PlaceName, Since, Until, Origin, Standing string
}

// areaView is one oblast or raion: its border and how it was held on the day.
type areaView struct {
	Path, Name, Held string // Held: yes, no, partly, unknown
	Oblast           bool   // only its border is drawn, over the raions
}

// dotView is one place on the map.
type dotView struct {
	X, Y, R   float64
	Name, URL string
	Families  int
}

// spotView is one place in the list under the map.
type spotView struct {
	catalog.Spot
	Name, Area, Held, URL string
}

// barView is one month of the timeline.
type barView struct {
	X, Y, W, H float64
	catalog.Month
	Name, URL string
}

// tickView is one year under the timeline.
type tickView struct {
	X    float64
	Year string
}

const (
	mapWidth                     = 1000
	west, east, north, south     = 22.0, 40.4, 52.5, 44.2 // degrees: Ukraine and a little more
	chartWidth, chartHeight, gap = 1000.0, 150.0, 1.5
)

// project puts a place on the map: equirectangular, true at the middle latitude.
func project(lat, lon float64) (x, y float64) {
	scale := mapWidth / (east - west)
	return (lon - west) * scale, (north - lat) * scale / math.Cos((north+south)/2*math.Pi/180)
}

func mapHeight() int { _, y := project(south, west); return int(math.Ceil(y)) }

// borders are the paths of all areas, made once.
var borders = sync.OnceValue(func() []areaView {
	g := places.Default()
	var raions, oblasts []areaView
	for _, o := range g.Outlines() {
		a := areaView{Path: outlinePath(o.Rings), Name: o.ID, Oblast: o.Level == places.LevelOblast}
		if a.Oblast {
			oblasts = append(oblasts, a)
		} else {
			raions = append(raions, a)
		}
	}
	return append(raions, oblasts...)
})

func outlinePath(rings [][]places.Point) string {
	var b strings.Builder
	for _, ring := range rings {
		for i, p := range ring {
			x, y := project(p.Lat, p.Lon)
			b.WriteByte("ML"[min(i, 1)])
			b.WriteString(strconv.FormatFloat(x, 'f', 1, 64))
			b.WriteByte(' ')
			b.WriteString(strconv.FormatFloat(y, 'f', 1, 64))
		}
		b.WriteByte('Z')
	}
	return b.String()
}

func scopeOf(q url.Values) scopeView {
	get := func(key string) string { return strings.TrimSpace(q.Get(key)) }
	return scopeView{Code: get("code"), Place: get("place"), Since: get("since"), Until: get("until"), Origin: get("origin"), Standing: get("standing")}
}

func (f scopeView) scope() catalog.Scope {
	return catalog.Scope{Code: f.Code, Place: f.Place, Since: f.Since, Until: f.Until, Origin: f.Origin, Standing: evidence.Standing(f.Standing), Occurred: true}
}

// reports is the address of the reports that the scope, narrowed, leads to.
func (f scopeView) reports(key, value string) string {
	q := url.Values{"code": {f.Code}, "place": {f.Place}, "since": {f.Since}, "until": {f.Until}, "origin": {f.Origin}, "standing": {f.Standing}}
	return withQuery("/reports", q, key, value)
}

func (d *desk) placesPage(v *visit) error {
	q := v.r.URL.Query()
	p := mapPage{shell: v.shell("map", v.l.t("map.title")), Filter: scopeOf(q), Height: mapHeight()}
	p.Wide = true
	p.Day = q.Get("day")
	if _, err := time.Parse(time.DateOnly, p.Day); err != nil {
		p.Day = d.now().UTC().Format(time.DateOnly)
	}
	var err error
	if p.Facets, err = d.catalog.Facets(v.ctx()); err != nil {
		return err
	}
	if p.Codes, err = v.codebook(); err != nil {
		return err
	}
	p.Filter.PlaceName = v.l.place(p.Filter.Place)
	p.Areas = areasOn(v.l, p.Day)
	spots, err := d.catalog.Spots(v.ctx(), p.Filter.scope())
	if err != nil {
		return err
	}
	p.Spots, p.Dots = spotsOn(v.l, p.Filter, spots, p.Day)
	p.Places = len(p.Spots)
	months, err := d.catalog.Months(v.ctx(), p.Filter.scope())
	if err != nil {
		return err
	}
	p.Months, p.Ticks = bars(v.l, p.Filter, months)
	return v.render(http.StatusOK, "map", &p)
}

// areasOn gives every area its state on a day.
func areasOn(l *language, day string) []areaView {
	g := places.Default()
	out := slices.Clone(borders())
	for i := range out {
		id := out[i].Name
		out[i].Held, _ = g.Occupied(id, day, day)
		out[i].Name = l.place(id)
	}
	return out
}

func spotsOn(l *language, f scopeView, spots []catalog.Spot, day string) ([]spotView, []dotView) {
	g := places.Default()
	var rows []spotView
	var dots []dotView
	for _, s := range spots {
		p, ok := g.Place(s.Place)
		if !ok {
			continue
		}
		row := spotView{Spot: s, Name: l.place(s.Place), URL: f.reports("place", s.Place)}
		row.Held, _ = g.Occupied(s.Place, day, day)
		if o := g.Oblast(p.Index); o >= 0 && o != p.Index {
			row.Area = l.place(g.ID(o))
		}
		rows = append(rows, row)
		if p.HasPoint && !p.Level.Area() {
			x, y := project(p.Lat, p.Lon)
			dots = append(dots, dotView{X: round1(x), Y: round1(y), R: round1(3 + 2.5*math.Sqrt(float64(s.Families))), Name: row.Name, URL: row.URL, Families: s.Families})
		}
	}
	slices.SortStableFunc(rows, func(a, b spotView) int { return cmp.Or(b.Families-a.Families, cmp.Compare(a.Name, b.Name)) })
	slices.SortStableFunc(dots, func(a, b dotView) int { return b.Families - a.Families }) // the small ones on top
	return rows, dots
}

func round1(x float64) float64 { return math.Round(x*10) / 10 }

// firstMonth is where the timeline begins: what a text tells of earlier years is no act of
// this occupation.
const firstMonth = "2014-01"

// bars draws the months from the first to the last, empty ones too.
func bars(l *language, f scopeView, months []catalog.Month) ([]barView, []tickView) {
	at := func(m string) (time.Time, bool) {
		t, err := time.Parse("2006-01", m)
		return t, err == nil
	}
	most := 0
	var kept []catalog.Month
	for _, m := range months {
		if _, ok := at(m.Month); ok && m.Month >= firstMonth {
			kept = append(kept, m)
			most = max(most, m.Families)
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	first, _ := at(kept[0].Month)
	last, _ := at(kept[len(kept)-1].Month)
	ordinal := func(t time.Time) int { return (t.Year()-first.Year())*12 + int(t.Month()) - int(first.Month()) }
	n := max(ordinal(last)+1, 12)
	w := chartWidth / float64(n)
	var out []barView
	for _, m := range kept {
		t, _ := at(m.Month)
		h := math.Max(3, chartHeight*float64(m.Families)/float64(most))
		b := barView{X: round1(float64(ordinal(t))*w + gap/2), Y: round1(chartHeight - h), W: round1(math.Max(1, w-gap)), H: round1(h), Month: m, Name: l.month(t)}
		b.URL = f.reports("", "")
		b.URL = withQuery("/reports", query(b.URL), "since", t.Format(time.DateOnly))
		b.URL = withQuery("/reports", query(b.URL), "until", t.AddDate(0, 1, -1).Format(time.DateOnly))
		out = append(out, b)
	}
	var ticks []tickView
	for y := first.Year(); y <= last.Year() || len(ticks) == 0; y++ {
		i := ordinal(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC))
		x := round1(math.Max(0, float64(i)*w))
		if len(ticks) > 0 && x-ticks[len(ticks)-1].X < 45 {
			if len(ticks) > 1 || x < 45 {
				continue
			}
			ticks = ticks[:0] // a few months of the first year: the next one is named instead
		}
		ticks = append(ticks, tickView{X: x, Year: strconv.Itoa(y)})
	}
	return out, ticks
}

// query is the query of an address of ours.
func query(address string) url.Values {
	_, raw, _ := strings.Cut(address, "?")
	q, err := url.ParseQuery(raw)
	if err != nil {
		return url.Values{}
	}
	return q
}

// place names a place in the language, "" if the code is of none.
func (l *language) place(id string) string {
	g := places.Default()
	p, ok := g.Place(id)
	if !ok {
		return ""
	}
	name := p.Uk
	switch l.code {
	case "ru":
		name = p.Ru
	case "en":
		name = p.En
	}
	switch p.Level {
	case places.LevelOblast, places.LevelRaion, places.LevelHromada, places.LevelCityDistrict:
		if strings.HasPrefix(p.Uk, "Автономна") {
			return l.t("place.crimea")
		}
		key := map[places.Level]string{places.LevelOblast: "oblast", places.LevelRaion: "raion", places.LevelHromada: "hromada", places.LevelCityDistrict: "district"}[p.Level]
		return l.t("place."+key, name)
	}
	return name
}

// placeChoice is one place to choose from.
type placeChoice struct{ ID, Name string }

// mostChoices is how many places a list to choose from holds; the map has them all.
const mostChoices = 200

// placeChoices are the oblasts, then the places that most texts name, and the one chosen.
func (v *visit) placeChoices(chosen string) ([]placeChoice, error) {
	spots, err := v.catalog.Spots(v.ctx(), catalog.Scope{})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(spots, func(a, b catalog.Spot) int { return b.Families - a.Families })
	g := places.Default()
	seen := map[string]bool{}
	var areas, rest []placeChoice
	add := func(to *[]placeChoice, id string) {
		if name := v.l.place(id); name != "" && !seen[id] {
			seen[id] = true
			*to = append(*to, placeChoice{id, name})
		}
	}
	add(&areas, chosen)
	for _, s := range spots {
		if p, ok := g.Place(s.Place); ok && g.Oblast(p.Index) >= 0 {
			add(&areas, g.ID(g.Oblast(p.Index)))
		}
	}
	for _, s := range spots[:min(len(spots), mostChoices)] {
		add(&rest, s.Place)
	}
	slices.SortFunc(rest, func(a, b placeChoice) int { return cmp.Compare(a.Name, b.Name) })
	return append(areas, rest...), nil
}
