package origins

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stranger takes the noun phrase beside a verb of saying for a speaker whom neither the
// register nor the lexicon knows: "Бабки сказали", "the coach said", "…», — говорит
// взрывник без обеих ступней". It is asked only where a sentence names no other subject.
func (r *reader) stranger() {
	for k := range r.ents {
		if h := r.ents[k].hint; h == subject || h == weakCite || h == strongCite {
			return
		}
	}
	for v := 0; v < len(r.tok); v++ {
		if t := &r.tok[v]; t.class&say == 0 || t.class&report != 0 && !(v+1 < len(r.tok) && r.tok[v+1].class&that != 0) || t.ent != 0 || r.saysNothing(v) || weakSaying(r.c.Folded(r.base+v)) {
			continue
		}
		lo, hi, ok := r.quotedName(v)
		name := ok
		if !ok {
			lo, hi, ok = r.behindQuote(v)
		}
		if !ok {
			lo, hi, ok = r.presented(v)
		}
		if !ok {
			hi = r.inserted(v)
			lo, ok = r.phrase(hi)
		}
		if !ok {
			lo, hi, ok = r.whoDid(v)
		}
		if !ok {
			continue
		}
		e := entity{lo: lo, hi: hi, body: -1, speaker: person, hint: subject, cue: v}
		if name || r.institution(lo, hi) {
			e.speaker, e.written = nobody, true
		}
		switch {
		case e.speaker == person && r.rightsGroups(lo, hi):
			e.speaker = activists
		case e.speaker == person && r.inOffice(lo, hi):
			e.speaker = official
		}
		r.speaks(e)
		return
	}
}

// speaks adds a speaker whom no list knows, and who is told by them.
func (r *reader) speaks(e entity) {
	r.add(e)
	for i := e.lo; i < e.hi; i++ {
		if r.tok[i].ent == 0 {
			r.tok[i].ent = int16(len(r.ents))
		}
	}
	r.after(e.cue, e.cue, recipient)
}

// whoDid finds who opens the sentence and has a clause before the verb: "A teacher who fled
// Nova Kakhovka told the BBC", "Вчителька, яка виїхала з Токмака, розповіла".
func (r *reader) whoDid(v int) (lo, hi int, ok bool) {
	const longestClause = 24
	if v < 4 || v > longestClause || r.tok[0].ent != 0 {
		return 0, 0, false
	}
	first := r.c.Folded(r.base)
	latin := isLatin(first)
	for hi = 1; hi < v-1 && hi <= longestName; hi++ {
		t, w := &r.tok[hi], r.c.Folded(r.base+hi)
		if t.class&rel != 0 && w != "while" && w != "but" && w != "because" && w != "where" && (latin && w == "who" || t.gap&comma != 0 && (strings.HasPrefix(w, "як") && w != "якщо" || strings.HasPrefix(w, "котор"))) {
			break
		}
		if t.gap&pause != 0 || t.class&(say|find|prep|that|pron) != 0 && w != "from" && w != "з" && w != "із" && w != "из" && w != "с" || r.finite(hi) {
			return 0, 0, false
		}
	}
	if hi >= v-1 || hi > longestName || r.tok[hi].class&rel == 0 || nothing(first) {
		return 0, 0, false
	}
	if latin {
		switch first {
		case "a", "an", "the", "one", "another", "two", "three", "several", "some":
			return 0, hi, hi > 1
		}
		return 0, 0, false
	}
	return 0, hi, r.tok[v].gap&comma != 0 && r.tok[0].class&(prep|in|other|own|poss|that|rel|and) == 0 && !speaksItself(first) && nominative(first)
}

// saysAfterClause marks whom whoDid finds as the speaker of the verb at v.
func (r *reader) saysAfterClause(v int) bool {
	lo, hi, ok := r.whoDid(v)
	if ok {
		r.speaks(entity{lo: lo, hi: hi, body: -1, speaker: person, hint: subject, cue: v})
	}
	return ok
}

// inOffice reports whether the words [lo,hi) begin with who holds an office or a command, or
// with what has people for it: no private person.
func (r *reader) inOffice(lo, hi int) bool {
	for i := lo; i < hi && i < lo+3; i++ {
		w := r.c.Folded(r.base + i)
		for _, p := range [...]string{"військов", "военн", "командув", "командир", "командован", "комисс", "коміс", "влада", "влади", "власти", "замполіт", "замполит", "офіцер", "офицер", "суддя", "судді", "судья", "судьи", "ректорат", "деканат", "коллеги", "колегі", "officer", "judge", "rectorate", "university", "army", "navy", "fleet", "command", "police", "authorities", "garrison"} {
			if strings.HasPrefix(w, p) {
				return true
			}
		}
	}
	return false
}

// rightsGroups: groups that say of themselves that they defend rights.
func (r *reader) rightsGroups(lo, hi int) bool {
	group, rights := false, false
	for i := lo; i < hi; i++ {
		w := r.c.Folded(r.base + i)
		rights = rights || w == "rights" || strings.HasPrefix(w, "правозах") || strings.HasPrefix(w, "правозащ")
		group = group || w == "groups" || w == "group" || strings.HasPrefix(w, "organi") || strings.HasPrefix(w, "організац") || strings.HasPrefix(w, "организац") || strings.HasPrefix(w, "груп")
	}
	return group && rights
}

const (
	longestPhrase = 12 // words from the beginning of the clause to its verb, at most
	longestName   = 6  // words that name an unknown speaker, at most
)

// quotedName finds the name in quotation marks right behind the verb: as «Донецкая правда»
// writes.
func (r *reader) quotedName(v int) (lo, hi int, ok bool) {
	lo = v + 1
	if lo >= len(r.tok) || r.tok[lo].gap&opens == 0 || !r.tok[lo].upper || r.tok[lo].gap&(comma|colon|dash) != 0 {
		return 0, 0, false
	}
	for hi = lo + 1; hi < len(r.tok) && hi-lo < longestName && r.tok[hi].gap&closes == 0; hi++ {
		if r.tok[hi].gap&pause != 0 {
			return 0, 0, false
		}
	}
	return lo, hi, hi-lo < longestName
}

// presented finds the name behind a verb that opens the sentence: "Розповідає Олена, вчителька".
func (r *reader) presented(v int) (lo, hi int, ok bool) {
	lo = v + 1
	if v != 0 || lo >= len(r.tok) || !r.tok[lo].upper || r.tok[lo].ent != 0 || r.tok[lo].gap&pause != 0 || isLatin(r.c.Folded(r.base+lo)) || !nominative(r.c.Folded(r.base+lo)) {
		return 0, 0, false
	}
	hi = lo + 1
	for hi < len(r.tok) && hi-lo < 3 && r.tok[hi].upper && r.tok[hi].gap&pause == 0 {
		hi++
	}
	return lo, hi, hi == len(r.tok) || r.tok[hi].gap&(comma|colon|dash|paren) != 0
}

// weakSaying: verbs of saying that a stranger need not say: farmers expect rain.
func weakSaying(w string) bool {
	switch w {
	case "expect", "expects", "expected", "fear", "fears", "feared", "claims", "know", "knows", "очікують", "ожидают", "очікує", "ожидает",
		"просить", "просять", "просит", "просят", "обещали", "обещают", "пообещали", "обіцяли", "обіцяють", "пообіцяли", "посулили", "вважають", "считают":
		return true
	}
	return false
}

// inserted returns where the noun phrase before the verb at v ends: at the verb, or before
// what stands between commas: "Лица, содержащиеся в изоляторе, сообщали".
func (r *reader) inserted(v int) int {
	if r.tok[v].gap&comma == 0 {
		return v
	}
	for i := v - 1; i > 0 && v-i < longestPhrase; i-- {
		switch t := &r.tok[i]; {
		case t.gap&comma != 0:
			return i
		case t.gap&pause != 0 || t.class&say != 0:
			return v
		}
	}
	return v
}

// behindQuote finds the noun phrase right behind a verb that itself stands behind what
// was said: "…», згадує прохідник", `…," said a mother of two`.
func (r *reader) behindQuote(v int) (lo, hi int, ok bool) {
	if v < 2 || r.tok[v].gap&(closes|dash|comma) == 0 || r.tok[v-1].class&rel != 0 {
		return 0, 0, false
	}
	lo = v + 1
	if lo < len(r.tok) && r.tok[lo].gap&pause != 0 {
		return 0, 0, false // "каже, мозолі до крові": what is said goes on
	}
	if lo+1 < len(r.tok) && r.tok[lo].ent == 0 && oblique(r.c.Folded(r.base+lo)) && r.tok[lo+1].gap&pause == 0 {
		lo++ // who is told stands between
	}
	for hi = lo; hi < len(r.tok) && hi-lo < longestName; hi++ {
		t := &r.tok[hi]
		if hi > lo && t.gap&(pause&^opens) != 0 || t.class&(say|that|rel|pron|dem) != 0 || t.ent != 0 && hi == lo {
			break
		}
		if hi > lo && (t.class&(prep|other|in) != 0 || r.finite(hi)) {
			break
		}
	}
	if hi == lo {
		return 0, 0, false
	}
	first := r.c.Folded(r.base + lo)
	if isLatin(first) {
		return lo, hi, first == "the" || first == "a" || first == "an" || first == "one" || first == "another" || r.tok[lo].upper
	}
	return lo, hi, r.tok[lo].class&(prep|other|in|own|poss|and) == 0 && utf8.RuneCountInString(first) > 2 && nominative(first)
}

// phrase finds where the noun phrase before the verb begins: with the clause. It is none if
// its beginning is known to be something else, or if another verb stands in it.
func (r *reader) phrase(v int) (lo int, ok bool) {
	if v == 0 || r.tok[v].gap&(pause&^(closes|comma)) != 0 || r.tok[v].gap&comma != 0 && r.tok[v].class&(say|that) != 0 {
		return 0, false
	}
	for lo = v; lo > 0 && v-lo < longestPhrase; {
		t := &r.tok[lo-1]
		if t.class&(say|find|tells|that|rel|dem|pron|cite|cited|suspicion|report) != 0 || r.finite(lo-1) || speaksItself(r.c.Folded(r.base+lo-1)) {
			return 0, false
		}
		lo--
		if t.gap&(pause&^opens) != 0 {
			break
		}
	}
	if lo == v || lo > 0 && r.tok[lo].gap&(pause&^opens) == 0 {
		return 0, false
	}
	t, first, last := &r.tok[lo], r.c.Folded(r.base+lo), r.c.Folded(r.base+v-1)
	if t.ent != 0 || t.class&(report|own|other|prep|and|in) != 0 && first != "a" && first != "the" && first != "an" || unicode.IsDigit(rune(first[0])) {
		return 0, false // "In Donetsk said …": a place, no speaker
	}
	if isLatin(first) {
		return lo, utf8.RuneCountInString(last) > 2 && !strings.HasSuffix(last, "ly") && !auxiliary(last) && !nothing(first)
	}
	if utf8.RuneCountInString(first) < 3 && v-lo > 1 || utf8.RuneCountInString(last) < 3 && v-lo == 1 || nothing(first) {
		return 0, false
	}
	return lo, nominative(first) && !(several(r.c.Folded(r.base+v)) && thing(first))
}

// several reports whether a verb in Cyrillic letters is in the plural.
func several(w string) bool {
	for _, end := range [...]string{"ли", "лись", "лися", "ють", "уть", "ать", "ять", "ют", "ут", "ат", "ят"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// thing reports whether a word is, by its ending, one thing, or one person who is told: neither is
// the subject of a verb in the plural: "Связь обещают вернуть", "Водієві сказали".
func thing(w string) bool {
	for _, end := range [...]string{"ння", "ття", "ение", "ание", "тие", "ость", "ість", "ство", "ция", "ція", "язь", "ові", "еві", "єві", "ке", "ге", "хе"} {
		if strings.HasSuffix(w, end) && utf8.RuneCountInString(w) > 4 && w != "місцеві" && w != "військові" && w != "портові" && w != "рядові" && w != "вартові" {
			return true
		}
	}
	return false
}

// speaksItself: the first person is whoever tells the text; who is told, and what is not,
// is no speaker.
func speaksItself(w string) bool {
	switch w {
	case "я", "ми", "мы", "ти", "ты", "ви", "вы", "i", "we", "you", "мені", "мне", "йому", "ему", "їй", "їм", "собі", "себе", "не", "ні", "ни", "нигде", "ніде", "never", "not", "його", "ее", "їх", "their", "his":
		return true
	}
	return false
}

// nothing: words that begin a clause and are nobody.
func nothing(w string) bool {
	switch w {
	case "чиї", "чьи", "чий", "чей", "всего", "усього", "его", "її", "их", "rumour", "rumor", "rumours", "rumors", "слухи", "чутки", "нас", "вас", "мене", "меня", "тебе", "please", "ніхто", "нічого", "інакше", "иначе", "никто", "ничего", "nobody", "none", "nothing", "no", "все", "усе", "дехто", "кое-кто", "хто", "кто", "хтось", "кто-то", "somebody", "someone", "everybody", "everyone", "it", "there", "this", "that", "these", "those", "as", "when", "if", "but", "and", "so",
		"раніше", "згодом", "пізніше", "нині", "зараз", "сьогодні", "вчора", "завтра", "також", "крім", "водночас", "наразі", "раньше", "ранее", "позже", "сейчас", "сегодня", "вчера", "также", "кроме", "поки", "пока", "лише", "только", "тільки", "щоправда", "правда", "отже", "итак", "earlier", "later", "yesterday", "today", "also", "meanwhile", "now", "then", "instead":
		return true
	}
	return false
}

// auxiliary: words that stand before an English verb and are no noun.
func auxiliary(w string) bool {
	switch w {
	case "the", "its", "was", "were", "has", "have", "had", "been", "not", "also", "will", "would", "and", "but", "then", "now", "never", "who", "which", "what", "there", "here", "all", "both", "once", "later", "again", "more", "did", "does", "can", "may", "must", "should", "could":
		return true
	}
	return false
}

// nominative reports whether a Cyrillic noun may be the subject of the verb behind it. Endings
// that only other cases, adverbs and participles have say no.
func nominative(w string) bool {
	switch w {
	case "мені", "мне", "нам", "вам", "йому", "їй", "ему", "їм", "тобі", "тебе", "собі", "себе", "тут", "там", "так", "як", "как", "де", "где", "вже", "уже", "ще", "еще", "тоді", "тогда", "потім", "потом", "коли", "когда", "чому", "почему", "теж", "тоже", "сам", "сама", "сами":
		return false
	}
	for _, end := range [...]string{"ому", "ими", "ую", "юю", "ей", "ам", "ям", "ом", "ем", "єм", "им", "ым", "у", "ю", "ше", "же", "ся", "сь", "ти", "ть", "но", "то"} {
		if strings.HasSuffix(w, end) {
			return false
		}
	}
	return !oblique(w)
}

// oblique reports whether a Cyrillic noun stands in a case that no subject stands in.
func oblique(w string) bool {
	for _, end := range [...]string{"ів", "ов", "ев", "ами", "ями", "ах", "ях", "ою", "ею", "єю", "ого", "их", "ых"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// institution reports whether the phrase names a body: a word for one, and a capital
// that does not only begin the sentence.
func (r *reader) institution(lo, hi int) bool {
	capitals, noun := 0, false
	article := r.c.Folded(r.base+lo) == "the"
	for i := lo; i < hi; i++ {
		if i > lo && r.tok[i].upper {
			capitals++
		}
		noun = noun || r.tok[i].class&bodyNoun != 0
		switch r.c.Folded(r.base + i) {
		case "institute", "observatory", "council", "union", "association", "watch", "fund", "коаліція", "спілка", "союз", "фонд", "інститут", "институт", "обсерваторія":
			noun = true
		}
	}
	return noun && capitals > 0 || article && capitals > 1 && capitals == hi-lo-1 // "the Azov Rights Desk"
}
