package reading_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"svidok/evidence"
	"svidok/reading"
)

// wordFile makes a DOCX of paragraphs.
func wordFile(t *testing.T, paras ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": "<d><w:p><w:r><w:t>" + strings.Join(paras, "</w:t></w:r></w:p><w:p><w:r><w:t>") + "</w:t></w:r></w:p></d>",
		"docProps/core.xml": "<c><dc:title>Звіт</dc:title><dc:creator>Авторка</dc:creator></c>"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A document reads like any report, whatever it claims to be and however it arrives; who
// wrote it stays apart.
func TestDocumentsAreRead(t *testing.T) {
	raw := wordFile(t, ukText, "Другий абзац.")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		raw       []byte
		mediaType string
	}{{raw, ""}, {raw, "text/html"}, {raw, "application/zip"}, {packed.Bytes(), "application/gzip"}, {respond("Content-Type: application/octet-stream", raw), reading.MediaHTTP}} {
		r, err := reading.Read(c.raw, c.mediaType, evidence.Claims{})
		if err != nil {
			t.Errorf("%s: %v", c.mediaType, err)
			continue
		}
		if r.Text != ukText+"\n\nДругий абзац." || r.Title != "Звіт" || r.Language != "uk" || r.Author != "" || r.Outlet != "" {
			t.Errorf("%s: %+v", c.mediaType, r)
		}
		if want := (reading.Detail{Name: "office.author", Value: "Авторка", Sensitive: true}); !slices.Contains(r.Details, want) {
			t.Errorf("%s: details %+v", c.mediaType, r.Details)
		}
	}
	r, err := reading.Read([]byte("<html><p>"+ukText+"</p></html>"), "application/pdf", evidence.Claims{})
	if err != nil || r.MediaType != "text/html" || !strings.Contains(r.Text, "ґанок") {
		t.Errorf("a page that claims to be a PDF: %+v, %v", r, err)
	}
}

func TestMailIsRead(t *testing.T) {
	koi8, err := charmap.KOI8R.NewEncoder().String(ruText)
	if err != nil {
		t.Fatal(err)
	}
	head := "From: Person <p@example.org>\r\nSubject: =?utf-8?B?0J/QtdGA0LXQstGW0YDQutCw?=\r\nDate: Tue, 14 Mar 2023 09:01:02 +0300\r\n"
	for name, body := range map[string]string{
		"declared":   "Content-Type: text/plain; charset=koi8-r\r\n\r\n" + koi8,
		"undeclared": "\r\n" + koi8,
		"wrong":      "Content-Type: text/plain; charset=utf-8\r\n\r\n" + koi8,
		"HTML":       "Content-Type: text/html; charset=koi8-r\r\n\r\n<style>x</style><div>" + koi8 + "</div>",
		"two parts":  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n" + koi8[:len(koi8)-1] + "\r\n--b\r\nContent-Type: text/plain\r\n\r\n.\r\n--b--",
	} {
		r, err := reading.Read([]byte(head+body), "message/rfc822", evidence.Claims{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := ruText
		if name == "two parts" {
			want = strings.TrimSuffix(ruText, ".") + "\n\n."
		}
		if r.Text != want || r.Title != "Перевірка" || r.Language != "ru" || r.Published.From != "2023-03-14T06:01:02Z" && r.Published.From != "2023-03-14T09:01:02+03:00" || r.Published.Source != "mail" {
			t.Errorf("%s: %+v", name, r)
		}
		if r.Author != "" || r.Outlet != "" || strings.Contains(r.Text, "example.org") {
			t.Errorf("%s names the sender: %+v", name, r)
		}
	}
}

// A page that a browser saved as one file reads like the page; a list as rows of text stays as it is.
func TestSavedPagesAndLists(t *testing.T) {
	raw := "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://news.example/2024/02/24/a\r\nSubject: saved\r\nDate: Tue, 14 Mar 2023 09:01:02 +0300\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n" +
		"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + page("uk", "Перевірки", "Авторка", "2024-02-24", paragraphs(ukText)) + "\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
	r, err := reading.Read([]byte(raw), "multipart/related", evidence.Claims{})
	if err != nil || !strings.Contains(r.Text, "ґанок") || r.Title != "Перевірки" || !strings.HasPrefix(r.Published.From, "2024-02-24") || r.MediaType != "multipart/related" {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = reading.Read([]byte("Ім'я;Рік\r\nА;1990\r\n"), "text/csv", evidence.Claims{})
	if err != nil || r.Text != "Ім'я;Рік\nА;1990\n" || r.MediaType != "text/csv" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestLockedAndOldDocumentsSayWhatHelps(t *testing.T) {
	locked, err := os.ReadFile("documents/testdata/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reading.Read(locked, "", evidence.Claims{}); !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" {
		t.Errorf("locked: %v", err)
	}
	old := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00"...)
	if _, err := reading.Read(old, "", evidence.Claims{}); !errors.Is(err, evidence.ErrFormat) || !strings.Contains(evidence.HintOf(err), ".docx") {
		t.Errorf("old: %v, hint %q", err, evidence.HintOf(err))
	}
}

// scan makes a PDF of pages: text, or "" for a page that is a picture.
func scan(pages ...string) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", "<</Subtype/Type1>>", "<</Subtype/Image/Width 900/Height 900/Filter/DCTDecode/Length 3>>\nstream\n\xff\xd8\xff\nendstream"}
	kids := ""
	for _, p := range pages {
		content := "/X Do"
		if p != "" {
			content = "BT /F 10 Tf 50 700 Td (" + p + ") Tj ET"
		}
		n := len(objects)
		objects = append(objects, fmt.Sprintf("<</Type/Page/Contents %d 0 R>>", n+2), fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content))
		kids += fmt.Sprintf("%d 0 R ", n+1)
	}
	objects[1] = fmt.Sprintf("<</Count %d/Kids[%s]/Resources<</Font<</F 3 0 R>>/XObject<</X 4 0 R>>>>>>", len(pages), kids)
	out := "%PDF-1.4\n"
	for i, o := range objects {
		out += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return []byte(out)
}

// What a program recognised in pictures stands where the page stands, and is marked.
func TestJoinAddsWhatWasRecognised(t *testing.T) {
	for _, c := range []struct {
		pages, seen []string // seen[i]: recognised on page i+1
		want        string
		starts      []int
	}{
		{[]string{"one", "", "three"}, []string{"", "TWO", ""}, "one\n\nTWO\n\nthree", []int{0, 5, 10}},
		{[]string{"", "", ""}, []string{"A\n", "B", "C"}, "A\n\nB\n\nC", []int{0, 3, 6}},
		{[]string{"", "two", ""}, []string{"A", "", "C"}, "A\n\ntwo\n\nC", []int{0, 3, 8}},
		{[]string{"one", "two"}, []string{"A", "B"}, "one\n\nA\n\ntwo\n\nB", []int{0, 8}},
		{[]string{"", "two"}, []string{"", "B"}, "two\n\nB", []int{0, 0}},
	} {
		r, err := reading.Read(scan(c.pages...), "", evidence.Claims{})
		if err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(r)
		var ocr []reading.OCRPage
		for i, s := range c.seen {
			if s != "" {
				ocr = append(ocr, reading.OCRPage{Page: i + 1, Text: s, Confidence: 0.5, Engine: "engine 1"})
			}
		}
		slices.Reverse(ocr) // in any order
		got := reading.Join(r, ocr)
		if got.Text != c.want || !slices.Equal(got.Pages, c.starts) {
			t.Errorf("%q + %q: %q, pages %v; want %q, %v", c.pages, c.seen, got.Text, got.Pages, c.want, c.starts)
		}
		if len(got.Recognised) != len(ocr) {
			t.Errorf("recognised %+v", got.Recognised)
		}
		for _, s := range got.Recognised {
			if got.Text[s.From:s.To] != strings.TrimSpace(c.seen[s.Page-1]) || s.Confidence != 0.5 || s.Engine != "engine 1" {
				t.Errorf("stretch %+v is %q", s, got.Text[s.From:s.To])
			}
			for _, u := range got.Unread {
				if strings.HasPrefix(u, fmt.Sprintf("page %d: ", s.Page)) {
					t.Errorf("page %d was read, and is named: %q", s.Page, u)
				}
			}
		}
		if fmt.Sprint(r) != before {
			t.Error("the old reading was changed")
		}
		one := r // page by page is the same as all at once
		for _, p := range ocr {
			one = reading.Join(one, []reading.OCRPage{p})
		}
		if one.Text != got.Text || !reflect.DeepEqual(one.Recognised, got.Recognised) || !slices.Equal(one.Pages, got.Pages) {
			t.Errorf("page by page: %q %+v, want %q %+v", one.Text, one.Recognised, got.Text, got.Recognised)
		}
	}
}

func TestJoinOfAPicture(t *testing.T) {
	r, err := reading.Read([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x09\x00\x00\x00\x09\x08\x00\x00\x00\x00\x00\x00\x00\x00"), "", evidence.Claims{})
	if err != nil || len(r.Unread) != 1 {
		t.Fatal(r, err)
	}
	got := reading.Join(r, []reading.OCRPage{{Text: ukText, Confidence: 0.9}, {Page: 4, Text: "x"}})
	if got.Text != ukText || got.Language != "uk" || len(got.Unread) != 0 || len(got.Recognised) != 1 || len(got.Problems) != 1 {
		t.Errorf("%+v", got)
	}
	got = reading.Join(r, []reading.OCRPage{{Text: " \n"}})
	if got.Text != "" || len(got.Unread) != 1 || !strings.Contains(got.Unread[0], "no words were recognised") {
		t.Errorf("%+v", got)
	}
	b, mediaType, err := reading.PagePicture(scan(""), 1)
	if err != nil || mediaType != "image/jpeg" || string(b) != "\xff\xd8\xff" {
		t.Errorf("%q, %s, %v", b, mediaType, err)
	}
}
