package when_test

import (
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/when"
	"svidok/words"
)

const noDates = "Військові прийшли до гуртожитку і роздали повістки всім чоловікам, які там жили. За словами мешканців, нікого не відпускали навіть до лікаря, а документи забрали ще на прохідній. Люди кажуть, що автобус стояв під дверима, і дехто встиг вийти через чорний хід. Комендант пояснив це наказом згори, але самого наказу ніхто не бачив. Рідні досі не знають, куди їх повезли, і просять не називати прізвищ, бо бояться за дітей і за літніх батьків, яких нема кому доглянути в селі без лікарні та аптеки."
const someDates = "У ніч на 6 жовтня військові прийшли до гуртожитку і роздали повістки всім чоловікам. Минулого тижня, у четвер, нікого не відпускали навіть до лікаря, а 15 серпня 2023 року документи забрали ще на прохідній. Люди кажуть, що з початку року автобус стояв під дверима тричі. Рідні з 01.09.2023 не знають, куди їх повезли, і просять не називати прізвищ, бо бояться за дітей і за літніх батьків. До кінця місяця мають призвати ще двісті осіб."

func bench(b *testing.B, text string) {
	var c words.Cut
	c.Read(text)
	d := evidence.Date{From: "2023-10-10", To: "2023-10-10", Precision: "day"}
	var dst []when.Mention
	b.ReportAllocs()
	for b.Loop() {
		dst = when.Find(dst[:0], &c, d)
	}
	b.ReportMetric(float64(len(dst)), "mentions")
}

func BenchmarkNoDates(b *testing.B)   { bench(b, noDates) }
func BenchmarkSomeDates(b *testing.B) { bench(b, someDates) }

func check(t *testing.T, text, published string) {
	t.Helper()
	var c words.Cut
	c.Read(text)
	last := 0
	mentions := when.Find(nil, &c, evidence.Date{From: published, To: published})
	for _, m := range mentions {
		if m.Start < last || m.End <= m.Start || m.End > len(text) {
			t.Fatalf("%+v after %d in %d bytes", m, last, len(text))
		}
		last = m.End
		if m.From == "" && m.To == "" || m.From != "" && m.To != "" && m.From > m.To {
			t.Fatalf("%+v in %.200q", m, text)
		}
		for _, s := range []string{m.From, m.To} {
			if _, ok := when.ParseDay(s); s != "" && !ok {
				t.Fatalf("%q is no day: %+v", s, m)
			}
		}
	}
	for at := 0; at < len(text); at += 1 + len(text)/50 {
		when.For(mentions, &c, at, min(at+9, len(text)))
	}
}

// Five megabytes without a full stop, of whatever asks for the most looking around.
func TestLongTextsTakeLinearTime(t *testing.T) {
	for _, unit := range []string{"5 ", "5, ", "травня ", "з 5 по ", "2022, ", "в ночь на ", "останні ", "до кінця ", "May ", "5.5.", "the ", "початку ", "першого ", "1\n", "від закону ", "п'ятого, ", "між 5 і "} {
		check(t, strings.Repeat(unit, 1<<20/len(unit)), "2024-02-29")
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{noDates, someDates, "31.02.2023 до 5", "з 5 по 10", "\xff5 мая", "in 9999", "99999999 років тому", "400 years ago", "5 травня 2023, 14:30\nТекст", "90 last years, 399 років тому"} {
		f.Add(s, "2024-02-29")
	}
	f.Add("сегодня до 30 февраля", "0001-01-01")
	f.Add("next year, last week, 300 months ago", "9999-12-31")
	f.Fuzz(func(t *testing.T, text, published string) { check(t, text, published) })
}
