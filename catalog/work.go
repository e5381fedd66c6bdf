package catalog

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"

	"svidok/evidence"
)

// Unread is a report that waits to be read.
type Unread struct {
	Report int64
	Ref    evidence.Hash // of the first capture
	evidence.Capture
}

// Unread returns reports with an ID above after that nobody has tried to read, oldest first.
func (c *Catalog) Unread(ctx context.Context, after int64, limit int) ([]Unread, error) {
	list, err := query(ctx, c.read, `SELECT r.id, c.ref, c.record FROM reports r JOIN captures c ON c.position = r.capture
		WHERE r.reading IS NULL AND r.id > ? ORDER BY r.id LIMIT ?`, func(s scanner) (Unread, error) {
		var u Unread
		var ref []byte
		var rec string
		if err := s.Scan(&u.Report, &ref, &rec); err != nil {
			return u, err
		}
		copy(u.Ref[:], ref)
		var err error
		u.Capture, err = evidence.Decode[evidence.Capture]([]byte(rec))
		return u, err
	}, after, limit)
	if err != nil {
		return nil, fmt.Errorf("what waits to be read: %w", judge(err))
	}
	return list, nil
}

// Uncoded is a text that waits to be coded.
type Uncoded struct {
	ID        int64
	Text      evidence.Hash
	Capture   evidence.Hash // of the first report with this text
	Title     string
	Outlet    string
	Language  string
	Published evidence.Date
}

// Uncoded returns texts with an ID above after that are not coded under the codebook in
// force, oldest first.
func (c *Catalog) Uncoded(ctx context.Context, after int64, limit int) ([]Uncoded, error) {
	list, err := query(ctx, c.read, `SELECT t.id, t.hash, c.ref, d.record FROM texts t JOIN reports r ON r.id = t.report
		JOIN captures c ON c.position = r.capture JOIN readings d ON d.position = r.reading
		WHERE t.codebook < `+inForce+` AND t.id > ? ORDER BY t.id LIMIT ?`, func(s scanner) (Uncoded, error) {
		var u Uncoded
		var hash, ref []byte
		var rec string
		if err := s.Scan(&u.ID, &hash, &ref, &rec); err != nil {
			return u, err
		}
		copy(u.Text[:], hash)
		copy(u.Capture[:], ref)
		t, err := evidence.Decode[evidence.Text]([]byte(rec))
		u.Title, u.Outlet, u.Language, u.Published = t.Title, t.Outlet, t.Language, t.Published
		return u, err
	}, after, limit)
	if err != nil {
		return nil, fmt.Errorf("what waits to be coded: %w", judge(err))
	}
	return list, nil
}

// Sketch is what corroboration needs of a text.
type Sketch struct {
	ID     int64
	Text   evidence.Hash
	Family int64
	Sketch []byte
}

// Sketches returns those of texts with an ID above after, in order.
func (c *Catalog) Sketches(ctx context.Context, after int64, limit int) ([]Sketch, error) {
	list, err := query(ctx, c.read, `SELECT t.id, t.hash, t.family, s.sketch FROM texts t JOIN sketches s ON s.text = t.id WHERE t.id > ? ORDER BY t.id LIMIT ?`,
		func(s scanner) (Sketch, error) {
			var k Sketch
			var hash []byte
			err := s.Scan(&k.ID, &hash, &k.Family, &k.Sketch)
			copy(k.Text[:], hash)
			return k, err
		}, after, limit)
	if err != nil {
		return nil, fmt.Errorf("sketches: %w", judge(err))
	}
	return list, nil
}

// Joined returns the last text for which copies have been looked for.
func (c *Catalog) Joined(ctx context.Context) (int64, error) {
	var n int64
	if err := c.read.QueryRowContext(ctx, `SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'joined'`).Scan(&n); err != nil {
		return 0, fmt.Errorf("how far copies were looked for: %w", judge(err))
	}
	return n, nil
}

// Pair is a copy between two texts, the later one first.
type Pair struct{ Text, Other evidence.Hash }

// Pairs returns the noted copies of texts with an ID above after and up to last.
func (c *Catalog) Pairs(ctx context.Context, after, last int64) ([]Pair, error) {
	list, err := query(ctx, c.read, `SELECT t.hash, o.hash FROM copies k JOIN texts t ON t.id = k.text JOIN texts o ON o.id = k.other
		WHERE k.text > ? AND k.text <= ?`, func(s scanner) (p Pair, err error) {
		var text, other []byte
		err = s.Scan(&text, &other)
		copy(p.Text[:], text)
		copy(p.Other[:], other)
		return p, err
	}, after, last)
	if err != nil {
		return nil, fmt.Errorf("copies: %w", judge(err))
	}
	return list, nil
}

// TextHash returns the name of a text; ErrNotFound.
func (c *Catalog) TextHash(ctx context.Context, id int64) (evidence.Hash, error) {
	list, err := query(ctx, c.read, `SELECT hash FROM texts WHERE id = ?`, func(s scanner) (h evidence.Hash, err error) {
		var b []byte
		err = s.Scan(&b)
		copy(h[:], b)
		return h, err
	}, id)
	if err != nil {
		return evidence.Hash{}, fmt.Errorf("text %d: %w", id, judge(err))
	}
	if len(list) == 0 {
		return evidence.Hash{}, fmt.Errorf("text %d: %w", id, evidence.ErrNotFound)
	}
	return list[0], nil
}

// HasText reports whether a text is in the catalog.
func (c *Catalog) HasText(ctx context.Context, h evidence.Hash) (bool, error) {
	var n int
	if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM texts WHERE hashkey = $1 AND hash = $2`, key(h), h[:]).Scan(&n); err != nil {
		return false, fmt.Errorf("find text %s: %w", h, judge(err))
	}
	return n > 0, nil
}

// Waits reports whether a report still waits to be read, or (report 0) a text to be coded.
func (c *Catalog) Waits(ctx context.Context, report, text int64) (bool, error) {
	q, id := `SELECT COUNT(*) FROM reports WHERE id = $1 AND reading IS NULL`, report
	if report == 0 {
		q, id = `SELECT COUNT(*) FROM texts WHERE id = $1 AND codebook < `+inForce, text
	}
	var n int
	if err := c.read.QueryRowContext(ctx, q, id).Scan(&n); err != nil {
		return false, fmt.Errorf("what waits: %w", judge(err))
	}
	return n > 0, nil
}

// Rows counts all derived rows.
func (c *Catalog) Rows(ctx context.Context) (int64, error) {
	var n int64
	for _, t := range tables() {
		var m int64
		if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+t).Scan(&m); err != nil {
			return 0, fmt.Errorf("count rows: %w", judge(err))
		}
		n += m
	}
	return n, nil
}

// Dump writes every derived row in a canonical order and form, one line each: two views
// of the same ledger dump alike. Bytes are shown by their SHA-256 if they are long.
func (c *Catalog) Dump(ctx context.Context, w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	for _, t := range tables() {
		if err := c.dumpTable(ctx, b, t); err != nil {
			return fmt.Errorf("dump %s: %w", t, judge(err))
		}
	}
	if err := c.dumpWords(ctx, b); err != nil {
		return fmt.Errorf("dump words: %w", judge(err))
	}
	return b.Flush()
}

func (c *Catalog) dumpTable(ctx context.Context, w io.Writer, table string) error {
	rows, err := c.read.QueryContext(ctx, `SELECT * FROM `+table+` ORDER BY 1, 2`)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
		line := []string{table}
		for i, v := range values {
			line = append(line, names[i]+"="+show(*v.(*any)))
		}
		if _, err := fmt.Fprintln(w, strings.Join(line, " ")); err != nil {
			return err
		}
	}
	return rows.Err()
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case []byte:
		if len(v) > 32 {
			return fmt.Sprintf("sha256:%x", sha256.Sum256(v))
		}
		return fmt.Sprintf("%x", v)
	case string:
		return strconv.Quote(v)
	}
	return fmt.Sprint(v)
}

// dumpWords writes which reports the full-text index holds.
func (c *Catalog) dumpWords(ctx context.Context, w io.Writer) error {
	rows, err := c.read.QueryContext(ctx, `SELECT rowid FROM words ORDER BY rowid`)
	if err != nil {
		return err
	}
	defer rows.Close()
	sum, n := sha256.New(), 0
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		fmt.Fprintln(sum, id)
		n++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "words rows=%d sha256:%x\n", n, sum.Sum(nil))
	return err
}

// Received reports whether a payload was received before, as whatever part.
func (c *Catalog) Received(ctx context.Context, payload evidence.Hash) (bool, error) {
	var n int
	err := c.read.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM reports WHERE payloadkey = $1 AND payload = $2)
		+ (SELECT COUNT(*) FROM captures WHERE payloadkey = $1 AND report = 0 AND payload = $2)`, key(payload), payload[:]).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("find payload %s: %w", payload, judge(err))
	}
	return n > 0, nil
}
