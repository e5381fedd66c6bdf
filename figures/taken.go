package figures

import "strings"

// taken gives the kind of people who were taken or seized: mobilised where the sentence says so;
// detained where they were led to custody and the text speaks of no draft at all; and conscripted
// otherwise, which is what every draft has in common.
func (r *reader) taken(f *counted) string {
	from, to := r.window(f)
	var all class
	for j := from; j < to; j++ {
		c := r.class(j)
		w := r.cut.Folded(j)
		switch {
		case w == "облік", w == "учет":
			return "other" // put on the register
		case j < f.lo && (strings.HasSuffix(w, "військкомат") || strings.HasSuffix(w, "военкомат")):
			return "conscripted" // it is who sends them
		case c&mobil != 0:
			return "mobilised"
		case c&conscript != 0, c&campaign != 0 && strings.HasPrefix(w, "кампан"), strings.HasPrefix(w, "служб"), w == "service" && j > r.lo && r.cut.Folded(j-1) == "military":
			all |= conscript
		}
		all |= c
	}
	if all&conscript != 0 {
		return "conscripted"
	}
	switch {
	case r.intoCustody(f):
		return "detained"
	case r.duringMobilisation(f):
		return "mobilised"
	}
	if all&(holding|seize) != 0 && r.speaksOf()&(mobil|conscript|campaign|summons|army|contract|draft) == 0 {
		return "detained"
	}
	return "conscripted"
}

// mostWords bounds how much of a text is looked at for what it speaks of.
const mostWords = 1000

// speaksOf returns all classes of words of the text, which are looked up once.
func (r *reader) speaksOf() class {
	if r.text == 0 {
		r.text = known
		for i := range min(len(r.cut.Tokens), mostWords) {
			c := r.class(i)
			switch w := r.cut.Folded(i); {
			case c&campaign != 0 && !strings.HasPrefix(w, "кампан") && !strings.HasPrefix(w, "campaign"):
				c &^= campaign // spring is of no draft
			case strings.HasPrefix(w, "військком") || strings.HasPrefix(w, "военком") || strings.HasPrefix(w, "воєнком") || strings.HasPrefix(w, "комісаріат") || strings.HasPrefix(w, "комиссариат") || strings.HasPrefix(w, "enlist"):
				c |= draft
			}
			r.text |= c
		}
	}
	return r.text
}

// ofTarget reports a number without a noun that says how high a plan is: ціль — 400, the target
// is said to be 400.
func (r *reader) ofTarget(f *counted) bool {
	if !f.digits && f.mult == 1 && f.value < 20 || f.value < 10 {
		return false
	}
	for j := max(r.lo, f.lo-9); j < f.lo; j++ {
		switch w := r.cut.Folded(j); w {
		case "target", "quota", "goal", "план", "плани", "планы", "норма", "ціль", "цель", "квота", "рознарядка", "разнарядка":
			return true
		}
	}
	return false
}

// takesThings reports that what is taken at token j is a thing of those who are counted: у двох
// забрали паспорти.
func (r *reader) takesThings(j int) bool {
	for k := j + 1; k < min(j+4, r.hi) && !r.endsClause(k); k++ {
		w := r.cut.Folded(k)
		for _, p := range [...]string{"паспорт", "телефон", "документ", "гроші", "деньги", "ключі", "ключи", "авто", "машин", "passport", "phone", "document", "car"} {
			if strings.HasPrefix(w, p) && (p != "car" && p != "авто" || w == "car" || w == "cars" || w == "авто") {
				return true
			}
		}
		if r.class(k)&person != 0 {
			return false
		}
	}
	return false
}

// duringMobilisation reports whether people were taken in the months of the mobilisation that the
// "republics" declared on 19 February 2022: whoever they took then, with no word of the
// regular draft, was mobilised. The period is that of the figure, or else the only one of the text.
func (r *reader) duringMobilisation(f *counted) bool {
	const first, last = "2022-02-19", "2022-05-31"
	labels := r.labelsFor(f, r.ctx.Periods)
	if len(labels) == 0 {
		labels = r.ctx.Periods
	}
	for _, l := range labels {
		from, to, ok := strings.Cut(l.Text, "/")
		if !ok || from < "2022-02-01" || to < first || to > last {
			return false
		}
	}
	return len(labels) > 0
}

// intoCustody reports that those who were taken were led to a cell, a basement or the police.
func (r *reader) intoCustody(f *counted) bool {
	_, to := r.micro(f)
	for j := max(r.lo+1, f.lo-6); j < to; j++ {
		switch r.cut.Folded(j - 1) {
		case "в", "у", "до", "to", "into", "a", "the", "обласної", "районного", "місцевого", "police":
		default:
			continue
		}
		w := r.cut.Folded(j)
		for _, p := range [...]string{"підвал", "подвал", "basement", "поліці", "полици", "відділ", "отдел", "отделени", "сізо", "сизо", "cell", "камер", "station"} {
			if strings.HasPrefix(w, p) && (p != "station" || r.cut.Folded(j-1) == "police") {
				return true
			}
		}
	}
	return false
}
