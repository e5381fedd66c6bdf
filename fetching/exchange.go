package fetching

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

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
	return n, err
}

// once makes one exchange. body is as on the wire, its transfer coding undone.
func (c *Client) once(ctx context.Context, u *url.URL, a Ask, jar map[string]string) (x Exchange, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Total)
	defer cancel()
	x = Exchange{URL: u.String(), Started: c.o.Now().UTC()}
	if c.proxy != nil {
		x.Via = c.proxy.Redacted()
	}
	head, stopHead := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.o.Head, func() { stopHead(fmt.Errorf("no answer within %v: %w", c.o.Head, ErrUnreachable)) })
	defer timer.Stop()
	defer stopHead(nil)
	conn, err := c.connect(head, u)
	if err != nil {
		return x, nil, cause(head, err)
	}
	defer conn.Close()
	x.Remote, x.TLS = conn.remote, conn.tls
	stop := context.AfterFunc(head, func() { _ = conn.Close() })
	defer stop()
	if x.Request, err = c.send(conn, u, a, jar); err != nil {
		return x, nil, cause(head, fmt.Errorf("send the request: %w: %w", ErrUnreachable, err))
	}
	limit := a.MaxBytes
	if limit <= 0 {
		limit = c.o.MaxBytes
	}
	rec := &recorder{r: conn, limit: maxHead}
	br := bufio.NewReaderSize(rec, 16<<10)
	res, err := c.answer(br, rec, a)
	if err != nil {
		return x, nil, cause(head, c.noAnswer(rec, err))
	}
	if !timer.Stop() && head.Err() != nil {
		return x, nil, cause(head, ErrUnreachable)
	}
	rec.limit = limit
	x.Status, x.Header = res.StatusCode, res.Header
	body, err = io.ReadAll(res.Body)
	c.whole(&x, rec, br, res, err)
	x.Response = rec.kept[:len(rec.kept)-min(br.Buffered(), len(rec.kept))]
	x.Ended = c.o.Now().UTC()
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		return x, nil, ctx.Err()
	}
	return x, body, nil
}

// cause prefers why a context ended to what closing the connection made of it.
func cause(ctx context.Context, err error) error {
	if e := context.Cause(ctx); e != nil {
		if errors.Is(e, context.DeadlineExceeded) {
			return fmt.Errorf("no whole answer in time: %w", ErrUnreachable)
		}
		return e
	}
	return err
}

// send writes the request and returns its bytes.
func (c *Client) send(conn *connection, u *url.URL, a Ask, jar map[string]string) ([]byte, error) {
	method := a.Method
	if method == "" {
		method = http.MethodGet
	}
	target := u.RequestURI()
	if conn.plain {
		target = u.String()
	}
	h := a.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Del("Authorization")
	h.Del("Cookie")
	for k, v := range map[string]string{"User-Agent": c.o.Agent, "Accept": "*/*", "Accept-Encoding": "gzip, br", "If-None-Match": a.ETag, "If-Modified-Since": a.LastModified, "Connection": "close", "Cookie": cookies(jar, u.Hostname())} {
		if v != "" && h.Get(k) == "" {
			h.Set(k, v)
		}
	}
	if len(a.Body) > 0 {
		h.Set("Content-Length", fmt.Sprint(len(a.Body)))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, u.Host)
	names := make([]string, 0, len(h))
	for k := range h {
		names = append(names, k)
	}
	slices.Sort(names)
	clean := strings.NewReplacer("\r", " ", "\n", " ")
	for _, k := range names {
		for _, v := range h[k] {
			fmt.Fprintf(&b, "%s: %s\r\n", k, clean.Replace(v))
		}
	}
	b.WriteString("\r\n")
	b.Write(a.Body)
	_, err := conn.Write(b.Bytes())
	return b.Bytes(), err
}

// answer reads the head of the answer that counts, and lets go of what came before it.
func (c *Client) answer(br *bufio.Reader, rec *recorder, a Ask) (*http.Response, error) {
	method := a.Method
	if method == "" {
		method = http.MethodGet
	}
	for range maxInterims {
		res, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			return nil, err
		}
		if res.StatusCode >= 200 || res.StatusCode == http.StatusSwitchingProtocols {
			return res, nil
		}
		rec.kept = append([]byte(nil), rec.kept[len(rec.kept)-br.Buffered():]...)
	}
	return nil, fmt.Errorf("more than %d interim answers: %w", maxInterims, evidence.ErrLimit)
}

// noAnswer says why there is no head.
func (c *Client) noAnswer(rec *recorder, err error) error {
	switch {
	case errors.Is(err, evidence.ErrLimit):
		return err
	case rec.over:
		return fmt.Errorf("a head of more than %d bytes: %w", maxHead, evidence.ErrLimit)
	case len(rec.kept) == 0:
		return fmt.Errorf("the server closed the connection without an answer: %w", ErrUnreachable)
	case !bytes.HasPrefix(rec.kept, []byte("HTTP/")):
		return fmt.Errorf("what answers does not speak HTTP: %w", evidence.ErrFormat)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("the head of the answer is cut off: %w", ErrUnreachable)
	}
	return fmt.Errorf("the answer is no HTTP: %w: %w", evidence.ErrFormat, err)
}

// whole names what is wrong with a response that came.
func (c *Client) whole(x *Exchange, rec *recorder, br *bufio.Reader, res *http.Response, err error) {
	add := func(form string, args ...any) { x.Problems = append(x.Problems, fmt.Sprintf(form, args...)) }
	switch {
	case rec.over:
		add("the answer has more than %d bytes: the rest was not taken", rec.limit)
	case err == nil:
	case errors.Is(err, io.ErrUnexpectedEOF):
		if res.ContentLength > 0 {
			add("the body is cut off: %d bytes were announced", res.ContentLength)
		} else {
			add("the body is cut off")
		}
	default:
		add("the body is cut off: %v", err)
	}
	if n := br.Buffered(); n > 0 {
		add("%d bytes more came than were announced; they were not taken", n)
	}
}
