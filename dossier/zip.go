package dossier

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"

	"svidok/evidence"
)

// base is the one folder that a bundle unpacks to (RFC 8493 section 4.2 asks for one).
const base = "svidok-dossier/"

const (
	localSize   = 30
	centralSize = 46
	endSize     = 22
	zipLimit    = math.MaxUint32 - 1 // no ZIP64: larger bundles are refused
	maxMembers  = math.MaxUint16 - 1
	maxName     = 255
	dosEpoch    = 0x0021 // 1980-01-01, the one date of every member
)

// member is one stored file of the zip.
type member struct {
	name   string // base included
	size   int64
	crc    uint32
	offset int64 // of its local header
}

// local returns the local header of m. Source: PKWARE APPNOTE 6.3, section 4.3.7.
func (m member) local() []byte {
	b := make([]byte, 0, localSize+len(m.name))
	b = append(b, 'P', 'K', 3, 4)
	b = m.common(b)
	return append(b, m.name...)
}

// common appends the fields that local and central headers share: version 1.0, no flags,
// stored, the epoch, checksum, both sizes, length of the name, no extra field.
func (m member) common(b []byte) []byte {
	le := binary.LittleEndian
	for _, v := range []uint16{10, 0, 0, 0, dosEpoch} {
		b = le.AppendUint16(b, v)
	}
	b = le.AppendUint32(b, m.crc)
	b = le.AppendUint32(b, uint32(m.size))
	b = le.AppendUint32(b, uint32(m.size))
	b = le.AppendUint16(b, uint16(len(m.name)))
	return le.AppendUint16(b, 0)
}

// central returns the central directory header of m (section 4.3.12): made on Unix, a
// regular file with mode 0644.
func (m member) central() []byte {
	le := binary.LittleEndian
	b := append(make([]byte, 0, centralSize+len(m.name)), 'P', 'K', 1, 2)
	b = le.AppendUint16(b, 3<<8|10)
	b = m.common(b)
	for range 3 { // no comment, disk 0, no internal attributes
		b = le.AppendUint16(b, 0)
	}
	b = le.AppendUint32(b, 0o100644<<16)
	b = le.AppendUint32(b, uint32(m.offset))
	return append(b, m.name...)
}

// directory returns the central directory and the end record (section 4.3.16).
func directory(members []member, at int64) []byte {
	var b []byte
	for _, m := range members {
		b = append(b, m.central()...)
	}
	size := len(b)
	le := binary.LittleEndian
	b = append(b, 'P', 'K', 5, 6, 0, 0, 0, 0)
	b = le.AppendUint16(b, uint16(len(members)))
	b = le.AppendUint16(b, uint16(len(members)))
	b = le.AppendUint32(b, uint32(size))
	b = le.AppendUint32(b, uint32(at))
	return le.AppendUint16(b, 0)
}

// Container is a zipped bundle whose every byte is accounted for. It serves the files in
// the zip as an fs.FS (through its embedded Reader).
type Container struct {
	*zip.Reader
	size    int64
	members int
}

// OpenZip walks a zip strictly as Write writes it: members stored one after the other in
// the order of their names, each with its checksum; one central directory; nothing else.
// A zip of any other form, and any changed byte of it, is refused with ErrFormat or
// ErrTampered: the contents may still be whole, so unpack it and verify the folder.
func OpenZip(r io.ReaderAt, size int64) (*Container, error) {
	members, err := walkZip(r, size)
	if err != nil {
		return nil, evidence.WithHint(fmt.Errorf("container re-packed or damaged: %w", err),
			"unpack and verify the folder to check the contents alone")
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("open the zip: %w: %w", evidence.ErrFormat, err)
	}
	return &Container{Reader: z, size: size, members: len(members)}, nil
}

func walkZip(r io.ReaderAt, size int64) ([]member, error) {
	if size > zipLimit {
		return nil, fmt.Errorf("a zip of %d bytes: %w", size, evidence.ErrLimit)
	}
	var members []member
	var at int64
	last := ""
	buf := make([]byte, 64<<10)
	for {
		m, err := walkMember(r, at, size, buf)
		if err != nil {
			return nil, err
		}
		if m == nil {
			break
		}
		if m.name <= last || len(members) >= maxMembers {
			return nil, fmt.Errorf("byte %d: member %q is out of order: %w", at, m.name, evidence.ErrFormat)
		}
		last = m.name
		members = append(members, *m)
		at += localSize + int64(len(m.name)) + m.size
	}
	want := directory(members, at)
	if size-at != int64(len(want)) {
		return nil, fmt.Errorf("byte %d: the directory has %d bytes, not %d: %w", at, size-at, len(want), evidence.ErrFormat)
	}
	got := make([]byte, len(want))
	if _, err := r.ReadAt(got, at); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	if !bytes.Equal(got, want) {
		return nil, fmt.Errorf("byte %d: the directory is not the one of these members: %w", at, evidence.ErrFormat)
	}
	return members, nil
}

// walkMember reads the member whose local header stands at this offset; nil where the
// directory begins.
func walkMember(r io.ReaderAt, at, size int64, buf []byte) (*member, error) {
	bad := func(why string) error { return fmt.Errorf("byte %d: %s: %w", at, why, evidence.ErrFormat) }
	head := make([]byte, localSize)
	if size-at < endSize {
		return nil, bad("the zip ends early")
	}
	n, err := r.ReadAt(head, at)
	if err != nil && err != io.EOF || n < 4 {
		return nil, fmt.Errorf("byte %d: read a header: %w: %w", at, evidence.ErrFormat, err)
	}
	if string(head[:4]) == "PK\x01\x02" || string(head[:4]) == "PK\x05\x06" {
		return nil, nil
	}
	if n < localSize {
		return nil, bad("a header is cut off")
	}
	le := binary.LittleEndian
	nameLen := int64(le.Uint16(head[26:]))
	m := &member{size: int64(le.Uint32(head[18:])), crc: le.Uint32(head[14:]), offset: at}
	from := at + localSize + nameLen
	if nameLen == 0 || nameLen > maxName || from+m.size > size {
		return nil, bad("a member reaches beyond the zip")
	}
	name := make([]byte, nameLen)
	if _, err := r.ReadAt(name, at+localSize); err != nil && err != io.EOF {
		return nil, fmt.Errorf("byte %d: read a name: %w", at, err)
	}
	m.name = string(name)
	if !strings.HasPrefix(m.name, base) || !plainPath(m.name) {
		return nil, bad(fmt.Sprintf("member %q does not belong here", m.name))
	}
	if !bytes.Equal(m.local()[:localSize], head) {
		return nil, bad(fmt.Sprintf("the header of %s is not as Svidok writes it", m.name))
	}
	sum := crc32.NewIEEE()
	if _, err := io.CopyBuffer(sum, onlyReader{io.NewSectionReader(r, from, m.size)}, buf); err != nil {
		return nil, fmt.Errorf("read %s: %w", m.name, err)
	}
	if sum.Sum32() != m.crc {
		return nil, fmt.Errorf("%s: checksum differs: %w", m.name, evidence.ErrTampered)
	}
	return m, nil
}

// onlyReader hides WriteTo, so that CopyBuffer uses our buffer.
type onlyReader struct{ io.Reader }

// plainPath reports whether p is a relative slash path of plain ASCII names.
func plainPath(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
		for i := range len(part) {
			c := part[i]
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// zipWriter writes members one after the other; each is given with its size and checksum
// beforehand, and refused if the bytes turn out otherwise.
type zipWriter struct {
	w       io.Writer
	at      int64
	members []member
}

func (z *zipWriter) add(name string, size int64, crc uint32, write func(io.Writer) error) error {
	m := member{name: base + name, size: size, crc: crc, offset: z.at}
	if z.at+size+int64(len(m.name))*2+localSize+centralSize+endSize > zipLimit || len(z.members) >= maxMembers {
		return evidence.WithHint(fmt.Errorf("a bundle above 4 GiB: %w", evidence.ErrLimit), "release fewer events at once, or leave the originals out")
	}
	if _, err := z.w.Write(m.local()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum := &meter{w: z.w, crc: crc32.NewIEEE()}
	if err := write(sum); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if sum.n != size || sum.crc.Sum32() != crc {
		return fmt.Errorf("write %s: its bytes changed between two readings: %w", name, evidence.ErrTampered)
	}
	z.members = append(z.members, m)
	z.at += localSize + int64(len(m.name)) + size
	return nil
}

func (z *zipWriter) close() error {
	end := directory(z.members, z.at)
	if z.at+int64(len(end)) > zipLimit {
		return fmt.Errorf("a bundle above 4 GiB: %w", evidence.ErrLimit)
	}
	z.at += int64(len(end))
	if _, err := z.w.Write(end); err != nil {
		return fmt.Errorf("write the directory of the zip: %w", err)
	}
	return nil
}

// meter counts and sums what passes.
type meter struct {
	w   io.Writer
	n   int64
	crc interface {
		io.Writer
		Sum32() uint32
	}
	sha io.Writer
}

func (m *meter) Write(p []byte) (int, error) {
	m.n += int64(len(p))
	m.crc.Write(p)
	if m.sha != nil {
		m.sha.Write(p)
	}
	if m.w == nil {
		return len(p), nil
	}
	return m.w.Write(p)
}
