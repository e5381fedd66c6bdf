package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

const caseMarker = "svidok case 1\n"

// testCase is a case as package archive lays it out: keys, ledger, vault, marker.
type testCase struct {
	t      testing.TB
	b      vault.Backend
	signer note.Signer
	key    note.Verifier
	vault  *vault.Vault
	ledger *ledger.Ledger
	next   int // object
}

func keyPair(t testing.TB, seed byte) (secret, public string) {
	t.Helper()
	secret, public, err := ledger.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), "svidok.case/mirrored")
	if err != nil {
		t.Fatal(err)
	}
	return secret, public
}

func newCase(t testing.TB, b vault.Backend, batches int) *testCase {
	t.Helper()
	secret, public := keyPair(t, 5)
	for name, text := range map[string]string{"key": secret + "\n", "key.pub": public + "\n"} {
		if err := b.Replace(t.Context(), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	signer, err := note.NewSigner(secret)
	if err == nil {
		err = ledger.Create(t.Context(), b, signer)
	}
	if err == nil {
		err = b.Replace(t.Context(), "svidok", []byte(caseMarker))
	}
	if err != nil {
		t.Fatal(err)
	}
	c := openCase(t, b)
	for range batches {
		c.add(3)
	}
	return c
}

// openCase opens a case with the keys that lie in it.
func openCase(t testing.TB, b vault.Backend) *testCase {
	t.Helper()
	c := &testCase{t: t, b: b}
	secret, err := vault.ReadFile(t.Context(), b, "key", 999)
	if err == nil {
		c.signer, err = note.NewSigner(strings.TrimSpace(string(secret)))
	}
	_, public := keyPair(t, 5)
	if err == nil {
		c.key, err = note.NewVerifier(public)
	}
	if err == nil {
		c.ledger, err = ledger.Open(t.Context(), b, c.signer, c.key)
	}
	if err != nil {
		t.Fatal(err)
	}
	var end vault.End
	if x, ok := c.ledger.LastExtent(); ok {
		end = vault.End{Segment: x.Segment, Offset: x.To}
	}
	if c.vault, err = vault.Open(t.Context(), b, end); err != nil {
		t.Fatal(err)
	}
	c.next = int(c.ledger.Size())
	return c
}

// add keeps and notes a batch of n objects, named by where the ledger is.
func (c *testCase) add(n int) {
	c.t.Helper()
	head, _ := c.ledger.Checkpoint()
	list := objects(c.next, c.next+n)
	names, extents, err := c.vault.Put(c.t.Context(), fmt.Sprintf("%d:%s", head.Size, head.Root), list)
	if err != nil {
		c.t.Fatal(err)
	}
	at := time.UnixMilli(1700000000000).UTC()
	var entries []evidence.Entry
	for _, h := range names {
		entries = append(entries, evidence.Entry{Kind: evidence.KindCapture, Ref: h, Who: "m:test/1", When: at})
	}
	for _, x := range extents {
		entries = append(entries, evidence.Entry{Kind: evidence.KindExtent, Ref: x.Hash, Who: "m:test/1", When: at, Detail: fmt.Sprintf("%s:%d-%d", x.Segment, x.From, x.To)})
	}
	if _, err := c.ledger.Append(c.t.Context(), entries); err != nil {
		c.t.Fatal(err)
	}
	c.next += len(entries)
}

func (c *testCase) close() {
	c.t.Helper()
	if err := errors.Join(c.vault.Close(), c.ledger.Close()); err != nil {
		c.t.Fatal(err)
	}
}

// readHistory is what package archive gives to Mirror.
func readHistory(t testing.TB) func(context.Context, vault.Backend) (vault.History, error) {
	_, public := keyPair(t, 5)
	key, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, b vault.Backend) (vault.History, error) {
		var h vault.History
		for name, want := range map[string]string{"svidok": caseMarker, "key.pub": public + "\n"} {
			p, err := vault.ReadFile(ctx, b, name, 999)
			if err != nil {
				return h, err
			}
			if string(p) != want {
				return h, fmt.Errorf("%s: %w", name, evidence.ErrTampered)
			}
		}
		l, err := ledger.Open(ctx, b, nil, key)
		if err == nil {
			err = l.Check(ctx)
		}
		if err != nil {
			return h, err
		}
		c, _ := l.Checkpoint()
		h = vault.History{Size: c.Size, Root: c.Root, RootAt: l.RootAt}
		for line, err := range l.Entries(ctx, 0, c.Size) {
			if err != nil {
				return h, err
			}
			if e, err := proof.ParseEntry(line.Bytes); err == nil && e.Kind == evidence.KindExtent {
				x, err := proof.ParseExtent(e.Detail)
				if err != nil {
					return h, err
				}
				h.Extents = append(h.Extents, vault.Extent{Segment: x.Segment, From: x.From, To: x.To, Hash: e.Ref})
			}
		}
		return h, nil
	}
}

// mirror runs a mirror to its end, and counts by status.
func mirror(t testing.TB, a, b vault.Backend) (map[vault.Status]int, error) {
	t.Helper()
	return mirrorWith(t, a, b, vault.MirrorOptions{Read: readHistory(t)})
}

func mirrorWith(t testing.TB, a, b vault.Backend, o vault.MirrorOptions) (map[vault.Status]int, error) {
	t.Helper()
	out := map[vault.Status]int{}
	for m, err := range vault.Mirror(t.Context(), a, b, o) {
		if err != nil {
			return out, err
		}
		out[m.Status]++
	}
	return out, nil
}

func mustMirror(t testing.TB, a, b vault.Backend) map[vault.Status]int {
	t.Helper()
	got, err := mirror(t, a, b)
	if err != nil {
		t.Fatalf("%v; hint: %s", err, evidence.HintOf(err))
	}
	return got
}

// whole checks that a copy is right to the last byte and has so many entries.
func whole(t testing.TB, b vault.Backend, entries int64) {
	t.Helper()
	h, err := readHistory(t)(t.Context(), b)
	if err != nil || h.Size != entries {
		t.Fatalf("a copy of %d entries, %v; want %d", h.Size, err, entries)
	}
	n := 0
	for s, err := range vault.Sweep(t.Context(), b, h.Extents, 0, nil) {
		if err != nil || s.Problem != nil {
			t.Fatalf("extent %d: %v, %v", n, s.Problem, err)
		}
		n++
	}
	if n != len(h.Extents) || n == 0 {
		t.Fatalf("%d extents of %d", n, len(h.Extents))
	}
}

// TestRestoreDrill: the case is lost, is restored from its mirror, and goes on.
func TestRestoreDrill(t *testing.T) {
	k := testKeys(t, 1)
	for name, open := range map[string]func(dir string) vault.Backend{
		"open":   func(dir string) vault.Backend { return vault.Dir(dir) },
		"sealed": func(dir string) vault.Backend { return vault.Sealed(vault.Dir(dir), k) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			if name == "sealed" {
				if err := vault.SetPassphrase(t.Context(), vault.Dir(at("case")), k, passphrase, 2); err != nil {
					t.Fatal(err)
				}
			}
			c := newCase(t, open(at("case")), 4)
			first := c.ledger.Size()
			if got := mustMirror(t, c.b, open(at("mirror"))); got[vault.Copied] < 6 || got[vault.Damaged]+got[vault.Waits] > 0 {
				t.Errorf("the first run: %v", got)
			}
			whole(t, open(at("mirror")), first)
			c.add(5)
			c.close()
			size := c.ledger.Size()
			mustMirror(t, open(at("case")), open(at("mirror")))
			if got := mustMirror(t, open(at("case")), open(at("mirror"))); got[vault.Same] < 6 || len(got) != 1 {
				t.Errorf("nothing to do: %v", got)
			}
			whole(t, open(at("mirror")), size)
			// The case is lost here: nothing below names it.
			mustMirror(t, open(at("mirror")), open(at("restored")))
			if name == "sealed" {
				again, err := vault.Unlock(t.Context(), vault.Dir(at("restored")), passphrase)
				if err != nil {
					t.Fatal(err)
				}
				k = again
			}
			r := openCase(t, open(at("restored")))
			r.add(3)
			r.close()
			whole(t, open(at("restored")), r.ledger.Size())
			if p, err := r.vault.Get(t.Context(), evidence.Sum(object(1).Data)); err != nil || !bytes.Equal(p, object(1).Data) {
				t.Error(err)
			}
			mustMirror(t, open(at("restored")), open(at("mirror")))
			whole(t, open(at("mirror")), r.ledger.Size())
		})
	}
}

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

func list(t testing.TB, b vault.Backend) (names []string) {
	t.Helper()
	l, err := b.List(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range l {
		names = append(names, f.Name)
	}
	return names
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

// TestMirrorConflicts: a mirror that knows more, or something else, is left as it is.
func TestMirrorConflicts(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 3)
	mustMirror(t, a, b)
	old := a.Clone()
	c.add(2)
	mustMirror(t, a, b)
	forked := openCase(t, old.Clone())
	forked.next += 50
	forked.add(2)
	longer := openCase(t, forked.b.(*vaulttest.Fake).Clone())
	longer.add(2)
	for what, pair := range map[string][2]*vaulttest.Fake{
		"the case was rolled back":      {old, b},
		"the two went on by themselves": {forked.b.(*vaulttest.Fake), b},
		"and the case is longer":        {longer.b.(*vaulttest.Fake), b},
	} {
		x, y := pair[0].Clone(), pair[1].Clone()
		got, err := mirror(t, x, y)
		if !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" || len(got) > 0 {
			t.Errorf("%s: %v, %v; want ErrRefused and a hint", what, got, err)
		}
		for i, f := range []*vaulttest.Fake{x, y} {
			for _, name := range list(t, pair[i]) {
				if !bytes.Equal(f.Bytes(name), pair[i].Bytes(name)) {
					t.Errorf("%s: %s was written", what, name)
				}
			}
		}
	}
	k := testKeys(t, 1)
	for what, pair := range map[string][2]vault.Backend{
		"sealed and open":                  {vault.Sealed(vaulttest.New(), k), vaulttest.New()},
		"other keys":                       {vault.Sealed(vaulttest.New(), k), vault.Sealed(vaulttest.New(), testKeys(t, 2))},
		"a sealed one, unlocked by nobody": {sealedFake(t, k), vaulttest.New()},
	} {
		if _, err := mirror(t, pair[0], pair[1]); !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%s: %v, want ErrRefused", what, err)
		}
	}
	if _, err := mirror(t, vaulttest.New(), a); !errors.Is(err, evidence.ErrNotFound) || evidence.HintOf(err) == "" {
		t.Errorf("the wrong way round: %v, want ErrNotFound and a hint", err)
	}
}

func sealedFake(t *testing.T, k *vault.Keys) *vaulttest.Fake {
	t.Helper()
	f := vaulttest.New()
	if err := vault.SetPassphrase(t.Context(), f, k, passphrase, 2); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestMirrorCrash: the machine goes down at any step of a run that copies, and of one that
// heals. What the mirror knew can be restored from it, and the next run goes on.
func TestMirrorCrash(t *testing.T) {
	t.Parallel()
	const segment = "vault/000001.warc.gz"
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 3)
	mustMirror(t, a, b)
	old := c.ledger.Size()
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
	for what, pair := range map[string][2]*vaulttest.Fake{"copy": {a, b}, "first mirror": {a, vaulttest.New()}, "heal the mirror": {a, damagedB}, "heal the case": {damagedA, b}} {
		for at := int64(1); ; at += 1 + at/40 {
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
				if what == "copy" { // the case burns at this moment
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
				whole(t, x2, size)
				whole(t, y2, size)
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

func TestMirrorNoKeyAndForeign(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	newCase(t, a, 2).close()
	a.Put("notes.txt", []byte("a person's notes"))
	b.Put("vault/holiday.jpg", []byte("x"))
	got, err := mirrorWith(t, a, b, vault.MirrorOptions{Read: readHistory(t), NoKey: true})
	if err != nil || got[vault.Foreign] != 2 || b.Bytes("key") != nil || b.Bytes("notes.txt") != nil || string(b.Bytes("vault/holiday.jpg")) != "x" {
		t.Errorf("%v, %v, %v", got, err, list(t, b))
	}
	for _, name := range list(t, b) {
		if strings.HasSuffix(name, ".idx") || name == "key" {
			t.Errorf("%s was copied", name)
		}
	}
	other := vaulttest.New()
	mustMirror(t, a, other)
	other.Put("key", []byte("another"))
	if got := mustMirror(t, a, other); got[vault.Damaged] != 1 || string(other.Bytes("key")) != "another" {
		t.Errorf("two keys: %v", got)
	}
}

// TestMirrorSeals: a new passphrase reaches the mirror, a damaged seal does not.
func TestMirrorSeals(t *testing.T) {
	k := testKeys(t, 1)
	one, two := vaulttest.New(), vaulttest.New()
	if err := vault.SetPassphrase(t.Context(), one, k, passphrase, 2); err != nil {
		t.Fatal(err)
	}
	newCase(t, vault.Sealed(one, k), 2).close()
	mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k))
	if err := vault.SetPassphrase(t.Context(), one, k, "another good passphrase", 2); err != nil {
		t.Fatal(err)
	}
	mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k))
	good := two.Bytes("seal")
	if !bytes.Equal(good, one.Bytes("seal")) {
		t.Error("the new passphrase did not reach the mirror")
	}
	bad := bytes.Clone(good)
	bad[90] ^= 1
	one.Put("seal", bad)
	if got := mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k)); got[vault.Waits] != 1 || !bytes.Equal(two.Bytes("seal"), good) {
		t.Errorf("a damaged seal: %v", got)
	}
	one.Put("seal", nil)
	if mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k)); !bytes.Equal(one.Bytes("seal"), good) {
		t.Error("a lost seal was not brought back")
	}
	for name := range maps.Keys(map[string]bool{"seal": true, "svidok": true, "key": true}) {
		if bytes.Contains(two.Bytes(name), []byte("PRIVATE")) || bytes.Contains(two.Bytes(name), []byte("svidok case")) {
			t.Errorf("%s lies open in the mirror of a sealed case", name)
		}
	}
}

// TestSweep goes on where it was interrupted, names what is damaged, and is paced.
func TestSweep(t *testing.T) {
	a := vaulttest.New()
	newCase(t, a, 5).close()
	h, err := readHistory(t)(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	p := a.Bytes("vault/000001.warc.gz")
	p[h.Extents[3].From+5] ^= 1
	a.Put("vault/000001.warc.gz", p)
	var read int64
	pace := func(_ context.Context, n int) error { read += int64(n); return nil }
	next, bad := 0, []int{}
	for range h.Extents { // one at a time, as if interrupted after each
		for s, err := range vault.Sweep(t.Context(), a, h.Extents, next, pace) {
			if err != nil {
				t.Fatal(err)
			}
			if next = s.Next; s.Problem != nil {
				if !errors.Is(s.Problem, evidence.ErrTampered) || !strings.Contains(s.Problem.Error(), "000001") {
					t.Error(s.Problem)
				}
				bad = append(bad, next-1)
			}
			break
		}
	}
	if next != len(h.Extents) || !slices.Equal(bad, []int{3}) || read != h.Extents[len(h.Extents)-1].To {
		t.Errorf("came to %d of %d, damaged %v, read %d", next, len(h.Extents), bad, read)
	}
	tired := errors.New("tired")
	for s, err := range vault.Sweep(t.Context(), a, h.Extents, 0, func(context.Context, int) error { return tired }) {
		if !errors.Is(err, tired) || s.Problem != nil {
			t.Errorf("%v, %v", s.Problem, err)
		}
	}
	for _, err := range vault.Sweep(t.Context(), a, h.Extents, 99, nil) {
		if !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("from beyond the end: %v", err)
		}
	}
	a.FailRead("vault/000001.warc.gz", h.Extents[1].From)
	n := 0
	for s, err := range vault.Sweep(t.Context(), a, h.Extents, 0, nil) {
		if n++; err != nil || (s.Problem != nil) != (n == 2 || n == 4) || n == 2 && errors.Is(s.Problem, evidence.ErrTampered) {
			t.Errorf("extent %d, a sick disk: %v, %v", n-1, s.Problem, err)
		}
	}
	a.Put("vault/000001.warc.gz", nil)
	for s, err := range vault.Sweep(t.Context(), a, h.Extents[:1], 0, nil) {
		if err != nil || !errors.Is(s.Problem, evidence.ErrTampered) {
			t.Errorf("a missing segment: %v, %v", s.Problem, err)
		}
	}
}
