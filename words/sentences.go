package words

import (
	"unicode"
	"unicode/utf8"
)

// LongestSentence is the bound, in bytes, at which a sentence without an end is cut:
// at the last white space before it, or else between two characters.
const LongestSentence = 4096

// Sentences appends the sentences of text to dst, in order, without overlap and
// without the white space between them. Time is linear in the text.
//
// A sentence ends after . ! ? … with whatever closing quotes and brackets follow, if
// white space and then no lower-case letter comes next; not after an initial or an
// abbreviation that wants something after it (м. Донецьк, ул. Ленина, Mr. Smith,
// Art. 51), and after one that can stand last (р., т.д., тис., Inc.) only where a capital
// follows. It ends at every line break, but for one inside a sentence that was wrapped:
// a long line, no mark at its end, and the next begins in lower case. A bullet (•)
// begins a sentence.
func Sentences(dst []Span, text string) []Span {
	start, line, space := 0, 0, 0 // where the sentence began, the line began, white space was last seen
	for i := 0; i < len(text); {
		if i-start >= LongestSentence {
			cut := space
			if cut <= start {
				for cut = i; cut > i-utf8.UTFMax && !utf8.RuneStart(text[cut]); {
					cut--
				}
			}
			dst, start = appendSpan(dst, text, start, cut), cut
		}
		switch b := text[i]; {
		case b == '\n' || b == '\r':
			if !wrapped(text, line, i) {
				dst, start = appendSpan(dst, text, start, i), i
			}
			i++
			line, space = i, i
		case b == ' ' || b == '\t':
			i++
			space = i
		case b == '.' || b == '!' || b == '?' || b == 0xE2 && hasAt(text, i, "…"):
			end := closersEnd(text, marksEnd(text, i))
			if ends(text, start, i, end) {
				dst, start = appendSpan(dst, text, start, end), end
			}
			i = end
		case b == 0xE2 && (hasAt(text, i, "•") || hasAt(text, i, "▪") || hasAt(text, i, "●") || hasAt(text, i, "■") || hasAt(text, i, "◦") || hasAt(text, i, "‣")):
			dst, start = appendSpan(dst, text, start, i), i
			i += 3
		default:
			i++
		}
	}
	return appendSpan(dst, text, start, len(text))
}

func hasAt(text string, i int, s string) bool { return len(text)-i >= len(s) && text[i:i+len(s)] == s }

// appendSpan appends [from,to) without the white space at its ends, unless nothing is left.
func appendSpan(dst []Span, text string, from, to int) []Span {
	for from < to {
		if n := spaceLen(text[from:to]); n > 0 {
			from += n
			continue
		}
		break
	}
	for from < to {
		r, n := utf8.DecodeLastRuneInString(text[from:to])
		if !unicode.IsSpace(r) && !isInvisible(r) {
			break
		}
		to -= n
	}
	if from == to {
		return dst
	}
	return append(dst, Span{int32(from), int32(to)})
}

// spaceLen returns the length of the white space character at the start of s, or 0.
func spaceLen(s string) int {
	if s == "" || s[0] > ' ' && s[0] < utf8.RuneSelf {
		return 0
	}
	if r, n := utf8.DecodeRuneInString(s); unicode.IsSpace(r) || isInvisible(r) || r < ' ' {
		return n
	}
	return 0
}

// wrapped reports whether the break at i is inside a sentence that an editor wrapped.
func wrapped(text string, line, i int) bool {
	const narrowest = 40
	if i-line < narrowest {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(text[line:i])
	if !unicode.IsLetter(last) && !unicode.IsDigit(last) && last != ',' && last != ' ' {
		return false
	}
	if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
		i++
	}
	next, _ := utf8.DecodeRuneInString(text[min(i+1, len(text)):])
	return unicode.IsLower(next)
}

// marksEnd passes a run of sentence marks.
func marksEnd(text string, i int) int {
	for i < len(text) {
		switch {
		case text[i] == '.' || text[i] == '!' || text[i] == '?':
			i++
		case hasAt(text, i, "…"):
			i += len("…")
		default:
			return i
		}
	}
	return i
}

// closersEnd passes closing quotes and brackets, and the footnote mark [1].
func closersEnd(text string, i int) int {
	for i < len(text) {
		switch {
		case text[i] == '"' || text[i] == '\'' || text[i] == ')' || text[i] == ']' || text[i] == '*' || text[i] == '_':
			i++
		case hasAt(text, i, "»"):
			i += len("»")
		case hasAt(text, i, "”") || hasAt(text, i, "“") || hasAt(text, i, "’"):
			i += len("”")
		default:
			return i
		}
	}
	return i
}

// ends reports whether the mark at i, passed with its closers at end, ends the
// sentence that began at start.
func ends(text string, start, i, end int) bool {
	if end == len(text) {
		return true
	}
	next := end
	for next < len(text) && next < end+64 {
		n := spaceLen(text[next:])
		if n == 0 {
			break
		}
		if text[next] == '\n' {
			return true
		}
		next += n
	}
	if next == end {
		return false // 3.5, U.S., site.ua
	}
	r, n := utf8.DecodeRuneInString(text[min(next, len(text)):])
	if r == '-' || r == '–' || r == '—' { // «…?» — спитав він.
		after := next + n
		after += spaceLen(text[after:])
		r, _ = utf8.DecodeRuneInString(text[after:])
	}
	if unicode.IsLower(r) {
		return text[i] == '.' && end == i+1 && next == end+1 && longWord(text[start:i]) && abbreviation(text[start:i]) == noAbbrev
	}
	if text[i] != '.' || end-i > 1 && marksEnd(text, i)-i > 1 {
		return true
	}
	switch abbreviation(text[start:i]) {
	case wantsMore:
		return false
	case mayEnd:
		return unicode.IsUpper(r)
	}
	return true
}

// longWord reports whether s ends with a word too long for an abbreviation that we do
// not know: then a full stop is one, in posts that never use a capital.
func longWord(s string) bool {
	const letters = 5
	for range letters {
		r, size := utf8.DecodeLastRuneInString(s)
		if !unicode.IsLower(r) {
			return false
		}
		s = s[:len(s)-size]
	}
	return true
}

type abbrev uint8

const (
	noAbbrev  abbrev = iota
	wantsMore        // something always follows
	mayEnd           // can be the last word of a sentence
)

// abbreviation says what the word is that s, which a full stop follows, ends with.
func abbreviation(s string) abbrev {
	from := len(s)
	for from > 0 && len(s)-from < 24 {
		r, n := utf8.DecodeLastRuneInString(s[:from])
		if !unicode.IsLetter(r) && r != '-' {
			break
		}
		from -= n
	}
	word := s[from:]
	if word == "" {
		return noAbbrev
	}
	var buf [32]byte
	folded := foldWord(buf[:0], word)
	afterDigit := from > 0 && s[from-1]-'0' < 10 || from > 1 && s[from-1] == ' ' && s[from-2]-'0' < 10 || from > 2 && hasAt(s, from-2, "\u00a0") && s[from-3]-'0' < 10
	if utf8.RuneCount(folded) == 1 {
		r, _ := utf8.DecodeRuneInString(word)
		switch {
		case from > 1 && s[from-1] == '.' || from > 2 && s[from-1] == ' ' && s[from-2] == '.':
			if unicode.IsUpper(r) {
				return wantsMore // U.S., А. С. Пушкін
			}
			return mayEnd // т.д., н. е.
		case unicode.IsUpper(r):
			return wantsMore // an initial
		}
	}
	return listed(string(folded), afterDigit)
}

// listed looks a folded word up among the abbreviations of the three languages.
func listed(w string, afterDigit bool) abbrev {
	switch w {
	case "р", "г", "рр", "гг", "год", "хв", "с", "в", "м", "ст", "тис", "тыс", "млн", "млрд", "трлн", "грн", "руб", "коп", "дол", "долл", "км", "см", "кг", "га", "т", "чол", "осіб", "экз", "мин", "сек":
		if afterDigit {
			return mayEnd
		}
		switch w {
		case "м", "г", "с", "в", "р", "ст", "т":
			return wantsMore // м. Донецьк, г. Луганск, с. Нижнє, ст. 51
		case "год", "осіб":
			return noAbbrev
		}
		return mayEnd
	case "ін", "др", "пр", "тд", "тп", "etc", "inc", "ltd", "co", "corp", "jr", "sr", "bros", "am", "pm", "est", "al":
		return mayEnd
	case "смт", "пгт", "обл", "вул", "ул", "просп", "пр-т", "пл", "пров", "пер", "бул", "бульв", "буд", "кв", "корп", "оф", "ім", "им", "р-н", "о", "хут", "сел", "пос",
		"гр", "гр-н", "гр-ка", "проф", "акад", "доц", "канд", "ген", "полк", "підполк", "подполк", "кап", "лейт", "серж", "мл", "рядов",
		"напр", "див", "тел", "моб", "факс", "п", "пп", "ч", "ч-ни", "абз", "гл", "рис", "мал", "табл", "стор", "стр", "зб", "нар", "род", "пом", "заст", "зам", "нач", "св", "бл", "прибл", "ок",
		"mr", "mrs", "ms", "dr", "prof", "gen", "col", "lt", "sgt", "capt", "maj", "cmdr", "adm", "gov", "sen", "rep", "rev", "hon", "pres", "st", "mt", "art", "arts", "no", "nos", "para", "paras", "sec", "vol", "fig", "pp", "p", "vs", "cf", "ca", "approx", "ed", "eds", "op", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
		"січ", "лют", "бер", "квіт", "трав", "черв", "лип", "серп", "вер", "жовт", "лист", "груд", "янв", "фев", "февр", "апр", "авг", "сент", "окт", "нояб", "дек":
		return wantsMore
	}
	return noAbbrev
}
