package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"svidok/evidence"
)

const (
	folderDamaged = "damaged/"
	maxAside      = 99 // times that the same range is laid aside
)

// layAside keeps what lies in a file between two bytes (to below 0: to its end), before it
// is replaced, as "damaged/NAME.FROM-TO". What cannot be read from a sealed file is kept as
// it lies on the disk, as "damaged/NAME.FROM-TO.sealed"; what the system cannot read is
// lost. It says in words what was there.
func layAside(ctx context.Context, b Backend, name string, from, to int64) (string, error) {
	f, err := b.Open(ctx, name)
	if errors.Is(err, evidence.ErrNotFound) {
		return "it was missing", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	if to < 0 || to > f.Size() {
		to = f.Size()
	}
	if from >= to {
		return "it was missing", nil
	}
	base := fmt.Sprintf("%s%s.%d-%d", folderDamaged, name, from, to)
	source, lo, hi := File(f), from, to
	if _, err := sumOf(ctx, f, name, from, to, nil); err != nil {
		s, ok := f.(*sealedFile)
		if ctx.Err() != nil {
			return "", err
		}
		if !ok || !errors.Is(err, evidence.ErrTampered) {
			return fmt.Sprintf("it could not be read: %v", err), nil
		}
		lo, hi = s.t.spans(from, to, s.File.Size())
		source, base = s.File, base+".sealed"
	}
	return "it was damaged; what it was is laid aside in " + folderDamaged, keepAside(ctx, b, source, name, lo, hi, base)
}

// spans returns the range of the sealed file in which a range of the plain file lies.
func (t layout) spans(from, to, size int64) (lo, hi int64) {
	i, j := t.find(from), t.find(to-1)
	if j+1 < len(t.frames) {
		size = t.frames[j+1].at
	}
	return t.frames[i].at, size
}

// keepAside writes a range of a file under a name that is free, or under which it is
// already kept.
func keepAside(ctx context.Context, b Backend, f File, name string, from, to int64, base string) error {
	want, err := sumOf(ctx, f, name, from, to, nil)
	if err != nil {
		return err
	}
	for n := 1; n <= maxAside; n++ {
		aside := base
		if n > 1 {
			aside += "." + strconv.Itoa(n)
		}
		g, err := b.Open(ctx, aside)
		if err != nil && !errors.Is(err, evidence.ErrNotFound) {
			return err
		}
		if err != nil || g.Size() == 0 { // nothing, or what a full disk left
			if err == nil {
				err = g.Close()
			} else {
				err = nil
			}
			return errors.Join(err, fill(ctx, b, f, name, from, to, aside))
		}
		got, err := sumOf(ctx, g, aside, 0, g.Size(), nil)
		if err2 := g.Close(); err2 != nil {
			return err2
		}
		if err == nil && got == want {
			return nil
		}
	}
	return fmt.Errorf("lay aside %s: there are %d already: %w", base, maxAside, evidence.ErrLimit)
}

// fill writes a range of a file into another, or leaves that empty.
func fill(ctx context.Context, b Backend, f File, name string, from, to int64, aside string) error {
	err := pieces(ctx, f, name, from, to, func(off int64, p []byte) error { return b.Append(ctx, aside, off-from, p) })
	if err != nil {
		_ = b.Append(context.WithoutCancel(ctx), aside, 0, nil) // gives the room back where it can
		return fmt.Errorf("lay aside what is damaged: %w", err)
	}
	return nil
}

// ledgers copies the ledger. The segments are there already; what is written here makes
// them count. Tiles are right in every later state; checkpoint and journal go in the order
// in which each state between is one that a crash could leave.
func (m *mirror) ledgers(ctx context.Context) error {
	if !m.fresh && m.ha.Size == m.hb.Size {
		return m.say("ledger", Same, "%d entries", m.ha.Size)
	}
	list, err := m.a.List(ctx, strings.TrimSuffix(folderTiles, "/"))
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := m.file(ctx, f.Name, maxLedgerFile); err != nil {
			return err
		}
	}
	order := []string{fileCheckpoint, fileJournal}
	if sizeOfCheckpoint(ctx, m.b) > sizeOfCheckpoint(ctx, m.a) {
		order = []string{fileJournal, fileCheckpoint} // the mirror was opened as a case once, and published
	}
	for _, name := range order {
		p, err := readOrNil(ctx, m.a, name, maxLedgerFile)
		if err != nil {
			return err
		}
		q, err := readOrNil(ctx, m.b, name, maxLedgerFile)
		if err == nil && bytes.Equal(p, q) {
			continue
		}
		if err := m.b.Replace(ctx, name, p); err != nil {
			return err
		}
		if err := m.say(name, Copied, ""); err != nil {
			return err
		}
	}
	return nil
}

// sizeOfCheckpoint returns the size that a checkpoint names in its second line; 0 if it
// cannot be read. It only chooses an order.
func sizeOfCheckpoint(ctx context.Context, b Backend) int64 {
	p, err := readOrNil(ctx, b, fileCheckpoint, maxSeal)
	lines := strings.SplitN(string(p), "\n", 3)
	if err != nil || len(lines) < 3 {
		return 0
	}
	n, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// file copies a file that a knows to be right, if b does not have it so.
func (m *mirror) file(ctx context.Context, name string, limit int64) error {
	p, err := ReadFile(ctx, m.a, name, limit)
	if err != nil {
		return err
	}
	q, err := readOrNil(ctx, m.b, name, limit)
	if err == nil && q != nil && bytes.Equal(p, q) {
		return nil
	}
	if err != nil && !errors.Is(err, evidence.ErrTampered) {
		return err
	}
	if err == nil && q == nil {
		if err := m.b.Replace(ctx, name, p); err != nil {
			return err
		}
		return m.say(name, Copied, "")
	}
	return m.write(ctx, m.b, map[string][]byte{name: p}, HealedSecond)
}

// small copies the keys, and last the marker, which makes the folder a case.
func (m *mirror) small(ctx context.Context) error {
	if err := m.file(ctx, filePublic, maxSeal); err != nil {
		return err
	}
	if !m.o.NoKey {
		if err := m.secret(ctx); err != nil {
			return err
		}
	}
	p, err := readOrNil(ctx, m.a, fileMarker, maxSeal)
	if err != nil || p == nil {
		return err
	}
	return m.file(ctx, fileMarker, maxSeal)
}

// secret brings the signing key to where it is missing or cannot be read. Of two that
// differ nobody here can say which is right.
func (m *mirror) secret(ctx context.Context) error {
	p, errA := readOrNil(ctx, m.a, fileKey, maxSeal)
	q, errB := readOrNil(ctx, m.b, fileKey, maxSeal)
	for _, err := range []error{errA, errB} {
		if err != nil && !errors.Is(err, evidence.ErrTampered) {
			return err
		}
	}
	lacksA, lacksB := errA != nil || p == nil, errB != nil || q == nil
	switch {
	case lacksA && lacksB:
		return m.say(fileKey, Damaged, "neither has the signing key: both can be read and verified, and not go on")
	case lacksA:
		return m.write(ctx, m.a, map[string][]byte{fileKey: q}, HealedFirst)
	case lacksB && errB != nil:
		return m.write(ctx, m.b, map[string][]byte{fileKey: p}, HealedSecond)
	case lacksB:
		if err := m.b.Replace(ctx, fileKey, p); err != nil {
			return err
		}
		return m.say(fileKey, Copied, "")
	case !bytes.Equal(p, q):
		return m.say(fileKey, Damaged, "the two differ; nothing was written over either")
	}
	return m.say(fileKey, Same, "")
}

// foreign names what is no part of a case.
func (m *mirror) foreign(ctx context.Context) error {
	for i, b := range []Backend{m.a, m.b} {
		list, err := b.List(ctx, ".")
		if err != nil {
			return err
		}
		for _, f := range list {
			if !ours(f.Name) {
				if err := m.say(f.Name, Foreign, "in the %s", []string{"case", "mirror"}[i]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ours reports whether a file may be part of a case.
func ours(name string) bool {
	if base, ok := strings.CutPrefix(name, folder); ok {
		_, segment := parseSegment(base)
		return segment || strings.HasSuffix(base, suffixIndex)
	}
	return lasting(name) || name == fileKey || name == fileCheckpoint || name == fileJournal || asItIs(name) || isSeal(name) ||
		strings.HasPrefix(name, folderDamaged)
}
