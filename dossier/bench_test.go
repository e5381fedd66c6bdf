package dossier_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"svidok/dossier"
)

// largeCase has n posts of about 1.5 kB, captured in batches of 200 and read and coded in
// batches of 200, as ingest does.
func largeCase(b *testing.B, n int) *office {
	b.Helper()
	o := newOffice(b)
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("патрулі перевіряли чоловіків на ринку міста поблизу школи лікарні вулиці району області влада повідомила мешканці розповіли вчора сьогодні повістки військкомат будинку роботи хліб вода погода дорога новини канал джерело")
	for done := 0; done < n; done += 200 {
		var captures, read []act
		for range min(200, n-done) {
			var s strings.Builder
			for s.Len() < 1300 {
				fmt.Fprintf(&s, "%s %d. ", words[r.IntN(len(words))], r.IntN(1e6))
				for range 12 {
					s.WriteString(words[r.IntN(len(words))] + " ")
				}
			}
			body := s.String()
			c, payload := o.capture(`{"id":1,"text":"` + body + `"}`)
			captures = append(captures, c)
			coded, _ := o.coding(c.ref, body, body[:strings.IndexByte(body, '.')])
			read = append(read, o.text(c.ref, payload, body), coded)
		}
		o.batch(captures...)
		o.batch(read...)
	}
	o.close()
	return o
}

// BenchmarkVerifyCase measures the verification of a case, and in the same run what
// reading, inflating and one SHA-256 of the inflated bytes cost with as many workers.
func BenchmarkVerifyCase(b *testing.B) {
	o := largeCase(b, 20000)
	fsys := os.DirFS(o.dir)
	var raw int64
	var bare, full time.Duration
	for b.Loop() {
		start := time.Now()
		raw = bareReading(b, o.dir)
		bare += time.Since(start)
		start = time.Now()
		for c := range dossier.Verify(context.Background(), fsys, dossier.Options{}) {
			if c.Status == dossier.Failed {
				b.Fatal(c)
			}
		}
		full += time.Since(start)
	}
	b.SetBytes(raw)
	b.ReportMetric(float64(bare)/float64(full)*100, "%_of_bare_reading")
	b.ReportMetric(float64(full.Milliseconds())/float64(b.N), "ms/verify")
	b.ReportMetric(float64(bare.Milliseconds())/float64(b.N), "ms/bare")
}

func bareReading(b *testing.B, dir string) int64 {
	names, err := filepath.Glob(filepath.Join(dir, "vault", "*.warc.gz"))
	if err != nil {
		b.Fatal(err)
	}
	// Cut the segments at member boundaries beforehand would be a help that no reader has;
	// each worker takes a segment, or, where there is one, a part that starts at a member.
	var total atomic.Int64
	var all sync.WaitGroup
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		for _, part := range parts(data, runtime.GOMAXPROCS(0)) {
			all.Go(func() { total.Add(inflateAll(b, part)) })
		}
	}
	all.Wait()
	return total.Load()
}

// parts cuts a segment where a gzip member begins.
func parts(data []byte, n int) [][]byte {
	var out [][]byte
	magic := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255}
	for i := n; i > 1; i-- {
		at := bytes.Index(data[len(data)/i:], magic)
		if at < 0 {
			break
		}
		at += len(data) / i
		out, data = append(out, data[:at]), data[at:]
	}
	return append(out, data)
}

func inflateAll(b *testing.B, data []byte) int64 {
	in := bufio.NewReaderSize(bytes.NewReader(data), 256<<10)
	var z gzip.Reader
	sum := sha256.New()
	buf := make([]byte, 256<<10)
	var n int64
	for {
		if err := z.Reset(in); err == io.EOF {
			return n
		} else if err != nil {
			b.Error(err)
			return n
		}
		z.Multistream(false)
		sum.Reset()
		k, err := io.CopyBuffer(sum, struct{ io.Reader }{&z}, buf)
		if err != nil {
			b.Error(err)
			return n
		}
		sum.Sum(nil)
		n += k
	}
}
