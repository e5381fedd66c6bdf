//go:build browser

package browser_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestMain gives all tests a folder for temporary files of their own, so that what is left of
// a page can be told: folders and processes.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		home, err := os.MkdirTemp("/tmp", "seen")
		if err == nil {
			err = os.Setenv("TMPDIR", home)
		}
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer os.RemoveAll(home)
		code := m.Run()
		if left, n := remains(); len(left)+len(n) > 0 {
			fmt.Println("left behind:", left, n)
			return 1
		}
		return code
	}())
}

// remains are the folders and processes of browsers.
func remains() ([]string, map[int]string) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "svidok-browser-*")) // the pattern is good
	return left, processes(os.TempDir())
}

// groups are the process groups of browsers that were seen running.
var groups sync.Map

// processes of browsers whose folders lie in this one, that are no zombies; with their kind.
// Each is known by its command line, its environment, or the process group it is in.
func processes(folder string) map[int]string {
	all, _ := filepath.Glob("/proc/[0-9]*") // the pattern is good
	mark := []byte(folder + "/svidok-browser-")
	kinds, of := map[int]string{}, map[int]int{}
	for _, path := range all {
		line, _ := os.ReadFile(filepath.Join(path, "cmdline")) // it may be gone by now
		env, _ := os.ReadFile(filepath.Join(path, "environ"))
		stat, _ := os.ReadFile(filepath.Join(path, "stat"))
		_, rest, _ := bytes.Cut(stat, []byte(") "))
		field := strings.Fields(string(rest)) // state, parent, group, …
		pid, err := strconv.Atoi(filepath.Base(path))
		if err != nil || len(field) < 3 || field[0] == "Z" {
			continue
		}
		kinds[pid] = "browser"
		if _, rest, ok := strings.Cut(string(line), "--type="); ok {
			kinds[pid], _, _ = strings.Cut(strings.ReplaceAll(rest, "\x00", " "), " ")
		} else if strings.Contains(string(line), "crashpad") {
			kinds[pid] = "crashpad"
		}
		of[pid], _ = strconv.Atoi(field[2])
		if bytes.Contains(line, mark) || bytes.Contains(env, mark) {
			groups.Store(of[pid], true)
		}
	}
	for pid := range kinds {
		if _, ok := groups.Load(of[pid]); !ok {
			delete(kinds, pid)
		}
	}
	return kinds
}
