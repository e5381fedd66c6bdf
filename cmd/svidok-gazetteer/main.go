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
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: svidok-gazetteer SOURCES OUT")
		os.Exit(2)
	}
	files, err := build(os.DirFS(os.Args[1]))
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[2], name), text, 0o644)
		}
		fmt.Fprintf(os.Stderr, "%8d %s\n", len(text), name)
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
