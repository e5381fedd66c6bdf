//go:build eval

package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/intake/telegramtest"
)

func shared(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("SVIDOK_DATA")
	if root == "" {
		root = "../../shared"
	}
	for _, p := range []string{filepath.Join(root, "data", name), filepath.Join(root, name)} {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	t.Fatalf("%s is not below %s", name, root)
	return ""
}

// Real posts, written as an export, come out one by one, each at its own bytes.
func TestEvalRealPosts(t *testing.T) {
	f, err := os.Open(shared(t, "telegram/channels-2024.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	posts, err := telegramtest.FromChannels(f)
	if err != nil || len(posts) != 22099 {
		t.Fatalf("%d posts, %v", len(posts), err)
	}
	var file bytes.Buffer
	if err := telegramtest.Write(&file, posts); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "result.json"), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	n := 0
	for it, err := range Reports(context.Background(), []string{dir}, nil, Limits{}) {
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			ID   int64  `json:"id"`
			Text string `json:"text"`
		}
		if err := json.Unmarshal(it.Data, &m); err != nil {
			t.Fatal(err)
		}
		p := posts[n]
		if m.ID != p.ID || m.Text != strings.ToValidUTF8(p.Text, "\uFFFD") || it.Claims.Outlet != p.Channel ||
			it.Claims.Published != p.Date.UTC().Format("2006-01-02T15:04:05Z") || it.Within != fmt.Sprintf("message %d of chat %d", p.ID, p.ChannelID) || len(it.Problems) > 0 {
			t.Fatalf("post %d: %+v\nwant %+v", n, it, p)
		}
		n++
	}
	if n != len(posts) {
		t.Errorf("%d of %d posts", n, len(posts))
	}
}

// Every archive of the fixtures: which records are reports, which lie beside, what is named.
func TestEvalArchiveFixtures(t *testing.T) {
	for name, want := range map[string]string{
		"example.warc": "R A", "example.warc.gz": "R A", "example.arc": "R", "example.arc.gz": "R",
		"example-iana.org-chunked.warc": "R", "example-resource.warc.gz": "R", "post-test.warc.gz": "A A A",
		"example-space-in-target-uri.warc.gz": "A", "example-wget-bad-target-uri.warc.gz": "R",
		"example-space-in-url.arc": "!", "bad.arc": "! ! R !", "example-bad-non-chunked.warc.gz": "R A", "example-bad.warc.gz.bad": "R A A",
		"example-digest.warc": "", "example-trunc.warc": "R !", "example-wrong-chunks.warc.gz": "R",
	} {
		var got []string
		for it, err := range Reports(context.Background(), []string{shared(t, "fixtures/warc/"+name)}, nil, Limits{}) {
			switch {
			case err != nil:
				if !errors.Is(err, evidence.ErrFormat) || !strings.Contains(err.Error(), "at byte") {
					t.Errorf("%s: %v", name, err)
				}
				got = append(got, "!")
			case it.Door != DoorWARC:
				t.Errorf("%s is not seen as an archive but as %s", name, it.MediaType)
			case it.Part == evidence.PartReport:
				got = append(got, "R")
			default:
				got = append(got, "A")
			}
			if testing.Verbose() {
				t.Log(name, it.Part, it.Within, it.MediaType, it.Claims, it.Problems, it.Parent, err)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", name, got, want)
		}
	}
}
