package pdf

import (
	"bytes"
	"math"
	"strconv"
)

// What PDF objects become: nil, bool, int, float64, string (bytes), name, array, dict,
// *stream, ref; and keyword for the operators of content.
type (
	name    string
	keyword string
	array   []any
	dict    map[name]any
	ref     struct{ num, gen int }
	stream  struct {
		dict     dict
		raw      []byte // as it lies in the file: encrypted, encoded
		num, gen int
	}
)

const end = keyword("") // no more tokens

const (
	maxNesting = 60       // arrays and dictionaries within one another
	maxString  = 16 << 20 // bytes of one string
	maxOperand = 100_000  // elements of an array in content
)

// lexer reads tokens and objects. left counts the tokens that may still be read, shared by
// all lexers of one file: at zero there are no more.
type lexer struct {
	b    []byte
	i    int
	left *int
	refs bool // "1 0 R" is a reference; not so in content
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0 || c == '\f'
}

func isDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func (l *lexer) skip() {
	for l.i < len(l.b) {
		switch c := l.b[l.i]; {
		case isSpace(c):
			l.i++
		case c == '%':
			for l.i < len(l.b) && l.b[l.i] != '\n' && l.b[l.i] != '\r' {
				l.i++
			}
		default:
			return
		}
	}
}

// token reads one token; arrays and dictionaries begin and end with keywords.
func (l *lexer) token() any {
	l.skip()
	if *l.left--; *l.left < 0 {
		l.i = len(l.b)
	}
	if l.i >= len(l.b) {
		return end
	}
	from := l.i
	defer func() { *l.left -= (l.i - from) / 32 }() // a long one costs what many short ones cost
	switch c := l.b[l.i]; {
	case c == '(':
		l.i++
		return l.literal()
	case c == '<' && l.peek(1) == '<', c == '>' && l.peek(1) == '>':
		l.i += 2
		return keyword(l.b[l.i-2 : l.i])
	case c == '<':
		l.i++
		return l.hex()
	case c == '/':
		l.i++
		return l.name()
	case isDelim(c):
		l.i++
		return keyword(l.b[l.i-1 : l.i])
	case c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9':
		return l.number()
	}
	for l.i < len(l.b) && !isSpace(l.b[l.i]) && !isDelim(l.b[l.i]) {
		l.i++
	}
	return keyword(l.b[from:l.i])
}

func (l *lexer) peek(n int) byte {
	if l.i+n < len(l.b) {
		return l.b[l.i+n]
	}
	return 0
}

func (l *lexer) number() any {
	from := l.i
	whole := true
	for l.i < len(l.b) && !isSpace(l.b[l.i]) && !isDelim(l.b[l.i]) {
		whole = whole && l.b[l.i] != '.'
		l.i++
	}
	s := string(l.b[from:min(l.i, from+40)])
	if whole {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e9 {
		if c := s[len(s)-1]; c >= 'a' && c <= 'z' {
			return keyword(s)
		}
		return 0
	}
	return f
}

func (l *lexer) name() name {
	from := l.i
	for l.i < len(l.b) && !isSpace(l.b[l.i]) && !isDelim(l.b[l.i]) {
		l.i++
	}
	raw := l.b[from:l.i]
	if bytes.IndexByte(raw, '#') < 0 {
		return name(raw)
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && unhex(raw[i+1]) < 16 && unhex(raw[i+2]) < 16 {
			out = append(out, unhex(raw[i+1])<<4|unhex(raw[i+2]))
			i += 2
			continue
		}
		out = append(out, raw[i])
	}
	return name(out)
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

func (l *lexer) hex() string {
	var out []byte
	half, have := byte(0), false
	for ; l.i < len(l.b) && l.b[l.i] != '>'; l.i++ {
		d := unhex(l.b[l.i])
		if d > 15 {
			continue
		}
		if have && len(out) < maxString {
			out = append(out, half<<4|d)
		}
		half, have = d, !have
	}
	l.i++
	if have {
		out = append(out, half<<4)
	}
	return string(out)
}

// literal reads a string in brackets, its escapes undone.
func (l *lexer) literal() string {
	var out []byte
	for depth := 1; l.i < len(l.b) && len(out) < maxString; l.i++ {
		switch c := l.b[l.i]; c {
		case '(':
			depth++
			out = append(out, c)
		case ')':
			if depth--; depth == 0 {
				l.i++
				return string(out)
			}
			out = append(out, c)
		case '\\':
			l.i++
			out = l.escape(out)
		case '\r':
			out = append(out, '\n')
			if l.peek(1) == '\n' {
				l.i++
			}
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// escape reads what stands behind a backslash, and stops at its last byte.
func (l *lexer) escape(out []byte) []byte {
	if l.i >= len(l.b) {
		return out
	}
	c := l.b[l.i]
	if c >= '0' && c <= '7' {
		n := 0
		for k := 0; k < 3 && l.i < len(l.b) && l.b[l.i] >= '0' && l.b[l.i] <= '7'; k++ {
			n = n<<3 | int(l.b[l.i]-'0')
			l.i++
		}
		l.i--
		return append(out, byte(n))
	}
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case '\n':
		return out
	case '\r':
		if l.peek(1) == '\n' {
			l.i++
		}
		return out
	}
	return append(out, c)
}

// object reads one object. What is broken is left out: nothing of it is an error here.
func (l *lexer) object(depth int) any { return l.rest(l.token(), depth) }

// rest reads what follows a first token that begins an object.
func (l *lexer) rest(first any, depth int) any {
	switch t := first.(type) {
	case int:
		if !l.refs || t < 0 {
			return t
		}
		at := l.i
		if gen, ok := l.token().(int); ok && gen >= 0 && l.token() == keyword("R") {
			return ref{t, gen}
		}
		l.i = at
		return t
	case keyword:
		switch t {
		case "[":
			return l.array(depth + 1)
		case "<<":
			return l.dict(depth + 1)
		case "true", "false":
			return t == "true"
		case "null":
			return nil
		}
	}
	return first
}

func (l *lexer) array(depth int) array {
	a := array{}
	for {
		t := l.token()
		if t == end || t == keyword("]") || depth > maxNesting || l.ends(t) {
			return a
		}
		if v := l.rest(t, depth); l.refs || len(a) < maxOperand {
			a = append(a, v)
		}
	}
}

func (l *lexer) dict(depth int) dict {
	d := dict{}
	for {
		t := l.token()
		if t == end || t == keyword(">>") || depth > maxNesting || l.ends(t) {
			return d
		}
		key, ok := t.(name)
		if !ok {
			continue
		}
		t = l.token()
		if t == keyword(">>") {
			return d
		}
		d[key] = l.rest(t, depth)
	}
}

// ends: something was not closed, and the object is over.
func (l *lexer) ends(t any) bool {
	return l.refs && (t == keyword("endobj") || t == keyword("stream") || t == keyword("endstream"))
}
