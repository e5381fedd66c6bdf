package origins_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"svidok/origins"
	"svidok/words"
)

// score counts roots by language.
type score struct{ right, wrong, missed int }

func (s score) f1() float64 {
	return 2 * float64(s.right) / float64(max(1, 2*s.right+s.wrong+s.missed))
}

// rootsOf returns the roots of a passage: registered by id, others as written.
func rootsOf(text string) []string {
	var c words.Cut
	c.Read(text)
	var ids []string
	found := origins.Find(nil, &c, origins.Document{})
	others := slices.ContainsFunc(found, func(m origins.Mention) bool { return m.Role == origins.Root && m.ID != origins.Own })
	for _, m := range found {
		id := m.ID
		if id == "" {
			id = "=" + m.Name
		}
		if m.Role == origins.Root && !slices.Contains(ids, id) && (id != origins.Own || !others) {
			ids = append(ids, id)
		}
	}
	return ids
}

// measure scores a file of passages.
func measure(t *testing.T, file string) map[string]*score {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]*score{"uk": {}, "ru": {}, "en": {}, "all": {}}
	for line := range strings.Lines(string(raw)) {
		f := strings.SplitN(strings.TrimSpace(line), " | ", 3)
		if len(f) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		var want []string
		if f[1] != "-" {
			want = strings.Split(f[1], ",")
		}
		got := rootsOf(f[2])
		for _, s := range []*score{by[f[0]], by["all"]} {
			for _, g := range got {
				if slices.Contains(want, g) {
					s.right++
				} else {
					s.wrong++
				}
			}
			for _, w := range want {
				if !slices.Contains(got, w) {
					s.missed++
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Logf("want %v, got %v: %s", want, got, f[2])
		}
	}
	for _, l := range []string{"uk", "ru", "en", "all"} {
		s := by[l]
		t.Logf("%s: F1 %.3f (right %d, wrong %d, missed %d)", l, s.f1(), s.right, s.wrong, s.missed)
	}
	return by
}

func TestSeenPassages(t *testing.T) {
	for _, file := range []string{"testdata/seen.txt", "testdata/second.txt", "testdata/third.txt"} {
		if f := measure(t, file)["all"].f1(); f < .95 {
			t.Errorf("%s: F1 %.3f", file, f)
		}
	}
}

// How newsrooms, officials and residents commonly say whose words they pass on.
func TestNewsroomHabits(t *testing.T) {
	if f := measure(t, "testdata/newsroom.txt")["all"].f1(); f < 0.97 {
		t.Errorf("F1 %.3f", f)
	}
}
