//go:build unix

package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// What a browser left whose program was killed is removed; what may be in use is not.
func TestTidy(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if base() != os.TempDir() {
		t.Setenv("TMPDIR", base()) // a long folder is not taken: sockets' names are short
	}
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	make := func(pid int, age time.Duration) string {
		folder, err := os.MkdirTemp(base(), prefix+strconv.FormatInt(int64(pid), 36)+"-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(folder) })
		if err := os.WriteFile(filepath.Join(folder, "page"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(folder, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	for folder, stays := range map[string]bool{make(gone.Process.Pid, time.Hour): false, make(gone.Process.Pid, time.Minute): true, make(os.Getpid(), time.Hour): true} {
		tidy(now)
		if _, err := os.Stat(folder); (err == nil) != stays {
			t.Errorf("%s stays: %t, want %t", folder, err == nil, stays)
		}
	}
}
