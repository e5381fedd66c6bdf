// Package browser shows what a person would have seen: it drives an installed Chromium,
// without a window, through the Chrome DevTools Protocol. A browser is never required; where
// none is installed, captures say so.
//
// The browser is started anew for each page, with an empty profile that is removed
// afterwards, and reaches the network only through the proxy that it is given: name look-ups,
// loopback addresses, prefetching and WebRTC included. Downloads, permissions, dialogs and
// background services are off. It and all its children are killed when the time is over.
//
// What is taken is the page as it stands after loading, with lazy pictures scrolled into
// view. Nothing is clicked: a banner that covers the page is on the picture.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"svidok/evidence"
)

// Options of a browser.
type Options struct {
	Program   string        // path of the program; "": looked for
	Proxy     string        // http://127.0.0.1:PORT: the only way out
	Width     int           // 0: 1280
	MaxHeight int           // 0: 16384 (what Chromium can draw in one picture)
	Timeout   time.Duration // of one page; 0: 60 s
	Languages string        // "uk,ru,en"
	Now       func() time.Time
}

// Browser takes pictures of pages. Each page has a process of its own, so that it is safe
// for concurrent use.
type Browser struct {
	o       Options
	Version string // "Chromium 142.0"
}

// Seen is what a person would have seen.
type Seen struct {
	Screenshot []byte // PNG, the full page
	Print      []byte // PDF
	DOM        []byte // the document as scripts left it
	Address    string // final
	Title      string
	Width      int // pixels
	Height     int
	Requests   int // that the page made
	Failed     int // of them
	Problems   []string
	Started    time.Time
	Ended      time.Time
}

const (
	maxDOM  = 32 << 20
	settle  = 1500 * time.Millisecond // of quiet, after which a page is taken to have loaded
	longest = 6 * time.Second         // that is waited for quiet
)

// Find looks for Chromium; ErrNotFound with a hint if there is none.
func Find(ctx context.Context, o Options) (*Browser, error) {
	if o.Now == nil {
		return nil, fmt.Errorf("find a browser: no clock: %w", evidence.ErrUsage)
	}
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if o.Program != "" {
		names = []string{o.Program}
	}
	for _, n := range names {
		path, err := exec.LookPath(n)
		if err != nil {
			continue
		}
		ask, cancel := context.WithTimeout(ctx, 20*time.Second)
		out, err := exec.CommandContext(ask, path, "--version").Output()
		cancel()
		if err != nil {
			continue
		}
		o.Program = path
		if o.Width <= 0 {
			o.Width = 1280
		}
		if o.MaxHeight <= 0 {
			o.MaxHeight = 16384
		}
		if o.Timeout <= 0 {
			o.Timeout = time.Minute
		}
		return &Browser{o: o, Version: strings.TrimSpace(strings.SplitN(string(out), "\n", 2)[0])}, nil
	}
	return nil, evidence.WithHint(fmt.Errorf("find a browser: no Chromium is installed: %w", evidence.ErrNotFound), "install it, for instance with: apt install chromium")
}

// Through returns the same browser with another way out.
func (b *Browser) Through(proxy string) *Browser {
	c := *b
	c.o.Proxy = proxy
	return &c
}

// See opens an address and takes what is seen.
func (b *Browser) See(ctx context.Context, address string) (Seen, error) {
	s := Seen{Started: b.o.Now().UTC()}
	if b.o.Proxy == "" {
		return s, fmt.Errorf("see %s: no way out is given: %w", address, evidence.ErrUsage)
	}
	profile, err := os.MkdirTemp("", "svidok-browser-")
	if err != nil {
		return s, fmt.Errorf("see %s: %w", address, err)
	}
	defer os.RemoveAll(profile) // whatever it left
	ctx, cancel := context.WithTimeout(ctx, b.o.Timeout)
	defer cancel()
	alloc, stop := chromedp.NewExecAllocator(ctx, b.flags(profile)...)
	defer stop()
	tab, closeTab := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}), chromedp.WithLogf(func(string, ...any) {}))
	defer closeTab()
	w := &watch{quiet: make(chan struct{}, 1)}
	chromedp.ListenTarget(tab, w.event)
	dialogs(tab)
	err = chromedp.Run(tab, b.steps(address, w, &s)...)
	s.Ended, s.Requests, s.Failed = b.o.Now().UTC(), w.count(), w.failures()
	if err != nil && ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("not done within %v: %w", b.o.Timeout, evidence.ErrLimit)
	}
	if err != nil {
		return s, fmt.Errorf("see %s: %w", address, err)
	}
	return s, nil
}

// flags start a browser that does nothing by itself.
func (b *Browser) flags(profile string) []chromedp.ExecAllocatorOption {
	out := []chromedp.ExecAllocatorOption{chromedp.ExecPath(b.o.Program), chromedp.UserDataDir(profile), chromedp.WindowSize(b.o.Width, 900),
		chromedp.ProxyServer(b.o.Proxy), chromedp.Flag("proxy-bypass-list", "<-loopback>"), chromedp.Flag("lang", strings.SplitN(b.o.Languages+",", ",", 2)[0])}
	for _, f := range []string{"headless", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check", "disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions",
		"disable-default-apps", "disable-domain-reliability", "disable-client-side-phishing-detection", "disable-breakpad", "disable-crash-reporter", "disable-popup-blocking=false", "hide-scrollbars", "mute-audio",
		"metrics-recording-only", "no-pings", "disable-dev-shm-usage", "disable-notifications", "deny-permission-prompts", "disable-print-preview"} {
		out = append(out, chromedp.Flag(f, true))
	}
	out = append(out, chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,WebRtcHideLocalIpsWithMdns"),
		chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"), chromedp.Flag("webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.Flag("dns-prefetch-disable", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 { // Chromium refuses its sandbox to root
		out = append(out, chromedp.NoSandbox)
	}
	return out
}

// steps are what is done with a page.
func (b *Browser) steps(address string, w *watch, s *Seen) []chromedp.Action {
	return []chromedp.Action{
		network.Enable(), page.Enable(),
		browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorDeny),
		network.SetBypassServiceWorker(true),
		emulation.SetDeviceMetricsOverride(int64(b.o.Width), 900, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, _, why, _, err := page.Navigate(address).Do(ctx)
			if err == nil && why != "" {
				err = fmt.Errorf("the browser says %s", why)
			}
			return err
		}),
		chromedp.ActionFunc(w.wait),
		chromedp.ActionFunc(b.scroll),
		chromedp.ActionFunc(w.wait),
		chromedp.ActionFunc(func(ctx context.Context) error { return b.shoot(ctx, s) }),
	}
}

// scroll brings what is loaded when it is seen into view, at most a bounded way down.
func (b *Browser) scroll(ctx context.Context) error {
	const script = `(async (most) => { const step = 800; let y = 0; while (y < Math.min(document.documentElement.scrollHeight, most)) { window.scrollTo(0, y); y += step; await new Promise(r => setTimeout(r, 60)); } window.scrollTo(0, 0); })(%d)`
	_, failed, err := runtime.Evaluate(fmt.Sprintf(script, b.o.MaxHeight)).WithAwaitPromise(true).WithTimeout(runtime.TimeDelta(10_000)).Do(ctx)
	if err != nil && ctx.Err() != nil {
		return err
	}
	_ = failed // a page that forbids scripts is taken as it is
	return nil
}

// shoot takes picture, print and document.
func (b *Browser) shoot(ctx context.Context, s *Seen) error {
	_, _, _, _, _, size, err := page.GetLayoutMetrics().Do(ctx)
	if err != nil {
		return err
	}
	s.Width, s.Height = int(size.Width), int(size.Height)
	if s.Height > b.o.MaxHeight {
		s.Problems = append(s.Problems, fmt.Sprintf("the page is %d pixels high: the picture shows the first %d", s.Height, b.o.MaxHeight))
		s.Height = b.o.MaxHeight
	}
	s.Width = min(max(s.Width, 1), 4*b.o.Width)
	clip := &page.Viewport{Width: float64(s.Width), Height: float64(max(s.Height, 1)), Scale: 1}
	if s.Screenshot, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).WithCaptureBeyondViewport(true).WithClip(clip).Do(ctx); err != nil {
		return fmt.Errorf("take a picture: %w", err)
	}
	if s.Print, _, err = page.PrintToPDF().WithPrintBackground(true).Do(ctx); err != nil {
		s.Problems = append(s.Problems, "no print could be made: "+err.Error())
	}
	var dom, title, address string
	if err := chromedp.Evaluate(`document.documentElement.outerHTML.slice(0, 33554432)`, &dom).Do(ctx); err != nil {
		s.Problems = append(s.Problems, "the document could not be read: "+err.Error())
	}
	_ = chromedp.Evaluate(`document.title`, &title).Do(ctx) // the picture is what matters
	_ = chromedp.Evaluate(`location.href`, &address).Do(ctx)
	s.DOM, s.Title, s.Address = []byte(dom[:min(len(dom), maxDOM)]), title, address
	return nil
}
