package reading

import (
	"strings"
	"unicode"
)

// withBreaks gives main text that came as one block its breaks again, from the lines of all
// the page's text. Of short articles go-trafilatura tells the bare text content, in which the last
// word of a paragraph touches the first of the next: what two paragraphs say would be read
// as one sentence. Only white space is changed: where the lines do not make up the text, to
// the letter, the text stays as it is.
func withBreaks(text, page string) string {
	rest := squeezed(text)
	var b strings.Builder
	gap := "\n"
	for line := range strings.SplitSeq(page, "\n") {
		bare := squeezed(line)
		if bare == "" {
			gap = "\n\n"
			continue
		}
		after, ok := strings.CutPrefix(rest, bare)
		if !ok {
			gap = "\n\n" // what stood between is no main text
			continue
		}
		if b.Len() > 0 {
			b.WriteString(gap)
		}
		b.WriteString(line)
		rest, gap = after, "\n"
		if rest == "" {
			return b.String()
		}
	}
	return text
}

func squeezed(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
}
