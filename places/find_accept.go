package places

import (
	"slices"
	"strings"
	"sync"

	"svidok/words"
)

// place judges whether the name in h is meant as a place at all, by the words beside it,
// and keeps it, surely or in doubt.
func (r *run) place(h *hit) {
	f := r.f
	h.rank = -1
	strong := false
	for _, n := range h.names[:h.n] {
		h.rank = max(h.rank, f.names[n].rank)
		if f.names[n].foreign != "" {
			strong = strong || f.names[n].strong
			h.foreign = f.names[n].foreign
		}
	}
	h.kinds = r.kindBefore(h)
	h.told = h.kinds != 0
	h.common = h.to == h.from+1 && r.says(h.from)&isCommon != 0
	if r.isStreet(h) || r.half(h) || r.isName(h.from, h.to) || r.isQuoted(h) || r.isOutletName(h) || h.to == h.from+1 && r.says(h.from)&isNever != 0 {
		return
	}
	h.role = r.role(h.from, h.to)
	if r.republic(h) {
		h.kind, h.told, h.sure = KindRegime, true, true
		r.hits = append(r.hits, *h)
		return
	}
	if h.foreign == "" && r.foreignAfter(h) {
		h.foreign = "RU"
	}
	if h.foreign != "" && !r.ukrainian(h, strong) {
		h.n, h.kind, h.sure = 0, KindForeign, true
		r.hits = append(r.hits, *h)
		return
	}
	h.foreign = ""
	r.wholeArea(h)
	after := r.areaAfter(h)
	h.support = h.told || after || r.locative(h.from)
	if r.river(h) {
		return
	}
	if !h.told && !after && r.modifies(h) {
		r.bare(h.from)
		return
	}
	h.sure = r.stands(h, after)
	if !h.sure && r.surname(h) {
		return
	}
	h.lone = r.first(h.from) && !h.support
	if h.rank >= 5 && !h.support && h.role == RoleAct && r.capital(h) {
		h.role = RoleBody
	}
	r.hits = append(r.hits, *h)
}

// republic: "Республіка Крим", "Republic of Crimea", the occupier's name unless it is autonomous.
func (r *run) republic(h *hit) bool {
	i := h.from - 1
	if i >= r.lo && r.c.Folded(i) == "of" {
		i--
	}
	if i < r.lo || !strings.HasPrefix(r.c.Folded(i), "республ") && r.c.Folded(i) != "republic" || len(r.gap(i, h.from)) > 6 {
		return false
	}
	if i > r.lo && strings.HasPrefix(r.c.Folded(i-1), "автоном") || i > r.lo && r.c.Folded(i-1) == "autonomous" {
		return false
	}
	for _, n := range h.names[:h.n] {
		for _, x := range r.f.names[n].holders {
			if x.place == r.f.crimea {
				return true
			}
		}
	}
	return false
}

// stands says whether a name needs nothing more to be a place.
func (r *run) stands(h *hit, after bool) bool {
	single := h.to == h.from+1
	switch {
	case h.told:
		return true
	case single && short(r.c.Folded(h.from)):
		return false
	case single && r.given(h.from), r.onlyOld(h) && !h.support:
		return after
	case h.common:
		return h.support && (h.rank >= 3 || after)
	case h.rank >= 3:
		return h.support || !r.surname(h)
	case h.rank == 2:
		return h.support || !r.surname(h) && !(single && r.ordinary(h))
	}
	return h.support && !r.surname(h)
}

// short: two letters of Cyrillic, three of Latin.
func short(w string) bool { return isLatin(w) && len(w) < 4 || len(w) <= 4 && !isLatin(w) }

// onlyOld: nobody has borne the name for long, as with Сталин.
func (r *run) onlyOld(h *hit) bool {
	for _, n := range h.names[:h.n] {
		if r.f.names[n].official {
			return false
		}
	}
	return r.ordinary(h)
}

// ordinary: the dictionaries know the word as another one: мирний, долгий, петров.
func (r *run) ordinary(h *hit) bool {
	w := r.c.Folded(h.from)
	if isLatin(w) {
		return false
	}
	if words.Lemmas("ru").Has(w) {
		return true
	}
	var room [4]words.Lemma
	for _, l := range words.Lemmas("uk").Lemmas(room[:0], w) {
		if s := l.String(); strings.HasSuffix(s, "ий") && !strings.HasSuffix(s, "кий") || strings.HasSuffix(s, "енко") {
			return true
		}
	}
	return false
}

// agreeing gives, by the ending of an adjective, those of a noun that it may belong to.
func agreeing() [][2]string {
	return [][2]string{
		{"ом", "е у ии"}, {"ой", "и е ы ой"}, {"ого", "а я"}, {"ому", "у ю і"}, {"ую", "у ю ь"}, {"ая", "а я ь"}, {"ое", "о е я"}, {"ые", "и ы а"},
		{"ие", "и ы а"}, {"ых", "ов ев ей ах ях"}, {"их", "ов ев ей ах ях ів їв"}, {"ым", "ом ем"}, {"ій", "і ї"}, {"ої", "и і ї"}, {"им", "ом ем"},
	}
}

var agreement = sync.OnceValue(agreeing)

// modifies: the name is rather an adjective that belongs to the noun after it: "в Московском
// зоопарке", "Долгое время".
func (r *run) modifies(h *hit) bool {
	if h.to != h.from+1 || !r.joined(h.from) {
		return false
	}
	w, next := r.c.Folded(h.from), r.c.Folded(h.to)
	a, _ := r.adjective(h.from)
	if isLatin(w) || len(next) < 6 || h.rank >= 3 && (a == nil || a.foreign == "") || r.says(h.to)&(isPreposition|isConj) != 0 {
		return false
	}
	if a != nil && a.foreign != "" && h.rank < 3 && !upper(r.c.Raw(h.to)) {
		return true
	}
	for _, pair := range agreement() {
		if !strings.HasSuffix(w, pair[0]) {
			continue
		}
		if len(pair[0]) > 4 && strings.HasSuffix(next, pair[0]) {
			return true // one adjective after another
		}
		for e := range strings.FieldsSeq(pair[1]) {
			if strings.HasSuffix(next, e) {
				return true
			}
		}
	}
	return false
}

// given: token i is a form of somebody's given name.
func (r *run) given(i int) bool {
	if i < r.lo || i >= r.hi {
		return false
	}
	w := r.c.Folded(i)
	if r.f.words[w]&isGiven != 0 {
		return true
	}
	if isLatin(w) {
		return r.f.words[strings.TrimSuffix(w, "'s")]&isGiven != 0
	}
	for k := 0; k <= 3 && len(w)-2*k >= 6; k++ {
		if r.f.given[w[:len(w)-2*k]] {
			return true
		}
	}
	return false
}

// capital: Kyiv without a word of place beside it is the government.
func (r *run) capital(h *hit) bool {
	for _, n := range h.names[:h.n] {
		for _, x := range r.f.names[n].holders {
			if r.f.g.ID(int(x.place)) == kyiv {
				i := h.from - 1
				return i < r.lo || r.c.Folded(i) != "по"
			}
		}
	}
	return false
}

// river: the Dnipro as water, not as the city.
func (r *run) river(h *hit) bool {
	w := r.c.Folded(h.from)
	i := h.from - 1
	if i < r.lo || !strings.HasPrefix(w, "дніпр") && !strings.HasPrefix(w, "днепр") && w != "dnipro" || len(w) > 14 {
		return false
	}
	switch p := r.c.Folded(i); p {
	case "за", "через", "на", "across", "the":
		return true
	default:
		return strings.HasPrefix(p, "берег") || strings.HasPrefix(p, "берез") || strings.HasPrefix(p, "групп")
	}
}

const kyiv = "UA80000000000093317"

// kindBefore gives what kind of settlement the words before the name speak of.
func (r *run) kindBefore(h *hit) uint64 {
	i := h.from - 1
	if i >= r.lo && r.c.Folded(i) == "of" {
		i--
	}
	if i < r.lo || len(r.gap(i, h.from)) > 12 || strings.ContainsAny(r.gap(i, h.from), ",;:()!?") {
		return 0
	}
	if w := r.c.Folded(i); (w == "с" || w == "м" || w == "г") && !strings.Contains(r.gap(i, i+1), ".") {
		return 0
	} else if w == "с" {
		return isVillage
	}
	return r.says(i) & isKindWord
}

// locative: a preposition of place stands before token i.
func (r *run) locative(i int) bool {
	j := i - 1
	for n := 0; n < 3 && j >= r.lo; n++ {
		flags := r.says(j)
		if flags&isPreposition != 0 {
			return true
		}
		if flags&isPeople != 0 && (j == r.lo || !upper(r.c.Raw(j))) {
			return true
		}
		if a, _ := r.adjective(j); n == 0 && flags&isPeople == 0 && a == nil {
			return j == r.lo && flags&isPeople != 0
		}
		j--
	}
	return false
}

// areaAfter: the name is followed by its area: "Мирне Донецької області", "Myrne, Zaporizhzhia oblast".
func (r *run) areaAfter(h *hit) bool {
	for j := h.to; j < min(r.hi, h.to+5); j++ {
		gap := r.gap(j-1, j)
		if strings.ContainsAny(gap, ".;:!?") {
			return false
		}
		flags := r.says(j)
		if flags&(isPreposition|isConj) != 0 || flags&isPeople != 0 && !upper(r.c.Raw(j)) {
			if w := r.c.Folded(j); w == "та" || w == "і" || w == "и" || w == "and" {
				return false
			}
			continue
		}
		if w := r.c.Folded(j); w == "що" || w == "что" || w == "which" {
			continue
		}
		a, to := r.adjective(j)
		if a == nil {
			if a, to = r.latinArea(j); a == nil {
				return r.region(j)
			}
		}
		if what, _ := r.areaNoun(to); what != 0 {
			return true
		}
		return r.region(j)
	}
	return false
}

// region: token j names an area by a noun: Луганщина, Крим, (на) Запоріжжі.
func (r *run) region(j int) bool {
	if r.noun(j) >= 0 {
		return true
	}
	if w := r.c.Folded(j); w == "запоріжжі" || w == "запорожье" {
		return true
	}
	switch r.c.Folded(j) {
	case "днр", "лнр", "dpr", "lpr", "dnr", "lnr":
		return true
	}
	var h hit
	if !upper(r.c.Raw(j)) || !r.match(j, &h) {
		return false
	}
	for _, x := range r.f.names[h.names[0]].holders {
		if r.f.g.Level(int(x.place)) == LevelOblast {
			return true
		}
	}
	return false
}

// isStreet: вулиця Донецька, Donetsk Street.
func (r *run) isStreet(h *hit) bool {
	if r.says(h.from-1)&isStreet != 0 && len(r.gap(h.from-1, h.from)) <= 4 || r.onStreet(h) {
		return true
	}
	if h.from > 0 && !upper(r.c.Raw(min(h.to, len(r.c.Tokens)-1))) {
		if w := r.c.Folded(h.from - 1); w == "a" || w == "an" || w == "any" || w == "every" {
			return false // "on a Horlivka street" is a street of the town
		}
	}
	return r.says(h.to)&isStreetAfter != 0 && len(r.gap(h.to-1, h.to)) <= 2 && (isLatin(r.c.Folded(h.to)) || upper(r.c.Raw(h.to)) || r.adjectival(h.from) || endsLike(r.c.Folded(h.from)))
}

// half: the name goes on behind a hyphen, as in "Камыш-Заря", and is another one; or it is
// that of a plant.
func (r *run) half(h *hit) bool {
	if h.rank < 3 && h.from > r.lo && r.says(h.from-1)&isThing != 0 && upper(r.c.Raw(h.from)) && r.gap(h.from-1, h.from) == " " && !isLatin(r.c.Folded(h.from)) {
		return true // "завод Ілліча" bears somebody's name
	}
	return h.rank < 3 && h.foreign == "" && h.to < r.hi && r.gap(h.to-1, h.to) == "-" && upper(r.c.Raw(h.to)) && !isLatin(r.c.Folded(h.to))
}

// onStreet: "на Шмідта", "по Артема" leave the word street out: the name of a person in the
// genitive, where a village called like that would stand in another case.
func (r *run) onStreet(h *hit) bool {
	if h.from == 0 || h.to != h.from+1 {
		return false
	}
	w := r.c.Folded(h.from)
	switch r.c.Folded(h.from - 1) {
	case "на", "по":
		if h.foreign != "" {
			return false
		}
		genitive, feminine := ends(w, "а", "я"), ends(w, "ой", "ій") && h.rank < 3 // "на Центральной": the word street is feminine
		return (genitive || feminine) && slices.ContainsFunc(r.candidates(h), func(c holder) bool {
			p := r.f.g.At(int(c.place))
			uk, ru := string(words.Fold(nil, p.Uk)), string(words.Fold(nil, p.Ru))
			return genitive && (uk == w || ru == w) || feminine && ends(uk, "ий", "ій", "е", "і", "и")
		})
	}
	return false
}

// endsLike: the word ends as an adjective before вулиця or шоссе does.
func endsLike(w string) bool {
	return ends(w, "ом", "ой", "ая", "ую", "ое", "ій", "ої", "ого", "ому")
}

func (r *run) adjectival(i int) bool {
	a, _ := r.adjective(i)
	return a != nil
}

// isName: a given name, an initial or, for Latin letters, another capitalised word that is
// no place makes this a part of somebody's or something's name.
func (r *run) isName(from, to int) bool {
	if !upper(r.c.Raw(from)) {
		return false
	}
	i := from - 1
	if i >= r.lo && upper(r.c.Raw(i)) && len(r.gap(i, from)) <= 3 && !strings.ContainsAny(r.gap(i, from), ",;:()!?\"»—–") {
		w := r.c.Folded(i)
		if len(r.c.Raw(i)) <= 2 && strings.Contains(r.gap(i, from), ".") && w != "м" && w != "с" && w != "г" && w != "р" {
			return true
		}
		if r.given(i) && !strings.Contains(r.gap(i, from), ".") {
			return true
		}
	}
	return r.given(from) && to == from+1 && to < r.hi && upper(r.c.Raw(to)) && r.joined(from)
}

// isQuoted: «Мелітополь» in quotation marks by itself is something named for the place.
func (r *run) isQuoted(h *hit) bool {
	if h.kinds != 0 {
		return false
	}
	start, end := int(r.c.Tokens[h.from].Start), int(r.c.Tokens[h.to-1].End)
	before, after := r.c.Text[:start], r.c.Text[end:]
	open := strings.HasSuffix(before, "«") || strings.HasSuffix(before, "\"") || strings.HasSuffix(before, "“") || strings.HasSuffix(before, "„")
	shut := strings.HasPrefix(after, "»") || strings.HasPrefix(after, "\"") || strings.HasPrefix(after, "”") || strings.HasPrefix(after, "“")
	return open && shut
}

// isOutletName: "РІА-Мелітополь", "Суспільне Запоріжжя", "Крим.Реалії", "Shakhtar Donetsk".
func (r *run) isOutletName(h *hit) bool {
	i := h.from - 1
	if i >= r.lo && r.joined(i) && r.says(i)&isOutlet != 0 && (upper(r.c.Raw(i)) || i == r.lo) {
		return true
	}
	if i >= r.lo && r.joined(i) {
		switch r.c.Folded(i) {
		case "шахтар", "шахтер", "шахтаря", "шахтера", "shakhtar", "zorya", "зоря", "заря", "динамо", "dynamo", "fc", "фк", "металіст", "металлист":
			return true
		}
	}
	after := r.c.Text[r.c.Tokens[h.to-1].End:]
	for _, s := range []string{".Реалії", ".Реалии", ".Реали", ".Realii", ".Today", ".Media", " 24 ", " Today", " Сьогодні", " Live", " Times", " Post"} {
		if strings.HasPrefix(after, s) {
			return true
		}
	}
	return false
}

// surname: the capitalised words around a little known name make it look like somebody's.
func (r *run) surname(h *hit) bool {
	if h.role == RoleSpeaker && h.rank >= 3 {
		return false // the mayor of Mariupol, and the mayor's name
	}
	if i := h.from - 1; i >= r.lo && upper(r.c.Raw(i)) && r.joined(i) && !strings.HasPrefix(r.c.Folded(i), "республ") && !shouted(r.c.Raw(i)) && i > r.lo && r.says(i)&(isPreposition|isKindWord|isPeople) == 0 {
		return true
	}
	if h.to < r.hi && upper(r.c.Raw(h.to)) && r.joined(h.to-1) && !shouted(r.c.Raw(h.to)) {
		if a, _ := r.adjective(h.to); a == nil {
			return true
		}
	}
	return false
}

// first: token i opens its sentence.
func (r *run) first(i int) bool { return i == r.lo }

// ukrainian: a name that a foreign place bears as well means the Ukrainian one here.
func (r *run) ukrainian(h *hit, strong bool) bool {
	if h.rank < 0 || r.foreignAfter(h) {
		return false
	}
	if h.kinds&(isVillage|isSettlement|isTownship) != 0 || r.areaAfter(h) {
		return true
	}
	return !strong && h.rank >= 3
}

// foreignAfter: an oblast of Russia follows.
func (r *run) foreignAfter(h *hit) bool {
	if h.to >= r.hi || len(r.gap(h.to-1, h.to)) > 3 {
		return false
	}
	a, to := r.adjective(h.to)
	if a == nil {
		if a, to = r.latinArea(h.to); a == nil {
			return false
		}
	}
	what, _ := r.areaNoun(to)
	return a.oblast < 0 && a.foreign != "" && what&(isOblast|isKrai) != 0
}

// wholeArea: "на Запоріжжі" is the oblast, "у Запоріжжі" the city.
func (r *run) wholeArea(h *hit) {
	if h.from <= r.lo || r.c.Folded(h.from-1) != "на" || h.to != h.from+1 {
		return
	}
	switch w := r.c.Folded(h.from); {
	case w == "запоріжжі", w == "запорожье" && !r.attack(h.from-2):
		h.list, h.n, h.kind, h.told, h.sure = []int32{r.f.adjs["запорізьк"].oblast}, 0, KindArea, true, true
	}
}

func (r *run) attack(i int) bool {
	if i < r.lo {
		return false
	}
	w := r.c.Folded(i)
	return strings.HasPrefix(w, "удар") || strings.HasPrefix(w, "атак") || strings.HasPrefix(w, "обстрел") || strings.HasPrefix(w, "наступлен") || strings.HasPrefix(w, "налет")
}
