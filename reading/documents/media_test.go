package documents_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/reading/documents"
)

// exifBlock makes a TIFF structure, big-endian: the camera, when it was, where it stood.
func exifBlock() []byte {
	type entry struct {
		id, kind uint16
		data     []byte
	}
	text := func(id uint16, s string) entry { return entry{id, 2, []byte(s + "\x00")} }
	fractions := func(id uint16, v ...uint32) entry {
		var b []byte
		for _, n := range v {
			b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, n), 100)
		}
		return entry{id, 5, b}
	}
	var out []byte
	out = append(out, "MM\x00*\x00\x00\x00\x08"...)
	sizes := map[uint16]uint32{1: 1, 2: 1, 5: 8}
	write := func(at int, list []entry, links map[uint16]uint32) {
		n := len(list) + len(links)
		dir := binary.BigEndian.AppendUint16(nil, uint16(n))
		heap := at + 2 + 12*n + 4
		var tail []byte
		for _, e := range list {
			dir = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(dir, e.id), e.kind), uint32(len(e.data))/sizes[e.kind])
			if len(e.data) <= 4 {
				dir = append(dir, append(e.data, 0, 0, 0, 0)[:4]...)
				continue
			}
			dir = binary.BigEndian.AppendUint32(dir, uint32(heap+len(tail)))
			tail = append(tail, e.data...)
		}
		for id, off := range links {
			dir = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(dir, id), 4), 1), off)
		}
		out = append(append(append(out[:at:at], dir...), 0, 0, 0, 0), tail...)
		out = append(out, make([]byte, 300)...)
	}
	write(8, []entry{text(0x10f, "Maker"), text(0x132, "2023:03:14 10:00:00")}, map[uint16]uint32{0x8769: 400, 0x8825: 800})
	out = append(out, make([]byte, 1200-len(out)%1200)...)
	write(400, []entry{text(0x9003, "2023:03:14 09:01:02"), text(0x9011, "+02:00"), text(0xa431, "SN12345")}, nil)
	out = append(out, make([]byte, 600)...)
	write(800, []entry{text(1, "N"), fractions(2, 4800, 3000, 0), text(3, "E"), fractions(4, 3700, 1500, 0)}, nil)
	return out
}

func TestPicturesAreDescribed(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 7, 5))
	var j, p, g bytes.Buffer
	for _, err := range []error{jpeg.Encode(&j, img, nil), png.Encode(&p, img), gif.Encode(&g, img, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	exif := append([]byte("Exif\x00\x00"), exifBlock()...)
	app := func(marker byte, b []byte) string {
		return string(append([]byte{0xff, marker, byte((len(b) + 2) >> 8), byte(len(b) + 2)}, b...))
	}
	iptc := "\x1c\x02\x50\x00\x05\xc0\xe2\xf2\xee\xf0" + "\x1c\x02\x37\x00\x0820230314"
	resource := "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00" + string(rune(len(iptc))) + iptc
	xmp := `http://ns.adobe.com/xap/1.0/` + "\x00" + `<x:xmpmeta><rdf:RDF><rdf:Description xmp:CreatorTool="Tool 2" photoshop:City="X"><dc:creator><rdf:Seq><rdf:li>Авторка</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>`
	whole := "\xff\xd8" + app(0xe1, exif) + app(0xed, []byte(resource)) + app(0xe1, []byte(xmp)) + j.String()[2:]
	d := read(t, []byte(whole), "application/octet-stream")
	for _, x := range []documents.Detail{{Name: "picture.size", Value: "7 × 5"}, {Name: "exif.make", Value: "Maker"}, {Name: "exif.taken", Value: "2023-03-14T09:01:02+02:00"}, {Name: "exif.serial", Value: "SN12345", Sensitive: true},
		{Name: "exif.gps", Value: "48.500000, 37.250000", Sensitive: true}, {Name: "iptc.byline", Value: "Автор", Sensitive: true}, {Name: "iptc.date", Value: "20230314"},
		{Name: "xmp.xmp:CreatorTool", Value: "Tool 2"}, {Name: "xmp.photoshop:City", Value: "X", Sensitive: true}, {Name: "xmp.dc:creator", Value: "Авторка", Sensitive: true}} {
		if got := detail(d, x.Name); got != x {
			t.Errorf("%+v, want %+v", got, x)
		}
	}
	if d.Text != "" || d.MediaType != "image/jpeg" || len(d.Problems) > 0 {
		t.Errorf("%q, %s, %q", d.Text, d.MediaType, d.Problems)
	}
	contains(t, d.Unread, "a picture, not read: no OCR")
	for want, raw := range map[string]string{"image/png": p.String(), "image/gif": g.String(), "image/tiff": string(exifBlock()), "image/heic": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x05",
		"image/webp": "RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x04\x00\x00"} {
		d := read(t, []byte(raw), "")
		if d.MediaType != want || want != "image/tiff" && detail(d, "picture.size").Value != "7 × 5" {
			t.Errorf("%s: %s, %+v", want, d.MediaType, d.Details)
		}
	}
	contains(t, read(t, j.Bytes()[:30], "").Problems, "cut short")
}

// Small recordings as other programs write them.
func TestSoundAndFilmAreDescribed(t *testing.T) {
	for name, want := range map[string]struct{ mediaType, track, duration, other string }{
		"clip.mp4":  {"video/mp4", "vide 64 × 48 language und codec avc1", "0.400 s", "film.created=2023-03-14T07:01:02Z"},
		"clip.webm": {"video/webm", "video 64 × 48 codec V_VP8", "0.400 s", "film.title=Проба"},
		"tone.mp3":  {"audio/mpeg", "audio codec mp3", "", "film.title=Проба"},
		"tone.ogg":  {"audio/ogg", "audio codec opus", "", "film.title=Проба"},
		"tone.flac": {"audio/flac", "audio codec flac, 8000 Hz", "0.100 s", "film.title=Проба"},
		"tone.wav":  {"audio/wav", "audio codec wave 1, 8000 Hz", "0.100 s", ""},
	} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		d := read(t, raw, "")
		if d.MediaType != want.mediaType || !strings.HasPrefix(detail(d, "film.track.1").Value, want.track) || len(d.Problems) > 0 {
			t.Errorf("%s: %s, %+v, %q", name, d.MediaType, d.Details, d.Problems)
		}
		if got := detail(d, "film.duration").Value; want.duration != "" && got != want.duration {
			t.Errorf("%s lasts %q, want %q", name, got, want.duration)
		}
		if key, value, ok := strings.Cut(want.other, "="); ok && detail(d, key).Value != value {
			t.Errorf("%s: %+v, want %s", name, d.Details, want.other)
		}
		contains(t, d.Unread, "not transcribed")
		for i := 12; i < len(raw); i += 1 + len(raw)/200 {
			check(t, raw[:i], want.mediaType)
		}
	}
}
