package capturing

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// block is the words of one block of a page, as a reader sees it.
type block struct {
	text    string
	head    int  // 1 for h1, 2 for h2 and so on; 0: no heading
	aside   bool // of a menu, a form, a margin: not what the page is about
	letters int
	linked  int // letters within links
}

// layout is a page cut into blocks, with what it is made of.
type layout struct {
	title    string
	blocks   []block
	noscript []block
	letters  int // of all blocks
	scripts  int
	images   int
	password bool // it has a field for one
	mount    bool // an element that scripts fill, and that is as good as empty
	loading  bool // a sign that something is being loaded
	refresh  bool
	widget   bool // it names a post of Telegram that a script would fetch

	b      strings.Builder
	linked int
	scan   bool // scripts have run: what stands in noscript is not shown
}

const (
	maxHTML   = 8 << 20
	maxBlocks = 20_000
)

func lay(page []byte, scripted bool) *layout {
	l := &layout{scan: scripted}
	doc, err := html.Parse(bytes.NewReader(page[:min(len(page), maxHTML)]))
	if err != nil {
		return l
	}
	l.walk(doc, place{})
	l.flush(place{})
	return l
}

// place is where in a page a text stands.
type place struct {
	head            int
	aside, link, no bool
}

func (l *layout) flush(p place) {
	text := strings.Join(strings.Fields(l.b.String()), " ")
	linked := l.linked
	l.b.Reset()
	l.linked = 0
	n := letters(text)
	if n == 0 && !strings.ContainsAny(text, "0123456789") || len(l.blocks) >= maxBlocks {
		return
	}
	b := block{text: text, head: p.head, aside: p.aside, letters: n, linked: linked}
	if p.no {
		l.noscript = append(l.noscript, b)
		return
	}
	l.letters += n
	l.blocks = append(l.blocks, b)
}

func (l *layout) walk(n *html.Node, p place) {
	switch n.Type {
	case html.TextNode:
		l.b.WriteString(n.Data)
		if p.link {
			l.linked += letters(n.Data)
		}
		return
	case html.ElementNode:
		if !l.element(n) {
			return
		}
	case html.CommentNode, html.DoctypeNode:
		return
	}
	inner, breaks := p.within(n)
	if breaks {
		l.flush(p)
	}
	if n.Data == "noscript" && n.FirstChild != nil && n.FirstChild.Type == html.TextNode { // read as text, where scripts run
		if frag, err := html.ParseFragment(strings.NewReader(n.FirstChild.Data), nil); err == nil {
			for _, f := range frag {
				l.walk(f, inner)
			}
		}
	} else {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			l.walk(c, inner)
		}
	}
	if breaks {
		l.flush(inner)
	}
}

// element notes what a page is made of; false: nothing in it is seen.
func (l *layout) element(n *html.Node) bool {
	class := strings.ToLower(value(n, "class") + " " + value(n, "id"))
	switch n.Data {
	case "script":
		l.scripts++
		l.widget = l.widget || value(n, "data-telegram-post") != ""
		return false
	case "style", "template", "svg", "iframe", "select", "option", "datalist":
		return false
	case "noscript":
		return !l.scan
	case "head":
		l.head(n)
		return false
	case "img", "picture", "video":
		l.images++
	case "input":
		l.password = l.password || strings.EqualFold(value(n, "type"), "password")
	case "div", "main", "app-root", "section":
		id := strings.ToLower(value(n, "id"))
		if n.Data == "app-root" || slices.Contains([]string{"root", "app", "__next", "__nuxt", "___gatsby", "svelte", "react-root", "application"}, id) {
			l.mount = l.mount || letters(text(n)) < 40
		}
	}
	for _, s := range []string{"skeleton", "preloader", "spinner", "loader", "loading"} {
		l.loading = l.loading || strings.Contains(class, s) && letters(text(n)) < 40
	}
	return !hidden(n)
}

func (l *layout) head(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type != html.ElementNode:
		case c.Data == "title" && l.title == "":
			l.title = strings.Join(strings.Fields(text(c)), " ")
		case c.Data == "meta" && strings.EqualFold(value(c, "http-equiv"), "refresh"):
			l.refresh = true
		case c.Data == "script":
			l.scripts++
		case c.Data == "noscript":
			l.walk(c, place{})
		}
	}
}

// within is the place inside an element, and whether it is a block of its own.
func (p place) within(n *html.Node) (place, bool) {
	if n.Type != html.ElementNode {
		return p, false
	}
	switch n.Data {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		p.head = int(n.Data[1] - '0')
	case "nav", "footer", "aside", "button", "label", "dialog", "legend":
		p.aside = true
	case "header":
		p.aside = p.aside || !strings.Contains(strings.ToLower(value(n, "class")), "article")
	case "form":
		p.aside = p.aside || letters(text(n)) < 300 // some wrap the whole page
	case "noscript":
		p.no = true
	case "a":
		p.link = true
		return p, false
	case "b", "i", "em", "strong", "span", "u", "s", "sup", "sub", "font", "small", "abbr", "time", "mark", "code", "cite", "q", "img", "wbr", "bdi", "ins", "del":
		return p, false
	}
	if banner.MatchString(strings.ToLower(value(n, "class") + " " + value(n, "id"))) {
		p.aside = p.aside || n.Data != "body" && n.Data != "html" && n.Data != "main" && n.Data != "article"
	}
	return p, true
}

var banner = regexp.MustCompile(`(?:^|[\s_-])(?:cookies?|consent|gdpr|cmp|onetrust|cookiebot|popup|modal|paywall|regwall|breadcrumbs?|related|share|social|menu|sidebar)(?:$|[\s_-])`)

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if n.Data == "script" || n.Data == "style" {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil && b.Len() < 10_000; c = c.NextSibling {
		b.WriteString(text(c) + " ")
	}
	return b.String()
}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(value(n, "style")), " ", "")
	if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "aria-hidden" && a.Val == "true" {
			return n.Data != "body" && n.Data != "html"
		}
	}
	return false
}

func value(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// sentences cuts a text at its stops.
func sentences(s string) []string {
	var out []string
	start := 0
	for i, r := range s {
		if r == '.' || r == '!' || r == '?' || r == '…' {
			next := i + len(string(r))
			if next == len(s) || s[next] == ' ' {
				out = append(out, s[start:next])
				start = next
			}
		}
	}
	if strings.TrimSpace(s[start:]) != "" {
		out = append(out, s[start:])
	}
	return out
}

var quoted = regexp.MustCompile(`«[^«»]{1,200}»|“[^“”]{1,200}”|„[^“”„]{1,200}[“”]|"[^"]{1,200}"`)

// fold brings words to one form.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("ё", "е", "’", "'", "ʼ", "'", "`", "'", "\u00a0", " ").Replace(strings.ToLower(s))), " ")
}
