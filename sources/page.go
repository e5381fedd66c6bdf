package sources

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"svidok/evidence"
)

// Links reads a page as a list of links. choose is a CSS selector of the links, or of what
// holds them; "" takes the links of the same site that look like articles.
func Links(raw []byte, address, choose string) (Listing, error) {
	if len(raw) > maxListing {
		return Listing{}, fmt.Errorf("read a page of %d bytes, limit %d: %w", len(raw), maxListing, evidence.ErrLimit)
	}
	base, err := url.Parse(address)
	if err != nil {
		return Listing{}, fmt.Errorf("read a page of links: address %q: %w", address, evidence.ErrUsage)
	}
	doc, err := parse(raw)
	if err != nil {
		return Listing{}, err
	}
	out := Listing{Kind: "links"}
	nodes := []*html.Node{doc}
	if choose != "" {
		sel, err := cascadia.ParseGroup(choose)
		if err != nil {
			return out, evidence.WithHint(fmt.Errorf("what to select, %q: %w: %w", choose, evidence.ErrUsage, err), "write a CSS selector, such as: article h2 a")
		}
		nodes = cascadia.QueryAll(doc, sel)
	}
	seen := map[string]bool{}
	for _, n := range nodes {
		walk(n, func(a *html.Node) bool {
			if a.Data == "title" && out.Title == "" && choose == "" {
				out.Title = line(textOf(a))
			}
			where := resolve(address, attr(a, "href"))
			if a.Data != "a" || where == "" || seen[where] || choose == "" && !article(base, where) || len(out.Items) >= maxItems {
				return true
			}
			seen[where] = true
			title := line(textOf(a))
			out.Items = append(out.Items, Item{ID: where, Address: where, Claims: evidence.Claims{Address: where, Title: title}})
			return true
		})
	}
	if len(out.Items) == 0 {
		out.Problems = append(out.Problems, "no link was chosen: perhaps the page changed, or the selector is wrong")
	}
	return out, nil
}

// article: a link that looks like one to an article: on the same site, below its front page,
// with a number or several words in its last part.
func article(base *url.URL, where string) bool {
	u, err := url.Parse(where)
	if err != nil || !strings.EqualFold(strings.TrimPrefix(u.Hostname(), "www."), strings.TrimPrefix(base.Hostname(), "www.")) || u.Path == base.Path {
		return false
	}
	last := strings.Trim(u.Path, "/")
	last = last[strings.LastIndexByte(last, '/')+1:]
	return strings.Count(last, "-") >= 3 || strings.Count(last, "_") >= 3 || strings.ContainsAny(last, "0123456789") && len(last) >= 4
}

func parse(raw []byte) (*html.Node, error) {
	var r io.Reader = bytes.NewReader(raw)
	if decoded, err := charset.NewReader(r, ""); err == nil {
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

// StablePage is the fingerprint of a page: over what a reader sees, without what is new at
// every visit.
func StablePage(raw []byte) evidence.Hash {
	doc, err := parse(raw)
	if err != nil {
		return evidence.Sum(raw)
	}
	h := sha256.New()
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode && passing(n) {
			return
		}
		if n.Type == html.TextNode {
			for f := range strings.FieldsSeq(n.Data) {
				_, _ = io.WriteString(h, f+" ") // a hash takes everything
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(doc)
	return evidence.Hash(h.Sum(nil))
}

// passing: elements that are new at every visit, or that nobody reads.
func passing(n *html.Node) bool {
	switch n.Data {
	case "script", "style", "noscript", "template", "iframe", "svg", "form", "nav", "aside", "footer", "object", "embed", "canvas", "ins", "time":
		return true
	}
	mark := strings.ToLower(attr(n, "class") + " " + attr(n, "id"))
	for _, part := range []string{"advert", "banner", "counter", "views", "comments", "likes", "share", "weather", "currency", "related", "popular", "sidebar", "cookie", "subscribe", "recommend"} {
		if strings.Contains(mark, part) {
			return n.Data != "body" && n.Data != "html" && n.Data != "main" && n.Data != "article"
		}
	}
	return false
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
