// Package collector keeps watch: it visits the sources of a case, takes what is new,
// changed or gone, and has the ledger time-stamped and witnessed. It stands beside the desk: it acts through package archive and reads through
// the catalog, and what it knows between two visits is in the case, not in its memory.
//
// # A visit
//
// A source is visited when its last visit is longer ago than it asks for (after failures
// later and later, up to a day). A visit fetches the listing: a feed, a sitemap, a page, a
// channel's public preview. What the listing names is compared with what was taken:
//
//	new        it is taken
//	changed    its fingerprint (what counts as its content) is another: a new version is taken
//	same       nothing is kept again; the record of the visit says that it was there (the revisit)
//	gone       it was there, and what stands around it is; or its page answers 404 or 410
//
// A listing's own bytes are kept when something in it is new, changed or gone, as the
// container of its items. Items stand in batches of bounded size, each durable before the
// next is asked for; the record of the visit comes last. A crash between loses nothing:
// what was taken is known, and the next visit goes on.
//
// Things that were taken are looked at again: first after six hours, then after as long
// as they have stayed the same, at most a month.
//
// # What is taken of a page
//
// Request and response as they were on the connection, each redirect, the images and
// styles needed to show it, and, if the source asks for it and a browser is installed, a
// picture of the whole page, a print and the document as scripts left it. Package
// capturing says what makes the capture doubtful, and which parts of the court minimum it
// has. Who collected, from where and as whom is kept apart ([evidence.Private]) and never
// leaves.
//
// # Time and witnesses
//
// When entries wait for a time-stamp, every authority that the settings name is asked at
// the same time, and each token is kept with its chain and revocation data. What fails is
// tried again for ever, and the desk shows it. Witnesses are asked to cosign; one that
// knows another history of our log is told to the person in the strongest words.
//
// # Damage
//
// Beside the visits every noted byte is compared with its hash, as often as the settings
// say, at a pace that leaves the machine to its people. Damage does not stop collecting; it
// is noted, told, and shown on every page.
package collector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"svidok/archive"
	"svidok/browser"
	"svidok/evidence"
	"svidok/fetching"
)

// Options of a collector.
type Options struct {
	Archive   *archive.Archive
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration) error
	Rand      io.Reader         // nonces
	Client    *fetching.Client  // made for the settings in force
	Browser   *browser.Browser  // nil: none is installed; pages are taken without a picture
	NoBrowser string            // why there is none
	Settings  evidence.Settings // in force
	By        string            // account, or ""
	Tool      string
	Machine   string       // host name and system, kept apart
	Notice    func(string) // told in words; never nil
	Swept     Swept        // nil: nobody is told
}

// Status is what became of one item or visit.
type Status struct {
	Source  evidence.Source // zero for an address that somebody named
	Item    string          // its address; "" for the visit itself
	Receipt *archive.Receipt
	Outcome evidence.VisitOutcome // of a visit
	Taken   int
	Same    int
	Gone    int
	Hollow  []evidence.Hollow
	Err     error
}

// Collector visits sources. Its methods may be called at the same time; one visit is
// under way at a time for each source.
type Collector struct {
	o    Options
	mu   sync.Mutex
	busy map[string]bool
	tell func(Status)
	bars sync.Mutex // one Status is told at a time

	vouching vouching
	sweeping sweeping
}

// New makes a collector.
func New(o Options) (*Collector, error) {
	if o.Archive == nil || o.Client == nil || o.Now == nil || o.Sleep == nil || o.Rand == nil {
		return nil, fmt.Errorf("make a collector: archive, client, clock and randomness are needed: %w", evidence.ErrUsage)
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return &Collector{o: o, busy: map[string]bool{}}, nil
}

const (
	parallelVisits = 4              // hosts are paced each by themselves
	leastEvery     = time.Minute    // between two visits to a source
	usualEvery     = time.Hour      // where a source says nothing
	mostBackoff    = 24 * time.Hour // after failures
	lookAgainLeast = 6 * time.Hour  // at a thing that was taken
	lookAgainMost  = 30 * 24 * time.Hour
	shortest       = time.Second // pause of Run
)

// Once visits every source that is due and returns when all were. tell is told each thing
// when it is durable, from one goroutine at a time; it may be nil. ErrPartial if some
// failed and others did not.
func (c *Collector) Once(ctx context.Context, all bool, tell func(Status)) error {
	list, err := c.due(ctx, all)
	if err != nil {
		return fmt.Errorf("collect: %w", err)
	}
	failed, err := c.visits(ctx, list, tell)
	if err == nil {
		err = ctx.Err()
	}
	switch {
	case err != nil:
		return fmt.Errorf("collect: %w", err)
	case failed > 0 && failed < len(list):
		return fmt.Errorf("collect: %d of %d sources failed: %w", failed, len(list), evidence.ErrPartial)
	case failed > 0:
		return fmt.Errorf("collect: all of %d sources failed: %w", failed, errUnreached)
	}
	return nil
}

var errUnreached = errors.New("not reached")

// visits visits sources, some at a time, and returns how many failed.
func (c *Collector) visits(ctx context.Context, list []due, tell func(Status)) (failed int, err error) {
	c.listen(tell)
	jobs := make(chan due)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range min(parallelVisits, len(list)) {
		wg.Go(func() {
			for d := range jobs {
				bad, e := c.visit(ctx, d)
				mu.Lock()
				if bad {
					failed++
				}
				if e != nil && err == nil {
					err = e
				}
				mu.Unlock()
			}
		})
	}
	for _, d := range list {
		if ctx.Err() != nil {
			break
		}
		mu.Lock()
		broken := err != nil
		mu.Unlock()
		if broken { // the case itself cannot be written: no source would fare better
			break
		}
		jobs <- d
	}
	close(jobs)
	wg.Wait()
	return failed, err
}

func (c *Collector) listen(tell func(Status)) {
	c.bars.Lock()
	defer c.bars.Unlock()
	c.tell = tell
}

func (c *Collector) say(s Status) {
	c.bars.Lock()
	defer c.bars.Unlock()
	if c.tell != nil {
		c.tell(s)
	}
}

// Run collects until ctx ends: sources as they fall due, asked for so often, time-stamps,
// witnesses, and the sweep for damage as often as the settings ask for it. What fails is
// told by Options.Notice and tried again.
func (c *Collector) Run(ctx context.Context, every time.Duration, tell func(Status)) error {
	defer c.sweeping.wg.Wait()
	for ctx.Err() == nil {
		list, err := c.due(ctx, false)
		if err == nil {
			_, err = c.visits(ctx, list, tell)
		}
		if err != nil && ctx.Err() == nil {
			if errors.Is(err, evidence.ErrTampered) {
				return fmt.Errorf("collect: %w", err)
			}
			c.o.Notice(fmt.Sprintf("collecting: %v", err))
		}
		if err := c.Vouch(ctx, false); err != nil && ctx.Err() == nil {
			c.o.Notice(fmt.Sprintf("time-stamps and witnesses: %v", err))
		}
		if err := c.sweepIfDue(ctx); err != nil && ctx.Err() == nil {
			c.o.Notice(fmt.Sprintf("sweep for damage: %v", err))
		}
		if err := c.o.Sleep(ctx, max(every, shortest)); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}
