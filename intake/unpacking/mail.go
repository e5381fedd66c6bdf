package unpacking

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"mime/quotedprintable"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
	"golang.org/x/text/encoding/htmlindex"

	"svidok/evidence"
)

const (
	maxMultipart = 20      // multiparts within multiparts
	maxParts     = 10_000  // of one message
	maxMailHead  = 1 << 20 // bytes of the header of a message
)

// Attachment is one part of a message that is not its text.
type Attachment struct {
	Within    string // "part 2.1", as IMAP numbers them
	Name      string // harmless, as of a [Member]; "" if it has none
	MediaType string // as declared, without parameters; lower case
	Charset   string // as declared
	Body      io.Reader
	Problems  []string
}

// Attachments gives the parts of a message that are not its text: what is named, what is
// called an attachment, and whatever is neither text/plain nor text/html. A Body is good
// until the next one; transfer encodings are undone, character sets are not. An error of
// a Body comes after the bytes that there are.
func Attachments(r io.Reader, lim Limits) iter.Seq2[*Attachment, error] {
	return func(yield func(*Attachment, error) bool) {
		w := &mailWalk{yield: yield, lim: lim.withDefaults()}
		in := bufio.NewReader(r)
		h, err := readHeader(in)
		if err != nil {
			yield(nil, err)
			return
		}
		w.entity(h, in, "", 0)
	}
}

// readHeader reads the header of a message, and leaves out what is no header line.
func readHeader(in *bufio.Reader) (textproto.Header, error) {
	var b bytes.Buffer
	for {
		line, err := in.ReadSlice('\n')
		if b.Len()+len(line) > maxMailHead {
			return textproto.Header{}, fmt.Errorf("a message whose header has more than %d bytes: %w", maxMailHead, evidence.ErrLimit)
		}
		if err == nil && len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		if folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t'); header.Match(line) || folded && b.Len() > 0 || err == bufio.ErrBufferFull {
			b.Write(line)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return textproto.Header{}, fmt.Errorf("read a message: %w", err)
		}
	}
	b.WriteString("\r\n\r\n")
	h, err := textproto.ReadHeader(bufio.NewReader(&b))
	if err != nil && err != io.EOF {
		return h, fmt.Errorf("the header of a message: %w: %w", evidence.ErrFormat, err)
	}
	return h, nil
}

type mailWalk struct {
	yield func(*Attachment, error) bool
	lim   Limits
	n     int
	stop  bool
}

func (w *mailWalk) fail(err error) {
	if !w.stop {
		w.stop = !w.yield(nil, err)
	}
}

// entity goes through one message, multipart or part, numbered at.
func (w *mailWalk) entity(h textproto.Header, body io.Reader, at string, depth int) {
	declared := h.Get("Content-Type")
	mediaType, params, _ := mime.ParseMediaType(declared) // what cannot be parsed is told below
	if mediaType == "" {
		mediaType = strings.ToLower(strings.TrimSpace(strings.SplitN(declared, ";", 2)[0]))
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		w.multipart(mediaType, boundaryOf(declared, params), body, at, depth)
		return
	}
	if at == "" {
		at = "1"
	}
	a := &Attachment{Within: "part " + at, MediaType: mediaType, Charset: clip(params["charset"])}
	disposition, dp, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := fileName(h.Get("Content-Disposition"), dp, "filename")
	if name == "" {
		name = fileName(declared, params, "name")
	}
	text := mediaType == "" || mediaType == "text/plain" || mediaType == "text/html"
	if text && disposition != "attachment" && name == "" {
		return
	}
	if w.n++; w.n > maxParts {
		w.fail(fmt.Errorf("a message of more than %d parts: the rest is not taken: %w", maxParts, evidence.ErrLimit))
		w.stop = true
		return
	}
	if name != "" {
		m := Member{Name: name}
		decode, from := guess([]string{name})
		m.name(decode, from, w.lim)
		a.Name, a.Problems = m.Name, m.Problems
	}
	if mediaType == "" {
		a.MediaType = "application/octet-stream"
	}
	a.Body = a.decoded(h.Get("Content-Transfer-Encoding"), body)
	w.stop = !w.yield(a, nil)
}

func (w *mailWalk) multipart(mediaType, boundary string, body io.Reader, at string, depth int) {
	switch {
	case boundary == "":
		w.fail(fmt.Errorf("a %s without a boundary, whose parts cannot be told: %w", mediaType, evidence.ErrFormat))
		return
	case depth >= maxMultipart:
		w.fail(fmt.Errorf("multiparts within multiparts, more than %d: %w", maxMultipart, evidence.ErrLimit))
		return
	}
	if mediaType == "multipart/encrypted" {
		w.fail(locked("the message is"))
	}
	mr := textproto.NewMultipartReader(body, boundary)
	for i := 1; !w.stop; i++ {
		p, err := mr.NextPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			w.fail(fmt.Errorf("behind part %s%d, the parts of the message cannot be told, or it ends too early: %w: %w", dot(at), i-1, evidence.ErrFormat, err))
			return
		}
		w.entity(p.Header, p, fmt.Sprintf("%s%d", dot(at), i), depth+1)
	}
}

func dot(at string) string {
	if at == "" {
		return ""
	}
	return at + "."
}

var (
	looseBoundary = regexp.MustCompile(`(?i)boundary\s*=\s*"?([^";]+)`)
	looseName     = regexp.MustCompile(`(?i)name\s*=\s*(?:"([^"]*)"|([^";]+))`)
)

// boundaryOf also finds a boundary in a field that is not well-formed.
func boundaryOf(field string, params map[string]string) string {
	if b := params["boundary"]; b != "" {
		return b
	}
	if m := looseBoundary.FindStringSubmatch(field); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}

// fileName reads a name from a parameter (RFC 2231), from words encoded as RFC 2047
// forbids and everyone does, or from a field that is not well-formed.
func fileName(field string, params map[string]string, key string) string {
	name := params[key]
	if name == "" {
		if m := looseName.FindStringSubmatch(field); m != nil {
			name = strings.TrimSpace(m[1] + m[2])
		}
	}
	d := mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(in), nil
	}}
	if clear, err := d.DecodeHeader(name); err == nil {
		name = clear
	}
	if name = strings.ReplaceAll(name, `\`, "/"); strings.Contains(name, "/") && !slices.Contains(strings.Split(name, "/"), "..") {
		return path.Base(name) // old programs told the sender's folders
	}
	return name
}

// decoded undoes the transfer encoding.
func (a *Attachment) decoded(encoding string, body io.Reader) io.Reader {
	switch e := strings.ToLower(strings.TrimSpace(encoding)); e {
	case "", "7bit", "8bit", "binary":
		return &brokenReader{body}
	case "base64":
		return &brokenReader{base64.NewDecoder(base64.RawStdEncoding, &alphabet{r: body})}
	case "quoted-printable":
		return &brokenReader{quotedprintable.NewReader(body)}
	default:
		a.Problems = append(a.Problems, fmt.Sprintf("transfer encoding %q is not known: its bytes are given as they stand", clip(e)))
		return &brokenReader{body}
	}
}

type brokenReader struct{ r io.Reader }

func (b *brokenReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	_, corrupt := errors.AsType[base64.CorruptInputError](err)
	switch {
	case err == nil || err == io.EOF:
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("it ends too early: %w", evidence.ErrFormat)
	case corrupt || strings.HasPrefix(err.Error(), "quotedprintable:"):
		err = fmt.Errorf("its transfer encoding is broken: %w: %w", evidence.ErrFormat, err)
	}
	return n, err // others are the input's own
}

// alphabet keeps what belongs to base64, up to its padding: line ends and dirt go.
type alphabet struct {
	r   io.Reader
	end bool
}

func (a *alphabet) Read(p []byte) (int, error) {
	for !a.end {
		n, err := a.r.Read(p)
		k := 0
		for _, c := range p[:n] {
			if c == '=' {
				a.end = true
				break
			}
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
				p[k] = c
				k++
			}
		}
		if k > 0 || err != nil {
			return k, err
		}
	}
	return 0, io.EOF
}
