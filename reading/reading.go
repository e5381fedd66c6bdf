// Package reading turns the untrusted bytes of a report into text, title, author,
// outlet, date and language. Bytes in, values out: no disk, no net, no clock, so the
// same bytes always read the same.
//
// # What it reads
//
//   - Plain text (text/*): the encoding is found from the bytes, see below.
//   - HTML: the main text, without menus, adverts, related links and comments, by
//     go-trafilatura with its fallbacks; paragraphs are set apart by an empty line.
//     The title is not part of the text. If no main text is found, all the text of
//     the page, and a problem that says so.
//   - [MediaHTTP]: status line, headers and body as they came over the wire; transfer
//     and content encodings are undone, then the body is read by its own type.
//   - application/gzip: one page or text, compressed as a whole.
//   - [MediaPost], [MediaEntry]: one post of a channel's public preview, one entry of a feed.
//   - [MediaTelegram]: one message of a Telegram Desktop export; text and entities
//     joined exactly as they stand, and a poll's question and answers. A message
//     without words has the text "" and no problem.
//   - PDF, office documents, spreadsheets, slides, RTF and mail; pictures, sound and film,
//     which are described: see package documents. What a file is its bytes decide, whatever
//     was claimed. [Result.Details] has what it says about itself, apart from its text;
//     [Result.Unread] what in it was not read; [Join] adds what was recognised in pictures.
//     Who wrote or sent a document is never its Author or Outlet.
//
// Everything else is refused with evidence.ErrFormat, and what is locked with a password with
// evidence.ErrRefused: the bytes stay where they are.
//
// # What is done to the text, and what is not
//
// The text is kept as it was decoded: no Unicode normalization, no repair of spelling
// or quotes. Only this changes: a byte order mark at the start is dropped; CR LF and lone
// CR become LF; NUL and the other C0 controls but tab and LF, and DEL, are removed; bytes that
// the encoding does not know become U+FFFD, and a problem says how many and where.
// In HTML, white space is what a browser would show.
//
// The encoding is what the bytes look like: a byte order mark, UTF-16 by its pattern,
// valid UTF-8, else the single-byte encoding under which the letters come out as
// often as Ukrainian and Russian write them. A claimed charset only breaks ties.
//
// # Bounds
//
// Raw bytes over [MaxRaw] are refused with evidence.ErrLimit. Work is bounded by sizes
// and counts, never by time: a page with too many or too deep elements is read by a
// linear pass that keeps all its text, and a problem says so.
package reading

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/reading/documents"
	"svidok/words"
)

// Version names this reader in the record of every [evidence.Text] it makes. 2 reads office
// files, PDF, mail and previews of channels besides.
const Version = "reading/2"

// Media types of our own, beside text/html, application/xhtml+xml and text/plain.
const (
	MediaTelegram = "application/vnd.telegram.message+json" // one message of a Telegram Desktop export
	MediaHTTP     = "application/http; msgtype=response"    // status line, headers and body as they came over the wire
)

// MaxRaw is the longest report that is read, in bytes.
const MaxRaw = 64 << 20

// Result is one reading.
type Result struct {
	Text      string        // UTF-8, LF line ends; the title is not part of it
	MediaType string        // as found, without parameters
	Language  string        // uk, ru, en, other or und
	Title     string        // one line
	Author    string        // several are set apart by ", "
	Outlet    string        // site or channel
	Published evidence.Date // from markup, export, claims or, last, a dateline of the text; zero if none of them says
	Problems  []string      // what was wrong with the bytes, in words

	Details    []Detail  // what the file says about itself
	Unread     []string  // what in it was not read, in words
	Pages      []int     // byte offset in Text at which each page or slide begins
	Recognised []Stretch // which parts of Text were recognised in pictures, in order
}

// Read reads raw as mediaType says, unless the bytes say otherwise. claims fill what
// the bytes do not say, and hint at the encoding. Errors: evidence.ErrFormat for what is
// not read in this version or is no text, evidence.ErrLimit for what is too large,
// evidence.ErrRefused for what is locked.
func Read(raw []byte, mediaType string, claims evidence.Claims) (Result, error) {
	if len(raw) > MaxRaw {
		return Result{}, fmt.Errorf("read %d bytes, limit %d: %w", len(raw), MaxRaw, evidence.ErrLimit)
	}
	if mediaType == MediaPost {
		r, err := readPost(raw)
		if err == nil {
			r.fill(claims, "preview")
		}
		return r, err
	}
	base, param, _ := strings.Cut(mediaType, ";")
	base = strings.ToLower(strings.TrimSpace(base))
	if claims.Charset == "" {
		claims.Charset = charsetParam(param)
	}
	source := "http"
	var r Result
	var err error
	switch base {
	case "application/http":
		r, err = readHTTP(raw, claims)
	case MediaTelegram:
		source = "export"
		r, err = readTelegram(raw)
	case MediaEntry:
		source = "feed"
		r, err = readEntry(raw)
	default:
		r, err = readBody(raw, base, claims)
	}
	if err != nil {
		return Result{}, err
	}
	r.fill(claims, source)
	return r, nil
}

// fill takes from the claims what the bytes did not say, and tells the language.
func (r *Result) fill(claims evidence.Claims, source string) {
	if r.Title == "" {
		r.Title = oneLine(claims.Title)
	}
	if r.Outlet == "" {
		r.Outlet = oneLine(claims.Outlet)
	}
	if r.Published == (evidence.Date{}) {
		r.Published = parseDate(claims.Published, source)
	}
	if r.Published == (evidence.Date{}) {
		r.Published = publishedInText(r.Text)
	}
	r.Language, _ = words.Language(r.Text)
	if r.Language == "und" && r.Title != "" {
		r.Language, _ = words.Language(r.Title)
	}
}

// readBody reads what is neither a message nor a response.
func readBody(raw []byte, base string, claims evidence.Claims) (Result, error) {
	switch {
	case documents.Detect(raw, base) != "":
		return readDocument(raw, base, claims)
	case base == "text/html" || base == "application/xhtml+xml" || documents.Known(base) && looksHTML(raw):
		return readHTML(raw, claims), nil
	case base == "" || base == "application/octet-stream" || base == "text/plain":
		if looksHTML(raw) {
			return readHTML(raw, claims), nil
		}
		return readPlain(raw, claims)
	case base == "text/csv" || base == "text/tab-separated-values":
		r, err := readPlain(raw, claims)
		if err == nil {
			r.MediaType = base // rows as they stand
		}
		return r, err
	case strings.HasPrefix(base, "text/") && base != "text/xml" && base != "text/css" && base != "text/javascript":
		return readPlain(raw, claims)
	case base == "application/gzip" || base == "application/x-gzip":
		return readGzip(raw, claims)
	}
	return Result{}, unread(base)
}

// readGzip reads one compressed page or text, as people save them. Something compressed
// twice is no such thing.
func readGzip(raw []byte, claims evidence.Claims) (Result, error) {
	inner, problem, err := unpackOne(raw, "gzip")
	if err != nil {
		return Result{}, err
	}
	if bytes.HasPrefix(inner, []byte{0x1f, 0x8b}) {
		return Result{}, unread("application/gzip")
	}
	r, err := readBody(inner, "", claims)
	if err == nil && problem != "" {
		r.Problems = append(r.Problems, problem)
	}
	return r, err
}

func unread(base string) error {
	err := fmt.Errorf("read a report of type %q: %w", clip(base), evidence.ErrFormat)
	return evidence.WithHint(err, "not read in this version; bytes are kept")
}

// looksHTML: a page that came without its type.
func looksHTML(raw []byte) bool {
	head := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(raw[:min(len(raw), 512)], []byte("\xEF\xBB\xBF")), " \t\r\n"))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html")) ||
		bytes.HasPrefix(head, []byte("<head")) || bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<html"))
}

// readPlain reads text. Bytes that come out as controls and unknown characters are no
// text in any encoding that is tried.
func readPlain(raw []byte, claims evidence.Claims) (Result, error) {
	d := decode(raw, claims.Charset)
	text, removed := clean(d.text)
	strange := removed + strings.Count(text, "\uFFFD")
	if strange > 8 && strange*20 > utf8.RuneCountInString(d.text) {
		return Result{}, unread("unknown binary")
	}
	if removed > 0 {
		d.problems = append(d.problems, fmt.Sprintf("%d control characters were removed", removed))
	}
	return Result{Text: text, MediaType: "text/plain", Problems: d.problems}, nil
}

// clean makes line ends LF, drops controls, and says how many of these there were.
func clean(s string) (string, int) {
	s = strings.TrimPrefix(s, "\uFEFF")
	if strings.IndexFunc(s, isControl) < 0 {
		return s, 0
	}
	var b strings.Builder
	b.Grow(len(s))
	removed := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				continue
			}
			b.WriteByte('\n')
		case isControl(rune(c)):
			removed++
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), removed
}

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7F }

// oneLine returns s with single spaces and without anything that is obeyed instead of shown:
// a title that turns the direction of writing would turn what stands beside it, too.
func oneLine(s string) string {
	const longest = 1000
	s, _ = clean(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(c rune) rune {
		if evidence.Obeyed(c) {
			return -1
		}
		return c
	}, strings.Join(strings.Fields(s), " "))
	if len(s) > longest {
		n := longest
		for !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return s
}

// charsetParam finds charset=… among the parameters of a media type.
func charsetParam(params string) string {
	for p := range strings.SplitSeq(params, ";") {
		if k, v, ok := strings.Cut(p, "="); ok && strings.EqualFold(strings.TrimSpace(k), "charset") {
			return strings.Trim(strings.TrimSpace(v), `"'`)
		}
	}
	return ""
}

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
