package words_test

import (
	"testing"

	"svidok/words"
)

func TestCut(t *testing.T) {
	const text = "У Донецьку ВІДЛОВ. … Ёлка п’ять 100 000! End"
	var c words.Cut
	c.Read("something before")
	c.Read(text)
	var got []string
	for s := range c.Sentences {
		lo, hi := c.Words(s)
		for i := lo; i < hi; i++ {
			got = append(got, c.Folded(i))
			if c.Raw(i) != text[c.Tokens[i].Start:c.Tokens[i].End] {
				t.Errorf("token %d: raw %q", i, c.Raw(i))
			}
		}
	}
	if len(got) != len(c.Tokens) {
		t.Fatalf("the sentences hold %d of %d words", len(got), len(c.Tokens))
	}
	var want []string
	for _, k := range words.Tokenize(nil, text) {
		want = append(want, string(words.Fold(nil, text[k.Start:k.End])))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("word %d: %q, want %q", i, got[i], want[i])
		}
	}
}
