package fetching

import (
	"net/http"
	"slices"
	"time"
)

const (
	sampleLife = 24 * time.Hour
	roughly    = time.Second // what a server's Date may be off by itself: many write it once a second
)

// Sample is what one answer says of our clock: what must be added to it to have the server's
// lies between Low and High.
type Sample struct {
	Host      string
	At        time.Time // by our clock, UTC
	Low, High time.Duration
}

// SampleOf takes a sample from the Date of an answer (RFC 9110, 6.6.1): it has whole seconds,
// and was written after the request was sent and before the head was there. Answers of caches
// give none.
func SampleOf(x Exchange) (Sample, bool) {
	at, err := http.ParseTime(x.Header.Get("Date"))
	if err != nil || x.Header.Get("Age") != "" || x.Sent.IsZero() || x.Answered.Before(x.Sent) {
		return Sample{}, false
	}
	return Sample{At: x.Answered, Low: at.Sub(x.Answered), High: at.Add(time.Second).Sub(x.Sent)}, true
}

// measure keeps a sample. The caller holds c.mu.
func (c *Client) measure(host string, x Exchange) {
	s, ok := SampleOf(x)
	if !ok {
		return
	}
	if _, known := c.samples[host]; !known && len(c.samples) >= maxHosts {
		return
	}
	s.Host = host
	c.samples[host] = s
}

// Offset is what must be added to our clock to have that of the servers visited within a day:
// [EstimateOffset] of their latest answers.
func (c *Client) Offset() (middle, half time.Duration, hosts int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Now()
	list := make([]Sample, 0, len(c.samples))
	for k, s := range c.samples {
		if now.Sub(s.At).Abs() > sampleLife {
			delete(c.samples, k)
			continue
		}
		list = append(list, s)
	}
	return EstimateOffset(list)
}

// EstimateOffset estimates what must be added to our clock: the median of what the hosts say
// (of each the latest sample), plus or minus half. Half covers the middle half of the hosts,
// and what a single one can tell at best; it is never less than a second, for the dates of
// servers are no better than that. It is no proof: servers may be wrong together, and fewer
// than three cannot outvote one that is. hosts is 0 if nothing is known.
func EstimateOffset(samples []Sample) (middle, half time.Duration, hosts int) {
	latest := map[string]Sample{}
	for _, s := range samples {
		if old, ok := latest[s.Host]; s.High >= s.Low && (!ok || s.At.After(old.At)) {
			latest[s.Host] = s
		}
	}
	n := len(latest)
	if n == 0 {
		return 0, 0, 0
	}
	var middles, halves, away []time.Duration
	for _, s := range latest {
		middles, halves = append(middles, s.Low+(s.High-s.Low)/2), append(halves, (s.High-s.Low)/2)
	}
	middle = median(middles)
	for _, m := range middles {
		away = append(away, (m - middle).Abs())
	}
	return middle, max(median(away), median(halves), roughly), n
}

// median of what is not empty.
func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	n := len(list)
	low, high := list[(n-1)/2], list[n/2]
	return low + (high-low)/2
}
