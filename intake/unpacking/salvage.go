package unpacking

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"svidok/evidence"
)

// salvage lists the members of a zip that has no directory, as one that was cut short
// has none: by the header before each.
func salvage(src io.ReaderAt, size int64, lim Limits, cause error) (*Archive, error) {
	a := &Archive{Damage: fmt.Errorf("a zip file without its directory: cut short, or none at all: %w: %w", evidence.ErrFormat, cause)}
	for at := int64(0); len(a.Members) < lim.Count; {
		found, h, ok := nextLocal(src, at, size)
		if !ok {
			break
		}
		if found-at > maxDescriptor || found > at && at == 0 {
			a.Notes = append(a.Notes, fmt.Sprintf("%d bytes from byte %d belong to no member that could be found", found-at, at))
		}
		m, end := salvaged(src, size, found, h, len(a.Members)+1, lim)
		a.Members = append(a.Members, m)
		at = max(end, found+1)
	}
	if len(a.Members) == 0 {
		return nil, a.Damage
	}
	a.Notes = append(a.Notes, "it has no directory: its members were found by what stands before each, and some may be missing")
	a.finish(lim)
	return a, nil
}

// nextLocal finds the next header from byte at on.
func nextLocal(src io.ReaderAt, at, size int64) (int64, local, bool) {
	buf := make([]byte, 256<<10)
	for at < size-localHeaderSize {
		n, _ := src.ReadAt(buf[:min(int64(len(buf)), size-at)], at) // what cannot be read ends it
		i := bytes.Index(buf[:n], []byte(localHeader))
		if i < 0 {
			if n < len(buf) {
				break
			}
			at += int64(n - len(localHeader) + 1)
			continue
		}
		at += int64(i)
		var fixed [localHeaderSize]byte
		if n, _ = src.ReadAt(fixed[:], at); n < len(fixed) {
			break
		}
		le := binary.LittleEndian
		b := make([]byte, localHeaderSize+int(le.Uint16(fixed[26:]))+int(le.Uint16(fixed[28:])))
		if le.Uint16(fixed[8:]) > 99 || le.Uint16(fixed[26:]) == 0 || int64(len(b)) > size-at { // no method has such a number
			at++
			continue
		}
		n, _ = src.ReadAt(b, at)
		if h, ok := parseLocal(b[:n]); ok && h.size > localHeaderSize {
			h.name = bytes.Clone(h.name)
			return at, h, true
		}
		at++
	}
	return 0, local{}, false
}

// salvaged describes a member by the header before it. Where that does not say how many
// bytes it has (a stream's), it is inflated once to find its end.
func salvaged(src io.ReaderAt, size, at int64, h local, index int, lim Limits) (Member, int64) {
	m := Member{Index: index, Name: string(h.name), Size: int64(min(h.opened, 1<<62))}
	data := at + h.size
	end := data + int64(min(h.packed, uint64(max(0, size-data))))
	want, known := h.crc, true
	switch {
	case h.flags&flagLocked != 0:
		m.Refused = locked("it is")
	case h.method != zip.Store && h.method != zip.Deflate:
		m.Refused = fmt.Errorf("compressed by method %d, which is not known without a directory: not opened: %w", h.method, evidence.ErrRefused)
	case bytes.HasSuffix(h.name, []byte("/")):
		m.Refused = fmt.Errorf("a folder: %w", ErrNoFile)
	case h.flags&flagDescriptor != 0 && h.packed == 0 && h.method == zip.Store:
		end, want, known = findDescriptor(src, data, size)
	case h.flags&flagDescriptor != 0 && h.packed == 0:
		end, want, known = findEnd(src, data, size, lim)
	case uint64(size-data) < h.packed:
		known = false
	}
	n := end - data
	m.open = func() (io.ReadCloser, error) {
		var r io.ReadCloser = io.NopCloser(io.NewSectionReader(src, data, n))
		if h.method == zip.Deflate {
			r = flate.NewReader(bufio.NewReader(r))
		}
		b := &bounded{ReadCloser: r, in: func() int64 { return n }, ratio: lim.Ratio}
		return &summed{b, want, known, crc32.NewIEEE()}, nil
	}
	return m, end
}

// findDescriptor finds the end of a stored member by what stands behind it, APPNOTE 4.3.9:
// a signature, a checksum and the number of bytes that lie between. If it is not there,
// the member goes on to the next header, or to the end.
func findDescriptor(src io.ReaderAt, data, size int64) (end int64, crc uint32, known bool) {
	buf := make([]byte, 256<<10)
	le := binary.LittleEndian
	for at := data; at < size; {
		n, _ := src.ReadAt(buf[:min(int64(len(buf)), size-at)], at) // what cannot be read ends it
		for i := 0; i+16 <= n; i++ {
			k := bytes.Index(buf[i:n-12], []byte("PK\x07\x08"))
			if k < 0 {
				break
			}
			i += k
			if here := at + int64(i); i+16 <= n && int64(le.Uint32(buf[i+8:])) == here-data {
				return here, le.Uint32(buf[i+4:]), true
			}
		}
		if n < len(buf) {
			break
		}
		at += int64(n - 16)
	}
	if next, _, ok := nextLocal(src, data, size); ok {
		return next, 0, false
	}
	return size, 0, false
}

// findEnd inflates a member to find where it ends, and reads what stands behind it.
func findEnd(src io.ReaderAt, data, size int64, lim Limits) (end int64, crc uint32, known bool) {
	in := &exact{r: bufio.NewReader(io.NewSectionReader(src, data, size-data))}
	z := flate.NewReader(in)
	out := &bounded{ReadCloser: z, in: func() int64 { return in.n }, ratio: lim.Ratio}
	if _, err := io.Copy(io.Discard, out); err != nil {
		return data + in.n, 0, false
	}
	end = data + in.n
	var b [8]byte
	if n, _ := src.ReadAt(b[:], end); n < len(b) {
		return end, 0, false
	}
	if string(b[:4]) == "PK\x07\x08" {
		return end, binary.LittleEndian.Uint32(b[4:]), true
	}
	return end, binary.LittleEndian.Uint32(b[:]), true
}

// exact counts the bytes that an inflater takes: it is an io.ByteReader, so it takes none
// too many.
type exact struct {
	r *bufio.Reader
	n int64
}

func (e *exact) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.n += int64(n)
	return n, err
}

// ReadByte returns the next byte.
func (e *exact) ReadByte() (byte, error) {
	c, err := e.r.ReadByte()
	if err == nil {
		e.n++
	}
	return c, err
}

// summed checks a checksum, where one is known, and says where none is.
type summed struct {
	io.ReadCloser
	want  uint32
	known bool
	sum   hash.Hash32
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.sum.Write(p[:n])
	if err == io.EOF {
		switch {
		case !s.known:
			return n, fmt.Errorf("it ends too early, or nothing says where: %w", evidence.ErrFormat)
		case s.sum.Sum32() != s.want:
			return n, fmt.Errorf("its checksum is wrong: %w", evidence.ErrFormat)
		}
	}
	return n, err
}

// unicodePath reads the extra field 0x7075 of Info-ZIP: the name in UTF-8, with the
// checksum of the name that it stands for.
func unicodePath(extra []byte, name string) (string, bool) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		tag, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		v := extra[4 : 4+n]
		if tag == 0x7075 && n > 5 && v[0] == 1 && le.Uint32(v[1:]) == crc32.ChecksumIEEE([]byte(name)) {
			return string(v[5:]), true
		}
		extra = extra[4+n:]
	}
	return "", false
}
