package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// perPage is how many reports one page lists.
const perPage = 40

type reportsPage struct {
	shell
	Totals   catalog.Totals
	Progress progressView
	Filter   filterView
	Facets   catalog.Facets
	Codes    codes
	Places   []placeChoice // that statements name
	Hits     []archive.Hit
	Count    int // that the filter chooses; -1: not counted, with words to search for
	First    bool
	NextPage string // address, "" at the end
	Newest   string // address of the first page
}

// Empty reports whether the case holds nothing yet.
func (p *reportsPage) Empty() bool { return p.Totals.Reports == 0 }

// progressView is how far the work on what was received has come.
type progressView struct {
	Reports, Read, Coded, Waiting, Unreadable int
}

func progressOf(t catalog.Totals) progressView {
	p := progressView{Reports: t.Reports, Unreadable: t.Unreadable, Waiting: t.ToRead + t.ToCode + t.ToCompare}
	p.Read = max(0, t.Reports-t.ToRead-t.Unreadable)
	p.Coded = max(0, p.Read-t.ToCode)
	return p
}

// filterView is what the visitor asked for, as it stands in the form.
type filterView struct {
	Query, Language, Outlet, Gate, Progress, Standing, Code, From, To string
	Place, Since, Until, Origin                                       string
	Copies                                                            bool // also copies of earlier texts
}

// Any reports whether anything is chosen.
func (f filterView) Any() bool { return f != filterView{} }

// More reports whether anything is chosen beyond the words.
func (f filterView) More() bool { f.Query = ""; return f.Any() }

func filterOf(q url.Values) filterView {
	get := func(key string) string { return strings.TrimSpace(q.Get(key)) }
	return filterView{Query: get("q"), Language: get("language"), Outlet: q.Get("outlet"), Gate: get("gate"), Progress: get("progress"),
		Standing: get("standing"), Code: get("code"), From: get("from"), To: get("to"),
		Place: get("place"), Since: get("since"), Until: get("until"), Origin: get("origin"), Copies: get("copies") != ""}
}

func (f filterView) search() archive.Search {
	return archive.Search{Query: f.Query, Filter: catalog.Filter{Language: f.Language, Outlet: f.Outlet, Gate: evidence.Gate(f.Gate),
		Progress: catalog.Progress(f.Progress), Standing: evidence.Standing(f.Standing), Code: f.Code, From: f.From, To: f.To, Collapse: !f.Copies,
		Place: f.Place, Since: f.Since, Until: f.Until, Origin: f.Origin,
		Limit: perPage}}
}

func (d *desk) reports(v *visit) error {
	q := v.r.URL.Query()
	p := reportsPage{shell: v.shell("reports", v.l.t("reports.title")), Filter: filterOf(q), Count: -1}
	p.Wide = true
	search := p.Filter.search()
	search.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64) // nonsense is the first page
	p.First = search.Before <= 0
	found, err := d.archive.Find(v.ctx(), search)
	if err != nil {
		return err
	}
	p.Hits = found.Hits
	for i := range p.Hits {
		if err := v.entitle(&p.Hits[i].Title, p.Hits[i].Text); err != nil {
			return err
		}
	}
	if p.Totals, err = d.catalog.Totals(v.ctx()); err != nil {
		return err
	}
	p.Progress = progressOf(p.Totals)
	if p.Facets, err = d.catalog.Facets(v.ctx()); err != nil {
		return err
	}
	if p.Codes, err = v.codebook(); err != nil {
		return err
	}
	if p.Places, err = v.placeChoices(p.Filter.Place); err != nil {
		return err
	}
	if p.Filter.Query == "" {
		f := search.Filter
		f.Before = 0
		if p.Count, err = d.catalog.Count(v.ctx(), f); err != nil {
			return err
		}
	}
	if found.Next != 0 {
		p.NextPage = withQuery("/reports", q, "before", strconv.FormatInt(found.Next, 10))
	}
	p.Newest = withQuery("/reports", q, "before", "")
	return v.render(http.StatusOK, "reports", &p)
}

// progress answers with the part of the page that tells how far the work is.
func (d *desk) progress(v *visit) error {
	t, err := d.catalog.Totals(v.ctx())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.draw(&b, "reports", "progress", progressOf(t)); err != nil {
		return err
	}
	return v.send(http.StatusOK, "text/html; charset=utf-8", b.Bytes())
}

func escapeQuery(s string) string { return url.QueryEscape(s) }

// withQuery returns path with the query, one of its values changed ("": left out).
func withQuery(path string, q url.Values, key, value string) string {
	out := url.Values{}
	for k, vs := range q {
		for _, s := range vs {
			if s != "" && k != key {
				out.Add(k, s)
			}
		}
	}
	if value != "" {
		out.Set(key, value)
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}
