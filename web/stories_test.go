package web

import (
	"fmt"
	"net/http"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// stories are all pages in all their states.
func stories() []story {
	coder, reviewer, admin := evidence.RoleCoder, evidence.RoleReviewer, evidence.RoleAdmin
	var out []story
	tell := func(name, page string, role evidence.Role, data func(*visit) any) {
		out = append(out, story{name, page, role, data})
	}
	tell("sign-in", "sign-in", "", func(v *visit) any { return &signInPage{shell: v.bare("", v.l.t("sign-in.title")), Next: "/"} })
	tell("sign-in-wrong", "sign-in", "", func(v *visit) any {
		return &signInPage{shell: v.bare("", v.l.t("sign-in.title")), Next: "/", Name: "olena", Wrong: true}
	})
	tell("sign-in-wait", "sign-in", "", func(v *visit) any { return &signInPage{shell: v.bare("", v.l.t("sign-in.title")), Wait: 22} })
	tell("sign-in-nobody", "sign-in", "", func(v *visit) any { return &signInPage{shell: v.bare("", v.l.t("sign-in.title")), Nobody: true} })
	for _, f := range append(faults(), fault{key: "ours", status: http.StatusInternalServerError}) {
		tell("error-"+f.key, "error", coder, func(v *visit) any {
			return &errorPage{shell: v.bare("", v.l.t("error."+f.key)), Status: f.status, Message: v.l.t("error." + f.key), Hint: v.l.t("hint." + f.key), Details: "report 12: not found",
				SignIn: f.key == "sign-in", Grave: f.key == "tampered"}
		})
	}
	tell("help", "help", coder, func(v *visit) any { return &helpPage{v.bare("help", v.l.t("help.title")), modalities()} })
	tell("reports", "reports", coder, func(v *visit) any { return storyReports(v) })
	tell("reports-search", "reports", coder, func(v *visit) any {
		p := storyReports(v)
		p.Filter, p.Count, p.Progress.Waiting, p.First = filterView{Query: "повістки", Gate: "open", Standing: "coded", Copies: true}, -1, 0, false
		p.Flashes = []flash{{Kind: "done", Text: v.l.n("judged.accept", 21), Link: "/"}, {Kind: "failed", Text: v.l.n("judge.failed", 2), Lines: []string{v.l.t("why.own")}}}
		return p
	})
	tell("reports-none", "reports", coder, func(v *visit) any {
		p := storyReports(v)
		p.Hits, p.Count, p.Filter.Query = nil, 0, "щось"
		return p
	})
	tell("reports-empty", "reports", coder, func(v *visit) any { return &reportsPage{shell: v.bare("reports", v.l.t("reports.title"))} })
	tell("add", "add", coder, func(v *visit) any {
		return &addPage{shell: v.bare("reports", v.l.t("add.title")), Limit: defaultUpload}
	})
	tell("add-receipts", "add", coder, func(v *visit) any {
		h := evidence.Sum([]byte("x"))
		return &addPage{shell: v.bare("reports", v.l.t("add.title")), Limit: defaultUpload, Receipts: []receiptView{
			{Name: "voda.html", Part: evidence.PartReport, Status: archive.Preserved, SHA256: h, Position: 1241, Report: 7},
			{Name: "result.json", Within: "message 17", Part: evidence.PartReport, Status: archive.Known, SHA256: h, Position: 1242, Problems: []string{"cut short"}},
			{Name: "photo.jpg", Part: evidence.PartAttachment, Status: archive.Preserved, SHA256: h, Position: 1243},
			{Name: "big.warc", Status: archive.StatusFailed, Failure: v.l.t("error.limit")}}}
	})
	out = append(out, mapStories(coder)...)
	out = append(out, keptStories()...)
	out = append(out, reportStories(coder, reviewer)...)
	out = append(out, reviewStories(coder, reviewer)...)
	return append(out, lateStories(coder, reviewer, admin)...)
}

func reportStories(coder, reviewer evidence.Role) []story {
	report := func(v *visit) *reportPage {
		p := &reportPage{reportFrame: storyFrame(v, "text"), Codes: storyCodes(v), People: storyPeople(v),
			Figures: []evidence.Figure{{Value: 100000, Operator: "more_than", Kind: "conscripted", Quote: "понад 100 тисяч"}}, Origins: []evidence.Origin{{Name: "Степове слово", Quote: "розповіла редакції"}}}
		marks, numbers := marksOf(storyStatements())
		p.Paragraphs = paragraphs(storyText, marks)
		for _, s := range storyStatements() {
			if numbers[s.ID] > 0 {
				p.Items = append(p.Items, v.viewOf(s, numbers[s.ID]))
			} else {
				p.Aside = append(p.Aside, v.viewOf(s, 0))
			}
		}
		return p
	}
	return []story{
		{"report", "report", coder, func(v *visit) any { return report(v) }},
		{"report-reviewer", "report", reviewer, func(v *visit) any { return report(v) }},
		{"report-nothing", "report", coder, func(v *visit) any {
			return &reportPage{reportFrame: storyFrame(v, "text"), Codes: storyCodes(v), Paragraphs: paragraphs(storyText, nil)}
		}},
		{"report-unread", "report", coder, func(v *visit) any {
			p := &reportPage{reportFrame: storyFrame(v, "text"), Codes: storyCodes(v)}
			p.Report.Progress, p.Report.Gate, p.Report.Language = catalog.Waiting, "", ""
			return p
		}},
		{"report-failed", "report", coder, func(v *visit) any {
			p := &reportPage{reportFrame: storyFrame(v, "text"), Codes: storyCodes(v)}
			p.Report.Progress, p.Report.Problems = catalog.Failed, []string{"no text in application/pdf"}
			return p
		}},
		{"original", "original", coder, func(v *visit) any {
			return &originalPage{reportFrame: storyFrame(v, "original"), Form: "html", Shown: false, Paragraphs: paragraphs(storyText, nil)}
		}},
		{"original-ask", "original", coder, func(v *visit) any {
			return &originalPage{reportFrame: storyFrame(v, "original"), Form: "html", Ask: true, Paragraphs: paragraphs(storyText, nil)}
		}},
		{"original-none", "original", coder, func(v *visit) any {
			return &originalPage{reportFrame: storyFrame(v, "original"), Form: "none", Shown: true}
		}},
		{"copies", "copies", coder, func(v *visit) any {
			other := storyReport()
			other.ID, other.Outlet, other.Title = 9, "Приазовський вісник (зразок)", "Повістки біля водовозки: що відбувається в Макіївці"
			third := other
			third.ID, third.Title = 12, ""
			return &copiesPage{reportFrame: storyFrame(v, "copies"), People: storyPeople(v), Family: []catalog.Report{other, third}, With: &other, Share: .874,
				Measured: []catalog.CopyOf{{Report: 9, Relation: evidence.Near, Similarity: .9123}, {Report: 12, Relation: evidence.Contained, Similarity: 1}, {Report: 9, Relation: evidence.Identical, Similarity: 1}, {Report: 9, Relation: evidence.Contains, Similarity: 1}},
				Ours:     paragraphs(storyText, sharedWords(storyText, storyText[:700])), Theirs: paragraphs(storyText[:700], sharedWords(storyText[:700], storyText))}
		}},
		{"copies-none", "copies", coder, func(v *visit) any { return &copiesPage{reportFrame: storyFrame(v, "copies")} }},
		{"report-custody", "report-custody", coder, func(v *visit) any {
			var taken []catalog.Capture
			for i, door := range []string{"file", "stdin", "telegram", "warc"} {
				taken = append(taken, catalog.Capture{Position: int64(31 + i), Ref: evidence.Sum([]byte(door)), Capture: evidence.Capture{Payload: evidence.Sum([]byte("payload")), Size: 4213, MediaType: "text/html", Door: door,
					Name: "voda.html", Received: storyTime(), Tool: "svidok/1.0", Claims: evidence.Claims{Address: "https://example.org/voda", Forwarded: "Степове слово", Edited: "2025-10-07"}, Problems: []string{"no title"}}})
			}
			p := &reportCustodyPage{reportFrame: storyFrame(v, "custody"), People: storyPeople(v), Codes: storyCodes(v), Taken: taken, Containers: taken[:1], Beside: taken[1:2], Chain: storyChain(),
				Readings: []catalog.Reading{{Position: 40, Text: evidence.Text{Text: evidence.Sum([]byte(storyText)), Language: "uk", Reader: "reading/1", At: storyTime()}}},
				Codings:  []catalog.Coding{{Position: 41, Codebook: evidence.Sum(nil), Coder: "coding/1", At: storyTime()}}, History: []historyView{{storyStatements()[0], storyHistory()}}}
			return p
		}},
		{"report-custody-new", "report-custody", coder, func(v *visit) any { return &reportCustodyPage{reportFrame: storyFrame(v, "custody")} }},
		{"new-statement", "new-statement", coder, func(v *visit) any {
			p := &newStatementPage{reportFrame: storyFrame(v, "text"), Codebook: storyCodes(v), Form: statementForm{Modality: "occurred", Modalities: modalities(), Codes: storyCodes(v).Choice(), Adding: true}}
			p.showText(storyText)
			return p
		}},
		{"new-statement-many", "new-statement", coder, func(v *visit) any {
			p := &newStatementPage{reportFrame: storyFrame(v, "text"), Codebook: storyCodes(v), Form: statementForm{Code: "MTH.ID_PATROL", Quote: "повістки", Modality: "occurred", Modalities: modalities(), Codes: storyCodes(v).Choice(), Adding: true}}
			v.anchor(&p.Form, storyText)
			p.showText(storyText)
			return p
		}},
	}
}

func reviewStories(coder, reviewer evidence.Role) []story {
	statement := func(v *visit, i int) *statementPage {
		s := storyStatements()[i]
		return &statementPage{shell: v.bare("review", v.l.t("statement.title")), Item: storyItem(v, i), Codes: storyCodes(v), People: storyPeople(v), Same: true,
			Form: statementForm{Code: s.Code, Modality: string(s.Modality), Quote: s.Quote, Modalities: modalities(), Codes: storyCodes(v).Choice()}}
	}
	return []story{
		{"review-one", "review", coder, func(v *visit) any { return storyReview(v, catalog.ToCode, "one", 1) }},
		{"review-one-check", "review", reviewer, func(v *visit) any { return storyReview(v, catalog.ToReview, "one", 2) }},
		{"review-list", "review", coder, func(v *visit) any { return storyReview(v, catalog.ToCode, "list", 1, 3) }},
		{"review-list-check", "review", reviewer, func(v *visit) any {
			p := storyReview(v, catalog.ToReview, "list", 2, 4)
			p.Items[0].Answer = &storyHistory()[1]
			p.Filter.Gate = "open"
			return p
		}},
		{"review-empty", "review", coder, func(v *visit) any { return storyReview(v, catalog.ToCode, "one") }},
		{"review-empty-check", "review", reviewer, func(v *visit) any { return storyReview(v, catalog.ToReview, "one") }},
		{"review-working", "review", coder, func(v *visit) any {
			p := storyReview(v, catalog.ToCode, "one")
			p.Empty.Working = true
			return p
		}},
		{"review-no-reports", "review", coder, func(v *visit) any {
			p := storyReview(v, catalog.ToCode, "one")
			p.Empty.NoReports = true
			return p
		}},
		{"review-filtered", "review", coder, func(v *visit) any {
			p := storyReview(v, catalog.ToCode, "one")
			p.Filter.Code = "EVD.HIDING"
			return p
		}},
		{"statement", "statement", coder, func(v *visit) any { return statement(v, 1) }},
		{"statement-confirmed", "statement", reviewer, func(v *visit) any {
			p := statement(v, 0)
			p.History, p.Item.Event, p.Item.Place, p.Item.When = storyHistory(), "e:00000000000000e1", "Макіївка", &evidence.Interval{From: "2025-10-01", To: "2025-10-31", Precision: "month"}
			p.Item.Sensitivity = evidence.SensitivityClosed
			return p
		}},
		{"statement-stale", "statement", reviewer, func(v *visit) any {
			p := statement(v, 3)
			p.Item.Machine = false
			return p
		}},
		{"statement-trouble", "statement", coder, func(v *visit) any {
			p := statement(v, 1)
			p.Same, p.Form.Trouble = false, v.l.t("quote.none")
			return p
		}},
	}
}

func lateStories(coder, reviewer, admin evidence.Role) []story {
	event := func(v *visit, e catalog.Event) *eventPage {
		return &eventPage{shell: v.bare("events", e.Title), Event: e, Codes: storyCodes(v), People: storyPeople(v), Weak: map[string]bool{}, Seen: e.Last.String(),
			History: steps([]catalog.Noted{{Position: 120, Kind: evidence.KindEvent, Who: taras, At: storyTime()}}, storyHistory()[1:2])}
	}
	events := func(v *visit) *eventsPage {
		weak := storyEvent(evidence.Confirmed)
		weak.Weak = weak.Statements[:1]
		return &eventsPage{shell: v.bare("events", v.l.t("events.title")), People: storyPeople(v), Ungathered: 12, Events: []catalog.Event{storyEvent(evidence.Coded), storyEvent(evidence.Confirmed), weak, storyEvent(evidence.Returned), storyEvent(evidence.Withdrawn)}}
	}
	custody := func(v *visit) *custodyPage {
		p := &custodyPage{shell: v.bare("custody", v.l.t("custody.title")), People: storyPeople(v), Codebooks: []catalog.Codebook{{CodebookUse: evidence.CodebookUse{Name: "forced-conscription-occupied-ukraine", Version: "0.1"}}}, Behind: 14,
			Custody: archive.Custody{Origin: "svidok/0011223344556677", Key: "svidok/0011223344556677+9f3a1b2c+AUZTWUhVQ0hFQ0tQVUJMSUNLRVlTVE9SWUJPT0tPTkxZMDE", Size: 1241, Root: evidence.Sum([]byte("root")), Published: 1024, Followed: 1227, Vouched: archive.Vouched{Unstamped: 1241}, Latest: storyNoted()},
			Totals:  catalog.Totals{Reports: 74, Captures: 91, Families: 61, Statements: catalog.Counts{Suggested: 220, Confirmed: 12}, Events: 3, Releases: 1}}
		p.Checkpoint = fmt.Sprintf("%s\n%d\n%s\n\n— %s synthetic-signature\n", p.Custody.Origin, p.Custody.Size, "4Zk0Qm9vdA==", p.Custody.Origin)
		return p
	}
	return []story{
		{"events", "events", reviewer, func(v *visit) any { return events(v) }},
		{"events-empty", "events", coder, func(v *visit) any {
			return &eventsPage{shell: v.bare("events", v.l.t("events.title")), People: storyPeople(v)}
		}},
		{"events-gather", "events", coder, func(v *visit) any {
			return &eventsPage{shell: v.bare("events", v.l.t("events.title")), People: storyPeople(v), Ungathered: 200, More: true}
		}},
		{"event", "event", reviewer, func(v *visit) any {
			p := event(v, storyEvent(evidence.Coded))
			p.MayCheck = true
			return p
		}},
		{"event-weak", "event", coder, func(v *visit) any {
			e := storyEvent(evidence.Confirmed)
			e.Weak, e.Reviewer = e.Statements[:1], olena
			p := event(v, e)
			p.Weak[e.Weak[0]], p.Own = true, true
			return p
		}},
		{"event-withdrawn", "event", coder, func(v *visit) any { return event(v, storyEvent(evidence.Withdrawn)) }},
		{"event-form", "event-form", coder, func(v *visit) any {
			p := &eventFormPage{shell: v.bare("events", v.l.t("event.new")), Codes: storyCodes(v), Precisions: precisions(), Older: "/events/new?before=4", Trouble: v.l.t("event.none-picked")}
			for _, s := range storyStatements()[:3] {
				p.Choice = append(p.Choice, statementChoice{s, s.Row == 1})
			}
			return p
		}},
		{"event-form-empty", "event-form", coder, func(v *visit) any {
			return &eventFormPage{shell: v.bare("events", v.l.t("event.new")), Codes: storyCodes(v)}
		}},
		{"dossier", "dossier", admin, func(v *visit) any {
			return &dossierPage{shell: v.bare("dossier", v.l.t("dossier.title")), People: storyPeople(v), Language: v.l.code, Findings: []catalog.Event{storyEvent(evidence.Confirmed)}, Pending: 2,
				Releases: []catalog.Release{{Position: 1200, Release: evidence.Release{By: taras, At: storyTime(), Events: []string{"e:1"}, Dossier: evidence.Sum(nil), To: "Офіс прокурора (зразок)"}}}}
		}},
		{"dossier-coder", "dossier", coder, func(v *visit) any {
			return &dossierPage{shell: v.bare("dossier", v.l.t("dossier.title")), People: storyPeople(v), Language: v.l.code, Findings: []catalog.Event{storyEvent(evidence.Confirmed)}}
		}},
		{"dossier-empty", "dossier", reviewer, func(v *visit) any { return &dossierPage{shell: v.bare("dossier", v.l.t("dossier.title")), Pending: 5} }},
		{"dossier-nothing", "dossier", reviewer, func(v *visit) any { return &dossierPage{shell: v.bare("dossier", v.l.t("dossier.title"))} }},
		{"custody", "custody", reviewer, func(v *visit) any { return custody(v) }},
		{"accounts", "accounts", admin, func(v *visit) any {
			return &accountsPage{shell: v.bare("accounts", v.l.t("accounts.title")), Roles: []evidence.Role{evidence.RoleCoder, evidence.RoleReviewer, evidence.RoleAdmin}, Trouble: v.l.n("accounts.short", 10),
				Accounts: []catalog.Account{{ID: olena, Name: "olena", Role: evidence.RoleAdmin, Active: true, At: storyTime()}, {ID: taras, Name: "taras", Role: evidence.RoleReviewer, At: storyTime()}}}
		}},
	}
}
