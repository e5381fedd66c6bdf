package intake

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/wacz"
)

// crawl makes a WACZ file as a crawler would: two pages, one behind a redirect, a frame,
// a picture, how the page looked, and what the crawler read out of it.
func crawl(t *testing.T, signer *ecdsa.PrivateKey) []byte {
	t.Helper()
	at := time.Date(2024, 5, 6, 9, 8, 7, 0, time.UTC)
	m := wacz.Material{Title: "Вигадана збірка", Software: "svidok test", Created: at.Add(time.Hour),
		Pages: []wacz.PageEntry{{URL: "https://a.example/story#top", Title: "Вигадана історія", At: at}, {URL: "https://a.example/short", Title: "Друга", At: at}, {URL: "https://a.example/later", Title: "Третя", At: at}},
		Records: []wacz.Record{
			{Type: wacz.Response, URI: "https://a.example/story", At: at, Block: []byte(page("text/html", "<p>words"))},
			{Type: wacz.Response, URI: "https://a.example/frame", At: at, Block: []byte(page("text/html", "<p>an advertisement"))},
			{Type: wacz.Response, URI: "https://a.example/short", At: at, Block: []byte("HTTP/1.1 301 Moved\r\nLocation: /long\r\n\r\n")},
			{Type: wacz.Response, URI: "https://a.example/long", At: at, Block: []byte(page("text/html", "<p>more words"))},
			{Type: wacz.Response, URI: "https://a.example/paper.pdf", At: at, Block: []byte(page("application/pdf", "%PDF-1.4"))},
			{Type: wacz.Snapshot, URI: "urn:view:https://a.example/story", At: at, ContentType: "image/png", Block: []byte("\x89PNG")},
			{Type: wacz.Snapshot, URI: "urn:text:https://a.example/story", At: at, ContentType: "text/plain", Block: []byte("words as the crawler read them")},
			{Type: wacz.Request, URI: "https://a.example/story", At: at, Block: []byte("GET / HTTP/1.1\r\nCookie: secret\r\n\r\n"), With: 1},
			{Type: wacz.Revisit, URI: "https://a.example/later", At: at.Add(time.Minute), Block: []byte("HTTP/1.1 200 OK\r\n\r\n"), With: 1},
		}}
	if signer != nil {
		m.Signer = signer
	}
	var b bytes.Buffer
	if _, err := wacz.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWACZParts(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file := crawl(t, key)
	items, errs := open(t, "crawl.wacz", file, Limits{})
	var lines []string
	for _, it := range items {
		name := it.Claims.Address
		if name == "" {
			name = it.Name
		}
		lines = append(lines, strings.TrimSpace(name+" "+string(it.Part)+" "+it.Claims.Title))
	}
	same(t, strings.Join(lines, "\n"), `
		datapackage.json attachment Вигадана збірка
		datapackage-digest.json attachment
		https://a.example/story report Вигадана історія
		https://a.example/frame attachment
		https://a.example/short attachment
		https://a.example/long report Друга
		https://a.example/paper.pdf report
		urn:view:https://a.example/story attachment
		urn:text:https://a.example/story attachment
		https://a.example/later attachment`)
	if len(errs) != 0 || len(items) < 10 {
		t.Fatal(errs)
	}
	if items[7].Parent != 2 || items[9].Parent != 2 || !strings.HasSuffix(items[2].Within, " of archive/data.warc.gz") || len(items[2].Problems) != 0 {
		t.Errorf("%+v", items[7])
	}
	if s := items[1].Signed; s == nil || s.Signature != wacz.Valid || len(items[1].Problems) != 0 {
		t.Errorf("%+v", s)
	}
	// Within another archive it comes apart, too; and under no name of its own.
	nested, _ := open(t, "a.zip", zipOf(t, entry{"crawl", string(file)}), Limits{})
	if len(nested) != 11 || nested[0].MediaType != TypeWACZ || nested[3].Parent != 0 {
		t.Error(said(nested))
	}
}

// rezip changes the files of a zip, and drops those that become empty.
func rezip(t *testing.T, b []byte, change func(name string, body []byte) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var list []entry
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if body = change(f.Name, body); body != nil {
			list = append(list, entry{f.Name, string(body)})
		}
	}
	return zipOf(t, list...)
}

func TestWACZThatWasChanged(t *testing.T) {
	file := crawl(t, nil)
	for _, c := range []struct {
		name   string
		change func(name string, body []byte) []byte
		err    error
		said   string // among errors and problems
		pages  int    // reports given all the same
	}{
		{"a record more", func(name string, b []byte) []byte {
			if strings.HasSuffix(name, ".warc.gz") {
				b = append(b, record(t, "resource", "https://a.example/planted", "text/plain", "planted")...)
			}
			return b
		}, evidence.ErrTampered, "of the WARC file it is in: it is not what datapackage.json says: it has", 4},
		{"another title", func(name string, b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("збірка"), []byte("справа"))
		}, evidence.ErrTampered, "datapackage.json is not the one that datapackage-digest.json is of", 3},
		{"a page that is not there", func(name string, b []byte) []byte {
			return bytes.Replace(b, []byte("https://a.example/story#top"), []byte("https://a.example/other#top"), 1)
		}, evidence.ErrNotFound, "https://a.example/other is listed as a page, and has no record", 2},
		{"no list of pages", func(name string, b []byte) []byte {
			if name == "pages/pages.jsonl" {
				return nil
			}
			return b
		}, nil, `"pages/pages.jsonl" is declared and missing; there is no list of pages`, 4},
	} {
		items, errs := open(t, "crawl.wacz", rezip(t, file, c.change), Limits{})
		var all []string
		reports := 0
		for _, it := range items {
			all = append(all, strings.Join(it.Problems, "; "))
			if it.Part == evidence.PartReport {
				reports++
			}
		}
		for _, err := range errs {
			all = append(all, err.Error())
		}
		if c.err != nil && !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, c.err) }) || !strings.Contains(strings.Join(all, "\n"), c.said) || reports != c.pages {
			t.Errorf("%s: %d reports\n%s", c.name, reports, strings.Join(all, "\n"))
		}
	}
	// Cut short, its records are found all the same.
	lines, _ := outcome(t, "a.wacz", file[:len(file)-40], Limits{})
	if all := strings.Join(lines, "\n"); !strings.Contains(all, "-: format") || !strings.Contains(all, "+archive/data.warc.gz") || strings.Count(all, "\n+: ") != 8 {
		t.Error(all)
	}
	lines, _ = outcome(t, "a.wacz", rezip(t, file, func(name string, b []byte) []byte {
		if name == "datapackage.json" {
			return []byte("{")
		}
		return b
	}), Limits{})
	if all := strings.Join(lines, "\n"); !strings.Contains(all, "-: format") || strings.Count(all, "\n+: ") != 8 {
		t.Error(all)
	}
}

// A WARC file of a case's own vault names its objects urn:sha256:…: these are no crawler's
// notes, and stay what they are.
func TestOtherURNsStayReports(t *testing.T) {
	file := record(t, "resource", "urn:sha256:00", "text/plain", "words")
	items, errs := split(collect(Parts(context.Background(), Item{MediaType: TypeWARC}, bytes.NewReader(file), Limits{})))
	if len(items) != 1 || items[0].Part != evidence.PartReport || len(errs) != 0 {
		t.Errorf("%+v %v", items, errs)
	}
}
