package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"svidok/evidence"
)

// segments compares, copies and heals the segments, one at a time.
func (m *mirror) segments(ctx context.Context) error {
	for all := m.ha.Extents; len(all) > 0; {
		n := 1
		for n < len(all) && all[n].Segment == all[0].Segment {
			n++
		}
		if err := m.segment(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// compared is one extent as both copies have it.
type compared struct {
	Extent
	a, b error // nil: right
}

func (x *compared) name() string { return folder + x.Segment }

func (x *compared) told(s Status, format string, args ...any) Mirrored {
	return Mirrored{Name: x.name(), From: x.From, To: x.To, Status: s, Detail: fmt.Sprintf(format, args...)}
}

// segment does one segment: what is damaged in one and right in the other is healed; what
// b does not have yet is copied.
func (m *mirror) segment(ctx context.Context, list []Extent) error {
	all, had, err := m.compareSegment(ctx, list)
	if err != nil {
		return err
	}
	healA := func(x *compared) bool { return x.a != nil && x.b == nil }
	healB := func(x *compared) bool { return x.a == nil && x.b != nil && x.To <= had }
	if err := m.healSegment(ctx, m.b, m.a, all, healA, HealedFirst); err != nil {
		return err
	}
	if err := m.healSegment(ctx, m.a, m.b, all, healB, HealedSecond); err != nil {
		return err
	}
	end, stuck := had, false
	for i := range all {
		x := &all[i]
		switch {
		case x.To > had && stuck:
			err = m.tell(x.told(Waits, "what comes before it is not there yet"))
		case x.To > had:
			stuck, err = m.extend(ctx, x, end)
			end, m.behind = x.To, m.behind || stuck
		case x.a == nil && x.b == nil:
			err = m.tell(x.told(Same, ""))
		case x.a != nil && x.b != nil:
			err = m.tell(x.told(Damaged, "in the case: %v; in the mirror: %v", x.a, x.b))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compareSegment reads the extents of one segment in both copies. had is how many bytes
// b has; an extent that it does not have is read when it is copied.
func (m *mirror) compareSegment(ctx context.Context, list []Extent) (all []compared, had int64, err error) {
	ra, rb := &reader{b: m.a, pace: m.o.Pace}, &reader{b: m.b, pace: m.o.Pace}
	defer func() { err = errors.Join(err, ra.close(), rb.close()) }()
	for _, e := range list {
		x := compared{Extent: e}
		if x.b, err = rb.check(ctx, e); err != nil {
			return nil, 0, err
		}
		if rb.size() >= e.To {
			if x.a, err = ra.check(ctx, e); err != nil {
				return nil, 0, err
			}
		}
		all = append(all, x)
	}
	return all, rb.size(), nil
}

// run is a range of a segment and where it is taken from.
type run struct {
	from, to int64
	good     bool // from the other copy
	want     evidence.Hash
}

// healSegment writes a segment anew in bad, with the extents for which heal says so from
// good, and all else as it is. What is replaced is laid aside first.
func (m *mirror) healSegment(ctx context.Context, good, bad Backend, all []compared, heal func(*compared) bool, s Status) error {
	r := &reader{b: bad}
	if err := r.open(ctx, all[0].Segment); err != nil {
		return err
	}
	size := r.size()
	if err := r.close(); err != nil {
		return err
	}
	var plan []run
	var healed, waiting []*compared
	end := int64(0)
	for i := range all {
		x := &all[i]
		switch {
		case heal(x) && end == x.From:
			plan, end, healed = append(plan, run{x.From, x.To, true, x.Hash}), x.To, append(healed, x)
		case heal(x):
			waiting = append(waiting, x)
		case end == x.From && x.To <= size:
			plan, end = append(plan, run{x.From, x.To, false, x.Hash}), x.To
		}
	}
	for _, x := range waiting {
		if err := m.tell(x.told(Waits, "bytes before it are missing in both")); err != nil {
			return err
		}
	}
	if len(healed) == 0 {
		return nil
	}
	if size > end {
		plan = append(plan, run{from: end, to: size})
	}
	details, err := asideAll(ctx, bad, healed)
	if err == nil {
		err = dropIndex(ctx, bad, all[0].Segment)
	}
	if err == nil {
		err = rewriteFrom(ctx, good, bad, all[0].name(), plan)
	}
	if err != nil && !errors.Is(err, evidence.ErrTampered) {
		return err
	}
	for i, x := range healed {
		told := x.told(s, "%s", details[i])
		if err != nil {
			told = x.told(Waits, "another part of this file cannot be read at all: %v", err)
		}
		if err := m.tell(told); err != nil {
			return err
		}
	}
	return nil
}

// dropIndex empties the index file of a segment: it may have been made when records could
// not be read, and would hide them when they can.
func dropIndex(ctx context.Context, b Backend, segment string) error {
	n, _ := parseSegment(segment)
	f, err := b.Open(ctx, indexName(n))
	if errors.Is(err, evidence.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = b.Append(ctx, indexName(n), 0, nil)
	}
	return err
}

// asideAll lays aside what is about to be replaced, and says of each what was there.
func asideAll(ctx context.Context, b Backend, list []*compared) ([]string, error) {
	var out []string
	for _, x := range list {
		was, err := layAside(ctx, b, x.name(), x.From, x.To)
		if err != nil {
			return nil, err
		}
		out = append(out, was)
	}
	return out, nil
}

// rewriteFrom writes a file of bad anew from runs of itself and of good. Those of good are
// compared once more as they are written.
func rewriteFrom(ctx context.Context, good, bad Backend, name string, plan []run) error {
	to, ok := bad.(Rewriter)
	if !ok {
		return fmt.Errorf("heal %s: no way to do so here: %w", name, evidence.ErrUsage)
	}
	return to.Rewrite(ctx, name, func(w io.Writer) (err error) {
		// Closed before the new file takes the old one's place: where files cannot be
		// renamed over open ones, it could not.
		g, err := good.Open(ctx, name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, g.Close()) }()
		b, err := bad.Open(ctx, name)
		if errors.Is(err, evidence.ErrNotFound) {
			b, err = memory{bytes.NewReader(nil)}, nil // then all runs are of good
		}
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.Close()) }()
		for _, r := range plan {
			from := b
			if r.good {
				from = g
			}
			if err := r.copy(ctx, from, name, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// copy writes a run.
func (r run) copy(ctx context.Context, from File, name string, w io.Writer) error {
	sum := sha256.New()
	var write error
	err := pieces(ctx, from, name, r.from, r.to, func(_ int64, p []byte) error {
		sum.Write(p)
		_, write = w.Write(p)
		return write
	})
	switch {
	case err != nil && write == nil && ctx.Err() == nil && !errors.Is(err, evidence.ErrTampered):
		return tampered(err) // it cannot be read: as good as altered
	case err == nil && r.good && evidence.Hash(sum.Sum(nil)) != r.want:
		return fmt.Errorf("heal %s: bytes %d to %d changed while they were copied: %w", name, r.from, r.to, evidence.ErrTampered)
	}
	return err
}

// extend copies an extent that b does not have, and whose first bytes it may have, up to
// end. It reports whether it could not, because the case cannot be read there: then nothing
// that comes after it in the segment can.
func (m *mirror) extend(ctx context.Context, x *compared, end int64) (stuck bool, err error) {
	f, err := m.a.Open(ctx, x.name())
	if errors.Is(err, evidence.ErrNotFound) {
		return true, m.tell(x.told(Damaged, "in the case the file is missing, and the mirror does not have it yet"))
	}
	if err != nil {
		return true, err
	}
	defer f.Close()
	if f.Size() < x.To {
		return true, m.tell(x.told(Damaged, "in the case the file ends at byte %d, and the mirror does not have it yet", f.Size()))
	}
	if end > x.From {
		if err := m.begunBefore(ctx, f, x, end); err != nil {
			return true, err
		}
	}
	sum, wrote := sha256.New(), false
	var failed error // other than to read
	err = pieces(ctx, f, x.name(), x.From, x.To, func(off int64, p []byte) error {
		sum.Write(p)
		if m.o.Pace != nil {
			failed = m.o.Pace(ctx, len(p))
		}
		if failed == nil {
			wrote = true
			failed = m.b.Append(ctx, x.name(), off, p)
		}
		return failed
	})
	if err == nil && evidence.Hash(sum.Sum(nil)) != x.Hash {
		// The mirror has nothing better, and most records of it may be whole.
		return false, m.tell(x.told(Damaged, "in the case: not the bytes that were noted; the mirror had none, and has the same now"))
	}
	if err == nil {
		return false, m.tell(x.told(Copied, ""))
	}
	if wrote { // what is not whole is not left behind
		if cut := m.b.Append(context.WithoutCancel(ctx), x.name(), x.From, nil); cut != nil {
			return true, errors.Join(err, cut)
		}
	}
	if failed != nil || ctx.Err() != nil {
		return true, err
	}
	return true, m.tell(x.told(Damaged, "in the case: %v; the mirror does not have it yet", err))
}

// begunBefore lays aside the beginning of an extent in b, if it is not that of the file f.
func (m *mirror) begunBefore(ctx context.Context, f File, x *compared, end int64) error {
	want, err := sumOf(ctx, f, x.name(), x.From, end, nil)
	if err != nil {
		return nil // a's own damage is seen when it is copied; b's bytes stay
	}
	g, err := m.b.Open(ctx, x.name())
	if err != nil {
		return err
	}
	got, err := sumOf(ctx, g, x.name(), x.From, end, nil)
	if err2 := g.Close(); err2 != nil {
		return err2
	}
	if err == nil && got == want {
		return nil
	}
	_, err = layAside(ctx, m.b, x.name(), x.From, end)
	return err
}
