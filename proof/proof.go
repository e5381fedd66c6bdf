// Package proof is what a stranger must audit to believe a dossier: how an entry of
// the ledger is written, how a checkpoint is signed, and how inclusion and
// consistency are shown. It holds no state and touches nothing.
//
// # Entry
//
// An entry is one line of ASCII, its fields separated by one space, ending in a line feed:
//
//	svidok/1 KIND REF WHO WHEN [DETAIL]
//
//	KIND    a kind of package evidence
//	REF     64 lower-case hex digits: SHA-256 of the record (or, for "extent", of the segment's bytes)
//	WHO     "p:" or "m:" and [a-z0-9._/-]+
//	WHEN    2026-01-31T12:00:00.000Z: UTC, always three decimals
//	DETAIL  only for "extent": SEGMENT:FROM-TO
//
// There is exactly one encoding of an entry; [ParseEntry] refuses every other.
//
// # Tree and checkpoint
//
// Entries are the leaves of an RFC 6962 Merkle tree over SHA-256: a leaf is hashed as
// SHA-256(0x00 || entry), a node as SHA-256(0x01 || left || right). The entry is hashed
// with its line feed. A checkpoint is a C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint):
// origin, size in decimal, root in base64, each on a line, signed as a C2SP signed note
// with Ed25519 (RFC 8032).
//
// # Cosignature
//
// A witness that found a checkpoint to extend the last one it saw adds a signature line of
// its own (c2sp.org/tlog-cosignature, cosignature/v1): base64 of key ID (4 bytes), POSIX
// time (8 bytes, big-endian) and Ed25519 signature (64 bytes) over
//
//	cosignature/v1
//	time 1679315147
//	the text of the checkpoint
//
// [VerifyCosignatures] judges those by the keys that it is given; lines of other keys and
// of other algorithms are left unjudged.
package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
)

const (
	prefix    = "svidok/1"
	whenForm  = "2006-01-02T15:04:05.000Z"
	maxEntry  = 1 << 10
	maxOrigin = 200
)

// EncodeEntry returns the line of e, or an error if a field cannot be written.
func EncodeEntry(e evidence.Entry) ([]byte, error) {
	line := fmt.Appendf(nil, "%s %s %s %s %s", prefix, e.Kind, e.Ref, e.Who, e.When.UTC().Format(whenForm))
	if e.Detail != "" {
		line = append(append(line, ' '), e.Detail...)
	}
	line = append(line, '\n')
	if _, err := ParseEntry(line); err != nil {
		return nil, fmt.Errorf("encode an entry: %w", err)
	}
	return line, nil
}

// ParseEntry reads one line as written by EncodeEntry. Any other bytes are ErrFormat.
func ParseEntry(line []byte) (evidence.Entry, error) {
	var e evidence.Entry
	if len(line) > maxEntry || len(line) == 0 || line[len(line)-1] != '\n' {
		return e, fmt.Errorf("entry: not one line of at most %d bytes: %w", maxEntry, evidence.ErrFormat)
	}
	f := strings.Split(string(line[:len(line)-1]), " ")
	if len(f) != 5 && len(f) != 6 || f[0] != prefix {
		return e, fmt.Errorf("entry: want %q and four or five fields: %w", prefix, evidence.ErrFormat)
	}
	e.Kind, e.Who = evidence.Kind(f[1]), f[3]
	if !e.Kind.Known() {
		return e, fmt.Errorf("entry: unknown kind %q: %w", f[1], evidence.ErrFormat)
	}
	if !validWho(e.Who) {
		return e, fmt.Errorf("entry: bad identifier %q: %w", f[3], evidence.ErrFormat)
	}
	var err error
	if e.Ref, err = evidence.ParseHash(f[2]); err != nil {
		return e, fmt.Errorf("entry: %w", err)
	}
	if e.When, err = time.Parse(whenForm, f[4]); err != nil || e.When.Format(whenForm) != f[4] {
		return e, fmt.Errorf("entry: bad time %q: %w", f[4], evidence.ErrFormat)
	}
	if (len(f) == 6) != (e.Kind == evidence.KindExtent) {
		return e, fmt.Errorf("entry: a detail belongs to an extent and to nothing else: %w", evidence.ErrFormat)
	}
	if len(f) == 6 {
		e.Detail = f[5]
		if _, err := ParseExtent(e.Detail); err != nil {
			return e, fmt.Errorf("entry: %w", err)
		}
	}
	return e, nil
}

func validWho(s string) bool {
	rest, ok := strings.CutPrefix(s, "p:")
	if !ok {
		rest, ok = strings.CutPrefix(s, "m:")
	}
	if !ok || rest == "" || len(rest) > 64 {
		return false
	}
	for i := range len(rest) {
		c := rest[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("._/-", rune(c)) {
			return false
		}
	}
	return true
}

// Extent is a half-open byte range [From, To) of one vault segment.
type Extent struct {
	Segment  string
	From, To int64
}

// String returns SEGMENT:FROM-TO.
func (x Extent) String() string { return fmt.Sprintf("%s:%d-%d", x.Segment, x.From, x.To) }

// ParseExtent reads the detail of an extent entry.
func ParseExtent(s string) (Extent, error) {
	var x Extent
	seg, span, ok1 := strings.Cut(s, ":")
	from, to, ok2 := strings.Cut(span, "-")
	x.Segment = seg
	var err1, err2 error
	x.From, err1 = strconv.ParseInt(from, 10, 64)
	x.To, err2 = strconv.ParseInt(to, 10, 64)
	if !ok1 || !ok2 || err1 != nil || err2 != nil || x.From < 0 || x.To <= x.From || !validSegment(seg) || x.String() != s {
		return Extent{}, fmt.Errorf("extent %q: want SEGMENT:FROM-TO: %w", s, evidence.ErrFormat)
	}
	return x, nil
}

// validSegment: a name that is a plain file name on every system.
func validSegment(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c != '.' || i == 0) {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// Leaf returns the RFC 6962 leaf hash of an encoded entry.
func Leaf(line []byte) evidence.Hash { return evidence.Hash(tlog.RecordHash(line)) }

// CheckInclusion verifies that an entry with this leaf hash is number index of the tree
// of this size and root. Source: RFC 6962 section 2.1.1.
func CheckInclusion(path []evidence.Hash, size, index int64, root, leaf evidence.Hash) error {
	if err := tlog.CheckRecord(toTlog(path), size, tlog.Hash(root), index, tlog.Hash(leaf)); err != nil {
		return fmt.Errorf("inclusion of entry %d in a tree of %d: %w: %w", index, size, evidence.ErrTampered, err)
	}
	return nil
}

// CheckConsistency verifies that the tree of the new size extends the tree of the old
// size. Source: RFC 6962 section 2.1.2.
func CheckConsistency(path []evidence.Hash, newSize int64, newRoot evidence.Hash, oldSize int64, oldRoot evidence.Hash) error {
	if err := tlog.CheckTree(toTlog(path), newSize, tlog.Hash(newRoot), oldSize, tlog.Hash(oldRoot)); err != nil {
		return fmt.Errorf("tree of %d as an extension of %d: %w: %w", newSize, oldSize, evidence.ErrTampered, err)
	}
	return nil
}

func toTlog(path []evidence.Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(path))
	for i, h := range path {
		out[i] = tlog.Hash(h)
	}
	return out
}

// Checkpoint is the head of a ledger at one size.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   evidence.Hash
}

// Text returns the three lines that are signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Sign returns the signed note of c.
func Sign(c Checkpoint, signer note.Signer) ([]byte, error) {
	if c.Origin != signer.Name() {
		return nil, fmt.Errorf("sign a checkpoint of %q with the key of %q: %w", c.Origin, signer.Name(), evidence.ErrUsage)
	}
	b, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign a checkpoint: %w", err)
	}
	return b, nil
}

// OpenNote verifies a signed note under a public key and returns its text. Signatures by
// other keys may follow and are left unjudged, but for their spelling.
func OpenNote(signed []byte, key note.Verifier) (string, error) {
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		if unverified, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
			return "", fmt.Errorf("not signed by %s (%d other signatures): %w", key.Name(), len(unverified.Note.UnverifiedSigs), evidence.ErrTampered)
		}
		return "", fmt.Errorf("%w: %w", evidence.ErrTampered, err)
	}
	// Base64 has unused bits at its end: another spelling of the same signature is a
	// changed byte all the same.
	for _, sig := range append(n.Sigs, n.UnverifiedSigs...) {
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return "", fmt.Errorf("signature of %s: %w: %w", sig.Name, evidence.ErrTampered, err)
		}
	}
	return n.Text, nil
}

// OpenCheckpoint verifies a signed checkpoint under the given public key. Cosignatures may
// follow ours and are left unjudged.
func OpenCheckpoint(signed []byte, key note.Verifier) (Checkpoint, error) {
	text, err := OpenNote(signed, key)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := parseCheckpoint(text)
	if err != nil {
		return c, err
	}
	if c.Origin != key.Name() {
		return c, fmt.Errorf("checkpoint of %q signed by %q: %w", c.Origin, key.Name(), evidence.ErrTampered)
	}
	return c, nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	c, err := ParseHead(text)
	if err == nil && c.Text() != text {
		return Checkpoint{}, fmt.Errorf("checkpoint: want three lines: %w", evidence.ErrFormat)
	}
	return c, err
}

// ParseHead reads the text of a checkpoint of any C2SP log: its three lines, in the one
// form, and whatever extension lines follow. A ledger of ours has none.
func ParseHead(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) != 4 || lines[0] == "" || len(lines[0]) > maxOrigin {
		return Checkpoint{}, fmt.Errorf("checkpoint: want at least three lines: %w", evidence.ErrFormat)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || err2 != nil || size < 0 || len(root) != len(evidence.Hash{}) {
		return Checkpoint{}, fmt.Errorf("checkpoint: bad size or root: %w", evidence.ErrFormat)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: evidence.Hash(root)}
	rest, ok := strings.CutPrefix(text, c.Text())
	if !ok {
		return Checkpoint{}, fmt.Errorf("checkpoint: not in the one form: %w", evidence.ErrFormat)
	}
	if rest != "" && (!strings.HasSuffix(rest, "\n") || strings.HasPrefix(rest, "\n") || strings.Contains(rest, "\n\n")) {
		return Checkpoint{}, fmt.Errorf("checkpoint: bad extension lines: %w", evidence.ErrFormat)
	}
	return c, nil
}
