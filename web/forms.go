package web

import (
	"errors"
	"fmt"
	"slices"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/standards"
)

// formView is a form of the method, with what was written into it last.
type formView struct {
	Action string // where it is sent to
	Name   evidence.FormName
	Form   standards.Form
	Last   *catalog.Form // nil: nobody filled it in yet
	By     string        // who did
	filled map[string]string
}

// Answer is what was written into a field last.
func (f formView) Answer(name string) string { return f.filled[name] }

// formsOf returns the forms about a report (0: about the case).
func (v *visit) formsOf(words standards.Words, report int64, action string, names ...evidence.FormName) ([]formView, error) {
	list, err := v.catalog.Forms(v.ctx(), report)
	if err != nil {
		return nil, err
	}
	people, err := v.people()
	if err != nil {
		return nil, err
	}
	var out []formView
	for _, name := range names {
		f := formView{Action: action, Name: name, Form: words.Forms[string(name)]}
		if i := slices.IndexFunc(list, func(x catalog.Form) bool { return x.Form.Form == name }); i >= 0 { // the newest first
			f.Last, f.By = &list[i], people.Name(list[i].By)
			if f.filled, err = v.answers(list[i].Text); err != nil {
				return nil, fmt.Errorf("form at %d: %w", list[i].Position, err)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// answers reads what was written into a form.
func (v *visit) answers(h evidence.Hash) (map[string]string, error) {
	b, err := v.object(v.ctx(), h, maxForm)
	if errors.Is(err, evidence.ErrNotFound) {
		return nil, nil // a case that was handed over without them
	}
	if err != nil {
		return nil, err
	}
	filled, err := evidence.Decode[evidence.Filled](b)
	out := map[string]string{}
	for _, x := range filled.Fields {
		out[x.Name] = x.Text
	}
	return out, err
}

// fillIn notes a form as it was sent.
func (v *visit) fillIn(about []evidence.Hash, allowed ...evidence.FormName) error {
	name := evidence.FormName(v.r.PostForm.Get("form"))
	if !slices.Contains(allowed, name) {
		return fmt.Errorf("fill in %q: want one of %v: %w", name, allowed, evidence.ErrUsage)
	}
	words, err := standards.WordsOf(v.l.code)
	if err != nil {
		return err
	}
	var fields []evidence.Field
	for _, q := range words.Forms[string(name)].Fields {
		fields = append(fields, evidence.Field{Name: q.Name, Text: v.r.PostForm.Get(q.Name)})
	}
	return v.archive.Keeping().FillIn(v.ctx(), v.me.ID, name, about, fields)
}

func caseForms() []evidence.FormName {
	return []evidence.FormName{evidence.FormPlan, evidence.FormRisk, evidence.FormLandscape}
}

func itemForms() []evidence.FormName {
	return []evidence.FormName{evidence.FormAssessment, evidence.FormVerified}
}

// fillInCase notes a form about the case.
func (d *desk) fillInCase(v *visit) error {
	return v.noted("/standards", v.fillIn(nil, caseForms()...), "standards.nothing")
}

// fillInItem notes a form about a report.
func (d *desk) fillInItem(v *visit) error {
	rep, err := v.reportOf()
	if err != nil {
		return err
	}
	return v.noted(fmt.Sprintf("/reports/%d/versions", rep.ID), v.fillIn([]evidence.Hash{rep.Capture}, itemForms()...), "standards.nothing")
}
