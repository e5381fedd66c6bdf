package archive

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// firstWords is how many characters of a text stand for the title that it lacks.
const firstWords = 72

// Beginning returns what may stand for the title of a text that has none: its first line.
func Beginning(text io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(text, 8*firstWords))
	if err != nil {
		return "", fmt.Errorf("beginning of a text: %w", err)
	}
	for n := 0; n < utf8.UTFMax && len(b) > 0; n++ { // the last letter may have been cut apart
		if c, size := utf8.DecodeLastRune(b); c != utf8.RuneError || size != 1 {
			break
		}
		b = b[:len(b)-1]
	}
	return FirstLine(string(b)), nil
}

// FirstLine returns the first line of a text, cut after a word.
func FirstLine(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	first = strings.TrimSpace(first)
	runes := []rune(first)
	if len(runes) <= firstWords {
		return first
	}
	first = string(runes[:firstWords])
	if i := strings.LastIndexAny(first, " \u00a0"); i > 0 {
		first = first[:i]
	}
	return strings.TrimRight(first, " .,;:–—-") + " …"
}
