package corroboration

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"svidok/evidence"
)

// Words in a shingle, and significant bits of its hash.
const (
	shingleWords = 5
	shingleBits  = 48
	shingleBytes = shingleBits / 8
)

// set is what the index needs to know of a text.
type set struct {
	words    int
	sequence uint64   // hash of all words in order
	shingles []uint64 // 48-bit hashes, ascending, distinct
}

// Layout of a sketch: version, number of words (uvarint), hash of the sequence (8 bytes,
// little-endian), then each shingle (6 bytes, little-endian), ascending.
const sketchVersion = 1

// Sketch returns what [Index.AddSketch] and [Index.Load] need of a text: about 15 bytes and six
// for each shingle. It is pure, deterministic and safe to call on all cores.
func Sketch(text string) []byte {
	var r reader
	r.read(text)
	return r.encoded()
}

// encoded returns the sketch of the words that were read last.
func (r *reader) encoded() []byte {
	s := r.set()
	b := make([]byte, 0, 1+binary.MaxVarintLen32+8+shingleBytes*len(s.shingles)+2)
	b = append(b, sketchVersion)
	b = binary.AppendUvarint(b, uint64(s.words))
	b = binary.LittleEndian.AppendUint64(b, s.sequence)
	for _, v := range s.shingles {
		b = binary.LittleEndian.AppendUint64(b, v)
		b = b[:len(b)-(8-shingleBytes)]
	}
	return b
}

// decode reads a sketch into s, reusing its memory.
func (s *set) decode(b []byte) error {
	if len(b) < 1 || b[0] != sketchVersion {
		return fmt.Errorf("not a sketch of version %d: %w", sketchVersion, evidence.ErrFormat)
	}
	n, k := binary.Uvarint(b[1:])
	rest := b[1+max(k, 0):]
	if k <= 0 || n > 1<<31 || len(rest) < 8 || (len(rest)-8)%shingleBytes != 0 {
		return fmt.Errorf("sketch of %d bytes: cut or malformed: %w", len(b), evidence.ErrFormat)
	}
	s.words, s.sequence = int(n), binary.LittleEndian.Uint64(rest)
	rest = rest[8:]
	count := len(rest) / shingleBytes
	if count > max(0, s.words-shingleWords+1) || (count == 0) != (s.words < shingleWords) {
		return fmt.Errorf("sketch of %d words with %d shingles: %w", n, count, evidence.ErrFormat)
	}
	s.shingles = slices.Grow(s.shingles[:0], count)
	last := int64(-1)
	for ; len(rest) > 0; rest = rest[shingleBytes:] {
		v := int64(binary.LittleEndian.Uint32(rest)) | int64(binary.LittleEndian.Uint16(rest[4:]))<<32
		if v <= last {
			return fmt.Errorf("sketch with shingles out of order: %w", evidence.ErrFormat)
		}
		last = v
		s.shingles = append(s.shingles, uint64(v))
	}
	return nil
}

// set returns what is to be known of the words that were read last. Its shingles are
// valid until the next call.
func (r *reader) set() set {
	r.shingles()
	for i := range r.grams {
		r.grams[i] >>= 64 - shingleBits
	}
	return set{words: len(r.hashes), sequence: sequenceOf(r.hashes), shingles: r.distinct()}
}

// Odd multipliers of the two polynomials: the 64-bit golden ratio and a prime of XXH64.
const (
	shingleBase  = 0x9E3779B97F4A7C15
	sequenceBase = 0xC2B2AE3D27D4EB4F
)

// shingles makes the 64-bit hash of every run of five words, in order of the text.
func (r *reader) shingles() []uint64 {
	const top = shingleBase * shingleBase % (1 << 64) * shingleBase % (1 << 64) * shingleBase % (1 << 64)
	r.grams = slices.Grow(r.grams[:0], len(r.hashes))
	var h uint64
	for i, w := range r.hashes {
		if i >= shingleWords {
			h -= r.hashes[i-shingleWords] * top
		}
		h = h*shingleBase + w
		if i >= shingleWords-1 {
			r.grams = append(r.grams, mix(h))
		}
	}
	return r.grams
}

func sequenceOf(hashes []uint64) uint64 {
	h := uint64(len(hashes))
	for _, w := range hashes {
		h = mix(h*sequenceBase + w)
	}
	return h
}

// mix is the finalizer of MurmurHash3 (Appleby): a bijection that spreads every bit.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xFF51AFD7ED558CCD
	h ^= h >> 33
	h *= 0xC4CEB9FE1A85EC53
	return h ^ h>>33
}

// distinct returns the 48-bit shingles sorted and without repetitions.
func (r *reader) distinct() []uint64 {
	v := r.grams
	if len(v) < 16 || len(v) > 1<<12 {
		slices.Sort(v)
		return slices.Compact(v)
	}
	// Hashes are spread evenly: after one pass that puts each near its place, insertion
	// sort has next to nothing to do.
	var place [1 << 12]uint16
	k := bits.Len(uint(len(v) - 1))
	shift := shingleBits - k
	for _, h := range v {
		place[h>>shift]++
	}
	sum := uint16(0)
	for i := range place[:1<<k] {
		place[i], sum = sum, sum+place[i]
	}
	out := slices.Grow(r.sorted[:0], len(v))[:len(v)]
	r.sorted = out
	for _, h := range v {
		out[place[h>>shift]] = h
		place[h>>shift]++
	}
	for i := 1; i < len(out); i++ {
		h, j := out[i], i
		for ; j > 0 && out[j-1] > h; j-- {
			out[j] = out[j-1]
		}
		out[j] = h
	}
	return slices.Compact(out)
}
