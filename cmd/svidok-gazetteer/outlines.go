package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// vertex is a point of a border, longitude first, as the sources have it.
type vertex [2]float64

// tolerance: how far a simplified border may lie from the true one, in degrees of latitude.
const tolerance = 0.004

// borders are the rings of each raion and special city, by the unit's index. Neighbours
// share their vertices, so that a border is simplified once for both.
type borders map[int][][]vertex

func readBorders(sources fs.FS, t *tree) (borders, error) {
	raions, err := readRaions(sources)
	if err != nil {
		return nil, err
	}
	b := borders{}
	for _, r := range raions {
		i, ok := t.at[r.Properties.Code]
		if !ok {
			return nil, fmt.Errorf("outlines: no raion %q", r.Properties.Code)
		}
		var many [][][]vertex
		if r.Geometry.Type == "Polygon" {
			many = make([][][]vertex, 1)
			err = json.Unmarshal(r.Geometry.Coordinates, &many[0])
		} else {
			err = json.Unmarshal(r.Geometry.Coordinates, &many)
		}
		if err != nil {
			return nil, err
		}
		for _, ring := range slices.Concat(many...) {
			b[i] = append(b[i], ring[:len(ring)-1])
		}
	}
	return b, b.addCities(sources, t)
}

// loose gives the rings that only one raion has: the outer border, islands, and the holes
// where a special city lies.
func (b borders) loose() [][]vertex {
	times := map[[2]vertex]int{}
	for _, rings := range b {
		for _, r := range rings {
			for i := range r {
				times[sortedEdge(r[i], r[(i+1)%len(r)])]++
			}
		}
	}
	next := map[vertex][]vertex{}
	for e, n := range times {
		if n == 1 && e[0] != e[1] {
			next[e[0]], next[e[1]] = append(next[e[0]], e[1]), append(next[e[1]], e[0])
		}
	}
	var starts []vertex
	for v := range next {
		starts = append(starts, v)
	}
	slices.SortFunc(starts, compareVertex)
	var out [][]vertex
	done := map[vertex]bool{}
	for _, v := range starts {
		var ring []vertex
		for ok := !done[v]; ok; {
			ring, done[v], ok = append(ring, v), true, false
			slices.SortFunc(next[v], compareVertex)
			for _, w := range next[v] {
				if !done[w] {
					v, ok = w, true
					break
				}
			}
		}
		if len(ring) > 2 {
			out = append(out, ring)
		}
	}
	return out
}

func sortedEdge(a, b vertex) [2]vertex {
	if compareVertex(a, b) > 0 {
		a, b = b, a
	}
	return [2]vertex{a, b}
}

func compareVertex(a, b vertex) int { return slices.Compare(a[:], b[:]) }

// addCities gives the special cities, which the source lacks, the room that the raions
// leave: Kyiv the holes about it, Sevastopol the land up to the coast of Crimea, which the
// outline of the peninsula has.
func (b borders) addCities(sources fs.FS, t *tree) error {
	kyiv, sevastopol := t.at["UA80000000000093317"], t.at["UA85000000000065278"]
	var outer []vertex
	for _, r := range b.loose() {
		if len(r) > len(outer) {
			outer = r
		}
		if !slices.ContainsFunc(r, func(v vertex) bool { return v[0] < 30.2 || v[0] > 30.9 || v[1] < 50.1 || v[1] > 50.7 }) {
			b[kyiv] = append(b[kyiv], r)
		}
	}
	coast, err := readCrimea(sources)
	if err != nil {
		return err
	}
	// Where the land border of the city meets the sea: Cape Sarych, and north of Kacha.
	south := extreme(outer, func(v vertex) bool { return v[0] > 33.7 && v[0] < 33.8 && v[1] < 44.41 }, func(v vertex) float64 { return v[1] })
	north := extreme(outer, func(v vertex) bool { return v[0] < 33.65 && v[0] > 33.5 && v[1] > 44.79 && v[1] < 44.88 }, func(v vertex) float64 { return v[0] })
	if south < 0 || north < 0 || len(b[kyiv]) == 0 {
		return errors.New("outlines: the special cities have no room")
	}
	land := between(outer, south, north)
	if slices.ContainsFunc(land, func(v vertex) bool { return v[0] < 33.3 || v[0] > 34 || v[1] < 44.3 || v[1] > 45 }) {
		land = between(outer, north, south)
		slices.Reverse(land)
	}
	from := nearest(coast, outer[south])
	to := nearest(coast, outer[north])
	sea := between(coast, from, to)
	if len(sea) > len(coast)/2 {
		sea = between(coast, to, from)
		slices.Reverse(sea)
	}
	ring := slices.Clone(land)
	for k := len(sea) - 2; k > 0; k-- {
		ring = append(ring, sea[k])
	}
	b[sevastopol] = [][]vertex{ring}
	return nil
}

// between walks a ring from one index to another, both included.
func between(ring []vertex, from, to int) (part []vertex) {
	for k := from; ; k = (k + 1) % len(ring) {
		part = append(part, ring[k])
		if k == to {
			return part
		}
	}
}

func extreme(ring []vertex, in func(vertex) bool, by func(vertex) float64) int {
	best := -1
	for i, v := range ring {
		if in(v) && (best < 0 || by(v) < by(ring[best])) {
			best = i
		}
	}
	return best
}

func nearest(ring []vertex, to vertex) int {
	return extreme(ring, func(vertex) bool { return true }, func(v vertex) float64 { return math.Hypot(v[0]-to[0], v[1]-to[1]) })
}

// readCrimea takes the outline of the peninsula out of the outlines of oblasts, a file that
// breaks off before its end: what is whole in it is read.
func readCrimea(sources fs.FS) ([]vertex, error) {
	text, err := fs.ReadFile(sources, "oblasts-osm.geojson")
	if err != nil {
		return nil, err
	}
	_, rest, _ := bytes.Cut(text, []byte(`"features":[`))
	d := json.NewDecoder(bytes.NewReader(rest))
	for {
		var f struct {
			Properties struct{ Koatuu string }
			Geometry   struct{ Coordinates [][][]vertex }
		}
		if err := d.Decode(&f); err != nil {
			return nil, fmt.Errorf("outlines: no Crimea: %w", err)
		}
		if f.Properties.Koatuu == "0100000000" {
			r := f.Geometry.Coordinates[0][0]
			return r[:len(r)-1], nil
		}
		rest = rest[d.InputOffset():]
		rest = rest[bytes.IndexByte(rest, ',')+1:]
		d = json.NewDecoder(bytes.NewReader(rest))
	}
}

// arc is a stretch of border between two units, or a unit and the outside.
type arc struct {
	line   []vertex
	owners []int
}

// arcs cuts all rings where three borders meet.
func (b borders) arcs() []arc {
	degree := map[vertex]map[vertex]bool{}
	var units []int
	for i, rings := range b {
		units = append(units, i)
		for _, r := range rings {
			for k, v := range r {
				for _, w := range []vertex{r[(k+1)%len(r)], r[(k+len(r)-1)%len(r)]} {
					if degree[v] == nil {
						degree[v] = map[vertex]bool{}
					}
					degree[v][w] = true
				}
			}
		}
	}
	slices.Sort(units)
	var out []arc
	at := map[string]int{}
	for _, i := range units {
		for _, r := range b[i] {
			for _, line := range cut(r, func(v vertex) bool { return len(degree[v]) > 2 }) {
				key := fmt.Sprint(line[0], line[1], line[len(line)-2], line[len(line)-1])
				if k, ok := at[key]; ok {
					out[k].owners = append(out[k].owners, i)
					continue
				}
				at[key] = len(out)
				out = append(out, arc{line, []int{i}})
			}
		}
	}
	return out
}

// cut divides a ring at its junctions; each part runs in one direction for both owners.
func cut(ring []vertex, junction func(vertex) bool) (parts [][]vertex) {
	start := slices.IndexFunc(ring, junction)
	if start < 0 { // no junction: from its least vertex, towards the lesser neighbour
		start = extreme(ring, func(vertex) bool { return true }, func(v vertex) float64 { return v[0]*1e3 + v[1] })
	}
	ring = append(slices.Concat(ring[start:], ring[:start]), ring[start])
	from := 0
	for k := 1; k < len(ring); k++ {
		if k < len(ring)-1 && !junction(ring[k]) {
			continue
		}
		part := slices.Clone(ring[from : k+1])
		a, z := part[0], part[len(part)-1]
		if c := compareVertex(a, z); c > 0 || c == 0 && compareVertex(part[1], part[len(part)-2]) > 0 {
			slices.Reverse(part)
		}
		parts = append(parts, part)
		from = k
	}
	return parts
}

// simplify is Douglas and Peucker's; the ends stay. A closed line keeps its farthest point.
func simplify(line []vertex) []vertex {
	if len(line) < 3 {
		return line
	}
	far, at := -1.0, 0
	for k := 1; k < len(line)-1; k++ {
		if d := off(line[k], line[0], line[len(line)-1]); d > far {
			far, at = d, k
		}
	}
	if far < tolerance && line[0] != line[len(line)-1] {
		return []vertex{line[0], line[len(line)-1]}
	}
	left := simplify(line[:at+1])
	return append(slices.Clone(left), simplify(line[at:])[1:]...)
}

// off is the distance of p from the line through a and b, degrees of longitude shortened.
func off(p, a, b vertex) float64 {
	const narrow = 0.66
	px, py, bx, by := (p[0]-a[0])*narrow, p[1]-a[1], (b[0]-a[0])*narrow, b[1]-a[1]
	if s := bx*bx + by*by; s > 0 {
		u := max(0, min(1, (px*bx+py*by)/s))
		px, py = px-u*bx, py-u*by
	}
	return math.Hypot(px, py)
}

// outlineLines: one arc a line: the indexes of its owners, then longitude and latitude in
// 1e-4 degrees, the first point whole, the others as differences.
func outlineLines(b borders) []byte {
	var out bytes.Buffer
	for _, a := range b.arcs() {
		fmt.Fprintf(&out, "%s\t", strings.Trim(fmt.Sprint(a.owners), "[]"))
		x, y := 0, 0
		for k, v := range simplify(a.line) {
			nx, ny := int(math.Round(v[0]*1e4)), int(math.Round(v[1]*1e4))
			if k > 0 {
				out.WriteByte(' ')
			}
			fmt.Fprintf(&out, "%d %d", nx-x, ny-y)
			x, y = nx, ny
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}
