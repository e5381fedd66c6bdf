// Package sources reads what places on the web offer: feeds (RSS, Atom, JSON Feed),
// sitemaps, pages of links and public previews of channels. Bytes that were fetched go in,
// a [Listing] comes out; nothing is fetched here.
//
// Of each item its own bytes are given where it has any ([Item.Raw], [Item.Start],
// [Item.End]): the element in the feed, the object in the JSON, the post in the page. They
// are what is kept when an item's listing is all that is taken of it. Names of authors are
// never taken.
//
// Listings are dirty, and are read as far as they can be: only what is too large or too
// deep, or no listing at all, is an error. What was odd is in [Listing.Problems]. A page of
// HTML is never taken for a feed, even if a feed was asked for: the error names the feeds
// that the page names.
//
// # What counts as the same
//
// A thing that is seen again is the same if its fingerprint is.
//
// [Fingerprint] of a post is over its text, which media it has (their kinds, file names and
// numbers within an album), the edited mark, and the addresses of what was forwarded and
// answered. It is not over views, reactions, previews of links, titles of other channels
// and addresses of files, which are new at every visit.
//
// [Fingerprint] of an entry of a feed is over its title, the words of its texts without
// markup, its address without what follows visitors (utm_source and the like), the time it
// says it was published, and the file names of its media. It is not over the time of the
// last change, which many systems set to now, unless the entry says nothing else, as in a
// sitemap.
//
// [StablePage] of a page is over the words that a reader sees and the file names of the
// pictures in its main part, in order. It is not over scripts, styles, comments, frames,
// fields of forms, menus, margins, advertisements, counters, teasers of other pages and
// words such as "5 minutes ago", as far as the page marks them as such. What holds the
// page's main heading, or most of the words of a page that has none, is never left out,
// whatever it is called. A page may thus count
// as the same while its source differs; that is accepted, since else every visit would make
// a version.
package sources

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
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
	Self     string // address, as the listing gives it, or as it was asked for
	Items    []Item
	Next     string   // address of older items; "" if there are none, or it is not known
	Newer    string   // address of newer items, of a preview that is not at its end
	Subs     []string // addresses of the sitemaps of an index
	Gaps     []string // numbers between the posts of a preview that are not there: "14", "17-19"
	Problems []string
}

func (l *Listing) problem(s string) {
	const most = 100
	if len(l.Problems) < most && !slices.Contains(l.Problems, s) {
		l.Problems = append(l.Problems, s)
	}
}

// Item is one thing of a listing.
type Item struct {
	ID         string // within the listing
	Address    string
	Claims     evidence.Claims
	Language   string  // as claimed; "" if nothing says
	Summary    string  // words of its first text, without markup: at most 2,000 bytes
	Words      int     // of its longest text: whether the listing holds the whole
	Raw        []byte  // its own bytes, decoded to UTF-8; nil if it has none
	Start, End int     // where they stand in the listing's bytes; 0, 0 if that is not known
	Charset    string  // that the listing's bytes are in; "" for UTF-8, where they are Raw exactly
	Media      []Media // what it shows
	content    string  // what counts for the fingerprint
}

// Media is something an item shows. Pictures of people who wrote are none.
type Media struct {
	Kind      string // photo, video, audio, voice, document, thumbnail, sticker, preview
	Address   string // "": it is not given, Withheld says why
	Withheld  string
	Ephemeral bool // the address is new at every visit, and dead within days
}

const (
	maxListing = 32 << 20
	maxItems   = 50_000 // also what a sitemap may hold (sitemaps.org)
	maxDepth   = 128    // of elements of XML
	maxMedia   = 50     // of an item
	maxFeeds   = 10     // that a page names
	maxSummary = 2000   // bytes
)

// Read reads a feed or a sitemap found at address. mediaType is what the transport said,
// with its charset if it named one; the bytes decide what it is. Errors: evidence.ErrFormat
// for what is no listing, evidence.ErrLimit for what is too large or too deep.
func Read(raw []byte, mediaType, address string) (Listing, error) {
	if len(raw) > maxListing {
		return Listing{}, fmt.Errorf("read a listing of %d bytes, limit %d: %w", len(raw), maxListing, evidence.ErrLimit)
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")), " \t\r\n\x00")
	switch {
	case len(head) == 0:
		return Listing{}, fmt.Errorf("read a listing: it is empty: %w", evidence.ErrFormat)
	case bytes.HasPrefix(raw, []byte{0x1F, 0x8B}):
		return Listing{}, fmt.Errorf("read a listing: it is compressed: %w", evidence.ErrFormat)
	case head[0] == '{', head[0] == '[':
		return readJSON(raw, address)
	case bytes.HasPrefix(head, []byte("http://")), bytes.HasPrefix(head, []byte("https://")):
		return readLines(head, address)
	case bytes.Contains(head[:min(len(head), 16<<10)], []byte("<")):
		return readXML(raw, mediaType, address)
	}
	return Listing{}, notListing(mediaType, nil)
}

func notListing(what string, feeds []string) error {
	err := fmt.Errorf("read a listing: %q is no feed and no sitemap: %w", what, evidence.ErrFormat)
	if len(feeds) > 0 {
		return evidence.WithHint(err, "this page names a feed: %s", feeds[0])
	}
	return evidence.WithHint(err, "look for the address of the feed in the page's source, or watch the page itself: --type page or --type list")
}

// readLines reads a sitemap that is a list of addresses (sitemaps.org, text file).
func readLines(text []byte, address string) (Listing, error) {
	out := Listing{Kind: "sitemap", Self: address}
	for l := range strings.FieldsSeq(string(text)) {
		a := resolve(address, l)
		if a == "" || !strings.HasPrefix(l, "http") {
			return Listing{}, notListing("this text", nil)
		}
		it := Item{ID: a, Address: a, Claims: evidence.Claims{Address: a}}
		it.content = content(&it, nil)
		out.take(it)
	}
	return out, nil
}

// RobotsSitemaps lists the sitemaps that a robots.txt found at address names (sitemaps.org;
// RFC 9309, 2.2.4, lets them stand there).
func RobotsSitemaps(raw []byte, address string) []string {
	var out []string
	for l := range strings.Lines(string(raw[:min(len(raw), 500<<10)])) {
		key, value, ok := strings.Cut(strings.TrimPrefix(l, "\uFEFF"), ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(key), "sitemap") {
			continue
		}
		value, _, _ = strings.Cut(value, " #")
		if a := resolve(address, value); a != "" && !slices.Contains(out, a) && len(out) < 1000 {
			out = append(out, a)
		}
	}
	return out
}

// take ends an item and puts it into the listing, unless it is there or nothing names it.
func (l *Listing) take(it Item) {
	if it.ID == "" {
		it.ID = it.Address
	}
	if it.ID == "" {
		it.ID = it.Claims.Title
	}
	if it.ID == "" {
		l.problem("an item has neither ID nor address nor title")
		return
	}
	if len(l.Items) >= maxItems {
		l.problem(fmt.Sprintf("more than %d items: the rest is not read", maxItems))
		return
	}
	if l.Kind != "sitemap" {
		it.Claims.Outlet = l.Title
	}
	it.Claims.Address = it.Address
	l.Items = append(l.Items, it)
}

// content is what counts as an item's own.
func content(it *Item, texts []string) string {
	parts := []string{it.Claims.Title, it.Claims.Published, plainAddress(it.Address)}
	parts = append(parts, texts...)
	for _, m := range it.Media {
		if m.Kind != "thumbnail" {
			parts = append(parts, m.Kind+" "+fileName(m.Address))
		}
	}
	if it.Claims.Title == "" && len(texts) == 0 {
		parts = append(parts, it.Claims.Edited)
	}
	return strings.Join(parts, "\x00")
}

// Fingerprint is what says that an item is the same: see the package's comment.
func Fingerprint(it Item) evidence.Hash {
	if it.content == "" { // not from a listing
		it.content = content(&it, nil)
	}
	return evidence.Sum([]byte(it.content))
}

// resolve makes a whole address of the web without a fragment, or "".
func resolve(base, s string) string {
	if s = strings.TrimSpace(s); s == "" || len(s) > 8192 {
		return ""
	}
	b, err := url.Parse(base)
	if err != nil {
		b = &url.URL{}
	}
	u, err := b.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

// plainAddress leaves out of an address what follows visitors.
func plainAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.RawQuery == "" {
		return s
	}
	var keep []string
	for p := range strings.SplitSeq(u.RawQuery, "&") {
		key, _, _ := strings.Cut(strings.ToLower(p), "=")
		switch {
		case strings.HasPrefix(key, "utm_"), key == "fbclid", key == "gclid", key == "yclid", key == "ysclid", key == "igshid", key == "mc_cid", key == "mc_eid", key == "_openstat", key == "at_medium", key == "at_campaign":
		default:
			keep = append(keep, p)
		}
	}
	u.RawQuery = strings.Join(keep, "&")
	return u.String()
}

// fileName is the last part of an address's path.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}

func line(s string) string {
	return clip(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "), 1000)
}

// clip cuts a text at a character, within n bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
