//go:build eval

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/cmd/svidok/sample"
	"svidok/coding"
	"svidok/corroboration"
	"svidok/evidence"
	"svidok/reading"
)

func data(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SVIDOK_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("no data: set SVIDOK_DATA to the data folder: %v", err)
	}
	return dir
}

type tally struct{ hit, miss, extra int }

func (s tally) String() string {
	p, r := float64(s.hit)/float64(max(1, s.hit+s.extra)), float64(s.hit)/float64(max(1, s.hit+s.miss))
	return fmt.Sprintf("P %.2f  R %.2f  F1 %.2f  (%d right, %d missed, %d more)", p, r, 2*p*r/max(1e-9, p+r), s.hit, s.miss, s.extra)
}

// sampleFile is the file in which a sample arrives, read as a case would read it.
func sampleText(t *testing.T, r sample.Report) reading.Result {
	t.Helper()
	text := strings.Join(r.Paragraphs, "\n\n")
	files, err := sample.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if r.Kind == "page" && strings.HasSuffix(f.Path, "/"+r.ID+".html") {
			res, err := reading.Read(f.Data, "text/html", evidence.Claims{})
			if err != nil {
				t.Fatalf("%s: %v", r.ID, err)
			}
			return res
		}
	}
	return reading.Result{Text: text, Title: r.Title, Language: r.Language}
}

// TestEvalSamples scores reading and coding on the built-in samples. Their labels name
// what a person would certainly find, so precision is a lower bound.
func TestEvalSamples(t *testing.T) {
	reports, err := sample.Reports()
	if err != nil {
		t.Fatal(err)
	}
	book, problems := coding.Compile(coding.Builtin())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	byLanguage := map[string]*tally{}
	gates, gateRight, languageRight, trapped, planned, words, found := 0, 0, 0, 0, 0, 0, 0
	for _, r := range reports {
		d := sampleText(t, r)
		res := book.Code(coding.Input{Text: d.Text, Title: d.Title, Language: d.Language})
		gates++
		if string(res.Gate) == r.Gold.Gate {
			gateRight++
		} else {
			t.Logf("%s: gate %s, want %s", r.ID, res.Gate, r.Gold.Gate)
		}
		if d.Language == r.Language {
			languageRight++
		} else {
			t.Logf("%s: language %s, want %s", r.ID, d.Language, r.Language)
		}
		for _, p := range r.Paragraphs {
			words++
			if strings.Contains(d.Text, p) {
				found++
			} else {
				t.Logf("%s: paragraph not in the text: %.60s…", r.ID, p)
			}
		}
		s := byLanguage[r.Language]
		if s == nil {
			s = &tally{}
			byLanguage[r.Language] = s
		}
		trapped += scoreSample(t, r, res, s, &planned)
	}
	for _, l := range []string{"uk", "ru", "en"} {
		t.Logf("codes %s: %s", l, byLanguage[l])
	}
	t.Logf("gate %d/%d, language %d/%d, paragraphs %d/%d, traps coded as occurred %d, plans and denials called occurred %d",
		gateRight, gates, languageRight, gates, found, words, trapped, planned)
	if trapped > 0 || planned > 0 {
		t.Error("a trap was coded as occurred, or a plan was called an act")
	}
}

// scoreSample compares one report's statements with its labels; actors, places of
// apprehension and target groups are not labelled and not scored.
func scoreSample(t *testing.T, r sample.Report, res coding.Result, s *tally, planned *int) (trapped int) {
	got := map[string][]string{}
	for _, st := range res.Statements {
		if st.Gate == evidence.GateOpen && r.Gold.Trap != "" && st.Modality == evidence.Occurred {
			t.Logf("%s: trap coded: %s «%s»", r.ID, st.Code, st.Quote)
			trapped++
		}
		got[st.Code] = append(got[st.Code], string(st.Modality))
	}
	for _, c := range r.Gold.Codes {
		switch {
		case slices.Contains(got[c.Code], c.Modality):
			s.hit++
		case len(got[c.Code]) > 0 && c.Modality != "occurred" && slices.Contains(got[c.Code], "occurred"):
			*planned++
			s.miss++
			t.Logf("%s: %s is called occurred, it is %s", r.ID, c.Code, c.Modality)
		default:
			s.miss++
			t.Logf("%s: missed %s %s (has %v)", r.ID, c.Code, c.Modality, got[c.Code])
		}
	}
	for code, ms := range got {
		group, _, _ := strings.Cut(code, ".")
		if slices.Contains([]string{"ACT", "PLC", "TGT"}, group) || !slices.Contains(ms, "occurred") {
			continue
		}
		if !slices.ContainsFunc(r.Gold.Codes, func(c sample.Code) bool { return c.Code == code }) {
			s.extra++
			t.Logf("%s: more than labelled: %s", r.ID, code)
		}
	}
	return trapped
}

// TestEvalSampleCopies scores the copies among the samples as they are read.
func TestEvalSampleCopies(t *testing.T) {
	reports, err := sample.Reports()
	if err != nil {
		t.Fatal(err)
	}
	index := corroboration.NewIndex(corroboration.Options{})
	var pairs []corroboration.Pair
	for i, r := range reports {
		for _, m := range index.Add(uint32(i), sampleText(t, r).Text) {
			pairs = append(pairs, corroboration.Pair{A: uint32(i), B: m.Other})
		}
	}
	root := corroboration.Families(len(reports), pairs)
	var s tally
	for i := range reports {
		for j := range i {
			same, gold := root[i] == root[j], reports[i].Gold.Family != "" && reports[i].Gold.Family == reports[j].Gold.Family
			switch {
			case same && gold:
				s.hit++
			case gold:
				s.miss++
				t.Logf("missed: %s and %s", reports[i].ID, reports[j].ID)
			case same:
				s.extra++
				t.Logf("no copies: %s and %s", reports[i].ID, reports[j].ID)
			}
		}
	}
	t.Logf("pairs within families: %s", s)
	if s.miss+s.extra > 0 {
		t.Error("families of copies are not as labelled")
	}
}

// realPosts turns the channels' posts into one Telegram export a channel.
func realPosts(t *testing.T, dir string) int {
	t.Helper()
	f, err := os.Open(filepath.Join(data(t), "telegram", "channels-2024.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return total
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, "_messages.json") {
			continue
		}
		var posts []struct {
			ID            int `json:"message_id"`
			Text, Channel string
			Date          time.Time
		}
		if err := json.NewDecoder(r).Decode(&posts); err != nil {
			t.Fatalf("%s: %v", h.Name, err)
		}
		var b bytes.Buffer
		name, _ := json.Marshal(posts[0].Channel)
		fmt.Fprintf(&b, "{\"name\":%s,\"type\":\"public_channel\",\"id\":%d,\"messages\":[", name, total+1)
		for i, p := range posts {
			text, _ := json.Marshal(p.Text)
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "{\"id\":%d,\"type\":\"message\",\"date\":%q,\"date_unixtime\":\"%d\",\"from\":%s,\"text\":%s}", p.ID, p.Date.Format("2006-01-02T15:04:05"), p.Date.Unix(), name, text)
		}
		b.WriteString("]}")
		sub := filepath.Join(dir, strings.TrimSuffix(filepath.Base(h.Name), "_messages.json"))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(sub, "result.json"), b.Bytes())
		total += len(posts)
	}
}

// TestEvalRealInput takes everything real there is, from folder to dossier.
func TestEvalRealInput(t *testing.T) {
	dir := t.TempDir()
	posts := realPosts(t, filepath.Join(dir, "tg"))
	t.Logf("%d posts", posts)
	book := filepath.Join(dir, "case")
	mustRun(t, "init", book)
	start := time.Now()
	mustRun(t, "add", book, filepath.Join(dir, "tg"), "--quiet")
	t.Logf("added and worked in %v: %.0f posts/s", time.Since(start), float64(posts)/time.Since(start).Seconds())
	mustRun(t, "add", book, filepath.Join(data(t), "reports"), "--json")
	for _, folder := range []string{"fixtures/warc", "html"} {
		cmd := svidok(t.Context(), "add", book, filepath.Join(data(t), folder), "--json")
		var words bytes.Buffer
		cmd.Stderr = &words
		out, err := cmd.Output()
		t.Logf("%s: %d receipts, %v\n%s", folder, bytes.Count(out, []byte("\n")), err, words.String())
	}
	t.Logf("%s", mustRun(t, "verify", book))
	roundOverCase(t, book, filepath.Join(dir, "out.zip"))
}

// roundOverCase judges the whole queue by two people, gathers the first finding and
// writes a dossier.
func roundOverCase(t *testing.T, book, file string) {
	t.Helper()
	t.Setenv("SVIDOK_NEW_PASSWORD", "correct-horse-1")
	t.Setenv("SVIDOK_PASSWORD", "correct-horse-1")
	mustRun(t, "account", book, "Olena", "--role", "admin")
	mustRun(t, "account", book, "Maria", "--role", "reviewer", "--as", "Olena")
	queue := bytes.Split(bytes.TrimSpace(mustRun(t, "statements", book, "--json")), []byte("\n"))
	t.Logf("%d statements suggested", len(queue))
	var ids []string
	for _, line := range queue {
		var row struct{ ID, Modality, Gate string }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		if row.Modality == "occurred" && row.Gate == "open" {
			ids = append(ids, row.ID)
		}
	}
	mustRun(t, append([]string{"judge", book, "--as", "Olena", "accept"}, ids...)...)
	mustRun(t, append([]string{"judge", book, "--as", "Maria", "confirm"}, ids...)...)
	var event struct{ Event string }
	out := mustRun(t, append([]string{"gather", book, "--as", "Olena", "--title", "Test", "--place", "Test", "--from", "2024-12-01", "--basis", "A test of the machine, not a finding.", "--json"}, ids...)...)
	if err := json.Unmarshal(out, &event); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "judge", book, "--as", "Maria", "confirm", event.Event)
	t.Logf("%s", mustRun(t, "dossier", book, "-o", file, "--as", "Olena", "--closed", "--json"))
	t.Logf("%s", mustRun(t, "verify", file))
}
