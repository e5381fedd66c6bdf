package sources

import (
	"bytes"
	"fmt"
	"mime"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	xunicode "golang.org/x/text/encoding/unicode"
)

// decoded is a document in UTF-8 together with the way back to the bytes that came. Bytes
// that are no UTF-8 stand in text as they came, if the document is in UTF-8.
type decoded struct {
	text     []byte
	name     string // of the encoding; "" for UTF-8
	skip     int    // bytes of a byte order mark
	width    func(r rune) int
	problems []string
}

// decode finds a document's encoding: a byte order mark, what the transport said, what the
// document declares (RFC 7303, 3). It believes none of them against the bytes: what is
// valid UTF-8 beyond ASCII is UTF-8, and what is said to be UTF-8 and mostly is not is
// looked at for the legacy encodings of Ukrainian and Russian.
func decode(raw []byte, mediaType string) decoded {
	switch {
	case bytes.HasPrefix(raw, []byte("\xEF\xBB\xBF")):
		return decoded{text: raw[3:], skip: 3}
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		return wide(raw, 2, "utf-16le", xunicode.LittleEndian)
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		return wide(raw, 2, "utf-16be", xunicode.BigEndian)
	case bytes.HasPrefix(raw, []byte{0, '<', 0}):
		return wide(raw, 0, "utf-16be", xunicode.BigEndian)
	case bytes.HasPrefix(raw, []byte{'<', 0}):
		return wide(raw, 0, "utf-16le", xunicode.LittleEndian)
	}
	said, in := claimed(raw, mediaType)
	high, bad := beyondASCII(raw)
	switch {
	case high == 0, bad == 0:
		d := decoded{text: raw}
		if high > 0 && said != "" && said != "utf-8" {
			d.problems = append(d.problems, fmt.Sprintf("%s says %s, but it is UTF-8", in, said))
		}
		return d
	case said == "" || said == "utf-8":
		if bad*20 < high { // some bytes are broken
			return decoded{text: raw, problems: []string{fmt.Sprintf("%d bytes are no UTF-8", bad)}}
		}
		said = likeliest(raw)
		d := single(raw, said)
		d.problems = append(d.problems, "the encoding is not said, or wrong: read as "+said)
		return d
	}
	return single(raw, said)
}

// claimed is the encoding that the transport or the document names, in its usual spelling,
// and which of the two said so. iso-8859-1 and ASCII from the transport are what servers
// say that were told nothing: the document is asked first.
func claimed(raw []byte, mediaType string) (name, in string) {
	declared := declaration(raw)
	if _, p, err := mime.ParseMediaType(mediaType); err == nil && p["charset"] != "" {
		if _, said := charset.Lookup(p["charset"]); said != "" && (declared == "" || said != "windows-1252") {
			return said, "the server"
		}
	}
	if _, said := charset.Lookup(declared); said != "" {
		return said, "the document"
	}
	return "", ""
}

// declaration is the encoding of an XML declaration.
func declaration(raw []byte) string {
	head := raw[:min(len(raw), 1024)]
	i := bytes.Index(head, []byte("<?xml"))
	if i < 0 {
		return ""
	}
	head, _, _ = bytes.Cut(head[i:], []byte("?>"))
	_, rest, ok := bytes.Cut(head, []byte("encoding"))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if len(rest) == 0 {
		return ""
	}
	if end := bytes.IndexByte(rest[1:], rest[0]); end >= 0 && (rest[0] == '"' || rest[0] == '\'') {
		return string(rest[1 : end+1])
	}
	return ""
}

// beyondASCII counts the bytes over 127, and those of them that are no UTF-8.
func beyondASCII(raw []byte) (high, bad int) {
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(raw[i:])
		high += n
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		i += n
	}
	return high, bad
}

// likeliest is windows-1251 or koi8-r: in the wrong one of the two, small letters are
// capital ones.
func likeliest(raw []byte) string {
	small := func(m *charmap.Charmap) (n int) {
		for _, b := range raw[:min(len(raw), 64<<10)] {
			if b >= utf8.RuneSelf && unicode.IsLower(m.DecodeByte(b)) {
				n++
			}
		}
		return n
	}
	if small(charmap.KOI8U) > small(charmap.Windows1251) {
		return "koi8-u"
	}
	return "windows-1251"
}

func wide(raw []byte, skip int, name string, order xunicode.Endianness) decoded {
	text, err := xunicode.UTF16(order, xunicode.IgnoreBOM).NewDecoder().Bytes(raw[skip:])
	d := decoded{text: text, name: name, skip: skip, width: func(r rune) int {
		if r > 0xFFFF {
			return 4
		}
		return 2
	}}
	if err != nil {
		d.problems = append(d.problems, fmt.Sprintf("%s: %v", name, err))
	}
	return d
}

// single decodes what is not UTF-8. Of encodings with more than one byte for a character,
// the way back is not known.
func single(raw []byte, name string) decoded {
	e, err := htmlindex.Get(name)
	if err != nil {
		e = charmap.Windows1251
	}
	text, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		text = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	d := decoded{text: text, name: name}
	if _, ok := e.(*charmap.Charmap); ok {
		d.width = func(rune) int { return 1 }
	} else if e == encoding.Replacement {
		d.problems = append(d.problems, "the encoding "+name+" is not read")
	}
	return d
}

// places translates the spans of items from the text to the bytes that came; items stand in
// order. Where the way back is not known they have none.
func (d decoded) places(items []Item) {
	at, orig := 0, d.skip
	to := func(goal int) int {
		for at < goal {
			r, n := utf8.DecodeRune(d.text[at:])
			at, orig = at+n, orig+d.width(r)
		}
		return orig
	}
	for i := range items {
		it := &items[i]
		switch {
		case d.name == "":
			it.Start, it.End = it.Start+d.skip, it.End+d.skip
		case d.width == nil:
			it.Start, it.End = 0, 0
		default:
			it.Start = to(it.Start)
			it.End = to(it.End)
		}
		it.Charset = d.name
	}
}
