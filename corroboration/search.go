package corroboration

import (
	"math"

	"svidok/evidence"
)

// finder is the scratch of a search.
type finder struct {
	probes []uint64 // shingles of the new set that are looked up among all of the earlier ones
	least  int      // hits that a match has among them
	passed []uint64 // the probes that a group may hold
	sifted []uint64 // the shingles of the new set that the rare lists of a group may hold
	bounds []uint32
	hits   [generationSets]uint32
	seen   []uint16 // sets with hits, of the generation at hand
	done   []uint16 // sets that were counted in full
	frags  []uint32
	shared []uint64
	found  []Match
}

// counted marks, in hits, a set that was counted in full.
const counted = 1 << 31

// impossible is more than any two sets can share.
const impossible = math.MaxInt

// generation is what a search needs of open and packed alike.
type generation interface {
	size(local uint16) int
	// lookUp notes a hit for every posting of a probe, in the lists of all shingles or the rare ones.
	lookUp(f *finder, probes []uint64, rare bool)
	// overlap counts what s and a set share; any number below need stands for all such.
	overlap(f *finder, s []uint64, local uint16, need int) int
}

// search returns how s matches the sets held.
func (x *Index) search(s []uint64) []Match {
	f := &x.find
	f.found = nil
	need := least(x.opt.Jaccard, float64(len(s)))
	canContain := len(s) >= x.opt.MinContained
	if canContain {
		need = min(need, least(x.opt.Containment, float64(len(s))))
	}
	f.probes = x.freq.rarest(f.probes[:0], s, lookups(len(s), need))
	f.least = need - (len(s) - len(f.probes))
	for k := range x.groups {
		f.passed = x.groups[k].all.pass(f.passed[:0], f.probes)
		f.sifted = f.sifted[:0]
		if canContain {
			f.sifted = x.groups[k].rare.pass(f.sifted, s)
		}
		for _, p := range x.cold[1<<k-1 : min(len(x.cold), 1<<(k+1)-1)] {
			x.searchIn(p, p.first, s, f.passed, f.sifted)
		}
	}
	x.hot.list(x.opt, x.freq)
	if !canContain {
		x.searchIn(&x.hot, x.hot.first, s, f.probes, nil)
	} else {
		x.searchIn(&x.hot, x.hot.first, s, f.probes, s)
	}
	return f.found
}

// searchIn finds the matches of s in one generation: in the lists of all shingles those
// that are near to s or that contain it, in the rare ones those that s contains.
func (x *Index) searchIn(g generation, first int, s, passed, sifted []uint64) {
	f := &x.find
	f.seen, f.done = f.seen[:0], f.done[:0]
	g.lookUp(f, passed, false)
	for _, local := range f.seen {
		hits := int(f.hits[local])
		f.hits[local] = 0
		if hits < f.least {
			continue
		}
		need := x.need(len(s), g.size(local))
		if hits+len(s)-len(f.probes) >= need && x.count(g, first, s, local, need) {
			f.hits[local] = counted
			f.done = append(f.done, local)
		}
	}
	f.seen = f.seen[:0]
	g.lookUp(f, sifted, true)
	rarely := min(extra, least(x.opt.Containment, float64(x.opt.MinContained)))
	for _, local := range f.seen {
		if f.hits[local] >= counted {
			continue
		}
		hits := int(f.hits[local])
		f.hits[local] = 0
		if hits < rarely {
			continue
		}
		size := g.size(local)
		need := least(x.opt.Containment, float64(size))
		if size <= len(s) && hits+size-lookups(size, need) >= need {
			x.count(g, first, s, local, need)
		}
	}
	for _, local := range f.done {
		f.hits[local] = 0
	}
}

func (f *finder) hit(local uint16) {
	if f.hits[local] == 0 {
		f.seen = append(f.seen, local)
	}
	f.hits[local]++
}

// need returns how many shingles a new set of n must share with an earlier one of m to
// be near to it or contained in it, a bound from below. (Whether it contains the earlier
// one is asked of the rare lists: for a small m the answer here would be next to nothing.)
func (x *Index) need(n, m int) int {
	need := impossible
	j := x.opt.Jaccard
	if o := least(j/(1+j), float64(n)+float64(m)); o <= min(n, m) {
		need = o
	}
	if n <= m && n >= x.opt.MinContained {
		need = min(need, least(x.opt.Containment, float64(n)))
	}
	return need
}

// count compares s with a set in full, keeps the match if they match, and reports whether
// they share as many shingles as needed.
func (x *Index) count(g generation, first int, s []uint64, local uint16, need int) bool {
	f := &x.find
	n, m := len(s), g.size(local)
	o := g.overlap(f, s, local, need)
	if o < need {
		return false
	}
	match := Match{Other: x.ids[first+int(local)]}
	small := min(n, m)
	near := float64(o) / float64(n+m-o)
	cut := float64(o) / float64(small)
	switch {
	case near >= x.opt.Jaccard:
		match.Relation, match.Similarity = evidence.Near, near
	case small >= x.opt.MinContained && cut >= x.opt.Containment:
		match.Relation, match.Similarity = evidence.Contained, cut
		if n > m {
			match.Relation = evidence.Contains
		}
	default:
		return true
	}
	f.found = append(f.found, match)
	return true
}

func (o *open) size(local uint16) int { return len(o.set(int(local))) }

func (o *open) lookUp(f *finder, probes []uint64, rare bool) {
	c := &o.all
	if rare {
		c = &o.rare
	}
	if len(c.heads) == 0 {
		return
	}
	mask := uint64(len(c.heads) - 1)
	f.bounds = f.bounds[:0]
	for _, v := range probes { // first all heads: these loads wait for nothing
		f.bounds = append(f.bounds, c.heads[v&mask])
	}
	for i, v := range probes {
		for at := f.bounds[i]; at != never; {
			l := &c.links[at]
			if l.is(v) {
				f.hit(l.local)
			}
			at = l.next
		}
	}
}

func (o *open) overlap(_ *finder, s []uint64, local uint16, _ int) int {
	return overlap(s, o.set(int(local)))
}

func (p *packed) size(local uint16) int {
	if local == 0 {
		return int(p.ends[0])
	}
	return int(p.ends[local] - p.ends[local-1])
}

func (p *packed) lookUp(f *finder, probes []uint64, rare bool) {
	r := &p.all
	if rare {
		r = &p.rare
	}
	f.bounds = f.bounds[:0]
	for _, v := range probes { // first all bounds: these loads wait for nothing
		b, _ := r.split(v)
		f.bounds = append(f.bounds, r.from[b], r.from[b+1])
	}
	for i, v := range probes {
		_, tag := r.split(v)
		for _, p := range r.postings[f.bounds[2*i]:f.bounds[2*i+1]] {
			if p&tagMask == tag {
				f.hit(p >> tagBits)
			}
		}
	}
}

// overlap counts the shingles whose fragment is in the set and whose posting is in the
// lists; the second, slower question is asked only where the first leaves a match possible.
func (p *packed) overlap(f *finder, s []uint64, local uint16, need int) int {
	f.frags = p.frags.of(f.frags[:0], local, p.size(local))
	f.shared = f.shared[:0]
	i := 0
	for _, v := range s {
		frag := uint32(v >> (shingleBits - fragBits))
		for i < len(f.frags) && f.frags[i] < frag {
			i++
		}
		if i < len(f.frags) && f.frags[i] == frag {
			f.shared = append(f.shared, v)
		}
	}
	if len(f.shared) < need {
		return 0
	}
	n := 0
	for _, v := range f.shared {
		if p.all.holds(v, local) {
			n++
		}
	}
	return n
}
