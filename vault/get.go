package vault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"svidok/evidence"
)

const (
	maxHeader = 64 << 10 // bytes of a record's header: ours have a few hundred
	maxRatio  = 1100     // what deflate can do at most is 1032
)

// locate returns where an object lies, or why it cannot be found.
func (v *Vault) locate(h evidence.Hash) (row, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if r, ok := v.rows.find(h); ok {
		return r, nil
	}
	if v.damage != nil {
		return row{}, fmt.Errorf("object %s: %w, and it may have been where the vault is damaged: %w", h, evidence.ErrNotFound, v.damage)
	}
	return row{}, fmt.Errorf("object %s: %w", h, evidence.ErrNotFound)
}

// Get returns an object, checked against its name. ErrNotFound; ErrTampered, naming
// segment and byte; ErrLimit if it is over 64 MiB (use [Vault.Reader]).
func (v *Vault) Get(ctx context.Context, h evidence.Hash) ([]byte, error) {
	return retry(ctx, v, h, func(r row) ([]byte, error) {
		if p, ok := v.recent.get(h); ok {
			return append(make([]byte, 0, len(p)), p...), nil
		}
		if r.len == unknownLen || r.len > maxGet+maxGet/8 {
			return v.getLarge(ctx, r)
		}
		return v.getSmall(ctx, r)
	})
}

// retry calls read with the row of h; if that fails because of the bytes, once more after
// the segment was read again, in case that the index was wrong.
func retry[T any](ctx context.Context, v *Vault, h evidence.Hash, read func(row) (T, error)) (T, error) {
	var none T
	r, err := v.locate(h)
	if err != nil {
		return none, err
	}
	out, err := read(r)
	if errors.Is(err, evidence.ErrTampered) && v.rescue(ctx, r.seg) {
		if r, err = v.locate(h); err == nil {
			out, err = read(r)
		}
	}
	if err != nil {
		return none, fmt.Errorf("object %s, segment %s at byte %d: %w", h, segmentName(r.seg), r.off, err)
	}
	return out, nil
}

// inflater takes a gzip reader from the vault's pool: one is 40 KB.
func (v *Vault) inflater() *gzip.Reader {
	if z, ok := v.inflaters.Get().(*gzip.Reader); ok {
		return z
	}
	return new(gzip.Reader)
}

func tampered(err error) error { return fmt.Errorf("%w: %w", evidence.ErrTampered, err) }

// damaged says whether a failed read is the fault of the bytes: a segment that ends too
// early is, an error of the system is not.
func damaged(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, evidence.ErrNotFound) {
		return tampered(err)
	}
	return err
}

// getSmall reads a whole member, inflates it and checks what is in it.
func (v *Vault) getSmall(ctx context.Context, r row) ([]byte, error) {
	f, err := v.files.get(ctx, r.seg, int64(r.off)+int64(r.len))
	if err != nil {
		return nil, damaged(err)
	}
	member := make([]byte, r.len)
	err = readAt(f, member, int64(r.off))
	if err2 := v.files.put(f); err2 != nil {
		return nil, err2
	}
	if err != nil {
		return nil, damaged(err)
	}
	z := v.inflater()
	p, err := inflate(z, member)
	v.inflaters.Put(z)
	if errors.Is(err, errLong) {
		return v.getLarge(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	n, size, err := parseHead(p)
	if err != nil {
		return nil, err
	}
	if size > maxGet {
		return nil, overLimit(size)
	}
	if int64(len(p)-n) < size {
		return nil, tampered(io.ErrUnexpectedEOF)
	}
	block := p[n : n+int(size) : n+int(size)]
	if evidence.Sum(block) != r.hash {
		return nil, fmt.Errorf("not the bytes of that name: %w", evidence.ErrTampered)
	}
	return block, nil
}

func overLimit(size int64) error {
	return fmt.Errorf("%d bytes, at most %d are given at once: %w", size, maxGet, evidence.ErrLimit)
}

// inflate returns what is in a gzip member. How much that is, the member says itself in
// its last four bytes; deflate cannot make more of it than maxRatio allows.
func inflate(z *gzip.Reader, member []byte) ([]byte, error) {
	if len(member) < 18 { // RFC 1952: header and trailer alone
		return nil, tampered(io.ErrUnexpectedEOF)
	}
	size := int64(binary.LittleEndian.Uint32(member[len(member)-4:]))
	if size > int64(len(member))*maxRatio {
		return nil, tampered(fmt.Errorf("a member of %d bytes that claims to hold %d", len(member), size))
	}
	if size > maxGet+2*maxHeader {
		return nil, errLong
	}
	if err := z.Reset(bytes.NewReader(member)); err != nil {
		return nil, tampered(err)
	}
	z.Multistream(false)
	p := make([]byte, size)
	if _, err := io.ReadFull(z, p); err != nil {
		return nil, tampered(err)
	}
	// The check sum is judged at the end of the member.
	var one [1]byte
	n, err := z.Read(one[:])
	if n != 0 { // RFC 1952 counts modulo 4 GiB: it may hold that much more
		return nil, errLong
	}
	if err != io.EOF {
		return nil, tampered(fmt.Errorf("end of the member: %w", err))
	}
	return p, nil
}

// errLong: what a member says that it holds is not to be inflated in one piece.
var errLong = errors.New("long member")

// parseHead returns the length of a record's header and the size of its block.
func parseHead(p []byte) (n int, size int64, err error) {
	n = bytes.Index(p[:min(len(p), maxHeader)], []byte("\r\n\r\n"))
	if n < 0 {
		return 0, 0, tampered(errors.New("no end of the header"))
	}
	n += 4
	const field = "\r\nContent-Length: "
	head := string(p[:n])
	_, rest, ok := strings.Cut(head, field)
	digits, _, ok2 := strings.Cut(rest, "\r\n")
	size, err = strconv.ParseInt(digits, 10, 64)
	if !ok || !ok2 || err != nil || size < 0 {
		return 0, 0, tampered(errors.New("no Content-Length"))
	}
	return n, size, nil
}

// getLarge reads an object whose member is long, or of unknown length.
func (v *Vault) getLarge(ctx context.Context, r row) ([]byte, error) {
	s, err := v.stream(ctx, r)
	if err != nil {
		return nil, err
	}
	if s.left > maxGet {
		return nil, errors.Join(overLimit(s.left), s.Close())
	}
	p, err := io.ReadAll(s)
	return p, errors.Join(err, s.Close())
}

// Reader streams an object and says how many bytes it has. The last Read fails with
// ErrTampered if they are not the bytes of that name: what was read by then is not to be
// used.
func (v *Vault) Reader(ctx context.Context, h evidence.Hash) (io.ReadCloser, int64, error) {
	s, err := retry(ctx, v, h, func(r row) (*stream, error) { return v.stream(ctx, r) })
	if err != nil {
		return nil, 0, err
	}
	return s, s.left, nil
}

// stream reads the block of one member.
type stream struct {
	v    *Vault
	f    *segment
	z    *gzip.Reader
	r    *bufio.Reader
	left int64
	want evidence.Hash
	sum  hash.Hash
	err  error
}

func (v *Vault) stream(ctx context.Context, r row) (_ *stream, err error) {
	f, err := v.files.get(ctx, r.seg, int64(r.off)+1)
	if err != nil {
		return nil, damaged(err)
	}
	s := &stream{v: v, f: f, z: v.inflater(), want: r.hash, sum: sha256.New()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	raw := bufio.NewReaderSize(io.NewSectionReader(f, int64(r.off), max(0, f.Size()-int64(r.off))), 32<<10)
	if err := s.z.Reset(raw); err != nil {
		return nil, tampered(err)
	}
	s.z.Multistream(false)
	s.r = bufio.NewReader(s.z)
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := s.r.ReadSlice('\n')
		if err != nil || len(head)+len(line) > maxHeader {
			return nil, tampered(fmt.Errorf("no end of the header: %w", err))
		}
		head = append(head, line...)
	}
	if !bytes.Contains(head, []byte("\r\nWARC-Block-Digest: sha256:"+r.hash.String()+"\r\n")) {
		return nil, fmt.Errorf("another object's record: %w", evidence.ErrTampered)
	}
	_, s.left, err = parseHead(head)
	return s, err
}

func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	s.left -= int64(n)
	switch {
	case s.left == 0 && evidence.Hash(s.sum.Sum(nil)) == s.want:
		s.err = s.trailer()
	case s.left == 0:
		s.err = fmt.Errorf("object %s: not the bytes of that name: %w", s.want, evidence.ErrTampered)
	case err != nil:
		s.err = fmt.Errorf("object %s: %w", s.want, tampered(err))
	}
	return n, s.err
}

// trailer reads to the end of the member, where gzip's own check sum is judged.
func (s *stream) trailer() error {
	if n, err := io.Copy(io.Discard, io.LimitReader(s.r, maxHeader)); err != nil || n != 4 {
		return fmt.Errorf("object %s: end of its record: %w: %w", s.want, evidence.ErrTampered, err)
	}
	return io.EOF
}

// Close gives back what the stream holds. It may be called before the end.
func (s *stream) Close() error {
	if s.f == nil {
		return nil
	}
	f := s.f
	s.f, s.err = nil, errClosed
	s.v.inflaters.Put(s.z)
	return s.v.files.put(f)
}

var errClosed = errors.New("read of a closed object")
