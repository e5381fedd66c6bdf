// Package web shows: it is the desk in the browser. It holds no rule of judgment and
// writes nothing itself: every act goes to package archive, which asks the rules.
//
// # Pages
//
// All routes stand on one sheet ([desk.routes]) with the access that each needs; one file
// and one typed struct per page. Handlers return errors; one place turns them into a page
// with a next step in the visitor's language ([desk.fail]). Pages are made on the server
// and work without JavaScript; desk.js adds the keyboard and the selection of words.
//
// # Safety
//
// Nobody sees anything of a case without having signed in. Sessions are 32 random bytes in
// an HttpOnly, SameSite=Strict cookie; the server keeps them in memory only, ends idle ones,
// and asks the catalog on every request whether the account may still act. Foreign sites
// cannot post (http.CrossOriginProtection). The content security policy allows nothing but
// our own style sheet and script: no inline code, no other host. Originals are foreign
// bytes: see original.go for how they are shown without running or loading anything.
//
// # Languages
//
// Words come from messages/uk.json, en.json and ru.json, which hold the same keys. The
// language is the visitor's choice (a cookie), else the browser's.
package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"svidok/archive"
	"svidok/evidence"
)

// Config says what the desk shows. Archive is required.
type Config struct {
	Archive *archive.Archive
	Tool    string           // shown in the footer: "svidok/1.0"
	Log     *slog.Logger     // told of faults on our side; nil: nobody
	Now     func() time.Time // nil: the system's clock
	Idle    time.Duration    // after which an idle session ends; 0: 8 hours
	Upload  int64            // bytes that one upload may have; 0: 2 GiB
}

const (
	defaultIdle   = 8 * time.Hour
	defaultUpload = 2 << 30
	maxForm       = 1 << 20
)

// New returns the desk. Templates and messages are parsed once, here.
func New(c Config) (http.Handler, error) {
	if c.Archive == nil {
		return nil, fmt.Errorf("open the desk: no archive: %w", evidence.ErrUsage)
	}
	d, err := newDesk(c)
	if err != nil {
		return nil, fmt.Errorf("open the desk: %w", err)
	}
	return d.handler(), nil
}

// access is what a route asks of its visitor.
type access int

const (
	anyone access = iota
	member        // any active account
	reviewer
	admin
)

// allows reports whether a role satisfies the access.
func (a access) allows(r evidence.Role) bool {
	switch a {
	case anyone:
		return true
	case member:
		return r.Known()
	case reviewer:
		return r == evidence.RoleReviewer || r == evidence.RoleAdmin
	}
	return r == evidence.RoleAdmin
}

// uploads is the one route that takes more than a form, and bounds it itself. Elsewhere a body of
// any type is bounded before anybody parses it: strangers may post to the sign-in.
const uploads = "POST /reports/add"

type route struct {
	pattern string
	need    access
	do      func(*visit) error
}

// routes is the sheet: every address of the desk, and who may ask for it.
func (d *desk) routes() []route {
	return []route{
		{"GET /{$}", member, d.home},
		{"GET /sign-in", anyone, d.signInPage},
		{"POST /sign-in", anyone, d.signIn},
		{"POST /sign-out", anyone, d.signOut},
		{"POST /language", anyone, d.chooseLanguage},
		{"GET /help", anyone, d.help},

		{"GET /reports", member, d.reports},
		{"GET /reports/progress", member, d.progress},
		{"GET /reports/add", member, d.addPage},
		{uploads, member, d.add},
		{"GET /reports/{report}", member, d.report},
		{"GET /reports/{report}/original", member, d.originalPage},
		{"POST /reports/{report}/view", member, d.view},
		{"GET /reports/{report}/frame", member, d.frame},
		{"GET /reports/{report}/bytes", member, d.bytes},
		{"GET /reports/{report}/beside/{position}", member, d.beside},
		{"GET /reports/{report}/copies", member, d.copies},
		{"GET /reports/{report}/custody", member, d.reportCustody},
		{"GET /reports/{report}/statement", member, d.newStatement},
		{"POST /reports/{report}/statement", member, d.addStatement},

		{"GET /review", member, d.review},
		{"POST /judge", member, d.judge},
		{"GET /statements/{statement}", member, d.statement},
		{"POST /statements/{statement}", member, d.correct},

		{"GET /map", member, d.placesPage},
		{"GET /figures", member, d.figuresPage},

		{"GET /events", member, d.events},
		{"GET /events/new", member, d.newEvent},
		{"POST /events/new", member, d.gather},
		{"GET /events/{event}", member, d.event},
		{"GET /events/{event}/change", member, d.changeEvent},
		{"POST /events/{event}/change", member, d.gather},
		{"POST /events/{event}/withdraw", member, d.withdraw},

		{"GET /dossier", member, d.dossier},
		{"POST /dossier", reviewer, d.release},
		{"GET /reports/{report}/versions", member, d.versions},
		{"GET /sources", member, d.sources},
		{"POST /sources", reviewer, d.watch},
		{"GET /sources/{source}", member, d.source},
		{"GET /standards", member, d.standards},
		{"POST /standards/search", member, d.logSearch},
		{"POST /standards/form", reviewer, d.fillInCase},
		{"POST /reports/{report}/form", member, d.fillInItem},
		{"GET /custody", member, d.custody},
		{"GET /custody/checkpoint", member, d.checkpoint},
		{"POST /custody/viewing", admin, d.askReasons},
		{"GET /accounts", admin, d.accounts},
		{"POST /accounts", admin, d.enrol},
	}
}
