package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"svidok/evidence"
)

// inForce is the sequence of the codebook in force.
const inForce = `(SELECT COALESCE(MAX(seq), 0) FROM codebooks)`

// reportColumns are read by scanReport, of reports r, its first capture c and its text t.
const reportColumns = `r.id, r.payload, c.ref, r.capture, r.size, r.name, r.door, r.media, r.address, r.within, r.outlet, r.title, r.author,
	r.published, r.dated, r.received, r.captures, r.problems, COALESCE(r.reading, 0), r.language, COALESCE(r.family, 0),
	t.hash, COALESCE(t.size, 0), COALESCE(t.gate, ''), COALESCE(t.codebook, 0) >= ` + inForce + `,
	COALESCE((SELECT record FROM readings WHERE position = r.reading AND r.text IS NULL), '')`

const reportTables = ` FROM reports r JOIN captures c ON c.position = r.capture LEFT JOIN texts t ON t.id = r.text`

type scanner interface{ Scan(dest ...any) error }

func scanReport(row scanner) (Report, error) {
	var r Report
	var payload, ref, text []byte
	var published, dated, problems, gate, unread string
	var received, reading int64
	var coded bool
	err := row.Scan(&r.ID, &payload, &ref, &r.Position, &r.Size, &r.Name, &r.Door, &r.MediaType, &r.Address, &r.Within, &r.Outlet, &r.Title, &r.Author,
		&published, &dated, &received, &r.Captures, &problems, &reading, &r.Language, &r.Family, &text, &r.TextSize, &gate, &coded, &unread)
	if err != nil {
		return r, err
	}
	copy(r.Payload[:], payload)
	copy(r.Capture[:], ref)
	copy(r.Text[:], text)
	r.Received, r.Gate = fromMillis(received), evidence.Gate(gate)
	if r.Problems, err = unlist[string](problems); err != nil {
		return r, err
	}
	if published != "" {
		if err := json.Unmarshal([]byte(published), &r.Published); err != nil {
			return r, err
		}
	}
	if r.Published.From == "" && dated != "" {
		r.Published = evidence.Date{From: dated, To: dated, Source: "claim", Raw: dated}
	}
	switch {
	case reading == 0:
		r.Progress = Waiting
	case text == nil:
		r.Progress = Failed
	case coded:
		r.Progress = Coded
	default:
		r.Progress = Read
	}
	if unread != "" {
		t, err := evidence.Decode[evidence.Text]([]byte(unread))
		if err != nil {
			return r, err
		}
		r.Problems = append(r.Problems, t.Problems...)
	}
	return r, nil
}

// where is a condition under construction.
type where struct {
	conds []string
	args  []any
}

// add appends a condition; each ? in it takes one argument.
func (w *where) add(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

func (w *where) String() string {
	if len(w.conds) == 0 {
		return "1 = 1"
	}
	return strings.Join(w.conds, " AND ")
}

// numbered turns ? into $1, $2, … so that SQLite and PostgreSQL read it alike.
func numbered(q string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(q, "?") {
		if n > 0 {
			fmt.Fprintf(&b, "$%d", n)
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// filter returns the conditions of f on the reports called r and their texts called t.
func filter(f Filter, r, t string) *where {
	w := &where{}
	on := func(cond string, args ...any) {
		w.add(strings.NewReplacer("R.", r+".", "T.", t+".").Replace(cond), args...)
	}
	if len(f.Terms) > 0 {
		on(`R.id IN (SELECT rowid FROM words WHERE words MATCH ?)`, phrase(f.Terms))
	}
	if f.Language != "" {
		on(`R.language = ?`, f.Language)
	}
	if f.Outlet != "" {
		on(`R.outlet = ?`, f.Outlet)
	}
	if f.Gate != "" {
		on(`T.gate = ?`, string(f.Gate))
	}
	switch f.Progress {
	case Waiting:
		on(`R.reading IS NULL`)
	case Failed:
		on(`R.reading IS NOT NULL AND R.text IS NULL`)
	case Read:
		on(`T.codebook < ` + inForce)
	case Coded:
		on(`T.codebook >= ` + inForce)
	}
	if f.Origin != "" {
		on(`R.text IN (SELECT v.text FROM voices v WHERE v.origin = ? AND v.root = '')`, f.Origin)
	}
	if len(f.Origins) > 0 {
		cond, args := heard(`v.origin`, f.Origins)
		on(`R.text IN (SELECT v.text FROM voices v WHERE `+cond+`)`, args...)
	}
	if scope := (Scope{Standing: f.Standing, Code: f.Code, Place: f.Place, Since: f.Since, Until: f.Until}); scope != (Scope{}) || f.Stated || len(f.Places) > 0 {
		s := &where{}
		s.add(strings.NewReplacer("R.", r+".").Replace(`s.text = R.text`))
		scope.on(s)
		if len(f.Places) > 0 {
			cond, args := inPlaces(`p.place`, f.Places)
			s.add(`s.id IN (SELECT p.statement FROM spots p WHERE `+cond+`)`, args...)
		}
		w.add(`EXISTS (SELECT 1 FROM statements s WHERE `+s.String()+`)`, s.args...)
	}
	if f.From != "" {
		on(`R.dated >= ?`, f.From)
	}
	if f.To != "" {
		on(`R.dated <> '' AND R.dated <= ?`, f.To+"~") // "~" sorts after all that a date holds
	}
	return w
}

// chosen is filter with Collapse: no earlier member of the same family may be chosen too.
func chosen(f Filter) *where {
	w := filter(f, "r", "t")
	if f.Collapse {
		e := filter(f, "e", "et")
		w.add(`(r.family IS NULL OR NOT EXISTS (SELECT 1 FROM reports e LEFT JOIN texts et ON et.id = e.text WHERE e.family = r.family AND e.id < r.id AND `+
			e.String()+`))`, e.args...)
	}
	return w
}

func limited(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 500)
}

// Reports returns one page of reports.
func (c *Catalog) Reports(ctx context.Context, f Filter) (Page, error) {
	w := chosen(f)
	if f.Before > 0 {
		w.add(`r.id < ?`, f.Before)
	}
	n := limited(f.Limit)
	var p Page
	var err error
	p.Reports, err = c.reports(ctx, w.String()+fmt.Sprintf(` ORDER BY r.id DESC LIMIT %d`, n+1), w.args...)
	if err != nil {
		return Page{}, fmt.Errorf("list reports: %w", judge(err))
	}
	if len(p.Reports) > n {
		p.Reports = p.Reports[:n]
		p.Next = p.Reports[n-1].ID
	}
	return p, nil
}

// reports reads what cond (with ORDER and LIMIT) chooses, and counts for each.
func (c *Catalog) reports(ctx context.Context, cond string, args ...any) ([]Report, error) {
	list, err := query(ctx, c.read, `SELECT `+reportColumns+reportTables+` WHERE `+cond, scanReport, args...)
	if err != nil {
		return nil, err
	}
	sizes := map[int64]int{}
	for i := range list {
		r := &list[i]
		if r.Text.IsZero() {
			continue
		}
		if err := c.count(ctx, r); err != nil {
			return nil, err
		}
		if _, ok := sizes[r.Family]; !ok {
			var n int
			if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM reports WHERE family = $1`, r.Family).Scan(&n); err != nil {
				return nil, err
			}
			sizes[r.Family] = n
		}
		r.FamilySize = sizes[r.Family]
	}
	return list, nil
}

func (c *Catalog) count(ctx context.Context, r *Report) error {
	type pair struct {
		standing string
		n        int
	}
	pairs, err := query(ctx, c.read, `SELECT standing, COUNT(*) FROM statements WHERE text = (SELECT text FROM reports WHERE id = ?) GROUP BY standing`,
		func(s scanner) (p pair, err error) { return p, s.Scan(&p.standing, &p.n) }, r.ID)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		r.Counts.add(evidence.Standing(p.standing), p.n)
	}
	return nil
}

func (c *Counts) add(s evidence.Standing, n int) {
	switch s {
	case evidence.Suggested:
		c.Suggested += n
	case evidence.Coded:
		c.Coded += n
	case evidence.Rejected:
		c.Rejected += n
	case evidence.Confirmed:
		c.Confirmed += n
	case evidence.Returned:
		c.Returned += n
	case evidence.Replaced:
		c.Replaced += n
	}
}

// query reads all rows of q, in which ? stands for an argument.
func query[T any](ctx context.Context, db *sql.DB, q string, scan func(scanner) (T, error), args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, numbered(q), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Count returns how many reports the filter chooses.
func (c *Catalog) Count(ctx context.Context, f Filter) (int, error) {
	w := chosen(f)
	var n int
	err := c.read.QueryRowContext(ctx, numbered(`SELECT COUNT(*) FROM reports r LEFT JOIN texts t ON t.id = r.text WHERE `+w.String()), w.args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count reports: %w", judge(err))
	}
	return n, nil
}

// Facets returns what there is to choose from.
func (c *Catalog) Facets(ctx context.Context) (Facets, error) {
	var f Facets
	for _, x := range []struct {
		into *[]Facet
		q    string
	}{
		{&f.Languages, `SELECT language, COUNT(*) AS n FROM reports WHERE language <> '' GROUP BY language`},
		{&f.Outlets, `SELECT outlet, COUNT(*) AS n FROM reports WHERE outlet <> '' GROUP BY outlet`},
		{&f.Gates, `SELECT gate, COUNT(*) AS n FROM texts t JOIN reports r ON r.text = t.id WHERE gate <> '' GROUP BY gate`},
		{&f.Codes, `SELECT code, COUNT(DISTINCT text) AS n FROM statements GROUP BY code`},
	} {
		var err error
		*x.into, err = query(ctx, c.read, x.q+` ORDER BY n DESC, 1 LIMIT 50`, func(s scanner) (v Facet, err error) { return v, s.Scan(&v.Value, &v.Count) })
		if err != nil {
			return f, fmt.Errorf("facets: %w", judge(err))
		}
	}
	var err error
	f.Origins, err = c.Voices(ctx, 50)
	return f, err
}

// ReportOf returns the ID of the report with this payload, capture record, or text (then
// the first one that has it); ErrNotFound.
func (c *Catalog) ReportOf(ctx context.Context, h evidence.Hash) (int64, error) {
	for _, q := range []string{
		`SELECT id FROM reports WHERE payloadkey = $1 AND payload = $2`,
		`SELECT report FROM captures WHERE refkey = $1 AND ref = $2 AND report > 0`,
		`SELECT report FROM texts WHERE hashkey = $1 AND hash = $2`,
	} {
		var id int64
		switch err := c.read.QueryRowContext(ctx, q, key(h), h[:]).Scan(&id); {
		case err == nil:
			return id, nil
		case !errors.Is(err, sql.ErrNoRows):
			return 0, fmt.Errorf("find report of %s: %w", h, judge(err))
		}
	}
	return 0, fmt.Errorf("report of %s: %w", h, evidence.ErrNotFound)
}
