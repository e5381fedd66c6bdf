package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// settle is the quiet after which a page is taken to have loaded.
const settle = 1200 * time.Millisecond

// watch notes what a page does, and tells when it is quiet.
type watch struct {
	frame   cdp.FrameID
	crashed func()

	mu       sync.Mutex
	open     map[network.RequestID]int // place in asked, -1: not listed
	asked    []Asked
	more     int // requests that are not listed
	console  []string
	lines    int // console lines that are not listed
	problems []string
	dialogs  int
	said     string // by the first dialog
	loaded   bool
	status   int // of the main document
	media    string
	stir     chan struct{}
}

func newWatch() *watch {
	return &watch{open: map[network.RequestID]int{}, stir: make(chan struct{}, 1), crashed: func() {}}
}

func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		w.request(ev)
	case *network.EventResponseReceived:
		w.response(ev.RequestID, ev.Response)
		if ev.Type == network.ResourceTypeDocument && ev.FrameID == w.frame {
			w.status, w.media = int(ev.Response.Status), ev.Response.MimeType
		}
	case *network.EventLoadingFinished:
		w.done(ev.RequestID, int64(ev.EncodedDataLength), "")
	case *network.EventLoadingFailed:
		why := ev.ErrorText
		if ev.BlockedReason != "" {
			why += " (" + string(ev.BlockedReason) + ")"
		}
		w.done(ev.RequestID, 0, why)
	case *network.EventWebSocketCreated:
		w.list(Asked{Address: clipped(ev.URL, maxAddress), Type: string(network.ResourceTypeWebSocket)})
	case *page.EventFrameNavigated:
		if ev.Frame.ParentID == "" {
			w.loaded = false
		}
	case *page.EventLoadEventFired:
		w.loaded = true
	case *runtime.EventConsoleAPICalled:
		w.tell(string(ev.Type)+": ", ev.Args...)
	case *runtime.EventExceptionThrown:
		if ev.ExceptionDetails != nil {
			w.tell("exception: " + ev.ExceptionDetails.Error())
		}
	case *log.EventEntryAdded:
		w.tell(string(ev.Entry.Level) + ": " + ev.Entry.Text)
	case *inspector.EventTargetCrashed:
		go w.crashed()
	default:
		return
	}
	select {
	case w.stir <- struct{}{}:
	default:
	}
}

func (w *watch) request(ev *network.EventRequestWillBeSent) {
	if ev.RedirectResponse != nil {
		w.response(ev.RequestID, ev.RedirectResponse)
		w.done(ev.RequestID, int64(ev.RedirectResponse.EncodedDataLength), "")
	}
	if !strings.HasPrefix(ev.Request.URL, "http:") && !strings.HasPrefix(ev.Request.URL, "https:") {
		return // part of the page itself: data:, blob:
	}
	i := w.list(Asked{Address: clipped(ev.Request.URL, maxAddress), Type: string(ev.Type)})
	if ev.Type != network.ResourceTypeEventSource && ev.Type != network.ResourceTypeMedia { // these have no end
		w.open[ev.RequestID] = i
	}
}

func (w *watch) list(a Asked) int {
	if len(w.asked) >= maxRequests {
		w.more++
		return -1
	}
	w.asked = append(w.asked, a)
	return len(w.asked) - 1
}

func (w *watch) response(id network.RequestID, r *network.Response) {
	if i, ok := w.open[id]; ok && i >= 0 && r != nil {
		w.asked[i].Status = int(r.Status)
	}
}

func (w *watch) done(id network.RequestID, size int64, why string) {
	if i, ok := w.open[id]; ok && i >= 0 {
		w.asked[i].Bytes, w.asked[i].Why = size, why
	}
	delete(w.open, id)
}

func (w *watch) tell(line string, args ...*runtime.RemoteObject) {
	if len(w.console) >= maxConsole {
		w.lines++
		return
	}
	w.console = append(w.console, clipped(line+spoken(args), maxLine))
}

// spoken is what was given to the console, as far as it is words and numbers.
func spoken(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args[:min(len(args), 10)] {
		if len(a.Value) > 0 {
			var text string
			if json.Unmarshal(a.Value, &text) != nil {
				text = string(a.Value)
			}
			out = append(out, clipped(text, maxLine))
		} else {
			out = append(out, clipped(a.Description, maxLine))
		}
	}
	return strings.Join(out, " ")
}

func (w *watch) problem(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.problems {
		if p == text {
			return
		}
	}
	w.problems = append(w.problems, text)
}

// dialog counts dialogs and says whether there are too many.
func (w *watch) dialog(message string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dialogs++; w.dialogs == 1 {
		w.said = clipped(message, 200)
	}
	return w.dialogs > maxDialogs
}

func (w *watch) document() (status int, media string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status, w.media
}

func (w *watch) unloaded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.loaded || len(w.open) > 0
}

// wait waits until the page has loaded and asked for nothing for a while; false if ctx ended
// before.
func (w *watch) wait(ctx context.Context) bool {
	calm := time.NewTimer(settle)
	defer calm.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-w.stir:
			calm.Reset(settle)
		case <-calm.C:
			if !w.unloaded() {
				return true
			}
			calm.Reset(settle)
		}
	}
}

// report writes what was noted.
func (w *watch) report(s *Seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.Requests, s.Console, s.Problems, s.Status = append([]Asked(nil), w.asked...), append([]string(nil), w.console...), append([]string(nil), w.problems...), w.status
	if w.dialogs > 0 {
		s.Problems = append(s.Problems, fmt.Sprintf("dialogs were closed: %d, the first “%s”", w.dialogs, w.said))
	}
	if w.more > 0 {
		s.Problems = append(s.Problems, fmt.Sprintf("requests that are not listed: %d", w.more))
	}
	if w.lines > 0 {
		s.Problems = append(s.Problems, fmt.Sprintf("lines of the console that are not listed: %d", w.lines))
	}
}
