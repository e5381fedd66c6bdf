package when

import "strings"

// story is where in time a text has come to that tells things one after the other.
type story struct {
	now      int  // the sentence in hand
	at       int  // the sentence of the last day or month
	from, to Day  // the last day or month
	month    bool // it is a month
	year     bool // its year was said, in its own words or in those before it
	news     bool // the text dates by the day of publication
}

// near is how many sentences a day goes on to be the one that is meant.
const near = 4

// known reports whether a day or month was told a few sentences ago.
func (s *story) known() bool { return s.from != 0 && s.now-s.at <= near }

// tell notes the days from a to b, as far as a story can go on from them.
func (r *reader) tell(m *Mention, p *period, a, b Day, how mode) {
	if m.Kind == kindDocument || m.Kind == kindPublished || r.hasPublished && a > r.published || how == untilIt && p.shape != ofMonth {
		return
	}
	if p.shape == fixed && p.kind == kindRelative && !p.told {
		r.story.news = true
	}
	year := p.year || r.year != 0 || p.told && r.story.year
	switch {
	case a == b && p.shape != ofYear:
		r.story = story{now: r.story.now, at: r.story.now, from: a, to: b, year: year, news: r.story.news}
	case p.shape == ofMonth || p.shape == ofDays:
		r.story = story{now: r.story.now, at: r.story.now, from: a, to: b, month: true, year: year, news: r.story.news}
	}
}

// goesOn settles a day or month without its year in a story whose last day had one: it is
// the first that comes after. A text that dates by the day of publication tells no story.
func (r *reader) goesOn(p *period, span func(y int) (Day, Day, bool)) (from, to Day, ok bool) {
	s := &r.story
	if !s.known() || !s.year || s.news || p.shape != ofDay && p.shape != ofMonth && p.shape != ofDays {
		return 0, 0, false
	}
	y, _, _ := s.from.Date()
	for n := range 2 {
		if from, to, ok = span(y + n); ok && to >= s.from && from <= r.published {
			p.told = true
			return from, to, true
		}
	}
	return 0, 0, false
}

// storyDay reads that day, наступного дня, на следующий день, two days later.
func (r *reader) storyDay(i int) (p period, end int) {
	s := &r.story
	if !s.known() {
		return p, 0
	}
	off, end := r.sameDay(i)
	if end == 0 {
		if off, end = r.nextDay(i); end == 0 {
			return r.later(i)
		}
	}
	if s.month || s.from != s.to {
		return period{}, 0
	}
	p = days(s.from+Day(off), s.from+Day(off), "day")
	p.told = true
	return p, end
}

// sameDay reads того ж дня, в тот же вечер, that same day.
func (r *reader) sameDay(i int) (off, end int) {
	switch r.word(i) {
	case "того", "той", "тот", "тієї", "that", "the", "тем", "тим", "цього":
	default:
		return 0, 0
	}
	at, same := i+1, false
	for at < i+3 {
		w := r.word(at)
		if w == "же" || w == "ж" || w == "самий" || w == "самого" || w == "самый" || w == "самої" || w == "very" || w == "same" {
			same = true
			at++
			continue
		}
		break
	}
	if r.gap(at) != blank || r.word(i) == "the" && !same || r.word(i) == "цього" && !same {
		return 0, 0
	}
	switch w := r.word(at); w {
	case "дня", "день", "day":
		return 0, at + 1
	case "вечора", "вечір", "вечер", "ранку", "утро", "утром", "вечером", "вечором", "ночі", "evening", "morning", "afternoon":
		return 0, at + 1
	case "night":
		if same {
			return 0, at + 1
		}
	}
	return 0, 0
}

// nextDay reads наступного дня, на следующее утро, the next morning, назавтра.
func (r *reader) nextDay(i int) (off, end int) {
	w := r.word(i)
	if w == "назавтра" || w == "наутро" {
		return 1, i + 1
	}
	if !r.is(i, next) && w != "following" && w != "другого" && w != "другий" && w != "другой" || w == "coming" || r.gap(i+1) != blank {
		return 0, 0
	}
	switch r.word(i + 1) {
	case "дня", "день", "ранку", "утро", "day", "morning", "ранок", "днем":
	default:
		return 0, 0
	}
	if strings.HasPrefix(w, "друг") && r.word(i-1) != "на" {
		return 0, 0
	}
	return 1, i + 2
}

// later reads через два дні, спустя неделю, three days later, of a story.
func (r *reader) later(i int) (p period, end int) {
	at, after := i, r.is(i, through) || r.word(i) == "спустя" || r.word(i) == "згодом"
	if after {
		if at++; r.gap(at) != blank {
			return p, 0
		}
	}
	halves, at := r.amount(at)
	u := r.unitAt(at)
	if u < 2 || u > 5 || halves%2 == 1 || at == i || at > i+1 && r.gap(at) != blank || r.plural(at) && at == i+1 && after {
		return p, 0
	}
	end = at + 1
	sign := Day(1)
	if !after {
		switch w := r.word(end); {
		case r.gap(end) != blank:
			return p, 0
		case w == "later" || w == "after" && r.gap(end+1) != blank || w == "afterwards" || w == "потому" || w == "спустя":
		case w == "earlier":
			sign = -1
		default:
			return p, 0
		}
		end++
	}
	if r.leaning(i, end) > 0 {
		return p, 0
	}
	return r.shiftStory(sign*Day(halves/2), u, end)
}

// shiftStory is the day, or the month, that lies n units from where the story has come to.
func (r *reader) shiftStory(n Day, u, end int) (p period, _ int) {
	s := &r.story
	d := s.from
	switch u {
	case 2:
		d += n
	case 3:
		d += 7 * n
	case 4, 5:
		if u == 5 {
			n *= 12
		}
		y, m, _ := d.AddMonths(int(n)).Date()
		if d = civil(y, m, 1); d > r.published {
			return p, 0
		}
		return period{shape: ofMonth, y: y, m: m, precision: "month", told: true, approximate: true}, end
	}
	if s.month || s.from != s.to || d > r.published {
		return p, 0
	}
	p = days(d, d, "day")
	p.told, p.approximate = true, u == 3
	return p, end
}

// backwards reads тижні два тому, дней пять назад: the unit before its number.
func (r *reader) backwards(i int) (p period, end int) {
	u := r.unitAt(i)
	if u < 2 || u > 5 || r.gap(i+1) != blank {
		return p, 0
	}
	at := i + 1
	for w := r.word(at); w == "зо" || w == "зі" || w == "так" || w == "через" || w == "з"; w = r.word(at) {
		at++
	}
	halves, n := r.amount(at)
	if n == at || n > at+1 || !r.is(n, ago) || r.gap(n) != blank || r.word(n) == "тому" && r.word(n+1) == "що" {
		return p, 0
	}
	p, end = r.agone(halves, u, n+1)
	p.approximate = true
	return p, end
}

// within reads за тиждень забрали, за три дні в селі: so long until the day of publication,
// where the words say what came about in that time, and no story is being told.
func (r *reader) within(i int) (p period, end int) {
	if r.word(i-1) != "за" || r.gap(i) != blank || r.story.known() && r.story.from < r.published-30 {
		return p, 0
	}
	halves, at := r.amount(i)
	u := r.unitAt(at)
	if u < 2 || u > 5 || at > i+1 || at > i && r.gap(at) != blank || at == i && r.plural(i) || r.leaning(i, at+1) > 0 || r.leaning(i, at+1) == 0 && !r.countedNear(i-1, at+1) {
		return p, 0
	}
	for k := i - 2; k >= max(r.sentence, i-4) && !r.countedNear(i-1, at+1) && r.tense(at+1) >= 0; k-- {
		switch r.word(k) {
		case "ще", "еще", "лише", "всього", "только", "лишь", "тільки", "вже", "уже", "и", "і", "а", "та":
		default:
			if r.gap(k+1) == blank {
				return p, 0
			}
		}
		if r.gap(k+1) != blank {
			break
		}
	}
	switch w := r.word(at + 1); {
	case r.gap(at+1) != blank || r.tense(at+1) < 0:
	case w == "в" || w == "у" || w == "на" || w == "по" || w == "из" || w == "з" || w == "із" || w == "окупації" || w == "оккупации" || w == "війни" || w == "войны":
	default:
		return p, 0
	}
	if y, m, _ := r.published.Date(); u == 4 && halves%2 == 0 && halves/2 == m-1 && halves/2 >= 5 {
		return days(civil(y, 1, 1), civil(y, m, 1)-1, "range"), at + 1 // за девять месяцев, in October
	}
	d, ok := r.back(halves, u)
	if !ok {
		return p, 0
	}
	return days(d, r.published, "range"), at + 1
}

// countedNear reports whether a number stands near the tokens [lo,hi): so many in that time.
func (r *reader) countedNear(lo, hi int) bool {
	for k := max(lo-6, r.sentence); k < min(hi+6, r.stop); k++ {
		if (k < lo || k >= hi) && (r.num[k] >= 2 || r.is(k, cardinal) || r.is(k, tens)) {
			return true
		}
	}
	return false
}

// dayOfMonth is the day of that number in the month that the story has come to, or the
// latest by the day of publication.
func (r *reader) dayOfMonth(d int) period {
	y, m, _ := r.published.Date()
	if s := &r.story; s.known() {
		sy, sm, _ := s.from.Date()
		for range 2 {
			if day, ok := DayOf(sy, sm, d); ok && day >= s.from && day <= r.published {
				return period{shape: fixed, from: day, to: day, precision: "day", anchored: true, told: true}
			}
			if sm++; sm > 12 {
				sy, sm = sy+1, 1
			}
		}
	}
	for range 3 {
		if day, ok := DayOf(y, m, d); ok && day <= r.published {
			return period{shape: fixed, from: day, to: day, precision: "day", anchored: true}
		}
		if m--; m == 0 {
			y, m = y-1, 12
		}
	}
	return days(r.published, r.published, "day")
}

// bareDay reads вранці 7-го, 7 числа, двадцятого числа, on the 12th.
func (r *reader) bareDay(i int) (p period, end int) {
	if !r.hasPublished {
		return p, 0
	}
	d, n := r.dayNumber(i)
	if d == 0 {
		return p, 0
	}
	suffixed := n > i+1
	switch {
	case r.is(n, numeral) && r.word(n) == "числа" && r.gap(n) == blank:
		n++
	case r.num[i] < 0:
		if !strings.HasSuffix(r.word(n-1), "го") || r.gap(n) == blank || r.gap(i) != blank || r.tense(i-1) >= 0 && !r.is(i-1, partOfDay) {
			return p, 0
		}
	case r.word(i-1) == "the" && suffixed && r.gap(i) == blank:
		if w := r.word(i - 2); w != "on" && w != "by" && w != "since" && w != "until" || r.gap(n) == blank && r.tense(n) == 0 && !pronoun(r.word(n)) {
			return p, 0
		}
	case suffixed && r.word(n-1) == "го" && (r.gap(n) != blank || r.tense(n) < 0) && r.gap(n) != dash && (i == r.sentence || r.gap(i) != blank || r.tense(i-1) < 0 || r.is(i-1, from) || r.is(i-1, until) || r.is(i-1, already) || r.word(i-1) == "еще" || r.word(i-1) == "ще"):
	case !suffixed || !r.is(i-1, partOfDay) || r.gap(i) != blank:
		return p, 0
	}
	p = r.dayOfMonth(d)
	if (r.ahead(i, n) || r.is(i-1, until) && r.demanded(i-1, n)) && p.from <= r.published {
		y, m, _ := r.published.Date()
		for range 2 {
			if day, ok := DayOf(y, m, d); ok && day > r.published {
				p = days(day, day, "day")
				break
			}
			if m++; m > 12 {
				y, m = y+1, 1
			}
		}
	}
	p.kind, p.precision = kindRelative, "day"
	return p, n
}

func pronoun(w string) bool {
	switch w {
	case "they", "he", "she", "we", "i", "you", "it", "my", "his", "her", "our", "a", "the", "at", "in":
		return true
	}
	return false
}

// weekdayAndNumber reads в субботу 10-го: the latest day of that number, if it is that weekday.
func (r *reader) weekdayAndNumber(i, at int) (p period, end int) {
	d, n := r.dayNumber(at)
	if !r.hasPublished || d == 0 || n != at+2 || r.num[at] < 0 {
		return p, 0
	}
	if p = r.dayOfMonth(d); p.from.Weekday() != r.at[i].value(weekday) {
		return p, 0
	}
	p.kind, p.precision = kindRelative, "day"
	return p, n
}
