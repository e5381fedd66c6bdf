// Package when finds dates and periods in Ukrainian, Russian and English text, absolute
// and relative to the day of publication, as intervals of days with a precision.
package when

import (
	"svidok/evidence"
	"svidok/words"
)

// Mention is one date or period that a text names.
type Mention struct {
	Start, End  int    // bytes of the words in the text
	From, To    string // ISO days, inclusive; an open beginning or end is "" where it is not known
	Precision   string // one of the precisions of the package comment
	Kind        string // absolute, relative, named, campaign, document or published
	Anchored    bool   // could not be told without the day of publication
	Approximate bool   // the text says about, around, roughly
}

// Find appends the mentions of c to dst, in the order of the text and without overlap.
func Find(dst []Mention, c *words.Cut, published evidence.Date) []Mention {
	return dst
}

// For returns the interval that governs what the bytes [start,end) of c say, by the rule
// of the package comment, and whether there is one. mentions is what Find gave for c.
func For(mentions []Mention, c *words.Cut, start, end int) (evidence.Interval, bool) {
	return evidence.Interval{}, false
}
