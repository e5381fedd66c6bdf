package archive

import (
	"context"
	"fmt"
	"time"

	"svidok/evidence"
	"svidok/vault"
)

// Note keeps items and objects and notes the records about them, in one batch: all of it
// becomes durable, or nothing does. It is the one gesture for whatever this package does
// not do itself: sources and visits to them, time-stamps, witnesses, events of custody.
func (a *Archive) Note(ctx context.Context, n Noting) (Done, error) {
	out, err := a.note(ctx, n)
	if err != nil {
		return Done{}, fmt.Errorf("note: %w", err)
	}
	return out, nil
}

func (a *Archive) note(ctx context.Context, n Noting) (Done, error) {
	if a.o.ReadOnly {
		return Done{}, fmt.Errorf("the case is open for reading only: %w", evidence.ErrRefused)
	}
	list, refs, err := a.arrivals(ctx, n)
	if err != nil {
		return Done{}, err
	}
	acts := make([]*act, 0, len(list)+2)
	for _, x := range list {
		acts = append(acts, x.act)
	}
	records, err := a.recordActs(n, refs)
	if err != nil {
		return Done{}, err
	}
	acts = append(acts, records...)
	if len(acts) == 0 {
		return Done{}, nil
	}
	req := &request{acts: acts}
	req.check = func(ctx context.Context) error {
		if n.Check != nil {
			if err := n.Check(ctx); err != nil {
				return err
			}
		}
		return a.familiar(ctx, list)
	}
	noted := false
	req.noted = func() { noted = true }
	for _, x := range list {
		for _, o := range x.act.with {
			req.alone = req.alone || o.Open != nil
		}
	}
	if err = a.commit(ctx, req); err != nil && !noted {
		return Done{}, err
	} else if err != nil {
		a.notice("noted, but the catalog is behind: %v", err)
	}
	out := Done{Position: acts[len(acts)-1].position}
	for i := range list {
		r := list[i].receipt
		r.Capture, r.Position = list[i].act.ref, list[i].act.position
		out.Receipts = append(out.Receipts, r)
	}
	for _, x := range records {
		out.Records = append(out.Records, x.ref)
	}
	if len(list) > 0 {
		a.signal()
	}
	return out, nil
}

// arrivals makes the acts of the items, each after the one that it lies beside.
func (a *Archive) arrivals(ctx context.Context, n Noting) ([]arrival, []evidence.Hash, error) {
	d := &delivery{a: a, ctx: ctx, d: Delivery{By: n.By}}
	list := make([]arrival, 0, len(n.Items))
	refs := make([]evidence.Hash, 0, len(n.Items))
	for i, it := range n.Items {
		parent := n.Beside
		if it.Parent >= i {
			return nil, nil, fmt.Errorf("item %d lies beside item %d, which comes after it: %w", i, it.Parent, evidence.ErrUsage)
		}
		if it.Parent >= 0 {
			parent = refs[it.Parent]
		}
		x, err := d.arrival(it, parent)
		if err != nil {
			return nil, nil, err
		}
		list, refs = append(list, x), append(refs, x.act.ref)
	}
	return list, refs, nil
}

// recordActs makes the acts of the records; the objects go with the first of them.
func (a *Archive) recordActs(n Noting, captures []evidence.Hash) ([]*act, error) {
	if n.Records == nil {
		if len(n.Objects) > 0 {
			return nil, fmt.Errorf("objects that no record names: %w", evidence.ErrUsage)
		}
		return nil, nil
	}
	at := a.now()
	records, err := n.Records(Facts{At: at, By: a.who(n.By), Captures: captures})
	if err != nil {
		return nil, err
	}
	return a.actsOf(records, n, at)
}

func (a *Archive) actsOf(records []any, n Noting, at time.Time) ([]*act, error) {
	acts := make([]*act, 0, len(records))
	for i, rec := range records {
		x := &act{who: a.who(n.By), at: at, record: rec}
		if err := x.encode(); err != nil {
			return nil, err
		}
		h, err := evidence.HeadOf(x.encoded)
		if err != nil {
			return nil, err
		}
		kept := keepings(h.Kind)
		if kept == nil {
			return nil, fmt.Errorf("a record of kind %q is not for Note: %w", h.Kind, evidence.ErrUsage)
		}
		x.kind = h.Kind
		if _, err := kept.decode(x.encoded); err != nil {
			return nil, err // it would not be read again
		}
		if i == 0 {
			for _, o := range n.Objects {
				x.with = append(x.with, vault.Object{Type: "resource", MediaType: o.MediaType, At: at, Data: o.Data})
			}
		}
		acts = append(acts, x)
	}
	return acts, nil
}
