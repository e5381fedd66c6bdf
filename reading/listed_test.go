package reading_test

import (
	"testing"
	"time"

	"svidok/evidence"
	"svidok/reading"
	"svidok/telegram/previewtest"
)

func TestPostsAndEntries(t *testing.T) {
	ch := &previewtest.Channel{Name: "synthetic", Title: "Зразок"}
	page := ch.Page([]previewtest.Post{{Number: 3, Text: "Біля водовозки\nперевіряли документи.", At: time.Date(2025, 10, 6, 9, 10, 0, 0, time.UTC)}}, false, "https://x")
	r, err := reading.Read([]byte(page), reading.MediaPost, evidence.Claims{Outlet: "Зразок"})
	if err != nil || r.Text != "Біля водовозки\nперевіряли документи." || r.Language != "uk" || r.Outlet != "Зразок" || r.Published.From != "2025-10-06T09:10:00+00:00" && r.Published.From != "2025-10-06T09:10:00Z" {
		t.Errorf("%+v %v", r, err)
	}
	for name, c := range map[string]struct{ raw, text, title string }{
		"rss":     {`<item><title>Повістки &amp; черги</title><description>коротко</description><content:encoded><![CDATA[<p>Увесь текст <b>тут</b>.</p><p>Далі.</p>]]></content:encoded></item>`, "Увесь текст тут.\n\nДалі.", "Повістки & черги"},
		"escaped": {`<item><title>a</title><description>&lt;p&gt;Текст &amp;amp; ще&lt;/p&gt;</description></item>`, "Текст & ще", "a"},
		"xhtml":   {`<entry><title>b</title><content type="xhtml"><div><p>Один &lt; два</p></div></content></entry>`, "Один < два", "b"},
		"json":    {`{"title":"c","content_text":"a < b & c","date_published":"2025-10-06T09:10:00Z"}`, "a < b & c", "c"},
		"cut":     {`<item><title>d</title><description>Початок</description><content:encoded><![CDATA[<p>обірв`, "Початок", "d"},
	} {
		r, err := reading.Read([]byte(c.raw), reading.MediaEntry, evidence.Claims{})
		if err != nil || r.Text != c.text || r.Title != c.title {
			t.Errorf("%s: %q %q %v", name, r.Text, r.Title, err)
		}
	}
}
