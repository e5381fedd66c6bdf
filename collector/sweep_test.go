package collector_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"svidok/archive"
	"svidok/collector"
	"svidok/evidence"
)

// sweeps lets the collector run for so long, and gives what each sweep found.
func (b *bench) sweeps(t *testing.T, every, long time.Duration) []archive.Swept {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	end := b.Now().Add(long)
	var found []archive.Swept
	swept := make(chan archive.Swept, 100)
	o := collector.Options{Archive: b.Archive, Now: b.Now, Rand: rand.Reader, Client: b.client(t), Tool: "svidok/test",
		Swept: func(s archive.Swept, err error) {
			if err != nil {
				t.Error(err)
			}
			swept <- s
		}}
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		for due := true; due; { // a sweep is under way: the clock stands until it is done
			var err error
			if due, err = b.Keeping().SweepDue(ctx); err != nil {
				return err
			}
			if due {
				found = append(found, <-swept)
			}
		}
		if b.Now().After(end) {
			cancel()
		}
		return b.Sleep(ctx, d)
	}
	if err := b.Keeping().Set(t.Context(), "", evidence.Settings{Sweep: int64(every / time.Second)}, nil); err != nil {
		t.Fatal(err)
	}
	c, err := collector.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(ctx, 6*time.Hour, nil); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for close(swept); len(swept) > 0; {
		found = append(found, <-swept)
	}
	return found
}

func TestSweepsAsOftenAsAsked(t *testing.T) {
	b := newBench(t)
	found := b.sweeps(t, 7*24*time.Hour, 30*24*time.Hour)
	if len(found) != 5 { // at once, and each week
		t.Errorf("%d sweeps in thirty days", len(found))
	}
	for _, s := range found {
		if s.Damaged != 0 || s.First != nil || s.Extents == 0 || s.Bytes == 0 {
			t.Errorf("%+v", s)
		}
	}
	noted, err := b.Catalog().Custodies(t.Context(), evidence.CustodyChecked, 10)
	if err != nil || len(noted) != len(found) {
		t.Errorf("%d noted, %v", len(noted), err)
	}
	if found := b.sweeps(t, 0, 30*24*time.Hour); len(found) != 0 {
		t.Errorf("%d sweeps that nobody asked for", len(found))
	}
}

func TestSweepsFindDamage(t *testing.T) {
	for name, file := range map[string]string{"vault": "vault/000001.warc.gz", "journal": "ledger/journal"} {
		b := newBench(t)
		p := filepath.Join(b.dir, "case", file)
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/2] ^= 1
		if err := os.WriteFile(p, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := b.Keeping().Sweep(t.Context(), "", nil)
		if err != nil || s.Damaged == 0 || !errors.Is(s.First, evidence.ErrTampered) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if v, err := b.Keeping().Vouched(t.Context()); err != nil || v.Damaged != s.Damaged {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}
