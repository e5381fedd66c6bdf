package corroboration

import "math/bits"

// group is 2^k packed generations, from number 2^k-1 on, before which stand two sieves: a
// shingle that neither lets through need not be looked up in any of them.
type group struct{ all, rare sieve }

// sieve is a set of hashes that may hold too many: a bit for each, by its upper bits.
type sieve struct {
	bits  int
	words []uint64
}

// How many bits a sieve has for each entry, or up to twice as many. What passes for
// nothing costs a look-up; looking into the sieve of rare lists is done far more often.
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
	b := min(shingleBits, max(6, bits.Len(uint(size))))
	return sieve{bits: b, words: make([]uint64, 1<<(b-6))}
}

func (s *sieve) enter(shingles []uint64) {
	for _, v := range shingles {
		i := v >> (shingleBits - s.bits)
		s.words[i>>6] |= 1 << (i & 63)
	}
}

// pass appends those shingles that may have been entered.
func (s *sieve) pass(dst, shingles []uint64) []uint64 {
	for _, v := range shingles {
		i := v >> (shingleBits - s.bits)
		if s.words[i>>6]>>(i&63)&1 != 0 {
			dst = append(dst, v)
		}
	}
	return dst
}
