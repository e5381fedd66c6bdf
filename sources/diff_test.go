package sources_test

import (
	"fmt"
	"math/rand"
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

func said(list []sources.Piece) string {
	var out []string
	for _, p := range list {
		out = append(out, string(p.Op[:1])+":"+p.Text)
	}
	return strings.Join(out, "|")
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"Вручили 12 повісток біля води, сказали люди.", "Вручили 15 повісток біля води.", "e:Вручили |d:12|i:15|e: повісток біля води|d:, сказали люди|e:."},
		{"Забрали п’ятьох чоловіків.", "Забрали п’ятьох чоловіків.", "e:Забрали п’ятьох чоловіків."},
		{"", "Нове.", "i:Нове."},
		{"Старе.", "", "d:Старе."},
		{"", "", ""},
		{"В селе раздали двадцать повесток", "В селе выдали тридцать повесток", "e:В селе |d:раздали двадцать|i:выдали тридцать|e: повесток"}, // one change, not two
		{"Men were taken.\n\nTwo came back.", "Men were not taken.\n\nTwo came back.", "e:Men were |i:not |e:taken.\n\nTwo came back."},
		{"слово слово слово", "слово слово", "e:слово слово|d: слово"},
	} {
		if got := said(sources.Diff(c.old, c.new)); got != c.want {
			t.Errorf("%q -> %q:\n%s\nwant %s", c.old, c.new, got, c.want)
		}
	}
}

// Of a megabyte whose every hundredth word was changed, the changes are named, and nothing
// else.
func TestDiffOfLongTexts(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	var a, b []string
	changed := 0
	for i := range 90_000 {
		w := fmt.Sprintf("слово%d", r.Intn(5000))
		if i%7 == 0 {
			w = fmt.Sprintf("ім’я%d", i)
		}
		a = append(a, w)
		if i%100 == 50 {
			w = "інакше"
			changed++
		}
		b = append(b, w)
	}
	old, new := strings.Join(a, " "), strings.Join(b, " ")
	list := sources.Diff(old, new)
	if x, y := both(list); x != old || y != new {
		t.Fatal("the pieces are not the texts")
	}
	n := 0
	for _, p := range list {
		if p.Op == sources.Inserted {
			n++
		}
	}
	if n < changed-5 || n > changed+5 {
		t.Errorf("%d changes told apart, %d made", n, changed)
	}
	long := strings.Repeat("слово ", 100_000)
	if x, y := both(sources.Diff("А "+long, long+"Б")); x != "А "+long || y != long+"Б" {
		t.Error("two texts of one word")
	}
}

func BenchmarkDiffOfTwoStrangers(b *testing.B) {
	r := rand.New(rand.NewSource(2))
	text := func(n int) string {
		var s strings.Builder
		for s.Len() < 1<<20 {
			fmt.Fprintf(&s, "%c%d ", 'а'+rune(r.Intn(32)), r.Intn(n))
		}
		return s.String()
	}
	old, new := text(3000), text(3000)
	for b.Loop() {
		sources.Diff(old, new)
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a b c", "a c d")
	f.Add("", "x")
	f.Add("слово \xff, слово", "слово\n")
	f.Add(strings.Repeat("a b ", 3000), strings.Repeat("b c a ", 2000)+"x")
	f.Fuzz(func(t *testing.T, old, new string) {
		list := sources.Diff(old, new)
		if a, b := both(list); a != old || b != new {
			t.Fatalf("%q %q", a, b)
		}
		for i, p := range list {
			if p.Text == "" || i > 0 && p.Op == list[i-1].Op {
				t.Fatalf("piece %d of %v", i, list)
			}
		}
	})
}
