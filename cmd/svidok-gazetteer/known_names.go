package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed well_known.tsv
var wellKnownText string

//go:embed raions_until_2020.tsv
var oldRaionText string

// extra is what the project itself knows of a unit.
type extra struct {
	ru    string
	old   []string // "uk!Name", "ru!Name"
	latin []string
}

// wellKnown reads the table of names in use; every line must name a unit.
func wellKnown(t *tree) (map[int]extra, error) {
	out := map[int]extra{}
	for line := range strings.Lines(wellKnownText) {
		if line[0] == '#' {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "|")
		if len(f) != 5 {
			return nil, fmt.Errorf("well known: %q", line)
		}
		i := t.foremost(f[0], f[1])
		if i < 0 {
			return nil, fmt.Errorf("well known: no unit for %q", line)
		}
		x := extra{ru: f[2]}
		for one := range strings.SplitSeq(f[3], ",") {
			if uk, ru, ok := strings.Cut(one, "/"); ok {
				x.old = append(x.old, "uk!"+uk, "ru!"+ru)
			}
		}
		if f[4] != "" {
			x.latin = strings.Split(f[4], ",")
		}
		out[i] = x
	}
	return out, nil
}

// foremost finds the most important settlement of a name in an oblast.
func (t *tree) foremost(oblast, name string) int {
	best, rank := -1, 0
	for i, u := range t.units {
		if u.code[2:4] != oblast || u.name != name || strings.Contains("OPHB", u.kind) {
			continue
		}
		r := 10 * (1 + strings.Index("CXMK", u.kind))
		if i > 0 && t.units[i-1].kind == "H" { // a hromada's first settlement is its centre
			r += 5
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

// extraLines: index, Russian name now, former names, Latin spellings.
func extraLines(t *tree, known map[int]extra, m *russian) []byte {
	var b bytes.Buffer
	for i, u := range t.units {
		x := known[i]
		for _, name := range t.former[u.code] {
			if slices.Contains(x.old, "uk!"+name) {
				continue
			}
			ru := m.write(name)
			if strings.Contains("OPHB", u.kind) {
				ru = m.adjective(name)
			}
			x.old = append(x.old, "uk!"+name, "ru!"+ru)
		}
		if x.ru != "" || len(x.old)+len(x.latin) > 0 {
			fmt.Fprintf(&b, "%d\t%s\t%s\t%s\n", i, x.ru, strings.Join(x.old, "|"), strings.Join(x.latin, "|"))
		}
	}
	return b.Bytes()
}

// oldRaionLines: index of the oblast, adjectives uk and ru, indexes of the raions.
func oldRaionLines(t *tree, m *russian) ([]byte, error) {
	var b bytes.Buffer
	for line := range strings.Lines(oldRaionText) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if line[0] == '#' {
			continue
		}
		if len(f) != 4 {
			return nil, fmt.Errorf("raions until 2020: %q", line)
		}
		var into []string
		oblast := -1
		for code := range strings.FieldsSeq(f[3]) {
			i, ok := t.at[code]
			if !ok {
				return nil, fmt.Errorf("raions until 2020: no unit %s", code)
			}
			into = append(into, fmt.Sprint(i))
			for oblast = i; t.units[oblast].kind != "O"; oblast-- {
			}
		}
		for _, name := range f[1:3] {
			if name != "" {
				fmt.Fprintf(&b, "%d\t%s\t%s\t%s\n", oblast, name, m.adjective(name), strings.Join(into, " "))
			}
		}
	}
	return b.Bytes(), nil
}
