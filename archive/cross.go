package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/catalog"
	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/intake"
	"svidok/proof"
	"svidok/reading"
)

// Show signs for another case what this one captured: its record and line, the proof, and
// what its content was, without the bytes. That it left is noted. Errors: ErrNotFound,
// ErrRefused where the record has what must not leave.
func (k Keeping) Show(ctx context.Context, by string, capture evidence.Hash) ([]byte, error) {
	b, err := k.a.statement(ctx, capture)
	if err == nil {
		err = k.Happened(ctx, by, Happening{Act: evidence.CustodyExported, About: []evidence.Hash{capture}, Counts: []evidence.Count{{Name: "statements", N: 1}}})
	}
	if err != nil {
		return nil, fmt.Errorf("show a capture: %w", err)
	}
	return b, nil
}

// Compare sets what another case shows beside the capture that this one made of the same
// address at the nearest time, and notes both. key is the other case's verifier key, from
// them and not from the statement. Where both lie beside each other already, nothing is
// noted, and known is true.
func (k Keeping) Compare(ctx context.Context, by, key string, theirs []byte) (c crosscapture.Compared, known bool, err error) {
	if c, known, err = k.compare(ctx, by, strings.TrimSpace(key), theirs); err != nil {
		err = fmt.Errorf("compare with another case: %w", err)
	}
	return c, known, err
}

func (k Keeping) compare(ctx context.Context, by, key string, theirs []byte) (c crosscapture.Compared, known bool, err error) {
	other, err := note.NewVerifier(key)
	if err != nil {
		return c, false, fmt.Errorf("the other case's key: %w: %w", evidence.ErrFormat, err)
	}
	shown, err := crosscapture.Open(theirs, other, nil, proof.Bounds{})
	if err != nil {
		return c, false, err
	}
	capture, err := k.a.nearest(ctx, shown)
	if err != nil {
		return c, false, err
	}
	done, err := k.a.comparisons(ctx, capture)
	if err != nil {
		return c, false, err
	}
	for _, p := range done {
		if p.Key == key && p.Other == string(theirs) {
			c, err = p.Open(k.a.public)
			return c, true, err
		}
	}
	own, err := k.a.statement(ctx, capture)
	if err != nil {
		return c, false, err
	}
	pair := crosscapture.Pair{V: 1, Key: key, Own: string(own), Other: string(theirs)}
	if c, err = pair.Open(k.a.public); err != nil {
		return c, false, err
	}
	b, err := evidence.Encode(pair)
	if err != nil {
		return c, false, err
	}
	return c, false, k.Happened(ctx, by, Happening{Act: evidence.CustodyCompared, About: []evidence.Hash{capture}, Left: [][]byte{b}})
}

// Observed is what another case captured at the address of a report.
type Observed struct {
	Ours, Theirs time.Time // when each captured it, by its own clock
	Case         string    // its ledger's origin
	Key          string    // its verifier key
	Likeness     string    // one of package crosscapture
}

// Observed returns what other cases captured beside a report's captures, in the order in
// which it was set beside them.
func (k Keeping) Observed(ctx context.Context, report int64) ([]Observed, error) {
	d, err := k.a.cat.Report(ctx, report)
	if err != nil {
		return nil, err
	}
	var out []Observed
	for _, c := range d.Taken {
		pairs, err := k.a.comparisons(ctx, c.Ref)
		if err != nil {
			return nil, fmt.Errorf("other observers of report %d: %w", report, err)
		}
		for _, p := range pairs {
			got, err := p.Open(k.a.public)
			if err != nil {
				return nil, fmt.Errorf("other observers of report %d: %w", report, err)
			}
			out = append(out, Observed{Ours: got.Own.Taken, Theirs: got.Other.Taken, Case: got.Other.Case, Key: p.Key, Likeness: string(got.Likeness)})
		}
	}
	return out, nil
}

// nearest is our capture of an address that was made nearest to another's.
func (a *Archive) nearest(ctx context.Context, shown crosscapture.Shown) (evidence.Hash, error) {
	list, err := a.cat.TakenAt(ctx, shown.Address)
	if err != nil {
		return evidence.Hash{}, err
	}
	if len(list) == 0 {
		return evidence.Hash{}, evidence.WithHint(fmt.Errorf("this case captured nothing at %s: %w", shown.Address, evidence.ErrNotFound), "capture the address first: svidok add CASE ADDRESS")
	}
	best := slices.MinFunc(list, func(x, y catalog.Capture) int {
		return cmp.Compare(x.Received.Sub(shown.Taken).Abs(), y.Received.Sub(shown.Taken).Abs())
	})
	return best.Ref, nil
}

// comparisons are the pairs that a capture is in.
func (a *Archive) comparisons(ctx context.Context, capture evidence.Hash) ([]crosscapture.Pair, error) {
	report, err := a.cat.ReportOf(ctx, capture)
	if errors.Is(err, evidence.ErrNotFound) {
		return nil, nil // a container, or what lies beside a report
	}
	if err != nil {
		return nil, err
	}
	list, err := a.cat.CustodyOf(ctx, report)
	if err != nil {
		return nil, err
	}
	var out []crosscapture.Pair
	for _, c := range list {
		if c.Act != evidence.CustodyCompared || !slices.Contains(c.About, capture) {
			continue
		}
		for _, h := range c.Objects {
			b, err := a.get(ctx, h)
			if err != nil {
				return nil, err
			}
			p, err := evidence.Decode[crosscapture.Pair](b)
			if err != nil {
				return nil, fmt.Errorf("object %s: %w", h, err)
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// statement makes the signed statement of one capture.
func (a *Archive) statement(ctx context.Context, capture evidence.Hash) ([]byte, error) {
	if a.signer == nil {
		return nil, fmt.Errorf("the case is open for reading only: %w", evidence.ErrRefused)
	}
	id, err := a.cat.ReportOf(ctx, capture)
	if err != nil {
		return nil, err
	}
	d, err := a.cat.Report(ctx, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(d.Taken, func(c catalog.Capture) bool { return c.Ref == capture })
	if i < 0 {
		return nil, fmt.Errorf("capture %s: %w", capture, evidence.ErrNotFound)
	}
	taken := d.Taken[i]
	s := crosscapture.Statement{V: 1, Index: taken.Position}
	if s.Status, s.Body, err = a.content(ctx, taken); err != nil {
		return nil, err
	}
	if len(d.Readings) > 0 { // of the same bytes, whichever act of taking was read
		s.Text, s.Reader = d.Readings[0].Text.Text, d.Readings[0].Reader
	}
	record, err := a.get(ctx, capture)
	if err != nil {
		return nil, err
	}
	s.Record = string(record)
	head, signed, err := a.cosigned(ctx, taken.Position)
	if err != nil {
		return nil, err
	}
	s.Checkpoint = string(signed)
	line, path, err := Keeping{a}.Proven(ctx, taken.Position, head.Size)
	if err != nil {
		return nil, err
	}
	s.Entry, s.Path = string(line), path
	return s.Sign(a.signer, a.key)
}

// content is the status of an answer, and the SHA-256 of its body without its codings.
func (a *Archive) content(ctx context.Context, c catalog.Capture) (int, evidence.Hash, error) {
	if c.MediaType != intake.TypeHTTPResponse {
		return 0, c.Payload, nil
	}
	raw, err := a.get(ctx, c.Payload)
	if errors.Is(err, evidence.ErrLimit) {
		return 0, evidence.Hash{}, nil // too large to be opened: its payload is compared
	}
	if err != nil {
		return 0, evidence.Hash{}, err
	}
	status, body, err := reading.Content(raw)
	if err != nil {
		return 0, evidence.Hash{}, nil // what cannot be opened is compared by its payload
	}
	return status, evidence.Sum(body), nil
}

// cosigned is the newest checkpoint over an entry that witnesses cosigned, with all their
// cosignatures; else the head.
func (a *Archive) cosigned(ctx context.Context, position int64) (proof.Checkpoint, []byte, error) {
	list, err := a.cat.Cosignatures(ctx, 200)
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	var cp proof.Checkpoint
	var signed []byte
	for _, c := range list { // the newest first
		if c.Refused != "" || c.Size <= position || signed != nil && c.Size != cp.Size {
			continue
		}
		n, err := a.get(ctx, c.Note)
		if err != nil {
			return cp, nil, err
		}
		if signed == nil {
			if cp, err = proof.OpenCheckpoint(n, a.key); err != nil {
				return cp, nil, err
			}
			signed = n
			continue
		}
		signed = merged(signed, n)
	}
	if signed == nil {
		cp, signed = a.ledger.Checkpoint()
	}
	return cp, signed, nil
}

// merged adds to a signed note the signature lines of another over the same text.
func merged(signed, other []byte) []byte {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	theirs, lines, _ := bytes.Cut(other, []byte("\n\n"))
	if !bytes.Equal(text, theirs) {
		return signed
	}
	for l := range bytes.Lines(lines) {
		if !bytes.Contains(signed, l) {
			signed = append(slices.Clip(signed), l...)
		}
	}
	return signed
}
