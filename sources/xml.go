package sources

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"svidok/evidence"
)

// readXML reads RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom and sitemaps with one tolerant walk
// over the tokens: unclosed and misnested elements, HTML entities and unknown prefixes do no
// harm. Entities are never declared or expanded beyond HTML's own; documents that declare
// some are read without them.
func readXML(raw []byte, address string) (Listing, error) {
	text, problems := utf8Of(raw)
	w := &xmlWalk{raw: text, base: address, same: len(problems) == 0 && bytes.Equal(text, raw)}
	w.out.Problems = problems
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, []string{}, xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	for {
		at := d.InputOffset()
		t, err := d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				w.out.Problems = append(w.out.Problems, fmt.Sprintf("the listing is broken at byte %d: %v; what came before is taken", at, err))
			}
			w.flush(len(text)) // cut in the middle of an item
			break
		}
		if err := w.token(t, int(at), int(d.InputOffset())); err != nil {
			return w.out, err
		}
	}
	if w.out.Kind == "" {
		return w.out, notListing("this XML")
	}
	return w.out, nil
}

// utf8Of decodes a document in the encoding that it declares.
func utf8Of(raw []byte) ([]byte, []string) {
	head := raw[:min(len(raw), 1024)]
	declared := ""
	if i := bytes.Index(head, []byte("encoding=")); i >= 0 && bytes.Contains(head[:i], []byte("<?xml")) {
		rest := head[i+len("encoding="):]
		if len(rest) > 1 {
			if j := bytes.IndexByte(rest[1:], rest[0]); j > 0 {
				declared = string(rest[1 : j+1])
			}
		}
	}
	if bytes.HasPrefix(raw, []byte{0xFF, 0xFE}) || bytes.HasPrefix(raw, []byte{0xFE, 0xFF}) {
		declared = "utf-16"
	}
	if declared == "" || strings.EqualFold(declared, "utf-8") || strings.EqualFold(declared, "utf8") {
		return bytes.ToValidUTF8(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")), []byte("\uFFFD")), nil
	}
	r, err := charset.NewReaderLabel(declared, bytes.NewReader(raw))
	if err != nil {
		return bytes.ToValidUTF8(raw, []byte("\uFFFD")), []string{fmt.Sprintf("encoding %q is not known", declared)}
	}
	b, err := io.ReadAll(io.LimitReader(r, 4*maxListing))
	if err != nil {
		return bytes.ToValidUTF8(raw, []byte("\uFFFD")), []string{fmt.Sprintf("encoding %q: %v", declared, err)}
	}
	return b, []string{"the listing is in " + declared + ": its items' bytes are given in UTF-8"}
}

// xmlWalk is one walk over a document.
type xmlWalk struct {
	raw   []byte
	base  string
	same  bool // raw are the document's own bytes
	out   Listing
	stack []string
	item  *Item
	depth int // of the item's element
	text  strings.Builder
	all   strings.Builder // of the item: what counts
	link  bool            // the item has an address
}

func local(n xml.Name) string {
	if n.Space == "" {
		return strings.ToLower(n.Local)
	}
	switch strings.ToLower(n.Space) {
	case "content", "dc", "dcterms", "media", "news", "image", "atom", "itunes", "video", "xhtml":
		return strings.ToLower(n.Space + ":" + n.Local)
	}
	return strings.ToLower(n.Local)
}

func (w *xmlWalk) token(t xml.Token, from, to int) error {
	switch t := t.(type) {
	case xml.StartElement:
		return w.start(t, from)
	case xml.EndElement:
		w.end(local(t.Name), to)
	case xml.CharData:
		if w.item != nil && len(w.stack) > w.depth+1 && w.all.Len() < 1<<20 { // markup within a body
			switch w.stack[w.depth] {
			case "content", "summary", "description", "content:encoded":
				w.all.Write(t)
			}
		}
		if w.text.Len() < 1<<20 {
			w.text.Write(t)
		}
	case xml.Directive:
		if bytes.Contains(t, []byte("ENTITY")) {
			w.out.Problems = append(w.out.Problems, "the document declares entities: they are not expanded")
		}
	}
	return nil
}

func (w *xmlWalk) start(t xml.StartElement, from int) error {
	name := local(t.Name)
	if len(w.stack) > maxDepth {
		return fmt.Errorf("read a listing: elements more than %d deep: %w", maxDepth, evidence.ErrLimit)
	}
	w.stack = append(w.stack, name)
	w.text.Reset()
	if w.out.Kind == "" {
		switch name {
		case "rss", "rdf":
			w.out.Kind = "rss"
		case "feed":
			w.out.Kind = "atom"
		case "urlset":
			w.out.Kind = "sitemap"
		case "sitemapindex":
			w.out.Kind = "sitemap-index"
		}
	}
	begins := map[string]string{"rss": "item", "atom": "entry", "sitemap": "url", "sitemap-index": "sitemap"}[w.out.Kind]
	if name == begins && begins != "" {
		w.flush(from) // the one before was never closed
		w.item, w.depth, w.link = &Item{Start: from}, len(w.stack), false
		w.all.Reset()
		return nil
	}
	w.attributes(name, t)
	return nil
}

// attributes takes what stands in attributes: links of Atom, files that belong to an item.
func (w *xmlWalk) attributes(name string, t xml.StartElement) {
	get := func(key string) string {
		for _, a := range t.Attr {
			if strings.EqualFold(a.Name.Local, key) {
				return a.Value
			}
		}
		return ""
	}
	switch name {
	case "link", "atom:link":
		rel := get("rel")
		switch {
		case w.item == nil && rel == "next":
			w.out.Next = resolve(w.base, get("href"))
		case w.item != nil && (rel == "" || rel == "alternate") && get("href") != "" && !w.link:
			w.item.Address, w.link = resolve(w.base, get("href")), true
		case w.item != nil && rel == "enclosure":
			w.file(get("type"), get("href"))
		}
	case "enclosure", "media:content", "media:thumbnail":
		if w.item != nil {
			w.file(get("type")+get("medium"), get("url"))
		}
	}
}

func (w *xmlWalk) file(mediaType, address string) {
	a := resolve(w.base, address)
	if a == "" || len(w.item.Media) >= 50 {
		return
	}
	kind := "document"
	for _, k := range []struct{ part, kind string }{{"image", "photo"}, {"video", "video"}, {"audio", "audio"}} {
		if strings.Contains(mediaType, k.part) {
			kind = k.kind
		}
	}
	w.item.Media = append(w.item.Media, Media{kind, a})
}

func (w *xmlWalk) end(name string, to int) {
	for i := len(w.stack) - 1; i >= 0; i-- {
		if w.stack[i] != name {
			continue
		}
		if w.item != nil && i+1 <= w.depth {
			if i+1 == w.depth {
				w.flush(to)
			}
		} else if w.item != nil && i == w.depth {
			w.field(name, strings.TrimSpace(w.text.String()))
		} else if w.item != nil && w.unset(name) {
			w.field(name, strings.TrimSpace(w.text.String())) // of an extension, or below what was never closed
		} else if w.item == nil && name == "title" && w.out.Title == "" {
			w.out.Title = line(w.text.String())
		}
		w.stack = w.stack[:i]
		break
	}
	w.text.Reset()
}

// unset: a member that stands deeper than it should, and that nothing has said yet.
func (w *xmlWalk) unset(name string) bool {
	it := w.item
	switch name {
	case "title", "news:title":
		return it.Claims.Title == ""
	case "link":
		return !w.link
	case "guid":
		return it.ID == ""
	case "pubdate", "news:publication_date":
		return it.Claims.Published == ""
	}
	return false
}

// field takes one member of an item.
func (w *xmlWalk) field(name, text string) {
	if text == "" {
		return
	}
	it := w.item
	switch name {
	case "title", "news:title":
		it.Claims.Title = line(text)
	case "link":
		if !w.link {
			it.Address, w.link = resolve(w.base, text), true
		}
	case "loc":
		it.Address = resolve(w.base, text)
	case "guid", "id":
		it.ID = line(text)
	case "pubdate", "published", "dc:date", "issued", "news:publication_date":
		it.Claims.Published = day(text)
	case "updated", "modified", "lastmod", "dcterms:modified":
		it.Claims.Edited = day(text)
	case "description", "summary", "content", "content:encoded":
	default:
		return
	}
	w.all.WriteString(name + "\x00" + text + "\x00")
}

// flush ends an item.
func (w *xmlWalk) flush(to int) {
	it := w.item
	w.item = nil
	if it == nil {
		return
	}
	it.End = to
	if it.Start >= 0 && it.End <= len(w.raw) {
		it.Raw = w.raw[it.Start:it.End]
	}
	if !w.same {
		it.Start, it.End = 0, 0
	}
	if w.out.Kind == "sitemap-index" {
		if it.Address != "" && len(w.out.Subs) < maxItems {
			w.out.Subs = append(w.out.Subs, it.Address)
		}
		return
	}
	if it.ID == "" {
		it.ID = it.Address
	}
	if it.Address == "" && strings.HasPrefix(it.ID, "http") {
		it.Address = resolve(w.base, it.ID)
	}
	if it.ID == "" {
		it.ID = it.Claims.Title
	}
	if it.ID == "" {
		w.out.Problems = append(w.out.Problems, "an item has neither ID nor address nor title")
		return
	}
	if len(w.out.Items) == maxItems {
		w.out.Problems = append(w.out.Problems, fmt.Sprintf("more than %d items: the rest is not read", maxItems))
	}
	if len(w.out.Items) >= maxItems {
		return
	}
	if w.out.Kind != "sitemap" {
		it.Claims.Outlet = w.out.Title
	}
	it.Claims.Address, it.text = it.Address, w.all.String()
	w.out.Items = append(w.out.Items, *it)
}

// resolve makes a whole address of the web, or "".
func resolve(base, s string) string {
	b, err := url.Parse(base)
	if err != nil || strings.TrimSpace(s) == "" {
		return ""
	}
	u, err := b.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

// day brings a claimed time to RFC 3339 where it can be read, and leaves it as it stands
// where not.
func day(s string) string {
	s = strings.TrimSpace(s)
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04-07:00", time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST",
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04 -0700", time.RFC822Z, time.RFC822, "2006-01-02 15:04:05 -0700"} {
		at, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if name, off := at.Zone(); off == 0 && name != "UTC" && name != "GMT" && name != "" && name != "Z" {
			return s // a zone by letters that nobody can read for sure
		}
		return at.Format(time.RFC3339)
	}
	return s
}
