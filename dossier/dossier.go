// Package dossier writes what leaves the house, and checks it for whoever receives it.
//
// # A bundle
//
// A bundle is one zip (every member stored, nothing else in the file) around one BagIt
// 1.0 bag (RFC 8493). The layout is specified in docs/formats/dossier.md. Its files are
// of three sorts:
//
//   - proven: the WARC records (originals, texts, records) and the ledger's entries, each
//     with its inclusion path under one signed checkpoint;
//   - stated: data/stated.json, what the house says and the records do not prove (title,
//     language, roles, names of codes, families of copies);
//   - derived: everything else. Findings, events, copies, the report, the methods, the
//     verifying guide and the manifests follow from the first two by [Write]'s rules, and
//     [Verify] derives them again and compares byte for byte.
//
// Only confirmed events with confirmed findings pass, each by two different people: the
// rules are evidence.State's, asked again here, whatever the caller believes. The export
// is an allow-list: accounts, reasons, machine suggestions that nobody confirmed, and
// whatever no released event rests on stay in the house.
//
// # Verify
//
// [Verify] reads a bundle (zipped or unpacked) or a case folder, and never writes. It
// shares no code with the rooms that write cases, only the ground: proof, warc, evidence.
package dossier

import (
	"io"
	"time"

	"svidok/crosscapture"
	"svidok/evidence"
)

// Noted is one entry of the ledger with what proves it.
type Noted struct {
	Index  int64           // position in the ledger, from 0
	Line   []byte          // the entry as encoded by package proof, line feed included
	Path   []evidence.Hash // inclusion at the size of Material.Checkpoint (RFC 6962 section 2.1.1)
	Record []byte          // the record's bytes; nil if it is not at hand (only codings may lack it)
}

// Object is a value in the vault that is not a record: the bytes of a report, a text, a
// codebook.
type Object struct {
	Hash evidence.Hash
	Size int64
	Open func() (io.ReadCloser, error) // called twice; the bytes must hash to Hash both times
}

// Stamped is a time-stamp over a checkpoint of the ledger.
type Stamped struct {
	Authority string          // address that was asked
	Note      []byte          // the signed checkpoint that was stamped
	Path      []evidence.Hash // proof that Material.Checkpoint extends it; none if it is the same
	Bundle    []byte          // see package timestamp
}

// Witnessed is a checkpoint of the ledger that a witness cosigned.
type Witnessed struct {
	Key  string          // the witness's C2SP verifier key
	Note []byte          // the signed checkpoint with its cosignature
	Path []evidence.Hash // as in Stamped
}

// Crossed is what another case captured, beside a capture that the events rest on.
type Crossed struct {
	Pair crosscapture.Pair
	Path []evidence.Hash // proof that Material.Checkpoint extends the one of Pair.Own; none if it is the same
}

// Code is what the codebook says of one code, as far as a reader of a dossier needs it.
type Code struct {
	Code        string               `json:"code"`
	Name        string               `json:"name"` // in Material.Language
	Sensitivity evidence.Sensitivity `json:"sensitivity"`
}

// Material is what a dossier is made of. Notes and Objects may hold more than the events
// rest on, in any order: Write takes what is needed, and refuses if something lacks.
type Material struct {
	Language   string    // of the report, the methods and VERIFY.md: uk, en or ru
	Title      string    // on the title page; may be empty
	To         string    // for whom; may be empty
	Made       time.Time // the observer's clock
	Tool       string    // "svidok/1.0"
	Key        string    // the public key, as the C2SP note verifier key in key.pub
	Checkpoint []byte    // the signed note that every Path leads to
	Events     []string  // IDs of the events to release, in the order of the report
	// Notes must hold, for the events: the case entry (index 0); every event record of
	// these IDs and every decision on them; every decision on their statements (and on
	// statements that these replaced); the capture and text record of each statement; the
	// codings that suggested them; the codebook entry in force; the copies between their
	// texts; and the account entries of everyone who judged. Account records serve to know
	// roles and are never written.
	Notes []Noted
	// Objects must hold the texts and the codebook's YAML, and with Originals the payloads
	// of the captures.
	Objects []Object
	// Families are the texts (by hash) that are copies of one another; a text that is in
	// none stands alone. Members that no event rests on are counted, never named.
	Families  [][]evidence.Hash
	Stamps    []Stamped
	Witnessed []Witnessed
	Crossed   []Crossed
	Codes     []Code // at least the codes of the findings
	Originals bool   // the reports' bytes as received go along
	Closed    bool   // findings of closed codes may leave; otherwise their events are refused
}

// Summary says what was written.
type Summary struct {
	Events, Findings, Captures int
	Independent                int           // families of copies over all events
	Manifest                   evidence.Hash // SHA-256 of manifest-sha256.txt: what a Release record names
	Checkpoint                 int64         // ledger size that the proofs lead to
	Bytes                      int64         // of the zip
}

// Status of a check.
type Status string

// The statuses. A note is something that the reader should know and that is no failure.
const (
	OK     Status = "ok"
	Failed Status = "failed"
	Note   Status = "note"
)

// Check is one thing that was verified.
type Check struct {
	Name   string `json:"check"`
	Status Status `json:"status"`
	Detail string `json:"detail"`
}

// Options of Verify. The zero value checks everything that needs nothing from outside.
type Options struct {
	Key       string                  // expected public key (C2SP note verifier key); empty: the one inside
	Against   []byte                  // an older signed checkpoint that was kept elsewhere
	Language  string                  // of the details: en (default), uk or ru
	Progress  func(done, total int64) // bytes; called from one goroutine at a time
	Roots     []byte                  // PEM certificates that chains of time-stamps must lead to; none: chains are not judged
	At        time.Time               // when it is verified, by the reader's clock: time-stamps may have ended since; zero: that is not asked
	Witnesses []string                // C2SP verifier keys of witnesses who must have cosigned a bundle; none: who did is told
	Workers   int                     // 0: one per processor
}
