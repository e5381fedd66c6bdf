package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"

	"svidok/coding"
	"svidok/corroboration"
	"svidok/evidence"
)

// member is one file of a family of copies.
type member struct {
	File       string            `json:"file"`
	Relation   evidence.Relation `json:"relation"` // to the family's first file; "root" is that file itself
	Similarity float64           `json:"similarity"`
}

const (
	rootRelation   evidence.Relation = "root"
	linkedRelation evidence.Relation = "linked"
)

func copiesCommand() command {
	return command{name: "copies", least: 1, most: -1, run: func(ctx context.Context, c *call) error {
		out := c.rows()
		index := corroboration.NewIndex(corroboration.Options{})
		var files, texts []string
		var links []corroboration.Pair
		failed := 0
		bar := c.progress(c.say.s("comparing"))
		for d := range documents(ctx, c, c.args) {
			if errors.Is(d.err, context.Canceled) {
				return d.err
			}
			if d.err != nil {
				failed++
				if err := c.failRow(out, d.file, d.err); err != nil {
					return err
				}
				continue
			}
			id := uint32(len(files))
			files, texts = append(files, d.file), append(texts, d.Text)
			for _, m := range index.Add(id, d.Text) {
				links = append(links, corroboration.Pair{A: id, B: m.Other})
			}
			bar.set(int64(len(files)), -1)
		}
		bar.end()
		if err := c.families(out, files, texts, corroboration.Families(len(files), links)); err != nil {
			return err
		}
		return c.sum(len(files), failed)
	}}
}

// families prints each family of two or more, its earliest member first.
func (c *call) families(out *rows, files, texts []string, root []uint32) error {
	members := map[uint32][]uint32{}
	for i, r := range root {
		members[r] = append(members[r], uint32(i))
	}
	number := 0
	for i, r := range root {
		all := members[r]
		if uint32(i) != r || len(all) < 2 {
			continue
		}
		number++
		row := struct {
			Family  int      `json:"family"`
			Members []member `json:"members"`
		}{Family: number}
		text := fmt.Sprintf("%s %d", c.say.s("family"), number)
		for _, m := range all {
			x := relate(files[m], texts[m], texts[r], m == r)
			row.Members = append(row.Members, x)
			text += fmt.Sprintf("\n  %-10s %.2f  %s", x.Relation, x.Similarity, evidence.Visible(x.File))
		}
		if err := out.put(row, "%s", paragraph(text)); err != nil {
			return err
		}
	}
	return nil
}

// relate says how a member is like the first of its family; "linked" if only through others.
func relate(file, text, first string, isRoot bool) member {
	if isRoot {
		return member{file, rootRelation, 1}
	}
	j, inRoot, rootIn := corroboration.Compare(text, first)
	switch {
	case j == 1:
		return member{file, evidence.Identical, 1}
	case j >= 0.7:
		return member{file, evidence.Near, round(j)}
	case inRoot >= 0.8:
		return member{file, evidence.Contained, round(inRoot)}
	case rootIn >= 0.8:
		return member{file, evidence.Contains, round(rootIn)}
	}
	return member{file, linkedRelation, round(j)}
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// codebook compiles the file, or the built-in book if file is "".
func (c *call) codebook(file string) (*coding.Codebook, error) {
	coding.Warm()
	yaml := coding.Builtin()
	if file != "" {
		var err error
		if yaml, err = os.ReadFile(file); err != nil {
			return nil, fmt.Errorf("read the codebook: %w: %w", evidence.ErrNotFound, err)
		}
	}
	book, problems := coding.Compile(yaml)
	for _, p := range problems {
		fmt.Fprintf(c.Err, "%s:%d:%d: %s\n", evidence.Visible(file), p.Line, p.Column, evidence.Visible(p.Message))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%s: %w", c.say.f("bad-codebook", len(problems)), evidence.ErrFormat)
	}
	return book, nil
}
