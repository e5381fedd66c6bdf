package coding

import (
	"cmp"
	"slices"

	"svidok/classifier"
	"svidok/evidence"
)

// Explanation says why a sentence was, or was not, given a code. Start and End are bytes
// of the text. Probability and Threshold are 0 to 1; For and Against name the features
// that weighed most, with their part in the score.
type Explanation struct {
	Start, End             int
	Sentence               string
	Code                   string
	Probability, Threshold float64
	Suggested              bool
	Modality, Ruled        evidence.Modality // as told, and as the rules alone have it
	For, Against           []Reason
	Patterns, Cues         []string
}

// Reason is a feature and what it adds to the score.
type Reason struct {
	Name   string
	Weight float64
}

const reasons = 8 // named for and against

// Explain says of every sentence that the gate lets pass which codes were suggested, or
// nearly, and which words did it.
func (b *Codebook) Explain(in Input) []Explanation {
	s := b.pool.Get().(*scratch)
	defer b.pool.Put(s)
	var out []Explanation
	s.told = func(e Explanation) { out = append(out, e) }
	b.code(s, in)
	s.told = nil
	return out
}

func (b *Codebook) explain(s *scratch, text string, u *unit, features []classifier.Feature, c int, logit int32, m evidence.Modality, ruled reading, from int32) Explanation {
	owner := b.learned.owner[c]
	e := Explanation{
		Start: int(s.tokens[u.lo].Start), End: closing(text, int(s.tokens[u.hi-1].End)), Code: b.codes[owner].ID,
		Probability: classifier.Probability(logit), Threshold: classifier.Probability(from), Suggested: logit >= from,
		Modality: m, Ruled: ruled.modality,
	}
	e.Sentence = text[e.Start:e.End]
	length := float64(classifier.Length(features))
	var all []Reason
	for i, f := range features {
		if w := b.learned.codes.Weight(f, c); w != 0 {
			all = append(all, Reason{s.reader.Names[i], float64(w) / length})
		}
	}
	slices.SortStableFunc(all, func(x, y Reason) int { return cmp.Compare(y.Weight, x.Weight) })
	for i := 0; i < min(reasons, len(all)) && all[i].Weight > 0; i++ {
		e.For = append(e.For, all[i])
	}
	for i := len(all) - 1; i >= max(0, len(all)-reasons) && all[i].Weight < 0; i-- {
		e.Against = append(e.Against, all[i])
	}
	for _, f := range s.found {
		if p := &b.auto.patterns[f.hit.pattern]; p.owner == owner {
			e.Patterns = append(e.Patterns, "("+p.lang+") "+brief(p.source)+" at: "+s.matchedWords(text, &f.hit))
		}
	}
	for _, q := range s.shape.cues {
		e.Cues = append(e.Cues, q.role.String()+": "+text[s.tokens[q.from].Start:s.tokens[q.to].End])
	}
	return e
}
