package when

import (
	"strings"

	"svidok/evidence"
	"svidok/words"
)

// mode is how a preposition bounds a period.
type mode uint8

const (
	plain mode = iota
	sinceIt
	untilIt
	untilEnd // inclusive: по 1 мая
	afterIt
	beforeIt
)

// Find appends the mentions of c to dst, in the order of the text and without overlap.
// Without a day of publication nothing relative is told. Time is linear in the text.
func Find(dst []Mention, c *words.Cut, published evidence.Date) []Mention {
	r := readers.Get().(*reader)
	defer func() {
		r.c = nil
		readers.Put(r)
	}()
	if !r.load(c, published) {
		return dst
	}
	base := len(dst)
	for s := range c.Sentences {
		lo, hi := c.Words(s)
		r.year, r.sentence, r.stop, r.story.now = 0, lo, hi, s
		for i := lo; i < hi; {
			if !r.begins(i) {
				i++
				continue
			}
			m, end := r.top(i)
			if end <= i {
				i++
				continue
			}
			if n := len(dst) - 1; n >= base && m.Precision == "day" && dst[n].From == m.From && dst[n].To == m.To && r.apposed(dst[n].End, m.Start, false) {
				dst[n].End = m.End // 15 травня, у середу
			} else if n >= base && r.narrower(&dst[n], &m) {
				m.Start = dst[n].Start // a year ago, in March 2024
				dst[n] = m
			} else if m.From != "" || m.To != "" {
				dst = append(dst, m)
			}
			i = end
		}
	}
	return dst
}

// apposed reports whether nothing but a comma and perhaps a preposition stands in [from,to);
// after a year a preposition is enough: торік у березні.
func (r *reader) apposed(from, to int, year bool) bool {
	if from >= to || to-from > 8 {
		return false
	}
	switch r.c.Text[from:to] {
	case " у ", " в ", " in ":
		return year
	case ", ", ", у ", ", в ", ", во ", ", in ", ", on ", ", на ", ", о ":
		return true
	}
	return false
}

// narrower reports whether m, set off by a comma, tells more exactly when the mention before
// it was: both have days in common, and m fewer.
func (r *reader) narrower(prev, m *Mention) bool {
	if !r.apposed(prev.End, m.Start, prev.Precision == "year") || prev.From == "" || m.From == "" || m.To == "" {
		return false
	}
	return prev.Precision != "since" && prev.Precision != "until" && m.Precision != "since" && m.Precision != "until" &&
		m.From <= prev.To && m.To >= prev.From && width(m) < width(prev)
}

// top reads a whole mention that begins at token i: its preposition, a period, and the
// other end of a stretch.
func (r *reader) top(i int) (Mention, int) {
	how := r.modeOf(i)
	at := i
	if how != plain {
		at++
		for r.is(at, article) || r.is(at, approx) || r.word(at) == "from" {
			at++
		}
		if r.gap(i+1) != blank {
			return Mention{}, 0
		}
		if m, end := r.halfNamed(i, at); end != 0 {
			return m, end
		}
		if p, end := r.holiday(at, how); end != 0 {
			return r.settle(i, end, &p, nil, how), end
		}
	}
	if (how == afterIt || how == beforeIt) && strings.HasSuffix(r.word(at), "'s") {
		how = plain // after Monday's shelling
	}
	p, end := r.core(at)
	if p.within || p.shape == ofCampaign && r.word(i) == "к" {
		how = plain
	}
	if end == 0 && how != plain {
		p, end = r.event(at)
	}
	if end == 0 {
		if r.is(i, during) || r.word(i) == "час" || r.word(i) == "время" {
			if p, end = r.event(i + 1); end != 0 {
				if p.from == p.to {
					return r.settle(i+1, end, &p, nil, sinceIt), end // it has not ended
				}
				return r.settle(i+1, end, &p, nil, plain), end
			}
		}
		return Mention{}, 0
	}
	if q, n := r.otherEnd(end, how, &p); n != 0 {
		return r.settle(i, n, &p, &q, plain), n
	}
	if how == sinceIt && r.is(end, to) && r.num[min(end+1, len(r.num)-1)] >= firstYear || r.word(i) == "between" || r.word(i) == "між" || r.word(i) == "между" {
		return Mention{}, end
	}
	return r.settle(i, end, &p, nil, how), end
}

// modeOf tells what the preposition at token i does to what follows.
func (r *reader) modeOf(i int) mode {
	switch {
	case r.at[i] == nil || r.is(i+1, relativeDay) && (r.word(i) == "before" || r.word(i) == "after"):
		return plain
	case r.is(i, since) || r.is(i, from):
		if w := r.word(i + 1); r.c.Raw(i)[0] >= 0x80 && (r.is(i+1, month) && strings.HasSuffix(w, "ем") || r.is(i+1, weekday) && strings.HasSuffix(w, "ом")) {
			return plain // compared with it
		}
		return sinceIt
	case r.word(i) == "по" || r.word(i) == "through":
		return untilEnd
	case r.is(i, until):
		if r.word(i) == "before" {
			return beforeIt
		}
		return untilIt
	case r.is(i, after):
		return afterIt
	case r.is(i, before):
		return beforeIt
	}
	return plain
}

// core reads a period without prepositions at token i.
func (r *reader) core(i int) (p period, end int) {
	if i >= len(r.at) || r.at[i] == nil && r.num[i] < 0 && r.c.Tokens[i].Kind != words.Number {
		return p, 0
	}
	if p, end = r.night(i); end != 0 {
		return p, end
	}
	if r.is(i, weekday) {
		at := i + 1
		if r.is(at, partOfDay) {
			at++
		}
		if g := r.gap(at); g == comma || g == blank {
			if p, end = r.dated(at); end != 0 {
				r.byWeekday(&p, r.at[i].value(weekday))
				p.kind = kindAbsolute
				return p, end
			}
			if p, end = r.weekdayAndNumber(i, at); end != 0 {
				return p, end
			}
		}
	}
	if p, end = r.short(i); end != 0 {
		return p, end
	}
	if p, end = r.absolute(i); end != 0 {
		if p.shape == ofCampaign {
			p.kind = kindCampaign
		} else if p.shape == fixed || p.turn != nearest || p.anchored && !p.year {
			p.kind = kindRelative
		}
		return p, end
	}
	if p, end = r.bareDay(i); end != 0 {
		return p, end
	}
	return r.relative(i)
}

// byWeekday settles the year of a day by its weekday, if a year near the day of publication
// agrees: суббота, 28 декабря.
func (r *reader) byWeekday(p *period, weekday int) {
	if p.y != 0 || p.shape != ofDay || !r.hasPublished {
		return
	}
	now, _, _ := r.published.Date()
	best := Day(300)
	for y := now - 1; y <= now+1; y++ {
		if d, _, ok := p.span(y); ok && d.Weekday() == weekday && max(d-r.published, r.published-d) < best {
			best, p.y, p.anchored = max(d-r.published, r.published-d), y, true
		}
	}
}

// dated reads a day of a month at token i.
func (r *reader) dated(i int) (p period, end int) {
	if p, end = r.numeric(i); end == 0 {
		if p, end = r.dayAndMonth(i); end == 0 {
			p, end = r.monthAndDay(i)
		}
	}
	return p, end
}

// halfNamed reads с 5 по 10 мая, between 5 and 10 May: the first end lacks its month.
func (r *reader) halfNamed(i, at int) (Mention, int) {
	d, n := r.dayNumber(at)
	if d == 0 || !r.is(n, to) && r.gap(n) != dash || r.gap(n) != blank && r.gap(n) != dash {
		return Mention{}, 0
	}
	if r.is(n, to) {
		n++
	}
	q, end := r.dayAndMonth(n)
	if end == 0 || q.shape != ofDay {
		return Mention{}, 0
	}
	q.kind = kindAbsolute
	p := period{shape: ofDay, m: q.m, d: d, kind: kindAbsolute, precision: "day"}
	if d >= q.d {
		return Mention{}, 0
	}
	return r.settle(i, end, &p, &q, plain), end
}

// otherEnd reads the other end of the stretch that p begins: – 15 листопада, по грудень 2022.
func (r *reader) otherEnd(n int, how mode, p *period) (q period, end int) {
	at := n
	switch g := r.gap(n); {
	case g == dash:
		if p.shape == ofYear && (r.num[at] < int32(p.y) || r.num[at] > lastYear) {
			return q, 0
		}
	case g == blank && r.is(n, to):
		w := r.word(n)
		if (w == "and" || w == "і" || w == "та" || w == "и") && !r.between(n, p) || w == "by" || how != sinceIt && w != "по" && w != "to" && w != "through" {
			return q, 0
		}
		if at++; r.gap(at) != blank {
			return q, 0
		}
	default:
		return q, 0
	}
	if r.word(at) == "the" {
		at++
	}
	if w := r.word(at); w == "сьогодні" || w == "сегодня" || w == "today" {
		return r.relative(at)
	}
	if p.shape == ofYear {
		if y, e, _ := r.yearNumber(at); y > p.y {
			return period{shape: ofYear, y: y, year: true, kind: kindAbsolute, precision: "year"}, e
		}
	}
	if q, end = r.core(at); end != 0 {
		return q, end
	}
	if m := r.isMonth(at); m != 0 && (p.shape == ofMonth || p.shape == ofDay) {
		q = period{shape: ofMonth, m: m, kind: kindAbsolute, precision: "month"}
		return q, r.yearAfter(at+1, &q)
	}
	if d, e := r.dayNumber(at); p.shape == ofDay && d > p.d && r.num[at] > 0 && r.c.Raw(n - 1)[0] < 0x80 && (r.gap(e) != blank || r.is(e, in) || e > at+1) {
		q = period{shape: ofDay, m: p.m, d: d, y: p.y, kind: kindAbsolute, precision: "day"}
		e = r.yearAfter(e, &q)
		return q, e
	}
	return q, 0
}

// between reports whether the period before token n began after the word between.
func (r *reader) between(n int, _ *period) bool {
	for i := n - 1; i >= max(n-6, 0); i-- {
		if w := r.word(i); w == "between" || w == "між" || w == "между" {
			return true
		}
	}
	return false
}
