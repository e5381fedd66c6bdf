package evidence

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"
)

// Act is what a person does to a statement or an event.
type Act string

// The acts. A person accepts, rejects, corrects or adds; a different person, with the
// role of reviewer or admin, confirms or returns. An [Event] record is itself the act
// of gathering, which a different person likewise confirms or returns.
const (
	ActAccept  Act = "accept"
	ActReject  Act = "reject"
	ActCorrect Act = "correct"
	ActAdd     Act = "add"
	ActConfirm Act = "confirm"
	ActReturn  Act = "return"
)

// Decision is one act of judgment on a statement or on an event. It carries the
// statement as judged, so that it stands when a codebook or a machine changes.
type Decision struct {
	V         int       `json:"v"` // 1
	Kind      Kind      `json:"kind"`
	Act       Act       `json:"act"`
	Statement *Judged   `json:"statement,omitempty"` // what was judged, or
	Event     string    `json:"event,omitempty"`     // which event
	Previous  Hash      `json:"previous,omitzero"`   // the decision, or event record, that this one answers
	Reason    Hash      `json:"reason,omitzero"`     // object: a [Reason]; it stays in the house
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// Reason is why. It is an object of its own, with a nonce, so that a decision can leave
// the house without it and still be proven.
type Reason struct {
	Nonce string `json:"nonce"`
	Words string `json:"words"`
}

// Judged is a statement as a person judged it: corrected where they corrected it.
type Judged struct {
	ID       string    `json:"id"`
	Capture  Hash      `json:"capture"` // capture record
	Text     Hash      `json:"text"`    // object
	Code     string    `json:"code"`
	Modality Modality  `json:"modality"`
	Quote    string    `json:"quote"`
	Start    int       `json:"start"`
	End      int       `json:"end"`
	Place    string    `json:"place,omitempty"` // as the person names it
	When     *Interval `json:"when,omitempty"`
	Replaces string    `json:"replaces,omitempty"` // ID of the statement that a correction replaces
}

// Event gathers confirmed findings. A later record of the same ID supersedes.
type Event struct {
	V          int       `json:"v"` // 1
	Kind       Kind      `json:"kind"`
	ID         string    `json:"id"` // "e:" + 16 hex digits
	Title      string    `json:"title"`
	Place      string    `json:"place"`
	PlaceID    string    `json:"place_id,omitempty"`
	When       Interval  `json:"when"`
	Statements []string  `json:"statements"` // IDs
	Basis      string    `json:"basis"`      // why these belong together; leaves with the dossier
	Withdrawn  bool      `json:"withdrawn,omitempty"`
	Previous   Hash      `json:"previous,omitzero"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

// Release notes that a dossier left the house.
type Release struct {
	V       int       `json:"v"` // 1
	Kind    Kind      `json:"kind"`
	Dossier Hash      `json:"dossier"` // SHA-256 of the manifest (manifest-sha256.txt) of the bag
	Events  []string  `json:"events"`
	Size    int64     `json:"size"` // ledger size that its proofs lead to
	To      string    `json:"to,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// StatementID names a statement by its anchor and its code: the first 16 bytes, in hex,
// of SHA-256 over text hash, code, 0, start and end (64-bit big-endian).
func StatementID(text Hash, code string, start, end int) string {
	b := append(text[:len(text):len(text)], code...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(start))
	b = binary.BigEndian.AppendUint64(b, uint64(end))
	h := Sum(b)
	return hex.EncodeToString(h[:16])
}

// Standing is where a statement or an event stands between suggestion and finding.
type Standing string

// The standings.
const (
	Suggested Standing = "suggested" // a machine said so; nobody has looked
	Coded     Standing = "coded"     // one person accepted, corrected or added it
	Rejected  Standing = "rejected"  // one person rejected it
	Confirmed Standing = "confirmed" // a second, different person confirmed: a finding
	Returned  Standing = "returned"  // a second person sent it back
	Replaced  Standing = "replaced"  // corrected: another statement stands in its place (see State.Supersede)
	Withdrawn Standing = "withdrawn" // an event that its author took back
)

// State is the standing of one statement or event and who brought it there.
type State struct {
	Standing Standing
	Coder    string // who made the last act of coding, or gathered
	Reviewer string // who confirmed or returned
	Last     Hash   // the record that made this state
}

// Next returns the state after act by a person of the given role, or ErrRefused with
// the rule that forbids it. It is the only place where the rules of judgment stand:
// the archive asks it before it notes, the follower when it reads the ledger, and the
// verifier when it checks a bundle.
func (s State) Next(act Act, by string, role Role, record Hash) (State, error) {
	if by == "" || len(by) < 3 || by[:2] != "p:" {
		return s, fmt.Errorf("%s by %q: only a person judges: %w", act, by, ErrRefused)
	}
	if !role.Known() {
		return s, fmt.Errorf("%s: %s has no role in this case: %w", act, by, ErrRefused)
	}
	switch act {
	case ActAccept, ActReject, ActCorrect, ActAdd:
		return s.code(act, by, record)
	case ActConfirm, ActReturn:
		return s.review(act, by, role, record)
	}
	return s, fmt.Errorf("%q is no act of judgment: %w", act, ErrRefused)
}

func (s State) code(act Act, by string, record Hash) (State, error) {
	if s.Standing == Withdrawn || s.Standing == Replaced {
		return s, fmt.Errorf("%s: it is %s: %w", act, s.Standing, ErrRefused)
	}
	if act == ActAdd && s.Standing != "" {
		return s, fmt.Errorf("%s: this statement is there already: %w", act, ErrRefused)
	}
	if s.Standing == "" && act != ActAdd && act != ActCorrect {
		return s, fmt.Errorf("%s: there is no such statement: %w", act, ErrRefused)
	}
	next := State{Standing: Coded, Coder: by, Last: record}
	if act == ActReject {
		next.Standing = Rejected
	}
	return next, nil
}

// Supersede returns the state of a statement in whose place a correction by the same
// record puts another one (where the corrected statement keeps its ID, nothing is
// superseded).
func (s State) Supersede(by string, record Hash) (State, error) {
	if s.Standing == "" || s.Standing == Replaced {
		return s, fmt.Errorf("correct: there is no such statement: %w", ErrRefused)
	}
	return State{Standing: Replaced, Coder: by, Last: record}, nil
}

// Gather returns the state of an event after its author noted a record of it. Whoever
// changes an event is its author from then on.
func (s State) Gather(by string, role Role, withdrawn bool, record Hash) (State, error) {
	if len(by) < 3 || by[:2] != "p:" || !role.Known() {
		return s, fmt.Errorf("gather by %q: only a person with a role gathers: %w", by, ErrRefused)
	}
	if withdrawn && s.Standing == "" {
		return s, fmt.Errorf("withdraw: there is no such event: %w", ErrRefused)
	}
	next := State{Standing: Coded, Coder: by, Last: record}
	if withdrawn {
		next.Standing = Withdrawn
	}
	return next, nil
}

func (s State) review(act Act, by string, role Role, record Hash) (State, error) {
	if role == RoleCoder {
		return s, fmt.Errorf("%s: a coder cannot review; it takes a reviewer: %w", act, ErrRefused)
	}
	ok := s.Standing == Coded || act == ActReturn && (s.Standing == Rejected || s.Standing == Confirmed)
	if !ok {
		return s, fmt.Errorf("%s: it is %s, and only what a person coded is reviewed: %w", act, s.Standing, ErrRefused)
	}
	if by == s.Coder {
		return s, fmt.Errorf("%s: %s coded it, and a second person must review: %w", act, by, ErrRefused)
	}
	next := State{Standing: Confirmed, Coder: s.Coder, Reviewer: by, Last: record}
	if act == ActReturn {
		next.Standing = Returned
	}
	return next, nil
}
