package sources_test

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"svidok/sources"
)

// A page in the markup of a public preview; the channel, its words and its people are
// invented.
//
//go:embed testdata/channel.html
var channelPage string

func channel(t *testing.T, page string) sources.Listing {
	t.Helper()
	l, err := sources.Telegram([]byte(page), "https://t.me/s/synthetic_steppe")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAChannelsPage(t *testing.T) {
	l := channel(t, channelPage)
	var ids []string
	for _, it := range l.Items {
		ids = append(ids, it.ID)
		if channelPage[it.Start:it.End] != string(it.Raw) || !strings.HasPrefix(string(it.Raw), `<div class="tgme_widget_message_wrap`) {
			t.Errorf("%s does not stand at %d to %d", it.ID, it.Start, it.End)
		}
		for _, m := range it.Media {
			if !m.Ephemeral || strings.Contains(m.Address, "avatar") || strings.Contains(m.Address, "reply") || strings.Contains(m.Address, "maps") {
				t.Errorf("%s: %+v", it.ID, m)
			}
		}
	}
	if !slices.Equal(ids, []string{"102", "108", "109", "110", "117"}) || l.Title != "Степове слово (зразок)" {
		t.Errorf("%v of %q", ids, l.Title)
	}
	if l.Next != "https://t.me/s/synthetic_steppe?before=101" || l.Newer != "https://t.me/s/synthetic_steppe?after=117" {
		t.Errorf("back %q, forth %q", l.Next, l.Newer)
	}
	if want := []string{"105-107", "111-116"}; !slices.Equal(l.Gaps, want) { // 103 and 104 belong to an album
		t.Errorf("gaps %v, want %v", l.Gaps, want)
	}
	for _, name := range []string{"Вигадана Людина", "Інша Людина", "Приватна Особа", "Ще Людина", "чужі слова", "47.00001", "Слова чужої"} {
		for _, it := range l.Items {
			text, _ := sources.TelegramText(it.Raw)
			if strings.Contains(fmt.Sprint(it.Claims, it.Media, it.Summary, text), name) {
				t.Errorf("%q was taken with %s", name, it.ID)
			}
		}
	}
	if f := l.Items[1].Claims.Forwarded; f != "Інший канал (зразок) (https://t.me/other_sample/55)" {
		t.Errorf("from %q", f)
	}
	if f := l.Items[2].Claims.Forwarded; f != "a person" {
		t.Errorf("from %q", f)
	}
	last := l.Items[len(l.Items)-1].Media
	if i := slices.IndexFunc(last, func(m sources.Media) bool { return m.Kind == "video" }); i < 0 || last[i].Address != "" || last[i].Withheld == "" {
		t.Errorf("a film that is too big: %+v", last)
	}
	kinds := map[string]int{}
	for _, m := range l.Items[0].Media {
		kinds[m.Kind]++
	}
	if kinds["photo"] != 2 || kinds["video"] != 1 {
		t.Errorf("%v", kinds)
	}
}

func TestTextOfPosts(t *testing.T) {
	l := channel(t, channelPage)
	for i, want := range []string{
		"Біля водовозки в умовному селі роздавали повістки.\n\nДеталі тут (https://example.org/a?x=1) ❗",
		"Жители посёлка-образца говорят: у магазина проверяли документы.",
		"Did they check papers?\nYes\nNo",
		"", "",
	} {
		text, problems := sources.TelegramText(l.Items[i].Raw)
		if text != want {
			t.Errorf("%s: %q, want %q", l.Items[i].ID, text, want)
		}
		if (i >= 3) != (len(problems) > 0) { // a place, a film that is too big
			t.Errorf("%s: %q", l.Items[i].ID, problems)
		}
	}
	if text, problems := sources.TelegramText([]byte("<p>no post</p>")); text != "" || len(problems) != 1 {
		t.Errorf("%q %q", text, problems)
	}
}

// What changes at every visit makes no version; what its author changes does.
func TestWhatCountsInAPost(t *testing.T) {
	was := channel(t, channelPage)
	for name, r := range map[string][]string{
		"views, reactions and votes": {"1.2K", "3.4M", "218", "219", "71%", "72%", "1.3K votes", "2K votes", "987", "1K"},
		"addresses of files":         {"TOKEN", "another", "cdn4.example", "cdn5.example"},
		"a preview of a link":        {`<i class="link_preview_image" style="background-image:url('https://cdn4.example/file/TOKEN-preview.jpg')"></i>`, "", "Заголовок чужої", "Інший"},
		"a channel's new title":      {"Інший канал (зразок)", "Перейменований канал", "Степове слово (зразок)", "Слово степу"},
		"what follows visitors":      {"eyJjIjoy", "zzz"},
		"a browser's language":       {"переглядів", "views", "Переслано з", "Forwarded from", "Media is too big", "Файл завеликий"},
	} {
		now := channel(t, strings.NewReplacer(r...).Replace(channelPage))
		for i := range was.Items {
			if sources.Fingerprint(was.Items[i]) != sources.Fingerprint(now.Items[i]) {
				t.Errorf("%s: another version of %s", name, was.Items[i].ID)
			}
		}
	}
	for name, r := range map[string][]string{
		"102 text":     {"роздавали", "вручали"},
		"102 media":    {`href="https://t.me/synthetic_steppe/103?single"`, `href="https://t.me/synthetic_steppe/102?single"`},
		"108 edited":   {"змінено &nbsp;", ""},
		"108 source":   {"other_sample/55", "other_sample/56"},
		"109 option":   {">No<", ">Never<"},
		"109 answer":   {`user-color-3" href="https://t.me/synthetic_steppe/102"`, `" href="https://t.me/synthetic_steppe/90"`},
		"110 document": {"наказ-зразок.pdf", "наказ-2.pdf"},
	} {
		now := channel(t, strings.NewReplacer(r...).Replace(channelPage))
		for i, it := range was.Items {
			if changed := sources.Fingerprint(it) != sources.Fingerprint(now.Items[i]); changed != strings.HasPrefix(name, it.ID) {
				t.Errorf("%s: %s changed: %v", name, it.ID, changed)
			}
		}
	}
}

func FuzzTelegram(f *testing.F) {
	f.Add([]byte(channelPage))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := sources.Telegram(raw, "https://t.me/s/synthetic_steppe")
		if err != nil {
			return
		}
		for _, it := range l.Items {
			if it.Start < 0 || it.End > len(raw) || string(raw[it.Start:it.End]) != string(it.Raw) || it.ID == "" {
				t.Fatalf("%+v", it)
			}
			sources.Fingerprint(it)
		}
	})
}
