package archive_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/archive"
	"svidok/dossier"
)

// TestHealedWhileOpen: a case that somebody has open goes on after its damage was healed by
// another process, and what is kept then is kept in the healed file.
func TestHealedWhileOpen(t *testing.T) {
	a, dir := newCase(t, archive.Options{})
	receive(t, a, give(t, map[string]string{"a.txt": "Synthetic one.", "b.txt": strings.Repeat("Synthetic filler. ", 9000)}))
	twin := filepath.Join(t.TempDir(), "twin")
	mirror := func() (healed int) {
		for row, err := range archive.Mirror(t.Context(), dir, twin, archive.Options{Tool: "svidok/test"}, archive.Mirroring{}) {
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(string(row.Status), "healed") {
				healed++
			}
		}
		return healed
	}
	mirror()
	segment := filepath.Join(dir, "vault", "000001.warc.gz")
	for round, name := range []string{"c.txt", "d.txt"} {
		raw, err := os.ReadFile(segment)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/3] ^= 1
		if err := os.WriteFile(segment, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		if n := mirror(); n != 1 {
			t.Fatalf("round %d: %d healed", round, n)
		}
		got := receive(t, a, give(t, map[string]string{name: "Synthetic " + name}))
		if len(got) != 1 || got[0].Err != nil {
			t.Fatalf("round %d: %+v", round, got)
		}
		work(t, a)
		for c := range dossier.Verify(t.Context(), os.DirFS(dir), dossier.Options{}) {
			if c.Status == dossier.Failed {
				t.Errorf("round %d: %s: %s", round, c.Name, c.Detail)
			}
		}
		if s, err := a.Keeping().Sweep(t.Context(), "", nil); err != nil || s.Damaged != 0 {
			t.Errorf("round %d: %+v, %v", round, s, err)
		}
		for id := range int64(3 + round) {
			d, err := a.Catalog().Report(t.Context(), id+1)
			if err != nil {
				t.Fatal(err)
			}
			r, _, err := a.Object(t.Context(), d.Payload)
			if err != nil {
				t.Errorf("round %d: report %d: %v", round, id+1, err)
				continue
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
