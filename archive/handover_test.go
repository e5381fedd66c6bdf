package archive_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"svidok/archive"
	"svidok/catalog"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/handover"
	"svidok/proof"
)

// left is a case with one confirmed event about its first report, and the dossier of it.
func left(t *testing.T) (*bench, archive.Released, *dossier.Container) {
	t.Helper()
	b := newBench(t)
	judge(t, b.Archive, b.coder, archive.Judgment{Act: evidence.ActAccept, Statement: b.ids[0]})
	judge(t, b.Archive, b.reviewer, archive.Judgment{Act: evidence.ActConfirm, Statement: b.ids[0]})
	g, err := b.Gather(t.Context(), b.coder, archive.Gathering{Title: "Synthetic", Place: "Донецьк", Statements: b.ids[:1], Basis: "One text.",
		When: evidence.Interval{From: "2023-03-01", To: "2023-03-31", Precision: "month"}})
	if err != nil {
		t.Fatal(err)
	}
	judge(t, b.Archive, b.second, archive.Judgment{Act: evidence.ActConfirm, Event: g.Event})
	var zip bytes.Buffer
	r, err := b.Release(t.Context(), b.reviewer, archive.ReleaseRequest{Language: "en", Originals: true}, &zip)
	if err != nil {
		t.Fatal(err)
	}
	z, err := dossier.OpenZip(bytes.NewReader(zip.Bytes()), int64(zip.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return b, r, z
}

func acts(list []catalog.Link) string {
	var out []string
	for _, l := range list {
		switch {
		case l.Custody != nil:
			out = append(out, string(l.Custody.Act))
		case l.Kind != evidence.KindDecision && l.Kind != evidence.KindCopy:
			out = append(out, string(l.Kind))
		}
	}
	return strings.Join(out, " ")
}

func chainOf(t *testing.T, a *archive.Archive, report int64) []catalog.Link {
	t.Helper()
	d, err := a.Catalog().Report(t.Context(), report)
	if err != nil {
		t.Fatal(err)
	}
	list, err := a.Catalog().ChainOf(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(list, func(x, y catalog.Link) int { return int(x.Position - y.Position) }) {
		t.Fatalf("not in order: %+v", list)
	}
	return list
}

// Everything that happens to an item stands in its chain, in order; what happened to others
// does not.
func TestChainOfAnItem(t *testing.T) {
	b, r, zip := left(t)
	keep, ctx := b.Keeping(), t.Context()
	s, err := b.Catalog().Statement(ctx, b.ids[0])
	if err != nil {
		t.Fatal(err)
	}
	mine, err := b.Catalog().ReportOf(ctx, s.Capture)
	if err != nil {
		t.Fatal(err)
	}
	other := 3 - mine // there are two
	if err := keep.View(ctx, b.coder, s.Capture, "To compare a word."); err != nil {
		t.Fatal(err)
	}
	if err := keep.View(ctx, b.coder, s.Capture, " "); !errors.Is(err, evidence.ErrUsage) {
		t.Fatalf("viewed without a reason: %v", err)
	}
	slip, err := keep.Transfer(ctx, b.reviewer, archive.Handing{To: "Court", Dossier: r.Manifest})
	if err != nil {
		t.Fatal(err)
	}
	if err := keep.Dispose(ctx, b.admin, "the old disk", "It was replaced."); err != nil {
		t.Fatal(err)
	}
	receiver, _ := newCase(t, archive.Options{})
	answer, err := receiver.Keeping().Accept(ctx, "", archive.Arrived{Slip: slip, What: zip})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keep.Acknowledged(ctx, b.reviewer, receiver.Keeping().Key(), answer); err != nil {
		t.Fatal(err)
	}
	if err := keep.FillIn(ctx, b.coder, evidence.FormVerified, []evidence.Hash{s.Capture}, []evidence.Field{{Name: "content", Text: "synthetic"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := acts(chainOf(t, b.Archive, mine)), "capture text coding release viewed transferred disposed acknowledged form"; got != want {
		t.Errorf("the item's chain: %s, want %s", got, want)
	}
	if got, want := acts(chainOf(t, b.Archive, other)), "capture text coding disposed"; got != want {
		t.Errorf("the other's chain: %s, want %s", got, want)
	}
	late := receive(t, b.Archive, give(t, map[string]string{"late.txt": "Синтетичний текст."}))
	third, err := b.Catalog().ReportOf(ctx, late[0].Capture)
	if got, want := acts(chainOf(t, b.Archive, third)), "capture"; err != nil || got != want {
		t.Errorf("the chain of what came later: %s, want %s, %v", got, want, err)
	}
	whole, err := b.Catalog().Chain(ctx, 0)
	if got, want := acts(whole), "release viewed transferred disposed acknowledged"; err != nil || got != want {
		t.Errorf("the case's chain: %s, want %s, %v", got, want, err)
	}
	handed, err := b.Catalog().Transfers(ctx)
	if err != nil || len(handed) != 1 || handed[0].Answered != whole[4].Position || handed[0].Custody.To != "Court" {
		t.Errorf("handed over: %+v, %v", handed, err)
	}
	before := dump(t, b.Archive)
	if _, err := b.Rebuild(ctx); err != nil || dump(t, b.Archive) != before {
		t.Errorf("rebuilt, the catalog is another: %v", err)
	}
}

// The inventory says what the dossier rested on when it left, whatever came later.
func TestInventoryOfADossier(t *testing.T) {
	b, r, _ := left(t)
	if _, err := b.Gather(t.Context(), b.coder, archive.Gathering{ID: firstEvent(t, b), Withdrawn: true}); err != nil {
		t.Fatal(err)
	}
	slip, err := b.Keeping().Transfer(t.Context(), "", archive.Handing{To: "Court", Dossier: r.Record})
	if err != nil {
		t.Fatal(err)
	}
	o, err := handover.OpenSlip(slip)
	if err != nil || o.Manifest != r.Manifest || o.Head.Size != r.Checkpoint {
		t.Fatalf("%+v, %v", o, err)
	}
	want := []evidence.Count{{Name: "captures", N: int64(r.Captures)}, {Name: "texts", N: 1}, {Name: "findings", N: int64(r.Findings)}}
	if !slices.Equal(o.Inventory, want) || r.Findings != 1 {
		t.Fatalf("%+v, want %+v", o.Inventory, want)
	}
}

func firstEvent(t *testing.T, b *bench) string {
	t.Helper()
	list, err := b.Catalog().Events(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0].ID
}

func TestWhoMayHandOver(t *testing.T) {
	b, r, zip := left(t)
	keep, ctx := b.Keeping(), t.Context()
	for name, c := range map[string]struct {
		by   string
		h    archive.Handing
		want error
	}{
		"a coder":              {b.coder, archive.Handing{To: "Court", Dossier: r.Record}, evidence.ErrRefused},
		"a stranger":           {"p:0000000000000000", archive.Handing{To: "Court"}, evidence.ErrRefused},
		"to nobody":            {b.reviewer, archive.Handing{To: " "}, evidence.ErrUsage},
		"a dossier never made": {b.reviewer, archive.Handing{To: "Court", Dossier: evidence.Sum(nil)}, evidence.ErrNotFound},
	} {
		before := dump(t, b.Archive)
		if _, err := keep.Transfer(ctx, c.by, c.h); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if dump(t, b.Archive) != before {
			t.Errorf("%s: refused, and noted", name)
		}
	}
	slip, err := keep.Transfer(ctx, "", archive.Handing{To: "Court", Dossier: r.Record})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keep.Accept(ctx, "", archive.Arrived{Slip: slip, What: zip}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a case acknowledges to itself: %v", err)
	}
	receiver, _ := newCase(t, archive.Options{})
	answer, err := receiver.Keeping().Accept(ctx, "", archive.Arrived{Slip: slip, What: zip, Key: keep.Key() + "\n"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := receiver.Keeping().Accept(ctx, "", archive.Arrived{Slip: slip, What: zip})
	if err != nil || !bytes.Equal(again, answer) {
		t.Errorf("asked twice, it answers two ways: %v", err)
	}
	if _, err := receiver.Keeping().Accept(ctx, "", archive.Arrived{Slip: slip, What: zip, Key: receiver.Keeping().Key()}); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("a slip by another key than the one that was told: %v", err)
	}
	if _, err := keep.Acknowledged(ctx, b.coder, receiver.Keeping().Key(), answer); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a coder notes it: %v", err)
	}
}

// A case is handed over as it was just before: its folder may be copied before or after.
func TestHandOverOfACase(t *testing.T) {
	a, dir := newCase(t, archive.Options{})
	receive(t, a, give(t, map[string]string{"one.txt": seized}))
	old := copied(t, dir)
	receive(t, a, give(t, map[string]string{"two.txt": "Синтетичний текст."}))
	slip, err := a.Keeping().Transfer(t.Context(), "", archive.Handing{To: "Archive"})
	if err != nil {
		t.Fatal(err)
	}
	later := copied(t, dir)
	receiver, _ := newCase(t, archive.Options{})
	if _, err := receiver.Keeping().Accept(t.Context(), "", archive.Arrived{Slip: slip, What: os.DirFS(old)}); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("an older copy: %v", err)
	}
	answer, err := receiver.Keeping().Accept(t.Context(), "", archive.Arrived{Slip: slip, What: os.DirFS(later)})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Keeping().Acknowledged(t.Context(), "", receiver.Keeping().Key(), answer); err != nil || got.Checks < 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	_, _, zip := left(t)
	if _, err := receiver.Keeping().Accept(t.Context(), "", archive.Arrived{Slip: slipOf(t, a), What: zip}); !errors.Is(err, evidence.ErrRefused) {
		t.Errorf("a dossier under the slip of a case: %v", err)
	}
}

func slipOf(t *testing.T, a *archive.Archive) []byte {
	t.Helper()
	slip, err := a.Keeping().Transfer(t.Context(), "", archive.Handing{To: "Archive"})
	if err != nil {
		t.Fatal(err)
	}
	return slip
}

// copied is a copy of a case's folder as it lies on the disk now.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// Two people note one answer at the same moment: it is noted once.
func TestOneAnswerIsNotedOnce(t *testing.T) {
	a, dir := newCase(t, archive.Options{})
	slip := slipOf(t, a)
	receiver, _ := newCase(t, archive.Options{})
	answer, err := receiver.Keeping().Accept(t.Context(), "", archive.Arrived{Slip: slip, What: os.DirFS(copied(t, dir))})
	if err != nil {
		t.Fatal(err)
	}
	var noted, refused atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			switch _, err := a.Keeping().Acknowledged(t.Context(), "", receiver.Keeping().Key(), answer); {
			case err == nil:
				noted.Add(1)
			case errors.Is(err, evidence.ErrRefused):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := a.Catalog().Custodies(t.Context(), evidence.CustodyAcknowledged, 10)
	if err != nil || len(list) != 1 || noted.Load() != 1 || refused.Load() != 3 {
		t.Fatalf("noted %d times, %d stand, %d refused, %v", noted.Load(), len(list), refused.Load(), err)
	}
}

// A slip that is signed and says another size or root than the dossier's own, and an answer
// that is signed and says another root than the slip's, count for nothing.
func TestSignedAndFalse(t *testing.T) {
	b, r, zip := left(t)
	slip, err := b.Keeping().Transfer(t.Context(), "", archive.Handing{To: "Court", Dossier: r.Record})
	if err != nil {
		t.Fatal(err)
	}
	o, err := handover.OpenSlip(slip)
	if err != nil {
		t.Fatal(err)
	}
	receiver, dir := newCase(t, archive.Options{})
	for what, at := range map[string]proof.Checkpoint{
		"size": {Origin: o.Head.Origin, Size: o.Head.Size + 1, Root: o.Head.Root},
		"root": {Origin: o.Head.Origin, Size: o.Head.Size, Root: evidence.Sum(nil)},
	} {
		forged, err := o.Slip.Sign(at, signerOf(t, b.dir))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := receiver.Keeping().Accept(t.Context(), "", archive.Arrived{Slip: forged, What: zip}); !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("another %s: %v", what, err)
		}
	}
	lie := o
	lie.Head.Root = evidence.Sum(nil)
	answer, err := handover.Answer{Checks: 9, Nonce: "0011223344556677", At: o.At}.Sign(lie, signerOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Keeping().Acknowledged(t.Context(), "", receiver.Keeping().Key(), answer); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("an answer with another root: %v", err)
	}
}

// signerOf is the key of a case.
func signerOf(t *testing.T, dir string) note.Signer {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}
