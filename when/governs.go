package when

import (
	"slices"
	"strings"

	"svidok/evidence"
	"svidok/words"
)

// farthest is how many sentences back a date still governs.
const farthest = 3

// For returns the interval that governs what the bytes [start,end) of c say, by the rule
// of the package comment, and whether there is one. mentions is what Find gave for c.
func For(mentions []Mention, c *words.Cut, start, end int) (evidence.Interval, bool) {
	if len(mentions) == 0 || start < 0 || end > len(c.Text) || start > end {
		return evidence.Interval{}, false
	}
	s, found := slices.BinarySearchFunc(c.Sentences, start, func(s words.Span, at int) int {
		switch {
		case int(s.End) <= at:
			return -1
		case int(s.Start) > at:
			return 1
		}
		return 0
	})
	if !found {
		return evidence.Interval{}, false
	}
	from, to := int(c.Sentences[s].Start), max(int(c.Sentences[s].End), end)
	if m, ok := closest(mentions, c, start, end, from, to); ok {
		return m.interval(), true
	}
	for back := 1; back <= farthest && s-back >= 0; back++ {
		prev := c.Sentences[s-back]
		if paragraphs(c.Text[prev.End:c.Sentences[s-back+1].Start]) {
			break
		}
		if m, ok := closest(mentions, c, start, end, int(prev.Start), int(prev.End)); ok {
			return m.interval(), true
		}
	}
	return evidence.Interval{}, false
}

// paragraphs reports whether a blank line stands in the white space between two sentences.
func paragraphs(gap string) bool {
	at := strings.IndexByte(gap, '\n')
	return at >= 0 && strings.IndexByte(gap[at+1:], '\n') >= 0
}

func (m *Mention) interval() evidence.Interval {
	return evidence.Interval{From: m.From, To: m.To, Precision: m.Precision}
}

// closest finds, among the mentions within [from,to), the one that is nearest to [start,end):
// inside it first, and of these the shortest; then before it; then behind it. What stands
// across a mark of a clause is farther.
func closest(mentions []Mention, c *words.Cut, start, end, from, to int) (*Mention, bool) {
	var best *Mention
	least := 0
	at, _ := slices.BinarySearchFunc(mentions, from, func(m Mention, at int) int { return m.Start - at })
	for i := at; i < len(mentions) && mentions[i].Start < to; i++ {
		m := &mentions[i]
		if m.Kind == kindDocument || m.Kind == kindPublished || m.From == "" && m.To == "" {
			continue
		}
		cost := 0
		switch {
		case m.End <= start:
			cost = 2000 + (start-m.End)*2 + 60*strings.Count(c.Text[m.End:start], ",")
		case m.Start >= end:
			cost = 2000 + (m.Start-end)*3 + 60*strings.Count(c.Text[end:m.Start], ",")
		default:
			cost = min(width(m), 1900)
		}
		if best == nil || cost < least {
			best, least = m, cost
		}
	}
	return best, best != nil
}

// width is how many days m spans; an open end counts as very many.
func width(m *Mention) int {
	a, good := ParseDay(m.From)
	b, ok := ParseDay(m.To)
	if !ok || !good || m.Precision == "since" || m.Precision == "until" {
		return 1900
	}
	return int(b - a)
}
