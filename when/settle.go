package when

import (
	"strings"
)

// settle makes the mention of tokens [i,end): p, or the stretch from p to q.
func (r *reader) settle(i, end int, p, q *period, how mode) Mention {
	first := i
	if how == plain && q == nil && r.modeOf(i) != plain {
		first = i + 1
	}
	m := Mention{Start: int(r.c.Tokens[first].Start), End: int(r.c.Tokens[end-1].End), Precision: p.precision, Kind: p.kind}
	if r.elsewhere(i, end, p) {
		return Mention{}
	}
	ahead := r.tending(i, end, p, how)
	p.bounded = how != plain
	var a, b Day
	var ok bool
	if q != nil {
		a, b, ok = r.stretch(p, q, ahead)
		m.Precision = "range"
	} else {
		a, b, ok = r.choose(p, ahead, p.span)
	}
	if !ok {
		return Mention{}
	}
	if p.precision == "night" && q == nil && p.shape == ofDay || p.precision == "night" && p.shape == fixed {
		if p.q < 0 {
			a--
		} else if p.q > 0 {
			b++
		}
	}
	m.Anchored = p.anchored || q != nil && q.anchored
	m.Approximate = p.approximate || r.is(i-1, approx) || how != plain && r.is(i+1, approx)
	if m.Kind == kindAbsolute || m.Kind == "" {
		m.Kind = kindAbsolute
	}
	if p.year {
		r.year, r.lastYear = p.y, p.y
	} else if p.shape == ofYear && how == plain {
		r.year = p.y // last year, in March
	} else if q != nil && q.year {
		r.year, r.lastYear = q.y, q.y
	}
	word := r.word(i)
	if r.ofDocument(i, end, word) {
		m.Kind = kindDocument
		how = plain
	} else if p.shape == ofDay && q == nil && r.ofPage(m.Start, m.End) {
		m.Kind = kindPublished
		how = plain
	}
	if (word == "від" || word == "от") && p.shape == ofDay && r.gap(i) == blank && i > r.sentence && !r.is(i-1, to) && !r.is(i-1, already) && r.word(i-1) != "ще" && r.word(i-1) != "еще" {
		how = plain
	}
	r.tell(&m, p, a, b, how)
	return r.bound(m, p, a, b, how)
}

// tending reports whether p, if it lacks its year, lies ahead: by the verbs around it; and
// where they do not tell the past, by a day that comes within two weeks. What is a limit
// lies ahead if it is much nearer there, since orders are told in the past.
func (r *reader) tending(i, end int, p *period, how mode) bool {
	if p.y != 0 || p.shape == fixed || !r.hasPublished {
		return false
	}
	lean := r.leaning(i, end)
	for b := i - 1; b >= i-2 && b >= r.sentence; b-- {
		if w := r.word(b); (w == "як" || w == "как" || w == "as" || w == "like") && lean > 0 {
			return false // as in January
		}
	}
	limit := how == untilIt || how == untilEnd
	if lean > 0 || limit && lean == 0 {
		return true
	}
	y, _, _ := r.published.Date()
	for n := range 2 {
		if from, to, ok := p.span(y + n); ok && to >= r.published {
			return limit && to-r.published < 150 || p.shape == ofDay && lean == 0 && how != sinceIt && from-r.published < 14
		}
	}
	return false
}

// bound writes the days a to b into m, as its preposition bounds them.
func (r *reader) bound(m Mention, p *period, a, b Day, how mode) Mention {
	m.From, m.To = a.String(), b.String()
	longer := b > a && p.shape != fixed
	switch how {
	case sinceIt, afterIt:
		if how == sinceIt && longer && r.hasPublished && a > r.published {
			return m // what begins then, nobody knows how long
		}
		if how == afterIt && !longer && b-a < 7 {
			a = b
		}
		m.From, m.To, m.Precision = a.String(), "", "since"
		if r.hasPublished {
			m.To, m.Anchored = max(a, r.published).String(), true
		}
	case untilIt, untilEnd, beforeIt:
		switch {
		case p.part == 3 || p.part == secondHalf: // before the end of it
		case p.part == 2 && p.shape == ofMonth && how == untilIt:
			b = a + 4 // до середини липня: the 15th
		case how == beforeIt || how == untilIt && (p.kind == kindNamed || longer && p.part < 2):
			b = a - 1
		}
		if r.hasPublished && r.published > b && p.kind == kindNamed {
			return Mention{} // before the war: nobody knows when
		}
		if r.hasPublished && r.published > b && longer && p.shape == ofMonth && p.part == 0 && how == untilIt {
			return m // he had never held a rifle until that month
		}
		m.From, m.To, m.Precision = "", b.String(), "until"
		if r.hasPublished {
			m.From, m.Anchored = min(b, r.published).String(), true
		}
	}
	return m
}

// ahead reports whether the words around tokens [i,end) speak of what is to come.
func (r *reader) ahead(i, end int) bool { return r.leaning(i, end) > 0 }

// leaning is above 0 where the nearest verb that tells is of the future, below 0 where it is
// of the past, and 0 where none tells. A comma or another mark between makes it farther.
func (r *reader) leaning(i, end int) int {
	const reach = 24
	best, lean := reach, 0
	try := func(k, far int) {
		if t := r.tense(k); t != 0 && (far < best || far == best && t < 0) && !r.aboutWhom(k) && !(far > 2 && t < 0 && (speech(r.word(k)) || r.is(k, past) && speech(r.word(k+1)))) {
			best, lean = far, t
		}
	}
	far := 0
	for k := i - 1; k >= r.sentence && far < best; k-- {
		far++
		if r.gap(k+1) != blank {
			far += 5
		}
		try(k, far)
	}
	far = 0
	for k := end; k < r.stop && far < best; k++ {
		far++
		if r.gap(k) != blank {
			far += 5
		}
		try(k, far)
	}
	return lean
}

// elsewhere reports whether the words name a street, a village or a birth.
func (r *reader) elsewhere(i, end int, p *period) bool {
	if r.is(i-1, birth) || r.is(i-2, birth) && r.gap(i) == blank && r.gap(i-1) == blank {
		return true
	}
	if r.recurs(i, end) {
		return true
	}
	if p.shape != ofDay || p.year {
		return false
	}
	if r.is(end, streetAfter) && r.gap(end) == blank && r.capital(end) {
		return true
	}
	if !r.is(i-1, street) || r.gap(i) == wide && !r.quoted(i) || r.gap(i) == comma {
		return false
	}
	switch r.word(i - 1) {
	case "вул", "ул", "просп", "пров", "пер", "бул", "мкр", "пл":
		return true
	case "им", "ім":
		return r.gap(i) == dot
	}
	return r.quoted(i) || r.isMonth(end-1) != 0 && r.c.Raw(end - 1)[0] >= 0x80 && r.capital(end-1)
}

// recurs: each ninth of May, у січні кожного року, щороку 9 травня.
func (r *reader) recurs(i, end int) bool {
	if r.is(i-1, cycle) && r.gap(i) == blank {
		return true
	}
	if !r.is(end, cycle) || r.gap(end) != blank {
		return false
	}
	return r.unitAt(end+1) == 5 || r.word(end) == "щороку" || r.word(end) == "ежегодно"
}

// quoted reports whether token i stands right after an opening quotation mark.
func (r *reader) quoted(i int) bool {
	at := int(r.c.Tokens[i].Start)
	return at > 0 && (r.c.Text[at-1] == '"' || strings.HasSuffix(r.c.Text[max(at-3, 0):at], "«") || strings.HasSuffix(r.c.Text[max(at-3, 0):at], "“"))
}

// ofDocument reports whether the date is that of a law, an order or a letter.
func (r *reader) ofDocument(i, end int, word string) bool {
	if r.is(i-1, document) && r.gap(i) == blank && end > i && r.num[i] >= firstYear {
		return true // конвенції 1949 року
	}
	b := i
	if word != "від" && word != "от" && word != "from" {
		if b = i - 1; r.word(b) == "the" {
			b--
		}
		switch r.word(b) {
		case "від", "от", "of", "dated":
		default:
			return false
		}
	}
	for k := b - 1; k >= max(b-10, r.sentence); k-- {
		if r.is(k, document) {
			return true
		}
	}
	at := int(r.c.Tokens[b].Start)
	return strings.Contains(r.c.Text[max(at-40, 0):at], "№")
}

// ofPage reports whether the bytes [start,end) stand in a line that is nothing but the date
// of the page: the first or last line, or one that begins with a word such as updated.
func (r *reader) ofPage(start, end int) bool {
	const longest = 80
	text := r.c.Text
	from := strings.LastIndexByte(text[max(start-longest, 0):start], '\n') + 1 + max(start-longest, 0)
	if from == max(start-longest, 0) && start > longest {
		return false
	}
	to := strings.IndexByte(text[end:min(end+longest, len(text))], '\n')
	if to < 0 {
		if to = len(text) - end; to > longest {
			return false
		}
	}
	to += end
	head := strings.TrimSpace(text[from:start])
	if words := strings.FieldsFunc(head, notLetter); len(words) > 0 && len(words) <= 4 {
		for _, w := range words {
			if e := r.entries[strings.ToLower(w)]; e != nil && e.set&(1<<label) != 0 && strings.HasPrefix(head, words[0]) {
				return true
			}
		}
	}
	above, below := strings.TrimSpace(text[:from]), strings.TrimSpace(text[to:])
	if (above == "") == (below == "") {
		return false
	}
	for _, w := range strings.FieldsFunc(head+" "+text[end:to], notLetter) {
		switch strings.ToLower(w) {
		case "о", "об", "в", "у", "at", "р", "г", "utc", "msk", "мск":
		default:
			return false
		}
	}
	return true
}

func notLetter(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x400 && r < 0x530 || r == '\'')
}
