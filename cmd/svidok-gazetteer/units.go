package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
)

// build reads the sources and gives the files to embed, by name.
func build(sources fs.FS) (map[string][]byte, error) {
	units, err := readUnits(sources)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	if out["katottg.tsv.gz"], err = pack(unitLines(units)); err != nil {
		return nil, err
	}
	return out, nil
}

// unit is one line of the codifier.
type unit struct{ code, kind, name string }

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
