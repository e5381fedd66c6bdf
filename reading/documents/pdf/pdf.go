// Package pdf reads the text layer of PDF files (ISO 32000) that come from anybody: bytes
// in, values out. It renders nothing.
//
// # What is read
//
// Every page's text in the order in which its content writes it, which is the order of
// reading in what word processors, browsers and typesetters print, columns included. Where
// the content jumps up and down the page, lines are ordered by their place (recursive X-Y
// cut). Lines that were broken only because the page is no wider are joined, words that
// were divided at their end, too: a soft hyphen goes; a hyphen stays if the file writes the
// word with it elsewhere, and goes if it writes it without; else it goes only in a file that
// divides many words, and not in the usual compounds.
// Paragraphs are set apart by an empty line, cells of one table row by a tab.
//
// Glyphs become characters by the font's ToUnicode map, else its encoding and glyph names,
// else the table in an embedded TrueType font; ActualText goes before them. Letters of
// Western Europe in a font that writes next to nothing else are Cyrillic by their position
// (windows-1251), and a problem says so. Where none of these tells, U+FFFD stands, and the
// page is named in [File.Unread]. Text that is not painted, as recognition lays it over a
// scan, is read, and named. Filled-in fields and typewriter annotations are text of their page;
// notes in the margin are [File.Details].
//
// Files that are encrypted with the empty password (RC4, AES-128, AES-256) are read; other
// passwords are refused with evidence.ErrRefused. A broken cross-reference is made anew from
// the objects that lie in the file; then, of several of one number, the last counts.
//
// # Bounds
//
// By size and count, never by time: 64 MiB for one stream and 512 MiB for all, each as
// often as it is used; 2 million objects; 8 million tokens of objects, 30 million of content and glyphs;
// 5,000 pages, 400,000 glyphs of a page, 2,000 fonts, forms 16 deep; 32 MiB of text. What
// goes beyond is left out, and a problem says so. Circles (pages, forms, lengths, object
// streams, cross-references) end where they close.
package pdf

import (
	"fmt"
	"strings"

	"svidok/evidence"
)

// File is one PDF, as read.
type File struct {
	Pages    []Page
	Title    string   // as its maker names it
	XMP      []byte   // metadata packet, if any
	Details  []Detail // names begin with "pdf."
	Unread   []string // what of it was not read, page by page
	Problems []string
}

// Detail is one thing that the file says about itself.
type Detail struct {
	Name, Value string
	Sensitive   bool // names a person, or may
}

// Page is one page.
type Page struct {
	Text     string
	Pictures []Picture // largest first
	Glyphs   int       // characters that the page writes
	Unknown  int       // of these, how many nobody says the meaning of
	Hidden   int       // of these, how many are not painted
	shapes   int
}

const (
	maxPages = 5_000
	maxDepth = 64 // of the page tree
	maxText  = 32 << 20
)

// Read reads a PDF. Errors: evidence.ErrFormat for what is none, evidence.ErrRefused for what is locked.
func Read(raw []byte) (File, error) {
	f := open(raw)
	if f.locked != nil {
		return File{}, f.locked
	}
	if !f.usable() {
		return File{}, evidence.WithHint(fmt.Errorf("read a PDF: no pages are found in it: %w", evidence.ErrFormat), "it is broken or cut short; the bytes are kept")
	}
	fonts := map[any]*font{}
	var out File
	out.Pages = f.pages(fonts)
	if disguised(fonts) {
		f.expand, f.ops = maxExpand, maxOps
		out.Pages = f.pages(fonts)
		out.Problems = append(out.Problems, "letters of a font without a map were read as Cyrillic by their position (windows-1251)")
	}
	unhyphened(out.Pages)
	f.describe(&out)
	f.judge(&out)
	return out, nil
}

func disguised(fonts map[any]*font) bool {
	any := false
	for _, t := range fonts {
		if t.disguised() {
			t.cyrillic, any = true, true
		}
	}
	return any
}

// leaf is a page's dictionary, with what it inherits.
type leaf struct {
	dict      dict
	resources dict
}

// leaves walks the page tree.
func (f *file) leaves() []leaf {
	var out []leaf
	seen := map[int]bool{}
	steps := 0 // lists that are shared may come up again and again
	var walk func(v any, resources dict, depth int)
	walk = func(v any, resources dict, depth int) {
		if steps++; steps > 20*maxPages {
			return
		}
		if r, ok := v.(ref); ok {
			if seen[r.num] {
				return
			}
			seen[r.num] = true
		}
		d := f.dict(v)
		if d == nil || depth > maxDepth {
			return
		}
		if len(out) >= maxPages {
			f.reached(fmt.Sprintf("more than %d pages: the rest is not read", maxPages))
			return
		}
		if own := f.dict(d["Resources"]); own != nil {
			resources = own
		}
		kids, isNode := f.get(d["Kids"]).(array)
		if !isNode {
			out = append(out, leaf{d, resources})
			return
		}
		for _, k := range kids {
			walk(k, resources, depth+1)
		}
	}
	walk(f.dict(f.trailer["Root"])["Pages"], nil, 0)
	return out
}

func (f *file) pages(fonts map[any]*font) []Page {
	var out []Page
	size := 0
	for _, l := range f.leaves() {
		c := f.canvas(l, fonts)
		p := Page{Text: c.page(), Pictures: c.pictures, Glyphs: c.glyphs, Unknown: c.unknown, Hidden: c.hidden, shapes: c.shapes}
		if size += len(p.Text); size > maxText {
			f.reached(fmt.Sprintf("more than %d MiB of text: the rest is not read", maxText>>20))
			p.Text = ""
		}
		if c.glyphs >= maxGlyphs {
			f.reached(fmt.Sprintf("a page of more than %d glyphs: the rest of it is not read", maxGlyphs))
		}
		out = append(out, p)
	}
	return out
}

// canvas draws a page and what is laid over it.
func (f *file) canvas(l leaf, fonts map[any]*font) *canvas {
	c := &canvas{f: f, fonts: fonts, drawn: map[spot]struct{}{}, seen: map[*stream]bool{}}
	c.at = state{ctm: identity(), scale: 1}
	c.text, c.line = identity(), identity()
	c.draw(f.contents(l.dict["Contents"]), l.resources, 0)
	for i, v := range f.array(l.dict["Annots"]) {
		if i >= 2000 {
			break
		}
		c.at = state{ctm: identity(), scale: 1}
		c.marks = nil
		c.annotation(f.dict(v))
	}
	return c
}

func (f *file) contents(v any) []byte {
	switch v := f.get(v).(type) {
	case *stream:
		b, _ := f.data(v) // an error gives an empty page, which is named
		return b
	case array:
		var all []byte
		for _, p := range v[:min(len(v), 10_000)] {
			if s, ok := f.get(p).(*stream); ok && len(all) < maxStream && f.ops > 0 {
				f.ops -= drawing
				b, _ := f.data(s)
				all = append(append(all, b...), '\n')
			}
		}
		return all
	}
	return nil
}

// annotation draws what a field or a typewriter annotation shows.
func (c *canvas) annotation(d dict) {
	switch d["Subtype"] {
	case name("Widget"), name("FreeText"), name("Stamp"):
	default:
		return
	}
	if c.f.int(d["F"])&2 != 0 { // hidden
		return
	}
	rect := c.f.array(d["Rect"])
	if len(rect) != 4 {
		rect = array{0, 0, 0, 0}
	}
	x, y := c.f.float(rect[0]), c.f.float(rect[1])
	if s, ok := c.f.get(c.f.dict(d["AP"])["N"]).(*stream); ok && s.dict["Subtype"] != name("Image") {
		if box := c.f.array(s.dict["BBox"]); len(box) == 4 {
			x, y = x-c.f.float(box[0]), y-c.f.float(box[1])
		}
		c.at.ctm = matrix{1, 0, 0, 1, x, y}
		c.form(s, nil, 0)
		return
	}
	if s, ok := c.f.get(first(d, "V", "Contents")).(string); ok && strings.TrimSpace(s) != "" {
		c.place(glyph{text: textString(s), size: 10, dx: 1, along: x, across: y, end: x + 1})
	}
}

// judge says what was not read of each page.
func (f *file) judge(out *File) {
	listed := map[*stream]bool{}
	for i, p := range out.Pages {
		say := func(format string, args ...any) {
			out.Unread = append(out.Unread, fmt.Sprintf("page %d: ", i+1)+fmt.Sprintf(format, args...))
		}
		big := 0
		for _, pic := range p.Pictures {
			if pic.Width >= 200 && pic.Height >= 100 && !listed[pic.from] {
				big++
				listed[pic.from] = true
			}
		}
		switch {
		case strings.TrimSpace(p.Text) == "" && len(p.Pictures) > 0:
			say("a picture, not read: no OCR")
		case strings.TrimSpace(p.Text) == "" && p.shapes > 20:
			say("drawn as shapes, not read: it has to be rendered, and no OCR")
		case p.Unknown > 0 && p.Unknown*20 > p.Glyphs:
			say("%d of %d characters not read: the font does not say what they mean", p.Unknown, p.Glyphs)
		case p.Hidden > 0 && p.Hidden*2 > p.Glyphs:
			out.Problems = append(out.Problems, fmt.Sprintf("page %d: its text is not painted: somebody's text recognition, laid over a picture", i+1))
		case big == 1:
			say("a picture beside the text, not read: no OCR")
		case big > 1:
			say("%d pictures beside the text, not read: no OCR", big)
		}
	}
	if f.rebuilt {
		out.Problems = append(out.Problems, "its table of objects is broken, and was made anew: where it holds several versions, the last was read")
	}
	if f.over != "" {
		out.Problems = append(out.Problems, f.over)
	}
	if n := f.int(f.dict(f.dict(f.trailer["Root"])["Pages"])["Count"]); n != len(out.Pages) && n != 0 {
		out.Problems = append(out.Problems, fmt.Sprintf("it says that it has %d pages; %d were found", n, len(out.Pages)))
	}
}
