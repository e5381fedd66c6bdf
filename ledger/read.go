package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/vault"
)

// Line is one entry as it is encoded: its number, and its line with the line feed.
type Line struct {
	Index int64
	Bytes []byte
}

// Entries returns the entries numbered from up to, but not including, to, each checked
// against the tree. The first error ends it. What is appended meanwhile does not disturb
// it.
func (l *Ledger) Entries(ctx context.Context, from, to int64) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for from < to {
			stop := min(to, from&^(tileWidth-1)+tileWidth)
			entries, err := l.bundle(ctx, from, stop)
			if err != nil {
				yield(Line{}, fmt.Errorf("read ledger entries from %d: %w", from, err))
				return
			}
			for _, line := range entries {
				if !yield(Line{from, line}, nil) {
					return
				}
				from++
			}
		}
	}
}

func (l *Ledger) bundle(ctx context.Context, from, to int64) ([][]byte, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if from < 0 || to > l.s.tree.size {
		return nil, fmt.Errorf("entries %d to %d of %d: %w", from, to, l.s.tree.size, evidence.ErrUsage)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return l.s.entries(ctx, l.b, from, to)
}

// hashReader reads checked nodes for package tlog.
func (l *Ledger) hashReader(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			k, n := tlog.SplitStoredHashIndex(x)
			var err error
			if out[i], err = l.s.node(ctx, l.b, k, n); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

// Prove returns the inclusion proof of an entry in the tree of the first size entries,
// for proof.CheckInclusion.
func (l *Ledger) Prove(ctx context.Context, index, size int64) ([]evidence.Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if index < 0 || index >= size || size > l.s.tree.size {
		return nil, fmt.Errorf("prove entry %d of %d in a ledger of %d: %w", index, size, l.s.tree.size, evidence.ErrUsage)
	}
	p, err := tlog.ProveRecord(size, index, l.hashReader(ctx))
	if err != nil {
		return nil, fmt.Errorf("prove entry %d of %d: %w", index, size, err)
	}
	return hashes(p), nil
}

// ProveConsistency returns the proof that the tree of the first to entries extends that
// of the first from, for proof.CheckConsistency. from is at least 1: everything extends
// the empty tree, and there is no proof of it.
func (l *Ledger) ProveConsistency(ctx context.Context, from, to int64) ([]evidence.Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if from < 1 || from > to || to > l.s.tree.size {
		return nil, fmt.Errorf("prove that %d entries extend %d in a ledger of %d: %w", to, from, l.s.tree.size, evidence.ErrUsage)
	}
	p, err := tlog.ProveTree(to, from, l.hashReader(ctx))
	if err != nil {
		return nil, fmt.Errorf("prove that %d entries extend %d: %w", to, from, err)
	}
	return hashes(p), nil
}

func hashes(in []tlog.Hash) []evidence.Hash {
	out := make([]evidence.Hash, len(in))
	for i, h := range in {
		out[i] = evidence.Hash(h)
	}
	return out
}

// RootAt returns the root of the first size entries.
func (l *Ledger) RootAt(ctx context.Context, size int64) (evidence.Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if size < 0 || size > l.s.tree.size {
		return evidence.Hash{}, fmt.Errorf("root of %d entries in a ledger of %d: %w", size, l.s.tree.size, evidence.ErrUsage)
	}
	h, err := l.s.rootAt(ctx, l.b, size)
	if err != nil {
		return evidence.Hash{}, fmt.Errorf("root of %d entries: %w", size, err)
	}
	return evidence.Hash(h), nil
}

// Check reads all that there is of the ledger and returns the first thing that is not as
// it must be: the checkpoint, the journal, every entry, every tile, the partial tiles of
// earlier checkpoints too, and files that do not belong there.
func (l *Ledger) Check(ctx context.Context) error {
	head, _ := l.Checkpoint()
	now, err := load(ctx, l.b, l.key)
	if err == nil {
		err = extends(ctx, l.b, now, head)
	}
	if err != nil {
		return fmt.Errorf("check the ledger: %w", err)
	}
	for from := int64(0); from < now.tree.size; from += tileWidth {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := now.entries(ctx, l.b, from, min(from+tileWidth, now.tree.size)); err != nil {
			return fmt.Errorf("check the ledger: %w", err)
		}
	}
	files, err := l.b.List(ctx, "ledger")
	if err != nil {
		return fmt.Errorf("check the ledger: %w", err)
	}
	for _, f := range files {
		if f.Name == fileCheckpoint || f.Name == fileJournal {
			continue
		}
		if err := now.checkFile(ctx, l.b, f.Name); err != nil {
			return fmt.Errorf("check the ledger: %s: %w", f.Name, err)
		}
	}
	return nil
}

// checkFile compares a tile or bundle with the tree. It may be of an earlier checkpoint,
// or of one that was about to be published.
func (s *state) checkFile(ctx context.Context, b vault.Backend, name string) error {
	t, ok := parseTilePath(name)
	if !ok {
		return fmt.Errorf("no file of a ledger: %w", evidence.ErrFormat)
	}
	first, level := t.N<<tileHeight, max(t.L, 0)*tileHeight
	if t.N > s.tree.size || first+int64(t.W) > s.tree.size>>level {
		return fmt.Errorf("it is of a larger ledger than there is: %w", evidence.ErrTampered)
	}
	have, err := readWhole(ctx, b, name, maxBundle)
	if err != nil {
		return err
	}
	want := make([]byte, 0, len(have))
	if t.L < 0 {
		entries, err := s.entries(ctx, b, first, first+int64(t.W))
		if err != nil {
			return err
		}
		for _, line := range entries {
			want = append(binary.BigEndian.AppendUint16(want, uint16(len(line))), line...)
		}
	} else {
		for i := range t.W {
			h, err := s.node(ctx, b, level, first+int64(i))
			if err != nil {
				return err
			}
			want = append(want, h[:]...)
		}
	}
	if !bytes.Equal(have, want) {
		return fmt.Errorf("it is not what the tree has there: %w", evidence.ErrTampered)
	}
	return nil
}
