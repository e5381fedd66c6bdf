package when

// shape is which fields of a period are set.
type shape uint8

const (
	fixed      shape = iota + 1 // from, to
	ofDay                       // m d
	ofDays                      // m d to m2 d2
	ofMonth                     // m
	ofSeason                    // q: 1 spring … 4 winter, which ends in year y
	ofQuarter                   // q
	ofHalf                      // q
	ofCampaign                  // q: 1 spring, 3 autumn
	ofYear                      // y
)

// turn is where in the stretch of years a period without a year lies.
type turn int8

const (
	nearest turn = iota
	lastOne
	thisOne
	nextOne
)

// The parts of a period; 1 to 3 are its beginning, middle and end.
const (
	firstHalf = iota + 4
	secondHalf
	firstWeek // to fourth: firstWeek+3
	lastWeek  = firstWeek + 4
	firstTen  = lastWeek + 1 // to third: firstTen+2
	twoTens   = firstTen + 3
	firstDay  = twoTens + 1
	lastDay   = twoTens + 2
)

// period is a date as written: perhaps without its year.
type period struct {
	shape        shape
	y            int // 0: not said
	m, d, m2, d2 int
	q            int
	part         int
	turn         turn
	from, to     Day
	precision    string
	kind         string
	anchored     bool
	year         bool // y was said, not anchored
	approximate  bool
	bounded      bool // since, after, before or until it
	told         bool // from where the story has come to
	within       bool // told by an adjective: what was after it was in it
}

// span is the days of p in year y.
func (p *period) span(y int) (from, to Day, ok bool) {
	switch p.shape {
	case fixed:
		return p.from, p.to, true
	case ofDay:
		from, ok = DayOf(y, p.m, p.d)
		return from, from, ok
	case ofDays:
		from, ok = DayOf(y, p.m, p.d)
		if to, good := DayOf(y, p.m2, p.d2); good && ok {
			return from, to, from <= to
		}
		return 0, 0, false
	case ofMonth:
		from = civil(y, p.m, 1)
		to = civil(y, p.m, daysIn(y, p.m))
		return partOfMonth(from, to, p.part)
	case ofSeason:
		if from = civil(y, 3*p.q, 1); p.q == 4 {
			from = civil(y-1, 12, 1)
		}
		return thirds(from, from.AddMonths(3)-1, p.part)
	case ofQuarter:
		from = civil(y, 3*p.q-2, 1)
		return thirds(from, from.AddMonths(3)-1, p.part)
	case ofHalf:
		from = civil(y, 6*p.q-5, 1)
		return from, from.AddMonths(6) - 1, true
	case ofCampaign:
		if p.q == 1 {
			return civil(y, 4, 1), civil(y, 7, 15), true
		}
		return civil(y, 10, 1), civil(y, 12, 31), true
	case ofYear:
		return partOfYear(y, p.part)
	}
	return 0, 0, false
}

func partOfMonth(from, to Day, part int) (Day, Day, bool) {
	switch {
	case part == 1:
		to = from + 9
	case part == 2:
		from, to = from+10, from+19
	case part == 3:
		from += 20
	case part == firstHalf:
		to = from + 14
	case part == secondHalf:
		from += 15
	case part >= firstWeek && part < lastWeek:
		from += Day(7 * (part - firstWeek))
		to = from + 6
	case part == lastWeek:
		from = to - 6
	case part == twoTens:
		to = from + 19
	case part == firstDay:
		to = from
	case part == lastDay:
		from = to
	case part >= firstTen:
		n := part - firstTen
		if from += Day(10 * n); n < 2 {
			to = from + 9
		}
	}
	return from, to, true
}

// thirds: the first, second or third month of three.
func thirds(from, to Day, part int) (Day, Day, bool) {
	if part >= 1 && part <= 3 {
		from = from.AddMonths(part - 1)
		to = from.AddMonths(1) - 1
	}
	return from, to, true
}

func partOfYear(y, part int) (Day, Day, bool) {
	from, to := civil(y, 1, 1), civil(y, 12, 31)
	switch part {
	case 1:
		to = civil(y, 3, 31)
	case 2:
		from, to = civil(y, 5, 1), civil(y, 8, 31)
	case 3:
		from = civil(y, 10, 1)
	case firstHalf:
		to = civil(y, 6, 30)
	case secondHalf:
		from = civil(y, 7, 1)
	}
	return from, to, true
}

// choose settles the year of a period that was written without one: the latest that
// began by the day of publication, or, ahead, the first that is not over by then.
func (r *reader) choose(p *period, ahead bool, span func(y int) (Day, Day, bool)) (from, to Day, ok bool) {
	if p.shape == fixed {
		return p.from, p.to, true
	}
	if p.y != 0 {
		return span(p.y)
	}
	if p.turn == nearest && r.year != 0 {
		if from, to, ok = span(r.year); ok {
			return from, to, true
		}
	}
	if !r.hasPublished {
		if r.lastYear == 0 {
			return 0, 0, false
		}
		return span(r.lastYear)
	}
	if how := p.bounded; how && p.shape == ofDay && p.m == 2 && p.d == 24 && !ahead && r.published >= civil(2022, 2, 24) {
		return span(2022) // everybody knows which
	}
	p.anchored = true
	now, _, _ := r.published.Date()
	if p.turn == nearest && !ahead && !p.bounded {
		if from, to, ok = r.goesOn(p, span); ok {
			return from, to, true
		}
	}
	if p.turn == thisOne {
		if from, to, ok = span(now); p.shape == ofSeason && p.q == 4 && (r.published > to+150 || ahead && r.published > to) {
			return span(now + 1)
		}
		return from, to, ok
	}
	if p.shape == ofCampaign && !ahead && p.turn == nearest {
		return r.closest(now, span)
	}
	if ahead && p.turn == nearest || p.turn == nextOne {
		for y := now - 1; y <= now+8; y++ {
			if from, to, ok = span(y); ok && (to >= r.published && p.turn != nextOne || from > r.published) {
				return from, to, true
			}
		}
		return 0, 0, false
	}
	for y := now + 1; y >= now-8; y-- {
		if from, to, ok = span(y); ok && (from <= r.published && p.turn != lastOne || to < r.published) {
			return from, to, true
		}
	}
	return 0, 0, false
}

// closest is the span that lies nearest to the day of publication.
func (r *reader) closest(now int, span func(y int) (Day, Day, bool)) (from, to Day, ok bool) {
	best := Day(1 << 20)
	for y := now - 1; y <= now+1; y++ {
		f, t, _ := span(y)
		if far := max(f-r.published, r.published-t, 0); far < best {
			best, from, to = far, f, t
		}
	}
	return from, to, true
}

// stretch is the days from the beginning of a to the end of b, where either may lack its year.
func (r *reader) stretch(a, b *period, ahead bool) (from, to Day, ok bool) {
	switch {
	case a.y == 0 && a.shape != fixed && (b.y != 0 || b.shape == fixed):
		_, to, ok = b.span(b.y)
		y, _, _ := to.Date()
		if from, _, _ = a.span(y); from > to {
			from, _, _ = a.span(y - 1)
		}
		return from, to, ok && from <= to
	case a.y != 0 || a.shape == fixed:
		if from, _, ok = a.span(a.y); !ok {
			return 0, 0, false
		}
		return r.ending(from, a.y, b)
	}
	return r.choose(a, ahead, func(y int) (Day, Day, bool) {
		f, _, ok := a.span(y)
		if !ok {
			return 0, 0, false
		}
		return r.ending(f, y, b)
	})
}

// ending is the stretch that begins on a day of year y and ends with b.
func (r *reader) ending(from Day, y int, b *period) (Day, Day, bool) {
	mid := Day(0) // to the middle of a month: to its 15th
	if b.shape == ofMonth && b.part == 2 {
		mid = 5
	}
	if b.shape == fixed || b.y != 0 {
		_, to, ok := b.span(b.y)
		return from, to - mid, ok && from <= to
	}
	for n := range 2 {
		if _, to, ok := b.span(y + n); ok && to-mid >= from {
			to -= mid
			return from, to, true
		}
	}
	return 0, 0, false
}
