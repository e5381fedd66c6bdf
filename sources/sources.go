// Package sources reads what places on the web offer: feeds (RSS, Atom, JSON Feed),
// sitemaps, pages of links and public previews of channels. Bytes that were fetched go in,
// a [Listing] comes out; nothing is fetched here.
//
// Of each item its own bytes are given where it has any ([Item.Raw], [Item.Start],
// [Item.End]): the element in the feed, the object in the JSON, the post in the page. They
// are what is kept when an item's listing is all that is taken of it.
//
// # What counts as the same
//
// A thing that is seen again is the same if its fingerprint is. [Fingerprint] of a post is
// over its text, media and edited mark, never over views, reactions or addresses that are
// new at every visit; of a feed's entry over title, text, address and times. [StablePage] of
// a page is over the words that a reader sees, in order, not over scripts, styles, comments,
// forms, frames, counters or menus. A page may thus count as the same while its source
// differs; that is said here and accepted, since else every visit would make a version.
package sources

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/telegram"
)

// NoPreview reports whether an error says that a channel shows nothing without an account.
func NoPreview(err error) bool { return errors.Is(err, telegram.ErrNoPreview) }

// Listing is what a place offers.
type Listing struct {
	Kind     string // rss, atom, json, sitemap, sitemap-index, links, telegram
	Title    string
	Items    []Item
	Next     string   // where older items are
	Subs     []string // sitemaps of an index
	Problems []string
}

// Item is one thing of a listing.
type Item struct {
	ID         string // within the listing
	Address    string
	Claims     evidence.Claims
	Raw        []byte // its own bytes, or nil
	Start, End int    // where they stand
	Media      []Media
	text       string // what counts for the fingerprint
}

// Media is something an item shows.
type Media struct{ Kind, Address string }

const (
	maxListing = 32 << 20
	maxItems   = 50_000
	maxDepth   = 128 // of elements of XML
)

// Read reads a feed or a sitemap, whatever the media type says.
func Read(raw []byte, mediaType, address string) (Listing, error) {
	if len(raw) > maxListing {
		return Listing{}, fmt.Errorf("read a listing of %d bytes, limit %d: %w", len(raw), maxListing, evidence.ErrLimit)
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("{")):
		return readJSON(raw, address)
	case bytes.HasPrefix(head, []byte("<")), len(head) > 1 && (head[0] == 0xFE || head[0] == 0xFF):
		return readXML(raw, address)
	case len(head) == 0:
		return Listing{}, fmt.Errorf("read a listing: it is empty: %w", evidence.ErrFormat)
	}
	return Listing{}, notListing(mediaType)
}

func notListing(what string) error {
	return evidence.WithHint(fmt.Errorf("read a listing: %q is no feed and no sitemap: %w", what, evidence.ErrFormat),
		"look for the address of the feed in the page's source, or watch the page itself: --type page or --type list")
}

// Telegram reads a page of a channel's public preview.
func Telegram(raw []byte, address string) (Listing, error) {
	c, err := telegram.Page(raw, address)
	if err != nil {
		return Listing{}, err
	}
	out := Listing{Kind: "telegram", Title: c.Title, Next: c.Older, Problems: c.Problems}
	for _, p := range c.Posts {
		if p.Service {
			continue
		}
		it := Item{ID: fmt.Sprint(p.Number), Address: p.Address, Raw: raw[p.Start:p.End], Start: p.Start, End: p.End,
			Claims: evidence.Claims{Address: p.Address, Outlet: c.Title, Published: p.Published, Forwarded: p.Forwarded, ReplyTo: p.ReplyTo}}
		if it.Claims.Outlet == "" {
			it.Claims.Outlet = p.Channel
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%q %v %q %q", p.Text, p.Edited, p.Forwarded, p.ReplyTo)
		for _, m := range p.Media {
			fmt.Fprintf(&b, " %s %q", m.Kind, m.Name) // addresses are new at every visit
			if m.Address != "" {
				it.Media = append(it.Media, Media{m.Kind, m.Address})
			}
		}
		it.text = b.String()
		out.Items = append(out.Items, it)
	}
	return out, nil
}

// Fingerprint is what says that an item is the same.
func Fingerprint(it Item) evidence.Hash {
	if it.text != "" {
		return evidence.Sum([]byte(it.text))
	}
	return evidence.Sum([]byte(strings.Join([]string{it.ID, it.Address, it.Claims.Title, it.Claims.Published, it.Claims.Edited}, "\x00")))
}

// readJSON reads a JSON Feed (jsonfeed.org, versions 1 and 1.1).
func readJSON(raw []byte, address string) (Listing, error) {
	var feed struct {
		Version string            `json:"version"`
		Title   string            `json:"title"`
		Next    string            `json:"next_url"`
		Items   []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(raw, &feed); err != nil {
		return Listing{}, fmt.Errorf("read a JSON feed: %w: %w", evidence.ErrFormat, err)
	}
	if !strings.Contains(feed.Version, "jsonfeed.org") && feed.Items == nil {
		return Listing{}, notListing("application/json")
	}
	out := Listing{Kind: "json", Title: line(feed.Title), Next: resolve(address, feed.Next)}
	at := 0
	for i, b := range feed.Items {
		if i == maxItems {
			out.Problems = append(out.Problems, fmt.Sprintf("more than %d items: the rest is not read", maxItems))
			break
		}
		var e struct {
			ID        any    `json:"id"`
			URL       string `json:"url"`
			External  string `json:"external_url"`
			Title     string `json:"title"`
			HTML      string `json:"content_html"`
			Text      string `json:"content_text"`
			Summary   string `json:"summary"`
			Image     string `json:"image"`
			Published string `json:"date_published"`
			Modified  string `json:"date_modified"`
		}
		if err := json.Unmarshal(b, &e); err != nil {
			out.Problems = append(out.Problems, fmt.Sprintf("item %d: %v", i+1, err))
			continue
		}
		it := Item{ID: fmt.Sprint(e.ID), Address: resolve(address, e.URL), Raw: b, Claims: evidence.Claims{Title: line(e.Title), Published: e.Published, Edited: e.Modified, Outlet: out.Title}}
		if e.ID == nil {
			it.ID = it.Address
		}
		if k := bytes.Index(raw[at:], b); k >= 0 {
			it.Start, it.End = at+k, at+k+len(b)
			at = it.End
		}
		it.Claims.Address = it.Address
		it.text = strings.Join([]string{e.Title, e.HTML, e.Text, e.Summary, e.URL, e.Published, e.Modified}, "\x00")
		if a := resolve(address, e.Image); a != "" {
			it.Media = append(it.Media, Media{"photo", a})
		}
		if it.ID == "" {
			out.Problems = append(out.Problems, fmt.Sprintf("item %d has neither ID nor address", i+1))
			continue
		}
		out.Items = append(out.Items, it)
	}
	return out, nil
}

func line(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if len(s) > 1000 {
		n := 1000
		for !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return s
}
