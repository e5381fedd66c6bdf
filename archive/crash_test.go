package archive_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/vault/vaulttest"
)

// seeded is randomness that comes again.
func seeded() io.Reader {
	return rand.NewChaCha8([32]byte{1})
}

// life is what is done to a case: it stops at the first error, and returns the receipts
// given so far.
func life(ctx context.Context, dir string, f *vaulttest.Fake, inputs []string) (got []archive.Receipt, made bool, err error) {
	o := archive.Options{Tool: "svidok/test", Backend: f, Now: clock(), Rand: seeded(), Workers: 1}
	a, err := archive.Create(ctx, dir, o)
	if err != nil {
		return nil, false, err
	}
	defer a.Close()
	for _, in := range inputs {
		if err := a.Receive(ctx, archive.Delivery{Inputs: []string{in}}, func(r archive.Receipt) {
			if r.Err == nil {
				got = append(got, r)
			}
		}); err != nil {
			return got, true, err
		}
		if err := a.Work(ctx, nil); err != nil {
			return got, true, err
		}
	}
	return got, true, nil
}

// TestCrashAnywhere: the machine goes down at many points of a case's life, and the disk
// is found torn in every way that a disk can be. No receipt is lost, the case opens, goes
// on, and its catalog equals one made anew.
func TestCrashAnywhere(t *testing.T) {
	in := give(t, map[string]string{"a/one.txt": seized, "a/two.txt": "Повістки вручали на вулиці. " + seized,
		"b/result.json": export(12, func(i int) string {
			if i%3 == 2 {
				return seized
			}
			return "Допис номер " + string(rune('а'+i)) + ". В окупованому Токмаку чоловіків зупиняли на блокпостах."
		})})
	inputs := []string{filepath.Join(in, "a"), filepath.Join(in, "b")}
	whole := vaulttest.New()
	receipts, _, err := life(t.Context(), t.TempDir(), whole, inputs)
	if err != nil || len(receipts) != 15 {
		t.Fatalf("%d receipts: %v", len(receipts), err)
	}
	points := 36
	if testing.Short() {
		points = 8
	}
	for i := range points {
		// Evenly over the whole life, and never twice at the same place within an act.
		at := whole.Steps()*int64(i)/int64(points) + int64(i*i%97)
		crashAt(t, at, vaulttest.Tears()[i%len(vaulttest.Tears())], inputs)
	}
}

func crashAt(t *testing.T, at int64, tear vaulttest.Tear, inputs []string) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	f := vaulttest.New()
	f.CrashAt(at)
	got, _, err := life(ctx, dir, f, inputs)
	if !f.Crashed() {
		return // its life was a few bytes shorter
	}
	if err == nil && len(got) != 15 {
		t.Fatalf("step %d: no error, and %d receipts", at, len(got))
	}
	f = f.Restart(tear, uint64(at))
	o := archive.Options{Tool: "svidok/test", Backend: f, Now: clock()}
	a, err := archive.Open(ctx, dir, o)
	if errors.Is(err, evidence.ErrNotFound) && len(got) == 0 {
		return // it went down before it was a case
	}
	if err != nil {
		t.Fatalf("step %d, %s: %v", at, tear, err)
	}
	defer a.Close()
	held(t, a, got)
	for _, in := range inputs {
		again := receive(t, a, in)
		for _, r := range again {
			if r.Err != nil {
				t.Fatalf("step %d, %s: %+v", at, tear, r)
			}
		}
	}
	work(t, a)
	live := dump(t, a)
	if _, err := a.Rebuild(ctx); err != nil {
		t.Fatalf("step %d, %s: %v", at, tear, err)
	}
	if again := dump(t, a); again != live {
		t.Fatalf("step %d, %s: rebuilt is not live: %s", at, tear, difference(live, again))
	}
	if n, err := a.Catalog().Totals(ctx); err != nil || n.Reports != 14 || n.ToRead+n.ToCode+n.ToCompare != 0 {
		t.Fatalf("step %d, %s: %+v, %v", at, tear, n, err)
	}
}

// held fails if a receipt was lost.
func held(t *testing.T, a *archive.Archive, got []archive.Receipt) {
	t.Helper()
	ctx := context.Background()
	for _, r := range got {
		for _, h := range []evidence.Hash{r.SHA256, r.Capture} {
			in, _, err := a.Object(ctx, h)
			if err != nil {
				t.Fatalf("lost %+v: %v", r, err)
			}
			if _, err := io.Copy(io.Discard, in); err != nil {
				t.Fatalf("lost %+v: %v", r, err)
			}
			in.Close()
		}
		if r.Part != evidence.PartReport {
			continue
		}
		id, err := a.Catalog().ReportOf(ctx, r.Capture)
		if err != nil {
			t.Fatalf("not found again: %+v: %v", r, err)
		}
		d, err := a.Catalog().Report(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, k := range d.Taken {
			found = found || k.Ref == r.Capture && k.Position == r.Position
		}
		if !found {
			t.Fatalf("the act is not where its receipt says: %+v, %+v", r, d.Taken)
		}
	}
}

func TestDiskFull(t *testing.T) {
	ctx := t.Context()
	f := vaulttest.New()
	a, _ := newCase(t, archive.Options{Backend: f, Now: clock()})
	in := give(t, map[string]string{"one.txt": seized})
	first := receive(t, a, in)
	f.SetSpace(700)
	big := give(t, map[string]string{"result.json": export(100, func(i int) string { return seized + string(rune('а'+i%30)) + " " + in })})
	var failed int
	err := a.Receive(ctx, archive.Delivery{Inputs: []string{big}}, func(r archive.Receipt) {
		if r.Err != nil {
			failed++
		}
	})
	if !errors.Is(err, evidence.ErrFull) || evidence.HintOf(err) == "" || failed == 0 {
		t.Fatalf("on a full disk: %v, hint %q, %d failed", err, evidence.HintOf(err), failed)
	}
	held(t, a, first)
	f.SetSpace(-1)
	second := receive(t, a, big)
	work(t, a)
	held(t, a, append(first, second...))
	if n, err := a.Catalog().Totals(ctx); err != nil || n.Reports != 101 {
		t.Fatalf("%+v, %v", n, err)
	}
}

// TestCatalogOfNoUse: whatever happened to the catalog's file, the case opens with an
// equal one.
func TestCatalogOfNoUse(t *testing.T) {
	ctx := t.Context()
	in := give(t, map[string]string{"one.txt": seized, "two.txt": seized + " And once more."})
	a, dir := newCase(t, archive.Options{})
	receive(t, a, in)
	work(t, a)
	want := dump(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "catalog.db")
	other, otherDir := newCase(t, archive.Options{})
	receive(t, other, in)
	receive(t, other, in)
	receive(t, other, in)
	work(t, other)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(filepath.Join(otherDir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	torn := append([]byte(nil), good...)
	for i := range len(torn) / 8192 {
		copy(torn[i*8192+4096:], make([]byte, 2048))
	}
	older := append([]byte(nil), good...)
	older[63]++ // user_version, file format section 1.3
	for name, b := range map[string][]byte{"gone": nil, "no database": []byte("this is not a database, whatever its name says"), "torn": torn,
		"of another ledger": foreign, "of another layout": older, "cut": good[:len(good)/2]} {
		t.Run(name, func(t *testing.T) {
			if err := catalog.Remove(path); err != nil {
				t.Fatal(err)
			}
			if b != nil {
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			a, err := archive.Open(ctx, dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if name == "torn" || name == "cut" { // may be seen only when the torn page is read
				if _, err := a.Rebuild(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if got := dump(t, a); got != want {
				t.Fatal(difference(want, got))
			}
			work(t, a) // compares all once more, and notes nothing twice
			if got := dump(t, a); got != want {
				t.Fatal(difference(want, got))
			}
		})
	}
}
