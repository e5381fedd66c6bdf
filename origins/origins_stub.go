package origins

import "svidok/words"

// Find appends the mentions of origins in the text that c holds, in order of Start.
func Find(dst []Mention, c *words.Cut, doc Document) []Mention { return dst }

// Roots returns the origins of the statement at [start,end).
func Roots(mentions []Mention, start, end int) []Mention { return nil }
