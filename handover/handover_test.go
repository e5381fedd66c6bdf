package handover_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/handover"
	"svidok/proof"
)

// party is a case as far as a hand-over knows it: its key.
type party struct {
	signer note.Signer
	key    note.Verifier
	public string
}

func newParty(t testing.TB, name string, seed byte) party {
	t.Helper()
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	p := party{public: public}
	if p.signer, err = note.NewSigner(secret); err != nil {
		t.Fatal(err)
	}
	if p.key, err = note.NewVerifier(public); err != nil {
		t.Fatal(err)
	}
	return p
}

func noon() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

// exchange is a slip of a dossier and the answer to it.
func exchange(t testing.TB) (giver, receiver party, slip, answer []byte) {
	t.Helper()
	giver, receiver = newParty(t, "svidok.case/giver", 1), newParty(t, "svidok.case/receiver", 2)
	slip = slipOf(t, giver, proof.Checkpoint{Origin: "svidok.case/giver", Size: 17, Root: evidence.Sum([]byte("root"))}, evidence.Sum([]byte("manifest")))
	o, err := handover.OpenSlip(slip)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = (handover.Answer{Checks: 9, Nonce: "00ff00ff00ff00ff", At: noon()}).Sign(o, receiver.signer); err != nil {
		t.Fatal(err)
	}
	return giver, receiver, slip, answer
}

func slipOf(t testing.TB, p party, at proof.Checkpoint, manifest evidence.Hash) []byte {
	t.Helper()
	b, err := handover.Slip{Key: p.public, Manifest: manifest, Inventory: []evidence.Count{{Name: "captures", N: 3}}, Nonce: "0011223344556677", At: noon()}.Sign(at, p.signer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnAnswerIsToItsSlip(t *testing.T) {
	_, receiver, slip, answer := exchange(t)
	o, err := handover.OpenSlip(slip)
	if err != nil || o.Whole() || o.Head.Size != 17 || o.Inventory[0].N != 3 {
		t.Fatalf("%+v, %v", o, err)
	}
	a, err := handover.OpenAnswer(answer, receiver.key)
	if err != nil || a.Checks != 9 {
		t.Fatalf("%+v, %v", a, err)
	}
	if err := a.To(o); err != nil {
		t.Fatal(err)
	}
}

// Whatever the answer says otherwise than the slip is named.
func TestAnAnswerToSomethingElse(t *testing.T) {
	giver, receiver, _, answer := exchange(t)
	a, err := handover.OpenAnswer(answer, receiver.key)
	if err != nil {
		t.Fatal(err)
	}
	root, manifest := evidence.Sum([]byte("root")), evidence.Sum([]byte("manifest"))
	other := newParty(t, "svidok.case/third", 3)
	for what, slip := range map[string][]byte{
		"root":     slipOf(t, giver, proof.Checkpoint{Origin: "svidok.case/giver", Size: 17, Root: evidence.Sum([]byte("other"))}, manifest),
		"size":     slipOf(t, giver, proof.Checkpoint{Origin: "svidok.case/giver", Size: 18, Root: root}, manifest),
		"manifest": slipOf(t, giver, proof.Checkpoint{Origin: "svidok.case/giver", Size: 17, Root: root}, evidence.Hash{}),
		"origin":   slipOf(t, other, proof.Checkpoint{Origin: "svidok.case/third", Size: 17, Root: root}, manifest),
	} {
		o, err := handover.OpenSlip(slip)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.To(o); !errors.Is(err, evidence.ErrTampered) || !strings.Contains(err.Error(), "its "+what+" is") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhoMayNotAnswer(t *testing.T) {
	giver, _, slip, answer := exchange(t)
	o, err := handover.OpenSlip(slip)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (handover.Answer{At: noon()}).Sign(o, giver.signer); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("the giver answers: %v", err)
	}
	if _, err := handover.OpenAnswer(answer, newParty(t, "svidok.case/receiver", 7).key); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("under another key of the same name: %v", err)
	}
	if _, err := handover.OpenAnswer(slip, giver.key); !errors.Is(err, evidence.ErrFormat) {
		t.Errorf("a slip taken for an answer: %v", err)
	}
}

// A slip signed by one key that names another is nobody's.
func TestASlipUnderAnotherKey(t *testing.T) {
	giver, other := newParty(t, "svidok.case/giver", 1), newParty(t, "svidok.case/giver", 2)
	_, err := handover.Slip{Key: other.public, Nonce: "0011223344556677", At: noon()}.Sign(proof.Checkpoint{Origin: "svidok.case/giver", Size: 1}, giver.signer)
	if !errors.Is(err, evidence.ErrTampered) {
		t.Fatal(err)
	}
}

// No byte of either note can be changed, left out or added.
func TestEveryByteCounts(t *testing.T) {
	_, receiver, slip, answer := exchange(t)
	for name, c := range map[string]struct {
		note []byte
		open func([]byte) error
	}{
		"slip":   {slip, func(b []byte) error { _, err := handover.OpenSlip(b); return err }},
		"answer": {answer, func(b []byte) error { _, err := handover.OpenAnswer(b, receiver.key); return err }},
	} {
		for i := range c.note {
			flipped := bytes.Clone(c.note)
			flipped[i] ^= 1
			if c.open(flipped) == nil {
				t.Errorf("%s: byte %d flipped (%q), and nobody minds", name, i, flipped[i])
			}
			if c.open(append(bytes.Clone(c.note[:i]), c.note[i+1:]...)) == nil {
				t.Errorf("%s: without byte %d, and nobody minds", name, i)
			}
		}
		if c.open(append(bytes.Clone(c.note), '\n')) == nil || c.open(nil) == nil {
			t.Errorf("%s: longer or empty, and nobody minds", name)
		}
	}
}

func FuzzOpen(f *testing.F) {
	_, receiver, slip, answer := exchange(f)
	f.Add(slip)
	f.Add(answer)
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := handover.OpenSlip(b); err == nil && o.Hash != evidence.Sum(b) {
			t.Fatal("opened, and not these bytes")
		}
		if _, err := handover.OpenAnswer(b, receiver.key); err == nil && !bytes.Equal(b, answer) {
			t.Fatalf("a forged answer: %q", b)
		}
	})
}
