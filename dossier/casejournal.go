package dossier

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"svidok/evidence"
	"svidok/proof"
)

const (
	journalTag = "svidokJ1"
	frameHead  = 32
	frameTail  = 32
	sector     = 512
	maxFrame   = 1 << 30
)

// journal reads the frames since (and perhaps before) the published checkpoint.
func (l *caseLog) journal() error {
	b, err := readSome(l.fsys, "ledger/journal", 1<<31)
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	next := int64(-1)
	for at := 0; at < len(b); {
		f, size, err := parseFrame(b[at:])
		if err != nil {
			if !tornFrame(b[at:], at) {
				return fmt.Errorf("frame at byte %d: %w", at, err)
			}
			l.torn = int64(len(b) - at)
			return nil
		}
		if next >= 0 && f.first != next || next < 0 && f.first > l.published.Size {
			return fmt.Errorf("frame at byte %d begins with entry %d: %w", at, f.first, evidence.ErrTampered)
		}
		if err := l.frame(f); err != nil {
			return fmt.Errorf("frame at byte %d: %w", at, err)
		}
		next = f.first + f.count
		l.frames++
		at += size
	}
	return nil
}

// frame is one batch in the journal.
type frame struct {
	first, count        int64
	entries, checkpoint []byte
}

// parseFrame reads the frame at the beginning of b, and its size.
func parseFrame(b []byte) (frame, int, error) {
	bad := func(why string) (frame, int, error) { return frame{}, 0, fmt.Errorf("%s: %w", why, evidence.ErrFormat) }
	if len(b) < frameHead {
		return bad("its header is cut off")
	}
	if !goodHeader(b) {
		return bad("its header is not whole")
	}
	be := binary.BigEndian
	f := frame{first: int64(be.Uint64(b[8:])), count: int64(be.Uint32(b[16:]))}
	e, c := int(be.Uint32(b[20:])), int(be.Uint32(b[24:]))
	if f.first < 0 || f.count < 1 || e+c > maxFrame {
		return bad("its header says what cannot be")
	}
	body := (e + c + 7) &^ 7
	size := frameHead + body + frameTail
	if len(b) < size {
		return bad("it is cut off")
	}
	if sum := sha256.Sum256(b[:size-frameTail]); !bytes.Equal(sum[:], b[size-frameTail:size]) {
		return frame{}, 0, fmt.Errorf("its checksum differs: %w", evidence.ErrTampered)
	}
	for _, p := range b[frameHead+e+c : size-frameTail] {
		if p != '\n' {
			return bad("its padding is not of line feeds")
		}
	}
	f.entries, f.checkpoint = b[frameHead:frameHead+e], b[frameHead+e:frameHead+e+c]
	return f, size, nil
}

func goodHeader(b []byte) bool {
	if len(b) < frameHead || string(b[:8]) != journalTag {
		return false
	}
	sum := sha256.Sum256(b[:28])
	return bytes.Equal(sum[:4], b[28:32])
}

// tornFrame reports whether b, from offset at of the journal to its end, is what a crash
// within an append leaves (docs/formats/ledger.md, "A torn end").
func tornFrame(b []byte, at int) bool {
	if len(b) < frameHead {
		return true
	}
	if !goodHeader(b) {
		return zeroPiece(b[:frameHead], at)
	}
	be := binary.BigEndian
	size := frameHead + (int(be.Uint32(b[20:]))+int(be.Uint32(b[24:]))+7)&^7 + frameTail
	if len(b) < size {
		return true
	}
	return len(b) == size && zeroPiece(b, at)
}

// zeroPiece cuts b, which stands at offset at, at multiples of the sector size, and
// reports whether one of the pieces is all zero.
func zeroPiece(b []byte, at int) bool {
	for len(b) > 0 {
		n := min(sector-at%sector, len(b))
		if !slices.ContainsFunc(b[:n], func(c byte) bool { return c != 0 }) {
			return true
		}
		b, at = b[n:], at+n
	}
	return false
}

// frame takes the entries of a frame: new ones, or repeated ones that must agree.
func (l *caseLog) frame(f frame) error {
	b := f.entries
	for i := f.first; i < f.first+f.count; i++ {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			return fmt.Errorf("entry %d is cut off: %w", i, evidence.ErrFormat)
		}
		n := 2 + int(binary.BigEndian.Uint16(b))
		if i < int64(len(l.entries)) {
			if proof.Leaf(b[2:n]) != l.levels[0][i] {
				return fmt.Errorf("entry %d is not the published one: %w", i, evidence.ErrTampered)
			}
		} else if err := l.add(b[2:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	if len(b) > 0 {
		return fmt.Errorf("%d bytes after its entries: %w", len(b), evidence.ErrFormat)
	}
	c, err := proof.OpenCheckpoint(f.checkpoint, l.key)
	if err != nil {
		return err
	}
	if c.Size != f.first+f.count {
		return fmt.Errorf("its checkpoint is of %d entries: %w", c.Size, evidence.ErrTampered)
	}
	l.claims = append(l.claims, rootClaim{c.Size, c.Root, "a frame of the journal"})
	if c.Size > l.head.Size {
		l.head = c
	}
	return nil
}
