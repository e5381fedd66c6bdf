package documents_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// Synthetic sentences of our own.
const (
	ukText = "Чоловіків зупиняють на вулицях, перевіряють документи і вручають повістки. Їхні сусіди кажуть, що ґанок опечатали."
	ruText = "Мужчин останавливают на улицах, проверяют документы и вручают повестки. Подъезд, говорят соседи, опечатали."
	enText = "Men are stopped in the streets, their papers are checked, and summonses are handed out."
)

// zipped makes a zip of parts, in order: name, content.
func zipped(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const (
	docTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	docRels  = `<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>`
)

// docx makes a DOCX of the inner XML of its body, and more parts.
func docx(body string, more ...string) []byte {
	return zipped(append([]string{"[Content_Types].xml", docTypes, "_rels/.rels", docRels,
		"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`}, more...)...)
}

func para(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }

// pdfFile makes a PDF of objects, numbered from 1; the first is the catalog.
func pdfFile(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, trailer, xref)
	return b.Bytes()
}

func pdfStream(dict, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(content), content)
}

// flate packs a stream.
func flate(dict, content string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return pdfStream(dict+"/Filter/FlateDecode", b.String())
}

// unicodePDF makes pages of text in a composite font: glyphs are numbered as they come,
// and only the ToUnicode map tells what they mean. Each line of a page is drawn by itself.
func unicodePDF(pages ...string) []byte {
	glyphs := map[rune]int{}
	var cmap strings.Builder
	hex := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			g, ok := glyphs[r]
			if !ok {
				g = len(glyphs) + 3
				glyphs[r] = g
				var u strings.Builder
				for _, c := range utf16.Encode([]rune{r}) {
					fmt.Fprintf(&u, "%04X", c)
				}
				fmt.Fprintf(&cmap, "1 beginbfchar\n<%04X> <%s>\nendbfchar\n", g, u.String())
			}
			fmt.Fprintf(&b, "%04X", g)
		}
		return b.String()
	}
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", "", "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 500>>", ""}
	kids := ""
	for i, p := range pages {
		var c strings.Builder
		for n, line := range strings.Split(p, "\n") {
			if line != "" {
				fmt.Fprintf(&c, "BT /F1 10 Tf 1 0 0 1 50 %d Tm <%s> Tj ET\n", 780-12*n, hex(line))
			}
		}
		objects = append(objects, fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R>>", 7+2*i), flate("", c.String()))
		kids += fmt.Sprintf("%d 0 R ", 6+2*i)
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]/Resources<</Font<</F1 3 0 R>>>>>>", len(pages), kids)
	objects[2] = "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"
	objects[4] = flate("", "/CIDInit /ProcSet findresource begin\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n"+cmap.String()+"end")
	return pdfFile("", objects...)
}

func contains(t *testing.T, list []string, want string) {
	t.Helper()
	for _, s := range list {
		if strings.Contains(s, want) {
			return
		}
	}
	t.Errorf("%q says nothing of %q", list, want)
}
