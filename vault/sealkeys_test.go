package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

const passphrase = "чотири слова без зв'язку"

func TestPassphrase(t *testing.T) {
	ctx, inner, k := t.Context(), vaulttest.New(), testKeys(t, 8)
	if _, err := vault.Unlock(ctx, inner, passphrase); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("unlock what is not sealed: %v, want ErrNotFound", err)
	}
	if sealed, err := vault.IsSealed(ctx, inner); sealed || err != nil {
		t.Errorf("an empty folder is sealed: %v, %v", sealed, err)
	}
	if err := vault.SetPassphrase(ctx, inner, k, "too short", 5); !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" {
		t.Errorf("a short passphrase: %v, want ErrRefused and a hint", err)
	}
	if err := vault.SetPassphrase(ctx, inner, k, passphrase, 5); err != nil {
		t.Fatal(err)
	}
	if err := vault.Sealed(inner, k).Replace(ctx, "svidok", []byte("here")); err != nil {
		t.Fatal(err)
	}
	opens := func(word string) error {
		k, err := vault.Unlock(ctx, inner, word)
		if err != nil {
			return err
		}
		if p, err := vault.ReadFile(ctx, vault.Sealed(inner, k), "svidok", 99); err != nil || string(p) != "here" {
			t.Fatalf("unlocked: %q, %v", p, err)
		}
		return nil
	}
	if err := opens(passphrase); err != nil {
		t.Fatal(err)
	}
	if err := opens(passphrase + "!"); !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" {
		t.Errorf("a wrong passphrase: %v, want ErrRefused and a hint", err)
	}
	if err := opens("a\u0308lles andere geheim"); !errors.Is(err, evidence.ErrRefused) {
		t.Error(err)
	}
	before := inner.Bytes("svidok")
	if err := vault.SetPassphrase(ctx, inner, k, "a\u0308lles andere geheim", 5); err != nil { // as some keyboards write it
		t.Fatal(err)
	}
	if err := opens("\u00e4lles andere geheim"); err != nil {
		t.Errorf("the same passphrase in another form: %v", err)
	}
	if err := opens(passphrase); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("the old passphrase: %v, want ErrRefused", err)
	}
	if !bytes.Equal(before, inner.Bytes("svidok")) {
		t.Error("another passphrase changed more than the seal")
	}
	if err := vault.SetPassphrase(ctx, inner, testKeys(t, 9), passphrase, 5); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("keys of another case: %v, want ErrRefused", err)
	}
	plain := vaulttest.New()
	plain.Put("svidok", []byte("svidok case 1\n"))
	if err := vault.SetPassphrase(ctx, plain, k, passphrase, 5); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a seal in a plain case: %v, want ErrRefused", err)
	}
}

func TestRecovery(t *testing.T) {
	ctx, inner, k := t.Context(), vaulttest.New(), testKeys(t, 8)
	secret, err := vault.SetRecovery(ctx, inner, k)
	if err != nil || !strings.HasPrefix(secret, "AGE-SECRET-KEY-1") {
		t.Fatal(secret, err)
	}
	again, err := vault.UnlockWith(ctx, inner, " "+secret+"\n")
	if err != nil || !bytes.Equal(again.Catalog(), k.Catalog()) {
		t.Fatal(err)
	}
	other, err := vault.SetRecovery(ctx, vaulttest.New(), k)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vault.UnlockWith(ctx, inner, other); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("another recovery key: %v, want ErrRefused", err)
	}
	if _, err := vault.UnlockWith(ctx, inner, "AGE-SECRET-KEY-1ZZZ"); !errors.Is(err, evidence.ErrFormat) || strings.Contains(err.Error(), "ZZZ") {
		t.Errorf("no recovery key: %v, want ErrFormat without the key", err)
	}
	if s := fmt.Sprintf("%v %+v %#v", k, k, k); strings.Contains(s, "8, 8") || strings.Contains(s, "0x8") {
		t.Errorf("keys are printed: %s", s)
	}
}

// TestMangledSeal: no byte of a seal can be changed so that it opens to other keys.
func TestMangledSeal(t *testing.T) {
	ctx, inner, k := t.Context(), vaulttest.New(), testKeys(t, 8)
	if err := vault.SetPassphrase(ctx, inner, k, passphrase, 1); err != nil {
		t.Fatal(err)
	}
	whole := inner.Bytes("seal")
	for at := range whole {
		bad := bytes.Clone(whole)
		bad[at] ^= 2
		inner.Put("seal", bad)
		again, err := vault.Unlock(ctx, inner, passphrase)
		if err == nil && !bytes.Equal(again.Catalog(), k.Catalog()) {
			t.Fatalf("byte %d: other keys", at)
		}
		if err != nil && !errors.Is(err, evidence.ErrRefused) && !errors.Is(err, evidence.ErrTampered) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
}
