package collector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/archive"
	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

const (
	cosignRest  = 10 * time.Minute // entries wait so long for a witness, so that many share one cosignature
	cosignDoubt = 10 * time.Minute // between its clock and ours
)

// witnessAll asks every witness at which something waits.
func (c *Collector) witnessAll(ctx context.Context, now bool) error {
	var errs []error
	for _, w := range c.o.Settings.Witnesses {
		if w.Address == "" || !now && c.vouching.rest(w.Key, c.o.Now()) {
			continue
		}
		last, _, err := c.o.Archive.Catalog().LastCosigned(ctx, w.Key)
		if err != nil {
			return err
		}
		waits, err := c.o.Archive.Keeping().Waits(ctx, last.Size)
		if err != nil {
			return err
		}
		if !waits || !now && c.o.Now().Sub(last.At) < cosignRest {
			continue
		}
		err = c.cosign(ctx, w, last.Size)
		c.vouching.done(w.Key, c.o.Now(), err)
		if err != nil {
			name, _, _ := strings.Cut(w.Key, "+")
			errs = append(errs, fmt.Errorf("witness %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// cosign asks one witness and notes what it says: its cosignature, or that it knows another
// history of our log.
func (c *Collector) cosign(ctx context.Context, w evidence.Witness, old int64) error {
	key, err := proof.ParseCosignatureKey(w.Key)
	if err != nil {
		return err
	}
	keeping := c.o.Archive.Keeping()
	log, err := note.NewVerifier(keeping.Key())
	if err != nil {
		return fmt.Errorf("own key: %w", err)
	}
	head, signed := keeping.Head()
	ask := func() (witness.Answered, error) {
		return witness.Ask(ctx, witness.Asking{Witness: key, Log: log, Checkpoint: signed, Old: old,
			Within: proof.Bounds{NotBefore: c.o.Now().Add(-cosignDoubt), NotAfter: c.o.Now().Add(cosignDoubt)},
			Prove:  keeping.Consistent,
			Post: func(ctx context.Context, body []byte) (int, []byte, error) {
				r, err := c.o.Client.Post(ctx, strings.TrimSuffix(w.Address, "/")+"/"+witness.AddPath, "text/plain; charset=utf-8", body)
				if err != nil {
					return 0, nil, err
				}
				return r.Exchanges[len(r.Exchanges)-1].Status, r.Body, nil
			}})
	}
	got, err := ask()
	if errors.Is(err, witness.ErrForked) && got.Known > head.Size {
		now, e := keeping.Custody(ctx) // another process may have written, and asked, meanwhile
		if e != nil {
			return e
		}
		if now.Size >= got.Known {
			head, signed = keeping.Head()
			got, err = ask()
		}
	}
	rec := evidence.Cosigned{V: 1, Kind: evidence.KindCosigned, Size: head.Size, Root: head.Root, Witness: w.Key}
	var told error
	switch {
	case errors.Is(err, witness.ErrForked):
		rec.Refused, got.Note, told = clipped(err.Error()), signed, err
	case err != nil:
		return err
	default:
		rec.Time = evidence.Instant(got.Cosigned.Time)
	}
	rec.Note = evidence.Sum(got.Note)
	_, err = c.o.Archive.Note(ctx, archive.Noting{By: c.o.By, Objects: []archive.NotedObject{{MediaType: "text/plain; charset=utf-8", Data: got.Note}}, Records: func(f archive.Facts) ([]any, error) {
		rec.At, rec.By = f.At, f.By
		return []any{rec}, nil
	}})
	return errors.Join(told, err)
}
