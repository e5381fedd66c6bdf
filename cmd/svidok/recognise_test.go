//go:build browser

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/browser"
)

// drawnPage is a page as a browser draws and prints it.
func drawnPage(t *testing.T, body string) browser.Seen {
	t.Helper()
	b, err := browser.Find(t.Context(), browser.Options{Now: time.Now, Width: 1240})
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Show(t.Context(), "http://page.example/", func(a string) (browser.Answer, bool) {
		html := `<!DOCTYPE html><meta charset="utf-8"><body style="background:white;margin:60px;font-size:26px">` + body
		return browser.Answer{MediaType: "text/html; charset=utf-8", Body: []byte(html)}, a == "http://page.example/"
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lastReading is the newest reading's record, as it lies in the case.
func lastReading(t *testing.T, book string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(book, "vault", "000001.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(all, []byte(`{"v":1,"kind":"text"`))
	if at < 0 {
		t.Fatal("there is no reading")
	}
	line, _, _ := bytes.Cut(all[at:], []byte("\r\n"))
	return string(line)
}

// A photo of a notice and a scan are read, and their readings say that a machine did it; a
// PDF that has its own words is not recognised.
func TestPicturesAreRead(t *testing.T) {
	dir := t.TempDir()
	notice := drawnPage(t, "<p>Синтетичний зразок. У Макіївці біля водовозки чоловікам роздавали повістки. За словами мешканців, забрали щонайменше 40 осіб.</p>")
	scan := drawnPage(t, fmt.Sprintf(`<img style="width:100%%" src="data:image/png;base64,%s">`, base64.StdEncoding.EncodeToString(notice.Screenshot)))
	blank := drawnPage(t, "<p></p>")
	book := filepath.Join(dir, "case")
	if code, _, words := runHere(t, "", "init", book); code != exitOK {
		t.Fatal(words)
	}
	for name, c := range map[string]struct {
		data    []byte
		words   bool
		machine bool
	}{
		"photo.png":   {notice.Screenshot, true, true},
		"scan.pdf":    {scan.Print, true, true},
		"printed.pdf": {notice.Print, true, false},
		"blank.png":   {blank.Screenshot, false, false},
	} {
		file := filepath.Join(dir, name)
		write(t, file, c.data)
		if code, _, words := runHere(t, "", "add", book, file); code != exitOK {
			t.Fatalf("%s: exit %d: %s", name, code, words)
		}
		readings := lastReading(t, book)
		if got := strings.Contains(readings, `"language":"uk"`); got != c.words {
			t.Errorf("%s: Ukrainian words found: %v, want %v\n%s", name, got, c.words, readings)
		}
		if got := strings.Contains(readings, "recognised by a machine"); got != c.machine {
			t.Errorf("%s: said to be recognised: %v, want %v\n%s", name, got, c.machine, readings)
		}
	}
	if code, out, _ := runHere(t, "", "verify", book); code != exitOK {
		t.Errorf("the case does not verify:\n%s", out)
	}
}
