package warc

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// maxHTTPHead bounds how much of a block is searched for the end of its HTTP header.
const maxHTTPHead = 256 << 10

// checker hashes a block, and the payload within it, as its fields ask.
type checker struct {
	block   *digest
	payload *digest
	// The payload of an HTTP message is what follows its header. Tools disagree whether
	// transfer encoding counts as payload: either is taken for right.
	http     bool
	head     []byte // of the HTTP message, until its end is seen
	body     bool
	unchunk  *chunked
	unchunkH hash.Hash
	said     []string
}

type digest struct {
	name string // of the field
	text string
	want []byte
	h    hash.Hash
}

// newChecker returns nil if there is nothing to check.
func newChecker(rec *Record) *checker {
	block, payload := rec.Fields.Get("WARC-Block-Digest"), rec.Fields.Get("WARC-Payload-Digest")
	if rec.Type() == "revisit" || rec.Fields.Get("WARC-Segment-Number") != "" || rec.Fields.Get("WARC-Truncated") != "" {
		payload = "" // it speaks of bytes that are not, or not all, in this record
	}
	if block == "" && payload == "" {
		return nil
	}
	c := &checker{}
	c.block = c.parse("WARC-Block-Digest", block)
	c.payload = c.parse("WARC-Payload-Digest", payload)
	kind := strings.ToLower(rec.Fields.Get("Content-Type"))
	c.http = strings.HasPrefix(kind, "application/http")
	c.body = !c.http
	return c
}

func (c *checker) parse(name, text string) *digest {
	if text == "" {
		return nil
	}
	algorithm, value, ok := strings.Cut(text, ":")
	d := &digest{name: name, text: text}
	switch strings.ReplaceAll(strings.ToLower(algorithm), "-", "") {
	case "sha1":
		d.h = sha1.New()
	case "sha256":
		d.h = sha256.New()
	case "sha512":
		d.h = sha512.New()
	case "md5":
		d.h = md5.New()
	}
	if !ok || d.h == nil {
		c.said = append(c.said, fmt.Sprintf("%s %q is not known here, and not checked", name, clip(text)))
		return nil
	}
	if d.want = decodeDigest(value, d.h.Size()); d.want == nil {
		c.said = append(c.said, fmt.Sprintf("%s %q is no digest of its kind", name, clip(text)))
		return nil
	}
	return d
}

// decodeDigest tells the encoding by the length: hex, base32 (both in either case),
// base64 with the alphabet for files or for URLs, padded or not.
func decodeDigest(s string, size int) []byte {
	if len(s) == hex.EncodedLen(size) {
		if b, err := hex.DecodeString(s); err == nil {
			return b
		}
	}
	s = strings.TrimRight(s, "=")
	var b []byte
	var err error
	switch len(s) {
	case base32.StdEncoding.WithPadding(base32.NoPadding).EncodedLen(size):
		b, err = base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(s))
	case base64.RawStdEncoding.EncodedLen(size):
		b, err = base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(s))
	}
	if err != nil || len(b) != size {
		return nil
	}
	return b
}

func (c *checker) write(p []byte) {
	if c.block != nil {
		c.block.h.Write(p)
	}
	if c.payload == nil {
		return
	}
	if !c.body {
		c.head = append(c.head, p...)
		n := httpHeadEnd(c.head)
		if n < 0 {
			if len(c.head) > maxHTTPHead {
				c.said = append(c.said, "the HTTP header has no end: payload not checked")
				c.payload, c.head = nil, nil
			}
			return
		}
		c.body = true
		if isChunked(c.head[:n]) {
			c.unchunk, c.unchunkH = &chunked{}, newLike(c.payload.h)
		}
		p = c.head[n:]
		c.head = nil
	}
	c.payload.h.Write(p)
	if c.unchunk != nil {
		c.unchunk.write(c.unchunkH, p)
	}
}

func newLike(h hash.Hash) hash.Hash {
	switch h.Size() {
	case sha1.Size:
		return sha1.New()
	case sha256.Size:
		return sha256.New()
	case sha512.Size:
		return sha512.New()
	}
	return md5.New()
}

// problems is called once, after the whole block.
func (c *checker) problems() []string {
	if c.block != nil && !bytes.Equal(c.block.h.Sum(nil), c.block.want) {
		c.said = append(c.said, fmt.Sprintf("the block does not match %s %s", c.block.name, c.block.text))
	}
	if c.payload == nil {
		return c.said
	}
	match := bytes.Equal(c.payload.h.Sum(nil), c.payload.want) ||
		c.unchunk != nil && bytes.Equal(c.unchunkH.Sum(nil), c.payload.want)
	if !match {
		c.said = append(c.said, fmt.Sprintf("the payload does not match %s %s", c.payload.name, c.payload.text))
	}
	return c.said
}

// httpHeadEnd returns where the body begins, or -1.
func httpHeadEnd(p []byte) int {
	for i := 0; ; {
		j := bytes.IndexByte(p[i:], '\n')
		if j < 0 {
			return -1
		}
		if i > 0 && (j == 0 || j == 1 && p[i] == '\r') {
			return i + j + 1
		}
		i += j + 1
	}
}

func isChunked(head []byte) bool {
	for line := range strings.Lines(string(head)) {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(strings.TrimSpace(name), "Transfer-Encoding") {
			return strings.Contains(strings.ToLower(value), "chunked")
		}
	}
	return false
}

// chunked removes the chunked transfer coding (RFC 9112 section 7.1) from a stream. Bytes
// that are not in that coding end it.
type chunked struct {
	left  int64 // of the chunk
	size  int64
	state chunkState
}

type chunkState uint8

const (
	inSize chunkState = iota
	inExtension
	inData
	afterData
	inTrailer
)

func (k *chunked) write(w hash.Hash, p []byte) {
	for len(p) > 0 {
		switch k.state {
		case inData:
			n := min(int64(len(p)), k.left)
			w.Write(p[:n])
			p = p[n:]
			if k.left -= n; k.left == 0 {
				k.state = afterData
			}
		case inTrailer:
			return
		default:
			k.step(p[0])
			p = p[1:]
		}
	}
}

func (k *chunked) step(c byte) {
	if k.state == afterData {
		if c == '\n' {
			k.state, k.size = inSize, 0
		} else if c != '\r' {
			k.state = inTrailer
		}
		return
	}
	if c == '\n' {
		k.left = k.size
		if k.state = inData; k.size == 0 {
			k.state = inTrailer
		}
		return
	}
	if k.state == inExtension {
		return
	}
	switch {
	case c >= '0' && c <= '9':
		k.size = k.size<<4 | int64(c-'0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		k.size = k.size<<4 | int64(c|0x20-'a'+10)
	default:
		k.state = inExtension
	}
	if k.size > 1<<40 {
		k.state = inTrailer
	}
}
