package classifier

import (
	"slices"
	"strings"
	"testing"
)

func TestFramesAreOfConcepts(t *testing.T) {
	x := parseConcepts(conceptFile)
	if unknown := x.parseFrames(frameFile); len(unknown) > 0 {
		t.Errorf("frames of unknown concepts: %s", strings.Join(unknown, "; "))
	}
	if len(x.names) > 256 {
		t.Errorf("%d concepts; a set holds 256", len(x.names))
	}
	if sorted := slices.Sorted(slices.Values(x.names)); len(slices.Compact(sorted)) != len(x.names) {
		t.Error("a concept stands twice")
	}
}
