package places

import (
	"math/bits"
	"strings"
)

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
	isNever
)

const isKindWord = isVillage | isSettlement | isTownship | isCity

func wordLists() []string {
	return []string{"village", "settlement", "township", "city", "oblast", "raion", "hromada", "krai", "between", "conj", "preposition", "streets",
		"streetsafter", "outlet", "things", "bodies", "through", "offices", "people", "evidence", "thecity", "given", "common", "never"}
}

func (f *finder) list(which string) string {
	for line := range strings.Lines(wordLines) {
		if head, rest, ok := strings.Cut(strings.TrimRight(line, "\n"), " "); ok && head == which {
			return rest
		}
	}
	return ""
}

// readWords fills words, where a beginning is kept with its star, and stars.
func (f *finder) readWords() {
	f.stars, f.given = map[string]uint64{}, map[string]bool{}
	for k, which := range wordLists() {
		for w := range strings.FieldsSeq(f.list(which)) {
			w = strings.ReplaceAll(w, "ё", "е")
			f.words[w] |= 1 << k
			if 1<<k == isGiven && !isLatin(w) {
				f.given[w] = true
				if ends(w, "й", "а", "я", "о", "ь") {
					f.given[cut(w, 1)] = true
				}
			}
			if head, ok := strings.CutSuffix(w, "*"); ok && len(head) < 64 {
				f.stars[head[:2*letter(head)]] |= 1 << len(head)
			}
		}
	}
}

// letter is how many bytes a letter of w has.
func letter(w string) int {
	if isLatin(w) {
		return 1
	}
	return 2
}

// says gives what the lists have on folded word w: itself, and every beginning of it.
func (f *finder) says(w string) uint64 {
	flags := f.words[w]
	step := letter(w)
	if len(w) < 2*step {
		return flags
	}
	var room [64]byte
	for lengths := f.stars[w[:2*step]]; lengths != 0; lengths &= lengths - 1 {
		n := bits.TrailingZeros64(lengths)
		if n > len(w) {
			break
		}
		add := f.words[string(append(append(room[:0], w[:n]...), '*'))]
		if len(w)-n > 3*step {
			add &^= isCommon // Мирн* is мирного, not Мирноград
		}
		flags |= add
	}
	return flags
}
