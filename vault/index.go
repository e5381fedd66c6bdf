package vault

import (
	"encoding/binary"
	"math"
	"sync"

	"svidok/evidence"
)

const (
	rowsInChunk = 1 << 14
	unknownLen  = math.MaxUint32 // the member is longer than can be said
)

// row says where an object lies: which segment, at which byte its gzip member begins,
// and how long that is.
type row struct {
	hash evidence.Hash
	seg  uint32
	off  uint32
	len  uint32
}

// table finds rows by hash: rows in chunks, so that they are never copied, and an open
// hash table of their numbers, at most three quarters full. No pointers: the collector
// does not look into it. The lowest bits of a SHA-256 are as good as any hash of it.
type table struct {
	chunks [][]row
	n      uint32
	slots  []uint32 // number of the row + 1; 0: free
}

func (t *table) row(i uint32) *row { return &t.chunks[i/rowsInChunk][i%rowsInChunk] }

func (t *table) slot(h evidence.Hash) *uint32 {
	mask := uint64(len(t.slots) - 1)
	for i := binary.LittleEndian.Uint64(h[:]); ; i++ {
		s := &t.slots[i&mask]
		if *s == 0 || t.row(*s-1).hash == h {
			return s
		}
	}
}

func (t *table) find(h evidence.Hash) (row, bool) {
	if t.n == 0 {
		return row{}, false
	}
	if s := t.slot(h); *s != 0 {
		return *t.row(*s - 1), true
	}
	return row{}, false
}

// set adds r, or puts it in the place of an earlier row of its hash: the last record of
// a name wins.
func (t *table) set(r row) {
	t.reserve(1)
	s := t.slot(r.hash)
	if *s != 0 {
		if old := t.row(*s - 1); old.seg < r.seg || old.seg == r.seg && old.off <= r.off {
			*old = r
		}
		return
	}
	if t.n%rowsInChunk == 0 {
		t.chunks = append(t.chunks, make([]row, rowsInChunk))
	}
	*t.row(t.n) = r
	t.n++
	*s = t.n
}

// replace puts r in the place of whatever row its hash has.
func (t *table) replace(r row) {
	if t.n > 0 {
		if s := t.slot(r.hash); *s != 0 {
			*t.row(*s - 1) = r
			return
		}
	}
	t.set(r)
}

// reserve makes room for n more rows.
func (t *table) reserve(n int) {
	need := uint64(t.n) + uint64(n)
	if need*4 <= uint64(len(t.slots))*3 {
		return
	}
	size := uint64(1 << 10)
	for need*4 > size*3 {
		size *= 2
	}
	t.slots = make([]uint32, size)
	for i := range t.n {
		*t.slot(t.row(i).hash) = i + 1
	}
}

// recent holds the objects kept last, up to recentBytes, oldest out first: the catalog
// reads back what was just written.
type recent struct {
	mu    sync.Mutex
	data  map[evidence.Hash][]byte
	queue []evidence.Hash
	size  int
}

func (c *recent) add(h evidence.Hash, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(p) > recentBytes/8 || c.data[h] != nil {
		return
	}
	if c.data == nil {
		c.data = make(map[evidence.Hash][]byte)
	}
	c.data[h] = append(make([]byte, 0, len(p)), p...)
	c.queue = append(c.queue, h)
	c.size += len(p)
	for c.size > recentBytes {
		c.size -= len(c.data[c.queue[0]])
		delete(c.data, c.queue[0])
		c.queue = c.queue[1:]
	}
}

// get returns the cache's own bytes: not to be changed.
func (c *recent) get(h evidence.Hash) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.data[h]
	return p, ok
}
