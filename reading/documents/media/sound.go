package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf16"
)

// element is one element of EBML (RFC 8794).
type element struct {
	id   uint32
	data []byte
}

// elements reads the elements of a level, at most max; one of unknown size takes the rest.
func elements(b []byte, most int) []element {
	var out []element
	for len(b) > 1 && len(out) < most {
		n := 1
		for n <= 4 && b[0]>>(8-n) == 0 {
			n++
		}
		if n > 4 || n >= len(b) {
			return out
		}
		var id uint32
		for _, c := range b[:n] {
			id = id<<8 | uint32(c)
		}
		b = b[n:]
		n = 1
		for n <= 8 && b[0]>>(8-n) == 0 {
			n++
		}
		if n > 8 || n > len(b) {
			return out
		}
		size := uint64(b[0]) & (1<<(8-n) - 1)
		unknown := size == 1<<(8-n)-1
		for _, c := range b[1:n] {
			size = size<<8 | uint64(c)
			unknown = unknown && c == 0xff
		}
		b = b[n:]
		if unknown || size > uint64(len(b)) {
			size = uint64(len(b))
		}
		out = append(out, element{id, b[:size]})
		b = b[size:]
	}
	return out
}

func (e element) number() uint64 {
	var v uint64
	for _, c := range e.data[:min(8, len(e.data))] {
		v = v<<8 | uint64(c)
	}
	return v
}

func (e element) float() float64 {
	switch len(e.data) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(e.data)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(e.data))
	}
	return 0
}

// matroska reads what a Matroska or WebM file says about its tracks (RFC 9559).
func (d *Description) matroska(b []byte) {
	for _, top := range elements(b, 20) {
		if top.id != 0x18538067 { // Segment
			continue
		}
		for _, e := range elements(top.data, 5000) {
			switch e.id {
			case 0x1549A966:
				d.matroskaInfo(elements(e.data, 200))
			case 0x1654AE6B:
				d.matroskaTracks(elements(e.data, 100))
			}
		}
	}
}

func (d *Description) matroskaInfo(list []element) {
	scale, length := uint64(1_000_000), 0.0
	for _, e := range list {
		switch e.id {
		case 0x2AD7B1:
			scale = e.number()
		case 0x4489:
			length = e.float()
		case 0x4461:
			if n := int64(e.number()); n != 0 && len(e.data) == 8 {
				d.add("film.created", time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n)).Format(time.RFC3339), false)
			}
		case 0x7BA9:
			d.add("film.title", guessed(e.data), true)
		case 0x4D80:
			d.add("film.muxer", guessed(e.data), false)
		case 0x5741:
			d.add("film.software", guessed(e.data), false)
		}
	}
	d.duration(length * float64(scale) / 1e9)
}

func (d *Description) matroskaTracks(tracks []element) {
	for i, track := range tracks {
		kind, codec, size := "", "", ""
		for _, e := range elements(track.data, 200) {
			switch e.id {
			case 0x83:
				kind = map[uint64]string{1: "video", 2: "audio", 17: "subtitles"}[e.number()]
			case 0x86:
				codec = " codec " + guessed(e.data)
			case 0xE0:
				var w, h uint64
				for _, v := range elements(e.data, 50) {
					switch v.id {
					case 0xB0:
						w = v.number()
					case 0xBA:
						h = v.number()
					}
				}
				size = fmt.Sprintf(" %d × %d", w, h)
			}
		}
		if kind+codec != "" {
			d.add(fmt.Sprintf("film.track.%d", i+1), kind+size+codec, false)
		}
	}
}

// id3 reads the text frames of ID3v2.3 and 2.4.
func (d *Description) id3(b []byte) {
	d.add("film.track.1", "audio codec mp3", false)
	if len(b) < 10 || string(b[:3]) != "ID3" || b[3] < 3 {
		return
	}
	version := b[3]
	size := syncsafe(b[6:])
	b = b[10:min(len(b), 10+size)]
	for n := 0; len(b) > 10 && b[0] >= 'A' && n < 200; n++ {
		id, length := string(b[:4]), int(binary.BigEndian.Uint32(b[4:]))
		if version >= 4 {
			length = syncsafe(b[4:])
		}
		if length < 1 || length > len(b)-10 {
			return
		}
		value := id3Text(b[10 : 10+min(length, maxDetail)])
		b = b[10+length:]
		switch id {
		case "TIT2":
			d.add("film.title", value, true)
		case "TPE1", "TCOM", "TOPE":
			d.add("film.artist", value, true)
		case "TDRC", "TYER", "TDAT":
			d.add("film.date", value, false)
		case "TSSE", "TENC":
			d.add("film.software", value, id == "TENC")
		}
	}
}

func syncsafe(b []byte) int {
	return int(b[0]&127)<<21 | int(b[1]&127)<<14 | int(b[2]&127)<<7 | int(b[3]&127)
}

func id3Text(b []byte) string {
	encoding, b := b[0], b[1:]
	if encoding != 1 && encoding != 2 {
		return guessed(b)
	}
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) {
		order = binary.LittleEndian
	}
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		if c := order.Uint16(b); c != 0 && c != 0xfeff {
			u = append(u, c)
		}
	}
	return string(utf16.Decode(u))
}

// ogg reads the first page of each stream, and how far the last page goes (RFC 3533).
func (d *Description) ogg(b []byte) {
	rate, n := 0.0, 0
	for at := 0; at+28 < len(b) && string(b[at:at+4]) == "OggS" && b[at+5]&2 != 0 && n < 20; n++ {
		segments := int(b[at+26])
		body := at + 27 + segments
		if body > len(b) {
			return
		}
		size := 0
		for _, s := range b[at+27 : body] {
			size += int(s)
		}
		p := b[body:min(len(b), body+size)]
		track := "unknown"
		switch {
		case bytes.HasPrefix(p, []byte("OpusHead")):
			track, rate = "audio codec opus", 48000
		case bytes.HasPrefix(p, []byte("\x01vorbis")) && len(p) >= 16:
			track, rate = "audio codec vorbis", float64(binary.LittleEndian.Uint32(p[12:]))
		case bytes.HasPrefix(p, []byte("\x80theora")) && len(p) >= 20:
			track = fmt.Sprintf("video %d × %d codec theora", int(p[14])<<16|int(p[15])<<8|int(p[16]), int(p[17])<<16|int(p[18])<<8|int(p[19]))
		case bytes.HasPrefix(p, []byte("\x7fFLAC")):
			track = "audio codec flac"
		case bytes.HasPrefix(p, []byte("Speex")):
			track = "audio codec speex"
		}
		d.add(fmt.Sprintf("film.track.%d", n+1), track, false)
		at = body + size
	}
	if i := bytes.LastIndex(b, []byte("OggS")); i >= 0 && i+14 <= len(b) && rate > 0 && n == 1 {
		d.duration(float64(binary.LittleEndian.Uint64(b[i+6:])) / rate)
	}
	if i := bytes.Index(b[:min(len(b), 64<<10)], []byte("OpusTags")); i >= 0 {
		d.vorbisComment(b[i+8:])
	} else if i := bytes.Index(b[:min(len(b), 64<<10)], []byte("\x03vorbis")); i >= 0 {
		d.vorbisComment(b[i+7:])
	}
}

// vorbisComment reads "KEY=value" lines.
func (d *Description) vorbisComment(b []byte) {
	next := func() (string, bool) {
		if len(b) < 4 {
			return "", false
		}
		n := int(binary.LittleEndian.Uint32(b))
		if n > len(b)-4 {
			return "", false
		}
		s := guessed(b[4 : 4+n])
		b = b[4+n:]
		return s, true
	}
	vendor, ok := next()
	d.add("film.software", vendor, false)
	if !ok || len(b) < 4 {
		return
	}
	b = b[4:]
	for range 100 {
		s, ok := next()
		if !ok {
			return
		}
		if k, v, ok := strings.Cut(s, "="); ok && len(k) < 40 && !strings.EqualFold(k, "METADATA_BLOCK_PICTURE") {
			d.add("film."+strings.ToLower(k), v, true)
		}
	}
}

func (d *Description) flac(b []byte) {
	for b = b[4:]; len(b) >= 4; {
		last, kind, size := b[0]&128 != 0, b[0]&127, int(b[1])<<16|int(b[2])<<8|int(b[3])
		if size > len(b)-4 {
			return
		}
		block := b[4 : 4+size]
		b = b[4+size:]
		if kind == 0 && size >= 18 {
			v := binary.BigEndian.Uint64(block[10:])
			if rate := v >> 44; rate > 0 {
				d.add("film.track.1", fmt.Sprintf("audio codec flac, %d Hz", rate), false)
				d.duration(float64(v&(1<<36-1)) / float64(rate))
			}
		}
		if kind == 4 {
			d.vorbisComment(block)
		}
		if last {
			return
		}
	}
}

// riff reads WAVE and AVI.
func (d *Description) riff(b []byte) {
	perSecond := 0.0
	n := 0
	var walk func(b []byte, depth int)
	walk = func(b []byte, depth int) {
		for len(b) >= 8 && n < maxBoxes && depth < 4 {
			n++
			kind, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:]))
			c := b[8:min(len(b), 8+size)]
			b = b[min(len(b), 8+size+size%2):]
			switch {
			case kind == "LIST" && len(c) >= 4:
				walk(c[4:], depth+1)
			case kind == "fmt " && len(c) >= 16:
				perSecond = float64(binary.LittleEndian.Uint32(c[8:]))
				d.add("film.track.1", fmt.Sprintf("audio codec wave %d, %d Hz", binary.LittleEndian.Uint16(c), binary.LittleEndian.Uint32(c[4:])), false)
			case kind == "data" && perSecond > 0:
				d.duration(float64(size) / perSecond)
			case kind == "avih" && len(c) >= 40:
				d.duration(float64(binary.LittleEndian.Uint32(c)) * float64(binary.LittleEndian.Uint32(c[16:])) / 1e6)
				d.add("film.size", fmt.Sprintf("%d × %d", binary.LittleEndian.Uint32(c[32:]), binary.LittleEndian.Uint32(c[36:])), false)
			case kind == "strh" && len(c) >= 8:
				d.add("film.track", clean4(string(c[:4]))+" codec "+clean4(string(c[4:8])), false)
			case len(kind) == 4 && kind[0] == 'I' && (kind == "ICRD" || kind == "INAM" || kind == "IART" || kind == "ISFT" || kind == "ICMT"):
				d.add("film."+map[string]string{"ICRD": "date", "INAM": "title", "IART": "artist", "ISFT": "software", "ICMT": "comment"}[kind], guessed(c), kind != "ISFT")
			}
		}
	}
	walk(b[12:], 0)
}
