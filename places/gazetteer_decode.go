package places

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The files are gzipped text, one record a line, tabs between fields, so that anybody can
// read them; cmd/svidok-gazetteer writes them. What comes from OpenStreetMap lies apart.
//
//go:embed data/*.gz
var dataFiles embed.FS

func unpack(name string) string {
	raw, err := dataFiles.ReadFile("data/" + name)
	if err != nil {
		return ""
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	var b strings.Builder
	if _, err := io.Copy(&b, z); err != nil { //nolint:gosec // an embedded file of our own
		return ""
	}
	return b.String()
}

// fields cuts a line at tabs into f and says how many fields there were, at most len(f).
func fields(line string, f []string) int {
	n := 0
	for n < len(f)-1 {
		k := strings.IndexByte(line, '\t')
		if k < 0 {
			break
		}
		f[n], line = line[:k], line[k+1:]
		n++
	}
	f[n] = line
	return n + 1
}

func decodeGazetteer() *Gazetteer {
	g := &Gazetteer{}
	g.readUnits(unpack("katottg.tsv.gz"))
	g.readRecorded(unpack("osm_names.tsv.gz"))
	g.readOwn(unpack("names.tsv.gz"))
	g.readOldRaions(unpack("old_raions.tsv.gz"))
	g.readOrder(unpack("order376.tsv.gz"))
	g.rankAll()
	return g
}

// readUnits reads the codifier: code without "UA", level's letter, name; a unit before its parts.
func (g *Gazetteer) readUnits(text string) {
	n := strings.Count(text, "\n")
	g.id, g.uk = make([]string, 0, n), make([]string, 0, n)
	g.level, g.parent = make([]Level, 0, n), make([]int32, 0, n)
	g.byID = make(map[string]int32, n)
	var open []int32
	var f [3]string
	for line := range strings.Lines(text) {
		if fields(strings.TrimSuffix(line, "\n"), f[:]) != 3 {
			continue
		}
		i, l := int32(len(g.id)), levelOf(f[1])
		for len(open) > 0 && depth(g.level[open[len(open)-1]]) >= depth(l) {
			open = open[:len(open)-1]
		}
		up := int32(-1)
		if len(open) > 0 {
			up = open[len(open)-1]
		}
		open = append(open, i)
		g.id, g.uk, g.level, g.parent = append(g.id, f[0]), append(g.uk, f[2]), append(g.level, l), append(g.parent, up)
		g.byID[f[0]] = i
	}
	n = len(g.id)
	g.last = make([]int32, n)
	for i := n - 1; i >= 0; i-- {
		g.last[i] = max(g.last[i], int32(i))
		if up := g.parent[i]; up >= 0 {
			g.last[up] = max(g.last[up], g.last[i])
		}
	}
}

// readRecorded reads one line a unit, in the codifier's order: Russian name, "made" where a
// rule made it, Latin name, latitude and longitude in 1e-4 degrees, other names.
func (g *Gazetteer) readRecorded(text string) {
	n := len(g.id)
	g.ru, g.en, g.other, g.made = make([]string, n), make([]string, n), make([]string, n), make([]bool, n)
	g.lat, g.lon = make([]int32, n), make([]int32, n)
	i := 0
	var f [6]string
	for line := range strings.Lines(text) {
		if i == n || fields(strings.TrimSuffix(line, "\n"), f[:]) != 6 {
			break
		}
		g.ru[i], g.made[i], g.en[i], g.other[i] = f[0], f[1] != "", f[2], f[5]
		g.lat[i], g.lon[i] = number(f[3]), number(f[4])
		i++
	}
}

// readOwn reads our own table: index, Russian name, former names, Latin spellings.
func (g *Gazetteer) readOwn(text string) {
	g.old, g.latin = make([]string, len(g.id)), make([]string, len(g.id))
	var f [4]string
	for line := range strings.Lines(text) {
		i := -1
		if fields(strings.TrimSuffix(line, "\n"), f[:]) == 4 {
			i = int(number(f[0]))
		}
		if i < 0 || i >= len(g.id) {
			continue
		}
		if f[1] != "" {
			g.ru[i], g.made[i] = f[1], false
		}
		g.old[i], g.latin[i] = f[2], f[3]
		if first, _, _ := strings.Cut(f[3], "|"); first != "" {
			g.en[i] = first
		}
	}
}

func (g *Gazetteer) readOldRaions(text string) {
	var f [4]string
	for line := range strings.Lines(text) {
		if fields(strings.TrimSuffix(line, "\n"), f[:]) != 4 {
			continue
		}
		r := OldRaion{Uk: f[1], Ru: f[2], Oblast: int(number(f[0]))}
		for one := range strings.FieldsSeq(f[3]) {
			r.Into = append(r.Into, int(number(one)))
		}
		g.oldRaions = append(g.oldRaions, r)
	}
}

func number(s string) int32 {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// rankAll tells how well known a settlement is by what it is the centre of, and gives areas
// the point of their centre: a hromada's first settlement in the codifier is its centre, a
// raion's is that of the hromada that bears its name.
func (g *Gazetteer) rankAll() {
	g.rank = make([]uint8, len(g.id))
	central := make([]bool, len(g.id)) // raions whose centre is found
	stem := func(i int32) string { return strings.TrimRight(g.uk[i], "аий") }
	for i := range int32(len(g.id)) {
		switch up := g.parent[i]; g.level[i] {
		case LevelSpecialCity:
			g.rank[i] = 5
		case LevelCity:
			g.rank[i] = max(g.rank[i], 3)
		case LevelSettlement:
			g.rank[i] = max(g.rank[i], 1)
		case LevelHromada:
			if i+1 > g.last[i] {
				continue
			}
			g.rank[i+1] = 2
			g.lat[i], g.lon[i] = g.lat[i+1], g.lon[i+1]
			if stem(i) == stem(up) {
				g.rank[i+1], central[up] = 4, true
				g.lat[up], g.lon[up] = g.lat[i], g.lon[i]
			}
			if slices.Contains(oblastCentres(), g.uk[i+1]) && g.level[i+1] == LevelCity && g.rank[i+1] == 4 {
				g.rank[i+1] = 5
				o := g.Oblast(int(i))
				g.lat[o], g.lon[o] = g.lat[i], g.lon[i]
			}
		}
	}
	for i := range int32(len(g.id)) {
		switch {
		case g.level[i] == LevelRaion && !central[i]:
			g.centreOfRaion(i)
		case g.level[i] == LevelSpecialCity: // Kyiv is the centre of an oblast that it is no part of
			for o := range int32(len(g.id)) {
				if g.level[o] == LevelOblast && g.lat[o] == 0 && strings.HasPrefix(g.uk[o], g.uk[i]) {
					g.lat[o], g.lon[o] = g.lat[i], g.lon[i]
				}
			}
		}
	}
}

// centreOfRaion serves raions that no hromada bears the name of, for one or the other was
// renamed: the settlement that begins alike, or else the first city.
func (g *Gazetteer) centreOfRaion(raion int32) {
	best := int32(-1)
	begin := []rune(g.uk[raion])[:4]
	for i := raion + 1; i <= g.last[raion]; i++ {
		if g.level[i] != LevelCity && g.rank[i] != 2 {
			continue
		}
		if strings.HasPrefix(g.uk[i], string(begin)) {
			best = i
			break
		}
		if best < 0 && g.level[i] == LevelCity {
			best = i
		}
	}
	if best >= 0 {
		g.rank[best] = max(g.rank[best], 4)
		g.lat[raion], g.lon[raion] = g.lat[best], g.lon[best]
	}
}

func oblastCentres() []string {
	return []string{"Сімферополь", "Вінниця", "Луцьк", "Дніпро", "Донецьк", "Житомир", "Ужгород", "Запоріжжя", "Івано-Франківськ", "Кропивницький",
		"Луганськ", "Львів", "Миколаїв", "Одеса", "Полтава", "Рівне", "Суми", "Тернопіль", "Харків", "Херсон", "Хмельницький", "Черкаси", "Чернівці", "Чернігів"}
}

func levelOf(letter string) Level {
	switch letter {
	case "O":
		return LevelOblast
	case "K":
		return LevelSpecialCity
	case "P":
		return LevelRaion
	case "H":
		return LevelHromada
	case "M":
		return LevelCity
	case "X", "T":
		return LevelSettlement
	case "B":
		return LevelCityDistrict
	}
	return LevelVillage
}

// depth: where a level stands in the hierarchy; all settlements stand on one step.
func depth(l Level) int {
	switch l {
	case LevelOblast, LevelSpecialCity:
		return 0
	case LevelRaion:
		return 1
	case LevelHromada:
		return 2
	case LevelCityDistrict:
		return 4
	}
	return 3
}
