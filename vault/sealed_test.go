package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

// testKeys gives keys that are the same in each run.
func testKeys(t testing.TB, seed byte) *vault.Keys {
	t.Helper()
	k, err := vault.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealedBackends(t *testing.T) {
	t.Run("dir", func(t *testing.T) {
		vaulttest.Suite(t, func(t *testing.T) vault.Backend {
			return vault.Sealed(vault.Dir(filepath.Join(t.TempDir(), "new", "case")), testKeys(t, 1))
		})
	})
	t.Run("fake", func(t *testing.T) {
		vaulttest.Suite(t, func(t *testing.T) vault.Backend { return vault.Sealed(vaulttest.New(), testKeys(t, 1)) })
	})
}

// TestSealedIsAFile appends, cuts and replaces at random, and reads at random, through one
// backend and through one that is opened anew each time.
func TestSealedIsAFile(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	inner, k := vaulttest.New(), testKeys(t, 1)
	b := vault.Sealed(inner, k)
	var want []byte
	before := 0
	for i := range 1500 {
		p := make([]byte, random.IntN(40000)*random.IntN(2)+random.IntN(50))
		if random.IntN(100) == 0 {
			p = make([]byte, 3<<20+random.IntN(99)) // some frames
		}
		for i := range p {
			p[i] = byte(random.Uint32())
		}
		off := len(want)
		if random.IntN(3) == 0 {
			off = random.IntN(len(want) + 1)
		}
		if random.IntN(50) == 0 {
			off = 0
		}
		if random.IntN(4) == 0 && before <= len(want) { // cut where it was cut already
			off = before
		}
		before = off
		if random.IntN(60) == 0 {
			want = bytes.Clone(p)
			if err := b.Replace(t.Context(), "f", p); err != nil {
				t.Fatal(err)
			}
		} else {
			want = append(want[:off:off], p...)
			if err := b.Append(t.Context(), "f", int64(off), p); err != nil {
				t.Fatal(err)
			}
		}
		if random.IntN(4) == 0 {
			b = vault.Sealed(inner, k)
		}
		f, err := b.Open(t.Context(), "f")
		if err != nil || f.Size() != int64(len(want)) {
			t.Fatalf("step %d: %d bytes, %v; want %d", i, f.Size(), err, len(want))
		}
		got := make([]byte, len(want))
		if n, err := f.ReadAt(got, 0); n != len(want) || err != nil && err != io.EOF || !bytes.Equal(got, want) {
			t.Fatalf("step %d: read %d of %d, %v", i, n, len(want), err)
		}
		for range 10 {
			from := random.IntN(len(want) + 1)
			n, err := f.ReadAt(got[:random.IntN(len(want)-from+1)], int64(from))
			if err != nil && err != io.EOF || !bytes.Equal(got[:n], want[from:from+n]) {
				t.Fatalf("step %d: read at %d: %d, %v", i, from, n, err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCutTwice: to cut where it was cut already does not bring back what the first cut took.
func TestCutTwice(t *testing.T) {
	inner, k := vaulttest.New(), testKeys(t, 1)
	b := vault.Sealed(inner, k)
	for _, c := range []struct {
		off  int64
		p    string
		want string
	}{{0, "0123456789", "0123456789"}, {5, "x", "01234x"}, {5, "", "01234"}, {5, "yz", "01234yz"}, {3, "", "012"}, {3, "", "012"}} {
		if err := b.Append(t.Context(), "f", c.off, []byte(c.p)); err != nil {
			t.Fatal(err)
		}
		for _, b := range []vault.Backend{b, vault.Sealed(inner, k)} {
			if p, err := vault.ReadFile(t.Context(), b, "f", 99); err != nil || string(p) != c.want {
				t.Fatalf("%q at %d: %q, %v; want %q", c.p, c.off, p, err, c.want)
			}
		}
	}
}

// TestSealedCrash: whatever the machine was doing when it went down, all that was
// acknowledged can be read, nothing is called altered, and writing goes on.
func TestSealedCrash(t *testing.T) {
	t.Parallel()
	k := testKeys(t, 2)
	base := vaulttest.New()
	old := bytes.Repeat([]byte("acknowledged "), 300)
	for at := 0; at < len(old); at += 1300 {
		if err := vault.Sealed(base, k).Append(t.Context(), "f", int64(at), old[at:at+1300]); err != nil {
			t.Fatal(err)
		}
	}
	fresh := bytes.Repeat([]byte("new"), 700)
	for _, off := range []int{0, 1300, 2000, 2600, len(old)} {
		for at := int64(1); ; at++ {
			b := base.Clone()
			b.CrashAt(at)
			err := vault.Sealed(b, k).Append(t.Context(), "f", int64(off), fresh)
			if !b.Crashed() {
				if err != nil || at < int64(len(fresh)) {
					t.Fatalf("no crash at %d: %v", at, err)
				}
				break
			}
			for _, tear := range vaulttest.Tears() {
				if tear != vaulttest.Prefix && at%7 != 0 {
					continue
				}
				sealedAfterCrash(t, vault.Sealed(b.Restart(tear, uint64(at)), k), old, fresh, off, fmt.Sprintf("off %d, step %d, %v", off, at, tear))
			}
		}
	}
}

func sealedAfterCrash(t *testing.T, b vault.Backend, old, fresh []byte, off int, what string) {
	t.Helper()
	p, err := vault.ReadFile(t.Context(), b, "f", 1<<20)
	whole := append(old[:off:off], fresh...)
	if err != nil || !bytes.HasPrefix(p, old[:off]) || !bytes.Equal(p, old) && !bytes.HasPrefix(whole, p) {
		t.Fatalf("%s: %d bytes, %v", what, len(p), err)
	}
	if err := b.Append(t.Context(), "f", int64(off), fresh[:10]); err != nil {
		t.Fatalf("%s: append: %v", what, err)
	}
	if p, err := vault.ReadFile(t.Context(), b, "f", 1<<20); err != nil || !bytes.Equal(p, whole[:off+10]) {
		t.Fatalf("%s: after append: %d bytes, %v", what, len(p), err)
	}
}

// TestSealedVaultCrash is TestCrashAnywhere with a sealed vault.
func TestSealedVaultCrash(t *testing.T) {
	t.Parallel()
	k, base := testKeys(t, 3), vaulttest.New()
	v, err := vault.Open(t.Context(), vault.Sealed(base, k), vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	_, extents, err := v.Put(t.Context(), "1:a", objects(0, 4))
	if err != nil {
		t.Fatal(err)
	}
	end := vault.End{Segment: extents[0].Segment, Offset: extents[0].To}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	for at := int64(1); ; at += 3 { // TestSealedCrash takes every step
		b := base.Clone()
		v, err := vault.Open(t.Context(), vault.Sealed(b, k), end)
		if err != nil {
			t.Fatal(err)
		}
		b.CrashAt(at)
		_, _, err = v.Put(t.Context(), "6:b", objects(4, 7))
		if !b.Crashed() {
			if err != nil || at < 3*100 {
				t.Fatalf("no crash at step %d, %v", at, err)
			}
			return
		}
		for _, tear := range append(vaulttest.Tears(), vaulttest.Garbage) {
			if tear != vaulttest.Prefix && at%6 != 1 {
				continue
			}
			again := vault.Sealed(b.Restart(tear, uint64(at)), k)
			what := fmt.Sprintf("step %d, %v", at, tear)
			v, err := vault.Open(t.Context(), again, end)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if _, x, err := v.Put(t.Context(), "6:b", objects(5, 9)); err != nil || len(x) != 1 || x[0].From != end.Offset {
				t.Fatalf("%s: the next batch: %+v, %v", what, x, err)
			}
			for i := range 9 {
				if p, err := v.Get(t.Context(), evidence.Sum(object(i).Data)); (i == 4) != errors.Is(err, evidence.ErrNotFound) || err == nil && !bytes.Equal(p, object(i).Data) {
					t.Fatalf("%s: object %d is %q, %v", what, i, p, err)
				}
			}
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestEverySealedByteCounts: one byte of a sealed file is changed; the file never reads as
// anything but what was written, or its beginning at a frame.
func TestEverySealedByteCounts(t *testing.T) {
	t.Parallel()
	k, inner := testKeys(t, 4), vaulttest.New()
	b := vault.Sealed(inner, k)
	var want []byte
	ends := map[int]bool{0: true}
	for i, n := range []int{40, 300, 1, 16500, 300} {
		p := bytes.Repeat([]byte{byte('a' + i)}, n)
		if err := b.Append(t.Context(), "f", int64(len(want)), p); err != nil {
			t.Fatal(err)
		}
		want = append(want, p...)
		ends[len(want)] = true
	}
	whole := inner.Bytes("f")
	var refused atomic.Int64
	var wg sync.WaitGroup
	const shards = 16
	for shard := range shards {
		wg.Go(func() {
			inner := vaulttest.New()
			for at := shard; at < len(whole); at += shards {
				bad := bytes.Clone(whole)
				bad[at] ^= 0x40
				inner.Put("f", bad)
				p, lost, err := readWhatCan(t.Context(), vault.Sealed(inner, k), "f")
				switch {
				case err != nil:
					t.Errorf("byte %d: %v", at, err)
				case lost > 0:
					refused.Add(1)
				case !bytes.HasPrefix(want, p) || !ends[len(p)] || len(p) < len(want)-300:
					t.Errorf("byte %d: %d bytes of %d, and no error", at, len(p), len(want))
				}
				for i, c := range p {
					if c != 0 && c != want[i] {
						t.Errorf("byte %d: other bytes at %d", at, i)
						break
					}
				}
			}
		})
	}
	wg.Wait()
	if n := int(refused.Load()); n < len(whole)-100 { // but for paddings
		t.Errorf("%d of %d changes were refused", n, len(whole))
	}
}

// TestSealedDamageCostsWhatItHits: a sealed segment is damaged anywhere, and has no index.
// The vault opens, no object has other bytes, and those of other frames are whole.
func TestSealedDamageCostsWhatItHits(t *testing.T) {
	t.Parallel()
	const segment, each, batches = "vault/000001.warc.gz", 3, 4
	k, inner := testKeys(t, 4), vaulttest.New()
	newCase(t, vault.Sealed(inner, k), 0).close()
	v, err := vault.Open(t.Context(), vault.Sealed(inner, k), vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	var end vault.End
	for i := range batches {
		_, x, err := v.Put(t.Context(), fmt.Sprintf("%d:x", i), objects(i*each, (i+1)*each))
		if err != nil {
			t.Fatal(err)
		}
		end = vault.End{Segment: x[0].Segment, Offset: x[0].To}
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	whole := inner.Bytes(segment)
	for at := 0; at < len(whole); at += 19 {
		d := inner.Clone()
		bad := bytes.Clone(whole)
		bad[at] ^= 8
		d.Put(segment, bad)
		d.Put("vault/000001.idx", nil)
		v, err := vault.Open(t.Context(), vault.Sealed(d, k), end)
		if err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
		lost := 0
		for i := range each * batches {
			p, err := v.Get(t.Context(), evidence.Sum(object(i).Data))
			if err == nil && !bytes.Equal(p, object(i).Data) {
				t.Fatalf("byte %d: object %d has other bytes", at, i)
			}
			if err != nil {
				lost++
			}
		}
		if lost > each {
			t.Fatalf("byte %d: %d objects were lost", at, lost)
		}
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// readWhatCan reads a file byte by byte where it cannot be read whole; lost are those that
// were refused as altered.
func readWhatCan(ctx context.Context, b vault.Backend, name string) (p []byte, lost int, err error) {
	f, err := b.Open(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	p = make([]byte, f.Size())
	for at := 0; at < len(p); {
		n, err := f.ReadAt(p[at:], int64(at))
		at += n
		if err == nil || err == io.EOF {
			continue
		}
		if !errors.Is(err, evidence.ErrTampered) {
			return nil, 0, err
		}
		lost++
		at += 997
	}
	return p, lost, nil
}

// TestFramesStayWhereTheyAre: a frame is refused in another place, file or case.
func TestFramesStayWhereTheyAre(t *testing.T) {
	k, inner := testKeys(t, 5), vaulttest.New()
	b := vault.Sealed(inner, k)
	for i := range 3 {
		if err := b.Append(t.Context(), "f", int64(i*8), []byte("12345678")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Replace(t.Context(), "g", []byte("12345678")); err != nil {
		t.Fatal(err)
	}
	whole := inner.Bytes("f")
	one := len(whole) / 3
	for what, bad := range map[string][]byte{
		"swapped": append(append(bytes.Clone(whole[one:2*one]), whole[:one]...), whole[2*one:]...),
		"doubled": append(bytes.Clone(whole[:one]), whole...),
		"left":    whole[one:],
		"of g":    inner.Bytes("g"),
	} {
		inner.Put("f", bad)
		if p, err := vault.ReadFile(t.Context(), vault.Sealed(inner, k), "f", 1<<20); !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("%s: %q, %v; want ErrTampered", what, p, err)
		}
	}
	inner.Put("f", whole)
	if _, err := vault.ReadFile(t.Context(), vault.Sealed(inner, testKeys(t, 6)), "f", 1<<20); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("other keys: %v, want ErrTampered", err)
	}
	inner.Put("f", []byte("a plain file that lies in the folder"))
	if _, err := vault.ReadFile(t.Context(), vault.Sealed(inner, k), "f", 1<<20); err == nil {
		t.Error("a plain file was read as a sealed one")
	}
}

// TestSealedShowsNothing looks for what was written in all that lies on the disk.
func TestSealedShowsNothing(t *testing.T) {
	dir := t.TempDir()
	b := vault.Sealed(vault.Dir(dir), testKeys(t, 7))
	v, err := vault.Open(t.Context(), b, vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := v.Put(t.Context(), "1:a", objects(0, 9)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(v.Close(), b.Replace(t.Context(), "key", []byte("PRIVATE+KEY+MARKER"))); err != nil {
		t.Fatal(err)
	}
	found := 0
	err = filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		p, err := os.ReadFile(name)
		for _, word := range []string{"Synthetic", "WARC", "PRIVATE", "MARKER", "\x1f\x8b\x08", "svidokI1"} {
			if bytes.Contains(p, []byte(word)) {
				t.Errorf("%s shows %q", name, word)
			}
		}
		return err
	})
	if err != nil || found < 2 {
		t.Fatalf("%d files, %v", found, err)
	}
}
