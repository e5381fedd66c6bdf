package corroboration

import (
	"sync"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"svidok/words"
)

// reader turns texts into sets. Its zero value is ready; it keeps its memory from text to text.
type reader struct {
	tokens []words.Token // where the words stand
	hashes []uint64      // of every folded word
	grams  []uint64
	sorted []uint64
	folded []byte
}

// read finds and hashes the words of a text.
func (r *reader) read(text string) {
	if r.tokens == nil {
		r.tokens = make([]words.Token, 0, len(text)/8+8)
		r.hashes = make([]uint64, 0, len(text)/8+8)
		r.folded = make([]byte, 0, 64)
	}
	r.tokens, r.hashes = words.Tokenize(r.tokens[:0], text), r.hashes[:0]
	kept := r.tokens[:0]
	for _, t := range r.tokens {
		r.folded = fold(r.folded[:0], text[t.Start:t.End])
		if len(r.folded) == 0 {
			continue
		}
		kept = append(kept, t)
		r.hashes = append(r.hashes, xxh3.Hash(r.folded))
	}
	r.tokens = kept
}

// plainForms holds what words.Fold makes of single characters: ASCII letters and digits,
// and the Cyrillic letters U+0400 to U+047F. Zero: not one of these, or not one for one.
type plainForms struct {
	ascii    [utf8.RuneSelf]byte
	cyrillic [128][2]byte
}

// plain is computed once and never changed.
var plain = sync.OnceValue(newPlainForms)

func newPlainForms() *plainForms {
	p := new(plainForms)
	for c := range byte(utf8.RuneSelf) {
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (c < '0' || c > '9') {
			continue
		}
		if f := words.Fold(nil, string(rune(c))); len(f) == 1 {
			p.ascii[c] = f[0]
		}
	}
	for i := range rune(len(p.cyrillic)) {
		tokens := words.Tokenize(nil, string(0x400+i))
		if f := words.Fold(nil, string(0x400+i)); len(f) == 2 && len(tokens) == 1 {
			p.cyrillic[i] = [2]byte(f)
		}
	}
	return p
}

// fold is words.Fold for one token. Most tokens are written in one alphabet without
// apostrophes or accents, and are folded letter by letter; the rest is left to words.Fold.
func fold(dst []byte, token string) []byte {
	start, forms := len(dst), plain()
	latin, cyrillic := false, false
	for i := 0; i < len(token); i++ {
		b := token[i]
		if b < utf8.RuneSelf {
			f := forms.ascii[b]
			latin = latin || f > '9'
			if f == 0 {
				return words.Fold(dst[:start], token)
			}
			dst = append(dst, f)
			continue
		}
		if b&0xFE != 0xD0 || i+1 == len(token) {
			return words.Fold(dst[:start], token)
		}
		i++
		f := forms.cyrillic[(b&1)<<6|token[i]&0x3F]
		if f[0] == 0 || token[i]&0xC0 != 0x80 {
			return words.Fold(dst[:start], token)
		}
		cyrillic = true
		dst = append(dst, f[0], f[1])
	}
	if latin && cyrillic { // look-alikes may have been mixed in
		return words.Fold(dst[:start], token)
	}
	return dst
}
