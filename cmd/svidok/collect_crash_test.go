package main

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"svidok/archive"
	"svidok/telegram/previewtest"
)

// A collector that is killed again and again, at random moments, loses nothing and takes
// nothing twice: at the end the case holds each post once, and every byte verifies.
func TestKilledWhileCollecting(t *testing.T) {
	const posts = 240
	kills := 8
	if testing.Short() {
		kills = 2
	}
	ch := &previewtest.Channel{Name: "synthetic_steppe", Title: "Зразок"}
	for n := range int64(posts) {
		ch.Put(inventedPost(n + 1))
	}
	s := httptest.NewServer(ch)
	defer s.Close()
	dir := filepath.Join(t.TempDir(), "case")
	mustRun(t, "init", dir)
	mustRun(t, "settings", dir, "--allow", "127.0.0.0/8", "--pace", "1ms", "--robots=false")
	mustRun(t, "watch", dir, s.URL+"/s/synthetic_steppe", "--type", "telegram", "--name", "Steppe")
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for range kills {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(150+r.IntN(1200))*time.Millisecond)
		cmd := svidok(ctx, "collect", dir, "--all", "--no-browser", "--no-work", "-q")
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
		_ = cmd.Run() // it is to be killed, and may be done before
		cancel()
		mustRun(t, "verify", dir)
	}
	mustRun(t, "collect", dir, "--all", "--no-browser", "--no-work", "-q")
	mustRun(t, "verify", dir)
	takenOnce(t, dir, posts)
}

// takenOnce demands that a case holds each post of its one channel once.
func takenOnce(t *testing.T, dir string, posts int64) {
	t.Helper()
	a, err := archive.Open(t.Context(), dir, archive.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	list, err := a.Catalog().Sources(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	items, err := a.Catalog().Numbered(t.Context(), list[0].ID, 1, posts)
	if err != nil || int64(len(items)) != posts {
		t.Errorf("%d posts of %d, %v", len(items), posts, err)
	}
	for _, it := range items {
		if it.Versions != 1 || !it.Gone.IsZero() {
			t.Errorf("post %s: %d versions, gone %v", it.Name, it.Versions, it.Gone)
		}
	}
	totals, err := a.Catalog().Totals(t.Context())
	if err != nil || int64(totals.Reports) != posts {
		t.Errorf("%d reports of %d posts, %v", totals.Reports, posts, err)
	}
}
