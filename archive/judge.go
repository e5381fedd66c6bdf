package archive

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/vault"
)

const (
	maxReason = 10_000 // bytes
	maxBulk   = 1_000  // decisions in one call
)

// Judge makes decisions for an account; each has its own outcome, in order, and a later
// one sees what an earlier one did. The rules are asked inside the turn: of two people
// who confirm and return at the same time, one is refused.
func (a *Archive) Judge(ctx context.Context, account string, js []Judgment) ([]Outcome, error) {
	if len(js) == 0 || len(js) > maxBulk {
		return nil, fmt.Errorf("judge: %d decisions in one call, want 1 to %d: %w", len(js), maxBulk, evidence.ErrUsage)
	}
	out := make([]Outcome, len(js))
	acts := make([]*act, len(js))
	r := &request{prepare: func(ctx context.Context) ([]*act, error) {
		b := &bench{ctx: ctx, a: a, account: account, states: map[string]evidence.State{}, statements: map[string]evidence.Judged{}}
		var err error
		if b.role, err = a.role(ctx, account); err != nil {
			return nil, err
		}
		var list []*act
		for i, j := range js {
			acts[i], out[i], err = b.decide(j)
			if err != nil && !told(err) {
				return nil, err
			}
			if out[i].Err = err; err == nil {
				list = append(list, acts[i])
			}
		}
		return list, nil
	}}
	if err := a.commit(ctx, r); err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	for i, x := range acts {
		if out[i].Err == nil {
			out[i].Position = x.position
		}
	}
	return out, nil
}

// told reports whether an error is an answer to the person, not a failure of the house.
func told(err error) bool {
	return errors.Is(err, evidence.ErrRefused) || errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrUsage)
}

// role returns what an account may do now, ErrRefused if nothing.
func (a *Archive) role(ctx context.Context, account string) (evidence.Role, error) {
	acc, err := a.cat.Account(ctx, account)
	if err != nil && !errors.Is(err, evidence.ErrNotFound) {
		return "", err
	}
	if err != nil || !acc.Active {
		return "", fmt.Errorf("account %q may not act in this case: %w", account, evidence.ErrRefused)
	}
	return acc.Role, nil
}

// bench is where one call to Judge or Gather decides: the catalog, and on top of it what
// the call has decided so far.
type bench struct {
	ctx        context.Context
	a          *Archive
	account    string
	role       evidence.Role
	states     map[string]evidence.State // of statements and events
	statements map[string]evidence.Judged
}

// State implements standings.
func (b *bench) State(id string) (evidence.State, error) {
	if s, ok := b.states[id]; ok {
		return s, nil
	}
	s, err := b.a.cat.Statement(b.ctx, id)
	if errors.Is(err, evidence.ErrNotFound) {
		return evidence.State{}, nil
	}
	return s.State, err
}

// EventState implements standings.
func (b *bench) EventState(id string) (evidence.State, error) {
	if s, ok := b.states[id]; ok {
		return s, nil
	}
	e, err := b.a.cat.Event(b.ctx, id)
	if errors.Is(err, evidence.ErrNotFound) {
		return evidence.State{}, nil
	}
	return e.State, err
}

// judged returns a statement as it stands.
func (b *bench) judged(id string) (evidence.Judged, error) {
	if j, ok := b.statements[id]; ok {
		return j, nil
	}
	s, err := b.a.cat.Statement(b.ctx, id)
	return s.Judged, err
}

func (b *bench) decide(j Judgment) (*act, Outcome, error) {
	d, err := b.decision(j)
	if err != nil {
		return nil, Outcome{Statement: j.Statement, Event: j.Event}, err
	}
	x := &act{kind: evidence.KindDecision, who: b.account, at: d.At}
	if err := b.reason(x, &d, j); err != nil {
		return nil, Outcome{Statement: j.Statement, Event: j.Event}, err
	}
	x.record = d
	if err := x.encode(); err != nil {
		return nil, Outcome{}, err
	}
	m, err := judgedBy(b, d, b.role, x.ref)
	if err != nil {
		return nil, Outcome{Statement: j.Statement, Event: j.Event}, err
	}
	o := Outcome{Event: d.Event, Standing: m.state.Standing, Record: x.ref}
	if d.Event != "" {
		b.states[d.Event] = m.state
		return x, o, nil
	}
	o.Statement = d.Statement.ID
	b.states[o.Statement], b.statements[o.Statement] = m.state, *d.Statement
	if m.replaced != nil {
		b.states[d.Statement.Replaces] = *m.replaced
	}
	return x, o, nil
}

// decision fills in the record, and refuses what has no anchor.
func (b *bench) decision(j Judgment) (evidence.Decision, error) {
	d := evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: j.Act, By: b.account, At: b.a.now()}
	if (j.Event != "") == (j.Statement != "" || j.Act == evidence.ActAdd) {
		return d, fmt.Errorf("%s: name a statement or an event: %w", j.Act, evidence.ErrUsage)
	}
	if j.Event != "" {
		return d, b.onEvent(&d, j)
	}
	var s evidence.Judged
	var err error
	if j.Act == evidence.ActAdd {
		s, err = b.added(j)
	} else if s, err = b.judged(j.Statement); err == nil {
		var before evidence.State
		if before, err = b.State(j.Statement); err == nil {
			d.Previous = before.Last
			err = unmoved(before, j.Seen)
		}
	}
	if err == nil && j.Act == evidence.ActCorrect {
		s, err = corrected(s, j)
	}
	if err == nil {
		err = b.anchor(&s)
	}
	d.Statement = &s
	return d, err
}

func unmoved(s evidence.State, seen evidence.Hash) error {
	if !seen.IsZero() && seen != s.Last {
		return evidence.WithHint(fmt.Errorf("somebody judged it meanwhile: it is %s: %w", s.Standing, evidence.ErrRefused), "look at it again")
	}
	return nil
}

func (b *bench) onEvent(d *evidence.Decision, j Judgment) error {
	e, err := b.a.cat.Event(b.ctx, j.Event)
	if err != nil {
		return err
	}
	s, err := b.EventState(j.Event)
	if err != nil {
		return err
	}
	if err := unmoved(s, j.Seen); err != nil {
		return err
	}
	if j.Act == evidence.ActConfirm {
		for _, id := range e.Statements {
			if err := b.bears(id); err != nil {
				return fmt.Errorf("confirm the event: %w", err)
			}
		}
	}
	d.Event, d.Previous = j.Event, s.Last
	return nil
}

// bears refuses a statement that no event may rest on.
func (b *bench) bears(id string) error {
	s, err := b.State(id)
	if err != nil {
		return err
	}
	if s.Standing == "" {
		return fmt.Errorf("statement %q: %w", id, evidence.ErrNotFound)
	}
	if s.Standing != evidence.Confirmed {
		return fmt.Errorf("statement %s is %s; only confirmed statements bear an event: %w", id, s.Standing, evidence.ErrRefused)
	}
	j, err := b.judged(id)
	if err == nil && j.Modality != evidence.Occurred {
		err = fmt.Errorf("statement %s speaks of what was %s; only what occurred bears an event: %w", id, j.Modality, evidence.ErrRefused)
	}
	return err
}

// added makes the statement that a person adds.
func (b *bench) added(j Judgment) (evidence.Judged, error) {
	s := evidence.Judged{Text: j.Text, Code: j.Code, Modality: j.Modality, Start: j.Start, End: j.End, Place: j.Place, When: j.When}
	report, err := b.a.cat.ReportOf(b.ctx, j.Text)
	if err != nil {
		return s, err
	}
	d, err := b.a.cat.Report(b.ctx, report)
	if err != nil {
		return s, err
	}
	if d.Report.Text != j.Text {
		return s, fmt.Errorf("text %s: %w", j.Text, evidence.ErrNotFound)
	}
	s.Capture = d.Report.Capture
	s.ID = evidence.StatementID(s.Text, s.Code, s.Start, s.End)
	return s, nil
}

// corrected changes what the judgment names, and keeps the rest.
func corrected(s evidence.Judged, j Judgment) (evidence.Judged, error) {
	old := s
	if j.Code != "" {
		s.Code = j.Code
	}
	if j.Modality != "" {
		s.Modality = j.Modality
	}
	if j.Start != 0 || j.End != 0 {
		s.Start, s.End = j.Start, j.End
	}
	if j.Place != "" {
		s.Place = j.Place
	}
	if j.When != nil {
		s.When = j.When
	}
	s.ID = evidence.StatementID(s.Text, s.Code, s.Start, s.End)
	s.Replaces = ""
	if s.ID != old.ID {
		s.Replaces = old.ID
	} else if s.Modality == old.Modality && s.Place == old.Place && (j.When == nil || old.When != nil && *old.When == *j.When) {
		return s, fmt.Errorf("correct: nothing is different: %w", evidence.ErrUsage)
	}
	return s, nil
}

// anchor takes the quote from the text itself, and refuses what does not stand there.
func (b *bench) anchor(s *evidence.Judged) error {
	if !s.Modality.Known() {
		return fmt.Errorf("modality %q: %w", s.Modality, evidence.ErrUsage)
	}
	if err := b.coded(s.Code); err != nil {
		return err
	}
	if s.When != nil {
		if err := checkInterval(*s.When); err != nil {
			return err
		}
	}
	raw, err := b.a.vault.Get(b.ctx, s.Text)
	if err != nil {
		return err
	}
	text := string(raw)
	if s.Start < 0 || s.Start >= s.End || s.End > len(text) || !utf8.RuneStart(text[s.Start]) || s.End < len(text) && !utf8.RuneStart(text[s.End]) {
		return fmt.Errorf("bytes %d to %d are no words of a text of %d bytes: %w", s.Start, s.End, len(text), evidence.ErrRefused)
	}
	quote := text[s.Start:s.End]
	if s.Quote != "" && s.Replaces == "" && s.Quote != quote {
		return fmt.Errorf("statement %s: its quote does not stand at %d-%d: %w", s.ID, s.Start, s.End, evidence.ErrTampered)
	}
	if strings.TrimSpace(quote) == "" {
		return fmt.Errorf("bytes %d to %d hold no words: %w", s.Start, s.End, evidence.ErrRefused)
	}
	s.Quote = quote
	s.Place = valid(strings.TrimSpace(s.Place))
	return nil
}

// coded refuses a code that no codebook of this case has.
func (b *bench) coded(code string) error {
	if code == "" {
		return fmt.Errorf("a statement needs a code: %w", evidence.ErrUsage)
	}
	list, err := b.a.cat.Codebooks(b.ctx)
	if err != nil {
		return err
	}
	for _, use := range list { // the one in force first; a judged statement may be of an earlier one
		book, err := b.a.kept(b.ctx, use.YAML)
		if err != nil {
			return err
		}
		for _, c := range book.Codes() {
			if c.ID == code {
				return nil
			}
		}
	}
	return fmt.Errorf("no codebook of this case has the code %q: %w", code, evidence.ErrUsage)
}

// reason makes the object that says why.
func (b *bench) reason(x *act, d *evidence.Decision, j Judgment) error {
	words := strings.TrimSpace(valid(j.Reason))
	needed := j.Act != evidence.ActAccept && j.Act != evidence.ActConfirm
	if words == "" && needed {
		return evidence.WithHint(fmt.Errorf("%s needs a reason: %w", j.Act, evidence.ErrUsage), "say in a sentence why")
	}
	if len(words) > maxReason {
		return fmt.Errorf("a reason of %d bytes, at most %d: %w", len(words), maxReason, evidence.ErrUsage)
	}
	if words == "" {
		return nil
	}
	nonce, err := b.a.nonce()
	if err != nil {
		return err
	}
	o, err := evidence.Encode(evidence.Reason{Nonce: nonce, Words: words})
	if err != nil {
		return err
	}
	d.Reason = evidence.Sum(o)
	x.with = append(x.with, vault.Object{Type: "resource", MediaType: mediaRecord, At: d.At, Data: o})
	return nil
}

var _ standings = (*catalog.Tx)(nil)
