package fetching

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// reply is one exchange as the client goes on with it.
type reply struct {
	x       Exchange
	body    []byte // its transfer coding undone
	codings []string
	broken  bool // the connection broke before the body was whole: a second try may do better
	later   time.Time
}

var (
	errLate = errors.New("it is not whole in time")
	errSlow = errors.New("it comes too slowly")
)

// once makes one exchange. Without an answer there is an error; what came in its place is in
// the reply.
func (c *Client) once(ctx context.Context, u *url.URL, a Ask, jar http.CookieJar) (out reply, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.Total, errLate)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	x := &out.x
	x.URL, x.Started = u.String(), c.o.Now().UTC()
	defer func() { x.Ended = c.o.Now().UTC() }()
	if c.proxy != nil {
		x.Via = (&url.URL{Scheme: c.proxy.Scheme, Host: c.proxy.Host}).String()
	}
	headTimer := time.AfterFunc(c.o.Head, func() { end(fmt.Errorf("no answer within %v", c.o.Head)) })
	defer headTimer.Stop()
	conn, err := c.connect(ctx, u)
	if err != nil {
		return out, cause(ctx, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	x.Remote, x.TLS = conn.remote, conn.tls
	unsent := c.send(conn, u, a, jar, x)
	limit := a.MaxBytes
	if limit <= 0 {
		limit = c.o.MaxBytes
	}
	rec := &recorder{r: conn}
	var pace *watch
	got, err := readAnswer(rec, method(a), limit, func() {
		x.Answered = c.o.Now().UTC()
		headTimer.Stop()
		pace = c.watch(rec, end)
	})
	pace.stop()
	x.Response, x.Status, x.Header, x.Problems = got.raw, got.status, got.header, got.problems
	if err != nil {
		x.Status, x.Header = 0, nil
		if unsent != nil && len(got.raw) == 0 {
			err = fmt.Errorf("send the request: %w: %w", ErrUnreachable, bare(unsent))
		}
		return out, cause(ctx, err)
	}
	if unsent != nil {
		x.Problems = append(x.Problems, "the server did not take the whole request")
	}
	out.body, out.codings = got.body, got.codings
	out.broken = c.tell(ctx, x, got)
	return out, nil
}

// tell names why a body ended too early, and says whether the connection broke.
func (c *Client) tell(ctx context.Context, x *Exchange, got answer) bool {
	if got.cut == nil {
		return false
	}
	if own := context.Cause(ctx); own != nil {
		x.Problems = append(x.Problems, "the body is cut off: "+own.Error())
		return false
	}
	x.Problems = append(x.Problems, "the body is cut off: "+clip(bare(got.cut).Error(), 200))
	_, net := errors.AsType[*net.OpError](got.cut)
	return net || errors.Is(got.cut, io.ErrUnexpectedEOF)
}

// cause prefers why a context ended to what closing the connection made of it.
func cause(ctx context.Context, err error) error {
	switch e := context.Cause(ctx); {
	case e == nil:
		return err
	case errors.Is(e, context.Canceled), errors.Is(e, context.DeadlineExceeded):
		return e
	default:
		return fmt.Errorf("%w: %w", e, ErrUnreachable)
	}
}

// watch ends a connection over which too little comes.
type watch struct {
	timer *time.Timer
	done  chan struct{}
}

func (c *Client) watch(rec *recorder, end context.CancelCauseFunc) *watch {
	if c.o.Rate < 0 {
		return nil
	}
	w := &watch{done: make(chan struct{})}
	last, least := rec.count.Load(), int64(float64(c.o.Rate)*c.o.Head.Seconds())
	ready := make(chan struct{})
	w.timer = time.AfterFunc(c.o.Head, func() {
		<-ready
		now := rec.count.Load()
		if now-last < max(least, 1) {
			end(errSlow)
			return
		}
		last = now
		select {
		case <-w.done:
		default:
			w.timer.Reset(c.o.Head)
		}
	})
	close(ready)
	return w
}

func (w *watch) stop() {
	if w != nil {
		close(w.done)
		w.timer.Stop()
	}
}

func method(a Ask) string {
	if a.Method == "" {
		return http.MethodGet
	}
	return a.Method
}

// send writes the request and keeps its bytes.
func (c *Client) send(conn *connection, u *url.URL, a Ask, jar http.CookieJar, x *Exchange) error {
	target := u.RequestURI()
	if conn.plain {
		target = u.String()
	}
	h := a.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	for _, k := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Upgrade"} {
		h.Del(k)
	}
	for k, v := range map[string]string{"User-Agent": c.o.Agent, "Accept": "*/*", "Accept-Encoding": "gzip, br", "If-None-Match": a.ETag, "If-Modified-Since": a.LastModified} {
		if v != "" && h.Get(k) == "" {
			h.Set(k, v)
		}
	}
	h.Set("Connection", "close")
	var crumbs []string
	for _, k := range jar.Cookies(u) {
		crumbs = append(crumbs, k.Name+"="+k.Value)
	}
	if len(crumbs) > 0 {
		h.Set("Cookie", strings.Join(crumbs, "; "))
	}
	if len(a.Body) > 0 || method(a) == http.MethodPost {
		h.Set("Content-Length", fmt.Sprint(len(a.Body)))
	}
	line := fmt.Sprintf("%s %s HTTP/1.1\r\n", method(a), target)
	var b bytes.Buffer
	fmt.Fprintf(&b, "Host: %s\r\n", u.Host)
	clean := strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")
	for _, k := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[k] {
			if token(k) {
				fmt.Fprintf(&b, "%s: %s\r\n", k, clean.Replace(v))
			}
		}
	}
	b.WriteString("\r\n")
	b.Write(a.Body)
	x.Request = append([]byte(line), b.Bytes()...)
	x.Sent = c.o.Now().UTC()
	if auth := c.proxyAuthorization(); auth != "" && conn.plain {
		line += "Proxy-Authorization: " + auth + "\r\n" // for the proxy alone, and not for the record
	}
	_, err := conn.Write(append([]byte(line), b.Bytes()...))
	return err
}
