//go:build browser

package browser_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// processes that name the folder on their command line, and are no zombies; with their kind.
func processes(t *testing.T, folder string) map[int]string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{}
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(line, []byte("--user-data-dir="+folder+"/")) {
			continue // gone, or another's
		}
		stat, err := os.ReadFile(filepath.Join(filepath.Dir(path), "stat"))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		kind := "browser"
		if _, rest, ok := strings.Cut(string(line), "--type="); ok {
			kind, _, _ = strings.Cut(rest, "\x00")
		}
		out[pid] = kind
	}
	return out
}
