package pdf

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// font tells, of the codes that a string holds, what they mean and how wide they are.
type font struct {
	composite bool
	codes     *cmap        // of a composite font: which bytes make a code, and its glyph; nil: two bytes each
	unicode   *cmap        // ToUnicode
	direct    bool         // codes are UTF-16
	table     [256]string  // of a simple font
	glyphs    map[int]rune // of an embedded TrueType font: glyph to character
	widths    map[int]float64
	width0    float64
	units     float64 // width units of one em: 1000, or of a Type 3 font its own
	cyrillic  bool    // letters of Western Europe are Cyrillic by position: a font of the nineties
	accented  int     // letters of Western Europe so far
	ascii     int     // plain ones
	others    int
}

const (
	maxWidths = 70_000
	maxFonts  = 2_000 // of one file
)

func (f *file) font(v any) *font {
	d := f.dict(v)
	t := &font{widths: map[int]float64{}, units: 1000, width0: 500}
	if s, ok := f.get(d["ToUnicode"]).(*stream); ok {
		if b, err := f.data(s); err == nil {
			t.unicode = f.parseCMap(b)
		}
	}
	if d["Subtype"] == name("Type0") {
		f.composite(t, d)
		return t
	}
	f.simple(t, d)
	return t
}

func (f *file) simple(t *font, d dict) {
	desc := f.dict(d["FontDescriptor"])
	switch e := f.get(d["Encoding"]).(type) {
	case name:
		t.table = base(e)
	case dict:
		n, _ := f.get(e["BaseEncoding"]).(name)
		t.table = base(n)
		f.differences(&t.table, e)
	default:
		t.table = base("")
		if desc != nil && f.int(desc["Flags"])&4 != 0 { // symbolic: its own encoding
			t.symbolic(f, desc)
		}
	}
	from := f.int(d["FirstChar"])
	for i, w := range f.array(d["Widths"]) {
		if i > 255 {
			break
		}
		t.widths[from+i] = f.float(w)
	}
	if w := f.float(desc["MissingWidth"]); w > 0 {
		t.width0 = w
	}
	if n, _ := f.get(d["BaseFont"]).(name); strings.Contains(string(n), "Courier") {
		t.width0 = 600
	}
	if d["Subtype"] == name("Type3") {
		m := f.array(d["FontMatrix"])
		if len(m) == 6 && f.float(m[0]) > 0 {
			t.units = 1 / f.float(m[0])
		}
	}
}

// symbolic reads the embedded TrueType font's own table of codes.
func (t *font) symbolic(f *file, desc dict) {
	glyphs, codes := f.trueType(desc)
	for c := range t.table {
		if r, ok := glyphs[codes[c]]; ok && codes[c] != 0 {
			t.table[c] = string(r)
		}
	}
}

func (f *file) differences(table *[256]string, e dict) {
	at := 0
	for _, v := range f.array(e["Differences"]) {
		switch v := f.get(v).(type) {
		case int:
			at = v
		case name:
			if at >= 0 && at < 256 {
				table[at], _ = glyphText(v)
			}
			at++
		}
	}
}

func (f *file) composite(t *font, d dict) {
	t.composite = true
	var below dict
	if kids := f.array(d["DescendantFonts"]); len(kids) > 0 {
		below = f.dict(kids[0])
	}
	switch e := f.get(d["Encoding"]).(type) {
	case *stream:
		if b, err := f.data(e); err == nil {
			t.codes = f.parseCMap(b)
		}
	case name:
		t.direct = strings.Contains(string(e), "UCS2") || strings.Contains(string(e), "UTF16")
	}
	t.width0 = 1000
	if w := f.get(below["DW"]); w != nil {
		t.width0 = float(w)
	}
	f.cidWidths(t, below)
	if t.unicode == nil && !t.direct {
		if _, mapped := f.get(below["CIDToGIDMap"]).(*stream); !mapped {
			t.glyphs, _ = f.trueType(f.dict(below["FontDescriptor"]))
		}
	}
}

// cidWidths reads "c [w w w]" and "from to w".
func (f *file) cidWidths(t *font, below dict) {
	w := f.array(below["W"])
	for i := 0; i+1 < len(w) && len(t.widths) < maxWidths; {
		from := f.int(w[i])
		if list, ok := f.get(w[i+1]).(array); ok {
			for k, v := range list {
				if f.ops -= 16; f.ops > 0 && len(t.widths) < maxWidths {
					t.widths[from+k] = f.float(v)
				}
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			return
		}
		to, width := f.int(w[i+1]), f.float(w[i+2])
		for c := from; c <= to && f.ops > 0 && len(t.widths) < maxWidths; c++ {
			f.ops -= 16
			t.widths[c] = width
		}
		i += 3
	}
}

// next takes one code from s: how many bytes it has, what it means, how wide it is in
// ems. Where nobody says what it means, known is false.
func (t *font) next(s string) (n int, text string, width float64, known bool) {
	if !t.composite {
		c := s[0]
		text, known = t.table[c], t.table[c] != ""
		if t.unicode != nil {
			if u, ok := t.unicode.text(uint32(c)); ok {
				text, known = u, true
			}
		}
		return 1, t.checked(text), t.wide(int(c)), known
	}
	n = min(2, len(s))
	cid := int(code(s[:n]))
	if t.codes != nil {
		n = t.codes.length(s)
		cid = int(code(s[:n]))
		if sp, ok := t.codes.find(uint32(cid)); ok && sp.text == "" {
			cid = sp.cid + cid - int(sp.lo)
		}
	}
	switch {
	case t.unicode != nil:
		text, known = t.unicode.text(code(s[:n]))
	case t.direct:
		text, known = utf16BE(s[:n]), true
	default:
		var r rune
		if r, known = t.glyphs[cid]; known {
			text = string(r)
		}
	}
	return n, t.checked(text), t.wide(cid), known
}

func (t *font) wide(c int) float64 {
	w, ok := t.widths[c]
	if !ok {
		w = t.width0
	}
	return max(-10, min(10, w/t.units))
}

// checked counts letters of Western Europe and, where they are known to be Cyrillic by
// their position, says which.
func (t *font) checked(s string) string {
	s = spelled(s)
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case n != len(s):
		return s
	case r < 0x80:
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			t.ascii++
		}
		return s
	case r >= 0xc0 && r <= 0xff:
		t.accented++
	}
	c, ok := charmap.Windows1252.EncodeRune(r)
	if !ok {
		t.others++
	}
	if t.cyrillic && ok {
		return string(charmap.Windows1251.DecodeByte(c))
	}
	return s
}

// disguised: nearly all letters are of Western Europe, and accented: no language is written
// like that, but Cyrillic was, by fonts that put its letters there.
func (t *font) disguised() bool {
	return !t.cyrillic && t.accented > 20 && t.accented > 4*t.ascii && t.accented > 20*t.others
}
