// Package evidence holds the nouns of Svidok and its errors. It imports nothing
// of ours and touches nothing: no disk, net, clock or randomness.
//
// # Words
//
// A report is what arrived; a [Capture] is one act of taking it; a [Text] is one
// reading of it; a [Statement] is what a text says (not a fact); an origin is
// where it started; an [Event] gathers statements; a finding is a statement that
// one person coded and a different person confirmed ([Confirmed]).
//
// # Records
//
// Every act leaves a record: one JSON object, encoded by [Encode], whose first two
// members are "v" (the version of its layout) and "kind". Its SHA-256 is its name.
// The record's bytes lie in the vault and one [Entry] in the ledger refers to them.
// Records are never changed; a later record supersedes an earlier one by naming it.
// Records carry no names of Svidok's users, only opaque identifiers ([Account] is
// the one exception, and never leaves the case), and no path of the machine.
//
// Large values (the raw bytes of a report, the UTF-8 text of a reading, the YAML of
// a codebook, the reason of a decision) are objects of their own in the vault, named
// by their SHA-256 from within the record.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Hash is a SHA-256 (FIPS 180-4) over bytes; 64 lower-case hex digits in text.
type Hash [sha256.Size]byte

// Sum returns the SHA-256 of b.
func Sum(b []byte) Hash { return sha256.Sum256(b) }

// String returns 64 lower-case hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether h is unset.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads 64 lower-case hex digits, nothing else.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*len(h) {
		return h, fmt.Errorf("hash %q: want 64 hex digits: %w", clip(s), ErrFormat)
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return h, fmt.Errorf("hash %q: want lower-case hex digits: %w", clip(s), ErrFormat)
		}
	}
	_, err := hex.Decode(h[:], []byte(s))
	return h, err
}

// MarshalText gives 64 hex digits, or nothing for the zero Hash.
func (h Hash) MarshalText() ([]byte, error) {
	if h.IsZero() {
		return nil, nil
	}
	return []byte(h.String()), nil
}

// UnmarshalText is the inverse of MarshalText.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*h = Hash{}
		return nil
	}
	var err error
	*h, err = ParseHash(string(b))
	return err
}

// Kind says what a ledger entry, and the record it refers to, is.
type Kind string

// The kinds. Extent is the one kind whose Ref is not a record: it is the SHA-256 of
// a run of the vault's bytes as they lie on disk (see [Entry.Detail]).
const (
	KindCase     Kind = "case"     // the first entry of every ledger: [Case]
	KindAccount  Kind = "account"  // [Account]: somebody may act, or may no longer
	KindCodebook Kind = "codebook" // [CodebookUse]: which codebook codes from here on
	KindCapture  Kind = "capture"  // [Capture]: bytes were taken
	KindText     Kind = "text"     // [Text]: bytes were read
	KindCoding   Kind = "coding"   // [Coding]: a machine suggests statements
	KindCopy     Kind = "copy"     // [Copy]: a machine says that two reports share text
	KindDecision Kind = "decision" // [Decision]: a person judged
	KindEvent    Kind = "event"    // [Event]: a person gathered findings
	KindRelease  Kind = "release"  // [Release]: a dossier left the house
	KindSource   Kind = "source"   // [Source]: a place is watched, or no longer
	KindVisit    Kind = "visit"    // [Visit]: a source was visited
	KindTaking   Kind = "taking"   // [Taking]: how the collector took a capture
	KindSearch   Kind = "search"   // [Search]: somebody looked for something
	KindStamp    Kind = "stamp"    // [Stamp]: a time-stamp authority vouched
	KindCosigned Kind = "cosigned" // [Cosigned]: a witness saw a checkpoint
	KindCustody  Kind = "custody"  // [Custody]: something happened to an item or the case
	KindSettings Kind = "settings" // [Settings]: how the case is collected and vouched for
	KindForm     Kind = "form"     // [Form]: a person filled in a form of the method
	KindExtent   Kind = "extent"   // bytes [from,to) of one vault segment
)

// Known reports whether k is a kind of this version.
func (k Kind) Known() bool {
	switch k {
	case KindCase, KindAccount, KindCodebook, KindCapture, KindText, KindCoding, KindCopy,
		KindDecision, KindEvent, KindRelease, KindSource, KindVisit, KindTaking, KindSearch, KindStamp, KindCosigned,
		KindCustody, KindSettings, KindForm, KindExtent:
		return true
	}
	return false
}

// Entry is one line of the ledger: an act. Package proof owns its encoding.
type Entry struct {
	Kind Kind
	Ref  Hash      // SHA-256 of the record's bytes; for KindExtent of the segment's bytes
	Who  string    // opaque: "p:" + hex for a person, "m:" + name/version for a machine
	When time.Time // UTC, whole milliseconds, the observer's clock
	// Detail is empty but for KindExtent, where it is "SEGMENT:FROM-TO": which
	// half-open byte range of which vault segment Ref is the SHA-256 of.
	Detail string
}

// Instant cuts t to what a record carries: UTC, whole milliseconds.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Encode returns the stored bytes of a record: compact JSON, members in the order of
// the struct's fields, no HTML escaping, ending in a line feed.
func Encode(record any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(record); err != nil {
		return nil, fmt.Errorf("encode a record: %w", err)
	}
	return b.Bytes(), nil
}

// Decode reads a record of type T. Bytes that T would not encode to again (unknown,
// doubled or reordered members, white space) are refused, so that a record has one
// reading only.
func Decode[T any](b []byte) (T, error) {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("decode a record: %w: %w", ErrFormat, err)
	}
	again, err := Encode(v)
	if err != nil {
		return v, err
	}
	if !bytes.Equal(again, b) {
		return v, fmt.Errorf("decode a record: not in the canonical form: %w", ErrFormat)
	}
	return v, nil
}

// Head is what every record begins with.
type Head struct {
	V    int  `json:"v"`
	Kind Kind `json:"kind"`
}

// HeadOf reads only the head of a record.
func HeadOf(b []byte) (Head, error) {
	var h Head
	if err := json.Unmarshal(b, &h); err != nil {
		return h, fmt.Errorf("read the head of a record: %w: %w", ErrFormat, err)
	}
	return h, nil
}

func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
