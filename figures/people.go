package figures

import "strings"

// agent guesses at people by the endings of what they do: зрошувальників, сварщиков, fishermen.
func agent(w string) bool {
	for _, e := range [...]string{"ників", "ников", "щиків", "щиков", "чиків", "чиков", "істів", "истів", "истов", "анців", "анцев", "инців", "инцев", "телів", "телей", "ниці", "ницы", "никам", "льники"} {
		if len(w) > len(e)+6 && strings.HasSuffix(w, e) {
			return !thing(w)
		}
	}
	if strings.Contains(w, "работник") || strings.Contains(w, "працівник") || strings.Contains(w, "робітник") {
		return true
	}
	for _, e := range [...]string{"илетних", "илітніх", "ирічних", "ьохлетних", "ьохрічних", "тирічні", "тилетние"} {
		if len(w) > len(e)+6 && strings.HasSuffix(w, e) {
			return true
		}
	}
	if len(w) > 6 && w[0] < 0x80 && strings.HasSuffix(w, "ers") && !strings.HasSuffix(w, "meters") && !strings.HasSuffix(w, "papers") && !thingInEnglish(w) {
		return true
	}
	return len(w) > 6 && (strings.HasSuffix(w, "men") || strings.HasSuffix(w, "ists") || strings.HasSuffix(w, "ees") && w != "committees" && w != "degrees" && w != "guarantees") && w != "specimen" && w != "regimen" && w != "lists"
}

// thing: what ends like an agent and is none.
func thing(w string) bool {
	for _, p := range [...]string{"підруч", "учебн", "годинн", "щоден", "ежедн", "рушник", "чайник", "холодил", "датчик", "лічильник", "счетчик", "ящик", "праздн", "автоматчик", "світильн", "светильн", "двигат", "вимикач", "приймач", "понеділ", "понедель", "вівтор", "вторн", "показник", "показат", "истребит", "выключат", "накопит", "усилит", "заменит", "джерел", "источник", "посадник", "бойовик", "боевик", "чиновн", "полковник", "начальник", "охоронник", "силовик", "співробітник", "росгвард", "дільничн", "пикник", "пікнік", "ранц", "сторін", "страниц", "границ", "лікарниц", "больниц", "в'язниц", "вулиц", "улиц", "теплиц", "таблиц", "одиниц", "единиц", "гробниц", "столиц", "дільниц", "пшениц", "гостиниц", "майстерн", "клин"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// ordinalGoesOn reports that the words are part of an ordinal: дев'яносто п'ятому.
func (r *reader) ordinalGoesOn(n *number) bool {
	if n.digits || n.share || n.vague || n.value < 20 || n.hi >= r.hi || strings.TrimFunc(r.gap(n.hi), blank) != "" {
		return false
	}
	w := r.cut.Folded(n.hi)
	if ordinal(w) > 0 {
		return true
	}
	for _, p := range [...]string{"перш", "перв"} {
		if strings.HasPrefix(w, p) {
			return !strings.HasSuffix(w, "их") && !strings.HasSuffix(w, "ых")
		}
	}
	return strings.HasPrefix(w, "друг") && strings.HasSuffix(w, "ому") || (strings.HasPrefix(w, "пят") || strings.HasPrefix(w, "шест") || strings.HasPrefix(w, "седьм") || strings.HasPrefix(w, "восьм") || strings.HasPrefix(w, "девят") || strings.HasPrefix(w, "втор") || strings.HasPrefix(w, "четверт")) && strings.HasSuffix(w, "ом") || w == "третьем"
}

// ofGroup reports a share of a group that a noun in the singular names: half the village, треть
// цеха, where the clause tells what became of them.
func (r *reader) ofGroup(f *counted) bool {
	j := f.hi
	for j < min(f.hi+3, r.hi) && (r.class(j)&(function|partitive) != 0 || r.cut.Folded(j) == "нашого" || r.cut.Folded(j) == "нашего" || r.cut.Folded(j) == "нашої" || r.cut.Folded(j) == "нашей") {
		j++
	}
	if j >= r.hi {
		return false
	}
	w, named := r.cut.Folded(j), false
	for _, p := range [...]string{"цех", "смен", "змін", "бригад", "сел", "клас", "класс", "колектив", "коллектив", "улиц", "вулиц", "shift", "crew", "village", "class", "workforce", "street", "plant", "town", "курс", "взвод", "рот", "батальйон", "батальон", "unit", "platoon", "company", "battalion", "списочн", "списков", "состав", "особового", "штат", "team", "congregation", "громад", "общин"} {
		named = named || strings.HasPrefix(w, p)
	}
	if !named {
		return false
	}
	lo, hi := r.window(f)
	for k := lo; k < hi; k++ {
		if k != j && r.class(k)&(event|army|aside) != 0 {
			return true
		}
	}
	return false
}

// speaks reports a few who are a source and not counted: дві переселенки розповіли.
func (r *reader) speaks(f *counted, at class) bool {
	if f.digits || f.share || f.value > 4 || f.op != "exact" || at&person == 0 {
		return false
	}
	next := f.number.hi
	if f.head >= next {
		next = f.head + 1
	}
	if next < r.hi && !r.endsClause(next) && says(r.cut.Folded(next)) {
		return true
	}
	for j := f.lo - 1; j >= max(r.lo, f.lo-2) && !r.endsClause(j+1); j-- {
		if says(r.cut.Folded(j)) {
			return true
		}
	}
	return false
}

func says(w string) bool {
	for _, p := range [...]string{"розповіл", "розповід", "рассказ", "повідомил", "повідомл", "сообщ", "говор", "кажут", "пишут", "підтверд", "подтверд", "report", "told", "confirm", "recall"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return w == "write" || w == "say" || w == "wrote"
}

// kin reports that those who are counted are the families of those who were taken.
func (r *reader) kin(f *counted) bool {
	if f.head < 0 || f.share {
		return false
	}
	for j := max(f.head, f.number.hi); j < min(f.head+2, r.hi) && (j == f.head || !r.endsClause(j)); j++ {
		w := r.cut.Folded(j)
		for _, p := range [...]string{"дружин", "жон", "жен", "матер", "матір", "мам", "вдов", "вдів", "удів", "родич", "родственн", "wives", "mothers", "widows", "relatives", "families", "сімей", "семей"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

// parenthesis reports a word between commas that only says that somebody says so.
func (r *reader) parenthesis(i int) bool {
	if i+1 >= r.hi || !strings.HasPrefix(r.gap(i), ",") || !strings.HasPrefix(r.gap(i+1), ",") {
		return false
	}
	switch r.cut.Folded(i) {
	case "кажуть", "каже", "говорят", "говорит", "пишуть", "пишут", "мовляв", "мол", "вроде", "ніби", "кажется", "здається", "reportedly", "allegedly", "apparently", "imовірно", "ймовірно", "вероятно":
		return true
	}
	return false
}

// ofUs reports a number of those who tell it: sixty of us, нас було двадцять.
func (r *reader) ofUs(f *counted) bool {
	if f.share || f.value < 2 {
		return false
	}
	if j := f.number.hi; j+1 < r.hi && r.cut.Folded(j) == "of" {
		switch r.cut.Folded(j + 1) {
		case "us", "them", "whom", "those":
			return true
		}
	}
	return false
}

// gathered: people of whom the clause says that they were driven together or led out were
// seized, and those who sat somewhere detained; those who tell of themselves were mobilised.
func (r *reader) gathered(f *counted, at class) class {
	lo, hi := r.micro(f)
	us := false
	for j := lo; j < hi; j++ {
		w := r.cut.Folded(j)
		for _, p := range [...]string{"зібрал", "собрал", "зібран", "собран", "gathered", "herded"} {
			if strings.HasPrefix(w, p) && at&person != 0 && !reflexive(w) && (w != "gathered" || passive(r, j)) {
				return seize
			}
		}
		if w == "ordered" && at&person != 0 && f.hi < r.hi && (r.cut.Folded(f.hi) == "out" || r.cut.Folded(f.hi) == "off" || r.cut.Folded(f.hi) == "down") {
			return seize
		}
		if ledOut(w) && at&person != 0 && !r.evacuated(f) {
			return seize
		}
		us = us || w == "нас" && (j == r.lo || r.cut.Folded(j-1) != "у" && r.cut.Folded(j-1) != "для" && r.cut.Folded(j-1) != "до" && r.cut.Folded(j-1) != "в") || w == "us" && j > r.lo && r.cut.Folded(j-1) == "of"
	}
	if r.heldIn(f) {
		return detain
	}
	if us && at&person != 0 {
		return mobil
	}
	return 0
}

// reflexive: who gathered of their own will.
func reflexive(w string) bool {
	return strings.HasSuffix(w, "ся") || strings.HasSuffix(w, "сь")
}

// passive reports that the English participle at token j befell somebody.
func passive(r *reader, j int) bool {
	return j > r.lo && (r.cut.Folded(j-1) == "were" || r.cut.Folded(j-1) == "was" || r.cut.Folded(j-1) == "been")
}

// heldIn reports a count of people by where they sit: 27 in the bus, нас у камері було 14.
func (r *reader) heldIn(f *counted) bool {
	if f.share || f.value < 3 || f.head >= 0 || f.number.hi+1 >= r.hi {
		return false
	}
	w := r.cut.Folded(f.number.hi)
	if w != "in" && w != "у" && w != "в" || f.lo != r.lo && !r.breaks(f.lo) {
		return false
	}
	for j := f.number.hi + 1; j < min(f.number.hi+4, r.hi); j++ {
		if w := r.cut.Folded(j); r.class(j)&holding != 0 || strings.HasPrefix(w, "камер") || strings.HasPrefix(w, "cell") || w == "room" || w == "truck" {
			return true
		}
	}
	return false
}

// wave reports that those who were called up were so in a mobilisation and in no regular draft.
func (r *reader) wave(f *counted) bool {
	found := false
	for s := max(0, r.sentence-1); s <= r.sentence; s++ {
		lo, hi := r.cut.Words(s)
		for j := max(lo, hi-200); j < hi; j++ {
			c := r.class(j)
			switch w := r.cut.Folded(j); {
			case c&campaign != 0, strings.HasPrefix(w, "строков"), strings.HasPrefix(w, "срочн"), strings.HasPrefix(w, "призовн"), strings.HasPrefix(w, "призывн"), strings.HasPrefix(w, "conscript"), strings.HasPrefix(w, "присяг"), w == "призов", w == "призыв", w == "призову", w == "призыва":
				return false
			case c&mobil != 0:
				found = true
			}
		}
	}
	return found
}

// targetSet reports that the target was set for somebody, and is a demand.
func (r *reader) targetSet(f *counted) bool {
	set, target := false, false
	for j := max(r.lo, f.lo-14); j < f.lo; j++ {
		switch w := r.cut.Folded(j); w {
		case "set", "given", "handed", "assigned", "imposed":
			set = true
		case "target", "targets":
			target = true
		}
	}
	return set && target
}

// thingsBefore reports an inverted count of things: автоматов выдали тридцать.
func (r *reader) thingsBefore(f *counted) bool {
	for j := f.numLo - 1; j >= max(r.lo, f.numLo-2) && r.flush(j+1); j-- {
		w := r.cut.Folded(j)
		if r.class(j)&bad != 0 && r.class(j)&person == 0 && (strings.HasSuffix(w, "ов") || strings.HasSuffix(w, "ів")) {
			return true
		}
	}
	return false
}

// papers reports whether what was received at token j are summonses.
func (r *reader) papers(j int) bool {
	for k := j + 1; k < min(j+5, r.hi) && !r.endsClause(k); k++ {
		if r.class(k)&summons != 0 {
			return true
		}
	}
	return false
}

func ledOut(w string) bool {
	return strings.HasPrefix(w, "вивел") || strings.HasPrefix(w, "вывел")
}

// evacuated reports whether the sentence speaks of people brought out of danger.
func (r *reader) evacuated(f *counted) bool {
	lo, hi := r.window(f)
	for j := lo; j < hi; j++ {
		w := r.cut.Folded(j)
		for _, p := range [...]string{"еваку", "эваку", "evacu", "рятув", "спасат", "волонт", "обстріл", "обстрел", "оточен", "окружен"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

// hasThem: "у него четверо" counts children.
func (r *reader) hasThem(f *counted) bool {
	if f.digits || f.head >= 0 || f.lo-2 < r.lo || r.cut.Folded(f.lo-2) != "у" {
		return false
	}
	switch r.cut.Folded(f.lo - 1) {
	case "него", "нього", "нее", "неї":
		return true
	}
	return false
}

// calledSo reports whether the counted people are only called conscripts or mobilised:
// мобилизованных горожан.
func (r *reader) calledSo(f *counted, at class) bool {
	for j := f.number.hi; j < f.head; j++ {
		at |= r.class(j)
	}
	return at&(conscript|mobil) != 0
}

// captives reports whether the words [lo,hi) speak of prisoners of war.
func (r *reader) captives(lo, hi int) bool {
	for j := lo; j < hi; j++ {
		if r.class(j)&captive != 0 {
			return true
		}
	}
	return false
}

// ofThem reports a part of those of whom the words before told: шестьсот из них.
func (r *reader) ofThem(f *counted) bool {
	return !f.share && f.number.hi+1 < r.hi && r.class(f.number.hi)&partitive != 0 && r.themNear(f) && (f.from > r.lo || r.lastAt == r.sentence-1 || r.eventsBefore() != 0)
}

// tobe reports that the words after the number say what is to be done with those people.
func (r *reader) tobe(f *counted) bool {
	for j := f.hi; j+2 < min(f.to, f.hi+8) && !r.breaks(j); j++ {
		if w := r.cut.Folded(j); w == "to" && r.follows(j+1, "be") || w == "will" && r.follows(j+1, "be") {
			return true
		}
	}
	return false
}
