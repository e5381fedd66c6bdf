package proof_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/proof"
)

func entry(kind evidence.Kind, detail string) evidence.Entry {
	return evidence.Entry{Kind: kind, Ref: evidence.Sum([]byte("x")), Who: "m:intake/1", When: time.Date(2026, 1, 31, 12, 0, 0, 7e6, time.UTC), Detail: detail}
}

func TestEntryHasOneEncoding(t *testing.T) {
	for _, e := range []evidence.Entry{entry(evidence.KindCapture, ""), entry(evidence.KindExtent, "000001.warc.gz:0-17")} {
		line, err := proof.EncodeEntry(e)
		if err != nil {
			t.Fatal(err)
		}
		back, err := proof.ParseEntry(line)
		if err != nil || back != e {
			t.Fatalf("%q: %+v, %v", line, back, err)
		}
		// Every changed byte either fails or reads as another entry with that very encoding.
		for i := range line {
			for _, x := range []byte{line[i] ^ 1, line[i] ^ 0x20, ' ', '\n', 0, 0xff} {
				bad := bytes.Clone(line)
				if bad[i] == x {
					continue
				}
				bad[i] = x
				got, err := proof.ParseEntry(bad)
				if err != nil {
					continue
				}
				again, err := proof.EncodeEntry(got)
				if err != nil || !bytes.Equal(again, bad) || got == e {
					t.Fatalf("byte %d of %q: %q reads as %+v", i, line, bad, got)
				}
			}
		}
	}
}

func TestEntryRefusals(t *testing.T) {
	for name, e := range map[string]evidence.Entry{
		"a name":           {Kind: evidence.KindCapture, Who: "p:Olena Petrenko", When: time.Now()},
		"no prefix":        {Kind: evidence.KindCapture, Who: "intake", When: time.Now()},
		"unknown kind":     {Kind: "rumour", Who: "m:a", When: time.Now()},
		"detail elsewhere": entry(evidence.KindCapture, "000001.warc.gz:0-17"),
		"no detail":        entry(evidence.KindExtent, ""),
		"empty extent":     entry(evidence.KindExtent, "000001.warc.gz:5-5"),
		"path in extent":   entry(evidence.KindExtent, "../x:0-5"),
		"plus in extent":   entry(evidence.KindExtent, "a:+0-5"),
	} {
		if line, err := proof.EncodeEntry(e); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %q, %v", name, line, err)
		}
	}
}

func FuzzEntry(f *testing.F) {
	line, _ := proof.EncodeEntry(entry(evidence.KindExtent, "000001.warc.gz:0-17"))
	f.Add(line)
	f.Add([]byte("svidok/1 capture  m:a 2026\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := proof.ParseEntry(b)
		if err != nil {
			return
		}
		if again, err := proof.EncodeEntry(e); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%q encodes again as %q (%v)", b, again, err)
		}
	})
}

func keys(t *testing.T, name string) (note.Signer, note.Verifier) {
	t.Helper()
	sk, vk, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(sk)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vk)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestCheckpointIsBoundToItsKey(t *testing.T) {
	signer, key := keys(t, "svidok/test")
	other, otherKey := keys(t, "svidok/test")
	want := proof.Checkpoint{Origin: "svidok/test", Size: 42, Root: evidence.Sum([]byte("root"))}
	signed, err := proof.Sign(want, signer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := proof.OpenCheckpoint(signed, key); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
	forged, _ := proof.Sign(want, other)
	for _, c := range []struct {
		note []byte
		key  note.Verifier
	}{{forged, key}, {signed, otherKey}} {
		if _, err := proof.OpenCheckpoint(c.note, c.key); !errors.Is(err, evidence.ErrTampered) {
			t.Fatalf("another key: %v", err)
		}
	}
	for i := range signed {
		for bit := range 8 {
			bad := bytes.Clone(signed)
			bad[i] ^= 1 << bit
			if got, err := proof.OpenCheckpoint(bad, key); err == nil {
				t.Fatalf("byte %d bit %d of the checkpoint changed unseen: %+v", i, bit, got)
			}
		}
	}
	if _, err := proof.Sign(proof.Checkpoint{Origin: "another"}, signer); !errors.Is(err, evidence.ErrUsage) {
		t.Fatalf("signed another origin: %v", err)
	}
}

func TestSignedButMisshapenCheckpoints(t *testing.T) {
	signer, key := keys(t, "svidok/test")
	root := strings.Repeat("A", 43) + "="
	for _, text := range []string{
		"svidok/test\n1\n", "svidok/test\n-1\n" + root + "\n", "svidok/test\n01\n" + root + "\n", "svidok/test\n1\nAAAA\n",
		"svidok/test\n1\n" + root + "\nmore\n", "other\n1\n" + root + "\n", "svidok/test\n1\n" + strings.Repeat("A", 42) + "B=\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := proof.OpenCheckpoint(signed, key); err == nil {
			t.Errorf("%q was taken as %+v", text, c)
		}
	}
}

// A log of n entries, every inclusion path and every consistency path between two sizes.
func TestPathsOfSmallTrees(t *testing.T) {
	const n = 17
	var store []tlog.Hash
	reader := tlog.HashReaderFunc(func(ix []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range ix {
			out = append(out, store[i])
		}
		return out, nil
	})
	var lines [][]byte
	var roots []evidence.Hash
	for i := range int64(n) {
		e := entry(evidence.KindCapture, "")
		e.Ref = evidence.Hash{byte(i)}
		line, _ := proof.EncodeEntry(e)
		hs, err := tlog.StoredHashes(i, line, reader)
		if err != nil {
			t.Fatal(err)
		}
		store, lines = append(store, hs...), append(lines, line)
		root, _ := tlog.TreeHash(i+1, reader)
		roots = append(roots, evidence.Hash(root))
	}
	for size := int64(1); size <= n; size++ {
		for i := range size {
			p, _ := tlog.ProveRecord(size, i, reader)
			path := hashes(p)
			if err := proof.CheckInclusion(path, size, i, roots[size-1], proof.Leaf(lines[i])); err != nil {
				t.Fatal(err)
			}
			if err := proof.CheckInclusion(path, size, i, roots[size-1], proof.Leaf(lines[(i+1)%n])); !errors.Is(err, evidence.ErrTampered) {
				t.Fatalf("another entry was included at %d of %d: %v", i, size, err)
			}
		}
		for old := int64(1); old < size; old++ {
			p, _ := tlog.ProveTree(size, old, reader)
			if err := proof.CheckConsistency(hashes(p), size, roots[size-1], old, roots[old-1]); err != nil {
				t.Fatal(err)
			}
			if err := proof.CheckConsistency(hashes(p), size, roots[size-1], old, evidence.Hash{9}); !errors.Is(err, evidence.ErrTampered) {
				t.Fatalf("a fork at %d of %d: %v", old, size, err)
			}
		}
	}
}

func hashes(p []tlog.Hash) []evidence.Hash {
	out := make([]evidence.Hash, len(p))
	for i, h := range p {
		out[i] = evidence.Hash(h)
	}
	return out
}
