package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"svidok/evidence"
)

const statementColumns = `SELECT s.id, s.name, t.hash, COALESCE(s.capture, (SELECT capture FROM codings WHERE position = t.coding)), s.code, s.modality,
	s.gate, s.sensitivity, s.language, s.quote, s.first, s.past, s.place, s.happened, s.replaces, s.because, s.places, s.said, s.heard, s.machine,
	s.standing, s.coder, s.reviewer, s.last, t.report, r.title, r.outlet,
	COALESCE((SELECT g.event FROM gathered g JOIN events e ON e.id = g.event WHERE g.statement = s.name AND e.standing <> 'withdrawn' LIMIT 1), '')
	FROM statements s JOIN texts t ON t.id = s.text JOIN reports r ON r.id = t.report WHERE `

func scanStatement(row scanner) (Statement, error) {
	var s Statement
	var text, capture, last []byte
	var modality, gate, sensitivity, happened, because, places, said, heard, standing string
	err := row.Scan(&s.Row, &s.ID, &text, &capture, &s.Code, &modality, &gate, &sensitivity, &s.Language, &s.Quote, &s.Start, &s.End, &s.Place,
		&happened, &s.Replaces, &because, &places, &said, &heard, &s.Machine, &standing, &s.Coder, &s.Reviewer, &last, &s.Report, &s.Title, &s.Outlet, &s.Event)
	if err != nil {
		return s, err
	}
	copy(s.Judged.Text[:], text)
	copy(s.Capture[:], capture)
	s.State = state(standing, s.Coder, s.Reviewer, last)
	s.Modality, s.Gate, s.Sensitivity = evidence.Modality(modality), evidence.Gate(gate), evidence.Sensitivity(sensitivity)
	if s.Because, err = unlist[string](because); err != nil {
		return s, err
	}
	if s.Origins, err = unlist[string](heard); err != nil {
		return s, err
	}
	if places != "" {
		if err := json.Unmarshal([]byte(places), &s.Places); err != nil {
			return s, err
		}
	}
	if s.When, err = uninterval(happened); err != nil {
		return s, err
	}
	s.Said, err = uninterval(said)
	return s, err
}

func (c *Catalog) statements(ctx context.Context, cond string, args ...any) ([]Statement, error) {
	return query(ctx, c.read, statementColumns+cond, scanStatement, args...)
}

// history reads decisions, oldest first.
func (c *Catalog) history(ctx context.Context, cond string, args ...any) ([]Decision, error) {
	return query(ctx, c.read, `SELECT position, ref, record, void FROM decisions WHERE `+cond+` ORDER BY position`, func(s scanner) (Decision, error) {
		var d Decision
		var ref []byte
		var rec string
		if err := s.Scan(&d.Position, &ref, &rec, &d.Void); err != nil {
			return d, err
		}
		copy(d.Ref[:], ref)
		var err error
		d.Decision, err = evidence.Decode[evidence.Decision]([]byte(rec))
		return d, err
	}, args...)
}

// Statement returns one statement with its history; ErrNotFound.
func (c *Catalog) Statement(ctx context.Context, id string) (Statement, error) {
	list, err := c.statements(ctx, `s.namekey = ? AND s.name = ?`, nameKey(id), id)
	if err == nil && len(list) == 0 {
		return Statement{}, fmt.Errorf("statement %q: %w", id, evidence.ErrNotFound)
	}
	var s Statement
	if err == nil {
		s = list[0]
		s.History, err = c.history(ctx, `statement = ?`, id)
	}
	if err != nil {
		return s, fmt.Errorf("statement %s: %w", id, judge(err))
	}
	return s, nil
}

// waiting returns the conditions of a queue, without its page.
func waiting(f QueueFilter) (*where, error) {
	w := &where{}
	switch f.For {
	case ToCode:
		w.add(`s.standing IN ('suggested', 'returned')`)
	case ToReview:
		if f.Rejected {
			w.add(`s.standing IN ('coded', 'rejected')`)
		} else {
			w.add(`s.standing = 'coded'`)
		}
		w.add(`s.coder <> ?`, f.Account)
	default:
		return nil, fmt.Errorf("queue %q: %w", f.For, evidence.ErrUsage)
	}
	if f.Gate != "" {
		w.add(`s.gate = ?`, string(f.Gate))
	}
	if f.Code != "" {
		w.add(`(s.code = ? OR s.code >= ? AND s.code < ?)`, f.Code, f.Code+".", f.Code+"/")
	}
	if f.Language != "" {
		w.add(`s.language = ?`, f.Language)
	}
	if !f.Copies {
		// The same words under the same code in an earlier text of the family: once is enough.
		w.add(`NOT EXISTS (SELECT 1 FROM texts ot JOIN statements o ON o.text = ot.id
			WHERE ot.family = t.family AND ot.id < t.id AND o.code = s.code AND o.quote = s.quote)`)
	}
	return w, nil
}

// Queue returns one page of the statements that wait for somebody.
func (c *Catalog) Queue(ctx context.Context, f QueueFilter) (Queue, error) {
	var q Queue
	w, err := waiting(f)
	if err != nil {
		return q, err
	}
	err = c.read.QueryRowContext(ctx, numbered(`SELECT COUNT(*) FROM statements s JOIN texts t ON t.id = s.text WHERE `+w.String()), w.args...).Scan(&q.Waiting)
	n := limited(f.Limit)
	if err == nil {
		w.add(`s.id > ?`, f.After)
		q.Statements, err = c.statements(ctx, w.String()+fmt.Sprintf(` ORDER BY s.id LIMIT %d`, n+1), w.args...)
	}
	if err != nil {
		return q, fmt.Errorf("queue to %s: %w", f.For, judge(err))
	}
	if len(q.Statements) > n {
		q.Statements = q.Statements[:n]
		q.Next = q.Statements[n-1].Row
	}
	return q, nil
}

// Ungathered returns confirmed statements that occurred and that no standing event holds,
// newest first; before (0: from the newest) and limit page by Statement.Row.
func (c *Catalog) Ungathered(ctx context.Context, before int64, limit int) ([]Statement, error) {
	w := &where{}
	w.add(`s.standing = 'confirmed' AND s.modality = 'occurred'`)
	w.add(`NOT EXISTS (SELECT 1 FROM gathered g JOIN events e ON e.id = g.event WHERE g.statement = s.name AND e.standing <> 'withdrawn')`)
	if before > 0 {
		w.add(`s.id < ?`, before)
	}
	list, err := c.statements(ctx, w.String()+fmt.Sprintf(` ORDER BY s.id DESC LIMIT %d`, limited(limit)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("ungathered statements: %w", judge(err))
	}
	return list, nil
}
