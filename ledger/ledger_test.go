package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

const origin = "example.org/case"

// keys makes a key pair from a seed.
func keys(t testing.TB, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	secret, public, err := GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, key
}

// batch makes n entries from number first on; the last one is an extent.
func batch(first, n int) (out []evidence.Entry) {
	for i := first; i < first+n; i++ {
		e := evidence.Entry{Kind: evidence.KindCapture, Ref: evidence.Sum(fmt.Appendf(nil, "record %d", i)), Who: "m:test/1", When: time.UnixMilli(1700000000000 + int64(i)).UTC()}
		if i == first+n-1 {
			e.Kind, e.Detail = evidence.KindExtent, proof.Extent{Segment: "000001.warc.gz", From: int64(first), To: int64(first + n)}.String()
		}
		out = append(out, e)
	}
	return out
}

func create(t testing.TB, b vault.Backend) *Ledger {
	t.Helper()
	signer, _ := keys(t, 1)
	if err := Create(t.Context(), b, signer); err != nil {
		t.Fatal(err)
	}
	return reopen(t, b)
}

func reopen(t testing.TB, b vault.Backend) *Ledger {
	t.Helper()
	signer, key := keys(t, 1)
	l, err := Open(t.Context(), b, signer, key)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func grow(t testing.TB, l *Ledger, n int) {
	t.Helper()
	first, err := l.Append(t.Context(), batch(int(l.Size()), n))
	if err != nil || first+int64(n) != l.Size() {
		t.Fatalf("append: first %d, size %d, %v", first, l.Size(), err)
	}
}

// holds checks that the ledger is exactly the first entries that batch makes in batches of
// the given sizes.
func holds(t *testing.T, l *Ledger, batches ...int) {
	t.Helper()
	var want []evidence.Entry
	for _, n := range batches {
		want = append(want, batch(len(want), n)...)
	}
	if l.Size() != int64(len(want)) {
		t.Fatalf("%d entries, want %d", l.Size(), len(want))
	}
	i := 0
	for line, err := range l.Entries(t.Context(), 0, l.Size()) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := proof.ParseEntry(line.Bytes)
		if err != nil || e != want[i] || line.Index != int64(i) {
			t.Fatalf("entry %d is %+v, %v; want %+v", line.Index, e, err, want[i])
		}
		i++
	}
	if i != len(want) {
		t.Fatalf("%d entries were given, want %d", i, len(want))
	}
}

func TestLifeOfALedger(t *testing.T) {
	b := vaulttest.New()
	l := create(t, b)
	_, key := keys(t, 1)
	if _, ok := l.LastExtent(); ok {
		t.Error("an empty ledger has an extent")
	}
	type seen struct {
		c      proof.Checkpoint
		signed []byte
	}
	var past []seen
	var batches []int
	for i := range 60 {
		n := 1 + i*7%31
		grow(t, l, n)
		batches = append(batches, n)
		c, signed := l.Checkpoint()
		past = append(past, seen{c, signed})
		switch i % 7 {
		case 2:
			if err := l.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		case 4:
			l = reopen(t, b)
		}
		if x, ok := l.LastExtent(); !ok || x.To != l.Size() {
			t.Fatalf("last extent %v, %v in a ledger of %d", x, ok, l.Size())
		}
	}
	if l.Size() < 3*tileWidth {
		t.Fatal("too small a ledger to test tiles")
	}
	for round := range 2 {
		holds(t, l, batches...)
		for _, p := range past {
			if c, err := proof.OpenCheckpoint(p.signed, key); err != nil || c != p.c {
				t.Fatal(c, err)
			}
			checkProofs(t, l, p.c)
		}
		if err := l.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if len(b.Bytes(fileJournal)) != 0 {
				t.Error("the journal of a closed ledger is not empty")
			}
			l = reopen(t, b)
		}
	}
}

// checkProofs proves everything about an earlier head.
func checkProofs(t *testing.T, l *Ledger, c proof.Checkpoint) {
	t.Helper()
	head, _ := l.Checkpoint()
	path, err := l.ProveConsistency(t.Context(), c.Size, head.Size)
	if err == nil {
		err = proof.CheckConsistency(path, head.Size, head.Root, c.Size, c.Root)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := c.Size - 1; i >= 0; i = i*2/3 - 1 {
		path, err := l.Prove(t.Context(), i, c.Size)
		if err != nil {
			t.Fatal(err)
		}
		for line, err := range l.Entries(t.Context(), i, i+1) {
			if err == nil {
				err = proof.CheckInclusion(path, c.Size, i, c.Root, proof.Leaf(line.Bytes))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTwoWriters(t *testing.T) {
	b := vaulttest.New()
	one := create(t, b)
	grow(t, one, 5)
	two := reopen(t, b)
	grow(t, two, 6)
	if _, err := one.Append(t.Context(), batch(5, 1)); !errors.Is(err, evidence.ErrBusy) {
		t.Fatalf("append after another process did: %v, want ErrBusy", err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	for _, publish := range []bool{false, true, false} {
		if err := one.Refresh(t.Context()); err != nil || one.Size() != two.Size() {
			t.Fatal(one.Size(), two.Size(), err)
		}
		grow(t, one, 300)
		if publish {
			if err := one.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := two.Refresh(t.Context()); err != nil || one.Size() != two.Size() {
			t.Fatal(one.Size(), two.Size(), err)
		}
		grow(t, two, 4)
	}
	holds(t, two, 5, 6, 300, 4, 300, 4, 300, 4)
}

// TestCrashAnywhere lets the machine go down at every step of three batches and a
// publication in between, with every tear. What was acknowledged is there afterwards,
// and of the batch under way all or nothing.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	run := func(b *vaulttest.Fake, l *Ledger) (acked []int, err error) {
		for i, n := range []int{3, 2, 5} {
			if _, err := l.Append(t.Context(), batch(int(l.Size()), n)); err != nil {
				return acked, err
			}
			acked = append(acked, n)
			if i == 1 {
				if err := l.Publish(t.Context()); err != nil {
					return acked, err
				}
			}
		}
		return acked, nil
	}
	for name, c := range map[string]struct {
		before, stride int
	}{
		"every step of a small ledger":     {4, 1},
		"while a tile is being filled up":  {254, 41},
		"while a second tile is beginning": {258, 53},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := vaulttest.New()
			l := create(t, base)
			grow(t, l, c.before-1)
			if err := l.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
			grow(t, l, 1)
			whole := base.Clone()
			if _, err := run(whole, reopen(t, whole)); err != nil {
				t.Fatal(err)
			}
			for at := int64(1); at <= whole.Steps(); at += int64(c.stride) {
				b := base.Clone()
				l := reopen(t, b)
				b.CrashAt(at)
				acked, err := run(b, l)
				if !b.Crashed() {
					t.Fatalf("step %d: no crash (%v)", at, err)
				}
				for _, tear := range vaulttest.Tears() {
					if tear != vaulttest.Prefix && c.stride == 1 && at%5 != 0 {
						continue // they differ little from one byte to the next
					}
					afterCrash(t, b.Restart(tear, uint64(at)), c.before, acked, fmt.Sprintf("step %d of %d, %v", at, whole.Steps(), tear))
				}
			}
		})
	}
}

func afterCrash(t *testing.T, b *vaulttest.Fake, before int, acked []int, what string) {
	t.Helper()
	signer, key := keys(t, 1)
	l, err := Open(t.Context(), b, signer, key)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	want := before
	for _, n := range acked {
		want += n
	}
	if got := int(l.Size()); got != want && (len(acked) == 3 || got != want+[]int{3, 2, 5}[len(acked)]) {
		t.Fatalf("%s: %d entries; acknowledged were %d", what, got, want)
	}
	if err := l.Check(t.Context()); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	grow(t, l, 7)
	if err := l.Close(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := reopen(t, b).Check(t.Context()); err != nil {
		t.Fatalf("%s, after another batch: %v", what, err)
	}
}

func TestFullDisk(t *testing.T) {
	b := vaulttest.New()
	l := create(t, b)
	grow(t, l, 10)
	for room := int64(0); room < 900; room += 100 {
		b := b.Clone()
		l := reopen(t, b)
		b.SetSpace(room)
		if _, err := l.Append(t.Context(), batch(10, 8)); !errors.Is(err, evidence.ErrFull) {
			t.Fatalf("append with room for %d bytes: %v, want ErrFull", room, err)
		}
		if l.Size() != 10 {
			t.Fatalf("%d entries after a failed append", l.Size())
		}
		holds(t, reopen(t, b), 10)
	}
	b.FailNextAppend(70, context.DeadlineExceeded)
	b.SetSpace(-1)
	if _, err := l.Append(t.Context(), batch(10, 8)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	grow(t, l, 8)
	holds(t, l, 10, 8)
	holds(t, reopen(t, b), 10, 8)
}

func TestReadOnly(t *testing.T) {
	b, batches := small(t)
	_, key := keys(t, 1)
	before := b.Steps()
	l, err := Open(t.Context(), b, nil, key)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, l, batches...)
	if _, err := l.Append(t.Context(), batch(0, 1)); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("append: %v, want ErrUsage", err)
	}
	if err := l.Close(); err != nil || b.Steps() != before {
		t.Errorf("close: %v, %d steps", err, b.Steps()-before)
	}
	signer, _ := keys(t, 1)
	if err := Create(t.Context(), b, signer); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("create over a ledger: %v, want ErrRefused", err)
	}
	if _, err := Open(t.Context(), vaulttest.New(), nil, key); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("open nothing: %v, want ErrNotFound", err)
	}
}

func TestKeys(t *testing.T) {
	for _, bad := range []string{"", "a b", "a+b", "a\nb", strings.Repeat("x", 300), "\xff"} {
		if _, _, err := GenerateKey(bytes.NewReader(make([]byte, 64)), bad); !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("origin %q: %v, want ErrUsage", bad, err)
		}
	}
	if _, _, err := GenerateKey(bytes.NewReader(nil), origin); err == nil {
		t.Error("a key without randomness")
	}
	one, _ := keys(t, 1)
	_, two := keys(t, 2)
	if _, err := Open(t.Context(), vaulttest.New(), one, two); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("keys that are no pair: %v, want ErrUsage", err)
	}
}
