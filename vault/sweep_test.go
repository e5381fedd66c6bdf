package vault_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/vault"
	"svidok/vault/vaulttest"
)

// TestSweep goes on where it was interrupted, names what is damaged, and is paced.
func TestSweep(t *testing.T) {
	a := vaulttest.New()
	newCase(t, a, 5).close()
	h, err := readHistory(t)(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	p := a.Bytes("vault/000001.warc.gz")
	p[h.Extents[3].From+5] ^= 1
	a.Put("vault/000001.warc.gz", p)
	var read int64
	pace := func(_ context.Context, n int) error { read += int64(n); return nil }
	next, bad := 0, []int{}
	for range h.Extents { // one at a time, as if interrupted after each
		for s, err := range vault.Sweep(t.Context(), a, h.Extents, next, pace) {
			if err != nil {
				t.Fatal(err)
			}
			if next = s.Next; s.Problem != nil {
				if !errors.Is(s.Problem, evidence.ErrTampered) || !strings.Contains(s.Problem.Error(), "000001") {
					t.Error(s.Problem)
				}
				bad = append(bad, next-1)
			}
			break
		}
	}
	if next != len(h.Extents) || !slices.Equal(bad, []int{3}) || read != h.Extents[len(h.Extents)-1].To {
		t.Errorf("came to %d of %d, damaged %v, read %d", next, len(h.Extents), bad, read)
	}
	tired := errors.New("tired")
	for s, err := range vault.Sweep(t.Context(), a, h.Extents, 0, func(context.Context, int) error { return tired }) {
		if !errors.Is(err, tired) || s.Problem != nil {
			t.Errorf("%v, %v", s.Problem, err)
		}
	}
	for _, err := range vault.Sweep(t.Context(), a, h.Extents, 99, nil) {
		if !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("from beyond the end: %v", err)
		}
	}
	a.FailRead("vault/000001.warc.gz", h.Extents[1].From)
	n := 0
	for s, err := range vault.Sweep(t.Context(), a, h.Extents, 0, nil) {
		if n++; err != nil || (s.Problem != nil) != (n == 2 || n == 4) || n == 2 && errors.Is(s.Problem, evidence.ErrTampered) {
			t.Errorf("extent %d, a sick disk: %v, %v", n-1, s.Problem, err)
		}
	}
	a.Put("vault/000001.warc.gz", nil)
	for s, err := range vault.Sweep(t.Context(), a, h.Extents[:1], 0, nil) {
		if err != nil || !errors.Is(s.Problem, evidence.ErrTampered) {
			t.Errorf("a missing segment: %v, %v", s.Problem, err)
		}
	}
}
