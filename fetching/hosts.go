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

	"github.com/temoto/robotstxt"

	"svidok/evidence"
)

const (
	firstWait  = 2 * time.Second
	longestAsk = 2 * time.Minute // a Retry-After that is waited for; a longer one is for the caller
	robotsLife = 24 * time.Hour
	maxHosts   = 4096
	robotsSize = 512 << 10 // RFC 9309 asks for 500 KiB at least
)

// host is what is known of a host.
type host struct {
	next   time.Time // no request before
	until  time.Time // it asked to be left alone until then
	robots *robotstxt.RobotsData
	read   time.Time // when robots.txt was read
}

// hostOf returns the host's entry. The caller holds c.mu.
func (c *Client) hostOf(u *url.URL) *host {
	key := u.Scheme + "://" + u.Host
	h := c.hosts[key]
	if h == nil {
		if len(c.hosts) >= maxHosts { // forget those that have long been free
			now := c.o.Now()
			for k, old := range c.hosts {
				if old.next.Before(now) && old.until.Before(now) {
					delete(c.hosts, k)
				}
			}
		}
		h = &host{}
		c.hosts[key] = h
	}
	return h
}

// turn waits until a host may be asked again.
func (c *Client) turn(ctx context.Context, u *url.URL) error {
	c.mu.Lock()
	h := c.hostOf(u)
	now := c.o.Now()
	at := now
	if h.next.After(at) {
		at = h.next
	}
	if h.until.After(at) {
		if h.until.Sub(now) > longestAsk {
			c.mu.Unlock()
			return fmt.Errorf("the server asks to be left alone until %s: %w", h.until.UTC().Format(time.RFC3339), ErrUnreachable)
		}
		at = h.until
	}
	h.next = at.Add(max(c.o.Pace, 0))
	c.mu.Unlock()
	if wait := at.Sub(now); wait > 0 {
		return c.o.Sleep(ctx, wait)
	}
	return ctx.Err()
}

// tries makes an exchange, again and again if it fails in a way that may pass.
func (c *Client) tries(ctx context.Context, u *url.URL, a Ask, jar map[string]string, r *Result) (Exchange, []byte, error) {
	most := c.o.Tries
	if a.Once {
		most = 1
	}
	for n := 1; ; n++ {
		if err := c.turn(ctx, u); err != nil {
			return Exchange{}, nil, err
		}
		x, body, err := c.once(ctx, u, a, jar)
		if ctx.Err() != nil {
			return x, nil, ctx.Err()
		}
		if err == nil {
			c.measure(u.Host, x)
		}
		wait, again := c.again(u, x, err, n)
		if !again || n >= most {
			return x, body, err
		}
		r.Tried = append(r.Tried, Try{At: x.Started, Why: whyAgain(x, err)})
		if err := c.o.Sleep(ctx, wait); err != nil {
			return x, nil, err
		}
	}
}

func whyAgain(x Exchange, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", x.Status, http.StatusText(x.Status))
}

// again says whether an exchange should be tried once more, and after how long.
func (c *Client) again(u *url.URL, x Exchange, err error, n int) (time.Duration, bool) {
	wait := firstWait << (n - 1)
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d", u.Host, n) // never fails
	wait += wait * time.Duration(h.Sum32()%256) / 512
	switch {
	case err != nil:
		return wait, errors.Is(err, ErrUnreachable)
	case x.Status == http.StatusTooManyRequests || x.Status == http.StatusServiceUnavailable:
		asked, ok := retryAfter(x.Header.Get("Retry-After"), c.o.Now())
		if !ok {
			return wait, true
		}
		c.mu.Lock()
		c.hostOf(u).until = c.o.Now().Add(min(asked, 7*24*time.Hour))
		c.mu.Unlock()
		return 0, asked <= longestAsk // turn waits
	case x.Status >= 500 && x.Status != http.StatusNotImplemented:
		return wait, true
	case x.Status == 200 && len(x.Problems) > 0 && strings.HasPrefix(x.Problems[0], "the body is cut off"):
		return wait, true
	}
	return 0, false
}

// retryAfter reads a Retry-After (RFC 9110): seconds or a date.
func retryAfter(s string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32); err == nil && n >= 0 {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// allowed asks robots.txt.
func (c *Client) allowed(ctx context.Context, u *url.URL, a Ask) error {
	if !c.o.Robots || a.Service || u.Path == "/robots.txt" || a.Method == http.MethodPost {
		return nil
	}
	c.mu.Lock()
	h := c.hostOf(u)
	data, fresh := h.robots, h.robots != nil && c.o.Now().Sub(h.read) < robotsLife
	c.mu.Unlock()
	if !fresh {
		got, err := c.readRobots(ctx, u)
		if err != nil && data == nil {
			return err
		}
		if err == nil {
			data = got
			c.mu.Lock()
			h.robots, h.read = data, c.o.Now()
			c.mu.Unlock()
		}
	}
	if !data.TestAgent(u.RequestURI(), c.o.Agent) {
		return evidence.WithHint(fmt.Errorf("robots.txt of %s asks programs not to read this: %w", u.Host, evidence.ErrRefused),
			"a person may decide otherwise: svidok settings CASE --robots=false")
	}
	return nil
}

// readRobots fetches robots.txt (RFC 9309): one that is not there allows everything; one
// that cannot be had now allows nothing yet.
func (c *Client) readRobots(ctx context.Context, u *url.URL) (*robotstxt.RobotsData, error) {
	target := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	jar := map[string]string{}
	ask := Ask{MaxBytes: robotsSize}
	for range 5 {
		x, body, err := c.tries(ctx, target, ask, jar, &Result{})
		if err != nil {
			return nil, fmt.Errorf("read robots.txt of %s: %w", u.Host, err)
		}
		if next, ok := redirect(x, target); ok {
			if target, err = parseTarget(next); err != nil {
				return nil, fmt.Errorf("read robots.txt of %s: %w", u.Host, err)
			}
			continue
		}
		if x.Status >= 500 || x.Status == http.StatusTooManyRequests {
			return nil, fmt.Errorf("read robots.txt of %s: the server answers %d: %w", u.Host, x.Status, ErrUnreachable)
		}
		if x.Status != http.StatusOK {
			body = nil
		}
		text, _ := decode(body, x.Header.Get("Content-Encoding"), robotsSize)
		data, err := robotstxt.FromBytes(text)
		if err != nil { // no rule can be read in it
			data, err = robotstxt.FromBytes(nil)
		}
		return data, err
	}
	return robotstxt.FromBytes(nil)
}

// cookies are sent back within one chain of redirects, to the host that set them.
func cookies(jar map[string]string, host string) string { return jar[host] }

func remember(jar map[string]string, x Exchange) {
	u, err := url.Parse(x.URL)
	if err != nil {
		return
	}
	for _, k := range (&http.Response{Header: x.Header}).Cookies() {
		if len(jar[u.Hostname()]) < 4096 {
			if jar[u.Hostname()] != "" {
				jar[u.Hostname()] += "; "
			}
			jar[u.Hostname()] += k.Name + "=" + k.Value
		}
	}
}
