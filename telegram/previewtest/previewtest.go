// Package previewtest is a server of public previews, in the markup of Telegram's, for
// tests: a channel that grows, is edited, loses posts, and shows what others forward.
// All texts are the caller's; no real channel is copied.
package previewtest

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Post is one post.
type Post struct {
	Number      int64
	Text        string // plain; line feeds become breaks
	At          time.Time
	Edited      bool
	Views       string
	ForwardFrom string // a channel's title
	ForwardLink string // "": a person
	ReplyTo     int64
	Photo       string // path on this server
	Video       string
	Document    string
	Signed      string
}

// Channel serves one channel at /s/NAME. It is safe for concurrent use.
type Channel struct {
	Name, Title string
	Closed      bool // no preview

	mu    sync.Mutex
	posts []Post
	asked int
}

// Put adds a post or changes the one of its number.
func (c *Channel) Put(list ...Post) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range list {
		if i := slices.IndexFunc(c.posts, func(q Post) bool { return q.Number == p.Number }); i >= 0 {
			c.posts[i] = p
		} else {
			c.posts = append(c.posts, p)
		}
	}
	slices.SortFunc(c.posts, func(a, b Post) int { return int(a.Number - b.Number) })
}

// Delete takes posts away.
func (c *Channel) Delete(numbers ...int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posts = slices.DeleteFunc(c.posts, func(p Post) bool { return slices.Contains(numbers, p.Number) })
}

// Asked is how often a page was asked for.
func (c *Channel) Asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

const perPage = 20

// ServeHTTP serves pages of the preview, and any other path as a picture.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.URL.Path != "/s/"+c.Name {
		if strings.HasPrefix(r.URL.Path, "/media/") {
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = fmt.Fprintf(w, "\xff\xd8\xff\xe0 synthetic picture %s", r.URL.Path) // a reader that goes away
			return
		}
		http.NotFound(w, r)
		return
	}
	c.asked++
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if c.Closed {
		_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html><body><div class="tgme_page"><div class="tgme_page_title"><span dir="auto">%s</span></div><div class="tgme_page_extra">1 234 subscribers</div></div></body></html>`, html.EscapeString(c.Title))
		return
	}
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 1 << 62
	}
	var list []Post
	for _, p := range c.posts {
		if p.Number < before {
			list = append(list, p)
		}
	}
	more := len(list) > perPage
	if more {
		list = list[len(list)-perPage:]
	}
	_, _ = w.Write([]byte(c.Page(list, more, "http://"+r.Host)))
}

// Page renders posts as a page.
func (c *Channel) Page(list []Post, more bool, host string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>%s – Telegram</title></head>\n<body class=\"widget_frame_base tgme_webpreview\">\n", html.EscapeString(c.Title))
	fmt.Fprintf(&b, `<header class="tgme_header"><div class="tgme_channel_info_header_title"><span dir="auto">%s</span></div></header><section class="tgme_channel_history js-message_history">`+"\n", html.EscapeString(c.Title))
	if more && len(list) > 0 {
		fmt.Fprintf(&b, `<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/%s?before=%d" class="tme_messages_more js-messages_more" data-before="%d"></a></div>`+"\n", c.Name, list[0].Number, list[0].Number)
	}
	for _, p := range list {
		b.WriteString(c.post(p, host))
	}
	b.WriteString("</section>\n</body>\n</html>\n")
	return b.String()
}

func (c *Channel) post(p Post, host string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="%s/%d" data-view="token%d">`, c.Name, p.Number, time.Now().UnixNano())
	fmt.Fprintf(&b, `<div class="tgme_widget_message_user"><a href="https://t.me/%s"><i class="tgme_widget_message_user_photo"><img src="%s/media/avatar.jpg"></i></a></div><div class="tgme_widget_message_bubble">`, c.Name, host)
	fmt.Fprintf(&b, `<div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/%s"><span dir="auto">%s</span></a></div>`, c.Name, html.EscapeString(c.Title))
	switch {
	case p.ForwardFrom != "" && p.ForwardLink != "":
		fmt.Fprintf(&b, `<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a class="tgme_widget_message_forwarded_from_name" href="%s"><span dir="auto">%s</span></a></div>`, p.ForwardLink, html.EscapeString(p.ForwardFrom))
	case p.ForwardFrom != "":
		fmt.Fprintf(&b, `<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<span class="tgme_widget_message_forwarded_from_name">%s</span></div>`, html.EscapeString(p.ForwardFrom))
	}
	if p.ReplyTo > 0 {
		fmt.Fprintf(&b, `<a class="tgme_widget_message_reply" href="https://t.me/%s/%d"><div class="tgme_widget_message_author_name">Хтось</div><div class="tgme_widget_message_text js-message_reply_text" dir="auto">цитата</div></a>`, c.Name, p.ReplyTo)
	}
	if p.Photo != "" {
		fmt.Fprintf(&b, `<a class="tgme_widget_message_photo_wrap 1 2" href="https://t.me/%s/%d" style="width:800px;background-image:url('%s%s')"><div class="tgme_widget_message_photo"></div></a>`, c.Name, p.Number, host, p.Photo)
	}
	if p.Video != "" {
		fmt.Fprintf(&b, `<a class="tgme_widget_message_video_player js-message_video_player"><i class="tgme_widget_message_video_thumb" style="background-image:url('%s/media/thumb.jpg')"></i><video src="%s%s" class="tgme_widget_message_video js-message_video"></video></a>`, host, host, p.Video)
	}
	if p.Document != "" {
		fmt.Fprintf(&b, `<a class="tgme_widget_message_document_wrap"><div class="tgme_widget_message_document"><div class="tgme_widget_message_document_title" dir="auto">%s</div><div class="tgme_widget_message_document_extra" dir="auto">1.2 MB</div></div></a>`, html.EscapeString(p.Document))
	}
	if p.Text != "" {
		fmt.Fprintf(&b, `<div class="tgme_widget_message_text js-message_text" dir="auto">%s</div>`, strings.ReplaceAll(html.EscapeString(p.Text), "\n", "<br/>"))
	}
	b.WriteString(`<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short js-message_info">`)
	if p.Views != "" {
		fmt.Fprintf(&b, `<span class="tgme_widget_message_views">%s</span><span class="copyonly"> views</span>`, p.Views)
	}
	if p.Signed != "" {
		fmt.Fprintf(&b, `<span class="tgme_widget_message_from_author">%s</span>`, html.EscapeString(p.Signed))
	}
	mark := ""
	if p.Edited {
		mark = "edited &nbsp;"
	}
	fmt.Fprintf(&b, `<span class="tgme_widget_message_meta">%s<a class="tgme_widget_message_date" href="https://t.me/%s/%d"><time datetime="%s" class="time">%s</time></a></span></div></div></div></div></div>`+"\n",
		mark, c.Name, p.Number, p.At.Format("2006-01-02T15:04:05-07:00"), p.At.Format("15:04"))
	return b.String()
}
