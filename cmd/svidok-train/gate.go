package main

import (
	"math"
	"slices"
	"strings"

	"svidok/classifier"
	"svidok/coding"
)

// texts reads what the gate learns from.
func texts(book *coding.Codebook, all []hand) []classifier.Example {
	var out []classifier.Example
	for g, h := range all {
		for i := range h.reports {
			r := &h.reports[i]
			book.StudyWhole(inputOf(r), func(features []classifier.Feature) {
				e := classifier.Example{Features: slices.Clone(features), Group: g, Weight: 1}
				if r.Open {
					e.Labels = []int{0}
				}
				out = append(out, e)
			})
		}
	}
	return out
}

func gateOptions() classifier.Options {
	return classifier.Options{Cost: 1, Positive: 1, Least: 2, Epochs: 60}
}

// lineLabels are the labels of the model of sentences.
func lineLabels() []string { return []string{"coded", "open"} }

// gateExamples are what the gate learns from: whole texts, and their sentences. of says
// which text each sentence is of; single are texts of one sentence each, which say nothing
// of whole reports.
type gateExamples struct {
	whole, lines []classifier.Example
	of           []int
	single       []bool // by text
}

// gateOf makes the examples of the codes into those of the gate: a sentence that bears a
// code, and one of a text that is to be coded.
func gateOf(book *coding.Codebook, all []hand, ex []classifier.Example, of []int) gateExamples {
	g := gateExamples{whole: texts(book, all), of: of}
	for _, w := range g.whole {
		g.single = append(g.single, strings.HasPrefix(all[w.Group].name, "weak"))
	}
	for i, e := range ex {
		l := classifier.Example{Features: e.Features, Group: e.Group, Weight: 1}
		if len(e.Labels) > 0 {
			l.Labels = append(l.Labels, 0)
		}
		if len(g.whole[of[i]].Labels) > 0 {
			l.Labels = append(l.Labels, 1)
		}
		g.lines = append(g.lines, l)
	}
	return g
}

func wholeLabels() []string { return []string{"open"} }

// gates trains the model of whole texts and that of sentences, and what joins them: on
// scores by models that had not seen the hand.
func (t *trained) gates(g gateExamples, quick *curves) error {
	t.gate = classifier.Train(wholeLabels(), g.whole, gateOptions()).Encode(mostPut)
	t.lines = classifier.Train(lineLabels(), g.lines, gateOptions()).Encode(mostPut)
	var err error
	if t.models.Gate, err = classifier.Load(t.gate); err != nil {
		return err
	}
	if t.models.Lines, err = classifier.Load(t.lines); err != nil {
		return err
	}
	if quick != nil {
		t.models.Verdict = quick.verdict
	} else {
		t.models.Verdict = g.joined()
	}
	return nil
}

// joined fits the verdict.
func (g gateExamples) joined() coding.Verdict {
	scores, lineScores := unseen(wholeLabels(), g.whole, gateOptions()), unseen(lineLabels(), g.lines, gateOptions())
	x := make([][2]float64, len(g.whole))
	count := make([]float64, len(g.whole))
	for i, s := range lineScores {
		r := g.of[i]
		x[r][0] += s[0]
		x[r][1] += s[1]
		count[r]++
	}
	var points [][4]float64
	var holds []bool
	for r := range g.whole {
		if g.single[r] || count[r] == 0 {
			continue
		}
		points = append(points, [4]float64{scores[r][0], x[r][0] / count[r], x[r][1] / count[r], 1})
		holds = append(holds, len(g.whole[r].Labels) > 0)
	}
	w := logistic(points, holds)
	fixed := func(v float64) int32 { return int32(math.Round(v * 65536)) }
	return coding.Verdict{Whole: fixed(w[0]), Coded: fixed(w[1]), Open: fixed(w[2]), Constant: fixed(w[3])}
}

// logistic fits a logistic curve by gradient steps that are small enough to settle.
func logistic(points [][4]float64, holds []bool) (w [4]float64) {
	if len(points) == 0 {
		return w
	}
	for range 4000 {
		var g [4]float64
		for i, p := range points {
			z := 0.0
			for k := range p {
				z += float64(w[k] * p[k])
			}
			d := -1 / (1 + math.Exp(-z))
			if holds[i] {
				d++
			}
			for k := range p {
				g[k] += float64(d * p[k])
			}
		}
		for k := range w {
			w[k] += float64(2 / float64(len(points)) * (g[k] - float64(0.1*w[k])))
		}
	}
	return w
}
