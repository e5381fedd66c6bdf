package fetching

import (
	"net/http"
	"slices"
	"time"
)

// offset is how far a host's clock was ahead of ours: between low and high.
type offset struct{ low, high time.Duration }

// measure takes from the Date of an answer how far our clock may be off. A server's date
// has whole seconds, and was written between our sending and its last byte.
func (c *Client) measure(host string, x Exchange) {
	at, err := http.ParseTime(x.Header.Get("Date"))
	if err != nil || x.Header.Get("Age") != "" { // from a cache: written earlier
		return
	}
	o := offset{at.Sub(x.Ended), at.Add(time.Second).Sub(x.Started)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.offsets) < maxHosts {
		c.offsets[host] = o
	}
}

// Offset is what must be added to our clock to have that of the servers: the middle of what
// the hosts say, with a half-width that covers the middle half of them. It is rough: to a
// second or so. hosts is 0 if nothing is known.
func (c *Client) Offset() (middle, half time.Duration, hosts int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lows, highs []time.Duration
	for _, o := range c.offsets {
		lows, highs = append(lows, o.low), append(highs, o.high)
	}
	return middleOf(lows, highs)
}

func middleOf(lows, highs []time.Duration) (middle, half time.Duration, hosts int) {
	n := len(lows)
	if n == 0 {
		return 0, 0, 0
	}
	slices.Sort(lows)
	slices.Sort(highs)
	low, high := lows[n/2], highs[n/2]
	if n > 1 {
		low, high = min(low, lows[n/2]), max(high, highs[(n-1)/2])
	}
	return (low + high) / 2, max(high-low, low-high) / 2, n
}
