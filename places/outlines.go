package places

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Point is a place on the earth in degrees (WGS 84).
type Point struct{ Lat, Lon float64 }

// Outline is the simplified border of an oblast, special city or raion. Neighbours share
// the points of their common border, so that no gap shows between them.
type Outline struct {
	ID    string // KATOTTG code
	Level Level
	Rings [][]Point // closed without repeating the first point; a point is inside by the even-odd rule
}

// mesh is what all outlines are made of: stretches of border, each between two units or a
// unit and the outside, in 1e-4 degrees, longitude first.
type mesh []stretch

type stretch struct {
	owners []int
	line   [][2]int32
}

var embeddedOutlines = sync.OnceValue(func() []Outline { return Default().outlines(readMesh(unpack("osm_outlines.tsv.gz"))) })

// Outlines gives the borders of the oblasts and special cities, then of the raions, each in
// the codifier's order. The caller must not change them. The border of Ukraine is that of
// its regions together, the Crimea among them.
func (g *Gazetteer) Outlines() []Outline { return embeddedOutlines() }

// InUkraine says whether a point lies in one of the oblasts or special cities.
func (g *Gazetteer) InUkraine(p Point) bool {
	for _, o := range g.Outlines() {
		if o.Level <= LevelSpecialCity && o.Contains(p) {
			return true
		}
	}
	return false
}

// Contains says whether a point lies within the outline.
func (o Outline) Contains(p Point) bool {
	in := false
	for _, r := range o.Rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lon < (b.Lon-a.Lon)*(p.Lat-a.Lat)/(b.Lat-a.Lat)+a.Lon {
				in = !in
			}
		}
	}
	return in
}

// The map's plane: MapWidth by MapHeight units hold all of Ukraine, with a margin.
const (
	MapWidth  = 1000
	MapHeight = 680
	westEdge  = 219500  // 1e-4 degrees
	northEdge = 524800  // 1e-4 degrees
	unitX     = 5402    // tenths of a map unit per degree of longitude, times ten
	unitY     = 8160    // the same of latitude: longer by 1/cos 48.55°
	perUnit   = 1000000 // 1e-4 degrees times a hundredth
)

// Project gives the place of a point on the map's plane: x from 0 in the west to MapWidth,
// y from 0 in the north to MapHeight, to a tenth. Equirectangular, true along 48.55° N.
func (g *Gazetteer) Project(lat, lon float64) (x, y float64) {
	px, py := project(int64(lat*1e4), int64(lon*1e4))
	return float64(px) / 10, float64(py) / 10
}

// project takes 1e-4 degrees and gives tenths of a unit.
func project(lat, lon int64) (x, y int64) {
	return (lon - westEdge) * unitX / (perUnit / 10), (northEdge - lat) * unitY / (perUnit / 10)
}

// Path gives the outline on the map's plane as the path data of an SVG; to be filled by the
// even-odd rule.
func (o Outline) Path() string {
	var b []byte
	for _, r := range o.Rings {
		var before [2]int64
		for k, p := range r {
			x, y := project(int64(p.Lat*1e4+0.5), int64(p.Lon*1e4+0.5))
			if k > 0 && before == [2]int64{x, y} {
				continue
			}
			letter := byte('L')
			if k == 0 {
				letter = 'M'
			}
			b = append(b, letter)
			b = appendTenths(b, x)
			b = append(b, ' ')
			b = appendTenths(b, y)
			before = [2]int64{x, y}
		}
		b = append(b, 'Z')
	}
	return string(b)
}

func appendTenths(b []byte, n int64) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/10, 10)
	if n%10 != 0 {
		b = append(b, '.', byte('0'+n%10))
	}
	return b
}

func readMesh(text string) mesh {
	var m mesh
	for line := range strings.Lines(text) {
		owners, points, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		var s stretch
		for one := range strings.FieldsSeq(owners) {
			s.owners = append(s.owners, int(number(one)))
		}
		var at [2]int32
		k := 0
		for one := range strings.FieldsSeq(points) {
			at[k%2] += number(one)
			if k++; k%2 == 0 {
				s.line = append(s.line, at)
			}
		}
		if len(s.line) > 1 {
			m = append(m, s)
		}
	}
	return m
}

func (g *Gazetteer) outlines(m mesh) []Outline {
	var wide, narrow []Outline
	for i := range g.Len() {
		switch l := g.Level(i); l {
		case LevelOblast, LevelSpecialCity:
			wide = append(wide, Outline{g.ID(i), l, m.rings(func(owner int) bool { return g.Within(owner, i) })})
		case LevelRaion:
			narrow = append(narrow, Outline{g.ID(i), l, m.rings(func(owner int) bool { return owner == i })})
		}
	}
	return append(wide, narrow...)
}

// rings joins the stretches that have the area on one side only.
func (m mesh) rings(ours func(int) bool) (rings [][]Point) {
	var open [][][2]int32
	ends := map[[2]int32][]int{}
	for _, s := range m {
		n := 0
		for _, o := range s.owners {
			if ours(o) {
				n++
			}
		}
		if n != 1 {
			continue
		}
		first, last := s.line[0], s.line[len(s.line)-1]
		ends[first], ends[last] = append(ends[first], len(open)), append(ends[last], len(open))
		open = append(open, s.line)
	}
	used := make([]bool, len(open))
	for k := range open {
		if used[k] {
			continue
		}
		used[k] = true
		ring := slices.Clone(open[k])
		for ring[0] != ring[len(ring)-1] {
			at := ring[len(ring)-1]
			j := slices.IndexFunc(ends[at], func(j int) bool { return !used[j] })
			if j < 0 {
				break // a border that does not close: drawn as far as it goes
			}
			j = ends[at][j]
			used[j] = true
			next := slices.Clone(open[j])
			if next[0] != at {
				slices.Reverse(next)
			}
			ring = append(ring, next[1:]...)
		}
		if len(ring) < 4 {
			continue
		}
		points := make([]Point, 0, len(ring)-1)
		for _, p := range ring[:len(ring)-1] {
			points = append(points, Point{Lat: float64(p[1]) / 1e4, Lon: float64(p[0]) / 1e4})
		}
		rings = append(rings, points)
	}
	return rings
}
