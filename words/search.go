package words

import "strings"

// SearchKey returns the words and numbers of text, folded, lightly stemmed, and set
// apart by single spaces: the stream that full-text search indexes, and the form
// that a query takes before it asks. As a word of a query stands alone, the stem does
// not depend on the language of the text around it.
//
// The stemmer is light on purpose: it takes off reflexive particles, endings of
// declension and conjugation, and the few suffixes by which one act is named as verb,
// participle and noun (мобілізували, мобілізований, мобілізація), drops the vowel that
// comes and goes (повістка, повісток) and reads і before a last consonant as о (робота,
// робіт). It never leaves less than three letters, and it joins now and then what
// dictionaries keep apart: search shows too much rather than too little.
func SearchKey(text string) string {
	var key strings.Builder
	key.Grow(len(text))
	var buf [128]byte
	for i := 0; i < len(text); {
		c, n := classify(text, i)
		end := i + n
		switch c {
		case letter:
			end = wordEnd(text, end)
		case digit:
			end = numberEnd(text, i)
		default:
			i = end
			continue
		}
		if key.Len() > 0 {
			key.WriteByte(' ')
		}
		if c == digit {
			key.Write(foldNumber(buf[:0], text[i:end]))
		} else {
			key.Write(stem(foldWord(buf[:0], text[i:end])))
		}
		i = end
	}
	return key.String()
}

// stem shortens a folded word in place.
func stem(w []byte) []byte {
	switch {
	case len(w) < 4:
		return w
	case w[0] < 0x80:
		return stemEnglish(w)
	case w[0] == 0xD0 || w[0] == 0xD1:
		return stemCyrillic(w)
	}
	return w
}

const shortestStem = 6 // bytes: three letters

func stemCyrillic(w []byte) []byte {
	if n := len(w); n > shortestStem+4 {
		switch string(w[n-4:]) {
		case "ся", "сь":
			w = w[:n-4]
		}
	}
	w = cut(w, 5, ending)
	if n := len(w); n > shortestStem+2 {
		if last := string(w[n-2:]); last == "ь" || last == "й" {
			w = w[:n-2]
		}
	}
	if n := len(w); n >= shortestStem+4 { // мобіліз-ац, мобіліз-ован, мобіліз-ува
		w = cut(w, 5, suffix)
	}
	return fleeting(w)
}

// cut takes the longest tail of at most letters letters off that is listed.
func cut(w []byte, letters int, listed func(string) bool) []byte {
	for n := letters * 2; n > 0; n -= 2 {
		if len(w)-n >= shortestStem && listed(string(w[len(w)-n:])) {
			return w[:len(w)-n]
		}
	}
	return w
}

// ending: what declension and conjugation put at the end of a word.
func ending(s string) bool {
	switch s {
	case "а", "я", "о", "е", "є", "и", "і", "ї", "у", "ю", "ь", "й", "ы", "э",
		"ою", "ої", "ею", "єю", "ом", "ем", "єм", "ам", "ям", "ах", "ях", "ів", "їв", "ов", "ев", "єв", "ей", "ой", "ий", "ый", "ій", "їй",
		"ая", "яя", "ое", "ее", "ие", "ые", "ую", "юю", "им", "ым", "ім", "їм", "их", "ых", "іх", "їх", "ия", "ии", "ию", "ія", "ії", "ію", "іє",
		"ть", "ал", "ял", "ил", "ел", "ыл", "ав", "яв", "ив", "ув", "ає", "яє", "ує", "ює", "ит", "ут", "ют",
		"ами", "ями", "ого", "его", "єго", "ому", "ему", "єму", "ими", "ыми", "іми", "їми", "ією", "ием", "ієм", "иям", "иях", "іям", "іях", "ьою", "ьми",
		"ати", "яти", "ити", "іти", "ать", "ять", "ить", "еть", "ыть", "уть", "ють", "ала", "ало", "али", "яла", "яло", "яли", "ила", "ило", "или", "ела", "ело", "ели",
		"ают", "яют", "уют", "юют", "ает", "яет", "ует", "ешь", "ишь", "имо", "емо", "ете", "ите", "йте", "вши", "ьій",
		"иями", "іями", "ього", "ьому", "ують", "юють", "ають", "яють", "ость", "ості", "ости", "ення", "ения", "ение", "ении", "ению", "енню", "енням", "ением", "анням", "ання", "анню", "ания", "ание", "ании", "анию", "анием":
		return true
	}
	return false
}

// suffix: by which one act is named as verb, participle and noun.
func suffix(s string) bool {
	switch s {
	case "ац", "яц", "ат", "ят", "ованн", "анн", "янн", "енн", "ан", "ян", "ен", "ів", "ив", "ыв", "ув", "ов", "ир", "ова", "ува", "юва", "ыва", "ива", "ован", "уван", "еван", "ск", "ськ":
		return true
	}
	return false
}

// fleeting drops the vowel between the last two consonants where it comes and goes
// (повісток, хлопець), and reads і before a last consonant as о.
func fleeting(w []byte) []byte {
	n := len(w)
	if n < shortestStem+2 {
		return w
	}
	vowel, last := string(w[n-4:n-2]), string(w[n-2:])
	if last == "ц" { // повістці, повістка
		last = "к"
		copy(w[n-2:], last)
	}
	if last == "к" {
		if vowel == "о" || vowel == "е" || vowel == "ь" {
			return append(w[:n-4], last...)
		}
	}
	if vowel == "і" {
		copy(w[n-4:], "о")
	}
	return w
}

// stemEnglish takes the plural, the possessive and the endings of the verb off.
func stemEnglish(w []byte) []byte {
	s := string(w)
	s = strings.TrimSuffix(s, "'s")
	switch {
	case strings.HasSuffix(s, "ies") && len(s) > 5:
		s = s[:len(s)-3] + "y"
	case strings.HasSuffix(s, "sses"), strings.HasSuffix(s, "shes"), strings.HasSuffix(s, "ches"), strings.HasSuffix(s, "xes"):
		s = s[:len(s)-2]
	case strings.HasSuffix(s, "s") && len(s) > 3 && !strings.HasSuffix(s, "ss") && !strings.HasSuffix(s, "us") && !strings.HasSuffix(s, "is"):
		s = s[:len(s)-1]
	}
	for _, end := range [...]string{"ing", "ed"} {
		if root := strings.TrimSuffix(s, end); len(root) >= 3 && len(root) < len(s) && strings.ContainsAny(root, "aeiouy") {
			s = root
			break
		}
	}
	if root := strings.TrimSuffix(s, "ation"); len(root) >= 4 {
		s = root
	}
	if len(s) > 4 && strings.HasSuffix(s, "ly") {
		s = s[:len(s)-2]
	}
	if n := len(s); n > 3 && (s[n-1] == 'e' || s[n-1] == s[n-2]) {
		s = s[:n-1]
	}
	if n := len(s); n > 3 && s[n-1] == 'y' {
		s = s[:n-1] + "i"
	}
	return append(w[:0], s...)
}
