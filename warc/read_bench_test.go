package warc

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	kgzip "github.com/klauspost/compress/gzip"
)

// prose is text that compresses like text: words of a small vocabulary, drawn unevenly.
func prose(n int) string {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 3000)
	for i := range words {
		words[i] = fmt.Sprintf("%s%x", strings.Repeat("в", 1+i%5), i)
	}
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(words[int(float64(len(words))*rnd.Float64()*rnd.Float64()*rnd.Float64())])
		b.WriteByte(' ')
	}
	return b.String()[:n]
}

// library makes a file of n records with blocks of the given size, and with digests.
func library(b *testing.B, n, size int, zipped bool) []byte {
	text := prose(8 * size)
	var file []byte
	for i := range n {
		block := text[i%7*size:][:size]
		f := fields(Field{"WARC-Block-Digest", fmt.Sprintf("sha1:%x", sha1.Sum([]byte(block)))}, Field{"WARC-Target-URI", fmt.Sprintf("http://a.example/%d", i)})
		one := encode(b, f, block)
		if !zipped {
			z, err := gzip.NewReader(bytes.NewReader(one))
			if err != nil {
				b.Fatal(err)
			}
			if one, err = io.ReadAll(z); err != nil {
				b.Fatal(err)
			}
		}
		file = append(file, one...)
	}
	return file
}

func drain(b *testing.B, r *Reader) (records int, bytes int64) {
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return records, bytes
		}
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, rec.Block)
		if err != nil || len(rec.Problems) > 0 {
			b.Fatal(err, rec.Problems)
		}
		records++
		bytes += n
	}
}

func benchRead(b *testing.B, n, size int, zipped, checked bool) {
	file := library(b, n, size, zipped)
	b.SetBytes(int64(n * size))
	b.ReportAllocs()
	r := NewReader(nil, Limits{})
	r.CheckDigests(checked)
	records := 0
	for b.Loop() {
		r.Reset(bytes.NewReader(file))
		got, _ := drain(b, r)
		records += got
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkReadPlain(b *testing.B)     { benchRead(b, 50, 1<<20, false, false) }
func BenchmarkReadPlainSHA1(b *testing.B) { benchRead(b, 50, 1<<20, false, true) }
func BenchmarkReadGzip(b *testing.B)      { benchRead(b, 50, 1<<20, true, false) }
func BenchmarkReadGzipSHA1(b *testing.B)  { benchRead(b, 50, 1<<20, true, true) }
func BenchmarkReadSmall(b *testing.B)     { benchRead(b, 20000, 1000, true, false) }
func BenchmarkReadSmallSHA1(b *testing.B) { benchRead(b, 20000, 1000, true, true) }

// What inflating the same bytes costs alone.
func BenchmarkInflateAlone(b *testing.B) {
	for name, size := range map[string]int{"large": 1 << 20, "small": 1000} {
		b.Run(name, func(b *testing.B) {
			n := 50 << 20 / size / (1 + 1000/size*5)
			file := library(b, n, size, true)
			b.SetBytes(int64(n * size))
			for b.Loop() {
				z, err := kgzip.NewReader(bytes.NewReader(file))
				if err != nil {
					b.Fatal(err)
				}
				if _, err = io.Copy(io.Discard, z); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
