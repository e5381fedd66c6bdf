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

// lines reads what the model of sentences learns from. of says which report each is of,
// in the order of texts.
func lines(book *coding.Codebook, all []hand) (out []classifier.Example, of []int) {
	report := 0
	for g, h := range all {
		for i := range h.reports {
			r := &h.reports[i]
			book.Study(inputOf(r), spansOf(r), nil, func(s coding.Studied) {
				e := classifier.Example{Features: slices.Clone(s.Features), Group: g, Weight: 1}
				if len(r.Sentences[s.Index].Codes) > 0 {
					e.Labels = append(e.Labels, 0)
				}
				if r.Open {
					e.Labels = append(e.Labels, 1)
				}
				out, of = append(out, e), append(of, report)
			})
			report++
		}
	}
	return out, of
}

// gates trains the model of whole texts and that of sentences, and what joins them: on
// scores by models that had not seen the hand.
func (t *trained) gates(book *coding.Codebook, all []hand, quick *curves) error {
	whole, label := texts(book, all), []string{"open"}
	sentences, of := lines(book, all)
	t.gate = classifier.Train(label, whole, gateOptions()).Encode(mostPut)
	t.lines = classifier.Train(lineLabels(), sentences, gateOptions()).Encode(mostPut)
	var err error
	if t.models.Gate, err = classifier.Load(t.gate); err != nil {
		return err
	}
	if t.models.Lines, err = classifier.Load(t.lines); err != nil {
		return err
	}
	if quick != nil {
		t.models.Verdict = quick.verdict
		return nil
	}
	t.models.Verdict = joined(all, whole, unseen(label, whole, gateOptions()), unseen(lineLabels(), sentences, gateOptions()), of)
	return nil
}

// joined fits the verdict. Hands of single sentences say nothing of whole reports.
func joined(all []hand, whole []classifier.Example, scores, lineScores [][]float64, of []int) coding.Verdict {
	x := make([][4]float64, len(whole))
	count := make([]float64, len(whole))
	for i, s := range lineScores {
		r := of[i]
		x[r][1] += s[0]
		x[r][2] += s[1]
		count[r]++
	}
	var points [][4]float64
	var holds []bool
	for r := range whole {
		if strings.HasPrefix(all[whole[r].Group].name, "weak") || count[r] == 0 {
			continue
		}
		points = append(points, [4]float64{scores[r][0], x[r][1] / count[r], x[r][2] / count[r], 1})
		holds = append(holds, len(whole[r].Labels) > 0)
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
