package sources_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"svidok/evidence"
	"svidok/sources"
	"svidok/telegram/previewtest"
)

const rss = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Приазовський вісник (зразок)</title><link>https://example.org/</link>
<item><title>Повістки &amp; черги</title><link>/novyny/101-povistky</link><guid isPermaLink="false">101</guid><pubDate>Mon, 06 Oct 2025 09:10:00 +0300</pubDate>
<description><![CDATA[<p>Коротко</p>]]></description><content:encoded><![CDATA[<p>Увесь текст</p>]]></content:encoded><enclosure url="https://example.org/1.jpg" type="image/jpeg" length="1"/></item>
<item><title>Без адреси</title><guid>https://example.org/102</guid><pubDate>дата невідома</pubDate></item>
</channel></rss>`

const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Sample</title><link rel="next" href="?page=2"/>
<entry><title>One</title><id>tag:example.org,2025:1</id><link rel="self" href="/self"/><link href="/one"/><published>2025-10-06T09:10:00Z</published><updated>2025-10-07T09:10:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Words <b>here</b></p></div></content></entry></feed>`

func TestFeeds(t *testing.T) {
	l, err := sources.Read([]byte(rss), "application/rss+xml", "https://example.org/feed")
	if err != nil || l.Kind != "rss" || l.Title != "Приазовський вісник (зразок)" || len(l.Items) != 2 || len(l.Problems) > 0 {
		t.Fatalf("%+v %v", l, err)
	}
	a := l.Items[0]
	if a.ID != "101" || a.Address != "https://example.org/novyny/101-povistky" || a.Claims.Title != "Повістки & черги" || a.Claims.Published != "2025-10-06T09:10:00+03:00" || len(a.Media) != 1 || a.Media[0].Kind != "photo" {
		t.Errorf("%+v", a)
	}
	if rss[a.Start:a.End] != string(a.Raw) || !strings.HasPrefix(string(a.Raw), "<item>") || !strings.HasSuffix(string(a.Raw), "</item>") {
		t.Errorf("bytes %d to %d: %q", a.Start, a.End, a.Raw)
	}
	if b := l.Items[1]; b.Address != "https://example.org/102" || b.Claims.Published != "дата невідома" {
		t.Errorf("%+v", b)
	}
	l, err = sources.Read([]byte(atom), "", "https://example.org/feed")
	if err != nil || l.Kind != "atom" || len(l.Items) != 1 || l.Next != "https://example.org/feed?page=2" {
		t.Fatalf("%+v %v", l, err)
	}
	if e := l.Items[0]; e.Address != "https://example.org/one" || e.ID != "tag:example.org,2025:1" || e.Claims.Edited != "2025-10-07T09:10:00Z" {
		t.Errorf("%+v", e)
	}
	other, _ := sources.Read([]byte(strings.Replace(atom, "here", "there", 1)), "", "https://example.org/feed")
	if sources.Fingerprint(other.Items[0]) == sources.Fingerprint(l.Items[0]) {
		t.Error("other words, and the same fingerprint")
	}
	feed := `{"version":"https://jsonfeed.org/version/1.1","title":"Зразок","items":[{"id":7,"url":"/seven","content_html":"<p>Текст</p>","date_published":"2025-10-06T09:10:00Z"},{"id":{},"url":3}]}`
	l, err = sources.Read([]byte(feed), "", "https://example.org/feed.json")
	if err != nil || l.Kind != "json" || len(l.Items) != 1 || l.Items[0].Address != "https://example.org/seven" || feed[l.Items[0].Start:l.Items[0].End] != string(l.Items[0].Raw) || len(l.Problems) != 1 {
		t.Errorf("%+v %v", l, err)
	}
}

func TestDirt(t *testing.T) {
	old, err := charmap.Windows1251.NewEncoder().String(`<?xml version="1.0" encoding="windows-1251"?><rss><channel><title>Зразок</title><item><title>Повістка</title><link>https://example.org/1</link></item></channel></rss>`)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		feed  string
		items int
		kind  string
	}{
		"windows-1251":  {old, 1, "rss"},
		"unclosed":      {`<rss><channel><item><title>a<link>https://x.org/1</link><item><title>b</title><link>https://x.org/2</link></channel>`, 2, "rss"},
		"cut":           {rss[:len(rss)-60], 2, "rss"},
		"html entities": {`<rss><channel><item><title>a &mdash; b &nbsp; &unknown;</title><link>https://x.org/1</link></item></channel></rss>`, 1, "rss"},
		"laughs":        {`<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss><channel><item><title>&lol2;</title><link>https://x.org/1</link></item></channel></rss>`, 1, "rss"},
		"external":      {`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&e;</title><link>https://x.org/1</link></item></channel></rss>`, 1, "rss"},
		"rdf":           {`<rdf:RDF xmlns:rdf="x"><channel><title>t</title></channel><item><title>a</title><link>https://x.org/1</link><dc:date>2025-10-06</dc:date></item></rdf:RDF>`, 1, "rss"},
		"news sitemap":  {`<urlset xmlns:news="n"><url><loc>https://x.org/1</loc><lastmod>2025-10-06</lastmod><news:news><news:title>Назва</news:title><news:publication_date>2025-10-05</news:publication_date></news:news></url></urlset>`, 1, "sitemap"},
		"index":         {`<sitemapindex><sitemap><loc>https://x.org/a.xml</loc></sitemap><sitemap><loc>javascript:1</loc></sitemap></sitemapindex>`, 0, "sitemap-index"},
	} {
		l, err := sources.Read([]byte(c.feed), "", "https://x.org/feed")
		if err != nil || len(l.Items) != c.items || l.Kind != c.kind {
			t.Errorf("%s: %d items, kind %s, %v", name, len(l.Items), l.Kind, err)
			continue
		}
		switch name {
		case "windows-1251":
			if l.Items[0].Claims.Title != "Повістка" {
				t.Errorf("%s: %q", name, l.Items[0].Claims.Title)
			}
		case "laughs", "external":
			if strings.Contains(l.Items[0].Claims.Title, "lol ") || strings.Contains(l.Items[0].Claims.Title, "root") || len(l.Problems) == 0 {
				t.Errorf("%s: %q %v", name, l.Items[0].Claims.Title, l.Problems)
			}
		case "news sitemap":
			if l.Items[0].Claims.Title != "Назва" || l.Items[0].Claims.Edited != "2025-10-06" {
				t.Errorf("%s: %+v", name, l.Items[0])
			}
		case "index":
			if len(l.Subs) != 1 {
				t.Errorf("%v", l.Subs)
			}
		}
	}
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"deep":   {"<rss>" + strings.Repeat("<a>", 1000), evidence.ErrLimit},
		"page":   {"<html><body>x</body></html>", evidence.ErrFormat},
		"empty":  {"", evidence.ErrFormat},
		"binary": {"\x00\x01\x02", evidence.ErrFormat},
		"json":   {`{"a":1}`, evidence.ErrFormat},
		"large":  {strings.Repeat(" ", 33<<20), evidence.ErrLimit},
	} {
		if _, err := sources.Read([]byte(c.raw), "text/html", "https://x.org/"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPostsKeepTheirFingerprint(t *testing.T) {
	ch := &previewtest.Channel{Name: "synthetic", Title: "Зразок"}
	post := previewtest.Post{Number: 5, Text: "Текст", At: time.Date(2025, 10, 6, 9, 10, 0, 0, time.UTC), Views: "10", Photo: "/media/1.jpg"}
	print := func(p previewtest.Post, host string) evidence.Hash {
		l, err := sources.Telegram([]byte(ch.Page([]previewtest.Post{p}, false, host)), "https://t.me/s/synthetic")
		if err != nil || len(l.Items) != 1 {
			t.Fatal(err)
		}
		return sources.Fingerprint(l.Items[0])
	}
	was := print(post, "https://cdn1.example")
	seen := post
	seen.Views = "11K"
	if print(seen, "https://cdn2.example") != was {
		t.Error("more views make another post")
	}
	for name, change := range map[string]func(*previewtest.Post){"text": func(p *previewtest.Post) { p.Text = "Інший текст" }, "edited": func(p *previewtest.Post) { p.Edited = true }, "media": func(p *previewtest.Post) { p.Photo = "" }} {
		other := post
		change(&other)
		if print(other, "https://cdn1.example") == was {
			t.Errorf("another %s is not seen", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(rss))
	f.Add([]byte(atom))
	f.Add([]byte(`{"items":[{"id":1}]}`))
	f.Add([]byte(fmt.Sprintf(legacy, "utf-8")))
	f.Add([]byte("<urlset><url><loc>https://x.org/1</loc></url></urlset>"))
	f.Fuzz(func(t *testing.T, raw []byte) { placed(t, raw) })
}
