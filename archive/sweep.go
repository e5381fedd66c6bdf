package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"svidok/evidence"
	"svidok/vault"
)

// Swept is what a sweep for damage found.
type Swept struct {
	Extents, Bytes int64
	Damaged        int64 // extents that are not what was noted, or cannot be read; and 1 if the ledger is not whole
	First          error // what was wrong with the first of them; nil: nothing
}

// Sweep compares the whole ledger with its signed root, and every noted byte of the vault with its
// hash, and notes that it was done and what was found ("checked"). Damage is no error of it. pace,
// if not nil, is called with each number of bytes that was read, and may wait. Only the
// ledger's part keeps others from writing.
func (k Keeping) Sweep(ctx context.Context, by string, pace func(ctx context.Context, n int) error) (Swept, error) {
	s, err := k.sweep(ctx, pace)
	if err == nil {
		err = k.happened(ctx, by, Happening{Act: evidence.CustodyChecked, Counts: []evidence.Count{{Name: "extents", N: s.Extents}, {Name: "bytes", N: s.Bytes}, {Name: "failed", N: s.Damaged}}})
	}
	if err != nil {
		return s, fmt.Errorf("sweep for damage: %w", err)
	}
	return s, nil
}

func (k Keeping) sweep(ctx context.Context, pace func(ctx context.Context, n int) error) (s Swept, err error) {
	h, err := k.a.history(ctx)
	if errors.Is(err, evidence.ErrTampered) || errors.Is(err, evidence.ErrNotFound) {
		return Swept{Damaged: 1, First: err}, nil // what the vault should hold is then not known
	}
	if err != nil {
		return s, err
	}
	for x, err := range vault.Sweep(ctx, k.a.b, h.Extents, 0, pace) {
		if err != nil {
			return s, err
		}
		s.Extents++
		s.Bytes += x.Extent.To - x.Extent.From
		if x.Problem != nil {
			if s.Damaged++; s.First == nil {
				s.First = x.Problem
			}
		}
	}
	return s, nil
}

// history reads the whole ledger while nobody writes.
func (a *Archive) history(ctx context.Context) (h vault.History, err error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return h, ctx.Err()
	}
	defer func() { <-a.turn }()
	unlock, err := a.lock(ctx)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return historyOf(ctx, a.b, a.public)
}

// SweepDue reports whether the settings ask for a sweep, and the last one was that long ago.
func (k Keeping) SweepDue(ctx context.Context) (bool, error) {
	s, err := k.Settings(ctx)
	if err != nil || s.Sweep == 0 {
		return false, err
	}
	list, err := k.a.cat.Custodies(ctx, evidence.CustodyChecked, 1)
	if err != nil || len(list) == 0 {
		return err == nil, err
	}
	return k.a.now().Sub(list[0].At) >= time.Duration(s.Sweep)*time.Second, nil
}

// damaged is what the last check found wrong.
func (a *Archive) damaged(ctx context.Context) (int64, error) {
	list, err := a.cat.Custodies(ctx, evidence.CustodyChecked, 1)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, n := range list[0].Counts {
		if n.Name == "failed" {
			return n.N, nil
		}
	}
	return 0, nil
}
