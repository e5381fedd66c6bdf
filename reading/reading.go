// Package reading turns the untrusted bytes of a report into text, title, author,
// outlet, date and language.
package reading

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/words"
)

// Version names this reader in the record of every [evidence.Text] it makes.
const Version = "reading/1"

// Media types of our own, beside text/html, application/xhtml+xml and text/plain.
const (
	MediaTelegram = "application/vnd.telegram.message+json" // one message of a Telegram Desktop export
	MediaHTTP     = "application/http; msgtype=response"    // status line, headers and body as they came over the wire
)

// Result is one reading.
type Result struct {
	Text      string // UTF-8, LF line ends; the title is not part of it
	MediaType string // as found, without parameters
	Language  string // uk, ru, en, other or und
	Title     string
	Author    string        // several are set apart by ", "
	Outlet    string        // site or channel
	Published evidence.Date // zero if neither the bytes nor the claims say
	Problems  []string      // what was wrong with the bytes, in words
}

// Read reads raw as mediaType says, unless the bytes say otherwise.
func Read(raw []byte, mediaType string, claims evidence.Claims) (Result, error) {
	base, _, _ := strings.Cut(mediaType, ";")
	switch strings.ToLower(strings.TrimSpace(base)) {
	case "", "text/plain":
	default:
		err := fmt.Errorf("read %q: %w", mediaType, evidence.ErrFormat)
		return Result{}, evidence.WithHint(err, "not read in this version; bytes are kept")
	}
	r := Result{MediaType: "text/plain", Title: claims.Title, Outlet: claims.Outlet}
	r.Text = string(bytes.ToValidUTF8(raw, []byte(string(utf8.RuneError))))
	r.Language, _ = words.Language(r.Text)
	return r, nil
}
