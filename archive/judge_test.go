package archive_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"svidok/archive"
	"svidok/catalog"
	"svidok/coding"
	"svidok/evidence"
)

// bench is a case with people and statements to judge.
type bench struct {
	*archive.Archive
	admin, coder, second, reviewer string
	ids                            []string
	text                           evidence.Hash
	dir                            string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	a, dir := newCase(t, archive.Options{})
	receive(t, a, give(t, map[string]string{"one.txt": seized, "two.txt": "У Бердянську в березні 2023 року чоловіків забирали просто на вулиці. В окупованому місті вручали повістки."}))
	work(t, a)
	b := &bench{Archive: a, dir: dir}
	b.coder, b.reviewer = people(t, a)
	list, err := a.Catalog().Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.Role == evidence.RoleAdmin {
			b.admin = x.ID
		}
	}
	if b.second, err = a.People().Enrol(t.Context(), b.admin, archive.Enrolment{Name: "Second", Role: evidence.RoleReviewer, Password: "correct horse"}); err != nil {
		t.Fatal(err)
	}
	q, err := a.Catalog().Queue(t.Context(), catalog.QueueFilter{For: catalog.ToCode})
	if err != nil || len(q.Statements) < 3 {
		t.Fatalf("want three statements: %+v, %v", q, err)
	}
	for _, s := range q.Statements {
		b.ids = append(b.ids, s.ID)
	}
	b.text = q.Statements[0].Text
	return b
}

func (b *bench) one(t *testing.T, by string, j archive.Judgment) (archive.Outcome, error) {
	t.Helper()
	out, err := b.Judge(t.Context(), by, []archive.Judgment{j})
	if err != nil {
		return archive.Outcome{}, err
	}
	return out[0], out[0].Err
}

func TestRules(t *testing.T) {
	b := newBench(t)
	id, other := b.ids[0], b.ids[1]
	for _, c := range []struct {
		name string
		by   string
		j    archive.Judgment
		want error
	}{
		{"a stranger", "p:0000000000000000", archive.Judgment{Act: evidence.ActAccept, Statement: id}, evidence.ErrRefused},
		{"a machine", "m:coding/1", archive.Judgment{Act: evidence.ActAccept, Statement: id}, evidence.ErrRefused},
		{"nobody", "", archive.Judgment{Act: evidence.ActAccept, Statement: id}, evidence.ErrRefused},
		{"what is not there", b.coder, archive.Judgment{Act: evidence.ActAccept, Statement: strings.Repeat("0", 32)}, evidence.ErrNotFound},
		{"nothing named", b.coder, archive.Judgment{Act: evidence.ActAccept}, evidence.ErrUsage},
		{"a suggestion confirmed", b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: id}, evidence.ErrRefused},
		{"no reason to reject", b.coder, archive.Judgment{Act: evidence.ActReject, Statement: id}, evidence.ErrUsage},
		{"blank reason", b.coder, archive.Judgment{Act: evidence.ActReject, Statement: id, Reason: " \n"}, evidence.ErrUsage},
		{"unknown act", b.admin, archive.Judgment{Act: "bless", Statement: id, Reason: "so"}, evidence.ErrRefused},
		{"accepted", b.coder, archive.Judgment{Act: evidence.ActAccept, Statement: id}, nil},
		{"one's own confirmed", b.coder, archive.Judgment{Act: evidence.ActConfirm, Statement: id}, evidence.ErrRefused},
		{"seen before it moved", b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: id, Seen: evidence.Sum([]byte("x"))}, evidence.ErrRefused},
		{"returned without reason", b.reviewer, archive.Judgment{Act: evidence.ActReturn, Statement: id}, evidence.ErrUsage},
		{"confirmed", b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: id}, nil},
		{"confirmed twice", b.second, archive.Judgment{Act: evidence.ActConfirm, Statement: id}, evidence.ErrRefused},
		{"corrected to the same", b.coder, archive.Judgment{Act: evidence.ActCorrect, Statement: other, Reason: "so"}, evidence.ErrUsage},
		{"corrected beyond the text", b.coder, archive.Judgment{Act: evidence.ActCorrect, Statement: other, Start: 0, End: 1 << 20, Reason: "so"}, evidence.ErrRefused},
		{"corrected backwards", b.coder, archive.Judgment{Act: evidence.ActCorrect, Statement: other, Start: 9, End: 3, Reason: "so"}, evidence.ErrRefused},
		{"a code of no book", b.coder, archive.Judgment{Act: evidence.ActCorrect, Statement: other, Code: "NO.SUCH", Reason: "so"}, evidence.ErrUsage},
		{"an unknown modality", b.coder, archive.Judgment{Act: evidence.ActCorrect, Statement: other, Modality: "dreamt", Reason: "so"}, evidence.ErrUsage},
		{"an event accepted", b.coder, archive.Judgment{Act: evidence.ActAccept, Event: "e:0000000000000000"}, evidence.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := dump(t, b.Archive)
			_, err := b.one(t, c.by, c.j)
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if c.want != nil && dump(t, b.Archive) != before {
				t.Fatal("it was refused, and changed something")
			}
		})
	}
}

func TestCorrectionsAndAdditions(t *testing.T) {
	b := newBench(t)
	s, err := b.Catalog().Statement(t.Context(), b.ids[0])
	if err != nil {
		t.Fatal(err)
	}
	moved := judge(t, b.Archive, b.coder, archive.Judgment{Act: evidence.ActCorrect, Statement: s.ID, Start: s.Start, End: s.End - 1, Place: "Melitopol", Reason: "too long"})[0]
	if moved.Statement == s.ID || moved.Standing != evidence.Coded {
		t.Fatalf("%+v", moved)
	}
	old, err := b.Catalog().Statement(t.Context(), s.ID)
	if err != nil || old.Standing != evidence.Replaced {
		t.Fatalf("%+v, %v", old, err)
	}
	now, err := b.Catalog().Statement(t.Context(), moved.Statement)
	if err != nil || now.Replaces != s.ID || now.Quote != s.Quote[:len(s.Quote)-1] || now.Place != "Melitopol" || now.Sensitivity != s.Sensitivity {
		t.Fatalf("%+v, %v", now, err)
	}
	if _, err := b.one(t, b.second, archive.Judgment{Act: evidence.ActAccept, Statement: s.ID}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("judged what was replaced: %v", err)
	}
	add := archive.Judgment{Act: evidence.ActAdd, Text: s.Text, Code: s.Code, Modality: evidence.Planned, Start: 0, End: 11, Reason: "the machine missed it"}
	added := judge(t, b.Archive, b.coder, add)[0]
	if _, err := b.one(t, b.second, add); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("added twice: %v", err)
	}
	judge(t, b.Archive, b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: added.Statement})
	g := archive.Gathering{Title: "t", Place: "p", When: evidence.Interval{From: "2023-03-01", To: "2023-03-31", Precision: "month"}, Statements: []string{added.Statement}, Basis: "b"}
	if _, err := b.Gather(t.Context(), b.coder, g); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("a plan became an event: %v", err)
	}
	g.Statements = []string{moved.Statement}
	if _, err := b.Gather(t.Context(), b.coder, g); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("an unconfirmed statement became an event: %v", err)
	}
	judge(t, b.Archive, b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: moved.Statement})
	e, err := b.Gather(t.Context(), b.reviewer, g)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.one(t, b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Event: e.Event}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("confirmed one's own event: %v", err)
	}
	if _, err := b.one(t, b.coder, archive.Judgment{Act: evidence.ActConfirm, Event: e.Event}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("a coder confirmed an event: %v", err)
	}
	judge(t, b.Archive, b.second, archive.Judgment{Act: evidence.ActConfirm, Event: e.Event})
	var out bytes.Buffer
	if _, err := b.Release(t.Context(), b.coder, archive.ReleaseRequest{Language: "uk"}, &out); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("a coder released: %v", err)
	}
	if _, err := b.Release(t.Context(), b.second, archive.ReleaseRequest{Language: "uk"}, &out); err != nil {
		t.Fatal(err)
	}
}

func TestBulkSeesItself(t *testing.T) {
	b := newBench(t)
	out, err := b.Judge(t.Context(), b.second, []archive.Judgment{
		{Act: evidence.ActAccept, Statement: b.ids[0]},
		{Act: evidence.ActConfirm, Statement: b.ids[0]},
		{Act: evidence.ActConfirm, Statement: b.ids[1]},
		{Act: evidence.ActReject, Statement: b.ids[2], Reason: "no"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, refused := range []bool{false, true, true, false} {
		if errors.Is(out[i].Err, evidence.ErrRefused) != refused {
			t.Errorf("decision %d: %v", i, out[i].Err)
		}
	}
	if out[3].Position <= out[0].Position {
		t.Errorf("out of order: %+v", out)
	}
}

// TestRacingReviewers: of a confirmation and a return at the same moment, one is refused.
func TestRacingReviewers(t *testing.T) {
	b := newBench(t)
	for _, id := range b.ids[:3] {
		judge(t, b.Archive, b.coder, archive.Judgment{Act: evidence.ActAccept, Statement: id})
		s, err := b.Catalog().Statement(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var errs [2]error
		for i, x := range []struct {
			by  string
			act evidence.Act
		}{{b.reviewer, evidence.ActConfirm}, {b.second, evidence.ActReturn}} {
			wg.Go(func() {
				out, err := b.Judge(context.Background(), x.by, []archive.Judgment{{Act: x.act, Statement: id, Seen: s.Last, Reason: "r"}})
				if errs[i] = err; err == nil {
					errs[i] = out[0].Err
				}
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or none: %v", errs)
		}
	}
}

func TestAccounts(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	if _, err := b.People().Enrol(ctx, "", archive.Enrolment{Name: "Thief", Role: evidence.RoleAdmin, Password: "correct horse"}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a second first admin: %v", err)
	}
	if _, err := b.People().Enrol(ctx, b.reviewer, archive.Enrolment{Name: "Friend", Role: evidence.RoleCoder, Password: "correct horse"}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a reviewer enrolled: %v", err)
	}
	if _, err := b.People().Enrol(ctx, b.admin, archive.Enrolment{Name: " CODER ", Role: evidence.RoleCoder, Password: "correct horse"}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a name twice: %v", err)
	}
	if _, err := b.People().Enrol(ctx, b.admin, archive.Enrolment{ID: b.admin, Name: "Admin", Role: evidence.RoleCoder}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("the last admin went: %v", err)
	}
	for _, c := range []struct{ name, password string }{{"Coder", "wrong horse!"}, {"Nobody", "correct horse"}, {"", ""}} {
		if _, err := b.People().SignIn(ctx, c.name, c.password); !errors.Is(err, evidence.ErrRefused) {
			t.Errorf("%q signed in: %v", c.name, err)
		}
	}
	if acc, err := b.People().SignIn(ctx, "coder", "correct horse"); err != nil || acc.ID != b.coder {
		t.Errorf("%+v, %v", acc, err)
	}
	if _, err := b.People().Enrol(ctx, b.admin, archive.Enrolment{ID: b.coder, Name: "Coder", Role: evidence.RoleCoder, Inactive: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.People().SignIn(ctx, "Coder", "correct horse"); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("signed in without an account: %v", err)
	}
	if _, err := b.one(t, b.coder, archive.Judgment{Act: evidence.ActAccept, Statement: b.ids[0]}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("judged without an account: %v", err)
	}
}

func TestRecodeKeepsDecisions(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	judge(t, b.Archive, b.coder, archive.Judgment{Act: evidence.ActAccept, Statement: b.ids[0]})
	judge(t, b.Archive, b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: b.ids[0]})
	s, err := b.Catalog().Statement(ctx, b.ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Recode(ctx, b.coder, coding.Builtin(), nil); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a coder changed the codebook: %v", err)
	}
	if _, err := b.Recode(ctx, b.admin, coding.Builtin(), nil); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("the same again: %v", err)
	}
	if _, err := b.Recode(ctx, b.admin, []byte("codebook: [\n"), nil); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("a broken book: %v", err)
	}
	// A code gets another name: what it found goes, and comes under the new name. The model
	// knows no such code, so the book's patterns find it, and may find more or less.
	yaml := bytes.Replace(coding.Builtin(), []byte("version: '1.0'"), []byte("version: '1.1'"), 1)
	yaml = bytes.ReplaceAll(yaml, []byte(s.Code), []byte(s.Code+"_X"))
	var changes []archive.Change
	sum, err := b.Recode(ctx, b.admin, yaml, func(c archive.Change) { changes = append(changes, c) })
	if err != nil || sum.Version != "1.1" || sum.Texts != 2 || sum.Kept == 0 || sum.Added == 0 || sum.Removed == 0 ||
		len(changes) != sum.Added+sum.Removed+sum.Rephrased || sum.Judged != 1 || sum.JudgedNoLonger != 1 {
		t.Fatalf("%+v, %v", sum, err)
	}
	again, err := b.Catalog().Statement(ctx, b.ids[0])
	if err != nil || again.Standing != evidence.Confirmed || again.Last != s.Last || again.Machine || again.Quote != s.Quote {
		t.Fatalf("%+v, %v", again, err)
	}
	live := dump(t, b.Archive)
	if _, err := b.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, b.Archive); got != live {
		t.Fatal(difference(live, got))
	}
}
