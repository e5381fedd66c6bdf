package places

import (
	"strings"
	"testing"
)

// Popular outlines of the world put the Crimea elsewhere; these are made of the regions.
func TestUkraineIsItsRegions(t *testing.T) {
	g := Default()
	for name, p := range map[string]Point{
		"Simferopol": {44.95, 34.10}, "Sevastopol": {44.60, 33.53}, "Balaklava": {44.51, 33.60}, "Kacha": {44.78, 33.55}, "Kerch": {45.35, 36.47}, "Yalta": {44.50, 34.16},
		"Donetsk": {48.00, 37.80}, "Mariupol": {47.10, 37.54}, "Luhansk": {48.57, 39.31}, "Milove": {49.38, 40.13}, "Kyiv": {50.45, 30.52}, "Uzhhorod": {48.62, 22.29},
		"Kherson": {46.64, 32.61}, "Melitopol": {46.85, 35.37}, "Kharkiv": {49.99, 36.23}, "Izmail": {45.35, 28.84}, "Lviv": {49.84, 24.03}, "Dzhankoi": {45.71, 34.39},
	} {
		if !g.InUkraine(p) {
			t.Errorf("%s lies outside", name)
		}
	}
	for name, p := range map[string]Point{
		"Rostov": {47.23, 39.70}, "Moscow": {55.75, 37.62}, "Minsk": {53.90, 27.57}, "Taganrog": {47.22, 38.90}, "Krasnodar": {45.04, 38.98}, "Taman": {45.21, 36.71},
		"Belgorod": {50.60, 36.59}, "Chisinau": {47.01, 28.86}, "Tiraspol": {46.84, 29.63}, "Warsaw": {52.23, 21.01}, "the Black Sea": {43.9, 32.5}, "the Azov Sea": {46.2, 36.6},
	} {
		if g.InUkraine(p) {
			t.Errorf("%s lies inside", name)
		}
	}
}

func TestOutlinesHoldTheirPlaces(t *testing.T) {
	g := Default()
	byID := map[string]Outline{}
	points := 0
	for _, o := range g.Outlines() {
		byID[o.ID] = o
		for _, r := range o.Rings {
			points += len(r)
		}
		if p := o.Path(); len(o.Rings) == 0 || !strings.HasPrefix(p, "M") || !strings.HasSuffix(p, "Z") || strings.Contains(p, "-") {
			t.Errorf("%s: path %.60q", o.ID, p)
		}
	}
	if len(byID) != 27+136 {
		t.Errorf("%d outlines, want 27 oblasts and special cities and 136 raions", len(byID))
	}
	in, out := 0, 0
	for i := range g.Len() {
		p := g.At(i)
		r := g.Raion(i)
		if !p.HasPoint || p.Level.Area() || r < 0 {
			continue
		}
		if byID[g.ID(r)].Contains(Point{p.Lat, p.Lon}) && byID[g.ID(g.Oblast(i))].Contains(Point{p.Lat, p.Lon}) {
			in++
		} else {
			out++
		}
	}
	t.Logf("%d points in all rings; %d settlements within their raion and oblast, %d not", points, in, out)
	if out*100 > in {
		t.Errorf("%d settlements of %d lie outside the outline of their raion", out, in+out)
	}
	for id, p := range map[string]Point{"UA85000000000065278": {44.60, 33.53}, "UA80000000000093317": {50.45, 30.52}} {
		if !byID[id].Contains(p) {
			t.Errorf("%s does not hold its centre", id)
		}
	}
	if byID["UA32000000000030281"].Contains(Point{50.45, 30.52}) || byID["UA01000000000013043"].Contains(Point{44.60, 33.53}) {
		t.Error("a special city lies in the oblast about it as well")
	}
}

func TestProjectFitsTheMap(t *testing.T) {
	g := Default()
	for _, o := range g.Outlines() {
		for _, r := range o.Rings {
			for _, p := range r {
				if x, y := g.Project(p.Lat, p.Lon); x < 0 || x > MapWidth || y < 0 || y > MapHeight {
					t.Fatalf("%v falls off the map: %f %f", p, x, y)
				}
			}
		}
	}
	ax, ay := g.Project(50, 30)
	bx, by := g.Project(50, 31)
	cx, cy := g.Project(49, 30)
	if bx-ax < 53 || bx-ax > 55 || by != ay || cx != ax || cy-ay < 80 || cy-ay > 83 {
		t.Errorf("a degree is %f by %f", bx-ax, cy-ay)
	}
}
