//go:build bench

package archive_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"svidok/archive"
	"svidok/evidence"
	"svidok/intake"
)

// BenchmarkMillion keeps a million captures, as a collector does that never stops, and says
// what stays in memory after each hundred thousand.
func BenchmarkMillion(b *testing.B) {
	const batch, step, all = 500, 100_000, 1_000_000
	for b.Loop() {
		a, _ := newCase(b, archive.Options{})
		heap := func() float64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return float64(m.HeapAlloc) / (1 << 20)
		}
		begin, first, last := time.Now(), 0.0, 0.0
		for n := 0; n < all; n += batch {
			var items []intake.Item
			for i := range batch {
				data := []byte(fmt.Sprintf("Синтетичний допис %d: біля водовозки перевіряли документи.", n+i))
				items = append(items, intake.Item{Parent: -1, Door: "telegram-preview", MediaType: "text/plain", Part: evidence.PartReport, Data: data, Size: int64(len(data)),
					Claims: evidence.Claims{Address: fmt.Sprintf("https://t.me/synthetic/%d", n+i)}})
			}
			if _, err := a.Note(b.Context(), archive.Noting{Items: items}); err != nil {
				b.Fatal(err)
			}
			if done := n + batch; done%step == 0 {
				last = heap()
				if done == step {
					first = last
				}
				b.Logf("%7d captures: %.1f MiB in memory, %.0f captures/s so far", done, last, float64(done)/time.Since(begin).Seconds())
			}
		}
		b.ReportMetric(last, "MiB-at-the-end")
		b.ReportMetric((last-first)*(1<<20)/(all-step), "bytes/capture")
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
