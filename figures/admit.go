package figures

import (
	"strings"
	"unicode/utf8"

	"svidok/words"
)

// head is the noun that a number counts.
type head struct {
	at     int // token, -1 if none is said
	class  class
	of     bool // "of the", "з них": the number is a part of what the head names
	unsaid bool // nothing is counted in so many words
}

// admit says whether the number can be a figure at all, by the words directly around it.
func (r *reader) admit(n number) (counted, bool) {
	if n.value <= 0 || n.value > 2e8 || n.fractional && !n.share || r.named(&n) || r.ordinalGoesOn(&n) {
		return counted{}, false
	}
	op, lo, hi := r.operator(&n)
	f := counted{number: n, op: op, lo: lo, hi: hi, numLo: n.lo}
	h := r.headOf(&f)
	f.head = h.at
	if h.at >= hi && h.at < hi+4 && noun(h.class, r.cut.Folded(h.at)) {
		f.hi = h.at + 1
	}
	switch {
	case r.priced(&f, h) || r.aged(&f, h) || r.uncounted(&f, h):
		return f, false
	case n.share:
		return f, r.aboutPeople(&f, h)
	case h.class&bad != 0 || h.at < 0 && !h.unsaid:
		if h.class&bad != 0 || !r.verbBefore(&f) && !r.collective(&f) {
			return f, false
		}
	case h.class&(person|event|child|actor) == 0 && (r.yearOrAge(&f) || h.unsaid && r.thingsBefore(&f)):
		return f, false
	case n.digits && r.year(&f) && (h.class&(person|conscript|mobil) == 0 || r.datedBefore(&f)):
		return f, false
	}
	if n.lo > r.lo && r.class(n.lo-1)&desig != 0 && r.flush(n.lo) && !r.collective(&f) && h.class&person == 0 && (h.at != n.hi || h.class&(conscript|mobil) == 0) {
		return f, false
	}
	if (h.class&(person|child|actor) == 0 || !f.digits && h.at > f.number.hi) && r.inverted(&f) && f.op == "exact" {
		f.op = "about"
		f.lo = f.numLo - 1
		f.head = f.lo
	}
	return f, r.smallIsSaid(&f, h)
}

// noun reports whether a counted word belongs to the phrase; a verb after a number does not.
func noun(c class, w string) bool {
	return c&(person|child|actor|summons|court|contract) != 0 || strings.HasSuffix(w, "их") || strings.HasSuffix(w, "ых") || strings.HasSuffix(w, "ків") || strings.HasSuffix(w, "ников") || strings.HasSuffix(w, "s")
}

// smallIsSaid holds "one" and "two" back where nobody is counted: one of, one day.
func (r *reader) smallIsSaid(f *counted, h head) bool {
	if f.digits || f.value > 1 {
		return true
	}
	w := r.cut.Folded(f.numLo)
	said := h.class&person != 0 || h.class&event != 0 && (w == "один" || w == "одна" || w == "one")
	return said && h.at == f.number.hi && !h.of
}

// named reports whether the digits are a name, date, time, telephone number or ordinal.
func (r *reader) named(n *number) bool {
	if !n.digits {
		return false
	}
	text := r.cut.Text
	start, end := int(r.cut.Tokens[n.lo].Start), int(r.cut.Tokens[n.hi-1].End)
	if text[start] == '0' {
		return true
	}
	if start > 0 {
		if c := text[start-1]; c == '#' || c == '/' || c == ':' || c == '+' || c == '_' || c == '.' && start > 1 && text[start-2]-'0' < 10 {
			return true
		}
		if r.beforeDash(n.lo) || strings.HasSuffix(strings.TrimRight(text[:start], " \u00a0"), "№") {
			return true
		}
	}
	if end < len(text)-1 && (text[end] == ':' || text[end] == '/' || text[end] == '.') && text[end+1]-'0' < 10 {
		return true
	}
	if n.lo == r.lo && n.value < 100 && end < len(text) && (text[end] == ')' || text[end] == '.' && n.hi < r.hi) {
		return true // the number of an item in a list
	}
	return r.dialled(n) || r.suffixed(n, end)
}

// dialled reports whether the digits are part of a telephone, card or case number: digits in
// groups, or soon after a word for one, and nobody is counted by them.
func (r *reader) dialled(n *number) bool {
	if n.hi < r.hi && r.class(n.hi)&(person|event|summons|court|contract) != 0 {
		return false
	}
	group := func(i int) bool { // the gap before token i joins two groups of digits
		return i > r.lo && i < r.hi && r.cut.Tokens[i].Kind == words.Number && r.cut.Tokens[i-1].Kind == words.Number && strings.Trim(r.gap(i), " \u00a0()-") == ""
	}
	if group(n.lo) && !aYear(r.cut.Folded(n.lo-1)) || group(n.hi) && n.value < 10_000 && n.value != 1 && !aYear(r.cut.Folded(n.lo)) {
		return true
	}
	for i := n.lo - 1; i >= r.lo && i >= n.lo-4; i-- {
		w := r.cut.Folded(i)
		switch {
		case strings.HasPrefix(w, "телефон"), strings.HasPrefix(w, "картк"), strings.HasPrefix(w, "номер"), strings.HasPrefix(w, "hotline"):
			return true
		}
		switch w {
		case "тел", "tel", "phone", "карта", "карты", "карту", "карте", "iban":
			return true
		}
	}
	return false
}

// aYear: four digits that name a year.
func aYear(w string) bool { return len(w) == 4 && (w[:2] == "19" || w[:2] == "20") }

// beforeDash: Т-72, 095-12: a hyphen without blanks joins the number to what is before.
func (r *reader) beforeDash(i int) bool {
	return i > 0 && dash(r.gap(i)) && r.gap(i) != "—" && (r.cut.Tokens[i-1].Kind == words.Number || i > r.lo && utf8.RuneCountInString(r.cut.Folded(i-1)) <= 5 && r.numeralless(i-1))
}

func (r *reader) numeralless(i int) bool {
	_, ok := r.numerals[r.cut.Folded(i)]
	return !ok && r.class(i)&(person|event) == 0
}

// suffixed judges what is written directly onto the digits: 72-га, 5th, 152-мм; but 20-ти.
func (r *reader) suffixed(n *number, end int) bool {
	if n.hi >= len(r.cut.Tokens) {
		return false
	}
	g := r.cut.Text[end:r.cut.Tokens[n.hi].Start]
	if r.cut.Tokens[n.hi].Kind == words.Number {
		return dash(g) || g == "," || g == "."
	}
	if r.cut.Tokens[n.hi].Kind != words.Word || g != "" && !dash(g) || n.hi >= r.hi {
		return false
	}
	switch w := r.cut.Folded(n.hi); {
	case w == "ти" || w == "х" || w == "ми" || w == "м" || w == "ом" || w == "ох" || w == "ю" || w == "ть":
		n.hi++
		return g == ""
	case g != "" && g != "—" && g != "–":
		return true
	default:
		return g == "" && r.class(n.hi)&(person|event) == 0
	}
}

// headOf walks from the number over adjectives to the noun that it counts.
func (r *reader) headOf(f *counted) head {
	h := head{at: -1}
	unknown, shape := 0, class(0)
	j := f.hi
	for steps := 0; j < r.hi && steps < 6; steps, j = steps+1, j+1 {
		if r.endsClause(j) && !(j == f.hi && r.quoteEnds(j)) {
			break
		}
		if h.of && shape == 0 && r.cut.Tokens[j].Kind == words.Number {
			continue // 12 of the 90 men
		}
		if r.cut.Tokens[j].Kind != words.Word {
			break
		}
		c := r.class(j)
		w := r.cut.Folded(j)
		if h.of && (w == "us" || w == "them" || w == "whom" || w == "нас") && shape == 0 || w == "may" && r.cut.Raw(j) == w {
			break
		}
		if _, ok := r.numerals[r.cut.Folded(j)]; ok && steps > 0 {
			break
		}
		if c&partitive != 0 && unknown == 0 && shape == 0 {
			h.of = true
			continue
		}
		if (c&(function|planned|aside) != 0 || c&^known == 0 && predicate(r.cut.Folded(j))) && c&(event|person|bad) == 0 {
			if h.of && shape == 0 {
				continue
			}
			break
		}
		if c&(person|event|bad|child|actor) == 0 {
			if unknown++; unknown > 3 {
				break
			}
			continue
		}
		if c&bad != 0 && j+1 < r.hi && r.gap(j+1) == "-" && r.class(j+1)&bad == 0 {
			continue // school-leavers
		}
		if c&bad != 0 && shape&actor != 0 && h.at < j-1 {
			break
		}
		if c&bad != 0 && shape&person == 0 && shape&(summons|court|contract) == 0 {
			return head{at: j, class: bad, of: h.of}
		}
		if shape == 0 || shape&(person|summons|court|contract|child) == 0 && c&(person|summons|court|contract|child) != 0 {
			h.at, shape = j, shape|c
		}
		if c&person != 0 {
			break
		}
	}
	h.class = shape
	h.unsaid = shape == 0 && (unknown == 0 || h.of || r.placeAt(f.hi))
	return h
}

// predicate guesses at verbs that nobody listed, by their endings.
func predicate(w string) bool {
	for _, e := range [...]string{"ли", "лися", "лись", "ла", "лася", "лась", "уть", "ло", "лося", "лось", "ать", "ють", "ют", "ят", "ась", "ится"} {
		if len(w) > len(e)+4 && strings.HasSuffix(w, e) {
			return true
		}
	}
	return len(w) > 4 && strings.HasSuffix(w, "ed") && w != "armed" || w == "came" || w == "come"
}

// placeAt reports whether token i belongs to the name of a place that others found.
func (r *reader) placeAt(i int) bool {
	if i >= r.hi {
		return false
	}
	at := int(r.cut.Tokens[i].Start)
	l := within(r.ctx.Places, at, at+1)
	return len(l) > 0
}

// verbBefore reports whether a verb of taking, killing or detaining stands right before.
func (r *reader) verbBefore(f *counted) bool {
	j := f.lo - 1
	if j < r.lo || r.endsClause(f.lo) || r.class(j)&(conscript|mobil|kill|wound|detain|seize|missing) == 0 {
		return false
	}
	w := r.cut.Folded(j)
	for _, e := range [...]string{"ли", "но", "ны", "ло", "ла", "ють", "ют", "ed"} {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// year reports whether the digits look like a year.
func (r *reader) year(f *counted) bool {
	raw := r.cut.Raw(f.number.lo)
	return len(raw) == 4 && f.value >= 1900 && f.value <= 2100 && f.mult == 1
}

func (r *reader) datedBefore(f *counted) bool {
	if f.numLo == r.lo {
		return false
	}
	switch r.cut.Folded(f.numLo - 1) {
	case "у", "в", "in", "since", "з", "с", "від", "от", "до", "until", "till", "by", "of", "during", "після", "after", "before", "навесні", "восени", "весной", "осенью", "spring", "autumn", "влітку", "летом", "summer", "winter", "fall":
		return true
	}
	return r.class(f.numLo-1)&month != 0
}

// yearOrAge reports dates and ages that no noun gives away.
func (r *reader) yearOrAge(f *counted) bool {
	if f.digits && r.year(f) {
		return true
	}
	if f.value <= 31 && f.numLo > r.lo && r.class(f.numLo-1)&month != 0 && !r.ofUs(f) {
		return true
	}
	if f.value > 100 {
		return false
	}
	if f.digits && f.value < 22 && strings.HasPrefix(r.cut.Text[r.cut.Tokens[f.number.hi-1].End:], "+") {
		return true // 18+
	}
	for j := max(r.lo, f.numLo-4); j < f.numLo; j++ {
		w := r.cut.Folded(j)
		if strings.HasPrefix(w, "вік") || strings.HasPrefix(w, "віц") || strings.HasPrefix(w, "возраст") || w == "aged" || w == "age" || w == "ages" || w == "старше" || w == "старші" || w == "молодше" || w == "моложе" || w == "older" || w == "younger" {
			return true
		}
	}
	return f.high > 0 && f.value >= 14 && f.high <= 75 && f.numLo > r.lo && r.class(f.numLo-1)&person != 0
}

// inverted reports "чоловік 20", "человек тридцать".
func (r *reader) inverted(f *counted) bool {
	if f.numLo == r.lo || !r.flush(f.numLo) || f.numLo != f.lo {
		return false
	}
	switch r.cut.Folded(f.numLo - 1) {
	case "чоловік", "человек", "осіб", "людей", "мужиків", "мужиков", "хлопців", "душ", "мужчин", "пацанов", "пацанів", "парней", "повісток", "повесток":
		if f.numLo-2 < r.lo {
			return true
		}
		_, ok := r.numerals[r.cut.Folded(f.numLo-2)]
		return !ok && r.cut.Tokens[f.numLo-2].Kind == words.Word
	}
	return false
}

// aboutPeople reports whether a share is one of people.
func (r *reader) aboutPeople(f *counted, h head) bool {
	if f.value <= 100 && r.ofGroup(f) {
		return true
	}
	if f.value > 100 || h.class&bad != 0 && h.class&person == 0 && f.head < f.hi+2 && !h.of {
		return false
	}
	people, told := h.class&(person|event)&^capture, false
	from, to := r.window(f)
	for j := from; j < to; j++ {
		c := r.class(j)
		if c&stop != 0 && j-f.hi < 6 && f.lo-j < 6 {
			return false
		}
		people |= c & (person | event)
		told = told || c&(aside|army) != 0
	}
	if w := r.cut.Folded(f.number.hi - 1); told && people == 0 && f.number.hi == f.number.lo+2 && ordinal(w) > 0 {
		return true // every tenth did not return
	}
	if m, ok := r.numerals[r.cut.Folded(f.number.hi-1)]; ok && (m.kind == 'f' || m.kind == 'w') {
		if f.numLo > r.lo && r.nth(f.numLo-1) {
			return false // the second half of the year
		}
		return h.class&(person|event) != 0 || h.of && r.themNear(f) || people != 0 && (h.of || h.unsaid && m.kind == 'f')
	}
	return people != 0 || r.eventsBefore() != 0 && h.unsaid
}

func (r *reader) nth(i int) bool {
	w := r.cut.Folded(i)
	for _, p := range [...]string{"first", "second", "last", "перш", "друг", "перв", "втор", "останн", "последн", "last"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// within returns the labels that touch [start,end).
func within(labels []Label, start, end int) []Label {
	lo, hi := 0, len(labels)
	for lo < hi {
		if m := (lo + hi) / 2; labels[m].Start < start {
			lo = m + 1
		} else {
			hi = m
		}
	}
	for lo > 0 && labels[lo-1].End > start {
		lo--
	}
	hi = lo
	for hi < len(labels) && labels[hi].Start < end {
		hi++
	}
	return labels[lo:hi]
}
