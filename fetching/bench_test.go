//go:build bench

package fetching_test

import "testing"

// TestMonths: what months bring, in short. Run with -tags bench; it takes a minute or two.
func TestMonths(t *testing.T) { leaksNothing(t, 20000) }
