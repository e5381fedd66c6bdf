package web

import (
	"fmt"
	"net/http"
	"strconv"

	"svidok/archive"
	"svidok/catalog"
	"svidok/sources"
	"svidok/standards"
)

type versionsPage struct {
	reportFrame
	Takings []catalog.Taking
	Old     *catalog.Taking // the two that are told apart; nil: there is one version only
	New     *catalog.Taking
	Pieces  []sources.Piece
	Same    bool // their texts are equal
	Duties  []standards.Duty
	Words   standards.Words
	Others  []archive.Observed // what other cases captured there
	Forms   []formView
}

// Name of a duty, and why it stands so.
func (p *versionsPage) Duty(d standards.Duty) string   { return p.Words.Duty(d) }
func (p *versionsPage) State(d standards.Duty) string  { return p.Words.State(d) }
func (p *versionsPage) Reason(d standards.Duty) string { return p.Words.Reason(d) }

// versions shows what a thing was at other times, and how this capture stands to the
// standards.
func (d *desk) versions(v *visit) error {
	f, detail, err := v.reportFrame("versions")
	if err != nil {
		return err
	}
	p := versionsPage{reportFrame: f}
	if p.Takings, err = v.catalog.Versions(v.ctx(), detail.ID); err != nil {
		return err
	}
	if p.Duties, err = d.archive.Keeping().ItemDuties(v.ctx(), detail.ID); err != nil {
		return err
	}
	if p.Others, err = d.archive.Keeping().Observed(v.ctx(), detail.ID); err != nil {
		return err
	}
	if p.Words, err = standards.WordsOf(v.l.code); err != nil {
		return err
	}
	if p.Forms, err = v.formsOf(p.Words, detail.ID, fmt.Sprintf("/reports/%d/form", detail.ID), itemForms()...); err != nil {
		return err
	}
	if err := v.apart(&p); err != nil {
		return err
	}
	return v.render(http.StatusOK, "versions", &p)
}

// apart tells two versions apart: those asked for, else this report's and the one before.
func (v *visit) apart(p *versionsPage) error {
	with := map[int64]*catalog.Taking{}
	var list []*catalog.Taking
	for i := range p.Takings {
		if t := &p.Takings[i]; t.Report > 0 && with[t.Report] == nil {
			with[t.Report] = t
			list = append(list, t)
		}
	}
	if len(list) < 2 {
		return nil
	}
	p.Old, p.New = list[len(list)-2], list[len(list)-1]
	for i, t := range list {
		if t.Report == p.Report.ID && i > 0 {
			p.Old, p.New = list[i-1], t
		}
	}
	if id, err := strconv.ParseInt(v.r.URL.Query().Get("with"), 10, 64); err == nil && with[id] != nil && with[id] != p.New {
		p.Old = with[id]
		if p.Old.Position > p.New.Position {
			p.Old, p.New = p.New, p.Old
		}
	}
	var texts [2]string
	for i, t := range []*catalog.Taking{p.Old, p.New} {
		if t.Text.IsZero() {
			continue
		}
		b, err := v.object(v.ctx(), t.Text, maxText)
		if err != nil {
			return err
		}
		texts[i] = string(b)
	}
	p.Same = texts[0] == texts[1]
	p.Pieces = sources.Diff(texts[0], texts[1])
	return nil
}
