// Package words is the ground that every reading of a text stands on: tokens,
// folding, sentences, language and search keys for Ukrainian, Russian and English.
// It knows nothing of ours, touches nothing, and takes any bytes: invalid UTF-8 and
// megabytes without a space cost linear time and never panic.
//
// # Tokens
//
// [Tokenize] finds three kinds. Offsets are bytes into the text as it was given, so
// text[t.Start:t.End] is always the exact words.
//
//   - Word: a letter, then letters, digits, combining marks, and inside it
//     zero-width characters and soft hyphens. One apostrophe between two letters
//     belongs to the word (п'ять, Мар’їнка, об`єкт, don't). A hyphen does not: as
//     "по-третє" and "Івано-Франківськ" are written with any of five dashes, or
//     none, they are two tokens each.
//   - Number: digits; with thousands joined where every later group has exactly
//     three digits and all separators are the same (100 000, 1.250.000, 100,000;
//     space, no-break, narrow and thin space, dot, comma, apostrophe); with a
//     decimal part (3,5 or 3.5). 24.02.2022 is a date, so three numbers; 0,125 is a
//     fraction since no thousand begins with a nought. 1.250 is read as a thousand
//     and a quarter of one: the convention of both languages, and wrong for an
//     English fraction of three digits. Letters that follow digits directly begin a
//     token of their own (2022р, 300-й, 5th); digits that follow letters do not (С300).
//   - Percent: the sign %.
//
// # Folding
//
// [Fold] makes words comparable; see there. [SearchKey] goes further, to the stem.
package words

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	Word Kind = iota + 1
	Number
	Percent
)

// Token is one word, number or percent sign: the bytes [Start,End) of the text.
type Token struct {
	Start, End int32
	Kind       Kind
}

// Span is the bytes [Start,End) of a text.
type Span struct {
	Start, End int32
}
