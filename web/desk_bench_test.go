package web

import "testing"

// BenchmarkOpen is what a start of the desk costs: words, templates, assets.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if _, err := newDesk(Config{}); err != nil {
			b.Fatal(err)
		}
	}
}
