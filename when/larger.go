package when

import "strings"

// larger reads a period longer than a day: a month, season, quarter, half or year, or a
// part of one.
func (r *reader) larger(i int) (p period, end int) {
	if p, end = r.partOf(i); end != 0 {
		return p, end
	}
	if p, end = r.named(i); end != 0 {
		return p, end
	}
	return r.counted(i)
}

// named reads a month, a season or a year that its surroundings make one.
func (r *reader) named(i int) (p period, end int) {
	if m := r.isMonth(i); m != 0 {
		p = period{shape: ofMonth, m: m, precision: "month"}
		end = r.yearAfter(i+1, &p)
		if p.y == 0 && !r.monthHere(i) {
			return p, 0
		}
		return p, end
	}
	if m, ok := r.value(i, monthAdjective); ok && !r.capital(i) && r.gap(i+1) == blank && !r.is(i+1, street) {
		p = period{shape: ofMonth, m: m, precision: "month", within: true}
		return p, i + 1
	}
	if q, ok := r.value(i, seasonAdjective); ok && r.gap(i+1) == blank && seasonTime(r.word(i+1)) {
		p = period{shape: ofSeason, q: q, precision: "season"}
		return p, r.yearAfter(i+2, &p)
	}
	if q, ok := r.value(i, season); ok {
		return r.seasonOf(i, q)
	}
	if r.is(i, fall) && (r.is(i-1, of) || r.word(i-1) == "the" && r.is(i-2, in) || r.is(i-1, this) || r.is(i-1, last) || r.word(i-1) == "late" || r.word(i-1) == "early") {
		return r.seasonOf(i, 3)
	}
	if p, end = r.decade(i); end != 0 {
		return p, end
	}
	y, end, said := r.yearNumber(i)
	if y == 0 || !said && !r.yearHere(i, end) || i > 0 && r.ofThings(i, end) {
		return p, 0
	}
	return period{shape: ofYear, y: y, year: true, precision: "year"}, end
}

func oneDay(w string) bool { return w == "день" || w == "дня" || w == "day" }

// seasonTime: в весенний период, у літні місяці, the spring months.
func seasonTime(w string) bool {
	switch w {
	case "період", "періоду", "періоді", "период", "периода", "периоде", "місяці", "місяців", "месяцы", "месяцев", "months", "period":
		return true
	}
	return false
}

// monthHere reports whether the words before token i make it a month: may the verb, März the
// woman and the fierce (лютий) are none.
func (r *reader) monthHere(i int) bool {
	if r.digitsOf(i) <= 4 && r.c.Raw(i)[0] < 0x80 && r.word(i) != "may" && r.word(i) != "june" && r.word(i) != "july" {
		return false
	}
	if r.c.Raw(i)[0] < 0x80 && !r.capital(i) {
		return false
	}
	if r.gap(i+1) == dash && r.isMonth(i+1) != 0 {
		return true
	}
	b := i - 1
	if r.gap(i) == dash {
		return r.is(b, phase) || r.isMonth(b) != 0
	}
	if r.gap(i) != blank {
		return r.gap(i) == comma && r.isMonth(b) != 0
	}
	w := r.word(b)
	if w == "of" || r.is(b, phase) || r.is(b, this) || r.is(b, last) || r.is(b, next) || r.is(b, half) {
		return true
	}
	if w == "about" || w == "around" || w == "the" || w == "a" || w == "an" || w == "об" || w == "о" {
		return false
	}
	if w == "на" || w == "за" || w == "к" || w == "for" || w == "по" || w == "within" || w == "during" || w == "over" {
		return r.word(i) != "марта"
	}
	if w == "і" || w == "и" || w == "та" || w == "and" {
		return r.isMonth(i-2) != 0
	}
	if w == "весь" || w == "увесь" || w == "цілий" || w == "all" {
		return true
	}
	if w == "у" && r.word(i) == "лютого" {
		return false
	}
	return r.is(b, in) || r.is(b, from) || r.is(b, to) || r.is(b, during) || r.is(b, after) || r.is(b, before)
}

// seasonOf reads a season: восени, осінь 2022, взимку 2022–2023.
func (r *reader) seasonOf(i, q int) (p period, end int) {
	if r.is(i+1, campaign) || r.is(i+2, campaign) && i+1 < len(r.at) && r.num[i+1] >= firstYear {
		return p, 0
	}
	p = period{shape: ofSeason, q: q, precision: "season"}
	end = r.yearAfter(i+1, &p)
	if p.y != 0 && p.year && q == 4 && r.gapIs(end, dash, slash) && end < len(r.at) {
		if y, n, _ := r.yearNumber(end); y == p.y+1 {
			p.y, end = y, n
		} else if s := r.num[end]; int(s) == (p.y+1)%100 && r.digitsOf(end) == 2 {
			p.y, end = p.y+1, end+1
			if r.is(end, yearSuffix) && r.gap(end) == blank {
				end++
			}
		}
	}
	if p.y != 0 {
		return p, end
	}
	switch w := r.word(i); w {
	case "навесні", "весной", "весною", "влітку", "улітку", "летом", "восени", "осенью", "взимку", "узимку", "зимой", "зимою":
		return p, end
	case "літа", "літ", "лета", "spring":
		if b := i - 1; r.is(b, from) || r.is(b, until) || r.is(b, after) || r.is(b, before) || r.word(b) == "to" && r.seasonBefore(b-1) {
			return p, end
		}
		if !r.is(i-1, phase) && !r.is(i-1, this) && !r.is(i-1, last) && !(w == "spring" && (r.is(i-1, article) || r.is(i-1, in))) {
			return p, 0
		}
		return p, end
	}
	b := i - 1
	if r.word(b) == "the" {
		b--
	}
	if r.gap(i) == blank && (r.is(b, in) || r.is(b, from) || r.is(b, to) || r.is(b, during) || r.is(b, of) || r.is(b, phase) ||
		r.is(b, this) || r.is(b, last) || r.is(b, next) || r.is(b, after) || r.is(b, before) || r.is(b, half)) {
		return p, end
	}
	return p, 0
}

// yearHere reports whether the words around the bare number make it a year: в 2023, since 2014.
func (r *reader) yearHere(i, end int) bool {
	b := i - 1
	if r.is(b, phase) && (r.gap(i) == dash || r.gap(i) == blank) {
		return true
	}
	if r.is(b, to) && (r.word(b) == "and" || r.word(b) == "та" || r.word(b) == "і" || r.word(b) == "и") && b > 0 && r.num[b-1] >= 1930 && r.freeAfter(end) {
		return true
	}
	if r.gap(i) == comma && r.num[max(b, 0)] >= 1930 && r.num[max(b, 0)] < int32(lastYear) && r.num[i] == r.num[b]+1 {
		return true
	}
	if y, _, said := r.yearNumber(min(i+1, len(r.at))); said && y == int(r.num[i])+1 && r.gap(i+1) == dash {
		return true
	}
	if g := r.gap(i); g == dash || g == slash || r.gap(end) == colon {
		return false
	}
	if r.gap(i) == comma || r.is(b, to) && !r.is(b, until) {
		if r.num[max(b-1, 0)] >= 1930 || r.num[max(b, 0)] >= 1930 {
			return r.listedYear(i, end)
		}
	}
	if r.gap(i) != blank || r.num[i] < 1930 || r.num[i] > 2040 || r.word(b) == "на" || r.word(b) == "on" || r.word(b) == "о" || r.word(b) == "at" || r.word(b) == "over" || r.word(b) == "within" {
		return false
	}
	if r.is(b, approx) {
		b--
	}
	if !(r.is(b, in) || r.is(b, from) || r.is(b, to) || r.is(b, during) || r.is(b, of) || r.is(b, phase) || r.is(b, after) || r.is(b, before)) {
		return r.listedYear(i, end) && (r.gap(end) == comma || r.is(end, to))
	}
	if r.word(b) == "та" || r.word(b) == "і" || r.word(b) == "и" || r.word(b) == "and" || r.word(b) == "of" && r.is(b-1, document) {
		return r.word(b) == "of"
	}
	return r.freeAfter(end)
}

// freeAfter reports whether what follows is not what a number counts: в 2023 случаях.
func (r *reader) freeAfter(end int) bool {
	if end >= len(r.at) || r.gap(end) != blank {
		return true
	}
	w := r.word(end)
	for _, s := range [...]string{"ах", "ях", "ох", "ів", "ов", "ей", "осіб", "людей", "чоловік", "людям", "грн", "грив", "руб", "тис", "people", "men", "cases", "km"} {
		if len(w) > len(s) && w[len(w)-len(s):] == s || w == s {
			return false
		}
	}
	return true
}

// listedYear reports whether token i stands in a list of years that ends in the word year.
func (r *reader) listedYear(i, end int) bool {
	for range 6 {
		g := r.gap(end)
		if r.is(end, to) && g == blank {
			end++
		} else if g != comma {
			return false
		}
		y, n, said := r.yearNumber(end)
		if y == 0 {
			return false
		}
		if said {
			return true
		}
		end = n
	}
	return false
}

// partOf reads a part of a period: на початку травня, late 2022, mid-May, у другій
// половині року, third quarter, the first week of October.
func (r *reader) partOf(i int) (p period, end int) {
	part, at := 0, i+1
	if p, end = r.someDays(i); end != 0 {
		return p, end
	}
	if n, ok := r.value(i, phase); ok {
		part = n
	} else if n, ok := r.value(i, ordinal); ok && n <= 2 && r.is(i+1, half) && r.gapIs(i+1, blank, dash) {
		part, at = firstHalf+n-1, i+2
	} else if n, ok := r.value(i, ordinal); ok && n <= 4 && r.unitAt(i+1) == 3 && r.gap(i+1) == blank {
		part, at = firstWeek+n-1, i+2
	} else if r.is(i, lastFew) && r.unitAt(i+1) == 3 && r.gap(i+1) == blank {
		part, at = lastWeek, i+2
	} else if n, ok := r.value(i, ordinal); ok && n <= 3 && r.unitAt(i+1) == 8 && r.gap(i+1) == blank {
		part, at = firstTen+n-1, i+2
	} else if n == 1 && ok && r.unitAt(i+2) == 8 && r.gap(i+2) == blank && r.is(i+1, cardinal) && r.at[i+1].value(cardinal) == 2 {
		part, at = twoTens, i+3
	} else if n, ok := r.value(i, ordinal); ok && n >= 10 && n <= 20 && r.is(i+1, firstDays) && r.gap(i+1) == blank && strings.HasSuffix(r.word(i), "х") {
		part, at = firstTen+n/10, i+2 // в двадцатых числах мая
	} else if (r.is(i, ordinal) && r.at[i].value(ordinal) == 1 || r.is(i, lastFew)) && r.unitAt(i+1) == 2 && oneDay(r.word(i+1)) && r.gap(i+1) == blank {
		if part, at = firstDay, i+2; r.is(i, lastFew) {
			part = lastDay
		}
	} else if (r.is(i, ordinal) && r.at[i].value(ordinal) == 1 || r.is(i, lastFew)) && (r.is(i+1, firstDays) || r.word(i+1) == "days") && r.gap(i+1) == blank {
		if part, at = 1, i+2; r.is(i, lastFew) {
			part = 3
		}
	} else {
		return p, 0
	}
	if r.is(at, of) && r.word(at) != "" {
		at++
	}
	for r.is(at, article) {
		at++
	}
	if g := r.gap(at); g != blank && g != dash {
		return p, 0
	}
	if part == 1 && schoolYear(r.word(at)) && r.unitAt(at+1) == 5 {
		p = period{shape: ofDay, m: 9, d: 1, precision: "day"}
		return p, r.yearAfter(at+2, &p)
	}
	return r.whole(i, at, part)
}

// whole reads what the part that begins at token i is a part of.
func (r *reader) whole(i, at, part int) (p period, end int) {
	if m := r.isMonth(at); m != 0 && r.gap(at) == blank && (r.c.Raw(at)[0] >= 0x80 || r.capital(at)) {
		p = period{shape: ofMonth, m: m}
		end = r.yearAfter(at+1, &p)
	} else if p, end = r.named(at); end == 0 {
		p, end = r.shifted(at)
	}
	if end == 0 && part < firstWeek {
		p, end = r.counted(at)
	}
	if end == 0 && part < firstWeek && r.hasPublished {
		p, end = r.current(at)
	}
	if end == 0 || part >= firstWeek && p.shape != ofMonth {
		return p, 0
	}
	if p.shape == fixed {
		if p.precision != "week" {
			return p, 0
		}
		switch part {
		case 1:
			p.to = p.from + 1
		case 2:
			p.from, p.to = p.from+2, p.from+3
		case 3:
			p.from += 4
		}
	}
	p.part = part
	p.precision = "part"
	if part == firstWeek || part > firstWeek && part <= lastWeek {
		p.precision = "week"
	} else if part == firstDay || part == lastDay {
		p.precision = "day"
	} else if p.shape == ofYear && part >= firstHalf {
		p.precision = "half"
	}
	return p, end
}

// current reads a bare unit after a part: с начала года, до кінця місяця.
func (r *reader) current(i int) (p period, end int) {
	u := r.unitAt(i)
	if u < 3 || u > 6 {
		return p, 0
	}
	return r.unitPeriod(u, 0), i + 1
}

// unitPeriod is the calendar unit that lies n units from the day of publication.
func (r *reader) unitPeriod(u, n int) period {
	y, m, _ := r.published.Date()
	p := period{anchored: true, kind: kindRelative}
	switch u {
	case 2:
		p.shape, p.precision = fixed, "day"
		p.from = r.published + Day(n)
		p.to = p.from
	case 3:
		p.shape, p.precision = fixed, "week"
		p.from = r.published.Week() + Day(7*n)
		p.to = p.from + 6
	case 4:
		y, m, _ = (civil(y, m, 1)).AddMonths(n).Date()
		p.shape, p.precision, p.y, p.m = ofMonth, "month", y, m
	case 5:
		p.shape, p.precision, p.y = ofYear, "year", y+n
	case 6:
		q := y*4 + (m-1)/3 + n
		p.shape, p.precision, p.y, p.q = ofQuarter, "quarter", q/4, q%4+1
	case 7:
		q := y*2 + (m-1)/6 + n
		p.shape, p.precision, p.y, p.q = ofHalf, "half", q/2, q%2+1
	}
	return p
}

// counted reads quarters, halves and campaigns: III квартал 2023, Q3 2023, перше півріччя,
// осінній призов 2022.
func (r *reader) counted(i int) (p period, end int) {
	if p, end = r.months(i); end != 0 {
		return p, end
	}
	n, ok := r.value(i, ordinal)
	if !ok && (r.is(i, lastFew) || r.is(i, last)) && r.unitAt(i+1) == 6 && r.gap(i+1) == blank {
		p = period{shape: ofQuarter, q: 4, precision: "quarter"}
		if end = r.yearAfter(i+2, &p); p.y != 0 {
			return p, end
		}
		return period{}, 0
	}
	if !ok {
		n, ok = r.value(i, roman)
	}
	if !ok && r.num[i] >= 1 && r.num[i] <= 4 {
		n, ok = int(r.num[i]), true
	}
	at := i + 1
	if ok && r.is(at, ordinalSuffix) && (r.gap(at) == dash || r.tight(at, "")) {
		at++
	}
	switch u := r.unitAt(at); {
	case ok && r.gap(at) == blank && u == 6 && n <= 4 && r.word(at) != "кв" || ok && r.word(at) == "кв" && (r.is(i, roman) || r.is(i, ordinal)):
		p, end = period{shape: ofQuarter, q: n, precision: "quarter"}, at+1
	case ok && r.gap(at) == blank && u == 7 && n <= 2 && len(r.word(at)) > 12:
		p, end = period{shape: ofHalf, q: n, precision: "half"}, at+1
	case r.is(i, romanQuarter):
		p, end = period{shape: ofQuarter, q: r.at[i].value(romanQuarter), precision: "quarter"}, i+1
	case r.is(i, romanHalf):
		p, end = period{shape: ofHalf, q: r.at[i].value(romanHalf), precision: "half"}, i+1
	case r.is(i, seasonAdjective):
		return r.campaignOf(i)
	default:
		return p, 0
	}
	return p, r.yearAfter(end, &p)
}

// months reads the first months of a year: за 9 месяцев 2023 года, first six months of 2024.
func (r *reader) months(i int) (p period, end int) {
	if !r.is(i-1, during) && !(r.is(i-1, ordinal) && r.at[i-1].value(ordinal) == 1) {
		return p, 0
	}
	halves, at := r.amount(i)
	if at == i || halves > 22 || halves%2 == 1 || r.unitAt(at) != 4 || r.gap(at) != blank {
		return p, 0
	}
	if end = r.yearAfter(at+1, &p); p.y == 0 {
		return p, 0
	}
	from := civil(p.y, 1, 1)
	return period{shape: fixed, from: from, to: from.AddMonths(halves/2) - 1, precision: "range"}, end
}

// campaignOf reads a call-up campaign.
func (r *reader) campaignOf(i int) (p period, end int) {
	at, y := i+1, 0
	if at < len(r.at) && r.num[at] >= firstYear && r.num[at] <= lastYear {
		y = int(r.num[at])
		at++
	}
	if r.word(at) == "military" || r.word(at) == "військовий" || r.word(at) == "воєнний" {
		at++
	}
	start := at
	for r.is(at, campaign) && r.gapIs(at, blank, dash) {
		at++
	}
	if at == start || r.at[i].value(seasonAdjective)%2 == 0 {
		return p, 0
	}
	p = period{shape: ofCampaign, q: r.at[i].value(seasonAdjective), precision: "campaign", kind: kindCampaign}
	if p.y, p.year = y, y != 0; y != 0 {
		return p, at
	}
	if off, ok := r.turnOf(i - 1); ok {
		p.turn = turnBy(off)
	}
	return p, r.yearAfter(at, &p)
}

func turnBy(offset int) turn {
	switch {
	case offset < 0:
		return lastOne
	case offset > 0:
		return nextOne
	}
	return thisOne
}
