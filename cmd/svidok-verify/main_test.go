package main

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "foreign.zip")
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if f, err := w.Create("a.txt"); err != nil {
		t.Fatal(err)
	} else if _, err := f.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(foreign, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		args []string
		code int
		out  string
	}{
		{nil, 2, ""},
		{[]string{"--lang", "fr", dir}, 2, ""},
		{[]string{"--nonsense", dir}, 2, ""},
		{[]string{filepath.Join(dir, "missing")}, 2, ""},
		{[]string{"--against", filepath.Join(dir, "missing"), dir}, 2, ""},
		{[]string{dir}, 1, "failed"},
		{[]string{"--json", foreign}, 1, `{"check":"container","status":"failed","detail":"container re-packed`},
	}
	for _, tc := range cases {
		var out, errs bytes.Buffer
		if code := run(context.Background(), tc.args, &out, &errs); code != tc.code || !strings.Contains(out.String(), tc.out) {
			t.Errorf("%v: exit %d, want %d\n%s%s", tc.args, code, tc.code, out.String(), errs.String())
		}
	}
}
