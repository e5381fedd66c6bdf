//go:build eval

package main

import (
	"hash/fnv"
	"os"
	"strings"
	"testing"
)

// dataFolder is where the sources lie.
func dataFolder() string {
	if d := os.Getenv("SVIDOK_DATA"); d != "" {
		return d + "/gazetteer"
	}
	return "../../../shared/data/gazetteer"
}

// Ten times: learned from nine tenths of the names, tried on the tenth.
func TestEvalRussianNames(t *testing.T) {
	sources := os.DirFS(dataFolder())
	units, err := readUnits(sources)
	if err != nil {
		t.Fatal(err)
	}
	tr := newTree(units)
	all, err := readKnown(sources, tr)
	if err != nil {
		t.Fatal(err)
	}
	fold := func(code string) uint32 { h := fnv.New32a(); h.Write([]byte(code)); return h.Sum32() % 10 }
	right, tried := map[string]int{}, map[string]int{}
	shown := 0
	for part := range uint32(10) {
		var pairs []pair
		for _, u := range units {
			if k := all[u.code]; k.ru != "" && strings.Contains("MXC", u.kind) && fold(u.code) != part {
				pairs = append(pairs, pair{lower(u.name), strings.ToLower(k.ru)})
			}
		}
		m := learn(pairs)
		for _, u := range units {
			k := all[u.code]
			if k.ru == "" || !strings.Contains("MXC", u.kind) || fold(u.code) != part {
				continue
			}
			tried[u.code[:4]]++
			tried["all"]++
			e := strings.NewReplacer("ё", "е", "Ё", "Е", "-", " ")
			got, want := strings.ToLower(e.Replace(m.write(u.name))), strings.ToLower(e.Replace(k.ru))
			if got == want {
				right[u.code[:4]]++
				right["all"]++
			} else if shown < 60 && u.code[17] == '7' {
				t.Logf("%s: %s, recorded %s", u.name, got, want)
				shown++
			}
		}
	}
	for o, n := range tried {
		t.Logf("%s %d of %d (%.3f)", o, right[o], n, float64(right[o])/float64(n))
	}
	if s := float64(right["all"]) / float64(tried["all"]); s < 0.85 {
		t.Errorf("Russian names right: %.3f", s)
	}
}
