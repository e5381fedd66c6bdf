package fetching_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/fetching"
)

// stuck says something and then nothing, until the other side goes.
func stuck(s string) func(net.Conn, int) {
	return func(conn net.Conn, _ int) {
		io.WriteString(conn, s)
		io.Copy(io.Discard, conn)
	}
}

// drips says s a byte at a time.
func drips(s string) func(net.Conn, int) {
	return func(conn net.Conn, _ int) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := range len(s) {
			if _, err := io.WriteString(conn, s[i:i+1]); err != nil {
				return
			}
			<-tick.C
		}
	}
}

func forever(first, s string) func(net.Conn, int) {
	return func(conn net.Conn, _ int) {
		for io.WriteString(conn, first); ; {
			if _, err := io.WriteString(conn, s); err != nil {
				return
			}
		}
	}
}

const ok = "HTTP/1.1 200 OK\r\n"

func TestHostileServers(t *testing.T) {
	bomb := zipped(strings.Repeat("\x00", 40<<20))
	nested := zipped(bomb)
	for name, c := range map[string]struct {
		answer  func(net.Conn, int)
		err     error  // what Get returns
		problem string // or what the exchange says; "": nothing
		body    string // "": not looked at
	}{
		"closes at once":          {says(""), fetching.ErrUnreachable, "", ""},
		"cut in its head":         {says("HTTP/1.1 200 OK\r\nContent-"), fetching.ErrUnreachable, "", ""},
		"no HTTP":                 {says("SSH-2.0-OpenSSH\r\n"), evidence.ErrFormat, "", ""},
		"HTTP/0.9":                {says("<html>old</html>"), evidence.ErrFormat, "", ""},
		"HTTP/2":                  {says("\x00\x00\x12\x04\x00\x00\x00\x00\x00"), evidence.ErrFormat, "", ""},
		"a status that is none":   {says("HTTP/1.1 2xx OK\r\n\r\n"), evidence.ErrFormat, "", ""},
		"a status line cut short": {says("HTTP/1.1\r\n\r\n"), evidence.ErrFormat, "", ""},
		"a head without end":      {forever(ok, "X-A: bbbbbbbbbbbbbbbbbbbbbbbb\r\n"), evidence.ErrLimit, "", ""},
		"a line without end":      {forever(ok, strings.Repeat("x", 4096)), evidence.ErrLimit, "", ""},
		"interim answers":         {forever("", "HTTP/1.1 100 Continue\r\n\r\n"), evidence.ErrLimit, "", ""},
		"giant interim answers":   {forever("HTTP/1.1 103 Early Hints\r\n", "Link: xxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"), evidence.ErrLimit, "", ""},
		"cut":                     {says(ok + "Content-Length: 100\r\n\r\nhalf"), nil, "cut off: 100 bytes", "half"},
		"cut in a chunk":          {says(ok + "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf"), nil, "cut off: unexpected EOF", "half"},
		"bad chunk":               {says(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\nhalf"), nil, "cut off: invalid byte in chunk length", "ab"},
		"giant chunk":             {says(ok + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nhalf"), nil, "cut off", "half"},
		"no last line":            {says(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"), nil, "behind the last chunk", "ab"},
		"more than said":          {says(ok + "Content-Length: 4\r\n\r\nhalf and more"), nil, "9 bytes more came", "half"},
		"two lengths":             {says(ok + "Content-Length: 4\r\nContent-Length: 8\r\n\r\nhalf and more"), nil, "announced length is none", "half and more"},
		"the same length twice":   {says(ok + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nhalf"), nil, "", "half"},
		"a length below nothing":  {says(ok + "Content-Length: -1\r\n\r\nhalf"), nil, "announced length is none", "half"},
		"a length beyond reason":  {says(ok + "Content-Length: 9223372036854775807\r\n\r\nhalf"), nil, "cut off", "half"},
		"length and chunks":       {says(ok + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"), nil, "the chunks count", "ab"},
		"zipped on the way":       {says(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(zipped("words"))), nil, "", "words"},
		"header lines of rubbish": {says(ok + "no colon\r\nBad Name: x\r\nETag : \"1\"\r\nX-Long: a\r\n  b\r\n: none\r\nContent-Length: 2\r\n\r\nab"), nil, "passed over: 3", "ab"},
		"lines without CR":        {says("HTTP/1.1 200 OK\nContent-Length: 2\n\nab"), nil, "", "ab"},
		"no reason":               {says("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab"), nil, "", "ab"},
		"too much":                {forever(ok+"\r\n", strings.Repeat("x", 1<<16)), nil, "more than 8388608 bytes", ""},
		"bomb":                    {says(fmt.Sprintf(ok+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)), nil, "grows beyond", ""},
		"bomb in a bomb":          {says(fmt.Sprintf(ok+"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(nested), nested)), nil, "grows beyond", ""},
		"coded twice":             {says(ok + "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n" + zipped(zipped("words"))), nil, "", "words"},
		"no gzip":                 {says(ok + "Content-Encoding: gzip\r\n\r\nplain"), nil, "content coding gzip", "plain"},
		"cut gzip":                {says(ok + "Content-Encoding: gzip\r\n\r\n" + zipped("words")[:14]), nil, "as far as it goes", ""},
		"a coding nobody knows":   {says(ok + "Content-Encoding: rot13\r\n\r\nplain"), nil, "rot13: unknown", "plain"},
		"codings":                 {says(ok + "Content-Encoding: gzip, gzip, gzip, gzip, gzip\r\n\r\nplain"), nil, "5 content codings", "plain"},
		"no length":               {says("HTTP/1.0 200 OK\r\n\r\nall"), nil, "", "all"},
		"no content":              {says("HTTP/1.1 204 No Content\r\n\r\nbut a body"), nil, "more came", ""},
		"switches":                {says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), nil, "", ""},
		"charset nonsense":        {says(ok + "Content-Type: text/html; charset=\"<script>\xff\"\r\n\r\nab"), nil, "the charset is none", "ab"},
		"media type nonsense":     {says(ok + "Content-Type: \"; DROP TABLE\r\n\r\nab"), nil, "the media type is none", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl, _ := client(t, func(o *fetching.Options) { o.MaxBytes, o.MaxBody = 8<<20, 16<<20 })
			r, err := cl.Get(t.Context(), fetching.Ask{URL: raw(t, c.answer)})
			if !errors.Is(err, c.err) || (c.err == nil) != (err == nil) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			said := strings.Join(last(r).Problems, "; ")
			if !strings.Contains(said, c.problem) || (c.problem == "") != (said == "") {
				t.Errorf("problems %q, want %q", said, c.problem)
			}
			if len(last(r).Response) > 8<<20 || len(r.Body) > 16<<20 {
				t.Error("over the limits")
			}
			if c.body != "" && string(r.Body) != c.body {
				t.Errorf("body %q, want %q", r.Body, c.body)
			}
		})
	}
}

func chunk(s string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(s), s) }

func TestSlowServers(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(net.Conn, int)
		err     error
		problem string
	}{
		"never answers":           {stuck(""), fetching.ErrUnreachable, ""},
		"never ends its head":     {stuck(ok + "X-A:"), fetching.ErrUnreachable, ""},
		"drips its head":          {drips(ok + strings.Repeat("x", 5000)), fetching.ErrUnreachable, ""},
		"stops in its body":       {stuck(ok + "Content-Length: 100\r\n\r\nhalf"), nil, "too slowly"},
		"stops in a chunk":        {stuck(ok + "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf"), nil, "too slowly"},
		"drips its body":          {func(c net.Conn, n int) { io.WriteString(c, ok+"\r\n"); drips(strings.Repeat("x", 5000))(c, n) }, nil, "too slowly"},
		"keeps the line open":     {stuck(ok + "Content-Length: 4\r\n\r\nhalf"), nil, ""},
		"no content, but no end":  {stuck("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n"), nil, ""},
		"interim, and then waits": {stuck("HTTP/1.1 102 Processing\r\n\r\n"), fetching.ErrUnreachable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl, _ := client(t, func(o *fetching.Options) { o.Head, o.Tries, o.Rate = 2*time.Second, 1, 1000 })
			r, err := cl.Get(t.Context(), fetching.Ask{URL: raw(t, c.answer)})
			if !errors.Is(err, c.err) || (c.err == nil) != (err == nil) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err == nil {
				if said := strings.Join(last(r).Problems, "; "); !strings.Contains(said, c.problem) || (c.problem == "") != (said == "") {
					t.Errorf("problems %q, want %q", said, c.problem)
				}
			}
		})
	}
	// However fast it comes, it has to end.
	cl, _ := client(t, func(o *fetching.Options) { o.Total, o.Rate = time.Second, -1 })
	var tries atomic.Int64
	address := raw(t, func(conn net.Conn, n int) { tries.Add(1); stuck(ok+"\r\nhalf")(conn, n) })
	if r, err := cl.Get(t.Context(), fetching.Ask{URL: address}); err != nil || !strings.Contains(last(r).Problems[0], "not whole in time") || string(r.Body) != "half" || tries.Load() != 1 {
		t.Errorf("%v %+v", err, last(r).Problems)
	}
}

// What came in place of an answer is kept, too.
func TestNoAnswerIsKept(t *testing.T) {
	c, _ := client(t, nil)
	r, err := c.Get(t.Context(), fetching.Ask{URL: raw(t, says("220 mail.example ESMTP\r\n"))})
	if !errors.Is(err, evidence.ErrFormat) || len(r.Exchanges) != 1 || string(r.Exchanges[0].Response) != "220 mail.example ESMTP\r\n" || r.Exchanges[0].Status != 0 || len(r.Exchanges[0].Problems) != 1 || len(r.Tried) != 1 {
		t.Errorf("%v %+v %+v", err, r.Exchanges, r.Tried)
	}
}

// Of several answers that broke off the longest is kept; a whole one is better than any.
func TestBrokenAnswersAreTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		body    string
		tried   int
	}{
		"whole at last":        {[]string{ok + "Content-Length: 6\r\n\r\nha", ok + "Content-Length: 6\r\n\r\nhalves"}, "halves", 1},
		"the longest":          {[]string{ok + "Content-Length: 6\r\n\r\nh", ok + "Content-Length: 6\r\n\r\nhalve", ok + "Content-Length: 6\r\n\r\nha"}, "halve", 2},
		"before a dead line":   {[]string{ok + "Content-Length: 6\r\n\r\nhal", "", ""}, "hal", 3},
		"malformed for good":   {[]string{ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "never asked"}, "", 0},
		"denied is no try":     {[]string{"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nha", "never asked"}, "ha", 0},
		"a failure, then good": {[]string{"", "HTTP/1.1 502 Bad Gateway\r\n\r\n", ok + "\r\nwell"}, "well", 2},
	} {
		cl, _ := client(t, func(o *fetching.Options) { o.Tries = 3 })
		r, err := cl.Get(t.Context(), fetching.Ask{URL: raw(t, func(conn net.Conn, n int) { io.WriteString(conn, c.answers[n]) })})
		if err != nil || string(r.Body) != c.body || len(r.Tried) != c.tried {
			t.Errorf("%s: %v, body %q, tried %+v", name, err, r.Body, r.Tried)
		}
	}
}

// Errors and problems tell nothing of this machine.
func TestNothingIsToldOfThisMachine(t *testing.T) {
	reset := raw(t, func(conn net.Conn, _ int) {
		io.WriteString(conn, ok+"Content-Length: 100\r\n\r\nhalf")
		conn.(*net.TCPConn).SetLinger(0)
	})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	c, _ := client(t, nil)
	r, err := c.Get(t.Context(), fetching.Ask{URL: reset})
	told := fmt.Sprint(err, r.Tried)
	for _, x := range r.Exchanges {
		told += fmt.Sprint(x.Problems)
	}
	r, err = c.Get(t.Context(), fetching.Ask{URL: "http://" + closed.Addr().String() + "/"})
	told += fmt.Sprint(err, r.Tried)
	if !strings.Contains(told, "refused") || strings.Contains(told, "->") || strings.Contains(told, "tcp") {
		t.Error(told)
	}
}

func TestHeadAndDenials(t *testing.T) {
	var n atomic.Int64
	c, _ := client(t, func(o *fetching.Options) { o.Tries = 3 })
	for status, want := range map[int]int{400: 1, 403: 1, 404: 1, 410: 1, 451: 1, 500: 3, 501: 1, 502: 3, 999: 3} {
		n.Store(0)
		address := raw(t, func(conn net.Conn, _ int) { n.Add(1); fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n\r\n", status) })
		if r, err := c.Get(t.Context(), fetching.Ask{URL: address}); err != nil || last(r).Status != status || int(n.Load()) != want {
			t.Errorf("%d: %v after %d tries", status, err, n.Load())
		}
		n.Store(0)
		if r, err := c.Get(t.Context(), fetching.Ask{URL: address, Once: true}); err != nil || last(r).Status != status || n.Load() != 1 {
			t.Errorf("%d, once: %v after %d tries", status, err, n.Load())
		}
	}
	n.Store(0) // a service is asked once
	busy := raw(t, func(conn net.Conn, _ int) { n.Add(1); io.WriteString(conn, "HTTP/1.1 503 X\r\n\r\n") })
	if r, err := c.Post(t.Context(), busy, "text/plain", []byte("x")); err != nil || last(r).Status != 503 || n.Load() != 1 {
		t.Errorf("a service: %v after %d tries", err, n.Load())
	}
	if r, err := c.Get(t.Context(), fetching.Ask{Method: http.MethodHead, URL: raw(t, stuck(ok+"Content-Length: 100\r\n\r\n"))}); err != nil || len(r.Body) != 0 || len(last(r).Problems) != 0 {
		t.Errorf("%v %+v", err, r)
	}
}
