package when_test

import "testing"

// The sentences of blind.txt were written before the reader was first run, and measured once
// before any change made for them: F1 .938 (uk .929, ru .959, en .928). Those of fresh.txt were
// written after that: .958 (uk 1.0, ru .903, en .963). Faults that they showed have been
// mended since, so both only guard now.
func TestBlind(t *testing.T) {
	if f := measure(t, "blind.txt"); f < .97 {
		t.Errorf("F1 %.3f", f)
	}
}

func TestFresh(t *testing.T) {
	if f := measure(t, "fresh.txt"); f < .97 {
		t.Errorf("F1 %.3f", f)
	}
}
