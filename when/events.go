package when

import "strings"

// event reads what has a day of its own, told by what happened then. It counts only
// where a word before it makes it a time: since, after, before, during.
func (r *reader) event(i int) (p period, end int) {
	at := i
	for r.is(at, article) || r.is(at, phase) || r.is(at, of) || r.is(at, ordinal) && r.unitAt(at+1) == 2 || r.unitAt(at) == 2 {
		at++
	}
	for w := r.word(at); w == "объявления" || w == "оголошення" || w == "announcement" || w == "проведення" || w == "проведения"; w = r.word(at) {
		if at++; r.is(at, of) {
			at++
		}
		for r.is(at, article) {
			at++
		}
	}
	stop := min(at+4, len(r.at))
	for n := at; n < stop; n++ {
		id, ok := r.value(n, event)
		if ok {
			if p, end = r.eventAt(at, n, id); end != 0 {
				p.shape, p.kind = fixed, kindNamed
				return p, end
			}
		}
		if n+1 < stop && !r.gapIs(n+1, blank, dash) {
			break
		}
	}
	return p, 0
}

// eventAt reads the event whose chief word is at token n, and whose first is at.
func (r *reader) eventAt(at, n, id int) (p period, end int) {
	before, first := r.word(n-1), r.word(at)
	full := strings.HasPrefix(first, "повномасштабн") || strings.HasPrefix(first, "полномасштабн") || first == "full" || first == "широкомасштабн"
	big := n == at+1 && (first == "великої" || first == "большой" || first == "великого")
	switch id {
	case 1:
		if n > at && (full || big) || n == at && first != "war" && first[0] >= 0x80 && (strings.HasPrefix(first, "вторгнен") || strings.HasPrefix(first, "вторжен")) || r.word(n) == "invasion" && (n == at || before == "russia's" || before == "russian") {
			return named(2022, 2, 24, 2022, 2, 24), r.owners(n + 1)
		}
	case 2:
		if r.word(n) == "сво" || strings.HasPrefix(r.word(n), "спецопер") || n > at && strings.HasPrefix(before, "воен") {
			return named(2022, 2, 24, 2022, 2, 24), n + 1
		}
	case 3:
		if strings.HasPrefix(before, "частков") || strings.HasPrefix(before, "частичн") || before == "partial" {
			return named(2022, 9, 21, 2022, 10, 28), r.owners(n + 1)
		}
	case 4:
		e := n + 1
		if r.word(e) == "of" {
			e++
		}
		if w := r.word(e); w == "криму" || w == "крыма" || w == "crimea" {
			if strings.HasPrefix(r.word(n), "ан") || strings.HasPrefix(r.word(n), "annex") || strings.HasPrefix(r.word(n), "прис") {
				return named(2014, 3, 18, 2014, 3, 18), e + 1
			}
			return named(2014, 2, 20, 2014, 2, 20), e + 1
		}
		if r.hasPublished && r.published < civil(2022, 2, 24) && n == at && (strings.HasPrefix(first, "окуп") || strings.HasPrefix(first, "оккуп") || first == "occupation") {
			return named(2014, 2, 20, 2014, 2, 20), n + 1
		}
	case 5:
		if w := r.word(n); strings.HasPrefix(w, "псевдо") || strings.HasPrefix(w, "лже") || strings.HasPrefix(before, "псевдо") || strings.HasPrefix(before, "фейков") || before == "sham" || before == "pseudo" || before == "fake" || before == "so-called" {
			p := named(2022, 9, 23, 2022, 9, 27)
			end = r.yearAfter(n+1, &p)
			return p, end
		}
	}
	return p, 0
}

// owners passes over whose it was: Росії в Україну, of Ukraine, РФ.
func (r *reader) owners(n int) int {
	for _, w := range [...]string{"росії", "рф", "россии", "of", "ukraine", "в", "україну", "украину", "україни", "украины"} {
		if r.word(n) == w && r.gap(n) == blank && (w != "в" && w != "of" || strings.HasPrefix(r.word(n+1), "укр") || r.word(n+1) == "ukraine") {
			n++
		}
	}
	return n
}

func named(y, m, d, y2, m2, d2 int) period {
	return period{shape: fixed, from: civil(y, m, d), to: civil(y2, m2, d2), precision: "day"}
}

// night reads у ніч на 6 жовтня, в ночь с 5 на 6 октября, on the night of 5 October. The
// night belongs to both its days.
func (r *reader) night(i int) (p period, end int) {
	if !r.is(i, night) || i+2 >= len(r.at) || r.gap(i+1) != blank {
		return p, 0
	}
	at := i + 1
	if r.is(at, from) {
		d, n := r.dayNumber(at + 1)
		if d == 0 || r.word(n) != "на" {
			if d == 0 && r.is(at+1, weekday) {
				n = at + 1
			}
			if m := r.isMonth(n); m == 0 && !r.is(n, weekday) || r.word(n+1) != "на" {
				return p, 0
			}
			n++
		}
		at = n
	}
	into := r.word(at) == "на" || r.word(at) == "of" || r.word(at) == "to" || r.word(at) == "проти" || r.word(at) == "into"
	if d, n := r.dayNumber(at + 1); r.word(at) == "of" && d != 0 && r.word(n) == "to" {
		at = n
	}
	if !into {
		return p, 0
	}
	english := r.word(at) == "of"
	p, end = r.nightDay(at, english)
	if end == 0 {
		return p, 0
	}
	p.kind = kindAbsolute
	if p.anchored {
		p.kind = kindRelative
	}
	switch {
	case p.precision == "range":
		p.precision = "night"
		return p, end
	case english:
		p.q = 1
	default:
		p.q = -1
	}
	p.precision = "night"
	return p, end
}

// nightDay reads the day that the word at token at leads a night to.
func (r *reader) nightDay(at int, english bool) (p period, end int) {
	if p, end = r.dayAndMonth(at + 1); end == 0 {
		p, end = r.monthAndDay(at + 1)
	}
	if end == 0 {
		p, end = r.numeric(at + 1)
	}
	if end == 0 && r.hasPublished {
		if p, end = r.weekdayOf(at + 1); end == 0 {
			p, end = r.nearDay(at + 1)
		}
		if end != 0 {
			p.anchored = true
		}
	}
	if end == 0 && r.hasPublished && !english {
		if d, n := r.dayNumber(at + 1); d != 0 {
			if p, end = r.dayOfMonth(d), n; r.is(n, numeral) {
				end++
			}
		}
	}
	return p, end
}
