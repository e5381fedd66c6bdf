package reading

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"svidok/evidence"
)

const (
	maxHead     = 256 << 10 // status line and headers
	maxCodings  = 4         // content encodings laid over one another
	maxExpanded = MaxRaw    // what a compressed body may grow to
)

// Content gives what a response as it came over the wire holds: its status, and its body
// with chunks and content encodings undone as far as they go. Errors as of [Read].
func Content(raw []byte) (status int, body []byte, err error) {
	c, err := openHTTP(raw)
	return c.status, c.body, err
}

// content is an opened response.
type content struct {
	status   int
	head     header
	body     []byte
	problems []string
}

// openHTTP undoes what can be undone of a response; what cannot be undone whole is undone as
// far as it goes, and named.
func openHTTP(raw []byte) (c content, err error) {
	if c.status, c.head, c.body, err = splitHTTP(raw); err != nil {
		return content{}, err
	}
	if strings.Contains(strings.ToLower(c.head.get("Transfer-Encoding")), "chunked") {
		if whole, problem := dechunk(c.body); problem == "" || len(whole) > 0 {
			c.body, c.problems = whole, note(c.problems, problem)
		} else {
			c.problems = note(c.problems, problem+"; the body is read as it stands")
		}
	} else if n, err := strconv.ParseInt(c.head.get("Content-Length"), 10, 64); err == nil && n > int64(len(c.body)) {
		c.problems = append(c.problems, fmt.Sprintf("the body has %d bytes of %d", len(c.body), n))
	}
	body, more, err := unpack(c.body, c.head.get("Content-Encoding"))
	if err != nil {
		return content{}, err
	}
	c.body, c.problems = body, append(c.problems, more...)
	return c, nil
}

// readHTTP reads a response as it came over the wire.
func readHTTP(raw []byte, claims evidence.Claims) (Result, error) {
	c, err := openHTTP(raw)
	if err != nil {
		return Result{}, err
	}
	if c.status != 200 {
		c.problems = append([]string{fmt.Sprintf("the server answered %d, not 200", c.status)}, c.problems...)
	}
	base, param, _ := strings.Cut(c.head.get("Content-Type"), ";")
	if set := charsetParam(param); set != "" {
		claims.Charset = set
	}
	r, err := readBody(c.body, strings.ToLower(strings.TrimSpace(base)), claims)
	if err != nil {
		return Result{}, fmt.Errorf("read the body of a response: %w", err)
	}
	r.Problems = append(c.problems, r.Problems...)
	return r, nil
}

func note(problems []string, p string) []string {
	if p == "" {
		return problems
	}
	return append(problems, p)
}

// header is the lines of a head, in order.
type header []struct{ name, value string }

func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// splitHTTP parts status, headers and body (RFC 9112), forgiving bare line feeds and
// lines that are no header.
func splitHTTP(raw []byte) (status int, h header, body []byte, err error) {
	malformed := func(what string) (int, header, []byte, error) {
		return 0, nil, nil, fmt.Errorf("read an HTTP response: %s: %w", what, evidence.ErrFormat)
	}
	line, rest, ok := cutLine(raw)
	if !ok || !bytes.HasPrefix(line, []byte("HTTP/")) {
		return malformed("no status line")
	}
	fields := strings.Fields(string(line[:min(len(line), 64)]))
	if len(fields) < 2 {
		return malformed("no status code")
	}
	if status, err = strconv.Atoi(fields[1]); err != nil || status < 100 || status > 999 {
		return malformed("no status code")
	}
	for {
		if len(raw)-len(rest) > maxHead {
			return 0, nil, nil, fmt.Errorf("read an HTTP response: headers over %d bytes: %w", maxHead, evidence.ErrLimit)
		}
		if line, rest, ok = cutLine(rest); !ok || len(line) == 0 {
			return status, h, rest, nil
		}
		if name, value, found := bytes.Cut(line, []byte(":")); found {
			h = append(h, struct{ name, value string }{strings.TrimSpace(string(name)), strings.TrimSpace(string(value))})
		}
	}
}

func cutLine(b []byte) (line, rest []byte, ok bool) {
	line, rest, ok = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest, ok
}

// dechunk undoes the chunked transfer coding as far as it is whole.
func dechunk(b []byte) (body []byte, problem string) {
	rest := b
	for {
		at := len(b) - len(rest)
		line, after, ok := cutLine(rest)
		digits, _, _ := strings.Cut(strings.TrimSpace(string(line[:min(len(line), 64)])), ";")
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 63)
		if !ok || err != nil {
			return body, fmt.Sprintf("chunked body: no chunk size at byte %d; what came before is taken", at)
		}
		if size == 0 {
			return body, ""
		}
		if size > uint64(len(after)) {
			return append(body, after...), fmt.Sprintf("chunked body: the chunk at byte %d has %d bytes of %d", at, len(after), size)
		}
		body = append(body, after[:size]...)
		rest = after[size:]
		if bytes.HasPrefix(rest, []byte("\r\n")) {
			rest = rest[2:]
		} else if bytes.HasPrefix(rest, []byte("\n")) {
			rest = rest[1:]
		}
	}
}

// unpack undoes the content codings, last first.
func unpack(b []byte, codings string) ([]byte, []string, error) {
	var list []string
	for c := range strings.SplitSeq(codings, ",") {
		if c = strings.ToLower(strings.TrimSpace(c)); c != "" && c != "identity" {
			list = append(list, c)
		}
	}
	if len(list) > maxCodings {
		return nil, nil, fmt.Errorf("unpack a body: %d content encodings: %w", len(list), evidence.ErrLimit)
	}
	var problems []string
	for i := len(list) - 1; i >= 0; i-- {
		out, problem, err := unpackOne(b, list[i])
		if err != nil {
			return nil, nil, err
		}
		b, problems = out, note(problems, problem)
	}
	return b, problems, nil
}

func unpackOne(b []byte, coding string) ([]byte, string, error) {
	r, err := decoder(b, coding)
	if err != nil {
		if errors.Is(err, evidence.ErrFormat) {
			return nil, "", err
		}
		return b, fmt.Sprintf("%s: %v; the body is read as it stands", coding, err), nil
	}
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, maxExpanded+1))
	if len(out) > maxExpanded {
		return nil, "", fmt.Errorf("unpack a body (%s): over %d bytes: %w", coding, maxExpanded, evidence.ErrLimit)
	}
	if err != nil {
		if len(out) == 0 {
			return b, fmt.Sprintf("%s: %v; the body is read as it stands", coding, err), nil
		}
		return out, fmt.Sprintf("%s: %v after %d bytes; what came before is taken", coding, err, len(out)), nil
	}
	return out, "", nil
}

// decoder opens one content coding. deflate is zlib (RFC 9110), but many servers send
// the bare stream.
func decoder(b []byte, coding string) (io.ReadCloser, error) {
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(bytes.NewReader(b))
	case "deflate":
		if r, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
			return r, nil
		}
		return flate.NewReader(bytes.NewReader(b)), nil
	case "br":
		return io.NopCloser(brotli.NewReader(bytes.NewReader(b))), nil
	case "zstd":
		d, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxExpanded))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return nil, unread("content encoding " + coding)
}
