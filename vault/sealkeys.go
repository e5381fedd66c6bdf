package vault

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"

	"svidok/evidence"
)

const (
	fileSeal     = "seal"
	fileRecovery = "seal.recovery"
	sealHead     = "svidok seal 1\n"
	maxSeal      = 64 << 10
	maxWork      = 22 // of scrypt, as logarithm: what age accepts
	// MinPassphrase is how many characters a passphrase has at least. A few words that have
	// nothing to do with each other are better than any number of signs.
	MinPassphrase = 12
)

// Keys are the keys of a sealed case: 32 random bytes, from which HKDF-SHA256 (RFC 5869)
// makes one for the frames, one for their nonces and one for the catalog. They lie in the
// case's folder in two files, each an age file (age-encryption.org/v1, armored) that
// `age -d` opens: "seal" for a passphrase (in Unicode normal form C), and, if there is
// one, "seal.recovery" for a recovery key that is kept elsewhere. What they hold is
// "svidok seal 1", a line feed, the random bytes in 64 hex digits, a line feed.
type Keys struct {
	master [32]byte
	frames cipher.AEAD
	nonce  []byte
	files  []byte

	mu    sync.Mutex
	known map[string]evidence.Hash // seals that are known to hold these keys, by name
}

// holds notes that a seal opens to these keys.
func (k *Keys) holds(name string, p []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil {
		k.known = map[string]evidence.Hash{}
	}
	k.known[name] = evidence.Sum(p)
}

// opens reports whether a seal is known to open to these keys.
func (k *Keys) opens(name string, p []byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return p != nil && k.known[name] == evidence.Sum(p)
}

// String keeps keys out of messages.
func (k *Keys) String() string { return "the keys of a sealed case" }

// GoString keeps keys out of messages.
func (k *Keys) GoString() string { return k.String() }

// NewKeys makes keys for a new sealed case. random is crypto/rand.Reader outside of tests.
func NewKeys(random io.Reader) (*Keys, error) {
	var master [32]byte
	if _, err := io.ReadFull(random, master[:]); err != nil {
		return nil, fmt.Errorf("make the keys of a sealed case: %w", err)
	}
	return keysOf(master)
}

func keysOf(master [32]byte) (*Keys, error) {
	k := &Keys{master: master}
	var made [3][]byte
	for i, use := range []string{"svidok sealed frames", "svidok sealed nonces", "svidok sealed catalog"} {
		var err error
		if made[i], err = hkdf.Key(sha256.New, master[:], nil, use, 32); err != nil {
			return nil, fmt.Errorf("make the keys of a sealed case: %w", err)
		}
	}
	var err error
	if k.frames, err = chacha20poly1305.NewX(made[0]); err != nil {
		return nil, fmt.Errorf("make the keys of a sealed case: %w", err)
	}
	k.nonce, k.files = made[1], made[2]
	return k, nil
}

// Catalog returns the key of the catalog: 32 bytes.
func (k *Keys) Catalog() []byte { return bytes.Clone(k.files) }

// IsSealed reports whether the case in a folder is sealed. inner is the folder as it is.
func IsSealed(ctx context.Context, inner Backend) (bool, error) {
	for _, name := range []string{fileSeal, fileRecovery} {
		f, err := inner.Open(ctx, name)
		if err == nil {
			return true, f.Close()
		}
		if !errors.Is(err, evidence.ErrNotFound) {
			return false, err
		}
	}
	return false, nil
}

// Unlock opens "seal" with a passphrase. ErrRefused: it is not the passphrase;
// ErrTampered: the file is damaged; ErrNotFound: the case is not sealed. It takes about a
// second, on purpose. inner is the folder as it is.
func Unlock(ctx context.Context, inner Backend, passphrase string) (*Keys, error) {
	id, err := age.NewScryptIdentity(norm.NFC.String(passphrase))
	if err != nil {
		return nil, fmt.Errorf("unlock the case: %w: %w", evidence.ErrRefused, err)
	}
	id.SetMaxWorkFactor(maxWork)
	k, err := unlock(ctx, inner, fileSeal, id)
	if errors.Is(err, evidence.ErrRefused) {
		err = evidence.WithHint(err, "look at the keyboard's language and the Caps Lock key; the recovery key opens the case too, if one was made")
	}
	return k, err
}

// UnlockWith opens "seal.recovery" with the recovery key ("AGE-SECRET-KEY-1…"). Errors as
// with [Unlock]; ErrFormat: that is no such key.
func UnlockWith(ctx context.Context, inner Backend, secret string) (*Keys, error) {
	id, err := age.ParseX25519Identity(strings.TrimSpace(secret))
	if err != nil {
		return nil, fmt.Errorf("unlock the case: that is no recovery key: %w", evidence.ErrFormat) // err would show it
	}
	return unlock(ctx, inner, fileRecovery, id)
}

func unlock(ctx context.Context, inner Backend, name string, id age.Identity) (*Keys, error) {
	p, err := ReadFile(ctx, inner, name, maxSeal)
	if err != nil {
		return nil, fmt.Errorf("unlock the case: %w", err)
	}
	k, err := openSeal(p, id)
	if err != nil {
		return nil, fmt.Errorf("unlock the case with %s: %w", name, err)
	}
	k.holds(name, p)
	return k, nil
}

func openSeal(p []byte, id age.Identity) (*Keys, error) {
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(p)), id)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, fmt.Errorf("not the right passphrase or key, or the file is damaged: %w", evidence.ErrRefused)
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(r, maxSeal))
	}
	if err != nil {
		return nil, evidence.WithHint(fmt.Errorf("%w: %w", evidence.ErrTampered, err), "restore this file from a mirror")
	}
	var master [32]byte
	digits, ok := strings.CutPrefix(string(text), sealHead)
	n, err := hex.Decode(master[:], []byte(digits[:min(len(digits), 64)]))
	if !ok || err != nil || n != len(master) || len(digits) != 65 || digits[64] != '\n' {
		return nil, fmt.Errorf("what it holds is not what this program writes: %w", evidence.ErrFormat)
	}
	return keysOf(master)
}

// SetPassphrase writes "seal" anew, for another passphrase; nothing else changes. Whoever
// has an older copy of the file can still open the case with the older passphrase. work
// is scrypt's work factor as a logarithm; 0 for age's own, about a second. Passphrases
// below MinPassphrase characters are ErrRefused, and so are keys that are not of this case.
func SetPassphrase(ctx context.Context, inner Backend, k *Keys, passphrase string, work int) error {
	passphrase = norm.NFC.String(passphrase)
	if n := utf8.RuneCountInString(passphrase); n < MinPassphrase {
		return evidence.WithHint(fmt.Errorf("set the passphrase: it has %d characters, at least %d are needed: %w", n, MinPassphrase, evidence.ErrRefused),
			"take four or more words that have nothing to do with each other")
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("set the passphrase: %w: %w", evidence.ErrUsage, err)
	}
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return fmt.Errorf("set the passphrase: %w: %w", evidence.ErrUsage, err)
	}
	if work < 0 || work > maxWork {
		return fmt.Errorf("set the passphrase: work factor %d: want 1 to %d: %w", work, maxWork, evidence.ErrUsage)
	}
	if work > 0 {
		to.SetWorkFactor(work)
	}
	id.SetMaxWorkFactor(maxWork)
	if err := k.writeSeal(ctx, inner, fileSeal, to, id); err != nil {
		return fmt.Errorf("set the passphrase: %w", err)
	}
	return nil
}

// SetRecovery makes a recovery key, writes "seal.recovery" for it, and returns it: one
// line, "AGE-SECRET-KEY-1…", to be printed and kept elsewhere. It is stored nowhere. An
// earlier recovery key no longer opens the file.
func SetRecovery(ctx context.Context, inner Backend, k *Keys) (secret string, err error) {
	id, err := age.GenerateX25519Identity()
	if err == nil {
		err = k.writeSeal(ctx, inner, fileRecovery, id.Recipient(), id)
	}
	if err != nil {
		return "", fmt.Errorf("make a recovery key: %w", err)
	}
	return id.String(), nil
}

// writeSeal writes a seal that it has opened itself before: nothing would open the case
// any more if it were wrong.
func (k *Keys) writeSeal(ctx context.Context, inner Backend, name string, to age.Recipient, id age.Identity) error {
	if err := k.fits(ctx, inner); err != nil {
		return err
	}
	var b bytes.Buffer
	a := armor.NewWriter(&b)
	w, err := age.Encrypt(a, to)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(w, sealHead+hex.EncodeToString(k.master[:])+"\n"); err == nil {
		err = w.Close()
	}
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	again, err := openSeal(b.Bytes(), id)
	if err != nil || again.master != k.master {
		return fmt.Errorf("what was made does not open: %w", errors.Join(evidence.ErrTampered, err))
	}
	if err := inner.Replace(ctx, name, b.Bytes()); err != nil {
		return err
	}
	k.holds(name, b.Bytes())
	return nil
}

// fits refuses keys that do not open what is there: a seal with them would lock the case
// for ever.
func (k *Keys) fits(ctx context.Context, inner Backend) error {
	var failed error
	for _, name := range []string{fileMarker, filePublic} { // two, since one may be damaged
		_, err := ReadFile(ctx, Sealed(inner, k), name, maxSeal)
		if err == nil {
			return nil
		}
		if !errors.Is(err, evidence.ErrNotFound) {
			failed = err
		}
	}
	if failed != nil {
		return fmt.Errorf("these are not the keys of the case that is there: %w: %w", evidence.ErrRefused, failed)
	}
	return nil
}
