package collector_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/collector"
	"svidok/evidence"
	"svidok/fetching"
	"svidok/telegram/previewtest"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// clock moves only when somebody sleeps.
type clock struct {
	mu sync.Mutex
	at time.Time
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
	return ctx.Err()
}

// bench is a case with a collector under a clock.
type bench struct {
	*archive.Archive
	*clock
	dir     string
	notices []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{clock: &clock{at: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}, dir: t.TempDir()}
	var err error
	if b.Archive, err = archive.Create(t.Context(), b.dir+"/case", archive.Options{Now: b.Now, Tool: "svidok/test"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func (b *bench) collector(t *testing.T, s evidence.Settings) *collector.Collector {
	t.Helper()
	if err := b.Keeping().Set(t.Context(), "", s, nil); err != nil {
		t.Fatal(err)
	}
	c, err := collector.New(collector.Options{Archive: b.Archive, Now: b.Now, Sleep: b.Sleep, Rand: rand.Reader, Client: b.client(t), Settings: s, Tool: "svidok/test", Notice: func(s string) { b.notices = append(b.notices, s) }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *bench) client(t *testing.T) *fetching.Client {
	t.Helper()
	client, err := fetching.New(fetching.Options{Now: b.Now, Sleep: b.Sleep, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Pace: -1, Tries: 2, Head: 2 * time.Second, Total: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// bytes are an object's.
func (b *bench) bytes(t *testing.T, h evidence.Hash) []byte {
	t.Helper()
	r, _, err := b.Object(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return raw
}

func (b *bench) watch(t *testing.T, w archive.Watched) evidence.Source {
	t.Helper()
	s, err := b.Keeping().Watch(t.Context(), "", w)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// authority is one at an address, which may get other keys.
type authority struct {
	*timestamptest.Authority
	b    *bench
	name string
}

func (a *authority) rekey(t *testing.T) {
	t.Helper()
	var err error
	if a.Authority, err = timestamptest.New(timestamptest.Options{Name: a.name, Now: a.b.Now, Years: 2}); err != nil {
		t.Fatal(err)
	}
}

func authorities(t *testing.T, b *bench, n int) ([]*authority, []string) {
	t.Helper()
	var list []*authority
	var addresses []string
	for i := range n {
		a := &authority{b: b, name: fmt.Sprintf("Synthetic %d", i)}
		a.rekey(t)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.ServeHTTP(w, r) }))
		t.Cleanup(s.Close)
		list, addresses = append(list, a), append(addresses, s.URL+"/")
	}
	return list, addresses
}

func TestTwoAuthoritiesVouch(t *testing.T) {
	b := newBench(t)
	list, addresses := authorities(t, b, 2)
	c := b.collector(t, evidence.Settings{Authorities: addresses})
	v, err := b.Keeping().Vouched(t.Context())
	if err != nil || v.Unstamped == 0 || v.Late {
		t.Fatalf("%+v %v", v, err)
	}
	if err := c.Vouch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if v, err = b.Keeping().Vouched(t.Context()); err != nil || v.Unstamped != 0 || v.Stamped == 0 || !v.Since.IsZero() {
		t.Errorf("%+v %v", v, err)
	}
	asked := list[0].Asked()
	b.Sleep(t.Context(), 24*time.Hour)
	if err := c.Vouch(t.Context(), false); err != nil || list[0].Asked() != asked {
		t.Errorf("asked %d times more for nothing: %v", list[0].Asked()-asked, err)
	}
	// One authority fails: what the other gives is kept, the failure is told, and it is late after an hour.
	list[1].SetDown(true)
	if err := b.Keeping().LogSearch(t.Context(), "", archive.Searched{Where: "x", Query: "y"}); err != nil {
		t.Fatal(err)
	}
	b.Sleep(t.Context(), 2*time.Hour)
	if err := c.Vouch(t.Context(), false); err == nil || !strings.Contains(err.Error(), addresses[1]) {
		t.Errorf("a failure is not told: %v", err)
	}
	if v, err = b.Keeping().Vouched(t.Context()); err != nil || v.Unstamped == 0 || !v.Late {
		t.Errorf("%+v %v", v, err)
	}
	if err := c.Vouch(t.Context(), false); err != nil {
		t.Errorf("an authority that failed is asked again at once: %v", err)
	}
	list[1].SetDown(false)
	b.Sleep(t.Context(), 2*time.Hour)
	if err := c.Vouch(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if v, err = b.Keeping().Vouched(t.Context()); err != nil || v.Unstamped != 0 || v.Late {
		t.Errorf("%+v %v", v, err)
	}
	// Near the end of the certificates the time-stamps are renewed.
	// One that has no certificate that lasts longer renews nothing.
	b.Sleep(t.Context(), 300*24*time.Hour)
	if err := c.Vouch(t.Context(), false); err != nil {
		t.Errorf("it is told as a failure months before: %v", err)
	}
	b.Sleep(t.Context(), 55*24*time.Hour)
	if err := c.Vouch(t.Context(), false); err == nil || !strings.Contains(err.Error(), "no later") {
		t.Errorf("renewed by what ends as soon: %v", err)
	}
	for _, a := range list {
		a.rekey(t)
	}
	b.Sleep(t.Context(), 25*time.Hour)
	if err := c.Vouch(t.Context(), false); err != nil {
		t.Errorf("not renewed: %v", err)
	}
	stamps, err := b.Catalog().Stamps(t.Context(), 100)
	renewed, first := 0, 0
	for _, s := range stamps {
		if len(s.Renews) == 0 {
			first++
		}
		for _, h := range s.Renews {
			renewed++
			raw := b.bytes(t, s.Bundle)
			old := slices.IndexFunc(stamps, func(x catalog.Stamp) bool { return x.Ref == h })
			if stamps[old].Authority != s.Authority {
				t.Errorf("a time-stamp of %s is renewed by %s", stamps[old].Authority, s.Authority)
			}
			if _, err := timestamp.EvidenceRecord([][]byte{b.bytes(t, stamps[old].Bundle), raw}); err != nil {
				t.Errorf("no evidence record: %v", err)
			}
		}
	}
	if err != nil || renewed != first || first == 0 {
		t.Errorf("%d of %d time-stamps renewed, %v", renewed, first, err)
	}
}

// TestOneOperatorOfTwoChains: two authorities of one organisation are one, on the desk as for a verifier.
func TestOneOperatorOfTwoChains(t *testing.T) {
	for organisations, want := range map[[2]string]bool{{"Synthetic House", "Synthetic House"}: false, {"Synthetic House", "Another House"}: true} {
		b := newBench(t)
		var addresses []string
		for i, o := range organisations {
			a, err := timestamptest.New(timestamptest.Options{Name: fmt.Sprintf("Synthetic %d", i), Organization: o, Now: b.Now})
			if err != nil {
				t.Fatal(err)
			}
			s := httptest.NewServer(a)
			t.Cleanup(s.Close)
			addresses = append(addresses, s.URL)
		}
		if err := b.collector(t, evidence.Settings{Authorities: addresses}).Vouch(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if v, err := b.Keeping().Vouched(t.Context()); err != nil || (v.Unstamped == 0) != want {
			t.Errorf("%v: %+v %v", organisations, v, err)
		}
	}
}

// TestOneAuthorityUnderTwoNames: the same authority at two addresses is one.
func TestOneAuthorityUnderTwoNames(t *testing.T) {
	b := newBench(t)
	a, err := timestamptest.New(timestamptest.Options{Now: b.Now})
	if err != nil {
		t.Fatal(err)
	}
	one, two := httptest.NewServer(a), httptest.NewServer(a)
	defer one.Close()
	defer two.Close()
	c := b.collector(t, evidence.Settings{Authorities: []string{one.URL, two.URL}})
	if err := c.Vouch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	// With the root unknown, and then with the root known, it is one.
	if v, err := b.Keeping().Vouched(t.Context()); err != nil || v.Unstamped == 0 {
		t.Errorf("one authority at two addresses counts for two: %+v %v", v, err)
	}
	if err := b.Keeping().Set(t.Context(), "", evidence.Settings{Authorities: []string{one.URL, two.URL}}, a.RootPEM()); err != nil {
		t.Fatal(err)
	}
	s, err := b.Keeping().Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client, err := fetching.New(fetching.Options{Now: b.Now, Sleep: b.Sleep, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	c, err = collector.New(collector.Options{Archive: b.Archive, Now: b.Now, Sleep: b.Sleep, Rand: rand.Reader, Client: client, Settings: s, Tool: "svidok/test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Vouch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if v, err := b.Keeping().Vouched(t.Context()); err != nil || v.Unstamped == 0 {
		t.Errorf("one authority counts as two: %+v %v", v, err)
	}
}

// TestBadAuthority: a token that proves nothing is not kept as if it did.
func TestBadAuthority(t *testing.T) {
	b := newBench(t)
	for name, o := range map[string]timestamptest.Options{"for everything": {MorePurpose: true}, "another's certificate": {Wrong: true}, "expired": {From: b.Now().AddDate(-4, 0, 0), Years: 1}, "denies": {Deny: true}} {
		o.Now = b.Now
		a, err := timestamptest.New(o)
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(a)
		defer s.Close()
		if err := b.collector(t, evidence.Settings{Authorities: []string{s.URL}}).Vouch(t.Context(), true); err == nil {
			t.Errorf("%s: nothing is told", name)
		}
	}
	if list, err := b.Catalog().Stamps(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("%d stamps kept, %v", len(list), err)
	}
}

// site is a server of everything, which fails in every way by turns.
func site(t *testing.T, ch *previewtest.Channel, fails *atomic.Int64) *httptest.Server {
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fails != nil && strings.HasPrefix(r.URL.Path, "/s/") {
			switch n.Add(1) % 11 {
			case 1:
				fails.Add(1)
				w.Header().Set("Retry-After", "7200")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			case 3:
				fails.Add(1)
				w.WriteHeader(http.StatusBadGateway)
				return
			case 5:
				fails.Add(1)
				w.Header().Set("Content-Length", "100000")
				fmt.Fprint(w, "<html>")
				return
			case 7:
				fails.Add(1)
				if h, ok := w.(http.Hijacker); ok {
					conn, _, err := h.Hijack()
					if err == nil {
						conn.Close()
					}
				}
				return
			case 9:
				fails.Add(1)
				http.Redirect(w, r, r.URL.Path, http.StatusFound)
				return
			}
		}
		if strings.HasPrefix(r.URL.Path, "/s/") || strings.HasPrefix(r.URL.Path, "/media/") {
			ch.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func post(n int64, at time.Time) previewtest.Post {
	return previewtest.Post{Number: n, Text: fmt.Sprintf("Синтетичний допис %d про повістки біля крамниці.", n), At: at}
}

// TestMonths: a collector under a clock runs for months against servers that fail in every
// way. It loses no post, notes what was edited and deleted, and keeps memory flat.
func TestMonths(t *testing.T) {
	days := 90
	if testing.Short() {
		days = 14
	}
	b := newBench(t)
	ch := &previewtest.Channel{Name: "synthetic_steppe", Title: "Зразок"}
	var fails atomic.Int64
	s := site(t, ch, &fails)
	c := b.collector(t, evidence.Settings{})
	src := b.watch(t, archive.Watched{Type: evidence.SourceTelegram, Address: s.URL + "/s/synthetic_steppe", Every: 6 * time.Hour, Name: "Зразок"})
	goroutines := runtime.NumGoroutine()
	number := int64(0)
	begin := b.Now()
	for b.Now().Sub(begin) < time.Duration(days)*24*time.Hour {
		for range 3 {
			number++
			ch.Put(post(number, b.Now()))
		}
		if number%30 == 0 {
			p := post(number-5, b.Now())
			p.Text, p.Edited = "Виправлений допис", true
			ch.Put(p)
			ch.Delete(number - 8)
		}
		if err := c.Once(t.Context(), false, nil); err != nil && (errors.Is(err, evidence.ErrTampered) || t.Context().Err() != nil) {
			t.Fatal(err)
		}
		b.Sleep(t.Context(), 6*time.Hour)
	}
	for range 20 { // the last posts, when the server is in a good hour
		if err := c.Once(t.Context(), true, nil); err == nil {
			break
		}
		b.Sleep(t.Context(), 6*time.Hour)
	}
	got, err := b.Catalog().Source(t.Context(), src.ID)
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.Catalog().Numbered(t.Context(), src.ID, 1, number)
	if err != nil || int64(len(list)) < number-3 {
		t.Errorf("%d posts of %d, %v", len(list), number, err)
	}
	if fails.Load() < 10 || got.Changed == 0 || got.Gone == 0 {
		t.Errorf("%d failures, %d changed, %d gone", fails.Load(), got.Changed, got.Gone)
	}
	if n := runtime.NumGoroutine(); n > goroutines+20 {
		t.Errorf("%d goroutines before, %d after", goroutines, n)
	}
	t.Logf("%d days: %d posts, %d failures of the server, %d changed, %d gone, %d entries", days, len(list), fails.Load(), got.Changed, got.Gone, got.Position)
}

func TestOutcomes(t *testing.T) {
	b := newBench(t)
	closed := &previewtest.Channel{Name: "closed_channel", Title: "Зразок", Closed: true}
	s := site(t, closed, nil)
	c := b.collector(t, evidence.Settings{})
	for name, w := range map[string]struct {
		watched archive.Watched
		want    evidence.VisitOutcome
		why     string
	}{
		"closed": {archive.Watched{Type: evidence.SourceTelegram, Address: s.URL + "/s/closed_channel"}, evidence.VisitClosed, "without an account"},
		"gone":   {archive.Watched{Type: evidence.SourceFeed, Address: s.URL + "/feed"}, evidence.VisitFailed, "404"},
		"inside": {archive.Watched{Type: evidence.SourcePage, Address: "http://10.0.0.1/"}, evidence.VisitRefused, "public Internet"},
		"nobody": {archive.Watched{Type: evidence.SourcePage, Address: "http://127.0.0.1:1/"}, evidence.VisitFailed, "not reachable"},
		"folder": {archive.Watched{Type: evidence.SourceFolder, Address: b.dir + "/nowhere"}, evidence.VisitFailed, "no such file"},
	} {
		src := b.watch(t, w.watched)
		if err := c.Once(t.Context(), false, nil); err == nil {
			t.Errorf("%s: nothing is told", name)
		}
		got, err := b.Catalog().Source(t.Context(), src.ID)
		if err != nil || got.Last.Outcome != w.want || !strings.Contains(got.Last.Why, w.why) {
			t.Errorf("%s: %q %q, %v", name, got.Last.Outcome, got.Last.Why, err)
		}
		if !collector.Next(got).After(b.Now()) {
			t.Errorf("%s: due again at once", name)
		}
	}
	if err := c.Once(t.Context(), false, nil); err != nil {
		t.Errorf("sources that failed are visited again at once: %v", err)
	}
}
