package dossier

import (
	"fmt"
	"slices"

	"svidok/evidence"
)

// families numbers the families of the texts, and checks that no recorded copy stands
// apart from what it copies.
func (r *replay) families(d *derived) error {
	number := map[evidence.Hash]int{}
	for i := range d.sources {
		s := &d.sources[i]
		if _, known := number[s.Text]; !known {
			f := copyFamily{Family: len(d.copies.Families) + 1, Texts: []evidence.Hash{s.Text}}
			if k := slices.IndexFunc(r.c.stated.Families, func(f family) bool { return slices.Contains(f.Texts, s.Text) }); k >= 0 {
				f.Texts, f.Outside = r.c.stated.Families[k].Texts, r.c.stated.Families[k].Outside
			}
			for _, t := range f.Texts {
				if _, twice := number[t]; twice || r.c.texts[t] == nil {
					return fmt.Errorf("family %d: text %s is in two families, or not in the bundle: %w", f.Family, t, evidence.ErrFormat)
				}
				number[t] = f.Family
			}
			d.copies.Families = append(d.copies.Families, f)
		}
		s.Family = number[s.Text]
	}
	for _, p := range r.pairs {
		if a, b := number[p.Text], number[p.Other]; a == 0 || b == 0 || a != b {
			return fmt.Errorf("entry %d: %s copies %s, and they are not stated as one family: %w", p.Entry, p.Text, p.Other, evidence.ErrRefused)
		}
	}
	for _, f := range r.c.stated.Families {
		for _, t := range f.Texts {
			if number[t] == 0 {
				return fmt.Errorf("a family is stated of text %s, which is not in the bundle: %w", t, evidence.ErrFormat)
			}
		}
	}
	d.copies.Pairs = r.pairs
	return nil
}

func countReports(d *derived) {
	families := map[evidence.Hash]int{}
	for _, s := range d.sources {
		families[s.Text] = s.Family
	}
	for i := range d.events {
		texts, origins := map[evidence.Hash]bool{}, map[int]bool{}
		for _, f := range d.findings {
			if slices.Contains(f.Events, d.events[i].ID) {
				texts[f.Text], origins[families[f.Text]] = true, true
			}
		}
		d.events[i].Reports, d.events[i].Independent = len(texts), len(origins)
	}
}

// nothingElse checks that the bundle holds nothing that no released event rests on: what
// is there by mistake may harm somebody.
func (r *replay) nothingElse(d *derived) error {
	for _, s := range r.c.stated.Codes {
		if s.Sensitivity == evidence.SensitivityClosed && !r.c.stated.Closed {
			return fmt.Errorf("the closed code %s is named in a bundle without closed codes: %w", s.Code, evidence.ErrRefused)
		}
	}
	wanted, people := r.wanted(d)
	for _, l := range r.c.lines {
		switch l.entry.Kind {
		case evidence.KindDecision, evidence.KindEvent, evidence.KindText, evidence.KindCapture:
			if !wanted[l.entry.Ref] {
				return fmt.Errorf("entry %d: no released event rests on this %s: %w", l.Index, l.entry.Kind, evidence.ErrRefused)
			}
		}
	}
	for _, role := range r.c.stated.Roles {
		if !people[role.ID] {
			return fmt.Errorf("a role is stated of %s, who judged nothing here: %w", role.ID, evidence.ErrRefused)
		}
	}
	return r.noOtherObject(wanted)
}

func (r *replay) noOtherObject(wanted map[evidence.Hash]bool) error {
	payloads, texts := map[evidence.Hash]bool{}, map[evidence.Hash]bool{}
	for key := range r.textRefs {
		texts[key[1]] = true
		payloads[r.captures[key[0]].Payload] = true
	}
	for h := range r.c.payloads {
		if !payloads[h] || !r.c.stated.Originals {
			return fmt.Errorf("object %s does not belong here: %w", h, evidence.ErrRefused)
		}
	}
	for h := range payloads {
		if _, ok := r.c.payloads[h]; !ok && r.c.stated.Originals {
			return fmt.Errorf("the original %s is missing: %w", h, evidence.ErrNotFound)
		}
	}
	for h := range r.c.texts {
		if !texts[h] {
			return fmt.Errorf("text %s does not belong here: %w", h, evidence.ErrRefused)
		}
	}
	return nil
}

// wanted are the records about the released events and their statements, with the texts
// of these statements, their captures and what the captures lay in; and who judged.
func (r *replay) wanted(d *derived) (records map[evidence.Hash]bool, people map[string]bool) {
	records, people = map[evidence.Hash]bool{}, map[string]bool{}
	ids := slices.Clone(r.c.stated.Events)
	seen := map[string]bool{}
	for _, f := range d.findings {
		ids = append(ids, f.ID)
	}
	for i := 0; i < len(ids); i++ { // ids grows by what was replaced
		id := ids[i]
		if seen[id] {
			continue
		}
		seen[id] = true
		for _, ref := range r.bench.refs[id] {
			records[ref] = true
		}
		for _, a := range r.bench.acts[id] {
			people[a.By] = true
		}
		ids = append(ids, r.bench.replaced[id]...)
		if j, ok := r.bench.judged[id]; ok {
			records[r.textRefs[[2]evidence.Hash{j.Capture, j.Text}]] = true
			for c, more := j.Capture, true; more && !records[c]; c = r.captures[c].Parent {
				records[c] = true
				_, more = r.captures[c]
			}
		}
	}
	return records, people
}
