package dossier

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"svidok/evidence"
)

func written(t testing.TB, m Material) ([]byte, Summary) {
	t.Helper()
	var b bytes.Buffer
	sum, err := Write(&b, m)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), sum
}

// failures verifies, and returns what failed.
func failures(t testing.TB, checks func(func(Check) bool)) []Check {
	t.Helper()
	var out []Check
	for c := range checks {
		if c.Status == Failed {
			out = append(out, c)
		}
	}
	return out
}

func verifyBytes(b []byte, opt Options) func(func(Check) bool) {
	return VerifyZip(context.Background(), bytes.NewReader(b), int64(len(b)), opt)
}

// unpack gives the files of a bundle as a folder.
func unpack(t testing.TB, b []byte) fstest.MapFS {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(f.Name, base)] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	return out
}

func TestWriteAndVerify(t *testing.T) {
	for _, lang := range []string{"uk", "en", "ru"} {
		for _, originals := range []bool{true, false} {
			h, m := market(t)
			m.Language, m.Originals = lang, originals
			b, sum := written(t, m)
			again, _ := written(t, m)
			if !bytes.Equal(b, again) {
				t.Error("the same material gave other bytes")
			}
			if sum.Events != 1 || sum.Findings != 3 || sum.Captures != 3 || sum.Independent != 2 || sum.Checkpoint != int64(len(h.lines)) || sum.Bytes != int64(len(b)) {
				t.Errorf("summary %+v", sum)
			}
			for _, c := range failures(t, verifyBytes(b, Options{Key: h.key, Against: h.checkpoint(), Language: lang})) {
				t.Errorf("zip: %s: %s", c.Name, c.Detail)
			}
			files := unpack(t, b)
			if got := evidence.Sum(files["manifest-sha256.txt"].Data); got != sum.Manifest {
				t.Errorf("manifest %s, summary says %s", got, sum.Manifest)
			}
			for _, c := range failures(t, Verify(context.Background(), files, Options{})) {
				t.Errorf("folder: %s: %s", c.Name, c.Detail)
			}
			_, payload := files["data/warc/000001.warc.gz"]
			if !payload {
				t.Error("no WARC file")
			}
		}
	}
}

// TestNothingElseLeaves looks for what must stay in the house in every byte that leaves.
func TestNothingElseLeaves(t *testing.T) {
	_, m := market(t)
	b, _ := written(t, m)
	var all bytes.Buffer
	for name, f := range unpack(t, b) {
		data := f.Data
		if strings.HasSuffix(name, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if data, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		all.Write(data)
	}
	for _, secret := range []string{"secret name", "argon2id", "secret reason", "secret pattern", "secret bystander", "Закритий код"} {
		if bytes.Contains(all.Bytes(), []byte(secret)) {
			t.Errorf("%q left the house", secret)
		}
	}
	report := string(unpack(t, b)["data/report.html"].Data)
	if strings.Contains(report, "Secret Author") || strings.Contains(report, "Облава на ринку <b>") || strings.Contains(report, "<script") || strings.Contains(report, "http-equiv=\"refresh") {
		t.Error("the report names an author, or does not escape what it is given")
	}
	if strings.Contains(report, "Residents") || strings.Contains(report, "Ціни на овочі") {
		t.Error("more than the finding's own sentence is shown")
	}
	for _, want := range []string{"<mark>Патрулі перевіряли чоловіків на ринку</mark>.", "Patrols checked men at the market, and <mark>two were beaten</mark>.", "Облава на ринку &lt;b&gt;"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	const event2 = "e:0000000000000002"
	cases := []struct {
		name string
		do   func(h *house, j evidence.Judged)
		want error
	}{
		{"no second person", func(h *house, j evidence.Judged) {
			first := h.decide(evidence.ActAdd, anna, j, evidence.Hash{})
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
			_ = first
		}, evidence.ErrRefused},
		{"one person twice", func(h *house, j evidence.Judged) {
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, bohd, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrRefused},
		{"confirmed by a coder", func(h *house, j evidence.Judged) {
			h.decide(evidence.ActConfirm, carol, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrRefused},
		{"reviewer no longer active", func(h *house, j evidence.Judged) {
			first := h.decide(evidence.ActAdd, anna, j, evidence.Hash{})
			h.account(bohd, evidence.RoleReviewer, false)
			h.decide(evidence.ActConfirm, bohd, j, first)
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrRefused},
		{"event not confirmed", func(h *house, j evidence.Judged) {
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.gather(anna, event2, j.ID)
		}, evidence.ErrRefused},
		{"returned after confirmation", func(h *house, j evidence.Judged) {
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
			h.decide(evidence.ActReturn, bohd, j, evidence.Hash{})
		}, evidence.ErrRefused},
		{"replaced by a correction", func(h *house, j evidence.Judged) {
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
			other := h.judged(j.Capture, j.Text, "beating", j.Quote)
			other.Replaces = j.ID
			h.decide(evidence.ActCorrect, anna, other, evidence.Hash{})
		}, evidence.ErrRefused},
		{"confirmed otherwise than coded", func(h *house, j evidence.Judged) {
			first := h.decide(evidence.ActAdd, anna, j, evidence.Hash{})
			j.Place = "Токмак"
			h.decide(evidence.ActConfirm, bohd, j, first)
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrRefused},
		{"only planned", func(h *house, j evidence.Judged) {
			j.Modality = evidence.Planned
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrRefused},
		{"closed code", func(h *house, j evidence.Judged) {
			j = h.judged(j.Capture, j.Text, "secret", j.Quote)
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrRefused},
		{"unknown code", func(h *house, j evidence.Judged) {
			j = h.judged(j.Capture, j.Text, "nobody-knows", j.Quote)
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrNotFound},
		{"not at its words", func(h *house, j evidence.Judged) {
			j.Quote = strings.Repeat("x", len(j.Quote))
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
		}, evidence.ErrTampered},
		{"withdrawn", func(h *house, j evidence.Judged) {
			h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAdd, anna, j, evidence.Hash{}))
			ref := h.confirmEvent(evidence.ActConfirm, bohd, event2, h.gather(anna, event2, j.ID))
			h.note(anna, evidence.KindEvent, evidence.Event{V: 1, Kind: evidence.KindEvent, ID: event2, Statements: []string{j.ID}, Withdrawn: true, Previous: ref, By: anna, At: h.now()})
		}, evidence.ErrRefused},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h, _ := market(t)
			c, text := h.report("Солдати зупиняли перехожих біля школи.", "inshi", "Школа", "uk")
			tc.do(h, h.judged(c, text, "patrol", "зупиняли перехожих"))
			_, err := Write(io.Discard, h.material(event2))
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

// TestEveryByteOfTheZip changes one bit of every byte, and wants each noticed.
func TestEveryByteOfTheZip(t *testing.T) {
	_, m := market(t)
	b, _ := written(t, m)
	if len(b) < 20<<10 {
		t.Fatalf("only %d bytes to try", len(b))
	}
	for i := range b {
		b[i] ^= 1 << (i % 8)
		if !anyFailed(verifyBytes(b, Options{})) {
			t.Fatalf("byte %d, bit %d went unnoticed", i, i%8)
		}
		b[i] ^= 1 << (i % 8)
	}
	for _, n := range []int{0, 1, len(b) / 2, len(b) - 1} {
		if len(failures(t, verifyBytes(b[:n], Options{}))) == 0 {
			t.Errorf("cut to %d bytes: unnoticed", n)
		}
	}
	if len(failures(t, verifyBytes(append(b[:len(b):len(b)], 0), Options{}))) == 0 {
		t.Error("a byte at the end went unnoticed")
	}
}

// TestBytesOfTheFolder changes one bit of every 4th byte of the unpacked files, and of
// every 16th of the long prose: TestEveryByteOfTheZip leaves none out.
func TestBytesOfTheFolder(t *testing.T) {
	_, m := market(t)
	b, _ := written(t, m)
	files := unpack(t, b)
	n := 0
	for name, f := range files {
		step := 4
		if slices.Contains([]string{"VERIFY.md", "data/methods.md", "data/report.html"}, name) {
			step = 16
		}
		n += len(f.Data) / step
		for part := range 2 {
			t.Run(fmt.Sprintf("%s %d", name, part), func(t *testing.T) {
				t.Parallel()
				mine := maps.Clone(files)
				changed := bytes.Clone(f.Data)
				mine[name] = &fstest.MapFile{Data: changed, Mode: 0o644}
				for i := part * step; i < len(changed); i += 2 * step {
					changed[i] ^= 1 << (i / 2 % 8)
					if !anyFailed(Verify(context.Background(), mine, Options{})) {
						t.Fatalf("byte %d, bit %d went unnoticed", i, i/2%8)
					}
					changed[i] ^= 1 << (i / 2 % 8)
				}
			})
		}
	}
	t.Logf("%d bytes", n)
}

// anyFailed stops at the first failure.
func anyFailed(checks func(func(Check) bool)) bool {
	for c := range checks {
		if c.Status == Failed {
			return true
		}
	}
	return false
}

func slicesFailed(checks []Check) bool {
	for _, c := range checks {
		if c.Status == Failed {
			return true
		}
	}
	return false
}

// rebag makes the manifests anew, as a forger would.
func rebag(files fstest.MapFS) {
	sums := map[string]fileSum{}
	for name, f := range files {
		if strings.HasPrefix(name, "data/") {
			sums[name] = fileSum{int64(len(f.Data)), evidence.Sum(f.Data)}
		}
	}
	st, _ := evidence.Decode[stated](files["data/stated.json"].Data)
	for name, data := range tagFiles(&contents{stated: st}, sums, files["VERIFY.md"].Data) {
		files[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
}

// TestForgeries: changes with manifests that fit them are noticed by what lies deeper.
func TestForgeries(t *testing.T) {
	edit := func(name, from, to string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			f[name] = &fstest.MapFile{Data: bytes.Replace(f[name].Data, []byte(from), []byte(to), 1), Mode: 0o644}
		}
	}
	cases := map[string]func(fstest.MapFS){
		"finding": edit("data/findings.jsonl", `"modality":"occurred"`, `"modality":"planned"`),
		"event":   edit("data/events.jsonl", `"independent":2`, `"independent":3`),
		"source":  edit("data/sources.jsonl", "novyny", "novina"),
		"copies":  edit("data/copies.json", `"relation":"near"`, `"relation":"identical"`),
		"report":  edit("data/report.html", "Патрулі перевіряли", "Патрулі били"),
		"methods": edit("data/methods.md", "RFC 6962", "RFC 6963"),
		"guide":   edit("VERIFY.md", "sha256sum", "sha25sum"),
		"other wording": func(f fstest.MapFS) {
			edit("data/stated.json", `"wording":1`, `"wording":99`)(f)
			edit("data/report.html", "Патрулі перевіряли", "Патрулі били")(f)
			edit("VERIFY.md", "sha256sum", "sha25sum")(f)
		},
		"entries":        edit("data/ledger/entries.txt", "capture", "Capture"),
		"checkpoint":     edit("data/ledger/checkpoint", "example.org", "example.com"),
		"codebook":       edit("data/codebook.yaml", "version: 1", "version: 2"),
		"role":           edit("data/stated.json", `"role":"reviewer"`, `"role":"coder"`),
		"unknown member": edit("data/stated.json", `{"format"`, `{"x":1,"format"`),
		"unknown field":  edit("data/findings.jsonl", `{"id"`, `{"by":"somebody","id"`),
		"foreign file":   func(f fstest.MapFS) { f["data/names.txt"] = &fstest.MapFile{Data: []byte("x"), Mode: 0o644} },
		"foreign tag":    func(f fstest.MapFS) { f["README"] = &fstest.MapFile{Data: []byte("x"), Mode: 0o644} },
		"family":         edit("data/stated.json", `"families":[`, `"families":[{"texts":["`+strings.Repeat("0", 64)+`"]},`),
		"warc": func(f fstest.MapFS) {
			d := f["data/warc/000001.warc.gz"].Data
			f["data/warc/000001.warc.gz"] = &fstest.MapFile{Data: append(d[:len(d):len(d)], d...), Mode: 0o644}
		},
	}
	for name, forge := range cases {
		t.Run(name, func(t *testing.T) {
			_, m := market(t)
			b, _ := written(t, m)
			files := unpack(t, b)
			before := evidence.Sum([]byte(dump(files)))
			forge(files)
			if evidence.Sum([]byte(dump(files))) == before {
				t.Fatal("the forgery changed nothing")
			}
			rebag(files)
			if slicesFailed(CheckBag(files)) {
				t.Fatal("the forger's manifests are wrong")
			}
			if len(failures(t, Verify(context.Background(), files, Options{}))) == 0 {
				t.Error("unnoticed")
			}
		})
	}
}

func dump(files fstest.MapFS) string {
	var b strings.Builder
	_ = fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if f := files[p]; f != nil && err == nil {
			b.WriteString(p)
			b.Write(f.Data)
		}
		return err
	})
	return b.String()
}

func TestOtherKeyAndRepackedZip(t *testing.T) {
	h, m := market(t)
	b, _ := written(t, m)
	if len(failures(t, verifyBytes(b, Options{Key: newHouse(t).key}))) == 0 {
		t.Error("another key went unnoticed")
	}
	h.account(carol, evidence.RoleCoder, false)
	if len(failures(t, verifyBytes(b, Options{Against: newHouse(t).checkpoint()}))) == 0 {
		t.Error("a checkpoint of another log was taken")
	}
	var again bytes.Buffer
	w := zip.NewWriter(&again)
	if err := w.AddFS(os.DirFS(unpackTo(t, b))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	bad := failures(t, verifyBytes(again.Bytes(), Options{}))
	if len(bad) != 1 || !strings.Contains(bad[0].Detail, "unpack and verify the folder") {
		t.Errorf("re-packed: %v", bad)
	}
}

func unpackTo(t testing.TB, b []byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, f := range unpack(t, b) {
		p := filepath.Join(dir, filepath.FromSlash(base+name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestVerifyWithoutSvidok does what VERIFY.md says, with the tools that it names.
func TestVerifyWithoutSvidok(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("PYTHON3 IS MISSING: the script of VERIFY.md was NOT tried")
	}
	for _, lang := range []string{"uk", "en", "ru"} {
		_, m := market(t)
		m.Language = lang
		b, _ := written(t, m)
		dir := unpackTo(t, b)
		guide, err := os.ReadFile(filepath.Join(dir, base, "VERIFY.md"))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(guide), "```python\n")
		code, _, ok := strings.Cut(rest, "```")
		if !ok {
			t.Fatal("no script in VERIFY.md")
		}
		if err := os.WriteFile(filepath.Join(dir, "check.py"), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		run := func() (string, error) {
			cmd := exec.Command(python, "../check.py")
			cmd.Dir = filepath.Join(dir, base)
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		if out, err := run(); err != nil || !strings.Contains(out, "OK: ") {
			t.Fatalf("%v\n%s", err, out)
		}
		if lang != "en" {
			continue // the script is the same
		}
		for _, name := range []string{"data/ledger/checkpoint", "data/ledger/entries.jsonl", "data/findings.jsonl", "data/warc/000001.warc.gz"} {
			p := filepath.Join(dir, base, filepath.FromSlash(name))
			data, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			bad := bytes.Replace(data, []byte(`"quote":"`), []byte(`"quote":"X`), 1)
			if name != "data/findings.jsonl" {
				bad = bytes.Clone(data)
				bad[len(bad)/2] ^= 1
			}
			if err := os.WriteFile(p, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := run(); err == nil {
				t.Errorf("%s: the script did not notice a change\n%s", name, out)
			}
			if err := os.WriteFile(p, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
