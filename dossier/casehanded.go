package dossier

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/handover"
)

// handed verifies acknowledged hand-overs: the slip is this case's and of its ledger, and the
// receiver's answer is to it and by the key that was noted. Whose key that is, the house says.
func (c *caseCheck) handed(rel *relations) error {
	seg := newSegment(maxWhole)
	var claims []rootClaim
	for i, v := range recordsOf[evidence.Custody](c, rel, evidence.KindCustody) {
		if v.Act != evidence.CustodyAcknowledged {
			continue
		}
		a, err := c.answered(rel, seg, v)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		claims = append(claims, rootClaim{size: a.Size, root: a.Root, who: fmt.Sprintf("the hand-over of entry %d", i)})
	}
	if err := c.log.checkRoots(claims, false); err != nil {
		return err
	}
	if len(claims) > 0 {
		c.r.note("hand-over", c.r.say.handed, len(claims))
	}
	return nil
}

// answered opens what an acknowledgement left: slip, answer, key of the receiver.
func (c *caseCheck) answered(rel *relations, seg *segment, v evidence.Custody) (a handover.Answer, err error) {
	if len(v.Objects) != 3 {
		return a, fmt.Errorf("an acknowledgement that left %d objects: %w", len(v.Objects), evidence.ErrFormat)
	}
	var left [3][]byte
	for i, h := range v.Objects {
		b, err := rel.block(seg, h)
		if err != nil {
			return a, err
		}
		left[i] = append([]byte{}, b...)
	}
	slip, err := handover.OpenSlip(left[0])
	if err != nil {
		return a, err
	}
	if slip.Key != c.keyText {
		return a, fmt.Errorf("the slip is signed by another case: %w", evidence.ErrTampered)
	}
	key, err := note.NewVerifier(strings.TrimSpace(string(left[2])))
	if err != nil {
		return a, fmt.Errorf("the receiver's key: %w: %w", evidence.ErrFormat, err)
	}
	if a, err = handover.OpenAnswer(left[1], key); err != nil {
		return a, err
	}
	if err := a.To(slip); err != nil {
		return a, err
	}
	if a.Size != v.Size || a.Root != v.Root {
		return a, fmt.Errorf("the answer is of another ledger than its record: %w", evidence.ErrTampered)
	}
	return a, nil
}
