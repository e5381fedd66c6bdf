package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
)

// filmType tells sound and film by their first bytes.
func filmType(b []byte, claim string) string {
	if len(b) < 12 {
		return ""
	}
	switch head := string(b[:4]); {
	case b[0] == 0 && string(b[4:8]) == "ftyp":
		switch brand := string(b[8:12]); {
		case brand == "qt  ":
			return "video/quicktime"
		case strings.HasPrefix(brand, "M4A"), strings.HasPrefix(brand, "M4B"):
			return "audio/mp4"
		case strings.HasPrefix(brand, "3g"):
			return "video/3gpp"
		}
		return "video/mp4"
	case b[0] == 0 && (string(b[4:8]) == "moov" || string(b[4:8]) == "mdat" || string(b[4:8]) == "wide"):
		return "video/quicktime"
	case head == "\x1aE\xdf\xa3":
		if bytes.Contains(b[:min(len(b), 64)], []byte("webm")) {
			return "video/webm"
		}
		return "video/x-matroska"
	case head == "OggS":
		if strings.HasPrefix(claim, "video/") {
			return "video/ogg"
		}
		return "audio/ogg"
	case head == "fLaC":
		return "audio/flac"
	case head == "RIFF" && string(b[8:12]) == "WAVE":
		return "audio/wav"
	case head == "RIFF" && string(b[8:12]) == "AVI ":
		return "video/x-msvideo"
	case strings.HasPrefix(head, "ID3") && b[3] < 16, b[0] == 0xff && b[1]&0xe6 == 0xe2 && strings.HasPrefix(claim, "audio/"):
		return "audio/mpeg"
	case head == "#!AM" && string(b[4:6]) == "R\n":
		return "audio/amr"
	}
	return ""
}

// film describes sound and film. What is said in them is not read.
func (d *Description) film(b []byte, mediaType string) {
	d.Unread = append(d.Unread, "sound or film, not read: not transcribed")
	before := len(d.Details)
	switch mediaType {
	case "video/mp4", "video/quicktime", "audio/mp4", "video/3gpp":
		m := &movie{d: d}
		m.boxes(b, 0, "")
		m.done()
	case "video/webm", "video/x-matroska":
		d.matroska(b)
	case "audio/mpeg":
		d.id3(b)
	case "audio/ogg", "video/ogg":
		d.ogg(b)
	case "audio/flac":
		d.flac(b)
	case "audio/wav", "video/x-msvideo":
		d.riff(b)
	}
	if len(d.Details) == before {
		d.Problems = append(d.Problems, "nothing about its tracks can be told: it may be cut short")
	}
}

const (
	maxBoxes   = 20_000
	maxBoxDeep = 12
)

// movie reads the boxes of ISO base media files and QuickTime (ISO 14496-12).
type movie struct {
	d      *Description
	n      int
	tracks []string
	track  string
	keys   []string
}

func (m *movie) boxes(b []byte, depth int, parent string) {
	for len(b) >= 8 && m.n < maxBoxes && depth < maxBoxDeep {
		m.n++
		size, kind, head := int(binary.BigEndian.Uint32(b)), string(b[4:8]), 8
		switch {
		case size == 1 && len(b) >= 16:
			long := binary.BigEndian.Uint64(b[8:])
			if long > uint64(len(b)) {
				long = uint64(len(b))
			}
			size, head = int(long), 16
		case size == 0:
			size = len(b)
		}
		if size < head || size > len(b) {
			if depth == 0 {
				m.d.Problems = append(m.d.Problems, fmt.Sprintf("it is cut short, or broken, within its box %q", clean4(kind)))
			}
			size = len(b)
		}
		if size < head {
			return
		}
		m.box(kind, b[head:size], depth, parent)
		b = b[size:]
	}
}

func clean4(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "?") }

func (m *movie) box(kind string, b []byte, depth int, parent string) {
	switch kind {
	case "moov", "mdia", "minf", "stbl", "udta":
		m.boxes(b, depth+1, kind)
	case "trak":
		m.track = ""
		m.boxes(b, depth+1, kind)
		if m.track != "" && len(m.tracks) < 100 {
			m.tracks = append(m.tracks, strings.TrimSpace(m.track))
		}
	case "meta":
		if len(b) >= 8 && string(b[4:8]) != "hdlr" {
			b = b[4:] // version and flags, which QuickTime leaves out
		}
		m.boxes(b, depth+1, kind)
	case "ftyp":
		if len(b) >= 4 {
			m.d.add("film.brand", clean4(string(b[:4])), false)
		}
	case "mvhd", "mdhd":
		m.times(kind, b)
	case "tkhd":
		if len(b) >= 8 {
			m.size(b[len(b)-8:])
		}
	case "hdlr":
		if len(b) >= 12 && parent == "mdia" {
			m.track = clean4(string(b[8:12])) + " " + m.track
		}
	case "stsd":
		if len(b) >= 16 {
			m.track += " codec " + clean4(string(b[12:16]))
		}
	case "keys":
		m.readKeys(b)
	case "ilst":
		m.items(b)
	default:
		if parent == "udta" && len(b) >= 4 && kind[0] == 0xa9 {
			m.d.add("film."+m.name(kind), guessed(b[4:]), true)
		}
	}
}

// size: two numbers of 16.16 bits.
func (m *movie) size(b []byte) {
	if w, h := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[4:]); w > 0 && h > 0 {
		m.track += fmt.Sprintf(" %d × %d", w, h)
	}
}

// times reads creation, modification and duration of a movie header; of a track's, its language.
func (m *movie) times(kind string, b []byte) {
	var created, modified, scale, length uint64
	switch {
	case len(b) >= 32 && b[0] == 1:
		created, modified = binary.BigEndian.Uint64(b[4:]), binary.BigEndian.Uint64(b[12:])
		scale, length = uint64(binary.BigEndian.Uint32(b[20:])), binary.BigEndian.Uint64(b[24:])
		b = b[32:]
	case len(b) >= 20 && b[0] == 0:
		created, modified = uint64(binary.BigEndian.Uint32(b[4:])), uint64(binary.BigEndian.Uint32(b[8:]))
		scale, length = uint64(binary.BigEndian.Uint32(b[12:])), uint64(binary.BigEndian.Uint32(b[16:]))
		b = b[20:]
	default:
		return
	}
	if kind == "mdhd" {
		if len(b) >= 2 {
			if v := binary.BigEndian.Uint16(b); v > 0x400 && v < 0x8000 {
				m.track += " language " + clean4(string([]byte{byte(v>>10&31) + 0x60, byte(v>>5&31) + 0x60, byte(v&31) + 0x60}))
			}
		}
		return
	}
	m.d.add("film.created", since1904(created), false)
	m.d.add("film.modified", since1904(modified), false)
	if scale > 0 {
		m.d.duration(float64(length) / float64(scale))
	}
}

// since1904: UTC, by the standard; some cameras write their local time.
func since1904(seconds uint64) string {
	if seconds == 0 || seconds > 1<<34 {
		return ""
	}
	return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second).Format(time.RFC3339)
}

func (d *Description) duration(seconds float64) {
	if seconds > 0 && seconds < 1e7 && !math.IsNaN(seconds) {
		d.add("film.duration", fmt.Sprintf("%.3f s", seconds), false)
	}
}

func (m *movie) readKeys(b []byte) {
	if len(b) < 8 {
		return
	}
	for b = b[8:]; len(b) >= 8 && len(m.keys) < 200; {
		size := int(binary.BigEndian.Uint32(b))
		if size < 8 || size > len(b) {
			return
		}
		m.keys = append(m.keys, string(b[8:size]))
		b = b[size:]
	}
}

// items reads the metadata list of QuickTime and iTunes.
func (m *movie) items(b []byte) {
	for n := 0; len(b) >= 8 && n < 200; n++ {
		size := int(binary.BigEndian.Uint32(b))
		if size < 24 || size > len(b) {
			return
		}
		id, data := b[4:8], b[8:size]
		b = b[size:]
		if string(data[4:8]) != "data" || binary.BigEndian.Uint32(data[8:])&0xffffff != 1 { // UTF-8
			continue
		}
		name := m.name(string(id))
		if i := int(binary.BigEndian.Uint32(id)); i >= 1 && i <= len(m.keys) {
			name = m.name(m.keys[i-1])
		}
		m.d.add("film."+name, guessed(data[16:]), true)
	}
}

func (m *movie) name(key string) string {
	switch key {
	case "\xa9xyz", "com.apple.quicktime.location.ISO6709":
		return "gps"
	case "\xa9nam":
		return "title"
	case "\xa9day", "com.apple.quicktime.creationdate":
		return "date"
	case "\xa9too", "\xa9swr", "com.apple.quicktime.software":
		return "software"
	case "\xa9ART", "\xa9aut":
		return "artist"
	case "\xa9cmt":
		return "comment"
	case "\xa9mak":
		return "make"
	case "\xa9mod":
		return "model"
	}
	return strings.ToLower(strings.TrimPrefix(clean4(strings.TrimPrefix(key, "\xa9")), "com.apple.quicktime."))
}

func (m *movie) done() {
	for i, t := range m.tracks {
		m.d.add(fmt.Sprintf("film.track.%d", i+1), strings.Join(strings.Fields(t), " "), false)
	}
}
