//go:build browser

package browser_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"svidok/browser"
	"svidok/fetching"
)

// passage is the way out of a browser that may visit this machine, or may not.
func passage(t *testing.T, allow ...netip.Prefix) *fetching.Passage {
	t.Helper()
	c, err := fetching.New(fetching.Options{Now: time.Now, Sleep: unwaited, Allow: allow})
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func home() netip.Prefix { return netip.MustParsePrefix("127.0.0.0/8") }

func found(t *testing.T, p *fetching.Passage, change func(*browser.Options)) *browser.Browser {
	t.Helper()
	o := browser.Options{Now: time.Now, Proxy: p.Address(), Languages: "uk", Timeout: 40 * time.Second}
	if change != nil {
		change(&o)
	}
	b, err := browser.Find(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSee(t *testing.T) {
	var pictures atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/p.svg":
			pictures.Add(1)
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="300" height="300" fill="red"/></svg>`)
		default:
			fmt.Fprintf(w, `<!DOCTYPE html><html lang="uk"><meta charset="utf-8"><title>Зразок</title><body><h1>Повістки</h1><div style="height:4000px"></div><img loading="lazy" src="/p.svg" width="300" height="300"><p id="x"></p><script>document.getElementById("x").textContent="дописано"; alert("стій")</script>`)
		}
	}))
	defer s.Close()
	seen, err := found(t, passage(t, home()), nil).See(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(seen.Screenshot))
	if err != nil || img.Bounds().Dx() < 1200 || img.Bounds().Dy() < 4300 {
		t.Fatalf("%v %v", err, img.Bounds())
	}
	if r, g, _, _ := img.At(50, img.Bounds().Dy()-200).RGBA(); r < 0xe000 || g > 0x2000 {
		t.Error("the lazy picture is not on the picture")
	}
	if !bytes.HasPrefix(seen.Print, []byte("%PDF-")) || !strings.Contains(string(seen.DOM), "дописано") || seen.Title != "Зразок" || pictures.Load() == 0 {
		t.Errorf("%d bytes of print, title %q, pictures %d", len(seen.Print), seen.Title, pictures.Load())
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "svidok-browser-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNoWayButTheProxy: whatever a page tries, it reaches nothing that the passage does not allow.
func TestNoWayButTheProxy(t *testing.T) {
	var hits atomic.Int64
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer inner.Close()
	outer := httptest.NewUnstartedServer(nil)
	outer.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := strings.Replace(inner.URL, "127.0.0.1", "127.0.0.2", 1)
		local := strings.Replace(inner.URL, "127.0.0.1", "localhost", 1)
		fmt.Fprintf(w, `<html><head><link rel="prefetch" href="%[1]s/prefetch"><link rel="preconnect" href="%[2]s"><link rel="dns-prefetch" href="//localhost"></head><body><p>Зразок</p><img src="%[1]s/img"><img src="%[2]s/img"><iframe src="%[1]s/frame"></iframe>
<script>fetch("%[2]s/fetch",{mode:"no-cors"}).catch(()=>{}); new WebSocket("%[3]s/ws"); navigator.sendBeacon("%[1]s/beacon"); try { const pc = new RTCPeerConnection({iceServers:[{urls:"stun:127.0.0.2:%[4]s"}]}); pc.createDataChannel("x"); pc.createOffer().then(o=>pc.setLocalDescription(o)); } catch (e) {}</script>`,
			in, local, strings.Replace(in, "http", "ws", 1), inner.URL[strings.LastIndexByte(inner.URL, ':')+1:])
	})
	outer.Start()
	defer outer.Close()
	p := passage(t, netip.MustParsePrefix("127.0.0.1/32"))
	// localhost resolves to 127.0.0.1, which is allowed: so the inner server is asked for under 127.0.0.2, and localhost is another port's.
	seen, err := found(t, p, nil).See(t.Context(), outer.URL)
	if err != nil || len(seen.Screenshot) == 0 {
		t.Fatal(err)
	}
	for _, a := range p.Asked() {
		if strings.HasPrefix(a.Host, "127.0.0.2") && a.Why == "" {
			t.Errorf("%s was reached", a.Host)
		}
	}
	closed := passage(t)
	if _, err := found(t, closed, nil).See(t.Context(), outer.URL); err == nil {
		t.Error("a page of this machine was seen through a passage that does not allow it")
	}
	before := hits.Load()
	if _, err := found(t, closed, nil).See(t.Context(), inner.URL); err == nil || hits.Load() != before {
		t.Errorf("the inner server was reached: %v", err)
	}
}

func TestHostilePages(t *testing.T) {
	pages := map[string]string{
		"alerts":     `<script>setInterval(()=>alert(1),10)</script><p>слово</p>`,
		"never done": `<p>слово</p><img src="/slow">`,
		"endless":    `<p>слово</p><script>addEventListener("scroll",()=>{for(let i=0;i<50;i++){const d=document.createElement("div");d.style.height="500px";document.body.append(d)}})</script>`,
		"busy":       `<p>слово</p><script>for(;;){}</script>`,
		"reloads":    `<meta http-equiv="refresh" content="0"><p>слово</p>`,
		"popups":     `<script>for(let i=0;i<5;i++)open("/x"+i)</script><p>слово</p>`,
		"download":   `<p>слово</p><a id=a download href="data:,x">x</a><script>a.click()</script>`,
	}
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-stop
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, pages[strings.TrimPrefix(r.URL.Path, "/")])
	}))
	defer s.Close()
	defer close(stop)
	for name := range pages {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			seen, err := found(t, passage(t, home()), func(o *browser.Options) { o.Timeout, o.MaxHeight = 20*time.Second, 4000 }).See(t.Context(), s.URL+"/"+strings.ReplaceAll(name, " ", "%20"))
			if took := time.Since(begin); took > 40*time.Second {
				t.Errorf("took %v", took)
			}
			if err == nil && (len(seen.Screenshot) == 0 || seen.Height > 4000) {
				t.Errorf("%d bytes, %d high", len(seen.Screenshot), seen.Height)
			}
			if err != nil && name != "busy" && name != "reloads" {
				t.Error(err)
			}
		})
	}
}

func unwaited(ctx context.Context, d time.Duration) error { return ctx.Err() }
