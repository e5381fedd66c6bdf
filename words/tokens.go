package words

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// class is what a character is to the tokenizer.
type class uint8

const (
	other      class = iota
	letter           // begins or continues a word
	digit            // decimal digit of ASCII
	mark             // combining mark: continues a word
	invisible        // zero-width or soft hyphen: inside a word only
	apostrophe       // inside a word, between letters
	percent
)

// classASCII gives the class of U+0000 to U+007F.
func classASCII(b byte) class {
	switch {
	case b|0x20 >= 'a' && b|0x20 <= 'z':
		return letter
	case b >= '0' && b <= '9':
		return digit
	case b == '\'' || b == '`':
		return apostrophe
	case b == '%':
		return percent
	}
	return other
}

// classify returns the class and the length in bytes of the character at text[i:].
// Cyrillic is answered without decoding: U+0400–047F and U+04C0–04FF are letters
// throughout (Unicode 15).
func classify(text string, i int) (class, int) {
	b := text[i]
	if b < utf8.RuneSelf {
		return classASCII(b), 1
	}
	if (b == 0xD0 || b == 0xD1 || b == 0xD3) && i+1 < len(text) && text[i+1]&0xC0 == 0x80 {
		return letter, 2
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	return classRune(r), n
}

func classRune(r rune) class {
	switch {
	case r == utf8.RuneError:
		return other
	case r == '\u2019' || r == '\u02BC' || r == '\u2018' || r == '\u02B9' || r == '\u00B4' || r == '\u2032' || r == '\uFF07' || r == '\u201B':
		return apostrophe
	case isInvisible(r):
		return invisible
	case r == '\uFF05':
		return percent
	case unicode.IsLetter(r):
		return letter
	case unicode.Is(unicode.M, r):
		return mark
	}
	return other
}

// isInvisible: characters that writers and converters put inside words unseen.
func isInvisible(r rune) bool {
	switch r {
	case '\u00AD', '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u034F', '\u180E', '\u200E', '\u200F', '\u061C':
		return true
	}
	return false
}

// Tokenize appends the tokens of text to dst, in order and without overlap. It
// allocates nothing beyond dst. Of a text longer than 2 GiB the first 2 GiB are read.
func Tokenize(dst []Token, text string) []Token {
	if len(text) > math.MaxInt32 {
		text = text[:math.MaxInt32]
	}
	for i := 0; i < len(text); {
		c, n := classify(text, i)
		switch c {
		case letter:
			end := wordEnd(text, i+n)
			dst = append(dst, Token{int32(i), int32(end), Word})
			i = end
		case digit:
			end := numberEnd(text, i)
			dst = append(dst, Token{int32(i), int32(end), Number})
			i = end
		case percent:
			dst = append(dst, Token{int32(i), int32(i + n), Percent})
			i += n
		default:
			i += n
		}
	}
	return dst
}

// wordEnd returns where the word ends whose first letter ends at i.
func wordEnd(text string, i int) int {
	end := i // after the last letter, digit or mark
	for i < len(text) {
		c, n := classify(text, i)
		switch c {
		case letter, digit, mark:
			i += n
			end = i
		case invisible:
			i += n
		case apostrophe:
			i += n
			if i >= len(text) {
				return end
			}
			if next, _ := classify(text, i); next != letter {
				return end
			}
		default:
			return end
		}
	}
	return end
}

// numberEnd returns where the number ends that begins with the digit at i.
func numberEnd(text string, i int) int {
	start := i
	i = digitsEnd(text, i)
	if start > 1 && (text[start-1] == '.' || text[start-1] == ',') && text[start-2]-'0' < 10 {
		return i // the middle or end of 24.02.2022
	}
	whole := i - start
	if whole <= 3 && text[start] != '0' {
		if end := groupsEnd(text, i); end > i {
			return fractionEnd(text, end, text[i])
		}
	}
	return fractionEnd(text, i, 0)
}

func digitsEnd(text string, i int) int {
	for i < len(text) && text[i]-'0' < 10 {
		i++
	}
	return i
}

// groupsEnd extends a number over groups of exactly three digits, all set off by
// the separator that the first is; i when there is none.
func groupsEnd(text string, i int) int {
	sep := separator(text[i:])
	if sep == "" {
		return i
	}
	end := i
	for len(text)-end >= len(sep)+3 && text[end:end+len(sep)] == sep {
		from := end + len(sep)
		to := digitsEnd(text[:min(len(text), from+4)], from)
		if to-from != 3 {
			break
		}
		end = to
	}
	// 1.250.00 or 24.02.2022 or 1,2,3: the same mark goes on, so it is a list or a date.
	if (sep == "." || sep == ",") && end > i && end+1 < len(text) && text[end] == sep[0] && text[end+1]-'0' < 10 {
		return i
	}
	return end
}

// separator returns the thousands separator at the start of s, or "".
func separator(s string) string {
	if s == "" {
		return ""
	}
	switch s[0] {
	case ' ', '.', ',', '\'':
		return s[:1]
	case 0xC2:
		if len(s) > 1 && s[1] == 0xA0 { // no-break space
			return s[:2]
		}
	case 0xE2: // U+2009 thin, U+200A hair, U+202F narrow no-break, U+2007 figure space, U+2019
		if len(s) > 2 && (s[1] == 0x80 && (s[2] == 0x87 || s[2] == 0x89 || s[2] == 0x8A || s[2] == 0xAF || s[2] == 0x99)) {
			return s[:3]
		}
	}
	return ""
}

// fractionEnd extends a number over one decimal part; sep is the thousands
// separator that was used, which cannot be the decimal mark as well.
func fractionEnd(text string, i int, sep byte) int {
	if i+1 >= len(text) || text[i] != '.' && text[i] != ',' || text[i] == sep || text[i+1]-'0' >= 10 {
		return i
	}
	end := digitsEnd(text, i+1)
	if end+1 < len(text) && (text[end] == '.' || text[end] == ',') && text[end+1]-'0' < 10 {
		return i // 24.02.2022, 192.168.1.1, 1,2,3
	}
	return end
}
