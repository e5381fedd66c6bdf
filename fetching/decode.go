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

// decode undoes the content codings of a body, the last first, as far as it is whole.
func decode(b []byte, codings string, limit int64) (out []byte, problems []string) {
	var list []string
	for c := range strings.SplitSeq(codings, ",") {
		if c = strings.ToLower(strings.TrimSpace(c)); c != "" && c != "identity" {
			list = append(list, c)
		}
	}
	if len(list) > maxCodings {
		return nil, []string{fmt.Sprintf("%d content codings: not undone", len(list))}
	}
	for i := len(list) - 1; i >= 0; i-- {
		r, err := decoder(b, list[i])
		if err != nil {
			return b, append(problems, fmt.Sprintf("content coding %s: %v", clip(list[i]), err))
		}
		bound := min(limit, int64(len(b))*maxRatio+1<<20)
		b, err = io.ReadAll(io.LimitReader(r, bound+1))
		if err != nil {
			problems = append(problems, fmt.Sprintf("content coding %s: %v; undone as far as it goes", list[i], err))
		}
		if int64(len(b)) > bound {
			return b[:bound], append(problems, fmt.Sprintf("content coding %s: it grows beyond %d bytes: the rest was not undone", list[i], bound))
		}
	}
	return b, problems
}

func decoder(b []byte, coding string) (io.Reader, error) {
	r := bytes.NewReader(b)
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "deflate":
		if z, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
			return z, nil
		}
		return flate.NewReader(r), nil
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return nil, errors.New("unknown")
}
