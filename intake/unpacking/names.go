package unpacking

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// guess finds the code page of names that are no UTF-8: the one in which they look most
// like words. All names of an archive were written by one program, so they are judged
// together.
func guess(names []string) (decode func(string) string, from string) {
	var odd []string
	for _, n := range names {
		if !utf8.ValidString(n) {
			odd = append(odd, n)
		}
		if len(odd) == 1000 {
			break
		}
	}
	best := 0
	from = "code page 437"
	page := charmap.CodePage437
	for _, c := range []struct {
		name string
		page *charmap.Charmap
	}{{"code page 866", charmap.CodePage866}, {"code page 1251", charmap.Windows1251}, {"KOI8-U", charmap.KOI8U}} {
		sum := 0
		for _, n := range odd {
			sum += likeness(decodeWith(c.page, n))
		}
		if sum > best {
			best, from, page = sum, c.name, c.page
		}
	}
	return func(s string) string { return decodeWith(page, s) }, from
}

func decodeWith(page *charmap.Charmap, s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(page.DecodeByte(s[i]))
	}
	return b.String()
}

// likeness says how much a name looks like Cyrillic words: small letters count most,
// a capital behind a small letter and signs count against.
func likeness(s string) int {
	score, last := 0, rune(' ')
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case unicode.Is(unicode.Cyrillic, r) && unicode.IsLower(r):
			score += 2
		case unicode.Is(unicode.Cyrillic, r) && unicode.IsLower(last):
			score--
		case unicode.Is(unicode.Cyrillic, r):
			score++
		default:
			score -= 3
		}
		last = r
	}
	return score
}

// name makes the member's name harmless and says what was wrong with it.
func (m *Member) name(decode func(string) string, from string, lim Limits) {
	stored := m.Name
	s := stored
	if !utf8.ValidString(s) {
		s = decode(s)
		m.problem("its name is not in UTF-8: read as %s, a guess", from)
	}
	if len(s) > lim.Name {
		// The end tells what a file is: keep that, too.
		ext := path.Ext(s)
		if len(ext) > 16 {
			ext = ""
		}
		s = strings.ToValidUTF8(s[:lim.Name-len(ext)], "") + ext
		m.problem("its name has %d bytes: cut", len(stored))
	}
	s, odd := visible(s)
	if odd {
		m.problem("its name has control characters, or marks that turn the direction of writing: replaced")
	}
	s, out := inside(s)
	if out {
		m.problem("its name leads out of the archive: taken without that")
	}
	if s == "" {
		s = "unnamed"
		m.problem("it has no name")
	}
	m.Name = s
	if s != stored && m.Stored == "" {
		m.Stored = stored
	}
}

// visible replaces what cannot be seen, or makes other letters be seen elsewhere.
func visible(s string) (string, bool) {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == utf8.RuneError {
			return '_'
		}
		return r
	}, s)
	return clean, clean != s
}

// inside takes from a name what would lead elsewhere: a drive, a share, a leading slash,
// "..". Backslashes are Windows' slashes.
func inside(s string) (string, bool) {
	s = strings.ReplaceAll(s, `\`, "/")
	out := strings.HasPrefix(s, "/")
	var kept []string
	for i, part := range strings.Split(s, "/") {
		switch {
		case part == "" || part == ".":
		case part == "..":
			out = true
		case i == 0 && len(part) == 2 && part[1] == ':' && (part[0]|0x20 >= 'a' && part[0]|0x20 <= 'z'):
			out = true
		case i == 0 && len(part) > 2 && part[1] == ':' && (part[0]|0x20 >= 'a' && part[0]|0x20 <= 'z'):
			out = true
			kept = append(kept, part[2:])
		default:
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "/"), out
}
