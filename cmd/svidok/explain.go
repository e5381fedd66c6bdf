package main

import (
	"fmt"
	"math"
	"strings"

	"svidok/coding"
	"svidok/evidence"
)

// explained is why a sentence was, or was nearly, given a code, as `svidok code --explain` shows it.
type explained struct {
	Code        string            `json:"code"`
	Suggested   bool              `json:"suggested"`
	Probability float64           `json:"probability"`
	Threshold   float64           `json:"threshold"`
	Modality    evidence.Modality `json:"modality"`
	Sentence    string            `json:"sentence"`
	Start       int               `json:"start"`
	End         int               `json:"end"`
	For         []reason          `json:"for"`
	Against     []reason          `json:"against"`
	Patterns    []string          `json:"patterns"`
	Cues        []string          `json:"cues"`
}

// reason is a word, or a sign of several words, and what it adds to the score.
type reason struct {
	Feature string  `json:"feature"`
	Weight  float64 `json:"weight"`
}

func explanations(book *coding.Codebook, in coding.Input) []explained {
	out := []explained{}
	for _, e := range book.Explain(in) {
		out = append(out, explained{Code: e.Code, Suggested: e.Suggested, Probability: hundredths(e.Probability), Threshold: hundredths(e.Threshold), Modality: e.Modality,
			Sentence: e.Sentence, Start: e.Start, End: e.End, For: reasons(e.For), Against: reasons(e.Against), Patterns: orEmpty(e.Patterns), Cues: orEmpty(e.Cues)})
	}
	return out
}

func reasons(list []coding.Reason) []reason {
	out := []reason{}
	for _, r := range list {
		out = append(out, reason{r.Name, hundredths(r.Weight)})
	}
	return out
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }

// explainWords writes explanations for a person: what was suggested, what nearly, and why.
func (c *call) explainWords(out *rows, list []explained) error {
	for _, e := range list {
		verdict := c.say.s("explain-no")
		if e.Suggested {
			verdict = c.say.s("explain-yes")
		}
		if err := out.put(nil, "  %s %s %.2f (%.2f) %s  «%s»", verdict, e.Code, e.Probability, e.Threshold, e.Modality, e.Sentence); err != nil {
			return err
		}
		for _, line := range []struct {
			key  string
			what []string
		}{{"explain-for", weighed(e.For)}, {"explain-against", weighed(e.Against)}, {"explain-patterns", e.Patterns}, {"explain-cues", e.Cues}} {
			if len(line.what) == 0 {
				continue
			}
			if err := out.put(nil, "      %s %s", c.say.s(line.key), strings.Join(line.what, "; ")); err != nil {
				return err
			}
		}
	}
	return nil
}

func weighed(list []reason) []string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = fmt.Sprintf("%s %+.2f", r.Feature, r.Weight)
	}
	return out
}
