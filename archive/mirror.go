package archive

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
)

// Mirroring says how a case is mirrored.
type Mirroring struct {
	NoKey bool // leave the signing key out: who takes the mirror can read and verify it, not go on with it
	Pace  func(ctx context.Context, n int) error
}

// Mirror makes the folder to a whole second copy of the case in from, and heals each from
// the other (see [vault.Mirror]). Every row is one file, or one extent of a segment. With
// from a mirror and to an empty folder, a lost case is restored.
//
// Both are open, or both sealed with o.Keys. That the case was copied, and what was healed,
// is noted in from, if its key is there. The note of a copy is made before it: so a mirror
// that has to take the place of the case knows no less than the case does. One that is ahead
// of the case, or beside it, is refused before anything is written (ErrRefused). Where it
// fails after the note, a second one says so.
func Mirror(ctx context.Context, from, to string, o Options, m Mirroring) iter.Seq2[vault.Mirrored, error] {
	return func(yield func(vault.Mirrored, error) bool) {
		a, b := o.filled(from), o.filled(to)
		err := apart(from, to)
		var public string
		if err == nil {
			public, err = publicOf(ctx, a.Backend, b.Backend)
		}
		noted := false
		if err == nil {
			noted, err = a.noteCopy(ctx, from, public, b.Backend)
		}
		if err != nil {
			yield(vault.Mirrored{}, fmt.Errorf("mirror: %w", err))
			return
		}
		if !holdsKey(ctx, a.Backend) && !holdsKey(ctx, b.Backend) {
			m.NoKey = true // nothing is damaged: it was left out before
			if o.Notice != nil {
				o.Notice("neither folder has the signing key: to go on with the case, put back the file key")
			}
		}
		healed, err := mirrorBoth(ctx, a, b, public, m, yield)
		if errors.Is(err, errEnough) {
			return
		}
		if err != nil && noted { // it was to be a copy, and is none
			err = errors.Join(err, noteCopied(context.WithoutCancel(ctx), from, a, evidence.Count{Name: "failed", N: 1}))
		}
		if err == nil && healed.any() {
			err = healed.note(ctx, from, o)
		}
		if err != nil {
			yield(vault.Mirrored{}, fmt.Errorf("mirror: %w", err))
		}
	}
}

func holdsKey(ctx context.Context, b vault.Backend) bool {
	_, err := vault.ReadFile(ctx, b, fileKey, maxSmall)
	return !errors.Is(err, evidence.ErrNotFound)
}

// apart refuses a folder as its own mirror.
func apart(from, to string) error {
	var full [2]string
	for i, dir := range []string{from, to} {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			abs = real
		}
		full[i] = abs + string(filepath.Separator)
	}
	if strings.HasPrefix(full[0], full[1]) || strings.HasPrefix(full[1], full[0]) {
		return evidence.WithHint(fmt.Errorf("%s and %s lie within each other: %w", from, to, evidence.ErrUsage), "a mirror belongs on another disk")
	}
	return nil
}

// errEnough: whoever asked wants no more rows.
var errEnough = errors.New("enough")

// mended counts what a mirroring healed.
type mended struct{ first, second, damaged int }

func (m mended) any() bool { return m.first+m.second > 0 }

// note tells the case. Without its key that is left out: nobody can.
func (m mended) note(ctx context.Context, dir string, o Options) error {
	a, err := Open(ctx, dir, o)
	if errors.Is(err, evidence.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	counts := []evidence.Count{{Name: "first", N: int64(m.first)}, {Name: "second", N: int64(m.second)}, {Name: "damaged", N: int64(m.damaged)}}
	return errors.Join(a.Keeping().Happened(ctx, "", Happening{Act: evidence.CustodyHealed, Counts: counts}), a.Close())
}

func mirrorBoth(ctx context.Context, a, b Options, public string, m Mirroring, yield func(vault.Mirrored, error) bool) (out mended, err error) {
	for _, o := range []Options{a, b} {
		unlock, busy := o.Backend.Lock(ctx, o.Who)
		if busy != nil {
			return out, busy
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	read := func(ctx context.Context, b vault.Backend) (vault.History, error) { return historyOf(ctx, b, public) }
	for row, err := range vault.Mirror(ctx, a.Backend, b.Backend, vault.MirrorOptions{Read: read, NoKey: m.NoKey, Pace: m.Pace}) {
		if err != nil {
			return out, err
		}
		switch row.Status {
		case vault.HealedFirst:
			out.first++
		case vault.HealedSecond:
			out.second++
		case vault.Damaged:
			out.damaged++
		}
		if !yield(row, nil) {
			return out, errEnough
		}
	}
	return out, nil
}

// noteCopy notes that the case is copied, if the mirror is empty or an earlier state of it.
// A case that cannot be opened is not noted in: it may be whole again afterwards.
func (o Options) noteCopy(ctx context.Context, dir, public string, mirror vault.Backend) (noted bool, err error) {
	mine, err := historyOf(ctx, o.Backend, public)
	if err != nil {
		return false, ctx.Err() // Mirror itself will say what is wrong
	}
	theirs, err := historyOf(ctx, mirror, public)
	switch {
	case errors.Is(err, evidence.ErrNotFound):
	case err != nil || theirs.Size > mine.Size:
		return false, ctx.Err()
	default:
		root, err := mine.RootAt(ctx, theirs.Size)
		if err != nil || root != theirs.Root {
			return false, err
		}
	}
	if !holdsKey(ctx, o.Backend) {
		return false, nil // a mirror without its key
	}
	return true, noteCopied(ctx, dir, o)
}

// noteCopied notes that the case is copied or, with a count of what failed, that it was not.
func noteCopied(ctx context.Context, dir string, o Options, counts ...evidence.Count) error {
	a, err := Open(ctx, dir, o)
	if err != nil {
		return err
	}
	return errors.Join(a.Keeping().Happened(ctx, "", Happening{Act: evidence.CustodyCopied, Counts: counts}), a.Close())
}

// publicOf is the public key of the case, from whichever copy still has it.
func publicOf(ctx context.Context, a, b vault.Backend) (string, error) {
	for _, c := range []vault.Backend{a, b} {
		p, err := vault.ReadFile(ctx, c, filePublic, maxSmall)
		if err != nil && ctx.Err() != nil {
			return "", err
		}
		if _, bad := note.NewVerifier(strings.TrimSpace(string(p))); err == nil && bad == nil {
			return strings.TrimSpace(string(p)), nil
		}
	}
	return "", evidence.WithHint(fmt.Errorf("there is no case in either folder: %w", evidence.ErrNotFound), "name the case first, then the folder of its mirror")
}

// historyOf reads what the ledger of one copy says, after all of it was checked.
func historyOf(ctx context.Context, b vault.Backend, public string) (vault.History, error) {
	var h vault.History
	for name, want := range map[string]string{fileMarker: marker, filePublic: public + "\n"} {
		p, err := vault.ReadFile(ctx, b, name, maxSmall)
		if err != nil {
			return h, err
		}
		if string(p) != want {
			return h, fmt.Errorf("%s: %w", name, evidence.ErrTampered)
		}
	}
	key, err := note.NewVerifier(public)
	if err != nil {
		return h, fmt.Errorf("%s: %w: %w", filePublic, evidence.ErrFormat, err)
	}
	l, err := ledger.Open(ctx, b, nil, key)
	if err == nil {
		err = l.Check(ctx)
	}
	if err != nil {
		return h, err
	}
	head, _ := l.Checkpoint()
	h = vault.History{Size: head.Size, Root: head.Root, RootAt: l.RootAt}
	for line, err := range l.Entries(ctx, 0, head.Size) {
		if err != nil {
			return h, err
		}
		e, err := proof.ParseEntry(line.Bytes)
		if err != nil || e.Kind != evidence.KindExtent {
			continue // an entry of a later version is none of the vault's
		}
		x, err := proof.ParseExtent(e.Detail)
		if err != nil {
			return h, err
		}
		h.Extents = append(h.Extents, vault.Extent{Segment: x.Segment, From: x.From, To: x.To, Hash: e.Ref})
	}
	return h, nil
}
