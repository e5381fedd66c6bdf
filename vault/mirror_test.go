package vault_test

import (
	"bytes"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

// TestRestoreDrill: the case is lost, is restored from its mirror, and goes on.
func TestRestoreDrill(t *testing.T) {
	k := testKeys(t, 1)
	for name, open := range map[string]func(dir string) vault.Backend{
		"open":   func(dir string) vault.Backend { return vault.Dir(dir) },
		"sealed": func(dir string) vault.Backend { return vault.Sealed(vault.Dir(dir), k) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			if name == "sealed" {
				if err := vault.SetPassphrase(t.Context(), vault.Dir(at("case")), k, passphrase, 2); err != nil {
					t.Fatal(err)
				}
			}
			c := newCase(t, open(at("case")), 4)
			first := c.ledger.Size()
			if got := mustMirror(t, c.b, open(at("mirror"))); got[vault.Copied] < 6 || got[vault.Damaged]+got[vault.Waits] > 0 {
				t.Errorf("the first run: %v", got)
			}
			whole(t, open(at("mirror")), first)
			c.add(5)
			c.close()
			size := c.ledger.Size()
			mustMirror(t, open(at("case")), open(at("mirror")))
			if got := mustMirror(t, open(at("case")), open(at("mirror"))); got[vault.Same] < 6 || len(got) != 1 {
				t.Errorf("nothing to do: %v", got)
			}
			whole(t, open(at("mirror")), size)
			// The case is lost here: nothing below names it.
			mustMirror(t, open(at("mirror")), open(at("restored")))
			if name == "sealed" {
				again, err := vault.Unlock(t.Context(), vault.Dir(at("restored")), passphrase)
				if err != nil {
					t.Fatal(err)
				}
				k = again
			}
			r := openCase(t, open(at("restored")))
			r.add(3)
			r.close()
			whole(t, open(at("restored")), r.ledger.Size())
			if p, err := r.vault.Get(t.Context(), evidence.Sum(object(1).Data)); err != nil || !bytes.Equal(p, object(1).Data) {
				t.Error(err)
			}
			mustMirror(t, open(at("restored")), open(at("mirror")))
			whole(t, open(at("mirror")), r.ledger.Size())
		})
	}
}

// TestMirrorConflicts: a mirror that knows more, or something else, is left as it is.
func TestMirrorConflicts(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	c := newCase(t, a, 3)
	mustMirror(t, a, b)
	old := a.Clone()
	c.add(2)
	mustMirror(t, a, b)
	forked := openCase(t, old.Clone())
	forked.next += 50
	forked.add(2)
	longer := openCase(t, forked.b.(*vaulttest.Fake).Clone())
	longer.add(2)
	for what, pair := range map[string][2]*vaulttest.Fake{
		"the case was rolled back":      {old, b},
		"the two went on by themselves": {forked.b.(*vaulttest.Fake), b},
		"and the case is longer":        {longer.b.(*vaulttest.Fake), b},
	} {
		x, y := pair[0].Clone(), pair[1].Clone()
		got, err := mirror(t, x, y)
		if !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" || len(got) > 0 {
			t.Errorf("%s: %v, %v; want ErrRefused and a hint", what, got, err)
		}
		for i, f := range []*vaulttest.Fake{x, y} {
			for _, name := range list(t, pair[i]) {
				if !bytes.Equal(f.Bytes(name), pair[i].Bytes(name)) {
					t.Errorf("%s: %s was written", what, name)
				}
			}
		}
	}
	k := testKeys(t, 1)
	for what, pair := range map[string][2]vault.Backend{
		"sealed, and open under a seal":    {vault.Sealed(sealedFake(t, k), k), vault.Sealed(a, k)},
		"open under a seal, and sealed":    {vault.Sealed(a, k), vault.Sealed(sealedFake(t, k), k)},
		"sealed and open":                  {vault.Sealed(vaulttest.New(), k), vaulttest.New()},
		"other keys":                       {vault.Sealed(vaulttest.New(), k), vault.Sealed(vaulttest.New(), testKeys(t, 2))},
		"a sealed one, unlocked by nobody": {sealedFake(t, k), vaulttest.New()},
	} {
		if _, err := mirror(t, pair[0], pair[1]); !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%s: %v, want ErrRefused", what, err)
		}
	}
	if _, err := mirror(t, vaulttest.New(), a); !errors.Is(err, evidence.ErrNotFound) || evidence.HintOf(err) == "" {
		t.Errorf("the wrong way round: %v, want ErrNotFound and a hint", err)
	}
}

func sealedFake(t *testing.T, k *vault.Keys) *vaulttest.Fake {
	t.Helper()
	f := vaulttest.New()
	if err := vault.SetPassphrase(t.Context(), f, k, passphrase, 2); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMirrorNoKeyAndForeign(t *testing.T) {
	a, b := vaulttest.New(), vaulttest.New()
	newCase(t, a, 2).close()
	a.Put("notes.txt", []byte("a person's notes"))
	if got, err := mirrorWith(t, a, b, vault.MirrorOptions{Read: readHistory(t), NoKey: true}); err != nil || got[vault.Foreign] != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	b.Put("vault/holiday.jpg", []byte("x"))
	got, err := mirrorWith(t, a, b, vault.MirrorOptions{Read: readHistory(t), NoKey: true})
	if err != nil || got[vault.Foreign] != 2 || b.Bytes("key") != nil || b.Bytes("notes.txt") != nil || string(b.Bytes("vault/holiday.jpg")) != "x" {
		t.Errorf("%v, %v, %v", got, err, list(t, b))
	}
	for _, name := range list(t, b) {
		if strings.HasSuffix(name, ".idx") || name == "key" {
			t.Errorf("%s was copied", name)
		}
	}
	// A folder of somebody's own files is no place for a new mirror.
	album := vaulttest.New()
	album.Put("holiday.jpg", []byte("x"))
	if got, err := mirror(t, a, album); !errors.Is(err, evidence.ErrRefused) || len(list(t, album)) != 1 {
		t.Errorf("%v, %v, %v", got, err, list(t, album))
	}
	other := vaulttest.New()
	mustMirror(t, a, other)
	other.Put("key", []byte("another"))
	if got := mustMirror(t, a, other); got[vault.Damaged] != 1 || string(other.Bytes("key")) != "another" {
		t.Errorf("two keys: %v", got)
	}
}

// TestMirrorSeals: a new passphrase reaches the mirror, a damaged seal does not.
func TestMirrorSeals(t *testing.T) {
	k := testKeys(t, 1)
	one, two := vaulttest.New(), vaulttest.New()
	if err := vault.SetPassphrase(t.Context(), one, k, passphrase, 2); err != nil {
		t.Fatal(err)
	}
	newCase(t, vault.Sealed(one, k), 2).close()
	mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k))
	if err := vault.SetPassphrase(t.Context(), one, k, "another good passphrase", 2); err != nil {
		t.Fatal(err)
	}
	mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k))
	good := two.Bytes("seal")
	if !bytes.Equal(good, one.Bytes("seal")) {
		t.Error("the new passphrase did not reach the mirror")
	}
	bad := bytes.Clone(good)
	bad[90] ^= 1
	one.Put("seal", bad)
	if got := mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k)); got[vault.Waits] != 1 || !bytes.Equal(two.Bytes("seal"), good) {
		t.Errorf("a damaged seal: %v", got)
	}
	one.Put("seal", nil)
	if mustMirror(t, vault.Sealed(one, k), vault.Sealed(two, k)); !bytes.Equal(one.Bytes("seal"), good) {
		t.Error("a lost seal was not brought back")
	}
	for name := range maps.Keys(map[string]bool{"seal": true, "svidok": true, "key": true}) {
		if bytes.Contains(two.Bytes(name), []byte("PRIVATE")) || bytes.Contains(two.Bytes(name), []byte("svidok case")) {
			t.Errorf("%s lies open in the mirror of a sealed case", name)
		}
	}
}
