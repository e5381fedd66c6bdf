package witness_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

func day() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

func capture() evidence.Capture {
	return evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: evidence.Sum([]byte("HTTP/1.1 200 OK\r\n\r\n<p>Synthetic.</p>")), Size: 37, MediaType: "application/http; msgtype=response",
		Part: evidence.PartReport, Door: "web", Claims: evidence.Claims{Address: "https://news.example/17"}, Received: day(), Nonce: "0011223344556677", Tool: "svidok/test"}
}

// otherCase is a case that shows what it captured.
type otherCase struct {
	*log
	line  string
	index int64
	rec   string
	w     *proof.Cosigner
}

func newCase(t *testing.T, c any, kind evidence.Kind) otherCase {
	t.Helper()
	rec, err := evidence.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	line, err := proof.EncodeEntry(evidence.Entry{Kind: kind, Ref: evidence.Sum(rec), Who: "m:collector/1", When: day()})
	if err != nil {
		t.Fatal(err)
	}
	l := newLog(t).grow(5)
	l.add(string(line))
	l.grow(3)
	return otherCase{log: l, line: string(line), index: 5, rec: string(rec), w: cosigner(t, "svidok.witness/w", 9)}
}

func (o otherCase) statement() witness.CrossCapture {
	o.t.Helper()
	path, err := proveRecord(o.log, o.size(), o.index)
	if err != nil {
		o.t.Fatal(err)
	}
	line, err := o.w.Cosign(o.head(o.size()).Text(), day().Add(time.Minute))
	if err != nil {
		o.t.Fatal(err)
	}
	return witness.CrossCapture{V: 1, Record: o.rec, Entry: o.line, Index: o.index, Path: path, Checkpoint: string(o.signed(o.size())) + string(line),
		Status: 200, Body: evidence.Sum([]byte("<p>Synthetic.</p>")), Text: evidence.Sum([]byte("Synthetic.")), Reader: "reading/1"}
}

func TestOneCaseShowsAnother(t *testing.T) {
	o := newCase(t, capture(), evidence.KindCapture)
	signed, err := o.statement().Sign(o.signer, o.key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := witness.OpenCrossCapture(signed, o.key, []*proof.CosignatureKey{o.w.Key()}, proof.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Case != origin || got.Index != 5 || got.Size != 9 || got.Record != evidence.Sum([]byte(o.rec)) || got.Payload != capture().Payload || got.Address != "https://news.example/17" ||
		!got.Taken.Equal(day()) || len(got.Cosigned) != 1 || !got.Cosigned[0].Time.Equal(day().Add(time.Minute)) {
		t.Fatalf("%+v", got)
	}
	// Without a witness that we know it is only the case's own word, and said to be.
	if got, err := witness.OpenCrossCapture(signed, o.key, nil, proof.Bounds{}); err != nil || len(got.Cosigned) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := witness.OpenCrossCapture(signed, o.key, []*proof.CosignatureKey{o.w.Key()}, proof.Bounds{NotAfter: day()}); err != nil || len(got.Cosigned) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	_, stranger := pair(t, origin, 2)
	if _, err := witness.OpenCrossCapture(signed, stranger, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrTampered) {
		t.Fatalf("another key: %v", err)
	}
	for i := range signed {
		for bit := range 8 {
			bad := bytes.Clone(signed)
			bad[i] ^= 1 << bit
			if got, err := witness.OpenCrossCapture(bad, o.key, nil, proof.Bounds{}); err == nil {
				t.Fatalf("byte %d bit %d changed unseen: %+v", i, bit, got)
			}
		}
	}
}

// The other case has its own key, so it may sign whatever it likes: what does not fit its
// ledger is found all the same.
func TestStatementsThatDoNotHold(t *testing.T) {
	o := newCase(t, capture(), evidence.KindCapture)
	other := newCase(t, func() any { c := capture(); c.Size++; return c }(), evidence.KindCapture)
	liar := o.fork(5, "another\n").grow(3)
	for name, c := range map[string]struct {
		change func(*witness.CrossCapture)
		want   error
	}{
		"another record":          {func(c *witness.CrossCapture) { c.Record = other.rec }, evidence.ErrTampered},
		"another line and record": {func(c *witness.CrossCapture) { c.Record, c.Entry = other.rec, other.line }, evidence.ErrTampered},
		"another index":           {func(c *witness.CrossCapture) { c.Index = 4 }, evidence.ErrTampered},
		"below":                   {func(c *witness.CrossCapture) { c.Index = -1 }, evidence.ErrTampered},
		"beyond":                  {func(c *witness.CrossCapture) { c.Index = 9 }, evidence.ErrTampered},
		"truncated proof":         {func(c *witness.CrossCapture) { c.Path = c.Path[1:] }, evidence.ErrTampered},
		"no proof":                {func(c *witness.CrossCapture) { c.Path = nil }, evidence.ErrTampered},
		"a checkpoint without it": {func(c *witness.CrossCapture) { c.Checkpoint = string(liar.signed(9)) }, evidence.ErrTampered},
		"no checkpoint":           {func(c *witness.CrossCapture) { c.Checkpoint = "" }, evidence.ErrTampered},
		"a forged cosignature": {func(c *witness.CrossCapture) {
			c.Checkpoint = string(o.signed(8)) + c.Checkpoint[strings.LastIndex(c.Checkpoint, "— "):]
		}, evidence.ErrTampered},
		"another version":       {func(c *witness.CrossCapture) { c.V = 2 }, evidence.ErrFormat},
		"a status of its own":   {func(c *witness.CrossCapture) { c.Status = 1000 }, evidence.ErrFormat},
		"a record that is none": {func(c *witness.CrossCapture) { c.Record = "{}\n" }, evidence.ErrTampered},
		"a line that is none":   {func(c *witness.CrossCapture) { c.Entry = "x\n" }, evidence.ErrFormat},
	} {
		s := o.statement()
		c.change(&s)
		body, err := evidence.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := note.Sign(&note.Note{Text: "svidok-crosscapture/1\n" + string(body)}, o.signer)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := witness.OpenCrossCapture(signed, o.key, []*proof.CosignatureKey{o.w.Key()}, proof.Bounds{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, text := range []string{"svidok-crosscapture/1\n", "svidok-crosscapture/2\n{}\n", "{}\n", o.head(9).Text(), "svidok-crosscapture/1\n{ }\n"} {
		signed, err := note.Sign(&note.Note{Text: text}, o.signer)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := witness.OpenCrossCapture(signed, o.key, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	// A statement is no checkpoint, though the same key signed it.
	signed, err := o.statement().Sign(o.signer, o.key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := proof.OpenCheckpoint(signed, o.key); err == nil {
		t.Fatalf("a statement is read as a checkpoint: %+v", c)
	}
	if _, err := witness.OpenCrossCapture(make([]byte, 1<<20), o.key, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrLimit) {
		t.Fatal(err)
	}
}

// What could name somebody stays where it is, also against the will of who holds the key.
func TestWhatIsNotShown(t *testing.T) {
	for name, change := range map[string]func(*evidence.Capture){
		"a file's name":  func(c *evidence.Capture) { c.Name = "statement of a mother.pdf" },
		"a title":        func(c *evidence.Capture) { c.Claims.Title = "Synthetic" },
		"a forward":      func(c *evidence.Capture) { c.Claims.Forwarded = "somebody" },
		"a reply":        func(c *evidence.Capture) { c.Claims.ReplyTo = "17" },
		"credentials":    func(c *evidence.Capture) { c.Claims.Address = "https://user:word@news.example/" },
		"no address":     func(c *evidence.Capture) { c.Claims.Address = "" },
		"a file":         func(c *evidence.Capture) { c.Claims.Address = "file:///home/somebody/x" },
		"a container":    func(c *evidence.Capture) { c.Part = evidence.PartContainer },
		"relative":       func(c *evidence.Capture) { c.Claims.Address = "/news/17" },
		"not an address": func(c *evidence.Capture) { c.Claims.Address = "https://%zz" },
	} {
		c := capture()
		change(&c)
		o := newCase(t, c, evidence.KindCapture)
		signed, err := o.statement().Sign(o.signer, o.key)
		if !errors.Is(err, evidence.ErrRefused) || signed != nil {
			t.Errorf("%s: %q, %v", name, signed, err)
		}
	}
	// A line of another kind may name a capture record, and a line of a capture another record.
	o := newCase(t, capture(), evidence.KindCopy)
	if _, err := o.statement().Sign(o.signer, o.key); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("a line of another kind: %v", err)
	}
	for _, change := range []func(*evidence.Capture){func(c *evidence.Capture) { c.V = 2 }, func(c *evidence.Capture) { c.Kind = evidence.KindText }} {
		c := capture()
		change(&c)
		o := newCase(t, c, evidence.KindCapture)
		if _, err := o.statement().Sign(o.signer, o.key); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("another kind of record: %v", err)
		}
	}
	o = newCase(t, evidence.Taking{V: 1, Kind: evidence.KindTaking, Source: "s:0011223344556677"}, evidence.KindTaking)
	if _, err := o.statement().Sign(o.signer, o.key); err == nil {
		t.Error("a record that is no capture is shown")
	}
}

func TestLikenesses(t *testing.T) {
	ours := witness.Observation{Address: "https://news.example/17#top", Taken: day(), Payload: evidence.Sum([]byte("p")), Status: 200, Body: evidence.Sum([]byte("b")), Text: evidence.Sum([]byte("t")), Reader: "reading/1"}
	for _, c := range []struct {
		name   string
		change func(*witness.Observation)
		want   witness.Likeness
	}{
		{"the same", func(*witness.Observation) {}, witness.SameBytes},
		{"another head, the same body", func(o *witness.Observation) { o.Payload = evidence.Hash{1} }, witness.SameBytes},
		{"a counter in the page", func(o *witness.Observation) { o.Payload, o.Body = evidence.Hash{1}, evidence.Hash{2} }, witness.SameText},
		{"other words", func(o *witness.Observation) {
			o.Payload, o.Body, o.Text = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}
		}, witness.Contradicts},
		{"other words, later", func(o *witness.Observation) {
			o.Payload, o.Body, o.Text, o.Taken = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}, day().Add(time.Hour+time.Second)
		}, witness.Differs},
		{"other words, earlier", func(o *witness.Observation) {
			o.Payload, o.Body, o.Text, o.Taken = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}, day().Add(-2*time.Hour)
		}, witness.Differs},
		{"gone for the other", func(o *witness.Observation) { o.Status = 404 }, witness.Contradicts},
		{"gone later", func(o *witness.Observation) { o.Status, o.Taken = 410, day().Add(24*time.Hour) }, witness.Differs},
		{"read by another reader", func(o *witness.Observation) {
			o.Payload, o.Body, o.Text, o.Reader = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}, "reading/2"
		}, witness.Unlike},
		{"nothing known of it", func(o *witness.Observation) {
			o.Payload, o.Body, o.Text = evidence.Hash{1}, evidence.Hash{}, evidence.Hash{}
		}, witness.Unlike},
		{"elsewhere", func(o *witness.Observation) { o.Address = "https://news.example/18" }, witness.Unlike},
		{"nowhere", func(o *witness.Observation) { o.Address = "" }, witness.Unlike},
	} {
		theirs := ours
		c.change(&theirs)
		if got := witness.Liken(ours, theirs, time.Hour); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := witness.Liken(theirs, ours, time.Hour); got != c.want {
			t.Errorf("%s, the other way: %s, want %s", c.name, got, c.want)
		}
	}
	if got := witness.Liken(witness.Observation{}, witness.Observation{}, time.Hour); got != witness.Unlike {
		t.Errorf("of nothing: %s", got)
	}
}

func FuzzOpenCrossCapture(f *testing.F) {
	signer, key := pair(f, origin, 1)
	f.Add("svidok-crosscapture/1\n{\"v\":1,\"record\":\"\",\"entry\":\"\",\"index\":0,\"path\":null,\"checkpoint\":\"\"}\n")
	f.Add("x\n")
	f.Fuzz(func(t *testing.T, text string) {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return
		}
		if s, err := witness.OpenCrossCapture(signed, key, nil, proof.Bounds{}); err == nil {
			t.Fatalf("%q holds, and is in no ledger: %+v", text, s)
		}
	})
}
