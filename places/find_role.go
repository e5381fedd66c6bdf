package places

import "strings"

// bodyAhead and officeBehind bound how far from a place the words for a body or an office count.
const (
	bodyAhead    = 6
	officeBehind = 4
)

// role tells what the place at tokens [from,to) is to the text.
func (r *run) role(from, to int) string {
	switch {
	case r.byline(from, to):
		return RoleByline
	case r.body(from, to):
		return RoleBody
	case r.office(from, to):
		return RoleSpeaker
	}
	return RoleAct
}

// body: the place begins the name of an authority, group or outlet, as in "Луганська обласна
// військова адміністрація" or "Kharkiv Human Rights Protection Group"; and what is said of
// such a body's office is no act in the place.
func (r *run) body(from, to int) bool {
	for j := to; j < min(r.hi, to+bodyAhead); j++ {
		if strings.ContainsAny(r.gap(j-1, j), ",;:!?\"«»—–") {
			break
		}
		flags := r.says(j)
		if flags&isBody != 0 && (!isLatin(r.c.Folded(j)) || upper(r.c.Raw(j)) || j > to || r.c.Folded(j) == "nuclear") {
			return r.adjectival(from) || isLatin(r.c.Folded(from))
		}
		if w := r.c.Folded(j); j > to && (strings.HasPrefix(w, "адмініст") || strings.HasPrefix(w, "админист")) {
			return true
		}
		if flags&isThrough == 0 && !(isLatin(r.c.Folded(j)) && upper(r.c.Raw(j)) && isLatin(r.c.Folded(from))) {
			break
		}
	}
	// "прокуратура Луганської області", "поліція Харкова"
	for j := from - 1; j >= max(r.lo, from-2); j-- {
		if flags := r.says(j); flags&isBody != 0 && !isLatin(r.c.Folded(j)) && !strings.ContainsAny(r.gap(j, j+1), ",;:!?()—–") {
			return true
		} else if flags&isThrough == 0 {
			return false
		}
	}
	return false
}

// office: a mayor, head, governor or adviser of the place.
func (r *run) office(from, to int) bool {
	for j := from - 1; j >= max(r.lo, from-officeBehind); j-- {
		if strings.ContainsAny(r.gap(j, j+1), ",;:!?()\"—–") {
			return false
		}
		flags := r.says(j)
		if flags&isOffice != 0 {
			return true
		}
		if flags&(isThrough|isKindWord|isOblast) == 0 && r.c.Folded(j) != "of" && r.c.Folded(j) != "the" && !strings.HasPrefix(r.c.Folded(j), "адмін") &&
			!strings.HasPrefix(r.c.Folded(j), "админ") && !strings.HasPrefix(r.c.Folded(j), "occup") && !strings.HasPrefix(r.c.Folded(j), "окуп") {
			return false
		}
	}
	for j := to; j < min(r.hi, to+2); j++ { // Melitopol mayor; мелітопольський міський голова
		flags := r.says(j)
		if flags&isOffice != 0 && !strings.ContainsAny(r.gap(j-1, j), ",;:!?()—–.") && (isLatin(r.c.Folded(from)) || r.adjectival(from)) {
			return true
		}
		if flags&isThrough == 0 {
			return false
		}
	}
	return false
}

// bylineReach bounds, in bytes, how far from the beginning of its line a dateline goes.
const bylineReach = 120

// byline: the place opens a line and a dash ends the dateline before any sentence begins:
// "КИЇВ, 5 травня (Укрінформ) —", "Донецк. 12 мая. ДАН —", "KYIV, Ukraine —".
func (r *run) byline(from, to int) bool {
	text := r.c.Text
	start, end := int(r.c.Tokens[from].Start), int(r.c.Tokens[to-1].End)
	for b := start - 1; b >= 0 && b >= start-bylineReach; b-- {
		if text[b] == '\n' {
			break
		}
		if text[b] == '-' || start-b >= 40 {
			return false
		}
		if b == 0 || text[b-1] == '\n' {
			break
		}
	}
	if !r.opens(from) {
		return false
	}
	rest := text[end:min(len(text), end+bylineReach)]
	if k := strings.IndexByte(rest, '\n'); k >= 0 {
		rest = rest[:k]
	}
	dash := len(rest)
	for _, d := range []string{"—", "–", " - ", " -- "} {
		if k := strings.Index(rest, d); k >= 0 {
			dash = min(dash, k)
		}
	}
	if dash == len(rest) {
		return false
	}
	between := strings.TrimSpace(rest[:dash])
	if between == "" {
		return shouted(text[start:end])
	}
	return dateline(between)
}

// opens: nothing but marks and capitals stands between the line's beginning and token i.
func (r *run) opens(i int) bool {
	for j := i; j > 0 && j > i-4; j-- {
		if strings.Contains(r.gap(j-1, j), "\n") {
			return true
		}
		if !shouted(r.c.Raw(j - 1)) {
			return false
		}
	}
	return i < 4
}

// dateline: marks, numbers, capitalised words, names of months; nothing in the way of a sentence.
func dateline(s string) bool {
	if !strings.ContainsAny(s[:1], ",.(/") {
		return false
	}
	for w := range strings.FieldsFuncSeq(s, func(x rune) bool { return strings.ContainsRune(" ,.()/:", x) }) {
		if upper(w) || w[0] >= '0' && w[0] <= '9' || month(w) || w == "р" || w == "г" || w == "року" || w == "года" {
			continue
		}
		return false
	}
	return true
}

func month(w string) bool {
	for _, m := range strings.Fields("січ лют берез квіт трав черв лип серп верес жовт листоп груд янв фев мар апр ма июн июл авг сен окт ноя дек") {
		if strings.HasPrefix(w, m) {
			return true
		}
	}
	return false
}
