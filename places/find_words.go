package places

import "strings"

// What a word says of the name beside it; the lists are in find_words.txt.
const (
	isVillage uint64 = 1 << iota
	isSettlement
	isTownship
	isCity
	isOblast
	isRaion
	isHromada
	isKrai
	isBetween
	isConj
	isPreposition
	isStreet
	isStreetAfter
	isOutlet
	isThing
	isBody
	isThrough
	isOffice
	isPeople
	isEvidence
	isTheCity
	isGiven
	isCommon
)

const isKindWord = isVillage | isSettlement | isTownship | isCity

func wordLists() []string {
	return []string{"village", "settlement", "township", "city", "oblast", "raion", "hromada", "krai", "between", "conj", "preposition", "streets",
		"streetsafter", "outlet", "things", "bodies", "through", "offices", "people", "evidence", "thecity", "given", "common"}
}

func (f *finder) list(which string) string {
	for line := range strings.Lines(wordLines) {
		if head, rest, ok := strings.Cut(strings.TrimRight(line, "\n"), " "); ok && head == which {
			return rest
		}
	}
	return ""
}

// readWords fills words; a beginning is kept with its star.
func (f *finder) readWords() {
	for k, which := range wordLists() {
		for w := range strings.FieldsSeq(f.list(which)) {
			f.words[strings.ReplaceAll(w, "ё", "е")] |= 1 << k
		}
	}
}

// says gives what the lists have on folded word w: itself, and every beginning of it.
func (f *finder) says(w string) uint64 {
	flags := f.words[w]
	var room [48]byte
	step := 2
	if isLatin(w) {
		step = 1
	}
	for n := 2 * step; n <= len(w) && n < len(room); n += step {
		key := append(append(room[:0], w[:n]...), '*')
		add := f.words[string(key)]
		if len(w)-n > 3*step {
			add &^= isCommon // Мирн* is мирного, not Мирноград
		}
		flags |= add
	}
	return flags
}
