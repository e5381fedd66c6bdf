package classifier

import (
	_ "embed"
	"slices"
	"strings"
)

// The frames: a line is CODE: FRAMES, each of concepts joined by +.
//
//go:embed frames.txt
var frameFile string

// frame is a set of concepts that together speak for a code.
type frame struct {
	code, name string
	key        uint32
	of         uint16
	concepts   []uint16
	set        conceptSet
}

// conceptSet is a set of concepts.
type conceptSet [4]uint64

func (s *conceptSet) add(c uint16) {
	if int(c) < 256 {
		s[c>>6] |= 1 << (c & 63)
	}
}

func (s *conceptSet) holds(o *conceptSet) bool {
	return s[0]&o[0] == o[0] && s[1]&o[1] == o[1] && s[2]&o[2] == o[2] && s[3]&o[3] == o[3]
}

// parseFrames reads frames, and returns those of a concept that is not there.
func (x *lexicon) parseFrames(file string) (unknown []string) {
	for line := range strings.Lines(file) {
		code, list, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(code, "#") {
			continue
		}
		for _, name := range strings.Fields(list) {
			f := frame{code: code, name: name, key: mix(kFrame, hash(name), hash(code)), of: ofLabel(code)}
			for c := range strings.SplitSeq(name, "+") {
				i := slices.Index(x.names, c)
				if i < 0 {
					unknown = append(unknown, code+" "+name)
					f.concepts = nil
					break
				}
				f.concepts = append(f.concepts, uint16(i))
				f.set.add(uint16(i))
			}
			if f.concepts != nil {
				x.frames = append(x.frames, f)
			}
		}
	}
	return unknown
}

const nearby = 9 // words between the concepts of a frame

// frameFeatures adds the frames whose concepts stand near each other.
func (r *Reader) frameFeatures() {
	var set conceptSet
	for _, f := range r.found {
		set.add(f.concept)
	}
	for i := range r.lex.frames {
		f := &r.lex.frames[i]
		if !set.holds(&f.set) {
			continue
		}
		from, to := r.narrow(f)
		if len(f.concepts) > 1 && to-from > nearby {
			continue
		}
		k := kFrame
		if len(f.concepts) == 1 {
			k = kLone
		}
		r.put(k, f.key, from, to, func() string { return f.code + " " + f.name })
		r.features[len(r.features)-1].Of = f.of
	}
}

// narrow returns the words of the narrowest run that holds all concepts of f, as found
// by going through the finds in order.
func (r *Reader) narrow(f *frame) (from, to int) {
	at := [8]int{-1, -1, -1, -1, -1, -1, -1, -1}
	n := min(len(f.concepts), len(at))
	from, to = 0, 1<<14
	for _, x := range r.found {
		k := slices.Index(f.concepts[:n], x.concept)
		if k < 0 {
			continue
		}
		at[k] = x.from
		if lo := slices.Min(at[:n]); lo >= 0 && x.to-lo < to-from {
			from, to = lo, x.to
		}
	}
	return from, to
}
