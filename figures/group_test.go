package figures

import (
	"slices"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/words"
)

func row(value, high float64, op, kind, scope, period, published, report string) Row {
	return Row{Figure: evidence.Figure{Value: value, High: high, Operator: op, Kind: kind, Scope: scope, Period: period, Unit: "persons"},
		Published: published, Report: report}
}

// TestGroup: claims of one scope and kind stand side by side, in time, and none is added.
func TestGroup(t *testing.T) {
	whole := "2022-02-24/2025-07-31"
	rows := []Row{
		row(46327, 0, "exact", "mobilised", "all", whole, "2025-11-17", "c"),
		row(55000, 60000, "about", "mobilised", "all", "2022-02-24/2023-07-31", "2023-07-31", "a"),
		row(300000, 0, "more_than", "mobilised", "all", whole, "2024-09-01", "b"),
		row(574, 0, "exact", "cases", "Crimea", "", "2024-12-10", "d"),
		row(553, 0, "exact", "cases", "Crimea", "", "2024-12-04", "e"),
		row(60000, 0, "exact", "summonses", "Crimea", "", "2022-09-27", "f"),
	}
	before := slices.Clone(rows)
	got := Group(rows)
	for i := range rows {
		if rows[i].Report != before[i].Report {
			t.Fatal("Group changed what it was given")
		}
	}
	if len(got) != 3 || len(got[0].Rows) != 3 || got[0].Kind != "mobilised" {
		t.Fatalf("%+v", got)
	}
	var order []string
	for _, r := range got[0].Rows {
		order = append(order, r.Report)
	}
	if strings.Join(order, "") != "abc" {
		t.Errorf("order %v", order)
	}
	// 55,000 within a period that 46,327 covers; more than 300,000 against exactly 46,327.
	if want := [][2]int{{0, 2}, {1, 2}}; !slices.Equal(got[0].Conflicts, want) {
		t.Errorf("conflicts %v, want %v", got[0].Conflicts, want)
	}
	if !slices.Equal(got[1].Conflicts, [][2]int{{0, 1}}) || len(got[2].Conflicts) != 0 {
		t.Errorf("conflicts %v %v", got[1].Conflicts, got[2].Conflicts)
	}
	if len(Group(nil)) != 0 {
		t.Error("nothing makes no series")
	}
}

func TestConflict(t *testing.T) {
	f := func(v float64, op, period string) evidence.Figure {
		return evidence.Figure{Value: v, Operator: op, Kind: "conscripted", Scope: "Crimea", Period: period}
	}
	year, spring, later := "2024-01-01/2024-12-31", "2024-04-01/2024-07-15", "2025-01-01/2025-12-31"
	for _, c := range []struct {
		name string
		a, b evidence.Figure
		want bool
	}{
		{"the same", f(500, "exact", year), f(500, "exact", year), false},
		{"two values", f(500, "exact", year), f(501, "exact", year), true},
		{"about allows a tenth", f(500, "about", year), f(540, "exact", year), false},
		{"about is no more than that", f(500, "about", year), f(600, "exact", year), true},
		{"at least is met", f(500, "at_least", year), f(5500, "exact", year), false},
		{"at least and under", f(500, "at_least", year), f(499, "exact", year), true},
		{"more than excludes itself", f(500, "more_than", year), f(500, "exact", year), true},
		{"up to", f(500, "up_to", year), f(600, "at_least", year), true},
		{"a campaign is less than its year", f(300, "exact", spring), f(500, "exact", year), false},
		{"a campaign is more than its year", f(800, "exact", spring), f(500, "exact", year), true},
		{"the same, turned round", f(500, "exact", year), f(800, "exact", spring), true},
		{"other years", f(500, "exact", year), f(800, "exact", later), false},
		{"one period unsaid", f(500, "exact", year), f(800, "exact", ""), false},
	} {
		if got := Conflict(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	other := f(600, "exact", year)
	other.Kind = "killed"
	if Conflict(f(500, "exact", year), other) {
		t.Error("kinds are never compared")
	}
}

// TestTotals: parts that do not add up and copied parts are shown on the total.
func TestTotals(t *testing.T) {
	names := []string{"Донецька область", "Луганська", "Запорізька", "Херсонська", "Крим", "Севастополь"}
	right := "Росія мобілізувала 46 327 українців: Донецька область – 5 368, Луганська – 4 650, Запорізька – 560, Херсонська – 478, Крим – 35 271."
	wrong := "Росія мобілізувала 46 327 українців: Донецька область – 5 368, Луганська – 4 650, Запорізька – 560, Херсонська – 478, Крим – 35 272, Севастополь – 5 368."
	lines := "Росія мобілізувала 46 327 українців:\n• Донецька область – 5 368\n• Луганська – 4 650\n• Запорізька – 560\n• Херсонська – 478\n• Крим – 35 272\n• Севастополь – 5 368\n"
	for _, c := range []struct {
		text  string
		parts int
		flags []string
	}{
		{right, 5, nil},
		{wrong, 6, []string{"Донецька область and Севастополь have the same value, 5368", "the parts add up to 51696, not 46327"}},
		{lines, 6, []string{"Донецька область and Севастополь have the same value, 5368", "the parts add up to 51696, not 46327"}},
		{"Мобілізували 300 осіб, зокрема 100 у Токмаку та 50 у Пологах.", 2, nil},
		{"Мобілізували 300 осіб, зокрема 200 у Токмаку та 150 у Пологах.", 2, []string{"the parts add up to 350, not 300"}},
	} {
		s := sample{text: c.text}
		for _, n := range append(names, "Токмаку", "Пологах") {
			if at := strings.Index(c.text, n); at >= 0 {
				s.places = append(s.places, Label{at, at + len(n), n})
			}
		}
		slices.SortFunc(s.places, func(a, b Label) int { return a.Start - b.Start })
		got := find(t, s)
		if len(got) == 0 || len(got[0].Parts) != c.parts || !slices.Equal(got[0].Flags, c.flags) {
			t.Errorf("%s\n\t%+v", c.text, got)
		}
	}
	if f := CheckParts(10, []evidence.FigurePart{{Name: "a", Value: 5}, {Name: "b", Value: 5}}, true); f != nil {
		t.Errorf("small parts may be equal: %v", f)
	}
}

// TestAround: ranges, periods, reach, groups, flags, and the sentence before.
func TestAround(t *testing.T) {
	text := "Окупанти провели весняний призов у Криму. Йдеться про від 1 200 до 1 500 кримських татар. Ще 100 000 тысяч человек мобилизовали с 2022 года."
	at := strings.Index(text, "Криму")
	var c words.Cut
	c.Read(text)
	got := Find(nil, Context{Cut: &c, Language: "uk", Places: []Label{{at, at + len("Криму"), "Crimea"}},
		Periods:   []Label{{at - 20, at, "2024-04-01/2024-07-15"}},
		Claimants: []Label{{0, len(text), "outer"}, {at, at + 80, "inner"}}})
	if len(got) != 2 {
		t.Fatalf("%+v", got)
	}
	f := got[0]
	if f.Value != 1200 || f.High != 1500 || f.Kind != "conscripted" || f.Scope != "Crimea; Crimean Tatars" || f.Period != "2024-04-01/2024-07-15" || f.Claimant != "inner" || f.Reach != "period" {
		t.Errorf("%+v", f)
	}
	if g := got[1]; g.Value != 100000 || !slices.Equal(g.Flags, []string{"magnitude stated twice"}) || g.Reach != "cumulative" || g.Claimant != "outer" {
		t.Errorf("%+v", g)
	}
}

// TestPartOfWhole: a part that a text counts from a whole says of which, in three languages.
func TestPartOfWhole(t *testing.T) {
	for text, want := range map[string]string{
		"За рік із Кадіївки взяли 3000 чоловіків, з них 85 загинули.":                  "85 part of 3000",
		"В Алчевске мобилизовали 400 рабочих. Из них 31 погиб под Кременной.":          "31 part of 400",
		"Contracts were signed by 312 of 400 conscripts in Kerch.":                     "312 part of 400",
		"В Краматорске за месяц задержали 40 человек, а в Дружковке осудили 12 парней": "",
	} {
		var c words.Cut
		c.Read(text)
		got := ""
		for _, f := range Find(nil, Context{Cut: &c}) {
			for _, flag := range f.Flags {
				got = plain(f.Value) + " " + flag
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
