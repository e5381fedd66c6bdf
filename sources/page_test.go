package sources_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"svidok/evidence"
	"svidok/sources"
)

const front = `<html><head><title>Новини (зразок)</title><base href="https://news.example.com.ua/"><link rel="next" href="/page/2"></head><body>
<nav><a href="/2025/10/06/u-meniu-ne-beremo-1">У меню не беремо</a><a href="/about">Про нас</a></nav><main>
<article><a href="/2025/10/06/povistky-bilia-vody"><img src="1.jpg" alt="Черга"></a><h2><a href="/2025/10/06/povistky-bilia-vody?utm_source=main">Повістки біля води</a></h2><time datetime="2025-10-06T09:10:00+03:00">годину тому</time><a href="/2025/10/06/povistky-bilia-vody">Читати далі про це все</a></article>
<article><h3><a href="/novyny/12345">Друга</a></h3><time datetime="2025-10-05">вчора</time></article>
<div><a href="/nespravzhnia/tretia-novyna">Третя новина має довгу назву із багатьох слів</a> <a href="/index.php?newsid=77">Четверта</a> <time datetime="2025-10-04">тоді</time></div>
<a href="https://www.example.com.ua/2025/10/piata.html">П’ята, на сестринському домені</a>
<a href="https://other.example/2025/10/x-y-z-a">Чуже</a><a href="/tag/2025-1"> тег</a><a href="/foto/2025/10/06/1.jpg">знімок</a><a href="mailto:x@y">пошта</a><a href="/page/2">далі</a><a href="/">Головна сторінка нашого великого сайту новин</a></main>
<footer><a href="/2025/01/01/u-pidvali-ne-beremo">У підвалі</a></footer></body></html>`

func TestLinks(t *testing.T) {
	l, err := sources.Links([]byte(front), "text/html", "https://news.example.com.ua/", "")
	if err != nil || l.Next != "https://news.example.com.ua/page/2" || l.Title != "Новини (зразок)" {
		t.Fatalf("%+v %v", l, err)
	}
	var got []string
	for _, it := range l.Items {
		got = append(got, strings.TrimPrefix(it.ID, "https://")+" "+it.Claims.Title+" "+it.Claims.Published)
	}
	want := []string{
		"news.example.com.ua/2025/10/06/povistky-bilia-vody Повістки біля води 2025-10-06T09:10:00+03:00",
		"news.example.com.ua/novyny/12345 Друга 2025-10-05",
		"news.example.com.ua/nespravzhnia/tretia-novyna Третя новина має довгу назву із багатьох слів ", // the time stands beside two
		"news.example.com.ua/index.php?newsid=77 Четверта ",
		"www.example.com.ua/2025/10/piata.html П’ята, на сестринському домені ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for choose, n := range map[string]int{"article h2": 1, "main > div": 2, "/novyny/*": 1, "/2025/10/*": 3, "https://other.example/*": 1, ".nothing": 0, "a[href*=newsid]": 1} {
		l, err := sources.Links([]byte(front), "text/html", "https://news.example.com.ua/", choose)
		if err != nil || len(l.Items) != n || (n == 0) != (len(l.Problems) > 0) {
			t.Errorf("%q: %d links, want %d: %+v %v", choose, len(l.Items), n, l.Items, err)
		}
	}
	if _, err := sources.Links([]byte(front), "text/html", "https://x.org/", "[["); !errors.Is(err, evidence.ErrUsage) || evidence.HintOf(err) == "" {
		t.Errorf("a selector that is none: %v", err)
	}
	if _, err := sources.Links(make([]byte, 9<<20), "text/html", "https://x.org/", ""); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("%v", err)
	}
}

// visit is a page as it comes at one visit: what is new every time differs by n. The layout
// is one of several.
func visit(layout, n int, title, text string) []byte {
	noise := fmt.Sprintf(`<script nonce="n%d">window.t=%d</script><!-- served in 0.%d s --><style>.a%d{}</style><link rel="preload" href="/a.js?v=%d"><meta name="csrf-token" content="t%d">`, n, n, n, n, n, n)
	ads := []string{`<div class="ad-slot">Купуйте насоси</div>`, `<div class="banner_top">Знижки на дах</div>`, `<ins class="adsbygoogle"></ins>`}
	ad := ads[n%3] + ads[(n+1)%3]
	article := fmt.Sprintf(`<h1>%s</h1><p>%s</p><img src="https://cdn%d.example/img/a.jpg?t=%d">`, title, text, n, n)
	switch layout {
	case 0: // semantic
		return fmt.Appendf(nil, `<html><head><title>%s</title>%s</head><body><header class="site">Понеділок, %d листопада. USD 41.%d</header><nav>меню %d</nav><main><article>%s<span class="post-views">%d</span></article></main>%s<aside>Новини: %d</aside><footer>© %d</footer></body></html>`,
			title, noise, n, n, n, article, n, ad, n, n)
	case 1: // one form around everything, tables
		return fmt.Appendf(nil, `<html><head>%s</head><body><form action="/?s=%d"><input type="hidden" name="__VIEWSTATE" value="v%d"><table><tr><td>%s</td><td>%s</td></tr></table><div>Переглядів: %d %d</div></form></body></html>`, noise, n, n, article, ad, n, n)
	case 2: // names of classes that sound like what is left out
		return fmt.Appendf(nil, `<html><head>%s</head><body><div id="comments-off-layout" class="popular-theme shared"><div class="interviews-list">%s</div><div class="comments">Коментарів: %d<p>Читач: слово %d</p></div><div class="relatedPosts"><a href="/%d">Інше %d</a></div></div></body></html>`, noise, article, n, n, n, n)
	case 3: // times that pass
		return fmt.Appendf(nil, `<html><head>%s</head><body><main>%s<time datetime="2025-10-06T09:10:00+03:00">%d хвилин тому</time> Оновлено %d годин тому. Просмотров: %d. Комментарии (%d)</main></body></html>`, noise, article, n, n, n*17, n)
	case 4: // a short note among much else, in Russian
		return fmt.Appendf(nil, `<html><head>%s</head><body><div class="weather">+%d</div><div class="currency-informer">USD %d</div><div class="content">%s</div><div class="sidebar"><p>%s</p></div><div class="block-trending">%d</div></body></html>`, noise, n, n, article, strings.Repeat("слово ", n), n)
	}
	return fmt.Appendf(nil, `<html><head>%s</head><body><div class="cookie-consent">Ми використовуємо cookie %d</div><div class="wrap">%s</div><div class="social share-buttons">Поділитися %d</div><div class="onlineCounter">Зараз онлайн %d</div></body></html>`, noise, n, article, n, n)
}

// However often a page is seen, it is the same until its words or its picture change.
func TestStablePage(t *testing.T) {
	const text = "У зразковому селі роздавали повістки. Люди чекали на воду кілька годин, а потім розійшлися."
	for layout := range 6 {
		was := sources.StablePage(visit(layout, 1, "Повістки", text))
		for n := 2; n < 40; n++ {
			if sources.StablePage(visit(layout, n, "Повістки", text)) != was {
				t.Errorf("layout %d: visit %d is another version", layout, n)
				break
			}
		}
		for name, page := range map[string][]byte{"word": visit(layout, 1, "Повістки", strings.Replace(text, "роздавали", "вручали", 1)), "title": visit(layout, 1, "Повістки?", text), "number": visit(layout, 1, "Повістки", text+" 12 осіб.")} {
			if sources.StablePage(page) == was {
				t.Errorf("layout %d: another %s is not seen", layout, name)
			}
		}
	}
	counted := func(s string) []byte { return []byte("<main><h1>a</h1><p>" + s + "</p></main>") }
	if sources.StablePage(counted("після інтерв’ю та interviews 300 осіб")) == sources.StablePage(counted("після інтерв’ю та interviews 400 осіб")) {
		t.Error("a number in the text passes for a counter")
	}
	gallery := func(src string) []byte {
		return []byte(`<main><h1>Фото</h1><figure><img data-src="` + src + `" src="data:,"></figure></main>`)
	}
	if a := sources.StablePage(gallery("/a.jpg?x=1")); a != sources.StablePage(gallery("https://cdn2.example/a.jpg")) || a == sources.StablePage(gallery("/b.jpg")) {
		t.Error("a picture's file name is what counts of it")
	}
	if sources.StablePage([]byte("\x00\x01")) == sources.StablePage([]byte("слова")) {
		t.Error("all that is no page is the same")
	}
}

// TestLinksInTheServersEncoding: a page that does not say in which encoding it is.
func TestLinksInTheServersEncoding(t *testing.T) {
	title := "Повістки роздають біля водовозки в Макіївці"
	page := "<main><h2><a href=\"/2025/10/06/povistky-bilia-vodovozky\">" + title + "</a></h2></main>"
	raw, err := charmap.KOI8U.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sources.Links([]byte(raw), "text/html; charset=koi8-u", "https://x.org/", "")
	if err != nil || len(l.Items) != 1 || l.Items[0].Claims.Title != title {
		t.Errorf("%+v, %v", l.Items, err)
	}
	// What servers say that were told nothing counts for nothing.
	l, err = sources.Links([]byte("<meta charset=utf-8>"+page), "text/html; charset=iso-8859-1", "https://x.org/", "")
	if err != nil || len(l.Items) != 1 || l.Items[0].Claims.Title != title {
		t.Errorf("%+v, %v", l.Items, err)
	}
}

func FuzzPages(f *testing.F) {
	f.Add([]byte(front), "")
	f.Add([]byte(front), "/2025/*")
	f.Add(visit(0, 1, "a", "b"), "article a")
	f.Fuzz(func(t *testing.T, raw []byte, choose string) {
		sources.StablePage(raw)
		l, err := sources.Links(raw, "text/html", "https://x.org/", choose)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, it := range l.Items {
			if it.ID == "" || seen[it.ID] || !strings.HasPrefix(it.Address, "http") {
				t.Fatalf("%+v", it)
			}
			seen[it.ID] = true
		}
	})
}
