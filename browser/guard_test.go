//go:build browser

package browser_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"svidok/browser"
	"svidok/evidence"
)

// trap counts what arrives at ports of this machine that nobody should reach: over TCP at
// three addresses and over UDP.
type trap struct {
	hits atomic.Int64
	tcp  []string // host:port
	udp  string
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	p := &trap{}
	for _, at := range []string{"127.0.0.1:0", "127.0.0.2:0", "[::1]:0"} {
		l, err := net.Listen("tcp", at)
		if err != nil {
			t.Logf("no listener at %s: %v", at, err)
			continue
		}
		t.Cleanup(func() { l.Close() })
		p.tcp = append(p.tcp, l.Addr().String())
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				p.hits.Add(1)
				c.Close()
			}
		}()
	}
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	p.udp = u.LocalAddr().String()
	go func() {
		for {
			if _, _, err := u.ReadFrom(make([]byte, 2000)); err != nil {
				return
			}
			p.hits.Add(1)
		}
	}()
	return p
}

// reaching is a page that tries everything to reach an address.
func (p *trap) reaching() string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="x-dns-prefetch-control" content="on">`)
	hosts := append(slices.Clone(p.tcp), "localhost:"+p.tcp[0][strings.LastIndexByte(p.tcp[0], ':')+1:], "a.localhost:"+p.tcp[0][strings.LastIndexByte(p.tcp[0], ':')+1:])
	for _, h := range hosts {
		for _, s := range []string{"http", "https"} {
			fmt.Fprintf(&b, `<link rel="prefetch" href="%[1]s://%[2]s/prefetch"><link rel="preload" as="image" href="%[1]s://%[2]s/preload"><link rel="preconnect" href="%[1]s://%[2]s"><link rel="dns-prefetch" href="%[1]s://%[2]s">
<link rel="prerender" href="%[1]s://%[2]s/prerender"><link rel="icon" href="%[1]s://%[2]s/icon"><link rel="manifest" href="%[1]s://%[2]s/manifest"><link rel="stylesheet" href="%[1]s://%[2]s/style"><script src="%[1]s://%[2]s/script"></script>
<script type="speculationrules">{"prerender":[{"urls":["%[1]s://%[2]s/spec"]}],"prefetch":[{"urls":["%[1]s://%[2]s/spec2"],"requires":["anonymous-client-ip-when-cross-origin"]}]}</script>`, s, h)
		}
	}
	b.WriteString(`</head><body><p>Зразок</p><p id="ice"></p>`)
	for _, h := range hosts {
		fmt.Fprintf(&b, `<img src="http://%[1]s/img"><iframe src="http://%[1]s/frame"></iframe><video src="http://%[1]s/video" autoplay></video><object data="http://%[1]s/object"></object><embed src="ftp://%[1]s/ftp">
<script>fetch("http://%[1]s/fetch",{mode:"no-cors",keepalive:true}).catch(()=>{}); try{new WebSocket("ws://%[1]s/ws")}catch{} try{new WebSocket("wss://%[1]s/ws")}catch{} navigator.sendBeacon("http://%[1]s/beacon"); try{new EventSource("http://%[1]s/events")}catch{}
try{new WebTransport("https://%[1]s/wt").ready.catch(()=>{})}catch{} open("http://%[1]s/popup");
try{new Worker(URL.createObjectURL(new Blob(['fetch("http://%[1]s/worker",{mode:"no-cors"}).catch(()=>{}); try{new WebSocket("ws://%[1]s/")}catch{}'],{type:"text/javascript"})))}catch{}</script>`, h)
	}
	host, port, _ := net.SplitHostPort(p.udp)
	_, tcp, _ := net.SplitHostPort(p.tcp[0])
	fmt.Fprintf(&b, `<script>navigator.serviceWorker && navigator.serviceWorker.register("/sw.js").catch(()=>{});
(async () => { try {
	const found = [], servers = [{urls:"stun:%[1]s:%[2]s"},{urls:"turn:%[1]s:%[2]s",username:"a",credential:"b"},{urls:"turn:%[1]s:%[3]s?transport=tcp",username:"a",credential:"b"},{urls:"turns:%[1]s:%[3]s?transport=tcp",username:"a",credential:"b"},{urls:"stun:localhost:%[2]s"}];
	const pc = new RTCPeerConnection({iceServers: servers}), other = new RTCPeerConnection({iceServers: servers});
	pc.onicecandidate = e => { if (e.candidate) { found.push(e.candidate.candidate); ice.textContent = "CANDIDATE " + found.join(";"); } };
	pc.createDataChannel("x");
	await pc.setLocalDescription(await pc.createOffer()); await other.setRemoteDescription(pc.localDescription);
	await other.setLocalDescription(await other.createAnswer()); await pc.setRemoteDescription(other.localDescription);
	await pc.addIceCandidate({candidate:"candidate:1 1 udp 2122260223 %[1]s %[2]s typ host", sdpMid:"0"});
	await pc.addIceCandidate({candidate:"candidate:2 1 tcp 1518280447 %[1]s %[3]s typ host tcptype passive", sdpMid:"0"});
	ice.textContent += " TRIED";
} catch (e) { ice.textContent += " FAILED " + e } })();</script>`, host, port, tcp)
	return b.String()
}

// Whatever a page tries, it reaches nothing but through the proxy; and the browser asks the
// proxy for nothing of its own.
func TestNoWayButTheProxy(t *testing.T) {
	p := newTrap(t)
	s := site(t, map[string]string{"/": p.reaching(), "/sw.js": `fetch("http://` + p.tcp[0] + `/sw",{mode:"no-cors"})`, "/style.css": ""})
	g := newGate(t, s.URL)
	seen, err := found(t, g.URL, nil).See(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if n := p.hits.Load(); n > 0 {
		t.Errorf("the trap was reached %d times", n)
	}
	_, ice, _ := strings.Cut(string(seen.DOM), `id="ice">`)
	if ice, _, _ = strings.Cut(ice, "<"); ice != " TRIED" {
		t.Errorf("WebRTC: %s", ice)
	}
	// The test would show nothing if the page had not tried: each address was asked of the proxy.
	hosts := g.hosts()
	for _, h := range p.tcp {
		if !slices.Contains(hosts, "GET "+h) || !slices.Contains(hosts, "CONNECT "+h) {
			t.Errorf("%s was not tried: %q", h, hosts)
		}
	}
	for _, h := range hosts {
		if _, host, _ := strings.Cut(h, " "); !strings.HasPrefix(host, "127.0.0.") && !strings.HasPrefix(host, "[::1]") && !strings.HasPrefix(host, "localhost:") && !strings.HasPrefix(host, "a.localhost:") {
			t.Errorf("the browser asked for %s by itself", h)
		}
	}
}

// The trap works: a browser that may go there does.
func TestTheTrapIsReachable(t *testing.T) {
	p := newTrap(t)
	s := site(t, map[string]string{"/": p.reaching()})
	if _, err := found(t, newGate(t, append(slices.Clone(p.tcp), s.URL)...).URL, nil).See(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	if p.hits.Load() == 0 {
		t.Error("nothing was reached through an open proxy")
	}
}

// A page that stands still asks for itself and nothing else.
func TestTheBrowserAsksForNothingByItself(t *testing.T) {
	s := site(t, map[string]string{"/": `<link rel="icon" href="data:,"><p>слово</p>`})
	g := newGate(t, s.URL)
	if _, err := found(t, g.URL, nil).See(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	if got := g.hosts(); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// Without its proxy, and with one that refuses everything, nothing is reached.
func TestTheProxyIsGone(t *testing.T) {
	var hits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer s.Close()
	gone, closed := newGate(t), newGate(t)
	gone.Close()
	for _, proxy := range []string{gone.URL, closed.URL} {
		if seen, err := found(t, proxy, nil).See(t.Context(), s.URL); !errors.Is(err, evidence.ErrNotFound) || len(seen.Screenshot) > 0 {
			t.Errorf("%v", err)
		}
	}
	if hits.Load() > 0 {
		t.Error("the server was reached past the proxy")
	}
}

// The proxy is shown its secret; a server that asks for one is not.
func TestProxyWithASecret(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/closed" {
			if a := r.Header.Get("Authorization"); a != "" {
				t.Errorf("the server was told %s", a)
			}
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, "<p>слово</p>")
	}))
	defer s.Close()
	g := newGate(t, s.URL)
	g.key = "name:secret"
	with := strings.Replace(g.URL, "http://", "http://name:secret@", 1)
	if seen, err := found(t, with, nil).See(t.Context(), s.URL); err != nil || !strings.Contains(string(seen.DOM), "слово") {
		t.Errorf("%v", err)
	}
	if seen, err := found(t, with, nil).See(t.Context(), s.URL+"/closed"); err != nil || seen.Status != http.StatusUnauthorized {
		t.Errorf("%v %d", err, seen.Status)
	}
	if _, err := found(t, strings.Replace(g.URL, "http://", "http://name:wrong@", 1), func(o *browser.Options) { o.Timeout = shortly }).See(t.Context(), s.URL); err == nil {
		t.Error("a wrong secret opened the proxy")
	}
}

// No program of the machine is started for an address that is not of the web, and nothing is
// downloaded.
func TestNoOtherPrograms(t *testing.T) {
	bin := t.TempDir()
	mark := filepath.Join(bin, "started")
	for _, name := range []string{"xdg-open", "gio", "open"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\necho $0 $@ >> "+mark+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	s := site(t, map[string]string{"/": `<p>слово</p><iframe src="mailto:a@b.example"></iframe><a id="a" href="tg://resolve?domain=x">x</a><script>a.click(); location="tg://resolve?domain=sample"</script>`})
	seen, err := found(t, newGate(t, s.URL).URL, nil).See(t.Context(), s.URL)
	if err != nil || !strings.Contains(string(seen.DOM), "слово") {
		t.Errorf("%v", err)
	}
	if got, err := os.ReadFile(mark); err == nil {
		t.Errorf("started: %s", got)
	}
}
