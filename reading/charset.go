package reading

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// decoded is text and what had to be said about its bytes.
type decoded struct {
	text     string
	charset  string
	problems []string
}

const (
	sampleHigh = 4_000 // bytes above 0x7F that are looked at to tell an encoding
	hintWeight = 20    // what a claim of the encoding adds to its score: it breaks ties
)

// decode turns bytes into UTF-8. hints are what headers and the page itself claim of
// the encoding: they break ties and name encodings that are not tried otherwise, but
// the bytes decide. Tried are UTF-8, UTF-16 in both orders with and without a byte
// order mark, windows-1251, KOI8-U (and so KOI8-R), IBM866, ISO 8859-5, Macintosh
// Cyrillic and windows-1252.
func decode(raw []byte, hints ...string) decoded {
	var d decoded
	switch {
	case bytes.HasPrefix(raw, []byte("\xEF\xBB\xBF")):
		d = fromUTF8(raw[3:])
	case bytes.HasPrefix(raw, []byte("\xFF\xFE")):
		d = fromUTF16(raw[2:], binary.LittleEndian, "utf-16le")
	case bytes.HasPrefix(raw, []byte("\xFE\xFF")):
		d = fromUTF16(raw[2:], binary.BigEndian, "utf-16be")
	default:
		d = decodeUnmarked(raw, hints)
	}
	for _, h := range hints {
		if name := canonical(h); name != "" && name != d.charset && !sameHere(name, d.charset, raw) {
			d.problems = append(d.problems, fmt.Sprintf("encoding is claimed to be %s, but the bytes are %s", name, d.charset))
			break
		}
	}
	return d
}

func decodeUnmarked(raw []byte, hints []string) decoded {
	if order, name := wideOrder(raw); order != nil {
		return fromUTF16(raw, order, name)
	}
	multi, bad := utf8Census(raw)
	if bad == 0 || multi > 4*bad {
		return fromUTF8(raw)
	}
	return fromBytes(raw, hints)
}

// canonical returns the usual name of an encoding label, or "".
func canonical(label string) string {
	if label = strings.TrimSpace(label); label == "" {
		return ""
	}
	_, name := charset.Lookup(label)
	return name
}

// sameHere reports whether two encodings read raw alike: nothing above ASCII, or
// KOI8-R where KOI8-U was found.
func sameHere(claimed, found string, raw []byte) bool {
	if claimed == "koi8-r" && found == "koi8-u" || found == "utf-8" && claimed == "us-ascii" {
		return true
	}
	return found == "utf-8" && bytes.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// utf8Census counts characters of several bytes, and bytes that are part of none.
func utf8Census(raw []byte) (multi, bad int) {
	if utf8.Valid(raw) {
		return 0, 0
	}
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			multi++
		}
		i += n
	}
	return multi, bad
}

func fromUTF8(raw []byte) decoded {
	d := decoded{charset: "utf-8"}
	if utf8.Valid(raw) {
		d.text = string(raw)
		return d
	}
	var b strings.Builder
	b.Grow(len(raw))
	count, first, inside := 0, -1, false
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		wrong := r == utf8.RuneError && n == 1
		if wrong && !inside {
			if count++; first < 0 {
				first = i
			}
			b.WriteRune(utf8.RuneError)
		}
		if !wrong {
			b.Write(raw[i : i+n])
		}
		inside = wrong
		i += n
	}
	d.text = b.String()
	d.problems = append(d.problems, replaced(count, first))
	return d
}

func replaced(count, first int) string {
	return fmt.Sprintf("bytes that are no text were replaced by U+FFFD at %d places, first at byte %d", count, first)
}

// wideOrder tells UTF-16 without a mark: in the Latin and Cyrillic alphabets the high
// byte of nearly every character is 0 or 4, and the low one nearly never is.
func wideOrder(raw []byte) (binary.ByteOrder, string) {
	n := min(len(raw), 4096) &^ 1
	if n < 8 {
		return nil, ""
	}
	var even, odd int
	for i := 0; i < n; i += 2 {
		if raw[i] == 0 || raw[i] == 4 {
			even++
		}
		if raw[i+1] == 0 || raw[i+1] == 4 {
			odd++
		}
	}
	half := n / 2
	switch {
	case odd*10 > half*8 && even*10 < half*2:
		return binary.LittleEndian, "utf-16le"
	case even*10 > half*8 && odd*10 < half*2:
		return binary.BigEndian, "utf-16be"
	}
	return nil, ""
}

func fromUTF16(raw []byte, order binary.ByteOrder, name string) decoded {
	d := decoded{charset: name}
	var b strings.Builder
	b.Grow(len(raw))
	count, first := 0, -1
	bad := func(i int) {
		if count++; first < 0 {
			first = i
		}
		b.WriteRune(utf8.RuneError)
	}
	for i := 0; i+1 < len(raw); i += 2 {
		r := rune(order.Uint16(raw[i:]))
		if !utf16.IsSurrogate(r) {
			b.WriteRune(r)
			continue
		}
		if i+3 < len(raw) {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(raw[i+2:]))); pair != utf8.RuneError {
				b.WriteRune(pair)
				i += 2
				continue
			}
		}
		bad(i)
	}
	if len(raw)%2 == 1 {
		bad(len(raw) - 1)
	}
	d.text = b.String()
	if count > 0 {
		d.problems = append(d.problems, replaced(count, first))
	}
	return d
}

// fromBytes reads an encoding of one byte a character, told by the letters it yields.
func fromBytes(raw []byte, hints []string) decoded {
	best, name, most := charmap.Windows1251, "windows-1251", -1<<60
	for _, c := range []struct {
		name  string
		cm    *charmap.Charmap
		prior int // how common it is: windows-1251 and Macintosh share the small letters
	}{
		{"windows-1251", charmap.Windows1251, 0}, {"koi8-u", charmap.KOI8U, 0}, {"ibm866", charmap.CodePage866, 0},
		{"iso-8859-5", charmap.ISO8859_5, 0}, {"x-mac-cyrillic", charmap.MacintoshCyrillic, -15}, {"windows-1252", charmap.Windows1252, 0},
	} {
		score := plausibility(raw, c.cm) + c.prior
		for _, h := range hints {
			if k := canonical(h); k == c.name || k == "koi8-r" && c.name == "koi8-u" {
				score += hintWeight
				break
			}
		}
		if score > most {
			best, name, most = c.cm, c.name, score
		}
	}
	if most < 0 || name == "windows-1252" {
		if d, ok := fromForeign(raw, hints); ok {
			return d
		}
	}
	return fromCharmap(raw, best, name)
}

// fromForeign trusts a claimed encoding that is none of ours and reads the bytes whole.
func fromForeign(raw []byte, hints []string) (decoded, bool) {
	for _, h := range hints {
		enc, name := charset.Lookup(h)
		switch name {
		case "", "utf-8", "utf-16le", "utf-16be", "replacement", "x-user-defined", "windows-1251", "koi8-u", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic", "windows-1252":
			continue
		}
		out, err := enc.NewDecoder().Bytes(raw)
		if err == nil && !bytes.ContainsRune(out, utf8.RuneError) {
			return decoded{text: string(out), charset: name}, true
		}
	}
	return decoded{}, false
}

func fromCharmap(raw []byte, cm *charmap.Charmap, name string) decoded {
	d := decoded{charset: name}
	var b strings.Builder
	b.Grow(2 * len(raw))
	count, first := 0, -1
	for i, c := range raw {
		r := cm.DecodeByte(c)
		if r == utf8.RuneError {
			if count++; first < 0 {
				first = i
			}
		}
		b.WriteRune(r)
	}
	d.text = b.String()
	if count > 0 {
		d.problems = append(d.problems, replaced(count, first))
	}
	return d
}

// plausibility says how much raw, read by cm, looks like writing.
func plausibility(raw []byte, cm *charmap.Charmap) int {
	score, high := 0, 0
	prev := ' '
	for _, c := range raw {
		r := rune(c)
		if c >= utf8.RuneSelf {
			if high++; high > sampleHigh {
				break
			}
			r = cm.DecodeByte(c)
			score += likely(prev, r)
		} else if unicode.Is(unicode.Cyrillic, prev) && isLatin(c) {
			score -= 20
		}
		prev = r
	}
	return score
}

func isLatin(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// likely weighs the character r after prev.
func likely(prev, r rune) int {
	switch {
	case r == utf8.RuneError || r < 0xA0:
		return -60
	case strings.ContainsRune("«»—–“”„’‘…№• §°±€\u00a0", r):
		return -2
	case unicode.Is(unicode.Latin, r):
		if prev < utf8.RuneSelf && isLatin(byte(prev)) {
			return 6
		}
		if unicode.Is(unicode.Latin, prev) {
			return -30
		}
		return -8
	case !unicode.Is(unicode.Cyrillic, r):
		return -30
	}
	if prev < utf8.RuneSelf && isLatin(byte(prev)) {
		return -20
	}
	w, known := letterWeight(unicode.ToLower(r))
	if !known {
		return -40
	}
	if unicode.IsUpper(r) {
		if unicode.IsLower(prev) {
			return -40
		}
		return w - 3
	}
	if unicode.IsUpper(prev) || !unicode.IsLetter(prev) {
		return w
	}
	return w + 2
}

// letterWeight returns how much a small letter speaks for Ukrainian or Russian, in tenths
// of a natural logarithm over an even spread; 0, false for what is no letter of theirs.
func letterWeight(r rune) (int, bool) {
	switch r {
	case 'о':
		return 20, true
	case 'а', 'е':
		return 17, true
	case 'и':
		return 16, true
	case 'н':
		return 15, true
	case 'т':
		return 14, true
	case 'в', 'с', 'і':
		return 13, true
	case 'л', 'р':
		return 11, true
	case 'к':
		return 10, true
	case 'д', 'м', 'у':
		return 8, true
	case 'п':
		return 7, true
	case 'з':
		return 4, true
	case 'я':
		return 3, true
	case 'ы', 'ь':
		return 2, true
	case 'б', 'г':
		return 1, true
	case 'ч':
		return 0, true
	case 'й':
		return -1, true
	case 'х':
		return -3, true
	case 'ж':
		return -5, true
	case 'ц', 'ю':
		return -6, true
	case 'ш':
		return -7, true
	case 'є', 'ї':
		return -8, true
	case 'щ':
		return -11, true
	case 'э':
		return -15, true
	case 'ф':
		return -16, true
	case 'ё':
		return -27, true
	case 'ъ':
		return -36, true
	case 'ґ':
		return -46, true
	}
	return 0, false
}
