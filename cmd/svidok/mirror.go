package main

import (
	"context"
	"fmt"

	"svidok/archive"
	"svidok/vault"
)

func mirrorCommand() command {
	flags := func(f *flagSet) { f.Bool("no-key", false, "") }
	return command{name: "mirror", flags: flags, least: 2, most: 2, run: func(ctx context.Context, c *call) error {
		o := c.options()
		for _, dir := range c.args { // the case may be lost, with its seal
			var err error
			if o.Keys, err = c.unlock(ctx, dir); err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
			if o.Keys != nil {
				break
			}
		}
		noKey, _ := c.flags.GetBool("no-key")
		return c.mirror(ctx, o, archive.Mirroring{NoKey: noKey})
	}}
}

// mirror prints a row for each part that was not the same in both. Damage in both copies
// fails the command: nothing could be done about it.
func (c *call) mirror(ctx context.Context, o archive.Options, m archive.Mirroring) error {
	bar, out := c.progress(c.say.s("mirroring")), c.rows()
	counts := map[vault.Status]int{}
	for part, err := range archive.Mirror(ctx, c.args[0], c.args[1], o, m) {
		if err != nil {
			bar.end()
			return err
		}
		counts[part.Status]++
		bar.set(int64(counts[vault.Same]+counts[vault.Copied]), -1)
		if part.Status == vault.Same {
			continue
		}
		row := struct {
			File   string       `json:"file"`
			From   int64        `json:"from"`
			To     int64        `json:"to"`
			Status vault.Status `json:"status"`
			Detail string       `json:"detail,omitempty"`
		}{part.Name, part.From, part.To, part.Status, part.Detail}
		if err := out.put(row, "%-13s %s  %s", part.Status, part.Name, part.Detail); err != nil {
			return err
		}
	}
	bar.end()
	bad := counts[vault.Damaged] + counts[vault.Waits]
	c.words("mirrored", counts[vault.Same], counts[vault.Copied], counts[vault.HealedFirst]+counts[vault.HealedSecond], bad, counts[vault.Foreign])
	if m.NoKey {
		c.words("mirror-no-key")
	}
	if bad > 0 {
		return errSilent
	}
	return nil
}
