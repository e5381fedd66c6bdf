package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/coding"
	"svidok/evidence"
	"svidok/places"
)

// codeChoice is a code, or the beginning of one, of the codebook in force or of a statement.
func (c *call) codeChoice(ctx context.Context, a *archive.Archive, typed string) (string, error) {
	code := strings.TrimSuffix(strings.ToUpper(typed), ".")
	var ids []string
	used, err := a.Catalog().Codebooks(ctx)
	if err == nil && len(used) > 0 {
		ids, err = codesOf(ctx, a, used[0].YAML)
	}
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		if id == code || strings.HasPrefix(id, code+".") {
			return code, nil
		}
	}
	for _, code := range []string{code, typed} { // a case may have another codebook's
		if has, err := a.Catalog().HasCode(ctx, code); err != nil || has {
			return code, err
		}
	}
	hint := c.say.s("hint-code")
	if like := archive.Alike(code, ids); len(like) > 0 {
		hint = c.say.f("hint-code-near", strings.Join(like, ", "))
	}
	return "", c.unfit("code", typed, c.say.s("no-code"), hint)
}

// codesOf are the codes of a codebook that the case holds.
func codesOf(ctx context.Context, a *archive.Archive, h evidence.Hash) ([]string, error) {
	r, _, err := a.Object(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("the codebook: %w", err)
	}
	defer r.Close()
	yaml, err := io.ReadAll(io.LimitReader(r, 16<<20))
	if err != nil {
		return nil, fmt.Errorf("the codebook: %w", err)
	}
	book, _ := coding.Compile(yaml) // only a sound one is ever put in force
	if book == nil {
		return nil, nil
	}
	var ids []string
	for _, code := range book.Codes() {
		ids = append(ids, code.ID)
	}
	return ids, nil
}

// placeChoice is a place by its code in the codifier or by its name in any language. Of
// places of one name it is those that the case speaks of.
func (c *call) placeChoice(ctx context.Context, a *archive.Archive, typed string) ([]string, error) {
	g := places.Default()
	if id := strings.ToUpper(typed); strings.HasPrefix(id, "UA") && strings.ContainsAny(id, "0123456789") {
		if _, ok := g.Place(id); !ok {
			return nil, c.unfit("place", typed, c.say.s("no-place-code"), c.say.s("hint-place"))
		}
		return []string{id}, nil
	}
	found, outside := archive.PlacesNamed(typed)
	switch {
	case outside:
		return nil, c.unfit("place", typed, c.say.s("place-outside"), c.say.s("hint-place"))
	case len(found) == 0:
		return nil, c.unfit("place", typed, c.say.s("no-place"), c.say.s("hint-place"))
	case len(found) > 1:
		spots, err := a.Catalog().Spots(ctx, catalog.Scope{})
		if err != nil {
			return nil, err
		}
		told := map[string]bool{}
		for _, s := range spots {
			told[s.Place] = true
		}
		if here := slices.DeleteFunc(slices.Clone(found), func(id string) bool { return !told[id] }); len(here) > 0 {
			found = here
		} else {
			return nil, c.unfit("place", typed, c.say.f("places-alike", len(found)), c.say.f("hint-places-alike", described(g, found)))
		}
	}
	c.words("meant", "--place "+typed, described(g, found))
	return found, nil
}

// described names places with the oblast that each lies in, the first ten.
func described(g *places.Gazetteer, ids []string) string {
	var out []string
	for _, id := range ids[:min(10, len(ids))] {
		p, ok := g.Place(id)
		if !ok {
			continue
		}
		name := g.Full(p.Index)
		if o := g.Oblast(p.Index); o >= 0 && o != p.Index {
			name += ", " + g.Full(o)
		}
		out = append(out, name+" "+id)
	}
	return strings.Join(out, "; ")
}

// scopesIn are the names that numbers give to the places and to all within them.
func scopesIn(ids []string) map[string]bool {
	g := places.Default()
	out := map[string]bool{}
	for _, id := range ids {
		p, ok := g.Place(id)
		if !ok {
			continue
		}
		out[g.Full(p.Index)] = true
		for i, to := g.Below(p.Index); i < to; i++ {
			out[g.Full(i)] = true
		}
	}
	return out
}

// originChoice are the origins of an ID or a name, or of a part of one, in any language.
func (c *call) originChoice(ctx context.Context, a *archive.Archive, typed string) ([]string, error) {
	named, err := a.Catalog().Named(ctx)
	if err != nil {
		return nil, err
	}
	desk, err := c.names()
	if err != nil {
		return nil, err
	}
	found, like := desk.Origins(typed, named)
	if len(found) == 0 {
		hint := c.say.s("hint-origin")
		if len(like) > 0 {
			hint = c.say.f("hint-origin-near", strings.Join(like, "; "))
		}
		return nil, c.unfit("origin", typed, c.say.s("no-origin"), hint)
	}
	var meant []string
	for _, id := range found[:min(10, len(found))] {
		meant = append(meant, desk.Origin(id))
	}
	if len(found) > 10 {
		meant = append(meant, "…")
	}
	c.words("meant", "--origin "+typed, strings.Join(meant, "; "))
	return found[:min(500, len(found))], nil
}
