// Package coding suggests what a text says: statements, each with a code of the
// codebook, a modality, and its exact words. It suggests; people decide. The codebook is
// a YAML file that its users edit; docs/codebook.md is their guide, this comment is the
// specification. The package holds no state and touches nothing.
//
// # Words and sentences
//
// A text is cut into words and sentences by package words, and every word is folded
// (NFC, small letters, ё as е, one apostrophe, no accents, digits joined). A run of more
// than 300 words without a full stop is cut, at a comma if there is one. A paragraph
// ends at a line break. All patterns are tried on every sentence, whatever its language.
//
// # Patterns
//
//	word      the whole word             *end     words that end so
//	begin*    words that begin so        #num     any number
//	a|b       one or the other           a_b      adjacent words, as one alternative
//	$name     the concept of that name, in the pattern's language
//	a b ~2 c  in this order, b next to a, up to two words between b and c
//	[a b c]~6 in any order, each at a word of its own, within seven words
//	^ a b     only at the beginning of a sentence
//	… !d      not where d stands in the match or up to four words around it
//
// Patterns under in_context count only where a word of the gate "subject" stands in the
// sentence, in the three before it or the one after, in its paragraph or in a text of
// fewer than six sentences: "he was killed in March" after "they mobilised the son". In a
// codebook without "subject" they always count.
//
// A codebook is compiled once: the words of all patterns into one trie that is walked
// once per word, each pattern waiting for the term that is expected to be rarest. The
// work is linear in the text.
//
// # Gate
//
// The same words describe Ukraine's own mobilisation and drafts inside Russia. Seven lists
// of the codebook fire on a sentence: territory (places), territory_words ("occupied"),
// own_state_draft, own_state (places of one's own state), russia_proper, elsewhere and
// past. A sentence with a signal for
// territory is open, or to be reviewed if another list fires too; "occupied" alone
// beside another land or time is blocked. A sentence that speaks only of another draft
// is blocked, but for review where its paragraph (for Russia, also the header) speaks of
// territory: men are moved. A sentence without signals takes the gate of its paragraph,
// then of the header (title and first paragraph), then of the nearest paragraph before
// that has a signal (open only if nothing in the text speaks of another draft), else it
// is blocked. Blocked sentences yield no statement. The document is blocked if it has no
// signal for territory or every coded sentence is blocked, open if all its statements
// are open and no sentence was blocked for another draft, and else to be reviewed. A gate
// is not control: who held a place on a day is a person's to check.
//
// # Modality
//
// Cues of the codebook govern words by their kind: denials, hedges and conditions the
// whole stretch up to a semicolon or a breaker ("but"); plans and advice their clause and
// what follows in the stretch; threats what follows; purpose ("in order to") what follows
// in its clause; a negator three words before the match or within it, if the verb it
// negates is not one of wanting or coming ("those who did not come"). Where several govern
// a match the order is: denied, advice, threatened, conditional, planned, negated,
// hedged. A question asserts nothing: it is hedged. What stands in another clause in a
// past form is not governed by a plan, threat, advice or condition. A plan's word counts
// for none where it is an infinitive in the sentence's own language. A cue that the pattern
// itself took ("without exam") does not count; nor, for a code with lack: true, does any
// negator ("he could not even shoot" says that he was not trained); nor, for a code with speech: true, do
// threats, conditions, and other cues from the match on (with speech: threat only threats
// and conditions). An infinitive that is the match's only verb is a plan, unless a verb of
// doing governs it ("began to", "forced to"). Otherwise the statement has occurred: as
// told, not as a fact. Of several matches of one code in one sentence one is told, and a
// plan prevails over an event unless they share no clause.
//
// # What is learned
//
// The built-in book's codes, modalities and gate are also learned from labelled reports
// (package classifier; cmd/svidok-train writes model.bin). Patterns, cues and the words of
// the gates are then signals among others: a code is suggested where its calibrated
// probability is one in three or more, and told as having happened where the learned
// modality and the rules agree, or the former is very sure. A text of up to 40 sentences
// passes the gate as a whole, by its words and by who held its places on the days that it
// speaks of; a sentence that speaks of another draft alone is still left out. A text that
// falls short, and not by much, names a place that was held and no other draft, is to be
// reviewed without statements: a person reads it. In a book of
// the user's own the gate's words decide; codes with the built-in definition are
// suggested, codes that the model does not know, or whose patterns were changed, count by
// their patterns. Explain says which words did it.
//
// # Quote
//
// The quote is the sentence. Of a sentence over 240 bytes it is the clauses that hold the
// match (with a neighbour if they are shorter than 80 bytes). text[Start:End] equals Quote
// always. One statement per code and sentence; several codes may share a quote.
package coding

import (
	_ "embed"
	"slices"
	"sync"

	"svidok/evidence"
	"svidok/words"
)

// Input is one text to be coded.
type Input struct {
	Text      string // UTF-8; offsets of statements are byte offsets into it
	Title     string // not part of Text; part of the document's header for the gate
	Outlet    string // who published it, as far as known
	Language  string // uk, ru, en, or "" to detect
	Published evidence.Date
	Cut       *words.Cut // of Text, if the caller has it: words.Cut.Read(Text)
}

// Result is what the codebook suggests of a text.
type Result struct {
	Language   string // uk, ru, en, other or und
	Gate       evidence.Gate
	Statements []evidence.Statement // by start, then by the codebook's order; IDs unset
	Figures    []evidence.Figure
	Origins    []evidence.Origin
}

// Problem is one fault of a codebook file. Line and Column count from 1 (columns in
// characters); 0 where the whole file is meant. Message says what is wrong and what to do.
type Problem struct {
	Line, Column int
	Message      string
}

// Code is one entry of the codebook, for display.
type Code struct {
	ID          string
	Group       string
	Tier        string // core or extended
	Sensitivity evidence.Sensitivity
	Name        map[string]string // by language
	Definition  string
	Include     string
	Exclude     string
}

// Group is a family of codes.
type Group struct {
	ID   string
	Name map[string]string // by language
}

//go:embed codebook/conscription.yaml
var builtin []byte

// Builtin returns the codebook that Svidok ships: YAML in UTF-8.
func Builtin() []byte { return append([]byte(nil), builtin...) }

// Codebook is a compiled codebook. It is immutable and safe for concurrent use.
type Codebook struct {
	name, version string
	codes         []Code
	rules         []codeRule // by code
	groups        []Group
	auto          *automaton
	learned       *learned
	own           bool      // its patterns are not those that the model has seen
	subject       bool      // the book says which words make a text one about conscription
	pool          sync.Pool // of *scratch
}

// codeRule is how a code departs from the common rules of modality.
type codeRule struct {
	speech   string            // the act is itself said: "true", "threat" or ""
	modality evidence.Modality // instead of occurred, where no cue says otherwise
	lack     bool              // what is told is itself a lack: a negator says it, and does not deny it
}

// Name returns the codebook's name.
func (b *Codebook) Name() string { return b.name }

// Version returns the codebook's version.
func (b *Codebook) Version() string { return b.version }

// Codes returns the codes in the order of the file.
func (b *Codebook) Codes() []Code { return slices.Clone(b.codes) }

// Groups returns the groups in the order of the file.
func (b *Codebook) Groups() []Group { return slices.Clone(b.groups) }
