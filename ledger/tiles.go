package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/proof"
	"svidok/vault"
)

const (
	maxBundle   = tileWidth * (2 + 1<<16)
	cachedTiles = 256 // of 16 KiB
	writers     = 16  // files written at the same time when publishing: they share the disk's syncs
)

// tilePath returns the C2SP path of a tile: x/mod's, without the height, and with
// "entries" for "data".
func tilePath(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), "tile/8/")
	if data, ok := strings.CutPrefix(rest, "data/"); ok {
		rest = "entries/" + data
	}
	return folderTiles + "/" + rest
}

// parseTilePath is the inverse of tilePath.
func parseTilePath(name string) (tlog.Tile, bool) {
	rest, ok := strings.CutPrefix(name, folderTiles+"/")
	if data, entries := strings.CutPrefix(rest, "entries/"); entries {
		rest = "data/" + data
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	return t, ok && err == nil && tilePath(t) == name
}

// readWhole reads a file that must be there.
func readWhole(ctx context.Context, b vault.Backend, name string, limit int64) ([]byte, error) {
	p, err := vault.ReadFile(ctx, b, name, limit)
	if errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrLimit) {
		err = evidence.WithHint(fmt.Errorf("%w: %w", evidence.ErrTampered, err), "restore the ledger from a mirror")
	}
	return p, err
}

// readTile reads the hashes of a tile, unchecked.
func readTile(ctx context.Context, b vault.Backend, t tlog.Tile) ([]tlog.Hash, error) {
	p, err := readWhole(ctx, b, tilePath(t), tileWidth*tlog.HashSize)
	if err != nil {
		return nil, err
	}
	nodes, err := parseTile(p, t.W)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tilePath(t), err)
	}
	return nodes, nil
}

// parseTile reads the w hashes of a tile.
func parseTile(p []byte, w int) ([]tlog.Hash, error) {
	if len(p) != w*tlog.HashSize {
		return nil, fmt.Errorf("%d bytes where %d hashes belong: %w", len(p), w, evidence.ErrTampered)
	}
	nodes := make([]tlog.Hash, w)
	for i := range nodes {
		copy(nodes[i][:], p[i*tlog.HashSize:])
	}
	return nodes, nil
}

// full is a full tile with all nodes above its hashes: level k of it at rows[k].
type full struct{ rows [tileHeight + 1][]tlog.Hash }

func fullOf(nodes []tlog.Hash) *full {
	f := &full{}
	for k := range f.rows {
		f.rows[k] = nodes
		above := make([]tlog.Hash, len(nodes)/2)
		for i := range above {
			above[i] = tlog.NodeHash(nodes[2*i], nodes[2*i+1])
		}
		nodes = above
	}
	return f
}

// tiles keeps full tiles that were checked, oldest out first.
type tiles struct {
	mu    sync.Mutex
	full  map[[2]int64]*full // level and number
	queue [][2]int64
}

func (c *tiles) get(at [2]int64) *full {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.full[at]
}

func (c *tiles) put(at [2]int64, f *full) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full == nil {
		c.full = make(map[[2]int64]*full)
	}
	if c.full[at] == nil {
		c.queue = append(c.queue, at)
	}
	c.full[at] = f
	for len(c.queue) > cachedTiles {
		delete(c.full, c.queue[0])
		c.queue = c.queue[1:]
	}
}

// node returns node n of level k of the tree, from the edge or from a tile that is
// checked against its parent, and so up to the edge.
func (s *state) node(ctx context.Context, b vault.Backend, k int, n int64) (tlog.Hash, error) {
	if h, ok := s.tree.node(k, n); ok {
		return h, nil
	}
	level, row := k/tileHeight, k%tileHeight
	number := n >> (tileHeight - row)
	if n < 0 || (number+1)<<tileHeight > s.tree.size>>(level*tileHeight) {
		return tlog.Hash{}, fmt.Errorf("node %d of level %d is not in the tree: %w", n, k, evidence.ErrUsage)
	}
	at := [2]int64{int64(level), number}
	f := s.tiles.get(at)
	if f == nil {
		t := tlog.Tile{H: tileHeight, L: level, N: number, W: tileWidth}
		nodes, err := readTile(ctx, b, t)
		if err != nil {
			return tlog.Hash{}, err
		}
		above, err := s.node(ctx, b, k-row+tileHeight, number)
		if err != nil {
			return tlog.Hash{}, err
		}
		f = fullOf(nodes)
		if f.rows[tileHeight][0] != above {
			return tlog.Hash{}, fmt.Errorf("%s is not what the tile above it says: %w", tilePath(t), evidence.ErrTampered)
		}
		s.tiles.put(at, f)
	}
	return f.rows[row][n-number<<(tileHeight-row)], nil
}

// rootAt returns the root of the first size entries.
func (s *state) rootAt(ctx context.Context, b vault.Backend, size int64) (tlog.Hash, error) {
	return rootOf(size, func(k int, n int64) (tlog.Hash, error) { return s.node(ctx, b, k, n) })
}

// entries returns the lines of the entries from from to to, which lie in one bundle,
// checked against their leaf hashes.
func (s *state) entries(ctx context.Context, b vault.Backend, from, to int64) ([][]byte, error) {
	if from >= s.pending.first {
		p := append([]byte(nil), s.pending.bundle(from, to)...)
		return splitBundle(p, int(to-from))
	}
	t := tlog.Tile{H: tileHeight, L: -1, N: from / tileWidth, W: tileWidth}
	p, err := readWhole(ctx, b, tilePath(t), maxBundle)
	if err != nil {
		return nil, err
	}
	all, err := splitBundle(p, tileWidth)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", tilePath(t), evidence.ErrTampered, err)
	}
	first := t.N * tileWidth
	for i, line := range all {
		h, err := s.node(ctx, b, 0, first+int64(i))
		if err != nil {
			return nil, err
		}
		if evidence.Hash(h) != proof.Leaf(line) {
			return nil, fmt.Errorf("%s: entry %d is not the one in the tree: %w", tilePath(t), first+int64(i), evidence.ErrTampered)
		}
	}
	return all[from-first : to-first], nil
}

// publish writes in this order; every file is durable before the next step.
//
//  1. New hash tiles and entry bundles. Crash: the old checkpoint counts, and the whole
//     journal. Tiles of 1 lie there early; they are right, since what is in them is
//     acknowledged, and are written again, the same, the next time.
//  2. The checkpoint, atomically: the tree is published. Crash: the journal repeats what
//     is published; replay compares the two.
//  3. The journal is emptied. Crash: as after 2 or as after 3.
func (l *Ledger) publish(ctx context.Context) error {
	s := l.s
	if l.signer == nil {
		return fmt.Errorf("a ledger open for reading: %w", evidence.ErrUsage)
	}
	if s.tree.size == s.published && s.journal.size == 0 {
		return nil
	}
	if err := l.alone(ctx); err != nil {
		return err
	}
	if s.tree.size > s.published {
		if err := l.writeTiles(ctx); err != nil {
			return err
		}
		if err := l.b.Replace(ctx, fileCheckpoint, s.signed); err != nil {
			return err
		}
		s.published, s.signature = s.tree.size, s.signed
		s.tree.trim(s.published)
		s.pending.trim(s.published &^ (tileWidth - 1))
	}
	if err := l.b.Append(ctx, fileJournal, 0, nil); err != nil {
		s.journal.size = unknownSize
		return err
	}
	s.journal = journal{}
	return nil
}

// writeTiles writes the tiles and bundles that a tree of this size has and the published
// one does not. All that is in them is in memory.
func (l *Ledger) writeTiles(ctx context.Context) error {
	s := l.s
	var todo []tlog.Tile
	for _, t := range tlog.NewTiles(tileHeight, s.published, s.tree.size) {
		todo = append(todo, t)
		if t.L == 0 {
			todo = append(todo, tlog.Tile{H: tileHeight, L: -1, N: t.N, W: t.W})
		}
	}
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < len(todo) && errs[w] == nil; i += writers {
				errs[w] = l.b.Replace(ctx, tilePath(todo[i]), s.tileBytes(todo[i]))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// tileBytes returns what belongs in a tile that lies in the edge.
func (s *state) tileBytes(t tlog.Tile) []byte {
	first := t.N << tileHeight
	if t.L < 0 {
		return s.pending.bundle(first, first+int64(t.W))
	}
	p := make([]byte, 0, t.W*tlog.HashSize)
	for i := range t.W {
		h, _ := s.tree.node(t.L*tileHeight, first+int64(i))
		p = append(p, h[:]...)
	}
	return p
}
