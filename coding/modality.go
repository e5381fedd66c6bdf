package coding

import (
	"slices"

	"svidok/evidence"
)

// cue is a word that changes how a text puts what it says, and the words [lo,hi] that
// it governs.
type cue struct {
	role     role
	from, to int32
	lo, hi   int32
	foreign  bool // a word of another language than the sentence's
}

// clauses is what the shape of one sentence says.
type clauses struct {
	lo, hi int32 // words of the sentence
	cues   []cue
	past   []int32 // words in a past form
	now    []int32 // words in a present form
	bare   []cue   // infinitives
	does   []int32 // verbs whose infinitive is something done: began to, forced to
	and    []int32
	that   []int32
	thin   []int32 // adverbs and auxiliaries between a negator and its verb
	will   []int32 // verbs of wanting and coming: "who did not come"
	light  []int32 // verbs that only say that something was: "there was no raid"
	asks   bool
}

// reading is how one match is put, and the cue that made it so.
type reading struct {
	modality evidence.Modality
	cue      cue
	asked    bool
}

// read sorts the hits of cues and clause words and gives each cue its scope.
func (s *scratch) read(a *automaton, asks bool, language string) *clauses {
	c := &s.shape
	*c = clauses{lo: s.lo, hi: s.hi, cues: c.cues[:0], past: c.past[:0], now: c.now[:0], bare: c.bare[:0], does: c.does[:0], and: c.and[:0], that: c.that[:0],
		thin: c.thin[:0], will: c.will[:0], light: c.light[:0], asks: asks}
	s.none = s.none[:0]
	for _, h := range s.hits {
		owner := a.patterns[h.pattern].owner
		if owner >= 0 {
			continue
		}
		switch r := roleOf(owner); r {
		case cueQuoted: // who says so changes nothing; people read it
		case cueNone:
			s.none = append(s.none, [2]int32{h.from, h.to})
		case clauseBreaker:
			s.breakAt(h.from)
		case clauseAnd:
			c.and = append(c.and, h.from)
		case clausePast:
			c.past = append(c.past, h.from)
		case clausePresent:
			c.now = append(c.now, h.from)
		case clauseInfinitive:
			if lang := a.patterns[h.pattern].lang; lang != language && language != "" && language != "und" && language != "other" {
				continue // the endings of one language are other forms in the next
			}
			c.bare = append(c.bare, cue{role: r, from: h.from, to: h.to})
		case clauseFactive:
			c.does = append(c.does, h.from)
		case clauseThat:
			c.that = append(c.that, h.from)
		case clauseTransparent:
			c.thin = append(c.thin, h.from)
		case clauseUnwilling:
			c.will = append(c.will, h.from)
		case clauseLight:
			c.light = append(c.light, h.from)
		default:
			lang := a.patterns[h.pattern].lang
			c.cues = append(c.cues, cue{role: r, from: h.from, to: h.to, foreign: lang != language})
		}
	}
	looksOnly := func(q cue) bool {
		return slices.ContainsFunc(s.none, func(n [2]int32) bool { return q.from <= n[1] && n[0] <= q.to })
	}
	c.cues = slices.DeleteFunc(c.cues, func(q cue) bool {
		return looksOnly(q) || q.role == cuePlanned && q.foreign && q.from == q.to && c.infinitive(q.from)
	})
	c.bare = slices.DeleteFunc(c.bare, looksOnly)
	for i := range c.cues {
		s.scope(&c.cues[i])
	}
	slices.SortFunc(c.cues, func(x, y cue) int { return rank(x.role) - rank(y.role) })
	return c
}

// infinitive reports whether w is one in the language of the sentence: Russian "вручать"
// (to hand out) is a future in Ukrainian.
func (c *clauses) infinitive(w int32) bool {
	return slices.ContainsFunc(c.bare, func(q cue) bool { return q.from == w && q.to == w })
}

// breakAt sets the boundary that a word like "but" draws: before it, or, where the
// sentence begins with it ("although they deny it, men are seized"), at the next comma.
func (s *scratch) breakAt(w int32) {
	if w > s.lo {
		s.strong[w-s.lo] = true
		return
	}
	for i := 1; i < len(s.comma); i++ {
		if s.comma[i] {
			s.strong[i] = true
			return
		}
	}
}

// rank is the precedence where several cues govern one match: first wins.
func rank(r role) int {
	order := [...]role{cueDenied, cueAdvice, cueThreatened, cueConditional, cueIrrealis, cueOtherwise, cuePlanned, cuePurpose, cueNegated, cueWithout, cueHedged}
	return slices.Index(order[:], r)
}

func modalityOf(r role) evidence.Modality {
	switch r {
	case cueDenied:
		return evidence.Denied
	case cueAdvice:
		return evidence.Advice
	case cueThreatened:
		return evidence.Threatened
	case cueConditional, cueIrrealis, cueOtherwise:
		return evidence.Conditional
	case cuePlanned, cuePurpose, clauseInfinitive:
		return evidence.Planned
	case cueHedged:
		return evidence.Hedged
	case cueNegated, cueWithout:
		return evidence.Negated
	}
	return evidence.Occurred
}

// scope gives q the words that it governs: to the right up to a strong boundary
// (semicolon, colon for some, "but"), to the left as far as its kind reaches.
func (s *scratch) scope(q *cue) {
	q.lo, q.hi = q.from, q.to
	switch q.role {
	case cueHedged:
		q.lo, q.hi = s.lo, s.ahead1(q.to, s.strong)
	case cueDenied, cueConditional, cueIrrealis:
		q.lo, q.hi = s.back(q.from, s.strong), s.ahead1(q.to, s.strong)
	case cuePlanned, cueAdvice:
		q.lo, q.hi = s.back(q.from, s.comma), s.ahead1(q.to, s.strong)
		if q.from <= q.lo+1 { // the verb comes first: its subject stands before the comma
			q.lo = s.subjectOf(q, s.back(q.from, s.strong))
		}
	case cueThreatened, cueOtherwise:
		q.hi = s.ahead1(q.to, s.strong)
	default:
		q.lo, q.hi = s.back(q.from, s.comma), s.ahead1(q.to, s.comma)
	}
}

// subjectOf returns where the words begin that a verb at the head of its clause may have
// as its subject: from lo, or, where they are clauses with verbs of their own, the clause.
func (s *scratch) subjectOf(q *cue, lo int32) int32 {
	if s.anyPast(&s.shape, lo, q.lo-1) {
		return q.lo
	}
	return lo
}

// back returns the first word of the stretch that holds w; stops say where stretches begin.
func (s *scratch) back(w int32, stops []bool) int32 {
	for w > s.lo && !stops[w-s.lo] && !s.strong[w-s.lo] {
		w--
	}
	return w
}

func (s *scratch) ahead1(w int32, stops []bool) int32 {
	for w+1 < s.hi && !stops[w+1-s.lo] && !s.strong[w+1-s.lo] {
		w++
	}
	return w
}

func (s *scratch) sameClause(x, y int32) bool {
	return s.back(x, s.comma) == s.back(y, s.comma)
}

// touches reports whether one of the words that h matched lies in [lo,hi].
func (h *hit) touches(lo, hi int32) bool {
	for _, m := range h.matched[:h.n] {
		if m[0] <= hi && lo <= m[1] {
			return true
		}
	}
	return false
}

// covers reports whether the pattern itself took all words of q ("without exam").
func (h *hit) covers(q cue) bool {
	for w := q.from; w <= q.to; w++ {
		if !h.touches(w, w) {
			return false
		}
	}
	return true
}

// negator reports whether the pattern itself took a negator.
func (h *hit) negator(c *clauses) bool {
	return slices.ContainsFunc(c.cues, func(q cue) bool {
		return (q.role == cueNegated || q.role == cueWithout) && h.touches(q.from, q.to)
	})
}

// judge returns how the sentence puts the match h.
func (s *scratch) judge(c *clauses, h *hit, rule codeRule) reading {
	exempt := rule.lack || h.negator(c)
	for _, q := range c.cues {
		if h.covers(q) && q.role != cuePlanned && q.role != cueAdvice || exempt && (q.role == cueNegated || q.role == cueWithout) || !s.governs(c, q, h, rule) {
			continue
		}
		return reading{modality: modalityOf(q.role), cue: q}
	}
	if q, ok := s.undone(c, h); ok && rule.speech == "" {
		return reading{modality: modalityOf(q.role), cue: q}
	}
	switch {
	case c.asks:
		return reading{modality: evidence.Hedged, asked: true}
	case rule.modality != "":
		return reading{modality: rule.modality}
	}
	return reading{modality: evidence.Occurred}
}

func (s *scratch) governs(c *clauses, q cue, h *hit, rule codeRule) bool {
	switch q.role {
	case cueNegated:
		return s.negates(c, q, h)
	case cueWithout:
		next := q.to + 1
		for next < s.hi && slices.Contains(c.thin, next) {
			next++
		}
		return h.touches(next, next) && h.from > q.to
	case cueDenied, cueHedged:
		return h.touches(q.lo, q.hi)
	}
	if rule.speech != "" && (q.role == cueThreatened || q.role == cueConditional || q.role == cueIrrealis) ||
		rule.speech == "true" && q.from >= h.from {
		return false
	}
	if !h.touches(q.lo, q.hi) {
		return false
	}
	switch q.role {
	case cuePurpose:
		return h.from > q.to
	case cueThreatened, cuePlanned, cueAdvice, cueConditional, cueIrrealis:
		return !s.apart(c, q, h)
	}
	return true
}

// undone finds an infinitive that is the match's only verb and that no verb of doing
// governs: "they decided to hand out summonses", against "they began to".
func (s *scratch) undone(c *clauses, h *hit) (cue, bool) {
	if c.told(h) {
		return cue{}, false
	}
	for _, q := range c.bare {
		if !h.touches(q.to, q.to) && (q.from < h.from || q.to > h.to) {
			continue
		}
		start := s.back(q.from, s.comma)
		done := slices.ContainsFunc(c.does, func(w int32) bool { return w >= start && (w <= q.from || h.touches(w, w)) && w != q.to })
		if !done {
			return q, true
		}
	}
	return cue{}, false
}

// apart reports that the match is told in a clause of its own as something past, so
// that a plan, threat, advice or condition in another clause does not govern it.
func (s *scratch) apart(c *clauses, q cue, h *hit) bool {
	if q.role == cueConditional {
		// "were beaten if they refused": it happened, again and again, unless it was to come
		for _, p := range c.cues {
			if p.role == cuePlanned && p.from < q.from && h.touches(p.lo, p.hi) {
				return false
			}
		}
		return slices.ContainsFunc(c.past, func(w int32) bool { return w < q.from && h.touches(w, w) })
	}
	told := c.told(h)
	if h.to < q.from && s.sameClause(h.to, q.from) {
		for _, and := range c.and {
			if and > h.to && and < q.from && s.anyPast(c, s.back(h.from, s.comma), and) {
				return true
			}
		}
		return false
	}
	if !told || s.touchesClause(h, q.from) {
		return false
	}
	start := s.back(h.from, s.comma)
	return !slices.Contains(c.that, start) || q.from > h.to
}

// told reports whether the match holds a finite verb of its own.
func (c *clauses) told(h *hit) bool {
	return c.bygone(h) || slices.ContainsFunc(c.now, func(w int32) bool { return h.touches(w, w) })
}

// bygone reports whether that verb is in a past form.
func (c *clauses) bygone(h *hit) bool {
	return slices.ContainsFunc(c.past, func(w int32) bool { return h.touches(w, w) })
}

// joined reports whether "and" stands between two words.
func (s *scratch) joined(c *clauses, from, to int32) bool {
	return slices.ContainsFunc(c.and, func(w int32) bool { return w > from && w < to })
}

func (s *scratch) anyPast(c *clauses, lo, hi int32) bool {
	within := func(w int32) bool { return w >= lo && w <= hi }
	return slices.ContainsFunc(c.past, within) || slices.ContainsFunc(c.now, within)
}

func (s *scratch) touchesClause(h *hit, w int32) bool {
	return h.touches(s.back(w, s.comma), s.ahead1(w, s.comma))
}

// negates reports whether the negator q bears on the match: it stands within three
// words before it or inside it, in a clause that the match has words in, and the verb
// it negates is the match's own or none of the verbs that say who was taken ("those who
// did not come"). After the match it bears on it only with a verb that says no more
// than that something was ("of raids there were none").
func (s *scratch) negates(c *clauses, q cue, h *hit) bool {
	if q.to < h.from-4 || !h.touches(q.lo, q.hi) {
		return false
	}
	verb := q.to + 1
	for verb < s.hi && slices.Contains(c.thin, verb) && !h.touches(verb, verb) && !slices.Contains(c.light, verb) {
		verb++
	}
	if q.from > h.to {
		return q.from <= h.to+4 && (slices.Contains(c.light, verb) || !c.told(h) && !s.joined(c, h.to, q.from) && !slices.Contains(c.will, verb))
	}
	if slices.Contains(c.will, verb) {
		return false
	}
	for _, that := range c.that {
		if that > h.from && that < q.from && that >= q.from-3 {
			return false
		}
	}
	return h.touches(verb, verb) || q.to >= h.from-3-(verb-q.to-1)
}

// choice is the match that stands for a code in a sentence.
type choice struct {
	hit hit
	reading
}

// choose takes one of several matches of one code. Something told as having happened
// stands beside a plan of the same only if no clause is shared; else the plan wins.
func (s *scratch) choose(all []choice) choice {
	if kept := unexplained(all); len(kept) > 0 {
		all = kept
	}
	best := all[0]
	for _, x := range all[1:] {
		if better(s, x, best, all) {
			best = x
		}
	}
	if best.modality == evidence.Occurred && !s.standsAlone(best, all) {
		for _, x := range all {
			if x.modality != evidence.Occurred {
				return x
			}
		}
	}
	return best
}

// unexplained leaves out matches whose cue is part of a fuller match of the same code:
// of "no deferral was given" the fuller one took the "no" itself.
func unexplained(all []choice) []choice {
	var kept []choice
	for i, x := range all {
		if x.modality != evidence.Negated && x.modality != evidence.Planned ||
			!slices.ContainsFunc(all, func(y choice) bool { return y.modality == evidence.Occurred && y.hit.covers(x.cue) }) {
			if kept != nil {
				kept = append(kept, x)
			}
			continue
		}
		if kept == nil {
			kept = append(make([]choice, 0, len(all)), all[:i]...)
		}
	}
	if kept == nil {
		return all
	}
	return kept
}

func better(s *scratch, x, best choice, all []choice) bool {
	if (x.modality == evidence.Occurred) != (best.modality == evidence.Occurred) {
		return x.modality == evidence.Occurred && s.standsAlone(x, all)
	}
	return x.hit.from < best.hit.from
}

func (s *scratch) standsAlone(x choice, all []choice) bool {
	for _, y := range all {
		if y.modality == evidence.Occurred {
			continue
		}
		lo, hi := s.back(y.hit.from, s.comma), s.ahead1(y.hit.to, s.comma)
		if x.hit.from <= hi && lo <= x.hit.to {
			return false
		}
	}
	return true
}
