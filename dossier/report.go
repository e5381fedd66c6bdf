package dossier

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"svidok/evidence"
)

// report is data/report.html: one page without scripts, pictures or network, for screen
// and print. It is written by hand, not by a template engine, so that the verifier stays
// small and every value passes through text or ids below.
func report(c *contents, d *derived) []byte {
	p := &page{c: c, d: d, w: words(c.stated.Language), sources: map[evidence.Hash]source{}, findings: map[string]finding{}}
	for _, s := range d.sources {
		if _, ok := p.sources[s.Text]; !ok {
			p.sources[s.Text] = s
		}
	}
	for _, f := range d.findings {
		p.findings[f.ID] = f
	}
	p.head()
	p.cover()
	p.contentsList()
	for i, e := range d.events {
		p.event(i+1, e)
	}
	p.families()
	p.closing()
	return []byte(p.b.String())
}

type page struct {
	b        strings.Builder
	c        *contents
	d        *derived
	w        phrases
	sources  map[evidence.Hash]source
	findings map[string]finding
}

// put writes markup; every %s of it must have passed through esc or be ours.
func (p *page) put(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

// esc makes text safe between tags and in quoted attributes; controls become visible.
func esc(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return utf8.RuneError
		}
		return r
	}, s))
}

func (p *page) head() {
	look := css()
	if p.c.stated.Wording >= 2 {
		look += stampCSS()
	}
	p.put("<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", p.w.Lang)
	p.put("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
	p.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", esc(p.title()), look)
}

func (p *page) title() string {
	if p.c.stated.Title != "" {
		return p.c.stated.Title
	}
	return p.w.Untitled
}

func (p *page) cover() {
	s, w := p.c.stated, p.w
	p.put("<header class=\"cover\">\n<p class=\"eyebrow\">Svidok · %s</p>\n<h1>%s</h1>\n<p class=\"lead\">%s</p>\n<p class=\"warning\">%s</p>\n",
		esc(w.Kind), esc(p.title()), esc(w.Lead), esc(w.Warning))
	sum := p.c.summary(p.d, evidence.Hash{}, 0)
	p.put("<ul class=\"figures\">\n")
	for _, f := range []struct {
		n    int
		what string
	}{{sum.Events, w.Events}, {sum.Findings, w.Findings}, {sum.Captures, w.Reports}, {sum.Independent, w.Independent}} {
		p.put("<li><b>%d</b> <span>%s</span></li>\n", f.n, esc(f.what))
	}
	p.put("</ul>\n<dl class=\"facts\">\n")
	p.fact(w.Made, esc(moment(s.Made)))
	if s.To != "" {
		p.fact(w.For, esc(s.To))
	}
	p.fact(w.Tool, esc(s.Tool))
	p.fact(w.Ledger, fmt.Sprintf("%s, %d %s", esc(p.c.head.Origin), p.c.head.Size, esc(w.Size)))
	p.fact(w.Root, code(p.c.head.Root.String()))
	p.fact(w.Key, code(p.c.key))
	if s.Wording >= 2 && p.c.vouched.enough() {
		p.fact(w.Stamped, esc(fmt.Sprintf(w.StampedBy, p.c.vouched.authorities, moment(p.c.vouched.by))))
	}
	p.witnesses()
	p.put("</dl>\n")
	if s.Wording >= 2 && !p.c.vouched.enough() {
		p.put("<p class=\"unstamped\" role=\"note\">%s</p>\n", esc(fmt.Sprintf(w.Unstamped, p.c.vouched.authorities)))
	}
	p.put("</header>\n")
}

func (p *page) fact(name, markup string) { p.put("<dt>%s</dt><dd>%s</dd>\n", esc(name), markup) }

func code(s string) string { return "<code>" + esc(s) + "</code>" }

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func (p *page) contentsList() {
	p.put("<nav aria-label=\"%s\">\n<h2>%s</h2>\n<ol>\n", esc(p.w.Contents), esc(p.w.Contents))
	for i, e := range p.d.events {
		p.put("<li><a href=\"#event-%d\">%s</a> <span class=\"muted\">%s · %s</span></li>\n", i+1, esc(e.Title), esc(e.Place), esc(interval(&e.When)))
	}
	p.put("</ol>\n</nav>\n")
}

func interval(w *evidence.Interval) string {
	if w == nil || w.From == "" {
		return ""
	}
	if w.To == "" || w.To == w.From {
		return w.From
	}
	return w.From + " – " + w.To
}

func (p *page) event(n int, e eventOut) {
	w := p.w
	p.put("<section class=\"event\" id=\"event-%d\">\n<h2><span class=\"number\">%d</span> %s</h2>\n<dl class=\"facts\">\n", n, n, esc(e.Title))
	place := esc(e.Place)
	if e.PlaceID != "" {
		place += " " + code(e.PlaceID)
	}
	p.fact(w.Place, place)
	p.fact(w.When, esc(interval(&e.When)))
	p.fact(w.Basis, esc(e.Basis))
	p.fact(w.Reports, fmt.Sprintf("%d", e.Reports))
	p.fact(w.Independent, fmt.Sprintf("%d", e.Independent))
	p.fact(w.Judged, p.decisions(e.Decisions))
	p.put("</dl>\n")
	for _, id := range e.Findings {
		p.finding(p.findings[id])
	}
	p.put("</section>\n")
}

func (p *page) decisions(acts []act) string {
	var out []string
	for _, a := range acts {
		out = append(out, fmt.Sprintf("%s: %s (%s), %s, № %d", esc(p.w.Act[a.Act]), code(a.By), esc(p.w.Role[string(a.Role)]), esc(moment(a.At)), a.Entry))
	}
	return strings.Join(out, "<br>")
}

func (p *page) finding(f finding) {
	w, s := p.w, p.sources[f.Text]
	for _, o := range p.d.sources { // the same text may have been captured more than once
		if o.Text == f.Text && o.Capture == f.Capture {
			s = o
		}
	}
	p.put("<article class=\"finding\">\n<h3>%s", esc(f.Name))
	switch f.Sensitivity {
	case evidence.SensitivityRestricted:
		p.put(" <span class=\"tag\">%s</span>", esc(w.Restricted))
	case evidence.SensitivityClosed:
		p.put(" <span class=\"tag\">%s</span>", esc(w.Closed))
	}
	before, after := around(p.c.texts[f.Text], f.Start, f.End)
	p.put("</h3>\n<p class=\"muted\">%s %s · %s</p>\n", esc(w.CodebookPhrase), code(f.Code), esc(w.Modality[string(f.Modality)]))
	p.put("<blockquote%s><p>%s<mark>%s</mark>%s</p></blockquote>\n", langAttr(f.Language), esc(before), esc(f.Quote), esc(after))
	p.put("<dl class=\"facts\">\n")
	title := s.Title
	if title == "" {
		title = w.NoTitle
	}
	outlet := esc(title)
	if s.Outlet != "" {
		outlet = esc(s.Outlet) + " · " + outlet
	}
	p.fact(w.Source, outlet)
	if s.Address != "" {
		p.fact(w.Address, code(s.Address))
	}
	day := s.Published
	if day == "" {
		day = w.NoDate
	}
	p.fact(w.Published, esc(day))
	p.fact(w.Captured, esc(moment(s.Received)))
	if f.Place != "" {
		p.fact(w.Place, esc(f.Place))
	}
	if at := interval(f.When); at != "" {
		p.fact(w.When, esc(at))
	}
	p.fact(w.Copies, p.familyLine(s.Family))
	where := w.NotIncluded
	if s.Original {
		where = w.Included
	}
	p.fact(w.Original, code(s.Payload.String())+" ("+esc(where)+")")
	p.observers(f.Capture)
	p.fact(w.Text, fmt.Sprintf("%s [%d:%d]", code(f.Text.String()), f.Start, f.End))
	p.fact(w.Entry, fmt.Sprintf("№ %d, № %d", s.CaptureEntry, s.TextEntry))
	p.fact(w.Judged, p.decisions(f.Decisions))
	p.put("</dl>\n</article>\n")
}

// langAttr marks the language of a quote for screen readers and hyphenation.
func langAttr(lang string) string {
	if slices.Contains([]string{"uk", "ru", "en"}, lang) {
		return " lang=\"" + lang + "\""
	}
	return ""
}

func (p *page) familyLine(n int) string {
	for _, f := range p.d.copies.Families {
		if f.Family == n && len(f.Texts)+f.Outside > 1 {
			return fmt.Sprintf("%s <a href=\"#family-%d\">%d</a>", esc(p.w.Family), n, n)
		}
	}
	return esc(p.w.Alone)
}

func (p *page) families() {
	p.put("<section>\n<h2>%s</h2>\n<p>%s</p>\n", esc(p.w.Families), esc(p.w.FamiliesLead))
	for _, f := range p.d.copies.Families {
		if len(f.Texts)+f.Outside < 2 {
			continue
		}
		p.put("<h3 id=\"family-%d\">%s %d</h3>\n<ul>\n", f.Family, esc(p.w.Family), f.Family)
		for _, t := range f.Texts {
			s := p.sources[t]
			name := s.Outlet
			if s.Title != "" {
				name = strings.TrimPrefix(name+" · "+s.Title, " · ")
			}
			p.put("<li>%s %s</li>\n", esc(name), code(t.String()))
		}
		if f.Outside > 0 {
			p.put("<li class=\"muted\">%s: %d</li>\n", esc(p.w.Outside), f.Outside)
		}
		p.put("</ul>\n")
	}
	p.put("</section>\n")
}

func (p *page) closing() {
	w := p.w
	p.put("<section>\n<h2>%s</h2>\n<p>%s</p>\n<pre>%s</pre>\n</section>\n", esc(w.Verify), esc(w.VerifyLead), esc(strings.TrimSuffix(string(p.c.note), "\n")))
	p.put("<section>\n<h2>%s</h2>\n%s<h2>%s</h2>\n%s</section>\n", esc(w.Limits), bullets(w.limits(p.c)), esc(w.Suppr), bullets(w.SupprList))
	p.put("<footer>%s</footer>\n</main>\n</body>\n</html>\n", esc(w.PageFoot))
}

// bullets turns our own "- " lines into a list.
func bullets(s string) string {
	var b strings.Builder
	b.WriteString("<ul>\n")
	for l := range strings.SplitSeq(s, "\n") {
		b.WriteString("<li>" + esc(strings.TrimPrefix(l, "- ")) + "</li>\n")
	}
	return b.String() + "</ul>\n"
}

// around gives what stands in the same sentence before and after text[start:end], at most
// 400 bytes on either side, cut where a character begins. A sentence is taken to end at a
// line feed, or at . ! ? … and white space.
func around(text []byte, start, end int) (before, after string) {
	const most = 400
	from := start
	for from > 0 && start-from < most && !sentenceEnd(text, from) {
		from--
	}
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	to := end
	for to < len(text) && to-end < most && !(to > end && sentenceEnd(text, to)) {
		to++
	}
	for to > end && to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	before, after = strings.TrimLeft(string(text[from:start]), " \t\r\n"), strings.TrimRight(string(text[end:to]), " \t\r\n")
	if start-from >= most {
		before = "… " + before
	}
	if to-end >= most-utf8.UTFMax {
		after += " …"
	}
	return before, after
}

// sentenceEnd reports whether a sentence ends just before text[i].
func sentenceEnd(text []byte, i int) bool {
	if text[i-1] == '\n' {
		return true
	}
	if c := text[i-1]; i < 2 || c != ' ' && c != '\t' && c != '\r' {
		return false
	}
	s := strings.TrimRight(string(text[max(0, i-8):i]), " \t\r»\"”)")
	return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "…")
}
