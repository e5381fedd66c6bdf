package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/catalog"
	"svidok/coding"
	"svidok/evidence"
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
)

func (o Options) filled(dir string) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Tool == "" {
		o.Tool = "svidok"
	}
	if o.Who == "" {
		o.Who = "svidok"
	}
	if o.Backend == nil {
		o.Backend = vault.Dir(dir)
	}
	if o.Keys != nil && !o.sealed {
		o.Backend, o.sealed = vault.Sealed(o.Backend, o.Keys), true
	}
	return o
}

// Create makes an empty case in dir, which must be empty or not exist: format marker,
// key, first ledger entry, built-in codebook. The marker comes last: a folder without it
// is no case.
func Create(ctx context.Context, dir string, o Options) (*Archive, error) {
	o = o.filled(dir)
	if err := create(ctx, o); err != nil {
		return nil, fmt.Errorf("make a case: %w", err)
	}
	return Open(ctx, dir, o)
}

func create(ctx context.Context, o Options) (err error) {
	if err := vacant(ctx, o.Backend, false); err != nil { // before a lock is laid into a folder that is not ours
		return err
	}
	unlock, err := o.Backend.Lock(ctx, o.Who)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := vacant(ctx, o.Backend, true); err != nil { // another process may have been quicker: its key must stay
		return err
	}
	a := &Archive{o: o}
	name, err := a.nonce()
	if err != nil {
		return err
	}
	secret, public, err := ledger.GenerateKey(o.Rand, "svidok.case/"+name)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	for _, f := range [][2]string{{fileKey, secret}, {filePublic, public}} {
		if err := o.Backend.Replace(ctx, f[0], []byte(f[1]+"\n")); err != nil {
			return err
		}
	}
	if err := ledger.Create(ctx, o.Backend, signer); err != nil {
		return err
	}
	if err := first(ctx, o, signer, public); err != nil {
		return err
	}
	return o.Backend.Replace(ctx, fileMarker, []byte(marker))
}

// vacant refuses a folder that holds anything but a lock, which must be empty if it is
// not held by us.
func vacant(ctx context.Context, b vault.Backend, held bool) error {
	list, err := b.List(ctx, ".")
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Name != fileLock || f.Size > 0 && !held {
			return evidence.WithHint(fmt.Errorf("the folder is not empty: %w", evidence.ErrRefused), "name a folder that is empty or does not exist")
		}
	}
	return nil
}

// first notes the case itself and the built-in codebook. The caller has the turn.
func first(ctx context.Context, o Options, signer note.Signer, public string) (err error) {
	key, err := note.NewVerifier(public)
	if err != nil {
		return err
	}
	a, err := assemble(ctx, o, signer, key, public)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.vault.Close()) }()
	book, err := a.book(evidence.Sum(coding.Builtin()), coding.Builtin())
	if err != nil {
		return err
	}
	at, who := a.now(), a.who("")
	return a.keep(ctx, []*act{
		{kind: evidence.KindCase, who: who, at: at, record: evidence.Case{V: 1, Kind: evidence.KindCase, Origin: key.Name(), Key: public, Created: at, Tool: o.Tool}},
		bookAct(book, coding.Builtin(), who, at),
	})
}

// who names an act's author in the ledger: an account, or this program.
func (a *Archive) who(account string) string {
	if account != "" {
		return account
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._/-", r) {
			return r
		}
		return '-'
	}, strings.ToLower(a.o.Tool))
	return "m:" + name[:min(len(name), 60)]
}

// Open opens the case in dir and heals what a crash left.
func Open(ctx context.Context, dir string, o Options) (*Archive, error) {
	o = o.filled(dir)
	a, err := openKept(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open the case: %w", err)
	}
	a.dir = dir
	if err := a.openCatalog(ctx); err != nil {
		if a.cat != nil {
			err = errors.Join(err, a.cat.Close())
		}
		return nil, fmt.Errorf("open the case: %w", errors.Join(err, a.vault.Close()))
	}
	return a, nil
}

// openKept opens what is kept and noted.
func openKept(ctx context.Context, o Options) (*Archive, error) {
	m, err := vault.ReadFile(ctx, o.Backend, fileMarker, maxSmall)
	if err != nil || string(m) != marker {
		if err == nil || errors.Is(err, evidence.ErrNotFound) {
			err = evidence.WithHint(fmt.Errorf("no case of this version is here: %w", evidence.ErrNotFound), "make one with: svidok init FOLDER")
		}
		return nil, err
	}
	public, err := vault.ReadFile(ctx, o.Backend, filePublic, maxSmall)
	if err != nil {
		return nil, err
	}
	key, err := note.NewVerifier(strings.TrimSpace(string(public)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", filePublic, evidence.ErrFormat, err)
	}
	var signer note.Signer
	if !o.ReadOnly {
		secret, err := vault.ReadFile(ctx, o.Backend, fileKey, maxSmall)
		if err != nil {
			return nil, evidence.WithHint(err, "without its key a case can only be read")
		}
		if signer, err = note.NewSigner(strings.TrimSpace(string(secret))); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", fileKey, evidence.ErrFormat, err)
		}
	}
	return assemble(ctx, o, signer, key, strings.TrimSpace(string(public)))
}

func assemble(ctx context.Context, o Options, signer note.Signer, key note.Verifier, public string) (*Archive, error) {
	l, err := ledger.Open(ctx, o.Backend, signer, key)
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(ctx, o.Backend, end(l))
	if err != nil {
		return nil, err
	}
	a := &Archive{o: o, b: o.Backend, vault: v, ledger: l, key: key, public: public, signer: signer,
		dirty: true, // who has the turn first looks at what lies on the disk
		turn:  make(chan struct{}, 1), working: make(chan struct{}, 1), wake: make(chan struct{}, 1), signing: make(chan struct{}, 2)}
	a.size.Store(l.Size())
	return a, nil
}

// end tells the vault where the ledger's knowledge of it ends.
func end(l *ledger.Ledger) vault.End {
	x, ok := l.LastExtent()
	if !ok {
		return vault.End{}
	}
	return vault.End{Segment: x.Segment, Offset: x.To}
}

// view opens a catalog at path: of a sealed case an encrypted one.
func (a *Archive) view(ctx context.Context, path string) (*catalog.Catalog, error) {
	if a.o.Keys != nil {
		return catalog.OpenSealed(ctx, path, a.o.Keys.Catalog())
	}
	return catalog.Open(ctx, path)
}

// Sealed reports whether the case is encrypted at rest.
func (k Keeping) Sealed() bool { return k.a.o.Keys != nil }

// openCatalog opens the view, makes it anew if it is of no use, and follows.
func (a *Archive) openCatalog(ctx context.Context) error {
	path := filepath.Join(a.dir, fileCatalog)
	err := a.checkCase(ctx)
	if err != nil {
		return err
	}
	if a.cat, err = a.view(ctx, path); err == nil {
		if err = a.related(ctx); err == nil {
			err = a.follow(ctx, nil)
		}
	}
	if !errors.Is(err, catalog.ErrRebuild) {
		return err
	}
	a.notice("the catalog is made anew: %v", err)
	if a.cat != nil {
		if _, err := a.Rebuild(ctx); err == nil {
			return nil
		}
		if err := a.cat.Close(); err != nil {
			return err
		}
	}
	if err := catalog.Remove(path); err != nil {
		return err
	}
	if a.cat, err = a.view(ctx, path); err != nil {
		return err
	}
	return a.follow(ctx, nil)
}

// checkCase: the first entry binds the ledger to its key.
func (a *Archive) checkCase(ctx context.Context) error {
	if a.ledger.Size() == 0 {
		return fmt.Errorf("the ledger is empty: %w", evidence.ErrTampered)
	}
	list, err := a.load(ctx, 0, 1, nil)
	if err != nil {
		return err
	}
	c, ok := list[0].record.(evidence.Case)
	if !ok || c.Key != a.public || c.Origin != a.key.Name() {
		return fmt.Errorf("the first entry is not of this case and key: %w", evidence.ErrTampered)
	}
	return nil
}

// related checks that the catalog is a view of this ledger.
func (a *Archive) related(ctx context.Context) error {
	pos, head, err := a.cat.Position(ctx)
	if err != nil || pos == 0 {
		return err
	}
	if pos > a.ledger.Size() { // perhaps another process noted and followed just now
		if err := a.ledger.Refresh(ctx); err != nil {
			return err
		}
	}
	if pos > a.ledger.Size() {
		return fmt.Errorf("it has read %d entries of a ledger of %d: %w", pos, a.ledger.Size(), catalog.ErrRebuild)
	}
	for line, err := range a.ledger.Entries(ctx, pos-1, pos) {
		if err != nil {
			return err
		}
		if proof.Leaf(line.Bytes) != head {
			return fmt.Errorf("it is the view of another ledger: %w", catalog.ErrRebuild)
		}
	}
	return nil
}
