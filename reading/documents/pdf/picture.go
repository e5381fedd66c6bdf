package pdf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"svidok/evidence"
)

// Picture is an image that a page draws.
type Picture struct {
	Width, Height int // samples
	from          *stream
}

const (
	maxPictures = 2_000      // of one page
	maxSamples  = 40_000_000 // of a picture that is made
)

func (c *canvas) picture(s *stream) {
	w, h := c.f.int(s.dict["Width"]), c.f.int(s.dict["Height"])
	if c.seen[s] || w <= 0 || h <= 0 || len(c.pictures) >= maxPictures {
		return
	}
	c.seen[s] = true
	p := Picture{Width: w, Height: h, from: s}
	at := len(c.pictures)
	for at > 0 && float64(c.pictures[at-1].Width)*float64(c.pictures[at-1].Height) < float64(w)*float64(h) {
		at--
	}
	c.pictures = append(c.pictures[:at], append([]Picture{p}, c.pictures[at:]...)...)
}

// PagePicture gives the largest picture of a page (from 1), for a program that reads
// pictures: image/jpeg, image/jp2 or image/tiff (fax) as it lies in the file, image/png made from bare
// samples. Errors: evidence.ErrNotFound where the page has none, evidence.ErrFormat where the
// page has to be rendered instead, since it is made of many pictures or of a kind that
// is not taken out.
func PagePicture(raw []byte, page int) ([]byte, string, error) {
	f := open(raw)
	if f.locked != nil {
		return nil, "", f.locked
	}
	leaves := f.leaves()
	if page < 1 || page > len(leaves) {
		return nil, "", fmt.Errorf("the picture of page %d of %d: %w", page, len(leaves), evidence.ErrNotFound)
	}
	c := f.canvas(leaves[page-1], map[any]*font{})
	if len(c.pictures) == 0 {
		return nil, "", fmt.Errorf("page %d has no picture: %w", page, evidence.ErrNotFound)
	}
	p := c.pictures[0]
	if len(c.pictures) > 1 && 2*c.pictures[1].Width*c.pictures[1].Height > p.Width*p.Height {
		return nil, "", fmt.Errorf("page %d is made of %d pictures and has to be rendered: %w", page, len(c.pictures), evidence.ErrFormat)
	}
	return f.takeOut(p, page)
}

func (f *file) takeOut(p Picture, page int) ([]byte, string, error) {
	b, names, parms := f.undo(p.from)
	for i, n := range names {
		switch n {
		case "DCTDecode", "DCT":
			return bytes.Clone(b), "image/jpeg", nil
		case "JPXDecode":
			return bytes.Clone(b), "image/jp2", nil
		case "CCITTFaxDecode", "CCF":
			return f.fax(b, p, parms[i]), "image/tiff", nil
		}
		var err error
		if b, err = f.decode(b, n, parms[i]); err != nil {
			return nil, "", fmt.Errorf("the picture of page %d (it has to be rendered): %w", page, err)
		}
	}
	img := f.samples(b, p)
	if img == nil {
		return nil, "", fmt.Errorf("the picture of page %d is of a kind that has to be rendered: %w", page, evidence.ErrFormat)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, "", fmt.Errorf("the picture of page %d: %w: %w", page, evidence.ErrFormat, err)
	}
	return out.Bytes(), "image/png", nil
}

// samples makes an image of bare samples: gray or RGB of 8 bits, or black and white.
func (f *file) samples(b []byte, p Picture) image.Image {
	bits := f.int(p.from.dict["BitsPerComponent"])
	if m, ok := f.get(p.from.dict["ImageMask"]).(bool); ok && m {
		bits = 1
	}
	if p.Width > maxSamples/p.Height {
		return nil
	}
	space := f.get(p.from.dict["ColorSpace"])
	n := 1
	if list, ok := space.(array); ok && len(list) > 1 {
		switch f.get(list[0]) {
		case name("ICCBased"):
			n = f.int(f.dict(list[1])["N"])
		case name("CalRGB"):
			n = 3
		case name("CalGray"):
		default:
			return nil
		}
	} else if space == name("DeviceRGB") {
		n = 3
	} else if space != nil && space != name("DeviceGray") {
		return nil
	}
	row := (p.Width*n*bits + 7) / 8
	if row <= 0 || len(b) < row*p.Height || n != 1 && n != 3 {
		return nil
	}
	invert := false
	if d := f.array(p.from.dict["Decode"]); len(d) > 0 {
		invert = f.float(d[0]) == 1
	}
	return paint(b, p, bits, n, row, invert)
}

func paint(b []byte, p Picture, bits, n, row int, invert bool) image.Image {
	box := image.Rect(0, 0, p.Width, p.Height)
	switch {
	case bits == 8 && n == 1, bits == 1 && n == 1:
		img := image.NewGray(box)
		for i := range img.Pix {
			x, y := i%p.Width, i/p.Width
			v := b[y*row+x*bits/8]
			if bits == 1 {
				v = byte(int(v>>(7-x%8)&1) * 255)
			}
			if invert {
				v = 255 - v
			}
			img.Pix[i] = v
		}
		return img
	case bits == 8 && n == 3:
		img := image.NewRGBA(box)
		for y := range p.Height {
			for x := range p.Width {
				s := b[y*row+3*x:]
				img.SetRGBA(x, y, color.RGBA{s[0], s[1], s[2], 255})
			}
		}
		return img
	}
	return nil
}

// fax puts a fax coding (ITU-T T.4, T.6) into a TIFF of one strip, which anybody reads.
func (f *file) fax(b []byte, p Picture, parm dict) []byte {
	k := f.int(parm["K"])
	compression, options := 4, 0
	if k >= 0 {
		compression = 3
		options = min(k, 1)
	}
	width := p.Width
	if w := f.int(parm["Columns"]); w > 0 {
		width = w
	}
	white := 0 // the sample 0 is white
	if black, ok := f.get(parm["BlackIs1"]).(bool); ok && black {
		white = 1
	}
	tags := [][2]int{{256, width}, {257, p.Height}, {258, 1}, {259, compression}, {262, white}, {273, 8}, {278, p.Height}, {279, len(b)}, {292, options}}
	out := append([]byte("II*\x00"), binary.LittleEndian.AppendUint32(nil, uint32(8+len(b)+len(b)%2))...)
	out = append(out, b...)
	out = append(out, make([]byte, len(b)%2)...)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(tags)))
	for _, t := range tags {
		out = binary.LittleEndian.AppendUint16(out, uint16(t[0]))
		out = binary.LittleEndian.AppendUint16(out, 4)
		out = binary.LittleEndian.AppendUint32(out, 1)
		out = binary.LittleEndian.AppendUint32(out, uint32(t[1]))
	}
	return append(out, 0, 0, 0, 0)
}
