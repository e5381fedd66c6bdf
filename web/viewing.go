package web

import (
	"fmt"
	"strings"

	"svidok/catalog"
	"svidok/evidence"
)

// Where the case's settings say so, an original is shown only for a reason. It is asked for
// once in a session and report, and noted before anything of it is shown.

// viewable reports whether the visitor may see the original of a report now.
func (v *visit) viewable(rep catalog.Report) (bool, error) {
	s, err := v.archive.Keeping().Settings(v.ctx())
	if err != nil || !s.Viewing {
		return err == nil, err
	}
	seen := false
	v.sessions.leave(v.key, func(s *session) { seen = s.viewed[rep.ID] })
	return seen, nil
}

// notViewable is the error for bytes that were asked for around the question.
func (v *visit) notViewable(rep catalog.Report) error {
	return &explained{fmt.Errorf("the original of report %d: no reason was given: %w", rep.ID, evidence.ErrRefused), v.l.t("viewing.first")}
}

// view notes why somebody wants to see an original, and shows it.
func (d *desk) view(v *visit) error {
	rep, err := v.reportOf()
	if err != nil {
		return err
	}
	page := fmt.Sprintf("/reports/%d/original", rep.ID)
	reason := strings.TrimSpace(v.r.PostForm.Get("reason"))
	if reason == "" {
		v.say(flash{Kind: "warning", Text: v.l.t("viewing.empty")})
		return v.back(page)
	}
	if err := d.archive.Keeping().View(v.ctx(), v.me.ID, rep.Capture, reason); err != nil {
		return err
	}
	v.sessions.leave(v.key, func(s *session) {
		if s.viewed == nil {
			s.viewed = map[int64]bool{}
		}
		s.viewed[rep.ID] = true
	})
	return v.back(page)
}

// askReasons decides whether a reason is asked for.
func (d *desk) askReasons(v *visit) error {
	s, err := d.archive.Keeping().Settings(v.ctx())
	if err != nil {
		return err
	}
	s.Viewing = v.r.PostForm.Get("viewing") != ""
	if err := d.archive.Keeping().Set(v.ctx(), v.me.ID, s, nil); err != nil {
		return err
	}
	v.say(flash{Kind: "done", Text: v.l.t("viewing.saved")})
	return v.back("/custody")
}
