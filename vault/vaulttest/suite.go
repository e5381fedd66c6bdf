package vaulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/vault"
)

// Suite runs what every backend must do; open gives an empty one.
func Suite(t *testing.T, open func(t *testing.T) vault.Backend) {
	t.Run("append", func(t *testing.T) { suiteAppend(t, open(t)) })
	t.Run("replace", func(t *testing.T) { suiteReplace(t, open(t)) })
	t.Run("rewrite", func(t *testing.T) { suiteRewrite(t, open(t)) })
	t.Run("open", func(t *testing.T) { suiteOpen(t, open(t)) })
	t.Run("list", func(t *testing.T) { suiteList(t, open(t)) })
	t.Run("names", func(t *testing.T) { suiteNames(t, open(t)) })
	t.Run("lock", func(t *testing.T) { suiteLock(t, open(t)) })
	t.Run("turns", func(t *testing.T) { suiteTurns(t, open(t)) })
	t.Run("context", func(t *testing.T) { suiteContext(t, open(t)) })
}

func has(t *testing.T, b vault.Backend, name, want string) {
	t.Helper()
	p, err := vault.ReadFile(t.Context(), b, name, 1<<20)
	if err != nil || string(p) != want {
		t.Fatalf("%s holds %q, %v; want %q", name, p, err, want)
	}
}

func suiteAppend(t *testing.T, b vault.Backend) {
	ctx := t.Context()
	for _, c := range []struct {
		off  int64
		p    string
		want string
		err  error
	}{
		{0, "one", "one", nil},
		{3, "two", "onetwo", nil},
		{4, "!", "onet!", nil}, // what is beyond is cut
		{9, "x", "onet!", evidence.ErrTampered},
		{5, "", "onet!", nil},
		{2, "", "on", nil},
		{0, "new", "new", nil},
	} {
		if err := b.Append(ctx, "a/b/file", c.off, []byte(c.p)); !errors.Is(err, c.err) {
			t.Fatalf("append %q at %d: %v, want %v", c.p, c.off, err, c.err)
		}
		has(t, b, "a/b/file", c.want)
	}
	if err := b.Append(ctx, "empty", 0, nil); err != nil {
		t.Fatal(err)
	}
	has(t, b, "empty", "")
}

func suiteReplace(t *testing.T, b vault.Backend) {
	for _, want := range []string{"first", "second, longer", "3", ""} {
		if err := b.Replace(t.Context(), "x/y", []byte(want)); err != nil {
			t.Fatal(err)
		}
		has(t, b, "x/y", want)
	}
	var wg sync.WaitGroup
	for i := range 32 { // a ledger publishes its tiles at the same time
		wg.Go(func() {
			name := fmt.Sprintf("tile/%d/%d", i%3, i)
			if err := b.Replace(t.Context(), name, []byte(name)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range 32 {
		name := fmt.Sprintf("tile/%d/%d", i%3, i)
		has(t, b, name, name)
	}
}

// suiteRewrite: a backend that can rewrite does so wholly or not at all.
func suiteRewrite(t *testing.T, b vault.Backend) {
	r, ok := b.(vault.Rewriter)
	if !ok {
		t.Skip("it cannot rewrite")
	}
	if err := b.Append(t.Context(), "seg/1", 0, []byte("as it was")); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("0123456789", 1<<18)
	sick := errors.New("the source is sick")
	for _, c := range []struct {
		err  error
		want string
	}{{sick, "as it was"}, {nil, long}} {
		err := r.Rewrite(t.Context(), "seg/1", func(w io.Writer) error {
			for i := 0; i < len(long); i += 1000 {
				if _, err := io.WriteString(w, long[i:min(i+1000, len(long))]); err != nil {
					return err
				}
			}
			return c.err
		})
		if !errors.Is(err, c.err) {
			t.Fatalf("rewrite: %v, want %v", err, c.err)
		}
		p, err := vault.ReadFile(t.Context(), b, "seg/1", 1<<30)
		if err != nil || string(p) != c.want {
			t.Fatalf("after a rewrite (%v): %d bytes, %v; want %d", c.err, len(p), err, len(c.want))
		}
	}
	if err := b.Append(t.Context(), "seg/1", int64(len(long)), []byte("more")); err != nil {
		t.Fatal(err)
	}
	if p, err := vault.ReadFile(t.Context(), b, "seg/1", 1<<30); err != nil || string(p) != long+"more" {
		t.Fatalf("appended to what was rewritten: %d bytes, %v", len(p), err)
	}
	if list, err := b.List(t.Context(), "."); err != nil || len(list) != 1 {
		t.Fatalf("left behind: %v, %v", list, err)
	}
	if err := r.Rewrite(t.Context(), "../x", func(io.Writer) error { return nil }); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("rewrite outside: %v, want ErrUsage", err)
	}
}

func suiteOpen(t *testing.T, b vault.Backend) {
	ctx := t.Context()
	if _, err := b.Open(ctx, "no/such"); !errors.Is(err, evidence.ErrNotFound) {
		t.Fatalf("open what is not there: %v, want ErrNotFound", err)
	}
	if err := b.Append(ctx, "f", 0, []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	f, err := b.Open(ctx, "f")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := b.Append(ctx, "f", 10, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 4)
	if n, err := f.ReadAt(p, 3); n != 4 || err != nil || string(p) != "3456" || f.Size() != 10 {
		t.Fatalf("read %d %q %v of %d", n, p, err, f.Size())
	}
	if n, err := f.ReadAt(p, 1<<40); n != 0 || err != io.EOF {
		t.Fatalf("read beyond the end: %d, %v, want io.EOF", n, err)
	}
}

func suiteList(t *testing.T, b vault.Backend) {
	ctx := t.Context()
	if list, err := b.List(ctx, "vault"); len(list) != 0 || err != nil {
		t.Fatalf("list of nothing: %v, %v", list, err)
	}
	for _, name := range []string{"vault/2", "vault/10", "vault2/x", "vault/sub/deep/er", "top"} {
		if err := b.Append(ctx, name, 0, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{
		"vault": "vault/10 8 vault/2 7 vault/sub/deep/er 17 ",
		".":     "top 3 vault/10 8 vault/2 7 vault/sub/deep/er 17 vault2/x 8 ",
		"none":  "",
	} {
		list, err := b.List(ctx, dir)
		var got bytes.Buffer
		for _, f := range list {
			fmt.Fprintf(&got, "%s %d ", f.Name, f.Size)
		}
		if err != nil || got.String() != want {
			t.Errorf("list %s: %q, %v; want %q", dir, got.String(), err, want)
		}
	}
}

func suiteNames(t *testing.T, b vault.Backend) {
	ctx := t.Context()
	for _, name := range []string{"", ".", "..", "../x", "/abs", "a//b", "a/../b", "a/", `a\b`, "c:x", "x.tmp"} {
		_, err := b.Open(ctx, name)
		for _, err := range []error{err, b.Append(ctx, name, 0, nil), b.Replace(ctx, name, nil)} {
			if !errors.Is(err, evidence.ErrUsage) {
				t.Errorf("name %q: %v, want ErrUsage", name, err)
			}
		}
	}
}

func suiteLock(t *testing.T, b vault.Backend) {
	unlock, err := b.Lock(t.Context(), "svidok add since noon")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer stop()
	if _, err := b.Lock(ctx, "another"); !errors.Is(err, evidence.ErrBusy) || !strings.Contains(fmt.Sprint(err), "svidok add since noon") {
		t.Fatalf("the turn of another: %v, want ErrBusy and who it is", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := b.Lock(t.Context(), "another")
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
}

// suiteTurns: who takes turn after turn does not keep another waiting, and no two ever
// have the turn.
func suiteTurns(t *testing.T, b vault.Backend) {
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	var holders sync.Mutex
	turn := func(who string) error {
		unlock, err := b.Lock(ctx, who)
		if err != nil {
			return err
		}
		if !holders.TryLock() {
			t.Error("two have the turn")
		} else {
			holders.Unlock()
		}
		return unlock()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 5 {
			if err := turn("patient"); err != nil {
				t.Error(err)
			}
		}
	}()
	for n := 0; ; n++ {
		select {
		case <-done:
			return
		default:
			if err := turn("greedy"); err != nil {
				t.Fatalf("after %d turns: %v", n, err)
			}
		}
	}
}

func suiteContext(t *testing.T, b vault.Backend) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := b.Append(ctx, "f", 0, []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	if err := b.Replace(ctx, "f", []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("replace: %v", err)
	}
	if list, err := b.List(t.Context(), "."); err != nil || len(list) != 0 {
		t.Errorf("an ended context wrote %v, %v", list, err)
	}
}
