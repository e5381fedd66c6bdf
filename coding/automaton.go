package coding

import "slices"

// pattern is a compiled form: its terms are numbers shared by all patterns.
type pattern struct {
	owner   int32 // index of a code, or of a role for gates, cues and clauses
	source  string
	lang    string
	terms   []int32
	gaps    []int32
	unless  int32 // term, or -1
	reach   int
	window  bool
	first   bool
	context bool // only where the text around is about the subject
	trigger int  // index into terms: the one expected to be rarest
}

// automaton holds every pattern of a codebook. Gates are matched in every text, the
// rest only where a gate of territory has fired.
type automaton struct {
	lex      lexicon
	phrases  [][]int32 // atoms; of several words
	owners   [][]int32 // the terms of each phrase
	gate     []bool    // by phrase
	gateTerm []bool    // by term
	nTerms   int
	patterns []pattern // codes first, then roles
	triggers [][]int32 // by term: patterns to try when it is met
}

// builder interns atoms and terms while a book is compiled.
type builder struct {
	a        automaton
	atoms    map[atom]int32
	atomList []atom
	terms    map[string]int32
	spelt    map[string]int32 // phrases by their key
	singles  [][]int32        // by atom: terms
	starts   [][]int32        // by atom: phrases
	weights  []float64
}

func newBuilder() *builder {
	b := &builder{atoms: map[atom]int32{}, terms: map[string]int32{}, spelt: map[string]int32{}}
	b.a.lex.forward, b.a.lex.backward = newTrie(), newTrie()
	return b
}

func (b *builder) atom(at atom) int32 {
	if id, ok := b.atoms[at]; ok {
		return id
	}
	id := int32(len(b.atomList))
	b.atoms[at] = id
	b.atomList = append(b.atomList, at)
	b.singles, b.starts = append(b.singles, nil), append(b.starts, nil)
	b.a.lex.add(id, at)
	return id
}

func (b *builder) term(t term, gate bool) int32 {
	key := t.key()
	if gate {
		key = "gate " + key
	}
	if id, ok := b.terms[key]; ok {
		return id
	}
	id := int32(b.a.nTerms)
	b.terms[key] = id
	b.a.nTerms++
	b.a.gateTerm = append(b.a.gateTerm, gate)
	weight := 0.0
	for _, ph := range t {
		weight += commonness(ph)
		first := b.atom(ph[0])
		if len(ph) == 1 {
			b.singles[first] = append(b.singles[first], id)
			continue
		}
		at := b.phrase(ph, first, gate)
		b.a.owners[at] = append(b.a.owners[at], id)
	}
	b.weights = append(b.weights, weight)
	return id
}

// phrase interns the words of one alternative, so that a text's words are compared with
// them once, however many terms hold it.
func (b *builder) phrase(ph phrase, first int32, gate bool) int32 {
	key := term{ph}.key()
	if gate {
		key = "gate " + key
	}
	if at, ok := b.spelt[key]; ok {
		return at
	}
	seq := make([]int32, len(ph))
	for i, at := range ph {
		seq[i] = b.atom(at)
	}
	at := int32(len(b.a.phrases))
	b.spelt[key] = at
	b.starts[first] = append(b.starts[first], at)
	b.a.phrases, b.a.owners, b.a.gate = append(b.a.phrases, seq), append(b.a.owners, nil), append(b.a.gate, gate)
	return at
}

// commonness guesses how often a phrase is met: short words are common, a word more
// makes it rare, numbers are everywhere.
func commonness(ph phrase) float64 {
	w := 1.0
	for _, a := range ph {
		n := len([]rune(a.text))
		if a.kind == number {
			n = 2
		}
		for range min(n, 9) {
			w /= 2.2
		}
		if a.kind == suffixed {
			w *= 50
		}
	}
	return w
}

// add compiles f for owner.
func (b *builder) add(f form, lang string, owner int32, gate bool) {
	p := pattern{owner: owner, source: f.source, lang: lang, unless: -1, reach: f.reach, window: f.window, first: f.first}
	for _, t := range f.terms {
		p.terms = append(p.terms, b.term(t, gate))
	}
	for _, g := range f.gaps {
		p.gaps = append(p.gaps, int32(g))
	}
	if f.unless != nil {
		p.unless = b.term(f.unless, gate)
	}
	for i, t := range p.terms {
		if b.weights[t] < b.weights[p.terms[p.trigger]] {
			p.trigger = i
		}
	}
	b.a.patterns = append(b.a.patterns, p)
}

// seal finishes the automaton.
func (b *builder) seal() *automaton {
	a := &b.a
	a.lex.seal(b.describe)
	a.lex.numbers = -1
	if id, ok := b.atoms[atom{kind: number}]; ok {
		a.lex.numbers = int32(len(a.lex.classes))
		a.lex.classes = append(a.lex.classes, b.describe([]int32{id}))
	}
	a.triggers = make([][]int32, a.nTerms)
	for i := range a.patterns {
		t := a.patterns[i].terms[a.patterns[i].trigger]
		a.triggers[t] = append(a.triggers[t], int32(i))
	}
	return a
}

func (b *builder) describe(atoms []int32) class {
	c := class{atoms: slices.Clone(atoms)}
	for _, at := range atoms {
		for _, t := range b.singles[at] {
			if b.a.gateTerm[t] {
				c.gates = append(c.gates, t)
			} else {
				c.terms = append(c.terms, t)
			}
		}
		for _, ph := range b.starts[at] {
			if b.a.gate[ph] {
				c.places = append(c.places, ph)
			} else {
				c.phrases = append(c.phrases, ph)
			}
		}
	}
	for _, list := range []*[]int32{&c.gates, &c.terms, &c.phrases, &c.places} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return c
}
