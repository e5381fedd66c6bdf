package when_test

import (
	"os"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/when"
	"svidok/words"
)

func find(text, published string) []when.Mention {
	var c words.Cut
	c.Read(text)
	d := evidence.Date{From: published, To: published, Precision: "day"}
	if published == "-" {
		d = evidence.Date{}
	}
	return when.Find(nil, &c, d)
}

func lines(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, strings.Split(line, "|"))
		}
	}
	return all
}

// measure compares what is found with what is labelled, by language, and returns F1.
func measure(t *testing.T, name string) float64 {
	type count struct{ right, found, wanted int }
	by := map[string]*count{"all": {}}
	for _, f := range lines(t, name) {
		if by[f[0]] == nil {
			by[f[0]] = &count{}
		}
		want := map[string]int{}
		for w := range strings.FieldsSeq(f[2]) {
			if w != "-" {
				want[w]++
				by[f[0]].wanted++
				by["all"].wanted++
			}
		}
		wrong := false
		var got []string
		for _, m := range find(f[3], f[1]) {
			if m.Kind == "document" || m.Kind == "published" {
				continue
			}
			k := m.From + ".." + m.To
			got = append(got, k)
			by[f[0]].found++
			by["all"].found++
			if want[k] > 0 {
				want[k]--
				by[f[0]].right++
				by["all"].right++
			} else {
				wrong = true
			}
		}
		for _, n := range want {
			wrong = wrong || n > 0
		}
		if wrong {
			t.Logf("%s: %q\n  want %s, got %v", f[1], f[3], f[2], got)
		}
	}
	for lang, n := range by {
		t.Logf("%s %s: %d right of %d found and %d labelled, F1 %.3f", name, lang, n.right, n.found, n.wanted, 2*float64(n.right)/float64(n.found+n.wanted))
	}
	return 2 * float64(by["all"].right) / float64(by["all"].found+by["all"].wanted)
}

func TestSeen(t *testing.T) {
	if f := measure(t, "seen.txt"); f < .97 {
		t.Errorf("F1 %.3f", f)
	}
}

func TestStory(t *testing.T) {
	if f := measure(t, "story.txt"); f < .99 {
		t.Errorf("F1 %.3f", f)
	}
}

func TestTurns(t *testing.T) {
	if f := measure(t, "turns.txt"); f < .99 {
		t.Errorf("F1 %.3f", f)
	}
}

func TestNegative(t *testing.T) {
	for _, f := range lines(t, "negative.txt") {
		for _, m := range find(f[1], "2023-05-18") {
			if m.Kind != "document" {
				t.Errorf("%q: %+v", f[1], m)
			}
		}
	}
}
