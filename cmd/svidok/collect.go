package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"time"

	"svidok/archive"
	"svidok/browser"
	"svidok/collector"
	"svidok/evidence"
	"svidok/fetching"
)

func collectCommand() command {
	flags := func(f *flagSet) {
		f.Duration("every", 0, "")
		f.Bool("all", false, "")
		f.Bool("no-browser", false, "")
		f.Bool("no-work", false, "")
		f.BoolP("quiet", "q", false, "")
	}
	return command{name: "collect", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.collect(ctx, a) })
	}}
}

// apart sets addresses of the web apart from files and folders.
func apart(inputs []string) (files, addresses []string) {
	for _, in := range inputs {
		if low := strings.ToLower(in); strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") {
			addresses = append(addresses, in)
		} else {
			files = append(files, in)
		}
	}
	return files, addresses
}

// capture takes addresses that somebody named, each with all that belongs to it.
func (c *call) capture(ctx context.Context, a *archive.Archive, addresses []string) error {
	k, err := c.collector(ctx, a)
	if err != nil {
		return err
	}
	out := c.rows()
	kept := 0
	for _, address := range addresses {
		r, hollow, err := k.Capture(ctx, address)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.receipt(out, collector.Status{Item: address, Err: err})
			c.hint(err)
			continue
		}
		kept++
		c.receipt(out, collector.Status{Item: address, Receipt: &r, Hollow: hollow})
	}
	switch {
	case kept == 0:
		return errSilent // each has been named
	case kept < len(addresses):
		return fmt.Errorf("%d of %d addresses: %w", kept, len(addresses), evidence.ErrPartial)
	}
	return nil
}

// wait waits, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// visitor is what sites are told of us: a usual browser. Whoever reads under a persona, or
// through Tor, must not be known by the name of this program.
const visitor = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

// client makes the one that visits addresses as the case's settings say.
func client(s evidence.Settings) (*fetching.Client, error) {
	o := fetching.Options{Now: time.Now, Sleep: wait, Rand: rand.Reader, Proxy: s.Proxy, Robots: s.Robots, Pace: time.Duration(s.Pace) * time.Millisecond, Agent: visitor, Robot: "svidok"}
	if s.Pace == 0 {
		o.Pace = -1
	}
	for _, a := range s.Allow {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return nil, fmt.Errorf("network %q: %w: %w", a, evidence.ErrUsage, err)
		}
		o.Allow = append(o.Allow, p)
	}
	return fetching.New(o)
}

// collector makes the case's collector.
func (c *call) collector(ctx context.Context, a *archive.Archive) (*collector.Collector, error) {
	s, err := a.Keeping().Settings(ctx)
	if err != nil {
		return nil, err
	}
	cl, err := client(s)
	if err != nil {
		return nil, err
	}
	o := collector.Options{Archive: a, Now: time.Now, Sleep: wait, Rand: rand.Reader, Client: cl, Settings: s, Tool: version, Machine: machine(),
		Notice: func(words string) { fmt.Fprintln(c.Err, evidence.Visible(words)) }, Swept: c.swept}
	if off, _ := c.flags.GetBool("no-browser"); off {
		o.NoBrowser = "switched off"
	} else if o.Browser, err = browser.Find(ctx, browser.Options{Now: time.Now, Languages: "uk,ru,en"}); err != nil {
		o.NoBrowser = err.Error()
	}
	return collector.New(o)
}

// swept tells what a sweep for damage found. Of one that found nothing the custody page tells.
func (c *call) swept(s archive.Swept, err error) {
	switch {
	case err != nil:
		c.words("sweep-failed", c.say.explain(err))
	case s.Damaged > 0:
		c.words("sweep-damaged", s.Damaged, c.say.explain(s.First))
	}
}

// machine names this machine for the collection data, which never leave the case.
func machine() string {
	name, err := os.Hostname()
	if err != nil {
		name = "?"
	}
	return name + " (" + runtime.GOOS + "/" + runtime.GOARCH + ")"
}

func (c *call) collect(ctx context.Context, a *archive.Archive) error {
	k, err := c.collector(ctx, a)
	if err != nil {
		return err
	}
	every, _ := c.flags.GetDuration("every")
	all, _ := c.flags.GetBool("all")
	list, err := a.Catalog().Sources(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("no-sources"), evidence.ErrNotFound), "%s", c.say.f("watch-hint", c.args[0]))
	}
	if every > 0 {
		return c.collectFor(ctx, a, k, every)
	}
	tell, end := c.teller(ctx)
	err = k.Once(ctx, all, tell)
	end()
	if ctx.Err() == nil {
		err = errors.Join(err, k.Vouch(ctx, true))
	}
	return c.worked(ctx, a, err)
}

// worked reads and codes what was collected.
func (c *call) worked(ctx context.Context, a *archive.Archive, err error) error {
	if skip, _ := c.flags.GetBool("no-work"); skip || ctx.Err() != nil || errors.Is(err, evidence.ErrTampered) {
		return err
	}
	return errors.Join(err, c.work(ctx, a, nil, nil))
}

// collectFor collects until it is interrupted: what is due, at most so often, and works
// meanwhile.
func (c *call) collectFor(ctx context.Context, a *archive.Archive, k *collector.Collector, every time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	worked := make(chan error, 1)
	go func() { worked <- a.Run(ctx) }()
	tell, end := c.teller(ctx)
	defer end()
	err := k.Run(ctx, every, tell)
	cancel()
	return errors.Join(err, <-worked)
}

// teller prints what becomes of things; end says the sum.
func (c *call) teller(ctx context.Context) (func(collector.Status), func()) {
	out := c.rows()
	quiet, _ := c.flags.GetBool("quiet")
	start := time.Now()
	var kept, failed, visits int
	bar := c.progress(c.say.s("collecting"))
	tell := func(s collector.Status) {
		switch {
		case s.Receipt != nil && s.Err == nil:
			kept++
			bar.set(int64(kept), -1)
			if !quiet {
				c.receipt(out, s)
			}
		case s.Item != "":
			failed++
			if !errors.Is(s.Err, context.Canceled) {
				c.receipt(out, s)
			}
		default:
			visits++
			c.visited(s)
		}
	}
	return tell, func() {
		bar.end()
		c.words("collected", visits, kept, failed, time.Since(start).Seconds())
	}
}

// receipt prints one thing as `svidok add` does.
func (c *call) receipt(out *rows, s collector.Status) {
	r := archive.Receipt{Input: s.Item, Status: archive.StatusFailed, Err: s.Err}
	if s.Receipt != nil {
		r = *s.Receipt
		r.Input = s.Item
	}
	var err error
	if r.Err != nil {
		err = out.put(rowOf(r), "%s", c.say.f("receipt-failed", s.Item, c.say.explain(r.Err)))
	} else {
		err = out.put(rowOf(r), "%s", c.say.f("receipt-"+string(r.Status), r.SHA256.String()[:16], r.Position, s.Item))
	}
	for _, h := range s.Hollow {
		c.words("hollow", s.Item, c.say.s("hollow-"+h.Kind), h.Because)
	}
	if err != nil {
		fmt.Fprintln(c.Err, err)
	}
}

// visited tells of a visit in words.
func (c *call) visited(s collector.Status) {
	name := s.Source.Name
	switch s.Outcome {
	case evidence.VisitNew, evidence.VisitSame, evidence.VisitPart:
		c.words("visited", name, s.Taken, s.Same, s.Gone)
		if s.Err != nil {
			c.words("visit-part", name, c.say.explain(s.Err))
		}
	case evidence.VisitClosed:
		c.words("visit-closed", name, c.say.explain(s.Err))
	case evidence.VisitRefused:
		c.words("visit-refused", name, c.say.explain(s.Err))
	default:
		c.words("visit-failed", name, c.say.explain(s.Err))
	}
	c.hint(s.Err)
}
