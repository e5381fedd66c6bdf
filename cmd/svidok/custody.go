package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

func custodyCommand() command {
	flags := func(f *flagSet) {
		f.String("disposed", "", "")
		f.String("reason", "", "")
		f.String("as", "", "")
	}
	return command{name: "custody", flags: flags, least: 1, most: 2, run: func(ctx context.Context, c *call) error {
		disposed := c.flags.Changed("disposed")
		if disposed && len(c.args) > 1 || !disposed && c.flags.Changed("reason") {
			return usage(c.say, custodyCommand(), c.say.s("custody-which"))
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			if disposed {
				return c.dispose(ctx, a)
			}
			return c.custody(ctx, a)
		})
	}}
}

// dispose notes that a copy or what held it was destroyed.
func (c *call) dispose(ctx context.Context, a *archive.Archive) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	if err := a.Keeping().Dispose(ctx, by, c.value("disposed"), c.value("reason")); err != nil {
		return err
	}
	c.words("custody-noted")
	return nil
}

// custody lists the chain of custody of the case, or of one report, oldest first.
func (c *call) custody(ctx context.Context, a *archive.Archive) error {
	list, err := c.chain(ctx, a)
	if err != nil {
		return err
	}
	names, err := accountNames(ctx, a)
	if err != nil {
		return err
	}
	out := c.rows()
	for _, l := range list {
		if err := c.custodyRow(ctx, a, out, l, names); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		c.words("none-custody")
	}
	return nil
}

func (c *call) chain(ctx context.Context, a *archive.Archive) ([]catalog.Link, error) {
	if len(c.args) < 2 {
		return a.Catalog().Chain(ctx, 0)
	}
	id, err := strconv.ParseInt(c.args[1], 10, 64)
	if err != nil {
		var h evidence.Hash
		if h, err = evidence.ParseHash(c.args[1]); err != nil {
			return nil, usage(c.say, custodyCommand(), c.say.f("custody-no-item", c.args[1]))
		}
		if id, err = a.Catalog().ReportOf(ctx, h); err != nil {
			return nil, err
		}
	}
	d, err := a.Catalog().Report(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.Catalog().ChainOf(ctx, d)
}

func accountNames(ctx context.Context, a *archive.Archive) (map[string]string, error) {
	names := map[string]string{}
	list, err := a.Catalog().Accounts(ctx)
	for _, x := range list {
		names[x.ID] = x.Name
	}
	return names, err
}

// custodyLink is one act of a chain of custody, as --json prints it.
type custodyLink struct {
	Position int64               `json:"position"`
	At       time.Time           `json:"at"`
	By       string              `json:"by"`
	Kind     evidence.Kind       `json:"kind"`
	Act      evidence.CustodyAct `json:"act,omitempty"`
	Form     evidence.FormName   `json:"form,omitempty"`
	Record   evidence.Hash       `json:"record"`
	About    []evidence.Hash     `json:"about,omitzero"`
	Size     int64               `json:"size,omitempty"`
	Root     evidence.Hash       `json:"root,omitzero"`
	Manifest evidence.Hash       `json:"manifest,omitzero"`
	To       string              `json:"to,omitempty"`
	Counts   []evidence.Count    `json:"counts,omitzero"`
	What     string              `json:"what,omitempty"`
	Reason   string              `json:"reason,omitempty"`
	Answered *int64              `json:"answered,omitzero"` // of a hand-over; 0: not yet
}

func (c *call) custodyRow(ctx context.Context, a *archive.Archive, out *rows, l catalog.Link, names map[string]string) error {
	row := custodyLink{Position: l.Position, At: l.At, By: l.Who, Kind: l.Kind, Form: l.Form, Record: l.Ref}
	words := c.say.s("custody-" + string(l.Kind))
	var more []string
	if l.Form != "" {
		words += ": " + c.say.s("custody-form-"+string(l.Form))
	}
	if r := l.Release; r != nil {
		row.Manifest, row.To, row.Size = r.Dossier, r.To, r.Size
	}
	if x := l.Custody; x != nil {
		row.Act, row.About, row.Size, row.Root, row.To, row.Counts = x.Act, x.About, x.Size, x.Root, x.To, x.Counts
		words = c.say.s("custody-" + string(x.Act))
		var err error
		if row.Reason, err = a.Keeping().Words(ctx, x.Reason); err != nil {
			return err
		}
		switch x.Act {
		case evidence.CustodyDisposed:
			if len(x.Objects) > 0 {
				if row.What, err = a.Keeping().Words(ctx, x.Objects[0]); err != nil {
					return err
				}
			}
		case evidence.CustodyTransferred:
			row.Answered = &l.Answered
			if l.Answered > 0 {
				more = append(more, c.say.f("custody-answered", l.Answered))
			} else {
				more = append(more, c.say.s("custody-unanswered"))
			}
		}
	}
	if row.To != "" {
		words += " → " + row.To
	}
	for _, s := range []string{row.What, row.Reason} {
		if s != "" {
			more = append(more, s)
		}
	}
	for _, n := range row.Counts {
		more = append(more, c.say.f("custody-count", c.say.s("custody-count-"+n.Name), n.N))
	}
	who := row.By
	if name := names[who]; name != "" {
		who = name
	}
	return out.put(row, "%6d  %s  %s  (%s)  %s", row.Position, row.At.Format("2006-01-02 15:04:05"), words, who, strings.Join(more, "; "))
}
