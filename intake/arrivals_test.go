package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"svidok/evidence"
)

func arrive(t *testing.T, lim Limits, inputs ...string) ([]Item, []got) {
	t.Helper()
	var items []Item
	var failed []got
	for _, g := range collect(Arrivals(context.Background(), inputs, nil, lim)) {
		if g.err != nil {
			failed = append(failed, g)
			continue
		}
		items = append(items, g.Item)
	}
	return items, failed
}

func bytesOf(t *testing.T, it Item) string {
	t.Helper()
	r, err := it.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != it.Size {
		t.Fatalf("%s: %d bytes of %d, %v", it.Name, len(b), it.Size, err)
	}
	return string(b)
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	big := strings.Repeat("великий звіт ", 200_000)
	write(t, dir, map[string]string{
		"out.txt": "outside", "in/b.txt": "bee", "in/a/x.html": "<p>ex", "in/a/style.css": "p{}", "in/z.txt": big,
		"in/.DS_Store": "junk", "in/a/._x.html": "junk", "in/empty.txt": "",
	})
	for link, to := range map[string]string{"in/l-inside.txt": "b.txt", "in/l-outside.txt": "../out.txt", "in/l-absolute.txt": filepath.Join(dir, "out.txt"),
		"in/l-folder": "a", "in/l-loop": ".", "in/l-nothing": "nowhere", "in/l-up": ".."} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no links here:", err)
		}
	}
	in := filepath.Join(dir, "in")
	items, failed := arrive(t, Limits{}, in)
	var seen []string
	for _, it := range items {
		seen = append(seen, it.Name+" "+it.MediaType+" "+string(it.Part))
		if strings.Contains(bytesOf(t, it), "outside") {
			t.Errorf("%s leads outside", it.Name)
		}
		if it.Input != in || it.Door != DoorFile || it.Claims.Modified == "" || strings.Contains(it.Name, dir) {
			t.Errorf("%+v", it)
		}
	}
	want := "a/style.css text/css attachment, a/x.html text/html report, b.txt text/plain report, l-inside.txt text/plain report, z.txt text/plain report"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if z := items[len(items)-1]; z.Data != nil || bytesOf(t, z) != big || bytesOf(t, z) != big {
		t.Error("the large file is not given twice")
	}
	for name, sentinel := range map[string]error{".DS_Store": ErrSkipped, "a/._x.html": ErrSkipped, "empty.txt": evidence.ErrFormat, "l-outside.txt": evidence.ErrRefused,
		"l-absolute.txt": evidence.ErrRefused, "l-up": evidence.ErrRefused, "l-folder": ErrSkipped, "l-loop": ErrSkipped, "l-nothing": evidence.ErrNotFound} {
		found := false
		for _, g := range failed {
			found = found || g.Name == name && errors.Is(g.err, sentinel) && strings.Contains(g.err.Error(), name)
		}
		if !found {
			t.Errorf("%s: not named as %v", name, sentinel)
		}
	}
	if len(failed) != 9 {
		t.Errorf("%d failed: %v", len(failed), failed)
	}
}

func TestNamedFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "a", "style.css": "p{}", "empty": ""})
	items, failed := arrive(t, Limits{}, filepath.Join(dir, "a.txt"), filepath.Join(dir, "nowhere"), filepath.Join(dir, "empty"),
		"https://a.example/page", filepath.Join(dir, "style.css"))
	if len(items) != 2 || items[0].Name != "a.txt" || items[1].Part != evidence.PartReport {
		t.Errorf("%+v", items)
	}
	if len(failed) != 3 || !errors.Is(failed[0].err, evidence.ErrNotFound) || !errors.Is(failed[1].err, evidence.ErrFormat) ||
		!errors.Is(failed[2].err, evidence.ErrUsage) || !strings.Contains(evidence.HintOf(failed[2].err), "save what is there") {
		t.Errorf("%v", failed)
	}
}

func TestSpecialAndUnreadable(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such files there")
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "a", "locked.txt": "x", "locked/in.txt": "x"})
	l, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Skip("no sockets here:", err)
	}
	defer l.Close()
	for _, name := range []string{"locked.txt", "locked"} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(filepath.Join(dir, "locked"), 0o755)
	items, failed := arrive(t, Limits{}, dir, filepath.Join(dir, "socket"), os.DevNull)
	named := map[string]error{}
	for _, g := range failed {
		named[g.Name] = g.err
	}
	for _, g := range failed { // below a folder it is left aside; what a person named fails
		if want := evidence.ErrUsage; g.Name == filepath.Base(os.DevNull) && !errors.Is(g.err, want) ||
			g.Name == "socket" && g.Input != dir && !errors.Is(g.err, want) || g.Name == "socket" && g.Input == dir && !errors.Is(g.err, ErrSkipped) {
			t.Errorf("%s of %s: %v", g.Name, g.Input, g.err)
		}
	}
	if named["socket"] == nil || named[filepath.Base(os.DevNull)] == nil {
		t.Errorf("%v", named)
	}
	if os.Getuid() == 0 {
		return // nothing is locked for root
	}
	if len(items) != 1 || !errors.Is(named["locked.txt"], evidence.ErrRefused) || !errors.Is(named["locked"], evidence.ErrRefused) {
		t.Errorf("%v %v", items, named)
	}
}

func TestLimitsAreNamedAndTheWalkGoesOn(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a/b/c/d.txt": "deep", "big.txt": strings.Repeat("x", 100), "small.txt": "x"})
	items, failed := arrive(t, Limits{File: 50, Depth: 2}, dir)
	if len(items) != 1 || items[0].Name != "small.txt" || len(failed) != 2 ||
		!errors.Is(failed[0].err, evidence.ErrLimit) || failed[0].Name != "a/b/c" || !errors.Is(failed[1].err, evidence.ErrLimit) || failed[1].Name != "big.txt" {
		t.Errorf("%v %v", items, failed)
	}
	items, failed = arrive(t, Limits{Count: 1}, dir)
	if len(items) != 1 || len(failed) != 1 || !errors.Is(failed[0].err, evidence.ErrLimit) {
		t.Errorf("%v %v", items, failed)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := 0
	for _, err := range Arrivals(ctx, []string{dir, dir}, nil, Limits{}) {
		if n++; !errors.Is(err, context.Canceled) || n > 1 {
			t.Error(n, err)
		}
	}
}

func TestStandardInput(t *testing.T) {
	for _, text := range []string{"a short report", strings.Repeat("a long report ", 300_000)} {
		for it, err := range Arrivals(context.Background(), []string{"-"}, strings.NewReader(text), Limits{}) {
			if err != nil || it.Door != DoorStdin || it.Name != "" || it.MediaType != "text/plain" || it.Part != evidence.PartReport || (it.Data == nil) != (len(text) > small) {
				t.Fatalf("%+v %v", it, err)
			}
			for range 2 {
				if bytesOf(t, it) != text {
					t.Error("not the same bytes twice")
				}
			}
		}
	}
	for name, c := range map[string]struct {
		r    io.Reader
		lim  Limits
		want error
	}{"empty": {strings.NewReader(""), Limits{}, evidence.ErrFormat}, "none": {nil, Limits{}, evidence.ErrUsage},
		"too large": {strings.NewReader("12345"), Limits{File: 4}, evidence.ErrLimit}, "far too large": {bytes.NewReader(make([]byte, 3<<20)), Limits{File: 2 << 20}, evidence.ErrLimit}} {
		for _, g := range collect(Arrivals(context.Background(), []string{"-"}, c.r, c.lim)) {
			if !errors.Is(g.err, c.want) {
				t.Errorf("%s: %v", name, g.err)
			}
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range [][3]string{
		{"a.txt", "plain words", "text/plain"}, {"a", "plain words", "text/plain"}, {"a.md", "# words", "text/plain"},
		{"a.txt", "\xcf\xee\xe2\xb3\xf1\xf2\xea\xe8 \xf3 windows-1251", "text/plain"}, {"a.txt", "\xff\xfe\x1f\x04>\x04", "text/plain"},
		{"a.html", "words", "text/html"}, {"a", "\xef\xbb\xbf<!DOCTYPE html><p>", "text/html"}, {"a.php", "\n<html><body>", "text/html"},
		{"a.html", "<?xml version=\"1.0\"?><html>", "text/html"}, {"a.xml", "<?xml version=\"1.0\"?><rss/>", "application/xml"},
		{"a.json", `{"a": 1}`, "application/json"}, {"a", `[{"a": 1}]`, "application/json"}, {"a", "[sic] words", "text/plain"},
		{"a.warc", "WARC/1.0\r\n", TypeWARC}, {"a.bin", "filedesc://a 1.1.1.1 20240101000000 text/plain 0\n", TypeARC},
		{"a", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", TypeHTTPResponse}, {"a", "HTTP/1.1 is a protocol\n", "text/plain"},
		{"a.txt", "%PDF-1.7", "application/pdf"}, {"a.docx", "PK\x03\x04", typeByExt(".docx")}, {"a", "\x89PNG\r\n\x1a\n", "image/png"},
		{"a.bin", "\x00\x01\x02", "application/octet-stream"}, {"a.gz", "\x1f\x8b\x08 nothing of ours", "application/gzip"},
	} {
		if got := sniff(c[0], []byte(c[1])); got != c[2] {
			t.Errorf("%s %q: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add("a.json", []byte(oneChat))
	f.Add("a.gz", []byte("\x1f\x8b\x08\x00"))
	f.Add("", []byte("HTTP/1.1 200\n"))
	f.Fuzz(func(t *testing.T, name string, head []byte) {
		if got := sniff(name, head); got == "" || strings.ContainsAny(got, "\r\n") {
			t.Errorf("%q", got)
		}
	})
}

// TestCaseIsNoReport: the secret key and the accounts of a case do not become reports when
// somebody adds the folder that it lies in.
func TestCaseIsNoReport(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.txt": "a", "case/svidok": "svidok case 1\n", "case/key": "PRIVATE+KEY+x", "case/vault/x.txt": "x", "other/svidok": "a text"})
	items, failed := arrive(t, Limits{}, dir)
	if len(items) != 2 || items[0].Name != "a.txt" || items[1].Name != "other/svidok" {
		t.Errorf("%+v", items)
	}
	if len(failed) != 1 || failed[0].Name != "case" || !errors.Is(failed[0].err, evidence.ErrRefused) {
		t.Errorf("%+v", failed)
	}
}
