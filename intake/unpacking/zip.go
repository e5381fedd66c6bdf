package unpacking

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"svidok/evidence"
)

// The parts of a zip file, APPNOTE 4.3.
const (
	localHeader     = "PK\x03\x04"
	localHeaderSize = 30
	maxDescriptor   = 24 // what may follow a member's bytes: signature, CRC-32, two sizes of 8 bytes

	flagLocked     = 1 << 0
	flagDescriptor = 1 << 3
	flagUTF8       = 1 << 11
)

// Zip opens a zip file by the directory at its end; if there is none, by what stands
// before each member.
func Zip(src io.ReaderAt, size int64, lim Limits) (*Archive, error) {
	lim = lim.withDefaults()
	var z *zip.Reader
	err := guarded("a zip file", func() (err error) {
		z, err = zip.NewReader(&directoryReader{src, int64(lim.Count)*512 + 1<<20}, size)
		return err
	})
	switch {
	case errors.Is(err, evidence.ErrLimit):
		return nil, err
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return salvage(src, size, lim, err)
	}
	if len(z.File) > lim.Count {
		return nil, fmt.Errorf("a zip file of more than %d members: not opened: %w", lim.Count, evidence.ErrLimit)
	}
	// The library that listed it read the directory only; what it opens is read without a bound.
	if z, err = zip.NewReader(src, size); err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, broken(err)
	}
	decompressors(z)
	a := &Archive{}
	places := make([]extent, 0, len(z.File))
	for i, f := range z.File {
		if f.Mode().IsDir() && f.UncompressedSize64 == 0 {
			continue
		}
		m, place := zipMember(src, f, i+1, lim)
		place.member = len(a.Members)
		a.Members = append(a.Members, m)
		if place.to > place.from {
			places = append(places, place)
		}
	}
	a.overlaps(places, size)
	a.finish(lim)
	return a, nil
}

// directoryReader bounds what the directory may take.
type directoryReader struct {
	io.ReaderAt
	left int64
}

func (d *directoryReader) ReadAt(p []byte, off int64) (int, error) {
	if d.left -= int64(len(p)); d.left < 0 {
		return 0, fmt.Errorf("the directory of a zip file is too large: %w", evidence.ErrLimit)
	}
	return d.ReaderAt.ReadAt(p, off)
}

func decompressors(z *zip.Reader) {
	z.RegisterDecompressor(12, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	z.RegisterDecompressor(93, func(r io.Reader) io.ReadCloser {
		d, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return io.NopCloser(&failing{err})
		}
		return d.IOReadCloser()
	})
	z.RegisterDecompressor(95, func(r io.Reader) io.ReadCloser {
		d, err := xz.NewReader(r)
		if err != nil {
			return io.NopCloser(&failing{err})
		}
		return io.NopCloser(d)
	})
}

// extent is where a member lies in the file.
type extent struct {
	from, to int64
	member   int
}

func zipMember(src io.ReaderAt, f *zip.File, index int, lim Limits) (Member, extent) {
	m := Member{Index: index, Name: f.Name, Size: int64(min(f.UncompressedSize64, 1<<62)), Modified: zipTime(&f.FileHeader)}
	if f.NonUTF8 {
		if name, ok := unicodePath(f.Extra, f.Name); ok {
			m.Name, m.Stored = name, f.Name
		}
	}
	var place extent
	data, err := f.DataOffset()
	if err == nil {
		place = extent{from: data - localHeaderSize, to: data + int64(min(f.CompressedSize64, 1<<62))}
		if h, at, ok := localBefore(src, data); ok {
			place.from = at
			m.disagree(f, h)
		}
	}
	switch {
	case f.Flags&flagLocked != 0:
		m.Refused = locked("it is")
	case err != nil:
		m.Refused = fmt.Errorf("the directory names it, but where it should stand is none: %w", evidence.ErrFormat)
	case f.Mode()&fs.ModeType != 0:
		m.Refused = fmt.Errorf("a link or a device: %w", ErrNoFile)
	case !slices.Contains([]uint16{zip.Store, zip.Deflate, 12, 93, 95}, f.Method):
		m.Refused = evidence.WithHint(fmt.Errorf("compressed by method %d, which is not known: not opened: %w", f.Method, evidence.ErrRefused),
			"unpack it with the program that made it, and add what comes out")
	}
	packed := int64(min(f.CompressedSize64, 1<<62))
	m.open = func() (rc io.ReadCloser, err error) {
		bad := guarded("a zip file", func() error { rc, err = f.Open(); return nil })
		if bad != nil {
			return nil, bad
		}
		if err != nil {
			return nil, broken(err)
		}
		return &bounded{ReadCloser: &guardedReader{&checked{rc}, "a zip file"}, in: func() int64 { return packed }, ratio: lim.Ratio}, nil
	}
	return m, place
}

// checked puts words to the errors of the library.
type checked struct{ io.ReadCloser }

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	switch {
	case errors.Is(err, zip.ErrChecksum):
		err = fmt.Errorf("its checksum is wrong: %w", evidence.ErrFormat)
	case errors.Is(err, zip.ErrFormat):
		err = fmt.Errorf("its bytes are not as many as the directory says: %w", evidence.ErrFormat)
	}
	return n, err
}

// zipTime: with a zone only if an extra field says the time in UTC (NTFS, Unix, extended
// time stamp); the clock of DOS has none.
func zipTime(h *zip.FileHeader) string {
	if h.Modified.Year() < 1980 { // DOS has no earlier; a day of zero is read as one
		return ""
	}
	for extra := h.Extra; len(extra) >= 4; {
		tag, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		if tag == 0x5455 || tag == 0x000a || tag == 0x000d || tag == 0x5855 {
			return h.Modified.UTC().Format(time.RFC3339)
		}
		extra = extra[4+n:]
	}
	return h.Modified.Format("2006-01-02T15:04:05")
}

// local is what stands before a member's bytes, APPNOTE 4.3.7.
type local struct {
	flags, method  uint16
	crc            uint32
	packed, opened uint64
	name           []byte
	size           int64 // of the header itself
}

func parseLocal(b []byte) (local, bool) {
	if len(b) < localHeaderSize || string(b[:4]) != localHeader {
		return local{}, false
	}
	le := binary.LittleEndian
	n, e := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	h := local{flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), crc: le.Uint32(b[14:]), packed: uint64(le.Uint32(b[18:])),
		opened: uint64(le.Uint32(b[22:])), size: int64(localHeaderSize + n + e)}
	if len(b) < int(h.size) {
		return h, false
	}
	h.name = b[localHeaderSize : localHeaderSize+n]
	for extra := b[localHeaderSize+n : h.size]; len(extra) >= 4; { // zip64
		tag, k := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if k > len(extra)-4 {
			break
		}
		if v := extra[4 : 4+k]; tag == 1 {
			if h.opened == 1<<32-1 && len(v) >= 8 {
				h.opened, v = le.Uint64(v), v[8:]
			}
			if h.packed == 1<<32-1 && len(v) >= 8 {
				h.packed = le.Uint64(v)
			}
		}
		extra = extra[4+k:]
	}
	return h, true
}

// localBefore finds the header that ends where a member's bytes begin.
func localBefore(src io.ReaderAt, data int64) (local, int64, bool) {
	for _, window := range []int64{1 << 10, localHeaderSize + 2*(1<<16)} {
		window = min(window, data)
		b := make([]byte, window)
		if n, err := src.ReadAt(b, data-window); n < len(b) && err != nil {
			return local{}, 0, false
		}
		for end := len(b); ; {
			i := bytes.LastIndex(b[:end], []byte(localHeader))
			if i < 0 {
				break
			}
			if h, ok := parseLocal(b[i:]); ok && h.size == int64(len(b)-i) {
				return h, data - window + int64(i), true
			}
			end = i + 3
		}
	}
	return local{}, 0, false
}

// disagree says where the header before a member and the directory differ.
func (m *Member) disagree(f *zip.File, h local) {
	if string(h.name) != f.Name {
		m.problem("before its bytes stands the name %q, in the directory another: the directory is followed", clip(string(h.name)))
	}
	if h.method != f.Method {
		m.problem("before its bytes stands method %d, in the directory %d: the directory is followed", h.method, f.Method)
	}
	if (h.flags^f.Flags)&flagLocked != 0 {
		m.problem("only one of directory and header says that it is locked with a password: the directory is followed")
	}
	if h.flags&flagDescriptor == 0 && (h.crc != f.CRC32 || h.packed != f.CompressedSize64 || h.opened != f.UncompressedSize64) {
		m.problem("before its bytes stand another size or checksum than in the directory: the directory is followed")
	}
}

// overlaps refuses members that lie over one another, and notes what belongs to none.
func (a *Archive) overlaps(places []extent, size int64) {
	slices.SortFunc(places, func(x, y extent) int {
		switch {
		case x.from != y.from:
			return int(min(max(x.from-y.from, -1), 1))
		}
		return int(min(max(x.to-y.to, -1), 1))
	})
	var last extent
	for i, p := range places {
		if i > 0 && p.from < last.to {
			for _, k := range []int{p.member, last.member} {
				a.Members[k].Refused = fmt.Errorf("it lies over another member of the file, as in a bomb: not opened: %w", evidence.ErrLimit)
			}
		}
		if gap := p.from - last.to; (i == 0 && gap > 0) || gap > maxDescriptor {
			where := "between two members"
			if i == 0 {
				where = "at its beginning"
			}
			a.Notes = append(a.Notes, fmt.Sprintf("%d bytes %s, from byte %d, belong to no member: a program before it, or one that was taken out", gap, where, last.to))
		}
		if p.to > last.to {
			last = p
		}
	}
	if last.to > size {
		a.Notes = append(a.Notes, "its directory names bytes beyond its end: it is cut short")
	}
}
