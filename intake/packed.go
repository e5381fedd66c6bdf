package intake

import (
	"bytes"
	"encoding/binary"
	"strings"

	"svidok/intake/unpacking"
)

// packedType tells archives by their first bytes: by content, since a document, too, may
// be a zip file.
func packedType(ext string, head []byte) string {
	switch unpacking.CompressionOf(head) {
	case unpacking.Bzip2:
		return TypeBzip2
	case unpacking.Xz:
		return TypeXz
	case unpacking.Zstd:
		return TypeZstd
	}
	switch {
	case bytes.HasPrefix(head, []byte("7z\xbc\xaf\x27\x1c")):
		return Type7z
	case bytes.HasPrefix(head, []byte("Rar!\x1a\x07")):
		return TypeRAR
	case bytes.HasPrefix(head, []byte("PK\x05\x06")): // an empty one
		return TypeZip
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK00PK\x03\x04")):
		return zipType(ext, head)
	case unpacking.IsTar(head):
		return TypeTar
	}
	return ""
}

// zipType looks at the names of the members that begin within the first bytes. What it
// cannot see there is found out when the file is opened.
func zipType(ext string, head []byte) string {
	names, mimetype := zipNames(head)
	if mimetype != "" {
		return mimetype
	}
	byExt := typeByExt(ext)
	for _, n := range names {
		switch {
		case n == "datapackage.json", n == "datapackage-digest.json", strings.HasPrefix(n, "archive/") && strings.Contains(n, ".warc"), ext == ".wacz":
			return TypeWACZ
		case n == "META-INF/MANIFEST.MF", n == "META-INF/":
			if byExt != "" && byExt != TypeWACZ {
				return byExt
			}
			return "application/java-archive"
		case n == "AndroidManifest.xml":
			return "application/vnd.android.package-archive"
		case strings.HasPrefix(n, "word/"):
			return typeByExt(".docx")
		case strings.HasPrefix(n, "xl/"):
			return typeByExt(".xlsx")
		case strings.HasPrefix(n, "ppt/"):
			return typeByExt(".pptx")
		}
	}
	for _, n := range names {
		if n == "[Content_Types].xml" || strings.HasPrefix(n, "_rels/") || strings.HasPrefix(n, "docProps/") {
			if strings.HasPrefix(byExt, "application/vnd.openxmlformats") {
				return byExt
			}
			return "application/vnd.openxmlformats-package" // which kind, its reader sees
		}
	}
	if byExt != "" && ext != ".wacz" && strings.HasPrefix(byExt, "application/") && len(names) == 0 {
		return byExt
	}
	return TypeZip
}

// zipNames lists the members that begin within head; mimetype is what a member of that
// name, the first and not compressed (OCF 3.3, ODF 1.3 part 2), says.
func zipNames(head []byte) (names []string, mimetype string) {
	for at := 0; len(names) < 100; {
		i := bytes.Index(head[at:], []byte("PK\x03\x04"))
		if i < 0 || len(head)-at-i < 30 {
			break
		}
		h := head[at+i:]
		n, e := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
		if len(h) < 30+n+e {
			break
		}
		name := string(h[30 : 30+n])
		if size := int(binary.LittleEndian.Uint32(h[18:])); len(names) == 0 && name == "mimetype" && size > 0 && size < 200 && len(h) >= 30+n+e+size {
			if t := strings.TrimSpace(string(h[30+n+e : 30+n+e+size])); isMediaType(t) {
				return nil, t
			}
		}
		names = append(names, name)
		at += i + 30 + n + e
	}
	return names, ""
}

// isMediaType: a type and a subtype (RFC 6838), no container of ours.
func isMediaType(s string) bool {
	top, sub, ok := strings.Cut(s, "/")
	return ok && top != "" && sub != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+/") == "" && !opens(s)
}

// mailType tells messages and mailboxes by their first lines. A saved page (MHTML) has the
// form of a message, and is a report as it stands.
func mailType(ext string, text []byte) string {
	switch {
	case unpacking.IsMailbox(text):
		return TypeMbox
	case !unpacking.IsMessage(text):
		return ""
	case ext == ".mht" || ext == ".mhtml" || bytes.Contains(text, []byte("\nSnapshot-Content-Location:")) || bytes.Contains(text, []byte("From: <Saved by ")):
		return typeByExt(".mht")
	}
	return TypeMessage
}
