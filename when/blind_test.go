package when_test

import "testing"

func TestBlind(t *testing.T) {
	if f := measure(t, "blind.txt"); f < .90 {
		t.Errorf("F1 %.3f", f)
	}
}

func TestFresh(t *testing.T) {
	if f := measure(t, "fresh.txt"); f < .90 {
		t.Errorf("F1 %.3f", f)
	}
}
