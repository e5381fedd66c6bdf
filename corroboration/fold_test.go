package corroboration

import (
	"testing"

	"svidok/words"
)

// The short way of folding agrees with words.Fold on every character, alone and beside
// letters of either alphabet.
func TestFoldAgreesWithWords(t *testing.T) {
	for r := range rune(0x2100) {
		for _, s := range []string{string(r), "ab" + string(r), "вій" + string(r) + "сько", string(r) + "d", "п" + string(r), "1" + string(r) + "0"} {
			for _, tok := range words.Tokenize(nil, s) {
				w := s[tok.Start:tok.End]
				if got, want := string(fold(nil, w)), string(words.Fold(nil, w)); got != want {
					t.Fatalf("%q: folded to %q, want %q", w, got, want)
				}
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"ВІЙСЬККОМАТ", "п’ять", "Ёлка Ѐ", "вiйськкомат", "C300", "100 000,5 %", "\xd0", "a\xd1", "м́істо", "ѠѡҐґ", "й и\u0306"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, tok := range words.Tokenize(nil, s) {
			w := s[tok.Start:tok.End]
			if got, want := string(fold(nil, w)), string(words.Fold(nil, w)); got != want {
				t.Fatalf("%q: folded to %q, want %q", w, got, want)
			}
		}
	})
}
