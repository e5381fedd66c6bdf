package corroboration

import (
	"math"
	"math/bits"
	"slices"
)

// The index is cut into generations of at most generationSets sets: one open, which
// grows, and packed ones, which never change. A posting of a packed one fits in 16 bits:
// 13 for the set within the generation, 3 of the hash.
const (
	localBits                 = 14
	generationSets            = 1 << localBits
	generationShingles        = 4 << 20 // packed earlier when texts are very long
	tagBits                   = 16 - localBits
	tagMask                   = 1<<tagBits - 1
	fragBits                  = 24 // of a shingle, kept with its set
	fragBytes                 = fragBits / 8
	restMask                  = 1<<(shingleBits-fragBits) - 1
	maxBucketBits             = shingleBits - fragBits - tagBits
	postingsPerBucket         = 24
	never              uint32 = math.MaxUint32
)

// least returns a lower bound, exact but for rounding of floats, of the smallest o with
// o >= share*n. It serves filters; what is reported was compared as a quotient.
func least(share, n float64) int { return int(math.Ceil(share*n - 1e-6)) }

// extra is k of the package comment: how often a candidate must be hit at least, where
// the set has that many shingles.
const extra = 2

// lookups returns how many of n shingles to choose so that of any need of them at least
// extra are among the chosen.
func lookups(n, need int) int { return min(n, n-need+extra) }

// frequency estimates how many sets hold a shingle: saturating counters by hash, shared
// by chance with others. 4 MiB.
type frequency struct {
	count  [1 << frequencyBits]uint16
	levels []uint8 // scratch of rarest
}

const frequencyBits = 21

func (f *frequency) note(shingles []uint64) {
	for _, v := range shingles {
		if c := &f.count[v%(1<<frequencyBits)]; *c < math.MaxUint16 {
			*c++
		}
	}
}

// rarest appends k of the shingles to dst, none of which is estimated more than twice as
// frequent as one left out: rarity is told by powers of two.
func (f *frequency) rarest(dst, shingles []uint64, k int) []uint64 {
	if k >= len(shingles) {
		return append(dst, shingles...)
	}
	var at [17]int
	f.levels = f.levels[:0]
	for _, v := range shingles {
		l := bits.Len16(f.count[v%(1<<frequencyBits)])
		f.levels = append(f.levels, uint8(l))
		at[l]++
	}
	cut := 0
	for ; at[cut] < k; cut++ {
		k -= at[cut]
	}
	for i, v := range shingles {
		l := int(f.levels[i])
		if l < cut || l == cut && k > 0 {
			dst = append(dst, v)
		}
		if l == cut {
			k--
		}
	}
	return dst
}

// open is the generation that grows: whole hashes, and lists linked in order of arrival
// backwards. Lists are made when the first search needs them, so that loading is cheap.
type open struct {
	first    int      // position of its first set in the index
	shingles []uint64 // of one set after the other, ascending within each
	ends     []uint32
	listed   int // sets that are in the lists
	all      chain
	rare     chain // of each set that can be contained: lookups of its rarest shingles
	chosen   []uint64
}

// reset empties the generation and keeps its memory.
func (o *open) reset(first int) {
	o.first, o.listed = first, 0
	o.shingles, o.ends = o.shingles[:0], o.ends[:0]
	o.all.reset()
	o.rare.reset()
}

func (o *open) append(shingles []uint64) {
	o.shingles = append(o.shingles, shingles...)
	o.ends = append(o.ends, uint32(len(o.shingles)))
}

func (o *open) full(limit int) bool {
	return len(o.ends) >= limit || len(o.shingles) >= generationShingles
}

func (o *open) set(local int) []uint64 {
	from := uint32(0)
	if local > 0 {
		from = o.ends[local-1]
	}
	return o.shingles[from:o.ends[local]]
}

// list brings the lists up to date.
func (o *open) list(opt Options, f *frequency) {
	for ; o.listed < len(o.ends); o.listed++ {
		s := o.set(o.listed)
		o.all.add(s, uint16(o.listed))
		o.chosen = rareOf(o.chosen[:0], s, opt, f)
		o.rare.add(o.chosen, uint16(o.listed))
	}
}

// rareOf appends the shingles under which a set is to be found by larger sets that may contain it.
func rareOf(dst, s []uint64, opt Options, f *frequency) []uint64 {
	if len(s) < opt.MinContained {
		return dst
	}
	return f.rarest(dst, s, lookups(len(s), least(opt.Containment, float64(len(s)))))
}

// chain is a table of linked lists by hash.
type chain struct {
	heads []uint32 // newest link of a bucket, or never
	links []link
}

type link struct {
	hash  uint32 // lower bits; upper has the others
	next  uint32
	upper uint16
	local uint16
}

func (l *link) is(v uint64) bool { return l.hash == uint32(v) && l.upper == uint16(v>>32) }

func (c *chain) add(shingles []uint64, local uint16) {
	if len(c.links)+len(shingles) > len(c.heads) {
		c.grow(len(c.links) + len(shingles))
	}
	mask := uint64(len(c.heads) - 1)
	for _, v := range shingles {
		h := &c.heads[v&mask]
		c.links = append(c.links, link{hash: uint32(v), upper: uint16(v >> 32), next: *h, local: local})
		*h = uint32(len(c.links) - 1)
	}
}

func (c *chain) reset() {
	c.links = c.links[:0]
	for i := range c.heads {
		c.heads[i] = never
	}
}

func (c *chain) grow(n int) {
	c.heads = make([]uint32, 1<<max(10, bits.Len(uint(n))))
	for i := range c.heads {
		c.heads[i] = never
	}
	mask := uint64(len(c.heads) - 1)
	for i := range c.links {
		h := &c.heads[uint64(c.links[i].hash)&mask]
		c.links[i].next, *h = *h, uint32(i)
	}
}

// packed is a generation that changes no more.
type packed struct {
	first int
	ends  []uint32
	frags fragments
	all   run
	rare  run
}

// run holds postings by bucket, in each bucket by set ascending.
type run struct {
	bits     int
	from     []uint32 // start of each bucket; one more at the end
	postings []uint16
}

// split returns the bucket and the tag of a shingle: bits that its fragment does not hold.
func (r *run) split(v uint64) (bucket uint64, tag uint16) {
	rest := v & restMask >> (fragBits - tagBits - r.bits)
	return rest >> tagBits, uint16(rest & tagMask)
}

// pack returns the generation packed, and the shingles that its rare lists hold.
func (o *open) pack(opt Options, f *frequency) (*packed, []uint64) {
	p := &packed{first: o.first, ends: append([]uint32(nil), o.ends...)}
	p.frags = newFragments(o.shingles, o.ends)
	p.all = newRun(o.shingles, o.ends)
	ends := make([]uint32, len(o.ends))
	rare := make([]uint64, 0, len(o.shingles)/4)
	for i := range o.ends {
		rare = rareOf(rare, o.set(i), opt, f)
		ends[i] = uint32(len(rare))
	}
	p.rare = newRun(rare, ends)
	return p, rare
}

func newRun(shingles []uint64, ends []uint32) run {
	r := run{bits: min(maxBucketBits, bits.Len(uint(len(shingles)/postingsPerBucket)))}
	r.from = make([]uint32, 1<<r.bits+1)
	r.postings = make([]uint16, len(shingles))
	for _, v := range shingles {
		b, _ := r.split(v)
		r.from[b]++
	}
	sum := uint32(0)
	for i := range r.from {
		sum += r.from[i]
		r.from[i] = sum
	}
	// From the last set to the first, so that each bucket ends up ascending.
	for local, i := len(ends)-1, len(shingles); local >= 0; local-- {
		start := 0
		if local > 0 {
			start = int(ends[local-1])
		}
		for i > start {
			i--
			b, tag := r.split(shingles[i])
			r.from[b]--
			r.postings[r.from[b]] = uint16(local)<<tagBits | tag
		}
	}
	return r
}

// holds reports whether the set has a shingle in the bucket, and of the tag, of v.
func (r *run) holds(v uint64, local uint16) bool {
	b, tag := r.split(v)
	list := r.postings[r.from[b]:r.from[b+1]]
	want := local << tagBits
	i := 0
	if len(list) > 16 {
		// Postings of one set are in no order among themselves, but all are >= want.
		i, _ = slices.BinarySearch(list, want)
	}
	for _, p := range list[i:] {
		if p == want|tag {
			return true
		}
		if p > want|tagMask {
			return false
		}
	}
	return false
}
