// Package browser shows what a person would have seen: it drives an installed Chromium,
// without a window, through the Chrome DevTools Protocol. A browser is never required; where
// none is installed, captures say so.
//
// # The only way out
//
// The browser is given one proxy and reaches the network through nothing else: names are not
// looked up, loopback addresses are no exception, and prefetching, WebRTC over UDP, QUIC and
// the services of the browser's maker are off ([Browser.See]). [Browser.Show] gives it no way
// out at all and answers from bytes that are there already.
//
// # What is taken
//
// The page as it stands after loading and after a walk down to its end, which brings lazy
// pictures into view: picture (PNG), print (PDF) and document as scripts left it. Before they
// are taken the page is held: its scripts are stopped, its animations brought to their end, and it may go to no
// other address, so that all three are of one document. Nothing is clicked, typed or agreed
// to: a banner that covers the page is on the picture, and named under Problems. The print is
// what the page gives to a printer, which may differ from what it shows.
//
// The document is the page's own; of frames it holds only that they are there, of shadow
// trees those that are open. What workers ask for is not listed under Requests.
//
// # Bounds
//
// Each page has a process of its own, an empty private profile and a private folder for all
// that the browser writes; the process group is killed and the folder removed at the end,
// whatever happened. Time, height, requests, console lines, dialogs and bytes are bounded;
// on systems with a POSIX shell, so is the memory of each process. What a bound cut off is
// named under Problems. A page whose scripts never end is taken as it stands after they were
// stopped. A browser that crashes is an error.
//
// Chromium refuses its sandbox to root: then it runs without, and Problems says so.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"svidok/evidence"
)

// Options of a browser.
type Options struct {
	Program   string        // path of the program; "": looked for
	Proxy     string        // http://127.0.0.1:PORT or http://NAME:SECRET@127.0.0.1:PORT: the only way out
	Width     int           // of the window, pixels; 0: 1280
	MaxHeight int           // of the picture, pixels; 0: 20000; at most 60000
	Timeout   time.Duration // of one page; 0: 60 s
	Languages string        // that are preferred: "uk,ru,en"
	Agent     string        // what the browser calls itself; "": by its own name
	Timezone  string        // IANA name; "": UTC
	Now       func() time.Time
}

// Browser takes pictures of pages. It is safe for concurrent use.
type Browser struct {
	o       Options
	Version string // as the program says: "Chromium 142.0.7444.59"; on Windows its name alone
}

// Seen is what a person would have seen.
type Seen struct {
	Screenshot []byte // PNG, the full page
	Print      []byte // PDF, A4
	DOM        []byte // the document as scripts left it: HTML, UTF-8
	Address    string // final
	Title      string
	Status     int // of the answer that holds the document; 0: none is known
	Width      int // of the picture, pixels
	Height     int
	Cut        bool // the page is larger than the picture
	Requests   []Asked
	Console    []string // what scripts told the console, and their errors
	Problems   []string
	Program    string // path; it does not leave the machine
	Version    string // as the browser says over the protocol: "Chrome/142.0.7444.59"
	Started    time.Time
	Ended      time.Time
}

// Asked is one request that the page or a frame of it made.
type Asked struct {
	Address string // at most 2048 bytes
	Type    string // Document, Image, Script, …: Network.ResourceType of the protocol
	Status  int
	Bytes   int64  // received over the wire
	Why     string // it failed, as the browser says; "": it did not
}

const (
	maxDOM      = 16 << 20 // UTF-16 units
	maxTaken    = 96 << 20 // bytes of a picture or print
	maxRequests = 2000
	maxConsole  = 100
	maxLine     = 500 // bytes of a console line
	maxAddress  = 2048
	maxDialogs  = 20
	maxVisits   = 10 // documents that a page may lead on to
	maxTile     = 8192
)

// Find looks for Chromium; ErrNotFound with a hint if there is none.
func Find(ctx context.Context, o Options) (*Browser, error) {
	if o.Now == nil {
		return nil, fmt.Errorf("find a browser: no clock: %w", evidence.ErrUsage)
	}
	o = o.filled()
	if o.MaxHeight > 60000 || o.Width > 8000 || o.Width < 100 {
		return nil, fmt.Errorf("find a browser: a picture of %d by %d pixels: %w", o.Width, o.MaxHeight, evidence.ErrUsage)
	}
	if strings.ContainsFunc(o.Agent+o.Languages, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fmt.Errorf("find a browser: agent and languages are of ASCII characters: %w", evidence.ErrUsage)
	}
	names := candidates()
	if o.Program != "" {
		names = []string{o.Program}
	}
	var last error
	for _, n := range names {
		path, err := exec.LookPath(n)
		if err != nil {
			continue
		}
		version, err := versionOf(ctx, path)
		if err != nil {
			last = err
			continue
		}
		o.Program = path
		return &Browser{o: o, Version: version}, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("find a browser: %w", err)
	}
	err := fmt.Errorf("find a browser: no Chromium is installed: %w", evidence.ErrNotFound)
	if last != nil {
		err = fmt.Errorf("find a browser: %w: %w", last, evidence.ErrNotFound)
	}
	return nil, evidence.WithHint(err, "install it, for instance with: apt install chromium")
}

func (o Options) filled() Options {
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.MaxHeight <= 0 {
		o.MaxHeight = 20000
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if o.Timezone == "" {
		o.Timezone = "UTC"
	}
	return o
}

func candidates() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"chromium", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	case "windows":
		return []string{"chrome", `C:\Program Files\Google\Chrome\Application\chrome.exe`, `C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
			`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`}
	}
	return []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
}

// versionOf asks a program for its version. On Windows Chromium does not answer but opens a
// window: there its path has to do.
func versionOf(ctx context.Context, path string) (string, error) {
	if runtime.GOOS == "windows" {
		return "Chromium", nil
	}
	ask, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ask, path, "--version")
	alone(cmd)
	cmd.Cancel, cmd.WaitDelay = func() error { return killed(cmd) }, time.Second
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s does not say its version: %w", path, err)
	}
	said, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	said, _, _ = strings.Cut(said, " built on")
	if said = strings.TrimSpace(said); said == "" || len(said) > 100 {
		return "", fmt.Errorf("%s does not say its version", path)
	}
	return said, nil
}

// Through returns the same browser with another way out.
func (b *Browser) Through(proxy string) *Browser {
	c := *b
	c.o.Proxy = proxy
	return &c
}

// See opens an address (http or https) through the proxy and takes what is seen. The errors
// wrap ErrUsage (no such address, no proxy), ErrNotFound (nothing came that could be shown),
// ErrFormat (it is no page, but a file), ErrLimit (out of time), or are those of ctx or the
// browser. Seen then holds what is known until there: requests, times, problems.
func (b *Browser) See(ctx context.Context, address string) (Seen, error) {
	way, err := wayOut(b.o.Proxy)
	if err == nil {
		err = visitable(address)
	}
	if err != nil {
		return Seen{}, fmt.Errorf("see %s: %w", clipped(address, 200), err)
	}
	s, err := b.take(ctx, address, way, nil)
	if err != nil {
		return s, fmt.Errorf("see %s: %w", clipped(address, 200), err)
	}
	return s, nil
}

// way out of the browser: a proxy, or none.
type way struct {
	server       string // scheme://host:port
	host         string
	name, secret string
}

func wayOut(proxy string) (way, error) {
	u, err := url.Parse(proxy)
	if proxy == "" || err != nil || u.Scheme != "http" || u.Port() == "" || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		return way{}, fmt.Errorf("no way out is given: a proxy is http://HOST:PORT: %w", evidence.ErrUsage)
	}
	w := way{server: "http://" + u.Host, host: u.Hostname()}
	if u.User != nil {
		w.name = u.User.Username()
		w.secret, _ = u.User.Password()
	}
	return w, nil
}

// visitable: the browser's own pages, files and scripts are no addresses.
func visitable(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Hostname() == "", len(address) > 8192:
		return fmt.Errorf("no address of the web: %w", evidence.ErrUsage)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("only http and https are visited: %w", evidence.ErrUsage)
	}
	return nil
}

// take starts a browser, opens an address and takes what is seen.
func (b *Browser) take(ctx context.Context, address string, out way, ask func(string) (Answer, bool)) (Seen, error) {
	begin := b.o.Now().UTC()
	limited, cancel := context.WithTimeout(ctx, b.o.Timeout)
	defer cancel()
	v := &visit{o: b.o, address: address, way: out, ask: ask, watch: newWatch()}
	err := v.run(limited)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case errors.Is(limited.Err(), context.DeadlineExceeded):
			err = fmt.Errorf("not done within %v: %w", b.o.Timeout, evidence.ErrLimit)
		}
	}
	v.watch.report(&v.seen)
	v.seen.Started, v.seen.Ended, v.seen.Program = begin, b.o.Now().UTC(), b.o.Program
	return v.seen, err
}
