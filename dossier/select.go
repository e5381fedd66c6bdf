package dossier

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"svidok/evidence"
	"svidok/proof"
	"svidok/timestamp"
)

// selection takes out of a Material what its events rest on, and nothing else.
type selection struct {
	m         Material
	c         *contents
	lines     []line
	records   map[evidence.Hash][]byte
	objects   map[evidence.Hash]Object
	decisions map[int64]evidence.Decision // by index of entry
	events    map[int64]evidence.Event
	texts     map[int64]evidence.Text
	captures  map[evidence.Hash]evidence.Capture // by record
	codings   map[int64]map[string]bool          // IDs that it suggests
	accounts  map[int64]evidence.Account
	take      map[int64]bool
	people    map[string]bool
	ids       map[string]bool // statements
}

func selectFrom(m Material) (*selection, error) {
	s := &selection{m: m, records: map[evidence.Hash][]byte{}, objects: map[evidence.Hash]Object{},
		decisions: map[int64]evidence.Decision{}, events: map[int64]evidence.Event{}, texts: map[int64]evidence.Text{},
		captures: map[evidence.Hash]evidence.Capture{}, codings: map[int64]map[string]bool{}, accounts: map[int64]evidence.Account{},
		take: map[int64]bool{}, people: map[string]bool{}, ids: map[string]bool{}}
	for _, o := range m.Objects {
		s.objects[o.Hash] = o
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.judgments()
	s.grounds()
	s.c = &contents{key: m.Key, note: m.Checkpoint, records: map[evidence.Hash][]byte{}, texts: map[evidence.Hash][]byte{}, payloads: map[evidence.Hash]int64{}}
	if err := s.fill(); err != nil {
		return nil, err
	}
	s.state()
	for _, x := range m.Stamps {
		b, err := timestamp.Open(x.Bundle)
		if err != nil {
			return nil, err
		}
		s.c.stamps = append(s.c.stamps, stampLine{Authority: x.Authority, Note: string(x.Note), Path: x.Path, Bundle: b})
	}
	for _, x := range m.Witnessed {
		s.c.witnesses = append(s.c.witnesses, witnessLine{Witness: x.Key, Note: string(x.Note), Path: x.Path})
	}
	for _, x := range m.Crossed {
		s.c.crosses = append(s.c.crosses, crossLine(x))
	}
	return s, nil
}

// open parses every note, and decodes the records that the selection goes by.
func (s *selection) open() error {
	for _, n := range s.m.Notes {
		if len(n.Line) == 0 || n.Line[len(n.Line)-1] != '\n' {
			return fmt.Errorf("entry %d: no line feed at its end: %w", n.Index, evidence.ErrFormat)
		}
		e, err := proof.ParseEntry(n.Line)
		if err != nil {
			return fmt.Errorf("entry %d: %w", n.Index, err)
		}
		if e.Kind == evidence.KindExtent || e.Kind == evidence.KindRelease {
			continue // say nothing of a finding
		}
		if evidence.Sum(n.Record) != e.Ref {
			return fmt.Errorf("entry %d: its record does not match its hash: %w", n.Index, evidence.ErrTampered)
		}
		s.lines = append(s.lines, line{Index: n.Index, Entry: string(n.Line[:len(n.Line)-1]), Path: n.Path, entry: e})
		s.records[e.Ref] = n.Record
		if err := s.openRecord(n.Index, e, n.Record); err != nil {
			return fmt.Errorf("entry %d: %w", n.Index, err)
		}
	}
	slices.SortFunc(s.lines, func(a, b line) int { return cmp.Compare(a.Index, b.Index) })
	s.lines = slices.CompactFunc(s.lines, func(a, b line) bool { return a.Index == b.Index })
	return nil
}

func (s *selection) openRecord(i int64, e evidence.Entry, b []byte) error {
	var err error
	switch e.Kind {
	case evidence.KindDecision:
		s.decisions[i], err = evidence.Decode[evidence.Decision](b)
	case evidence.KindEvent:
		s.events[i], err = evidence.Decode[evidence.Event](b)
	case evidence.KindText:
		s.texts[i], err = evidence.Decode[evidence.Text](b)
	case evidence.KindCapture:
		s.captures[e.Ref], err = evidence.Decode[evidence.Capture](b)
	case evidence.KindAccount:
		s.accounts[i], err = evidence.Decode[evidence.Account](b)
	case evidence.KindCoding:
		var v evidence.Coding
		if v, err = evidence.Decode[evidence.Coding](b); err == nil {
			s.codings[i] = map[string]bool{}
			for _, st := range v.Statements {
				s.codings[i][st.ID] = true
			}
		}
	}
	return err
}

// judgments takes the events' records, the decisions on them, on their statements, and on
// what these replaced or were replaced by.
func (s *selection) judgments() {
	latest := map[string]evidence.Event{}
	for _, l := range s.lines {
		if e, ok := s.events[l.Index]; ok && slices.Contains(s.m.Events, e.ID) {
			s.take[l.Index], latest[e.ID] = true, e
			s.people[e.By] = true
		}
	}
	for _, e := range latest {
		for _, id := range e.Statements {
			s.ids[id] = true
		}
	}
	for grew := true; grew; {
		grew = false
		for i, d := range s.decisions {
			if s.take[i] || !s.concerns(d) {
				continue
			}
			s.take[i], s.people[d.By], grew = true, true, true
			if d.Statement != nil {
				s.ids[d.Statement.ID] = true
				if d.Statement.Replaces != "" {
					s.ids[d.Statement.Replaces] = true
				}
			}
		}
	}
}

func (s *selection) concerns(d evidence.Decision) bool {
	if d.Statement == nil {
		return slices.Contains(s.m.Events, d.Event)
	}
	return s.ids[d.Statement.ID] || s.ids[d.Statement.Replaces]
}

// grounds takes what the judgments rest on: texts, captures, codings, copies, the
// codebook, the accounts of those who judged, the case.
func (s *selection) grounds() {
	captures, texts := map[evidence.Hash]bool{}, map[evidence.Hash]bool{}
	pairs := map[[2]evidence.Hash]bool{}
	for i, d := range s.decisions {
		if s.take[i] && d.Statement != nil {
			pairs[[2]evidence.Hash{d.Statement.Capture, d.Statement.Text}] = true
			texts[d.Statement.Text] = true
			for c := d.Statement.Capture; !captures[c]; c = s.captures[c].Parent {
				captures[c] = true
			}
		}
	}
	suggested := map[string]bool{}
	lastBook := int64(-1)
	for _, l := range s.lines {
		switch l.entry.Kind {
		case evidence.KindCase:
			s.take[l.Index] = true
		case evidence.KindCapture:
			s.take[l.Index] = captures[l.entry.Ref]
		case evidence.KindText:
			t := s.texts[l.Index]
			key := [2]evidence.Hash{t.Capture, t.Text}
			s.take[l.Index] = pairs[key]
			delete(pairs, key) // the first reading stands for all that gave the same text
		case evidence.KindCoding:
			s.take[l.Index] = s.firstCoding(l.Index, suggested)
		case evidence.KindCopy:
			v, err := evidence.Decode[evidence.Copy](s.records[l.entry.Ref])
			s.take[l.Index] = err == nil && texts[v.Text] && texts[v.Other]
		case evidence.KindCodebook:
			lastBook = l.Index
		case evidence.KindAccount:
			s.take[l.Index] = s.people[s.accounts[l.Index].ID]
		}
	}
	s.take[lastBook] = true
}

// firstCoding reports whether this coding is the first to suggest one of the statements.
func (s *selection) firstCoding(i int64, suggested map[string]bool) bool {
	first := false
	for id := range s.codings[i] {
		if s.ids[id] && !suggested[id] {
			suggested[id], first = true, true
		}
	}
	return first
}

// fill moves what was taken into the contents.
func (s *selection) fill() error {
	var book evidence.Hash
	for _, l := range s.lines {
		if !s.take[l.Index] {
			continue
		}
		s.c.lines = append(s.c.lines, l)
		switch l.entry.Kind {
		case evidence.KindAccount, evidence.KindCoding:
			continue // their records stay in the house
		case evidence.KindText:
			t := s.texts[l.Index]
			b, err := s.read(t.Text)
			if err != nil {
				return fmt.Errorf("text of entry %d: %w", l.Index, err)
			}
			s.c.texts[t.Text] = b
			if s.m.Originals {
				p := s.captures[t.Capture]
				s.c.payloads[p.Payload] = p.Size
			}
		case evidence.KindCodebook:
			v, err := evidence.Decode[evidence.CodebookUse](s.records[l.entry.Ref])
			if err != nil {
				return fmt.Errorf("entry %d: %w", l.Index, err)
			}
			book = v.YAML
		}
		s.c.records[l.entry.Ref] = s.records[l.entry.Ref]
	}
	var err error
	if s.c.codebook, err = s.read(book); err != nil {
		return fmt.Errorf("the codebook: %w", err)
	}
	return nil
}

// read reads an object whole, checked.
func (s *selection) read(h evidence.Hash) ([]byte, error) {
	o, ok := s.objects[h]
	if !ok {
		return nil, fmt.Errorf("object %s: %w", h, evidence.ErrNotFound)
	}
	if o.Size > maxWhole {
		return nil, fmt.Errorf("object %s has %d bytes: %w", h, o.Size, evidence.ErrLimit)
	}
	r, err := o.Open()
	if err != nil {
		return nil, fmt.Errorf("open object %s: %w", h, err)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxWhole+1))
	if err2 := r.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return nil, fmt.Errorf("read object %s: %w", h, err)
	}
	if evidence.Sum(b) != h {
		return nil, fmt.Errorf("object %s does not match its hash: %w", h, evidence.ErrTampered)
	}
	return b, nil
}

// state writes down what the records do not prove.
func (s *selection) state() {
	m := s.m
	out := stated{Format: format, Wording: wording, Language: m.Language, Title: m.Title, To: m.To, Made: evidence.Instant(m.Made), Tool: m.Tool,
		Originals: m.Originals, Closed: m.Closed, Events: slices.Clone(m.Events), Roles: []roleAt{}, Codes: []Code{}}
	codes := map[string]bool{}
	for i, d := range s.decisions {
		if s.take[i] && d.Statement != nil {
			codes[d.Statement.Code] = true
		}
	}
	for _, k := range m.Codes {
		if codes[k.Code] {
			out.Codes = append(out.Codes, k)
			delete(codes, k.Code)
		}
	}
	slices.SortFunc(out.Codes, func(a, b Code) int { return cmp.Compare(a.Code, b.Code) })
	suggested := map[string]bool{}
	for _, l := range s.c.lines {
		if a, ok := s.accounts[l.Index]; ok {
			out.Roles = append(out.Roles, roleAt{ID: a.ID, Role: a.Role, Active: a.Active, Entry: l.Index})
		}
		var here []string
		for id := range s.codings[l.Index] {
			if s.ids[id] && !suggested[id] {
				suggested[id] = true
				here = append(here, id)
			}
		}
		slices.Sort(here)
		for _, id := range here {
			out.Suggested = append(out.Suggested, suggestion{Statement: id, Entry: l.Index})
		}
	}
	out.Families = s.families()
	s.c.stated = out
}

// families keeps of each family what is in the bundle, and counts the rest.
func (s *selection) families() []family {
	var out []family
	for _, texts := range s.m.Families {
		var f family
		seen := map[evidence.Hash]bool{}
		for _, t := range texts {
			if seen[t] {
				continue
			}
			seen[t] = true
			if s.c.texts[t] != nil {
				f.Texts = append(f.Texts, t)
			} else {
				f.Outside++
			}
		}
		slices.SortFunc(f.Texts, func(a, b evidence.Hash) int { return cmp.Compare(a.String(), b.String()) })
		if len(f.Texts) > 0 && len(seen) > 1 {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b family) int { return cmp.Compare(a.Texts[0].String(), b.Texts[0].String()) })
	return out
}
