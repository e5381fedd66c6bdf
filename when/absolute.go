package when

import "strings"

// Years that a mention may name.
const (
	firstYear = 1900
	lastYear  = 2099
)

// dayNumber reads the number of a day at token i: 7, 7-го, 15th, сьомого, twenty-fourth.
func (r *reader) dayNumber(i int) (day, next int) {
	if i >= len(r.at) {
		return 0, 0
	}
	if n := int(r.num[i]); n >= 1 && n <= 31 && r.digitsOf(i) <= 2 {
		if r.is(i+1, ordinalSuffix) && (r.tight(i+1, "") || r.gap(i+1) == dash) {
			return n, i + 2
		}
		return n, i + 1
	}
	if t, ok := r.value(i, tens); ok && r.gapIs(i+1, blank, dash) {
		if n, ok := r.value(i+1, ordinal); ok && n < 10 {
			return t + n, i + 2
		}
	}
	if n, ok := r.value(i, ordinal); ok && n <= 31 {
		return n, i + 1
	}
	return 0, 0
}

// isMonth reads the name of a month at token i that follows something that makes it one.
func (r *reader) isMonth(i int) int {
	m, _ := r.value(i, month)
	return m
}

// yearNumber reads a year at token i, with what belongs to it: 2023, 2023-го року, 2023 р.
// said is whether the words make it a year beyond doubt.
func (r *reader) yearNumber(i int) (y, end int, said bool) {
	if i >= len(r.at) {
		return 0, 0, false
	}
	y, end = int(r.num[i]), i+1
	if y < firstYear || y > lastYear || r.digitsOf(i) != 4 {
		return r.spelledYear(i)
	}
	if i > 0 && (r.tight(i, ".") || r.tight(i, "№") || r.tight(i, "+")) {
		return 0, 0, false
	}
	if r.is(end, ordinalSuffix) && r.gap(end) == dash {
		if w := r.word(end); w == "х" || w == "ті" {
			return 0, 0, false
		}
		end, said = end+1, true
	}
	if r.is(end, yearSuffix) && r.gap(end) == blank {
		w := r.word(end)
		if (w == "років" || w == "лет") && !r.afterYear(i) {
			return 0, 0, false // so many years
		}
		if (w == "р" || w == "г") && r.birthAfter(end+1) {
			return 0, 0, false
		}
		end, said = end+1, true
	}
	if r.birthAfter(end) {
		return 0, 0, false
	}
	return y, end, said
}

// afterYear reports whether token i goes on from a year: 2022–2023, 2022 та 2023.
func (r *reader) afterYear(i int) bool {
	b := i - 1
	if r.is(b, to) {
		b--
	}
	return b >= 0 && r.num[b] >= firstYear && r.num[b] <= lastYear && r.gap(i) != wide
}

// birthAfter reports whether the words from token i make what is before them a birth.
func (r *reader) birthAfter(i int) bool {
	if i >= len(r.at) || r.gap(i) != blank && r.gap(i) != dot {
		return false
	}
	w := r.word(i)
	if r.is(i, birth) {
		return true
	}
	if (w == "р" || w == "г") && r.gapIs(i+1, dot, blank) && (r.word(i+1) == "н" || r.word(i+1) == "р" && w == "г" || r.is(i+1, birth)) {
		return true
	}
	return (w == "н" || w == "р") && r.gap(i) == dot && i+1 <= len(r.at)
}

// spelledYear reads дві тисячі двадцять другого року, and the short forms: у 22-му році, в
// чотирнадцятому році, зимой 22-го.
func (r *reader) spelledYear(i int) (y, end int, said bool) {
	if n, end := r.dayNumber(i); n >= 14 && n <= 31 && r.is(end, yearSuffix) && r.gap(end) == blank {
		w, spelled := r.word(end), r.num[i] < 0 || end > i+1
		if w == "році" || w == "году" || spelled && (w == "року" || w == "года") || r.isMonth(i-1) != 0 && (w == "року" || w == "года" || w == "р" || w == "г") {
			return 2000 + n, end + 1, r.is(i-1, in) || spelled || r.isMonth(i-1) != 0
		}
	} else if n >= 14 && end == i+2 && r.num[i] > 0 && (r.isMonth(i-1) != 0 || r.is(i-1, season)) {
		return 2000 + n, end, true
	}
	if n, end := r.dayNumber(i); n >= 14 && end == i+2 && r.num[i] < 0 && r.gap(i) == blank && (r.isMonth(i-1) != 0 && r.isMonth(end) == 0 || r.yearAlone(i, end)) {
		return 2000 + n, end, true
	}
	two, _ := r.value(i, cardinal)
	w := r.word(i + 1)
	if two != 2 || w != "тисячі" && w != "тысячи" && w != "thousand" {
		return 0, 0, false
	}
	n, end := r.dayNumber(i + 2)
	if n == 0 || n > 39 || r.num[i+2] >= 0 || !r.is(end, yearSuffix) {
		return 0, 0, false
	}
	return 2000 + n, end + 1, true
}

// yearAlone reports whether the spelled ordinal in [i,end) is a year that goes without its
// noun: ещё в двадцать втором, в двадцять другому його забрали.
func (r *reader) yearAlone(i, end int) bool {
	w := r.word(end - 1)
	if w2 := r.word(i - 1); w2 != "в" && w2 != "у" || !strings.HasSuffix(w, "ом") && !strings.HasSuffix(w, "ому") && !strings.HasSuffix(w, "ем") && !strings.HasSuffix(w, "ьому") {
		return false
	}
	if r.gap(end) != blank || r.tense(end) != 0 {
		return true
	}
	switch r.word(end) {
	case "його", "его", "їх", "их", "нас", "мене", "меня", "я", "ми", "мы", "він", "он", "вони", "они", "ще", "еще", "уже", "вже", "и", "і", "й", "коли", "когда", "на", "в", "у", "по", "із", "из", "з", "с", "ее", "її":
		return true
	}
	return false
}

// yearAfter reads the year that belongs to what ends before token i: a number, or one told
// from the day of publication (ц.р., минулого року, next year).
func (r *reader) yearAfter(i int, p *period) int {
	g := r.gap(i)
	if g == wide || g == slash || g == colon {
		return i
	}
	at := i
	if r.is(at, of) && g == blank {
		at++
	}
	if y, end, said := r.yearNumber(at); y != 0 && (g != dash || said) && (g != comma || r.isMonth(i-2) != 0 || r.num[i-1] >= 0 || said) {
		p.y, p.year = y, true
		return end
	}
	if g == dash || !r.hasPublished {
		return i
	}
	now, _, _ := r.published.Date()
	if w := r.word(at); (w == "ц" || w == "с" || w == "т" || w == "п") && r.gap(at+1) == dot && (r.word(at+1) == "р" || r.word(at+1) == "г") {
		p.y, p.anchored = now, true
		return at + 2
	}
	if off, ok := r.value(at, relativeYear); ok && g == blank {
		p.y, p.anchored = now+off, true
		return at + 1
	}
	if off, ok := r.turnOf(at); ok && r.unitAt(at+1) == 5 && r.gap(at+1) == blank {
		p.y, p.anchored = now+off, true
		return at + 2
	}
	return i
}

// turnOf reads this, last, next and the like at token i.
func (r *reader) turnOf(i int) (offset int, ok bool) {
	for _, c := range [...]class{this, last, next} {
		if v, ok := r.value(i, c); ok {
			return v, true
		}
	}
	return 0, false
}

func (r *reader) unitAt(i int) int {
	u, _ := r.value(i, unit)
	return u
}

// absolute reads a date in the calendar that begins at token i.
func (r *reader) absolute(i int) (p period, end int) {
	if p, end = r.numeric(i); end == 0 {
		if p, end = r.dayAndMonth(i); end == 0 {
			if p, end = r.monthAndDay(i); end == 0 {
				p, end = r.larger(i)
			}
		}
	}
	if end != 0 {
		p.kind = kindAbsolute
	}
	return p, end
}

// numeric reads 15.08.2023, 15/08/23, 2023-08-15.
func (r *reader) numeric(i int) (p period, end int) {
	if i+2 >= len(r.at) || r.num[i] < 0 || r.num[i+1] < 0 || r.num[i+2] < 0 {
		return p, 0
	}
	sep := r.c.Text[r.c.Tokens[i].End:r.c.Tokens[i+1].Start]
	if sep != "." && sep != "/" && sep != "-" && sep != "–" && sep != "‑" || !r.tight(i+2, sep) {
		return p, 0
	}
	if s := r.c.Tokens[i].Start; s > 0 && (r.c.Text[s-1] == '.' || r.c.Text[s-1] == '/' || r.c.Text[s-1] == '-' || r.c.Text[s-1] == '+') {
		return p, 0
	}
	if e := int(r.c.Tokens[i+2].End); e+1 < len(r.c.Text) && (r.c.Text[e] == '.' || r.c.Text[e] == '/' || r.c.Text[e] == '-') && r.c.Text[e+1]-'0' < 10 {
		return p, 0
	}
	a, b, c := int(r.num[i]), int(r.num[i+1]), int(r.num[i+2])
	da, db, dc := r.digitsOf(i), r.digitsOf(i+1), r.digitsOf(i+2)
	switch {
	case da == 4 && db <= 2 && dc <= 2:
		a, c = c, a
	case dc == 4 && da <= 2 && db <= 2:
	case dc == 2 && db == 2 && da <= 2 && c >= 10 && c < 40 && (sep == "." || sep == "/") && r.word(i-1) != "версія" && r.word(i-1) != "версии" && r.word(i-1) != "version":
		c += 2000
	default:
		return p, 0
	}
	if sep == "/" && b > 12 && a <= 12 {
		a, b = b, a
	}
	if _, ok := DayOf(c, b, a); !ok || c < firstYear || c > lastYear {
		return p, 0
	}
	end = i + 3
	if r.birthAfter(end) {
		return p, 0
	}
	if r.is(end, yearSuffix) && r.gap(end) == blank {
		end++
	}
	return period{shape: ofDay, y: c, m: b, d: a, year: true, precision: "day"}, end
}

// short reads 15.08 after a word that wants a date.
func (r *reader) short(i int) (p period, end int) {
	if i >= len(r.at) || r.digitsOf(i) != 5 {
		return p, 0
	}
	s := r.c.Raw(i)
	if s[2] != '.' || !(r.is(i-1, to) || r.is(i-1, from) || r.word(i-1) == "на" || i == r.sentence && r.tense(i+1) < 0) || r.gap(i) != blank && i > r.sentence {
		return p, 0
	}
	if i+1 < len(r.at) && r.gap(i+1) == blank && !r.is(i+1, to) && !r.is(i+1, in) && r.tense(i+1) == 0 || r.gap(i+1) == colon {
		return p, 0
	}
	p = period{shape: ofDay, m: digits(s[3:]), d: digits(s[:2]), precision: "day", kind: kindAbsolute}
	if _, ok := DayOf(2024, p.m, p.d); !ok || p.m < 3 && p.d < 13 && r.is(i-1, to) && s[3:] == "00" {
		return p, 0
	}
	return p, i + 1
}

// dayAndMonth reads 15 серпня 2023 року, 1–3 октября, 15th of August, and the 5 of
// "5, 7 та 9 травня".
func (r *reader) dayAndMonth(i int) (p period, end int) {
	d, n := r.dayNumber(i)
	if d == 0 || n >= len(r.at) {
		return p, 0
	}
	p = period{shape: ofDay, d: d, precision: "day"}
	if r.is(n, numeral) {
		n++
	}
	at := n
	if r.is(at, of) && r.num[i] >= 0 || r.word(at) == "of" {
		at++
	}
	if m := r.isMonth(at); m != 0 && r.gapIs(at, blank, dash) {
		p.m = m
		end = r.yearAfter(at+1, &p)
	} else if d2, n2 := r.dayNumber(n); d2 > d && r.gap(n) == dash && r.isMonth(n2) != 0 && r.gap(n2) == blank {
		p.shape, p.m, p.m2, p.d2, p.precision = ofDays, r.isMonth(n2), r.isMonth(n2), d2, "range"
		end = r.yearAfter(n2+1, &p)
	} else if d2, n2 := r.dayNumber(n + 1); d2 == d+1 && r.num[i] > 0 && r.joins(n) && r.isMonth(n2) != 0 && r.gap(n2) == blank && !r.listGoesBack(i) {
		p.shape, p.m, p.m2, p.d2, p.precision = ofDays, r.isMonth(n2), r.isMonth(n2), d2, "range"
		end = r.yearAfter(n2+1, &p) // 3 і 4 квітня
	} else if p.m, p.y = r.listed(n, d); p.m != 0 {
		p.year = p.y != 0
		end = n
	} else {
		return p, 0
	}
	if !p.exists() || r.birthAfter(end) {
		return p, 0
	}
	return p, end
}

// exists reports whether a day of p is in the calendar, of any year if none is told.
func (p *period) exists() bool {
	y := p.y
	if y == 0 {
		y = 2024
	}
	if p.shape != ofDay && p.shape != ofDays {
		return true
	}
	_, _, ok := p.span(y)
	return ok
}

// listed finds the month and year that a list of days shares: 5, 7 та 9 травня 2023.
func (r *reader) listed(n, before int) (m, y int) {
	for range 6 {
		if g := r.gap(n); r.is(n, to) && g == blank && (r.word(n) == "та" || r.word(n) == "і" || r.word(n) == "и" || r.word(n) == "й" || r.word(n) == "and") {
			n++
		} else if g != comma {
			return 0, 0
		}
		d, at := r.dayNumber(n)
		if d <= before || r.num[n] < 0 && d > 0 {
			return 0, 0
		}
		before, n = d, at
		if m = r.isMonth(at); m != 0 && r.gap(at) == blank {
			p := period{}
			r.yearAfter(at+1, &p)
			return m, p.y
		}
	}
	return 0, 0
}

// monthAndDay reads Aug. 15, August 15th, 2023, May 5–10.
func (r *reader) monthAndDay(i int) (p period, end int) {
	m := r.isMonth(i)
	if m == 0 || r.c.Raw(i)[0] >= 0x80 || i+1 >= len(r.at) || !r.gapIs(i+1, blank, dot) {
		return p, 0
	}
	at := i + 1
	if r.word(at) == "the" {
		at++
	}
	d, n := r.dayNumber(at)
	if d == 0 || r.is(at, ordinal) && r.num[at] < 0 && !r.capital(i) {
		return p, 0
	}
	if r.gap(n) == blank && counted(r.word(n)) {
		return p, 0 // in October 30 men
	}
	p = period{shape: ofDay, m: m, d: d, precision: "day"}
	if d2, n2 := r.dayNumber(n); d2 > d && r.num[n] > 0 && r.gap(n) == dash && r.isMonth(n2) == 0 {
		p.shape, p.m2, p.d2, p.precision = ofDays, m, d2, "range"
		n = n2
	}
	end = r.yearAfter(n, &p)
	if !p.exists() {
		return p, 0
	}
	return p, end
}

// counted: what a number after the name of a month may count.
func counted(w string) bool {
	switch w {
	case "men", "people", "residents", "civilians", "boys", "women", "students", "miners", "workers", "cases", "summonses", "of", "conscripts", "detainees", "prisoners", "more", "young", "local":
		return true
	}
	return false
}
