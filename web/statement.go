package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"svidok/archive"
	"svidok/evidence"
)

type statementPage struct {
	shell
	Item    queueItem
	Codes   codes
	People  people
	History []decisionView
	Form    statementForm
	Same    bool // Form is still what stands
}

// statementForm is what a person says of words: to correct a statement or to add one.
type statementForm struct {
	Code, Modality, Quote string
	Place, From, To       string
	Precision             string
	Ready, Reason         string
	Start, End            int
	Seen                  string
	Choices               []choice // where the same words stand, if more than once
	Trouble               string   // what is to be mended, "" if nothing is
	Modalities            []string
	Codes                 []codeGroup
	Adding                bool // a new statement, for which no reason is ready
}

// choice is one of several places of the same words.
type choice struct {
	Start, End    int
	Before, After bool
	Context       []paragraph
}

func modalities() []string {
	var out []string
	for _, m := range []evidence.Modality{evidence.Occurred, evidence.Planned, evidence.Threatened, evidence.Conditional, evidence.Hedged,
		evidence.Denied, evidence.Negated, evidence.Advice} {
		out = append(out, string(m))
	}
	return out
}

func (d *desk) statement(v *visit) error {
	p, err := v.statementPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "statement", p)
}

func (v *visit) statementPage() (*statementPage, error) {
	s, err := v.catalog.Statement(v.ctx(), v.r.PathValue("statement"))
	if err != nil {
		return nil, err
	}
	p := &statementPage{shell: v.shell("review", v.l.t("statement.title")), Same: true}
	p.Wide = true
	if p.Item, err = v.queueItem(s); err != nil {
		return nil, err
	}
	p.Item.Then = "/statements/" + s.ID
	if p.Codes, err = v.codebook(); err != nil {
		return nil, err
	}
	if p.People, err = v.people(); err != nil {
		return nil, err
	}
	if p.History, err = v.decisions(s.History); err != nil {
		return nil, err
	}
	p.Form = statementForm{Code: s.Code, Modality: string(s.Modality), Quote: s.Quote, Place: s.Place, Start: s.Start, End: s.End,
		Seen: p.Item.Seen, Modalities: modalities(), Codes: p.Codes.Choice()}
	if s.When != nil {
		p.Form.From, p.Form.To, p.Form.Precision = s.When.From, s.When.To, s.When.Precision
	}
	return p, nil
}

// readForm takes what was typed.
func (v *visit) readForm(f *statementForm) {
	form := v.r.PostForm
	get := func(key string) string { return strings.TrimSpace(form.Get(key)) }
	f.Code, f.Modality, f.Quote = get("code"), get("modality"), strings.ReplaceAll(get("quote"), "\r\n", "\n")
	f.Place, f.From, f.To, f.Precision = get("place"), get("from"), get("to"), get("precision")
	f.Ready, f.Reason, f.Seen = get("ready"), get("reason"), get("seen")
	f.Start, f.End = 0, 0
	if from, to, ok := strings.Cut(form.Get("at"), "-"); ok {
		f.Start, _ = strconv.Atoi(from) // nonsense does not fit the quote, and is refused as such
		f.End, _ = strconv.Atoi(to)
	}
}

// anchor finds the quote in the text, or says what is in the way. Where the same words
// stand more than once, the person chooses.
func (v *visit) anchor(f *statementForm, text string) bool {
	if f.Start >= 0 && f.Start < f.End && f.End <= len(text) && text[f.Start:f.End] == f.Quote {
		return true
	}
	places := findQuote(text, f.Quote)
	switch len(places) {
	case 0:
		f.Trouble = v.l.t("quote.none")
		return false
	case 1:
		f.Start, f.End = places[0].Start, places[0].End
		f.Quote = text[f.Start:f.End]
		return true
	}
	f.Trouble = v.l.n("quote.many", len(places))
	for _, p := range places {
		c := choice{Start: p.Start, End: p.End}
		c.Before, c.After, c.Context = excerpt(text, p.Start, p.End, 120, mark{Start: p.Start, End: p.End, Kind: "shared"})
		f.Choices = append(f.Choices, c)
	}
	f.Quote = text[places[0].Start:places[0].End] // the text's own spelling
	return false
}

// complete says what is missing beside the words.
func (v *visit) complete(f *statementForm, c codes, reason string) bool {
	switch {
	case !c.Known(f.Code):
		f.Trouble = v.l.t("form.code")
	case !evidence.Modality(f.Modality).Known():
		f.Trouble = v.l.t("form.modality")
	case reason == "":
		f.Trouble = v.l.t("judge.reason")
	default:
		return true
	}
	return false
}

func (f *statementForm) when() *evidence.Interval {
	if f.From == "" && f.To == "" {
		return nil
	}
	return &evidence.Interval{From: cmp.Or(f.From, f.To), To: cmp.Or(f.To, f.From), Precision: cmp.Or(f.Precision, "day")}
}

// correct puts a statement right: other words, another code, another modality.
func (d *desk) correct(v *visit) error {
	p, err := v.statementPage()
	if err != nil {
		return err
	}
	v.readForm(&p.Form)
	p.Same = false
	text, err := v.object(v.ctx(), p.Item.Text, maxText)
	if err != nil {
		return err
	}
	reason := reasonOf(v.l, v.r.PostForm, "")
	if !v.anchor(&p.Form, string(text)) || !v.complete(&p.Form, p.Codes, reason) {
		return v.render(http.StatusUnprocessableEntity, "statement", p)
	}
	j := archive.Judgment{Act: evidence.ActCorrect, Statement: p.Item.ID, Reason: reason, Code: p.Form.Code, Modality: evidence.Modality(p.Form.Modality),
		Start: p.Form.Start, End: p.Form.End, Place: p.Form.Place, When: p.Form.when()}
	if j.Seen, err = parseSeen(p.Form.Seen); err != nil {
		return err
	}
	return v.judgeOne(j)
}

// judgeOne makes one decision and shows the statement that stands then.
func (v *visit) judgeOne(j archive.Judgment) error {
	outcomes, err := v.archive.Judge(v.ctx(), v.me.ID, []archive.Judgment{j})
	if err != nil {
		return err
	}
	next := "/review"
	if len(outcomes) == 1 && outcomes[0].Err == nil {
		next = "/statements/" + outcomes[0].Statement
	}
	return v.told(j.Act, []archive.Judgment{j}, outcomes, next)
}

type newStatementPage struct {
	reportFrame
	Codebook   codes
	Form       statementForm
	Paragraphs []paragraph
}

func (v *visit) newStatementPage() (*newStatementPage, string, error) {
	f, detail, err := v.reportFrame("text")
	if err != nil {
		return nil, "", err
	}
	if detail.Text.IsZero() {
		return nil, "", fmt.Errorf("add a statement to a report without a text: %w", evidence.ErrRefused)
	}
	p := &newStatementPage{reportFrame: f}
	if p.Codebook, err = v.codebook(); err != nil {
		return nil, "", err
	}
	text, err := v.textOf(detail.Report)
	p.Form = statementForm{Modality: string(evidence.Occurred), Modalities: modalities(), Codes: p.Codebook.Choice(), Adding: true}
	return p, text, err
}

// newStatement shows the form. Words that were selected in the text come with it.
func (d *desk) newStatement(v *visit) error {
	p, text, err := v.newStatementPage()
	if err != nil {
		return err
	}
	if from, to, ok := strings.Cut(v.r.URL.Query().Get("at"), "-"); ok {
		start, err1 := strconv.Atoi(from)
		end, err2 := strconv.Atoi(to)
		if err1 == nil && err2 == nil && 0 <= start && start < end && end <= len(text) && boundary(text, start) && boundary(text, end) {
			p.Form.Start, p.Form.End, p.Form.Quote = start, end, text[start:end]
		}
	}
	p.showText(text)
	return v.render(http.StatusOK, "new-statement", p)
}

func (p *newStatementPage) showText(text string) {
	var marks []mark
	if p.Form.End > p.Form.Start {
		marks = append(marks, mark{Start: p.Form.Start, End: p.Form.End, Kind: "shared"})
	}
	p.Paragraphs = paragraphs(text, marks)
}

func (d *desk) addStatement(v *visit) error {
	p, text, err := v.newStatementPage()
	if err != nil {
		return err
	}
	v.readForm(&p.Form)
	reason := reasonOf(v.l, v.r.PostForm, "")
	if !v.anchor(&p.Form, text) || !v.complete(&p.Form, p.Codebook, reason) {
		p.showText(text)
		return v.render(http.StatusUnprocessableEntity, "new-statement", p)
	}
	return v.judgeOne(archive.Judgment{Act: evidence.ActAdd, Text: p.Report.Text, Reason: reason, Code: p.Form.Code,
		Modality: evidence.Modality(p.Form.Modality), Start: p.Form.Start, End: p.Form.End, Place: p.Form.Place, When: p.Form.when()})
}
