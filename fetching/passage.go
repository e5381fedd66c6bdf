package fetching

import (
	"bufio"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"svidok/evidence"
)

// Passage is a forward proxy (CONNECT, and plain http) on this machine that leads only where
// the client may go, through the client's own proxy if it has one: for a browser, which is
// told to use nothing else. It listens on a port of the loopback interface as long as it is
// open.
//
// If the client has [Options.Rand], whoever comes must know a secret that [Passage.Address]
// holds. Without, another user of the machine could use the passage while it is open, and would
// get no further than the client may: with Allow that is into private networks, and with a
// proxy under its name.
type Passage struct {
	c        *Client
	listener net.Listener
	cancel   context.CancelFunc
	ctx      context.Context
	all      sync.WaitGroup
	secret   string        // "": nobody is asked
	places   chan struct{} // connections at a time
	bytes    atomic.Int64  // all that went through

	mu     sync.Mutex
	passed []*Passed
	count  Count
}

// Passed is one connection that was asked for.
type Passed struct {
	Host, Port string
	Up, Down   int64  // bytes that went to the host, and came from it
	Why        string // it was not made, or was ended; "": neither
}

// Count is what a passage was asked for in all.
type Count struct {
	Asked    int
	Refused  int   // by a rule
	Failed   int   // not reachable, or not understood
	Strange  int   // without the secret: not listed
	Unlisted int   // beyond what is listed
	Bytes    int64 // both ways
}

const (
	maxPassed  = 2000
	maxPlaces  = 128
	maxThrough = 1 << 30 // bytes through one passage
)

// Open opens a passage; it is closed with ctx, too.
func (c *Client) Open(ctx context.Context) (*Passage, error) {
	p := &Passage{c: c, places: make(chan struct{}, maxPlaces)}
	if c.o.Rand != nil {
		secret := make([]byte, 16)
		if _, err := io.ReadFull(c.o.Rand, secret); err != nil {
			return nil, fmt.Errorf("open a passage for the browser: %w", err)
		}
		p.secret = hex.EncodeToString(secret)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a passage for the browser: %w", err)
	}
	p.listener = l
	p.ctx, p.cancel = context.WithCancel(ctx)
	context.AfterFunc(p.ctx, func() { _ = l.Close() })
	p.all.Go(p.accept)
	return p, nil
}

// Address of the proxy: http://127.0.0.1:PORT, or http://svidok:SECRET@127.0.0.1:PORT.
func (p *Passage) Address() string {
	u := url.URL{Scheme: "http", Host: p.listener.Addr().String()}
	if p.secret != "" {
		u.User = url.UserPassword("svidok", p.secret)
	}
	return u.String()
}

// Asked lists what was asked for, the first 2000.
func (p *Passage) Asked() []Passed {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Passed, 0, len(p.passed))
	for _, x := range p.passed {
		out = append(out, Passed{Host: x.Host, Port: x.Port, Up: atomic.LoadInt64(&x.Up), Down: atomic.LoadInt64(&x.Down), Why: x.Why})
	}
	return out
}

// Count counts all that was asked for.
func (p *Passage) Count() Count {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.count
	n.Bytes = p.bytes.Load()
	return n
}

// Close ends the passage and all connections through it.
func (p *Passage) Close() error {
	p.cancel()
	err := p.listener.Close()
	p.all.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (p *Passage) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		select {
		case p.places <- struct{}{}:
		case <-p.ctx.Done():
			_ = conn.Close()
			return
		}
		p.all.Go(func() {
			defer func() { <-p.places }()
			defer conn.Close()
			defer context.AfterFunc(p.ctx, func() { _ = conn.Close() })()
			p.serve(conn)
		})
	}
}

// note lists what is asked for; why may be told later.
func (p *Passage) note(host, port string) *Passed {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := &Passed{Host: clip(host, 255), Port: port}
	p.count.Asked++
	if len(p.passed) < maxPassed {
		p.passed = append(p.passed, x)
	} else {
		p.count.Unlisted++
	}
	return x
}

func (p *Passage) fail(x *Passed, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.Why = clip(err.Error(), 300); errors.Is(err, evidence.ErrRefused) {
		p.count.Refused++
	} else {
		p.count.Failed++
	}
}

// serve serves one request of a browser.
func (p *Passage) serve(conn net.Conn) {
	late := time.AfterFunc(p.c.o.Head, func() { _ = conn.Close() })
	defer late.Stop()
	head := &io.LimitedReader{R: conn, N: maxHead}
	br := bufio.NewReader(head)
	req, err := http.ReadRequest(br)
	if err != nil || !late.Stop() {
		return
	}
	head.N = maxThrough
	if !p.known(req) {
		p.mu.Lock()
		p.count.Strange++
		p.mu.Unlock()
		deny(conn, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"svidok\"")
		return
	}
	address := req.URL.String()
	if req.Method == http.MethodConnect {
		address = "https://" + req.Host
	}
	u, err := parseTarget(address)
	if err != nil {
		p.fail(p.note(req.URL.Hostname(), req.URL.Port()), err)
		deny(conn, "403 Forbidden")
		return
	}
	x := p.note(u.Hostname(), port(u))
	ctx, cancel := context.WithTimeout(p.ctx, p.c.o.Head)
	defer cancel()
	out, err := p.c.dial(ctx, u.Hostname(), port(u), req.Method == http.MethodConnect)
	if err != nil {
		p.fail(x, err)
		status := "502 Bad Gateway"
		if errors.Is(err, evidence.ErrRefused) {
			status = "403 Forbidden"
		}
		deny(conn, status)
		return
	}
	defer out.Close()
	defer context.AfterFunc(p.ctx, func() { _ = out.Close() })()
	up, down := &gauge{w: out, p: p, n: &x.Up}, &gauge{w: conn, p: p, n: &x.Down}
	if req.Method == http.MethodConnect {
		if _, err = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err == nil {
			err = both(conn, br, out, up, down)
		}
	} else {
		req.URL = u
		err = p.plain(req, out, up, down)
	}
	if errors.Is(err, evidence.ErrLimit) {
		p.fail(x, err)
	}
}

// deny answers with a status and nothing else. The browser may be gone already.
func deny(conn net.Conn, status string) {
	_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

func (p *Passage) known(req *http.Request) bool {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("svidok:"+p.secret))
	return p.secret == "" || subtle.ConstantTimeCompare([]byte(req.Header.Get("Proxy-Authorization")), []byte(want)) == 1
}

// plain passes one request and its answer on.
func (p *Passage) plain(req *http.Request, out net.Conn, up, down io.Writer) error {
	for _, k := range []string{"Proxy-Connection", "Proxy-Authorization", "Keep-Alive", "Te", "Upgrade"} {
		req.Header.Del(k)
	}
	req.Host, req.Close = req.URL.Host, true
	if _, named := req.Header["User-Agent"]; !named {
		req.Header["User-Agent"] = []string{""} // else one would be added
	}
	write := req.Write
	if p.c.proxy != nil && p.c.proxy.Scheme == "http" {
		write = req.WriteProxy
		if a := p.c.proxyAuthorization(); a != "" {
			req.Header.Set("Proxy-Authorization", a)
		}
	}
	if err := write(up); err != nil {
		return err
	}
	br := bufio.NewReader(io.LimitReader(out, maxThrough))
	for range maxInterims {
		res, err := http.ReadResponse(br, req)
		if err != nil {
			_, _ = io.WriteString(down, "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") // the browser may be gone
			return err
		}
		if res.StatusCode >= 200 {
			res.Close = true
			err = res.Write(down)
			_ = res.Body.Close() // the connection is closed behind it
			return err
		}
	}
	return nil
}

// gauge counts what is written, and ends a passage through which too much goes.
type gauge struct {
	w io.Writer
	p *Passage
	n *int64
}

func (g *gauge) Write(b []byte) (int, error) {
	if g.p.bytes.Load()+int64(len(b)) > maxThrough {
		return 0, fmt.Errorf("more than %d bytes in all: %w", maxThrough, evidence.ErrLimit)
	}
	n, err := g.w.Write(b)
	atomic.AddInt64(g.n, int64(n))
	g.p.bytes.Add(int64(n))
	return n, err
}

// both passes bytes both ways until either side ends.
func both(conn net.Conn, from io.Reader, out net.Conn, up, down io.Writer) error {
	done := make(chan error, 2)
	go func() {
		_, err := io.Copy(up, from)
		done <- err
	}()
	go func() {
		_, err := io.Copy(down, out)
		done <- err
	}()
	first := <-done // either side may go at any time
	_ = conn.Close()
	_ = out.Close()
	if second := <-done; first == nil || errors.Is(second, evidence.ErrLimit) {
		first = second
	}
	return first
}
