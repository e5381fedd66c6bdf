package wacz_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/wacz"
	"svidok/warc"
)

var (
	made   = time.Date(2024, 5, 6, 10, 0, 0, 0, time.UTC)
	seenAt = time.Date(2024, 5, 6, 9, 8, 7, 654_000_000, time.UTC)
)

const page = "https://www.News.example/Story?b=2&a=1"

func material(t testing.TB) wacz.Material {
	t.Helper()
	html := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<title>x</title><p>вигадані слова"
	chunked := "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nTransfer-Encoding: chunked\r\n\r\n4\r\np{}\n\r\n0\r\n\r\n"
	large := strings.Repeat("a large screenshot ", 100_000)
	return wacz.Material{
		Title: "Вигадана збірка", Description: "synthetic", Software: "svidok test", Created: made,
		Pages: []wacz.PageEntry{{URL: page, Title: "Вигадана <історія>", At: seenAt}},
		Records: []wacz.Record{
			{Type: wacz.Response, URI: page, At: seenAt, Block: []byte(html), More: warc.Fields{{Name: "WARC-IP-Address", Value: "192.0.2.1"}}},
			{Type: wacz.Request, URI: page, At: seenAt, Block: []byte("GET /Story HTTP/1.1\r\nHost: www.News.example\r\n\r\n"), With: 1},
			{Type: wacz.Response, URI: "https://news.example/a.css", At: seenAt, Block: []byte(chunked)},
			{Type: wacz.Revisit, URI: "https://news.example/again.css", At: seenAt.Add(time.Second), Block: []byte("HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n\r\n"), With: 3},
			{Type: wacz.Snapshot, URI: "urn:view:" + page, At: seenAt, ContentType: "image/png", Size: int64(len(large)), With: 1,
				Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(large)), nil }},
			{Type: wacz.Snapshot, URI: "urn:pdf:" + page, At: seenAt, ContentType: "application/pdf", Block: []byte("%PDF-1.7 synthetic"), With: 1},
			{Type: wacz.Metadata, URI: page, At: seenAt, ContentType: "application/json", Block: []byte(`{"how":"synthetic"}`), With: 1},
		},
	}
}

func write(t testing.TB, m wacz.Material) ([]byte, wacz.Summary) {
	t.Helper()
	var b bytes.Buffer
	s, err := wacz.Write(&b, m)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), s
}

func opened(t testing.TB, b []byte) *wacz.File {
	t.Helper()
	f, err := wacz.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What is written is read, every hash holds, and equal material gives equal bytes.
func TestWrittenAndRead(t *testing.T) {
	m := material(t)
	m.Signer = key(t)
	b, sum := write(t, m)
	again, _ := write(t, m)
	if !bytes.Equal(b, again) {
		t.Error("the same material gave other bytes")
	}
	f := opened(t, b)
	if len(f.Problems) != 0 || f.Version != "1.1.1" || f.Title != m.Title || len(f.WARCs()) != 1 || sum.Records != 7 || sum.Pages != 1 {
		t.Errorf("%+v %+v", f, sum)
	}
	for _, r := range f.Resources {
		if weak, err := f.Check(r); err != nil || weak {
			t.Errorf("%s: %v %v", r.Path, weak, err)
		}
	}
	var pages []wacz.Page
	for p, err := range f.Pages() {
		if err != nil {
			t.Error(err)
		}
		pages = append(pages, p)
	}
	if len(pages) != 1 || pages[0].URL != page || pages[0].Title != "Вигадана <історія>" || pages[0].Time != "2024-05-06T09:08:07.654Z" {
		t.Errorf("%+v", pages)
	}
	s := f.Signed(wacz.Trust{})
	der, _ := x509.MarshalPKIXPublicKey(m.Signer.Public())
	who := sha256.Sum256(der)
	if !s.Holds() || s.Signature != wacz.Valid || !s.Anonymous || s.By != "key sha256:"+hex.EncodeToString(who[:]) || s.Chain != wacz.None || len(s.Problems) != 0 {
		t.Errorf("%+v", s)
	}
}

// contents reads a zip as any tool does.
func contents(t *testing.T, b []byte) (files map[string][]byte, methods map[string]uint16, names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files, methods = map[string][]byte{}, map[string]uint16{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		methods[f.Name] = f.Method
		names = append(names, f.Name)
	}
	return files, methods, names
}

// An independent check, by the words of WACZ 1.1.1 and CDXJ 0.1.0, with nothing of the
// package under test.
func TestBytesAreAsTheSpecificationSays(t *testing.T) {
	b, _ := write(t, material(t))
	files, methods, names := contents(t, b)
	for _, must := range []string{"datapackage.json", "datapackage-digest.json", "archive/data.warc.gz", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"} {
		if files[must] == nil {
			t.Fatalf("%s is missing of %v", must, names)
		}
	}
	if methods["archive/data.warc.gz"] != zip.Store || methods["indexes/index.cdx.gz"] != zip.Store {
		t.Error("what is compressed was compressed again")
	}
	var p struct {
		Profile   string `json:"profile"`
		Version   string `json:"wacz_version"`
		Created   string `json:"created"`
		Resources []struct {
			Name, Path, Hash string
			Bytes            int
		} `json:"resources"`
	}
	if err := json.Unmarshal(files["datapackage.json"], &p); err != nil || p.Profile != "data-package" || p.Version != "1.1.1" || p.Created != "2024-05-06T10:00:00Z" {
		t.Errorf("%+v %v", p, err)
	}
	if len(p.Resources) != len(files)-2 {
		t.Errorf("%d files declared of %d", len(p.Resources), len(files)-2)
	}
	for _, r := range p.Resources {
		if want := fmt.Sprintf("sha256:%x", sha256.Sum256(files[r.Path])); r.Hash != want || r.Bytes != len(files[r.Path]) || !strings.HasSuffix(r.Path, "/"+r.Name) ||
			strings.Trim(r.Name, "abcdefghijklmnopqrstuvwxyz0123456789-._/") != "" {
			t.Errorf("%+v", r)
		}
	}
	var d struct{ Path, Hash string }
	if err := json.Unmarshal(files["datapackage-digest.json"], &d); err != nil || d.Path != "datapackage.json" || d.Hash != fmt.Sprintf("sha256:%x", sha256.Sum256(files["datapackage.json"])) {
		t.Errorf("%+v %v", d, err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(files["pages/pages.jsonl"])), "\n") {
		var x map[string]any
		if err := json.Unmarshal([]byte(line), &x); err != nil || i == 0 && x["format"] != "json-pages-1.0" || i > 0 && (x["url"] == nil || x["ts"] == nil) {
			t.Errorf("%s %v", line, err)
		}
	}
	checkIndex(t, files)
}

// checkIndex follows every line of the index to its record.
func checkIndex(t *testing.T, files map[string][]byte) {
	t.Helper()
	blocks := strings.Split(strings.TrimSpace(string(files["indexes/index.idx"])), "\n")
	if blocks[0] != `!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}` {
		t.Error(blocks[0])
	}
	var lines []string
	for _, line := range blocks[1:] {
		var x struct {
			Offset, Length int
			Digest         string
		}
		at := strings.IndexByte(line, '{')
		if err := json.Unmarshal([]byte(line[at:]), &x); err != nil {
			t.Fatal(err)
		}
		member := files["indexes/index.cdx.gz"][x.Offset : x.Offset+x.Length]
		text := gunzip(t, member)
		if !strings.HasPrefix(text, line[:at]) || x.Digest != fmt.Sprintf("sha256:%x", sha256.Sum256(member)) {
			t.Errorf("%s", line)
		}
		lines = append(lines, strings.Split(strings.TrimSpace(text), "\n")...)
	}
	if !slices.IsSorted(lines) || len(lines) != 5 {
		t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	var keys []string
	for _, line := range lines {
		part := strings.SplitN(line, " ", 3)
		keys = append(keys, part[0]+" "+part[1])
		var x struct {
			URL, Digest, MIME, Filename, RecordDigest string
			Offset, Length, Status                    int
		}
		if err := json.Unmarshal([]byte(part[2]), &x); err != nil || x.Filename != "data.warc.gz" || x.Status != 200 {
			t.Fatal(line, err)
		}
		member := files["archive/data.warc.gz"][x.Offset : x.Offset+x.Length]
		record := gunzip(t, member)
		if x.RecordDigest != fmt.Sprintf("sha256:%x", sha256.Sum256(member)) || !strings.HasPrefix(record, "WARC/1.1\r\n") || !strings.Contains(record, "\r\nWARC-Target-URI: "+x.URL+"\r\n") {
			t.Errorf("%s\n%s", line, record[:min(len(record), 300)])
		}
		_, block, _ := strings.Cut(record, "\r\n\r\n")
		body := strings.TrimSuffix(block, "\r\n\r\n")
		if strings.HasPrefix(body, "HTTP/") {
			_, body, _ = strings.Cut(body, "\r\n\r\n")
		}
		if strings.HasSuffix(x.URL, ".css") {
			body = "p{}\n" // without its chunks; the revisit repeats it
		}
		if x.Digest != fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(body))) {
			t.Errorf("digest of the payload: %s", line)
		}
	}
	want := []string{"example,news)/a.css 20240506090807654", "example,news)/again.css 20240506090808654", "example,news)/story?a=1&b=2 20240506090807654",
		"urn:pdf:" + page + " 20240506090807654", "urn:view:" + page + " 20240506090807654"}
	if !slices.Equal(keys, want) {
		t.Errorf("%q", keys)
	}
}

func gunzip(t *testing.T, b []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	z.Multistream(false)
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRecordsAreWholeAndReferToEachOther(t *testing.T) {
	var b bytes.Buffer
	if _, err := wacz.WriteWARC(&b, material(t)); err != nil {
		t.Fatal(err)
	}
	r := warc.NewReader(&b, warc.Limits{})
	var list []*warc.Record
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, rec.Block); err != nil || len(rec.Problems) > 0 {
			t.Error(rec.Type(), rec.TargetURI(), rec.Problems, err)
		}
		list = append(list, rec)
	}
	if len(list) != 8 || list[0].Type() != "warcinfo" || list[1].Fields.Get("WARC-IP-Address") != "192.0.2.1" {
		t.Fatalf("%d records", len(list))
	}
	id := func(i int) string { return list[i].Fields.Get("WARC-Record-ID") }
	if list[2].Fields.Get("WARC-Concurrent-To") != id(1) || list[5].Fields.Get("WARC-Concurrent-To") != id(1) {
		t.Error("what goes with the page does not say so")
	}
	v := list[4].Fields
	if v.Get("WARC-Refers-To") != id(3) || v.Get("WARC-Refers-To-Target-URI") != "https://news.example/a.css" || v.Get("WARC-Refers-To-Date") != "2024-05-06T09:08:07.654Z" ||
		v.Get("WARC-Payload-Digest") != list[3].Fields.Get("WARC-Payload-Digest") {
		t.Errorf("%v", v)
	}
}

func TestMaterialThatIsNotFit(t *testing.T) {
	for name, spoil := range map[string]func(m *wacz.Material){
		"no records":          func(m *wacz.Material) { m.Records = nil },
		"no time":             func(m *wacz.Material) { m.Created = time.Time{} },
		"record without time": func(m *wacz.Material) { m.Records[0].At = time.Time{} },
		"no URI":              func(m *wacz.Material) { m.Records[0].URI = "a page" },
		"unknown type":        func(m *wacz.Material) { m.Records[0].Type = "conversation" },
		"no HTTP":             func(m *wacz.Material) { m.Records[0].Block = []byte("<p>words") },
		"chunks that are none": func(m *wacz.Material) {
			m.Records[2].Block = []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nwords")
		},
		"goes with nothing":   func(m *wacz.Material) { m.Records[1].With = 99 },
		"revisit of nothing":  func(m *wacz.Material) { m.Records[3].With = 0 },
		"page without record": func(m *wacz.Material) { m.Pages[0].URL = "https://other.example/" },
		"own digest":          func(m *wacz.Material) { m.Records[0].More = warc.Fields{{Name: "WARC-Block-Digest", Value: "x"}} },
		"line in a field":     func(m *wacz.Material) { m.Records[0].More = warc.Fields{{Name: "WARC-X", Value: "a\r\nWARC-Type: b"}} },
		"wrong size":          func(m *wacz.Material) { m.Records[4].Size++ },
		"another curve": func(m *wacz.Material) {
			k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			m.Signer = k
		},
		"changes while read": func(m *wacz.Material) {
			n := 0
			size := m.Records[4].Size
			m.Records[4].Open = func() (io.ReadCloser, error) {
				n++
				return io.NopCloser(strings.NewReader(strings.Repeat(fmt.Sprint(n), int(size)))), nil
			}
		},
	} {
		m := material(t)
		spoil(&m)
		if _, err := wacz.Write(io.Discard, m); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// repacked changes the files of a WACZ.
func repacked(t *testing.T, b []byte, change func(files map[string][]byte)) []byte {
	t.Helper()
	files, methods, names := contents(t, b)
	change(files)
	for name := range files {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		if files[name] == nil {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: methods[name]})
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatWasChangedIsSaid(t *testing.T) {
	m := material(t)
	m.Signer = key(t)
	b, _ := write(t, m)
	sub := func(name, old, new string) func(map[string][]byte) {
		return func(f map[string][]byte) {
			if !bytes.Contains(f[name], []byte(old)) {
				t.Fatalf("%s does not hold %s", name, old)
			}
			f[name] = bytes.Replace(f[name], []byte(old), []byte(new), 1)
		}
	}
	for name, c := range map[string]struct {
		change func(map[string][]byte)
		said   string // among problems, checks and words of the signature
	}{
		"page list":        {sub("pages/pages.jsonl", "All Pages", "Nil Pages"), "pages/pages.jsonl: its sha256 is not the one declared"},
		"shorter list":     {sub("pages/pages.jsonl", "All Pages", "All"), "declared are"},
		"manifest":         {sub("datapackage.json", "synthetic", "Synthetic"), "datapackage.json is not the one"},
		"digest":           {sub("datapackage-digest.json", `"hash": "sha256:`, `"hash": "sha512:`), "is none"},
		"signature":        {sub("datapackage-digest.json", `"signature": "`, `"signature": "AAAA`), "is wrong: it is not by the key"},
		"other key":        {otherKey(t), "is wrong: it is not by the key"},
		"signed later":     {sub("datapackage-digest.json", "10:00:00Z", "11:00:00Z"), "signed as made at 2024-05-06T11:00:00Z, datapackage.json says"},
		"unknown member":   {sub("datapackage-digest.json", `"software"`, `"trust": "me", "software"`), "unknown field"},
		"one more":         {func(f map[string][]byte) { f["archive/more.warc"] = []byte("WARC/1.0") }, `"archive/more.warc" is in the file and not declared`},
		"one less":         {func(f map[string][]byte) { f["pages/pages.jsonl"] = nil }, `"pages/pages.jsonl" is declared and missing`},
		"without a digest": {func(f map[string][]byte) { f["datapackage-digest.json"] = nil }, "not signed, and no digest"},
	} {
		f := opened(t, repacked(t, b, c.change))
		said := slices.Concat(f.Problems, f.Signed(wacz.Trust{}).Words())
		for _, r := range f.Resources {
			if _, err := f.Check(r); err != nil {
				said = append(said, err.Error())
			}
		}
		if !strings.Contains(strings.Join(said, "\n"), c.said) {
			t.Errorf("%s: %q", name, said)
		}
	}
	for name, c := range map[string]struct {
		change func(map[string][]byte)
		want   error
	}{
		"no manifest": {func(f map[string][]byte) { f["datapackage.json"] = nil }, evidence.ErrNotFound},
		"no JSON":     {func(f map[string][]byte) { f["datapackage.json"] = []byte("words") }, evidence.ErrFormat},
	} {
		bad := repacked(t, b, c.change)
		if _, err := wacz.Open(bytes.NewReader(bad), int64(len(bad))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := wacz.Open(strings.NewReader("no zip"), 6); !errors.Is(err, evidence.ErrFormat) {
		t.Error(err)
	}
}

func otherKey(t *testing.T) func(map[string][]byte) {
	return func(f map[string][]byte) {
		der, _ := x509.MarshalPKIXPublicKey(key(t).Public())
		var d map[string]any
		if err := json.Unmarshal(f["datapackage-digest.json"], &d); err != nil {
			t.Fatal(err)
		}
		d["signedData"].(map[string]any)["publicKey"] = base64.StdEncoding.EncodeToString(der)
		f["datapackage-digest.json"], _ = json.Marshal(d)
	}
}
