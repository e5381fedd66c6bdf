package corroboration

import "math/bits"

// fragments holds the upper fragBits of the shingles of many sets, each set ascending, in
// the code of Elias (1974) and Fano (1971): the lower bits of each as they are, then the upper
// bits as the gaps between ones. A set of 100 takes 2.4 bytes for each.
type fragments struct {
	words []uint64
	at    []uint32 // where each set begins in words
}

// lowBits returns how many bits of a fragment are stored as they are in a set of n.
func lowBits(n int) int { return max(0, fragBits-bits.Len(uint(n))) }

// newFragments keeps the fragments of the sets in shingles, which end at ends.
func newFragments(shingles []uint64, ends []uint32) fragments {
	f := fragments{at: make([]uint32, len(ends))}
	size, from := uint32(0), uint32(0)
	for i, to := range ends {
		n := int(to - from)
		f.at[i], from = size, to
		size += uint32((n*lowBits(n) + n + 1<<(fragBits-lowBits(n)) + 63) / 64)
	}
	f.words, from = make([]uint64, size), 0
	for i, to := range ends {
		encodeFragments(f.words[f.at[i]:], shingles[from:to])
		from = to
	}
	return f
}

func encodeFragments(w, shingles []uint64) {
	n, low := len(shingles), lowBits(len(shingles))
	for i, v := range shingles {
		frag := v >> (shingleBits - fragBits)
		bit := i * low
		part := frag & (1<<low - 1)
		w[bit>>6] |= part << (bit & 63)
		if bit&63+low > 64 {
			w[bit>>6+1] |= part >> (64 - bit&63)
		}
		bit = n*low + int(frag>>low) + i
		w[bit>>6] |= 1 << (bit & 63)
	}
}

// of appends the fragments of a set of n to dst.
func (f *fragments) of(dst []uint32, local uint16, n int) []uint32 {
	w := f.words[f.at[local]:]
	low := lowBits(n)
	mask := uint64(1)<<low - 1
	base := n * low
	at := base >> 6
	ones := w[at] >> (base & 63) << (base & 63)
	for i := range n {
		for ones == 0 {
			at++
			ones = w[at]
		}
		high := at<<6 + bits.TrailingZeros64(ones) - base - i
		ones &= ones - 1
		bit := i * low
		part := w[bit>>6] >> (bit & 63)
		if bit&63+low > 64 {
			part |= w[bit>>6+1] << (64 - bit&63)
		}
		dst = append(dst, uint32(high)<<low|uint32(part&mask))
	}
	return dst
}
