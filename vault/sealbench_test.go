package vault

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"svidok/evidence"
)

func benchKeys(b *testing.B) *Keys {
	k, err := NewKeys(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		b.Fatal(err)
	}
	return k
}

// BenchmarkAtRest keeps and reads the same objects in an open and in a sealed folder:
// batches of 512 as a folder is taken in, and one at a time as the desk does.
func BenchmarkAtRest(b *testing.B) {
	for _, kind := range []string{"open", "sealed"} {
		folder := func() Backend {
			if kind == "sealed" {
				return Sealed(Dir(b.TempDir()), benchKeys(b))
			}
			return Dir(b.TempDir())
		}
		for _, size := range []int{512, 1} {
			b.Run(fmt.Sprintf("put%d/%s", size, kind), func(b *testing.B) {
				n := min(10240, 1000*size)
				batches := benchmarkBatches(n, size)
				for b.Loop() {
					v := must(b, folder(), End{}, segmentSize)
					start := time.Now()
					for i, batch := range batches {
						if _, _, err := v.Put(b.Context(), fmt.Sprintf("%d:x", i), batch); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(n)/time.Since(start).Seconds(), "objects/s")
				}
			})
		}
		b.Run("get/"+kind, func(b *testing.B) {
			back := folder()
			names, e := filled(b, back, benchmarkBatches(10240, 512))
			v := must(b, back, e, segmentSize)
			i := 0
			for b.Loop() {
				if _, err := v.Get(b.Context(), names[i*7919%len(names)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "objects/s")
		})
		b.Run("large/"+kind, func(b *testing.B) {
			back := folder()
			p := make([]byte, 32<<20)
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				if err := back.Append(b.Context(), "vault/f", 0, p); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("sweep/"+kind, func(b *testing.B) {
			back := folder()
			p := make([]byte, 32<<20)
			if err := back.Append(b.Context(), "vault/000001.warc.gz", 0, p); err != nil {
				b.Fatal(err)
			}
			x := []Extent{{"000001.warc.gz", 0, int64(len(p)), evidence.Sum(p)}}
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				for s, err := range Sweep(b.Context(), back, x, 0, nil) {
					if err != nil || s.Problem != nil {
						b.Fatal(s.Problem, err)
					}
				}
			}
		})
	}
}

func filled(b *testing.B, back Backend, batches [][]Object) (names []evidence.Hash, e End) {
	v := must(b, back, End{}, segmentSize)
	for i, batch := range batches {
		h, x, err := v.Put(context.Background(), fmt.Sprintf("%d:x", i), batch)
		if err != nil {
			b.Fatal(err)
		}
		names = append(names, h...)
		e = End{x[len(x)-1].Segment, x[len(x)-1].To}
	}
	if err := v.Close(); err != nil {
		b.Fatal(err)
	}
	return names, e
}

// BenchmarkManyFrames opens a sealed file of 30,000 small frames: what a segment is that
// was written report by report. The first opening reads all headers, later ones one.
func BenchmarkManyFrames(b *testing.B) {
	const n = 30000
	k, dir := benchKeys(b), Dir(b.TempDir())
	var p []byte
	off := int64(0)
	for range n {
		p, _ = k.appendSealed(p, "vault/f", off, int64(len(p)), make([]byte, 2000))
		off += 2000
	}
	if err := dir.Append(b.Context(), "vault/f", 0, p); err != nil {
		b.Fatal(err)
	}
	for _, again := range []bool{false, true} {
		b.Run(map[bool]string{false: "first", true: "again"}[again], func(b *testing.B) {
			s := Sealed(dir, k)
			for b.Loop() {
				if !again {
					s = Sealed(dir, k)
				}
				f, err := s.Open(b.Context(), "vault/f")
				if err != nil || f.Size() != n*2000 {
					b.Fatal(err)
				}
				if err := f.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
