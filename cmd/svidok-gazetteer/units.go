package main

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed renamed.tsv
var renamedText string

// made is what build gives: the files to embed by name, and what it could not place.
type made struct {
	files   map[string][]byte
	unknown []string
}

// build reads the sources and gives the files to embed.
func build(sources fs.FS) (made, error) {
	out := made{files: map[string][]byte{}}
	units, err := readUnits(sources)
	if err != nil {
		return out, err
	}
	t := newTree(units)
	spells, unknown, err := readOrder(sources, t)
	if err != nil {
		return out, err
	}
	out.unknown = append(out.unknown, unknown...)
	all, err := readKnown(sources, t)
	if err != nil {
		return out, err
	}
	ours, err := wellKnown(t)
	if err != nil {
		return out, err
	}
	m := learn(append(t.pairs(all), t.certain(ours)...))
	raions, err := oldRaionLines(t, m)
	if err != nil {
		return out, err
	}
	lines, err := readBorders(sources, t)
	if err != nil {
		return out, err
	}
	texts := map[string][]byte{
		"katottg.tsv.gz": unitLines(units), "order376.tsv.gz": orderLines(spells, t), "osm_names.tsv.gz": osmLines(t, all, ours, m),
		"names.tsv.gz": extraLines(t, ours, m), "old_raions.tsv.gz": raions,
		"osm_outlines.tsv.gz": outlineLines(lines),
	}
	for name, text := range texts {
		if out.files[name], err = pack(text); err != nil {
			return out, err
		}
	}
	return out, nil
}

// unit is one line of the codifier.
type unit struct{ code, kind, name string }

// tree is the codifier with its order, a unit before its parts.
type tree struct {
	units  []unit
	at     map[string]int
	former map[string][]string // names that a unit bore before
}

func newTree(units []unit) *tree {
	t := &tree{units: units, at: map[string]int{}, former: map[string][]string{}}
	for i, u := range units {
		t.at[u.code] = i
	}
	for line := range strings.Lines(renamedText) {
		if code, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && line[0] != '#' {
			t.former[code] = append(t.former[code], name)
		}
	}
	return t
}

// below gives the units below an oblast, raion or hromada, and the unit itself.
func (t *tree) below(code string) []unit {
	stem := code
	for _, n := range []int{4, 6, 9, 12} {
		if strings.Trim(code[n:len(code)-5], "0") == "" {
			stem = code[:n]
			break
		}
	}
	var list []unit
	for _, u := range t.units[t.at[code]:] {
		if !strings.HasPrefix(u.code, stem) {
			break
		}
		list = append(list, u)
	}
	return list
}

func readUnits(sources fs.FS) ([]unit, error) {
	f, err := sources.Open("katottg-2025-05-16.csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var units []unit
	for _, row := range rows[1:] {
		u := unit{kind: strings.TrimSpace(row[5]), name: strings.Join(strings.Fields(row[6]), " ")}
		for _, c := range row[:5] {
			if c = strings.TrimSpace(c); c != "" {
				u.code = c
			}
		}
		if len(u.code) != 19 || u.kind == "" || u.name == "" {
			return nil, fmt.Errorf("codifier: unreadable row %q", row)
		}
		units = append(units, u)
	}
	return units, nil
}

func unitLines(units []unit) []byte {
	var b bytes.Buffer
	for _, u := range units {
		fmt.Fprintf(&b, "%s\t%s\t%s\n", u.code, u.kind, u.name)
	}
	return b.Bytes()
}
