package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/standards"
)

type standardsPage struct {
	shell
	Duties   []standards.Duty
	Words    standards.Words
	Forms    []formView
	Searches []searchView
	People   people
}

type searchView struct {
	catalog.Search
	Query string
}

// Duty, State and Reason are the words of a duty.
func (p *standardsPage) Duty(d standards.Duty) string   { return p.Words.Duty(d) }
func (p *standardsPage) State(d standards.Duty) string  { return p.Words.State(d) }
func (p *standardsPage) Reason(d standards.Duty) string { return p.Words.Reason(d) }

// Tally counts the duties of a standing.
func (p *standardsPage) Tally(s string) int {
	n := 0
	for _, d := range p.Duties {
		if string(d.Standing) == s {
			n++
		}
	}
	return n
}

const searchesShown = 50

func (d *desk) standards(v *visit) error {
	p := standardsPage{shell: v.shell("standards", v.l.t("standards.title"))}
	var err error
	if p.Duties, err = v.archive.Keeping().Duties(v.ctx()); err != nil {
		return err
	}
	if p.Words, err = standards.WordsOf(v.l.code); err != nil {
		return err
	}
	if p.Forms, err = v.formsOf(p.Words, 0, "/standards/form", caseForms()...); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	list, err := v.catalog.Searches(v.ctx(), 0, searchesShown)
	if err != nil {
		return err
	}
	for _, s := range list {
		query, err := v.written(s.Query)
		if err != nil {
			return err
		}
		p.Searches = append(p.Searches, searchView{s, query})
	}
	return v.render(http.StatusOK, "standards", &p)
}

// logSearch notes a search.
func (d *desk) logSearch(v *visit) error {
	form := v.r.PostForm
	found, err := strconv.Atoi(strings.TrimSpace(form.Get("found")))
	if err != nil || found < 0 {
		found = 0
	}
	err = d.archive.Keeping().LogSearch(v.ctx(), v.me.ID, archive.Searched{Where: form.Get("where"), Query: form.Get("query"), Remarks: form.Get("remarks"), Found: found})
	return v.noted("/standards", err, "form.missing")
}

// noted goes back to a page; what was not filled in is said there in the visitor's words.
func (v *visit) noted(page string, err error, lacking string) error {
	said := flash{Kind: "done", Text: v.l.t("standards.noted")}
	if errors.Is(err, evidence.ErrUsage) {
		said = flash{Kind: "warning", Text: v.l.t(lacking)}
	} else if err != nil {
		return err
	}
	v.say(said)
	return v.back(page)
}
