package reading

import (
	"testing"

	"svidok/evidence"
)

// Two paragraphs are never one sentence, however short the article is.
func TestShortArticlesKeepTheirParagraphs(t *testing.T) {
	const one, two = "У Зразковому патрулі зупиняли чоловіків на вулиці й перевіряли документи у кожного перехожого", "На околиці міста весь день ремонтували водогін, і води не було до самого вечора."
	const want = one + "\n\n" + two
	for name, body := range map[string]string{
		"without white space":  `<article><p>` + one + `</p><p>` + two + `</p></article>`,
		"lines":                "<article>\n<p>" + one + "</p>\n<p>" + two + "</p>\n</article>",
		"headed":               `<article><h1>Вісті</h1><p>` + one + `</p><p>` + two + `</p></article>`,
		"with something amid":  `<nav><a href="/">Головна</a></nav><article><p>` + one + `</p><aside>Читайте також</aside><p>` + two + `</p></article><footer>Усі права</footer>`,
		"links and a no-break": `<article><p>У Зразковому <a href="/x">патрулі</a> зупиняли чоловіків на вулиці й перевіряли документи у&nbsp;кожного перехожого</p><p>` + two + `</p></article>`,
	} {
		r, err := Read([]byte(`<html><head><meta charset="utf-8"><title>Вісті</title></head><body>`+body+`</body></html>`), "text/html", evidence.Claims{})
		if err != nil {
			t.Fatal(err)
		}
		if got := squash(r.Text); got != want {
			t.Errorf("%s: read as %q", name, r.Text)
		}
	}
}

// squash makes no-break spaces ordinary ones.
func squash(s string) string {
	b := []rune(s)
	for i, c := range b {
		if c == '\u00a0' {
			b[i] = ' '
		}
	}
	return string(b)
}

func TestBreaksChangeNothingElse(t *testing.T) {
	for _, c := range []struct{ text, page, want string }{
		{"одна два", "одна\n\nдва", "одна\n\nдва"},
		{"однадва", "меню\nодна\nдва\n\nпідвал", "одна\nдва"},
		{"одна два", "одна\n\nтри", "одна два"},
		{"", "одна", ""},
	} {
		if got := withBreaks(c.text, c.page); got != c.want {
			t.Errorf("withBreaks(%q, %q) = %q, want %q", c.text, c.page, got, c.want)
		}
	}
}

func TestATitleTurnsNothing(t *testing.T) {
	r, err := Read([]byte("<html><head><meta charset=\"utf-8\"><title>Вісті\u202egnp\u009b31m \u2066дня\x1b[2J</title><meta property=\"og:site_name\" content=\"Слово\u202e\"></head><body><p>Текст.</p></body></html>"), "text/html", evidence.Claims{})
	if err != nil || r.Title != "Вістіgnp31m дня[2J" || r.Outlet != "Слово" {
		t.Errorf("title %q, outlet %q, %v", r.Title, r.Outlet, err)
	}
}
