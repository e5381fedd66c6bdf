package fetching

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"svidok/evidence"
)

const (
	robotsLife  = 24 * time.Hour  // RFC 9309 asks not to use it for longer
	robotsAgain = 2 * time.Minute // after it could not be had
	robotsSize  = 512 << 10       // RFC 9309 asks for 500 KiB at least
	robotsKept  = 32 << 20        // of all hosts
	robotsHops  = 5
	maxDelay    = time.Minute // of a Crawl-delay
	maxPath     = 4096        // of an address, that rules are held against
)

// robots is what a host asks of programs, or why it is not known.
type robots struct {
	rules rules
	err   error
	until time.Time // then it is asked for again
}

// rules are those of one robots.txt that are ours.
type rules struct {
	list  []rule
	size  int
	delay time.Duration
}

// rule: addresses whose path begins with pieces[0], then holds the others in this order, and
// ends with the last if end.
type rule struct {
	allow  bool
	length int
	pieces []string
	end    bool
}

// allowed asks robots.txt.
func (c *Client) allowed(ctx context.Context, u *url.URL, a Ask) error {
	if !c.o.Robots || a.Service || u.Path == "/robots.txt" || a.Method == http.MethodPost {
		return nil
	}
	origin := u.Scheme + "://" + u.Host
	c.mu.Lock()
	r := c.robots[origin]
	c.mu.Unlock()
	if r == nil || !r.until.After(c.o.Now()) {
		got, err := c.readRobots(ctx, u)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err == nil:
			r = &robots{rules: got, until: c.o.Now().Add(robotsLife)}
		case r != nil && r.err == nil && errors.Is(err, ErrUnreachable): // what it said holds on
			r = &robots{rules: r.rules, until: c.o.Now().Add(robotsAgain)}
		default:
			r = &robots{err: err, until: c.o.Now().Add(robotsAgain)}
		}
		c.keepRobots(origin, u, r)
	}
	if errors.Is(r.err, ErrUnreachable) && !errors.Is(r.err, ErrGone) {
		return &LaterError{Host: u.Host, Until: r.until, Why: "its robots.txt could not be read: " + r.err.Error()}
	}
	if r.err != nil {
		return fmt.Errorf("read robots.txt of %s: %w", u.Host, r.err)
	}
	if !r.rules.allow(u.RequestURI()) {
		return evidence.WithHint(fmt.Errorf("robots.txt of %s asks programs not to read this: %w", u.Host, evidence.ErrRefused),
			"a person may decide otherwise: svidok settings CASE --robots=false")
	}
	return nil
}

func (c *Client) keepRobots(origin string, u *url.URL, r *robots) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size, now := r.rules.size, c.o.Now()
	for k, old := range c.robots {
		if !old.until.After(now) {
			delete(c.robots, k)
		} else if k != origin {
			size += old.rules.size
		}
	}
	if size > robotsKept || len(c.robots) >= maxHosts {
		clear(c.robots) // they are read anew
	}
	c.robots[origin] = r
	c.hostOf(u).pace = r.rules.delay
}

// readRobots fetches robots.txt (RFC 9309): one that is not there allows everything; one
// that cannot be had now allows nothing yet.
func (c *Client) readRobots(ctx context.Context, u *url.URL) (rules, error) {
	target := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return rules{}, err
	}
	for range robotsHops + 1 {
		got, err := c.tries(ctx, target, Ask{MaxBytes: robotsSize}, jar, &Result{})
		if err != nil {
			return rules{}, err
		}
		if next, ok := redirect(got.x, target); ok {
			if target, err = parseTarget(next); err != nil {
				return rules{}, err
			}
			continue
		}
		if s := got.x.Status; s >= 500 || s == http.StatusTooManyRequests {
			return rules{}, fmt.Errorf("the server answers %d: %w", s, ErrUnreachable)
		}
		if got.x.Status != http.StatusOK {
			return rules{}, nil
		}
		text, _ := decode(got.body, got.codings, robotsSize)
		text, _ = decode(text, got.x.Header.Values("Content-Encoding"), robotsSize)
		return parseRobots(string(text), c.o.Robot), nil
	}
	return rules{}, nil // RFC 9309, 2.3.1.2: it may be taken as not there
}

// parseRobots reads the rules for a product token (RFC 9309, 2.2): those of all groups that
// name it, else those for everybody. Lines that are no rule are passed over.
func parseRobots(text, product string) rules {
	var ours, everybodys rules
	named, inOurs, inEverybodys, open := false, false, false, false
	for line := range strings.FieldsFuncSeq(strings.TrimPrefix(text, "\uFEFF"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if !ok {
			continue
		}
		switch key {
		case "user-agent":
			if !open {
				inOurs, inEverybodys = false, false
			}
			open = true
			inOurs = inOurs || strings.EqualFold(productToken(value), product)
			inEverybodys = inEverybodys || strings.HasPrefix(value, "*")
			named = named || inOurs
		case "allow", "disallow", "crawl-delay":
			open = false
			if inOurs {
				ours.add(key, value)
			}
			if inEverybodys {
				everybodys.add(key, value)
			}
		}
	}
	if named {
		return ours
	}
	return everybodys
}

func (r *rules) add(key, value string) {
	if key == "crawl-delay" {
		if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
			r.delay = time.Duration(min(s, maxDelay.Seconds()) * float64(time.Second))
		}
		return
	}
	if value == "" {
		return
	}
	if value[0] != '/' && value[0] != '*' {
		value = "/" + value
	}
	n := rule{allow: key == "allow", length: len(value)}
	value, n.end = strings.CutSuffix(value, "$")
	for piece := range strings.SplitSeq(value, "*") {
		n.pieces = append(n.pieces, normal(piece))
	}
	r.size += len(value) + 64
	r.list = append(r.list, n)
}

// allow: of the rules that match, the longest counts; of two as long, the one that allows.
func (r *rules) allow(path string) bool {
	path = normal(path[:min(len(path), maxPath)])
	longest, allow := 0, true
	for _, n := range r.list {
		if n.length >= longest && (n.length > longest || n.allow) && n.match(path) {
			longest, allow = n.length, n.allow
		}
	}
	return allow
}

func (n *rule) match(path string) bool {
	last := len(n.pieces) - 1
	rest, ok := strings.CutPrefix(path, n.pieces[0])
	if !ok || last == 0 {
		return ok && (!n.end || rest == "")
	}
	for i, piece := range n.pieces[1:] {
		if i+1 == last && n.end {
			return strings.HasSuffix(rest, piece)
		}
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return true
}

// normal brings the escapes of a path into one form (RFC 9309, 2.2.2): those of unreserved
// characters undone, all others in upper case, and what is not ASCII escaped.
func normal(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c, escaped := s[i], false
		if c == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c, escaped, i = byte(v), true, i+2
			}
		}
		unreserved := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
		if c >= 0x80 || c <= ' ' || escaped && !unreserved {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// productToken is what a name begins with that may be a product token (RFC 9309, 2.2.1).
func productToken(s string) string {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && s[i] != '_' && s[i] != '-' {
			return s[:i]
		}
	}
	return s
}

// product is the product token of a User-Agent: the name behind "compatible;", else its first.
func product(agent string) string {
	if _, rest, ok := strings.Cut(agent, "compatible;"); ok {
		agent = rest
	}
	return productToken(strings.TrimSpace(agent))
}
