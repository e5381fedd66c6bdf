package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"svidok/archive"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/web"
)

// The whole round without a browser: receive, accept, confirm, gather, confirm, release.
func TestTheRound(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	s := serve(t, web.Config{Archive: a, Tool: "svidok/test"})
	olena, taras := signedIn(t, s, "olena"), signedIn(t, s, "taras")

	if page := olena.get("/reports"); !strings.Contains(page.body, "There are no reports in this case yet") {
		t.Fatalf("an empty case does not say what to do first:\n%s", page.body)
	}
	if r := olena.upload("file", `C:\cases\water.html`, waterHTML); r.status != http.StatusSeeOther {
		t.Fatalf("upload: %d\n%s", r.status, r.body)
	}
	page := olena.get("/reports/add")
	sum := evidence.Sum([]byte(waterHTML)).String()
	if !strings.Contains(page.body, sum) || !strings.Contains(page.body, "Preserved") || !strings.Contains(page.body, "water.html") || strings.Contains(page.body, "cases") {
		t.Fatalf("no receipt with the hash and the name:\n%s", page.body)
	}
	report := field(t, page.body, `href="(/reports/[0-9]+)"`)
	olena.upload("file", "again.html", waterHTML)
	if page := olena.get("/reports/add"); !strings.Contains(page.body, "Already known") {
		t.Error("the same bytes are not known")
	}
	if err := a.Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	page = olena.get(report)
	if !strings.Contains(page.body, `<mark class="m occurred`) {
		t.Fatalf("nothing is highlighted:\n%s", page.body)
	}
	id := field(t, page.body, `name="do" value="accept ([0-9a-f]{32})"`)
	if r := olena.post("/judge", do(evidence.ActAccept, id)); r.status != http.StatusSeeOther || r.header.Get("Location") != "/review" {
		t.Fatalf("accept: %d to %s", r.status, r.header.Get("Location"))
	}
	if page := olena.get("/review"); !strings.Contains(page.body, "1 statement accepted.") {
		t.Error("nobody is told that it was accepted")
	}
	page = taras.get("/review?for=review")
	if !strings.Contains(page.body, id) {
		t.Fatalf("it does not wait for a reviewer:\n%s", page.body)
	}
	taras.post("/judge", do(evidence.ActConfirm, id))

	if !strings.Contains(taras.get("/events/new").body, id) {
		t.Fatal("the finding is not offered for an event")
	}
	event := url.Values{"title": {"Черга за водою"}, "place": {"Макіївка"}, "from": {"2025-10-06"}, "precision": {"day"}, "basis": {"Один текст говорить про все."}, "pick": {id}}
	if r := taras.post("/events/new", url.Values{"title": {"x"}}); r.status != http.StatusUnprocessableEntity {
		t.Errorf("an event of nothing: %d", r.status)
	}
	r := taras.post("/events/new", event)
	if r.status != http.StatusSeeOther {
		t.Fatalf("gather: %d\n%s", r.status, r.body)
	}
	where := r.header.Get("Location")
	eid := strings.TrimPrefix(where, "/events/")
	if r := taras.post("/judge", do(evidence.ActConfirm, eid)); r.status != http.StatusForbidden {
		t.Fatalf("the author confirmed the event: %d", r.status)
	}
	if page := taras.get("/dossier"); !strings.Contains(page.body, "Nothing may leave yet") {
		t.Error("an unconfirmed event may leave")
	}
	if r := signedIn(t, s, "ivan").post("/judge", do(evidence.ActConfirm, eid)); r.status != http.StatusSeeOther {
		t.Fatalf("a second person confirms the event: %d\n%s", r.status, r.body)
	}
	if page := taras.get(where); !strings.Contains(page.body, "confirmed event") {
		t.Errorf("the event is not shown as confirmed:\n%s", page.body)
	}
	r = taras.post("/dossier", url.Values{"event": {eid}, "language": {"uk"}, "originals": {"1"}, "to": {"Прокуратура (зразок)"}})
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/zip" || !strings.Contains(r.header.Get("Content-Disposition"), ".zip") {
		t.Fatalf("release: %d %v", r.status, r.header)
	}
	verify(t, []byte(r.body))
	if page := taras.get("/dossier"); !strings.Contains(page.body, "Прокуратура (зразок)") {
		t.Error("the release is not listed")
	}
}

// verify lets the stranger's check judge a downloaded dossier.
func verify(t testing.TB, zip []byte) {
	t.Helper()
	n := 0
	for c := range dossier.VerifyZip(t.Context(), bytes.NewReader(zip), int64(len(zip)), dossier.Options{}) {
		if n++; c.Status != dossier.OK && c.Status != "note" {
			t.Errorf("verify: %s: %s: %s", c.Name, c.Status, c.Detail)
		}
	}
	if n < 3 {
		t.Fatalf("only %d checks", n)
	}
}

func TestAStatementIsAddedByItsWords(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	s := serve(t, web.Config{Archive: a})
	olena := signedIn(t, s, "olena")
	form := func(quote string) url.Values {
		return url.Values{"code": {"MTH.ID_PATROL"}, "modality": {"occurred"}, "quote": {quote}, "reason": {"машина проґавила"}}
	}
	for _, c := range []struct {
		name, quote string
		status      int
		says        string
	}{
		{"words that are not there", "слова, яких немає", 422, "These words are not in the text"},
		{"words that stand twice", "мікроавтобус", 422, "Choose where"},
		{"words once, spelled otherwise", "Увечері  ті самі люди чергували біля під’їздів", 303, ""},
		{"no words", "", 422, "These words are not in the text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := olena.post("/reports/1/statement", form(c.quote))
			if r.status != c.status || !strings.Contains(r.body, c.says) {
				t.Fatalf("%d, want %d and %q:\n%s", r.status, c.status, c.says, r.body)
			}
			if r.status != 303 {
				return
			}
			x, err := a.Catalog().Statement(t.Context(), strings.TrimPrefix(r.header.Get("Location"), "/statements/"))
			if err != nil || x.Quote != "Увечері ті самі люди чергували біля під'їздів" || x.Standing != evidence.Coded {
				t.Fatalf("%+v, %v", x, err)
			}
		})
	}
	t.Run("one of several places", func(t *testing.T) {
		page := olena.post("/reports/1/statement", form("мікроавтобус"))
		all := regexp.MustCompile(`name="at" value="([0-9]+-[0-9]+)"`).FindAllStringSubmatch(page.body, -1)
		if len(all) != 2 {
			t.Fatalf("%d places are offered", len(all))
		}
		f := form("мікроавтобус")
		f.Set("at", all[1][1])
		r := olena.post("/reports/1/statement", f)
		x, err := a.Catalog().Statement(t.Context(), strings.TrimPrefix(r.header.Get("Location"), "/statements/"))
		if err != nil || !strings.HasPrefix(all[1][1], strconv.Itoa(x.Start)+"-") {
			t.Fatalf("%d %+v, %v", r.status, x, err)
		}
	})
	t.Run("corrected", func(t *testing.T) {
		x := statements(t, a, 1)["MTH.AID_QUEUE"]
		f := form("повістки почали вручати просто в черзі за водою")
		f.Set("modality", "planned")
		f.Set("place", "Макіївка")
		f.Set("from", "2025-10-06")
		r := olena.post("/statements/"+x.ID, f)
		if r.status != 303 {
			t.Fatalf("%d\n%s", r.status, r.body)
		}
		y, err := a.Catalog().Statement(t.Context(), strings.TrimPrefix(r.header.Get("Location"), "/statements/"))
		if err != nil || y.Modality != evidence.Planned || y.Place != "Макіївка" || y.When == nil || y.When.To != "2025-10-06" {
			t.Fatalf("%+v, %v", y, err)
		}
	})
}

// An original can neither run nor load, nor lead anywhere.
func TestOriginalsAreHarmless(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "water.html", waterHTML)
	s := serve(t, web.Config{Archive: a})
	olena := signedIn(t, s, "olena")
	page := olena.get("/reports/1/original")
	if !strings.Contains(page.body, `sandbox=""`) {
		t.Error("the frame is not sandboxed")
	}
	frame := olena.get("/reports/1/frame")
	policy := frame.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox; default-src 'none'") || strings.Contains(policy, "http") {
		t.Errorf("the frame's policy is %q", policy)
	}
	for _, bad := range []string{"<script", "onload", "<iframe", "<form", "<link", "url(", " href=", `src="http`, "<meta http"} {
		if strings.Contains(strings.ToLower(frame.body), bad) {
			t.Errorf("the frame holds %q:\n%s", bad, frame.body)
		}
	}
	if !strings.Contains(frame.body, "Патруль перевіряв документи") {
		t.Error("the frame does not show the words")
	}
	raw := olena.get("/reports/1/bytes")
	if raw.body != waterHTML || !strings.HasPrefix(raw.header.Get("Content-Disposition"), "attachment") || raw.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("the bytes as received: %v", raw.header)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	s := serve(t, web.Config{Archive: a})
	olena := signedIn(t, s, "olena")
	r := olena.get("/reports")
	policy := r.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
		t.Errorf("the policy allows too much: %q", policy)
	}
	if r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", r.header)
	}
	css := field(t, r.body, `href="(/static/[0-9a-f]+/desk.css)"`)
	if got := visit(t, s).get(css); got.status != 200 || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("the style sheet: %d %v", got.status, got.header)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	a, p := newCase(t)
	now := &clock{now: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)}
	s := serve(t, web.Config{Archive: a, Now: now.time, Idle: time.Hour})

	v := visit(t, s)
	r := v.post("/sign-in", url.Values{"name": {"olena"}, "password": {password}, "next": {"//evil.invalid/"}})
	if r.header.Get("Location") != "/" {
		t.Errorf("sent on to %q", r.header.Get("Location"))
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie %q lacks %s", cookie, want)
		}
	}
	if len(field(t, cookie, `svidok=([^;]+)`)) != 43 {
		t.Errorf("the token is not 32 bytes: %q", cookie)
	}
	now.advance(59 * time.Minute)
	if r := v.get("/reports"); r.status != 200 {
		t.Fatalf("before the session is idle: %d", r.status)
	}
	now.advance(61 * time.Minute)
	if r := v.get("/reports?q=x"); r.status != 303 || r.header.Get("Location") != "/sign-in?next=%2Freports%3Fq%3Dx" {
		t.Fatalf("after it was idle: %d to %s", r.status, r.header.Get("Location"))
	}
	v = signedIn(t, s, "olena")
	stolen := visit(t, s)
	stolen.Jar = v.Jar
	v.post("/sign-out", nil)
	if r := stolen.get("/reports"); r.status != 303 {
		t.Errorf("the session lives on after sign-out: %d", r.status)
	}
	v = signedIn(t, s, "olena")
	if _, err := a.People().Enrol(t.Context(), p["ada"], archive.Enrolment{ID: p["olena"], Name: "olena", Role: evidence.RoleCoder, Inactive: true}); err != nil {
		t.Fatal(err)
	}
	if r := v.get("/reports"); r.status != 303 {
		t.Errorf("a switched-off account still reads: %d", r.status)
	}
	if r := v.post("/sign-in", url.Values{"name": {"olena"}, "password": {password}}); r.status != http.StatusUnauthorized {
		t.Errorf("a switched-off account signs in: %d", r.status)
	}
}

func TestGuessingIsSlow(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	now := &clock{now: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)}
	s := serve(t, web.Config{Archive: a, Now: now.time})
	v := visit(t, s)
	guess := url.Values{"name": {"ada"}, "password": {"not the password"}}
	tries := 0
	for ; tries < 30 && v.post("/sign-in", guess).status == http.StatusUnauthorized; tries++ {
		guess.Set("name", strings.Repeat(" ", tries)+"Ada") // another spelling is no new name
	}
	if tries != 10 {
		t.Fatalf("%d guesses at once, want 10", tries)
	}
	right := url.Values{"name": {"ada"}, "password": {password}}
	r := v.post("/sign-in", right)
	if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" {
		t.Fatalf("not slowed down: %d %v", r.status, r.header)
	}
	now.advance(time.Minute)
	if r := v.post("/sign-in", right); r.status != http.StatusSeeOther {
		t.Fatalf("after a while: %d", r.status)
	}
}

func TestForeignSitesCannotPost(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	s := serve(t, web.Config{Archive: a})
	v := signedIn(t, s, "olena")
	for _, h := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.invalid"}}} {
		r, err := http.NewRequest("POST", s.URL+"/language", strings.NewReader("language=ru"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = h.Clone()
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := v.ask(r); got.status != http.StatusForbidden || !strings.Contains(got.body, "another site") {
			t.Errorf("%v: %d", h, got.status)
		}
	}
}

func TestFiltersAndErrors(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	receive(t, a, "other.txt", "Короткий текст про погоду в місті. Сьогодні сонячно, завтра дощ, а післязавтра знову сонце.")
	receive(t, a, "water.html", waterHTML)
	s := serve(t, web.Config{Archive: a})
	v := signedIn(t, s, "olena")
	for query, want := range map[string]string{
		"?copies=1": "3 reports", "": "2 reports", "?gate=open&copies=1": "2 reports", "?code=MTH&copies=1": "2 reports", "?language=ru": "Nothing found", "?q=каністрами&copies=1": `<mark class="hit">`,
		"?q=%22&copies=1": "Reports", "?before=-4": "Reports", "?before=x&from=nonsense": "",
	} {
		if r := v.get("/reports" + query); !strings.Contains(r.body, want) || r.status >= 500 {
			t.Errorf("/reports%s: %d, want %q", query, r.status, want)
		}
	}
	for path, want := range map[string]int{
		"/nowhere": 404, "/reports/999": 404, "/reports/x": 404, "/reports/1/copies?with=999": 404, "/statements/none": 404, "/events/e:none": 404, "/review?for=review": 403,
		"/reports/1/copies": 200, "/reports/1/custody": 200, "/reports/1/statement?at=5-1": 200, "/reports/1/statement?at=0-3": 200, "/review?view=list&after=x": 200, "/help": 200, "/custody": 200, "/events": 200, "/dossier": 200,
	} {
		r := v.get(path)
		if r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
		if want >= 400 && !strings.Contains(r.body, `class="lead"`) {
			t.Errorf("%s: no hint", path)
		}
	}
	if r := visit(t, s).get("/nowhere"); r.status != 404 || strings.Contains(r.body, "<details>") {
		t.Errorf("a stranger is told more than that it is not there: %d", r.status)
	}
	if r := v.post("/judge", url.Values{"do": {"bless x"}}); r.status != 400 {
		t.Errorf("an act that is none: %d", r.status)
	}
	if r := v.post("/judge", url.Values{"do": {"accept " + strings.Repeat("0", 32)}}); r.status != 404 {
		t.Errorf("a statement that is none: %d", r.status)
	}
	big := url.Values{"reason": {strings.Repeat("x", 2<<20)}}
	if r := v.post("/judge", big); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of two megabytes: %d", r.status)
	}
}

func TestUploadIsLimited(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	s := serve(t, web.Config{Archive: a, Upload: 4 << 10})
	v := signedIn(t, s, "olena")
	if r := v.upload("file", "big.txt", strings.Repeat("слово ", 4<<10)); r.status != http.StatusRequestEntityTooLarge {
		t.Fatalf("%d\n%s", r.status, r.body)
	}
	if n, err := a.Catalog().Totals(t.Context()); err != nil || n.Reports != 0 {
		t.Fatalf("half a file was kept: %+v, %v", n, err)
	}
	v.upload("text", "", "")
	if page := v.get("/reports/add"); !strings.Contains(page.body, "Nothing was chosen or pasted") {
		t.Error("an empty upload is not told")
	}
	v.upload("text", "", "Вставлений синтетичний текст.")
	if page := v.get("/reports/add"); !strings.Contains(page.body, "Preserved") {
		t.Errorf("pasted words are not received:\n%s", page.body)
	}
}

func TestLanguageIsRemembered(t *testing.T) {
	t.Parallel()
	a, _ := newCase(t)
	s := serve(t, web.Config{Archive: a})
	v := visit(t, s)
	for lang, word := range map[string]string{"uk": "Увійти", "ru": "Войти", "en": "Sign in"} {
		r := v.post("/language", url.Values{"language": {lang}, "to": {"/sign-in"}})
		if r.status != 303 || r.header.Get("Location") != "/sign-in" {
			t.Fatalf("%s: %d", lang, r.status)
		}
		if page := v.get("/sign-in"); !strings.Contains(page.body, word) || !strings.Contains(page.body, `<html lang="`+lang+`">`) {
			t.Errorf("the page is not in %s", lang)
		}
	}
	if r := v.post("/language", url.Values{"language": {"xx"}}); r.status != 400 {
		t.Errorf("a language that is none: %d", r.status)
	}
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	a, p := newCase(t)
	s := serve(t, web.Config{Archive: a})
	ada := signedIn(t, s, "ada")
	for _, c := range []struct {
		name   string
		form   url.Values
		status int
	}{
		{"too short a password", url.Values{"name": {"maria"}, "role": {"coder"}, "password": {"short"}}, 422},
		{"no role", url.Values{"name": {"maria"}, "role": {"king"}, "password": {password}}, 422},
		{"a name that is taken", url.Values{"name": {"OLENA"}, "role": {"coder"}, "password": {password}}, 422},
		{"oneself", url.Values{"id": {p["ada"]}, "name": {"ada"}, "role": {"coder"}}, 422},
		{"a new person", url.Values{"name": {"maria"}, "role": {"reviewer"}, "password": {password}}, 303},
		{"another role", url.Values{"id": {p["olena"]}, "name": {"olena"}, "role": {"reviewer"}}, 303},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := ada.post("/accounts", c.form); r.status != c.status {
				t.Fatalf("%d, want %d\n%s", r.status, c.status, r.body)
			}
		})
	}
	if r := signedIn(t, s, "maria").get("/review?for=review"); r.status != 200 {
		t.Errorf("the new reviewer: %d", r.status)
	}
	if r := signedIn(t, s, "olena").get("/review?for=review"); r.status != 200 {
		t.Errorf("the promoted coder: %d", r.status)
	}
}

func TestADeskWithoutAnArchive(t *testing.T) {
	if _, err := web.New(web.Config{}); err == nil {
		t.Fatal("a desk of nothing")
	}
}
