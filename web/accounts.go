package web

import (
	"fmt"
	"net/http"
	"strings"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

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
	if _, err := d.archive.People().Enrol(v.ctx(), v.me.ID, e); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	v.say(flash{Kind: "done", Text: v.l.t("accounts.saved", e.Name)})
	return v.back("/accounts")
}
