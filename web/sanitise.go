package web

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"

	node "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"svidok/evidence"
)

// sanitise returns a page as it looks and reads, without anything that could run, load from
// elsewhere, move the reader or send something: an allow-list of elements and attributes.
// Where a link led and what a picture was is told in its title, as words.
func sanitise(page []byte) ([]byte, error) {
	doc, err := node.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("show an original: %w: %w", evidence.ErrFormat, err)
	}
	var b bytes.Buffer
	b.WriteString(frameHead)
	writeNodes(&b, doc, 0)
	b.WriteString("</body></html>\n")
	return b.Bytes(), nil
}

const frameHead = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>-</title>` +
	`<style>html{background:#fff;color:#111}body{margin:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%}pre{white-space:pre-wrap}` +
	`a{color:#0b4f6c;text-decoration:underline}</style></head><body>`

// textFrame shows plain text in the frame.
func textFrame(text string) []byte {
	return []byte(frameHead + "<pre>" + html.EscapeString(text) + "</pre></body></html>\n")
}

// maxDepth bounds the recursion over a hostile page; what is deeper is left out.
const maxDepth = 512

// silent elements are left out with all that they hold; every other unknown element is
// left out itself but what it holds is shown.
func silent(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Link, atom.Meta, atom.Base, atom.Title, atom.Iframe, atom.Frame, atom.Frameset, atom.Object, atom.Embed,
		atom.Applet, atom.Noscript, atom.Template, atom.Svg, atom.Math, atom.Audio, atom.Video, atom.Source, atom.Track, atom.Canvas,
		atom.Select, atom.Textarea, atom.Input, atom.Option, atom.Datalist, atom.Param, atom.Area, atom.Map:
		return true
	}
	return false
}

func shownElement(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.Address, atom.Article, atom.Aside, atom.B, atom.Blockquote, atom.Br, atom.Caption, atom.Center, atom.Cite, atom.Code,
		atom.Col, atom.Colgroup, atom.Dd, atom.Del, atom.Details, atom.Div, atom.Dl, atom.Dt, atom.Em, atom.Figcaption, atom.Figure, atom.Footer,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.I, atom.Img, atom.Ins, atom.Kbd, atom.Li, atom.Main,
		atom.Mark, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Q, atom.S, atom.Section, atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub,
		atom.Summary, atom.Sup, atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Time, atom.Tr, atom.U, atom.Ul:
		return true
	}
	return false
}

func writeNodes(b *bytes.Buffer, n *node.Node, depth int) {
	if depth > maxDepth {
		return
	}
	for c := range n.ChildNodes() {
		switch c.Type {
		case node.TextNode:
			b.WriteString(html.EscapeString(c.Data))
		case node.ElementNode:
			writeElement(b, c, depth)
		}
	}
}

func writeElement(b *bytes.Buffer, n *node.Node, depth int) {
	if silent(n.DataAtom) || n.Namespace != "" {
		return
	}
	if !shownElement(n.DataAtom) {
		writeNodes(b, n, depth+1)
		return
	}
	name := n.DataAtom.String()
	b.WriteString("<" + name)
	writeAttributes(b, n)
	b.WriteString(">")
	if slices.Contains([]atom.Atom{atom.Br, atom.Hr, atom.Img, atom.Col}, n.DataAtom) {
		return
	}
	writeNodes(b, n, depth+1)
	b.WriteString("</" + name + ">")
}

func writeAttributes(b *bytes.Buffer, n *node.Node) {
	attr := func(name, value string) { fmt.Fprintf(b, ` %s="%s"`, name, html.EscapeString(value)) }
	for _, a := range n.Attr {
		switch key := strings.ToLower(a.Key); {
		case key == "alt" && n.DataAtom == atom.Img, key == "colspan", key == "rowspan", key == "datetime", key == "lang", key == "dir", key == "start":
			attr(key, a.Val)
		case key == "href" && n.DataAtom == atom.A:
			attr("title", a.Val)
		case key == "src" && n.DataAtom == atom.Img:
			if picture(a.Val) {
				attr("src", a.Val)
			} else {
				attr("title", a.Val)
			}
		}
	}
}

// picture reports whether an address is a picture that stands in the page itself.
func picture(src string) bool {
	for _, kind := range []string{"png", "jpeg", "gif", "webp"} {
		if strings.HasPrefix(src, "data:image/"+kind+";base64,") {
			return true
		}
	}
	return false
}
