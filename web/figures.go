package web

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/figures"
)

// mostFigures is how many numbers the page looks at, the newest first.
const mostFigures = 5000

// figuresPage shows numbers that reports claim, side by side. It never adds or averages
// them, and draws no line through them.
type figuresPage struct {
	shell
	Series []seriesView
	Claims int
	More   bool // older numbers are not shown
}

// seriesView is one thing counted in one area, by the days on which it was claimed.
type seriesView struct {
	Number      int
	Scope, Kind string
	Claims      []claimView
	Marks       []markView // nil: too few dated numbers to draw
	Ticks       []tickView
	Levels      []levelView
	Conflicts   int
}

// claimView is one number at its words. Copies of one text are one claim.
type claimView struct {
	catalog.FigureRow
	Reports  int // that share the text
	Conflict bool
	Part     bool // the text breaks down a larger number, and this is one part of it
	lesser   bool // the text has a larger number of the same from the same claimant
}

// Source is the outlet, or the file where there is none.
func (c claimView) Source() string { return cmp.Or(c.Outlet, c.Name) }

// Day is the day of publication, as precisely as it is known.
func (c claimView) Day() string { return c.Published[:min(10, len(c.Published))] }

// markView is a number on the chart: its shape is the operator.
type markView struct {
	X, Y, High float64 // High: the upper end of a range, else Y
	Shape      string  // exact, at_least, more_than, about, up_to
	Name, URL  string
	Conflict   bool
}

// Rise is where the upper end of a range lies, seen from its lower end.
func (m markView) Rise() float64 { return round1(m.High - m.Y) }

// levelView is a line of the scale.
type levelView struct {
	Y    float64
	Name string
}

func (d *desk) figuresPage(v *visit) error {
	p := figuresPage{shell: v.shell("figures", v.l.t("figures.title"))}
	p.Wide = true
	var rows []catalog.FigureRow
	before := int64(0)
	for len(rows) < mostFigures {
		page, err := d.catalog.Figures(v.ctx(), catalog.Filter{}, before, 500)
		if err != nil {
			return err
		}
		rows = append(rows, page...)
		if len(page) < 500 {
			break
		}
		before = page[len(page)-1].Row
		p.More = len(rows) >= mostFigures
	}
	claims := claimsOf(rows)
	for i := range claims {
		if err := v.entitle(&claims[i].Title, claims[i].Text); err != nil {
			return err
		}
	}
	p.Claims = len(claims)
	p.Series = seriesOf(v.l, claims)
	return v.render(http.StatusOK, "figures", &p)
}

// claimsOf makes one claim of the same words in copies of one text; the earliest stands for them.
func claimsOf(rows []catalog.FigureRow) []claimView {
	type same struct {
		family int64
		quote  string
		value  float64
	}
	at := map[same]int{}
	var out []claimView
	for _, r := range slices.Backward(rows) { // the oldest first
		k := same{r.Family, r.Quote, r.Value}
		if i, ok := at[k]; ok {
			if out[i].Report != r.Report {
				out[i].Reports++
			}
			continue
		}
		at[k] = len(out)
		out = append(out, claimView{FigureRow: r, Reports: 1})
	}
	return out
}

// parts marks what the text itself gives as a part of a larger number, or beside one.
func parts(claims []claimView) {
	type number struct {
		text  evidence.Hash
		value float64
	}
	listed := map[number]int{} // where the whole stands
	for _, c := range claims {
		for _, p := range c.Parts {
			listed[number{c.Text, p.Value}] = c.Start
		}
	}
	for i, c := range claims {
		whole, ok := listed[number{c.Text, c.Value}]
		claims[i].Part = ok && whole < c.Start && len(c.Parts) == 0
	}
	type series struct {
		text                                evidence.Hash
		claimant, scope, kind, unit, period string
	}
	of := func(c claimView) series { return series{c.Text, c.Claimant, c.Scope, c.Kind, c.Unit, c.Period} }
	largest := map[series]float64{}
	for _, c := range claims {
		largest[of(c)] = max(largest[of(c)], c.Value, c.High)
	}
	for i, c := range claims {
		claims[i].lesser = max(c.Value, c.High) < largest[of(c)]
	}
}

// together reports whether two claims may both be true whatever their values. A part is not
// measured against a whole; nor is what one text has from one claimant beside a larger number
// of the same ("3000 taken, 40 of them at the mine"): it is of fewer people, not of others.
func together(a, b claimView) bool {
	return a.Part || b.Part || a.lesser || b.lesser || a.Text == b.Text && a.Claimant == b.Claimant
}

// claimAt finds the claim that a row was made of; the row's report is its number.
func claimAt(claims []claimView, r figures.Row) claimView {
	n, err := strconv.Atoi(r.Report)
	if err != nil || n < 0 || n >= len(claims) {
		return claimView{}
	}
	return claims[n]
}

func seriesOf(l *language, claims []claimView) []seriesView {
	parts(claims)
	rows := make([]figures.Row, len(claims))
	for i, c := range claims {
		rows[i] = figures.Row{Figure: c.Figure, Published: c.Published, Report: strconv.Itoa(i)}
	}
	var out []seriesView
	for _, s := range figures.Group(rows) {
		v := seriesView{Scope: s.Scope, Kind: s.Kind}
		bad := map[int]bool{}
		for _, pair := range s.Conflicts {
			if a, b := claimAt(claims, s.Rows[pair[0]]), claimAt(claims, s.Rows[pair[1]]); !together(a, b) {
				bad[pair[0]], bad[pair[1]] = true, true
				v.Conflicts++
			}
		}
		for i, r := range s.Rows {
			c := claimAt(claims, r)
			c.Conflict = bad[i]
			v.Claims = append(v.Claims, c)
		}
		v.draw(l)
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b seriesView) int {
		return cmp.Or(len(b.Claims)-len(a.Claims), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Kind, b.Kind))
	})
	for i := range out {
		out[i].Number = i + 1
	}
	return out
}

const figureHeight = 220.0

// draw puts the dated claims on a scale of powers of ten: numbers of one thing differ by
// orders of magnitude, and that is what a reader should see.
func (s *seriesView) draw(l *language) {
	var dated []claimView
	low, high := math.Inf(1), 0.0
	first, last := "", ""
	for _, c := range s.Claims {
		if len(c.Published) < 10 || c.Value <= 0 {
			continue
		}
		day := c.Day()
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			continue
		}
		dated = append(dated, c)
		low, high = math.Min(low, c.Value), math.Max(high, math.Max(c.Value, c.High))
		if first == "" || day < first {
			first = day
		}
		last = max(last, day)
	}
	if len(dated) < 2 {
		return
	}
	from, _ := time.Parse(time.DateOnly, first)
	to, _ := time.Parse(time.DateOnly, last)
	span := math.Max(to.Sub(from).Hours()/24, 1)
	bottom, top := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	if top <= bottom {
		top = bottom + 1
	}
	y := func(x float64) float64 {
		return round1(figureHeight - 15 - (figureHeight-30)*(math.Log10(x)-bottom)/(top-bottom))
	}
	x := func(day time.Time) float64 { return round1(90 + 880*day.Sub(from).Hours()/24/span) }
	for e := bottom; e <= top; e++ {
		s.Levels = append(s.Levels, levelView{y(math.Pow(10, e)), l.figure(math.Pow(10, e))})
	}
	for year := from.Year(); year <= to.Year(); year++ {
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		if at.Before(from) {
			at = from
		}
		if tick := x(at); len(s.Ticks) == 0 || tick-s.Ticks[len(s.Ticks)-1].X > 45 {
			s.Ticks = append(s.Ticks, tickView{tick, strconv.Itoa(year)})
		}
	}
	for _, c := range dated {
		day, _ := time.Parse(time.DateOnly, c.Day())
		m := markView{X: x(day), Y: y(c.Value), Shape: c.Operator, Conflict: c.Conflict, URL: fmt.Sprintf("/reports/%d", c.Report)}
		m.High = m.Y
		if c.High > c.Value {
			m.High = y(c.High)
		}
		m.Name = l.amount(c.Figure) + " · " + l.claimant(c.Claimant) + " · " + c.Day()
		if c.Hedged {
			m.Name += " · " + l.t("figures.hedged")
		}
		s.Marks = append(s.Marks, m)
	}
}

// amount writes a number as it is claimed: with its operator, range and unit.
func (l *language) amount(f evidence.Figure) string {
	s := l.figure(f.Value)
	if f.High > f.Value {
		s += "–" + l.figure(f.High)
	}
	if f.Unit == "percent" {
		s += noBreak + "%"
	}
	if f.Operator == "" || f.Operator == "exact" {
		return s
	}
	return l.t("operator."+f.Operator, s)
}
