package main

import (
	"cmp"
	"context"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/web"
)

// figuresCommand lists what reports claim in numbers. They are never added or averaged.
func figuresCommand() command {
	return command{name: "figures", flags: chooseFlags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		if _, err := c.plainChoice(); err != nil {
			return err
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.figures(ctx, a) })
	}}
}

func (c *call) figures(ctx context.Context, a *archive.Archive) error {
	f, err := c.choice(ctx, a)
	if err != nil {
		return err
	}
	names, err := c.names()
	if err != nil {
		return err
	}
	scopes := scopesIn(f.Places)
	out := c.rows()
	n, before := 0, int64(0)
	for {
		page, err := a.Catalog().Figures(ctx, f, before, 500)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			if n == 0 {
				c.none("figures")
			}
			return nil
		}
		for _, r := range page {
			if len(f.Places) > 0 && !inScope(scopes, r.Scope) {
				continue
			}
			n++
			if err := c.figureRow(ctx, a, out, names, r); err != nil {
				return err
			}
		}
		before = page[len(page)-1].Row
	}
}

// inScope reports whether a number is about one of the places: its scope names them first,
// and the group of people behind a semicolon.
func inScope(scopes map[string]bool, scope string) bool {
	area, _, _ := strings.Cut(scope, ";")
	for name := range strings.SplitSeq(area, ",") {
		if scopes[strings.TrimSpace(name)] {
			return true
		}
	}
	return false
}

func (c *call) figureRow(ctx context.Context, a *archive.Archive, out *rows, names web.Names, f catalog.FigureRow) error {
	told, err := a.Catalog().Told(ctx, f.Text)
	if err != nil {
		return err
	}
	var via []string
	for _, o := range told {
		if o.Name == f.Claimant {
			via = o.Via
			break
		}
	}
	row := struct {
		evidence.Figure
		Hedged    bool          `json:"hedged"`
		Via       []string      `json:"via"`
		Report    int64         `json:"report"`
		Text      evidence.Hash `json:"text"`
		Outlet    string        `json:"outlet"`
		Published string        `json:"published"`
	}{f.Figure, f.Hedged, orEmpty(via), f.Report, f.Text, f.Outlet, f.Published}
	title, err := entitle(ctx, a, f.Title, f.Text)
	if err != nil {
		return err
	}
	claimant := ""
	if f.Claimant != "" {
		claimant = c.say.f("says", names.Claimant(f.Claimant)+names.Via(via))
	}
	marks := ""
	if f.Hedged {
		marks = " [" + names.Hedged() + "]"
	}
	for _, flag := range f.Flags {
		marks += " [" + names.Flag(flag) + "]"
	}
	return out.put(row, "%6d  %-16s  %s  «%s»%s  — %s", f.Report, names.Amount(f.Figure), joined(names.Kind(f.Kind), f.Scope, f.Period, claimant),
		f.Quote, marks, joined(cmp.Or(f.Outlet, f.Name), f.Published[:min(10, len(f.Published))], title))
}
