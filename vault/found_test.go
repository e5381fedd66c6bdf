package vault_test

import (
	"bytes"
	"errors"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

// TestHealedIsFound: an index that was made of a damaged segment does not hide what was
// healed, neither from who opens the case nor from who had it open.
func TestHealedIsFound(t *testing.T) {
	k := testKeys(t, 1)
	for name, open := range map[string]func(t *testing.T) vault.Backend{
		"fake":   func(*testing.T) vault.Backend { return vaulttest.New() },
		"dir":    func(t *testing.T) vault.Backend { return vault.Dir(t.TempDir()) },
		"sealed": func(t *testing.T) vault.Backend { return vault.Sealed(vault.Dir(t.TempDir()), k) },
	} {
		t.Run(name, func(t *testing.T) { healedIsFound(t, open(t), open(t)) })
	}
}

func healedIsFound(t *testing.T, a, b vault.Backend) {
	const segment, index = "vault/000001.warc.gz", "vault/000001.idx"
	newCase(t, a, 4).close()
	mustMirror(t, a, b)
	p, err := vault.ReadFile(t.Context(), a, segment, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for i := 300; i < 900; i++ {
		p[i] ^= 0x55 // some records, headers and all
	}
	if err := errors.Join(a.Replace(t.Context(), segment, p), a.Append(t.Context(), index, 0, nil)); err != nil {
		t.Fatal(err)
	}
	// Only objects that the index does not know at all: to ask for one that it knows, and
	// that cannot be read, makes the vault read the segment again, which hides what is
	// looked for.
	held := func(v *vault.Vault) (n int) {
		for i := 1; i < 3; i++ {
			p, err := v.Get(t.Context(), evidence.Sum(object(i).Data))
			if err != nil && !errors.Is(err, evidence.ErrNotFound) {
				t.Fatalf("object %d: %v, want it whole or not at all", i, err)
			}
			if err == nil && bytes.Equal(p, object(i).Data) {
				n++
			}
		}
		return n
	}
	c := openCase(t, a)
	if held(c.vault) != 0 {
		t.Fatal("nothing was lost: the test shows nothing")
	}
	c.add(2)
	c.close() // writes the index of what can be read
	if p, err := vault.ReadFile(t.Context(), a, index, 1<<20); err != nil || len(p) == 0 {
		t.Fatalf("no index of the damaged segment: %d bytes, %v", len(p), err)
	}
	c = openCase(t, a)
	if held(c.vault) != 0 {
		t.Fatal("it was found without being healed")
	}
	if got := mustMirror(t, a, b); got[vault.HealedFirst] == 0 {
		t.Fatal(got)
	}
	x, _ := c.ledger.LastExtent()
	if err := c.vault.Reload(t.Context(), vault.End{Segment: x.Segment, Offset: x.To}); err != nil {
		t.Fatal(err)
	}
	if n := held(c.vault); n != 2 {
		t.Errorf("who had it open finds %d of 2", n)
	}
	again := openCase(t, a)
	if n := held(again.vault); n != 2 {
		t.Errorf("who opens it finds %d of 2", n)
	}
	if err := again.vault.Close(); err != nil {
		t.Fatal(err)
	}
	c.add(2)
	c.close()
	whole(t, a, c.ledger.Size())
}
