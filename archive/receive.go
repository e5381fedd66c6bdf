package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"svidok/evidence"
	"svidok/intake"
	"svidok/vault"
)

const (
	batchItems = 512
	batchBytes = 8 << 20
)

// arrival is one thing on its way to a receipt.
type arrival struct {
	act     *act
	receipt Receipt
}

// batch is what is committed together.
type batch struct {
	list  []arrival
	bytes int64
	done  chan error // not nil: somebody waits for it
}

// delivery is one Receive under way: intake and hashing here, commits in a goroutine of
// their own, one batch behind.
type delivery struct {
	a      *Archive
	ctx    context.Context
	d      Delivery
	tell   func(Receipt)
	batch  batch
	out    chan batch
	result chan error    // of the committing goroutine
	last   evidence.Hash // payload of the item taken last

	kept, failed int
}

// Receive takes a delivery. It returns ErrPartial if something failed and something did
// not, and the cause if nothing could be kept at all. report is told every receipt when it
// stands, from one goroutine at a time; it may be nil.
//
// Nothing is parsed before it is durable: a container is committed first, and taken apart
// from the bytes that the vault gives back.
func (a *Archive) Receive(ctx context.Context, d Delivery, report func(Receipt)) error {
	if a.o.ReadOnly {
		return fmt.Errorf("receive: the case is open for reading only: %w", evidence.ErrRefused)
	}
	if report == nil {
		report = func(Receipt) {}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &delivery{a: a, ctx: ctx, d: d, tell: report, out: make(chan batch, 1), result: make(chan error, 1)}
	go func() { r.result <- r.commits(stop) }()
	for item, err := range intake.Arrivals(ctx, d.Inputs, d.Stdin, intake.Limits{}) {
		if ctx.Err() != nil {
			break
		}
		r.arrive(item, err)
	}
	r.flush(nil)
	close(r.out)
	err := <-r.result
	if err == nil {
		err = ctx.Err()
	}
	a.signal()
	switch {
	case err != nil && r.kept > 0:
		return fmt.Errorf("receive: %d kept, then: %w: %w", r.kept, evidence.ErrPartial, err)
	case err != nil:
		return fmt.Errorf("receive: %w", err)
	case r.failed > 0 && r.kept > 0:
		return fmt.Errorf("receive: %d kept, %d not: %w", r.kept, r.failed, evidence.ErrPartial)
	case r.failed > 0:
		return fmt.Errorf("receive: nothing could be kept: %w", evidence.ErrFormat)
	}
	return nil
}

// commits takes batches until there are no more; after the first failure it tells of the
// rest that they failed, too. That one thing's bytes are refused (a file that changes
// while it is read) is no failure of the others: then each is committed by itself.
func (r *delivery) commits(stop context.CancelCauseFunc) error {
	var broken error
	for b := range r.out {
		err := broken
		if err == nil {
			err = r.commit(b)
		}
		list := []batch{b}
		if broken == nil && errors.Is(err, evidence.ErrRefused) && len(b.list) > 1 {
			list = list[:0]
			for _, x := range b.list {
				list = append(list, batch{list: []arrival{x}})
			}
		}
		for _, one := range list {
			if len(list) > 1 {
				if err = broken; err == nil {
					err = r.commit(one)
				}
			}
			if err == nil {
				continue
			}
			if broken == nil && !errors.Is(err, evidence.ErrRefused) {
				broken = err
				stop(err)
			}
			r.failedAll(one, err)
		}
		if b.done != nil {
			b.done <- err // of the last one: that is what somebody waits for
		}
	}
	return broken
}

func (r *delivery) failedAll(b batch, err error) {
	for _, x := range b.list {
		x.receipt.Status, x.receipt.Err = StatusFailed, err
		r.failed++
		r.tell(x.receipt)
	}
}

func (r *delivery) commit(b batch) error {
	if len(b.list) == 0 {
		return nil
	}
	acts := make([]*act, len(b.list))
	for i := range b.list {
		acts[i] = b.list[i].act
	}
	req := &request{acts: acts}
	req.check = func(ctx context.Context) error { return r.a.familiar(ctx, b.list) }
	noted := false
	req.noted = func() { noted = true }
	for _, x := range acts {
		req.alone = req.alone || slices.ContainsFunc(x.with, func(o vault.Object) bool { return o.Open != nil })
	}
	err := r.a.commit(r.ctx, req)
	if noted {
		// Only now, out of the turn: whoever reads the receipts may take their time, or may
		// want the turn before they read on.
		for _, x := range b.list {
			x.receipt.Capture, x.receipt.Position = x.act.ref, x.act.position
			r.kept++
			r.tell(x.receipt)
		}
	}
	if err != nil && noted {
		// The ledger has it; only the catalog could not follow, and will when it can.
		r.a.notice("received, but the catalog is behind: %v", err)
		return nil
	}
	return err
}

// familiar says of each arrival whether its bytes were received before, also by another
// delivery that is committed together with it.
func (a *Archive) familiar(ctx context.Context, list []arrival) error {
	for i := range list {
		x := &list[i]
		h := x.receipt.SHA256
		x.receipt.Status = Preserved
		known := a.fresh[h]
		a.fresh[h] = true
		if !known && a.vault.Has(h) {
			var err error
			if known, err = a.cat.Received(ctx, h); err != nil {
				return err
			}
		}
		if known {
			x.receipt.Status = Known
		}
	}
	return nil
}

// arrive takes what was named, and what it holds.
func (r *delivery) arrive(it intake.Item, err error) {
	if it.Door == intake.DoorStdin && r.d.Name != "" {
		it.Name = baseName(r.d.Name)
	}
	ref, err := r.take(it, evidence.Hash{}, err)
	if err != nil || !it.Opens {
		return
	}
	if r.flushed() != nil {
		return
	}
	in, _, err := r.a.vault.Reader(r.ctx, r.last)
	if err != nil {
		r.fail(it, err)
		return
	}
	defer in.Close()
	var refs []evidence.Hash
	for part, err := range intake.Parts(r.ctx, it, in, intake.Limits{}) {
		if r.ctx.Err() != nil {
			return
		}
		parent := ref
		if err == nil && part.Parent >= 0 && part.Parent < len(refs) {
			parent = refs[part.Parent]
		}
		got, _ := r.take(part, parent, err) // a failure is told already
		if err == nil {                     // one that could not be kept counts, too: later parts name parts by index
			refs = append(refs, got)
		}
	}
}

// baseName keeps of a client's name what is no path.
func baseName(s string) string {
	return path.Base(strings.ReplaceAll(s, `\`, "/"))
}

func (r *delivery) fail(it intake.Item, err error) {
	if errors.Is(err, intake.ErrSkipped) {
		r.a.notice("%s %s: %v", it.Name, it.Within, err)
		return
	}
	// Told in order with the rest: the receipts before it may still be under way.
	r.flush(nil)
	done := make(chan error, 1)
	r.out <- batch{done: done}
	<-done
	r.failed++
	r.tell(Receipt{Input: it.Input, Name: it.Name, Within: it.Within, Part: it.Part, Status: StatusFailed, Err: err, Problems: it.Problems})
}

// take makes an arrival of an item and puts it into the batch. It returns the name of the
// capture record.
func (r *delivery) take(it intake.Item, parent evidence.Hash, err error) (evidence.Hash, error) {
	if err != nil {
		r.fail(it, err)
		return evidence.Hash{}, err
	}
	x, err := r.arrival(it, parent)
	if err != nil {
		r.fail(it, err)
		return evidence.Hash{}, err
	}
	r.last = x.receipt.SHA256
	r.batch.list = append(r.batch.list, x)
	r.batch.bytes += it.Size
	if it.Open != nil { // its bytes may be at hand only until the next item
		return x.act.ref, r.flushed()
	}
	if len(r.batch.list) >= batchItems || r.batch.bytes >= batchBytes {
		r.flush(nil)
	}
	return x.act.ref, nil
}

func (r *delivery) flush(done chan error) {
	b := r.batch
	r.batch = batch{}
	b.done = done
	r.out <- b
}

// flushed commits what there is and waits for it.
func (r *delivery) flushed() error {
	done := make(chan error, 1)
	r.flush(done)
	return <-done
}

// arrival makes the capture record of an item.
func (r *delivery) arrival(it intake.Item, parent evidence.Hash) (arrival, error) {
	a := r.a
	nonce, err := a.nonce()
	if err != nil {
		return arrival{}, err
	}
	at := a.now()
	o := vault.Object{Type: "resource", MediaType: it.MediaType, URI: it.Claims.Address, At: at, Data: it.Data, Size: it.Size}
	if it.MediaType == intake.TypeHTTPResponse {
		o.Type = "response"
	}
	if it.Open == nil {
		o.Hash, o.Size = evidence.Sum(it.Data), int64(len(it.Data))
	} else {
		o.Data, o.Open = nil, func() (io.ReadCloser, error) { return again(it) }
		if o.Hash, o.Size, err = sum(r.ctx, it); err != nil {
			return arrival{}, err
		}
	}
	c := evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: o.Hash, Size: o.Size, MediaType: valid(it.MediaType), Part: it.Part, Door: it.Door,
		Name: valid(it.Name), Parent: parent, Within: valid(it.Within), Claims: validClaims(it.Claims), Problems: validAll(it.Problems),
		Received: at, Nonce: nonce, Tool: a.o.Tool}
	x := &act{kind: evidence.KindCapture, who: a.who(r.d.By), at: at, record: c, with: []vault.Object{o}}
	if err := x.encode(); err != nil {
		return arrival{}, err
	}
	return arrival{act: x, receipt: Receipt{Input: it.Input, Name: it.Name, Within: it.Within, Part: it.Part, SHA256: o.Hash, Problems: it.Problems}}, nil
}

// again opens an item a second time. That it cannot be read any more is its own fault, as
// that it has changed, and no fault of the disk that it is kept on.
func again(it intake.Item) (io.ReadCloser, error) {
	in, err := it.Open()
	if err != nil {
		return nil, fmt.Errorf("open %q again: %w: %w", it.Name, evidence.ErrRefused, err)
	}
	return &input{in, it.Name}, nil
}

type input struct {
	io.ReadCloser
	name string
}

func (r *input) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("read %q again: %w: %w", r.name, evidence.ErrRefused, err)
	}
	return n, err
}

// sum hashes what does not fit in memory.
func sum(ctx context.Context, it intake.Item) (h evidence.Hash, n int64, err error) {
	in, err := it.Open()
	if err != nil {
		return h, 0, fmt.Errorf("open %q: %w", it.Name, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	hash := sha256.New()
	buf := make([]byte, 1<<18)
	for {
		k, err := in.Read(buf)
		hash.Write(buf[:k])
		n += int64(k)
		if errors.Is(err, io.EOF) {
			return evidence.Hash(hash.Sum(nil)), n, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return h, 0, fmt.Errorf("read %q: %w", it.Name, err)
		}
	}
}

// valid makes UTF-8 of what came from outside: a record has one form only, and JSON would
// write a broken byte in another form than the mark that stands for it.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func validAll(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = valid(s)
	}
	return out
}

func validClaims(c evidence.Claims) evidence.Claims {
	for _, s := range []*string{&c.Address, &c.Outlet, &c.Title, &c.Published, &c.Edited, &c.Forwarded, &c.ReplyTo, &c.Charset, &c.Modified} {
		*s = valid(*s)
	}
	return c
}
