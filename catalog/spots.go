package catalog

import (
	"context"
	"fmt"
	"strings"

	"svidok/evidence"
)

// days returns the first and the last day of an interval, or nothing.
func days(v *evidence.Interval) (since, until string) {
	if v == nil {
		return "", ""
	}
	return v.From[:min(10, len(v.From))], v.To[:min(10, len(v.To))]
}

// spots renews the places that a statement names.
func (t *Tx) spots(text, statement int64, places []evidence.Place) error {
	if _, err := t.exec(`DELETE FROM spots WHERE statement = $1`, statement); err != nil {
		return err
	}
	for _, p := range places {
		if _, err := t.exec(`INSERT INTO spots (text, statement, place, occupied) VALUES ($1, $2, $3, $4)`, text, statement, p.ID, p.Occupied); err != nil {
			return err
		}
	}
	return nil
}

// voices makes the rows of those whom a text has something from, and of those who only
// pass it on: the latter name whom they pass on as their root.
func (t *Tx) voices(text int64, origins []evidence.Origin) error {
	type voice struct{ origin, name, root string }
	seen := map[voice]bool{}
	add := func(v voice) error {
		if v.origin == "" || seen[v] {
			return nil
		}
		seen[v] = true
		_, err := t.exec(`INSERT INTO voices (text, origin, name, root) VALUES ($1, $2, $3, $4)`, text, v.origin, v.name, v.root)
		return err
	}
	for _, o := range origins {
		if err := add(voice{o.ID, o.Name, ""}); err != nil {
			return err
		}
		for _, via := range o.Via {
			if err := add(voice{via, via, o.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// inPlaces is the condition that column holds one of the places or a place in one.
func inPlaces(column string, places []string) (cond string, args []any) {
	var any []string
	for _, p := range places {
		from, to := placeRange(p)
		any = append(any, column+` >= ? AND `+column+` < ?`)
		args = append(args, from, to)
	}
	return `(` + strings.Join(any, ` OR `) + `)`, args
}

// heard is the condition that column names one of the origins.
func heard(column string, origins []string) (cond string, args []any) {
	for _, o := range origins {
		args = append(args, o)
	}
	return column + ` IN (?` + strings.Repeat(`, ?`, len(origins)-1) + `)`, args
}

// placeRange returns between which two codes the codes of a place and of all places in
// it lie. A code of the codifier is UA and groups of digits for oblast, raion, hromada,
// settlement and district of a city, then five digits of its own; a group is zero for
// what is above it.
func placeRange(id string) (from, to string) {
	ends := [...]int{2, 4, 6, 9, 12, 14}
	end := len(id)
	if len(id) == 19 {
		for g := 1; g < len(ends); g++ {
			if strings.Trim(id[ends[g-1]:ends[g]], "0") != "" {
				end = ends[g]
			}
		}
	}
	return id[:end], id[:end] + "~"
}

// Scope chooses statements for the map, the timeline and the figures. Zero fields choose everything.
type Scope struct {
	Code         string // or a group of codes
	Place        string // KATOTTG: it, or a place in it
	Since, Until string // happened within, by days, inclusive: the two intervals share a day
	Origin       string // the text has something from this origin
	Standing     evidence.Standing
	Occurred     bool // only what is told as having happened
}

// on adds the conditions of the scope on the statements called s.
func (f Scope) on(w *where) {
	if f.Standing != "" {
		w.add(`s.standing = ?`, string(f.Standing))
	}
	if f.Code != "" {
		w.add(`(s.code = ? OR s.code >= ? AND s.code < ?)`, f.Code, f.Code+".", f.Code+"/")
	}
	if f.Place != "" {
		from, to := placeRange(f.Place)
		w.add(`s.id IN (SELECT p.statement FROM spots p WHERE p.place >= ? AND p.place < ?)`, from, to)
	}
	if f.Since != "" {
		w.add(`s.until >= ?`, f.Since)
	}
	if f.Until != "" {
		w.add(`s.since <> '' AND s.since <= ?`, f.Until+"~")
	}
	if f.Origin != "" {
		w.add(`s.text IN (SELECT v.text FROM voices v WHERE v.origin = ? AND v.root = '')`, f.Origin)
	}
	if f.Occurred {
		w.add(`s.modality = 'occurred'`)
	}
}

// standsHere leaves out what stands no longer, and texts that are copies are told by families.
const standsHere = `s.standing NOT IN ('rejected', 'replaced')`

// Spot is one place and what is said of it. Copies count once: Families is the number of
// texts that are no copies of one another.
type Spot struct {
	Place                string // KATOTTG
	Statements, Families int
	Confirmed            int // of the statements
}

// Spots returns the places that the chosen statements name.
func (c *Catalog) Spots(ctx context.Context, f Scope) ([]Spot, error) {
	w := &where{}
	w.add(standsHere)
	f.on(w)
	list, err := query(ctx, c.read, `SELECT p.place, COUNT(DISTINCT s.id), COUNT(DISTINCT t.family), COUNT(DISTINCT CASE WHEN s.standing = 'confirmed' THEN s.id END)
		FROM statements s JOIN spots p ON p.statement = s.id JOIN texts t ON t.id = s.text WHERE `+w.String()+` GROUP BY p.place ORDER BY p.place`,
		func(r scanner) (x Spot, err error) {
			return x, r.Scan(&x.Place, &x.Statements, &x.Families, &x.Confirmed)
		}, w.args...)
	if err != nil {
		return nil, fmt.Errorf("places: %w", judge(err))
	}
	return list, nil
}

// Month is what is said to have begun in one month.
type Month struct {
	Month                string // "2023-09"
	Statements, Families int
	Confirmed            int
}

// Months returns the chosen statements by the month in which what they tell began, in
// order; months without any are left out. Statements without a time are not among them.
func (c *Catalog) Months(ctx context.Context, f Scope) ([]Month, error) {
	w := &where{}
	w.add(standsHere)
	w.add(`s.since <> ''`)
	f.on(w)
	list, err := query(ctx, c.read, `SELECT SUBSTR(s.since, 1, 7) AS m, COUNT(*), COUNT(DISTINCT t.family), COUNT(CASE WHEN s.standing = 'confirmed' THEN 1 END)
		FROM statements s JOIN texts t ON t.id = s.text WHERE `+w.String()+` GROUP BY m ORDER BY m`,
		func(r scanner) (x Month, err error) {
			return x, r.Scan(&x.Month, &x.Statements, &x.Families, &x.Confirmed)
		}, w.args...)
	if err != nil {
		return nil, fmt.Errorf("timeline: %w", judge(err))
	}
	return list, nil
}

// Voice is somebody whom texts have something from.
type Voice struct {
	Origin, Name    string
	Texts, Families int
}

// Voices returns the origins that texts name, by families of copies, then by name.
func (c *Catalog) Voices(ctx context.Context, limit int) ([]Voice, error) {
	list, err := query(ctx, c.read, fmt.Sprintf(`SELECT v.origin, MIN(v.name), COUNT(DISTINCT v.text), COUNT(DISTINCT t.family) AS n FROM voices v JOIN texts t ON t.id = v.text
		WHERE v.root = '' GROUP BY v.origin ORDER BY n DESC, 2, 1 LIMIT %d`, limited(limit)),
		func(r scanner) (x Voice, err error) {
			return x, r.Scan(&x.Origin, &x.Name, &x.Texts, &x.Families)
		})
	if err != nil {
		return nil, fmt.Errorf("origins: %w", judge(err))
	}
	return list, nil
}
