package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
)

const (
	scanMin  = 64 << 10
	maxDepth = 128
)

var (
	errEnds = fmt.Errorf("the file ends within it: %w", evidence.ErrFormat)
	errLong = fmt.Errorf("it is too large: %w", evidence.ErrLimit)
	errStop = errors.New("stop")
)

// scanner reads JSON (RFC 8259) from a stream and keeps exact positions. It holds no more
// than its buffer: what lies between mark and pos, at most max bytes of it.
type scanner struct {
	r    io.Reader
	max  int
	buf  []byte
	pos  int   // of the next byte
	base int64 // offset of buf[0]
	mark int   // bytes from here on are kept while held
	held bool
	err  error // of the input; io.EOF at its end
	over bool  // what is held would be more than max
}

func (s *scanner) at() int64 { return s.base + int64(s.pos) }

// more reads on; false: why says the reason.
func (s *scanner) more() bool {
	if s.err != nil {
		return false
	}
	keep := s.pos
	if s.held {
		keep = s.mark
	}
	if s.held && len(s.buf)-keep >= s.max {
		s.over = true
		return false
	}
	if keep > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[keep:])]
		s.base += int64(keep)
		s.pos -= keep
		s.mark -= keep
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(make([]byte, 0, max(scanMin, 2*cap(s.buf))), s.buf...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		s.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

func (s *scanner) why() error {
	switch {
	case s.over:
		s.over = false
		return errLong
	case s.err == io.EOF:
		return errEnds
	}
	return fmt.Errorf("read: %w", s.err)
}

func (s *scanner) hold() { s.mark, s.held = s.pos, true }
func (s *scanner) free() { s.held = false }

func (s *scanner) wrong(want string) error {
	return fmt.Errorf("byte %d is %q, not %s: %w", s.at(), s.buf[s.pos], want, evidence.ErrFormat)
}

// peek returns the next byte that is no white space, and stays before it.
func (s *scanner) peek() (byte, error) {
	for {
		for s.pos < len(s.buf) {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
				s.pos++
			default:
				return c, nil
			}
		}
		if !s.more() {
			return 0, s.why()
		}
	}
}

// value skips one value.
func (s *scanner) value(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("byte %d: more than %d values within another: %w", s.at(), maxDepth, evidence.ErrLimit)
	}
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch {
	case c == '{':
		return s.object(depth, func(string) error { return s.value(depth + 1) })
	case c == '[':
		return s.array(func() error { return s.value(depth + 1) })
	case c == '"':
		return s.str()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	}
	return s.wrong("the beginning of a value")
}

// object calls member for each member, before its value.
func (s *scanner) object(depth int, member func(key string) error) error {
	s.pos++ // "{"
	c, err := s.peek()
	if err == nil && c == '}' {
		s.pos++
		return nil
	}
	for err == nil {
		if c != '"' {
			return s.wrong("the name of a member")
		}
		var key string
		if key, err = s.key(); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return err
		}
		if c != ':' {
			return s.wrong(`":"`)
		}
		s.pos++
		if _, err = s.peek(); err != nil {
			return err
		}
		if err = member(key); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return err
		}
		s.pos++
		if c == '}' {
			return nil
		}
		if c != ',' {
			s.pos--
			return s.wrong(`"," or "}"`)
		}
		c, err = s.peek()
	}
	return err
}

// array calls element before each element.
func (s *scanner) array(element func() error) error {
	s.pos++ // "["
	c, err := s.peek()
	if err == nil && c == ']' {
		s.pos++
		return nil
	}
	for err == nil {
		if err = element(); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return err
		}
		s.pos++
		if c == ']' {
			return nil
		}
		if c != ',' {
			s.pos--
			return s.wrong(`"," or "]"`)
		}
		_, err = s.peek()
	}
	return err
}

// key reads the name of a member. The names that matter are given from a table, so that
// the others cost nothing.
func (s *scanner) key() (string, error) {
	was := s.held
	if !was {
		s.hold()
	}
	from := s.at()
	err := s.str()
	if err != nil {
		return "", err
	}
	k := s.buf[from-s.base+1 : s.pos-1]
	if !was {
		s.free()
	}
	return knownKey(k), nil
}

// text reads a value and returns its words: of a string or number; "" for every other.
func (s *scanner) text() (string, error) {
	s.hold()
	defer s.free()
	if err := s.value(1); err != nil {
		return "", err
	}
	return unquote(s.buf[s.mark:s.pos]), nil
}

// str: RFC 8259 section 7. A line break within means that the end was lost, and is wrong.
func (s *scanner) str() error {
	s.pos++ // the quote
	for {
		for s.pos < len(s.buf) {
			c := s.buf[s.pos]
			if c >= 0x20 && c != '"' && c != '\\' {
				s.pos++
				continue
			}
			if c == '"' {
				s.pos++
				return nil
			}
			if c < 0x20 {
				return s.wrong("allowed in a string")
			}
			if err := s.escape(); err != nil {
				return err
			}
		}
		if !s.more() {
			return s.why()
		}
	}
}

func (s *scanner) escape() error {
	for len(s.buf)-s.pos < 2 {
		if !s.more() {
			return s.why()
		}
	}
	s.pos++
	c := s.buf[s.pos]
	if strings.IndexByte(`"\/bfnrtu`, c) < 0 {
		return s.wrong("the letter of an escape")
	}
	s.pos++
	if c != 'u' {
		return nil
	}
	for len(s.buf)-s.pos < 4 {
		if !s.more() {
			return s.why()
		}
	}
	for range 4 {
		if c := s.buf[s.pos] | 0x20; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return s.wrong("a hex digit")
		}
		s.pos++
	}
	return nil
}

func (s *scanner) number() error {
	for {
		for s.pos < len(s.buf) {
			c := s.buf[s.pos]
			if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
				return nil
			}
			s.pos++
		}
		if !s.more() {
			return s.why()
		}
	}
}

func (s *scanner) literal(word string) error {
	for len(s.buf)-s.pos < len(word) {
		if !s.more() {
			return s.why()
		}
	}
	if string(s.buf[s.pos:s.pos+len(word)]) != word {
		return s.wrong(word)
	}
	s.pos += len(word)
	return nil
}

// findMessage moves to the next bytes that look like the beginning of a message as
// Telegram Desktop writes it. crossed: the list of messages of another chat may have begun
// in between.
func (s *scanner) findMessage() (crossed, ok bool) {
	const need = 128
	from := s.pos
	for {
		i := bytes.IndexByte(s.buf[s.pos:], '{')
		if i < 0 {
			s.pos = len(s.buf)
		} else {
			s.pos += i
		}
		if i >= 0 && (len(s.buf)-s.pos >= need || s.err != nil) {
			if beginsMessage(s.buf[s.pos:]) {
				return crossed || bytes.Contains(s.buf[from:s.pos], []byte(`"messages"`)), true
			}
			s.pos++
			continue
		}
		crossed = crossed || bytes.Contains(s.buf[from:s.pos], []byte(`"messages"`))
		keep := max(from, s.pos-len(`"messages"`)) // a key may lie across the border of the buffer
		s.mark, s.held = keep, true
		grew := s.more()
		from = s.mark
		s.free()
		if !grew {
			return crossed, false
		}
	}
}

// beginsMessage: {"id": N, "type":
func beginsMessage(b []byte) bool {
	for _, want := range []string{"{", `"id"`, ":", "", ",", `"type"`, ":"} {
		b = bytes.TrimLeft(b, " \t\r\n")
		if want == "" {
			rest := bytes.TrimLeft(b, "-0123456789")
			if len(rest) == len(b) {
				return false
			}
			b = rest
			continue
		}
		if !bytes.HasPrefix(b, []byte(want)) {
			return false
		}
		b = b[len(want):]
	}
	return true
}

// unquote returns what a string or number says, cut to what a claim may hold.
func unquote(b []byte) string {
	if len(b) == 0 || b[0] == '{' || b[0] == '[' || b[0] == 'n' {
		return ""
	}
	if b[0] != '"' {
		return clip(string(b))
	}
	if bytes.IndexByte(b, '\\') < 0 {
		return clip(strings.ToValidUTF8(string(b[1:len(b)-1]), "\uFFFD"))
	}
	var out string
	if json.Unmarshal(b, &out) != nil {
		return ""
	}
	return clip(out)
}

// clip cuts a claim at 512 bytes, between letters.
func clip(s string) string {
	const most = 512
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
