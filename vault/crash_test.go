package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

func object(i int) vault.Object {
	return vault.Object{Type: "resource", At: time.UnixMilli(1700000000000), Data: fmt.Appendf(nil, "Synthetic report %d %s", i, strings.Repeat("x", i))}
}

func objects(from, to int) (out []vault.Object) {
	for i := from; i < to; i++ {
		out = append(out, object(i))
	}
	return out
}

// TestCrashAnywhere lets the machine go down at every step of a batch that was never
// noted, with every tear. What was noted before is held, what was not is not, and the
// next batch is kept as if nothing had happened.
func TestCrashAnywhere(t *testing.T) {
	t.Parallel()
	base := vaulttest.New()
	v, err := vault.Open(t.Context(), base, vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	_, extents, err := v.Put(t.Context(), "1:a", objects(0, 4))
	if err != nil {
		t.Fatal(err)
	}
	end := vault.End{Segment: extents[0].Segment, Offset: extents[0].To}
	before := base.Steps()
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	for at := int64(1); ; at++ {
		b := base.Clone()
		v, err := vault.Open(t.Context(), b, end)
		if err != nil {
			t.Fatal(err)
		}
		b.CrashAt(at)
		_, _, err = v.Put(t.Context(), "6:b", objects(4, 7))
		if !b.Crashed() {
			if err != nil || at < 3*100 {
				t.Fatalf("no crash at step %d of %d, %v", at, before, err)
			}
			return
		}
		for _, tear := range append(vaulttest.Tears(), vaulttest.Garbage) {
			if tear != vaulttest.Prefix && at%6 != 0 {
				continue // they differ little from one byte to the next
			}
			afterCrash(t, b.Restart(tear, uint64(at)), end, fmt.Sprintf("step %d, %v", at, tear))
		}
	}
}

func afterCrash(t *testing.T, b *vaulttest.Fake, end vault.End, what string) {
	t.Helper()
	v, err := vault.Open(t.Context(), b, end)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for i := range 7 {
		if held := v.Has(evidence.Sum(object(i).Data)); held != (i < 4) {
			t.Fatalf("%s: object %d is held: %v", what, i, held)
		}
	}
	_, extents, err := v.Put(t.Context(), "6:b", objects(5, 9))
	if err != nil || len(extents) != 1 || extents[0].From != end.Offset {
		t.Fatalf("%s: the next batch: %+v, %v", what, extents, err)
	}
	segment := b.Bytes("vault/" + extents[0].Segment)
	if int64(len(segment)) != extents[0].To || evidence.Sum(segment[extents[0].From:]) != extents[0].Hash {
		t.Fatalf("%s: something is left beyond the next batch", what)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v, err = vault.Open(t.Context(), b, vault.End{Segment: extents[0].Segment, Offset: extents[0].To})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer v.Close()
	for i := range 9 {
		if p, err := v.Get(t.Context(), evidence.Sum(object(i).Data)); (i == 4) != errors.Is(err, evidence.ErrNotFound) || err == nil && !bytes.Equal(p, object(i).Data) {
			t.Fatalf("%s: object %d is %q, %v", what, i, p, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	b := vaulttest.New()
	v, err := vault.Open(t.Context(), b, vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if _, _, err := v.Put(t.Context(), "1:a", objects(0, 4)); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int64{0, 1, 100, 400} {
		b.SetSpace(room)
		names, extents, err := v.Put(t.Context(), "6:b", objects(4, 9))
		if !errors.Is(err, evidence.ErrFull) || names != nil || extents != nil {
			t.Fatalf("room for %d bytes: %v, %v, %v; want ErrFull", room, names, extents, err)
		}
		if v.Has(evidence.Sum(object(5).Data)) || !v.Has(evidence.Sum(object(3).Data)) {
			t.Fatal("a failed batch changed what is held")
		}
	}
	b.SetSpace(-1)
	b.FailNextAppend(0, errors.New("the disk is angry")) // the cut of what is left
	if _, _, err := v.Put(t.Context(), "6:b", objects(4, 9)); err == nil {
		t.Fatal("an error of the disk was lost")
	}
	_, extents, err := v.Put(t.Context(), "6:b", objects(4, 9))
	if err != nil || len(extents) != 1 || int64(len(b.Bytes("vault/"+extents[0].Segment))) != extents[0].To {
		t.Fatalf("after space was made: %+v, %v", extents, err)
	}
}

// TestReadErrorIsNoTampering: what the system cannot read is not called altered.
func TestReadErrorIsNoTampering(t *testing.T) {
	b := vaulttest.New()
	v, err := vault.Open(t.Context(), b, vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	names, x, err := v.Put(t.Context(), "1:a", objects(0, 9))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v, err = vault.Open(t.Context(), b, vault.End{Segment: x[0].Segment, Offset: x[0].To})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	b.FailRead("vault/"+x[0].Segment, 10)
	if _, err := v.Get(t.Context(), names[0]); err == nil || errors.Is(err, evidence.ErrTampered) || errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("a read error: %v", err)
	}
	b.FailRead("vault/"+x[0].Segment, -1)
	if _, err := v.Get(t.Context(), names[0]); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// TestEveryByteOfASegmentCounts: no change of a segment gives other bytes for an object.
func TestEveryByteOfASegmentCounts(t *testing.T) {
	b := vaulttest.New()
	v, err := vault.Open(t.Context(), b, vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	names, x, err := v.Put(t.Context(), "1:a", objects(0, 5))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	name := "vault/" + x[0].Segment
	whole := b.Bytes(name)
	for at := range whole {
		bad := append([]byte(nil), whole...)
		bad[at] ^= 0x40
		b.Put(name, bad)
		v, err := vault.Open(t.Context(), b, vault.End{Segment: x[0].Segment, Offset: x[0].To})
		if err != nil {
			t.Fatal(err)
		}
		lost := 0
		for i, h := range names {
			p, err := v.Get(t.Context(), h)
			if err == nil && !bytes.Equal(p, object(i).Data) {
				t.Fatalf("byte %d changed: object %d has other bytes", at, i)
			}
			if err != nil {
				lost++
				if !errors.Is(err, evidence.ErrTampered) {
					t.Fatalf("byte %d changed: %v, want ErrTampered", at, err)
				}
			}
		}
		if lost > 1 {
			t.Errorf("byte %d changed: %d objects were lost", at, lost)
		}
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if evidence.Sum(whole) != x[0].Hash {
		t.Error("the extent's hash is not that of the bytes")
	}
}

func TestShortSegmentIsSeenAtOnce(t *testing.T) {
	b := vaulttest.New()
	v, err := vault.Open(t.Context(), b, vault.End{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	_, x, err := v.Put(t.Context(), "1:a", objects(0, 5))
	if err != nil {
		t.Fatal(err)
	}
	name := "vault/" + x[0].Segment
	b.Put(name, b.Bytes(name)[:x[0].To-1])
	for _, e := range []vault.End{{Segment: x[0].Segment, Offset: x[0].To}, {Segment: "000002.warc.gz", Offset: 5}} {
		if _, err := vault.Open(t.Context(), b, e); !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("open at %+v: %v, want ErrTampered", e, err)
		}
	}
	for _, e := range []vault.End{{Segment: "x", Offset: 1}, {Segment: "000001.warc.gz", Offset: -1}} {
		if _, err := vault.Open(t.Context(), b, e); !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("open at %+v: %v, want ErrUsage", e, err)
		}
	}
}
