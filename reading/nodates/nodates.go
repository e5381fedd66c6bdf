// Package htmldate stands in for github.com/markusmobius/go-htmldate, which
// go-trafilatura imports and we never call: reading reads dates by itself. The real
// one brings tables that cost every start of the program 270 ms and 100 MB of
// allocation, and it asks the clock, so that the same page could read differently
// tomorrow. go.mod replaces it by this package. Only what go-trafilatura names is here.
package htmldate

import (
	"time"

	"golang.org/x/net/html"
)

// Options is never read.
type Options struct {
	UseOriginalDate     bool
	SkipExtensiveSearch bool
	URL                 string
}

// Result is always zero.
type Result struct {
	DateTime time.Time
	HasTime  bool
}

// IsZero reports that there is no date.
func (r Result) IsZero() bool { return r.DateTime.IsZero() }

// FromDocument finds no date.
func FromDocument(*html.Node, Options) (Result, error) { return Result{}, nil }
