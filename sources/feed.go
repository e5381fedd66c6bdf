package sources

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"svidok/evidence"
)

// readXML reads RSS 0.9x to 2.0, RSS 1.0 (RDF), Atom (RFC 4287) and sitemaps (sitemaps.org,
// with Google's news extension) with one tolerant walk over the tokens. It uses a tokenizer
// of HTML, which knows no fatal error: what a strict reader of XML refuses (a stray "&" or
// "<", control characters, a version 1.1, unclosed elements) costs at most the member that
// it stands in. It has no notion of declared entities, so that none is ever expanded or
// fetched.
func readXML(raw []byte, mediaType, address string) (Listing, error) {
	d := decode(raw, mediaType)
	w := &walker{text: d.text, base: address, prefixes: map[string]string{}}
	w.out.Problems = d.problems
	if err := w.run(); err != nil {
		return w.out, err
	}
	if w.out.Kind == "" {
		return w.out, notListing("this markup", w.feeds)
	}
	if bytes.Contains(d.text[:min(len(d.text), 64<<10)], []byte("<!ENTITY")) {
		w.out.problem("the document declares entities: they are not expanded")
	}
	d.places(w.out.Items)
	return w.out, nil
}

// walker is one walk over a document.
type walker struct {
	text     []byte
	base     string
	prefixes map[string]string // of namespaces: as written, as known here
	out      Listing
	feeds    []string // that a page names
	stack    []string
	item     *Item
	depth    int    // of the item's element in the stack
	member   string // of the item or the listing, that is open
	inside   int    // its depth
	skip     int    // depth of a part that is another's: its source, its author; 0: none
	value    strings.Builder
	link     bool              // the item has an address of its own
	body     map[string]string // of the item
	whole    int               // bytes of all bodies
}

const (
	maxValue  = 4 << 20  // of one member
	maxBodies = 64 << 20 // of all members of all items
)

func (w *walker) run() error {
	z := html.NewTokenizer(bytes.NewReader(w.text))
	z.AllowCDATA(true)
	at := 0
	for {
		kind := z.Next()
		raw := z.Raw()
		from := at
		at += len(raw)
		switch kind {
		case html.ErrorToken:
			if w.item != nil {
				w.out.problem("the listing is cut off in the middle of an item")
			}
			w.flush(len(w.text))
			return nil
		case html.TextToken:
			if w.member == "" || w.skip > 0 || w.value.Len()+len(raw) > maxValue || w.whole > maxBodies {
				continue
			}
			w.whole += len(raw)
			if inner, ok := bytes.CutPrefix(raw, []byte("<![CDATA[")); ok {
				w.value.Write(bytes.TrimSuffix(inner, []byte("]]>")))
			} else {
				w.value.WriteString(html.UnescapeString(string(raw)))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			z.NextIsNotRawText() // a <title> of XML holds markup, a <script> none
			if err := w.start(z, from, kind == html.SelfClosingTagToken, at); err != nil {
				return err
			}
			if w.out.Kind == "" && len(w.stack) > 0 && w.stack[0] == "html" && len(w.feeds) >= maxFeeds {
				return nil
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(w.local(string(name)), at)
		}
	}
}

// local is a name as it is known here: with the usual prefix of a known namespace, without
// any of an unknown one.
func (w *walker) local(name string) string {
	prefix, rest, ok := strings.Cut(name, ":")
	if !ok {
		return name
	}
	if known := w.prefixes[prefix]; known != "" {
		prefix = known
	}
	switch prefix {
	case "atom", "rss", "rdf", "sitemap":
		return rest
	case "content", "dc", "dcterms", "media", "news", "image", "itunes", "video", "xhtml", "yandex", "slash":
		return prefix + ":" + rest
	}
	return rest
}

// namespaces are the usual prefixes of what is read.
func namespaces(uri string) string {
	switch strings.TrimSuffix(uri, "/") {
	case "http://purl.org/rss/1.0/modules/content":
		return "content"
	case "http://purl.org/dc/elements/1.1":
		return "dc"
	case "http://purl.org/dc/terms":
		return "dcterms"
	case "http://search.yahoo.com/mrss":
		return "media"
	case "http://www.google.com/schemas/sitemap-news/0.9":
		return "news"
	case "http://www.google.com/schemas/sitemap-image/1.1":
		return "image"
	case "http://www.google.com/schemas/sitemap-video/1.1":
		return "video"
	case "http://www.w3.org/2005/Atom":
		return "atom"
	case "http://www.itunes.com/dtds/podcast-1.0.dtd":
		return "itunes"
	case "http://www.w3.org/1999/xhtml":
		return "xhtml"
	case "http://news.yandex.ru":
		return "yandex"
	case "http://www.sitemaps.org/schemas/sitemap/0.9":
		return "sitemap"
	}
	return ""
}

// known are the members of items and listings that are read.
func known(name string) bool {
	switch name {
	case "title", "link", "guid", "id", "pubdate", "published", "issued", "dc:date", "updated", "modified", "lastmod", "dcterms:modified",
		"loc", "news:title", "news:publication_date", "news:language", "dc:language", "language":
		return true
	}
	return body(name)
}

// body are the members that hold a text, often with markup.
func body(name string) bool {
	switch name {
	case "description", "summary", "content", "content:encoded", "yandex:full-text", "media:description":
		return true
	}
	return false
}

// others are parts of an item that speak of somebody or something else. Names of authors
// are never taken.
func others(name string) bool {
	switch name {
	case "source", "author", "contributor", "dc:creator", "media:credit", "media:community", "image", "textinput", "news:publication", "comments":
		return true
	}
	return false
}

func (w *walker) start(z *html.Tokenizer, from int, closed bool, to int) error {
	tag, more := z.TagName()
	written := string(tag)
	attrs := map[string]string{}
	for more && len(attrs) < 100 {
		var k, v []byte
		k, v, more = z.TagAttr()
		key := string(k)
		if prefix, ok := strings.CutPrefix(key, "xmlns:"); ok {
			if usual := namespaces(string(v)); usual != "" {
				w.prefixes[prefix] = usual
			}
		}
		attrs[key] = string(v)
	}
	name := w.local(written)
	if w.out.Kind == "" {
		w.root(name, attrs)
	}
	if w.member != "" && w.interrupts(name) {
		w.close()
		w.stack = w.stack[:w.inside-1]
	}
	if closed || len(w.stack) > 0 && void(name) && w.member != "" {
		w.attributes(name, attrs)
		return nil
	}
	begins := w.begins()
	if name == begins && begins != "" && w.item != nil && w.skip == 0 { // the one before was never closed
		w.flush(from)
		w.stack = w.stack[:w.depth-1]
	}
	if len(w.stack) >= maxDepth {
		return fmt.Errorf("read a listing: elements more than %d deep: %w", maxDepth, evidence.ErrLimit)
	}
	w.stack = append(w.stack, name)
	if name == begins && begins != "" && w.skip == 0 {
		w.item, w.depth, w.link, w.body = &Item{Start: from}, len(w.stack), false, map[string]string{}
		return nil
	}
	w.attributes(name, attrs)
	if w.skip == 0 && w.member == "" && others(name) && (w.item != nil || name == "image" || name == "textinput" || name == "author") {
		w.skip = len(w.stack)
	}
	if w.skip == 0 && w.member == "" && known(name) && (w.item != nil || name == "title" || name == "language") {
		w.member, w.inside = name, len(w.stack)
		w.value.Reset()
	}
	return nil
}

// void are elements of HTML that are never closed.
func void(name string) bool {
	switch name {
	case "br", "img", "hr", "input", "meta", "wbr", "embed", "area", "col":
		return true
	}
	return false
}

// interrupts: a member that begins within another says that the other was never closed;
// within a text, markup stands, and only what cannot be HTML's says so.
func (w *walker) interrupts(name string) bool {
	if !known(name) && name != w.begins() && name != "enclosure" {
		return false
	}
	if !body(w.member) {
		return true
	}
	switch name {
	case "title", "link", "id", "content", "summary", "description", "language", "source":
		return false
	}
	return true
}

// root tells what it is by its first element that says so. What begins as HTML is no listing.
func (w *walker) root(name string, attrs map[string]string) {
	if len(w.stack) > 0 && w.stack[0] == "html" {
		kind := strings.ToLower(attrs["type"])
		if name == "link" && len(w.feeds) < maxFeeds && (strings.Contains(kind, "rss+xml") || strings.Contains(kind, "atom+xml") || strings.Contains(kind, "feed+json")) {
			if a := resolve(w.base, attrs["href"]); a != "" {
				w.feeds = append(w.feeds, a)
			}
		}
		return
	}
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
	if w.out.Kind != "" {
		w.out.Self = w.base
	}
	if b := attrs["xml:base"]; b != "" && w.out.Kind != "" {
		if a := resolve(w.base, b); a != "" {
			w.base = a
		}
	}
}

func (w *walker) begins() string {
	switch w.out.Kind {
	case "rss":
		return "item"
	case "atom":
		return "entry"
	case "sitemap":
		return "url"
	case "sitemap-index":
		return "sitemap"
	}
	return ""
}

// attributes takes what stands in attributes: links of Atom, files that belong to an item.
func (w *walker) attributes(name string, attrs map[string]string) {
	if w.skip > 0 {
		return
	}
	switch name {
	case "link":
		rel, href := strings.ToLower(attrs["rel"]), resolve(w.base, attrs["href"])
		switch {
		case href == "":
		case w.item == nil && (rel == "next" || rel == "prev-archive" && w.out.Next == ""):
			w.out.Next = href
		case w.item == nil && rel == "self":
			w.out.Self = href
		case w.item != nil && (rel == "" || rel == "alternate") && !w.link:
			w.item.Address, w.link = href, true
		case w.item != nil && rel == "enclosure":
			w.file(attrs["type"], href)
		}
	case "enclosure", "media:content", "media:thumbnail", "itunes:image", "media:player":
		if w.item == nil || name == "media:player" || name == "itunes:image" {
			return
		}
		kind := attrs["type"] + " " + attrs["medium"]
		if name == "media:thumbnail" {
			kind = "thumbnail"
		}
		w.file(kind, attrs["url"])
	}
}

func (w *walker) file(mediaType, address string) {
	a := resolve(w.base, address)
	if a == "" || len(w.item.Media) >= maxMedia {
		return
	}
	w.item.Media = append(w.item.Media, Media{Kind: kindOf(mediaType, a), Address: a})
}

// kindOf says what a file is, by its media type or the end of its name.
func kindOf(mediaType, address string) string {
	mediaType = strings.ToLower(mediaType)
	for _, k := range []struct{ part, kind string }{{"thumbnail", "thumbnail"}, {"image", "photo"}, {"video", "video"}, {"audio", "audio"}} {
		if strings.Contains(mediaType, k.part) {
			return k.kind
		}
	}
	path := address
	if u, err := url.Parse(address); err == nil {
		path = u.Path
	}
	switch path = strings.ToLower(path); path[strings.LastIndexByte(path, '.')+1:] {
	case "jpg", "jpeg", "png", "webp", "gif", "avif":
		return "photo"
	case "mp4", "webm", "mov", "m4v":
		return "video"
	case "mp3", "ogg", "m4a", "wav", "aac", "opus":
		return "audio"
	}
	return "document"
}

func (w *walker) end(name string, to int) {
	for i := len(w.stack) - 1; i >= 0; i-- {
		if w.stack[i] != name {
			continue
		}
		if w.member != "" && i+1 <= w.inside {
			w.close()
		}
		if w.skip > 0 && i+1 <= w.skip {
			w.skip = 0
		}
		w.stack = w.stack[:i]
		switch {
		case w.item != nil && i+1 == w.depth:
			w.flush(to)
		case w.item != nil && i+1 < w.depth:
			w.flush(to - len(name) - 3)
		}
		return
	}
}

// close ends the member that is open.
func (w *walker) close() {
	name, text := w.member, strings.TrimSpace(strings.ToValidUTF8(w.value.String(), "\uFFFD"))
	w.member = ""
	w.value.Reset()
	if text == "" {
		return
	}
	if w.item == nil {
		if name == "title" && w.out.Title == "" {
			w.out.Title = titled(text)
		}
		return
	}
	w.field(name, text)
}

// field takes one member of an item. Of several of one kind the first stands, since what
// comes later or deeper belongs to an extension.
func (w *walker) field(name, text string) {
	it := w.item
	first := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	switch name {
	case "title", "news:title":
		first(&it.Claims.Title, titled(text))
	case "link":
		if a := resolve(w.base, text); a != "" && !w.link {
			it.Address, w.link = a, true
		}
	case "loc":
		first(&it.Address, resolve(w.base, text))
	case "guid", "id":
		first(&it.ID, line(text))
	case "pubdate", "published", "dc:date", "issued", "news:publication_date":
		first(&it.Claims.Published, day(text))
	case "updated", "modified", "lastmod", "dcterms:modified":
		first(&it.Claims.Edited, day(text))
	case "news:language", "dc:language", "language":
		first(&it.Language, strings.ToLower(line(text)))
	default:
		if w.body[name] == "" {
			w.body[name] = text
		}
	}
}

// flush ends an item.
func (w *walker) flush(to int) {
	if w.member != "" && w.item != nil {
		w.close()
	}
	it := w.item
	w.item, w.skip = nil, 0
	if it == nil {
		return
	}
	it.End = max(it.Start, min(to, len(w.text)))
	it.Raw = w.text[it.Start:it.End:it.End]
	if w.out.Kind == "sitemap-index" {
		if it.Address != "" && len(w.out.Subs) < maxItems {
			w.out.Subs = append(w.out.Subs, it.Address)
		}
		return
	}
	if it.Address == "" && strings.HasPrefix(it.ID, "http") { // a guid is a permanent link, unless it says it is not
		it.Address = resolve(w.base, it.ID)
	}
	var texts []string
	longest := ""
	for _, name := range []string{"description", "summary", "media:description", "content", "content:encoded", "yandex:full-text"} {
		if s := plain(w.body[name]); s != "" {
			texts = append(texts, s)
			if len(s) > len(longest) {
				longest = s
			}
			if it.Summary == "" {
				it.Summary = clip(s, maxSummary)
			}
		}
	}
	it.Words = len(strings.Fields(longest))
	it.content = content(it, texts)
	w.out.take(*it)
}
