package main

import (
	"context"

	"svidok/archive"
	"svidok/evidence"
)

// figuresCommand lists what reports claim in numbers. They are never added or averaged.
func figuresCommand() command {
	return command{name: "figures", least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			out := c.rows()
			before := int64(0)
			for {
				page, err := a.Catalog().Figures(ctx, before, 500)
				if err != nil || len(page) == 0 {
					return err
				}
				for _, f := range page {
					row := struct {
						evidence.Figure
						Report int64         `json:"report"`
						Text   evidence.Hash `json:"text"`
					}{f.Figure, f.Report, f.Text}
					if err := out.put(row, "%6d  %12.0f %-9s %-11s %s · %s · %s  «%s»", f.Report, f.Value, f.Operator, f.Kind, f.Scope, f.Period, f.Claimant, f.Quote); err != nil {
						return err
					}
				}
				before = page[len(page)-1].Row
			}
		})
	}}
}
