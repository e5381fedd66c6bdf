package coding

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/words"
)

const (
	longestSentence = 300 // words; longer runs are cut, at a comma where there is one
	longestQuote    = 240 // bytes; longer sentences are quoted by clause
	shortestQuote   = 80  // bytes; shorter clauses take in their neighbours
)

// unit is one sentence, or a piece of an overlong one.
type unit struct {
	lo, hi    int32 // words
	paragraph int
	asks      bool
	signals   signals
	ground    ground
	beside    beside
	fired     [gateSubject + 1][2]int32 // the words that fired each gate first
	first     int                       // its statements are those from first to last
	last      int
	numbers   [2]int // its figures
}

// Code suggests statements for a text. The same input gives the same result.
func (b *Codebook) Code(in Input) Result {
	s := b.pool.Get().(*scratch)
	defer b.pool.Put(s)
	s.told = nil
	return b.code(s, in)
}

func (b *Codebook) code(s *scratch, in Input) Result {
	a := arounds.Get().(*around)
	defer arounds.Put(a)
	a.read(in)
	in.Cut = &a.cut
	s.veils, s.numbers = a.veils, nil
	sc := b.scene(s, in)
	res := Result{Language: in.Language, Gate: evidence.GateBlocked}
	if res.Language == "" {
		res.Language, _ = words.Language(in.Text)
	}
	a.besides(s, res.Language)
	s.numbers = a.figures
	if possible(&sc, a) {
		b.begin(s, in.Title)
		s.whySignals(in.Text)
		if !b.learnedText(s, &sc, a, in, &res) && sc.whole&territory != 0 {
			s.whyBy("lists")
			b.ruledText(s, &sc, in, &res)
		}
	}
	if res.Gate == evidence.GateBlocked {
		res.Statements = nil
	}
	slices.SortStableFunc(res.Statements, func(x, y evidence.Statement) int {
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End))
	})
	a.tell(&res, in)
	return res
}

// learnedText codes a text by the learned gate. ok is false where the book has none.
func (b *Codebook) learnedText(s *scratch, sc *scene, a *around, in Input, res *Result) (ok bool) {
	g, ok := b.learnedGate(s, sc, a, in, res)
	if !ok {
		return false
	}
	doubtful := g.gate == evidence.GateBlocked && s.doubtful(sc, g.odds)
	if g.gate == evidence.GateBlocked && !doubtful {
		return true
	}
	if !g.read {
		b.begin(s, in.Title)
		for i := range s.units {
			b.unit(s, in.Text, i, nil, res)
		}
	}
	if doubtful {
		if slices.ContainsFunc(res.Statements, func(st evidence.Statement) bool { return st.Modality == evidence.Occurred }) {
			s.whyBy("doubt")
			res.Gate = evidence.GateReview
		}
		res.Statements = nil
		return true
	}
	s.pass(sc, in.Text, g.gate, res)
	if sc.whole&subject == 0 && len(s.units) > fewest && g.odds < clearly && !drafts(res.Statements) {
		s.whyBy("nothing drafted")
		res.Gate = evidence.GateBlocked
		return true
	}
	res.Gate = g.gate
	if slices.ContainsFunc(res.Statements, func(st evidence.Statement) bool { return st.Gate == evidence.GateReview }) {
		res.Gate = evidence.GateReview
	}
	return true
}

// unit suggests statements for unit i, without a gate, and counts what it says of the
// gate of its text into mean if that is not nil.
func (b *Codebook) unit(s *scratch, text string, i int, mean *means, res *Result) {
	u := &s.units[i]
	u.first, u.last = len(res.Statements), len(res.Statements)
	if u.lo == u.hi {
		return
	}
	s.context = !b.subject || s.spoken(i)
	b.sentence(s, text, u, mean, res)
	u.last = len(res.Statements)
}

// pass gives the statements of all units their gates, in a text that passed, and leaves out
// those of sentences that do not pass.
func (s *scratch) pass(sc *scene, text string, gate evidence.Gate, res *Result) {
	kept := res.Statements[:0]
	for i := range s.units {
		u := &s.units[i]
		own, where := sc.gateOf(u, gate)
		if own == evidence.GateBlocked {
			continue
		}
		mine := res.Statements[u.first:u.last]
		u.gated(s, text, mine, own, where)
		kept = append(kept, mine...)
	}
	res.Statements = kept
}

// ruledText codes a text by the rules of the gate alone.
func (b *Codebook) ruledText(s *scratch, sc *scene, in Input, res *Result) {
	open, review, shut := 0, 0, false
	for i := range s.units {
		u := &s.units[i]
		gate, where := sc.gate(u.signals, u.paragraph)
		shut = shut || gate == evidence.GateBlocked && u.signals&others != 0
		if gate == evidence.GateBlocked || b.subject && len(s.units) >= longText && !sc.about(u.paragraph) {
			b.pass(s, u)
			continue
		}
		n := len(res.Statements)
		b.unit(s, in.Text, i, nil, res)
		u.gated(s, in.Text, res.Statements[n:], gate, where)
		if gate == evidence.GateOpen {
			open += len(res.Statements) - n
		} else {
			review += len(res.Statements) - n
		}
	}
	res.Gate = sc.document(open, review, shut)
}

// scene cuts the text into units and runs the gates over title and units.
func (b *Codebook) scene(s *scratch, in Input) scene {
	var sc scene
	s.head.Read(in.Title)
	if in.Title != "" {
		s.classify(b.auto, &s.head, nil)
		title := unit{hi: int32(len(s.tokens))}
		s.signals(b.auto, &title)
		sc.header = title.signals
	}
	cut := in.Cut
	if cut == nil || cut.Text != in.Text {
		cut = &s.own
		cut.Read(in.Text)
	}
	s.classify(b.auto, cut, s.veils)
	s.split(in.Text)
	sc.sections = s.sections[:0]
	for i := range s.units {
		u := &s.units[i]
		s.signals(b.auto, u)
		for len(sc.sections) <= u.paragraph {
			sc.sections = append(sc.sections, 0)
		}
		sc.sections[u.paragraph] |= u.signals
		sc.whole |= u.signals
	}
	s.sections = sc.sections
	sc.whole |= sc.header
	if len(sc.sections) > 0 {
		sc.header |= sc.sections[0]
	}
	return sc
}

// spoken reports whether the subject is named where a pronoun may point to it: in unit i,
// in the three before it or the one after, in its paragraph or in a short text.
func (s *scratch) spoken(i int) bool {
	for j := max(0, i-3); j < min(len(s.units), i+2); j++ {
		if s.units[j].signals&subject != 0 && (s.units[j].paragraph == s.units[i].paragraph || len(s.units) < longText) {
			return true
		}
	}
	return false
}

// signals runs the gates over the words of u.
func (s *scratch) signals(a *automaton, u *unit) {
	s.scan(a, u.lo, u.hi, true)
	for i := range s.hits {
		h := &s.hits[i]
		if r := roleOf(a.patterns[h.pattern].owner); !u.signals.has(r) {
			u.signals |= bit(r)
			u.fired[r] = [2]int32{h.from, h.to}
		}
	}
}

// split cuts the text into units.
func (s *scratch) split(text string) {
	s.units = s.units[:0]
	word, paragraph, before := int32(0), 0, int32(0)
	n := int32(len(s.tokens))
	for _, span := range s.cut.Sentences {
		lo := word
		for word < n && s.tokens[word].Start < span.End {
			word++
		}
		if lo == word {
			continue
		}
		if before <= s.tokens[lo].Start && strings.IndexByte(text[before:s.tokens[lo].Start], '\n') >= 0 && len(s.units) > 0 {
			paragraph++
		}
		before = s.tokens[word-1].End
		asks := before < span.End && strings.IndexByte(text[before:span.End], '?') >= 0
		for lo < word {
			hi := min(lo+longestSentence, word)
			if hi < word {
				for cut := hi; cut > lo+longestSentence/2; cut-- {
					if end := s.tokens[cut-1].End; int(end) < len(text) && text[end] == ',' {
						hi = cut
						break
					}
				}
			}
			s.units = append(s.units, unit{lo: lo, hi: hi, paragraph: paragraph, asks: asks})
			lo = hi
		}
	}
}

// borders notes where commas and strong boundaries stand between the words of u.
func (s *scratch) borders(text string, u *unit) {
	n := int(u.hi - u.lo)
	s.strong, s.comma = slices.Grow(s.strong[:0], n)[:n], slices.Grow(s.comma[:0], n)[:n]
	s.strong[0], s.comma[0] = true, true
	for i := 1; i < n; i++ {
		gap := text[s.tokens[u.lo+int32(i)-1].End:s.tokens[u.lo+int32(i)].Start]
		strong, comma := false, false
		if gap != " " {
			for _, r := range gap {
				switch r {
				case ';', '\n', '!', '?', '•':
					strong = true
				case ',', '(', ')', ':', '—', '–', '«', '»', '"', '“', '”', '„':
					comma = true
				}
			}
		}
		s.strong[i], s.comma[i] = strong, strong || comma
	}
}

// sentence adds the statements of one unit: of codes that the model knows, what the
// model suggests; of others, and in a book of other patterns than the model has seen,
// what patterns match.
func (b *Codebook) sentence(s *scratch, text string, u *unit, mean *means, res *Result) {
	a := b.auto
	language, found := b.look(s, text, u, res.Language)
	owner := func(c choice) int32 { return a.patterns[c.hit.pattern].owner }
	first := len(res.Statements)
	b.suggest(s, text, u, language, mean, res)
	for i := 0; i < len(found); {
		j := i + 1
		for j < len(found) && owner(found[j]) == owner(found[i]) {
			j++
		}
		if b.alone(owner(found[i])) && !slices.ContainsFunc(res.Statements[first:], func(st evidence.Statement) bool { return st.Code == b.codes[owner(found[i])].ID }) {
			picked := s.choose(found[i:j])
			res.Statements = append(res.Statements, b.statement(s, text, u, owner(picked), picked))
		}
		i = j
	}
	for i := first; i < len(res.Statements); i++ {
		res.Statements[i].Language = language
	}
	s.puts(u)
}

// puts flags the numbers of a unit that it does not tell as having come about.
func (s *scratch) puts(u *unit) {
	for k := u.numbers[0]; k < u.numbers[1]; k++ {
		f := &s.numbers[k]
		h := hit{pattern: -1, from: -1}
		for w := u.lo; w < u.hi; w++ {
			if t := s.tokens[w]; int(t.Start) >= f.Start && int(t.End) <= f.End {
				if h.from < 0 {
					h.from = w
				}
				h.to = w
			}
		}
		if h.from < 0 {
			continue
		}
		h.n, h.matched[0] = 1, [2]int32{h.from, h.to}
		switch r := s.judge(&s.shape, &h, codeRule{}); r.modality {
		case evidence.Occurred, evidence.Advice, evidence.Hedged: // what is hedged shows by its statement
		case evidence.Planned:
			if f.Kind != "planned" && f.Kind != "quota" {
				f.Flags = append(f.Flags, string(r.modality))
			}
		default:
			f.Flags = append(f.Flags, string(r.modality))
		}
	}
}

// gated tells the statements of a unit which gate they have, and why.
func (u *unit) gated(s *scratch, text string, all []evidence.Statement, gate evidence.Gate, where string) {
	if len(all) == 0 {
		return
	}
	because := "gate: " + string(gate) + " by " + where + u.gateWords(s, text)
	for i := range all {
		all[i].Gate = gate
		all[i].Because = append(all[i].Because, because)
	}
}

// look reads one unit: its clauses, its own language, and the matches of codes in it.
func (b *Codebook) look(s *scratch, text string, u *unit, whole string) (language string, found []choice) {
	s.scan(b.auto, u.lo, u.hi, false)
	s.borders(text, u)
	language = s.language(text, u, whole)
	return language, b.matches(s, s.read(b.auto, u.asks, language))
}

// matches leaves the matches of codes in s.found, by code and place, each with its reading.
func (b *Codebook) matches(s *scratch, shape *clauses) []choice {
	s.found = s.found[:0]
	for i := range s.hits {
		if owner := b.auto.patterns[s.hits[i].pattern].owner; owner >= 0 && !s.named(&s.hits[i]) {
			s.found = append(s.found, choice{hit: s.hits[i], reading: s.judge(shape, &s.hits[i], b.rules[owner])})
		}
	}
	slices.SortStableFunc(s.found, func(x, y choice) int {
		return cmp.Or(cmp.Compare(b.auto.patterns[x.hit.pattern].owner, b.auto.patterns[y.hit.pattern].owner), cmp.Compare(x.hit.from, y.hit.from))
	})
	return s.found
}

// named reports whether a match took words of the name of whoever tells.
func (s *scratch) named(h *hit) bool {
	for _, m := range h.matched[:h.n] {
		for w := m[0]; w <= m[1]; w++ {
			if s.veils[w] == veilBody {
				return true
			}
		}
	}
	return false
}

func (b *Codebook) statement(s *scratch, text string, u *unit, owner int32, c choice) evidence.Statement {
	code := &b.codes[owner]
	start, end := s.quote(text, u, &c.hit)
	p := &b.auto.patterns[c.hit.pattern]
	because := make([]string, 0, 3)
	because = append(because, "pattern ("+p.lang+"): "+brief(p.source)+" at: "+s.matchedWords(text, &c.hit))
	switch {
	case c.asked:
		because = append(because, "cue: a question")
	case c.modality == evidence.Occurred || c.cue == (cue{}):
	default:
		because = append(because, "cue ("+c.cue.role.String()+"): "+text[s.tokens[c.cue.from].Start:s.tokens[c.cue.to].End])
	}
	return evidence.Statement{
		Code: code.ID, Modality: c.modality, Sensitivity: code.Sensitivity,
		Quote: text[start:end], Start: start, End: end, Because: because,
	}
}

func brief(s string) string {
	if len(s) <= 160 {
		return s
	}
	cut := 160
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// matchedWords gives the words that the pattern took, in the order of its terms.
func (s *scratch) matchedWords(text string, h *hit) string {
	var b strings.Builder
	for i, m := range h.matched[:h.n] {
		if i > 0 {
			b.WriteString(" + ")
		}
		b.WriteString(text[s.tokens[m[0]].Start:s.tokens[m[1]].End])
	}
	return b.String()
}

// gateWords names the words of the sentence itself that fired a gate.
func (u *unit) gateWords(s *scratch, text string) string {
	if u.signals == 0 {
		return ""
	}
	var b strings.Builder
	for r := gateTerritory; r <= gateOwnState; r++ {
		if u.signals.has(r) {
			b.WriteString("; " + r.String() + ": " + text[s.tokens[u.fired[r][0]].Start:s.tokens[u.fired[r][1]].End])
		}
	}
	return b.String()
}

// language of the unit, or of the text where the unit is too short to tell.
func (s *scratch) language(text string, u *unit, whole string) string {
	if u.hi-u.lo < 4 {
		return whole
	}
	lang, sure := words.Language(text[s.tokens[u.lo].Start:s.tokens[u.hi-1].End])
	if sure < 0.5 || lang == "und" {
		return whole
	}
	return lang
}

// quote returns the bytes to be quoted for h: the sentence, or of a long one the
// clauses that hold the match.
func (s *scratch) quote(text string, u *unit, h *hit) (start, end int) {
	lo, hi := u.lo, u.hi-1
	size := func() int { return int(s.tokens[hi].End - s.tokens[lo].Start) }
	if size() > longestQuote {
		lo, hi = s.back(h.from, s.comma), s.ahead1(h.to, s.comma)
		for size() < shortestQuote && (lo > u.lo || hi < u.hi-1) {
			if hi < u.hi-1 {
				hi = s.ahead1(hi+1, s.comma)
			} else {
				lo = s.back(lo-1, s.comma)
			}
		}
		for size() > longestQuote && (lo < h.from || hi > h.to) {
			lo, hi = max(lo, h.from-20), min(hi, h.to+20)
			if size() > longestQuote {
				lo, hi = max(lo, min(h.from, lo+5)), min(hi, max(h.to, hi-5))
			}
		}
	}
	start, end = int(s.tokens[lo].Start), int(s.tokens[hi].End)
	return start, closing(text, end)
}

// closing takes the punctuation that ends a sentence or a quotation into the quote.
func closing(text string, end int) int {
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		if !strings.ContainsRune(".!?…»”\")%", r) || unicode.IsSpace(r) {
			break
		}
		end += n
	}
	return end
}
