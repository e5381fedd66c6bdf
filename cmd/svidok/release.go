package main

import (
	"context"
	"io"

	"svidok/archive"
	"svidok/evidence"
)

func dossierCommand() command {
	flags := func(f *flagSet) {
		f.StringP("output", "o", "", "")
		f.StringSlice("event", nil, "")
		f.String("as", "", "")
		f.String("title", "", "")
		f.String("to", "", "")
		f.Bool("without-originals", false, "")
		f.Bool("closed", false, "")
	}
	return command{name: "dossier", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		file, _ := c.flags.GetString("output")
		if file == "" {
			return usage(c.say, dossierCommand(), c.say.s("needs-output"))
		}
		if err := c.unused(file); err != nil { // before a password is asked for
			return err
		}
		events, _ := c.flags.GetStringSlice("event")
		title, _ := c.flags.GetString("title")
		to, _ := c.flags.GetString("to")
		without, _ := c.flags.GetBool("without-originals")
		closed, _ := c.flags.GetBool("closed")
		req := archive.ReleaseRequest{Events: events, Language: c.say.lang, Title: title, To: to, Originals: !without, Closed: closed}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			account, err := c.signIn(ctx, a)
			if err != nil {
				return err
			}
			c.vouch(ctx, a)
			return c.release(ctx, a, account, req, file)
		})
	}}
}

// release writes the bundle.
func (c *call) release(ctx context.Context, a *archive.Archive, account string, req archive.ReleaseRequest, file string) error {
	var r archive.Released
	err := c.wholeFile(file, func(w io.Writer) (err error) {
		r, err = a.Release(ctx, account, req, w)
		return err
	})
	if err != nil {
		return err
	}
	row := struct {
		File        string        `json:"file"`
		Events      int           `json:"events"`
		Findings    int           `json:"findings"`
		Captures    int           `json:"captures"`
		Independent int           `json:"independent"`
		Checkpoint  int64         `json:"checkpoint"`
		Manifest    evidence.Hash `json:"manifest"`
		Bytes       int64         `json:"bytes"`
	}{file, r.Events, r.Findings, r.Captures, r.Independent, r.Checkpoint, r.Manifest, r.Bytes}
	return c.rows().put(row, "%s", c.say.f("dossier-made", file, r.Events, r.Findings, r.Captures, r.Independent, r.Manifest))
}
