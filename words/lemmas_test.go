package words_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"strings"
	"testing"

	"svidok/words"
)

func lemmasOf(language, word string) string {
	var all []string
	for _, l := range words.Lemmas(language).Lemmas(nil, string(words.Fold(nil, word))) {
		if s := l.String(); !strings.Contains(" "+strings.Join(all, " ")+" ", " "+s+" ") {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

func TestLemmas(t *testing.T) {
	for _, c := range []struct{ language, word, want string }{
		{"uk", "повістками", "повістка"},
		{"uk", "повісток", "повістка"},
		{"uk", "затриманих", "затриманий"},
		{"uk", "військкоматі", "військкомат"},
		{"uk", "Маріуполі", "маріуполь"},
		{"uk", "ПІДʼЇЗДІВ", "під'їзд"},
		{"uk", "примушують", "примушувати"},
		{"uk", "щокрщ", ""},
		{"ru", "повесток", "повестка"},
		{"ru", "военкомата", "военкомат"},
		{"ru", "увезённых", "увезенный"},
		{"ru", "мужчинами", "мужчина"},
		{"ru", "повістка", ""},
		{"ru", "", ""},
	} {
		if got := lemmasOf(c.language, c.word); !strings.Contains(" "+got+" ", " "+c.want+" ") || c.want == "" && got != "" {
			t.Errorf("%s %s: lemmas %q, want %q", c.language, c.word, got, c.want)
		}
	}
	if words.Lemmas("en") != nil {
		t.Error("a dictionary of English")
	}
	if n, _ := words.Lemmas("uk").Size(); n < 250_000 {
		t.Errorf("%d Ukrainian lemmas", n)
	}
}

func TestLemmasAllocateNothing(t *testing.T) {
	d := words.Lemmas("uk")
	var buf [8]words.Lemma
	if n := testing.AllocsPerRun(100, func() { d.Lemmas(buf[:0], "чоловікам") }); n > 0 {
		t.Errorf("%v allocations a word", n)
	}
}

func TestParseDictionaryRefuses(t *testing.T) {
	for _, src := range []string{"", "x", "\x00\x01\x02", strings.Repeat("\xff", 1000)} {
		if _, err := words.ParseDictionary([]byte(src)); !errors.Is(err, words.ErrDictionary) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func FuzzDictionary(f *testing.F) {
	f.Add("svidok lemmas 1 uk\n\x01\x02\x00\x02\xd0\xb0\x01\x00\x02\xd1\x8f\x01\x00", "яа")
	f.Fuzz(func(t *testing.T, raw, word string) {
		var file bytes.Buffer
		w, _ := flate.NewWriter(&file, flate.BestSpeed)
		_, _ = w.Write([]byte(raw))
		_ = w.Close()
		d, err := words.ParseDictionary(file.Bytes())
		if err != nil {
			return
		}
		for _, l := range d.Lemmas(nil, word) {
			_ = l.String()
		}
	})
}

func BenchmarkLemmas(b *testing.B) {
	const text = `Мешканці Макіївки розповіли, що чоловіків затримують просто на вулицях і везуть до військкоматів без жодних повісток.
Медичного огляду вони не проходять, а на збірному пункті їх тримають під вартою, доки не підпишуть контракт.`
	var c words.Cut
	c.Read(text)
	d := words.Lemmas("uk")
	var buf [8]words.Lemma
	b.ReportAllocs()
	for b.Loop() {
		for i := range c.Tokens {
			d.Lemmas(buf[:0], c.Folded(i))
		}
	}
	b.ReportMetric(float64(b.N*len(c.Tokens))/b.Elapsed().Seconds(), "words/s")
}

func BenchmarkDecodeLemmas(b *testing.B) {
	for b.Loop() {
		if n, _ := words.Decode("uk").Size(); n == 0 {
			b.Fatal("nothing")
		}
	}
}
