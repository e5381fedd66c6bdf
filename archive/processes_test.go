package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"svidok/archive"
	"svidok/evidence"
	"svidok/vault/vaulttest"
)

// TestMain lets the test program play another process that adds to a case.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SVIDOK_TEST_ADD"); dir != "" {
		if err := add(dir, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func add(dir, in string) error {
	ctx := context.Background()
	a, err := archive.Open(ctx, dir, archive.Options{Tool: "svidok/test", Who: fmt.Sprintf("svidok add (%d)", os.Getpid())})
	if err != nil {
		return err
	}
	err = a.Receive(ctx, archive.Delivery{Inputs: []string{in}}, func(r archive.Receipt) {
		fmt.Println(r.Status, r.Capture)
	})
	if err == nil {
		err = a.Work(ctx, nil)
	}
	if err != nil {
		return err
	}
	return a.Close()
}

// TestProcesses: three processes add to one case at the same time, and this one runs on
// it. All finish, nothing is lost, nothing is noted out of order.
func TestProcesses(t *testing.T) {
	const n = 700 // more than one batch each
	a, dir := newCase(t, archive.Options{})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- a.Run(ctx) }()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var outs [3]bytes.Buffer
	var cmds [3]*exec.Cmd
	text := posts()
	for i := range cmds {
		in := give(t, map[string]string{"result.json": export(n, func(j int) string {
			if j%50 == 0 {
				return seized // the same in all
			}
			return text()
		})})
		cmds[i] = exec.Command(self, in)
		cmds[i].Env = append(os.Environ(), "SVIDOK_TEST_ADD="+dir)
		cmds[i].Stdout, cmds[i].Stderr = &outs[i], os.Stderr
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range cmds {
		if err := cmds[i].Wait(); err != nil {
			t.Error(err)
		}
	}
	if t.Failed() {
		t.FailNow() // all have ended: the folder may go
	}
	stop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	work(t, a)
	for i := range outs {
		lines := bytes.Fields(outs[i].Bytes())
		if len(lines) != 2*(n+1) {
			t.Fatalf("%d receipts, want %d", len(lines)/2, n+1)
		}
		for j := 1; j < len(lines); j += 2 {
			h, err := evidence.ParseHash(string(lines[j]))
			if err != nil {
				t.Fatal(err)
			}
			in, _, err := a.Object(t.Context(), h)
			if err != nil {
				t.Fatalf("lost: %v", err)
			}
			in.Close()
		}
	}
	c, err := a.Catalog().Totals(t.Context())
	if err != nil || c.ToRead+c.ToCode+c.ToCompare != 0 || c.Containers != 3 || c.Captures != 3*(n+1) {
		t.Fatalf("%+v, %v", c, err)
	}
	live := dump(t, a)
	if _, err := a.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := dump(t, a); again != live {
		t.Fatal(difference(live, again))
	}
}

// TestTogether: callers in one process that deliver and judge at the same moment are
// committed together, and each gets what is theirs.
func TestTogether(t *testing.T) {
	a, _ := newCase(t, archive.Options{})
	var dirs [8]string
	for i := range dirs {
		dirs[i] = give(t, map[string]string{"one.txt": fmt.Sprint(seized, i), "same.txt": seized})
	}
	var wg sync.WaitGroup
	var got [8][]archive.Receipt
	var errs [8]error
	for i := range dirs {
		wg.Go(func() {
			errs[i] = a.Receive(context.Background(), archive.Delivery{Inputs: []string{dirs[i]}}, func(r archive.Receipt) { got[i] = append(got[i], r) })
		})
	}
	wg.Wait()
	preserved, positions := 0, map[int64]bool{}
	for i := range got {
		if errs[i] != nil || len(got[i]) != 2 {
			t.Fatalf("%+v, %v", got[i], errs[i])
		}
		for _, r := range got[i] {
			positions[r.Position] = true
			if r.Status == archive.Preserved {
				preserved++
			}
		}
		held(t, a, got[i])
	}
	if preserved != 9 || len(positions) != 16 {
		t.Fatalf("%d preserved, want 9; %d positions, want 16", preserved, len(positions))
	}
}

// TestGivenUp: whoever stops waiting for the turn leaves the others theirs.
func TestGivenUp(t *testing.T) {
	f := vaulttest.New()
	a, _ := newCase(t, archive.Options{Backend: f})
	in := give(t, map[string]string{"one.txt": seized})
	unlock, err := f.Lock(t.Context(), "somebody else")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var gone, stays error
	wg.Go(func() { gone = a.Receive(ctx, archive.Delivery{Inputs: []string{in}}, nil) })
	wg.Go(func() { stays = a.Receive(t.Context(), archive.Delivery{Inputs: []string{in}}, nil) })
	stop()
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if stays != nil || gone != nil && !errors.Is(gone, context.Canceled) {
		t.Fatalf("stays %v, gone %v", stays, gone)
	}
}
