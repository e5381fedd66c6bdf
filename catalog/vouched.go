package catalog

import (
	"context"
	"fmt"
	"iter"

	"svidok/evidence"
)

// Stamp is a time-stamp over the ledger.
type Stamp struct {
	Position int64
	Ref      evidence.Hash
	evidence.Stamp
}

// Cosigned is a witness's answer.
type Cosigned struct {
	Position int64
	Ref      evidence.Hash
	evidence.Cosigned
}

// Custody is an event in the chain of custody.
type Custody struct {
	Position int64
	Ref      evidence.Hash
	evidence.Custody
}

// Settings returns those in force; false: none were ever made.
func (c *Catalog) Settings(ctx context.Context) (evidence.Settings, evidence.Hash, bool, error) {
	type row struct {
		ref evidence.Hash
		evidence.Settings
	}
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM settings ORDER BY position DESC LIMIT 1`, func(s scanner) (r row, err error) {
		_, r.ref, r.Settings, err = scanRecord[evidence.Settings](s)
		return r, err
	})
	if err != nil {
		return evidence.Settings{}, evidence.Hash{}, false, fmt.Errorf("settings: %w", judge(err))
	}
	if len(list) == 0 {
		return evidence.Settings{}, evidence.Hash{}, false, nil
	}
	return list[0].Settings, list[0].ref, true, nil
}

func scanStamp(row scanner) (v Stamp, err error) {
	v.Position, v.Ref, v.Stamp, err = scanRecord[evidence.Stamp](row)
	return v, err
}

// Stamps returns the latest time-stamps, newest first.
func (c *Catalog) Stamps(ctx context.Context, limit int) ([]Stamp, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM stamps ORDER BY position DESC LIMIT ?`, scanStamp, limit)
	if err != nil {
		return nil, fmt.Errorf("time-stamps: %w", judge(err))
	}
	return list, nil
}

// EachStamp goes through all time-stamps, the oldest first, some at a time.
func (c *Catalog) EachStamp(ctx context.Context) iter.Seq2[Stamp, error] {
	const page = 1000
	return func(yield func(Stamp, error) bool) {
		for after := int64(-1); ; {
			list, err := query(ctx, c.read, `SELECT position, ref, record FROM stamps WHERE position > ? ORDER BY position LIMIT ?`, scanStamp, after, page)
			if err != nil {
				yield(Stamp{}, fmt.Errorf("time-stamps: %w", judge(err)))
				return
			}
			for _, s := range list {
				if after = s.Position; !yield(s, nil) {
					return
				}
			}
			if len(list) < page {
				return
			}
		}
	}
}

// Renewals returns the time-stamps that renew others, the oldest first.
func (c *Catalog) Renewals(ctx context.Context) ([]Stamp, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM stamps WHERE instr(record, '"renews":') > 0 ORDER BY position`, scanStamp)
	if err != nil {
		return nil, fmt.Errorf("renewed time-stamps: %w", judge(err))
	}
	return list, nil
}

// LatestStamps returns the latest time-stamp of each chain; the chain that came first comes
// first.
func (c *Catalog) LatestStamps(ctx context.Context) ([]Stamp, error) {
	list, err := query(ctx, c.read, `SELECT s.position, s.ref, s.record FROM stamps s JOIN (SELECT MAX(position) AS last, MIN(position) AS first FROM stamps GROUP BY chain) g
		ON g.last = s.position ORDER BY g.first`, scanStamp)
	if err != nil {
		return nil, fmt.Errorf("latest time-stamps: %w", judge(err))
	}
	return list, nil
}

// Covering returns, of each authority, the first time-stamp over a ledger that holds the
// entry at a position.
func (c *Catalog) Covering(ctx context.Context, position int64) ([]Stamp, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM stamps s WHERE size > ? AND
		NOT EXISTS (SELECT 1 FROM stamps e WHERE e.chain = s.chain AND e.size > ? AND e.position < s.position) ORDER BY position`, scanStamp, position, position)
	if err != nil {
		return nil, fmt.Errorf("time-stamps over entry %d: %w", position, judge(err))
	}
	return list, nil
}

// Stamped returns, by the chain of the authority, how many entries its latest time-stamp covers.
func (c *Catalog) Stamped(ctx context.Context) (map[string]int64, error) {
	type row struct {
		authority string
		size      int64
	}
	list, err := query(ctx, c.read, `SELECT chain, MAX(size) FROM stamps GROUP BY chain`, func(s scanner) (r row, err error) {
		return r, s.Scan(&r.authority, &r.size)
	})
	if err != nil {
		return nil, fmt.Errorf("time-stamps: %w", judge(err))
	}
	out := map[string]int64{}
	for _, r := range list {
		out[r.authority] = r.size
	}
	return out, nil
}

func scanCosigned(row scanner) (v Cosigned, err error) {
	v.Position, v.Ref, v.Cosigned, err = scanRecord[evidence.Cosigned](row)
	return v, err
}

// Cosignatures returns the latest answers of witnesses, newest first.
func (c *Catalog) Cosignatures(ctx context.Context, limit int) ([]Cosigned, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM cosigned ORDER BY position DESC LIMIT ?`, scanCosigned, limit)
	if err != nil {
		return nil, fmt.Errorf("cosignatures: %w", judge(err))
	}
	return list, nil
}

// LastCosigned returns a witness's latest cosignature; false: it never gave one.
func (c *Catalog) LastCosigned(ctx context.Context, witness string) (Cosigned, bool, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM cosigned WHERE witness = ? AND refused = 0 ORDER BY size DESC LIMIT 1`, scanCosigned, witness)
	if err != nil {
		return Cosigned{}, false, fmt.Errorf("cosignatures: %w", judge(err))
	}
	if len(list) == 0 {
		return Cosigned{}, false, nil
	}
	return list[0], true, nil
}

func scanCustody(row scanner) (v Custody, err error) {
	v.Position, v.Ref, v.Custody, err = scanRecord[evidence.Custody](row)
	return v, err
}

// heldOf selects the acts that are about the captures of a report.
const heldOf = `SELECT h.custody FROM held h JOIN captures c ON c.position = h.about WHERE c.report = ?`

func (c *Catalog) custodies(ctx context.Context, cond string, args ...any) ([]Custody, error) {
	return query(ctx, c.read, `SELECT position, ref, record FROM custodies WHERE `+cond, scanCustody, args...)
}

// Custodies returns the latest events in the chain of custody, newest first; of one act, or
// of all ("").
func (c *Catalog) Custodies(ctx context.Context, act evidence.CustodyAct, limit int) ([]Custody, error) {
	list, err := c.custodies(ctx, `? = '' OR act = ? ORDER BY position DESC LIMIT ?`, string(act), string(act), limit)
	if err != nil {
		return nil, fmt.Errorf("chain of custody: %w", judge(err))
	}
	return list, nil
}

// CustodyOf returns the events about the captures of a report, oldest first.
func (c *Catalog) CustodyOf(ctx context.Context, report int64) ([]Custody, error) {
	list, err := c.custodies(ctx, `position IN (`+heldOf+`) ORDER BY position LIMIT 1000`, report)
	if err != nil {
		return nil, fmt.Errorf("chain of custody of report %d: %w", report, judge(err))
	}
	return list, nil
}

// Form is a form that somebody filled in.
type Form struct {
	Position int64
	Ref      evidence.Hash
	evidence.Form
}

// Forms returns the forms about a report (0: about the case), newest first.
func (c *Catalog) Forms(ctx context.Context, report int64) ([]Form, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record FROM forms WHERE about = ? ORDER BY position DESC LIMIT 1000`, func(row scanner) (v Form, err error) {
		v.Position, v.Ref, v.Form, err = scanRecord[evidence.Form](row)
		return v, err
	}, report)
	if err != nil {
		return nil, fmt.Errorf("forms: %w", judge(err))
	}
	return list, nil
}

// Assessed returns how many reports have a form of a name.
func (c *Catalog) Assessed(ctx context.Context, form evidence.FormName) (int, error) {
	var n int
	if err := c.read.QueryRowContext(ctx, `SELECT COUNT(DISTINCT about) FROM forms WHERE form = $1 AND about > 0`, string(form)).Scan(&n); err != nil {
		return 0, fmt.Errorf("forms: %w", judge(err))
	}
	return n, nil
}

// Kept counts, for the standards, what the collector's captures have and lack.
type Kept struct {
	Takings  int            // of reports
	Hollow   int            // takings that are doubtful
	Parts    map[string]int // of the court minimum, in how many takings
	Searches int
}

// Kept counts the takings, at most the latest limit of them in detail.
func (c *Catalog) Kept(ctx context.Context, limit int) (Kept, error) {
	k := Kept{Parts: map[string]int{}}
	err := c.read.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM takings), (SELECT COUNT(*) FROM takings WHERE hollow > 0),
		(SELECT COUNT(*) FROM searches)`).Scan(&k.Takings, &k.Hollow, &k.Searches)
	var list []evidence.Taking
	if err == nil {
		list, err = query(ctx, c.read, `SELECT position, ref, record FROM takings ORDER BY position DESC LIMIT ?`, func(row scanner) (t evidence.Taking, err error) {
			_, _, t, err = scanRecord[evidence.Taking](row)
			return t, err
		}, limit)
	}
	if err != nil {
		return k, fmt.Errorf("what was taken: %w", judge(err))
	}
	for _, t := range list {
		for _, p := range t.Parts {
			k.Parts[p]++
		}
	}
	return k, nil
}
