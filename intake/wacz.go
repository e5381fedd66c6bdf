package intake

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"svidok/evidence"
	"svidok/wacz"
	"svidok/warc"
)

// wacz yields the package's description and digest, and the parts of its WARC files.
// false: it is none that can be read, which is said.
func (p *parts) wacz(src *source) bool {
	f, err := wacz.Open(src, src.size)
	if err != nil {
		p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
		return false
	}
	bad := p.checks(f)
	if p.stop || !p.description(f, bad) {
		return true
	}
	list := p.pages(f)
	known := originals{}
	for _, r := range f.WARCs() {
		if p.stop {
			return true
		}
		in, err := f.Open(r.Path)
		if err != nil {
			p.fail(r.Path, fmt.Errorf("%q: %w", p.container.Name, err))
			continue
		}
		w := warcFile{name: r.Path, pages: list, known: known}
		if bad[r.Path] != "" {
			w.problem = "of the WARC file it is in: " + bad[r.Path]
		}
		p.warc(&contextReader{p.ctx, in}, w)
		_ = in.Close() // opened for reading
	}
	list.missing(p)
	return true
}

// checks holds every resource against its hash, and tells what differs.
func (p *parts) checks(f *wacz.File) map[string]string {
	bad := map[string]string{}
	for _, r := range f.Resources {
		if !r.Found {
			continue // told with the description
		}
		weak, err := f.Check(r)
		switch {
		case err == nil && weak:
			bad[r.Path] = "it matches its hash, but that hash is weak"
		case errors.Is(err, evidence.ErrNotFound):
			bad[r.Path] = "nothing vouches for it: datapackage.json has no hash of it"
		case errors.Is(err, evidence.ErrTampered):
			bad[r.Path] = "it is not what datapackage.json says: " + strings.TrimSuffix(strings.TrimPrefix(err.Error(), r.Path+": "), ": "+evidence.ErrTampered.Error())
			p.fail(r.Path, fmt.Errorf("%q: %w", p.container.Name, err))
		case err != nil:
			bad[r.Path] = words(err)
			p.fail(r.Path, fmt.Errorf("%q: %w", p.container.Name, err))
		}
		if p.stop {
			break
		}
	}
	return bad
}

// description yields datapackage.json and its digest, with what is wrong with them.
func (p *parts) description(f *wacz.File, bad map[string]string) bool {
	item := func(name string, data []byte) Item {
		return Item{Input: p.container.Input, Door: DoorWARC, Name: name, MediaType: "application/json", Part: evidence.PartAttachment, Within: name,
			Size: int64(len(data)), Data: data, Parent: -1}
	}
	it := item("datapackage.json", f.Manifest())
	it.Problems = slices.Clone(f.Problems)
	for _, r := range f.Resources {
		if why := bad[r.Path]; why != "" && r.Hash != "" {
			it.Problems = append(it.Problems, clip(r.Path)+": "+why)
		}
	}
	it.Claims.Title, it.Claims.Published = clip(f.Title), clip(f.Created)
	if !p.give(it) {
		return false
	}
	s := f.Signed(p.trust)
	if f.Digest() != nil {
		it = item("datapackage-digest.json", f.Digest())
		it.Signed = &s
		if !s.Holds() || s.Chain == wacz.NotJudged || s.Stamp == wacz.NotJudged || s.Signature == wacz.NotJudged || len(s.Problems) > 0 {
			it.Problems = s.Words()
		}
		if !p.give(it) {
			return false
		}
	}
	if !s.Holds() {
		return p.fail("datapackage-digest.json", evidence.WithHint(fmt.Errorf("%q: %s: %w", p.container.Name, s.Words()[0], evidence.ErrTampered),
			"it is kept as it came, and its parts are taken; ask whoever gave it for the file as it was made"))
	}
	return true
}

// warcFile is one WARC file, by itself or in a WACZ file.
type warcFile struct {
	name    string // within its container; "": it is the container
	problem string // what is wrong with all of it
	pages   *pageList
	known   originals
}

func (w *warcFile) within(offset int64) string {
	s := fmt.Sprintf("record at byte %d", offset)
	if w.name != "" {
		s += " of " + w.name
	}
	return s
}

// pageList are the pages of a WACZ file.
type pageList struct {
	byURL map[string][]wacz.Page
	order []string
	seen  map[string]bool
	given map[string]int // where the page is among the parts
}

func (p *parts) pages(f *wacz.File) *pageList {
	l := &pageList{byURL: map[string][]wacz.Page{}, seen: map[string]bool{}, given: map[string]int{}}
	for page, err := range f.Pages() {
		if err != nil {
			if !p.fail(page.List, fmt.Errorf("%q: %w", p.container.Name, err)) {
				return l
			}
			continue
		}
		url := plain(page.URL)
		if len(l.byURL[url]) == 0 {
			l.order = append(l.order, url)
		}
		l.byURL[url] = append(l.byURL[url], page)
	}
	return l
}

// plain is a URL without its fragment, which no server sees.
func plain(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

// seenBy: urn:view:URL, urn:text:URL and so on: how a crawler saw a page, or what it read
// out of it.
func seenBy(uri string) (url string, ok bool) {
	rest, ok := strings.CutPrefix(uri, "urn:")
	if !ok {
		return "", false
	}
	_, url, _ = strings.Cut(rest, ":")
	return url, strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")
}

// place says of a record what the list of pages knows: which page it is, or belongs to.
func (l *pageList) place(p *parts, it *Item, rec *warc.Record, mediaType string) {
	url := plain(rec.TargetURI())
	if of, ok := seenBy(url); ok {
		it.Part = evidence.PartAttachment
		if l != nil {
			if k, ok := l.given[plain(of)]; ok {
				it.Parent = k
			}
		}
		return
	}
	if l == nil || len(l.byURL) == 0 {
		return
	}
	page := nearest(l.byURL[url], it.Claims.Modified)
	if page == nil {
		if it.Part == evidence.PartReport && (mediaType == "text/html" || mediaType == "application/xhtml+xml") {
			it.Part = evidence.PartAttachment // a frame, an advertisement
		}
		return
	}
	l.seen[url] = true
	switch {
	case rec.Type() == "revisit":
	case it.Part == evidence.PartReport:
		it.Claims.Title = clip(page.Title)
		if it.Claims.Modified == "" {
			it.Claims.Modified = clip(page.Time)
		}
		if _, again := l.given[url]; !again {
			l.given[url] = p.n
		}
	default: // what a page leads to is the page
		if to := location(it, rec); to != "" && len(l.byURL[plain(to)]) == 0 {
			l.byURL[plain(to)] = []wacz.Page{*page}
		}
	}
}

// nearest is the page whose time is nearest to the record's: by its digits, which is
// right where times are written alike, and harmless elsewhere.
func nearest(list []wacz.Page, date string) *wacz.Page {
	if len(list) == 0 {
		return nil
	}
	best, length := 0, -1
	for i := range list {
		n := 0
		for n < len(date) && n < len(list[i].Time) && date[n] == list[i].Time[n] {
			n++
		}
		if n > length {
			best, length = i, n
		}
	}
	return &list[best]
}

// missing names the pages that have no record.
func (l *pageList) missing(p *parts) {
	const most = 1000
	n := 0
	for _, url := range l.order {
		if l.seen[url] {
			continue
		}
		if n++; n > most {
			p.fail("", fmt.Errorf("%q: more than %d pages are listed that have no record: the rest is not named: %w", p.container.Name, most, evidence.ErrLimit))
			return
		}
		if !p.fail(l.byURL[url][0].List, fmt.Errorf("%q: %s is listed as a page, and has no record: %w", p.container.Name, clip(url), evidence.ErrNotFound)) {
			return
		}
	}
}

// location is where a response leads, made absolute.
func location(it *Item, rec *warc.Record) string {
	head := it.Data
	if it.Open != nil {
		head, _ = headOf(it.Open) // what cannot be read leads nowhere
	}
	h, ok := parseHTTPHead(head[:min(len(head), sniffLen)])
	if !ok || h.status < 300 || h.status > 399 || h.location == "" {
		return ""
	}
	return resolve(rec.TargetURI(), h.location)
}
