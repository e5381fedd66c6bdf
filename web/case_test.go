package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
	"svidok/web"
)

const password = "synthetic-password"

// Synthetic reports: nothing in them happened.
const (
	waterText = "У Макіївці чоловіків шукають у чергах за водою\n\nВ окупованій Макіївці повістки почали вручати просто в черзі за водою, розповіла редакції мешканка міста. " +
		"За її словами, зранку до бочки під'їхав мікроавтобус, з якого вийшли троє у формі без розпізнавальних знаків.\n\n" +
		"Патруль перевіряв документи в усіх чоловіків, які стояли з каністрами. Двох, у кого не було позначки про облік, відвели до мікроавтобуса.\n\n" +
		"Увечері ті самі люди чергували біля під'їздів сусіднього будинку й ходили по квартирах. Чоловіки переховуються вдома, каже мешканка.\n"
	waterHTML = `<!DOCTYPE html><html lang="uk"><head><meta charset="utf-8"><title>Повістки біля водовозки</title><link rel="preconnect" href="https://tracker.invalid">
<script src="https://tracker.invalid/t.js"></script><style>body{background:url(https://tracker.invalid/b.png)}</style></head>
<body onload="alert(1)"><nav><a href="https://outlet.invalid/">Головна</a></nav><article><h1>Повістки біля водовозки</h1>
<p>В окупованій Макіївці повістки почали вручати просто в черзі за водою, розповіла редакції мешканка міста. За її словами, зранку до бочки під'їхав мікроавтобус, з якого вийшли троє у формі без розпізнавальних знаків.</p>
<p>Патруль перевіряв документи в усіх чоловіків, які стояли з каністрами. Двох, у кого не було позначки про облік, відвели до мікроавтобуса.</p>
<p>Увечері ті самі люди чергували біля під'їздів сусіднього будинку й ходили по квартирах. Чоловіки переховуються вдома, каже мешканка.</p>
<img src="https://tracker.invalid/p.png"><iframe src="https://tracker.invalid/f"></iframe><form action="https://tracker.invalid/"><button>Надіслати</button></form></article></body></html>`
)

// people are the accounts of a test case, by name.
type people map[string]string

// newCase gives a case with an admin, a coder and two reviewers: a copy of one that is made
// once, since passwords are slow to hash on purpose.
func newCase(t testing.TB) (*archive.Archive, people) {
	t.Helper()
	template.once.Do(template.make)
	if template.err != nil {
		t.Fatal(template.err)
	}
	dir := filepath.Join(t.TempDir(), "case")
	if err := os.CopyFS(dir, template.files); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "key"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(t.Context(), dir, archive.Options{Tool: "svidok/test", Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, maps.Clone(template.people)
}

type templateCase struct {
	once   sync.Once
	files  fs.FS
	people people
	err    error
}

var template templateCase

func (c *templateCase) make() { c.err = c.create() }

func (c *templateCase) create() error {
	dir, err := os.MkdirTemp("", "svidok-desk-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := archive.Create(context.Background(), filepath.Join(dir, "case"), archive.Options{Tool: "svidok/test"})
	if err != nil {
		return err
	}
	c.people = people{}
	for _, e := range []archive.Enrolment{{Name: "ada", Role: evidence.RoleAdmin}, {Name: "olena", Role: evidence.RoleCoder}, {Name: "taras", Role: evidence.RoleReviewer}, {Name: "ivan", Role: evidence.RoleReviewer}} {
		e.Password = password
		if c.people[e.Name], err = a.People().Enrol(context.Background(), c.people["ada"], e); err != nil {
			return errors.Join(err, a.Close())
		}
	}
	if err := a.Close(); err != nil {
		return err
	}
	memory := fstest.MapFS{}
	c.files = memory
	return fs.WalkDir(os.DirFS(filepath.Join(dir, "case")), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, "case", filepath.FromSlash(name)))
		memory[name] = &fstest.MapFile{Data: b, Mode: 0o600}
		return err
	})
}

// receive puts a text into the case and works it.
func receive(t testing.TB, a *archive.Archive, name, text string) {
	t.Helper()
	if err := a.Receive(t.Context(), archive.Delivery{Inputs: []string{"-"}, Stdin: strings.NewReader(text), Name: name}, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// clock is a clock that the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func serve(t testing.TB, c web.Config) *httptest.Server {
	t.Helper()
	h, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// visitor is somebody at a browser that follows no redirect.
type visitor struct {
	t    testing.TB
	base string
	*http.Client
}

func visit(t testing.TB, s *httptest.Server) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, s.URL, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn is a visitor with an account.
func signedIn(t testing.TB, s *httptest.Server, name string) *visitor {
	t.Helper()
	v := visit(t, s)
	if r := v.post("/sign-in", url.Values{"name": {name}, "password": {password}}); r.status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d\n%s", name, r.status, r.body)
	}
	return v
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (v *visitor) ask(r *http.Request) answer {
	v.t.Helper()
	resp, err := v.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	r, err := http.NewRequest("GET", v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.ask(r)
}

func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	r, err := http.NewRequest("POST", v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.ask(r)
}

func (v *visitor) upload(field, name, content string) answer {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, err := m.CreateFormFile(field, name)
	if field == "text" {
		w, err = m.CreateFormField(field)
	}
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", v.base+"/reports/add", &b)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	return v.ask(r)
}

// field returns the value of a hidden field or of the first attribute that fits.
func field(t testing.TB, page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s:\n%s", pattern, page)
	}
	return m[1]
}

// statements returns what the machine suggests of the first report, by code.
func statements(t testing.TB, a *archive.Archive, report int64) map[string]catalog.Statement {
	t.Helper()
	d, err := a.Catalog().Report(t.Context(), report)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]catalog.Statement{}
	for _, s := range d.Statements {
		out[s.Code] = s
	}
	if len(out) < 2 {
		t.Fatalf("only %d statements in report %d: %v", len(out), report, d.Problems)
	}
	return out
}

func pick(ids ...string) url.Values {
	return url.Values{"pick": ids, "next": {"/review"}}
}

func do(act evidence.Act, id string) url.Values {
	return url.Values{"do": {fmt.Sprintf("%s %s", act, id)}, "next": {"/review"}}
}
