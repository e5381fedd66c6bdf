package fetching

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	firstWait  = 2 * time.Second
	longestTry = 2 * time.Minute    // between two tries
	longestAsk = 2 * time.Minute    // a Retry-After that is waited for; a longer one is for the caller
	most       = 7 * 24 * time.Hour // a Retry-After beyond is not believed
	firstRest  = 30 * time.Second   // for a host that cannot be reached
	longRest   = 15 * time.Minute
	maxHosts   = 4096
)

// host is what is known of a host.
type host struct {
	next     time.Time     // no request before
	until    time.Time     // it asked to be left alone until then
	rest     time.Time     // it could not be reached, and is left in peace until then
	failures int           // in a row
	why      string        // the last of them
	pace     time.Duration // that its robots.txt asks for
}

func (h *host) free(now time.Time) bool {
	return !h.next.After(now) && !h.until.After(now) && !h.rest.After(now)
}

// hostOf returns the host's entry. The caller holds c.mu.
func (c *Client) hostOf(u *url.URL) *host {
	h := c.hosts[u.Host]
	if h != nil {
		return h
	}
	if len(c.hosts) >= maxHosts {
		now := c.o.Now()
		for k, old := range c.hosts {
			if old.free(now) {
				delete(c.hosts, k)
			}
		}
	}
	for k := range c.hosts { // none is free: any must go
		if len(c.hosts) < maxHosts {
			break
		}
		delete(c.hosts, k)
	}
	h = &host{}
	c.hosts[u.Host] = h
	return h
}

// turn waits until a host may be asked again.
func (c *Client) turn(ctx context.Context, u *url.URL) error {
	for range 8 { // what the host asked for may have changed while we waited
		wait, err := c.queue(u)
		if err != nil {
			return err
		}
		if wait <= 0 {
			return ctx.Err()
		}
		if err := c.o.Sleep(ctx, wait); err != nil {
			return err
		}
		c.mu.Lock()
		h, now := c.hostOf(u), c.o.Now()
		again := h.until.After(now) || h.rest.After(now)
		c.mu.Unlock()
		if !again {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// queue takes the next place in a host's line and says how far away it is.
func (c *Client) queue(u *url.URL) (time.Duration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, now := c.hostOf(u), c.o.Now()
	if h.rest.After(now) {
		return 0, &LaterError{Host: u.Host, Until: h.rest, Why: fmt.Sprintf("it could not be reached %d times in a row, at last: %s", h.failures, h.why)}
	}
	if h.until.Sub(now) > longestAsk {
		return 0, &LaterError{Host: u.Host, Until: h.until, Why: "it asks for it"}
	}
	at := now
	for _, t := range []time.Time{h.next, h.until} {
		if t.After(at) {
			at = t
		}
	}
	h.next = at.Add(max(c.o.Pace, h.pace, 0))
	return at.Sub(now), nil
}

// tries makes an exchange, again and again if it fails in a way that may pass. Of answers
// that broke off it returns the longest, if no whole one could be had.
func (c *Client) tries(ctx context.Context, u *url.URL, a Ask, jar http.CookieJar, r *Result) (reply, error) {
	most := c.o.Tries
	if a.Once {
		most = 1
	}
	var held *reply
	for n := 1; ; n++ {
		if err := c.turn(ctx, u); err != nil {
			return kept(held, reply{}, err)
		}
		got, err := c.once(ctx, u, a, jar)
		if ctx.Err() != nil {
			return got, ctx.Err()
		}
		wait, again := c.learn(u, &got, err, n)
		if err == nil && got.broken && (held == nil || len(got.x.Response) > len(held.x.Response)) {
			held = &got
		}
		if again && n < most || err != nil {
			r.Tried = append(r.Tried, Try{At: got.x.Started, Why: whyAgain(got, err)})
		}
		if !again || n >= most {
			return kept(held, got, err)
		}
		if err := c.o.Sleep(ctx, wait); err != nil {
			return got, err
		}
	}
}

// kept prefers a broken answer that is held to none, or to a shorter one.
func kept(held *reply, got reply, err error) (reply, error) {
	if held != nil && (err != nil || got.broken) {
		return *held, nil
	}
	return got, err
}

func whyAgain(got reply, err error) string {
	if err != nil {
		return err.Error()
	}
	if got.broken {
		return strings.Join(got.x.Problems, "; ")
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", got.x.Status, http.StatusText(got.x.Status)))
}

// learn takes from an exchange what is to be known of the host, and says whether it should
// be tried once more, and after how long.
func (c *Client) learn(u *url.URL, got *reply, err error, n int) (time.Duration, bool) {
	now := c.o.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hostOf(u)
	if err != nil {
		if !errors.Is(err, ErrUnreachable) || errors.Is(err, ErrGone) {
			return 0, false
		}
		h.failures++
		h.why = clip(err.Error(), 300)
		if over := h.failures - max(c.o.Tries, 3); over >= 0 {
			h.rest = now.Add(min(firstRest<<min(over, 10), longRest))
		}
		return backOff(u.Host, n), true
	}
	h.failures = 0
	c.measure(u.Host, got.x)
	switch status := got.x.Status; {
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		asked, ok := retryAfter(got.x.Header.Get("Retry-After"), now)
		if !ok {
			return backOff(u.Host, n), true
		}
		if got.later = now.Add(asked); got.later.After(h.until) {
			h.until = got.later
		}
		return backOff(u.Host, n), asked <= longestAsk
	case status >= 500 && status != http.StatusNotImplemented && status != http.StatusHTTPVersionNotSupported:
		return backOff(u.Host, n), true
	}
	return backOff(u.Host, n), got.broken && got.x.Status == http.StatusOK
}

// backOff is the wait after the n-th try: it doubles, and lies a little apart for each host.
func backOff(host string, n int) time.Duration {
	wait := firstWait << min(n-1, 8)
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d", host, n) // never fails
	return min(wait+wait*time.Duration(h.Sum32()%256)/512, longestTry)
}

// retryAfter reads a Retry-After (RFC 9110, 10.2.3): seconds or a date; at most a week.
func retryAfter(s string, now time.Time) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if s != "" && strings.Trim(s, "0123456789") == "" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || time.Duration(n)*time.Second > most {
			return most, true
		}
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(at.Sub(now), 0), most), true
	}
	return 0, false
}
