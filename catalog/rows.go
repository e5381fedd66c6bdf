package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// list is the JSON of v, "" if it is empty: most lists are.
func list[T any](v []T) (string, error) {
	if len(v) == 0 {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func unlist[T any](s string) ([]T, error) {
	if s == "" {
		return nil, nil
	}
	var v []T
	err := json.Unmarshal([]byte(s), &v)
	return v, err
}

func record(v any) (string, error) {
	b, err := evidence.Encode(v)
	return string(b), err
}

// Capture makes the rows of a capture. The first capture of a payload to be read makes a report.
func (t *Tx) Capture(n Noted, c evidence.Capture) error {
	rec, err := record(c)
	if err != nil {
		return err
	}
	var parent, report int64
	if !c.Parent.IsZero() {
		if parent, err = t.captureOf(c.Parent); err != nil {
			return err
		}
	}
	if c.Part == evidence.PartReport {
		if report, err = t.reportOf(c.Payload); err != nil {
			return err
		}
		if report == 0 {
			report, err = t.newReport(n, c)
		} else {
			_, err = t.exec(`UPDATE reports SET captures = captures + 1 WHERE id = $1`, report)
		}
		if err != nil {
			return err
		}
	}
	var payload, payloadkey any // a report's are in its row
	if report == 0 {
		payload, payloadkey = c.Payload[:], key(c.Payload)
	}
	_, err = t.exec(`INSERT INTO captures (position, ref, refkey, who, report, parent, part, record, payload, payloadkey)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		n.Position, n.Ref[:], key(n.Ref), n.Who, report, parent, string(c.Part), rec, payload, payloadkey)
	if c.Part == evidence.PartContainer {
		remember(t.w.known.taken, n.Ref, n.Position)
	}
	return err
}

func (t *Tx) newReport(n Noted, c evidence.Capture) (int64, error) {
	problems, err := list(c.Problems)
	if err != nil {
		return 0, err
	}
	id, err := t.exec(`INSERT INTO reports (payload, payloadkey, capture, size, name, door, media, address, within, outlet, title, author,
		published, dated, received, captures, problems, language) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12, $13, 1, $14, '')`,
		c.Payload[:], key(c.Payload), n.Position, c.Size, c.Name, c.Door, c.MediaType, c.Claims.Address, c.Within, c.Claims.Outlet, c.Claims.Title,
		c.Claims.Published, millis(c.Received), problems)
	if err == nil {
		remember(t.w.known.reports, c.Payload, id)
	}
	return id, err
}

// ReadingKeys is what the follower knows of a text beyond its record.
type ReadingKeys struct {
	Title, Body string // keys for full-text search: folded words, parted by spaces
	Sketch      []byte // for corroboration; only needed if the text is new
}

// Text makes the rows of a reading; a later reading of the same bytes takes its place.
func (t *Tx) Text(n Noted, r evidence.Text, k ReadingKeys) error {
	report, err := t.reportOf(r.Payload)
	if err != nil {
		return err
	}
	if report == 0 {
		return nil // a reading of what is no report: nothing shows it
	}
	rec, err := record(r)
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO readings (position, ref, report, record) VALUES ($1, $2, $3, $4)`, n.Position, n.Ref[:], report, rec); err != nil {
		return err
	}
	var text, family any
	if !r.Text.IsZero() {
		if text, family, err = t.text(report, r, k.Sketch); err != nil {
			return err
		}
	}
	published, err := json.Marshal(r.Published)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE reports SET reading = $2, text = $3, family = $4, language = $5, media = $6, author = $7, published = $8,
		outlet = CASE WHEN $9 = '' THEN outlet ELSE $9 END, title = CASE WHEN $10 = '' THEN title ELSE $10 END,
		dated = CASE WHEN $11 = '' THEN dated ELSE $11 END WHERE id = $1`,
		report, n.Position, text, family, r.Language, r.MediaType, r.Author, string(published), r.Outlet, r.Title, r.Published.From)
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM words WHERE rowid = $1`, report); err != nil {
		return err
	}
	if k.Title == "" && k.Body == "" {
		return nil
	}
	_, err = t.exec(`INSERT INTO words (rowid, title, body) VALUES ($1, $2, $3)`, report, k.Title, k.Body)
	return err
}

func (t *Tx) text(report int64, r evidence.Text, sketch []byte) (id, family any, err error) {
	text, err := t.textOf(r.Text)
	if err != nil {
		return nil, nil, err
	}
	if text != 0 {
		var f int64
		_, err := t.row(`SELECT family FROM texts WHERE id = $1`, []any{text}, &f)
		return text, f, err
	}
	// A new text is a family of its own: it is named after itself.
	text, err = t.exec(`INSERT INTO texts (hash, hashkey, report, size, language, gate, codebook, coding, family)
		VALUES ($1, $2, $3, $4, $5, '', 0, 0, (SELECT COALESCE(MAX(id), 0) + 1 FROM texts))`, r.Text[:], key(r.Text), report, r.Size, r.Language)
	if err != nil {
		return nil, nil, err
	}
	remember(t.w.known.texts, r.Text, text)
	if sketch == nil {
		sketch = []byte{}
	}
	_, err = t.exec(`INSERT INTO sketches (text, sketch) VALUES ($1, $2)`, text, sketch)
	return text, text, err
}

// Codebook makes the row of a codebook that is in force from here on.
func (t *Tx) Codebook(n Noted, u evidence.CodebookUse) error {
	rec, err := record(u)
	if err != nil {
		return err
	}
	t.w.known.book, err = t.exec(`INSERT INTO codebooks (position, ref, yaml, record) VALUES ($1, $2, $3, $4)`, n.Position, n.Ref[:], u.YAML[:], rec)
	t.w.known.bookYAML = u.YAML
	return err
}

// bookSeq returns the sequence of the latest codebook with this YAML, 0 if none.
func (t *Tx) bookSeq(yaml evidence.Hash) (int64, error) {
	if t.w.known.book != 0 && t.w.known.bookYAML == yaml {
		return t.w.known.book, nil
	}
	var seq int64
	if _, err := t.row(`SELECT COALESCE(MAX(seq), 0) FROM codebooks WHERE yaml = $1`, []any{yaml[:]}, &seq); err != nil {
		return 0, err
	}
	var latest int64
	if _, err := t.row(`SELECT COALESCE(MAX(seq), 0) FROM codebooks`, nil, &latest); err != nil {
		return 0, err
	}
	if seq == latest {
		t.w.known.book, t.w.known.bookYAML = seq, yaml
	}
	return seq, nil
}

// Coding makes the rows of a coding; a later one of the same text takes its place.
// Statements that somebody judged stay, whatever the machine says now.
func (t *Tx) Coding(n Noted, c evidence.Coding) error {
	text, err := t.textOf(c.Text)
	if err != nil || text == 0 {
		return err
	}
	seq, err := t.bookSeq(c.Codebook)
	if err != nil {
		return err
	}
	origins, err := list(c.Origins)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO codings (position, ref, text, capture, codebook, coder, at, origins) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.Position, n.Ref[:], text, c.Capture[:], c.Codebook[:], c.Coder, millis(c.At), origins)
	if err != nil {
		return err
	}
	var before int64
	if _, err := t.row(`SELECT coding FROM texts WHERE id = $1`, []any{text}, &before); err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE texts SET gate = $2, codebook = $3, coding = $4 WHERE id = $1`, text, string(c.Gate), seq, n.Position); err != nil {
		return err
	}
	return t.suggest(text, before != 0, c)
}

func (t *Tx) suggest(text int64, again bool, c evidence.Coding) error {
	if again {
		for _, q := range []string{`DELETE FROM figures WHERE text = $1`, `DELETE FROM voices WHERE text = $1`, `UPDATE statements SET machine = 0, suggestion = '' WHERE text = $1`} {
			if _, err := t.exec(q, text); err != nil {
				return err
			}
		}
	}
	for _, f := range c.Figures {
		if err := t.figure(text, f); err != nil {
			return err
		}
	}
	if err := t.voices(text, c.Origins); err != nil {
		return err
	}
	for _, s := range c.Statements {
		if err := t.suggestion(text, s); err != nil {
			return fmt.Errorf("statement %s: %w", s.ID, err)
		}
	}
	if again {
		for _, q := range []string{`DELETE FROM statements WHERE text = $1 AND machine = 0 AND standing = 'suggested'`,
			`DELETE FROM spots WHERE text = $1 AND statement NOT IN (SELECT id FROM statements WHERE text = $1)`} {
			if _, err := t.exec(q, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// suggestion makes or renews the row of what the machine says. Of a statement that a
// person judged, it changes only what the machine alone says.
func (t *Tx) suggestion(text int64, s evidence.Statement) error {
	because, err1 := list(s.Because)
	places, err2 := list(s.Places)
	said, err3 := interval(s.When)
	suggestion, err4 := record(s)
	heard, err5 := list(s.Origins)
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			return err
		}
	}
	var id int64
	var standing string
	found, err := t.row(`SELECT id, standing FROM statements WHERE namekey = $1 AND name = $2`, []any{nameKey(s.ID), s.ID}, &id, &standing)
	if err != nil {
		return err
	}
	since, until := days(s.When)
	if !found {
		id, err = t.exec(`INSERT INTO statements (name, namekey, text, code, modality, gate, sensitivity, language, quote, first, past, place, happened,
			replaces, because, places, said, machine, suggestion, standing, coder, reviewer, since, until, heard)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', $12, $13, $14, 1, $15, 'suggested', '', '', $16, $17, $18)`,
			s.ID, nameKey(s.ID), text, s.Code, string(s.Modality), string(s.Gate), string(s.Sensitivity), s.Language, s.Quote, s.Start, s.End,
			because, places, said, suggestion, since, until, heard)
		if err != nil {
			return err
		}
		return t.spots(text, id, s.Places)
	}
	if _, err := t.exec(`UPDATE statements SET gate = $2, sensitivity = $3, language = $4, because = $5, places = $6, said = $7, machine = 1, suggestion = $8,
		heard = $9 WHERE id = $1`, id, string(s.Gate), string(s.Sensitivity), s.Language, because, places, said, suggestion, heard); err != nil {
		return err
	}
	if standing == string(evidence.Suggested) {
		if _, err := t.exec(`UPDATE statements SET modality = $2, quote = $3 WHERE id = $1`, id, string(s.Modality), s.Quote); err != nil {
			return err
		}
	}
	if _, err := t.exec(`UPDATE statements SET since = $2, until = $3 WHERE id = $1 AND happened = ''`, id, since, until); err != nil {
		return err
	}
	return t.spots(text, id, s.Places)
}

func interval(v *evidence.Interval) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func uninterval(s string) (*evidence.Interval, error) {
	if s == "" {
		return nil, nil
	}
	v := &evidence.Interval{}
	return v, json.Unmarshal([]byte(s), v)
}

// Copy makes the row of a copy and makes one family of the families of both texts. A
// family is named after its first text.
func (t *Tx) Copy(n Noted, c evidence.Copy) error {
	text, err := t.textOf(c.Text)
	if err != nil {
		return err
	}
	other, err := t.textOf(c.Other)
	if err != nil || text == 0 || other == 0 {
		return err
	}
	_, err = t.exec(`INSERT INTO copies (position, ref, text, other, relation, similarity, method, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.Position, n.Ref[:], text, other, string(c.Relation), c.Similarity, c.Method, millis(c.At))
	if err != nil {
		return err
	}
	var a, b int64
	for _, x := range []struct {
		text int64
		into *int64
	}{{text, &a}, {other, &b}} {
		if _, err := t.row(`SELECT family FROM texts WHERE id = $1`, []any{x.text}, x.into); err != nil {
			return err
		}
	}
	if a == b {
		return nil
	}
	from, into := max(a, b), min(a, b)
	for _, q := range []string{`UPDATE texts SET family = $2 WHERE family = $1`, `UPDATE reports SET family = $2 WHERE family = $1`} {
		if _, err := t.exec(q, from, into); err != nil {
			return err
		}
	}
	return nil
}

// Extent makes the row of a noted run of the vault's bytes.
func (t *Tx) Extent(x Extent) error {
	_, err := t.exec(`INSERT INTO extents (position, segment, lo, hi, hash) VALUES ($1, $2, $3, $4, $5)`, x.Position, x.Segment, x.From, x.To, x.Hash[:])
	return err
}

// phrase makes a full-text query out of terms: each a phrase, all of which must occur.
func phrase(terms []string) string {
	quoted := slices.Clone(terms)
	for i, s := range quoted {
		quoted[i] = `"` + strings.ReplaceAll(s, `"`, ` `) + `"`
	}
	return strings.Join(quoted, " AND ")
}
