//go:build bench

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"svidok/coding"
	"svidok/evidence"
	"svidok/labelled"
	"svidok/words"
)

// The bars that reading is held to.
const (
	readingBar  = 5_000     // posts a second on one core, with places, dates, figures, origins and codes
	lemmasBar   = 1_000_000 // words a second on one core
	languageBar = 100_000   // sentences a second on one core
)

// BenchmarkReading reads texts on one core, with everything that the reader knows: the
// posts of the ingest's mix, whole reports of which nearly every sentence is on the subject,
// and, where SVIDOK_DATA has them, real posts of channels.
func BenchmarkReading(b *testing.B) {
	w := newWriter(7)
	mixed := make([]string, 20_000)
	for i := range mixed {
		mixed[i] = w.post()
	}
	b.Run("mix", func(b *testing.B) { benchReading(b, mixed) })
	b.Run("dense", func(b *testing.B) { benchReading(b, labelledTexts(b)) })
	b.Run("channels", func(b *testing.B) { benchReading(b, channelPosts(b)) })
}

func benchReading(b *testing.B, texts []string) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	book, problems := coding.Compile(coding.Builtin())
	if len(problems) > 0 {
		b.Fatal(problems[0])
	}
	day := evidence.Date{From: "2024-05-31", To: "2024-05-31", Precision: "day"}
	book.Code(coding.Input{Text: texts[0], Published: day}) // what is decoded once is measured by BenchmarkReadingStart
	size, found := 0, 0
	start := time.Now()
	for b.Loop() {
		size, found = 0, 0
		for _, t := range texts {
			res := book.Code(coding.Input{Text: t, Published: day})
			found += len(res.Statements) + len(res.Figures) + len(res.Origins)
			size += len(t)
		}
	}
	if found == 0 {
		b.Fatal("nothing was found: the benchmark shows nothing")
	}
	n := float64(b.N * len(texts))
	rate := n / time.Since(start).Seconds()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "posts/s/core")
	b.ReportMetric(rate/readingBar, "x-of-5000/s")
	b.ReportMetric(float64(size)/float64(len(texts)), "B/post")
	b.ReportMetric(float64(found)/float64(len(texts)), "found/post")
}

// labelledTexts are the whole reports that people labelled for training.
func labelledTexts(b *testing.B) []string {
	files, err := filepath.Glob(filepath.Join("..", "..", "labelled", "train", "*.txt"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no labelled reports: %v", err)
	}
	var out []string
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		reports, _ := labelled.Parse(src)
		for _, r := range reports {
			if r.Open {
				out = append(out, r.Text)
			}
		}
	}
	return out
}

// channelPosts are real posts, one JSON file a channel, unpacked to SVIDOK_POSTS.
func channelPosts(b *testing.B) []string {
	files, err := filepath.Glob(filepath.Join(os.Getenv("SVIDOK_POSTS"), "*.json"))
	if err != nil || len(files) == 0 {
		b.Skip("no real posts: unpack telegram/channels-2024.tar.gz and set SVIDOK_POSTS to its folder")
	}
	var out []string
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		var posts []struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(raw, &posts); err != nil {
			b.Fatal(err)
		}
		for _, p := range posts {
			if p.Text != "" {
				out = append(out, p.Text)
			}
		}
	}
	return out
}

// BenchmarkReadingStart runs the program on one short text: from nothing to the first
// answer, with all dictionaries loaded, and the memory that it takes at most.
func BenchmarkReadingStart(b *testing.B) {
	dir := b.TempDir()
	file := filepath.Join(dir, "report.txt")
	text := "Вчора в окупованому Мелітополі військові роздали понад 300 повісток, повідомили в Головному управлінні розвідки."
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	var took time.Duration
	var peak int64
	for b.Loop() {
		for range 5 {
			cmd := svidok(b.Context(), "code", "--json", file)
			start := time.Now()
			out, err := cmd.CombinedOutput()
			took += time.Since(start)
			if err != nil || !strings.Contains(string(out), `"code":`) {
				b.Fatalf("%v\n%s", err, out)
			}
			peak = max(peak, peakRSS(cmd.ProcessState))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds()*1000/float64(5*b.N), "ms")
	b.ReportMetric(float64(peak)/1e6, "MB-peak")
}

// BenchmarkLemmas and BenchmarkLanguage run over the same words.
func BenchmarkLemmas(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var c words.Cut
	c.Read(strings.Join(labelledTexts(b), "\n"))
	for _, language := range []string{"uk", "ru"} {
		b.Run(language, func(b *testing.B) {
			d := words.Lemmas(language)
			var buf [8]words.Lemma
			known := 0
			start := time.Now()
			for b.Loop() {
				known = 0
				for i := range c.Tokens {
					if len(d.Lemmas(buf[:0], c.Folded(i))) > 0 {
						known++
					}
				}
			}
			rate := float64(b.N*len(c.Tokens)) / time.Since(start).Seconds()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(rate, "words/s")
			b.ReportMetric(rate/lemmasBar, "x-of-1M/s")
			b.ReportMetric(float64(known)/float64(len(c.Tokens)), "known")
		})
	}
}

func BenchmarkLanguage(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var sentences []string
	for _, t := range labelledTexts(b) {
		for _, s := range words.Sentences(nil, t) {
			sentences = append(sentences, t[s.Start:s.End])
		}
	}
	named := map[string]int{}
	start := time.Now()
	for b.Loop() {
		for _, s := range sentences {
			l, _ := words.Language(s)
			named[l]++
		}
	}
	rate := float64(b.N*len(sentences)) / time.Since(start).Seconds()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "sentences/s")
	b.ReportMetric(rate/languageBar, "x-of-100k/s")
	if named["uk"] == 0 || named["ru"] == 0 || named["en"] == 0 {
		b.Fatal(fmt.Sprint("languages: ", named))
	}
}
