package reading_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"svidok/evidence"
	"svidok/reading"
)

const (
	ukText = "Чоловіків зупиняють на вулицях, перевіряють документи і вручають повістки. Є ті, кого забрали просто з під'їзду, і родина досі не знає, де вони. Їхні сусіди кажуть, що ґанок опечатали."
	ruText = "Мужчин останавливают на улицах, проверяют документы и вручают повестки. Есть те, кого забрали прямо из подъезда, и семья до сих пор не знает, где они."
)

func encodings() map[string]encoding.Encoding {
	return map[string]encoding.Encoding{
		"utf-8": unicode.UTF8, "utf-8 with mark": unicode.UTF8BOM,
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"utf-16 with mark": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"windows-1251":     charmap.Windows1251, "koi8-u": charmap.KOI8U, "ibm866": charmap.CodePage866, "x-mac-cyrillic": charmap.MacintoshCyrillic, "iso-8859-5": charmap.ISO8859_5,
	}
}

func TestEveryEncodingIsFoundFromTheBytes(t *testing.T) {
	for name, enc := range encodings() {
		for _, text := range []string{ukText, ruText, strings.ToUpper(ruText), "Проверка документов на рынке, 5 человек увезли."} {
			if (name == "ibm866") && text == ukText {
				continue // it has no і and no ґ
			}
			raw, err := enc.NewEncoder().Bytes([]byte(text))
			if err != nil {
				if name == "iso-8859-5" || name == "x-mac-cyrillic" {
					continue
				}
				t.Fatal(name, err)
			}
			for _, claim := range []string{"", "utf-8", "windows-1251", "koi8-r", "iso-8859-1", "nonsense"} {
				r, err := reading.Read(raw, "text/plain", evidence.Claims{Charset: claim})
				if err != nil || r.Text != text {
					t.Errorf("%s claimed as %q: %v, %q", name, claim, err, r.Text)
				}
			}
		}
	}
}

func TestPlainTextIsKept(t *testing.T) {
	for _, c := range []struct{ raw, want, problem string }{
		{"рядок\r\nдругий\rтретій\n", "рядок\nдругий\nтретій\n", ""},
		{"и\u0306 не складається, «лапки» – теж", "и\u0306 не складається, «лапки» – теж", ""},
		{"нуль\x00 і дзвінок\x07", "нуль і дзвінок", "2 control characters"},
		{"слово \xff\xfe слово ще слово і ще", "слово \uFFFD слово ще слово і ще", "U+FFFD at 1 places, first at byte 11"},
		{"", "", ""},
	} {
		r, err := reading.Read([]byte(c.raw), "text/plain; charset=utf-8", evidence.Claims{Title: "Назва", Published: "2024-02-24"})
		if err != nil || r.Text != c.want {
			t.Errorf("Read(%q) = %q, %v, want %q", c.raw, r.Text, err, c.want)
		}
		if got := strings.Join(r.Problems, "; "); (got == "") != (c.problem == "") || !strings.Contains(got, c.problem) {
			t.Errorf("Read(%q): problems %q, want %q", c.raw, got, c.problem)
		}
		if r.Title != "Назва" || r.Published.From != "2024-02-24" || r.Published.Source != "http" {
			t.Errorf("claims are not taken: %+v", r)
		}
	}
}

func TestWhatIsNotReadIsRefused(t *testing.T) {
	binary := strings.Repeat("\x00\x01\x02\x03\x9f\x8e", 50)
	for _, c := range []struct{ raw, mediaType string }{
		{"%PDF-1.7\n", "application/pdf"}, {"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"{}", "application/json"}, {"\x89PNG", "image/png"}, {binary, "text/plain"}, {binary, ""}, {"<a/>", "application/xml"},
		{"no status", reading.MediaHTTP}, {"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx", reading.MediaHTTP}, {"[]", reading.MediaTelegram}, {"{", reading.MediaTelegram},
	} {
		if r, err := reading.Read([]byte(c.raw), c.mediaType, evidence.Claims{}); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %+v, %v, want malformed", c.mediaType, r, err)
		}
	}
	_, err := reading.Read([]byte("%PDF-1.7\n"), "application/pdf", evidence.Claims{})
	if evidence.HintOf(err) == "" {
		t.Errorf("no hint: %v", err)
	}
}

func TestTelegram(t *testing.T) {
	for _, c := range []struct{ raw, text string }{
		{`{"text":"Просто рядок","date_unixtime":"1708750800"}`, "Просто рядок"},
		{`{"text":["Початок ",{"type":"bold","text":"жирний"},{"type":"text_link","text":" і посилання","href":"https://example.org"}," кінець."],"date_unixtime":"1708750800"}`, "Початок жирний і посилання кінець."},
		{`{"text":"","photo":"photos/1.jpg","date_unixtime":"1708750800"}`, ""},
		{`{"text":"","caption":"Підпис","date_unixtime":"1708750800"}`, "Підпис"},
		{`{"text":"","poll":{"question":"Чи бачили ви?","answers":[{"text":"Так"},{"text":"Ні"}]},"date_unixtime":1708750800}`, "Чи бачили ви?\n\nТак\n\nНі"},
	} {
		r, err := reading.Read([]byte(c.raw), reading.MediaTelegram, evidence.Claims{Outlet: "Канал"})
		if err != nil || r.Text != c.text || r.Outlet != "Канал" || len(r.Problems) > 0 {
			t.Errorf("%s: %+v, %v", c.raw, r, err)
		}
		if d := r.Published; d.From != "2024-02-24T05:00:00Z" || d.Precision != "second" || d.Source != "export" {
			t.Errorf("%s: published %+v", c.raw, d)
		}
	}
	r, err := reading.Read([]byte(`{"text":[1,{"no":"text"}],"date":"2024-02-24T07:00:00"}`), reading.MediaTelegram, evidence.Claims{})
	if err != nil || len(r.Problems) != 1 || r.Published.From != "2024-02-24" || r.Published.Precision != "day" {
		t.Errorf("%+v, %v", r, err)
	}
}

func respond(head string, body []byte) []byte {
	return append([]byte("HTTP/1.1 200 OK\r\n"+head+"\r\n\r\n"), body...)
}

func TestHTTP(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, ukText)
	z.Close()
	cp1251, _ := charmap.Windows1251.NewEncoder().String(ruText)
	chunked := "5\r\nhello\r\n7;ext=1\r\n, world\r\n0\r\n\r\n"
	for name, c := range map[string]struct {
		raw           []byte
		text, problem string
	}{
		"plain":             {respond("Content-Type: text/plain", []byte(ukText)), ukText, ""},
		"bare line feeds":   {[]byte("HTTP/1.0 200 OK\nContent-Type: text/plain\n\nhello"), "hello", ""},
		"gzip":              {respond("Content-Type: text/plain\r\nContent-Encoding: gzip", zipped.Bytes()), ukText, ""},
		"gzip, cut":         {respond("Content-Type: text/plain\r\nContent-Encoding: gzip", zipped.Bytes()[:zipped.Len()-4]), ukText, "what came before is taken"},
		"not gzip":          {respond("Content-Type: text/plain\r\nContent-Encoding: gzip", []byte("hello")), "hello", "as it stands"},
		"charset in header": {respond("Content-Type: text/plain; charset=windows-1251", []byte(cp1251)), ruText, ""},
		"wrong charset":     {respond("Content-Type: text/plain; charset=utf-8", []byte(cp1251)), ruText, "claimed to be utf-8"},
		"chunked":           {respond("Content-Type: text/plain\r\nTransfer-Encoding: chunked", []byte(chunked)), "hello, world", ""},
		"chunked, cut":      {respond("Content-Type: text/plain\r\nTransfer-Encoding: chunked", []byte(chunked[:23])), "hello, wo", "has"},
		"chunked, wrong":    {respond("Content-Type: text/plain\r\nTransfer-Encoding: chunked", []byte("5\r\nhello\r\nzz\r\n")), "hello", "no chunk size"},
		"not chunked":       {respond("Content-Type: text/plain\r\nTransfer-Encoding: chunked", []byte("hello")), "hello", "as it stands"},
		"cut body":          {respond("Content-Type: text/plain\r\nContent-Length: 9", []byte("hello")), "hello", "5 bytes of 9"},
		"not found":         {[]byte("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\nhello"), "hello", "answered 404"},
	} {
		r, err := reading.Read(c.raw, reading.MediaHTTP, evidence.Claims{Published: "2024-02-24T07:00:00+02:00"})
		if err != nil || r.Text != c.text {
			t.Errorf("%s: %q, %v", name, r.Text, err)
		}
		if got := strings.Join(r.Problems, "; "); (got == "") != (c.problem == "") || !strings.Contains(got, c.problem) {
			t.Errorf("%s: problems %q, want %q", name, got, c.problem)
		}
		if r.Published.Source != "http" || r.Published.From != "2024-02-24T07:00:00+02:00" {
			t.Errorf("%s: published %+v", name, r.Published)
		}
	}
}

// page is a synthetic news page with everything around the words that we want.
func page(lang, title, author, date string, paragraphs []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang=%q><head><meta charset="utf-8"><title>%s | Вісник Вигаданого</title>
<meta property="og:title" content="%s"><meta property="og:site_name" content="Вісник Вигаданого">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Вісник"},{"@type":"NewsArticle","headline":%q,"datePublished":%q,
"author":[{"@type":"Person","name":%q}],"publisher":{"@type":"Organization","name":"Вісник Вигаданого"}}]}</script><style>.x{color:red}</style></head><body>
<div class="cookie-banner">COOKIE We use cookies <button>OK</button></div><header><nav class="menu"><ul><li><a href="/">MENU Головна</a></li><li><a href="/news">MENU Новини</a></li></ul></nav></header>
<main><article><h1>%s</h1><div class="article-body">`, lang, title, title, title, date, author, title)
	for i, p := range paragraphs {
		fmt.Fprintf(&b, "<p>%s</p>\n", p)
		if i == 1 {
			b.WriteString(`<div class="advert ads-block"><a href="/buy">ADVERT Купуйте зараз</a></div>`)
		}
	}
	b.WriteString(`</div></article></main><aside class="related"><h3>RELATED</h3><ul><li><a href="/1">RELATED Перша новина</a></li><li><a href="/2">RELATED Друга новина</a></li></ul></aside>
<div id="comments" class="comments"><p class="comment">COMMENT Не вірю!</p></div><footer class="footer">FOOTER Усі права застережено</footer><script>var SCRIPT=1</script></body></html>`)
	return b.String()
}

func paragraphs(sentence string) []string {
	var list []string
	for i := range 6 {
		list = append(list, fmt.Sprintf("Абзац %d. %s", i+1, strings.Repeat(sentence+" ", 2)+"№ "+fmt.Sprint(i*7)))
	}
	return list
}

func TestPage(t *testing.T) {
	for lang, sentence := range map[string]string{
		"uk": ukText, "ru": ruText, "en": "Men are stopped in the street, their papers are checked and summonses are handed out to them.",
	} {
		body := paragraphs(sentence)
		raw := []byte(page(lang, "Перевірки на вулицях", "Вигадана Авторка", "2024-02-24T07:30:00+02:00", body))
		r, err := reading.Read(raw, "text/html", evidence.Claims{Title: "не та", Outlet: "не той", Published: "2020-01-01"})
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Join(body, "\n\n"); r.Text != want {
			t.Errorf("%s: text\n got %q\nwant %q", lang, r.Text, want)
		}
		want := evidence.Date{From: "2024-02-24T07:30:00+02:00", To: "2024-02-24T07:30:00+02:00", Precision: "second", Source: "json-ld", Raw: "2024-02-24T07:30:00+02:00"}
		if r.Title != "Перевірки на вулицях" || r.Author != "Вигадана Авторка" || r.Outlet != "Вісник Вигаданого" || r.Published != want || r.Language != lang || len(r.Problems) > 0 {
			t.Errorf("%s: %+v", lang, r)
		}
	}
}

func TestPageInWindows1251(t *testing.T) {
	html := strings.Replace(page("ru", "Проверки на улицах", "Вымышленный Автор", "2024-02-24", paragraphs(ruText)), "utf-8", "windows-1251", 1)
	raw, err := encoding.ReplaceUnsupported(charmap.Windows1251.NewEncoder()).Bytes([]byte(html))
	if err != nil {
		t.Fatal(err)
	}
	for _, claim := range []string{"", "utf-8"} {
		r, err := reading.Read(raw, "text/html", evidence.Claims{Charset: claim})
		if err != nil || r.Title != "Проверки на улицах" || !strings.Contains(r.Text, ruText) || r.Language != "ru" {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestDatesOfPages(t *testing.T) {
	const body = "<p>Чоловіків зупиняють на вулицях і перевіряють документи.</p>"
	for head, want := range map[string]evidence.Date{
		`<meta property="article:published_time" content="2024-02-24T07:30+0200">`: {From: "2024-02-24T07:30:00+02:00", To: "2024-02-24T07:30:59+02:00", Precision: "minute", Source: "meta"},
		`<time datetime="2024-02-24 07:30">вчора</time>`:                           {From: "2024-02-24", To: "2024-02-24", Precision: "day", Source: "time"},
		`<span class="news-date">24 лютого 2024, 07:30</span>`:                     {From: "2024-02-24", To: "2024-02-24", Precision: "day", Source: "text"},
		`<span class="date">24 февраля 2024 г.</span>`:                             {From: "2024-02-24", To: "2024-02-24", Precision: "day", Source: "text"},
		`<span class="date">February 24th, 2024</span>`:                            {From: "2024-02-24", To: "2024-02-24", Precision: "day", Source: "text"},
		`<div id="pubdate">24.02.2024</div>`:                                       {From: "2024-02-24", To: "2024-02-24", Precision: "day", Source: "text"},
		`<link rel="canonical" href="https://example.org/2024/02/24/x.html">`:      {From: "2024-02-24", To: "2024-02-24", Precision: "day", Source: "address"},
		`<meta property="article:modified_time" content="2024-02-24T07:30:00Z">`:   {},
		`<span class="date">31 лютого 2024</span>`:                                 {},
	} {
		r, err := reading.Read([]byte("<html><body>"+head+body), "text/html", evidence.Claims{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Published.Raw = ""; r.Published != want {
			t.Errorf("%s\n got %+v\nwant %+v", head, r.Published, want)
		}
	}
}

func TestPageWithoutMainText(t *testing.T) {
	r, err := reading.Read([]byte("<html><head><title>Лише назва</title></head><body><h1>Лише назва</h1></body></html>"), "text/html", evidence.Claims{})
	if err != nil || !strings.Contains(r.Text, "Лише назва") || len(r.Problems) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// The same bytes read the same, however often.
func TestDeterminism(t *testing.T) {
	raw := []byte(page("uk", "Перевірки", "Вигадана Авторка", "2024-02-24", paragraphs(ukText)))
	bare := []byte(`<html><head><script type="application/ld+json">{"b":{"articleBody":"друге"},"a":{"articleBody":"перше"}}</script></head><body><div>` + strings.Repeat("<p>слово <a href=x>посилання</a></p><table><tr><td>1<td>2</table>", 20))
	for _, raw := range [][]byte{raw, bare} {
		want, err := reading.Read(raw, "text/html", evidence.Claims{Address: "https://example.org/a"})
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			if got, _ := reading.Read(raw, "text/html", evidence.Claims{Address: "https://example.org/a"}); !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v\nwant %+v", got, want)
			}
		}
	}
}

func BenchmarkPage(b *testing.B) {
	raw := []byte(page("uk", "Перевірки", "Вигадана Авторка", "2024-02-24", paragraphs(ukText)))
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := reading.Read(raw, "text/html", evidence.Claims{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

func BenchmarkPlain(b *testing.B) {
	for name, enc := range map[string]encoding.Encoding{"utf-8": unicode.UTF8, "windows-1251": charmap.Windows1251} {
		raw, err := enc.NewEncoder().Bytes([]byte(strings.Repeat(ukText+"\n", 8)))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := reading.Read(raw, "text/plain", evidence.Claims{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}
