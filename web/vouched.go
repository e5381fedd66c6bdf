package web

import (
	"sync"
	"time"

	"svidok/archive"
)

// vouching remembers for a moment how far others vouch for the ledger: every page says so
// where it is not enough.
type vouching struct {
	mu sync.Mutex
	at time.Time
	v  archive.Vouched
}

const vouchedFor = 5 * time.Second

// vouched returns how far others vouch. A fault here must not close the desk: the custody
// page tells it.
func (v *visit) vouched() archive.Vouched {
	if v.archive == nil || v.me.ID == "" {
		return archive.Vouched{}
	}
	c := v.desk.vouching
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := v.now(); c.at.IsZero() || now.Sub(c.at) > vouchedFor || now.Before(c.at) {
		if got, err := v.archive.Keeping().Vouched(v.ctx()); err == nil {
			c.v, c.at = got, now
		}
	}
	return c.v
}
