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

// gateExplained is why a text is coded or not.
type gateExplained struct {
	Gate        evidence.Gate    `json:"gate"`
	By          string           `json:"by"`
	Probability float64          `json:"probability"`
	Threshold   float64          `json:"threshold"`
	For         []reason         `json:"for"`
	Against     []reason         `json:"against"`
	Sentences   []sentenceReason `json:"sentences"`
	Signals     []string         `json:"signals"`
}

// sentenceReason is what a sentence adds to the odds of the gate of its text.
type sentenceReason struct {
	Sentence string  `json:"sentence"`
	Start    int     `json:"start"`
	End      int     `json:"end"`
	Weight   float64 `json:"weight"`
}

// whyCoded is all that `svidok code --explain` shows of a text.
type whyCoded struct {
	Gate  gateExplained
	Codes []explained
}

func explanations(book *coding.Codebook, in coding.Input) *whyCoded {
	g, all := book.Explain(in)
	gate := gateExplained{Gate: g.Gate, By: g.By, Probability: hundredths(g.Probability), Threshold: hundredths(g.Threshold), For: reasons(g.For), Against: reasons(g.Against),
		Sentences: []sentenceReason{}, Signals: orEmpty(g.Signals)}
	for _, s := range g.Sentences {
		gate.Sentences = append(gate.Sentences, sentenceReason{in.Text[s.Start:s.End], s.Start, s.End, hundredths(s.Weight)})
	}
	out := []explained{}
	for _, e := range all {
		out = append(out, explained{Code: e.Code, Suggested: e.Suggested, Probability: hundredths(e.Probability), Threshold: hundredths(e.Threshold), Modality: e.Modality,
			Sentence: e.Sentence, Start: e.Start, End: e.End, For: reasons(e.For), Against: reasons(e.Against), Patterns: orEmpty(e.Patterns), Cues: orEmpty(e.Cues)})
	}
	return &whyCoded{gate, out}
}

func reasons(list []coding.Reason) []reason {
	out := []reason{}
	for _, r := range list {
		out = append(out, reason{r.Name, hundredths(r.Weight)})
	}
	return out
}

func hundredths(x float64) float64 { return math.Round(x*100) / 100 }

// explainWords writes explanations for a person: why the text is coded or not, what was
// suggested, what nearly, and why. Of a text that is not coded it says so of every code.
func (c *call) explainWords(out *rows, why *whyCoded) error {
	if why == nil {
		return nil
	}
	if err := c.explainGate(out, &why.Gate); err != nil {
		return err
	}
	for _, e := range why.Codes {
		verdict := c.say.s("explain-no")
		if e.Suggested && why.Gate.Gate != evidence.GateBlocked {
			verdict = c.say.s("explain-yes")
		}
		if err := out.put(nil, "  %s %s %.2f (%.2f) %s  «%s»", verdict, e.Code, e.Probability, e.Threshold, e.Modality, e.Sentence); err != nil {
			return err
		}
		if err := c.lines(out, explainLine{"explain-for", weighed(e.For)}, explainLine{"explain-against", weighed(e.Against)}, explainLine{"explain-patterns", e.Patterns}, explainLine{"explain-cues", e.Cues}); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) explainGate(out *rows, g *gateExplained) error {
	var by string
	switch g.By {
	case "model":
		by = c.say.f("explain-by-model", g.Probability, g.Threshold)
	case "doubt":
		by = c.say.f("explain-by-doubt", g.Probability, g.Threshold)
	case "lists":
		by = c.say.s("explain-by-lists")
	case "nothing drafted":
		by = c.say.s("explain-by-nothing-drafted")
	default:
		by = c.say.s("explain-by-places-and-words")
	}
	if err := out.put(nil, "  %s: %s", c.say.s("gate-"+string(g.Gate)), by); err != nil {
		return err
	}
	var pro, contra []string
	for _, s := range g.Sentences {
		line := fmt.Sprintf("%+.2f «%s»", s.Weight, s.Sentence)
		if s.Weight < 0 {
			contra = append(contra, line)
		} else {
			pro = append(pro, line)
		}
	}
	return c.lines(out, explainLine{"explain-for", weighed(g.For)}, explainLine{"explain-for-sentences", pro},
		explainLine{"explain-against", weighed(g.Against)}, explainLine{"explain-against-sentences", contra}, explainLine{"explain-signals", g.Signals})
}

// explainLine is a line of an explanation: what it lists, under the message that names it.
type explainLine struct {
	key  string
	what []string
}

func (c *call) lines(out *rows, all ...explainLine) error {
	for _, line := range all {
		if len(line.what) == 0 {
			continue
		}
		if err := out.put(nil, "      %s %s", c.say.s(line.key), strings.Join(line.what, "; ")); err != nil {
			return err
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
