package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"svidok/classifier"
	"svidok/coding"
	"svidok/evidence"
	"svidok/labelled"
	"svidok/words"
)

// hand is the reports of one file.
type hand struct {
	name    string
	reports []labelled.Report
}

func hands(args []string) ([]hand, error) {
	names, err := files(args)
	if err != nil {
		return nil, err
	}
	var out []hand
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		reports, problems := labelled.Parse(src)
		for _, p := range problems {
			fmt.Fprintf(os.Stderr, "%s:%v\n", name, p)
		}
		if len(reports) > 0 {
			out = append(out, hand{strings.TrimSuffix(filepath.Base(name), ".txt"), reports})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no labelled reports in %s", strings.Join(args, " "))
	}
	return out, nil
}

func inputOf(r *labelled.Report) coding.Input {
	in := coding.Input{Text: r.Text, Title: r.Title, Language: r.Language}
	if r.Published != "" {
		in.Published = evidence.Date{From: r.Published, To: r.Published, Precision: "day", Source: "text"}
	}
	return in
}

func spansOf(r *labelled.Report) []words.Span {
	var out []words.Span
	for _, s := range r.Sentences {
		out = append(out, words.Span{Start: int32(s.Start), End: int32(s.End)})
	}
	return out
}

func labelsOf(book *coding.Codebook) []string {
	var out []string
	for _, c := range book.Codes() {
		out = append(out, c.ID)
	}
	return out
}

func modalities() []string {
	return []string{string(evidence.Occurred), string(evidence.Planned), string(evidence.Threatened), string(evidence.Negated),
		string(evidence.Denied), string(evidence.Hedged), string(evidence.Conditional), string(evidence.Advice)}
}

// examples reads what the code model learns from. A report whose gate is blocked teaches
// little: the gate keeps it out. of says which report each sentence is of, counted over
// all hands.
func examples(book *coding.Codebook, all []hand) (out []classifier.Example, of []int) {
	labels, report := labelsOf(book), 0
	for g, h := range all {
		for i := range h.reports {
			r := &h.reports[i]
			book.Study(inputOf(r), spansOf(r), nil, func(s coding.Studied) {
				e := classifier.Example{Features: slices.Clone(s.Features), Group: g, Weight: 1}
				if !r.Open {
					e.Weight = 0.3
				}
				if strings.HasPrefix(h.name, "weak") {
					e.Mute = beside(labels)
				}
				for _, l := range r.Sentences[s.Index].Codes {
					e.Labels = append(e.Labels, slices.Index(labels, l.Code))
				}
				out, of = append(out, e), append(of, report)
			})
			report++
		}
	}
	return out, of
}

// acts reads what the model of modality learns from: every code that a sentence bears.
func acts(book *coding.Codebook, all []hand, codes *classifier.Model) []classifier.Example {
	var out []classifier.Example
	for g, h := range all {
		for i := range h.reports {
			r := &h.reports[i]
			book.Study(inputOf(r), spansOf(r), codes, func(s coding.Studied) {
				for _, l := range r.Sentences[s.Index].Codes {
					out = append(out, classifier.Example{
						Features: slices.Clone(s.Put(l.Code)), Group: g, Weight: 1,
						Labels: []int{slices.Index(modalities(), string(l.Modality))},
					})
				}
			})
		}
	}
	return out
}

// beside are the labels of groups that annotate an act: sentences that were labelled
// without them say nothing of them.
func beside(labels []string) []int {
	var out []int
	for i, l := range labels {
		switch group, _, _ := strings.Cut(l, "."); group {
		case "PLC", "ACT", "TGT", "QTY":
			out = append(out, i)
		}
	}
	return out
}

func codeOptions() classifier.Options {
	return classifier.Options{Cost: 1, Positive: 1, Least: 2, Epochs: 30}
}

func putOptions() classifier.Options {
	return classifier.Options{Cost: 1, Positive: 1, Least: 2, Epochs: 40}
}

const (
	mostCodes = 600_000 // pairs of feature and label kept
	mostPut   = 300_000
)

// trained is what one training gives.
type trained struct {
	codes, put, gate, lines []byte
	models                  coding.Models
}

// fit trains both models. Curves of the codes come from groups left out in turn.
func fit(book *coding.Codebook, all []hand, quick *curves) (trained, error) {
	var t trained
	labels := labelsOf(book)
	ex, of := examples(book, all)
	linear := classifier.Train(labels, ex, codeOptions())
	if quick != nil {
		linear.Curve, linear.Shared = quick.codes, quick.shared
	} else {
		linear.Curve, linear.Shared = outside(labels, ex, codeOptions())
	}
	t.codes = linear.Encode(mostCodes)
	var err error
	if t.models.Codes, err = classifier.Load(t.codes); err != nil {
		return t, err
	}
	ac := acts(book, all, t.models.Codes)
	put := classifier.Train(modalities(), ac, putOptions())
	if quick != nil {
		put.Curve = quick.put
	} else {
		put.Curve, _ = outside(modalities(), ac, putOptions())
	}
	t.put = put.Encode(mostPut)
	if t.models.Put, err = classifier.Load(t.put); err != nil {
		return t, err
	}
	return t, t.gates(gateOf(book, all, ex, of), quick)
}

// curves are calibrations found before.
type curves struct {
	codes, put []classifier.Curve
	shared     classifier.Shared
	verdict    coding.Verdict
}

// outside fits the curves on examples whose group was left out of the training.
func outside(labels []string, ex []classifier.Example, o classifier.Options) ([]classifier.Curve, classifier.Shared) {
	return classifier.Calibrate(labels, ex, unseen(labels, ex, o))
}

// unseen scores each example by a model that its group was left out of.
func unseen(labels []string, ex []classifier.Example, o classifier.Options) [][]float64 {
	groups := 0
	for _, e := range ex {
		groups = max(groups, e.Group+1)
	}
	scores := make([][]float64, len(ex))
	parts := min(groups, 6)
	for g := range parts {
		var in []classifier.Example
		for _, e := range ex {
			if groups < 2 || e.Group%parts != g {
				in = append(in, e)
			}
		}
		l := classifier.Train(labels, in, o)
		for i, e := range ex {
			if e.Group%parts == g || groups < 2 {
				scores[i] = l.Score(e.Features)
			}
		}
	}
	return scores
}

func trainTo(out string, names []string) error {
	all, err := hands(names)
	if err != nil {
		return err
	}
	book, err := builtin()
	if err != nil {
		return err
	}
	t, err := fit(book, all, nil)
	if err != nil {
		return err
	}
	if out == "" {
		return fmt.Errorf("name the model's file with -o")
	}
	file := coding.Encode(t.models.Verdict, t.codes, t.put, t.gate, t.lines)
	fmt.Printf("%d bytes\n", len(file))
	return os.WriteFile(out, file, 0o644)
}
