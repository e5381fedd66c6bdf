package documents_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tokenF1 compares two texts as bags of words, punctuation included.
func tokenF1(got, want string) float64 {
	count := map[string]int{}
	a, b := strings.Fields(got), strings.Fields(want)
	for _, w := range b {
		count[w]++
	}
	same := 0
	for _, w := range a {
		if count[w] > 0 {
			count[w]--
			same++
		}
	}
	return 2 * float64(same) / float64(len(a)+len(b))
}

// Documents that a word processor made of known texts: small pages, justified, words divided
// at line ends, one in two columns. Nothing is lost, nothing added.
func TestTextsComeBackAsTheyWere(t *testing.T) {
	names, err := filepath.Glob("testdata/read-*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range names {
		if strings.HasSuffix(name, ".txt") {
			continue
		}
		n++
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lang := strings.TrimPrefix(filepath.Base(name), "read-")[:2]
		want, err := os.ReadFile("testdata/read-" + lang + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		d := read(t, raw, "")
		if f := tokenF1(d.Text, string(want)); f < 1 {
			t.Errorf("%s: token F1 %.4f: %q", name, f, d.Text)
		}
		if !strings.HasSuffix(name, ".pdf") && d.Text != strings.TrimSpace(string(want)) {
			t.Errorf("%s: %q", name, d.Text)
		}
		if len(d.Problems)+len(d.Unread) > 0 {
			t.Errorf("%s: problems %q, unread %q", name, d.Problems, d.Unread)
		}
	}
	if n < 9 {
		t.Errorf("%d documents", n)
	}
}
