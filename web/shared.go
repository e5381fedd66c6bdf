package web

import (
	"hash/maphash"
	"strings"
	"unicode"
	"unicode/utf8"
)

// gram is how many words in a row two texts must have in common for them to be shown as
// shared: the same measure as in package corroboration.
const gram = 5

type word struct {
	start, end int
	hash       uint64
}

// sharedWords returns the runs of text whose words, five in a row, stand in other too. Case,
// apostrophes and punctuation do not count. It shows; what is a copy was measured elsewhere.
func sharedWords(text, other string) []mark {
	seed := maphash.MakeSeed()
	there := map[uint64]bool{}
	theirs := wordsOf(seed, other)
	for i := 0; i+gram <= len(theirs); i++ {
		there[gramHash(theirs[i:i+gram])] = true
	}
	var out []mark
	ours := wordsOf(seed, text)
	for i := 0; i+gram <= len(ours); i++ {
		if !there[gramHash(ours[i:i+gram])] {
			continue
		}
		start, end := ours[i].start, ours[i+gram-1].end
		if n := len(out); n > 0 && start <= out[n-1].End {
			out[n-1].End = end
		} else {
			out = append(out, mark{Start: start, End: end, Kind: "shared"})
		}
	}
	return out
}

func wordsOf(seed maphash.Seed, s string) []word {
	var out []word
	start := -1
	end := func(i int) {
		if start >= 0 {
			out = append(out, word{start, i, maphash.String(seed, fold(s[start:i]))})
			start = -1
		}
	}
	for i, c := range s {
		inner := start >= 0 && strings.ContainsRune("'’ʼ`-", c) && letterAt(s, i+utf8.RuneLen(c))
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.M, c):
			if start < 0 {
				start = i
			}
		case !inner:
			end(i)
		}
	}
	end(len(s))
	return out
}

func letterAt(s string, i int) bool {
	c, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.IsLetter(c)
}

func fold(s string) string {
	return strings.NewReplacer("ё", "е", "’", "'", "ʼ", "'", "`", "'", "\u0301", "").Replace(strings.ToLower(s))
}

func gramHash(words []word) uint64 {
	h := uint64(14695981039346656037)
	for _, w := range words {
		h = (h ^ w.hash) * 1099511628211
	}
	return h
}
