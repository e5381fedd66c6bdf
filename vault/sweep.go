package vault

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"svidok/evidence"
)

// Swept is one extent as a [Sweep] found it.
type Swept struct {
	Extent Extent
	// Next is where a later sweep goes on: how many extents of the list are behind it.
	Next int
	// Problem is nil if the bytes are those that were noted; ErrTampered if they are not,
	// or are missing; or the system's, if they cannot be read.
	Problem error
}

// Sweep reads every noted byte of the segments and compares it with the ledger: extents
// are all that it notes, in its order. from is where to begin, Swept.Next of a sweep that
// was interrupted, or 0. pace, if not nil, is called with each number of bytes that was
// read, and may wait. Only an error that ends the sweep is yielded as one: ctx, pace, or
// ErrUsage.
func Sweep(ctx context.Context, b Backend, extents []Extent, from int, pace func(ctx context.Context, n int) error) iter.Seq2[Swept, error] {
	return func(yield func(Swept, error) bool) {
		if from < 0 || from > len(extents) {
			yield(Swept{}, fmt.Errorf("sweep from extent %d of %d: %w", from, len(extents), evidence.ErrUsage))
			return
		}
		r := reader{b: b, pace: pace}
		for i := from; i < len(extents); i++ {
			problem, err := r.check(ctx, extents[i])
			if err == nil && i == len(extents)-1 {
				err = r.close()
			}
			if !yield(Swept{Extent: extents[i], Next: i + 1, Problem: problem}, err) || err != nil {
				break
			}
		}
		_ = r.close() // read only, and closed before if the sweep came to its end
	}
}

// reader reads extents in their order, and keeps one segment open.
type reader struct {
	b    Backend
	pace func(context.Context, int) error
	name string
	f    File // nil if there is no such file
}

// open makes r.f the segment; nil if it is not there.
func (r *reader) open(ctx context.Context, segment string) error {
	if r.name == segment {
		return nil
	}
	if err := r.close(); err != nil {
		return err
	}
	if _, ok := parseSegment(segment); !ok {
		return fmt.Errorf("extent in %q: no such segment can be: %w", segment, evidence.ErrUsage)
	}
	f, err := r.b.Open(ctx, folder+segment)
	if err != nil && !errors.Is(err, evidence.ErrNotFound) {
		return err
	}
	if err == nil {
		r.f = f
	}
	r.name = segment
	return nil
}

func (r *reader) close() error {
	f := r.f
	r.f, r.name = nil, ""
	if f == nil {
		return nil
	}
	return f.Close()
}

func (r *reader) size() int64 {
	if r.f == nil {
		return 0
	}
	return r.f.Size()
}

// check compares one extent with its hash.
func (r *reader) check(ctx context.Context, x Extent) (problem, err error) {
	if err := r.open(ctx, x.Segment); err != nil {
		if ended(ctx, err) || errors.Is(err, evidence.ErrUsage) {
			return nil, err
		}
		return err, nil
	}
	if r.f == nil {
		return fmt.Errorf("segment %s is missing: %w", x.Segment, evidence.ErrTampered), nil
	}
	if x.From < 0 || x.To < x.From {
		return nil, fmt.Errorf("extent %s:%d-%d: %w", x.Segment, x.From, x.To, evidence.ErrUsage)
	}
	if r.size() < x.To {
		return fmt.Errorf("segment %s ends at byte %d, before %d: %w", x.Segment, r.size(), x.To, evidence.ErrTampered), nil
	}
	var paced error
	got, err := sumOf(ctx, r.f, folder+x.Segment, x.From, x.To, func(ctx context.Context, n int) error {
		if r.pace != nil {
			paced = r.pace(ctx, n)
		}
		return paced
	})
	if ended(ctx, err) || paced != nil {
		return nil, err
	}
	if err == nil && got != x.Hash {
		err = fmt.Errorf("segment %s, bytes %d to %d: not the bytes that were noted: %w", x.Segment, x.From, x.To, evidence.ErrTampered)
	}
	return err, nil
}

func ended(ctx context.Context, err error) bool { return err != nil && ctx.Err() != nil }
