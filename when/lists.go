package when

import "strings"

// joins reports whether token i is an "and" between two days.
func (r *reader) joins(i int) bool {
	switch r.word(i) {
	case "і", "й", "та", "и", "and":
		return r.gap(i) == blank && r.gap(i+1) == blank
	}
	return false
}

// listGoesBack reports whether the day at token i goes on a list: the 7 of 5, 7 та 8 травня.
func (r *reader) listGoesBack(i int) bool {
	return i > r.sentence && r.gap(i) == comma && r.num[i-1] > 0 && r.num[i-1] <= 31
}

// someDays reads the first or last days or weeks of a month that are counted: за перші три дні
// лютого, the first two weeks of May, в последние пять дней мая.
func (r *reader) someDays(i int) (p period, end int) {
	first := r.is(i, ordinal) && r.at[i].value(ordinal) == 1
	if !first && !r.is(i, lastFew) || r.gap(i+1) != blank {
		return p, 0
	}
	halves, at := r.amount(i + 1)
	u := r.unitAt(at)
	if at == i+1 || halves%2 == 1 || u != 2 && u != 3 || r.gap(at) != blank {
		return p, 0
	}
	n := Day(halves / 2)
	if u == 3 {
		n *= 7
	}
	if at++; r.is(at, of) {
		at++
	}
	m := r.isMonth(at)
	if m == 0 || r.gap(at) != blank || n > 27 {
		return p, 0
	}
	q := period{shape: ofMonth, m: m}
	end = r.yearAfter(at+1, &q)
	from, to, ok := r.choose(&q, r.ahead(i, end), q.span)
	if !ok {
		return p, 0
	}
	if first {
		to = from + n - 1
	} else {
		from = to - n + 1
	}
	p = days(from, to, "range")
	p.anchored = q.y == 0
	return p, end
}

// decade reads the 1990s, у 1990-х, в 1990-е.
func (r *reader) decade(i int) (p period, end int) {
	y := r.num[i]
	if y < firstYear || y > 2020 || y%10 != 0 || r.digitsOf(i) != 4 || i+1 >= len(r.at) {
		return p, 0
	}
	switch w := r.word(i + 1); {
	case w == "s" && r.tight(i+1, ""), (w == "х" || w == "ті" || w == "е" || w == "ые") && r.gap(i+1) == dash:
		return period{shape: fixed, from: civil(int(y), 1, 1), to: civil(int(y)+9, 12, 31), precision: "range"}, i + 2
	}
	return p, 0
}

// seasonBefore: from winter to spring.
func (r *reader) seasonBefore(i int) bool { return r.is(i, season) || r.is(i, fall) }

// ofThings reports a year that says how old a thing is: каску 1943 року, an automobile of 1974,
// автомат 1974 года выпуска.
func (r *reader) ofThings(i, end int) bool {
	for j := end; j < end+1 && j < len(r.at); j++ {
		switch r.word(j) {
		case "випуску", "випуск", "выпуска", "виробництва", "производства", "виготовлення", "изготовления", "зразка", "образца", "моделі", "модели", "побудови", "постройки", "vintage", "model", "edition":
			return true
		}
	}
	if w := r.word(i - 2); (w == "made" || w == "built" || w == "issued" && r.num[i] < 1991 || w == "manufactured") && r.is(i-1, in) {
		return true
	}
	switch r.word(i - 1) {
	case "зразка", "образца", "моделі", "модели", "випуску", "выпуска", "калібру", "model", "vintage":
		return r.gap(i) == blank
	}
	return r.num[i] >= firstYear && r.num[i] < 1991 && r.gap(i) == blank && r.at[i-1] == nil
}

func schoolYear(w string) bool {
	return w == "учебного" || w == "навчального" || w == "school" || w == "academic"
}

// holiday reads by New Year, до Нового року, до Великодня, after Easter: the next by the day of
// publication, or, where the words tell the past, the latest. Easter is the Julian one.
func (r *reader) holiday(i int, how mode) (p period, end int) {
	if !r.hasPublished || i >= len(r.at) || how == plain {
		return p, 0
	}
	easter := false
	switch w := r.word(i); {
	case (w == "new" || w == "нового") && (r.word(i+1) == "year" || r.word(i+1) == "року" || r.word(i+1) == "года") && r.gap(i+1) == blank:
		end = i + 2
	case w == "new" && r.word(i+1) == "year's":
		if end = i + 2; r.word(end) == "eve" {
			end++
		}
	case w == "великодня" || w == "пасхи" || w == "easter":
		end, easter = i+1, true
	default:
		return p, 0
	}
	y, _, _ := r.published.Date()
	day := func(y int) Day {
		if easter {
			return julianEaster(y)
		}
		if how == sinceIt || how == afterIt {
			return civil(y, 1, 1)
		}
		return civil(y, 12, 31)
	}
	d := day(y)
	_, month, _ := r.published.Date()
	past := r.leaning(i, end) < 0 && (easter || month < 7)
	if how == sinceIt || how == afterIt || past {
		if d > r.published {
			d = day(y - 1)
		}
	} else if d < r.published {
		d = day(y + 1)
	}
	return period{shape: fixed, from: d, to: d, precision: "day", kind: kindRelative, anchored: true}, end
}

// julianEaster is the day of Easter in the churches that keep the Julian reckoning.
func julianEaster(y int) Day {
	d := (19*(y%19) + 15) % 30
	e := (2*(y%4) + 4*(y%7) - d + 34) % 7
	n := d + e + 114
	return civil(y, n/31, n%31+1) + 13
}

// demanded reports whether an infinitive near the limit in [i,end) says what is to be done by
// then, whenever it was ordered: зобов'язали до п'ятниці подати списки.
func (r *reader) demanded(i, end int) bool {
	for k := max(r.sentence, i-8); k < min(r.stop, end+6); k++ {
		w := r.word(k)
		if (k < i || k >= end) && len(w) > 7 && w[0] >= 0x80 && (strings.HasSuffix(w, "ти") || strings.HasSuffix(w, "тися") || strings.HasSuffix(w, "ать") || strings.HasSuffix(w, "ить") || strings.HasSuffix(w, "еть") || strings.HasSuffix(w, "ться")) {
			return true
		}
	}
	return false
}
