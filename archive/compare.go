package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"svidok/catalog"
	"svidok/corroboration"
	"svidok/evidence"
)

const (
	compareBatch = 4096
	notedCopies  = 8
)

// compare looks for copies of the texts that came since it was last asked, and commits
// what it found.
//
// Of texts that are all alike (a channel's daily form), every pair is a copy, and the
// pairs are as the square of the texts. They all count, but not all are noted: of each
// text the [notedCopies] most alike, and one for each family that it belongs to. So
// families are those of all pairs.
//
// That it looked is not in the ledger: a catalog that was made anew does not know, and
// then all is compared once more. The join is exact, so it finds the same again, and what
// is noted already is left out.
func (w *worker) compare() error {
	a := w.a
	if err := a.loadCopies(w.ctx); err != nil {
		return err
	}
	for {
		from := a.copies.loaded
		list, err := a.cat.Sketches(w.ctx, from, compareBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		last := list[len(list)-1].ID
		acts, err := a.matches(w.ctx, list, a.now())
		if err == nil {
			r := &request{acts: acts, joined: last}
			r.check = func(ctx context.Context) error { return a.dropNoted(ctx, r, from, last) }
			err = a.commit(w.ctx, r)
		}
		if err != nil {
			a.copies = copies{} // what the index holds is ahead of what is noted
			return err
		}
		for range list {
			w.step(Step{Step: "copy", Status: "ok"})
		}
	}
}

// loadCopies fills the index with what was compared before, here or by another process.
func (a *Archive) loadCopies(ctx context.Context) error {
	if a.copies.index == nil {
		a.copies = copies{index: corroboration.NewIndex(corroboration.Options{})}
	}
	joined, err := a.cat.Joined(ctx)
	if err != nil {
		return err
	}
	for a.copies.loaded < joined {
		list, err := a.cat.Sketches(ctx, a.copies.loaded, compareBatch)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.ID > joined {
				return nil
			}
			if err := a.copies.index.Load(uint32(s.ID), s.Sketch); err != nil {
				return fmt.Errorf("copies: %w", errors.Join(err, catalog.ErrRebuild))
			}
			a.copies.took(s)
		}
		if len(list) == 0 {
			return nil
		}
	}
	return nil
}

// matches adds texts to the index and makes records of what they match.
func (a *Archive) matches(ctx context.Context, list []catalog.Sketch, at time.Time) ([]*act, error) {
	names := make(map[int64]evidence.Hash, len(list))
	for _, s := range list {
		names[s.ID] = s.Text
	}
	var acts []*act
	for _, s := range list {
		if s.ID > math.MaxUint32 {
			return nil, fmt.Errorf("text %d: %w", s.ID, evidence.ErrLimit)
		}
		found, err := a.copies.index.AddSketch(uint32(s.ID), s.Sketch)
		if err != nil {
			return nil, fmt.Errorf("copies: %w", errors.Join(err, catalog.ErrRebuild))
		}
		a.copies.took(s)
		for _, m := range a.copies.worthNoting(s.ID, found) {
			other, ok := names[int64(m.Other)]
			if !ok {
				if other, err = a.cat.TextHash(ctx, int64(m.Other)); err != nil {
					return nil, err
				}
				names[int64(m.Other)] = other
			}
			acts = append(acts, &act{kind: evidence.KindCopy, who: "m:corroboration/1", at: at, record: evidence.Copy{V: 1, Kind: evidence.KindCopy,
				Text: s.Text, Other: other, Relation: m.Relation, Similarity: math.Round(m.Similarity*1e4) / 1e4, Method: corroboration.Method, At: at}})
		}
	}
	return acts, nil
}

// dropNoted leaves out what the ledger has already.
func (a *Archive) dropNoted(ctx context.Context, r *request, after, last int64) error {
	pairs, err := a.cat.Pairs(ctx, after, last)
	if err != nil || len(pairs) == 0 {
		return err
	}
	noted := make(map[[2]evidence.Hash]bool, len(pairs))
	for _, p := range pairs {
		noted[[2]evidence.Hash{p.Text, p.Other}] = true
	}
	kept := r.acts[:0]
	for _, x := range r.acts {
		if c, ok := x.record.(evidence.Copy); !ok || !noted[[2]evidence.Hash{c.Text, c.Other}] {
			kept = append(kept, x)
		}
	}
	r.acts = kept
	return nil
}

// took notes that a text is in the index, and to which family the catalog counts it.
func (c *copies) took(s catalog.Sketch) {
	for int64(len(c.parent)) <= s.ID {
		c.parent = append(c.parent, uint32(len(c.parent)))
	}
	c.join(s.ID, s.Family)
	c.loaded = s.ID
}

// root returns the text that a family is named after.
func (c *copies) root(id int64) int64 {
	for int64(c.parent[id]) != id {
		c.parent[id] = c.parent[c.parent[id]]
		id = int64(c.parent[id])
	}
	return id
}

func (c *copies) join(x, y int64) {
	x, y = c.root(x), c.root(y)
	c.parent[max(x, y)] = uint32(min(x, y))
}

// worthNoting chooses from a text's matches, most alike first, and joins the families.
// Asked again when more families are joined already, it chooses no other ones.
func (c *copies) worthNoting(id int64, found []corroboration.Match) []corroboration.Match {
	slices.SortFunc(found, func(a, b corroboration.Match) int {
		return cmp.Or(-cmp.Compare(a.Similarity, b.Similarity), cmp.Compare(a.Other, b.Other))
	})
	out := found[:0]
	families := map[int64]bool{}
	for i, m := range found {
		family := c.root(int64(m.Other))
		if i < notedCopies || !families[family] {
			out = append(out, m)
		}
		families[family] = true
	}
	for family := range families {
		c.join(id, family)
	}
	return out
}
