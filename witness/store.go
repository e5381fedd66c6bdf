package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"svidok/evidence"
)

// ErrMoved: the store holds something else than was thought. Load again.
var ErrMoved = errors.New("somebody else stored something")

// Store remembers the last cosigned checkpoint of each origin.
//
// When Save returns an error, and after a crash within it, the store may hold old or new,
// but nothing else and never a part.
type Store interface {
	// Load returns what Save stored last; nil: nothing yet.
	Load(ctx context.Context, origin string) ([]byte, error)
	// Save puts next durably in the place of old (nil: nothing yet). Where the store does
	// not hold old, it changes nothing and returns ErrMoved.
	Save(ctx context.Context, origin string, old, next []byte) error
}

// Memory is a [Store] that forgets when the program ends.
type Memory struct {
	mu   sync.Mutex
	held map[string][]byte
}

var _ Store = (*Memory)(nil)

// Load implements [Store].
func (m *Memory) Load(_ context.Context, origin string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.held[origin]), nil
}

// Save implements [Store].
func (m *Memory) Save(_ context.Context, origin string, old, next []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !bytes.Equal(m.held[origin], old) {
		return fmt.Errorf("store %s: %w", origin, ErrMoved)
	}
	if m.held == nil {
		m.held = map[string][]byte{}
	}
	m.held[origin] = slices.Clone(next)
	return nil
}

// Files is a [Store] of one file for each origin, "state/" and the SHA-256 of the origin in
// hex. Read and Replace are those of a vault's backend: Read fails with evidence.ErrNotFound
// where there is no file, and Replace is atomic and durable when it returns. Between Read
// and Replace only the lock of this value is held: a folder may have one process at a time.
type Files struct {
	Read    func(ctx context.Context, name string) ([]byte, error)
	Replace func(ctx context.Context, name string, p []byte) error
	mu      sync.Mutex
}

var _ Store = (*Files)(nil)

// Load implements [Store].
func (f *Files) Load(ctx context.Context, origin string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.load(ctx, origin)
}

func stateName(origin string) string { return "state/" + OriginHash(origin) }

func (f *Files) load(ctx context.Context, origin string) ([]byte, error) {
	p, err := f.Read(ctx, stateName(origin))
	if errors.Is(err, evidence.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what was cosigned of %s: %w", origin, err)
	}
	if len(p) == 0 { // a file that is there was written whole: this one was emptied
		return nil, fmt.Errorf("what was cosigned of %s: its file is empty: %w", origin, evidence.ErrTampered)
	}
	return p, nil
}

// Save implements [Store].
func (f *Files) Save(ctx context.Context, origin string, old, next []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, err := f.load(ctx, origin)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return fmt.Errorf("store %s: %w", origin, ErrMoved)
	}
	if err := f.Replace(ctx, stateName(origin), next); err != nil {
		return fmt.Errorf("store what was cosigned of %s: %w", origin, err)
	}
	return nil
}
