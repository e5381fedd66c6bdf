package telegram

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// text is the words of a post: its own text, then what polls, documents and notes say.
func (p *Post) text(m *html.Node) string {
	var parts []string
	walk(m, func(n *html.Node) bool {
		switch {
		case has(n, "tgme_widget_message_reply"), has(n, "tgme_widget_message_forwarded_from"), has(n, "tgme_widget_message_author"),
			has(n, "tgme_widget_message_user"), has(n, "tgme_widget_message_from_author"), has(n, "tgme_widget_message_reactions"):
			return false
		case has(n, "tgme_widget_message_text") && has(n, "js-message_text"):
			parts = append(parts, shown(n))
			return false
		case has(n, "tgme_widget_message_poll_question"), has(n, "tgme_widget_message_poll_option_text"):
			parts = append(parts, line(words(n)))
			return false
		case has(n, "tgme_widget_message_location_wrap"), has(n, "tgme_widget_message_venue_wrap"):
			p.Problems = append(p.Problems, "a location was shared: it is not read")
			return false
		case has(n, "message_media_not_supported_label"):
			p.Problems = append(p.Problems, "the preview does not show all of it: "+line(words(n)))
			return false
		}
		return true
	})
	kept := parts[:0]
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}

// shown is the text of an element as a reader sees it: line breaks, emoji as characters,
// and behind words that hide a link where it leads.
func shown(root *html.Node) string {
	var b strings.Builder
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(strings.NewReplacer("\r", "", "\n", " ", "\u00a0", " ").Replace(n.Data))
			return
		case n.Type == html.ElementNode && n.Data == "br":
			b.WriteByte('\n')
			return
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style"):
			return
		case n.Type == html.ElementNode && n.Data == "pre", n.Type == html.ElementNode && n.Data == "blockquote":
			b.WriteByte('\n')
		}
		from := b.Len()
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
		if n.Data == "a" && n != root {
			if href := link(n); hides(href, b.String()[from:]) {
				b.WriteString(" (" + href + ")")
			}
		}
		if n.Data == "pre" || n.Data == "blockquote" {
			b.WriteByte('\n')
		}
	}
	visit(root)
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n ")
}

// link is where a link of a post leads: the preview escapes the addresses that authors hid
// behind words twice.
func link(n *html.Node) string { return strings.ReplaceAll(attr(n, "href"), "&amp;", "&") }

// hides reports whether a link leads elsewhere than its words say.
func hides(href, words string) bool {
	if !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
		return false // a hashtag's search, an address of mail
	}
	bare := func(s string) string {
		for _, p := range []string{"https://", "http://", "www."} {
			s = strings.TrimPrefix(s, p)
		}
		return strings.TrimSuffix(strings.TrimPrefix(s, "t.me/"), "/")
	}
	return !strings.EqualFold(bare(href), strings.TrimPrefix(bare(strings.TrimSpace(words)), "@"))
}

// background is the address of a background picture in a style.
func background(style string) string {
	m := regexp.MustCompile(`background-image:\s*url\(\s*['"]?([^'")]+)['"]?\s*\)`).FindStringSubmatch(style)
	if m == nil {
		return ""
	}
	return whole(m[1])
}

func whole(s string) string {
	if strings.HasPrefix(s, "//") {
		return "https:" + s
	}
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return s
	}
	return ""
}

// media finds what a post shows.
func (p *Post) media(m *html.Node) {
	seen := map[string]bool{}
	add := func(k Media) {
		key := k.Kind + k.Address + k.Name
		if k.Address == "" && k.Name == "" && k.Note == "" || seen[key] {
			return
		}
		seen[key] = true
		p.Media = append(p.Media, k)
	}
	walk(m, func(n *html.Node) bool {
		switch {
		case has(n, "tgme_widget_message_user"), has(n, "tgme_widget_message_reply"), has(n, "tgme_widget_message_author"), has(n, "tgme_widget_message_forwarded_from"):
			return false // pictures of people and channels
		case has(n, "tgme_widget_message_photo_wrap"):
			add(Media{Kind: "photo", Address: background(attr(n, "style"))})
		case has(n, "tgme_widget_message_video_thumb"), has(n, "tgme_widget_message_roundvideo_thumb"):
			add(Media{Kind: "thumbnail", Address: background(attr(n, "style"))})
		case n.Data == "video":
			add(Media{Kind: "video", Address: whole(attr(n, "src"))})
		case n.Data == "audio":
			add(Media{Kind: "voice", Address: whole(attr(n, "src"))})
		case has(n, "link_preview_image"), has(n, "link_preview_right_image"):
			add(Media{Kind: "preview", Address: background(attr(n, "style"))})
		case has(n, "tgme_widget_message_sticker"):
			add(Media{Kind: "sticker", Address: whole(attr(n, "data-webp"))})
		case has(n, "tgme_widget_message_document_title"):
			add(Media{Kind: "document", Name: line(words(n)), Note: "the preview does not give the file"})
		case has(n, "message_media_not_supported"):
			add(Media{Kind: "video", Note: "the preview does not give it"})
		}
		return true
	})
}

// walk visits the elements of a tree; do returns false to leave out what is below.
func walk(n *html.Node, do func(*html.Node) bool) {
	if n.Type == html.ElementNode && !do(n) {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, do)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, class string) bool {
	for c := range strings.FieldsSeq(attr(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

// first is the first element of a class, nil if there is none.
func first(n *html.Node, class string) (out *html.Node) {
	walk(n, func(x *html.Node) bool {
		if out == nil && has(x, class) {
			out = x
		}
		return out == nil
	})
	return out
}

// with is the first element that has an attribute.
func with(n *html.Node, key string) (out *html.Node) {
	walk(n, func(x *html.Node) bool {
		if out == nil && attr(x, key) != "" {
			out = x
		}
		return out == nil
	})
	return out
}

func child(n *html.Node, name string) (out *html.Node) {
	walk(n, func(x *html.Node) bool {
		if out == nil && x != n && x.Data == name {
			out = x
		}
		return out == nil
	})
	return out
}

func words(n *html.Node) string {
	if n == nil {
		return ""
	}
	return shown(n)
}

func line(s string) string { return strings.Join(strings.Fields(s), " ") }
