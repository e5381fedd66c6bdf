package fetching

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/proxy"

	"svidok/evidence"
)

const maxAddresses = 4 // of a host that are tried

// connection is a connection to a server, secured if its address asks for it.
type connection struct {
	net.Conn
	remote string // "" through a proxy
	tls    *TLS
	plain  bool // through an HTTP proxy that is asked for whole addresses
}

// connect opens a connection for one exchange with u.
func (c *Client) connect(ctx context.Context, u *url.URL) (*connection, error) {
	out := &connection{}
	raw, err := c.dial(ctx, u.Hostname(), port(u), u.Scheme == "https")
	if err != nil {
		return nil, err
	}
	if c.proxy == nil {
		out.remote = raw.RemoteAddr().String()
	} else {
		out.plain = c.proxy.Scheme == "http" && u.Scheme == "http"
	}
	if out.Conn = raw; u.Scheme != "https" {
		return out, nil
	}
	name := strings.TrimSuffix(u.Hostname(), ".")
	secure := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: c.o.Roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, Time: c.o.Now})
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // the first error is the one to tell
		return nil, handshake(name, err, c.o.Now())
	}
	state := secure.ConnectionState()
	out.tls = &TLS{Version: tls.VersionName(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite)}
	for i, cert := range state.PeerCertificates {
		if i == 0 {
			out.tls.Leaf = evidence.Sum(cert.Raw)
		}
		out.tls.Chain = append(out.tls.Chain, cert.Raw)
	}
	out.Conn = secure
	return out, nil
}

// handshake tells a bad certificate from a bad connection.
func handshake(name string, err error, now time.Time) error {
	bad, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return fmt.Errorf("secure the connection to %s: %w: %w", name, ErrUnreachable, bare(err))
	}
	what := ""
	if len(bad.UnverifiedCertificates) > 0 {
		cert := bad.UnverifiedCertificates[0]
		what = fmt.Sprintf(" (SHA-256 %s, for %s, issued by %q, good from %s to %s)", evidence.Sum(cert.Raw), clip(strings.Join(certNames(cert), " "), 200), clip(cert.Issuer.CommonName, 80),
			cert.NotBefore.UTC().Format("2006-01-02"), cert.NotAfter.UTC().Format("2006-01-02"))
	}
	why := "unknown issuer, or one that is missing in what the server sends"
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		why = clip(invalid.Error(), 200)
		if invalid.Reason == x509.Expired {
			why = fmt.Sprintf("expired or not yet good at %s", now.UTC().Format(time.RFC3339))
		}
	} else if _, ok := errors.AsType[x509.HostnameError](err); ok {
		why = "it is for other names"
	}
	return evidence.WithHint(fmt.Errorf("the certificate of %s%s: %s: %w", name, what, why, ErrCertificate),
		"look at the site in a browser; a clock that is wrong does this, too")
}

func certNames(cert *x509.Certificate) []string {
	names := append([]string(nil), cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{"no name"}
	}
	return names
}

// dial connects to a host, through the proxy if there is one. tunnel: an HTTP proxy must be
// asked to pass bytes on.
func (c *Client) dial(ctx context.Context, host, port string, tunnel bool) (net.Conn, error) {
	if c.proxy != nil {
		return c.dialProxy(ctx, host, port, tunnel)
	}
	list, err := c.resolve(ctx, host, port)
	if err != nil {
		return nil, err
	}
	list = list[:min(len(list), maxAddresses)]
	var failed error
	for _, a := range list {
		// An address that does not answer must leave time for the next.
		d := net.Dialer{Timeout: c.o.Head / time.Duration(len(list)), Control: c.last}
		conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		if errors.Is(err, evidence.ErrRefused) {
			return nil, bare(err)
		}
		failed = err
	}
	return nil, fmt.Errorf("connect to %s: %w: %w", host, ErrUnreachable, bare(failed))
}

// last looks at the address of a socket that is about to connect: a second lock, which holds
// if the first should ever be passed by.
func (c *Client) last(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !c.public(at.Addr()) {
		return fmt.Errorf("%s is not on the public Internet: %w", address, evidence.ErrRefused)
	}
	return nil
}

func (c *Client) dialProxy(ctx context.Context, host, port string, tunnel bool) (net.Conn, error) {
	if err := c.literal(host, port); err != nil {
		return nil, err
	}
	target := net.JoinHostPort(host, port)
	if c.proxy.Scheme != "http" {
		var auth *proxy.Auth
		if c.proxy.User != nil {
			pass, _ := c.proxy.User.Password()
			auth = &proxy.Auth{User: c.proxy.User.Username(), Password: pass}
		}
		d, err := proxy.SOCKS5("tcp", c.proxy.Host, auth, &net.Dialer{})
		if err != nil {
			return nil, fmt.Errorf("the proxy: %w: %w", ErrUnreachable, bare(err))
		}
		conn, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", target)
		if err != nil {
			return nil, fmt.Errorf("connect to %s through the proxy: %w: %w", host, ErrUnreachable, bare(err))
		}
		return conn, nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.proxy.Host)
	if err != nil {
		return nil, fmt.Errorf("connect to the proxy: %w: %w", ErrUnreachable, bare(err))
	}
	if !tunnel {
		return conn, nil
	}
	if err := c.tunnel(ctx, conn, target); err != nil {
		_ = conn.Close() // the first error is the one to tell
		return nil, err
	}
	return conn, nil
}

// proxyAuthorization is the header that lets us into an HTTP proxy, or "".
func (c *Client) proxyAuthorization() string {
	if c.proxy == nil || c.proxy.User == nil {
		return ""
	}
	pass, _ := c.proxy.User.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.proxy.User.Username()+":"+pass))
}

// tunnel asks an HTTP proxy to pass bytes on (RFC 9110, CONNECT).
func (c *Client) tunnel(ctx context.Context, conn net.Conn, target string) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	head := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if a := c.proxyAuthorization(); a != "" {
		head += "Proxy-Authorization: " + a + "\r\n"
	}
	_, err := conn.Write([]byte(head + "\r\n"))
	if err == nil {
		var res *http.Response
		if res, err = http.ReadResponse(bufio.NewReaderSize(&oneByOne{io.LimitReader(conn, 64<<10)}, 16), &http.Request{Method: http.MethodConnect}); err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("it answers %d", res.StatusCode)
		}
	}
	if err != nil {
		return fmt.Errorf("ask the proxy for %s: %w: %w", target, ErrUnreachable, bare(err))
	}
	return nil
}

// oneByOne reads a byte at a time, so that nothing behind a proxy's head is taken.
type oneByOne struct{ io.Reader }

func (o *oneByOne) Read(p []byte) (int, error) {
	if len(p) > 1 {
		p = p[:1]
	}
	return o.Reader.Read(p)
}
