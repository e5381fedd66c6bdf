package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"svidok/evidence"
)

// books remembers the codebook in force, for the names of its codes.
type books struct {
	mu   sync.Mutex
	last *book
}

// book is what the desk shows of a codebook. Whether the book is sound is not asked here:
// only a sound one is ever put in force.
type book struct {
	yaml     evidence.Hash
	Codebook string      `yaml:"codebook"`
	Version  string      `yaml:"version"`
	Groups   []bookGroup `yaml:"groups"`
	Codes    []bookCode  `yaml:"codes"`
	byID     map[string]bookCode
}

type bookGroup struct {
	ID   string            `yaml:"id"`
	Name map[string]string `yaml:"name"`
}

type bookCode struct {
	ID          string            `yaml:"id"`
	Group       string            `yaml:"group"`
	Name        map[string]string `yaml:"name"`
	Definition  string            `yaml:"definition"`
	Include     string            `yaml:"include"`
	Exclude     string            `yaml:"exclude"`
	Sensitivity string            `yaml:"sensitivity"`
}

func parseBook(y []byte) (*book, error) {
	b := &book{yaml: evidence.Sum(y), byID: map[string]bookCode{}}
	if err := yaml.Unmarshal(y, b); err != nil {
		return nil, fmt.Errorf("names of the codes: %w: %w", evidence.ErrFormat, err)
	}
	for _, c := range b.Codes {
		b.byID[c.ID] = c
	}
	return b, nil
}

// codebook returns the codes in force, in the visitor's language.
func (v *visit) codebook() (codes, error) {
	used, err := v.catalog.Codebooks(v.ctx())
	if err != nil {
		return codes{}, err
	}
	if len(used) == 0 {
		return codes{lang: v.l.code, book: &book{}}, nil
	}
	v.books.mu.Lock()
	defer v.books.mu.Unlock()
	if v.books.last == nil || v.books.last.yaml != used[0].YAML {
		y, err := v.object(v.ctx(), used[0].YAML, 16<<20)
		if err != nil {
			return codes{}, fmt.Errorf("names of the codes: %w", err)
		}
		if v.books.last, err = parseBook(y); err != nil {
			return codes{}, err
		}
	}
	return codes{lang: v.l.code, book: v.books.last}, nil
}

// object reads a whole object of the vault, of at most limit bytes.
func (d *desk) object(ctx context.Context, h evidence.Hash, limit int64) ([]byte, error) {
	r, size, err := d.archive.Object(ctx, h)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > limit {
		return nil, fmt.Errorf("an object of %d bytes, at most %d are shown: %w", size, limit, evidence.ErrLimit)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the object %s: %w", h, err)
	}
	return b, nil
}

// codes are the names of a codebook in one language.
type codes struct {
	lang string
	book *book
}

func inLanguage(names map[string]string, lang, otherwise string) string {
	return cmp.Or(names[lang], names["en"], otherwise)
}

// Name returns the name of a code, or the code itself if the book has none.
func (c codes) Name(id string) string { return inLanguage(c.book.byID[id].Name, c.lang, id) }

// Code returns what the book says of a code.
func (c codes) Code(id string) bookCode { return c.book.byID[id] }

// Known reports whether the book has this code.
func (c codes) Known(id string) bool { _, ok := c.book.byID[id]; return ok }

// codeOption is one line of a choice of codes.
type codeOption struct{ ID, Name string }

// codeGroup is a group of a choice of codes.
type codeGroup struct {
	Name  string
	Codes []codeOption
}

// Choice returns all codes by group, in the order of the book.
func (c codes) Choice() []codeGroup {
	at := map[string]int{}
	var out []codeGroup
	for _, g := range c.book.Groups {
		at[g.ID] = len(out)
		out = append(out, codeGroup{Name: inLanguage(g.Name, c.lang, g.ID)})
	}
	for _, code := range c.book.Codes {
		i, ok := at[code.Group]
		if !ok {
			i = len(out)
			at[code.Group] = i
			out = append(out, codeGroup{Name: code.Group})
		}
		out[i].Codes = append(out[i].Codes, codeOption{code.ID, c.Name(code.ID)})
	}
	return out
}

// people names whoever acted. Only the desk knows the names; records know identifiers.
type people struct {
	l     *language
	names map[string]string
	me    string
}

func (v *visit) people() (people, error) {
	all, err := v.catalog.Accounts(v.ctx())
	p := people{l: v.l, names: map[string]string{}, me: v.me.ID}
	for _, a := range all {
		p.names[a.ID] = a.Name
	}
	return p, err
}

// Name returns the name of a person, or what a machine is called.
func (p people) Name(id string) string {
	if machine, ok := strings.CutPrefix(id, "m:"); ok {
		return p.l.t("machine", machine)
	}
	return cmp.Or(p.names[id], id)
}

// Me reports whether this is the visitor.
func (p people) Me(id string) bool { return id != "" && id == p.me }
