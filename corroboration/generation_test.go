package corroboration

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// someSets draws sets of the given sizes, one after the other, and where they end.
func someSets(r *rand.Rand, sizes []int) (shingles []uint64, ends []uint32) {
	for _, n := range sizes {
		from := len(shingles)
		for range n {
			shingles = append(shingles, r.Uint64N(1<<shingleBits))
		}
		slices.Sort(shingles[from:])
		ends = append(ends, uint32(len(shingles)))
	}
	return shingles, ends
}

func TestFragmentsComeBack(t *testing.T) {
	sizes := []int{1, 2, 3, 63, 64, 65, 100, 216, 1, 5000, 1 << 17, 10}
	shingles, ends := someSets(rand.New(rand.NewPCG(1, 2)), sizes)
	f := newFragments(shingles, ends)
	from := uint32(0)
	for i, to := range ends {
		got := f.of(nil, uint16(i), int(to-from))
		for k, v := range shingles[from:to] {
			if got[k] != uint32(v>>(shingleBits-fragBits)) {
				t.Fatalf("set %d of %d: fragment %d is %x, want %x", i, to-from, k, got[k], v>>(shingleBits-fragBits))
			}
		}
		from = to
	}
	if bits := len(f.words) * 64; bits > 32*len(shingles) {
		t.Errorf("%d bits for %d fragments", bits, len(shingles))
	}
}

// A run holds what was put in, and of other sets' shingles no more than tags let through.
func TestRunHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sizes := make([]int, 3000)
	for i := range sizes {
		sizes[i] = 1 + r.IntN(150)
	}
	shingles, ends := someSets(r, sizes)
	held, from := newRun(shingles, ends), uint32(0)
	for i, to := range ends {
		for _, v := range shingles[from:to] {
			if !held.holds(v, uint16(i)) {
				t.Fatalf("set %d lost %x", i, v)
			}
		}
		from = to
	}
	wrong := 0
	const tries = 1_000_000
	for range tries {
		if held.holds(r.Uint64N(1<<shingleBits), uint16(r.IntN(len(ends)))) {
			wrong++
		}
	}
	// Chance: 75 shingles a set, over 2^(bits+3) places.
	if expected := tries * 75 / float64(int(1)<<(held.bits+tagBits)); float64(wrong) > 2*expected+20 {
		t.Errorf("%d of %d that are not there seem to be; by chance it would be %.0f", wrong, tries, expected)
	}
}
