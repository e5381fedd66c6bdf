package archive

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"svidok/places"
	"svidok/words"
)

// PlacesNamed returns the codes of the places that a name may mean, in any of the three
// languages and in small letters too: the one that the reader of texts would take, else all
// of that name. outside: it lies outside Ukraine.
func PlacesNamed(typed string) (ids []string, outside bool) {
	g := places.Default()
	for _, name := range []string{typed, capitalised(typed)} {
		var c words.Cut
		c.Read(name)
		area, bare := -1, ""
		for _, m := range g.Find(&c, "", places.Hint{}) {
			switch {
			case m.Foreign != "":
				outside = true
			case m.Place == nil:
				bare = name[m.Start:m.End]
			case !m.Place.Level.Area():
				return []string{m.Place.ID}, false
			case area < 0 || m.Place.Level > g.Level(area):
				area = m.Place.Index
			}
		}
		switch {
		case bare != "":
			return ofName(g, bare, area), false
		case area >= 0:
			return []string{g.ID(area)}, false
		case outside:
			return nil, true
		}
	}
	return nil, false
}

// ofName are all places of a name, or all in an area (-1: anywhere); those that were ever
// occupied come first.
func ofName(g *places.Gazetteer, name string, area int) []string {
	want := Folded(name)
	var out []string
	for i := range g.Len() {
		if area >= 0 && !g.Within(i, area) {
			continue
		}
		for _, n := range g.Names(i) {
			if Folded(n.Text) == want {
				out = append(out, g.ID(i))
				break
			}
		}
	}
	last := func(id string) int {
		if g.EverOccupied(id) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b string) int { return last(a) - last(b) })
	return out
}

// capitalised writes every word with a capital letter, as names are.
func capitalised(s string) string {
	at := true
	return strings.Map(func(r rune) rune {
		begins := at
		at = r == ' ' || r == '-'
		if begins {
			return unicode.ToUpper(r)
		}
		return r
	}, s)
}

// Folded is a name as names are compared.
func Folded(s string) string { return strings.TrimSpace(string(words.Fold(nil, s))) }

// Alike returns the names that are most like what was typed, at most five.
func Alike(typed string, names []string) []string {
	type like struct {
		name  string
		score int
	}
	var all []like
	pairs := pairsOf(Folded(typed))
	for _, n := range names {
		score := 0
		for p := range pairsOf(Folded(n)) {
			if pairs[p] {
				score++
			}
		}
		if score*3 >= len(pairs)*2 && score > 0 {
			all = append(all, like{n, score})
		}
	}
	slices.SortStableFunc(all, func(a, b like) int { return cmp.Or(b.score-a.score, len(a.name)-len(b.name)) })
	var out []string
	for _, x := range all[:min(5, len(all))] {
		out = append(out, x.name)
	}
	return out
}

// pairsOf are the pairs of neighbouring letters of s.
func pairsOf(s string) map[string]bool {
	out := map[string]bool{}
	r := []rune(s)
	for i := 0; i+2 <= len(r); i++ {
		out[string(r[i:i+2])] = true
	}
	return out
}
