package documents_test

import (
	"errors"
	"reflect"
	"testing"

	"svidok/evidence"
	"svidok/reading/documents"
)

// check: any bytes give a document or an error of ours, twice the same, and pages lie within the text.
func check(t *testing.T, raw []byte, claim string) documents.Document {
	t.Helper()
	d, err := documents.Read(raw, claim)
	if err != nil {
		if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) && !errors.Is(err, evidence.ErrRefused) {
			t.Fatalf("error %v is none of the house", err)
		}
		return d
	}
	last := 0
	for _, p := range d.Pages {
		if p < last || p > len(d.Text) {
			t.Fatalf("pages begin at %v of %d bytes", d.Pages, len(d.Text))
		}
		last = p
	}
	if again, err := documents.Read(raw, claim); err != nil || !reflect.DeepEqual(d, again) {
		t.Fatalf("first %+v, then %+v, %v", d, again, err)
	}
	return d
}

func FuzzPDF(f *testing.F) {
	f.Add(unicodePDF(ukText+"\n"+ruText, enText))
	f.Add(pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R 2 0 R]/Count 9>>", "<</Type/Page/Contents 4 0 R/Resources<</Font<</F<</Subtype/Type1/Encoding<</Differences[65/afii10017/uni0456]>>>>>>/XObject<</X 4 0 R>>>>>>",
		pdfStream("/Subtype/Form/Matrix[1 0 0 1 0 0]", "q BT /F 12 Tf 3 Tr (AB\\101) Tj [(A) -300 (B)] TJ T* (x) ' ET Q /X Do /Span <</ActualText(y)>> BDC EMC BI /W 1 ID x EI ")))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[<</Contents 3 0 R>>]>>endobj 3 0 obj<</Length 3 0 R/Filter[/A85/LZW/RL/AHx]>>stream\nabc~>\nendstream"))
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/ObjStm/N 2/First 8/Length 99>>stream\n5 0 6 3 <</Type/Catalog/Pages 6 0 R>> <</Kids[]>>\nendstream"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := check(t, raw, documents.TypePDF)
		for i := range min(2, len(d.Pages)) {
			_, _, err := documents.PagePicture(raw, i+1)
			if err != nil && !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) && !errors.Is(err, evidence.ErrNotFound) {
				t.Fatalf("error %v is none of the house", err)
			}
		}
	})
}

// FuzzPDFContent mangles what is packed in a whole PDF: content, a map of characters, an encoding.
func FuzzPDFContent(f *testing.F) {
	f.Add([]byte("BT /F 10 Tf 50 700 Td (AB) Tj 0 -12 Td (C-) Tj ET"), []byte("1 beginbfrange <00> <ff> <0410> endbfrange"), "/Differences[65/a/b]")
	f.Add([]byte("1 0 0 1 9 9 cm q /X Do Q BT 1 Tr 120 Tz 3 Ts 4 TL 5 Tw (x) \" ET"), []byte("1 begincodespacerange <00> <7f> endcodespacerange 1 beginbfchar <41> /afii10017 endbfchar"), "")
	f.Fuzz(func(t *testing.T, content, cmap []byte, encoding string) {
		if len(content)+len(cmap)+len(encoding) > 1<<16 {
			return
		}
		check(t, pdfFile("", "<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Contents 4 0 R/Resources<</Font<</F 6 0 R/G 7 0 R>>/XObject<</X 4 0 R>>>>>>", flate("/Subtype/Form", string(content)), flate("", string(cmap)),
			"<</Subtype/Type1/ToUnicode 5 0 R/Encoding<<"+encoding+">>/Widths[500 600]/FirstChar 65>>",
			"<</Subtype/Type0/Encoding 5 0 R/ToUnicode 5 0 R/DescendantFonts[<</W[1[2 3]4 9 5]>>]>>"), documents.TypePDF)
	})
}

func FuzzOffice(f *testing.F) {
	f.Add(uint8(0), para(ukText)+`<w:tbl><w:tr><w:tc>`+para("а")+`</w:tc></w:tr></w:tbl><w:del><w:r><w:delText>x</w:delText></w:r></w:del>`)
	f.Add(uint8(1), `<office:text><text:p>а<text:s text:c="3"/><text:note><text:note-body><text:p>б</text:p></text:note-body></text:note></text:p><table:table><table:table-row table:number-rows-repeated="9"><table:table-cell table:number-columns-repeated="9"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:text>`)
	f.Add(uint8(2), `<row><c r="B1" t="s"><v>0</v></c><c r="D1" s="1"><v>44927.5</v></c></row>`)
	f.Add(uint8(3), `<a:p><a:t>x</a:t></a:p>`)
	f.Fuzz(func(t *testing.T, kind uint8, inner string) {
		switch kind % 4 {
		case 0:
			check(t, docx(inner), "")
		case 1:
			check(t, zipped("mimetype", documents.TypeODT, "content.xml", "<x>"+inner+"</x>", "styles.xml", inner, "meta.xml", inner), "")
		case 2:
			check(t, workbook(inner), "")
		case 3:
			check(t, zipped("[Content_Types].xml", docTypes, "ppt/presentation.xml", `<p><sldId r:id="a"/></p>`, "ppt/_rels/presentation.xml.rels", `<r><Relationship Id="a" Target="s.xml"/></r>`, "ppt/s.xml", "<x>"+inner+"</x>"), "")
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add(docx(para(ukText)))
	f.Add(zipped("mimetype", documents.TypeODS, "content.xml", "<x/>"))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw, documents.TypeDOCX) })
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Arial;}}{\info{\title \'cf}}\f0 \'cf\'f0\u1087?{\footnote x}{\*\foo y}\par\trowd\intbl a\cell b\cell\row\pard z}`))
	f.Add([]byte(`{\rtf1\uc2\u-10179??\u-8192??{\pict\bin9 123456789}{\header h\par}}`))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, append([]byte(`{\rtf1`), raw...), "") })
}

func FuzzMail(f *testing.F) {
	f.Add([]byte("Subject: =?koi8-r?B?8NLJ18XU?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xf0\r\n--b\r\nContent-Type: image/png; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"))
	f.Add([]byte("From: a@example.org\nContent-Type: multipart/alternative; boundary=\"a\"\n\n--a\n\nx\n--a\nContent-Type: text/html\n\n<p>y\n--a--"))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw, documents.TypeMail) })
}

func FuzzPicture(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x40Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x0f\x01\x02\x00\x04\x00\x00\x00abc\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00"))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x02\x00\x25\x88\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xed\x00\x30Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x08\x1c\x02\x50\x00\x03abc\xff\xd9<x:xmpmeta><a dc:b='c'/></x:xmpmeta>"))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw, "image/jpeg") })
}

func FuzzFilm(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x1cmoov\x00\x00\x00\x14trak\x00\x00\x00\x0chdlr\x00\x00\x00\x00"), "")
	f.Add([]byte("\x1aE\xdf\xa3\x80\x18\x53\x80\x67\x88\x15\x49\xa9\x66\x83\x44\x89\x80"), "")
	f.Add([]byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00"), "")
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x20TIT2\x00\x00\x00\x04\x00\x00\x01\xff\xfea"), "audio/mpeg")
	f.Add([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x08OpusHead"), "")
	f.Add([]byte("fLaC\x80\x00\x00\x22aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), "")
	f.Fuzz(func(t *testing.T, raw []byte, claim string) { check(t, raw, claim) })
}
