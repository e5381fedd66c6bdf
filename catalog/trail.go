package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"svidok/evidence"
)

// Trail is what events rest on, by position in the ledger and by hash.
type Trail struct {
	Positions []int64         // in order
	Texts     []evidence.Hash // objects
	Payloads  []evidence.Hash // of the captures
	Families  [][]evidence.Hash
	Closed    []string // events with a statement of a closed code
}

// trail is a Trail being gathered.
type trail struct {
	c          *Catalog
	ctx        context.Context
	positions  map[int64]bool
	texts      map[int64]evidence.Hash
	captures   map[evidence.Hash]bool
	payloads   map[evidence.Hash]bool
	statements map[string]bool
}

// Trail gathers, for a dossier: the records of the events and the decisions on them; the
// decisions on their statements and on what these replaced or were replaced by; the
// captures (with what they came in), readings and codings of their texts; the copies
// between these; every codebook, every account record, and the case.
func (c *Catalog) Trail(ctx context.Context, events []string) (Trail, error) {
	t := &trail{c: c, ctx: ctx, positions: map[int64]bool{0: true}, texts: map[int64]evidence.Hash{}, captures: map[evidence.Hash]bool{},
		payloads: map[evidence.Hash]bool{}, statements: map[string]bool{}}
	var out Trail
	err := t.all(events)
	if err == nil {
		out.Families, err = t.families()
	}
	if err == nil {
		out.Closed, err = t.closed(events)
	}
	if err != nil {
		return Trail{}, fmt.Errorf("what events rest on: %w", judge(err))
	}
	out.Positions = slices.Sorted(maps.Keys(t.positions))
	for _, id := range slices.Sorted(maps.Keys(t.texts)) {
		out.Texts = append(out.Texts, t.texts[id])
	}
	out.Payloads = slices.SortedFunc(maps.Keys(t.payloads), func(a, b evidence.Hash) int { return slices.Compare(a[:], b[:]) })
	return out, nil
}

func (t *trail) all(events []string) error {
	for _, q := range []string{`SELECT position FROM codebooks`, `SELECT position FROM enrolments`} {
		if err := t.note(q); err != nil {
			return err
		}
	}
	for _, id := range events {
		if err := t.note(`SELECT position FROM gatherings WHERE event = ?`, id); err != nil {
			return err
		}
		if err := t.note(`SELECT position FROM decisions WHERE event = ?`, id); err != nil {
			return err
		}
		list, err := query(t.ctx, t.c.read, `SELECT statement FROM gathered WHERE event = ? ORDER BY place`, func(s scanner) (v string, err error) { return v, s.Scan(&v) }, id)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := t.statement(s); err != nil {
				return err
			}
		}
	}
	for ref := range t.captures {
		if err := t.capture(ref); err != nil {
			return err
		}
	}
	for id := range t.texts {
		for _, q := range []string{
			`SELECT position FROM codings WHERE text = ?`,
			`SELECT d.position FROM readings d JOIN reports r ON r.id = d.report WHERE r.text = ?`,
		} {
			if err := t.note(q, id); err != nil {
				return err
			}
		}
		if err := t.copies(id); err != nil {
			return err
		}
	}
	return nil
}

// note takes the positions that q selects.
func (t *trail) note(q string, args ...any) error {
	list, err := query(t.ctx, t.c.read, q, func(s scanner) (n int64, err error) { return n, s.Scan(&n) }, args...)
	for _, n := range list {
		t.positions[n] = true
	}
	return err
}

// statement takes the decisions on a statement, and those on what it replaced or was
// replaced by.
func (t *trail) statement(id string) error {
	if t.statements[id] {
		return nil
	}
	t.statements[id] = true
	list, err := t.c.history(t.ctx, `statement = ? OR replaces = ?`, id, id)
	if err != nil {
		return err
	}
	for _, d := range list {
		t.positions[d.Position] = true
		t.captures[d.Statement.Capture] = true
		var text int64
		if err := t.c.read.QueryRowContext(t.ctx, `SELECT id FROM texts WHERE hashkey = $1 AND hash = $2`, key(d.Statement.Text), d.Statement.Text[:]).Scan(&text); err != nil {
			return err
		}
		t.texts[text] = d.Statement.Text
		for _, next := range []string{d.Statement.ID, d.Statement.Replaces} {
			if next == "" {
				continue
			}
			if err := t.statement(next); err != nil {
				return err
			}
		}
	}
	return nil
}

// capture takes a capture and what it came in.
func (t *trail) capture(ref evidence.Hash) error {
	list, err := query(t.ctx, t.c.read, captureColumns+`refkey = ? AND ref = ?`, scanCapture, key(ref), ref[:])
	for err == nil && len(list) > 0 {
		t.positions[list[0].Position] = true
		t.payloads[list[0].Payload] = true
		list, err = query(t.ctx, t.c.read, captureColumns+`position = (SELECT parent FROM captures WHERE position = ?)`, scanCapture, list[0].Position)
	}
	return err
}

// copies takes the copies between texts of the trail.
func (t *trail) copies(text int64) error {
	type pair struct{ position, other int64 }
	list, err := query(t.ctx, t.c.read, `SELECT position, other FROM copies WHERE text = ?`, func(s scanner) (p pair, err error) { return p, s.Scan(&p.position, &p.other) }, text)
	for _, p := range list {
		if _, ok := t.texts[p.other]; ok {
			t.positions[p.position] = true
		}
	}
	return err
}

// families names all members of the families of the trail's texts.
func (t *trail) families() ([][]evidence.Hash, error) {
	seen := map[int64]bool{}
	var out [][]evidence.Hash
	for _, id := range slices.Sorted(maps.Keys(t.texts)) {
		var family int64
		if err := t.c.read.QueryRowContext(t.ctx, `SELECT family FROM texts WHERE id = $1`, id).Scan(&family); err != nil {
			return nil, err
		}
		if seen[family] {
			continue
		}
		seen[family] = true
		members, err := query(t.ctx, t.c.read, `SELECT hash FROM texts WHERE family = ? ORDER BY id`, func(s scanner) (h evidence.Hash, err error) {
			var b []byte
			err = s.Scan(&b)
			copy(h[:], b)
			return h, err
		}, family)
		if err != nil {
			return nil, err
		}
		if len(members) > 1 {
			out = append(out, members)
		}
	}
	return out, nil
}

// closed names the events that have a statement of a closed code.
func (t *trail) closed(events []string) ([]string, error) {
	var out []string
	for _, id := range events {
		var n int
		err := t.c.read.QueryRowContext(t.ctx, `SELECT COUNT(*) FROM gathered g JOIN statements s ON s.name = g.statement
			WHERE g.event = $1 AND s.sensitivity = 'closed'`, id).Scan(&n)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, id)
		}
	}
	return out, nil
}

// Suggestions returns what the machine suggests of a text now, and where each of its
// statements stands, whoever said it.
func (c *Catalog) Suggestions(ctx context.Context, text int64) ([]evidence.Statement, map[string]evidence.Standing, error) {
	var out []evidence.Statement
	standings := map[string]evidence.Standing{}
	type row struct{ name, standing, suggestion string }
	list, err := query(ctx, c.read, `SELECT name, standing, suggestion FROM statements WHERE text = ? ORDER BY id`,
		func(s scanner) (r row, err error) { return r, s.Scan(&r.name, &r.standing, &r.suggestion) }, text)
	for _, r := range list {
		standings[r.name] = evidence.Standing(r.standing)
		if r.suggestion == "" {
			continue
		}
		s, err := evidence.Decode[evidence.Statement]([]byte(r.suggestion))
		if err != nil {
			return nil, nil, fmt.Errorf("suggestions of text %d: %w", text, err)
		}
		out = append(out, s)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("suggestions of text %d: %w", text, judge(err))
	}
	return out, standings, nil
}
