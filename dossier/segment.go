package dossier

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"svidok/evidence"
)

const (
	readAhead  = 256 << 10
	smallBlock = 1 << 20 // larger records are streamed, unless they must be held whole
	maxHead    = 64 << 10
)

// head is the header of a record as Svidok writes it. The slices are good until the next
// record is read.
type head struct {
	kind, id, date, uri, digest, after, mediaType []byte
	length                                        int64
}

// record is one record of a segment.
type record struct {
	head
	hash     evidence.Hash // of the block
	block    []byte        // the block; nil if it was streamed
	from, to int64         // bytes of the gzip member
}

// segment reads the records of one WARC file strictly as Svidok writes them: a plain gzip
// header (no name, no comment, no time), one member per record, the header fields in their
// one order, the block's digest. Anything else is ErrFormat or ErrTampered: what a tolerant
// reader would skip could hide something.
type segment struct {
	src  *counter
	in   *bufio.Reader
	zip  gzip.Reader
	sum  hash.Hash
	buf  []byte
	hold int64 // blocks of conversion and metadata records up to this size are held whole
	rec  record
	hex  [64]byte
}

// counter counts what was read, and shows the bytes to also.
type counter struct {
	r    io.Reader
	n    int64
	also io.Writer
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.also != nil {
		c.also.Write(p[:n])
	}
	return n, err
}

func newSegment(hold int64) *segment { return sizedSegment(hold, readAhead) }

// sizedSegment reads ahead so many bytes: no more than there are is worth a buffer.
func sizedSegment(hold int64, ahead int) *segment {
	s := &segment{src: &counter{}, sum: sha256.New(), buf: make([]byte, 0, 16<<10), hold: hold}
	s.in = bufio.NewReaderSize(s.src, ahead)
	return s
}

// reset starts at a place of a file; also, if not nil, is shown all raw bytes.
func (s *segment) reset(r io.Reader, at int64, also io.Writer) {
	s.src.r, s.src.n, s.src.also = r, at, also
	s.in.Reset(s.src)
}

func (s *segment) at() int64 { return s.src.n - int64(s.in.Buffered()) }

// next reads one record; io.EOF at the end. The record is good until the next call.
func (s *segment) next() (*record, error) {
	from := s.at()
	fixed, err := s.in.Peek(10)
	if len(fixed) == 0 && err == io.EOF {
		return nil, io.EOF
	}
	if len(fixed) < 10 {
		return nil, fmt.Errorf("byte %d: a gzip member is cut off: %w", from, evidence.ErrFormat)
	}
	if !bytes.Equal(fixed[:8], []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0}) || fixed[9] != 255 {
		return nil, fmt.Errorf("byte %d: not a plain gzip member: %w", from, evidence.ErrFormat)
	}
	if err := s.zip.Reset(s.in); err != nil {
		return nil, fmt.Errorf("byte %d: %w: %w", from, evidence.ErrFormat, err)
	}
	s.zip.Multistream(false)
	s.rec = record{from: from}
	if err := s.inflate(); err != nil {
		return nil, fmt.Errorf("record at byte %d: %w", from, err)
	}
	s.rec.to = s.at()
	return &s.rec, nil
}

// inflate reads the member, whole where it is small or must be held.
func (s *segment) inflate() error {
	whole, err := s.fillTo(smallBlock)
	if err != nil {
		return err
	}
	rest, err := s.rec.parse(s.buf)
	if err != nil {
		return err
	}
	start := len(s.buf) - len(rest)
	held := string(s.rec.kind) == "metadata" || string(s.rec.kind) == "conversion"
	if !whole && held && s.rec.length <= s.hold {
		if whole, err = s.fillTo(start + int(s.rec.length) + 5); err != nil {
			return err
		}
		if rest, err = s.rec.parse(s.buf); err != nil { // buf may have moved
			return err
		}
	}
	if !whole {
		return s.stream(rest)
	}
	if int64(len(rest)) != s.rec.length+4 || string(rest[s.rec.length:]) != "\r\n\r\n" {
		return fmt.Errorf("the block is not of %d bytes: %w", s.rec.length, evidence.ErrFormat)
	}
	s.rec.block = rest[:s.rec.length:s.rec.length]
	s.rec.hash = evidence.Sum(s.rec.block)
	return s.digest()
}

// fillTo reads into buf until the member ends (true) or buf has n bytes (false).
func (s *segment) fillTo(n int) (bool, error) {
	if n <= smallBlock {
		s.buf = s.buf[:0]
	}
	for len(s.buf) < n {
		if len(s.buf) == cap(s.buf) {
			s.buf = append(s.buf, 0)[:len(s.buf)]
		}
		k, err := s.zip.Read(s.buf[len(s.buf):min(cap(s.buf), n)])
		s.buf = s.buf[:len(s.buf)+k]
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("inflate: %w: %w", evidence.ErrTampered, err)
		}
	}
	return false, nil
}

// stream hashes a block that is not held.
func (s *segment) stream(rest []byte) error {
	s.sum.Reset()
	left := s.rec.length - int64(len(rest))
	if left < 0 {
		return fmt.Errorf("the block is longer than %d bytes: %w", s.rec.length, evidence.ErrFormat)
	}
	s.sum.Write(rest)
	if n, err := io.CopyBuffer(s.sum, onlyReader{io.LimitReader(&s.zip, left)}, make([]byte, readAhead)); err != nil || n != left {
		return fmt.Errorf("inflate: the block ends early: %w: %w", evidence.ErrTampered, err)
	}
	var end [5]byte
	if n, err := io.ReadFull(&s.zip, end[:]); n != 4 || err != io.ErrUnexpectedEOF || string(end[:4]) != "\r\n\r\n" {
		return fmt.Errorf("the record does not end after its block: %w", evidence.ErrFormat)
	}
	s.sum.Sum(s.rec.hash[:0])
	return s.digest()
}

func (s *segment) digest() error {
	hex.Encode(s.hex[:], s.rec.hash[:])
	if d := s.rec.digest; len(d) != 71 || string(d[:7]) != "sha256:" || string(d[7:]) != string(s.hex[:]) {
		return fmt.Errorf("the block does not match its digest: %w", evidence.ErrTampered)
	}
	return nil
}

// parse reads the header of a record and returns what follows it.
func (h *head) parse(b []byte) (rest []byte, err error) {
	*h = head{}
	b, ok := bytes.CutPrefix(b, []byte("WARC/1.1\r\n"))
	if !ok {
		return nil, fmt.Errorf("no WARC/1.1 record: %w", evidence.ErrFormat)
	}
	var length []byte
	for _, f := range []struct {
		name     string
		value    *[]byte
		optional bool
	}{{"WARC-Type", &h.kind, false}, {"WARC-Record-ID", &h.id, false}, {"WARC-Date", &h.date, false}, {"WARC-Target-URI", &h.uri, false},
		{"WARC-Block-Digest", &h.digest, false}, {"Svidok-After", &h.after, true}, {"Content-Type", &h.mediaType, true}, {"Content-Length", &length, false}} {
		if len(b) <= len(f.name)+2 || string(b[:len(f.name)]) != f.name || b[len(f.name)] != ':' || b[len(f.name)+1] != ' ' {
			if f.optional {
				continue
			}
			return nil, fmt.Errorf("the field %s is not where it belongs: %w", f.name, evidence.ErrFormat)
		}
		b = b[len(f.name)+2:]
		end := bytes.IndexByte(b[:min(len(b), maxHead)], '\n')
		if end < 2 || b[end-1] != '\r' {
			return nil, fmt.Errorf("the field %s does not end: %w", f.name, evidence.ErrFormat)
		}
		*f.value, b = b[:end-1], b[end+1:]
	}
	if len(b) < 2 || b[0] != '\r' || b[1] != '\n' {
		return nil, fmt.Errorf("a field that does not belong here: %w", evidence.ErrFormat)
	}
	h.length, err = strconv.ParseInt(string(length), 10, 64)
	if err != nil || h.length < 0 || strconv.FormatInt(h.length, 10) != string(length) {
		return nil, fmt.Errorf("content length %q: %w", clip(string(length)), evidence.ErrFormat)
	}
	return b[2:], nil
}
