package when

import (
	"strings"
	"unicode/utf8"
)

// tense tells future, +1, and past, -1, by the lexicon and by endings. It judges a word once.
func (r *reader) tense(k int) int {
	if k < 0 || k >= len(r.tenses) {
		return 0
	}
	const judged = 4
	if r.tenses[k] == 0 {
		r.tenses[k] = judged + int8(r.judge(k))
	}
	return int(r.tenses[k]) - judged
}

func (r *reader) judge(k int) int {
	if r.is(k, future) {
		return 1
	}
	if r.is(k, past) {
		return -1
	}
	w := r.word(k)
	if (w == "are" || w == "is") && r.word(k+1) == "to" && r.gap(k+1) == blank {
		return 1 // are to be drafted
	}
	if (w == "set" || w == "due" || w == "scheduled" || w == "adjourned" || w == "postponed" || w == "announced" || w == "planned" || w == "called" || w == "booked") && (r.word(k+1) == "for" || r.word(k+1) == "until" || r.word(k+1) == "to") {
		return 1
	}
	if len(w) < 5 {
		return 0
	}
	if w[0] < utf8.RuneSelf {
		if strings.HasSuffix(w, "ed") && r.word(k-1) != "be" && !adjective(w) {
			return -1
		}
		return 0
	}
	if len(w) < 8 {
		return 0
	}
	for _, s := range [...]string{"тиме", "тимуть", "тимуться", "тиметься", "тимемо"} {
		if strings.HasSuffix(w, s) {
			return 1
		}
	}
	if r.appointed(k, w) {
		return 1
	}
	for _, s := range [...]string{"ли", "лися", "лись", "вся", "лся", "лась", "лася", "лось", "лося", "ала", "ила", "ало", "ило", "ено", "ано", "ив", "ав", "ил", "ал", "ены", "ена", "ілла", "йшла", "йшло", "вшегося", "вшийся", "вшейся", "вшемся", "вшихся"} {
		if strings.HasSuffix(w, s) {
			return -1
		}
	}
	if perfective(w) {
		return 1
	}
	return 0
}

// adjective: participles that tell nothing of when.
func adjective(w string) bool {
	switch w {
	case "need", "occupied", "unoccupied", "forced", "alleged", "wanted", "displaced", "armed", "disabled", "limited", "united", "aged", "retired", "annexed", "uniformed", "masked", "hundred", "indeed", "captured", "mobilised", "mobilized", "controlled", "planned", "related", "so-called":
		return true
	}
	return false
}

// aboutWhom reports whether token k stands in a clause that only says who is meant: тим, хто
// не з'явився.
func (r *reader) aboutWhom(k int) bool {
	for j := k - 1; j >= max(k-3, r.sentence) && r.gap(j+1) == blank; j-- {
		switch r.word(j) {
		case "хто", "кто", "who", "які", "яких", "которые", "который", "тех", "тих":
			return true
		}
	}
	return false
}

// appointed reports a participle that sets a day to come: призначено на, назначен на.
func (r *reader) appointed(k int, w string) bool {
	if r.word(k+1) != "на" {
		return false
	}
	for _, p := range [...]string{"признач", "назнач", "заплан", "намече", "перенес", "відклад", "отлож"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}

// perfective guesses at present forms of perfective verbs, which tell the future: приїдуть,
// закроют, отправит. What is as long in the imperfective is told by its stem.
func perfective(w string) bool {
	w = strings.TrimSuffix(strings.TrimSuffix(w, "ся"), "сь")
	stem, prefix, ok := cutPrefix(w)
	if !ok {
		return false
	}
	ukrainian := prefix == "від" || prefix == "роз" || prefix == "під" || prefix == "ви"
	for _, e := range [...]string{"уть", "ють", "ять", "ут", "ют", "ят", "ет", "ит", "ить"} {
		rest, ok := strings.CutSuffix(stem, e)
		if !ok {
			continue
		}
		if e == "ить" && !ukrainian || len(rest) < 4 {
			return false
		}
		if strings.HasSuffix(e, "ять") && (strings.HasSuffix(rest, "вл") || strings.HasSuffix(rest, "р") || strings.HasSuffix(rest, "ен") || strings.HasSuffix(rest, "он") || strings.HasSuffix(rest, "лн") || strings.HasSuffix(rest, "дн")) && !ukrainian {
			return false // отправлять, проверять
		}
		for _, s := range [...]string{"а", "я", "у", "ю", "і", "е"} {
			if (e[0] == "ю"[0] && strings.HasPrefix(e, "ю") || e == "ет") && strings.HasSuffix(rest, s) && rest != "е" {
				return false // забирают, мобілізують
			}
		}
		return !imperfective(rest, e)
	}
	return false
}

func cutPrefix(w string) (rest, prefix string, ok bool) {
	for _, p := range [...]string{"пере", "пре", "при", "від", "роз", "раз", "рас", "під", "под", "про", "ви", "вы", "за", "на", "по", "от", "об", "до", "вве", "зве", "сде", "зро"} {
		if rest, ok = strings.CutPrefix(w, p); ok {
			return rest, p, true
		}
	}
	return w, "", false
}

// imperfective stems and nouns that look like verbs of the future.
func imperfective(stem, ending string) bool {
	for _, s := range [...]string{"ход", "воз", "вод", "нос", "леж", "лаг", "мн", "м'ят", "вис", "гляд", "треб", "рос", "стоя", "сид"} {
		if strings.HasSuffix(stem, s) {
			return true
		}
	}
	if ending == "ет" || ending == "ит" {
		for _, s := range [...]string{"пр", "ртр", "сч", "орит", "кт", "дм", "р"} {
			if stem == s {
				return true
			}
		}
	}
	return false
}

// speech: verbs of saying tell when it was said, not when it is to be, but right beside the date.
func speech(w string) bool {
	switch w {
	case "said", "told", "announced", "reported", "added", "warned", "stated", "wrote", "explained", "confirmed", "noted", "spoke":
		return true
	}
	for _, p := range [...]string{"повідом", "сообщ", "заяв", "сказа", "розпов", "рассказ", "дода", "добав", "уточн", "зазнач", "отмет", "наголос", "подчерк", "визна", "призна", "написа", "озвуч", "предупред", "поперед", "оголос", "объяв"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	return false
}
