package coding_test

import (
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

func TestDiff(t *testing.T) {
	at := func(code string, m evidence.Modality, start, end int) evidence.Statement {
		return evidence.Statement{Code: code, Modality: m, Start: start, End: end}
	}
	old := []evidence.Statement{
		at("MTH.ROUNDUP", evidence.Occurred, 0, 10),
		at("COE.BEATING", evidence.Occurred, 0, 10),
		at("EVD.HIDING", evidence.Planned, 20, 30),
	}
	new := []evidence.Statement{
		at("MED.NO_EXAM", evidence.Occurred, 12, 18),
		at("EVD.HIDING", evidence.Occurred, 20, 30),
		at("MTH.ROUNDUP", evidence.Occurred, 0, 10),
	}
	want := []struct {
		kind coding.ChangeKind
		code string
	}{{coding.Removed, "COE.BEATING"}, {coding.Kept, "MTH.ROUNDUP"}, {coding.Added, "MED.NO_EXAM"}, {coding.ModalityChanged, "EVD.HIDING"}}
	got := coding.Diff(old, new)
	if len(got) != len(want) {
		t.Fatalf("%d changes: %+v", len(got), got)
	}
	for i, w := range want {
		code := got[i].New.Code
		if w.kind == coding.Removed {
			code = got[i].Old.Code
		}
		if got[i].Kind != w.kind || code != w.code {
			t.Errorf("%d: %s %s, want %s %s", i, got[i].Kind, code, w.kind, w.code)
		}
	}
	if n := len(coding.Diff(nil, nil)); n != 0 {
		t.Errorf("%d changes of nothing", n)
	}
}

// A better codebook for the same text: what it adds and drops is told, the rest is kept.
func TestDiffOfTwoBooks(t *testing.T) {
	first, _ := coding.Compile([]byte(bookWith(`'raid'`)))
	second, _ := coding.Compile([]byte(bookWith(`'raid|sweep'`)))
	text := "A raid in Donetsk. A sweep in Donetsk."
	changes := coding.Diff(first.Code(coding.Input{Text: text}).Statements, second.Code(coding.Input{Text: text}).Statements)
	if len(changes) != 2 || changes[0].Kind != coding.Kept || changes[1].Kind != coding.Added || changes[1].New.Quote != "A sweep in Donetsk." {
		t.Errorf("%+v", changes)
	}
}
