package main

import (
	"context"
	"slices"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

func reportsCommand() command {
	flags := func(f *flagSet) {
		f.String("query", "", "")
		f.String("language", "", "")
		f.String("outlet", "", "")
		f.String("gate", "", "")
		f.String("standing", "", "")
		f.String("code", "", "")
		f.String("from", "", "")
		f.String("to", "", "")
		f.String("place", "", "")
		f.String("since", "", "")
		f.String("until", "", "")
		f.String("origin", "", "")
		f.Bool("collapse", false, "")
	}
	return command{name: "reports", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		get := func(name string) string { v, _ := c.flags.GetString(name); return v }
		collapse, _ := c.flags.GetBool("collapse")
		s := archive.Search{Query: get("query"), Filter: catalog.Filter{Language: get("language"), Outlet: get("outlet"), Gate: evidence.Gate(get("gate")),
			Standing: evidence.Standing(get("standing")), Code: get("code"), From: get("from"), To: get("to"),
			Place: get("place"), Since: get("since"), Until: get("until"), Origin: get("origin"), Collapse: collapse, Limit: 500}}
		for _, f := range []struct { // a misspelt word would find nothing, and look as if there were nothing
			flag  string
			words []string
		}{{"gate", []string{"open", "review", "blocked"}}, {"standing", []string{"suggested", "coded", "rejected", "confirmed", "returned"}}} {
			if v := get(f.flag); v != "" && !slices.Contains(f.words, v) {
				return usage(c.say, reportsCommand(), "--"+f.flag+": "+c.say.s("flag-"+f.flag))
			}
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			out := c.rows()
			for {
				found, err := a.Find(ctx, s)
				if err != nil {
					return err
				}
				for _, h := range found.Hits {
					if err := c.reportRow(out, h.Report); err != nil {
						return err
					}
				}
				if found.Next == 0 {
					return nil
				}
				s.Before = found.Next
			}
		})
	}}
}

func (c *call) reportRow(out *rows, r catalog.Report) error {
	row := struct {
		Report     int64            `json:"report"`
		SHA256     evidence.Hash    `json:"sha256"`
		Capture    evidence.Hash    `json:"capture"`
		Position   int64            `json:"position"`
		Name       string           `json:"name"`
		Outlet     string           `json:"outlet"`
		Title      string           `json:"title"`
		Published  evidence.Date    `json:"published,omitzero"`
		Language   string           `json:"language"`
		Gate       evidence.Gate    `json:"gate"`
		Progress   catalog.Progress `json:"progress"`
		Captures   int              `json:"captures"`
		Family     int64            `json:"family"`
		FamilySize int              `json:"family_size"`
		Statements catalog.Counts   `json:"statements"`
		Problems   []string         `json:"problems,omitempty"`
	}{r.ID, r.Payload, r.Capture, r.Position, r.Name, r.Outlet, r.Title, r.Published, r.Language, r.Gate, r.Progress, r.Captures, r.Family, r.FamilySize, r.Counts, r.Problems}
	name := r.Title
	if name == "" {
		name = strings.TrimSpace(r.Name + " " + r.Within)
	}
	return out.put(row, "%6d  %-3s %-8s %-7s %3d  %-10.10s  %s · %s", r.ID, r.Language, r.Progress, r.Gate, r.Counts.All(), r.Published.From, r.Outlet, name)
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
	return command{name: "events", least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			events, err := a.Catalog().Events(ctx)
			if err != nil {
				return err
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
