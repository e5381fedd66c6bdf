package crosscapture_test

import (
	"errors"
	"testing"
	"time"

	"svidok/crosscapture"
	"svidok/evidence"
)

// shown is a case's public key and its statement.
func shown(t *testing.T, seed byte, name string, change func(*evidence.Capture), also func(*crosscapture.Statement)) (string, string) {
	t.Helper()
	c := capture()
	if change != nil {
		change(&c)
	}
	o := newCaseOf(t, seed, name, c, evidence.KindCapture)
	s := o.statement()
	if also != nil {
		also(&s)
	}
	signed, err := s.Sign(o.signer, o.key)
	if err != nil {
		t.Fatal(err)
	}
	return o.public, string(signed)
}

func TestPairsOfCaptures(t *testing.T) {
	us, own := shown(t, 1, origin, nil, nil)
	them, other := shown(t, 2, "svidok.case/other", func(c *evidence.Capture) { c.Received = c.Received.Add(10 * time.Minute) }, nil)
	p := crosscapture.Pair{V: 1, Key: them, Own: own, Other: other}
	got, err := p.Open(us)
	if err != nil || got.Likeness != crosscapture.SameBytes || got.Own.Case != origin || got.Other.Case != "svidok.case/other" || got.Other.Taken.Sub(got.Own.Taken) != 10*time.Minute || got.Own.Root.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	_, elsewhere := shown(t, 2, "svidok.case/other", func(c *evidence.Capture) { c.Claims.Address = "https://news.example/18" }, nil)
	renamed, ours := shown(t, 1, "svidok.case/renamed", nil, nil)
	_, forged := shown(t, 3, "svidok.case/other", nil, nil)
	for name, c := range map[string]struct {
		change func(*crosscapture.Pair)
		want   error
	}{
		"our own twice":           {func(p *crosscapture.Pair) { p.Key, p.Other = us, own }, evidence.ErrRefused},
		"our key by another name": {func(p *crosscapture.Pair) { p.Key, p.Other = renamed, ours }, evidence.ErrRefused},
		"two addresses":           {func(p *crosscapture.Pair) { p.Other = elsewhere }, evidence.ErrRefused},
		"signed by somebody else": {func(p *crosscapture.Pair) { p.Other = forged }, evidence.ErrRefused},
		"ours by them":            {func(p *crosscapture.Pair) { p.Own = other }, evidence.ErrRefused},
		"a key that is none":      {func(p *crosscapture.Pair) { p.Key = "x" }, evidence.ErrFormat},
		"another version":         {func(p *crosscapture.Pair) { p.V = 2 }, evidence.ErrFormat},
		"without their statement": {func(p *crosscapture.Pair) { p.Other = "" }, evidence.ErrFormat},
	} {
		bad := p
		c.change(&bad)
		if got, err := bad.Open(us); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	_, words := shown(t, 2, "svidok.case/other", nil, func(s *crosscapture.Statement) { s.Body, s.Text = evidence.Hash{1}, evidence.Hash{2} })
	p.Other = words
	// The payload is in the record, so other words under the same payload are the other case's own contradiction.
	if got, err := p.Open(us); err != nil || got.Likeness != crosscapture.SameBytes {
		t.Errorf("%+v, %v", got, err)
	}
	_, words = shown(t, 2, "svidok.case/other", func(c *evidence.Capture) { c.Payload = evidence.Hash{9} }, func(s *crosscapture.Statement) { s.Body, s.Text = evidence.Hash{1}, evidence.Hash{2} })
	p.Other = words
	if got, err := p.Open(us); err != nil || got.Likeness != crosscapture.Contradicts {
		t.Errorf("%+v, %v", got, err)
	}
}
