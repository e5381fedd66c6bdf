package fetching_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/fetching"
)

// inside counts who gets to a server on this machine.
func inside(t *testing.T) (port string, hits *atomic.Int64) {
	t.Helper()
	hits = new(atomic.Int64)
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
			hits.Add(1)
			conn.Close()
		}
	}()
	return l.Addr().String()[len("127.0.0.1"):], hits
}

func TestWhereItNeverGoes(t *testing.T) {
	port, hits := inside(t)
	names := map[string][]string{
		"evil.example":     {"127.0.0.1"},
		"mapped.example":   {"::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"},
		"metadata.example": {"169.254.169.254", "168.63.129.16", "fd00:ec2::254"},
		"localhost":        {"127.0.0.1", "::1"},
	}
	c, _ := client(t, func(o *fetching.Options) {
		o.Allow = nil
		o.Resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
			var out []netip.Addr
			for _, s := range names[host] {
				out = append(out, netip.MustParseAddr(s))
			}
			if out == nil {
				t.Errorf("%s was looked up", host)
			}
			return out, nil
		}
	})
	for _, host := range []string{"127.0.0.1", "[::1]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "172.31.255.255", "169.254.169.254", "168.63.129.16", "100.64.0.1", "100.100.100.200", "0.0.0.0", "0.1.2.3", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
		"[fe80::1]", "[fe80::1%25lo]", "[fd00::1]", "[fd00:ec2::254]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[ff02::1]", "[fec0::1]", "[5f00::1]", "[100::1]", "[4000::1]",
		"192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"evil.example", "EVIL.example", "mapped.example", "metadata.example", "localhost", "2130706433", "0x7f000001", "0X7F000001", "0177.0.0.1", "127.1", "127.0.0.1.", "0x7f.1", "1.0x1", "１２７.０.０.１", "0x", "evil.example.0x7"} {
		_, err := c.Get(t.Context(), fetching.Ask{URL: "http://" + host + port + "/"})
		if !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%s: %v", host, err)
		}
		var d *fetching.LaterError
		if errors.As(err, &d) || errors.Is(err, fetching.ErrUnreachable) {
			t.Errorf("%s: to be tried again: %v", host, err)
		}
	}
	for _, address := range []string{"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://x/", "javascript:1", "data:text/html,x", "ws://x/", "http://8.8.8.8:25/", "http://8.8.8.8:6667/", "https://8.8.8.8:22/"} {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address}); !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://10.1.2.3/"}); !strings.Contains(evidence.HintOf(err), "--allow 10.1.2.3/32") {
		t.Errorf("no way out is told: %q", evidence.HintOf(err))
	}
	if hits.Load() != 0 {
		t.Errorf("the server on this machine was reached %d times", hits.Load())
	}
}

// TestRebinding: the name gives a good address when it is asked first, and this machine later.
func TestRebinding(t *testing.T) {
	var hits atomic.Int64
	good := rawAt(t, "127.0.0.2:0", says("")) // a server that fails, so that the name is looked up again
	port := good[strings.LastIndexByte(good, ':') : len(good)-1]
	rawAt(t, "127.0.0.1"+port, func(net.Conn, int) { hits.Add(1) })
	looked := 0
	c, _ := client(t, func(o *fetching.Options) {
		o.Tries, o.Allow = 4, []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")} // as if it were public
		o.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			looked++
			return []netip.Addr{netip.MustParseAddr([]string{"", "127.0.0.2", "127.0.0.1"}[min(looked, 2)])}, nil
		}
	})
	r, err := c.Get(t.Context(), fetching.Ask{URL: "http://rebound.example" + port + "/"})
	if !errors.Is(err, evidence.ErrRefused) || looked != 2 || len(r.Tried) != 2 || hits.Load() != 0 {
		t.Errorf("%v after %d look-ups, %+v, %d hits", err, looked, r.Tried, hits.Load())
	}
	// Of several addresses only those that may be visited are.
	c, _ = client(t, func(o *fetching.Options) {
		o.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}
		o.Resolve = func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.2")}, nil
		}
	})
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://mixed.example" + port + "/"}); !errors.Is(err, fetching.ErrUnreachable) || hits.Load() != 0 {
		t.Errorf("%v, %d hits", err, hits.Load())
	}
}

func TestRedirectsLeadNowhereElse(t *testing.T) {
	port, hits := inside(t)
	for _, where := range []string{"http://127.0.0.3" + port + "/", "//127.0.0.3" + port, "http://rebound.example" + port + "/", "file:///etc/passwd", "http://[::1]" + port + "/", "gopher://x/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://2130706433" + port + "/",
		"http://0x7f.0.0.1" + port + "/", "http://127.0.0.3" + port + "\\@good.example/", "http://a@127.0.0.3" + port + "/", "http://8.8.8.8:25/"} {
		c, _ := client(t, func(o *fetching.Options) {
			o.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			o.Resolve = func(context.Context, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("127.0.0.3")}, nil
			}
		})
		r, err := c.Get(t.Context(), fetching.Ask{URL: raw(t, says("HTTP/1.1 302 Found\r\nLocation: "+where+"\r\n\r\n"))})
		if !errors.Is(err, evidence.ErrRefused) && !errors.Is(err, evidence.ErrUsage) || len(r.Exchanges) != 1 {
			t.Errorf("%s: %v after %d exchanges", where, err, len(r.Exchanges))
		}
	}
	if hits.Load() != 0 {
		t.Error("a redirect led inside")
	}
	c, _ := client(t, nil)
	loop := raw(t, says("HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n"))
	if r, err := c.Get(t.Context(), fetching.Ask{URL: loop}); !errors.Is(err, evidence.ErrLimit) || len(r.Exchanges) != 11 {
		t.Errorf("a loop: %v after %d exchanges", err, len(r.Exchanges))
	}
	giant := raw(t, says("HTTP/1.1 302 Found\r\nLocation: /"+strings.Repeat("x", 100<<10)+"\r\n\r\n"))
	if r, err := c.Get(t.Context(), fetching.Ask{URL: giant}); !errors.Is(err, evidence.ErrLimit) || len(err.Error()) > 1000 || len(r.Exchanges) != 1 {
		t.Errorf("a giant address: %v", err)
	}
	for _, status := range []string{"300", "304", "305", "201"} { // these lead nowhere
		r, err := c.Get(t.Context(), fetching.Ask{URL: raw(t, says("HTTP/1.1 "+status+" X\r\nLocation: /x\r\n\r\n"))})
		if err != nil || len(r.Exchanges) != 1 {
			t.Errorf("%s: %v %d", status, err, len(r.Exchanges))
		}
	}
	if r, err := c.Get(t.Context(), fetching.Ask{URL: raw(t, says("HTTP/1.1 302 Found\r\n\r\nnowhere"))}); err != nil || string(r.Body) != "nowhere" {
		t.Errorf("a redirect to nowhere: %v", err)
	}
}

// certificate makes one of its own.
func certificate(t *testing.T, name string, from, to time.Time) (tls.Certificate, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: big.NewInt(from.UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, x, x, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if x, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, x
}

func TestCertificates(t *testing.T) {
	now := time.Now()
	good, goodX := certificate(t, "site.example", now.Add(-time.Hour), now.Add(48*time.Hour))
	next, nextX := certificate(t, "site.example", now.Add(-2*time.Hour), now.Add(24*time.Hour))
	roots := x509.NewCertPool()
	roots.AddCert(goodX)
	roots.AddCert(nextX)
	use := &good
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "text") }))
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return use, nil }}
	s.StartTLS()
	defer s.Close()
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	dns := func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	c, k := client(t, func(o *fetching.Options) { o.Roots, o.Resolve = roots, dns })
	r, err := c.Get(t.Context(), fetching.Ask{URL: "https://site.example" + port})
	if err != nil || r.Exchanges[0].TLS == nil || r.Exchanges[0].TLS.Leaf != evidence.Sum(goodX.Raw) || r.Exchanges[0].TLS.Version != "TLS 1.3" || r.Exchanges[0].TLS.Cipher == "" || len(r.Exchanges[0].TLS.Chain) != 1 {
		t.Fatalf("%v %+v", err, r)
	}
	if !strings.HasPrefix(string(r.Exchanges[0].Response), "HTTP/1.1 200 OK\r\n") {
		t.Errorf("%q", r.Exchanges[0].Response)
	}
	use = &next
	if r, err := c.Get(t.Context(), fetching.Ask{URL: "https://site.example" + port}); err != nil || last(r).TLS.Leaf != evidence.Sum(nextX.Raw) {
		t.Errorf("a certificate that changed: %v", err)
	}
	denied := func(name string, c *fetching.Client, host string, x *x509.Certificate, why string) {
		t.Helper()
		r, err := c.Get(t.Context(), fetching.Ask{URL: "https://" + host + port})
		if !errors.Is(err, fetching.ErrCertificate) || errors.Is(err, fetching.ErrUnreachable) || len(r.Tried) != 1 {
			t.Errorf("%s: %v", name, err)
			return
		}
		for _, want := range []string{evidence.Sum(x.Raw).String(), "site.example", why} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %q", name, want, err)
			}
		}
		if evidence.HintOf(err) == "" {
			t.Errorf("%s: no hint", name)
		}
	}
	denied("another's", c, "other.example", nextX, "for other names")
	stranger, _ := client(t, func(o *fetching.Options) { o.Resolve = dns })
	denied("nobody's", stranger, "site.example", nextX, "unknown issuer")
	k.Sleep(t.Context(), 36*time.Hour)
	denied("expired", c, "site.example", nextX, "expired")
	// What does not speak TLS is not reachable.
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "https" + strings.TrimPrefix(plain.URL, "http"), Once: true}); !errors.Is(err, fetching.ErrUnreachable) {
		t.Errorf("no TLS: %v", err)
	}
}

// A line over TLS that is cut where its end would tell the end of the body.
func TestCutOverTLS(t *testing.T) {
	now := time.Now()
	pair, x := certificate(t, "site.example", now.Add(-time.Hour), now.Add(time.Hour))
	roots := x509.NewCertPool()
	roots.AddCert(x)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}})
			secure.Read(make([]byte, 4096))
			io.WriteString(secure, ok+"\r\nhalf")
			conn.Write([]byte{23, 3, 3, 0, 50, 1, 2, 3}) // a record begins
			conn.Close()
		}
	}()
	c, _ := client(t, func(o *fetching.Options) {
		o.Roots, o.Resolve = roots, func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
	})
	r, err := c.Get(t.Context(), fetching.Ask{URL: "https://site.example:" + l.Addr().String()[len("127.0.0.1:"):]})
	if err != nil || string(r.Body) != "half" || len(r.Tried) != 0 || !strings.Contains(strings.Join(last(r).Problems, ""), "without saying so") {
		t.Errorf("%v %q %+v", err, r.Body, r)
	}
}
