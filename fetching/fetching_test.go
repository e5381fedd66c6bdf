package fetching_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
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

func newClock() *clock { return &clock{at: time.Now()} } // certificates of test servers are good now

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// client may visit this machine. Its time-outs are long: other tests may keep the machine busy.
func client(t testing.TB, change func(*fetching.Options)) (*fetching.Client, *clock) {
	t.Helper()
	k := newClock()
	o := fetching.Options{Now: k.Now, Sleep: k.Sleep, Allow: loopback(), Pace: -1, Tries: 2, Head: 20 * time.Second, Total: time.Minute, Agent: "svidok-test"}
	if change != nil {
		change(&o)
	}
	c, err := fetching.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, k
}

// raw serves each connection with what answer writes, once its request's head is there.
func raw(t testing.TB, answer func(conn net.Conn, n int)) string {
	return rawAt(t, "127.0.0.1:0", answer)
}

func rawAt(t testing.TB, at string, answer func(conn net.Conn, n int)) string {
	t.Helper()
	l, err := net.Listen("tcp", at)
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
				var head []byte
				buf := make([]byte, 4096)
				for !bytes.Contains(head, []byte("\r\n\r\n")) {
					m, err := conn.Read(buf)
					if head = append(head, buf[:m]...); err != nil {
						return
					}
				}
				answer(conn, n)
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

func says(s string) func(net.Conn, int) {
	return func(conn net.Conn, _ int) { io.WriteString(conn, s) }
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func last(r fetching.Result) fetching.Exchange { return r.Exchanges[len(r.Exchanges)-1] }

func TestBytesAreKeptAsTheyWere(t *testing.T) {
	z := zipped("<p>слова</p>")
	wire := "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=\"utf-8\"\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + fmt.Sprintf("%x\r\n%s\r\n0\r\nX-Trailer: y\r\n\r\n", len(z), z)
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
	if x.Remote == "" || x.Via != "" || x.TLS != nil || x.Started.IsZero() || x.Sent.IsZero() || x.Answered.IsZero() || x.Ended.IsZero() || x.Started.Location() != time.UTC {
		t.Errorf("%+v", x)
	}
}

// What is sent is what is recorded, and nothing in an address or header breaks out of its line.
func TestRequest(t *testing.T) {
	sent := make(chan string, 1)
	c, _ := client(t, nil)
	for name, a := range map[string]struct {
		ask  fetching.Ask
		has  []string
		none []string
	}{
		"conditional":  {fetching.Ask{URL: "/", ETag: `W/"1"`, LastModified: "Mon, 02 Jan 2023 00:00:00 GMT"}, []string{"If-None-Match: W/\"1\"\r\n", "If-Modified-Since: Mon, 02 Jan 2023 00:00:00 GMT\r\n", "Connection: close\r\n"}, []string{"Content-Length"}},
		"raw query":    {fetching.Ask{URL: "/п?q=слово два\xff&x=\"y\""}, []string{"GET /%D0%BF?q=%D1%81%D0%BB%D0%BE%D0%B2%D0%BE%20%D0%B4%D0%B2%D0%B0%FF&x=%22y%22 HTTP/1.1\r\n"}, nil},
		"injection":    {fetching.Ask{URL: "/", ETag: "a\r\nX-Evil: 1", Header: http.Header{"X-B\r\nX-Evil": {"1"}, "Referer": {"http://r.example/\nX-Evil: 2"}}}, []string{"Referer: http://r.example/ X-Evil: 2\r\n"}, []string{"\nX-Evil"}},
		"secrets":      {fetching.Ask{URL: "/", Header: http.Header{"Authorization": {"Basic c2VjcmV0"}, "Cookie": {"s=1"}, "Proxy-Authorization": {"x"}, "Host": {"other"}, "Content-Length": {"5"}}}, []string{"Host: 127.0.0.1"}, []string{"c2VjcmV0", "Cookie", "Proxy-Auth", "other", "Content-Length"}},
		"own language": {fetching.Ask{URL: "/", Header: http.Header{"Accept-Language": {"uk"}, "User-Agent": {"other"}}}, []string{"Accept-Language: uk\r\n", "User-Agent: other\r\n"}, []string{"svidok-test"}},
		"body":         {fetching.Ask{Method: http.MethodPost, URL: "/", Body: []byte("\x30\x03")}, []string{"POST / HTTP/1.1\r\n", "Content-Length: 2\r\n", "\r\n\r\n\x30\x03"}, nil},
		"empty body":   {fetching.Ask{Method: http.MethodPost, URL: "/"}, []string{"Content-Length: 0\r\n"}, nil},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			all, _ := io.ReadAll(conn)
			sent <- string(all)
		}()
		a.ask.URL = "http://user:secret@" + l.Addr().String() + a.ask.URL
		r, err := c.Get(t.Context(), a.ask)
		got := <-sent
		l.Close()
		if err != nil || got != string(r.Exchanges[0].Request) || strings.Contains(got+r.Exchanges[0].URL, "secret") {
			t.Errorf("%s: %v: sent %q, recorded %q", name, err, got, r.Exchanges[0].Request)
		}
		for _, s := range a.has {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is not in %q", name, s, got)
			}
		}
		for _, s := range a.none {
			if strings.Contains(got, s) {
				t.Errorf("%s: %q is in %q", name, s, got)
			}
		}
	}
}

func TestRedirectsAndCookies(t *testing.T) {
	var seen []string
	mux := http.NewServeMux()
	mux.HandleFunc("/a", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, "a:"+r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "pass", Value: "1", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "elsewhere", Value: "1", Path: "/other"})
		http.Redirect(w, r, "/b", http.StatusFound)
	})
	mux.HandleFunc("/b", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, "b:"+r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "pass", Value: "2", Path: "/"})
		w.Header().Set("Location", "c?q=слово два")
		w.WriteHeader(http.StatusMovedPermanently)
	})
	mux.HandleFunc("/c", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, "c:"+r.Header.Get("Cookie")+" "+r.URL.Query().Get("q"))
		io.WriteString(w, "there")
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	c, _ := client(t, nil)
	for range 2 {
		seen = nil
		r, err := c.Get(t.Context(), fetching.Ask{URL: s.URL + "/a"})
		if err != nil || len(r.Exchanges) != 3 || string(r.Body) != "there" || !slices.Equal(seen, []string{"a:", "b:pass=1", "c:pass=2 слово два"}) {
			t.Fatalf("%v %d %q", err, len(r.Exchanges), seen)
		}
		if r.Exchanges[0].Status != 302 || r.Exchanges[1].Status != 301 || !strings.HasSuffix(last(r).URL, "/c?q=%D1%81%D0%BB%D0%BE%D0%B2%D0%BE%20%D0%B4%D0%B2%D0%B0") {
			t.Errorf("%+v", r.Exchanges)
		}
	}
	if r, err := c.Post(t.Context(), s.URL+"/a", "text/plain", []byte("x")); !errors.Is(err, evidence.ErrRefused) || len(r.Exchanges) != 1 {
		t.Errorf("a post that is redirected: %v", err)
	}
}

func TestOptions(t *testing.T) {
	k := newClock()
	for name, o := range map[string]fetching.Options{
		"no clock":   {},
		"no sleep":   {Now: k.Now},
		"bad proxy":  {Now: k.Now, Sleep: k.Sleep, Proxy: "ftp://user:secret@x:1"},
		"no port":    {Now: k.Now, Sleep: k.Sleep, Proxy: "http://x"},
		"below zero": {Now: k.Now, Sleep: k.Sleep, MaxBytes: -1},
	} {
		if _, err := fetching.New(o); !errors.Is(err, evidence.ErrUsage) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := client(t, nil)
	for _, address := range []string{"", "//x", "http://", "http:x", "http://a b/", "http://x:0/", "http://x:99999/", "http://x:y/", "http://./", "http://a/\r\nb", "http://-%00/", "http://[::1/", "http://" + strings.Repeat("a", 300)} {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address}); !errors.Is(err, evidence.ErrUsage) && !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://x/" + strings.Repeat("a", 20<<10)}); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("an address without end: %v", err)
	}
	if _, err := c.Get(t.Context(), fetching.Ask{Method: "GET /x HTTP/1.1\r\nX: y", URL: "http://127.0.0.1/"}); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("a method: %v", err)
	}
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "gopher://user:secret@x/"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a secret is told: %v", err)
	}
}

// A person who stops waits for nothing.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	address := raw(t, func(conn net.Conn, _ int) {
		io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\nhalf")
		cancel()
		io.Copy(io.Discard, conn)
	})
	c, _ := client(t, nil)
	if _, err := c.Get(ctx, fetching.Ask{URL: address}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }))
	defer s.Close()
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	var asked []string
	c, _ := client(t, func(o *fetching.Options) {
		o.Resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
			asked = append(asked, host)
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
	})
	for name, want := range map[string]string{"приклад.укр": "xn--80aikifvh.xn--j1amh", "ПРИМЕР.испытание": "xn--e1afmkfd.xn--80akhbyknj4f", "News.EXAMPLE": "news.example", "my_blog.example": "my_blog.example", "example.": "example."} {
		asked = nil
		r, err := c.Get(t.Context(), fetching.Ask{URL: "HTTP://" + name + port + "/"})
		if err != nil || string(r.Body) != want+port || len(asked) != 1 || asked[0] != want || r.Exchanges[0].URL != "http://"+want+port+"/" {
			t.Errorf("%s: %v %q, looked up %q", name, err, r.Body, asked)
		}
	}
}
