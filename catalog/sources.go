package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"svidok/evidence"
)

// Source is a place that the case watches, as its latest record says.
type Source struct {
	Position int64
	Ref      evidence.Hash
	evidence.Source
	Last     Visit      // the latest visit; Position 0: none yet
	Good     time.Time  // when a visit last succeeded; zero: never
	Failures int        // visits that failed since
	Items    int        // things of it that were captured
	Changed  int        // of these, how many have more than one version
	Gone     int        // and how many are not there any more
	History  []Sourcing // every record of it, newest first; only from Source
}

// Sourcing is one record of a source.
type Sourcing struct {
	Position int64
	Ref      evidence.Hash
	evidence.Source
}

// Visit is one visit to a source.
type Visit struct {
	Position int64
	Ref      evidence.Hash
	evidence.Visit
}

// Item is one thing of a source, or an address that somebody named, through its versions.
type Item struct {
	ID       int64
	Source   string
	Name     string
	Address  string
	Content  evidence.Hash // of its latest version
	Taking   evidence.Hash // the latest
	Versions int
	First    time.Time // when it was first taken
	Last     time.Time // when it was last there
	Gone     time.Time // when it was first missed; zero: it is there
	Report   int64     // of the latest taking; 0 if that is no report
	Title    string
}

// Taking is how one version of an item was taken.
type Taking struct {
	Position int64
	Ref      evidence.Hash
	evidence.Taking
	Report int64         // 0 if its capture is none
	Text   evidence.Hash // object; zero: not read, or nothing could be
	Title  string
	Gone   time.Time // of the item, when it is gone
	LastAt time.Time // when the item was last there
}

// Sources returns all sources, those that were changed last at the end.
func (c *Catalog) Sources(ctx context.Context) ([]Source, error) {
	return c.sources(ctx, `1 = 1 ORDER BY position`)
}

// Source returns one source with its history; ErrNotFound.
func (c *Catalog) Source(ctx context.Context, id string) (Source, error) {
	list, err := c.sources(ctx, `id = ?`, id)
	if err != nil {
		return Source{}, err
	}
	if len(list) == 0 {
		return Source{}, fmt.Errorf("source %q: %w", id, evidence.ErrNotFound)
	}
	s := list[0]
	s.History, err = query(ctx, c.read, `SELECT position, ref, record FROM sourcings WHERE source = ? ORDER BY position DESC`, func(row scanner) (Sourcing, error) {
		var x Sourcing
		var err error
		x.Position, x.Ref, x.Source, err = scanRecord[evidence.Source](row)
		return x, err
	}, id)
	if err != nil {
		return Source{}, fmt.Errorf("source %q: %w", id, judge(err))
	}
	return s, nil
}

// scanRecord reads position, ref and record.
func scanRecord[T any](row scanner) (position int64, ref evidence.Hash, v T, err error) {
	var b []byte
	var rec string
	if err = row.Scan(&position, &b, &rec); err != nil {
		return position, ref, v, err
	}
	copy(ref[:], b)
	v, err = evidence.Decode[T]([]byte(rec))
	return position, ref, v, err
}

func (c *Catalog) sources(ctx context.Context, cond string, args ...any) ([]Source, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM sources WHERE `+cond, func(row scanner) (Source, error) {
		var x Source
		var err error
		x.Position, x.Ref, x.Source, err = scanRecord[evidence.Source](row)
		return x, err
	}, args...)
	for i := range list {
		if err == nil {
			err = c.visited(ctx, &list[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("sources: %w", judge(err))
	}
	return list, nil
}

// visited fills in what the visits and items of a source tell.
func (c *Catalog) visited(ctx context.Context, s *Source) error {
	visits, err := c.Visits(ctx, s.ID, 0, 1)
	if err != nil {
		return err
	}
	if len(visits) > 0 {
		s.Last = visits[0]
	}
	var good, goodAt int64
	err = c.read.QueryRowContext(ctx, `SELECT position, ended FROM visits WHERE source = $1 AND outcome IN ('new', 'same', 'part') ORDER BY position DESC LIMIT 1`, s.ID).Scan(&good, &goodAt)
	if err == nil {
		s.Good = fromMillis(goodAt)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM visits WHERE source = $1 AND position > $2`, s.ID, good).Scan(&s.Failures); err != nil {
		return err
	}
	return c.read.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN versions > 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN gone > 0 THEN 1 ELSE 0 END), 0)
		FROM items WHERE source = $1`, s.ID).Scan(&s.Items, &s.Changed, &s.Gone)
}

// Visits returns visits to a source before a position (0: from the end), newest first.
func (c *Catalog) Visits(ctx context.Context, source string, before int64, limit int) ([]Visit, error) {
	if before <= 0 {
		before = 1 << 62
	}
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM visits WHERE source = ? AND position < ? ORDER BY position DESC LIMIT ?`, func(row scanner) (Visit, error) {
		var v Visit
		var err error
		v.Position, v.Ref, v.Visit, err = scanRecord[evidence.Visit](row)
		return v, err
	}, source, before, limit)
	if err != nil {
		return nil, fmt.Errorf("visits to %q: %w", source, judge(err))
	}
	return list, nil
}

const itemColumns = `SELECT i.id, i.source, i.name, i.content, t.ref, i.versions, i.first, i.last, i.gone, t.report, COALESCE(r.title, ''), t.record
	FROM items i JOIN takings t ON t.position = i.taking LEFT JOIN reports r ON r.id = t.report `

func scanItem(row scanner) (Item, error) {
	var x Item
	var content, taking []byte
	var first, last, gone int64
	var rec string
	if err := row.Scan(&x.ID, &x.Source, &x.Name, &content, &taking, &x.Versions, &first, &last, &gone, &x.Report, &x.Title, &rec); err != nil {
		return x, err
	}
	t, err := evidence.Decode[evidence.Taking]([]byte(rec))
	x.Address = t.Address
	copy(x.Content[:], content)
	copy(x.Taking[:], taking)
	x.First, x.Last = fromMillis(first), fromMillis(last)
	if gone > 0 {
		x.Gone = fromMillis(gone)
	}
	return x, err
}

// Item returns one item by its name within a source; false: it was never taken.
func (c *Catalog) Item(ctx context.Context, source, name string) (Item, bool, error) {
	list, err := query(ctx, c.read, itemColumns+`WHERE i.source = ? AND i.name = ?`, scanItem, source, name)
	if err != nil {
		return Item{}, false, fmt.Errorf("item %q: %w", name, judge(err))
	}
	if len(list) == 0 {
		return Item{}, false, nil
	}
	return list[0], true, nil
}

// Numbered returns the items of a source whose names are numbers from…to, in order.
func (c *Catalog) Numbered(ctx context.Context, source string, from, to int64) ([]Item, error) {
	list, err := query(ctx, c.read, itemColumns+`WHERE i.source = ? AND i.number BETWEEN ? AND ? ORDER BY i.number`, scanItem, source, max(from, 1), to)
	if err != nil {
		return nil, fmt.Errorf("items %d to %d: %w", from, to, judge(err))
	}
	return list, nil
}

// Due returns items of a source that should be looked at again: the longer a thing has
// stayed as it is, the rarer, but at least so often as most and never oftener than least.
// The ones that have waited longest come first.
func (c *Catalog) Due(ctx context.Context, source string, now time.Time, least, most time.Duration, limit int) ([]Item, error) {
	list, err := query(ctx, c.read, itemColumns+`WHERE i.source = ? AND i.gone = 0
		AND i.last + MIN(MAX(i.last - i.first, ?), ?) <= ? ORDER BY i.last, i.id LIMIT ?`, scanItem,
		source, least.Milliseconds(), most.Milliseconds(), millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("what is due of %q: %w", source, judge(err))
	}
	return list, nil
}

// Moved returns items that changed or are gone, the latest first: of one source, or of all
// ("").
func (c *Catalog) Moved(ctx context.Context, source string, limit int) ([]Item, error) {
	list, err := query(ctx, c.read, itemColumns+`WHERE (i.versions > 1 OR i.gone > 0) AND (? = '' OR i.source = ?)
		ORDER BY CASE WHEN i.gone > i.last THEN i.gone ELSE i.last END DESC, i.id DESC LIMIT ?`, scanItem, source, source, limit)
	if err != nil {
		return nil, fmt.Errorf("what changed: %w", judge(err))
	}
	return list, nil
}

const takingColumns = `SELECT t.position, t.ref, t.record, t.report, x.hash, COALESCE(r.title, ''), i.gone, i.last FROM takings t
	JOIN items i ON i.id = t.item LEFT JOIN reports r ON r.id = t.report LEFT JOIN texts x ON x.id = r.text `

func scanTaking(row scanner) (Taking, error) {
	var x Taking
	var ref, text []byte
	var rec string
	var gone, last int64
	if err := row.Scan(&x.Position, &ref, &rec, &x.Report, &text, &x.Title, &gone, &last); err != nil {
		return x, err
	}
	copy(x.Ref[:], ref)
	copy(x.Text[:], text)
	x.LastAt = fromMillis(last)
	if gone > 0 {
		x.Gone = fromMillis(gone)
	}
	var err error
	x.Taking, err = evidence.Decode[evidence.Taking]([]byte(rec))
	return x, err
}

// Versions returns all takings of the items of which a report is a version, oldest first.
func (c *Catalog) Versions(ctx context.Context, report int64) ([]Taking, error) {
	list, err := query(ctx, c.read, takingColumns+`WHERE t.item IN (SELECT item FROM takings WHERE report = ?) ORDER BY t.position LIMIT 500`, scanTaking, report)
	if err != nil {
		return nil, fmt.Errorf("versions of report %d: %w", report, judge(err))
	}
	return list, nil
}

// TakingsOf returns how the captures of a report were taken, oldest first; none if a person
// brought all of them.
func (c *Catalog) TakingsOf(ctx context.Context, report int64) ([]Taking, error) {
	list, err := query(ctx, c.read, takingColumns+`WHERE t.report = ? ORDER BY t.position LIMIT 500`, scanTaking, report)
	if err != nil {
		return nil, fmt.Errorf("takings of report %d: %w", report, judge(err))
	}
	return list, nil
}

// Hollows returns takings of which something makes one doubt that they hold what they
// should, newest first.
func (c *Catalog) Hollows(ctx context.Context, limit int) ([]Taking, error) {
	list, err := query(ctx, c.read, takingColumns+`WHERE t.hollow > 0 ORDER BY t.position DESC LIMIT ?`, scanTaking, limit)
	if err != nil {
		return nil, fmt.Errorf("hollow captures: %w", judge(err))
	}
	return list, nil
}

// Search is one entry of the search log.
type Search struct {
	Position int64
	Ref      evidence.Hash
	evidence.Search
}

// Searches returns the search log before a position (0: from the end), newest first.
func (c *Catalog) Searches(ctx context.Context, before int64, limit int) ([]Search, error) {
	if before <= 0 {
		before = 1 << 62
	}
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM searches WHERE position < ? ORDER BY position DESC LIMIT ?`, func(row scanner) (Search, error) {
		var v Search
		var err error
		v.Position, v.Ref, v.Search, err = scanRecord[evidence.Search](row)
		return v, err
	}, before, limit)
	if err != nil {
		return nil, fmt.Errorf("the search log: %w", judge(err))
	}
	return list, nil
}

// Collected returns the reports that the collector took, in order.
func (c *Catalog) Collected(ctx context.Context) ([]int64, error) {
	list, err := query(ctx, c.read, `SELECT DISTINCT report FROM takings WHERE report > 0 ORDER BY report`, func(s scanner) (n int64, err error) { return n, s.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("what was collected: %w", judge(err))
	}
	return list, nil
}
