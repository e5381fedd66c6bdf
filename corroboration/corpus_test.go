package corroboration

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"svidok/evidence"
	"svidok/words"
)

// The texts of these tests are drawn from syllables; they say nothing.

var (
	cyrillic = strings.Fields("ва ро ни ку ще по ста мі ль ово га ду зна ри ло те ба ко їв ша ге")
	latin    = strings.Fields("se lo ri ma ton")
)

func someWord(r *rand.Rand, vocabulary int) string {
	n := r.IntN(vocabulary)
	syllables := cyrillic
	if n%7 == 0 {
		syllables = latin
	}
	var b strings.Builder
	for b.Len() < 3 || n > 0 {
		b.WriteString(syllables[n%len(syllables)])
		n /= len(syllables)
	}
	return b.String()
}

func someWords(r *rand.Rand, n, vocabulary int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = someWord(r, vocabulary)
	}
	return out
}

// edited replaces, drops or adds so many words.
func edited(r *rand.Rand, text []string, edits int) []string {
	out := append([]string(nil), text...)
	for range edits {
		if len(out) == 0 {
			break
		}
		switch i := r.IntN(len(out)); r.IntN(3) {
		case 0:
			out[i] = someWord(r, 100000)
		case 1:
			out = append(out[:i], out[i+1:]...)
		case 2:
			out = append(out[:i], append([]string{someWord(r, 100000)}, out[i:]...)...)
		}
	}
	return out
}

// corpus draws texts among which there is everything that the join must tell apart:
// new texts, near and far copies, cuts, texts that take up others whole, twins, short texts,
// and a footer that from one text on stands under a third of them.
func corpus(r *rand.Rand, n int) []string {
	footer := someWords(r, 1+r.IntN(60), 5000)
	footerFrom := r.IntN(n)
	var all [][]string
	out := make([]string, 0, n)
	for i := range n {
		var t []string
		old := func() []string { return all[r.IntN(len(all))] }
		switch kind := r.IntN(10); {
		case kind < 4 || len(all) == 0:
			t = someWords(r, r.IntN(120), 20+r.IntN(3000))
		case kind < 7:
			t = edited(r, old(), r.IntN(12))
		case kind == 7:
			o := old()
			from := r.IntN(len(o) + 1)
			t = edited(r, o[from:from+r.IntN(len(o)-from+1)], r.IntN(3))
		case kind == 8:
			t = append(append(someWords(r, r.IntN(40), 3000), edited(r, old(), r.IntN(3))...), someWords(r, r.IntN(80), 3000)...)
		default:
			t = append([]string(nil), old()...)
		}
		if i >= footerFrom && r.IntN(3) == 0 {
			t = append(append([]string(nil), t...), footer...)
		}
		all = append(all, t)
		out = append(out, written(r, t))
	}
	return out
}

// written puts words into a sentence, with the freedom that folding must undo.
func written(r *rand.Rand, text []string) string {
	var b strings.Builder
	for _, w := range text {
		switch r.IntN(12) {
		case 0:
			w = strings.ToUpper(w)
		case 1:
			w += ","
		case 2:
			w = "«" + w + "»"
		}
		b.WriteString(w)
		b.WriteString([]string{" ", " ", " ", "\n", " — "}[r.IntN(5)])
	}
	return b.String()
}

// foldedWords is the definition: the folded tokens of a text.
func foldedWords(text string) []string {
	var out []string
	for _, t := range words.Tokenize(nil, text) {
		if w := words.Fold(nil, text[t.Start:t.End]); len(w) > 0 {
			out = append(out, string(w))
		}
	}
	return out
}

func gramsOf(w []string) map[string]bool {
	out := map[string]bool{}
	for i := 0; i+5 <= len(w); i++ {
		out[strings.Join(w[i:i+5], " ")] = true
	}
	return out
}

func common(a, b map[string]bool) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for g := range a {
		if b[g] {
			n++
		}
	}
	return n
}

// brute is the specification, written with strings and maps: the matches of each text.
func brute(texts []string, opt Options) [][]Match {
	opt = opt.filled()
	first := map[string]uint32{}
	grams := make([]map[string]bool, len(texts))
	out := make([][]Match, len(texts))
	for i, text := range texts {
		w := foldedWords(text)
		if len(w) < opt.MinWords {
			continue
		}
		key := strings.Join(w, " ")
		if f, ok := first[key]; ok {
			out[i] = []Match{{f, evidence.Identical, 1}}
			continue
		}
		first[key] = uint32(i)
		grams[i] = gramsOf(w)
		for j := range i {
			if m, ok := relate(common(grams[i], grams[j]), len(grams[i]), len(grams[j]), opt); ok {
				m.Other = uint32(j)
				out[i] = append(out[i], m)
			}
		}
	}
	return out
}

// relate says how a text of n shingles is like an earlier one of m that shares o of them.
func relate(o, n, m int, opt Options) (Match, bool) {
	small := min(n, m)
	if small == 0 {
		return Match{}, false
	}
	near, cut := float64(o)/float64(n+m-o), float64(o)/float64(small)
	switch {
	case near >= opt.Jaccard:
		return Match{Relation: evidence.Near, Similarity: near}, true
	case cut < opt.Containment || small < opt.MinContained:
		return Match{}, false
	case n <= m:
		return Match{Relation: evidence.Contained, Similarity: cut}, true
	}
	return Match{Relation: evidence.Contains, Similarity: cut}, true
}

func joined(texts []string, opt Options, limit int) [][]Match {
	x := NewIndex(opt)
	x.limit = limit
	out := make([][]Match, len(texts))
	for i, t := range texts {
		out[i] = x.Add(uint32(i), t)
	}
	return out
}

func sameMatches(got, want [][]Match) error {
	for i := range want {
		if len(got[i]) != len(want[i]) {
			return fmt.Errorf("text %d: %d matches %v, want %d %v", i, len(got[i]), got[i], len(want[i]), want[i])
		}
		for k := range want[i] {
			if got[i][k] != want[i][k] {
				return fmt.Errorf("text %d: match %+v, want %+v", i, got[i][k], want[i][k])
			}
		}
	}
	return nil
}

// counted5grams is brute without comparing every two texts: it counts, for each text, the
// shingles that it shares with each earlier one, in an inverted index of strings.
func counted5grams(texts []string, opt Options) [][]Match {
	opt = opt.filled()
	first, holders := map[string]uint32{}, map[string][]uint32{}
	sizes, out := make([]int, len(texts)), make([][]Match, len(texts))
	shared := make([]int, len(texts))
	for i, text := range texts {
		w := foldedWords(text)
		if len(w) < opt.MinWords {
			continue
		}
		key := strings.Join(w, " ")
		if f, ok := first[key]; ok {
			out[i] = []Match{{f, evidence.Identical, 1}}
			continue
		}
		first[key] = uint32(i)
		grams := gramsOf(w)
		sizes[i] = len(grams)
		for g := range grams {
			for _, j := range holders[g] {
				shared[j]++
			}
			holders[g] = append(holders[g], uint32(i))
		}
		for j := range shared[:i] {
			if o := shared[j]; o > 0 {
				if m, ok := relate(o, len(grams), sizes[j], opt); ok {
					m.Other = uint32(j)
					out[i] = append(out[i], m)
				}
			}
			shared[j] = 0
		}
	}
	return out
}
