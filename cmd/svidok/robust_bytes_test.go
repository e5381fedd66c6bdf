package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"svidok/archive"
	"svidok/catalog"
	"svidok/coding"
	"svidok/dossier"
	"svidok/evidence"
)

// least is how many bytes of a case, and of a bundle, are changed one by one.
const least = 20 << 10

// Every case and every bundle holds the codebook, 220 kB of it, which is one object like
// any other. Of its bytes every 32nd is changed, of all others every one; all of them if
// SVIDOK_EVERY_BYTE is set. With -short, 16 times fewer.
const codebookStep = 32

// TestEveryByteOfARealCase changes a bit of every byte of a case that the program made:
// the vault, the ledger with its tiles, the journal, the key, the marker. Every change is
// noticed.
func TestEveryByteOfARealCase(t *testing.T) {
	t.Parallel()
	open, closed, _ := smallRealCase(t)
	if len(open["ledger/journal"].Data) == 0 || len(closed["ledger/checkpoint"].Data) == 0 {
		t.Fatal("no journal or no checkpoint: the test shows too little")
	}
	n := changeEveryByte(t, closed, slices.Sorted(maps.Keys(closed)))
	// While the program runs, the newest entries lie in the journal. The vault is the same.
	n += changeEveryByte(t, open, []string{"ledger/journal", "ledger/checkpoint"})
	if n < least && !testing.Short() {
		t.Errorf("only %d bytes changed", n)
	}
	t.Logf("%d bytes changed", n)
}

// TestEveryByteOfARealBundle does the same with a bundle that the program released.
func TestEveryByteOfARealBundle(t *testing.T) {
	t.Parallel()
	_, _, bundle := smallRealCase(t)
	if len(bundle) < least {
		t.Fatalf("only %d bytes of a bundle", len(bundle))
	}
	if bad := zipFailure(bundle); bad != "" {
		t.Fatal(bad)
	}
	from := bytes.Index(bundle, coding.Builtin())
	if from < 0 {
		t.Fatal("no codebook in the bundle")
	}
	n := eachByte(t, "bundle", bundle, span{from, from + len(coding.Builtin())}, func() func([]byte) bool {
		return func(changed []byte) bool { return zipFailure(changed) != "" }
	})
	if n < least && !testing.Short() {
		t.Errorf("only %d bytes changed", n)
	}
	step := max(1, len(bundle)/200)
	for n := 0; n < len(bundle); n += step {
		if zipFailure(bundle[:n]) == "" {
			t.Errorf("cut to %d of %d bytes: unnoticed", n, len(bundle))
		}
	}
	for name, changed := range map[string][]byte{
		"a byte before": append([]byte{0}, bundle...), "a byte after": append(bytes.Clone(bundle), 0),
		"twice": append(bytes.Clone(bundle), bundle...), "nothing": nil,
	} {
		if zipFailure(changed) == "" {
			t.Errorf("%s: unnoticed", name)
		}
	}
	t.Logf("%d bytes of %d changed", n, len(bundle))
}

// TestFilesOfACase cuts, removes, empties, doubles and swaps the files of a case.
func TestFilesOfACase(t *testing.T) {
	t.Parallel()
	_, closed, _ := smallRealCase(t)
	needed := 0
	for name, f := range closed {
		for n := 0; n < len(f.Data); n += max(1, len(f.Data)/40) {
			if caseFailure(with(closed, name, f.Data[:n]), dossier.Options{}) == "" {
				t.Errorf("%s cut to %d of %d bytes: unnoticed", name, n, len(f.Data))
			}
		}
		if caseFailure(with(closed, name, append(bytes.Clone(f.Data), f.Data...)), dossier.Options{}) == "" {
			t.Errorf("%s twice in itself: unnoticed", name)
		}
		if superseded(closed, name) { // nobody needs an earlier head's partial tile
			continue
		}
		needed++
		gone := maps.Clone(closed)
		delete(gone, name)
		if caseFailure(gone, dossier.Options{}) == "" {
			t.Errorf("%s removed: unnoticed", name)
		}
	}
	if needed < 6 {
		t.Errorf("only %d files are needed: %v", needed, slices.Sorted(maps.Keys(closed)))
	}
	for _, name := range []string{"note.txt", "vault/000001.warc", "vault/000009.warc.gz", "ledger/tile/0/999", "ledger/old", "extra/x"} {
		if caseFailure(with(closed, name, []byte("x")), dossier.Options{}) == "" {
			t.Errorf("a foreign file %s: unnoticed", name)
		}
	}
}

// superseded reports whether name is a partial tile of which there is a longer one.
func superseded(files fstest.MapFS, name string) bool {
	dir, width := path.Split(name)
	if !strings.HasSuffix(dir, ".p/") {
		return false
	}
	for other := range files {
		d, w := path.Split(other)
		if other == strings.TrimSuffix(dir, ".p/") || d == dir && (len(w) > len(width) || len(w) == len(width) && w > width) {
			return true
		}
	}
	return false
}

// changeEveryByte changes a bit of every byte of the named files, one at a time, and
// returns how many.
func changeEveryByte(t *testing.T, files fstest.MapFS, names []string) (n int) {
	t.Helper()
	if bad := caseFailure(files, dossier.Options{}); bad != "" {
		t.Fatalf("the case is not well to begin with: %s", bad)
	}
	for _, name := range names {
		var coarse span
		if strings.HasPrefix(name, "vault/") {
			coarse = largestExtent(t, files, path.Base(name))
		}
		n += eachByte(t, name, files[name].Data, coarse, func() func([]byte) bool {
			mine := maps.Clone(files)
			return func(changed []byte) bool {
				mine[name] = &fstest.MapFile{Data: changed, Mode: 0o644}
				return caseFailure(mine, dossier.Options{Workers: 1}) != ""
			}
		})
	}
	return n
}

// span is a half-open range of bytes.
type span struct{ from, to int }

// largestExtent finds in the ledger where the batch with the codebook lies.
func largestExtent(t *testing.T, files fstest.MapFS, segment string) (s span) {
	t.Helper()
	noted := regexp.MustCompile(regexp.QuoteMeta(segment) + `:(\d+)-(\d+)\n`)
	for name, f := range files {
		if !strings.HasPrefix(name, "ledger/") {
			continue
		}
		for _, m := range noted.FindAllSubmatch(f.Data, -1) {
			from, err1 := strconv.Atoi(string(m[1]))
			to, err2 := strconv.Atoi(string(m[2]))
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			if to-from > s.to-s.from {
				s = span{from, to}
			}
		}
	}
	if s.to == 0 {
		t.Fatalf("no extent of %s is noted", segment)
	}
	return s
}

// eachByte changes one bit of every byte of data (and of every codebookStep-th in the
// coarse range), on all cores, and returns of how many; noticed is made once for each
// core, and says whether a change was noticed.
func eachByte(t *testing.T, name string, data []byte, coarse span, noticed func() func([]byte) bool) int {
	t.Helper()
	step := 1
	if testing.Short() {
		step = 16
	}
	var at []int
	for i := 0; i < len(data); i += step {
		at = append(at, i)
		if coarse.from <= i && i < coarse.to && os.Getenv("SVIDOK_EVERY_BYTE") == "" {
			i = min(i+step*(codebookStep-1), coarse.to-step)
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		seen := noticed()
		wg.Go(func() {
			changed := bytes.Clone(data)
			for !t.Failed() {
				k := int(next.Add(1)) - 1
				if k >= len(at) {
					return
				}
				bit := byte(1) << (k % 8)
				changed[at[k]] ^= bit
				if !seen(changed) {
					t.Errorf("%s: byte %d of %d, bit %#x: unnoticed", name, at[k], len(data), bit)
				}
				changed[at[k]] ^= bit
			}
		})
	}
	wg.Wait()
	return len(at)
}

// caseFailure returns the first failed check, "" if there is none.
func caseFailure(fsys fs.FS, opt dossier.Options) string {
	for c := range dossier.Verify(context.Background(), fsys, opt) {
		if c.Status == dossier.Failed {
			return c.Name + ": " + c.Detail
		}
	}
	return ""
}

func zipFailure(b []byte) string {
	for c := range dossier.VerifyZip(context.Background(), bytes.NewReader(b), int64(len(b)), dossier.Options{Workers: 1}) {
		if c.Status == dossier.Failed {
			return c.Name + ": " + c.Detail
		}
	}
	return ""
}

// with returns files with one of them in another form.
func with(files fstest.MapFS, name string, data []byte) fstest.MapFS {
	out := maps.Clone(files)
	out[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	return out
}

// evidenceOf copies what is evidence of a case on disk into memory: not what is derived,
// not the lock, and not the secret key, which nothing is checked with.
func evidenceOf(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if name == "lock" || name == "key" || strings.HasPrefix(name, "catalog.db") || strings.HasSuffix(name, ".idx") {
			return nil
		}
		b, err := os.ReadFile(p)
		if len(b) > 0 { // an emptied journal holds nothing to change
			out[name] = &fstest.MapFile{Data: b, Mode: 0o644}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// smallRealCase goes the whole round, from two reports to a released dossier, and returns
// the case as it lies on the disk while it is open, as it lies there closed, and the bundle.
func smallRealCase(t *testing.T) (open, closed fstest.MapFS, bundle []byte) {
	t.Helper()
	ctx := t.Context()
	dir, input := filepath.Join(t.TempDir(), "case"), t.TempDir()
	write(t, filepath.Join(input, "one.txt"), []byte("In occupied Melitopol in March 2023 patrols stopped men in the street and took them to the military enlistment office. Synthetic sample.\n"))
	write(t, filepath.Join(input, "two.html"), []byte("<html lang=uk><title>Зразок</title><p>В окупованій Макіївці чоловіків мобілізували без медичного огляду. Це вигаданий текст, написаний для перевірки.</p></html>"))
	a, err := archive.Create(ctx, dir, archive.Options{Tool: version})
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(a.Receive(ctx, archive.Delivery{Inputs: []string{input}}, nil))
	check(a.Work(ctx, nil))
	admin, err := a.People().Enrol(ctx, "", archive.Enrolment{Name: "Admin", Role: evidence.RoleAdmin, Password: "a synthetic password"})
	check(err)
	coder, err := a.People().Enrol(ctx, admin, archive.Enrolment{Name: "Coder", Role: evidence.RoleCoder, Password: "a synthetic password"})
	check(err)
	q, err := a.Catalog().Queue(ctx, catalog.QueueFilter{For: catalog.ToCode})
	check(err)
	if len(q.Statements) == 0 {
		t.Fatal("nothing to judge in the sample")
	}
	judge := func(by string, j archive.Judgment) {
		t.Helper()
		out, err := a.Judge(ctx, by, []archive.Judgment{j})
		check(err)
		check(out[0].Err)
	}
	var findings []string
	for _, s := range q.Statements[:min(3, len(q.Statements))] {
		judge(coder, archive.Judgment{Act: evidence.ActAccept, Statement: s.ID})
		judge(admin, archive.Judgment{Act: evidence.ActConfirm, Statement: s.ID})
		findings = append(findings, s.ID)
	}
	e, err := a.Gather(ctx, coder, archive.Gathering{Title: "Round-up", Place: "Melitopol", Statements: findings, Basis: "one account",
		When: evidence.Interval{From: "2023-03-01", To: "2023-03-31", Precision: "month"}})
	check(err)
	judge(admin, archive.Judgment{Act: evidence.ActConfirm, Event: e.Event})
	var out bytes.Buffer
	_, err = a.Release(ctx, admin, archive.ReleaseRequest{Language: "en", Closed: true}, &out)
	check(err)
	open = evidenceOf(t, dir)
	check(a.Close())
	return open, evidenceOf(t, dir), out.Bytes()
}

func TestSmallRealCaseIsWell(t *testing.T) {
	open, closed, bundle := smallRealCase(t)
	for name, bad := range map[string]string{"open": caseFailure(open, dossier.Options{}), "closed": caseFailure(closed, dossier.Options{}), "bundle": zipFailure(bundle)} {
		if bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
	}
	for name, f := range closed {
		t.Logf("%s: %d bytes", name, len(f.Data))
	}
}
