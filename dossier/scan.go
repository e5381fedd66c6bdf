package dossier

import (
	"bytes"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"svidok/evidence"
)

// The scanner reads the canonical JSON of a record many times faster than evidence.Decode.
// It knows the members of a type in their order and the one way in which each value is
// written. It either is sure that the bytes are canonical, or gives up: then
// evidence.Decode decides. It is never surer than Decode (FuzzScan holds it to that).

type shape int

const (
	shapeString shape = iota
	shapeHash
	shapeTime
	shapeInt
	shapeFloat
	shapeBool
	shapeObject
	shapeList
)

// schema is a type as the scanner knows it.
type schema struct {
	shape  shape
	fields []schemaField // of an object
	elem   *schema       // of a list
}

type schemaField struct {
	key      []byte // `"name":`
	optional bool   // left out when empty
	of       *schema
}

// schemaOf builds the schema of a record type by reflection, once per verification. Types
// that it does not know make the scanner give up on every value.
func schemaOf(t reflect.Type) *schema {
	switch {
	case t == reflect.TypeFor[evidence.Hash]():
		return &schema{shape: shapeHash}
	case t == reflect.TypeFor[time.Time]():
		return &schema{shape: shapeTime}
	}
	switch t.Kind() {
	case reflect.String:
		return &schema{shape: shapeString}
	case reflect.Int, reflect.Int64:
		return &schema{shape: shapeInt}
	case reflect.Float64:
		return &schema{shape: shapeFloat}
	case reflect.Bool:
		return &schema{shape: shapeBool}
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Slice:
		return &schema{shape: shapeList, elem: schemaOf(t.Elem())}
	case reflect.Struct:
		s := &schema{shape: shapeObject}
		for f := range t.Fields() {
			name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			s.fields = append(s.fields, schemaField{key: []byte(`"` + name + `":`), optional: opts != "", of: schemaOf(f.Type)})
		}
		return s
	}
	return &schema{shape: shape(-1)}
}

// scanner walks one record. values holds, by number of the member, the raw value of the
// outermost object (strings without their quotes, still escaped); element is called for
// every object in a list that is a member of the outermost object.
type scanner struct {
	b       []byte
	i       int
	depth   int
	values  [2][24][]byte
	element func(member int, values *[24][]byte)
}

// scan reports whether b is surely the canonical form of the schema's type.
func (s *scanner) scan(b []byte, of *schema) bool {
	s.b, s.i, s.depth = b, 0, 0
	clear(s.values[0][:])
	return s.object(of) && s.i == len(b)-1 && b[s.i] == '\n'
}

func (s *scanner) take(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) object(of *schema) bool {
	if !s.take('{') || s.depth > 8 {
		return false
	}
	level := s.depth
	s.depth++
	first := true
	for n := range of.fields {
		f := &of.fields[n]
		at := s.i
		if !first && !s.take(',') || !bytes.HasPrefix(s.b[s.i:], f.key) {
			s.i = at
			if f.optional {
				continue
			}
			return false
		}
		first = false
		s.i += len(f.key)
		from := s.i
		if !s.value(f.of, n) || f.optional && emptyValue(s.b[from:s.i]) {
			return false
		}
		if level < len(s.values) && n < len(s.values[level]) {
			s.values[level][n] = s.b[from:s.i]
		}
	}
	s.depth--
	return s.take('}')
}

// emptyValue: what omitempty and omitzero would have left out, or might have.
func emptyValue(v []byte) bool {
	switch string(v) {
	case `""`, "0", "false", "[]", "{}":
		return true
	}
	return false
}

func (s *scanner) value(of *schema, member int) bool {
	switch of.shape {
	case shapeString:
		return s.str()
	case shapeHash:
		return s.hash()
	case shapeTime:
		return s.time()
	case shapeInt:
		return s.number(false)
	case shapeFloat:
		return s.number(true)
	case shapeBool:
		return s.word("true") || s.word("false")
	case shapeObject:
		if s.depth < len(s.values) {
			clear(s.values[s.depth][:])
		}
		return s.object(of)
	case shapeList:
		return s.list(of, member)
	}
	return false
}

func (s *scanner) word(w string) bool {
	if bytes.HasPrefix(s.b[s.i:], []byte(w)) {
		s.i += len(w)
		return true
	}
	return false
}

func (s *scanner) list(of *schema, member int) bool {
	if !s.take('[') {
		return false
	}
	top := s.depth == 1
	for {
		if !s.value(of.elem, member) {
			return false
		}
		if top && of.elem.shape == shapeObject && s.element != nil {
			s.element(member, &s.values[1])
		}
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// str takes a string in the one way that encoding/json writes it without HTML escaping.
func (s *scanner) str() bool {
	if !s.take('"') {
		return false
	}
	from, wide := s.i, false
	for s.i < len(s.b) {
		c := s.b[s.i]
		switch {
		case c == '"':
			raw := s.b[from:s.i]
			s.i++
			return !wide || utf8.Valid(raw) && !bytes.Contains(raw, []byte("\u2028")) && !bytes.Contains(raw, []byte("\u2029"))
		case c == '\\':
			if !s.escape() {
				return false
			}
			continue
		case c < 0x20:
			return false
		case c >= 0x80:
			wide = true
		}
		s.i++
	}
	return false
}

// escape takes one escape at s.i; the rare ones are left to Decode.
func (s *scanner) escape() bool {
	if s.i+1 >= len(s.b) {
		return false
	}
	switch s.b[s.i+1] {
	case '"', '\\', 'n', 'r', 't':
		s.i += 2
		return true
	}
	return false
}

func (s *scanner) hash() bool {
	if s.i+66 > len(s.b) || s.b[s.i] != '"' || s.b[s.i+65] != '"' {
		return false
	}
	zero := true
	for _, c := range s.b[s.i+1 : s.i+65] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
		zero = zero && c == '0'
	}
	s.i += 66
	return !zero
}

// time takes RFC 3339 in UTC with the seconds' fraction as short as it can be.
func (s *scanner) time() bool {
	end := bytes.IndexByte(s.b[s.i:min(len(s.b), s.i+40)], 'Z')
	if end < 20 || s.b[s.i] != '"' || s.i+end+1 >= len(s.b) || s.b[s.i+end+1] != '"' {
		return false
	}
	v := s.b[s.i+1 : s.i+end]
	const form = "0000-00-00T00:00:00"
	for i := range form {
		if form[i] == '0' && (v[i] < '0' || v[i] > '9') || form[i] != '0' && v[i] != form[i] {
			return false
		}
	}
	two := func(i int) int { return int(v[i]-'0')*10 + int(v[i+1]-'0') }
	if m, d := two(5), two(8); m < 1 || m > 12 || d < 1 || d > 28 && (d > 31 || m == 2 || d == 31 && (m == 4 || m == 6 || m == 9 || m == 11)) {
		return false
	}
	if two(11) > 23 || two(14) > 59 || two(17) > 59 {
		return false
	}
	if frac := v[len(form):]; len(frac) > 0 {
		if len(frac) < 2 || len(frac) > 10 || frac[0] != '.' || frac[len(frac)-1] == '0' {
			return false
		}
		for _, c := range frac[1:] {
			if c < '0' || c > '9' {
				return false
			}
		}
	}
	s.i += end + 2
	return true
}

// number takes an integer, or a decimal fraction of at most 15 digits, as encoding/json
// writes it; all others are left to Decode.
func (s *scanner) number(fraction bool) bool {
	from := s.i
	digits, point := 0, -1
	for s.i < len(s.b) {
		c := s.b[s.i]
		if c == '.' && point < 0 && fraction && digits > 0 {
			point = s.i
		} else if c >= '0' && c <= '9' {
			digits++
		} else {
			break
		}
		s.i++
	}
	v := s.b[from:s.i]
	if digits == 0 || digits > 15 || len(v) > 1 && v[0] == '0' && point != from+1 {
		return false
	}
	if point >= 0 && (v[len(v)-1] == '0' || v[len(v)-1] == '.' || bytes.HasPrefix(v, []byte("0.00000"))) {
		return false
	}
	return true
}

// unquoted is the value of a scanned string: its escapes undone where it has any.
func unquoted(v []byte) []byte {
	if len(v) < 2 {
		return nil
	}
	v = v[1 : len(v)-1]
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' {
			out = append(out, v[i])
			continue
		}
		i++
		switch v[i] {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		default:
			out = append(out, v[i])
		}
	}
	return out
}
