// Command svidok-gazetteer makes the gazetteer that package places embeds from its public
// sources: the codifier of administrative units, the order on occupied territories, and
// names, points and outlines from OpenStreetMap. The same sources give the same bytes.
//
// Usage: svidok-gazetteer SOURCES OUT
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: svidok-gazetteer SOURCES OUT")
		os.Exit(2)
	}
	out, err := build(os.DirFS(os.Args[1]))
	for _, what := range out.unknown {
		fmt.Fprintln(os.Stderr, "not placed:", what)
	}
	for _, name := range slices.Sorted(maps.Keys(out.files)) {
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[2], name), out.files[name], 0o644)
		}
		fmt.Fprintf(os.Stderr, "%8d %s\n", len(out.files[name]), name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "svidok-gazetteer:", err)
		os.Exit(1)
	}
}

// pack compresses without a date or a name, so that the same text gives the same bytes.
func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
