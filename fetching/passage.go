package fetching

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Passage is a forward proxy on this machine that leads only where the client may go: for a
// browser, which is told to use nothing else. It listens on a port of the loopback
// interface as long as it is open; another user of the machine could use it too, and would
// get no further than it leads.
type Passage struct {
	c        *Client
	listener net.Listener
	cancel   context.CancelFunc
	ctx      context.Context
	all      sync.WaitGroup

	mu    sync.Mutex
	asked []Passed
}

// Passed is one connection that was asked for.
type Passed struct {
	Host string
	Why  string // it was not made; "": it was
}

const maxPassed = 2000

// Open opens a passage.
func (c *Client) Open(ctx context.Context) (*Passage, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a passage for the browser: %w", err)
	}
	p := &Passage{c: c, listener: l}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.all.Go(p.accept)
	return p, nil
}

// Address of the proxy: http://127.0.0.1:PORT.
func (p *Passage) Address() string { return "http://" + p.listener.Addr().String() }

// Asked lists what was asked for.
func (p *Passage) Asked() []Passed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Passed(nil), p.asked...)
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
		p.all.Go(func() {
			stop := context.AfterFunc(p.ctx, func() { _ = conn.Close() })
			defer stop()
			defer conn.Close()
			p.serve(conn)
		})
	}
}

func (p *Passage) note(host string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) < maxPassed {
		x := Passed{Host: host}
		if err != nil {
			x.Why = err.Error()
		}
		p.asked = append(p.asked, x)
	}
}

// serve serves one request of a browser.
func (p *Passage) serve(conn net.Conn) {
	br := bufio.NewReader(io.LimitReader(conn, 1<<30))
	req, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	u := req.URL
	if req.Method == http.MethodConnect {
		u = &url.URL{Scheme: "https", Host: req.Host}
	}
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		p.note(req.Host, fmt.Errorf("no address of the web"))
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") // the browser may be gone
		return
	}
	out, err := p.c.dial(ctx, u.Hostname(), port(u), req.Method == http.MethodConnect)
	p.note(u.Host, err)
	if err != nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") // likewise
		return
	}
	defer out.Close()
	stop := context.AfterFunc(p.ctx, func() { _ = out.Close() })
	defer stop()
	if req.Method == http.MethodConnect {
		if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
			return
		}
		both(conn, br, out)
		return
	}
	req.Header.Del("Proxy-Connection")
	req.Header.Set("Connection", "close")
	write := req.Write
	if p.c.proxy != nil && p.c.proxy.Scheme == "http" {
		write = req.WriteProxy
	}
	if err := write(out); err != nil {
		return
	}
	_, _ = io.Copy(conn, out) // whoever goes first ends it
}

// both passes bytes both ways until either side ends.
func both(conn net.Conn, from io.Reader, out net.Conn) {
	done := make(chan struct{}, 2)
	go func() {
		_, _ = io.Copy(out, from) // either side may go at any time
		done <- struct{}{}
	}()
	go func() {
		_, _ = io.Copy(conn, out)
		done <- struct{}{}
	}()
	<-done
	_ = conn.Close()
	_ = out.Close()
	<-done
}
