package words

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// The dictionaries are made by cmd/svidok-lemmas from the hunspell dictionaries of
// Ukrainian and Russian; NOTICE says whose they are and on what terms.
//
//go:embed lemmas/uk.lemmas
var ukLemmas []byte

//go:embed lemmas/ru.lemmas
var ruLemmas []byte

// Dictionary knows the forms of the words of one language. It is immutable and safe for
// concurrent use. All its words are folded (see Fold): й and ї stay, ё is е.
//
// The file is flate over: the line "svidok lemmas 1 LANGUAGE\n"; the number of
// paradigms, and of each the number of its endings and the endings, the lemma's own
// first, each with its length; the number of stems, and of each, in order of bytes: how
// many bytes it shares with the one before, the length and bytes of the rest, the number
// of its paradigms and their numbers. All numbers are unsigned varints. A word is a form
// of a lemma if it is one of its stems followed by an ending of that stem's paradigm.
type Dictionary struct {
	language  string
	arena     string   // all stems
	stemEnds  []uint32 // by stem: where it ends in arena
	paraEnds  []uint32 // by stem: where its paradigms end in paras
	paras     []uint16
	slots     []uint32 // hash table: stem+1
	endings   []string
	nodes     map[uint32]uint32 // trie of endings, from the end: node<<8|byte -> node
	endOf     []int32           // by node: ending, or -1
	paradigms [][]uint16        // by paradigm: its endings, ascending
	lemmaEnd  []uint16          // by paradigm: the lemma's ending
}

// Lemma is the form under which a dictionary lists a word.
type Lemma struct {
	ID           uint32 // unlike for any other lemma of the dictionary, and stable for one file of it
	stem, ending string
}

// String returns the lemma.
func (l Lemma) String() string { return l.stem + l.ending }

// Lemmas returns the dictionary of uk or ru, or nil for any other language. The first
// call decodes it (some ten milliseconds, some ten megabytes).
func Lemmas(language string) *Dictionary {
	switch language {
	case "uk":
		return ukrainian()
	case "ru":
		return russian()
	}
	return nil
}

var ukrainian = sync.OnceValue(func() *Dictionary { return embedded(ukLemmas) })

var russian = sync.OnceValue(func() *Dictionary { return embedded(ruLemmas) })

// embedded decodes what the program carries. A file that a test has read is not broken
// later; if it were, a dictionary without words is what remains.
func embedded(b []byte) *Dictionary {
	d, err := ParseDictionary(b)
	if err != nil {
		return &Dictionary{slots: make([]uint32, 1), endOf: []int32{-1}}
	}
	return d
}

// ErrDictionary is about a file that is no dictionary of word forms.
var ErrDictionary = errors.New("not a dictionary of word forms")

// ParseDictionary reads a file that cmd/svidok-lemmas wrote.
func ParseDictionary(file []byte) (*Dictionary, error) {
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(file)), 64<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDictionary, err)
	}
	line, rest, ok := strings.Cut(string(raw), "\n")
	language, known := strings.CutPrefix(line, "svidok lemmas 1 ")
	if !ok || !known {
		return nil, ErrDictionary
	}
	d := &Dictionary{language: language, nodes: map[uint32]uint32{}, endOf: []int32{-1}}
	r := varints{rest: rest}
	d.readParadigms(&r)
	d.readStems(&r)
	if r.bad || r.rest != "" {
		return nil, ErrDictionary
	}
	return d, nil
}

// varints reads numbers and strings; bad stays set once something was not there.
type varints struct {
	rest string
	bad  bool
}

func (r *varints) number(limit int) int {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen32; i++ {
		b := r.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			if n > uint64(limit) {
				break
			}
			return int(n)
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

func (r *varints) text(n int) string {
	if n > len(r.rest) {
		r.bad, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (d *Dictionary) readParadigms(r *varints) {
	ids := map[string]uint16{}
	for range r.number(1 << 16) {
		var list []uint16
		for range r.number(1 << 12) {
			e := r.text(r.number(64))
			id, ok := ids[e]
			if !ok {
				id = uint16(len(d.endings))
				ids[e] = id
				d.endings = append(d.endings, e)
				d.grow(e, id)
			}
			list = append(list, id)
		}
		if len(list) == 0 || len(d.endings) >= 1<<16 {
			r.bad, r.rest = true, ""
			return
		}
		d.lemmaEnd = append(d.lemmaEnd, list[0])
		d.paradigms = append(d.paradigms, sortedEndings(list))
	}
}

// sortedEndings is an insertion sort: the lists are short and nearly in order.
func sortedEndings(list []uint16) []uint16 {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// grow adds an ending to the trie, last byte first.
func (d *Dictionary) grow(e string, id uint16) {
	n := uint32(0)
	for i := len(e) - 1; i >= 0; i-- {
		key := n<<8 | uint32(e[i])
		next, ok := d.nodes[key]
		if !ok {
			next = uint32(len(d.endOf))
			d.nodes[key] = next
			d.endOf = append(d.endOf, -1)
		}
		n = next
	}
	d.endOf[n] = int32(id)
}

func (d *Dictionary) readStems(r *varints) {
	count := r.number(4 << 20)
	if count > len(r.rest) || len(d.paradigms) == 0 {
		r.bad = true
		return
	}
	arena := make([]byte, 0, 16*count)
	d.stemEnds, d.paraEnds = make([]uint32, 0, count), make([]uint32, 0, count)
	size := 4
	for size < 2*count {
		size *= 2
	}
	d.slots = make([]uint32, size)
	before := 0
	for i := 0; i < count && !r.bad; i++ {
		shared := r.number(len(arena) - before)
		at := len(arena)
		arena = append(arena, arena[before:before+shared]...)
		arena = append(arena, r.text(r.number(256))...)
		before = at
		d.stemEnds = append(d.stemEnds, uint32(len(arena)))
		for range r.number(64) {
			d.paras = append(d.paras, uint16(r.number(len(d.paradigms)-1)))
		}
		d.paraEnds = append(d.paraEnds, uint32(len(d.paras)))
		d.settle(hashAll(arena[at:]), uint32(i))
	}
	d.arena = string(arena)
}

// FNV-1a, so that the hashes of all beginnings of a word come in one pass.
const (
	hashSeed  = 14695981039346656037
	hashPrime = 1099511628211
)

func hashAll(p []byte) uint64 {
	h := uint64(hashSeed)
	for _, b := range p {
		h = (h ^ uint64(b)) * hashPrime
	}
	return h
}

func (d *Dictionary) slot(h uint64) int { return int((h ^ h>>29) & uint64(len(d.slots)-1)) }

func (d *Dictionary) settle(h uint64, stem uint32) {
	i := d.slot(h)
	for d.slots[i] != 0 {
		i = (i + 1) & (len(d.slots) - 1)
	}
	d.slots[i] = stem + 1
}

func (d *Dictionary) stem(i uint32) string {
	if i == 0 {
		return d.arena[:d.stemEnds[0]]
	}
	return d.arena[d.stemEnds[i-1]:d.stemEnds[i]]
}

func (d *Dictionary) find(h uint64, s string) (uint32, bool) {
	for i := d.slot(h); d.slots[i] != 0; i = (i + 1) & (len(d.slots) - 1) {
		if n := d.slots[i] - 1; d.stem(n) == s {
			return n, true
		}
	}
	return 0, false
}

const longestForm = 96 // bytes; longer words are in no dictionary

// Lemmas appends the lemmas that the folded word may be a form of: none if the
// dictionary lacks it, several if it is ambiguous, those with the longest ending last.
func (d *Dictionary) Lemmas(dst []Lemma, word string) []Lemma {
	if len(word) > longestForm || len(d.slots) == 0 {
		return dst
	}
	var hashes [longestForm + 1]uint64
	h := uint64(hashSeed)
	hashes[0] = h
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * hashPrime
		hashes[i+1] = h
	}
	for n, i := uint32(0), len(word); ; {
		if e := d.endOf[n]; e >= 0 {
			if s, ok := d.find(hashes[i], word[:i]); ok {
				dst = d.forms(dst, s, uint16(e))
			}
		}
		if i == 0 {
			return dst
		}
		i--
		next, ok := d.nodes[n<<8|uint32(word[i])]
		if !ok {
			return dst
		}
		n = next
	}
}

// Has reports whether the folded word is a form of any lemma.
func (d *Dictionary) Has(word string) bool {
	var buf [4]Lemma
	return len(d.Lemmas(buf[:0], word)) > 0
}

func (d *Dictionary) forms(dst []Lemma, stem uint32, ending uint16) []Lemma {
	lo := uint32(0)
	if stem > 0 {
		lo = d.paraEnds[stem-1]
	}
	for k := lo; k < d.paraEnds[stem]; k++ {
		p := d.paras[k]
		for _, e := range d.paradigms[p] {
			if e == ending {
				dst = append(dst, Lemma{ID: k, stem: d.stem(stem), ending: d.endings[d.lemmaEnd[p]]})
				break
			}
			if e > ending {
				break
			}
		}
	}
	return dst
}

// Size returns how many lemmas and different endings the dictionary holds.
func (d *Dictionary) Size() (lemmas, endings int) { return len(d.paras), len(d.endings) }
