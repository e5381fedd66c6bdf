package collector_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svidok/archive"
	"svidok/evidence"
)

// TestGonePagesStayGone: a page that was never there is a failure; one that vanished is told
// once, and again only when it comes back.
func TestGonePagesStayGone(t *testing.T) {
	var there atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !there.Load() {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprintf(w, "<html><body>Nothing here. %d</body></html>", time.Now().UnixNano())
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<html><title>Synthetic</title><body><article><p>%s</p></article></body></html>", strings.Repeat("Synthetic sample of a page about a queue for water. ", 20))
	}))
	defer s.Close()
	b := newBench(t)
	b.watch(t, archive.Watched{Address: s.URL + "/page", Type: evidence.SourcePage, Every: time.Hour})
	c := b.collector(t, evidence.Settings{})
	visit := func() (evidence.Visit, int) {
		b.Sleep(t.Context(), 26*time.Hour)
		_ = c.Once(t.Context(), true, nil) // what came of it stands in the visit
		list, err := b.Catalog().Sources(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		return list[0].Last.Visit, list[0].Gone
	}
	for range 2 {
		if v, gone := visit(); v.Outcome != evidence.VisitFailed || v.Taken != 0 || gone != 0 {
			t.Errorf("never there: %+v, %d gone", v, gone)
		}
	}
	there.Store(true)
	if v, _ := visit(); v.Outcome != evidence.VisitNew || v.Taken != 1 {
		t.Errorf("there: %+v", v)
	}
	there.Store(false)
	if v, gone := visit(); v.Outcome != evidence.VisitNew || len(v.Gone) != 1 || gone != 1 {
		t.Errorf("vanished: %+v, %d gone", v, gone)
	}
	for range 2 {
		if v, gone := visit(); v.Outcome != evidence.VisitSame || len(v.Gone) != 0 || gone != 1 || v.Taken != 0 {
			t.Errorf("still gone: %+v, %d gone", v, gone)
		}
	}
	there.Store(true)
	if v, gone := visit(); v.Outcome != evidence.VisitNew || gone != 0 {
		t.Errorf("back: %+v, %d gone", v, gone)
	}
}

// TestAllLooksAgain: pages of a feed are looked at again after hours; who asks for all looks at once.
func TestAllLooksAgain(t *testing.T) {
	var word atomic.Value
	word.Store("queue")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>Herald</title><item><title>One</title><link>http://%[1]s/1</link></item><item><title>Two</title><link>http://%[1]s/2</link></item></channel></rss>`, r.Host)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<html><title>Page %s</title><body><article><p>%s</p></article></body></html>", r.URL.Path, strings.Repeat("Synthetic sample of a page about a "+word.Load().(string)+" for water. ", 20))
	}))
	defer s.Close()
	b := newBench(t)
	b.watch(t, archive.Watched{Address: s.URL + "/feed", Type: evidence.SourceFeed, Every: time.Minute})
	c := b.collector(t, evidence.Settings{})
	visit := func(all bool) evidence.Visit {
		b.Sleep(t.Context(), 2*time.Minute)
		if err := c.Once(t.Context(), all, nil); err != nil {
			t.Fatal(err)
		}
		list, err := b.Catalog().Sources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return list[0].Last.Visit
	}
	if v := visit(true); v.Taken != 2 || v.Requests > 4 {
		t.Errorf("%+v", v)
	}
	word.Store("bakery")
	if v := visit(false); v.Taken != 0 || len(v.Same) != 0 {
		t.Errorf("looked at again within minutes: %+v", v)
	}
	if v := visit(true); v.Taken != 2 {
		t.Errorf("all was asked for: %+v", v)
	}
	if v := visit(true); v.Taken != 0 || len(v.Same) != 2 {
		t.Errorf("nothing changed: %+v", v)
	}
}
