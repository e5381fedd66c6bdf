package web

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"

	"svidok/catalog"
	"svidok/evidence"
)

// Original bytes are foreign and may be hostile. They are shown in a frame that may do
// nothing (sandbox without any permission), under a policy that loads nothing, after
// everything that could run, load, move or send was left out (sanitise.go). Each of the
// three would do; all are there because a look at a report must never tell its author.

// framePolicy holds for the frame's own answer.
const framePolicy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"

// maxShown is how much of an original is shown; the rest can be taken as it is.
const maxShown = 4 << 20

type originalPage struct {
	reportFrame
	Paragraphs []paragraph
	Form       string // html, text or none: how the original is shown
	Shown      bool   // whole
	Ask        bool   // for a reason, first
	Picture    int64  // position of the browser's picture of the page; 0: none
}

// originalForm says how bytes of this type are shown.
func originalForm(mediaType string) string {
	base, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		base, _, _ = strings.Cut(mediaType, ";")
	}
	switch base = strings.ToLower(strings.TrimSpace(base)); {
	case base == "text/html" || base == "application/xhtml+xml":
		return "html"
	case base == "application/http":
		return "html"
	case strings.HasPrefix(base, "text/"), strings.HasSuffix(base, "+json"), base == "application/json", base == "":
		return "text"
	}
	return "none"
}

func (d *desk) originalPage(v *visit) error {
	f, detail, err := v.reportFrame("original")
	if err != nil {
		return err
	}
	p := originalPage{reportFrame: f, Form: originalForm(detail.MediaType), Shown: detail.Size <= maxShown}
	may, err := v.viewable(detail.Report)
	if err != nil {
		return err
	}
	p.Ask, p.Picture = !may, screenshotOf(detail.Beside)
	text, err := v.textOf(detail.Report)
	if err != nil {
		return err
	}
	p.Paragraphs = paragraphs(text, nil)
	return v.render(http.StatusOK, "original", &p)
}

// frame answers with what stands in the frame of an original.
func (d *desk) frame(v *visit) error {
	rep, err := v.reportOf()
	if err != nil {
		return err
	}
	if may, err := v.viewable(rep.Report); err != nil || !may {
		return cmp.Or(err, v.notViewable(rep.Report))
	}
	raw, err := v.head(rep, maxShown)
	if err != nil {
		return err
	}
	page, err := v.showOriginal(raw, rep)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", framePolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	return v.send(http.StatusOK, "text/html; charset=utf-8", page)
}

// head reads the beginning of a report's bytes.
func (v *visit) head(rep catalog.Detail, limit int64) ([]byte, error) {
	r, _, err := v.archive.Object(v.ctx(), rep.Payload)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return nil, fmt.Errorf("read the original %s: %w", rep.Payload, err)
	}
	return b, nil
}

func (v *visit) showOriginal(raw []byte, rep catalog.Detail) ([]byte, error) {
	claimed := ""
	if len(rep.Taken) > 0 {
		claimed = rep.Taken[0].Claims.Charset
	}
	mediaType := rep.MediaType
	if body, kind, ok := unwrapHTTP(raw, rep); ok {
		raw, mediaType = body, kind
	}
	switch originalForm(mediaType) {
	case "html":
		if _, params, err := mime.ParseMediaType(mediaType); err == nil {
			claimed = cmp.Or(params["charset"], claimed)
		}
		words := decode(raw, claimed)
		page, err := sanitise(words)
		if errors.Is(err, evidence.ErrFormat) { // nested beyond reason: its source can still be read
			return textFrame(string(words)), nil
		}
		return page, err
	case "text":
		return textFrame(string(decode(prettyJSON(raw), claimed))), nil
	}
	return textFrame(v.l.t("original.none")), nil
}

// unwrapHTTP takes a captured HTTP answer apart.
func unwrapHTTP(raw []byte, rep catalog.Detail) ([]byte, string, bool) {
	if !bytes.HasPrefix(raw, []byte("HTTP/")) {
		return nil, "", false
	}
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		return nil, "", false
	}
	defer answer.Body.Close()
	var body io.Reader = answer.Body
	if strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip") {
		if body, err = gzip.NewReader(body); err != nil {
			return nil, "", false
		}
	}
	b, err := io.ReadAll(io.LimitReader(body, maxShown))
	if len(b) == 0 && err != nil {
		return nil, "", false // a cut body is shown as far as it goes
	}
	return b, cmp.Or(answer.Header.Get("Content-Type"), rep.MediaType), true
}

// decode returns UTF-8: as declared, else as it looks, else as most pages of the region were.
func decode(raw []byte, claimed string) []byte {
	e, name, certain := charset.DetermineEncoding(raw[:min(len(raw), 1024)], "text/html; charset="+claimed)
	if claimed == "" || name == "windows-1252" && !certain {
		declared := certain && name != "windows-1252"
		switch {
		case utf8.Valid(trimPartial(raw)):
			return raw
		case !declared:
			e = charmap.Windows1251
		}
	}
	out, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		return raw
	}
	return out
}

// trimPartial leaves out a character that the limit cut.
func trimPartial(b []byte) []byte {
	for i := 0; i < utf8.UTFMax && i < len(b); i++ {
		if at := len(b) - 1 - i; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				return b[:at]
			}
			return b
		}
	}
	return b
}

func prettyJSON(raw []byte) []byte {
	var b bytes.Buffer
	if t := bytes.TrimSpace(raw); len(t) == 0 || t[0] != '{' && t[0] != '[' || json.Indent(&b, t, "", "  ") != nil {
		return raw
	}
	return b.Bytes()
}

// bytes gives the original as it was received, as a file: never as something to open here.
func (d *desk) bytes(v *visit) error {
	rep, err := v.reportOf()
	if err != nil {
		return err
	}
	if may, err := v.viewable(rep.Report); err != nil || !may {
		return cmp.Or(err, v.notViewable(rep.Report))
	}
	r, size, err := v.archive.Object(v.ctx(), rep.Payload)
	if err != nil {
		return err
	}
	defer r.Close()
	return v.download(r, size, rep.Payload.String()+".bin", "application/octet-stream")
}

// download streams a file. If its bytes turn out to be altered on the way, the connection is
// cut, so that the browser reports a failed download instead of keeping a false one.
func (v *visit) download(r io.Reader, size int64, name, mediaType string) error {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", fmt.Sprint(size))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if _, err := io.Copy(v.w, r); err != nil {
		v.log.Error("a download was cut", "name", name, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
