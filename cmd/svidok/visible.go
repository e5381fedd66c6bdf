package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"svidok/evidence"
)

// Names of files, titles, quotes and errors hold foreign words. A terminal obeys what stands
// in them: they could clear it, write over it, or forge a receipt. Nothing foreign is printed
// before it went through here.

// visible returns args with every string in one harmless line.
func visible(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if s, ok := a.(string); ok {
			a = evidence.Visible(s)
		}
		out[i] = a
	}
	return out
}

// paragraph is a text of several lines, each of which is harmless.
type paragraph string

func (p paragraph) String() string {
	all := strings.Split(string(p), "\n")
	for i, line := range all {
		cells := strings.Split(line, "\t")
		for j := range cells {
			cells[j] = evidence.Visible(cells[j])
		}
		all[i] = strings.Join(cells, "\t")
	}
	return strings.Join(all, "\n")
}

// quiet writes JSON in which everything that a terminal obeys is escaped; encoding/json
// escapes only the controls below space. What a reader of JSON gets is the same.
type quiet struct{ w io.Writer }

func (q quiet) Write(b []byte) (int, error) {
	from := 0
	for i := 0; i < len(b); {
		c, size := rune(b[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(b[i:])
		}
		if c >= ' ' && evidence.Obeyed(c) {
			if _, err := q.w.Write(b[from:i]); err != nil {
				return from, err
			}
			if _, err := fmt.Fprintf(q.w, `\u%04x`, c); err != nil {
				return i, err
			}
			from = i + size
		}
		i += size
	}
	if _, err := q.w.Write(b[from:]); err != nil {
		return from, err
	}
	return len(b), nil
}
