package places

import (
	"iter"
	"strings"
	"sync"
)

// Level is the kind of unit that a place is in the codifier of administrative units.
type Level uint8

// The levels, from the widest to the narrowest. A special city (Kyiv, Sevastopol) ranks
// with the oblasts and is a settlement as well.
const (
	LevelOblast Level = iota + 1
	LevelSpecialCity
	LevelRaion
	LevelHromada
	LevelCity         // місто
	LevelSettlement   // селище
	LevelVillage      // село
	LevelCityDistrict // район у місті
)

// String gives the English word for the level.
func (l Level) String() string {
	switch l {
	case LevelOblast:
		return "oblast"
	case LevelSpecialCity:
		return "special city"
	case LevelRaion:
		return "raion"
	case LevelHromada:
		return "hromada"
	case LevelCity:
		return "city"
	case LevelSettlement:
		return "settlement"
	case LevelVillage:
		return "village"
	case LevelCityDistrict:
		return "city district"
	}
	return "unknown"
}

// Area says whether a place of this level is an area above settlements. A special city is
// both; it counts as a settlement here.
func (l Level) Area() bool { return l == LevelOblast || l == LevelRaion || l == LevelHromada }

// Place is one unit of the codifier. Areas bear their adjective as the codifier does:
// "Донецька" (oblast), "Бахмутський" (raion), "Андріївська" (hromada); Full spells them out.
type Place struct {
	Index  int    // position in the gazetteer, 0 ≤ Index < Len
	ID     string // KATOTTG code, "UA" and 17 digits
	Level  Level
	Uk     string // official Ukrainian name; apostrophe ’
	Ru     string // Russian name, ё where known; see RuKnown
	En     string // official romanisation (KMU 55/2010) or the OpenStreetMap form
	Lat    float64
	Lon    float64
	Parent int // Index of the unit above, -1 at the top
	Rank   int // how well known, a prior: 0 village, 1 settlement, 2 hromada centre, 3 city, 4 raion centre, 5 oblast centre or special city

	RuKnown  bool // Ru is a recorded name; otherwise made from the Ukrainian one by rule
	HasPoint bool // Lat and Lon hold (WGS 84, degrees)
}

// Name is one name under which a place goes.
type Name struct {
	Text string // as written, capitalised
	Lang string // "uk", "ru", "en" (any Latin spelling), "crh"; "" where the source does not say
	Old  bool   // no longer official, or official only for the occupier
	Made bool   // made by rule, not recorded anywhere
}

// OldRaion is a raion that the reform of 2020 abolished.
type OldRaion struct {
	Uk, Ru string // adjectives, nominative masculine: "Новоазовський", "Новоазовский"
	Oblast int    // Index of its oblast
	Into   []int  // Indexes of the raions that its land went to, largest part first
}

// Gazetteer holds all units of the codifier. It is immutable and safe for concurrent use;
// places are addressed by a small index in the codifier's order, a unit before its parts.
type Gazetteer struct {
	id     []string
	uk     []string
	ru     []string
	made   []bool   // ru was made by rule
	en     []string // recorded only
	old    []string // former names, "|" between, each "lang!Name"
	other  []string // further recorded names, "|" between
	latin  []string // Latin spellings in use, "|" between
	level  []Level
	rank   []uint8
	parent []int32
	last   []int32 // last index below (inclusive): units below i are i+1..last[i]
	lat    []int32 // 1e-4 degrees; an area has the point of its centre
	lon    []int32
	byID   map[string]int32

	oldRaions []OldRaion
	occupied  occupation
}

// Default is the embedded gazetteer, decoded on first use.
func Default() *Gazetteer { return defaultGazetteer() }

var defaultGazetteer = sync.OnceValue(decodeGazetteer)

// Len counts the places; indexes run from 0 to Len-1.
func (g *Gazetteer) Len() int { return len(g.id) }

// Lookup finds a place's index by its KATOTTG code.
func (g *Gazetteer) Lookup(id string) (int, bool) {
	i, ok := g.byID[id]
	return int(i), ok
}

// Place gives the place with this KATOTTG code.
func (g *Gazetteer) Place(id string) (Place, bool) {
	i, ok := g.Lookup(id)
	if !ok {
		return Place{}, false
	}
	return g.At(i), true
}

// At gives place i; the zero Place (Index -1) if there is none.
func (g *Gazetteer) At(i int) Place {
	if i < 0 || i >= len(g.id) {
		return Place{Index: -1, Parent: -1}
	}
	p := Place{Index: i, ID: g.id[i], Level: g.level[i], Uk: g.uk[i], Ru: g.ru[i], En: g.en[i],
		Parent: int(g.parent[i]), Rank: int(g.rank[i]), RuKnown: !g.made[i]}
	if p.En == "" {
		p.En = Romanise(p.Uk)
	}
	if g.lat[i] != 0 {
		p.HasPoint, p.Lat, p.Lon = true, float64(g.lat[i])/1e4, float64(g.lon[i])/1e4
	}
	return p
}

// Level gives the level of place i without building the rest.
func (g *Gazetteer) Level(i int) Level { return g.level[i] }

// ID gives the KATOTTG code of place i.
func (g *Gazetteer) ID(i int) string { return g.id[i] }

// Uk gives the official Ukrainian name of place i.
func (g *Gazetteer) Uk(i int) string { return g.uk[i] }

// Parent gives the index of the unit above, -1 at the top.
func (g *Gazetteer) Parent(i int) int { return int(g.parent[i]) }

// Below gives the range of all units below i, direct and indirect: from ≤ index < to.
func (g *Gazetteer) Below(i int) (from, to int) { return i + 1, int(g.last[i]) + 1 }

// Within says whether i is area or lies in it.
func (g *Gazetteer) Within(i, area int) bool { return i >= area && i <= int(g.last[area]) }

// Children gives the indexes directly below i, in the codifier's order.
func (g *Gazetteer) Children(i int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for j := i + 1; j <= int(g.last[i]); j = int(g.last[j]) + 1 {
			if !yield(j) {
				return
			}
		}
	}
}

// Oblast gives the index of the oblast or special city that i is or lies in, -1 if none.
func (g *Gazetteer) Oblast(i int) int {
	for i >= 0 && g.level[i] > LevelSpecialCity {
		i = int(g.parent[i])
	}
	return i
}

// Raion gives the index of the raion that i is or lies in, -1 if none.
func (g *Gazetteer) Raion(i int) int { return g.above(i, LevelRaion) }

// Hromada gives the index of the hromada that i is or lies in, -1 if none.
func (g *Gazetteer) Hromada(i int) int { return g.above(i, LevelHromada) }

func (g *Gazetteer) above(i int, l Level) int {
	for i >= 0 && g.level[i] != l {
		i = int(g.parent[i])
	}
	return i
}

// Full gives the name of place i with its kind in Ukrainian: "Донецька область",
// "Бахмутський район", "Андріївська громада", "м. Бахмут", "с. Китай".
func (g *Gazetteer) Full(i int) string {
	n := g.uk[i]
	switch g.level[i] {
	case LevelOblast:
		if strings.HasSuffix(n, "ка") {
			return n + " область"
		}
	case LevelRaion, LevelCityDistrict:
		return n + " район"
	case LevelHromada:
		return n + " громада"
	case LevelCity, LevelSpecialCity:
		return "м. " + n
	case LevelSettlement:
		return "с-ще " + n
	case LevelVillage:
		return "с. " + n
	}
	return n
}

// Names gives every name of place i: official, recorded, former, and those made by rule,
// the first of each language being its usual one. For areas the names are adjectives.
func (g *Gazetteer) Names(i int) []Name {
	p := g.At(i)
	names := make([]Name, 0, 8)
	names = append(names, Name{Text: p.Uk, Lang: "uk"}, Name{Text: p.Ru, Lang: "ru", Made: !p.RuKnown}, Name{Text: p.En, Lang: "en"})
	for one := range listed(g.latin[i]) {
		names = appendName(names, Name{Text: one, Lang: "en"})
	}
	for one := range listed(g.old[i]) {
		lang, text, _ := strings.Cut(one, "!")
		names = appendName(names, Name{Text: text, Lang: lang, Old: true})
		if p.Rank >= 2 {
			names = appendName(names, Name{Text: latinOf(lang, text), Lang: "en", Old: true, Made: true})
		}
	}
	for one := range listed(g.other[i]) {
		names = appendName(names, Name{Text: one, Lang: cyrillicLanguage(one), Old: true})
	}
	names = appendName(names, Name{Text: Romanise(p.Uk), Lang: "en", Made: true})
	return appendName(names, Name{Text: RomaniseRussian(p.Ru), Lang: "en", Made: true})
}

func latinOf(lang, text string) string {
	if lang == "ru" {
		return RomaniseRussian(text)
	}
	return Romanise(text)
}

// listed cuts a list at "|"; nothing for an empty one.
func listed(list string) iter.Seq[string] {
	if list == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(list, "|")
}

// cyrillicLanguage tells by letters that only one of the two languages has; "" if none.
func cyrillicLanguage(s string) string {
	switch {
	case strings.ContainsAny(s, "іїєґІЇЄҐ’"):
		return "uk"
	case strings.ContainsAny(s, "ыэёъЫЭЁЪ"):
		return "ru"
	}
	return ""
}

// OldRaions gives the raions that the reform of 2020 abolished.
func (g *Gazetteer) OldRaions() []OldRaion { return g.oldRaions }

func appendName(names []Name, n Name) []Name {
	if n.Text == "" {
		return names
	}
	for _, m := range names {
		if m.Text == n.Text && m.Lang == n.Lang {
			return names
		}
	}
	return append(names, n)
}
