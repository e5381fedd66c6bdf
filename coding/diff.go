package coding

import (
	"cmp"
	"slices"

	"svidok/evidence"
)

// ChangeKind says what became of a statement under a new coding of the same text.
type ChangeKind string

// The kinds of change.
const (
	Kept            ChangeKind = "kept"             // the same code at the same words in the same modality
	Added           ChangeKind = "added"            // only the new coding has it
	Removed         ChangeKind = "removed"          // only the old coding has it
	ModalityChanged ChangeKind = "modality changed" // the same code at the same words, put otherwise
)

// Change is one difference between two codings. Old is zero for Added, New for Removed.
type Change struct {
	Kind ChangeKind
	Old  evidence.Statement
	New  evidence.Statement
}

type anchor struct {
	code       string
	start, end int
}

func anchorOf(s evidence.Statement) anchor { return anchor{s.Code, s.Start, s.End} }

// Diff compares two codings of the same text. Statements are matched by code and anchor
// (what their ID is made of), so a decision on an ID stays with it. The changes come by
// place in the text, then by code; it reads neither slice's order.
func Diff(old, new []evidence.Statement) []Change {
	before := make(map[anchor]evidence.Statement, len(old))
	for _, s := range old {
		before[anchorOf(s)] = s
	}
	changes := make([]Change, 0, max(len(old), len(new)))
	seen := make(map[anchor]bool, len(new))
	for _, s := range new {
		a := anchorOf(s)
		if seen[a] {
			continue
		}
		seen[a] = true
		was, ok := before[a]
		switch {
		case !ok:
			changes = append(changes, Change{Kind: Added, New: s})
		case was.Modality != s.Modality:
			changes = append(changes, Change{Kind: ModalityChanged, Old: was, New: s})
		default:
			changes = append(changes, Change{Kind: Kept, Old: was, New: s})
		}
	}
	for a, s := range before {
		if !seen[a] {
			changes = append(changes, Change{Kind: Removed, Old: s})
		}
	}
	slices.SortFunc(changes, func(x, y Change) int {
		a, b := x.anchor(), y.anchor()
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.code, b.code))
	})
	return changes
}

func (c Change) anchor() anchor {
	if c.Kind == Removed {
		return anchorOf(c.Old)
	}
	return anchorOf(c.New)
}
