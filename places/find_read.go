package places

import (
	"strings"

	"svidok/words"
)

// read goes through the sentences and gathers what may name a place.
func (r *run) read() {
	for s := range r.c.Sentences {
		r.sentence = s
		r.lo, r.hi = r.c.Words(s)
		for i := r.lo; i < r.hi; {
			i = r.at(i)
		}
	}
}

// at looks at token i and gives the token to go on with.
func (r *run) at(i int) int {
	if r.c.Tokens[i].Kind != words.Word {
		return i + 1
	}
	raw := r.c.Raw(i)
	if !upper(raw) {
		return r.small(i)
	}
	if to := r.area(i); to > i {
		return to
	}
	if to := r.regime(i, raw); to > i {
		return to
	}
	h := hit{kind: KindSettlement}
	if r.noun(i) < 0 && r.match(i, &h) {
		r.place(&h)
		return h.to
	}
	if to := r.bare(i); to > i {
		return to
	}
	if to := r.demonym(i); to > i {
		return to
	}
	return i + 1
}

// small looks at a word in lower case: only adjectives and people can name a place there.
func (r *run) small(i int) int {
	w := r.c.Folded(i)
	if isLatin(w) || len(w) < 10 {
		return i + 1
	}
	tail := w[len(w)-min(len(w), 12):]
	if strings.Contains(tail, "ськ") || strings.Contains(tail, "ск") || strings.Contains(tail, "цьк") || strings.Contains(tail, "цк") {
		if to := r.area(i); to > i {
			return to
		}
		if to := r.bare(i); to > i {
			return to
		}
	}
	if to := r.demonym(i); to > i {
		return to
	}
	return i + 1
}

// areaAhead bounds how far from its adjective the word for an area may stand.
const areaAhead = 8

// areaNoun finds the word for an area that the adjective, or Latin name, before token i
// belongs to: "Донецької та Луганської областей". What it is, and where it stands.
func (r *run) areaNoun(i int) (uint64, int) {
	comma, conj := false, false
	latin := i > r.lo && isLatin(r.c.Folded(i-1))
	for j := i; j < min(r.hi, i+areaAhead); j++ {
		w := strings.TrimSuffix(r.c.Folded(j), "'s")
		flags := r.f.says(w)
		comma, conj = comma || strings.Contains(r.gap(j-1, j), ","), conj || flags&isConj != 0
		if latin && comma && !conj && flags&(isOblast|isRaion|isHromada) != 0 {
			return 0, j // Kyrylivka, Melitopol district
		}
		switch {
		case flags&(isOblast|isRaion|isHromada|isKrai) != 0:
			return flags & (isOblast | isRaion | isHromada | isKrai), j
		case w == "р" && j+1 < r.hi && r.c.Folded(j+1) == "н":
			return isRaion, j + 1
		case strings.HasPrefix(w, "народн") && j+1 < r.hi && strings.HasPrefix(r.c.Folded(j+1), "республ"):
			return isPeople, j + 1
		case (w == "people" || w == "peoples") && j+1 < r.hi && strings.HasPrefix(r.c.Folded(j+1), "republic"):
			return isPeople, j + 1
		case flags&(isConj|isBetween) != 0:
		default:
			if a, to := r.adjective(j); a != nil {
				j = to - 1
				continue
			}
			if upper(r.c.Raw(j)) {
				if a, to := r.latinArea(j); a != nil {
					j = to - 1
					continue
				}
			}
			return 0, j
		}
		if strings.ContainsAny(r.gap(j-1, j), ".;:()!?") && !strings.HasPrefix(w, "обл") {
			return 0, j
		}
	}
	return 0, i
}

// area reads "Старобільському районі", "Donetsk and Luhansk oblasts", "Каховська громада".
func (r *run) area(i int) int {
	a, to := r.adjective(i)
	latin := a == nil
	if latin {
		if a, to = r.latinArea(i); a == nil {
			return i
		}
	}
	what, noun := r.areaNoun(to)
	if what == 0 || latin && r.c.Folded(i) == "crimean" {
		return i
	}
	h := hit{from: i, to: to, kind: KindArea, sure: true, told: true}
	switch {
	case what&isPeople != 0:
		h.kind = KindRegime
		if a.oblast != r.f.donetsk && a.oblast != r.f.luhansk {
			return i
		}
		h.list = []int32{a.oblast}
		if noun <= to+1 {
			h.to = noun + 1
		}
	case what&(isOblast|isKrai) != 0:
		if a.oblast >= 0 && what&isOblast != 0 {
			h.list = []int32{a.oblast}
		} else if a.foreign == "" {
			return i
		} else {
			h.foreign = a.foreign
		}
	case what&isRaion != 0:
		if r.cityDistrict(noun) {
			return noun + 1
		}
		h.list = a.raions
		if len(h.list) == 0 {
			h.list, h.told, h.rank = a.hromadas, false, 0
		}
	default:
		h.list = a.hromadas
	}
	if len(h.list) == 0 && h.foreign == "" {
		return i
	}
	h.role = r.role(h.from, noun+1)
	r.hits = append(r.hits, h)
	return h.to
}

// cityDistrict: the word for a district is followed by a town: Кіровський район Донецька.
func (r *run) cityDistrict(noun int) bool {
	j := noun + 1
	if j < r.hi && (r.c.Folded(j) == "of" || r.says(j)&isCity != 0) {
		j++
	}
	if j >= r.hi || !upper(r.c.Raw(j)) || strings.ContainsAny(r.gap(noun, j), ",;:()") {
		return false
	}
	if a, _ := r.adjective(j); a != nil {
		if what, _ := r.areaNoun(j + 1); what != 0 {
			return false
		}
	}
	var h hit
	if !r.match(j, &h) {
		return false
	}
	for _, n := range h.names[:h.n] {
		if r.f.names[n].rank >= 3 && r.f.names[n].foreign == "" {
			return true
		}
	}
	return false
}

// regime reads the short names of the occupier's "republics".
func (r *run) regime(i int, raw string) int {
	if len(raw) > 8 || !shouted(raw) {
		return i
	}
	at := int32(-1)
	switch r.c.Folded(i) {
	case "днр", "dpr", "dnr":
		at = r.f.donetsk
	case "лнр", "lpr", "lnr":
		at = r.f.luhansk
	}
	if at < 0 {
		return i
	}
	r.hits = append(r.hits, hit{from: i, to: i + 1, kind: KindRegime, sure: true, told: true, list: []int32{at}, role: r.role(i, i+1)})
	return i + 1
}

// bare reads an adjective that stands with no word for an area: мелітопольський, Crimean.
func (r *run) bare(i int) int {
	raw := r.c.Raw(i)
	if n := r.noun(i); n >= 0 {
		r.hits = append(r.hits, hit{from: i, to: i + 1, kind: KindArea, sure: true, told: true, list: []int32{n}, role: r.role(i, i+1)})
		return i + 1
	}
	if r.c.Folded(i) == "crimean" {
		if i+1 < r.hi && strings.HasPrefix(r.c.Folded(i+1), "tatar") {
			return i + 2
		}
		r.hits = append(r.hits, hit{from: i, to: i + 1, kind: KindAdjective, sure: true, list: []int32{r.f.crimea}, role: r.role(i, i+1)})
		return i + 1
	}
	a, to := r.adjective(i)
	if a == nil || to >= r.hi {
		return i
	}
	small := !upper(raw)
	if a.never || r.isName(i, to) || a.foreign != "" && a.oblast < 0 {
		return i
	}
	if !small && i > r.lo && (upper(r.c.Raw(i-1)) && r.joined(i-1) && !shouted(raw) || upper(r.c.Raw(to)) && r.joined(to-1) && !shouted(raw)) {
		return i // of a name
	}
	if next := r.c.Folded(to); strings.HasPrefix(next, "татар") || strings.HasPrefix(next, "напрям") || strings.HasPrefix(next, "направлен") || r.says(to)&isStreetAfter != 0 || r.says(i-1)&isStreet != 0 {
		return to
	}
	h := hit{from: i, to: to, kind: KindAdjective, sure: true}
	switch {
	case a.city >= 0:
		rank := r.f.g.At(int(a.city)).Rank
		if rank < 3 && (!small && (!r.first(i) || !r.f.occupied[a.city]) || small && (!r.f.occupied[a.city] || len(r.c.Folded(i)) < 18) || r.says(i)&isCommon != 0) {
			return i
		}
		h.list = []int32{a.city}
	case a.oblast >= 0:
		h.list = []int32{a.oblast}
	default:
		return i
	}
	h.role = r.role(i, to)
	r.hits = append(r.hits, h)
	return to
}

// noun gives the oblast that a word such as Донеччина means, -1 if none.
func (r *run) noun(i int) int32 {
	w := r.c.Folded(i)
	if len(w) < 12 || !upper(r.c.Raw(i)) || isLatin(w) {
		return -1
	}
	for k := 1; k <= 2; k++ {
		stem := w[:len(w)-2*k]
		if n, ok := r.f.nouns[stem]; ok && r.f.fits(clsFemNoun, w[len(stem):]) {
			return n
		}
	}
	return -1
}

// demonym reads the people of a place.
func (r *run) demonym(i int) int {
	w := r.c.Folded(i)
	if len(w) < 8 {
		return i
	}
	if strings.IndexByte(w, '\'') >= 0 {
		w = strings.ReplaceAll(w, "'", "")
	}
	at, ok := r.f.exact[w]
	for k := 0; k <= 5 && !ok && len(w)-2*k >= 8 && !isLatin(w); k++ {
		stem := w[:len(w)-2*k]
		if at, ok = r.f.people[stem]; ok {
			ok = r.f.fits(clsPeople, w[len(stem):])
		}
	}
	if !ok {
		return i
	}
	r.hits = append(r.hits, hit{from: i, to: i + 1, kind: KindDemonym, sure: true, list: []int32{at}, role: RoleAct})
	return i + 1
}
