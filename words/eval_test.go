//go:build eval

package words_test

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

	"svidok/words"
)

// data opens a file of the shared data; SVIDOK_DATA names its folder.
func data(t *testing.T, name string) *os.File {
	t.Helper()
	dir := os.Getenv("SVIDOK_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestEvalLanguageOfCodebookSentences(t *testing.T) {
	b, err := io.ReadAll(data(t, "../codebook/sentences.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	right, n := 0, 0
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) < 4 {
			continue
		}
		n++
		if got, _ := words.Language(f[3]); got == f[0] {
			right++
		} else {
			t.Logf("%s for %s: %s", got, f[0], f[3])
		}
	}
	t.Logf("%d of %d right", right, n)
	if n < 100 || float64(right) < .995*float64(n) {
		t.Errorf("%d of %d right, want .995", right, n)
	}
}

// Real posts of Russian channels: whole posts, and their sentences of five words and more.
// Some are in English, or names only, so this is a bound from below.
func TestEvalLanguageOfChannels(t *testing.T) {
	z, err := gzip.NewReader(data(t, "telegram/channels-2024.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	posts, sentences := map[string]int{}, map[string]int{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var list []struct{ Text string }
		if !strings.HasSuffix(h.Name, ".json") || json.NewDecoder(r).Decode(&list) != nil {
			continue
		}
		for _, p := range list {
			lang, _ := words.Language(p.Text)
			posts[lang]++
			for _, s := range words.Sentences(nil, p.Text) {
				if q := p.Text[s.Start:s.End]; len(strings.Fields(q)) >= 5 {
					lang, _ := words.Language(q)
					sentences[lang]++
				}
			}
		}
	}
	t.Logf("posts %v, sentences %v", posts, sentences)
	for what, m := range map[string]map[string]int{"posts": posts, "sentences": sentences} {
		if cyrillic := m["ru"] + m["uk"] + m["other"]; float64(m["ru"]) < .99*float64(cyrillic) {
			t.Errorf("%s: ru %d of %d", what, m["ru"], cyrillic)
		}
	}
}
