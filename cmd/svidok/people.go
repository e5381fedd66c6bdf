package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// signIn returns the account that --as names, its password checked; "" without --as.
func (c *call) signIn(ctx context.Context, a *archive.Archive) (string, error) {
	name, _ := c.flags.GetString("as")
	if name == "" {
		return "", nil
	}
	pass, err := c.password(c.say.f("password-of", name))
	if err != nil {
		return "", err
	}
	account, err := a.People().SignIn(ctx, name, pass)
	return account.ID, err
}

// mustSignIn is signIn for acts that no machine may do.
func (c *call) mustSignIn(ctx context.Context, a *archive.Archive) (string, error) {
	id, err := c.signIn(ctx, a)
	if err == nil && id == "" {
		return "", evidence.WithHint(fmt.Errorf("svidok %s: %s: %w", c.name, c.say.s("needs-as"), evidence.ErrUsage), "%s", c.say.s("as-hint"))
	}
	return id, err
}

func accountCommand() command {
	flags := func(f *flagSet) {
		f.String("as", "", "")
		f.String("role", "coder", "")
		f.Bool("off", false, "")
	}
	return command{name: "account", flags: flags, least: 1, most: 2, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			if len(c.args) == 1 {
				return c.accounts(ctx, a)
			}
			return c.enrol(ctx, a, c.args[1])
		})
	}}
}

func (c *call) accounts(ctx context.Context, a *archive.Archive) error {
	all, err := a.Catalog().Accounts(ctx)
	if err != nil {
		return err
	}
	out := c.rows()
	for _, x := range all {
		if err := c.accountRow(out, x); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) accountRow(out *rows, x catalog.Account) error {
	row := struct {
		ID     string        `json:"id"`
		Name   string        `json:"name"`
		Role   evidence.Role `json:"role"`
		Active bool          `json:"active"`
	}{x.ID, x.Name, x.Role, x.Active}
	active := c.say.s("active")
	if !x.Active {
		active = c.say.s("inactive")
	}
	return out.put(row, "%s  %-9s %-9s %s", x.ID, x.Role, active, x.Name)
}

// enrol makes an account, or changes the one of this name. The password of the new
// account is SVIDOK_NEW_PASSWORD, or asked for.
func (c *call) enrol(ctx context.Context, a *archive.Archive, name string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	role, _ := c.flags.GetString("role")
	off, _ := c.flags.GetBool("off")
	e := archive.Enrolment{Name: name, Role: evidence.Role(role), Inactive: off}
	all, err := a.Catalog().Accounts(ctx)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.Name == name {
			e.ID = x.ID
			if !c.flags.Changed("role") {
				e.Role = x.Role
			}
		}
	}
	e.Password = c.Getenv("SVIDOK_NEW_PASSWORD")
	if e.Password == "" && e.ID == "" {
		ask := *c
		if by != "" { // SVIDOK_PASSWORD is then the admin's, and must not become another's
			ask.Getenv = func(string) string { return "" }
		}
		if e.Password, err = ask.password(c.say.f("new-password-of", name)); err != nil {
			return evidence.WithHint(err, "%s", c.say.s("set-new-password"))
		}
		again, err := ask.password(c.say.s("again"))
		if err != nil {
			return err
		}
		if again != e.Password {
			return evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("differ"), evidence.ErrUsage), "%s", c.say.s("differ-hint"))
		}
	}
	id, err := a.People().Enrol(ctx, by, e)
	if err != nil {
		return err
	}
	account, err := a.Catalog().Account(ctx, id)
	if err != nil {
		return err
	}
	return c.accountRow(c.rows(), account)
}

// judgmentLine is one line of `svidok judge`'s standard input.
type judgmentLine struct {
	Act       evidence.Act       `json:"act"`
	Statement string             `json:"statement"`
	Event     string             `json:"event"`
	Reason    string             `json:"reason"`
	Text      evidence.Hash      `json:"text"`
	Code      string             `json:"code"`
	Modality  evidence.Modality  `json:"modality"`
	Start     int                `json:"start"`
	End       int                `json:"end"`
	Place     string             `json:"place"`
	When      *evidence.Interval `json:"when"`
}

func judgeCommand() command {
	flags := func(f *flagSet) {
		f.String("as", "", "")
		f.String("reason", "", "")
	}
	return command{name: "judge", flags: flags, least: 1, most: -1, run: func(ctx context.Context, c *call) error {
		js, err := c.judgments()
		if err != nil {
			return err
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			account, err := c.mustSignIn(ctx, a)
			if err != nil {
				return err
			}
			outcomes, err := a.Judge(ctx, account, js)
			if err != nil {
				return err
			}
			return c.outcomes(outcomes)
		})
	}}
}

// judgments come from the arguments (ACT ID…), or as JSON lines from standard input.
func (c *call) judgments() ([]archive.Judgment, error) {
	var js []archive.Judgment
	reason, _ := c.flags.GetString("reason")
	if len(c.args) == 2 {
		return nil, usage(c.say, judgeCommand(), c.say.s("too-few"))
	}
	if len(c.args) > 2 {
		for _, id := range c.args[2:] {
			j := archive.Judgment{Act: evidence.Act(c.args[1]), Statement: id, Reason: reason}
			if strings.HasPrefix(id, "e:") {
				j.Statement, j.Event = "", id
			}
			js = append(js, j)
		}
		return js, nil
	}
	err := lines(c.In, func(n int, line string) error {
		var l judgmentLine
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			return fmt.Errorf("%s: %w: %w", c.say.f("bad-line", n), evidence.ErrUsage, err)
		}
		if l.Reason == "" {
			l.Reason = reason
		}
		js = append(js, archive.Judgment{Act: l.Act, Statement: l.Statement, Event: l.Event, Reason: l.Reason, Text: l.Text,
			Code: l.Code, Modality: l.Modality, Start: l.Start, End: l.End, Place: l.Place, When: l.When})
		return nil
	})
	return js, err
}

func (c *call) outcomes(all []archive.Outcome) error {
	out := c.rows()
	done, failed := 0, 0
	for _, o := range all {
		text := ""
		if o.Err != nil {
			failed++
			text = c.say.explain(o.Err)
		} else {
			done++
		}
		row := struct {
			Statement string            `json:"statement,omitempty"`
			Event     string            `json:"event,omitempty"`
			Standing  evidence.Standing `json:"standing"`
			Record    evidence.Hash     `json:"record,omitzero"`
			Position  int64             `json:"position"`
			Error     string            `json:"error"`
		}{o.Statement, o.Event, o.Standing, o.Record, o.Position, text}
		if err := out.put(row, "%s%s  %s %s", o.Statement, o.Event, o.Standing, text); err != nil {
			return err
		}
	}
	return c.sum(done, failed)
}

func gatherCommand() command {
	flags := func(f *flagSet) {
		for _, name := range []string{"as", "id", "title", "place", "from", "to", "precision", "basis"} {
			f.String(name, "", "")
		}
		f.Bool("withdraw", false, "")
	}
	return command{name: "gather", flags: flags, least: 1, most: -1, run: func(ctx context.Context, c *call) error {
		get := func(name string) string { v, _ := c.flags.GetString(name); return v }
		withdraw, _ := c.flags.GetBool("withdraw")
		when := evidence.Interval{From: get("from"), To: get("to"), Precision: get("precision")}
		if when.To == "" {
			when.To = when.From
		}
		if when.Precision == "" {
			when.Precision = "day"
		}
		g := archive.Gathering{ID: get("id"), Title: get("title"), Place: get("place"), Basis: get("basis"), When: when, Statements: c.args[1:], Withdrawn: withdraw}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			account, err := c.mustSignIn(ctx, a)
			if err != nil {
				return err
			}
			o, err := a.Gather(ctx, account, g)
			if err != nil {
				return err
			}
			return c.outcomes([]archive.Outcome{o})
		})
	}}
}

func recodeCommand() command {
	flags := func(f *flagSet) { f.String("as", "", "") }
	return command{name: "recode", flags: flags, least: 2, most: 2, run: func(ctx context.Context, c *call) error {
		yaml, err := os.ReadFile(c.args[1])
		if err != nil {
			return fmt.Errorf("read the codebook: %w: %w", evidence.ErrNotFound, err)
		}
		if _, err := c.codebook(c.args[1]); err != nil {
			return err
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			by, err := c.signIn(ctx, a)
			if err != nil {
				return err
			}
			out := c.rows()
			var failure error
			sum, err := a.Recode(ctx, by, yaml, func(ch archive.Change) {
				row := struct {
					Change    string              `json:"change"`
					Statement string              `json:"statement"`
					Report    int64               `json:"report"`
					Old       *evidence.Statement `json:"old"`
					New       *evidence.Statement `json:"new"`
					Standing  evidence.Standing   `json:"standing"`
				}{ch.Kind, ch.Statement, ch.Report, present(ch.Old), present(ch.New), ch.Standing}
				quote := ch.New.Quote
				if quote == "" {
					quote = ch.Old.Quote
				}
				failure = errors.Join(failure, out.put(row, "%-16s %s%s  %s  «%s»", ch.Kind, ch.Old.Code, ch.New.Code, ch.Standing, quote))
			})
			if err == nil {
				c.words("recoded", sum.Texts, sum.Kept, sum.Added, sum.Removed, sum.Rephrased, sum.Judged, sum.JudgedNoLonger)
			}
			return errors.Join(err, failure)
		})
	}}
}

func present(s evidence.Statement) *evidence.Statement {
	if s.Code == "" {
		return nil
	}
	return &s
}
