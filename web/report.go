package web

import (
	"fmt"
	"net/http"
	"strconv"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// maxText is how long a text may be to be shown whole.
const maxText = 8 << 20

// reportFrame is what the four tabs of a report have in common.
type reportFrame struct {
	shell
	Tab        string
	Report     catalog.Report
	Copies     int // other reports of its family
	Captures   int
	Statements int
}

type reportPage struct {
	reportFrame
	Codes      codes
	People     people
	Paragraphs []paragraph
	Items      []statementView
	Aside      []statementView // rejected, replaced or no longer suggested
	Figures    []evidence.Figure
	Origins    []evidence.Origin
}

// statementView is a statement as it is shown: with what the visitor may do to it.
type statementView struct {
	catalog.Statement
	Number   int
	MayCode  bool
	MayCheck bool // confirm or return
	Own      bool // the visitor coded it: another must confirm
	Seen     string
}

func (v *visit) viewOf(s catalog.Statement, number int) statementView {
	out := statementView{Statement: s, Number: number, Seen: s.Last.String()}
	if s.Last.IsZero() {
		out.Seen = ""
	}
	switch s.Standing {
	case evidence.Suggested, evidence.Returned:
		out.MayCode = true
	case evidence.Coded:
		out.Own = s.Coder == v.me.ID
		out.MayCheck = v.mayReview() && !out.Own
	}
	return out
}

// reportOf returns the report that the address names.
func (v *visit) reportOf() (catalog.Detail, error) {
	id, err := strconv.ParseInt(v.r.PathValue("report"), 10, 64)
	if err != nil || id <= 0 {
		return catalog.Detail{}, fmt.Errorf("report %q: %w", v.r.PathValue("report"), evidence.ErrNotFound)
	}
	return v.catalog.Report(v.ctx(), id)
}

func (v *visit) reportFrame(tab string) (reportFrame, catalog.Detail, error) {
	d, err := v.reportOf()
	if err != nil {
		return reportFrame{}, d, err
	}
	if err := v.entitle(&d.Title, d.Text); err != nil {
		return reportFrame{}, d, err
	}
	f := reportFrame{shell: v.shell("reports", v.titleOf(d.Report)), Tab: tab, Report: d.Report, Copies: max(0, d.FamilySize-1), Captures: d.Captures}
	f.Wide = true
	for _, s := range d.Statements {
		if standing(s) {
			f.Statements++
		}
	}
	return f, d, nil
}

// titleOf names a report, also one without a title.
func (v *visit) titleOf(r catalog.Report) string { return titleIn(v.l, r.Title, r.Name, r.ID) }

func titleIn(l *language, title, name string, id int64) string {
	switch {
	case title != "":
		return title
	case name != "":
		return name
	}
	return l.t("report.untitled", strconv.FormatInt(id, 10))
}

// entitle gives what has no title the first words of its text: posts in channels have none.
func (v *visit) entitle(title *string, text evidence.Hash) error {
	if *title != "" || text.IsZero() {
		return nil
	}
	r, _, err := v.archive.Object(v.ctx(), text)
	if err != nil {
		return fmt.Errorf("first words of the text %s: %w", text, err)
	}
	defer r.Close()
	if *title, err = archive.Beginning(r); err != nil {
		return fmt.Errorf("first words of the text %s: %w", text, err)
	}
	return nil
}

// textOf returns the text of a report, "" if there is none.
func (v *visit) textOf(r catalog.Report) (string, error) {
	if r.Text.IsZero() {
		return "", nil
	}
	b, err := v.object(v.ctx(), r.Text, maxText)
	if err != nil {
		return "", fmt.Errorf("text of report %d: %w", r.ID, err)
	}
	return string(b), nil
}

func (d *desk) report(v *visit) error {
	f, detail, err := v.reportFrame("text")
	if err != nil {
		return err
	}
	p := reportPage{reportFrame: f, Figures: detail.Figures, Origins: detail.Origins}
	if p.Codes, err = v.codebook(); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	text, err := v.textOf(detail.Report)
	if err != nil {
		return err
	}
	marks, numbers := marksOf(detail.Statements)
	p.Paragraphs = paragraphs(text, marks)
	for _, s := range detail.Statements {
		if number := numbers[s.ID]; number > 0 {
			p.Items = append(p.Items, v.viewOf(s, number))
		} else {
			p.Aside = append(p.Aside, v.viewOf(s, 0))
		}
	}
	return v.render(http.StatusOK, "report", &p)
}

type copiesPage struct {
	reportFrame
	People   people
	Measured []catalog.CopyOf
	Family   []catalog.Report
	With     *catalog.Report // the one that is compared
	Ours     []paragraph
	Theirs   []paragraph
	Share    float64 // of our text's bytes that stand in theirs
}

func (d *desk) copies(v *visit) error {
	f, detail, err := v.reportFrame("copies")
	if err != nil {
		return err
	}
	p := copiesPage{reportFrame: f, Measured: detail.Copies, Family: detail.Family}
	for i := range p.Family {
		if err := v.entitle(&p.Family[i].Title, p.Family[i].Text); err != nil {
			return err
		}
	}
	other, err := v.compared(detail)
	if err != nil {
		return err
	}
	if other != nil {
		p.With = other
		if err := v.compare(&p, detail.Report, *other); err != nil {
			return err
		}
	}
	return v.render(http.StatusOK, "copies", &p)
}

// compared returns the report to set beside this one: the one asked for, else the first.
func (v *visit) compared(detail catalog.Detail) (*catalog.Report, error) {
	if asked := v.r.URL.Query().Get("with"); asked != "" {
		id, err := strconv.ParseInt(asked, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("report %q: %w", asked, evidence.ErrNotFound)
		}
		other, err := v.catalog.Report(v.ctx(), id)
		if err != nil {
			return nil, err
		}
		return &other.Report, v.entitle(&other.Title, other.Text)
	}
	for _, r := range detail.Family {
		if r.ID != detail.ID && r.Text != detail.Text {
			return &r, v.entitle(&r.Title, r.Text)
		}
	}
	return nil, nil
}

func (v *visit) compare(p *copiesPage, ours, theirs catalog.Report) error {
	a, err := v.textOf(ours)
	if err != nil {
		return err
	}
	b, err := v.textOf(theirs)
	if err != nil {
		return err
	}
	shared := sharedWords(a, b)
	covered := 0
	for _, m := range shared {
		covered += m.End - m.Start
	}
	if a != "" {
		p.Share = float64(covered) / float64(len(a))
	}
	p.Ours, p.Theirs = paragraphs(a, shared), paragraphs(b, sharedWords(b, a))
	return nil
}

type reportCustodyPage struct {
	reportFrame
	People     people
	Codes      codes
	Readings   []catalog.Reading
	Taken      []catalog.Capture
	Containers []catalog.Capture
	Beside     []catalog.Capture
	Codings    []catalog.Coding
	Chain      []linkView
	History    []historyView
}

// historyView is one statement and every decision on it.
type historyView struct {
	Statement catalog.Statement
	Decisions []decisionView
}

// decisionView is one act of judgment with its reason, which only the house sees.
type decisionView struct {
	catalog.Decision
	Words string
}

func (d *desk) reportCustody(v *visit) error {
	f, detail, err := v.reportFrame("custody")
	if err != nil {
		return err
	}
	p := reportCustodyPage{reportFrame: f, Readings: detail.Readings, Taken: detail.Taken, Containers: detail.Containers, Beside: detail.Beside,
		Codings: detail.Codings}
	chain, err := v.catalog.ChainOf(v.ctx(), detail)
	if err == nil {
		p.Chain, err = v.chain(chain)
	}
	if err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	if p.Codes, err = v.codebook(); err != nil {
		return err
	}
	for _, s := range detail.Statements {
		if len(s.History) == 0 {
			continue
		}
		decisions, err := v.decisions(s.History)
		if err != nil {
			return err
		}
		p.History = append(p.History, historyView{s, decisions})
	}
	return v.render(http.StatusOK, "report-custody", &p)
}

// decisions adds to each decision the words of its reason.
func (v *visit) decisions(all []catalog.Decision) ([]decisionView, error) {
	out := make([]decisionView, len(all))
	for i, d := range all {
		out[i].Decision = d
		var err error
		if out[i].Words, err = v.written(d.Reason); err != nil {
			return nil, fmt.Errorf("reason of the decision at %d: %w", d.Position, err)
		}
	}
	return out, nil
}
