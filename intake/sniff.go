package intake

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"

	"svidok/evidence"
)

// sniffLen is how much of a file is looked at. The messages of an export may begin
// behind a person's contacts; its first lines already tell what it is.
const sniffLen = 16 << 10

// sniff tells the media type from the first bytes and the name, without parameters but
// for a stored HTTP response. It is a claim like any other.
func sniff(name string, head []byte) string {
	ext := strings.ToLower(path.Ext(name))
	if t := archiveType(head); t != "" {
		return t
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		if t := archiveType(inflateHead(head)); t != "" {
			return t
		}
		if ext == ".tgs" || ext == ".svgz" { // pictures, compressed as their formats ask
			return typeByExt(ext)
		}
		return TypeGzip
	}
	if t := packedType(ext, head); t != "" {
		return t
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if isHTTPResponse(text) {
		return TypeHTTPResponse
	}
	if isTelegramExport(text) {
		return TypeTelegramExport
	}
	if t := mailType(ext, text); t != "" {
		return t
	}
	found, _, _ := strings.Cut(http.DetectContentType(text), ";")
	byExt := typeByExt(ext)
	switch {
	case found == "text/plain" && byExt != "" && !strings.HasPrefix(byExt, "image/"):
		return byExt
	case found == "text/plain" && looksLikeJSON(text):
		return "application/json"
	case found == "text/xml" && byExt != "":
		return byExt
	case (found == "application/zip" || found == "application/octet-stream") && byExt != "":
		return byExt
	}
	return found
}

func archiveType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("WARC/0.")), bytes.HasPrefix(head, []byte("WARC/1.")):
		return TypeWARC
	case bytes.HasPrefix(head, []byte("filedesc://")):
		return TypeARC
	}
	return ""
}

func inflateHead(head []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return nil
	}
	var b [32]byte
	n, _ := io.ReadFull(z, b[:]) // what inflates tells; an error is the reader's affair
	return b[:n]
}

// isHTTPResponse: "HTTP/1.1 200 " and so on.
func isHTTPResponse(b []byte) bool {
	line, _, ok := bytes.Cut(b, []byte("\n"))
	if !ok || !bytes.HasPrefix(line, []byte("HTTP/")) {
		return false
	}
	f := strings.Fields(string(line))
	return len(f) >= 2 && len(f[0]) <= len("HTTP/1.1") && len(f[1]) == 3 && f[1][0] >= '1' && f[1][0] <= '5'
}

func looksLikeJSON(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) < 2 || b[0] != '{' && b[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(b[1:], " \t\r\n")
	return len(next) > 0 && strings.IndexByte(`"{[]}-0123456789tfn`, next[0]) >= 0 && (b[0] == '[' || next[0] == '"' || next[0] == '}')
}

// typeByExt is a table of our own: the system's differs from machine to machine.
func typeByExt(ext string) string {
	switch ext {
	case ".html", ".htm", ".xhtml", ".shtml":
		return "text/html"
	case ".txt", ".text", ".md", ".log":
		return "text/plain"
	case ".json":
		return "application/json"
	case ".jsonl", ".ndjson":
		return "application/x-ndjson"
	case ".xml", ".rss", ".atom":
		return "application/xml"
	case ".css":
		return "text/css"
	case ".js", ".mjs":
		return "text/javascript"
	case ".csv":
		return "text/csv"
	case ".eml":
		return TypeMessage
	case ".mht", ".mhtml":
		return "multipart/related"
	case ".vcf":
		return "text/vcard"
	case ".svg":
		return "image/svg+xml"
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case ".odt":
		return "application/vnd.oasis.opendocument.text"
	case ".doc":
		return "application/msword"
	case ".rtf":
		return "application/rtf"
	case ".wacz":
		return TypeWACZ
	case ".svgz":
		return "image/svg+xml"
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".pptx":
		return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	case ".ods":
		return "application/vnd.oasis.opendocument.spreadsheet"
	case ".epub":
		return "application/epub+zip"
	case ".apk":
		return "application/vnd.android.package-archive"
	case ".jar":
		return "application/java-archive"
	case ".tgs":
		return "application/x-tgsticker"
	case ".woff", ".woff2", ".ttf", ".otf":
		return "font/" + ext[1:]
	}
	return ""
}

// opens: [Parts] has something to give of it. A message is a report, and may hold more.
func opens(mediaType string) bool {
	return mediaType == TypeMessage || partOf(mediaType, true) == evidence.PartContainer
}

// partOf says what a file is that was found by itself. Only what belongs to a page and
// says nothing alone is an attachment, and only within a folder.
func partOf(mediaType string, named bool) evidence.Part {
	switch mediaType {
	case TypeTelegramExport, TypeWARC, TypeARC, TypeZip, TypeTar, TypeGzip, TypeBzip2, TypeXz, TypeZstd, Type7z, TypeRAR, TypeWACZ, TypeMbox:
		return evidence.PartContainer
	case "text/css", "text/javascript":
		if !named {
			return evidence.PartAttachment
		}
	}
	if !named && strings.HasPrefix(mediaType, "font/") {
		return evidence.PartAttachment
	}
	return evidence.PartReport
}

// isTelegramExport: an object of the export's own making. One chat begins with its name,
// type and id; an account with "about", and "chats" may stand far behind.
func isTelegramExport(b []byte) bool {
	s := scanner{r: bytes.NewReader(b), max: sniffLen}
	if c, err := s.peek(); err != nil || c != '{' {
		return false
	}
	kind, messages, account := "", false, false
	// An error is the end of what was looked at: what was seen until then counts.
	_ = s.object(1, func(key string) error {
		switch key {
		case "type":
			var err error
			kind, err = s.text()
			return err
		case "messages":
			c, err := s.peek()
			messages = err == nil && c == '['
		case "chats", "left_chats", "personal_information":
			c, err := s.peek()
			account = account || err == nil && c == '{'
		}
		return s.value(2)
	})
	if kind != "" {
		return messages && (isChatType(kind) || bytes.Contains(b, []byte(`"date_unixtime"`)) || bytes.Contains(b, []byte(`"text_entities"`)))
	}
	return account && (bytes.Contains(b, []byte(`"about"`)) || bytes.Contains(b, []byte(`"list"`))) ||
		messages && (bytes.Contains(b, []byte(`"date_unixtime"`)) || bytes.Contains(b, []byte(`"text_entities"`)))
}

// isChatType: as Telegram Desktop writes them.
func isChatType(s string) bool {
	switch s {
	case "saved_messages", "replies", "verify_codes", "verification_codes", "personal_chat", "bot_chat",
		"private_group", "private_supergroup", "public_supergroup", "private_channel", "public_channel":
		return true
	}
	return false
}
