package web

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

type dossierPage struct {
	shell
	Findings []catalog.Event // that may leave
	Pending  int             // events that are no findings yet
	Releases []catalog.Release
	People   people
	Language string
}

func (d *desk) dossier(v *visit) error {
	p := dossierPage{shell: v.shell("dossier", v.l.t("dossier.title")), Language: v.l.code}
	all, err := d.catalog.Events(v.ctx())
	if err != nil {
		return err
	}
	for _, e := range all {
		switch {
		case e.Finding():
			p.Findings = append(p.Findings, e)
		case e.Standing != evidence.Withdrawn:
			p.Pending++
		}
	}
	if p.Releases, err = d.catalog.Releases(v.ctx()); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	return v.render(http.StatusOK, "dossier", &p)
}

// release streams a dossier. What fails before its first byte is an error page; what fails
// later cuts the connection, so that nobody keeps half a dossier for a whole one.
func (d *desk) release(v *visit) error {
	form := v.r.PostForm
	ids := form["event"]
	if len(ids) == 0 {
		v.say(flash{Kind: "warning", Text: v.l.t("dossier.none-picked")})
		return v.back("/dossier")
	}
	lang := match(form.Get("language"))
	if lang == "" {
		lang = v.l.code
	}
	closed := form.Get("closed") != ""
	if closed && v.me.Role != evidence.RoleAdmin {
		return errRole
	}
	name := "svidok-" + d.now().UTC().Format("2006-01-02-1504") + "-" + lang + ".zip"
	out := &lateWriter{w: v.w, begin: func(h http.Header) {
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}}
	_, err := d.archive.Release(v.ctx(), v.me.ID, archive.ReleaseRequest{Events: ids, Language: lang, Title: strings.TrimSpace(form.Get("title")),
		To: strings.TrimSpace(form.Get("to")), Originals: form.Get("originals") != "", Closed: closed}, out)
	if err != nil && out.begun {
		d.log.Error("a dossier was cut", "error", err)
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

// lateWriter sends headers only with the first byte.
type lateWriter struct {
	w     http.ResponseWriter
	begin func(http.Header)
	begun bool
}

func (l *lateWriter) Write(b []byte) (int, error) {
	if !l.begun {
		l.begin(l.w.Header())
		l.begun = true
	}
	return l.w.Write(b)
}

type custodyPage struct {
	shell
	Custody    archive.Custody
	Totals     catalog.Totals
	Checkpoint string
	People     people
	Codebooks  []catalog.Codebook
	Behind     int64 // entries that the catalog has not read yet
}

func (d *desk) custody(v *visit) error {
	p := custodyPage{shell: v.shell("custody", v.l.t("custody.title"))}
	var err error
	if p.Custody, err = d.archive.Custody(v.ctx()); err != nil {
		return err
	}
	p.Checkpoint = string(p.Custody.Checkpoint)
	p.Behind = max(0, p.Custody.Size-p.Custody.Followed)
	if p.Totals, err = d.catalog.Totals(v.ctx()); err != nil {
		return err
	}
	if p.Codebooks, err = d.catalog.Codebooks(v.ctx()); err != nil {
		return err
	}
	if p.People, err = v.people(); err != nil {
		return err
	}
	return v.render(http.StatusOK, "custody", &p)
}

// checkpoint gives the signed note as a file: whoever keeps an old one can show that
// nothing before it was changed since.
func (d *desk) checkpoint(v *visit) error {
	c, err := d.archive.Custody(v.ctx())
	if err != nil {
		return err
	}
	name := fmt.Sprintf("checkpoint-%d.txt", c.Size)
	return v.download(strings.NewReader(string(c.Checkpoint)), int64(len(c.Checkpoint)), name, "text/plain; charset=utf-8")
}

type accountsPage struct {
	shell
	Accounts []catalog.Account
	Roles    []evidence.Role
	Form     accountForm
	Trouble  string
}

type accountForm struct {
	Name string
	Role evidence.Role
}

const minPassword = 10

func (v *visit) accountsPage() (*accountsPage, error) {
	p := &accountsPage{shell: v.shell("accounts", v.l.t("accounts.title")), Form: accountForm{Role: evidence.RoleCoder},
		Roles: []evidence.Role{evidence.RoleCoder, evidence.RoleReviewer, evidence.RoleAdmin}}
	p.Here = "/accounts"
	var err error
	p.Accounts, err = v.catalog.Accounts(v.ctx())
	return p, err
}

func (d *desk) accounts(v *visit) error {
	p, err := v.accountsPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "accounts", p)
}

// enrol makes or changes an account.
func (d *desk) enrol(v *visit) error {
	form := v.r.PostForm
	e := archive.Enrolment{ID: form.Get("id"), Name: strings.TrimSpace(form.Get("name")), Role: evidence.Role(form.Get("role")),
		Password: form.Get("password"), Inactive: form.Get("inactive") != ""}
	p, err := v.accountsPage()
	if err != nil {
		return err
	}
	p.Form = accountForm{e.Name, e.Role}
	switch {
	case e.Name == "" || !e.Role.Known():
		p.Trouble = v.l.t("form.missing")
	case (e.ID == "" || e.Password != "") && len([]rune(e.Password)) < minPassword:
		p.Trouble = v.l.n("accounts.short", minPassword)
	case e.ID == v.me.ID && (e.Inactive || e.Role != evidence.RoleAdmin):
		p.Trouble = v.l.t("accounts.self")
	}
	for _, a := range p.Accounts {
		if limitKey(a.Name) == limitKey(e.Name) && a.ID != e.ID {
			p.Trouble = v.l.t("accounts.taken")
		}
	}
	if p.Trouble != "" {
		return v.render(http.StatusUnprocessableEntity, "accounts", p)
	}
	if _, err := d.archive.Enrol(v.ctx(), v.me.ID, e); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	v.say(flash{Kind: "done", Text: v.l.t("accounts.saved", e.Name)})
	return v.back("/accounts")
}

// Unstamped is the number of entries without an outside time-stamp.
func (p *custodyPage) Unstamped() int { return int(p.Custody.Unstamped) }
