package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// pictureType tells pictures by their first bytes.
func pictureType(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return "image/gif"
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return "image/webp"
	case bytes.HasPrefix(b, []byte("II*\x00")), bytes.HasPrefix(b, []byte("MM\x00*")):
		return "image/tiff"
	case bytes.HasPrefix(b, []byte("BM")) && len(b) > 30 && binary.LittleEndian.Uint32(b[14:]) == 40:
		return "image/bmp"
	case len(b) >= 12 && b[0] == 0 && string(b[4:8]) == "ftyp":
		switch brand := string(b[8:12]); brand {
		case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1":
			return "image/heic"
		case "avif", "avis":
			return "image/avif"
		}
	}
	return ""
}

// picture describes a picture. Its words are not read.
func (d *Description) picture(b []byte, mediaType string) {
	d.Unread = append(d.Unread, "a picture, not read: no OCR")
	w, h := 0, 0
	switch mediaType {
	case "image/jpeg":
		w, h = d.jpeg(b)
	case "image/png":
		w, h = d.png(b)
	case "image/gif":
		if len(b) >= 10 {
			w, h = int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
		}
	case "image/bmp":
		w, h = int(int32(binary.LittleEndian.Uint32(b[18:]))), int(int32(binary.LittleEndian.Uint32(b[22:])))
		h = max(h, -h)
	case "image/webp":
		w, h = d.webp(b)
	case "image/tiff":
		w, h = d.exif(b)
	case "image/heic", "image/avif":
		w, h = extents(b[:min(len(b), 256<<10)])
		if i := bytes.Index(b, []byte("Exif\x00\x00")); i >= 0 {
			d.exif(b[i+6:])
		}
	}
	if w > 0 && h > 0 && w < 1<<24 && h < 1<<24 {
		d.add("picture.size", fmt.Sprintf("%d × %d", w, h), false)
	} else {
		d.Problems = append(d.Problems, "its size cannot be told: it may be cut short")
	}
	// A packet of XMP is made to be found by looking for it (ISO 16684-1, annex A).
	if i := bytes.Index(b, []byte("<x:xmpmeta")); i >= 0 {
		if k := bytes.Index(b[i:], []byte("</x:xmpmeta>")); k >= 0 && k < 4<<20 {
			d.XMP = b[i : i+k+len("</x:xmpmeta>")]
		}
	}
}

// extents gives the largest of the images of a HEIF file (ISO 23008-12, "ispe"): the others are
// its tiles and thumbnails.
func extents(b []byte) (w, h int) {
	for range 10_000 {
		i := bytes.Index(b, []byte("ispe\x00\x00\x00\x00"))
		if i < 0 || i+16 > len(b) {
			break
		}
		x, y := int(binary.BigEndian.Uint32(b[i+8:])), int(binary.BigEndian.Uint32(b[i+12:]))
		if b = b[i+16:]; x < 1<<16 && y < 1<<16 && x*y > w*h {
			w, h = x, y
		}
	}
	return w, h
}

// jpeg goes through the segments before the image data (ITU-T T.81, annex B).
func (d *Description) jpeg(b []byte) (w, h int) {
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xff {
			return w, h
		}
		marker := b[i+1]
		if marker == 0xff {
			i++
			continue
		}
		if marker == 0xd9 || marker == 0xda {
			return w, h
		}
		if marker >= 0xd0 && marker <= 0xd8 || marker == 1 {
			i += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) {
			return w, h
		}
		seg := b[i+4 : i+2+n]
		i += 2 + n
		switch {
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc && len(seg) >= 5:
			h, w = int(binary.BigEndian.Uint16(seg[1:])), int(binary.BigEndian.Uint16(seg[3:]))
		case marker == 0xe1 && bytes.HasPrefix(seg, []byte("Exif\x00\x00")):
			d.exif(seg[6:])
		case marker == 0xed && bytes.HasPrefix(seg, []byte("Photoshop 3.0\x00")):
			d.photoshop(seg[14:])
		case marker == 0xfe:
			d.add("picture.comment", guessed(seg), true)
		}
	}
	return w, h
}

func (d *Description) png(b []byte) (w, h int) {
	if len(b) >= 24 {
		w, h = int(binary.BigEndian.Uint32(b[16:])), int(binary.BigEndian.Uint32(b[20:]))
	}
	for i, n := 8, 0; i+12 <= len(b) && n < 100_000; n++ {
		size, kind := int(binary.BigEndian.Uint32(b[i:])), string(b[i+4:i+8])
		if size > len(b)-i-12 {
			return w, h
		}
		chunk := b[i+8 : i+8+size]
		i += 12 + size
		switch kind {
		case "eXIf":
			d.exif(chunk)
		case "tEXt":
			if k, v, ok := bytes.Cut(chunk, []byte{0}); ok && len(d.Details) < maxDetails {
				d.add("png."+strings.ToLower(guessed(k)), guessed(v), true)
			}
		case "iTXt":
			k, rest, _ := bytes.Cut(chunk, []byte{0})
			if len(rest) < 2 || rest[0] != 0 || string(k) == "XML:com.adobe.xmp" || len(d.Details) >= maxDetails {
				continue // compressed, or read as XMP
			}
			if parts := bytes.SplitN(rest[2:], []byte{0}, 3); len(parts) == 3 {
				d.add("png."+strings.ToLower(guessed(k)), guessed(parts[2]), true)
			}
		}
	}
	return w, h
}

func (d *Description) webp(b []byte) (w, h int) {
	for i := 12; i+8 <= len(b); {
		kind, size := string(b[i:i+4]), int(binary.LittleEndian.Uint32(b[i+4:]))
		c := b[i+8:]
		if size > len(c) {
			return w, h
		}
		c = c[:size]
		i += 8 + size + size%2
		switch {
		case kind == "VP8X" && len(c) >= 10:
			w, h = 1+(int(c[4])|int(c[5])<<8|int(c[6])<<16), 1+(int(c[7])|int(c[8])<<8|int(c[9])<<16)
		case kind == "VP8 " && len(c) >= 10 && w == 0:
			w, h = int(binary.LittleEndian.Uint16(c[6:]))&0x3fff, int(binary.LittleEndian.Uint16(c[8:]))&0x3fff
		case kind == "VP8L" && len(c) >= 5 && w == 0:
			v := binary.LittleEndian.Uint32(c[1:])
			w, h = int(v&0x3fff)+1, int(v>>14&0x3fff)+1
		case kind == "EXIF":
			d.exif(bytes.TrimPrefix(c, []byte("Exif\x00\x00")))
		}
	}
	return w, h
}

// guessed decodes text whose encoding nobody says.
func guessed(b []byte) string {
	b = bytes.TrimRight(b, "\x00 ")
	if utf8.Valid(b) {
		return strings.ReplaceAll(string(b), "\x00", " ")
	}
	s, _ := charmap.Windows1251.NewDecoder().String(string(b)) // every byte means something
	return strings.ReplaceAll(s, "\x00", " ")
}

// photoshop finds the IPTC data among image resources.
func (d *Description) photoshop(b []byte) {
	for len(b) >= 12 && string(b[:4]) == "8BIM" {
		id := binary.BigEndian.Uint16(b[4:])
		name := 1 + int(b[6])
		name += name % 2
		if 6+name+4 > len(b) {
			return
		}
		size := int(binary.BigEndian.Uint32(b[6+name:]))
		from := 10 + name
		if size > len(b)-from {
			return
		}
		if id == 0x0404 {
			d.iptc(b[from : from+size])
		}
		b = b[min(len(b), from+size+size%2):]
	}
}

// iptc reads the datasets of record 2 (IPTC-IIM 4.2).
func (d *Description) iptc(b []byte) {
	for len(b) >= 5 && b[0] == 0x1c {
		record, set, size := b[1], b[2], int(binary.BigEndian.Uint16(b[3:]))
		if size > len(b)-5 {
			return
		}
		value := b[5 : 5+size]
		b = b[5+size:]
		if record != 2 {
			continue
		}
		name, sensitive := iptcName(set)
		if name != "" && len(d.Details) < maxDetails {
			d.add("iptc."+name, guessed(value), sensitive)
		}
	}
}

func iptcName(set byte) (string, bool) {
	switch set {
	case 5:
		return "title", false
	case 25:
		return "keyword", true
	case 55:
		return "date", false
	case 60:
		return "time", false
	case 80:
		return "byline", true
	case 90:
		return "city", true
	case 92:
		return "place", true
	case 95:
		return "province", true
	case 101:
		return "country", true
	case 105:
		return "headline", true
	case 110:
		return "credit", true
	case 115:
		return "source", true
	case 116:
		return "copyright", true
	case 120:
		return "caption", true
	case 122:
		return "caption-writer", true
	}
	return "", false
}
