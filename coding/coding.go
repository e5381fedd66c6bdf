package coding

import (
	_ "embed"
	"slices"
	"sync"

	"svidok/evidence"
)

// Input is one text to be coded.
type Input struct {
	Text      string // UTF-8; offsets of statements are byte offsets into it
	Title     string // not part of Text; part of the document's header for the gate
	Language  string // uk, ru, en, or "" to detect
	Published evidence.Date
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
	pool          sync.Pool // of *scratch
}

// codeRule is how a code departs from the common rules of modality.
type codeRule struct {
	speech   bool              // the act is itself said: a threat, promise or decree
	modality evidence.Modality // instead of occurred, where no cue says otherwise
}

// Name returns the codebook's name.
func (b *Codebook) Name() string { return b.name }

// Version returns the codebook's version.
func (b *Codebook) Version() string { return b.version }

// Codes returns the codes in the order of the file.
func (b *Codebook) Codes() []Code { return slices.Clone(b.codes) }

// Groups returns the groups in the order of the file.
func (b *Codebook) Groups() []Group { return slices.Clone(b.groups) }
