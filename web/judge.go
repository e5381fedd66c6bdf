package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"svidok/archive"
	"svidok/evidence"
)

// maxBulk is how many statements may be judged at once.
const maxBulk = 500

// readyReasons are reasons that need no typing: messages reason.KEY. What is kept is the
// sentence, in the language of whoever chose it.
func readyReasons() []string {
	return []string{"not-said", "other-place", "other-act", "not-happened", "wrong-words", "duplicate"}
}

// reasonOf joins a ready reason and own words.
func reasonOf(l *language, form url.Values, id string) string {
	suffix := ""
	if id != "" {
		suffix = ":" + id
	}
	var out []string
	if key := form.Get("ready" + suffix); slices.Contains(readyReasons(), key) {
		out = append(out, l.t("reason."+key))
	}
	if words := strings.TrimSpace(form.Get("reason" + suffix)); words != "" {
		out = append(out, words)
	}
	return strings.Join(out, " ")
}

func parseSeen(s string) (evidence.Hash, error) {
	if s == "" {
		return evidence.Hash{}, nil
	}
	h, err := evidence.ParseHash(s)
	if err != nil {
		return h, fmt.Errorf("what was seen: %w: %w", evidence.ErrUsage, err)
	}
	return h, nil
}

// judge makes decisions: one ("do" = ACT ID) or the same for all that are picked ("bulk" =
// ACT). The archive asks the rules for each.
func (d *desk) judge(v *visit) error {
	form := v.r.PostForm
	act, ids := evidence.Act(form.Get("bulk")), form["pick"]
	reason := reasonOf(v.l, form, "")
	if do := form.Get("do"); do != "" {
		a, id, _ := strings.Cut(do, " ")
		act, ids, reason = evidence.Act(a), []string{id}, reasonOf(v.l, form, id)
	}
	switch act {
	case evidence.ActAccept, evidence.ActReject, evidence.ActConfirm, evidence.ActReturn:
	default:
		return fmt.Errorf("judge: %q is not done here: %w", act, evidence.ErrUsage)
	}
	next := form.Get("next")
	switch {
	case len(ids) == 0:
		v.say(flash{Kind: "warning", Text: v.l.t("judge.nothing")})
		return v.back(next)
	case len(ids) > maxBulk:
		return fmt.Errorf("judge %d at once, at most %d: %w", len(ids), maxBulk, evidence.ErrLimit)
	case reason == "" && (act == evidence.ActReject || act == evidence.ActReturn):
		v.say(flash{Kind: "warning", Text: v.l.t("judge.reason")})
		return v.back(next)
	}
	var js []archive.Judgment
	for _, id := range ids {
		j := archive.Judgment{Act: act, Reason: reason}
		if strings.HasPrefix(id, "e:") {
			j.Event = id
		} else {
			j.Statement = id
		}
		var err error
		if j.Seen, err = parseSeen(form.Get("seen:" + id)); err != nil {
			return err
		}
		js = append(js, j)
	}
	outcomes, err := d.archive.Judge(v.ctx(), v.me.ID, js)
	if err != nil {
		return err
	}
	return v.told(act, js, outcomes, next)
}

// told leaves word of what became of the judgments, and goes on. One that failed alone is
// an error page of its own, so that its status tells a program too.
func (v *visit) told(act evidence.Act, js []archive.Judgment, outcomes []archive.Outcome, next string) error {
	done := 0
	var failed []string
	var last archive.Outcome
	for i, o := range outcomes {
		if o.Err == nil {
			done, last = done+1, o
			continue
		}
		why, err := v.why(act, js[i], o.Err)
		if err != nil {
			return err
		}
		failed = append(failed, why)
	}
	if done > 0 {
		f := flash{Kind: "done", Text: v.l.n("judged."+string(act), done)}
		if done == 1 && last.Statement != "" {
			f.Link = "/statements/" + last.Statement
		}
		v.say(f)
	}
	if len(failed) > 0 {
		if len(outcomes) == 1 {
			return &explained{outcomes[0].Err, failed[0]}
		}
		v.say(flash{Kind: "failed", Text: v.l.n("judge.failed", len(failed)), Lines: slices.Compact(failed)})
	}
	return v.back(next)
}

// why says in the visitor's language which rule stood against a judgment.
func (v *visit) why(act evidence.Act, j archive.Judgment, cause error) (string, error) {
	if !errors.Is(cause, evidence.ErrRefused) {
		return v.l.t("error." + faultOf(cause).key), nil
	}
	var now evidence.State
	var err error
	if j.Event != "" {
		e, e2 := v.catalog.Event(v.ctx(), j.Event)
		now, err = e.State, e2
	} else {
		s, e2 := v.catalog.Statement(v.ctx(), j.Statement)
		now, err = s.State, e2
	}
	switch {
	case errors.Is(err, evidence.ErrNotFound):
		return v.l.t("why.gone"), nil
	case err != nil:
		return "", err
	case !j.Seen.IsZero() && now.Last != j.Seen:
		return v.l.t("why.moved", v.l.t("standing."+string(now.Standing))), nil
	}
	if act == evidence.ActConfirm || act == evidence.ActReturn {
		switch {
		case !v.mayReview():
			return v.l.t("why.coder"), nil
		case now.Coder == v.me.ID:
			return v.l.t("why.own"), nil
		}
	}
	return v.l.t("why.standing", v.l.t("standing."+string(now.Standing))), nil
}
