package coding

import (
	"math/bits"

	"svidok/evidence"
	"svidok/words"
)

// occurrence is one place of a term: words from to to, inclusive, counted in the text.
type occurrence struct {
	from, to int32
	next     int32 // the next one of the same term, or -1
}

// hit is one match of a pattern. matched lists the words that its terms took.
type hit struct {
	pattern  int32
	from, to int32 // words, inclusive
	matched  [maxTerms][2]int32
	n        int
}

const maxHits = 12 // matches of one pattern in one sentence

// scratch is the working memory of one call; never shared.
type scratch struct {
	own        words.Cut  // of the text, if the caller has none
	head       words.Cut  // of the title
	cut        *words.Cut // of what is being read
	tokens     []words.Token
	veils      []veil // of the text's words
	numbers    []evidence.Figure
	ahead      []int32 // class of each word, forwards
	behind     []int32 // and backwards
	stamp      []uint32
	first      []int32
	last       []int32
	arena      []occurrence
	epoch      uint32
	candidates []int32
	hits       []hit
	lo         int32 // the sentence under way, in words
	hi         int32
	context    bool   // the text around the sentence is about the subject
	strong     []bool // a strong boundary stands before the word
	comma      []bool // a comma or its like stands before the word
	units      []unit
	sections   []signals
	shape      clauses
	none       [][2]int32
	found      []choice
	learner
}

func newScratch(a *automaton) *scratch {
	return &scratch{stamp: make([]uint32, a.nTerms), first: make([]int32, a.nTerms), last: make([]int32, a.nTerms)}
}

// classify gives every word of a text its classes. The number of a date is no number.
func (s *scratch) classify(a *automaton, cut *words.Cut, veils []veil) {
	s.cut, s.tokens = cut, cut.Tokens
	n := len(s.tokens)
	if cap(s.ahead) < n {
		s.ahead, s.behind = make([]int32, n, n+n/4), make([]int32, n, n+n/4)
	}
	s.ahead, s.behind = s.ahead[:n], s.behind[:n]
	for i, t := range s.tokens {
		s.ahead[i], s.behind[i] = a.lex.classify(cut.Folded(i))
		if t.Kind == words.Number && a.lex.numbers >= 0 && (veils == nil || veils[i] != veilDate) {
			s.behind[i] = a.lex.numbers
		}
	}
}

// scan matches all gate patterns, or all others, in words [lo,hi) and leaves the hits
// in s.hits.
func (s *scratch) scan(a *automaton, lo, hi int32, gates bool) {
	s.lo, s.hi = lo, hi
	s.epoch++
	s.arena, s.candidates, s.hits = s.arena[:0], s.candidates[:0], s.hits[:0]
	for i := lo; i < hi; i++ {
		if ahead := s.ahead[i]; ahead != 0 {
			s.meet(a, i, &a.lex.classes[ahead], gates)
		}
		if behind := s.behind[i]; behind != 0 {
			s.meet(a, i, &a.lex.classes[behind], gates)
		}
	}
	for _, p := range s.candidates {
		if a.patterns[p].context && !s.context {
			continue
		}
		s.try(a, p)
	}
}

func (s *scratch) meet(a *automaton, i int32, c *class, gates bool) {
	terms, phrases := c.terms, c.phrases
	if gates {
		terms, phrases = c.gates, c.places
	}
	for _, t := range terms {
		s.occur(a, t, i, i)
	}
	for _, ph := range phrases {
		if end, ok := s.follows(a, a.phrases[ph], i); ok {
			for _, t := range a.owners[ph] {
				s.occur(a, t, i, end)
			}
		}
	}
}

func (s *scratch) follows(a *automaton, atoms []int32, i int32) (int32, bool) {
	end := i + int32(len(atoms)) - 1
	if end >= s.hi {
		return 0, false
	}
	for k, at := range atoms[1:] {
		j := i + 1 + int32(k)
		if !a.lex.classes[s.ahead[j]].has(at) && !a.lex.classes[s.behind[j]].has(at) {
			return 0, false
		}
	}
	return end, true
}

func (s *scratch) occur(a *automaton, t, from, to int32) {
	id := int32(len(s.arena))
	if s.stamp[t] != s.epoch {
		s.stamp[t] = s.epoch
		s.first[t] = id
		s.candidates = append(s.candidates, a.triggers[t]...)
	} else {
		if l := &s.arena[s.last[t]]; l.from == from && l.to >= to {
			return
		}
		s.arena[s.last[t]].next = id
	}
	s.last[t] = id
	s.arena = append(s.arena, occurrence{from, to, -1})
}

func (s *scratch) try(a *automaton, id int32) {
	p := &a.patterns[id]
	for _, t := range p.terms {
		if s.stamp[t] != s.epoch {
			return
		}
	}
	before := len(s.hits)
	if p.window {
		s.window(p, id)
	} else {
		s.sequence(p, id)
	}
	if p.unless < 0 || s.stamp[p.unless] != s.epoch {
		return
	}
	kept := s.hits[:before]
	for _, h := range s.hits[before:] {
		if !s.near(p.unless, h.from-4, h.to+4) {
			kept = append(kept, h)
		}
	}
	s.hits = kept
}

func (s *scratch) near(t, from, to int32) bool {
	for o := s.first[t]; o >= 0; o = s.arena[o].next {
		if s.arena[o].to >= from && s.arena[o].from <= to {
			return true
		}
	}
	return false
}

// sequence finds the terms in order. From every place of the first term it takes the
// nearest reachable place of each next term and, where that leads nowhere, the farther
// ones: gaps are at most maxGap words, so the work per place is bounded.
func (s *scratch) sequence(p *pattern, id int32) {
	h := hit{pattern: id, n: len(p.terms)}
	found := 0
	cursors := [maxTerms]int32{}
	for k, t := range p.terms {
		cursors[k] = s.first[t]
	}
	for o := s.first[p.terms[0]]; o >= 0 && found < maxHits; o = s.arena[o].next {
		if p.first && s.arena[o].from != s.lo {
			return
		}
		h.matched[0] = [2]int32{s.arena[o].from, s.arena[o].to}
		if !s.extend(p, &h, &cursors) {
			continue
		}
		h.from, h.to = h.matched[0][0], h.matched[h.n-1][1]
		s.hits = append(s.hits, h)
		found++
	}
}

// extend fills h.matched[1:]. It keeps, term by term, the set of words at which the
// prefix of the sequence can end, as bits behind the first term, and walks back.
func (s *scratch) extend(p *pattern, h *hit, cursors *[maxTerms]int32) bool {
	origin := h.matched[0][1]
	var ends [maxTerms]span256
	ends[0].set(0)
	for k := 1; k < h.n; k++ {
		for cursors[k] >= 0 && s.arena[cursors[k]].from <= origin {
			cursors[k] = s.arena[cursors[k]].next
		}
		for o := cursors[k]; o >= 0; o = s.arena[o].next {
			from, to := int(s.arena[o].from-origin), int(s.arena[o].to-origin)
			if from >= 256 {
				break
			}
			if to < 256 && ends[k-1].any(from-1-int(p.gaps[k]), from-1) {
				ends[k].set(to)
			}
		}
		if ends[k] == (span256{}) {
			return false
		}
	}
	end := ends[h.n-1].lowest()
	for k := h.n - 1; k > 0; k-- {
		from := s.startOf(p.terms[k], cursors[k], origin, end, func(from int) bool {
			return ends[k-1].any(from-1-int(p.gaps[k]), from-1)
		})
		h.matched[k] = [2]int32{origin + int32(from), origin + int32(end)}
		end = ends[k-1].highestBelow(from, from-1-int(p.gaps[k]))
	}
	return true
}

func (s *scratch) startOf(t, cursor, origin int32, end int, ok func(int) bool) int {
	for o := cursor; o >= 0; o = s.arena[o].next {
		if from := int(s.arena[o].from - origin); int(s.arena[o].to-origin) == end && ok(from) {
			return from
		}
	}
	return end
}

// span256 is a set of distances 0 to 255.
type span256 [4]uint64

func (m *span256) set(i int) { m[i>>6] |= 1 << (i & 63) }

func (m *span256) any(lo, hi int) bool {
	for i := max(lo, 0); i <= hi; i++ {
		if m[i>>6]&(1<<(i&63)) != 0 {
			return true
		}
	}
	return false
}

func (m *span256) lowest() int {
	for i, w := range m {
		if w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	return 0
}

func (m *span256) highestBelow(hi, lo int) int {
	for i := hi - 1; i >= max(lo, 0); i-- {
		if m[i>>6]&(1<<(i&63)) != 0 {
			return i
		}
	}
	return 0
}

// window finds all terms, in any order, within reach+1 words around each place of the
// trigger. Places are bits of one word: bit b is word base+b.
func (s *scratch) window(p *pattern, id int32) {
	found, after := 0, int32(-1)
	cursors := [maxTerms]int32{}
	for k, t := range p.terms {
		cursors[k] = s.first[t]
	}
	for o := s.first[p.terms[p.trigger]]; o >= 0 && found < maxHits; o = s.arena[o].next {
		at := s.arena[o]
		if at.from <= after {
			continue
		}
		base := at.from - int32(p.reach)
		var masks [maxTerms]uint64
		if !s.masks(p, base, &cursors, &masks) {
			continue
		}
		h := hit{pattern: id, n: len(p.terms)}
		if s.place(p, base, &masks, &h) {
			s.hits = append(s.hits, h)
			found++
			after = h.to
		}
	}
}

func (s *scratch) masks(p *pattern, base int32, cursors *[maxTerms]int32, masks *[maxTerms]uint64) bool {
	for k := range p.terms {
		for cursors[k] >= 0 && s.arena[cursors[k]].from < base {
			cursors[k] = s.arena[cursors[k]].next
		}
		for o := cursors[k]; o >= 0; o = s.arena[o].next {
			d := s.arena[o].from - base
			if d > int32(2*p.reach) {
				break
			}
			masks[k] |= 1 << d
		}
		if masks[k] == 0 {
			return false
		}
	}
	return true
}

// place looks for the narrowest run of reach+1 words in which every term has a word of
// its own (Hall's condition over the sets of places).
func (s *scratch) place(p *pattern, base int32, masks *[maxTerms]uint64, h *hit) bool {
	n := len(p.terms)
	best := 0
	for width := n; width <= p.reach+1; width++ {
		run := uint64(1)<<width - 1
		for shift := max(0, p.reach-width+1); shift <= p.reach; shift++ {
			if distinct(masks, n, run<<shift) {
				best = width
				s.assign(p, base, masks, run<<shift, h)
				return true
			}
		}
	}
	return best > 0
}

func distinct(masks *[maxTerms]uint64, n int, run uint64) bool {
	for k := range n {
		if masks[k]&run == 0 {
			return false
		}
	}
	for set := 3; set < 1<<n; set++ {
		var union uint64
		for k := range n {
			if set>>k&1 == 1 {
				union |= masks[k] & run
			}
		}
		if bits.OnesCount64(union) < bits.OnesCount(uint(set)) {
			return false
		}
	}
	return true
}

// assign gives each term a word: the one with the fewest choices first.
func (s *scratch) assign(p *pattern, base int32, masks *[maxTerms]uint64, run uint64, h *hit) {
	left := *masks
	for k := range h.n {
		left[k] &= run
	}
	done := 0
	h.from, h.to = 1<<30, -1
	for range h.n {
		pick, few := -1, 65
		for k := range h.n {
			if n := bits.OnesCount64(left[k]); done>>k&1 == 0 && n < few {
				pick, few = k, n
			}
		}
		done |= 1 << pick
		choice := left[pick]
		if choice == 0 {
			choice = masks[pick] & run
		}
		bit := bits.TrailingZeros64(choice)
		for k := range h.n {
			left[k] &^= 1 << bit
		}
		from := base + int32(bit)
		to := s.endOf(p.terms[pick], from)
		h.matched[pick] = [2]int32{from, to}
		h.from, h.to = min(h.from, from), max(h.to, to)
	}
}

func (s *scratch) endOf(t, from int32) int32 {
	to := from
	for o := s.first[t]; o >= 0 && s.arena[o].from <= from; o = s.arena[o].next {
		if s.arena[o].from == from {
			to = max(to, s.arena[o].to)
		}
	}
	return to
}
