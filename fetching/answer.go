package fetching

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"

	"svidok/evidence"
)

const (
	maxHead     = 256 << 10
	maxInterims = 8 // answers of status 1xx before the one that counts
)

// recorder keeps what is read from a connection.
type recorder struct {
	r     io.Reader
	kept  []byte
	limit int64 // of all; what is beyond is not read
	over  bool
	count atomic.Int64 // of all bytes that came; may be looked at meanwhile
}

var errOver = errors.New("over the limit")

func (r *recorder) Read(p []byte) (int, error) {
	room := r.limit - int64(len(r.kept))
	if room <= 0 {
		r.over = true
		return 0, errOver
	}
	n, err := r.r.Read(p[:min(int64(len(p)), room)])
	r.kept = append(r.kept, p[:n]...)
	r.count.Add(int64(n))
	return n, err
}

// capped gives as much as there is room for, wherever the pieces end in which it comes.
type capped struct {
	r     io.Reader
	room  int64
	given int
	over  bool
}

func (c *capped) Read(p []byte) (int, error) {
	if c.room <= 0 { // is there more?
		n, err := c.r.Read(make([]byte, 1))
		if n > 0 {
			c.over, err = true, errOver
		}
		return 0, err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.room)])
	c.room, c.given = c.room-int64(n), c.given+n
	return n, err
}

// answer is a response as it came, and as it is understood (RFC 9112, tolerantly: what is
// malformed but can be understood in one way is, and is named).
type answer struct {
	raw      []byte
	status   int
	header   http.Header
	codings  []string // transfer codings besides chunked: not undone
	body     []byte
	problems []string
	cut      error // why the body ended too early
}

func (a *answer) problem(form string, args ...any) {
	a.problems = append(a.problems, fmt.Sprintf(form, args...))
}

// readAnswer reads the answer to a request. headed is called when its head is there. With an
// error, raw holds what came.
func readAnswer(rec *recorder, method string, limit int64, headed func()) (a answer, err error) {
	rec.limit = maxHead
	br := bufio.NewReaderSize(rec, 16<<10)
	for n := 0; ; n++ {
		a = answer{}
		head, err := readHead(br)
		a.raw = rec.kept[:len(rec.kept)-br.Buffered()]
		if err == nil {
			err = a.understand(head)
		}
		if err != nil {
			return a, noAnswer(rec, err)
		}
		if a.status >= 200 || a.status == http.StatusSwitchingProtocols {
			break
		}
		if n == maxInterims {
			return a, fmt.Errorf("more than %d interim answers: %w", maxInterims, evidence.ErrLimit)
		}
		rec.kept = append([]byte(nil), rec.kept[len(rec.kept)-br.Buffered():]...)
	}
	headed()
	head := len(a.raw)
	body := &capped{r: io.MultiReader(bytes.NewReader(rec.kept[head:]), rec), room: limit - int64(head)}
	rec.limit = math.MaxInt64 // body holds it back
	br.Reset(body)
	a.read(br, method)
	a.raw = rec.kept[:head+body.given-br.Buffered()]
	if body.over {
		a.cut = nil
		a.problem("the answer has more than %d bytes: the rest was not taken", limit)
	} else if n := len(rec.kept) - len(a.raw); n > 0 {
		a.problem("at least %d bytes more came than were announced; they were not taken", n)
	}
	return a, nil
}

var errNoHTTP = errors.New("no HTTP")

// readHead reads up to the empty line that ends a head.
func readHead(br *bufio.Reader) ([]byte, error) {
	var head []byte
	for {
		line, err := br.ReadBytes('\n')
		if len(head) == 0 && len(line) > 0 && !bytes.HasPrefix(line, []byte("HTTP/")) {
			return line, errNoHTTP
		}
		head = append(head, line...)
		if err != nil {
			return head, err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return head, nil
		}
	}
}

// noAnswer says why there is no head.
func noAnswer(rec *recorder, err error) error {
	switch {
	case rec.over:
		return fmt.Errorf("a head of more than %d bytes: %w", maxHead, evidence.ErrLimit)
	case errors.Is(err, evidence.ErrFormat):
		return err
	case errors.Is(err, errNoHTTP):
		return fmt.Errorf("what answers does not speak HTTP/1: %w", evidence.ErrFormat)
	case len(rec.kept) == 0 && errors.Is(err, io.EOF):
		return fmt.Errorf("the server closed the connection without an answer: %w", ErrUnreachable)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the head of the answer is cut off: %w", ErrUnreachable)
	}
	return fmt.Errorf("read the answer: %w: %w", ErrUnreachable, bare(err))
}

// understand reads a head.
func (a *answer) understand(head []byte) error {
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	part := strings.Fields(string(first))
	if len(part) < 2 || len(part[1]) != 3 {
		return fmt.Errorf("the status line %q: %w", clip(string(first), 80), evidence.ErrFormat)
	}
	status, err := strconv.ParseUint(part[1], 10, 16)
	if err != nil || status < 100 {
		return fmt.Errorf("the status %q: %w", clip(part[1], 80), evidence.ErrFormat)
	}
	a.status, a.header = int(status), http.Header{}
	bad, key := 0, ""
	for line := range bytes.SplitSeq(rest, []byte("\n")) {
		line := strings.TrimRight(string(line), "\r")
		if line == "" {
			continue
		}
		if (line[0] == ' ' || line[0] == '\t') && key != "" { // obs-fold
			values := a.header[key]
			values[len(values)-1] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimRight(name, " \t"); !ok || !token(name) {
			bad, key = bad+1, ""
			continue
		}
		key = textproto.CanonicalMIMEHeaderKey(name)
		a.header[key] = append(a.header[key], strings.TrimSpace(value))
	}
	if bad > 0 {
		a.problem("header lines that are none and were passed over: %d", bad)
	}
	return nil
}

// token: RFC 9110, 5.6.2.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// read reads the body, to where the head says that it ends.
func (a *answer) read(br *bufio.Reader, method string) {
	if method == http.MethodHead || a.status == http.StatusNoContent || a.status == http.StatusNotModified || a.status == http.StatusSwitchingProtocols {
		return
	}
	chunked := false
	for _, c := range list(a.header["Transfer-Encoding"]) {
		if chunked = strings.EqualFold(c, "chunked"); !chunked {
			a.codings = append(a.codings, c)
		}
	}
	length, known := a.length()
	switch {
	case chunked:
		if known {
			a.problem("a length and chunks are announced: the chunks count")
		}
		a.body, a.cut = io.ReadAll(httputil.NewChunkedReader(br))
		if a.cut == nil && trailer(br) != nil {
			a.problem("what stands behind the last chunk is cut off")
		}
	case known && len(a.codings) == 0:
		a.body, a.cut = io.ReadAll(io.LimitReader(br, length))
		if a.cut == nil && int64(len(a.body)) < length {
			a.cut = fmt.Errorf("%d bytes were announced: %w", length, io.ErrUnexpectedEOF)
		}
	default:
		if a.body, a.cut = io.ReadAll(br); errors.Is(a.cut, io.ErrUnexpectedEOF) { // TLS without a close_notify
			a.cut = nil
			a.problem("the connection ended without saying so: whether the body is whole is not known")
		}
	}
}

// trailer reads what stands behind the last chunk.
func trailer(br *bufio.Reader) error {
	for {
		line, err := br.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil || len(bytes.TrimRight(line, "\r\n")) == 0 {
			return err
		}
	}
}

// length is the announced length of the body, if it is one.
func (a *answer) length() (int64, bool) {
	all := list(a.header["Content-Length"])
	if len(all) == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(all[0], 10, 63)
	for _, other := range all[1:] {
		if other != all[0] {
			err = errors.New("several")
		}
	}
	if err != nil {
		a.problem("the announced length is none: %q", clip(strings.Join(all, ", "), 60))
		return 0, false
	}
	return int64(n), true
}

// list splits the values of a header that is a list.
func list(values []string) []string {
	var out []string
	for _, v := range values {
		for x := range strings.SplitSeq(v, ",") {
			if x = strings.TrimSpace(x); x != "" {
				out = append(out, x)
			}
		}
	}
	return out
}
