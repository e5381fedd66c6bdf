package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/sumdb/note"

	"svidok/archive"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
)

// What a check of the case alone can show, and what takes a memory outside of it: whoever
// holds the whole folder and its key can write another history; a checkpoint or a key that
// somebody kept elsewhere shows that. These tests say of each forgery which it is.

// TestRolledBack: the ledger goes back to an earlier state. The vault knows better.
func TestRolledBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "case")
	mustRun(t, "init", dir)
	states := []fstest.MapFS{evidenceOf(t, dir)}
	for i := range 4 {
		addText(t, dir, strings.Repeat("Synthetic sample. ", i+1))
		states = append(states, evidenceOf(t, dir))
	}
	last := states[len(states)-1]
	head := last["ledger/checkpoint"].Data
	for i, old := range states[:len(states)-1] {
		mixed := fstest.MapFS{}
		for name, f := range last {
			if !strings.HasPrefix(name, "ledger/") {
				mixed[name] = f
			}
		}
		for name, f := range old {
			if strings.HasPrefix(name, "ledger/") {
				mixed[name] = f
			}
		}
		wantFailure(t, mixed, dossier.Options{}, "ledger of state %d with the latest vault", i)
		// The case's old state, whole, is a case: only an outside memory shows the difference.
		if bad := caseFailure(old, dossier.Options{}); bad != "" {
			t.Errorf("state %d: %s", i, bad)
		}
		wantFailure(t, old, dossier.Options{Against: head}, "state %d against the latest checkpoint", i)
		if bad := caseFailure(last, dossier.Options{Against: old["ledger/checkpoint"].Data}); bad != "" {
			t.Errorf("the latest state against checkpoint %d: %s", i, bad)
		}
		// A later ledger over an earlier vault: bytes lack.
		mixed = fstest.MapFS{}
		for name, f := range last {
			mixed[name] = f
		}
		for name, f := range old {
			if strings.HasPrefix(name, "vault/") {
				mixed[name] = f
			}
		}
		wantFailure(t, mixed, dossier.Options{}, "vault of state %d with the latest ledger", i)
	}
}

// TestCutJournal: frames are cut from the end of the journal, whole ones, with no trace of
// a crash. One batch less is what a crash between vault and ledger leaves, and is told as a
// tail; a kept checkpoint shows it. More than one is found by the case alone.
func TestCutJournal(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "case")
	a, err := archive.Create(t.Context(), dir, archive.Options{Tool: version})
	if err != nil {
		t.Fatal(err)
	}
	var ends []int
	for i := range 4 {
		input := filepath.Join(t.TempDir(), "in.txt")
		write(t, input, []byte(strings.Repeat("Synthetic sample. ", i+1)))
		if err := a.Receive(t.Context(), archive.Delivery{Inputs: []string{input}}, nil); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, len(evidenceOf(t, dir)["ledger/journal"].Data))
	}
	custody, err := a.Keeping().Custody(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files := evidenceOf(t, dir)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	journal := files["ledger/journal"].Data
	if bad := caseFailure(files, dossier.Options{Against: custody.Checkpoint}); bad != "" {
		t.Fatal(bad)
	}
	for i, end := range ends[:len(ends)-1] {
		cut := with(files, "ledger/journal", journal[:end])
		wantFailure(t, cut, dossier.Options{Against: custody.Checkpoint}, "%d batches left, against the kept checkpoint", i+1)
		if i < len(ends)-2 {
			wantFailure(t, cut, dossier.Options{}, "%d of %d batches left", i+1, len(ends))
			continue
		}
		tail := false
		for c := range dossier.Verify(t.Context(), cut, dossier.Options{}) {
			tail = tail || c.Name == "tail"
		}
		if !tail {
			t.Error("a batch that the vault has and the ledger has not is not told")
		}
	}
}

// TestForked: the same key signs two histories. Each is a case; together they convict.
func TestForked(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	one, other := filepath.Join(root, "one"), filepath.Join(root, "other")
	mustRun(t, "init", one)
	addText(t, one, "Synthetic sample, from before the fork.")
	before := evidenceOf(t, one)["ledger/checkpoint"].Data
	if err := os.CopyFS(other, os.DirFS(one)); err != nil {
		t.Fatal(err)
	}
	addText(t, one, "Synthetic sample: this happened.")
	addText(t, other, "Synthetic sample: this did not happen.")
	x, y := evidenceOf(t, one), evidenceOf(t, other)
	for name, files := range map[string]fstest.MapFS{"one": x, "other": y} {
		if bad := caseFailure(files, dossier.Options{Against: before}); bad != "" {
			t.Errorf("%s, against the head before the fork: %s", name, bad)
		}
	}
	wantFailure(t, x, dossier.Options{Against: y["ledger/checkpoint"].Data}, "one branch against the other's checkpoint")
	wantFailure(t, y, dossier.Options{Against: x["ledger/checkpoint"].Data}, "the other branch against the one's checkpoint")
	for name, f := range y { // the branches mixed, file by file
		if !bytes.Equal(f.Data, dataOf(x, name)) {
			wantFailure(t, with(x, name, f.Data), dossier.Options{}, "%s of the other branch", name)
		}
	}
	// The program, too, sees that the ledger it knew is not extended by what lies there.
	a, err := archive.Open(t.Context(), one, archive.Options{Tool: version})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for name, f := range y {
		if strings.HasPrefix(name, "ledger/") {
			write(t, filepath.Join(one, filepath.FromSlash(name)), f.Data)
		}
	}
	input := filepath.Join(root, "late.txt")
	write(t, input, []byte("Synthetic sample, after the ledger was exchanged."))
	if err := a.Receive(t.Context(), archive.Delivery{Inputs: []string{input}}, nil); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("received into an exchanged ledger: %v", err)
	}
}

func dataOf(files fstest.MapFS, name string) []byte {
	if f := files[name]; f != nil {
		return f.Data
	}
	return nil
}

// TestSignedWithAnotherKey: the whole ledger is signed anew under a key of the forger's,
// key.pub is exchanged, all else stays. The case record within the ledger binds the old
// key, so that the case alone shows it. Only a forger who makes every entry anew, the case
// record first, gets a case that is well in itself; a kept key, or any kept checkpoint, shows that.
func TestSignedWithAnotherKey(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "case")
	mustRun(t, "init", dir)
	addText(t, dir, "Synthetic sample, once.")
	addText(t, dir, "Synthetic sample, twice.")
	files := evidenceOf(t, dir)
	public := string(files["key.pub"].Data)
	origin, _, _ := strings.Cut(public, "+")

	secret, forged, err := ledger.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	resign(t, dir, again, public, secret, forged)
	fake := fstest.MapFS{}
	for name, f := range files {
		if !strings.HasPrefix(name, "ledger/") {
			fake[name] = f
		}
	}
	for name, f := range evidenceOf(t, again) {
		fake[name] = f
	}
	wantFailure(t, fake, dossier.Options{}, "signed with another key, key.pub as it was")
	fake = with(fake, "key.pub", []byte(forged+"\n"))
	wantFailure(t, fake, dossier.Options{}, "signed with another key, key.pub exchanged")
	wantFailure(t, fake, dossier.Options{Key: public}, "signed with another key, and the key is known")
	stolen := with(files, "key.pub", []byte(forged+"\n"))
	wantFailure(t, stolen, dossier.Options{}, "key.pub exchanged")

	// Everything anew, under a new key: another case, which only pretends.
	fresh := filepath.Join(t.TempDir(), "fresh")
	a, err := archive.Create(ctx, fresh, archive.Options{Tool: version})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	addText(t, fresh, "Synthetic sample, once.")
	addText(t, fresh, "Synthetic sample, otherwise.")
	pretended := evidenceOf(t, fresh)
	if bad := caseFailure(pretended, dossier.Options{}); bad != "" {
		t.Errorf("a case of its own: %s", bad)
	}
	wantFailure(t, pretended, dossier.Options{Key: public}, "a case made anew, and the key is known")
	wantFailure(t, pretended, dossier.Options{Against: files["ledger/checkpoint"].Data}, "a case made anew, against a kept checkpoint")
}

// resign writes the ledger of the case in dir once more, in the folder to, under another key.
func resign(t *testing.T, dir, to, public, secret, forged string) {
	t.Helper()
	key, err1 := note.NewVerifier(strings.TrimSpace(public))
	signer, err2 := note.NewSigner(secret)
	forger, err3 := note.NewVerifier(forged)
	ctx, b := context.Background(), vault.Dir(to)
	err := errors.Join(err1, err2, err3)
	if err == nil {
		err = ledger.Create(ctx, b, signer)
	}
	if err != nil {
		t.Fatal(err)
	}
	old, err1 := ledger.Open(ctx, vault.Dir(dir), nil, key)
	l, err2 := ledger.Open(ctx, b, signer, forger)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	var entries []evidence.Entry
	for line, err := range old.Entries(ctx, 0, old.Size()) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := proof.ParseEntry(line.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	_, err = l.Append(ctx, entries)
	if err = errors.Join(err, l.Close()); err != nil {
		t.Fatal(err)
	}
	was, _ := old.Checkpoint()
	is, _ := l.Checkpoint()
	if was != is {
		t.Fatalf("the forged tree is another: %v and %v", was, is)
	}
}

// TestSwappedTiles: full tiles and entry bundles change places, alone and together.
func TestSwappedTiles(t *testing.T) {
	t.Parallel()
	dir, input := filepath.Join(t.TempDir(), "case"), t.TempDir()
	mustRun(t, "init", dir)
	write(t, filepath.Join(input, "result.json"), inventedExport(600, 3))
	mustRun(t, "add", dir, input, "--quiet")
	files := evidenceOf(t, dir)
	if bad := caseFailure(files, dossier.Options{}); bad != "" {
		t.Fatal(bad)
	}
	pairs := [][2]string{{"ledger/tile/0/000", "ledger/tile/0/001"}, {"ledger/tile/entries/000", "ledger/tile/entries/001"},
		{"ledger/tile/0/001", "ledger/tile/0/002"}, {"ledger/tile/entries/001", "ledger/tile/entries/002"}}
	swap := func(fs fstest.MapFS, p [2]string) fstest.MapFS {
		x, y := dataOf(fs, p[0]), dataOf(fs, p[1])
		if x == nil || y == nil || bytes.Equal(x, y) {
			t.Fatalf("there are no two tiles %v", p)
		}
		return with(with(fs, p[0], y), p[1], x)
	}
	for _, p := range pairs {
		wantFailure(t, swap(files, p), dossier.Options{}, "swapped %v", p)
	}
	wantFailure(t, swap(swap(files, pairs[0]), pairs[1]), dossier.Options{}, "swapped tiles with their entries")
}

func addText(t *testing.T, dir, text string) {
	t.Helper()
	input := filepath.Join(t.TempDir(), "sample.txt")
	write(t, input, []byte(text))
	mustRun(t, "add", dir, input, "--quiet")
}

func wantFailure(t *testing.T, files fstest.MapFS, opt dossier.Options, what string, args ...any) {
	t.Helper()
	if bad := caseFailure(files, opt); bad == "" {
		t.Errorf(what+": unnoticed", args...)
	} else {
		t.Logf(what+" → "+strings.ReplaceAll(bad, "%", "%%"), args...)
	}
}
