package evidence_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
)

func TestHashHasOneForm(t *testing.T) {
	h := evidence.Sum([]byte("synthetic"))
	if got, err := evidence.ParseHash(h.String()); err != nil || got != h {
		t.Fatalf("ParseHash(%s) = %v, %v", h, got, err)
	}
	for _, bad := range []string{"", "ab", strings.ToUpper(h.String()), h.String() + "0", h.String()[:63] + "g", " " + h.String()[1:]} {
		if _, err := evidence.ParseHash(bad); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("ParseHash(%q) = %v, want ErrFormat", bad, err)
		}
	}
}

func TestDecodeRefusesASecondForm(t *testing.T) {
	c := evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: evidence.Sum(nil), MediaType: "text/plain", Part: evidence.PartReport,
		Door: "file", Name: "a.txt", Received: evidence.Instant(time.Unix(1760000000, 123456789)), Nonce: "0011223344556677", Tool: "svidok test"}
	b, err := evidence.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := evidence.Decode[evidence.Capture](b)
	if err != nil || again.Name != c.Name || !again.Received.Equal(c.Received) {
		t.Fatalf("round trip: %+v, %v", again, err)
	}
	text := string(b)
	for _, bad := range []string{
		strings.Replace(text, `"v":1`, `"v": 1`, 1),
		strings.Replace(text, `{"v":1,`, `{"v":1,"note":"x",`, 1),
		strings.Replace(text, `{"v":1,`, `{"v":2,"v":1,`, 1),
		strings.TrimSuffix(text, "\n"), text + "\n", "", "null",
	} {
		if _, err := evidence.Decode[evidence.Capture]([]byte(bad)); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("Decode(%q) = %v, want ErrFormat", bad, err)
		}
	}
}

func FuzzDecodeIsCanonical(f *testing.F) {
	b, _ := evidence.Encode(evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: evidence.ActAccept, By: "p:00"})
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := evidence.Decode[evidence.Decision](b)
		if err != nil {
			return
		}
		if again, err := evidence.Encode(d); err != nil || string(again) != string(b) {
			t.Fatalf("two forms of one record: %q and %q (%v)", b, again, err)
		}
	})
}

func TestHints(t *testing.T) {
	err := evidence.WithHint(evidence.ErrBusy, "close the other window")
	if !errors.Is(err, evidence.ErrBusy) || evidence.HintOf(err) != "close the other window" {
		t.Fatalf("%v, hint %q", err, evidence.HintOf(err))
	}
	if evidence.WithHint(nil, "x") != nil || evidence.HintOf(evidence.ErrBusy) != "" {
		t.Fatal("a hint without an error")
	}
}

func TestStatementIDDependsOnItsAnchor(t *testing.T) {
	text := evidence.Sum([]byte("text"))
	ids := map[string]bool{}
	for _, c := range []struct {
		code       string
		start, end int
	}{{"A.B", 1, 2}, {"A.B", 1, 3}, {"A.B", 0, 2}, {"A.C", 1, 2}, {"A", 1, 2}} {
		ids[evidence.StatementID(text, c.code, c.start, c.end)] = true
	}
	ids[evidence.StatementID(evidence.Sum([]byte("other")), "A.B", 1, 2)] = true
	if len(ids) != 6 {
		t.Fatalf("%d distinct IDs, want 6", len(ids))
	}
}
