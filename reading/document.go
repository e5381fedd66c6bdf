package reading

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"svidok/evidence"
	"svidok/reading/documents"
	"svidok/words"
)

// Detail is one thing that a file says about how, when and by whom it was made: a stable key
// ("pdf.producer", "exif.gps"), its value, and whether it names a person, a place or a device.
// Nothing of it is verified.
type Detail = documents.Detail

// Stretch is a part of a text that was recognised in a picture.
type Stretch struct {
	From, To   int     // byte offsets in the text
	Page       int     // from 1; 0 for a picture that is the whole report
	Confidence float64 // 0 to 1, as the program states it
	Engine     string  // program and model that recognised it
}

// OCRPage is what a program recognised in the picture of a page.
type OCRPage struct {
	Page       int // from 1; 0 for a picture that is the whole report
	Text       string
	Confidence float64 // 0 to 1, mean over its words
	Engine     string
}

// readDocument reads what package documents reads.
func readDocument(raw []byte, base string, claims evidence.Claims) (Result, error) {
	d, err := documents.Read(raw, base)
	if err != nil {
		return Result{}, err
	}
	r := Result{MediaType: d.MediaType, Title: oneLine(d.Title), Published: parseDate(d.Published, "mail")}
	for _, x := range d.Details {
		if v := oneLine(x.Value); v != "" {
			r.Details = append(r.Details, Detail{Name: oneLine(x.Name), Value: v, Sensitive: x.Sensitive})
		}
	}
	r.Unread, r.Problems = lines(d.Unread), lines(d.Problems)
	if d.MediaType == documents.TypeMHT && len(d.Bodies) > 0 && d.Bodies[0].MediaType == "text/html" {
		return r.savedPage(d.Bodies[0], claims), nil
	}
	r.pages(d.Text, d.Pages)
	for i, b := range d.Bodies {
		if b.Charset == "" {
			b.Charset = claims.Charset
		}
		text, problems := bodyText(b)
		r.Problems = append(r.Problems, problems...)
		if i > 0 && text != "" && r.Text != "" {
			r.Text += "\n\n"
		}
		r.Text += text
	}
	return r, nil
}

// savedPage reads a page that was saved with all that belongs to it, like any page.
func (r *Result) savedPage(b documents.Body, claims evidence.Claims) Result {
	if b.Charset != "" {
		claims.Charset = b.Charset
	}
	if claims.Address == "" {
		claims.Address = b.Address
	}
	page := readHTML(b.Raw, claims)
	page.MediaType, page.Details, page.Unread = r.MediaType, r.Details, r.Unread
	page.Problems = append(r.Problems, page.Problems...)
	return page // the date of the message is when it was saved
}

// pages cleans a text page by page, so that it is known where each begins.
func (r *Result) pages(text string, starts []int) {
	if len(starts) == 0 {
		r.Text, _ = clean(text)
		return
	}
	var b strings.Builder
	s, _ := clean(text[:min(starts[0], len(text))])
	b.WriteString(s)
	for i, from := range starts {
		to := len(text)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		r.Pages = append(r.Pages, b.Len())
		if from <= to && to <= len(text) {
			s, _ := clean(text[from:to])
			b.WriteString(s)
		}
	}
	r.Text = b.String()
}

func lines(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, oneLine(s))
	}
	return out
}

// bodyText reads a text part of a message. Of HTML all words are kept: a letter has no adverts.
func bodyText(b documents.Body) (string, []string) {
	if b.MediaType != "text/html" {
		r, err := readPlain(b.Raw, evidence.Claims{Charset: b.Charset})
		if err != nil {
			return "", []string{"a part of the message that should be text is none: not read"}
		}
		return strings.TrimSpace(r.Text), r.Problems
	}
	hints := []string{b.Charset}
	if m := metaCharset.FindSubmatch(b.Raw[:min(len(b.Raw), 4096)]); m != nil {
		hints = append(hints, string(m[1]))
	}
	d := decode(b.Raw, hints...)
	text := strings.ReplaceAll(d.text, "\x00", "")
	doc, err := html.Parse(strings.NewReader(text))
	if why := hostile(text); why != "" || err != nil {
		text, _ = tokens(text)
	} else {
		text = rendered(doc)
	}
	text, _ = clean(text)
	return text, d.problems
}

// PagePicture gives the picture of a page (from 1) of a PDF that has no text layer there, for
// a program that recognises text: see [documents.PagePicture].
func PagePicture(raw []byte, page int) (picture []byte, mediaType string, err error) {
	if len(raw) > MaxRaw {
		return nil, "", fmt.Errorf("the picture of page %d of %d bytes, limit %d: %w", page, len(raw), MaxRaw, evidence.ErrLimit)
	}
	return documents.PagePicture(raw, page)
}

// Join adds to a reading what was recognised in pictures: each page's words behind what the
// page says by itself. [Result.Recognised] tells which stretches these are, and Unread no
// longer names the pages. Pages that the reading does not have are left out, and a problem says so.
func Join(r Result, pages []OCRPage) Result {
	j := joiner{old: r, out: r}
	j.out.Pages, j.out.Recognised = nil, nil
	j.out.Unread, j.out.Problems = slices.Clone(r.Unread), slices.Clone(r.Problems)
	by := map[int][]OCRPage{}
	for _, p := range pages {
		if p.Page < 0 || p.Page > len(r.Pages) {
			j.out.Problems = append(j.out.Problems, fmt.Sprintf("words were recognised on page %d, which there is not", p.Page))
			continue
		}
		by[p.Page] = append(by[p.Page], p)
	}
	starts := append(slices.Clone(r.Pages), len(r.Text))
	j.copy(0, starts[0])
	for i := range r.Pages {
		j.page(starts[i], starts[i+1], by[i+1])
	}
	for _, p := range by[0] {
		j.recognised(p)
	}
	j.out.Text = j.b.String()
	j.out.Language, _ = words.Language(j.out.Text)
	if j.out.Language == "und" && r.Title != "" {
		j.out.Language, _ = words.Language(r.Title)
	}
	return j.out
}

// joiner builds a text anew, page by page.
type joiner struct {
	old, out Result
	b        strings.Builder
	seen     int // stretches of the old reading that were taken over
}

// copy takes over a part of the old text, and the stretches within.
func (j *joiner) copy(from, to int) {
	shift := j.b.Len() - from
	for ; j.seen < len(j.old.Recognised) && j.old.Recognised[j.seen].To <= to; j.seen++ {
		s := j.old.Recognised[j.seen]
		s.From, s.To = s.From+shift, s.To+shift
		j.out.Recognised = append(j.out.Recognised, s)
	}
	j.b.WriteString(j.old.Text[from:to])
}

// page takes over a page, and adds what was recognised on it. The line breaks at its end
// belong to the next.
func (j *joiner) page(from, to int, recognised []OCRPage) {
	body := from + len(strings.TrimRight(j.old.Text[from:to], "\n"))
	if body > from {
		j.apart()
	}
	j.out.Pages = append(j.out.Pages, j.b.Len())
	j.copy(from, body)
	for i, p := range recognised {
		at := j.recognised(p)
		if i == 0 && body == from && at >= 0 {
			j.out.Pages[len(j.out.Pages)-1] = at
		}
	}
	j.copy(body, to)
	if len(recognised) > 0 && to == body+1 {
		j.b.WriteByte('\n') // no sentence runs on over what was put between
	}
}

// apart begins a paragraph.
func (j *joiner) apart() {
	if s := j.b.String(); s != "" && !strings.HasSuffix(s, "\n") {
		j.b.WriteString("\n\n")
	}
}

// recognised adds the words of a picture, and gives the offset at which they begin; -1 if there are none.
func (j *joiner) recognised(p OCRPage) int {
	text, _ := clean(strings.ToValidUTF8(p.Text, "\uFFFD"))
	text = strings.TrimSpace(text)
	prefix, what := "a picture", "a picture"
	if p.Page > 0 {
		prefix = fmt.Sprintf("page %d: ", p.Page)
		what = prefix + "a picture"
	}
	j.out.Unread = slices.DeleteFunc(j.out.Unread, func(s string) bool { return strings.HasPrefix(s, prefix) })
	if text == "" {
		j.out.Unread = append(j.out.Unread, what+" in which no words were recognised")
		return -1
	}
	j.apart()
	at := j.b.Len()
	j.b.WriteString(text)
	j.out.Recognised = append(j.out.Recognised, Stretch{From: at, To: j.b.Len(), Page: p.Page, Confidence: p.Confidence, Engine: oneLine(p.Engine)})
	return at
}
