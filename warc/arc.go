package warc

import (
	"bytes"
	"fmt"
	"strings"
)

// ARC (Internet Archive, version 1 and 2): a record is one line
//
//	URL IP-address Archive-date Content-type Archive-length                     (version 1)
//	URL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length   (version 2)
//
// then as many bytes as its last field says, then LF. The first record of a file is its
// description ("filedesc://"). The fields given for it are WARC-Type (warcinfo for the
// description, response where the block begins as HTTP, else resource), WARC-Target-URI,
// WARC-IP-Address, WARC-Date, Content-Type and Content-Length.

const arcDescription = "filedesc://"

// startsARC: a line of at least five fields, of which the first has a scheme and one, at
// least two before the last, is a date of digits.
func startsARC(p []byte) bool {
	line, _, ok := bytes.Cut(p, []byte("\n"))
	if !ok {
		return false
	}
	scheme, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(scheme) > 20 || !isScheme(string(scheme)) {
		return false
	}
	_, ok = parseARC(string(line))
	return ok
}

type arcLine struct{ uri, ip, date, kind, length string }

// parseARC reads from the right, since URLs may hold spaces.
func parseARC(line string) (arcLine, bool) {
	f := strings.Split(strings.TrimRight(line, "\r"), " ")
	for i := len(f) - 3; i >= 2; i-- {
		if len(f[i]) >= 12 && isDigits(f[i]) {
			return arcLine{strings.Join(f[:i-1], " "), f[i-1], f[i], f[i+1], f[len(f)-1]}, true
		}
	}
	return arcLine{}, false
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (r *Reader) arcHeader(rec *Record) error {
	r.arc = true
	p := r.s.peek(recordPeek)
	n := bytes.IndexByte(p, '\n') // there: startsARC saw it
	a, _ := parseARC(string(p[:n]))
	r.s.discard(n + 1)
	rec.Version = "ARC/1"
	var err error
	if rec.Size, err = parseLength(a.length); err != nil {
		return fmt.Errorf("ARC record of %q: %w", clip(a.uri), err)
	}
	kind := "resource"
	if strings.HasPrefix(a.uri, arcDescription) {
		kind = "warcinfo"
		if bytes.HasPrefix(r.s.peek(2), []byte("2 ")) {
			rec.Version = "ARC/2"
		}
	} else if rec.Size >= 5 && string(r.s.peek(5)) == "HTTP/" {
		kind, a.kind = "response", "application/http; msgtype=response"
	}
	date, ok := arcDate(a.date)
	if !ok {
		rec.problem("date %q", clip(a.date))
	}
	rec.Fields = Fields{{"WARC-Type", kind}, {"WARC-Target-URI", a.uri}, {"WARC-IP-Address", a.ip},
		{"WARC-Date", date}, {"Content-Type", a.kind}, {"Content-Length", a.length}}
	if kind != "warcinfo" && !isURI(a.uri) {
		rec.problem("the URL is no URI: %q", clip(a.uri))
	}
	return nil
}

// arcDate turns YYYYMMDDhhmmss, UTC, into the form of a WARC-Date.
func arcDate(s string) (string, bool) {
	if len(s) < 14 {
		return s, false
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:8] + "T" + s[8:10] + ":" + s[10:12] + ":" + s[12:14] + "Z", len(s) == 14
}
