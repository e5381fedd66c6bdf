package documents

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"svidok/evidence"
)

// odt reads OpenDocument content (OASIS ODF 1.3 part 3).
type odt struct {
	flows
	notes, comments []string
	heads, feet     []string
	slides, sheets  bool
	pages           []int // which block each slide begins with
	changes         int
	cols, rows      []int // how often what is open is repeated
}

func (d *Document) odf(a *archive) error {
	if b, err := a.part("META-INF/manifest.xml"); err == nil && bytes.Contains(b, []byte("encryption-data")) {
		return locked("an office document")
	}
	b, err := a.part("content.xml")
	if errors.Is(err, evidence.ErrNotFound) {
		return fmt.Errorf("it has no text part: %w", evidence.ErrFormat)
	}
	if err != nil {
		return err
	}
	o := d.newODT()
	if err := d.tolerate(o.read(b), len(o.blocks)); err != nil {
		return err
	}
	if b, err := a.part("styles.xml"); err == nil {
		side := d.newODT()
		if err := d.tolerate(side.read(b), 1); err != nil {
			return err
		}
		o.heads, o.feet = once(o.heads, side.heads...), once(o.feet, side.feet...)
	}
	if b, err := a.part("meta.xml"); err == nil {
		d.openMeta(b)
	}
	d.odtDone(o)
	return nil
}

// flat reads an OpenDocument file that is one XML document.
func (d *Document) flat(raw []byte) error {
	o := d.newODT()
	if err := d.tolerate(o.read(raw), len(o.blocks)); err != nil {
		return fmt.Errorf("read a document of type %s: %w", d.MediaType, err)
	}
	d.openMeta(raw)
	d.odtDone(o)
	return nil
}

func (d *Document) newODT() *odt {
	return &odt{flows: flows{flow: newFlow()}, slides: d.MediaType == TypeODP}
}

func (d *Document) odtDone(o *odt) {
	body := o.finished()
	d.full(o.size)
	if o.slides {
		d.slides(body, o.pages)
	} else {
		d.Text = strings.Join(slices.Concat(o.heads, body, o.feet, o.notes), "\n\n")
	}
	for _, c := range o.comments {
		d.add("office.comment", c, true)
	}
	if o.changes > 0 {
		d.Problems = append(d.Problems, fmt.Sprintf("it holds tracked changes (%d): what was inserted is read, what was deleted is not", o.changes))
	}
}

// slides joins blocks, and notes where each slide begins.
func (d *Document) slides(blocks []string, starts []int) {
	var b strings.Builder
	for i, s := range blocks {
		if i > 0 {
			b.WriteString("\n\n")
		}
		for len(starts) > 0 && starts[0] == i {
			d.Pages = append(d.Pages, b.Len())
			starts = starts[1:]
		}
		b.WriteString(s)
	}
	for range starts {
		d.Pages = append(d.Pages, b.Len())
	}
	d.Text = b.String()
}

// openMeta notes the metadata that ODF keeps.
func (d *Document) openMeta(b []byte) {
	if i := bytes.Index(b, []byte("<office:body")); i >= 0 {
		b = append(bytes.Clone(b[:i]), "</office:document>"...) // a flat file: its head alone
	}
	d.properties(b, map[string]string{"title": "title", "subject": "subject", "description": "description", "keyword": "keywords", "initial-creator": "author!",
		"creator": "last-modified-by!", "printed-by": "printed-by!", "creation-date": "created", "date": "modified", "print-date": "printed", "editing-cycles": "revision",
		"editing-duration": "editing-time", "generator": "application", "language": "language"})
}

func (o *odt) read(b []byte) error {
	depth := 0 // within text:p, text:h
	return walk(b, handler{
		open: func(n node) bool {
			if n.name == "p" || n.name == "h" {
				depth++
			}
			return o.begin(n)
		},
		close: func(name string) {
			if name == "p" || name == "h" {
				depth--
			}
			o.finish(name)
		},
		text: func(s string) {
			if depth > 0 {
				o.write(collapsed(s))
			}
		},
	})
}

// collapsed: white space that is written counts as one space; more is said by elements (ODF 1.3 part 3, 6.1.2).
func collapsed(s string) string {
	if !strings.ContainsAny(s, "\n\r\t") && !strings.Contains(s, "  ") {
		return s
	}
	out := strings.Join(strings.Fields(s), " ")
	if out == "" {
		return " "
	}
	if strings.ContainsAny(s[:1], " \n\r\t") {
		out = " " + out
	}
	if strings.ContainsAny(s[len(s)-1:], " \n\r\t") {
		out += " "
	}
	return out
}

func (o *odt) begin(n node) bool {
	switch n.name {
	case "tracked-changes":
		o.changes++
		return false
	case "forms", "scripts", "font-face-decls", "automatic-styles", "note-citation", "binary-data", "event-listeners":
		return false
	case "meta", "settings":
		return n.space != "office"
	case "creator", "date", "creator-initials", "sender-initials":
		return n.space == "text" // else of a comment
	case "s":
		o.write(strings.Repeat(" ", max(1, min(1000, number(n.attr("c"))))))
	case "tab":
		o.write("\t")
	case "line-break":
		o.write("\n")
	case "note", "annotation", "text-box", "header", "header-left", "header-first", "footer", "footer-left", "footer-first":
		o.open()
	case "spreadsheet":
		o.sheets = true
	case "table":
		o.beginSheet(n)
	case "table-cell", "covered-table-cell":
		o.cols = append(o.cols, number(n.attr("number-columns-repeated")))
	case "table-row":
		o.rows = append(o.rows, number(n.attr("number-rows-repeated")))
	case "page":
		if o.slides {
			o.end()
			o.pages = append(o.pages, len(o.blocks))
		}
	case "notes":
		return !o.slides
	}
	return true
}

// beginSheet begins a table; of a sheet, its name is a line of the text.
func (o *odt) beginSheet(n node) {
	if name := n.attr("name"); o.sheets && name != "" && len(o.tables) == 0 && len(o.stack) == 0 {
		o.end()
		o.write(name)
	}
	o.beginTable()
}

func (o *odt) finish(name string) {
	switch name {
	case "p", "h":
		o.end()
	case "table-cell", "covered-table-cell":
		o.endCell(pop(&o.cols))
	case "table-row":
		o.endRow(pop(&o.rows))
	case "table":
		o.endTable()
	case "text-box":
		o.boxes = append(o.boxes, o.shut()...)
	case "note":
		o.notes = append(o.notes, o.shut()...)
	case "annotation":
		o.comments = append(o.comments, o.shut()...)
	case "header", "header-left", "header-first":
		o.heads = once(o.heads, o.shut()...)
	case "footer", "footer-left", "footer-first":
		o.feet = once(o.feet, o.shut()...)
	}
}

func pop(list *[]int) int {
	n := len(*list)
	if n == 0 {
		return 1
	}
	v := (*list)[n-1]
	*list = (*list)[:n-1]
	return v
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }
