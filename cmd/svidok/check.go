package main

import (
	"context"
	"errors"
	"fmt"

	"svidok/archive"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/standards"
)

// vouch asks for time-stamps before something leaves. That none could be had is told, and
// stands in the dossier in red; it is no reason to keep the dossier back.
func (c *call) vouch(ctx context.Context, a *archive.Archive) {
	s, err := a.Keeping().Settings(ctx)
	if err == nil && len(s.Authorities) == 0 {
		c.words("no-authorities", c.args[0])
		return
	}
	if err == nil {
		k, e := c.collector(ctx, a)
		if err = e; err == nil {
			err = k.Vouch(ctx, true)
		}
	}
	if err != nil {
		c.words("unvouched", c.say.explain(err))
	}
}

func stampCommand() command {
	return command{name: "stamp", least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			s, err := a.Keeping().Settings(ctx)
			if err != nil {
				return err
			}
			if len(s.Authorities) == 0 && len(s.Witnesses) > 0 {
				c.words("no-authorities", c.args[0])
			} else if len(s.Authorities) == 0 {
				return evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("authorities-missing"), evidence.ErrNotFound), "%s", c.say.f("no-authorities", c.args[0]))
			}
			k, err := c.collector(ctx, a)
			if err != nil {
				return err
			}
			failed := k.Vouch(ctx, true)
			v, err := a.Keeping().Vouched(ctx)
			if err != nil {
				return errors.Join(failed, err)
			}
			row := struct {
				Stamped     int64 `json:"stamped"`
				Unstamped   int64 `json:"unstamped"`
				Authorities int   `json:"authorities"`
				Cosigned    int64 `json:"cosigned"`
			}{v.Stamped, v.Unstamped, v.Authorities, v.Cosigned}
			if err := c.rows().put(row, "%s", c.say.f("stamped", v.Stamped, v.Unstamped)); err != nil {
				return err
			}
			return failed
		})
	}}
}

func checkCommand() command {
	flags := func(f *flagSet) {
		f.Bool("standards", false, "")
		f.Int64("report", 0, "")
		f.String("as", "", "")
	}
	return command{name: "check", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			if on, _ := c.flags.GetBool("standards"); on {
				return c.standards(ctx, a)
			}
			if c.flags.Changed("report") {
				return usage(c.say, checkCommand(), c.say.s("check-report"))
			}
			return c.sweep(ctx, a)
		})
	}}
}

// sweep compares every byte with its hash, and notes that it was done.
func (c *call) sweep(ctx context.Context, a *archive.Archive) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	checks, failed, err := c.checked(ctx, c.args[0], dossier.Options{Language: c.say.lang})
	if err != nil {
		return err
	}
	err = a.Keeping().Happened(ctx, by, archive.Happening{Act: evidence.CustodyChecked, Counts: []evidence.Count{{Name: "checks", N: checks}, {Name: "failed", N: failed}}})
	if failed > 0 {
		c.words("verify-failed", failed)
		return errors.Join(errSilent, err)
	}
	c.words("check-ok")
	return err
}

// standards compares the case, or one report, with the duties of the Berkeley Protocol and
// of the guidelines for civil society organisations.
func (c *call) standards(ctx context.Context, a *archive.Archive) error {
	words, err := standards.WordsOf(c.say.lang)
	if err != nil {
		return err
	}
	var list []standards.Duty
	if id, _ := c.flags.GetInt64("report"); id > 0 {
		list, err = a.Keeping().ItemDuties(ctx, id)
	} else {
		list, err = a.Keeping().Duties(ctx)
	}
	if err != nil {
		return err
	}
	out := c.rows()
	for _, d := range list {
		row := dossier.Check{Name: d.ID, Status: dossier.Status(d.Standing), Detail: words.Duty(d) + ": " + words.Reason(d)}
		if err := out.put(row, "%-20s %s: %s", words.State(d), words.Duty(d), words.Reason(d)); err != nil {
			return err
		}
	}
	return nil
}
