package dossier

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"svidok/evidence"
)

// readSome reads a file whole, or fails with ErrLimit if it is larger than limit.
func readSome(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("missing: %w", evidence.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("more than %d bytes: %w", limit, evidence.ErrLimit)
	}
	return b, nil
}

// tagLines splits at LF, CR or CRLF and drops empty lines (RFC 8493 section 2).
func tagLines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
}

func decodeTag(b []byte, encoding string) (string, error) {
	switch encoding {
	case "UTF-8", "US-ASCII", "ASCII":
		s := strings.TrimPrefix(string(b), "\uFEFF")
		if !utf8.ValidString(s) {
			return "", fmt.Errorf("not %s: %w", encoding, evidence.ErrFormat)
		}
		return s, nil
	case "ISO-8859-1":
		r := make([]rune, len(b))
		for i, c := range b {
			r[i] = rune(c)
		}
		return string(r), nil
	case "UTF-16", "UTF-16LE", "UTF-16BE":
		return decodeUTF16(b, encoding)
	}
	return "", fmt.Errorf("the encoding %s is not known here: %w", encoding, evidence.ErrFormat)
}

// decodeUTF16: without a byte order mark "UTF-16" is big-endian (RFC 2781 section 4.3).
func decodeUTF16(b []byte, encoding string) (string, error) {
	if len(b)%2 != 0 {
		return "", fmt.Errorf("an odd number of bytes in %s: %w", encoding, evidence.ErrFormat)
	}
	var order binary.ByteOrder = binary.BigEndian
	if encoding == "UTF-16LE" || len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe {
		order = binary.LittleEndian
	}
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = order.Uint16(b[2*i:])
	}
	if len(u) > 0 && u[0] == 0xfeff {
		u = u[1:]
	}
	return string(utf16.Decode(u)), nil
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	if len(s) <= 80 {
		return s
	}
	cut := 80
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// plainName folds case and accents of the letters that European names use, composed or
// not: equal results may be one file on some file systems.
func plainName(p string) string {
	const composed, plain = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿёїй", "aaaaaaceeeeiiiinooooouuuuyyеіи"
	from, to := []rune(composed), []rune(plain)
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		if i := slices.Index(from, r); i >= 0 {
			return to[i]
		}
		return r
	}, strings.ToLower(p))
}
