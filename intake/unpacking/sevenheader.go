package unpacking

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/ulikunitz/xz/lzma"

	"svidok/evidence"
)

const (
	maxSevenHeader = 32 << 20 // bytes of a header, unpacked
	maxDictionary  = 1 << 30  // bytes of memory that a member may ask for
	maxCoders      = 32       // one behind the other
)

// The marks of 7zFormat.txt, LZMA SDK.
const (
	idEnd = iota
	idHeader
	idArchiveProperties
	idAdditionalStreams
	idMainStreams
	idFiles
	idPackInfo
	idUnpackInfo
	idSubStreams
	idSize
	idCRC
	idFolder
	idCodersUnpackSize
	idNumUnpackStream
	idEncodedHeader = 0x17
)

// seven walks through a header and believes no count in it: the library that opens the
// file sets aside memory for as many files as a header of a few bytes says there are.
type seven struct {
	b   []byte
	max uint64 // the largest count that the header may hold
	err error

	folders []folder
}

// folder is one chain of coders.
type folder struct {
	ids     [][]byte
	props   [][]byte
	outs    int
	sizes   []uint64
	streams uint64
	crc     bool
}

// soundSeven reports why a 7z file is not to be opened; nil: it may be.
func soundSeven(src io.ReaderAt, size int64, lim Limits) error {
	var start [32]byte
	if n, _ := src.ReadAt(start[:], 0); n < len(start) {
		return fmt.Errorf("a 7z file: it ends too early: %w", evidence.ErrFormat)
	}
	le := binary.LittleEndian
	at, n := le.Uint64(start[12:]), le.Uint64(start[20:])
	if crc32.ChecksumIEEE(start[12:]) != le.Uint32(start[8:]) {
		return fmt.Errorf("a 7z file: the checksum of its beginning is wrong: %w", evidence.ErrFormat)
	}
	switch {
	case n == 0:
		return nil // it holds nothing
	case n > maxSevenHeader:
		return fmt.Errorf("a 7z file whose header has %d bytes: not opened: %w", n, evidence.ErrLimit)
	case at > uint64(size)-32 || n > uint64(size)-32-at:
		return fmt.Errorf("a 7z file that ends before its header: cut short: %w", evidence.ErrFormat)
	}
	header := make([]byte, n)
	if k, err := src.ReadAt(header, 32+int64(at)); k < len(header) {
		return fmt.Errorf("a 7z file: its header cannot be read: %w: %w", evidence.ErrFormat, err)
	}
	if crc32.ChecksumIEEE(header) != le.Uint32(start[28:]) {
		return fmt.Errorf("a 7z file: the checksum of its header is wrong: %w", evidence.ErrFormat)
	}
	for range 4 {
		s := &seven{b: header, max: min(uint64(lim.Count), uint64(len(header)))}
		if len(header) == 0 || header[0] != idEncodedHeader {
			return s.header()
		}
		var err error
		if header, err = s.encoded(src, size); err != nil {
			return err
		}
	}
	return fmt.Errorf("a 7z file whose header is packed many times: not opened: %w", evidence.ErrLimit)
}

// encoded unpacks a packed header.
func (s *seven) encoded(src io.ReaderAt, size int64) ([]byte, error) {
	s.byte()
	pos, packed := s.streams()
	if s.err != nil {
		return nil, s.err
	}
	if len(s.folders) != 1 || len(packed) == 0 {
		return nil, s.odd("a header in several pieces")
	}
	f := s.folders[0]
	for _, id := range f.ids {
		if bytes.Equal(id, []byte{6, 0xf1, 7, 1}) {
			return nil, locked("the 7z file, names and all, is")
		}
	}
	want := f.sizes[len(f.sizes)-1]
	if want > maxSevenHeader {
		return nil, fmt.Errorf("a 7z file whose header has %d bytes: not opened: %w", want, evidence.ErrLimit)
	}
	if pos > uint64(size)-32 || packed[0] > uint64(size)-32-pos || len(f.ids) != 1 {
		return nil, s.odd("a header packed in a way that is not known, or that lies beyond the end")
	}
	in := io.NewSectionReader(src, 32+int64(pos), int64(packed[0]))
	var out io.Reader
	var err error
	switch id := f.ids[0]; {
	case bytes.Equal(id, []byte{0}):
		out = in
	case bytes.Equal(id, []byte{3, 1, 1}) && len(f.props[0]) == 5:
		begin := binary.LittleEndian.AppendUint64(bytes.Clone(f.props[0]), want)
		out, err = lzma.NewReader(io.MultiReader(bytes.NewReader(begin), in))
	case bytes.Equal(id, []byte{0x21}):
		out, err = lzma.Reader2Config{DictCap: maxSevenHeader}.NewReader2(in)
	default:
		return nil, s.odd("a header packed in a way that is not known")
	}
	if err != nil {
		return nil, fmt.Errorf("a 7z file: its header cannot be unpacked: %w: %w", evidence.ErrFormat, err)
	}
	b := make([]byte, want)
	if _, err := io.ReadFull(out, b); err != nil {
		return nil, fmt.Errorf("a 7z file: its header cannot be unpacked: %w: %w", evidence.ErrFormat, err)
	}
	return b, nil
}

func (s *seven) odd(what string) error {
	return evidence.WithHint(fmt.Errorf("a 7z file with %s: not opened: %w", what, evidence.ErrFormat), "unpack it, pack what comes out as zip, and add that")
}

func (s *seven) fail(what string) {
	if s.err == nil {
		s.err = s.odd(what)
	}
	s.b = nil
}

func (s *seven) byte() byte {
	if len(s.b) == 0 {
		s.fail("a header that ends too early")
		return idEnd
	}
	c := s.b[0]
	s.b = s.b[1:]
	return c
}

func (s *seven) take(n uint64) []byte {
	if n > uint64(len(s.b)) {
		s.fail("a header that ends too early")
		return nil
	}
	p := s.b[:n]
	s.b = s.b[n:]
	return p
}

// number is a number of one to nine bytes.
func (s *seven) number() uint64 {
	first := s.byte()
	var v uint64
	mask := byte(0x80)
	for i := range 8 {
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(s.byte()) << (8 * i)
		mask >>= 1
	}
	return v
}

// count is a number of things, each of which takes room in the header.
func (s *seven) count(most uint64) uint64 {
	n := s.number()
	if n > most {
		if s.err == nil {
			s.err = fmt.Errorf("a 7z file whose header names %d things where %d can be: not opened: %w", n, most, evidence.ErrLimit)
		}
		s.b = nil
		return 0
	}
	return n
}

func (s *seven) header() error {
	if s.byte() != idHeader {
		s.fail("a header that is none")
	}
	for s.err == nil {
		switch s.byte() {
		case idEnd:
			return s.err
		case idMainStreams:
			s.streams()
		case idFiles:
			s.count(s.max)
			for s.err == nil && s.byte() != idEnd {
				s.take(s.number())
			}
		default:
			s.fail("a header that is not understood")
		}
	}
	return s.err
}

// streams reads what is packed where; it returns where, and how many bytes each piece has.
func (s *seven) streams() (pos uint64, packed []uint64) {
	for s.err == nil {
		switch s.byte() {
		case idEnd:
			return pos, packed
		case idPackInfo:
			pos = s.number()
			packed = make([]uint64, s.count(s.max))
			for id := s.byte(); id != idEnd && s.err == nil; id = s.byte() {
				switch id {
				case idSize:
					for i := range packed {
						packed[i] = s.number()
					}
				case idCRC:
					s.digests(uint64(len(packed)))
				default:
					s.fail("a header that is not understood")
				}
			}
		case idUnpackInfo:
			s.unpackInfo()
		case idSubStreams:
			s.subStreams()
		default:
			s.fail("a header that is not understood")
		}
	}
	return pos, packed
}

// digests returns which of n have one.
func (s *seven) digests(n uint64) []bool {
	has := make([]bool, n)
	defined := n
	if s.byte() == 0 {
		defined = 0
		bits := s.take((n + 7) / 8)
		for i := range has {
			if i/8 < len(bits) && bits[i/8]&(0x80>>(i%8)) != 0 {
				has[i] = true
				defined++
			}
		}
	} else {
		for i := range has {
			has[i] = true
		}
	}
	s.take(4 * defined)
	return has
}

func (s *seven) unpackInfo() {
	if s.byte() != idFolder {
		s.fail("a header that is not understood")
	}
	s.folders = make([]folder, s.count(s.max))
	if s.byte() != 0 {
		s.fail("a header in several pieces")
	}
	for i := range s.folders {
		s.folder(&s.folders[i])
	}
	for id := s.byte(); id != idEnd && s.err == nil; id = s.byte() {
		switch id {
		case idCodersUnpackSize:
			for i := range s.folders {
				s.folders[i].sizes = make([]uint64, s.folders[i].outs)
				for k := range s.folders[i].sizes {
					s.folders[i].sizes[k] = s.number()
				}
			}
		case idCRC:
			for i, has := range s.digests(uint64(len(s.folders))) {
				s.folders[i].crc = has
			}
		default:
			s.fail("a header that is not understood")
		}
	}
	for i := range s.folders {
		if s.err == nil && len(s.folders[i].sizes) == 0 {
			s.fail("a header without sizes")
		}
		s.folders[i].streams = 1
	}
}

func (s *seven) folder(f *folder) {
	ins := uint64(0)
	for range s.count(maxCoders) {
		flags := s.byte()
		f.ids = append(f.ids, s.take(uint64(flags&0x0f)))
		in, out := uint64(1), uint64(1)
		if flags&0x10 != 0 {
			in, out = s.count(maxCoders), s.count(maxCoders)
		}
		ins, f.outs = ins+in, f.outs+int(out)
		var props []byte
		if flags&0x20 != 0 {
			props = s.take(s.number())
		}
		f.props = append(f.props, props)
		s.memory(f.ids[len(f.ids)-1], props)
		if flags&0xc0 != 0 {
			s.fail("a header that is not understood")
		}
	}
	if s.err == nil && (f.outs == 0 || ins < uint64(f.outs-1)) {
		s.fail("coders that do not fit")
	}
	if s.err != nil {
		return
	}
	for range 2 * (f.outs - 1) {
		s.number()
	}
	if left := ins - uint64(f.outs-1); left > 1 {
		for range left {
			s.number()
		}
	}
}

// memory bounds what LZMA, LZMA2 and PPMd ask for.
func (s *seven) memory(id, props []byte) {
	var n uint64
	switch {
	case (bytes.Equal(id, []byte{3, 1, 1}) || bytes.Equal(id, []byte{3, 4, 1})) && len(props) == 5:
		n = uint64(binary.LittleEndian.Uint32(props[1:]))
	case bytes.Equal(id, []byte{0x21}) && len(props) == 1:
		if n = 1 << 32; props[0] < 40 {
			n = uint64(2|props[0]&1) << (props[0]/2 + 11)
		}
	}
	if n > maxDictionary && s.err == nil {
		s.err = fmt.Errorf("a 7z file that asks for %d bytes of memory: not opened: %w", n, evidence.ErrLimit)
		s.b = nil
	}
}

func (s *seven) subStreams() {
	id := s.byte()
	if id == idNumUnpackStream {
		sum := uint64(0)
		for i := range s.folders {
			s.folders[i].streams = s.count(s.max)
			sum += s.folders[i].streams
		}
		if sum > s.max {
			s.fail("more streams than its header can name")
		}
		id = s.byte()
	}
	if id == idSize {
		for i := range s.folders {
			for k := uint64(1); k < s.folders[i].streams && s.err == nil; k++ {
				s.number()
			}
		}
		id = s.byte()
	}
	if id == idCRC {
		open := uint64(0)
		for _, f := range s.folders {
			if f.streams != 1 || !f.crc {
				open += f.streams
			}
		}
		s.digests(open)
		id = s.byte()
	}
	if id != idEnd {
		s.fail("a header that is not understood")
	}
}
