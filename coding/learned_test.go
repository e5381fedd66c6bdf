package coding_test

import (
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// The embedded models can be read and know the codes of the built-in book.
func TestModels(t *testing.T) {
	m, err := coding.Decode(coding.EmbeddedModels())
	if err != nil {
		t.Fatal(err)
	}
	codes := book(t).Codes()
	if len(m.Codes.Labels) != len(codes) || len(m.Put.Labels) != 8 || len(m.Gate.Labels) != 1 {
		t.Fatalf("%d codes of %d, %d modalities, %d gates", len(m.Codes.Labels), len(codes), len(m.Put.Labels), len(m.Gate.Labels))
	}
	for i, c := range codes {
		if m.Codes.Labels[i] != c.ID {
			t.Errorf("label %d is %s, want %s", i, m.Codes.Labels[i], c.ID)
		}
	}
	for _, file := range []string{"x", "\x05abc", strings.Repeat("\xff", 40)} {
		if _, err := coding.Decode([]byte(file)); err == nil {
			t.Errorf("%q is a model", file)
		}
	}
}

// A wording that no pattern has is found, with its words, and explained.
func TestLearnedSuggestion(t *testing.T) {
	b := book(t)
	in := coding.Input{Text: "В оккупированном Мелитополе мужчин свозят в спортзал и держат там под замком. Врачей никто из них не видел.",
		Published: evidence.Date{From: "2023-05-04", To: "2023-05-04", Precision: "day"}}
	res := b.Code(in)
	anchored(t, in.Text, res)
	if modalityOf(res, "COE.DETAINED") != evidence.Occurred {
		t.Fatalf("%+v", res)
	}
	for _, st := range res.Statements {
		if st.Confidence <= 0 || st.Confidence > 1 {
			t.Errorf("%s: confidence %v", st.Code, st.Confidence)
		}
	}
	explained := false
	gate, all := b.Explain(in)
	if gate.Gate != res.Gate || gate.By != "model" || gate.Probability < gate.Threshold || len(gate.Sentences) != 2 || len(gate.Signals) == 0 {
		t.Errorf("the gate: %+v", gate)
	}
	for _, e := range all {
		if in.Text[e.Start:e.End] != e.Sentence || e.Probability < 0 || e.Probability > 1 {
			t.Errorf("%+v", e)
		}
		explained = explained || e.Code == "COE.DETAINED" && e.Suggested && len(e.For) > 0
	}
	if !explained {
		t.Error("COE.DETAINED is not explained")
	}
}

// A book of the user's own gets no suggestion of a code that it lacks or defines otherwise.
func TestOwnBookIsSuggestedNothingElse(t *testing.T) {
	b, problems := coding.Compile([]byte(bookWith("'raid'")))
	if b == nil {
		t.Fatal(problems)
	}
	known := map[string]bool{}
	for _, c := range b.Codes() {
		known[c.ID] = true
	}
	for _, text := range corpus(t) {
		for _, st := range b.Code(coding.Input{Text: text}).Statements {
			if !known[st.Code] || st.Confidence != 0 {
				t.Fatalf("%s: %+v", text, st)
			}
		}
	}
}

func BenchmarkLearned(b *testing.B) {
	cb := book(b)
	texts := corpus(b)
	var docs []string
	for i := 0; i+6 < len(texts); i += 6 {
		docs = append(docs, strings.Join(texts[i:i+6], " "))
	}
	for _, d := range docs {
		cb.Code(coding.Input{Text: d})
	}
	i := 0
	for b.Loop() {
		cb.Code(coding.Input{Text: docs[i%len(docs)]})
		i++
	}
}
