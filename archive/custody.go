package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"svidok/catalog"
	"svidok/proof"
	"svidok/vault"
)

const latestEntries = 50

// byDate orders events by when they happened, then by ID.
func byDate(a, b catalog.Event) int {
	return cmp.Or(cmp.Compare(a.When.From, b.When.From), cmp.Compare(a.When.To, b.When.To), cmp.Compare(a.ID, b.ID))
}

// Keeping is how the case is kept: its ledger, its copies, who vouches for it.
type Keeping struct{ a *Archive }

// Keeping returns how the case is kept.
func (a *Archive) Keeping() Keeping { return Keeping{a} }

// Custody says how the case is kept now.
func (k Keeping) Custody(ctx context.Context) (Custody, error) {
	c, err := k.a.custody(ctx)
	if err != nil {
		return Custody{}, fmt.Errorf("custody: %w", err)
	}
	return c, nil
}

func (a *Archive) custody(ctx context.Context) (Custody, error) {
	if _, err := a.catchUp(ctx); err != nil {
		return Custody{}, err
	}
	head, signed := a.ledger.Checkpoint()
	c := Custody{Origin: head.Origin, Key: a.public, Size: head.Size, Root: head.Root, Checkpoint: signed}
	published, err := vault.ReadFile(ctx, a.b, "ledger/checkpoint", maxSmall)
	if err != nil {
		return c, err
	}
	p, err := proof.OpenCheckpoint(published, a.key)
	if err != nil {
		return c, err
	}
	c.Published = min(p.Size, head.Size)
	if c.Followed, _, err = a.cat.Position(ctx); err != nil {
		return c, err
	}
	for line, err := range a.ledger.Entries(ctx, max(0, head.Size-latestEntries), head.Size) {
		if err != nil {
			return c, err
		}
		e, err := proof.ParseEntry(line.Bytes)
		if err != nil {
			return c, err
		}
		c.Latest = append(c.Latest, catalog.Noted{Position: line.Index, Kind: e.Kind, Ref: e.Ref, Who: e.Who, At: e.When})
	}
	slices.Reverse(c.Latest)
	c.Vouched, err = a.vouched(ctx)
	return c, err
}

// Rebuild makes the catalog anew from vault and ledger, in a file beside the old one, and
// then takes its rows in place of the old ones in one transaction. Adding goes on
// meanwhile; only the last stretch is followed within the turn. What copies were looked
// for is not in the ledger, and is carried over if the old catalog still knows.
func (a *Archive) Rebuild(ctx context.Context) (Rebuilt, error) {
	out, err := a.rebuild(ctx)
	if err != nil {
		return Rebuilt{}, fmt.Errorf("rebuild: %w", err)
	}
	return out, nil
}

func (a *Archive) rebuild(ctx context.Context) (out Rebuilt, err error) {
	path := filepath.Join(a.dir, fileCatalog+".new")
	if err := catalog.Remove(path); err != nil {
		return out, err
	}
	fresh, err := a.view(ctx, path)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, fresh.Close(), catalog.Remove(path)) }()
	if err := a.followIn(ctx, fresh, nil); err != nil {
		return out, err
	}
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return out, ctx.Err()
	}
	defer func() { <-a.turn }()
	if !a.o.ReadOnly {
		unlock, err := a.lock(ctx)
		if err != nil {
			return out, err
		}
		defer func() { err = errors.Join(err, unlock()) }()
		if err := a.refresh(ctx); err != nil {
			return out, err
		}
	}
	a.following.Lock()
	defer a.following.Unlock()
	if err := a.followIn(ctx, fresh, nil); err != nil {
		return out, err
	}
	if err := a.carryJoined(ctx, fresh); err != nil {
		return out, err
	}
	if out.Position, _, err = fresh.Position(ctx); err != nil {
		return out, err
	}
	if out.Rows, err = fresh.Rows(ctx); err != nil {
		return out, err
	}
	return out, a.cat.Become(ctx, path)
}
