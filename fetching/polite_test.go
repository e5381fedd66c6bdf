package fetching_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/fetching"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestRetryAfter(t *testing.T) {
	asked := 0
	header := ""
	status := http.StatusTooManyRequests
	k0 := newClock()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(status)
		}
	}))
	defer s.Close()
	for name, x := range map[string]struct {
		header string
		status int
		waits  bool          // else it is the caller's
		at     time.Duration // waited in all, or to come again
	}{
		"seconds":            {"30", 429, true, 60 * time.Second},
		"none":               {"", 429, true, 6 * time.Second},
		"nonsense":           {"soon", 503, true, 6 * time.Second},
		"below nothing":      {"-5", 503, true, 6 * time.Second},
		"at once":            {"0", 429, true, 6 * time.Second},
		"a date":             {k0.Now().Add(40 * time.Second).UTC().Format(http.TimeFormat), 503, true, 40 * time.Second},
		"a date gone by":     {"Mon, 02 Jan 2006 15:04:05 GMT", 503, true, 6 * time.Second},
		"an hour":            {"3600", 503, false, time.Hour},
		"for ever":           {"99999999999999999999", 429, false, 7 * 24 * time.Hour},
		"a date without end": {"Fri, 31 Dec 9999 23:59:59 GMT", 429, false, 7 * 24 * time.Hour},
	} {
		asked, header, status = 0, x.header, x.status
		c, k := client(t, func(o *fetching.Options) { o.Tries = 3 })
		k.at = k0.at
		r, err := c.Get(t.Context(), fetching.Ask{URL: s.URL})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		waited := k.Now().Sub(k0.at)
		if x.waits && (last(r).Status != 200 || len(r.Tried) != 2 || waited < x.at-time.Second || waited > x.at+x.at/2+8*time.Second || !r.Later.IsZero()) {
			t.Errorf("%s: %d after %v, %+v", name, last(r).Status, waited, r.Tried)
		}
		if x.waits {
			continue
		}
		if last(r).Status != x.status || asked != 1 || waited != 0 || !r.Later.Equal(k.Now().Add(x.at)) {
			t.Errorf("%s: %d, asked %d times, later %v", name, last(r).Status, asked, r.Later.Sub(k.Now()))
		}
		_, err = c.Get(t.Context(), fetching.Ask{URL: s.URL})
		later, ok := errors.AsType[*fetching.LaterError](err)
		if !ok || !later.Until.Equal(r.Later) || !errors.Is(err, fetching.ErrUnreachable) || asked != 1 {
			t.Errorf("%s: a host that wants to be left alone: %v", name, err)
		}
		k.Sleep(t.Context(), x.at)
		if r, err = c.Get(t.Context(), fetching.Ask{URL: s.URL}); err != nil {
			t.Errorf("%s: when it may be asked: %v", name, err)
		}
	}
}

func TestPace(t *testing.T) {
	var at []time.Time
	k := newClock()
	var mu sync.Mutex
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		at = append(at, k.Now())
	}))
	defer s.Close()
	c, _ := client(t, func(o *fetching.Options) { o.Now, o.Sleep, o.Pace = k.Now, k.Sleep, 5*time.Second })
	start := k.Now()
	for i := range 4 {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: fmt.Sprint(s.URL, "/", i)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range at {
		if want := start.Add(time.Duration(i) * 5 * time.Second); !at[i].Equal(want) {
			t.Errorf("request %d after %v", i, at[i].Sub(start))
		}
	}
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer other.Close()
	before := k.Now()
	if _, err := c.Get(t.Context(), fetching.Ask{URL: other.URL}); err != nil || !k.Now().Equal(before) {
		t.Errorf("another host waits: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, fetching.Ask{URL: s.URL}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A host that could not be reached several times in a row is left in peace, longer and longer.
func TestFailedHostsRest(t *testing.T) {
	var asked atomic.Int64
	var up atomic.Bool
	address := raw(t, func(conn net.Conn, _ int) {
		if asked.Add(1); up.Load() {
			io.WriteString(conn, ok+"Content-Length: 0\r\n\r\n")
		}
	})
	c, k := client(t, func(o *fetching.Options) { o.Tries = 4 })
	if r, err := c.Get(t.Context(), fetching.Ask{URL: address}); !errors.Is(err, fetching.ErrUnreachable) || asked.Load() != 4 || len(r.Tried) != 4 {
		t.Fatalf("%v after %d", err, asked.Load())
	}
	if waited := k.all; len(waited) != 3 || waited[0] < 2*time.Second || waited[1] < 4*time.Second || waited[2] < 8*time.Second || waited[2] > 12*time.Second {
		t.Errorf("waits between tries: %v", waited)
	}
	for i, rest := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		before := asked.Load()
		_, err := c.Get(t.Context(), fetching.Ask{URL: address})
		later, ok := errors.AsType[*fetching.LaterError](err)
		if !ok || asked.Load() != before || later.Until.Sub(k.Now()) != rest || !strings.Contains(err.Error(), "without an answer") {
			t.Fatalf("rest %d: %v", i, err)
		}
		k.Sleep(t.Context(), rest)
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address, Once: true}); !errors.Is(err, fetching.ErrUnreachable) || asked.Load() != before+1 {
			t.Fatalf("after rest %d: %v", i, err)
		}
	}
	k.Sleep(t.Context(), 15*time.Minute)
	up.Store(true)
	for range 3 {
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address}); err != nil {
			t.Errorf("it is there again: %v", err)
		}
	}
	// A single failure, here and there, is no reason.
	for i := range 20 {
		up.Store(i%2 == 1)
		if _, err := c.Get(t.Context(), fetching.Ask{URL: address, Once: true}); up.Load() != (err == nil) {
			t.Fatal(err)
		}
	}
}

func TestNoSuchHost(t *testing.T) {
	n := 0
	c, _ := client(t, func(o *fetching.Options) {
		o.Resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
			n++
			return nil, &net.DNSError{Err: "no such host", Name: host, Server: "192.168.7.7:53", IsNotFound: host == "gone.example"}
		}
	})
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://gone.example/"}); !errors.Is(err, fetching.ErrGone) || !errors.Is(err, fetching.ErrUnreachable) || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
	if _, err := c.Get(t.Context(), fetching.Ask{URL: "http://fails.example/"}); errors.Is(err, fetching.ErrGone) || !errors.Is(err, fetching.ErrUnreachable) || n != 3 || strings.Contains(err.Error(), "192.168") {
		t.Errorf("%v after %d", err, n)
	}
}

func TestRobots(t *testing.T) {
	var mu sync.Mutex // held by the test but while it asks
	robots, status, reads := "", 200, 0
	mu.Lock()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Path == "/robots.txt" && status == 302:
			reads++
			http.Redirect(w, r, "/robots.txt", http.StatusFound)
		case r.URL.Path == "/robots.txt" && status == 0:
			reads++
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/robots.txt":
			reads++
			w.WriteHeader(status)
			io.WriteString(w, robots)
		}
	}))
	defer s.Close()
	fresh := func() (func(path string) error, *clock) {
		c, k := client(t, func(o *fetching.Options) {
			o.Robots, o.Agent, o.Tries = true, "Mozilla/5.0 (compatible; svidok/0.1.0)", 1
		})
		return func(path string) error {
			mu.Unlock()
			defer mu.Lock()
			_, err := c.Get(t.Context(), fetching.Ask{URL: s.URL + path})
			return err
		}, k
	}
	robots = "User-agent: svidok\nDisallow: /closed\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"
	get, k := fresh()
	before := k.Now()
	if err := get("/open"); err != nil || reads != 1 {
		t.Errorf("%v", err)
	}
	if err := get("/closed/x"); !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" || reads != 1 {
		t.Errorf("%v", err)
	}
	if err := get("/open"); err != nil || k.Now().Sub(before) < 7*time.Second || reads != 1 {
		t.Errorf("%v, %v waited", err, k.Now().Sub(before))
	}
	robots = ""
	k.Sleep(t.Context(), 25*time.Hour)
	if err := get("/closed/x"); err != nil || reads != 2 {
		t.Errorf("a day later: %v", err)
	}
	robots, status = "User-agent: *\nDisallow: /\n", 503
	k.Sleep(t.Context(), 25*time.Hour)
	if err := get("/closed/x"); err != nil || reads != 3 {
		t.Errorf("what it said holds on: %v", err)
	}
	for _, code := range []int{500, 503, 429, 0} { // not known: nothing is read yet, and it is not asked all the time
		status, reads = code, 0
		get, k = fresh()
		err := get("/")
		later, ok := errors.AsType[*fetching.LaterError](err)
		if err2 := get("/"); !ok || err2 == nil || reads != 1 {
			t.Fatalf("%d: %v, then %v, %d reads", code, err, err2, reads)
		}
		status = 200
		robots = ""
		k.Sleep(t.Context(), later.Until.Sub(k.Now()))
		if err := get("/"); err != nil || reads != 2 {
			t.Errorf("%d, later: %v", code, err)
		}
	}
	for _, code := range []int{401, 403, 404, 410, 302} { // not there: everything is allowed
		status, robots, reads = code, "User-agent: *\nDisallow: /\n", 0
		if get, _ = fresh(); get("/") != nil || reads == 0 {
			t.Errorf("%d: %v", code, get("/"))
		}
	}
	status = 200
	mu.Unlock()
	c, _ := client(t, func(o *fetching.Options) { o.Robots = true })
	for _, a := range []fetching.Ask{{URL: s.URL, Service: true}, {URL: s.URL, Method: http.MethodPost}, {URL: s.URL + "/robots.txt"}} {
		if _, err := c.Get(t.Context(), a); err != nil {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

// 300 goes at one client at a time: nothing is torn, and the pace holds.
func TestConcurrent(t *testing.T) {
	var mu sync.Mutex
	times := map[time.Time]int{}
	k := newClock()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) }))
	defer s.Close()
	c, _ := client(t, func(o *fetching.Options) { o.Now, o.Sleep, o.Pace, o.Robots = k.Now, k.Sleep, time.Millisecond, true })
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			path := fmt.Sprint("/", i)
			r, err := c.Get(t.Context(), fetching.Ask{URL: s.URL + path})
			if err != nil || string(r.Body) != path {
				t.Errorf("%s: %v %q", path, err, r.Body)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			times[last(r).Started]++
		})
	}
	all.Wait()
}
