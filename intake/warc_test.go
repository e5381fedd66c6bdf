package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/warc"
)

// record makes one gzip member; more are "Name: value".
func record(t testing.TB, kind, uri, contentType, block string, more ...string) []byte {
	t.Helper()
	f := warc.Fields{{Name: "WARC-Type", Value: kind}, {Name: "WARC-Record-ID", Value: "<urn:x:" + uri + ">"}, {Name: "WARC-Date", Value: "2024-05-06T07:08:09Z"}}
	if uri != "" {
		f = append(f, warc.Field{Name: "WARC-Target-URI", Value: uri})
	}
	if contentType != "" {
		f = append(f, warc.Field{Name: "Content-Type", Value: contentType})
	}
	for _, m := range more {
		name, value, _ := strings.Cut(m, ": ")
		f = append(f, warc.Field{Name: name, Value: value})
	}
	b, err := warc.Encode(nil, f, []byte(block))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const httpType = "application/http; msgtype=response"

func page(contentType, body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\n\r\n" + body
}

func warcParts(file []byte, lim Limits) ([]Item, []error) {
	return split(collect(Parts(context.Background(), Item{Input: "in", Name: "a.warc.gz", MediaType: TypeWARC}, bytes.NewReader(file), lim)))
}

func TestWARCParts(t *testing.T) {
	html := page("text/html; charset=windows-1251", "<p>words")
	var file []byte
	add := func(b []byte) { file = append(file, b...) }
	add(record(t, "warcinfo", "", "application/warc-fields", "software: a\r\n"))
	add(record(t, "request", "http://a.example/", "application/http; msgtype=request", "GET / HTTP/1.1\r\nCookie: secret\r\n\r\n"))
	add(record(t, "response", "http://a.example/", httpType, html, "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
	add(record(t, "response", "http://a.example/logo.png", httpType, page("image/png", "\x89PNG")))
	add(record(t, "response", "http://a.example/robots.txt", httpType, page("text/plain", "User-agent: *")))
	add(record(t, "response", "http://a.example/gone", httpType, "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone"))
	add(record(t, "response", "http://a.example/old", httpType, "HTTP/1.1 301 Moved\r\nLocation: http://a.example/\r\n\r\n"))
	add(record(t, "resource", "http://a.example/note.txt", "text/plain; charset=koi8-u", "words"))
	add(record(t, "resource", "dns:a.example", "text/dns", "20240506070809\na.example. 1 IN A 127.0.0.1"))
	add(record(t, "resource", "metadata://gnu.org/software/wget/warc/wget.log", "text/plain", "log"))
	add(record(t, "metadata", "http://a.example/", "application/warc-fields", "via: a\r\n"))
	add(record(t, "conversion", "http://a.example/", "text/plain", "words"))
	add(record(t, "revisit", "http://a.example/", httpType, "HTTP/1.1 200 OK\r\n\r\n", "WARC-Refers-To: <urn:x:http://a.example/>"))
	add(record(t, "revisit", "http://b.example/", httpType, "HTTP/1.1 200 OK\r\n\r\n", "WARC-Refers-To-Target-URI: http://b.example/", "WARC-Refers-To-Date: 2020-01-01T00:00:00Z"))
	add(record(t, "response", "http://a.example/no-type", httpType, "HTTP/1.1 200 OK\r\n\r\n<!doctype html><p>words"))
	add(record(t, "response", "http://a.example/none", httpType, "no response at all"))
	items, errs := warcParts(file, Limits{})
	if len(errs) != 0 {
		t.Error(errs)
	}
	type want struct{ address, part, mediaType, charset, problems string }
	for i, w := range []want{
		{"http://a.example/", "report", httpType, "windows-1251", "the payload does not match WARC-Payload-Digest sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"http://a.example/logo.png", "attachment", httpType, "", ""},
		{"http://a.example/robots.txt", "attachment", httpType, "", ""},
		{"http://a.example/gone", "attachment", httpType, "", "HTTP status 404"},
		{"http://a.example/old", "attachment", httpType, "", "HTTP status 301, to http://a.example/"},
		{"http://a.example/note.txt", "report", "text/plain", "koi8-u", ""},
		{"http://a.example/", "attachment", httpType, "", "a revisit: its payload is that of the record at byte AT"},
		{"http://b.example/", "attachment", httpType, "", "a revisit: its payload is that of http://b.example/ of 2020-01-01T00:00:00Z, which is not in this file"},
		{"http://a.example/no-type", "report", httpType, "", ""},
		{"http://a.example/none", "attachment", httpType, "", "no HTTP response begins here"},
	} {
		if i >= len(items) {
			t.Fatalf("%d items", len(items))
		}
		it := items[i]
		got := want{it.Claims.Address, string(it.Part), it.MediaType, it.Claims.Charset, strings.Join(it.Problems, "; ")}
		w.problems = strings.Replace(w.problems, "AT", strings.TrimPrefix(items[0].Within, "record at byte "), 1)
		if got != w || it.Door != DoorWARC || it.Claims.Modified != "2024-05-06T07:08:09Z" || it.Claims.Published != "" {
			t.Errorf("got  %+v\nwant %+v", got, w)
		}
		if strings.Contains(bytesOf(t, it), "secret") {
			t.Error("a cookie came out")
		}
	}
	if len(items) != 10 || bytesOf(t, items[0]) != html || items[6].Parent != 0 || items[7].Parent != -1 {
		t.Errorf("%d items", len(items))
	}
}

func TestWARCDamageIsNamedAndTheRestTaken(t *testing.T) {
	one := record(t, "response", "http://a.example/1", httpType, page("text/html", "<p>one"))
	two := record(t, "response", "http://a.example/2", httpType, page("text/html", "<p>two"))
	big := record(t, "response", "http://a.example/big", httpType, page("text/html", strings.Repeat("long ", 300_000)))
	cut := bytes.Clone(one)
	cut[len(cut)/2] ^= 0xff
	items, errs := warcParts(append(append(append([]byte{}, cut...), big...), two...), Limits{})
	if len(items) != 2 || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrFormat) || !strings.Contains(errs[0].Error(), "at byte 0") {
		t.Fatalf("%d items, %v", len(items), errs)
	}
	if items[0].Data != nil || !strings.HasSuffix(bytesOf(t, items[0]), "long long ") || items[0].Part != evidence.PartReport {
		t.Error("the large record is not itself")
	}
	items, errs = warcParts(append(append([]byte{}, big...), two[:len(two)-9]...), Limits{Record: 1000})
	if len(items) != 0 || len(errs) != 2 || !errors.Is(errs[0], evidence.ErrLimit) || !errors.Is(errs[1], evidence.ErrFormat) {
		t.Errorf("%d items, %v", len(items), errs)
	}
	segment := record(t, "response", "http://a.example/1", httpType, page("text/html", "<p>one"), "WARC-Segment-Number: 1")
	if items, errs = warcParts(segment, Limits{}); len(items) != 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), "segments") {
		t.Errorf("%d items, %v", len(items), errs)
	}
	if _, errs = warcParts([]byte("no archive"), Limits{}); len(errs) != 1 {
		t.Error(errs)
	}
	if _, errs = split(collect(Parts(context.Background(), Item{MediaType: "text/plain"}, strings.NewReader(""), Limits{}))); len(errs) != 1 || !errors.Is(errs[0], evidence.ErrUsage) {
		t.Error(errs)
	}
}

func TestARCParts(t *testing.T) {
	body := page("text/html", "<p>words")
	arc := "filedesc://a.arc 127.0.0.1 20240506070809 text/plain 10\n1 0 Maker\n\n" +
		fmt.Sprintf("http://a.example/ 127.0.0.1 20240506070809 text/html %d\n%s\n", len(body), body)
	items, errs := split(collect(Parts(context.Background(), Item{MediaType: TypeARC}, strings.NewReader(arc), Limits{})))
	if len(items) != 1 || len(errs) != 0 || bytesOf(t, items[0]) != body || items[0].Part != evidence.PartReport || items[0].Claims.Modified != "2024-05-06T07:08:09Z" {
		t.Errorf("%+v %v", items, errs)
	}
}

// Reports is what the commands without a case see: containers replaced by their parts.
func TestReports(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"result.json": numbered(3), "page.html": "<p>words", "a.warc.gz": string(record(t, "resource", "http://a.example/", "text/plain", "words"))})
	items, errs := split(collect(Reports(context.Background(), []string{dir}, nil, Limits{})))
	var doors []string
	for _, it := range items {
		doors = append(doors, it.Door)
	}
	if got := strings.Join(doors, " "); got != "telegram telegram telegram warc file" || len(errs) != 0 {
		t.Errorf("%s %v", got, errs)
	}
	n := 0
	for range Reports(context.Background(), []string{dir}, nil, Limits{}) {
		if n++; n == 2 {
			break // stops everything, without a panic
		}
	}
}

func FuzzWARC(f *testing.F) {
	f.Add(record(f, "response", "http://a.example/", httpType, page("text/html; charset=x", "<p>")), true)
	f.Add(record(f, "revisit", "http://a.example/", httpType, "HTTP/1.1 200\r\n", "WARC-Refers-To: <urn:x:a>"), true)
	f.Add([]byte("WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: a/b; c=\"\r\nContent-Length: 2\r\n\r\nab\r\n\r\n"), true)
	f.Add([]byte("filedesc://a 1.1.1.1 20240506070809 text/plain 2\n1\nhttp://a 1.1.1.1 20240506070809 a 8\nHTTP/1.1 \n"), false)
	f.Fuzz(func(t *testing.T, file []byte, isWARC bool) {
		kind := TypeARC
		if isWARC {
			kind = TypeWARC
		}
		n := 0
		for it, err := range Parts(context.Background(), Item{MediaType: kind}, bytes.NewReader(file), Limits{Record: 1 << 20}) {
			if err != nil {
				if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
					t.Errorf("without a sentinel: %v", err)
				}
				continue
			}
			r, err := it.Reader()
			if err != nil {
				t.Fatal(err)
			}
			size, err := io.Copy(io.Discard, r)
			if err != nil || size != it.Size || size == 0 || it.Parent >= n || it.Within == "" {
				t.Errorf("%+v: %d %v", it, size, err)
			}
			n++
		}
	})
}
