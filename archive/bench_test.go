package archive_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"svidok/archive"
)

// posts makes texts of the size of channel posts (about 60 words), Zipf-distributed, a
// tenth of them near copies of one of the thousand before.
func posts() func() string {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 4, 60_000)
	syllables := strings.Fields("ва ло ми сте ро на ко лі ду пра ви то ме са гри що ня бо че ру ка ли зе мо ста пе ре но во ди")
	word := func() string {
		k := int(zipf.Uint64())
		var b strings.Builder
		for b.Len() < 4 || k > 0 {
			b.WriteString(syllables[k%len(syllables)])
			k /= len(syllables)
		}
		return b.String()
	}
	var before [1000]string
	i := 0
	return func() string {
		i++
		if i > len(before) && rng.IntN(10) == 0 {
			return "Передрук. " + before[rng.IntN(len(before))]
		}
		var b strings.Builder
		for j := range 40 + rng.IntN(40) {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word())
			if j%12 == 11 {
				b.WriteByte('.')
			}
		}
		if rng.IntN(20) == 0 {
			b.WriteString(" В окупованому Мелітополі чоловіків затримували на вулицях і везли до військкомату.")
		}
		before[i%len(before)] = b.String()
		return b.String()
	}
}

// writeExport writes a channel of n posts, as Telegram Desktop does, without holding it.
func writeExport(b *testing.B, path string, n int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	text := posts()
	fmt.Fprint(w, `{"name": "Synthetic channel", "type": "public_channel", "id": 7, "messages": [`)
	for i := range n {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, "\n"+`{"id": %d, "type": "message", "date": "2023-03-01T10:00:00", "date_unixtime": "%d", "from": "Synthetic channel", "from_id": "channel7", "text": %q, "text_entities": []}`,
			i+1, 1677664800+i, text())
	}
	fmt.Fprint(w, "\n]}\n")
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkIngest: a channel's export received, durable, read, coded, compared and found.
// SVIDOK_POSTS sets how many posts.
func BenchmarkIngest(b *testing.B) {
	n := 10_000
	if s := os.Getenv("SVIDOK_POSTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	dir := b.TempDir()
	in := filepath.Join(dir, "result.json")
	writeExport(b, in, n)
	for b.Loop() {
		a, err := archive.Create(context.Background(), filepath.Join(dir, fmt.Sprint("case", time.Now().UnixNano())), archive.Options{Tool: "svidok/bench"})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if err := a.Receive(context.Background(), archive.Delivery{Inputs: []string{in}}, nil); err != nil {
			b.Fatal(err)
		}
		received := time.Now()
		if err := a.Work(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "posts/s")
		b.ReportMetric(float64(n)/received.Sub(start).Seconds(), "received/s")
		b.ReportMetric(float64(n)/time.Since(received).Seconds(), "worked/s")
		b.ReportMetric(peakMB(b), "MB-peak")
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// peakMB is the most memory that the process ever had, as Linux counts it; elsewhere what
// the runtime holds now.
func peakMB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.Sys) / (1 << 20)
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.Fields(kb)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return n / 1024
		}
	}
	return 0
}
