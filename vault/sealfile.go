package vault

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"svidok/evidence"
)

// sealedFile is a plain file as it is read from its frames.
type sealedFile struct {
	File  // of inner
	k     *Keys
	name  string
	t     layout
	chunk atomic.Pointer[chunk]
}

// chunk is what was opened last; most reads go on where the one before ended.
type chunk struct {
	frame int
	i     int64
	p     []byte
}

func (f *sealedFile) Size() int64 { return f.t.size }

// ReadAt gives whole chunks that were checked; where one is not right, what is before it
// and ErrTampered.
func (f *sealedFile) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("read %s before its beginning: %w", f.name, evidence.ErrUsage)
	}
	if off >= f.t.size {
		return 0, io.EOF
	}
	for i := f.t.find(off); n < len(p) && i < len(f.t.frames); i++ {
		until := f.t.until(i)
		for n < len(p) && off+int64(n) < until {
			m, err := f.part(i, off+int64(n), p[n:n+int(min(int64(len(p)-n), until-off-int64(n)))])
			n += m
			if err != nil {
				return n, err
			}
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// part reads as much of p as one chunk of frame i has.
func (f *sealedFile) part(i int, off int64, p []byte) (int, error) {
	fr := &f.t.frames[i]
	if fr.bad {
		return 0, fmt.Errorf("%s, sealed, at byte %d: %w", f.name, fr.at, evidence.ErrTampered)
	}
	c, from := (off-fr.off)/frameChunk, int((off-fr.off)%frameChunk)
	if last := f.chunk.Load(); last != nil && last.frame == i && last.i == c {
		return copy(p, last.p[from:]), nil
	}
	at, n := fr.chunkAt(c)
	buf := make([]byte, n+frameOverhead)
	if err := readAt(f.File, buf, at); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) { // it was cut since it was opened
			err = tampered(err)
		}
		return 0, fmt.Errorf("read %s: %w", f.name, err)
	}
	plain, err := f.k.openChunk(buf[:0], f.name, fr, c, buf)
	if err != nil {
		return 0, err
	}
	if from > 0 || len(p) < n {
		f.chunk.Store(&chunk{i, c, plain})
	}
	return copy(p, plain[from:]), nil
}
