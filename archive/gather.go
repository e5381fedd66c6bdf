package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

const (
	maxGathered = 2_000
	maxTitle    = 500
)

// Gather makes or changes an event of confirmed statements. It is no finding before
// somebody else confirms it by Judge, and no longer one when one of its statements loses
// its confirmation.
func (a *Archive) Gather(ctx context.Context, account string, g Gathering) (Outcome, error) {
	var x *act
	var out Outcome
	r := &request{prepare: func(ctx context.Context) ([]*act, error) {
		b := &bench{ctx: ctx, a: a, account: account}
		var err error
		if b.role, err = a.role(ctx, account); err != nil {
			return nil, err
		}
		if x, out, err = b.gather(g); err != nil {
			return nil, err
		}
		return []*act{x}, nil
	}}
	if err := a.commit(ctx, r); err != nil {
		return Outcome{}, fmt.Errorf("gather: %w", err)
	}
	out.Position = x.position
	return out, nil
}

func (b *bench) gather(g Gathering) (*act, Outcome, error) {
	e := evidence.Event{V: 1, Kind: evidence.KindEvent, ID: g.ID, Title: line(g.Title), Place: line(g.Place), PlaceID: line(g.PlaceID), When: g.When,
		Statements: g.Statements, Basis: strings.TrimSpace(valid(g.Basis)), Withdrawn: g.Withdrawn, By: b.account, At: b.a.now()}
	var before evidence.State
	if g.ID == "" {
		id, err := b.a.nonce()
		if err != nil {
			return nil, Outcome{}, err
		}
		e.ID = "e:" + id
	} else {
		old, err := b.a.cat.Event(b.ctx, g.ID)
		if err != nil {
			return nil, Outcome{}, err
		}
		if err := unmoved(old.State, g.Seen); err != nil {
			return nil, Outcome{}, err
		}
		before, e.Previous = old.State, old.Ref
		if g.Withdrawn { // what it was stays to be read
			e.Title, e.Place, e.PlaceID, e.When, e.Statements = old.Title, old.Place, old.PlaceID, old.When, old.Statements
			if e.Basis == "" {
				e.Basis = old.Basis
			}
		}
	}
	if !g.Withdrawn {
		if err := b.checkEvent(e); err != nil {
			return nil, Outcome{}, err
		}
	}
	x := &act{kind: evidence.KindEvent, who: b.account, at: e.At, record: e}
	if err := x.encode(); err != nil {
		return nil, Outcome{}, err
	}
	s, err := before.Gather(b.account, b.role, e.Withdrawn, x.ref)
	return x, Outcome{Event: e.ID, Standing: s.Standing, Record: x.ref}, err
}

// line makes one line of what a person typed.
func line(s string) string { return strings.Join(strings.Fields(valid(s)), " ") }

func (b *bench) checkEvent(e evidence.Event) error {
	for _, f := range []struct{ name, value string }{{"title", e.Title}, {"place", e.Place}, {"basis", e.Basis}} {
		if f.value == "" {
			return fmt.Errorf("an event needs a %s: %w", f.name, evidence.ErrUsage)
		}
	}
	if len(e.Title) > maxTitle || len(e.Place) > maxTitle || len(e.Basis) > maxReason {
		return fmt.Errorf("title, place or basis of the event is too long: %w", evidence.ErrUsage)
	}
	if err := checkInterval(e.When); err != nil {
		return err
	}
	if len(e.Statements) == 0 || len(e.Statements) > maxGathered {
		return fmt.Errorf("an event of %d statements, want 1 to %d: %w", len(e.Statements), maxGathered, evidence.ErrUsage)
	}
	sorted := slices.Sorted(slices.Values(e.Statements))
	if len(slices.Compact(sorted)) != len(e.Statements) {
		return fmt.Errorf("the event names a statement twice: %w", evidence.ErrUsage)
	}
	for _, id := range e.Statements {
		if err := b.bears(id); err != nil {
			return err
		}
	}
	return nil
}

// checkInterval wants two dates as precise as it says, the first not after the last.
func checkInterval(v evidence.Interval) error {
	from, err1 := parseDate(v.From)
	to, err2 := parseDate(v.To)
	if err := errors.Join(err1, err2); err != nil {
		return evidence.WithHint(fmt.Errorf("interval %q to %q: %w: %w", v.From, v.To, evidence.ErrUsage, err), "write dates as 2023-09-01")
	}
	if to.Before(from) {
		return fmt.Errorf("interval %s to %s ends before it begins: %w", v.From, v.To, evidence.ErrUsage)
	}
	if !slices.Contains(evidence.Precisions(), v.Precision) {
		return fmt.Errorf("precision %q: want one of %s: %w", v.Precision, strings.Join(evidence.Precisions(), ", "), evidence.ErrUsage)
	}
	return nil
}

func parseDate(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}
