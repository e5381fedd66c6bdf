package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"svidok/evidence"
)

// Link is one act in a chain of custody. At most one of Custody, Release and Form is there:
// of other acts their kind says all.
type Link struct {
	Noted
	Custody  *evidence.Custody
	Release  *evidence.Release
	Form     evidence.FormName
	Answered int64 // of a hand-over: position of the receiver's acknowledgement; 0: not yet
}

// Chain returns the chain of custody of the case, oldest first: what happened to all of it
// or to parts, and the dossiers that left; all of it (0), or the latest links.
func (c *Catalog) Chain(ctx context.Context, latest int) ([]Link, error) {
	if latest <= 0 {
		latest = 1 << 62
	}
	events, err := c.Custodies(ctx, "", latest)
	if err != nil {
		return nil, err
	}
	releases, err := c.Releases(ctx)
	list := links(events, releases)
	return list[max(0, len(list)-latest):], err
}

// ChainOf returns the chain of custody of a report, oldest first: its captures, readings,
// codings, copies and decisions, the forms about it, what happened to it, to a dossier that
// it went into, or, since it is here, to the whole case.
func (c *Catalog) ChainOf(ctx context.Context, d Detail) ([]Link, error) {
	events, err := c.custodies(ctx, `position IN (`+heldOf+`) OR whole = 1 AND position > ? ORDER BY position`, d.ID, d.Position)
	var releases []Release
	if err == nil {
		releases, err = c.releases(ctx, `position IN (`+heldOf+`)`, d.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("chain of custody of report %d: %w", d.ID, judge(err))
	}
	forms, err := c.Forms(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	list := links(events, releases)
	for _, f := range forms {
		list = append(list, Link{Noted: Noted{f.Position, evidence.KindForm, f.Ref, f.By, f.At}, Form: f.Form.Form})
	}
	for _, n := range d.Custody {
		list = append(list, Link{Noted: n})
	}
	sortChain(list)
	return list, nil
}

// Transfers returns what was handed over, newest first.
func (c *Catalog) Transfers(ctx context.Context) ([]Link, error) {
	events, err := c.custodies(ctx, `act IN ('transferred', 'acknowledged') ORDER BY position`)
	if err != nil {
		return nil, fmt.Errorf("hand-overs: %w", judge(err))
	}
	list := slices.DeleteFunc(links(events, nil), func(l Link) bool { return l.Custody.Act != evidence.CustodyTransferred })
	slices.Reverse(list)
	return list, nil
}

// links puts custody events and releases in one order.
func links(events []Custody, releases []Release) []Link {
	list := make([]Link, 0, len(events)+len(releases))
	for i, e := range events {
		list = append(list, Link{Noted: Noted{e.Position, evidence.KindCustody, e.Ref, e.By, e.At}, Custody: &events[i].Custody})
	}
	for i, r := range releases {
		list = append(list, Link{Noted: Noted{r.Position, evidence.KindRelease, r.Ref, r.By, r.At}, Release: &releases[i].Release})
	}
	sortChain(list)
	answers(list)
	return list
}

func sortChain(list []Link) {
	slices.SortFunc(list, func(a, b Link) int { return cmp.Compare(a.Position, b.Position) })
}

// answers joins hand-overs with their acknowledgements: both name the slip first.
func answers(list []Link) {
	slips := map[evidence.Hash]int{}
	for i, l := range list {
		if l.Custody == nil || len(l.Custody.Objects) == 0 {
			continue
		}
		switch at, known := slips[l.Custody.Objects[0]]; {
		case l.Custody.Act == evidence.CustodyTransferred:
			slips[l.Custody.Objects[0]] = i
		case known && l.Custody.Act == evidence.CustodyAcknowledged:
			list[at].Answered = l.Position
		}
	}
}
