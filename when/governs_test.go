package when_test

import (
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/when"
	"svidok/words"
)

func TestWhichDateGoverns(t *testing.T) {
	const text = "5 травня 2023, 14:30\n\n" +
		"У квітні забрали вчителя, а 3 травня повістку дали його братові. Обох тримають у підвалі.\n\n" +
		"Погода стоїть тепла. За законом № 53 від 28.03.1998 це дозволено."
	var c words.Cut
	c.Read(text)
	mentions := when.Find(nil, &c, evidence.Date{From: "2023-05-05", To: "2023-05-05"})
	for _, w := range []struct{ quote, want string }{
		{"забрали вчителя", "2023-04-01..2023-04-30 month"},
		{"повістку дали його братові", "2023-05-03..2023-05-03 day"},
		{"Обох тримають у підвалі", "2023-05-03..2023-05-03 day"},
		{"Погода стоїть тепла", ""},
		{"це дозволено", ""},
	} {
		at := strings.Index(text, w.quote)
		got, ok := when.For(mentions, &c, at, at+len(w.quote))
		if s := got.From + ".." + got.To + " " + got.Precision; ok != (w.want != "") || ok && s != w.want {
			t.Errorf("%s: %q, want %q", w.quote, s, w.want)
		}
	}
	if _, ok := when.For(mentions, &c, -1, len(text)+5); ok {
		t.Error("outside the text something governs")
	}
}

func TestKindsAndWords(t *testing.T) {
	for _, w := range []struct{ text, words, kind, precision string }{
		{"5 травня 2023, 14:30\n\nЛюдей забрали з ринку.", "5 травня 2023", "published", "day"},
		{"Людей забрали з ринку.\nОновлено: 06.05.2023", "06.05.2023", "published", "day"},
		{"Published: 12 May 2023\nMen were taken.", "12 May 2023", "published", "day"},
		{"Указ № 647 від 21.09.2022 підписали.", "21.09.2022", "document", "day"},
		{"Минулого тижня всіх забрали.", "Минулого тижня", "relative", "week"},
		{"Осінній призов 2022 року почали.", "Осінній призов 2022 року", "campaign", "campaign"},
		{"З початку повномасштабного вторгнення всіх забрали.", "З початку повномасштабного вторгнення", "named", "since"},
		{"Since Russia's invasion of Ukraine all were taken.", "Since Russia's invasion", "named", "since"},
		{"За время СВО увезли всех.", "СВО", "named", "since"},
		{"Во вторник, 28 февраля, увезли всех.", "вторник, 28 февраля", "absolute", "day"},
		{"Рік тому, у травні 2022 року, забрали брата.", "Рік тому, у травні 2022 року", "absolute", "month"},
		{"В ночь на 6 октября увезли всех.", "ночь на 6 октября", "absolute", "night"},
		{"Близько 5 травня зникли троє.", "5 травня", "absolute", "day"},
	} {
		got := find(w.text, "2023-05-18")
		if len(got) == 0 {
			t.Errorf("%q: nothing", w.text)
			continue
		}
		m := got[len(got)-1]
		if s := w.text[m.Start:m.End]; !strings.Contains(s, w.words) || m.Kind != w.kind || m.Precision != w.precision {
			t.Errorf("%q: %q %+v, want %+v", w.text, s, m, w)
		}
		if m.Approximate != strings.HasPrefix(w.text, "Близько") {
			t.Errorf("%q: approximate %v", w.text, m.Approximate)
		}
	}
}

func TestCalendar(t *testing.T) {
	d, ok := when.DayOf(1970, 1, 1)
	if !ok || d != 0 || d.Weekday() != 4 {
		t.Fatalf("the first day is %d, weekday %d", d, d.Weekday())
	}
	for d := when.Day(-26000); d < 48000; d++ {
		y, m, day := d.Date()
		back, ok := when.DayOf(y, m, day)
		again, fine := when.ParseDay(d.String())
		if !ok || !fine || back != d || again != d || d.Weekday()%7+1 != (d+1).Weekday() {
			t.Fatalf("%d is %s and back %d", d, d, back)
		}
	}
	for _, bad := range []string{"2023-02-29", "2023-13-01", "2023-1-01", "", "2023-01-011", "x023-01-01"} {
		if _, ok := when.ParseDay(bad); ok {
			t.Errorf("%q is a day", bad)
		}
	}
	if d, _ := when.ParseDay("2024-03-31"); d.AddMonths(-1).String() != "2024-02-29" || d.AddMonths(-13).String() != "2023-02-28" || d.AddMonths(9).String() != "2024-12-31" {
		t.Error("months from the last day of one")
	}
}
