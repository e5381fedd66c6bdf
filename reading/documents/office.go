package documents

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"svidok/evidence"
)

// office reads an office document of either family.
func (d *Document) office(raw []byte) error {
	if !strings.HasPrefix(string(raw[:min(len(raw), 2)]), "PK") {
		return d.flat(raw)
	}
	a, problems, err := openZip(raw)
	if err != nil {
		return err
	}
	d.Problems = append(d.Problems, problems...)
	switch d.MediaType {
	case TypeDOCX:
		err = d.docx(a)
	case TypeXLSX:
		err = d.xlsx(a)
	case TypePPTX:
		err = d.pptx(a)
	default:
		err = d.odf(a)
	}
	if err != nil {
		return fmt.Errorf("read a document of type %s: %w", d.MediaType, err)
	}
	d.core(a)
	d.enclosed(a)
	return nil
}

// enclosed lists what the document holds beside its text.
func (d *Document) enclosed(a *archive) {
	pictures := 0
	for _, n := range a.names {
		dir := path.Dir(n)
		switch {
		case strings.HasSuffix(n, "/"):
		case strings.HasSuffix(dir, "/media") || strings.HasPrefix(dir, "pictures"):
			pictures++
		case strings.HasSuffix(dir, "/embeddings"):
			d.Unread = append(d.Unread, fmt.Sprintf("the embedded file %.80q: not read", path.Base(n)))
		case path.Base(n) == "vbaproject.bin":
			d.add("office.macros", "yes", false)
		}
	}
	if pictures == 1 {
		d.Unread = append(d.Unread, "a picture in it: not read: no OCR")
	} else if pictures > 1 {
		d.Unread = append(d.Unread, fmt.Sprintf("%d pictures in it: not read: no OCR", pictures))
	}
}

// core reads the document properties (ECMA-376 part 2, 11; part 1, 22.2).
func (d *Document) core(a *archive) {
	keys := map[string]string{
		"title": "title", "subject": "subject", "keywords": "keywords", "description": "description", "category": "category", "language": "language",
		"creator": "author!", "lastModifiedBy": "last-modified-by!", "created": "created", "modified": "modified", "lastPrinted": "printed", "revision": "revision", "version": "version",
		"Application": "application", "AppVersion": "application-version", "Company": "company!", "Manager": "manager!", "Template": "template!", "TotalTime": "editing-minutes",
	}
	for _, part := range []string{"docProps/core.xml", "docProps/app.xml"} {
		b, err := a.part(part)
		if err != nil {
			continue // documents without properties are documents
		}
		d.properties(b, keys)
	}
}

// properties notes the elements of a properties part whose names are known; "!" marks what is sensitive.
func (d *Document) properties(b []byte, keys map[string]string) {
	value := ""
	err := walk(b, handler{
		open: func(node) bool { value = ""; return true },
		text: func(s string) {
			if len(value) <= maxDetail {
				value += s
			}
		},
		close: func(name string) {
			if key, ok := keys[name]; ok {
				plain := strings.TrimSuffix(key, "!")
				d.add("office."+plain, value, plain != key)
				if plain == "title" && d.Title == "" {
					d.Title = value
				}
			}
			value = ""
		},
	})
	if err != nil {
		d.Problems = append(d.Problems, "its properties are not well-formed: as far as they could be read")
	}
}

// relation is one line of a relationships part.
type relation struct{ id, kind, target string }

// relations reads the relationships of a part (ECMA-376 part 2, 9). What lies outside the file is left out.
func (a *archive) relations(of string) []relation {
	b, err := a.part(path.Join(path.Dir(of), "_rels", path.Base(of)+".rels"))
	if err != nil {
		return nil
	}
	var out []relation
	_ = walk(b, handler{ // as far as it goes
		open: func(n node) bool {
			if n.name == "Relationship" && n.attr("TargetMode") != "External" && len(out) < maxMembers {
				target := n.attr("Target")
				if !strings.HasPrefix(target, "/") {
					target = path.Join(path.Dir(of), target)
				}
				out = append(out, relation{n.attr("Id"), path.Base(n.attr("Type")), strings.TrimPrefix(path.Clean("/"+target), "/")})
			}
			return true
		},
		close: func(string) {}, text: func(string) {},
	})
	return out
}

// mainPart finds the part that the package is about.
func (a *archive) mainPart(usual string) string {
	for _, r := range a.relations("") {
		if r.kind == "officeDocument" && a.has(r.target) {
			return r.target
		}
	}
	return usual
}

// word reads WordprocessingML (ECMA-376 part 1, 17).
type word struct {
	flows
	comments []string
	who      string
	inserted int
	deleted  int
	hidden   int
	foreign  int // inserted files of another kind
	vanish   bool
	collect  bool // within w:t
}

func (d *Document) docx(a *archive) error {
	main := a.mainPart("word/document.xml")
	b, err := a.part(main)
	if errors.Is(err, evidence.ErrNotFound) {
		return fmt.Errorf("it has no text part: %w", evidence.ErrFormat)
	}
	if err != nil {
		return err
	}
	w := &word{flows: flows{flow: newFlow()}}
	if err := d.tolerate(w.read(b), len(w.blocks)); err != nil {
		return err
	}
	body := w.finished()
	var heads, feet, notes []string
	read := map[string]bool{}
	for _, r := range a.relations(main) {
		if read[r.target] {
			continue
		}
		read[r.target] = true
		switch r.kind {
		case "header", "footer", "footnotes", "endnotes", "comments":
		default:
			continue
		}
		part, err := a.part(r.target)
		if err != nil {
			d.Problems = append(d.Problems, r.kind+" could not be read: "+err.Error())
			continue
		}
		side := &word{flows: flows{flow: newFlow()}}
		if err := d.tolerate(side.read(part), 1); err != nil {
			return err
		}
		w.inserted, w.deleted, w.hidden = w.inserted+side.inserted, w.deleted+side.deleted, w.hidden+side.hidden
		switch blocks := side.finished(); r.kind {
		case "header":
			heads = once(heads, blocks...)
		case "footer":
			feet = once(feet, blocks...)
		case "footnotes", "endnotes":
			notes = append(notes, blocks...)
		case "comments":
			w.comments = side.comments
		}
	}
	d.Text = strings.Join(slices.Concat(heads, body, feet, notes), "\n\n")
	d.full(w.size)
	d.wordDetails(w)
	return nil
}

// tolerate takes a part that breaks off for what came before it, if anything did.
func (d *Document) tolerate(err error, got int) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, evidence.ErrLimit) || got == 0 {
		return err
	}
	d.Problems = append(d.Problems, "it is broken, and was read as far as it goes: "+err.Error())
	return nil
}

func (d *Document) wordDetails(w *word) {
	for _, c := range w.comments {
		d.add("office.comment", c, true)
	}
	if w.inserted+w.deleted > 0 {
		d.Problems = append(d.Problems, fmt.Sprintf("it holds tracked changes (%d insertions, %d deletions): what was inserted is read, what was deleted is not", w.inserted, w.deleted))
	}
	if w.hidden > 0 {
		d.Problems = append(d.Problems, fmt.Sprintf("%d stretches of it are hidden in the program that shows it; they are read", w.hidden))
	}
	if w.foreign > 0 {
		d.Unread = append(d.Unread, fmt.Sprintf("%d files inserted into the text: not read", w.foreign))
	}
}

func (w *word) read(b []byte) error {
	return walk(b, handler{open: w.begin, close: w.finish, text: func(s string) {
		if w.collect {
			w.write(s)
		}
	}})
}

func (w *word) begin(n node) bool {
	switch n.name {
	case "del", "moveFrom":
		w.deleted++
		return false
	case "ins", "moveTo":
		w.inserted++
	case "Fallback", "instrText", "delText", "rPrChange", "pPrChange", "binData":
		return false
	case "footnote", "endnote":
		return n.attr("type") == "" || n.attr("type") == "normal"
	case "comment":
		w.who = n.attr("author")
		if at := n.attr("date"); at != "" {
			w.who += ", " + at
		}
	case "t":
		w.collect = true
	case "tab":
		w.tab(n)
	case "br", "cr":
		w.write("\n")
	case "noBreakHyphen":
		w.write("\u2011")
	case "sym":
		w.symbol(n.attr("char"))
	case "vanish":
		w.vanish = n.attr("val") != "0" && n.attr("val") != "false"
	case "rPr":
		w.vanish = false
	case "altChunk":
		w.foreign++
	case "tbl":
		w.beginTable()
	case "txbxContent":
		w.open()
	}
	return true
}

// tab in a run is a tab; among the properties of a paragraph it is a stop, with a position.
func (w *word) tab(n node) {
	if n.attr("pos") == "" {
		w.write("\t")
	}
}

// symbol writes a character of a symbol font, if it has a meaning outside that font.
func (w *word) symbol(hex string) {
	var r rune
	if _, err := fmt.Sscanf(hex, "%x", &r); err == nil && r >= ' ' && (r < 0xe000 || r > 0xf8ff) {
		w.write(string(r))
	}
}

func (w *word) finish(name string) {
	switch name {
	case "t":
		w.collect = false
	case "r":
		if w.vanish {
			w.hidden++
		}
		w.vanish = false
	case "p":
		w.end()
	case "tc":
		w.endCell(1)
	case "tr":
		w.endRow(1)
	case "tbl":
		w.endTable()
	case "txbxContent":
		w.boxes = append(w.boxes, w.shut()...)
	case "comment":
		text := strings.Join(w.finished(), " ")
		if w.who != "" {
			text += " (" + w.who + ")"
		}
		w.flow = newFlow()
		if text != "" && len(w.comments) < maxDetails {
			w.comments = append(w.comments, text)
		}
	}
}
