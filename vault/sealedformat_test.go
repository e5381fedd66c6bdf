package vault_test

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/crypto/chacha20poly1305"

	"svidok/vault"
)

// secondReader reads encrypted files by docs/formats/sealed.md, and shares no code with the
// package.
type secondReader struct{ frames, nonces []byte }

func readSeal(t *testing.T, file []byte, id age.Identity) secondReader {
	t.Helper()
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(file)), id)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	digits, ok := strings.CutPrefix(string(text), "svidok seal 1\n")
	master, err := hex.DecodeString(strings.TrimSuffix(digits, "\n"))
	if !ok || err != nil || len(master) != 32 {
		t.Fatalf("%q", text)
	}
	key := func(info string) []byte {
		k, err := hkdf.Key(sha256.New, master, nil, info, 32)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	return secondReader{key("svidok sealed frames"), key("svidok sealed nonces")}
}

func (s secondReader) plain(name string, file []byte) (plain []byte, err error) {
	aead, err := chacha20poly1305.NewX(s.frames)
	if err != nil {
		return nil, err
	}
	for at := 0; at < len(file); {
		f := file[at:]
		if len(f) < 56 || string(f[:8]) != "svidokS1" {
			return nil, fmt.Errorf("no frame at byte %d", at)
		}
		off, n := int(binary.BigEndian.Uint64(f[8:])), int(binary.BigEndian.Uint32(f[16:]))
		data := binary.BigEndian.AppendUint64(bytes.Clone(f[:40]), uint64(at))
		data = append(data, name...)
		nonce := func(i uint32) []byte { return binary.BigEndian.AppendUint32(bytes.Clone(f[20:40]), i) }
		if _, err := aead.Open(nil, nonce(0), f[40:56], data); err != nil {
			return nil, fmt.Errorf("header at byte %d: %w", at, err)
		}
		var run []byte
		end := 56
		for i := uint32(1); len(run) < n; i++ {
			from := end
			end += min(16384, n-len(run)) + 16
			if run, err = aead.Open(run, nonce(i), f[from:end], data); err != nil {
				return nil, fmt.Errorf("piece %d at byte %d: %w", i, at+from, err)
			}
		}
		m := hmac.New(sha256.New, s.nonces)
		var p []byte
		for _, x := range []uint64{uint64(at), uint64(off)} {
			p = binary.BigEndian.AppendUint64(p, x)
		}
		p = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(p, uint32(n)), uint32(len(name)))
		m.Write(append(append(p, name...), run...))
		if !bytes.Equal(m.Sum(nil)[:20], f[20:40]) {
			return nil, fmt.Errorf("nonce at byte %d", at)
		}
		for ; end%8 != 0; end++ {
			if f[end] != 0xff {
				return nil, fmt.Errorf("padding at byte %d", at+end)
			}
		}
		if off > len(plain) {
			return nil, errors.New("a gap")
		}
		plain = append(plain[:off], run...)
		at += end
	}
	return plain, nil
}

func TestSealedFormat(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	inner := vault.Dir(dir)
	k, err := vault.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const phrase = "вода черга міст сніг"
	if err := vault.SetPassphrase(ctx, inner, k, phrase, 4); err != nil {
		t.Fatal(err)
	}
	secret, err := vault.SetRecovery(ctx, inner, k)
	if err != nil {
		t.Fatal(err)
	}
	b := vault.Sealed(inner, k)
	noise := make([]byte, 3<<20+17)
	_, _ = rand.Read(noise)
	want := map[string][]byte{"svidok": []byte("svidok case 1\n"), "vault/000001.warc.gz": noise, "ledger/journal": noise[:40000], "ledger/empty": {}}
	for _, err := range []error{
		b.Replace(ctx, "svidok", want["svidok"]),
		b.Replace(ctx, "ledger/empty", nil),
		b.Append(ctx, "vault/000001.warc.gz", 0, noise[:1000]),
		b.Append(ctx, "vault/000001.warc.gz", 1000, noise[:500]), // cut again: a crash left it
		b.Append(ctx, "vault/000001.warc.gz", 1000, noise[1000:]),
		b.Append(ctx, "ledger/journal", 0, noise),
		b.Append(ctx, "ledger/journal", 20000, noise[20000:40000]),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	byPhrase, err := age.NewScryptIdentity(phrase)
	if err != nil {
		t.Fatal(err)
	}
	byKey, err := age.ParseX25519Identity(secret)
	if err != nil {
		t.Fatal(err)
	}
	for seal, id := range map[string]age.Identity{"seal": byPhrase, "seal.recovery": byKey} {
		raw, err := os.ReadFile(filepath.Join(dir, seal))
		if err != nil {
			t.Fatal(err)
		}
		s := readSeal(t, raw, id)
		for name, plain := range want {
			file, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.plain(name, file)
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s by %s: %d bytes, want %d: %v", name, seal, len(got), len(plain), err)
			}
			if len(plain) > 0 && bytes.Contains(file, plain[:14]) {
				t.Errorf("%s lies open", name)
			}
			if _, err := s.plain("another/name", file); len(plain) > 0 && err == nil {
				t.Errorf("%s is worth something under another name", name)
			}
		}
	}
}
