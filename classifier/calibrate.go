package classifier

import (
	"math"
	"slices"
)

// Signals of a sentence for a label, beside its score: what frames and patterns of that
// label it shows. They are weighed alike for all labels, so that a label with few
// examples gains from those with many.
const (
	sigFrame = iota // a frame
	sigTwo          // two or more
	sigFour         // four or more
	sigEight        // eight or more
	sigLone         // a frame of one concept
	sigMark         // a pattern of the code
	sigBoth         // pattern and frame
	sigCount
)

// tally counts the features that speak for one label alone.
type tally struct{ frames, lone, marks uint8 }

func (t *tally) add(f Feature) {
	switch f.Kind {
	case kFrame:
		t.frames = min(t.frames+1, 200)
	case kLone:
		t.lone = 1
	case kMark:
		t.marks = 1
	}
}

func (t tally) on() (s [sigCount]bool) {
	s[sigFrame], s[sigTwo], s[sigFour], s[sigEight] = t.frames >= 1, t.frames >= 2, t.frames >= 4, t.frames >= 8
	s[sigLone], s[sigMark], s[sigBoth] = t.lone > 0, t.marks > 0, t.marks > 0 && t.frames > 0
	return s
}

// Shared are the weights of the signals.
type Shared [sigCount]float64

const width = sigCount + 2 // signals, score and the common intercept

// Calibrate fits a logistic curve per label to scores of examples that the scoring model
// had not seen: the weights of score and signals are common to all labels, the intercept
// is each label's own, and drawn to the common one unless many examples speak against it.
func Calibrate(labels []string, examples []Example, scores [][]float64) ([]Curve, Shared) {
	c := &calibration{shift: make([]float64, len(labels)), points: make([][]point, len(labels))}
	c.w[width-2] = 3
	of := map[uint16]int{}
	for i, l := range labels {
		of[ofLabel(l)] = i
	}
	for i := range examples {
		if scores[i] != nil && len(examples[i].Mute) == 0 { // who labelled only in part does not tell how often a label holds
			c.read(labels, of, &examples[i], scores[i])
		}
	}
	for range 60 {
		c.step()
	}
	out := make([]Curve, len(labels))
	for l := range labels {
		out[l] = Curve{Slope: c.w[width-2], Intercept: c.w[width-1] + c.shift[l]}
	}
	return out, Shared(c.w[:sigCount])
}

type point struct {
	x     [width]float64
	holds bool
}

type calibration struct {
	w      [width]float64
	shift  []float64
	points [][]point
}

func (c *calibration) read(labels []string, of map[uint16]int, e *Example, score []float64) {
	tallies := make([]tally, len(labels))
	for _, f := range e.Features {
		if l, ok := of[f.Of]; ok && f.Of != 0 {
			tallies[l].add(f)
		}
	}
	for l := range labels {
		holds := slices.Contains(e.Labels, l)
		if !holds && e.Weight > 0 && e.Weight < 1 {
			continue
		}
		p := point{holds: holds}
		for k, on := range tallies[l].on() {
			if on {
				p.x[k] = 1
			}
		}
		p.x[width-2], p.x[width-1] = score[l], 1
		c.points[l] = append(c.points[l], p)
	}
}

// step is one step of Newton's method: each label's intercept, and what is common.
func (c *calibration) step() {
	const drawn = 4.0 // how much a label's own intercept is held back
	var gradient [width]float64
	var hessian [width][width]float64
	for k := range width {
		gradient[k], hessian[k][k] = -0.1*c.w[k], 0.1
	}
	for l := range c.points {
		g, h := -drawn*c.shift[l], drawn
		for i := range c.points[l] {
			p := &c.points[l][i]
			z := c.shift[l]
			for k, x := range p.x {
				z += float64(c.w[k] * x)
			}
			q := 1 / (1 + math.Exp(-z))
			d, v := -q, float64(q*(1-q))
			if p.holds {
				d++
			}
			g, h = g+d, h+v
			for k, x := range p.x {
				if x == 0 {
					continue
				}
				gradient[k] += float64(d * x)
				for m, y := range p.x {
					hessian[k][m] += float64(v * float64(x*y))
				}
			}
		}
		c.shift[l] += max(-0.5, min(0.5, g/h))
	}
	for k, move := range solve(hessian, gradient) {
		c.w[k] += max(-0.3, min(0.3, move))
	}
}

// solve is Gaussian elimination with pivots; a singular system moves nothing.
func solve(a [width][width]float64, b [width]float64) [width]float64 {
	for i := range width {
		pivot := i
		for r := i + 1; r < width; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
		if math.Abs(a[i][i]) < 1e-9 {
			return [width]float64{}
		}
		for r := i + 1; r < width; r++ {
			f := a[r][i] / a[i][i]
			for k := i; k < width; k++ {
				a[r][k] -= float64(f * a[i][k])
			}
			b[r] -= float64(f * b[i])
		}
	}
	for i := width - 1; i >= 0; i-- {
		for k := i + 1; k < width; k++ {
			b[i] -= float64(a[i][k] * b[k])
		}
		b[i] /= a[i][i]
	}
	return b
}
