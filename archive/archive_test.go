package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// clock gives a second more each time it is asked.
func clock() func() time.Time {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		at = at.Add(time.Second)
		return at
	}
}

func newCase(t testing.TB, o archive.Options) (*archive.Archive, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "case")
	if o.Tool == "" {
		o.Tool = "svidok/test"
	}
	if o.Backend != nil { // then only the catalog lies in the folder, and nobody makes it
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	a, err := archive.Create(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, dir
}

// give writes files into a folder of their own and returns it.
func give(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func receive(t testing.TB, a *archive.Archive, inputs ...string) []archive.Receipt {
	t.Helper()
	var out []archive.Receipt
	if err := a.Receive(context.Background(), archive.Delivery{Inputs: inputs}, func(r archive.Receipt) { out = append(out, r) }); err != nil {
		t.Fatal(err)
	}
	return out
}

func work(t testing.TB, a *archive.Archive) {
	t.Helper()
	err := a.Work(context.Background(), func(s archive.Step) {
		if s.Status != "ok" && s.Step == "code" {
			t.Errorf("%+v", s)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func dump(t testing.TB, a *archive.Archive) string {
	t.Helper()
	var b bytes.Buffer
	if err := a.Catalog().Dump(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const seized = "In occupied Melitopol in March 2023 patrols stopped men in the street and took them to the military enlistment office. " +
	"Men were mobilised without a medical examination. One man was beaten when he refused to sign."

// export is a channel of n posts as Telegram Desktop writes it.
func export(n int, text func(i int) string) string {
	type message struct {
		ID   int    `json:"id"`
		Type string `json:"type"`
		Date string `json:"date"`
		Unix string `json:"date_unixtime"`
		From string `json:"from"`
		Text string `json:"text"`
	}
	var list []message
	for i := range n {
		list = append(list, message{i + 1, "message", "2023-03-01T10:00:00", fmt.Sprint(1677664800 + i), "Synthetic channel", text(i)})
	}
	b, _ := json.Marshal(map[string]any{"name": "Synthetic channel", "type": "public_channel", "id": 7, "messages": list})
	return string(b)
}

func TestFromReportToFinding(t *testing.T) {
	ctx := t.Context()
	a, _ := newCase(t, archive.Options{})
	dir := give(t, map[string]string{"one.txt": seized, "copy/two.txt": seized + "\n", "other.txt": "The weather in the mountains was fine on Sunday."})
	got := receive(t, a, dir)
	if len(got) != 3 {
		t.Fatalf("%d receipts, want 3: %+v", len(got), got)
	}
	for _, r := range got {
		if r.Status != archive.Preserved || r.Position == 0 || r.Capture.IsZero() {
			t.Errorf("%+v", r)
		}
	}
	for _, r := range receive(t, a, dir) {
		if r.Status != archive.Known {
			t.Errorf("the same bytes again: %+v", r)
		}
	}
	work(t, a)
	p, err := a.Catalog().Reports(ctx, catalog.Filter{})
	if err != nil || len(p.Reports) != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, r := range p.Reports {
		if r.Progress != catalog.Coded || r.Captures != 2 {
			t.Errorf("%s: %s, %d captures", r.Name, r.Progress, r.Captures)
		}
	}
	q, err := a.Catalog().Queue(ctx, catalog.QueueFilter{For: catalog.ToCode})
	if err != nil || len(q.Statements) == 0 {
		t.Fatalf("nothing to code: %+v, %v", q, err)
	}
	coder, reviewer := people(t, a)
	s := q.Statements[0]
	judge(t, a, coder, archive.Judgment{Act: evidence.ActAccept, Statement: s.ID})
	out, err := a.Judge(ctx, coder, []archive.Judgment{{Act: evidence.ActConfirm, Statement: s.ID}})
	if err != nil || !errors.Is(out[0].Err, evidence.ErrRefused) {
		t.Fatalf("confirmed one's own: %+v, %v", out, err)
	}
	judge(t, a, reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: s.ID})
	e, err := a.Gather(ctx, coder, archive.Gathering{Title: "Round-up", Place: "Melitopol", When: evidence.Interval{From: "2023-03-01", To: "2023-03-31", Precision: "month"},
		Statements: []string{s.ID}, Basis: "one account"})
	if err != nil {
		t.Fatal(err)
	}
	var bundle bytes.Buffer
	if _, err := a.Release(ctx, reviewer, archive.ReleaseRequest{Language: "en"}, &bundle); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("released an event that nobody confirmed: %v", err)
	}
	judge(t, a, reviewer, archive.Judgment{Act: evidence.ActConfirm, Event: e.Event})
	rel, err := a.Release(ctx, reviewer, archive.ReleaseRequest{Language: "en", Originals: true}, &bundle)
	if err != nil || rel.Events != 1 || rel.Findings != 1 || bundle.Len() == 0 {
		t.Fatalf("%+v, %v", rel, err)
	}
	judge(t, a, reviewer, archive.Judgment{Act: evidence.ActReturn, Statement: s.ID, Reason: "look again"})
	ev, err := a.Catalog().Event(ctx, e.Event)
	if err != nil || ev.Finding() || len(ev.Weak) != 1 {
		t.Fatalf("an event outlived its finding: %+v, %v", ev, err)
	}
	live := dump(t, a)
	if _, err := a.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if again := dump(t, a); again != live {
		t.Fatalf("rebuilt is not live:\n%s", difference(live, again))
	}
}

func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d:\n%.400s\n%.400s", i, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d lines and %d lines", len(x), len(y))
}

func judge(t testing.TB, a *archive.Archive, by string, js ...archive.Judgment) []archive.Outcome {
	t.Helper()
	out, err := a.Judge(context.Background(), by, js)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
	}
	return out
}

// people makes an admin, a coder and a reviewer.
func people(t testing.TB, a *archive.Archive) (coder, reviewer string) {
	t.Helper()
	ctx := context.Background()
	admin, err := a.People().Enrol(ctx, "", archive.Enrolment{Name: "Admin", Role: evidence.RoleAdmin, Password: "correct horse"})
	if err == nil {
		coder, err = a.People().Enrol(ctx, admin, archive.Enrolment{Name: "Coder", Role: evidence.RoleCoder, Password: "correct horse"})
	}
	if err == nil {
		reviewer, err = a.People().Enrol(ctx, admin, archive.Enrolment{Name: "Reviewer", Role: evidence.RoleReviewer, Password: "correct horse"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return coder, reviewer
}
