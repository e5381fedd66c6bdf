package archive

import (
	"context"
	"fmt"
	"strings"

	"svidok/evidence"
	"svidok/proof"
)

// Happening is an event in the chain of custody, as somebody tells it.
type Happening struct {
	Act    evidence.CustodyAct
	About  []evidence.Hash // capture or release records; none: the whole case
	To     string
	Reason string
	Counts []evidence.Count
	Left   [][]byte // objects that the act left: another observer's statement, a receiver's note

	covers proof.Checkpoint                // what the act is about; zero: the ledger now
	check  func(ctx context.Context) error // as in Noting
}

// Happened notes an event in the chain of custody, as of the ledger now.
func (k Keeping) Happened(ctx context.Context, by string, h Happening) error {
	if err := k.happened(ctx, by, h); err != nil {
		return fmt.Errorf("note custody: %w", err)
	}
	return nil
}

func (k Keeping) happened(ctx context.Context, by string, h Happening) error {
	nonce, err := k.a.nonce()
	if err != nil {
		return err
	}
	if h.covers.Size == 0 {
		h.covers, _ = k.Head()
	}
	n := Noting{By: by, Check: h.check}
	r := evidence.Custody{V: 1, Kind: evidence.KindCustody, Act: h.Act, About: h.About, Size: h.covers.Size, Root: h.covers.Root, To: line(h.To), Counts: h.Counts, Nonce: nonce}
	if reason := strings.TrimSpace(valid(h.Reason)); reason != "" {
		if r.Reason, err = k.a.words(&n, reason); err != nil {
			return err
		}
	}
	for _, b := range h.Left {
		n.Objects = append(n.Objects, NotedObject{MediaType: "application/octet-stream", Data: b})
		r.Objects = append(r.Objects, evidence.Sum(b))
	}
	n.Records = func(f Facts) ([]any, error) {
		r.At, r.By = f.At, f.By
		return []any{r}, nil
	}
	_, err = k.a.Note(ctx, n)
	return err
}

// View notes that somebody opens an original, and why. Whoever holds a page of it open has
// seen it: so it is noted before, and not after.
func (k Keeping) View(ctx context.Context, by string, capture evidence.Hash, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("view an original: %w", needsReason())
	}
	return k.Happened(ctx, by, Happening{Act: evidence.CustodyViewed, About: []evidence.Hash{capture}, Reason: reason})
}

// Dispose notes that a copy, a disk or a machine that held the case was destroyed: what it
// was, and by which rule or for which reason. It removes nothing: the ledger forgets nothing.
func (k Keeping) Dispose(ctx context.Context, by, what, reason string) error {
	if err := k.dispose(ctx, by, what, reason); err != nil {
		return fmt.Errorf("note that something was destroyed: %w", err)
	}
	return nil
}

func (k Keeping) dispose(ctx context.Context, by, what, reason string) error {
	if strings.TrimSpace(what) == "" {
		return fmt.Errorf("what was it?: %w", evidence.ErrUsage)
	}
	if strings.TrimSpace(reason) == "" {
		return needsReason()
	}
	var n Noting
	if _, err := k.a.words(&n, strings.TrimSpace(valid(what))); err != nil {
		return err
	}
	return k.happened(ctx, by, Happening{Act: evidence.CustodyDisposed, Reason: reason, Left: [][]byte{n.Objects[0].Data}})
}

func needsReason() error {
	return evidence.WithHint(fmt.Errorf("it needs a reason: %w", evidence.ErrUsage), "say in a sentence why")
}
