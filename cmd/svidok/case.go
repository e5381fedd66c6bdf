package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"svidok/archive"
	"svidok/evidence"
	"svidok/vault"
)

type flagSet = pflag.FlagSet

// options is what the archive is told of this process.
func (c *call) options() archive.Options {
	return archive.Options{
		Who:       fmt.Sprintf("svidok %s (%d)", c.name, os.Getpid()),
		Tool:      version,
		Recognise: recogniser(),
		Notice:    func(words string) { fmt.Fprintln(c.Err, evidence.Visible(words)) },
	}
}

// withCase opens the case, calls f and closes the case, also after an error.
func (c *call) withCase(ctx context.Context, dir string, f func(*archive.Archive) error) error {
	o := c.options()
	var err error
	if o.Keys, err = c.unlock(ctx, dir); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	a, err := archive.Open(ctx, dir, o)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return errors.Join(f(a), a.Close())
}

func initCommand() command {
	flags := func(f *flagSet) { f.Bool("seal", false, "") }
	return command{name: "init", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		o := c.options()
		if on, _ := c.flags.GetBool("seal"); on {
			list, err := vault.Dir(c.args[0]).List(ctx, ".")
			if err == nil && len(list) > 0 {
				err = evidence.WithHint(fmt.Errorf("%s: %w", c.args[0], evidence.ErrRefused), "%s", c.say.s("seal-empty-hint"))
			}
			if err == nil {
				o.Keys, err = c.newSeal(ctx, c.args[0])
			}
			if err != nil {
				return err
			}
		}
		a, err := archive.Create(ctx, c.args[0], o)
		if err != nil {
			return err
		}
		if o.Keys != nil {
			err = a.Keeping().Happened(ctx, "", archive.Happening{Act: evidence.CustodySealed})
		}
		custody, failed := a.Keeping().Custody(ctx)
		if err = errors.Join(err, failed, a.Close()); err != nil {
			return err
		}
		row := struct {
			Case     string `json:"case"`
			Origin   string `json:"origin"`
			Key      string `json:"key"`
			Position int64  `json:"position"`
		}{c.args[0], custody.Origin, custody.Key, custody.Size}
		if err := c.rows().put(row, "%s", c.say.f("made-case", c.args[0], custody.Key)); err != nil {
			return err
		}
		c.words("keep-key")
		return nil
	}}
}

// receiptRow is a receipt as `svidok add --json` prints it.
type receiptRow struct {
	Input    string         `json:"input"`
	Status   archive.Status `json:"status"`
	Capture  evidence.Hash  `json:"capture,omitzero"`
	SHA256   evidence.Hash  `json:"sha256,omitzero"`
	Position *int64         `json:"position"`
	Error    string         `json:"error"`
	Name     string         `json:"name,omitempty"`
	Within   string         `json:"within,omitempty"`
	Part     evidence.Part  `json:"part,omitempty"`
	Problems []string       `json:"problems,omitempty"`
}

func rowOf(r archive.Receipt) receiptRow {
	row := receiptRow{Input: r.Input, Status: r.Status, Capture: r.Capture, SHA256: r.SHA256, Name: r.Name, Within: r.Within, Part: r.Part, Problems: r.Problems}
	if r.Err != nil {
		row.Error = r.Err.Error()
	} else {
		row.Position = &r.Position
	}
	return row
}

func addCommand() command {
	flags := func(f *flagSet) {
		f.Bool("no-work", false, "")
		f.Bool("no-browser", false, "")
		f.BoolP("quiet", "q", false, "")
	}
	return command{name: "add", flags: flags, least: 2, most: -1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			names := map[evidence.Hash]string{}
			files, addresses := apart(c.args[1:])
			var err error
			if len(files) > 0 {
				err = c.receive(ctx, a, files, names)
			}
			if len(addresses) > 0 && ctx.Err() == nil && (err == nil || errors.Is(err, evidence.ErrPartial)) {
				failed := c.capture(ctx, a, addresses)
				if errors.Is(failed, errSilent) && len(files) > 0 {
					failed = fmt.Errorf("%s: %w", strings.Join(addresses, " "), evidence.ErrPartial)
				}
				err = errors.Join(err, failed)
			}
			if err != nil && !errors.Is(err, evidence.ErrPartial) {
				return err
			}
			if ctx.Err() != nil {
				return err
			}
			if skip, _ := c.flags.GetBool("no-work"); !skip {
				// What could not be received must not stop what was from being read. Nor does
				// work that cannot be done take back a receipt: what waits is done later.
				if failed := c.work(ctx, a, nil, names); failed != nil {
					return errors.Join(err, fmt.Errorf("received, but %w: %w", evidence.ErrPartial, failed))
				}
			}
			return err
		})
	}}
}

// namesKept bounds how many names of reports are remembered for telling what could not be read.
const namesKept = 1 << 16

// receive adds inputs and prints a receipt for each thing in them. names, if there is
// one, gets the names of the reports.
func (c *call) receive(ctx context.Context, a *archive.Archive, inputs []string, names map[evidence.Hash]string) error {
	out := c.rows()
	quiet, _ := c.flags.GetBool("quiet")
	bar := c.progress(c.say.s("receiving"))
	counts := map[archive.Status]int64{}
	var failure error
	container := "" // the parts of one come after it, before the next
	start := time.Now()
	err := a.Receive(ctx, archive.Delivery{Inputs: inputs, Stdin: c.In}, func(r archive.Receipt) {
		if errors.Is(r.Err, context.Canceled) {
			return // not looked at: it has no receipt, and the end says that it was interrupted
		}
		name := r.Name
		if r.Err == nil && r.Part == evidence.PartContainer {
			container = name
		} else if name == "" && r.Within != "" {
			name = container
		}
		name = fileOf(r.Input, name, r.Within)
		if names != nil && r.Err == nil && r.Part == evidence.PartReport && len(names) < namesKept {
			names[r.Capture] = name
		}
		counts[r.Status]++
		bar.set(counts[archive.Preserved]+counts[archive.Known], -1)
		if failure != nil || quiet && r.Err == nil {
			return
		}
		if r.Err != nil {
			failure = out.put(rowOf(r), "%s", c.say.f("receipt-failed", name, c.say.explain(r.Err)))
			c.hint(r.Err)
			return
		}
		failure = out.put(rowOf(r), "%s", c.say.f("receipt-"+string(r.Status), r.SHA256.String()[:16], r.Position, name))
		for _, p := range r.Problems {
			fmt.Fprintf(c.Err, "  ! %s: %s\n", evidence.Visible(name), evidence.Visible(p))
		}
	})
	bar.end()
	c.words("received", counts[archive.Preserved], counts[archive.Known], counts[archive.StatusFailed], time.Since(start).Seconds())
	if kept := counts[archive.Preserved] + counts[archive.Known]; kept == 0 && counts[archive.StatusFailed] > 0 && !errors.Is(err, evidence.ErrFull) && failure == nil {
		return errSilent // each failure has been named
	}
	return errors.Join(err, failure)
}

func workCommand() command {
	return command{name: "work", least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.work(ctx, a, c.rows(), nil) })
	}}
}

// work does what waits; out, if there is one, gets a row for each step. Without it what
// failed is told in words, by the name that it has in names or in the case.
func (c *call) work(ctx context.Context, a *archive.Archive, out *rows, names map[evidence.Hash]string) error {
	bar := c.progress(c.say.s("working"))
	done, failed := int64(0), 0
	var failure error
	start := time.Now()
	err := a.Work(ctx, func(s archive.Step) {
		done++
		bar.set(done, done+int64(s.Waiting))
		text := ""
		if s.Err != nil {
			failed++
			text = s.Err.Error()
			if out == nil {
				c.words("kept-unread", cmp.Or(names[s.Capture], reportName(ctx, a, s.Capture)), c.say.explain(s.Err))
			}
		}
		if out == nil || failure != nil {
			return
		}
		row := struct {
			Capture evidence.Hash `json:"capture"`
			Step    string        `json:"step"`
			Status  string        `json:"status"`
			Error   string        `json:"error"`
		}{s.Capture, s.Step, s.Status, text}
		failure = out.put(row, "%s  %-5s %-7s %s", s.Capture.String()[:16], s.Step, s.Status, text)
	})
	bar.end()
	c.words("worked", done, failed, time.Since(start).Seconds())
	return errors.Join(err, failure)
}

// reportName is how a person knows a report: its name, its address, or its number.
func reportName(ctx context.Context, a *archive.Archive, capture evidence.Hash) string {
	id, err := a.Catalog().ReportOf(ctx, capture)
	if err != nil {
		return capture.String()
	}
	d, err := a.Catalog().Report(ctx, id)
	if err != nil {
		return capture.String()
	}
	return cmp.Or(d.Name, d.Address, fmt.Sprint(id))
}

func rebuildCommand() command {
	return command{name: "rebuild", least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			r, err := a.Rebuild(ctx)
			if err != nil {
				return err
			}
			row := struct {
				Position int64 `json:"position"`
				Rows     int64 `json:"rows"`
			}{r.Position, r.Rows}
			return c.rows().put(row, "%s", c.say.f("rebuilt", r.Position, r.Rows))
		})
	}}
}
