//go:build browser

package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"svidok/fetching"
)

// TestPassage: the way out that the house uses.
func TestPassage(t *testing.T) {
	var hits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hits.Add(1); fmt.Fprint(w, "<p>слово</p>") }))
	defer s.Close()
	for _, allow := range [][]netip.Prefix{nil, {netip.MustParsePrefix("127.0.0.0/8")}} {
		c, err := fetching.New(fetching.Options{Now: time.Now, Sleep: unwaited, Allow: allow})
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen, err := found(t, p.Address(), nil).See(t.Context(), s.URL)
		p.Close()
		if allow == nil && (err == nil || hits.Load() > 0) || allow != nil && (err != nil || len(seen.Screenshot) == 0) {
			t.Errorf("allowed %v: %v, %d hits", allow, err, hits.Load())
		}
	}
}

func unwaited(ctx context.Context, _ time.Duration) error { return ctx.Err() }
