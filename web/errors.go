package web

import (
	"errors"
	"net/http"
	"net/url"

	"svidok/evidence"
)

var (
	errSignIn  = errors.New("nobody is signed in")
	errRole    = errors.New("this role may not do this")
	errForeign = errors.New("the form was sent from another site")
	errTooMany = errors.New("too many tries")
)

// fault is how an error is shown: messages error.KEY and hint.KEY.
type fault struct {
	err    error
	status int
	key    string
}

// faults in the order in which an error is judged: the graver first.
func faults() []fault {
	return []fault{
		{errSignIn, http.StatusUnauthorized, "sign-in"},
		{errRole, http.StatusForbidden, "role"},
		{errForeign, http.StatusForbidden, "foreign"},
		{errTooMany, http.StatusTooManyRequests, "too-many"},
		{evidence.ErrTampered, http.StatusInternalServerError, "tampered"},
		{evidence.ErrFull, http.StatusInsufficientStorage, "full"},
		{evidence.ErrBusy, http.StatusServiceUnavailable, "busy"},
		{evidence.ErrNotFound, http.StatusNotFound, "not-found"},
		{evidence.ErrRefused, http.StatusForbidden, "refused"},
		{evidence.ErrLimit, http.StatusRequestEntityTooLarge, "limit"},
		{evidence.ErrUsage, http.StatusBadRequest, "usage"},
		{evidence.ErrFormat, http.StatusUnprocessableEntity, "format"},
		{evidence.ErrPartial, http.StatusInternalServerError, "partial"},
	}
}

func faultOf(err error) fault {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = evidence.ErrLimit
	}
	for _, f := range faults() {
		if errors.Is(err, f.err) {
			return f
		}
	}
	return fault{err, http.StatusInternalServerError, "ours"}
}

type errorPage struct {
	shell
	Status        int
	Message       string
	Hint          string
	Details       string // what the program says, in English; for whoever helps
	SignIn, Grave bool
}

// explained is an error whose reason is known in the visitor's language.
type explained struct {
	error
	words string
}

func (e *explained) Unwrap() error { return e.error }

// fail shows err as a page: the one place where errors become words and a status.
func (d *desk) fail(v *visit, err error) {
	f := faultOf(err)
	if f.key == "sign-in" && (v.r.Method == http.MethodGet || v.r.Method == http.MethodHead) {
		http.Redirect(v.w, v.r, "/sign-in?next="+url.QueryEscape(v.r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if f.status >= http.StatusInternalServerError {
		d.log.Error("the desk failed", "method", v.r.Method, "page", v.r.Pattern, "error", err)
	}
	p := errorPage{shell: v.bare("", v.l.t("error."+f.key)), Status: f.status, Message: v.l.t("error." + f.key), Hint: v.l.t("hint." + f.key),
		SignIn: f.key == "sign-in", Grave: f.key == "tampered"}
	if e, ok := errors.AsType[*explained](err); ok {
		p.Hint = e.words
	}
	if v.me.ID != "" { // strangers are told nothing of what is inside
		p.Details = err.Error()
		if hint := evidence.HintOf(err); hint != "" {
			p.Details += "\n" + hint
		}
	}
	h := v.w.Header()
	h.Del("Content-Disposition")
	h.Del("Content-Length")
	if drawn := v.render(f.status, "error", &p); drawn != nil {
		d.log.Error("the desk failed to show an error", "error", drawn)
		http.Error(v.w, p.Message, f.status)
	}
}
