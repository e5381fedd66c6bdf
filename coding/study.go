package coding

import (
	"slices"

	"svidok/classifier"
	"svidok/words"
)

// Studied is one sentence of a text as the classifier sees it: for training.
type Studied struct {
	Index    int                                    // of the sentence
	Features []classifier.Feature                   // good until the visit ends
	Put      func(code string) []classifier.Feature // how the sentence puts a code; good until the next call
}

// Study reads the sentences of a text (their bytes given, in order) as Code would, but
// all of them, whatever the gate. codes, if not nil, says which words bear a code.
func (b *Codebook) Study(in Input, sentences []words.Span, codes *classifier.Model, visit func(Studied)) {
	s := b.pool.Get().(*scratch)
	defer b.pool.Put(s)
	s.told = nil
	a := arounds.Get().(*around)
	defer arounds.Put(a)
	a.read(in)
	in.Cut = &a.cut
	s.veils = a.veils
	b.scene(s, in)
	b.begin(s, in.Title)
	s.units = s.units[:0]
	word, n := int32(0), int32(len(s.tokens))
	for _, span := range sentences {
		lo := word
		for word < n && s.tokens[word].Start < span.End {
			word++
		}
		u := unit{lo: lo, hi: min(word, lo+longestSentence)}
		u.asks = span.End > 0 && slices.Contains([]byte(in.Text[span.Start:span.End]), '?')
		s.signals(b.auto, &u)
		s.units = append(s.units, u)
	}
	a.grounds(s)
	language := in.Language
	if language == "" {
		language, _ = words.Language(in.Text)
	}
	a.besides(s, language)
	for i := range s.units {
		u := &s.units[i]
		if u.lo == u.hi {
			continue
		}
		s.context = !b.subject || s.spoken(i)
		own, _ := b.look(s, in.Text, u, language)
		features := b.features(s, u, own)
		visit(Studied{Index: i, Features: features, Put: func(code string) []classifier.Feature {
			owner := slices.IndexFunc(b.codes, func(c Code) bool { return c.ID == code })
			if owner < 0 {
				return nil
			}
			label := -1
			if codes != nil {
				label = slices.Index(codes.Labels, code)
			}
			if label < 0 {
				s.weight = make([]int32, len(s.sentence.Words))
			} else {
				s.weigh(codes, features, label)
			}
			h := s.bearing(u)
			ruled, _ := b.ruled(s, int32(owner), &h)
			return s.reader.Put(&s.sentence, b.act(s, int32(owner), ruled))
		}})
	}
}

// StudyWhole reads the features of the whole text: what the gate learns from.
func (b *Codebook) StudyWhole(in Input, visit func([]classifier.Feature)) {
	s := b.pool.Get().(*scratch)
	defer b.pool.Put(s)
	s.told = nil
	a := arounds.Get().(*around)
	defer arounds.Put(a)
	a.read(in)
	in.Cut = &a.cut
	s.veils = a.veils
	sc := b.scene(s, in)
	b.begin(s, in.Title)
	visit(b.whole(s, &sc, a))
}
