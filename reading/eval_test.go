//go:build eval

package reading_test

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

	"golang.org/x/text/encoding"

	"svidok/evidence"
	"svidok/reading"
	"svidok/words"
)

// data reads a file of the shared data; SVIDOK_DATA names its folder.
func data(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("SVIDOK_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tokenF1 compares two texts as bags of folded words.
func tokenF1(got, want string) float64 {
	count := map[string]int{}
	for _, k := range words.Tokenize(nil, want) {
		count[string(words.Fold(nil, want[k.Start:k.End]))]++
	}
	same, n := 0, words.Tokenize(nil, got)
	for _, k := range n {
		w := string(words.Fold(nil, got[k.Start:k.End]))
		if count[w] > 0 {
			count[w]--
			same++
		}
	}
	return 2 * float64(same) / float64(len(n)+len(words.Tokenize(nil, want)))
}

func TestEvalNewsPages(t *testing.T) {
	for page, name := range map[string]string{"html/Kommersant_2025_05_14.html.gz": "html/Kommersant.json", "html/Pravda_2026_01_08.html.gz": "html/Pravda.json"} {
		var gold struct {
			V1 struct {
				Title           string
				Authors         []string
				Publishing_date string
				Body            struct {
					Summary  []string
					Sections []struct{ Headline, Paragraphs []string }
				}
			}
		}
		if err := json.Unmarshal(data(t, name), &gold); err != nil {
			t.Fatal(err)
		}
		body := gold.V1.Body.Summary
		for _, s := range gold.V1.Body.Sections {
			body = append(append(body, s.Headline...), s.Paragraphs...)
		}
		r, err := reading.Read(data(t, page), "text/html", evidence.Claims{})
		if err != nil {
			t.Fatal(err)
		}
		f1 := tokenF1(r.Text, strings.Join(body, "\n\n"))
		t.Logf("%s: F1 %.4f, title %q, author %q, published %+v, outlet %q, language %s, problems %q", page, f1, r.Title, r.Author, r.Published, r.Outlet, r.Language, r.Problems)
		day := strings.ReplaceAll(gold.V1.Publishing_date[:19], " ", "T")
		if f1 < .97 || r.Title != gold.V1.Title || r.Author != strings.Join(gold.V1.Authors, ", ") || !strings.HasPrefix(r.Published.From, day) || r.Language != "ru" {
			t.Errorf("%s: not as the gold says", page)
		}
	}
}

func TestEvalPlainReport(t *testing.T) {
	raw := data(t, "reports/calling-up-men-in-occupied-areas.txt")
	r, err := reading.Read(raw, "text/plain", evidence.Claims{})
	if err != nil || r.Language != "en" || r.Text != strings.ReplaceAll(string(raw), "\r\n", "\n") {
		t.Errorf("%v, %s, %d of %d bytes", err, r.Language, len(r.Text), len(raw))
	}
}

// Beginnings of real posts, written in each encoding and read without a hint.
func TestEvalEncodings(t *testing.T) {
	z := tar.NewReader(strings.NewReader(string(data(t, "telegram/channels-2024.tar.gz"))))
	var posts []string
	for {
		h, err := z.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var list []struct{ Text string }
		if strings.HasSuffix(h.Name, ".json") && json.NewDecoder(z).Decode(&list) == nil {
			for i := 0; i < len(list); i += 20 {
				posts = append(posts, list[i].Text)
			}
		}
	}
	for _, length := range []int{60, 300, 3000} {
		for name, enc := range encodings() {
			right, n := 0, 0
			for _, p := range posts {
				runes := []rune(strings.Map(plain, p))
				if len(runes) > length {
					runes = runes[:length]
				}
				text := strings.TrimSpace(string(runes))
				if len(runes) < 40 || len(text) < len(runes) {
					continue
				}
				raw, err := encoding.ReplaceUnsupported(enc.NewEncoder()).Bytes([]byte(text))
				if err != nil {
					continue
				}
				r, err := reading.Read(raw, "text/plain", evidence.Claims{})
				if n++; err == nil && r.Text == text {
					right++
				}
			}
			t.Logf("%d characters, %s: %d of %d", length, name, right, n)
			want := .99
			if name == "x-mac-cyrillic" {
				want = .94 // it shares the small letters with windows-1251, which is far more common
			}
			if n == 0 || float64(right) < want*float64(n) {
				t.Errorf("%d characters, %s: %d of %d", length, name, right, n)
			}
		}
	}
}

// plain drops what the single-byte encodings cannot write.
func plain(r rune) rune {
	switch {
	case r == '\n' || r >= ' ' && r < 0x7F || r >= 'А' && r <= 'я':
		return r
	}
	return ' '
}
