package documents_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"svidok/evidence"
	"svidok/reading/documents"
)

// detail finds what a document says about itself.
func detail(d documents.Document, name string) documents.Detail {
	i := slices.IndexFunc(d.Details, func(x documents.Detail) bool { return x.Name == name })
	if i < 0 {
		return documents.Detail{}
	}
	return d.Details[i]
}

func TestDOCX(t *testing.T) {
	rels := `<r><Relationship Id="1" Type="x/header" Target="header1.xml"/><Relationship Id="2" Type="x/header" Target="header2.xml"/><Relationship Id="3" Type="x/footer" Target="footer1.xml"/>
<Relationship Id="4" Type="x/footnotes" Target="footnotes.xml"/><Relationship Id="5" Type="x/comments" Target="/word/comments.xml"/><Relationship Id="6" Type="x/image" Target="https://example.org/x.png" TargetMode="External"/></r>`
	part := func(inner string) string { return `<x xmlns:w="w">` + inner + `</x>` }
	d := read(t, docx(
		para("Перший &amp; <w:x/>абзац")+"<w:p/>"+
			`<w:p><w:pPr><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr><w:r><w:t xml:space="preserve">Було </w:t></w:r><w:del w:author="A"><w:r><w:delText>три</w:delText><w:t>три</w:t></w:r></w:del><w:ins w:author="B"><w:r><w:t>чотири</w:t></w:r></w:ins><w:r><w:tab/><w:t>случаї</w:t><w:br/><w:t>разом</w:t></w:r></w:p>`+
			`<w:tbl><w:tr><w:tc>`+para("Ім'я")+`</w:tc><w:tc>`+para("Рік")+para("народження")+`</w:tc></w:tr><w:tr><w:tc>`+para("А.")+`</w:tc><w:tc>`+para("1990")+`</w:tc></w:tr></w:tbl>`+
			`<w:p><w:r><w:t>Поруч</w:t></w:r><mc:AlternateContent><mc:Choice><w:txbxContent>`+para("у рамці")+`</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>`+para("у рамці")+`</w:txbxContent></mc:Fallback></mc:AlternateContent><w:r><w:instrText>PAGE</w:instrText><w:t xml:space="preserve"> текст</w:t></w:r></w:p>`+
			`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>сховане</w:t></w:r></w:p>`,
		"word/_rels/document.xml.rels", rels, "word/header1.xml", part(para("Шапка")), "word/header2.xml", part(para("Шапка")), "word/footer1.xml", part(para("Низ")),
		"word/footnotes.xml", part(`<w:footnote w:type="separator">`+para("---")+`</w:footnote><w:footnote w:id="2">`+para("Виноска")+`</w:footnote>`),
		"word/comments.xml", part(`<w:comment w:author="Рецензентка" w:date="2024-01-02T03:04:05Z">`+para("Перевірити")+`</w:comment>`),
		"docProps/core.xml", `<c><dc:title>Звіт</dc:title><dc:creator>Авторка</dc:creator><cp:lastModifiedBy>Інша</cp:lastModifiedBy><dcterms:created>2024-01-01T00:00:00Z</dcterms:created></c>`,
		"word/media/image1.png", "x", "word/embeddings/sheet.xlsx", "x", "word/vbaProject.bin", "x",
	), "application/octet-stream")
	want := "Шапка\n\nПерший & абзац\n\nБуло чотири\tслучаї\nразом\n\nІм'я\tРік народження\nА.\t1990\n\nПоруч текст\n\nу рамці\n\nсховане\n\nНиз\n\nВиноска"
	if d.Text != want {
		t.Errorf("text %q\nwant %q", d.Text, want)
	}
	if d.MediaType != documents.TypeDOCX || d.Title != "Звіт" {
		t.Errorf("%s, title %q", d.MediaType, d.Title)
	}
	for _, x := range []documents.Detail{{Name: "office.author", Value: "Авторка", Sensitive: true}, {Name: "office.last-modified-by", Value: "Інша", Sensitive: true},
		{Name: "office.created", Value: "2024-01-01T00:00:00Z"}, {Name: "office.comment", Value: "Перевірити (Рецензентка, 2024-01-02T03:04:05Z)", Sensitive: true}, {Name: "office.macros", Value: "yes"}} {
		if got := detail(d, x.Name); got != x {
			t.Errorf("%+v, want %+v", got, x)
		}
	}
	contains(t, d.Problems, "1 insertions, 1 deletions")
	contains(t, d.Problems, "1 stretches of it are hidden")
	contains(t, d.Unread, "a picture in it")
	contains(t, d.Unread, "sheet.xlsx")
}

func TestODT(t *testing.T) {
	content := `<office:document-content><office:automatic-styles><text:p>no</text:p></office:automatic-styles><office:body><office:text>
<text:tracked-changes><text:changed-region><text:deletion><text:p>викреслене</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h>Заголовок</text:h><text:p>Слово<text:s text:c="2"/>далі   тут<text:tab/>і<text:line-break/>нижче<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Примітка</text:p></text:note-body></text:note>, кінець.<office:annotation><dc:creator>Хтось</dc:creator><dc:date>2024</dc:date><text:p>зауваження</text:p></office:annotation></text:p>
<table:table table:name="T"><table:table-row><table:table-cell><text:p>а</text:p><text:p>б</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>в</text:p></table:table-cell></table:table-row></table:table>
<text:list><text:list-item><text:p>пункт</text:p></text:list-item></text:list><text:p><draw:frame><draw:text-box><text:p>рамка</text:p></draw:text-box></draw:frame>з рамкою, <text:date>3 травня</text:date></text:p></office:text></office:body></office:document-content>`
	d := read(t, zipped("mimetype", documents.TypeODT, "content.xml", content,
		"styles.xml", `<s><style:master-page><style:header><text:p>Шапка</text:p></style:header><style:footer><text:p>Низ</text:p></style:footer></style:master-page></s>`,
		"meta.xml", `<m><office:meta><meta:initial-creator>Авторка</meta:initial-creator><dc:creator>Інша</dc:creator><meta:creation-date>2024-01-01T00:00:00</meta:creation-date><meta:generator>Office/7</meta:generator></office:meta></m>`), "")
	want := "Шапка\n\nЗаголовок\n\nСлово  далі тут\tі\nнижче, кінець.\n\nа б\tв\tв\n\nпункт\n\nз рамкою, 3 травня\n\nрамка\n\nНиз\n\nПримітка"
	if d.Text != want {
		t.Errorf("text %q\nwant %q", d.Text, want)
	}
	if got := detail(d, "office.comment"); got.Value != "зауваження" || !got.Sensitive {
		t.Errorf("%+v", got)
	}
	if got := detail(d, "office.last-modified-by"); got.Value != "Інша" || !got.Sensitive || detail(d, "office.created").Value != "2024-01-01T00:00:00" {
		t.Errorf("%+v", d.Details)
	}
	contains(t, d.Problems, "tracked changes")
	if _, err := documents.Read(zipped("mimetype", documents.TypeODT, "content.xml", "\x00", "META-INF/manifest.xml", "<m:encryption-data/>"), ""); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("locked: %v", err)
	}
}

func TestSheets(t *testing.T) {
	d := read(t, workbook(`<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Народження</t></is></c></row><row/>
<row><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>32874</v></c><c r="D3"><f>1+1</f><v>2.5</v></c><c r="E3" t="b"><v>1</v></c></row>`), "")
	if want := "Список\n\nПрізвище\tНародження\nВизнано\t1990-01-01\t\t2.5\tTRUE"; d.Text != want || d.MediaType != documents.TypeXLSX {
		t.Errorf("%s, text %q\nwant %q", d.MediaType, d.Text, want)
	}
	d = read(t, zipped("mimetype", documents.TypeODS, "content.xml", `<x><office:spreadsheet><table:table table:name="Список"><table:table-row><table:table-cell><text:p>а</text:p></table:table-cell><table:table-cell/><table:table-cell><text:p>б</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table></office:spreadsheet></x>`), "")
	if d.Text != "Список\n\nа\t\tб" {
		t.Errorf("%q", d.Text)
	}
}

func TestSlidesArePages(t *testing.T) {
	slide := func(s string) string { return "<s><a:p><a:r><a:t>" + s + "</a:t></a:r></a:p></s>" }
	d := read(t, zipped("[Content_Types].xml", docTypes, "ppt/presentation.xml", `<p><sldId id="2" r:id="b"/><sldId id="1" r:id="a"/></p>`,
		"ppt/_rels/presentation.xml.rels", `<r><Relationship Id="a" Target="slides/1.xml"/><Relationship Id="b" Target="slides/2.xml"/></r>`, "ppt/slides/1.xml", slide("друга"), "ppt/slides/2.xml", slide("перша")), "")
	if d.Text != "перша\n\nдруга" || !slices.Equal(d.Pages, []int{0, len("перша\n\n")}) {
		t.Errorf("%q, pages %v", d.Text, d.Pages)
	}
}

func TestRTF(t *testing.T) {
	cp1251, err := charmap.Windows1251.NewEncoder().String("Перевірка")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ inner, want string }{
		"code page":   {`\ansicpg1251 ` + cp1251 + `\par \'cf\'b3\'f1\'eb\'ff`, "Перевірка\n\nПісля"},
		"font":        {`{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f0 caf\'e9 {\f1 \'cf} \'e9`, "café П é"},
		"unicode":     {`\uc1\u1087?\u1088\'3f\uc0\u1080 \uc2\u-10179??\u-8704?? x`, "при😀 x"},
		"skipped":     {`{\colortbl;\red0;}{\*\generator G;}{\stylesheet{\s1 Normal;}}{\pict\bin4 }}}}}text{\*\unknown no}`, "text"},
		"escapes":     {`\{a\}\\ b\~c\_d\emdash\lquote x\rquote`, "{a}\\ b\u00a0c\u2011d—‘x’"},
		"table":       {`\trowd\intbl Ім'я\cell \intbl Рік\cell\row\trowd\intbl А\cell\intbl 1990\cell\row\pard Далі\par`, "Ім'я\tРік\nА\t1990\n\nДалі"},
		"note apart":  {`text{\footnote under} goes on{\header top\par}\par`, "top\n\ntext goes on\n\nunder"},
		"deleted":     {`a {\deleted b} {\revised c}\par`, "a  c"},
		"field":       {`{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}`, "link"},
		"text box":    {`a{\shp{\*\shpinst{\sp{\sn n}{\sv 1}}{\shptxt box\par}}} b\par`, "a b\n\nbox"},
		"broken off":  {`a {\b bold`, "a bold"},
		"line breaks": {"a\r\nb\\line c\\\nd", "ab\nc\n\nd"},
	} {
		inner := c.inner
		if name == "table" {
			b, err := charmap.Windows1251.NewEncoder().String(inner)
			if err != nil {
				t.Fatal(err)
			}
			inner = `\ansicpg1251 ` + b
		}
		if d := read(t, []byte(`{\rtf1\ansi `+inner+`}`), "text/plain"); d.Text != c.want {
			t.Errorf("%s: %q, want %q", name, d.Text, c.want)
		}
	}
	d := read(t, []byte(`{\rtf1\ansi\ansicpg1251{\info{\title \'c7\'e2\'b3\'f2}{\author A}{\operator B}{\*\company C}{\creatim\yr2024\mo1\dy2\hr3\min4}}{\upr{no}{\*\ud{x}}}}`), "")
	if d.Text != "x" || d.Title != "Звіт" || !detail(d, "office.author").Sensitive || detail(d, "office.last-modified-by").Value != "B" || detail(d, "office.created").Value != "2024-01-02T03:04" {
		t.Errorf("%q, %q, %+v", d.Text, d.Title, d.Details)
	}
}

func TestMail(t *testing.T) {
	koi8, err := charmap.KOI8R.NewEncoder().String("Проверка документов")
	if err != nil {
		t.Fatal(err)
	}
	raw := "From: =?windows-1251?B?wOLy7vA=?= <a@example.org>\r\nTo: b@example.org\r\nSubject: =?koi8-r?Q?=F0=D2=CF?=\r\n =?koi8-r?Q?=D7=C5=D2=CB=C1?=\r\nDate: Tue, 14 Mar 2023 09:01:02 +0300\r\nMessage-ID: <1@example.org>\r\n" +
		"Received: from x by y; Tue, 14 Mar 2023 09:01:03 +0300\r\nReceived: from z by x\r\nDKIM-Signature: v=1; a=rsa-sha256; d=example.org; b=abc\r\n" +
		"Content-Type: multipart/mixed; boundary=\"m\"\r\n\r\npreamble\r\n--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n" + koi8 +
		"\r\n--a\r\nContent-Type: text/html\r\n\r\n<b>no</b>\r\n--a--\r\n--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%D1%81%D0%BF%D0%B8%D1%81%D0%BE%D0%BA.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBE\r\nRg==\r\n" +
		"--m\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nnot this\r\n--m--\r\n"
	d := read(t, []byte(raw), documents.TypeMail)
	if len(d.Bodies) != 1 || string(d.Bodies[0].Raw) != koi8 || d.Bodies[0].Charset != "koi8-r" {
		t.Errorf("%q", d.Bodies)
	}
	if d.Title != "Проверка" || d.Published != "2023-03-14T09:01:02+03:00" {
		t.Errorf("%q, %q", d.Title, d.Published)
	}
	for _, x := range []documents.Detail{{Name: "mail.from", Value: "Автор <a@example.org>", Sensitive: true}, {Name: "mail.date", Value: "Tue, 14 Mar 2023 09:01:02 +0300"},
		{Name: "mail.dkim-signature", Value: "present, of example.org; not verified", Sensitive: true},
		{Name: "mail.attachment", Value: "список.pdf; application/pdf; 4 bytes; sha256:" + evidence.Sum([]byte("%PDF")).String(), Sensitive: true}} {
		if got := detail(d, x.Name); got != x {
			t.Errorf("%+v, want %+v", got, x)
		}
	}
	for _, x := range d.Details {
		if strings.Contains(x.Value, "example.org") && !x.Sensitive {
			t.Errorf("%+v tells an address", x)
		}
	}
	d = read(t, []byte("Subject: x\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\n \n--a\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>=D0=BF=\n</p>"), documents.TypeMail)
	if len(d.Bodies) != 1 || d.Bodies[0].MediaType != "text/html" || string(d.Bodies[0].Raw) != "<p>п</p>" {
		t.Errorf("%q, %q", d.Bodies, d.Problems)
	}
	for raw, want := range map[string]error{"": evidence.ErrFormat, "no header here\n": evidence.ErrFormat, "Content-Type: multipart/encrypted; boundary=x\n\n": evidence.ErrRefused} {
		if _, err := documents.Read([]byte(raw), documents.TypeMail); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", raw, err, want)
		}
	}
}

// The bytes say what a file is, whatever it is called.
func TestTheBytesDecide(t *testing.T) {
	for _, c := range []struct{ raw, claim, want string }{
		{"%PDF-1.4", "text/html", documents.TypePDF}, {" \r\n%PDF-1.4", "", documents.TypePDF}, {"<!doctype html>%PDF-", "application/pdf", documents.TypePDF},
		{"<html>", "application/pdf", ""}, {"{\\rtf1}", "application/msword", documents.TypeRTF}, {string(docx("")), "application/zip", documents.TypeDOCX},
		{string(zipped("a.txt", "x")), documents.TypeDOCX, ""}, {"The wide river flows here", "text/plain", ""}, {"\x00\x00\x00\x18ftypheic", "video/mp4", "image/heic"},
		{"\x00\x00\x00\x18ftypisom", "", "video/mp4"}, {"\xff\xfb\x90\x00aaaaaaaaaaaa", "audio/mpeg", "audio/mpeg"}, {"\xff\xfb\x90\x00aaaaaaaaaaaa", "", ""},
		{"Subject: x\n\ny", "message/rfc822", documents.TypeMail}, {"Subject: x\n\ny", "text/plain", ""}, {"ID3 is a format of tags", "text/plain", ""},
	} {
		if got := documents.Detect([]byte(c.raw), c.claim); got != c.want {
			t.Errorf("Detect(%.20q, %q) = %q, want %q", c.raw, c.claim, got, c.want)
		}
	}
}

// The older binary formats are refused, and the hint says how to go on.
func TestOldFormatsAreRefusedWithAHint(t *testing.T) {
	ole := func(stream string) []byte {
		wide := ""
		for _, c := range stream {
			wide += string(c) + "\x00"
		}
		return []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 500) + wide)
	}
	for stream, want := range map[string]string{"WordDocument": ".docx", "Workbook": ".xlsx", "PowerPoint Document": ".pptx", "__nameid_version1.0": ".eml", "x": "kept"} {
		if _, err := documents.Read(ole(stream), ""); !errors.Is(err, evidence.ErrFormat) || !strings.Contains(evidence.HintOf(err), want) {
			t.Errorf("%s: %v, hint %q", stream, err, evidence.HintOf(err))
		}
	}
	if _, err := documents.Read(ole("EncryptedPackage"), ""); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("locked: %v", err)
	}
}

// Files that are cut off or mangled at any byte end in a document or in an error of ours.
func TestMangledBytes(t *testing.T) {
	locked, err := os.ReadFile("testdata/packed-aes-256.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range [][]byte{locked, unicodePDF(enText), docx(para(ukText)), workbook(`<row><c r="A1" t="s"><v>0</v></c></row>`), []byte(`{\rtf1\ansi{\fonttbl{\f0\fcharset204 A;}}\f0 \'cf\u1087?\par}`)} {
		step := max(1, len(raw)/300)
		for i := 0; i < len(raw); i += step {
			check(t, raw[:i], documents.TypeMail)
			b := slices.Clone(raw)
			b[i] ^= 0x55
			check(t, b, "")
			check(t, slices.Delete(b, i, min(len(b), i+3)), "")
		}
	}
}

// workbook makes an XLSX of one sheet's rows.
func workbook(rows string) []byte {
	return zipped("[Content_Types].xml", docTypes, "_rels/.rels", `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook><sheets><sheet name="Список" r:id="s1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<r><Relationship Id="s1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="s3" Type="x/styles" Target="styles.xml"/></r>`,
		"xl/sharedStrings.xml", `<sst><si><t>Прізвище</t></si><si><r><t>Виз</t></r><r><t>нано</t></r></si></sst>`,
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`)
}
