package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"svidok/archive"
	"svidok/evidence"
	"svidok/vault"
)

// passphrase reads the passphrase of a sealed case from the environment, or asks for it.
func (c *call) passphrase(prompt string) (string, error) {
	return c.asked("SVIDOK_PASSPHRASE", prompt, "no-passphrase", "set-passphrase")
}

// asked reads a passphrase from the environment, or from a terminal; without either it says
// what is missing, and how to give it.
func (c *call) asked(name, prompt, missing, hint string) (string, error) {
	if p := c.Getenv(name); p != "" {
		return p, nil
	}
	f, ok := c.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", evidence.WithHint(fmt.Errorf("%s: %w", c.say.s(missing), evidence.ErrUsage), "%s", c.say.s(hint))
	}
	fmt.Fprint(c.Err, prompt+": ")
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(c.Err)
	if err != nil {
		return "", fmt.Errorf("read a passphrase: %w", err)
	}
	return string(b), nil
}

// newPassphrase asks twice.
func (c *call) newPassphrase() (string, error) {
	for _, name := range []string{"SVIDOK_NEW_PASSPHRASE", "SVIDOK_PASSPHRASE"} {
		if p := c.Getenv(name); p != "" {
			return p, nil
		}
	}
	p, err := c.asked("SVIDOK_NEW_PASSPHRASE", c.say.s("new-passphrase"), "no-new-passphrase", "set-new-passphrase")
	if err != nil {
		return "", err
	}
	again, err := c.asked("SVIDOK_NEW_PASSPHRASE", c.say.s("again"), "no-new-passphrase", "set-new-passphrase")
	if err == nil && again != p {
		err = evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("differ"), evidence.ErrUsage), "%s", c.say.s("differ-hint"))
	}
	return p, err
}

// otherPassphrase asks for one to take the place of another: that of now does not do.
func (c *call) otherPassphrase() (string, error) {
	if c.Getenv("SVIDOK_PASSPHRASE") != "" && c.Getenv("SVIDOK_NEW_PASSPHRASE") == "" {
		return "", evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("no-new-passphrase"), evidence.ErrUsage), "%s", c.say.s("set-new-passphrase"))
	}
	return c.newPassphrase()
}

// unlock opens the seal of a case, if it has one; nil keys: it is not sealed.
func (c *call) unlock(ctx context.Context, dir string) (*vault.Keys, error) {
	sealed, err := vault.IsSealed(ctx, vault.Dir(dir))
	if err != nil || !sealed {
		return nil, err
	}
	p, err := c.passphrase(c.say.f("passphrase-of", dir))
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(p, "AGE-SECRET-KEY-") {
		return vault.UnlockWith(ctx, vault.Dir(dir), p)
	}
	return vault.Unlock(ctx, vault.Dir(dir), p)
}

// newSeal makes keys and a seal in a folder that is to hold a sealed case.
func (c *call) newSeal(ctx context.Context, dir string) (*vault.Keys, error) {
	p, err := c.newPassphrase()
	if err != nil {
		return nil, err
	}
	keys, err := vault.NewKeys(rand.Reader)
	if err == nil {
		err = vault.SetPassphrase(ctx, vault.Dir(dir), keys, p, 0)
	}
	return keys, err
}

func sealCommand() command {
	flags := func(f *flagSet) { f.Bool("recovery", false, "") }
	return command{name: "seal", flags: flags, least: 1, most: 2, run: func(ctx context.Context, c *call) error {
		keys, err := c.unlock(ctx, c.args[0])
		if err != nil {
			return err
		}
		switch {
		case keys == nil && len(c.args) == 2:
			return c.sealInto(ctx, c.args[0], c.args[1])
		case keys == nil:
			return usage(c.say, sealCommand(), c.say.s("seal-where"))
		case len(c.args) == 2:
			return evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("sealed-already"), evidence.ErrRefused), "%s", c.say.s("seal-change-hint"))
		}
		if on, _ := c.flags.GetBool("recovery"); on {
			return c.recovery(ctx, c.args[0], keys)
		}
		p, err := c.otherPassphrase()
		if err != nil {
			return err
		}
		if err := vault.SetPassphrase(ctx, vault.Dir(c.args[0]), keys, p, 0); err != nil {
			return err
		}
		c.words("passphrase-changed")
		return nil
	}}
}

// recovery makes a recovery key and prints it: it is stored nowhere.
func (c *call) recovery(ctx context.Context, dir string, keys *vault.Keys) error {
	secret, err := vault.SetRecovery(ctx, vault.Dir(dir), keys)
	if err != nil {
		return err
	}
	c.words("recovery-made")
	return c.rows().put(struct {
		Recovery string `json:"recovery"`
	}{secret}, "%s", secret)
}

// sealInto copies a case into a new, sealed folder, verifies it there, and says what is left
// to do. The old folder stays as it is: to destroy it is the person's act.
func (c *call) sealInto(ctx context.Context, from, to string) error {
	plain := vault.Dir(from)
	if _, err := vault.ReadFile(ctx, plain, "svidok", 1<<16); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if list, err := vault.Dir(to).List(ctx, "."); err != nil || len(list) > 0 {
		return errors.Join(err, evidence.WithHint(fmt.Errorf("%s: %w", to, evidence.ErrRefused), "%s", c.say.s("seal-empty-hint")))
	}
	keys, err := c.newSeal(ctx, to)
	if err != nil {
		return err
	}
	unlock, err := plain.Lock(ctx, "svidok seal")
	if err != nil {
		return err
	}
	err = errors.Join(vault.CopyCase(ctx, plain, vault.Sealed(vault.Dir(to), keys), nil), unlock())
	if err != nil {
		return err
	}
	o := c.options()
	o.Keys = keys
	a, err := archive.Open(ctx, to, o)
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	err = a.Keeping().Happened(ctx, "", archive.Happening{Act: evidence.CustodySealed})
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	c.words("sealed", from, to)
	if on, _ := c.flags.GetBool("recovery"); on {
		return c.recovery(ctx, to, keys)
	}
	return nil
}
