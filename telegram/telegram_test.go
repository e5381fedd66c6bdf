package telegram_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/telegram"
	"svidok/telegram/previewtest"
)

func at() time.Time { return time.Date(2025, 10, 6, 9, 10, 0, 0, time.UTC) }

func channel() *previewtest.Channel {
	return &previewtest.Channel{Name: "synthetic_steppe", Title: "Степове слово (зразок)"}
}

func read(t *testing.T, list ...previewtest.Post) (telegram.Channel, string) {
	t.Helper()
	page := channel().Page(list, true, "https://cdn.example")
	c, err := telegram.Page([]byte(page), "https://t.me/s/synthetic_steppe")
	if err != nil {
		t.Fatal(err)
	}
	return c, page
}

func TestPostsAsTheyAreShown(t *testing.T) {
	c, page := read(t,
		previewtest.Post{Number: 17, Text: "Біля крамниці <роздавали> повістки.\n\nДалі буде & ще", At: at(), Views: "1.2K", Signed: "Приватна особа"},
		previewtest.Post{Number: 19, Text: "Пересланий допис", At: at(), Edited: true, ForwardFrom: "Інший канал (зразок)", ForwardLink: "https://t.me/other_sample/55?single", ReplyTo: 17, Photo: "/media/1.jpg"},
		previewtest.Post{Number: 20, Text: "Від людини", At: at(), ForwardFrom: "Вигадане Ім’я", Video: "/media/2.mp4", Document: "наказ.pdf"})
	if c.Title != "Степове слово (зразок)" || c.Name != "synthetic_steppe" || c.Older != "https://t.me/s/synthetic_steppe?before=17" || len(c.Posts) != 3 || len(c.Problems) > 0 {
		t.Fatalf("%+v", c)
	}
	a, b, d := c.Posts[0], c.Posts[1], c.Posts[2]
	if a.Text != "Біля крамниці <роздавали> повістки.\n\nДалі буде & ще" || a.Published != "2025-10-06T09:10:00+00:00" || a.Edited || a.Views != "1.2K" || a.Number != 17 || a.Address != "https://t.me/synthetic_steppe/17" {
		t.Errorf("%+v", a)
	}
	if !b.Edited || b.Forwarded != "Інший канал (зразок) (https://t.me/other_sample/55)" || b.ReplyTo != "https://t.me/synthetic_steppe/17" || b.Text != "Пересланий допис" {
		t.Errorf("%+v", b)
	}
	if len(b.Media) != 1 || b.Media[0] != (telegram.Media{Kind: "photo", Address: "https://cdn.example/media/1.jpg"}) {
		t.Errorf("%+v", b.Media)
	}
	if d.Forwarded != "a person" || len(d.Media) != 3 || d.Media[1].Kind != "video" || d.Media[2].Name != "наказ.pdf" {
		t.Errorf("%+v", d)
	}
	for _, p := range c.Posts {
		alone, err := telegram.Read([]byte(page[p.Start:p.End]))
		if err != nil || alone.Text != p.Text || !strings.HasPrefix(page[p.Start:p.End], "<div class=\"tgme_widget_message_wrap") || !strings.HasSuffix(page[p.Start:p.End], "</div>") {
			t.Errorf("bytes %d to %d: %v", p.Start, p.End, err)
		}
		for _, name := range []string{"Приватна особа", "Вигадане", "avatar", "Хтось", "цитата"} {
			if strings.Contains(p.Text+p.Forwarded+p.ReplyTo, name) || len(p.Media) > 0 && strings.Contains(p.Media[0].Address, name) {
				t.Errorf("%q was taken: %+v", name, p)
			}
		}
	}
}

func TestMarkup(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"emoji":    {`слово <i class="emoji" style="background-image:url('//telegram.org/img/emoji/40/1.png')"><b>🔥</b></i> ще`, "слово 🔥 ще"},
		"link":     {`читайте <a href="https://example.org/a">тут</a>`, "читайте тут (https://example.org/a)"},
		"own link": {`<a href="https://example.org/a">example.org/a</a> і <a href="https://t.me/sample">@sample</a>, <a href="?q=%23x">#x</a>`, "example.org/a і @sample, #x"},
		"twice":    {`<a href="https://example.org/?a=1&amp;amp;b=2">тут</a>, <a href="https://example.org/?a=1&amp;amp;b=2">https://example.org/?a=1&amp;b=2</a>`, "тут (https://example.org/?a=1&b=2), https://example.org/?a=1&b=2"},
		"spoiler":  {`таємне <tg-spoiler>слово</tg-spoiler>`, "таємне слово"},
		"pre":      {`рядок<pre>код</pre>далі`, "рядок\nкод\nдалі"},
		"nested":   {`<b>жирний <i>і <u>ще</u></i></b>&nbsp;кінець`, "жирний і ще кінець"},
		"script":   {`до<script>alert(1)</script>після`, "допісля"},
		"unclosed": {`<b>жирний`, "жирний"},
	} {
		raw := `<div class="tgme_widget_message_wrap"><div data-post="x/1"><div class="tgme_widget_message_text js-message_text">` + c.html + `</div><time class="time" datetime="2025-10-06T09:10:00+00:00"></time></div></div>`
		p, err := telegram.Read([]byte(raw))
		if err != nil || p.Text != c.want || p.Published == "" {
			t.Errorf("%s: %q, %v, want %q", name, p.Text, err, c.want)
		}
	}
	poll := `<div data-post="x/2"><div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Чи роздають?</div><div class="tgme_widget_message_poll_option_text">Так</div><div class="tgme_widget_message_poll_option_text">Ні</div></div><div class="message_media_not_supported_label">Не показується</div></div>`
	p, err := telegram.Read([]byte(poll))
	if err != nil || p.Text != "Чи роздають?\nТак\nНі" || len(p.Problems) != 2 {
		t.Errorf("%+v %v", p, err)
	}
}

func TestNoPreview(t *testing.T) {
	for name, c := range map[string]struct {
		page string
		want error
	}{
		"switched off": {`<div class="tgme_page"><div class="tgme_page_title">Канал</div><div class="tgme_page_extra">5 subscribers</div></div>`, telegram.ErrNoPreview},
		"person":       {`<div class="tgme_page"><div class="tgme_page_title">Хтось</div></div>`, telegram.ErrNoPreview},
		"its name":     {`<div class="tgme_page"><div class="tgme_page_title">Хтось</div><div class="tgme_page_extra">@synthetic_person</div></div>`, telegram.ErrNoPreview},
		"nobody":       {`<div class="tgme_page"><div class="tgme_page_icon"></div></div>`, telegram.ErrNoPreview},
		"another site": {`<html><body><p>Вхід</p></body></html>`, evidence.ErrFormat},
		"nothing":      {``, evidence.ErrFormat},
	} {
		_, err := telegram.Page([]byte(c.page), "https://t.me/s/x")
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if there := strings.Contains(fmt.Sprint(err), "channel or group is there"); there != (name == "switched off") {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty, err := telegram.Page([]byte(`<section class="tgme_channel_history"></section>`), "https://t.me/s/x")
	if err != nil || len(empty.Posts) != 0 {
		t.Errorf("a new channel: %+v %v", empty, err)
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(channel().Page([]previewtest.Post{{Number: 1, Text: "a", At: at(), Photo: "/1.jpg"}}, true, "https://x")))
	f.Add([]byte(`<div class="tgme_widget_message_wrap"><div class="tgme_widget_message_wrap"><div data-post="x/1"></div></div>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := telegram.Page(raw, "https://t.me/s/x")
		if err != nil {
			return
		}
		for _, p := range c.Posts {
			if p.Start < 0 || p.End > len(raw) || p.Start >= p.End {
				t.Fatalf("bytes %d to %d of %d", p.Start, p.End, len(raw))
			}
			if again, err := telegram.Read(raw[p.Start:p.End]); err != nil || again.Text != p.Text || again.Number != p.Number {
				t.Fatalf("alone it is %+v, %v, and in the page %+v", again, err, p)
			}
		}
	})
}
