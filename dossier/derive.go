package dossier

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

// finding is one line of data/findings.jsonl: the allow-list of what is said of a finding.
type finding struct {
	ID          string               `json:"id"`
	Code        string               `json:"code"`
	Name        string               `json:"name"`
	Sensitivity evidence.Sensitivity `json:"sensitivity"`
	Modality    evidence.Modality    `json:"modality"`
	Quote       string               `json:"quote"`
	Start       int                  `json:"start"`
	End         int                  `json:"end"`
	Text        evidence.Hash        `json:"text"`
	Capture     evidence.Hash        `json:"capture"`
	Language    string               `json:"language"`
	Place       string               `json:"place,omitempty"`
	When        *evidence.Interval   `json:"when,omitempty"`
	Events      []string             `json:"events"`
	Decisions   []act                `json:"decisions"`
}

// source is one line of data/sources.jsonl: one reading of one captured report.
type source struct {
	Text         evidence.Hash `json:"text"`
	Capture      evidence.Hash `json:"capture"`
	Payload      evidence.Hash `json:"payload"`
	Size         int64         `json:"size"`
	Original     bool          `json:"original"` // the payload is in the bundle
	Outlet       string        `json:"outlet,omitempty"`
	Title        string        `json:"title,omitempty"`
	Address      string        `json:"address,omitempty"`
	Published    string        `json:"published,omitempty"`
	Language     string        `json:"language"`
	Received     time.Time     `json:"received"`
	Family       int           `json:"family"`
	CaptureEntry int64         `json:"capture_entry"`
	TextEntry    int64         `json:"text_entry"`
}

// eventOut is one line of data/events.jsonl.
type eventOut struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	Place       string            `json:"place"`
	PlaceID     string            `json:"place_id,omitempty"`
	When        evidence.Interval `json:"when"`
	Basis       string            `json:"basis"`
	Findings    []string          `json:"findings"`
	Reports     int               `json:"reports"`     // texts
	Independent int               `json:"independent"` // families of copies among them
	Decisions   []act             `json:"decisions"`
}

// copies is data/copies.json.
type copies struct {
	Families []copyFamily `json:"families"`
	Pairs    []copyPair   `json:"pairs,omitempty"`
}

type copyFamily struct {
	Family  int             `json:"family"`
	Texts   []evidence.Hash `json:"texts"`
	Outside int             `json:"outside,omitempty"`
}

type copyPair struct {
	Text       evidence.Hash     `json:"text"`
	Other      evidence.Hash     `json:"other"`
	Relation   evidence.Relation `json:"relation"`
	Similarity float64           `json:"similarity"`
	Entry      int64             `json:"entry"`
}

// derived is what follows from contents.
type derived struct {
	findings []finding
	sources  []source
	events   []eventOut
	copies   copies
	indexOf  map[evidence.Hash]int64 // record -> entry
}

// replay is a walk over the lines with the records opened.
type replay struct {
	c        *contents
	bench    *bench
	captures map[evidence.Hash]evidence.Capture
	texts    map[[2]evidence.Hash]source        // capture, text object
	textRefs map[[2]evidence.Hash]evidence.Hash // its record
	pairs    []copyPair
	codebook evidence.Hash
	opened   map[evidence.Hash]int64
}

// derive judges the contents, and gives what may be said on their ground. It is the one
// rule for Write and for Verify.
func derive(c *contents) (*derived, error) {
	r := &replay{c: c, bench: newBench(), captures: map[evidence.Hash]evidence.Capture{},
		texts: map[[2]evidence.Hash]source{}, textRefs: map[[2]evidence.Hash]evidence.Hash{}, opened: map[evidence.Hash]int64{}}
	for _, l := range c.lines {
		if err := r.step(l); err != nil {
			return nil, err
		}
	}
	for ref := range c.records {
		if _, ok := r.opened[ref]; !ok {
			return nil, fmt.Errorf("record %s has no entry: %w", ref, evidence.ErrFormat)
		}
	}
	if r.codebook.IsZero() || evidence.Sum(c.codebook) != r.codebook {
		return nil, fmt.Errorf("the codebook is not the one that its record names: %w", evidence.ErrTampered)
	}
	d := &derived{indexOf: r.opened}
	if err := r.collect(d); err != nil {
		return nil, err
	}
	return d, r.nothingElse(d)
}

func (r *replay) step(l line) error {
	r.opened[l.entry.Ref] = l.Index
	stated := r.c.rolesAt(l.Index)
	if (len(stated) == 1) != (l.entry.Kind == evidence.KindAccount) {
		return fmt.Errorf("entry %d: %d roles are stated at an entry of kind %s: %w", l.Index, len(stated), l.entry.Kind, evidence.ErrFormat)
	}
	switch l.entry.Kind {
	case evidence.KindAccount:
		r.bench.role(stated[0].ID, stated[0].Role, stated[0].Active)
	case evidence.KindCoding:
		for _, s := range r.c.stated.Suggested {
			if s.Entry == l.Index {
				r.bench.suggest(s.Statement)
			}
		}
	case evidence.KindCodebook:
		v, err := decode(r.c, l, func(v evidence.CodebookUse) (evidence.Kind, string) { return v.Kind, v.By })
		r.codebook = v.YAML
		return err
	case evidence.KindCapture:
		return r.capture(l)
	case evidence.KindText:
		return r.text(l)
	case evidence.KindCopy:
		return r.copy(l)
	case evidence.KindDecision:
		return r.decision(l)
	case evidence.KindEvent:
		v, err := decode(r.c, l, func(v evidence.Event) (evidence.Kind, string) { return v.Kind, v.By })
		if err != nil {
			return err
		}
		return r.bench.gather(l.Index, l.entry.Ref, v)
	}
	return nil
}

func (r *replay) capture(l line) error {
	v, err := decode(r.c, l, func(v evidence.Capture) (evidence.Kind, string) { return v.Kind, "" })
	if err != nil {
		return err
	}
	if n := strings.ReplaceAll(v.Name, `\`, "/"); path.IsAbs(n) || driveLetter.MatchString(n) || strings.HasPrefix(v.Claims.Address, "file:") {
		return fmt.Errorf("entry %d: the capture names a path of a machine: %w", l.Index, evidence.ErrRefused)
	}
	if size, ok := r.c.payloads[v.Payload]; ok && size != v.Size {
		return fmt.Errorf("entry %d: the capture says %d bytes, its payload has %d: %w", l.Index, v.Size, size, evidence.ErrTampered)
	}
	r.captures[l.entry.Ref] = v
	return nil
}

func (r *replay) text(l line) error {
	v, err := decode(r.c, l, func(v evidence.Text) (evidence.Kind, string) { return v.Kind, "" })
	if err != nil {
		return err
	}
	capture, ok := r.captures[v.Capture]
	if !ok {
		return fmt.Errorf("entry %d: the capture %s of this text is missing or comes later: %w", l.Index, v.Capture, evidence.ErrNotFound)
	}
	if capture.Payload != v.Payload {
		return fmt.Errorf("entry %d: the text was read from other bytes than were captured: %w", l.Index, evidence.ErrTampered)
	}
	body, ok := r.c.texts[v.Text]
	if !ok || len(body) != v.Size {
		return fmt.Errorf("entry %d: the text %s is missing or not of %d bytes: %w", l.Index, v.Text, v.Size, evidence.ErrNotFound)
	}
	key := [2]evidence.Hash{v.Capture, v.Text}
	if _, twice := r.texts[key]; twice {
		return nil
	}
	r.textRefs[key] = l.entry.Ref
	_, original := r.c.payloads[v.Payload]
	r.texts[key] = source{Text: v.Text, Capture: v.Capture, Payload: v.Payload, Size: capture.Size, Original: original,
		Outlet: cmp.Or(v.Outlet, capture.Claims.Outlet), Title: cmp.Or(v.Title, capture.Claims.Title), Address: capture.Claims.Address,
		Published: published(v, capture), Language: v.Language, Received: capture.Received,
		CaptureEntry: r.opened[v.Capture], TextEntry: l.Index}
	return nil
}

// published is the claim about the day, as an interval where it is one.
func published(t evidence.Text, c evidence.Capture) string {
	from, to := t.Published.From, t.Published.To
	if from == "" {
		return c.Claims.Published
	}
	if to == "" || to == from {
		return from
	}
	return from + "/" + to
}

func (r *replay) copy(l line) error {
	v, err := decode(r.c, l, func(v evidence.Copy) (evidence.Kind, string) { return v.Kind, "" })
	if err != nil {
		return err
	}
	r.pairs = append(r.pairs, copyPair{v.Text, v.Other, v.Relation, v.Similarity, l.Index})
	return nil
}

func (r *replay) decision(l line) error {
	v, err := decode(r.c, l, func(v evidence.Decision) (evidence.Kind, string) { return v.Kind, v.By })
	if err != nil {
		return err
	}
	if s := v.Statement; s != nil {
		if _, ok := r.texts[[2]evidence.Hash{s.Capture, s.Text}]; !ok {
			return fmt.Errorf("entry %d: the text or capture of statement %s is missing or comes later: %w", l.Index, s.ID, evidence.ErrNotFound)
		}
		if !anchored(r.c.texts[s.Text], s.Start, s.End, s.Quote) {
			return fmt.Errorf("entry %d: statement %s does not stand at its words: %w", l.Index, s.ID, evidence.ErrTampered)
		}
		code, ok := r.c.code(s.Code)
		if !ok {
			return fmt.Errorf("entry %d: nothing is stated of the code %q: %w", l.Index, clip(s.Code), evidence.ErrNotFound)
		}
		if code.Sensitivity == evidence.SensitivityClosed && !r.c.stated.Closed {
			return evidence.WithHint(fmt.Errorf("entry %d: statement %s has the closed code %s: %w", l.Index, s.ID, s.Code, evidence.ErrRefused),
				"gather the event without it, or release with closed codes for a reader who may see them")
		}
	}
	if err := r.bench.decide(l.Index, l.entry.Ref, v); err != nil {
		return fmt.Errorf("entry %d: %w", l.Index, err)
	}
	return nil
}

// collect builds what is derived, for the stated events in their order.
func (r *replay) collect(d *derived) error {
	at := map[string]int{}
	used := map[[2]evidence.Hash]bool{}
	for i, id := range r.c.stated.Events {
		if slices.Contains(r.c.stated.Events[:i], id) {
			return fmt.Errorf("event %s is named twice: %w", id, evidence.ErrUsage)
		}
		e, err := r.bench.released(id)
		if err != nil {
			return err
		}
		for _, st := range e.Statements {
			if _, ok := at[st]; !ok {
				f := r.finding(st)
				at[st] = len(d.findings)
				d.findings = append(d.findings, f)
				used[[2]evidence.Hash{f.Capture, f.Text}] = true
			}
			d.findings[at[st]].Events = append(d.findings[at[st]].Events, id)
		}
		d.events = append(d.events, eventOut{ID: id, Title: e.Title, Place: e.Place, PlaceID: e.PlaceID, When: e.When, Basis: e.Basis,
			Findings: slices.Clone(e.Statements), Decisions: r.bench.acts[id]})
	}
	for key := range r.texts {
		d.sources = append(d.sources, r.texts[key])
	}
	slices.SortFunc(d.sources, func(a, b source) int { return cmp.Compare(a.TextEntry, b.TextEntry) })
	if err := r.families(d); err != nil {
		return err
	}
	countReports(d)
	return nil
}

func (r *replay) finding(id string) finding {
	s := r.bench.judged[id]
	code, _ := r.c.code(s.Code)
	return finding{ID: id, Code: s.Code, Name: code.Name, Sensitivity: code.Sensitivity, Modality: s.Modality,
		Quote: s.Quote, Start: s.Start, End: s.End, Text: s.Text, Capture: s.Capture,
		Language: r.texts[[2]evidence.Hash{s.Capture, s.Text}].Language,
		Place:    s.Place, When: s.When, Decisions: r.bench.acts[id]}
}
