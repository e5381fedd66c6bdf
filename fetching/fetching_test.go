package fetching_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/fetching"
)

// clock is a clock that only sleeping moves.
type clock struct {
	mu  sync.Mutex
	at  time.Time
	all []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.all = append(c.all, d)
	return ctx.Err()
}

func newClock() *clock { return &clock{at: time.Now()} }

func client(t *testing.T, change func(*fetching.Options)) (*fetching.Client, *clock) {
	t.Helper()
	k := newClock()
	o := fetching.Options{Now: k.Now, Sleep: k.Sleep, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Pace: -1, Tries: 2, Head: 500 * time.Millisecond, Total: 2 * time.Second, Agent: "svidok-test"}
	if change != nil {
		change(&o)
	}
	c, err := fetching.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, k
}

// raw serves each connection with what answer writes.
func raw(t *testing.T, answer func(conn net.Conn, n int)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buf := make([]byte, 64<<10)
				if _, err := conn.Read(buf); err == nil {
					answer(conn, n)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

func says(s string) func(net.Conn, int) {
	return func(conn net.Conn, _ int) { io.WriteString(conn, s) }
}

func TestBytesAreKeptAsTheyWere(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte("<p>слова</p>"))
	z.Close()
	chunk := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", zipped.Len(), zipped.Bytes())
	wire := "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=\"utf-8\"\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
	address := raw(t, says("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"+wire))
	c, _ := client(t, nil)
	r, err := c.Get(t.Context(), fetching.Ask{URL: address + "a?b=c#d"})
	if err != nil {
		t.Fatal(err)
	}
	x := r.Exchanges[0]
	if string(x.Response) != wire || string(r.Body) != "<p>слова</p>" || r.MediaType != "text/html" || r.Charset != "utf-8" || len(x.Problems) > 0 {
		t.Errorf("%q %q %+v %v", x.Response, r.Body, r.MediaType, x.Problems)
	}
	if !strings.HasPrefix(string(x.Request), "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:") || !strings.Contains(string(x.Request), "User-Agent: svidok-test\r\n") {
		t.Errorf("%q", x.Request)
	}
	if x.Remote == "" || x.Started.IsZero() || x.TLS != nil {
		t.Errorf("%+v", x)
	}
}

func TestHostileServers(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 40<<20))
	z.Close()
	for name, c := range map[string]struct {
		answer  func(net.Conn, int)
		err     error  // what Get returns
		problem string // or what the exchange says
	}{
		"closes at once": {func(net.Conn, int) {}, fetching.ErrUnreachable, ""},
		"never answers":  {func(net.Conn, int) { time.Sleep(3 * time.Second) }, fetching.ErrUnreachable, ""},
		"drips its head": {func(c net.Conn, _ int) { drip(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n") }, fetching.ErrUnreachable, ""},
		"drips its body": {func(c net.Conn, _ int) { drip(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 500)) }, nil, "cut off"},
		"no HTTP":        {says("SSH-2.0-OpenSSH\r\n"), evidence.ErrFormat, ""},
		"a head without end": {func(c net.Conn, _ int) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			forever(c, "X-A: bbbbbbbbbbbbbbbbbbbbbbbb\r\n")
		}, evidence.ErrLimit, ""},
		"interim answers": {func(c net.Conn, _ int) { forever(c, "HTTP/1.1 100 Continue\r\n\r\n") }, evidence.ErrLimit, ""},
		"cut":             {says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), nil, "cut off: 100 bytes"},
		"cut in a chunk":  {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf"), nil, "cut off"},
		"bad chunk":       {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf"), nil, "cut off"},
		"more than said":  {says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf and more"), nil, "more came"},
		"too much": {func(c net.Conn, _ int) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			forever(c, strings.Repeat("x", 1<<16))
		}, nil, "more than"},
		"bomb":       {says(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", bomb.Len(), bomb.String())), nil, "grows beyond"},
		"no gzip":    {says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain"), nil, "content coding gzip"},
		"codings":    {says("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip\r\n\r\nplain"), nil, "5 content codings"},
		"no length":  {says("HTTP/1.0 200 OK\r\n\r\nall"), nil, ""},
		"no content": {says("HTTP/1.1 204 No Content\r\n\r\nbut a body"), nil, "more came"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl, _ := client(t, func(o *fetching.Options) { o.MaxBytes, o.MaxBody = 8<<20, 16<<20 })
			r, err := cl.Get(t.Context(), fetching.Ask{URL: raw(t, c.answer)})
			if !errors.Is(err, c.err) || (c.err == nil) != (err == nil) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			said := strings.Join(r.Exchanges[len(r.Exchanges)-1].Problems, "; ")
			if !strings.Contains(said, c.problem) || (c.problem == "") != (said == "") {
				t.Errorf("problems %q, want %q", said, c.problem)
			}
			if len(r.Exchanges[len(r.Exchanges)-1].Response) > 8<<20 || len(r.Body) > 16<<20 {
				t.Error("over the limits")
			}
		})
	}
}

func drip(c net.Conn, s string) {
	for i := range len(s) {
		if _, err := io.WriteString(c, s[i:i+1]); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(3 * time.Second)
}

func forever(c net.Conn, s string) {
	for {
		if _, err := io.WriteString(c, s); err != nil {
			return
		}
	}
}

func TestWhereItNeverGoes(t *testing.T) {
	var hits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer s.Close()
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	k := newClock()
	turns := 0
	c, err := fetching.New(fetching.Options{Now: k.Now, Sleep: k.Sleep, Tries: 1, Pace: -1, Resolve: func(_ context.Context, host string) ([]netip.Addr, error) {
		turns++
		switch host {
		case "evil.example":
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		case "mapped.example":
			return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1"), netip.MustParseAddr("64:ff9b::7f00:1")}, nil
		}
		return nil, fmt.Errorf("no such host %s", host)
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]",
		"[2002:7f00:1::]", "[64:ff9b::7f00:1]", "224.0.0.1", "255.255.255.255", "evil.example", "mapped.example", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"} {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://" + host + port + "/"}); err == nil || !errors.Is(err, evidence.ErrRefused) && !errors.Is(err, fetching.ErrUnreachable) {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, address := range []string{"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://x/", "javascript:1", "//x", "http://", ""} {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address}); !errors.Is(err, evidence.ErrRefused) && !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the server on the loopback was reached %d times", hits.Load())
	}
}

// TestRebinding: the name gives a good address when it is asked first, and a private one later.
func TestRebindingAndRedirects(t *testing.T) {
	var hits atomic.Int64
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer inner.Close()
	innerPort := inner.URL[strings.LastIndexByte(inner.URL, ':'):]
	for _, where := range []string{"http://127.0.0.3" + innerPort + "/", "http://rebound.example" + innerPort + "/", "file:///etc/passwd", "http://[::1]" + innerPort + "/", "gopher://x/"} {
		outer := httptest.NewServer(http.RedirectHandler(where, http.StatusFound))
		looked := 0
		k := newClock()
		c, err := fetching.New(fetching.Options{Now: k.Now, Sleep: k.Sleep, Tries: 1, Pace: -1, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
			Resolve: func(context.Context, string) ([]netip.Addr, error) {
				looked++
				return []netip.Addr{netip.MustParseAddr("127.0.0.3")}, nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Get(t.Context(), fetching.Ask{URL: outer.URL})
		if !errors.Is(err, evidence.ErrRefused) || len(r.Exchanges) != 1 {
			t.Errorf("%s: %v after %d exchanges", where, err, len(r.Exchanges))
		}
		outer.Close()
	}
	if hits.Load() != 0 {
		t.Error("a redirect led inside")
	}
	loop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	}))
	defer loop.Close()
	c, _ := client(t, nil)
	if r, err := c.Get(t.Context(), fetching.Ask{URL: loop.URL}); !errors.Is(err, evidence.ErrLimit) || len(r.Exchanges) != 11 {
		t.Errorf("a loop: %v after %d exchanges", err, len(r.Exchanges))
	}
}

func TestPoliteness(t *testing.T) {
	var asked []string
	answer := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch {
		case r.URL.Path == "/robots.txt":
			io.WriteString(w, "User-agent: *\nDisallow: /closed\n")
		case r.URL.Path == "/busy" && len(asked) < 4:
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
		case r.URL.Path == "/later":
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path == "/broken":
			w.WriteHeader(http.StatusBadGateway)
		case r.URL.Path == "/same" && r.Header.Get("If-None-Match") == `"1"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"1"`)
			io.WriteString(w, "text")
		}
	}
	s := httptest.NewServer(http.HandlerFunc(answer))
	defer s.Close()
	c, k := client(t, func(o *fetching.Options) { o.Robots, o.Pace, o.Tries = true, 2*time.Second, 3 })
	get := func(path string, tag string) (fetching.Result, error) {
		return c.Get(t.Context(), fetching.Ask{URL: s.URL + path, ETag: tag})
	}
	begin := k.Now()
	if r, err := get("/busy", ""); err != nil || r.Exchanges[0].Status != 200 || len(r.Tried) != 2 {
		t.Fatalf("%v %+v", err, r.Tried)
	}
	if waited := k.Now().Sub(begin); waited < 60*time.Second || waited > 70*time.Second {
		t.Errorf("waited %v for two times 30 s", waited)
	}
	if _, err := get("/closed/x", ""); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("robots.txt: %v", err)
	}
	if r, err := get("/same", `"1"`); err != nil || !r.NotModified {
		t.Errorf("%v %+v", err, r)
	}
	if r, err := get("/broken", ""); err != nil || r.Exchanges[0].Status != 502 || len(r.Tried) != 2 {
		t.Errorf("%v, tried %d times", err, len(r.Tried))
	}
	if r, err := get("/later", ""); err != nil || r.Exchanges[0].Status != 503 {
		t.Errorf("%v", err)
	}
	if _, err := get("/", ""); !errors.Is(err, fetching.ErrUnreachable) || !strings.Contains(err.Error(), "left alone") {
		t.Errorf("a host that asked to be left alone: %v", err)
	}
	if n := strings.Count(strings.Join(asked, " "), "robots.txt"); n != 1 {
		t.Errorf("robots.txt was read %d times", n)
	}
}

func TestCertificates(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "text") }))
	defer s.Close()
	c, _ := client(t, nil)
	_, err := c.Get(t.Context(), fetching.Ask{URL: s.URL})
	if !errors.Is(err, fetching.ErrCertificate) || !strings.Contains(err.Error(), evidence.Sum(s.Certificate().Raw).String()) {
		t.Errorf("an unknown certificate: %v", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	c, _ = client(t, func(o *fetching.Options) { o.Roots = pool })
	r, err := c.Get(t.Context(), fetching.Ask{URL: s.URL})
	if err != nil || r.Exchanges[0].TLS == nil || r.Exchanges[0].TLS.Leaf != evidence.Sum(s.Certificate().Raw) || r.Exchanges[0].TLS.Version != "TLS 1.3" {
		t.Fatalf("%v %+v", err, r)
	}
	if !strings.HasPrefix(string(r.Exchanges[0].Response), "HTTP/1.1 200 OK\r\n") {
		t.Errorf("%q", r.Exchanges[0].Response)
	}
	late, _ := client(t, func(o *fetching.Options) {
		o.Roots = pool
		o.Now = func() time.Time { return s.Certificate().NotAfter.Add(time.Hour) }
	})
	if _, err := late.Get(t.Context(), fetching.Ask{URL: s.URL}); !errors.Is(err, fetching.ErrCertificate) || !strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired certificate: %v", err)
	}
}

func TestProxies(t *testing.T) {
	pool := x509.NewCertPool()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "secure") }))
	defer s.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "plain") }))
	defer plain.Close()
	pool.AddCert(s.Certificate())
	inner, _ := client(t, nil)
	p, err := inner.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	socks := socksServer(t)
	for _, proxy := range []string{p.Address(), "socks5://" + socks} {
		c, _ := client(t, func(o *fetching.Options) { o.Proxy, o.Roots = proxy, pool })
		for _, address := range []string{s.URL, plain.URL} {
			r, err := c.Get(t.Context(), fetching.Ask{URL: address})
			if err != nil || r.Exchanges[0].Remote != "" || r.Exchanges[0].Via != proxy {
				t.Errorf("%s through %s: %v", address, proxy, err)
			}
		}
		if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://10.1.2.3/"}); !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("10.1.2.3 through %s: %v", proxy, err)
		}
	}
}

// TestPassage: the way of a browser out leads only where the client may go.
func TestPassage(t *testing.T) {
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "open") }))
	defer open.Close()
	k := newClock()
	closed, err := fetching.New(fetching.Options{Now: k.Now, Sleep: k.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	p, err := closed.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(p.Address())
	browser := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(u), DisableKeepAlives: true}}
	res, err := browser.Get(open.URL)
	if err != nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("%v %v", err, res)
	}
	res.Body.Close()
	if _, err := browser.Get("https" + strings.TrimPrefix(open.URL, "http")); err == nil {
		t.Error("a tunnel to this machine was made")
	}
	if list := p.Asked(); len(list) != 2 || list[0].Why == "" || list[1].Why == "" {
		t.Errorf("%+v", list)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// socksServer is a SOCKS5 proxy without authentication (RFC 1928).
func socksServer(t *testing.T) string {
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
			go socks(conn)
		}
	}()
	return l.Addr().String()
}

func socks(conn net.Conn) {
	defer conn.Close()
	b := make([]byte, 512)
	io.ReadFull(conn, b[:2])
	io.ReadFull(conn, b[:b[1]])
	conn.Write([]byte{5, 0})
	io.ReadFull(conn, b[:4])
	host := ""
	switch b[3] {
	case 1:
		io.ReadFull(conn, b[:4])
		host = net.IP(b[:4]).String()
	case 3:
		io.ReadFull(conn, b[:1])
		n := b[0]
		io.ReadFull(conn, b[:n])
		host = string(b[:n])
	}
	io.ReadFull(conn, b[:2])
	out, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(int(b[0])<<8|int(b[1]))))
	if err != nil {
		conn.Write([]byte{5, 1, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	defer out.Close()
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go io.Copy(out, conn)
	io.Copy(conn, out)
}

func TestOffset(t *testing.T) {
	c, k := client(t, nil)
	for range 3 {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", k.Now().Add(90*time.Second).UTC().Format(http.TimeFormat))
		}))
		defer s.Close()
		if _, err := c.Get(t.Context(), fetching.Ask{URL: s.URL}); err != nil {
			t.Fatal(err)
		}
	}
	middle, half, hosts := c.Offset()
	if hosts != 3 || (middle-90*time.Second).Abs() > half || half > 2*time.Second {
		t.Errorf("%v ± %v of %d", middle, half, hosts)
	}
}

func TestLeaksNothing(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 200
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "100")
		}
		w.Write(make([]byte, 20))
	}))
	defer s.Close()
	c, _ := client(t, func(o *fetching.Options) { o.Tries = 1 })
	before := runtime.NumGoroutine()
	for i := range n {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: s.URL + []string{"/", "/cut"}[i%2]}); err != nil {
			t.Fatal(err)
		}
	}
	s.CloseClientConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before+5 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
