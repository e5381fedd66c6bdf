package figures

import "strings"

// decide gives the figure its kind, and reports whether it is one. prev is the figure
// before it: of this sentence if same, or of the sentence before, or nil.
func (r *reader) decide(f *counted, prev *counted, same bool) bool {
	lo, hi := r.micro(f)
	here := r.events(lo, hi, f)
	near := here
	at, ok := r.headClass(f)
	if !ok || r.speaks(f, at) {
		return false
	}
	if here&(event&^take) == 0 && r.kin(f) {
		f.kind, f.unit = "other", "persons"
		return r.worth(f, at)
	}
	if near&(conscript|mobil) != 0 && r.calledSo(f, at) && !r.partOf(f) {
		if e := r.elsewhere(f, lo, hi); e != 0 {
			near = e
		}
	}
	if near == 0 {
		near = r.events(max(f.from, f.lo-farthest), f.lo, f)
	}
	if near == 0 && at&event == 0 && r.captives(lo, hi) {
		near = capture
	}
	if near == 0 && at&person == 0 && same && prev != nil && prev.kind != "share" && !f.share && r.counts(f, at, event, here, prev, same) {
		f.kind, f.unit = prev.kind, prev.unit
		if f.kind == "planned" && r.already(f) {
			f.kind = "mobilised"
		}
		r.intent(f, lo, hi)
		return true
	}
	if near == 0 {
		near = r.events(f.hi, min(r.until(f), f.hi+farthest), f)
	}
	if !r.counts(f, at, near, here, prev, same) {
		return false
	}
	if k := r.told(f, at); k != "" {
		if f.kind, f.unit = k, unitOf(f, at); k == "other" && r.tobe(f) {
			f.kind = "planned"
		}
		return f.value >= 10 || r.worth(f, at|person)
	}
	base := near
	if at&(summons|court|contract) != 0 && near&fate == 0 {
		base = at & (summons | court | contract)
	}
	if base == 0 {
		from, to := r.window(f)
		base = r.events(from, to, f)
	}
	if base == 0 && r.looksBack(f, at) {
		if prev != nil && !same && prev.kind != "share" && !f.share && at&event == 0 {
			f.kind, f.unit = prev.kind, prev.unit
			return true
		}
		base = r.eventsBefore()
	}
	return r.name(f, base, at)
}

// name turns the event base into the kind of f, whose counted noun is at, and reports
// whether it is worth telling.
func (r *reader) name(f *counted, base, at class) bool {
	lo, hi := r.micro(f)
	if base&summons != 0 && at&summons == 0 {
		base = r.called(base, lo, hi)
	}
	if base == 0 && at&person != 0 {
		base = r.serving(f, at)
	}
	if base == 0 {
		base = r.gathered(f, at)
	}
	f.kind = r.kindOf(base, f)
	if f.kind == "conscripted" && r.wave(f) {
		f.kind = "mobilised"
	}
	f.unit = unitOf(f, at)
	r.intent(f, lo, hi)
	return r.worth(f, at)
}

// called reports the draft where a clause says that people were called up, and names the
// summonses only as the means.
func (r *reader) called(base class, lo, hi int) class {
	for j := lo; j < hi; j++ {
		w := r.cut.Folded(j)
		if c := r.class(j) & (conscript | mobil); c != 0 && (strings.HasSuffix(w, "ли") || strings.HasSuffix(w, "но") || strings.HasSuffix(w, "ны") || strings.HasSuffix(w, "ed")) {
			return c
		}
	}
	return base
}

// serving: people of whom nothing is said but that they serve, fight or are prisoners.
func (r *reader) serving(f *counted, at class) class {
	if at&captive != 0 {
		return capture
	}
	lo, hi := r.micro(f)
	if alone := f.from == r.lo && f.to == r.hi; alone {
		from, to := r.window(f)
		for j := from; j < to; j++ {
			if w := r.cut.Folded(j); strings.HasPrefix(w, "окоп") || strings.HasPrefix(w, "trench") || strings.HasPrefix(w, "передов") {
				return mobil
			}
		}
	}
	for j := lo; j < hi; j++ {
		if r.class(j)&captive != 0 || r.cut.Folded(j) == "prisoners" && j+2 < hi && r.cut.Folded(j+2) == "war" {
			return capture
		}
		if r.class(j)&army == 0 {
			continue
		}
		switch w := r.cut.Folded(j); {
		case strings.HasPrefix(w, "війн"), strings.HasPrefix(w, "войн"), w == "war":
			continue // before the war
		case strings.HasPrefix(w, "служ"), strings.HasPrefix(w, "serv"), strings.HasPrefix(w, "арм"), w == "army":
			return conscript
		default:
			return mobil
		}
	}
	return 0
}

// partOf reports whether the number is what others are taken from: "of 300 mobilised".
func (r *reader) partOf(f *counted) bool {
	return f.lo > r.lo && r.class(f.lo-1)&partitive != 0
}

// elsewhere looks for what became of people who are only called conscripts or mobilised:
// in the words before, and in a clause that goes on about them.
func (r *reader) elsewhere(f *counted, lo, hi int) class {
	const became = fate | capture
	for j := lo; j < hi; j++ {
		if j != f.head && r.class(j)&(event&^conscript&^mobil) != 0 {
			return 0 // the clause says it itself
		}
	}
	if e := r.events(max(f.from, lo-8), lo, f); e&became != 0 {
		return e
	}
	if to := min(r.until(f), hi+8); to > hi {
		return r.events(hi, to, f) & became
	}
	return 0
}

// counts reports whether the figure counts people, or what stands for people.
func (r *reader) counts(f *counted, at, near, here class, prev *counted, same bool) bool {
	switch {
	case f.share:
		return true
	case f.value <= 12 && at&(person|event) == 0 && r.parent(f):
		return false
	case at&person != 0:
		return true
	case at&child != 0:
		return (here&event != 0 || f.value >= 10) && !r.parent(f)
	case at&actor != 0:
		return here&(fate|capture) != 0 || f.value >= 100
	case at&event != 0:
		return true
	case f.value <= 10 && !f.digits:
		return here&event != 0 || r.apiece(f)
	case near != 0, r.asideNear(f):
		return true
	case r.heldIn(f), r.ofTarget(f):
		return true
	case same && prev != nil:
		return r.placeNear(f) || at != 0 || f.value >= 20
	}
	return prev != nil && r.placeNear(f) || f.value >= 10 && r.eventsBefore() != 0 && r.hi-r.lo < 12
}

// parent: "father of three" describes a father.
func (r *reader) parent(f *counted) bool {
	for j := max(r.lo, f.lo-3); j < f.lo; j++ {
		w := r.cut.Folded(j)
		for _, p := range [...]string{"бать", "тат", "отец", "отц", "father", "dad", "мати", "мать", "mother", "виховує", "воспит", "raising", "має", "має", "has", "maє"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

// placeNear reports whether a place is named in the words between the figures around.
func (r *reader) placeNear(f *counted) bool {
	return len(within(r.ctx.Places, r.at(f.from), r.at(f.to))) > 0
}

// at returns the byte where token i starts, or the end of the sentence.
func (r *reader) at(i int) int {
	if i >= r.hi {
		return int(r.cut.Sentences[r.sentence].End)
	}
	return int(r.cut.Tokens[i].Start)
}

// micro returns the tokens of the clause of f: bounded by marks, by conjunctions and by
// the figures on both sides.
func (r *reader) micro(f *counted) (lo, hi int) {
	lo, hi = f.lo, f.hi
	for lo > f.from && f.lo-lo < farthest && !r.breaks(lo) && !conjunction(r.cut.Folded(lo-1)) {
		lo--
	}
	for hi < f.to && hi-f.hi < farthest && !r.breaks(hi) && !conjunction(r.cut.Folded(hi)) {
		hi++
	}
	return lo, hi
}

// until returns where the clause of the next figure begins, or the sentence ends.
func (r *reader) until(f *counted) int {
	hi := f.to
	if hi == r.hi {
		return hi
	}
	for hi > f.hi && !r.breaks(hi) && !conjunction(r.cut.Folded(hi-1)) {
		hi--
	}
	return hi
}

// farthest is how many words a number reaches over for what it counts.
const farthest = 60

// window returns the tokens of the sentence within reach of f.
func (r *reader) window(f *counted) (lo, hi int) {
	return max(r.lo, f.lo-farthest), min(r.hi, f.hi+farthest)
}

// breaks reports whether a clause ends before token i.
func (r *reader) breaks(i int) bool {
	g := r.gap(i)
	if g == " " || g == "-" {
		return false
	}
	if g == ". " && abbreviated(r.cut.Folded(i-1)) || strings.HasPrefix(g, ",") && (r.parenthesis(i) || i-1 > r.lo && r.parenthesis(i-1)) {
		return false
	}
	return strings.ContainsAny(g, ",;:()—–.!?…\n") || strings.Contains(g, " - ")
}

func conjunction(w string) bool {
	switch w {
	case "та", "і", "й", "и", "а", "але", "но", "and", "but", "while", "проте", "однак", "хоча", "хотя", "whereas", "although", "though", "яких", "которых", "whom", "чого", "тоді", "тогда":
		return true
	}
	return false
}

// events returns the class of the weightiest event in [lo,hi), the nearest among equals.
func (r *reader) events(lo, hi int, f *counted) class {
	best, weight, far := class(0), 0, 0
	for j := lo; j < hi; j++ {
		if j >= f.number.lo && j < f.number.hi {
			continue
		}
		c := r.class(j) & (event | evade)
		if c == 0 || c&detain != 0 && j > r.lo && negation(r.cut.Folded(j-1)) || c&take != 0 && r.takesThings(j) {
			continue
		}
		w := weigh(c)
		d := f.number.lo - j
		if d < 0 {
			d = j - f.number.hi
		}
		if w > weight || w == weight && d < far {
			best, weight, far = c, w, d
		}
	}
	return best
}

func weigh(c class) int {
	switch {
	case c&fate != 0:
		return 9
	case c&(summons|court) != 0:
		return 7
	case c&(detain|seize) != 0:
		return 6
	case c&capture != 0:
		return 5
	case c&contract != 0:
		return 5
	case c&(conscript|mobil) != 0:
		return 4
	case c&take != 0:
		return 2
	}
	return 1
}

// eventsBefore returns the event of the sentence before.
func (r *reader) eventsBefore() class {
	if r.sentence == 0 {
		return 0
	}
	lo, hi := r.cut.Words(r.sentence - 1)
	if hi-lo > 200 {
		lo = hi - 200
	}
	return r.events(lo, hi, &counted{number: number{lo: hi, hi: hi}})
}

// looksBack reports whether the sentence leaves to the one before what happened.
func (r *reader) looksBack(f *counted, at class) bool {
	back := at&(person|child|actor) == 0 || r.hi-r.lo <= 7
	from, to := r.window(f)
	for j := from; j < to; j++ {
		switch w := r.cut.Folded(j); {
		case living(w):
			return false
		case pointer(w):
			back = true
		}
	}
	return back
}

func living(w string) bool {
	for _, p := range [...]string{"мешка", "прожива", "живе", "живу", "жило", "населен", "population", "lives", "live", "lived"} {
		if w == p || len(p) > 8 && strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

func pointer(w string) bool {
	switch w {
	case "йдеться", "мова", "речь", "цифра", "цифру", "таких", "їх", "их", "ними", "них", "them", "these", "figure", "number", "це", "это", "they", "вони", "они", "кількість", "число", "количество", "that":
		return true
	}
	return false
}

// kindOf names the kind of an event.
func (r *reader) kindOf(c class, f *counted) string {
	switch {
	case c&kill != 0:
		return "killed"
	case c&wound != 0:
		return "wounded"
	case c&missing != 0:
		return "missing"
	case c&summons != 0:
		return "summonses"
	case c&court != 0:
		return "cases"
	case c&detain != 0:
		return "detained"
	case c&contract != 0:
		return "contracts"
	case c&conscript != 0:
		return "conscripted"
	case c&mobil != 0:
		return "mobilised"
	case c&capture != 0:
		return "captured"
	case c&(take|seize) != 0:
		return r.taken(f)
	case c&evade != 0:
		return "cases"
	}
	return "other"
}

func unitOf(f *counted, at class) string {
	switch {
	case f.share:
		return "percent"
	case f.kind == "cases" && at&person == 0:
		return "cases"
	case (f.kind == "summonses" || f.kind == "contracts") && at&(summons|contract) != 0:
		return "papers"
	}
	return "persons"
}

// intent makes plans and demands of what has not happened, and shares of percentages.
func (r *reader) intent(f *counted, lo, hi int) {
	var c class
	done := false // what happened is said before the number
	for j := lo; j < f.lo; j++ {
		done = done || r.class(j)&event != 0 && r.class(j)&planned == 0
	}
	for j := min(lo, max(f.from, f.lo-12)); j < hi; j++ {
		k := r.class(j)
		if j >= f.number.lo && j < f.number.hi || k&planned != 0 && (done && j > f.lo || r.achieved(j) || modal(r.cut.Folded(j)) && !r.infinitive(j+1)) {
			continue
		}
		c |= k
	}
	for j := max(lo, f.lo-12); j+1 < f.lo; j++ {
		if r.cut.Folded(j+1) == "to" && (r.cut.Folded(j) == "is" || r.cut.Folded(j) == "are") {
			c |= planned
		}
	}
	for j := max(lo, f.lo-6); j+1 < f.lo; j++ {
		if r.cut.Folded(j) == "told" && r.cut.Folded(j+1) == "to" {
			c |= quota
		}
	}
	if r.tobe(f) {
		c |= planned
	}
	if c&planned != 0 && r.targetSet(f) {
		c |= quota
	}
	switch f.kind {
	case "killed", "wounded", "missing", "captured", "cases", "detained":
		if !f.share {
			return
		}
	}
	switch {
	case f.share && c&quota != 0 && f.digits:
		f.kind = "quota"
	case f.share:
		f.kind = "share"
	case c&quota != 0:
		f.kind = "quota"
	case c&planned != 0 && !r.already(f):
		f.kind = "planned"
	}
}

// modal: words that make a plan only with an infinitive after them.
func modal(w string) bool { return w == "має" || w == "мають" }

func (r *reader) infinitive(i int) bool {
	for j := i; j < min(i+3, r.hi); j++ {
		if w := r.cut.Folded(j); strings.HasSuffix(w, "ти") || strings.HasSuffix(w, "тися") || w == "бути" {
			return true
		}
	}
	return false
}

// achieved reports whether the plan at token i is one that was carried out, or missed.
func (r *reader) achieved(i int) bool {
	for j := max(r.lo, i-3); j < min(i+3, r.hi); j++ {
		w := r.cut.Folded(j)
		for _, p := range [...]string{"викона", "выполн", "fulfil", "met", "зірва", "сорва", "перевикон", "перевыпол", "missed", "провал"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}
