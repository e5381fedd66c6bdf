package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strconv"
	"strings"

	"svidok/coding"
	"svidok/evidence"
	"svidok/intake"
	"svidok/reading"
)

// The stateless commands (read, code, copies) take files as they are and keep nothing.

// document is one report found in the named inputs, and its reading.
type document struct {
	file string // as named; parts of a container as FILE#WITHIN
	reading.Result
	err error
}

// documents reads every report in the inputs, containers unpacked.
func documents(ctx context.Context, c *call, inputs []string) iter.Seq[document] {
	return func(yield func(document) bool) {
		for item, err := range intake.Reports(ctx, inputs, c.In, intake.Limits{}) {
			d := document{file: fileOf(item.Input, item.Name, item.Within), err: err}
			if err == nil && item.Part != evidence.PartReport {
				continue
			}
			if err == nil {
				d.Result, d.err = readItem(item)
			}
			if !yield(d) {
				return
			}
		}
	}
}

// fileOf is FILE as it was named, FOLDER/FILE, or FILE#WITHIN for a part of a container.
func fileOf(input, name, within string) string {
	file := input
	if name != "" && name != input && input != "-" && filepath.Base(input) != name {
		file = filepath.Join(input, filepath.FromSlash(name))
	}
	if within != "" {
		file += "#" + within
	}
	return file
}

func readItem(item intake.Item) (reading.Result, error) {
	r, err := item.Reader()
	if err != nil {
		return reading.Result{}, err
	}
	raw, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return reading.Result{}, fmt.Errorf("read %s: %w", item.Name, err)
	}
	return reading.Read(raw, item.MediaType, item.Claims)
}

// sum says whether all, none or some of the files could be done.
func (c *call) sum(done, failed int) error {
	switch {
	case failed == 0:
		return nil
	case done == 0:
		return errSilent
	}
	return evidence.WithHint(fmt.Errorf("%s: %w", c.say.f("some-failed", failed, done+failed), evidence.ErrPartial), "%s", c.say.s("named-above"))
}

// failRow names a file that could not be done, and why.
func (c *call) failRow(out *rows, file string, err error) error {
	if c.json {
		return out.put(struct {
			File  string `json:"file"`
			Error string `json:"error"`
			Hint  string `json:"hint,omitempty"`
		}{file, err.Error(), evidence.HintOf(err)}, "")
	}
	fmt.Fprintf(c.Err, "%s: %s\n", evidence.Visible(file), paragraph(c.say.explain(err)))
	c.hint(err)
	return nil
}

func readCommand() command {
	return command{name: "read", least: 1, most: -1, run: func(ctx context.Context, c *call) error {
		return eachDocument(ctx, c, func(out *rows, d document) error {
			row := struct {
				File      string         `json:"file"`
				MediaType string         `json:"media_type"`
				Language  string         `json:"language"`
				Title     string         `json:"title"`
				Author    string         `json:"author,omitempty"`
				Outlet    string         `json:"outlet,omitempty"`
				Published *evidence.Date `json:"published"`
				Text      string         `json:"text"`
				Problems  []string       `json:"problems,omitempty"`
			}{d.file, d.MediaType, d.Language, d.Title, d.Author, d.Outlet, published(d), d.Text, d.Problems}
			return out.put(row, "── %s (%s, %s) %s\n%s\n%s\n", d.file, d.MediaType, d.Language, d.Published.From, d.Title, paragraph(d.Text))
		})
	}}
}

func published(d document) *evidence.Date {
	if d.Published == (evidence.Date{}) {
		return nil
	}
	return &d.Published
}

// eachDocument reads the named inputs and shows each; what failed is named.
func eachDocument(ctx context.Context, c *call, show func(*rows, document) error) error {
	out := c.rows()
	done, failed := 0, 0
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
		done++
		if err := show(out, d); err != nil {
			return err
		}
	}
	return c.sum(done, failed)
}

func codeCommand() command {
	flags := func(f *flagSet) {
		f.String("codebook", "", "")
		f.Bool("explain", false, "")
	}
	return command{name: "code", flags: flags, least: 1, most: -1, run: func(ctx context.Context, c *call) error {
		file, _ := c.flags.GetString("codebook")
		explain, _ := c.flags.GetBool("explain")
		book, err := c.codebook(file)
		if err != nil {
			return err
		}
		return eachDocument(ctx, c, func(out *rows, d document) error {
			in := coding.Input{Text: d.Text, Title: d.Title, Outlet: d.Outlet, Language: d.Language, Published: d.Published}
			var why *whyCoded
			if explain {
				why = explanations(book, in)
			}
			return c.codeRow(out, d, book.Code(in), why)
		})
	}}
}

// codedStatement is a statement as `svidok code --json` shows it.
type codedStatement struct {
	Code     string             `json:"code"`
	Modality evidence.Modality  `json:"modality"`
	Quote    string             `json:"quote"`
	Start    int                `json:"start"`
	End      int                `json:"end"`
	Gate     evidence.Gate      `json:"gate"`
	Because  []string           `json:"because"`
	Sure     float64            `json:"confidence,omitempty"`
	Places   []evidence.Place   `json:"places"`
	When     *evidence.Interval `json:"when"`
	Origins  []string           `json:"origins"`
}

func (c *call) codeRow(out *rows, d document, res coding.Result, why *whyCoded) error {
	row := struct {
		File        string            `json:"file"`
		Language    string            `json:"language"`
		Published   *evidence.Date    `json:"published"`
		Gate        evidence.Gate     `json:"gate"`
		Statements  []codedStatement  `json:"statements"`
		Figures     []evidence.Figure `json:"figures"`
		Origins     []evidence.Origin `json:"origins"`
		ExplainGate *gateExplained    `json:"explain_gate,omitempty"`
		Explain     []explained       `json:"explain,omitempty"`
	}{d.file, res.Language, published(d), res.Gate, []codedStatement{}, orEmpty(res.Figures), orEmpty(res.Origins), nil, nil}
	if why != nil {
		row.ExplainGate, row.Explain = &why.Gate, why.Codes
	}
	for _, s := range res.Statements {
		if s.Start < 0 || s.End > len(d.Text) || s.Start >= s.End || d.Text[s.Start:s.End] != s.Quote {
			return fmt.Errorf("%s: statement %s does not stand at its words: %w", d.file, s.Code, evidence.ErrTampered)
		}
		row.Statements = append(row.Statements, codedStatement{s.Code, s.Modality, s.Quote, s.Start, s.End, s.Gate, orEmpty(s.Because), s.Confidence, orEmpty(s.Places), s.When, orEmpty(s.Origins)})
	}
	if c.json {
		return out.put(row, "")
	}
	if err := out.put(nil, "── %s (%s, %s)", d.file, res.Language, c.say.s("gate-"+string(res.Gate))); err != nil {
		return err
	}
	for _, s := range row.Statements {
		if err := out.put(nil, "%-24s %-11s %d–%d  «%s»%s", s.Code, s.Modality, s.Start, s.End, s.Quote, whereAndWhen(s)); err != nil {
			return err
		}
	}
	for _, f := range row.Figures {
		value := strconv.FormatFloat(f.Value, 'f', -1, 64)
		if f.High > f.Value {
			value += "–" + strconv.FormatFloat(f.High, 'f', -1, 64)
		}
		if err := out.put(nil, "%12s %-9s %-11s %s · %s · %s  «%s» %s", value, f.Operator, f.Kind, f.Scope, f.Period, f.Claimant, f.Quote, strings.Join(f.Flags, ", ")); err != nil {
			return err
		}
	}
	for _, o := range row.Origins {
		if err := out.put(nil, "%s: %s  «%s»", c.say.s("origin"), o.Name, o.Quote); err != nil {
			return err
		}
	}
	return c.explainWords(out, why)
}

// whereAndWhen is what the reader adds to a statement, in words for the terminal.
func whereAndWhen(s codedStatement) string {
	var b strings.Builder
	for _, p := range s.Places {
		b.WriteString(" · " + p.Name)
	}
	if s.When != nil {
		b.WriteString(" · " + s.When.From + "/" + s.When.To)
	}
	return b.String()
}

// orEmpty makes an absent list an empty one: [] in JSON, not null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
