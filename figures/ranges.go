package figures

import (
	"math"
	"strings"

	"svidok/words"
)

// extend makes a range of n where a second number continues it.
func (r *reader) extend(n *number, hi int) {
	j := n.hi
	if j >= hi {
		return
	}
	or := false
	if g := strings.TrimFunc(r.gap(j), blank); g == "." && abbreviated(r.cut.Folded(j-1)) || dash(strings.TrimLeft(g, ". ")) {
		if g == "." {
			return
		}
	} else {
		if g != "" || j+1 >= hi {
			return
		}
		before := ""
		if n.lo > r.lo {
			before = r.cut.Folded(n.lo - 1)
		}
		switch r.cut.Folded(j) {
		case "до", "to", "по":
			if english := r.cut.Folded(j) == "to" && n.digits && before != "from"; english && !r.changes(n.lo) {
				break
			}
			if r.cut.Folded(j) == "to" && !n.digits && n.mult == 1 && !r.changes(n.lo) {
				break
			}
			if before != "від" && before != "от" && before != "from" || r.changes(n.lo) {
				return
			}
		case "and", "та", "і", "и":
			if before != "between" && before != "між" && before != "между" {
				return
			}
		case "or", "чи", "або", "или":
			or = true
		default:
			return
		}
		j++
	}
	m, ok := r.single(j, hi)
	if !ok || m.vague {
		return
	}
	r.percent(&m, hi)
	r.joinRange(n, m, or, hi)
}

// joinRange makes n the range that ends with m, unless they are no range.
func (r *reader) joinRange(n *number, m number, or bool, hi int) {
	low := n.value
	if n.mult == 1 && m.mult > 1 && n.value < m.lead {
		low *= m.mult
	}
	if low >= m.value || m.high != 0 || or && m.value > 3*low || n.share && !m.share || m.value > 100*low && n.digits {
		return
	}
	if m.hi < hi && r.cut.Tokens[m.hi].Kind == words.Number && dash(r.gap(m.hi)) {
		return // a telephone number
	}
	if m.value-low == 1 && !n.digits || or {
		n.op = "about"
	}
	n.value, n.high, n.share, n.hi = low, m.value, m.share || n.share, m.hi
	n.lead, n.mult, n.fractional, n.twice = m.lead, m.mult, m.fractional || n.fractional && m.mult == 1, m.twice
}

// changes reports whether a word for growth or decline stands shortly before token i:
// "rose from 200 to 300" is no range.
func (r *reader) changes(i int) bool {
	for j := max(r.lo, i-4); j < i; j++ {
		if r.class(j)&change != 0 {
			return true
		}
	}
	return false
}

// special reads shares that are told in persons: every third, nine out of ten, one in five.
func (r *reader) special(i, hi int) (number, bool) {
	if n, ok := r.part(i, hi); ok {
		return n, true
	}
	switch w := r.cut.Folded(i); w {
	case "every", "each", "кожен", "кожний", "кожного", "кожна", "кожну", "кожному", "кожним", "каждый", "каждого", "каждая", "каждую", "каждому", "каждым":
		if i+1 < hi {
			if of := ordinal(r.cut.Folded(i + 1)); of > 0 {
				return number{lo: i, hi: i + 2, value: math.Round(100 / of), mult: 1, share: true}, true
			}
		}
		return number{}, false
	case "third", "quarter":
		if i > r.lo && r.cut.Folded(i-1) == "a" && i+1 < hi && r.cut.Folded(i+1) == "of" {
			v := 33.0
			if w == "quarter" {
				v = 25
			}
			return number{lo: i, hi: i + 1, value: v, mult: 1, share: true}, true
		}
		return number{}, false
	}
	a, ok := r.single(i, hi)
	if !ok || a.value > 99 || a.mult != 1 || a.share || a.hi+1 >= hi || a.hi > i+2 {
		return number{}, false
	}
	j := a.hi
	switch r.cut.Folded(j) {
	case "out":
		if j+2 >= hi || r.cut.Folded(j+1) != "of" {
			return number{}, false
		}
		j += 2
	case "in", "з", "із", "из", "зі", "со":
		j++
	default:
		return number{}, false
	}
	b, ok := r.single(j, hi)
	if !ok || b.value <= a.value || b.mult != 1 || b.value > 100 || b.value > 10 && b.value != 20 && b.value != 12 && b.value != 100 {
		return number{}, false
	}
	if r.cut.Folded(a.hi) == "in" && (a.value != 1 && (a.digits || b.digits) || a.digits) {
		return number{}, false
	}
	return number{lo: i, hi: b.hi, value: math.Round(100 * a.value / b.value), mult: 1, share: true}, true
}

// ordinal returns the number of an ordinal that can name a part, or 0.
func ordinal(w string) float64 {
	if len(w) < 5 || len(w) > 24 {
		return 0
	}
	if w[0] < 0x80 {
		return englishOrdinal(w)
	}
	switch w[:2] {
	case "д", "в", "т", "ч", "п", "ш", "с":
	default:
		return 0
	}
	for _, o := range [...]struct {
		stem string
		n    float64
	}{{"друг", 2}, {"втор", 2}, {"трет", 3}, {"четверт", 4}, {"п'ят", 5}, {"пят", 5}, {"шост", 6}, {"шест", 6}, {"сьом", 7}, {"седьм", 7}, {"восьм", 8}, {"дев'ят", 9}, {"девят", 9}, {"десят", 10}} {
		if rest, ok := strings.CutPrefix(w, o.stem); ok {
			switch rest {
			case "ий", "ій", "ого", "ому", "ему", "ьего", "ьему", "ий ", "ый", "ой", "а", "я", "ая", "ья", "у", "ю", "ую", "ью", "ої", "ьої", "ій ", "ою", "им", "ым", "ей", "ьей":
				return o.n
			}
		}
	}
	return 0
}

func englishOrdinal(w string) float64 {
	switch w {
	case "second":
		return 2
	case "third":
		return 3
	case "fourth":
		return 4
	case "fifth":
		return 5
	case "sixth":
		return 6
	case "seventh":
		return 7
	case "eighth":
		return 8
	case "tenth":
		return 10
	}
	return 0
}

// part reads п'ята частина, a fifth of, пятую часть.
func (r *reader) part(i, hi int) (number, bool) {
	of := ordinal(r.cut.Folded(i))
	if of < 3 || i+1 >= hi {
		return number{}, false
	}
	w := r.cut.Folded(i + 1)
	n := number{lo: i, hi: i + 2, value: math.Round(100 / of), mult: 1, share: true}
	switch {
	case strings.HasPrefix(w, "частин"), strings.HasPrefix(w, "част") && strings.HasSuffix(w, "ть"), w == "части", w == "частью":
		return n, true
	case w == "of" && i > r.lo && r.cut.Folded(i-1) == "a":
		n.hi = i + 1
		return n, true
	}
	return number{}, false
}
