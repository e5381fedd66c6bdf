package reading

import (
	"slices"
	"strings"
	"testing"
)

// Pages that have little but pictures are recognised, pages of text are not: their words would be there twice.
func TestPicturedPages(t *testing.T) {
	page := strings.Repeat("Synthetic words of a page. ", 20)
	r := Result{MediaType: "application/pdf", Text: "3\n" + page + "\n" + "scanned with a program\n", Pages: []int{0, 2, 3 + len(page)},
		Unread: []string{"page 1: a picture, not read: no OCR", "page 2: a picture beside the text, not read: no OCR", "page 3: 2 pictures beside the text, not read: no OCR",
			"page 3: drawn as shapes", "page 9: a picture, not read: no OCR", "page 0: a picture", "the attached file \"a\": not read"}}
	if got := PicturedPages(r); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("pages %v, want 1 and 3", got)
	}
	if !Pictured(r) || IsPicture(r) {
		t.Error("the file has pictures, and is none")
	}
	r.MediaType = "text/html"
	if Pictured(r) {
		t.Error("a web page is not recognised by its pictures")
	}
	if !Pictured(Result{MediaType: "image/png"}) {
		t.Error("a picture is not recognised")
	}
}
