package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"svidok/evidence"
)

const (
	frameMagic  = "svidokJ1"
	frameHead   = 32
	frameCheck  = 28 // where the head's own check lies
	frameAlign  = 8
	sector      = 512 // what a disk writes whole or not at all, at the least
	maxFrame    = 1 << 30
	unknownSize = -1
)

// frame is one batch in the journal. See docs/formats/ledger.md.
type frame struct {
	first      int64
	count      int
	entries    []byte // as in an entry bundle
	checkpoint []byte // signed
}

// errTorn: the bytes are what a crash leaves of the last frame.
var errTorn = errors.New("torn frame")

func padding(n int) int { return -n & (frameAlign - 1) }

// appendFrame appends f to dst.
func appendFrame(dst []byte, f frame) ([]byte, error) {
	if len(f.entries)+len(f.checkpoint) > maxFrame {
		return dst, fmt.Errorf("a batch of %d bytes: %w", len(f.entries), evidence.ErrLimit)
	}
	at := len(dst)
	dst = append(dst, frameMagic...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.first))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.count))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(f.entries)))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(f.checkpoint)))
	check := sha256.Sum256(dst[at:])
	dst = append(dst, check[:4]...)
	dst = append(append(dst, f.entries...), f.checkpoint...)
	for range padding(len(f.entries) + len(f.checkpoint)) {
		dst = append(dst, '\n')
	}
	sum := sha256.Sum256(dst[at:])
	return append(dst, sum[:]...), nil
}

// parseFrame reads the frame that begins at byte at of the journal, of which p is all
// from there on, and returns its length. errTorn if it is what a crash can leave of a
// last frame, ErrTampered if it is not a frame in any other way. p is not empty.
func parseFrame(p []byte, at int64) (frame, int, error) {
	if len(p) < frameHead {
		return frame{}, 0, errTorn
	}
	head := p[:frameHead]
	check := sha256.Sum256(head[:frameCheck])
	if string(head[:8]) != frameMagic || !bytes.Equal(check[:4], head[frameCheck:]) {
		if unwritten(head, at) {
			return frame{}, 0, errTorn
		}
		return frame{}, 0, altered(at, "no frame begins here")
	}
	first := binary.BigEndian.Uint64(head[8:])
	count, e, c := binary.BigEndian.Uint32(head[16:]), binary.BigEndian.Uint32(head[20:]), binary.BigEndian.Uint32(head[24:])
	if first > math.MaxInt64/2 || count == 0 || e > maxFrame || c > maxFrame || e+c > maxFrame {
		return frame{}, 0, altered(at, "impossible numbers")
	}
	body := frameHead + int(e) + int(c)
	pad := padding(int(e) + int(c))
	length := body + pad + sha256.Size
	if len(p) < length {
		return frame{}, 0, errTorn
	}
	sum := sha256.Sum256(p[:body+pad])
	if !bytes.Equal(sum[:], p[body+pad:length]) {
		if len(p) == length && unwritten(p, at) {
			return frame{}, 0, errTorn
		}
		return frame{}, 0, altered(at, "the frame is not what its SHA-256 says")
	}
	if !bytes.Equal(p[body:body+pad], []byte("\n\n\n\n\n\n\n")[:pad]) {
		return frame{}, 0, altered(at, "wrong padding")
	}
	f := frame{first: int64(first), count: int(count), entries: p[frameHead : frameHead+int(e)], checkpoint: p[frameHead+int(e) : body]}
	if _, err := splitBundle(f.entries, f.count); err != nil {
		return frame{}, 0, altered(at, err.Error())
	}
	return f, length, nil
}

func altered(at int64, why string) error {
	return evidence.WithHint(fmt.Errorf("journal at byte %d: %s: %w", at, why, evidence.ErrTampered),
		"restore the ledger from a mirror; no crash leaves it like this")
}

// unwritten reports whether a disk can have failed to write a sector of p, which lies at
// byte at of its file: one of its pieces between multiples of 512 is all zero. A piece
// has at least 8 bytes, since frames begin and end at multiples of 8; no piece of a
// whole frame is all zero, nor is one after any single byte was changed.
func unwritten(p []byte, at int64) bool {
	for len(p) > 0 {
		n := min(len(p), sector-int(at%sector))
		if len(bytes.TrimLeft(p[:n], "\x00")) == 0 {
			return true
		}
		p, at = p[n:], at+int64(n)
	}
	return false
}

// splitBundle returns the lines of an entry bundle of exactly n entries.
func splitBundle(p []byte, n int) ([][]byte, error) {
	if n < 0 || len(p) < 2*n {
		return nil, fmt.Errorf("entry bundle: %d bytes cannot hold %d entries: %w", len(p), n, evidence.ErrFormat)
	}
	lines := make([][]byte, 0, n)
	for len(p) > 0 {
		if len(p) < 2 || len(p)-2 < int(binary.BigEndian.Uint16(p)) {
			return nil, fmt.Errorf("entry bundle: ends within entry %d: %w", len(lines), evidence.ErrFormat)
		}
		size := int(binary.BigEndian.Uint16(p))
		lines = append(lines, p[2:2+size])
		p = p[2+size:]
	}
	if len(lines) != n {
		return nil, fmt.Errorf("entry bundle: %d entries where %d belong: %w", len(lines), n, evidence.ErrFormat)
	}
	return lines, nil
}

// lines are entries in the form of a bundle, from the one with number first on.
type lines struct {
	first int64
	data  []byte
	ends  []int // of entry first+i in data
}

func (p *lines) add(line []byte) {
	p.data = binary.BigEndian.AppendUint16(p.data, uint16(len(line)))
	p.data = append(p.data, line...)
	p.ends = append(p.ends, len(p.data))
}

// mark is a point to which rollback goes back: how many entries there are.
func (p *lines) mark() int { return len(p.ends) }

func (p *lines) at(mark int) int {
	if mark == 0 {
		return 0
	}
	return p.ends[mark-1]
}

func (p *lines) rollback(mark int) {
	p.data = p.data[:p.at(mark)]
	p.ends = p.ends[:mark]
}

func (p *lines) since(mark int) []byte { return p.data[p.at(mark):] }

// bundle returns the entries with numbers from to to, as a bundle.
func (p *lines) bundle(from, to int64) []byte {
	return p.data[p.at(int(from-p.first)):p.at(int(to-p.first))]
}

// trim drops the entries before number first.
func (p *lines) trim(first int64) {
	n := int(first - p.first)
	if n <= 0 {
		return
	}
	cut := p.at(n)
	p.data = append([]byte(nil), p.data[cut:]...)
	p.ends = append([]int(nil), p.ends[n:]...)
	for i := range p.ends {
		p.ends[i] -= cut
	}
	p.first = first
}
