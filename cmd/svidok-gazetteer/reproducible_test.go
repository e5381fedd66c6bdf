//go:build eval

package main

import (
	"bytes"
	"os"
	"testing"
)

// What is embedded is what the generator makes of the sources, byte for byte, and it makes
// the same twice.
func TestEvalEmbeddedFilesAreReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("reads all sources twice")
	}
	first, err := build(os.DirFS(dataFolder()))
	if err != nil {
		t.Fatal(err)
	}
	second, err := build(os.DirFS(dataFolder()))
	if err != nil {
		t.Fatal(err)
	}
	if len(first.unknown) > 0 {
		t.Errorf("not placed: %q", first.unknown)
	}
	kept, err := os.ReadDir("../../places/data")
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, e := range kept {
		if _, ok := first.files[e.Name()]; ok {
			made++
		}
	}
	if made != len(first.files) {
		t.Errorf("%d of %d files lie in places/data", made, len(first.files))
	}
	for name, text := range first.files {
		if !bytes.Equal(text, second.files[name]) {
			t.Errorf("%s differs from run to run", name)
		}
		embedded, err := os.ReadFile("../../places/data/" + name)
		if err != nil || !bytes.Equal(text, embedded) {
			t.Errorf("%s is not what the generator makes of the sources: run make gazetteer (%v)", name, err)
		}
	}
}
