package fetching

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"svidok/evidence"
)

func TestRobotsRules(t *testing.T) {
	many := "User-agent: *\nDisallow: /\n"
	for _, c := range []struct {
		name, text, path string
		want             bool
	}{
		{"nothing", "", "/x", true},
		{"everybody", many, "/x", false},
		{"our group counts alone", many + "User-agent: svidok\nDisallow: /a\n", "/x", true},
		{"our group", many + "User-agent: Svidok/2.0 (any)\nDisallow: /a\n", "/ab", false},
		{"our group, empty", many + "User-agent: svidok\n", "/x", true},
		{"not our group", "User-agent: svidokbot\nDisallow: /\nUser-agent: svi\nDisallow: /\n", "/x", true},
		{"two names", "User-agent: other\nUser-agent: svidok\nDisallow: /\n", "/x", false},
		{"two groups are one", "User-agent: svidok\nDisallow: /a\n\nUser-agent: other\nDisallow: /c\n\nUser-agent: svidok\nDisallow: /b\n", "/b", false},
		{"the group of another between", "User-agent: svidok\nDisallow: /a\n\nUser-agent: other\nDisallow: /c\n", "/c", true},
		{"a sitemap ends no group", "User-agent: *\nSitemap: http://x/y\nDisallow: /\n", "/x", false},
		{"a bad line voids nothing", "Disallow: /never\nnonsense\nCrawl-delay: soon\nUser-agent: *\n???\nCrawl-delay: -1\nDisallow: /a\n", "/a", false},
		{"before any group", "Disallow: /\nUser-agent: other\nDisallow: /\n", "/a", true},
		{"no value", "User-agent: *\nDisallow:\n", "/a", true},
		{"spaces and comments", "  User-Agent :\t* # all\r\n disallow : /a b # this\r", "/a%20b/c", false},
		{"a mark of byte order", "\uFEFFUser-agent: *\nDisallow: /\n", "/x", false},
		{"the longest", "User-agent: *\nAllow: /p\nDisallow: /\n", "/page", true},
		{"the longest, denied", "User-agent: *\nAllow: /p\nDisallow: /page\n", "/page", false},
		{"as long: allowed", "User-agent: *\nDisallow: /page\nAllow: /page\n", "/page", true},
		{"without a slash", "User-agent: *\nDisallow: a/\n", "/a/b", false},
		{"a star", "User-agent: *\nDisallow: /*.php\n", "/x/index.php?y", false},
		{"a star in front", "User-agent: *\nDisallow: *secret\n", "/x/secret", false},
		{"stars in a row", "User-agent: *\nDisallow: /a**b*c\n", "/a-b-c-d", false},
		{"an order that is not", "User-agent: *\nDisallow: /*b*a\n", "/a/b", true},
		{"an end", "User-agent: *\nDisallow: /*.php$\n", "/x/index.php", false},
		{"not the end", "User-agent: *\nDisallow: /*.php$\n", "/x/index.php?y", true},
		{"the end twice", "User-agent: *\nDisallow: /*.php$\n", "/x.php/y.php", false},
		{"exactly", "User-agent: *\nDisallow: /$\n", "/", false},
		{"not exactly", "User-agent: *\nDisallow: /$\n", "/a", true},
		{"from the beginning", "User-agent: *\nDisallow: /a*z\n", "/b/a/z", true},
		{"letters are not folded", "User-agent: *\nDisallow: /A\n", "/a", true},
		{"escaped", "User-agent: *\nDisallow: /%D0%BF\n", "/%d0%bf/x", false},
		{"not escaped", "User-agent: *\nDisallow: /п\n", "/%D0%BF", false},
		{"escaped for nothing", "User-agent: *\nDisallow: /%61~b\n", "/a%7eb", false},
		{"an escaped slash is none", "User-agent: *\nDisallow: /a/b\n", "/a%2fb", true},
		{"half an escape", "User-agent: *\nDisallow: /a%2\n", "/a%2", false},
	} {
		if r := parseRobots(c.text, "svidok"); r.allow(c.path) != c.want {
			t.Errorf("%s: %s of %q: %v", c.name, c.path, c.text, !c.want)
		}
	}
	for text, want := range map[string]time.Duration{"Crawl-delay: 1.5": 1500 * time.Millisecond, "Crawl-delay: 99999": time.Minute, "Crawl-delay: NaN": 0, "Crawl-delay: -4": 0, "Crawl-delay: 1e400": 0} {
		if r := parseRobots("User-agent: *\n"+text, "svidok"); r.delay != want {
			t.Errorf("%s: %v", text, r.delay)
		}
	}
	for agent, want := range map[string]string{"svidok": "svidok", "svidok/0.1": "svidok", "Mozilla/5.0 (compatible; svidok/0.1.0)": "svidok", "Some-Name_x 1": "Some-Name_x", "1": ""} {
		if got := product(agent); got != want {
			t.Errorf("%q: %q", agent, got)
		}
	}
	// What a hostile file can cost is bounded.
	evil := parseRobots("User-agent: *\n"+strings.Repeat("Disallow: /"+strings.Repeat("*a", 60)+"b\n", 4000), "svidok")
	from := time.Now()
	if !evil.allow("/" + strings.Repeat("a", maxPath)) {
		t.Error("matched")
	}
	if took := time.Since(from); took > 20*time.Second {
		t.Errorf("%v for one address", took)
	}
}

func TestDecode(t *testing.T) {
	var br, zs bytes.Buffer
	w := brotli.NewWriter(&br)
	io.WriteString(w, "words")
	w.Close()
	z, err := zstd.NewWriter(&zs)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, "words")
	z.Close()
	deflated := "\x2b\xcf\x2f\x4a\x29\x06\x00"
	for coding, b := range map[string]string{"br": br.String(), "ZSTD": zs.String(), "deflate": deflated, "identity": "words", "": "words"} {
		if got, problems := decode([]byte(b), []string{coding}, 100); string(got) != "words" || len(problems) != 0 {
			t.Errorf("%s: %q %q", coding, got, problems)
		}
	}
	if got, problems := decode(nil, []string{"gzip"}, 100); len(got) != 0 || len(problems) != 0 {
		t.Errorf("nothing: %q %q", got, problems)
	}
	if got, problems := decode(br.Bytes(), []string{"br"}, 3); string(got) != "wor" || len(problems) != 1 {
		t.Errorf("the limit: %q %q", got, problems)
	}
}

// The second lock holds alone.
func TestTheSocketIsCheckedToo(t *testing.T) {
	c := &Client{}
	for address, want := range map[string]bool{"8.8.8.8:80": true, "[2606:4700::1]:443": true, "[64:ff9b::808:808]:443": true, "127.0.0.1:80": false, "[::1]:80": false, "nonsense": false} {
		if err := c.last("tcp", address, nil); (err == nil) != want || err != nil && !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if c.public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// The maps of a client that runs for months do not grow without end.
func TestWhatIsKnownIsBounded(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c, err := New(Options{Now: func() time.Time { return now }, Sleep: noSleep})
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxHosts + 500 {
		u, err := parseTarget(fmt.Sprintf("http://h%d.example/", i))
		if err != nil {
			t.Fatal(err)
		}
		c.mu.Lock()
		h := c.hostOf(u)
		h.until = now.Add(time.Hour) // none may be forgotten for being free
		c.mu.Unlock()
		c.keepRobots(u.Host, u, &robots{rules: rules{size: robotsSize}, until: now.Add(time.Hour)})
	}
	total := 0
	for _, r := range c.robots {
		total += r.rules.size
	}
	if len(c.hosts) > maxHosts || len(c.robots) > maxHosts || total > robotsKept {
		t.Errorf("%d hosts, %d robots of %d bytes", len(c.hosts), len(c.robots), total)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nT: x\r\n\r\nmore", "HTTP/1.0 200\n\nall", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: //x\r\nContent-Length: 9, 9\r\n\r\n",
		"HTTP/1.1 999 \xff\r\n: \r\nContent-Length: -0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "SSH-2.0"} {
		f.Add([]byte(s), int64(1000))
		f.Add([]byte(s), int64(20)) // less than a head
	}
	f.Fuzz(func(t *testing.T, b []byte, limit int64) {
		limit = limit&0xffff + 1
		headed := 0
		rec := &recorder{r: iotest.OneByteReader(bytes.NewReader(b))}
		a, err := readAnswer(rec, "GET", limit, func() { headed++ })
		if err != nil {
			if headed != 0 || !errors.Is(err, ErrUnreachable) && !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
				t.Fatalf("%v, headed %d times", err, headed)
			}
			return
		}
		if headed != 1 || a.status < 100 || a.status > 999 || a.header == nil || !bytes.HasPrefix(a.raw, []byte("HTTP/")) || !bytes.Contains(b, a.raw) {
			t.Fatalf("%+v", a)
		}
		if int64(len(a.body)) > int64(len(a.raw)) {
			t.Fatalf("a body of %d bytes in %d", len(a.body), len(a.raw))
		}
		// The same bytes in one piece mean the same; only what came too much may be seen of it.
		same, err := readAnswer(&recorder{r: bytes.NewReader(b)}, "GET", limit, func() {})
		if err != nil || same.status != a.status || !bytes.Equal(same.body, a.body) || (same.cut == nil) != (a.cut == nil) {
			t.Fatalf("in one piece: %v %+v, else %+v", err, same, a)
		}
	})
}

func FuzzDecode(f *testing.F) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, "words")
	w.Close()
	for _, c := range []string{"gzip", "br", "zstd", "deflate", "gzip, br", "identity,gzip,,gzip", "x"} {
		f.Add(z.Bytes(), c)
	}
	f.Fuzz(func(t *testing.T, b []byte, coding string) {
		got, problems := decode(b, []string{coding}, 1<<16)
		if len(got) > 1<<16 && len(got) > len(b) {
			t.Fatalf("%d bytes", len(got))
		}
		for _, p := range problems {
			if len(p) > 1000 {
				t.Fatalf("a problem of %d bytes", len(p))
			}
		}
	})
}

func FuzzTarget(f *testing.F) {
	for _, s := range []string{"http://x/", "HTTPS://приклад.укр:443/п?q=слово два#x", "http://[::1]:80/", "http://a:b@127.1/\x7f", "http://１２７.０.０.１/", "http://x/%zz?%", "http://x:080/..//", "http://%31/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := parseTarget(s)
		if err != nil {
			if !errors.Is(err, evidence.ErrUsage) && !errors.Is(err, evidence.ErrRefused) && !errors.Is(err, evidence.ErrLimit) {
				t.Fatal(err)
			}
			return
		}
		line := u.RequestURI() + u.Host
		if strings.ContainsFunc(line, func(r rune) bool { return r <= ' ' || r >= 0x7f }) || !strings.HasPrefix(u.RequestURI(), "/") || u.User != nil || u.Fragment != "" {
			t.Fatalf("%q gives %q of %q", s, u.RequestURI(), u.Host)
		}
		again, err := parseTarget(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q gives %q, which gives %v %v", s, u, again, err)
		}
	})
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /%61\nCrawl-delay: 3", "/a%62")
	f.Add("\uFEFFuser-agent:svidok\r\rdisallow:п#x\nAllow:*", "/п")
	f.Fuzz(func(t *testing.T, text, path string) {
		r := parseRobots(text, "svidok")
		r.allow(path)
		if r.delay < 0 || r.delay > maxDelay {
			t.Fatal(r.delay)
		}
		if n := normal(path); normal(n) != n {
			t.Fatalf("%q, then %q", n, normal(n))
		}
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add("text/html; charset=utf-8", "120")
	f.Add(`"; x=;charset="'`, "Fri, 31 Dec 9999 23:59:59 GMT")
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, kind, after string) {
		media, charset, _ := mediaType(kind)
		if strings.ContainsAny(media+charset, "\r\n\x00 <>\"") || len(charset) > 40 {
			t.Fatalf("%q %q", media, charset)
		}
		if d, ok := retryAfter(after, now); d < 0 || d > most || !ok && d != 0 {
			t.Fatal(d)
		}
		if s := shown(kind); len(s) > 220 {
			t.Fatal(len(s))
		}
	})
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
