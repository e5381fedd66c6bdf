package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"svidok/evidence"
)

// writer is the one connection that writes, its statements, and what it remembers between
// transactions. What it remembers holds only while nobody else writes.
type writer struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	known known
}

// known remembers where the latest payloads, texts and captures lie.
type known struct {
	position              int64 // at which this holds
	reports, texts, taken map[evidence.Hash]int64
	book                  int64 // seq of the codebook in force, 0: not asked yet
	bookYAML              evidence.Hash
}

const remembered = 1 << 16

func (k *known) forget() {
	*k = known{reports: map[evidence.Hash]int64{}, texts: map[evidence.Hash]int64{}, taken: map[evidence.Hash]int64{}}
}

func remember(m map[evidence.Hash]int64, h evidence.Hash, id int64) {
	if len(m) >= remembered {
		clear(m)
	}
	m[h] = id
}

func (c *Catalog) newWriter(ctx context.Context) (*writer, error) {
	conn, err := c.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn, stmts: map[string]*sql.Stmt{}}
	w.known.forget()
	return w, nil
}

func (w *writer) close() error {
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

func (w *writer) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, placed(q))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", q, err)
	}
	w.stmts[q] = s
	return s, nil
}

// Apply takes the view from position from to position to, whose last entry has the leaf
// hash head: f makes the rows. Either all of it is done or nothing. ErrMoved if the view
// is not at from.
func (c *Catalog) Apply(ctx context.Context, from, to int64, head evidence.Hash, f func(*Tx) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer == nil {
		w, err := c.newWriter(ctx)
		if err != nil {
			return fmt.Errorf("follow: %w", c.judge(err))
		}
		c.writer = w
	}
	w := c.writer
	if err := w.begin(ctx, from); err != nil {
		return fmt.Errorf("follow: %w", c.judge(err))
	}
	// From here on a cancelled context must not leave an open transaction behind.
	tx := &Tx{ctx: ctx, w: w}
	err := f(tx)
	if err == nil {
		err = w.set(ctx, to, head)
	}
	if err == nil {
		_, err = w.conn.ExecContext(context.WithoutCancel(ctx), `COMMIT`)
	}
	if err != nil {
		w.known.forget()
		if _, undo := w.conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`); undo != nil {
			// After a failed write SQLite has undone all by itself, and says so; else the
			// connection is broken. A new one is right for both.
			_ = w.close() // err is the one to tell
			c.writer = nil
		}
		return fmt.Errorf("follow from %d to %d: %w", from, to, c.judge(err))
	}
	w.known.position = to
	return nil
}

func (w *writer) begin(ctx context.Context, from int64) error {
	if _, err := w.conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	var pos string
	err := w.conn.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'position'`).Scan(&pos)
	if err == nil && pos != strconv.FormatInt(from, 10) {
		err = fmt.Errorf("it is at %s, not at %d: %w", pos, from, ErrMoved)
	}
	if err != nil {
		_, undo := w.conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		return errors.Join(err, undo)
	}
	if w.known.position != from {
		w.known.forget()
	}
	return nil
}

func (w *writer) set(ctx context.Context, to int64, head evidence.Hash) error {
	h, err := head.MarshalText()
	if err != nil {
		return err
	}
	for _, kv := range [][2]string{{"position", strconv.FormatInt(to, 10)}, {"head", string(h)}} {
		s, err := w.stmt(ctx, `UPDATE meta SET value = $2 WHERE name = $1`)
		if err != nil {
			return err
		}
		if _, err := s.ExecContext(ctx, kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

// Tx makes the rows of one Apply. It is not safe for concurrent use and ends with Apply.
type Tx struct {
	ctx context.Context
	w   *writer
}

// exec runs q and returns the row that it inserted last.
func (t *Tx) exec(q string, args ...any) (int64, error) {
	s, err := t.w.stmt(t.ctx, q)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%.60q: %w", q, err)
	}
	return r.LastInsertId()
}

// row scans the first row of q into dest and reports whether there was one.
func (t *Tx) row(q string, args []any, dest ...any) (bool, error) {
	s, err := t.w.stmt(t.ctx, q)
	if err != nil {
		return false, err
	}
	switch err := s.QueryRowContext(t.ctx, args...).Scan(dest...); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%.60q: %w", q, err)
	}
	return true, nil
}

// find returns the id of the row whose hash is h, 0 if there is none.
func (t *Tx) find(cache map[evidence.Hash]int64, q string, h evidence.Hash) (int64, error) {
	if id, ok := cache[h]; ok {
		return id, nil
	}
	var id int64
	ok, err := t.row(q, []any{key(h), h[:]}, &id)
	if err != nil || !ok {
		return 0, err
	}
	remember(cache, h, id)
	return id, nil
}

func (t *Tx) reportOf(payload evidence.Hash) (int64, error) {
	return t.find(t.w.known.reports, `SELECT id FROM reports WHERE payloadkey = $1 AND payload = $2`, payload)
}

func (t *Tx) textOf(h evidence.Hash) (int64, error) {
	return t.find(t.w.known.texts, `SELECT id FROM texts WHERE hashkey = $1 AND hash = $2`, h)
}

func (t *Tx) captureOf(ref evidence.Hash) (int64, error) {
	return t.find(t.w.known.taken, `SELECT position FROM captures WHERE refkey = $1 AND ref = $2`, ref)
}

// Joined notes that copies have been looked for up to and with this text.
func (t *Tx) Joined(text int64) error {
	_, err := t.exec(`UPDATE meta SET value = $1 WHERE name = 'joined'`, strconv.FormatInt(text, 10))
	return err
}

// placed turns $1, $2, … into what SQLite counts likewise: there $1 is a name, numbered by
// where it first stands.
func placed(q string) string { return strings.ReplaceAll(q, "$", "?") }
