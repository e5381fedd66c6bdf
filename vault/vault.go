// Package vault keeps objects: bytes, named by their SHA-256, in append-only segments
// that are themselves WARC 1.1 files with a gzip member per record. It is the only room
// that touches the disk of a case. docs/formats/vault.md specifies what it writes.
//
// # Keeping
//
// [Vault.Put] takes a batch: what is not yet held is encoded on all cores, written with
// one write and one sync per segment, and then named to the caller as [Extent]s. All of
// the batch is durable when Put returns, or none of it counts. What counts is said by
// the ledger: the caller notes the extents there, and gives the [End] of the last one
// back to [Open] and [Vault.Refresh]. Bytes beyond the end are what a crash left; they
// are never read, and the next Put cuts them, unless they prove by their Svidok-After
// field that the ledger was larger than it is: then Put fails with ErrTampered.
//
// The caller holds the backend's turn ([Backend.Lock]) for Put, Refresh and Close, and
// calls Refresh when it has taken the turn, if another process may have written.
//
// # Finding
//
// The index is in memory, 44 bytes an object and 5 to 13 for the table over it. It
// is loaded from *.idx files, which are derived: written some megabytes at a time for
// bytes that are noted, believed only as far as their form is right and the segment ends
// as they say, and replaced by reading the segment where they fail. No answer depends on
// them: [Vault.Get] and [Vault.Reader] check every object against its name, and Put reads
// an object that is said to be held already before it believes so. An object that is held
// but cannot be read whole is kept a second time; the last record of a name wins.
//
// # At rest, and twice
//
// A backend may lie encrypted in another one ([Sealed], with the keys that [Unlock] gives):
// nothing else in the house knows the difference. [CopyCase] takes a case from the one to
// the other, [FS] shows either to whoever verifies it, [SealedCheck] says what can be said
// without keys. [Sweep] reads all noted bytes again; [Mirror] keeps a second copy, and heals
// each from the other.
package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"svidok/evidence"
)

const (
	folder       = "vault/"
	suffix       = ".warc.gz"
	suffixIndex  = ".idx"
	segmentSize  = 64 << 20 // a record begins in the next segment when this one has so many bytes
	maxGet       = 64 << 20 // bytes of an object that Get returns
	recentBytes  = 64 << 20 // bytes of objects that are kept in memory after a Put
	fieldAfter   = "Svidok-After"
	maxSegments  = 1 << 30
	indexStride  = 8 << 20 // bytes of a segment after which its index file is brought up to date
	maxOpenFiles = 64
)

// Object is what is to be kept: Data; or, for large ones, Hash, Size and Open, which
// must give the same bytes again.
type Object struct {
	Type      string // resource, response, conversion, metadata: WARC-Type
	MediaType string // "" if not known
	URI       string // "" for urn:sha256:HEX
	At        time.Time
	Data      []byte
	Size      int64
	Hash      evidence.Hash
	Open      func() (io.ReadCloser, error)
}

// Extent is a half-open byte range of one segment, written by one Put, and the SHA-256
// of these bytes as they lie on disk. Segment is the file's name without its folder.
type Extent struct {
	Segment  string
	From, To int64
	Hash     evidence.Hash
}

// End is where the last extent that the ledger knows ends. The zero End: nothing is
// kept yet.
type End struct {
	Segment string
	Offset  int64
}

// end is an End with the segment's number; segments count from 1.
type end struct {
	seg uint32
	off int64
}

func (a end) compare(b end) int {
	return cmp.Or(cmp.Compare(a.seg, b.seg), cmp.Compare(a.off, b.off))
}

func parseEnd(e End) (end, error) {
	if e == (End{}) {
		return end{seg: 1}, nil
	}
	n, ok := parseSegment(e.Segment)
	if !ok || e.Offset < 0 {
		return end{}, fmt.Errorf("end of the vault at %q, %d: no such place can be: %w", e.Segment, e.Offset, evidence.ErrUsage)
	}
	return end{n, e.Offset}, nil
}

// segmentName returns the base name of segment n.
func segmentName(n uint32) string { return fmt.Sprintf("%06d%s", n, suffix) }

func indexName(n uint32) string { return fmt.Sprintf("%s%06d%s", folder, n, suffixIndex) }

func parseSegment(base string) (uint32, bool) {
	digits, ok := strings.CutSuffix(base, suffix)
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), ok && err == nil && n > 0 && n < maxSegments && segmentName(uint32(n)) == base
}

// Vault is an open vault. Its methods may be called at the same time.
type Vault struct {
	b     Backend
	limit int64 // segmentSize, smaller in tests

	writing sync.Mutex // held by Put, Refresh and Close
	w       writing

	mu      sync.RWMutex // guards what follows
	end     end
	rows    table
	recent  recent
	damage  error           // the first damage found in noted bytes
	rescued map[uint32]bool // segments whose index was made from their own bytes

	files     files
	inflaters sync.Pool // of *gzip.Reader
}

// writing is what only a writer needs to know.
type writing struct {
	sure    end              // noted for certain: index files go no further
	after   string           // what the Put before was given; "" if it wrote nothing
	size    int64            // bytes of the segment at end, as last seen
	beyond  []Info           // files of segments after it
	unknown bool             // a Put failed: size and beyond must be looked up again
	put     bool             // a Put has written: index files may be
	broken  error            // a Refresh failed halfway: nothing may be put
	index   map[uint32]*span // by segment: what its index file does not have yet
}

// Open opens the vault at the end that the ledger gives. It writes nothing. A segment
// that is missing or shorter than noted is ErrTampered.
func Open(ctx context.Context, b Backend, e End) (*Vault, error) {
	return open(ctx, b, e, segmentSize)
}

func open(ctx context.Context, b Backend, e End, limit int64) (*Vault, error) {
	to, err := parseEnd(e)
	if err != nil {
		return nil, err
	}
	v := &Vault{b: b, limit: limit}
	v.files.b = b
	if err := v.reload(ctx, to); err != nil {
		return nil, errors.Join(fmt.Errorf("open the vault: %w", err), v.files.close())
	}
	return v, nil
}

// reload makes the index anew, up to an end.
func (v *Vault) reload(ctx context.Context, to end) error {
	v.mu.Lock()
	v.rows, v.damage, v.rescued, v.end = table{}, nil, map[uint32]bool{}, end{seg: 1}
	v.mu.Unlock()
	v.w = writing{put: v.w.put, index: map[uint32]*span{}}
	err := v.load(ctx, to)
	if err == nil {
		err = v.survey(ctx)
	}
	v.w.broken = err // the end is not where it was: a Put would cut what is noted
	return err
}

// Refresh brings the vault to the end that the ledger gives now: further, if another
// process wrote; back, if the extents of the last Put could not be noted.
func (v *Vault) Refresh(ctx context.Context, e End) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	to, err := parseEnd(e)
	if err != nil {
		return err
	}
	if to.compare(v.end) < 0 || v.w.broken != nil {
		err = v.reload(ctx, to)
	} else if err = v.load(ctx, to); err == nil {
		err = v.survey(ctx)
	}
	if err != nil {
		return fmt.Errorf("refresh the vault: %w", err)
	}
	v.w.sure, v.w.after = to, ""
	return nil
}

// Reload opens the vault anew from what lies on the disk now, as after [Mirror] has healed
// it: segments that are open are those from before, and records that could not be read
// were not found. The caller has the turn.
func (v *Vault) Reload(ctx context.Context, e End) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	to, err := parseEnd(e)
	if err == nil {
		err = v.files.close()
	}
	if err == nil {
		err = v.reload(ctx, to)
	}
	if err != nil {
		return fmt.Errorf("reload the vault: %w", err)
	}
	v.w.after = ""
	return nil
}

// survey looks up what lies at and beyond the end.
func (v *Vault) survey(ctx context.Context) error {
	list, err := v.b.List(ctx, strings.TrimSuffix(folder, "/"))
	if err != nil {
		return err
	}
	v.w.size, v.w.beyond, v.w.unknown = 0, nil, false
	for _, f := range list {
		n, ok := parseSegment(strings.TrimPrefix(f.Name, folder))
		if !ok {
			continue
		}
		if n == v.end.seg {
			v.w.size = f.Size
		}
		if n > v.end.seg {
			v.w.beyond = append(v.w.beyond, f)
		}
	}
	if v.w.size < v.end.off {
		return shorter(v.end.seg, v.w.size, v.end.off)
	}
	return nil
}

func shorter(seg uint32, size, want int64) error {
	return evidence.WithHint(
		fmt.Errorf("segment %s has %d bytes, the ledger knows %d: %w", segmentName(seg), size, want, evidence.ErrTampered),
		"restore %s from a mirror", segmentName(seg))
}

// Has reports whether an object is held, without reading it.
func (v *Vault) Has(h evidence.Hash) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	_, ok := v.rows.find(h)
	return ok
}

// Close brings the index files up to date, if anything was put, and closes all files.
func (v *Vault) Close() error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.w.put {
		v.writeIndex(context.Background(), v.w.sure, 1)
	}
	return v.files.close()
}
