package dossier

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/proof"
)

// recordsOf gives the records of a kind that were decoded whole, each with the index of its
// entry. One that is not there was told already.
func recordsOf[T any](c *caseCheck, rel *relations, kind evidence.Kind) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i, e := range c.log.entries {
			if e.kind != kind {
				continue
			}
			n := rel.x.find(shortOf(e.ref))
			if n < 0 {
				continue
			}
			if v, ok := c.vaulted.decided[n].record.(T); ok && !yield(i, v) {
				return
			}
		}
	}
}

// cosignatures judges what witnesses said of a case: each checkpoint is one of this
// ledger's and bears the cosignature. A witness whose latest answer is that it knows another
// history is a failure.
func (c *caseCheck) cosignatures(rel *relations) error {
	seg := newSegment(maxWhole)
	var errs []error
	var claims []rootClaim
	reach, refused := map[string]int64{}, map[string]string{}
	for i, s := range recordsOf[evidence.Cosigned](c, rel, evidence.KindCosigned) {
		claims = append(claims, rootClaim{size: s.Size, root: s.Root, who: fmt.Sprintf("the witness's answer of entry %d", i)})
		if refused[s.Witness] = s.Refused; s.Refused != "" {
			continue
		}
		if err := c.cosigned(rel, seg, s); err != nil {
			errs = append(errs, fmt.Errorf("entry %d: %w", i, err))
		}
		reach[s.Witness] = max(reach[s.Witness], s.Size)
	}
	if err := c.log.checkRoots(claims, false); err != nil {
		errs = append(errs, err)
	}
	for w, why := range refused {
		if why != "" {
			errs = append(errs, fmt.Errorf("the witness %s knows another history of this log: %s: %w", clip(w), clip(why), evidence.ErrTampered))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.tellWitnesses(reach)
}

// tellWitnesses tells up to where each witness cosigned. Those that the reader knows must
// have.
func (c *caseCheck) tellWitnesses(reach map[string]int64) error {
	known := map[string]bool{}
	for _, vkey := range c.opt.Witnesses {
		k, err := proof.ParseCosignatureKey(strings.TrimSpace(vkey))
		if err != nil {
			return err
		}
		if known[k.String()] = true; reach[k.String()] == 0 {
			return fmt.Errorf("the witness %s cosigned nothing of it: %w", k.Name(), evidence.ErrNotFound)
		}
	}
	for _, w := range slices.Sorted(maps.Keys(reach)) {
		c.r.tell(known[w])("witness", c.r.say.witnessed, clip(w), reach[w], len(c.log.entries))
	}
	return nil
}

func (c *caseCheck) cosigned(rel *relations, seg *segment, s evidence.Cosigned) error {
	signed, err := rel.block(seg, s.Note)
	if err != nil {
		return err
	}
	cp, err := proof.OpenCheckpoint(signed, c.key)
	if err != nil {
		return err
	}
	key, err := proof.ParseCosignatureKey(s.Witness)
	if err != nil {
		return err
	}
	list, err := proof.VerifyCosignatures(signed, []*proof.CosignatureKey{key}, proof.Bounds{})
	if err == nil && (len(list) != 1 || cp.Size != s.Size || cp.Root != s.Root) {
		err = fmt.Errorf("its checkpoint is another, or bears no cosignature of %s: %w", clip(s.Witness), evidence.ErrTampered)
	}
	return err
}

// crosses verifies what other cases captured beside this one: both statements of each pair,
// and that ours was made of this ledger.
func (c *caseCheck) crosses(rel *relations) error {
	seg := newSegment(maxWhole)
	var claims []rootClaim
	for i, v := range recordsOf[evidence.Custody](c, rel, evidence.KindCustody) {
		if v.Act != evidence.CustodyCompared {
			continue
		}
		for _, h := range v.Objects {
			b, err := rel.block(seg, h)
			if err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
			p, err := evidence.Decode[crosscapture.Pair](b)
			if err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
			got, err := p.Open(c.keyText)
			if err == nil && !slices.Contains(v.About, got.Own.Record) {
				err = fmt.Errorf("it is about another capture: %w", evidence.ErrTampered)
			}
			if err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
			claims = append(claims, rootClaim{size: got.Own.Size, root: got.Own.Root, who: fmt.Sprintf("the capture shown in entry %d", i)})
			c.r.crossed(p.Key, got)
		}
	}
	return c.log.checkRoots(claims, false)
}
