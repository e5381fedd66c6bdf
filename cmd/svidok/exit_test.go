package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runHere(t *testing.T, in string, args ...string) (int, string, string) {
	t.Helper()
	var out, words bytes.Buffer
	code := run(t.Context(), args, terminal{In: strings.NewReader(in), Out: &out, Err: &words, Getenv: func(string) string { return "" }})
	return code, out.String(), words.String()
}

// Exit 0 all done, 1 failed, 2 wrong usage, 3 done in part.
func TestExitStatus(t *testing.T) {
	dir := t.TempDir()
	good, missing, book := filepath.Join(dir, "good.txt"), filepath.Join(dir, "missing.txt"), filepath.Join(dir, "case")
	write(t, good, []byte("Synthetic sample: men in occupied Donetsk hide at home.\n"))
	for _, c := range []struct {
		want int
		args []string
	}{
		{2, nil},
		{2, []string{"dance"}},
		{0, []string{"help"}},
		{2, []string{"help", "dance"}},
		{0, []string{"add", "--help"}},
		{2, []string{"add"}},
		{2, []string{"add", "--unknown", "a", "b"}},
		{2, []string{"init", "a", "b"}},
		{2, []string{"read"}},
		{2, []string{"--lang", "xx", "help"}},
		{0, []string{"read", good}},
		{1, []string{"read", missing}},
		{3, []string{"read", good, missing}},
		{1, []string{"verify", missing}},
		{1, []string{"work", missing}},
		{0, []string{"init", book}},
		{1, []string{"init", book}},
		{0, []string{"add", book, good}},
		{3, []string{"add", book, good, missing}},
		{1, []string{"add", book, missing}},
		{2, []string{"dossier", book}},
		{1, []string{"dossier", book, "-o", filepath.Join(dir, "x.zip")}},
		{2, []string{"statements", book, "--for", "fun"}},
		{0, []string{"reports", book, "--gate", "open", "--standing", "suggested"}},
		{2, []string{"reports", book, "--gate", "opne"}},
		{2, []string{"reports", book, "--standing", "fun"}},
		{0, []string{"verify", book}},
	} {
		code, out, words := runHere(t, "", c.args...)
		if code != c.want {
			t.Errorf("svidok %v: exit %d, want %d\n%s%s", c.args, code, c.want, out, words)
		}
		if c.want != 0 && words == "" {
			t.Errorf("svidok %v failed without a word", c.args)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "x.zip")); err == nil {
		t.Error("a dossier without findings was written")
	}
}
