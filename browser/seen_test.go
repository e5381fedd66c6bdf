//go:build browser

package browser_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svidok/browser"
	"svidok/evidence"
)

// found is a browser of this machine whose way out is the proxy.
func found(t *testing.T, proxy string, change func(*browser.Options)) *browser.Browser {
	t.Helper()
	o := browser.Options{Now: time.Now, Proxy: proxy, Languages: "uk,ru,en", Timeout: 40 * time.Second}
	if change != nil {
		change(&o)
	}
	b, err := browser.Find(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// nothingLeft: no folder and no process outlives a page.
func nothingLeft(t *testing.T) {
	t.Helper()
	if left, n := remains(); len(left)+len(n) > 0 {
		t.Errorf("left behind: %v, %v", left, n)
	}
}

// site serves pages by path.
func site(t *testing.T, pages map[string]string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if strings.HasSuffix(r.URL.Path, ".svg") {
			w.Header().Set("Content-Type", "image/svg+xml")
		}
		fmt.Fprint(w, p)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func picture(t *testing.T, s browser.Seen) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(s.Screenshot))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != s.Width || b.Dy() != s.Height {
		t.Errorf("the picture has %v, said is %d by %d", b, s.Width, s.Height)
	}
	return img
}

func red(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r > 0xe000 && g < 0x2000 && b < 0x2000
}

const redSquare = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="red"/></svg>`

func TestSee(t *testing.T) {
	s := site(t, map[string]string{
		"/p.svg": redSquare,
		"/": `<!DOCTYPE html><html lang="uk"><meta charset="utf-8"><title>Зразок</title><body><h1>Повістки</h1><div style="height:4000px"></div>
<img loading="lazy" src="/p.svg" width="300" height="300" style="display:block"><img src="/none.png"><p id="x"></p><p id="y" style="opacity:0;transition:opacity 90s"></p>
<div id="h"></div><script>document.getElementById("x").textContent="дописано"; console.log("слово", 7); alert("стій");
document.getElementById("h").attachShadow({mode:"open"}).innerHTML="<b>у тіні</b>"; Array.prototype.filter = () => { throw 1 }</script>`})
	g := newGate(t, s.URL)
	seen, err := found(t, g.URL, nil).See(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	img := picture(t, seen)
	if b := img.Bounds(); b.Dx() != 1280 || b.Dy() < 4300 {
		t.Fatal(b)
	}
	if y := lowest(img, 50); !red(img.At(50, y)) {
		t.Error("the lazy picture is not on the picture")
	}
	if !bytes.HasPrefix(seen.Print, []byte("%PDF-")) {
		t.Errorf("the print: %.20q", seen.Print)
	}
	dom := string(seen.DOM)
	if !strings.HasPrefix(dom, "<!DOCTYPE html>") || !strings.Contains(dom, "дописано") || !strings.Contains(dom, `<template shadowrootmode="open"><b>у тіні</b>`) {
		t.Errorf("the document: %.1000s", dom)
	}
	if seen.Title != "Зразок" || seen.Address != s.URL+"/" || seen.Status != 200 || seen.Cut || !strings.Contains(seen.Version, "/") || seen.Ended.Before(seen.Started) {
		t.Errorf("%q %q %d %v %q", seen.Title, seen.Address, seen.Status, seen.Cut, seen.Version)
	}
	for _, want := range []browser.Asked{{Address: s.URL + "/", Type: "Document", Status: 200}, {Address: s.URL + "/p.svg", Type: "Image", Status: 200}, {Address: s.URL + "/none.png", Type: "Image", Status: 404}} {
		if !slices.ContainsFunc(seen.Requests, func(a browser.Asked) bool {
			return a.Address == want.Address && a.Type == want.Type && a.Status == want.Status && a.Bytes > 0
		}) {
			t.Errorf("%+v is not among the requests %+v", want, seen.Requests)
		}
	}
	if !slices.Contains(seen.Console, "log: слово 7") {
		t.Errorf("console: %q", seen.Console)
	}
	nothingLeft(t)
	for _, want := range []string{"dialogs were closed: 1, the first “стій”", "1 pictures are not shown"} {
		if !slices.ContainsFunc(seen.Problems, func(p string) bool { return strings.HasPrefix(p, want) }) {
			t.Errorf("%q is not among the problems %q", want, seen.Problems)
		}
	}
}

// lowest is the last row whose pixel in column x is not white.
func lowest(img image.Image, x int) int {
	for y := img.Bounds().Dy() - 1; y > 0; y-- {
		if red(img.At(x, y)) {
			return y
		}
	}
	return 0
}

// A page longer than what Chromium draws at once is put together of strips: every row is
// where it belongs.
func TestLongPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><body style="margin:0">`)
	for i := range 250 {
		fmt.Fprintf(&b, `<div style="height:100px;background:rgb(%d,%d,50)"></div>`, i, 255-i)
	}
	s := site(t, map[string]string{"/": b.String()})
	seen, err := found(t, newGate(t, s.URL).URL, func(o *browser.Options) { o.Width = 400 }).See(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	img := picture(t, seen)
	if img.Bounds().Dy() != 20000 || !seen.Cut {
		t.Fatalf("%v, cut %v", img.Bounds(), seen.Cut)
	}
	for i := range 200 {
		if r, g, _, _ := img.At(20, i*100+50).RGBA(); int(r>>8) != i || int(g>>8) != 255-i {
			t.Fatalf("row %d shows %d, %d", i, r>>8, g>>8)
		}
	}
	if !slices.ContainsFunc(seen.Problems, func(p string) bool { return strings.Contains(p, "25000 pixels") }) {
		t.Errorf("problems: %q", seen.Problems)
	}
}

func TestOptionsReachThePage(t *testing.T) {
	s := site(t, map[string]string{"/": `<p id="x"></p><script>document.getElementById("x").textContent=[innerWidth, navigator.language, navigator.userAgent, new Date(0).getHours(), typeof Notification, matchMedia("(prefers-reduced-motion)").matches].join("|")</script>`})
	seen, err := found(t, newGate(t, s.URL).URL, func(o *browser.Options) { o.Width, o.Agent, o.Timezone = 700, "sample/1", "Asia/Tokyo" }).See(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(seen.DOM), "700|uk|sample/1|9|undefined|true") {
		t.Errorf("%s %q", seen.DOM, seen.Console)
	}
}

// What covers a page is not clicked away, but told.
func TestCovered(t *testing.T) {
	s := site(t, map[string]string{
		"/banner": `<p>Текст сторінки</p><div style="height:3000px"></div><div style="position:fixed;inset:40% 0 0 0;background:#ccc"><b>Ми використовуємо файли</b><button>Згода</button></div>`,
		"/locked": `<body style="overflow:hidden;height:3000px"><dialog id="d" style="width:90%;height:90%">Увійдіть</dialog><script>d.showModal()</script>`,
		"/inner":  `<body style="margin:0"><div style="height:100vh;overflow:auto"><div style="height:5000px">слово</div></div>`,
		"/plain":  `<p>Текст сторінки</p><div style="position:fixed;top:0;left:0;right:0;height:60px;background:#ccc">меню</div><div style="height:3000px"></div>`})
	b := found(t, newGate(t, s.URL).URL, nil)
	for path, want := range map[string]string{"/banner": "of 100 parts of the window: “Ми використовуємо файли", "/locked": "does not let itself be scrolled", "/inner": "scrolls within itself", "/plain": ""} {
		seen, err := b.See(t.Context(), s.URL+path)
		if err != nil {
			t.Fatal(path, err)
		}
		told := slices.DeleteFunc(seen.Problems, func(p string) bool { return strings.Contains(p, "sandbox") })
		if want == "" && len(told) > 0 || want != "" && !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("%s: %q", path, told)
		}
	}
}

func TestWhatIsNoPage(t *testing.T) {
	s := site(t, map[string]string{"/away": `<p>слово</p><script>location="http://gone.invalid/"</script>`, "/empty": ""})
	var files http.HandlerFunc = func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file":
			w.Header().Set("Content-Disposition", "attachment; filename=a.bin")
			w.Write([]byte("bytes"))
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/none":
			w.WriteHeader(http.StatusNotFound)
		case "/nothing":
			w.WriteHeader(http.StatusNoContent)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "<p>Сторінки немає</p>")
		}
	}
	f := httptest.NewServer(files)
	defer f.Close()
	b := found(t, newGate(t, s.URL, f.URL).URL, nil)
	for address, want := range map[string]error{f.URL + "/file": evidence.ErrFormat, f.URL + "/loop": evidence.ErrNotFound, f.URL + "/none": evidence.ErrNotFound, f.URL + "/nothing": evidence.ErrNotFound,
		"http://gone.invalid/": evidence.ErrNotFound, "file:///etc/hostname": evidence.ErrUsage, "chrome://version": evidence.ErrUsage, "javascript:1": evidence.ErrUsage, "": evidence.ErrUsage} {
		if seen, err := b.See(t.Context(), address); !errors.Is(err, want) || len(seen.Screenshot) > 0 {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
	if seen, err := b.See(t.Context(), f.URL+"/missing"); err != nil || seen.Status != 404 || !strings.Contains(string(seen.DOM), "немає") {
		t.Errorf("a page that says it is missing: %v, %d", err, seen.Status)
	}
	if seen, err := b.See(t.Context(), s.URL+"/away"); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("a page that led to nowhere: %v, %q", err, seen.Address)
	}
	if _, err := b.Through("").See(t.Context(), s.URL); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("without a way out: %v", err)
	}
}

// What was preserved is shown without any network.
func TestShow(t *testing.T) {
	var hits atomic.Int64
	live := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hits.Add(1); fmt.Fprint(w, redSquare) }))
	defer live.Close()
	kept := map[string]browser.Answer{
		"http://news.example/a":     {MediaType: "text/html; charset=utf-8", Body: []byte(`<body style="margin:0"><img src="/p.svg" style="display:block"><p>Збережено</p><img src="` + live.URL + `/live.svg"><script>fetch("` + live.URL + `/x",{mode:"no-cors"}).catch(()=>{}); new WebSocket("` + strings.Replace(live.URL, "http", "ws", 1) + `")</script>`)},
		"http://news.example/p.svg": {MediaType: "image/svg+xml", Body: []byte(redSquare)}}
	seen, err := found(t, "", nil).Show(t.Context(), "http://news.example/a", func(a string) (browser.Answer, bool) { x, ok := kept[a]; return x, ok })
	if err != nil {
		t.Fatal(err)
	}
	if !red(picture(t, seen).At(100, 100)) || !strings.Contains(string(seen.DOM), "Збережено") || seen.Status != 200 {
		t.Errorf("%d %s", seen.Status, seen.DOM)
	}
	if hits.Load() > 0 {
		t.Errorf("the network was asked %d times", hits.Load())
	}
	if !slices.ContainsFunc(seen.Problems, func(p string) bool { return strings.HasPrefix(p, "1 pictures are not shown") }) {
		t.Errorf("%q", seen.Problems)
	}
	if _, err := found(t, "", nil).Show(t.Context(), "http://news.example/other", func(string) (browser.Answer, bool) { return browser.Answer{}, false }); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("what was not preserved: %v", err)
	}
}
