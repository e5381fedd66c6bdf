package figures

import (
	"strings"

	"svidok/words"
)

// collective reports numerals that count people by their form alone: двоє, семеро,
// четверых; and, where no noun follows, двох, п'ятьох.
func (r *reader) collective(f *counted) bool {
	if f.digits || f.share || f.value > 30 || f.value < 2 || f.vague {
		return false
	}
	w := r.cut.Folded(f.number.lo)
	for _, e := range [...]string{"оє", "еро", "імох", "ерых", "ерым", "оих", "оим", "вое", "рое", "обох", "обоих", "ятеро"} {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	next := f.number.hi
	if next < r.hi && !r.endsClause(next) && r.class(next)&(function|event|aside|planned|partitive) == 0 && !predicate(r.cut.Folded(next)) {
		return false // двох магазинів
	}
	return f.head < 0 && (strings.HasSuffix(w, "ьох") || strings.HasSuffix(w, "ьом") || w == "двох" || w == "двом")
}

// bare reports an English numeral that is the subject of a sentence with no noun: "Nine said".
func (r *reader) bare(f *counted) bool {
	if f.digits || f.share || f.head >= 0 || f.value < 2 || f.number.hi >= r.hi {
		return false
	}
	first := f.lo == r.lo || f.lo == r.lo+1 && r.cut.Folded(r.lo) == "the"
	w := r.cut.Folded(f.number.hi)
	return first && (r.class(f.number.hi)&(function|aside) != 0 || w == "did" || w == "lost" || w == "died" || w == "may" || w == "might" || w == "could" || w == "never") && w != "of"
}

// told gives the kind of people of whom the clause says what is no drafting: who were
// asked, let go, beaten, or who came or stayed away. It returns "" where it says no such thing.
func (r *reader) told(f *counted, at class) string {
	if f.share || at&(summons|court|contract) != 0 && at&person == 0 {
		return ""
	}
	if r.divided(f) {
		return r.whole(f, at)
	}
	lo, hi := r.micro(f)
	if hi < r.hi && hi <= f.hi+2 && r.events(lo, hi, f) == 0 && relative(r.cut.Folded(hi)) {
		for hi++; hi < f.to && !r.breaks(hi); hi++ {
		}
	}
	if r.laidDown(f.hi, hi) {
		return "captured"
	}
	near, far := 1<<30, 1<<30 // how far the nearest such word is, and the nearest event
	for j := lo; j < hi; j++ {
		if j >= f.number.lo && j < f.number.hi || j == f.head {
			continue
		}
		d := f.number.lo - j
		if j >= f.number.hi {
			d = j - f.number.hi + 1
		}
		c := r.class(j)
		switch w := r.cut.Folded(j); {
		case c&aside != 0 && returned(w) && j > r.lo && negation(r.cut.Folded(j-1)):
			if r.events(r.lo, r.hi, f)&(take|detain|seize) == 0 {
				return "killed"
			}
		case c&aside != 0 && ledOut(w) && !r.evacuated(f):
		case c&aside != 0 && (w == "received" || strings.HasPrefix(w, "отрим") || strings.HasPrefix(w, "получ")) && r.papers(j):
		case c&aside != 0 && speaking(w) && (j < f.hi || j > f.hi+1):
		case c&aside != 0:
			near = min(near, d)
		case c&fate != 0:
			far = 0
		case c&(fate|detain|seize|capture) != 0 && at&person != 0, c&(fate|capture) != 0:
			far = min(far, d)
		}
	}
	if near < far && near < 1<<30 {
		return "other"
	}
	return ""
}

func returned(w string) bool {
	return strings.HasPrefix(w, "поверн") || strings.HasPrefix(w, "верн") || strings.HasPrefix(w, "возвра") || strings.HasPrefix(w, "return")
}

// whole gives the kind of people from whom others are counted: what they are called.
func (r *reader) whole(f *counted, at class) string {
	_, hi := r.micro(f)
	c := at
	for j := f.hi; j < hi; j++ {
		c |= r.class(j)
		if w := r.cut.Folded(j); strings.HasPrefix(w, "батальйон") || strings.HasPrefix(w, "батальон") || strings.HasPrefix(w, "рот") || strings.HasPrefix(w, "взвод") || w == "battalion" || w == "company" || w == "platoon" || w == "unit" {
			c |= mobil
		}
		if r.class(j)&function != 0 {
			break
		}
	}
	switch {
	case c&mobil != 0:
		return "mobilised"
	case c&conscript != 0:
		return "conscripted"
	case c&event != 0:
		return ""
	case at&person == 0 && f.head >= 0:
		return ""
	}
	return "other"
}

// aged reports ages that no noun gives away: "мені 52", "Olena, 36", "girls of seventeen",
// "всіх до 35", "from 18 to 55".
func (r *reader) aged(f *counted, h head) bool {
	if f.share || f.value < 5 || f.value > 99 || f.mult != 1 || h.class&(person|event|child|actor) != 0 && !(f.high > 0 && h.at > f.hi+1) {
		return false
	}
	if f.high > 0 && f.value >= 14 && f.value <= 35 && f.high <= 75 && f.high >= 27 {
		return true
	}
	if f.numLo == r.lo {
		return false
	}
	end := f.number.hi >= r.hi || r.endsClause(f.number.hi)
	p := r.cut.Folded(f.numLo - 1)
	switch p {
	case "мені", "мне", "йому", "ему", "їй", "ей", "тобі", "тебе", "i'm", "he's", "she's":
		return r.flush(f.numLo)
	case "am", "was", "is", "he", "she", "turned":
		return end
	case "of":
		return f.numLo-2 >= r.lo && r.class(f.numLo-2)&person != 0 && h.unsaid
	case "old", "older", "under", "over", "старше", "моложе", "молодше", "старші":
		if f.numLo-2 >= r.lo && r.class(f.numLo-2)&(person|child) != 0 && h.at != f.number.hi {
			return true
		}
		return end && f.numLo-2 >= r.lo && r.class(f.numLo-2)&(person|child) != 0 || end && f.digits && f.op != "exact"
	case "старших", "старшого", "молодших":
		return true
	case "до", "від", "от", "меньше", "больше", "менше", "більше", "за":
		return f.numLo-2 >= r.lo && (end && r.class(f.numLo-2)&(person|child) != 0 || r.cut.Folded(f.numLo-2) == "кому")
	}
	name := r.cut.Raw(f.numLo - 1)
	if f.digits && end && strings.TrimFunc(r.gap(f.numLo), blank) == "," && name != "" && strings.ToLower(name) != name {
		return true // Olena, 36,
	}
	if !f.digits || f.op != "exact" || !r.flush(f.numLo) {
		return false
	}
	return (r.class(f.numLo-1)&child != 0 || strings.HasSuffix(p, "ому")) && (strings.HasSuffix(p, "у") || strings.HasSuffix(p, "ові") || strings.HasSuffix(p, "ю") || strings.HasSuffix(p, "і"))
}

// priced reports money that no noun gives away: $6,000, за 200 тисяч, 9 am, two and a half.
func (r *reader) priced(f *counted, h head) bool {
	before := r.cut.Text[:r.cut.Tokens[f.number.lo].Start]
	for _, s := range [...]string{"$", "€", "£", "₽", "₴"} {
		if strings.HasSuffix(before, s) {
			return true
		}
	}
	if n := f.numLo; n-3 >= r.lo && r.cut.Folded(n-1) == "the" && r.cut.Folded(n-2) == "of" && r.cut.Folded(n-3) == "one" && h.class&person == 0 {
		return true // one of the twelve: told before
	}
	if f.digits && f.value <= 24 && f.high == 0 && h.class&(person|event) == 0 && r.hours(f) {
		return true
	}
	if f.number.hi < r.hi {
		w := r.cut.Folded(f.number.hi)
		if w == "am" || w == "pm" || w == "a" && f.value < 13 && strings.HasPrefix(r.cut.Text[r.cut.Tokens[f.number.hi].End:], ".m") {
			return true
		}
		if w == "and" && f.number.hi+2 < r.hi && r.cut.Folded(f.number.hi+1) == "a" && r.cut.Folded(f.number.hi+2) == "half" {
			return true
		}
		after := r.cut.Text[r.cut.Tokens[f.number.hi-1].End:]
		for _, s := range [...]string{"$", "€", "£", "₽", "₴"} {
			if strings.HasPrefix(strings.TrimSpace(after[:min(len(after), 8)]), s) {
				return true
			}
		}
	}
	return h.at < 0 && f.mult >= 1000 && f.numLo > r.lo && r.cut.Folded(f.numLo-1) == "за"
}

// speaking: what people said is about them only where they are its subject.
func speaking(w string) bool {
	switch w {
	case "said", "told", "described", "left", "received", "turned", "met", "returned", "showed", "blocked", "refused", "remained":
		return true
	}
	return strings.HasPrefix(w, "розповіл") || strings.HasPrefix(w, "рассказал") || strings.HasPrefix(w, "отрима") || strings.HasPrefix(w, "визна") || strings.HasPrefix(w, "призна")
}

func relative(w string) bool {
	return w == "які" || w == "що" || w == "who" || strings.HasPrefix(w, "котор") || w == "хто"
}

// divided reports whether the number is the whole from which the sentence counts a part.
func (r *reader) divided(f *counted) bool {
	if !r.partOf(f) {
		return false
	}
	p := f.lo - 1
	if p > r.lo && r.class(p-1)&(fate|court|summons) != 0 {
		return false
	}
	if r.cut.Folded(p) == "of" {
		return p == r.lo || r.cut.Folded(p-1) == "out" || f.from > r.lo && f.from == p
	}
	return f.from > r.lo || f.to < r.hi
}

// asideNear reports whether the clause tells of people what is no drafting.
func (r *reader) asideNear(f *counted) bool {
	lo, hi := r.micro(f)
	if f.lo > r.lo && r.class(f.lo-1)&(bad|desig) != 0 {
		return false
	}
	for j := max(lo, f.lo-5); j < min(hi, f.hi+5); j++ {
		if r.class(j)&aside != 0 && !speaking(r.cut.Folded(j)) {
			return true
		}
	}
	return false
}

// apiece reports a demand of so many from each: цехам — по пять.
func (r *reader) apiece(f *counted) bool {
	if f.lo == r.lo || r.cut.Folded(f.lo-1) != "по" && r.cut.Folded(f.number.lo) != "по" {
		return false
	}
	for j := max(r.lo, f.lo-farthest); j < f.lo; j++ {
		if r.class(j)&quota != 0 {
			return true
		}
	}
	return false
}

// clad: двоє в цивільному, двое в форме, two in masks: those who do it.
func (r *reader) clad(f *counted) bool {
	if f.number.hi+1 >= r.hi {
		return false
	}
	switch r.cut.Folded(f.number.hi) {
	case "в", "у", "in", "з", "із", "с", "with":
	default:
		return false
	}
	w := r.cut.Folded(f.number.hi + 1)
	for _, p := range [...]string{"цив", "граждан", "штатськ", "штатск", "форм", "маск", "балаклав", "камуфл", "uniform", "mask", "plain", "civil", "camouf", "автомат", "зброє", "оружи", "погон", "balacl"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// hours: с 9 до 18, from 9 to 5.
func (r *reader) hours(f *counted) bool {
	to := func(i int) bool {
		w := r.cut.Folded(i)
		return w == "до" || w == "to"
	}
	from := func(i int) bool {
		w := r.cut.Folded(i)
		return w == "с" || w == "з" || w == "із" || w == "від" || w == "от" || w == "from"
	}
	a, b := f.number.lo, f.number.hi
	return a > r.lo && b+1 < r.hi && from(a-1) && to(b) && r.cut.Tokens[b+1].Kind == words.Number ||
		a-3 >= r.lo && to(a-1) && r.cut.Tokens[a-2].Kind == words.Number && from(a-3)
}

// laidDown reports that people gave up their arms.
func (r *reader) laidDown(lo, hi int) bool {
	for j := lo; j+1 < hi; j++ {
		w, v := r.cut.Folded(j), r.cut.Folded(j+1)
		if (strings.HasPrefix(w, "склал") || strings.HasPrefix(w, "сложил")) && (v == "зброю" || v == "оружие") || w == "laid" && v == "down" {
			return true
		}
	}
	return false
}

// oneOf reports "one man", who is told of and not counted, as far as a word for the draft
// or for a fate does not make a count of it.
func (r *reader) oneOf(f *counted) bool {
	return f.op == "exact" && f.head >= 0 && r.class(f.head)&person != 0
}

// themNear reports a part "of them".
func (r *reader) themNear(f *counted) bool {
	for j := f.number.hi; j < min(f.number.hi+3, r.hi); j++ {
		switch r.cut.Folded(j) {
		case "них", "them", "нас", "us", "їх", "whom":
			return true
		}
	}
	return false
}

// already reports that the clause tells of what has come about.
func (r *reader) already(f *counted) bool {
	lo, hi := r.micro(f)
	for j := max(r.lo, min(lo, f.lo-4)); j < hi; j++ {
		switch r.cut.Folded(j) {
		case "already", "вже", "уже":
			return true
		}
	}
	return false
}

// headClass returns what is counted, and whether it is anybody of whom the text tells.
func (r *reader) headClass(f *counted) (class, bool) {
	var at class
	if f.head >= 0 {
		at = r.class(f.head)
	}
	if r.clad(f) || r.hasThem(f) || f.value == 1 && !f.digits && !f.share && f.mult == 1 && r.oneOf(f) {
		return at, false
	}
	if at&(person|actor|child) == 0 && !r.parent(f) && (r.collective(f) || r.bare(f) || r.ofUs(f) || r.ofThem(f)) {
		at |= person
	}
	return at, true
}

// worth holds small counts of kind other back where nobody in particular is counted.
func (r *reader) worth(f *counted, at class) bool {
	if f.kind == "other" && f.value < 10 && f.lo > r.lo && r.cut.Folded(f.lo-1) == "на" {
		return false // one vest for three men
	}
	if w := r.cut.Folded(f.number.lo); f.kind == "other" && (w == "обоє" || w == "обое" || w == "обидва" || w == "оба" || w == "both") {
		return false
	}
	if f.value == 1 && f.high == 0 && (f.kind == "planned" || f.kind == "quota") {
		return false // one more office, one more campaign: nobody plans to take one man
	}
	return f.kind != "other" || f.value >= 2 && at&person != 0 || f.value >= 10 || f.share
}
