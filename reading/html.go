package reading

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"svidok/evidence"
)

// What is too much for a tree; beyond it the page is read by [flat].
const (
	maxTree       = 8 << 20 // bytes
	maxTags       = 60_000
	maxUnclosed   = 100 // formatting elements left open: a parser opens them again in every paragraph
	shortMainText = 100 // characters: less than this, and the page's own JSON-LD text is preferred
)

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})`)

// readHTML reads a page. It always gives a Result: a page that cannot be understood
// is read as all the text it has.
func readHTML(raw []byte, claims evidence.Claims) Result {
	hints := []string{claims.Charset}
	if m := metaCharset.FindSubmatch(raw[:min(len(raw), 4096)]); m != nil {
		hints = append(hints, string(m[1]))
	}
	d := decode(raw, hints...)
	text := strings.ReplaceAll(d.text, "\x00", "")
	r := Result{MediaType: "text/html", Problems: d.problems}
	if why := hostile(text); why != "" {
		r.flatten(text, why)
		return r
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		r.flatten(text, "the page cannot be parsed: "+err.Error())
		return r
	}
	p := survey(doc)
	r.Title = p.title()
	r.Outlet = oneLine(firstOf(p.ldOutlet, p.metaOutlet))
	r.Published = p.published(claims.Address)
	author := firstOf(p.ldAuthor, p.metaAuthor, p.markAuthor)
	r.Text, author, r.Outlet = mainText(doc, claims.Address, author, r.Outlet)
	r.Author = person(oneLine(author))
	if utf8.RuneCountInString(r.Text) < shortMainText && len(p.ldBody) > len(r.Text) {
		r.Text = fromMarkup(p.ldBody)
	}
	if !strings.Contains(r.Text, "\n") {
		r.Text = withBreaks(r.Text, rendered(doc))
	}
	r.Text = withoutTitle(r.Text, r.Title)
	if r.Text == "" {
		if r.Text = rendered(doc); r.Text != "" {
			r.Problems = append(r.Problems, "no main text was found: this is all the text of the page")
		}
	}
	r.Text, _ = clean(r.Text)
	return r
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// hostile says why a page must not become a tree, or "". It counts only what costs: bytes, tags,
// and formatting elements that are opened and not closed.
func hostile(s string) string {
	if len(s) > maxTree {
		return fmt.Sprintf("the page has %d bytes, too many to find its main text", len(s))
	}
	tags, open := 0, 0
	for i := strings.IndexByte(s, '<'); i >= 0 && i+1 < len(s); {
		tags++
		closing := s[i+1] == '/'
		from := i + 1
		if closing {
			from++
		}
		if formatting(s[from:min(len(s), from+9)]) {
			if closing {
				open = max(open-1, 0)
			} else {
				open++
			}
		}
		if tags > maxTags {
			return fmt.Sprintf("the page has more than %d tags, too many to find its main text", maxTags)
		}
		if open > maxUnclosed {
			return fmt.Sprintf("the page leaves more than %d formatting elements open", maxUnclosed)
		}
		next := strings.IndexByte(s[i+1:], '<')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return ""
}

// formatting reports whether a tag's name, at the start of s, is one that HTML opens
// again after it was closed by its parent (WHATWG, "formatting" elements).
func formatting(s string) bool {
	n := 0
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	switch strings.ToLower(s[:n]) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// mainText lets go-trafilatura find the main text; author and outlet are kept if known.
func mainText(doc *html.Node, address, author, outlet string) (string, string, string) {
	opts := trafilatura.Options{EnableFallback: true, ExcludeComments: true, HtmlDateMode: trafilatura.Disabled}
	if u, err := url.Parse(address); err == nil && u.IsAbs() && u.Host != "" {
		opts.OriginalURL = u
	}
	res, err := trafilatura.ExtractDocument(doc, opts)
	if err != nil || res == nil || res.ContentNode == nil {
		return "", author, outlet
	}
	if author == "" {
		author = strings.ReplaceAll(res.Metadata.Author, "; ", ", ")
	}
	if outlet == "" {
		outlet = res.Metadata.Sitename
	}
	return rendered(res.ContentNode), author, outlet
}

// withoutTitle drops the title where the text repeats it as its first paragraph.
func withoutTitle(text, title string) string {
	head, rest, _ := strings.Cut(text, "\n\n")
	if title != "" && oneLine(head) == title {
		return rest
	}
	return text
}

// fromMarkup reads the text of a JSON-LD articleBody, which may hold markup.
func fromMarkup(s string) string {
	if !strings.ContainsAny(s, "<&") {
		s, _ = clean(s)
		return strings.TrimSpace(s)
	}
	text, _ := tokens(s)
	return text
}

// flatten reads a page without a tree.
func (r *Result) flatten(s, why string) {
	r.Text, r.Title = tokens(s)
	r.Title = withoutOutlet(oneLine(r.Title), "")
	r.Problems = append(r.Problems, why+": this is all its text")
}

// tokens gives all text of markup in one linear pass, and the content of its <title>.
func tokens(s string) (text, title string) {
	z := html.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(maxTree)
	var w writer
	skip, inTitle := 0, false
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return w.String(), title
		case html.TextToken:
			if inTitle && title == "" {
				title = string(z.Text())
			} else if skip == 0 && !inTitle {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			w.tag(a)
			if skipped(a) && kind == html.StartTagToken {
				skip++
			}
			inTitle = a == atom.Title && kind == html.StartTagToken
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			w.tag(a)
			if skipped(a) && skip > 0 {
				skip--
			}
			inTitle = inTitle && a != atom.Title
		}
	}
}

// skipped: elements whose text nobody reads.
func skipped(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Svg, atom.Select, atom.Textarea, atom.Iframe, atom.Object:
		return true
	}
	return false
}

// rendered gives the text below n: paragraphs set apart by an empty line, lines of lists
// and tables and <br> by a line break, white space as a browser shows it.
func rendered(n *html.Node) string {
	var w writer
	w.node(n)
	return w.String()
}

// writer gathers text and knows what break is due before the next word.
type writer struct {
	b     strings.Builder
	due   int // line feeds before the next word
	space bool
}

// node walks without recursion: the depth of a page is its author's choice.
func (w *writer) node(root *html.Node) {
	n := root
	for {
		down := false
		switch n.Type {
		case html.TextNode:
			w.text(n.Data)
		case html.ElementNode:
			w.tag(n.DataAtom)
			down = !skipped(n.DataAtom) && n.DataAtom != atom.Head
		case html.DocumentNode:
			down = true
		}
		if down && n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for n.NextSibling == nil && n != root {
			if n = n.Parent; n == nil {
				return
			}
			if n.Type == html.ElementNode {
				w.tag(n.DataAtom)
			}
			if n == root {
				return
			}
		}
		if n == root {
			return
		}
		n = n.NextSibling
	}
}

// tag notes the break that an element asks for, before and after it.
func (w *writer) tag(a atom.Atom) {
	switch a {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Blockquote, atom.Pre, atom.Ul, atom.Ol, atom.Dl,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Figure, atom.Figcaption, atom.Hr, atom.Form, atom.Body, atom.Title, atom.Fieldset, atom.Address, atom.Details, atom.Summary:
		w.due = max(w.due, 2)
	case atom.Br, atom.Li, atom.Tr, atom.Dt, atom.Dd, atom.Option, atom.Caption:
		w.due = max(w.due, 1)
	case atom.Td, atom.Th:
		w.space = true
	}
}

// text appends words; runs of white space are one space, or the break that is due.
// No-break spaces stay: they join the groups of a number.
func (w *writer) text(s string) {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' {
			w.space = true
			i += n
			continue
		}
		if w.b.Len() > 0 {
			if w.due > 0 {
				w.b.WriteString("\n\n"[:w.due])
			} else if w.space {
				w.b.WriteByte(' ')
			}
		}
		w.due, w.space = 0, false
		to := i + n
		for to < len(s) && s[to] != ' ' && s[to] != '\n' && s[to] != '\t' && s[to] != '\r' && s[to] != '\f' {
			to++
		}
		w.b.WriteString(s[i:to])
		i = to
	}
}

func (w *writer) String() string { return strings.TrimFunc(w.b.String(), unicode.IsSpace) }
