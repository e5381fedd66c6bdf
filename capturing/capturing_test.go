package capturing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"svidok/capturing"
)

// All pages are invented.

func page(title, body string) string {
	return "<!DOCTYPE html><html><head><title>" + title + "</title><script>1</script></head><body>" + body + "</body></html>"
}

func article(language string, n int) string {
	s := map[string]string{
		"uk": "У зразковому селі мешканці розповіли, що біля крамниці перевіряли документи й роздавали повістки. Люди чекали на воду кілька годин, а потім розійшлися. ",
		"ru": "В образцовом поселке жители рассказали, что возле магазина проверяли документы и раздавали повестки. Люди ждали воду несколько часов, а потом разошлись. ",
		"en": "In the sample village residents said that papers were checked and summonses were handed out by the shop. People waited for water for hours and then went home. ",
	}[language]
	return strings.TrimSpace(strings.Repeat(s, n))
}

func header(language string) string {
	return map[string]string{
		"uk": `<header><nav><a href="/">Головна</a> <a href="/news">Новини</a> <a href="/login">Увійти</a></nav><form action="/login"><input type="text" name="u"><input type="password" name="p"></form></header>`,
		"ru": `<header><nav><a href="/">Главная</a> <a href="/news">Новости</a> <a href="/login">Войти</a></nav></header>`,
		"en": `<header><nav><a href="/">Home</a> <a href="/news">News</a> <a href="/login">Log in</a></nav></header>`,
	}[language]
}

func TestHollowPages(t *testing.T) {
	for name, c := range map[string]struct {
		p    capturing.Page
		kind string
	}{
		"cloudflare":       {capturing.Page{Status: 403, HTML: []byte(page("Just a moment...", `<div class="cf-turnstile"></div><p>Checking your browser before accessing</p>`))}, capturing.BotCheck},
		"cloudflare 200":   {capturing.Page{Status: 200, HTML: []byte(page("Just a moment...", `<div id="challenge-platform"></div>`))}, capturing.BotCheck},
		"ddos-guard":       {capturing.Page{Status: 200, HTML: []byte(page("DDoS-Guard", `<h1>Проверка браузера перед переходом</h1><p>Это займет несколько секунд</p><script src="/.well-known/ddos-guard/check"></script>`))}, capturing.BotCheck},
		"smartcaptcha":     {capturing.Page{Status: 200, HTML: []byte(page("Ой!", `<p>Подтвердите, что запросы отправляли вы, а не робот</p><div class="SmartCaptcha"></div>`))}, capturing.BotCheck},
		"captcha uk":       {capturing.Page{Status: 200, HTML: []byte(page("Перевірка", `<p>Підтвердьте, що ви не робот</p><div class="g-recaptcha"></div>`))}, capturing.BotCheck},
		"facebook":         {capturing.Page{Status: 200, Asked: "https://f.example/post/1", Final: "https://f.example/login/?next=1", HTML: []byte(page("Log in to Facebook", `<form><input type="password"></form><p>You must log in to continue.</p>`))}, capturing.Login},
		"vk":               {capturing.Page{Status: 200, HTML: []byte(page("Вход | ВКонтакте", `<p>Войдите, чтобы продолжить</p><form><input type="password"></form>`))}, capturing.Login},
		"forum uk":         {capturing.Page{Status: 200, HTML: []byte(page("Форум", `<p>Тема доступна лише для зареєстрованих. Увійдіть або зареєструйтеся.</p>`))}, capturing.Login},
		"unauthorised":     {capturing.Page{Status: 401, HTML: []byte(page("x", "x"))}, capturing.Login},
		"consent google":   {capturing.Page{Status: 200, Asked: "https://y.example/watch?v=1", Final: "https://consent.y.example/m?continue=1", HTML: []byte(page("Before you continue to Video", `<h1>Before you continue to Video</h1><button>Accept all</button>`))}, capturing.Consent},
		"consent uk":       {capturing.Page{Status: 200, HTML: []byte(page("Ми цінуємо вашу приватність", `<h1>Ми цінуємо вашу приватність</h1><p>Ми та наші партнери зберігаємо дані.</p><button>Погоджуюся</button>`))}, capturing.Consent},
		"age ru":           {capturing.Page{Status: 200, HTML: []byte(page("18+", `<h1>Подтвердите свой возраст</h1><p>Мне есть 18 лет</p>`))}, capturing.Consent},
		"paywall en":       {capturing.Page{Status: 200, Text: article("en", 2), HTML: []byte(page("Sample", "<p>"+article("en", 2)+"</p><div>Subscribe to continue reading. Already a subscriber? Log in</div>"))}, capturing.Paywall},
		"paywall uk":       {capturing.Page{Status: 200, Text: article("uk", 1), HTML: []byte(page("Зразок", "<p>"+article("uk", 1)+"</p><div>Щоб читати далі, оформіть передплату, щоб мати доступ.</div>"))}, capturing.Paywall},
		"paywall ru":       {capturing.Page{Status: 200, Text: article("ru", 1), HTML: []byte(page("Образец", "<p>"+article("ru", 1)+"</p><div>Материал доступен подписчикам.</div>"))}, capturing.Paywall},
		"rkn":              {capturing.Page{Status: 200, HTML: []byte(page("Доступ ограничен", `<h1>Доступ к информационному ресурсу ограничен</h1><p>на основании федерального закона</p>`))}, capturing.Blocked},
		"geo uk":           {capturing.Page{Status: 200, HTML: []byte(page("Обмежено", `<p>Цей вміст недоступний у вашій країні.</p>`))}, capturing.Blocked},
		"forbidden":        {capturing.Page{Status: 403, HTML: []byte(page("403 Forbidden", `<h1>403 Forbidden</h1>`))}, capturing.Blocked},
		"legal":            {capturing.Page{Status: 451, HTML: []byte(page("x", "x"))}, capturing.Blocked},
		"soft 404 uk":      {capturing.Page{Status: 200, HTML: []byte(page("Сторінку не знайдено", header("uk")+`<h1>404</h1><p>Сторінку не знайдено. Поверніться на головну.</p>`))}, capturing.Missing},
		"soft 404 ru":      {capturing.Page{Status: 200, HTML: []byte(page("Ошибка 404", header("ru")+`<p>Такой страницы нет</p>`))}, capturing.Missing},
		"soft 404 en":      {capturing.Page{Status: 200, HTML: []byte(page("Page not found", header("en")+`<p>The page you are looking for</p>`))}, capturing.Missing},
		"hard 404":         {capturing.Page{Status: 404, HTML: []byte(page("x", article("uk", 9))), Text: article("uk", 9)}, capturing.Missing},
		"deleted post":     {capturing.Page{Status: 200, HTML: []byte(page("Запис", `<div>Запис видалено автором</div>`))}, capturing.Missing},
		"bad gateway":      {capturing.Page{Status: 200, HTML: []byte(page("502", `<h1>502 Bad Gateway</h1><p>nginx</p>`))}, capturing.Error},
		"maintenance ru":   {capturing.Page{Status: 200, HTML: []byte(page("Сайт", `<h1>Сайт временно недоступен</h1><p>Ведутся технические работы</p>`))}, capturing.Error},
		"database uk":      {capturing.Page{Status: 200, HTML: []byte(page("", `Помилка підключення до бази даних`))}, capturing.Error},
		"shell":            {capturing.Page{Status: 200, HTML: []byte(page("App", `<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript><script></script><script></script>`))}, capturing.Shell},
		"shell nuxt":       {capturing.Page{Status: 200, HTML: []byte(page("Новини", `<div id="__nuxt"></div><script></script><script></script><script></script>`))}, capturing.Shell},
		"loading":          {capturing.Page{Status: 200, HTML: []byte(page("", `<p>Завантаження...</p><script></script>`))}, capturing.Shell},
		"for sale":         {capturing.Page{Status: 200, HTML: []byte(page("sample.example", `<h1>This domain is for sale!</h1><p>Make an offer</p>`))}, capturing.Parked},
		"expired ru":       {capturing.Page{Status: 200, HTML: []byte(page("Домен", `<p>Срок регистрации домена истек</p>`))}, capturing.Parked},
		"home":             {capturing.Page{Status: 200, Asked: "https://x.example/2025/a-b", Final: "https://x.example/", Text: article("uk", 9), HTML: []byte(page("Головна", article("uk", 9)))}, capturing.Home},
		"other words":      {capturing.Page{Status: 200, Expect: "Повістки роздають біля водовозки у Макіївці", Text: "Погода на тиждень: " + strings.Repeat("дощ і вітер, сонячно, хмарно. ", 40), HTML: []byte(page("Погода", strings.Repeat("<p>дощ і вітер, сонячно, хмарно.</p>", 40)))}, capturing.Other},
		"nothing":          {capturing.Page{Status: 200, HTML: []byte(page("", ""))}, capturing.Tiny},
		"not even a tag":   {capturing.Page{Status: 200}, capturing.Tiny},
		"shell of scripts": {capturing.Page{Status: 200, Scripts: true, HTML: []byte(page("App", `<div id="app"></div><script></script><script></script><script></script>`))}, capturing.Shell},
	} {
		got := capturing.Hollow(c.p)
		if len(got) == 0 || got[0].Kind != c.kind {
			t.Errorf("%s: %+v, want %s", name, got, c.kind)
		}
	}
}

func TestGoodPages(t *testing.T) {
	bad := 0
	check := func(name string, p capturing.Page) {
		p.Status = 200
		if got := capturing.Hollow(p); len(got) > 0 {
			bad++
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, l := range []string{"uk", "ru", "en"} {
		for n := 1; n <= 12; n += 3 {
			a := article(l, n)
			check(fmt.Sprintf("%s, %d times", l, n), capturing.Page{Text: a, Expect: a[:60], HTML: []byte(page("Sample", header(l)+"<article><h1>"+a[:40]+"</h1><p>"+a+"</p></article>"))})
		}
		long := article(l, 8)
		banner := map[string]string{"uk": "Ми цінуємо вашу приватність. Прийміть файли cookie.", "ru": "Мы ценим вашу конфиденциальность. Примите файлы cookie.", "en": "We value your privacy. Accept all cookies."}[l]
		check(l+" with a banner", capturing.Page{Text: long, HTML: []byte(page("Sample", header(l)+"<p>"+long+"</p><div class=cookie>"+banner+"</div>"))})
		check(l+" with comments for members", capturing.Page{Text: long, HTML: []byte(page("Sample", header(l)+"<p>"+long+"</p><div>"+map[string]string{"uk": "Увійдіть або зареєструйтеся, щоб коментувати", "ru": "Войдите или зарегистрируйтесь, чтобы оставить комментарий", "en": "Please log in to comment"}[l]+"<input type=password></div>"))})
		check(l+" with a subscription", capturing.Page{Text: long, HTML: []byte(page("Sample", "<p>"+long+"</p><div>"+map[string]string{"uk": "Оформіть передплату, щоб підтримати нас", "ru": "Оформите подписку, чтобы поддержать нас", "en": "Already a subscriber? Thank you."}[l]+"</div>"))})
		check(l+" with a captcha for comments", capturing.Page{Text: long, HTML: []byte(page("Sample", "<p>"+long+`</p><form><div class="g-recaptcha"></div><label>`+map[string]string{"uk": "я не робот", "ru": "я не робот", "en": "I'm not a robot"}[l]+"</label></form>"))})
		check(l+" about walls", capturing.Page{Text: long + map[string]string{"uk": " Сайт показував «Сторінку не знайдено», а інколи «Доступ заборонено». Хакери обходили captcha.", "ru": " Сайт показывал «Страница не найдена», а иногда «Доступ запрещен». Хакеры обходили captcha.", "en": " The site showed page not found, sometimes access denied. Hackers passed the captcha."}[l],
			HTML: []byte(page("Sample", header(l)+"<article><h1>Sample</h1><p>"+long+map[string]string{"uk": " Сайт показував «Сторінку не знайдено», а інколи «Доступ заборонено». Хакери обходили captcha.", "ru": " Сайт показывал «Страница не найдена», а иногда «Доступ запрещен». Хакеры обходили captcha.", "en": " The site showed page not found, sometimes access denied. Hackers passed the captcha."}[l]+"</p></article>"))})
		check(l+" with noscript", capturing.Page{Text: long, HTML: []byte(page("Sample", "<noscript>Enable JavaScript</noscript><p>"+long+"</p>"))})
		check(l+" a short note", capturing.Page{Text: article(l, 1), HTML: []byte(page("Sample", "<p>"+article(l, 1)+"</p>"))})
		check(l+" moved by a letter", capturing.Page{Asked: "https://x.example/a", Final: "https://www.x.example/a/", Text: long, HTML: []byte(page("Sample", "<p>"+long+"</p>"))})
	}
	check("login in a menu", capturing.Page{Text: article("uk", 2), HTML: []byte(page("Sample", header("uk")+"<p>"+article("uk", 2)+"</p>"))})
	check("a title about a check", capturing.Page{Title: "Як працює перевірка браузера", Text: article("uk", 9), HTML: []byte(page("Як працює перевірка браузера", "<h1>Як працює перевірка браузера</h1><p>"+article("uk", 9)+"</p>"))})
	check("a gallery", capturing.Page{Text: article("ru", 1), HTML: []byte(page("Фото", "<p>"+article("ru", 1)+"</p>"+strings.Repeat(`<figure><img src="/1.jpg"></figure>`, 20)))})
	if bad > 0 {
		t.Logf("%d good pages are called hollow", bad)
	}
}

func TestRequisites(t *testing.T) {
	html := `<html><head><base href="https://cdn.example/a/"><link rel="stylesheet" href="s.css"><link rel="icon" href="i.ico"><style>@import "t.css"; .x{background:url(data:x)} .y{background:url('y.png')}</style><meta property="og:image" content="/og.jpg"></head>
<body style="background:url(bg.png)"><img src="1.jpg"><img src="1.jpg#x"><img srcset="s.jpg 320w, l.jpg 1280w"><img src="data:," data-src="lazy.jpg"><picture><source srcset="p.webp 2x"></picture><video poster="v.jpg"><source src="v.mp4"></video><img src="javascript:1"><img src="file:///etc/passwd"></body></html>`
	var got []string
	for _, r := range capturing.Requisites([]byte(html), "https://x.example/") {
		got = append(got, r.Kind+" "+strings.TrimPrefix(r.Address, "https://cdn.example"))
	}
	want := []string{"style /a/s.css", "style /a/t.css", "image /a/y.png", "image /og.jpg", "image /a/bg.png", "image /a/1.jpg", "image /a/l.jpg", "image /a/lazy.jpg", "image /a/p.webp", "poster /a/v.jpg"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	css := capturing.CSSRequisites([]byte(`@import url("more.css"); @font-face{src:url(f.woff2) format("woff2"), url(f.ttf)} a{background:url( "x.png" )}`), "https://x.example/c/s.css")
	if len(css) != 3 || css[0].Address != "https://x.example/c/more.css" || css[1].Kind != "font" {
		t.Errorf("%+v", css)
	}
}

func TestMinimum(t *testing.T) {
	parts, lacks := capturing.Minimum(capturing.Facts{Address: true, Source: true, ShotWhy: "no browser is installed", Media: 1, Missing: 1, Metadata: true, Operator: true})
	if !slices.Equal(parts, []string{"address", "source", "metadata", "collection", "hash"}) || !slices.Equal(lacks, []string{"screenshot: no browser is installed", "media: some could not be taken", "context: taken alone"}) {
		t.Errorf("%v %v", parts, lacks)
	}
}

func FuzzHollow(f *testing.F) {
	f.Add([]byte(page("404", "<p>x")), "text", "https://x.example/a")
	f.Fuzz(func(t *testing.T, html []byte, text, final string) {
		p := capturing.Page{Status: 200, HTML: html, Text: text, Asked: "https://x.example/b", Final: final, Expect: text}
		capturing.Hollow(p)
		for _, r := range capturing.Requisites(html, final) {
			if !strings.HasPrefix(r.Address, "http") {
				t.Fatal(r)
			}
		}
	})
}
