package collector

import (
	"context"
	"fmt"
	"net/http"
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
	taken  bool // a picture of the whole page
	why    string
	dom    []byte
	filled bool // the answer is a shell, and scripts made a page of it
	items  []intake.Item
}

// look lets a browser open the page, if a picture is asked for, or if there is nothing to
// read before scripts have run.
func (c *Collector) look(ctx context.Context, w wanted, r fetching.Result, shell bool) shot {
	switch {
	case !w.seen && !shell:
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
	s := shot{taken: len(seen.Screenshot) > 0, dom: seen.DOM, why: "none could be taken"}
	s.filled = shell && len(seen.DOM) > 0 && len(capturing.Hollow(filledPage(pageOf(w, r), seen.DOM))) == 0
	claims := evidence.Claims{Address: seen.Address, Title: seen.Title}
	for _, x := range []struct {
		name, mediaType string
		data            []byte
	}{{"screenshot", "image/png", seen.Screenshot}, {"print", "application/pdf", seen.Print}, {"document after scripts", "text/html; charset=utf-8", seen.DOM}} {
		if len(x.data) == 0 {
			continue
		}
		it := intake.Item{Door: doorWeb, MediaType: x.mediaType, Part: evidence.PartAttachment, Within: x.name, Claims: claims, Data: x.data, Problems: seen.Problems}
		if s.filled && x.name == "document after scripts" {
			it.Part = evidence.PartReport // the words are here, and nowhere else
		}
		s.items = append(s.items, it)
	}
	return s
}

// pageOf is an answer as its hollowness is judged.
func pageOf(w wanted, r fetching.Result) capturing.Page {
	last := r.Exchanges[len(r.Exchanges)-1]
	page := capturing.Page{Status: last.Status, HTML: r.Body, Asked: w.address, Expect: w.expect}
	if last.URL != w.address {
		page.Final = last.URL
	}
	page.Text, page.Title = readPage(r)
	return page
}

// filledPage is the page that scripts made of an answer.
func filledPage(page capturing.Page, dom []byte) capturing.Page {
	page.HTML, page.Scripts, page.Text = dom, true, ""
	if res, err := reading.Read(dom, "text/html", evidence.Claims{Charset: "utf-8"}); err == nil {
		page.Text, page.Title = res.Text, res.Title
	}
	return page
}

// mayFill reports whether scripts may make a page of what is hollow in this way.
func mayFill(kind string) bool {
	return kind == capturing.Shell || kind == capturing.Tiny || kind == capturing.Other
}

// isShell reports whether an answer has nothing to read before scripts have run.
func isShell(w wanted, r fetching.Result) bool {
	if !isHTML(r.MediaType) || r.Exchanges[len(r.Exchanges)-1].Status >= 400 {
		return false
	}
	for _, f := range capturing.Hollow(pageOf(w, r)) {
		if mayFill(f.Kind) {
			return true
		}
	}
	return false
}

// hollow says what makes one doubt that a capture holds what it should.
func hollow(w wanted, r fetching.Result, dom []byte) []evidence.Hollow {
	last := r.Exchanges[len(r.Exchanges)-1]
	if !isHTML(r.MediaType) && len(r.Body) > 0 && last.Status < 400 {
		return nil
	}
	page := pageOf(w, r)
	var out []evidence.Hollow
	for _, f := range capturing.Hollow(page) {
		if len(dom) > 0 && mayFill(f.Kind) && len(capturing.Hollow(filledPage(page, dom))) == 0 {
			continue // what scripts made of it is whole
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
// is any; else what a reader sees; of all else its bytes. Of a shell it is that of the page
// that scripts made of it, and of one that is gone that it is: what servers say then, they
// say in other words each time.
func contentOf(r fetching.Result, s shot) evidence.Hash {
	last := r.Exchanges[len(r.Exchanges)-1]
	if isGone(last.Status) {
		return evidence.Sum([]byte("gone"))
	}
	if isHTML(r.MediaType) {
		text, title := readPage(r)
		if s.filled {
			made := filledPage(capturing.Page{}, s.dom)
			text, title = made.Text, made.Title
			return evidence.Sum([]byte(title + "\x00" + text))
		}
		if len(text) >= enough {
			return evidence.Sum([]byte(title + "\x00" + text))
		}
		return sources.StablePage(r.Body)
	}
	return evidence.Sum(fmt.Appendf(nil, "%d %s", last.Status, r.Body))
}

func isGone(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }

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
