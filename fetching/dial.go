package fetching

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/proxy"

	"svidok/evidence"
)

// connection is a connection to a server, secured if its address asks for it.
type connection struct {
	net.Conn
	remote string // "" through a proxy
	tls    *TLS
	plain  bool // through an HTTP proxy that is asked for whole addresses
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
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
		return nil, handshake(name, err)
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
func handshake(name string, err error) error {
	var bad *tls.CertificateVerificationError
	if errors.As(err, &bad) {
		what := ""
		if len(bad.UnverifiedCertificates) > 0 {
			cert := bad.UnverifiedCertificates[0]
			what = fmt.Sprintf(" (SHA-256 %s, for %s, from %s to %s)", evidence.Sum(cert.Raw), strings.Join(cert.DNSNames, " "), cert.NotBefore.UTC().Format("2006-01-02"), cert.NotAfter.UTC().Format("2006-01-02"))
		}
		if expired, ok := errors.AsType[x509.CertificateInvalidError](err); ok && expired.Reason == x509.Expired {
			what += ", expired or not yet good"
		}
		return evidence.WithHint(fmt.Errorf("the certificate of %s%s: %w: %w", name, what, ErrCertificate, bad.Err),
			"look at the site in a browser; a clock that is wrong does this, too")
	}
	return fmt.Errorf("secure the connection to %s: %w: %w", name, ErrUnreachable, err)
}

// dial connects to a host, through the proxy if there is one. tunnel: an HTTP proxy must be
// asked to pass bytes on.
func (c *Client) dial(ctx context.Context, host, port string, tunnel bool) (net.Conn, error) {
	if c.proxy != nil {
		return c.dialProxy(ctx, host, port, tunnel)
	}
	list, err := c.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	var failed error
	for i, a := range list {
		if i == 4 {
			break
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		failed = err
	}
	return nil, fmt.Errorf("connect to %s: %w: %w", host, ErrUnreachable, failed)
}

func (c *Client) dialProxy(ctx context.Context, host, port string, tunnel bool) (net.Conn, error) {
	if err := c.literal(host); err != nil {
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
			return nil, fmt.Errorf("proxy %s: %w: %w", c.proxy.Host, ErrUnreachable, err)
		}
		conn, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", target)
		if err != nil {
			return nil, fmt.Errorf("connect to %s through the proxy: %w: %w", host, ErrUnreachable, err)
		}
		return conn, nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.proxy.Host)
	if err != nil {
		return nil, fmt.Errorf("connect to the proxy: %w: %w", ErrUnreachable, err)
	}
	if !tunnel {
		return conn, nil
	}
	if err := c.ask(ctx, conn, target); err != nil {
		_ = conn.Close() // the first error is the one to tell
		return nil, err
	}
	return conn, nil
}

// ask asks an HTTP proxy for a tunnel (RFC 9110, CONNECT).
func (c *Client) ask(ctx context.Context, conn net.Conn, target string) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	head := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if u := c.proxy.User; u != nil {
		pass, _ := u.Password()
		head += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+pass)) + "\r\n"
	}
	_, err := conn.Write([]byte(head + "\r\n"))
	if err == nil {
		var res *http.Response
		if res, err = http.ReadResponse(bufio.NewReaderSize(&oneByOne{conn}, 16), &http.Request{Method: http.MethodConnect}); err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("it answers %s", res.Status)
		}
	}
	if err != nil {
		return fmt.Errorf("ask the proxy for %s: %w: %w", target, ErrUnreachable, err)
	}
	return nil
}

// oneByOne reads a byte at a time, so that nothing behind a proxy's head is taken.
type oneByOne struct{ net.Conn }

func (o *oneByOne) Read(p []byte) (int, error) {
	if len(p) > 1 {
		p = p[:1]
	}
	return o.Conn.Read(p)
}
