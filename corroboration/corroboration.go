// Package corroboration says which reports share their text, so that copies never
// corroborate each other.
//
// # What is measured
//
// A text is the sequence of its folded words (package words: words, numbers and
// percentages; letter case, ё and accents do not count). Its shingles are the SET of its word
// 5-grams; a text of n words has at most n-4 of them, one of fewer than five words has
// none. For two texts with shingle sets A and B:
//
//   - identical: the same sequence of words;
//   - near: not identical, and |A∩B| / |A∪B| >= Options.Jaccard (.7);
//   - contained, contains: neither of these, the smaller set S has at least
//     Options.MinContained (10) shingles, and |A∩B| / |S| >= Options.Containment (.8):
//     a cut copy, or a text that was taken up whole by a longer one.
//
// Texts of one to four words have no shingles: they match only when identical. Texts of
// fewer than Options.MinWords (3) words, such as "Air alert", match nothing: that two
// channels both wrote them says nothing about copying.
//
// The join is exact: every pair that these definitions name is found, and no other, in
// whatever order the texts arrive. Nothing is sampled. Shared boilerplate (a footer, a
// line that asks to subscribe) counts like every other word: two different posts of 20
// words under the same footer of 200 words ARE near by definition. Remove boilerplate
// before, where it is known, or show the person [Shared] passages: the number is a
// measurement, the judgment is theirs.
//
// # Representatives
//
// Texts with the same words collapse: the earliest stands for all, and a [Match] names
// only such representatives. A text identical to an earlier one has exactly one match,
// its representative; what is near to the representative is near to it, too. So the
// same text ten thousand times costs ten thousand matches, not fifty million. (Pairs of
// merely near texts are all reported: a thousand variants of one post are half a million pairs.)
//
// # How the join stays exact, incremental and fast
//
// Let A be new and B earlier, and suppose a relation demands |A∩B| >= r. Then A has at
// most |A|-r shingles outside B, so EVERY choice of |A|-r+k shingles of A holds at least
// k that lie in B (pigeonhole). Hence, if all shingles of B are indexed, A may look up
// any |A|-r+k of its own and take whatever was hit k times. No order of shingles need be
// shared by the two: A picks those that are rare at this moment. Both near (r >= .7|A|,
// since |A∪B| >= |A|) and A contained in B (r = .8|A|) are found this way.
//
// B contained in a larger, later A is the mirror image: B leaves any |B|-r+k of its
// shingles, r = .8|B|, in a second, smaller index, and A looks up all of its own there.
// B picks the rarest when it is indexed, and picks anew when its generation is packed.
//
// Because either choice is free, the estimate of rarity (a table of saturating counters)
// decides only the cost, never the result: a footer that appears at any time is soon
// counted as common, and its lists, however long, are not walked. This is what prefix
// filters with one global order of hashes lose: there a third of all sets would carry
// the footer's smallest hash in their prefix. Candidates that survive (hits plus shingles
// not looked up >= r, lengths compatible) are counted in full, shingle by shingle.
//
// # Hashes
//
// A word is hashed by XXH3-64, a shingle is a polynomial of its five word hashes, mixed and cut
// to 48 bits. Two different shingles are taken for one with probability 2^-48. A packed
// set keeps 24 bits of each, and its place in the index proves three of the tag and those
// of the bucket, 16 where sets have 100 shingles: 43 bits together. A counted pair of
// such texts is therefore off by one shingle with probability below 10^4 * 2^-43 <
// 1.2e-9, and only a pair within one shingle of a bound could change sides. Texts count as
// identical by 64 bits: among a million different ones below 3e-8 that any two do. The
// hashes are not keyed: somebody who constructs colliding words can make a text of his
// look like another one, which a person sees at once, but cannot hide a copy of it.
//
// Translated copies are out of reach: they share no words.
package corroboration

import (
	"fmt"
	"slices"

	"svidok/evidence"
)

// Method names this measurement in records.
const Method = "corroboration/1 word-5-gram"

// Options are the bounds of the relations. The zero value means the defaults.
type Options struct {
	Jaccard      float64 // near from here on; in (0,1]; 0 means .7
	Containment  float64 // contained from here on; in (0,1]; 0 means .8
	MinContained int     // fewest shingles of a cut copy; 0 means 10
	MinWords     int     // texts with fewer words match nothing; 0 means 3
}

func (o Options) filled() Options {
	if !(o.Jaccard > 0 && o.Jaccard <= 1) {
		o.Jaccard = 0.7
	}
	if !(o.Containment > 0 && o.Containment <= 1) {
		o.Containment = 0.8
	}
	if o.MinContained <= 0 {
		o.MinContained = 10
	}
	if o.MinWords <= 0 {
		o.MinWords = 3
	}
	return o
}

// Match says how a text is like an earlier one.
type Match struct {
	Other    uint32            // the earlier text: the first of those with these words
	Relation evidence.Relation // of the later text to Other
	// Similarity is 1 for identical, the Jaccard index for near, and for contained and
	// contains the share of the smaller set that lies in the larger.
	Similarity float64
}

// Index holds the shingles of all texts added so far. It is not safe for concurrent
// use; [Sketch], the heavy part of adding, is.
//
// It takes about 7 bytes per shingle (measured: 346 MB for 500,000 posts of 104 words) and
// grows with distinct texts only.
type Index struct {
	opt    Options
	same   firsts
	ids    []uint32 // id of every set, in order of arrival
	freq   *frequency
	cold   []*packed
	groups []group
	hot    open
	limit  int // sets in a generation
	find   finder
	read   reader // scratch of Add
	set    set    // scratch of AddSketch and Load
}

// NewIndex returns an empty index.
func NewIndex(opt Options) *Index {
	return &Index{opt: opt.filled(), freq: new(frequency), limit: generationSets}
}

// Len returns how many distinct texts with shingles are held.
func (x *Index) Len() int { return len(x.ids) }

// Add takes in a text and returns how it matches the earlier ones, sorted by Other. The
// id is the caller's name for it; ids should be distinct.
func (x *Index) Add(id uint32, text string) []Match {
	x.read.read(text)
	s := x.read.set()
	return x.add(id, &s)
}

// AddSketch is Add for a text whose [Sketch] was made before, perhaps on another core.
// It fails with evidence.ErrFormat, adding nothing, if the bytes are not a sketch.
func (x *Index) AddSketch(id uint32, sketch []byte) ([]Match, error) {
	if err := x.set.decode(sketch); err != nil {
		return nil, fmt.Errorf("add the sketch of text %d: %w", id, err)
	}
	return x.add(id, &x.set), nil
}

// Load is AddSketch for a text whose matches are known already: it only takes it in.
func (x *Index) Load(id uint32, sketch []byte) error {
	if err := x.set.decode(sketch); err != nil {
		return fmt.Errorf("load the sketch of text %d: %w", id, err)
	}
	if x.set.words < x.opt.MinWords {
		return nil
	}
	if _, known := x.same.find(x.set.sequence); !known {
		x.insert(id, &x.set)
	}
	return nil
}

func (x *Index) add(id uint32, s *set) []Match {
	if s.words < x.opt.MinWords {
		return nil
	}
	if first, ok := x.same.find(s.sequence); ok {
		return []Match{{Other: first, Relation: evidence.Identical, Similarity: 1}}
	}
	var found []Match
	if len(s.shingles) > 0 {
		found = x.search(s.shingles)
	}
	x.insert(id, s)
	slices.SortFunc(found, func(a, b Match) int { return int(int64(a.Other) - int64(b.Other)) })
	return found
}

func (x *Index) insert(id uint32, s *set) {
	x.same.add(s.sequence, id)
	if len(s.shingles) == 0 {
		return
	}
	x.ids = append(x.ids, id)
	x.freq.note(s.shingles)
	x.hot.append(s.shingles)
	if x.hot.full(x.limit) {
		p, rare := x.hot.pack(x.opt, x.freq)
		x.cold = append(x.cold, p)
		x.sift(x.hot.shingles, rare)
		x.hot.reset(len(x.ids))
	}
}
