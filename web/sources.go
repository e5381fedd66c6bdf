package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

type sourcesPage struct {
	shell
	Sources []catalog.Source
	Moved   []catalog.Item   // changed or gone
	Hollow  []catalog.Taking // doubtful
	Names   map[string]string
	Types   []evidence.SourceType
	Form    sourceForm
	Trouble string
}

type sourceForm struct {
	Address, Name, Type, Every, Take, Grade, Reason string
}

const movedShown = 30

func (v *visit) sourcesPage() (*sourcesPage, error) {
	p := &sourcesPage{shell: v.shell("sources", v.l.t("sources.title")), Types: evidence.SourceTypes(), Names: map[string]string{}, Form: sourceForm{Every: "60", Grade: "F"}}
	p.Here = "/sources"
	var err error
	if p.Sources, err = v.catalog.Sources(v.ctx()); err != nil {
		return nil, err
	}
	for _, s := range p.Sources {
		p.Names[s.ID] = s.Name
	}
	if p.Moved, err = v.catalog.Moved(v.ctx(), "", movedShown); err != nil {
		return nil, err
	}
	p.Hollow, err = v.catalog.Hollows(v.ctx(), movedShown)
	return p, err
}

func (d *desk) sources(v *visit) error {
	p, err := v.sourcesPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "sources", p)
}

// watch adds a source, or changes one.
func (d *desk) watch(v *visit) error {
	form := v.r.PostForm
	minutes, err := time.ParseDuration(strings.TrimSpace(form.Get("every")) + "m")
	if err != nil {
		minutes = time.Hour
	}
	w := archive.Watched{ID: form.Get("id"), Name: form.Get("name"), Type: evidence.SourceType(form.Get("type")), Address: strings.TrimSpace(form.Get("address")), Every: minutes, Take: form.Get("take"),
		Grade: form.Get("grade"), Reason: form.Get("reason"), Off: form.Get("off") != ""}
	s, err := d.archive.Keeping().Watch(v.ctx(), v.me.ID, w)
	if err != nil {
		p, e := v.sourcesPage()
		if e != nil {
			return e
		}
		p.Form = sourceForm{w.Address, w.Name, string(w.Type), form.Get("every"), w.Take, w.Grade, w.Reason}
		p.Trouble = err.Error()
		return v.render(http.StatusUnprocessableEntity, "sources", p)
	}
	v.say(flash{Kind: "done", Text: v.l.t("sources.saved", s.Name), Link: "/sources/" + s.ID})
	return v.back("/sources")
}

type sourcePage struct {
	shell
	Source  catalog.Source
	People  people
	Reasons map[string]string // by record of the source
	Visits  []catalog.Visit
	Moved   []catalog.Item
}

func (d *desk) source(v *visit) error {
	s, err := v.catalog.Source(v.ctx(), v.r.PathValue("source"))
	if err != nil {
		return err
	}
	p := sourcePage{shell: v.shell("sources", s.Name), Source: s, Reasons: map[string]string{}}
	if p.People, err = v.people(); err != nil {
		return err
	}
	for _, h := range s.History {
		words, err := v.written(h.Reason)
		if err != nil {
			return fmt.Errorf("reason of a grade: %w", err)
		}
		p.Reasons[h.Ref.String()] = words
	}
	if p.Visits, err = v.catalog.Visits(v.ctx(), s.ID, 0, 100); err != nil {
		return err
	}
	if p.Moved, err = v.catalog.Moved(v.ctx(), s.ID, 100); err != nil {
		return err
	}
	return v.render(http.StatusOK, "source", &p)
}

// Why is the reason of a record's grade.
func (p *sourcePage) Why(h catalog.Sourcing) string { return p.Reasons[h.Ref.String()] }
