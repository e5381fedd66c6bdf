package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"svidok/dossier"
	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

func TestFS(t *testing.T) {
	k := testKeys(t, 1)
	for name, b := range map[string]vault.Backend{"fake": vaulttest.New(), "sealed": vault.Sealed(vaulttest.New(), k)} {
		names := []string{"a", "a-b", "dir/x", "dir/sub/y", "dir2/z", "ledger/tile/0/x001/067"}
		for _, n := range names {
			if err := b.Append(t.Context(), n, 0, []byte("content of "+n)); err != nil {
				t.Fatal(err)
			}
		}
		fsys, err := vault.FS(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if err := fstest.TestFS(fsys, names...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p, err := fs.ReadFile(fsys, "dir/sub/y"); err != nil || string(p) != "content of dir/sub/y" {
			t.Errorf("%s: %q, %v", name, p, err)
		}
		for _, bad := range []string{"none", "dir/none", "/a", "../a", "lock.tmp"} {
			if _, err := fsys.Open(bad); err == nil {
				t.Errorf("%s: opened %s", name, bad)
			}
		}
		if _, err := fsys.Open("none"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// verify runs the stranger's verifier, and returns what failed of keeping: the records of
// the test's cases are no records, which is not what is looked at here.
func verify(t *testing.T, b vault.Backend) (ok, failed []string) {
	t.Helper()
	fsys, err := vault.FS(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for c := range dossier.Verify(t.Context(), fsys, dossier.Options{}) {
		line := fmt.Sprintf("%s %s %s", c.Name, c.Status, c.Detail)
		if fmt.Sprint(c.Status) == "ok" {
			ok = append(ok, line)
		} else {
			failed = append(failed, line)
		}
	}
	return ok, failed
}

// TestCopyCase: open to sealed and back; both verify, and the copy is the case to the byte.
func TestCopyCase(t *testing.T) {
	ctx, k, dir := t.Context(), testKeys(t, 1), t.TempDir()
	from := vault.Dir(filepath.Join(dir, "open"))
	c := newCase(t, from, 5)
	c.close()
	size := c.ledger.Size()
	inner := vault.Dir(filepath.Join(dir, "sealed"))
	to := vault.Sealed(inner, k)
	if err := vault.CopyCase(ctx, from, to, nil); !errors.Is(err, evidence.ErrUsage) {
		t.Fatalf("without a seal: %v, want ErrUsage", err)
	}
	if err := vault.SetPassphrase(ctx, inner, k, passphrase, 2); err != nil {
		t.Fatal(err)
	}
	var told []string
	if err := vault.CopyCase(ctx, from, to, func(name string, _ int64) { told = append(told, name) }); err != nil {
		t.Fatal(err)
	}
	if len(told) < 6 || told[len(told)-1] != "svidok" {
		t.Errorf("copied %v", told)
	}
	whole(t, to, size)
	if err := vault.CopyCase(ctx, from, to, nil); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("into a case: %v, want ErrRefused", err)
	}
	keys, err := vault.Unlock(ctx, inner, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	back := vault.Dir(filepath.Join(dir, "back"))
	if err := vault.CopyCase(ctx, vault.Sealed(inner, keys), back, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range told {
		p, err1 := vault.ReadFile(ctx, from, name, 1<<20)
		q, err2 := vault.ReadFile(ctx, back, name, 1<<20)
		if err := errors.Join(err1, err2); err != nil || !bytes.Equal(p, q) {
			t.Errorf("%s there and back: %d bytes, %d bytes, %v", name, len(p), len(q), err)
		}
	}
	if err := vault.CopyCase(ctx, inner, vaulttest.New(), nil); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("a sealed case that nobody unlocked: %v, want ErrUsage", err)
	}
	if err := vault.CopyCase(ctx, vaulttest.New(), vaulttest.New(), nil); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("no case: %v, want ErrNotFound", err)
	}
	s := openCase(t, vault.Sealed(inner, keys))
	s.add(3)
	s.close()
	whole(t, vault.Sealed(inner, keys), s.ledger.Size())
}

// lying reads other bytes of one file than were written.
type lying struct{ vault.Backend }

func (l lying) Open(ctx context.Context, name string) (vault.File, error) {
	f, err := l.Backend.Open(ctx, name)
	if err != nil || name != "key" {
		return f, err
	}
	return twisted{f}, nil
}

type twisted struct{ vault.File }

func (f twisted) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	if n > 0 {
		p[0] ^= 1
	}
	return n, err
}

// TestCopyCaseCompares: a disk that gives back other bytes than it was given is seen.
func TestCopyCaseCompares(t *testing.T) {
	from, to := vaulttest.New(), vaulttest.New()
	newCase(t, from, 1).close()
	if err := vault.CopyCase(t.Context(), from, lying{to}, nil); !errors.Is(err, evidence.ErrTampered) || to.Bytes("svidok") != nil {
		t.Errorf("%v, want ErrTampered and no case", err)
	}
}

// TestCopyCaseCrash: the new folder is no case before the copy is whole.
func TestCopyCaseCrash(t *testing.T) {
	from := vaulttest.New()
	newCase(t, from, 3).close()
	for at := int64(1); ; at += 1 + at/30 {
		to := vaulttest.New()
		to.CrashAt(at)
		err := vault.CopyCase(t.Context(), from, to, nil)
		if !to.Crashed() {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		up := to.Restart(vaulttest.Prefix, uint64(at))
		if up.Bytes("svidok") != nil {
			t.Fatalf("step %d: a case", at)
		}
	}
}

// TestSealedCaseIsVerified: a stranger with the passphrase verifies a sealed case as any
// other: both give the same results, and a mangled byte is seen.
func TestSealedCaseIsVerified(t *testing.T) {
	k, from, inner := testKeys(t, 1), vaulttest.New(), sealedFake(t, testKeys(t, 1))
	newCase(t, from, 3).close()
	if err := vault.CopyCase(t.Context(), from, vault.Sealed(inner, k), nil); err != nil {
		t.Fatal(err)
	}
	plain, sealed := from.Clone(), vault.Sealed(inner, k)
	plain.Put("vault/000001.idx", nil) // derived: not copied
	ok1, failed1 := verify(t, plain)
	ok2, failed2 := verify(t, sealed)
	if strings.Join(ok1, "\n") != strings.Join(ok2, "\n") || strings.Join(failed1, "\n") != strings.Join(failed2, "\n") || len(ok1) < 3 {
		t.Errorf("open: %q, %q\nsealed: %q, %q", ok1, failed1, ok2, failed2)
	}
	for _, name := range []string{"vault/000001.warc.gz", "ledger/checkpoint", "key.pub", "svidok"} {
		bad := inner.Clone()
		p := bad.Bytes(name)
		p[len(p)/2] ^= 4
		bad.Put(name, p)
		if ok3, _ := verify(t, vault.Sealed(bad, k)); len(ok3) >= len(ok2) {
			t.Errorf("%s mangled: %q", name, ok3)
		}
	}
}

// TestSealedCheck says without keys what can be said.
func TestSealedCheck(t *testing.T) {
	k := testKeys(t, 1)
	inner := sealedFake(t, k)
	newCase(t, vault.Sealed(inner, k), 3).close()
	check := func(f *vaulttest.Fake) map[string]vault.SealedFile {
		out := map[string]vault.SealedFile{}
		for s, err := range vault.SealedCheck(t.Context(), f) {
			if err != nil {
				t.Fatal(err)
			}
			out[s.Name] = s
		}
		return out
	}
	const segment = "vault/000001.warc.gz"
	got := check(inner)
	sealed, err := vault.Sealed(inner, k).List(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sealed {
		if s := got[f.Name]; f.Name != "lock" && (s.Plain != f.Size || s.Problem != nil || s.Torn != 0) {
			t.Errorf("%s: %+v, want %d bytes", f.Name, s, f.Size)
		}
	}
	if _, ok := got["seal"]; ok || got[segment].Frames != 3 {
		t.Errorf("%+v", got)
	}
	p := inner.Bytes(segment)
	bad := inner.Clone()
	bad.Put(segment, p[:len(p)-9])
	if s := check(bad)[segment]; s.Torn == 0 || s.Problem != nil || s.Frames != 2 {
		t.Errorf("torn: %+v", s)
	}
	q := bytes.Clone(p)
	q[3] ^= 1
	bad.Put(segment, q)
	if s := check(bad)[segment]; !errors.Is(s.Problem, evidence.ErrTampered) {
		t.Errorf("no frame: %+v", s)
	}
}

// FuzzSealedFile reads arbitrary bytes as a sealed file: it never gives bytes that were not
// sealed, and never fails otherwise than it should.
func FuzzSealedFile(f *testing.F) {
	k, inner := testKeys(f, 41), vaulttest.New()
	b := vault.Sealed(inner, k)
	want := bytes.Repeat([]byte("what was sealed "), 60)
	for at := 0; at < len(want); at += 240 {
		if err := b.Append(context.Background(), "f", int64(at), want[at:at+240]); err != nil {
			f.Fatal(err)
		}
	}
	whole := inner.Bytes("f")
	f.Add(whole, 0, 0)
	f.Add(whole[:500], 5, 7)
	f.Add(append(bytes.Clone(whole[:100]), make([]byte, 600)...), 64, 1)
	f.Add([]byte("svidokS1"), 0, 0)
	f.Add([]byte{}, 0, 0)
	f.Fuzz(func(t *testing.T, p []byte, cut, put int) {
		if len(p) > 1<<17 {
			return
		}
		for _, p := range [][]byte{p, splice(whole, p, cut, put)} {
			d := vaulttest.New()
			d.Put("f", p)
			b := vault.Sealed(d, k)
			got, err := b.Open(t.Context(), "f")
			if err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, min(got.Size(), 1<<20))
			n, err := got.ReadAt(buf, 0)
			if err != nil && err != io.EOF && !errors.Is(err, evidence.ErrTampered) {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(want, buf[:n]) {
				t.Fatalf("%d bytes that were not sealed so", n)
			}
			for s, err := range vault.SealedCheck(t.Context(), d) {
				if err != nil || s.Plain < 0 {
					t.Fatal(s, err)
				}
			}
			if err := b.Append(t.Context(), "f", 0, []byte("new")); err != nil {
				t.Fatal(err)
			}
			if p, err := vault.ReadFile(t.Context(), b, "f", 99); err != nil || string(p) != "new" {
				t.Fatal(string(p), err)
			}
		}
	})
}

// splice lays p into whole.
func splice(whole, p []byte, cut, put int) []byte {
	at := max(0, cut) % (len(whole) + 1)
	rest := min(at+max(0, put)%(len(whole)+1), len(whole))
	return append(append(bytes.Clone(whole[:at]), p...), whole[rest:]...)
}
