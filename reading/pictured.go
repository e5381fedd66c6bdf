package reading

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// unreadPage is a page with a picture, or shapes, that may hold words.
var unreadPage = regexp.MustCompile(`^page (\d+): (a picture|\d+ pictures|drawn as shapes)`)

// margin is how many bytes of its own a page of pictures may have: a page number, a printed
// address, the mark of a scanning program. With more, to recognise the whole page would have
// its text twice.
const margin = 200

// Pictured reports whether a reading left words in pictures that a program could recognise: the
// file is a picture, or pages of a PDF have little but pictures.
func Pictured(r Result) bool { return IsPicture(r) || len(PicturedPages(r)) > 0 }

// IsPicture reports whether the whole file is a picture.
func IsPicture(r Result) bool { return strings.HasPrefix(r.MediaType, "image/") }

// PicturedPages are the pages (from 1) of a PDF that have pictures and hardly a word.
func PicturedPages(r Result) []int {
	if r.MediaType != "application/pdf" {
		return nil
	}
	var out []int
	for _, u := range r.Unread {
		if m := unreadPage.FindStringSubmatch(u); m != nil {
			n, err := strconv.Atoi(m[1])
			if err == nil && !slices.Contains(out, n) && ownWords(r, n) <= margin {
				out = append(out, n)
			}
		}
	}
	return out
}

// ownWords is how many bytes of text a page (from 1) has.
func ownWords(r Result, page int) int {
	if page < 1 || page > len(r.Pages) {
		return margin + 1
	}
	end := len(r.Text)
	if page < len(r.Pages) {
		end = r.Pages[page]
	}
	return len(strings.TrimSpace(r.Text[r.Pages[page-1]:end]))
}
