package corroboration

// Pair says that two texts belong together.
type Pair struct{ A, B uint32 }

// Families gathers texts 0 … n-1 that pairs link, directly or through others. It returns
// for each text the root of its family: the smallest number in it, which is the earliest
// text where texts are numbered in order of arrival. A text without pairs is its own
// root. Pairs that name a number >= n are passed over.
//
// A text that took up two unrelated posts whole, such as a digest, links them: what is
// counted once per family is then counted too low rather than too high.
func Families(n int, pairs []Pair) []uint32 {
	root := make([]uint32, n)
	for i := range root {
		root[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, p := range pairs {
		if int64(p.A) >= int64(n) || int64(p.B) >= int64(n) {
			continue
		}
		a, b := find(p.A), find(p.B)
		root[max(a, b)] = min(a, b)
	}
	for i := range root {
		root[i] = root[root[i]] // parents are smaller and already final
	}
	return root
}
