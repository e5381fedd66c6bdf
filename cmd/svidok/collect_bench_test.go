//go:build bench

package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"svidok/telegram/previewtest"
)

// BenchmarkCollect runs the program itself against a channel server on this machine: 10,000
// posts, from the first page of the preview back to the first post, each durable.
func BenchmarkCollect(b *testing.B) {
	const posts = 10_000
	ch := &previewtest.Channel{Name: "synthetic_steppe", Title: "Зразок"}
	list := make([]previewtest.Post, 0, posts)
	for n := range int64(posts) {
		p := inventedPost(n + 1)
		p.Photo = ""
		list = append(list, p)
	}
	ch.Put(list...)
	s := httptest.NewServer(ch)
	defer s.Close()
	for b.Loop() {
		dir := filepath.Join(b.TempDir(), "case")
		run := func(args ...string) {
			cmd := svidok(b.Context(), args...)
			var words bytes.Buffer
			cmd.Stderr = &words
			if err := cmd.Run(); err != nil {
				b.Fatalf("svidok %v: %v\n%s", args, err, words.String())
			}
		}
		run("init", dir)
		run("settings", dir, "--allow", "127.0.0.0/8", "--pace", "1ms", "--robots=false")
		run("watch", dir, s.URL+"/s/synthetic_steppe", "--type", "telegram")
		begin := time.Now()
		for range (posts+1999)/2000 + 1 {
			run("collect", dir, "--all", "--no-browser", "--no-work", "-q")
		}
		b.ReportMetric(posts/time.Since(begin).Seconds(), "posts/s")
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
	}
}
