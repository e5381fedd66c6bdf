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
		u.Title, u.Language, u.Published = t.Title, t.Language, t.Published
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
	Sketch []byte
}

// Sketches returns those of texts with an ID above after, in order.
func (c *Catalog) Sketches(ctx context.Context, after int64, limit int) ([]Sketch, error) {
	list, err := query(ctx, c.read, `SELECT t.id, t.hash, s.sketch FROM texts t JOIN sketches s ON s.text = t.id WHERE t.id > ? ORDER BY t.id LIMIT ?`,
		func(s scanner) (Sketch, error) {
			var k Sketch
			var hash []byte
			err := s.Scan(&k.ID, &hash, &k.Sketch)
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
type Pair struct{ Text, Other int64 }

// Pairs returns the noted copies of texts with an ID above after and up to last.
func (c *Catalog) Pairs(ctx context.Context, after, last int64) ([]Pair, error) {
	list, err := query(ctx, c.read, `SELECT text, other FROM copies WHERE text > ? AND text <= ?`,
		func(s scanner) (p Pair, err error) { return p, s.Scan(&p.Text, &p.Other) }, after, last)
	if err != nil {
		return nil, fmt.Errorf("copies: %w", judge(err))
	}
	return list, nil
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
	rows, err := c.read.QueryContext(ctx, `SELECT * FROM `+table+` ORDER BY 1, 2, 3`)
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
