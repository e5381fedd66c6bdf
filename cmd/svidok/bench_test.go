//go:build bench

package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/markusmobius/go-trafilatura"

	"svidok/coding"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/reading"
)

// benchPosts is how many posts an ingest has: SVIDOK_BENCH_POSTS, else 100,000.
func benchPosts(b *testing.B) int {
	s := os.Getenv("SVIDOK_BENCH_POSTS")
	if s == "" {
		return 100_000
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 100 {
		b.Fatalf("SVIDOK_BENCH_POSTS=%s: want a number of at least 100", s)
	}
	return n
}

// BenchmarkIngest runs the program itself, on two cores: a Telegram export is received,
// durable, read, coded and compared, at N posts and at 5 N; and tells what a post costs
// in the second case as a multiple of the first, by the clock and by processor time. (The
// processor time is what a busy machine disturbs least.)
func BenchmarkIngest(b *testing.B) {
	n := benchPosts(b)
	var small ingested
	b.Run("posts="+strconv.Itoa(n), func(b *testing.B) {
		for b.Loop() {
			small = ingest(b, n)
			small.report(b)
		}
	})
	if os.Getenv("SVIDOK_BENCH_ONCE") != "" || small.posts == 0 {
		return
	}
	b.Run("posts="+strconv.Itoa(5*n), func(b *testing.B) {
		for b.Loop() {
			large := ingest(b, 5*n)
			large.report(b)
			b.ReportMetric(large.wall.Seconds()/5/small.wall.Seconds(), "x-clock-per-post")
			b.ReportMetric(large.cpu.Seconds()/5/small.cpu.Seconds(), "x-cpu-per-post")
		}
	})
}

// ingested is what one ingest cost.
type ingested struct {
	posts     int
	wall, cpu time.Duration
	peakRSS   int64 // bytes; 0 where the system does not tell
	input     int64 // bytes of the export
	evidence  int64 // bytes of vault and ledger
	derived   int64 // bytes of catalog and indexes
}

func (x ingested) report(b *testing.B) {
	n := float64(x.posts)
	b.ReportMetric(0, "ns/op") // one run is no operation
	b.ReportMetric(n/x.wall.Seconds(), "posts/s")
	b.ReportMetric(x.cpu.Seconds()*1e6/n, "cpu-µs/post")
	b.ReportMetric(float64(x.peakRSS)/(1<<20), "peak-MB")
	b.ReportMetric(float64(x.input)/n, "input-B/post")
	b.ReportMetric(float64(x.evidence)/n, "evidence-B/post")
	b.ReportMetric(float64(x.derived)/n, "derived-B/post")
}

func ingest(b *testing.B, n int) ingested {
	b.Helper()
	root := b.TempDir()
	input, dir := filepath.Join(root, "export"), filepath.Join(root, "case")
	if err := os.Mkdir(input, 0o755); err != nil {
		b.Fatal(err)
	}
	writeChannel(b, filepath.Join(input, "result.json"), n)
	if out, err := svidok(b.Context(), "init", dir).CombinedOutput(); err != nil {
		b.Fatalf("init: %v\n%s", err, out)
	}
	cmd := svidok(b.Context(), "add", dir, input, "--quiet")
	cmd.Env = append(cmd.Env, "GOMAXPROCS=2")
	var words bytes.Buffer
	cmd.Stderr = &words
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("add: %v\n%s", err, words.String())
	}
	x := ingested{posts: n, wall: time.Since(start)}
	b.Log(strings.TrimSpace(words.String()))
	x.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	x.peakRSS = peakRSS(cmd.ProcessState)
	x.input = sizeBelow(b, input, func(string) bool { return true })
	x.evidence = sizeBelow(b, dir, isEvidence)
	x.derived = sizeBelow(b, dir, func(name string) bool { return !isEvidence(name) })
	return x
}

func isEvidence(name string) bool {
	return !strings.HasPrefix(name, "catalog.db") && !strings.HasSuffix(name, ".idx") && name != "lock"
}

func sizeBelow(b *testing.B, dir string, count func(name string) bool) (n int64) {
	b.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !count(p) {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// writeChannel writes an export of n posts as Telegram Desktop does, without holding it.
func writeChannel(b *testing.B, name string, n int) {
	b.Helper()
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprint(w, "{\n \"name\": \"Синтетичний канал\",\n \"type\": \"public_channel\",\n \"id\": 9000000009,\n \"messages\": [\n")
	next := newWriter(11)
	for i := range n {
		text, err := json.Marshal(next.post())
		if err != nil {
			b.Fatal(err)
		}
		at := time.Unix(1672531200+int64(i)*61, 0).UTC()
		fmt.Fprintf(w, "  {\n   \"id\": %d,\n   \"type\": \"message\",\n   \"date\": %q,\n   \"date_unixtime\": \"%d\",\n   \"from\": \"Синтетичний канал\",\n   \"from_id\": \"channel9000000009\",\n   \"text\": %s,\n   \"text_entities\": [\n    {\n     \"type\": \"plain\",\n     \"text\": %s\n    }\n   ]\n  }",
			i+1, at.Format("2006-01-02T15:04:05"), at.Unix(), text, text)
		if i < n-1 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, " ]\n}\n")
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
}

// writer writes synthetic posts: 20 to 120 words, invented ones (12,000, by Zipf's law)
// between real function words; one in twenty is a near copy of an earlier one, and three
// in a hundred have a sentence that is to the matter.
type writer struct {
	r      *rand.Rand
	zipf   *rand.Zipf
	langs  []tongue
	before [4096]string
	n      int
}

type tongue struct {
	function, invented, topic []string
}

func newWriter(seed uint64) *writer {
	r := rand.New(rand.NewPCG(seed, 3))
	uk := tongue{function: strings.Fields("і в на з що не до та як це за від про ми він вони але або якщо коли там тут був була було також ще для після сьогодні їх її який"),
		topic: []string{
			"В окупованому Мелітополі патрулі перевіряли документи у чоловіків на вулицях і везли їх до військкомату.",
			"У тимчасово окупованій Макіївці чоловіків мобілізували без медичного огляду, повідомляє Синтетична служба.",
			"На окупованій Луганщині мобілізували понад 3000 чоловіків, кажуть у Синтетичному центрі."}}
	ru := tongue{function: strings.Fields("и в на с что не до как это за от о мы он они но или если когда там тут был была было также ещё для после сегодня их её который"),
		topic: []string{
			"В оккупированном Донецке мужчин задерживали на улице и вручали повестки без медкомиссии.",
			"В оккупированной Горловке мобилизовали около 2000 мужчин, сообщает Синтетическое агентство."}}
	en := tongue{function: strings.Fields("the of and to in is that for on was with as by it he they but or if when there here also after today their which from"),
		topic: []string{"In occupied Melitopol patrols stopped men in the street and took them to the enlistment office."}}
	cyrillic := strings.Fields("ва ло ми сте ро на ко лі ду пра ви то ме са гри що ня бо че ру ка ли зе мо ста пе ре но во ди та ки сло вер ський ного")
	latin := strings.Fields("ba lo mi ste ro na co li du pra vi to me sa gri ne bo che ru ca ly ze mo sta pe re no vo di ta ing tion er ly ment")
	uk.invented, en.invented = invent(r, cyrillic, 12_000), invent(r, latin, 12_000)
	ru.invented = uk.invented
	return &writer{r: r, zipf: rand.NewZipf(r, 1.07, 8, 11_999), langs: []tongue{uk, uk, uk, uk, uk, uk, ru, ru, ru, en}}
}

func invent(r *rand.Rand, syllables []string, n int) []string {
	seen := map[string]bool{}
	var out []string
	for len(out) < n {
		var w strings.Builder
		for range 2 + r.IntN(3) {
			w.WriteString(syllables[r.IntN(len(syllables))])
		}
		if s := w.String(); !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (w *writer) post() string {
	w.n++
	if w.n > 100 && w.r.IntN(20) == 0 { // a reprint: a word more or less
		old := strings.Fields(w.before[w.r.IntN(min(w.n-1, len(w.before)))])
		old[w.r.IntN(len(old))] = "передрук"
		return w.remember(strings.Join(old, " "))
	}
	t := w.langs[w.r.IntN(len(w.langs))]
	var b strings.Builder
	capital := true
	left := 6 + w.r.IntN(12)
	for n := 20 + w.r.IntN(101); n > 0; n-- {
		s := t.invented[w.zipf.Uint64()]
		if w.r.IntN(10) < 3 {
			s = t.function[w.r.IntN(len(t.function))]
		}
		if capital {
			r := []rune(s)
			s = strings.ToUpper(string(r[:1])) + string(r[1:])
		}
		b.WriteString(s)
		if left--; left == 0 || n == 1 {
			b.WriteString(". ")
			capital, left = true, 6+w.r.IntN(12)
		} else {
			b.WriteByte(' ')
			capital = false
		}
	}
	if w.r.IntN(100) < 3 {
		b.WriteString(t.topic[w.r.IntN(len(t.topic))])
	}
	return w.remember(strings.TrimSpace(b.String()))
}

func (w *writer) remember(text string) string {
	w.before[(w.n-1)%len(w.before)] = text
	return text
}

// BenchmarkPages reads synthetic news pages with menus, scripts, adverts and related
// links on one core, and go-trafilatura alone does the same in the same run.
func BenchmarkPages(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	pages := benchPages(200)
	opts := trafilatura.Options{EnableFallback: true, ExcludeComments: true, HtmlDateMode: trafilatura.Disabled}
	var size int64
	for _, p := range pages {
		size += int64(len(p))
	}
	var ours, alone time.Duration
	for b.Loop() {
		// By turns, so that a busy moment of the machine meets both.
		for from := 0; from < len(pages); from += 20 {
			part := pages[from : from+20]
			start := time.Now()
			for _, p := range part {
				if r, err := reading.Read(p, "text/html", evidence.Claims{Address: "https://news.example/a"}); err != nil || len(r.Text) < 1000 {
					b.Fatalf("%d bytes of text, %v", len(r.Text), err)
				}
			}
			ours += time.Since(start)
			start = time.Now()
			for _, p := range part {
				if _, err := trafilatura.Extract(bytes.NewReader(p), opts); err != nil {
					b.Fatal(err)
				}
			}
			alone += time.Since(start)
		}
	}
	n := float64(b.N * len(pages))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(size)/float64(len(pages)), "B/page")
	b.ReportMetric(n/ours.Seconds(), "pages/s/core")
	b.ReportMetric(n/alone.Seconds(), "trafilatura-pages/s/core")
	b.ReportMetric(alone.Seconds()/ours.Seconds(), "x-of-trafilatura")
}

// benchPages makes pages of about 60 kB around an article of 8 to 30 paragraphs.
func benchPages(n int) [][]byte {
	w := newWriter(5)
	var out [][]byte
	for i := range n {
		var b bytes.Buffer
		title := strings.Join(strings.Fields(w.post())[:8], " ")
		fmt.Fprintf(&b, "<!DOCTYPE html><html lang=\"uk\"><head><meta charset=\"utf-8\"><title>%s — Синтетичні новини</title><meta property=\"og:site_name\" content=\"Синтетичні новини\"><meta property=\"article:published_time\" content=\"2024-02-%02dT09:00:00+02:00\"><script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":%q,\"author\":{\"@type\":\"Person\",\"name\":\"Вигадана Авторка\"}}</script><style>%s</style></head><body><header><nav><ul>", title, 1+i%28, title, strings.Repeat(".a{margin:0;padding:4px 8px}\n", 200))
		for j := range 40 {
			fmt.Fprintf(&b, "<li class=\"menu-item\"><a href=\"/rubric/%d\">Рубрика %d</a></li>", j, j)
		}
		fmt.Fprintf(&b, "</ul></nav></header><main><article class=\"post\"><h1>%s</h1><div class=\"article-body\">", title)
		for j := range 8 + w.r.IntN(23) {
			fmt.Fprintf(&b, "<p>%s</p>", w.post())
			if j%5 == 4 {
				fmt.Fprintf(&b, "<div class=\"advert\"><script>show(%d)</script><a href=\"/ad/%d\">Реклама</a></div>", j, j)
			}
		}
		b.WriteString("</div></article><aside class=\"related\"><ul>")
		for j := range 60 {
			fmt.Fprintf(&b, "<li><a href=\"/news/%d\"><img src=\"/i/%d.jpg\" alt=\"\"><span>%s</span></a></li>", j, j, strings.Join(strings.Fields(w.post())[:9], " "))
		}
		fmt.Fprintf(&b, "</ul></aside></main><footer>© Синтетичні новини</footer><script>%s</script></body></html>", strings.Repeat("function f(x){return x*2+1};", 400))
		out = append(out, b.Bytes())
	}
	return out
}

// BenchmarkCoding codes posts on one core.
func BenchmarkCoding(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	book, problems := coding.Compile(coding.Builtin())
	if len(problems) > 0 {
		b.Fatal(problems[0])
	}
	w := newWriter(7)
	posts := make([]string, 20_000)
	size := 0
	for i := range posts {
		posts[i] = w.post()
		size += len(posts[i])
	}
	found := 0
	start := time.Now()
	for b.Loop() {
		for _, p := range posts {
			found += len(book.Code(coding.Input{Text: p}).Statements)
		}
	}
	if found == 0 {
		b.Fatal("nothing was coded: the benchmark shows nothing")
	}
	n := float64(b.N * len(posts))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/time.Since(start).Seconds(), "posts/s/core")
	b.ReportMetric(float64(size)/float64(len(posts)), "B/post")
	b.ReportMetric(float64(found)/n, "statements/post")
}

// BenchmarkVerify verifies a case on one core, and the same bytes are read, inflated and
// hashed alone in the same run.
func BenchmarkVerify(b *testing.B) {
	posts := min(20_000, benchPosts(b))
	root := b.TempDir()
	input, dir := filepath.Join(root, "export"), filepath.Join(root, "case")
	if err := os.Mkdir(input, 0o755); err != nil {
		b.Fatal(err)
	}
	writeChannel(b, filepath.Join(input, "result.json"), posts)
	for _, args := range [][]string{{"init", dir}, {"add", dir, input, "--quiet"}} {
		if out, err := svidok(b.Context(), args...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	b.Run("posts", func(b *testing.B) { benchVerify(b, dir) })
	pages := filepath.Join(root, "pages")
	if err := os.Mkdir(pages, 0o755); err != nil {
		b.Fatal(err)
	}
	for i, p := range benchPages(1000) {
		if err := os.WriteFile(filepath.Join(pages, fmt.Sprintf("%04d.html", i)), p, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	dir = filepath.Join(root, "second")
	for _, args := range [][]string{{"init", dir}, {"add", dir, pages, "--quiet"}} {
		if out, err := svidok(b.Context(), args...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	b.Run("pages", func(b *testing.B) { benchVerify(b, dir) })
}

func benchVerify(b *testing.B, dir string) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ours, alone time.Duration
	var stored, inflated int64
	for b.Loop() {
		for range 3 {
			runtime.GC()
			start := time.Now()
			for c := range dossier.Verify(b.Context(), os.DirFS(dir), dossier.Options{Workers: 1}) {
				if c.Status == dossier.Failed {
					b.Fatalf("%+v", c)
				}
			}
			ours += time.Since(start)
			runtime.GC()
			start = time.Now()
			stored, inflated = hashAlone(b, dir)
			alone += time.Since(start)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(3*b.N)*float64(stored)/1e6/ours.Seconds(), "stored-MB/s")
	b.ReportMetric(float64(inflated)/float64(stored), "inflated/stored")
	b.ReportMetric(alone.Seconds()/ours.Seconds(), "x-of-hashing-alone")
}

// hashAlone reads everything that is evidence in a case, hashes it as it lies there, and
// inflates and hashes what is compressed: the least that a check can cost.
func hashAlone(b *testing.B, dir string) (stored, inflated int64) {
	b.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isEvidence(d.Name()) {
			return err
		}
		f, err := os.Open(filepath.Join(dir, p))
		if err != nil {
			return err
		}
		defer f.Close()
		raw, block := sha256.New(), sha256.New()
		in := bufio.NewReaderSize(io.TeeReader(f, raw), 1<<18)
		if !strings.HasSuffix(p, ".gz") {
			n, err := io.Copy(io.Discard, in)
			stored += n
			inflated += n
			return err
		}
		z, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		n, err := io.CopyBuffer(block, z, make([]byte, 1<<16))
		inflated += n
		if info, err := f.Stat(); err == nil {
			stored += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return stored, inflated
}
