package classifier

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// The concepts: a line is NAME: WORDS, a line that begins with a blank goes on with the
// words of the concept above. A word that ends in * stands for all words that begin so,
// words joined by _ stand next to each other, # begins a comment.
//
//go:embed concepts.txt
var conceptFile string

// found is a concept at the words [from,to] of a sentence.
type found struct {
	concept  uint16
	from, to int
}

// entry is what begins with one word of the lexicon.
type entry struct {
	concept uint16
	rest    []string // the words after the first, each with its * if it has one
}

// lexicon finds concepts: a table of the hashes of all whole words and beginnings.
type lexicon struct {
	names  []string
	whole  map[uint64][]entry
	begin  map[uint64][]entry
	most   int // bytes of the longest beginning
	number uint16
	frames []frame
}

var concepts = sync.OnceValue(func() *lexicon {
	x := parseConcepts(conceptFile)
	x.parseFrames(frameFile) // a test names those that are not understood
	return x
})

func parseConcepts(file string) *lexicon {
	x := &lexicon{whole: map[uint64][]entry{}, begin: map[uint64][]entry{}}
	for line := range strings.Lines(file) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), "#")
		list := line
		if line != "" && line[0] != ' ' {
			name, rest, ok := strings.Cut(line, ":")
			if !ok {
				continue
			}
			x.names, list = append(x.names, name), rest
		}
		if len(x.names) == 0 {
			continue
		}
		for _, w := range strings.Fields(list) {
			x.add(uint16(len(x.names)-1), strings.Split(w, "_"))
		}
	}
	x.number = uint16(len(x.names))
	x.names = append(x.names, "number")
	return x
}

func (x *lexicon) add(concept uint16, seq []string) {
	e := entry{concept, seq[1:]}
	if stem, ok := strings.CutSuffix(seq[0], "*"); ok {
		x.begin[hash(stem)] = append(x.begin[hash(stem)], e)
		x.most = max(x.most, len(stem))
		return
	}
	x.whole[hash(seq[0])] = append(x.whole[hash(seq[0])], e)
}

// find appends the concepts that begin at word i.
func (x *lexicon) find(dst []found, ws []string, i int) []found {
	w := ws[i]
	h := uint64(14695981039346656037)
	for k := 0; k < len(w) && k < x.most; k++ {
		h = (h ^ uint64(w[k])) * 1099511628211
		if k+1 < len(w) && w[k+1]&0xC0 == 0x80 || k == 0 {
			continue
		}
		for _, e := range x.begin[h^h>>31] {
			dst = e.follow(dst, ws, i)
		}
	}
	for _, e := range x.whole[hash(w)] {
		dst = e.follow(dst, ws, i)
	}
	return dst
}

func (e *entry) follow(dst []found, ws []string, i int) []found {
	if i+len(e.rest) >= len(ws) {
		return dst
	}
	for k, want := range e.rest {
		got := ws[i+1+k]
		if stem, ok := strings.CutSuffix(want, "*"); ok && !strings.HasPrefix(got, stem) || !ok && got != want {
			return dst
		}
	}
	return append(dst, found{e.concept, i, i + len(e.rest)})
}

// conceptsOf finds the concepts of s: where in r.found, which in r.here.
func (r *Reader) conceptsOf(s *Sentence) {
	r.found, r.here = r.found[:0], r.here[:0]
	for i := range s.Words {
		n := len(r.found)
		if s.Number[i] {
			r.found = append(r.found, found{r.lex.number, i, i})
		}
		r.found = r.lex.find(r.found, s.Words, i)
		r.found = once(r.found, n)
	}
	for _, f := range r.found {
		if len(r.here) < 64 && !slices.Contains(r.here, f.concept) {
			r.here = append(r.here, f.concept)
		}
	}
}

// once leaves one of several finds of a concept at the same word, the longest.
func once(all []found, from int) []found {
	kept := all[:from]
	for _, f := range all[from:] {
		i := slices.IndexFunc(kept[from:], func(o found) bool { return o.concept == f.concept })
		if i < 0 {
			kept = append(kept, f)
		} else if kept[from+i].to < f.to {
			kept[from+i] = f
		}
	}
	return kept
}
