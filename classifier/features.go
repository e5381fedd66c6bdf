package classifier

import (
	"unicode/utf8"

	"svidok/words"
)

// Mark is something that the caller found in a sentence: the match of a pattern, a cue.
// From and To are words of the sentence, inclusive; From is -1 for the whole of it.
type Mark struct {
	Name     string
	Label    string // the label that it speaks for, and for no other; or ""
	From, To int
}

// Sentence is one sentence to be classified.
type Sentence struct {
	Words    []string // folded, as words.Fold writes them
	Number   []bool   // by word: it is a number
	Border   []bool   // by word: a clause begins with it
	Language string   // uk, ru or en; anything else is read as far as it goes
	Asks     bool
	Marks    []Mark
}

// Feature is one property of a sentence. From and To are the words that show it.
type Feature struct {
	Key      uint32
	From, To int16 // inclusive; -1 where no words of the sentence show it
	Scale    uint8 // how much it counts, in eighths
	Kind     Kind
	Of       uint16 // the label that it speaks for, as ofLabel has it; 0 for any
}

// ofLabel makes a number of a label's name.
func ofLabel(name string) uint16 { return uint16(hash(name)) | 1 }

// Reader turns the sentences of one text, one after the other, into features. It keeps
// its memory between texts and must not be shared.
type Reader struct {
	lex        *lexicon
	uk, ru     *words.Dictionary
	names      bool     // keep names
	Names      []string // by feature of Read, if asked for by Explain
	ActNames   []string // by feature of Put
	act        []Feature
	base       []Feature
	plainNames []string
	features   []Feature
	lemma      []uint64
	lemmas     []string
	buf        []words.Lemma
	found      []found
	skeleton   []byte
	title      []uint16
	before     [2][]uint16 // concepts of the last sentence and the one before
	here       []uint16
	epoch      int32
	stamp      []int32
	at         []int32
}

// NewReader returns a Reader.
func NewReader() *Reader {
	return &Reader{lex: concepts(), uk: words.Lemmas("uk"), ru: words.Lemmas("ru"), stamp: make([]int32, tableSize), at: make([]int32, tableSize)}
}

const tableSize = 1 << 13

// Begin starts a text whose title is given as a sentence, or empty.
func (r *Reader) Begin(title *Sentence) {
	r.title, r.before[0], r.before[1], r.here = r.title[:0], r.before[0][:0], r.before[1][:0], r.here[:0]
	if title != nil {
		r.conceptsOf(title)
		r.title = append(r.title, r.here...)
		r.here = r.here[:0]
	}
}

// Pass notes a sentence that is not classified but stands before others.
func (r *Reader) Pass(s *Sentence) {
	r.shift()
	r.conceptsOf(s)
}

func (r *Reader) shift() {
	r.before[0], r.before[1] = r.before[1], r.before[0]
	r.before[0] = append(r.before[0][:0], r.here...)
}

// Explain makes the reader keep a name for every feature: slower.
func (r *Reader) Explain(on bool) { r.names = on }

// Kind says what a feature is about.
type Kind uint8

const (
	kWord Kind = iota + 1
	kLemma
	kPrefix
	kPair
	kSkip
	kConcept
	kNear
	kBoth
	kMark
	kBefore
	kBefore2
	kTitle
	kShape
	kBeside
	kGram
	kClause
	kFrame
	kLone
)

func (k Kind) label() string {
	return [...]string{"", "word ", "lemma ", "begins ", "pair ", "near ", "concept ", "concepts ", "concepts together ", "found ", "before: concept ", "earlier: concept ",
		"title: concept ", "", "beside concept ", "letters ", "clause ", "frame ", "frame "}[k]
}

func (k Kind) scale() uint8 {
	return [...]uint8{0, 6, 8, 5, 6, 4, 12, 6, 4, 10, 4, 2, 2, 3, 4, 3, 4, 8, 8}[k]
}

func mix(k Kind, a, b uint64) uint32 {
	h := (a+uint64(k)*0x9E3779B97F4A7C15)*0xff51afd7ed558ccd ^ (b*0xc4ceb9fe1a85ec53 + b>>29)
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return uint32(h >> 32)
}

func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h ^ h>>31
}

func hashBytes(s []byte) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h ^ h>>31
}

// put adds a feature once a sentence; name is called only if names are kept.
func (r *Reader) put(k Kind, key uint32, from, to int, name func() string) {
	slot := int(key & (tableSize - 1))
	for r.stamp[slot] == r.epoch {
		if r.features[r.at[slot]].Key == key {
			return
		}
		slot = (slot + 1) & (tableSize - 1)
	}
	if len(r.features) >= tableSize/2 {
		return
	}
	r.stamp[slot], r.at[slot] = r.epoch, int32(len(r.features))
	r.features = append(r.features, Feature{key, int16(from), int16(to), k.scale(), k, 0})
	if r.names {
		r.Names = append(r.Names, k.label()+name())
	}
}

// Read returns the features of a sentence. They are good until the next call.
func (r *Reader) Read(s *Sentence) []Feature {
	r.shift()
	r.features, r.Names = r.features[:0], r.Names[:0]
	r.epoch++
	r.lemmatise(s)
	r.conceptsOf(s)
	r.wordFeatures(s)
	r.conceptFeatures(s)
	r.frameFeatures()
	for _, m := range s.Marks {
		n := len(r.features)
		r.put(kMark, mix(kMark, hash(m.Name), 0), m.From, m.To, func() string { return m.Name })
		if m.Label != "" && len(r.features) > n {
			r.features[n].Of = ofLabel(m.Label)
		}
	}
	r.context()
	r.shape(s)
	return r.features
}

func (r *Reader) shape(s *Sentence) {
	one := func(name string) { r.put(kShape, mix(kShape, hash(name), 0), -1, -1, func() string { return name }) }
	one("language " + s.Language)
	if s.Asks {
		one("question")
	}
	switch n := len(s.Words); {
	case n < 8:
		one("short")
	case n > 25:
		one("long")
	}
	if len(r.before[0]) == 0 && len(r.before[1]) == 0 {
		one("first")
	}
}

func (r *Reader) context() {
	for _, c := range r.before[0] {
		r.put(kBefore, mix(kBefore, uint64(c), 0), -1, -1, func() string { return r.lex.names[c] })
	}
	for _, c := range r.before[1] {
		r.put(kBefore2, mix(kBefore2, uint64(c), 0), -1, -1, func() string { return r.lex.names[c] })
	}
	for _, c := range r.title {
		r.put(kTitle, mix(kTitle, uint64(c), 0), -1, -1, func() string { return r.lex.names[c] })
	}
}

// lemmatise finds the lemma of each word and its hash.
func (r *Reader) lemmatise(s *Sentence) {
	r.lemma, r.lemmas = r.lemma[:0], r.lemmas[:0]
	for i, w := range s.Words {
		l := w
		switch {
		case s.Number[i]:
			l = "#"
		case w == "" || w[0] < utf8.RuneSelf:
			l = english(w)
		default:
			l = r.slavic(s.Language, w)
		}
		r.lemma = append(r.lemma, hash(l))
		if r.names {
			r.lemmas = append(r.lemmas, l)
		}
	}
}

// slavic returns the lemma of a Ukrainian or Russian word: of the sentence's own
// language, else of the other, else its beginning.
func (r *Reader) slavic(language, w string) string {
	first, second := r.uk, r.ru
	if language == "ru" {
		first, second = r.ru, r.uk
	}
	for _, d := range [2]*words.Dictionary{first, second} {
		if d == nil {
			continue
		}
		if r.buf = d.Lemmas(r.buf[:0], w); len(r.buf) > 0 {
			return r.buf[0].String()
		}
	}
	if len(w) > 14 {
		return w[:len(w)-4]
	}
	return w
}

// english takes the commonest endings off.
func english(w string) string {
	n := len(w)
	switch {
	case n > 5 && w[n-3:] == "ing":
		w = w[:n-3]
	case n > 4 && w[n-3:] == "ies":
		w = w[:n-3] + "y"
	case n > 4 && w[n-2:] == "ed":
		w = w[:n-2]
	case n > 3 && w[n-1] == 's' && w[n-2] != 's':
		w = w[:n-1]
	}
	if n = len(w); n > 4 && w[n-1] == 'e' {
		w = w[:n-1]
	}
	if n = len(w); n > 4 && w[n-1] == w[n-2] && w[n-1] != 's' && w[n-1] != 'l' {
		w = w[:n-1]
	}
	return w
}

func (r *Reader) wordFeatures(s *Sentence) {
	n := len(s.Words)
	lemma := func(i int) string { return r.lemmas[i] }
	for i, w := range s.Words {
		r.put(kLemma, mix(kLemma, r.lemma[i], 0), i, i, func() string { return lemma(i) })
		if !s.Number[i] {
			r.put(kWord, mix(kWord, hash(w), 0), i, i, func() string { return w })
			r.prefixes(w, i)
		} else if size := sizeOf(w); size != "" {
			r.put(kWord, mix(kWord, hash(size), 1), i, i, func() string { return size })
			if i+1 < n {
				r.put(kPair, mix(kPair, hash(size), r.lemma[i+1]), i, i+1, func() string { return size + " " + lemma(i+1) })
			}
		}
		if i+1 < n {
			r.put(kPair, mix(kPair, r.lemma[i], r.lemma[i+1]), i, i+1, func() string { return lemma(i) + " " + lemma(i+1) })
		}
		for j := i + 2; j < min(n, i+5); j++ {
			if s.Border[j] {
				break
			}
			r.put(kSkip, mix(kSkip, r.lemma[i], r.lemma[j]), i, j, func() string { return lemma(i) + " … " + lemma(j) })
		}
	}
	if n > 0 {
		r.put(kPair, mix(kPair, 1, r.lemma[0]), 0, 0, func() string { return "^ " + lemma(0) })
	}
}

// sizeOf says how large a number in digits is, by the bounds that ages, years and counts
// of people have.
func sizeOf(w string) string {
	n := 0
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' || i > 8 {
			return ""
		}
		n = n*10 + int(w[i]-'0')
	}
	for _, b := range [...]struct {
		to   int
		name string
	}{{1, "number 1"}, {13, "number to 13"}, {17, "number 14 to 17"}, {30, "number 18 to 30"}, {54, "number 31 to 54"}, {79, "number 55 to 79"}, {999, "number to 999"}, {1899, "number to 1899"}, {2099, "number of a year"}} {
		if n <= b.to {
			return b.name
		}
	}
	return "number in thousands"
}

// prefixes adds the first four to seven letters, with letters that Ukrainian and Russian
// write unlike made alike.
func (r *Reader) prefixes(w string, at int) {
	r.skeleton = r.skeleton[:0]
	letters := 0
	for _, c := range w {
		switch c {
		case 'і', 'ї', 'ы', 'й':
			c = 'и'
		case 'є', 'э':
			c = 'е'
		case 'ґ':
			c = 'г'
		case 'ь', 'ъ', '\'':
			continue
		}
		r.skeleton = utf8.AppendRune(r.skeleton, c)
		letters++
		if letters == 4 || letters == 5 || letters == 6 || letters == 8 {
			k := hashBytes(r.skeleton)
			r.put(kPrefix, mix(kPrefix, k, 0), at, at, func() string { return string(r.skeleton) })
		}
		if letters == 8 {
			return
		}
	}
}

// conceptFeatures adds the concepts of a sentence, and which stand together.
func (r *Reader) conceptFeatures(s *Sentence) {
	name := func(c uint16) string { return r.lex.names[c] }
	for _, f := range r.found {
		r.put(kConcept, mix(kConcept, uint64(f.concept), 0), f.from, f.to, func() string { return name(f.concept) })
	}
	all := r.found
	if len(all) > 40 {
		all = all[:40]
	}
	for i, f := range all {
		for j := i + 1; j < len(all); j++ {
			g := all[j]
			if f.concept == g.concept || g.from <= f.to {
				continue
			}
			lo, hi := min(f.concept, g.concept), max(f.concept, g.concept)
			if g.from-f.to <= 7 {
				r.put(kNear, mix(kNear, uint64(f.concept), uint64(g.concept)), f.from, g.to, func() string { return name(f.concept) + " > " + name(g.concept) })
			}
			r.put(kBoth, mix(kBoth, uint64(lo), uint64(hi)), f.from, g.to, func() string { return name(lo) + " + " + name(hi) })
		}
		if f.from > 0 {
			r.put(kBeside, mix(kBeside, uint64(f.concept), r.lemma[f.from-1]), f.from-1, f.to, func() string { return name(f.concept) + ": " + r.lemmas[f.from-1] + " _" })
		}
		if f.to+1 < len(s.Words) {
			r.put(kBeside, mix(kBeside, uint64(f.concept)+1<<20, r.lemma[f.to+1]), f.from, f.to+1, func() string { return name(f.concept) + ": _ " + r.lemmas[f.to+1] })
		}
	}
}

// Whole starts the features of a whole text: call Add for its title and sentences, in
// order, and then Features.
func (r *Reader) Whole() {
	r.features, r.Names = r.features[:0], r.Names[:0]
	r.epoch++
}

// Add adds the words and concepts of a sentence to the features of the text.
func (r *Reader) Add(s *Sentence) {
	r.lemmatise(s)
	r.conceptsOf(s)
	for _, f := range r.found {
		r.put(kConcept, mix(kConcept, uint64(f.concept), 0), -1, -1, func() string { return r.lex.names[f.concept] })
	}
	for i := range s.Words {
		if !s.Number[i] {
			r.put(kWord, mix(kLemma, r.lemma[i], 0), -1, -1, func() string { return r.lemmas[i] })
		}
	}
}

// Features adds what else is known of the text, by name, and returns its features. They
// are good until the next call.
func (r *Reader) Features(known []string) []Feature {
	for _, name := range known {
		r.put(kMark, mix(kMark, hash(name), 0), -1, -1, func() string { return name })
	}
	return r.features
}
