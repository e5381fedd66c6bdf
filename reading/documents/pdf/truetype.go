package pdf

import "encoding/binary"

// trueType reads the character tables (cmap) of an embedded TrueType font backwards: glyph
// to character; and, for its byte codes, code to glyph. Nil where there is none.
func (f *file) trueType(desc dict) (map[int]rune, [256]int) {
	var codes [256]int
	s, ok := f.get(first(desc, "FontFile2", "FontFile3")).(*stream)
	if !ok {
		return nil, codes
	}
	b, err := f.data(s)
	if err != nil {
		return nil, codes
	}
	table := sfntTable(b, "cmap")
	if len(table) < 4 {
		return nil, codes
	}
	glyphs := map[int]rune{}
	for i := range int(u16(table, 2)) {
		at := 4 + 8*i
		if i >= 32 || at+8 > len(table) {
			break
		}
		platform, encoding, off := u16(table, at), u16(table, at+2), int(binary.BigEndian.Uint32(table[at+4:]))
		if off >= len(table) {
			continue
		}
		eachCode(table[off:], &f.ops, func(c rune, g int) {
			switch {
			case platform == 3 && encoding == 0 || platform == 1:
				if c &= 0xff; codes[c] == 0 {
					codes[c] = g
				}
			default:
				if old, ok := glyphs[g]; !ok || c < old {
					glyphs[g] = c
				}
			}
		})
	}
	return glyphs, codes
}

func u16(b []byte, i int) uint16 {
	if i < 0 || i+2 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint16(b[i:])
}

func sfntTable(b []byte, tag string) []byte {
	for i := range int(u16(b, 4)) {
		at := 12 + 16*i
		if at+16 > len(b) {
			return nil
		}
		if string(b[at:at+4]) == tag {
			off, n := int(binary.BigEndian.Uint32(b[at+8:])), int(binary.BigEndian.Uint32(b[at+12:]))
			if off > len(b) {
				return nil
			}
			return b[off:min(len(b), off+n)]
		}
	}
	return nil
}

// eachCode goes through a subtable of format 0, 4, 6 or 12 (OpenType, cmap).
// Each costs as much of left as it takes room.
func eachCode(b []byte, left *int, each func(c rune, glyph int)) {
	yield := func(c rune, glyph int) {
		if *left -= 16; *left > 0 {
			each(c, glyph)
		}
	}
	switch u16(b, 0) {
	case 0:
		for c := 0; c < 256 && 6+c < len(b); c++ {
			yield(rune(c), int(b[6+c]))
		}
	case 4:
		n := int(u16(b, 6)) / 2
		for i := range n {
			last, from := int(u16(b, 14+2*i)), int(u16(b, 16+2*n+2*i))
			delta, at := int(u16(b, 16+4*n+2*i)), 16+6*n+2*i
			off := int(u16(b, at))
			for c := from; c <= last && c < 0xffff && *left > 0; c++ {
				g := c
				if off != 0 {
					if g = int(u16(b, at+off+2*(c-from))); g == 0 {
						continue
					}
				}
				yield(rune(c), (g+delta)&0xffff)
			}
		}
	case 6:
		for i := range int(u16(b, 8)) {
			yield(rune(int(u16(b, 6))+i), int(u16(b, 10+2*i)))
		}
	case 12:
		for at := 16; at+12 <= len(b); at += 12 {
			from, last, g := binary.BigEndian.Uint32(b[at:]), binary.BigEndian.Uint32(b[at+4:]), binary.BigEndian.Uint32(b[at+8:])
			for c := from; c <= last && c < 0x110000 && *left > 0; c++ {
				yield(rune(c), int(g+c-from))
			}
		}
	}
}
