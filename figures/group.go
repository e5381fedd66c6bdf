package figures

import (
	"cmp"
	"slices"
	"strings"

	"svidok/evidence"
)

// Row is a figure of one report.
type Row struct {
	evidence.Figure
	Published string // date, 2006-01-02
	Report    string
}

// Series is all that was claimed of one scope and kind, by the day of its publication.
type Series struct {
	Scope, Kind, Unit string
	Rows              []Row
	Conflicts         [][2]int // indices of rows that cannot both be true, the earlier first
}

// Group puts the rows of one scope, kind and unit side by side, in the order of their
// publication. It never adds or averages. Series with more rows come first.
func Group(rows []Row) []Series {
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b Row) int {
		return cmp.Or(strings.Compare(a.Scope, b.Scope), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Unit, b.Unit),
			strings.Compare(a.Published, b.Published), strings.Compare(a.Report, b.Report), cmp.Compare(a.Start, b.Start))
	})
	var out []Series
	for i, row := range sorted {
		if n := len(out); i == 0 || out[n-1].Scope != row.Scope || out[n-1].Kind != row.Kind || out[n-1].Unit != row.Unit {
			out = append(out, Series{Scope: row.Scope, Kind: row.Kind, Unit: row.Unit})
		}
		s := &out[len(out)-1]
		s.Rows = append(s.Rows, row)
	}
	for i := range out {
		out[i].Conflicts = conflicts(out[i].Rows)
	}
	slices.SortStableFunc(out, func(a, b Series) int { return cmp.Compare(len(b.Rows), len(a.Rows)) })
	return out
}

// mostConflicts bounds the pairs that are shown of one series.
const mostConflicts = 500

func conflicts(rows []Row) [][2]int {
	var out [][2]int
	for j := range rows {
		for i := range rows[:j] {
			if Conflict(rows[i].Figure, rows[j].Figure) {
				if out = append(out, [2]int{i, j}); len(out) == mostConflicts {
					return out
				}
			}
		}
	}
	return out
}

// Conflict reports whether two figures of one scope and kind cannot both be true of one
// period: their periods are the same, and the values that they allow do not meet.
// About allows a tenth either way. Where periods only overlap, or one is not said, a
// count over more time may be larger: then only a part that exceeds the whole that
// contains it is a conflict. Of what nobody said where, nothing is known to conflict.
func Conflict(a, b evidence.Figure) bool {
	if a.Scope != b.Scope || a.Kind != b.Kind || a.Unit != b.Unit || a.Scope == "" {
		return false
	}
	aLow, aHigh := allowed(a)
	bLow, bHigh := allowed(b)
	af, at, aok := strings.Cut(a.Period, "/")
	bf, bt, bok := strings.Cut(b.Period, "/")
	switch {
	case !aok || !bok:
		return a.Period == b.Period && (aLow > bHigh || bLow > aHigh)
	case af > bt || bf > at:
		return false
	case af == bf && at == bt || a.Unit == "percent":
		return aLow > bHigh || bLow > aHigh
	case af >= bf && at <= bt: // a lies within b
		return aLow > bHigh
	case bf >= af && bt <= at:
		return bLow > aHigh
	}
	return false
}

// allowed returns the least and the greatest value that a figure leaves room for.
func allowed(f evidence.Figure) (low, high float64) {
	const endless = 1e18
	low, high = f.Value, max(f.Value, f.High)
	switch f.Operator {
	case "at_least":
		high = endless
	case "more_than":
		low, high = f.Value+1, endless
	case "up_to":
		low = 0
	case "about":
		low, high = low*0.9, high*1.1
	}
	return low, high
}
