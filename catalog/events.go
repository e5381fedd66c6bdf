package catalog

import (
	"context"
	"fmt"

	"svidok/evidence"
)

func scanEvent(row scanner) (Event, error) {
	var e Event
	var ref, last []byte
	var rec, standing, coder, reviewer string
	if err := row.Scan(&e.Position, &ref, &rec, &standing, &coder, &reviewer, &last); err != nil {
		return e, err
	}
	copy(e.Ref[:], ref)
	e.State = state(standing, coder, reviewer, last)
	var err error
	e.Event, err = evidence.Decode[evidence.Event]([]byte(rec))
	return e, err
}

func (c *Catalog) events(ctx context.Context, cond string, args ...any) ([]Event, error) {
	list, err := query(ctx, c.read, `SELECT position, ref, record, standing, coder, reviewer, last FROM events WHERE `+cond, scanEvent, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, id := range list[i].Statements {
			var n int
			err := c.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM statements WHERE namekey = $1 AND name = $2 AND standing = 'confirmed' AND modality = 'occurred'`,
				nameKey(id), id).Scan(&n)
			if err != nil {
				return nil, err
			}
			if n == 0 {
				list[i].Weak = append(list[i].Weak, id)
			}
		}
	}
	return list, nil
}

// Events returns all events, newest first, without their statements and history.
func (c *Catalog) Events(ctx context.Context) ([]Event, error) {
	list, err := c.events(ctx, `1 = 1 ORDER BY position DESC`)
	if err != nil {
		return nil, fmt.Errorf("events: %w", judge(err))
	}
	return list, nil
}

// Event returns one event with its statements and history; ErrNotFound.
func (c *Catalog) Event(ctx context.Context, id string) (Event, error) {
	list, err := c.events(ctx, `id = ?`, id)
	if err == nil && len(list) == 0 {
		return Event{}, fmt.Errorf("event %q: %w", id, evidence.ErrNotFound)
	}
	var e Event
	if err == nil {
		e = list[0]
		err = c.fillEvent(ctx, &e)
	}
	if err != nil {
		return e, fmt.Errorf("event %s: %w", id, judge(err))
	}
	return e, nil
}

func (c *Catalog) fillEvent(ctx context.Context, e *Event) error {
	for _, id := range e.Statements {
		list, err := c.statements(ctx, `s.namekey = ? AND s.name = ?`, nameKey(id), id)
		if err != nil {
			return err
		}
		e.Gathered = append(e.Gathered, list...)
	}
	var err error
	if e.History, err = c.history(ctx, `event = ?`, e.ID); err != nil {
		return err
	}
	e.Records, err = query(ctx, c.read, `SELECT position, ref, who, at FROM gatherings WHERE event = ? ORDER BY position`, func(s scanner) (Noted, error) {
		n := Noted{Kind: evidence.KindEvent}
		var ref []byte
		var at int64
		err := s.Scan(&n.Position, &ref, &n.Who, &at)
		copy(n.Ref[:], ref)
		n.At = fromMillis(at)
		return n, err
	}, e.ID)
	return err
}

// Releases returns the dossiers that left the house, newest first.
func (c *Catalog) Releases(ctx context.Context) ([]Release, error) {
	list, err := c.releases(ctx, `1 = 1 ORDER BY position DESC`)
	if err != nil {
		return nil, fmt.Errorf("releases: %w", judge(err))
	}
	return list, nil
}

func (c *Catalog) releases(ctx context.Context, cond string, args ...any) ([]Release, error) {
	return query(ctx, c.read, `SELECT position, ref, captures, texts, findings, record FROM releases WHERE `+cond, func(s scanner) (Release, error) {
		var r Release
		var ref []byte
		var rec string
		if err := s.Scan(&r.Position, &ref, &r.Captures, &r.Texts, &r.Findings, &rec); err != nil {
			return r, err
		}
		copy(r.Ref[:], ref)
		var err error
		r.Release, err = evidence.Decode[evidence.Release]([]byte(rec))
		return r, err
	}, args...)
}

func (c *Catalog) accounts(ctx context.Context, cond string, args ...any) ([]Account, error) {
	return query(ctx, c.read, `SELECT position, ref, id, name, role, active, at FROM accounts WHERE `+cond, func(s scanner) (Account, error) {
		var a Account
		var ref []byte
		var role string
		var at int64
		err := s.Scan(&a.Position, &ref, &a.ID, &a.Name, &role, &a.Active, &at)
		copy(a.Ref[:], ref)
		a.Role, a.At = evidence.Role(role), fromMillis(at)
		return a, err
	}, args...)
}

// Accounts returns who may act or might once, by name.
func (c *Catalog) Accounts(ctx context.Context) ([]Account, error) {
	list, err := c.accounts(ctx, `1 = 1 ORDER BY name, id`)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", judge(err))
	}
	return list, nil
}

// Account returns one account by ID; ErrNotFound.
func (c *Catalog) Account(ctx context.Context, id string) (Account, error) {
	list, err := c.accounts(ctx, `id = ?`, id)
	if err != nil {
		return Account{}, fmt.Errorf("account %s: %w", id, judge(err))
	}
	if len(list) == 0 {
		return Account{}, fmt.Errorf("account %q: %w", id, evidence.ErrNotFound)
	}
	return list[0], nil
}

// Password returns an account's password in PHC string form.
func (c *Catalog) Password(ctx context.Context, id string) (string, error) {
	list, err := query(ctx, c.read, `SELECT password FROM accounts WHERE id = ?`, func(s scanner) (p string, err error) { return p, s.Scan(&p) }, id)
	if err != nil {
		return "", fmt.Errorf("account %s: %w", id, judge(err))
	}
	if len(list) == 0 {
		return "", fmt.Errorf("account %q: %w", id, evidence.ErrNotFound)
	}
	return list[0], nil
}

// Codebooks returns the codebooks, the one in force first.
func (c *Catalog) Codebooks(ctx context.Context) ([]Codebook, error) {
	list, err := query(ctx, c.read, `SELECT seq, position, ref, record FROM codebooks ORDER BY seq DESC`, func(s scanner) (Codebook, error) {
		var b Codebook
		var ref []byte
		var rec string
		if err := s.Scan(&b.Seq, &b.Position, &ref, &rec); err != nil {
			return b, err
		}
		copy(b.Ref[:], ref)
		var err error
		b.CodebookUse, err = evidence.Decode[evidence.CodebookUse]([]byte(rec))
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("codebooks: %w", judge(err))
	}
	return list, nil
}

// Totals counts the case.
func (c *Catalog) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	err := c.read.QueryRowContext(ctx, `SELECT
		(SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'position'),
		(SELECT COUNT(*) FROM reports), (SELECT COUNT(*) FROM captures), (SELECT COUNT(*) FROM texts),
		(SELECT COUNT(*) FROM texts WHERE family = id),
		(SELECT COUNT(*) FROM reports WHERE reading IS NULL),
		(SELECT COUNT(*) FROM texts WHERE codebook < `+inForce+`),
		(SELECT COUNT(*) FROM texts WHERE id > (SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'joined')),
		(SELECT COUNT(*) FROM reports WHERE reading IS NOT NULL AND text IS NULL),
		(SELECT COUNT(*) FROM events WHERE standing <> 'withdrawn'), (SELECT COUNT(*) FROM events WHERE standing = 'confirmed'),
		(SELECT COUNT(*) FROM releases),
		(SELECT COUNT(*) FROM captures WHERE part = 'attachment'), (SELECT COUNT(*) FROM captures WHERE part = 'container')`).
		Scan(&t.Position, &t.Reports, &t.Captures, &t.Texts, &t.Families, &t.ToRead, &t.ToCode, &t.ToCompare, &t.Unreadable,
			&t.Events, &t.Findings, &t.Releases, &t.Attachments, &t.Containers)
	if err != nil {
		return t, fmt.Errorf("totals: %w", judge(err))
	}
	type pair struct {
		standing string
		n        int
	}
	pairs, err := query(ctx, c.read, `SELECT standing, COUNT(*) FROM statements GROUP BY standing`,
		func(s scanner) (p pair, err error) { return p, s.Scan(&p.standing, &p.n) })
	if err != nil {
		return t, fmt.Errorf("totals: %w", judge(err))
	}
	for _, p := range pairs {
		t.Statements.add(evidence.Standing(p.standing), p.n)
	}
	return t, nil
}
