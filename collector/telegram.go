package collector

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/intake"
	"svidok/sources"
)

const (
	pagesAtOnce = 100 // of older posts in one visit: the rest is for the next
	againAtOnce = 5   // pages that are looked at again in one visit
	postsOnPage = 20  // about: what a preview shows
	mediaBytes  = 64 << 20
	typePost    = "text/html; profile=telegram-preview"
)

// telegram visits the public preview of a channel: the newest posts; then older ones, back
// to those that were known, or to the first; then posts whose time to be looked at again
// has come.
func (v *visit) telegram(ctx context.Context) error {
	page, err := v.preview(ctx, v.source.Address)
	if err != nil {
		return err
	}
	if err := v.posts(ctx, page); err != nil {
		return err
	}
	newest := v.cursor.Newest
	for _, it := range page.Items {
		newest = max(newest, postNumber(it))
	}
	if v.cursor.Back == "" && lowest(page) > v.cursor.Newest+1 {
		v.cursor.Back, v.cursor.Floor = page.Next, v.cursor.Newest
	}
	v.cursor.Newest = newest
	for n := 0; v.cursor.Back != "" && n < pagesAtOnce; n++ {
		if page, err = v.preview(ctx, v.cursor.Back); err == nil {
			err = v.posts(ctx, page)
		}
		if err != nil {
			return err
		}
		if v.cursor.Back = page.Next; len(page.Items) == 0 || lowest(page) <= v.cursor.Floor {
			v.cursor.Back, v.cursor.Floor = "", 0
		}
	}
	return v.postsAgain(ctx)
}

// preview fetches one page of a channel.
func (v *visit) preview(ctx context.Context, address string) (sources.Listing, error) {
	r, err := v.c.o.Client.Get(ctx, fetching.Ask{URL: address, Header: pageHeaders(v.source.Source)})
	v.count(r)
	if err != nil {
		return sources.Listing{}, err
	}
	last := r.Exchanges[len(r.Exchanges)-1]
	if last.Status != http.StatusOK {
		return sources.Listing{}, fmt.Errorf("the server answers %d %s: %w", last.Status, http.StatusText(last.Status), errUnreached)
	}
	page, err := sources.Telegram(r.Body, last.URL)
	if err != nil {
		return page, err
	}
	v.listing, v.listingRef, v.listingDoor = &r, evidence.Hash{}, doorTelegram
	v.rec.Problems = append(v.rec.Problems, page.Problems...)
	return page, nil
}

func postNumber(it sources.Item) int64 {
	n, err := strconv.ParseInt(it.ID, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func lowest(page sources.Listing) int64 {
	low := int64(0)
	for _, it := range page.Items {
		if n := postNumber(it); n > 0 && (low == 0 || n < low) {
			low = n
		}
	}
	return low
}

// posts takes what is new or changed on a page, and notes what is the same or gone.
func (v *visit) posts(ctx context.Context, page sources.Listing) error {
	low, high := lowest(page), int64(0)
	for _, it := range page.Items {
		high = max(high, postNumber(it))
	}
	if high == 0 {
		return nil
	}
	known, err := v.c.o.Archive.Catalog().Numbered(ctx, v.source.ID, low, high)
	if err != nil {
		return ours{err}
	}
	had := map[string]catalog.Item{}
	for _, k := range known {
		had[k.Name] = k
	}
	var fresh []sources.Item
	there := map[string]bool{}
	for _, it := range page.Items {
		there[it.ID] = true
		if k, ok := had[it.ID]; ok && k.Content == sources.Fingerprint(it) {
			v.same = append(v.same, it.ID)
		} else {
			fresh = append(fresh, it)
		}
	}
	for _, k := range known {
		if !there[k.Name] && k.Gone.IsZero() {
			v.rec.Gone = append(v.rec.Gone, k.Name)
			if err := v.keepListing(ctx); err != nil { // it shows that the post is not there
				return err
			}
		}
	}
	return v.takeEach(ctx, fresh, had, intake.Item{Door: doorTelegram, MediaType: typePost})
}

// keepListing keeps the listing's own bytes, once.
func (v *visit) keepListing(ctx context.Context) error {
	if !v.listingRef.IsZero() || v.listing == nil {
		return nil
	}
	p := &parcel{}
	main := p.exchanges(*v.listing, evidence.PartContainer, v.listingDoor, -1, evidence.Claims{Outlet: v.source.Name})
	done, err := v.c.keep(ctx, p)
	if err != nil {
		return err
	}
	v.listingRef = done.Receipts[main].Capture
	return nil
}

// takeEach takes what stands in a listing itself, in parcels; the listing's own bytes come
// first. as says by which door, and what each is.
func (v *visit) takeEach(ctx context.Context, list []sources.Item, had map[string]catalog.Item, as intake.Item) error {
	if len(list) == 0 {
		return nil
	}
	if err := v.keepListing(ctx); err != nil {
		return err
	}
	p := &parcel{beside: v.listingRef}
	for i, it := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.put(ctx, p, it, had, as); err != nil {
			return ours{err}
		}
		if p.full() || i == len(list)-1 {
			done, err := v.c.keep(ctx, p)
			if err != nil {
				return err
			}
			v.rec.Taken += len(p.takings)
			v.c.told(v.source.Source, p, done)
			p = &parcel{beside: v.listingRef}
		}
	}
	return nil
}

// put puts an item that stands in its listing into a parcel, with what it shows.
func (v *visit) put(ctx context.Context, p *parcel, it sources.Item, had map[string]catalog.Item, as intake.Item) error {
	as.Part, as.Claims, as.Data, as.Parent = evidence.PartReport, it.Claims, it.Raw, -1
	as.Within = fmt.Sprintf("bytes %d to %d of the body", it.Start, it.End)
	main := p.add(as)
	t := evidence.Taking{Source: v.source.ID, Item: nameOf(it), Content: sources.Fingerprint(it), Address: it.Address}
	if k, ok := had[t.Item]; ok {
		t.Before = k.Taking
	}
	remote := exchanged(&t, *v.listing)
	t.Final = ""
	got, missing := v.media(ctx, p, main, it.Address, it.Media)
	t.Parts, t.Lacks = postMinimum(it, got, missing)
	t.Ended = v.c.instant()
	return p.taking(v.c, main, t, remote)
}

// media fetches what a post shows: its links die within days.
func (v *visit) media(ctx context.Context, p *parcel, main int, post string, list []sources.Media) (got, missing int) {
	for _, m := range list {
		if m.Address == "" {
			missing++
			v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: post, Why: m.Kind + ": " + m.Withheld})
			continue
		}
		a, err := v.c.o.Client.Get(ctx, fetching.Ask{URL: m.Address, MaxBytes: mediaBytes})
		v.count(a)
		if err != nil || a.Exchanges[len(a.Exchanges)-1].Status != http.StatusOK {
			missing++
			why := "not reached"
			if err != nil {
				why = err.Error()
			} else {
				why = "the server answers " + strconv.Itoa(a.Exchanges[len(a.Exchanges)-1].Status)
			}
			v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: m.Address, Why: clipped(why)})
			continue
		}
		last := a.Exchanges[len(a.Exchanges)-1]
		p.add(intake.Item{Door: doorTelegram, MediaType: typeResponse, Part: evidence.PartAttachment, Within: m.Kind, Claims: evidence.Claims{Address: m.Address},
			Data: last.Response, Problems: last.Problems, Parent: main})
		got++
	}
	return got, missing
}

// postsAgain looks again at posts that have waited longest.
func (v *visit) postsAgain(ctx context.Context) error {
	list, err := v.c.o.Archive.Catalog().Due(ctx, v.source.ID, v.c.o.Now(), lookAgainLeast, lookAgainMost, againAtOnce*postsOnPage)
	if err != nil {
		return ours{err}
	}
	seen := map[string]bool{}
	for _, s := range v.same {
		seen[s] = true
	}
	for n := 0; n < againAtOnce && len(list) > 0; list = list[1:] {
		if seen[list[0].Name] {
			continue
		}
		number, _, ok := catalog.Range(list[0].Name)
		if !ok {
			continue
		}
		n++
		before := len(v.same)
		page, err := v.preview(ctx, before20(v.source.Address, number+postsOnPage/2))
		if err == nil {
			err = v.posts(ctx, page)
		}
		if err != nil {
			return err
		}
		for _, s := range v.same[before:] {
			seen[s] = true
		}
	}
	return nil
}

// before20 is the address of the page that ends before a post.
func before20(address string, number int64) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set("before", strconv.FormatInt(number, 10))
	u.RawQuery = q.Encode()
	return u.String()
}
