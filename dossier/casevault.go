package dossier

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"svidok/evidence"
)

const (
	workItem  = 8 << 20  // bytes of extents that one worker takes at a time
	textStore = 8 << 20  // bytes of texts that a worker remembers
	textShort = 64 << 10 // originals up to this size may themselves be texts
	mostTold  = 50       // failures of one sort that are named
)

var segmentName = regexp.MustCompile(`^[0-9]{6,}\.warc\.gz$`)

// object is one WARC record of the vault.
type object struct {
	hash    evidence.Hash
	payload short // of a capture record
	at      int64
	size    int64
	seg     int32
	kind    kindCode // of a record; 0 for other objects
}

// short is the first half of a hash: 128 bits still name one object among all.
type short [16]byte

func shortOf(h evidence.Hash) short { return short(h[:16]) }

// kindCode is a kind in one byte.
type kindCode uint8

func codeOf(k evidence.Kind) kindCode {
	for i, known := range [...]evidence.Kind{"", evidence.KindCase, evidence.KindAccount, evidence.KindCodebook, evidence.KindCapture, evidence.KindText,
		evidence.KindCoding, evidence.KindCopy, evidence.KindDecision, evidence.KindEvent, evidence.KindRelease, evidence.KindExtent,
		evidence.KindSource, evidence.KindVisit, evidence.KindTaking, evidence.KindSearch, evidence.KindStamp, evidence.KindCosigned, evidence.KindCustody, evidence.KindSettings, evidence.KindForm} {
		if known == k {
			return kindCode(i)
		}
	}
	return 0
}

// named is a hash that a record names.
type named struct {
	to   short
	size int64 // of what is named; -1: any
	from int32 // object number of the record
	want kindCode
}

// reading is what a text record says of its capture.
type reading struct {
	capture, payload short
	from             int32
}

// suggested is a statement that a coding record suggests.
type suggested struct {
	id   short
	from int32
}

// harvest is what one worker, and in the end the whole vault, gave.
type harvest struct {
	objects  []object
	names    []named
	readings []reading
	ids      []suggested
	unseen   []int32               // records whose text was not at hand: anchors to be checked later
	decided  map[int32]decidedFact // by object number
	claims   []rootClaim
	anchors  int64
	raw      int64 // bytes inflated
}

type decidedFact struct {
	record any
	by     string
}

// caseVault checks vault/ against the extents of the ledger.
type caseVault struct {
	ctx      context.Context
	fsys     fs.FS
	log      *caseLog
	segments []string // by number - 1
	opt      Options
	total    int64
	done     atomic.Int64
	mu       sync.Mutex
	errs     []error
	harvest
}

func readVault(ctx context.Context, fsys fs.FS, l *caseLog, opt Options) (*caseVault, error) {
	v := &caseVault{ctx: ctx, fsys: fsys, log: l, opt: opt}
	v.decided = map[int32]decidedFact{}
	if err := v.tileExtents(); err != nil {
		return nil, err
	}
	v.read()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return v, errors.Join(v.errs...)
}

// tileExtents checks that the extents cover each segment from 0 on without a gap.
func (v *caseVault) tileExtents() error {
	end := map[string]int64{}
	for _, x := range v.log.extents {
		if !segmentName.MatchString(x.Segment) {
			return fmt.Errorf("entry %d: %q is no name of a segment: %w", x.entry, x.Segment, evidence.ErrFormat)
		}
		if _, known := end[x.Segment]; !known {
			v.segments = append(v.segments, x.Segment)
			if want := fmt.Sprintf("%06d.warc.gz", len(v.segments)); x.Segment != want {
				return fmt.Errorf("entry %d: an extent of %s, where %s follows: %w", x.entry, x.Segment, want, evidence.ErrTampered)
			}
		} else if x.Segment != v.segments[len(v.segments)-1] {
			return fmt.Errorf("entry %d: an extent of %s after %s was begun: %w", x.entry, x.Segment, v.segments[len(v.segments)-1], evidence.ErrTampered)
		}
		if x.From != end[x.Segment] {
			return fmt.Errorf("entry %d: an extent of %s from byte %d, where %d follows: %w", x.entry, x.Segment, x.From, end[x.Segment], evidence.ErrTampered)
		}
		end[x.Segment] = x.To
		v.total += x.To - x.From
	}
	return nil
}

// read lets workers read the extents, some MiB at a time, in order of the ledger.
func (v *caseVault) read() {
	type job struct{ from, to int }
	var jobs []job
	var size int64
	from := 0
	for i, x := range v.log.extents {
		size += x.To - x.From
		last := i+1 == len(v.log.extents)
		if last || size >= workItem || v.log.extents[i+1].Segment != x.Segment {
			jobs = append(jobs, job{from, i + 1})
			from, size = i+1, 0
		}
	}
	workers := v.opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	parts := make([]*harvest, len(jobs))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(workers, len(jobs)) {
		all.Go(func() {
			w := newVaultWorker(v)
			for i := next.Add(1) - 1; i < int64(len(jobs)) && v.ctx.Err() == nil; i = next.Add(1) - 1 {
				parts[i] = w.job(jobs[i].from, jobs[i].to)
			}
		})
	}
	all.Wait()
	for i, p := range parts {
		if p != nil {
			v.join(p)
		}
		parts[i] = nil
	}
}

// join appends what a worker found, its object numbers moved to their place.
func (v *caseVault) join(p *harvest) {
	off := int32(len(v.objects))
	v.objects = append(v.objects, p.objects...)
	for i := range p.names {
		p.names[i].from += off
	}
	for i := range p.readings {
		p.readings[i].from += off
	}
	for i := range p.ids {
		p.ids[i].from += off
	}
	for i := range p.unseen {
		p.unseen[i] += off
	}
	v.names, v.readings, v.ids = append(v.names, p.names...), append(v.readings, p.readings...), append(v.ids, p.ids...)
	v.unseen, v.claims = append(v.unseen, p.unseen...), append(v.claims, p.claims...)
	for i, d := range p.decided {
		v.decided[i+off] = d
	}
	v.anchors, v.raw = v.anchors+p.anchors, v.raw+p.raw
}

func (v *caseVault) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.errs) < mostTold {
		v.errs = append(v.errs, err)
	}
}

func (v *caseVault) progress(n int64) {
	done := v.done.Add(n)
	if v.opt.Progress != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.opt.Progress(done, v.total)
	}
}

// vaultWorker reads extents one after the other.
type vaultWorker struct {
	v       *caseVault
	seg     *segment
	records *recordReader
	sum     hash.Hash
	texts   map[evidence.Hash][2]int // spans of store
	store   []byte
	out     *harvest
}

func newVaultWorker(v *caseVault) *vaultWorker {
	return &vaultWorker{v: v, seg: sizedSegment(maxWhole, int(min(readAhead, max(v.total, 4<<10)))), records: newRecordReader(), sum: sha256.New(), texts: map[evidence.Hash][2]int{}, store: make([]byte, 0, min(textStore, 8*v.total))}
}

func (w *vaultWorker) job(from, to int) *harvest {
	w.out = &harvest{decided: map[int32]decidedFact{}}
	w.store = w.store[:0] // so that the same is found whichever worker takes a job
	clear(w.texts)
	extents := w.v.log.extents[from:to]
	name := extents[0].Segment
	f, size, err := openAt(w.v.fsys, "vault/"+name)
	if err != nil {
		w.v.fail(fmt.Errorf("vault/%s: %w", name, err))
		return w.out
	}
	for i := range extents {
		x := &extents[i]
		err := fmt.Errorf("ends at byte %d: %w", size, evidence.ErrTampered)
		if size >= x.To {
			err = w.extent(f, x, from+i)
		}
		if err != nil {
			w.v.fail(fmt.Errorf("vault/%s, bytes %d to %d (entry %d): %w", name, x.From, x.To, x.entry, err))
		}
		w.v.progress(x.To - x.From)
	}
	if err := f.Close(); err != nil {
		w.v.fail(fmt.Errorf("vault/%s: %w", name, err))
	}
	return w.out
}

// fileAt is a file that can be read from anywhere.
type fileAt interface {
	io.ReaderAt
	io.Closer
}

func openAt(fsys fs.FS, name string) (fileAt, int64, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	at, ok := f.(fileAt)
	if err == nil && !ok {
		err = fmt.Errorf("this file system cannot read from the middle of a file: %w", evidence.ErrUsage)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return at, info.Size(), nil
}

func (w *vaultWorker) extent(f io.ReaderAt, x *caseExtent, number int) error {
	w.sum.Reset()
	w.seg.reset(io.NewSectionReader(f, x.From, x.To-x.From), x.From, w.sum)
	segNo, err := strconv.Atoi(strings.TrimSuffix(x.Segment, ".warc.gz"))
	if err != nil {
		return fmt.Errorf("number of the segment: %w", err)
	}
	for first := true; ; first = false {
		if err := w.v.ctx.Err(); err != nil {
			return err
		}
		rec, err := w.seg.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := w.after(rec, x, number, first); err != nil {
			return err
		}
		if err := w.take(rec, int32(segNo)); err != nil {
			return fmt.Errorf("record at byte %d: %w", rec.from, err)
		}
	}
	if evidence.Hash(w.sum.Sum(nil)) != x.ref {
		return fmt.Errorf("the bytes are not those that were noted: %w", evidence.ErrTampered)
	}
	return nil
}

// after: the first record of a batch names the ledger before it, and no other does. A
// batch that goes over into a new segment has further extents, noted right after.
func (w *vaultWorker) after(rec *record, x *caseExtent, number int, first bool) error {
	if len(rec.after) == 0 {
		if first && (number == 0 || w.v.log.extents[number-1].entry != x.entry-1) {
			return fmt.Errorf("the batch does not name the ledger before it: %w", evidence.ErrFormat)
		}
		return nil
	}
	if !first {
		return fmt.Errorf("record at byte %d begins a batch within an extent: %w", rec.from, evidence.ErrTampered)
	}
	c, err := parseAfter(string(rec.after))
	if err != nil {
		return err
	}
	if c.size > x.entry {
		return fmt.Errorf("the batch knows a ledger of %d entries, and is itself entry %d: %w", c.size, x.entry, evidence.ErrTampered)
	}
	c.who = fmt.Sprintf("vault/%s, byte %d", x.Segment, rec.from)
	w.out.claims = append(w.out.claims, c)
	return nil
}

func parseAfter(s string) (c rootClaim, err error) {
	size, root, _ := strings.Cut(s, ":")
	if c.root, err = evidence.ParseHash(root); err != nil {
		return c, fmt.Errorf("Svidok-After: %w", err)
	}
	c.size, err = strconv.ParseInt(size, 10, 64)
	if err != nil || c.size < 0 || strconv.FormatInt(c.size, 10) != size {
		return c, fmt.Errorf("Svidok-After %q: want SIZE:ROOT: %w", clip(s), evidence.ErrFormat)
	}
	return c, nil
}

// take notes one record, and opens it if it is one of Svidok's.
func (w *vaultWorker) take(rec *record, seg int32) error {
	o := object{hash: rec.hash, at: rec.from, size: rec.length, seg: seg}
	number := int32(len(w.out.objects))
	w.out.raw += rec.length
	if err := checkHeader(rec); err != nil {
		return err
	}
	if string(rec.kind) != "metadata" {
		if rec.block != nil && (string(rec.kind) == "conversion" || len(rec.block) <= textShort) {
			w.remember(rec.hash, rec.block)
		}
		w.out.objects = append(w.out.objects, o)
		return nil
	}
	if rec.block == nil {
		return fmt.Errorf("a record of %d bytes: %w", rec.length, evidence.ErrLimit)
	}
	f, err := w.records.read(rec.block)
	if err != nil {
		return err
	}
	o.kind = codeOf(f.kind)
	if f.kind == evidence.KindCapture {
		o.payload = shortOf(f.payload)
	}
	w.out.objects = append(w.out.objects, o)
	return w.facts(f, number)
}

// checkHeader: type, name, date and media type are as the vault writes them.
func checkHeader(rec *record) error {
	switch string(rec.kind) {
	case "resource", "response", "conversion", "metadata":
	default:
		return fmt.Errorf("a WARC record of type %q: %w", clip(string(rec.kind)), evidence.ErrFormat)
	}
	if !isRecordID(rec.id, rec.kind, rec.hash) {
		return fmt.Errorf("its WARC-Record-ID is not that of its bytes: %w", evidence.ErrFormat)
	}
	if !plainTime(rec.date) {
		return fmt.Errorf("WARC-Date %q: %w", clip(string(rec.date)), evidence.ErrFormat)
	}
	if string(rec.kind) == "metadata" && string(rec.mediaType) != "application/json" {
		return fmt.Errorf("a record of type %q: %w", clip(string(rec.mediaType)), evidence.ErrFormat)
	}
	return nil
}

func (w *vaultWorker) remember(h evidence.Hash, text []byte) {
	if len(text) > textStore {
		return
	}
	if len(w.store)+len(text) > textStore {
		w.store = w.store[:0]
		clear(w.texts)
	}
	from := len(w.store)
	w.store = append(w.store, text...)
	w.texts[h] = [2]int{from, len(w.store)}
}

// facts keeps what must be compared when all is read, and checks anchors where the text is
// still at hand.
func (w *vaultWorker) facts(f *facts, number int32) error {
	for _, l := range f.links {
		n := named{to: shortOf(l.to), size: -1, from: number, want: codeOf(l.want)}
		if f.kind == evidence.KindCapture && l.to == f.payload && l.want == "" || f.kind == evidence.KindText && l.to == f.text && l.want == "" {
			n.size = f.size
		}
		w.out.names = append(w.out.names, n)
	}
	if f.kind == evidence.KindText {
		w.out.readings = append(w.out.readings, reading{shortOf(f.capture), shortOf(f.payload), number})
	}
	if f.decided != nil || f.by != "" {
		w.out.decided[number] = decidedFact{f.decided, f.by}
	}
	if f.kind == evidence.KindCoding {
		for _, a := range f.anchors {
			if id, ok := shortID(a.id); ok {
				w.out.ids = append(w.out.ids, suggested{id, number})
			}
		}
	}
	if len(f.anchors) == 0 {
		return nil
	}
	span, ok := w.texts[f.text]
	if !ok {
		w.out.unseen = append(w.out.unseen, number)
		return nil
	}
	w.out.anchors += int64(len(f.anchors))
	return checkAnchors(f, w.store[span[0]:span[1]])
}

// shortID reads the name of a statement: 32 hex digits.
func shortID(id []byte) (s short, ok bool) {
	h, err := evidence.ParseHash(string(id) + strings.Repeat("0", 32))
	return shortOf(h), err == nil && len(id) == 32
}

func checkAnchors(f *facts, text []byte) error {
	var b []byte
	for _, a := range f.anchors {
		if a.start < 0 || a.end < a.start || a.end > len(text) || string(text[a.start:a.end]) != string(a.quote) {
			return fmt.Errorf("a quote does not stand at bytes %d to %d of text %s: %w", a.start, a.end, f.text, evidence.ErrTampered)
		}
		if a.id == nil {
			continue
		}
		b = append(append(append(b[:0], f.text[:]...), a.code...), 0)
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(a.start)), uint64(a.end))
		h := evidence.Sum(b)
		if id, ok := shortID(a.id); !ok || id != shortOf(h) {
			return fmt.Errorf("statement %s: its name is not that of its anchor and code: %w", clip(string(a.id)), evidence.ErrTampered)
		}
	}
	return nil
}
