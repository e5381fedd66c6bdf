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
