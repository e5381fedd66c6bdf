package places

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"svidok/words"
)

// Megabytes of what is worst for the finder.
func TestFindIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	Default().finder()
	for _, unit := range []string{"Нова ", "Іванівка, ", "с. Мирне ", "Донецької та ", "Луганська обласна ", "м. ", "Крим—", "ДНР ", "Myrne, ", "Велика-", "окупована Михайлівка і ",
		"\xff\xfeД", "у ", "Нова Каховка", "КИЇВ, ", "’Ї'", "District of "} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		var c words.Cut
		c.Read(text)
		start := time.Now()
		found := Default().Find(&c, unit, Hint{})
		took := time.Since(start)
		t.Logf("%-20q %8v %d mentions", unit, took.Round(time.Millisecond), len(found))
		if took > 8*time.Second {
			t.Errorf("%q: %v for 1 MB", unit, took)
		}
		ordered(t, text, found)
	}
}

// ordered checks what must hold of any answer.
func ordered(t *testing.T, text string, found []Mention) {
	t.Helper()
	last := 0
	for _, m := range found {
		if m.Start < last || m.End <= m.Start || m.End > len(text) {
			t.Fatalf("mention %d-%d after %d in %d bytes", m.Start, m.End, last, len(text))
		}
		last = m.End
		if m.Place == nil && m.Foreign == "" && len(m.Others) == 0 {
			t.Fatalf("nothing said of %q", text[m.Start:m.End])
		}
		if m.Why == "" || m.Role == "" && m.Foreign == "" || m.Kind == "" {
			t.Fatalf("%q: %+v", text[m.Start:m.End], m)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"У Мелітополі та Бердянську", "КИЇВ, 5 травня (Укрінформ) — у Криму", "Kyiv's Nova Kakhovka", "с. Мирне Донецької обл.", "р-н", "\xff", "Донецька народна республіка",
		"Ґ’", "на Запоріжжі", "Івано-", "«Крим»", "People's Republic"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c words.Cut
		c.Read(s)
		found := Default().Find(&c, s, Hint{})
		ordered(t, s, found)
		for _, m := range found {
			if utf8.ValidString(s) && !utf8.ValidString(s[m.Start:m.End]) {
				t.Fatalf("%q is no words", s[m.Start:m.End])
			}
		}
	})
}

func BenchmarkFindNothing(b *testing.B) {
	bench(b, strings.Repeat("Погода сьогодні тепла, люди гуляють у парку, діти граються біля фонтану, а старі сидять на лавках. ", 6))
}

func BenchmarkFindSeveral(b *testing.B) {
	bench(b, strings.Repeat("Погода сьогодні тепла, люди гуляють у парку, діти граються біля фонтану. ", 5)+
		"В окупованому Мелітополі та селищі Мирне Запорізької області чоловіків забирають до військкомату. З Якимівки та Веселого їх везуть до Криму, повідомила Луганська ОВА.")
}

func bench(b *testing.B, text string) {
	var c words.Cut
	c.Read(text)
	Default().finder()
	b.ReportAllocs()
	for b.Loop() {
		Default().Find(&c, "", Hint{})
	}
}

func BenchmarkFinderBuild(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newFinder(Default())
	}
}
