// Package handover is how a case, or a dossier of it, is handed over so that both sides can
// show it: the giver signs a [Slip], the receiver compares what arrived with it and signs an
// [Answer]. Both are short notes in text (C2SP signed notes), each by the key of the signer's
// own ledger. Values in, values out; docs/formats/handover.md has the bytes.
package handover

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

const (
	slipHead   = "svidok-transfer/1"
	answerHead = "svidok-acknowledgement/1"
	maxBytes   = 64 << 10
	maxCounts  = 16
)

// Slip says what is handed over: a ledger at a size, and where it is a dossier the hash of
// its manifest. It names no person: for whom it is, only the giver's own case knows.
type Slip struct {
	V          int              `json:"v"`                  // 1
	Key        string           `json:"key"`                // the giver's verifier key
	Checkpoint string           `json:"checkpoint"`         // signed note: origin, size and root of what is handed over
	Manifest   evidence.Hash    `json:"manifest,omitzero"`  // SHA-256 of a dossier's manifest-sha256.txt; none: the whole case
	Inventory  []evidence.Count `json:"inventory,omitzero"` // captures, texts, findings
	Nonce      string           `json:"nonce"`
	At         time.Time        `json:"at"`
}

// Opened is a slip that was verified.
type Opened struct {
	Slip
	Head proof.Checkpoint // what Checkpoint says
	Hash evidence.Hash    // of the slip's bytes
}

// Whole reports whether the slip is of a whole case, and not of a dossier.
func (o Opened) Whole() bool { return o.Manifest.IsZero() }

// Answer is what a receiver says of a slip: what arrived was verified, and is what the slip
// says.
type Answer struct {
	V        int           `json:"v"`      // 1
	Slip     evidence.Hash `json:"slip"`   // SHA-256 of the slip's bytes
	Origin   string        `json:"origin"` // of the giver's ledger, with size and root as they were found in what arrived
	Size     int64         `json:"size"`
	Root     evidence.Hash `json:"root"`
	Manifest evidence.Hash `json:"manifest,omitzero"` // of the dossier that arrived
	Checks   int           `json:"checks"`            // how many were passed
	Nonce    string        `json:"nonce"`
	At       time.Time     `json:"at"`
}

// Sign signs a slip for what a checkpoint says, by the giver's key.
func (s Slip) Sign(at proof.Checkpoint, signer note.Signer) ([]byte, error) {
	s.V = 1
	cp, err := proof.Sign(at, signer)
	if err != nil {
		return nil, fmt.Errorf("sign a slip: %w", err)
	}
	s.Checkpoint = string(cp)
	signed, err := sign(slipHead, s, signer)
	if err == nil {
		_, err = OpenSlip(signed) // as the receiver will
	}
	if err != nil {
		return nil, fmt.Errorf("sign a slip: %w", err)
	}
	return signed, nil
}

// OpenSlip verifies a slip under the key that it names: whether that is the giver's is for
// the receiver to know, from what they got or from the giver.
func OpenSlip(signed []byte) (Opened, error) {
	s, err := openSlip(signed)
	if err != nil {
		return Opened{}, fmt.Errorf("slip of a hand-over: %w", err)
	}
	return s, nil
}

func openSlip(signed []byte) (Opened, error) {
	body, err := bodyOf(signed, slipHead)
	if err != nil {
		return Opened{}, err
	}
	s, err := evidence.Decode[Slip]([]byte(body))
	if err != nil {
		return Opened{}, err
	}
	o := Opened{Slip: s, Hash: evidence.Sum(signed)}
	key, err := note.NewVerifier(s.Key)
	if err != nil {
		return o, fmt.Errorf("its key: %w: %w", evidence.ErrFormat, err)
	}
	if _, err := proof.OpenNote(signed, key); err != nil {
		return o, err
	}
	if s.V != 1 || len(s.Inventory) > maxCounts || s.At.IsZero() {
		return o, fmt.Errorf("version %d, or a value out of range: %w", s.V, evidence.ErrFormat)
	}
	o.Head, err = proof.OpenCheckpoint([]byte(s.Checkpoint), key)
	return o, err
}

// Sign answers a slip, by the receiver's key. ErrRefused where that is the giver's own: who
// acknowledges to oneself has shown nothing.
func (a Answer) Sign(to Opened, signer note.Signer) ([]byte, error) {
	if signer.Name() == to.Head.Origin {
		return nil, fmt.Errorf("answer a slip: it is of this very case: %w", evidence.ErrRefused)
	}
	a.V, a.Slip, a.Origin, a.Size, a.Root, a.Manifest = 1, to.Hash, to.Head.Origin, to.Head.Size, to.Head.Root, to.Manifest
	signed, err := sign(answerHead, a, signer)
	if err != nil {
		return nil, fmt.Errorf("answer a slip: %w", err)
	}
	return signed, nil
}

// OpenAnswer verifies an answer under the receiver's key, which the giver has from them and
// not from the answer.
func OpenAnswer(signed []byte, key note.Verifier) (Answer, error) {
	a, err := openAnswer(signed, key)
	if err != nil {
		return Answer{}, fmt.Errorf("answer to a hand-over: %w", err)
	}
	return a, nil
}

func openAnswer(signed []byte, key note.Verifier) (Answer, error) {
	body, err := bodyOf(signed, answerHead)
	if err != nil {
		return Answer{}, err
	}
	if _, err := proof.OpenNote(signed, key); err != nil {
		return Answer{}, err
	}
	a, err := evidence.Decode[Answer]([]byte(body))
	if err == nil && (a.V != 1 || a.Size < 0 || a.Checks < 0 || a.At.IsZero()) {
		err = fmt.Errorf("version %d, or a value out of range: %w", a.V, evidence.ErrFormat)
	}
	return a, err
}

// To says in what an answer differs from a slip, as ErrTampered; nil: it answers it.
func (a Answer) To(s Opened) error {
	var errs []error
	differs := func(what string, theirs, ours any) {
		if theirs != ours {
			errs = append(errs, fmt.Errorf("its %s is %v, and the slip's is %v: %w", what, theirs, ours, evidence.ErrTampered))
		}
	}
	differs("slip", a.Slip, s.Hash)
	differs("origin", a.Origin, s.Head.Origin)
	differs("size", a.Size, s.Head.Size)
	differs("root", a.Root, s.Head.Root)
	differs("manifest", a.Manifest, s.Manifest)
	return errors.Join(errs...)
}

func sign(head string, v any, signer note.Signer) ([]byte, error) {
	body, err := evidence.Encode(v)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: head + "\n" + string(body)}, signer)
}

// bodyOf is the one line of JSON of a note; who signed it is not judged yet.
func bodyOf(signed []byte, head string) (string, error) {
	if len(signed) > maxBytes {
		return "", fmt.Errorf("%d bytes, limit %d: %w", len(signed), maxBytes, evidence.ErrLimit)
	}
	text, _, ok := strings.Cut(string(signed), "\n\n")
	body, mine := strings.CutPrefix(text, head+"\n")
	if !ok || !mine {
		return "", fmt.Errorf("it does not begin with %q: %w", head, evidence.ErrFormat)
	}
	return body + "\n", nil
}
