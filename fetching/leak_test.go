package fetching_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"svidok/fetching"
)

func TestLeaksNothing(t *testing.T) { leaksNothing(t, 1500) }

// leaksNothing makes n exchanges of every kind with one client, and looks at what is left.
func leaksNothing(t *testing.T, n int) {
	t.Helper()
	z := zipped(strings.Repeat("слово ", 20000))
	kinds := []string{
		ok + "Content-Length: 20\r\n\r\n" + strings.Repeat("x", 20),
		ok + "Content-Length: 100\r\n\r\ncut",
		"", // no answer
		fmt.Sprintf(ok+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(z), z),
		"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\n\r\nno",
		"rubbish",
		ok + "Transfer-Encoding: chunked\r\n\r\nzz",
		ok + "\r\n" + strings.Repeat("y", 1<<20), // beyond the limit
	}
	address := raw(t, func(conn net.Conn, n int) { io.WriteString(conn, kinds[n%len(kinds)]) })
	c, k := client(t, func(o *fetching.Options) { o.Tries, o.MaxBytes, o.Redirects = 2, 256<<10, 2 })
	failed := 0
	ask := func() {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address}); err != nil {
			failed++
		}
		k.all = nil
	}
	for range 200 {
		ask()
	}
	goroutines, memory := runtime.NumGoroutine(), heap()
	for range n {
		ask()
	}
	if failed == 0 || failed == n+200 {
		t.Errorf("%d of %d failed: this says nothing", failed, n+200)
	}
	if grown := int64(heap()) - int64(memory); grown > 8<<20 {
		t.Errorf("%d bytes more in use after %d exchanges", grown, n)
	}
	p, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	browser := through(p, t)
	for range n / 20 {
		if res, err := browser.Get(address); err == nil {
			_, _ = io.Copy(io.Discard, res.Body) // whatever it is
			res.Body.Close()
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
	settled := func() bool { return runtime.NumGoroutine() <= goroutines+3 }
	for range 500 { // the server's side may still be closing
		if settled() {
			return
		}
		<-time.NewTimer(10 * time.Millisecond).C
	}
	t.Errorf("%d goroutines before, %d after", goroutines, runtime.NumGoroutine())
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
