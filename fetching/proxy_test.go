package fetching_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/fetching"
)

// socks is a SOCKS5 proxy (RFC 1928), with a name and secret (RFC 1929) if they are set.
// Names all lead to this machine.
type socks struct {
	user, pass string
	mu         sync.Mutex
	asked      []string
}

func (s *socks) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return l.Addr().String()
}

func (s *socks) serve(conn net.Conn) {
	defer conn.Close()
	b := make([]byte, 512)
	text := func() string {
		io.ReadFull(conn, b[:1])
		n := b[0]
		io.ReadFull(conn, b[:n])
		return string(b[:n])
	}
	io.ReadFull(conn, b[:1])
	text()
	if s.user == "" {
		conn.Write([]byte{5, 0})
	} else {
		conn.Write([]byte{5, 2})
		io.ReadFull(conn, b[:1])
		if text() != s.user || text() != s.pass {
			conn.Write([]byte{1, 1})
			return
		}
		conn.Write([]byte{1, 0})
	}
	io.ReadFull(conn, b[:4])
	var host string
	switch b[3] {
	case 1:
		io.ReadFull(conn, b[:4])
		host = net.IP(b[:4]).String()
	case 3:
		host = text()
	}
	io.ReadFull(conn, b[:2])
	port := int(b[0])<<8 | int(b[1])
	s.mu.Lock()
	s.asked = append(s.asked, host)
	s.mu.Unlock()
	out, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		conn.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	defer out.Close()
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go io.Copy(out, conn)
	io.Copy(conn, out)
}

// connects is an HTTP proxy, with a name and secret if they are set. Names all lead to this
// machine.
type connects struct {
	secret string
	mu     sync.Mutex
	asked  []string
}

func (p *connects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.secret != "" && r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.secret)) {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.RequestURI)
	p.mu.Unlock()
	_, port, _ := net.SplitHostPort(r.Host)
	out, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer out.Close()
	if r.Method != http.MethodConnect {
		r.Header.Del("Proxy-Authorization")
		r.Write(out)
	}
	conn, br, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	if r.Method == http.MethodConnect {
		io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(out, br)
	}
	io.Copy(conn, out)
}

func TestProxies(t *testing.T) {
	now := time.Now()
	pair, x := certificate(t, "site.example", now.Add(-time.Hour), now.Add(time.Hour))
	pool := x509.NewCertPool()
	pool.AddCert(x)
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secure") }))
	secure.TLS = tlsOf(pair)
	secure.StartTLS()
	defer secure.Close()
	var heads []http.Header
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heads = append(heads, r.Header)
		io.WriteString(w, "plain")
	}))
	defer plain.Close()
	free, named := &socks{}, &socks{user: "who", pass: "secret"}
	open, closed := &connects{}, &connects{secret: "who:secret"}
	openAt, closedAt := httptest.NewServer(open), httptest.NewServer(closed)
	defer openAt.Close()
	defer closedAt.Close()
	never := func(_ context.Context, host string) ([]netip.Addr, error) {
		t.Errorf("%s was looked up here", host)
		return nil, errors.New("never")
	}
	for proxy, asked := range map[string]func() []string{
		"socks5://" + free.listen(t):             func() []string { return free.asked },
		"socks5://who:secret@" + named.listen(t): func() []string { return named.asked },
		openAt.URL:                               func() []string { return open.asked },
		"http://who:secret@" + strings.TrimPrefix(closedAt.URL, "http://"): func() []string { return closed.asked },
	} {
		c, _ := client(t, func(o *fetching.Options) { o.Proxy, o.Roots, o.Resolve, o.Allow = proxy, pool, never, nil })
		u, _ := url.Parse(proxy)
		via := u.Scheme + "://" + u.Host
		for address, want := range map[string]string{"https://site.example" + portOf(secure.URL): "secure", "http://site.example" + portOf(plain.URL): "plain"} {
			r, err := c.Get(t.Context(), fetching.Ask{URL: address})
			if err != nil || string(r.Body) != want || last(r).Remote != "" || last(r).Via != via || (last(r).TLS == nil) != (want == "plain") {
				t.Errorf("%s through %s: %v", address, proxy, err)
				continue
			}
			if bytes.Contains(last(r).Request, []byte("Proxy-Auth")) {
				t.Errorf("the secret of the proxy is recorded: %q", last(r).Request)
			}
		}
		if list := strings.Join(asked(), " "); len(asked()) != 2 || strings.Count(list, "site.example") != 2 {
			t.Errorf("%s was asked for %s", proxy, list)
		}
		for _, address := range []string{"http://10.1.2.3/", "http://127.0.0.1" + portOf(plain.URL), "http://[::1]/", "http://localhost/", "http://a.localhost./", "http://127.0.0.1./", "http://metadata.google.internal/", "http://printer.local/", "http://nas.home.arpa/", "http://0x7f.1/", "http://2130706433/", "http://site.example:25/"} {
			if _, err := c.Get(t.Context(), fetching.Ask{URL: address}); !errors.Is(err, evidence.ErrRefused) {
				t.Errorf("%s through %s: %v", address, proxy, err)
			}
		}
		if len(asked()) != 2 {
			t.Errorf("%s was asked for %s", proxy, asked())
		}
	}
	for _, h := range heads {
		if h.Get("Proxy-Authorization") != "" {
			t.Error("the secret of the proxy went on to the server")
		}
	}
	for name, proxy := range map[string]string{"nobody there": "http://127.0.0.1:1", "no secret": closedAt.URL, "a wrong secret": "socks5://who:wrong@" + named.listen(t), "no proxy": "http://" + strings.Trim(strings.TrimPrefix(raw(t, says("SSH-2.0\r\n")), "http://"), "/"), "endless": "http://" + strings.Trim(strings.TrimPrefix(raw(t, forever("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")), "http://"), "/")} {
		c, _ := client(t, func(o *fetching.Options) { o.Proxy = proxy })
		if _, err := c.Get(t.Context(), fetching.Ask{URL: "https://site.example/", Once: true}); !errors.Is(err, fetching.ErrUnreachable) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':'):] }

// through is a browser of sorts.
func through(p *fetching.Passage, t *testing.T) *http.Client {
	u, err := url.Parse(p.Address())
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(u), DisableKeepAlives: true}}
}

// TestPassage: the way of a browser out leads only where the client may go.
func TestPassage(t *testing.T) {
	port, hits := inside(t)
	c, _ := client(t, func(o *fetching.Options) { o.Allow = nil })
	p, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := through(p, t)
	for _, host := range []string{"127.0.0.1", "127.0.0.2", "10.0.0.1", "localhost", "2130706433", "[::1]"} {
		res, err := b.Get("http://" + host + port)
		if err != nil || res.StatusCode != http.StatusForbidden {
			t.Fatalf("%s: %v %v", host, err, res)
		}
		res.Body.Close()
		if _, err := b.Get("https://" + host + port); err == nil || !strings.Contains(err.Error(), "Forbidden") {
			t.Errorf("a tunnel to %s: %v", host, err)
		}
	}
	if list, n := p.Asked(), p.Count(); len(list) != 12 || n.Asked != 12 || n.Refused != 12 || n.Failed != 0 || list[0].Why == "" || list[0].Host != "127.0.0.1" || ":"+list[0].Port != port {
		t.Errorf("%+v %+v", list, n)
	}
	// Not a request for a proxy: what a page in another browser could send.
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.Address(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: 127.0.0.1"+port+"\r\n\r\n")
	if answer, _ := io.ReadAll(conn); !strings.HasPrefix(string(answer), "HTTP/1.1 403") {
		t.Errorf("%q", answer)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(p.Address(), "http://")); err == nil {
		t.Error("it is open still")
	}
	if err := p.Close(); err != nil || hits.Load() != 0 {
		t.Errorf("%v, %d hits", err, hits.Load())
	}
}

func TestPassageLeadsOut(t *testing.T) {
	body := strings.Repeat("word ", 20000)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for k := range r.Header {
			if strings.HasPrefix(k, "Proxy-") {
				t.Errorf("%s went on to the server", k)
			}
		}
		io.Copy(w, r.Body)
		io.WriteString(w, body)
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	c, _ := client(t, func(o *fetching.Options) { o.Rand = rand.Reader })
	p, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b := through(p, t)
	b.Transport.(*http.Transport).TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
	for _, address := range []string{plain.URL, secure.URL} {
		res, err := b.Post(address, "text/plain", strings.NewReader("mine "))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || string(got) != "mine "+body {
			t.Errorf("%s: %v, %d bytes", address, err, len(got))
		}
	}
	dead, _ := net.Listen("tcp", "127.0.0.1:0")
	dead.Close()
	if res, err := b.Get("http://" + dead.Addr().String()); err != nil || res.StatusCode != http.StatusBadGateway {
		t.Errorf("%v %v", err, res)
	}
	// Whoever does not know the secret gets nowhere.
	u, _ := url.Parse(p.Address())
	for _, who := range []*url.Userinfo{nil, url.UserPassword("svidok", "guess"), url.UserPassword("svidok", "")} {
		u.User = who
		other := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(u), DisableKeepAlives: true}}
		if res, err := other.Get(plain.URL); err != nil || res.StatusCode != http.StatusProxyAuthRequired {
			t.Errorf("%v: %v %v", who, err, res)
		}
	}
	b.CloseIdleConnections()
	list, n := p.Asked(), p.Count()
	if len(list) != 3 || n.Asked != 3 || n.Failed != 1 || n.Refused != 0 || n.Strange != 3 {
		t.Fatalf("%+v %+v", list, n)
	}
	for _, x := range list[:2] {
		if x.Up < 5 || x.Down < int64(len(body)) || x.Why != "" {
			t.Errorf("%+v", x)
		}
	}
	if n.Bytes < 2*int64(len(body)) || list[2].Why == "" {
		t.Errorf("%+v %+v", n, list)
	}
	// A client may lead through another's passage: the guard of each holds.
	inner, _ := client(t, func(o *fetching.Options) { o.Proxy = p.Address() })
	if r, err := inner.Get(t.Context(), fetching.Ask{URL: plain.URL}); err != nil || string(r.Body) != body || strings.Contains(last(r).Via, "svidok") {
		t.Errorf("%v %+v", err, r.Exchanges)
	}
}

// A passage ends with its context, and takes with it what hangs.
func TestPassageEnds(t *testing.T) {
	address := raw(t, stuck(ok+"\r\nhalf"))
	c, _ := client(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := c.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	idle, err := net.Dial("tcp", strings.TrimPrefix(p.Address(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	res, err := through(p, t).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cancel()
	io.Copy(io.Discard, res.Body)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
