package vault

import (
	"context"
	"errors"
	"sync"
)

// files keeps segments open for reading, at most maxOpenFiles that nobody reads.
type files struct {
	b    Backend
	mu   sync.Mutex
	open map[uint32]*segment
}

// segment is one open segment and how many read it.
type segment struct {
	File
	users int
	stale bool // no longer in files.open: the last user closes it
}

// get opens a segment that has at least size bytes. The caller calls put with it.
func (f *files) get(ctx context.Context, n uint32, size int64) (*segment, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.open[n]
	if s != nil && s.Size() < size {
		if err := f.drop(n); err != nil { // it has grown since it was opened
			return nil, err
		}
		s = nil
	}
	if s == nil {
		file, err := f.b.Open(ctx, folder+segmentName(n))
		if err != nil {
			return nil, err
		}
		s = &segment{File: file}
		if f.open == nil {
			f.open = make(map[uint32]*segment)
		}
		if err := f.makeRoom(); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		f.open[n] = s
	}
	s.users++
	return s, nil
}

func (f *files) put(s *segment) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.users--
	if s.stale && s.users == 0 {
		return s.Close()
	}
	return nil
}

func (f *files) makeRoom() error {
	for n, s := range f.open {
		if len(f.open) < maxOpenFiles {
			break
		}
		if s.users == 0 {
			if err := f.drop(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop forgets segment n: closed now, or by its last user.
func (f *files) drop(n uint32) error {
	s := f.open[n]
	delete(f.open, n)
	if s.stale = true; s.users == 0 {
		return s.Close()
	}
	return nil
}

func (f *files) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for n := range f.open {
		errs = append(errs, f.drop(n))
	}
	return errors.Join(errs...)
}

// forget closes segment n, so that it is opened as it is then.
func (f *files) forget(n uint32) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[n] == nil {
		return nil
	}
	return f.drop(n)
}
