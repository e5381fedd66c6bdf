package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"svidok/archive"
	"svidok/evidence"
)

// roundsPerCase: the same case is killed this often before a new one begins, so that
// crashes meet the traces of earlier crashes.
const roundsPerCase = 5

// TestKilledAnywhere kills an ingest with SIGKILL at random points, 25 times (SVIDOK_KILLS
// says another number), and demands each time: no receipt is lost, verify passes, the
// catalog equals a rebuilt one, and the ingest can go on.
func TestKilledAnywhere(t *testing.T) {
	kills := 25
	if s := os.Getenv("SVIDOK_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("SVIDOK_KILLS=%s: %v", s, err)
		}
		kills = n
	} else if testing.Short() {
		kills = 3
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	input := t.TempDir()
	const posts = 1500
	write(t, filepath.Join(input, "result.json"), inventedExport(posts, seed))
	took := timeOneIngest(t, input)
	var dir string
	receipts := 0
	for i := range kills {
		if i%roundsPerCase == 0 {
			dir = filepath.Join(t.TempDir(), "case")
			mustRun(t, "init", dir)
		}
		// Half of the time kill at some receipt, half at some moment: also before the first
		// receipt, while reading and coding, and while closing.
		at, after := r.IntN(posts+1), time.Duration(0)
		if i%2 == 1 {
			at, after = 1<<30, time.Duration(r.Int64N(int64(took)))
		}
		got := killedIngest(t, dir, input, at, after)
		receipts += len(got)
		inspect(t, dir, got)
	}
	t.Logf("%d kills, %d receipts, all kept; one ingest takes %v", kills, receipts, took)
	if kills >= 3 && receipts == 0 {
		t.Fatal("no ingest lived long enough to give a receipt: the test shows nothing")
	}
}

func timeOneIngest(t *testing.T, input string) time.Duration {
	dir := filepath.Join(t.TempDir(), "case")
	mustRun(t, "init", dir)
	start := time.Now()
	mustRun(t, "add", dir, input, "--quiet")
	return time.Since(start)
}

// killedIngest runs add and kills it at a receipt or after a while; it returns the
// receipts that were printed whole.
func killedIngest(t *testing.T, dir, input string, atReceipt int, after time.Duration) []receiptRow {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := svidok(ctx, "add", dir, input, "--json")
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, cancel)
		defer timer.Stop()
	}
	var got []receiptRow
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break // killed or ended; a torn line is no receipt
		}
		var row receiptRow
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("receipt %q: %v", line, err)
		}
		if got = append(got, row); len(got) == atReceipt {
			cancel()
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && ctx.Err() == nil && errors.As(err, &exit) {
		t.Fatalf("add failed by itself: %v\n%s", err, words.String())
	}
	return got
}

// inspect demands of a case, after a crash, all that was promised.
func inspect(t *testing.T, dir string, receipts []receiptRow) {
	t.Helper()
	mustRun(t, "verify", dir) // as the crash left it
	a, err := archive.Open(t.Context(), dir, archive.Options{Who: "test", Tool: version})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receipts {
		if r.Status == archive.StatusFailed {
			t.Fatalf("receipt of a failure: %+v", r)
		}
		for _, h := range []evidence.Hash{r.Capture, r.SHA256} {
			if err := held(t.Context(), a, h); err != nil {
				t.Fatalf("lost: receipt %+v: %v", r, err)
			}
		}
	}
	if err := a.Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	live, rebuilt := dump(t, a), []byte(nil)
	if _, err := a.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rebuilt = dump(t, a); !bytes.Equal(live, rebuilt) {
		t.Fatalf("the rebuilt catalog differs: %d and %d bytes", len(live), len(rebuilt))
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "verify", dir) // as healed
}

func held(ctx context.Context, a *archive.Archive, h evidence.Hash) error {
	r, _, err := a.Object(ctx, h)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

func dump(t *testing.T, a *archive.Archive) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := a.Catalog().Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustRun(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := svidok(t.Context(), args...)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("svidok %v: %v\n%s%s", args, err, out, words.String())
	}
	return out
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
