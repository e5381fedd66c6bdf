package sources_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"svidok/evidence"
	"svidok/sources"
)

const legacy = `<?xml version="1.0" encoding="%s"?>
<rss version="2.0"><channel><title>Степовий вісник (зразок)</title>
<item><title>Повістки — біля водовозки</title><link>https://example.org/1</link><description>Роздавали зранку.</description></item>
<item><title>Друга новина</title><link>https://example.org/2</link></item></channel></rss>`

// In every encoding an item is named, in UTF-8, and stands at its very bytes.
func TestEncodings(t *testing.T) {
	for name, c := range map[string]struct {
		enc      encoding.Encoding
		declared string
		media    string
		back     bool // Start and End are known
	}{
		"utf-8":                          {encoding.Nop, "utf-8", "", true},
		"windows-1251":                   {charmap.Windows1251, "windows-1251", "", true},
		"koi8-u":                         {charmap.KOI8U, "koi8-u", "", true},
		"iso-8859-5":                     {charmap.ISO8859_5, "iso-8859-5", "", true},
		"utf-16 little, with a mark":     {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16", "", true},
		"utf-16 big, with a mark":        {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16", "", true},
		"utf-16 without a mark":          {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16", "", true},
		"utf-8 with a mark":              {unicode.UTF8BOM, "utf-8", "", true},
		"1251, said by the server":       {charmap.Windows1251, "", "application/rss+xml; charset=windows-1251", true},
		"1251, the server says latin":    {charmap.Windows1251, "windows-1251", "text/xml; charset=ISO-8859-1", true},
		"1251, said to be utf-8":         {charmap.Windows1251, "utf-8", "", true},
		"koi8-u, nobody says":            {charmap.KOI8U, "", "", true},
		"utf-8, said to be windows-1251": {encoding.Nop, "windows-1251", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			source := strings.Replace(fmt.Sprintf(legacy, c.declared), ` encoding=""`, "", 1)
			if c.enc == charmap.ISO8859_5 || c.enc == charmap.KOI8U {
				source = strings.ReplaceAll(source, "—", "-")
			}
			raw, err := c.enc.NewEncoder().Bytes([]byte(source))
			if err != nil {
				t.Fatal(err)
			}
			l, err := sources.Read(raw, c.media, "https://example.org/feed")
			if err != nil || len(l.Items) != 2 || l.Title != "Степовий вісник (зразок)" {
				t.Fatalf("%+v %v", l, err)
			}
			for i, it := range l.Items {
				if want := []string{"Повістки", "Друга"}[i]; !strings.HasPrefix(it.Claims.Title, want) {
					t.Errorf("%q", it.Claims.Title)
				}
				if !strings.HasPrefix(string(it.Raw), "<item>") || !strings.HasSuffix(string(it.Raw), "</item>") {
					t.Errorf("%q", it.Raw)
				}
				own, err := c.enc.NewDecoder().Bytes(raw[it.Start:it.End])
				if strings.Contains(name, "16") && strings.Contains(name, "with") {
					e := unicode.LittleEndian
					if raw[0] == 0xFE || raw[0] == 0 {
						e = unicode.BigEndian
					}
					own, err = unicode.UTF16(e, unicode.IgnoreBOM).NewDecoder().Bytes(raw[it.Start:it.End])
				}
				if err != nil || string(own) != string(it.Raw) {
					t.Errorf("bytes %d to %d are %q, want %q", it.Start, it.End, own, it.Raw)
				}
				if utf := it.Charset == ""; utf != (strings.HasPrefix(name, "utf-8")) {
					t.Errorf("charset %q", it.Charset)
				}
			}
		})
	}
}

// What a strict reader of XML gives up at costs at most the member that it stands in.
func TestDirtCostsLittle(t *testing.T) {
	for name, dirt := range map[string]string{
		"a stray <":               "<description>менше < більше & ще</description>",
		"control characters":      "<description>а\x0bб\x00в&#11;</description>",
		"]]> in a text":           "<description>a ]]> b</description>",
		"< in an attribute":       `<enclosure url="https://x.org/a<b.jpg" type="image/jpeg"/>`,
		"a double hyphen":         "<!-- а -- б -->",
		"an unclosed comment":     "<description>a</description><!- ->",
		"attributes without mark": "<enclosure url=https://x.org/a.jpg length>",
		"an unknown entity":       "<description>&hellip; &nosuch; &lt;b&gt;</description>",
		"a foreign prefix":        "<turbo:content><![CDATA[<p>слова]]></turbo:content>",
		"unclosed markup":         "<description><p>один<br>два<b>три</description>",
		"an end without a start":  "</b></p></description>",
		"bytes that are no UTF-8": "<description>a\xffб</description>",
		"a cut CDATA":             "<description><![CDATA[<p>слова]]</description>",
	} {
		feed := `<?xml version="1.1" encoding="utf-8"?><rss><channel><title>Зразок</title><item><title>перша</title><link>https://x.org/1</link>` + dirt + `</item><item><title>друга</title><link>https://x.org/2</link></item></channel></rss>`
		l, err := sources.Read([]byte(feed), "", "https://x.org/feed")
		want := 2
		if name == "a cut CDATA" { // it is open to the end
			want = 1
		}
		if err != nil || len(l.Items) != want {
			t.Errorf("%s: %d items, %v, %v", name, len(l.Items), err, l.Problems)
			continue
		}
		if it := l.Items[0]; it.Claims.Title != "перша" || it.Address != "https://x.org/1" {
			t.Errorf("%s: %+v", name, it)
		}
		if it := l.Items[want-1]; want == 2 && (it.Claims.Title != "друга" || it.Address != "https://x.org/2" || feed[it.Start:it.End] != string(it.Raw)) {
			t.Errorf("%s: %+v", name, it)
		}
	}
}

func TestMembers(t *testing.T) {
	feed := `<rss xmlns:c="http://purl.org/rss/1.0/modules/content/" xmlns:a="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<image><title>Знак</title><link>https://x.org/logo</link></image><title>&lt;b&gt;Зразок&lt;/b&gt;</title><a:link rel="self" href="https://x.org/self"/><a:link rel="next" href="?paged=2"/>
<item><source url="https://other.org"><title>Чужа</title></source><author>Вигадане Ім’я</author><dc:creator>Вигадане Ім’я</dc:creator>
<title><![CDATA[Перша <i>новина</i> &quot;дня&quot;]]></title><link>/1?utm_source=rss&amp;id=7</link><guid>g1</guid><description>Коротко</description>
<c:encoded><![CDATA[<p>Увесь&nbsp;текст</p><p>і ще <b>сло</b>во</p>]]></c:encoded><m:group><m:content url="/v.mp4"/><m:thumbnail url="/t.jpg"/></m:group><enclosure url="/d.bin"/><comments>https://x.org/1#c</comments></item>
</channel></rss>`
	l, err := sources.Read([]byte(feed), "", "https://x.org/feed")
	if err != nil || len(l.Items) != 1 || l.Title != "Зразок" || l.Self != "https://x.org/self" || l.Next != "https://x.org/feed?paged=2" {
		t.Fatalf("%+v %v", l, err)
	}
	it := l.Items[0]
	if it.Claims.Title != `Перша новина "дня"` || it.Address != "https://x.org/1?utm_source=rss&id=7" || it.ID != "g1" || it.Summary != "Коротко" || it.Words != 5 {
		t.Errorf("%+v", it)
	}
	if want := []sources.Media{{Kind: "video", Address: "https://x.org/v.mp4"}, {Kind: "thumbnail", Address: "https://x.org/t.jpg"}, {Kind: "document", Address: "https://x.org/d.bin"}}; fmt.Sprint(it.Media) != fmt.Sprint(want) {
		t.Errorf("%+v", it.Media)
	}
	if strings.Contains(fmt.Sprint(it.Claims, it.Summary), "Вигадане") {
		t.Errorf("a name was taken: %+v", it)
	}
	atom := `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.org/blog/"><author><name>Вигадане Ім’я</name></author><entry><source><title>Інше</title><id>i</id></source><title type="xhtml"><div>Один <b>два</b> три</div></title><id>tag:1</id><link href="a.html"/><link rel="enclosure" type="audio/ogg" href="a.ogg"/><updated>2025-10-06T09:10:00+03:00</updated></entry></feed>`
	l, err = sources.Read([]byte(atom), "", "https://x.org/feed")
	if err != nil || len(l.Items) != 1 || l.Items[0].Claims.Title != "Один два три" || l.Items[0].ID != "tag:1" || l.Items[0].Address != "https://x.org/blog/a.html" || l.Items[0].Media[0].Kind != "audio" {
		t.Errorf("%+v %v", l, err)
	}
	j := `{"version":"https://jsonfeed.org/version/1.1","feed_url":"https://x.org/f.json","next_url":"/2","items":[{"id":12345678901234567890,"external_url":"https://x.org/e","title":"A &amp; <b>B</b>","content_text":"one two","attachments":[{"url":"/a.mp3","mime_type":"audio/mpeg"}]}]}`
	l, err = sources.Read([]byte("\xEF\xBB\xBF"+j), "", "https://x.org/feed")
	if err != nil || len(l.Items) != 1 || l.Items[0].ID != "12345678901234567890" || l.Items[0].Claims.Title != "A & B" || l.Items[0].Media[0].Kind != "audio" || l.Items[0].Start != 3+strings.Index(j, `{"id"`) {
		t.Errorf("%+v %v", l, err)
	}
}

func cp1251(t *testing.T) string {
	t.Helper()
	s, err := charmap.Windows1251.NewEncoder().String(fmt.Sprintf(legacy, "windows-1251"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTimes(t *testing.T) {
	for in, want := range map[string]string{
		"Mon, 06 Oct 2025 09:10:00 +0300":  "2025-10-06T09:10:00+03:00",
		"Mon, 6 Oct 2025 09:10:00 +03:00":  "2025-10-06T09:10:00+03:00",
		" 06 Oct 2025  09:10:00 GMT ":      "2025-10-06T09:10:00Z",
		"2025-10-06T09:10:00.123+0300":     "2025-10-06T09:10:00+03:00",
		"2025-10-06T09:10Z":                "2025-10-06T09:10:00Z",
		"2025-10-06 09:10:00":              "2025-10-06 09:10:00", // no zone
		"Mon, 06 Oct 2025 09:10:00 EET":    "Mon, 06 Oct 2025 09:10:00 EET",
		"2025-10-06":                       "2025-10-06",
		"вчора":                            "вчора",
		strings.Repeat("довго ", 100):      strings.TrimSpace(strings.Repeat("довго ", 9)),
		"Monday, 6 October 2025 09:10 EST": "Monday, 6 October 2025 09:10 EST",
	} {
		l, err := sources.Read([]byte("<rss><item><link>https://x.org/1</link><pubDate>"+in+"</pubDate></item></rss>"), "", "https://x.org/f")
		if err != nil || strings.TrimSpace(l.Items[0].Claims.Published) != want {
			t.Errorf("%q: %q, want %q (%v)", in, l.Items[0].Claims.Published, want, err)
		}
	}
}

func TestWhatCountsInAFeed(t *testing.T) {
	item := func(s string) sources.Item {
		l, err := sources.Read([]byte("<rss><item>"+s+"</item></rss>"), "", "https://x.org/f")
		if err != nil || len(l.Items) != 1 {
			t.Fatal(err)
		}
		return l.Items[0]
	}
	was := sources.Fingerprint(item(`<title>a</title><link>https://x.org/1</link><guid>1</guid><description>&lt;p&gt;слова&lt;/p&gt;</description><lastmod>2025-10-06</lastmod><enclosure url="https://cdn1.x.org/a.jpg?t=1"/>`))
	for name, s := range map[string]string{
		"another token":       `<title>a</title><link>https://x.org/1?utm_source=rss</link><guid>1</guid><description>&lt;p class="x"&gt;слова&lt;/p&gt;&lt;img src="https://c/p?1"&gt;</description><lastmod>2025-10-06</lastmod><enclosure url="https://cdn2.x.org/a.jpg?t=2"/>`,
		"another last change": `<title>a</title><link>https://x.org/1</link><guid>1</guid><description>слова</description><lastmod>2025-10-07</lastmod><enclosure url="https://cdn1.x.org/a.jpg?t=1"/><slash:comments>5</slash:comments>`,
	} {
		if sources.Fingerprint(item(s)) != was {
			t.Errorf("%s makes another version", name)
		}
	}
	for name, s := range map[string]string{
		"another title":   `<title>b</title><link>https://x.org/1</link><guid>1</guid><description>слова</description><enclosure url="https://cdn1.x.org/a.jpg"/>`,
		"other words":     `<title>a</title><link>https://x.org/1</link><guid>1</guid><description>інші слова</description><enclosure url="https://cdn1.x.org/a.jpg"/>`,
		"another picture": `<title>a</title><link>https://x.org/1</link><guid>1</guid><description>слова</description><enclosure url="https://cdn1.x.org/b.jpg"/>`,
		"another time":    `<title>a</title><link>https://x.org/1</link><guid>1</guid><description>слова</description><pubDate>Mon, 06 Oct 2025 09:10:00 +0300</pubDate><enclosure url="https://cdn1.x.org/a.jpg"/>`,
	} {
		if sources.Fingerprint(item(s)) == was {
			t.Errorf("%s makes no other version", name)
		}
	}
	old, _ := sources.Read([]byte(`<urlset><url><loc>https://x.org/1</loc><lastmod>2025-10-06</lastmod></url></urlset>`), "", "https://x.org/s")
	new, _ := sources.Read([]byte(`<urlset><url><loc>https://x.org/1</loc><lastmod>2025-10-07</lastmod></url></urlset>`), "", "https://x.org/s")
	if sources.Fingerprint(old.Items[0]) == sources.Fingerprint(new.Items[0]) {
		t.Error("of a sitemap, nothing but the last change says that a page changed")
	}
}

func TestSitemapsOfAllKinds(t *testing.T) {
	news := `<u:urlset xmlns:u="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><u:url><u:loc>https://x.org/1</u:loc><i:image><i:loc>https://x.org/1.jpg</i:loc><i:title>Знімок</i:title></i:image><n:news><n:publication><n:name>Зразок</n:name><n:language>uk</n:language></n:publication><n:language>uk</n:language><n:publication_date>2025-10-05T09:10:00+03:00</n:publication_date><n:title>Назва</n:title></n:news></u:url></u:urlset>`
	l, err := sources.Read([]byte(news), "", "https://x.org/s.xml")
	if err != nil || len(l.Items) != 1 || l.Items[0].Address != "https://x.org/1" || l.Items[0].Claims.Title != "Назва" || l.Items[0].Claims.Published != "2025-10-05T09:10:00+03:00" || l.Items[0].Language != "uk" || l.Items[0].Claims.Outlet != "" {
		t.Errorf("%+v %v", l, err)
	}
	l, err = sources.Read([]byte("https://x.org/1\nhttps://x.org/2\r\n\n"), "text/plain", "https://x.org/s.txt")
	if err != nil || l.Kind != "sitemap" || len(l.Items) != 2 {
		t.Errorf("%+v %v", l, err)
	}
	got := sources.RobotsSitemaps([]byte("\xEF\xBB\xBFUser-agent: *\nDisallow: /\nSITEMAP : /a.xml # всі\nsitemap: https://cdn.org/b.xml\nSitemap: https://cdn.org/b.xml\nSitemap: ftp://x\n"), "https://x.org/robots.txt")
	if fmt.Sprint(got) != "[https://x.org/a.xml https://cdn.org/b.xml]" {
		t.Errorf("%v", got)
	}
	_, err = sources.Read([]byte("\x1f\x8b\x08 compressed"), "", "https://x.org/s.xml.gz")
	if !errors.Is(err, evidence.ErrFormat) {
		t.Error(err)
	}
}

// A page in the place of a feed is refused, and the feed that it names is named.
func TestAPageIsNoFeed(t *testing.T) {
	page := `<!DOCTYPE html><html><head><title>Стрічка</title><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body><rss><item><title>x</title></item></rss></body></html>`
	_, err := sources.Read([]byte(page), "application/rss+xml", "https://x.org/feed")
	if !errors.Is(err, evidence.ErrFormat) || !strings.Contains(evidence.HintOf(err), "https://x.org/rss.xml") {
		t.Errorf("%v: %s", err, evidence.HintOf(err))
	}
}

// Bombs are read in bounded memory, or refused.
func TestBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("<!DOCTYPE lolz [<!ENTITY l0 \"lol\">")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&laughs, `<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	laughs.WriteString("]><rss><item><title>&l29;</title><link>https://x.org/1</link></item></rss>")
	for name, c := range map[string]struct {
		raw   string
		limit bool
	}{
		"laughs":            {laughs.String(), false},
		"one long text":     {"<rss><item><link>https://x.org/1</link><description>" + strings.Repeat("слово ", 2<<20) + "</description></item></rss>", false},
		"comments":          {"<rss>" + strings.Repeat("<!--", 4<<20), false},
		"items without end": {"<rss>" + strings.Repeat("<item><title>a", 500_000), false},
		"attributes":        {"<rss><item " + strings.Repeat(`a="b" `, 2<<20) + "></item></rss>", false},
		"deep":              {"<rss>" + strings.Repeat("<a>", 4<<20), true},
		"a hundred MB":      {strings.Repeat("<rss>     ", 10<<20), true},
		"brackets":          {"<rss>" + strings.Repeat("<", 16<<20), false},
		"json, deep":        {`{"items":` + strings.Repeat("[", 8<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			l, err := sources.Read([]byte(c.raw), "", "https://x.org/f")
			runtime.ReadMemStats(&after)
			if c.limit != errors.Is(err, evidence.ErrLimit) {
				t.Errorf("%v", err)
			}
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 20*uint64(len(c.raw)>>20)+400 {
				t.Errorf("%d MB for %d", got, len(c.raw)>>20)
			}
			for _, it := range l.Items {
				if len(it.Claims.Title) > 1000 || strings.Contains(it.Claims.Title, "lollol") {
					t.Errorf("%d bytes of title", len(it.Claims.Title))
				}
			}
		})
	}
}

// However a listing is mangled, it is read or refused, and what is read stands where it says.
func TestMangled(t *testing.T) {
	for _, feed := range []string{rss, atom, cp1251(t)} {
		for i := range len(feed) {
			for _, b := range []byte{0, '<', '>', '"', '&', 0xFF, ']'} {
				raw := []byte(feed)
				raw[i] = b
				placed(t, raw)
			}
			placed(t, []byte(feed[:i]))
			placed(t, append([]byte(feed[:i]), feed[min(len(feed), i+3):]...))
		}
	}
}

func placed(t *testing.T, raw []byte) {
	t.Helper()
	l, err := sources.Read(raw, "", "https://x.org/feed")
	if err != nil {
		if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
			t.Fatalf("%v", err)
		}
		return
	}
	for _, it := range l.Items {
		if it.ID == "" || it.Start < 0 || it.End > len(raw) || it.Start > it.End {
			t.Fatalf("%+v", it)
		}
		if it.Charset == "" && it.Raw != nil && !bytes.Equal(raw[it.Start:it.End], it.Raw) {
			t.Fatalf("bytes %d to %d of %q are not %q", it.Start, it.End, raw, it.Raw)
		}
	}
}
