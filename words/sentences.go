package words

import "unicode/utf8"

// Sentences appends the sentences of text to dst, in order, without overlap and
// without the white space between them.
func Sentences(dst []Span, text string) []Span {
	start := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if r == '\n' || (r == '.' || r == '!' || r == '?' || r == '…') && (i == len(text) || text[i] == ' ' || text[i] == '\n') {
			dst = appendSpan(dst, text, start, i)
			start = i
		}
	}
	return appendSpan(dst, text, start, len(text))
}

func appendSpan(dst []Span, text string, from, to int) []Span {
	for from < to && (text[from] <= ' ') {
		from++
	}
	for from < to && (text[to-1] <= ' ') {
		to--
	}
	if from == to {
		return dst
	}
	return append(dst, Span{int32(from), int32(to)})
}
