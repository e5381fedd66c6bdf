package browser

import (
	"context"
	"encoding/base64"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// event answers what a browser wants an answer for; the rest is noted. Answers are given
// apart: events are not to wait for them.
func (v *visit) event(ev any) {
	v.watch.event(ev)
	switch ev := ev.(type) {
	case *page.EventJavascriptDialogOpening:
		endless := v.watch.dialog(ev.Message)
		go v.do(page.HandleJavaScriptDialog(false).Do)
		if endless { // the page hears of it when the dialog is closed
			go v.do(runtime.TerminateExecution().Do)
			go v.do(emulation.SetScriptExecutionDisabled(true).Do)
			v.watch.problem("the page opened dialogs without end: its scripts were stopped, and it is shown as it stood then")
		}
	case *fetch.EventRequestPaused:
		go v.do(func(ctx context.Context) error { return v.paused(ctx, ev) })
	case *fetch.EventAuthRequired:
		go v.do(func(ctx context.Context) error { return v.authorise(ctx, ev) })
	}
}

// do gives an answer; where the page or the browser is gone, nobody waits for it.
func (v *visit) do(answer func(context.Context) error) {
	_ = chromedp.Run(v.tab, chromedp.ActionFunc(answer))
}

// paused lets a request go on its way, answers it, or ends it.
func (v *visit) paused(ctx context.Context, ev *fetch.EventRequestPaused) error {
	if ev.ResourceType == network.ResourceTypeDocument && ev.FrameID == v.frame && ev.RedirectedRequestID == "" {
		if n := v.visits.Add(1); v.held.Load() || n > maxVisits {
			if n > maxVisits {
				v.watch.problem("the page led on to other documents without end: it was held at one of them")
			}
			return fetch.FailRequest(ev.RequestID, network.ErrorReasonAborted).Do(ctx)
		}
	}
	if v.ask == nil {
		return fetch.ContinueRequest(ev.RequestID).Do(ctx)
	}
	a, ok := v.ask(ev.Request.URL)
	if !ok {
		return fetch.FailRequest(ev.RequestID, network.ErrorReasonInternetDisconnected).Do(ctx)
	}
	return fetch.FulfillRequest(ev.RequestID, int64(a.Status)).WithBody(base64.StdEncoding.EncodeToString(a.Body)).
		WithResponseHeaders([]*fetch.HeaderEntry{{Name: "Content-Type", Value: a.MediaType}}).Do(ctx)
}

// authorise shows the proxy its secret, and no one else.
func (v *visit) authorise(ctx context.Context, ev *fetch.EventAuthRequired) error {
	answer := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
	if ev.AuthChallenge != nil && ev.AuthChallenge.Source == fetch.AuthChallengeSourceProxy {
		answer = &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseProvideCredentials, Username: v.way.name, Password: v.way.secret}
	}
	return fetch.ContinueWithAuth(ev.RequestID, answer).Do(ctx)
}
