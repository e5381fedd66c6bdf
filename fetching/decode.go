package fetching

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxCodings = 4
	maxRatio   = 1000 // what a body may grow by, beyond a MiB
)

// decode undoes the codings of a body (RFC 9110, 8.4), the last first, as far as it is whole.
func decode(b []byte, headers []string, limit int64) (out []byte, problems []string) {
	var codings []string
	for _, c := range list(headers) {
		if c = strings.ToLower(c); c != "identity" {
			codings = append(codings, c)
		}
	}
	if len(codings) > maxCodings {
		return b, []string{fmt.Sprintf("%d content codings: not undone", len(codings))}
	}
	for i := len(codings) - 1; i >= 0 && len(b) > 0; i-- {
		name := clip(codings[i], 40)
		r, err := decoder(b, codings[i])
		if err != nil {
			return b, append(problems, fmt.Sprintf("content coding %s: %v", name, err))
		}
		bound := min(limit, int64(len(b))*maxRatio+1<<20)
		b, err = io.ReadAll(io.LimitReader(r, bound+1))
		_ = r.Close() // it only frees
		if err != nil {
			problems = append(problems, fmt.Sprintf("content coding %s: %v; undone as far as it goes", name, err))
		}
		if int64(len(b)) > bound {
			return b[:bound], append(problems, fmt.Sprintf("content coding %s: it grows beyond %d bytes: the rest was not undone", name, bound))
		}
	}
	return b, problems
}

func decoder(b []byte, coding string) (io.ReadCloser, error) {
	r := bytes.NewReader(b)
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "deflate":
		if z, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
			return z, nil
		}
		return flate.NewReader(r), nil // what some servers mean by it
	case "br":
		return io.NopCloser(brotli.NewReader(r)), nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return nil, errors.New("unknown")
}

// mediaType reads a Content-Type (RFC 9110, 8.3).
func mediaType(s string) (media, charset string, problems []string) {
	base, params, _ := strings.Cut(s, ";")
	base = strings.ToLower(strings.TrimSpace(base))
	kind, sub, _ := strings.Cut(base, "/")
	if token(kind) && token(sub) && len(base) <= 255 {
		media = base
	} else if base != "" {
		problems = append(problems, fmt.Sprintf("the media type is none: %q", clip(base, 60)))
	}
	for p := range strings.SplitSeq(params, ";") {
		k, v, ok := strings.Cut(p, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(k), "charset") || charset != "" {
			continue
		}
		if v = strings.Trim(strings.TrimSpace(v), `"'`); token(v) && len(v) <= 40 {
			charset = v
		} else if v != "" {
			problems = append(problems, fmt.Sprintf("the charset is none: %q", clip(v, 60)))
		}
	}
	return media, charset, problems
}
