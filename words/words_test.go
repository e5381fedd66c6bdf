package words_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"svidok/words"
)

func show(text string) string {
	var b strings.Builder
	for _, t := range words.Tokenize(nil, text) {
		b.WriteString([...]string{"", "w", "n", "%"}[t.Kind] + ":" + text[t.Start:t.End] + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestTokenize(t *testing.T) {
	for text, want := range map[string]string{
		"П'ять, п’ять, пʼять; об`єкт":        "w:П'ять w:п’ять w:пʼять w:об`єкт",
		"'лапки' don't":                      "w:лапки w:don't",
		"Івано-Франківськ":                   "w:Івано w:Франківськ",
		"100 000 осіб":                       "n:100 000 w:осіб",
		"100\u00a0000 і 1\u2009250\u2009000": "n:100\u00a0000 w:і n:1\u2009250\u2009000",
		"1.250.000 or 100,000":               "n:1.250.000 w:or n:100,000",
		"24.02.2022":                         "n:24 n:02 n:2022",
		"3,5 раза, 0,125 и 12.5%":            "n:3,5 w:раза n:0,125 w:и n:12.5 %:%",
		"1,2,3":                              "n:1 n:2 n:3",
		"2022 2023":                          "n:2022 n:2023",
		"10 1000":                            "n:10 n:1000",
		"у 2024 100 осіб":                    "w:у n:2024 n:100 w:осіб",
		"300-й С300 2022р":                   "n:300 w:й w:С300 n:2022 w:р",
		"моб\u00adілізація":                  "w:моб\u00adілізація",
		"за\u0301мок":                        "w:за\u0301мок",
		"\xff\xfeслово\xff":                  "w:слово",
		"":                                   "",
	} {
		if got := show(text); got != want {
			t.Errorf("Tokenize(%q)\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"ЁЛКА П’ЯТЬ":              "елка п'ять",
		"и\u0306 і\u0308 Й Ї":     "й ї й ї",
		"за\u0301мок":             "замок",
		"моб\u00adілі\u200bзація": "мобілізація",
		"вiйськкомат":             "військкомат", // a Latin i
		"ПOВICTKA":                "повістка",    // Latin O, I, C, T, K, A
		"Сommission":              "commission",  // a Cyrillic С
		"100 000 і 1.250.000":     "100000 і 1250000",
		"3,5 24.02.2022":          "3.5 24.02.2022",
		"1.250,75":                "1250.75",
		"Café ü":                  "cafe u",
		"ҐЄІЇ":                    "ґєії",
		"\xff.":                   "\xff.",
	} {
		if got := string(words.Fold(nil, s)); got != want {
			t.Errorf("Fold(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // sentences set apart by |
	}{
		{"Його затримали. Потім відпустили.", "Його затримали.|Потім відпустили."},
		{"У м. Донецьк і с. Нижнє, вул. Миру, буд. 5 ходили патрулі.", ""},
		{"Указ В. В. Іваненка діє. Його бачили.", "Указ В. В. Іваненка діє.|Його бачили."},
		{"Mr. Smith of the U.S. Army cited Art. 51 and No. 4.", ""},
		{"Мобилизовали 10 тыс. человек. Ещё 5 тыс. Готовят.", "Мобилизовали 10 тыс. человек.|Ещё 5 тыс.|Готовят."},
		{"Документы, деньги и т.д. Всё забрали.", "Документы, деньги и т.д.|Всё забрали."},
		{"«Куди ви нас везете?» — спитав він. Мовчали.", "«Куди ви нас везете?» — спитав він.|Мовчали."},
		{"Чекали... довго. Нарешті… Прийшли!", "Чекали... довго.|Нарешті…|Прийшли!"},
		{"Перший пункт\nДругий пункт\n• третій • четвертий", "Перший пункт|Другий пункт|• третій|• четвертий"},
		{"Виросли на 3.5 відсотка до 1.250.", ""},
		{"всі ховаються. ніхто не виходить надвір.", "всі ховаються.|ніхто не виходить надвір."},
		{"This line of the letter was wrapped by an editor\nand goes on here. Next.", "This line of the letter was wrapped by an editor\nand goes on here.|Next."},
		{"Що?! Як?", "Що?!|Як?"},
		{" \n\t ", ""},
	} {
		var got []string
		for _, s := range words.Sentences(nil, c.text) {
			got = append(got, c.text[s.Start:s.End])
		}
		want := c.want
		if want == "" {
			want = strings.TrimSpace(c.text)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("Sentences(%q)\n got %q\nwant %q", c.text, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"Чоловіків зупиняють на вулиці і перевіряють документи.":                 "uk",
		"Там була група, яка займалася пошуком людей у лісі.":                    "uk",
		"Мужчин останавливают на улице и проверяют документы.":                   "ru",
		"На вокзале снова проверяли паспорта и телефоны.":                        "ru",
		"Men are stopped in the street and their papers are checked.":            "en",
		"Мъжете са спирани на улицата и документите им се проверяват.":           "other",
		"Мужчын спыняюць на вуліцы і правяраюць дакументы.":                      "other",
		"Мушкарце заустављају на улици и проверавају документа.":                 "other",
		"Mężczyzn zatrzymuje się na ulicy i sprawdza dokumenty.":                 "other",
		"Männer werden auf der Straße angehalten und kontrolliert.":              "other",
		"Les hommes sont arrêtés dans la rue et contrôlés.":                      "other",
		"男子在街上被拦下检查证件":                                                           "other",
		"24.02.2022 — 100 000 %":                                                 "und",
		"":                                                                       "und",
		"Це відео https://example.org/men-are-stopped-in-the-street-and-checked": "uk",
		"вiйськкомат прийшов дo нас i забрав усiх":                               "uk", // Latin i and o
	} {
		if got, sure := words.Language(text); got != want || sure < 0 || sure > 1 {
			t.Errorf("Language(%q) = %s %.2f, want %s", text, got, sure, want)
		}
	}
}

func TestSearchKeyFindsOtherForms(t *testing.T) {
	for _, forms := range []string{
		"повістка повістки повісток повісткою повістці повістку",
		"повестка повестки повесток повесткой повестке",
		"мобілізація мобілізували мобілізований мобілізувати мобілізують",
		"мобилизация мобилизовали мобилизован мобилизовать мобилизует",
		"військкомат військкомату військкоматів військкомати",
		"чоловік чоловіка чоловіки чоловіків чоловікам",
		"затримали затриманий затримання затримують",
		"задержали задержан задержание задерживают",
		"робота роботи робіт роботою",
		"patrol patrols patrolling patrolled",
		"summons summons",
		"100 000|100000",
	} {
		list := strings.Fields(forms)
		if strings.Contains(forms, "|") {
			list = strings.Split(forms, "|")
		}
		for _, f := range list[1:] {
			if a, b := words.SearchKey(list[0]), words.SearchKey(f); a != b {
				t.Errorf("%q is %q, %q is %q", list[0], a, f, b)
			}
		}
	}
	if got := words.SearchKey("«Повістки» — у Донецьку, 10%!"); got != words.SearchKey("повістки у донецьку 10") {
		t.Errorf("marks are in the key: %q", got)
	}
}

// Whatever the bytes, time stays linear: ten times the text may take sixty times as
// long where a machine is shared, never a hundred.
func TestLinear(t *testing.T) {
	for _, unit := range []string{"ж", "a'", "1 000", "1.", "\xff", "і\u0301", "в. ", "?!»", "\n", " ", "d\u200b", "@", "http://", "•"} {
		cost := func(n int) time.Duration {
			text := strings.Repeat(unit, n/len(unit))
			best := time.Hour
			for range 3 { // the best of three: others use this machine too
				start := time.Now()
				words.Tokenize(nil, text)
				words.Sentences(nil, text)
				words.Language(text)
				words.SearchKey(text)
				words.Fold(nil, text)
				best = min(best, time.Since(start))
			}
			return best
		}
		small, large := max(cost(100_000), time.Millisecond), cost(1_000_000)
		if large > 60*small {
			t.Errorf("%q: %v for 100 kB, %v for 1 MB", unit, small, large)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"П'ять 100 000 %", "и\u0306\u0308", "24.02.2022 р. Так", "\xff\xd0", "1.250,75 U.S. т.д. «Що?» — так\n\n• х", "вiйськ\u200bкомат h://t.me/ a@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := int32(0)
		for _, k := range words.Tokenize(nil, s) {
			if k.Start < last || k.End <= k.Start || int(k.End) > len(s) {
				t.Fatalf("token %v of %q", k, s)
			}
			last = k.End
		}
		last = 0
		for _, k := range words.Sentences(nil, s) {
			if k.Start < last || k.End <= k.Start || int(k.End) > len(s) || k.End-k.Start > words.LongestSentence+8 {
				t.Fatalf("sentence %v of %q", k, s)
			}
			last = k.End
		}
		if utf8.ValidString(s) && !utf8.Valid(words.Fold(nil, s)) {
			t.Fatalf("Fold(%q) is no text", s)
		}
		words.Language(s)
		words.SearchKey(s)
	})
}

func sample() string {
	return strings.Repeat("У Донецьку 24 лютого 2024 р. патрулі зупиняли чоловіків на вулицях і вручали повістки. Задержали более 100 000 человек, сообщает канал. Men were stopped near water points. ", 500)
}

func BenchmarkTokenize(b *testing.B) {
	text, n := sample(), 0
	var dst []words.Token
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		dst = words.Tokenize(dst[:0], text)
		n += len(dst)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "tokens/s")
}

func BenchmarkFold(b *testing.B) {
	text := sample()
	var dst []byte
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		dst = words.Fold(dst[:0], text)
	}
}

func BenchmarkLanguageOfSentences(b *testing.B) {
	text, n := sample(), 0
	spans := words.Sentences(nil, text)
	for b.Loop() {
		for _, s := range spans {
			words.Language(text[s.Start:s.End])
		}
		n += len(spans)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "sentences/s")
}

func BenchmarkSentences(b *testing.B) {
	text := sample()
	var dst []words.Span
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		dst = words.Sentences(dst[:0], text)
	}
}

func BenchmarkSearchKey(b *testing.B) {
	text := sample()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		words.SearchKey(text)
	}
}
