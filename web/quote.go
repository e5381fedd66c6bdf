package web

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPlaces is how many places of the same words are offered.
const maxPlaces = 50

// place is where words stand in a text: text[Start:End].
type place struct{ Start, End int }

// findQuote returns where the quote stands in the text, to the byte. Only if it stands
// nowhere so is it sought with any white space between its words and any form of its
// apostrophes, quotation marks and dashes; what is found are then the text's own words.
func findQuote(text, quote string) []place {
	quote = strings.TrimSpace(quote)
	if quote == "" || !utf8.ValidString(quote) { // half a character stands in every second letter
		return nil
	}
	var out []place
	for from := 0; len(out) < maxPlaces; {
		i := strings.Index(text[from:], quote)
		if i < 0 {
			break
		}
		out = append(out, place{from + i, from + i + len(quote)})
		_, n := utf8.DecodeRuneInString(text[from+i:])
		from += i + n
	}
	if len(out) > 0 {
		return out
	}
	return findLoosely(text, quote)
}

// even is a text with its white space and marks made even, and where each byte came from.
type even struct {
	text string
	from []int // from[i]: byte offset of what became byte i; one more at the end
}

func evenOut(s string) even {
	var b strings.Builder
	var from []int
	space := false
	for i, c := range s {
		if unicode.IsSpace(c) {
			if !space {
				b.WriteByte(' ')
				from = append(from, i)
			}
			space = true
			continue
		}
		space = false
		before := b.Len()
		b.WriteRune(plain(c))
		for range b.Len() - before {
			from = append(from, i)
		}
	}
	return even{b.String(), append(from, len(s))}
}

func plain(c rune) rune {
	switch c {
	case '’', 'ʼ', '‘', '`', '´':
		return '\''
	case '«', '»', '“', '”', '„', '‟':
		return '"'
	case '–', '—', '‑', '−', '‐':
		return '-'
	}
	return c
}

func findLoosely(text, quote string) []place {
	hay, needle := evenOut(text), strings.TrimSpace(evenOut(quote).text)
	var out []place
	for from := 0; len(out) < maxPlaces; {
		i := strings.Index(hay.text[from:], needle)
		if i < 0 {
			return out
		}
		start := from + i
		last := hay.from[start+len(needle)-1] // where the last character begins
		_, n := utf8.DecodeRuneInString(text[last:])
		out = append(out, place{hay.from[start], last + n})
		_, n = utf8.DecodeRuneInString(hay.text[start:])
		from = start + n
	}
	return out
}
