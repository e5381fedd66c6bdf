// Package fetching visits addresses on the network: the one room that does. It is polite,
// it cannot be led to where it must not go, and it gives the bytes as they were on the
// connection.
//
// # What is recorded
//
// Each exchange has a connection of its own, HTTP/1.1, and keeps the request as it was sent
// and the response as it came (inside TLS; still chunked and compressed). A response that
// was cut, lied about its length, is malformed or went over a limit is kept as far as it
// came, and says so in its problems. Redirects are followed here, so that each of them is an
// exchange. Three things are not in the record: interim answers (status 1xx), bytes behind
// the end that the answer itself announced, and what a proxy was told to let us in.
//
// An answer that announces neither length nor chunks ends where its connection does: whether it
// was whole cannot be told, also over TLS if it was cut between two records.
//
// What is proven is what this machine received. A proxy, and for http anybody on the way,
// may have written it.
//
// # Where it never goes
//
// Only http and https, and outside [Options.Allow] no port that serves another protocol (the bad
// ports of the WHATWG Fetch standard). The address that is connected to is checked, not the name: what the IANA
// registries of special-purpose addresses (RFC 6890) keep off the public Internet, addresses
// under which clouds show their metadata, and IPv6 forms that embed such an IPv4 address, are
// refused unless [Options.Allow] holds them. The name is resolved once and the connection
// goes to the very address that was checked, so that neither a redirect nor a name that
// changes its address in between leads elsewhere. Numbers in other than their usual form
// (2130706433, 0x7f.1) are refused.
//
// Through a proxy names are resolved by the proxy (as Tor needs): then only addresses written
// as numbers, and names that never are public (localhost, local, internal, home.arpa), can be
// refused here. What else a name leads to is up to the proxy.
//
// # Politeness
//
// Between two requests to a host lies [Options.Pace], or what its robots.txt asks for
// (Crawl-delay, up to a minute). 429 and 503 with Retry-After are heeded, up to a week; other
// failures that may pass are tried again after growing waits; what a rule forbids, and what a
// server denies (4xx), is not. A host that could not be reached several times in a row is
// left in peace for half a minute, then for longer, up to 15 minutes: [LaterError].
// robots.txt (RFC 9309) is heeded if asked for.
//
// No cookie lives longer than one chain of redirects. No credentials are sent to servers, and
// none that stand in an address are recorded. Errors and problems do not tell the address of
// this machine.
//
// # Time
//
// Pace, waits and what is recorded follow the clock that is given. The time-outs of a
// connection run by the machine's own timers.
package fetching

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"svidok/evidence"
)

var (
	// ErrUnreachable: no answer could be had now. Try again later.
	ErrUnreachable = errors.New("not reachable")
	// ErrGone: there is no such host; the error is ErrUnreachable, too. Seldom worth another
	// try, but a network that is half up says the same.
	ErrGone = errors.New("no such host")
	// ErrCertificate: the server's certificate is not good for it. A person must look.
	ErrCertificate = errors.New("certificate not accepted")
)

// LaterError says that a host was not asked, and when it may be: it asked to be left alone, or
// could not be reached lately. It is ErrUnreachable.
type LaterError struct {
	Host  string
	Until time.Time
	Why   string
}

func (e *LaterError) Error() string {
	return fmt.Sprintf("%s is left alone until %s: %s: %v", e.Host, e.Until.UTC().Format(time.RFC3339), e.Why, ErrUnreachable)
}

func (e *LaterError) Unwrap() error { return ErrUnreachable }

// Options of a client. Now and Sleep are required.
type Options struct {
	Now       func() time.Time
	Sleep     func(ctx context.Context, d time.Duration) error
	Resolve   func(ctx context.Context, host string) ([]netip.Addr, error) // nil: the system's
	Rand      io.Reader                                                    // nil: passages ask nobody for a secret
	Proxy     string                                                       // "", http://HOST:PORT, socks5://HOST:PORT
	Allow     []netip.Prefix                                               // private networks that may be visited
	Roots     *x509.CertPool                                               // nil: the system's
	Agent     string
	Robot     string        // product token that robots.txt is read for; "": taken from Agent
	Robots    bool          // heed robots.txt
	Pace      time.Duration // between two requests to one host; 0: 2 s; negative: none
	Tries     int           // of one exchange; 0: 4
	Head      time.Duration // until the response's head is there; 0: 30 s
	Total     time.Duration // for one exchange; 0: 5 min
	Rate      int64         // least bytes a second of a body, over each Head; 0: 128; negative: any
	MaxBytes  int64         // of a response on the wire; 0: 64 MiB
	MaxBody   int64         // of a decoded body; 0: 256 MiB
	Redirects int           // 0: 10; negative: none
}

// Client visits addresses. It is safe for concurrent use.
type Client struct {
	o     Options
	proxy *url.URL

	mu      sync.Mutex
	hosts   map[string]*host   // by name, and port where it is not the usual one
	robots  map[string]*robots // by scheme, name and port
	samples map[string]Sample  // by host, the latest
}

// Ask is one request.
type Ask struct {
	Method             string // "": GET; HEAD, POST
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
	Status            int    // 0: what came is no answer
	Header            http.Header
	Started, Ended    time.Time // UTC
	Sent, Answered    time.Time // the request was sent, the response's head was there; UTC
	Remote            string    // address that was connected to; "" through a proxy
	Via               string    // the proxy, without credentials; "" none
	TLS               *TLS      // nil: http
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
	MediaType   string // without parameters, lower case; "" if there is none that is one
	Charset     string // as the header says; "" if it says none that could be one
	NotModified bool
	Tried       []Try
	Later       time.Time // the host asks not to be asked again before; zero: it does not
}

// New makes a client. ErrUsage if the options make no sense.
func New(o Options) (*Client, error) {
	if o.Now == nil || o.Sleep == nil {
		return nil, fmt.Errorf("make a client: no clock: %w", evidence.ErrUsage)
	}
	c := &Client{hosts: map[string]*host{}, robots: map[string]*robots{}, samples: map[string]Sample{}}
	if o.Proxy != "" {
		u, err := url.Parse(o.Proxy)
		if err != nil || u.Hostname() == "" || u.Port() == "" || u.Scheme != "http" && u.Scheme != "socks5" && u.Scheme != "socks5h" {
			return nil, fmt.Errorf("make a client: proxy %q: want http://HOST:PORT or socks5://HOST:PORT: %w", shown(o.Proxy), evidence.ErrUsage)
		}
		c.proxy = u
	}
	set(&o.Pace, 2*time.Second)
	set(&o.Head, 30*time.Second)
	set(&o.Total, 5*time.Minute)
	set(&o.Tries, 4)
	set(&o.Redirects, 10)
	set(&o.Rate, 128)
	set(&o.MaxBytes, 64<<20)
	set(&o.MaxBody, 256<<20)
	set(&o.Agent, "svidok")
	set(&o.Robot, product(o.Agent))
	if o.Head < 0 || o.Total < 0 || o.Tries < 0 || o.MaxBytes < 0 || o.MaxBody < 0 {
		return nil, fmt.Errorf("make a client: a limit below nothing: %w", evidence.ErrUsage)
	}
	c.o = o
	return c, nil
}

func set[T int | int64 | time.Duration | string](p *T, v T) {
	var none T
	if *p == none {
		*p = v
	}
}

// Get asks for an address and follows redirects. Any answer of the server is a Result, also
// 404 or 500. With an error the Result holds the exchanges that there were, the last perhaps
// being what came in place of an answer. Errors:
//   - evidence.ErrRefused: a rule forbids the address (scheme, port, network, robots.txt)
//   - ErrUnreachable: try later ([LaterError] says when; ErrGone: there is no such host)
//   - ErrCertificate: a person must look
//   - evidence.ErrLimit: too many redirects or interim answers, a head or address without end
//   - evidence.ErrFormat: what answers does not speak HTTP
//   - evidence.ErrUsage: no address
func (c *Client) Get(ctx context.Context, a Ask) (Result, error) {
	var r Result
	target, err := parseTarget(a.URL)
	if err != nil {
		return r, fmt.Errorf("fetch %q: %w", shown(a.URL), err)
	}
	if m := method(a); m != http.MethodGet && m != http.MethodHead && m != http.MethodPost {
		return r, fmt.Errorf("fetch %s: method %q: %w", target, clip(m, 40), evidence.ErrUsage)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return r, fmt.Errorf("fetch %s: %w", target, err)
	}
	for hop := 0; ; hop++ {
		if err := c.allowed(ctx, target, a); err != nil {
			return r, fmt.Errorf("fetch %s: %w", target, err)
		}
		got, err := c.tries(ctx, target, a, jar, &r)
		if err != nil {
			if len(got.x.Response) > 0 {
				got.x.Problems = append(got.x.Problems, err.Error())
				r.Exchanges = append(r.Exchanges, got.x)
			}
			return r, fmt.Errorf("fetch %s: %w", target, err)
		}
		r.Exchanges = append(r.Exchanges, got.x)
		next, ok := redirect(got.x, target)
		if !ok {
			c.finish(&r, got)
			return r, nil
		}
		if a.Method == http.MethodPost {
			return r, fmt.Errorf("fetch %s: it answers a request with a redirect: %w", target, evidence.ErrRefused)
		}
		if hop >= c.o.Redirects {
			return r, fmt.Errorf("fetch %q: more than %d redirects: %w", shown(a.URL), max(c.o.Redirects, 0), evidence.ErrLimit)
		}
		jar.SetCookies(target, (&http.Response{Header: got.x.Header}).Cookies())
		if target, err = parseTarget(next); err != nil {
			return r, fmt.Errorf("fetch %q: redirect to %q: %w", shown(a.URL), shown(next), err)
		}
	}
}

// Post sends a body once: to a time-stamp authority, a responder or a witness. Who failed is
// asked again by whoever knows when. The answer has at most a MiB. Errors are those of Get; a
// redirect is refused.
func (c *Client) Post(ctx context.Context, address, mediaType string, body []byte) (Result, error) {
	return c.Get(ctx, Ask{Method: http.MethodPost, URL: address, Header: http.Header{"Content-Type": {mediaType}}, Body: body, MaxBytes: 1 << 20, Once: true, Service: true})
}

// finish undoes the codings of the last answer.
func (c *Client) finish(r *Result, got reply) {
	last := &r.Exchanges[len(r.Exchanges)-1]
	r.NotModified = last.Status == http.StatusNotModified
	r.Later = got.later
	var problems []string
	for _, codings := range [][]string{got.codings, last.Header.Values("Content-Encoding")} {
		got.body, problems = decode(got.body, codings, c.o.MaxBody)
		last.Problems = append(last.Problems, problems...)
	}
	r.Body = got.body
	r.MediaType, r.Charset, problems = mediaType(last.Header.Get("Content-Type"))
	last.Problems = append(last.Problems, problems...)
}
