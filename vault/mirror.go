package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"svidok/evidence"
)

// History is what the ledger of one copy of a case says, after all of its files were
// checked.
type History struct {
	Size    int64
	Root    evidence.Hash
	Extents []Extent // all, in the ledger's order
	// RootAt is the root of the first size entries.
	RootAt func(ctx context.Context, size int64) (evidence.Hash, error)
}

// MirrorOptions say how a mirror is made.
type MirrorOptions struct {
	// Read opens the ledger of a copy, checks every file of it, the marker and the public key
	// (which is the one that the caller expects), and says what it holds. ErrNotFound: no
	// ledger is there; anything else: it cannot be believed. It writes nothing.
	Read func(ctx context.Context, b Backend) (History, error)
	// NoKey leaves the signing key out: the mirror can then be read and verified, and a
	// case that is restored from it needs the key from elsewhere to go on.
	NoKey bool
	// Pace, if not nil, is called with each number of bytes that was read, and may wait.
	Pace func(ctx context.Context, n int) error
}

// Status is what became of one file or extent.
type Status string

// The statuses. The first copy is the case, the second its mirror.
const (
	Same         Status = "same"          // in both, and right
	Copied       Status = "copied"        // was missing in the second
	HealedFirst  Status = "healed first"  // was damaged or missing in the case
	HealedSecond Status = "healed second" // was damaged in the mirror
	Damaged      Status = "damaged"       // damaged in both, or nobody can say which is right; nothing was written over it
	Waits        Status = "waits"         // cannot be done before something else in the file is healed
	Foreign      Status = "foreign"       // no part of a case; left alone
)

// Mirrored is one file, or one extent of a segment, of a case and its mirror.
type Mirrored struct {
	Name     string
	From, To int64 // the extent's range; 0, 0 for a whole file
	Status   Status
	Detail   string // what was found, in words
}

// Mirror makes b a whole copy of the case a, and heals each from the other. Whatever is
// copied or healed is compared with the ledger: the bytes of segments with the hashes of the
// extents; the ledger's files by o.Read. Damaged bytes are never copied over right ones;
// where the mirror has none yet it gets them as they are, and they are named ([Damaged]).
// What cannot be read at all leaves the mirror at the ledger that it had. Before damaged bytes are replaced they are laid aside, in the same copy,
// as "damaged/NAME.FROM-TO": they may show what was done to them.
//
// Both are open, or both sealed with the same keys; then each is compared as it is when it
// is unlocked, and the seals are copied as they are (if the case's passphrase was changed, so
// is the mirror's, provided that the case was unlocked with it since).
//
// If b's ledger knows more than a's, or something else, nothing is written, and the error
// wraps ErrRefused: the case was rolled back, or somebody went on working on the mirror,
// and a person must decide. If a's ledger cannot be believed even with the files of b
// that are the same in every state of one ledger, or the other way round, the error is what
// o.Read said.
//
// An interrupted run leaves both as good as they were; the next one goes on. What was
// interrupted is no case to be opened: the segments are ahead of the ledger. It is
// brought back by Mirror into an empty folder, which takes what its ledger knows.
//
// The caller has the turn of both. To restore a lost case: Mirror(ctx, mirror, empty, o).
// Each file and extent is yielded when it is done; an error ends the run. With ErrFull there
// is no room in one of them, and nothing is lost.
func Mirror(ctx context.Context, a, b Backend, o MirrorOptions) iter.Seq2[Mirrored, error] {
	return func(yield func(Mirrored, error) bool) {
		m := &mirror{a: a, b: b, o: o, yield: yield}
		if err := m.run(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(Mirrored{}, fmt.Errorf("mirror the case: %w", err))
		}
	}
}

// errEnough: whoever iterates does not want to hear more.
var errEnough = errors.New("enough")

type mirror struct {
	a, b   Backend
	o      MirrorOptions
	yield  func(Mirrored, error) bool
	ha, hb History
	fresh  bool // b has no ledger yet
	behind bool // b lacks bytes that a's ledger knows
}

func (m *mirror) say(name string, s Status, format string, args ...any) error {
	return m.tell(Mirrored{Name: name, Status: s, Detail: fmt.Sprintf(format, args...)})
}

func (m *mirror) tell(x Mirrored) error {
	if !m.yield(x, nil) {
		return errEnough
	}
	return nil
}

func (m *mirror) run(ctx context.Context) error {
	if err := m.seals(ctx); err != nil {
		return err
	}
	if err := m.histories(ctx); err != nil {
		return err
	}
	if err := m.compare(ctx); err != nil {
		return err
	}
	if err := m.segments(ctx); err != nil {
		return err
	}
	if m.behind { // b is right as far as its own ledger goes, and would not be with this one
		if err := m.say("ledger", Waits, "the mirror lacks bytes that cannot be read in the case: it stays at what it knew"); err != nil {
			return err
		}
		return m.foreign(ctx)
	}
	if err := m.ledgers(ctx); err != nil {
		return err
	}
	if err := m.small(ctx); err != nil {
		return err
	}
	return m.foreign(ctx)
}

// seals: both open, or both sealed; then b's seals become those of a.
func (m *mirror) seals(ctx context.Context) error {
	a, sealed1 := m.a.(*sealed)
	b, sealed2 := m.b.(*sealed)
	if !sealed1 && !sealed2 {
		for _, c := range []Backend{m.a, m.b} {
			if ok, err := IsSealed(ctx, c); ok || err != nil {
				return evidence.WithHint(errors.Join(fmt.Errorf("one of the folders is sealed: %w", evidence.ErrRefused), err), "unlock it first")
			}
		}
		return nil
	}
	if sealed1 != sealed2 || a.k.master != b.k.master {
		return evidence.WithHint(fmt.Errorf("the case and its mirror are not sealed with the same keys: %w", evidence.ErrRefused),
			"the mirror of a sealed case is sealed by the same keys; take an empty folder")
	}
	for _, c := range []*sealed{a, b} { // a seal beside open files would lock them
		p, err := readOrNil(ctx, c.inner, fileMarker, maxSeal)
		if err == nil && bytes.HasPrefix(p, []byte(openMarker)) {
			err = evidence.WithHint(fmt.Errorf("one of the folders holds a case that is not encrypted: %w", evidence.ErrRefused),
				"the mirror of an encrypted case is encrypted, too: take an empty folder, and destroy the old mirror when the new one is verified")
		}
		if err != nil {
			return err
		}
	}
	for _, name := range []string{fileSeal, fileRecovery} {
		if err := m.seal(ctx, name, a, b); err != nil {
			return err
		}
	}
	return nil
}

// seal copies a seal that is known to be right, because the keys came out of it or were
// put into it, and any seal to where there is none. A seal that was damaged since would
// lock the mirror too.
func (m *mirror) seal(ctx context.Context, name string, a, b *sealed) error {
	p, err := readOrNil(ctx, a.inner, name, maxSeal)
	if err != nil {
		return err
	}
	q, err := readOrNil(ctx, b.inner, name, maxSeal)
	if err != nil || p == nil && q == nil {
		return err
	}
	to, s := b, Copied
	switch {
	case bytes.Equal(p, q):
		return m.say(name, Same, "")
	case p == nil:
		to, p, s = a, q, HealedFirst
	case q != nil && !a.k.opens(name, p):
		return m.say(name, Waits, "the two differ, and nobody has tried whether that of the case opens: unlock the case with it, and mirror again")
	}
	if err := to.inner.Replace(ctx, name, p); err != nil {
		return err
	}
	return m.say(name, s, "")
}

// readOrNil reads a small file; nil if there is none.
func readOrNil(ctx context.Context, b Backend, name string, limit int64) ([]byte, error) {
	p, err := ReadFile(ctx, b, name, limit)
	if errors.Is(err, evidence.ErrNotFound) {
		return nil, nil
	}
	if err == nil && p == nil {
		p = []byte{}
	}
	return p, err
}

// histories reads both ledgers, and heals the files of one that can be taken from the other.
func (m *mirror) histories(ctx context.Context) error {
	var errA, errB error
	m.ha, errA = m.o.Read(ctx, m.a)
	if errors.Is(errA, evidence.ErrNotFound) && !m.begun(ctx, m.a) {
		return evidence.WithHint(fmt.Errorf("the first of the two is no case: %w", errA), "to restore a case, name the mirror first and an empty folder second")
	}
	m.hb, errB = m.o.Read(ctx, m.b)
	if errors.Is(errB, evidence.ErrNotFound) && !m.begun(ctx, m.b) {
		if m.fresh, errB = true, m.vacant(ctx); errB != nil {
			return errB
		}
	}
	if errA != nil && (errB != nil || m.fresh) {
		// One file may be damaged here and another one there.
		if m.fresh || !m.healEither(ctx) {
			return errA
		}
		m.ha, errA = m.o.Read(ctx, m.a)
		m.hb, errB = m.o.Read(ctx, m.b)
	}
	if errA != nil {
		h, err := m.heal(ctx, m.b, m.a, HealedFirst)
		if err != nil {
			return evidence.WithHint(errors.Join(errA, err), "the ledger of the case cannot be healed from the mirror; the mirror's is whole: make a copy of both, and restore the mirror into an empty folder")
		}
		m.ha = h
	}
	if errB != nil {
		h, err := m.heal(ctx, m.a, m.b, HealedSecond)
		if err != nil {
			return evidence.WithHint(errors.Join(errB, err), "what the mirror's ledger knows cannot be said; keep it, and take an empty folder for the mirror")
		}
		m.hb = h
	}
	return nil
}

// vacant refuses to make a mirror among somebody's own files.
func (m *mirror) vacant(ctx context.Context) error {
	list, err := m.b.List(ctx, ".")
	if err != nil {
		return err
	}
	for _, f := range list {
		if !ours(f.Name) {
			return evidence.WithHint(fmt.Errorf("the folder for the mirror holds other files: %s: %w", f.Name, evidence.ErrRefused), "name a folder that is empty or does not exist")
		}
	}
	return nil
}

// begun reports whether a folder has a checkpoint: a ledger that lacks something else is
// damaged, and not missing.
func (m *mirror) begun(ctx context.Context, b Backend) bool {
	f, err := b.Open(ctx, fileCheckpoint)
	if err != nil {
		return !errors.Is(err, evidence.ErrNotFound)
	}
	return f.Close() == nil
}

const (
	openMarker     = "svidok case" // how the marker of a case begins that is not encrypted
	fileCheckpoint = "ledger/checkpoint"
	fileJournal    = "ledger/journal"
	folderTiles    = "ledger/tile/"
	maxLedgerFile  = 1 << 30
)

// lasting reports whether a file is the same in every state of one ledger that has it.
func lasting(name string) bool {
	return strings.HasPrefix(name, folderTiles) || name == filePublic || name == fileMarker
}

// patched is a backend with some files in the place of its own.
type patched struct {
	Backend
	files map[string][]byte
}

// Open implements [Backend].
func (p patched) Open(ctx context.Context, name string) (File, error) {
	if b, ok := p.files[name]; ok {
		return memory{bytes.NewReader(b)}, nil
	}
	return p.Backend.Open(ctx, name)
}

// List implements [Backend].
func (p patched) List(ctx context.Context, dir string) ([]Info, error) {
	list, err := p.Backend.List(ctx, dir)
	list = slices.DeleteFunc(list, func(f Info) bool { return p.files[f.Name] != nil })
	for name, b := range p.files {
		if dir == "." || strings.HasPrefix(name, dir+"/") {
			list = append(list, Info{name, int64(len(b))})
		}
	}
	slices.SortFunc(list, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// differing returns the lasting files of from that to has not, or has otherwise.
func differing(ctx context.Context, from, to Backend) (map[string][]byte, error) {
	list, err := from.List(ctx, ".")
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, f := range list {
		if !lasting(f.Name) {
			continue
		}
		p, err := readOrNil(ctx, from, f.Name, maxSeal<<8)
		if err != nil {
			continue // damaged here: nothing to heal with
		}
		if q, err := readOrNil(ctx, to, f.Name, maxSeal<<8); err != nil || !bytes.Equal(p, q) || q == nil {
			out[f.Name] = p
		}
	}
	return out, nil
}

// heal makes the ledger in bad whole with lasting files of good, if that makes it one that
// can be believed.
func (m *mirror) heal(ctx context.Context, good, bad Backend, s Status) (History, error) {
	files, err := differing(ctx, good, bad)
	if err != nil {
		return History{}, err
	}
	h, err := m.o.Read(ctx, patched{bad, files})
	if err != nil {
		return h, err
	}
	return h, m.write(ctx, bad, files, s)
}

// write replaces files of the ledger, and lays aside what was there.
func (m *mirror) write(ctx context.Context, b Backend, files map[string][]byte, s Status) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		was, err := layAside(ctx, b, name, 0, -1)
		if err == nil {
			err = b.Replace(ctx, name, files[name])
		}
		if err != nil {
			return err
		}
		if err := m.say(name, s, "%s", was); err != nil {
			return err
		}
	}
	return nil
}

// healEither tries each file in which the two differ, one at a time, in one and in the
// other: where each has one damaged file, one attempt succeeds.
func (m *mirror) healEither(ctx context.Context) bool {
	for _, c := range []struct {
		good, bad Backend
		s         Status
	}{{m.b, m.a, HealedFirst}, {m.a, m.b, HealedSecond}} {
		files, err := differing(ctx, c.good, c.bad)
		if err != nil {
			return false
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			one := map[string][]byte{name: files[name]}
			if _, err := m.o.Read(ctx, patched{c.bad, one}); err == nil {
				return m.write(ctx, c.bad, one, c.s) == nil
			}
		}
	}
	return false
}

// compare refuses a mirror that knows more than the case, or something else.
func (m *mirror) compare(ctx context.Context) error {
	if m.fresh {
		return nil
	}
	less, more := m.ha, m.hb
	if less.Size > more.Size {
		less, more = more, less
	}
	root, err := more.RootAt(ctx, less.Size)
	if err != nil {
		return err
	}
	switch {
	case root != less.Root:
		return evidence.WithHint(fmt.Errorf("the case and the mirror have different histories (%d and %d entries): %w", m.ha.Size, m.hb.Size, evidence.ErrRefused),
			"it is the mirror of another case, or one of the two was altered: keep both, and compare them with receipts and dossiers")
	case m.hb.Size > m.ha.Size:
		return evidence.WithHint(fmt.Errorf("the mirror knows %d entries, the case %d: %w", m.hb.Size, m.ha.Size, evidence.ErrRefused),
			"the case was rolled back, or somebody went on working on the mirror (svidok check writes to it, too: verify does not). If nothing was added to the case since, bring it up to date the other way round: svidok mirror MIRROR CASE; else keep both")
	}
	return nil
}
