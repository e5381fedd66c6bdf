//go:build eval

package places

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/words"
)

// posts reads the Telegram posts of 24 Russian channels.
func posts(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("SVIDOK_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, "telegram", "channels-2024.tar.gz"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".json") {
			continue
		}
		var list []struct {
			Text string `json:"text"`
		}
		if err := json.NewDecoder(r).Decode(&list); err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			all = append(all, p.Text)
		}
	}
}

// TestEvalPosts runs the finder over real posts and shows every so many a Ukrainian place
// that it found, to be looked at for false alarms.
func TestEvalPosts(t *testing.T) {
	all := posts(t)
	g := Default()
	g.finder()
	var c words.Cut
	var took time.Duration
	ours, foreign, open, n := 0, 0, 0, 0
	for _, text := range all {
		c.Read(text)
		start := time.Now()
		found := g.Find(&c, "", Hint{})
		took += time.Since(start)
		for _, m := range found {
			switch {
			case m.Foreign != "":
				foreign++
				continue
			case m.Place == nil:
				open++
			default:
				ours++
			}
			n++
			if n%postsEvery != 0 {
				continue
			}
			full := "?"
			if m.Place != nil {
				full = g.Full(m.Place.Index) + ", " + g.Full(g.Oblast(m.Place.Index))
			}
			from, to := max(0, m.Start-70), min(len(text), m.End+60)
			t.Logf("%s [%s %s] %s | …%s…", text[m.Start:m.End], m.Kind, m.Role, full, strings.ToValidUTF8(strings.ReplaceAll(text[from:to], "\n", "⏎"), ""))
		}
	}
	t.Logf("%d posts, %d places, %d undecided, %d foreign, %v a post", len(all), ours, open, foreign, took/time.Duration(max(1, len(all))))
}

const postsEvery = 41
