package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"svidok/archive"
	"svidok/evidence"
	"svidok/web"
)

// Where the case asks for a reason, nothing of an original is shown before it is given, by
// whatever address; then it stands in the chain of custody.
func TestOriginalsForAReason(t *testing.T) {
	t.Parallel()
	a, p := newCase(t)
	receive(t, a, "water.html", waterHTML)
	s := serve(t, web.Config{Archive: a})
	admin, coder := signedIn(t, s, "ada"), signedIn(t, s, "olena")
	if r := coder.get("/reports/1/frame"); r.status != http.StatusOK {
		t.Fatalf("not asked for, and not shown: %d", r.status)
	}
	if r := coder.post("/custody/viewing", url.Values{"viewing": {"1"}}); r.status != http.StatusForbidden {
		t.Fatalf("a coder sets it: %d", r.status)
	}
	if r := admin.post("/custody/viewing", url.Values{"viewing": {"1"}}); r.status != http.StatusSeeOther {
		t.Fatalf("an admin sets it: %d\n%s", r.status, r.body)
	}
	shut := func(v *visitor) {
		t.Helper()
		if r := v.get("/reports/1/original"); r.status != http.StatusOK || strings.Contains(r.body, "<iframe") || !strings.Contains(r.body, `action="/reports/1/view"`) {
			t.Fatalf("the page asks for nothing: %d\n%s", r.status, r.body)
		}
		for _, path := range []string{"/reports/1/frame", "/reports/1/bytes"} {
			if r := v.get(path); r.status != http.StatusForbidden || strings.Contains(r.body, "розпізнавальних") {
				t.Fatalf("%s around the question: %d\n%s", path, r.status, r.body)
			}
		}
	}
	shut(coder)
	if r := coder.post("/reports/1/view", url.Values{"reason": {"  "}}); r.status != http.StatusSeeOther {
		t.Fatalf("an empty reason is asked for again: %d", r.status)
	}
	shut(coder)
	if r := coder.post("/reports/1/view", url.Values{"reason": {"To compare a word with the text."}}); r.status != http.StatusSeeOther || r.header.Get("Location") != "/reports/1/original" {
		t.Fatalf("with a reason: %d %s", r.status, r.header.Get("Location"))
	}
	if r := coder.get("/reports/1/original"); !strings.Contains(r.body, "<iframe") {
		t.Fatalf("with a reason, and not shown:\n%s", r.body)
	}
	for _, path := range []string{"/reports/1/frame", "/reports/1/bytes"} {
		if r := coder.get(path); r.status != http.StatusOK {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	shut(admin) // the reason of one is not the reason of another
	viewed, err := a.Catalog().Custodies(t.Context(), evidence.CustodyViewed, 10)
	if err != nil || len(viewed) != 1 || viewed[0].By != p["olena"] || viewed[0].Reason.IsZero() {
		t.Fatalf("%+v, %v", viewed, err)
	}
	if r := admin.get("/reports/1/custody"); !strings.Contains(r.body, "To compare a word with the text.") || !strings.Contains(r.body, "olena") {
		t.Errorf("the chain does not say it:\n%s", r.body)
	}
	if r := admin.get("/custody"); !strings.Contains(r.body, `<a href="/reports/1/custody">`) {
		t.Errorf("the case's page does not lead to the report:\n%s", r.body)
	}
	admin.post("/custody/viewing", url.Values{"viewing": {""}})
	if r := signedIn(t, s, "ivan").get("/reports/1/frame"); r.status != http.StatusOK {
		t.Errorf("no longer asked for, and not shown: %d", r.status)
	}
}

// A person assesses and verifies one report: the standards say so, and what was written can
// be read and written anew.
func TestFormsOfAReport(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	receive(t, a, "plans.txt", "Синтетичний текст про інше.")
	s := serve(t, web.Config{Archive: a})
	coder := signedIn(t, s, "olena")
	missing := regexp.MustCompile(`the form is not filled in|форму не заповнено`)
	if n := len(missing.FindAllString(coder.get("/reports/1/versions").body, -1)); n != 2 {
		t.Fatalf("%d forms are missing, want 2", n)
	}
	if r := coder.post("/reports/1/form", url.Values{"form": {"assessment"}, "relevance": {"To the queue for water."}}); r.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.status, r.body)
	}
	r := coder.get("/reports/1/versions")
	if n := len(missing.FindAllString(r.body, -1)); n != 1 || !strings.Contains(r.body, "To the queue for water.</textarea>") {
		t.Fatalf("%d forms are missing, want 1:\n%s", n, r.body)
	}
	coder.post("/reports/1/form", url.Values{"form": {"verified"}, "source": {"A neighbour."}, "conclusion": {"It holds."}})
	if n := len(missing.FindAllString(coder.get("/reports/1/versions").body, -1)); n != 0 {
		t.Errorf("%d forms are missing, want none", n)
	}
	if n := len(missing.FindAllString(coder.get("/reports/2/versions").body, -1)); n != 2 {
		t.Errorf("of another report %d forms are missing, want 2", n)
	}
	for name, form := range map[string]url.Values{"empty": {"form": {"verified"}, "source": {" "}}, "a form of the case": {"form": {"risk"}, "threats": {"x"}}} {
		before, err := a.Catalog().Forms(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		coder.post("/reports/1/form", form)
		if after, err := a.Catalog().Forms(t.Context(), 1); err != nil || len(after) != len(before) {
			t.Errorf("%s: noted, %v", name, err)
		}
	}
}

// What a form of the case or the search log lacks is said in the visitor's language, on the
// page itself.
func TestFormsOfTheCase(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	v := signedIn(t, serve(t, web.Config{Archive: a}), "taras")
	v.post("/language", url.Values{"language": {"uk"}, "next": {"/"}})
	for path, c := range map[string]struct {
		form url.Values
		want string
	}{
		"/standards/form":   {url.Values{"form": {"risk"}}, "У формі нічого не написано."},
		"/standards/search": {url.Values{"where": {"архів"}, "query": {" "}}, "Заповніть усе обов"},
	} {
		if r := v.post(path, c.form); r.status != http.StatusSeeOther {
			t.Errorf("%s: %d", path, r.status)
		}
		if r := v.get("/standards"); !strings.Contains(r.body, c.want) {
			t.Errorf("%s says nothing of it:\n%s", path, r.body)
		}
	}
	v.post("/standards/form", url.Values{"form": {"risk"}, "threats": {"зразок"}})
	v.post("/standards/search", url.Values{"where": {"архів"}, "query": {"зразок запиту"}, "found": {"0"}})
	if r := v.get("/standards"); !strings.Contains(r.body, "зразок запиту") || !strings.Contains(r.body, "зразок</textarea>") {
		t.Errorf("the search is not in the log, or the form is not filled in:\n%s", r.body)
	}
}

// The case's page says what was handed over, and whether it was acknowledged.
func TestHandedOver(t *testing.T) {
	t.Parallel()
	a, p := newCase(t)
	receive(t, a, "water.txt", waterText)
	if _, err := a.Keeping().Transfer(t.Context(), p["taras"], archive.Handing{To: "Synthetic court"}); err != nil {
		t.Fatal(err)
	}
	v := signedIn(t, serve(t, web.Config{Archive: a}), "olena")
	v.post("/language", url.Values{"language": {"en"}, "next": {"/"}})
	for _, path := range []string{"/custody", "/reports/1/custody"} {
		if r := v.get(path); !strings.Contains(r.body, "handed over</b> → Synthetic court") || !strings.Contains(r.body, "not yet acknowledged") || strings.Contains(r.body, ">acknowledged<") {
			t.Errorf("%s does not say it:\n%s", path, r.body)
		}
	}
}
