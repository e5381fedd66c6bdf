package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

// A checkpoint that a public log of certificates published in May 2026, with the words of
// four public witnesses: what other implementations sign, ours must be able to judge.
const (
	publicCheckpoint = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`
	remoraKey    = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
	stagemoleKey = "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv"
	gardenKey    = "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
	geomysKey    = "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G"
	archeKey     = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)

func cosignatureKey(t testing.TB, vkey string) *proof.CosignatureKey {
	t.Helper()
	k, err := proof.ParseCosignatureKey(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func cosigner(t testing.TB, name string, seed byte) *proof.Cosigner {
	t.Helper()
	c, err := proof.NewCosigner(name, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCosignaturesOfPublicWitnesses(t *testing.T) {
	keys := []*proof.CosignatureKey{cosignatureKey(t, geomysKey), cosignatureKey(t, stagemoleKey), cosignatureKey(t, remoraKey), cosignatureKey(t, gardenKey)}
	got, err := proof.VerifyCosignatures([]byte(publicCheckpoint), keys, proof.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(0x6a122120, 0).UTC()
	want := []proof.Cosigned{{"witness.stagemole.eu", 0x67f7aea0, at}, {"remora.n621.de", 0xda77ade7, at}, {"transparency.dev/DEV:witness-little-garden", 0xd8042a87, at}}
	if !slices.Equal(got, want) {
		t.Fatalf("%+v", got)
	}
	v, err := note.NewVerifier(archeKey)
	if err != nil {
		t.Fatal(err)
	}
	c, text, verified, err := proof.OpenHead([]byte(publicCheckpoint), v)
	if err != nil || c.Size != 1432088532 || text != c.Text() || strings.Count(verified, "\n") != 1 || !strings.Contains(verified, " ui8GwCF1") {
		t.Fatalf("%+v %q %q %v", c, text, verified, err)
	}
	other := strings.Replace(publicCheckpoint, "1432088532", "1432088533", 1)
	if got, err := proof.VerifyCosignatures([]byte(other), keys, proof.Bounds{}); !errors.Is(err, evidence.ErrTampered) || got != nil {
		t.Fatalf("another size: %v, %v", got, err)
	}
}

func TestCosignatureKeysHaveOneForm(t *testing.T) {
	for _, vkey := range []string{remoraKey, stagemoleKey, gardenKey, geomysKey, cosigner(t, "svidok.witness/a", 1).Key().String()} {
		if got := cosignatureKey(t, vkey).String(); got != vkey {
			t.Errorf("%s reads as %s", vkey, got)
		}
		for i := range vkey {
			bad := []byte(vkey)
			bad[i] ^= 1
			if k, err := proof.ParseCosignatureKey(string(bad)); err == nil {
				t.Errorf("byte %d of %s changed unseen: %s", i, vkey, k)
			}
		}
	}
	mldsa := "w+00000000+" + base64.StdEncoding.EncodeToString(append([]byte{6}, make([]byte, 1312)...))
	if _, err := proof.ParseCosignatureKey(mldsa); !errors.Is(err, evidence.ErrRefused) || evidence.HintOf(err) == "" {
		t.Errorf("a key of ML-DSA: %v", err)
	}
	for _, bad := range []string{"", "x", "+", "++", "a+00000000+", archeKey, strings.ToUpper(remoraKey), " " + remoraKey, remoraKey + "\n", "w+12345678+BEqS"} {
		if _, err := proof.ParseCosignatureKey(bad); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSecretOfACosigner(t *testing.T) {
	c := cosigner(t, "svidok.witness/a", 1)
	again, err := proof.ParseCosigner(c.Secret())
	if err != nil || again.Key().String() != c.Key().String() {
		t.Fatalf("%v", err)
	}
	for i := range c.Secret() {
		bad := []byte(c.Secret())
		bad[i] ^= 1
		_, err := proof.ParseCosigner(string(bad))
		if !errors.Is(err, evidence.ErrFormat) || strings.Contains(err.Error(), string(bad[40:])) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", strings.Repeat("a", 201), "\xff"} {
		if _, err := proof.NewCosigner(name, make([]byte, 32)); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := proof.NewCosigner("a", make([]byte, 31)); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("short seed: %v", err)
	}
}

// cosign adds the words of witnesses under a checkpoint.
func cosign(t testing.TB, signed []byte, at time.Time, by ...*proof.Cosigner) []byte {
	t.Helper()
	text, _, _ := strings.Cut(string(signed), "\n\n")
	for _, c := range by {
		line, err := c.Cosign(text+"\n", at)
		if err != nil {
			t.Fatal(err)
		}
		if signed, err = proof.WithCosignatures(signed, line); err != nil {
			t.Fatal(err)
		}
	}
	return signed
}

func signedHead(t *testing.T, size int64) []byte {
	t.Helper()
	signer, _ := keys(t, "svidok/test")
	signed, err := proof.Sign(proof.Checkpoint{Origin: "svidok/test", Size: size, Root: evidence.Sum([]byte("root"))}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestCosignaturesCountOnce(t *testing.T) {
	a, b, stranger := cosigner(t, "svidok.witness/a", 1), cosigner(t, "svidok.witness/b", 2), cosigner(t, "svidok.witness/a", 3)
	at := time.Date(2026, 5, 1, 12, 0, 0, 999, time.UTC)
	signed := cosign(t, signedHead(t, 7), at, a, stranger)
	signed = cosign(t, signed, at.Add(-time.Hour), a)
	signed = cosign(t, signed, at.Add(time.Hour), a, b)
	signed = append(signed, "— mldsa.example "+base64.StdEncoding.EncodeToString(make([]byte, 4+8+2420))+"\n"...)
	got, err := proof.VerifyCosignatures(signed, []*proof.CosignatureKey{a.Key(), b.Key()}, proof.Bounds{})
	if err != nil || len(got) != 2 || !got[0].Time.Equal(at.Add(-time.Hour).Truncate(time.Second)) || got[1].Name != "svidok.witness/b" {
		t.Fatalf("%+v, %v", got, err)
	}
	within := proof.Bounds{NotBefore: at, NotAfter: at}
	got, err = proof.VerifyCosignatures(signed, []*proof.CosignatureKey{a.Key(), b.Key()}, within)
	if !errors.Is(err, evidence.ErrRefused) || len(got) != 1 || got[0].Name != "svidok.witness/a" {
		t.Fatalf("out of bounds: %+v, %v", got, err)
	}
	if got, err := proof.VerifyCosignatures(signed, nil, proof.Bounds{}); err != nil || len(got) != 0 {
		t.Fatalf("no witness known: %v, %v", got, err)
	}
	alias := cosigner(t, "svidok.witness/alias", 1)
	if _, err := proof.VerifyCosignatures(signed, []*proof.CosignatureKey{a.Key(), alias.Key()}, proof.Bounds{}); !errors.Is(err, evidence.ErrUsage) {
		t.Fatalf("one key under two names: %v", err)
	}
}

func TestWrongCosignatures(t *testing.T) {
	a := cosigner(t, "svidok.witness/a", 1)
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	signed, other := cosign(t, signedHead(t, 7), at, a), cosign(t, signedHead(t, 8), at, a)
	lines := strings.SplitAfter(string(other), "\n")
	forged := append(signedHead(t, 7), lines[len(lines)-2]...)
	// A right line does not make a wrong one beside it good, in either order.
	both := append(bytes.Clone(signed), lines[len(lines)-2]...)
	id := binary.BigEndian.AppendUint32(nil, a.Key().KeyHash())
	short := append(signedHead(t, 7), fmt.Sprintf("— svidok.witness/a %s\n", base64.StdEncoding.EncodeToString(append(id, make([]byte, 64)...)))...)
	timeless := append(signedHead(t, 7), fmt.Sprintf("— svidok.witness/a %s\n", base64.StdEncoding.EncodeToString(append(id, make([]byte, 72)...)))...)
	for name, n := range map[string][]byte{"another checkpoint's": forged, "a wrong one beside": both, "short": short, "no time": timeless} {
		if got, err := proof.VerifyCosignatures(n, []*proof.CosignatureKey{a.Key()}, proof.Bounds{}); !errors.Is(err, evidence.ErrTampered) || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, n := range []string{"", "\n\n", "x\n\n— a AAAA\n", string(signed[:len(signed)-1]), string(signed) + "\n", strings.Repeat("x", 1<<20)} {
		if got, err := proof.VerifyCosignatures([]byte(n), []*proof.CosignatureKey{a.Key()}, proof.Bounds{}); err == nil {
			t.Errorf("%.40q: %v", n, got)
		}
	}
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := a.Cosign("svidok/test\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", at); !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("cosigned at %v: %v", at, err)
		}
	}
	if _, err := a.Cosign("svidok/test\n1\n", at); !errors.Is(err, evidence.ErrFormat) {
		t.Errorf("cosigned what is no checkpoint: %v", err)
	}
}

// A witness whose key signed something else than a checkpoint vouched for nothing.
func TestCosignedButNoCheckpoint(t *testing.T) {
	a := cosigner(t, "svidok.witness/a", 1)
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
	sig := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, a.Key().KeyHash()), 1777777777)
	sig = append(sig, ed25519.Sign(key, []byte("cosignature/v1\ntime 1777777777\nhello\n"))...)
	n := fmt.Appendf(nil, "hello\n\n— svidok.witness/a %s\n", base64.StdEncoding.EncodeToString(sig))
	if _, err := note.Open(n, note.VerifierList(a.Key())); err != nil {
		t.Fatalf("the signature itself is good: %v", err)
	}
	if got, err := proof.VerifyCosignatures(n, []*proof.CosignatureKey{a.Key()}, proof.Bounds{}); !errors.Is(err, evidence.ErrFormat) || got != nil {
		t.Fatalf("%v, %v", got, err)
	}
	large := append(signedHead(t, 7), bytes.Repeat([]byte("— w "+strings.Repeat("A", 8000)+"\n"), 60)...)
	if got, err := proof.VerifyCosignatures(large, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrLimit) {
		t.Fatalf("%v, %v", got, err)
	}
}

// No changed bit leaves a cosignature standing.
func TestMangledCosignatures(t *testing.T) {
	a := cosigner(t, "svidok.witness/a", 1)
	signed := cosign(t, signedHead(t, 7), time.Unix(1777777777, 0), a)
	line := bytes.LastIndex(signed[:len(signed)-1], []byte("\n"))
	for i := range signed {
		if text := bytes.Index(signed, []byte("\n\n")); i > text && i <= line {
			continue // the log's own signature is not what is judged here
		}
		for bit := range 8 {
			bad := bytes.Clone(signed)
			bad[i] ^= 1 << bit
			if got, err := proof.VerifyCosignatures(bad, []*proof.CosignatureKey{a.Key()}, proof.Bounds{}); err == nil && len(got) > 0 {
				t.Fatalf("byte %d bit %d: %+v", i, bit, got)
			}
		}
	}
}

func TestCosignaturesAreOnlyAdded(t *testing.T) {
	signed := signedHead(t, 7)
	for _, lines := range []string{"x\n", "\n", "evil\n\n— w AAAAAAAA\n", "— w AAAAAAAA", "— w !\n", strings.Repeat("— w AAAAAAAA\n", 1<<16)} {
		if out, err := proof.WithCosignatures(signed, []byte(lines)); err == nil && !bytes.Equal(out, signed) {
			t.Errorf("%.40q: %q", lines, out)
		}
	}
	once, err := proof.WithCosignatures(signed, []byte("— w AAAAAAAA\n— w AAAAAAAA\n"))
	if err != nil || bytes.Count(once, []byte("— w")) != 1 {
		t.Fatalf("%q, %v", once, err)
	}
}

func TestHeadsOfOtherLogs(t *testing.T) {
	signer, key := keys(t, "example.org/log")
	_, stranger := keys(t, "example.org/log")
	root := strings.Repeat("A", 43) + "="
	sign := func(text string) []byte {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	// Extension lines, and an origin that is not the key's name, are for others to use.
	signed := sign("another.example/log\n5\n" + root + "\nextension\n")
	c, text, _, err := proof.OpenHead(signed, stranger, key)
	if err != nil || c.Origin != "another.example/log" || c.Size != 5 || !strings.HasSuffix(text, "\nextension\n") {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, _, _, err := proof.OpenHead(signed, stranger); !errors.Is(err, evidence.ErrTampered) {
		t.Fatalf("another key: %v", err)
	}
	// A right signature does not make a wrong one of the same key good.
	lines := strings.SplitAfter(string(sign("another.example/log\n6\n"+root+"\n")), "\n")
	if _, _, _, err := proof.OpenHead(append(bytes.Clone(signed), lines[len(lines)-2]...), key); !errors.Is(err, evidence.ErrTampered) {
		t.Fatalf("a wrong one beside: %v", err)
	}
	for _, bad := range []string{"a\n5\n" + root + "\n\n", "a\n5\n" + root + "\nx\n\ny\n", "a\n+5\n" + root + "\n", "a\n5\n" + root[:42] + "\n"} {
		if c, _, _, err := proof.OpenHead(sign(bad), key); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%q: %+v, %v", bad, c, err)
		}
	}
}

func FuzzVerifyCosignatures(f *testing.F) {
	a := cosigner(f, "svidok.witness/a", 1)
	text := "svidok/test\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
	line, err := a.Cosign(text, time.Unix(1777777777, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(text + "\n" + string(line)))
	f.Add([]byte(publicCheckpoint))
	f.Add([]byte("a\n0\n\n— b c\n"))
	f.Add([]byte("\n\n— 0 00000000\n"))
	f.Add(line)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := proof.VerifyCosignatures(b, []*proof.CosignatureKey{a.Key()}, proof.Bounds{})
		if err == nil && len(got) == 1 && !(strings.HasPrefix(string(b), text+"\n") && strings.Contains(string(b), string(line))) {
			t.Fatalf("a forgery: %q", b)
		}
		signed := []byte(text + "\n" + string(line))
		out, err := proof.WithCosignatures(signed, b)
		if err != nil {
			return
		}
		if got, err := proof.VerifyCosignatures(out, []*proof.CosignatureKey{a.Key()}, proof.Bounds{}); !bytes.HasPrefix(out, signed) || err == nil && len(got) != 1 {
			t.Fatalf("%q under it: %q, %v, %v", b, out, got, err)
		}
	})
}

func FuzzCosignatureKey(f *testing.F) {
	for _, k := range []string{remoraKey, archeKey, "a+00000000+BA=="} {
		f.Add(k)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := proof.ParseCosignatureKey(s); err == nil && k.String() != s {
			t.Fatalf("%q reads as %q", s, k)
		}
	})
}
