package standards_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/standards"
)

func all(t *testing.T) map[string]standards.Words {
	t.Helper()
	out := map[string]standards.Words{}
	for _, l := range []string{"uk", "en", "ru"} {
		w, err := standards.WordsOf(l)
		if err != nil {
			t.Fatal(err)
		}
		out[l] = w
	}
	return out
}

// cases are a case in every state that matters.
func cases() map[string]standards.Case {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	full := standards.Case{Now: now, Reports: 4, Coded: 4, Takings: 4, Sampled: 4, Parts: map[string]int{}, Searches: 1, Authorities: 2, Witnesses: 1, Cosigned: true,
		Mirrored: now.Add(-time.Hour), Swept: now.Add(-time.Hour), Sealed: true, Accounts: 3, Forms: map[string]bool{"plan": true, "risk": true, "landscape": true}, Assessed: 4, Verified: 4,
		Graded: 1, Sources: 1, Releases: 1, Answered: 1}
	for _, p := range standards.MinimumParts() {
		full.Parts[p] = 4
	}
	half := full
	half.Parts = map[string]int{"address": 2}
	half.Hollow, half.Late, half.Unstamped, half.Unreadable, half.Cosigned, half.Accounts = 1, true, 9, 1, false, 1
	half.Mirrored, half.Swept, half.Answered, half.Graded, half.Assessed = now.AddDate(0, -3, 0), now.AddDate(0, -3, 0), 0, 0, 2
	torn := full
	torn.Damaged, torn.Contradicts, torn.Mirrored = 2, 1, time.Time{}
	return map[string]standards.Case{"empty": {Now: now}, "full": full, "half": half, "torn": torn}
}

func items() []standards.Item {
	return []standards.Item{{}, {Taken: true, Parts: []string{"address"}, Lacks: []string{"screenshot: no browser"}, Hollow: []string{"login"}, Read: true},
		{Taken: true, Parts: standards.MinimumParts(), Readable: true, Read: true, Stamps: 2, Others: 1, Assessed: true, Verified: true, Origins: 2}, {Address: true, Stamps: 1}}
}

func TestEveryDutyAndReasonHasItsWords(t *testing.T) {
	words := all(t)
	seen, reasons := map[string]bool{}, map[string]bool{}
	check := func(d standards.Duty) {
		seen[d.ID], reasons[d.Reason] = true, true
		for l, w := range words {
			if w.Duty(d) == "" || w.State(d) == "" || w.Reasons[d.Reason] == "" {
				t.Errorf("%s: no words for %s, %s, %s", l, d.ID, d.Standing, d.Reason)
			}
			if s := w.Reason(d); strings.Contains(s, "%!") {
				t.Errorf("%s: %s", l, s)
			}
		}
	}
	for _, c := range cases() {
		for _, d := range standards.OfCase(c) {
			check(d)
		}
	}
	for _, i := range items() {
		for _, d := range standards.OfItem(i) {
			check(d)
		}
	}
	for l, w := range words {
		for id := range w.Duties {
			if !seen[id] {
				t.Errorf("%s: %q is no duty", l, id)
			}
		}
		for r := range w.Reasons {
			if !reasons[r] {
				t.Errorf("%s: reason %q is never given", l, r)
			}
		}
		for name, f := range w.Forms {
			if len(f.Fields) != len(words["en"].Forms[name].Fields) {
				t.Errorf("%s: form %s has other fields", l, name)
			}
		}
	}
}

func TestStandings(t *testing.T) {
	want := map[string]map[string]standards.Standing{
		"empty": {"B.preparation.plan": standards.NotMet, "B.collection.address": standards.NotOurs, "B.collection.hash": standards.Met, "B.preservation.authenticity": standards.Part,
			"B.preservation.availability": standards.NotMet, "C.inventory": standards.NotOurs, "C.security": standards.NotMet},
		"full": {"B.preparation.plan": standards.Met, "B.collection.screenshot": standards.Met, "B.preservation.authenticity": standards.Met, "B.preservation.availability": standards.Met,
			"B.preservation.persistence": standards.Met, "C.security": standards.Met, "C.inventory": standards.Met, "B.preservation.witnesses": standards.Met},
		"half": {"B.collection.address": standards.Part, "B.collection.screenshot": standards.NotMet, "B.collection.hollow": standards.Part, "B.preservation.authenticity": standards.Part,
			"B.preservation.availability": standards.Part, "B.preservation.renderability": standards.Part, "C.inventory": standards.Part, "C.access": standards.Part},
		"torn": {"B.preservation.persistence": standards.NotMet, "B.preservation.authenticity": standards.NotMet, "C.security": standards.Part},
	}
	for name, c := range cases() {
		list := standards.OfCase(c)
		for id, standing := range want[name] {
			i := slices.IndexFunc(list, func(d standards.Duty) bool { return d.ID == id })
			if i < 0 || list[i].Standing != standing {
				t.Errorf("%s: %s is %+v, want %s", name, id, list[max(i, 0)], standing)
			}
		}
	}
}

func TestItems(t *testing.T) {
	list := standards.OfItem(items()[1])
	for id, want := range map[string]standards.Standing{"B.collection.address": standards.Met, "B.collection.screenshot": standards.NotMet, "B.collection.hollow": standards.NotMet,
		"B.preservation.renderability": standards.NotMet, "B.preservation.authenticity": standards.NotMet} {
		i := slices.IndexFunc(list, func(d standards.Duty) bool { return d.ID == id })
		if i < 0 || list[i].Standing != want {
			t.Errorf("%s: %+v", id, list[max(i, 0)])
		}
	}
}
