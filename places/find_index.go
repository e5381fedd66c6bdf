package places

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"svidok/words"
)

//go:embed find_areas.txt
var areaLines string

//go:embed find_demonyms.txt
var demonymLines string

//go:embed find_words.txt
var wordLines string

//go:embed foreign.txt
var foreignLines string

// holder is one bearer of a name: place ≥ 0 in the gazetteer, or foreign.
type holder struct {
	place int32
	old   bool
	made  bool
}

// name is one name, however many bear it.
type name struct {
	holders  []holder
	more     [][]decl // the words after the second
	words    uint8
	foreign  string // "", "RU", "foreign"
	strong   bool   // a foreign place that no village of the name outshines
	rank     int8   // of the best known Ukrainian bearer, -1 if none
	official bool
}

// ref leads from a stem to a name.
type ref struct {
	name, next    int32
	first, second class
}

// area is what an adjective may stand for.
type area struct {
	oblast, city int32 // -1 if none
	raions       []int32
	hromadas     []int32
	foreign      string
	never        bool // too common a word to mean a place in lower case
}

// above is what a place lies in; -1 for none.
type above struct{ oblast, raion, hromada int32 }

type nameKey struct{ lang, text string }

// finder is what Find looks words up in.
type finder struct {
	g                        *Gazetteer
	stems                    map[string]int32 // to the first of a chain of refs; two words with a blank between
	refs                     []ref
	names                    []name
	told                     map[int32][]string // by place: beginnings of the words that tell it from others of its name
	byText                   map[nameKey]int32
	begins                   map[string]bool // stems that begin a name of several words
	adjs                     map[string]*area
	nouns                    map[string]int32 // stems of Донеччина; Latin names of oblasts
	latin                    map[string]*area // Latin words before oblast, district, hromada
	people                   map[string]int32 // stems of demonyms
	exact                    map[string]int32 // demonyms as they stand
	occupied                 []bool
	above                    []above
	ranks                    []int8
	words                    map[string]uint64
	given                    map[string]bool   // given names and their stems
	stars                    map[string]uint64 // by the first two letters: the lengths, in bytes, of the beginnings that words has
	endings                  [clsCount][]string
	donetsk, luhansk, crimea int32
}

// The finder of the embedded gazetteer is built on first use; another gazetteer's, on every call.
var defaultFinder = sync.OnceValue(func() *finder { return newFinder(Default()) })

func (g *Gazetteer) finder() *finder {
	if g == Default() {
		return defaultFinder()
	}
	return newFinder(g)
}

func newFinder(g *Gazetteer) *finder {
	f := &finder{g: g, stems: make(map[string]int32, 80_000), byText: make(map[nameKey]int32, 80_000), begins: map[string]bool{},
		adjs: make(map[string]*area, 4096), nouns: map[string]int32{}, latin: make(map[string]*area, 4096), people: map[string]int32{},
		exact: map[string]int32{}, words: map[string]uint64{}, endings: classes(), donetsk: -1, luhansk: -1, crimea: -1}
	f.refs = make([]ref, 1, 100_000)
	f.names = make([]name, 0, 80_000)
	f.readWords()
	f.addForeign()
	f.addPlaces()
	f.addVariants()
	f.addAreas()
	f.addDemonyms()
	return f
}

// foldedWords cuts a name into its folded words, without apostrophes. Plain letters take
// the short way, as there are many names; the rest goes through words.Fold.
func foldedWords(text string) []string {
	var room [96]byte
	b := room[:0]
	for _, r := range text {
		switch {
		case r >= 'а' && r <= 'я', r == 'і', r == 'ї', r == 'є', r == 'ґ', r >= 'a' && r <= 'z':
		case r >= 'А' && r <= 'Я', r >= 'A' && r <= 'Z':
			r += 32
		case r == 'ё', r == 'Ё':
			r = 'е'
		case r == 'І':
			r = 'і'
		case r == 'Ї':
			r = 'ї'
		case r == 'Є':
			r = 'є'
		case r == '’', r == '\'':
			continue
		case r == ' ', r == '-':
			r = ' '
		default:
			return oddWords(text)
		}
		b = utf8.AppendRune(b, r)
	}
	s := string(b)
	if strings.IndexByte(s, ' ') < 0 && s != "" {
		return []string{s}
	}
	return strings.Fields(s)
}

func oddWords(text string) []string {
	s := strings.ReplaceAll(string(words.Fold(nil, text)), "'", "")
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" -(),.‑–", r) })
}

func isLatin(w string) bool { return w != "" && w[0] < 0x80 }

// declensions gives the stems of a word of a name in one language ("" for any).
func declensions(d []decl, w, lang string) []decl {
	if isLatin(w) {
		return append(d, decl{string(skeleton(nil, w)), clsNone})
	}
	if lang != "ru" {
		d = declineUk(d, w)
	}
	if lang != "uk" {
		d = declineRu(d, w)
	}
	return d
}

func (f *finder) addForeign() {
	for line := range strings.Lines(foreignLines) {
		p := strings.Split(strings.TrimRight(line, "\n"), "|")
		if len(p) != 4 || strings.HasPrefix(line, "#") {
			continue
		}
		if p[0] == "RU-area" {
			for k, stem := range p[1:] {
				f.foreignArea(stem, k == 2)
			}
			continue
		}
		tag, strong := strings.CutSuffix(p[0], "!")
		for k, lang := range []string{"uk", "ru", "en"} {
			if n := f.add(p[k+1], lang); n != nil {
				n.foreign, n.strong = tag, strong
			}
		}
	}
}

func (f *finder) foreignArea(stem string, latin bool) {
	switch {
	case stem == "":
	case latin:
		areaOf(f.latin, string(skeleton(nil, stem))).foreign = "RU"
	default:
		areaOf(f.adjs, stem).foreign = "RU"
	}
}

func areaOf(m map[string]*area, stem string) *area {
	a := m[stem]
	if a == nil {
		a = &area{oblast: -1, city: -1}
		m[stem] = a
	}
	return a
}

// add enters a name, in the forms of lang, and gives it back for its bearer to be added.
func (f *finder) add(text, lang string) *name {
	key := nameKey{lang, text}
	if i, ok := f.byText[key]; ok {
		return &f.names[i]
	}
	parts := foldedWords(text)
	if len(parts) == 0 || len(parts) > 5 || len(parts[0]) < 2 {
		return nil
	}
	id := int32(len(f.names))
	f.byText[key] = id
	f.names = append(f.names, name{words: uint8(len(parts)), rank: -1})
	n := &f.names[id]
	var room [8]decl
	first := declensions(room[:0], parts[0], lang)
	if len(parts) == 1 {
		for _, d := range first {
			f.link(d.stem, ref{name: id, first: d.class})
		}
		return n
	}
	for _, p := range parts[2:] {
		n.more = append(n.more, declensions(nil, p, lang))
	}
	var room2 [8]decl
	second := declensions(room2[:0], parts[1], lang)
	for _, a := range first {
		f.begins[a.stem] = true
		for _, b := range second {
			f.link(a.stem+" "+b.stem, ref{name: id, first: a.class, second: b.class})
		}
	}
	return n
}

func (f *finder) link(stem string, r ref) {
	r.next = f.stems[stem]
	f.stems[stem] = int32(len(f.refs))
	f.refs = append(f.refs, r)
}

// know keeps the words that tell place i from others of its name.
func (f *finder) know(i int32, id string) {
	for k := range strings.FieldsSeq(f.list("known")) {
		if of, list, ok := strings.Cut(k, "="); ok && of == id {
			f.told[i] = strings.Split(list, ",")
		}
	}
}

func (f *finder) addPlaces() {
	g := f.g
	famous := strings.Fields(f.list("famous"))
	f.told = map[int32][]string{}
	f.above = make([]above, g.Len())
	f.occupied, f.ranks = make([]bool, g.Len()), make([]int8, g.Len())
	for i := range g.Len() {
		l := g.Level(i)
		f.above[i] = above{oblast: int32(g.Oblast(i)), raion: int32(g.Raion(i)), hromada: int32(g.Hromada(i))}
		if l == LevelCityDistrict {
			continue
		}
		f.occupied[i] = g.EverOccupied(g.ID(i))
		if l.Area() {
			continue
		}
		rank := int8(g.rank[i])
		if slices.Contains(famous, g.ID(i)) {
			rank = max(rank, 2)
		}
		f.ranks[i] = rank
		if rank == 2 {
			f.know(int32(i), g.ID(i))
		}
		if rank == 0 && !f.occupied[i] { // a village far from it all: its names of today will do
			p := g.At(i)
			f.bear(Name{Text: p.Uk, Lang: "uk"}, int32(i), rank)
			f.bear(Name{Text: p.Ru, Lang: "ru", Made: !p.RuKnown}, int32(i), rank)
			f.bear(Name{Text: p.En, Lang: "en"}, int32(i), rank)
			continue
		}
		for _, n := range g.Names(i) {
			f.bear(n, int32(i), rank)
		}
	}
}

// addVariants enters spellings in use that no register has, and the lands around towns.
func (f *finder) addVariants() {
	for v := range strings.FieldsSeq(f.list("variants")) {
		text, of, _ := strings.Cut(v, "=")
		i := f.known(of)
		if k, ok := f.g.Lookup(of); ok {
			i = int32(k)
		}
		if i >= 0 {
			f.bear(Name{Text: text, Made: true}, i, f.ranks[i])
		}
	}
	for v := range strings.FieldsSeq(f.list("lands")) {
		stem, of, _ := strings.Cut(v, "=")
		if k, ok := f.g.Lookup(of); ok {
			f.nouns[stem] = int32(k)
		}
	}
}

func (f *finder) bear(n Name, i int32, rank int8) {
	e := f.add(n.Text, n.Lang)
	if e == nil {
		return
	}
	for k := range e.holders {
		if e.holders[k].place == i {
			e.holders[k].old = e.holders[k].old && n.Old
			e.holders[k].made = e.holders[k].made && n.Made
			return
		}
	}
	e.holders = append(e.holders, holder{place: i, old: n.Old, made: n.Made})
	if n.Old {
		rank = min(rank, 3)
	}
	e.rank = max(e.rank, rank)
	e.official = e.official || !n.Old
}

// addDemonyms reads the words for the people of a place.
func (f *finder) addDemonyms() {
	for line := range strings.Lines(demonymLines) {
		p := strings.Split(strings.TrimRight(line, "\n"), "|")
		if len(p) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		i := f.known(p[0])
		if i < 0 {
			continue
		}
		for _, s := range strings.Fields(p[1]) {
			f.people[strings.ReplaceAll(s, "'", "")] = i
		}
		for _, s := range strings.Fields(p[2]) {
			f.exact[strings.ReplaceAll(s, "'", "")] = i
		}
	}
}

// known gives the best known place, or the oblast, of a Ukrainian name.
func (f *finder) known(uk string) int32 {
	for i := range f.g.Len() {
		if f.g.Level(i) == LevelOblast && f.g.Uk(i) == uk {
			return int32(i)
		}
	}
	id, ok := f.byText[nameKey{"uk", uk}]
	if !ok {
		return -1
	}
	best, rank := int32(-1), -1
	for _, h := range f.names[id].holders {
		if r := f.g.At(int(h.place)).Rank; r > rank && !h.old {
			best, rank = h.place, r
		}
	}
	return best
}
