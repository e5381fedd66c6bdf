package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"svidok/evidence"
	"svidok/warc"
)

const (
	inMemory    = 1 << 20  // a larger object that comes with Open is streamed
	window      = 32 << 20 // bytes of objects that are encoded before they are written
	writeAtOnce = 32 << 20 // bytes of members that are written with one Append
	chunkTask   = 32       // objects that a core takes at a time
)

// Put keeps a batch of objects and returns their names in its order, and the extents
// that the caller has to note in the ledger. All that was not held before is durable on
// return. On an error nothing of the batch counts: ErrFull (make room and repeat),
// ErrRefused (an object's bytes changed while they were read), ErrTampered (a tail knows a
// larger ledger than after says), ErrBusy (another process wrote: Refresh), ErrUsage, or
// the system's. If every object is held, nothing is written and no extent returned.
//
// after is the ledger as it is, SIZE:ROOT (see docs/formats/vault.md); empty writes no
// such field and checks none.
func (v *Vault) Put(ctx context.Context, after string, objects []Object) ([]evidence.Hash, []Extent, error) {
	v.writing.Lock()
	defer v.writing.Unlock()
	names, held, err := v.names(ctx, objects)
	if err != nil {
		return nil, nil, fmt.Errorf("keep a batch: %w", err)
	}
	var fresh []int
	seen := make(map[evidence.Hash]bool)
	for i, h := range names {
		if !held[i] && !seen[h] {
			seen[h] = true
			fresh = append(fresh, i)
		}
	}
	if len(fresh) == 0 {
		return names, nil, nil
	}
	if err := v.begin(ctx, after); err != nil {
		return nil, nil, fmt.Errorf("keep a batch: %w", err)
	}
	w := &writer{v: v, ctx: ctx, at: v.end, from: v.end.off, base: v.end.off, sum: sha256.New(), after: after}
	err = w.all(objects, names, fresh)
	if err == nil {
		err = w.closeExtent()
	}
	if err != nil {
		v.w.unknown = true
		return nil, nil, fmt.Errorf("keep a batch: %w", err)
	}
	v.commit(w, objects, names, fresh)
	return names, w.extents, nil
}

// parallel calls do for 0 … n-1 on all cores; the first error ends it.
func parallel(ctx context.Context, n, task int, do func(from, to int) error) error {
	workers := min(runtime.GOMAXPROCS(0), (n+task-1)/task)
	if workers <= 1 {
		return errors.Join(ctx.Err(), do(0, n))
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for k := range workers {
		wg.Go(func() {
			for errs[k] == nil {
				from := int(next.Add(int64(task))) - task
				if from >= n {
					return
				}
				if errs[k] = ctx.Err(); errs[k] == nil {
					errs[k] = do(from, min(from+task, n))
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// names names every object, and says which are held: found in the index and read whole.
func (v *Vault) names(ctx context.Context, objects []Object) ([]evidence.Hash, []bool, error) {
	names, held := make([]evidence.Hash, len(objects)), make([]bool, len(objects))
	err := parallel(ctx, len(objects), chunkTask, func(from, to int) error {
		for i := from; i < to; i++ {
			o := &objects[i]
			switch {
			case o.Open != nil && (o.Data != nil || o.Hash.IsZero() || o.Size < 0):
				return fmt.Errorf("object %d: an object is Data, or Hash, Size and Open: %w", i, evidence.ErrUsage)
			case o.Open != nil:
				names[i] = o.Hash
			default:
				names[i] = evidence.Sum(o.Data)
				if !o.Hash.IsZero() && o.Hash != names[i] {
					return fmt.Errorf("object %d: Data is not what Hash says: %w", i, evidence.ErrUsage)
				}
			}
			var err error
			if held[i], err = v.holds(ctx, names[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return names, held, err
}

// holds reads an object that the index knows: an index may be wrong and a disk may rot,
// and what was not kept whole has to be kept again while it is at hand.
func (v *Vault) holds(ctx context.Context, h evidence.Hash) (bool, error) {
	if !v.Has(h) {
		return false, nil
	}
	if _, ok := v.recent.get(h); ok {
		return true, nil
	}
	r, _, err := v.Reader(ctx, h)
	if err == nil {
		_, err = io.Copy(io.Discard, r)
		err = errors.Join(err, r.Close())
	}
	return err == nil, ctx.Err()
}

// commit makes what a writer wrote part of the vault.
func (v *Vault) commit(w *writer, objects []Object, names []evidence.Hash, fresh []int) {
	v.mu.Lock()
	for _, r := range w.rows {
		v.rows.replace(r)
	}
	v.end = w.at
	v.mu.Unlock()
	v.w.after, v.w.size, v.w.put = w.after, w.at.off, true
	v.w.beyond = slices.DeleteFunc(v.w.beyond, func(f Info) bool {
		n, _ := parseSegment(strings.TrimPrefix(f.Name, folder))
		return n <= w.at.seg
	})
	rows := w.rows
	for _, x := range w.extents {
		n, _ := parseSegment(x.Segment)
		k := 0
		for k < len(rows) && rows[k].seg == n {
			k++
		}
		v.w.wait(span{seg: n, from: x.From, to: x.To, rows: append([]row(nil), rows[:k]...)})
		rows = rows[k:]
	}
	for _, i := range fresh {
		if objects[i].Open == nil {
			v.recent.add(names[i], objects[i].Data)
		}
	}
}

// writer lays members into segments, from the vault's end on.
type writer struct {
	v       *Vault
	ctx     context.Context // of the one Put that it serves
	after   string
	started bool // the first record, which names the ledger, was made

	at      end    // where the next byte goes, once buf is written
	from    int64  // where this segment's extent begins
	base    int64  // where buf goes
	buf     []byte // members that are not written yet
	sum     hash.Hash
	rows    []row
	extents []Extent
}

// all writes the fresh objects, a window at a time; large ones by themselves.
func (w *writer) all(objects []Object, names []evidence.Hash, fresh []int) error {
	for len(fresh) > 0 {
		n, size := 0, int64(0)
		for n < len(fresh) && !objects[fresh[n]].streamed() && (n == 0 || size < window) {
			o := &objects[fresh[n]]
			size += int64(len(o.Data)) + o.Size
			n++
		}
		var err error
		if n == 0 {
			n = 1
			err = w.stream(&objects[fresh[0]])
		} else {
			err = w.batch(objects, names, fresh[:n])
		}
		if err != nil {
			return err
		}
		fresh = fresh[n:]
	}
	return nil
}

func (o *Object) streamed() bool { return o.Open != nil && o.Size > inMemory }

// members are the encoded records of one core's task, one after the other.
type members struct {
	buf  []byte
	ends []int
}

func (w *writer) batch(objects []Object, names []evidence.Hash, fresh []int) error {
	done := make([]members, (len(fresh)+chunkTask-1)/chunkTask)
	started := w.started
	err := parallel(w.ctx, len(fresh), chunkTask, func(from, to int) error {
		for ; from < to; from += chunkTask {
			m := &done[from/chunkTask]
			for k := from; k < min(to, from+chunkTask); k++ {
				i, after := fresh[k], ""
				if k == 0 && !started {
					after = w.after
				}
				data, err := objects[i].bytes()
				if err == nil {
					m.buf, err = warc.Encode(m.buf, objects[i].fields(names[i], after), data)
				}
				if err != nil {
					return fmt.Errorf("object %d: %w", i, refusal(err))
				}
				m.ends = append(m.ends, len(m.buf))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.started = true
	k := 0
	for _, m := range done {
		start := 0
		for _, stop := range m.ends {
			if err := w.add(names[fresh[k]], m.buf[start:stop]); err != nil {
				return err
			}
			start = stop
			k++
		}
	}
	return nil
}

// add lays one member at the end.
func (w *writer) add(h evidence.Hash, member []byte) error {
	if err := w.turn(); err != nil {
		return err
	}
	w.rows = append(w.rows, row{hash: h, seg: w.at.seg, off: uint32(w.at.off), len: shortLen(int64(len(member)))})
	_, err := w.Write(member)
	return err
}

// turn goes on to the next segment when this one is long enough.
func (w *writer) turn() error {
	if w.at.off < w.v.limit {
		return nil
	}
	if err := w.closeExtent(); err != nil {
		return err
	}
	w.at = end{seg: w.at.seg + 1}
	w.from, w.base = 0, 0
	w.sum.Reset()
	return nil
}

// Write takes bytes of a member, and writes when there are many.
func (w *writer) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	w.at.off += int64(len(p))
	if len(w.buf) >= writeAtOnce {
		return len(p), w.flush()
	}
	return len(p), nil
}

func (w *writer) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	w.sum.Write(w.buf)
	if err := w.v.b.Append(w.ctx, folder+segmentName(w.at.seg), w.base, w.buf); err != nil {
		return err
	}
	w.base += int64(len(w.buf))
	w.buf = w.buf[:0]
	return nil
}

// closeExtent writes what is left for this segment.
func (w *writer) closeExtent() error {
	if err := w.flush(); err != nil {
		return err
	}
	if w.at.off > w.from {
		w.extents = append(w.extents, Extent{Segment: segmentName(w.at.seg), From: w.from, To: w.at.off, Hash: evidence.Hash(w.sum.Sum(nil))})
	}
	return nil
}

// stream writes one large object without holding it in memory.
func (w *writer) stream(o *Object) error {
	if err := w.turn(); err != nil {
		return err
	}
	r, err := o.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", o.Hash, err)
	}
	defer r.Close()
	after := ""
	if !w.started {
		after, w.started = w.after, true
	}
	start, sum := w.at, sha256.New()
	if err := warc.Write(w, o.fields(o.Hash, after), io.TeeReader(r, sum), o.Size); err != nil {
		return refusal(err)
	}
	if evidence.Hash(sum.Sum(nil)) != o.Hash {
		return changed(o.Hash)
	}
	w.rows = append(w.rows, row{hash: o.Hash, seg: start.seg, off: uint32(start.off), len: shortLen(w.at.off - start.off)})
	return nil
}
