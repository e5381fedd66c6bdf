package dossier

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"svidok/evidence"
	"svidok/proof"
)

// index finds objects by their hash: open addressing on the first eight bytes.
type index struct {
	slots   []int32 // object number + 1
	objects []object
}

func newIndex(objects []object) *index {
	n := 16
	for n < 2*len(objects) {
		n *= 2
	}
	x := &index{slots: make([]int32, n), objects: objects}
	for i := range objects {
		s := x.slot(shortOf(objects[i].hash))
		x.slots[s] = int32(i + 1) // the last record of a name wins
	}
	return x
}

func (x *index) slot(h short) int {
	mask := len(x.slots) - 1
	for s := int(binary.LittleEndian.Uint64(h[:8])) & mask; ; s = (s + 1) & mask {
		if k := x.slots[s]; k == 0 || shortOf(x.objects[k-1].hash) == h {
			return s
		}
	}
}

// find gives the number of the object, or -1.
func (x *index) find(h short) int32 { return x.slots[x.slot(h)] - 1 }

// relations compares what ledger and records say of each other.
type relations struct {
	v        *caseVault
	x        *index
	entryOf  []int32 // by object number: the first entry that refers to it, or -1
	used     []atomic.Bool
	mu       sync.Mutex
	errs     []error
	resolved atomic.Int64 // anchors checked in the second reading
}

func newRelations(v *caseVault) *relations {
	r := &relations{v: v, x: newIndex(v.objects), entryOf: make([]int32, len(v.objects)), used: make([]atomic.Bool, len(v.objects))}
	for i := range r.entryOf {
		r.entryOf[i] = -1
	}
	return r
}

func (r *relations) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) < mostTold {
		r.errs = append(r.errs, err)
	}
}

// entries: every entry's record is there, of its kind, and by whom the entry says.
func (r *relations) entries() {
	for i, e := range r.v.log.entries {
		if e.kind == evidence.KindExtent {
			continue
		}
		n := r.x.find(shortOf(e.ref))
		if n < 0 || r.x.objects[n].hash != e.ref {
			r.fail(fmt.Errorf("entry %d: its record %s is not in the vault: %w", i, e.ref, evidence.ErrNotFound))
			continue
		}
		if r.x.objects[n].kind != codeOf(e.kind) {
			r.fail(fmt.Errorf("entry %d: record %s is not of kind %s: %w", i, e.ref, e.kind, evidence.ErrTampered))
		}
		if d, ok := r.v.decided[n]; ok && d.by != "" && d.by != e.who {
			r.fail(fmt.Errorf("entry %d by %s: its record is by %s: %w", i, e.who, clip(d.by), evidence.ErrTampered))
		}
		if r.entryOf[n] < 0 {
			r.entryOf[n] = int32(i)
		}
		r.used[n].Store(true)
	}
}

// each runs do over 0..n-1 on all processors.
func (r *relations) each(n int, do func(i int)) {
	const chunk = 4096
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+n/chunk) {
		all.Go(func() {
			for from := int(next.Add(chunk)) - chunk; from < n && r.v.ctx.Err() == nil; from = int(next.Add(chunk)) - chunk {
				for i := from; i < min(from+chunk, n); i++ {
					do(i)
				}
			}
		})
	}
	all.Wait()
}

// named: whatever a record names is there, of the right kind and size.
func (r *relations) named() {
	r.each(len(r.v.names), func(i int) {
		l := &r.v.names[i]
		n := r.x.find(l.to)
		switch {
		case n < 0:
			r.fail(fmt.Errorf("record %s names %x…, which is not in the vault: %w", r.x.objects[l.from].hash, l.to, evidence.ErrNotFound))
			return
		case l.want != 0 && r.x.objects[n].kind != l.want:
			r.fail(fmt.Errorf("record %s names %s, which is of another kind: %w", r.x.objects[l.from].hash, r.x.objects[n].hash, evidence.ErrTampered))
		case l.size >= 0 && r.x.objects[n].size != l.size:
			r.fail(fmt.Errorf("record %s says that %s has %d bytes; it has %d: %w", r.x.objects[l.from].hash, r.x.objects[n].hash, l.size, r.x.objects[n].size, evidence.ErrTampered))
		}
		if !r.used[n].Load() {
			r.used[n].Store(true)
		}
	})
	r.each(len(r.v.readings), func(i int) {
		t := &r.v.readings[i]
		if n := r.x.find(t.capture); n >= 0 && r.x.objects[n].payload != t.payload {
			r.fail(fmt.Errorf("text record %s was read from other bytes than its capture took: %w", r.x.objects[t.from].hash, evidence.ErrTampered))
		}
	})
}

// unseen checks the anchors of records whose text was not at hand, by reading both again.
func (r *relations) unseen() {
	type pair struct{ record, text *segment }
	pool := sync.Pool{New: func() any { return &pair{newSegment(maxWhole), newSegment(maxWhole)} }}
	readers := sync.Pool{New: func() any { return newRecordReader() }}
	r.each(len(r.v.unseen), func(i int) {
		p, rr := pool.Get().(*pair), readers.Get().(*recordReader)
		defer pool.Put(p)
		defer readers.Put(rr)
		if err := r.second(r.x.objects[r.v.unseen[i]], p.record, p.text, rr); err != nil {
			r.fail(err)
		}
	})
}

func (r *relations) second(o object, recordSeg, textSeg *segment, rr *recordReader) error {
	rec, err := r.v.fetch(recordSeg, o)
	if err != nil {
		return err
	}
	f, err := rr.read(rec.block)
	if err != nil {
		return fmt.Errorf("record %s: %w", o.hash, err)
	}
	n := r.x.find(shortOf(f.text))
	if n < 0 {
		return nil // named has told so
	}
	text, err := r.v.fetch(textSeg, r.x.objects[n])
	if err != nil {
		return err
	}
	if text.block == nil {
		return fmt.Errorf("text %s: %w", f.text, evidence.ErrLimit)
	}
	r.resolved.Add(int64(len(f.anchors)))
	if err := checkAnchors(f, text.block); err != nil {
		return fmt.Errorf("record %s: %w", o.hash, err)
	}
	return nil
}

// judgments replays every account, decision and event in the order of the ledger.
func (r *relations) judgments() int {
	b := newBench()
	at := map[int32]decidedFact{} // by entry
	wanted := map[short]string{}  // statements that anybody judged
	for i, e := range r.v.log.entries {
		if n := r.x.find(shortOf(e.ref)); n >= 0 {
			if d, ok := r.v.decided[n]; ok {
				at[int32(i)] = d
				if v, ok := d.record.(evidence.Decision); ok && v.Statement != nil {
					for _, name := range []string{v.Statement.ID, v.Statement.Replaces} {
						if id, ok := shortID([]byte(name)); ok {
							wanted[id] = name
						}
					}
				}
			}
		}
	}
	suggestedAt := r.suggestions(wanted)
	judged := 0
	for i, e := range r.v.log.entries {
		for _, id := range suggestedAt[int32(i)] {
			b.suggest(id)
		}
		var err error
		switch v := at[int32(i)].record.(type) {
		case evidence.Account:
			b.role(v.ID, v.Role, v.Active)
		case evidence.Decision:
			judged++
			err = b.decide(int64(i), e.ref, v)
		case evidence.Event:
			judged++
			err = b.gather(int64(i), e.ref, v)
		}
		if err != nil {
			r.fail(fmt.Errorf("entry %d: %w", i, err))
		}
	}
	return judged
}

// suggestions gives, by entry, which of the wanted statements a coding suggested there.
func (r *relations) suggestions(wanted map[short]string) map[int32][]string {
	out := map[int32][]string{}
	if len(wanted) == 0 {
		return out
	}
	for _, s := range r.v.ids {
		if name, ok := wanted[s.id]; ok && r.entryOf[s.from] >= 0 {
			out[r.entryOf[s.from]] = append(out[r.entryOf[s.from]], name)
		}
	}
	return out
}

// unreferenced are the objects that no entry and no record names.
func (r *relations) unreferenced() []evidence.Hash {
	var out []evidence.Hash
	for i := range r.used {
		if !r.used[i].Load() && r.x.find(shortOf(r.x.objects[i].hash)) == int32(i) {
			out = append(out, r.x.objects[i].hash)
		}
	}
	slices.SortFunc(out, func(a, b evidence.Hash) int { return slices.Compare(a[:], b[:]) })
	return out
}

// fetch reads one object again.
func (v *caseVault) fetch(s *segment, o object) (*record, error) {
	name := fmt.Sprintf("vault/%06d.warc.gz", o.seg)
	f, size, err := openAt(v.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.reset(io.NewSectionReader(f, o.at, size-o.at), o.at, nil)
	rec, err := s.next()
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if rec.hash != o.hash {
		return nil, fmt.Errorf("%s: record at byte %d changed while it was verified: %w", name, o.at, evidence.ErrTampered)
	}
	return rec, nil
}

// extentsOf gives the end of what the ledger has noted of each segment.
func (l *caseLog) extentsOf() map[string]proof.Extent {
	out := map[string]proof.Extent{}
	for _, x := range l.extents {
		out[x.Segment] = x.Extent
	}
	return out
}
