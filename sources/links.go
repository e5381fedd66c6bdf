package sources

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/net/publicsuffix"

	"svidok/evidence"
)

// maxPage is the longest page that is read, in bytes.
const maxPage = 8 << 20

// Links reads a page as a list of links; mediaType is what its server says. choose says which: a CSS selector of the links, or
// of what holds them; a pattern of addresses, which begins with "/" or a scheme and in which
// "*" stands for anything ("/novyny/*"); or "", which takes the links of the same site that
// look like articles. A link's title is what stands in a
// heading, or else the longest of its words on the page; a time is
// taken where one stands beside the link, and beside no other.
func Links(raw []byte, mediaType, address, choose string) (Listing, error) {
	if len(raw) > maxPage {
		return Listing{}, fmt.Errorf("read a page of %d bytes, limit %d: %w", len(raw), maxPage, evidence.ErrLimit)
	}
	base, err := url.Parse(address)
	if err != nil {
		return Listing{}, fmt.Errorf("read a page of links: address %q: %w", address, evidence.ErrUsage)
	}
	l := &linker{out: Listing{Kind: "links", Self: address}, page: base, base: address, at: map[string]int{}, headed: map[string]bool{}, near: map[*html.Node]*vicinity{}}
	nodes, err := l.prepare(raw, mediaType, choose)
	if err != nil {
		return Listing{}, err
	}
	for _, n := range nodes {
		walk(n, func(a *html.Node) bool {
			if choose == "" && (a.Data == "nav" || a.Data == "footer") {
				return false
			}
			if a.Data == "a" {
				l.link(a, choose == "")
			}
			return true
		})
	}
	for i := range l.out.Items {
		it := &l.out.Items[i]
		it.Claims.Outlet = l.out.Title
		it.content = content(it, nil)
	}
	if len(l.out.Items) == 0 {
		l.out.problem("no link was chosen: perhaps the page changed, or the selector is wrong")
	}
	return l.out, nil
}

// linker gathers the links of a page.
type linker struct {
	out     Listing
	page    *url.URL
	base    string // of relative links
	pattern *regexp.Regexp
	at      map[string]int  // index of the item of an address
	headed  map[string]bool // its title stands in a heading
	near    map[*html.Node]*vicinity
}

// vicinity is what stands in an element: the times, and the addresses that are led to.
type vicinity struct {
	times   int
	time    string
	address string
	several bool // addresses
}

// prepare parses the page and finds where to look.
func (l *linker) prepare(raw []byte, mediaType, choose string) ([]*html.Node, error) {
	doc, err := parse(raw, mediaType)
	if err != nil {
		return nil, err
	}
	walk(doc, func(n *html.Node) bool {
		switch {
		case n.Data == "base":
			if a := resolve(l.base, attr(n, "href")); a != "" {
				l.base = a
			}
		case n.Data == "title" && l.out.Title == "" && n.Namespace == "":
			l.out.Title = line(textOf(n))
		case (n.Data == "link" || n.Data == "a") && strings.EqualFold(attr(n, "rel"), "next") && l.out.Next == "":
			l.out.Next = resolve(l.base, attr(n, "href"))
		}
		return true
	})
	l.survey(doc)
	switch {
	case choose == "":
	case strings.HasPrefix(choose, "/"), strings.Contains(choose, "://"):
		if l.pattern, err = regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(choose), `\*`, ".*") + "$"); err != nil {
			return nil, evidence.WithHint(fmt.Errorf("which addresses to take, %q: %w: %w", choose, evidence.ErrUsage, err), "write the path of an address, with * for what varies: /news/*")
		}
	default:
		sel, err := cascadia.ParseGroup(choose)
		if err != nil {
			return nil, evidence.WithHint(fmt.Errorf("what to select, %q: %w: %w", choose, evidence.ErrUsage, err), "write a CSS selector, such as: article h2 a")
		}
		return cascadia.QueryAll(doc, sel), nil
	}
	return []*html.Node{doc}, nil
}

// survey notes of every element what stands in it, once.
func (l *linker) survey(n *html.Node) *vicinity {
	v := &vicinity{}
	if n.Type == html.ElementNode {
		switch n.Data {
		case "time":
			if at := day(attr(n, "datetime")); at != "" {
				v.times, v.time = 1, at
			}
		case "a":
			v.address = plainAddress(resolve(l.base, attr(n, "href")))
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		in := l.survey(c)
		v.times += in.times
		if v.time == "" {
			v.time = in.time
		}
		v.several = v.several || in.several || in.address != "" && v.address != "" && in.address != v.address
		if v.address == "" {
			v.address = in.address
		}
	}
	l.near[n] = v
	return v
}

func (l *linker) link(a *html.Node, guess bool) {
	where := resolve(l.base, attr(a, "href"))
	if where == "" || len(l.out.Items) >= maxItems {
		return
	}
	title := line(textOf(a))
	if title == "" {
		title = described(a)
	}
	if l.pattern != nil {
		u, err := url.Parse(where)
		if err != nil || !l.pattern.MatchString(where) && !(sameSite(l.page, u) && l.pattern.MatchString(u.RequestURI())) {
			return
		}
	} else if guess && !article(l.page, where, title) {
		return
	}
	id := plainAddress(where)
	if i, ok := l.at[id]; ok {
		if h := heading(a); h && !l.headed[id] || h == l.headed[id] && len(title) > len(l.out.Items[i].Claims.Title) {
			l.out.Items[i].Claims.Title, l.headed[id] = title, h
		}
		return
	}
	l.at[id], l.headed[id] = len(l.out.Items), heading(a)
	it := Item{ID: id, Address: where, Claims: evidence.Claims{Address: where, Title: title}}
	for n, up := a, 0; n != nil && up < 5; n, up = n.Parent, up+1 {
		v := l.near[n]
		if v == nil || v.several {
			break
		}
		if v.times == 1 {
			it.Claims.Published = v.time
			break
		}
	}
	l.out.Items = append(l.out.Items, it)
}

// heading: a link in a heading, or that holds one.
func heading(a *html.Node) bool {
	for n, up := a, 0; n != nil && up < 3; n, up = n.Parent, up+1 {
		switch n.Data {
		case "h1", "h2", "h3", "h4", "h5":
			return true
		}
	}
	found := false
	walk(a, func(n *html.Node) bool {
		found = found || len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '5'
		return !found
	})
	return found
}

// described is what a link without words says of itself.
func described(a *html.Node) (out string) {
	walk(a, func(n *html.Node) bool {
		for _, key := range []string{"aria-label", "title", "alt"} {
			if s := line(attr(n, key)); out == "" && s != "" {
				out = s
			}
		}
		return out == ""
	})
	return out
}

func sameSite(a, b *url.URL) bool {
	site := func(u *url.URL) string {
		host := strings.ToLower(u.Hostname())
		if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			return s
		}
		return host
	}
	return site(a) == site(b)
}

var (
	dated    = regexp.MustCompile(`/(?:19|20)[0-9]{2}[/-][0-9]{1,2}(?:[/-]|/.+)`)
	number   = regexp.MustCompile(`[0-9]{3,}`)
	numbered = regexp.MustCompile(`(?:^|&)(?:id|p|newsid|news_id|article|aid|nid|post)=[0-9]+`)
)

// article: a link that looks like one to an article: on the same site, and dated, numbered,
// or named by several words.
func article(page *url.URL, where, title string) bool {
	u, err := url.Parse(where)
	if err != nil || !sameSite(page, u) {
		return false
	}
	if u.Path == page.Path && u.RawQuery == page.RawQuery {
		return false
	}
	at := strings.ToLower(strings.Trim(u.Path, "/"))
	parts := strings.Split(at, "/")
	for _, p := range parts {
		switch p {
		case "tag", "tags", "category", "categories", "author", "authors", "user", "users", "login", "register", "search", "page", "feed", "rss", "wp-content", "wp-json", "wp-admin", "wp-login.php", "privacy", "contacts", "contact", "about", "cdn-cgi", "cart":
			return false
		}
	}
	switch ext := path.Ext(at); ext {
	case "", ".html", ".htm", ".php", ".aspx", ".shtml":
		at = strings.TrimSuffix(at, ext)
	default:
		if len(ext) <= 5 && slices.Contains([]string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".zip", ".xml", ".css", ".js", ".mp3", ".mp4", ".doc", ".docx", ".apk"}, ext) {
			return false
		}
	}
	last := at[strings.LastIndexByte(at, '/')+1:]
	separators := strings.Count(last, "-") + strings.Count(last, "_")
	switch {
	case numbered.MatchString(u.RawQuery):
		return true
	case at == "":
		return false
	case dated.MatchString(u.Path), separators >= 3, number.MatchString(last):
		return true
	}
	return words(title) >= 6 && (separators >= 1 || len(parts) >= 2)
}

// parse reads a page in the encoding that its server names, unless that is what servers say
// that were told nothing; then in the one that it names itself, or that it looks like.
func parse(raw []byte, mediaType string) (*html.Node, error) {
	if _, p, err := mime.ParseMediaType(mediaType); err == nil {
		if _, said := charset.Lookup(p["charset"]); said == "windows-1252" {
			mediaType = ""
		}
	}
	var r io.Reader = bytes.NewReader(raw)
	if decoded, err := charset.NewReader(r, mediaType); err == nil {
		r = decoded
	} else {
		r = bytes.NewReader(raw)
	}
	doc, err := html.Parse(r)
	if err != nil {
		return nil, fmt.Errorf("read a page: %w: %w", evidence.ErrFormat, err)
	}
	return doc, nil
}

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

func textOf(n *html.Node) string {
	var b strings.Builder
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(n)
	return b.String()
}
