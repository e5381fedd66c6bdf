package web

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"

	"svidok/evidence"
)

type signInPage struct {
	shell
	Name   string
	Next   string
	Wrong  bool
	Wait   int  // seconds to wait before the next try, 0: none
	Nobody bool // the case has no account yet
}

func (d *desk) home(v *visit) error { return v.back("/reports") }

func (d *desk) signInPage(v *visit) error {
	if v.me.ID != "" {
		return v.back(v.r.URL.Query().Get("next"))
	}
	return v.showSignIn(http.StatusOK, signInPage{Next: v.r.URL.Query().Get("next")})
}

func (v *visit) showSignIn(status int, p signInPage) error {
	all, err := v.catalog.Accounts(v.ctx())
	if err != nil {
		return err
	}
	p.shell = v.shell("", v.l.t("sign-in.title"))
	p.Here = "/sign-in"
	if p.Next = local(p.Next); p.Next != "/" {
		p.Here += "?next=" + escapeQuery(p.Next)
	}
	p.Nobody = len(all) == 0
	return v.render(status, "sign-in", &p)
}

func (d *desk) signIn(v *visit) error {
	name, next := strings.TrimSpace(v.r.PostFormValue("name")), v.r.PostFormValue("next")
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		host = v.r.RemoteAddr
	}
	wait := d.byAddress.take(host)
	if wait == 0 {
		wait = d.byName.take(limitKey(name))
	}
	if wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		v.w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return v.showSignIn(http.StatusTooManyRequests, signInPage{Name: name, Next: next, Wait: seconds})
	}
	account, err := d.archive.People().SignIn(v.ctx(), name, v.r.PostFormValue("password"))
	if errors.Is(err, evidence.ErrRefused) {
		return v.showSignIn(http.StatusUnauthorized, signInPage{Name: name, Next: next, Wrong: true})
	}
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	d.byAddress.giveBack(host)
	d.byName.giveBack(limitKey(name))
	if v.me.ID != "" {
		d.sessions.end(v.key)
	}
	setCookie(v.w, v.r, sessionCookie, d.sessions.begin(account.ID), 0)
	return v.back(next)
}

// limitKey is a name as the archive compares it: however it is spelled, tries add up.
func limitKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func (d *desk) signOut(v *visit) error {
	_, key := d.sessions.of(v.r)
	d.sessions.end(key)
	setCookie(v.w, v.r, sessionCookie, "", -1)
	return v.back("/sign-in")
}

func (d *desk) chooseLanguage(v *visit) error {
	code := match(v.r.PostFormValue("language"))
	if code == "" {
		return fmt.Errorf("choose a language: %w", evidence.ErrUsage)
	}
	setCookie(v.w, v.r, languageCookie, code, 365*24*3600)
	return v.back(v.r.PostFormValue("to"))
}

type helpPage struct {
	shell
	Modalities []string
}

func (d *desk) help(v *visit) error {
	return v.render(http.StatusOK, "help", &helpPage{v.shell("help", v.l.t("help.title")), modalities()})
}
