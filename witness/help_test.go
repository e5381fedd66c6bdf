package witness_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

const origin = "svidok.case/test"

// fataler is a test of the standard library or of rapid.
type fataler interface {
	Helper()
	Fatal(...any)
}

// pair makes a log's key pair from a seed.
func pair(t fataler, name string, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// log is a log that may be of any honesty: a history of leaves under a key.
type log struct {
	t      fataler
	signer note.Signer
	key    note.Verifier
	leaves []string
	store  []tlog.Hash
}

func newLog(t fataler, leaves ...string) *log {
	t.Helper()
	s, v := pair(t, origin, 1)
	l := &log{t: t, signer: s, key: v}
	l.add(leaves...)
	return l
}

// fork is another history of the same log: the first n leaves, then others.
func (l *log) fork(n int64, leaves ...string) *log {
	f := &log{t: l.t, signer: l.signer, key: l.key}
	f.add(l.leaves[:n]...)
	f.add(leaves...)
	return f
}

func (l *log) hashes() tlog.HashReader {
	return tlog.HashReaderFunc(func(ix []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range ix {
			if i >= int64(len(l.store)) {
				return nil, errors.New("beyond the log")
			}
			out = append(out, l.store[i])
		}
		return out, nil
	})
}

func (l *log) add(leaves ...string) {
	l.t.Helper()
	for _, x := range leaves {
		hs, err := tlog.StoredHashes(int64(len(l.leaves)), []byte(x), l.hashes())
		if err != nil {
			l.t.Fatal(err)
		}
		l.store, l.leaves = append(l.store, hs...), append(l.leaves, x)
	}
}

func (l *log) grow(n int) *log {
	for range n {
		l.add(fmt.Sprintf("entry %d\n", len(l.leaves)))
	}
	return l
}

func (l *log) size() int64 { return int64(len(l.leaves)) }

func (l *log) head(size int64) proof.Checkpoint {
	l.t.Helper()
	h, err := tlog.TreeHash(size, l.hashes())
	if err != nil {
		l.t.Fatal(err)
	}
	return proof.Checkpoint{Origin: origin, Size: size, Root: evidence.Hash(h)}
}

func (l *log) signed(size int64) []byte {
	l.t.Helper()
	b, err := proof.Sign(l.head(size), l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return b
}

func (l *log) prove(_ context.Context, from, to int64) ([]evidence.Hash, error) {
	if from < 1 || to > l.size() {
		return nil, fmt.Errorf("prove %d to %d of %d: %w", from, to, l.size(), evidence.ErrUsage)
	}
	p, err := tlog.ProveTree(to, from, l.hashes())
	out := make([]evidence.Hash, len(p))
	for i, h := range p {
		out[i] = evidence.Hash(h)
	}
	return out, err
}

// submission is an honest one: from old to size.
func (l *log) submission(old, size int64) []byte {
	l.t.Helper()
	var path []evidence.Hash
	if old > 0 {
		var err error
		if path, err = l.prove(context.Background(), old, size); err != nil {
			l.t.Fatal(err)
		}
	}
	return witness.Submission(old, path, l.signed(size))
}

// clock is what the time is.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// setting is a witness with what it needs.
type setting struct {
	*witness.Witness
	cosigner *proof.Cosigner
	store    witness.Store
	clock    *clock
	mu       sync.Mutex
	forks    []witness.Fork
	failures []error
}

func cosigner(t fataler, name string, seed byte) *proof.Cosigner {
	t.Helper()
	c, err := proof.NewCosigner(name, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newWitness(t fataler, store witness.Store, logs ...witness.Log) *setting {
	t.Helper()
	s := &setting{cosigner: cosigner(t, "svidok.witness/w", 9), store: store, clock: newClock()}
	w, err := witness.New(witness.Options{Cosigner: s.cosigner, Logs: logs, Store: store, Now: s.clock.now, Forked: func(f witness.Fork) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.forks = append(s.forks, f)
	}, Failed: func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failures = append(s.failures, err)
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.Witness = w
	return s
}

// cosigned fails the test unless line is a good cosignature over the log's head.
func (s *setting) cosigned(t fataler, l *log, size int64, line []byte) proof.Cosigned {
	t.Helper()
	signed, err := proof.WithCosignatures(l.signed(size), line)
	if err != nil {
		t.Fatal(err)
	}
	by, err := proof.VerifyCosignatures(signed, []*proof.CosignatureKey{s.cosigner.Key()}, proof.Bounds{})
	if err != nil || len(by) != 1 {
		t.Fatal(fmt.Sprintf("%v, %v", by, err))
	}
	return by[0]
}

// folder is a place for files that breaks when it is told to.
type folder struct {
	mu     sync.Mutex
	files  map[string][]byte
	broken func(name string) (before, after bool) // before: nothing is written; after: it is, but nobody learns it
}

func (f *folder) read(_ context.Context, name string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.files[name]
	if !ok {
		return nil, fmt.Errorf("open %s: %w", name, evidence.ErrNotFound)
	}
	return bytes.Clone(b), nil
}

func (f *folder) replace(_ context.Context, name string, p []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, after := false, false
	if f.broken != nil {
		before, after = f.broken(name)
	}
	if before {
		return io.ErrClosedPipe
	}
	if f.files == nil {
		f.files = map[string][]byte{}
	}
	f.files[name] = bytes.Clone(p)
	if after {
		return io.ErrClosedPipe
	}
	return nil
}

func (f *folder) store() *witness.Files {
	return &witness.Files{Read: f.read, Replace: f.replace}
}

// eachStore runs a test with every store there is.
func eachStore(t *testing.T, f func(t *testing.T, s witness.Store)) {
	t.Run("memory", func(t *testing.T) { f(t, &witness.Memory{}) })
	t.Run("files", func(t *testing.T) { f(t, (&folder{}).store()) })
}
