package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold appends to dst the comparable form of s: composed (NFC), lower case, ё as е,
// every apostrophe as ', combining accents, zero-width characters and soft hyphens
// dropped (й and ї are letters and stay, also where they came decomposed), thousands
// separators inside numbers dropped and the decimal mark a dot, and look-alike
// letters of the other alphabet put right within a word that mixes both: into
// Cyrillic where the word has a letter that only Cyrillic has (вiйськкомат with a
// Latin i), into Latin where it has one that only Latin has. Everything else stays.
// Fold of a token is the same as the part of the folded text that it became.
func Fold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c, n := classify(s, i)
		switch c {
		case letter:
			end := wordEnd(s, i+n)
			dst = foldWord(dst, s[i:end])
			i = end
		case digit:
			end := numberEnd(s, i)
			dst = foldNumber(dst, s[i:end])
			i = end
		case apostrophe:
			dst = append(dst, '\'')
			i += n
		case mark, invisible:
			i += n
		case percent:
			dst = append(dst, '%')
			i += n
		default:
			dst = append(dst, s[i:i+n]...)
			i += n
		}
	}
	return dst
}

// foldNumber keeps the digits, and of the marks only that of a decimal part.
func foldNumber(dst []byte, s string) []byte {
	fraction := -1
	for i := len(s) - 1; i >= 0; i-- {
		if s[i]-'0' >= 10 {
			if (s[i] == '.' || s[i] == ',') && !grouped(s, i) {
				fraction = i
			}
			break
		}
	}
	for i := range len(s) {
		switch {
		case s[i]-'0' < 10:
			dst = append(dst, s[i])
		case i == fraction:
			dst = append(dst, '.')
		}
	}
	return dst
}

// grouped reports whether the mark at i, the last of the number s, sets off a
// thousand: the same question that the tokenizer asked.
func grouped(s string, i int) bool {
	head := digitsEnd(s, 0)
	return head <= 3 && s[0] != '0' && separator(s[head:]) == s[i:i+1] && len(s)-i == 4
}

// foldWord folds one word.
func foldWord(dst []byte, s string) []byte {
	start := len(dst)
	latin, cyrillic := false, false
	for i := 0; i < len(s); {
		b := s[i]
		switch {
		case b < utf8.RuneSelf:
			if b-'A' < 26 {
				b += 'a' - 'A'
			}
			if b == '`' {
				b = '\''
			}
			latin = latin || b >= 'a'
			dst = append(dst, b)
			i++
		case (b == 0xD0 || b == 0xD1) && i+1 < len(s) && s[i+1]&0xC0 == 0x80:
			cyrillic = true
			dst = appendCyrillic(dst, rune(b&0x1F)<<6|rune(s[i+1]&0x3F))
			i += 2
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			i += n
			switch classRune(r) {
			case mark:
				dst = compose(dst, start, r)
			case invisible:
			case apostrophe:
				dst = append(dst, '\'')
			default:
				l, c := alphabet(r)
				latin, cyrillic = latin || l, cyrillic || c
				dst = appendRare(dst, r)
			}
		}
	}
	if latin && cyrillic {
		dst = unmix(dst, start)
	}
	return dst
}

// appendCyrillic appends the lower case of a letter of U+0400–047F.
func appendCyrillic(dst []byte, r rune) []byte {
	switch {
	case r == 'ё' || r == 'Ё' || r == 'ѐ' || r == 'Ѐ':
		r = 'е'
	case r == 'ѝ' || r == 'Ѝ':
		r = 'и'
	case r < 0x410:
		r += 0x50
	case r < 0x430:
		r += 0x20
	case r >= 0x460 && r&1 == 0:
		r++
	}
	return append(dst, 0xC0|byte(r>>6), 0x80|byte(r&0x3F))
}

// appendRare appends the lower case of any other letter or digit, without accents.
func appendRare(dst []byte, r rune) []byte {
	if d := norm.NFD.PropertiesString(string(r)).Decomposition(); d != nil && !unicode.Is(unicode.Hangul, r) {
		base, _ := utf8.DecodeRune(d)
		if unicode.IsLetter(base) {
			r = base
		}
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}

// compose joins the mark to the letter before it where the two are a letter of
// their own, and drops it otherwise.
func compose(dst []byte, start int, r rune) []byte {
	if len(dst)-start < 2 {
		return dst
	}
	tail := dst[len(dst)-2:]
	switch {
	case r == '\u0306' && string(tail) == "и":
		copy(tail, "й")
	case r == '\u0308' && string(tail) == "і":
		copy(tail, "ї")
	case r == '\u0306' && string(tail) == "у":
		copy(tail, "ў")
	}
	return dst
}

func alphabet(r rune) (latin, cyrillic bool) {
	return unicode.Is(unicode.Latin, r), unicode.Is(unicode.Cyrillic, r)
}

const (
	lookLatin    = "aceiopxykmthbjsg" // in the order of lookCyrillic
	lookCyrillic = "асеіорхукмтнвјѕԍ"
)

// unmix puts the look-alikes of a mixed word into one alphabet, where a letter that
// only one alphabet has says which; a word that both claim stays as it is.
func unmix(dst []byte, start int) []byte {
	onlyLatin, onlyCyrillic := false, false
	for i := start; i < len(dst); {
		r, n := utf8.DecodeRune(dst[i:])
		i += n
		l, c := alphabet(r)
		onlyLatin = onlyLatin || l && twin(r, lookLatin, lookCyrillic) == r
		onlyCyrillic = onlyCyrillic || c && twin(r, lookCyrillic, lookLatin) == r
	}
	if onlyLatin && onlyCyrillic {
		return dst
	}
	from, to := lookLatin, lookCyrillic
	if onlyLatin {
		from, to = lookCyrillic, lookLatin
	}
	word := string(dst[start:])
	dst = dst[:start]
	for _, r := range word {
		dst = utf8.AppendRune(dst, twin(r, from, to))
	}
	return dst
}

// twin returns the look-alike of r, or r.
func twin(r rune, from, to string) rune {
	at := 0
	for _, f := range from {
		t, n := utf8.DecodeRuneInString(to[at:])
		if f == r {
			return t
		}
		at += n
	}
	return r
}
