package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"svidok/evidence"
)

// Source makes the rows of a source; a later record of its ID takes the place of the earlier.
func (t *Tx) Source(n Noted, r evidence.Source) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO sourcings (position, ref, source, record) VALUES ($1, $2, $3, $4)`, n.Position, n.Ref[:], r.ID, rec); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO sources (id, position, ref, record) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET position = $2, ref = $3, record = $4`, r.ID, n.Position, n.Ref[:], rec)
	return err
}

// Visit makes the row of a visit, and notes on the items what it saw of them.
func (t *Tx) Visit(n Noted, r evidence.Visit) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO visits (position, ref, source, ended, outcome, record) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.Position, n.Ref[:], r.Source, millis(r.Ended), string(r.Outcome), rec); err != nil {
		return err
	}
	at := millis(r.Ended)
	for _, name := range r.Same {
		if err := t.seen(r.Source, name, `last = $2, gone = 0`, at); err != nil {
			return err
		}
	}
	for _, name := range r.Gone {
		if err := t.seen(r.Source, name, `gone = CASE WHEN gone = 0 THEN $2 ELSE gone END`, at); err != nil {
			return err
		}
	}
	return nil
}

// seen changes the items that a visit names: one by its name, or a range of numbers. $2 in the
// change is when.
func (t *Tx) seen(source, name, change string, at int64) error {
	if from, to, ok := Range(name); ok {
		_, err := t.exec(`UPDATE items SET `+change+` WHERE source = $1 AND number BETWEEN $3 AND $4 AND number > 0`, source, at, from, to)
		return err
	}
	_, err := t.exec(`UPDATE items SET `+change+` WHERE source = $1 AND name = $3`, source, at, name)
	return err
}

// Range reads "12-31", or "12" for the range of one; false for any other name.
func Range(name string) (from, to int64, ok bool) {
	a, b, two := strings.Cut(name, "-")
	if !two {
		b = a
	}
	from, to = number(a), number(b)
	return from, to, from > 0 && to >= from
}

// number of an item whose name is one, else 0.
func number(name string) int64 {
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != name {
		return 0
	}
	return n
}

// Taking makes the row of a taking, and of its item: a new one, or the next version.
func (t *Tx) Taking(n Noted, r evidence.Taking) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	capture, err := t.captureOf(r.Capture)
	if err != nil {
		return err
	}
	if capture == 0 {
		return fmt.Errorf("taking of capture %s, which is not in the catalog: %w", r.Capture, evidence.ErrFormat)
	}
	var report int64
	if _, err := t.row(`SELECT report FROM captures WHERE position = $1`, []any{capture}, &report); err != nil {
		return err
	}
	at := millis(r.Ended)
	var item int64
	found, err := t.row(`SELECT id FROM items WHERE source = $1 AND name = $2`, []any{r.Source, r.Item}, &item)
	if err != nil {
		return err
	}
	if found {
		_, err = t.exec(`UPDATE items SET content = $2, taking = $3, versions = versions + CASE WHEN content = $2 THEN 0 ELSE 1 END, last = $4, gone = 0 WHERE id = $1`,
			item, r.Content[:], n.Position, at)
	} else {
		item, err = t.exec(`INSERT INTO items (source, name, number, content, taking, versions, first, last, gone) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, 0)`,
			r.Source, r.Item, number(r.Item), r.Content[:], n.Position, at)
	}
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO takings (position, ref, item, capture, report, hollow, record) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.Position, n.Ref[:], item, capture, report, len(r.Hollow), rec)
	return err
}

// Search makes the row of an entry of the search log.
func (t *Tx) Search(n Noted, r evidence.Search) error {
	return t.plain(`searches`, n, r)
}

// Form makes the row of a form: about the report of the first capture that it names, or
// about the case.
func (t *Tx) Form(n Noted, r evidence.Form) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	var report int64
	if len(r.About) > 0 {
		if _, err := t.row(`SELECT report FROM captures WHERE refkey = $1 AND ref = $2`, []any{key(r.About[0]), r.About[0][:]}, &report); err != nil {
			return err
		}
	}
	_, err = t.exec(`INSERT INTO forms (position, ref, form, about, record) VALUES ($1, $2, $3, $4, $5)`, n.Position, n.Ref[:], string(r.Form), report, rec)
	return err
}

// Settings makes the row of settings.
func (t *Tx) Settings(n Noted, r evidence.Settings) error {
	return t.plain(`settings`, n, r)
}

func (t *Tx) plain(table string, n Noted, r any) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO `+table+` (position, ref, record) VALUES ($1, $2, $3)`, n.Position, n.Ref[:], rec)
	return err
}

// Stamp makes the row of a time-stamp.
func (t *Tx) Stamp(n Noted, r evidence.Stamp) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	chain := r.Chain
	if chain == "" {
		chain = r.Authority
	}
	_, err = t.exec(`INSERT INTO stamps (position, ref, size, authority, chain, at, record) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		n.Position, n.Ref[:], r.Size, r.Authority, chain, millis(r.Time), rec)
	return err
}

// Cosigned makes the row of a witness's answer.
func (t *Tx) Cosigned(n Noted, r evidence.Cosigned) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	refused := 0
	if r.Refused != "" {
		refused = 1
	}
	_, err = t.exec(`INSERT INTO cosigned (position, ref, size, witness, refused, record) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.Position, n.Ref[:], r.Size, r.Witness, refused, rec)
	return err
}

// Custody makes the rows of an event in the chain of custody. One about a dossier is about
// all that the dossier rested on.
func (t *Tx) Custody(n Noted, r evidence.Custody) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	whole := 0
	if len(r.About) == 0 {
		whole = 1
	}
	if _, err = t.exec(`INSERT INTO custodies (position, ref, act, whole, record) VALUES ($1, $2, $3, $4, $5)`, n.Position, n.Ref[:], string(r.Act), whole, rec); err != nil {
		return err
	}
	for _, h := range r.About {
		if err := t.hold(n.Position, h); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO held (custody, about) SELECT $1, about FROM held WHERE custody = (SELECT position FROM releases WHERE ref = $2) ON CONFLICT DO NOTHING`,
			n.Position, h[:]); err != nil {
			return err
		}
	}
	return nil
}
