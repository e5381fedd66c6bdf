package standards

import (
	"slices"
	"strings"
)

// OfItem judges one report.
func OfItem(i Item) []Duty {
	var out []Duty
	for _, p := range MinimumParts() {
		out = append(out, part(i, p))
	}
	hollow := Duty{ID: "B.collection.hollow", Standing: Met, Reason: "not-hollow"}
	switch {
	case !i.Taken:
		hollow.Standing, hollow.Reason = NotOurs, "item-brought"
	case len(i.Hollow) > 0:
		hollow.Standing, hollow.Reason, hollow.Args = NotMet, "item-hollow", []any{strings.Join(i.Hollow, "; ")}
	}
	out = append(out, hollow,
		Duty{ID: "B.preservation.original", Standing: Met, Reason: "item-original", Args: []any{i.Converted}},
		Duty{ID: "B.preservation.custody", Standing: Met, Reason: "item-custody", Args: []any{i.Custody}},
		Duty{ID: "B.preservation.copies-apart", Standing: Met, Reason: "apart"},
		stampedItem(i), Duty{ID: "B.preservation.identity", Standing: Met, Reason: "named"}, renderable(i),
		yes("B.assessment.preliminary", i.Assessed, "form-there", "form-missing"),
		yes("B.verification.content", i.Verified, "form-there", "form-missing"))
	others := Duty{ID: "B.verification.technical", Standing: Part, Reason: "one-observer"}
	if i.Others > 0 {
		others = Duty{ID: others.ID, Standing: Met, Reason: "observers", Args: []any{i.Others}}
	}
	origin := Duty{ID: "B.verification.source", Standing: Part, Reason: "no-origin"}
	if i.Origins > 0 {
		origin = Duty{ID: origin.ID, Standing: Part, Reason: "origins", Args: []any{i.Origins}}
	}
	return append(out, others, origin)
}

func yes(id string, ok bool, good, bad string) Duty {
	if ok {
		return Duty{ID: id, Standing: Met, Reason: good}
	}
	return Duty{ID: id, Standing: NotMet, Reason: bad}
}

func part(i Item, p string) Duty {
	d := Duty{ID: "B.collection." + p, Standing: NotMet, Reason: "part-missing"}
	switch {
	case p == "hash":
		d.Standing, d.Reason = Met, "hashed"
	case slices.Contains(i.Parts, p):
		d.Standing, d.Reason = Met, "part-there"
	case !i.Taken && p == "address" && i.Address:
		d.Standing, d.Reason = Part, "address-claimed"
	case !i.Taken:
		d.Standing, d.Reason = NotOurs, "item-brought"
	}
	for _, l := range i.Lacks {
		if name, why, ok := strings.Cut(l, ": "); ok && name == p && d.Standing == NotMet {
			d.Reason, d.Args = "part-lacks", []any{why}
		}
	}
	return d
}

func stampedItem(i Item) Duty {
	d := Duty{ID: "B.preservation.authenticity", Standing: NotMet, Reason: "item-unstamped"}
	switch {
	case i.Stamps >= 2:
		d = Duty{ID: d.ID, Standing: Met, Reason: "item-stamped", Args: []any{i.Stamps}}
	case i.Stamps == 1:
		d = Duty{ID: d.ID, Standing: Part, Reason: "item-stamped", Args: []any{i.Stamps}}
	}
	return d
}

func renderable(i Item) Duty {
	d := Duty{ID: "B.preservation.renderability", Standing: Met, Reason: "readable"}
	if i.Read && !i.Readable {
		d.Standing, d.Reason = NotMet, "unread"
	} else if !i.Read {
		d.Standing, d.Reason = Part, "waiting"
	}
	return d
}
