package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"svidok/archive"
	"svidok/crosscapture"
	"svidok/evidence"
)

const maxStatement = 1 << 20 // bytes that are read of another case's statement

func crossCommand() command {
	flags := func(f *flagSet) {
		f.StringP("output", "o", "", "")
		f.String("with", "", "")
		f.String("key", "", "")
		f.String("as", "", "")
	}
	return command{name: "cross", flags: flags, least: 1, most: 2, run: func(ctx context.Context, c *call) error {
		file, theirs, key := c.value("output"), c.value("with"), c.value("key")
		show := file != "" && theirs == "" && key == "" && len(c.args) == 2
		beside := file == "" && theirs != "" && key != "" && len(c.args) == 1
		switch {
		case show:
			return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.crossShow(ctx, a, c.args[1], file) })
		case beside:
			return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.crossBeside(ctx, a, theirs, key) })
		}
		return usage(c.say, crossCommand(), c.say.s("cross-which"))
	}}
}

// crossShow writes what this case captured at an address, for another group.
func (c *call) crossShow(ctx context.Context, a *archive.Archive, which, file string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	capture, address, err := c.webCapture(ctx, a, which)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return evidence.WithHint(fmt.Errorf("%s: %s: %w", file, c.say.s("exists"), evidence.ErrRefused), "%s", c.say.s("exists-hint"))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	b, err := a.Keeping().Show(ctx, by, capture)
	if err == nil {
		_, err = out.Write(b)
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	row := struct {
		File    string        `json:"file"`
		Address string        `json:"address"`
		Capture evidence.Hash `json:"capture"`
		Key     string        `json:"key"`
	}{file, address, capture, a.Keeping().Key()}
	return c.rows().put(row, "%s", c.say.f("cross-shown", file, address, row.Key))
}

// webCapture finds the newest capture that an address or the number of a report names.
func (c *call) webCapture(ctx context.Context, a *archive.Archive, which string) (evidence.Hash, string, error) {
	if id, err := strconv.ParseInt(which, 10, 64); err == nil {
		d, err := a.Catalog().Report(ctx, id)
		if err != nil {
			return evidence.Hash{}, "", err
		}
		last := d.Taken[len(d.Taken)-1]
		return last.Ref, last.Claims.Address, nil
	}
	address, _, _ := strings.Cut(which, "#")
	list, err := a.Catalog().TakenAt(ctx, address)
	if err != nil {
		return evidence.Hash{}, "", err
	}
	if len(list) == 0 {
		return evidence.Hash{}, "", evidence.WithHint(fmt.Errorf("%s: %w", address, evidence.ErrNotFound), "%s", c.say.f("cross-none-hint", address))
	}
	return list[0].Ref, address, nil
}

// crossBeside sets another group's statement beside our own capture.
func (c *call) crossBeside(ctx context.Context, a *archive.Archive, file, key string) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	theirs, err := statementOf(file)
	if err != nil {
		return err
	}
	if b, err := os.ReadFile(key); err == nil {
		key = string(b)
	}
	got, known, err := a.Keeping().Compare(ctx, by, key, theirs)
	if err != nil && evidence.HintOf(err) == "" {
		return evidence.WithHint(err, "%s", c.say.s("cross-false-hint"))
	}
	if err != nil {
		return err
	}
	row := struct {
		Address  string                `json:"address"`
		Case     string                `json:"case"`
		Ours     time.Time             `json:"ours"`
		Theirs   time.Time             `json:"theirs"`
		Likeness crosscapture.Likeness `json:"likeness"`
		Known    bool                  `json:"known"`
	}{got.Own.Address, got.Other.Case, got.Own.Taken, got.Other.Taken, got.Likeness, known}
	if known {
		c.words("cross-known")
	}
	return c.rows().put(row, "%s", c.say.f("likeness-"+string(got.Likeness), row.Address, row.Case, row.Ours.Format(time.RFC3339), row.Theirs.Format(time.RFC3339)))
}

func statementOf(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("the other group's statement: %w: %w", evidence.ErrNotFound, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxStatement))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("the other group's statement: %w", err)
	}
	return b, nil
}
