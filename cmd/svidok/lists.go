package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/web"
)

func reportsCommand() command {
	flags := func(f *flagSet) {
		f.String("query", "", "")
		f.String("outlet", "", "")
		f.String("gate", "", "")
		f.String("standing", "", "")
		f.String("from", "", "")
		f.String("to", "", "")
		f.Bool("collapse", false, "")
		chooseFlags(f)
	}
	return command{name: "reports", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		get := c.value
		for _, f := range []struct { // a misspelt word would find nothing, and look as if there were nothing
			flag  string
			words []string
		}{{"gate", []string{"open", "review", "blocked"}}, {"standing", []string{"suggested", "coded", "rejected", "confirmed", "returned"}}} {
			if v := get(f.flag); v != "" && !slices.Contains(f.words, v) {
				return usage(c.say, reportsCommand(), "--"+f.flag+": "+c.say.s("flag-"+f.flag))
			}
		}
		if _, err := c.plainChoice(); err != nil {
			return err
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.reports(ctx, a) })
	}}
}

func (c *call) reports(ctx context.Context, a *archive.Archive) error {
	f, err := c.choice(ctx, a)
	if err != nil {
		return err
	}
	f.Outlet, f.Gate, f.Standing, f.Limit = c.value("outlet"), evidence.Gate(c.value("gate")), evidence.Standing(c.value("standing")), 500
	f.Collapse, _ = c.flags.GetBool("collapse")
	s := archive.Search{Query: c.value("query"), Filter: f}
	names, err := c.names()
	if err != nil {
		return err
	}
	out := c.rows()
	for n := 0; ; {
		found, err := a.Find(ctx, s)
		if err != nil {
			return err
		}
		for _, h := range found.Hits {
			if err := c.reportRow(ctx, a, out, names, h.Report); err != nil {
				return err
			}
		}
		if n += len(found.Hits); n == 0 {
			c.none("reports")
		}
		if found.Next == 0 {
			return nil
		}
		s.Before = found.Next
	}
}

// names are the desk's names of things in the person's language.
func (c *call) names() (web.Names, error) { return web.NamesIn(c.say.lang) }

// entitle gives what has no title the beginning of its text.
func entitle(ctx context.Context, a *archive.Archive, title string, text evidence.Hash) (string, error) {
	if title != "" || text.IsZero() {
		return title, nil
	}
	r, _, err := a.Object(ctx, text)
	if err != nil {
		return "", fmt.Errorf("beginning of the text %s: %w", text, err)
	}
	defer r.Close()
	return archive.Beginning(r)
}

// joined are the parts that are not empty, set apart by dots.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

func (c *call) reportRow(ctx context.Context, a *archive.Archive, out *rows, names web.Names, r catalog.Report) error {
	told, err := a.Catalog().Told(ctx, r.Text)
	if err != nil {
		return err
	}

	row := struct {
		Report     int64             `json:"report"`
		SHA256     evidence.Hash     `json:"sha256"`
		Capture    evidence.Hash     `json:"capture"`
		Position   int64             `json:"position"`
		Name       string            `json:"name"`
		Outlet     string            `json:"outlet"`
		Title      string            `json:"title"`
		Published  evidence.Date     `json:"published,omitzero"`
		Language   string            `json:"language"`
		Gate       evidence.Gate     `json:"gate"`
		Progress   catalog.Progress  `json:"progress"`
		Captures   int               `json:"captures"`
		Family     int64             `json:"family"`
		FamilySize int               `json:"family_size"`
		Statements catalog.Counts    `json:"statements"`
		Origins    []evidence.Origin `json:"origins"`
		Problems   []string          `json:"problems,omitempty"`
	}{r.ID, r.Payload, r.Capture, r.Position, r.Name, r.Outlet, r.Title, r.Published, r.Language, r.Gate, r.Progress, r.Captures, r.Family, r.FamilySize, r.Counts, orEmpty(told), r.Problems}
	source := r.Outlet
	if source == "" {
		source = strings.TrimSpace(r.Name + " " + r.Within)
	}
	title, err := entitle(ctx, a, r.Title, r.Text)
	if err != nil {
		return err
	}
	says := ""
	if len(told) > 0 {
		var all []string
		for _, o := range told {
			all = append(all, names.Told(o))
		}
		says = c.say.f("says", strings.Join(all, ", "))
	}
	return out.put(row, "%6d  %-3s %-8s %-7s %3d  %-10.10s  %s", r.ID, r.Language, r.Progress, r.Gate, r.Counts.All(), r.Published.From, joined(source, title, says))
}

func statementsCommand() command {
	flags := func(f *flagSet) {
		f.String("for", "code", "")
		f.String("code", "", "")
		f.String("gate", "", "")
		f.Bool("copies", false, "")
	}
	return command{name: "statements", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		get := func(name string) string { v, _ := c.flags.GetString(name); return v }
		copies, _ := c.flags.GetBool("copies")
		q := catalog.QueueFilter{For: catalog.QueueFor(get("for")), Code: get("code"), Gate: evidence.Gate(get("gate")), Copies: copies, Limit: 500}
		if q.For != catalog.ToCode && q.For != catalog.ToReview && q.For != "event" {
			return usage(c.say, statementsCommand(), c.say.s("flag-for"))
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			if q.For == "event" {
				return c.ungathered(ctx, a)
			}
			out := c.rows()
			for {
				page, err := a.Catalog().Queue(ctx, q)
				if err != nil {
					return err
				}
				for _, s := range page.Statements {
					if err := c.statementRow(out, s); err != nil {
						return err
					}
				}
				if page.Next == 0 {
					return nil
				}
				q.After = page.Next
			}
		})
	}}
}

// ungathered lists findings that no event holds yet.
func (c *call) ungathered(ctx context.Context, a *archive.Archive) error {
	out := c.rows()
	before := int64(0)
	for {
		page, err := a.Catalog().Ungathered(ctx, before, 500)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, s := range page {
			if err := c.statementRow(out, s); err != nil {
				return err
			}
		}
		before = page[len(page)-1].Row
	}
}

func (c *call) statementRow(out *rows, s catalog.Statement) error {
	row := struct {
		ID       string            `json:"id"`
		Report   int64             `json:"report"`
		Text     evidence.Hash     `json:"text"`
		Code     string            `json:"code"`
		Modality evidence.Modality `json:"modality"`
		Gate     evidence.Gate     `json:"gate"`
		Standing evidence.Standing `json:"standing"`
		Quote    string            `json:"quote"`
		Start    int               `json:"start"`
		End      int               `json:"end"`
		Coder    string            `json:"coder,omitempty"`
		Reviewer string            `json:"reviewer,omitempty"`
	}{s.ID, s.Report, s.Text, s.Code, s.Modality, s.Gate, s.Standing, s.Quote, s.Start, s.End, s.Coder, s.Reviewer}
	return out.put(row, "%s  %-24s %-11s %-9s «%s»", s.ID, s.Code, s.Modality, s.Standing, s.Quote)
}

func eventsCommand() command {
	return command{name: "events", flags: chooseFlags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		if _, err := c.plainChoice(); err != nil {
			return err
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			f, err := c.choice(ctx, a)
			if err != nil {
				return err
			}
			events, err := a.Catalog().EventsOf(ctx, f)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				c.none("events")
			}
			out := c.rows()
			for _, e := range events {
				row := struct {
					Event      string            `json:"event"`
					Title      string            `json:"title"`
					Place      string            `json:"place"`
					When       evidence.Interval `json:"when"`
					Statements []string          `json:"statements"`
					Standing   evidence.Standing `json:"standing"`
					Finding    bool              `json:"finding"`
					Weak       []string          `json:"weak"`
				}{e.ID, e.Title, e.Place, e.When, orEmpty(e.Statements), e.Standing, e.Finding(), orEmpty(e.Weak)}
				if err := out.put(row, "%s  %-9s %s – %s  %s: %s (%d)", e.ID, e.Standing, e.When.From, e.When.To, e.Place, e.Title, len(e.Statements)); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}
