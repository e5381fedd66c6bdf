package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"sort"
	"strings"

	"svidok/evidence"
	"svidok/warc"
)

// span is a run of bytes of one segment and its rows. What is not in the segment's index
// file yet waits as a span in writing.index; at says where in that file its block goes.
type span struct {
	seg      uint32
	from, to int64
	rows     []row
	at       int64
}

// loaded is what became of one segment.
type loaded struct {
	spans   []span // from index files; not to be written again
	rest    span   // read from the segment's bytes
	damage  error
	err     error
	rescued bool // nothing came from an index file
}

// load adds what lies between v.end and to. Several segments are read ahead at a time,
// and added in their order.
func (v *Vault) load(ctx context.Context, to end) error {
	from := v.end
	if to.compare(from) <= 0 {
		return nil
	}
	sizes, total, err := v.segmentSizes(ctx, from, to)
	if err != nil {
		return err
	}
	v.mu.Lock()
	v.rows.reserve(total)
	v.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ahead := make(chan chan loaded, runtime.GOMAXPROCS(0))
	go func() {
		defer close(ahead)
		for seg := from.seg; seg <= to.seg; seg++ {
			one := make(chan loaded, 1)
			select {
			case ahead <- one:
			case <-ctx.Done():
				return
			}
			start := int64(0)
			if seg == from.seg {
				start = from.off
			}
			go func() { one <- v.loadSegment(ctx, seg, start, sizes[seg-from.seg]) }()
		}
	}()
	for one := range ahead { // also after an error: until nobody reads any more
		if l := <-one; err == nil {
			if err = v.take(l); err != nil {
				stop()
			}
		}
	}
	if err = errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	v.mu.Lock()
	v.end = to
	v.mu.Unlock()
	v.w.sure = to
	return nil
}

// segmentSizes returns how far each segment counts: the one at the end as far as the
// ledger says, those before it whole. It also guesses the number of rows.
func (v *Vault) segmentSizes(ctx context.Context, from, to end) (sizes []int64, rows int, err error) {
	list, err := v.b.List(ctx, strings.TrimSuffix(folder, "/"))
	if err != nil {
		return nil, 0, err
	}
	if int64(to.seg-from.seg) > int64(len(list)) {
		return nil, 0, fmt.Errorf("the ledger knows %d segments, there are %d files: %w", to.seg, len(list), evidence.ErrTampered)
	}
	sizes = make([]int64, to.seg-from.seg+1)
	for i := range sizes {
		sizes[i] = -1
	}
	for _, f := range list {
		base := strings.TrimPrefix(f.Name, folder)
		if n, ok := parseSegment(base); ok && n >= from.seg && n <= to.seg {
			sizes[n-from.seg] = f.Size
		}
		if strings.HasSuffix(base, suffixIndex) && from.off == 0 {
			rows += int(f.Size / rowBytes)
		}
	}
	for i, size := range sizes {
		n := from.seg + uint32(i)
		if size < 0 {
			return nil, 0, evidence.WithHint(fmt.Errorf("segment %s is missing: %w", segmentName(n), evidence.ErrTampered), "restore %s from a mirror", segmentName(n))
		}
		if n == to.seg {
			if size < to.off {
				return nil, 0, shorter(n, size, to.off)
			}
			sizes[i] = to.off
		}
	}
	return sizes, rows, nil
}

// take adds what was loaded to the index.
func (v *Vault) take(l loaded) error {
	if l.err != nil {
		return l.err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range l.spans {
		for _, r := range s.rows {
			v.rows.set(r)
		}
	}
	for _, r := range l.rest.rows {
		v.rows.set(r)
	}
	if v.damage == nil {
		v.damage = l.damage
	}
	if l.rescued {
		v.rescued[l.rest.seg] = true
	}
	v.w.wait(l.rest)
	return nil
}

// loadSegment reads what a segment has from byte from to byte to: from its index file as
// far as that goes, from its own bytes beyond.
func (v *Vault) loadSegment(ctx context.Context, seg uint32, from, to int64) loaded {
	l := loaded{rest: span{seg: seg, from: from, to: to}, rescued: from == 0}
	if to == from {
		return l
	}
	s, err := v.files.get(ctx, seg, to)
	if err != nil {
		l.err = err
		return l
	}
	defer func() { l.err = errors.Join(l.err, v.files.put(s)) }()
	if s.Size() < to {
		l.err = shorter(seg, s.Size(), to)
		return l
	}
	if from == 0 {
		l.spans, l.rest.at = readIndex(ctx, v.b, seg, s, to)
		if n := len(l.spans); n > 0 {
			l.rest.from, l.rescued = l.spans[n-1].to, false
		}
	}
	l.rest.rows, l.damage, l.err = scan(ctx, s, seg, l.rest.from, to)
	return l
}

// scan reads the records between two bytes of a segment and returns where each object
// lies, by the name that the record gives it. Damage does not end it: what can be read
// beyond is found.
func scan(ctx context.Context, f io.ReaderAt, seg uint32, from, to int64) (rows []row, damage, err error) {
	if from == to {
		return nil, nil, nil
	}
	note := func(at int64, cause error) {
		if damage == nil {
			damage = fmt.Errorf("segment %s at byte %d: %w: %w", segmentName(seg), at, evidence.ErrTampered, cause)
		}
	}
	f = lenient{f}
	start, err := firstMember(f, from, to)
	if err != nil {
		return nil, nil, fmt.Errorf("read segment %s: %w", segmentName(seg), err)
	}
	if start > from {
		note(from, fmt.Errorf("no gzip member begins here: %w", evidence.ErrFormat))
	}
	r := warc.NewReader(io.NewSectionReader(f, start, to-start), warc.Limits{Ratio: maxRatio, Record: math.MaxInt64})
	r.CheckDigests(false) // whoever reads an object checks it
	for {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		rec, err := r.Next()
		if err == io.EOF {
			return rows, damage, nil
		}
		if d, ok := errors.AsType[*warc.Damage](err); ok {
			note(start+d.Offset, d)
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read segment %s: %w", segmentName(seg), err)
		}
		if _, err := io.Copy(io.Discard, rec.Block); err != nil {
			note(start+rec.Offset, err)
			continue
		}
		h, ok := blockName(rec.Fields)
		if off := start + rec.Offset; ok && off < unknownLen {
			rows = append(rows, row{hash: h, seg: seg, off: uint32(off), len: shortLen(rec.Length)})
		} else {
			note(off, fmt.Errorf("a record that is not ours: %w", evidence.ErrFormat))
		}
	}
}

// lenient reads zeros where a sealed file was altered: who looks for what can still be
// found goes on beyond. Nothing that it gives is believed unchecked.
type lenient struct{ f io.ReaderAt }

func (l lenient) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		m, err := l.f.ReadAt(p[n:], off+int64(n))
		n += m
		if err == nil || err == io.EOF || !errors.Is(err, evidence.ErrTampered) {
			return n, err
		}
		m = l.unreadable(off+int64(n), min(len(p)-n, frameSector))
		clear(p[n : n+m])
		n += m
	}
	return n, nil
}

// unreadable returns how many of n bytes cannot be read from off on: the first cannot. What
// can be read begins where a frame or a chunk does, and goes on from there.
func (l lenient) unreadable(off int64, n int) int {
	var one [1]byte
	return 1 + sort.Search(n-1, func(i int) bool {
		_, err := l.f.ReadAt(one[:], off+1+int64(i))
		return !errors.Is(err, evidence.ErrTampered)
	})
}

// firstMember returns where the first gzip member begins, at or after from; to if there
// is none. A reader of WARC files judges by the first bytes what kind of file it has,
// and those may be damaged.
func firstMember(f io.ReaderAt, from, to int64) (int64, error) {
	magic := []byte{0x1f, 0x8b, 8}
	p := make([]byte, 64<<10)
	for from < to {
		p = p[:min(int64(cap(p)), to-from)]
		if err := readAt(f, p, from); err != nil {
			return 0, err
		}
		if i := bytes.Index(p, magic); i >= 0 {
			return from + int64(i), nil
		}
		from += max(int64(len(p)-len(magic)+1), 1)
	}
	return to, nil
}

// blockName returns the name of the object that a record holds.
func blockName(f warc.Fields) (evidence.Hash, bool) {
	hex, ok := strings.CutPrefix(f.Get("WARC-Block-Digest"), "sha256:")
	h, err := evidence.ParseHash(hex)
	return h, ok && err == nil
}

func shortLen(n int64) uint32 {
	if n <= 0 || n >= unknownLen {
		return unknownLen
	}
	return uint32(n)
}

// rescue reads a whole segment again, because a row of it was wrong. It reports whether
// that was worth a try: not where the rows came from the segment's bytes anyway.
func (v *Vault) rescue(ctx context.Context, seg uint32) bool {
	v.mu.RLock()
	done, to := v.rescued[seg], v.end
	v.mu.RUnlock()
	if done {
		return false
	}
	f, err := v.files.get(ctx, seg, 0)
	if err != nil {
		return false
	}
	limit := f.Size()
	if seg == to.seg {
		limit = min(limit, to.off)
	}
	rows, damage, err := scan(ctx, f, seg, 0, limit)
	if err = errors.Join(err, v.files.put(f)); err != nil {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, r := range rows {
		if old, ok := v.rows.find(r.hash); !ok || old.seg <= seg {
			v.rows.replace(r)
		}
	}
	if v.damage == nil {
		v.damage = damage
	}
	v.rescued[seg] = true
	return true
}
