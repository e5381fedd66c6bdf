package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"svidok/evidence"
)

// noted plays the ledger: it knows the extents, and how many entries there are.
type noted struct {
	end     End
	size    int
	extents []Extent
}

func (n *noted) after() string { return fmt.Sprintf("%d:%064x", n.size, n.size) }

func (n *noted) note(x []Extent) {
	n.size += 1 + len(x)
	for _, x := range x {
		n.end = End{x.Segment, x.To}
		n.extents = append(n.extents, x)
	}
}

func put(t *testing.T, v *Vault, n *noted, objects ...Object) []evidence.Hash {
	t.Helper()
	names, extents, err := v.Put(t.Context(), n.after(), objects)
	if err != nil {
		t.Fatal(err)
	}
	n.note(extents)
	return names
}

func post(i int) Object {
	text := fmt.Sprintf("Synthetic post number %d. %s", i, strings.Repeat("Людей зупиняли на вулиці. ", i%40))
	return Object{Type: "resource", MediaType: "text/plain", URI: fmt.Sprintf("https://example.org/post %d", i), At: time.UnixMilli(1700000000123 + int64(i)), Data: []byte(text)}
}

func posts(from, to int) (out []Object) {
	for i := from; i < to; i++ {
		out = append(out, post(i))
	}
	return out
}

// disk is a Dir in a new folder: the tests of this file need the package's own names,
// so they cannot use vaulttest; crash_test.go does.
func disk(t testing.TB) Backend { return Dir(t.TempDir()) }

func must(t testing.TB, b Backend, e End, limit int64) *Vault {
	t.Helper()
	v, err := open(t.Context(), b, e, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

func TestKeepAndGet(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, 4096)
	var want []Object
	var names []evidence.Hash
	for i := 0; i < 300; i += 30 {
		batch := posts(i, i+30)
		names = append(names, put(t, v, n, batch...)...)
		want = append(want, batch...)
	}
	if n.end.Segment == segmentName(1) {
		t.Fatal("all in one segment: the test does not test what it should")
	}
	for round, v := range []*Vault{v, must(t, b, n.end, 4096), must(t, b, n.end, segmentSize)} {
		for i, h := range names {
			p, err := v.Get(t.Context(), h)
			if err != nil || !bytes.Equal(p, want[i].Data) || !v.Has(h) {
				t.Fatalf("round %d, object %d: %d bytes, %v", round, i, len(p), err)
			}
			r, size, err := v.Reader(t.Context(), h)
			if err != nil || size != int64(len(p)) {
				t.Fatalf("reader: %d bytes, %v", size, err)
			}
			q, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(p, q) || r.Close() != nil {
				t.Fatalf("reader gave %d bytes, %v", len(q), err)
			}
		}
		if _, err := v.Get(t.Context(), evidence.Sum([]byte("nobody kept this"))); !errors.Is(err, evidence.ErrNotFound) {
			t.Fatalf("an object that is not held: %v", err)
		}
	}
	checkExtents(t, b, n)
}

// checkExtents: the extents cover every byte once, and are what lies on disk.
func checkExtents(t *testing.T, b Backend, n *noted) {
	t.Helper()
	at := end{seg: 1}
	for _, x := range n.extents {
		seg, _ := parseSegment(x.Segment)
		if seg == at.seg+1 {
			at = end{seg: seg}
		}
		p, err := ReadFile(t.Context(), b, folder+x.Segment, 1<<30)
		if err != nil || (end{seg, x.From}) != at || evidence.Sum(p[x.From:x.To]) != x.Hash {
			t.Fatalf("extent %+v does not follow %+v or is not on disk: %v", x, at, err)
		}
		at.off = x.To
	}
}

func TestRecordIsAsSpecified(t *testing.T) {
	b, n := disk(t), &noted{size: 7}
	v := must(t, b, End{}, segmentSize)
	o := Object{Type: "conversion", MediaType: "text/plain; charset=utf-8", At: time.Date(2026, 1, 31, 12, 0, 0, 5e6, time.FixedZone("", 7200)), Data: []byte("abc")}
	put(t, v, n, o, Object{Type: "metadata", At: o.At, Data: []byte("{}\n"), MediaType: "application/json"})
	p, err := ReadFile(t.Context(), b, "vault/000001.warc.gz", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(p))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	// SHA-256("abc") as FIPS 180-4 has it; the record IDs were computed with sha256sum.
	const want = "WARC/1.1\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:6e973d64-5e3e-8d6f-ad4e-0148fdd7a583>\r\n" +
		"WARC-Date: 2026-01-31T10:00:00.005Z\r\n" +
		"WARC-Target-URI: urn:sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n" +
		"WARC-Block-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\n" +
		"Svidok-After: 7:0000000000000000000000000000000000000000000000000000000000000007\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"
	if !strings.HasPrefix(string(got), want) {
		t.Errorf("record:\n%s\nwant\n%s", got, want)
	}
	if strings.Count(string(got), fieldAfter) != 1 {
		t.Error("not exactly the first record of the batch names the ledger")
	}
}

func TestKnownObjectsWriteNothing(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, segmentSize)
	put(t, v, n, posts(0, 10)...)
	for _, v := range []*Vault{v, must(t, b, n.end, segmentSize)} {
		names, extents, err := v.Put(t.Context(), n.after(), posts(3, 8))
		if err != nil || len(extents) != 0 || len(names) != 5 || names[0] != evidence.Sum(post(3).Data) {
			t.Fatalf("known objects: %d names, extents %v, %v", len(names), extents, err)
		}
	}
	_, extents, err := v.Put(t.Context(), n.after(), append(posts(8, 12), posts(9, 12)...))
	if err != nil || len(extents) != 1 {
		t.Fatalf("two new objects, each twice: %v, %v", extents, err)
	}
	rows, damage, err := scan(t.Context(), open1(t, b, 1), 1, 0, extents[0].To)
	if err != nil || damage != nil || len(rows) != 12 {
		t.Fatalf("%d records in the segment, %v, %v; want 12", len(rows), damage, err)
	}
}

func open1(t *testing.T, b Backend, seg uint32) File {
	t.Helper()
	f, err := b.Open(t.Context(), folder+segmentName(seg))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLargeObjectsAreStreamed(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, segmentSize)
	random := rand.New(rand.NewPCG(1, 2))
	big := make([]byte, 3<<20)
	for i := range big {
		big[i] = byte(random.Uint32())
	}
	opens := 0
	o := Object{Type: "resource", At: time.Unix(1, 0), Size: int64(len(big)), Hash: evidence.Sum(big), Open: func() (io.ReadCloser, error) {
		opens++
		return io.NopCloser(bytes.NewReader(big)), nil
	}}
	small := o
	small.Size, small.Hash = 5, evidence.Sum([]byte("small"))
	small.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("small")), nil }
	names := put(t, v, n, post(1), o, small, post(2))
	if opens != 1 {
		t.Errorf("opened %d times", opens)
	}
	v = must(t, b, n.end, segmentSize)
	for i, want := range [][]byte{post(1).Data, big, []byte("small"), post(2).Data} {
		if p, err := v.Get(t.Context(), names[i]); err != nil || !bytes.Equal(p, want) {
			t.Errorf("object %d: %d bytes, %v", i, len(p), err)
		}
	}
	checkExtents(t, b, n)
	for name, o := range map[string]Object{
		"other bytes": {Type: "resource", Size: int64(len(big)), Hash: evidence.Sum([]byte("1")), Open: o.Open},
		"shorter":     {Type: "resource", Size: int64(len(big)) + 1, Hash: evidence.Sum([]byte("2")), Open: o.Open},
		"longer":      {Type: "resource", Size: int64(len(big)) - 1, Hash: evidence.Sum([]byte("3")), Open: o.Open},
		"small":       {Type: "resource", Size: 5, Hash: evidence.Sum([]byte("4")), Open: small.Open},
	} {
		if _, _, err := v.Put(t.Context(), n.after(), []Object{post(50), o, post(51)}); !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%s than was said: %v, want ErrRefused", name, err)
		}
		if v.Has(o.Hash) || v.Has(evidence.Sum(post(50).Data)) {
			t.Errorf("%s: something of the batch was kept", name)
		}
	}
	put(t, v, n, posts(50, 60)...)
	checkExtents(t, b, n)
}

func TestTailIsNeverReadAndIsCut(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, 2000)
	put(t, v, n, posts(0, 5)...)
	end, size := n.end, n.size
	put(t, v, n, posts(5, 90)...) // over several segments, and then not noted
	n = &noted{end: end, size: size, extents: n.extents[:1]}
	v = must(t, b, n.end, 2000)
	if v.Has(evidence.Sum(post(7).Data)) {
		t.Error("an object in the tail is held")
	}
	put(t, v, n, posts(7, 9)...)
	v = must(t, b, n.end, 2000)
	for i, want := range map[int]bool{4: true, 6: false, 7: true, 8: true, 9: false, 80: false} {
		if v.Has(evidence.Sum(post(i).Data)) != want {
			t.Errorf("object %d is held: %v", i, !want)
		}
	}
	put(t, v, n, posts(9, 90)...)
	checkExtents(t, b, n)
	v = must(t, b, n.end, 2000)
	if p, err := v.Get(t.Context(), evidence.Sum(post(80).Data)); err != nil {
		t.Errorf("%q, %v", p, err)
	}
}

func TestTailBetraysACutLedger(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, segmentSize)
	put(t, v, n, posts(0, 5)...)
	old := *n
	put(t, v, n, posts(5, 9)...)
	put(t, v, n, posts(9, 12)...)
	v = must(t, b, old.end, segmentSize)
	if _, _, err := v.Put(t.Context(), old.after(), posts(20, 21)); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("put after the ledger was cut back by two batches: %v, want ErrTampered", err)
	}
	if _, _, err := v.Put(t.Context(), fmt.Sprintf("%d:%064x", old.size, 99), posts(20, 21)); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("put after the ledger was exchanged: %v, want ErrTampered", err)
	}
	v = must(t, b, n.end, segmentSize)
	if p, err := v.Get(t.Context(), evidence.Sum(post(11).Data)); err != nil {
		t.Errorf("the refused put destroyed something: %q, %v", p, err)
	}
}

func TestRefresh(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, 2000)
	put(t, v, n, posts(0, 5)...)
	other := must(t, b, n.end, 2000)
	put(t, other, n, posts(5, 50)...)
	if _, _, err := v.Put(t.Context(), "x", posts(60, 61)); !errors.Is(err, evidence.ErrBusy) {
		t.Fatalf("put after another process wrote: %v, want ErrBusy", err)
	}
	if err := v.Refresh(t.Context(), n.end); err != nil {
		t.Fatal(err)
	}
	if p, err := v.Get(t.Context(), evidence.Sum(post(44).Data)); err != nil {
		t.Fatalf("what the other wrote: %q, %v", p, err)
	}
	before := *n
	_, extents, err := v.Put(t.Context(), n.after(), posts(60, 99))
	if err != nil || len(extents) == 0 {
		t.Fatal(extents, err)
	}
	// The ledger could not note it.
	if _, _, err := v.Put(t.Context(), n.after(), posts(99, 100)); !errors.Is(err, evidence.ErrUsage) {
		t.Fatalf("put after one that was not noted: %v, want ErrUsage", err)
	}
	if err := v.Refresh(t.Context(), before.end); err != nil {
		t.Fatal(err)
	}
	if v.Has(evidence.Sum(post(70).Data)) {
		t.Fatal("what was not noted is held")
	}
	put(t, v, n, posts(65, 75)...)
	checkExtents(t, b, n)
}

func TestIndexFilesAreOnlyACache(t *testing.T) {
	b, n := disk(t), &noted{}
	v, err := open(t.Context(), b, End{}, 3000)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 200; i += 20 {
		put(t, v, n, posts(i, i+20)...)
	}
	if err := errors.Join(v.Refresh(t.Context(), n.end), v.Close()); err != nil {
		t.Fatal(err)
	}
	whole := readIndexFile(t, b)
	if len(whole) == 0 {
		t.Fatal("no index file was written")
	}
	check := func(what string) {
		t.Helper()
		v, err := open(t.Context(), b, n.end, 3000)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		defer v.Close()
		for i := range 200 {
			if _, err := v.Get(t.Context(), evidence.Sum(post(i).Data)); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
	}
	check("as written")
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		at := random.IntN(len(whole))
		bad := append([]byte(nil), whole...)
		bad[at] ^= 1 << random.IntN(8)
		writeIndexFile(t, b, bad)
		check(fmt.Sprintf("byte %d changed", at))
		writeIndexFile(t, b, whole[:at])
		check(fmt.Sprintf("cut at %d", at))
	}
	// A lie in perfect form: every row points to its neighbour.
	spans, _ := readIndex(t.Context(), b, 1, open1(t, b, 1), 1<<40)
	_ = spans
	writeIndexFile(t, b, whole)
	spans, _ = readIndex(t.Context(), b, 1, open1(t, b, 1), 1<<40)
	var lie []byte
	for _, s := range spans {
		first := s.rows[0].hash
		for i := range s.rows[1:] {
			s.rows[i].hash = s.rows[i+1].hash
		}
		s.rows[len(s.rows)-1].hash = first
		var tail [tailBytes]byte
		if err := readAt(open1(t, b, 1), tail[:], s.to-tailBytes); err != nil {
			t.Fatal(err)
		}
		lie = appendIndex(lie, s, tail)
	}
	writeIndexFile(t, b, lie)
	check("rows exchanged")
}

func readIndexFile(t *testing.T, b Backend) []byte {
	t.Helper()
	p, err := ReadFile(t.Context(), b, indexName(1), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func writeIndexFile(t *testing.T, b Backend, p []byte) {
	t.Helper()
	if err := b.Replace(t.Context(), indexName(1), p); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedObjectIsNamedAndKeptAgain(t *testing.T) {
	b, n := disk(t), &noted{}
	v := must(t, b, End{}, segmentSize)
	names := put(t, v, n, posts(0, 20)...)
	r, err := v.locate(names[9])
	if err != nil {
		t.Fatal(err)
	}
	p, err := ReadFile(t.Context(), b, folder+segmentName(1), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	p[r.off+r.len/2] ^= 0x10
	if err := b.Replace(t.Context(), folder+segmentName(1), p); err != nil {
		t.Fatal(err)
	}
	v = must(t, b, n.end, segmentSize)
	for i, h := range names {
		if _, err := v.Get(t.Context(), h); (err == nil) != (i != 9) || i == 9 && !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("object %d: %v", i, err)
		}
	}
	put(t, v, n, post(9))
	for _, v := range []*Vault{v, must(t, b, n.end, segmentSize)} {
		if q, err := v.Get(t.Context(), names[9]); err != nil || !bytes.Equal(q, post(9).Data) {
			t.Errorf("kept again, it is %q, %v", q, err)
		}
	}
}

func TestPutRefusesWhatIsNoObject(t *testing.T) {
	v := must(t, disk(t), End{}, segmentSize)
	nothing := func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }
	for name, c := range map[string]struct {
		o   Object
		err error
	}{
		"wrong name":      {Object{Type: "resource", Data: []byte("x"), Hash: evidence.Sum(nil)}, evidence.ErrUsage},
		"both forms":      {Object{Type: "resource", Data: []byte("x"), Open: nothing, Hash: evidence.Sum(nil)}, evidence.ErrUsage},
		"no name":         {Object{Type: "resource", Open: nothing}, evidence.ErrUsage},
		"cannot be read":  {Object{Type: "resource", Open: nothing, Hash: evidence.Sum(nil)}, io.ErrClosedPipe},
		"line break":      {Object{Type: "resource", MediaType: "a\r\nb", Data: []byte("x")}, evidence.ErrRefused},
		"no type in line": {Object{Type: "re\nsource", Data: []byte("x")}, evidence.ErrRefused},
	} {
		if _, _, err := v.Put(context.Background(), "", []Object{c.o}); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
	}
}
