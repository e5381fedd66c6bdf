package reading

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"svidok/evidence"
)

const maxJSONLD = 1 << 20 // bytes of one JSON-LD script that are read

// page is what a page says of itself, in its head and in marks within its body.
type page struct {
	headline, ogTitle, h1, docTitle      string
	ldAuthor, metaAuthor, markAuthor     string
	ldOutlet, metaOutlet                 string
	ldDate, metaDate, timeDate, textDate evidence.Date
	ldBody                               string
	canonical                            string
	h1s                                  int
}

// survey reads the page in one walk, in document order, and takes what it has read
// and scripts and styles out of the tree: what follows has no use for them.
func survey(doc *html.Node) *page {
	p := &page{}
	var drop []*html.Node
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if strings.EqualFold(strings.TrimSpace(attr(n, "type")), "application/ld+json") {
				p.linked(textOf(n))
			}
			drop = append(drop, n)
			continue
		case "style", "template", "noscript":
			drop = append(drop, n)
			continue
		case "title":
			if p.docTitle == "" && !within(n, "svg") {
				p.docTitle = oneLine(textOf(n))
			}
			drop = append(drop, n)
			continue
		case "meta":
			p.meta(n)
			drop = append(drop, n)
			continue
		case "link":
			if strings.EqualFold(attr(n, "rel"), "canonical") && p.canonical == "" {
				p.canonical = attr(n, "href")
			}
			drop = append(drop, n)
			continue
		case "h1":
			if p.h1s++; p.h1 == "" {
				p.h1 = oneLine(textOf(n))
			}
		case "time":
			p.timeTag(n)
		}
		p.marked(n)
	}
	for _, n := range drop {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	return p
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func within(n *html.Node, tag string) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Type == html.ElementNode && n.Data == tag {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func first(to *string, s string) {
	if *to == "" {
		*to = oneLine(s)
	}
}

func firstDate(to *evidence.Date, s, source string) {
	if *to == (evidence.Date{}) {
		*to = parseDate(s, source)
	}
}

// meta reads one <meta>. Modified dates are no dates of publication.
func (p *page) meta(n *html.Node) {
	content := attr(n, "content")
	if content == "" {
		return
	}
	for _, key := range [...]string{"property", "name", "itemprop", "http-equiv"} {
		switch strings.ToLower(attr(n, key)) {
		case "og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title":
			first(&p.ogTitle, content)
		case "author", "article:author", "og:article:author", "dc.creator", "dcterms.creator", "citation_author", "byl", "sailthru.author", "parsely-author":
			if !strings.Contains(content, "://") && !strings.HasPrefix(content, "/") {
				first(&p.metaAuthor, content)
			}
		case "og:site_name", "application-name", "dc.publisher", "publisher":
			if !strings.Contains(content, "://") {
				first(&p.metaOutlet, content)
			}
		case "article:published_time", "article:published", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish_date", "publish-date", "publication_date",
			"published_time", "dc.date", "dc.date.issued", "dc.date.created", "dcterms.date", "dcterms.created", "dcterms.issued", "sailthru.date", "parsely-pub-date", "citation_publication_date", "citation_date",
			"article.published", "article:publication_date", "mediator_published_time", "og:article:published_time", "rnews:datepublished", "cxenseparse:recs:publishtime", "bt:pubdate", "article_date_original", "originalpublicationdate", "displaydate", "pub_date":
			firstDate(&p.metaDate, content, "meta")
		}
	}
}

// timeTag takes the first <time> that is neither a change nor inside a list of others.
func (p *page) timeTag(n *html.Node) {
	marks := strings.ToLower(attr(n, "class") + " " + attr(n, "itemprop"))
	if strings.Contains(marks, "modif") || strings.Contains(marks, "updat") || within(n, "aside") || within(n, "nav") || within(n, "footer") {
		return
	}
	if s := attr(n, "datetime"); s != "" {
		firstDate(&p.timeDate, s, "time")
		return
	}
	firstDate(&p.timeDate, textOf(n), "time")
}

// marked reads authors and dates that an element's own marks name.
func (p *page) marked(n *html.Node) {
	if len(n.Attr) == 0 || n.Data == "body" || n.Data == "html" || n.Data == "a" && p.markAuthor != "" {
		return
	}
	author, date := false, false
	for _, a := range n.Attr {
		switch a.Key {
		case "itemprop":
			author = author || strings.EqualFold(a.Val, "author")
			if strings.EqualFold(a.Val, "datePublished") {
				firstDate(&p.metaDate, attr(n, "datetime"), "meta")
				firstDate(&p.metaDate, attr(n, "content"), "meta")
				date = true
			}
		case "rel":
			author = author || strings.EqualFold(a.Val, "author")
		case "class", "id":
			if len(a.Val) > maxBrief {
				continue
			}
			v := strings.ToLower(a.Val)
			author = author || namesAuthor(v)
			date = date || (strings.Contains(v, "date") || strings.Contains(v, "time") || strings.Contains(v, "publish")) && !strings.Contains(v, "updat")
		}
	}
	if author && p.markAuthor == "" {
		if s, whole := brief(n); whole {
			p.markAuthor = byline(s)
		}
	}
	if date && p.textDate == (evidence.Date{}) {
		if s, whole := brief(n); whole && !within(n, "aside") && !within(n, "nav") && !within(n, "footer") {
			p.textDate = parseDate(s, "text")
		}
	}
}

const maxBrief = 200 // bytes of a name or a date

// brief returns the text of n if it is short enough for a name or a date.
func brief(n *html.Node) (s string, whole bool) {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			if b.Len()+len(c.Data) > 4*maxBrief {
				return "", false
			}
			b.WriteString(c.Data)
		}
	}
	s = oneLine(b.String())
	return s, s != "" && len(s) < maxBrief
}

func namesAuthor(class string) bool {
	if !strings.Contains(class, "author") && !strings.Contains(class, "byline") {
		return false
	}
	for c := range strings.FieldsSeq(class) {
		switch strings.NewReplacer("_", "-", "--", "-").Replace(c) {
		case "author", "byline", "author-name", "article-author", "post-author", "entry-author", "news-author", "post-news-author", "authors", "byline-name", "article-byline", "p-author":
			return true
		}
	}
	return false
}

// byline takes the words off that introduce a name.
func byline(s string) string {
	s = oneLine(s)
	for _, p := range [...]string{"Автори:", "Автор:", "Авторы:", "Авторка:", "Автор", "Текст:", "By ", "by ", "Author:", "Written by "} {
		s = strings.TrimSpace(strings.TrimPrefix(s, p))
	}
	return strings.Trim(s, " ,;|·—–-")
}

// person drops a byline that holds no name: the time of publishing often stands there.
func person(s string) string {
	letters, digits := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	if letters == 0 || digits > letters {
		return ""
	}
	return s
}

// linked reads one JSON-LD script. Its members are visited in the order of their
// names, so that the same page always reads the same.
func (p *page) linked(script string) {
	if len(script) > maxJSONLD {
		return
	}
	script = strings.TrimSpace(script)
	script = strings.TrimSuffix(strings.TrimPrefix(script, "<!--"), "-->")
	var v any
	if json.Unmarshal([]byte(script), &v) != nil {
		if json.Unmarshal([]byte(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(script)), &v) != nil {
			return
		}
	}
	p.linkedValue(v, 0)
}

func (p *page) linkedValue(v any, depth int) {
	const deepest = 12
	if depth > deepest {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			p.linkedValue(e, depth+1)
		}
	case map[string]any:
		if isArticle(v["@type"]) {
			p.article(v)
			return
		}
		for _, k := range [...]string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"} {
			p.linkedValue(v[k], depth+1)
		}
	}
}

func isArticle(t any) bool {
	switch t := t.(type) {
	case string:
		return strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "Posting") || strings.HasSuffix(t, "Report") || strings.HasSuffix(t, "Review")
	case []any:
		return slices.ContainsFunc(t, isArticle)
	}
	return false
}

func (p *page) article(v map[string]any) {
	text := func(k string) string { s, _ := v[k].(string); return html.UnescapeString(s) }
	first(&p.headline, text("headline"))
	first(&p.headline, text("name"))
	if p.ldAuthor == "" {
		p.ldAuthor = names(v["author"])
	}
	if p.ldOutlet == "" {
		p.ldOutlet = names(v["publisher"])
	}
	firstDate(&p.ldDate, text("datePublished"), "json-ld")
	firstDate(&p.ldDate, text("dateCreated"), "json-ld")
	if p.ldBody == "" {
		p.ldBody = text("articleBody")
	}
}

// names joins the names of a person or organisation, or of several.
func names(v any) string {
	var list []string
	var add func(v any, depth int)
	add = func(v any, depth int) {
		switch v := v.(type) {
		case string:
			s := oneLine(html.UnescapeString(v))
			if s != "" && !strings.Contains(s, "://") && !slices.Contains(list, s) && len(list) < 20 {
				list = append(list, s)
			}
		case []any:
			for _, e := range v {
				if depth < 4 {
					add(e, depth+1)
				}
			}
		case map[string]any:
			if depth < 4 {
				add(v["name"], depth+1)
			}
		}
	}
	add(v, 0)
	return strings.Join(list, ", ")
}

// title prefers what only names the report: the headline that the page tells search
// engines, else its only <h1> if the title for others begins with it (many pages put
// the name of the outlet there), else that title, without the outlet.
func (p *page) title() string {
	if p.headline != "" {
		return p.headline
	}
	outlet := firstOf(p.ldOutlet, p.metaOutlet)
	shared := firstOf(p.ogTitle, p.docTitle)
	if shared == "" || p.h1s == 1 && !strings.EqualFold(p.h1, outlet) && hasFoldPrefix(shared, p.h1) {
		return firstOf(p.h1, shared)
	}
	return withoutOutlet(shared, outlet)
}

func hasFoldPrefix(s, prefix string) bool {
	return prefix != "" && len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// withoutOutlet cuts the name of the outlet off the end or the start of a title: what
// follows a bar, or what follows a dash if it is the outlet as the page names it.
func withoutOutlet(s, outlet string) string {
	for _, sep := range [...]string{" | ", " » ", " :: ", " — ", " – ", " - "} {
		head, tail, ok := cutLast(s, sep)
		if !ok {
			continue
		}
		if outlet != "" && strings.EqualFold(tail, outlet) || len(head) > len(tail) && (sep[1] == '|' || sep[1] == ':' || sep == " » " || len(strings.Fields(tail)) <= 3) {
			return head
		}
	}
	return s
}

func cutLast(s, sep string) (head, tail string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i <= 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+len(sep):]), true
}

func (p *page) published(address string) evidence.Date {
	for _, d := range [...]evidence.Date{p.ldDate, p.metaDate, p.timeDate, p.textDate, dateInPath(p.canonical), dateInPath(address)} {
		if d != (evidence.Date{}) {
			return d
		}
	}
	return evidence.Date{}
}
