package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/catalog"
	"svidok/evidence"
)

func sealKey(b byte) []byte { return bytes.Repeat([]byte{b, 77}, catalog.SealedKey/2) }

// shows looks for what nobody may read in any file of a folder.
func shows(t *testing.T, dir, when string) {
	t.Helper()
	files, bytesSeen := 0, 0
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p, err := os.ReadFile(name)
		files, bytesSeen = files+1, bytesSeen+len(p)
		for _, word := range []string{"SQLite", "CREATE", "statements", "markerword", "Markerword", "North"} {
			if bytes.Contains(p, []byte(word)) {
				t.Errorf("%s: %s shows %q", when, filepath.Base(name), word)
			}
		}
		return err
	})
	if err != nil || files == 0 || bytesSeen < 4096 {
		t.Fatalf("%s: %d files, %d bytes, %v", when, files, bytesSeen, err)
	}
}

func fillMarked(t testing.TB, b *book, n int) {
	b.inForce(t, "book")
	for i := range n {
		b.report(t, fmt.Sprint("Markerword", i), "North", "uk", fmt.Sprintf("the markerword stopped men on street %d", i), "2023-03-01", evidence.GateOpen, "A.B", "stopped men")
	}
}

func dump(t testing.TB, c *catalog.Catalog) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Dump(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSealedShowsNothing: while it is open, when it was copied as a crash leaves it, when it
// is closed and when it was made anew.
func TestSealedShowsNothing(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "catalog.db")
	c, err := catalog.OpenSealed(ctx, path, sealKey(1))
	if err != nil {
		t.Fatal(err)
	}
	b := &book{c: c}
	fillMarked(t, b, 60)
	shows(t, dir, "open")
	want := dump(t, c)
	if !strings.Contains(want, "Markerword7") {
		t.Fatal("the marker is not in the view: the test finds nothing")
	}
	crashed := t.TempDir()
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	shows(t, crashed, "after a crash")
	again, err := catalog.OpenSealed(ctx, filepath.Join(crashed, "catalog.db"), sealKey(1))
	if err != nil {
		t.Fatal(err)
	}
	if got := dump(t, again); got != want {
		t.Errorf("after a crash: %d bytes of rows, want %d", len(got), len(want))
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	fresh, err := catalog.OpenSealed(ctx, path+".new", sealKey(1))
	if err != nil {
		t.Fatal(err)
	}
	fillMarked(t, &book{c: fresh}, 90)
	rebuilt := dump(t, fresh)
	if err := fresh.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Become(ctx, path+".new"); err != nil {
		t.Fatal(err)
	}
	if dump(t, c) != rebuilt {
		t.Error("it did not become what was made anew")
	}
	shows(t, dir, "after a rebuild")
	if err := errors.Join(catalog.Remove(path+".new"), c.Close()); err != nil {
		t.Fatal(err)
	}
	shows(t, dir, "closed")
	if err := catalog.Remove(path); err != nil {
		t.Fatal(err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

func TestSealedKeys(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "with space?&.db")
	c, err := catalog.OpenSealed(ctx, path, sealKey(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for what, open := range map[string]func() (*catalog.Catalog, error){
		"another key": func() (*catalog.Catalog, error) { return catalog.OpenSealed(ctx, path, sealKey(2)) },
		"no key":      func() (*catalog.Catalog, error) { return catalog.Open(ctx, path) },
	} {
		c, err := open()
		if !errors.Is(err, catalog.ErrRebuild) {
			t.Errorf("%s: %v, want ErrRebuild", what, err)
		}
		if err == nil {
			c.Close()
			continue
		}
		if strings.Contains(err.Error(), "4d02") || strings.Contains(err.Error(), "024d") {
			t.Errorf("%s: the key is in the error: %v", what, err)
		}
	}
	if _, err := catalog.OpenSealed(ctx, path, []byte("short")); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("a short key: %v, want ErrUsage", err)
	}
	plain := filepath.Join(t.TempDir(), "plain.db")
	p, err := catalog.Open(ctx, plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.OpenSealed(ctx, plain, sealKey(1)); !errors.Is(err, catalog.ErrRebuild) {
		t.Errorf("a plain file with a key: %v, want ErrRebuild", err)
	}
	if _, err := catalog.OpenSealed(ctx, filepath.Join(t.TempDir(), "no", "such.db"), sealKey(1)); err == nil || strings.Contains(err.Error(), "014d") {
		t.Errorf("no folder: %v", err)
	}
}

// BenchmarkSealed follows and reads a view that lies open and one that is encrypted.
func BenchmarkSealed(b *testing.B) {
	for _, key := range [][]byte{nil, sealKey(1)} {
		name := map[bool]string{true: "open", false: "sealed"}[key == nil]
		b.Run("follow/"+name, func(b *testing.B) {
			for b.Loop() {
				c := openEither(b, key)
				fillMarked(b, &book{c: c}, 600)
				if err := c.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("dump/"+name, func(b *testing.B) {
			c := openEither(b, key)
			defer c.Close()
			fillMarked(b, &book{c: c}, 2000)
			for b.Loop() {
				if err := c.Dump(context.Background(), io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func openEither(b *testing.B, key []byte) *catalog.Catalog {
	path := filepath.Join(b.TempDir(), "catalog.db")
	if key == nil {
		c, err := catalog.Open(context.Background(), path)
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	c, err := catalog.OpenSealed(context.Background(), path, key)
	if err != nil {
		b.Fatal(err)
	}
	return c
}
