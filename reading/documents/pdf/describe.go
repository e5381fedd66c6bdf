package pdf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const maxListed = 200 // notes and attached files that are listed

// describe tells what the file says about itself.
func (f *file) describe(out *File) {
	add := func(key, value string, sensitive bool) {
		if value = strings.TrimSpace(value); value != "" {
			out.Details = append(out.Details, Detail{"pdf." + key, value, sensitive})
		}
	}
	info := f.dict(f.trailer["Info"])
	text := func(key name) string { s, _ := f.get(info[key]).(string); return textString(s) }
	out.Title = text("Title")
	add("title", out.Title, false)
	add("author", text("Author"), true)
	add("subject", text("Subject"), false)
	add("keywords", text("Keywords"), false)
	add("creator", text("Creator"), false)
	add("producer", text("Producer"), false)
	add("created", Date(text("CreationDate")), false)
	add("modified", Date(text("ModDate")), false)
	add("pages", fmt.Sprint(len(out.Pages)), false)
	if f.sections > 1 {
		add("sections", fmt.Sprint(f.sections), false) // of the cross-reference: more than one where it was changed after it was made, or for quick viewing
	}
	if f.crypt != nil {
		add("encrypted", "with the empty password", false)
	}
	root := f.dict(f.trailer["Root"])
	if s, ok := f.get(root["Metadata"]).(*stream); ok {
		if b, err := f.data(s); err == nil && len(b) < 1<<20 {
			out.XMP = b
		}
	}
	if js := f.dict(root["Names"])["JavaScript"]; js != nil {
		add("scripts", "yes", false)
	}
	f.attached(root, out)
	f.notes(out)
}

// attached lists files that are embedded.
func (f *file) attached(root dict, out *File) {
	n, steps := 0, 0
	seen := map[int]bool{}
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if steps++; steps > 20*maxListed {
			return
		}
		if r, ok := v.(ref); ok && (seen[r.num] || depth > maxDepth) {
			return
		} else if ok {
			seen[r.num] = true
		}
		d := f.dict(v)
		names := f.array(d["Names"])
		for i := 0; i+1 < len(names) && n < maxListed; i += 2 {
			spec := f.dict(names[i+1])
			s, _ := f.get(first(spec, "UF", "F")).(string)
			out.Unread = append(out.Unread, fmt.Sprintf("the attached file %q: not read", short(textString(s))))
			n++
		}
		for i, k := range f.array(d["Kids"]) {
			if i < maxListed && depth < maxDepth {
				walk(k, depth+1)
			}
		}
	}
	walk(f.dict(root["Names"])["EmbeddedFiles"], 0)
}

// notes lists comments that people put on pages.
func (f *file) notes(out *File) {
	n := 0
	for i, l := range f.leaves() {
		for k, v := range f.array(l.dict["Annots"]) {
			if k >= 2000 || n >= maxListed {
				break
			}
			d := f.dict(v)
			s, _ := f.get(d["Contents"]).(string)
			if t, _ := f.get(d["Subtype"]).(name); s == "" || t == "Widget" || t == "FreeText" || t == "Stamp" || t == "Popup" || t == "Link" {
				continue
			}
			who, _ := f.get(d["T"]).(string)
			note := fmt.Sprintf("page %d: %s", i+1, short(textString(s)))
			if who != "" {
				note += " (" + short(textString(who)) + ")"
			}
			out.Details = append(out.Details, Detail{"pdf.comment", note, true})
			n++
		}
	}
}

func short(s string) string {
	if len(s) > 2000 {
		return strings.ToValidUTF8(s[:2000], "") + "…"
	}
	return s
}

// textString decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 if it is
// marked, else PDFDocEncoding; or windows-1251, which Russian programs wrote in its place.
func textString(s string) string {
	switch {
	case strings.HasPrefix(s, "\xfe\xff"):
		return strings.ReplaceAll(utf16BE(s[2:]), "\x00", "")
	case strings.HasPrefix(s, "\xff\xfe"):
		b := []byte(s[2:])
		for i := 0; i+1 < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
		return utf16BE(string(b))
	case strings.HasPrefix(s, "\xef\xbb\xbf"):
		return strings.ToValidUTF8(s[3:], "\uFFFD")
	}
	high, plain := 0, 0
	for i := range len(s) {
		switch {
		case s[i] >= 0xc0:
			high++
		case s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z':
			plain++
		}
	}
	if high > 1 && utf8.ValidString(s) {
		return s
	}
	cm := charmap.Windows1252
	if high > 1 && high > plain {
		cm = charmap.Windows1251
	}
	out, err := cm.NewDecoder().String(s)
	if err != nil {
		return ""
	}
	return out
}

// Date turns "D:20240203040506+02'00'" into RFC 3339, as far as it goes: without a zone
// where it gives none. What is no such date is given as it stands.
func Date(s string) string {
	d, ok := strings.CutPrefix(strings.TrimSpace(s), "D:")
	digits := 0
	for digits < len(d) && digits < 14 && d[digits] >= '0' && d[digits] <= '9' {
		digits++
	}
	if !ok && digits < 8 || digits < 4 {
		return s
	}
	n, zone := d[:digits], d[digits:]
	out := n[:4]
	for i, sep := range []string{"-", "-", "T", ":", ":"} {
		at := 4 + 2*i
		if at+2 > len(n) {
			if sep == ":" && i == 3 {
				out += ":00"
			}
			return out
		}
		out += sep + n[at:at+2]
	}
	zone = strings.NewReplacer("'", "", ":", "", " ", "").Replace(zone)
	switch {
	case zone == "Z" || strings.HasPrefix(zone, "Z00"):
		return out + "Z"
	case len(zone) >= 3 && (zone[0] == '+' || zone[0] == '-'):
		minutes := "00"
		if len(zone) >= 5 {
			minutes = zone[3:5]
		}
		return out + zone[:3] + ":" + minutes
	}
	return out
}
