package corroboration

import (
	"math/rand/v2"
	"testing"
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
	for seed := range uint64(160) {
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
