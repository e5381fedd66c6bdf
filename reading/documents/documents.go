// Package documents reads files that are neither plain text nor pages of the web: PDF,
// office documents, spreadsheets, RTF, e-mail; and describes pictures, sound and film. It
// takes bytes and gives values: no disk, net or clock.
//
// # What is read
//
//   - PDF: see package pdf. Pages are set apart by an empty line, or by a line break where
//     a sentence runs on; [Document.Pages] says where each begins.
//   - DOCX, ODT (and flat FODT): paragraphs, set apart by an empty line; tables row by row, a line
//     each, cells set apart by tabs; text boxes behind the paragraph they are anchored
//     in; headers before the text and footers behind it, each wording once; footnotes and
//     endnotes last. Tracked changes as if accepted: what was inserted is text, what was
//     deleted is not, and a problem says that there are changes. Numbers that the program makes
//     (lists, headings, page numbers) are not in the file and not in the text.
//   - XLSX, ODS: sheet by sheet, its name first; rows as lines, cells set apart by tabs;
//     dates as the file's own days (2006-01-02), other numbers as they are stored.
//   - PPTX, ODP: slide by slide, as pages.
//   - RTF: paragraphs and tables; code pages and \u; destinations that are no text are left out.
//   - Mail (RFC 5322, MIME): [Document.Bodies] are the text parts, for a reader of text and HTML;
//     of alternatives the plain one, if it says something. Attachments are listed, not read.
//     A page saved as MHTML is a message whose first body is the page.
//   - Pictures, sound, film: no text; [Document.Unread] says so. See package media.
//
// DOC, XLS, PPT and MSG, the older binary files, are refused with a hint; whatever is locked
// with a password, with evidence.ErrRefused.
//
// # What it says about itself
//
// [Document.Details] has what the file says about how, when and by whom it was made, under
// stable names ("pdf.producer", "office.modified", "exif.gps"). None of it is verified: anybody
// can write anything there. What names a person, a place or a device is marked sensitive.
//
// # Bounds
//
// By size and count: 128 MiB for one member of a zip and 256 MiB for all; 20,000 members; XML
// 256 elements deep and 20 million tokens; text of 32 MiB; mail of 10,000 parts, 20 deep;
// groups of RTF 200 deep; 500 details of 4,000 bytes each. XML entities that a file defines are not
// expanded, nothing that it names elsewhere is fetched, and names of members are never paths.
package documents

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/reading/documents/media"
	"svidok/reading/documents/pdf"
)

// Document is one file, as read.
type Document struct {
	MediaType string   // as found from the bytes
	Text      string   // UTF-8, LF; not yet free of controls
	Title     string   // as the file names itself; not part of the text
	Published string   // of mail: its Date field as RFC 3339
	Pages     []int    // byte offset in Text at which each page or slide begins
	Bodies    []Body   // of mail, instead of Text
	Details   []Detail // what the file says about itself
	Unread    []string // what in it was not read
	Problems  []string
}

// Detail is one thing that a file says about itself. Names are stable keys.
type Detail struct {
	Name, Value string
	Sensitive   bool // names a person, a place or a device, or may
}

// Body is a text part of a message, its transfer encoding undone.
type Body struct {
	Raw       []byte
	MediaType string // text/plain or text/html
	Charset   string // as declared
	Address   string // of a saved page: where it stood
}

const (
	maxText    = 32 << 20
	maxDetails = 500
	maxDetail  = 4000
)

// Read reads raw as what its bytes are; [Detect] tells which these are. claim is what it was said
// to be, and decides where bytes do not. Errors: evidence.ErrFormat, evidence.ErrLimit, evidence.ErrRefused.
func Read(raw []byte, claim string) (d Document, err error) {
	found := Detect(raw, claim)
	defer func() {
		if p := recover(); p != nil {
			d, err = Document{}, fmt.Errorf("read a file of type %s: the reader broke on it (%v): %w", found, p, evidence.ErrFormat)
		}
	}()
	d.MediaType = found
	switch family(found) {
	case "pdf":
		err = d.pdf(raw)
	case "office":
		err = d.office(raw)
	case "rtf":
		err = d.rtf(raw)
	case "mail":
		err = d.mail(raw)
	case "media":
		d.described(media.Describe(raw, found))
	case "binary":
		err = old(raw, found)
	default:
		err = evidence.WithHint(fmt.Errorf("read a document of type %.80q: %w", claim, evidence.ErrFormat), "not read in this version; bytes are kept")
	}
	if err != nil {
		return Document{}, err
	}
	d.bound()
	return d, nil
}

// bound keeps what is listed within bounds.
func (d *Document) bound() {
	if len(d.Details) > maxDetails {
		d.Problems = append(d.Problems, fmt.Sprintf("%d details; %d of them are listed", len(d.Details), maxDetails))
		d.Details = d.Details[:maxDetails]
	}
	for _, list := range []*[]string{&d.Unread, &d.Problems} {
		if n := len(*list); n > maxDetails {
			*list = append((*list)[:maxDetails:maxDetails], fmt.Sprintf("and %d more", n-maxDetails))
		}
	}
	if len(d.Text) > maxText {
		n := maxText
		for !utf8.RuneStart(d.Text[n]) {
			n--
		}
		d.Text = d.Text[:n]
		d.Problems = append(d.Problems, fmt.Sprintf("more text than is read (%d MiB; a paragraph counts 16 bytes more than its words): the rest is left out", maxText>>20))
	}
}

// full says so if a reader had to stop at the bound of text.
func (d *Document) full(size int) {
	if size > maxText {
		d.Problems = append(d.Problems, fmt.Sprintf("more text than is read (%d MiB; a paragraph counts 16 bytes more than its words): the rest is left out", maxText>>20))
	}
}

// add notes a detail, if there is one.
func (d *Document) add(name, value string, sensitive bool) {
	if value = strings.TrimSpace(strings.ToValidUTF8(value, "\uFFFD")); value == "" {
		return
	}
	if len(value) > maxDetail {
		value = strings.ToValidUTF8(value[:maxDetail], "") + "…"
	}
	d.Details = append(d.Details, Detail{name, value, sensitive})
}

// refuse says that a file is locked.
func locked(what string) error {
	return evidence.WithHint(fmt.Errorf("%s that is locked with a password: not read: %w", what, evidence.ErrRefused),
		"open it with its password, save it without one, and add that file, too")
}

func (d *Document) pdf(raw []byte) error {
	f, err := pdf.Read(raw)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, p := range f.Pages {
		text := strings.TrimSpace(p.Text)
		if b.Len() > 0 && text != "" {
			b.WriteString(between(b.String(), text))
		}
		d.Pages = append(d.Pages, b.Len())
		b.WriteString(text)
	}
	d.Text, d.Title, d.Unread, d.Problems = b.String(), f.Title, f.Unread, f.Problems
	for _, x := range f.Details {
		d.add(x.Name, x.Value, x.Sensitive)
	}
	d.xmp(f.XMP)
	return nil
}

func (d *Document) described(m media.Description) {
	d.Unread, d.Problems = m.Unread, m.Problems
	for _, x := range m.Details {
		d.add(x.Name, x.Value, x.Sensitive)
	}
	d.xmp(m.XMP)
}

// between sets two pages apart; where a sentence runs on, only its line ends.
func between(before, next string) string {
	last, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(next)
	if strings.ToUpper(string(r)) != string(r) && !strings.ContainsRune(".!?…:;", last) {
		return "\n"
	}
	return "\n\n"
}

// PagePicture gives the picture of a page (from 1) of a PDF, for a program that reads
// pictures: see [pdf.PagePicture].
func PagePicture(raw []byte, page int) (picture []byte, mediaType string, err error) {
	defer func() {
		if p := recover(); p != nil {
			picture, mediaType, err = nil, "", fmt.Errorf("the picture of page %d: the reader broke on it (%v): %w", page, p, evidence.ErrFormat)
		}
	}()
	return pdf.PagePicture(raw, page)
}
