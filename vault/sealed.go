package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"svidok/evidence"
)

const (
	fileMarker  = "svidok"
	fileKey     = "key"
	filePublic  = "key.pub"
	fileCatalog = "catalog.db" // and what SQLite lays beside it: encrypted by the catalog itself
	maxTables   = 1 << 19      // frames, 48 bytes each, that are kept in memory between openings
)

// Sealed returns a backend whose files lie encrypted in another one, with the keys that
// [Unlock] or [NewKeys] gave. Who has the folder but not the keys learns the names of the
// files, which are the same in every case and say how many entries and segments there
// are, the length of every write, and nothing else; they can take away and put back older
// states, which the ledger shows, and change nothing without that being seen.
//
// Its files behave as those of inner do: what a crash leaves counts as not written, and an
// altered byte is ErrTampered when it is read. It costs 56 bytes for each write and 16 for
// each 16 KiB. The file "lock" stays as it is, and must name nothing but a process; so do
// the catalog's files, which the catalog encrypts itself; the seals cannot be reached
// through it. See sealframe.go for the format.
func Sealed(inner Backend, k *Keys) Backend {
	return &sealed{inner: inner, k: k, tables: map[string]layout{}}
}

type sealed struct {
	inner Backend
	k     *Keys

	mu     sync.Mutex // guards what follows
	tables map[string]layout
	held   int // frames in tables
}

// isSeal reports whether a file is a seal: no part of the case that is sealed.
func isSeal(name string) bool { return name == fileSeal || name == fileRecovery }

// asItIs reports whether a file of a sealed case does not consist of frames.
func asItIs(name string) bool {
	return name == lockName || strings.HasPrefix(name, fileCatalog)
}

func (s *sealed) check(ctx context.Context, name string, write bool) error {
	if err := errors.Join(ctx.Err(), CheckName(name)); err != nil {
		return err
	}
	if isSeal(name) || write && asItIs(name) {
		return fmt.Errorf("%s is no file that a sealed case holds: %w", name, evidence.ErrUsage)
	}
	return nil
}

// known returns the layout that was last seen of a file.
func (s *sealed) known(name string) (layout, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tables[name]
	return t, ok
}

func (s *sealed) remember(name string, t layout) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held += len(t.frames) - len(s.tables[name].frames)
	if s.held > maxTables {
		clear(s.tables)
		s.held = len(t.frames)
	}
	s.tables[name] = t
}

func (s *sealed) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held -= len(s.tables[name].frames)
	delete(s.tables, name)
}

// layoutOf returns the layout of an open file of inner.
func (s *sealed) layoutOf(name string, f File) (layout, error) {
	t, _ := s.known(name)
	ok, err := t.still(f)
	if err != nil {
		return t, err
	}
	if !ok {
		t = layout{}
	}
	if ok && f.Size() == t.end {
		return t, nil
	}
	if t, err = s.k.read(t, name, f); err != nil {
		return t, fmt.Errorf("read %s: %w", name, err)
	}
	s.remember(name, t)
	return t, nil
}

// Append implements [Backend]. Each frame is durable before the next is written, so that
// only the last can be torn.
func (s *sealed) Append(ctx context.Context, name string, off int64, p []byte) error {
	if err := s.check(ctx, name, true); err != nil {
		return err
	}
	t, err := s.now(ctx, name)
	if err != nil {
		return err
	}
	if off < 0 || off > t.size {
		return fmt.Errorf("append to %s: the file ends at %d, before %d: %w", name, t.size, off, evidence.ErrTampered)
	}
	at := t.place(off)
	s.forget(name) // until it is done
	if len(p) == 0 && (off == t.size || at < t.end) {
		if err := s.inner.Append(ctx, name, at, nil); err != nil {
			return err
		}
		s.remember(name, t.upTo(at))
		return nil
	}
	t = t.upTo(at)
	var buf []byte
	for first := true; first || len(p) > 0; first = false {
		n := min(len(p), frameRun)
		var f frame
		buf, f = s.k.appendSealed(buf[:0], name, off, at, p[:n])
		if err := s.inner.Append(ctx, name, at, buf); err != nil {
			return err
		}
		t = t.add(f)
		at, off, p = t.end, t.size, p[n:]
	}
	s.remember(name, t)
	return nil
}

// now returns the layout of a file as it is, an empty one if there is none.
func (s *sealed) now(ctx context.Context, name string) (t layout, err error) {
	f, err := s.inner.Open(ctx, name)
	if errors.Is(err, evidence.ErrNotFound) {
		return layout{}, nil
	}
	if err != nil {
		return t, err
	}
	t, err = s.layoutOf(name, f)
	return t, errors.Join(err, f.Close())
}

// Replace implements [Backend].
func (s *sealed) Replace(ctx context.Context, name string, p []byte) error {
	if err := s.check(ctx, name, true); err != nil {
		return err
	}
	s.forget(name)
	return s.inner.Replace(ctx, name, s.k.appendRuns(nil, name, p))
}

// Rewrite implements [Rewriter], if inner does.
func (s *sealed) Rewrite(ctx context.Context, name string, write func(io.Writer) error) error {
	if err := s.check(ctx, name, true); err != nil {
		return err
	}
	inner, ok := s.inner.(Rewriter)
	if !ok {
		return fmt.Errorf("rewrite %s: no way to do so here: %w", name, evidence.ErrUsage)
	}
	s.forget(name)
	return inner.Rewrite(ctx, name, func(w io.Writer) error {
		f := frameWriter{k: s.k, name: name, w: w}
		err := write(&f)
		if err == nil && len(f.run) > 0 {
			err = f.flush()
		}
		return err
	})
}

// frameWriter seals what is written to it.
type frameWriter struct {
	k       *Keys
	name    string
	w       io.Writer
	run     []byte
	buf     []byte
	off, at int64
}

func (f *frameWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		m := min(len(p), frameRun-len(f.run))
		f.run = append(f.run, p[:m]...)
		p = p[m:]
		if len(f.run) == frameRun {
			if err := f.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (f *frameWriter) flush() error {
	f.buf, _ = f.k.appendSealed(f.buf[:0], f.name, f.off, f.at, f.run)
	f.off, f.at, f.run = f.off+int64(len(f.run)), f.at+int64(len(f.buf)), f.run[:0]
	_, err := f.w.Write(f.buf)
	return err
}

// Open implements [Backend].
func (s *sealed) Open(ctx context.Context, name string) (File, error) {
	if err := s.check(ctx, name, false); err != nil {
		return nil, err
	}
	f, err := s.inner.Open(ctx, name)
	if err != nil || asItIs(name) {
		return f, err
	}
	t, err := s.layoutOf(name, f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &sealedFile{File: f, k: s.k, name: name, t: t}, nil
}

// List implements [Backend]. It reads the headers of all frames of all files that it has
// not yet seen, and the last frame of each.
func (s *sealed) List(ctx context.Context, dir string) ([]Info, error) {
	list, err := s.inner.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	gone := make([]bool, len(list))
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	for k := range errs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list) && errs[k] == nil; i = int(next.Add(1)) - 1 {
				gone[i], errs[k] = s.measure(ctx, &list[i])
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var out []Info
	for i, f := range list {
		if !gone[i] {
			out = append(out, f)
		}
	}
	return out, nil
}

// measure sets the size of one listed file to that of the plain file. It reports whether
// the file is not to be seen.
func (s *sealed) measure(ctx context.Context, info *Info) (gone bool, err error) {
	if isSeal(info.Name) {
		return true, nil
	}
	if asItIs(info.Name) {
		return false, nil
	}
	f, err := s.inner.Open(ctx, info.Name)
	if errors.Is(err, evidence.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	t, err := s.layoutOf(info.Name, f)
	info.Size = t.size
	if err = errors.Join(err, f.Close()); err != nil {
		return false, fmt.Errorf("list %s: %w", path.Dir(info.Name), err)
	}
	return false, nil
}

// Lock implements [Backend]; who lies open in the folder, and must name a process only.
func (s *sealed) Lock(ctx context.Context, who string) (func() error, error) {
	return s.inner.Lock(ctx, who)
}
