package vault

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"svidok/evidence"
)

// prose makes an object of about n bytes that compresses as text does.
func prose(i, n int) Object {
	random := rand.New(rand.NewPCG(uint64(i), 9))
	words := strings.Fields("у місті на вулиці зупиняли чоловіків перевіряли документи вручали повістки люди розповіли вчора вранці блокпост наказ список військкомат the patrol checked papers of men in the street")
	var b strings.Builder
	fmt.Fprintf(&b, "Synthetic post %d: ", i)
	for b.Len() < n {
		b.WriteString(words[random.IntN(len(words))])
		fmt.Fprintf(&b, " %d ", random.IntN(1000))
	}
	return Object{Type: "resource", MediaType: "text/plain", URI: fmt.Sprintf("https://example.org/%d", i), At: time.UnixMilli(1700000000000), Data: []byte(b.String())}
}

func benchmarkBatches(n, size int) [][]Object {
	var out [][]Object
	for i := range n {
		if i%size == 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], prose(i, 1000))
	}
	return out
}

// BenchmarkPut keeps objects of 1 KB in batches of 512, on disk, each batch durable.
func BenchmarkPut(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		batches := benchmarkBatches(20480, 512)
		v := must(b, Dir(b.TempDir()), End{}, segmentSize)
		b.StartTimer()
		start := time.Now()
		for i, batch := range batches {
			if _, _, err := v.Put(b.Context(), fmt.Sprintf("%d:x", i), batch); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(20480/time.Since(start).Seconds(), "objects/s")
	}
}

// BenchmarkGet reads objects of 1 KB that no cache holds.
func BenchmarkGet(b *testing.B) {
	back := Dir(b.TempDir())
	v := must(b, back, End{}, segmentSize)
	var n noted
	var names []evidence.Hash
	for _, batch := range benchmarkBatches(10240, 512) {
		h, x, err := v.Put(b.Context(), n.after(), batch)
		if err != nil {
			b.Fatal(err)
		}
		names = append(names, h...)
		n.note(x)
	}
	v = must(b, back, n.end, segmentSize)
	i := 0
	for b.Loop() {
		if _, err := v.Get(b.Context(), names[i*7919%len(names)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkOpenMillion opens a vault of a million objects in 16 segments by its index
// files. The segments are sparse files: what is measured is the index.
func BenchmarkOpenMillion(b *testing.B) {
	const segments, each = 16, 62500
	back := Dir(b.TempDir())
	var e End
	for seg := uint32(1); seg <= segments; seg++ {
		s := span{seg: seg, to: each * 800}
		for i := range each {
			s.rows = append(s.rows, row{hash: evidence.Sum(fmt.Appendf(nil, "%d %d", seg, i)), off: uint32(i * 800), len: 800})
		}
		if err := back.Append(b.Context(), folder+segmentName(seg), 0, make([]byte, s.to)); err != nil {
			b.Fatal(err)
		}
		if err := back.Append(b.Context(), indexName(seg), 0, appendIndex(nil, s, [tailBytes]byte{})); err != nil {
			b.Fatal(err)
		}
		e = End{segmentName(seg), s.to}
	}
	var before, after runtime.MemStats
	for b.Loop() {
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.StartTimer()
		v, err := Open(b.Context(), back, e)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if v.rows.n != segments*each {
			b.Fatal(v.rows.n)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/segments/each, "B/object")
		if err := v.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func FuzzIndexBlock(f *testing.F) {
	s := span{seg: 1, from: 0, to: 300, rows: []row{{off: 0, len: 100}, {off: 100, len: 200}}}
	block := appendIndex(nil, s, [tailBytes]byte{1, 2, 3})
	f.Add(block)
	f.Add(block[:len(block)-1])
	f.Fuzz(func(t *testing.T, p []byte) {
		s, n, tail, ok := parseIndexHead(p)
		if !ok || len(p) < indexHead || !parseIndexRows(p[:indexHead], p[indexHead:], &s, n) {
			return
		}
		if again := appendIndex(nil, s, tail); string(again) != string(p) {
			t.Fatal("an index block with two encodings")
		}
		for _, r := range s.rows {
			if int64(r.off) < s.from || int64(r.off) >= s.to {
				t.Fatalf("row %+v outside of its block", r)
			}
		}
	})
}

func FuzzInflate(f *testing.F) {
	b := Dir(f.TempDir())
	v := must(f, b, End{}, segmentSize)
	if _, _, err := v.Put(f.Context(), "", []Object{prose(1, 200)}); err != nil {
		f.Fatal(err)
	}
	p, err := ReadFile(f.Context(), b, folder+segmentName(1), 1<<20)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p)
	f.Add(p[:len(p)/2])
	f.Fuzz(func(t *testing.T, p []byte) {
		q, err := inflate(new(gzip.Reader), p)
		if err != nil {
			return
		}
		if n, size, err := parseHead(q); err == nil && (n > len(q) || size < 0) {
			t.Fatalf("header of %d bytes and block of %d in %d", n, size, len(q))
		}
	})
}
