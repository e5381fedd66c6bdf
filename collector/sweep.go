package collector

import (
	"context"
	"sync"
	"time"

	"svidok/archive"
)

const (
	sweepBite  = 8 << 20                // bytes that a sweep reads at a stretch
	sweepRest  = 100 * time.Millisecond // and how long it rests then: a laptop is for its people
	sweepAgain = time.Hour              // after a sweep that could not be done
)

// sweeping is the sweep for damage that goes on beside the visits, one at a time.
type sweeping struct {
	mu    sync.Mutex
	wg    sync.WaitGroup
	on    bool
	after time.Time // not before
}

// sweepIfDue begins a sweep where the settings ask for it, and returns at once.
func (c *Collector) sweepIfDue(ctx context.Context) error {
	c.sweeping.mu.Lock()
	defer c.sweeping.mu.Unlock()
	if c.sweeping.on || c.o.Now().Before(c.sweeping.after) {
		return nil
	}
	due, err := c.o.Archive.Keeping().SweepDue(ctx)
	if err != nil || !due {
		return err
	}
	c.sweeping.on = true
	c.sweeping.wg.Go(func() { c.sweep(ctx) })
	return nil
}

func (c *Collector) sweep(ctx context.Context) {
	read := 0
	s, err := c.o.Archive.Keeping().Sweep(ctx, c.o.By, func(ctx context.Context, n int) error {
		if read += n; read < sweepBite {
			return nil
		}
		read = 0
		return c.o.Sleep(ctx, sweepRest)
	})
	c.sweeping.mu.Lock()
	c.sweeping.on = false
	if err != nil {
		c.sweeping.after = c.o.Now().Add(sweepAgain)
	}
	c.sweeping.mu.Unlock()
	if ctx.Err() == nil && c.o.Swept != nil {
		c.o.Swept(s, err)
	}
}

// Swept is told what a sweep found, or why it could not be done.
type Swept func(archive.Swept, error)
