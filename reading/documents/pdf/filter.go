package pdf

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"

	"golang.org/x/image/tiff/lzw"

	"svidok/evidence"
)

const (
	maxStream  = 64 << 20  // bytes that one stream may unpack to
	maxExpand  = 512 << 20 // bytes that all streams of a file may unpack to, each as often as it is used
	maxFilters = 8
)

// filters names the filters of a stream, in the order in which they are undone.
func (f *file) filters(d dict) (names []name, parms []dict) {
	filter, parm := f.get(first(d, "Filter", "F")), f.get(first(d, "DecodeParms", "DP"))
	if n, ok := filter.(name); ok {
		filter, parm = array{n}, array{parm}
	}
	list, _ := filter.(array)
	with, _ := parm.(array)
	for i, v := range list {
		n, _ := f.get(v).(name)
		var p dict
		if i < len(with) {
			p = f.dict(with[i])
		}
		names, parms = append(names, n), append(parms, p)
	}
	return names, parms
}

func first(d dict, keys ...name) any {
	for _, k := range keys {
		if v, ok := d[k]; ok {
			return v
		}
	}
	return nil
}

// data gives the content of a stream, decrypted and decoded. With an error comes what
// could be decoded before it.
func (f *file) data(s *stream) ([]byte, error) {
	if f.expand <= 0 {
		return nil, fmt.Errorf("unpack a stream of a PDF: %w", evidence.ErrLimit)
	}
	raw, names, parms := f.undo(s)
	for i, n := range names {
		var err error
		if raw, err = f.decode(raw, n, parms[i]); err != nil {
			return raw, err
		}
	}
	return raw, nil
}

// plain is data without decryption: for what is never encrypted.
func (f *file) plain(s *stream) ([]byte, error) {
	c := f.crypt
	f.crypt = nil
	defer func() { f.crypt = c }()
	return f.data(s)
}

// undo decrypts a stream and names the filters that remain.
func (f *file) undo(s *stream) ([]byte, []name, []dict) {
	names, parms := f.filters(s.dict)
	raw := s.raw
	if f.crypt != nil && s.num != 0 && s.dict["Type"] != name("XRef") && !(len(names) > 0 && names[0] == "Crypt") {
		f.expand -= len(raw)
		if f.expand < 0 {
			return nil, nil, nil
		}
		raw = f.crypt.decrypt(raw, ref{s.num, s.gen}, f.crypt.streams)
	}
	if len(names) > maxFilters {
		return nil, nil, nil
	}
	return raw, names, parms
}

func (f *file) decode(raw []byte, n name, parm dict) ([]byte, error) {
	var r io.Reader
	switch n {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil && len(raw) > 2 {
			r = flate.NewReader(bytes.NewReader(raw[2:])) // a damaged head
		} else if err == nil {
			r = z
		}
	case "LZWDecode", "LZW":
		r = lzw.NewReader(bytes.NewReader(raw), lzw.MSB, 8) // changes the width of codes early, as PDF does
	case "ASCII85Decode", "A85":
		raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("<~"))
		if i := bytes.IndexByte(raw, '~'); i >= 0 {
			raw = raw[:i]
		}
		r = ascii85.NewDecoder(bytes.NewReader(raw))
	case "ASCIIHexDecode", "AHx":
		l := lexer{b: raw, left: new(int)}
		r = bytes.NewReader([]byte(l.hex()))
	case "RunLengthDecode", "RL":
		r = &runs{b: raw}
	case "Crypt":
		return raw, nil
	default:
		return nil, fmt.Errorf("undo the filter %.40q of a PDF: not known: %w", string(n), evidence.ErrFormat)
	}
	if r == nil {
		return nil, fmt.Errorf("undo the filter %s of a PDF: no data: %w", n, evidence.ErrFormat)
	}
	out, err := f.drain(r)
	if p := f.int(parm["Predictor"]); p > 1 {
		out = f.unpredict(out, p, parm)
	}
	if len(out) == 0 && err != nil {
		return nil, err
	}
	if errors.Is(err, evidence.ErrLimit) {
		return nil, err
	}
	return out, nil // what a damaged stream still gives is taken
}

// drain reads what a decoder gives, within the bounds of one stream and of the file.
func (f *file) drain(r io.Reader) ([]byte, error) {
	room := min(maxStream, f.expand)
	out, err := io.ReadAll(io.LimitReader(r, int64(max(0, room))+1))
	f.expand -= len(out)
	if len(out) > room {
		f.reached(fmt.Sprintf("its streams unpack to more than %d MiB each or %d MiB together: not all is read", maxStream>>20, maxExpand>>20))
		return nil, fmt.Errorf("unpack a stream of a PDF: %w", evidence.ErrLimit)
	}
	if err != nil {
		err = fmt.Errorf("unpack a stream of a PDF: %w: %w", evidence.ErrFormat, err)
	}
	return out, err
}

// unpredict undoes PNG prediction, and TIFF's of bytes.
func (f *file) unpredict(b []byte, predictor int, parm dict) []byte {
	or := func(key name, other int) int {
		if v := f.int(parm[key]); v > 0 && v < 1<<20 {
			return v
		}
		return other
	}
	colors, bits, columns := or("Colors", 1), or("BitsPerComponent", 8), or("Columns", 1)
	if colors > 32 || bits > 16 {
		return nil
	}
	pixel := max(1, colors*bits/8)
	row := (columns*colors*bits + 7) / 8
	if predictor == 2 {
		if bits == 8 {
			for at := 0; at+row <= len(b); at += row {
				for i := pixel; i < row; i++ {
					b[at+i] += b[at+i-pixel]
				}
			}
		}
		return b
	}
	out := make([]byte, 0, len(b))
	prior := make([]byte, min(row, len(b)))
	row = len(prior)
	for row > 0 && len(b) > 1 {
		kind := b[0]
		n := min(row, len(b)-1)
		line := b[1 : 1+n]
		b = b[1+n:]
		unfilter(kind, line, prior, pixel)
		out = append(out, line...)
		copy(prior, line)
	}
	return out
}

// unfilter undoes one row's filter (PNG, ISO 15948, 9.2).
func unfilter(kind byte, line, prior []byte, pixel int) {
	for i := range line {
		var left, corner byte
		if i >= pixel {
			left, corner = line[i-pixel], prior[i-pixel]
		}
		up := prior[i]
		switch kind {
		case 1:
			line[i] += left
		case 2:
			line[i] += up
		case 3:
			line[i] += byte((int(left) + int(up)) / 2)
		case 4:
			p := int(left) + int(up) - int(corner)
			a, b, c := distance(p, int(left)), distance(p, int(up)), distance(p, int(corner))
			switch {
			case a <= b && a <= c:
				line[i] += left
			case b <= c:
				line[i] += up
			default:
				line[i] += corner
			}
		}
	}
}

func distance(a, b int) int { return max(a-b, b-a) }

// runs undoes run-length encoding.
type runs struct {
	b    []byte
	left int
	same bool
}

func (r *runs) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.left == 0 {
			if len(r.b) < 2 || r.b[0] == 128 {
				break
			}
			c := int(r.b[0])
			r.b = r.b[1:]
			if r.left, r.same = c+1, false; c > 128 {
				r.left, r.same = 257-c, true
			}
		}
		if len(r.b) == 0 {
			break
		}
		p[n] = r.b[0]
		n++
		r.left--
		if !r.same || r.left == 0 {
			r.b = r.b[1:]
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
