package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"svidok/archive"
	"svidok/vault"
)

// running is the program as a process that has begun.
type running struct {
	cmd        *exec.Cmd
	out, words bytes.Buffer
}

func begin(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{cmd: svidok(t.Context(), args...)}
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.words
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return r
}

// end waits for the process and returns the receipts it gave.
func (r *running) end(t *testing.T) (rows []receiptRow) {
	t.Helper()
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("svidok %v: %v\n%s", r.cmd.Args[1:], err, r.words.String())
		return nil
	}
	for line := range strings.Lines(r.out.String()) {
		var row receiptRow
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("row %q: %v", line, err)
		}
		if row.Capture.IsZero() || row.SHA256.IsZero() {
			continue // a row of work, not a receipt
		}
		rows = append(rows, row)
	}
	return rows
}

// TestTurns: two processes add to a new case at once, and others work on it meanwhile.
func TestTurns(t *testing.T) {
	t.Parallel()
	const posts = 700 // more than one batch
	dir := filepath.Join(t.TempDir(), "case")
	mustRun(t, "init", dir)
	var adds []*running
	for i := range 2 {
		input := t.TempDir()
		write(t, filepath.Join(input, "result.json"), inventedExport(posts, uint64(20+i)))
		write(t, filepath.Join(input, "same.txt"), []byte("Synthetic sample that both bring: in occupied Donetsk men hide at home.\n"))
		adds = append(adds, begin(t, "add", dir, input, "--json"))
	}
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for range 3 {
				if out, err := svidok(t.Context(), "work", dir).CombinedOutput(); err != nil {
					t.Errorf("work: %v\n%s", err, out)
				}
			}
		})
	}
	var all []receiptRow
	same := map[archive.Status]int{}
	for _, r := range adds {
		rows := r.end(t)
		if want := posts + 2; len(rows) != want {
			t.Errorf("%d receipts, want %d", len(rows), want)
		}
		for _, row := range rows {
			if strings.HasSuffix(row.Name, "same.txt") {
				same[row.Status]++
			}
		}
		all = append(all, rows...)
	}
	workers.Wait()
	if t.Failed() {
		t.FailNow()
	}
	if same[archive.Preserved] != 1 || same[archive.Known] != 1 {
		t.Errorf("what both brought: %v, want preserved once and known once", same)
	}
	positions := map[int64]bool{}
	for _, row := range all {
		positions[*row.Position] = true
	}
	if len(positions) != len(all) {
		t.Errorf("%d receipts have %d positions", len(all), len(positions))
	}
	inspect(t, dir, all)
}

// TestAddWhileServed: the desk is open on a case, in a process of its own and in this one,
// while a third adds. What was added is worked, and both desks close without a complaint.
func TestAddWhileServed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "case")
	mustRun(t, "init", dir)
	desk := svidok(t.Context(), "serve", dir, "--address", "127.0.0.1:0", "--json")
	var words bytes.Buffer
	desk.Stderr = &words
	out, err := desk.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "http://127.0.0.1:") {
		t.Fatalf("serve said %q, %v\n%s", line, err, words.String())
	}
	a, err := archive.Open(t.Context(), dir, archive.Options{Who: "test", Tool: version})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- a.Run(ctx) }()

	input := t.TempDir()
	write(t, filepath.Join(input, "result.json"), inventedExport(700, 31))
	add := begin(t, "add", dir, input, "--json")
	here := filepath.Join(t.TempDir(), "here.txt")
	write(t, here, []byte("Synthetic sample, handed to the desk: in occupied Luhansk men hide at home.\n"))
	var all []receiptRow
	if err := a.Receive(t.Context(), archive.Delivery{Inputs: []string{here}}, func(r archive.Receipt) { all = append(all, rowOf(r)) }); err != nil {
		t.Error(err)
	}
	all = append(all, add.end(t)...)
	if len(all) != 702 {
		t.Errorf("%d receipts, want 702", len(all))
	}
	mustRun(t, "verify", dir) // while all of it is open
	stop()
	if err := errors.Join(<-ran, a.Close()); err != nil {
		t.Error(err)
	}
	if err := desk.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := desk.Wait(); err != nil {
		t.Errorf("serve: %v\n%s", err, words.String())
	}
	if strings.Contains(words.String(), "altered") || strings.Contains(words.String(), "panic") {
		t.Errorf("the desk complained:\n%s", words.String())
	}
	inspect(t, dir, all)
}

// sharedBuffer may be looked at while a process writes to it.
type sharedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sharedBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sharedBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestWaitingSaysForWhom: a process that must wait for its turn names the one that has it,
// goes on when the turn is free, and can be stopped while it waits.
func TestWaitingSaysForWhom(t *testing.T) {
	t.Parallel()
	const holder = "svidok serve (4711)"
	for _, interrupted := range []bool{false, true} {
		t.Run(fmt.Sprintf("interrupted=%t", interrupted), func(t *testing.T) {
			t.Parallel()
			dir, input := filepath.Join(t.TempDir(), "case"), filepath.Join(t.TempDir(), "one.txt")
			mustRun(t, "init", dir)
			write(t, input, []byte("Synthetic sample: in occupied Donetsk men hide at home.\n"))
			unlock, err := vault.Dir(dir).Lock(t.Context(), holder)
			if err != nil {
				t.Fatal(err)
			}
			cmd := svidok(t.Context(), "add", dir, input, "--json")
			var receipts sharedBuffer
			cmd.Stdout = &receipts
			said, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			words := bufio.NewReader(said)
			line, err := words.ReadString('\n')
			if err != nil || !strings.Contains(line, holder) {
				t.Errorf("a process that waits said %q (%v), without naming %s", line, err, holder)
			}
			if early := receipts.String(); early != "" {
				t.Errorf("a receipt without a turn: %s", early)
			}
			if interrupted {
				err = cmd.Process.Signal(syscall.SIGINT)
			} else {
				err = unlock()
			}
			if err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(words)
			if err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			if interrupted {
				exit, ok := errors.AsType[*exec.ExitError](err)
				if !ok || exit.ExitCode() != exitFailed {
					t.Errorf("stopped while it waited: %v, want exit %d\n%s", err, exitFailed, rest)
				}
				if err := unlock(); err != nil {
					t.Fatal(err)
				}
			} else if err != nil {
				t.Fatalf("%v\n%s", err, rest)
			}
			var rows []receiptRow
			for l := range strings.Lines(receipts.String()) {
				var row receiptRow
				if err := json.Unmarshal([]byte(l), &row); err != nil {
					t.Fatal(err)
				}
				if row.Status != archive.StatusFailed {
					rows = append(rows, row)
				}
			}
			if want := map[bool]int{true: 0, false: 1}[interrupted]; len(rows) != want {
				t.Errorf("%d receipts, want %d: %s", len(rows), want, receipts.String())
			}
			again := begin(t, "add", dir, input, "--json").end(t)
			inspect(t, dir, append(rows, again...))
		})
	}
}
