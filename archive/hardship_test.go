package archive_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/archive"
	"svidok/evidence"
	"svidok/vault"
)

// meddled is a case's folder in which something happens just before an act.
type meddled struct {
	vault.Backend
	beforeLock    func()
	beforeReplace func(name string)
}

func (m *meddled) Lock(ctx context.Context, who string) (func() error, error) {
	if m.beforeLock != nil {
		m.beforeLock()
	}
	return m.Backend.Lock(ctx, who)
}

func (m *meddled) Replace(ctx context.Context, name string, p []byte) error {
	if m.beforeReplace != nil {
		m.beforeReplace(name)
	}
	return m.Backend.Replace(ctx, name, p)
}

// TestReceiptsAreToldOutOfTheTurn: whoever reads the receipts may use the case before they
// read on, as in: svidok add CASE FOLDER --json | while read line; do svidok … CASE; done.
func TestReceiptsAreToldOutOfTheTurn(t *testing.T) {
	a, dir := newCase(t, archive.Options{})
	told := 0
	err := a.Receive(t.Context(), archive.Delivery{Inputs: []string{give(t, map[string]string{"one.txt": seized})}}, func(archive.Receipt) {
		told++
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		unlock, err := vault.Dir(dir).Lock(ctx, "the one who reads the receipts")
		if err != nil {
			t.Error(err) // not Fatal: it is another goroutine's
			return
		}
		if err := unlock(); err != nil {
			t.Error(err)
		}
	})
	if err != nil || told != 1 {
		t.Fatalf("%d receipts, %v", told, err)
	}
}

// TestWhatChangesFailsAlone: a file that is written to while it is read is refused, and
// all that came with it is kept.
func TestWhatChangesFailsAlone(t *testing.T) {
	in := give(t, map[string]string{"1.txt": seized, "2.log": strings.Repeat("a line of a log\n", 1<<17), "3.txt": seized + " 3", "4.log": strings.Repeat("another line\n", 1<<17), "5.txt": seized + " 5"})
	for what, change := range map[string]func(){
		"altered": func() {
			if err := os.WriteFile(filepath.Join(in, "2.log"), []byte(strings.Repeat("another log line", 1<<17)), 0o600); err != nil {
				t.Error(err)
			}
		},
		"cut": func() {
			if err := os.Truncate(filepath.Join(in, "2.log"), 1<<20); err != nil {
				t.Error(err)
			}
		},
		"gone": func() { os.Remove(filepath.Join(in, "2.log")) },
	} {
		t.Run(what, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(in, "2.log"), []byte(strings.Repeat("a line of a log\n", 1<<17)), 0o600); err != nil {
				t.Fatal(err)
			}
			m := &meddled{Backend: vault.Dir(filepath.Join(t.TempDir(), "kept"))}
			a, _ := newCase(t, archive.Options{Backend: m})
			m.beforeLock = change
			status := map[string]archive.Status{}
			err := a.Receive(t.Context(), archive.Delivery{Inputs: []string{in}}, func(r archive.Receipt) {
				status[r.Name] = r.Status
				if r.Name == "2.log" && !errors.Is(r.Err, evidence.ErrRefused) {
					t.Errorf("%+v, want ErrRefused", r)
				}
			})
			m.beforeLock = nil
			if !errors.Is(err, evidence.ErrPartial) || len(status) != 5 {
				t.Errorf("%v, %v", status, err)
			}
			for name, s := range status {
				if want := archive.Preserved; name != "2.log" && s != want {
					t.Errorf("%s: %s", name, s)
				}
			}
			work(t, a)
		})
	}
}

// TestNeighbourDied: another process kept something and died before it noted it. This one,
// which has the case open, keeps on without a word.
func TestNeighbourDied(t *testing.T) {
	a, dir := newCase(t, archive.Options{})
	first := receive(t, a, give(t, map[string]string{"one.txt": seized}))
	f, err := os.OpenFile(filepath.Join(dir, "vault", "000001.warc.gz"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("what was kept and never noted"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	second := receive(t, a, give(t, map[string]string{"two.txt": seized + " 2"}))
	held(t, a, append(first, second...))
}

// TestTwoMakeOneCase: the second who would make a case in the same folder finds it taken,
// and leaves the first one's key alone.
func TestTwoMakeOneCase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	m := &meddled{Backend: vault.Dir(dir)}
	m.beforeReplace = func(string) {
		m.beforeReplace = nil
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if a, err := archive.Create(ctx, dir, archive.Options{}); err == nil {
			t.Error("two cases in one folder")
			a.Close()
		}
	}
	a, err := archive.Create(t.Context(), dir, archive.Options{Backend: m})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if a, err = archive.Open(t.Context(), dir, archive.Options{}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if _, err := archive.Create(t.Context(), dir, archive.Options{}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a case over a case: %v", err)
	}
}
