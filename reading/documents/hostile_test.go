package documents_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/reading/documents"
)

// Files made to hurt are refused or read within bounds. What they took is logged; the
// bounds themselves are sizes and counts.
func TestHostileDocuments(t *testing.T) {
	page := func(objects ...string) []byte {
		return pdfFile("", append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R/Y 6 0 R>>>>>>"}, objects...)...)
	}
	zeros := strings.Repeat("\x00", 70<<20)
	many := strings.Repeat("4 0 R ", 20_000)
	for name, c := range map[string]struct {
		raw  []byte
		says string // among the problems; "" if nothing needs saying
		err  error
	}{
		"pages in a circle":      {pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 3>>", "<</Type/Pages/Kids[2 0 R]>>"), "", nil},
		"pages that fan out":     {pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids 3 0 R/Count 3>>", "["+strings.Repeat("<</Kids 3 0 R>>", 20)+"]"), "", nil},
		"1e9 pages claimed":      {pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1000000000>>", "<</Type/Page>>"), "it says that it has 1000000000 pages", nil},
		"10,000 pages":           {pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 10000/Kids["+strings.Repeat("<</Type/Page>>", 10_000)+"]>>"), "more than 5000 pages", nil},
		"a huge cross-reference": {bytes.Replace(page(), []byte("0 4\n"), []byte("0 999999999\n"), 1), "made anew", nil},
		"a length of itself":     {page("<</Length 4 0 R>>\nstream\nBT ET\nendstream"), "", nil},
		"a form within itself":   {page(pdfStream("/Subtype/Form", "/X Do /X Do /X Do")), "", nil},
		"forms that multiply":    {page(pdfStream("/Subtype/Form", strings.Repeat("/X Do ", 1000))), "", nil},
		"a bomb":                 {page(flate("", zeros)), "unpack to more than", nil},
		"filters upon filters":   {page(pdfStream("/Filter["+strings.Repeat("/AHx", 1000)+"]", "00")), "", nil},
		"one stream, many times": {pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids["+strings.Repeat("<</Type/Page/Contents["+many+"]>>", 50)+"]/Count 50>>", "<<>>", flate("", zeros[:8<<20])), "not all is read", nil},
		"an endless map":         {page(pdfStream("", "BT /F 9 Tf (a) Tj ET"), "<</Subtype/Type1/ToUnicode 6 0 R>>", flate("", "1 beginbfrange "+strings.Repeat("<00> <ffffffff> <0041> ", 1_000_000)+"endbfrange")), "", nil},
		"widths without end":     {page(pdfStream("", "BT /F 9 Tf (a) Tj ET"), "<</Subtype/Type0/DescendantFonts[<</W["+strings.Repeat("0 2000000000 9 ", 1000)+"]>>]>>"), "", nil},
		"deep arrays":            {page(pdfStream("", strings.Repeat("[", 1_000_000)), strings.Repeat("[", 1_000_000)), "", nil},
		"many texts":             {page(pdfStream("", "BT /F 9 Tf "+strings.Repeat("(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ", 50_000)), "<</Subtype/Type1>>"), "glyphs", nil},
		"trailers without end":   {[]byte("%PDF-1.4\n" + strings.Repeat("trailer(", 500_000)), "", evidence.ErrFormat},
		"objects without end":    {[]byte("%PDF-1.4\n" + strings.Repeat("1 0 obj<</Type/Catalog/A[", 200_000)), "", evidence.ErrFormat},

		"a bomb in a zip":      {docx("", "word/footnotes.xml", zeros, "word/_rels/document.xml.rels", `<r><Relationship Type="x/header" Target="footnotes.xml"/></r>`), "as far as it goes", nil},
		"a bomb of text":       {docx("<w:p>" + strings.Repeat("<w:r><w:t>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</w:t></w:r>", 550_000) + "</w:p>"), "more text than is read", nil},
		"a part of 130 MiB":    {docx(zeros + zeros), "", evidence.ErrLimit},
		"deep XML":             {docx(strings.Repeat("<w:p>", 100_000)), "", evidence.ErrLimit},
		"a billion laughs":     {zipped("[Content_Types].xml", docTypes, "word/document.xml", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><x><t>&b;</t></x>`), "", evidence.ErrFormat},
		"an external entity":   {zipped("[Content_Types].xml", docTypes, "word/document.xml", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x><t>&a;</t></x>`), "", evidence.ErrFormat},
		"many parts":           {docx(para("a"), parts(21_000)...), "", evidence.ErrLimit},
		"repeated cells":       {zipped("mimetype", documents.TypeODS, "content.xml", "<x>"+strings.Repeat(`<table:table><table:table-row table:number-rows-repeated="2000000000"><table:table-cell table:number-columns-repeated="2000000000"><text:p>aaaaaaaaaaaaaaaaaaaaaaaaaaa</text:p></table:table-cell></table:table-row></table:table>`, 1000)+"</x>"), "", nil},
		"tables within tables": {docx(strings.Repeat("<w:tbl><w:tr><w:tc>", 80) + para("a") + strings.Repeat("</w:tc></w:tr></w:tbl>", 80)), "", nil},
		"far columns":          {workbook(strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 10_000)), "", nil},
		"deep groups":          {[]byte(`{\rtf1` + strings.Repeat("{", 100_000)), "", evidence.ErrLimit},
		"a long control":       {[]byte(`{\rtf1\` + strings.Repeat("a", 1_000_000) + `\bin999999999999 x}`), "", nil},
		"notes without end":    {[]byte(`{\rtf1` + strings.Repeat(`{\footnote a}`, 200_000) + "}"), "", nil},
		"multiparts":           {multiparts(30), "", evidence.ErrLimit},
		"many parts of mail":   {[]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n" + strings.Repeat("--a\r\n\r\nx\r\n", 20_000)), "", evidence.ErrLimit},
		"a long header":        {[]byte(strings.Repeat("Subject: aaaaaaaaaaaaaaaaaaa\r\n", 100_000)), "", evidence.ErrLimit},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			d, err := documents.Read(c.raw, claimed(c.raw))
			took := time.Since(start).Round(time.Millisecond)
			runtime.ReadMemStats(&after)
			t.Logf("%d bytes in %v, %d MiB allocated in all; %d of text, %q, %v", len(c.raw), took, (after.TotalAlloc-before.TotalAlloc)>>20, len(d.Text), d.Problems, err)
			if !errors.Is(err, c.err) || (err != nil) != (c.err != nil) {
				t.Errorf("%v, want %v", err, c.err)
			}
			if c.says != "" {
				contains(t, d.Problems, c.says)
			}
		})
	}
}

func claimed(raw []byte) string {
	if bytes.HasPrefix(raw, []byte("Content-Type")) || bytes.HasPrefix(raw, []byte("Subject")) {
		return documents.TypeMail
	}
	return ""
}

func parts(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint("word/", i), "")
	}
	return out
}

func multiparts(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	return []byte(b.String())
}
