package corroboration

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"svidok/evidence"
)

// Every pair that the specification names is found, and no other, whatever the bounds,
// the size of a generation, and the moment at which a footer begins to spread.
func TestJoinIsExact(t *testing.T) {
	options := []Options{
		{}, {}, {}, {},
		{Jaccard: 0.3, Containment: 0.5, MinContained: 1},
		{Jaccard: 1, Containment: 1, MinContained: 5},
		{Jaccard: 0.9, Containment: 0.6, MinContained: 3, MinWords: 1},
		{Jaccard: 0.05, Containment: 0.99},
	}
	pairs := 0
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 5))
		texts := corpus(r, 20+r.IntN(160))
		opt, limit := options[seed%uint64(len(options))], 1+r.IntN(90)
		want := brute(texts, opt)
		for _, m := range want {
			pairs += len(m)
		}
		if err := sameMatches(joined(texts, opt, limit), want); err != nil {
			t.Fatalf("seed %d, options %+v, %d sets in a generation: %v", seed, opt, limit, err)
		}
	}
	t.Logf("%d pairs", pairs)
	if pairs < 10000 {
		t.Errorf("only %d pairs in all: the corpus tests too little", pairs)
	}
}

// Generations of full size, and the planted corpus of the benchmarks.
func TestJoinIsExactAtFullSize(t *testing.T) {
	short := make([]string, 0, 20000)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range cap(short) {
		w := someWords(r, 6+r.IntN(20), 1<<20)
		if i > 0 && i%4 == 0 {
			w = edited(r, foldedWords(short[r.IntN(i)]), r.IntN(3))
		}
		if i > 9000 && i%3 == 0 {
			w = append(w, "стежте", "за", "нами", "в", "каналі", "щодня")
		}
		short = append(short, strings.Join(w, " "))
	}
	for _, footer := range []bool{false, true} {
		long, of := planted(9500, footer)
		want := counted5grams(long, Options{})
		got := joined(long, Options{}, generationSets)
		if err := sameMatches(got, want); err != nil {
			t.Errorf("long texts, footer %t: %v", footer, err)
		}
		copies, found := 0, 0
		for i, j := range of {
			if j >= 0 {
				copies++
				found += len(got[i])
			}
		}
		if found < copies*2/5 { // a copy under a footer that the original lacks may fall below the bounds
			t.Errorf("footer %t: %d matches of %d planted copies", footer, found, copies)
		}
	}
	if err := sameMatches(joined(short, Options{}, generationSets), counted5grams(short, Options{})); err != nil {
		t.Errorf("short texts: %v", err)
	}
}

// The set of pairs does not depend on the order of arrival.
func TestOrderOfArrival(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	texts := append(corpus(r, 200), corpus(r, 200)...)
	texts = append(texts, corpus(r, 200)...)
	type pair struct{ a, b string }
	pairs := func(texts []string) map[pair]float64 {
		out := map[pair]float64{}
		for i, found := range joined(texts, Options{}, 40) {
			for _, m := range found {
				a, b := strings.Join(foldedWords(texts[i]), " "), strings.Join(foldedWords(texts[m.Other]), " ")
				if m.Relation != evidence.Identical {
					out[pair{min(a, b), max(a, b)}] = m.Similarity
				}
			}
		}
		return out
	}
	want := pairs(texts)
	if len(want) < 100 {
		t.Fatalf("only %d pairs", len(want))
	}
	for range 5 {
		r.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		got := pairs(texts)
		if len(got) != len(want) {
			t.Fatalf("%d pairs, in another order %d", len(want), len(got))
		}
		for p, s := range want {
			if got[p] != s {
				t.Fatalf("pair of %q: %v, in another order %v", p, s, got[p])
			}
		}
	}
}

// An index filled by Load from sketches finds what one finds that saw every text.
func TestLoadGoesOn(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	texts := corpus(r, 200)
	want := joined(texts, Options{}, 60)
	for _, cut := range []int{0, 1, 59, 60, 61, 150, 200} {
		x := NewIndex(Options{})
		x.limit = 60
		for i, text := range texts {
			sketch := Sketch(text)
			if i < cut {
				if err := x.Load(uint32(i), sketch); err != nil {
					t.Fatal(err)
				}
				continue
			}
			got, err := x.AddSketch(uint32(i), sketch)
			if err != nil || !slices.Equal(got, want[i]) {
				t.Fatalf("cut at %d, text %d: %v, %v; want %v", cut, i, got, err, want[i])
			}
		}
	}
}

func TestShortAndTrivialTexts(t *testing.T) {
	texts := []string{"", "🔥🔥🔥", "Тривога!", "Тривога!", "Відбій тривоги", "відбій тривоги",
		"Вручають повістки масово", "вручають ПОВІСТКИ, масово…", "Вручають повістки масово всім",
		"Вручають повістки масово всім підряд", "«Вручають повістки масово всім підряд»"}
	want := map[int]uint32{7: 6, 10: 9}
	for i, found := range joined(texts, Options{}, 5) {
		first, ok := want[i]
		switch {
		case !ok && len(found) > 0:
			t.Errorf("%q matches %v", texts[i], found)
		case ok && (len(found) != 1 || found[0] != Match{first, evidence.Identical, 1}):
			t.Errorf("%q: %v, want identical to %d", texts[i], found, first)
		}
	}
}

// A cut copy is found whichever of the two comes first, under a footer or not.
func TestCutCopies(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	long := strings.Join(someWords(r, 230, 1<<20), " ")
	paragraph := strings.Join(strings.Fields(long)[:40], " ")
	x := NewIndex(Options{})
	x.limit = 3
	x.Add(1, long)
	if got := x.Add(2, paragraph); len(got) != 1 || got[0] != (Match{1, evidence.Contained, 1}) {
		t.Errorf("the paragraph after the whole: %v", got)
	}
	y := NewIndex(Options{})
	y.limit = 3
	y.Add(2, paragraph)
	for i := range uint32(7) {
		y.Add(10+i, strings.Join(someWords(r, 60, 1<<20), " "))
	}
	if got := y.Add(1, long); len(got) != 1 || got[0] != (Match{2, evidence.Contains, 1}) {
		t.Errorf("the whole after the paragraph: %v", got)
	}
}

// Inputs that make a quadratic join stop: none of these may take long, or much memory.
func TestAdversaries(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	same := strings.Join(someWords(r, 200, 1<<20), " ")
	x := NewIndex(Options{})
	for i := range uint32(10_000) {
		if found := x.Add(i, same); i > 0 && (len(found) != 1 || found[0].Other != 0) {
			t.Fatalf("text %d: %v", i, found)
		}
	}
	for i := range uint32(1_000_000) {
		if found := x.Add(i, "слово"); found != nil {
			t.Fatalf("one word: %v", found)
		}
	}
	if x.Len() != 1 {
		t.Errorf("%d sets held, want 1", x.Len())
	}
	repeated := strings.Repeat("так ", 100_000)
	if found := x.Add(7, repeated); found != nil {
		t.Errorf("one word repeated: %v", found)
	}
	huge := strings.Join(someWords(r, 150_000, 1<<30), " ")
	x.Add(8, huge)
	part := strings.Join(strings.Fields(huge)[70_000:70_100], " ")
	if found := x.Add(9, part); len(found) != 1 || found[0] != (Match{8, evidence.Contained, 1}) {
		t.Errorf("a hundred words of a book: %v", found)
	}
	if p := Shared(repeated, repeated); len(p) != 1 || p[0].AEnd != len(repeated)-1 {
		t.Errorf("one word repeated: %d passages", len(p))
	}
}

func TestFamilies(t *testing.T) {
	got := Families(8, []Pair{{5, 3}, {3, 7}, {1, 2}, {7, 6}, {9, 0}, {4, 4}})
	if want := []uint32{0, 1, 1, 3, 4, 3, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range 200 { // against the definition: the smallest text that can be reached
		n := 1 + r.IntN(40)
		var pairs []Pair
		for range r.IntN(40) {
			pairs = append(pairs, Pair{uint32(r.IntN(n)), uint32(r.IntN(n))})
		}
		want := make([]uint32, n)
		for i := range want {
			want[i] = uint32(i)
		}
		for range n {
			for _, p := range pairs {
				m := min(want[p.A], want[p.B])
				want[p.A], want[p.B] = m, m
			}
		}
		if got := Families(n, pairs); !slices.Equal(got, want) {
			t.Fatalf("%v: %v, want %v", pairs, got, want)
		}
	}
}

func TestSketchRefusesWhatIsNone(t *testing.T) {
	good := Sketch("раз два три чотири п'ять шість сім")
	x := NewIndex(Options{})
	bad := map[string][]byte{"nothing": nil, "version": append([]byte{9}, good[1:]...), "cut": good[:len(good)-1],
		"shingle missing": good[:11], "one twice": append(slices.Clone(good), good[len(good)-6:]...), "head only": good[:2]}
	for name, b := range bad {
		if _, err := x.AddSketch(1, b); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
		if err := x.Load(1, b); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if x.Len() != 0 {
		t.Errorf("%d sets were taken in", x.Len())
	}
}

func FuzzSketch(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(Sketch("раз два три чотири п'ять шість сім"))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := NewIndex(Options{})
		if _, err := x.AddSketch(1, b); err != nil {
			return
		}
		found, err := x.AddSketch(2, b)
		if err != nil || len(found) > 1 || len(found) == 1 && found[0] != (Match{1, evidence.Identical, 1}) {
			t.Fatalf("a sketch against itself: %v, %v", found, err)
		}
	})
}

// Two texts against the definition, and the passages against the shingles.
func TestCompareAndShared(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 11))
		texts := corpus(r, 30)
		for i, a := range texts {
			b := texts[r.IntN(i+1)]
			ga, gb := gramsOf(foldedWords(a)), gramsOf(foldedWords(b))
			o := common(ga, gb)
			j, ab, ba := Compare(a, b)
			if len(ga) > 0 && len(gb) > 0 {
				want := [3]float64{float64(o) / float64(len(ga)+len(gb)-o), float64(o) / float64(len(ga)), float64(o) / float64(len(gb))}
				if got := [3]float64{j, ab, ba}; got != want {
					t.Fatalf("%q, %q: %v, want %v", a, b, got, want)
				}
			}
			if err := checkShared(a, b, ga, gb); err != nil {
				t.Fatal(err)
			}
		}
	}
	if j, ab, ba := Compare("Ой, лихо!", "ой лихо"); j != 1 || ab != 1 || ba != 1 {
		t.Errorf("same two words: %v %v %v", j, ab, ba)
	}
	if j, ab, ba := Compare("", ""); j != 0 || ab != 0 || ba != 0 {
		t.Errorf("no words: %v %v %v", j, ab, ba)
	}
}

// checkShared: each passage is the same words in both, and each common shingle is in one.
func checkShared(a, b string, ga, gb map[string]bool) error {
	covered := map[string]bool{}
	for _, p := range Shared(a, b) {
		wa, wb := foldedWords(a[p.AStart:p.AEnd]), foldedWords(b[p.BStart:p.BEnd])
		if len(wa) < 5 || !slices.Equal(wa, wb) {
			return fmt.Errorf("passage %+v: %v is not %v", p, wa, wb)
		}
		for g := range gramsOf(wa) {
			covered[g] = true
		}
	}
	if len(covered) != common(ga, gb) {
		return fmt.Errorf("passages cover %d shingles of %d in common", len(covered), common(ga, gb))
	}
	return nil
}

func ExampleIndex() {
	x := NewIndex(Options{})
	x.Add(1, "Чоловіків зупиняють на блокпостах і просто на вулицях, у крамницях та біля води, повісток не показують.")
	fmt.Println(x.Add(2, "ЧОЛОВІКІВ зупиняють на блокпостах і просто на вулицях, у крамницях та біля води; повісток не показують!"))
	fmt.Println(x.Add(3, "Пише сусідній канал: «Чоловіків зупиняють на блокпостах і просто на вулицях, у крамницях та біля води, повісток не показують». Далі буде: чекаємо на подробиці від читачів."))
	// Output:
	// [{1 identical 1}]
	// [{1 contains 1}]
}
