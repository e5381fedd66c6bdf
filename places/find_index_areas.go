package places

import "strings"

// addAreas enters adjectives of oblasts, raions and hromadas, and of the towns that they
// are named for, with the Latin words that stand before "oblast" or "district".
func (f *finder) addAreas() {
	f.readOblasts()
	f.regions()
	g := f.g
	for i := range g.Len() {
		switch g.Level(i) {
		case LevelOblast:
			f.adjective(i, func(a *area) { a.oblast = int32(i) })
		case LevelRaion:
			f.adjective(i, func(a *area) { a.raions = append(a.raions, int32(i)) })
			f.centre(i, func(a *area) { a.raions = appendOnce(a.raions, int32(i)) })
		case LevelHromada:
			f.adjective(i, func(a *area) { a.hromadas = append(a.hromadas, int32(i)) })
			f.centre(i, func(a *area) { a.hromadas = appendOnce(a.hromadas, int32(i)) })
		}
	}
	for _, r := range g.OldRaions() {
		f.oldRaion(r)
	}
	for stem := range strings.FieldsSeq(f.list("neverlower")) {
		if a := f.adjs[stem]; a != nil {
			a.never = true
		}
	}
}

func appendOnce(list []int32, i int32) []int32 {
	for _, x := range list {
		if x == i {
			return list
		}
	}
	return append(list, i)
}

// adjectiveStem takes the ending off a folded adjective; "" if it is none.
func adjectiveStem(text string) string {
	w := foldedWords(text)
	if len(w) == 0 {
		return ""
	}
	s := w[len(w)-1]
	for _, e := range []string{"ская", "цкая", "ский", "цкий", "ська", "цька", "ський", "цький", "зька", "зький"} {
		if strings.HasSuffix(s, e) {
			s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "ая"), "ий"), "а")
			return strings.Join(append(w[:len(w)-1:len(w)-1], s), " ")
		}
	}
	return ""
}

// adjective lets fn fill in the areas of i's adjectives, in both languages.
func (f *finder) adjective(i int, fn func(*area)) {
	p := f.g.At(i)
	for k, text := range []string{p.Uk, p.Ru} {
		stem := adjectiveStem(text)
		if stem == "" || k == 1 && stem == adjectiveStem(p.Uk) {
			continue
		}
		fn(areaOf(f.adjs, stem))
	}
	if p.Level != LevelOblast {
		if stem := string(skeleton(nil, strings.ToLower(Romanise(p.Uk)))); isLatin(stem) {
			fn(areaOf(f.latin, stem))
		}
	}
}

// centre gives the town that raion or hromada i is named for its adjectives, and its Latin
// names the area.
func (f *finder) centre(i int, fn func(*area)) {
	g := f.g
	best, rank := -1, 0
	from, to := g.Below(i)
	for j := from; j < to; j++ {
		if l := g.Level(j); l == LevelCity || l == LevelSettlement || l == LevelVillage {
			if r := g.At(j).Rank; r > rank && alike(g.Uk(i), g.Uk(j)) {
				best, rank = j, r
			}
		}
	}
	if best < 0 {
		return
	}
	for _, text := range []string{g.Uk(i), g.At(i).Ru} {
		if stem := adjectiveStem(text); stem != "" {
			a := areaOf(f.adjs, stem)
			if a.city < 0 || g.At(int(a.city)).Rank < rank {
				a.city = int32(best)
			}
		}
	}
	for _, n := range g.Names(best) {
		if w := foldedWords(n.Text); len(w) > 0 && len(w) < 3 && isLatin(w[0]) {
			fn(areaOf(f.latin, latinKey(w)))
		}
	}
}

func latinKey(w []string) string {
	var key []byte
	for k, s := range w {
		if k > 0 {
			key = append(key, ' ')
		}
		key = skeleton(key, s)
	}
	return string(key)
}

// alike: the adjective begins as the name does.
func alike(adjective, town string) bool {
	a, t := []rune(adjective), []rune(town)
	n := 0
	for n < len(a) && n < len(t) && a[n] == t[n] {
		n++
	}
	return n >= 3 && n*2 >= len(t)-1
}

// oldRaion enters an abolished raion under the town it was named for: its hromada today,
// or, if there is none of that name, the raion that most of its land went to.
func (f *finder) oldRaion(r OldRaion) {
	uk, ru := adjectiveStem(r.Uk), adjectiveStem(r.Ru)
	if uk == "" || len(r.Into) == 0 {
		return
	}
	a := areaOf(f.adjs, uk)
	for _, i := range a.raions {
		if f.g.Oblast(int(i)) == r.Oblast {
			return
		}
	}
	into := int32(r.Into[0])
	for _, h := range a.hromadas {
		if f.g.Oblast(int(h)) == r.Oblast {
			into = h
		}
	}
	a.raions = append(a.raions, into)
	if ru != "" && ru != uk {
		b := areaOf(f.adjs, ru)
		b.raions = appendOnce(b.raions, into)
	}
}

// readOblasts reads the table of what oblasts are called.
func (f *finder) readOblasts() {
	for line := range strings.Lines(areaLines) {
		p := strings.Split(strings.TrimRight(line, "\n"), "|")
		if len(p) != 5 || strings.HasPrefix(line, "#") {
			continue
		}
		i := f.known(p[0])
		if i < 0 {
			continue
		}
		switch p[1] {
		case "донецьк":
			f.donetsk = i
		case "луганськ":
			f.luhansk = i
		case "кримськ":
			f.crimea = i
		}
		for _, stem := range p[1:3] {
			if stem != "" {
				areaOf(f.adjs, stem).oblast = i
			}
		}
		for _, stem := range strings.Fields(p[3]) {
			f.nouns[stem] = i
		}
		for _, w := range strings.Fields(p[4]) {
			areaOf(f.latin, string(skeleton(nil, w))).oblast = i
		}
	}
}

// regions enters the areas that bear a name of their own: Crimea, and the Donbas, which is
// two oblasts and therefore stays undecided.
func (f *finder) regions() {
	for i, n := range []Name{{Text: "Крим", Lang: "uk"}, {Text: "Крым", Lang: "ru"}, {Text: "Crimea", Lang: "en"}, {Text: "Krym", Lang: "en"}, {Text: "Qırım", Lang: "en"},
		{Text: "Донбас", Lang: "uk"}, {Text: "Донбасс", Lang: "ru"}, {Text: "Donbas", Lang: "en"}, {Text: "Donbass", Lang: "en"}} {
		at := []int32{f.crimea}
		if i > 4 {
			at = []int32{f.donetsk, f.luhansk}
		}
		for _, p := range at {
			if p >= 0 {
				f.ranks[p] = 5
				f.bear(n, p, 5)
			}
		}
	}
}
