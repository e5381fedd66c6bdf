//go:build browser

package browser_test

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// gate is a forward proxy that leads to some hosts only, and notes whatever it is asked for.
type gate struct {
	*httptest.Server
	open []string // host:port
	key  string   // NAME:SECRET that is asked for

	mu    sync.Mutex
	asked []string // METHOD host:port
}

func newGate(t *testing.T, open ...string) *gate {
	t.Helper()
	g := &gate{}
	for _, o := range open {
		g.open = append(g.open, strings.TrimPrefix(o, "http://"))
	}
	g.Server = httptest.NewServer(g)
	t.Cleanup(func() { g.CloseClientConnections(); g.Close() })
	return g
}

func (g *gate) hosts() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.asked)
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.key != "" && r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(g.key)) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="gate"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	g.mu.Lock()
	g.asked = append(g.asked, r.Method+" "+r.Host)
	g.mu.Unlock()
	if !slices.Contains(g.open, r.Host) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if r.Method == http.MethodConnect {
		out, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer out.Close()
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(out, conn)
		io.Copy(conn, out)
		return
	}
	r.RequestURI = ""
	r.Header.Del("Proxy-Authorization")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	for k, v := range res.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(res.StatusCode)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	io.Copy(w, res.Body)
}
