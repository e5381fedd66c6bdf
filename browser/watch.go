package browser

import (
	"context"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// watch counts what a page asks for, and tells when it is quiet.
type watch struct {
	mu     sync.Mutex
	open   map[network.RequestID]bool
	all    int
	failed int
	loaded bool
	quiet  chan struct{}
}

func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == nil {
		w.open = map[network.RequestID]bool{}
	}
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		w.open[ev.RequestID] = true
		w.all++
	case *network.EventLoadingFinished:
		delete(w.open, ev.RequestID)
	case *network.EventLoadingFailed:
		delete(w.open, ev.RequestID)
		w.failed++
	case *page.EventLoadEventFired:
		w.loaded = true
	default:
		return
	}
	select {
	case w.quiet <- struct{}{}:
	default:
	}
}

func (w *watch) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all
}

func (w *watch) failures() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func (w *watch) still() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loaded && len(w.open) == 0
}

// wait waits until the page has loaded and asked for nothing for a while, or for long
// enough. Dialogs stop a page: they are closed as they come.
func (w *watch) wait(ctx context.Context) error {
	end := time.NewTimer(longest)
	defer end.Stop()
	calm := time.NewTimer(settle)
	defer calm.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return nil
		case <-w.quiet:
			calm.Reset(settle)
		case <-calm.C:
			if w.still() {
				return nil
			}
			calm.Reset(settle)
		}
	}
}

// dialogs closes dialogs, which would stop the page.
func dialogs(tab context.Context) {
	chromedp.ListenTarget(tab, func(ev any) {
		if _, ok := ev.(*page.EventJavascriptDialogOpening); ok {
			go func() { _ = chromedp.Run(tab, page.HandleJavaScriptDialog(false)) }() // the page may be gone
		}
	})
}
