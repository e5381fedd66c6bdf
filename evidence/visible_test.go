package evidence_test

import (
	"testing"

	"svidok/evidence"
)

func TestVisible(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Патруль на вулиці — «так» 👍🏽", "Патруль на вулиці — «так» 👍🏽"},
		{"a\x1b[2Jb", `a\x1b[2Jb`},
		{"a\nok preserved\r\tb\x00\x7f", `a\x0aok preserved\x0d\x09b\x00\x7f`},
		{"а\u009b31m", `а\u009b31m`},
		{"txt.\u202eexe\u2066\u2069\u200f", `txt.\u202eexe\u2066\u2069\u200f`},
		{"а\x9b31m\xff", `а\x9b31m\xff`},
		{"\u2028\u2029", `\u2028\u2029`},
		{"\ufffd", "\ufffd"},
	} {
		if got := evidence.Visible(c.in); got != c.want {
			t.Errorf("Visible(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
