package origins

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stranger takes the noun phrase before a verb of saying for a speaker whom neither the
// register nor the lexicon knows: "Бабки сказали", "the coach said", "The Oslo Border
// Institute estimates". It is asked only where a sentence names no other subject.
func (r *reader) stranger() {
	for k := range r.ents {
		if h := r.ents[k].hint; h == subject || h == weakCite || h == strongCite {
			return
		}
	}
	for v := 1; v < len(r.tok); v++ {
		if t := &r.tok[v]; t.class&say == 0 || t.class&report != 0 && !(v+1 < len(r.tok) && r.tok[v+1].class&that != 0) || t.ent != 0 || t.gap&(pause&^closes) != 0 {
			continue
		}
		lo, ok := r.phrase(v)
		if !ok {
			continue
		}
		e := entity{lo: lo, hi: v, body: -1, speaker: person, hint: subject, cue: v}
		if r.institution(lo, v) {
			e.speaker, e.written = nobody, true
		}
		r.add(e)
		for i := lo; i < v; i++ {
			r.tok[i].ent = int16(len(r.ents))
		}
		return
	}
}

const longestPhrase = 6 // words that name an unknown speaker, at most

// phrase finds where the noun phrase that ends at the verb begins: with the clause. It is
// none if anything in it is known to be something else.
func (r *reader) phrase(v int) (lo int, ok bool) {
	for lo = v; lo > 0 && v-lo < longestPhrase; {
		t := &r.tok[lo-1]
		if t.ent != 0 || t.class&(say|find|tells|report|that|rel|dem|pron|own|poss|cite|cited|other|prep|and|suspicion) != 0 || r.finite(lo-1) {
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
	if r.tok[lo].class&in != 0 {
		return 0, false // "In Donetsk said …": a place, no speaker
	}
	last := r.c.Folded(r.base + v - 1)
	if utf8.RuneCountInString(last) < 3 || unicode.IsDigit(rune(last[0])) {
		return 0, false
	}
	if isLatin(last) {
		return lo, !strings.HasSuffix(last, "ly") && !auxiliary(last)
	}
	return lo, nominative(last)
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
	for _, end := range [...]string{"ого", "ому", "ими", "ами", "ями", "ах", "ях", "ою", "ею", "єю", "ую", "юю", "ів", "ов", "ев", "ей", "ам", "ям", "ом", "ем", "єм", "их", "ых", "им", "ым", "у", "ю", "ше", "же", "ся", "сь", "ти", "ть", "но", "то"} {
		if strings.HasSuffix(w, end) {
			return false
		}
	}
	return true
}

// institution reports whether the phrase names a body: a word for one, and a capital
// that does not only begin the sentence.
func (r *reader) institution(lo, hi int) bool {
	capitals, noun := 0, false
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
	return noun && capitals > 0
}
