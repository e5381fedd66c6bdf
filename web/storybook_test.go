package web

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// The storybook draws every page in every state and every language without a case. Where
// SVIDOK_STORYBOOK names a folder, the pages are left there to be looked at.
func TestStorybook(t *testing.T) {
	dir := os.Getenv("SVIDOK_STORYBOOK")
	if dir == "" {
		dir = t.TempDir()
	}
	d, err := newDesk(Config{Tool: "svidok/1.0"})
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range d.assets {
		if err := os.WriteFile(filepath.Join(dir, name), a.data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	told := map[string]bool{}
	for _, lang := range languages() {
		for _, s := range stories() {
			t.Run(lang+"/"+s.name, func(t *testing.T) {
				v := storyVisit(d, lang, s.role)
				var b bytes.Buffer
				if err := v.draw(&b, s.page, "layout", s.data(v)); err != nil {
					t.Fatal(err)
				}
				checkPage(t, b.String(), lang)
				page := b.String()
				for name, a := range d.assets {
					page = strings.ReplaceAll(page, a.address, name)
				}
				if err := os.WriteFile(filepath.Join(dir, s.name+"."+lang+".html"), []byte(page), 0o644); err != nil {
					t.Fatal(err)
				}
				told[s.page] = true
			})
		}
	}
	for name := range d.pages["en"] {
		if !told[name] {
			t.Errorf("the page %s has no story", name)
		}
	}
}

// checkPage holds what must be true of every page: its language, one heading of the first
// order, unique IDs, labelled fields, nothing inline, nothing from elsewhere, no missing word.
func checkPage(t *testing.T, page, lang string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	headings, ids := 0, map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "h1" {
			headings++
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s>: inline code or style", n.Data, a.Key)
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("two elements have the id %q", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case (a.Key == "src" || a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#"):
				t.Errorf("<%s %s=%q>: not an address of ours", n.Data, a.Key, a.Val)
			case a.Key == "lang" && n.Data == "html" && a.Val != lang:
				t.Errorf("the page is in %q, want %q", a.Val, lang)
			}
		}
		if (n.Data == "script" || n.Data == "style") && n.FirstChild != nil {
			t.Errorf("<%s> with content", n.Data)
		}
	}
	if headings != 1 {
		t.Errorf("%d headings of the first order", headings)
	}
	for _, bad := range []string{"%!", "<no value>", "{0}", "{n}", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page shows %q", bad)
		}
	}
}

type story struct {
	name, page string
	role       evidence.Role
	data       func(*visit) any
}

func storyVisit(d *desk, lang string, role evidence.Role) *visit {
	v := &visit{desk: d, w: httptest.NewRecorder(), r: httptest.NewRequest("GET", "/", nil), l: d.languages[lang]}
	if role != "" {
		v.me = catalog.Account{ID: olena, Name: "olena", Role: role, Active: true}
	}
	return v
}

const (
	olena = "p:00000000000000a1"
	taras = "p:00000000000000b2"
)

const storyText = "В окупованій Макіївці повістки почали вручати просто в черзі за водою, розповіла редакції мешканка міста. " +
	"За її словами, зранку до бочки під'їхав мікроавтобус, з якого вийшли троє у формі без розпізнавальних знаків.\n\n" +
	"Патруль перевіряв документи в усіх чоловіків, які стояли з каністрами. Двох, у кого не було позначки про облік, відвели до мікроавтобуса. Де вони тепер, рідні не знають.\n\n" +
	"У так званій адміністрації заперечують, що людей забирають силоміць. Там кажуть, що наступного тижня повістки роздаватимуть і на підприємствах."

func storyStatements() []catalog.Statement {
	make := func(row int64, code, quote string, m evidence.Modality, s evidence.State) catalog.Statement {
		start := strings.Index(storyText, quote)
		return catalog.Statement{Judged: evidence.Judged{ID: evidence.StatementID(evidence.Sum([]byte(storyText)), code, start, start+len(quote)), Code: code, Modality: m,
			Quote: quote, Start: start, End: start + len(quote), Text: evidence.Sum([]byte(storyText))}, Row: row, Report: 7, Title: storyReport().Title, Outlet: storyReport().Outlet,
			Gate: evidence.GateOpen, Sensitivity: evidence.SensitivityOpen, Language: "uk", Because: []string{"[повістк* черз*]~6", "окупован*"}, Machine: true, State: s}
	}
	suggested := evidence.State{Standing: evidence.Suggested}
	return []catalog.Statement{
		make(1, "MTH.AID_QUEUE", "повістки почали вручати просто в черзі за водою", evidence.Occurred, evidence.State{Standing: evidence.Confirmed, Coder: olena, Reviewer: taras, Last: evidence.Hash{1}}),
		make(2, "MTH.ID_PATROL", "Патруль перевіряв документи в усіх чоловіків", evidence.Occurred, suggested),
		make(3, "MTH.STREET_SEIZURE", "відвели до мікроавтобуса", evidence.Occurred, evidence.State{Standing: evidence.Coded, Coder: taras, Last: evidence.Hash{2}}),
		make(4, "MTH.STREET_SEIZURE", "заперечують, що людей забирають силоміць", evidence.Denied, suggested),
		make(5, "MTH.SUMMONS_STREET", "повістки роздаватимуть і на підприємствах", evidence.Planned, evidence.State{Standing: evidence.Coded, Coder: olena, Last: evidence.Hash{3}}),
		make(6, "EVD.HIDING", "рідні не знають", evidence.Hedged, evidence.State{Standing: evidence.Rejected, Coder: olena, Last: evidence.Hash{4}}),
	}
}

func storyTime() time.Time { return time.Date(2025, 10, 6, 9, 14, 3, 0, time.UTC) }

func storyReport() catalog.Report {
	return catalog.Report{ID: 7, Payload: evidence.Sum([]byte("payload")), Capture: evidence.Sum([]byte("capture")), Position: 31, Size: 4213, Name: "voda.html", Door: "file",
		MediaType: "text/html", Outlet: "Степове слово (зразок)", Title: "У Макіївці чоловіків шукають у чергах за водою", Published: evidence.Date{From: "2025-10-06T09:10:00+03:00", Precision: "minute"},
		Received: storyTime(), Captures: 1, Progress: catalog.Coded, Text: evidence.Sum([]byte(storyText)), TextSize: len(storyText), Language: "uk", Gate: evidence.GateOpen, Family: 3, FamilySize: 3,
		Counts: catalog.Counts{Suggested: 2, Coded: 2, Confirmed: 1, Rejected: 1}}
}

func storyCodes(v *visit) codes {
	names := func(uk, en, ru string) map[string]string { return map[string]string{"uk": uk, "en": en, "ru": ru} }
	b := &book{Codebook: "sample", Version: "1", Groups: []bookGroup{{"MTH", names("Спосіб призову", "Method of conscription", "Способ призыва")}, {"EVD", names("Уникання", "Evasion", "Уклонение")}}, byID: map[string]bookCode{}}
	for _, c := range []bookCode{
		{ID: "MTH.AID_QUEUE", Group: "MTH", Name: names("Повістка в черзі по допомогу чи воду", "Summoned in a queue for aid or water", "Повестка в очереди за помощью или водой"), Definition: "People are served or taken while they queue for aid, water or bread."},
		{ID: "MTH.ID_PATROL", Group: "MTH", Name: names("Патрулі перевіряють документи чоловіків", "Patrols checking men's documents", "Патрули проверяют документы у мужчин"), Definition: "Armed men check papers of men in public places to find those liable to conscription."},
		{ID: "MTH.STREET_SEIZURE", Group: "MTH", Name: names("Захоплення на вулиці", "Seized in the street", "Захват на улице"), Definition: "A person is physically taken in a public place without having answered a summons."},
		{ID: "MTH.SUMMONS_STREET", Group: "MTH", Name: names("Повістка на вулиці", "Summons handed over in the street", "Повестка на улице")},
		{ID: "EVD.HIDING", Group: "EVD", Name: names("Переховування", "Hiding", "Прячутся")},
	} {
		b.Codes = append(b.Codes, c)
		b.byID[c.ID] = c
	}
	return codes{lang: v.l.code, book: b}
}

func storyPeople(v *visit) people {
	return people{l: v.l, me: v.me.ID, names: map[string]string{olena: "olena", taras: "taras"}}
}

func storyFrame(v *visit, tab string) reportFrame {
	f := reportFrame{shell: v.bare("reports", storyReport().Title), Tab: tab, Report: storyReport(), Copies: 2, Captures: 1, Statements: 5}
	f.Wide = true
	return f
}

func storyItem(v *visit, i int) queueItem {
	s := storyStatements()[i]
	item := queueItem{statementView: v.viewOf(s, 0), Then: "/review"}
	item.Before, item.After, item.Context = excerpt(storyText, s.Start, s.End, 300, mark{Start: s.Start, End: s.End, ID: s.ID, Kind: string(s.Modality)})
	return item
}

func storyReview(v *visit, queue catalog.QueueFor, view string, items ...int) *reviewPage {
	p := &reviewPage{shell: v.bare("review", v.l.t("review.title")), For: queue, View: view, Codes: storyCodes(v), People: storyPeople(v), Waiting: 21, OneView: "/review", ListView: "/review?view=list",
		Previous: "/review?after=1", Following: "/review?after=3"}
	for _, i := range items {
		p.Items = append(p.Items, storyItem(v, i))
	}
	if len(items) == 0 {
		p.Waiting, p.Previous, p.Following = 0, "", ""
	}
	return p
}

func storyHistory() []decisionView {
	return []decisionView{
		{Decision: catalog.Decision{Position: 88, Decision: evidence.Decision{Act: evidence.ActAccept, By: olena, At: storyTime(), Statement: &storyStatements()[0].Judged}}},
		{Decision: catalog.Decision{Position: 90, Decision: evidence.Decision{Act: evidence.ActReturn, By: taras, At: storyTime()}}, Words: "Слова виділено неправильно."},
		{Decision: catalog.Decision{Position: 95, Decision: evidence.Decision{Act: evidence.ActConfirm, By: taras, At: storyTime()}, Void: "p:1 coded it"}},
	}
}

func storyEvent(s evidence.Standing) catalog.Event {
	e := catalog.Event{Event: evidence.Event{ID: "e:00000000000000e1", Title: "Повістки в черзі за водою", Place: "Макіївка", When: evidence.Interval{From: "2025-10-06", To: "2025-10-06", Precision: "day"},
		Basis: "Два тексти говорять про одну чергу того самого ранку.", By: olena, At: storyTime()}, Position: 120, State: evidence.State{Standing: s, Coder: taras, Last: evidence.Hash{9}}}
	e.Gathered = storyStatements()[:2]
	for _, g := range e.Gathered {
		e.Statements = append(e.Statements, g.ID)
	}
	return e
}

func storyNoted() []catalog.Noted {
	var out []catalog.Noted
	for i, k := range []evidence.Kind{evidence.KindRelease, evidence.KindEvent, evidence.KindDecision, evidence.KindCopy, evidence.KindCoding, evidence.KindText, evidence.KindExtent, evidence.KindCapture, evidence.KindCodebook, evidence.KindAccount, evidence.KindCase} {
		who := olena
		if i > 2 {
			who = "m:svidok/1.0"
		}
		out = append(out, catalog.Noted{Position: int64(1240 - i), Kind: k, Ref: evidence.Sum([]byte{byte(i)}), Who: who, At: storyTime()})
	}
	return out
}

func storyReports(v *visit) *reportsPage {
	p := &reportsPage{shell: v.bare("reports", v.l.t("reports.title")), Totals: catalog.Totals{Reports: 74}, Progress: progressView{Reports: 74, Read: 70, Coded: 61, Waiting: 22, Unreadable: 1}, Codes: storyCodes(v), Count: 61, First: true, NextPage: "/reports?before=8", Newest: "/reports",
		Facets: catalog.Facets{Languages: []catalog.Facet{{Value: "uk", Count: 40}, {Value: "und", Count: 1}}, Outlets: []catalog.Facet{{Value: "Степове слово (зразок)", Count: 12}}, Gates: []catalog.Facet{{Value: "open", Count: 41}, {Value: "review", Count: 9}, {Value: "blocked", Count: 7}}, Codes: []catalog.Facet{{Value: "MTH.ID_PATROL", Count: 11}}}}
	p.Wide = true
	second, third := storyReport(), storyReport()
	second.ID, second.Title, second.Language, second.Gate, second.FamilySize, second.Counts, second.Outlet = 8, "Draft officers checked buses between Donetsk and Horlivka", "en", evidence.GateReview, 1, catalog.Counts{Suggested: 5, Returned: 1}, "Border Ledger (sample)"
	third.ID, third.Title, third.Name, third.Progress, third.Gate, third.Language, third.Counts, third.FamilySize, third.Published, third.Outlet = 9, "", "scan-0017.pdf", catalog.Failed, "", "", catalog.Counts{}, 0, evidence.Date{}, ""
	p.Hits = []archive.Hit{{Report: storyReport(), Snippet: []archive.Piece{{Text: "… в окупованій Макіївці "}, {Text: "повістки", Hit: true}, {Text: " почали вручати просто в черзі за водою …"}}}, {Report: second}, {Report: third}}
	return p
}
