package coding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"svidok/words"
)

// Limits of one pattern, so that matching stays linear in the text and a window fits
// one machine word.
const (
	maxGap          = 30
	maxTerms        = 8
	maxPatternBytes = 20000
	maxAlternatives = 4000
	maxPhrase       = 6
)

// atomKind says how an atom compares with a folded word.
type atomKind uint8

const (
	literal  atomKind = iota // the whole word
	prefixed                 // prefix*
	suffixed                 // *suffix
	number                   // #num
)

// atom is one test of one word.
type atom struct {
	kind atomKind
	text string // folded; empty for number
}

// phrase is one alternative of a term: atoms of adjacent words, usually one.
type phrase []atom

// term is a set of alternatives.
type term []phrase

// form is a parsed pattern. A sequence has gaps[i] = words allowed before terms[i]
// (gaps[0] is unused); a window has reach = N of [terms]~N.
type form struct {
	source string
	terms  []term
	gaps   []int
	window bool
	reach  int
	first  bool // ^: the first term stands at the beginning of the sentence
	unless term // !: none of these within the match or four words around it
}

// fault is what is wrong with a pattern, and at which character of it (from 0).
type fault struct {
	at      int
	message string
}

func (f *fault) Error() string { return f.message }

// parser reads one pattern. concepts gives the alternatives of $name.
type parser struct {
	src      string
	concepts func(name string) (term, bool)
}

// field is one space-separated piece of a pattern and its byte offset.
type field struct {
	at   int
	text string
}

func fields(src string) []field {
	var out []field
	start := -1
	for i, r := range src {
		switch {
		case unicode.IsSpace(r) && start >= 0:
			out, start = append(out, field{start, src[start:i]}), -1
		case !unicode.IsSpace(r) && start < 0:
			start = i
		}
	}
	if start >= 0 {
		out = append(out, field{start, src[start:]})
	}
	return out
}

func (p *parser) fail(at int, format string, args ...any) *fault {
	return &fault{at: utf8.RuneCountInString(p.src[:min(at, len(p.src))]), message: fmt.Sprintf(format, args...)}
}

// parse reads the pattern language that the package comment specifies.
func (p *parser) parse() (form, *fault) {
	f := form{source: p.src}
	if len(p.src) > maxPatternBytes {
		return f, p.fail(0, "the pattern is longer than %d bytes; split it into several", maxPatternBytes)
	}
	parts := fields(p.src)
	if n := len(parts); n > 0 && strings.HasPrefix(parts[n-1].text, "!") {
		last := parts[n-1]
		t, err := p.term(field{last.at + 1, last.text[1:]})
		if err != nil {
			return f, err
		}
		f.unless, parts = t, parts[:n-1]
	}
	if len(parts) == 0 {
		return f, p.fail(0, "the pattern is empty; write at least one word")
	}
	if strings.HasPrefix(parts[0].text, "[") {
		return p.window(f, parts)
	}
	return p.sequence(f, parts)
}

func (p *parser) window(f form, parts []field) (form, *fault) {
	f.window = true
	last := &parts[len(parts)-1]
	cut := strings.LastIndex(last.text, "]~")
	if cut < 0 {
		return f, p.fail(last.at, "a window ends in ]~N, as in [word word]~6, with nothing after it")
	}
	n, err := strconv.Atoi(last.text[cut+2:])
	if err != nil || n < 1 || n > maxGap {
		return f, p.fail(last.at+cut+1, "after ] comes ~N with N from 1 to %d", maxGap)
	}
	f.reach = n
	last.text = last.text[:cut]
	parts[0] = field{parts[0].at + 1, parts[0].text[1:]}
	for _, part := range parts {
		if part.text == "" {
			continue
		}
		if strings.HasPrefix(part.text, "~") {
			return f, p.fail(part.at, "inside a window no ~N; the window's own ~N stands after ]")
		}
		t, err := p.term(part)
		if err != nil {
			return f, err
		}
		f.terms = append(f.terms, t)
	}
	if len(f.terms) < 2 || len(f.terms) > maxTerms {
		return f, p.fail(0, "a window holds 2 to %d terms, this one %d", maxTerms, len(f.terms))
	}
	if f.reach+1 < len(f.terms) {
		return f, p.fail(0, "%d terms cannot stand within %d words; raise ~N", len(f.terms), f.reach+1)
	}
	return f, nil
}

func (p *parser) sequence(f form, parts []field) (form, *fault) {
	if parts[0].text == "^" {
		f.first, parts = true, parts[1:]
	}
	gap, open := 0, false
	for _, part := range parts {
		if strings.HasPrefix(part.text, "~") {
			n, err := strconv.Atoi(part.text[1:])
			if err != nil || n < 0 || n > maxGap {
				return f, p.fail(part.at, "a gap is ~N with N from 0 to %d", maxGap)
			}
			if len(f.terms) == 0 || open {
				return f, p.fail(part.at, "a gap stands between two terms")
			}
			gap, open = n, true
			continue
		}
		t, err := p.term(part)
		if err != nil {
			return f, err
		}
		f.terms, f.gaps = append(f.terms, t), append(f.gaps, gap)
		gap, open = 0, false
	}
	if open {
		return f, p.fail(len(p.src), "the pattern ends in a gap; a term must follow")
	}
	if len(f.terms) == 0 || len(f.terms) > maxTerms {
		return f, p.fail(0, "a pattern holds 1 to %d terms, this one %d", maxTerms, len(f.terms))
	}
	return f, nil
}

func (p *parser) term(part field) (term, *fault) {
	var t term
	at := part.at
	for alt := range strings.SplitSeq(part.text, "|") {
		if name, ok := strings.CutPrefix(alt, "$"); ok {
			more, found := p.concepts(name)
			if !found {
				return nil, p.fail(at, "$%s is no concept of this language; add it under concepts, before its first use, or write the words here", name)
			}
			t = append(t, more...)
		} else {
			ph, err := p.phrase(field{at, alt})
			if err != nil {
				return nil, err
			}
			t = append(t, ph)
		}
		at += len(alt) + 1
		if len(t) > maxAlternatives {
			return nil, p.fail(part.at, "more than %d alternatives in one term", maxAlternatives)
		}
	}
	return t, nil
}

func (p *parser) phrase(part field) (phrase, *fault) {
	if part.text == "" {
		return nil, p.fail(part.at, "an alternative is empty; | stands between two words")
	}
	var ph phrase
	at := part.at
	for piece := range strings.SplitSeq(part.text, "_") {
		a, err := p.atom(field{at, piece})
		if err != nil {
			return nil, err
		}
		ph = append(ph, a)
		at += len(piece) + 1
	}
	if len(ph) > maxPhrase {
		return nil, p.fail(part.at, "%q joins more than %d words", part.text, maxPhrase)
	}
	return ph, nil
}

func (p *parser) atom(part field) (atom, *fault) {
	if part.text == "#num" {
		return atom{kind: number}, nil
	}
	a := atom{kind: literal}
	word := part.text
	if w, ok := strings.CutSuffix(word, "*"); ok {
		a.kind, word = prefixed, w
	} else if w, ok := strings.CutPrefix(word, "*"); ok {
		a.kind, word = suffixed, w
	}
	if word == "" {
		return a, p.fail(part.at, "a word is missing; a lone * matches everything")
	}
	if !utf8.ValidString(word) {
		return a, p.fail(part.at, "not UTF-8")
	}
	for i, r := range word {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’ʼ%", r) {
			return a, p.fail(part.at+i, "%q cannot stand in a word; words are letters, digits, an inner apostrophe or %%, then *; join words by _", string(r))
		}
	}
	if n := len(words.Tokenize(nil, word)); n != 1 {
		return a, p.fail(part.at, "%q is %d words in a text; write them apart, or joined by _", word, n)
	}
	a.text = stem(string(words.Fold(nil, word)))
	if a.text == "" {
		return a, p.fail(part.at, "%q is nothing after folding", word)
	}
	return a, nil
}

// key is a canonical spelling of t, to share equal terms.
func (t term) key() string {
	spelt := make([]string, len(t))
	for i, ph := range t {
		var b strings.Builder
		for _, a := range ph {
			b.WriteByte('0' + byte(a.kind))
			b.WriteString(a.text)
			b.WriteByte('_')
		}
		spelt[i] = b.String()
	}
	slices.Sort(spelt)
	return strings.Join(slices.Compact(spelt), "|")
}
