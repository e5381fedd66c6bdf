package browser

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"svidok/evidence"
)

// process is a running browser, alone in its process group and with a folder of its own.
type process struct {
	cmd     *exec.Cmd
	folder  string
	address string        // of its DevTools
	ended   chan struct{} // closed when it is gone
}

const memory = 2 << 20 // KiB of data that one process of the browser may have

// start starts a browser; its ctx is only that of the start.
func (v *visit) start(ctx context.Context) (*process, error) {
	tidy(v.o.Now())
	folder, err := os.MkdirTemp(base(), prefix+strconv.FormatInt(int64(os.Getpid()), 36)+"-") // short: sockets lie below it
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder, ended: make(chan struct{})}
	if err := p.isolate(); err != nil {
		p.remove()
		return nil, err
	}
	program, args := bounded(v.o.Program, v.flags(folder))
	p.cmd = exec.Command(program, args...)
	p.cmd.Env, p.cmd.Dir = environment(folder), folder
	p.cmd.WaitDelay = time.Second
	alone(p.cmd)
	said, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.remove()
		return nil, fmt.Errorf("start %s: %w", v.o.Program, err)
	}
	address, read := make(chan string, 1), make(chan struct{})
	var last string
	go func() {
		last = listen(said, address)
		close(read)
	}()
	go func() {
		<-read // Wait closes the pipe
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	select {
	case p.address = <-address:
		return p, nil
	case <-read:
		err = fmt.Errorf("start %s: it ended at once: %s", v.o.Program, last)
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.stop()
	return nil, err
}

// prefix of a browser's folder; the number of our own process follows.
const prefix = "svidok-browser-"

// tidy removes what browsers left whose program was killed before it could: pages that
// somebody looked at stand in there. Those of programs that run, or may run, stay.
func tidy(now time.Time) {
	list, err := filepath.Glob(filepath.Join(base(), prefix+"*"))
	if err != nil {
		return // the pattern is good
	}
	for _, folder := range list {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), prefix), "-")
		pid, err := strconv.ParseInt(number, 36, 32)
		info, lost := os.Stat(folder)
		if err != nil || lost != nil || now.Sub(info.ModTime()) < leftAfter || running(int(pid)) {
			continue
		}
		_ = os.RemoveAll(folder) // what cannot be removed now is tried again with the next browser
	}
}

// leftAfter: no page is looked at for so long.
const leftAfter = 10 * time.Minute

// isolate makes the folders of a browser. For an address such as mailto: it would start a
// program of the machine without asking: on systems where that goes through a command, the
// command it finds does nothing.
func (p *process) isolate() error {
	for _, sub := range []string{"home", "tmp", "run", "bin"} {
		if err := os.Mkdir(filepath.Join(p.folder, sub), 0o700); err != nil {
			return err
		}
	}
	nothing, err := exec.LookPath("false")
	if err != nil {
		return nil // no such system
	}
	for _, name := range []string{"xdg-open", "xdg-email", "xdg-settings", "xdg-mime"} {
		if err := os.Symlink(nothing, filepath.Join(p.folder, "bin", name)); err != nil {
			return err
		}
	}
	return nil
}

// listen reads what the browser says until it says no more, tells the address of its
// DevTools, and returns the last line.
func listen(r io.Reader, address chan<- string) string {
	const announced = "DevTools listening on "
	last := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), announced); ok {
			address <- strings.TrimSpace(a)
			break
		}
		if line := strings.TrimSpace(lines.Text()); line != "" {
			last = clipped(line, 300)
		}
	}
	_, _ = io.Copy(io.Discard, r) // what it says while it runs is of no use
	return last
}

// stop kills the browser with all its children and removes what it left.
func (p *process) stop() {
	_ = killed(p.cmd) // it may be gone
	wait := time.NewTimer(5 * time.Second)
	defer wait.Stop()
	select {
	case <-p.ended:
	case <-wait.C:
	}
	p.remove()
}

// remove removes the folder. A process that was killed in the middle of a write may still
// put a file there: it is tried again.
func (p *process) remove() {
	for range 40 {
		if err := os.RemoveAll(p.folder); err == nil {
			if _, err := os.Lstat(p.folder); errors.Is(err, os.ErrNotExist) {
				return
			}
		}
		t := time.NewTimer(50 * time.Millisecond)
		<-t.C
	}
}

// base is where the folder is made. The browser puts a socket into it, whose path is to have
// no more than a hundred bytes.
func base() string {
	const short = "/tmp"
	if _, err := os.Stat(short); runtime.GOOS == "windows" || len(os.TempDir()) <= 22 || err != nil {
		return os.TempDir()
	}
	return short
}

// bounded gives the command that starts a program with bounded memory and no core dumps,
// where there is a POSIX shell.
func bounded(program string, args []string) (string, []string) {
	const shell = "/bin/sh"
	if _, err := os.Stat(shell); runtime.GOOS == "windows" || err != nil {
		return program, args
	}
	script := fmt.Sprintf(`ulimit -c 0; ulimit -d %d 2>/dev/null; exec "$0" "$@"`, memory)
	return shell, append([]string{"-c", script, program}, args...)
}

// environment is what a browser needs to know of the machine: not where its user lives, nor
// other proxies.
func environment(folder string) []string {
	if runtime.GOOS == "windows" {
		return os.Environ() // much of it is needed there
	}
	env := []string{"HOME=" + filepath.Join(folder, "home"), "TMPDIR=" + filepath.Join(folder, "tmp"), "XDG_RUNTIME_DIR=" + filepath.Join(folder, "run"),
		"DBUS_SESSION_BUS_ADDRESS=disabled:", "DBUS_SYSTEM_BUS_ADDRESS=disabled:", "NO_AT_BRIDGE=1"}
	env = append(env, "PATH="+filepath.Join(folder, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"LANG", "LC_ALL", "LC_CTYPE", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_DATA_DIRS"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// flags make a browser that does nothing by itself and has one way out, or none.
func (v *visit) flags(folder string) []string {
	out := []string{"--user-data-dir=" + filepath.Join(folder, "profile"), "--remote-debugging-port=0", fmt.Sprintf("--window-size=%d,%d", v.o.Width, windowHeight),
		// The browser itself has no way out: its proxy is not there. The page is given one, see outside.
		// Names and addresses of all other hosts lead nowhere: what went past would not get further.
		"--proxy-server=http://nowhere.invalid:1", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=" + v.hosts(), "--lang=" + strings.SplitN(v.o.Languages+",", ",", 2)[0]}
	for _, f := range []string{"headless=new", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check", "no-service-autorun", "disable-background-networking",
		"disable-component-update", "disable-component-extensions-with-background-pages", "disable-sync", "disable-extensions", "disable-default-apps", "disable-domain-reliability",
		"disable-client-side-phishing-detection", "safebrowsing-disable-auto-update", "disable-field-trial-config", "disable-breakpad", "disable-crash-reporter", "disable-dev-shm-usage",
		"disable-notifications", "deny-permission-prompts", "disable-print-preview", "disable-search-engine-choice-screen", "disable-hang-monitor", "disable-prompt-on-repost",
		"disable-renderer-backgrounding", "disable-backgrounding-occluded-windows", "disable-background-timer-throttling", "disable-site-isolation-trials",
		"block-new-web-contents", "hide-scrollbars", "mute-audio", "metrics-recording-only", "no-pings", "dns-prefetch-disable", "password-store=basic", "use-mock-keychain",
		"force-color-profile=srgb", "force-webrtc-ip-handling-policy=disable_non_proxied_udp", "webrtc-ip-handling-policy=disable_non_proxied_udp",
		// A renderer of its own per site would leave scripts of frames that cannot be stopped with those of the page.
		"disable-features=IsolateOrigins,site-per-process,Translate,OptimizationHints,OptimizationGuideModelDownloading,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication," +
			"InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,Prerender2,SpeculationRulesPrefetchFuture,GlobalMediaControls"} {
		out = append(out, "--"+f)
	}
	if unsandboxed() {
		out = append(out, "--no-sandbox")
	}
	return append(out, "about:blank")
}

// hosts says which hosts the browser may connect to: the proxy's.
func (v *visit) hosts() string {
	if v.ask != nil {
		return "MAP * ~NOTFOUND"
	}
	return "MAP * ~NOTFOUND , EXCLUDE " + v.way.host
}

// unsandboxed: Chromium refuses its sandbox to root.
func unsandboxed() bool { return runtime.GOOS != "windows" && os.Geteuid() == 0 }

func clipped(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// errEnded: the browser is gone before its time.
func errEnded() error {
	return evidence.WithHint(errors.New("the browser ended before it was done"), "try again; if it happens each time, the page makes it crash, or the machine lacks memory")
}
