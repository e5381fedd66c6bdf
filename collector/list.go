package collector

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"time"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/intake"
	"svidok/sources"
)

const (
	itemsAtOnce    = 200 // pages taken in one visit: the rest is for the next
	sitemapsAtOnce = 50
	firstReach     = 30 * 24 * time.Hour // what a sitemap names is taken if it is no older when watching begins
	typeFeedItem   = "application/vnd.svidok.feed-item"
)

// list visits a feed, a sitemap or a page of links.
func (v *visit) list(ctx context.Context) error {
	r, err := v.c.o.Client.Get(ctx, fetching.Ask{URL: v.source.Address, ETag: v.cursor.ETag, LastModified: v.cursor.Modified, Header: pageHeaders(v.source.Source)})
	v.count(r)
	if err != nil {
		return err
	}
	if r.NotModified {
		return v.pagesAgain(ctx)
	}
	last := r.Exchanges[len(r.Exchanges)-1]
	if last.Status != http.StatusOK {
		return fmt.Errorf("the server answers %d %s: %w", last.Status, http.StatusText(last.Status), errUnreached)
	}
	v.listing, v.listingRef, v.listingDoor = &r, evidence.Hash{}, doorFeed
	page, err := v.readListing(r)
	if err != nil {
		return err
	}
	v.rec.Problems = append(v.rec.Problems, page.Problems...)
	if page, err = v.subs(ctx, page); err != nil {
		return err
	}
	whole, err := v.entries(ctx, page)
	if err != nil {
		return err
	}
	if whole { // else the rest would be hidden by "not modified"
		v.cursor.ETag, v.cursor.Modified = last.Header.Get("ETag"), last.Header.Get("Last-Modified")
	}
	return v.pagesAgain(ctx)
}

func (v *visit) readListing(r fetching.Result) (sources.Listing, error) {
	base := r.Exchanges[len(r.Exchanges)-1].URL
	if v.source.Type == evidence.SourceList {
		return sources.Links(r.Body, fullType(r), base, v.source.Select)
	}
	return sources.Read(r.Body, fullType(r), base)
}

// fullType is the media type of an answer with the encoding that the server names.
func fullType(r fetching.Result) string {
	if r.Charset == "" {
		return r.MediaType
	}
	return mime.FormatMediaType(r.MediaType, map[string]string{"charset": r.Charset})
}

// subs follows an index of sitemaps.
func (v *visit) subs(ctx context.Context, page sources.Listing) (sources.Listing, error) {
	for i, address := range page.Subs {
		if i >= sitemapsAtOnce {
			v.rec.Problems = append(v.rec.Problems, fmt.Sprintf("%d more sitemaps are not read", len(page.Subs)-i))
			break
		}
		r, err := v.c.o.Client.Get(ctx, fetching.Ask{URL: address})
		v.count(r)
		if err == nil {
			var sub sources.Listing
			if sub, err = sources.Read(r.Body, fullType(r), address); err == nil {
				page.Items = append(page.Items, sub.Items...)
				continue
			}
		}
		if ctx.Err() != nil {
			return page, ctx.Err()
		}
		v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: address, Why: clipped(err.Error())})
	}
	return page, nil
}

// entries takes what is new in a listing. whole: nothing is left for the next visit.
func (v *visit) entries(ctx context.Context, page sources.Listing) (whole bool, err error) {
	choose, err := chooser(v.source)
	if err != nil {
		return false, err
	}
	var list []sources.Item
	had := map[string]catalog.Item{}
	for _, it := range page.Items {
		name := nameOf(it)
		if name == "" || !choose(it) {
			continue
		}
		k, known, err := v.c.o.Archive.Catalog().Item(ctx, v.source.ID, name)
		if err != nil {
			return false, ours{err}
		}
		if known {
			had[name] = k
		}
		switch {
		case known && v.source.Take != evidence.TakeListing && !laterThan(it.Claims.Edited, k.Last),
			known && v.source.Take == evidence.TakeListing && k.Content == sources.Fingerprint(it):
			if v.source.Take == evidence.TakeListing {
				v.same = append(v.same, name)
			}
		case !known && v.source.Type == evidence.SourceSitemap && v.tooOld(it):
		default:
			list = append(list, it)
		}
	}
	whole = len(list) <= itemsAtOnce
	if !whole {
		list = list[:itemsAtOnce]
	}
	if v.source.Take == evidence.TakeListing {
		return whole, v.takeEach(ctx, list, had, intake.Item{Door: doorFeed, MediaType: typeFeedItem})
	}
	for _, it := range list {
		if err := v.takeEntry(ctx, it, had); err != nil {
			return false, err
		}
	}
	return whole, nil
}

func nameOf(it sources.Item) string {
	if it.ID != "" {
		return it.ID
	}
	return it.Address
}

// chooser says which entries of a listing are wanted.
func chooser(s catalog.Source) (func(sources.Item) bool, error) {
	if s.Select == "" || s.Type == evidence.SourceList { // of a list the selector chose already
		return func(sources.Item) bool { return true }, nil
	}
	re, err := regexp.Compile(s.Select)
	if err != nil {
		return nil, fmt.Errorf("what to select, %q: %w: %w", s.Select, evidence.ErrUsage, err)
	}
	return func(it sources.Item) bool { return re.MatchString(it.Address) }, nil
}

// laterThan reports whether a claimed time is after t.
func laterThan(claimed string, t time.Time) bool {
	at, err := time.Parse(time.RFC3339, claimed)
	return err == nil && at.After(t)
}

// tooOld: a sitemap names everything that ever was; what is older than the watch by long
// is not taken.
func (v *visit) tooOld(it sources.Item) bool {
	for _, claimed := range []string{it.Claims.Edited, it.Claims.Published} {
		for _, form := range []string{time.RFC3339, time.DateOnly, "2006-01"} {
			if at, err := time.Parse(form, claimed); err == nil {
				return at.Before(v.source.At.Add(-firstReach))
			}
		}
	}
	return false
}

// takeEntry takes the page that an entry names.
func (v *visit) takeEntry(ctx context.Context, it sources.Item, had map[string]catalog.Item) error {
	if it.Address == "" {
		v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: nameOf(it), Why: "the entry names no address"})
		return nil
	}
	w := wanted{source: v.source.Source, name: nameOf(it), address: it.Address, claims: it.Claims, expect: it.Claims.Title, raw: it.Raw, seen: v.source.Take == evidence.TakeSeen}
	if k, ok := had[w.name]; ok {
		w.before = &version{content: k.Content, taking: k.Taking}
	}
	return v.takeWanted(ctx, w)
}

// takeWanted takes a page and notes what came of it.
func (v *visit) takeWanted(ctx context.Context, w wanted) error {
	out, err := v.c.takePage(ctx, w)
	v.count(out.result)
	switch {
	case isOurs(err) || ctx.Err() != nil:
		return err
	case err != nil:
		v.failed = err
		v.rec.Missed = append(v.rec.Missed, evidence.Missed{Item: w.name, Why: clipped(err.Error())})
		v.c.say(Status{Source: v.source.Source, Item: w.address, Err: err})
	case out.gone && out.same: // as it was at the last visit
	case out.gone && w.before != nil:
		v.rec.Gone = append(v.rec.Gone, w.name)
		if out.receipt != nil {
			v.rec.Taken++
		}
	case out.same:
		v.same = append(v.same, w.name)
	default:
		v.rec.Taken++
	}
	return nil
}

// pagesAgain looks again at pages that have waited longest.
func (v *visit) pagesAgain(ctx context.Context) error {
	if v.source.Take == evidence.TakeListing {
		return nil
	}
	least, most, limit, now := lookAgainLeast, lookAgainMost, itemsAtOnce/4, v.c.o.Now()
	if v.all {
		least, most, limit, now = 0, 0, itemsAtOnce, v.rec.Started.Add(-time.Millisecond) // not what this visit took
	}
	list, err := v.c.o.Archive.Catalog().Due(ctx, v.source.ID, now, least, most, limit)
	if err != nil {
		return ours{err}
	}
	for _, k := range list {
		w := wanted{source: v.source.Source, name: k.Name, address: k.Address, before: &version{content: k.Content, taking: k.Taking}, seen: v.source.Take == evidence.TakeSeen}
		if err := v.takeWanted(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// page visits the one page of a source.
func (v *visit) page(ctx context.Context) error {
	k, known, err := v.c.o.Archive.Catalog().Item(ctx, v.source.ID, v.source.Address)
	if err != nil {
		return ours{err}
	}
	w := wanted{source: v.source.Source, name: v.source.Address, address: v.source.Address, seen: v.source.Take == evidence.TakeSeen}
	if known {
		w.before = &version{content: k.Content, taking: k.Taking}
	}
	missed := len(v.rec.Missed)
	if err := v.takeWanted(ctx, w); err != nil {
		return err
	}
	if len(v.rec.Missed) > missed { // the page is all there is: the visit failed
		v.rec.Missed = v.rec.Missed[:missed]
		return v.failed
	}
	return nil
}
