package origins_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/origins"
	"svidok/words"
)

func TestRegister(t *testing.T) {
	list := origins.Register()
	if len(list) < 250 {
		t.Errorf("%d rows", len(list))
	}
	ids, sides := map[string]bool{}, []string{"ua-state", "ua-ngo", "ua-media", "ru-state", "ru-proxy", "ru-media", "ru-media-exile", "ru-ngo", "intl", "intl-ngo", "intl-media"}
	for _, b := range list {
		if ids[b.ID] {
			t.Errorf("%s twice", b.ID)
		}
		ids[b.ID] = true
		if !slices.Contains([]string{"body", "outlet", "ngo", "office"}, b.Kind) || !slices.Contains(sides, b.Side) {
			t.Errorf("%s: kind %q side %q", b.ID, b.Kind, b.Side)
		}
	}
	for _, b := range list {
		if b.Parent != "" && !ids[b.Parent] {
			t.Errorf("%s: no parent %q", b.ID, b.Parent)
		}
	}
}

// Each name of each row is found, as the source of a text.
func TestEveryNameIsFound(t *testing.T) {
	missed, all := 0, 0
	for _, b := range origins.Register() {
		for k, list := range [][]string{b.Names, b.NamesUK, b.NamesRU} {
			for _, n := range list {
				text := [3]string{"According to ", "За даними ", "По данным "}[k] + n + "."
				all++
				if len(rootsOf(text)) == 0 {
					missed++
					t.Log(text)
				}
			}
		}
	}
	if missed*100 > all {
		t.Errorf("%d of %d names not found", missed, all)
	}
}

// A surname that leads to an office is never given out.
func TestNoSurnames(t *testing.T) {
	for _, b := range origins.Register() {
		for _, surname := range []string{"Pushilin", "Lubinets", "Lysohor", "Putin", "Aksyonov", "Zelensky", "Fedorov", "Yusov", "Balitsky"} {
			if b.Kind != "ngo" && (strings.Contains(b.Names[0], surname) || strings.Contains(b.ID, strings.ToLower(surname))) {
				t.Errorf("%s: %s", b.ID, b.Names[0])
			}
		}
	}
}

func TestChains(t *testing.T) {
	for _, test := range []struct{ text, chain string }{
		{"«Українська правда» пише з посиланням на ГУР, що чоловіків вивозять.", "hur<ukrainska-pravda"},
		{"Про це Суспільному повідомили у ГУР.", "hur<suspilne"},
		{"A resident of Luhansk told Reuters that her brother was taken.", "residents<reuters"},
		{"Укрінформ передає з посиланням на Суспільне, яке посилається на ГУР, що триває призов.", "hur<suspilne<ukrinform"},
		{"Об этом пишет «Медуза» со ссылкой на Би-би-си.", "bbc<meduza"},
	} {
		var c words.Cut
		c.Read(test.text)
		found := origins.Find(nil, &c, origins.Document{})
		var got []string
		for _, m := range found {
			if m.Role == origins.Root {
				for got = []string{m.ID}; m.Via >= 0; m = found[m.Via] {
					got = append(got, found[m.Via].ID)
				}
			}
		}
		if strings.Join(got, "<") != test.chain {
			t.Errorf("%s: %v, want %s", test.text, got, test.chain)
		}
	}
}

func TestRootsOfStatements(t *testing.T) {
	text := "В окупованій Макіївці роздавали повістки. За словами речника ГУР, чоловіків вивезли до Ростова.\n\nПогода тепла.\n\nПро це пише «Верстка»."
	var c words.Cut
	c.Read(text)
	found := origins.Find(nil, &c, origins.Document{})
	for quote, want := range map[string]string{"роздавали повістки": "verstka", "чоловіків вивезли": "hur", "Погода тепла": "verstka"} {
		i := strings.Index(text, quote)
		got := origins.Roots(found, i, i+len(quote))
		if len(got) != 1 || got[0].ID != want {
			t.Errorf("%s: %v, want %s", quote, got, want)
		}
	}
	text = "У ГУР повідомили про облави. Чоловіків вивозять. Нагадаємо, збірний пункт відкрили в травні."
	c.Read(text)
	found = origins.Find(nil, &c, origins.Document{})
	for quote, want := range map[string]string{"Чоловіків вивозять": "hur", "збірний пункт відкрили": origins.Own} {
		i := strings.Index(text, quote)
		if got := origins.Roots(found, i, i+len(quote)); len(got) != 1 || got[0].ID != want {
			t.Errorf("%s: %v, want %s", quote, got, want)
		}
	}
	if got := origins.Roots(nil, 0, 10); len(got) != 1 || got[0].ID != origins.Own {
		t.Errorf("nothing found: %v", got)
	}
}

func TestClausesOfTwoSpeakers(t *testing.T) {
	text := "За даними ГУР, у Луганську відкрили пункт, а в СБУ кажуть, що таких пунктів два."
	var c words.Cut
	c.Read(text)
	found := origins.Find(nil, &c, origins.Document{})
	for quote, want := range map[string]string{"відкрили пункт": "hur", "пунктів два": "sbu"} {
		i := strings.Index(text, quote)
		if got := origins.Roots(found, i, i+len(quote)); len(got) != 1 || got[0].ID != want {
			t.Errorf("%s: %v", quote, got)
		}
	}
}

func TestStrangers(t *testing.T) {
	for text, want := range map[string]string{
		"Як пише «Південна правда», у місті роздали повістки.":                    "Південна правда",
		"«Нас гнали вперед», — згадує поранений прохідник.":                       "private person",
		"Лица, содержащиеся в изоляторе, сообщали о визитах вербовщиков.":         "private person",
		"\"Nobody volunteered,\" said a mother of two.":                           "relatives",
		"At least 18 signatures were obtained in May, says the Azov Rights Desk.": "Azov Rights Desk",
	} {
		var c words.Cut
		c.Read(text)
		found := origins.Find(nil, &c, origins.Document{})
		if len(found) != 1 || strings.TrimPrefix(found[0].Name, "the ") != want {
			t.Errorf("%s: found %+v, want %s", text, found, want)
		}
	}
	for _, text := range []string{"Нікому нічого не сказали.", "Мені сказали чекати.", "Всего нам сообщили о трёх случаях."} {
		var c words.Cut
		c.Read(text)
		if found := origins.Find(nil, &c, origins.Document{}); len(found) > 0 && found[0].ID == "person" {
			t.Errorf("%s: found %+v, want nobody", text, found)
		}
	}
}

func TestTheTextsOwnOutletRelays(t *testing.T) {
	var c words.Cut
	c.Read("ГУР повідомило Суспільному про облави.")
	for _, m := range origins.Find(nil, &c, origins.Document{Outlet: "Суспільне"}) {
		if m.ID == "suspilne" && m.Role != origins.Relay {
			t.Errorf("%+v", m)
		}
	}
}

// Any text takes time in proportion to its length, and offsets are within it.
func TestHostile(t *testing.T) {
	for _, unit := range []string{
		"ГУР заявив ", "за даними ", "«", "посилаючись на ", "Джерело: ", "\"сказав ", "він додав, ", "речник ", "- ГУР", "@a_", "\xff\xd0", "HUR said ",
		"Про це повідомляє ГУР. ", "видання «", "citing HUR citing ", "а в СБУ кажуть, ", "Юсов ", "наш ", "центр прав людини ",
	} {
		size := 1 << 19
		if testing.Short() { // the race detector is a slow reader
			size = 1 << 16
		}
		text := strings.Repeat(unit, size/len(unit))
		var c words.Cut
		c.Read(text)
		start := time.Now()
		found := origins.Find(nil, &c, origins.Document{Outlet: unit})
		if d := time.Since(start); d > 4*time.Second {
			t.Errorf("%q: %v", unit, d)
		}
		check(t, text, found)
	}
}

func check(t *testing.T, text string, found []origins.Mention) {
	t.Helper()
	for i, m := range found {
		if m.Start < 0 || m.End > len(text) || m.Start >= m.End || m.Lo < 0 || m.Hi > len(text) || m.Via >= len(found) || m.Via == i {
			t.Fatalf("%d: %+v", i, m)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "«ГУР» — сказав він", "За даними", "Про це повідомляє @a_b", "told us \"HUR", "Source: "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c words.Cut
		c.Read(text)
		check(t, text, origins.Find(nil, &c, origins.Document{}))
	})
}

func BenchmarkPost(b *testing.B) {
	text := "В окупованій Макіївці військові роздавали повістки на базарі та біля зупинок громадського транспорту. Про це повідомляє Центр національного спротиву. За словами речника ГУР, наступного тижня патрулі підуть по квартирах і гуртожитках, а на заводах складатимуть списки чоловіків до шістдесяти років. Місцеві жителі розповіли Радіо Свобода, що сусіда забрали просто з черги по воду. Рідні не знають, де він. Він додав, що на шахтах людей не вистачає, тому чоловіків перевіряють навіть у лікарнях, школах та на ринках міста щодня зранку до вечора."
	var c words.Cut
	c.Read(text)
	var dst []origins.Mention
	for b.Loop() {
		dst = origins.Find(dst[:0], &c, origins.Document{})
	}
	b.ReportMetric(float64(len(c.Tokens)), "words")
}
