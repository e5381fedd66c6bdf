//go:build eval

package corroboration

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

	"svidok/evidence"
)

// posts reads the real channel posts of the evaluation data.
func posts(t *testing.T) (texts, channels []string) {
	t.Helper()
	root := os.Getenv("SVIDOK_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(root, "data", "telegram", "channels-2024.tar.gz")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		path = filepath.Join(root, "telegram", "channels-2024.tar.gz")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("the posts are missing (set SVIDOK_DATA): %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return texts, channels
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(h.Name, ".json") {
			continue
		}
		var messages []struct{ Text, Channel string }
		if err := json.NewDecoder(r).Decode(&messages); err != nil {
			t.Fatalf("%s: %v", h.Name, err)
		}
		for _, m := range messages {
			texts, channels = append(texts, m.Text), append(channels, m.Channel)
		}
	}
}

// On real posts, with their real footers, the join finds what counting every shared
// shingle finds: precision and recall are 1.
func TestEvalRealPosts(t *testing.T) {
	texts, channels := posts(t)
	if len(texts) < 20000 {
		t.Fatalf("only %d posts", len(texts))
	}
	for _, bound := range []float64{0.7, 0.3} {
		opt := Options{Jaccard: bound}
		start := time.Now()
		got := joined(texts, opt, generationSets)
		took := time.Since(start)
		want := counted5grams(texts, opt)
		if err := sameMatches(got, want); err != nil {
			t.Error(err)
		}
		relations := map[evidence.Relation]int{}
		across, shingles := 0, 0
		var pairs []Pair
		for i, found := range got {
			shingles += len(gramsOf(foldedWords(texts[i])))
			for _, m := range found {
				relations[m.Relation]++
				pairs = append(pairs, Pair{uint32(i), m.Other})
				if channels[i] != channels[m.Other] {
					across++
				}
			}
		}
		families := map[uint32]int{}
		for _, root := range Families(len(texts), pairs) {
			families[root]++
		}
		largest := 0
		for _, n := range families {
			largest = max(largest, n)
		}
		t.Logf("J >= %v: %d posts of %d shingles each in %v (%.0f/s); %v, %d across channels; %d families, the largest of %d",
			bound, len(texts), shingles/len(texts), took, float64(len(texts))/took.Seconds(), relations, across, len(families), largest)
	}
}
