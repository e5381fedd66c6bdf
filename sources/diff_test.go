package sources_test

import (
	"strings"
	"testing"

	"svidok/sources"
)

func both(list []sources.Piece) (old, new string) {
	var a, b strings.Builder
	for _, p := range list {
		if p.Op != sources.Inserted {
			a.WriteString(p.Text)
		}
		if p.Op != sources.Deleted {
			b.WriteString(p.Text)
		}
	}
	return a.String(), b.String()
}

func TestDiff(t *testing.T) {
	list := sources.Diff("Вручили 12 повісток біля води, сказали люди.", "Вручили 15 повісток біля води.")
	var said []string
	for _, p := range list {
		said = append(said, string(p.Op)+":"+p.Text)
	}
	want := "equal:Вручили |deleted:12|inserted:15|equal: повісток біля води|deleted:, сказали люди|equal:."
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	long := strings.Repeat("слово ", 100_000)
	if a, b := both(sources.Diff("А "+long, long+"Б")); a != "А "+long || b != long+"Б" {
		t.Error("two long texts")
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a b c", "a c d")
	f.Add("", "x")
	f.Add("слово \xff, слово", "слово\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		if a, b := both(sources.Diff(old, new)); a != old || b != new {
			t.Fatalf("%q %q", a, b)
		}
	})
}
