package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"svidok/dossier"
	"svidok/evidence"
	"svidok/vault"
)

func verifyCommand() command {
	flags := func(f *flagSet) {
		f.String("key", "", "")
		f.String("against", "", "")
		f.String("roots", "", "")
		f.StringArray("witness", nil, "")
	}
	return command{name: "verify", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		opt := dossier.Options{Language: c.say.lang, At: time.Now()}
		if file, _ := c.flags.GetString("key"); file != "" {
			b, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("read the expected key: %w: %w", evidence.ErrNotFound, err)
			}
			opt.Key = string(b)
		}
		if file, _ := c.flags.GetString("against"); file != "" {
			b, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("read the kept checkpoint: %w: %w", evidence.ErrNotFound, err)
			}
			opt.Against = b
		}
		if file, _ := c.flags.GetString("roots"); file != "" {
			b, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("read the certificates: %w: %w", evidence.ErrNotFound, err)
			}
			opt.Roots = b
		}
		opt.Witnesses, _ = c.flags.GetStringArray("witness")
		return c.verify(ctx, c.args[0], opt)
	}}
}

func (c *call) verify(ctx context.Context, name string, opt dossier.Options) error {
	_, failed, err := c.checked(ctx, name, opt)
	if err != nil {
		return err
	}
	if failed > 0 {
		c.words("verify-failed", failed)
		return errSilent
	}
	c.words("verify-ok")
	return nil
}

// checked prints a row for each check, and counts them.
func (c *call) checked(ctx context.Context, name string, opt dossier.Options) (checks, failed int64, err error) {
	bar := c.progress(c.say.s("verifying"))
	opt.Progress = bar.set
	fsys, done, err := c.evidenceIn(ctx, name)
	if err != nil {
		return 0, 0, err
	}
	defer done()
	out := c.rows()
	for check := range dossier.Verify(ctx, fsys, opt) {
		checks++
		if check.Status == dossier.Failed {
			failed++
		}
		if err := out.put(check, "%-8s %-24s %s", check.Status, check.Name, check.Detail); err != nil {
			return checks, failed, err
		}
	}
	bar.end()
	return checks, failed, ctx.Err()
}

// evidenceIn opens a case, an unpacked bundle or a zipped one for reading.
func (c *call) evidenceIn(ctx context.Context, name string) (fs.FS, func() error, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w: %w", name, evidence.ErrNotFound, err)
	}
	if info.IsDir() {
		keys, err := c.unlock(ctx, name)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		if keys != nil {
			fsys, err := vault.FS(ctx, vault.Sealed(vault.Dir(name), keys))
			return fsys, func() error { return nil }, err
		}
		return os.DirFS(name), func() error { return nil }, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", name, err)
	}
	z, err := dossier.OpenZip(f, info.Size())
	if err != nil {
		_ = f.Close() // the first error is the one to tell
		return nil, nil, evidence.WithHint(err, "%s", c.say.s("unpack-hint"))
	}
	return z, f.Close, nil
}
