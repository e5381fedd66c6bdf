package figures

import (
	"strings"
	"testing"
	"time"

	"svidok/words"
)

func read(t testing.TB, text string) int {
	var c words.Cut
	c.Read(text)
	n := 0
	for _, f := range Find(nil, Context{Cut: &c}) {
		if text[f.Start:f.End] != f.Quote {
			t.Fatalf("quote %q at %d", f.Quote, f.Start)
		}
		n++
	}
	return n
}

// TestHostile: whatever the text, time is linear and nothing fails.
func TestHostile(t *testing.T) {
	for _, unit := range []string{"призвали 300 ", "1", "1-", "від 1 до ", "сто двадцять ", "тисяч ", "понад ", "100 000 ", "(", "300 осіб: 5, 5, ", "двадцять п'ять і ", "a hundred and ", "не менше ніж ", "кожен третій ", "5 з 10 ", "№ 5 ", "\xff7 ", "мобілізовано 3, "} {
		for _, n := range []int{1, 7, 300} {
			read(t, strings.Repeat(unit, n))
		}
		small, large := strings.Repeat(unit, 200_000/len(unit)), strings.Repeat(unit, 1_600_000/len(unit))
		read(t, small) // warm
		a := took(t, small)
		b := took(t, large)
		if b > 40*a && b > 500*time.Millisecond {
			t.Errorf("%q: %v for 200 kB, %v for 1.6 MB", unit, a, b)
		}
	}
}

func took(t testing.TB, text string) time.Duration {
	var c words.Cut
	c.Read(text)
	start := time.Now()
	Find(nil, Context{Cut: &c})
	return time.Since(start)
}

func FuzzFind(f *testing.F) {
	f.Add("Призвали 46 327 осіб: Донецьк – 5 368.")
	f.Add("від 50 до 100 тисяч, two or three hundred men, 80–90% повісток, ~20+")
	f.Fuzz(func(t *testing.T, text string) { read(t, text) })
}

func BenchmarkNoNumbers(b *testing.B) {
	text := strings.Repeat("Мешканці розповіли, що військові ходять по квартирах, забирають паспорти у чоловіків і везуть їх до військкомату, де нікого не оглядають. ", 4)
	bench(b, text)
}

func BenchmarkNumbers(b *testing.B) {
	text := "За тиждень у Горлівці мобілізували понад 300 чоловіків, ще 20 затримали на ринку. " + strings.Repeat("Мешканці розповіли, що військові ходять по квартирах, забирають паспорти у чоловіків і везуть їх до військкомату, де нікого не оглядають. ", 3)
	bench(b, text)
}

func bench(b *testing.B, text string) {
	var c words.Cut
	c.Read(text)
	dst := Find(nil, Context{Cut: &c})
	b.ReportAllocs()
	for b.Loop() {
		dst = Find(dst[:0], Context{Cut: &c})
	}
}
