// Package telegram reads the public preview of a Telegram channel, https://t.me/s/NAME:
// what anybody sees there without an account. Bytes in, values out.
//
// A page holds about twenty posts, the newest last. Each stands in an element of the class
// tgme_widget_message_wrap; its bytes, exactly as they stand in the page, are the post
// ([Post.Start], [Post.End]): they are what is kept as a report, and [Read] reads them alone.
//
// # What is taken, and what never
//
// Text as it is shown (line breaks, links written out where their words hide where they
// lead), polls, the names of files, what was forwarded from which channel, which post is
// answered, the edited mark, views as shown ("1.2K"), media. Names of people are not taken:
// who signed a post, which person it was forwarded from ("a person"), who wrote what is
// answered. A place that was shared is "a location", without its coordinates. Pictures of
// the channel or of users are no media of a post.
//
// # No preview
//
// Channels can switch the preview off, and groups, people and closed channels have none:
// then the server answers with another page, and [Page] says so ([ErrNoPreview]).
//
// The markup is not documented by its maker; what is read here was seen on pages of several
// years. Classes are asked for, never positions, so that new parts do no harm.
package telegram

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"svidok/evidence"
)

// ErrNoPreview: there is nothing to see without an account.
var ErrNoPreview = errors.New("no public preview")

// Post is one post of a channel.
type Post struct {
	Number     int64  // within the channel
	Channel    string // its name in addresses
	Address    string // https://t.me/CHANNEL/NUMBER
	Text       string // UTF-8, LF
	Published  string // RFC 3339, as the page says
	Edited     bool
	Views      string // as shown
	Forwarded  string // the channel it was forwarded from, with its address; "a person"
	ReplyTo    string // address of the post that is answered
	Media      []Media
	Service    bool // "channel created", "pinned a message": no report
	Problems   []string
	Start, End int // bytes of the page
}

// Media is something a post shows.
type Media struct {
	Kind    string // photo, video, thumbnail, voice, audio, document, sticker, preview
	Address string // "": it is not given here
	Name    string // of a document
	Note    string // "too big", "view in Telegram"
}

// Channel is a page of a channel.
type Channel struct {
	Name     string // in addresses
	Title    string
	Posts    []Post // the oldest first
	Older    string // address of the page before; "" if there is none
	Problems []string
}

const (
	maxPage  = 4 << 20
	maxPosts = 500
)

// Page reads a page of a channel that was found at address.
func Page(raw []byte, address string) (Channel, error) {
	var c Channel
	if len(raw) > maxPage {
		return c, fmt.Errorf("read a channel's page of %d bytes, limit %d: %w", len(raw), maxPage, evidence.ErrLimit)
	}
	base, err := url.Parse(address)
	if err != nil {
		return c, fmt.Errorf("read a channel's page: address %q: %w", address, evidence.ErrUsage)
	}
	spans := wraps(raw)
	doc, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		return c, fmt.Errorf("read a channel's page: %w: %w", evidence.ErrFormat, err)
	}
	if first(doc, "tgme_channel_history") == nil && len(spans) == 0 {
		return c, closed(doc)
	}
	c.Title = line(words(first(doc, "tgme_channel_info_header_title")))
	c.Older = older(doc, base)
	for _, s := range spans {
		if len(c.Posts) == maxPosts {
			c.Problems = append(c.Problems, fmt.Sprintf("more than %d posts on one page: the rest is not read", maxPosts))
			break
		}
		p, err := Read(raw[s.start:s.end])
		if err != nil {
			c.Problems = append(c.Problems, fmt.Sprintf("bytes %d to %d: %v", s.start, s.end, err))
			continue
		}
		p.Start, p.End = s.start, s.end
		if c.Name == "" {
			c.Name = p.Channel
		}
		c.Posts = append(c.Posts, p)
	}
	return c, nil
}

// closed says what a page is that is no preview.
func closed(doc *html.Node) error {
	page := first(doc, "tgme_page")
	if page == nil {
		return fmt.Errorf("read a channel's page: this is no page of Telegram's: %w", evidence.ErrFormat)
	}
	extra := words(first(page, "tgme_page_extra")) // how many follow; of a person or bot its "@name"
	switch {
	case extra != "" && !strings.HasPrefix(extra, "@"):
		return evidence.WithHint(fmt.Errorf("the channel or group is there, but shows nothing without an account: %w", ErrNoPreview), "export it with Telegram Desktop, if you may see it")
	case first(page, "tgme_page_title") != nil:
		return fmt.Errorf("this is a person, a bot or a closed channel: %w", ErrNoPreview)
	}
	return fmt.Errorf("there is no channel of this name: %w", ErrNoPreview)
}

// older finds the address of the page before.
func older(doc *html.Node, base *url.URL) string {
	find := func(n *html.Node) string {
		if n == nil {
			return ""
		}
		u, err := base.Parse(attr(n, "href"))
		if err != nil || u.Query().Get("before") == "" {
			return ""
		}
		return u.String()
	}
	var out string
	walk(doc, func(n *html.Node) bool {
		if out == "" && (has(n, "js-messages_more") || has(n, "tme_messages_more") || n.Data == "link" && attr(n, "rel") == "prev") {
			out = find(n)
		}
		return out == ""
	})
	return out
}

type span struct{ start, end int }

// wraps finds the bytes of each post: from the element's "<" to the end of its end tag.
func wraps(raw []byte) []span {
	var out []span
	z := html.NewTokenizer(bytes.NewReader(raw))
	at, depth, start := 0, 0, -1
	for {
		kind := z.Next()
		size := len(z.Raw())
		if kind == html.ErrorToken {
			return out
		}
		name, more := z.TagName()
		if string(name) == "div" {
			switch {
			case kind == html.StartTagToken && start >= 0:
				depth++
			case kind == html.StartTagToken && more && isWrap(z):
				start, depth = at, 1
			case kind == html.EndTagToken && start >= 0:
				if depth--; depth == 0 {
					out = append(out, span{start, at + size})
					start = -1
				}
			}
		}
		at += size
	}
}

func isWrap(z *html.Tokenizer) bool {
	for {
		key, value, more := z.TagAttr()
		if string(key) == "class" {
			for c := range strings.FieldsSeq(string(value)) {
				if c == "tgme_widget_message_wrap" {
					return true
				}
			}
		}
		if !more {
			return false
		}
	}
}

// Read reads one post from its own bytes.
func Read(raw []byte) (Post, error) {
	var p Post
	doc, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		return p, fmt.Errorf("read a post: %w: %w", evidence.ErrFormat, err)
	}
	m := with(doc, "data-post")
	if m == nil {
		return p, fmt.Errorf("read a post: it does not say which it is: %w", evidence.ErrFormat)
	}
	channel, number, _ := strings.Cut(attr(m, "data-post"), "/")
	if p.Number, err = strconv.ParseInt(number, 10, 64); err != nil || p.Number <= 0 || channel == "" || strings.ContainsAny(channel, "/?#&\" ") {
		return p, fmt.Errorf("read a post called %q: %w", attr(m, "data-post"), evidence.ErrFormat)
	}
	p.Channel, p.Address = channel, fmt.Sprintf("https://t.me/%s/%d", channel, p.Number)
	p.Service = has(m, "service_message")
	p.meta(m)
	p.Text = p.text(m)
	p.media(m)
	return p, nil
}

// meta reads when, by whom and in answer to what.
func (p *Post) meta(m *html.Node) {
	walk(m, func(n *html.Node) bool {
		switch {
		case has(n, "tgme_widget_message_date"):
			if t := child(n, "time"); t != nil {
				p.Published = attr(t, "datetime")
			}
		case n.Data == "time" && p.Published == "" && has(n, "time"):
			p.Published = attr(n, "datetime")
		case has(n, "tgme_widget_message_meta"):
			p.Edited = edited(n)
		case has(n, "tgme_widget_message_views"):
			p.Views = line(words(n))
		case has(n, "tgme_widget_message_forwarded_from_name"):
			p.Forwarded = forwarded(n)
		case has(n, "tgme_widget_message_reply"):
			p.ReplyTo = address(attr(n, "href"))
			return false // the words within are another's
		}
		return true
	})
	if p.Published == "" {
		p.Problems = append(p.Problems, "the post says no time")
	}
}

// edited: beside the date stand words, in whatever language, only where a post was edited.
func edited(meta *html.Node) bool {
	for n := meta.FirstChild; n != nil; n = n.NextSibling {
		if n.Type == html.TextNode && strings.Trim(n.Data, " \u00a0\n\t,·") != "" {
			return true
		}
	}
	return false
}

// forwarded names the channel that a post is from. A person's name is never taken: only
// what has an address of a channel's post is known to be a channel.
func forwarded(n *html.Node) string {
	where := address(attr(n, "href"))
	u, err := url.Parse(where)
	if where == "" || err != nil {
		return "a person"
	}
	name, number, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if _, err := strconv.ParseInt(number, 10, 64); name == "" || err != nil {
		return "a person"
	}
	return line(words(n)) + " (" + where + ")"
}

// address keeps a link to Telegram as it is, without what follows visitors.
func address(href string) string {
	u, err := url.Parse(href)
	if err != nil || u.Host != "t.me" && u.Host != "telegram.me" {
		return ""
	}
	u.RawQuery, u.Fragment, u.Scheme = "", "", "https"
	return u.String()
}
