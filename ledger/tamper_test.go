package ledger

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
	"svidok/vault/vaulttest"
)

// small makes a ledger that has everything: full and partial tiles on two levels, an old
// partial tile, and a journal of two batches.
func small(t *testing.T) (*vaulttest.Fake, []int) {
	b := vaulttest.New()
	l := create(t, b)
	batches := []int{3, 255, 5, 4, 6}
	for i, n := range batches {
		grow(t, l, n)
		if i == 0 || i == 2 {
			if err := l.Publish(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b, batches
}

// TestEveryByteCounts changes every byte of every file in three ways.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	b, _ := small(t)
	_, key := keys(t, 1)
	files, err := b.List(t.Context(), "ledger")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		whole := b.Bytes(f.Name)
		stride := 1
		if len(whole) > 4<<10 { // the parts of a full tile or bundle are all alike
			stride = 61
		}
		for at := 0; at < len(whole); at += stride {
			for _, with := range []byte{whole[at] ^ 1, 0, ^whole[at]} {
				if with == whole[at] {
					continue
				}
				bad := append([]byte(nil), whole...)
				bad[at] = with
				b.Put(f.Name, bad)
				if l, err := Open(t.Context(), b, nil, key); err == nil {
					if err := l.Check(t.Context()); err == nil {
						t.Errorf("%s: byte %d as %#x went unseen", f.Name, at, with)
					}
				}
			}
		}
		b.Put(f.Name, whole)
	}
}

// TestTampering: what a hand can do to the files.
func TestTampering(t *testing.T) {
	frames := func(b *vaulttest.Fake) (out [][]byte) {
		p := b.Bytes(fileJournal)
		for at := int64(0); len(p) > 0; {
			_, n, err := parseFrame(p, at)
			if err != nil {
				t.Fatal(err)
			}
			out, p, at = append(out, p[:n]), p[n:], at+int64(n)
		}
		return out
	}
	for name, c := range map[string]func(b *vaulttest.Fake){
		"first batch of the journal cut out": func(b *vaulttest.Fake) { b.Put(fileJournal, frames(b)[1]) },
		"batches exchanged": func(b *vaulttest.Fake) {
			f := frames(b)
			b.Put(fileJournal, append(append([]byte{}, f[1]...), f[0]...))
		},
		"batch repeated": func(b *vaulttest.Fake) {
			f := frames(b)
			b.Put(fileJournal, append(append(append([]byte{}, f[0]...), f[0]...), f[1]...))
		},
		"checkpoint removed":        func(b *vaulttest.Fake) { b.Put(fileCheckpoint, nil) },
		"partial tile removed":      func(b *vaulttest.Fake) { b.Put("ledger/tile/0/001.p/7", nil) },
		"full tile removed":         func(b *vaulttest.Fake) { b.Put("ledger/tile/0/000", nil) },
		"bundle cut":                func(b *vaulttest.Fake) { b.Put("ledger/tile/entries/000", b.Bytes("ledger/tile/entries/000")[:9000]) },
		"a file that is not ours":   func(b *vaulttest.Fake) { b.Put("ledger/tile/0/000.bak", []byte("x")) },
		"a tile of a larger ledger": func(b *vaulttest.Fake) { b.Put("ledger/tile/0/001.p/99", make([]byte, 99*32)) },
		"an entry rewritten, with a new frame hash": func(b *vaulttest.Fake) {
			f := frames(b)
			p, _, err := parseFrame(bytes.Replace(f[0], []byte("m:test/1"), []byte("m:test/2"), 1), 0)
			if !errors.Is(err, evidence.ErrTampered) {
				t.Error("not even the frame's hash shows it:", err)
			}
			p, _, err = parseFrame(f[0], 0)
			if err != nil {
				t.Fatal(err)
			}
			p.entries = bytes.Replace(p.entries, []byte("m:test/1"), []byte("m:test/2"), 1)
			again, err := appendFrame(nil, p)
			if err != nil {
				t.Fatal(err)
			}
			b.Put(fileJournal, append(again, f[1]...))
		},
		"re-signed by another key": func(b *vaulttest.Fake) {
			other, _ := keys(t, 2)
			c, err := proof.OpenCheckpoint(b.Bytes(fileCheckpoint), must(keys(t, 1)))
			if err != nil {
				t.Fatal(err)
			}
			signed, err := proof.Sign(c, other)
			if err != nil {
				t.Fatal(err)
			}
			b.Put(fileCheckpoint, signed)
		},
	} {
		b, _ := small(t)
		c(b)
		_, key := keys(t, 1)
		l, err := Open(t.Context(), b, nil, key)
		if err == nil {
			err = l.Check(t.Context())
		}
		if err == nil {
			t.Errorf("%s: went unseen", name)
		} else if !errors.Is(err, evidence.ErrTampered) && !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("%s: %v, which is none of our errors", name, err)
		}
	}
}

func must(_ note.Signer, key note.Verifier) note.Verifier { return key }

// TestRollbackAndForkAreSeenByWhoKnewMore: the files alone cannot show them.
func TestRollbackAndForkAreSeenByWhoKnewMore(t *testing.T) {
	b := vaulttest.New()
	l := create(t, b)
	grow(t, l, 300)
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	old := b.Clone()
	grow(t, l, 10)
	for name, fork := range map[string]func(*Ledger){
		"rolled back":                 func(*Ledger) {},
		"forked, shorter":             func(l *Ledger) { grow(t, l, 4) },
		"forked, longer":              func(l *Ledger) { grow(t, l, 11) },
		"forked, longer, published":   func(l *Ledger) { grow(t, l, 11); _ = l.Publish(t.Context()) },
		"forked, longer, in one tile": func(l *Ledger) { grow(t, l, 500); _ = l.Close() },
	} {
		bad := old.Clone()
		fork(reopen(t, bad))
		knows := reopen(t, b.Clone())
		knows.b = bad
		if err := knows.Refresh(t.Context()); !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("%s: %v, want ErrTampered", name, err)
		}
		if knows.Size() != 310 {
			t.Errorf("%s: it was taken in", name)
		}
	}
}

func FuzzParseFrame(f *testing.F) {
	whole, err := appendFrame(nil, frame{first: 7, count: 2, entries: []byte("\x00\x01a\x00\x02bc"), checkpoint: []byte("signed")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, int64(0))
	f.Add(whole[:40], int64(8))
	f.Add(append(append([]byte{}, whole[:20]...), make([]byte, 60)...), int64(504))
	f.Fuzz(func(t *testing.T, p []byte, at int64) {
		if at = at &^ 7; at < 0 || len(p) == 0 {
			return
		}
		fr, n, err := parseFrame(p, at)
		if err != nil {
			if !errors.Is(err, errTorn) && !errors.Is(err, evidence.ErrTampered) {
				t.Fatalf("neither torn nor altered: %v", err)
			}
			return
		}
		again, err := appendFrame(nil, fr)
		if err != nil || !bytes.Equal(again, p[:n]) {
			t.Fatalf("a frame with two encodings: %q, %q, %v", p[:n], again, err)
		}
		// It is a frame, and so no change of one byte makes it a torn one.
		r := rand.New(rand.NewPCG(uint64(n), uint64(at)))
		bad := append([]byte(nil), p[:n]...)
		i := r.IntN(n)
		bad[i] ^= byte(1 + r.IntN(255))
		if _, _, err := parseFrame(bad, at); errors.Is(err, errTorn) && !allZeroPiece(bad, p[:n]) {
			t.Fatalf("byte %d changed, and it passes for a crash", i)
		}
	})
}

// allZeroPiece: the fuzzer has written entries that no ledger has, of zeros.
func allZeroPiece(bad, whole []byte) bool {
	return bytes.Count(whole, []byte{0, 0, 0, 0, 0, 0}) > 1 || len(bad) > 4096
}

func FuzzBundleAndTile(f *testing.F) {
	f.Add([]byte("\x00\x01a\x00\x02bc"), 2)
	f.Add(make([]byte, 64), 2)
	f.Fuzz(func(t *testing.T, p []byte, n int) {
		if entries, err := splitBundle(p, n); err == nil {
			var l lines
			for _, line := range entries {
				l.add(line)
			}
			if len(entries) != n || !bytes.Equal(l.data, p) {
				t.Fatal("a bundle with two encodings")
			}
		}
		if nodes, err := parseTile(p, n); err == nil && (len(nodes) != n || len(p) != 32*n) {
			t.Fatal("a tile of another width")
		}
		if tile, ok := parseTilePath(string(p)); ok && tilePath(tile) != string(p) {
			t.Fatal("a tile path with two forms")
		}
	})
}
