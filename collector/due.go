package collector

import (
	"context"
	"time"

	"svidok/catalog"
	"svidok/evidence"
)

// due is a source whose time has come.
type due struct {
	source catalog.Source
	all    bool // and of its things those, too, whose time has not come
}

// due returns the active sources whose time has come, or all active ones.
func (c *Collector) due(ctx context.Context, all bool) ([]due, error) {
	list, err := c.o.Archive.Catalog().Sources(ctx)
	if err != nil {
		return nil, err
	}
	now := c.o.Now()
	var out []due
	for _, s := range list {
		if s.Active && (all || !Next(s).After(now)) {
			out = append(out, due{s, all})
		}
	}
	return out, nil
}

// Next says when a source falls due: after as long as it asks for, and after failures
// later and later, at most a day.
func Next(s catalog.Source) time.Time {
	if s.Last.Position == 0 || s.Position > s.Last.Position { // never visited, or changed since
		return time.Time{}
	}
	every := max(time.Duration(s.Every)*time.Second, leastEvery)
	if s.Every == 0 {
		every = usualEvery
	}
	for range min(s.Failures-1, 20) {
		if every *= 2; every > mostBackoff {
			every = max(mostBackoff, time.Duration(s.Every)*time.Second)
			break
		}
	}
	return s.Last.Ended.Add(every)
}

// take marks a source as being visited; false: it is already.
func (c *Collector) hold(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[id] {
		return false
	}
	c.busy[id] = true
	return true
}

func (c *Collector) release(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, id)
}

// failedOutcome reports whether a visit should be tried again sooner or later as a failure.
func failedOutcome(o evidence.VisitOutcome) bool {
	return o == evidence.VisitFailed || o == evidence.VisitRefused || o == evidence.VisitClosed
}
