package sources

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"svidok/evidence"
	"svidok/telegram"
)

// Telegram reads a page of a channel's public preview, found at address. Service messages
// ("channel created", "pinned a message") are no items, but their numbers are no gaps.
// Errors: evidence.ErrFormat, evidence.ErrLimit; of a channel that shows nothing see
// [NoPreview].
func Telegram(raw []byte, address string) (Listing, error) {
	c, err := telegram.Page(raw, address)
	if err != nil {
		return Listing{}, err
	}
	out := Listing{Kind: "telegram", Title: c.Title, Self: address, Next: c.Older, Newer: newer(raw, address), Problems: c.Problems}
	var there []int64
	for _, p := range c.Posts {
		own := raw[p.Start:p.End:p.End]
		album := albumOf(own, p)
		there = append(append(there, p.Number), album...)
		if p.Service {
			continue
		}
		it := Item{ID: strconv.FormatInt(p.Number, 10), Address: p.Address, Summary: clip(plainText(p.Text), maxSummary), Words: words(p.Text), Raw: own, Start: p.Start, End: p.End,
			Claims: evidence.Claims{Address: p.Address, Outlet: c.Title, Published: p.Published, Forwarded: p.Forwarded, ReplyTo: p.ReplyTo}}
		if it.Claims.Outlet == "" {
			it.Claims.Outlet = p.Channel
		}
		for _, m := range p.Media {
			it.Media = append(it.Media, Media{Kind: m.Kind, Address: m.Address, Withheld: m.Note, Ephemeral: true})
		}
		it.content = postContent(p, album)
		out.Items = append(out.Items, it)
	}
	out.Gaps = gaps(there)
	return out, nil
}

// TelegramText is the text of one post of a preview, from its own bytes, as a reader sees
// it, and what of the post it does not hold.
func TelegramText(raw []byte) (text string, problems []string) {
	p, err := telegram.Read(raw)
	if err != nil {
		return "", []string{err.Error()}
	}
	return p.Text, p.Problems
}

// postContent is what counts as a post's own.
func postContent(p telegram.Post, album []int64) string {
	from := p.Forwarded // "Title (address)", or "a person": titles change
	if i := strings.LastIndex(from, " ("); i >= 0 {
		from = from[i:]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q %v %q %q %v", p.Text, p.Edited, from, p.ReplyTo, album)
	for _, m := range p.Media {
		if m.Kind != "preview" && m.Kind != "thumbnail" { // made by Telegram, at some time after the post
			fmt.Fprintf(&b, " %s %q", m.Kind, m.Name)
		}
	}
	return b.String()
}

var inAlbum = regexp.MustCompile(`href="https?://t(?:elegram)?\.me/([A-Za-z0-9_]+)/([0-9]{1,18})\?single"`)

// albumOf lists the numbers of the pictures of an album: each is a message of its own, that
// the preview shows within the first.
func albumOf(own []byte, p telegram.Post) []int64 {
	var out []int64
	for _, m := range inAlbum.FindAllSubmatch(own, 100) {
		n, err := strconv.ParseInt(string(m[2]), 10, 64)
		if err != nil || !strings.EqualFold(string(m[1]), p.Channel) || n < p.Number-20 || n > p.Number+20 || slices.Contains(out, n) {
			continue
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// gaps are the numbers between the first and the last that are not there: messages that
// were deleted, or that the preview never shows.
func gaps(there []int64) []string {
	const most = 200
	there = slices.Clone(there)
	slices.Sort(there)
	var out []string
	for i := 1; i < len(there) && len(out) < most; i++ {
		switch from, to := there[i-1]+1, there[i]-1; {
		case from == to:
			out = append(out, strconv.FormatInt(from, 10))
		case from < to:
			out = append(out, fmt.Sprintf("%d-%d", from, to))
		}
	}
	return out
}

var after = regexp.MustCompile(`(?:data-after="|[?&](?:amp;)?after=)([0-9]{1,18})"`)

// newer is the address of the page after, of a page that is not the last.
func newer(raw []byte, address string) string {
	u, err := url.Parse(address)
	m := after.FindSubmatch(bytes.TrimSpace(raw))
	if err != nil || m == nil {
		return ""
	}
	u.RawQuery, u.Fragment = url.Values{"after": {string(m[1])}}.Encode(), ""
	return u.String()
}
