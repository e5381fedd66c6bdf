package unpacking

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"

	"svidok/evidence"
)

// maxLetter bounds one message of a mailbox, which is held in memory.
const maxLetter = 64 << 20

// Letter is one message of a mailbox.
type Letter struct {
	Index    int   // from 1
	At       int64 // byte of its "From " line
	Data     []byte
	Problems []string
}

var (
	postmark = regexp.MustCompile(`^From (- |[^ ]* +)?.*([0-9]{1,2}:[0-9]{2}.*[0-9]{4}|[0-9]{4}.*[0-9]{1,2}:[0-9]{2})`)
	header   = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)
	quoted   = regexp.MustCompile(`(?m)^>(>*From )`)
)

// isPostmark: a line between two messages: "From ", who and when; Thunderbird writes
// nothing behind "From " or "From -".
func isPostmark(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	rest := string(bytes.TrimRight(line[5:], "\r\n"))
	return strings.Trim(rest, " -") == "" || len(line) < 512 && postmark.Match(line)
}

// IsMailbox reports whether a file with this beginning is a mailbox.
func IsMailbox(head []byte) bool {
	line, rest, _ := bytes.Cut(head, []byte("\n"))
	return isPostmark(line) && (header.Match(rest) || bytes.HasPrefix(rest, []byte(">From ")))
}

// IsMessage reports whether a file with this beginning is a message as mail programs
// save it: header lines from the first on, among them two that every message has.
func IsMessage(head []byte) bool {
	known := 0
	for n := 0; n < 200; n++ {
		line, rest, more := bytes.Cut(head, []byte("\n"))
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 || !more {
			break
		}
		if line[0] != ' ' && line[0] != '\t' || n == 0 {
			if !header.Match(line) {
				return false
			}
			name, _, _ := strings.Cut(strings.ToLower(string(line)), ":")
			switch strings.TrimSpace(name) {
			case "from", "date", "message-id", "received", "mime-version", "return-path", "to", "subject", "delivered-to":
				known++
			}
		}
		head = rest
	}
	return known >= 3
}

// Mailbox gives the messages of a mailbox. Where lines were changed so that they do not
// look like the line between two messages (">From "), they are given as they were, and
// that is said. A Content-Length is believed where a message ends as it says.
func Mailbox(r io.Reader, lim Limits) iter.Seq2[Letter, error] {
	lim = lim.withDefaults()
	return func(yield func(Letter, error) bool) {
		m := &mailbox{in: bufio.NewReaderSize(r, 64<<10), believe: true}
		for n := 1; ; n++ {
			l, err := m.next()
			if err == io.EOF {
				return
			}
			l.Index = n
			if err == nil && n > lim.Count {
				err = fmt.Errorf("a mailbox of more than %d messages: the rest is not taken: %w", lim.Count, evidence.ErrLimit)
			}
			if !yield(l, err) || m.err != nil && m.err != io.EOF || n > lim.Count {
				return
			}
		}
	}
}

type mailbox struct {
	in      *bufio.Reader
	back    []byte // read already; from off on to be read again
	off     int
	pos     int64
	err     error // of the input
	begun   bool
	believe bool // no Content-Length was wrong yet
}

// line returns the next line with its end, or what is left; nil at the end. A line of
// more than maxLetter is cut there.
func (m *mailbox) line() []byte {
	if m.off < len(m.back) {
		line := m.back[m.off:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		m.off += len(line)
		m.pos += int64(len(line))
		return line
	}
	var line []byte
	for m.err == nil && len(line) < maxLetter {
		part, err := m.in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			break
		}
		if err != bufio.ErrBufferFull {
			m.err = err
		}
	}
	m.pos += int64(len(line))
	return line
}

// unread makes the bytes read last come again.
func (m *mailbox) unread(b []byte) {
	m.pos -= int64(len(b))
	if m.off >= len(b) && bytes.Equal(m.back[m.off-len(b):m.off], b) {
		m.off -= len(b)
		return
	}
	m.back = append(bytes.Clone(b), m.back[m.off:]...)
	m.off = 0
}

// headerNext: what comes looks like the header of a message.
func (m *mailbox) headerNext() bool {
	p := m.back[m.off:]
	if len(p) == 0 {
		p, _ = m.in.Peek(256) // fewer at the end
	}
	p = p[:min(len(p), 256)]
	return header.Match(p) || bytes.HasPrefix(p, []byte(">From "))
}

// next reads one message. io.EOF: there is none.
func (m *mailbox) next() (Letter, error) {
	l := Letter{At: m.pos}
	first := m.line()
	switch {
	case len(first) == 0 && (m.err == nil || m.err == io.EOF):
		return l, io.EOF
	case len(first) == 0:
		return l, fmt.Errorf("read a mailbox: %w", m.err)
	case !m.begun && !isPostmark(first):
		m.err = io.EOF
		m.back, m.off = nil, 0
		return l, fmt.Errorf("a mailbox that does not begin with \"From \": %w", evidence.ErrFormat)
	}
	m.begun = true
	b := &letter{length: -1}
	over := false
	for {
		line := m.line()
		if len(line) == 0 {
			break
		}
		if b.blank && isPostmark(line) && m.headerNext() {
			if !m.within(b, len(line)) {
				m.unread(line)
				break
			}
			b.splits = append(b.splits, len(b.data))
		}
		if over = over || len(b.data)+len(line) > maxLetter; over {
			b.blank = len(bytes.TrimRight(line, "\r\n")) == 0
			b.length = -1
			continue
		}
		b.add(line)
	}
	m.settle(b, &l)
	switch {
	case m.err != nil && m.err != io.EOF:
		return l, fmt.Errorf("read a mailbox: %w", m.err)
	case over:
		return l, fmt.Errorf("a message of more than %d bytes: %w", maxLetter, evidence.ErrLimit)
	case len(bytes.TrimSpace(b.data)) == 0:
		return l, fmt.Errorf("a message without content: %w", evidence.ErrFormat)
	}
	l.Data = b.restore(&l)
	return l, nil
}

// letter is a message while it is read.
type letter struct {
	data   []byte
	body   int   // where the body begins; 0: not yet
	length int64 // Content-Length, or -1
	blank  bool  // the line before is empty
	splits []int // lines within that look like the line between two messages
	exact  bool  // the length was right
}

func (b *letter) add(line []byte) {
	b.data = append(b.data, line...)
	b.blank = len(bytes.TrimRight(line, "\r\n")) == 0
	if b.body > 0 {
		return
	}
	if b.blank {
		b.body = len(b.data)
		return
	}
	if name, value, ok := strings.Cut(string(line[:min(len(line), 64)]), ":"); ok && strings.EqualFold(name, "Content-Length") {
		if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n >= 0 && n <= maxLetter {
			b.length = n
		}
	}
}

// within: by its Content-Length, the message goes on behind this postmark.
func (m *mailbox) within(b *letter, n int) bool {
	if !m.believe || b.length < 0 || b.body == 0 {
		return false
	}
	return int64(len(b.data)-b.body+n) <= b.length
}

// settle judges the Content-Length at the end of a message. If it was wrong, the message
// ends at the first postmark after all.
func (m *mailbox) settle(b *letter, l *Letter) {
	if b.length < 0 || b.body == 0 || !m.believe {
		return
	}
	rest := int64(len(b.data)-b.body) - b.length
	if rest >= 0 && rest <= 4 && len(bytes.TrimSpace(b.data[int64(b.body)+b.length:])) == 0 {
		b.exact = true
		b.data = b.data[:int64(b.body)+b.length]
		return
	}
	m.believe = false
	l.Problems = append(l.Problems, "its Content-Length is wrong, and is not followed from here on")
	if len(b.splits) > 0 {
		m.unread(b.data[b.splits[0]:])
		b.data = b.data[:b.splits[0]]
	}
}

// restore undoes what a mailbox does to a message.
func (b *letter) restore(l *Letter) []byte {
	data := b.data
	if !b.exact { // the empty line before the next message
		if cut, ok := bytes.CutSuffix(data, []byte("\r\n\r\n")); ok {
			data = data[:len(cut)+2]
		} else if cut, ok := bytes.CutSuffix(data, []byte("\n\n")); ok {
			data = data[:len(cut)+1]
		}
	}
	if b.exact && len(b.splits) > 0 {
		return data // a mailbox that counts bytes, and changes no lines
	}
	if n := len(quoted.FindAllIndex(data, -1)); n > 0 {
		l.Problems = append(l.Problems, fmt.Sprintf("%d lines begin with \">From\": one \">\" was taken from each, as mailboxes put it there", n))
		data = quoted.ReplaceAll(data, []byte("$1"))
	}
	return data
}
