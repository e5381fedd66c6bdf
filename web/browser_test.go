//go:build browser

package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/archive"
	"svidok/evidence"
	"svidok/web"
)

const plansText = "Власти Крыма опровергли слухи о призыве\n\nВ оккупированном Симферополе власти отрицают, что мужчин забирают в военкомат прямо с улицы. " +
	"В сообщении сказано, что в октябре повестки планируют вручать и на предприятиях. Жители говорят, что патрули проверяли документы у мужчин на рынке.\n"

// browser is what drives Chromium: node and the packages in browser/.
type browser struct{ node, chromium string }

func newBrowser(t *testing.T) browser {
	t.Helper()
	b := browser{chromium: os.Getenv("SVIDOK_CHROMIUM")}
	var err error
	if b.node, err = exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: apt-get install nodejs npm (make test does it)")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if b.chromium == "" {
			b.chromium, _ = exec.LookPath(name)
		}
	}
	if b.chromium == "" {
		t.Fatal("Chromium is missing: apt-get install chromium (make test does it), or name it in SVIDOK_CHROMIUM")
	}
	for _, p := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join("browser", "node_modules", p)); err != nil {
			t.Fatalf("%s is missing: (cd web/browser && npm ci) (make test does it)", p)
		}
	}
	return b
}

// step is one line that a script prints: what was tried, and what went wrong.
type step struct {
	Step  string `json:"step"`
	Error string `json:"error"`
}

// run lets a script play, and makes a subtest of each of its steps.
func (b browser) run(t *testing.T, script string, given any) {
	t.Helper()
	arg, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 8*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, b.node, filepath.Join("browser", script), string(arg))
	cmd.Env = append(os.Environ(), "SVIDOK_CHROMIUM="+b.chromium)
	var words strings.Builder
	cmd.Stderr = &words
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var s step
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Errorf("the script printed %q", lines.Text())
			continue
		}
		steps++
		t.Run(s.Step, func(t *testing.T) {
			if s.Error != "" {
				t.Error(s.Error)
			}
		})
	}
	if err := cmd.Wait(); err != nil || lines.Err() != nil || steps == 0 {
		t.Fatalf("%s: %d steps, %v, %v\n%s", script, steps, err, lines.Err(), words.String())
	}
}

// work lets the case work in the background, as serve does.
func work(t *testing.T, a *archive.Archive) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// The whole round, from adding a report to a dossier that a stranger verifies.
func TestBrowserRound(t *testing.T) {
	b := newBrowser(t)
	for _, lang := range []string{"uk", "en", "ru"} {
		t.Run(lang, func(t *testing.T) {
			a, _ := newCase(t)
			s := serve(t, web.Config{Archive: a, Tool: "svidok/test"})
			work(t, a)
			dir := t.TempDir()
			page, zip := filepath.Join(dir, "water.html"), filepath.Join(dir, "dossier.zip")
			if err := os.WriteFile(page, []byte(waterHTML), 0o644); err != nil {
				t.Fatal(err)
			}
			b.run(t, "round.mjs", map[string]string{"base": s.URL, "lang": lang, "page": page, "zip": zip, "password": password})
			if t.Failed() {
				return
			}
			bytes, err := os.ReadFile(zip)
			if err != nil {
				t.Fatal(err)
			}
			verify(t, bytes)
		})
	}
}

func TestBrowserKeyboard(t *testing.T) {
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	receive(t, a, "plans.txt", plansText)
	s := serve(t, web.Config{Archive: a})
	newBrowser(t).run(t, "keyboard.mjs", map[string]string{"base": s.URL, "password": password})
}

func TestBrowserWithoutJavaScript(t *testing.T) {
	a, _ := newCase(t)
	receive(t, a, "water.txt", waterText)
	receive(t, a, "water.html", waterHTML)
	s := serve(t, web.Config{Archive: a})
	newBrowser(t).run(t, "plain.mjs", map[string]string{"base": s.URL, "password": password})
}

// No page, in whatever language, light and size, has anything that axe-core objects to,
// runs over the edge, breaks the policy or asks another host.
func TestBrowserAxe(t *testing.T) {
	a, p := newCase(t)
	receive(t, a, "water.txt", waterText)
	receive(t, a, "water.html", waterHTML)
	receive(t, a, "plans.txt", plansText)
	receive(t, a, "photo.jpg", "\xff\xd8\xff\xe0 not a text")
	statement, event := gatheredEvent(t, a, p)
	judge(t, a, p["taras"], archive.Judgment{Act: evidence.ActConfirm, Event: event})
	o, err := a.Gather(t.Context(), p["olena"], archive.Gathering{Title: "Друга подія", Place: "Макіївка", Statements: []string{statement}, Basis: "Той самий текст.",
		When: evidence.Interval{From: "2025-10-01", To: "2025-10-31", Precision: "month"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Release(t.Context(), p["taras"], archive.ReleaseRequest{Events: []string{event}, Language: "uk", To: "Прокуратура (зразок)"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	var coded string
	for _, x := range statements(t, a, 1) {
		if x.ID != statement {
			coded = x.ID
		}
	}
	judge(t, a, p["olena"], archive.Judgment{Act: evidence.ActAccept, Statement: coded})
	s := serve(t, web.Config{Archive: a, Tool: "svidok/test"})
	pages := []string{"/reports", "/reports?copies=1&gate=open", "/reports?q=зовсім-нічого", "/reports/add", "/reports/1", "/reports/1/original", "/reports/1/copies", "/reports/1/custody", "/reports/1/statement",
		"/reports/4", "/review?for=review", "/review?for=code", "/review?for=code&view=list", "/review?for=review&code=EVD.HIDING&gate=blocked", "/statements/" + statement, "/statements/" + coded + "#correct", "/events", "/events/new",
		"/events/" + event, "/events/" + o.Event, "/events/" + o.Event + "/change", "/dossier", "/custody", "/accounts", "/help", "/nowhere"}
	newBrowser(t).run(t, "axe.mjs", map[string]any{"base": s.URL, "password": password, "pages": pages, "pictures": os.Getenv("SVIDOK_PICTURES")})
}
