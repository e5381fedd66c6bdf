package when

import "strings"

// Kinds of mention.
const (
	kindAbsolute  = "absolute"
	kindRelative  = "relative"
	kindNamed     = "named"
	kindCampaign  = "campaign"
	kindDocument  = "document"
	kindPublished = "published"
)

// relative reads what is told from the day of publication and begins at token i.
func (r *reader) relative(i int) (p period, end int) {
	if !r.hasPublished {
		return p, 0
	}
	for _, f := range [...]func(*reader, int) (period, int){(*reader).nearDay, (*reader).storyDay, (*reader).shifted, (*reader).agoOf, (*reader).backwards, (*reader).within, (*reader).rolling, (*reader).running, (*reader).weekdayOf, (*reader).lone} {
		if p, end = f(r, i); end != 0 {
			p.anchored, p.kind = true, kindRelative
			return p, end
		}
	}
	return p, 0
}

func days(from, to Day, precision string) period {
	return period{shape: fixed, from: from, to: to, precision: precision}
}

// nearDay reads вчора, the day before yesterday, last night, цієї ночі.
func (r *reader) nearDay(i int) (p period, end int) {
	if off, ok := r.value(i, relativeDay); ok {
		if r.word(i) == "tomorrow" && r.word(i-1) == "after" && r.word(i-2) == "day" {
			off = 2
		}
		if r.word(i) == "yesterday" && r.word(i-1) == "before" && r.word(i-2) == "day" {
			off = -2
		}
		if w := r.word(i); r.possessive(i+1) || (w == "накануне" || w == "напередодні") && !r.eve(i+1) {
			return p, 0
		}
		d := r.published + Day(off)
		if end = i + 1; r.is(end, partOfDay) && r.gap(end) == blank {
			end++
		}
		if g := r.gap(end); g == comma || g == blank {
			_, m, day := d.Date()
			if p, n := r.dated(end); n != 0 && p.m == m && p.d == day {
				end = n
			}
		}
		return days(d, d, "day"), end
	}
	if r.is(i, relativeYear) {
		return r.unitPeriod(5, r.at[i].value(relativeYear)), i + 1
	}
	if w := r.word(i + 1); r.is(i+1, night) && (r.is(i, this) || r.is(i, last)) && r.gap(i+1) == blank && w != "night" || r.is(i, last) && w == "night" || r.word(i) == "overnight" && false {
		return days(r.published-1, r.published, "night"), i + 2
	}
	if r.is(i+1, partOfDay) && r.is(i, this) && r.gap(i+1) == blank && (r.word(i) == "this" || r.word(i) == "цього" || r.word(i) == "этим") {
		return days(r.published, r.published, "day"), i + 2
	}
	return p, 0
}

// eve reports whether what follows "the day before" does not say before what: it is then
// the day before the report.
func (r *reader) eve(i int) bool {
	if i >= len(r.at) || r.gap(i) != blank || r.is(i, in) || r.is(i, partOfDay) {
		return true
	}
	switch r.word(i) {
	case "под", "під", "біля", "возле", "над", "за", "из", "із", "з", "с", "по", "через", "до", "його", "его", "її", "ее", "їх", "их", "там", "тут":
		return true
	}
	for _, end := range [...]string{"л", "ла", "ло", "ли", "лся", "лась", "лись", "ся", "но", "то", "ав", "ив", "ів"} {
		if strings.HasSuffix(r.word(i), end) {
			return true
		}
	}
	return false
}

// possessive: today's Ukraine speaks of no day.
func (r *reader) possessive(i int) bool { return r.word(i) == "s" && r.tight(i, "’") }

// shifted reads минулого тижня, next month, цієї осені, last May, минулої п'ятниці.
func (r *reader) shifted(i int) (p period, end int) {
	if !r.hasPublished {
		return p, 0
	}
	off, ok := r.turnOf(i)
	at := i + 1
	if r.is(i, that) && r.unitAt(at) == 3 && (r.word(i) == "тому" && r.word(at) == "тижні" || r.word(i) == "том") {
		off, ok = -1, true
	}
	if w := r.word(i); w == "того" && r.word(at) == "тижня" {
		off, ok = -1, true
	}
	if !ok || r.gap(at) != blank || r.word(i) == "ц" {
		return p, 0
	}
	if w := r.word(i - 1); r.is(i, last) && r.word(i) == "last" && (w == "the" || w == "his" || w == "her" || w == "their") || r.word(i) == "a" {
		if r.unitAt(at) != 0 && w != "the" {
			return p, 0
		}
	}
	if u := r.unitAt(at); u != 0 {
		return r.shiftedUnit(i, at, u, off)
	}
	if m := r.isMonth(at); m != 0 && (r.c.Raw(at)[0] >= 0x80 || r.capital(at)) && r.digitsOf(at) > 2 {
		p = period{shape: ofMonth, m: m, precision: "month", turn: turnBy(off), kind: kindRelative}
		if p.turn == lastOne {
			p.turn = lastOne
		}
		return p, r.yearAfter(at+1, &p)
	}
	q, ok := r.value(at, season)
	if !ok && r.is(at, fall) {
		q, ok = 3, true
	}
	if ok && !r.is(at+1, campaign) {
		p = period{shape: ofSeason, q: q, precision: "season", turn: turnBy(off), kind: kindRelative}
		return p, r.yearAfter(at+1, &p)
	}
	if d, ok := r.value(at, weekday); ok {
		return r.weekdayFrom(d, off), at + 1
	}
	return p, 0
}

func (r *reader) shiftedUnit(i, at, u, off int) (p period, end int) {
	w := r.word(at)
	if r.is(i, lastFew) && r.is(i-1, during) && u <= 5 && (strings.HasPrefix(w, "доб") || strings.HasPrefix(w, "сут") || u == 1) {
		return p, 0 // rolling
	}
	switch {
	case strings.HasPrefix(w, "доб") || strings.HasPrefix(w, "сут"):
		if off < 0 && (r.word(i-1) == "за" || r.is(i-1, during)) {
			return days(r.published-1, r.published, "range"), at + 1
		}
		return days(r.published+Day(off), r.published+Day(off), "day"), at + 1
	case u == 2 && off == 0 && (w == "день" || w == "дня"), u == 1, u == 10, u == 8:
		return p, 0
	case u == 2:
		return p, 0 // the next day: of the story, not of the page
	case u == 9:
		s := r.published.Week() + 5 + Day(7*off)
		if off == 0 && r.published.Weekday() < 6 && r.leaning(i, at+1) < 0 {
			s -= 7
		}
		if off < 0 && r.published.Weekday() >= 6 {
			s = r.published.Week() - 2
		}
		return days(s, s+1, "range"), at + 1
	case u == 5 && (w == "years" || w == "годы" || w == "роки" || w == "лет" || w == "років" || w == "г" || w == "р"), w == "weeks" || w == "months":
		return p, 0
	}
	if r.word(i) == "past" && r.word(i-1) == "the" {
		return p, 0
	}
	p = r.unitPeriod(u, off)
	p.kind = kindRelative
	return p, at + 1
}

// weekdayFrom is the weekday d last, this or next, told from the day of publication.
func (r *reader) weekdayFrom(d, off int) period {
	at := r.published.Week() + Day(d-1)
	switch {
	case off < 0 && at >= r.published:
		at -= 7
	case off > 0:
		at += 7
	}
	return days(at, at, "day")
}

// weekdayOf reads у четвер, on Thursday, and the English weekday that stands alone.
func (r *reader) weekdayOf(i int) (p period, end int) {
	d, ok := r.value(i, weekday)
	if !ok || r.is(i-1, cycle) || worship(r.word(i+1)) {
		return p, 0
	}
	b := i - 1
	latin := r.c.Raw(i)[0] < 0x80
	if latin && !r.capital(i) {
		return p, 0
	}
	w := r.word(b)
	licensed := r.gap(i) == blank && (r.is(b, in) || r.is(b, from) || r.is(b, to) || r.is(b, after) || r.is(b, before) || w == "на" || w == "за" || w == "під") && w != "о" && w != "об"
	if !licensed && !latin && !r.is(i+1, partOfDay) {
		return p, 0
	}
	if !licensed && latin && (w == "black" || w == "good" || w == "bloody" || r.gap(i) == blank && r.is(b, article)) {
		return p, 0
	}
	if end = i + 1; r.is(end, partOfDay) && r.gap(end) == blank {
		end++
	}
	at := r.published.Week() + Day(d-1)
	if r.ahead(i, end) || r.is(b, until) && r.demanded(b, end) {
		if at <= r.published {
			at += 7
		}
	} else if at > r.published {
		at -= 7
	}
	return days(at, at, "day"), end
}

// worship: Friday prayers are of no Friday.
func worship(w string) bool {
	switch w {
	case "prayers", "prayer", "mass", "service", "sermon", "school", "market", "paper", "papers":
		return true
	}
	return false
}

// amount reads how many units: три, 3, a, пів; token i may also be the unit itself.
func (r *reader) amount(i int) (halves, at int) {
	if n, ok := r.value(i, cardinal); ok {
		if r.word(i) == "couple" && r.is(i+1, of) {
			i++
		}
		return 2 * n, i + 1
	}
	if _, ok := r.value(i, halfCardinal); ok {
		return map[bool]int{true: 1, false: 3}[r.at[i].value(halfCardinal) == 6], i + 1
	}
	if i < len(r.at) && r.num[i] >= 1 && r.num[i] < 400 {
		return 2 * int(r.num[i]), i + 1
	}
	if r.word(i) == "a" || r.word(i) == "an" {
		return 2, i + 1
	}
	switch r.word(i) {
	case "півроку", "полгода":
		return 1, i
	}
	return 2, i
}

// back is the day that lies so many halves of unit u before the day of publication.
func (r *reader) back(halves, u int) (Day, bool) {
	switch u {
	case 1:
		return r.published, halves < 100
	case 2:
		return r.published - Day(halves/2), true
	case 3:
		return r.published - Day(7*halves/2), true
	case 4:
		if halves == 1 {
			return r.published - 15, true
		}
		return r.published.AddMonths(-halves / 2), true
	case 5, 7:
		return r.published.AddMonths(-6 * halves), halves < 200
	}
	return 0, false
}

// agoOf reads три дні тому, two weeks ago, півроку тому, тиждень тому.
func (r *reader) agoOf(i int) (p period, end int) {
	halves, at := r.amount(i)
	u := r.unitAt(at)
	if u == 0 || u > 5 && u != 7 || at > i && !r.gapIs(at, blank, dash) || at == i && r.plural(i) {
		return p, 0
	}
	if !r.is(at+1, ago) || r.gap(at+1) != blank || r.word(at+1) == "тому" && r.word(at+2) == "що" || r.word(at+1) == "earlier" {
		return p, 0
	}
	if r.word(at) == "fortnight" {
		halves *= 2
	}
	return r.agone(halves, u, at+2)
}

// agone is the day, week, month or year that lies so many halves of unit u back.
func (r *reader) agone(halves, u, end int) (p period, _ int) {
	d, ok := r.back(halves, u)
	if !ok {
		return p, 0
	}
	y, m, _ := d.Date()
	switch {
	case u <= 2:
		return days(d, d, "day"), end
	case u == 3:
		return days(d.Week(), d.Week()+6, "week"), end
	case u == 4 || halves%2 == 1:
		return period{shape: ofMonth, y: y, m: m, precision: "month"}, end
	}
	return period{shape: ofYear, y: y, precision: "year"}, end
}

// rolling reads за останній місяць, протягом доби, last three days, через тиждень.
func (r *reader) rolling(i int) (p period, end int) {
	if r.is(i, lastFew) && !(r.word(i) == "last" && r.word(i-1) == "at") {
		halves, at := r.amount(i + 1)
		u := r.unitAt(at)
		if u == 0 || u > 5 && u != 7 || r.gap(i+1) != blank || at > i+1 && r.gap(at) != blank {
			return p, 0
		}
		if r.word(at+1) == "of" || at == i+1 && r.plural(at) {
			return p, 0
		}
		d, ok := r.back(halves, u)
		if u == 1 {
			d = r.published - Day((halves/2+23)/24)
		}
		return days(d, r.published, "range"), map[bool]int{true: at + 1}[ok]
	}
	if w := r.word(i); (strings.HasPrefix(w, "доб") || strings.HasPrefix(w, "сутк")) && r.is(i-1, during) && r.gap(i) == blank && (w == "доби" || w == "добу" || w == "сутки" || w == "суток") {
		if s := &r.story; s.known() && s.from == s.to && s.from < r.published-2 {
			return days(s.from, s.from, "day"), i + 1 // of the day that was told before
		}
		return days(r.published-1, r.published, "range"), i + 1
	}
	if u := r.unitAt(i); (u == 3 || u == 4) && !r.plural(i) && r.gap(i) == blank && r.leaning(i, i+1) < 0 {
		switch r.word(i - 1) {
		case "протягом", "впродовж", "упродовж", "течение":
			d, _ := r.back(2, u)
			return days(d, r.published, "range"), i + 1
		}
	}
	if !(r.is(i, through) || r.word(i) == "in") || r.gap(i+1) != blank || !r.ahead(i, i+2) {
		return p, 0
	}
	halves, at := r.amount(i + 1)
	u := r.unitAt(at)
	if u < 2 || u > 5 || at == i+1 && r.word(i) == "in" || r.plural(at) && at == i+1 || at > i+1 && r.gap(at) != blank {
		return p, 0
	}
	d := r.published
	switch u {
	case 2:
		d += Day(halves / 2)
		return days(d, d, "day"), at + 1
	case 3:
		d = (d + Day(7*halves/2)).Week()
		return days(d, d+6, "week"), at + 1
	case 4:
		y, m, _ := d.AddMonths(halves / 2).Date()
		return period{shape: ofMonth, y: y, m: m, precision: "month"}, at + 1
	}
	y, _, _ := d.AddMonths(6 * halves).Date()
	return period{shape: ofYear, y: y, precision: "year"}, at + 1
}

// plural: a unit that needs a number: last weeks tells nothing.
func (r *reader) plural(i int) bool {
	switch r.word(i) {
	case "weeks", "months", "years", "days", "hours", "тижні", "тижнів", "місяці", "місяців", "роки", "років", "дні", "днів", "годин", "години",
		"недели", "недель", "месяцы", "месяцев", "месяца", "годы", "лет", "года", "дней", "дни", "дня", "часы", "часов", "часа", "р", "г", "рр", "гг":
		return true
	}
	return false
}

// running reads вже третій місяць, третью неделю подряд: since that long ago.
func (r *reader) running(i int) (p period, end int) {
	n, ok := r.value(i, ordinal)
	at := i + 1
	if !ok {
		h := 0
		if h, at = r.amount(i); at == i && (r.plural(i) || !r.is(i-1, already)) {
			return p, 0
		}
		if h%2 == 1 && (r.unitAt(at) == 5 || r.unitAt(at) == 7) && r.is(i-1, already) && !r.is(at+1, ago) {
			d, _ := r.back(h, 5)
			p = days(d, r.published, "since")
			p.approximate = true
			return p, at + 1
		}
		if n = h / 2; r.is(at, ordinalSuffix) && at > i {
			at++
		}
	}
	u := r.unitAt(at)
	if u < 2 || u > 5 || r.gap(at) != blank || n == 0 || n > 60 || at == i && u < 4 {
		return p, 0
	}
	before := r.is(i-1, already) || r.is(i-1, article) && r.word(i-2) == "for" && ok
	if !(before && r.gap(i) == blank && !r.is(at+1, ago)) && !r.is(at+1, inARow) {
		return p, 0
	}
	d, good := r.back(2*n, u)
	if !good {
		return p, 0
	}
	if end = at + 1; r.is(end, inARow) {
		end++
	}
	p = days(d, r.published, "since")
	p.approximate = true
	return p, end
}

// lone reads the weekend: на вихідних, at the weekend.
func (r *reader) lone(i int) (p period, end int) {
	if u := r.unitAt(i); u >= 3 && u <= 5 && r.word(i+1) == "before" && r.word(i+2) == "last" && r.gap(i+2) == blank {
		return r.unitPeriod(u, -2), i + 3
	}
	if r.unitAt(i) != 9 || r.word(i-1) != "на" && r.word(i-1) != "за" && r.word(i-1) != "в" && r.word(i-1) != "у" && !(r.word(i-1) == "the" && (r.word(i-2) == "at" || r.word(i-2) == "over")) {
		return p, 0
	}
	s := r.published.Week() - 2
	if r.published.Weekday() >= 6 || r.ahead(i, i+1) {
		s += 7
	}
	return days(s, s+1, "range"), i + 1
}
