package vault_test

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
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
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
