package ocr

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // how large they are
	_ "image/jpeg"
	_ "image/png"
	"strings"

	"svidok/evidence"
)

// examine says what a picture is by how it begins, and refuses what is none or too large.
// How large a TIFF, BMP or WebP is, is left to the memory that its reader gets.
func examine(b []byte) (string, error) {
	if len(b) > maxInput {
		return "", fmt.Errorf("%d bytes, limit %d: %w", len(b), maxInput, evidence.ErrLimit)
	}
	kind := kindOf(b)
	switch kind {
	case "":
		return "", fmt.Errorf("no picture that can be read: %w", evidence.ErrFormat)
	case "image/png", "image/jpeg", "image/gif":
		c, _, err := image.DecodeConfig(bytes.NewReader(b))
		if err != nil {
			return "", fmt.Errorf("%s: %w: %w", kind, evidence.ErrFormat, err)
		}
		if c.Width <= 0 || c.Height <= 0 {
			return "", fmt.Errorf("%s without pixels: %w", kind, evidence.ErrFormat)
		}
		if c.Width > maxPixels/c.Height {
			return "", fmt.Errorf("%s of %d by %d pixels, limit %d: %w", kind, c.Width, c.Height, maxPixels, evidence.ErrLimit)
		}
	}
	return kind, nil
}

func kindOf(b []byte) string {
	for magic, kind := range map[string]string{"\x89PNG\r\n\x1a\n": "image/png", "\xff\xd8\xff": "image/jpeg", "GIF87a": "image/gif", "GIF89a": "image/gif",
		"II*\x00": "image/tiff", "MM\x00*": "image/tiff", "BM": "image/bmp"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return kind
		}
	}
	if len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" {
		return "image/webp"
	}
	return ""
}

func clipped(s string) string {
	s = strings.ToValidUTF8(strings.TrimSpace(s), "\ufffd")
	if len(s) > 300 {
		return strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}
