package dossier

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/proof"
)

// witnessLine is one line of data/ledger/witnesses.jsonl: a checkpoint of the ledger that a
// witness cosigned, and the proof that the bundle's checkpoint extends it.
type witnessLine struct {
	Witness string          `json:"witness"` // its C2SP verifier key, of type 4
	Note    string          `json:"note"`
	Path    []evidence.Hash `json:"path,omitzero"`
}

// crossLine is one line of data/ledger/crosses.jsonl: what we captured beside what another
// case captured at the same address, and the proof that the bundle's checkpoint extends the
// one that our capture was shown under.
type crossLine struct {
	Pair crosscapture.Pair `json:"pair"`
	Path []evidence.Hash   `json:"path,omitzero"`
}

// seenBy is a witness's word, verified.
type seenBy struct {
	key  *proof.CosignatureKey
	size int64
	at   time.Time
}

// extends: the bundle's checkpoint extends one of this size and root.
func (c *contents) extends(size int64, root evidence.Hash, path []evidence.Hash) error {
	if size == c.head.Size && root == c.head.Root {
		return nil
	}
	return proof.CheckConsistency(path, c.head.Size, c.head.Root, size, root)
}

// observe verifies what others say: every cosignature, and every pair of captures, of which
// ours must be in the bundle.
func (c *contents) observe() error {
	key, err := note.NewVerifier(c.key)
	if err != nil {
		return fmt.Errorf("key.pub: %w: %w", evidence.ErrFormat, err)
	}
	for i, l := range c.witnesses {
		w, err := c.witness(l, key)
		if err != nil {
			return fmt.Errorf("cosignature %d: %w", i+1, err)
		}
		c.seen = append(c.seen, w)
	}
	for i, l := range c.crosses {
		got, err := l.Pair.Open(c.key)
		if err == nil {
			err = c.extends(got.Own.Size, got.Own.Root, l.Path)
		}
		if err == nil && !slices.ContainsFunc(c.lines, func(x line) bool { return x.entry.Kind == evidence.KindCapture && x.entry.Ref == got.Own.Record }) {
			err = fmt.Errorf("of a capture that is not here: %w", evidence.ErrRefused)
		}
		if err != nil {
			return fmt.Errorf("capture of another observer %d: %w", i+1, err)
		}
		c.compared = append(c.compared, got)
	}
	return nil
}

func (c *contents) witness(l witnessLine, key note.Verifier) (seenBy, error) {
	w, err := proof.ParseCosignatureKey(l.Witness)
	if err != nil {
		return seenBy{}, err
	}
	cp, err := proof.OpenCheckpoint([]byte(l.Note), key)
	if err != nil {
		return seenBy{}, err
	}
	if err := c.extends(cp.Size, cp.Root, l.Path); err != nil {
		return seenBy{}, err
	}
	list, err := proof.VerifyCosignatures([]byte(l.Note), []*proof.CosignatureKey{w}, proof.Bounds{})
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("no cosignature of %s: %w", clip(l.Witness), evidence.ErrTampered)
	}
	if err != nil {
		return seenBy{}, err
	}
	return seenBy{key: w, size: cp.Size, at: list[0].Time}, nil
}

// Files that are there where there is something to say.
const (
	stampsFile    = "data/ledger/stamps.jsonl"
	witnessesFile = "data/ledger/witnesses.jsonl"
	crossesFile   = "data/ledger/crosses.jsonl"
)

func isOptional(p string) bool {
	return p == stampsFile || p == witnessesFile || p == crossesFile || isStampFile(p)
}

// jsonLines reads a file of one value a line.
func jsonLines[T any](name string, b []byte) ([]T, error) {
	var out []T
	for n := 1; len(b) > 0; n++ {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return nil, fmt.Errorf("%s: line %d does not end: %w", name, n, evidence.ErrFormat)
		}
		l, err := evidence.Decode[T](b[:end+1])
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, n, err)
		}
		out, b = append(out, l), b[end+1:]
	}
	return out, nil
}

// optional reads such a file, if it is there.
func optional[T any](v *bundleCheck, name string, into *[]T) error {
	if !slices.Contains(v.names, name) {
		return nil
	}
	b, err := v.read(name)
	if err == nil {
		*into, err = jsonLines[T](name, b)
	}
	return err
}

// observers tells whoever verifies what others say of this ledger and of these captures.
func (v *bundleCheck) observers() error {
	if v.c.stated.Wording < 3 && len(v.c.witnesses)+len(v.c.crosses) > 0 {
		return fmt.Errorf("words of others in a bundle of wording %d: %w", v.c.stated.Wording, evidence.ErrFormat)
	}
	if err := v.r.witnesses(v.opt.Witnesses, v.c.seen, v.c.lines[len(v.c.lines)-1].Index+1); err != nil {
		return err
	}
	for i, x := range v.c.compared {
		v.r.crossed(v.c.crosses[i].Pair.Key, x)
	}
	return nil
}

// witnesses tells who cosigned. Of those that the reader knows, each must have cosigned
// everything here; of others anybody could have made the key.
func (r *result) witnesses(known []string, seen []seenBy, all int64) error {
	for _, vkey := range known {
		k, err := proof.ParseCosignatureKey(strings.TrimSpace(vkey))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(seen, func(s seenBy) bool { return s.key.SameKey(k) && s.size >= all })
		if i < 0 {
			return fmt.Errorf("the witness %s did not cosign all of it: %w", k.Name(), evidence.ErrNotFound)
		}
		r.ok("witness", r.say.cosigned, k.String(), seen[i].size, moment(seen[i].at))
	}
	for _, s := range seen {
		if len(known) == 0 {
			r.note("witness", r.say.witnessKey, s.key.String(), s.size, moment(s.at))
		}
	}
	return nil
}

// crossed tells how a capture of another observer stands to ours. It is a note whatever it
// says: whoever holds our key could have made the other observer's.
func (r *result) crossed(key string, x crosscapture.Compared) {
	r.note("cross-capture", r.say.crossed, clip(x.Own.Address), x.Other.Case, moment(x.Other.Taken), others(r.say.lang).likeness[x.Likeness], clip(key))
}

// witnesses are those who cosigned, on the cover.
func (p *page) witnesses() {
	var out []string
	w := others(p.c.stated.Language)
	for _, s := range p.c.seen {
		out = append(out, fmt.Sprintf(w.cosigned, code(s.key.String()), s.size, esc(moment(s.at))))
	}
	if len(out) > 0 {
		p.fact(w.witnesses, strings.Join(out, "<br>"))
	}
}

// observers are what other cases captured beside a capture of ours.
func (p *page) observers(capture evidence.Hash) {
	var out []string
	w := others(p.c.stated.Language)
	for _, x := range p.c.compared {
		if x.Own.Record == capture {
			out = append(out, fmt.Sprintf(w.captured, code(x.Other.Case), esc(moment(x.Other.Taken)), esc(w.likeness[x.Likeness])))
		}
	}
	if len(out) > 0 {
		p.fact(w.observer, strings.Join(out, "<br>"))
	}
}
