package classifier

import "unicode/utf8"

// Act is one code found in a sentence, to be told apart by how the sentence puts it.
type Act struct {
	Code, Group string
	Ruled       string  // the modality that rules give it
	Weight      []int32 // by word: how much it says for the code
}

// Put returns the features of how the sentence last read puts an act: those of the
// sentence, those of the clause that bears the act, and what rules say. They are good
// until the next call of Read or Put.
func (r *Reader) Put(s *Sentence, a Act) []Feature {
	base := r.plain(s)
	r.act = append(r.act[:0], base...)
	if r.names {
		r.ActNames = append(r.ActNames[:0], r.plainNames...)
	}
	one := func(name string) { r.add(kShape, hash(name), 0, -1, -1, 12, func() string { return name }) }
	one("rule " + a.Ruled)
	one("rule " + a.Ruled + " of " + a.Group)
	one("rule " + a.Ruled + " of " + a.Code)
	one("of " + a.Group)
	one("of " + a.Code)
	lo, hi := clause(s, a.Weight)
	for i := lo; i <= hi && i < len(s.Words); i++ {
		r.add(kClause, hash(s.Words[i]), 1, i, i, 5, func() string { return s.Words[i] })
		r.add(kClause, r.lemma[i], 2, i, i, 5, func() string { return "lemma " + r.lemmas[i] })
		if i < hi {
			r.add(kClause, r.lemma[i], r.lemma[i+1], i, i+1, 4, func() string { return "pair " + r.lemmas[i] + " " + r.lemmas[i+1] })
		}
		if end := ending(s.Words[i], 3); end != "" {
			r.add(kClause, hash(end), 3, i, i, 3, func() string { return "ends " + end })
		}
	}
	for _, f := range r.found {
		side := uint64(4)
		where := "in"
		switch {
		case f.to < lo:
			side, where = 5, "before"
		case f.from > hi:
			side, where = 6, "after"
		}
		r.add(kClause, uint64(f.concept)+1<<30, side, f.from, f.to, 6, func() string { return where + ": concept " + r.lex.names[f.concept] })
	}
	for _, m := range s.Marks {
		where := " in"
		switch {
		case m.To < lo:
			where = " before"
		case m.From > hi:
			where = " after"
		}
		r.add(kClause, hash(m.Name+where), 7, m.From, m.To, 6, func() string { return m.Name + where })
	}
	return r.act
}

func (r *Reader) add(k Kind, a, b uint64, from, to int, scale uint8, name func() string) {
	r.act = append(r.act, Feature{mix(k, a, b), int16(from), int16(to), scale, k, 0})
	if r.names {
		r.ActNames = append(r.ActNames, k.label()+name())
	}
}

// plain are the features of the sentence that say how things are put.
func (r *Reader) plain(*Sentence) []Feature {
	r.base, r.plainNames = r.base[:0], r.plainNames[:0]
	for i, f := range r.features {
		switch f.Kind {
		case kWord, kPair, kConcept, kMark, kShape, kBeside, kBefore:
			f.Scale /= 2
			r.base = append(r.base, f)
			if r.names {
				r.plainNames = append(r.plainNames, r.Names[i])
			}
		}
	}
	return r.base
}

// clause returns the words of the clause that weighs most.
func clause(s *Sentence, weight []int32) (lo, hi int) {
	best := int64(-1 << 62)
	for i := 0; i < len(weight); {
		j, sum := i+1, int64(weight[i])
		for j < len(weight) && !s.Border[j] {
			sum += int64(weight[j])
			j++
		}
		if sum > best {
			best, lo, hi = sum, i, j-1
		}
		i = j
	}
	return lo, hi
}

func ending(w string, letters int) string {
	cut := len(w)
	for range letters {
		_, n := utf8.DecodeLastRuneInString(w[:cut])
		cut -= n
	}
	if cut <= 0 {
		return ""
	}
	return w[cut:]
}
