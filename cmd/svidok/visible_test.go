package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/evidence"
)

// What a hostile report or file is called, and what it says, is shown and not obeyed.
func TestNothingForeignIsObeyedByATerminal(t *testing.T) {
	dir := t.TempDir()
	name := "a\x1b[2J\nok preserved b.txt"
	if os.WriteFile(filepath.Join(dir, name), []byte("Words\x1b]0;title\x07 \u202eturned."), 0o600) != nil {
		t.Skip("no such names in this file system")
	}
	page := "<html><head><title>T\u009b31m\u202e</title></head><body><article><p>У Донецьку патрулі зупиняли чоловіків\u202e і перевіряли\u009b31m документи.</p></article></body></html>"
	if err := os.WriteFile(filepath.Join(dir, "x.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(t.TempDir(), "case")
	for _, args := range [][]string{{"init", home}, {"add", home, dir}, {"reports", home}, {"statements", home}, {"read", dir}, {"code", dir}, {"copies", dir},
		{"reports", "--json", home}, {"code", "--json", dir}, {"verify", "no\x1b[2Jfile"}, {"add", home, "no\x1b[2Jfile"}} {
		_, out, errs := runHere(t, "", args...)
		for _, s := range []string{out, errs} {
			for _, line := range strings.FieldsFunc(s, func(c rune) bool { return c == '\n' || c == '\t' }) {
				if strings.ContainsFunc(line, evidence.Obeyed) || strings.HasPrefix(line, "ok preserved") {
					t.Errorf("%q prints %q", args, line)
				}
			}
		}
	}
}

func TestQuietJSONMeansTheSame(t *testing.T) {
	var b strings.Builder
	words := "так \x1b[2J \u009b31m \u202eназад \x7f\u2028 кінець 👍"
	if err := json.NewEncoder(quiet{&b}).Encode(words); err != nil {
		t.Fatal(err)
	}
	var back string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back != words {
		t.Errorf("%s reads as %q, %v", b.String(), back, err)
	}
	if line := strings.TrimSuffix(b.String(), "\n"); strings.ContainsFunc(line, evidence.Obeyed) {
		t.Errorf("%q is obeyed", line)
	}
}
