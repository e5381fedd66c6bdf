package witness_test

import (
	"errors"
	"testing"

	"svidok/evidence"
	"svidok/witness"
)

func TestStores(t *testing.T) {
	eachStore(t, func(t *testing.T, s witness.Store) {
		ctx := t.Context()
		if b, err := s.Load(ctx, "a"); b != nil || err != nil {
			t.Fatalf("%q, %v", b, err)
		}
		for _, step := range []struct {
			old, next string
			moved     bool
		}{{"x", "1", true}, {"", "1", false}, {"", "2", true}, {"1", "2", false}, {"1", "3", true}, {"2", "2", false}} {
			var old []byte
			if step.old != "" {
				old = []byte(step.old)
			}
			if err := s.Save(ctx, "a", old, []byte(step.next)); errors.Is(err, witness.ErrMoved) != step.moved || err != nil && !step.moved {
				t.Fatalf("%+v: %v", step, err)
			}
		}
		if b, err := s.Load(ctx, "a"); string(b) != "2" || err != nil {
			t.Fatalf("%q, %v", b, err)
		}
		if b, _ := s.Load(ctx, "b"); b != nil {
			t.Fatalf("%q", b)
		}
	})
}

// A file that was emptied is not the same as none.
func TestAnEmptiedFile(t *testing.T) {
	f := &folder{files: map[string][]byte{"state/" + witness.OriginHash("a"): {}}}
	if _, err := f.store().Load(t.Context(), "a"); !errors.Is(err, evidence.ErrTampered) {
		t.Fatal(err)
	}
	if err := f.store().Save(t.Context(), "a", nil, []byte("1")); !errors.Is(err, evidence.ErrTampered) {
		t.Fatal(err)
	}
}
