package pdf

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// glyphText tells what a glyph of that name means: after the rules and from the part of
// the Adobe Glyph List that Latin and Cyrillic fonts use.
func glyphText(n name) (string, bool) {
	s, _, _ := strings.Cut(string(n), ".") // "a.sc" is an a
	var out strings.Builder
	for part := range strings.SplitSeq(s, "_") { // "f_f_i"
		r, ok := glyphRune(part)
		if !ok {
			return "", false
		}
		out.WriteRune(r)
	}
	return out.String(), out.Len() > 0
}

func glyphRune(s string) (rune, bool) {
	if len(s) == 1 {
		return rune(s[0]), s[0] < utf8.RuneSelf
	}
	for _, prefix := range []string{"uni", "u", "afii"} {
		digits, ok := strings.CutPrefix(s, prefix)
		if !ok || len(digits) < 4 || len(digits) > 6 {
			continue
		}
		if prefix == "afii" {
			n, _ := strconv.Atoi(digits)
			return afii(n)
		}
		if n, err := strconv.ParseUint(digits, 16, 32); err == nil && utf8.ValidRune(rune(n)) {
			return rune(n), true
		}
	}
	i := strings.Index(glyphNames, " "+s+" ")
	if i < 0 || s == "" {
		return 0, false
	}
	r, _ := utf8.DecodeRuneInString(glyphNames[i+len(s)+2:])
	return r, true
}

// afii: the Cyrillic numbers of the Association for Font Information Interchange.
func afii(n int) (rune, bool) {
	const capitals, special, smalls = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", "ҐЂЃЄЅІЇЈЉЊЋЌЎ", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
	for _, block := range []struct {
		from    int
		letters string
	}{{10017, capitals}, {10050, special}, {10065, smalls}, {10098, "ґђѓєѕіїјљњћќў"}, {10145, "Џ"}, {10193, "џ"}, {61352, "№"}} {
		letters := []rune(block.letters)
		if n >= block.from && n < block.from+len(letters) {
			return letters[n-block.from], true
		}
	}
	return 0, false
}

// glyphNames: each name between spaces, then its character.
const glyphNames = " space   nbspace   exclam ! quotedbl \" numbersign # dollar $ percent % ampersand & quotesingle ' parenleft ( parenright ) asterisk * plus + comma , hyphen - minus − period . slash / " +
	"zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 colon : semicolon ; less < equal = greater > question ? at @ bracketleft [ backslash \\ bracketright ] asciicircum ^ underscore _ grave ` " +
	"braceleft { bar | braceright } asciitilde ~ exclamdown ¡ cent ¢ sterling £ currency ¤ yen ¥ brokenbar ¦ section § dieresis ¨ copyright © ordfeminine ª guillemotleft « logicalnot ¬ sfthyphen \u00ad softhyphen \u00ad registered ® macron ¯ " +
	"degree ° plusminus ± twosuperior ² threesuperior ³ acute ´ mu µ paragraph ¶ periodcentered · cedilla ¸ onesuperior ¹ ordmasculine º guillemotright » onequarter ¼ onehalf ½ threequarters ¾ questiondown ¿ " +
	"Agrave À Aacute Á Acircumflex Â Atilde Ã Adieresis Ä Aring Å AE Æ Ccedilla Ç Egrave È Eacute É Ecircumflex Ê Edieresis Ë Igrave Ì Iacute Í Icircumflex Î Idieresis Ï Eth Ð Ntilde Ñ Ograve Ò Oacute Ó Ocircumflex Ô Otilde Õ Odieresis Ö " +
	"multiply × Oslash Ø Ugrave Ù Uacute Ú Ucircumflex Û Udieresis Ü Yacute Ý Thorn Þ germandbls ß agrave à aacute á acircumflex â atilde ã adieresis ä aring å ae æ ccedilla ç egrave è eacute é ecircumflex ê edieresis ë " +
	"igrave ì iacute í icircumflex î idieresis ï eth ð ntilde ñ ograve ò oacute ó ocircumflex ô otilde õ odieresis ö divide ÷ oslash ø ugrave ù uacute ú ucircumflex û udieresis ü yacute ý thorn þ ydieresis ÿ " +
	"OE Œ oe œ Scaron Š scaron š Zcaron Ž zcaron ž Ydieresis Ÿ florin ƒ circumflex ˆ caron ˇ breve ˘ dotaccent ˙ ring ˚ ogonek ˛ tilde ˜ hungarumlaut ˝ dotlessi ı Lslash Ł lslash ł fi ﬁ fl ﬂ ff ﬀ ffi ﬃ ffl ﬄ " +
	"endash – emdash — quoteleft ‘ quoteright ’ quotesinglbase ‚ quotedblleft “ quotedblright ” quotedblbase „ dagger † daggerdbl ‡ bullet • ellipsis … perthousand ‰ guilsinglleft ‹ guilsinglright › fraction ⁄ Euro € trademark ™ numero № "

// base gives what the 256 codes mean under a named encoding (ISO 32000-1, annex D).
func base(n name) [256]string {
	cm := charmap.Windows1252 // of the standard encoding, letters and digits are the same
	if n == "MacRomanEncoding" {
		cm = charmap.Macintosh
	}
	var t [256]string
	for c := 0x20; c < 256; c++ {
		if r := cm.DecodeByte(byte(c)); r != utf8.RuneError && c != 0x7f {
			t[c] = string(r)
		}
	}
	if n == "" || n == "StandardEncoding" {
		t[0x27], t[0x60], t[0xad] = "’", "‘", "‹"
		for c, s := range map[int]string{0xa4: "⁄", 0xa9: "'", 0xaa: "“", 0xac: "‹", 0xad: "›", 0xae: "fi", 0xaf: "fl", 0xb1: "–", 0xb2: "†", 0xb3: "‡", 0xb7: "•",
			0xb8: "‚", 0xb9: "„", 0xba: "”", 0xbc: "…", 0xbd: "‰", 0xd0: "—", 0xe1: "Æ", 0xe8: "Ł", 0xe9: "Ø", 0xea: "Œ", 0xf1: "æ", 0xf5: "ı", 0xf8: "ł", 0xf9: "ø", 0xfa: "œ", 0xfb: "ß"} {
			t[c] = s
		}
	}
	return t
}
