package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const smallWARC = "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000%d>\r\n" +
	"WARC-Date: 2025-01-01T00:00:00Z\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\ntext\r\n\r\n"

// A part of a container is named by its container, what cannot be read is named with the
// reason, and hints are in the person's language.
func TestReceiptsAndFailuresAreNamed(t *testing.T) {
	dir := t.TempDir()
	book, in := filepath.Join(dir, "case"), filepath.Join(dir, "in")
	if err := os.Mkdir(in, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(in, "a.warc"), []byte(strings.ReplaceAll(smallWARC, "%d", "1")))
	write(t, filepath.Join(in, "b.pdf"), []byte("%PDF-1.4\n%%EOF\n"))
	if code, _, words := runHere(t, "", "init", book); code != exitOK {
		t.Fatal(words)
	}
	code, out, words := runHere(t, "", "add", "--lang", "uk", book, in, "https://127.0.0.1:1/")
	if code != exitPart {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{filepath.Join(in, "a.warc") + "#record at byte 0\n", filepath.Join(in, "b.pdf") + "\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, want := range []string{filepath.Join(in, "b.pdf") + ": збережено, але не прочитано", "--allow 127.0.0.1"} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in\n%s", want, words)
		}
	}
	if strings.Contains(out+words, "wrong usage") {
		t.Errorf("the kind of an error is told twice:\n%s%s", out, words)
	}
	if _, out, _ := runHere(t, "", "read", in); !strings.Contains(out, filepath.Join(in, "a.warc")+"#record at byte 0") {
		t.Errorf("read does not name the container:\n%s", out)
	}
}

// An interrupted command says that it was interrupted and how to go on.
func TestInterrupted(t *testing.T) {
	book := filepath.Join(t.TempDir(), "case")
	runHere(t, "", "init", book)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	say := newMessages("en")
	for _, args := range [][]string{{"add", book, "exit_test.go"}, {"verify", book}} {
		var out, words bytes.Buffer
		code := run(ctx, args, terminal{In: strings.NewReader(""), Out: &out, Err: &words, Getenv: func(string) string { return "" }})
		if code == exitOK || !strings.Contains(words.String(), say.s("error-interrupted")) || strings.Contains(out.String(), "FAILED") {
			t.Errorf("svidok %v: exit %d\n%s%s", args, code, out.String(), words.String())
		}
	}
}

// The acting admin's password must not become the new person's.
func TestAdminsPasswordStaysTheirOwn(t *testing.T) {
	book := filepath.Join(t.TempDir(), "case")
	runHere(t, "", "init", book)
	enrol := func(args ...string) (int, string) {
		var words bytes.Buffer
		getenv := func(name string) string {
			if name == "SVIDOK_PASSWORD" {
				return "an admin's password"
			}
			return ""
		}
		code := run(t.Context(), append([]string{"account", book}, args...), terminal{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &words, Getenv: getenv})
		return code, words.String()
	}
	if code, words := enrol("Olena", "--role", "admin"); code != exitOK {
		t.Fatal(words)
	}
	if code, words := enrol("Taras", "--as", "Olena"); code != exitUsage || !strings.Contains(words, "SVIDOK_NEW_PASSWORD") {
		t.Errorf("exit %d\n%s", code, words)
	}
}
