package archive

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"svidok/catalog"
	"svidok/coding"
	"svidok/corroboration"
	"svidok/evidence"
	"svidok/proof"
	"svidok/vault"
	"svidok/words"
)

// This file is the only writer of the catalog. It reads the ledger from where the catalog
// stands, and makes the rows of each entry by the same rules, whether the entry was noted
// a moment ago, or years ago by another process. So a rebuilt catalog equals the live one.

const (
	followBatch = 4096     // entries in one transaction
	followBytes = 64 << 20 // of texts in one transaction, but for a single larger one
)

// entry is one line of the ledger with what it refers to.
type entry struct {
	catalog.Noted
	leaf   evidence.Hash
	detail string
	record any
	keys   catalog.ReadingKeys // of a text
	keyed  bool                // the keys are there
}

// follow brings the catalog to the head of the ledger. own are acts that were noted just
// now, by position: their records need not be read again.
func (a *Archive) follow(ctx context.Context, own map[int64]*act) error {
	a.following.Lock()
	defer a.following.Unlock()
	return a.followIn(ctx, a.cat, own)
}

func (a *Archive) followIn(ctx context.Context, cat *catalog.Catalog, own map[int64]*act) error {
	for {
		pos, _, err := cat.Position(ctx)
		if err != nil {
			return err
		}
		// Only as far as our vault knows what the entries refer to. If the catalog is beyond
		// that already, another process followed, and our next turn catches up.
		size := min(a.ledger.Size(), a.size.Load())
		if pos >= size {
			return nil
		}
		list, err := a.load(ctx, pos, min(size, pos+followBatch), own)
		if err != nil {
			return fmt.Errorf("follow the ledger: %w", err)
		}
		err = cat.Apply(ctx, pos, pos+int64(len(list)), list[len(list)-1].leaf, func(tx *catalog.Tx) error {
			for i := range list {
				if err := a.rows(ctx, tx, &list[i]); err != nil {
					return fmt.Errorf("entry %d (%s): %w", list[i].Position, list[i].Kind, err)
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, catalog.ErrMoved) {
			return err
		}
	}
}

// join notes in the catalog that copies were looked for up to a text.
func (a *Archive) join(ctx context.Context, text int64) error {
	a.following.Lock()
	defer a.following.Unlock()
	for {
		pos, head, err := a.cat.Position(ctx)
		if err != nil {
			return err
		}
		err = a.cat.Apply(ctx, pos, pos, head, func(tx *catalog.Tx) error { return tx.Joined(text) })
		if !errors.Is(err, catalog.ErrMoved) {
			return err
		}
	}
}

// load reads entries [from,to) and their records, on all cores.
func (a *Archive) load(ctx context.Context, from, to int64, own map[int64]*act) ([]entry, error) {
	list := make([]entry, 0, to-from)
	for line, err := range a.ledger.Entries(ctx, from, to) {
		if err != nil {
			return nil, err
		}
		e, err := proof.ParseEntry(line.Bytes)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", line.Index, err)
		}
		list = append(list, entry{Noted: catalog.Noted{Position: line.Index, Kind: e.Kind, Ref: e.Ref, Who: e.Who, At: e.When},
			leaf: proof.Leaf(line.Bytes), detail: e.Detail})
	}
	if err := parallel(len(list), runtime.GOMAXPROCS(0), func(i int) error { return a.fill(ctx, &list[i], own[list[i].Position]) }); err != nil {
		return nil, err
	}
	list = list[:textsAtOnce(list)]
	err := parallel(len(list), runtime.GOMAXPROCS(0), func(i int) error { return a.fillKeys(ctx, &list[i]) })
	return list, err
}

// textsAtOnce is how many of the entries are followed together: at least one, and no more
// than followBytes of texts.
func textsAtOnce(list []entry) int {
	sum := 0
	for i := range list {
		if t, ok := list[i].record.(evidence.Text); ok {
			if sum += t.Size; sum > followBytes && i > 0 {
				return i
			}
		}
	}
	return len(list)
}

// fill reads the record of e, unless this process has just made it.
func (a *Archive) fill(ctx context.Context, e *entry, own *act) error {
	if e.Kind == evidence.KindExtent {
		return nil
	}
	if own != nil && own.ref == e.Ref {
		e.record = own.record
		if own.keys != nil {
			e.keys, e.keyed = *own.keys, true
		}
	}
	if e.record == nil {
		b, err := a.vault.Get(ctx, e.Ref)
		if err == nil {
			e.record, err = decode(e.Kind, b)
		}
		if err != nil {
			return fmt.Errorf("entry %d (%s): %w", e.Position, e.Kind, err)
		}
	}
	return nil
}

// fillKeys makes what a text is searched and compared by.
func (a *Archive) fillKeys(ctx context.Context, e *entry) error {
	t, ok := e.record.(evidence.Text)
	if !ok || e.keyed || t.Text.IsZero() {
		return nil
	}
	b, err := a.vault.Get(ctx, t.Text)
	if err != nil {
		return fmt.Errorf("entry %d (%s): %w", e.Position, e.Kind, err)
	}
	e.keys = readingKeys(t.Title, string(b))
	return nil
}

func readingKeys(title, text string) catalog.ReadingKeys {
	return catalog.ReadingKeys{Title: words.SearchKey(title), Body: words.SearchKey(text), Sketch: corroboration.Sketch(text)}
}

func decode(k evidence.Kind, b []byte) (any, error) {
	switch k {
	case evidence.KindCase:
		return evidence.Decode[evidence.Case](b)
	case evidence.KindAccount:
		return evidence.Decode[evidence.Account](b)
	case evidence.KindCodebook:
		return evidence.Decode[evidence.CodebookUse](b)
	case evidence.KindCapture:
		return evidence.Decode[evidence.Capture](b)
	case evidence.KindText:
		return evidence.Decode[evidence.Text](b)
	case evidence.KindCoding:
		return evidence.Decode[evidence.Coding](b)
	case evidence.KindCopy:
		return evidence.Decode[evidence.Copy](b)
	case evidence.KindDecision:
		return evidence.Decode[evidence.Decision](b)
	case evidence.KindEvent:
		return evidence.Decode[evidence.Event](b)
	case evidence.KindRelease:
		return evidence.Decode[evidence.Release](b)
	}
	if kept := keepings(k); kept != nil {
		return kept.decode(b)
	}
	return nil, fmt.Errorf("record of kind %q: %w", k, evidence.ErrFormat)
}

// rows makes the rows of one entry.
func (a *Archive) rows(ctx context.Context, tx *catalog.Tx, e *entry) error {
	switch r := e.record.(type) {
	case nil:
		x, err := proof.ParseExtent(e.detail)
		if err != nil {
			return err
		}
		return tx.Extent(catalog.Extent{Position: e.Position, Segment: x.Segment, From: x.From, To: x.To, Hash: e.Ref})
	case evidence.Case:
		return nil
	case evidence.Account:
		return tx.Account(e.Noted, r)
	case evidence.CodebookUse:
		return tx.Codebook(e.Noted, r)
	case evidence.Capture:
		return tx.Capture(e.Noted, r)
	case evidence.Text:
		return tx.Text(e.Noted, r, e.keys)
	case evidence.Coding:
		return tx.Coding(e.Noted, r)
	case evidence.Copy:
		return tx.Copy(e.Noted, r)
	case evidence.Decision:
		return a.decided(ctx, tx, e.Noted, r)
	case evidence.Event:
		return gathered(tx, e.Noted, r)
	case evidence.Release:
		return tx.Release(e.Noted, r)
	}
	if kept := keepings(e.Kind); kept != nil {
		return kept.rows(tx, e)
	}
	return fmt.Errorf("record of type %T: %w", e.record, evidence.ErrFormat)
}

// decided applies a decision by the rules of package evidence. One that they refuse is
// shown as void and changes nothing.
func (a *Archive) decided(ctx context.Context, tx *catalog.Tx, n catalog.Noted, d evidence.Decision) error {
	role, err := tx.Role(d.By)
	if err != nil {
		return err
	}
	m, err := judgedBy(tx, d, role, n.Ref)
	void := ""
	if errors.Is(err, evidence.ErrRefused) {
		void, err = err.Error(), nil
	}
	if err == nil {
		err = tx.Decision(n, d, void)
	}
	if err != nil || void != "" {
		return err
	}
	if d.Event != "" {
		return tx.EventStand(d.Event, m.state)
	}
	if m.replaced != nil {
		if err := tx.Stand(d.Statement.Replaces, *m.replaced); err != nil {
			return err
		}
	}
	if d.Act == evidence.ActConfirm || d.Act == evidence.ActReturn {
		return tx.Stand(d.Statement.ID, m.state)
	}
	sensitivity, err := a.sensitivity(ctx, tx, d.Statement.Code)
	if err != nil {
		return err
	}
	return tx.Judge(*d.Statement, m.state, sensitivity)
}

// standings tells where statements and events stand: the catalog's transaction to the
// follower, the catalog and what was decided in the same call to Judge.
type standings interface {
	State(statement string) (evidence.State, error)
	EventState(event string) (evidence.State, error)
}

// move is what a decision changes.
type move struct {
	state    evidence.State
	replaced *evidence.State
}

// judgedBy returns what a decision changes, or ErrRefused with the rule that forbids it.
func judgedBy(at standings, d evidence.Decision, role evidence.Role, ref evidence.Hash) (move, error) {
	if (d.Statement == nil) == (d.Event == "") {
		return move{}, fmt.Errorf("a decision is on a statement or on an event: %w", evidence.ErrRefused)
	}
	if d.Event != "" {
		if d.Act != evidence.ActConfirm && d.Act != evidence.ActReturn {
			return move{}, fmt.Errorf("%s: an event is confirmed or returned: %w", d.Act, evidence.ErrRefused)
		}
		s, err := at.EventState(d.Event)
		if err == nil {
			s, err = s.Next(d.Act, d.By, role, ref)
		}
		return move{state: s}, err
	}
	s, err := at.State(d.Statement.ID)
	if err == nil {
		s, err = s.Next(d.Act, d.By, role, ref)
	}
	m := move{state: s}
	if err != nil || d.Statement.Replaces == "" || d.Statement.Replaces == d.Statement.ID || d.Act != evidence.ActCorrect {
		return m, err
	}
	old, err := at.State(d.Statement.Replaces)
	if err == nil {
		old, err = old.Supersede(d.By, ref)
	}
	m.replaced = &old
	return m, err
}

func gathered(tx *catalog.Tx, n catalog.Noted, r evidence.Event) error {
	role, err := tx.Role(r.By)
	if err != nil {
		return err
	}
	s, err := tx.EventState(r.ID)
	if err != nil {
		return err
	}
	void := ""
	if s, err = s.Gather(r.By, role, r.Withdrawn, n.Ref); err != nil {
		void = err.Error()
	}
	return tx.Event(n, r, s, void)
}

// books remembers compiled codebooks.
type books struct {
	mu   sync.Mutex
	yaml evidence.Hash
	book *coding.Codebook
}

// book compiles a codebook and remembers the last one.
func (a *Archive) book(h evidence.Hash, yaml []byte) (*coding.Codebook, error) {
	a.books.mu.Lock()
	defer a.books.mu.Unlock()
	if a.books.book != nil && a.books.yaml == h {
		return a.books.book, nil
	}
	b, problems := coding.Compile(yaml)
	if len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("codebook: line %d, column %d: %s (and %d more): %w", p.Line, p.Column, p.Message, len(problems)-1, evidence.ErrFormat)
	}
	a.books.yaml, a.books.book = h, b
	return b, nil
}

func (a *Archive) kept(ctx context.Context, yaml evidence.Hash) (*coding.Codebook, error) {
	b, err := a.vault.Get(ctx, yaml)
	if err != nil {
		return nil, fmt.Errorf("codebook %s: %w", yaml, err)
	}
	return a.book(yaml, b)
}

// sensitivity of a code under the codebook in force there; of one that it does not have
// the strictest.
func (a *Archive) sensitivity(ctx context.Context, tx *catalog.Tx, code string) (evidence.Sensitivity, error) {
	yaml, err := tx.InForce()
	if err != nil || yaml.IsZero() {
		return evidence.SensitivityClosed, err
	}
	b, err := a.kept(ctx, yaml)
	if errors.Is(err, evidence.ErrFormat) {
		return evidence.SensitivityClosed, nil // made by a later version
	}
	if err != nil {
		return "", err
	}
	for _, c := range b.Codes() {
		if c.ID == code {
			return c.Sensitivity, nil
		}
	}
	return evidence.SensitivityClosed, nil
}

// extent says in the ledger's words what the vault wrote.
func extent(x vault.Extent) proof.Extent {
	return proof.Extent{Segment: x.Segment, From: x.From, To: x.To}
}

// parallel calls do for 0 … n-1 on so many cores, and returns the error of the lowest.
func parallel(n, workers int, do func(i int) error) error {
	const task = 16
	workers = min(workers, (n+task-1)/task)
	if workers <= 1 {
		for i := range n {
			if err := do(i); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, n)
	var next, wg = make(chan int), sync.WaitGroup{}
	for range workers {
		wg.Go(func() {
			for from := range next {
				for i := from; i < min(n, from+task); i++ {
					errs[i] = do(i)
				}
			}
		})
	}
	for from := 0; from < n; from += task {
		next <- from
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// carryJoined: a text that the old catalog counts as compared is the same in the new one,
// if both are at the same position.
func (a *Archive) carryJoined(ctx context.Context, fresh *catalog.Catalog) error {
	pos, head, err := fresh.Position(ctx)
	if err != nil {
		return err
	}
	oldPos, oldHead, err1 := a.cat.Position(ctx)
	joined, err2 := a.cat.Joined(ctx)
	if err1 != nil || err2 != nil || oldPos != pos || oldHead != head {
		return nil // it knows nothing that is worth keeping: all is compared once more
	}
	return fresh.Apply(ctx, pos, pos, head, func(tx *catalog.Tx) error { return tx.Joined(joined) })
}
