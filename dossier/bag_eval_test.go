//go:build eval

package dossier

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConformanceBags judges the conformance bags of the BagIt community. "warning" bags
// are valid and must be remarked upon; bags of "linux-only" and "windows-only" name paths
// out of scope there, and are refused everywhere.
func TestEvalConformanceBags(t *testing.T) {
	root := filepath.Join(cmp.Or(os.Getenv("SVIDOK_DATA"), "../../shared/data"), "fixtures", "bagit")
	bags, err := filepath.Glob(filepath.Join(root, "v*", "*", "*"))
	if err != nil || len(bags) == 0 {
		t.Fatalf("no bags under %s (set SVIDOK_DATA)", root)
	}
	n := 0
	for _, dir := range bags {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		n++
		sort := filepath.Base(filepath.Dir(dir))
		t.Run(strings.TrimPrefix(dir, root+"/"), func(t *testing.T) {
			failed, notes := 0, 0
			for _, c := range CheckBag(os.DirFS(dir)) {
				t.Logf("%s: %s", c.Status, c.Detail)
				switch c.Status {
				case Failed:
					failed++
				case Note:
					notes++
				}
			}
			switch sort {
			case "valid":
				if failed > 0 {
					t.Error("a valid bag was refused")
				}
			case "warning":
				// What a bag lists and the copy at hand lacks is missing, whatever its name.
				lacks := filepath.Base(dir) == "special-system-files" && absent(filepath.Join(dir, "data", ".DS_Store"))
				if (failed > 0) != lacks || notes == 0 {
					t.Errorf("%d failed, %d notes: want none and some", failed, notes)
				}
			default:
				if failed == 0 {
					t.Error("a bad bag was taken")
				}
			}
		})
	}
	t.Logf("%d bags", n)
}

func absent(path string) bool {
	_, err := os.Stat(path)
	return os.IsNotExist(err)
}
