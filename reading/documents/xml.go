package documents

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"

	"golang.org/x/text/encoding/htmlindex"

	"svidok/evidence"
)

const (
	maxElements = 256        // deep
	maxXML      = 20_000_000 // tokens of one part
)

// node is the beginning of an element. Names are without prefix; it is beside.
type node struct {
	space string // prefix
	name  string
	attrs []xml.Attr
}

// attr gives an attribute by its local name.
func (n node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// handler is told what stands in a document. open says whether what lies within is wanted.
type handler struct {
	open  func(n node) bool
	close func(name string)
	text  func(s string)
}

// walk reads XML token by token. Entities of its own are not expanded: they are an error, as is
// everything that is not well-formed; what came before it was given.
func walk(b []byte, h handler) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}
	depth, skip := 0, 0 // skip: depth of an element that is not wanted
	for n := 0; ; n++ {
		if n > maxXML {
			return fmt.Errorf("read XML: more than %d tokens: %w", maxXML, evidence.ErrLimit)
		}
		t, err := d.RawToken()
		if err == io.EOF && depth == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read XML: %w: %w", evidence.ErrFormat, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxElements {
				return fmt.Errorf("read XML: elements more than %d deep: %w", maxElements, evidence.ErrLimit)
			}
			if skip == 0 && !h.open(node{t.Name.Space, t.Name.Local, t.Attr}) {
				skip = depth
			}
		case xml.EndElement:
			if depth == 0 {
				return fmt.Errorf("read XML: an end without a beginning: %w", evidence.ErrFormat)
			}
			switch {
			case skip == depth:
				skip = 0
			case skip == 0:
				h.close(t.Name.Local)
			}
			depth--
		case xml.CharData:
			if skip == 0 && depth > 0 {
				h.text(string(t))
			}
		}
	}
}
