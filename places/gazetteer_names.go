package places

import (
	"strings"
	"unicode"
)

// Romanise writes Ukrainian in Latin letters as resolution 55/2010 of the Cabinet of
// Ministers has it: "Нижні Сірогози" is "Nyzhni Sirohozy".
func Romanise(uk string) string {
	var b strings.Builder
	b.Grow(len(uk))
	runes := []rune(uk)
	for i, r := range runes {
		low := unicode.ToLower(r)
		first := i == 0 || runes[i-1] == ' ' || runes[i-1] == '-'
		s := ukrainianLetter(low, first)
		if low == 'г' && i > 0 && unicode.ToLower(runes[i-1]) == 'з' {
			s = "gh"
		}
		writeLatin(&b, s, r, low)
	}
	return b.String()
}

// RomaniseRussian writes Russian in Latin letters the way the press does, close to the
// system of BGN/PCGN: "Снежное" is "Snezhnoye".
func RomaniseRussian(ru string) string {
	var b strings.Builder
	b.Grow(len(ru))
	before := ' '
	for _, r := range ru {
		low := unicode.ToLower(r)
		s := russianLetter(low)
		if (low == 'е' || low == 'ё') && strings.ContainsRune(" -аеёиоуыэюяъь", before) {
			s = map[rune]string{'е': "ye", 'ё': "yo"}[low]
		}
		writeLatin(&b, s, r, low)
		before = low
	}
	s := strings.ReplaceAll(b.String(), "yy", "y") // Krasny
	s = strings.ReplaceAll(s, "iy ", "y ")
	if stem, ok := strings.CutSuffix(s, "iy"); ok { // Pervomaysky
		s = stem + "y"
	}
	return s
}

func writeLatin(b *strings.Builder, s string, r, low rune) {
	if r != low && s != "" {
		b.WriteString(strings.ToUpper(s[:1]))
		s = s[1:]
	}
	b.WriteString(s)
}

func ukrainianLetter(r rune, first bool) string {
	if first {
		switch r {
		case 'є':
			return "ye"
		case 'ї':
			return "yi"
		case 'й':
			return "y"
		case 'ю':
			return "yu"
		case 'я':
			return "ya"
		}
	}
	switch r {
	case 'г':
		return "h"
	case 'ґ':
		return "g"
	case 'є':
		return "ie"
	case 'и':
		return "y"
	case 'і', 'ї', 'й':
		return "i"
	case 'х':
		return "kh"
	case 'щ':
		return "shch"
	case 'ю':
		return "iu"
	case 'я':
		return "ia"
	case 'ь', '’', '\'':
		return ""
	}
	return russianLetter(r)
}

func russianLetter(r rune) string {
	const from = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
	to := [...]string{"a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch",
		"", "y", "", "e", "yu", "ya", "yo"}
	if k := strings.IndexRune(from, r); k >= 0 {
		return to[k/2]
	}
	return string(r)
}
