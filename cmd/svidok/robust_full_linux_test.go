package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"svidok/archive"
)

// smallDisk mounts a file system in memory that holds so many bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("NOT TESTED: what happens on a full disk. A small file system cannot be mounted here (%v); run this as root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func resize(t *testing.T, dir string, size int) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", size)); err != nil {
		t.Fatal(err)
	}
}

// fill takes all space but so many bytes, and returns what gives it back.
func fill(t *testing.T, dir string, leave int64) func() {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(make([]byte, max(0, int64(st.Bavail)*st.Bsize-leave)))
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// tried is a command that may have met a full disk.
type tried struct {
	code     int
	words    string
	receipts []receiptRow // those that stand
}

func try(t *testing.T, args ...string) tried {
	t.Helper()
	cmd := svidok(t.Context(), args...)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() < 0) {
		t.Fatalf("svidok %v: %v\n%s", args, err, words.String())
	}
	r := tried{code: cmd.ProcessState.ExitCode(), words: words.String()}
	for line := range strings.Lines(out.String()) {
		var row receiptRow
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("svidok %v: receipt %q: %v", args, line, err)
		}
		if row.Status == archive.Preserved || row.Status == archive.Known {
			r.receipts = append(r.receipts, row)
		}
	}
	return r
}

// saysFull demands that a failure is a clear one.
func (r tried) saysFull(t *testing.T) {
	t.Helper()
	if r.code != exitFailed && r.code != exitPart {
		t.Errorf("exit %d on a full disk\n%s", r.code, r.words)
	}
	if r.code == exitFailed && len(r.receipts) > 0 {
		t.Errorf("exit %d, and %d receipts stand: it was done in part\n%s", r.code, len(r.receipts), r.words)
	}
	if !strings.Contains(r.words, "No space left") || !strings.Contains(r.words, "→") {
		t.Errorf("no clear word, or no hint, about a full disk:\n%s", r.words)
	}
	if strings.Contains(r.words, "goroutine ") || strings.Contains(r.words, "panic") {
		t.Errorf("it broke:\n%s", r.words)
	}
}

// TestFullDisk lets an ingest run into a full disk, of many sizes, so that it is met at
// many places. Each time: clear words, no receipt lost, the case verifies while the disk
// is full, and when there is room it goes on and the catalog is that of the ledger.
func TestFullDisk(t *testing.T) {
	input := t.TempDir()
	write(t, filepath.Join(input, "result.json"), inventedExport(800, 5))
	sizes := []int{1 << 20, 1792 << 10, 2560 << 10, 4 << 20}
	if testing.Short() {
		sizes = sizes[2:3]
	}
	met, receipts := 0, 0
	for _, size := range sizes {
		disk := smallDisk(t, size)
		dir := filepath.Join(disk, "case")
		if r := try(t, "init", dir, "--json"); r.code != exitOK {
			t.Fatalf("%d bytes are too few for an empty case\n%s", size, r.words)
		}
		r := try(t, "add", dir, input, "--json")
		if r.code != exitOK {
			met++
			r.saysFull(t)
		}
		receipts += len(r.receipts)
		mustRun(t, "verify", dir) // while it is full
		again := try(t, "add", dir, input, "--json")
		if again.code != exitOK {
			again.saysFull(t)
		}
		mustRun(t, "verify", dir)
		resize(t, disk, 64<<20)
		on := try(t, "add", dir, input, "--json")
		if on.code != exitOK {
			t.Fatalf("disk of %d: with room again: exit %d\n%s", size, on.code, on.words)
		}
		known := map[string]bool{}
		for _, row := range on.receipts {
			known[row.SHA256.String()] = row.Status == archive.Known
		}
		for _, row := range r.receipts {
			if !known[row.SHA256.String()] {
				t.Fatalf("disk of %d: receipted and not known: %+v", size, row)
			}
		}
		inspect(t, dir, append(append(r.receipts, again.receipts...), on.receipts...))
	}
	t.Logf("%d of %d disks were full, %d receipts stood", met, len(sizes), receipts)
	if met == 0 || receipts == 0 {
		t.Fatal("no disk was full, or none let anything in: the test shows nothing")
	}
}

// TestFullDiskPageByPage leaves 0, 1, 2, … pages for one small report, so that each write
// of an act is the one that fails.
func TestFullDiskPageByPage(t *testing.T) {
	disk := smallDisk(t, 24<<20)
	dir, input := filepath.Join(disk, "case"), t.TempDir()
	mustRun(t, "init", dir)
	mustRun(t, "add", dir, write1(t, input, -1), "--quiet")
	pages := []int64{0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 48, 64, 96, 128}
	if testing.Short() {
		pages = []int64{0, 2, 5, 16}
	}
	failed, done := 0, 0
	var all []receiptRow
	for i, n := range pages {
		free := fill(t, disk, n*int64(os.Getpagesize()))
		r := try(t, "add", dir, write1(t, input, i), "--json")
		if r.code != exitOK {
			failed++
			r.saysFull(t)
		} else {
			done++
		}
		mustRun(t, "verify", dir) // while it is full
		free()
		on := try(t, "add", dir, write1(t, input, i), "--json")
		if on.code != exitOK || len(on.receipts) != 1 {
			t.Fatalf("%d pages were free; now there is room: exit %d\n%s", n, on.code, on.words)
		}
		if len(r.receipts) > 0 && on.receipts[0].Status != archive.Known {
			t.Errorf("%d pages: receipted, and not known afterwards: %+v", n, on.receipts[0])
		}
		all = append(append(all, r.receipts...), on.receipts...)
	}
	inspect(t, dir, all)
	t.Logf("%d failed, %d had room", failed, done)
	if failed == 0 || done == 0 {
		t.Fatal("the disk was never full, or always: the test shows nothing")
	}
}

func write1(t *testing.T, dir string, i int) string {
	t.Helper()
	name := filepath.Join(dir, fmt.Sprintf("report%d.txt", i))
	write(t, name, fmt.Appendf(nil, "Synthetic sample %d: in occupied Donetsk men hide at home.\n", i))
	return name
}
