package collector_test

import (
	"testing"
	"time"

	"svidok/archive"
	"svidok/evidence"
	"svidok/timestamp"
)

// TestYearsOfRenewal: over years in which authorities change their keys as they do, the
// first time-stamp over each entry is renewed in time, so that since when it existed stays
// proven, and by both.
func TestYearsOfRenewal(t *testing.T) {
	b := newBench(t)
	list, addresses := authorities(t, b, 2)
	c := b.collector(t, evidence.Settings{Authorities: addresses})
	const days = 1500
	for day := range days {
		if day%30 == 0 {
			if err := b.Keeping().LogSearch(t.Context(), "", archive.Searched{Where: "x", Query: "y"}); err != nil {
				t.Fatal(err)
			}
		}
		if day%300 == 299 {
			for _, a := range list {
				a.rekey(t)
			}
		}
		if err := c.Vouch(t.Context(), false); err != nil {
			t.Fatalf("day %d: %v", day, err)
		}
		b.Sleep(t.Context(), 24*time.Hour)
	}
	verdicts, renewals := map[evidence.Hash]timestamp.Verdict{}, map[evidence.Hash][]evidence.Hash{}
	var firsts []evidence.Hash
	operators := map[string]int{}
	for s, err := range b.Catalog().EachStamp(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		bundle, err := timestamp.Open(b.bytes(t, s.Bundle))
		if err != nil {
			t.Fatal(err)
		}
		v, err := bundle.Judge(b.bytes(t, s.Checkpoint), nil)
		if err != nil || !v.OK() {
			t.Fatalf("%+v, %v", v, err)
		}
		verdicts[s.Bundle] = v
		for _, x := range bundle.Renewed {
			if h, err := evidence.ParseHash(x); err == nil {
				renewals[h] = append(renewals[h], s.Bundle)
			}
		}
		if len(s.Renews) == 0 {
			firsts = append(firsts, s.Bundle)
			operators[s.Chain]++
		}
	}
	if len(firsts) < 2*days/30 || len(operators) != 2 {
		t.Errorf("%d time-stamps of %d authorities", len(firsts), len(operators))
	}
	for i, h := range firsts {
		if !timestamp.Lasting(h, verdicts, renewals, b.Now()) {
			t.Errorf("time-stamp %d, of %s, has ended", i, verdicts[h].Time)
		}
	}
	if n := len(verdicts) - len(firsts); n > 60 {
		t.Errorf("%d renewals of %d time-stamps: they should share", n, len(firsts))
	}
	if len(b.notices) > 0 {
		t.Error(b.notices)
	}
}
