package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"svidok/archive"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/handover"
)

const maxSlip = 1 << 20 // bytes that are read of a slip or an answer; package handover takes far less

func transferCommand() command {
	flags := func(f *flagSet) {
		f.String("to", "", "")
		f.String("dossier", "", "")
		f.StringP("output", "o", "", "")
		f.String("answer", "", "")
		f.String("key", "", "")
		f.String("as", "", "")
	}
	return command{name: "transfer", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		to, file, answer, key := c.value("to"), c.value("output"), c.value("answer"), c.value("key")
		give := to != "" && file != "" && answer == "" && key == ""
		noted := to == "" && file == "" && answer != "" && key != "" && c.value("dossier") == ""
		switch {
		case give:
			return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.handOver(ctx, a, to, file) })
		case noted:
			return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.answered(ctx, a, answer, key) })
		}
		return usage(c.say, transferCommand(), c.say.s("transfer-which"))
	}}
}

// handOver notes that the case or a dossier is given to somebody, and writes the slip.
func (c *call) handOver(ctx context.Context, a *archive.Archive, to, file string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	h := archive.Handing{To: to}
	if v := c.value("dossier"); v != "" {
		if h.Dossier, err = evidence.ParseHash(v); err != nil {
			return c.unfit("dossier", v, c.say.s("transfer-no-dossier"), c.say.f("transfer-dossier-hint", c.args[0]))
		}
	}
	var slip handover.Opened
	err = c.wholeFile(file, func(w io.Writer) error {
		b, err := a.Keeping().Transfer(ctx, by, h)
		if err == nil {
			slip, err = handover.OpenSlip(b)
		}
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.rows().put(slipRow(file, slip), "%s", c.say.f("transferred", file, slip.Head.Size, slip.Head.Root.String(), slip.Key))
}

func slipRow(file string, s handover.Opened) any {
	return struct {
		File      string           `json:"file"`
		Slip      evidence.Hash    `json:"slip"`
		Origin    string           `json:"origin"`
		Size      int64            `json:"size"`
		Root      evidence.Hash    `json:"root"`
		Manifest  evidence.Hash    `json:"manifest,omitzero"`
		Inventory []evidence.Count `json:"inventory"`
		Key       string           `json:"key"`
	}{file, s.Hash, s.Head.Origin, s.Head.Size, s.Head.Root, s.Manifest, s.Inventory, s.Key}
}

// answered notes what a receiver answered.
func (c *call) answered(ctx context.Context, a *archive.Archive, file, key string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	b, err := noteIn(file)
	if err != nil {
		return err
	}
	got, err := a.Keeping().Acknowledged(ctx, by, keyIn(key), b)
	if errors.Is(err, evidence.ErrTampered) || errors.Is(err, evidence.ErrFormat) {
		return evidence.WithHint(err, "%s", c.say.s("answer-false-hint"))
	}
	if err != nil {
		return err
	}
	row := struct {
		Slip   evidence.Hash `json:"slip"`
		Size   int64         `json:"size"`
		Root   evidence.Hash `json:"root"`
		Checks int           `json:"checks"`
	}{got.Slip, got.Size, got.Root, got.Checks}
	return c.rows().put(row, "%s", c.say.f("acknowledged", got.Size, got.Root.String(), got.Checks))
}

func acknowledgeCommand() command {
	flags := func(f *flagSet) {
		f.String("of", "", "")
		f.StringP("output", "o", "", "")
		f.String("key", "", "")
		f.String("as", "", "")
	}
	return command{name: "acknowledge", flags: flags, least: 2, most: 2, run: func(ctx context.Context, c *call) error {
		if c.value("of") == "" || c.value("output") == "" {
			return usage(c.say, acknowledgeCommand(), c.say.s("acknowledge-needs"))
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.acknowledge(ctx, a, c.value("of"), c.value("output")) })
	}}
}

// acknowledge verifies what arrived, and writes the answer for whoever gave it.
func (c *call) acknowledge(ctx context.Context, a *archive.Archive, of, file string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	b, err := noteIn(c.args[1])
	if err != nil {
		return err
	}
	fsys, done, err := c.evidenceIn(ctx, of)
	if err != nil {
		return err
	}
	defer done()
	bar := c.progress(c.say.s("verifying"))
	key := c.value("key")
	if key == "" {
		c.words("acknowledge-key")
	}
	err = c.wholeFile(file, func(w io.Writer) error {
		answer, err := a.Keeping().Accept(ctx, by, archive.Arrived{Slip: b, Key: keyIn(key), What: fsys, Verify: dossier.Options{Language: c.say.lang, Progress: bar.set}})
		bar.end()
		if err == nil {
			_, err = w.Write(answer)
		}
		return err
	})
	if errors.Is(err, evidence.ErrTampered) {
		return evidence.WithHint(err, "%s", c.say.s("arrived-false-hint"))
	}
	if err != nil {
		return err
	}
	slip, err := handover.OpenSlip(b)
	if err != nil {
		return err
	}
	row := struct {
		File string        `json:"file"`
		Slip evidence.Hash `json:"slip"`
		Size int64         `json:"size"`
		Root evidence.Hash `json:"root"`
		Key  string        `json:"key"`
	}{file, slip.Hash, slip.Head.Size, slip.Head.Root, a.Keeping().Key()}
	return c.rows().put(row, "%s", c.say.f("acknowledgement-made", file, row.Size, row.Root.String(), row.Key))
}

// keyIn is a verifier key, or the one in a file of that name.
func keyIn(key string) string {
	if b, err := os.ReadFile(key); err == nil {
		return string(b)
	}
	return key
}

// noteIn reads a slip or an answer.
func noteIn(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", file, evidence.ErrNotFound, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSlip))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return b, nil
}
