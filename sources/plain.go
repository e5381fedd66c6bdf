package sources

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

var inline = regexp.MustCompile(`(?i)</?(?:b|i|em|strong|span|a|u|s|sup|sub|br|p|font|img|div|nobr|wbr)(?:\s[^<>]*)?/?>|&(?:[a-z]{2,8}|#[0-9]{2,6}|#x[0-9a-f]{2,5});`)

// titled is a title as words: feeds often write markup into it, once more escaped.
func titled(s string) string {
	if inline.MatchString(s) {
		s = plain(s)
	}
	return line(s)
}

// plain is the words of markup, set apart by single spaces.
func plain(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return strings.Join(strings.Fields(s), " ")
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(strings.ToValidUTF8(b.String(), "\uFFFD")), " ")
		case html.TextToken:
			if skip == "" {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style":
				skip = string(name)
			case "b", "i", "em", "strong", "span", "a", "u", "s", "sup", "sub", "font", "nobr", "wbr":
			default:
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == skip {
				skip = ""
			}
			if skip == "" && len(name) > 1 {
				switch string(name) {
				case "em", "strong", "span", "sup", "sub", "font", "nobr":
				default:
					b.WriteByte(' ')
				}
			}
		}
	}
}

// day brings a claimed time to RFC 3339 where it can be read for sure, and leaves it as it
// stands where not: without a zone, or with a zone by letters that may mean several.
func day(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05-07", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07:00", time.RFC1123Z, time.RFC1123,
		"Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 -07:00", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 January 2006 15:04:05 -0700", "Monday, 2 January 2006 15:04:05 -0700", "Mon 2 Jan 2006 15:04:05 -0700",
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04 -0700", "Mon, 2 Jan 2006 15:04 MST", "Mon, 2 Jan 06 15:04:05 -0700", time.RFC822Z, time.RFC822} {
		at, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if name, off := at.Zone(); off == 0 && name != "UTC" && name != "GMT" && name != "" && name != "Z" {
			return clip(s, 100)
		}
		return at.Format(time.RFC3339)
	}
	return clip(s, 100)
}

// plainText brings a text without markup to one line.
func plainText(s string) string { return strings.Join(strings.Fields(s), " ") }

func words(s string) int { return len(strings.Fields(s)) }
