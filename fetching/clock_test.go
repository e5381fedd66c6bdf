package fetching_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"svidok/fetching"
)

func tlsOf(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }

func TestOffset(t *testing.T) {
	c, k := client(t, nil)
	if _, _, hosts := c.Offset(); hosts != 0 {
		t.Error("something is known of nothing")
	}
	ahead := []time.Duration{90 * time.Second, 89 * time.Second, 90 * time.Second, 24 * time.Hour, 91 * time.Second}
	for i := range 7 {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch i {
			case 5:
				w.Header().Set("Age", "4000") // from a cache
				fallthrough
			default:
				w.Header().Set("Date", k.Now().Add(ahead[i%5]-4000*time.Second*time.Duration(i/5)).UTC().Format(http.TimeFormat))
			case 6:
				w.Header().Set("Date", "yesterday")
			}
		}))
		defer s.Close()
		if _, err := c.Get(t.Context(), fetching.Ask{URL: s.URL}); err != nil {
			t.Fatal(err)
		}
	}
	middle, half, hosts := c.Offset()
	if hosts != 5 || (middle-90*time.Second).Abs() > half || half < time.Second || half > 2*time.Second {
		t.Errorf("%v ± %v of %d", middle, half, hosts)
	}
	k.Sleep(t.Context(), 25*time.Hour)
	if _, _, hosts := c.Offset(); hosts != 0 {
		t.Errorf("%d hosts are believed a day later", hosts)
	}
}

func TestEstimateOffset(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := func(host string, low, high float64) fetching.Sample {
		return fetching.Sample{Host: host, At: at, Low: time.Duration(low * 1e9), High: time.Duration(high * 1e9)}
	}
	later := s("a", 9, 10)
	later.At = at.Add(time.Minute)
	for name, c := range map[string]struct {
		samples []fetching.Sample
		middle  float64
		half    float64
		hosts   int
	}{
		"nothing":             {nil, 0, 0, 0},
		"one":                 {[]fetching.Sample{s("a", 0, 1)}, 0.5, 1, 1},
		"a slow line":         {[]fetching.Sample{s("a", -9, 11)}, 1, 10, 1},
		"two that disagree":   {[]fetching.Sample{s("a", 0, 1), s("b", 60, 61)}, 30.5, 30, 2},
		"one of three wrong":  {[]fetching.Sample{s("a", 0, 1), s("b", 3600, 3601), s("c", 0, 1)}, 0.5, 1, 3},
		"the latest of each":  {[]fetching.Sample{s("a", 0, 1), later}, 9.5, 1, 1},
		"high below low":      {[]fetching.Sample{s("a", 2, 1)}, 0, 0, 0},
		"all over the place":  {[]fetching.Sample{s("a", -100, -99), s("b", -10, -9), s("c", 0, 1), s("d", 20, 21), s("e", 500, 501)}, 0.5, 20, 5},
		"behind, by and by":   {[]fetching.Sample{s("a", -3600, -3599), s("b", -3600.4, -3599.4), s("c", -3600.2, -3599)}, -3599.6, 1, 3},
		"twice the same host": {[]fetching.Sample{s("a", 0, 1), s("a", 60, 61), s("b", 0, 1)}, 0.5, 1, 2},
	} {
		middle, half, hosts := fetching.EstimateOffset(c.samples)
		if (middle.Seconds()-c.middle) > 0.001 || (middle.Seconds()-c.middle) < -0.001 || (half.Seconds()-c.half) > 0.001 || (half.Seconds()-c.half) < -0.001 || hosts != c.hosts {
			t.Errorf("%s: %v ± %v of %d, want %v ± %v of %d", name, middle, half, hosts, c.middle, c.half, c.hosts)
		}
	}
}

func TestSampleOf(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	x := fetching.Exchange{Sent: at, Answered: at.Add(2 * time.Second), Header: http.Header{"Date": {"Fri, 02 Jan 2026 03:04:06 GMT"}}}
	s, ok := fetching.SampleOf(x)
	if !ok || s.Low != -time.Second || s.High != 2*time.Second {
		t.Errorf("%+v %v", s, ok)
	}
	for name, change := range map[string]func(*fetching.Exchange){
		"no date":          func(x *fetching.Exchange) { x.Header = nil },
		"a cache":          func(x *fetching.Exchange) { x.Header.Set("Age", "0") },
		"never sent":       func(x *fetching.Exchange) { x.Sent = time.Time{} },
		"a clock set back": func(x *fetching.Exchange) { x.Answered = at.Add(-time.Hour) },
	} {
		x := x
		x.Header = x.Header.Clone()
		change(&x)
		if s, ok := fetching.SampleOf(x); ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
