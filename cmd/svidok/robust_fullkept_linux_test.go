package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/telegram/previewtest"
	"svidok/timestamp/timestamptest"
)

// TestFullDiskWhileCollecting lets a collector run into a full disk: clear words, the case
// verifies while it is full, and when there is room each post is taken once.
func TestFullDiskWhileCollecting(t *testing.T) {
	const posts = 200
	ch := &previewtest.Channel{Name: "synthetic_steppe", Title: "Зразок"}
	for n := range int64(posts) {
		ch.Put(inventedPost(n + 1))
	}
	s := httptest.NewServer(ch)
	defer s.Close()
	sizes := []int{1 << 20, 1280 << 10, 1792 << 10}
	if testing.Short() {
		sizes = sizes[1:2]
	}
	met := 0
	for _, size := range sizes {
		disk := smallDisk(t, size)
		dir := filepath.Join(disk, "case")
		mustRun(t, "init", dir)
		mustRun(t, "settings", dir, "--allow", "127.0.0.0/8", "--pace", "1ms", "--robots=false")
		mustRun(t, "watch", dir, s.URL+"/s/synthetic_steppe", "--type", "telegram")
		collect := []string{"collect", dir, "--all", "--no-browser", "--no-work", "-q", "--json"}
		for range 2 { // the second begins with a disk that is full already
			if r := try(t, collect...); r.code != exitOK {
				met++
				r.saysFull(t)
			}
			mustRun(t, "verify", dir)
		}
		resize(t, disk, 64<<20)
		if r := try(t, collect...); r.code != exitOK {
			t.Fatalf("disk of %d: with room again: exit %d\n%s", size, r.code, r.words)
		}
		mustRun(t, "verify", dir)
		takenOnce(t, dir, posts)
	}
	if met == 0 {
		t.Fatal("no disk was full: the test shows nothing")
	}
}

// TestFullDiskWhileStamped leaves 0, 1, 2, … pages for the time-stamps, so that each write
// of keeping one is the one that fails.
func TestFullDiskWhileStamped(t *testing.T) {
	disk := smallDisk(t, 24<<20)
	dir, input := filepath.Join(disk, "case"), t.TempDir()
	var addresses []string
	for _, name := range []string{"Synthetic one", "Synthetic two"} {
		a, err := timestamptest.New(timestamptest.Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(a)
		defer s.Close()
		addresses = append(addresses, s.URL+"/")
	}
	mustRun(t, "init", dir)
	mustRun(t, "settings", dir, "--allow", "127.0.0.0/8", "--authority", strings.Join(addresses, ","))
	pages := []int64{0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128}
	if testing.Short() {
		pages = []int64{0, 3, 8}
	}
	failed, done := 0, 0
	for i, n := range pages {
		mustRun(t, "add", dir, write1(t, input, i), "--quiet")
		free := fill(t, disk, n*int64(os.Getpagesize()))
		code, out, words := runHere(t, "", "stamp", dir)
		if code == exitOK {
			done++
		} else if failed++; !strings.Contains(words, "No space left") || !strings.Contains(words, "→") {
			t.Errorf("%d pages: no clear word about a full disk: %d\n%s%s", n, code, out, words)
		}
		mustRun(t, "verify", dir) // while it is full
		free()
		mustRun(t, "stamp", dir)
		if _, out, _ := runHere(t, "", "verify", dir); !strings.Contains(out, "note     time-stamp               at least two authorities") || strings.Contains(out, "failed") {
			t.Fatalf("%d pages were free; now there is room, and it is stamped:\n%s", n, out)
		}
	}
	t.Logf("%d failed, %d had room", failed, done)
	if failed == 0 {
		t.Fatal("the disk was never full: the test shows nothing")
	}
}
