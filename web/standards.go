package web

import (
	"net/http"
	"strconv"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/standards"
)

type standardsPage struct {
	shell
	Duties   []standards.Duty
	Words    standards.Words
	Forms    []formView
	Searches []searchView
	People   people
	Trouble  string
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

func (v *visit) standardsPage() (*standardsPage, error) {
	p := &standardsPage{shell: v.shell("standards", v.l.t("standards.title"))}
	p.Here = "/standards"
	var err error
	if p.Duties, err = v.archive.Keeping().Duties(v.ctx()); err != nil {
		return nil, err
	}
	if p.Words, err = standards.WordsOf(v.l.code); err != nil {
		return nil, err
	}
	if p.Forms, err = v.formsOf(p.Words, 0, "/standards/form", caseForms()...); err != nil {
		return nil, err
	}
	if p.People, err = v.people(); err != nil {
		return nil, err
	}
	list, err := v.catalog.Searches(v.ctx(), 0, searchesShown)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		query, err := v.written(s.Query)
		if err != nil {
			return nil, err
		}
		p.Searches = append(p.Searches, searchView{s, query})
	}
	return p, nil
}

func (d *desk) standards(v *visit) error {
	p, err := v.standardsPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "standards", p)
}

// logSearch notes a search.
func (d *desk) logSearch(v *visit) error {
	form := v.r.PostForm
	found, err := strconv.Atoi(strings.TrimSpace(form.Get("found")))
	if err != nil || found < 0 {
		found = 0
	}
	return v.noted(d.archive.Keeping().LogSearch(v.ctx(), v.me.ID, archive.Searched{Where: form.Get("where"), Query: form.Get("query"), Remarks: form.Get("remarks"), Found: found}))
}

// noted goes back to the standards, or says what was wrong.
func (v *visit) noted(err error) error {
	if err == nil {
		v.say(flash{Kind: "done", Text: v.l.t("standards.noted")})
		return v.back("/standards")
	}
	p, e := v.standardsPage()
	if e != nil {
		return e
	}
	p.Trouble = err.Error()
	return v.render(http.StatusUnprocessableEntity, "standards", p)
}
