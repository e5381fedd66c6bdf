package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

const witnessedOrigin = "svidok.case/synthetic"

// witnessed is a ledger whose owner may lie.
type witnessed struct {
	signer note.Signer
	key    note.Verifier
	vkey   string
}

func newWitnessed(t *testing.T) witnessed {
	t.Helper()
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), witnessedOrigin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return witnessed{signer, key, public}
}

// head is a ledger of one entry.
func (w witnessed) head(t *testing.T, entry string) []byte {
	t.Helper()
	b, err := proof.Sign(proof.Checkpoint{Origin: witnessedOrigin, Size: 1, Root: evidence.Hash(tlog.RecordHash([]byte(entry)))}, w.signer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// liveWitness is a witness that runs; rows are what it prints with --json.
type liveWitness struct {
	Address string
	Key     string
	Logs    int
	rows    *bufio.Scanner
	words   *bytes.Buffer
	stop    func() error
}

func runWitness(t *testing.T, args ...string) liveWitness {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	r := liveWitness{rows: bufio.NewScanner(in), words: &bytes.Buffer{}}
	done := make(chan error, 1)
	go func() {
		err := start(ctx, witnessCommand(), append(args, "--json", "--address", "127.0.0.1:0"), terminal{Out: out, Err: r.words, Getenv: func(string) string { return "" }}, newMessages("en"))
		done <- errors.Join(err, out.Close())
	}()
	r.stop = func() error { cancel(); return <-done }
	if !r.rows.Scan() {
		t.Fatalf("it did not begin: %v\n%s", r.stop(), r.words)
	}
	if err := json.Unmarshal(r.rows.Bytes(), &r); err != nil {
		t.Fatalf("%q: %v", r.rows.Bytes(), err)
	}
	return r
}

func (r liveWitness) post(t *testing.T, body []byte) (int, []byte) {
	t.Helper()
	resp, err := http.Post(r.Address+witness.AddPath, "text/plain", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b
}

func TestAWitnessThatRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "witness")
	l := newWitnessed(t)
	r := runWitness(t, dir, "--log", l.vkey, "--name", "svidok.witness/synthetic")
	key, err := proof.ParseCosignatureKey(r.Key)
	if err != nil || key.Name() != "svidok.witness/synthetic" || r.Logs != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	ask := func(r liveWitness, head []byte) (witness.Answered, error) {
		return witness.Ask(t.Context(), witness.Asking{Witness: key, Log: l.key, Checkpoint: head,
			Post: func(_ context.Context, body []byte) (int, []byte, error) {
				status, b := r.post(t, body)
				return status, b, nil
			}})
	}
	got, err := ask(r, l.head(t, "one\n"))
	if err != nil || got.Cosigned.Name != key.Name() {
		t.Fatalf("%+v, %v", got, err)
	}
	var stdout, stderr bytes.Buffer
	second := terminal{Out: &stdout, Err: &stderr, Getenv: func(string) string { return "" }}
	if err := start(t.Context(), witnessCommand(), []string{dir}, second, newMessages("en")); !errors.Is(err, evidence.ErrBusy) {
		t.Fatalf("a second one in the same folder: %v", err)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	// Key, list and memory last.
	r = runWitness(t, dir)
	if r.Key != key.String() || r.Logs != 1 {
		t.Fatalf("%+v", r)
	}
	type row struct {
		Fork    string
		Certain bool
	}
	shown := make(chan row, 1)
	go func() {
		var x row
		if r.rows.Scan() {
			_ = json.Unmarshal(r.rows.Bytes(), &x)
		}
		shown <- x
		for r.rows.Scan() {
			shown <- row{Fork: "told twice"}
		}
		close(shown)
	}()
	for range 2 { // told and kept once
		if _, err := ask(r, l.head(t, "another\n")); !errors.Is(err, witness.ErrForked) {
			t.Fatalf("another history: %v", err)
		}
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	x := <-shown
	if again, more := <-shown; more || !x.Certain {
		t.Fatalf("%+v %+v\n%s", x, again, r.words)
	}
	if !strings.Contains(r.words.String(), "TWO HISTORIES") {
		t.Fatalf("%s", r.words)
	}
	record, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(x.Fork)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := evidence.Decode[keptFork](record)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := witness.Compare([]byte(f.Known), []byte(f.Seen), l.key, nil); err != nil || c.Relation != witness.Forked {
		t.Fatalf("%+v, %v", c, err)
	}
	if st, err := os.Stat(filepath.Join(dir, "key")); err != nil || st.Mode().Perm()&0o077 != 0 {
		t.Fatalf("the key is open to others: %v, %v", st.Mode(), err)
	}
}

// What a person copies stands on lines of its own, in every language.
func TestAWitnessTellsItsKey(t *testing.T) {
	for _, lang := range languages() {
		ctx, cancel := context.WithCancel(t.Context())
		in, out := io.Pipe()
		done := make(chan error, 1)
		go func() {
			err := start(ctx, witnessCommand(), []string{filepath.Join(t.TempDir(), "w"), "--name", "svidok.witness/x", "--address", "127.0.0.1:0"}, terminal{Out: out, Err: io.Discard, Getenv: func(string) string { return "" }}, newMessages(lang))
			done <- errors.Join(err, out.Close())
		}()
		rows := bufio.NewScanner(in)
		for _, want := range []string{" svidok.witness/x+", " http://127.0.0.1:", " 0 "} {
			if !rows.Scan() || !strings.Contains(rows.Text(), want) {
				t.Errorf("%s: %q, want %q", lang, rows.Text(), want)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWitnessThatDoesNotBegin(t *testing.T) {
	l := newWitnessed(t)
	made := func(t *testing.T) string {
		dir := filepath.Join(t.TempDir(), "w")
		if err := runWitness(t, dir, "--log", l.vkey).stop(); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	write := func(t *testing.T, dir, name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string) []string
		want  error
	}{
		"a case":          {func(t *testing.T, dir string) []string { write(t, dir, "ledger/checkpoint", "x"); return nil }, evidence.ErrUsage},
		"another name":    {func(*testing.T, string) []string { return []string{"--name", "another"} }, evidence.ErrUsage},
		"no key of a log": {func(*testing.T, string) []string { return []string{"--log", "x"} }, evidence.ErrUsage},
		"two in one":      {func(*testing.T, string) []string { return []string{"--log", l.vkey + "\nlog " + l.vkey} }, evidence.ErrUsage},
		"a spoilt key":    {func(t *testing.T, dir string) []string { write(t, dir, "key", "x\n"); return nil }, evidence.ErrFormat},
		"a spoilt list":   {func(t *testing.T, dir string) []string { write(t, dir, "logs", "allow all\n"); return nil }, evidence.ErrFormat},
		"a lost key": {func(t *testing.T, dir string) []string {
			write(t, dir, "state/"+witness.OriginHash("x"), "x")
			if err := os.Remove(filepath.Join(dir, "key")); err != nil {
				t.Fatal(err)
			}
			return nil
		}, evidence.ErrTampered},
		"no address": {func(*testing.T, string) []string { return []string{"--address", "256.0.0.1:1"} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := made(t)
			args := append([]string{dir}, c.spoil(t, dir)...)
			var stdout, stderr bytes.Buffer
			err := start(t.Context(), witnessCommand(), args, terminal{Out: &stdout, Err: &stderr, Getenv: func(string) string { return "" }}, newMessages("uk"))
			if err == nil || c.want != nil && !errors.Is(err, c.want) || stdout.Len() > 0 {
				t.Fatalf("%v, %q", err, &stdout)
			}
			if strings.Contains(err.Error(), "PRIVATE") {
				t.Fatalf("the secret key is told: %v", err)
			}
		})
	}
}

// A dossier carries what a witness cosigned, and whoever knows the witness's key asks for it.
func TestAWitnessInADossier(t *testing.T) {
	dir := t.TempDir()
	book, file := filepath.Join(dir, "demo", "case"), filepath.Join(dir, "out.zip")
	must := func(args ...string) string {
		t.Helper()
		code, out, words := runHere(t, "", args...)
		if code != 0 {
			t.Fatalf("%v: %d\n%s%s", args, code, out, words)
		}
		return out
	}
	must("demo", "--dir", filepath.Join(dir, "demo"), "--no-serve")
	public, err := os.ReadFile(filepath.Join(book, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	r := runWitness(t, filepath.Join(dir, "witness"), "--log", strings.TrimSpace(string(public)))
	must("settings", book, "--witness", r.Key+"="+r.Address, "--allow", "127.0.0.0/8")
	must("stamp", book)                                                          // without an authority the witness is asked all the same
	if out := must("verify", book); !strings.Contains(out, "note     witness") { // anybody can make a witness
		t.Fatal(out)
	}
	if out := must("verify", book, "--witness", r.Key); !strings.Contains(out, "ok       witness") {
		t.Fatal(out)
	}
	must("dossier", book, "-o", file)
	if out := must("verify", file); !strings.Contains(out, "note     witness") || !strings.Contains(out, r.Key) {
		t.Error(out)
	}
	if out := must("verify", file, "--witness", r.Key); !strings.Contains(out, "ok       witness") {
		t.Error(out)
	}
	stranger, err := proof.NewCosigner("svidok.witness/stranger", bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if code, out, _ := runHere(t, "", "verify", file, "--witness", stranger.Key().String()); code != 1 || !strings.Contains(out, "failed   witness") {
		t.Errorf("%d\n%s", code, out)
	}
	if err := r.stop(); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
