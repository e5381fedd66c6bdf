package web

import (
	"strings"
	"testing"

	"svidok/archive"
	"unicode/utf8"
)

// joined puts the segments together again, its marks in brackets.
func joined(ps []paragraph) string {
	var out []string
	for _, p := range ps {
		var b strings.Builder
		for _, s := range p {
			if len(s.On) > 0 {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "|")
}

func TestMarksStandAtTheirWords(t *testing.T) {
	text := "Одне слово, друге.\n\nТретє слово."
	at := func(words string) (int, int) {
		i := strings.Index(text, words)
		return i, i + len(words)
	}
	m := func(words, kind string) mark {
		a, b := at(words)
		return mark{Start: a, End: b, Kind: kind}
	}
	whole := mark{Start: 0, End: len(text), Kind: "planned"}
	for _, c := range []struct {
		name  string
		marks []mark
		want  string
	}{
		{"none", nil, "Одне слово, друге.|Третє слово."},
		{"one", []mark{m("слово, друге", "occurred")}, "Одне [слово, друге].|Третє слово."},
		{"over a line break", []mark{m("друге.\n\nТретє", "occurred")}, "Одне слово, [друге.]|[Третє] слово."},
		{"nested and crossing", []mark{m("слово, друге", "planned"), m("друге.", "occurred")}, "Одне [слово, ][друге][.]|Третє слово."},
		{"the whole", []mark{whole}, "[Одне слово, друге.]|[Третє слово.]"},
		{"out of the text", []mark{{Start: -1, End: 4}, {Start: 0, End: len(text) + 1}, {Start: 5, End: 5}, {Start: 9, End: 3}}, "Одне слово, друге.|Третє слово."},
		{"within a letter", []mark{{Start: 1, End: 4}}, "Одне слово, друге.|Третє слово."},
	} {
		if got := joined(paragraphs(text, c.marks)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatOccurredIsNeverHidden(t *testing.T) {
	ps := paragraphs("one two three", []mark{{Start: 0, End: 13, Kind: "occurred"}, {Start: 4, End: 7, Kind: "denied"}})
	if got := ps[0][1].Kind; got != "occurred" {
		t.Errorf("a denial hides what occurred: %q", got)
	}
}

func FuzzParagraphs(f *testing.F) {
	f.Add("Одне слово.\nДруге.", 0, 8, 4, 12)
	f.Add("a\n\nb", -1, 2, 1, 9)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		marks := []mark{{Start: a, End: b, Kind: "occurred"}, {Start: c, End: d, Kind: "denied"}}
		for _, p := range paragraphs(text, marks) {
			for _, s := range p {
				if text[s.Start:s.Start+len(s.Text)] != s.Text {
					t.Fatalf("%q does not stand at %d", s.Text, s.Start)
				}
				for _, m := range s.On {
					if s.Start < m.Start || s.Start+len(s.Text) > m.End {
						t.Fatalf("%q is marked, and not in [%d,%d)", s.Text, m.Start, m.End)
					}
				}
			}
		}
		excerpt(text, a, b, 20, marks...)
	})
}

func TestExcerptIsCutBetweenWords(t *testing.T) {
	text := strings.Repeat("довге слово ", 100) + "ТУТ" + strings.Repeat(" інше слово", 100)
	start := strings.Index(text, "ТУТ")
	before, after, ps := excerpt(text, start, start+6, 100, mark{Start: start, End: start + 6, Kind: "occurred"})
	got := joined(ps)
	if !before || !after || !strings.Contains(got, "[ТУТ]") || len(got) > 230 {
		t.Fatalf("%v %v %q", before, after, got)
	}
	words := strings.Fields(got)
	for _, w := range []string{words[0], words[len(words)-1]} {
		if !strings.Contains("довге слово інше", w) {
			t.Errorf("a word is cut: %q", w)
		}
	}
	if ps[0][0].Start == 0 || text[ps[0][0].Start:ps[0][0].Start+4] != ps[0][0].Text[:4] {
		t.Error("offsets do not count from the beginning of the text")
	}
	if b, a, ps := excerpt("коротке", 0, 7, 100); b || a || len(ps) != 1 {
		t.Error("a short text is cut")
	}
	if _, _, ps := excerpt("x", 5, 9, 10); ps != nil {
		t.Error("an excerpt from outside of the text")
	}
}

func TestFindQuote(t *testing.T) {
	text := "Він сказав: «Повістки дають у черзі». Сім'я  чекала —\nповістки дають у черзі знову."
	for _, c := range []struct {
		quote string
		want  []string
	}{
		{"повістки дають у черзі", []string{"повістки дають у черзі"}},
		{"дають у черзі", []string{"дають у черзі", "дають у черзі"}},
		{`сказав: "Повістки`, []string{"сказав: «Повістки"}},
		{"Сім’я чекала - повістки", []string{"Сім'я  чекала —\nповістки"}},
		{"  знову. ", []string{"знову."}},
		{"немає", nil}, {"", nil}, {" \n ", nil},
	} {
		var got []string
		for _, p := range findQuote(text, c.quote) {
			got = append(got, text[p.Start:p.End])
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q: %q, want %q", c.quote, got, c.want)
		}
	}
	if n := len(findQuote(strings.Repeat("а ", 1000), "а")); n != maxPlaces {
		t.Errorf("%d places", n)
	}
}

func FuzzFindQuote(f *testing.F) {
	f.Add("Сім'я  чекала —\nдовго", "Сім’я чекала - довго")
	f.Add("\xff\xfe", "\xff")
	f.Fuzz(func(t *testing.T, text, quote string) {
		for _, p := range findQuote(text, quote) {
			if p.Start < 0 || p.Start >= p.End || p.End > len(text) {
				t.Fatalf("%+v in %d bytes", p, len(text))
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[p.Start:p.End]) {
				t.Fatalf("%+v cuts a character", p)
			}
		}
	})
}

func TestSharedWords(t *testing.T) {
	a := "Початок тут свій. Патруль перевіряв документи в усіх чоловіків, які стояли. Кінець свій."
	b := "Інакше. ПАТРУЛЬ перевіряв: документи в усіх чоловіків! А потім щось."
	got := joined(paragraphs(a, sharedWords(a, b)))
	if got != "Початок тут свій. [Патруль перевіряв документи в усіх чоловіків], які стояли. Кінець свій." {
		t.Errorf("%q", got)
	}
	if len(sharedWords(a, "зовсім інше")) != 0 || len(sharedWords("", b)) != 0 {
		t.Error("words are shared that are not")
	}
	if m := sharedWords("сім’я чекала на вістку ещё вчора", "сім'я чекала на вістку еще вчора"); len(m) != 1 || m[0].Start != 0 {
		t.Errorf("another spelling: %+v", m)
	}
}

func TestLocalAddresses(t *testing.T) {
	for to, want := range map[string]string{"/reports?q=a#b": "/reports?q=a#b", "": "/", "//evil": "/", "https://evil/": "/", `/\evil`: "/", "/a\nb": "/", "reports": "/", "javascript:x": "/", "/%zz": "/"} {
		if got := local(to); got != want {
			t.Errorf("%q: %q, want %q", to, got, want)
		}
	}
}

func TestBeginning(t *testing.T) {
	long := "По неподтверждённым данным, в Горловке мужчин хватают на улицах возле автостанции. Якобы видели два автобуса."
	for text, want := range map[string]string{
		"": "", " \n Коротко.\nДалі.": "Коротко.", long: "По неподтверждённым данным, в Горловке мужчин хватают на улицах возле …",
		strings.Repeat("ї", 200): strings.Repeat("ї", 72) + " …", "\xff\xfe": "\xff\xfe",
	} {
		if got := archive.FirstLine(text); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}
