package coding

import (
	"slices"
	"unicode/utf8"
)

// class is what all words that end at the same place of the trie have in common.
// Gate terms are kept apart, since most texts need no other.
type class struct {
	atoms   []int32 // sorted
	gates   []int32 // terms with a one-word alternative met here
	terms   []int32 // the same, for codes, cues and clauses
	phrases []int32 // phrases of terms that may begin here
	places  []int32 // phrases of gates that may begin here
}

// lexicon turns a folded word into at most two classes by walking a trie of runes
// forwards (literals and prefixes) and backwards (suffixes). Immutable once sealed.
type lexicon struct {
	forward, backward trie
	classes           []class // classes[0] is empty
	numbers           int32   // class of every number, beside its own
}

// trie is an open-addressed table of edges. A node's number is where it was made.
type trie struct {
	edges []edge // len is a power of two
	count int
	nodes []node // nodes[0] is the root
}

type edge struct {
	key  uint64 // parent<<21 | rune, plus 1 so that zero is free
	next int32
}

// node carries the classes of words that pass through it and that end at it.
type node struct {
	through, end           int32 // classes, after sealing
	passAtoms, finishAtoms []int32
}

func newTrie() trie { return trie{edges: make([]edge, 1<<10), nodes: make([]node, 1)} }

func edgeKey(from int32, r rune) uint64 { return uint64(from)<<21 | uint64(r) + 1 }

func slot(key uint64, size int) int {
	return int((key * 0x9E3779B97F4A7C15) >> 33 & uint64(size-1))
}

// step returns the node reached from n by r, or -1.
func (t *trie) step(n int32, r rune) int32 {
	key := edgeKey(n, r)
	for i := slot(key, len(t.edges)); ; i = (i + 1) & (len(t.edges) - 1) {
		switch t.edges[i].key {
		case key:
			return t.edges[i].next
		case 0:
			return -1
		}
	}
}

func (t *trie) grow(n int32, r rune) int32 {
	if next := t.step(n, r); next >= 0 {
		return next
	}
	if t.count*2 >= len(t.edges) {
		old := t.edges
		t.edges = make([]edge, 2*len(old))
		for _, e := range old {
			if e.key != 0 {
				t.put(e)
			}
		}
	}
	next := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{})
	t.put(edge{edgeKey(n, r), next})
	t.count++
	return next
}

func (t *trie) put(e edge) {
	i := slot(e.key, len(t.edges))
	for t.edges[i].key != 0 {
		i = (i + 1) & (len(t.edges) - 1)
	}
	t.edges[i] = e
}

// add puts atom number id into the trie that suits it.
func (x *lexicon) add(id int32, a atom) {
	switch a.kind {
	case suffixed:
		n := int32(0)
		for rest := a.text; rest != ""; {
			r, size := utf8.DecodeLastRuneInString(rest)
			n, rest = x.backward.grow(n, r), rest[:len(rest)-size]
		}
		x.backward.nodes[n].passAtoms = append(x.backward.nodes[n].passAtoms, id)
	case literal, prefixed:
		n := int32(0)
		for _, r := range a.text {
			n = x.forward.grow(n, r)
		}
		at := &x.forward.nodes[n]
		if a.kind == literal {
			at.finishAtoms = append(at.finishAtoms, id)
		} else {
			at.passAtoms = append(at.passAtoms, id)
		}
	}
}

// seal gives every node its classes. A node is made after its parent, so one pass
// in order of making sees parents first.
func (x *lexicon) seal(describe func(atoms []int32) class) {
	x.classes = []class{{}}
	made := map[string]int32{"": 0}
	intern := func(atoms []int32) int32 {
		slices.Sort(atoms)
		key := make([]byte, 0, 4*len(atoms))
		for _, a := range atoms {
			key = append(key, byte(a), byte(a>>8), byte(a>>16), byte(a>>24))
		}
		id, ok := made[string(key)]
		if !ok {
			id = int32(len(x.classes))
			made[string(key)] = id
			x.classes = append(x.classes, describe(atoms))
		}
		return id
	}
	for _, t := range []*trie{&x.forward, &x.backward} {
		parent := make([]int32, len(t.nodes))
		for _, e := range t.edges {
			if e.key != 0 {
				parent[e.next] = int32((e.key - 1) >> 21)
			}
		}
		for i := range t.nodes {
			n := &t.nodes[i]
			var above []int32
			if i > 0 {
				above = t.nodes[parent[i]].passAtoms
			}
			n.passAtoms = append(slices.Clone(above), n.passAtoms...)
			n.through = intern(slices.Clone(n.passAtoms))
			n.end = n.through
			if len(n.finishAtoms) > 0 {
				n.end = intern(append(slices.Clone(n.passAtoms), n.finishAtoms...))
			}
		}
		for i := range t.nodes {
			t.nodes[i].passAtoms, t.nodes[i].finishAtoms = nil, nil
		}
	}
}

// classify returns the classes of a folded word, forwards and backwards. The English
// possessive is not part of the word.
func (x *lexicon) classify(word string) (int32, int32) {
	word = stem(word)
	n, rest := int32(0), word
	for len(rest) > 0 {
		r, size := rune(rest[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(rest)
		}
		next := x.forward.step(n, r)
		if next < 0 {
			break
		}
		n, rest = next, rest[size:]
	}
	ahead := x.forward.nodes[n].through
	if len(rest) == 0 {
		ahead = x.forward.nodes[n].end
	}
	n, rest = 0, word
	for len(rest) > 0 {
		r, size := utf8.DecodeLastRuneInString(rest)
		next := x.backward.step(n, r)
		if next < 0 {
			break
		}
		n, rest = next, rest[:len(rest)-size]
	}
	return ahead, x.backward.nodes[n].through
}

func (c *class) has(atom int32) bool {
	_, ok := slices.BinarySearch(c.atoms, atom)
	return ok
}

// stem drops the English possessive from a folded word.
func stem(word string) string {
	if n := len(word); n > 3 && word[n-1] == 's' && word[n-2] == '\'' {
		return word[:n-2]
	}
	return word
}
