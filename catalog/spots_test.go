package catalog_test

import (
	"context"
	"fmt"
	"testing"

	"svidok/catalog"
	"svidok/evidence"
)

const (
	donetskOblast    = "UA14000000000091971"
	bakhmutRaion     = "UA14020000000013572"
	bakhmut          = "UA14020010010059145"
	melitopol        = "UA23080070010092407"
	bakhmutNeighbour = "UA14020030000000001"
)

// placed follows a coding of one statement per place, each in its own month.
func (b *book) placed(t *testing.T, text, origin string, again bool, places ...string) {
	t.Helper()
	if !again {
		b.report(t, text, "", "uk", text, "2024-01-01", "")
	}
	b.apply(t, func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error {
		c := evidence.Coding{V: 1, Kind: evidence.KindCoding, Text: hash(text), Codebook: hash("book"), Gate: evidence.GateOpen, Coder: "coding/2", At: at}
		if origin != "" {
			c.Origins = []evidence.Origin{{ID: origin, Name: origin, Quote: "x", Start: 0, End: 1}, {ID: origin, Name: origin, Quote: "y", Start: 1, End: 2}}
		}
		for i, p := range places {
			day := fmt.Sprintf("2023-0%d-05", i+1)
			c.Statements = append(c.Statements, evidence.Statement{ID: evidence.StatementID(hash(text), "A.B", i, i+1), Code: "A.B", Modality: evidence.Occurred,
				Gate: evidence.GateOpen, Quote: text[i : i+1], Start: i, End: i + 1, Places: []evidence.Place{{ID: p, Occupied: "yes"}},
				When: &evidence.Interval{From: day, To: day, Precision: "day"}})
		}
		return tx.Coding(next(evidence.KindCoding), c)
	})
}

func TestPlacesTimesAndOrigins(t *testing.T) {
	b := open(t)
	b.inForce(t, "book")
	b.placed(t, "first text", "hur", false, bakhmut, melitopol)
	b.placed(t, "second text", "hur", false, bakhmutNeighbour)
	b.placed(t, "third text, a copy", "", false, bakhmut)
	b.copied(t, "third text, a copy", "first text")
	ctx := context.Background()
	for _, c := range []struct {
		f    catalog.Filter
		want int
	}{
		{catalog.Filter{Place: bakhmut}, 2},
		{catalog.Filter{Place: bakhmutRaion}, 3},
		{catalog.Filter{Place: donetskOblast}, 3},
		{catalog.Filter{Place: melitopol}, 1},
		{catalog.Filter{Place: melitopol, Since: "2023-02-01", Until: "2023-02-28"}, 1},
		{catalog.Filter{Place: bakhmut, Since: "2023-02-01"}, 0}, // another statement of that report is of February
		{catalog.Filter{Since: "2023-01-05", Until: "2023-01-05"}, 3},
		{catalog.Filter{Until: "2023-01-04"}, 0},
		{catalog.Filter{Origin: "hur"}, 2},
		{catalog.Filter{Origin: "hur", Place: melitopol}, 1},
		{catalog.Filter{Place: "nonsense"}, 0},
	} {
		if n, err := b.c.Count(ctx, c.f); err != nil || n != c.want {
			t.Errorf("%+v: %d reports, %v; want %d", c.f, n, err, c.want)
		}
	}
	spots, err := b.c.Spots(ctx, catalog.Scope{Place: donetskOblast})
	if err != nil || fmt.Sprint(spots) != fmt.Sprintf("[{%s 2 1 0} {%s 1 1 0}]", bakhmut, bakhmutNeighbour) {
		t.Errorf("places: %v, %v: a copy counts once", spots, err)
	}
	months, err := b.c.Months(ctx, catalog.Scope{})
	if err != nil || fmt.Sprint(months) != "[{2023-01 3 2 0} {2023-02 1 1 0}]" {
		t.Errorf("months: %v, %v", months, err)
	}
	voices, err := b.c.Voices(ctx, 10)
	if err != nil || fmt.Sprint(voices) != "[{hur hur 2 2}]" {
		t.Errorf("origins: %v, %v", voices, err)
	}
	b.placed(t, "first text", "sbu", true, melitopol) // coded anew: the other statement and the other origin are gone
	for f, want := range map[string]int{bakhmut: 1, melitopol: 1} {
		if n, err := b.c.Count(ctx, catalog.Filter{Place: f}); err != nil || n != want {
			t.Errorf("%s after another coding: %d, %v; want %d", f, n, err, want)
		}
	}
	if voices, err = b.c.Voices(ctx, 10); err != nil || fmt.Sprint(voices) != "[{hur hur 1 1} {sbu sbu 1 1}]" {
		t.Errorf("origins after another coding: %v, %v", voices, err)
	}
}

func TestWhoPassesItOn(t *testing.T) {
	b := open(t)
	b.inForce(t, "book")
	b.placed(t, "first text", "", false, bakhmut)
	b.placed(t, "second text", "sbu", false, melitopol)
	b.apply(t, func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error {
		return tx.Coding(next(evidence.KindCoding), evidence.Coding{V: 1, Kind: evidence.KindCoding, Text: hash("first text"), Codebook: hash("book"), Gate: evidence.GateOpen, Coder: "coding/2", At: at,
			Statements: []evidence.Statement{{ID: evidence.StatementID(hash("first text"), "Q.N", 0, 5), Code: "Q.N", Modality: evidence.Hedged, Gate: evidence.GateOpen, Quote: "first", Start: 0, End: 5}},
			Origins:    []evidence.Origin{{ID: "hur", Name: "HUR", Quote: "x", Start: 0, End: 1, Via: []string{"paper"}}},
			Figures: []evidence.Figure{{Value: 20, High: 30, Operator: "exact", Kind: "mobilised", Claimant: "HUR", Period: "2023-11-01/2023-11-30", Quote: "i", Start: 1, End: 2},
				{Value: 7, Operator: "exact", Kind: "killed", Quote: "t", Start: 6, End: 7}}})
	})
	ctx := context.Background()
	for _, c := range []struct {
		name          string
		f             catalog.Filter
		reports, nums int
	}{
		{"all", catalog.Filter{}, 2, 2},
		{"the origin", catalog.Filter{Origins: []string{"hur"}}, 1, 1},
		{"who passes it on", catalog.Filter{Origins: []string{"paper"}}, 1, 1},
		{"any of them", catalog.Filter{Origins: []string{"paper", "sbu"}}, 2, 1},
		{"through nobody", catalog.Filter{Origin: "paper"}, 0, 2},
		{"any of the places", catalog.Filter{Places: []string{bakhmut, melitopol}}, 1, 2}, // the first text's statement names none now
		{"period", catalog.Filter{Since: "2023-11-30"}, 0, 1},
		{"before it", catalog.Filter{Until: "2023-10-31"}, 1, 0},
		{"code at the number", catalog.Filter{Code: "Q"}, 1, 1},
		{"language", catalog.Filter{Language: "uk"}, 2, 2},
		{"another language", catalog.Filter{Language: "ru"}, 0, 0},
	} {
		if n, err := b.c.Count(ctx, c.f); err != nil || n != c.reports {
			t.Errorf("%s: %d reports, want %d (%v)", c.name, n, c.reports, err)
		}
		if list, err := b.c.Figures(ctx, c.f, 0, 0); err != nil || len(list) != c.nums {
			t.Errorf("%s: %d figures, want %d (%v)", c.name, len(list), c.nums, err)
		}
	}
	list, err := b.c.Figures(ctx, catalog.Filter{}, 0, 0)
	if err != nil || len(list) != 2 || list[0].Hedged || !list[1].Hedged {
		t.Errorf("hedged is the number in the hedged words: %+v (%v)", list, err)
	}
	if told, err := b.c.Told(ctx, hash("first text")); err != nil || fmt.Sprint(told) != "[{hur HUR x 0 1 [paper]}]" {
		t.Errorf("told by %v (%v)", told, err)
	}
	if names, err := b.c.Named(ctx); err != nil || len(names) != 3 {
		t.Errorf("named: %v (%v)", names, err)
	}
	if has, err := b.c.HasCode(ctx, "Q"); err != nil || !has {
		t.Errorf("the code is there: %v", err)
	}
}
