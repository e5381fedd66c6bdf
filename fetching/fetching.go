// Package fetching visits addresses on the network: the one room that does. It is polite,
// it cannot be led to where it must not go, and it gives the bytes as they were on the
// connection.
//
// # What is recorded
//
// Each exchange has a connection of its own, HTTP/1.1, and keeps the request as it was sent
// and the response as it came (inside TLS; still chunked and compressed). A response that
// was cut, lied about its length or went over a limit is kept as far as it came, and says
// so in its problems. Redirects are followed here, so that each of them is an exchange.
//
// # Where it never goes
//
// Only http and https. The address that is connected to is checked, not the name: loopback,
// private, link-local, shared, multicast, documentation and unspecified networks, and IPv6
// forms that embed such an IPv4 address, are refused unless [Options.Allow] holds them. The
// name is resolved once and the connection goes to the very address that was checked, so
// that neither a redirect nor a name that changes its address in between leads elsewhere.
// Through a proxy names are resolved by the proxy (as Tor needs); then only addresses
// written as numbers can be checked here.
//
// # Politeness
//
// Between two requests to a host lies [Options.Pace]. 429 and 503 with Retry-After are
// heeded, other failures are tried again after growing waits; what a rule forbids, and what
// a server denies (4xx), is not. robots.txt (RFC 9309) is heeded if asked for.
//
// No cookie lives longer than one chain of redirects. No credentials are sent.
package fetching

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"svidok/evidence"
)

var (
	// ErrUnreachable: no answer could be had now. Try again later.
	ErrUnreachable = errors.New("not reachable")
	// ErrCertificate: the server's certificate is not good for it. A person must look.
	ErrCertificate = errors.New("certificate not accepted")
)

// Options of a client. Now and Sleep are required.
type Options struct {
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration) error
	Resolve   func(ctx context.Context, host string) ([]netip.Addr, error) // nil: the system's
	Proxy     string                                                       // "", http://HOST:PORT, socks5://HOST:PORT
	Allow     []netip.Prefix                                               // private networks that may be visited
	Roots     *x509.CertPool                                               // nil: the system's
	Agent     string
	Robots    bool          // heed robots.txt
	Pace      time.Duration // between two requests to one host; 0: 2 s; negative: none
	Tries     int           // of one exchange; 0: 4
	Head      time.Duration // until the response's head is there; 0: 30 s
	Total     time.Duration // for one exchange; 0: 5 min
	MaxBytes  int64         // of a response on the wire; 0: 64 MiB
	MaxBody   int64         // of a decoded body; 0: 256 MiB
	Redirects int           // 0: 10
}

// Client visits addresses. It is safe for concurrent use.
type Client struct {
	o     Options
	proxy *url.URL

	mu      sync.Mutex
	hosts   map[string]*host
	offsets map[string]offset // by host, the latest
}

// Ask is one request.
type Ask struct {
	Method             string // "": GET
	URL                string
	Header             http.Header
	Body               []byte
	ETag, LastModified string // of what is held: the server may answer that it is unchanged
	Once               bool   // no second try
	Service            bool   // a service for programs (a revocation list): robots.txt says nothing of it
	MaxBytes           int64  // 0: the client's
}

// Exchange is one request and its response.
type Exchange struct {
	URL               string
	Request, Response []byte // as they were on the connection
	Status            int
	Header            http.Header
	Started, Ended    time.Time
	Remote            string // address that was connected to; "" through a proxy
	Via               string // the proxy; "" none
	TLS               *TLS   // nil: http
	Problems          []string
}

// TLS is how a connection was secured.
type TLS struct {
	Version, Cipher string
	Chain           [][]byte      // DER, the server's own first
	Leaf            evidence.Hash // SHA-256 of the server's own
}

// Try is a try that failed.
type Try struct {
	At  time.Time
	Why string
}

// Result is an answer: the exchanges that led to it, the last one being it.
type Result struct {
	Exchanges   []Exchange
	Body        []byte // of the last, its codings undone as far as it is whole
	MediaType   string // without parameters, lower case
	Charset     string // as the header says
	NotModified bool
	Tried       []Try
}

// New makes a client.
func New(o Options) (*Client, error) {
	if o.Now == nil || o.Sleep == nil {
		return nil, fmt.Errorf("make a client: no clock: %w", evidence.ErrUsage)
	}
	c := &Client{hosts: map[string]*host{}, offsets: map[string]offset{}}
	if o.Proxy != "" {
		u, err := url.Parse(o.Proxy)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "socks5" && u.Scheme != "socks5h" {
			return nil, fmt.Errorf("make a client: proxy %q: want http://HOST:PORT or socks5://HOST:PORT: %w", o.Proxy, evidence.ErrUsage)
		}
		c.proxy = u
	}
	set(&o.Pace, 2*time.Second)
	set(&o.Head, 30*time.Second)
	set(&o.Total, 5*time.Minute)
	set(&o.Tries, 4)
	set(&o.Redirects, 10)
	set(&o.MaxBytes, 64<<20)
	set(&o.MaxBody, 256<<20)
	if o.Agent == "" {
		o.Agent = "svidok"
	}
	c.o = o
	return c, nil
}

func set[T int | int64 | time.Duration](p *T, v T) {
	if *p == 0 {
		*p = v
	}
}

// Get asks for an address and follows redirects. Any answer of the server is a Result, also
// 404 or 500. Errors: ErrRefused (a rule forbids the address), ErrUnreachable,
// ErrCertificate, ErrLimit (too many redirects, a head without end), ErrFormat (what
// answers does not speak HTTP), ErrUsage; with an error the Result holds the exchanges that
// there were.
func (c *Client) Get(ctx context.Context, a Ask) (Result, error) {
	var r Result
	target, err := parseTarget(a.URL)
	if err != nil {
		return r, fmt.Errorf("fetch %q: %w", clip(a.URL), err)
	}
	jar := map[string]string{}
	for hop := 0; ; hop++ {
		if hop > c.o.Redirects {
			return r, fmt.Errorf("fetch %s: more than %d redirects: %w", a.URL, c.o.Redirects, evidence.ErrLimit)
		}
		if err := c.allowed(ctx, target, a); err != nil {
			return r, fmt.Errorf("fetch %s: %w", target, err)
		}
		x, body, err := c.tries(ctx, target, a, jar, &r)
		if err != nil {
			return r, fmt.Errorf("fetch %s: %w", target, err)
		}
		r.Exchanges = append(r.Exchanges, x)
		next, ok := redirect(x, target)
		if !ok {
			c.finish(&r, body, a)
			return r, nil
		}
		if a.Method == http.MethodPost {
			return r, fmt.Errorf("fetch %s: it answers a request with a redirect: %w", target, evidence.ErrRefused)
		}
		remember(jar, x)
		if target, err = parseTarget(next); err != nil {
			return r, fmt.Errorf("fetch %s: redirect to %q: %w", a.URL, clip(next), err)
		}
	}
}

// Post sends a body once: to a time-stamp authority, or to a witness. Who failed is asked again by
// whoever knows when.
func (c *Client) Post(ctx context.Context, address, mediaType string, body []byte) (Result, error) {
	return c.Get(ctx, Ask{Method: http.MethodPost, URL: address, Header: http.Header{"Content-Type": {mediaType}}, Body: body, MaxBytes: 1 << 20, Once: true, Service: true})
}

// finish undoes the codings of the last answer.
func (c *Client) finish(r *Result, wire []byte, a Ask) {
	last := &r.Exchanges[len(r.Exchanges)-1]
	r.NotModified = last.Status == http.StatusNotModified
	body, problems := decode(wire, last.Header.Get("Content-Encoding"), c.o.MaxBody)
	r.Body = body
	last.Problems = append(last.Problems, problems...)
	base, params, _ := strings.Cut(last.Header.Get("Content-Type"), ";")
	r.MediaType = strings.ToLower(strings.TrimSpace(base))
	for p := range strings.SplitSeq(params, ";") {
		if k, v, ok := strings.Cut(p, "="); ok && strings.EqualFold(strings.TrimSpace(k), "charset") {
			r.Charset = strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
}

// parseTarget takes an absolute address of the web, without its fragment and credentials.
func parseTarget(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Errorf("no address: %w", evidence.ErrUsage)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("scheme %q: only http and https are visited: %w", clip(u.Scheme), evidence.ErrRefused)
	}
	if u.Hostname() == "" {
		return nil, fmt.Errorf("an address without a host: %w", evidence.ErrUsage)
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// redirect returns where an answer leads.
func redirect(x Exchange, from *url.URL) (string, bool) {
	switch x.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return "", false
	}
	where := x.Header.Get("Location")
	if where == "" {
		return "", false
	}
	u, err := from.Parse(where)
	if err != nil {
		return where, true
	}
	return u.String(), true
}

func clip(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
