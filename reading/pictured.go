package reading

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// unreadPage is a page without words of its own. What stands beside a text is not asked for:
// to recognise the whole page would have its text twice.
var unreadPage = regexp.MustCompile(`^page (\d+): (a picture, not read|drawn as shapes, not read)`)

// Pictured reports whether a reading left words in pictures that a program could recognise: the
// file is a picture, or pages of a PDF are nothing but pictures.
func Pictured(r Result) bool { return IsPicture(r) || len(PicturedPages(r)) > 0 }

// IsPicture reports whether the whole file is a picture.
func IsPicture(r Result) bool { return strings.HasPrefix(r.MediaType, "image/") }

// PicturedPages are the pages (from 1) of a PDF that were not read as they are pictures.
func PicturedPages(r Result) []int {
	if r.MediaType != "application/pdf" {
		return nil
	}
	var out []int
	for _, u := range r.Unread {
		if m := unreadPage.FindStringSubmatch(u); m != nil {
			n, err := strconv.Atoi(m[1])
			if err == nil && n > 0 && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}
