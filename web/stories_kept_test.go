package web

import (
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/sources"
	"svidok/standards"
)

// keptStories are the pages of sources, versions and standards in their states.
func keptStories() []story {
	coder, reviewer := evidence.RoleCoder, evidence.RoleReviewer
	source := func(i int) catalog.Source {
		s := catalog.Source{Position: 12, Source: evidence.Source{ID: "s:0011223344556677", Name: "Степове слово (зразок)", Type: evidence.SourceTypes()[i], Address: "https://example.org/s/synthetic", Take: evidence.TakePage, Grade: string("ABCDEF"[i%6]), Active: i != 2, At: storyTime(), By: olena}, Items: 1240, Changed: 17, Gone: 4, Failures: i % 2}
		outcomes := []evidence.VisitOutcome{evidence.VisitNew, evidence.VisitSame, evidence.VisitPart, evidence.VisitFailed, evidence.VisitRefused, evidence.VisitClosed}
		s.Last = catalog.Visit{Position: 1200, Visit: evidence.Visit{Ended: storyTime(), Outcome: outcomes[i], Why: "the server answers 503", Taken: 3, Gone: []string{"17"}, Missed: []evidence.Missed{{Item: "https://example.org/1.jpg", Why: "timed out"}}}}
		return s
	}
	taking := func(report int64, gone bool) catalog.Taking {
		t := catalog.Taking{Position: 40 + report, Report: report, Title: "Повістки біля водовозки", LastAt: storyTime(), Taking: evidence.Taking{Item: "17", Ended: storyTime(), Status: 200, Hollow: []evidence.Hollow{{Kind: "login", Because: "увійдіть"}}}}
		if gone {
			t.Gone = storyTime().Add(time.Hour)
		}
		return t
	}
	all := func(v *visit) *sourcesPage {
		p := &sourcesPage{shell: v.bare("sources", v.l.t("sources.title")), Types: evidence.SourceTypes(), Names: map[string]string{"s:0011223344556677": "Степове слово (зразок)"}, Form: sourceForm{Every: "60", Grade: "F"},
			Moved:  []catalog.Item{{Source: "s:0011223344556677", Name: "17", Report: 7, Title: "Повістки", Versions: 3, Gone: storyTime()}, {Name: "https://example.org/x", Versions: 1, Gone: storyTime()}},
			Hollow: []catalog.Taking{taking(7, false), taking(0, false)}}
		for i := range evidence.SourceTypes() {
			p.Sources = append(p.Sources, source(i))
		}
		return p
	}
	return []story{
		{"sources", "sources", reviewer, func(v *visit) any { return all(v) }},
		{"sources-none", "sources", coder, func(v *visit) any {
			return &sourcesPage{shell: v.bare("sources", v.l.t("sources.title")), Types: evidence.SourceTypes(), Trouble: "watch: address \"x\": want http:// or https://"}
		}},
		{"source", "source", reviewer, func(v *visit) any {
			s := source(3)
			s.History = []catalog.Sourcing{{Position: 12, Ref: evidence.Sum([]byte("h")), Source: s.Source}}
			return &sourcePage{shell: v.bare("sources", s.Name), Source: s, People: storyPeople(v), Reasons: map[string]string{evidence.Sum([]byte("h")).String(): "двічі помилявся"}, Visits: []catalog.Visit{s.Last}, Moved: all(v).Moved}
		}},
		{"versions", "versions", coder, func(v *visit) any {
			p := &versionsPage{reportFrame: storyFrame(v, "versions"), Takings: []catalog.Taking{taking(storyReport().ID, true), taking(9, true), taking(0, true)}, Pieces: sources.Diff("Вручили 12 повісток.", "Вручили 15 повісток."), Duties: standards.OfItem(standards.Item{Taken: true, Parts: []string{"address"}, Lacks: []string{"screenshot: no browser"}})}
			p.Old, p.New = &p.Takings[0], &p.Takings[1]
			p.Words, _ = standards.WordsOf(v.l.code)
			return p
		}},
		{"versions-others", "versions", coder, func(v *visit) any {
			p := &versionsPage{reportFrame: storyFrame(v, "versions"), Takings: []catalog.Taking{taking(storyReport().ID, true)}, Duties: standards.OfItem(standards.Item{})}
			p.Words, _ = standards.WordsOf(v.l.code)
			for _, likeness := range []string{"same-bytes", "same-text", "differs", "contradicts", "unlike"} {
				p.Others = append(p.Others, archive.Observed{Ours: storyTime(), Theirs: storyTime().Add(time.Minute), Case: "svidok.case/00aa11bb22cc33dd", Key: "svidok.case/00aa11bb22cc33dd+0a1b2c3d+AUm0KkYcxH3ytXHCxLLG+PTSYM4fPvq6MG8BuwTJzQRz", Likeness: likeness})
			}
			return p
		}},
		{"versions-brought", "versions", coder, func(v *visit) any {
			p := &versionsPage{reportFrame: storyFrame(v, "versions"), Duties: standards.OfItem(standards.Item{})}
			p.Words, _ = standards.WordsOf(v.l.code)
			p.Forms = storyForms(p.Words, itemForms()...)
			return p
		}},
		{"standards", "standards", reviewer, func(v *visit) any {
			p := &standardsPage{shell: v.bare("standards", v.l.t("standards.title")), People: storyPeople(v), Duties: standards.OfCase(standards.Case{Now: storyTime(), Reports: 4, Takings: 4, Sampled: 4, Parts: map[string]int{"address": 4}})}
			p.Words, _ = standards.WordsOf(v.l.code)
			p.Forms = storyForms(p.Words, caseForms()...)
			p.Searches = []searchView{{catalog.Search{Search: evidence.Search{Where: "пошуковик (зразок)", At: storyTime(), By: olena}}, "Макіївка повістки"}}
			p.Late, p.Waiting, p.Forked = true, 21, true
			return p
		}},
		{"custody-vouched", "custody", reviewer, func(v *visit) any {
			p := &custodyPage{shell: v.bare("custody", v.l.t("custody.title")), People: storyPeople(v), Custody: archive.Custody{Origin: "svidok/0011223344556677", Size: 1241, Vouched: archive.Vouched{Unstamped: 3, Authorities: 2}}}
			p.Happened, p.Viewing = storyChain(), true
			for _, l := range p.Happened {
				if l.Handed() {
					p.Handed = append(p.Handed, l)
				}
			}
			p.Stamps = []catalog.Stamp{{Stamp: evidence.Stamp{Authority: "https://tsa.example/", Size: 1240, Time: storyTime()}}, {Stamp: evidence.Stamp{Authority: "https://tsa2.example/", Size: 1240, Time: storyTime(), Renews: []evidence.Hash{{1}}}}}
			p.Cosigned = []catalog.Cosigned{{Cosigned: evidence.Cosigned{Witness: "w+0a0b0c0d+BAQID", Size: 1200, At: storyTime()}}, {Cosigned: evidence.Cosigned{Witness: "w+0a0b0c0d+BAQID", At: storyTime(), Refused: "it knows a larger log"}}}
			return p
		}},
	}
}

// storyForms are forms of which the second is filled in.
func storyForms(words standards.Words, names ...evidence.FormName) []formView {
	var out []formView
	for i, name := range names {
		f := formView{Action: "/standards/form", Name: name, Form: words.Forms[string(name)]}
		if i == 1 {
			f.Last, f.By = &catalog.Form{Form: evidence.Form{At: storyTime()}}, "olena"
			f.filled = map[string]string{f.Form.Fields[0].Name: "Зразок відповіді."}
		}
		out = append(out, f)
	}
	return out
}

// storyChain has every act of custody, and the acts that other records say.
func storyChain() []linkView {
	var out []linkView
	for _, act := range []evidence.CustodyAct{evidence.CustodyViewed, evidence.CustodyCopied, evidence.CustodyChecked, evidence.CustodyHealed, evidence.CustodyExported, evidence.CustodyTransferred, evidence.CustodyTransferred,
		evidence.CustodyAcknowledged, evidence.CustodyAccepted, evidence.CustodySealed, evidence.CustodyDisposed, evidence.CustodyCompared} {
		n := catalog.Noted{Position: int64(1300 + len(out)), Kind: evidence.KindCustody, Who: olena, At: storyTime()}
		l := linkView{Link: catalog.Link{Noted: n, Custody: &evidence.Custody{Act: act, To: "Офіс прокурора (зразок)", Counts: []evidence.Count{{Name: "captures", N: 12}}}}}
		switch {
		case l.Handed() && len(out) == 6:
			l.Answered, l.Custody.About = 1307, []evidence.Hash{{1}}
		case act == evidence.CustodyDisposed:
			l.What, l.Reason = "старий диск (зразок)", "Диск замінено."
		}
		out = append(out, l)
	}
	for _, n := range storyNoted() {
		out = append(out, linkView{Link: catalog.Link{Noted: n}})
	}
	return append(out, linkView{Link: catalog.Link{Noted: catalog.Noted{Position: 1400, Kind: evidence.KindForm, Who: taras, At: storyTime()}, Form: evidence.FormVerified}},
		linkView{Link: catalog.Link{Noted: catalog.Noted{Position: 1401, Kind: evidence.KindRelease, Who: taras, At: storyTime()}, Release: &evidence.Release{To: "Офіс прокурора (зразок)"}}})
}
