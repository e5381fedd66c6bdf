package unpacking

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"svidok/evidence"
)

// Compression is how one stream is compressed.
type Compression string

// The compressions.
const (
	Gzip  Compression = "gzip"  // RFC 1952
	Bzip2 Compression = "bzip2" // bzip2 1.0
	Xz    Compression = "xz"    // XZ file format 1.2
	Zstd  Compression = "zstd"  // RFC 8878
)

// maxWindow bounds the memory that a compressed stream may ask for.
const maxWindow = 128 << 20

// CompressionOf tells it from the first bytes; "" for none.
func CompressionOf(head []byte) Compression {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}):
		return Gzip
	case len(head) >= 10 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9' &&
		(bytes.Equal(head[4:10], []byte("1AY&SY")) || bytes.Equal(head[4:10], []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})):
		return Bzip2
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return Xz
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return Zstd
	}
	return ""
}

// Inflate decompresses r. What the stream says of the file within is Name and
// Modified, which only gzip has. It does not read before the first Read.
func Inflate(c Compression, r io.Reader, lim Limits) (io.ReadCloser, error) {
	lim = lim.withDefaults()
	in := &counting{r: r}
	var out io.ReadCloser
	err := guarded(string(c), func() error {
		buffered := bufio.NewReader(in)
		switch c {
		case Gzip:
			z, err := gzip.NewReader(buffered)
			if err != nil {
				return broken(err)
			}
			out = z
		case Bzip2:
			out = io.NopCloser(bzip2.NewReader(buffered))
		case Xz:
			z, err := xz.ReaderConfig{}.NewReader(buffered)
			if err != nil {
				return broken(err)
			}
			out = io.NopCloser(z)
		case Zstd:
			z, err := zstd.NewReader(buffered, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderConcurrency(1))
			if err != nil {
				return broken(err)
			}
			out = z.IOReadCloser()
		default:
			return fmt.Errorf("compression %q: %w", c, evidence.ErrUsage)
		}
		return nil
	})
	if in.err != nil {
		return nil, in.err
	}
	if err != nil {
		return nil, err
	}
	return &bounded{ReadCloser: &guardedReader{out, string(c)}, in: func() int64 { return in.n }, ratio: lim.Ratio, source: func() error { return in.err }}, nil
}

// GzipName gives the name and the time (RFC 3339) that a gzip stream with this beginning
// has of the file within; "" where it has none.
func GzipName(head []byte) (name, modified string) {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return "", ""
	}
	if !z.ModTime.IsZero() && z.ModTime.Unix() > 0 {
		modified = z.ModTime.UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	m := Member{Name: z.Name}
	if m.Name != "" {
		m.name(func(s string) string { return s }, "Latin 1", Limits{}.withDefaults()) // gzip's reader decoded it so
	}
	return m.Name, modified
}

type counting struct {
	r   io.Reader
	n   int64
	err error // of the input itself
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != io.EOF {
		c.err = err
	}
	return n, err
}
