// Package vaulttest holds what a backend of package vault must do ([Suite]), and a
// backend that is meaner than any disk ([Fake]): it crashes at any byte, keeps nothing
// but what it acknowledged, tears what it was just writing in every way that a disk
// can, fills up, fails in the middle of a write or a read, and gives io.EOF with the
// last bytes where it may.
package vaulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"svidok/evidence"
	"svidok/vault"
)

// ErrCrashed is what every act gives after the crash, until Restart.
var ErrCrashed = errors.New("the machine is down")

const sector = 512

// Fake is a backend in memory.
type Fake struct {
	mu      sync.Mutex
	files   map[string][]byte
	space   int64 // bytes that are left; below 0: no limit
	steps   int64 // taken so far
	crashAt int64 // 0: never
	crashed bool
	flight  flight // what was under way when it crashed
	failing *failure
	reads   map[string]int64 // a read of this byte of this file fails
	turn    chan struct{}
	waiting chan struct{}
	holder  string
}

// flight is an act that was not acknowledged.
type flight struct {
	name    string
	append  bool
	cut     bool // what was beyond off is gone
	off     int
	p       []byte
	written int
}

type failure struct {
	after int
	err   error
}

var (
	_ vault.Backend  = (*Fake)(nil)
	_ vault.Rewriter = (*Fake)(nil)
)

// New returns an empty Fake without a limit.
func New() *Fake {
	return &Fake{files: map[string][]byte{}, space: -1, reads: map[string]int64{},
		turn: make(chan struct{}, 1), waiting: make(chan struct{}, 1)}
}

// Steps returns how many steps have been taken: one at the begin of each act that
// writes, one for each byte, one before it is acknowledged. A crash can come at each.
func (f *Fake) Steps() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.steps
}

// CrashAt makes the machine go down when that many steps have been taken in all.
func (f *Fake) CrashAt(step int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.crashAt = step
}

// Crashed reports whether it has.
func (f *Fake) Crashed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.crashed
}

// Tear is what becomes of the act that the crash interrupted. What was acknowledged is
// there in every case.
type Tear int

// The tears.
const (
	Lost    Tear = iota // nothing of it is there
	Prefix              // as many bytes as were written
	Holes               // the file has its full length, some sectors were never written and are zero
	Garbage             // as many bytes as were written, then old contents of the disk (only file systems without any order do so)
	Whole               // all of it is there, but nobody was told
)

// Tears returns those that a file system with ordered metadata can do: all but Garbage.
func Tears() []Tear { return []Tear{Lost, Prefix, Holes, Whole} }

func (t Tear) String() string {
	return [...]string{"lost", "prefix", "holes", "garbage", "whole"}[t]
}

// Restart returns the disk as it is found after the crash. seed chooses the holes and
// the garbage.
func (f *Fake) Restart(t Tear, seed uint64) *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := New()
	for name, p := range f.files {
		n.files[name] = slices.Clone(p)
	}
	a := f.flight
	if !f.crashed || a.name == "" || t == Lost && !a.cut {
		return n
	}
	random := rand.New(rand.NewPCG(seed, 1))
	if !a.append {
		if t == Whole || t == Holes && random.IntN(2) == 0 {
			n.files[a.name] = slices.Clone(a.p)
		}
		return n
	}
	if !a.cut {
		return n
	}
	old := n.files[a.name]
	old = old[:min(len(old), a.off)]
	switch t {
	case Prefix:
		old = append(old, a.p[:a.written]...)
	case Whole:
		old = append(old, a.p...)
	case Garbage:
		old = append(old, a.p[:a.written]...)
		for range random.IntN(len(a.p) - a.written + 1) {
			old = append(old, byte(random.Uint32()))
		}
	case Holes:
		old = append(old, holes(a.off, a.p, random)...)
	}
	n.files[a.name] = old
	return n
}

// holes returns p as it lies at byte off of a file, with some of the file's sectors zero.
func holes(off int, p []byte, random *rand.Rand) []byte {
	out := make([]byte, len(p))
	for i := 0; i < len(p); {
		n := min(len(p)-i, sector-(off+i)%sector)
		if random.IntN(2) == 0 {
			copy(out[i:i+n], p[i:i+n])
		}
		i += n
	}
	return out
}

// SetSpace leaves room for n more bytes; below 0 there is no limit.
func (f *Fake) SetSpace(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.space = n
}

// FailNextAppend makes the next Append fail with err after that many bytes, which stay.
func (f *Fake) FailNextAppend(after int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failing = &failure{after, err}
}

// FailRead makes every read of that byte of that file fail with io.ErrNoProgress, after
// the bytes before it; below 0 reads succeed again.
func (f *Fake) FailRead(name string, off int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if delete(f.reads, name); off >= 0 {
		f.reads[name] = off
	}
}

// Bytes returns a copy of a file, nil if there is none.
func (f *Fake) Bytes(name string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.files[name])
}

// Put makes p the file, as a hand at the disk would; nil removes it.
func (f *Fake) Put(name string, p []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p == nil {
		delete(f.files, name)
		return
	}
	f.files[name] = slices.Clone(p)
}

// Clone returns a Fake of its own with the same files.
func (f *Fake) Clone() *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := New()
	for name, p := range f.files {
		n.files[name] = slices.Clone(p)
	}
	return n
}

// step takes n steps, and returns how many of them came before the crash.
func (f *Fake) step(n int) (int, error) {
	if f.crashed {
		return 0, ErrCrashed
	}
	if f.crashAt > 0 && f.steps+int64(n) >= f.crashAt {
		done := int(f.crashAt - f.steps)
		f.steps, f.crashed = f.crashAt, true
		return max(0, min(done, n)), ErrCrashed
	}
	f.steps += int64(n)
	return n, nil
}

// Append implements [vault.Backend].
func (f *Fake) Append(ctx context.Context, name string, off int64, p []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := errors.Join(ctx.Err(), vault.CheckName(name)); err != nil {
		return err
	}
	a := flight{name: name, append: true, off: int(off), p: slices.Clone(p)}
	old, ok := f.files[name]
	if _, err := f.step(1); err != nil {
		f.flight = a
		return err
	}
	if int64(len(old)) < off {
		return fmt.Errorf("append to %s: it ends at %d, before %d: %w", name, len(old), off, evidence.ErrTampered)
	}
	if f.space >= 0 && int64(len(old)) > off {
		f.space += int64(len(old)) - off
	}
	if !ok || int64(len(old)) > off {
		f.files[name] = slices.Clone(old[:off])
	}
	a.cut = true
	room, failed := len(p), error(nil)
	if f.space >= 0 && int64(room) > f.space {
		room, failed = int(f.space), evidence.ErrFull
	}
	if f.failing != nil {
		room, failed = min(room, f.failing.after), f.failing.err
		f.failing = nil
	}
	n, err := f.step(room)
	if err == nil && failed == nil {
		_, err = f.step(1)
	}
	if err != nil {
		a.written = n
		f.flight = a
		return err
	}
	f.files[name] = append(f.files[name], p[:n]...)
	if f.space >= 0 {
		f.space -= int64(n)
	}
	if failed != nil {
		return fmt.Errorf("append to %s: %w", name, failed)
	}
	return nil
}

// Replace implements [vault.Backend].
func (f *Fake) Replace(ctx context.Context, name string, p []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := errors.Join(ctx.Err(), vault.CheckName(name)); err != nil {
		return err
	}
	if f.space >= 0 && int64(len(p)) > f.space {
		return fmt.Errorf("replace %s: %w", name, evidence.ErrFull)
	}
	if _, err := f.step(2); err != nil {
		f.flight = flight{name: name, p: slices.Clone(p)}
		return err
	}
	if f.space >= 0 {
		f.space -= int64(len(p) - len(f.files[name]))
	}
	f.files[name] = slices.Clone(p)
	return nil
}

// Rewrite implements [vault.Rewriter]. Each write is a step, so that the machine can go
// down, and the disk fill up, in the middle.
func (f *Fake) Rewrite(ctx context.Context, name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	err := write(writerFunc(func(p []byte) (int, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.space >= 0 && int64(b.Len()+len(p)) > f.space {
			return 0, fmt.Errorf("rewrite %s: %w", name, evidence.ErrFull)
		}
		if _, err := f.step(1); err != nil {
			return 0, err
		}
		return b.Write(p)
	}))
	if err != nil {
		return err
	}
	return f.Replace(ctx, name, b.Bytes())
}

type writerFunc func(p []byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

// Open implements [vault.Backend].
func (f *Fake) Open(ctx context.Context, name string) (vault.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := errors.Join(ctx.Err(), vault.CheckName(name)); err != nil {
		return nil, err
	}
	if f.crashed {
		return nil, ErrCrashed
	}
	p, ok := f.files[name]
	if !ok {
		return nil, fmt.Errorf("open %s: %w", name, evidence.ErrNotFound)
	}
	return &file{f: f, name: name, p: p[:len(p):len(p)]}, nil
}

// file is a file as it was when it was opened.
type file struct {
	f      *Fake
	name   string
	p      []byte
	closed bool
}

func (r *file) Size() int64 { return int64(len(r.p)) }

func (r *file) ReadAt(p []byte, off int64) (int, error) {
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	switch {
	case r.closed:
		return 0, errors.New("read of a closed file")
	case r.f.crashed:
		return 0, ErrCrashed
	case off < 0:
		return 0, errors.New("read before the beginning")
	case off >= int64(len(r.p)):
		return 0, io.EOF
	}
	n := copy(p, r.p[off:])
	if bad, ok := r.f.reads[r.name]; ok && off <= bad && bad < off+int64(n) {
		return int(bad - off), io.ErrNoProgress
	}
	if off+int64(n) == int64(len(r.p)) {
		return n, io.EOF
	}
	return n, nil
}

func (r *file) Close() error {
	r.f.mu.Lock()
	defer r.f.mu.Unlock()
	if r.closed {
		return errors.New("closed twice")
	}
	r.closed = true
	return nil
}

// List implements [vault.Backend].
func (f *Fake) List(ctx context.Context, dir string) ([]vault.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if f.crashed {
		return nil, ErrCrashed
	}
	var out []vault.Info
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		if dir == "." || strings.HasPrefix(name, dir+"/") {
			out = append(out, vault.Info{Name: name, Size: int64(len(f.files[name]))})
		}
	}
	return out, nil
}

// Lock implements [vault.Backend]: two gates, as in vault.Dir.
func (f *Fake) Lock(ctx context.Context, who string) (func() error, error) {
	for _, gate := range []chan struct{}{f.waiting, f.turn} {
		select {
		case gate <- struct{}{}:
		case <-ctx.Done():
			if gate == f.turn {
				<-f.waiting
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			return nil, fmt.Errorf("lock: held by %s: %w: %w", f.holder, evidence.ErrBusy, ctx.Err())
		}
	}
	<-f.waiting
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holder = who
	return func() error { <-f.turn; return nil }, nil
}
