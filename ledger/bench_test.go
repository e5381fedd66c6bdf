package ledger

import (
	"runtime"
	"testing"
	"time"

	"svidok/vault"
)

// BenchmarkAppend appends batches of 512, on disk, each durable and signed, published as
// it goes. The last 100,000 of 500,000 entries are timed apart: the cost must be flat.
func BenchmarkAppend(b *testing.B) {
	const size, all = 512, 500_000
	for b.Loop() {
		b.StopTimer()
		l := create(b, vault.Dir(b.TempDir()))
		runtime.GC()
		b.StartTimer()
		var first, last time.Duration
		for n := 0; n < all; n += size {
			b.StopTimer()
			entries := batch(n, size)
			b.StartTimer()
			start := time.Now()
			if _, err := l.Append(b.Context(), entries); err != nil {
				b.Fatal(err)
			}
			if n < 100_000 {
				first += time.Since(start)
			} else if n >= all-100_000 {
				last += time.Since(start)
			}
		}
		if l.s.published == 0 {
			b.Fatal("nothing was published on the way")
		}
		b.StopTimer()
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-heap")
		b.ReportMetric(100_000/first.Seconds(), "first-entries/s")
		b.ReportMetric(100_000/last.Seconds(), "last-entries/s")
		b.StartTimer()
	}
}

// BenchmarkOpen opens a ledger of 100,000 entries, half a journal among them, and proves.
func BenchmarkOpen(b *testing.B) {
	back := vault.Dir(b.TempDir())
	l := create(b, back)
	for l.Size() < 100_000 {
		grow(b, l, 500)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			reopen(b, back)
		}
		b.ReportMetric(float64(l.s.journal.end)/1e6, "MB-journal")
	})
	b.Run("prove", func(b *testing.B) {
		i := int64(0)
		for b.Loop() {
			if _, err := l.Prove(b.Context(), i*7919%l.Size(), l.Size()); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
