package origins

import (
	"strings"
	"unicode/utf8"
)

// saysNothing reports whether the verb at v, though one of saying, tells the reader
// nothing: it is passive, an infinitive, of another meaning, or spoken to somebody in the story.
func (r *reader) saysNothing(v int) bool {
	w := r.c.Folded(r.base + v)
	if r.tok[v].upper && v > 0 && r.tok[v].gap == 0 && isLatin(w) && r.tok[v-1].upper {
		return true // "the Claims Commission"
	}
	if v > 0 && (r.c.Folded(r.base+v-1) == "не" || r.c.Folded(r.base+v-1) == "not") && reply(w) {
		return true
	}
	if threat(w) && !(v+1 < len(r.tok) && (r.tok[v+1].gap&(colon|opens) != 0 || r.tok[v+1].class&that != 0)) && r.tok[v].gap&(closes|dash) == 0 {
		return true
	}
	return r.toPerson(v) || isLatin(w) && (r.passive(v) || r.otherMeaning(v) || r.toldInside(v))
}

// threat: verbs of what one does to people rather than tells: threatening, calling for, weeping.
func threat(w string) bool {
	for _, p := range [...]string{"погрож", "погроз", "угрож", "пригроз", "threaten", "плач", "закликав", "закликал", "закликає", "закликають", "призвал", "призыва"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// reply: who does not answer a question has said nothing.
func reply(w string) bool {
	for _, p := range [...]string{"відпов", "ответ", "отвеч", "прокоментув", "прокомментир", "коментув", "комментир", "respond", "repl", "comment", "answer"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// passive: "relatives were told", "recruits are promised"; but "was reported by HUR".
func (r *reader) passive(v int) bool {
	w := r.c.Folded(r.base + v)
	if !strings.HasSuffix(w, "ed") && w != "told" && w != "put" && w != "shown" && w != "written" {
		return false
	}
	if v+1 < len(r.tok) && r.c.Folded(r.base+v+1) == "by" && w != "told" {
		return false
	}
	for j := v - 1; j >= 0 && j >= v-3 && r.tok[j+1].gap&pause == 0; j-- {
		switch b := r.c.Folded(r.base + j); b {
		case "is", "are", "was", "were", "been", "being", "be", "get", "got":
			return true
		default:
			if b != "not" && b != "never" && b != "also" && b != "then" && !strings.HasSuffix(b, "ly") {
				return false
			}
		}
	}
	return false
}

// otherMeaning: "called up", "calls on men to come", "a document to show", "a note: …".
func (r *reader) otherMeaning(v int) bool {
	w, next, before := r.c.Folded(r.base+v), "", ""
	if v+1 < len(r.tok) {
		next = r.c.Folded(r.base + v + 1)
	}
	if v > 0 && r.tok[v].gap&pause == 0 {
		before = r.c.Folded(r.base + v - 1)
	}
	switch {
	case w == "called" && v+1 < len(r.tok) && r.tok[v+1].upper && r.tok[v+1].gap&pause == 0:
		return true // "a man called Student"
	case w == "issued" || w == "issues":
		return !r.issuesWords(v)
	case (w == "alleged" || w == "reported" || w == "promised" || w == "claimed") && v > 0 && r.tok[v-1].class&(prep|other|poss) != 0 && before != "" && v+1 < len(r.tok) && r.tok[v+1].gap&pause == 0 && r.tok[v+1].class&that == 0:
		return true // "over alleged spying"
	case strings.HasPrefix(w, "call"):
		return next == "up" || next == "in" || next == "on" || next == "out" || next == "for" || addressed(next) || next == "us"
	case w == "note" || w == "notes" || w == "claim" || w == "claims" || w == "report" || w == "reports":
		return v+1 < len(r.tok) && r.tok[v+1].gap&colon != 0
	case before == "to" && r.tok[v].class&tells != 0 && r.tok[v].class&say == 0:
		return true
	case w == "pointed" || w == "points": // a finger, unless "out that"
		return v+2 >= len(r.tok) || r.tok[v].gap&comma == 0 && r.tok[v+2].class&that == 0 && r.tok[v+2].gap&(comma|colon|opens) == 0
	case w == "noted":
		return next == "the" || next == "down"
	}
	return false
}

// issuesWords: statements, warnings and reports are issued, and so are orders and boots, which
// tell nothing.
func (r *reader) issuesWords(v int) bool {
	for i := v + 1; i < len(r.tok) && i < v+6 && r.tok[i].gap&pause == 0; i++ {
		switch r.c.Folded(r.base + i) {
		case "statement", "statements", "warning", "report", "appeal", "bulletin", "update", "release", "denial", "assessment", "announcement", "communique":
			return true
		}
	}
	return false
}

// toldInside: "the unit told the parents": who is told is somebody in the story, and no
// outlet, body, court or researcher.
func (r *reader) toldInside(v int) bool {
	switch r.c.Folded(r.base + v) {
	case "told", "tell", "tells", "telling":
	default:
		return false
	}
	j := v + 1
	for j < len(r.tok) && j < v+3 {
		switch r.c.Folded(r.base + j) {
		case "the", "a", "an", "his", "her", "their", "its", "one", "two", "some", "all", "those", "these":
			j++
			continue
		}
		break
	}
	if j >= len(r.tok) || j == v+1 && r.tok[j].upper || r.tok[j].upper || r.tok[j].gap&pause != 0 || r.tok[j].class&(askedBy|own|bodyNoun|channel|that) != 0 {
		return false
	}
	if e := r.tok[j].ent; e != 0 {
		switch x := &r.ents[e-1]; {
		case x.body >= 0 || x.written || x.bare || x.speaker == ownReport || x.speaker == activists:
			return false
		}
	}
	switch w := r.c.Folded(r.base + j); w {
	case "of", "about", "how", "what", "why", "where", "when", "whether", "reporters", "reporter", "journalists", "journalist", "monitors", "researchers", "interviewers", "investigators", "court", "courts", "judges", "press",
		"rally", "meeting", "conference", "briefing", "parliament", "session", "forum", "hearing", "audience", "summit", "lawmakers", "deputies", "interviewer", "viewers", "readers", "followers", "subscribers",
		"media", "website", "radio", "newspaper", "newspapers", "lawyers", "lawyer", "human", "rights", "state", "local", "independent", "tv", "on", "in", "at", "during", "by", "similar", "stories", "it", "this", "so", "news":
		return false
	}
	return true
}

// strangerBehindComma: "… 300 wounded conscripts, a nurse said": the words between the last
// comma and the verb name somebody, so nobody before the comma says it.
func (r *reader) strangerBehindComma(v int) bool {
	lo := v
	for lo > 0 && v-lo < longestPhrase && r.tok[lo].gap&pause == 0 {
		lo--
	}
	if lo == v || lo == 0 || r.tok[lo].gap&comma == 0 {
		return false
	}
	first := r.c.Folded(r.base + lo)
	for i := lo; i < v; i++ {
		if r.tok[i].ent != 0 || r.tok[i].class&(rel|that|pron|prep|other|in|by|say|find|and) != 0 || r.finite(i) {
			return false
		}
	}
	if isLatin(first) {
		return first == "a" || first == "an" || first == "the" || first == "one" || first == "another" || first == "his" || first == "her" || first == "their"
	}
	return utf8.RuneCountInString(first) > 3 && nominative(first) && !nothing(first) && !speaksItself(first)
}

// toPerson: who speaks to somebody in the story tells it nobody else: "the officer told
// him to sign", "военком сказал ему", "пообіцяв матерям".
func (r *reader) toPerson(v int) bool {
	if v+1 < len(r.tok) && r.tok[v+1].gap&pause == 0 {
		next := r.c.Folded(r.base + v + 1)
		if next == "to" && (r.c.Folded(r.base+v) == "wrote" || r.c.Folded(r.base+v) == "writes") && v+2 < len(r.tok) && addressed(r.c.Folded(r.base+v+2)) {
			return true // "wrote to his parents"
		}
		if addressed(next) || listener(next) && !r.tok[v+1].upper {
			return true
		}
	}
	return v > 1 && r.tok[v].gap&pause == 0 && r.tok[v-1].gap&pause == 0 && dative(r.c.Folded(r.base+v-1))
}

func addressed(w string) bool {
	switch w {
	case "him", "them", "me", "her", "my", "his", "their":
		return true
	}
	return dative(w)
}

// dative: pronouns of those who are told.
func dative(w string) bool {
	switch w {
	case "ему", "ей", "им", "мне", "йому", "їй", "їм", "мені", "тобі", "тебе":
		return true
	}
	return false
}

// listener: people of the story who are told, in the dative.
func listener(w string) bool {
	for _, p := range [...]string{"матер", "мам", "батьк", "родич", "рідн", "родител", "родствен", "родн", "дружин", "жен", "жін", "вдов", "хлопц", "парн", "юнак", "юнош", "чоловік", "мужчин", "мужик", "студент", "школяр", "школьник", "призовник", "призывник",
		"отц", "отец", "мобілізован", "мобилизованн", "новобранц", "людям", "працівник", "робітник", "рабоч", "сусід", "сосед", "сестр", "брат", "син", "сын", "солдат", "бійц", "бойц", "затриман", "задержанн", "полонен", "пленн", "шахтар", "шахтер"} {
		if strings.HasPrefix(w, p) {
			for _, end := range [...]string{"ам", "ям", "им", "ым", "ові", "еві", "ому", "ній", "ій", "ю", "у"} {
				if strings.HasSuffix(w, end) {
					return true
				}
			}
		}
	}
	return false
}
