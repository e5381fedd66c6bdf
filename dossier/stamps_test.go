package dossier

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// stampedBy adds a time-stamp of an authority over the material's checkpoint.
func stampedBy(t testing.TB, m *Material, o timestamptest.Options) *timestamptest.Authority {
	t.Helper()
	at := m.Made.Add(-time.Hour)
	o.Now = func() time.Time { return at }
	a, err := timestamptest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	req, err := timestamp.Request(evidence.Sum(m.Checkpoint), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := timestamp.Response(res)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := timestamp.Bundle{V: 1, Token: tok.Raw, Over: timestamp.OverCheckpoint}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	m.Stamps = append(m.Stamps, Stamped{Authority: fmt.Sprintf("https://tsa%d.example/", len(m.Stamps)+1), Note: m.Checkpoint, Bundle: raw})
	return a
}

func details(checks func(func(Check) bool), name string) string {
	var out []string
	for c := range checks {
		if c.Name == name {
			out = append(out, string(c.Status)+": "+c.Detail)
		}
	}
	return strings.Join(out, "\n")
}

func TestStampsOfABundle(t *testing.T) {
	_, m := market(t)
	m.Language = "en"
	b, _ := written(t, m)
	page := func(b []byte) string {
		for name, f := range unpack(t, b) {
			if strings.HasSuffix(name, "data/report.html") {
				return string(f.Data)
			}
		}
		return ""
	}
	if !strings.Contains(page(b), `class="unstamped"`) || !strings.Contains(details(verifyBytes(b, Options{}), "time-stamp"), "note: no outside") {
		t.Error("a dossier without time-stamps does not say so in red")
	}
	first := stampedBy(t, &m, timestamptest.Options{Name: "One"})
	b, _ = written(t, m)
	if !strings.Contains(page(b), `class="unstamped"`) || !strings.Contains(details(verifyBytes(b, Options{}), "time-stamp"), "it takes two") {
		t.Error("one authority is taken for two")
	}
	second := stampedBy(t, &m, timestamptest.Options{Name: "Two"})
	b, _ = written(t, m)
	if f := failures(t, verifyBytes(b, Options{})); len(f) > 0 {
		t.Fatal(f)
	}
	said := details(verifyBytes(b, Options{}), "time-stamp")
	if strings.Contains(page(b), `<p class="unstamped"`) || !strings.Contains(said, "note: 2 independent authorities") || !strings.Contains(said, "was not judged") || !strings.Contains(page(b), "2025-04-01 11:00:00 UTC") {
		t.Error(said)
	}
	if said := details(verifyBytes(b, Options{At: m.Made.AddDate(1, 0, 0)}), "time-stamp"); strings.Contains(said, "ended since") {
		t.Errorf("a year later: %s", said)
	}
	if said := details(verifyBytes(b, Options{At: m.Made.AddDate(9, 0, 0)}), "time-stamp"); !strings.Contains(said, "ended since") || !strings.Contains(said, "as of 2034-04-01 12:00:00 UTC, 0 independent") {
		t.Errorf("nine years later: %s", said)
	}
	roots := append(first.RootPEM(), second.RootPEM()...)
	if said = details(verifyBytes(b, Options{Roots: roots}), "time-stamp"); strings.Contains(said, "was not judged") || strings.Contains(said, "failed") || !strings.Contains(said, "ok: 2 independent authorities") {
		t.Error(said)
	}
	if said = details(verifyBytes(b, Options{Roots: first.RootPEM()}), "time-stamp"); !strings.Contains(said, "failed") {
		t.Errorf("a root that is not trusted: %s", said)
	}
}

func TestStampsThatAreNotGood(t *testing.T) {
	for name, change := range map[string]func(*Material){
		"other bytes": func(m *Material) {
			m.Stamps[0].Note = bytes.Replace(m.Checkpoint, []byte("\n\n"), []byte("\n\n"), 1)
			m.Stamps[0].Bundle = m.Stamps[1].Bundle
			m.Stamps[0].Note = append([]byte(nil), m.Checkpoint[:len(m.Checkpoint)-2]...)
		},
		"other ledger": func(m *Material) { _, other := market(t); m.Stamps[0].Note = other.Checkpoint },
		"no token":     func(m *Material) { m.Stamps[0].Bundle = []byte("{}\n") },
	} {
		_, m := market(t)
		stampedBy(t, &m, timestamptest.Options{})
		stampedBy(t, &m, timestamptest.Options{})
		change(&m)
		if _, err := Write(&bytes.Buffer{}, m); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	_, m := market(t)
	stampedBy(t, &m, timestamptest.Options{From: m.Made.AddDate(-3, 0, 0), Years: 1})
	if _, err := Write(&bytes.Buffer{}, m); err == nil {
		t.Error("a time-stamp of an expired certificate is written")
	}
}

// TestStampsByHand: what VERIFY.md says works with openssl alone.
func TestStampsByHand(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl is installed: not tried")
	}
	_, m := market(t)
	a := stampedBy(t, &m, timestamptest.Options{})
	b, _ := written(t, m)
	dir := t.TempDir()
	for name, f := range unpack(t, b) {
		p := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(name, base)))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(dir, "ROOT.pem")
	if err := os.WriteFile(root, a.RootPEM(), 0o644); err != nil {
		t.Fatal(err)
	}
	stamps := filepath.Join(dir, "data", "ledger", "stamps")
	out, err := exec.Command(openssl, "ts", "-verify", "-in", filepath.Join(stamps, "1.token"), "-token_in", "-data", filepath.Join(stamps, "1.stamped"), "-CAfile", root, "-attime", fmt.Sprint(m.Made.Unix())).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Errorf("%v: %s", err, out)
	}
}
