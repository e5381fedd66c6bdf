package web

import (
	"fmt"

	"svidok/catalog"
	"svidok/evidence"
)

func mapStories(coder evidence.Role) []story {
	atlas := func(v *visit, spots []catalog.Spot, months []catalog.Month) *mapPage {
		p := &mapPage{shell: v.bare("map", v.l.t("map.title")), Codes: storyCodes(v), Day: "2023-09-01", Height: mapHeight(), Areas: areasOn(v.l, "2023-09-01"),
			Facets: catalog.Facets{Codes: []catalog.Facet{{Value: "MTH.ID_PATROL", Count: 4}}, Origins: []catalog.Voice{{Origin: "hur", Name: "HUR", Texts: 3, Families: 2}}}}
		p.Spots, p.Dots = spotsOn(v.l, p.Filter, spots, p.Day)
		p.Places = len(p.Spots)
		p.Months, p.Ticks = bars(v.l, p.Filter, months)
		return p
	}
	figuresOf := func(v *visit, rows []catalog.FigureRow) *figuresPage {
		claims := claimsOf(rows)
		return &figuresPage{shell: v.bare("figures", v.l.t("figures.title")), Claims: len(claims), Series: seriesOf(v.l, claims), More: len(rows) > 0}
	}
	return []story{
		{"map", "map", coder, func(v *visit) any {
			return atlas(v, []catalog.Spot{{Place: "UA23080070010092407", Statements: 9, Families: 5, Confirmed: 2}, {Place: "UA14000000000091971", Statements: 3, Families: 2},
				{Place: "UA14020010010059145", Statements: 1, Families: 1}, {Place: "UA01000000000013043", Statements: 4, Families: 4}, {Place: "nowhere", Statements: 1, Families: 1}},
				[]catalog.Month{{Month: "2022-09", Statements: 12, Families: 8}, {Month: "2022-10", Statements: 30, Families: 21}, {Month: "2024-03", Statements: 2, Families: 1}})
		}},
		{"map-empty", "map", coder, func(v *visit) any { return atlas(v, nil, nil) }},
		{"figures", "figures", coder, func(v *visit) any { return figuresOf(v, storyFigures()) }},
		{"figures-empty", "figures", coder, func(v *visit) any { return figuresOf(v, nil) }},
	}
}

// storyFigures are claims of one thing that contradict each other, copies, and a lone one.
func storyFigures() []catalog.FigureRow {
	claim := func(row int64, value, high float64, operator, day, claimant string) catalog.FigureRow {
		return catalog.FigureRow{Row: row, Report: row, Family: row, Title: fmt.Sprint("Зразок ", row), Published: day, Figure: evidence.Figure{Value: value, High: high, Operator: operator, Kind: "mobilised",
			Scope: "Донецька область", Period: "2022-02-24/2023-06-30", Claimant: claimant, Quote: fmt.Sprint("зразок ", value)}}
	}
	rows := []catalog.FigureRow{
		claim(5, 140000, 0, "more_than", "2024-09-10", "Зразкова правозахисна група"),
		claim(4, 55000, 60000, "about", "2023-07-31T10:00:00Z", "Зразкове управління"),
		claim(3, 46327, 0, "exact", "2025-11-17", "Зразковий штаб"),
		claim(2, 46327, 0, "exact", "2025-11-18", "Зразковий штаб"),
		claim(1, 100, 0, "up_to", "2022", ""),
	}
	rows[3].Family, rows[3].Quote = rows[2].Family, rows[2].Quote
	rows[2].Flags = []string{"parts do not add up"}
	return rows
}
