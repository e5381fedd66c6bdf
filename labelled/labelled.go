// Package labelled reads reports that people have labelled sentence by sentence: the
// texts that the classifier learns from and that the readers are measured on.
//
// # Format
//
// A file is UTF-8 text and holds reports, set apart by blank lines:
//
//	# LANGUAGE PUBLISHED GATE REGISTER ID
//	! the title (optional; not part of the text)
//	CODES | one sentence
//	@place WORDS CODE
//	@when FROM TO PRECISION | WORDS
//	@figure VALUE OPERATOR KIND | WORDS
//	@origin NAME | WORDS
//
// PUBLISHED is a day as 2024-05-31, or -. GATE is open or blocked: whether the report
// speaks of drafting or enlisting in territory that was occupied on the day it speaks of.
// CODES are set apart by blanks, each as GROUP.NAME for what is told as having happened,
// or GROUP.NAME=MODALITY; - for none. Lines that begin with @ are about the sentence
// above them and quote its words. A blank line within a report begins a paragraph.
package labelled

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"svidok/evidence"
)

// Report is one labelled report.
type Report struct {
	ID, Language, Register string
	Published              string // as 2024-05-31, or ""
	Open                   bool   // its gate
	Title                  string
	Text                   string // sentences joined by a blank (a line break after one without a full stop), paragraphs by an empty line
	Sentences              []Sentence
	Line                   int // of its header, from 1
}

// Sentence is one sentence of a report: Text[Start:End].
type Sentence struct {
	Start, End int
	Paragraph  int
	Codes      []Label
	Places     []Place
	Whens      []When
	Figures    []Figure
	Origins    []Origin
	Line       int
}

// Label is one code and how the sentence puts it.
type Label struct {
	Code     string
	Modality evidence.Modality
}

// Place is a place, its unit in the official codifier, or "-" if it has none.
type Place struct{ Words, ID string }

// When is a stretch of days, both as 2024-05-31 or "-".
type When struct{ From, To, Precision, Words string }

// Figure is a number claimed. Value is as written: one number, or two as 10-20.
type Figure struct{ Value, Operator, Kind, Words string }

// Origin is who says so, under its canonical name.
type Origin struct{ Name, Words string }

// Problem is one fault of a file; Line counts from 1.
type Problem struct {
	Line    int
	Message string
}

func (p Problem) String() string { return fmt.Sprintf("%d: %s", p.Line, p.Message) }

// parser holds what is known while a file is read.
type parser struct {
	line     int
	reports  []Report
	problems []Problem
	text     strings.Builder
	fresh    bool // a paragraph begins
	closed   bool // no report, or an unreadable header
}

// Parse reads a file. Reports with problems are returned as far as they can be read.
func Parse(src []byte) ([]Report, []Problem) {
	p := &parser{closed: true}
	for _, line := range strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n") {
		p.line++
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			p.fresh = true
		case strings.HasPrefix(line, "# "):
			p.finish()
			p.header(strings.Fields(line[2:]))
		case p.closed:
			p.fault("text outside a report: begin one with # LANGUAGE PUBLISHED GATE REGISTER ID")
		case strings.HasPrefix(line, "! "):
			p.reports[len(p.reports)-1].Title = strings.TrimSpace(line[2:])
		case strings.HasPrefix(line, "@"):
			p.note(line)
		default:
			p.sentence(line)
		}
	}
	p.finish()
	return p.reports, p.problems
}

func (p *parser) fault(format string, args ...any) {
	p.problems = append(p.problems, Problem{p.line, fmt.Sprintf(format, args...)})
}

func (p *parser) finish() {
	if !p.closed && len(p.reports) > 0 {
		r := &p.reports[len(p.reports)-1]
		r.Text = p.text.String()
		if len(r.Sentences) == 0 {
			p.problems = append(p.problems, Problem{r.Line, "the report " + r.ID + " has no sentence"})
		}
	}
	p.text.Reset()
	p.closed, p.fresh = true, false
}

func (p *parser) header(f []string) {
	if len(f) != 5 {
		p.fault("a header has five fields: # LANGUAGE PUBLISHED GATE REGISTER ID")
		return
	}
	r := Report{Language: f[0], Register: f[3], ID: f[4], Open: f[2] == "open", Line: p.line}
	if f[1] != "-" {
		r.Published = f[1]
		if !day(f[1]) {
			p.fault("%q is no day; write it as 2024-05-31, or -", f[1])
		}
	}
	p.oneOf("language", f[0], "uk", "ru", "en")
	p.oneOf("gate", f[2], "open", "blocked")
	p.oneOf("register", f[3], "official", "newsroom", "channel", "witness", "ngo", "surzhyk", "legal", "mixed")
	if slices.ContainsFunc(p.reports, func(o Report) bool { return o.ID == r.ID }) {
		p.fault("the id %s stands twice in this file", r.ID)
	}
	p.reports = append(p.reports, r)
	p.closed, p.fresh = false, false
}

func (p *parser) oneOf(what, got string, want ...string) {
	if !slices.Contains(want, got) {
		p.fault("%s %q: want one of %s", what, got, strings.Join(want, ", "))
	}
}

// parting is what stands between a sentence and the next: a blank, or a line break after
// one without a full stop, as people write in channels.
func parting(before string) byte {
	last, _ := utf8.DecodeLastRuneInString(before)
	if unicode.IsLetter(last) || unicode.IsDigit(last) || last == ')' || unicode.IsSymbol(last) {
		return '\n'
	}
	return ' '
}

func day(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func (p *parser) sentence(line string) {
	codes, text, ok := strings.Cut(line, "|")
	text = strings.TrimSpace(text)
	if !ok || text == "" {
		p.fault("a line is CODES | sentence")
		return
	}
	s := Sentence{Line: p.line}
	for _, c := range strings.Fields(codes) {
		if c == "-" {
			continue
		}
		code, modality, put := strings.Cut(c, "=")
		l := Label{code, evidence.Modality(modality)}
		if !put {
			l.Modality = evidence.Occurred
		}
		if !l.Modality.Known() {
			p.fault("%s: unknown modality %q", code, modality)
			continue
		}
		if slices.ContainsFunc(s.Codes, func(o Label) bool { return o.Code == code }) {
			p.fault("%s stands twice on one sentence", code)
			continue
		}
		s.Codes = append(s.Codes, l)
	}
	if strings.TrimSpace(codes) == "" {
		p.fault("no codes; write - for none")
	}
	r := &p.reports[len(p.reports)-1]
	if !r.Open && len(s.Codes) > 0 {
		p.fault("codes in a report whose gate is blocked")
	}
	if n := len(r.Sentences); n > 0 {
		s.Paragraph = r.Sentences[n-1].Paragraph
		if p.fresh {
			s.Paragraph++
			p.text.WriteString("\n\n")
		} else {
			p.text.WriteByte(parting(p.text.String()))
		}
	}
	p.fresh = false
	s.Start = p.text.Len()
	p.text.WriteString(text)
	s.End = p.text.Len()
	r.Sentences = append(r.Sentences, s)
}

// note reads a line about the sentence above.
func (p *parser) note(line string) {
	r := &p.reports[len(p.reports)-1]
	if len(r.Sentences) == 0 {
		p.fault("a note without a sentence above it")
		return
	}
	s := &r.Sentences[len(r.Sentences)-1]
	kind, rest, _ := strings.Cut(line, " ")
	left, quoted, barred := strings.Cut(rest, "|")
	left, quoted = strings.TrimSpace(left), strings.TrimSpace(quoted)
	f := strings.Fields(left)
	switch {
	case kind == "@place" && !barred && len(f) >= 2:
		id := f[len(f)-1]
		quoted = strings.TrimSpace(strings.TrimSuffix(left, id))
		s.Places = append(s.Places, Place{quoted, id})
	case kind == "@place" && barred && left != "" && quoted != "":
		quoted, left = left, quoted
		s.Places = append(s.Places, Place{quoted, left})
	case kind == "@when" && len(f) == 3 && quoted != "":
		s.Whens = append(s.Whens, When{f[0], f[1], f[2], quoted})
		for _, d := range f[:2] {
			if d != "-" && !day(d) {
				p.fault("%q is no day; write it as 2024-05-31", d)
			}
		}
	case kind == "@figure" && len(f) == 3 && quoted != "":
		s.Figures = append(s.Figures, Figure{f[0], f[1], f[2], quoted})
		p.oneOf("operator", f[1], "exact", "at_least", "about", "up_to", "more_than")
	case kind == "@origin" && left != "" && quoted != "":
		s.Origins = append(s.Origins, Origin{left, quoted})
	default:
		p.fault("cannot read this note: %s", line)
		return
	}
	if !strings.Contains(p.text.String()[s.Start:s.End], quoted) {
		p.fault("the words %q do not stand in the sentence above", quoted)
	}
}
