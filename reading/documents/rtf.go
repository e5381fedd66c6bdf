package documents

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
)

const maxGroups = 200 // groups within groups

// group is what a group of RTF inherits from the one around it.
type group struct {
	skip    bool   // a destination that is no text
	into    string // a property that is being read
	page    int    // code page of its font
	uc      int    // how many bytes stand for a \u that is not understood
	deleted bool
	star    bool
	upr     bool   // written once more, in Unicode, by its neighbour
	side    string // header, footer, note or box: text apart
}

// rtf is a reader of RTF 1.9.1.
type rtf struct {
	flows
	d       *Document
	b       []byte
	i       int
	at      group
	groups  []group
	page    int         // code page of the document
	fonts   map[int]int // code pages of fonts
	font    int         // whose definition is open
	pending []byte      // bytes of the code page that are not yet decoded
	left    int         // bytes that stand for a \u
	high    rune        // first half of a surrogate pair
	prop    strings.Builder
	inTable bool
	changes int
	objects int
	images  int

	heads, feet, notes []string
}

func (d *Document) rtf(raw []byte) error {
	start := bytes.Index(raw, []byte("{\\rtf"))
	r := &rtf{flows: flows{flow: newFlow()}, d: d, b: raw[start:], fonts: map[int]int{}, page: 1252}
	r.at = group{page: 1252, uc: 1}
	for r.i < len(r.b) {
		if err := r.step(); err != nil {
			return fmt.Errorf("read RTF: %w", err)
		}
		if len(r.groups) == 0 && r.i > 5 {
			break
		}
	}
	r.flush()
	if len(r.groups) > 0 {
		d.Problems = append(d.Problems, "it ends too early: read as far as it goes")
	}
	for len(r.groups) > 0 {
		r.closeGroup()
	}
	d.Text = strings.Join(slices.Concat(r.heads, r.finished(), r.feet, r.notes), "\n\n")
	d.full(r.size)
	if r.changes > 0 {
		d.Problems = append(d.Problems, fmt.Sprintf("it holds tracked changes (%d): what was inserted is read, what was deleted is not", r.changes))
	}
	if r.images > 0 {
		d.Unread = append(d.Unread, fmt.Sprintf("%d pictures in it: not read: no OCR", r.images))
	}
	if r.objects > 0 {
		d.Unread = append(d.Unread, fmt.Sprintf("%d embedded objects: not read", r.objects))
	}
	return nil
}

func (r *rtf) step() error {
	switch c := r.b[r.i]; c {
	case '{':
		r.i++
		r.flush()
		if len(r.groups) >= maxGroups {
			return fmt.Errorf("groups more than %d deep: %w", maxGroups, evidence.ErrLimit)
		}
		r.groups = append(r.groups, r.at)
		r.at.star = false
		r.left = 0
	case '}':
		r.i++
		r.flush()
		r.closeGroup()
	case '\\':
		r.control()
	case '\r', '\n':
		r.i++
	default:
		r.i++
		r.put(c)
	}
	return nil
}

func (r *rtf) closeGroup() {
	n := len(r.groups)
	if n == 0 {
		return
	}
	outer := r.groups[n-1]
	if r.at.into != "" && r.at.into != outer.into && r.at.upr {
		r.prop.Reset()
	} else if r.at.into != "" && r.at.into != outer.into {
		key := strings.TrimSuffix(r.at.into, "!")
		value := strings.TrimPrefix(r.prop.String(), "0000-00-00T00:00")
		r.d.add("office."+key, value, key != r.at.into)
		if key == "title" {
			r.d.Title = strings.TrimSpace(value)
		}
		r.prop.Reset()
	}
	if r.at.side != outer.side {
		r.aside(r.at.side, r.shut())
	}
	r.at, r.groups = outer, r.groups[:n-1]
	r.left = 0
}

// begin opens text that stands apart.
func (r *rtf) begin(side string) {
	r.at.star = false
	if !r.at.skip && r.at.side != side {
		r.at.side = side
		r.open()
	}
}

func (r *rtf) aside(side string, blocks []string) {
	switch side {
	case "header":
		r.heads = once(r.heads, blocks...)
	case "footer":
		r.feet = once(r.feet, blocks...)
	case "note":
		r.notes = append(r.notes, blocks...)
	default:
		r.boxes = append(r.boxes, blocks...)
	}
}

// put takes one byte of text.
func (r *rtf) put(c byte) {
	if r.left > 0 {
		r.left--
		return
	}
	r.pending = append(r.pending, c)
	if len(r.pending) > 4096 {
		r.flush()
	}
}

// flush decodes what bytes wait.
func (r *rtf) flush() {
	if len(r.pending) == 0 {
		return
	}
	s, err := codePage(r.at.page).NewDecoder().Bytes(r.pending)
	r.pending = r.pending[:0]
	if err == nil {
		r.out(string(s))
	}
}

func (r *rtf) out(s string) {
	switch {
	case r.at.into != "":
		if r.prop.Len() < maxDetail {
			r.prop.WriteString(s)
		}
	case !r.at.skip && !r.at.deleted && !r.at.upr:
		r.write(s)
	}
}

// control reads a control word or symbol.
func (r *rtf) control() {
	r.i++
	if r.i >= len(r.b) {
		return
	}
	c := r.b[r.i]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		r.i++
		r.symbol(c)
		return
	}
	from := r.i
	for r.i < len(r.b) && r.i-from < 32 && r.b[r.i]|0x20 >= 'a' && r.b[r.i]|0x20 <= 'z' {
		r.i++
	}
	word := string(r.b[from:r.i])
	from = r.i
	if r.i < len(r.b) && r.b[r.i] == '-' {
		r.i++
	}
	for r.i < len(r.b) && r.i-from < 11 && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
		r.i++
	}
	n, err := strconv.Atoi(string(r.b[from:r.i]))
	has := err == nil
	if r.i < len(r.b) && r.b[r.i] == ' ' {
		r.i++
	}
	if word == "bin" { // bytes that are no RTF
		r.i = min(len(r.b), r.i+max(0, n))
		return
	}
	if r.left > 0 && word != "u" {
		r.left = 0
	}
	r.word(word, n, has)
}

func (r *rtf) symbol(c byte) {
	switch c {
	case '\'':
		if r.i+2 <= len(r.b) {
			if v, err := strconv.ParseUint(string(r.b[r.i:r.i+2]), 16, 8); err == nil {
				r.i += 2
				r.put(byte(v))
			}
		}
		return
	case '*':
		r.at.star = true
		return
	case '\r', '\n':
		r.breakLine("par")
		return
	}
	r.flush()
	switch c {
	case '~':
		r.out("\u00a0")
	case '_':
		r.out("\u2011")
	case '\\', '{', '}':
		r.put(c)
	}
}

func (r *rtf) word(word string, n int, has bool) {
	if word == "u" {
		r.unicode(n)
		return
	}
	r.flush()
	switch word {
	case "ansicpg":
		r.page, r.at.page = n, n
	case "mac":
		r.page, r.at.page = 10000, 10000
	case "uc":
		r.at.uc = max(0, min(n, 100))
	case "f":
		if r.at.into == "" && r.at.skip {
			r.font = n
		} else if p := r.fonts[n]; p != 0 {
			r.at.page = p
		} else {
			r.at.page = r.page
		}
	case "fcharset":
		if p := charsetPage(n); p != 0 && len(r.fonts) < 10_000 {
			r.fonts[r.font] = p
		}
	case "plain":
		r.at.page, r.at.deleted = r.page, false
	case "deleted":
		r.at.deleted = !has || n != 0
		r.changes++
	case "revised":
		r.changes++
	case "pict":
		r.at.skip = true
		r.images++
	case "objdata":
		r.at.skip = true
		r.objects++
	case "intbl":
		r.inTable = true
	case "pard":
		r.inTable = false
	case "yr", "mo", "dy", "hr", "min":
		r.time(word, n)
	default:
		r.text(word)
	}
}

// time writes a part of a date among the properties: local time, as the program knew it.
func (r *rtf) time(word string, n int) {
	if r.at.into != "created" && r.at.into != "modified" {
		return
	}
	switch word {
	case "yr":
		fmt.Fprintf(&r.prop, "%04d", n)
	case "mo", "dy":
		fmt.Fprintf(&r.prop, "-%02d", n)
	case "hr":
		fmt.Fprintf(&r.prop, "T%02d", n)
	case "min":
		fmt.Fprintf(&r.prop, ":%02d", n)
	}
}

// sign gives the character that a control word stands for.
func sign(word string) string {
	switch word {
	case "tab":
		return "\t"
	case "emdash":
		return "—"
	case "endash":
		return "–"
	case "lquote":
		return "‘"
	case "rquote":
		return "’"
	case "ldblquote":
		return "“"
	case "rdblquote":
		return "”"
	case "bullet":
		return "•"
	case "emspace", "enspace", "qmspace":
		return " "
	}
	return ""
}

// text is what control words put into the text, and destinations take out of it.
func (r *rtf) text(word string) {
	if s := sign(word); s != "" {
		r.out(s)
		return
	}
	switch word {
	case "par", "line", "sect", "page", "cell", "nestcell", "row", "nestrow":
		r.breakLine(word)
	case "fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "rsidtbl", "generator", "fldinst", "nonshppict", "themedata", "colorschememapping", "latentstyles",
		"datastore", "xmlnstbl", "pgdsctbl", "revtbl", "bkmkstart", "bkmkend", "atnid", "atnauthor", "annotation", "comment", "info", "filetbl", "pntxta", "pntxtb", "sn", "sv":
		r.at.skip, r.at.into = true, ""
		if word == "comment" {
			r.at.into = "description"
		}
		if word == "annotation" {
			r.at.into = "comment!"
		}
	case "header", "headerl", "headerr", "headerf":
		r.begin("header")
	case "footer", "footerl", "footerr", "footerf":
		r.begin("footer")
	case "footnote":
		r.begin("note")
	case "shptxt":
		r.begin("box")
	case "title", "subject", "keywords":
		r.at.into = word
	case "creatim":
		r.at.into = "created"
	case "revtim":
		r.at.into = "modified"
	case "upr":
		r.at.upr = true
	case "ud":
		r.at.upr, r.at.star = false, false
	case "author", "operator", "company", "manager":
		r.at.into = map[string]string{"operator": "last-modified-by"}[word] + "!"
		if r.at.into == "!" {
			r.at.into = word + "!"
		}
	default:
		if r.at.star && !strings.HasPrefix(word, "shp") && word != "footnote" && word != "fldrslt" {
			r.at.skip = true
		}
		r.at.star = false
	}
}

func (r *rtf) breakLine(word string) {
	r.flush()
	if r.at.skip || r.at.deleted || r.at.into != "" {
		return
	}
	switch word {
	case "line":
		r.write("\n")
	case "cell", "nestcell":
		if len(r.tables) == 0 {
			r.beginRow()
		}
		r.endCell(1)
	case "row", "nestrow":
		r.endRow(1)
	default:
		if !r.inTable && len(r.tables) > 0 {
			r.leaveTable()
		}
		r.end()
	}
}

// beginRow opens a table with the cell whose text is already there.
func (r *rtf) beginRow() {
	s := strings.TrimSpace(r.para.String())
	r.para.Reset()
	r.beginTable()
	r.write(s)
}

// leaveTable ends a table before the paragraph whose text is already there.
func (r *rtf) leaveTable() {
	s := r.para.String()
	r.para.Reset()
	r.endTable()
	r.write(s)
}

// unicode takes \uN, and skips the bytes that stand for it.
func (r *rtf) unicode(n int) {
	r.flush()
	c := rune(uint16(n))
	r.left = r.at.uc
	switch {
	case c >= 0xd800 && c < 0xdc00:
		r.high = c
	case c >= 0xdc00 && c < 0xe000 && r.high != 0:
		r.out(string(0x10000 + (r.high-0xd800)<<10 + (c - 0xdc00)))
		r.high = 0
	case utf8.ValidRune(c):
		r.out(string(c))
	}
}
