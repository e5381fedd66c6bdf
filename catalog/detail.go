package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"svidok/evidence"
)

// Report returns one report with all that belongs to it; ErrNotFound.
func (c *Catalog) Report(ctx context.Context, id int64) (Detail, error) {
	var d Detail
	list, err := c.reports(ctx, `r.id = ?`, id)
	if err != nil {
		return d, fmt.Errorf("report %d: %w", id, judge(err))
	}
	if len(list) == 0 {
		return d, fmt.Errorf("report %d: %w", id, evidence.ErrNotFound)
	}
	d.Report = list[0]
	for _, part := range []func(context.Context, *Detail) error{c.takings, c.readingsOf, c.codingsOf, c.said, c.copiesOf, c.familyOf} {
		if err := part(ctx, &d); err != nil {
			return d, fmt.Errorf("report %d: %w", id, judge(err))
		}
	}
	d.custody()
	return d, nil
}

const captureColumns = `SELECT position, ref, report, who, record FROM captures WHERE `

func scanCapture(s scanner) (Capture, error) {
	var c Capture
	var ref []byte
	var rec string
	if err := s.Scan(&c.Position, &ref, &c.Report, &c.Who, &rec); err != nil {
		return c, err
	}
	copy(c.Ref[:], ref)
	var err error
	c.Capture, err = evidence.Decode[evidence.Capture]([]byte(rec))
	return c, err
}

func (c *Catalog) takings(ctx context.Context, d *Detail) error {
	var err error
	if d.Taken, err = query(ctx, c.read, captureColumns+`report = ? ORDER BY position LIMIT 1000`, scanCapture, d.ID); err != nil {
		return err
	}
	up := d.Position
	for range 16 { // deeper than intake ever goes
		above, err := query(ctx, c.read, captureColumns+`position = (SELECT parent FROM captures WHERE position = ?)`, scanCapture, up)
		if err != nil {
			return err
		}
		if len(above) == 0 {
			break
		}
		d.Containers = append(d.Containers, above[0])
		up = above[0].Position
	}
	d.Beside, err = query(ctx, c.read, captureColumns+`parent = ? AND report = 0 ORDER BY position LIMIT 200`, scanCapture, d.Position)
	return err
}

func (c *Catalog) readingsOf(ctx context.Context, d *Detail) error {
	var err error
	d.Readings, err = query(ctx, c.read, `SELECT position, ref, record FROM readings WHERE report = ? ORDER BY position DESC`, func(s scanner) (Reading, error) {
		var r Reading
		var ref []byte
		var rec string
		if err := s.Scan(&r.Position, &ref, &rec); err != nil {
			return r, err
		}
		copy(r.Ref[:], ref)
		var err error
		r.Text, err = evidence.Decode[evidence.Text]([]byte(rec))
		return r, err
	}, d.ID)
	if err == nil && len(d.Readings) > 0 && !d.Report.Text.IsZero() {
		d.Problems = append(d.Problems, d.Readings[0].Problems...)
	}
	return err
}

func (c *Catalog) codingsOf(ctx context.Context, d *Detail) error {
	var err error
	d.Codings, err = query(ctx, c.read, `SELECT position, ref, codebook, coder, at, origins FROM codings
		WHERE text = (SELECT text FROM reports WHERE id = ?) ORDER BY position DESC`, func(s scanner) (Coding, error) {
		var k Coding
		var ref, book []byte
		var at int64
		var origins string
		if err := s.Scan(&k.Position, &ref, &book, &k.Coder, &at, &origins); err != nil {
			return k, err
		}
		copy(k.Ref[:], ref)
		copy(k.Codebook[:], book)
		k.At = fromMillis(at)
		var err error
		k.origins, err = unlist[evidence.Origin](origins)
		return k, err
	}, d.ID)
	if err == nil && len(d.Codings) > 0 {
		d.Origins = d.Codings[0].origins
	}
	return err
}

// said reads the statements with their history, and the figures.
func (c *Catalog) said(ctx context.Context, d *Detail) error {
	var err error
	d.Statements, err = c.statements(ctx, `s.text = (SELECT text FROM reports WHERE id = ?) ORDER BY s.first, s.past, s.id`, d.ID)
	if err != nil {
		return err
	}
	for i := range d.Statements {
		if d.Statements[i].History, err = c.history(ctx, `statement = ?`, d.Statements[i].ID); err != nil {
			return err
		}
	}
	d.Figures, err = query(ctx, c.read, `SELECT value FROM figures WHERE text = (SELECT text FROM reports WHERE id = ?) ORDER BY id`, scanFigure, d.ID)
	return err
}

func scanFigure(s scanner) (evidence.Figure, error) {
	var rec string
	if err := s.Scan(&rec); err != nil {
		return evidence.Figure{}, err
	}
	return evidence.Decode[evidence.Figure]([]byte(rec))
}

func (c *Catalog) copiesOf(ctx context.Context, d *Detail) error {
	const columns = `SELECT k.position, k.ref, k.relation, k.similarity, k.method, k.at, o.hash, r.id, r.title, r.outlet, `
	const tables = ` FROM copies k JOIN texts o ON o.id = `
	var err error
	d.Copies, err = query(ctx, c.read,
		columns+`1`+tables+`k.other JOIN reports r ON r.id = o.report WHERE k.text = (SELECT text FROM reports WHERE id = ?)
		UNION ALL `+columns+`0`+tables+`k.text JOIN reports r ON r.id = o.report WHERE k.other = (SELECT text FROM reports WHERE id = ?) ORDER BY 1 LIMIT 500`,
		scanCopy, d.ID, d.ID)
	return err
}

func scanCopy(s scanner) (CopyOf, error) {
	var k CopyOf
	var ref, other []byte
	var relation string
	var at int64
	var later bool
	err := s.Scan(&k.Position, &ref, &relation, &k.Similarity, &k.Method, &at, &other, &k.Report, &k.Title, &k.Outlet, &later)
	if err != nil {
		return k, err
	}
	copy(k.Ref[:], ref)
	copy(k.Other[:], other)
	k.Relation, k.at = evidence.Relation(relation), fromMillis(at)
	if !later { // the record speaks for the later text: turn it round
		switch k.Relation {
		case evidence.Contained:
			k.Relation = evidence.Contains
		case evidence.Contains:
			k.Relation = evidence.Contained
		}
	}
	return k, nil
}

func (c *Catalog) familyOf(ctx context.Context, d *Detail) error {
	if d.Report.Family == 0 {
		return nil
	}
	var err error
	d.Family, err = c.reports(ctx, `r.family = ? AND r.id <> ? ORDER BY r.id LIMIT 200`, d.Report.Family, d.ID)
	return err
}

// custody gathers the ledger entries that concern the report.
func (d *Detail) custody() {
	for _, list := range [][]Capture{d.Containers, d.Taken, d.Beside} {
		for _, k := range list {
			d.Custody = append(d.Custody, Noted{k.Position, evidence.KindCapture, k.Ref, k.Who, k.Received})
		}
	}
	for _, r := range d.Readings {
		d.Custody = append(d.Custody, Noted{r.Position, evidence.KindText, r.Ref, "m:" + r.Reader, r.At})
	}
	for _, k := range d.Codings {
		d.Custody = append(d.Custody, Noted{k.Position, evidence.KindCoding, k.Ref, "m:" + k.Coder, k.At})
	}
	for _, k := range d.Copies {
		d.Custody = append(d.Custody, Noted{k.Position, evidence.KindCopy, k.Ref, "m:corroboration/1", k.at})
	}
	for _, s := range d.Statements {
		for _, h := range s.History {
			d.Custody = append(d.Custody, Noted{h.Position, evidence.KindDecision, h.Ref, h.By, h.At})
		}
	}
	slices.SortFunc(d.Custody, func(a, b Noted) int { return cmp.Compare(a.Position, b.Position) })
	d.Custody = slices.CompactFunc(d.Custody, func(a, b Noted) bool { return a.Position == b.Position })
}
