package figures

import (
	"strings"
	"unicode/utf8"
)

// uncounted reports numbers without a counted noun that tell something else: an age, a sum
// of money, how many come in a group, the children of somebody, a keycap.
func (r *reader) uncounted(f *counted, h head) bool {
	if r.keycap(f) || r.yearOfMake(f) {
		return true
	}
	if f.share || h.class&(person|summons|contract) != 0 && h.at <= f.hi+1 {
		return false
	}
	return r.clock(f, h) || r.ageOf(f, h) || r.sum(f, h) || r.grouped(f, h) || r.ownChildren(f, h) || r.intruders(f, h)
}

// keycap reports digits that are drawn as keys of a telephone: 1️⃣2️⃣.
func (r *reader) keycap(f *counted) bool {
	after := r.cut.Text[r.cut.Tokens[f.number.hi-1].End:]
	return f.digits && (strings.HasPrefix(after, "\ufe0f") || strings.HasPrefix(after, "\u20e3"))
}

// yearOfMake reports a year that says how old a thing or who of an age group is: ГАЗ 1984 года
// выпуска, юнаки 2006 року народження, born in 2006, школярі 2007 р. н.
func (r *reader) yearOfMake(f *counted) bool {
	if !f.digits || !r.year(f) || f.number.hi >= r.hi {
		return false
	}
	switch w := r.cut.Folded(f.number.hi); {
	case w == "року", w == "года", w == "р", w == "г", w == "рр", w == "гг", w == "років", w == "годов", w == "model":
		return true
	}
	return false
}

// ageOf reports an age that is told of somebody: йому вже сімнадцять, деду за семьдесят, he was
// 63, boys of seventeen, their sons, 17, were told.
func (r *reader) ageOf(f *counted, h head) bool {
	if f.value < 12 || f.value > 99 || f.mult != 1 || f.numLo == r.lo || h.class&(person|event|actor) != 0 && h.at == f.number.hi {
		return false
	}
	end := f.number.hi >= r.hi || r.endsClause(f.number.hi) || conjunction(r.cut.Folded(f.number.hi)) || r.cut.Folded(f.number.hi) == "із" || r.cut.Folded(f.number.hi) == "с"
	if !end {
		return false
	}
	p := r.cut.Folded(f.numLo - 1)
	if f.digits && strings.TrimFunc(r.gap(f.numLo), blank) == "," && r.gapIsComma(f.number.hi) {
		return true // their sons, 17, were
	}
	if (p == "за" || p == "под" || p == "під" || p == "past") && !f.digits && int(f.value)%10 == 0 && f.value >= 30 && f.value < 100 {
		return true // далеко за шістдесят
	}
	if p == "already" || p == "aged" || p == "nearly" && !f.digits {
		return true
	}
	for j, left := f.numLo-1, 5; j >= r.lo && left > 0; j, left = j-1, left-1 {
		w := r.cut.Folded(j)
		if dativeOne(w) {
			return true
		}
		if turned(w) {
			return true
		}
		if (w == "is" || w == "was" || w == "am") && j == f.numLo-1 && j > r.lo && (r.cut.Folded(j-1) == "he" || r.cut.Folded(j-1) == "she" || r.cut.Folded(j-1) == "i" || r.cut.Folded(j-1) == "who") {
			return true
		}
		if !ageFiller(w) {
			return r.relativeInDative(j)
		}
	}
	return false
}

func (r *reader) gapIsComma(i int) bool {
	return i < r.hi && strings.TrimFunc(r.gap(i), blank) == ","
}

// dativeOne: whose age follows.
func dativeOne(w string) bool {
	switch w {
	case "одному", "одной", "одній", "другому", "старшому", "старшему", "молодшому", "младшему", "найстаршому", "третьому", "третьему", "двом", "двум", "трьом", "трем", "чотирьом", "четверым", "обом", "обоим", "многим", "багатьом", "деяким", "некоторым", "увезенным", "забраним", "мені", "мне", "йому", "ему", "їй", "ей", "тобі", "тебе", "кому", "дідові", "діду", "деду", "батькові", "отцу", "мужу", "чоловікові", "сыну", "синові", "сину", "брату", "братові":
		return true
	}
	return false
}

// turned: verbs that tell an age.
func turned(w string) bool {
	for _, p := range [...]string{"исполн", "виповн", "стукну", "turned", "turning"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// ageFiller: what may stand between somebody and the age.
func ageFiller(w string) bool {
	switch w {
	case "із", "з", "из", "них", "больше", "більше", "понад", "свыше", "и", "і", "й", "исполнится", "вже", "уже", "ще", "еще", "було", "было", "лише", "только", "тільки", "всего", "всього", "немає", "нет", "нема", "не", "за", "под", "під", "далеко", "кажется", "здається", "може", "может", "ледь", "едва", "десь", "где-то", "тоді", "тогда", "far", "over":
		return true
	}
	return false
}

// relativeInDative reports a noun for one person in the dative: паламарю, соседу, кочегарові.
func (r *reader) relativeInDative(j int) bool {
	w := r.cut.Folded(j)
	c := r.class(j)
	if c&(function|event|bad) != 0 || utf8.RuneCountInString(w) < 4 {
		return false
	}
	for _, e := range [...]string{"ові", "еві", "єві", "арю", "ару", "еру", "иру", "ику", "тьому", "ньому", "тему"} {
		if strings.HasSuffix(w, e) {
			return j == r.lo || c&(person|child) != 0
		}
	}
	return false
}

// sum reports money that no currency gives away: what is promised, paid, owed or fined.
func (r *reader) sum(f *counted, h head) bool {
	if f.value < 1000 && f.mult < 1000 || h.class&person != 0 {
		return false
	}
	if j := f.number.hi; j < r.hi && !r.endsClause(j) {
		switch w := r.cut.Folded(j); {
		case w == "штрафу", w == "штрафа", w == "премії", w == "премии", w == "долга", w == "боргу", w == "підйомних", w == "подъемных", w == "зарплати", w == "зарплаты", w == "в" && r.follows(j+1, "месяц", "год"), w == "на" && r.follows(j+1, "місяць", "рік", "руки", "карту", "картку"), w == "a" && r.follows(j+1, "month", "year"), w == "per" && r.follows(j+1, "month", "year"), w == "up" && r.follows(j+1, "front"), w == "to" && r.follows(j+1, "sign"), w == "сразу", w == "одразу", w == "щомісяця", w == "ежемесячно", w == "за" && r.follows(j+1, "підпис", "подпись", "контракт", "голову", "кожного", "каждого"):
			return true
		}
	}
	if h.at >= 0 && h.class&event != 0 {
		return false
	}
	lo, hi := max(r.lo, f.lo-8), min(r.hi, f.hi+8)
	for j := lo; j < hi; j++ {
		w := r.cut.Folded(j)
		for _, p := range [...]string{"обіця", "обеща", "promis", "сул", "сулят", "плат", "виплат", "выплат", "зарплат", "оклад", "премі", "преми", "bonus", "борг", "долг", "debt", "loan", "кредит", "сума", "суму", "сумм", "накидыв", "доплач", "оштраф", "fined", "вартіст", "стоимост", "стоит", "кошту", "ущерб", "збит", "wage", "salary", "payment", "pays", "paid", "offer"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

func (r *reader) follows(j int, any ...string) bool {
	if j >= r.hi {
		return false
	}
	for _, w := range any {
		if r.cut.Folded(j) == w {
			return true
		}
	}
	return false
}

// grouped reports how many come or are sent at once, and prices: ходять по двоє, группами по
// трое, in groups of five, помидоры по сто двадцать.
func (r *reader) grouped(f *counted, h head) bool {
	if f.numLo == r.lo || !r.flush(f.numLo) || h.class&(person|child|event) != 0 && h.at == f.number.hi {
		return false
	}
	switch r.cut.Folded(f.numLo - 1) {
	case "по":
		return f.head < 0 || f.head > f.number.hi
	case "of":
		if f.numLo-2 < r.lo {
			return false
		}
		w := r.cut.Folded(f.numLo - 2)
		return w == "groups" || w == "group" || w == "teams" || w == "batches" || w == "pairs" || w == "cells"
	}
	return false
}

// ownChildren reports the children of somebody: в нас четверо малих, у сварщика четверо,
// тракторист із п'ятьма дітьми.
func (r *reader) ownChildren(f *counted, h head) bool {
	if f.value > 12 || f.numLo == r.lo {
		return false
	}
	p := r.cut.Folded(f.numLo - 1)
	if p == "of" && f.numLo-2 >= r.lo {
		switch r.cut.Folded(f.numLo - 2) {
		case "father", "dad", "mother", "mum", "parent", "widower", "fathers", "dads":
			return h.at != f.number.hi || h.class&person == 0
		}
	}
	if h.class&child != 0 {
		return p == "з" || p == "із" || p == "зі" || p == "с" || p == "со" || p == "with" || p == "of"
	}
	if h.at >= 0 || f.numLo-2 < r.lo || f.digits {
		return false
	}
	if w := r.cut.Folded(f.numLo - 2); w != "у" && w != "в" || !r.flush(f.numLo) || !r.flush(f.numLo-1) {
		return false
	}
	switch p {
	case "мене", "меня", "нього", "него", "неї", "нее", "тебе", "тебя":
		return true
	}
	return r.class(f.numLo-1)&person != 0 && (f.number.hi >= r.hi || r.endsClause(f.number.hi)) && (strings.HasSuffix(p, "а") || strings.HasSuffix(p, "я"))
}

// intruders reports a few who come to take others: зайшли троє зі зброєю, двоє у формі, two in masks.
func (r *reader) intruders(f *counted, h head) bool {
	if f.value > 8 || f.high != 0 || h.class&(event|child) != 0 || f.op != "exact" && f.op != "about" {
		return false
	}
	for j := max(r.lo, f.lo-2); j < f.lo; j++ {
		if comes(r.cut.Folded(j)) && !r.endsClause(j+1) {
			return true
		}
	}
	j := f.number.hi
	if j < r.hi && !r.endsClause(j) && comes(r.cut.Folded(j)) {
		return true
	}
	if j+1 < r.hi {
		switch r.cut.Folded(j) {
		case "у", "в", "зі", "з", "із", "с", "со", "in", "with":
			for k := j + 1; k < min(j+3, r.hi); k++ {
				if garb(r.cut.Folded(k)) {
					return true
				}
			}
		}
	}
	return false
}

// comes: what those do who come for others.
func comes(w string) bool {
	for _, p := range [...]string{"зайшл", "увійшл", "вошл", "зашл", "ввали", "увірвал", "ворвал", "підійшл", "подошл", "підʼїх", "під'їхал", "подъехал", "постука", "постуча", "вломил", "вломив", "охороня", "охраня", "stormed", "burst", "barged"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// garb: what they wear or carry.
func garb(w string) bool {
	for _, p := range [...]string{"масках", "балаклав", "форм", "збро", "оруж", "автомат", "цивільн", "штатск", "гражданск", "камуфл", "папк", "планшет", "mask", "balaclava", "uniform", "fatigues", "camouflage", "rifle", "folder", "plainclothes"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// clock reports an hour that no word for one gives away: начинается в одиннадцать, до восемнадцати.
func (r *reader) clock(f *counted, h head) bool {
	if f.value > 24 || f.high != 0 || h.at >= 0 && h.class&bad == 0 || f.numLo == r.lo || r.collective(f) {
		return false
	}
	if f.number.hi < r.hi && !r.endsClause(f.number.hi) && !conjunction(r.cut.Folded(f.number.hi)) {
		return false
	}
	p := r.cut.Folded(f.numLo - 1)
	if p == "до" || p == "с" || p == "з" || p == "until" || p == "till" || p == "from" {
		for j := max(r.lo, f.lo-5); j < f.lo; j++ {
			for _, v := range [...]string{"працю", "работа", "відкрит", "открыт", "open", "година", "часов", "ранк", "утра", "вечор", "вечер"} {
				if strings.HasPrefix(r.cut.Folded(j), v) {
					return true
				}
			}
		}
		return false
	}
	return p == "в" || p == "во" || p == "at" || p == "о" || p == "об" || p == "к"
}

// thingInEnglish: what ends in -ers and is no people.
func thingInEnglish(w string) bool {
	switch w {
	case "numbers", "letters", "quarters", "headquarters", "centers", "chambers", "trailers", "containers", "boilers", "lighters", "computers", "printers", "scooters",
		"helicopters", "tankers", "bombers", "launchers", "powers", "towers", "servers", "covers", "flowers", "posters", "stickers", "banners", "chargers", "routers", "registers",
		"matters", "borders", "shelters", "loudspeakers", "answers", "prayers", "transfers", "counters", "fingers", "shoulders", "folders", "ladders", "barriers", "carriers",
		"clusters", "chapters", "disasters", "semesters", "trimesters", "whispers", "bunkers", "freezers", "trousers", "corners", "drawers", "showers", "dinners", "summers", "winters",
		"speakers", "boosters", "lockers", "cylinders", "slippers", "sneakers", "mothers", "fathers", "brothers", "sisters", "others", "daughters", "offers", "orders":
		return true
	}
	return false
}

// quoteEnds reports whether nothing but a closing mark of quotation stands before token i: "no
// fewer than thirty" men.
func (r *reader) quoteEnds(i int) bool {
	g := strings.TrimSpace(r.gap(i))
	return (g == "\"" || g == "”" || g == "»") && strings.HasPrefix(r.gap(i), g)
}
