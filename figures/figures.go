// Package figures finds the numbers that a text claims about people: value or range,
// operator, kind, scope, period and claimant, at their exact words.
package figures

import (
	"svidok/evidence"
	"svidok/words"
)

// Label is what another reader knows of the stretch [Start,End) of a text.
type Label struct {
	Start, End int
	Text       string
}

// Context is a text that is read for its figures, with what others found in it.
// Every list stands in the order of the text.
type Context struct {
	Cut       *words.Cut
	Language  string  // uk, ru, en, or anything else for not known
	Places    []Label // Text: the canonical name
	Periods   []Label // Text: "2022-02-24/2025-07-31", days, both inclusive
	Claimants []Label // Text: the canonical name; the span is the words that they answer for
}

// Find appends the figures of the text to dst, in the order of the text.
func Find(dst []evidence.Figure, ctx Context) []evidence.Figure { return dst }

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
	Conflicts         [][2]int // indices of rows that cannot both be true
}

// Group puts the rows of one scope and kind side by side. It never adds or averages.
func Group(rows []Row) []Series { return nil }
