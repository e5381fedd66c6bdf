package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/desk.css static/desk.js static/icon.svg
var staticFiles embed.FS

type desk struct {
	archive   *archive.Archive
	catalog   *catalog.Catalog
	tool      string
	log       *slog.Logger
	now       func() time.Time
	upload    int64
	languages map[string]*language
	pages     map[string]map[string]*template.Template // by language, by page
	assets    assets
	sessions  *sessions
	byAddress *limiter
	byName    *limiter
	books     *books
	vouching  *vouching
}

func newDesk(c Config) (*desk, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Idle == 0 {
		c.Idle = defaultIdle
	}
	if c.Upload == 0 {
		c.Upload = defaultUpload
	}
	d := &desk{archive: c.Archive, tool: c.Tool, log: c.Log, now: c.Now, upload: c.Upload,
		sessions:  newSessions(c.Now, c.Idle),
		byAddress: newLimiter(c.Now, 10, 6*time.Second),
		byName:    newLimiter(c.Now, 10, 30*time.Second),
	}
	if c.Archive != nil {
		d.catalog = c.Archive.Catalog()
	}
	d.books, d.vouching = &books{}, &vouching{}
	var err error
	if d.assets, err = readAssets(); err != nil {
		return nil, err
	}
	d.languages, d.pages, err = readPages()
	return d, err
}

// asset is one file of ours, at an address that changes with its bytes.
type asset struct {
	address, mediaType string
	data               []byte
}

type assets map[string]asset // by name

func readAssets() (assets, error) {
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	out := assets{}
	err := fs.WalkDir(staticFiles, "static", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := staticFiles.ReadFile(p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		name := path.Base(p)
		out[name] = asset{address: "/static/" + hex.EncodeToString(sum[:6]) + "/" + name, mediaType: types[path.Ext(p)], data: b}
		return nil
	})
	return out, err
}

// address returns where an asset of ours is.
func (a assets) address(name string) string { return a[name].address }

func readPages() (map[string]*language, map[string]map[string]*template.Template, error) {
	langs, pages := map[string]*language{}, map[string]map[string]*template.Template{}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, nil, err
	}
	for _, code := range languages() {
		l, err := readLanguage(code)
		if err != nil {
			return nil, nil, err
		}
		base := template.New("base").Funcs(funcs(l)).Option("missingkey=error")
		if base, err = base.ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"); err != nil {
			return nil, nil, err
		}
		langs[code], pages[code] = l, map[string]*template.Template{}
		for _, f := range files {
			name := strings.TrimSuffix(path.Base(f), ".html")
			if name == "layout" || name == "parts" {
				continue
			}
			page, err := base.Clone()
			if err == nil {
				page, err = page.ParseFS(templateFiles, f)
			}
			if err != nil {
				return nil, nil, err
			}
			pages[code][name] = page
		}
	}
	return langs, pages, nil
}

// handler puts the sheet of routes behind what holds for all of them.
func (d *desk) handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range d.routes() {
		mux.HandleFunc(r.pattern, d.enter(r))
	}
	for _, a := range d.assets {
		mux.HandleFunc("GET "+a.address, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", a.mediaType)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.data))
		})
	}
	mux.HandleFunc("/", d.enter(route{need: anyone, do: func(*visit) error {
		return fmt.Errorf("no such page: %w", evidence.ErrNotFound)
	}}))
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(d.enter(route{need: anyone, do: func(*visit) error { return errForeign }}))
	return secure(cross.Handler(mux))
}

// secure sets the headers that hold for every answer.
func secure(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-DNS-Prefetch-Control", "off")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// visit is one request by one visitor.
type visit struct {
	*desk
	w   http.ResponseWriter
	r   *http.Request
	l   *language
	me  catalog.Account // zero: nobody signed in
	key [sha256.Size]byte
}

func (v *visit) ctx() context.Context { return v.r.Context() }

func (v *visit) mayReview() bool { return reviewer.allows(v.me.Role) }

// enter lets the visitor in, or not, and shows what went wrong.
func (d *desk) enter(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		v := &visit{desk: d, w: w, r: req, l: d.languages[chosenLanguage(req)]}
		if err := d.admit(v, r.need); err != nil {
			d.fail(v, err)
			return
		}
		if req.Method == http.MethodPost && r.pattern != uploads {
			req.Body = http.MaxBytesReader(w, req.Body, maxForm)
			if err := req.ParseForm(); err != nil {
				d.fail(v, fmt.Errorf("read the form: %w: %w", evidence.ErrUsage, err))
				return
			}
		}
		if err := r.do(v); err != nil {
			d.fail(v, err)
		}
	}
}

// admit finds out who is there, and asks the catalog whether they may still act.
func (d *desk) admit(v *visit, need access) error {
	id, key := d.sessions.of(v.r)
	if id != "" {
		a, err := d.catalog.Account(v.ctx(), id)
		if err != nil && !errors.Is(err, evidence.ErrNotFound) {
			return fmt.Errorf("who is here: %w", err)
		}
		if err == nil && a.Active && a.Role.Known() {
			v.me, v.key = a, key
		} else {
			d.sessions.end(key)
		}
	}
	if need != anyone && v.me.ID == "" {
		return errSignIn
	}
	if !need.allows(v.me.Role) {
		return errRole
	}
	return nil
}

// shell is what every page has around it.
type shell struct {
	Lang      string
	Languages []string
	Title     string
	Here      string // this page, to come back to
	Room      string
	Me        *meView // nil: nobody signed in
	Flashes   []flash
	Tool      string
	CSS, JS   string
	Icon      string
	Wide      bool // uses all of the width
	Late      bool // entries have waited for a time-stamp for over an hour
	Waiting   int  // how many
	Forked    bool // a witness knows another history of the log
	Damaged   bool // the latest check found bytes that are not what was kept
}

type meView struct {
	ID, Name        string
	Role            evidence.Role
	Reviewer, Admin bool
}

// shell makes the frame of a page in a part of the desk.
func (v *visit) shell(room, title string) shell {
	s := v.bare(room, title)
	if v.me.ID != "" {
		s.Flashes = v.sessions.take(v.key)
	}
	return s
}

// bare is a shell that leaves the messages for the next page.
func (v *visit) bare(room, title string) shell {
	s := shell{Lang: v.l.code, Languages: languages(), Title: title, Here: v.r.URL.RequestURI(), Room: room, Tool: v.tool,
		CSS: v.assets.address("desk.css"), JS: v.assets.address("desk.js"), Icon: v.assets.address("icon.svg")}
	if v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		s.Here = "/"
	}
	if v.me.ID != "" {
		w := v.vouched()
		s.Late, s.Waiting, s.Forked, s.Damaged = w.Late, int(w.Unstamped), len(w.Refused) > 0, w.Damaged > 0
		s.Me = &meView{ID: v.me.ID, Name: v.me.Name, Role: v.me.Role, Reviewer: v.mayReview(), Admin: v.me.Role == evidence.RoleAdmin}
	}
	return s
}

// render writes a page. Nothing is sent before all of it is made.
func (v *visit) render(status int, page string, data any) error {
	var b bytes.Buffer
	if err := v.draw(&b, page, "layout", data); err != nil {
		return err
	}
	return v.send(status, "text/html; charset=utf-8", b.Bytes())
}

func (d *desk) page(lang, name string) *template.Template { return d.pages[lang][name] }

func (v *visit) draw(b *bytes.Buffer, page, part string, data any) error {
	if err := v.page(v.l.code, page).ExecuteTemplate(b, part, data); err != nil {
		return fmt.Errorf("draw the page %s: %w", page, err)
	}
	return nil
}

func (v *visit) send(status int, mediaType string, b []byte) error {
	v.w.Header().Set("Content-Type", mediaType)
	v.w.Header().Set("Content-Language", v.l.code)
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b) // the visitor is gone: nobody is left to tell
	return nil
}

// back sends the visitor on, to a page of ours only.
func (v *visit) back(to string) error {
	http.Redirect(v.w, v.r, local(to), http.StatusSeeOther)
	return nil
}

// local returns an address of ours, or the first page for any other.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

// say leaves a message for the next page.
func (v *visit) say(f flash) {
	v.sessions.leave(v.key, func(s *session) { s.flashes = append(s.flashes, f) })
}
