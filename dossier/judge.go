package dossier

import (
	"fmt"
	"slices"
	"time"

	"svidok/evidence"
)

// bench replays the acts of judgment in the order of the ledger. It asks evidence.State
// for every step, and adds what State cannot know: that an act carries the statement that
// it is about, and that a confirmation confirms what was coded and nothing else.
type bench struct {
	roles  map[string]evidence.Role // active accounts
	states map[string]evidence.State
	judged map[string]evidence.Judged // as the last coder left it
	events map[string]evidence.Event  // the latest record
	acts   map[string][]act           // by statement or event
	refs   map[string][]evidence.Hash // records about a statement or an event

	replaced map[string][]string // statement -> what it was put in the place of
}

// act is one step of a history as it may leave the house.
type act struct {
	Act   string        `json:"act"` // an evidence.Act, or "gather" and "withdraw"
	By    string        `json:"by"`
	Role  evidence.Role `json:"role"`
	At    time.Time     `json:"at"`
	Entry int64         `json:"entry"`
}

func newBench() *bench {
	return &bench{
		roles: map[string]evidence.Role{}, states: map[string]evidence.State{}, judged: map[string]evidence.Judged{},
		events: map[string]evidence.Event{}, acts: map[string][]act{}, refs: map[string][]evidence.Hash{},
		replaced: map[string][]string{},
	}
}

// role takes an account as it is from here on.
func (b *bench) role(id string, role evidence.Role, active bool) {
	if !active {
		role = ""
	}
	b.roles[id] = role
}

// suggest notes that a machine suggested the statement.
func (b *bench) suggest(id string) {
	if b.states[id].Standing == "" {
		b.states[id] = evidence.State{Standing: evidence.Suggested}
	}
}

func (b *bench) decide(index int64, ref evidence.Hash, d evidence.Decision) error {
	if (d.Statement == nil) == (d.Event == "") {
		return fmt.Errorf("a decision is about a statement or an event, not both or neither: %w", evidence.ErrFormat)
	}
	id := d.Event
	if d.Statement != nil {
		id = d.Statement.ID
		if err := checkJudged(*d.Statement); err != nil {
			return err
		}
	} else if d.Act != evidence.ActConfirm && d.Act != evidence.ActReturn {
		return fmt.Errorf("%s on event %s: an event is confirmed or returned: %w", d.Act, id, evidence.ErrRefused)
	}
	if err := b.answers(id, d); err != nil {
		return err
	}
	if err := b.supersede(ref, d); err != nil {
		return err
	}
	next, err := b.states[id].Next(d.Act, d.By, b.roles[d.By], ref)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	if d.Statement != nil {
		if err := b.sameStatement(d); err != nil {
			return err
		}
	}
	b.states[id] = next
	b.note(id, string(d.Act), d.By, d.At, index, ref)
	return nil
}

// answers checks that a decision that names the one before names one about the same thing.
func (b *bench) answers(id string, d evidence.Decision) error {
	if d.Previous.IsZero() || slices.Contains(b.refs[id], d.Previous) {
		return nil
	}
	if d.Statement != nil && slices.Contains(b.refs[d.Statement.Replaces], d.Previous) {
		return nil
	}
	return fmt.Errorf("%s on %s answers %s, which is no earlier record about it: %w", d.Act, id, d.Previous, evidence.ErrRefused)
}

func (b *bench) supersede(ref evidence.Hash, d evidence.Decision) error {
	if d.Statement == nil || d.Act != evidence.ActCorrect {
		return nil
	}
	old, id := d.Statement.Replaces, d.Statement.ID
	if old == "" || old == id {
		if b.states[id].Standing == "" {
			return fmt.Errorf("correct %s: there is no such statement: %w", id, evidence.ErrRefused)
		}
		return nil
	}
	state, err := b.states[old].Supersede(d.By, ref)
	if err != nil {
		return fmt.Errorf("%s: %w", old, err)
	}
	b.states[old] = state
	b.refs[old] = append(b.refs[old], ref)
	b.replaced[id] = append(b.replaced[id], old)
	return nil
}

// sameStatement: a reviewer judges the statement as the coder left it.
func (b *bench) sameStatement(d evidence.Decision) error {
	now := *d.Statement
	now.Replaces = ""
	if d.Act == evidence.ActConfirm || d.Act == evidence.ActReturn {
		was, ok := b.judged[now.ID]
		if ok && !equalJudged(was, now) {
			return fmt.Errorf("%s %s: it is not as it was coded: %w", d.Act, now.ID, evidence.ErrRefused)
		}
		return nil
	}
	b.judged[now.ID] = now
	return nil
}

func equalJudged(a, b evidence.Judged) bool {
	sameWhen := (a.When == nil) == (b.When == nil) && (a.When == nil || *a.When == *b.When)
	a.When, b.When = nil, nil
	return sameWhen && a == b
}

// checkJudged checks what a statement says of itself without its text.
func checkJudged(s evidence.Judged) error {
	if s.Start < 0 || s.End <= s.Start || s.End-s.Start != len(s.Quote) {
		return fmt.Errorf("statement %s: offsets %d to %d for a quote of %d bytes: %w", s.ID, s.Start, s.End, len(s.Quote), evidence.ErrFormat)
	}
	if evidence.StatementID(s.Text, s.Code, s.Start, s.End) != s.ID {
		return fmt.Errorf("statement %s: its name is not that of its anchor and code: %w", s.ID, evidence.ErrTampered)
	}
	if !s.Modality.Known() {
		return fmt.Errorf("statement %s: unknown modality %q: %w", s.ID, clip(string(s.Modality)), evidence.ErrFormat)
	}
	return nil
}

// anchored reports whether the statement stands at its words in its text.
func anchored(text []byte, start, end int, quote string) bool {
	return start >= 0 && start < end && end <= len(text) && string(text[start:end]) == quote
}

func (b *bench) gather(index int64, ref evidence.Hash, e evidence.Event) error {
	if !e.Previous.IsZero() && !slices.Contains(b.refs[e.ID], e.Previous) {
		return fmt.Errorf("event %s answers %s, which is no earlier record about it: %w", e.ID, e.Previous, evidence.ErrRefused)
	}
	next, err := b.states[e.ID].Gather(e.By, b.roles[e.By], e.Withdrawn, ref)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.ID, err)
	}
	what := "gather"
	if e.Withdrawn {
		what = "withdraw"
	}
	b.states[e.ID], b.events[e.ID] = next, e
	b.note(e.ID, what, e.By, e.At, index, ref)
	return nil
}

func (b *bench) note(id, what, by string, at time.Time, index int64, ref evidence.Hash) {
	b.refs[id] = append(b.refs[id], ref)
	b.acts[id] = append(b.acts[id], act{Act: what, By: by, Role: b.roles[by], At: at, Entry: index})
}

// finding reports whether the statement was confirmed by a second person and may stand in
// an event, and if not, why.
func (b *bench) finding(id string) error {
	s := b.states[id]
	if s.Standing != evidence.Confirmed {
		return fmt.Errorf("statement %s is %s, not confirmed: %w", id, standing(s), evidence.ErrRefused)
	}
	if s.Coder == s.Reviewer || s.Coder == "" || s.Reviewer == "" {
		return fmt.Errorf("statement %s was coded and confirmed by one person: %w", id, evidence.ErrRefused)
	}
	if m := b.judged[id].Modality; m != evidence.Occurred {
		return fmt.Errorf("statement %s is %s: only what occurred may stand in an event: %w", id, m, evidence.ErrRefused)
	}
	return nil
}

// released reports whether the event and all of its findings may leave.
func (b *bench) released(id string) (evidence.Event, error) {
	e, s := b.events[id], b.states[id]
	if s.Standing != evidence.Confirmed || s.Coder == s.Reviewer {
		return e, evidence.WithHint(fmt.Errorf("event %s is %s, not confirmed: %w", id, standing(s), evidence.ErrRefused),
			"a second person with the role of reviewer must confirm it")
	}
	if len(e.Statements) == 0 {
		return e, fmt.Errorf("event %s gathers nothing: %w", id, evidence.ErrRefused)
	}
	for i, st := range e.Statements {
		if slices.Contains(e.Statements[:i], st) {
			return e, fmt.Errorf("event %s names statement %s twice: %w", id, st, evidence.ErrFormat)
		}
		if err := b.finding(st); err != nil {
			return e, fmt.Errorf("event %s: %w", id, err)
		}
	}
	return e, nil
}

func standing(s evidence.State) string {
	if s.Standing == "" {
		return "unknown"
	}
	return string(s.Standing)
}
