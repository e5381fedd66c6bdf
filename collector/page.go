package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"svidok/archive"
	"svidok/capturing"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/intake"
	"svidok/sources"
)

const (
	maxRequisites     = 120
	requisiteBytes    = 8 << 20  // of one image or style
	allRequisiteBytes = 48 << 20 // of all of a page
)

// wanted is a page that is to be taken.
type wanted struct {
	source  evidence.Source // zero for an address that somebody named
	name    string          // of the item
	address string
	claims  evidence.Claims // what a listing said of it
	expect  string          // words that must be in it
	raw     []byte          // its own bytes in the listing
	before  *version        // nil: never taken
	seen    bool            // a picture is wanted
	beside  evidence.Hash   // the listing, if it was kept
}

// version is what is known of the version before.
type version struct {
	content evidence.Hash
	taking  evidence.Hash
}

// outcome of taking one page.
type outcome struct {
	same    bool
	gone    bool // it was there, and the server says that it is no more
	receipt *archive.Receipt
	hollow  []evidence.Hollow
	result  fetching.Result
}

// Capture takes one address that somebody names, with all that belongs to it, and returns
// its receipt. What was taken before and has not changed is taken again: somebody asked.
func (c *Collector) Capture(ctx context.Context, address string) (archive.Receipt, []evidence.Hollow, error) {
	w := wanted{name: address, address: address, seen: c.o.Browser != nil}
	item, known, err := c.o.Archive.Catalog().Item(ctx, "", address)
	if err != nil {
		return archive.Receipt{}, nil, err
	}
	if known {
		w.before = &version{taking: item.Taking} // its content is not compared
	}
	out, err := c.takePage(ctx, w)
	if err != nil {
		return archive.Receipt{}, nil, fmt.Errorf("capture %s: %w", address, err)
	}
	return *out.receipt, out.hollow, nil
}

// takePage fetches a page and keeps it, unless it is as it was.
func (c *Collector) takePage(ctx context.Context, w wanted) (outcome, error) {
	r, err := c.o.Client.Get(ctx, fetching.Ask{URL: w.address, Header: pageHeaders(w.source)})
	if err != nil {
		return outcome{result: r}, err
	}
	last := r.Exchanges[len(r.Exchanges)-1]
	out := outcome{result: r, gone: isGone(last.Status)}
	if last.Status >= 400 && w.before == nil && (!out.gone || w.source.ID != "") { // of a source nothing was ever there; a person who asks gets what is there
		return out, fmt.Errorf("the server answers %d %s: %w", last.Status, http.StatusText(last.Status), errUnreached)
	}
	var s shot
	shell := isShell(w, r)
	if shell {
		s = c.look(ctx, w, r, true)
	}
	content := contentOf(r, s)
	if w.before != nil && w.before.content == content {
		out.same = true
		return out, nil
	}
	if last.Status >= 500 || last.Status == http.StatusTooManyRequests { // says nothing of the page
		return out, fmt.Errorf("the server answers %d %s: %w", last.Status, http.StatusText(last.Status), errUnreached)
	}
	if !shell {
		s = c.look(ctx, w, r, false)
	}
	p, taking, err := c.pageParcel(ctx, w, r, s, content)
	if err != nil {
		return out, err
	}
	done, err := c.keep(ctx, p)
	if err != nil {
		return out, err
	}
	c.told(w.source, p, done)
	out.receipt, out.hollow = &done.Receipts[p.of[0]], taking.Hollow
	out.receipt.Input = w.address
	return out, nil
}

// pageParcel gathers a page with all that belongs to it.
func (c *Collector) pageParcel(ctx context.Context, w wanted, r fetching.Result, s shot, content evidence.Hash) (*parcel, evidence.Taking, error) {
	p := &parcel{beside: w.beside}
	main := p.exchanges(r, evidence.PartReport, doorWeb, -1, w.claims)
	t := evidence.Taking{Source: w.source.ID, Item: w.name, Content: content, Address: w.address}
	if w.before != nil {
		t.Before = w.before.taking
	}
	remote := exchanged(&t, r)
	if len(w.raw) > 0 {
		p.add(intake.Item{Door: doorFeed, MediaType: "application/xml", Part: evidence.PartAttachment, Within: "listing", Data: w.raw, Parent: main})
	}
	media, missing := c.requisites(ctx, p, main, r)
	for _, it := range s.items {
		it.Parent = main
		p.add(it)
	}
	t.Hollow = hollow(w, r, s.dom)
	t.Parts, t.Lacks = minimum(r, media, missing, s)
	t.Ended = c.instant()
	return p, t, p.taking(c, main, t, remote)
}

// requisites fetches what is needed to show a page.
func (c *Collector) requisites(ctx context.Context, p *parcel, main int, r fetching.Result) (got, missing int) {
	if !isHTML(r.MediaType) {
		return 0, 0
	}
	base := r.Exchanges[len(r.Exchanges)-1].URL
	list := capturing.Requisites(r.Body, base)
	asked := map[string]bool{}
	var bytes int64
	for i := 0; i < len(list) && ctx.Err() == nil; i++ {
		q := list[i]
		if asked[q.Address] {
			continue
		}
		asked[q.Address] = true
		if len(asked) > maxRequisites || bytes > allRequisiteBytes {
			missing++
			continue
		}
		a, err := c.o.Client.Get(ctx, fetching.Ask{URL: q.Address, Once: true, MaxBytes: requisiteBytes, Header: http.Header{"Referer": {base}}})
		if err != nil || a.Exchanges[len(a.Exchanges)-1].Status != http.StatusOK {
			missing++
			continue
		}
		last := a.Exchanges[len(a.Exchanges)-1]
		bytes += int64(len(last.Response))
		p.add(intake.Item{Door: doorWeb, MediaType: typeResponse, Part: evidence.PartAttachment, Within: q.Kind, Claims: evidence.Claims{Address: q.Address}, Data: last.Response, Problems: last.Problems, Parent: main})
		got++
		if q.Kind == "style" {
			list = append(list, capturing.CSSRequisites(a.Body, last.URL)...)
		}
	}
	return got, missing
}

func pageHeaders(s evidence.Source) http.Header {
	h := http.Header{"Accept": {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}}
	languages := "uk,ru;q=0.8,en;q=0.6"
	if len(s.Languages) > 0 {
		languages = s.Languages[0]
	}
	h.Set("Accept-Language", languages)
	return h
}

// outcomeOf says what an error of a visit means for the next.
func outcomeOf(err error) evidence.VisitOutcome {
	switch {
	case errors.Is(err, evidence.ErrRefused):
		return evidence.VisitRefused
	case sources.NoPreview(err):
		return evidence.VisitClosed
	}
	return evidence.VisitFailed
}
