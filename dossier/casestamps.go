package dossier

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"svidok/evidence"
	"svidok/proof"
	"svidok/timestamp"
)

// stamps judges every time-stamp of a case: the checkpoint is one of this ledger's, the
// token is over it and good.
func (c *caseCheck) stamps(rel *relations) error {
	roots, err := c.opt.roots()
	if err != nil {
		return err
	}
	seg := newSegment(maxWhole)
	var errs []error
	var claims []rootClaim
	verdicts, renewals := map[evidence.Hash]timestamp.Verdict{}, map[evidence.Hash][]evidence.Hash{}
	var list []stampAt
	for i, s := range recordsOf[evidence.Stamp](c, rel, evidence.KindStamp) {
		at, claim, err := c.stamp(rel, seg, s, roots)
		if err != nil {
			errs = append(errs, fmt.Errorf("entry %d: %w", i, err))
			continue
		}
		claim.who = fmt.Sprintf("the time-stamp of entry %d", i)
		claims = append(claims, claim)
		verdicts[s.Bundle] = at.verdict
		for _, h := range at.renewed {
			renewals[h] = append(renewals[h], s.Bundle)
		}
		list = append(list, at)
	}
	if err := c.log.checkRoots(claims, false); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	c.tellStamps(list, verdicts, renewals)
	return nil
}

// stampAt is one good time-stamp of a case.
type stampAt struct {
	size    int64
	bundle  evidence.Hash
	verdict timestamp.Verdict
	first   bool // over a checkpoint, not a renewal
	renewed []evidence.Hash
}

func (c *caseCheck) stamp(rel *relations, seg *segment, s evidence.Stamp, roots []*x509.Certificate) (stampAt, rootClaim, error) {
	out := stampAt{size: s.Size, bundle: s.Bundle}
	signed, err := rel.block(seg, s.Checkpoint)
	if err != nil {
		return out, rootClaim{}, err
	}
	cp, err := proof.OpenCheckpoint(signed, c.key)
	if err != nil {
		return out, rootClaim{}, err
	}
	if cp.Size != s.Size || cp.Root != s.Root {
		return out, rootClaim{}, fmt.Errorf("its record names a ledger of %d entries, its checkpoint one of %d: %w", s.Size, cp.Size, evidence.ErrTampered)
	}
	raw, err := rel.block(seg, s.Bundle)
	if err != nil {
		return out, rootClaim{}, err
	}
	b, err := timestamp.Open(raw)
	if err != nil {
		return out, rootClaim{}, err
	}
	if out.verdict, err = b.Judge(signed, roots); err != nil {
		return out, rootClaim{}, err
	}
	for _, k := range out.verdict.Checks {
		if k.Outcome == timestamp.Bad {
			return out, rootClaim{}, fmt.Errorf("time-stamp from %s: %s: %s: %w", clip(s.Authority), k.Name, k.Detail, evidence.ErrTampered)
		}
	}
	out.first = b.Over == timestamp.OverCheckpoint
	for _, h := range b.Renewed {
		if hash, err := evidence.ParseHash(h); err == nil {
			out.renewed = append(out.renewed, hash)
		}
	}
	return out, rootClaim{size: cp.Size, root: cp.Root}, nil
}

// tellStamps says up to where how many authorities vouch.
func (c *caseCheck) tellStamps(list []stampAt, verdicts map[evidence.Hash]timestamp.Verdict, renewals map[evidence.Hash][]evidence.Hash) {
	latest := c.opt.At
	for _, s := range list {
		if s.verdict.Time.After(latest) {
			latest = s.verdict.Time
		}
	}
	var good []timestamp.Verdict
	var sizes []int64
	judged := true
	for _, s := range list {
		if s.first && timestamp.Lasting(s.bundle, verdicts, renewals, latest) {
			good, sizes = append(good, s.verdict), append(sizes, s.size)
			judged = judged && s.verdict.Of("chain") == timestamp.Good
		}
	}
	var reach []int64 // of each authority, as a bundle counts them
	for _, group := range timestamp.Operators(good) {
		var most int64
		for _, k := range group {
			most = max(most, sizes[k])
		}
		reach = append(reach, most)
	}
	slices.Sort(reach)
	var covered int64
	if len(reach) >= wantedStamps {
		covered = reach[len(reach)-wantedStamps]
	}
	switch {
	case len(list) == 0:
		c.r.note("time-stamp", "%s", c.r.say.stamp)
		return
	case covered == 0:
		c.r.note("time-stamp", c.r.say.stampFew, len(list), len(reach))
	default:
		c.r.tell(judged)("time-stamp", c.r.say.stampedCase, covered, len(c.log.entries), len(reach))
	}
	if !judged {
		c.r.note("time-stamp", "%s", c.r.say.stampRoots)
	}
}

// block reads an object again, whole.
func (r *relations) block(seg *segment, h evidence.Hash) ([]byte, error) {
	n := r.x.find(shortOf(h))
	if n < 0 || r.x.objects[n].hash != h {
		return nil, fmt.Errorf("object %s: %w", h, evidence.ErrNotFound)
	}
	rec, err := r.v.fetch(seg, r.x.objects[n])
	if err != nil {
		return nil, err
	}
	if rec.block == nil {
		return nil, fmt.Errorf("object %s: %w", h, evidence.ErrLimit)
	}
	return append([]byte(nil), rec.block...), nil
}
