package dossier

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"svidok/timestamp/timestamptest"
)

// Yesterday's bundles are kept for ever: each must verify with no failure, and those of
// this wording without a note about their prose. Whoever changes a word of report,
// methods or VERIFY.md gives the wording a new number and adds bundles of it
// (SVIDOK_WRITE_GOLDEN=1 writes what is not there); the old ones stay as they are, and so do
// the words that they are compared with.
func TestOldBundlesVerify(t *testing.T) {
	for _, lang := range []string{"uk", "en", "ru"} {
		name := filepath.Join("testdata", "bundles", fmt.Sprintf("wording-%d-%s.zip", wording, lang))
		if _, err := os.Stat(name); err != nil && os.Getenv("SVIDOK_WRITE_GOLDEN") == "1" {
			h, m := market(t)
			m.Language, m.Title = lang, ""
			watcher(t, &m)
			m.Crossed = []Crossed{beside(h, elsewhere(t), "x")}
			stampedBy(t, &m, timestamptest.Options{Name: "Synthetic one"})
			stampedBy(t, &m, timestamptest.Options{Name: "Synthetic two"})
			b, _ := written(t, m)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(name); err != nil {
			t.Errorf("no kept bundle of this wording: %v", err)
		}
	}
	kept, err := filepath.Glob(filepath.Join("testdata", "bundles", "*.zip"))
	if err != nil || len(kept) < 3 {
		t.Fatalf("%d kept bundles, %v", len(kept), err)
	}
	current := fmt.Sprintf("wording-%d-", wording)
	for _, name := range kept {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		own := filepath.Base(name)[:len(current)] == current
		for c := range verifyBytes(b, Options{}) {
			if c.Status == Failed || own && c.Name == "wording" {
				t.Errorf("%s: %s %s: %s", name, c.Status, c.Name, c.Detail)
			}
		}
	}
}
