package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

const (
	contextBytes = 700 // around a statement, in bytes of Cyrillic UTF-8 about 350 letters each way
	listed       = 25  // statements on one page of the list
	maxTrail     = 30  // how far "previous" leads back
)

type reviewPage struct {
	shell
	For       catalog.QueueFor
	View      string // one or list
	Codes     codes
	People    people
	Items     []queueItem
	Waiting   int
	Filter    queueFilterView
	Previous  string // address, "" if there is none
	Following string
	OneView   string
	ListView  string
	Empty     queueEmpty
}

// queueItem is a statement with the words around it.
type queueItem struct {
	statementView
	Before, After bool // more text before, after
	Context       []paragraph
	Then          string        // where to go after it was judged
	Answer        *decisionView // why it was returned, nil if it was not
}

type queueFilterView struct {
	Gate, Code, Language string
	Copies, Rejected     bool
}

// Any reports whether anything is chosen.
func (f queueFilterView) Any() bool { return f != queueFilterView{} }

// queueEmpty says why nothing waits, so that the page can say what to do.
type queueEmpty struct {
	NoReports, Working bool
}

func (d *desk) review(v *visit) error {
	q := v.r.URL.Query()
	p := reviewPage{shell: v.shell("review", v.l.t("review.title")), For: catalog.ToCode, View: "one",
		Filter: queueFilterView{Gate: q.Get("gate"), Code: q.Get("code"), Language: q.Get("language"), Copies: q.Get("copies") != "", Rejected: q.Get("rejected") != ""}}
	p.Wide = true
	switch asked := catalog.QueueFor(q.Get("for")); {
	case asked == catalog.ToReview && !v.mayReview():
		return errRole
	case asked == catalog.ToReview, asked == "" && v.mayReview():
		p.For = catalog.ToReview
	}
	if q.Get("view") == "list" {
		p.View = "list"
	}
	limit := 2 // one to show, one to know whether there is a next
	if p.View == "list" {
		limit = listed
	}
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64) // nonsense is the beginning
	queue, err := d.catalog.Queue(v.ctx(), catalog.QueueFilter{For: p.For, Account: v.me.ID, Gate: evidence.Gate(p.Filter.Gate), Code: p.Filter.Code,
		Language: p.Filter.Language, Copies: p.Filter.Copies, Rejected: p.Filter.Rejected, After: after, Limit: limit})
	if err != nil {
		return err
	}
	p.Waiting = queue.Waiting
	if p.Codes, err = v.codebook(); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	if len(queue.Statements) == 0 {
		if p.Empty, err = v.whyEmpty(); err != nil {
			return err
		}
	}
	if err := v.fillQueue(&p, queue, q, after); err != nil {
		return err
	}
	return v.render(http.StatusOK, "review", &p)
}

func (v *visit) whyEmpty() (queueEmpty, error) {
	t, err := v.catalog.Totals(v.ctx())
	return queueEmpty{NoReports: t.Reports == 0, Working: t.ToRead+t.ToCode > 0}, err
}

// fillQueue puts the statements and the ways to and fro onto the page.
func (v *visit) fillQueue(p *reviewPage, queue catalog.Queue, q url.Values, after int64) error {
	trail := strings.FieldsFunc(q.Get("trail"), func(c rune) bool { return c == '.' })
	q.Set("for", string(p.For))
	plain := url.Values{}
	for k, vs := range q {
		if k != "after" && k != "trail" {
			plain[k] = vs
		}
	}
	p.OneView, p.ListView = withQuery("/review", plain, "view", ""), withQuery("/review", plain, "view", "list")
	if n := len(trail); n > 0 {
		back := url.Values{}
		for k, vs := range q {
			back[k] = vs
		}
		back.Set("trail", strings.Join(trail[:n-1], "."))
		p.Previous = withQuery("/review", back, "after", trail[n-1])
	}
	shown := queue.Statements
	if p.View == "one" && len(shown) > 1 {
		shown = shown[:1]
	}
	next := int64(0)
	if len(shown) > 0 && (len(queue.Statements) > len(shown) || queue.Next != 0) {
		next = shown[len(shown)-1].Row
	}
	if next != 0 {
		on := url.Values{}
		for k, vs := range q {
			on[k] = vs
		}
		trail = append(trail, strconv.FormatInt(after, 10))
		on.Set("trail", strings.Join(trail[max(0, len(trail)-maxTrail):], "."))
		p.Following = withQuery("/review", on, "after", strconv.FormatInt(next, 10))
	}
	for _, s := range shown {
		item, err := v.queueItem(s)
		if err != nil {
			return err
		}
		// What was judged leaves the queue, so that this same place shows the next one.
		item.Then = withQuery("/review", q, "", "")
		p.Items = append(p.Items, item)
	}
	return nil
}

func (v *visit) queueItem(s catalog.Statement) (queueItem, error) {
	item := queueItem{statementView: v.viewOf(s, 0)}
	b, err := v.object(v.ctx(), s.Text, maxText)
	if err != nil {
		return item, fmt.Errorf("text around the statement %s: %w", s.ID, err)
	}
	if item.Title == "" {
		item.Title = archive.FirstLine(string(b))
	}
	if s.Standing == evidence.Returned {
		if item.Answer, err = v.lastDecision(s.ID); err != nil {
			return item, err
		}
	}
	item.Before, item.After, item.Context = excerpt(string(b), s.Start, s.End, contextBytes, mark{Start: s.Start, End: s.End, ID: s.ID, Kind: string(s.Modality)})
	return item, nil
}

// lastDecision returns the newest decision on a statement with its reason.
func (v *visit) lastDecision(id string) (*decisionView, error) {
	s, err := v.catalog.Statement(v.ctx(), id)
	if err != nil || len(s.History) == 0 {
		return nil, err
	}
	all, err := v.decisions(s.History[len(s.History)-1:])
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}
