package corroboration

import "math/bits"

// group is 2^k packed generations, from number 2^k-1 on, before which stand two sieves: a
// shingle that neither lets through need not be looked up in any of them.
type group struct{ all, rare sieve }

// sieve is a set of hashes that may hold too many: a bit for each.
type sieve struct {
	size  uint64
	words []uint64
}

// How many bits a sieve has for each entry. What passes for nothing costs a look-up;
// rare lists are asked for far more shingles.
const (
	spreadAll  = 3
	spreadRare = 10
)

// sift enters the newest packed generation.
func (x *Index) sift(all, rare []uint64) {
	k := bits.Len(uint(len(x.cold))) - 1
	if k == len(x.groups) {
		x.groups = append(x.groups, group{newSieve(spreadAll * len(all) << k), newSieve(spreadRare * len(rare) << k)})
	}
	x.groups[k].all.enter(all)
	x.groups[k].rare.enter(rare)
}

func newSieve(size int) sieve {
	n := size/64 + 1
	return sieve{size: uint64(n) * 64, words: make([]uint64, n)}
}

// bit returns the place of a shingle, in proportion to its hash.
func (s *sieve) bit(v uint64) uint64 {
	i, _ := bits.Mul64(v<<(64-shingleBits), s.size)
	return i
}

func (s *sieve) enter(shingles []uint64) {
	for _, v := range shingles {
		i := s.bit(v)
		s.words[i>>6] |= 1 << (i & 63)
	}
}

// pass appends those shingles that may have been entered.
func (s *sieve) pass(dst, shingles []uint64) []uint64 {
	for _, v := range shingles {
		i := s.bit(v)
		if s.words[i>>6]>>(i&63)&1 != 0 {
			dst = append(dst, v)
		}
	}
	return dst
}
