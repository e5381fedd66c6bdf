// Package witness is how groups keep each other's ledgers honest: each may cosign the
// checkpoints of the others, and a log that was rolled back or forked is caught. It has
// both sides of C2SP tlog-witness (c2sp.org/tlog-witness), so that any such witness can
// serve a case, and this one any such log; the comparison of two checkpoints; and a policy
// of who must have cosigned.
// It touches no net, disk or clock: bodies, times and a [Store] come in, answers go out.
//
// # What a witness promises
//
// For each log of its list, known by origin and key, it remembers the last checkpoint that
// it cosigned. It cosigns another one only if the log's key signed it, the submission names
// the remembered size, and a consistency proof (RFC 6962, section 2.1.2) shows that the
// tree of that size lies unchanged in the new one. So all that it ever cosigned of an
// origin lies on one chain, across crashes and under any order of submissions, as long as
// its store keeps what it was given. Nothing leaves before the store has it.
//
// A cosignature says: at this time, by this witness's clock, this was the largest tree of
// this origin that it had seen, and it extended every earlier one. It does not say that the
// entries are true, nor that nobody else was shown another tree: for that somebody must
// compare, which is why there should be several witnesses, and [Compare].
//
// # add-checkpoint
//
//	old 20852014                 size that the witness cosigned last; 0: none
//	PlRNCrwH…                    consistency proof: base64, a line each, at most 63
//	                             an empty line
//	example.com/log              the signed checkpoint
//	…
//
// The answer is 200 and cosignature lines; 400 for what cannot be read, or is older than
// it says; 403 without a good signature of the log; 404 for an unknown log; 409 and the
// remembered size where another was named; 422 where trees do not fit; 413 and 429 beyond
// limits; 503 where the witness itself cannot vouch now. The same checkpoint sent again is
// answered with the cosignature that it has, and after [RecosignAfter] with a new one.
//
// # Forks
//
// Two checkpoints of one size with different roots, both signed by the log, are proof that
// it showed two histories: [Fork] has both, Certain. Growth whose proof does not fit may
// be that, or a proof that somebody spoilt on the way: the Fork is then not Certain, and
// the two notes are kept for whoever asks the log.
package witness

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

var (
	// ErrUnknownLog: the witness does not know the log. Somebody must put the log's key on
	// its list.
	ErrUnknownLog = fmt.Errorf("the witness does not know this log: %w", evidence.ErrNotFound)
	// ErrForked: two histories of one log, or what looks like it. Stop and tell a person.
	ErrForked = fmt.Errorf("two histories of one log: %w", evidence.ErrTampered)
	// ErrUnsigned: the checkpoint is not signed by the key that the witness knows for this log.
	ErrUnsigned = fmt.Errorf("not signed by the log's key: %w", evidence.ErrRefused)
	// errMemory: what the witness remembers can not be read, or not be written. Whoever asked
	// is not to blame, and hears no more of it.
	errMemory = errors.New("the memory of the witness fails")
	// errUnfit: what was sent cannot be right for any tree.
	errUnfit = fmt.Errorf("that fits no tree: %w", evidence.ErrFormat)
	// errUnread: the request cannot be read.
	errUnread = fmt.Errorf("no submission of a checkpoint: %w", evidence.ErrFormat)
)

// Conflict: the witness cosigned another size than the submission says. Prove from there.
type Conflict struct {
	Known int64 // entries of the checkpoint that it cosigned last; 0: none
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("the witness knows %d entries of this log: %v", c.Known, evidence.ErrRefused)
}

// Is makes a conflict an evidence.ErrRefused.
func (c *Conflict) Is(target error) bool { return target == evidence.ErrRefused }

// Log is a log that a witness follows.
type Log struct {
	Origin string        // first line of its checkpoints; of a Svidok case also the name of its key
	Key    note.Verifier // as note.NewVerifier reads it
}

// Fork is what contradicts itself: two checkpoints of one log, each signed by its key.
type Fork struct {
	Origin  string
	Known   []byte // signed note that the witness had cosigned, with its cosignature
	Seen    []byte // signed note that does not fit it
	Certain bool   // one size, two roots: this is proof in itself
}

// RecosignAfter is how old a cosignature is when the same checkpoint gets a new one.
const RecosignAfter = 10 * time.Second

// Options of a witness.
type Options struct {
	Cosigner *proof.Cosigner
	Logs     []Log // a log whose key changed stands here twice, with both
	Store    Store
	Now      func() time.Time
	Forked   func(Fork)  // keeps what it is given, and tells a person; called before the answer is given, perhaps by several at once
	Failed   func(error) // tells a person what the witness itself cannot do: read or write its memory, believe its clock; nil: only who asked is told
}

// Witness cosigns checkpoints. It is safe for concurrent use.
type Witness struct {
	o    Options
	logs map[string][]note.Verifier // keys by origin
}

// New makes a witness.
func New(o Options) (*Witness, error) {
	if o.Cosigner == nil || o.Store == nil || o.Now == nil || o.Forked == nil {
		return nil, fmt.Errorf("make a witness: something is missing: %w", evidence.ErrUsage)
	}
	w := &Witness{o: o, logs: map[string][]note.Verifier{}}
	for _, l := range o.Logs {
		if l.Origin == "" || l.Key == nil {
			return nil, fmt.Errorf("make a witness: a log without origin or key: %w", evidence.ErrUsage)
		}
		w.logs[l.Origin] = append(w.logs[l.Origin], l.Key)
	}
	return w, nil
}

// held is the checkpoint of a log that was cosigned last.
type held struct {
	raw  []byte // as the store has it; nil: none
	head proof.Checkpoint
	at   time.Time // of the cosignature
	line string    // the cosignature
}

// load reads what is remembered of an origin. What is there but is not this witness's own
// is ErrTampered: it never starts again from nothing by itself.
func (w *Witness) load(ctx context.Context, origin string) (held, error) {
	raw, err := w.o.Store.Load(ctx, origin)
	if err != nil {
		return held{}, fmt.Errorf("%w: %w", errMemory, err)
	}
	if raw == nil {
		return held{}, nil
	}
	own := w.o.Cosigner.Key()
	c, _, line, err := proof.OpenHead(raw, own)
	if err == nil && c.Origin != origin {
		err = fmt.Errorf("it is of %q: %w", c.Origin, evidence.ErrTampered)
	}
	if err != nil {
		return held{}, fmt.Errorf("%w: what was cosigned of %s: %w: %w", errMemory, origin, evidence.ErrTampered, err)
	}
	by, err := proof.VerifyCosignatures(raw, []*proof.CosignatureKey{own}, proof.Bounds{})
	if err != nil || len(by) != 1 {
		return held{}, fmt.Errorf("%w: what was cosigned of %s: %w", errMemory, origin, errors.Join(evidence.ErrTampered, err))
	}
	return held{raw: raw, head: c, at: by[0].Time, line: line}, nil
}

// Add judges a submission (the body of add-checkpoint) and returns the cosignature line, or
// why there is none: [Conflict], ErrUnknownLog, ErrUnsigned, ErrForked, evidence.ErrFormat,
// ErrLimit, ErrBusy (the witness's clock is behind its own word), or what the store says.
func (w *Witness) Add(ctx context.Context, body []byte) ([]byte, error) {
	line, err := w.add(ctx, body)
	w.tell(ctx, err)
	return line, err
}

// tell tells the witness's own failures; that somebody hung up is none.
func (w *Witness) tell(ctx context.Context, err error) {
	if w.o.Failed != nil && ctx.Err() == nil && (errors.Is(err, errMemory) || errors.Is(err, evidence.ErrBusy)) {
		w.o.Failed(err)
	}
}

func (w *Witness) add(ctx context.Context, body []byte) ([]byte, error) {
	s, err := parseSubmission(body)
	if err != nil {
		return nil, err
	}
	keys := w.logs[s.origin]
	if keys == nil {
		return nil, fmt.Errorf("add a checkpoint of %.200q: %w", s.origin, ErrUnknownLog)
	}
	if s.head, s.text, s.verified, err = proof.OpenHead(s.note, keys...); errors.Is(err, evidence.ErrTampered) {
		return nil, fmt.Errorf("add a checkpoint of %s: %w: %w", s.origin, ErrUnsigned, err)
	} else if err != nil {
		return nil, fmt.Errorf("add a checkpoint of %s: %w", s.origin, err)
	}
	if s.old > s.head.Size {
		return nil, fmt.Errorf("add a checkpoint of %s: of %d entries, after one of %d: %w", s.origin, s.head.Size, s.old, errUnread)
	}
	// Others may come in between, here or in another process: Save notices it.
	known, err := w.load(ctx, s.origin)
	if err != nil {
		return nil, fmt.Errorf("add a checkpoint: %w", err)
	}
	if err := w.judge(s, known); err != nil {
		return nil, fmt.Errorf("add a checkpoint of %s: %w", s.origin, err)
	}
	line, err := w.cosign(ctx, s, known)
	if err != nil {
		return nil, fmt.Errorf("add a checkpoint of %s: %w", s.origin, err)
	}
	return line, nil
}

// judge finds whether a checkpoint that the log signed follows what is known.
func (w *Witness) judge(s submission, known held) error {
	if known.raw != nil && s.head.Size == known.head.Size && s.head.Root != known.head.Root {
		w.forked(s, known, true) // whatever size the submission names
		if s.old == known.head.Size {
			return fmt.Errorf("another tree of %d entries: %w", s.head.Size, ErrForked)
		}
	}
	if s.old != known.head.Size {
		return &Conflict{Known: known.head.Size}
	}
	if s.head.Size == 0 && s.head.Root != emptyRoot() {
		return fmt.Errorf("an empty tree with a root of its own: %w", errUnfit)
	}
	if s.old == 0 {
		if len(s.path) > 0 {
			return fmt.Errorf("a proof from the empty tree: %w", errUnfit)
		}
		return nil
	}
	if err := proof.CheckConsistency(s.path, s.head.Size, s.head.Root, s.old, known.head.Root); err != nil {
		if s.head.Size != known.head.Size {
			w.forked(s, known, false)
		}
		return fmt.Errorf("%w: %w", ErrForked, err)
	}
	return nil
}

func (w *Witness) forked(s submission, known held, certain bool) {
	w.o.Forked(Fork{Origin: s.origin, Known: known.raw, Seen: []byte(s.text + "\n" + s.verified), Certain: certain})
}

// cosign signs, stores and only then gives the cosignature away.
func (w *Witness) cosign(ctx context.Context, s submission, known held) ([]byte, error) {
	now := w.o.Now().Truncate(time.Second)
	if known.raw != nil && now.Before(known.at) {
		return nil, evidence.WithHint(fmt.Errorf("by the witness's clock it is not yet %s, when it cosigned last: %w", known.at.Format(time.RFC3339), evidence.ErrBusy),
			"set the clock of the witness")
	}
	same := known.raw != nil && s.head == known.head && bytes.HasPrefix(known.raw, []byte(s.text+"\n"))
	if same && now.Sub(known.at) < RecosignAfter {
		return []byte(known.line), nil
	}
	line, err := w.o.Cosigner.Cosign(s.text, now)
	if err != nil {
		return nil, err
	}
	next := []byte(s.text + "\n" + s.verified + string(line))
	err = w.o.Store.Save(ctx, s.origin, known.raw, next)
	if errors.Is(err, ErrMoved) {
		if known, err = w.load(ctx, s.origin); err == nil {
			err = &Conflict{Known: known.head.Size}
		}
	} else if err != nil {
		err = fmt.Errorf("%w: %w", errMemory, err)
	}
	if err != nil {
		return nil, err
	}
	return line, nil
}

// Latest returns the checkpoint of a log that was cosigned last, with the log's signature
// and the cosignature: what the monitoring side of c2sp.org/tlog-witness serves. The log is
// named by the SHA-256 of its origin, in hex.
func (w *Witness) Latest(ctx context.Context, hash string) ([]byte, error) {
	for origin := range w.logs {
		if OriginHash(origin) != hash {
			continue
		}
		known, err := w.load(ctx, origin)
		if err == nil && known.raw == nil {
			err = fmt.Errorf("nothing of %s was cosigned yet: %w", origin, evidence.ErrNotFound)
		}
		w.tell(ctx, err)
		return known.raw, err
	}
	return nil, fmt.Errorf("the latest checkpoint of %.64q: %w", hash, ErrUnknownLog)
}

// OriginHash returns SHA-256 of an origin in hex: what a log is called in addresses.
func OriginHash(origin string) string { return evidence.Sum([]byte(origin)).String() }

// emptyRoot is the root of the empty tree (RFC 6962, section 2.1).
func emptyRoot() evidence.Hash { return sha256.Sum256(nil) }

// submission is what was sent to add-checkpoint.
type submission struct {
	old    int64
	path   []evidence.Hash
	note   []byte
	origin string
	// Once the log's signature was verified:
	head           proof.Checkpoint
	text, verified string
}

const (
	maxProof = 63        // lines (c2sp.org/tlog-witness)
	maxBody  = 128 << 10 // a checkpoint with sixteen of the largest signatures there are fits
)

func parseSubmission(body []byte) (submission, error) {
	if len(body) > maxBody {
		return submission{}, fmt.Errorf("a submission of %d bytes, limit %d: %w", len(body), maxBody, evidence.ErrLimit)
	}
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	origin, _, ok2 := bytes.Cut(signed, []byte("\n"))
	lines := strings.Split(string(head), "\n")
	size, ok3 := strings.CutPrefix(lines[0], "old ")
	if !ok || !ok2 || !ok3 || len(origin) == 0 {
		return submission{}, fmt.Errorf("want \"old SIZE\", a proof, an empty line and a checkpoint: %w", errUnread)
	}
	s := submission{note: signed, origin: string(origin)}
	var err error
	if s.old, err = parseSize(size); err != nil {
		return submission{}, err
	}
	if len(lines)-1 > maxProof {
		return submission{}, fmt.Errorf("a proof of %d lines, limit %d: %w", len(lines)-1, maxProof, errUnread)
	}
	s.path, err = parsePath(lines[1:])
	return s, err
}
