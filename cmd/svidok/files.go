package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"svidok/evidence"
)

// unused refuses a file that exists: what leaves a case is never written over.
func (c *call) unused(file string) error {
	if _, err := os.Lstat(file); err == nil {
		return evidence.WithHint(fmt.Errorf("%s: %s: %w", file, c.say.s("exists"), evidence.ErrRefused), "%s", c.say.s("exists-hint"))
	}
	return nil
}

// wholeFile writes a new file beside its place and moves it there whole, so that no half of
// one is ever taken for it.
func (c *call) wholeFile(file string, write func(io.Writer) error) error {
	if err := c.unused(file); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".svidok-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer os.Remove(tmp.Name()) // gone already if all went well
	if err = errors.Join(write(tmp), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
