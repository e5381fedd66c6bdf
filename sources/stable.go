package sources

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"svidok/evidence"
)

// StablePage is the fingerprint of a page: over what a reader sees, without what is new at
// every visit. See the package's comment for what is left out.
func StablePage(raw []byte) evidence.Hash {
	return evidence.Sum([]byte(stable(raw)))
}

// stable is what the fingerprint is over. What is no HTML counts as it is.
func stable(raw []byte) string {
	doc, err := parse(raw[:min(len(raw), maxPage)], "")
	if err != nil {
		return string(raw)
	}
	s := &steady{letters: map[*html.Node]int{}}
	s.all, s.headed = s.weigh(doc), holds(doc, "h1") || holds(doc, "main")
	s.visit(doc, false)
	text := strings.Join(strings.Fields(s.b.String()), " ")
	for _, re := range []*regexp.Regexp{ago, counted} {
		text = re.ReplaceAllString(text, " ")
	}
	return strings.Join(strings.Fields(text), " ")
}

var (
	ago     = regexp.MustCompile(`(?i)(?:[0-9]+|одну|один|an?)\s*(?:сек|хв|год|мин|ч|дн|день|дня|днів|дней|тиж|нед|міс|мес|sec|min|hour|hr|day|week|month)[\p{L}.]*\s+(?:тому|назад|ago)|щойно|только что|just now`)
	counted = regexp.MustCompile(`(?i)(?:^|[\s(|·•])(?:перегляд(?:ів|и)|просмотр(?:ов|ы)|прочитань|прочтений|views|коментар(?:ів|і)|комментари(?:ев|и)|comments|читают сейчас|зараз читають)\s*:?\s*\(?[0-9](?:[0-9 .,]*[0-9])?[kкmм]?\)?`)
)

// steady gathers what stays.
type steady struct {
	letters map[*html.Node]int
	all     int  // letters of the page
	headed  bool // the page marks what it is about
	b       strings.Builder
}

// weigh counts the letters of every element.
func (s *steady) weigh(n *html.Node) int {
	sum := 0
	if n.Type == html.TextNode {
		for _, r := range n.Data {
			if unicode.IsLetter(r) {
				sum++
			}
		}
		return sum
	}
	if unread(n) {
		return 0
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		sum += s.weigh(c)
	}
	s.letters[n] = sum
	return sum
}

// unread: elements that show no words of the page.
func unread(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return n.Type == html.CommentNode
	}
	switch n.Data {
	case "script", "style", "noscript", "template", "iframe", "svg", "object", "embed", "canvas", "ins", "input", "select", "button", "textarea", "dialog", "head":
		return true
	}
	return false
}

func (s *steady) visit(n *html.Node, main bool) {
	if n.Type == html.TextNode {
		s.b.WriteString(n.Data + " ")
		return
	}
	if n.Data == "head" {
		walk(n, func(x *html.Node) bool {
			if x.Data == "title" {
				s.b.WriteString(textOf(x))
			}
			return true
		})
		return
	}
	if unread(n) || n.Type == html.ElementNode && passing(n, main) && !s.about(n) {
		return
	}
	switch n.Data {
	case "main", "article", "figure":
		main = true
	case "img":
		if main {
			s.b.WriteString(" " + picture(n) + " ")
		}
	case "time": // its words may be "an hour ago"
		if main {
			s.b.WriteString(" " + attr(n, "datetime") + " ")
		}
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.visit(c, main)
	}
}

// about: the part that holds what the page is about, whatever it is called.
func (s *steady) about(n *html.Node) bool {
	if s.headed {
		return holds(n, "h1") || holds(n, "main")
	}
	return s.letters[n]*2 > s.all
}

// picture is the file name of an image, also of one that is loaded only when it is seen.
func picture(n *html.Node) string {
	for _, key := range []string{"data-src", "data-original", "data-lazy-src", "src"} {
		if v := attr(n, key); v != "" && !strings.HasPrefix(v, "data:") {
			return fileName(v)
		}
	}
	return ""
}

// passing: parts that are new at every visit, by their element or by a word of their class
// or name. The head of a page is one, the head of its main part is not.
func passing(n *html.Node, main bool) bool {
	switch n.Data {
	case "nav", "aside", "footer":
		return true
	case "header":
		return !main && !holds(n, "h1")
	case "html", "body", "main", "article", "h1", "p", "a", "img":
		return false
	}
	for _, w := range marks(attr(n, "class") + " " + attr(n, "id")) {
		switch w {
		case "ad", "ads", "adv", "advert", "adverts", "advertisement", "advertising", "adsbygoogle", "banner", "banners", "reklama", "promo", "counter", "counters", "views", "viewcount", "pageviews", "postviews",
			"comment", "comments", "disqus", "likes", "like", "share", "sharing", "shares", "social", "weather", "currency", "rates", "related", "popular", "trending", "sidebar", "cookie", "cookies", "consent", "gdpr",
			"subscribe", "subscription", "newsletter", "recommend", "recommended", "recommendations", "ticker", "online", "captcha", "popup", "modal", "rating", "votes", "breadcrumbs", "timeago", "clock", "informer", "toast", "csrf":
			return true
		}
	}
	return false
}

func holds(n *html.Node, name string) (found bool) {
	walk(n, func(x *html.Node) bool {
		found = found || x.Data == name
		return !found
	})
	return found
}

// marks cuts names of classes into their words: "postViews", "post-views", "post_views".
func marks(s string) []string {
	var b strings.Builder
	small := false
	for _, r := range s {
		switch {
		case unicode.IsUpper(r) && small:
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
	}
	return strings.Fields(b.String())
}
