package warc

import (
	"bytes"
	"fmt"
	"io"
)

const (
	lookahead = 4 << 20 // so far the end of a block is looked at when a record seems to begin within it
	holdBack  = 16      // bytes kept from the reader so that a record's beginning is seen whole
)

// block reads the block of the record given last.
type block struct {
	r      *Reader
	rec    *Record
	left   int64 // bytes not yet given
	check  *checker
	scan   bool  // look for a record beginning within
	seen   int64 // inflated offset up to which was looked
	err    error // sticky: io.EOF after the last byte, or *Damage
	named  bool  // the damage was given to somebody
	spread bool  // over several gzip members
	own    bool  // the record begins a gzip member
	short  bool  // what follows is no separator
}

func (b *block) start(r *Reader, rec *Record, own bool) {
	*b = block{r: r, rec: rec, left: rec.Size, scan: !r.arc, seen: r.s.off, own: own}
	if !r.unchecked {
		b.check = newChecker(rec)
	}
	rec.Block = &blockReader{b: b, rec: rec}
}

// blockReader is what the caller holds: it knows whether its record is still the current.
type blockReader struct {
	b   *block
	rec *Record
}

func (k *blockReader) Read(p []byte) (int, error) {
	if k.b.rec != k.rec {
		return 0, fmt.Errorf("read the block of a record that is no longer current: %w", io.ErrClosedPipe)
	}
	if len(p) == 0 {
		return 0, nil
	}
	c, err := k.b.chunk()
	if err != nil {
		return 0, err
	}
	n := copy(p, c)
	k.b.take(c[:n])
	return n, nil
}

// WriteTo spares a copy.
func (k *blockReader) WriteTo(w io.Writer) (int64, error) {
	if k.b.rec != k.rec {
		return 0, fmt.Errorf("read the block of a record that is no longer current: %w", io.ErrClosedPipe)
	}
	var total int64
	for {
		c, err := k.b.chunk()
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(c)
		total += int64(n)
		k.b.take(c[:n])
		if err != nil {
			return total, err
		}
	}
}

func (b *block) take(c []byte) {
	if b.check != nil {
		b.check.write(c)
	}
	b.left -= int64(len(c))
	b.r.s.discard(len(c))
	if b.left == 0 {
		b.seal()
	}
}

// chunk returns the next bytes, which lie in the buffer, or b.err.
func (b *block) chunk() ([]byte, error) {
	if b.err == nil && b.left == 0 {
		b.seal()
	}
	s := &b.r.s
	for b.err == nil {
		p := s.have()
		whole := int64(len(p)) >= b.left
		if b.scan && b.seen < s.off+int64(len(p)) {
			if b.look(); b.err != nil || b.left == 0 {
				break
			}
			continue
		}
		n := len(p)
		if whole {
			n = int(b.left)
		} else if b.scan && s.err == nil {
			n -= holdBack
		}
		if n > 0 {
			return p[:n], nil
		}
		if s.err == nil {
			s.fill(len(p) + 1)
		} else if !b.goesOn() {
			b.fail()
			break
		}
	}
	if b.err == nil {
		b.seal()
	}
	if b.err != io.EOF {
		b.named = true
	}
	return nil, b.err
}

// goesOn: some tools spread one record over several gzip members. It is so where the next
// member does not begin with a record.
func (b *block) goesOn() bool {
	s := &b.r.s
	if !s.zipped || s.err != io.EOF || s.open() != nil || startsRecord(s.peek(recordPeek)) {
		return false
	}
	if !b.spread {
		b.rec.problem("the record is spread over several gzip members")
	}
	b.spread = true
	return true
}

// fail: the stream ends, or breaks, within the block.
func (b *block) fail() {
	cause := b.r.s.err
	if cause == io.EOF || cause == nil { // nil: the next member is open
		what := "the file"
		if b.r.s.zipped {
			what = "the gzip member"
		}
		cause = fmt.Errorf("%s ends %d bytes before the end of the block: %w", what, b.left, ErrTruncated)
	}
	b.err = &Damage{Offset: b.rec.Offset, Cause: cause}
}

// look searches the buffered bytes of the block for the beginning of a record. If there
// is one, and the block does not end as a block ends, it is cut there.
func (b *block) look() {
	s := &b.r.s
	p := s.have()
	from := int(max(0, b.seen-s.off-holdBack))
	first := s.off == b.seen && b.left == b.rec.Size // the very beginning of the block
	end := int(min(int64(len(p)), b.left))
	b.seen = s.off + int64(len(p))
	for from < end {
		i := bytes.Index(p[from:end], []byte("WARC/"))
		if i < 0 {
			return
		}
		at := from + i
		from = at + 5
		if at == 0 && !first || at > 0 && p[at-1] != '\n' || !startsWARC(p[at:]) {
			continue
		}
		b.decide(at)
		return
	}
}

// decide: a record may begin at this byte of the buffer. The claimed end of the block
// tells.
func (b *block) decide(at int) {
	s := &b.r.s
	b.scan = false
	if b.left > lookahead {
		return
	}
	p := s.peek(int(b.left) + 4 + recordPeek)
	if int64(len(p)) >= b.left && endsRecord(p[b.left:], s.err == io.EOF) {
		return
	}
	if s.err != nil && s.err != io.EOF {
		return // a corrupt member: the block will fail at its place
	}
	cut := at
	for n := 0; n < 2 && cut > 0 && p[cut-1] == '\n'; n++ {
		cut--
		if cut > 0 && p[cut-1] == '\r' {
			cut--
		}
	}
	given := b.rec.Size - b.left
	b.rec.problem("Content-Length is %d, but the next record begins after %d bytes", b.rec.Size, given+int64(cut))
	b.rec.Size = given + int64(cut)
	b.left = int64(cut)
}

// endsRecord: these bytes after a block are what follows a record.
func endsRecord(p []byte, atEnd bool) bool {
	n := 0
	for n < len(p) && n < separators && (p[n] == '\r' || p[n] == '\n') {
		n++
	}
	if n == len(p) {
		return atEnd
	}
	return n > 0 && startsWARC(p[n:])
}

// seal is called at the end of the block: it judges what follows, and the digests.
func (b *block) seal() {
	if b.err != nil {
		return
	}
	b.err = io.EOF
	s := &b.r.s
	p := s.peek(5)
	if s.err != nil && s.err != io.EOF && len(p) < 5 {
		b.err = &Damage{Offset: b.rec.Offset, Cause: s.err}
		return
	}
	n := 0
	for n < len(p) && n < 4 && (p[n] == '\r' || p[n] == '\n') {
		n++
	}
	b.short = n == 0 && len(p) > 0
	switch {
	case b.r.arc: // one LF by the format, none or several in the wild
	case b.short:
		b.rec.problem("the record goes on after its Content-Length of %d", b.rec.Size)
	case n < 2 || n < 4 && p[0] == '\r':
		b.rec.problem("the two line ends after the block are missing")
	}
	if b.check != nil {
		b.rec.Problems = append(b.rec.Problems, b.check.problems()...)
	}
	switch {
	case !s.zipped:
		b.rec.Length = s.off + int64(n) - b.rec.Offset
	case b.own && len(p) == n && s.err == io.EOF:
		b.rec.Length = s.pos() - b.rec.Offset
	case b.own: // the first of several in a member: counted as the others are
		if !b.short {
			b.rec.problem(sharesMember)
		}
		b.rec.Length = s.off + int64(n) - s.born
	default:
		b.rec.Length = s.off + int64(n) - b.rec.Offset
	}
}

// finish skips what is left of the record. It returns damage that nobody was told of.
func (b *block) finish() *Damage {
	for b.err == nil {
		c, err := b.chunk()
		if err != nil {
			b.named = false
			break
		}
		b.take(c)
	}
	b.rec = nil
	if d, ok := b.err.(*Damage); ok {
		d = b.r.damaged(d.Offset, d.Cause)
		if b.named {
			return nil
		}
		return d
	}
	return nil
}
