package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"

	"svidok/evidence"
)

// The layout of an index block: see docs/formats/vault.md.
const (
	indexMagic  = "svidokI1"
	indexHead   = 8 + 8 + 8 + 4 + tailBytes
	tailBytes   = 16
	rowBytes    = 40
	maxIndexRow = 1 << 20
)

// appendIndex appends the block of s to dst. tail is the segment's last tailBytes
// before s.to.
func appendIndex(dst []byte, s span, tail [tailBytes]byte) []byte {
	start := len(dst)
	dst = append(dst, indexMagic...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.from))
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.to))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(s.rows)))
	dst = append(dst, tail[:]...)
	for _, r := range s.rows {
		dst = append(dst, r.hash[:]...)
		dst = binary.BigEndian.AppendUint32(dst, r.off)
		dst = binary.BigEndian.AppendUint32(dst, r.len)
	}
	sum := sha256.Sum256(dst[start:])
	return append(dst, sum[:]...)
}

// parseIndexHead reads the head of a block: its span without rows, and how many they are.
func parseIndexHead(p []byte) (s span, n int, tail [tailBytes]byte, ok bool) {
	if len(p) < indexHead || string(p[:8]) != indexMagic {
		return s, 0, tail, false
	}
	from, to := binary.BigEndian.Uint64(p[8:]), binary.BigEndian.Uint64(p[16:])
	rows := binary.BigEndian.Uint32(p[24:])
	copy(tail[:], p[28:])
	const most = 1 << 62
	if from >= to || to > most || to-from < tailBytes || rows > maxIndexRow {
		return s, 0, tail, false
	}
	return span{from: int64(from), to: int64(to)}, int(rows), tail, true
}

// parseIndexRows reads the rows and the check of a block, of which head was read before.
func parseIndexRows(head, p []byte, s *span, n int) bool {
	if len(p) != n*rowBytes+sha256.Size {
		return false
	}
	sum := sha256.New()
	sum.Write(head)
	sum.Write(p[:n*rowBytes])
	if !bytes.Equal(sum.Sum(nil), p[n*rowBytes:]) {
		return false
	}
	s.rows = make([]row, n)
	next := s.from
	for i := range s.rows {
		q := p[i*rowBytes:]
		r := row{hash: evidence.Hash(q[:32]), seg: s.seg, off: binary.BigEndian.Uint32(q[32:]), len: binary.BigEndian.Uint32(q[36:])}
		// Rows are in order and none overlaps the next, or they are not what was written.
		if int64(r.off) < next || r.len != unknownLen && int64(r.off)+int64(r.len) > s.to || int64(r.off) >= s.to {
			return false
		}
		next = int64(r.off) + 1
		if r.len != unknownLen {
			next = int64(r.off) + int64(r.len)
		}
		s.rows[i] = r
	}
	return true
}

// readIndex returns the spans of a segment that its index file describes, up to byte
// limit, and where in that file the next block belongs. What is wrong with the file ends
// it, and is no error: it is derived.
func readIndex(ctx context.Context, b Backend, seg uint32, segment io.ReaderAt, limit int64) (spans []span, at int64) {
	f, err := b.Open(ctx, indexName(seg))
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	covered := int64(0)
	head := make([]byte, indexHead)
	for readAt(f, head, at) == nil {
		s, n, tail, ok := parseIndexHead(head)
		length := int64(indexHead + n*rowBytes + sha256.Size)
		if !ok || s.from != covered || s.to > limit || at+length > f.Size() {
			break
		}
		s.seg = seg
		body := make([]byte, length-indexHead)
		var found [tailBytes]byte
		if readAt(f, body, at+indexHead) != nil || !parseIndexRows(head, body, &s, n) ||
			readAt(segment, found[:], s.to-tailBytes) != nil || found != tail {
			break
		}
		spans, covered, at = append(spans, s), s.to, at+length
	}
	return spans, at
}

// wait adds a span to what its segment's index file does not have yet.
func (w *writing) wait(s span) {
	if old := w.index[s.seg]; old != nil && old.to == s.from {
		old.rows, old.to = append(old.rows, s.rows...), s.to
		return
	}
	w.index[s.seg] = &s
}

// writeIndex brings index files up to date with what is noted, where a segment is
// complete or at least stride of its bytes wait. It never fails: an index file is
// derived, and whoever misses a part of it reads the segment instead.
func (v *Vault) writeIndex(ctx context.Context, sure end, stride int64) {
	for seg, s := range v.w.index {
		part := *s
		if seg == sure.seg {
			part.to = min(part.to, sure.off)
		}
		n := sort.Search(len(s.rows), func(i int) bool { return int64(s.rows[i].off) >= part.to })
		part.rows = s.rows[:n]
		complete := seg < sure.seg
		if seg > sure.seg || n > maxIndexRow || part.to-part.from < stride && !complete {
			continue
		}
		if part.to-part.from >= tailBytes {
			length, err := v.writeBlock(ctx, part)
			if err != nil {
				continue
			}
			s.at += length
			s.from = part.to
			s.rows = append([]row(nil), s.rows[n:]...)
		}
		if complete {
			delete(v.w.index, seg)
		}
	}
}

func (v *Vault) writeBlock(ctx context.Context, s span) (int64, error) {
	f, err := v.files.get(ctx, s.seg, s.to)
	if err != nil {
		return 0, err
	}
	var tail [tailBytes]byte
	err = readAt(f, tail[:], s.to-tailBytes)
	if err = errors.Join(err, v.files.put(f)); err != nil {
		return 0, fmt.Errorf("read the end of segment %d: %w", s.seg, err)
	}
	block := appendIndex(nil, s, tail)
	return int64(len(block)), v.b.Append(ctx, indexName(s.seg), s.at, block)
}
