// Package media describes pictures, sound and film that come from anybody: what container
// and codecs, how large, how long, made when, where and with what. It reads none of their words
// and decodes no samples.
//
// # What is read
//
//   - Pictures: JPEG (ITU-T T.81), PNG (ISO 15948), GIF, BMP, TIFF, WebP, HEIC and AVIF
//     (ISO 23008-12): their size; EXIF (CIPA DC-008) wherever it lies, times with their zone if
//     there is one, positions in degrees (WGS 84); IPTC-IIM; text chunks of PNG. The XMP packet is
//     handed on as it stands.
//   - MP4, MOV and 3GP (ISO 14496-12, QuickTime), Matroska and WebM (RFC 9559), MP3 with
//     ID3v2.3 and 2.4, Ogg (RFC 3533), FLAC, WAVE and AVI: tracks, codecs, length, times of making
//     (of MP4: UTC by the standard; some cameras write their local time), tags.
//
// Nothing of it is verified: anybody can write anything there. What names a person, a place or a
// device, or may, is marked sensitive.
//
// # Bounds
//
// By count: 20 directories of 2,000 tags; 20,000 boxes 12 deep; 200 tags; 500 details of 4,000
// bytes. What is cut short is told as far as it goes, and a problem says so.
package media

import "strings"

// Description is what a file says about itself.
type Description struct {
	Details  []Detail // names begin with "picture.", "exif.", "iptc.", "png." or "film."
	XMP      []byte   // packet, if any
	Unread   []string
	Problems []string
}

// Detail is one thing that a file says about itself.
type Detail struct {
	Name, Value string
	Sensitive   bool // names a person, a place or a device, or may
}

const (
	maxDetails = 500
	maxDetail  = 4000
)

// Detect tells pictures, sound and film by their first bytes; claim decides only where
// these do not. "" is none of them.
func Detect(raw []byte, claim string) string {
	if t := pictureType(raw); t != "" {
		return t
	}
	return filmType(raw, claim)
}

// Describe describes a file of the type that [Detect] found.
func Describe(raw []byte, mediaType string) Description {
	var d Description
	if strings.HasPrefix(mediaType, "image/") {
		d.picture(raw, mediaType)
	} else {
		d.film(raw, mediaType)
	}
	return d
}

// add notes a detail, if there is one.
func (d *Description) add(name, value string, sensitive bool) {
	if value = strings.TrimSpace(strings.ToValidUTF8(value, "\uFFFD")); value == "" || len(d.Details) > maxDetails {
		return
	}
	if len(value) > maxDetail {
		value = strings.ToValidUTF8(value[:maxDetail], "") + "…"
	}
	d.Details = append(d.Details, Detail{name, value, sensitive})
}
