package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

const (
	tapeMin   = 4 << 10
	tapeMax   = 1 << 20 // at least half of it lies behind the position: so far can a damaged member be re-read
	inputSize = 32 << 10
	bufMin    = 8 << 10
	bufMax    = 64 << 10
	ratioFree = 8 << 20
	maxTries  = 1 << 16 // a file may be made of nothing but false beginnings of gzip
)

// tape is the input, with the last bytes of it kept for going back.
type tape struct {
	r    io.Reader
	buf  []byte // the input's bytes from base on
	base int64
	pos  int64 // of the next byte to give
	err  error
}

func (t *tape) reset(r io.Reader) {
	*t = tape{r: r, buf: t.buf[:0]}
}

func (t *tape) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if t.pos == t.base+int64(len(t.buf)) {
		if t.err != nil {
			return 0, t.err
		}
		t.more()
	}
	n := copy(p, t.buf[t.pos-t.base:])
	t.pos += int64(n)
	if n == 0 {
		return 0, t.err // nil where the input gave nothing: bufio counts such reads
	}
	return n, nil
}

// more reads once from the input, after making room.
func (t *tape) more() {
	if len(t.buf) == cap(t.buf) {
		if cap(t.buf) < tapeMax {
			t.buf = append(make([]byte, 0, max(tapeMin, 2*cap(t.buf))), t.buf...)
		} else {
			half := len(t.buf) / 2
			t.buf = t.buf[:copy(t.buf, t.buf[half:])]
			t.base += int64(half)
		}
	}
	n, err := t.r.Read(t.buf[len(t.buf):cap(t.buf)])
	t.buf = t.buf[:len(t.buf)+n]
	t.err = err
}

// rewind goes to an earlier position, if it is still there.
func (t *tape) rewind(pos int64) bool {
	if pos < t.base || pos > t.pos {
		return false
	}
	t.pos = pos
	return true
}

// stream is the file without its compression, with lookahead.
type stream struct {
	tape   tape
	in     *bufio.Reader // over the tape; of this concrete type the inflater has a fast path
	zip    *gzip.Reader
	zipped bool
	ratio  int64

	buf  []byte
	r, w int
	off  int64 // inflated offset of buf[r]
	// err says why nothing comes after buf[:w]: io.EOF at the end of the file or member.
	err error

	tries  int   // gzip members looked for in vain
	member int64 // where the member begins in the file
	born   int64 // inflated offset where it begins
}

func (s *stream) reset(r io.Reader) {
	s.tape.reset(r)
	if s.in == nil {
		s.in = bufio.NewReaderSize(&s.tape, inputSize)
	} else {
		s.in.Reset(&s.tape)
	}
	s.zipped, s.r, s.w, s.off, s.err = false, 0, 0, 0, nil
	s.tries, s.member, s.born = 0, 0, 0
	if magic, _ := s.in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		s.zipped = true
		s.err = io.EOF // of no member: the first one is opened like every other
	}
}

// pos is the position in the file.
func (s *stream) pos() int64 { return s.tape.pos - int64(s.in.Buffered()) }

// have returns what is buffered.
func (s *stream) have() []byte { return s.buf[s.r:s.w] }

func (s *stream) discard(n int) {
	s.r += n
	s.off += int64(n)
}

// peek returns the next n bytes, or fewer if s.err stands before them.
func (s *stream) peek(n int) []byte {
	for s.w-s.r < n && s.err == nil {
		s.fill(n)
	}
	return s.buf[s.r:min(s.w, s.r+n)]
}

// fill reads once, after making room for at least want bytes from s.r on.
func (s *stream) fill(want int) {
	if s.r > 0 && (s.r == s.w || s.w == len(s.buf)) {
		s.w = copy(s.buf, s.buf[s.r:s.w])
		s.r = 0
	}
	if s.w == len(s.buf) {
		size := max(bufMin, 2*len(s.buf))
		if want < size {
			size = max(min(size, bufMax), want, len(s.buf)+bufMin)
		}
		if want > bufMax { // room to slide: else each record of a row of lookaheads moves it all
			size = 2 * want
		}
		bigger := make([]byte, size)
		s.w = copy(bigger, s.buf[s.r:s.w])
		s.r, s.buf = 0, bigger
	}
	var n int
	if s.zipped {
		n, s.err = s.zip.Read(s.buf[s.w:])
		s.err = s.judge(s.err, n)
	} else {
		n, s.err = s.in.Read(s.buf[s.w:])
	}
	s.w += n
}

// judge turns an error of the inflater into a cause, and bounds the expansion.
func (s *stream) judge(err error, n int) error {
	if err == nil {
		out := s.off + int64(s.w-s.r+n) - s.born
		if in := s.pos() - s.member; out > ratioFree && out > s.ratio*in {
			return fmt.Errorf("%d bytes of gzip become more than %d: %w", in, out, ErrLimit)
		}
		return nil
	}
	if err == io.EOF {
		return err
	}
	if s.tape.err != nil && s.tape.err != io.EOF && errors.Is(err, s.tape.err) {
		return s.tape.err
	}
	if err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file ends within a gzip member: %w", ErrTruncated)
	}
	return fmt.Errorf("%w: %w", ErrGzip, err)
}

// open begins the next gzip member; io.EOF if there is none.
func (s *stream) open() error {
	if _, err := s.in.Peek(1); err != nil {
		return err
	}
	s.member = s.pos()
	s.born = s.off
	var err error
	if s.zip == nil {
		if s.zip, err = gzip.NewReader(s.in); err != nil {
			s.zip = nil
		}
	} else {
		err = s.zip.Reset(s.in)
	}
	if err == io.EOF { // bytes too few for a gzip header
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		s.err = s.judge(err, 0)
		return s.err
	}
	s.zip.Multistream(false)
	s.r, s.w, s.err = 0, 0, nil
	return nil
}

// reopen looks for the next gzip member that begins with a record, from after the
// beginning of the damaged one if that is still on the tape, and opens it. io.EOF if
// there is none.
func (s *stream) reopen() error {
	if s.tape.rewind(s.member + 1) {
		s.in.Reset(&s.tape)
	}
	for {
		at, err := s.findMagic()
		if err != nil {
			return err
		}
		if s.open() == nil && startsRecord(s.peek(recordPeek)) {
			return nil
		}
		if s.tries++; s.tries > maxTries || !s.tape.rewind(at+1) {
			return fmt.Errorf("look for the next gzip member: %w", ErrLimit)
		}
		s.in.Reset(&s.tape)
	}
}

// findMagic moves to the next bytes that may begin a gzip member.
func (s *stream) findMagic() (int64, error) {
	magic := []byte{0x1f, 0x8b, 8}
	for {
		p, err := s.in.Peek(inputSize)
		if i := bytes.Index(p, magic); i >= 0 {
			_, err = s.in.Discard(i)
			return s.pos(), err
		}
		if err != nil {
			_, _ = s.in.Discard(len(p)) // cannot fail: they are buffered
			return 0, err
		}
		if _, err = s.in.Discard(len(p) - len(magic) + 1); err != nil {
			return 0, err
		}
	}
}
