package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/timestamp"
)

const (
	renewEvery  = 6 * time.Hour       // between two looks for time-stamps that near their end
	renewJudged = 4000                // time-stamps that one look judges: the oldest, which end first
	renewAtOnce = 500                 // time-stamps that one renewal is over
	renewAgain  = 24 * time.Hour      // after a renewal that could not be had
	renewAlarm  = 14 * 24 * time.Hour // before the end: an authority that has no newer certificate by then is told
)

// errNoLater: the authority still has the certificates that the renewal should outlast. As a
// rule it gets others before they end.
var errNoLater = fmt.Errorf("it has no newer ones yet: %w", evidence.ErrRefused)

// renew has time-stamps stamped anew whose certificates or algorithms near their end. Each is
// the first to vouch for some entries, so each is renewed that no other renews: many at a
// time under one token, each by its own authority if that can be.
func (c *Collector) renew(ctx context.Context, now bool) error {
	c.vouching.renewing.Lock()
	defer c.vouching.renewing.Unlock()
	if !now && c.o.Now().Sub(c.vouching.looked) < renewEvery {
		return nil
	}
	c.vouching.looked = c.o.Now()
	leaves, err := c.unrenewed(ctx)
	if err != nil {
		return err
	}
	due, ended := map[string][]catalog.Stamp{}, 0
	for _, s := range leaves {
		v := c.vouching.ends[s.Ref]
		switch near, _ := timestamp.Due(v, c.o.Now()); {
		case c.o.Now().After(v.Until):
			ended++ // a later one may still vouch for what it was over, but not since when
		case near:
			due[s.Chain] = append(due[s.Chain], s)
		}
	}
	var errs []error
	for chain, list := range due {
		if !now && c.o.Now().Before(c.vouching.again[chain]) {
			continue
		}
		for part := range slices.Chunk(list, renewAtOnce) {
			if err := c.renewTogether(ctx, part); err != nil {
				c.vouching.again[chain] = c.o.Now().Add(renewAgain)
				errs = append(errs, c.soon(part, err))
			}
		}
	}
	if ended > 0 {
		c.o.Notice(fmt.Sprintf("time-stamps whose certificates ended before they were renewed: %d", ended))
	}
	return errors.Join(errs...)
}

// soon is why a renewal could not be had, if that is urgent: that the authority has no newer
// certificates yet is not, months before these end.
func (c *Collector) soon(list []catalog.Stamp, err error) error {
	if !errors.Is(err, errNoLater) {
		return err
	}
	for _, s := range list {
		if c.vouching.ends[s.Ref].Until.Sub(c.o.Now()) < renewAlarm {
			return err
		}
	}
	return nil
}

// unrenewed are the stamps that no other renews, as far as they were judged, the oldest
// first.
func (c *Collector) unrenewed(ctx context.Context) ([]catalog.Stamp, error) {
	cat := c.o.Archive.Catalog()
	renewals, err := cat.Renewals(ctx)
	if err != nil {
		return nil, err
	}
	renewed := map[evidence.Hash]bool{}
	for _, r := range renewals {
		for _, h := range r.Renews {
			renewed[h] = true
		}
	}
	if c.vouching.ends == nil {
		c.vouching.ends, c.vouching.again = map[evidence.Hash]timestamp.Verdict{}, map[string]time.Time{}
	}
	var out []catalog.Stamp
	judged := 0
	for s, err := range cat.EachStamp(ctx) {
		if err != nil {
			return nil, err
		}
		if renewed[s.Ref] {
			delete(c.vouching.ends, s.Ref)
			continue
		}
		if _, known := c.vouching.ends[s.Ref]; !known {
			if judged++; judged > renewJudged {
				break // the rest is for the next look
			}
			_, v, err := c.judged(ctx, s)
			if err != nil {
				return nil, err
			}
			c.vouching.ends[s.Ref] = timestamp.Verdict{Time: v.Time, Until: v.Until, RenewBy: v.RenewBy}
		}
		out = append(out, s)
	}
	return out, nil
}

// judged opens a stamp's bundle, and judges it without roots.
func (c *Collector) judged(ctx context.Context, s catalog.Stamp) ([]byte, timestamp.Verdict, error) {
	raw, err := c.object(ctx, s.Bundle)
	if err != nil {
		return nil, timestamp.Verdict{}, err
	}
	b, err := timestamp.Open(raw)
	if err != nil {
		return nil, timestamp.Verdict{}, err
	}
	note, err := c.object(ctx, s.Checkpoint)
	if err != nil {
		return nil, timestamp.Verdict{}, err
	}
	v, err := b.Judge(note, nil)
	return raw, v, err
}

// renewTogether has time-stamps of one operator renewed under one token, by the first
// authority whose certificates last longer; their own is asked first.
func (c *Collector) renewTogether(ctx context.Context, list []catalog.Stamp) error {
	var raws [][]byte
	var refs []evidence.Hash
	var until time.Time
	for _, s := range list {
		raw, err := c.object(ctx, s.Bundle)
		if err != nil {
			return err
		}
		raws, refs = append(raws, raw), append(refs, s.Ref)
		if u := c.vouching.ends[s.Ref].Until; u.After(until) {
			until = u
		}
	}
	b, data, err := timestamp.Renew(raws...)
	if err != nil {
		return err
	}
	newest := list[len(list)-1]
	asked := slices.Clone(c.o.Settings.Authorities)
	slices.SortStableFunc(asked, func(x, y string) int { return rank(y == newest.Authority) - rank(x == newest.Authority) })
	var errs []error
	for _, authority := range asked {
		if c.vouching.rest(authority, c.o.Now()) {
			continue
		}
		next := evidence.Stamp{Size: newest.Size, Root: newest.Root, Checkpoint: newest.Checkpoint, Renews: refs}
		err := c.stamp(ctx, authority, data, until, b, next)
		if !errors.Is(err, errNoLater) { // else it is well, and may be asked for others
			c.vouching.done(authority, c.o.Now(), err)
		}
		if err == nil {
			return nil
		}
		errs = append(errs, fmt.Errorf("renew %d time-stamps at %s: %w", len(list), authority, err))
	}
	return errors.Join(errs...)
}

func rank(first bool) int {
	if first {
		return 1
	}
	return 0
}
