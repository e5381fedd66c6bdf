// Package ledger is the append-only log of a case: an RFC 6962 Merkle tree over entries
// (package proof), in the layout of C2SP tlog-tiles, with signed checkpoints, on a
// backend of package vault. docs/formats/ledger.md specifies every byte.
//
// # Two places
//
// [Ledger.Append] writes one frame (entries and their signed checkpoint) to the end of
// ledger/journal, with one write and one sync; a batch is acknowledged when that is
// durable. [Ledger.Publish] writes tiles, then the checkpoint, and then empties the
// journal. A ledger is the published tree and what the journal has beyond it.
//
// # Crashes
//
// Within Append the journal gets a torn last frame: [Open] ignores it, and the next
// Append cuts it. What is not whole but cannot come from a crash is ErrTampered. Within
// Publish nothing is lost at any point, because what it writes repeats what the journal
// has until the checkpoint is replaced, and the journal repeats what is published until
// it is emptied. See publish for the order. Partial tiles of earlier checkpoints are left
// where they are: they are right for ever, as prefixes of the full tile.
//
// # Trust
//
// Nothing read from the backend is believed: the right edge of the tree is checked
// against the signed root when the ledger is opened, every full tile against its parent,
// and every entry against its leaf hash, when they are read. [Ledger.Check] reads all.
// The caller holds the backend's turn for Append, Publish and Close, and calls Refresh
// when it has taken it. Only the one who holds the key can write another history, and
// only a copy of a checkpoint outside the case shows that they did.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
	"svidok/vault"
)

const (
	fileCheckpoint = "ledger/checkpoint"
	fileJournal    = "ledger/journal"
	folderTiles    = "ledger/tile"
	maxCheckpoint  = 1 << 20
	maxJournal     = 1 << 30 // bytes; far beyond what is there before it is published
	publishBytes   = 8 << 20 // the journal is published when it has so many bytes
	publishFrames  = 4096    // or so many frames
)

// GenerateKey makes a key pair for a ledger called origin, as C2SP note keys in text. The
// signer key is secret. random is crypto/rand.Reader outside of tests.
func GenerateKey(random io.Reader, origin string) (signerKey, verifierKey string, err error) {
	if origin == "" || len(origin) > 200 || strings.ContainsAny(origin, "+ \t\r\n") || strings.ToValidUTF8(origin, "") != origin {
		return "", "", fmt.Errorf("make a key for %q: want a name without space or plus: %w", origin, evidence.ErrUsage)
	}
	signerKey, verifierKey, err = note.GenerateKey(random, origin)
	if err != nil {
		return "", "", fmt.Errorf("make a key: %w", err)
	}
	if _, err := note.NewVerifier(verifierKey); err != nil { // other white space, for one
		return "", "", fmt.Errorf("make a key for %q: %w: %w", origin, evidence.ErrUsage, err)
	}
	return signerKey, verifierKey, nil
}

// Create makes an empty ledger. It refuses where one is.
func Create(ctx context.Context, b vault.Backend, signer note.Signer) error {
	for _, name := range []string{fileCheckpoint, fileJournal} {
		f, err := b.Open(ctx, name)
		if err == nil {
			err = errors.Join(f.Close(), evidence.ErrRefused)
		}
		if !errors.Is(err, evidence.ErrNotFound) {
			return fmt.Errorf("make a ledger: there is %s: %w", name, err)
		}
	}
	signed, err := proof.Sign(proof.Checkpoint{Origin: signer.Name(), Root: evidence.Hash(new(tree).root())}, signer)
	if err == nil {
		err = b.Replace(ctx, fileCheckpoint, signed)
	}
	if err != nil {
		return fmt.Errorf("make a ledger: %w", err)
	}
	return nil
}

// Ledger is an open ledger. Its methods may be called at the same time.
type Ledger struct {
	b      vault.Backend
	signer note.Signer // nil: read only
	key    note.Verifier

	mu sync.RWMutex
	s  *state
}

// Open opens the ledger. It writes nothing. signer may be nil: then nothing can be
// appended or published. ErrNotFound: there is no ledger. ErrTampered: it is not as the
// holder of key left it.
func Open(ctx context.Context, b vault.Backend, signer note.Signer, key note.Verifier) (*Ledger, error) {
	if signer != nil && (signer.Name() != key.Name() || signer.KeyHash() != key.KeyHash()) {
		return nil, fmt.Errorf("open the ledger: the keys are no pair: %w", evidence.ErrUsage)
	}
	s, err := load(ctx, b, key)
	if err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	return &Ledger{b: b, signer: signer, key: key, s: s}, nil
}

// Size returns the number of entries.
func (l *Ledger) Size() int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.s.tree.size
}

// Checkpoint returns the head and its signed note.
func (l *Ledger) Checkpoint() (proof.Checkpoint, []byte) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.s.head, append([]byte(nil), l.s.signed...)
}

// LastExtent returns the extent noted last, false if there is none.
func (l *Ledger) LastExtent() (proof.Extent, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.s.extent, l.s.extent != proof.Extent{}
}

// Append adds a batch of entries and returns the index of the first. On return they are
// durable and signed. On an error none of them counts, and the same batch may be tried
// again: ErrFull; ErrBusy (another process wrote: Refresh); ErrUsage.
func (l *Ledger) Append(ctx context.Context, entries []evidence.Entry) (first int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first, err = l.append(ctx, entries); err != nil {
		return 0, fmt.Errorf("append to the ledger: %w", err)
	}
	if l.s.journal.end >= publishBytes || l.s.journal.frames >= publishFrames {
		// The batch is durable whatever becomes of this; a failure is met again at the
		// next Append and told by Publish and Close.
		_ = l.publish(ctx)
	}
	return first, nil
}

func (l *Ledger) append(ctx context.Context, entries []evidence.Entry) (int64, error) {
	s := l.s
	if l.signer == nil || len(entries) == 0 {
		return 0, fmt.Errorf("a ledger open for reading, or no entries: %w", evidence.ErrUsage)
	}
	if err := l.alone(ctx); err != nil {
		return 0, err
	}
	first, mark := s.tree.size, s.pending.mark()
	undo := func(err error) (int64, error) {
		s.tree.rollback(first)
		s.pending.rollback(mark)
		return 0, err
	}
	extent := s.extent
	for i := range entries {
		line, err := proof.EncodeEntry(entries[i])
		if err != nil {
			return undo(fmt.Errorf("entry %d of the batch: %w: %w", i, evidence.ErrUsage, err))
		}
		if entries[i].Kind == evidence.KindExtent {
			if extent, err = proof.ParseExtent(entries[i].Detail); err != nil {
				return undo(err)
			}
		}
		s.pending.add(line)
		s.tree.add(proof.Leaf(line))
	}
	head := proof.Checkpoint{Origin: l.key.Name(), Size: s.tree.size, Root: evidence.Hash(s.tree.root())}
	signed, err := proof.Sign(head, l.signer)
	if err != nil {
		return undo(err)
	}
	frame, err := appendFrame(nil, frame{first: first, count: len(entries), entries: s.pending.since(mark), checkpoint: signed})
	if err != nil {
		return undo(err)
	}
	if err := l.b.Append(ctx, fileJournal, s.journal.end, frame); err != nil {
		s.journal.size = unknownSize // any part of the frame may be there; the next one cuts it
		return undo(err)
	}
	s.journal.end += int64(len(frame))
	s.journal.size = s.journal.end
	s.journal.frames++
	s.head, s.signed, s.extent = head, signed, extent
	return first, nil
}

// alone checks that the journal is as this ledger left or found it: else frames of
// another process would be cut.
func (l *Ledger) alone(ctx context.Context) error {
	if l.s.journal.size == unknownSize {
		return nil
	}
	size := int64(0)
	f, err := l.b.Open(ctx, fileJournal)
	if err == nil {
		size = f.Size()
		err = f.Close()
	}
	if err != nil && !errors.Is(err, evidence.ErrNotFound) {
		return err
	}
	if size != l.s.journal.size {
		return fmt.Errorf("another process wrote to the ledger; Refresh first: %w", evidence.ErrBusy)
	}
	return nil
}

// Refresh takes in what another process wrote. ErrTampered if that does not extend what
// this ledger knew.
func (l *Ledger) Refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.s.follow(ctx, l.b, l.key) {
		return nil
	}
	s, err := load(ctx, l.b, l.key)
	if err == nil {
		err = extends(ctx, l.b, s, l.s.head)
	}
	if err != nil {
		return fmt.Errorf("refresh the ledger: %w", err)
	}
	l.s = s
	return nil
}

// extends checks that the tree of s has an older head as its beginning.
func extends(ctx context.Context, b vault.Backend, s *state, old proof.Checkpoint) error {
	if s.tree.size < old.Size {
		return fmt.Errorf("it has %d entries and had %d: cut back: %w", s.tree.size, old.Size, evidence.ErrTampered)
	}
	root, err := s.rootAt(ctx, b, old.Size)
	if err != nil {
		return err
	}
	if evidence.Hash(root) != old.Root {
		return fmt.Errorf("its first %d entries are not those that were there: %w", old.Size, evidence.ErrTampered)
	}
	return nil
}

// Publish brings tiles and checkpoint up to the head and empties the journal.
func (l *Ledger) Publish(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.publish(ctx); err != nil {
		return fmt.Errorf("publish the ledger: %w", err)
	}
	return nil
}

// Close publishes, if the ledger may be written. If another process has written since
// the last Refresh nothing is done: what was appended is durable, and the other publishes.
func (l *Ledger) Close() error {
	if l.signer == nil {
		return nil
	}
	err := l.Publish(context.Background())
	if errors.Is(err, evidence.ErrBusy) {
		return nil
	}
	return err
}
