package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"svidok/archive"
	"svidok/evidence"
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
			t.Fatal(err)
		}
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
