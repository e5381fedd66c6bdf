package classifier

import (
	"math"
	"slices"
)

// Calibrate fits a logistic curve per label to scores of examples that the scoring model
// had not seen: one slope for all labels, and an intercept of each that is drawn to the
// common one unless many examples speak against it.
func Calibrate(labels []string, examples []Example, scores [][]float64) []Curve {
	type point struct {
		score float64
		holds bool
	}
	points := make([][]point, len(labels))
	for i, e := range examples {
		for c := range labels {
			holds := slices.Contains(e.Labels, c)
			if !holds && (e.Weak || slices.Contains(e.Mute, c) || e.Weight > 0 && e.Weight < 1) || scores[i] == nil {
				continue
			}
			points[c] = append(points[c], point{scores[i][c], holds})
		}
	}
	slope, common := 3.0, 0.0
	shift := make([]float64, len(labels))
	const drawn = 4.0 // how much a label's own intercept is held back
	for range 60 {
		var g0, g1, h00, h01, h11 float64
		for c := range labels {
			g, h := -drawn*shift[c], drawn
			for _, p := range points[c] {
				q := 1 / (1 + math.Exp(-(float64(slope*p.score) + common + shift[c])))
				d, v := -q, float64(q*(1-q))
				if p.holds {
					d++
				}
				g, h = g+d, h+v
				g0, g1 = g0+d, g1+float64(d*p.score)
				h00, h01, h11 = h00+v, h01+float64(v*p.score), h11+float64(v*float64(p.score*p.score))
			}
			shift[c] += max(-0.5, min(0.5, g/h))
		}
		if det := float64(h00*h11) - float64(h01*h01); det > 1e-9 {
			common += max(-0.3, min(0.3, (float64(h11*g0)-float64(h01*g1))/det))
			slope += max(-0.3, min(0.3, (float64(h00*g1)-float64(h01*g0))/det))
		}
	}
	out := make([]Curve, len(labels))
	for c := range labels {
		out[c] = Curve{Slope: slope, Intercept: common + shift[c]}
	}
	return out
}
