package evidence

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Visible returns foreign words so that they are safe to print at a terminal, in one line:
// what a terminal would obey ([Obeyed]) and bytes that are no UTF-8 become escapes as Go
// writes them (\x1b, \u202e). All else stays as it is.
func Visible(s string) string {
	clean := utf8.ValidString(s) && !strings.ContainsFunc(s, Obeyed)
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		switch {
		case c == utf8.RuneError && size == 1, c < utf8.RuneSelf && Obeyed(c):
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case Obeyed(c):
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// Obeyed reports whether a terminal acts on c instead of showing it: the controls of C0 and
// C1 and DEL (a line break forges a row), line and paragraph separators, and the marks that
// turn the direction of writing (Unicode TR 36, bidirectional text spoofing).
func Obeyed(c rune) bool {
	switch {
	case c < ' ', c >= 0x7f && c <= 0x9f, c == 0x061c, c == 0x200e, c == 0x200f:
		return true
	case c >= 0x2028 && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
		return true
	}
	return false
}
