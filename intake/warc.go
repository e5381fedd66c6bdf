package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"

	"svidok/evidence"
	"svidok/warc"
)

// maxOriginals bounds how many records are remembered for the revisits that follow.
const maxOriginals = 1 << 20

// originals are the parts that a revisit may repeat, by record, by URI and date, and by
// payload digest.
type originals map[string]original

type original struct {
	part int
	at   int64
}

func (o originals) add(rec *warc.Record, part int) {
	if len(o) >= maxOriginals {
		return
	}
	for _, key := range []string{rec.Fields.Get("WARC-Record-ID"), onDate(rec.TargetURI(), rec.Fields.Get("WARC-Date")), digestKey(rec)} {
		if _, taken := o[key]; key != "" && !taken {
			o[key] = original{part, rec.Offset}
		}
	}
}

func onDate(uri, date string) string {
	if uri == "" || date == "" {
		return ""
	}
	return date + " " + uri
}

func digestKey(rec *warc.Record) string {
	if d := rec.Fields.Get("WARC-Payload-Digest"); d != "" {
		return "digest " + d
	}
	return ""
}

// of finds what a revisit repeats.
func (o originals) of(rec *warc.Record) (original, bool) {
	uri := strings.Trim(rec.Fields.Get("WARC-Refers-To-Target-URI"), "<>")
	keys := []string{rec.Fields.Get("WARC-Refers-To"), onDate(uri, rec.Fields.Get("WARC-Refers-To-Date"))}
	if !strings.Contains(rec.Fields.Get("WARC-Profile"), "server-not-modified") {
		keys = append(keys, digestKey(rec))
	}
	for _, key := range keys {
		if found, ok := o[key]; ok && key != "" {
			return found, true
		}
	}
	return original{}, false
}

// warc yields the parts of a WARC or ARC file.
func (p *parts) warc(r io.Reader, w warcFile) {
	rd := warc.NewReader(r, warc.Limits{Record: p.lim.Record, Ratio: p.lim.Ratio})
	if w.known == nil {
		w.known = originals{}
	}
	for {
		rec, err := rd.Next()
		if err == io.EOF {
			return
		}
		if err == nil {
			var goOn bool
			if goOn, err = p.record(rec, &w); !goOn {
				return
			}
		}
		if err != nil {
			within, told := p.damage(err, &w)
			if !p.fail(within, told) {
				return
			}
		}
	}
}

// damage puts the words and sentinels of this house to those of package warc.
func (p *parts) damage(err error, w *warcFile) (within string, told error) {
	if d, ok := errors.AsType[*warc.Damage](err); ok {
		within = w.within(d.Offset)
	}
	switch {
	case errors.Is(err, warc.ErrLimit):
		return within, fmt.Errorf("%q: %w: %w", p.container.Name, evidence.ErrLimit, err)
	case errors.Is(err, warc.ErrFormat), errors.Is(err, warc.ErrTruncated), errors.Is(err, warc.ErrGzip):
		return within, fmt.Errorf("%q: %w: %w", p.container.Name, evidence.ErrFormat, err)
	}
	return within, fmt.Errorf("read %q: %w", p.container.Name, err) // the input failed, or there is no room to spool
}

// record yields one record, if it is a part. The error is the record's; false: stop.
func (p *parts) record(rec *warc.Record, w *warcFile) (bool, error) {
	uri := rec.TargetURI()
	kind := rec.Type()
	switch {
	case kind != "response" && kind != "resource" && kind != "revisit",
		strings.HasPrefix(uri, "metadata:"), strings.HasPrefix(uri, "dns:"), strings.HasPrefix(uri, "whois:"):
		return p.quiet(rec)
	case rec.Fields.Get("WARC-Segment-Number") != "":
		return true, &warc.Damage{Offset: rec.Offset, Cause: fmt.Errorf("a record cut into segments, which are not put together: %w", warc.ErrFormat)}
	}
	data, open, size, err := p.lim.spool(rec.Block, rec.Size, p.lim.Record)
	if err != nil {
		return true, err
	}
	if size == 0 {
		return true, &warc.Damage{Offset: rec.Offset, Cause: fmt.Errorf("a record of %s without content: %w", uri, warc.ErrFormat)}
	}
	it := Item{Input: p.container.Input, Door: DoorWARC, MediaType: rec.Fields.Get("Content-Type"), Part: evidence.PartAttachment,
		Within: w.within(rec.Offset), Problems: rec.Problems, Size: size, Data: data, Open: open, Parent: -1}
	it.Claims.Address = clip(uri)
	it.Claims.Modified = rec.Fields.Get("WARC-Date")
	if why := rec.Fields.Get("WARC-Truncated"); why != "" {
		it.Problems = append(it.Problems, "cut short when it was recorded: "+clip(why))
	}
	head := data
	if open != nil {
		if head, err = headOf(open); err != nil {
			return true, err
		}
	}
	if p.left -= size; p.left < 0 {
		p.last(it.Within, fmt.Errorf("%q: more comes out of the container than may: the rest is not taken: %w", p.container.Name, evidence.ErrLimit))
		return false, nil
	}
	if w.problem != "" {
		it.Problems = append(it.Problems, w.problem)
	}
	mediaType := p.judge(&it, kind, head)
	if kind == "revisit" {
		it.revisit(rec, w.known)
	} else {
		w.known.add(rec, p.n)
	}
	w.pages.place(p, &it, rec, mediaType)
	return p.give(it), nil
}

// quiet passes over a record that is no part. It is read nevertheless, so that damage in
// it is named.
func (p *parts) quiet(rec *warc.Record) (bool, error) {
	_, err := io.Copy(io.Discard, rec.Block)
	return true, err
}

func (it *Item) revisit(rec *warc.Record, known originals) {
	it.Part = evidence.PartAttachment
	if o, ok := known.of(rec); ok {
		it.Parent = o.part
		it.Problems = append(it.Problems, fmt.Sprintf("a revisit: its payload is that of the record at byte %d", o.at))
		return
	}
	what := strings.Trim(rec.Fields.Get("WARC-Refers-To-Target-URI"), "<>")
	if what == "" {
		what = rec.TargetURI()
	}
	if date := rec.Fields.Get("WARC-Refers-To-Date"); date != "" {
		what += " of " + date
	}
	it.Problems = append(it.Problems, "a revisit: its payload is that of "+clip(what)+", which is not in this file")
}

// judge says whether a record is a report, and returns the media type of what it holds.
func (p *parts) judge(it *Item, kind string, head []byte) string {
	mediaType := it.MediaType
	isHTTP := strings.HasPrefix(strings.ToLower(mediaType), "application/http")
	if isHTTP || kind == "response" && isHTTPResponse(head) {
		it.MediaType = TypeHTTPResponse
		h, ok := parseHTTPHead(head)
		if !ok {
			it.Problems = append(it.Problems, "no HTTP response begins here")
			return ""
		}
		it.Claims.Charset = h.charset
		if h.status < 200 || h.status > 299 {
			p := fmt.Sprintf("HTTP status %d", h.status)
			if h.location != "" {
				p += ", to " + clip(h.location)
			}
			it.Problems = append(it.Problems, p)
			return ""
		}
		mediaType = h.mediaType
		if mediaType == "" && !h.encoded {
			mediaType = sniff(pathOf(it.Claims.Address), head[h.end:])
		} else if mediaType == "" {
			mediaType = "text/html" // the body is compressed or chunked: better read in vain than missed
		}
	} else {
		declared, params, err := mime.ParseMediaType(mediaType)
		if err == nil {
			it.Claims.Charset = clip(params["charset"])
			mediaType = declared
		}
		if mediaType == "" || err != nil {
			mediaType = sniff(pathOf(it.Claims.Address), head[:min(len(head), sniffLen)])
		}
		it.MediaType = mediaType
	}
	if isDocument(mediaType) && !strings.HasSuffix(pathOf(it.Claims.Address), "/robots.txt") {
		it.Part = evidence.PartReport
	}
	return mediaType
}

func isDocument(mediaType string) bool {
	switch mediaType {
	case "text/html", "application/xhtml+xml", "text/plain", "application/pdf", "message/rfc822", "multipart/related",
		"application/msword", "application/rtf", "text/rtf", "application/vnd.oasis.opendocument.text",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return true
	}
	return false
}

// resolve makes a reference absolute (RFC 3986 section 5); "" if it is none.
func resolve(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	to, err := b.Parse(ref)
	if err != nil {
		return ""
	}
	return to.String()
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

type httpHead struct {
	status             int
	mediaType, charset string
	location           string
	encoded            bool // transfer or content coding stands between the bytes and the type
	end                int
}

// parseHTTPHead reads the head of a response as far as its kind needs; the whole message
// is read by package reading.
func parseHTTPHead(b []byte) (h httpHead, ok bool) {
	if !isHTTPResponse(b) {
		return h, false
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	status, err := strconv.Atoi(strings.Fields(string(line))[1])
	if err != nil {
		return h, false
	}
	h.status = status
	for h.end < len(b) {
		n := bytes.IndexByte(b[h.end:], '\n')
		if n < 0 {
			n = len(b) - h.end - 1
		}
		line := strings.TrimRight(string(b[h.end:h.end+n+1]), "\r\n")
		h.end += n + 1
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-type":
			if t, params, err := mime.ParseMediaType(value); err == nil || t != "" {
				h.mediaType, h.charset = t, clip(params["charset"])
			}
		case "content-encoding", "transfer-encoding":
			h.encoded = h.encoded || !strings.EqualFold(value, "identity")
		case "location":
			h.location = value
		}
	}
	return h, true
}
