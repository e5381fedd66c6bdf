package ledger

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
)

const (
	tileHeight = 8 // C2SP tlog-tiles
	tileWidth  = 1 << tileHeight
)

// tree is the right edge of the Merkle tree: at every level of nodes, those from the
// last tile on that was not full when the ledger was published. What lies left of them
// is read from tiles. That is enough to add leaves, to compute the root and to write the
// next tiles; it is small because the ledger is published when the journal has grown.
type tree struct {
	size   int64
	levels []level
}

// level holds the nodes with numbers from start on, of one level of the tree. Level 0
// holds leaf hashes; node n of level k+1 is made of the nodes 2n and 2n+1 of level k.
type level struct {
	start int64
	nodes []tlog.Hash
}

// add adds a leaf and the nodes that it completes.
func (t *tree) add(leaf evidence.Hash) {
	h := tlog.Hash(leaf)
	for k, n := 0, t.size; ; k, n = k+1, n>>1 {
		if k == len(t.levels) {
			t.levels = append(t.levels, level{start: n})
		}
		l := &t.levels[k]
		l.nodes = append(l.nodes, h)
		if n&1 == 0 {
			break
		}
		h = tlog.NodeHash(l.nodes[len(l.nodes)-2], h)
	}
	t.size++
}

// rollback drops the leaves from size on.
func (t *tree) rollback(size int64) {
	t.size = size
	for k := range t.levels {
		l := &t.levels[k]
		l.nodes = l.nodes[:max(0, size>>k-l.start)]
	}
}

// node returns a node of the edge.
func (t *tree) node(k int, n int64) (tlog.Hash, bool) {
	if k >= len(t.levels) || n < t.levels[k].start || n-t.levels[k].start >= int64(len(t.levels[k].nodes)) {
		return tlog.Hash{}, false
	}
	return t.levels[k].nodes[n-t.levels[k].start], true
}

// root returns the root of the whole tree: every node that it needs is in the edge.
func (t *tree) root() tlog.Hash {
	h, _ := rootOf(t.size, func(k int, n int64) (tlog.Hash, error) {
		node, _ := t.node(k, n)
		return node, nil
	})
	return h
}

// rootOf computes the root of the first size leaves (RFC 6962 section 2.1) from the
// complete subtrees that make it up.
func rootOf(size int64, node func(k int, n int64) (tlog.Hash, error)) (tlog.Hash, error) {
	root, any := tlog.Hash(sha256.Sum256(nil)), false
	for k := 0; size>>k > 0; k++ {
		if size>>k&1 == 0 {
			continue
		}
		h, err := node(k, size>>k-1)
		if err != nil {
			return root, err
		}
		if any {
			h = tlog.NodeHash(h, root)
		}
		root, any = h, true
	}
	return root, nil
}

// start returns the number of the first node of level k that is kept when a tree of
// that size is published.
func start(size int64, k int) int64 {
	tile := size >> (k - k%tileHeight + tileHeight)
	return tile << (tileHeight - k%tileHeight)
}

// trim drops what is in full tiles of a tree of the published size.
func (t *tree) trim(published int64) {
	for k := range t.levels {
		l := &t.levels[k]
		if from := start(published, k); from > l.start {
			l.nodes = append([]tlog.Hash(nil), l.nodes[from-l.start:]...)
			l.start = from
		}
	}
}

// edge makes the edge of a published tree of that size from its partial tiles: tile k
// has the hashes of level 8k that are in no full tile.
func edge(size int64, tiles [][]tlog.Hash) tree {
	t := tree{size: size}
	for _, nodes := range tiles {
		for range tileHeight {
			k := len(t.levels)
			t.levels = append(t.levels, level{start: start(size, k), nodes: nodes})
			above := make([]tlog.Hash, len(nodes)/2)
			for i := range above {
				above[i] = tlog.NodeHash(nodes[2*i], nodes[2*i+1])
			}
			nodes = above
		}
	}
	return t
}
