package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"svidok/evidence"
)

// errTooLarge is told from other failures, since who calls knows the thing's name.
var errTooLarge = fmt.Errorf("too large: %w", evidence.ErrLimit)

// spool reads r to its end: into memory up to a mebibyte, beyond that into a temporary
// file that is removed when nothing refers to it any more.
func spool(r io.Reader, hint, max int64) (data []byte, open func() (io.ReadCloser, error), size int64, err error) {
	var b bytes.Buffer
	if hint > 0 && hint <= small {
		b.Grow(int(hint) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(r, min(small, max)+1))
	if err != nil {
		return nil, nil, n, err
	}
	if n > max {
		return nil, nil, n, errTooLarge
	}
	if n <= small {
		return b.Bytes(), nil, n, nil
	}
	f, err := os.CreateTemp("", "svidok-*")
	if err != nil {
		return nil, nil, n, fmt.Errorf("spool: %w", err)
	}
	s := &spooled{f: f}
	// Where an open file may be removed, it is at once: then no crash leaves it behind.
	gone := os.Remove(f.Name()) == nil
	runtime.AddCleanup(s, func(f *os.File) {
		_ = f.Close()
		if !gone {
			_ = os.Remove(f.Name())
		}
	}, f)
	size, err = io.Copy(f, io.MultiReader(&b, io.LimitReader(r, max-n+1)))
	if err == nil && size > max {
		err = errTooLarge
	}
	if err != nil {
		return nil, nil, size, err
	}
	s.size = size
	return nil, s.open, size, nil
}

type spooled struct {
	f    *os.File
	size int64
}

func (s *spooled) open() (io.ReadCloser, error) {
	return &spooledReader{io.NewSectionReader(s.f, 0, s.size), s}, nil
}

// spooledReader keeps the file alive while it is read.
type spooledReader struct {
	*io.SectionReader
	s *spooled
}

func (r *spooledReader) Close() error {
	if r.s == nil {
		return errors.New("closed twice")
	}
	r.s = nil
	return nil
}
