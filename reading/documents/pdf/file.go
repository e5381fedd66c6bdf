package pdf

import (
	"bytes"
	"slices"
	"sort"
	"strconv"
)

const (
	maxObjects  = 2_000_000  // entries of the cross-reference
	maxTokens   = 8_000_000  // of objects, all together
	maxOps      = 30_000_000 // tokens of content and glyphs, all together
	maxRevision = 1000       // cross-reference sections
	maxChain    = 32         // references to references
)

// entry says where an object lies: at an offset, or as the index-th of an object stream.
type entry struct {
	in    int // number of the object stream; 0: at an offset
	at    int // offset, or index
	gen   int
	freed bool
}

// file is an open PDF.
type file struct {
	raw      []byte
	xref     map[int]entry
	trailer  dict
	crypt    *crypt
	locked   error // why there is no crypt
	objects  map[int]any
	loading  map[int]bool
	packed   map[int]map[int]any // object streams that were opened: number to object
	ends     []int               // where "endstream" stands
	tokens   int                 // that may still be read of objects
	ops      int                 // and of content
	expand   int                 // bytes that may still be unpacked
	sections int
	over     string // a bound that was reached
	rebuilt  bool
}

func open(raw []byte) *file {
	f := &file{raw: raw, xref: map[int]entry{}, objects: map[int]any{}, loading: map[int]bool{}, packed: map[int]map[int]any{},
		tokens: maxTokens, ops: maxOps, expand: maxExpand}
	begin := max(0, bytes.Index(raw[:min(len(raw), 1024)], []byte("%PDF-")))
	tail := raw[max(0, len(raw)-4096):]
	if i := bytes.LastIndex(tail, []byte("startxref")); i >= 0 {
		l := f.lexer(tail[i+len("startxref"):])
		at, _ := l.token().(int)
		for _, from := range slices.Compact([]int{at, at + begin}) {
			if f.sectionsFrom(from) && f.unlock() && (f.locked != nil || f.usable()) {
				return f
			}
			f.forget()
		}
	}
	f.rebuild()
	return f
}

func (f *file) forget() {
	f.xref, f.trailer, f.sections, f.crypt = map[int]entry{}, nil, 0, nil
	clear(f.objects)
	clear(f.packed)
}

func (f *file) lexer(b []byte) *lexer { return &lexer{b: b, left: &f.tokens, refs: true} }

// unlock finds the key, if one is needed. What was read without it is read again.
func (f *file) unlock() bool {
	f.crypt, f.locked = newCrypt(f)
	clear(f.objects)
	clear(f.packed)
	return true
}

// usable: the way from the trailer to the pages is there. Encrypted strings do not matter here.
func (f *file) usable() bool {
	root := f.dict(f.trailer["Root"])
	pages := f.dict(root["Pages"])
	return pages["Kids"] != nil || pages["Type"] == name("Page")
}

// sectionsFrom reads the cross-reference at an offset and those before it. What a later
// section says holds.
func (f *file) sectionsFrom(at int) bool {
	seen := map[int]bool{}
	todo := []int{at}
	for len(todo) > 0 {
		at, todo = todo[0], todo[1:]
		if at < 0 || at >= len(f.raw) || seen[at] || len(seen) > maxRevision {
			return f.trailer != nil && seen[at]
		}
		seen[at] = true
		l := f.lexer(f.raw)
		l.i = at
		var t dict
		if first := l.token(); first == keyword("xref") {
			t = f.table(l)
		} else {
			l.i = at
			t = f.xrefStream(l)
		}
		if t == nil {
			return false
		}
		if f.trailer == nil {
			f.trailer = t
		}
		if _, mixed := t["XRefStm"].(int); !mixed {
			f.sections++
		}
		for _, key := range []name{"XRefStm", "Prev"} {
			switch n := t[key].(type) {
			case int:
				todo = append(todo, n)
			case float64:
				todo = append(todo, int(n))
			}
		}
	}
	return true
}

// table reads a cross-reference table and its trailer.
func (f *file) table(l *lexer) dict {
	for {
		t := l.token()
		if t == keyword("trailer") {
			d, _ := l.object(0).(dict)
			return d
		}
		first, ok := t.(int)
		n, ok2 := l.token().(int)
		if !ok || !ok2 {
			return nil
		}
		for i := range n {
			at, ok := l.token().(int)
			gen, ok2 := l.token().(int)
			kind, _ := l.token().(keyword)
			if !ok || !ok2 || kind != "n" && kind != "f" {
				return nil
			}
			f.enter(first+i, entry{at: at, gen: gen, freed: kind == "f"})
		}
	}
}

func (f *file) enter(num int, e entry) {
	if _, known := f.xref[num]; known || num < 0 || num > 1<<31 {
		return
	}
	if len(f.xref) >= maxObjects {
		f.reached("more than 2 million objects: the rest is not read")
		return
	}
	f.xref[num] = e
}

func (f *file) reached(what string) {
	if f.over == "" {
		f.over = what
	}
}

// xrefStream reads a cross-reference stream; its dictionary is the trailer.
func (f *file) xrefStream(l *lexer) dict {
	_, obj, ok := f.indirect(l)
	s, isStream := obj.(*stream)
	if !ok || !isStream || s.dict["Type"] != name("XRef") {
		return nil
	}
	data, _ := f.plain(s)
	f.xrefEntries(s.dict, data)
	return s.dict
}

func (f *file) xrefEntries(d dict, data []byte) {
	w, _ := d["W"].(array)
	var width [3]int
	for i := range min(3, len(w)) {
		width[i], _ = w[i].(int)
		if width[i] < 0 || width[i] > 8 {
			return
		}
	}
	size := width[0] + width[1] + width[2]
	if size == 0 {
		return
	}
	index, _ := d["Index"].(array)
	if index == nil {
		index = array{0, len(data) / size}
	}
	for i := 0; i+1 < len(index); i += 2 {
		first, _ := index[i].(int)
		n, _ := index[i+1].(int)
		for k := 0; k < n && len(data) >= size; k++ {
			kind := 1
			if width[0] > 0 {
				kind = number(data[:width[0]])
			}
			a, b := number(data[width[0]:width[0]+width[1]]), number(data[width[0]+width[1]:size])
			data = data[size:]
			switch kind {
			case 0:
				f.enter(first+k, entry{freed: true})
			case 1:
				f.enter(first+k, entry{at: a, gen: b})
			case 2:
				f.enter(first+k, entry{in: a, at: b})
			}
		}
	}
}

func number(b []byte) int {
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

// indirect reads "1 0 obj …" where the lexer stands.
func (f *file) indirect(l *lexer) (ref, any, bool) {
	num, ok := l.token().(int)
	gen, ok2 := l.token().(int)
	if !ok || !ok2 || l.token() != keyword("obj") {
		return ref{}, nil, false
	}
	obj := l.object(0)
	d, isDict := obj.(dict)
	if !isDict {
		return ref{num, gen}, obj, true
	}
	at := l.i
	if l.token() != keyword("stream") {
		l.i = at
		return ref{num, gen}, obj, true
	}
	if l.peek(0) == '\r' {
		l.i++
	}
	if l.peek(0) == '\n' {
		l.i++
	}
	s := &stream{dict: d, num: num, gen: gen, raw: f.extent(l.b, l.i, d)}
	l.i += len(s.raw)
	return ref{num, gen}, s, true
}

// extent finds the bytes of a stream that begins at from: as many as it says, if it ends
// there, else up to "endstream".
func (f *file) extent(b []byte, from int, d dict) []byte {
	from = min(from, len(b))
	n, ok := f.get(d["Length"]).(int)
	if ok && n >= 0 && n <= len(b)-from {
		behind := bytes.TrimLeft(b[from+n:min(len(b), from+n+20)], "\r\n \t\x00")
		if bytes.HasPrefix(behind, []byte("endstream")) || bytes.HasPrefix(behind, []byte("endobj")) {
			return b[from : from+n]
		}
	}
	if f.ends == nil {
		f.ends = []int{}
		for i := 0; ; {
			k := bytes.Index(f.raw[i:], []byte("endstream"))
			if k < 0 {
				break
			}
			f.ends = append(f.ends, i+k)
			i += k + len("endstream")
		}
	}
	k := sort.SearchInts(f.ends, from)
	if k == len(f.ends) {
		if ok && n >= 0 && n <= len(b)-from {
			return b[from : from+n]
		}
		return b[from:]
	}
	stop := f.ends[k]
	if stop > from && b[stop-1] == '\n' {
		stop--
	}
	if stop > from && b[stop-1] == '\r' {
		stop--
	}
	return b[from:stop]
}

// get follows references to what they stand for; nil where there is nothing, or a circle.
func (f *file) get(v any) any {
	for range maxChain {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = f.object(r)
	}
	return nil
}

func (f *file) object(r ref) any {
	if v, ok := f.objects[r.num]; ok {
		return v
	}
	e, ok := f.xref[r.num]
	if !ok || e.freed || f.loading[r.num] || len(f.loading) > maxChain {
		return nil
	}
	f.loading[r.num] = true
	defer delete(f.loading, r.num)
	var v any
	if e.in != 0 {
		v = f.unpacked(e.in)[r.num]
	} else if e.at >= 0 && e.at < len(f.raw) {
		l := f.lexer(f.raw)
		l.i = e.at
		found, obj, ok := f.indirect(l)
		if !ok || found.num != r.num {
			return nil
		}
		v = obj
		if f.crypt != nil {
			v = f.crypt.strings(v, found, 0)
		}
	}
	f.objects[r.num] = v
	return v
}

// unpacked reads the objects of an object stream, once.
func (f *file) unpacked(num int) map[int]any {
	if m, ok := f.packed[num]; ok {
		return m
	}
	f.packed[num] = nil // a stream within itself
	s, ok := f.get(ref{num, 0}).(*stream)
	if !ok {
		return nil
	}
	data, _ := f.data(s)
	n, _ := f.get(s.dict["N"]).(int)
	first, _ := f.get(s.dict["First"]).(int)
	m := map[int]any{}
	head := f.lexer(data)
	for range min(n, maxObjects) {
		id, ok := head.token().(int)
		at, ok2 := head.token().(int)
		if !ok || !ok2 {
			break
		}
		if at < 0 || first < 0 || first+at >= len(data) {
			continue
		}
		l := f.lexer(data)
		l.i = first + at
		m[id] = l.object(0)
	}
	f.packed[num] = m
	return m
}

// rebuild makes the cross-reference anew from what lies in the file: of several objects of
// one number the last.
func (f *file) rebuild() {
	f.forget()
	f.rebuilt = true
	var packers []int
	for i := 0; ; {
		k := bytes.Index(f.raw[i:], []byte("obj"))
		if k < 0 {
			break
		}
		i += k + 3
		num, gen, at, ok := before(f.raw, i-3)
		if !ok || len(f.xref) >= maxObjects {
			continue
		}
		f.xref[num] = entry{at: at, gen: gen}
		head := f.raw[i:min(len(f.raw), i+400)]
		if bytes.Contains(head, []byte("/ObjStm")) {
			packers = append(packers, num)
		}
		if bytes.Contains(head, []byte("/XRef")) || bytes.Contains(head, []byte("/Catalog")) {
			l := f.lexer(f.raw)
			l.i = i
			f.root(l.object(0), ref{num, gen})
		}
	}
	for i := 0; ; {
		k := bytes.Index(f.raw[i:], []byte("trailer"))
		if k < 0 {
			break
		}
		i += k + len("trailer")
		l := f.lexer(f.raw)
		l.i = i
		if d, ok := l.object(0).(dict); ok && d["Root"] != nil {
			f.trailer = d
		}
	}
	f.unlock()
	for _, num := range packers {
		for id := range f.unpacked(num) {
			if _, known := f.xref[id]; !known {
				f.xref[id] = entry{in: num}
			}
		}
	}
	if f.trailer == nil {
		for _, num := range packers {
			for id, v := range f.packed[num] {
				f.root(v, ref{id, 0})
			}
		}
	}
	clear(f.objects)
}

// root takes v for the trailer, or for what the trailer should name.
func (f *file) root(v any, at ref) {
	d, _ := v.(dict)
	switch {
	case d["Type"] == name("XRef") && d["Root"] != nil:
		f.trailer = d
	case d["Type"] == name("Catalog") && f.trailer == nil:
		f.trailer = dict{"Root": at}
	}
}

// before reads "NUM GEN " backwards from i.
func before(b []byte, i int) (num, gen, at int, ok bool) {
	back := func() (int, bool) {
		for i > 0 && isSpace(b[i-1]) {
			i--
		}
		to := i
		for i > 0 && to-i < 10 && b[i-1] >= '0' && b[i-1] <= '9' {
			i--
		}
		n, err := strconv.Atoi(string(b[i:to]))
		return n, err == nil
	}
	if gen, ok = back(); ok {
		num, ok = back()
	}
	return num, gen, i, ok
}

func (f *file) dict(v any) dict {
	switch v := f.get(v).(type) {
	case dict:
		return v
	case *stream:
		return v.dict
	}
	return nil
}

func (f *file) array(v any) array { a, _ := f.get(v).(array); return a }

func (f *file) int(v any) int {
	switch v := f.get(v).(type) {
	case int:
		return v
	case float64:
		return int(v)
	}
	return 0
}

func (f *file) float(v any) float64 { return float(f.get(v)) }

func float(v any) float64 {
	switch v := v.(type) {
	case int:
		return max(-1e9, min(1e9, float64(v)))
	case float64:
		return v
	}
	return 0
}
