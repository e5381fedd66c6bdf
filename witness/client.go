package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

// Submission is the body of add-checkpoint: a signed checkpoint, and the proof that it
// extends the tree of old entries, which the witness cosigned last. Where old is 0 there is
// no proof.
func Submission(old int64, path []evidence.Hash, checkpoint []byte) []byte {
	out := appendPath(fmt.Appendf(nil, "old %d\n", old), path)
	return append(append(out, '\n'), checkpoint...)
}

// Answer reads what a witness answered to a submission: its signature lines, not verified
// yet, or known, the size that it cosigned last (status 409), with the error:
//
//	400, 413  evidence.ErrFormat, evidence.ErrLimit: it does not take what was sent
//	403       ErrUnsigned: it has another key for this log
//	404       ErrUnknownLog
//	409       Conflict
//	422       ErrForked: what it knows of the log, and what was sent, do not fit
//	others    evidence.ErrBusy: it cannot vouch now; ask again later
//
// No word of a witness is repeated but in quotes, and cut.
func Answer(status int, body []byte) (cosignatures []byte, known int64, err error) {
	said := strings.TrimSpace(string(body[:min(len(body), 200)]))
	fail := func(err error) ([]byte, int64, error) {
		return nil, 0, fmt.Errorf("the witness answers %d %q: %w", status, said, err)
	}
	switch status {
	case http.StatusOK:
		if err := checkLines(body); err != nil {
			return fail(err)
		}
		return body, 0, nil
	case http.StatusConflict:
		digits, ok := strings.CutSuffix(string(body[:min(len(body), 40)]), "\n")
		n, err := parseSize(digits)
		if !ok || err != nil || len(body) > 40 {
			return fail(fmt.Errorf("no size: %w", evidence.ErrFormat))
		}
		return nil, n, &Conflict{Known: n}
	case http.StatusBadRequest:
		return fail(evidence.ErrFormat)
	case http.StatusRequestEntityTooLarge:
		return fail(evidence.ErrLimit)
	case http.StatusForbidden:
		return fail(ErrUnsigned)
	case http.StatusNotFound:
		return fail(ErrUnknownLog)
	case http.StatusUnprocessableEntity:
		return fail(ErrForked)
	}
	return fail(evidence.ErrBusy)
}

// checkLines: signature lines and nothing else.
func checkLines(body []byte) error {
	if len(body) > maxBody {
		return fmt.Errorf("%d bytes of cosignatures: %w", len(body), evidence.ErrLimit)
	}
	_, err := note.Open(append([]byte("x\n\n"), body...), note.VerifierList()) // no key is known: all are unverified
	if u, ok := errors.AsType[*note.UnverifiedNoteError](err); ok && u.Note.Text == "x\n" {
		return nil
	}
	return fmt.Errorf("no signature lines: %w", evidence.ErrFormat)
}

// Asking is one checkpoint on its way to one witness.
type Asking struct {
	Witness    *proof.CosignatureKey
	Log        note.Verifier // our ledger's key
	Checkpoint []byte        // our head, as it is signed
	Old        int64         // size that this witness cosigned last, as far as we know; 0: none
	Within     proof.Bounds  // when its cosignature may be from
	// Prove is the ledger's: the proof that the first to entries extend the first from.
	Prove func(ctx context.Context, from, to int64) ([]evidence.Hash, error)
	// Post sends a body to the witness's add-checkpoint and returns status and answer.
	Post func(ctx context.Context, body []byte) (int, []byte, error)
}

// Answered is what a witness gave.
type Answered struct {
	Note     []byte         // the checkpoint with its cosignature
	Cosigned proof.Cosigned // verified
	Known    int64          // where the witness refused: the size that it cosigned last
}

// attempts: the first may meet a witness that knows more or less than was thought, and the
// second one that was asked by somebody else meanwhile.
const attempts = 3

// Ask submits a checkpoint to a witness until it cosigns or refuses. Errors are those of
// [Answer] and of Prove and Post, evidence.ErrTampered where the cosignature is not good,
// and ErrForked also where the witness cosigned more entries of our log than the checkpoint
// has: unless our ledger has grown since, somebody rolled it back, or wrote a second one
// with its key. What the witness then holds is at [CheckpointPath], for [Compare].
func Ask(ctx context.Context, a Asking) (Answered, error) {
	head, err := proof.OpenCheckpoint(a.Checkpoint, a.Log)
	if err != nil {
		return Answered{}, fmt.Errorf("ask a witness: %w", err)
	}
	old := min(a.Old, head.Size)
	for range attempts {
		var path []evidence.Hash
		if old > 0 && old < head.Size {
			if path, err = a.Prove(ctx, old, head.Size); err != nil {
				return Answered{}, fmt.Errorf("ask %s: %w", a.Witness.Name(), err)
			}
		}
		status, body, err := a.Post(ctx, Submission(old, path, a.Checkpoint))
		if err != nil {
			return Answered{}, fmt.Errorf("ask %s: %w", a.Witness.Name(), err)
		}
		lines, known, err := Answer(status, body)
		if c, ok := errors.AsType[*Conflict](err); ok {
			if c.Known > head.Size {
				return Answered{Known: c.Known}, evidence.WithHint(fmt.Errorf("ask %s: it cosigned %d entries of our log, and we show it %d: %w", a.Witness.Name(), c.Known, head.Size, ErrForked),
					"do not write to this case: it, or a copy of it, was put back to an earlier state; compare it with your backups")
			}
			old = known
			continue
		}
		if err != nil {
			return Answered{}, fmt.Errorf("ask %s: %w", a.Witness.Name(), err)
		}
		return a.accept(lines)
	}
	return Answered{Known: old}, fmt.Errorf("ask %s: it changes its mind about what it knows: %w", a.Witness.Name(), evidence.ErrBusy)
}

// accept takes the one line that is of interest, if it is good.
func (a Asking) accept(lines []byte) (Answered, error) {
	own := bytes.Buffer{} // a witness may send lines of other keys, which nobody asked for
	prefix := "— " + a.Witness.Name() + " "
	for line := range strings.Lines(string(lines)) {
		if strings.HasPrefix(line, prefix) {
			own.WriteString(line)
		}
	}
	signed, err := proof.WithCosignatures(a.Checkpoint, own.Bytes())
	if err != nil {
		return Answered{}, fmt.Errorf("ask %s: %w", a.Witness.Name(), err)
	}
	by, err := proof.VerifyCosignatures(signed, []*proof.CosignatureKey{a.Witness}, a.Within)
	if err != nil {
		return Answered{}, fmt.Errorf("ask %s: %w", a.Witness.Name(), err)
	}
	if len(by) != 1 {
		return Answered{}, fmt.Errorf("ask %s: it answers, but not with the key that we know: %w", a.Witness.Name(), evidence.ErrTampered)
	}
	return Answered{Note: signed, Cosigned: by[0]}, nil
}

// CheckpointPath is where a witness shows what it cosigned last of a log, below its address.
func CheckpointPath(origin string) string { return OriginHash(origin) + "/checkpoint" }
