package words

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tally is the evidence of one text, in tenths of a natural logarithm.
type tally struct {
	cyrillic [5]int64 // uk, ru, be, bg, sr
	english  int64    // for English, or if negative against it
	letters  struct{ cyrillic, latin, foreign int }
}

const (
	wordWeight    = 25 // of a common word
	endingWeight  = 12 // of an ending or a cluster that only some languages have
	accentWeight  = 12 // of a letter with a diacritic, against English
	priorEnglish  = 14
	longestWord   = 64 // bytes of a word that are looked at
	doubt         = .97
	enoughWords   = 60 // words looked up in the dictionaries, at most
	knownWeight   = 14 // of a word that one dictionary has and the other lacks
	unknownWeight = 20
	sureness      = 20 // letters and words depend on each other, so a margin counts half
)

// Language returns the language of text (uk, ru, en; other: a language that is none
// of the three; und: no letters to tell by) and how sure that is, from 0 to 1.
//
// It is a naive Bayes rule: how often each letter is written in Ukrainian, Russian,
// Belarusian, Bulgarian and Serbian, the common words of each, and a few endings and
// clusters; for Latin letters the common words of English against those of twenty
// others, and letters with diacritics. Where that leaves a doubt between languages in
// Cyrillic letters, the dictionaries of word forms are asked. The alphabet with more letters decides where
// both are present; of a text in two languages the one that dominates is named, and
// so of surzhyk. Addresses (https://…, name@host, @name) are passed over.
func Language(text string) (lang string, confidence float64) {
	var t tally
	var buf [longestWord + utf8.UTFMax]byte
	for i := 0; i < len(text); {
		c, n := classify(text, i)
		if c != letter {
			if text[i] == '@' {
				n = addressEnd(text[i:])
			}
			i += n
			continue
		}
		if isAddress(text[i:]) {
			i += addressEnd(text[i:])
			continue
		}
		end := wordEnd(text, i+n)
		if end < len(text) && text[end] == '@' {
			i = end + addressEnd(text[end:])
			continue
		}
		w := clipWord(text[i:end])
		t.count(foldWord(buf[:0], w), accented(w))
		i = end
	}
	if t.doubtful() {
		t.lookUp(text)
	}
	return t.verdict()
}

// doubtful reports whether the text may be Ukrainian or Russian and a little more
// evidence could turn the verdict.
func (t *tally) doubtful() bool {
	if t.letters.cyrillic == 0 || t.letters.latin > 3*t.letters.cyrillic {
		return false
	}
	_, confidence := t.verdict()
	return confidence < doubt
}

// lookUp asks the dictionaries of Ukrainian and Russian for the words of a text in
// Cyrillic letters: a form that only one of them knows speaks for it, one that neither
// knows a little against both.
func (t *tally) lookUp(text string) {
	var buf [longestWord + utf8.UTFMax]byte
	looked := 0
	for i := 0; i < len(text) && looked < enoughWords; {
		c, n := classify(text, i)
		if c != letter {
			i += n
			continue
		}
		end := wordEnd(text, i+n)
		w := text[i:end]
		i = end
		if w[0] < 0xD0 || w[0] > 0xD3 || len(w) > longestWord {
			continue
		}
		looked++
		folded := string(foldWord(buf[:0], w))
		uk, ru := ukrainian().Has(folded), russian().Has(folded)
		switch {
		case uk && !ru:
			t.weigh(forUK, knownWeight)
		case ru && !uk:
			t.weigh(forRU, knownWeight)
		case !uk && len(w) > 6:
			t.weigh(forUK|forRU, -unknownWeight)
		}
	}
}

// clipWord cuts a monster of a word at a character.
func clipWord(w string) string {
	if len(w) <= longestWord {
		return w
	}
	n := longestWord
	for n > longestWord-utf8.UTFMax && !utf8.RuneStart(w[n]) {
		n--
	}
	return w[:n]
}

func isAddress(s string) bool {
	return (s[0]|0x20 == 'h' && len(s) > 7 && s[1]|0x20 == 't' && (strings.HasPrefix(s[4:], "://") || strings.HasPrefix(s[5:], "://"))) ||
		s[0] == 't' && strings.HasPrefix(s, "t.me/") || s[0]|0x20 == 'w' && len(s) > 4 && strings.EqualFold(s[:4], "www.")
}

// addressEnd returns the length of the run without white space at the start of s.
func addressEnd(s string) int {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= utf8.RuneSelf || s[i] == ')' {
			return max(i, 1)
		}
	}
	return len(s)
}

// accented counts the Latin letters of w that English does not have.
func accented(w string) (n int64) {
	for i := range len(w) {
		if w[i] >= 0xC3 && w[i] <= 0xC9 || w[i] == 0xE1 {
			n++
		}
	}
	return n
}

// count adds the evidence of one folded word.
func (t *tally) count(w []byte, accents int64) {
	latin := 0
	for i := 0; i < len(w); {
		if w[i] < utf8.RuneSelf {
			if w[i] >= 'a' {
				latin++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(w[i:])
		i += n
		switch {
		case r >= 0x400 && r < 0x530:
			t.letters.cyrillic++
			for l, cost := range letterCost(r) {
				t.cyrillic[l] -= int64(cost)
			}
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			t.letters.foreign++
		}
	}
	if latin > 0 {
		t.letters.latin += latin
		t.english += englishness(string(w)) - accents*accentWeight
		return
	}
	t.weigh(cyrillicWord(string(w)), wordWeight)
	t.weigh(cyrillicShape(w))
}

func (t *tally) weigh(langs uint8, weight int64) {
	for l := range t.cyrillic {
		if langs>>l&1 != 0 {
			t.cyrillic[l] += weight
		}
	}
}

// cyrillicShape returns which languages a cluster or the ending of w speaks for, and
// how loudly.
func cyrillicShape(w []byte) (langs uint8, weight int64) {
	if langs, weight = cyrillicCluster(w); langs != 0 {
		return langs, weight
	}
	if len(w) < 8 {
		return 0, 0
	}
	switch string(w[len(w)-6:]) {
	case "тся":
		return forRU, 2 * endingWeight
	case "ння", "ття", "ому", "ють", "ові", "єть", "ити", "ати", "ися":
		return forUK, endingWeight
	case "ция":
		return forRU | forBG, endingWeight
	case "ать", "ить", "еть", "лся", "ись", "ого", "его", "ают", "яют", "уют", "ает", "ует", "али", "или", "ели", "ств", "щий", "ной", "ную", "щая":
		return forRU, endingWeight
	case "ата", "ото", "ите", "ият", "ета", "ята", "аха", "яха", "иха", "ове", "ски":
		return forBG, endingWeight
	}
	switch string(w[len(w)-4:]) {
	case "ов", "ев", "ей", "ой", "ое", "ая", "ую", "ях", "ям", "ит", "ют", "ет":
		return forRU, endingWeight / 2
	case "ом", "ах", "ам", "ть", "ся":
		return forRU | forUK, endingWeight / 2
	case "ят", "ът", "ха":
		return forBG, endingWeight / 2
	}
	return 0, 0
}

// cyrillicCluster looks for letters beside each other that only some write so:
// ськ, ьо, an apostrophe; ие, ии, ию, which Ukrainian writes with і.
func cyrillicCluster(w []byte) (langs uint8, weight int64) {
	for i := 0; i+4 <= len(w); i++ {
		if w[i] == '\'' {
			return forUK | forBE, endingWeight
		}
		if w[i] != 0xD0 && w[i] != 0xD1 {
			continue
		}
		switch string(w[i : i+4]) {
		case "ьо":
			return forUK | forBG, 2 * endingWeight
		case "ьк":
			if i >= 2 {
				if p := string(w[i-2 : i]); p == "с" || p == "ц" || p == "з" {
					return forUK, 2 * endingWeight
				}
			}
		case "ие", "ии", "ию":
			return forRU | forBG | forSR, endingWeight
		}
	}
	return 0, 0
}

// englishness weighs one word in Latin letters.
func englishness(w string) int64 {
	switch latinWord(w) {
	case forEN:
		return wordWeight
	case forLA:
		return -wordWeight
	}
	n := len(w)
	if n < 4 {
		return 0
	}
	switch w[n-3:] {
	case "ing", "ion", "'s", "ght", "ous", "ted", "red", "ned", "ked", "led", "ies", "ers", "ity", "ful", "ess", "ish":
		return endingWeight
	case "nie", "ung", "ego", "ych", "ich", "nte", "tra", "eau", "aux", "ova", "ovi", "cja", "cji", "ach", "ami", "eux", "kov", "ije", "nja", "owa", "ski", "ien", "ten", "gen", "hen", "sch", "iem":
		return -endingWeight
	}
	switch w[n-1] {
	case 'a', 'o', 'u', 'i', 'j', 'z', 'v':
		return -endingWeight / 3
	}
	if strings.HasSuffix(w, "ly") || strings.HasPrefix(w, "th") || strings.HasPrefix(w, "wh") || strings.HasSuffix(w, "ck") {
		return endingWeight / 2
	}
	return 0
}

func (t *tally) verdict() (string, float64) {
	c, l, f := t.letters.cyrillic, t.letters.latin, t.letters.foreign
	switch {
	case c+l+f == 0:
		return "und", 0
	case f > c && f > l:
		return "other", 1
	case l > c && (l > 3*c || t.english >= 2*wordWeight):
		if e := t.english + priorEnglish; e < 0 {
			return "other", sure(-e)
		}
		return "en", sure(t.english + priorEnglish)
	}
	for l, p := range [...]int64{30, 30, 5, 8, 0} {
		t.cyrillic[l] += p // what comes in is far more often Ukrainian or Russian
	}
	best, second := 0, -1
	for i := 1; i < len(t.cyrillic); i++ {
		if t.cyrillic[i] > t.cyrillic[best] {
			best, second = i, best
		} else if second < 0 || t.cyrillic[i] > t.cyrillic[second] {
			second = i
		}
	}
	confidence := sure(t.cyrillic[best] - t.cyrillic[second])
	return [...]string{"uk", "ru", "other", "other", "other"}[best], confidence
}

func sure(margin int64) float64 { return 1 / (1 + math.Exp(-float64(margin)/sureness)) }
