package dossier

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"

	"svidok/evidence"
)

// facts are what the verifier of a case must know of one record: what it names, and where
// its quotes stand. The slices are good until the next record is read.
type facts struct {
	kind    evidence.Kind
	links   []link
	text    evidence.Hash // the text in which the anchors stand
	anchors []anchor
	size    int64         // of the text (text records) or the payload (captures)
	decided any           // evidence.Decision, Event, Account, Case, Stamp, Cosigned, or a comparison (Custody), whole
	by      string        // who the record says acted; empty for machines
	payload evidence.Hash // of a capture; of a text: what it was read from
	capture evidence.Hash
}

// link is a hash that a record names, and what must be found under it.
type link struct {
	to   evidence.Hash
	want evidence.Kind // of a record; empty: an object that is no record
}

// anchor is a quote at its place. ID and code are empty for figures and origins.
type anchor struct {
	id, code, quote []byte
	start, end      int
}

// reader decodes records, the frequent kinds by scanning.
type recordReader struct {
	scanner                      scanner
	capture, text, coding, copyS *schema
	f                            facts
}

func newRecordReader() *recordReader {
	r := &recordReader{capture: schemaOf(reflect.TypeFor[evidence.Capture]()), text: schemaOf(reflect.TypeFor[evidence.Text]()),
		coding: schemaOf(reflect.TypeFor[evidence.Coding]()), copyS: schemaOf(reflect.TypeFor[evidence.Copy]())}
	r.scanner.element = r.element
	return r
}

// read checks that b is the canonical form of a record, and returns its facts.
func (r *recordReader) read(b []byte) (*facts, error) {
	r.f = facts{links: r.f.links[:0], anchors: r.f.anchors[:0]}
	if r.fast(b) {
		return &r.f, nil
	}
	r.f = facts{links: r.f.links[:0], anchors: r.f.anchors[:0]}
	h, err := evidence.HeadOf(b)
	if err != nil {
		return nil, err
	}
	if h.V != 1 {
		return nil, fmt.Errorf("a record of version %d: %w", h.V, evidence.ErrFormat)
	}
	r.f.kind = h.Kind
	if err := r.slow(b); err != nil {
		return nil, fmt.Errorf("a record of kind %q: %w", clip(string(h.Kind)), err)
	}
	return &r.f, nil
}

// fast scans captures, texts, codings and copies. The numbers are those of the members in
// package evidence; TestSchemasKnowTheirMembers holds them.
func (r *recordReader) fast(b []byte) bool {
	const lead = len(`{"v":1,"kind":"`)
	if len(b) < lead+8 || string(b[:lead]) != `{"v":1,"kind":"` {
		return false
	}
	v, f := &r.scanner.values[0], &r.f
	switch string(b[lead : lead+4]) {
	case "capt":
		if !r.scanner.scan(b, r.capture) || string(v[1]) != `"capture"` {
			return false
		}
		f.kind, f.payload, f.size = evidence.KindCapture, rawHash(v[2]), rawInt(v[3])
		f.link(f.payload, "")
		f.link(rawHash(v[8]), evidence.KindCapture)
	case "text":
		if !r.scanner.scan(b, r.text) || string(v[1]) != `"text"` {
			return false
		}
		f.kind, f.capture, f.payload, f.text, f.size = evidence.KindText, rawHash(v[2]), rawHash(v[3]), rawHash(v[4]), rawInt(v[5])
		f.link(f.capture, evidence.KindCapture)
		f.link(f.text, "")
	case "codi":
		if !r.scanner.scan(b, r.coding) || string(v[1]) != `"coding"` {
			return false
		}
		f.kind, f.capture, f.text = evidence.KindCoding, rawHash(v[2]), rawHash(v[3])
		f.link(f.capture, evidence.KindCapture)
		f.link(f.text, "")
		f.link(rawHash(v[4]), "")
	case "copy":
		if !r.scanner.scan(b, r.copyS) || string(v[1]) != `"copy"` {
			return false
		}
		f.kind = evidence.KindCopy
		f.link(rawHash(v[2]), "")
		f.link(rawHash(v[3]), "")
	default:
		return false
	}
	return true
}

// element takes the statements, figures and origins of a coding.
func (r *recordReader) element(member int, v *[24][]byte) {
	switch member {
	case 7: // statements
		r.f.anchors = append(r.f.anchors, anchor{unquoted(v[0]), unquoted(v[1]), unquoted(v[5]), int(rawInt(v[6])), int(rawInt(v[7]))})
	case 8: // figures
		r.f.anchors = append(r.f.anchors, anchor{quote: unquoted(v[6]), start: int(rawInt(v[7])), end: int(rawInt(v[8]))})
	case 9: // origins
		r.f.anchors = append(r.f.anchors, anchor{quote: unquoted(v[2]), start: int(rawInt(v[3])), end: int(rawInt(v[4]))})
	}
}

func (f *facts) link(to evidence.Hash, want evidence.Kind) {
	if !to.IsZero() {
		f.links = append(f.links, link{to, want})
	}
}

// rawHash reads a scanned hash; a member that is not there gives the zero hash.
func rawHash(v []byte) (h evidence.Hash) {
	if len(v) == 66 {
		if _, err := hex.Decode(h[:], v[1:65]); err != nil {
			return evidence.Hash{}
		}
	}
	return h
}

func rawInt(v []byte) int64 {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// slow decodes any kind.
func (r *recordReader) slow(b []byte) error {
	f := &r.f
	switch f.kind {
	case evidence.KindCapture:
		v, err := evidence.Decode[evidence.Capture](b)
		f.payload, f.size = v.Payload, v.Size
		f.link(v.Payload, "")
		f.link(v.Parent, evidence.KindCapture)
		return err
	case evidence.KindText:
		v, err := evidence.Decode[evidence.Text](b)
		f.capture, f.payload, f.text, f.size = v.Capture, v.Payload, v.Text, int64(v.Size)
		f.link(v.Capture, evidence.KindCapture)
		f.link(v.Text, "")
		return err
	case evidence.KindCoding:
		v, err := evidence.Decode[evidence.Coding](b)
		r.slowCoding(v)
		return err
	case evidence.KindCopy:
		v, err := evidence.Decode[evidence.Copy](b)
		f.link(v.Text, "")
		f.link(v.Other, "")
		return err
	case evidence.KindCodebook:
		v, err := evidence.Decode[evidence.CodebookUse](b)
		f.by = v.By
		f.link(v.YAML, "")
		return err
	case evidence.KindRelease:
		v, err := evidence.Decode[evidence.Release](b)
		f.by = v.By
		return err
	}
	return r.slowJudgment(b)
}

func (r *recordReader) slowCoding(v evidence.Coding) {
	f := &r.f
	f.capture, f.text = v.Capture, v.Text
	f.link(v.Capture, evidence.KindCapture)
	f.link(v.Text, "")
	f.link(v.Codebook, "")
	for _, s := range v.Statements {
		f.anchors = append(f.anchors, anchor{[]byte(s.ID), []byte(s.Code), []byte(s.Quote), s.Start, s.End})
	}
	for _, g := range v.Figures {
		f.anchors = append(f.anchors, anchor{quote: []byte(g.Quote), start: g.Start, end: g.End})
	}
	for _, o := range v.Origins {
		f.anchors = append(f.anchors, anchor{quote: []byte(o.Quote), start: o.Start, end: o.End})
	}
}

func (r *recordReader) slowJudgment(b []byte) error {
	f := &r.f
	switch f.kind {
	case evidence.KindDecision:
		v, err := evidence.Decode[evidence.Decision](b)
		f.decided, f.by = v, v.By
		f.link(v.Reason, "")
		if s := v.Statement; s != nil {
			f.capture, f.text = s.Capture, s.Text
			f.link(s.Capture, evidence.KindCapture)
			f.link(s.Text, "")
			f.anchors = append(f.anchors, anchor{[]byte(s.ID), []byte(s.Code), []byte(s.Quote), s.Start, s.End})
		}
		return err
	case evidence.KindEvent:
		v, err := evidence.Decode[evidence.Event](b)
		f.decided, f.by = v, v.By
		return err
	case evidence.KindAccount:
		v, err := evidence.Decode[evidence.Account](b)
		f.decided, f.by = v, v.By
		return err
	case evidence.KindCase:
		v, err := evidence.Decode[evidence.Case](b)
		f.decided = v
		return err
	}
	return r.slowKept(b)
}
