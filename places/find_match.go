package places

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"svidok/words"
)

// mostNames bounds how many names one stretch of words may be a form of.
const mostNames = 6

// hit is a stretch of tokens [from,to) that may name a place.
type hit struct {
	from, to int
	names    [mostNames]int32 // the names that it is a form of
	n        int
	list     []int32  // candidates that come from adjectives and areas instead
	bearers  []holder // of the names, and list: see candidates
	foreign  string
	kind     string
	role     string
	sure     bool // stands by itself
	common   bool // an ordinary word as well
	told     bool // its area or kind is named beside it
	support  bool // a word of place stands beside it
	lone     bool // opens its sentence, with no word of place
	kinds    uint64
	rank     int8
	place    int32
	why      string
	others   []int32
}

// run is one reading of one text.
type run struct {
	f        *finder
	c        *words.Cut
	hits     []hit
	sentence int // of the token at hand
	lo, hi   int // its tokens
	key      []byte
	anchors  []anchor
	occupied bool // the text speaks of occupation
	hint     Hint

	russianAt int // the sentence that russian is about
	russian   bool
}

func upper(s string) bool {
	if s == "" {
		return false
	}
	if s[0] < 0x80 {
		return s[0] >= 'A' && s[0] <= 'Z'
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// shouted: at least two capitals and no small letter.
func shouted(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n > 1
}

// joined: token i and the next one are parts of one name, with a blank or hyphen between.
func (r *run) joined(i int) bool {
	if i+1 >= r.hi {
		return false
	}
	gap := r.c.Text[r.c.Tokens[i].End:r.c.Tokens[i+1].Start]
	if len(gap) == 0 || len(gap) > 4 {
		return false
	}
	for _, x := range gap {
		if x != '-' && !unicode.IsSpace(x) && (x < 0x2010 || x > 0x2015) {
			return false
		}
	}
	return true
}

// word gives token i as the index has it: folded, without apostrophes and possessive s,
// Latin letters as a skeleton. It stays valid until the next call.
func (r *run) word(i int) string {
	w := r.c.Folded(i)
	if isLatin(w) {
		w = strings.TrimSuffix(w, "'s")
		r.key = skeleton(r.key[:0], w)
		return string(r.key)
	}
	if strings.IndexByte(w, '\'') >= 0 {
		return strings.ReplaceAll(w, "'", "")
	}
	return w
}

func (f *finder) fits(c class, ending string) bool {
	for _, e := range f.endings[c] {
		if e == ending {
			return true
		}
	}
	return false
}

// lettersCut bounds how long an ending is.
const lettersCut = 4

func cuts(w string) int {
	if isLatin(w) {
		return 0
	}
	return min(lettersCut, len(w)/2-2)
}

// match fills h with the longest names that begin at token i.
func (r *run) match(i int, h *hit) bool {
	w := r.word(i)
	if len(w) < 2 || r.c.Tokens[i].Kind != words.Word {
		return false
	}
	h.n, h.from, h.to = 0, i, i+1
	if r.joined(i) && r.matchPairs(i, w, h) {
		return true
	}
	for k := 0; k <= cuts(w) || k == 0; k++ {
		stem := w[:len(w)-2*k]
		for x := r.f.stems[stem]; x != 0; x = r.f.refs[x].next {
			if e := r.f.refs[x]; r.f.fits(e.first, w[len(stem):]) {
				h.take(e.name)
			}
		}
	}
	return h.n > 0
}

func (h *hit) take(n int32) {
	for _, x := range h.names[:h.n] {
		if x == n {
			return
		}
	}
	if h.n < mostNames {
		h.names[h.n] = n
		h.n++
	}
}

func (r *run) matchPairs(i int, w string, h *hit) bool {
	w2 := ""
	var key [96]byte
	for k := 0; k <= cuts(w) || k == 0; k++ {
		stem := w[:len(w)-2*k]
		if !r.f.begins[stem] {
			continue
		}
		if w2 == "" {
			if w2 = r.word(i + 1); w2 == "" {
				return false
			}
		}
		for k2 := 0; k2 <= cuts(w2) || k2 == 0; k2++ {
			stem2 := w2[:len(w2)-2*k2]
			b := append(append(append(key[:0], stem...), ' '), stem2...)
			for x := r.f.stems[string(b)]; x != 0; x = r.f.refs[x].next {
				e := r.f.refs[x]
				if r.f.fits(e.first, w[len(stem):]) && r.f.fits(e.second, w2[len(stem2):]) {
					r.takeLong(i, e.name, h)
				}
			}
		}
	}
	return h.n > 0
}

// takeLong takes name n of two words or more, if the words after the second are there
// and it is not shorter than what was found.
func (r *run) takeLong(i int, n int32, h *hit) {
	e := &r.f.names[n]
	to := i + 2
	if e.words == 2 && !upper(r.c.Raw(i+1)) {
		return
	}
	for _, forms := range e.more {
		if !r.joined(to-1) || !r.oneOf(r.word(to), forms) {
			return
		}
		to++
	}
	switch {
	case to > h.to:
		h.n, h.to = 0, to
	case to < h.to:
		return
	}
	h.take(n)
}

func (r *run) oneOf(w string, forms []decl) bool {
	for _, d := range forms {
		if strings.HasPrefix(w, d.stem) && r.f.fits(d.class, w[len(d.stem):]) {
			return true
		}
	}
	return false
}

// adjective gives the areas that the word at i is an adjective of, and where it ends.
func (r *run) adjective(i int) (*area, int) {
	w := r.word(i)
	if len(w) < 10 || isLatin(w) {
		return nil, i
	}
	to := i + 1
	if strings.HasSuffix(w, "о") && r.joined(i) && strings.TrimSpace(r.gap(i, i+1)) != "" {
		w = w + " " + r.word(i+1)
		to++
	}
	for k := 1; k <= 3; k++ {
		if len(w) < 2*k+6 {
			break
		}
		stem := w[:len(w)-2*k]
		if !strings.HasSuffix(stem, "к") {
			continue
		}
		if a := r.f.adjs[stem]; a != nil && r.f.fits(adjectiveClass(stem), w[len(stem):]) {
			return a, to
		}
	}
	return nil, i
}

func adjectiveClass(stem string) class {
	if strings.HasSuffix(stem, "ьк") {
		return clsUkAdjective
	}
	return clsRuAdjective
}

// latinArea gives the areas that the Latin name at i may stand for.
func (r *run) latinArea(i int) (*area, int) {
	w := r.word(i)
	if w == "" || !isLatin(w) {
		return nil, i
	}
	if r.joined(i) {
		w2 := r.word(i + 1)
		if a := r.f.latin[w+" "+w2]; a != nil {
			return a, i + 2
		}
	}
	if a := r.f.latin[w]; a != nil {
		return a, i + 1
	}
	return nil, i
}

// says is what the lists have on token i, nothing outside the sentence.
func (r *run) says(i int) uint64 {
	if i < r.lo || i >= r.hi {
		return 0
	}
	return r.f.says(r.c.Folded(i))
}

// gap is the text between two tokens.
func (r *run) gap(i, j int) string {
	if i < 0 || j >= len(r.c.Tokens) {
		return ""
	}
	return r.c.Text[r.c.Tokens[i].End:r.c.Tokens[j].Start]
}
