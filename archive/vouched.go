package archive

import (
	"context"
	"slices"
	"time"

	"svidok/catalog"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/proof"
)

const (
	// stampsWanted is how many time-stamp authorities must vouch for an entry: one may have
	// been wrong, lost its key, or be doubted by a court.
	stampsWanted  = 2
	stampPatience = time.Hour
	// lookedAt bounds how many entries are read to find the first that needs a time-stamp;
	// beyond them it is taken to be the last one looked at, which is still true enough to be late.
	lookedAt = 4096
)

// bookkeeping are entries that follow from others and need no time-stamp of their own: else
// every time-stamp would call for the next.
func bookkeeping(k evidence.Kind) bool {
	return k == evidence.KindExtent || k == evidence.KindStamp || k == evidence.KindCosigned
}

// Vouched says how far others vouch for the ledger.
func (k Keeping) Vouched(ctx context.Context) (Vouched, error) { return k.a.vouched(ctx) }

func (a *Archive) vouched(ctx context.Context) (Vouched, error) {
	var v Vouched
	head, _ := a.ledger.Checkpoint()
	settings, _, _, err := a.cat.Settings(ctx)
	if err != nil {
		return v, err
	}
	if len(settings.Authorities) > 0 {
		v.Authorities = min(stampsWanted, len(settings.Authorities))
	}
	sizes, err := a.cat.Stamped(ctx)
	if err != nil {
		return v, err
	}
	v.Stamped = nth(sizes, max(v.Authorities, stampsWanted))
	if err := a.unstamped(ctx, &v, head.Size); err != nil {
		return v, err
	}
	v.Late = !v.Since.IsZero() && a.now().Sub(v.Since) > stampPatience
	if v.Damaged, err = a.damaged(ctx); err != nil {
		return v, err
	}
	return v, a.witnessed(ctx, settings, &v)
}

// nth is what at least n of them reach.
func nth(sizes map[string]int64, n int) int64 {
	var all []int64
	for _, s := range sizes {
		all = append(all, s)
	}
	if n < 1 || len(all) < n {
		return 0
	}
	slices.Sort(all)
	return all[len(all)-n]
}

// unstamped finds the first entry that needs a time-stamp and has none, and how many follow.
func (a *Archive) unstamped(ctx context.Context, v *Vouched, size int64) error {
	for line, err := range a.ledger.Entries(ctx, min(v.Stamped, size), size) {
		if err != nil {
			return err
		}
		e, err := proof.ParseEntry(line.Bytes)
		if err != nil {
			return err
		}
		if !bookkeeping(e.Kind) {
			v.Since, v.Unstamped = e.When, size-line.Index
			return nil
		}
		if line.Index-v.Stamped > lookedAt {
			v.Since, v.Unstamped = e.When, size-line.Index
			return nil
		}
	}
	return nil
}

// witnessed finds how far a quorum of witnesses follows us, and who contradicts us.
func (a *Archive) witnessed(ctx context.Context, settings evidence.Settings, v *Vouched) error {
	sizes := map[string]int64{}
	for _, w := range settings.Witnesses {
		last, ok, err := a.cat.LastCosigned(ctx, w.Key)
		if err != nil {
			return err
		}
		if ok {
			sizes[w.Key] = last.Size
		}
	}
	v.Cosigned = nth(sizes, max(settings.Quorum, 1))
	list, err := a.cat.Cosignatures(ctx, 200)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range list {
		if seen[c.Witness] {
			continue
		}
		seen[c.Witness] = true
		if c.Refused != "" {
			v.Refused = append(v.Refused, c)
		}
	}
	return nil
}

// Waits reports whether an entry from a position on needs others to vouch for it:
// bookkeeping does not.
func (k Keeping) Waits(ctx context.Context, from int64) (bool, error) {
	v := Vouched{Stamped: from}
	err := k.a.unstamped(ctx, &v, k.a.ledger.Size())
	return v.Unstamped > 0, err
}

// Key is the ledger's public key, as a C2SP note verifier key.
func (k Keeping) Key() string { return k.a.public }

// Head returns the ledger's newest checkpoint and its signed note.
func (k Keeping) Head() (proof.Checkpoint, []byte) { return k.a.ledger.Checkpoint() }

// Consistent returns the proof that the ledger of size from is a beginning of the one of size to.
func (k Keeping) Consistent(ctx context.Context, from, to int64) ([]evidence.Hash, error) {
	return k.a.ledger.ProveConsistency(ctx, from, to)
}

// Proven returns an entry's line and the proof that it lies in the ledger of that size.
func (k Keeping) Proven(ctx context.Context, index, size int64) (line []byte, path []evidence.Hash, err error) {
	for l, err := range k.a.ledger.Entries(ctx, index, index+1) {
		if err != nil {
			return nil, nil, err
		}
		line = l.Bytes
	}
	path, err = k.a.ledger.Prove(ctx, index, size)
	return line, path, err
}

// stampsFor returns, for a dossier whose last entry is at a position, of each authority the
// first time-stamp that covers it, and its latest; and what renewed these.
func (a *Archive) stampsFor(ctx context.Context, last, size int64) ([]dossier.Stamped, error) {
	list, err := a.cat.Covering(ctx, last)
	if err != nil {
		return nil, err
	}
	all, err := a.cat.Stamps(ctx, 1000)
	if err != nil {
		return nil, err
	}
	taken := map[evidence.Hash]bool{}
	for _, s := range list {
		taken[s.Ref] = true
	}
	chains := map[string]bool{}
	for _, s := range all { // the newest first: the first cover may have ended unrenewed
		if !chains[s.Chain] && len(s.Renews) == 0 {
			if chains[s.Chain] = true; !taken[s.Ref] {
				taken[s.Ref] = true
				list = append(list, s)
			}
		}
	}
	renewals, err := a.cat.Renewals(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range renewals { // the oldest first: one may renew another
		if !taken[s.Ref] && slices.ContainsFunc(s.Renews, func(h evidence.Hash) bool { return taken[h] }) {
			taken[s.Ref] = true
			list = append(list, s)
		}
	}
	var out []dossier.Stamped
	for _, s := range list {
		if s.Size > size {
			continue
		}
		x := dossier.Stamped{Authority: s.Authority}
		if x.Note, err = a.get(ctx, s.Checkpoint); err != nil {
			return nil, err
		}
		if x.Bundle, err = a.get(ctx, s.Bundle); err != nil {
			return nil, err
		}
		if x.Path, err = a.extends(ctx, s.Size, size); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// witnessesFor returns, for a dossier whose last entry is at a position, of each witness the
// first cosignature of those kept that covers it, else its latest.
func (a *Archive) witnessesFor(ctx context.Context, last, size int64) ([]dossier.Witnessed, error) {
	list, err := a.cat.Cosignatures(ctx, 1000)
	if err != nil {
		return nil, err
	}
	best := map[string]catalog.Cosigned{}
	var order []string
	for _, c := range list { // the newest first
		old, have := best[c.Witness]
		if c.Refused != "" || c.Size > size || have && (c.Size <= last || c.Size > old.Size) {
			continue
		}
		if best[c.Witness] = c; !have {
			order = append(order, c.Witness)
		}
	}
	slices.Sort(order)
	var out []dossier.Witnessed
	for _, key := range order {
		c := best[key]
		w := dossier.Witnessed{Key: key}
		if w.Note, err = a.get(ctx, c.Note); err != nil {
			return nil, err
		}
		if w.Path, err = a.extends(ctx, c.Size, size); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// crossedFor returns what other cases captured beside the captures among these notes.
func (a *Archive) crossedFor(ctx context.Context, notes []dossier.Noted, size int64) ([]dossier.Crossed, error) {
	var out []dossier.Crossed
	for _, n := range notes {
		e, err := proof.ParseEntry(n.Line)
		if err != nil {
			return nil, err
		}
		if e.Kind != evidence.KindCapture {
			continue
		}
		pairs, err := a.comparisons(ctx, e.Ref)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			got, err := p.Open(a.public)
			if err != nil {
				return nil, err
			}
			x := dossier.Crossed{Pair: p}
			if x.Path, err = a.extends(ctx, got.Own.Size, size); err != nil {
				return nil, err
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// extends proves that the ledger of one size is the beginning of that of another; of the
// same there is nothing to prove.
func (a *Archive) extends(ctx context.Context, from, to int64) ([]evidence.Hash, error) {
	if from == to {
		return nil, nil
	}
	return a.ledger.ProveConsistency(ctx, from, to)
}
