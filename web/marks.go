package web

import (
	"slices"
	"strings"
	"unicode/utf8"

	"svidok/catalog"
	"svidok/evidence"
)

// mark is a run of bytes of a text that stands out.
type mark struct {
	Start, End int
	Number     int // shown after its last word; 0: none
	ID         string
	Kind       string // CSS class: the modality, or "shared"
}

// segment is a run of a text under the same marks.
type segment struct {
	Text  string
	Start int    // byte offset in the whole text, for whoever selects words
	Kind  string // "" outside all marks
	On    []mark // that cover it, outermost first
	Ends  []mark // that end with it
}

// paragraph is a line of a text.
type paragraph []segment

// paragraphs cuts a text at its line breaks and at the ends of marks. Marks that do not lie
// in the text at the starts of characters are left out: nothing false is ever highlighted.
func paragraphs(text string, marks []mark) []paragraph {
	var sound []mark
	cuts := []int{0, len(text)}
	for _, m := range marks {
		if m.Start < 0 || m.End > len(text) || m.Start >= m.End || !boundary(text, m.Start) || !boundary(text, m.End) {
			continue
		}
		sound = append(sound, m)
		cuts = append(cuts, m.Start, m.End)
	}
	for i := range len(text) {
		if text[i] == '\n' {
			cuts = append(cuts, i, i+1)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	slices.SortStableFunc(sound, func(a, b mark) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	var out []paragraph
	var line paragraph
	var open []mark
	next := 0
	for i := 0; i+1 < len(cuts); i++ {
		from, to := cuts[i], cuts[i+1]
		open = slices.DeleteFunc(open, func(m mark) bool { return m.End <= from })
		for next < len(sound) && sound[next].Start <= from {
			open = append(open, sound[next])
			next++
		}
		if text[from:to] == "\n" {
			out, line = endLine(out, line)
			continue
		}
		line = append(line, cut(text, from, to, open))
	}
	out, _ = endLine(out, line)
	return out
}

func cut(text string, from, to int, open []mark) segment {
	s := segment{Text: text[from:to], Start: from, On: slices.Clone(open)}
	for _, m := range open {
		if m.End == to {
			s.Ends = append(s.Ends, m)
		}
	}
	if len(open) > 0 {
		s.Kind = open[len(open)-1].Kind // the innermost one
		for _, m := range open {
			if m.Kind == string(evidence.Occurred) {
				s.Kind = m.Kind // what is said to have happened is never hidden by another
			}
		}
	}
	return s
}

func endLine(out []paragraph, line paragraph) ([]paragraph, paragraph) {
	for _, s := range line {
		if strings.TrimSpace(s.Text) != "" {
			return append(out, line), nil
		}
	}
	return out, nil
}

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// excerpt returns the lines of a text around [start, end), cut between words where it would
// be longer than about twice around.
func excerpt(text string, start, end, around int, marks ...mark) (before, after bool, out []paragraph) {
	if start < 0 || end > len(text) || start > end {
		return false, false, nil
	}
	from, to := max(0, start-around), min(len(text), end+around)
	from = wordStart(text, from, start)
	to = wordEnd(text, to, end)
	var inside []mark
	for _, m := range marks {
		m.Start, m.End = m.Start-from, m.End-from
		inside = append(inside, m)
	}
	out = paragraphs(text[from:to], inside)
	for _, p := range out {
		for i := range p {
			p[i].Start += from
		}
	}
	return from > 0, to < len(text), out
}

// wordStart moves a cut forward to the beginning of a word, at most to the limit.
func wordStart(text string, at, limit int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexAny(text[at:limit], " \n\u00a0"); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[at+i:])
		return at + i + n
	}
	return limit
}

func wordEnd(text string, at, limit int) int {
	if at == len(text) {
		return at
	}
	if i := strings.LastIndexAny(text[limit:at], " \n\u00a0"); i >= 0 {
		return limit + i
	}
	return limit
}

// marksOf numbers the statements of a text in the order of their words. What nobody means
// any longer (rejected, replaced, no longer suggested) is not highlighted.
func marksOf(statements []catalog.Statement) ([]mark, map[string]int) {
	var marks []mark
	numbers := map[string]int{}
	for _, s := range statements {
		if !standing(s) {
			continue
		}
		numbers[s.ID] = len(marks) + 1
		marks = append(marks, mark{Start: s.Start, End: s.End, Number: len(marks) + 1, ID: s.ID, Kind: string(s.Modality)})
	}
	return marks, numbers
}

func standing(s catalog.Statement) bool {
	switch s.Standing {
	case evidence.Rejected, evidence.Replaced:
		return false
	case evidence.Suggested:
		return s.Machine
	}
	return true
}
