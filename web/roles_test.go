package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"svidok/archive"
	"svidok/evidence"
	"svidok/web"
)

// expectation is the least role that a route asks for, written down apart from the sheet:
// "" for anybody.
func expectation() map[string]evidence.Role {
	coder, reviewer, admin := evidence.RoleCoder, evidence.RoleReviewer, evidence.RoleAdmin
	return map[string]evidence.Role{
		"GET /sign-in": "", "POST /sign-in": "", "POST /sign-out": "", "POST /language": "", "GET /help": "",
		"GET /{$}": coder, "GET /reports": coder, "GET /reports/progress": coder, "GET /reports/add": coder, "POST /reports/add": coder,
		"GET /reports/{report}": coder, "GET /reports/{report}/original": coder, "GET /reports/{report}/frame": coder, "GET /reports/{report}/bytes": coder, "GET /reports/{report}/beside/{position}": coder,
		"GET /reports/{report}/copies": coder, "GET /reports/{report}/custody": coder, "GET /reports/{report}/statement": coder, "POST /reports/{report}/statement": coder,
		"GET /review": coder, "POST /judge": coder, "GET /statements/{statement}": coder, "POST /statements/{statement}": coder,
		"GET /map": coder, "GET /figures": coder, "GET /events": coder, "GET /events/new": coder, "POST /events/new": coder, "GET /events/{event}": coder, "GET /events/{event}/change": coder,
		"POST /events/{event}/change": coder, "POST /events/{event}/withdraw": coder,
		"GET /dossier": coder, "POST /dossier": reviewer, "GET /custody": coder, "GET /reports/{report}/versions": coder, "GET /sources": coder, "POST /sources": reviewer, "GET /sources/{source}": coder,
		"GET /standards": coder, "POST /standards/search": coder, "POST /standards/form": reviewer, "GET /custody/checkpoint": coder, "POST /custody/viewing": admin, "POST /reports/{report}/view": coder, "POST /reports/{report}/form": coder,
		"GET /accounts": admin, "POST /accounts": admin,
	}
}

// gatheredEvent makes a confirmed finding and an event of it by olena.
func gatheredEvent(t *testing.T, a *archive.Archive, p people) (statement, event string) {
	t.Helper()
	for _, s := range statements(t, a, 1) {
		if s.Modality == evidence.Occurred {
			statement = s.ID
		}
	}
	judge(t, a, p["olena"], archive.Judgment{Act: evidence.ActAccept, Statement: statement})
	judge(t, a, p["taras"], archive.Judgment{Act: evidence.ActConfirm, Statement: statement})
	o, err := a.Gather(t.Context(), p["olena"], archive.Gathering{Title: "Черга за водою", Place: "Макіївка", Statements: []string{statement}, Basis: "Один текст.",
		When: evidence.Interval{From: "2025-10-06", To: "2025-10-06", Precision: "day"}})
	if err != nil || o.Err != nil {
		t.Fatal(err, o.Err)
	}
	return statement, o.Event
}

func judge(t *testing.T, a *archive.Archive, who string, js ...archive.Judgment) {
	t.Helper()
	outcomes, err := a.Judge(t.Context(), who, js)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
}

// Every route lets in who may, and nobody else.
func TestEveryRouteAsksForItsRole(t *testing.T) {
	t.Parallel()
	a, p := newCase(t)
	receive(t, a, "water.txt", waterText)
	statement, event := gatheredEvent(t, a, p)
	s := serve(t, web.Config{Archive: a})
	expect := expectation()
	visitors := map[evidence.Role]*visitor{evidence.RoleCoder: signedIn(t, s, "olena"), evidence.RoleReviewer: signedIn(t, s, "taras"), evidence.RoleAdmin: signedIn(t, s, "ada")}
	order := []evidence.Role{"", evidence.RoleCoder, evidence.RoleReviewer, evidence.RoleAdmin}
	sheet := web.Sheet()
	for pattern := range expect {
		if !slices.Contains(sheet, pattern) {
			t.Errorf("%s is expected, and not on the sheet", pattern)
		}
	}
	// What ends a session comes last.
	slices.SortStableFunc(sheet, func(x, y string) int {
		return b2i(strings.HasSuffix(x, "/sign-out")) - b2i(strings.HasSuffix(y, "/sign-out"))
	})
	for _, pattern := range sheet {
		need, ok := expect[pattern]
		if !ok {
			t.Errorf("%s is on the sheet, and nobody said who may", pattern)
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{$}", "", "{report}", "1", "{statement}", statement, "{event}", event).Replace(path)
		for _, role := range order {
			v := visitors[role]
			if role == "" {
				v = visit(t, s)
			}
			got := v.get
			if method == "POST" {
				got = func(path string) answer { return v.post(path, url.Values{}) }
			}
			r := got(path)
			admitted := r.status != http.StatusForbidden && !(role == "" && r.status == http.StatusUnauthorized && path != "/sign-in") &&
				!(r.status == http.StatusSeeOther && strings.HasPrefix(r.header.Get("Location"), "/sign-in?"))
			if want := slices.Index(order, role) >= slices.Index(order, need); admitted != want {
				t.Errorf("%s %s as %q: %d to %q; may: %v", method, path, role, r.status, r.header.Get("Location"), want)
			}
			if !admitted && strings.Contains(r.body, "Макіївц") {
				t.Errorf("%s %s as %q tells what is in the case", method, path, role)
			}
			if r.status >= 500 {
				t.Errorf("%s %s as %q: %d\n%s", method, path, role, r.status, r.body)
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The rules of judgment hold at the desk, for one and in bulk.
func TestTwoPeopleAtTheDesk(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	s := serve(t, web.Config{Archive: a})
	olena, taras := signedIn(t, s, "olena"), signedIn(t, s, "taras")
	var ids []string
	for _, x := range statements(t, a, 1) {
		ids = append(ids, x.ID)
	}
	slices.Sort(ids)
	mine, theirs := ids[0], ids[1]
	standing := func(id string) evidence.Standing {
		t.Helper()
		x, err := a.Catalog().Statement(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return x.Standing
	}

	if r := taras.post("/judge", do(evidence.ActAccept, mine)); r.status != http.StatusSeeOther {
		t.Fatalf("a reviewer codes: %d\n%s", r.status, r.body)
	}
	if r := olena.post("/judge", do(evidence.ActAccept, theirs)); r.status != http.StatusSeeOther {
		t.Fatalf("a coder codes: %d\n%s", r.status, r.body)
	}
	refused := []struct {
		name string
		who  *visitor
		form url.Values
		says string
	}{
		{"a coder does not confirm", olena, do(evidence.ActConfirm, mine), "a reviewer does"},
		{"nobody confirms their own", taras, do(evidence.ActConfirm, mine), "another person must confirm"},
		{"nobody returns their own", taras, url.Values{"do": {"return " + mine}, "reason:" + mine: {"x"}, "next": {"/"}}, "another person must confirm"},
		{"nobody confirms a suggestion", taras, do(evidence.ActConfirm, ids[len(ids)-1]), "machine&#39;s suggestion"},
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			if r := c.who.post("/judge", c.form); r.status != http.StatusForbidden || !strings.Contains(r.body, c.says) {
				t.Errorf("%d, want 403 and %q:\n%s", r.status, c.says, r.body)
			}
		})
	}
	t.Run("a coder does not confirm in bulk", func(t *testing.T) {
		f := pick(mine, theirs)
		f.Set("bulk", "confirm")
		if r := olena.post("/judge", f); r.status != http.StatusSeeOther {
			t.Fatalf("%d", r.status)
		}
		if standing(mine) != evidence.Coded || standing(theirs) != evidence.Coded {
			t.Fatal("a coder confirmed in bulk")
		}
		if page := olena.get("/review"); !strings.Contains(page.body, "A coder does not confirm") {
			t.Error("the page does not say why")
		}
	})
	t.Run("in bulk one's own is left out", func(t *testing.T) {
		f := pick(mine, theirs)
		f.Set("bulk", "confirm")
		taras.post("/judge", f)
		if standing(mine) != evidence.Coded || standing(theirs) != evidence.Confirmed {
			t.Fatalf("mine is %s, theirs is %s", standing(mine), standing(theirs))
		}
		if page := taras.get("/review"); !strings.Contains(page.body, "You coded this yourself") {
			t.Error("the page does not say why")
		}
	})
	t.Run("a reason is required to return", func(t *testing.T) {
		f := pick(theirs)
		f.Set("bulk", "return")
		taras.post("/judge", f)
		if standing(theirs) != evidence.Confirmed {
			t.Fatal("returned without a reason")
		}
		f.Set("ready", "wrong-words")
		f.Set("reason", "see the second sentence")
		taras.post("/judge", f)
		if standing(theirs) != evidence.Returned {
			t.Fatal("not returned")
		}
		if page := olena.get("/review?view=list"); !strings.Contains(page.body, "see the second sentence") {
			t.Error("the queue does not say why it came back")
		}
		if page := olena.get("/statements/" + theirs); !strings.Contains(page.body, "The wrong words are marked. see the second sentence") {
			t.Error("the reason is not in the history")
		}
	})
	t.Run("what moved meanwhile is not judged blindly", func(t *testing.T) {
		f := do(evidence.ActAccept, theirs)
		f.Set("seen:"+theirs, evidence.Sum([]byte("an earlier state")).String())
		r := olena.post("/judge", f)
		if r.status != http.StatusForbidden || standing(theirs) != evidence.Returned {
			t.Fatalf("%d, %s", r.status, standing(theirs))
		}
	})
}
