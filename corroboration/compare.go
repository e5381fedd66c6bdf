package corroboration

import "slices"

// Compare measures two texts directly: the Jaccard index of their shingle sets, the
// share of A's shingles that lie in B, and of B's that lie in A; each in [0,1]. Texts of
// the same words have 1, 1, 1, however short; otherwise a text of fewer than five
// words has 0 of everything. It compares 64-bit hashes of shingles.
func Compare(a, b string) (jaccard, aInB, bInA float64) {
	var ra, rb reader
	ra.read(a)
	rb.read(b)
	if len(ra.hashes) > 0 && slices.Equal(ra.hashes, rb.hashes) {
		return 1, 1, 1
	}
	sa, sb := ra.shingles(), rb.shingles()
	slices.Sort(sa)
	slices.Sort(sb)
	sa, sb = slices.Compact(sa), slices.Compact(sb)
	if len(sa) == 0 || len(sb) == 0 {
		return 0, 0, 0
	}
	o := float64(overlap(sa, sb))
	la, lb := float64(len(sa)), float64(len(sb))
	return o / (la + lb - o), o / la, o / lb
}

// overlap counts the common elements of two ascending sets.
func overlap(a, b []uint64) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a)*16 < len(b) {
		return overlapSearched(a, b)
	}
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x, y := a[i], b[j]
		if x == y {
			n++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	return n
}

// overlapSearched is overlap for a small and a much larger set.
func overlapSearched(a, b []uint64) int {
	n := 0
	for _, x := range a {
		i, ok := slices.BinarySearch(b, x)
		if ok {
			n++
		}
		b = b[i:]
	}
	return n
}

// Passage is a run of words that two texts share: bytes [AStart,AEnd) of the one and
// [BStart,BEnd) of the other, from the first letter of its first word to the last of its
// last. Between them only case, accents, punctuation and spaces may differ.
type Passage struct {
	AStart, AEnd int
	BStart, BEnd int
}

// How many places in B a run of A is tried at: enough for prose, and a bound for a text
// that repeats itself.
const passageTries = 32

// Shared returns the passages of at least five words that two texts share, in the order
// of A; each is as long as it can be from where it starts, and together they cover every
// shingle of A that lies in B. Where two different passages of B meet in A, they may
// overlap there by up to four words. A passage that stands several times in B is given
// where it is longest.
func Shared(a, b string) []Passage {
	var ra, rb reader
	ra.read(a)
	rb.read(b)
	places := make(map[uint64][]int32, len(rb.hashes))
	for j, g := range rb.shingles() {
		if len(places[g]) < passageTries {
			places[g] = append(places[g], int32(j))
		}
	}
	var out []Passage
	grams := ra.shingles()
	for i := 0; i < len(grams); {
		at, n := 0, 0
		for _, j := range places[grams[i]] {
			if m := commonPrefix(ra.hashes[i:], rb.hashes[j:]); m > n {
				at, n = int(j), m
			}
		}
		if n < shingleWords {
			i++
			continue
		}
		out = append(out, Passage{
			AStart: int(ra.tokens[i].Start), AEnd: int(ra.tokens[i+n-1].End),
			BStart: int(rb.tokens[at].Start), BEnd: int(rb.tokens[at+n-1].End),
		})
		i += n - shingleWords + 1
	}
	return out
}

func commonPrefix(a, b []uint64) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
