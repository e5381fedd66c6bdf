package archive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/vault"
)

// act is one record to be kept and noted, with the objects that it names.
type act struct {
	kind   evidence.Kind
	who    string
	at     time.Time
	record any
	with   []vault.Object
	keys   *catalog.ReadingKeys // of a text: made already

	encoded  []byte
	ref      evidence.Hash
	position int64 // after keep
}

// encode sets the record's bytes and name, once.
func (x *act) encode() error {
	if x.encoded != nil {
		return nil
	}
	b, err := evidence.Encode(x.record)
	if err != nil {
		return err
	}
	x.encoded, x.ref = b, evidence.Sum(b)
	return nil
}

// request is what one caller wants committed.
type request struct {
	// prepare makes the acts inside the turn, with the catalog at the ledger's head. A
	// request that has it is committed alone; the others that wait go together.
	prepare func(ctx context.Context) ([]*act, error)
	acts    []*act
	check   func(ctx context.Context) error // like prepare, for one that may go together: it may drop acts
	noted   func()                          // called when the acts are durable, before the catalog follows
	joined  int64                           // copies were looked for up to this text
	alone   bool                            // its bytes are yet to be read and may turn out to be others: nobody else is to fail with it

	err  error
	done chan struct{}
}

type pending struct {
	mu   sync.Mutex
	list []*request
}

const maxGroup = 4096 // acts committed at once

// commit makes everything that is durable, in this order:
//
//  1. take the turn among processes, and take in what another process wrote;
//  2. vault.Put: all objects and records, one write and one sync a segment;
//  3. ledger.Append: an entry per record and per extent, signed, one write, one sync;
//  4. noted: the receipt may be given;
//  5. the catalog follows.
//
// A crash after 2 leaves bytes in the vault that nothing notes: the next Put cuts them. A
// crash within 3 leaves a torn frame that the next Append cuts. After 3 nothing can be
// lost, and the catalog follows when the case is opened. Callers in this process that
// wait at the same time are committed together.
func (a *Archive) commit(ctx context.Context, r *request) error {
	if a.o.ReadOnly {
		return fmt.Errorf("the case is open for reading only: %w", evidence.ErrRefused)
	}
	r.done = make(chan struct{})
	a.pending.mu.Lock()
	a.pending.list = append(a.pending.list, r)
	a.pending.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		if a.pending.remove(r) {
			return ctx.Err()
		}
		<-r.done // somebody commits it already
		return r.err
	case a.turn <- struct{}{}:
	}
	defer func() { <-a.turn }()
	for {
		select {
		case <-r.done:
			return r.err
		default:
		}
		a.lead(ctx, r, a.pending.take())
	}
}

func (p *pending) remove(r *request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, x := range p.list {
		if x == r {
			p.list = append(p.list[:i], p.list[i+1:]...)
			return true
		}
	}
	return false
}

// single reports whether a request is committed by itself.
func (r *request) single() bool { return r.prepare != nil || r.alone }

// take removes the requests that go together next: in order of arrival, one that must be
// committed by itself, or as many others as fit.
func (p *pending) take() []*request {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, acts := 0, 0
	for n < len(p.list) && acts < maxGroup && (n == 0 || !p.list[n].single() && !p.list[0].single()) {
		acts += len(p.list[n].acts)
		n++
	}
	group := append([]*request(nil), p.list[:n]...)
	p.list = append(p.list[:0], p.list[n:]...)
	return group
}

// lead commits a group on behalf of all who asked. If the leader gives up while it waits
// for another process, the others stay in the queue.
func (a *Archive) lead(ctx context.Context, own *request, group []*request) {
	unlock, err := a.lock(ctx)
	if err != nil && ctx.Err() != nil {
		a.pending.mu.Lock()
		rest := make([]*request, 0, len(group)+len(a.pending.list))
		for _, r := range group {
			if r != own {
				rest = append(rest, r)
			}
		}
		a.pending.list = append(rest, a.pending.list...)
		a.pending.mu.Unlock()
		a.pending.remove(own)
		group = []*request{own}
	}
	if err == nil {
		// What has begun is brought to its end: half a batch is no use to anybody.
		err = a.group(context.WithoutCancel(ctx), group)
		err = errors.Join(err, unlock())
	}
	for _, r := range group {
		if r.err == nil {
			r.err = err
		}
		close(r.done)
	}
}

// lock takes the turn among processes, and says for whom it waits if that takes long.
func (a *Archive) lock(ctx context.Context) (func() error, error) {
	if a.o.Notice == nil {
		return a.b.Lock(ctx, a.o.Who)
	}
	first, cancel := context.WithTimeout(ctx, patience)
	unlock, err := a.b.Lock(first, a.o.Who)
	cancel()
	if err == nil || ctx.Err() != nil || !errors.Is(err, evidence.ErrBusy) {
		return unlock, err
	}
	a.notice("waiting: %v", err)
	return a.b.Lock(ctx, a.o.Who)
}

const patience = 2 * time.Second

// group does steps 1 (after the lock) to 5. An error that it returns concerns all.
func (a *Archive) group(ctx context.Context, group []*request) error {
	if err := a.refresh(ctx); err != nil {
		return err
	}
	a.fresh = map[evidence.Hash]bool{}
	var acts []*act
	var joined int64
	for _, r := range group {
		if err := a.prepared(ctx, r); err != nil {
			r.err = err
			continue
		}
		acts = append(acts, r.acts...)
		joined = max(joined, r.joined)
	}
	if err := a.keep(ctx, acts); err != nil {
		return err
	}
	for _, r := range group {
		if r.err == nil && r.noted != nil {
			r.noted()
		}
	}
	own := make(map[int64]*act, len(acts))
	for _, x := range acts {
		own[x.position] = x
	}
	if err := a.follow(ctx, own); err != nil {
		return err
	}
	if joined > 0 {
		return a.join(ctx, joined)
	}
	return nil
}

func (a *Archive) prepared(ctx context.Context, r *request) error {
	if r.prepare == nil && r.check == nil {
		return nil
	}
	if err := a.follow(ctx, nil); err != nil {
		return err
	}
	if r.check != nil {
		return r.check(ctx)
	}
	var err error
	r.acts, err = r.prepare(ctx)
	return err
}

// refresh takes in what another process wrote, and what a failed commit left.
func (a *Archive) refresh(ctx context.Context) error {
	if err := a.ledger.Refresh(ctx); err != nil {
		return err
	}
	if a.ledger.Size() == a.size.Load() && !a.dirty {
		return nil
	}
	if err := a.vault.Refresh(ctx, end(a.ledger)); err != nil {
		return err
	}
	if a.ledger.Size() != a.size.Load() {
		a.moves.Add(1)
	}
	a.size.Store(a.ledger.Size())
	a.dirty = false
	return nil
}

// keep does steps 2 and 3. The caller has the turn.
func (a *Archive) keep(ctx context.Context, acts []*act) error {
	if len(acts) == 0 {
		return nil
	}
	head, _ := a.ledger.Checkpoint()
	objects := make([]vault.Object, 0, 2*len(acts))
	entries := make([]evidence.Entry, 0, len(acts)+1)
	for _, x := range acts {
		if err := x.encode(); err != nil {
			return err
		}
		objects = append(append(objects, x.with...), vault.Object{Type: "metadata", MediaType: mediaRecord, At: x.at, Data: x.encoded})
		entries = append(entries, evidence.Entry{Kind: x.kind, Ref: x.ref, Who: x.who, When: x.at})
	}
	a.dirty = true // until all is noted
	after := fmt.Sprintf("%d:%s", head.Size, head.Root)
	_, extents, err := a.vault.Put(ctx, after, objects)
	if errors.Is(err, evidence.ErrBusy) {
		// We have the turn, and the ledger is as we know it: so another process kept and
		// died before it noted. What it left is a tail, to be cut like our own.
		if err = a.vault.Refresh(ctx, end(a.ledger)); err == nil {
			_, extents, err = a.vault.Put(ctx, after, objects)
		}
	}
	if err != nil {
		return roomy(err)
	}
	at := a.now()
	for _, x := range extents {
		entries = append(entries, evidence.Entry{Kind: evidence.KindExtent, Ref: x.Hash, Who: a.who(""), When: at, Detail: extent(x).String()})
	}
	from, err := a.ledger.Append(ctx, entries)
	if err != nil {
		return roomy(err)
	}
	for i, x := range acts {
		x.position = from + int64(i)
	}
	a.size.Store(a.ledger.Size())
	a.dirty = false
	return nil
}

// roomy tells the person what to do about a full disk.
func roomy(err error) error {
	if errors.Is(err, evidence.ErrFull) && evidence.HintOf(err) == "" {
		return evidence.WithHint(err, "nothing that was receipted is lost; make room and repeat: what is kept already is known")
	}
	return err
}
