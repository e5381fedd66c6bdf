package vault_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

const segmentOne = "vault/000001.warc.gz"

func mangle(f *vaulttest.Fake, name string, at int64) {
	p := f.Bytes(name)
	p[at] ^= 1
	f.Put(name, p)
}

func extentsOf(t *testing.T, b vault.Backend) []vault.Extent {
	t.Helper()
	h, err := readHistory(t)(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return h.Extents
}

// TestOnlyCopyIsDamaged: an extent is damaged before the mirror has it. It is named, the
// mirror gets what there is and all that comes after, and can be opened; and is healed when
// a right copy turns up.
func TestOnlyCopyIsDamaged(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 2)
	mustMirror(t, a, b)
	c.add(3)
	c.add(3)
	size, right := c.ledger.Size(), a.Clone()
	mangle(a, segmentOne, extentsOf(t, a)[2].From+30)
	for _, to := range []*vaulttest.Fake{b, vaulttest.New()} {
		got := mustMirror(t, a, to)
		if got[vault.Damaged] != 1 || got[vault.Copied] == 0 || got[vault.Waits] != 0 {
			t.Fatalf("%v, want one that is damaged", got)
		}
		if got := mustMirror(t, a, to); got[vault.Damaged] != 1 || got[vault.HealedFirst]+got[vault.HealedSecond] != 0 {
			t.Errorf("once more: %v", got)
		}
		r := openCase(t, to.Clone())
		r.add(1)
		mustMirror(t, right.Clone(), to)
		whole(t, to, size)
	}
}

// TestUnreadableLeavesTheMirrorAsItWas: what cannot be read in the case at all is not made
// up for: the mirror stays what it was, a whole case.
func TestUnreadableLeavesTheMirrorAsItWas(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 2)
	mustMirror(t, a, b)
	old := c.ledger.Size()
	c.add(3)
	c.add(3)
	x := extentsOf(t, a)
	a.FailRead(segmentOne, x[2].From+10)
	got := mustMirror(t, a, b)
	if got[vault.Damaged] != 1 || got[vault.Waits] != 2 { // the next extent, and the ledger
		t.Errorf("%v", got)
	}
	whole(t, b, old)
	openCase(t, b.Clone()).add(1)
	a.FailRead(segmentOne, -1)
	mustMirror(t, a, b)
	whole(t, b, c.ledger.Size())
}

// TestHealedWithWhatWasCompared: the right copy goes bad between being compared and being
// copied from. Nothing is replaced.
func TestHealedWithWhatWasCompared(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	newCase(t, a, 1).close()
	mustMirror(t, a, b)
	mangle(a, segmentOne, 40)
	before := a.Bytes(segmentOne)
	reads := 0
	got, err := mirrorWith(t, a, b, vault.MirrorOptions{Read: readHistory(t), Pace: func(context.Context, int) error {
		if reads++; reads == 2 { // both were read
			mangle(b, segmentOne, 90)
		}
		return nil
	}})
	if err != nil || got[vault.Waits] != 1 || got[vault.HealedFirst] != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if reads < 2 || !bytes.Equal(a.Bytes(segmentOne), before) {
		t.Errorf("the segment was replaced after %d reads", reads)
	}
}

// TestForeignBeginningIsLaidAside: where the mirror's next extent goes lie bytes that are
// not its beginning.
func TestForeignBeginningIsLaidAside(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 2)
	mustMirror(t, a, b)
	junk := []byte("what somebody wrote here")
	at := int64(len(b.Bytes(segmentOne)))
	b.Put(segmentOne, append(b.Bytes(segmentOne), junk...))
	c.add(3)
	mustMirror(t, a, b)
	whole(t, b, c.ledger.Size())
	found := false
	for _, name := range list(t, b) {
		found = found || bytes.Equal(b.Bytes(name), junk)
	}
	if !found {
		t.Errorf("what lay at byte %d is lost: %v", at, list(t, b))
	}
	begun := a.Bytes(segmentOne)[at : at+40] // an interrupted run's own
	other := vaulttest.New()
	mustMirror(t, a, other)
	other.Put(segmentOne, append(other.Bytes(segmentOne), begun...))
	n := len(list(t, other))
	c.add(3)
	mustMirror(t, a, other)
	if whole(t, other, c.ledger.Size()); len(list(t, other)) > n+1 {
		t.Errorf("more than once laid aside: %v", list(t, other))
	}
}

// TestReadIsAskedForErrors: what Read says of a ledger that cannot be healed is what Mirror
// says.
func TestReadIsAskedForErrors(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 2)
	mustMirror(t, a, b)
	c.add(1)
	mangle(a, "ledger/journal", 40)
	was := b.Clone()
	if _, err := mirror(t, a, b); !errors.Is(err, evidence.ErrTampered) || evidence.HintOf(err) == "" {
		t.Errorf("a damaged journal: %v, want ErrTampered and a hint", err)
	}
	for _, name := range list(t, was) {
		if !bytes.Equal(was.Bytes(name), b.Bytes(name)) {
			t.Errorf("%s of the mirror was written", name)
		}
	}
}
