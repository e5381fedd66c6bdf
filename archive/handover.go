package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/catalog"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/handover"
	"svidok/proof"
)

// Handing says what is handed over.
type Handing struct {
	To      string        // the receiver, in words of the house: only this case holds them
	Dossier evidence.Hash // release record, or manifest of the dossier; zero: the whole case
}

// Transfer notes that the case, or a dossier of it, is handed over, and returns the slip
// that the receiver answers. Errors: ErrNotFound for a dossier that never left, ErrRefused.
func (k Keeping) Transfer(ctx context.Context, by string, h Handing) ([]byte, error) {
	b, err := k.transfer(ctx, by, h)
	if err != nil {
		return nil, fmt.Errorf("hand over: %w", err)
	}
	return b, nil
}

func (k Keeping) transfer(ctx context.Context, by string, h Handing) ([]byte, error) {
	if line(h.To) == "" {
		return nil, evidence.WithHint(fmt.Errorf("to whom?: %w", evidence.ErrUsage), "name the receiver in words that your house understands; they stay in this case")
	}
	if err := k.mayHandOver(ctx, by); err != nil {
		return nil, err
	}
	if _, err := k.a.catchUp(ctx); err != nil {
		return nil, err
	}
	head, _ := k.Head()
	s := handover.Slip{Key: k.a.public, At: k.a.now()}
	var about []evidence.Hash
	var err error
	if h.Dossier.IsZero() {
		s.Inventory, err = k.inventory(ctx)
	} else {
		var r catalog.Release
		if r, err = k.left(ctx, h.Dossier); err == nil {
			about, s.Manifest, head.Size = []evidence.Hash{r.Ref}, r.Dossier, r.Size
			s.Inventory = counted(r.Captures, r.Texts, r.Findings)
			head.Root, err = k.a.ledger.RootAt(ctx, r.Size)
		}
	}
	if err != nil {
		return nil, err
	}
	if s.Nonce, err = k.a.nonce(); err != nil {
		return nil, err
	}
	slip, err := s.Sign(head, k.a.signer)
	if err != nil {
		return nil, err
	}
	return slip, k.happened(ctx, by, Happening{Act: evidence.CustodyTransferred, About: about, To: h.To, Counts: s.Inventory, Left: [][]byte{slip}, covers: head})
}

// mayHandOver: whoever may release, or sits at the case's key.
func (k Keeping) mayHandOver(ctx context.Context, by string) error {
	if k.a.signer == nil {
		return fmt.Errorf("the case is open for reading only: %w", evidence.ErrRefused)
	}
	if by == "" {
		return nil
	}
	role, err := k.a.role(ctx, by)
	if err == nil && role == evidence.RoleCoder {
		err = fmt.Errorf("a coder cannot hand over; it takes a reviewer: %w", evidence.ErrRefused)
	}
	return err
}

// inventory counts the whole case.
func (k Keeping) inventory(ctx context.Context) ([]evidence.Count, error) {
	t, err := k.a.cat.Totals(ctx)
	return counted(t.Captures, t.Texts, t.Statements.Confirmed), err
}

func counted(captures, texts, findings int) []evidence.Count {
	return []evidence.Count{{Name: "captures", N: int64(captures)}, {Name: "texts", N: int64(texts)}, {Name: "findings", N: int64(findings)}}
}

// left finds a dossier that left, by its release record or its manifest.
func (k Keeping) left(ctx context.Context, h evidence.Hash) (catalog.Release, error) {
	list, err := k.a.cat.Releases(ctx)
	for _, r := range list {
		if r.Ref == h || r.Dossier == h {
			return r, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("dossier %s: it never left this case: %w", h, evidence.ErrNotFound)
	}
	return catalog.Release{}, err
}

// Arrived is what somebody was handed.
type Arrived struct {
	Slip   []byte
	Key    string // the giver's verifier key, from them by another way; empty: the one in the slip
	What   fs.FS  // a dossier, zipped or unpacked, or a case
	Verify dossier.Options
}

// Accept verifies what arrived, compares it with its slip, notes both, and returns the
// answer for the giver. Asked again, it returns the same answer. Errors: ErrTampered where
// what arrived is not whole, or not what the slip says; ErrRefused for a slip of this case.
func (k Keeping) Accept(ctx context.Context, by string, x Arrived) ([]byte, error) {
	b, err := k.accept(ctx, by, x)
	if err != nil {
		return nil, fmt.Errorf("acknowledge: %w", err)
	}
	return b, nil
}

func (k Keeping) accept(ctx context.Context, by string, x Arrived) ([]byte, error) {
	if err := k.mayHandOver(ctx, by); err != nil {
		return nil, err
	}
	slip, err := handover.OpenSlip(x.Slip)
	if err != nil {
		return nil, err
	}
	if key := strings.TrimSpace(x.Key); key != "" && key != slip.Key {
		return nil, fmt.Errorf("the slip is signed by another key, %s: %w", slip.Key, evidence.ErrTampered)
	}
	checks, err := compared(ctx, slip, x)
	if err != nil {
		return nil, err
	}
	if known, err := k.accepted(ctx, slip.Hash); err != nil || known != nil {
		return known, err
	}
	answer := handover.Answer{Checks: checks, At: k.a.now()}
	if answer.Nonce, err = k.a.nonce(); err != nil {
		return nil, err
	}
	b, err := answer.Sign(slip, k.a.signer)
	if err != nil {
		return nil, err
	}
	return b, k.happened(ctx, by, Happening{Act: evidence.CustodyAccepted, Counts: slip.Inventory, Left: [][]byte{x.Slip, b}})
}

// accepted is the answer that was given to a slip already.
func (k Keeping) accepted(ctx context.Context, slip evidence.Hash) ([]byte, error) {
	list, err := k.a.cat.Custodies(ctx, evidence.CustodyAccepted, 1<<30)
	for _, c := range list {
		if len(c.Objects) == 2 && c.Objects[0] == slip {
			return k.a.get(ctx, c.Objects[1])
		}
	}
	return nil, err
}

const failuresTold = 5

// compared verifies what arrived, and that it is what the slip says; and counts the checks
// that it passed.
func compared(ctx context.Context, slip handover.Opened, x Arrived) (int, error) {
	if err := sameManifest(slip, x.What); err != nil {
		return 0, err
	}
	x.Verify.Key, x.Verify.Against = slip.Key, []byte(slip.Checkpoint)
	passed, failures, rooted := 0, 0, false
	var failed []error // the first of them: a case of a million items may fail a million times
	for c := range dossier.Verify(ctx, x.What, x.Verify) {
		switch c.Status {
		case dossier.OK:
			passed++
			rooted = rooted || c.Name == "against"
		case dossier.Failed:
			if failures++; failures <= failuresTold {
				failed = append(failed, fmt.Errorf("%s: %s: %w", c.Name, c.Detail, evidence.ErrTampered))
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if len(failed) == 0 && !rooted {
		failed = append(failed, fmt.Errorf("it is of the ledger at another size than the slip says, %d: %w", slip.Head.Size, evidence.ErrTampered))
	}
	return passed, errors.Join(failed...)
}

// sameManifest compares the manifest of a dossier with the slip's. A slip of a whole case
// goes with a case, and no other.
func sameManifest(slip handover.Opened, fsys fs.FS) error {
	names, err := fs.Glob(fsys, "*/manifest-sha256.txt")
	if err != nil {
		return err
	}
	if _, err := fs.Stat(fsys, "manifest-sha256.txt"); err == nil {
		names = []string{"manifest-sha256.txt"}
	}
	if slip.Whole() != (len(names) == 0) {
		what := "a dossier"
		if slip.Whole() {
			what = "a whole case"
		}
		return fmt.Errorf("the slip is of %s, and this is another thing: %w", what, evidence.ErrRefused)
	}
	if slip.Whole() {
		return nil
	}
	f, err := fsys.Open(names[0])
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	if got := evidence.Hash(sum.Sum(nil)); got != slip.Manifest {
		return fmt.Errorf("its manifest is %s, and the slip's is %s: %w", got, slip.Manifest, evidence.ErrTampered)
	}
	return nil
}

// Acknowledged notes a receiver's answer to a hand-over of this case, under the verifier key
// that the receiver gave by another way than the answer. Errors: ErrTampered where the answer
// is not theirs or says something else than the slip, ErrRefused where it is to no slip of
// this case, or was noted before.
func (k Keeping) Acknowledged(ctx context.Context, by, key string, answer []byte) (handover.Answer, error) {
	a, err := k.acknowledged(ctx, by, strings.TrimSpace(key), answer)
	if err != nil {
		return a, fmt.Errorf("note a receiver's answer: %w", err)
	}
	return a, nil
}

func (k Keeping) acknowledged(ctx context.Context, by, key string, answer []byte) (handover.Answer, error) {
	if err := k.mayHandOver(ctx, by); err != nil {
		return handover.Answer{}, err
	}
	theirs, err := note.NewVerifier(key)
	if err != nil {
		return handover.Answer{}, fmt.Errorf("the receiver's key: %w: %w", evidence.ErrFormat, err)
	}
	if key == k.a.public {
		return handover.Answer{}, fmt.Errorf("this is the key of this very case: %w", evidence.ErrRefused)
	}
	a, err := handover.OpenAnswer(answer, theirs)
	if err != nil {
		return a, err
	}
	if a.Origin != k.a.key.Name() {
		return a, fmt.Errorf("it is about %s, another case: %w", a.Origin, evidence.ErrRefused)
	}
	sent, err := k.handed(ctx, a.Slip)
	if err != nil {
		return a, err
	}
	slip, err := k.a.get(ctx, a.Slip)
	if err != nil {
		return a, err
	}
	opened, err := handover.OpenSlip(slip)
	if err == nil {
		err = a.To(opened)
	}
	if err != nil {
		return a, err
	}
	return a, k.happened(ctx, by, Happening{Act: evidence.CustodyAcknowledged, About: sent.Custody.About, To: sent.Custody.To, Counts: sent.Custody.Counts,
		Left: [][]byte{slip, answer, []byte(key + "\n")}, covers: proof.Checkpoint{Origin: a.Origin, Size: a.Size, Root: a.Root},
		check: func(ctx context.Context) error { _, err := k.handed(ctx, a.Slip); return err }})
}

// handed is the hand-over that a slip is of, if nobody answered it yet.
func (k Keeping) handed(ctx context.Context, slip evidence.Hash) (catalog.Link, error) {
	list, err := k.a.cat.Transfers(ctx)
	if err != nil {
		return catalog.Link{}, err
	}
	i := slices.IndexFunc(list, func(l catalog.Link) bool { return slices.Contains(l.Custody.Objects, slip) })
	if i < 0 {
		return catalog.Link{}, fmt.Errorf("no hand-over of this case has the slip %s: %w", slip, evidence.ErrRefused)
	}
	if list[i].Answered > 0 {
		return list[i], fmt.Errorf("the hand-over was acknowledged before, at %d: %w", list[i].Answered, evidence.ErrRefused)
	}
	return list[i], nil
}
