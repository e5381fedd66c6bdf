package proof

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
)

const (
	algCosignature = 0x04 // signature type of c2sp.org/signed-note: timestamped Ed25519 cosignatures
	algMLDSA       = 0x06
	maxNote        = 256 << 10 // a note with sixteen of the largest signatures there are fits well
	maxName        = 200
	cosigned       = 8 + ed25519.SignatureSize
	lastSecond     = 253402300799 // 9999-12-31T23:59:59Z: what RFC 3339 can write
)

// CosignatureKey is the public key of a witness: name and Ed25519 key. It is a
// note.Verifier, and never changes.
type CosignatureKey struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

var _ note.Verifier = (*CosignatureKey)(nil)

func newCosignatureKey(name string, public ed25519.PublicKey) (*CosignatureKey, error) {
	if !validKeyName(name) {
		return nil, fmt.Errorf("cosignature key: bad name %q: %w", name, evidence.ErrFormat)
	}
	h := sha256.New()
	h.Write([]byte(name + "\n\x04"))
	h.Write(public)
	return &CosignatureKey{name: name, hash: binary.BigEndian.Uint32(h.Sum(nil)), key: slices.Clone(public)}, nil
}

// validKeyName: c2sp.org/signed-note forbids spaces and plus; nobody needs control characters.
func validKeyName(s string) bool {
	return s != "" && len(s) <= maxName && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) })
}

// ParseCosignatureKey reads a verifier key NAME+HASH+BASE64 of type 4
// (c2sp.org/signed-note, verifier keys). A log's own key (type 1) is not one, nor is a key
// of ML-DSA (type 6), which this version cannot judge.
func ParseCosignatureKey(vkey string) (*CosignatureKey, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash16, key64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key64)
	if err != nil || len(raw) == 0 || len(hash16) != 8 {
		return nil, fmt.Errorf("cosignature key %.80q: want NAME+HASH+KEY: %w", vkey, evidence.ErrFormat)
	}
	if raw[0] == algMLDSA {
		return nil, evidence.WithHint(fmt.Errorf("cosignature key of %.80q: type 6 (ML-DSA-44) cannot be judged by this version: %w", name, evidence.ErrRefused),
			"ask the witness for its key of type 4 (Ed25519)")
	}
	if raw[0] != algCosignature || len(raw) != 1+ed25519.PublicKeySize {
		return nil, evidence.WithHint(fmt.Errorf("cosignature key of %.80q: type %d and %d bytes, want type 4 and %d: %w", name, raw[0], len(raw)-1, ed25519.PublicKeySize, evidence.ErrFormat),
			"a log's own key is of type 1; ask the witness for its key of type 4")
	}
	k, err := newCosignatureKey(name, raw[1:])
	if err != nil {
		return nil, err
	}
	if k.String() != vkey {
		return nil, fmt.Errorf("cosignature key of %.80q: it does not match its own hash: %w", name, evidence.ErrFormat)
	}
	return k, nil
}

// Name returns the witness's name.
func (k *CosignatureKey) Name() string { return k.name }

// KeyHash returns the key ID that stands in signature lines.
func (k *CosignatureKey) KeyHash() uint32 { return k.hash }

// String returns the verifier key, NAME+HASH+BASE64.
func (k *CosignatureKey) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.hash, base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, k.key...)))
}

// SameKey reports whether both hold the same Ed25519 key, whatever they are called.
func (k *CosignatureKey) SameKey(other *CosignatureKey) bool { return k.key.Equal(other.key) }

// Verify reports whether sig (time and signature, without key ID) is a cosignature over the
// text msg of a checkpoint.
func (k *CosignatureKey) Verify(msg, sig []byte) bool {
	_, err := k.open(string(msg), sig)
	return err == nil
}

// open verifies and returns the time that the witness signed.
func (k *CosignatureKey) open(text string, sig []byte) (time.Time, error) {
	if len(sig) != cosigned {
		return time.Time{}, fmt.Errorf("cosignature of %s: %d bytes, want %d: %w", k.name, len(sig), cosigned, evidence.ErrTampered)
	}
	at := binary.BigEndian.Uint64(sig)
	if at == 0 || at > math.MaxInt64 {
		return time.Time{}, fmt.Errorf("cosignature of %s: no time: %w", k.name, evidence.ErrTampered)
	}
	if !ed25519.Verify(k.key, cosignedMessage(at, text), sig[8:]) {
		return time.Time{}, fmt.Errorf("cosignature of %s: not by its key, or over something else: %w", k.name, evidence.ErrTampered)
	}
	return time.Unix(int64(at), 0).UTC(), nil
}

func cosignedMessage(at uint64, text string) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// Cosigner signs checkpoints as a witness. Its key must sign nothing else.
type Cosigner struct {
	public *CosignatureKey
	key    ed25519.PrivateKey
}

// NewCosigner makes the cosigner of this name from a seed of 32 random bytes.
func NewCosigner(name string, seed []byte) (*Cosigner, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("cosigner: a seed of %d bytes, want %d: %w", len(seed), ed25519.SeedSize, evidence.ErrUsage)
	}
	key := ed25519.NewKeyFromSeed(seed)
	public, err := newCosignatureKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	return &Cosigner{public: public, key: key}, nil
}

const secretPrefix = "PRIVATE+KEY+"

// ParseCosigner reads what Secret gave.
func ParseCosigner(secret string) (*Cosigner, error) {
	bad := fmt.Errorf("cosigner: no secret key of type 4: %w", evidence.ErrFormat) // never with the key in it
	rest, ok := strings.CutPrefix(secret, secretPrefix)
	name, rest, _ := strings.Cut(rest, "+")
	_, key64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key64)
	if !ok || err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algCosignature {
		return nil, bad
	}
	c, err := NewCosigner(name, raw[1:])
	if err != nil || c.Secret() != secret {
		return nil, bad
	}
	return c, nil
}

// Secret returns the secret key in text, PRIVATE+KEY+NAME+HASH+BASE64 of type and seed:
// whoever has it can sign as this witness.
func (c *Cosigner) Secret() string {
	return fmt.Sprintf("%s%s+%08x+%s", secretPrefix, c.public.name, c.public.hash, base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, c.key.Seed()...)))
}

// Key returns the public key.
func (c *Cosigner) Key() *CosignatureKey { return c.public }

// Cosign returns the signature line, with its line feed, over the text of a checkpoint:
// the statement that at that time (whole seconds) it was the largest tree of its origin
// that this witness had seen, and extended every other.
func (c *Cosigner) Cosign(text string, at time.Time) ([]byte, error) {
	if _, err := ParseHead(text); err != nil {
		return nil, fmt.Errorf("cosign: %w", err)
	}
	sec := at.Unix()
	if sec <= 0 || sec > lastSecond {
		return nil, fmt.Errorf("cosign at %d: no sane time: %w", sec, evidence.ErrUsage)
	}
	sig := binary.BigEndian.AppendUint32(nil, c.public.hash)
	sig = binary.BigEndian.AppendUint64(sig, uint64(sec))
	sig = append(sig, ed25519.Sign(c.key, cosignedMessage(uint64(sec), text))...)
	return fmt.Appendf(nil, "— %s %s\n", c.public.name, base64.StdEncoding.EncodeToString(sig)), nil
}

// Cosigned is one witness's word: it saw the checkpoint at Time, by its own clock.
type Cosigned struct {
	Name    string
	KeyHash uint32
	Time    time.Time // UTC, whole seconds
}

// Bounds are when a cosignature may have been made, both ends included; a zero time leaves
// that end open.
type Bounds struct {
	NotBefore, NotAfter time.Time
}

func (b Bounds) check(c Cosigned) error {
	if sec := c.Time.Unix(); sec > lastSecond || !b.NotBefore.IsZero() && sec < b.NotBefore.Unix() || !b.NotAfter.IsZero() && sec > b.NotAfter.Unix() {
		return fmt.Errorf("cosignature of %s: its time, %s seconds, is out of bounds: %w", c.Name, strconv.FormatInt(sec, 10), evidence.ErrRefused)
	}
	return nil
}

// VerifyCosignatures returns which of the witnesses cosigned a checkpoint, in the order of
// witnesses, each once: with its earliest cosignature, if it gave several.
//
// Whether the log signed is not asked: see [OpenCheckpoint]. Lines of unknown keys, and of
// unknown algorithms, are ignored. A line that names a key of the list but is not its
// signature makes the whole note ErrTampered, and nothing is returned. Where only the time
// of a good cosignature is out of bounds, ErrRefused names it, and the others are returned
// with the error.
func VerifyCosignatures(signed []byte, witnesses []*CosignatureKey, within Bounds) ([]Cosigned, error) {
	for i, k := range witnesses {
		// The signature is not over the name: under two names one witness would count twice.
		if slices.ContainsFunc(witnesses[:i], k.SameKey) {
			return nil, fmt.Errorf("cosignatures: the key of %s is listed twice: %w", k.name, evidence.ErrUsage)
		}
	}
	text, lines, err := splitNote(signed)
	if err != nil {
		return nil, fmt.Errorf("cosignatures: %w", err)
	}
	if _, err := ParseHead(text); err != nil {
		return nil, fmt.Errorf("cosignatures: %w", err)
	}
	found := make([]Cosigned, len(witnesses))
	var refused []error
	for _, l := range lines {
		i := slices.IndexFunc(witnesses, func(k *CosignatureKey) bool { return k.name == l.Name && k.hash == l.Hash })
		if i < 0 {
			continue
		}
		raw, err := strictSignature(l)
		if err != nil {
			return nil, fmt.Errorf("cosignatures: %w", err)
		}
		at, err := witnesses[i].open(text, raw)
		if err != nil {
			return nil, err
		}
		c := Cosigned{Name: l.Name, KeyHash: l.Hash, Time: at}
		if err := within.check(c); err != nil {
			refused = append(refused, err)
		} else if found[i].Name == "" || at.Before(found[i].Time) {
			found[i] = c
		}
	}
	found = slices.DeleteFunc(found, func(c Cosigned) bool { return c.Name == "" })
	return found, errors.Join(refused...)
}

// OpenHead verifies a checkpoint of any C2SP log under the keys that its origin is known
// by, and returns it with its text and the signature lines that were verified: the note
// without what others wrote under it. Each line of a known key must be right, as
// c2sp.org/tlog-witness asks: else ErrTampered, as when there is none.
func OpenHead(signed []byte, keys ...note.Verifier) (c Checkpoint, text, verified string, err error) {
	text, lines, err := splitNote(signed)
	if err != nil {
		return c, "", "", fmt.Errorf("checkpoint: %w", err)
	}
	for _, l := range lines {
		i := slices.IndexFunc(keys, func(k note.Verifier) bool { return k.Name() == l.Name && k.KeyHash() == l.Hash })
		if i < 0 {
			continue
		}
		raw, err := strictSignature(l)
		if err == nil && !keys[i].Verify([]byte(text), raw) {
			err = fmt.Errorf("not a signature of %s: %w", l.Name, evidence.ErrTampered)
		}
		if err != nil {
			return c, "", "", fmt.Errorf("checkpoint: %w", err)
		}
		verified += "— " + l.Name + " " + l.Base64 + "\n"
	}
	if verified == "" {
		return c, "", "", fmt.Errorf("checkpoint: not signed by a known key (%d other signatures): %w", len(lines), evidence.ErrTampered)
	}
	if c, err = ParseHead(text); err != nil {
		return c, "", "", err
	}
	return c, text, verified, nil
}

// WithCosignatures returns the note with these signature lines put under it. Lines that are
// there already are not repeated. They are not verified here.
func WithCosignatures(signed, lines []byte) ([]byte, error) {
	text, _, err := splitNote(signed)
	if err != nil || len(lines) > maxNote {
		return nil, fmt.Errorf("add %d bytes of cosignatures: %w", len(lines), cmp.Or(err, evidence.ErrLimit))
	}
	out := slices.Clone(signed)
	for line := range strings.Lines(string(lines)) {
		if !strings.Contains(string(out), "\n"+line) {
			out = append(out, line...)
		}
	}
	if after, _, err := splitNote(out); err != nil || after != text {
		return nil, fmt.Errorf("add cosignatures: no signature lines: %w", cmp.Or(err, evidence.ErrFormat))
	}
	return out, nil
}

// splitNote takes a signed note apart and judges nothing.
func splitNote(signed []byte) (string, []note.Signature, error) {
	if len(signed) > maxNote {
		return "", nil, fmt.Errorf("a note of %d bytes, limit %d: %w", len(signed), maxNote, evidence.ErrLimit)
	}
	_, err := note.Open(signed, note.VerifierList()) // no key is known: all are unverified
	u, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return "", nil, fmt.Errorf("no signed note: %w", evidence.ErrFormat)
	}
	return u.Note.Text, u.Note.UnverifiedSigs, nil
}

// strictSignature decodes the bytes behind the key ID. Base64 has unused bits at its end:
// another spelling of the same signature is a changed byte all the same.
func strictSignature(s note.Signature) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
	if err != nil || len(raw) < 4 {
		return nil, fmt.Errorf("signature of %s: not in the one form: %w", s.Name, evidence.ErrTampered)
	}
	return raw[4:], nil
}
