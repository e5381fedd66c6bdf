package capturing

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Requisite is something that a page needs to be shown.
type Requisite struct {
	Address string
	Kind    string // style, image, poster, font
}

const maxRequisites = 2000

// Requisites lists what a page found at base needs to be shown: its styles, then its images,
// each once. Of several sizes of an image the largest is named. Icons, and what is inlined,
// are left out.
func Requisites(page []byte, base string) []Requisite {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil
	}
	l := newList(base)
	l.walk(doc)
	return append(l.styles, l.images...)
}

// CSSRequisites lists what a style sheet found at base names: further sheets and images,
// and at most a few fonts.
func CSSRequisites(sheet []byte, base string) []Requisite {
	l := newList(base)
	l.sheet(string(sheet))
	return append(l.styles, l.images...)
}

type list struct {
	base           *url.URL
	seen           map[string]bool
	styles, images []Requisite
	fonts          int
}

func newList(base string) *list {
	u, err := url.Parse(base)
	if err != nil {
		u = &url.URL{}
	}
	return &list{base: u, seen: map[string]bool{}}
}

func (l *list) add(kind, address string) {
	if address = strings.TrimSpace(address); address == "" {
		return
	}
	u, err := l.base.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(address) > 4096 {
		return
	}
	u.Fragment, u.RawFragment = "", ""
	a := u.String()
	if l.seen[a] || len(l.seen) >= maxRequisites {
		return
	}
	l.seen[a] = true
	if kind == "style" {
		l.styles = append(l.styles, Requisite{a, kind})
	} else {
		l.images = append(l.images, Requisite{a, kind})
	}
}

func (l *list) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		l.element(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		l.walk(c)
	}
}

func (l *list) element(n *html.Node) {
	switch n.Data {
	case "base":
		if u, err := l.base.Parse(value(n, "href")); err == nil && u.Host != "" {
			l.base = u
		}
	case "link":
		rel := " " + strings.ToLower(value(n, "rel")) + " "
		if strings.Contains(rel, " stylesheet ") {
			l.add("style", value(n, "href"))
		} else if strings.Contains(rel, " image_src ") {
			l.add("image", value(n, "href"))
		}
	case "style":
		if n.FirstChild != nil {
			l.sheet(n.FirstChild.Data)
		}
	case "img", "source", "amp-img":
		l.image(n)
	case "video":
		l.add("poster", value(n, "poster"))
	case "meta":
		if p := value(n, "property"); p == "og:image" || p == "og:image:url" {
			l.add("image", value(n, "content"))
		}
	case "image": // of SVG
		l.add("image", value(n, "href"))
	case "body", "table", "td":
		l.add("image", value(n, "background"))
	}
	if s := value(n, "style"); strings.Contains(s, "url(") {
		l.sheet(s)
	}
}

// image takes the largest form of an image, also where it is loaded only when it is seen.
func (l *list) image(n *html.Node) {
	if n.Data == "source" && (n.Parent == nil || n.Parent.Data != "picture") {
		return
	}
	for _, key := range []string{"srcset", "data-srcset"} {
		if best := largest(value(n, key)); best != "" {
			l.add("image", best)
			return
		}
	}
	for _, key := range []string{"data-src", "data-original", "data-lazy-src", "src"} {
		if v := value(n, key); v != "" && !strings.HasPrefix(v, "data:") {
			l.add("image", v)
			return
		}
	}
}

// largest is the candidate of a srcset with the greatest width or density.
func largest(srcset string) string {
	best, most := "", -1.0
	for c := range strings.SplitSeq(srcset, ", ") {
		f := strings.Fields(strings.Trim(c, ", \n\t"))
		if len(f) == 0 || strings.HasPrefix(f[0], "data:") {
			continue
		}
		size := 1.0
		if len(f) > 1 {
			if v, err := strconv.ParseFloat(strings.TrimRight(f[1], "wxh"), 64); err == nil {
				size = v
			}
		}
		if size > most {
			best, most = f[0], size
		}
	}
	return best
}

// sheet takes what a style names.
func (l *list) sheet(s string) {
	const maxFonts = 6
	s = s[:min(len(s), 2<<20)]
	for _, m := range regexp.MustCompile(`(?i)@import\s+(?:url\()?\s*["']?([^"')\s;]+)`).FindAllStringSubmatch(s, 50) {
		l.add("style", m[1])
	}
	for _, m := range regexp.MustCompile(`(?i)url\(\s*["']?([^"')]+)["']?\s*\)`).FindAllStringSubmatch(s, maxRequisites) {
		a := strings.TrimSpace(m[1])
		if strings.HasPrefix(a, "data:") {
			continue
		}
		path := strings.ToLower(strings.SplitN(strings.SplitN(a, "?", 2)[0], "#", 2)[0])
		switch {
		case strings.HasSuffix(path, ".css"):
			l.add("style", a)
		case strings.HasSuffix(path, ".woff2"), strings.HasSuffix(path, ".woff"), strings.HasSuffix(path, ".ttf"), strings.HasSuffix(path, ".eot"), strings.HasSuffix(path, ".otf"):
			if l.fonts++; l.fonts <= maxFonts && strings.HasSuffix(path, ".woff2") {
				l.add("font", a)
			}
		default:
			l.add("image", a)
		}
	}
}
