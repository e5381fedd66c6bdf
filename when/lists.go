package when

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
	switch r.word(i - 1) {
	case "зразка", "образца", "моделі", "модели", "випуску", "выпуска", "калібру", "model", "vintage":
		return r.gap(i) == blank
	}
	return r.num[i] >= firstYear && r.num[i] < 1991 && r.gap(i) == blank && r.at[i-1] == nil
}
