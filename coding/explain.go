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

// GateReason says why a text is coded or not. By is what decided: "places and words" (it
// names no place that was ever occupied, nor occupation, nor drafting), "model" (the
// learned gate; Probability is what it gives, Threshold what was asked), "doubt" (it falls
// short of that, and not by much: a person is to read it), "lists" (those of
// the codebook) or "nothing drafted" (it passed, but of drafting there is no word and no
// statement). For and Against name what weighed most in the whole text; Sentences, by
// their place in the text, what each adds; Signals the words of the codebook's gates.
type GateReason struct {
	Gate                   evidence.Gate
	By                     string
	Probability, Threshold float64
	For, Against           []Reason
	Sentences              []SentenceReason
	Signals                []string
}

// SentenceReason is what a sentence, bytes [Start,End) of the text, adds to the odds of its
// gate.
type SentenceReason struct {
	Start, End int
	Weight     float64
}

// Explain says why the text is coded or not, and of every sentence which codes were
// suggested, or nearly, and which words did it: also where the gate then blocks it.
func (b *Codebook) Explain(in Input) (GateReason, []Explanation) {
	s := b.pool.Get().(*scratch)
	defer b.pool.Put(s)
	var out []Explanation
	reason := GateReason{By: "places and words"}
	s.told, s.reason = func(e Explanation) { out = append(out, e) }, &reason
	reason.Gate = b.code(s, in).Gate
	s.told, s.reason = nil, nil
	return reason, out
}

// whySignals notes the words that fired the gates of the codebook.
func (s *scratch) whySignals(text string) {
	if s.reason == nil {
		return
	}
	for i := range s.units {
		u := &s.units[i]
		for r := gateTerritory; r <= gateSubject; r++ {
			if u.signals.has(r) {
				s.reason.Signals = append(s.reason.Signals, r.String()+": "+text[s.tokens[u.fired[r][0]].Start:s.tokens[u.fired[r][1]].End])
			}
		}
	}
}

// whyWhole notes what the features of the whole text say.
func (s *scratch) whyWhole(b *Codebook, features []classifier.Feature) {
	if s.reason != nil {
		m := b.learned.gate
		s.reason.For, s.reason.Against = s.reasons(m, features, 0, float64(b.learned.says.Whole)/65536)
	}
}

// whyLine notes what a sentence says of the gate; of divides it later by their number.
func (s *scratch) whyLine(b *Codebook, text string, u *unit) {
	if s.reason != nil {
		v := b.learned.says
		weight := (float64(v.Coded)*float64(s.scores[0]) + float64(v.Open)*float64(s.scores[1])) / (1 << 32)
		s.reason.Sentences = append(s.reason.Sentences, SentenceReason{int(s.tokens[u.lo].Start), closing(text, int(s.tokens[u.hi-1].End)), weight})
	}
}

func (s *scratch) whyJudged(odds, bar int32) {
	if s.reason != nil {
		s.reason.By, s.reason.Probability, s.reason.Threshold = "model", classifier.Probability(odds), classifier.Probability(bar)
		for i := range s.reason.Sentences {
			s.reason.Sentences[i].Weight /= float64(len(s.reason.Sentences))
		}
	}
}

func (s *scratch) whyBy(by string) {
	if s.reason != nil {
		s.reason.By = by
	}
}

// reasons are the features that weigh most for and against label c.
func (s *scratch) reasons(m *classifier.Model, features []classifier.Feature, c int, factor float64) (pro, contra []Reason) {
	length := float64(classifier.Length(features))
	var all []Reason
	for i, f := range features {
		if w := m.Weight(f, c); w != 0 {
			all = append(all, Reason{s.reader.Names[i], factor * float64(w) / length})
		}
	}
	slices.SortStableFunc(all, func(x, y Reason) int { return cmp.Compare(y.Weight, x.Weight) })
	for i := 0; i < min(reasons, len(all)) && all[i].Weight > 0; i++ {
		pro = append(pro, all[i])
	}
	for i := len(all) - 1; i >= max(0, len(all)-reasons) && all[i].Weight < 0; i-- {
		contra = append(contra, all[i])
	}
	return pro, contra
}

func (b *Codebook) explain(s *scratch, text string, u *unit, features []classifier.Feature, c int, logit int32, m evidence.Modality, ruled reading, from int32) Explanation {
	owner := b.learned.owner[c]
	e := Explanation{
		Start: int(s.tokens[u.lo].Start), End: closing(text, int(s.tokens[u.hi-1].End)), Code: b.codes[owner].ID,
		Probability: classifier.Probability(logit), Threshold: classifier.Probability(from), Suggested: logit >= from,
		Modality: m, Ruled: ruled.modality,
	}
	e.Sentence = text[e.Start:e.End]
	e.For, e.Against = s.reasons(b.learned.codes, features, c, 1)
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
