package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"svidok/catalog"
	"svidok/evidence"
)

func hash(s string) evidence.Hash { return evidence.Sum([]byte(s)) }

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// book is the synthetic ledger that the tests follow.
type book struct {
	c   *catalog.Catalog
	pos int64
}

func open(t testing.TB) *book {
	t.Helper()
	c, err := catalog.Open(context.Background(), filepath.Join(t.TempDir(), "with space?&.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &book{c: c}
}

func (b *book) apply(t testing.TB, f func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error) {
	t.Helper()
	from := b.pos
	to := from
	err := b.c.Apply(context.Background(), from, from+100, hash(fmt.Sprint(from)), func(tx *catalog.Tx) error {
		return f(tx, func(k evidence.Kind) catalog.Noted {
			n := catalog.Noted{Position: to, Kind: k, Ref: hash(fmt.Sprint("ref", to)), Who: "m:test", At: at}
			to++
			return n
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.pos += 100
}

// report follows a report from capture to coding; statements are pairs of code and quote.
func (b *book) report(t testing.TB, name, outlet, language, text, date string, gate evidence.Gate, statements ...string) {
	t.Helper()
	b.apply(t, func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error {
		n := next(evidence.KindCapture)
		err := tx.Capture(n, evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: hash(name), Part: evidence.PartReport, Door: "file", Name: name, Received: at})
		if err != nil || text == "" {
			return err
		}
		err = tx.Text(next(evidence.KindText), evidence.Text{V: 1, Kind: evidence.KindText, Capture: n.Ref, Payload: hash(name), Text: hash(text), Size: len(text), Language: language,
			Outlet: outlet, Published: evidence.Date{From: date}, Reader: "reading/1", At: at}, catalog.ReadingKeys{Title: strings.ToLower(name), Body: strings.ToLower(text)})
		if err != nil || gate == "" {
			return err
		}
		c := evidence.Coding{V: 1, Kind: evidence.KindCoding, Capture: n.Ref, Text: hash(text), Codebook: hash("book"), Gate: gate, Coder: "coding/1", At: at}
		for i := 0; i < len(statements); i += 2 {
			code, quote := statements[i], statements[i+1]
			start := strings.Index(text, quote)
			c.Statements = append(c.Statements, evidence.Statement{ID: evidence.StatementID(hash(text), code, start, start+len(quote)), Code: code, Modality: evidence.Occurred,
				Gate: gate, Quote: quote, Start: start, End: start + len(quote), Language: language})
		}
		return tx.Coding(next(evidence.KindCoding), c)
	})
}

func (b *book) inForce(t testing.TB, yaml string) {
	t.Helper()
	b.apply(t, func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error {
		return tx.Codebook(next(evidence.KindCodebook), evidence.CodebookUse{V: 1, Kind: evidence.KindCodebook, YAML: hash(yaml), Name: yaml, Version: "1", At: at})
	})
}

func (b *book) copied(t testing.TB, later, earlier string) {
	t.Helper()
	b.apply(t, func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error {
		return tx.Copy(next(evidence.KindCopy), evidence.Copy{V: 1, Kind: evidence.KindCopy, Text: hash(later), Other: hash(earlier), Relation: evidence.Contained, Similarity: .9, At: at})
	})
}

func shelf(t testing.TB) *book {
	b := open(t)
	b.inForce(t, "book")
	b.report(t, "a", "North", "uk", "patrol stopped men on the street", "2023-03-01", evidence.GateOpen, "A.B", "stopped men", "A.C", "street")
	b.report(t, "b", "South", "uk", "they say patrol stopped men on the street", "2023-03-05T10:00:00Z", evidence.GateOpen, "A.B", "stopped men")
	b.report(t, "c", "South", "ru", "weather was fine", "2024", evidence.GateBlocked)
	b.report(t, "d", "North", "en", "patrol took men from their homes", "", evidence.GateReview, "AX", "took men")
	b.report(t, "e", "", "", "", "", "")
	b.report(t, "f", "East", "und", "read, not coded", "", "")
	b.copied(t, "they say patrol stopped men on the street", "patrol stopped men on the street")
	return b
}

func names(p catalog.Page) string {
	var out []string
	for _, r := range p.Reports {
		out = append(out, r.Name)
	}
	return strings.Join(out, "")
}

func TestFilters(t *testing.T) {
	b := shelf(t)
	for _, c := range []struct {
		name string
		f    catalog.Filter
		want string
	}{
		{"all, newest first", catalog.Filter{}, "fedcba"},
		{"a word", catalog.Filter{Terms: []string{"patrol"}}, "dba"},
		{"two words", catalog.Filter{Terms: []string{"patrol", "street"}}, "ba"},
		{"a phrase", catalog.Filter{Terms: []string{"men on the street"}}, "ba"},
		{"a phrase that is none", catalog.Filter{Terms: []string{"street men"}}, ""},
		{"a title", catalog.Filter{Terms: []string{"c"}}, "c"},
		{"query language is not spoken", catalog.Filter{Terms: []string{`patrol" OR "weather`, "NEAR(", "a*"}}, ""},
		{"language", catalog.Filter{Language: "uk"}, "ba"},
		{"outlet", catalog.Filter{Outlet: "South"}, "cb"},
		{"gate", catalog.Filter{Gate: evidence.GateReview}, "d"},
		{"waiting", catalog.Filter{Progress: catalog.Waiting}, "e"},
		{"read", catalog.Filter{Progress: catalog.Read}, "f"},
		{"coded", catalog.Filter{Progress: catalog.Coded}, "dcba"},
		{"stated", catalog.Filter{Stated: true}, "dba"},
		{"code", catalog.Filter{Code: "A.C"}, "a"},
		{"code and what is below it", catalog.Filter{Code: "A"}, "ba"},
		{"standing", catalog.Filter{Standing: evidence.Confirmed}, ""},
		{"from", catalog.Filter{From: "2023-03-02"}, "cb"},
		{"to", catalog.Filter{To: "2023-03-05"}, "ba"},
		{"a year", catalog.Filter{From: "2023", To: "2023"}, "ba"},
		{"collapsed", catalog.Filter{Collapse: true}, "fedca"},
		{"collapsed among the chosen", catalog.Filter{Collapse: true, Outlet: "South"}, "cb"},
		{"collapsed with words", catalog.Filter{Collapse: true, Terms: []string{"say"}}, "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := b.c.Reports(t.Context(), c.f)
			if err != nil || names(p) != c.want {
				t.Fatalf("%q, %v, want %q", names(p), err, c.want)
			}
			if n, err := b.c.Count(t.Context(), c.f); err != nil || n != len(c.want) {
				t.Fatalf("counted %d, %v, want %d", n, err, len(c.want))
			}
			var paged string
			for f := c.f; ; {
				f.Limit = 2
				p, err := b.c.Reports(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				paged += names(p)
				if f.Before = p.Next; p.Next == 0 {
					break
				}
			}
			if paged != c.want {
				t.Fatalf("in pages %q, want %q", paged, c.want)
			}
		})
	}
}

func TestFamiliesAndQueues(t *testing.T) {
	b := shelf(t)
	ctx := t.Context()
	id, err := b.c.ReportOf(ctx, hash("b"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.c.Report(ctx, id)
	if err != nil || d.FamilySize != 2 || len(d.Family) != 1 || d.Family[0].Name != "a" || len(d.Copies) != 1 || d.Copies[0].Relation != evidence.Contained {
		t.Fatalf("%+v, %v", d, err)
	}
	if other, err := b.c.Report(ctx, d.Family[0].ID); err != nil || other.Copies[0].Relation != evidence.Contains {
		t.Fatalf("seen from the other side: %+v, %v", other.Copies, err)
	}
	if len(d.Custody) != 4 { // capture, text, coding, copy
		t.Fatalf("custody: %+v", d.Custody)
	}
	q, err := b.c.Queue(ctx, catalog.QueueFilter{For: catalog.ToCode})
	if err != nil || q.Waiting != 3 || len(q.Statements) != 3 {
		t.Fatalf("%d wait, %v: the same words in a copy are judged once", q.Waiting, err)
	}
	if q, err = b.c.Queue(ctx, catalog.QueueFilter{For: catalog.ToCode, Copies: true, Limit: 3}); err != nil || q.Waiting != 4 || q.Next == 0 {
		t.Fatalf("%+v, %v", q, err)
	}
	if _, err := b.c.Queue(ctx, catalog.QueueFilter{For: "rest"}); !errors.Is(err, evidence.ErrUsage) {
		t.Fatalf("%v", err)
	}
	for _, id := range []string{"", "x", strings.Repeat("0", 32), strings.Repeat("z", 32)} {
		if _, err := b.c.Statement(ctx, id); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("statement %q: %v", id, err)
		}
	}
}

func TestANewCodebookMakesAllWait(t *testing.T) {
	b := shelf(t)
	ctx := t.Context()
	list, err := b.c.Uncoded(ctx, 0, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	b.inForce(t, "other")
	if list, err = b.c.Uncoded(ctx, 0, 10); err != nil || len(list) != 5 {
		t.Fatalf("%d wait, %v", len(list), err)
	}
	b.inForce(t, "book") // the old one again: what it said is of its first time
	if list, err = b.c.Uncoded(ctx, 0, 10); err != nil || len(list) != 5 {
		t.Fatalf("%d wait, %v", len(list), err)
	}
}

func TestApplyIsAllOrNothing(t *testing.T) {
	b := shelf(t)
	ctx := t.Context()
	var before, after bytes.Buffer
	if err := b.c.Dump(ctx, &before); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := b.c.Apply(ctx, b.pos, b.pos+1, hash("x"), func(tx *catalog.Tx) error {
		if err := tx.Capture(catalog.Noted{Position: b.pos, Ref: hash("new")}, evidence.Capture{Payload: hash("new"), Part: evidence.PartReport}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if err := b.c.Dump(ctx, &after); err != nil || before.String() != after.String() {
		t.Fatalf("half a transaction stayed: %v", err)
	}
	if err := b.c.Apply(ctx, b.pos-100, b.pos, hash("x"), func(*catalog.Tx) error { return nil }); !errors.Is(err, catalog.ErrMoved) {
		t.Fatalf("followed from behind: %v", err)
	}
	b.report(t, "new", "", "uk", "what was undone is not remembered", "", evidence.GateOpen)
	if id, err := b.c.ReportOf(ctx, hash("new")); err != nil || id != 7 {
		t.Fatalf("report %d, %v", id, err)
	}
	if _, _, err := b.c.Position(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesWhatIsNoView(t *testing.T) {
	for name, content := range map[string]string{"text": strings.Repeat("this is no database\n", 400), "short": "x"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.db")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if c, err := catalog.Open(t.Context(), path); !errors.Is(err, catalog.ErrRebuild) {
				t.Fatalf("%v, %v", c, err)
			}
			if err := catalog.Remove(path); err != nil {
				t.Fatal(err)
			}
			c, err := catalog.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	k := open(b)
	k.inForce(b, "book")
	text := strings.Repeat("слово патруль зупинив чоловіків на вулиці міста ", 9)
	const batch = 512
	b.ResetTimer()
	i := 0
	for b.Loop() {
		k.apply(b, func(tx *catalog.Tx, next func(evidence.Kind) catalog.Noted) error {
			for range batch {
				i++
				name := fmt.Sprint("post", i)
				n := catalog.Noted{Position: k.pos*100 + int64(i)*3, Ref: hash("ref" + name), Who: "m:test", At: at}
				if err := tx.Capture(n, evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: hash(name), Part: evidence.PartReport, Door: "telegram", Received: at}); err != nil {
					return err
				}
				n.Position++
				body := text + name
				if err := tx.Text(n, evidence.Text{V: 1, Kind: evidence.KindText, Payload: hash(name), Text: hash(body), Size: len(body), Language: "uk", At: at},
					catalog.ReadingKeys{Body: body, Sketch: make([]byte, 250)}); err != nil {
					return err
				}
				n.Position++
				if err := tx.Coding(n, evidence.Coding{V: 1, Kind: evidence.KindCoding, Text: hash(body), Codebook: hash("book"), Gate: evidence.GateBlocked, At: at}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "posts/s")
}

// TestForTheUserAlone: the view holds names and password hashes, and its folder may be
// one that others can enter.
func TestForTheUserAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := t.TempDir()
	c, err := catalog.Open(t.Context(), filepath.Join(dir, "c.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list, err := os.ReadDir(dir)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, e := range list {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
}
