package web

import (
	"html/template"
	"time"

	"svidok/catalog"
	"svidok/evidence"
)

// two is two values for one part of a page.
type two struct{ Page, Item any }

// funcs are what templates may call, in one language.
func funcs(l *language) template.FuncMap {
	return template.FuncMap{
		"t": l.t, "n": l.n, "num": l.number, "num64": func(n int64) string { return l.number(int(n)) }, "percent": l.percent, "figure": l.figure,
		"amount": l.amount, "placed": l.place, "origin": l.origin, "claimant": l.claimant, "flag": l.flagged,
		"size": l.size, "when": l.when, "two": func(page, item any) two { return two{page, item} },
		"stamp":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"date":      func(d evidence.Date) string { return l.span(d.From, d.To, d.Precision) },
		"interval":  func(i evidence.Interval) string { return l.span(i.From, i.To, i.Precision) },
		"short":     func(h evidence.Hash) string { return h.String()[:12] },
		"zero":      func(h evidence.Hash) bool { return h.IsZero() },
		"titled":    func(r catalog.Report) string { return titleIn(l, r.Title, r.Name, r.ID) },
		"named":     func(title string, report int64) string { return titleIn(l, title, "", report) },
		"text":      textLanguage,
		"ready":     readyReasons,
		"last":      func(i int, ps []paragraph) bool { return i == len(ps)-1 },
		"sub":       func(a, b int) int { return a - b },
		"takes":     func() []string { return []string{evidence.TakeListing, evidence.TakePage, evidence.TakeSeen} },
		"grades":    func() []string { return []string{"A", "B", "C", "D", "E", "F"} },
		"standings": func() []string { return []string{"met", "part", "not-met", "not-ours"} },
	}
}

// textLanguage is the lang attribute of words in a text: nothing where it is not known.
func textLanguage(code string) string {
	if match(code) != "" {
		return code
	}
	return "und"
}
