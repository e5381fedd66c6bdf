//go:build browser

package collector_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svidok/archive"
	"svidok/browser"
	"svidok/catalog"
	"svidok/collector"
	"svidok/evidence"
)

// TestPagesThatScriptsFill: a page whose words are there only after scripts have run is
// opened in a browser, though no picture was asked for; what the scripts made is read, and
// is compared at the next visit.
func TestPagesThatScriptsFill(t *testing.T) {
	var word atomic.Value
	word.Store("водовозки")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/app.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			fmt.Fprintf(w, "document.title='Повістки у черзі';document.getElementById('app').innerHTML='<article><h1>Повістки у черзі</h1><p>%s</p></article>';",
				strings.Repeat("Синтетичний зразок: у Макіївці біля "+word.Load().(string)+" чоловікам вручали повістки, а двох забрали без документів. ", 12))
		case "/page":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			// The nonce is another each time: the bytes of the answer are no measure.
			fmt.Fprintf(w, `<!DOCTYPE html><html lang="uk"><head><title>…</title></head><body><div id="app"></div><script nonce="%d" src="/app.js"></script></body></html>`, time.Now().UnixNano())
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	b := newBench(t)
	chromium, err := browser.Find(t.Context(), browser.Options{Now: time.Now, Languages: "uk"})
	if err != nil {
		t.Fatalf("Chromium is missing: apt-get install chromium (make test does it): %v", err)
	}
	b.watch(t, archive.Watched{Address: s.URL + "/page", Type: evidence.SourcePage, Every: time.Hour})
	c, err := collector.New(collector.Options{Archive: b.Archive, Now: b.Now, Sleep: b.Sleep, Rand: rand.Reader, Client: b.client(t), Browser: chromium, Tool: "svidok/test"})
	if err != nil {
		t.Fatal(err)
	}
	visit := func() evidence.Visit {
		b.Sleep(t.Context(), 2*time.Hour)
		if err := c.Once(t.Context(), true, nil); err != nil {
			t.Fatal(err)
		}
		if err := b.Work(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		list, err := b.Catalog().Sources(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		return list[0].Last.Visit
	}
	found := func(word string) int {
		f, err := b.Find(t.Context(), archive.Search{Query: word, Filter: catalog.Filter{Limit: 10}})
		if err != nil {
			t.Fatal(err)
		}
		return len(f.Hits)
	}
	if v := visit(); v.Outcome != evidence.VisitNew || v.Taken != 1 || found("водовозки") != 1 {
		t.Errorf("%+v, %d with the words", v, found("водовозки"))
	}
	if v := visit(); v.Outcome != evidence.VisitSame {
		t.Errorf("nothing changed but the answer's nonce: %+v", v)
	}
	word.Store("пекарні")
	if v := visit(); v.Outcome != evidence.VisitNew || found("пекарні") != 1 {
		t.Errorf("what scripts made changed: %+v", v)
	}
	hollow, err := b.Catalog().Hollows(t.Context(), 10)
	if err != nil || len(hollow) != 0 {
		t.Errorf("called hollow: %+v, %v", hollow, err)
	}
}
