package places

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
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
	g.ru, g.en, g.alias = make([]string, n), make([]string, n), make([]string, n)
	g.lat, g.lon, g.rank = make([]int32, n), make([]int32, n), make([]uint8, n)
	g.last = make([]int32, n)
	for i := n - 1; i >= 0; i-- {
		g.last[i] = max(g.last[i], int32(i))
		if up := g.parent[i]; up >= 0 {
			g.last[up] = max(g.last[up], g.last[i])
		}
	}
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
