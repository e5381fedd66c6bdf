package coding

import (
	"cmp"
	_ "embed"
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"svidok/classifier"
	"svidok/evidence"
	"svidok/words"
)

// The models that cmd/svidok-train writes: see Models.Encode.
//
//go:embed model.bin
var modelFile []byte

// Models are what the codebook has learned from labelled reports: which codes a sentence
// bears, how it puts them, and whether a text is to be coded at all.
type Models struct {
	Codes   *classifier.Model // labels are codes
	Put     *classifier.Model // labels are modalities
	Gate    *classifier.Model // of whole texts; one label: about drafting in occupied territory
	Lines   *classifier.Model // of sentences; two labels: bears a code, stands in a text to be coded
	Verdict Verdict
}

// Verdict joins what the whole text says of the gate and what its sentences say on
// average to odds: weights of their scores, and a constant, in 1/65536.
type Verdict struct{ Whole, Coded, Open, Constant int32 }

// Encode writes encoded models as they are embedded: each after its length, in the order
// of the fields of Models, and then the verdict.
func Encode(v Verdict, parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(binary.AppendUvarint(out, uint64(len(p))), p...)
	}
	for _, w := range [...]int32{v.Whole, v.Coded, v.Open, v.Constant} {
		out = binary.AppendVarint(out, int64(w))
	}
	return out
}

// Decode reads what Encode wrote. No bytes are models that know nothing.
func Decode(file []byte) (Models, error) {
	var parts [4]*classifier.Model
	for i := range parts {
		parts[i] = &classifier.Model{}
		if len(file) == 0 {
			continue
		}
		n, size := binary.Uvarint(file)
		if size <= 0 || uint64(len(file)-size) < n {
			return Models{}, classifier.ErrModel
		}
		var err error
		if parts[i], err = classifier.Load(file[size : size+int(n)]); err != nil {
			return Models{}, err
		}
		file = file[size+int(n):]
	}
	m := Models{Codes: parts[0], Put: parts[1], Gate: parts[2], Lines: parts[3]}
	for _, w := range []*int32{&m.Verdict.Whole, &m.Verdict.Coded, &m.Verdict.Open, &m.Verdict.Constant} {
		v, size := binary.Varint(file)
		if size <= 0 {
			break
		}
		*w, file = int32(v), file[size:]
	}
	return m, nil
}

// embedded are the models that the program carries; a test has read them.
var embedded = sync.OnceValue(func() Models {
	m, err := Decode(modelFile)
	if err != nil {
		m, _ = Decode(nil)
	}
	return m
})

// Where suggestions begin, as calibrated odds in 1/65536.
const (
	least    = -50000     // a code is suggested from this on: about one in three
	hinted   = -125000    // or from this on where a pattern of its own matches
	near     = 3 * -65536 // and explained from this on
	occurred = 100000     // it is told as having happened from this on, if the rules have it so
	trusted  = -65536     // and from this on if a pattern of the code itself matches and has it so
	despite  = 300000     // and from this on if they do not
	ahead    = 250000     // or if the sentence names a time ahead
)

// occurredFrom are the odds from which a code is told as having happened.
func occurredFrom(ruled, own bool) int32 {
	switch {
	case ruled && own:
		return trusted
	case ruled:
		return occurred
	}
	return despite
}

// learned joins models to a book.
type learned struct {
	get   func() Models
	once  sync.Once
	codes *classifier.Model
	put   *classifier.Model
	gate  *classifier.Model
	lines *classifier.Model
	says  Verdict
	owner []int32 // by label: the code of the book, or -1
	label []int32 // by code of the book: the label, or -1
	// changed codes have other patterns than the model has seen: these count by themselves
	changed []bool
	marks   []string          // names of marks, by code
	cues    [roleCount]string // and by role
}

// reference is the book that the models were trained with.
var reference = sync.OnceValue(func() *Codebook {
	b, _ := Compile(builtin)
	return b
})

func (b *Codebook) codeOf(id string) int32 {
	return int32(slices.IndexFunc(b.codes, func(c Code) bool { return c.ID == id }))
}

// sources are the patterns of a code.
func (b *Codebook) sources(owner int32) []string {
	var out []string
	for i := range b.auto.patterns {
		if p := &b.auto.patterns[i]; p.owner == owner {
			out = append(out, p.lang+" "+p.source)
		}
	}
	return out
}

// learn joins the embedded models to the book, when it first codes.
func (b *Codebook) learn() { b.learned = &learned{get: embedded} }

// With returns the book with other models: for training and measuring.
func (b *Codebook) With(m Models) *Codebook {
	c := &Codebook{name: b.name, version: b.version, codes: b.codes, rules: b.rules, groups: b.groups, auto: b.auto, subject: b.subject, own: b.own,
		learned: &learned{get: func() Models { return m }}}
	c.pool.New = func() any { return newScratch(c.auto) }
	return c
}

func (l *learned) join(b *Codebook) {
	l.once.Do(func() {
		m := l.get()
		l.codes, l.put, l.gate, l.lines, l.says = m.Codes, m.Put, m.Gate, m.Lines, m.Verdict
		l.owner, l.label = make([]int32, len(l.codes.Labels)), make([]int32, len(b.codes))
		for i := range l.label {
			l.label[i] = -1
		}
		ref := b
		if b.own {
			ref = reference()
		}
		l.changed = make([]bool, len(b.codes))
		for i, id := range l.codes.Labels {
			mine, theirs := b.codeOf(id), ref.codeOf(id)
			l.owner[i] = -1
			if mine >= 0 && theirs >= 0 && b.codes[mine].Definition == ref.codes[theirs].Definition {
				l.owner[i], l.label[mine] = mine, int32(i)
				l.changed[mine] = b.own && !slices.Equal(b.sources(mine), ref.sources(theirs))
			}
		}
		for _, c := range b.codes {
			l.marks = append(l.marks, "pattern of "+c.ID)
		}
		for r := range l.cues {
			l.cues[r] = "cue " + role(r).String()
		}
	})
}

// learner is the working memory of the classifier.
type learner struct {
	reader   *classifier.Reader
	sentence classifier.Sentence
	scores   classifier.Scores
	logits   classifier.Scores
	weight   []int32
	told     func(Explanation)
	reason   *GateReason // of the gate; nil where nobody asks
	known    []string
}

// begin starts a text.
func (b *Codebook) begin(s *scratch, title string) {
	b.learned.join(b)
	if s.reader == nil {
		s.reader = classifier.NewReader()
	}
	s.reader.Explain(s.told != nil)
	if title == "" {
		s.reader.Begin(nil)
		return
	}
	s.fill(&s.head, 0, int32(len(s.head.Tokens)))
	s.reader.Begin(&s.sentence)
}

// fill makes words [lo,hi) of cut the sentence that the classifier sees.
func (s *scratch) fill(cut *words.Cut, lo, hi int32) {
	x := &s.sentence
	x.Words, x.Number, x.Marks, x.Border = x.Words[:0], x.Number[:0], x.Marks[:0], x.Border[:0]
	for i := lo; i < hi; i++ {
		word, number := cut.Folded(int(i)), cut.Tokens[i].Kind == words.Number
		if cut == s.cut && s.veils[i] != 0 {
			word, number = [...]string{"", "§body", "§date"}[s.veils[i]], false
		}
		x.Words = append(x.Words, word)
		x.Number = append(x.Number, number)
		x.Border = append(x.Border, false)
	}
}

// pass notes a unit that is not coded.
func (b *Codebook) pass(s *scratch, u *unit) {
	s.fill(s.cut, u.lo, u.hi)
	s.reader.Pass(&s.sentence)
}

// features reads the unit for the classifier.
func (b *Codebook) features(s *scratch, u *unit, language string) []classifier.Feature {
	s.fill(s.cut, u.lo, u.hi)
	x := &s.sentence
	x.Language, x.Asks = language, u.asks
	copy(x.Border, s.comma)
	for _, c := range s.found {
		name := b.learned.marks[b.auto.patterns[c.hit.pattern].owner]
		if !slices.ContainsFunc(x.Marks, func(m classifier.Mark) bool { return m.Name == name }) {
			x.Marks = append(x.Marks, classifier.Mark{Name: name, Label: b.codes[b.auto.patterns[c.hit.pattern].owner].ID, From: int(c.hit.from - u.lo), To: int(c.hit.to - u.lo)})
		}
	}
	for _, name := range u.ground.names(s.known[:0], "here") {
		x.Marks = append(x.Marks, classifier.Mark{Name: name, From: -1, To: -1})
	}
	for _, name := range u.beside.names(s.known[:0]) {
		x.Marks = append(x.Marks, classifier.Mark{Name: name, From: -1, To: -1})
	}
	for _, q := range s.shape.cues {
		x.Marks = append(x.Marks, classifier.Mark{Name: b.learned.cues[q.role], From: int(q.from - u.lo), To: int(q.to - u.lo)})
	}
	return s.reader.Read(x)
}

// alone reports whether patterns count by themselves for a code.
func (b *Codebook) alone(owner int32) bool {
	return b.learned.label[owner] < 0 || b.learned.changed[owner]
}

// suggest adds what the model finds in a unit, and counts what it says of the gate.
func (b *Codebook) suggest(s *scratch, text string, u *unit, language string, mean *means, res *Result) {
	l := b.learned
	if len(l.codes.Labels) == 0 {
		return
	}
	features := b.features(s, u, language)
	if mean != nil {
		b.count(s, text, u, features, mean)
	}
	s.scores = l.codes.Score(s.scores[:0], features)
	s.logits = l.codes.Logits(s.logits[:0], s.scores, features)
	for c, logit := range s.logits {
		owner := l.owner[c]
		if owner < 0 || logit < hinted && (s.told == nil || logit < near) {
			continue
		}
		from := s.suggestedFrom(b, owner)
		if logit < from && (s.told == nil || logit < near) {
			continue
		}
		s.weigh(l.codes, features, c)
		h := s.bearing(u)
		r, ruled := b.put(s, u, owner, &h)
		if s.told != nil {
			s.told(b.explain(s, text, u, features, c, logit, r, ruled, from))
		}
		if logit < from {
			continue
		}
		res.Statements = append(res.Statements, b.learnedStatement(s, text, u, owner, logit, &h, r, ruled))
	}
}

// suggestedFrom are the odds from which a code is suggested in the sentence.
func (s *scratch) suggestedFrom(b *Codebook, owner int32) int32 {
	if slices.ContainsFunc(s.found, func(c choice) bool { return b.auto.patterns[c.hit.pattern].owner == owner }) {
		return hinted
	}
	return least
}

// weigh gives each word of the unit what it says for label c.
func (s *scratch) weigh(m *classifier.Model, features []classifier.Feature, c int) {
	n := len(s.sentence.Words)
	s.weight = slices.Grow(s.weight[:0], n)[:n]
	clear(s.weight)
	m.Weigh(s.weight, features, c)
}

// bearing makes a match of the words that say most for a code.
func (s *scratch) bearing(u *unit) hit {
	var order [longestSentence]int32
	n := len(s.weight)
	for i := range n {
		order[i] = int32(i)
	}
	top := order[:n]
	slices.SortStableFunc(top, func(x, y int32) int { return cmp.Compare(s.weight[y], s.weight[x]) })
	h := hit{pattern: -1, from: 1 << 30, to: -1}
	for _, w := range top[:min(n, maxTerms)] {
		if h.n > 0 && s.weight[w]*3 < s.weight[top[0]] {
			break
		}
		h.matched[h.n] = [2]int32{u.lo + w, u.lo + w}
		h.n++
		h.from, h.to = min(h.from, u.lo+w), max(h.to, u.lo+w)
	}
	slices.SortFunc(h.matched[:h.n], func(x, y [2]int32) int { return cmp.Compare(x[0], y[0]) })
	return h
}

// put says how the unit puts a code: as the model has it, which knows what the rules say.
func (b *Codebook) put(s *scratch, u *unit, owner int32, h *hit) (evidence.Modality, reading) {
	ruled, own := b.ruled(s, owner, h)
	m := b.learned.put
	if len(m.Labels) == 0 {
		return ruled.modality, ruled
	}
	features := s.reader.Put(&s.sentence, b.act(s, owner, ruled))
	scores := m.Score(make(classifier.Scores, 0, 8), features)
	best, top := ruled.modality, int32(-1<<30)
	for c, logit := range m.Logits(make(classifier.Scores, 0, 8), scores, features) {
		if m.Labels[c] == string(evidence.Occurred) {
			from := occurredFrom(ruled.modality == evidence.Occurred, own)
			if u.beside&besideFuture != 0 {
				from = max(from, ahead)
			}
			if logit >= from {
				return evidence.Occurred, ruled
			}
			continue
		}
		if logit > top {
			best, top = evidence.Modality(m.Labels[c]), logit
		}
	}
	return best, ruled
}

func (b *Codebook) act(s *scratch, owner int32, ruled reading) classifier.Act {
	return classifier.Act{Code: b.codes[owner].ID, Group: b.codes[owner].Group, Ruled: string(ruled.modality), Weight: s.weight}
}

// ruled is what the rules say: of the code's own patterns where they match, else of the
// words that bear it; own tells which.
func (b *Codebook) ruled(s *scratch, owner int32, h *hit) (r reading, own bool) {
	lo := slices.IndexFunc(s.found, func(c choice) bool { return b.auto.patterns[c.hit.pattern].owner == owner })
	if lo < 0 {
		return s.judge(&s.shape, h, b.rules[owner]), false
	}
	hi := lo
	for hi < len(s.found) && b.auto.patterns[s.found[hi].hit.pattern].owner == owner {
		hi++
	}
	return s.choose(s.found[lo:hi]).reading, true
}

func (b *Codebook) learnedStatement(s *scratch, text string, u *unit, owner int32, logit int32, h *hit, m evidence.Modality, ruled reading) evidence.Statement {
	code := &b.codes[owner]
	start, end := s.quote(text, u, h)
	because := make([]string, 0, 4)
	because = append(because, "learned: "+s.wordsOf(text, h))
	if i := slices.IndexFunc(s.found, func(c choice) bool { return b.auto.patterns[c.hit.pattern].owner == owner }); i >= 0 {
		p := &b.auto.patterns[s.found[i].hit.pattern]
		because = append(because, "pattern ("+p.lang+"): "+brief(p.source)+" at: "+s.matchedWords(text, &s.found[i].hit))
	}
	if m != evidence.Occurred && ruled.cue != (cue{}) && m == ruled.modality {
		because = append(because, "cue ("+ruled.cue.role.String()+"): "+text[s.tokens[ruled.cue.from].Start:s.tokens[ruled.cue.to].End])
	}
	return evidence.Statement{
		Code: code.ID, Modality: m, Sensitivity: code.Sensitivity, Confidence: classifier.Probability(logit),
		Quote: text[start:end], Start: start, End: end, Because: because,
	}
}

// wordsOf gives the words of a match in the order of the text.
func (s *scratch) wordsOf(text string, h *hit) string {
	var b strings.Builder
	for i, m := range h.matched[:h.n] {
		if i > 0 {
			b.WriteString(" + ")
		}
		b.WriteString(text[s.tokens[m[0]].Start:s.tokens[m[1]].End])
	}
	return b.String()
}
