package catalog

import (
	"fmt"

	"svidok/evidence"
)

// Account makes or renews the row of an account.
func (t *Tx) Account(n Noted, a evidence.Account) error {
	// The password is of use only in the latest record; the history needs role and standing.
	public := a
	public.Password = ""
	rec, err := record(public)
	if err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO enrolments (position, ref, account, record) VALUES ($1, $2, $3, $4)`, n.Position, n.Ref[:], a.ID, rec); err != nil {
		return err
	}
	active := 0
	if a.Active {
		active = 1
	}
	_, err = t.exec(`INSERT INTO accounts (id, position, ref, name, role, active, password, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET position = $2, ref = $3, name = $4, role = $5, active = $6, password = $7, at = $8`,
		a.ID, n.Position, n.Ref[:], a.Name, string(a.Role), active, a.Password, millis(a.At))
	return err
}

// Role returns what an account may do at this point of the ledger: "" if it is unknown or
// not active.
func (t *Tx) Role(account string) (evidence.Role, error) {
	var r string
	_, err := t.row(`SELECT role FROM accounts WHERE id = $1 AND active = 1`, []any{account}, &r)
	return evidence.Role(r), err
}

// Release makes the row of a dossier that left, with what it rested on at this point of the
// ledger: events may be gathered anew later.
func (t *Tx) Release(n Noted, r evidence.Release) error {
	rec, err := record(r)
	if err != nil {
		return err
	}
	statements, texts, captures := map[string]bool{}, map[int64]bool{}, map[evidence.Hash]bool{}
	for _, event := range r.Events {
		if err := t.carried(event, statements, texts, captures); err != nil {
			return err
		}
	}
	for c := range captures {
		if err := t.hold(n.Position, c); err != nil {
			return err
		}
	}
	_, err = t.exec(`INSERT INTO releases (position, ref, captures, texts, findings, record) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.Position, n.Ref[:], len(captures), len(texts), len(statements), rec)
	return err
}

// carried adds what an event gathers.
func (t *Tx) carried(event string, statements map[string]bool, texts map[int64]bool, captures map[evidence.Hash]bool) error {
	for place := 0; ; place++ {
		var name string
		found, err := t.row(`SELECT statement FROM gathered WHERE event = $1 AND place = $2`, []any{event, place}, &name)
		if err != nil || !found {
			return err
		}
		var text int64
		var capture []byte
		if found, err = t.row(`SELECT text, capture FROM statements WHERE namekey = $1 AND name = $2`, []any{nameKey(name), name}, &text, &capture); err != nil {
			return err
		}
		if found {
			statements[name], texts[text] = true, true
			var c evidence.Hash
			copy(c[:], capture)
			captures[c] = true
		}
	}
}

// hold notes that an act is about a capture.
func (t *Tx) hold(act int64, ref evidence.Hash) error {
	capture, err := t.captureOf(ref)
	if err != nil || capture == 0 {
		return err
	}
	_, err = t.exec(`INSERT INTO held (custody, about) VALUES ($1, $2) ON CONFLICT DO NOTHING`, act, capture)
	return err
}

// State returns where a statement stands at this point of the ledger; the zero State if
// it is unknown.
func (t *Tx) State(statement string) (evidence.State, error) {
	var standing, coder, reviewer string
	var last []byte
	_, err := t.row(`SELECT standing, coder, reviewer, last FROM statements WHERE namekey = $1 AND name = $2`,
		[]any{nameKey(statement), statement}, &standing, &coder, &reviewer, &last)
	return state(standing, coder, reviewer, last), err
}

// EventState returns where an event stands; the zero State if it is unknown.
func (t *Tx) EventState(event string) (evidence.State, error) {
	var standing, coder, reviewer string
	var last []byte
	_, err := t.row(`SELECT standing, coder, reviewer, last FROM events WHERE id = $1`, []any{event}, &standing, &coder, &reviewer, &last)
	return state(standing, coder, reviewer, last), err
}

func state(standing, coder, reviewer string, last []byte) evidence.State {
	s := evidence.State{Standing: evidence.Standing(standing), Coder: coder, Reviewer: reviewer}
	copy(s.Last[:], last)
	return s
}

// Decision makes the row of a decision. void says which rule it broke, "" if none.
func (t *Tx) Decision(n Noted, d evidence.Decision, void string) error {
	rec, err := record(d)
	if err != nil {
		return err
	}
	var statement, replaces string
	var text int64
	if d.Statement != nil {
		statement, replaces = d.Statement.ID, d.Statement.Replaces
		if text, err = t.textOf(d.Statement.Text); err != nil {
			return err
		}
	}
	_, err = t.exec(`INSERT INTO decisions (position, ref, statement, text, replaces, event, record, void) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.Position, n.Ref[:], statement, text, replaces, d.Event, rec, void)
	return err
}

// Judge makes or renews the row of a statement as a person judged it. sensitivity is for a
// statement that no machine suggested.
func (t *Tx) Judge(j evidence.Judged, s evidence.State, sensitivity evidence.Sensitivity) error {
	happened, err := interval(j.When)
	if err != nil {
		return err
	}
	var id int64
	found, err := t.row(`SELECT id FROM statements WHERE namekey = $1 AND name = $2`, []any{nameKey(j.ID), j.ID}, &id)
	if err != nil {
		return err
	}
	if !found {
		text, err := t.textOf(j.Text)
		if err != nil {
			return err
		}
		if text == 0 {
			return fmt.Errorf("statement %s: its text is not in the catalog: %w", j.ID, evidence.ErrFormat)
		}
		var gate, language string
		if _, err := t.row(`SELECT gate, language FROM texts WHERE id = $1`, []any{text}, &gate, &language); err != nil {
			return err
		}
		id, err = t.exec(`INSERT INTO statements (name, namekey, text, code, modality, gate, sensitivity, language, quote, first, past, place, happened,
			replaces, because, places, said, machine, suggestion, standing, coder, reviewer, since, until, heard)
			VALUES ($1, $2, $3, $4, '', $5, $6, $7, '', $8, $9, '', '', '', '', '', '', 0, '', '', '', '', '', '', '')`,
			j.ID, nameKey(j.ID), text, j.Code, gate, string(sensitivity), language, j.Start, j.End)
		if err != nil {
			return err
		}
	}
	_, err = t.exec(`UPDATE statements SET capture = $2, modality = $3, quote = $4, place = $5, happened = $6, replaces = $7,
		standing = $8, coder = $9, reviewer = $10, last = $11 WHERE id = $1`,
		id, j.Capture[:], string(j.Modality), j.Quote, j.Place, happened, j.Replaces, string(s.Standing), s.Coder, s.Reviewer, s.Last[:])
	if err != nil || j.When == nil {
		return err
	}
	since, until := days(j.When)
	_, err = t.exec(`UPDATE statements SET since = $2, until = $3 WHERE id = $1`, id, since, until)
	return err
}

// Stand moves a statement to a state and leaves the rest of it as it is.
func (t *Tx) Stand(statement string, s evidence.State) error {
	_, err := t.exec(`UPDATE statements SET standing = $3, coder = $4, reviewer = $5, last = $6 WHERE namekey = $1 AND name = $2`,
		nameKey(statement), statement, string(s.Standing), s.Coder, s.Reviewer, s.Last[:])
	return err
}

// Event makes or renews the rows of an event. void says which rule the record broke: then
// only the record itself is noted.
func (t *Tx) Event(n Noted, e evidence.Event, s evidence.State, void string) error {
	_, err := t.exec(`INSERT INTO gatherings (position, ref, event, who, at, void) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.Position, n.Ref[:], e.ID, n.Who, millis(n.At), void)
	if err != nil || void != "" {
		return err
	}
	rec, err := record(e)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO events (id, position, ref, record, standing, coder, reviewer, last) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET position = $2, ref = $3, record = $4, standing = $5, coder = $6, reviewer = $7, last = $8`,
		e.ID, n.Position, n.Ref[:], rec, string(s.Standing), s.Coder, s.Reviewer, s.Last[:])
	if err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM gathered WHERE event = $1`, e.ID); err != nil {
		return err
	}
	for i, id := range e.Statements {
		if _, err := t.exec(`INSERT INTO gathered (event, place, statement) VALUES ($1, $2, $3)`, e.ID, i, id); err != nil {
			return err
		}
	}
	return nil
}

// EventStand moves an event to a state.
func (t *Tx) EventStand(event string, s evidence.State) error {
	_, err := t.exec(`UPDATE events SET standing = $2, coder = $3, reviewer = $4, last = $5 WHERE id = $1`,
		event, string(s.Standing), s.Coder, s.Reviewer, s.Last[:])
	return err
}

// InForce returns the YAML of the codebook in force at this point of the ledger, zero if
// there is none.
func (t *Tx) InForce() (evidence.Hash, error) {
	var h evidence.Hash
	var b []byte
	_, err := t.row(`SELECT yaml FROM codebooks ORDER BY seq DESC LIMIT 1`, nil, &b)
	copy(h[:], b)
	return h, err
}
