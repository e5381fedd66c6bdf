// Package archive does: the acts of the house, in order. It alone asks the clock and
// randomness, and it alone runs work in the background.
//
// Every act is one gesture: keep the bytes or the record in the vault, note one line in
// the ledger, and let the catalog follow. Everything durable happens in commit (see
// there), one batch at a time; a receipt is given only after it. Who may do what is asked
// of package evidence inside the turn, so that two people racing cannot both pass.
//
// # What waits for what
//
//   - turn (in this process) and Backend.Lock (among processes): held while a batch is
//     prepared, kept, noted and followed.
//   - working: one round of Work at a time in this process. Two processes may work on the
//     same case: what the other did meanwhile is dropped inside the turn.
//   - The catalog's own lock: one Apply at a time.
//
// They are taken in the order working, turn, catalog.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/catalog"
	"svidok/corroboration"
	"svidok/evidence"
	"svidok/ledger"
	"svidok/vault"
)

// Archive is an open case. It is safe for concurrent use.
type Archive struct {
	o      Options
	dir    string
	b      vault.Backend
	vault  *vault.Vault
	ledger *ledger.Ledger
	cat    *catalog.Catalog
	key    note.Verifier
	public string      // the key in text
	signer note.Signer // nil: read only

	turn    chan struct{} // holds one: whoever commits in this process
	pending pending
	random  sync.Mutex // guards o.Rand

	// Written by whoever has the turn.
	size  atomic.Int64           // of the ledger, as far as the vault has followed it
	dirty bool                   // a commit failed halfway: refresh whatever the size
	fresh map[evidence.Hash]bool // payloads that the group under way receives
	moves atomic.Int64           // how often another process wrote

	following sync.Mutex // one follow at a time
	books     books

	working chan struct{} // holds one: whoever works
	copies  copies        // owned by whoever works
	wake    chan struct{} // holds one: something arrived
	seen    bool          // owned by Run: another process wrote

	signing chan struct{} // holds two: password checks
}

// copies is the index for corroboration, loaded when it is first needed.
type copies struct {
	index  *corroboration.Index
	loaded int64    // texts up to this ID are in the index
	parent []uint32 // by text: towards the first text of its family
}

const (
	fileMarker  = "svidok"
	fileKey     = "key"
	filePublic  = "key.pub"
	fileLock    = "lock"
	fileCatalog = "catalog.db"
	marker      = "svidok case 1\n"
	maxSmall    = 1 << 16

	mediaRecord = "application/json"
	mediaText   = "text/plain; charset=utf-8"
	mediaYAML   = "application/yaml"
)

func (a *Archive) now() time.Time { return evidence.Instant(a.o.Now()) }

// nonce returns 16 random hex digits.
func (a *Archive) nonce() (string, error) {
	a.random.Lock()
	defer a.random.Unlock()
	var b [8]byte
	if _, err := io.ReadFull(a.o.Rand, b[:]); err != nil {
		return "", fmt.Errorf("draw random bytes: %w", err)
	}
	return fmt.Sprintf("%x", b), nil
}

func (a *Archive) notice(format string, args ...any) {
	if a.o.Notice != nil {
		a.o.Notice(fmt.Sprintf(format, args...))
	}
}

// Catalog returns the view for reading.
func (a *Archive) Catalog() *catalog.Catalog { return a.cat }

// Object streams a payload, a text or another object of the vault, and its size. The last
// read fails with ErrTampered if the bytes are not the ones that were kept.
func (a *Archive) Object(ctx context.Context, h evidence.Hash) (io.ReadCloser, int64, error) {
	r, n, err := a.vault.Reader(ctx, h)
	if errors.Is(err, evidence.ErrNotFound) && a.behind(ctx) {
		r, n, err = a.vault.Reader(ctx, h)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("object %s: %w", h, err)
	}
	return r, n, nil
}

// get returns an object, also one that another process kept a moment ago: the catalog is
// shared, and may know it before our vault does. Whoever has the turn asks the vault.
func (a *Archive) get(ctx context.Context, h evidence.Hash) ([]byte, error) {
	b, err := a.vault.Get(ctx, h)
	if errors.Is(err, evidence.ErrNotFound) && a.behind(ctx) {
		b, err = a.vault.Get(ctx, h)
	}
	return b, err
}

// behind takes in what other processes kept, and reports whether it is worth looking again.
func (a *Archive) behind(ctx context.Context) bool {
	_, err := a.catchUp(ctx)
	return err == nil
}

// Close publishes the ledger's tiles and gives everything back. No act may be under way.
func (a *Archive) Close() error {
	var errs []error
	if !a.o.ReadOnly && a.ledger.Size() > 0 {
		errs = append(errs, a.publish())
	}
	errs = append(errs, a.vault.Close(), a.cat.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the case: %w", err)
	}
	return nil
}

// publish brings the tiles up to the head, if the turn is free now: what was noted is
// durable in the journal, and whoever has the turn publishes in our place.
func (a *Archive) publish() error {
	ctx, cancel := context.WithTimeout(context.Background(), publishPatience)
	defer cancel()
	unlock, err := a.b.Lock(ctx, a.o.Who)
	if err != nil {
		if errors.Is(err, evidence.ErrBusy) {
			return nil
		}
		return err
	}
	if err = a.ledger.Refresh(ctx); err == nil {
		err = a.ledger.Close()
	}
	if errors.Is(err, evidence.ErrFull) { // the journal has it all
		err = nil
	}
	return errors.Join(err, unlock())
}

const publishPatience = 5 * time.Second
