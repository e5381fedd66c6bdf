package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

const gathered = 200 // confirmed statements offered for an event at a time

type eventsPage struct {
	shell
	Events     []catalog.Event
	Ungathered int  // confirmed statements that wait for an event
	More       bool // there are more than that
	People     people
}

func (d *desk) events(v *visit) error {
	p := eventsPage{shell: v.shell("events", v.l.t("events.title"))}
	var err error
	if p.Events, err = d.catalog.Events(v.ctx()); err != nil {
		return err
	}
	waiting, err := d.catalog.Ungathered(v.ctx(), 0, gathered+1)
	if err != nil {
		return err
	}
	p.Ungathered, p.More = min(len(waiting), gathered), len(waiting) > gathered
	if p.People, err = v.people(); err != nil {
		return err
	}
	return v.render(http.StatusOK, "events", &p)
}

type eventPage struct {
	shell
	Event    catalog.Event
	Codes    codes
	People   people
	History  []eventStep
	Weak     map[string]bool
	Origins  []originCount // whom the gathered statements are from, as far as their texts say
	MayCheck bool
	Own      bool
	Seen     string
}

// originCount is one origin and how many statements of the event name it.
type originCount struct {
	Origin string
	Count  int
}

// originsOf counts by origin: statements that name the same one are one line of evidence,
// however many texts repeat it.
func originsOf(list []catalog.Statement) []originCount {
	at := map[string]int{}
	var out []originCount
	for _, s := range list {
		for _, o := range s.Origins {
			i, ok := at[o]
			if !ok {
				i = len(out)
				at[o] = i
				out = append(out, originCount{Origin: o})
			}
			out[i].Count++
		}
	}
	slices.SortStableFunc(out, func(a, b originCount) int { return b.Count - a.Count })
	return out
}

// eventStep is a record of an event or a decision on it, by position in the ledger.
type eventStep struct {
	Noted    *catalog.Noted
	Decision *decisionView
}

func (d *desk) event(v *visit) error {
	e, err := d.catalog.Event(v.ctx(), v.r.PathValue("event"))
	if err != nil {
		return err
	}
	p := eventPage{shell: v.shell("events", e.Title), Event: e, Weak: map[string]bool{}, Seen: e.Last.String()}
	if p.Title == "" {
		p.Title = v.l.t("event.withdrawn")
	}
	for _, id := range e.Weak {
		p.Weak[id] = true
	}
	p.Own = e.Standing == evidence.Coded && e.Coder == v.me.ID
	p.MayCheck = v.mayReview() && e.Standing == evidence.Coded && !p.Own
	p.Origins = originsOf(e.Gathered)
	if p.Codes, err = v.codebook(); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	for i := range p.Event.Gathered {
		if err := v.entitle(&p.Event.Gathered[i].Title, p.Event.Gathered[i].Judged.Text); err != nil {
			return err
		}
	}
	decisions, err := v.decisions(e.History)
	if err != nil {
		return err
	}
	p.History = steps(e.Records, decisions)
	return v.render(http.StatusOK, "event", &p)
}

// steps merges the records of an event and the decisions on it, in the ledger's order.
func steps(records []catalog.Noted, decisions []decisionView) []eventStep {
	var out []eventStep
	i, j := 0, 0
	for i < len(records) || j < len(decisions) {
		if j == len(decisions) || i < len(records) && records[i].Position < decisions[j].Position {
			out = append(out, eventStep{Noted: &records[i]})
			i++
		} else {
			out = append(out, eventStep{Decision: &decisions[j]})
			j++
		}
	}
	return out
}

type eventFormPage struct {
	shell
	ID         string // "": a new one
	Form       eventForm
	Choice     []statementChoice
	Codes      codes
	Older      string // address of older statements to choose from
	Trouble    string
	Precisions []string
}

type eventForm struct {
	Title, Place, From, To, Precision, Basis, Seen string
}

// statementChoice is a finding that may go into the event.
type statementChoice struct {
	catalog.Statement
	Picked bool
}

func precisions() []string { return []string{"day", "month", "season", "year"} }

// eventForm makes the page on which an event is gathered or changed.
func (v *visit) eventForm(title string) (*eventFormPage, error) {
	p := &eventFormPage{shell: v.shell("events", v.l.t(title)), ID: v.r.PathValue("event"), Precisions: precisions(), Form: eventForm{Precision: "day"}}
	p.Wide = true
	var err error
	if p.Codes, err = v.codebook(); err != nil {
		return nil, err
	}
	if p.ID != "" {
		e, err := v.catalog.Event(v.ctx(), p.ID)
		if err != nil {
			return nil, err
		}
		p.Form = eventForm{Title: e.Title, Place: e.Place, From: e.When.From, To: e.When.To, Precision: e.When.Precision, Basis: e.Basis, Seen: e.Last.String()}
		for _, s := range e.Gathered {
			p.Choice = append(p.Choice, statementChoice{s, true})
		}
	}
	before, _ := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64) // nonsense is the first page
	free, err := v.catalog.Ungathered(v.ctx(), before, gathered)
	for _, s := range free {
		p.Choice = append(p.Choice, statementChoice{s, false})
	}
	for i := range p.Choice {
		if err == nil {
			err = v.entitle(&p.Choice[i].Title, p.Choice[i].Judged.Text)
		}
	}
	if len(free) == gathered {
		p.Older = withQuery(v.r.URL.Path, v.r.URL.Query(), "before", strconv.FormatInt(free[gathered-1].Row, 10))
	}
	return p, err
}

func (d *desk) newEvent(v *visit) error {
	p, err := v.eventForm("event.new")
	if err != nil {
		return err
	}
	picked := v.r.URL.Query()["pick"]
	p.pick(picked)
	return v.render(http.StatusOK, "event-form", p)
}

func (d *desk) changeEvent(v *visit) error {
	p, err := v.eventForm("event.change")
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "event-form", p)
}

func (p *eventFormPage) pick(ids []string) {
	chosen := map[string]bool{}
	for _, id := range ids {
		chosen[id] = true
	}
	for i, c := range p.Choice {
		p.Choice[i].Picked = chosen[c.ID]
	}
}

// gather makes an event, or changes it.
func (d *desk) gather(v *visit) error {
	title := "event.new"
	if v.r.PathValue("event") != "" {
		title = "event.change"
	}
	p, err := v.eventForm(title)
	if err != nil {
		return err
	}
	form := v.r.PostForm
	get := func(key string) string { return strings.TrimSpace(form.Get(key)) }
	p.Form = eventForm{Title: get("title"), Place: get("place"), From: get("from"), To: get("to"), Precision: get("precision"), Basis: get("basis"), Seen: get("seen")}
	p.pick(form["pick"])
	switch {
	case len(form["pick"]) == 0:
		p.Trouble = v.l.t("event.none-picked")
	case p.Form.Title == "" || p.Form.Place == "" || p.Form.From == "" || p.Form.Basis == "":
		p.Trouble = v.l.t("form.missing")
	case p.Form.To != "" && p.Form.To < p.Form.From:
		p.Trouble = v.l.t("form.dates")
	}
	if p.Trouble != "" {
		return v.render(http.StatusUnprocessableEntity, "event-form", p)
	}
	seen, err := parseSeen(p.Form.Seen)
	if err != nil {
		return err
	}
	return v.gatherOne(archive.Gathering{ID: p.ID, Title: p.Form.Title, Place: p.Form.Place, Statements: form["pick"], Basis: p.Form.Basis, Seen: seen,
		When: evidence.Interval{From: p.Form.From, To: cmp.Or(p.Form.To, p.Form.From), Precision: cmp.Or(p.Form.Precision, "day")}}, "event.gathered")
}

func (d *desk) withdraw(v *visit) error {
	seen, err := parseSeen(v.r.PostFormValue("seen"))
	if err != nil {
		return err
	}
	return v.gatherOne(archive.Gathering{ID: v.r.PathValue("event"), Withdrawn: true, Seen: seen}, "event.taken-back")
}

func (v *visit) gatherOne(g archive.Gathering, message string) error {
	o, err := v.archive.Gather(v.ctx(), v.me.ID, g)
	if err != nil {
		return fmt.Errorf("gather: %w", err)
	}
	if o.Err != nil {
		return fmt.Errorf("gather: %w", o.Err)
	}
	v.say(flash{Kind: "done", Text: v.l.t(message)})
	return v.back("/events/" + o.Event)
}
