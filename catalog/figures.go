package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"svidok/evidence"
)

// figure makes the row of a number that a text claims.
func (t *Tx) figure(text int64, f evidence.Figure) error {
	value, err := record(f)
	if err != nil {
		return err
	}
	since, until, _ := strings.Cut(f.Period, "/")
	if until == "" {
		until = since
	}
	_, err = t.exec(`INSERT INTO figures (text, value, first, past, claimant, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		text, value, f.Start, f.End, f.Claimant, since, until)
	return err
}

// besides is the condition that statement s stands at the words of figure f.
const besides = `s.text = f.text AND s.first < f.past AND f.first < s.past AND ` + standsHere

// Figures returns numbers that reports claim, newest first; before (0: from the newest)
// and limit page by FigureRow.Row. Of the filter, Language is the report's; Code is of a
// statement at the words of the number; Origins are its claimant or who passes the claimant
// on; Since and Until bound the period that it covers. The other fields choose nothing.
func (c *Catalog) Figures(ctx context.Context, f Filter, before int64, limit int) ([]FigureRow, error) {
	w := &where{}
	if before > 0 {
		w.add(`f.id < ?`, before)
	}
	if f.Language != "" {
		w.add(`r.language = ?`, f.Language)
	}
	if f.Code != "" {
		s := &where{}
		s.add(besides)
		Scope{Code: f.Code}.on(s)
		w.add(`EXISTS (SELECT 1 FROM statements s WHERE `+s.String()+`)`, s.args...)
	}
	if len(f.Origins) > 0 {
		cond, args := heard(`v.origin`, f.Origins)
		w.add(`EXISTS (SELECT 1 FROM voices v WHERE v.text = f.text AND `+cond+` AND f.claimant = CASE WHEN v.root = '' THEN v.name ELSE v.root END)`, args...)
	}
	if f.Since != "" {
		w.add(`f.until >= ?`, f.Since)
	}
	if f.Until != "" {
		w.add(`f.since <> '' AND f.since <= ?`, f.Until+"~")
	}
	list, err := query(ctx, c.read, `SELECT f.id, f.value, t.hash, r.id, r.title, r.outlet, r.name, r.dated, t.family, r.language,
		EXISTS (SELECT 1 FROM statements s WHERE `+besides+` AND s.modality = 'hedged') FROM figures f JOIN texts t ON t.id = f.text
		JOIN reports r ON r.id = t.report WHERE `+w.String()+fmt.Sprintf(` ORDER BY f.id DESC LIMIT %d`, limited(limit)), scanFigureRow, w.args...)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", judge(err))
	}
	return list, nil
}

func scanFigureRow(s scanner) (FigureRow, error) {
	var f FigureRow
	var rec string
	var text []byte
	if err := s.Scan(&f.Row, &rec, &text, &f.Report, &f.Title, &f.Outlet, &f.Name, &f.Published, &f.Family, &f.Language, &f.Hedged); err != nil {
		return f, err
	}
	copy(f.Text[:], text)
	var err error
	f.Figure, err = evidence.Decode[evidence.Figure]([]byte(rec))
	return f, err
}

// Told returns whom a text has something from, as its latest coding found them; none if
// it was not coded.
func (c *Catalog) Told(ctx context.Context, text evidence.Hash) ([]evidence.Origin, error) {
	var rec string
	err := c.read.QueryRowContext(ctx, `SELECT c.origins FROM texts t JOIN codings c ON c.position = t.coding WHERE t.hashkey = $1 AND t.hash = $2`,
		key(text), text[:]).Scan(&rec)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var list []evidence.Origin
	if err == nil {
		list, err = unlist[evidence.Origin](rec)
	}
	if err != nil {
		return nil, fmt.Errorf("origins of the text %s: %w", text, judge(err))
	}
	return list, nil
}

// Named returns every origin and every relay that texts name, each once, by ID and name.
func (c *Catalog) Named(ctx context.Context) ([]Voice, error) {
	list, err := query(ctx, c.read, `SELECT DISTINCT origin, name FROM voices ORDER BY origin, name`,
		func(r scanner) (x Voice, err error) { return x, r.Scan(&x.Origin, &x.Name) })
	if err != nil {
		return nil, fmt.Errorf("names of origins: %w", judge(err))
	}
	return list, nil
}

// HasCode reports whether a statement has the code or one below it: one of a codebook that
// is no longer in force may.
func (c *Catalog) HasCode(ctx context.Context, code string) (bool, error) {
	w := &where{}
	Scope{Code: code}.on(w)
	var n int
	err := c.read.QueryRowContext(ctx, numbered(`SELECT COUNT(*) FROM statements s WHERE `+w.String()), w.args...).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("code %s: %w", code, judge(err))
	}
	return n > 0, nil
}

// EventsOf returns the events that the filter chooses, as Events does: by Places and by
// Since and Until of the event itself (by its statements' places if it has no code of one),
// and by Code, Language and Origins of one of its statements. The other fields choose
// nothing.
func (c *Catalog) EventsOf(ctx context.Context, f Filter) ([]Event, error) {
	w := &where{}
	if f.Code != "" || f.Language != "" || len(f.Origins) > 0 {
		s := &where{}
		Scope{Code: f.Code}.on(s)
		if f.Language != "" {
			s.add(`s.language = ?`, f.Language)
		}
		if len(f.Origins) > 0 {
			cond, args := heard(`v.origin`, f.Origins)
			s.add(`s.text IN (SELECT v.text FROM voices v WHERE `+cond+`)`, args...)
		}
		w.add(`id IN (SELECT g.event FROM statements s JOIN gathered g ON g.statement = s.name WHERE `+s.String()+`)`, s.args...)
	}
	list, err := c.events(ctx, w.String()+` ORDER BY position DESC`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("events: %w", judge(err))
	}
	var out []Event
	for _, e := range list {
		there, err := c.takesPlace(ctx, e, f.Places)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", e.ID, judge(err))
		}
		if since, until := days(&e.When); there && (f.Since == "" || until >= f.Since) && (f.Until == "" || since != "" && since <= f.Until) {
			out = append(out, e)
		}
	}
	return out, nil
}

// takesPlace reports whether an event is in one of the places.
func (c *Catalog) takesPlace(ctx context.Context, e Event, places []string) (bool, error) {
	if len(places) == 0 {
		return true, nil
	}
	if e.PlaceID == "" {
		cond, args := inPlaces(`p.place`, places)
		var n int
		err := c.read.QueryRowContext(ctx, numbered(`SELECT COUNT(*) FROM gathered g JOIN statements s ON s.name = g.statement JOIN spots p ON p.statement = s.id
			WHERE g.event = ? AND `+cond), append([]any{e.ID}, args...)...).Scan(&n)
		return n > 0, err
	}
	for _, p := range places {
		if from, to := placeRange(p); e.PlaceID >= from && e.PlaceID < to {
			return true, nil
		}
	}
	return false, nil
}
