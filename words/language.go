package words

import "strings"

// Language returns the language of text (uk, ru, en; other: a language that is none
// of the three; und: no letters to tell by) and how sure that is, 0 to 1.
func Language(text string) (lang string, confidence float64) {
	var uk, ru, latin, cyrillic int
	for _, r := range text {
		switch {
		case strings.ContainsRune("іїєґІЇЄҐ", r):
			uk++
			cyrillic++
		case strings.ContainsRune("ыэъёЫЭЪЁ", r):
			ru++
			cyrillic++
		case r >= 0x400 && r < 0x500:
			cyrillic++
		case r|0x20 >= 'a' && r|0x20 <= 'z':
			latin++
		}
	}
	switch {
	case cyrillic+latin == 0:
		return "und", 1
	case latin > cyrillic:
		return "en", .5
	case uk > ru:
		return "uk", .5
	}
	return "ru", .5
}
