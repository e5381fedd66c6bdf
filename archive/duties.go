package archive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"svidok/catalog"
	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/standards"
)

// sampled is how many takings are looked at in detail for the standards.
const sampled = 2000

// Duties compares the case with the standards.
func (k Keeping) Duties(ctx context.Context) ([]standards.Duty, error) {
	c, err := k.caseFacts(ctx)
	if err != nil {
		return nil, fmt.Errorf("standards: %w", err)
	}
	return standards.OfCase(c), nil
}

func (k Keeping) caseFacts(ctx context.Context) (standards.Case, error) {
	cat := k.a.cat
	c := standards.Case{Now: k.a.now(), Forms: map[string]bool{}}
	t, err := cat.Totals(ctx)
	if err != nil {
		return c, err
	}
	c.Reports, c.Unreadable, c.Coded, c.Releases = t.Reports, t.Unreadable, max(0, t.Texts-t.ToCode), t.Releases
	kept, err := cat.Kept(ctx, sampled)
	if err != nil {
		return c, err
	}
	c.Takings, c.Sampled, c.Parts, c.Hollow, c.Searches = kept.Takings, min(kept.Takings, sampled), kept.Parts, kept.Hollow, kept.Searches
	for _, f := range []func(context.Context, *standards.Case) error{k.vouchFacts, k.keptFacts, k.peopleFacts} {
		if err := f(ctx, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (k Keeping) vouchFacts(ctx context.Context, c *standards.Case) error {
	v, err := k.a.vouched(ctx)
	if err != nil {
		return err
	}
	s, err := k.Settings(ctx)
	if err != nil {
		return err
	}
	c.Unstamped, c.Stamped, c.Late, c.Authorities, c.Witnesses, c.Contradicts = v.Unstamped, v.Stamped, v.Late, v.Authorities, len(s.Witnesses), len(v.Refused)
	if len(s.Witnesses) == 0 || v.Cosigned == 0 {
		return nil
	}
	w := Vouched{Stamped: v.Cosigned} // what the witnesses have not seen yet
	err = k.a.unstamped(ctx, &w, k.a.ledger.Size())
	c.Cosigned = w.Since.IsZero() || k.a.now().Sub(w.Since) <= stampPatience
	return err
}

func (k Keeping) keptFacts(ctx context.Context, c *standards.Case) error {
	last := func(act evidence.CustodyAct) (time.Time, error) {
		list, err := k.a.cat.Custodies(ctx, act, 1)
		if err != nil || len(list) == 0 {
			return time.Time{}, err
		}
		return list[0].At, nil
	}
	c.Sealed = k.Sealed()
	var err error
	if c.Mirrored, err = k.mirrored(ctx); err != nil {
		return err
	}
	if sealed, err := last(evidence.CustodySealed); err != nil {
		return err
	} else if c.Sealed && c.Mirrored.Before(sealed) {
		c.Mirrored = time.Time{} // that copy was not encrypted
	}
	if c.Swept, err = last(evidence.CustodyChecked); err != nil {
		return err
	}
	if c.Damaged, err = k.a.damaged(ctx); err != nil {
		return err
	}
	handed, err := k.a.cat.Transfers(ctx)
	answered := map[evidence.Hash]bool{}
	for _, l := range handed {
		if l.Answered > 0 && len(l.Custody.About) > 0 { // of a dossier, and not of the whole case
			answered[l.Custody.About[0]] = true
		}
	}
	c.Answered = len(answered)
	return err
}

// mirrored is when a copy of the case was last made. One that failed is noted twice: when it
// was begun, and that it failed.
func (k Keeping) mirrored(ctx context.Context) (time.Time, error) {
	list, err := k.a.cat.Custodies(ctx, evidence.CustodyCopied, 100)
	if err != nil {
		return time.Time{}, err
	}
	for i := 0; i < len(list); i++ {
		if len(list[i].Counts) == 0 {
			return list[i].At, nil
		}
		i++ // and its beginning
	}
	return time.Time{}, nil
}

func (k Keeping) peopleFacts(ctx context.Context, c *standards.Case) error {
	accounts, err := k.a.cat.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Active {
			c.Accounts++
		}
	}
	sources, err := k.a.cat.Sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if s.Active {
			c.Sources++
			if !s.Reason.IsZero() && s.Grade != "F" {
				c.Graded++
			}
		}
	}
	forms, err := k.a.cat.Forms(ctx, 0)
	if err != nil {
		return err
	}
	for _, f := range forms {
		c.Forms[string(f.Form.Form)] = true
	}
	if c.Assessed, err = k.a.cat.Assessed(ctx, evidence.FormAssessment); err != nil {
		return err
	}
	c.Verified, err = k.a.cat.Assessed(ctx, evidence.FormVerified)
	return err
}

// ItemDuties compares one report with the standards.
func (k Keeping) ItemDuties(ctx context.Context, report int64) ([]standards.Duty, error) {
	i, err := k.itemFacts(ctx, report)
	if err != nil {
		return nil, fmt.Errorf("standards of report %d: %w", report, err)
	}
	return standards.OfItem(i), nil
}

func (k Keeping) itemFacts(ctx context.Context, report int64) (standards.Item, error) {
	var i standards.Item
	d, err := k.a.cat.Report(ctx, report)
	if err != nil {
		return i, err
	}
	i.Address, i.Read, i.Readable = d.Address != "", d.Progress != catalog.Waiting, !d.Text.IsZero()
	i.Converted, i.Custody, i.Origins = len(d.Readings), len(d.Custody), len(d.Origins)
	takings, err := k.a.cat.TakingsOf(ctx, report)
	if err != nil {
		return i, err
	}
	if len(takings) > 0 {
		t := takings[len(takings)-1]
		i.Taken, i.Parts, i.Lacks = true, t.Parts, t.Lacks
		for _, h := range t.Hollow {
			i.Hollow = append(i.Hollow, h.Kind+" ("+h.Because+")")
		}
	}
	stamps, err := k.a.cat.Covering(ctx, d.Position)
	if err != nil {
		return i, err
	}
	i.Stamps = len(stamps)
	custody, err := k.a.cat.CustodyOf(ctx, report)
	if err != nil {
		return i, err
	}
	others, err := k.Observed(ctx, report)
	if err != nil {
		return i, err
	}
	for _, x := range others {
		if l := crosscapture.Likeness(x.Likeness); l == crosscapture.SameBytes || l == crosscapture.SameText {
			i.Others++
		}
	}
	i.Custody += len(custody)
	forms, err := k.a.cat.Forms(ctx, report)
	if err != nil {
		return i, err
	}
	i.Assessed = slices.ContainsFunc(forms, func(f catalog.Form) bool { return f.Form.Form == evidence.FormAssessment })
	i.Verified = slices.ContainsFunc(forms, func(f catalog.Form) bool { return f.Form.Form == evidence.FormVerified })
	return i, nil
}
