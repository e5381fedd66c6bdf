package coding_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// document is a short report with what must and what must not be found in it.
type document struct {
	name, gate, title, text string
	has                     map[string]evidence.Modality
	not                     []string
}

func readDocuments(t testing.TB) []document {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "documents.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var docs []document
	for block := range strings.SplitSeq(strings.TrimPrefix(string(raw), "== "), "\n== ") {
		part := strings.SplitN(block, "\n", 6)
		if len(part) != 6 {
			t.Fatalf("%q is cut short", block)
		}
		d := document{name: part[0], gate: strings.TrimPrefix(part[1], "gate: "), text: part[5], has: map[string]evidence.Modality{}}
		d.title = strings.TrimSpace(strings.TrimPrefix(part[4], "title:"))
		for pair := range strings.SplitSeq(strings.TrimPrefix(part[2], "has:"), ",") {
			if code, modality, ok := strings.Cut(strings.TrimSpace(pair), " "); ok {
				d.has[code] = evidence.Modality(modality)
			}
		}
		for code := range strings.SplitSeq(strings.TrimPrefix(part[3], "not:"), ",") {
			d.not = append(d.not, strings.TrimSpace(code))
		}
		docs = append(docs, d)
	}
	return docs
}

func TestDocuments(t *testing.T) {
	b := ruled(t)
	docs := readDocuments(t)
	if len(docs) != 12 {
		t.Fatalf("%d documents, want 12", len(docs))
	}
	for _, d := range docs {
		res := b.Code(coding.Input{Title: d.title, Text: d.text})
		anchored(t, d.text, res)
		if string(res.Gate) != d.gate {
			t.Errorf("%s: gate %s, want %s", d.name, res.Gate, d.gate)
		}
		for code, want := range d.has {
			if got := modalityOf(res, code); got != want {
				t.Errorf("%s: %s is %q, want %q", d.name, code, got, want)
			}
		}
		for _, code := range d.not {
			if got := modalityOf(res, code); got != "" {
				t.Errorf("%s: %s is %q, and the text does not say it", d.name, code, got)
			}
		}
	}
}
