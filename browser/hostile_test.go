//go:build browser

package browser_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"svidok/browser"
	"svidok/evidence"
)

const shortly = 30 * time.Second

// Pages that would keep a browser busy, full or waiting for ever are taken as they stand, and
// what was cut off is told.
func TestHostilePages(t *testing.T) {
	pages := map[string]struct{ html, told string }{
		"alerts":       {`<p>слово</p><script>setInterval(()=>alert(1),10)</script>`, "dialogs"},
		"alert loop":   {`<p>слово</p><script>for(;;)alert(1)</script>`, "dialogs without end"},
		"leaving":      {`<p>слово</p><script>onbeforeunload=e=>{e.preventDefault();return "x"};setTimeout(()=>location.reload(),50)</script>`, ""},
		"print":        {`<p>слово</p><script>print();setInterval(print,200)</script>`, ""},
		"never done":   {`<p>слово</p><img src="/slow">`, "had not finished loading"},
		"slow script":  {`<p>слово</p><script src="/slow"></script><p>після</p>`, "had not finished loading"},
		"drip":         {"", "had not finished loading"},
		"endless":      {`<p>слово</p><div style="height:2000px"></div><script>addEventListener("scroll",()=>{for(let i=0;i<50;i++){const d=document.createElement("div");d.style.height="500px";document.body.append(d)}})</script>`, "the picture shows the first"},
		"infinitely":   {`<p>слово</p><script>setInterval(()=>{document.body.append(document.createElement("p"))},1)</script>`, ""},
		"busy":         {`<p>слово</p><script>for(;;){}</script>`, "scripts of the page did not end"},
		"busy later":   {`<p>слово</p><script>setTimeout(()=>{for(;;){}},300)</script>`, "scripts of the page did not end"},
		"busy frame":   {`<p>слово</p><iframe srcdoc="<script>for(;;){}</script>"></iframe>`, "scripts of the page did not end"},
		"busy scroll":  {`<p>слово</p><div style="height:9000px"></div><script>addEventListener("scroll",()=>{for(;;){}})</script>`, "scripts of the page did not end"},
		"microtasks":   {`<p>слово</p><script>(function f(){Promise.resolve().then(f)})()</script>`, "scripts of the page did not end"},
		"refreshes":    {`<meta http-equiv="refresh" content="0"><p>слово</p>`, "led on to other documents without end"},
		"reloads":      {`<p>слово</p><script>location.reload()</script>`, ""},
		"hashes":       {`<p>слово</p><script>let i=0;setInterval(()=>location.hash=i++,5)</script>`, ""},
		"popups":       {`<p>слово</p><script>for(let i=0;i<5;i++)open("/x"+i)</script>`, ""},
		"blank target": {`<p>слово</p><a id=a target=_blank href="/x">x</a><script>a.click()</script>`, ""},
		"download":     {`<p>слово</p><a id=a download href="data:,x">x</a><script>a.click();location="data:application/octet-stream,x"</script>`, ""},
		"canvas":       {`<p>слово</p><script>for(let i=0;i<20;i++){const c=document.createElement("canvas");c.width=c.height=16000;document.body.append(c);const x=c.getContext("2d");x&&x.fillRect(0,0,16000,16000)}</script>`, ""},
		"wide":         {`<p>слово</p><div style="width:9000000px;height:9000000px;background:linear-gradient(red,blue)"></div>`, "the picture shows the first"},
		"deep":         {`<p>слово</p><script>let e=document.body;for(let i=0;i<20000;i++){const d=document.createElement("div");e.append(d);e=d}</script>`, "-"},
		"large":        {`<p>слово</p><script>const t="сл ".repeat(1000);for(let i=0;i<25000;i++){const p=document.createElement("p");p.hidden=true;p.textContent=t;document.body.append(p)}</script>`, "characters: the first"},
		"noise":        {`<p>слово</p><script>for(let i=0;i<5000;i++){console.log("x".repeat(9999));fetch("/x"+i).catch(()=>{})}</script>`, "not listed"},
		"media":        {`<p>слово</p><script>navigator.mediaDevices&&navigator.mediaDevices.getUserMedia({audio:true,video:true}).catch(()=>{});navigator.geolocation&&navigator.geolocation.getCurrentPosition(()=>{},()=>{})</script>`, ""},
		"lies":         {`<p>слово</p><script>JSON.stringify=String.prototype.slice=()=>"x";Object.defineProperty(Element.prototype,"outerHTML",{get(){return "x"}});window.setTimeout=()=>{};window.scrollTo=()=>{for(;;){}}</script>`, ""},
		"debugger":     {`<p>слово</p><script>setInterval(()=>{debugger},10)</script>`, ""},
		"replaced":     {`<p>слово</p><script>setTimeout(()=>{document.documentElement.remove()},100)</script>`, "-"},
		"animated":     {`<style>@keyframes a{from{opacity:0}to{opacity:1}}p{animation:a 90s}b{animation:a 1s infinite}</style><p>слово</p><b>слово</b>`, ""},
	}
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch name := strings.TrimPrefix(r.URL.Path, "/"); name {
		case "slow":
			<-stop
		case "drip":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<p>слово</p>")
			for {
				w.(http.Flusher).Flush()
				select {
				case <-stop:
					return
				case <-r.Context().Done():
					return
				case <-time.After(50 * time.Millisecond): // a server that drips
				}
				io.WriteString(w, "<p>крапля</p>")
			}
		case "x", "x0", "x1", "x2", "x3", "x4":
			if r.Header.Get("Sec-Fetch-Dest") == "document" {
				t.Error("a window was opened")
			}
		default:
			p, ok := pages[name]
			if !ok {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, p.html)
		}
	}))
	t.Cleanup(func() { close(stop); s.CloseClientConnections(); s.Close() })
	b := found(t, newGate(t, s.URL).URL, func(o *browser.Options) { o.Timeout, o.MaxHeight = shortly, 4000 })
	for name, page := range pages {
		heavy := slices.Contains([]string{"canvas", "wide", "large", "noise"}, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			seen, err := b.See(t.Context(), s.URL+"/"+strings.ReplaceAll(name, " ", "%20"))
			took := time.Since(begin)
			t.Logf("%.1fs %dx%d, picture %d, print %d, document %d bytes, %q, %v", took.Seconds(), seen.Width, seen.Height, len(seen.Screenshot), len(seen.Print), len(seen.DOM), seen.Problems, err)
			if took > shortly+10*time.Second {
				t.Errorf("took %v", took)
			}
			if page.told == "-" || heavy && errors.Is(err, evidence.ErrLimit) {
				return // nothing is left to be shown, or the machine is slow: it only has to end
			}
			if err != nil {
				t.Fatal(err)
			}
			if img := picture(t, seen); img.Bounds().Dy() > 4000 || !strings.Contains(string(seen.DOM), "слово") {
				t.Errorf("%v, %.200s", img.Bounds(), seen.DOM)
			}
			if len(seen.DOM) > 64<<20 || len(seen.Requests) > 2000 || len(seen.Console) > 100 {
				t.Errorf("%d bytes, %d requests, %d lines", len(seen.DOM), len(seen.Requests), len(seen.Console))
			}
			if page.told != "" && !strings.Contains(strings.Join(seen.Problems, "\n"), page.told) {
				t.Errorf("%q is not told: %q", page.told, seen.Problems)
			}
		})
	}
}

// A server that never answers, and a person who gives up.
func TestNoAnswer(t *testing.T) {
	asked := make(chan struct{}, 10)
	stop := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-stop }))
	defer s.Close()
	defer close(stop)
	b := found(t, newGate(t, s.URL).URL, func(o *browser.Options) { o.Timeout = 8 * time.Second })
	if _, err := b.See(t.Context(), s.URL); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("%v", err)
	}
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), shortly)
	go func() { <-asked; cancel() }()
	if _, err := b.See(ctx, s.URL); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	nothingLeft(t)
	if _, err := b.See(ctx, s.URL); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	early, end := context.WithTimeout(t.Context(), 30*time.Millisecond) // while it starts
	defer end()
	if _, err := b.See(early, s.URL); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// A browser or a page that crashes is an error, at once.
func TestCrash(t *testing.T) {
	for _, kind := range []string{"browser", "renderer", "utility", "gpu-process"} {
		t.Run(kind, func(t *testing.T) {
			asked, stop := make(chan struct{}, 10), make(chan struct{})
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slow" {
					asked <- struct{}{}
					<-stop
				}
				fmt.Fprint(w, `<p>слово</p><img src="/slow">`)
			}))
			defer s.Close()
			b := found(t, newGate(t, s.URL).URL, nil)
			killed := make(chan int, 1)
			go func() {
				select {
				case <-asked:
				case <-t.Context().Done(): // it was never asked for
				}
				n := 0
				for pid, k := range processes(os.TempDir()) {
					if k == kind && syscall.Kill(pid, syscall.SIGKILL) == nil {
						n++
					}
				}
				killed <- n
				close(stop)
			}()
			seen, err := b.See(t.Context(), s.URL)
			if err != nil && len(seen.Requests) == 0 {
				t.Fatal(err)
			}
			n := <-killed
			t.Logf("%d killed: %v", n, err)
			if n == 0 && kind != "gpu-process" {
				t.Fatalf("there was no process of this kind: %v", processes(os.TempDir()))
			}
			if err == nil && (kind == "browser" || kind == "renderer") || err == nil && len(seen.Screenshot) == 0 {
				t.Error("a crash was not told")
			}
			if err != nil && !strings.Contains(err.Error(), "the browser ended") && kind != "utility" && kind != "gpu-process" {
				t.Error(err)
			}
		})
	}
}

// A page that eats memory ends its own process, not the machine.
func TestMemory(t *testing.T) {
	s := site(t, map[string]string{"/": `<p>слово</p><script>const a=[];try{for(let i=0;i<64;i++){const b=new Uint8Array(256<<20);for(let j=0;j<b.length;j+=4096)b[j]=1;a.push(b)}document.write("<p>усе</p>")}catch(e){document.write("<p>межа "+a.length+"</p>")}</script>`})
	seen, err := found(t, newGate(t, s.URL).URL, nil).See(t.Context(), s.URL)
	t.Logf("%v %s", err, seen.DOM)
	if err == nil && strings.Contains(string(seen.DOM), "</script><p>усе") {
		t.Error("a page had 16 GiB")
	}
}

// Several pages at once do not disturb each other.
func TestAtOnce(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "<p>сторінка %s</p>", r.URL.Path) }))
	defer s.Close()
	b := found(t, newGate(t, s.URL).URL, nil)
	type result struct {
		path string
		seen browser.Seen
		err  error
	}
	results := make(chan result)
	paths := []string{"/a", "/b", "/c", "/d"}
	for _, p := range paths {
		go func() {
			seen, err := b.See(t.Context(), s.URL+p)
			results <- result{p, seen, err}
		}()
	}
	for range paths {
		if r := <-results; r.err != nil || !strings.Contains(string(r.seen.DOM), "сторінка "+r.path+"<") {
			t.Errorf("%s: %v, %s", r.path, r.err, r.seen.DOM)
		}
	}
}

// A folder for temporary files with a long name is no hindrance.
func TestLongFolder(t *testing.T) {
	s := site(t, map[string]string{"/": "<p>слово</p>"})
	b := found(t, newGate(t, s.URL).URL, nil)
	t.Setenv("TMPDIR", t.TempDir()+strings.Repeat("/long", 20))
	if err := os.MkdirAll(os.TempDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := b.See(t.Context(), s.URL); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "svidok") }) {
		t.Errorf("%v %v", left, err)
	}
}
