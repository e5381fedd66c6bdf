package web

import (
	"errors"
	"fmt"

	"svidok/catalog"
	"svidok/evidence"
)

// linkView is one act in a chain of custody with its words, which only the house sees.
type linkView struct {
	catalog.Link
	What   string // that was destroyed
	Reason string
	Report int64 // that it is about, on the page of the case; 0: of none, or of more than one
}

// Handed reports whether something was given to somebody who is to acknowledge it.
func (l linkView) Handed() bool {
	return l.Custody != nil && l.Custody.Act == evidence.CustodyTransferred
}

// To is for whom it was, in words of the house.
func (l linkView) To() string {
	switch {
	case l.Custody != nil:
		return l.Custody.To
	case l.Release != nil:
		return l.Release.To
	}
	return ""
}

// chain adds to acts of custody what people wrote about them.
func (v *visit) chain(list []catalog.Link) ([]linkView, error) {
	out := make([]linkView, len(list))
	for i, l := range list {
		out[i].Link = l
		if l.Custody == nil {
			continue
		}
		var err error
		if out[i].Reason, err = v.written(l.Custody.Reason); err == nil && l.Custody.Act == evidence.CustodyDisposed && len(l.Custody.Objects) > 0 {
			out[i].What, err = v.written(l.Custody.Objects[0])
		}
		if err != nil {
			return nil, fmt.Errorf("words of the act at %d: %w", l.Position, err)
		}
	}
	return out, nil
}

// aboutReports names the reports that single acts are about.
func (v *visit) aboutReports(list []linkView) error {
	for i, l := range list {
		if l.Custody == nil || len(l.Custody.About) != 1 {
			continue
		}
		var err error
		if list[i].Report, err = v.catalog.ReportOf(v.ctx(), l.Custody.About[0]); err != nil && !errors.Is(err, evidence.ErrNotFound) {
			return err // what is not found is a dossier
		}
	}
	return nil
}

// written is what a person wrote; "" where a case was handed over without it.
func (v *visit) written(h evidence.Hash) (string, error) {
	words, err := v.archive.Keeping().Words(v.ctx(), h)
	if errors.Is(err, evidence.ErrNotFound) {
		return "", nil
	}
	return words, err
}
