package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// known is what OpenStreetMap and Wikidata say of a unit.
type known struct {
	ru, en   string
	old      []string // other Russian or Ukrainian names, most of them former ones
	lat, lon int      // 1e-4 degrees, 0 where unknown
	made     bool     // ru was made by rule
}

// readKnown joins the sources by code.
func readKnown(sources fs.FS, t *tree) (map[string]known, error) {
	f, err := sources.Open("settlements.csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[string]known{}
	for _, row := range rows[1:] {
		k := known{en: latinName(row[3]), lat: degrees(row[9]), lon: degrees(row[10])}
		if _, ok := t.at[row[0]]; !ok {
			return nil, fmt.Errorf("settlements: no unit %q", row[0])
		}
		k.ru, k.old = chooseRussian(row[2], append(strings.Split(row[4], ";"), strings.Split(row[5], ";")...))
		out[row[0]] = k
	}
	if err := specialCities(sources, t, out); err != nil {
		return nil, err
	}
	return out, raionNames(sources, out)
}

func degrees(s string) int {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return int(math.Round(x * 1e4))
}

func latinName(s string) string {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "|;\t") || strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
		return ""
	}
	return s
}

// chooseRussian takes the Russian form of the present name out of all that is recorded, and
// gives the other Cyrillic names that are names. Recorded ones are often in small letters.
func chooseRussian(uk string, all []string) (ru string, old []string) {
	best := 1 << 20
	for n, c := range all {
		if c = cleanCyrillic(c); c == "" || strings.ContainsAny(strings.ToLower(c), "іїєґ’") || stillUkrainian(c, uk) {
			continue
		}
		d := distance(plainly(uk), plainly(c))*10 + min(n, 9)
		if strings.Contains(c, "ё") {
			d-- // of two spellings the one that shows its stress
		}
		if strings.Contains(uk, "-") != strings.Contains(c, "-") {
			d += 10
		}
		if d < best && d < 10*(1+len([]rune(uk))*4/10) {
			best, ru = d, c
		}
	}
	if ru != "" && ru == strings.ToLower(ru) {
		ru = capitals(ru, capitalised(ru))
	}
	for _, c := range all {
		c = cleanCyrillic(c)
		if len([]rune(c)) < 4 || noName(c) || distance(plainly(c), plainly(uk)) <= 2 || ru != "" && distance(plainly(c), plainly(ru)) <= 2 {
			continue
		}
		if c == strings.ToLower(c) {
			c = capitals(c, capitalised(c))
		}
		k := slices.IndexFunc(old, func(o string) bool { return plainly(o) == plainly(c) })
		if k < 0 && len(strings.Fields(c)) <= 2 {
			old = append(old, c)
		} else if k >= 0 && strings.Contains(c, "-") {
			old[k] = c // recorded twice, once without its hyphen
		}
	}
	return ru, old
}

// stillUkrainian: recorded as Russian, and yet the Ukrainian form.
func stillUkrainian(c, uk string) bool {
	c, uk = strings.ToLower(c), strings.ToLower(uk)
	if strings.Contains(c, "ськ") || strings.Contains(c, "цьк") || strings.HasSuffix(uk, "ове") && strings.HasSuffix(c, "ове") {
		return true
	}
	if c == uk && strings.HasSuffix(c, "е") && !strings.HasSuffix(c, "поле") && !strings.HasSuffix(c, "море") {
		return true
	}
	for _, w := range strings.FieldsFunc(c, func(r rune) bool { return r == ' ' || r == '-' }) {
		if slices.Contains([]string{"велика", "мала", "нова", "стара", "червона", "біла", "верхня", "нижня", "нове", "старе", "мале", "велике", "друга", "перша", "перше", "друге", "криниця", "хвиля", "воля"}, w) && w != c {
			return w != "воля"
		}
	}
	return false
}

// noName: recorded among the names, and yet words that a text uses for something else.
func noName(c string) bool {
	return slices.Contains([]string{"октябрь", "горького", "артема", "артёма", "ленина", "леніна", "кирова", "кірова", "десята", "тавр", "марик", "победа", "перемога",
		"радгоспний", "союз", "площадь ленина", "флаг украины", "святоград", "троцьк", "советское", "совхоз", "радгосп", "свобода", "родина", "коммуна", "комуна", "пятилетка"}, strings.ToLower(c))
}

func capitalised(s string) string {
	return capitals(s, strings.ToUpper(s))
}

// cleanCyrillic drops stress marks, and gives "" for what is no name.
func cleanCyrillic(s string) string {
	s = strings.NewReplacer("\u0301", "", "'", "’", "`", "’", "ʼ", "’").Replace(strings.TrimSpace(s))
	for _, r := range s {
		if !unicode.Is(unicode.Cyrillic, r) && r != ' ' && r != '-' && r != '’' {
			return ""
		}
	}
	for _, not := range []string{"район", "уезд", "войско", "имени", "імені", "рудник", "завод", "колхоз", "шахта", "шахты"} {
		if strings.Contains(strings.ToLower(s), not) {
			return ""
		}
	}
	return s
}

// plainly writes a Cyrillic name so that Ukrainian and Russian spellings come close.
func plainly(s string) string {
	return strings.NewReplacer("і", "и", "ї", "и", "є", "е", "ґ", "г", "ё", "е", "ы", "и", "э", "е", "ь", "", "ъ", "", "’", "", "-", " ").Replace(strings.ToLower(s))
}

// distance is Levenshtein's.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			d := diagonal
			if x[i] != y[j] {
				d++
			}
			diagonal = row[j+1]
			row[j+1] = min(d, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// specialCities: their points lie only among those of OpenStreetMap.
func specialCities(sources fs.FS, t *tree, out map[string]known) error {
	f, err := sources.Open("settlement-points-osm.csv")
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	for _, u := range t.units {
		if u.kind != "K" {
			continue
		}
		for _, row := range rows[1:] {
			if row[2] == "city" && (row[4] == u.name || row[3] == u.name) {
				k := out[u.code]
				k.lat, k.lon = degrees(row[6]), degrees(row[7])
				out[u.code] = k
			}
		}
	}
	return nil
}

// raionNames adds the Russian adjectives of raions.
func raionNames(sources fs.FS, out map[string]known) error {
	raions, err := readRaions(sources)
	if err != nil {
		return err
	}
	for _, r := range raions {
		if ru, ok := strings.CutSuffix(r.Properties.Ru, " район"); ok {
			out[r.Properties.Code] = known{ru: ru}
		}
	}
	return nil
}

// raion is one feature of the file of raions.
type raion struct {
	Properties struct {
		Code string `json:"katotth"`
		Ru   string `json:"name:ru"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func readRaions(sources fs.FS) ([]raion, error) {
	f, err := sources.Open("raions-osm.geojson.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var all struct{ Features []raion }
	if err := json.NewDecoder(z).Decode(&all); err != nil {
		return nil, err
	}
	return all.Features, nil
}

// pairs gives what the writer of Russian learns from.
func (t *tree) pairs(all map[string]known) (pairs []pair) {
	for _, u := range t.units {
		if k := all[u.code]; k.ru != "" && strings.Contains("MXC", u.kind) {
			pairs = append(pairs, pair{lower(u.name), strings.ToLower(k.ru)})
		}
	}
	return pairs
}

// certain gives the names of our own table, which the writer learns from as well.
func (t *tree) certain(ours map[int]extra) (pairs []pair) {
	pairs = []pair{{"кіровське", "кировское"}, {"кірове", "кирово"}, {"ленінське", "ленинское"}, {"кіров", "киров"}}
	for i, u := range t.units {
		if x := ours[i]; x.ru != "" {
			pairs = append(pairs, pair{lower(u.name), strings.ToLower(x.ru)})
		}
	}
	return pairs
}

// osmLines: one line a unit, in the codifier's order: Russian name, "made" where a rule
// made it, Latin name, 1e-4 degrees of latitude and longitude, other names. A forgotten name
// that another place bears today is left out: it would mislead more often than lead.
func osmLines(t *tree, all map[string]known, ours map[int]extra, m *russian) []byte {
	today := map[string]bool{}
	for i, u := range t.units {
		k := all[u.code]
		if k.made = k.ru == ""; k.made && strings.Contains("OPHB", u.kind) {
			k.ru = m.adjective(u.name)
		} else if k.made {
			k.ru = m.write(t.units[i].name)
		}
		all[u.code] = k
		today[plainly(u.name)], today[plainly(k.ru)] = true, true
	}
	var b bytes.Buffer
	for i, u := range t.units {
		k, made, lat, lon := all[u.code], "", "", ""
		if k.made {
			made = "made"
		}
		if k.lat != 0 {
			lat, lon = strconv.Itoa(k.lat), strconv.Itoa(k.lon)
		}
		old := slices.DeleteFunc(k.old, func(o string) bool { return today[plainly(o)] })
		if _, ok := ours[i]; ok { // our own table is complete
			old = nil
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ru, made, k.en, lat, lon, strings.Join(old, "|"))
	}
	return b.Bytes()
}
