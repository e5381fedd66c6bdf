package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/proof"
	"svidok/vault"
)

// state is a ledger as it was read, and as it grew since.
type state struct {
	published int64  // size of the tree in tiles
	signature []byte // ledger/checkpoint, as it lies there
	tree      tree
	pending   lines // from the last entry bundle on that is not full
	head      proof.Checkpoint
	signed    []byte
	extent    proof.Extent // the last one, zero if there is none
	journal   journal
	tiles     tiles
}

// journal is how far the journal counts.
type journal struct {
	end    int64 // of the last whole frame
	size   int64 // of the file, as last seen: more than end where a torn frame follows
	frames int
}

// load reads the ledger. Another process may write meanwhile, so what looks wrong is
// believed to be only when it looks the same a second time.
func load(ctx context.Context, b vault.Backend, key note.Verifier) (*state, error) {
	var before []byte
	for {
		signed, err := vault.ReadFile(ctx, b, fileCheckpoint, maxCheckpoint)
		if err != nil {
			return nil, err
		}
		raw, err := vault.ReadFile(ctx, b, fileJournal, maxJournal)
		if err != nil && !errors.Is(err, evidence.ErrNotFound) {
			return nil, err
		}
		s, err := interpret(ctx, b, key, signed, raw)
		if err == nil {
			return s, nil
		}
		seen := append(append([]byte(nil), signed...), raw...)
		if ctx.Err() != nil || bytes.Equal(seen, before) {
			return nil, err
		}
		before = seen
	}
}

func interpret(ctx context.Context, b vault.Backend, key note.Verifier, signed, raw []byte) (*state, error) {
	head, err := proof.OpenCheckpoint(signed, key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fileCheckpoint, err)
	}
	s := &state{published: head.Size, signature: signed, head: head, signed: signed}
	if err := s.loadEdge(ctx, b); err != nil {
		return nil, err
	}
	if err := s.replay(ctx, b, key, raw); err != nil {
		return nil, err
	}
	return s, s.findExtent(ctx, b)
}

// loadEdge reads the partial tiles of the published tree, and checks that they make its
// root, and its partial entry bundle, and checks it against the leaf hashes.
func (s *state) loadEdge(ctx context.Context, b vault.Backend) error {
	var partial [][]tlog.Hash
	for size, level := s.published, 0; size > 0; size, level = size>>tileHeight, level+1 {
		var nodes []tlog.Hash
		if w := int(size % tileWidth); w > 0 {
			p, err := readTile(ctx, b, tlog.Tile{H: tileHeight, L: level, N: size >> tileHeight, W: w})
			if err != nil {
				return err
			}
			nodes = p
		}
		partial = append(partial, nodes)
	}
	s.tree = edge(s.published, partial)
	if root := s.tree.root(); evidence.Hash(root) != s.head.Root {
		return fmt.Errorf("the tiles do not make the root of the checkpoint: %w", evidence.ErrTampered)
	}
	s.pending.first = s.published &^ (tileWidth - 1)
	w := int(s.published - s.pending.first)
	if w == 0 {
		return nil
	}
	t := tlog.Tile{H: tileHeight, L: -1, N: s.published >> tileHeight, W: w}
	p, err := readWhole(ctx, b, tilePath(t), maxBundle)
	if err != nil {
		return err
	}
	entries, err := splitBundle(p, w)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", tilePath(t), evidence.ErrTampered, err)
	}
	for i, line := range entries {
		if h, _ := s.tree.node(0, s.pending.first+int64(i)); evidence.Hash(h) != proof.Leaf(line) {
			return fmt.Errorf("%s: entry %d is not the one in the tree: %w", tilePath(t), s.pending.first+int64(i), evidence.ErrTampered)
		}
		s.pending.add(line)
		if err := s.noteExtent(line); err != nil {
			return err
		}
	}
	return nil
}

// noteExtent remembers the extent that a line names, if it names one.
func (s *state) noteExtent(line []byte) error {
	e, err := proof.ParseEntry(line)
	if err != nil {
		return err
	}
	if e.Kind == evidence.KindExtent {
		s.extent, err = proof.ParseExtent(e.Detail)
	}
	return err
}

// replay takes in the frames of the journal from byte s.journal.end on, of which raw is
// all that is there.
func (s *state) replay(ctx context.Context, b vault.Backend, key note.Verifier, raw []byte) error {
	s.journal.size = s.journal.end + int64(len(raw))
	var signed []frame
	for next := int64(-1); len(raw) > 0; {
		f, n, err := parseFrame(raw, s.journal.end)
		if errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return err
		}
		if next < 0 && f.first > s.tree.size || next >= 0 && f.first != next {
			return altered(s.journal.end, fmt.Sprintf("a batch that begins at entry %d after one that ends at %d", f.first, max(next, s.tree.size)))
		}
		next = f.first + int64(f.count)
		if err := s.take(ctx, b, f); err != nil {
			return fmt.Errorf("journal at byte %d: %w", s.journal.end, err)
		}
		signed = append(signed, f)
		raw = raw[n:]
		s.journal.end += int64(n)
		s.journal.frames++
	}
	return s.verify(ctx, b, key, signed)
}

// take adds the entries of one frame, or compares them with those that are published.
func (s *state) take(ctx context.Context, b vault.Backend, f frame) error {
	entries, err := splitBundle(f.entries, f.count)
	if err != nil {
		return err
	}
	for i, line := range entries {
		n, leaf := f.first+int64(i), proof.Leaf(line)
		if n < s.tree.size {
			h, err := s.node(ctx, b, 0, n)
			if err != nil {
				return err
			}
			if evidence.Hash(h) != leaf {
				return fmt.Errorf("entry %d is another one than is published: %w", n, evidence.ErrTampered)
			}
			continue
		}
		s.pending.add(line)
		s.tree.add(leaf)
		if err := s.noteExtent(line); err != nil {
			return err
		}
	}
	return nil
}

// verify checks the signature of every frame's checkpoint, on all cores, and what is
// signed; the last one beyond what is published is the head.
func (s *state) verify(ctx context.Context, b vault.Backend, key note.Verifier, frames []frame) error {
	heads, errs := make([]proof.Checkpoint, len(frames)), make([]error, len(frames))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(frames); i += workers {
				heads[i], errs[i] = proof.OpenCheckpoint(frames[i].checkpoint, key)
			}
		})
	}
	wg.Wait()
	for i, f := range frames {
		if errs[i] == nil && heads[i].Size != f.first+int64(f.count) {
			errs[i] = fmt.Errorf("its checkpoint has another size: %w", evidence.ErrTampered)
		}
		if errs[i] == nil {
			var root tlog.Hash
			if root, errs[i] = s.rootAt(ctx, b, heads[i].Size); errs[i] == nil && evidence.Hash(root) != heads[i].Root {
				errs[i] = fmt.Errorf("its checkpoint has another root than its entries: %w", evidence.ErrTampered)
			}
		}
		if errs[i] != nil {
			return fmt.Errorf("journal, batch from entry %d: %w", f.first, errs[i])
		}
		if heads[i].Size > s.head.Size {
			s.head, s.signed = heads[i], append([]byte(nil), f.checkpoint...)
		}
	}
	return nil
}

// findExtent looks for the last extent in the published bundles, if there was none in
// what is in memory: the newest bundle has one, unless somebody noted very much without
// keeping anything.
func (s *state) findExtent(ctx context.Context, b vault.Backend) error {
	for n := s.pending.first/tileWidth - 1; n >= 0 && s.extent == (proof.Extent{}); n-- {
		entries, err := s.entries(ctx, b, n*tileWidth, (n+1)*tileWidth)
		if err != nil {
			return err
		}
		for _, line := range entries {
			if err := s.noteExtent(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow takes in what was added to the journal since. It reports false, with s as it
// was, where the ledger has to be read anew: another checkpoint is published, or there is
// something in the journal that is not simply the next batches.
func (s *state) follow(ctx context.Context, b vault.Backend, key note.Verifier) bool {
	signed, err := vault.ReadFile(ctx, b, fileCheckpoint, maxCheckpoint)
	if err != nil || !bytes.Equal(signed, s.signature) || s.journal.size == unknownSize {
		return false
	}
	raw, err := readFrom(ctx, b, s.journal.end)
	if err != nil {
		return false
	}
	before, mark := s.without(), s.pending.mark()
	if err := s.replay(ctx, b, key, raw); err == nil {
		return true
	}
	s.tree.rollback(before.head.Size)
	s.pending.rollback(mark)
	s.head, s.signed, s.extent, s.journal = before.head, before.signed, before.extent, before.journal
	return false
}

// without returns what of s is not in its tree, tiles and lines.
func (s *state) without() *state {
	return &state{head: s.head, signed: s.signed, extent: s.extent, journal: s.journal}
}

// readFrom returns the journal from a byte on.
func readFrom(ctx context.Context, b vault.Backend, from int64) ([]byte, error) {
	f, err := b.Open(ctx, fileJournal)
	if errors.Is(err, evidence.ErrNotFound) && from == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() < from || f.Size()-from > maxJournal {
		return nil, evidence.ErrTampered
	}
	p := make([]byte, f.Size()-from)
	if n, err := f.ReadAt(p, from); n < len(p) {
		return nil, err
	}
	return p, nil
}
