package pdf

import (
	"sort"
	"strings"
	"unicode/utf16"
)

const maxRanges = 200_000 // of one CMap

// cmap is what is used of a CMap: which codes there are, and what they mean.
type cmap struct {
	spaces []space
	ranges []span // sorted by from; the later of two that begin alike comes first
}

// space: codes of n bytes from lo to hi.
type space struct {
	n      int
	lo, hi uint32
}

// span: the codes from lo to hi mean text, its last character counted up; or, with
// cid, the glyphs from cid on.
type span struct {
	lo, hi uint32
	text   string
	cid    int
}

// parseCMap reads a CMap (Adobe Technical Note 5014), as far as it is one.
func (f *file) parseCMap(b []byte) *cmap {
	m := &cmap{}
	l := &lexer{b: b, left: &f.ops}
	var held []any
	for {
		switch t := l.object(0).(type) {
		case keyword:
			if t == end {
				m.sort()
				return m
			}
			if before := len(m.ranges); before < maxRanges {
				m.take(t, held)
				f.ops -= 10 * (len(m.ranges) - before) // they take room
			}
			held = held[:0]
		default:
			if len(held) < 3*maxRanges {
				held = append(held, t)
			}
		}
	}
}

func (m *cmap) sort() {
	// Stable, and reversed first: of two that begin alike, the later one comes first.
	for i, j := 0, len(m.ranges)-1; i < j; i, j = i+1, j-1 {
		m.ranges[i], m.ranges[j] = m.ranges[j], m.ranges[i]
	}
	sort.SliceStable(m.ranges, func(i, j int) bool { return m.ranges[i].lo < m.ranges[j].lo })
}

func (m *cmap) take(op keyword, held []any) {
	switch op {
	case "endcodespacerange":
		for i := 0; i+1 < len(held) && len(m.spaces) < 1000; i += 2 {
			lo, _ := held[i].(string)
			hi, _ := held[i+1].(string)
			if len(lo) > 0 && len(lo) <= 4 && len(lo) == len(hi) {
				m.spaces = append(m.spaces, space{len(lo), code(lo), code(hi)})
			}
		}
	case "endbfchar":
		for i := 0; i+1 < len(held); i += 2 {
			from, ok := held[i].(string)
			if to, ok2 := meaning(held[i+1]); ok && ok2 {
				m.ranges = append(m.ranges, span{lo: code(from), hi: code(from), text: to})
			}
		}
	case "endbfrange", "endcidrange":
		for i := 0; i+2 < len(held); i += 3 {
			lo, ok := held[i].(string)
			hi, ok2 := held[i+1].(string)
			if ok && ok2 {
				m.span(code(lo), code(hi), held[i+2])
			}
		}
	}
}

func (m *cmap) span(lo, hi uint32, to any) {
	if hi < lo || len(m.ranges) >= maxRanges {
		return
	}
	switch to := to.(type) {
	case int:
		m.ranges = append(m.ranges, span{lo: lo, hi: hi, cid: to})
	case array:
		for i, v := range to[:min(len(to), int(min(hi-lo, 0xffff))+1)] {
			if s, ok := meaning(v); ok {
				m.ranges = append(m.ranges, span{lo: lo + uint32(i), hi: lo + uint32(i), text: s})
			}
		}
	default:
		if s, ok := meaning(to); ok {
			m.ranges = append(m.ranges, span{lo: lo, hi: hi, text: s})
		}
	}
}

// meaning is UTF-16BE, or the name of a glyph.
func meaning(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		if len(v) > 512 {
			return "", false
		}
		return utf16BE(v), true
	case name:
		return glyphText(v)
	}
	return "", false
}

func utf16BE(s string) string {
	if len(s) == 1 {
		return string(rune(s[0]))
	}
	u := make([]uint16, len(s)/2)
	for i := range u {
		u[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return string(utf16.Decode(u))
}

func code(s string) uint32 {
	var n uint32
	for i := range min(4, len(s)) {
		n = n<<8 | uint32(s[i])
	}
	return n
}

// find gives the narrowest and last span that holds c, as far as spans do not overlap.
func (m *cmap) find(c uint32) (span, bool) {
	i := sort.Search(len(m.ranges), func(i int) bool { return m.ranges[i].lo > c })
	for k := i - 1; k >= 0 && k >= i-8; k-- {
		for k > 0 && m.ranges[k-1].lo == m.ranges[k].lo && m.ranges[k-1].hi >= c && k > i-64 {
			k--
		}
		if m.ranges[k].hi >= c {
			return m.ranges[k], true
		}
	}
	return span{}, false
}

// text gives what a code means.
func (m *cmap) text(c uint32) (string, bool) {
	s, ok := m.find(c)
	if !ok || s.text == "" {
		return "", ok && s.lo == s.hi
	}
	if c == s.lo {
		return s.text, true
	}
	r := []rune(s.text)
	r[len(r)-1] += rune(c - s.lo)
	return string(r), true
}

// length tells how many bytes the code at the beginning of s has.
func (m *cmap) length(s string) int {
	for n := 1; n <= min(4, len(s)); n++ {
		c := code(s[:n])
		for _, sp := range m.spaces {
			if sp.n == n && c >= sp.lo && c <= sp.hi {
				return n
			}
		}
	}
	if len(m.spaces) > 0 {
		return min(len(s), m.spaces[0].n)
	}
	return min(len(s), 2)
}

// spelled writes ligatures as the letters that they are.
func spelled(s string) string {
	if !strings.ContainsAny(s, "ﬀﬁﬂﬃﬄﬅﬆ") {
		return s
	}
	return strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "ſt", "ﬆ", "st").Replace(s)
}
