package origins

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"svidok/words"
)

// gap says which marks stand between a word and the one before.
type gap uint16

const (
	comma gap = 1 << iota
	dash
	colon
	opens  // a quotation
	closes // a quotation
	paren
	stop // ; / | or a full stop inside a sentence
	at   // @ directly before the word
	line // a line break
)

const pause = comma | dash | colon | opens | closes | paren | stop | line

// token is what is known of one word of the sentence.
type token struct {
	word
	gap   gap
	ent   int16 // entity that the word belongs to, plus one
	upper bool
}

// hint says how a sentence names an origin.
type hint uint8

const (
	idle       hint = iota
	recipient       // who is told: "розповів Суспільному"
	subject         // who says
	weakCite        // за даними
	strongCite      // з посиланням на
)

// entity is a place in the sentence that could name an origin.
type entity struct {
	lo, hi  int // tokens of the sentence
	body    int32
	speaker speaker
	written bool // named in the text, and not in the register
	bare    bool // an office, or "the outlet", that does not say whose: it goes on with the one before
	goesOn  bool // "he": goes on with the speaker before
	quoted  bool
	named   string // the name of a local body, in the nominative
	hint    hint
	cue     int // token that made it an origin
	rank    int // of strong cites, from left to right
}

// reader reads one text; its memory is used again.
type reader struct {
	c      *words.Cut
	t      *table
	doc    int32 // the text's own outlet, plus one
	tok    []token
	base   int // token of the text that tok[0] is
	ents   []entity
	memo   []memo
	out    []Mention
	last   []int // the roots of the last sentence that had some
	at     int   // the sentence in hand
	self   first
	lately lately
}

// first is what a text tells in the first person: the token that says so first, plus one, and in
// how many sentences.
type first struct{ token, sentences int }

// lately is the body that the text named last without having anything from it.
type lately struct {
	body     int32 // plus one
	sentence int
}

// memo remembers that a surname belongs to a speaker.
type memo struct {
	name    string
	body    int32
	speaker speaker
}

// load fills the sentence's tokens; fired says whether anything in it can name an
// origin.
func (r *reader) load(lo, hi int) (fired bool) {
	r.tok, r.base = r.tok[:0], lo
	var seen class
	names, speakers, me := false, false, -1
	for i := lo; i < hi; i++ {
		w := r.t.words[r.c.Folded(i)]
		seen |= w.class
		if w.class&self != 0 && me < 0 {
			me = i
		}
		names = names || w.sym != 0
		speakers = speakers || w.speaker != nobody
		r.tok = append(r.tok, token{word: w})
	}
	if me >= 0 && !r.quoting(lo, hi) {
		r.self.sentences++
		if r.self.token == 0 {
			r.self.token = me + 1
		}
	}
	return seen&(say|find|cite|tells) != 0 || seen&cited != 0 && seen&prep != 0 || names || speakers && seen&(report|heading|via) != 0
}

// quoting reports whether a quotation begins, ends or goes on in the words [lo,hi).
func (r *reader) quoting(lo, hi int) bool {
	from, to := int(r.c.Tokens[lo].Start), int(r.c.Tokens[hi-1].End)
	s := r.c.Text[max(0, from-4):min(len(r.c.Text), to+4)]
	if strings.ContainsAny(s, "«»“”„\"") || strings.HasPrefix(strings.TrimLeft(s, " \n"), "—") {
		return true
	}
	before := r.c.Text[max(0, from-2048):from]
	open, shut := strings.LastIndexAny(before, "«“„"), strings.LastIndexAny(before, "»”")
	return open > shut
}

// mark finds the marks between the words of the sentence, and their capitals.
func (r *reader) mark() {
	for i := range r.tok {
		t := r.c.Tokens[r.base+i]
		first, _ := utf8.DecodeRuneInString(r.c.Text[t.Start:t.End])
		r.tok[i].upper = unicode.IsUpper(first)
		from := int(t.Start)
		if i > 0 {
			from = int(r.c.Tokens[r.base+i-1].End)
		} else {
			from = max(0, from-8)
		}
		between := r.c.Text[from:t.Start]
		if between == " " || between == ". " && r.initial(i-1) {
			continue
		}
		r.tok[i].gap = gapOf(between, i == 0)
	}
}

// initial: the word at i is a capital that stands for a name, before its full stop.
func (r *reader) initial(i int) bool {
	return i > 0 && r.tok[i].upper && utf8.RuneCountInString(r.c.Raw(r.base+i)) == 1
}

func gapOf(s string, first bool) (g gap) {
	if len(s) > 64 {
		s = s[len(s)-64:]
	}
	for i, c := range s {
		switch c {
		case ',':
			g |= comma
		case '-', '–', '—', '−':
			if len(s) > 1 {
				g |= dash
			}
		case ':':
			g |= colon
		case '«', '„', '“', '‹':
			g |= opens
		case '»', '”', '›':
			g |= closes
		case '"':
			if i > 0 && s[i-1] == ' ' || first || i > 0 && i == len(s)-1 {
				g |= opens
			} else {
				g |= closes
			}
		case '(', ')', '[', ']':
			g |= paren
		case ';', '/', '|', '.', '!', '?', '…':
			if c != '.' && c != '/' || len(s) > 1 {
				g |= stop
			}
		case '@':
			g |= at
		case '\n':
			g |= line
		}
	}
	if first {
		g &= at | opens
	}
	return g
}

// name finds the entities of the sentence: names of the register, unnamed speakers,
// names as written, and bare offices.
func (r *reader) name() {
	r.ents = r.ents[:0]
	for i := 0; i < len(r.tok); {
		n := 1
		switch t := &r.tok[i]; {
		case t.sym != 0 && r.match(i, &n):
		case t.gap&at != 0:
			n = r.handle(i)
			r.add(entity{lo: i, hi: i + n, body: -1, written: true, quoted: true})
		case t.upper && (r.localBody(i, &n) || r.capitalised(i, &n)):
		case t.class&(channel|bodyNoun) != 0 && r.title(i, &n):
		case t.class&bodyNoun != 0 && t.upper && r.properName(i, &n):
		case t.class&own != 0:
			r.ownReport(i, &n)
		case r.oneOf(i):
			n = 3
			r.add(entity{lo: i, hi: i + n, body: -1, speaker: witness})
		case t.speaker != nobody:
			r.add(entity{lo: i, hi: i + 1, body: -1, speaker: t.speaker})
		case t.class&(title|bodyNoun|channel) != 0:
			r.bare(i)
		}
		i += n
	}
	r.merge()
}

func (r *reader) add(e entity) {
	if len(r.ents) < 1<<14 {
		r.ents = append(r.ents, e)
	}
}

// match finds the longest name of the register that begins at i.
func (r *reader) match(i int, n *int) bool {
	node, best, end := int32(0), int32(0), 0
	for j := i; j < len(r.tok) && r.tok[j].sym != 0; j++ {
		if g := r.tok[j].gap; j > i && g&(paren|stop|colon|comma|line) != 0 && !(g == stop && len(r.c.Raw(r.base+j-1)) == 1) { // U.S. State Department
			break
		}
		to, ok := r.t.next[uint64(node)<<32|uint64(r.tok[j].sym)]
		if !ok {
			break
		}
		node = to
		if e := r.t.ends[node]; e.body != 0 && r.cased(e.casing, i, j) {
			best, end = e.body, j+1
		}
	}
	if best == 0 {
		return false
	}
	*n = end - i
	r.add(entity{lo: i, hi: end, body: best - 1})
	return true
}

func (r *reader) cased(c casing, i, j int) bool {
	if c == anyCase {
		return true
	}
	return (r.tok[i].upper || r.tok[i].sym != 0 && r.c.Tokens[r.base+i].Kind == words.Number) && (c != allCaps || isCaps(strings.TrimSuffix(r.c.Raw(r.base+j), "'s")))
}

// handle returns how many tokens the handle at i has: @name_of_channel.
func (r *reader) handle(i int) int {
	n := 1
	for i+n < len(r.tok) && r.c.Text[r.c.Tokens[r.base+i+n-1].End:r.c.Tokens[r.base+i+n].Start] == "_" {
		n++
	}
	return n
}

// title finds "видання «Верстка»" or "Фонд «Схід»" whose name the register lacks.
func (r *reader) title(i int, n *int) bool {
	j := i + 1
	for j < len(r.tok) && j < i+3 && r.tok[j].class&(channel|bodyNoun) != 0 && r.tok[j].gap&(pause&^dash) == 0 {
		j++
	}
	if j >= len(r.tok) || r.tok[j].gap&(opens|at) == 0 || r.tok[j].gap&(comma|colon|stop|line) != 0 {
		return false
	}
	if r.tok[j].sym != 0 {
		m := 0
		if before := len(r.ents); r.match(j, &m) {
			r.ents[before].lo = i
			*n = j + m - i
			return true
		}
	}
	end := j + 1
	for end < len(r.tok) && end < j+7 && r.tok[end].gap&closes == 0 && r.tok[j].gap&opens != 0 {
		end++
	}
	if end == j+7 {
		return false
	}
	*n = end - i
	r.add(entity{lo: i, hi: end, body: -1, written: true, quoted: true})
	return true
}

// oneOf: "один із потерпілих", "одна из них", "one of them".
func (r *reader) oneOf(i int) bool {
	if i+2 >= len(r.tok) || r.tok[i+1].gap&pause != 0 || r.tok[i+2].gap&pause != 0 || r.tok[i+2].upper || r.tok[i+2].sym != 0 {
		return false
	}
	switch r.c.Folded(r.base + i) {
	case "один", "одна", "одного", "однієї", "одной", "one", "two", "three", "двоє", "двое", "троє", "трое", "дехто", "некоторые", "some", "several":
	default:
		return false
	}
	switch r.c.Folded(r.base + i + 1) {
	case "из", "із", "з", "of":
		return r.tok[i+2].speaker == nobody || r.tok[i+2].speaker == captives || r.tok[i+2].speaker == witness
	}
	return false
}

// properName finds the name of a body that is written with a capital and goes on in small
// letters, in Cyrillic: "Центр вивчення окупації", "Комитет спасения Донетчины".
func (r *reader) properName(i int, n *int) bool {
	if isLatin(r.c.Folded(r.base + i)) {
		return false
	}
	j := i + 1
	for j < len(r.tok) && j < i+longestName {
		t := &r.tok[j]
		if t.gap&pause != 0 || t.sym != 0 && t.upper || t.class&^(and|bodyNoun) != 0 || t.speaker != nobody && t.speaker != document || r.finite(j) || t.upper && j > i+1 && !r.tok[j-1].upper {
			break
		}
		j++
	}
	for j > i+1 && r.tok[j-1].class&and != 0 {
		j--
	}
	if j < i+3 || i == 0 && !genitive(r.c.Folded(r.base+i+1)) {
		return false
	}
	*n = j - i
	r.add(entity{lo: i, hi: j, body: -1, written: true})
	return true
}

// genitive reports whether a Cyrillic word may stand in the genitive, as in a name.
func genitive(w string) bool {
	for _, end := range [...]string{"ня", "ння", "ения", "ания", "ї", "и", "ы", "і", "ів", "ов", "ей", "их", "ых", "ого", "ої", "ой", "ства", "ку", "у", "а", "я"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// ownReport finds "наше видання", "our correspondent", "нам".
func (r *reader) ownReport(i int, n *int) {
	next := i + 1
	switch w := r.c.Folded(r.base + i); {
	case (w == "нам" || w == "us") && !r.besideSaying(i):
		return
	case w == "нам" || w == "us" || strings.HasPrefix(w, "редакц") || w == "newsroom":
	case next < len(r.tok) && r.tok[next].class&(bodyNoun|askedBy|title|own|channel|cited) != 0 && r.tok[next].gap&pause == 0:
		*n = 2
	case next < len(r.tok) && r.tok[next].speaker == anonymous:
		r.add(entity{lo: i, hi: i + 2, body: -1, speaker: anonymous})
		*n = 2
		return
	default:
		return
	}
	r.add(entity{lo: i, hi: i + *n, body: -1, speaker: ownReport})
}

// besideSaying reports whether a verb of saying stands directly before or behind token i:
// "told us", "wrote to us", "нам розповіли".
func (r *reader) besideSaying(i int) bool {
	for _, j := range [...]int{i - 1, i - 2, i + 1} {
		if j >= 0 && j < len(r.tok) && r.tok[j].class&say != 0 && !strings.HasPrefix(r.c.Folded(r.base+j), "call") && (j != i-2 || r.c.Folded(r.base+i-1) == "to") {
			return true
		}
	}
	return false
}

// bare adds an office or body that does not say whose it is.
func (r *reader) bare(i int) {
	e := entity{lo: i, hi: i + 1, body: -1, speaker: official, bare: true}
	switch c := r.tok[i].class; {
	case c&channel != 0:
		e.speaker = unnamedChannel
	case c&bodyNoun != 0:
		e.speaker = unnamedOutlet
	}
	r.add(e)
}

// merge joins an office with the body it belongs to, and a speaker with what follows
// in the genitive: "речник ГУР", "дружина мобілізованого".
func (r *reader) merge() {
	out := r.ents[:0]
	for _, e := range r.ents {
		if k := len(out) - 1; k >= 0 && r.joins(&out[k], &e) {
			p := &out[k]
			named := e.body >= 0 || e.written
			switch {
			case p.speaker == residents && (e.speaker == unnamedChannel || e.speaker == social):
				p.speaker, p.lo = e.speaker, e.lo // "місцеві чати"
			case p.bare && (named || !e.bare):
				p.body, p.written, p.quoted, p.bare, p.speaker, p.named = e.body, e.written, e.quoted, e.bare, e.speaker, e.named
			}
			p.hi = e.hi
			continue
		}
		out = append(out, e)
	}
	r.ents = out
	r.appointed()
	r.regions()
	for k, e := range r.ents {
		for i := e.lo; i < e.hi; i++ {
			r.tok[i].ent = int16(k + 1)
		}
	}
}

// holder: the name of a person behind an office, as in "міський голова Мелітополя Іван
// Федоров", belongs to the office that the text gives, whatever else that person has held.
func (r *reader) holder(p, e *entity) bool {
	if p.body < 0 || e.body < 0 || e.hi != e.lo+1 || e.lo-p.hi > 2 || p.quoted || !r.tok[e.lo].upper || r.t.bodies[e.body].Kind == "outlet" || r.t.bodies[p.body].Kind == "outlet" {
		return false
	}
	if isCaps(r.c.Raw(r.base+e.lo)) || r.t.canonical(e.body, r.c.Folded(r.base+e.lo)) {
		return false
	}
	for i := p.hi; i <= e.lo; i++ {
		if r.tok[i].gap&pause != 0 || !r.tok[i].upper || i < e.lo && r.tok[i].class != 0 {
			return false
		}
	}
	return true
}

func (r *reader) joins(p, e *entity) bool {
	if r.holder(p, e) {
		return true
	}
	if e.lo-p.hi > 3 || e.goesOn || p.speaker == ownReport || e.speaker == ownReport || p.quoted && !p.bare {
		return false
	}
	if p.body >= 0 && e.body >= 0 && p.body != e.body && r.t.bodies[e.body].Kind == "outlet" {
		return false
	}
	if !p.bare && (e.body >= 0 && (p.body < 0 || p.body != e.body && e.lo > p.hi) || e.written) || e.speaker == document && p.body >= 0 {
		return false
	}
	if p.body >= 0 && !e.bare && e.body < 0 {
		return false
	}
	for i := p.hi; i <= e.lo; i++ {
		g := r.tok[i].gap & pause &^ dash
		if i == e.lo && (p.bare || e.bare) {
			g &^= opens
		}
		if g != 0 && !(p.bare && g == closes) || r.tok[i].gap&dash != 0 && i > p.hi {
			return false
		}
		if i < e.lo {
			c := r.tok[i].class
			w := r.c.Folded(r.base + i)
			if w == "so" || w == "self" || w == "proclaimed" || w == "called" && i > 0 && r.c.Folded(r.base+i-1) == "so" {
				continue // "officials of the so-called DPR"
			}
			if w == "of" || w == "for" || w == "the" || w == "a" || w == "an" || w == "at" && p.bare {
				continue
			}
			if c&(say|find|and|that|rel|other|prep|pron|tells|in|by) != 0 {
				return false
			}
		}
	}
	return true
}
