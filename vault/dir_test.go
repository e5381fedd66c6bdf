package vault_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

func TestBackends(t *testing.T) {
	t.Run("dir", func(t *testing.T) {
		vaulttest.Suite(t, func(t *testing.T) vault.Backend { return vault.Dir(filepath.Join(t.TempDir(), "new", "case")) })
	})
	t.Run("fake", func(t *testing.T) {
		vaulttest.Suite(t, func(*testing.T) vault.Backend { return vaulttest.New() })
	})
}

func TestDirIsForTheUserAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "case")
	if err := vault.Dir(dir).Replace(t.Context(), "sub/key", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "sub": 0o700, "sub/key": 0o600} {
		st, err := os.Stat(filepath.Join(dir, name))
		if err != nil || st.Mode().Perm() != want {
			t.Errorf("%q has mode %v, %v; want %v", name, st.Mode().Perm(), err, want)
		}
	}
}

func TestDirStaysInside(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := vault.Dir(dir).Open(t.Context(), "link/secret"); err == nil {
		t.Error("opened a file outside of the case")
	}
	if err := vault.Dir(dir).Append(t.Context(), "link/new", 0, []byte("x")); err == nil {
		t.Error("wrote a file outside of the case")
	}
	if list, err := vault.Dir(dir).List(t.Context(), "."); err != nil || len(list) != 0 {
		t.Errorf("listed %v, %v", list, err)
	}
}

// TestLockIsFreedByDeath: a process that holds the turn is killed.
func TestLockIsFreedByDeath(t *testing.T) {
	if dir := os.Getenv("VAULT_TEST_HOLD"); dir != "" {
		unlock, err := vault.Dir(dir).Lock(context.Background(), "the child")
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		t.Fatal("still alive, ", unlock())
	}
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestLockIsFreedByDeath$")
	child.Env = append(os.Environ(), "VAULT_TEST_HOLD="+dir)
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "held" {
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := vault.Dir(dir).Lock(ctx, "the parent"); !errors.Is(err, evidence.ErrBusy) || !strings.Contains(err.Error(), "the child") {
		t.Errorf("while the child holds it: %v, want ErrBusy naming the child", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	unlock, err := vault.Dir(dir).Lock(t.Context(), "the parent")
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
}
