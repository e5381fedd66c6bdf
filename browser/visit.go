package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"svidok/evidence"
)

const windowHeight = 900

// visit is one page in one browser.
type visit struct {
	o       Options
	address string
	way     way
	ask     func(string) (Answer, bool) // what is there already; nil: the proxy is asked
	watch   *watch
	seen    Seen

	tab    context.Context
	frame  cdp.FrameID // the main one
	held   atomic.Bool // it may go nowhere else
	visits atomic.Int64
}

func (v *visit) run(ctx context.Context) error {
	p, err := v.start(ctx)
	if err != nil {
		return err
	}
	defer p.stop()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	remote, closeRemote := chromedp.NewRemoteAllocator(ctx, p.address, chromedp.NoModifyURL)
	defer closeRemote()
	quietly := func(string, ...any) {} // it tells of events that it does not know
	first, closeFirst := chromedp.NewContext(remote, chromedp.WithErrorf(quietly), chromedp.WithLogf(quietly))
	defer closeFirst()
	defer func() { _ = killed(p.cmd) }() // before its tabs are closed, which a hung browser would not do
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-p.ended:
			fail(errEnded())
		case <-over:
		}
	}()
	v.watch.crashed = func() { fail(errEnded()) }
	done := make(chan error, 1)
	go func() {
		var id target.ID
		err := chromedp.Run(first, chromedp.ActionFunc(func(ctx context.Context) (err error) {
			id, err = v.outside(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
			return err
		}))
		if err == nil {
			tab, closeTab := chromedp.NewContext(first, chromedp.WithTargetID(id))
			defer closeTab()
			err = chromedp.Run(tab, chromedp.ActionFunc(v.steps))
			_ = killed(p.cmd)
		}
		done <- err
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		_ = killed(p.cmd) // so that nothing waits for its answers
		err = <-done
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	if err != nil && errors.Is(err, context.Canceled) { // the connection was lost
		return errEnded()
	}
	return err
}

// outside opens a page that has, as nothing else in the browser does, the way out. What the
// page leaves is kept in memory.
func (v *visit) outside(ctx context.Context) (target.ID, error) {
	p := target.CreateBrowserContext()
	if v.ask == nil {
		p = p.WithProxyServer(v.way.server).WithProxyBypassList("<-loopback>")
	}
	own, err := p.Do(ctx)
	if err != nil {
		return "", err
	}
	return target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(ctx)
}

// steps are what is done with a page. Loading has two fifths of the time, the walk down a
// sixth: the rest is for what is taken.
func (v *visit) steps(ctx context.Context) error {
	v.tab = ctx
	v.frame = cdp.FrameID(chromedp.FromContext(ctx).Target.TargetID)
	v.watch.frame = v.frame
	if err := v.prepare(ctx); err != nil {
		return fmt.Errorf("prepare the browser: %w", err)
	}
	if err := v.load(ctx, v.o.Timeout*2/5); err != nil {
		return err
	}
	if err := v.awake(ctx); err != nil {
		return err
	}
	if err := v.walk(ctx, v.o.Timeout/6); err != nil {
		return err
	}
	if err := v.hold(ctx); err != nil {
		return err
	}
	return v.shoot(ctx)
}

func (v *visit) prepare(ctx context.Context) error {
	_, product, _, agent, _, err := browser.GetVersion().Do(ctx)
	if err != nil {
		return err
	}
	v.seen.Version = product
	if v.o.Agent != "" {
		agent = v.o.Agent
	}
	chromedp.ListenTarget(ctx, v.event)
	pattern := &fetch.RequestPattern{ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageRequest}
	if v.ask != nil || v.way.name != "" {
		pattern.ResourceType = ""
	}
	actions := []chromedp.Action{
		// The library would ask for the document whenever it changes, and while it waits for
		// that, a page that tells the console too much would fill its queue for good.
		css.Disable(), dom.Disable(),
		browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorDeny),
		network.SetBypassServiceWorker(true),
		network.SetCacheDisabled(true),
		emulation.SetDeviceMetricsOverride(int64(v.o.Width), windowHeight, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}),
		emulation.SetTimezoneOverride(v.o.Timezone),
		emulation.SetUserAgentOverride(agent).WithAcceptLanguage(v.o.Languages),
		fetch.Enable().WithPatterns([]*fetch.RequestPattern{pattern}).WithHandleAuthRequests(v.way.name != ""),
	}
	if unsandboxed() {
		v.watch.problem("the browser ran without its sandbox, as it does for root")
	}
	return chromedp.Tasks(actions).Do(ctx)
}

// load opens the address and waits until the page has loaded and is quiet, at most for a
// while: a page that is never done is taken as it stands.
func (v *visit) load(ctx context.Context, most time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_, _, why, download, err := page.Navigate(v.address).Do(limited)
	switch {
	case err != nil && limited.Err() != nil && ctx.Err() == nil:
		return fmt.Errorf("no answer within %v: %w", most, evidence.ErrLimit)
	case err != nil:
		return err
	case download:
		return fmt.Errorf("no page, but a file to be downloaded: %w", evidence.ErrFormat)
	case why != "":
		status := ""
		if n, _ := v.watch.document(); n > 0 {
			status = fmt.Sprintf(" (status %d)", n)
		}
		return fmt.Errorf("the browser says %s%s: %w", why, status, evidence.ErrNotFound)
	}
	if v.watch.wait(limited) {
		return ctx.Err()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if v.watch.unloaded() {
		v.watch.problem(fmt.Sprintf("the page had not finished loading after %v: it is shown as it stood then", most))
	}
	return nil
}

// awake stops scripts that let nothing else happen.
func (v *visit) awake(ctx context.Context) error {
	for _, patience := range []time.Duration{v.o.Timeout / 20, v.o.Timeout / 10} {
		limited, cancel := context.WithTimeout(ctx, patience)
		err := v.call(limited, `1`, nil)
		late := limited.Err() != nil
		cancel()
		if err == nil || ctx.Err() != nil || !late {
			return ctx.Err() // a page that is just changing will answer the next time
		}
		if err := v.silence(ctx); err != nil {
			return err
		}
		v.watch.problem("scripts of the page did not end: they were stopped, and it is shown as it stood then")
	}
	return nil
}

// silence ends the scripts of the page, for good.
func (v *visit) silence(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, v.o.Timeout/10)
	defer cancel()
	if err := runtime.TerminateExecution().Do(limited); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err := emulation.SetScriptExecutionDisabled(true).Do(limited); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

// walk brings what is loaded when it is seen into view.
func (v *visit) walk(ctx context.Context, most time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	var whole bool
	err := v.call(limited, fmt.Sprintf(walkScript, v.o.MaxHeight, most.Milliseconds()*4/5), &whole)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil || !whole {
		v.watch.problem("not all of the page was brought into view: pictures that load when they are seen may be missing")
	}
	quiet, end := context.WithTimeout(ctx, v.o.Timeout/12)
	defer end()
	v.watch.wait(quiet)
	return ctx.Err()
}

// hold keeps the page as it is: nothing that it runs or asks for changes it any more.
func (v *visit) hold(ctx context.Context) error {
	v.held.Store(true)
	if err := v.awake(ctx); err != nil {
		return err
	}
	if err := v.silence(ctx); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, v.o.Timeout/10)
	defer cancel()
	if err := page.StopLoading().Do(limited); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	var facts struct {
		Title, Address string
		Width, Height  int // of the page
		Problems       []string
	}
	if err := v.call(ctx, factsScript, &facts); err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	if !strings.HasPrefix(facts.Address, "http:") && !strings.HasPrefix(facts.Address, "https:") {
		return fmt.Errorf("the page led on to what could not be shown: %w", evidence.ErrNotFound)
	}
	v.seen.Width, v.seen.Height = facts.Width, facts.Height
	v.seen.Title, v.seen.Address = clipped(facts.Title, maxLine), facts.Address
	for _, p := range facts.Problems[:min(len(facts.Problems), 10)] {
		v.watch.problem(clipped(p, maxLine))
	}
	return nil
}

// call runs a script in a world of its own in the page, where the page's scripts have changed
// nothing, and reads what it gives as JSON.
func (v *visit) call(ctx context.Context, script string, into any) error {
	world, err := page.CreateIsolatedWorld(v.frame).WithWorldName("svidok").Do(ctx)
	if err != nil {
		return err
	}
	got, failed, err := runtime.Evaluate(script).WithContextID(world).WithReturnByValue(true).WithAwaitPromise(true).Do(ctx)
	switch {
	case err != nil:
		return err
	case failed != nil:
		return fmt.Errorf("a script of ours failed: %s", clipped(failed.Error(), maxLine))
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(got.Value, into); err != nil {
		return fmt.Errorf("a script of ours gave what is not expected: %w", err)
	}
	return nil
}
