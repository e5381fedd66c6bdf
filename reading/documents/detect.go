package documents

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"svidok/evidence"
	"svidok/reading/documents/media"
)

// Media types that are read here, beside those of pictures, sound and film.
const (
	TypePDF  = "application/pdf"
	TypeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	TypeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	TypePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	TypeODT  = "application/vnd.oasis.opendocument.text"
	TypeODS  = "application/vnd.oasis.opendocument.spreadsheet"
	TypeODP  = "application/vnd.oasis.opendocument.presentation"
	TypeRTF  = "application/rtf"
	TypeMail = "message/rfc822"
	TypeMHT  = "multipart/related" // a page as browsers save it, with all that belongs to it
	typeOLE  = "application/x-ole-storage"
)

// Detect tells what raw is from its bytes; claim decides only where these do not. "" is none
// of what is read here: text, pages of the web, archives.
func Detect(raw []byte, claim string) string {
	claim, _, _ = strings.Cut(strings.ToLower(claim), ";")
	claim = strings.TrimSpace(claim)
	head := bytes.TrimLeft(bytes.TrimPrefix(raw[:min(len(raw), 1024)], []byte("\xef\xbb\xbf")), " \t\r\n\x00")
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")), claim == TypePDF && bytes.Contains(head, []byte("%PDF-")):
		return TypePDF
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return TypeRTF
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return zipType(raw)
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return oleType(raw)
	case bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<office:document")):
		return flatType(raw)
	}
	if t := media.Detect(raw, claim); t != "" {
		return t
	}
	if (claim == TypeMail || claim == TypeMHT) && !bytes.HasPrefix(head, []byte("<")) {
		return claim
	}
	return ""
}

// Known: it is a type that is read here, if only the bytes are of it.
func Known(mediaType string) bool { return family(mediaType) != "" }

// family tells which reader takes a type.
func family(mediaType string) string {
	switch mediaType {
	case TypePDF:
		return "pdf"
	case TypeDOCX, TypeXLSX, TypePPTX, TypeODT, TypeODS, TypeODP:
		return "office"
	case TypeRTF:
		return "rtf"
	case TypeMail, TypeMHT:
		return "mail"
	case typeOLE, "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook", "application/x-encrypted-office":
		return "binary"
	}
	kind, _, _ := strings.Cut(mediaType, "/")
	if kind == "image" || kind == "audio" || kind == "video" {
		return "media"
	}
	return ""
}

// zipType tells an office document from other zips by its first members' names.
func zipType(raw []byte) string {
	if len(raw) > 80 && string(raw[30:38]) == "mimetype" {
		t := string(raw[38:min(len(raw), 130)])
		if a, _, err := openZip(raw); err == nil && binary.LittleEndian.Uint16(raw[8:]) != 0 {
			b, _ := a.part("mimetype") // packed, as it should not be
			t = string(b)
		}
		for _, odf := range []string{TypeODT, TypeODS, TypeODP} {
			if strings.HasPrefix(t, odf) {
				return odf
			}
		}
	}
	dir := raw
	if i := bytes.LastIndex(raw, []byte("PK\x05\x06")); i >= 0 && i+20 <= len(raw) {
		if at := int(binary.LittleEndian.Uint32(raw[i+16:])); at < i {
			dir = raw[at:i]
		}
	}
	for member, t := range map[string]string{"word/document": TypeDOCX, "xl/workbook": TypeXLSX, "ppt/presentation": TypePPTX} {
		if bytes.Contains(dir, []byte("[Content_Types].xml")) && bytes.Contains(dir, []byte(member)) {
			return t
		}
	}
	return ""
}

func flatType(raw []byte) string {
	head := raw[:min(len(raw), 8<<10)]
	for _, t := range []string{TypeODT, TypeODS, TypeODP} {
		if bytes.Contains(head, []byte(`office:mimetype="`+t+`"`)) {
			return t
		}
	}
	return ""
}

// oleType tells the older office files by the names of their streams.
func oleType(raw []byte) string {
	for _, x := range []struct{ stream, t string }{
		{"EncryptedPackage", "application/x-encrypted-office"},
		{"WordDocument", "application/msword"}, {"Workbook", "application/vnd.ms-excel"},
		{"PowerPoint Document", "application/vnd.ms-powerpoint"}, {"__nameid_version1.0", "application/vnd.ms-outlook"},
	} {
		var wide []byte
		for _, u := range utf16.Encode([]rune(x.stream)) {
			wide = binary.LittleEndian.AppendUint16(wide, u)
		}
		if bytes.Contains(raw, wide) {
			return x.t
		}
	}
	return typeOLE
}

// old refuses the binary formats that are not read, and says what helps.
func old(_ []byte, found string) error {
	as := map[string]string{"application/msword": ".docx", "application/vnd.ms-excel": ".xlsx", "application/vnd.ms-powerpoint": ".pptx", "application/vnd.ms-outlook": ".eml"}[found]
	switch {
	case found == "application/x-encrypted-office":
		return locked("an office document")
	case as == "":
		return evidence.WithHint(fmt.Errorf("read an OLE file: %w", evidence.ErrFormat), "not read in this version; bytes are kept")
	}
	return evidence.WithHint(fmt.Errorf("read a file of the older type %s: not read in this version: %w", found, evidence.ErrFormat),
		"open it with the program that wrote it, save as %s, and add that file, too; the bytes are kept", as)
}
