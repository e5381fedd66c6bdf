package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf16"
)

const (
	maxIFDs = 20    // directories of one picture
	maxTags = 2_000 // of one directory
)

// tiff is a TIFF structure, as EXIF uses it (CIPA DC-008, TIFF 6.0).
type tiff struct {
	b     []byte
	order binary.ByteOrder
	tags  map[int]tag // directory number << 16 | tag
	seen  map[int]bool
}

type tag struct {
	kind, count int
	data        []byte
}

// Directories: the first two images, and those that tags point to.
const (
	ifdImage = iota
	ifdThumb
	ifdExif
	ifdGPS
)

// exif notes what EXIF says, and gives the size of the first image.
func (d *Description) exif(b []byte) (w, h int) {
	t := &tiff{b: b, tags: map[int]tag{}, seen: map[int]bool{}}
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		t.order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		t.order = binary.BigEndian
	default:
		return 0, 0
	}
	if len(b) >= 8 {
		if next := t.directory(ifdImage, int(t.order.Uint32(b[4:]))); next > 0 {
			t.directory(ifdThumb, next)
		}
	}
	for _, x := range []struct {
		name      string
		ifd, id   int
		sensitive bool
	}{
		{"description", ifdImage, 0x10e, true}, {"make", ifdImage, 0x10f, false}, {"model", ifdImage, 0x110, false}, {"software", ifdImage, 0x131, false},
		{"artist", ifdImage, 0x13b, true}, {"copyright", ifdImage, 0x8298, true}, {"title", ifdImage, 0x9c9b, true}, {"comment", ifdImage, 0x9c9c, true}, {"author", ifdImage, 0x9c9d, true},
		{"user-comment", ifdExif, 0x9286, true}, {"owner", ifdExif, 0xa430, true}, {"serial", ifdExif, 0xa431, true}, {"lens", ifdExif, 0xa434, false}, {"lens-serial", ifdExif, 0xa435, true},
		{"image-id", ifdExif, 0xa420, true}, {"orientation", ifdImage, 0x112, false},
	} {
		d.add("exif."+x.name, t.text(x.ifd, x.id), x.sensitive)
	}
	d.add("exif.modified", t.time(ifdImage, 0x132, 0x9010), false)
	d.add("exif.taken", t.time(ifdExif, 0x9003, 0x9011), false)
	d.add("exif.digitized", t.time(ifdExif, 0x9004, 0x9012), false)
	if _, ok := t.tags[ifdThumb<<16|0x201]; ok {
		d.add("exif.thumbnail", "yes", false)
	}
	d.gps(t)
	return t.number(ifdImage, 0x100), t.number(ifdImage, 0x101)
}

// directory reads one directory and those it points to; it gives the offset of the next.
func (t *tiff) directory(ifd, at int) int {
	if at < 8 || at+2 > len(t.b) || t.seen[at] || len(t.seen) >= maxIFDs {
		return 0
	}
	t.seen[at] = true
	n := int(t.order.Uint16(t.b[at:]))
	at += 2
	for i := 0; i < n && at+12 <= len(t.b); i, at = i+1, at+12 {
		if i >= maxTags {
			continue
		}
		id, kind, count := int(t.order.Uint16(t.b[at:])), int(t.order.Uint16(t.b[at+2:])), int(t.order.Uint32(t.b[at+4:]))
		size := map[int]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8}[kind] * count
		data := t.b[at+8 : at+12]
		if size > 4 {
			off := int(t.order.Uint32(t.b[at+8:]))
			if off > len(t.b) || size > len(t.b)-off {
				continue
			}
			data = t.b[off : off+size]
		} else {
			data = data[:max(0, size)]
		}
		t.tags[ifd<<16|id] = tag{kind, count, data}
		if ifd == ifdImage && len(data) == 4 {
			switch id {
			case 0x8769:
				t.directory(ifdExif, int(t.order.Uint32(data)))
			case 0x8825:
				t.directory(ifdGPS, int(t.order.Uint32(data)))
			}
		}
	}
	if at+4 <= len(t.b) {
		return int(t.order.Uint32(t.b[at:]))
	}
	return 0
}

func (t *tiff) number(ifd, id int) int {
	x := t.tags[ifd<<16|id]
	switch {
	case x.kind == 3 && len(x.data) >= 2:
		return int(t.order.Uint16(x.data))
	case x.kind == 4 && len(x.data) >= 4:
		return int(t.order.Uint32(x.data))
	}
	return 0
}

func (t *tiff) text(ifd, id int) string {
	x, ok := t.tags[ifd<<16|id]
	data := x.data[:min(len(x.data), 4*maxDetail)]
	switch {
	case !ok:
		return ""
	case id >= 0x9c9b && id <= 0x9c9f: // of Windows: UTF-16
		return t.wide(data, binary.LittleEndian)
	case id == 0x9286: // begins with the name of its encoding
		if len(data) < 8 {
			return ""
		}
		if bytes.HasPrefix(data, []byte("UNICODE")) {
			return t.wide(data[8:], t.order)
		}
		return guessed(bytes.Trim(data[8:], "\x00 "))
	case x.kind == 2 || x.kind == 7 || x.kind == 1:
		s, _, _ := strings.Cut(guessed(bytes.TrimLeft(data, "\x00")), "\x00")
		return s
	}
	if n := t.number(ifd, id); n > 0 {
		return fmt.Sprint(n)
	}
	return ""
}

func (t *tiff) wide(b []byte, order binary.ByteOrder) string {
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		if c := order.Uint16(b); c != 0 {
			u = append(u, c)
		}
	}
	return string(utf16.Decode(u))
}

// time gives "2006-01-02T15:04:05", with the zone if there is one.
func (t *tiff) time(ifd, id, zone int) string {
	s := t.text(ifd, id)
	if len(s) != 19 || s[4] != ':' || s[7] != ':' || s[10] != ' ' {
		return s
	}
	return s[:4] + "-" + s[5:7] + "-" + s[8:10] + "T" + s[11:] + strings.TrimSpace(t.text(ifdExif, zone))
}

// rational reads the i-th fraction of a tag.
func (t *tiff) rational(ifd, id, i int) (float64, bool) {
	x := t.tags[ifd<<16|id]
	if x.kind != 5 || len(x.data) < 8*(i+1) {
		return 0, false
	}
	n, m := t.order.Uint32(x.data[8*i:]), t.order.Uint32(x.data[8*i+4:])
	if m == 0 {
		return 0, false
	}
	return float64(n) / float64(m), true
}

func (t *tiff) degrees(id, side int, negative string) (float64, bool) {
	var v [3]float64
	for i := range v {
		var ok bool
		if v[i], ok = t.rational(ifdGPS, id, i); !ok && i == 0 {
			return 0, false
		}
	}
	deg := v[0] + v[1]/60 + v[2]/3600
	if strings.HasPrefix(t.text(ifdGPS, side), negative) {
		deg = -deg
	}
	return deg, math.Abs(deg) <= 180
}

// gps notes where the camera says it was: latitude, longitude in degrees (WGS 84).
func (d *Description) gps(t *tiff) {
	lat, ok := t.degrees(2, 1, "S")
	lon, ok2 := t.degrees(4, 3, "W")
	if ok && ok2 {
		d.add("exif.gps", fmt.Sprintf("%.6f, %.6f", lat, lon), true)
	}
	if m, ok := t.rational(ifdGPS, 6, 0); ok {
		d.add("exif.gps-altitude", fmt.Sprintf("%.1f m", m), true)
	}
	if deg, ok := t.rational(ifdGPS, 17, 0); ok {
		d.add("exif.gps-direction", fmt.Sprintf("%.1f°", deg), true)
	}
	day := strings.ReplaceAll(t.text(ifdGPS, 29), ":", "-")
	h, ok := t.rational(ifdGPS, 7, 0)
	m, _ := t.rational(ifdGPS, 7, 1)
	s, _ := t.rational(ifdGPS, 7, 2)
	if ok && h < 24 && m < 60 && s < 61 && day != "" {
		d.add("exif.gps-time", fmt.Sprintf("%sT%02d:%02d:%02dZ", day, int(h), int(m), int(s)), true)
	}
}
