package collector

import (
	"context"
	"fmt"
	"strings"

	"svidok/capturing"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/intake"
	"svidok/reading"
	"svidok/sources"
)

// shot is what a browser saw, or why there is nothing.
type shot struct {
	taken bool
	why   string
	dom   []byte
}

// picture lets a browser open the page, and puts what it saw beside the answer.
func (c *Collector) picture(ctx context.Context, p *parcel, main int, w wanted, r fetching.Result) shot {
	switch {
	case !w.seen:
		return shot{why: "not asked for"}
	case !isHTML(r.MediaType):
		return shot{why: "no page"}
	case c.o.Browser == nil:
		why := c.o.NoBrowser
		if why == "" {
			why = "no browser is installed"
		}
		return shot{why: why}
	}
	passage, err := c.o.Client.Open(ctx)
	if err != nil {
		return shot{why: err.Error()}
	}
	defer passage.Close()
	seen, err := c.o.Browser.Through(passage.Address()).See(ctx, r.Exchanges[len(r.Exchanges)-1].URL)
	if err != nil {
		return shot{why: clipped(err.Error())}
	}
	claims := evidence.Claims{Address: seen.Address, Title: seen.Title}
	for _, x := range []struct {
		name, mediaType string
		data            []byte
	}{{"screenshot", "image/png", seen.Screenshot}, {"print", "application/pdf", seen.Print}, {"document after scripts", "text/html; charset=utf-8", seen.DOM}} {
		if len(x.data) > 0 {
			p.add(intake.Item{Door: doorWeb, MediaType: x.mediaType, Part: evidence.PartAttachment, Within: x.name, Claims: claims, Data: x.data, Parent: main, Problems: seen.Problems})
		}
	}
	return shot{taken: len(seen.Screenshot) > 0, dom: seen.DOM, why: "none could be taken"}
}

// hollow says what makes one doubt that a capture holds what it should.
func hollow(w wanted, r fetching.Result, dom []byte) []evidence.Hollow {
	last := r.Exchanges[len(r.Exchanges)-1]
	if !isHTML(r.MediaType) && len(r.Body) > 0 && last.Status < 400 {
		return nil
	}
	page := capturing.Page{Status: last.Status, HTML: r.Body, Asked: w.address, Expect: w.expect}
	if last.URL != w.address {
		page.Final = last.URL
	}
	page.Text, page.Title = readPage(r)
	var out []evidence.Hollow
	for _, f := range capturing.Hollow(page) {
		if len(dom) > 0 && (f.Kind == capturing.Shell || f.Kind == capturing.Tiny || f.Kind == capturing.Other) { // what scripts made of it may be whole
			filled := page
			filled.HTML, filled.Scripts = dom, true
			if res, err := reading.Read(dom, "text/html", evidence.Claims{Charset: "utf-8"}); err == nil {
				filled.Text = res.Text
			}
			if len(capturing.Hollow(filled)) == 0 {
				continue
			}
		}
		out = append(out, evidence.Hollow{Kind: f.Kind, Certain: f.Certain, Because: clipped(f.Because)})
	}
	return out
}

// readPage is the main text and title of a page, as it will be read.
func readPage(r fetching.Result) (text, title string) {
	res, err := reading.Read(r.Body, r.MediaType, evidence.Claims{Charset: r.Charset})
	if err != nil {
		return "", ""
	}
	return res.Text, res.Title
}

// contentOf is the fingerprint of a page: of HTML its title and main text, as long as there
// is any; else what a reader sees; of all else its bytes.
func contentOf(r fetching.Result) evidence.Hash {
	last := r.Exchanges[len(r.Exchanges)-1]
	if isHTML(r.MediaType) {
		text, title := readPage(r)
		if len(text) >= enough {
			return evidence.Sum([]byte(title + "\x00" + text))
		}
		return sources.StablePage(r.Body)
	}
	return evidence.Sum(fmt.Appendf(nil, "%d %s", last.Status, r.Body))
}

// enough is from how many bytes on a main text stands for its page.
const enough = 200

// minimum says which parts of the court minimum a page's capture has.
func minimum(r fetching.Result, got, missing int, s shot) (parts, lacks []string) {
	return capturing.Minimum(capturing.Facts{Address: true, Source: true, Shot: s.taken, ShotWhy: s.why, Media: got, Missing: missing,
		Metadata: len(r.Exchanges[len(r.Exchanges)-1].Header) > 0, Context: isHTML(r.MediaType), Operator: true})
}

// postMinimum is the same of a post or an entry, whose bytes are those of the listing.
func postMinimum(it sources.Item, got, missing int) (parts, lacks []string) {
	return capturing.Minimum(capturing.Facts{Address: it.Address != "", Source: len(it.Raw) > 0, ShotWhy: "not taken of posts and entries", Media: got, Missing: missing,
		Metadata: strings.TrimSpace(it.Claims.Published) != "", Context: true, Operator: true})
}
