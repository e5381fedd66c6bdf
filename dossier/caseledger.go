package dossier

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

const tileWidth = 256

// caseLog is the ledger of a case as it was read: entries by index, and the hashes of the
// tree by tile level.
type caseLog struct {
	fsys      fs.FS
	key       note.Verifier
	published proof.Checkpoint
	head      proof.Checkpoint
	entries   []caseEntry
	extents   []caseExtent
	people    map[string]string // interned identifiers
	levels    [][]evidence.Hash // 0: leaves; L: roots of full tiles of level L-1
	frames    int
	torn      int64 // bytes of a torn last frame
	claims    []rootClaim
	files     int
	read      map[string]bool // bundles that the entries were taken from
}

// caseEntry is an entry without its detail. Its time is that of the line.
type caseEntry struct {
	kind evidence.Kind
	ref  evidence.Hash
	who  string
}

type caseExtent struct {
	proof.Extent
	ref   evidence.Hash
	entry int64
}

// rootClaim says what the root of the first size entries is, and who says so.
type rootClaim struct {
	size int64
	root evidence.Hash
	who  string
}

// readLog reads and checks the whole of ledger/.
func readLog(fsys fs.FS, key note.Verifier) (*caseLog, error) {
	l := &caseLog{fsys: fsys, key: key, people: map[string]string{}, read: map[string]bool{}, levels: [][]evidence.Hash{nil}}
	signed, err := readSome(fsys, "ledger/checkpoint", maxTag)
	if err != nil {
		return nil, fmt.Errorf("ledger/checkpoint: %w", err)
	}
	if l.published, err = proof.OpenCheckpoint(signed, key); err != nil {
		return nil, fmt.Errorf("ledger/checkpoint: %w", err)
	}
	l.head = l.published
	l.claims = append(l.claims, rootClaim{l.published.Size, l.published.Root, "ledger/checkpoint"})
	if err := l.bundles(); err != nil {
		return nil, err
	}
	if err := l.journal(); err != nil {
		return nil, fmt.Errorf("ledger/journal: %w", err)
	}
	if err := l.checkRoots(l.claims, true); err != nil {
		return nil, err
	}
	return l, l.tiles()
}

// bundles reads the entries below the published checkpoint.
func (l *caseLog) bundles() error {
	for n := int64(0); n*tileWidth < l.published.Size; n++ {
		name := "ledger/tile/entries/" + tilePath(n)
		want := min(l.published.Size-n*tileWidth, tileWidth)
		if want < tileWidth {
			name += fmt.Sprintf(".p/%d", want)
		}
		b, err := readSome(l.fsys, name, 1<<20)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for range want {
			if b, err = l.takeEntry(b); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if len(b) > 0 {
			return fmt.Errorf("%s: %d bytes too many: %w", name, len(b), evidence.ErrFormat)
		}
		l.read[name] = true
	}
	return nil
}

// takeEntry reads one entry of a bundle: its length in two bytes, and its line.
func (l *caseLog) takeEntry(b []byte) ([]byte, error) {
	if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
		return nil, fmt.Errorf("entry %d is cut off: %w", len(l.entries), evidence.ErrFormat)
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	return b[n:], l.add(b[2:n])
}

func (l *caseLog) add(line []byte) error {
	index := int64(len(l.entries))
	if kind, who, ok := plainEntry(line); ok {
		e := caseEntry{kind: kind, who: l.intern(who)}
		if _, err := hex.Decode(e.ref[:], line[len("svidok/1 ")+len(kind)+1:][:64]); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		l.entries = append(l.entries, e)
	} else {
		e, err := proof.ParseEntry(line)
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		if e.Kind == evidence.KindExtent {
			x, err := proof.ParseExtent(e.Detail)
			if err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
			l.extents = append(l.extents, caseExtent{x, e.Ref, index})
		}
		l.entries = append(l.entries, caseEntry{e.Kind, e.Ref, l.intern([]byte(e.Who))})
	}
	l.levels[0] = append(l.levels[0], leaf(line))
	return nil
}

// leaf is proof.Leaf, without its cost per call.
func leaf(line []byte) evidence.Hash {
	var b [1 << 10]byte
	if len(line) >= len(b) {
		return proof.Leaf(line)
	}
	return evidence.Sum(b[:1+copy(b[1:], line)])
}

func (l *caseLog) intern(who []byte) string {
	if s, ok := l.people[string(who)]; ok {
		return s
	}
	s := string(who)
	l.people[s] = s
	return s
}

// plainEntry takes the entries of the kinds that fill a ledger without the cost of
// proof.ParseEntry, which judges all others (TestPlainEntry, FuzzPlainEntry).
func plainEntry(line []byte) (kind evidence.Kind, who []byte, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte("svidok/1 "))
	if !ok {
		return "", nil, false
	}
	for _, k := range [...]evidence.Kind{evidence.KindCapture, evidence.KindText, evidence.KindCoding, evidence.KindCopy} {
		if len(rest) > len(k) && string(rest[:len(k)]) == string(k) && rest[len(k)] == ' ' {
			kind = k
		}
	}
	if kind == "" || len(rest) < len(kind)+1+64+1+4+1+25 {
		return "", nil, false
	}
	rest = rest[len(kind)+1:]
	for _, c := range rest[:64] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", nil, false
		}
	}
	rest = rest[64:]
	end := bytes.IndexByte(rest[1:], ' ') + 1
	if rest[0] != ' ' || end < 4 || end > 67 || len(rest) != end+26 || rest[len(rest)-1] != '\n' {
		return "", nil, false
	}
	who, when := rest[1:end], rest[end+1:len(rest)-1]
	if who[0] != 'm' && who[0] != 'p' || who[1] != ':' || !plainTime(when) {
		return "", nil, false
	}
	for _, c := range who[2:] {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '/' && c != '-' {
			return "", nil, false
		}
	}
	return kind, who, true
}

func plainTime(v []byte) bool {
	const form = "0000-00-00T00:00:00.000Z"
	if len(v) != len(form) {
		return false
	}
	for i := range form {
		if form[i] == '0' && (v[i] < '0' || v[i] > '9') || form[i] != '0' && v[i] != form[i] {
			return false
		}
	}
	two := func(i int) int { return int(v[i]-'0')*10 + int(v[i+1]-'0') }
	if m, d := two(5), two(8); m >= 1 && m <= 12 && d >= 1 && d <= 28 && two(11) < 24 && two(14) < 60 && two(17) < 60 {
		return true
	}
	_, err := time.Parse("2006-01-02T15:04:05.000Z", string(v))
	return err == nil
}

// checkRoots walks the tree once and compares every claim; the first walk also fills the
// higher levels.
func (l *caseLog) checkRoots(claims []rootClaim, fill bool) error {
	slices.SortFunc(claims, func(a, b rootClaim) int { return int(a.size - b.size) })
	var r compactRange
	if fill {
		r.full = func(level int, h evidence.Hash) {
			for len(l.levels) <= level {
				l.levels = append(l.levels, nil)
			}
			l.levels[level] = append(l.levels[level], h)
		}
	}
	leaves := l.levels[0]
	for i := 0; ; i++ {
		for len(claims) > 0 && claims[0].size == int64(i) {
			if r.root() != claims[0].root {
				return fmt.Errorf("%s names another root of the first %d entries: %w", claims[0].who, i, evidence.ErrTampered)
			}
			claims = claims[1:]
		}
		if i == len(leaves) || len(claims) == 0 && !fill {
			break
		}
		r.add(leaves[i])
	}
	if len(claims) > 0 {
		return fmt.Errorf("%s knows a ledger of %d entries, and there are %d: the ledger was cut back: %w", claims[0].who, claims[0].size, len(leaves), evidence.ErrTampered)
	}
	return nil
}

// compactRange is the right edge of a tree that grows leaf by leaf (RFC 6962 section 2.1).
type compactRange struct {
	edge []evidence.Hash // roots of the perfect subtrees, largest first
	n    uint64
	full func(level int, h evidence.Hash) // told the root of every full tile
}

func (r *compactRange) add(leaf evidence.Hash) {
	h := leaf
	height := 0
	for n := r.n; n&1 == 1; n >>= 1 {
		h = node(r.edge[len(r.edge)-1], h)
		r.edge = r.edge[:len(r.edge)-1]
		if height++; height%8 == 0 && r.full != nil {
			r.full(height/8, h)
		}
	}
	r.edge = append(r.edge, h)
	r.n++
}

func node(left, right evidence.Hash) evidence.Hash {
	var b [65]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

func (r *compactRange) root() evidence.Hash {
	if len(r.edge) == 0 {
		return sha256.Sum256(nil)
	}
	h := r.edge[len(r.edge)-1]
	for i := len(r.edge) - 2; i >= 0; i-- {
		h = node(r.edge[i], h)
	}
	return h
}

var tileName = regexp.MustCompile(`^ledger/tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?$`)

// tiles compares every file under ledger/tile with the tree, and checks that none lacks.
func (l *caseLog) tiles() error {
	need := l.needed()
	err := fs.WalkDir(l.fsys, "ledger/tile", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, ".tmp") { // what an interrupted Replace left; noted with the files
			return err
		}
		m := tileName.FindStringSubmatch(p)
		if m == nil {
			return fmt.Errorf("%s: a foreign file: %w", p, evidence.ErrFormat)
		}
		l.files++
		delete(need, p)
		if l.read[p] {
			return nil
		}
		n, err := tileNumber(m[2])
		width := int64(tileWidth)
		if err == nil && m[3] != "" {
			width, err = strconv.ParseInt(m[3], 10, 64)
		}
		if err != nil || width >= tileWidth && m[3] != "" {
			return fmt.Errorf("%s: no name of a tile: %w", p, evidence.ErrFormat)
		}
		if err := l.tile(p, m[1], n*tileWidth, width); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) && len(need) == 0 {
		err = nil
	}
	for name := range need {
		if err == nil {
			err = fmt.Errorf("%s: missing: %w", name, evidence.ErrNotFound)
		}
	}
	return err
}

// needed are the tiles that the published checkpoint calls for.
func (l *caseLog) needed() map[string]bool {
	need := map[string]bool{}
	kinds := []string{"entries"}
	for level, h := 0, l.published.Size; h > 0; level, h = level+1, h/tileWidth {
		kinds = append(kinds, strconv.Itoa(level))
		for _, kind := range kinds {
			for n := range h / tileWidth {
				need[path.Join("ledger/tile", kind, tilePath(n))] = true
			}
			if w := h % tileWidth; w > 0 {
				need[path.Join("ledger/tile", kind, tilePath(h/tileWidth))+fmt.Sprintf(".p/%d", w)] = true
			}
		}
		kinds = nil
	}
	return need
}

// tile compares one file: hashes [from, from+width) of a level, or entries.
func (l *caseLog) tile(name, kind string, from, width int64) error {
	b, err := readSome(l.fsys, name, 1<<20)
	if err != nil {
		return err
	}
	level := 0
	if kind != "entries" {
		level, _ = strconv.Atoi(kind)
	}
	if level >= len(l.levels) || from+width > int64(len(l.levels[level])) {
		return fmt.Errorf("it belongs to a larger ledger than there is: %w", evidence.ErrTampered)
	}
	want := l.levels[level][from : from+width]
	for i := range want {
		n, got := len(evidence.Hash{}), evidence.Hash{}
		if kind == "entries" {
			if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
				return fmt.Errorf("entry %d is cut off: %w", from+int64(i), evidence.ErrFormat)
			}
			n = 2 + int(binary.BigEndian.Uint16(b))
			got = proof.Leaf(b[2:n])
		} else if len(b) < n {
			return fmt.Errorf("hash %d is cut off: %w", i, evidence.ErrFormat)
		} else {
			got = evidence.Hash(b[:n])
		}
		if got != want[i] {
			return fmt.Errorf("number %d is not what follows from the entries: %w", i, evidence.ErrTampered)
		}
		b = b[n:]
	}
	if len(b) > 0 {
		return fmt.Errorf("%d bytes too many: %w", len(b), evidence.ErrFormat)
	}
	return nil
}

// tilePath writes a tile's number in groups of three digits (C2SP tlog-tiles).
func tilePath(n int64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	return s
}

func tileNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.NewReplacer("x", "", "/", "").Replace(s), 10, 64)
	if err == nil && tilePath(n) != s {
		err = fmt.Errorf("tile %q is not in its one form: %w", s, evidence.ErrFormat)
	}
	return n, err
}
