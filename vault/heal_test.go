package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

// TestMirrorHeals changes bytes of each file of a kind, in the case, in the mirror, and in
// both at different places, and mirrors once.
func TestMirrorHeals(t *testing.T) {
	t.Parallel()
	k := testKeys(t, 1)
	for _, sealing := range []bool{false, true} {
		t.Run(fmt.Sprint("sealed ", sealing), func(t *testing.T) {
			one, two := vaulttest.New(), vaulttest.New()
			open := func(f *vaulttest.Fake) vault.Backend {
				if sealing {
					return vault.Sealed(f, k)
				}
				return f
			}
			c := newCase(t, open(one), 6)
			if err := c.ledger.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
			size := c.ledger.Size()
			mustMirror(t, open(one), open(two))
			names := []string{"vault/000001.warc.gz", "ledger/tile/0/000.p/24", "ledger/tile/entries/000.p/24", "key.pub", "svidok"}
			for _, name := range names {
				if one.Bytes(name) == nil {
					t.Fatalf("no %s among %v", name, list(t, one))
				}
				for _, where := range []string{"case", "mirror", "both"} {
					for _, at := range []int{0, 70, 700, 1500} {
						if at >= len(one.Bytes(name)) {
							continue
						}
						a, b := one.Clone(), two.Clone()
						mangled := map[string][]*vaulttest.Fake{"case": {a}, "mirror": {b}, "both": {a, b}}[where]
						for i, f := range mangled {
							p := f.Bytes(name)
							p[(at+i*len(p)/2)%len(p)] ^= 0x10
							f.Put(name, p)
						}
						healed(t, open(a), open(b), size, name, where, at)
					}
				}
			}
		})
	}
}

func healed(t *testing.T, a, b vault.Backend, size int64, name, where string, at int) {
	t.Helper()
	before := map[vault.Backend]int{}
	for _, c := range []vault.Backend{a, b} {
		before[c] = len(list(t, c))
	}
	got, err := mirror(t, a, b)
	what := fmt.Sprintf("%s in %s at %d: %v, %v", name, where, at, got, err)
	segment := strings.HasPrefix(name, "vault/")
	if where == "both" && !segment { // each has another byte of the same file wrong
		if err == nil {
			t.Fatalf("%s: want an error", what)
		}
		return
	}
	if err != nil {
		t.Fatal(what)
	}
	want := map[string]vault.Status{"case": vault.HealedFirst, "mirror": vault.HealedSecond}[where]
	if where != "both" && got[want] < 1 || where == "both" && got[vault.HealedFirst]+got[vault.HealedSecond]+got[vault.Damaged] < 1 {
		t.Fatal(what)
	}
	if got[vault.Damaged] > 0 {
		if where != "both" {
			t.Fatal(what)
		}
		return
	}
	whole(t, a, size)
	whole(t, b, size)
	if len(list(t, a))+len(list(t, b)) <= before[a]+before[b] {
		t.Fatalf("%s: what was damaged is not laid aside", what)
	}
	c := openCase(t, a)
	c.add(2)
	c.close()
	mustMirror(t, a, b)
	whole(t, b, c.ledger.Size())
}

// TestDamagedInBoth: the same extent is damaged in both. It is named, nothing is written
// over it, and what else is damaged is healed all the same.
func TestDamagedInBoth(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 4)
	mustMirror(t, a, b)
	h, err := readHistory(t)(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	const name = "vault/000001.warc.gz"
	for f, extents := range map[*vaulttest.Fake][]int{a: {1, 2}, b: {1, 3}} {
		p := f.Bytes(name)
		for _, i := range extents {
			p[h.Extents[i].From+20] ^= 1
		}
		f.Put(name, p)
	}
	wantA := a.Bytes(name)
	got := mustMirror(t, a, b)
	if got[vault.Damaged] != 1 || got[vault.HealedFirst] != 1 || got[vault.HealedSecond] != 1 {
		t.Errorf("%v", got)
	}
	for _, f := range []*vaulttest.Fake{a, b} {
		var bad []int
		for s, err := range vault.Sweep(t.Context(), f, h.Extents, 0, nil) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Problem != nil {
				bad = append(bad, s.Next-1)
			}
		}
		if !slices.Equal(bad, []int{1}) {
			t.Errorf("damaged: %v", bad)
		}
	}
	x := h.Extents[1]
	if !bytes.Equal(a.Bytes(name)[x.From:x.To], wantA[x.From:x.To]) {
		t.Error("what is damaged in both was written over")
	}
	x = h.Extents[2]
	if aside := a.Bytes(fmt.Sprintf("damaged/%s.%d-%d", name, x.From, x.To)); !bytes.Equal(aside, wantA[x.From:x.To]) {
		t.Errorf("laid aside: %d bytes", len(aside))
	}
	c.close()
}

// TestMirrorCrash: the machine goes down at any step of a run that copies, and of one that
// heals. What the mirror knew can be restored from it, and the next run goes on.
func TestMirrorCrash(t *testing.T) {
	t.Parallel()
	const segment = "vault/000001.warc.gz"
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 3)
	mustMirror(t, a, b)
	old, c0 := c.ledger.Size(), a.Clone()
	c.add(2)
	if err := c.ledger.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.add(2)
	size := c.ledger.Size()
	damagedB := b.Clone()
	p := damagedB.Bytes(segment)
	p[100] ^= 1
	damagedB.Put(segment, p)
	damagedA := a.Clone()
	p = damagedA.Bytes(segment)
	p[100] ^= 1
	damagedA.Put(segment, p)
	published := b.Clone() // it was opened as a case once, and is ahead of the case in this alone
	openCase(t, published).close()
	unpublished := c0.Clone()
	openCase(t, unpublished).add(2)
	for what, pair := range map[string][2]*vaulttest.Fake{"copy": {a, b}, "copy to what was published": {unpublished, published}, "first mirror": {a, vaulttest.New()}, "heal the mirror": {a, damagedB}, "heal the case": {damagedA, b}} {
		dry := [2]*vaulttest.Fake{pair[0].Clone(), pair[1].Clone()}
		mustMirror(t, dry[0], dry[1])
		steps := dry[1].Steps()
		for at := int64(1); ; at++ {
			if at < steps-60 { // at the end are checkpoint and journal: there every step
				at += at / 9
			}
			x, y := pair[0].Clone(), pair[1].Clone()
			down := y
			if what == "heal the case" {
				down = x
			}
			down.CrashAt(at)
			_, err := mirror(t, x, y)
			if !down.Crashed() {
				if err != nil || at < 5 {
					t.Fatalf("%s: no crash at step %d: %v", what, at, err)
				}
				break
			}
			for _, tear := range vaulttest.Tears() {
				up := down.Restart(tear, uint64(at))
				x2, y2 := x, up
				if what == "heal the case" {
					x2, y2 = up, y
				}
				where := fmt.Sprintf("%s: step %d, %v", what, at, tear)
				if strings.HasPrefix(what, "copy") { // the case burns at this moment
					restored := vaulttest.New()
					mustMirror(t, y2.Clone(), restored)
					if h, err := readHistory(t)(t.Context(), restored); err != nil || h.Size < old {
						t.Fatalf("%s: restored: %d entries, %v", where, h.Size, err)
					} else {
						whole(t, restored, h.Size)
						r := openCase(t, restored)
						r.add(1)
					}
				}
				if _, err := mirror(t, x2, y2); err != nil {
					t.Fatalf("%s: the next run: %v", where, err)
				}
				want := size
				if pair[0] == unpublished {
					want = old + 3
				}
				whole(t, x2, want)
				whole(t, y2, want)
			}
		}
	}
}

// TestMirrorFull: the disk of the mirror fills up in the middle; the disk of the case does
// when it is healed.
func TestMirrorFull(t *testing.T) {
	const segment = "vault/000001.warc.gz"
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 3)
	mustMirror(t, a, b)
	c.add(9)
	size := c.ledger.Size()
	for room := int64(0); room < 6000; room += 113 {
		y := b.Clone()
		y.SetSpace(room)
		_, err := mirror(t, a, y)
		if err == nil {
			break
		}
		if !errors.Is(err, evidence.ErrFull) {
			t.Fatalf("room for %d: %v, want ErrFull", room, err)
		}
		restored := vaulttest.New()
		mustMirror(t, y.Clone(), restored)
		y.SetSpace(-1)
		mustMirror(t, a, y)
		whole(t, y, size)
	}
	mustMirror(t, a, b)
	p := a.Bytes(segment)
	p[50] ^= 1
	for room := int64(0); ; room += 97 {
		x := a.Clone()
		x.Put(segment, p)
		x.SetSpace(room)
		_, err := mirror(t, x, b)
		if err == nil {
			if room == 0 {
				t.Fatal("healed without room")
			}
			break
		}
		if !errors.Is(err, evidence.ErrFull) || !bytes.Equal(x.Bytes(segment), p) {
			t.Fatalf("room for %d: %v; the segment changed: %v", room, err, !bytes.Equal(x.Bytes(segment), p))
		}
		x.SetSpace(-1)
		mustMirror(t, x, b)
		whole(t, x, size)
	}
}

// TestMirrorLosses: files are gone from the case.
func TestMirrorLosses(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 4)
	if err := c.ledger.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustMirror(t, a, b)
	for _, gone := range [][]string{{"vault/000001.warc.gz"}, {"key"}, {"key.pub"}, {"svidok"}, {"ledger/tile/0/000.p/16"}, {"vault/000001.warc.gz", "key", "key.pub", "ledger/tile/entries/000.p/16"}} {
		x := a.Clone()
		for _, name := range gone {
			if x.Bytes(name) == nil {
				t.Fatalf("no %s in %v", name, list(t, x))
			}
			x.Put(name, nil)
		}
		got := mustMirror(t, x, b.Clone())
		if got[vault.HealedFirst] < len(gone) {
			t.Errorf("%v: %v", gone, got)
		}
		whole(t, x, c.ledger.Size())
		if !bytes.Equal(x.Bytes("key"), a.Bytes("key")) {
			t.Error("the key is another")
		}
	}
	x := a.Clone()
	x.Put("vault/000001.warc.gz", x.Bytes("vault/000001.warc.gz")[:700])
	mustMirror(t, x, b)
	whole(t, x, c.ledger.Size())
}
