package witness

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

// Relation of two checkpoints of one log.
type Relation string

// The relations of the checkpoint that we hold to one that was seen elsewhere.
const (
	Same   Relation = "same"   // one tree
	Ahead  Relation = "ahead"  // ours extends the one seen
	Behind Relation = "behind" // the one seen is larger: ours is an old copy, or was rolled back
	Forked Relation = "forked" // they are two histories
)

// Comparison is how two checkpoints of one log stand to each other.
type Comparison struct {
	Relation   Relation
	Held, Seen proof.Checkpoint
	// Shown: the one is proven to extend the other, or both are of one size. A Behind that
	// is not shown says only that a larger tree was signed; whether ours lies in it is open.
	Shown bool
}

// Compare sets the checkpoint that we hold beside one that was seen elsewhere: held by a
// witness, in a bundle that left earlier, with somebody else. Both must be signed by the
// log's key, else ErrTampered.
//
// prove gives the proof that the first to entries extend the first from, out of the ledger
// of the larger of the two: as a rule ours. It must be one that was opened and stands by
// that checkpoint; then a proof that does not fit is a fork, since it is the smaller one
// that is not among its entries. Without prove (nil), or where it fails, an Ahead cannot be
// told and is the error of prove, and a Behind is not Shown.
func Compare(held, seen []byte, key note.Verifier, prove func(from, to int64) ([]evidence.Hash, error)) (Comparison, error) {
	var c Comparison
	var err error
	if c.Held, err = proof.OpenCheckpoint(held, key); err != nil {
		return c, fmt.Errorf("the checkpoint that is held: %w", err)
	}
	if c.Seen, err = proof.OpenCheckpoint(seen, key); err != nil {
		return c, fmt.Errorf("the checkpoint that was seen: %w", err)
	}
	small, large := c.Seen, c.Held
	c.Relation = Ahead
	switch {
	case c.Held.Size == c.Seen.Size:
		c.Relation, c.Shown = Same, true
		if c.Held.Root != c.Seen.Root {
			c.Relation = Forked
		}
		return c, nil
	case c.Held.Size < c.Seen.Size:
		c.Relation = Behind
		small, large = c.Held, c.Seen
	}
	if small.Size == 0 {
		c.Shown = true
		if small.Root != emptyRoot() {
			c.Relation = Forked
		}
		return c, nil
	}
	var path []evidence.Hash
	err = fmt.Errorf("there is no ledger to prove it from: %w", evidence.ErrNotFound)
	if prove != nil {
		path, err = prove(small.Size, large.Size)
	}
	if err != nil && c.Relation == Behind {
		return c, nil
	}
	if err != nil {
		return Comparison{Held: c.Held, Seen: c.Seen}, fmt.Errorf("compare %d entries with %d: %w", large.Size, small.Size, err)
	}
	c.Shown = true
	if proof.CheckConsistency(path, large.Size, large.Root, small.Size, small.Root) != nil {
		c.Relation = Forked
	}
	return c, nil
}
