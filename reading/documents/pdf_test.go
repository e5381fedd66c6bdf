package documents_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/reading/documents"
)

func read(t *testing.T, raw []byte, claim string) documents.Document {
	t.Helper()
	d, err := documents.Read(raw, claim)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPDFTellsItsTextPageByPage(t *testing.T) {
	d := read(t, unicodePDF(ukText, ruText+"\n\n"+enText), "")
	if want := ukText + "\n\n" + ruText + "\n\n" + enText; d.Text != want {
		t.Errorf("text %q\nwant %q", d.Text, want)
	}
	if len(d.Pages) != 2 || !strings.HasPrefix(d.Text[d.Pages[1]:], ruText) {
		t.Errorf("pages begin at %v", d.Pages)
	}
	if len(d.Unread)+len(d.Problems) > 0 {
		t.Errorf("unread %q, problems %q", d.Unread, d.Problems)
	}
}

// Lines are joined where the page broke them; a word that was divided is whole again.
func TestPDFLinesBecomeParagraphs(t *testing.T) {
	for _, c := range []struct{ page, want string }{
		{"Чоловіків зупиняють на вулицях міста, перевіряють\nдокументи і вручають повістки всім, кого зупинили.",
			"Чоловіків зупиняють на вулицях міста, перевіряють документи і вручають повістки всім, кого зупинили."},
		{"Спершу зупинили двох чоловіків біля ринкової пло\u00ad\nщі, а потім ще одного, який ішов із роботи додому.",
			"Спершу зупинили двох чоловіків біля ринкової площі, а потім ще одного, який ішов із роботи додому."},
		{"Про перевірки знали всі, але ніхто не казав пере-\nвірки вголос, бо це було небезпечно для кожного.",
			"Про перевірки знали всі, але ніхто не казав перевірки вголос, бо це було небезпечно для кожного."},
		{"Вони приїхали з області, точніше з міста Івано-\nФранківська, і зупинилися в готелі на два тижні.",
			"Вони приїхали з області, точніше з міста Івано-Франківська, і зупинилися в готелі на два тижні."},
		{"За будь-який спротив погрожували звільненням, а будь-\nякий протест називали зрадою і записували прізвища.",
			"За будь-який спротив погрожували звільненням, а будь-який протест називали зрадою і записували прізвища."},
		{"Перше речення стоїть саме тут і закінчується.\n\n\nДруге починає новий абзац, бо відступ більший.",
			"Перше речення стоїть саме тут і закінчується.\n\nДруге починає новий абзац, бо відступ більший."},
		{"Цей рядок доволі довгий і доходить до самого краю —\nпотім речення триває, і тире лишається самим тире.",
			"Цей рядок доволі довгий і доходить до самого краю — потім речення триває, і тире лишається самим тире."},
	} {
		if d := read(t, unicodePDF(c.page), ""); d.Text != c.want {
			t.Errorf("text %q\nwant %q", d.Text, c.want)
		}
	}
}

// simplePDF makes one page of a simple font, of which font says how it is encoded.
func simplePDF(font, content string, more ...string) []byte {
	return pdfFile("", append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R/Y 7 0 R>>>>>>", pdfStream("", content), "<</Type/Font/Subtype/Type1" + font + ">>"}, more...)...)
}

func TestPDFGlyphsBecomeCharacters(t *testing.T) {
	show := func(s string) string { return "BT /F 10 Tf 50 700 Td " + s + " Tj ET" }
	long := strings.Repeat("\\317\\360\\356\\342\\345\\360\\352\\340 ", 5)
	for name, c := range map[string]struct{ font, content, want string }{
		"by name":           {"/Encoding<</Differences[65/afii10017/afii10103/uni0491/afii61352/f_i/fl]>>", show("(ABCDEF)"), "Аіґ№fifl"},
		"Windows":           {"/Encoding/WinAnsiEncoding", show(`(caf\351 \223x\224)`), "café “x”"},
		"standard":          {"", show("(it's \\256 \\320)"), "it’s fi —"},
		"Cyrillic disguise": {"/Encoding/WinAnsiEncoding", show("(" + long + ")"), strings.TrimSpace(strings.Repeat("Проверка ", 5))},
		"actual text":       {"", "BT /F 10 Tf 50 700 Td /Span <</ActualText<FEFF0441043B043E0432043E>>> BDC (xyz) Tj EMC ( end) Tj ET", "слово end"},
		"kerned and spaced": {"", "BT /F 10 Tf 50 700 Td [(su) 30 (mm) -20 (ons) -300 (came)] TJ ET", "summons came"},
		"bold by twice":     {"", "BT /F 10 Tf 50 700 Td (word) Tj 1 0 0 1 50.2 700 Tm (word) Tj ET", "word"},
		"superscript":       {"", "BT /F 10 Tf 50 700 Td (art) Tj /F 6 Tf 4 Ts (2) Tj ET", "art2"},
		"turned":            {"", "BT /F 10 Tf 0 1 -1 0 300 100 Tm (along the edge) Tj ET", "along the edge"},
		"table row":         {"", "BT /F 10 Tf 50 700 Td (one) Tj 200 0 Td (two) Tj ET", "one\ttwo"},
	} {
		d := read(t, simplePDF(c.font, c.content), "")
		if d.Text != c.want {
			t.Errorf("%s: %q, want %q", name, d.Text, c.want)
		}
		if name == "Cyrillic disguise" {
			contains(t, d.Problems, "windows-1251")
		}
	}
}

// Two columns that are drawn row by row are read one after the other; a table is not torn apart.
func TestPDFOrderOfReading(t *testing.T) {
	var c strings.Builder
	left := []string{"the first column starts", "and goes on in this line", "and in a third line here", "and a fourth one follows", "until it ends down there."}
	right := []string{"The second column starts", "where the first one ended", "and it has as many lines", "as its neighbour has them", "so that both end together."}
	for i := range left {
		for _, k := range []int{1, 0} { // the right one first: no order that anybody reads
			fmt.Fprintf(&c, "BT /F 10 Tf %d %d Td (%s) Tj ET\n", 50+k*200, 700-12*i, [][]string{left, right}[k][i])
		}
	}
	d := read(t, simplePDF("", c.String()), "")
	if want := strings.Join(left, " ") + "\n\n" + strings.Join(right, " "); d.Text != want {
		t.Errorf("%q\nwant %q", d.Text, want)
	}
	c.Reset()
	for i := range 5 {
		for _, k := range []int{1, 0} {
			fmt.Fprintf(&c, "BT /F 10 Tf %d %d Td (%s%d) Tj ET\n", 50+k*200, 700-12*i, []string{"name", "born"}[k], i)
		}
	}
	if d := read(t, simplePDF("", c.String()), ""); !strings.Contains(d.Text, "name0\tborn0\nname1\tborn1") {
		t.Errorf("%q", d.Text)
	}
}

// What is not read is named, page by page; the picture of a page can be taken out.
func TestPDFNamesWhatItDoesNotRead(t *testing.T) {
	gray := pdfStream("/Subtype/Image/Width 4/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray", "abcdefgh")
	d := read(t, simplePDF("", "/X Do", gray), "")
	contains(t, d.Unread, "page 1: a picture, not read: no OCR")
	b, mediaType, err := documents.PagePicture(simplePDF("", "/X Do", gray), 1)
	if err != nil || mediaType != "image/png" {
		t.Fatal(mediaType, err)
	}
	if img, err := png.Decode(bytes.NewReader(b)); err != nil || img.Bounds().Dx() != 4 || img.Bounds().Dy() != 2 {
		t.Error(img, err)
	}
	jpeg := pdfStream("/Subtype/Image/Width 4/Height 2/Filter/DCTDecode", "\xff\xd8\xff jpeg")
	if b, mediaType, err := documents.PagePicture(simplePDF("", "/X Do", jpeg), 1); err != nil || mediaType != "image/jpeg" || string(b) != "\xff\xd8\xff jpeg" {
		t.Error(mediaType, err)
	}
	if _, _, err := documents.PagePicture(simplePDF("", "/X Do /Y Do", jpeg, strings.Replace(jpeg, "jpeg", "JPEG", 1)), 1); !errors.Is(err, evidence.ErrFormat) {
		t.Errorf("a page of two strips: %v", err)
	}
	if _, _, err := documents.PagePicture(simplePDF("", "/X Do", jpeg), 2); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("page 2 of 1: %v", err)
	}
	contains(t, read(t, simplePDF("", strings.Repeat("0 0 m 9 9 l S ", 30)), "").Unread, "drawn as shapes")
	contains(t, read(t, simplePDF("/Encoding<</Differences[65/g1/g2]>>", "BT /F 9 Tf (ABAB) Tj ET"), "").Unread, "4 of 4 characters not read")
	hidden := read(t, simplePDF("", "/X Do BT 3 Tr /F 9 Tf 9 9 Td (recognised) Tj ET", gray), "")
	if contains(t, hidden.Problems, "not painted"); hidden.Text != "recognised" {
		t.Errorf("%q", hidden.Text)
	}
}

// Files as other programs packed and locked them: object streams, linearized, RC4 and AES
// with the empty password. All hold the same words.
func TestPDFAsOthersPackIt(t *testing.T) {
	names, err := filepath.Glob("testdata/packed-*.pdf")
	if err != nil || len(names) < 6 {
		t.Fatal(names, err)
	}
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		d := read(t, raw, "")
		if !strings.Contains(d.Text, "вручають повістки") || len(d.Problems) > 0 {
			t.Errorf("%s: %q, problems %q", n, d.Text, d.Problems)
		}
		// without the way to its objects
		d = read(t, bytes.ReplaceAll(raw, []byte("startxref"), []byte("startxxxx")), "")
		if contains(t, d.Problems, "made anew"); !strings.Contains(d.Text, "вручають повістки") {
			t.Errorf("%s, repaired: %q", n, d.Text)
		}
	}
	raw, err := os.ReadFile("testdata/locked.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := documents.Read(raw, ""); !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" {
		t.Errorf("locked: %v", err)
	}
}

func TestPDFSaysWhoMadeIt(t *testing.T) {
	raw := pdfFile("/Info<</Producer(Maker 1)/Author<FEFF0410>/CreationDate(D:20240203040506+02'00')/ModDate(D:20240204)/Title(\xcf\xf0\xee\xe2\xe5\xf0\xea\xe0)>>",
		"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)<</F(../list.xls)>>]>>>>>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Annots[<</Subtype/Text/Contents(look here)/T(reviewer)>><</Subtype/Widget/V(filled in)/Rect[9 9 99 99]>>]>>")
	d := read(t, raw, "")
	got := map[string]documents.Detail{}
	for _, x := range d.Details {
		got[x.Name] = x
	}
	for name, want := range map[string]documents.Detail{
		"pdf.producer": {Value: "Maker 1"}, "pdf.author": {Value: "А", Sensitive: true}, "pdf.created": {Value: "2024-02-03T04:05:06+02:00"}, "pdf.modified": {Value: "2024-02-04"},
		"pdf.comment": {Value: "page 1: look here (reviewer)", Sensitive: true}, "pdf.title": {Value: "Проверка"},
	} {
		if want.Name = name; got[name] != want {
			t.Errorf("%+v, want %+v", got[name], want)
		}
	}
	if contains(t, d.Unread, "list.xls"); d.Text != "filled in" || d.Title != "Проверка" {
		t.Errorf("text %q, title %q", d.Text, d.Title)
	}
}
