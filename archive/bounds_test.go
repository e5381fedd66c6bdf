package archive

import (
	"testing"

	"svidok/catalog"
	"svidok/evidence"
)

// Rounds are bounded by bytes, not only by number: a folder of huge texts must not fill
// the memory of a laptop.
func TestRoundsAreBoundedByBytes(t *testing.T) {
	sized := func(sizes ...int64) (waiting []catalog.Unread, list []entry) {
		for _, n := range sizes {
			waiting = append(waiting, catalog.Unread{Capture: evidence.Capture{Size: n}})
			list = append(list, entry{record: evidence.Text{Size: int(n)}})
		}
		return waiting, list
	}
	for _, c := range []struct {
		sizes        []int64
		read, follow int
	}{
		{[]int64{1, 2, 3}, 3, 3},
		{[]int64{workBytes + 1}, 1, 1},
		{[]int64{workBytes, 1, 1}, 1, 3},
		{[]int64{followBytes + 1, 1}, 1, 1},
		{[]int64{followBytes, 1, 1}, 1, 1},
		{nil, 0, 0},
	} {
		waiting, list := sized(c.sizes...)
		if got := atOnce(waiting); got != c.read {
			t.Errorf("%v: %d are read at once, want %d", c.sizes, got, c.read)
		}
		if got := textsAtOnce(list); got != c.follow {
			t.Errorf("%v: %d are followed at once, want %d", c.sizes, got, c.follow)
		}
	}
}
