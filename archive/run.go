package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"svidok/evidence"
)

const retryAfter = 30 // ticks

// signal says that something arrived, to whoever runs.
func (a *Archive) signal() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Run works whenever there is something to do, also what other processes added, until ctx
// ends. What fails is told by Options.Notice and tried again.
//
// Another process that adds works itself on what it added; Run leaves it to it until the
// ledger has been still for one round of asking.
func (a *Archive) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	due, rest := true, 0 // rest: ticks until what failed is tried again
	for {
		if due {
			due = false
			if err := a.Work(ctx, nil); err != nil && ctx.Err() == nil {
				a.notice("%v", err)
				if errors.Is(err, evidence.ErrTampered) {
					return err
				}
				rest = retryAfter
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.wake:
			due = true
			continue
		case <-tick.C:
		}
		if rest > 0 {
			rest--
			due = rest == 0
		}
		moved, err := a.catchUp(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			a.notice("%v", err)
		case moved:
			a.seen = true
		case a.seen: // somebody added, and has been still since
			a.seen, due = false, true
		}
	}
}

// catchUp takes in what other processes noted, and reports whether there was any.
func (a *Archive) catchUp(ctx context.Context) (bool, error) {
	if a.o.ReadOnly {
		return false, nil
	}
	if err := a.ledger.Refresh(ctx); err != nil {
		return false, fmt.Errorf("look what others wrote: %w", err)
	}
	if a.ledger.Size() == a.size.Load() {
		return false, nil
	}
	return true, a.commit(ctx, &request{check: func(context.Context) error { return nil }})
}
