package crosscapture_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
)

func day() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

func capture() evidence.Capture {
	return evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: evidence.Sum([]byte("HTTP/1.1 200 OK\r\n\r\n<p>Synthetic.</p>")), Size: 37, MediaType: "application/http; msgtype=response",
		Part: evidence.PartReport, Door: "web", Claims: evidence.Claims{Address: "https://news.example/17"}, Received: day(), Nonce: "0011223344556677", Tool: "svidok/test"}
}

const origin = "svidok.case/test"

// fataler is a test of the standard library.
type fataler interface {
	Helper()
	Fatal(...any)
}

// pair makes a key pair from a seed.
func pair(t fataler, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	s, v, _ := named(t, seed, origin)
	return s, v
}

// named is pair under a name; the key's text goes along.
func named(t fataler, seed byte, name string) (note.Signer, note.Verifier, string) {
	t.Helper()
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, v, public
}

// otherCase is a case that shows what it captured: a real ledger.
type otherCase struct {
	t      *testing.T
	signer note.Signer
	key    note.Verifier
	public string
	ledger *ledger.Ledger
	line   string
	index  int64
	rec    string
	w      *proof.Cosigner
}

func newCase(t *testing.T, c any, kind evidence.Kind) otherCase {
	t.Helper()
	return newCaseOf(t, 1, origin, c, kind)
}

func newCaseOf(t *testing.T, seed byte, name string, c any, kind evidence.Kind) otherCase {
	t.Helper()
	rec, err := evidence.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	e := evidence.Entry{Kind: kind, Ref: evidence.Sum(rec), Who: "m:collector/1", When: day()}
	line, err := proof.EncodeEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	o := otherCase{t: t, line: string(line), index: 5, rec: string(rec)}
	o.signer, o.key, o.public = named(t, seed, name)
	o.ledger = o.grown(5, e, 3)
	if o.w, err = proof.NewCosigner("svidok.witness/w", bytes.Repeat([]byte{9}, 32)); err != nil {
		t.Fatal(err)
	}
	return o
}

// grown is a ledger with an entry between others.
func (o otherCase) grown(before int, e evidence.Entry, after int) *ledger.Ledger {
	o.t.Helper()
	dir := vault.Dir(o.t.TempDir())
	if err := ledger.Create(o.t.Context(), dir, o.signer); err != nil {
		o.t.Fatal(err)
	}
	l, err := ledger.Open(o.t.Context(), dir, o.signer, o.key)
	if err != nil {
		o.t.Fatal(err)
	}
	var list []evidence.Entry
	for i := range before + 1 + after {
		other := evidence.Entry{Kind: evidence.KindText, Ref: evidence.Sum([]byte{byte(i)}), Who: "m:test/1", When: day()}
		if i == before {
			other = e
		}
		list = append(list, other)
	}
	if _, err := l.Append(o.t.Context(), list); err != nil {
		o.t.Fatal(err)
	}
	return l
}

func (o otherCase) statement() crosscapture.Statement {
	o.t.Helper()
	head, signed := o.ledger.Checkpoint()
	path, err := o.ledger.Prove(o.t.Context(), o.index, head.Size)
	if err != nil {
		o.t.Fatal(err)
	}
	line, err := o.w.Cosign(head.Text(), day().Add(time.Minute))
	if err != nil {
		o.t.Fatal(err)
	}
	return crosscapture.Statement{V: 1, Record: o.rec, Entry: o.line, Index: o.index, Path: path, Checkpoint: string(signed) + string(line),
		Status: 200, Body: evidence.Sum([]byte("<p>Synthetic.</p>")), Text: evidence.Sum([]byte("Synthetic.")), Reader: "reading/1"}
}

func TestOneCaseShowsAnother(t *testing.T) {
	o := newCase(t, capture(), evidence.KindCapture)
	signed, err := o.statement().Sign(o.signer, o.key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := crosscapture.Open(signed, o.key, []*proof.CosignatureKey{o.w.Key()}, proof.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Case != origin || got.Index != 5 || got.Size != 9 || got.Record != evidence.Sum([]byte(o.rec)) || got.Payload != capture().Payload || got.Address != "https://news.example/17" ||
		!got.Taken.Equal(day()) || len(got.Cosigned) != 1 || !got.Cosigned[0].Time.Equal(day().Add(time.Minute)) {
		t.Fatalf("%+v", got)
	}
	// Without a witness that we know it is only the case's own word, and said to be.
	if got, err := crosscapture.Open(signed, o.key, nil, proof.Bounds{}); err != nil || len(got.Cosigned) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := crosscapture.Open(signed, o.key, []*proof.CosignatureKey{o.w.Key()}, proof.Bounds{NotAfter: day()}); err != nil || len(got.Cosigned) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	_, stranger := pair(t, 2)
	if _, err := crosscapture.Open(signed, stranger, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("another key: %v", err)
	}
	for i := range signed {
		for bit := range 8 {
			bad := bytes.Clone(signed)
			bad[i] ^= 1 << bit
			if got, err := crosscapture.Open(bad, o.key, nil, proof.Bounds{}); err == nil {
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
	_, liar := o.grown(5, evidence.Entry{Kind: evidence.KindCapture, Ref: evidence.Sum([]byte("another")), Who: "m:collector/1", When: day()}, 3).Checkpoint()
	_, smaller := o.grown(4, evidence.Entry{Kind: evidence.KindText, Ref: evidence.Sum([]byte{4}), Who: "m:test/1", When: day()}, 3).Checkpoint()
	for name, c := range map[string]struct {
		change func(*crosscapture.Statement)
		want   error
	}{
		"another record":          {func(c *crosscapture.Statement) { c.Record = other.rec }, evidence.ErrTampered},
		"another line and record": {func(c *crosscapture.Statement) { c.Record, c.Entry = other.rec, other.line }, evidence.ErrTampered},
		"another index":           {func(c *crosscapture.Statement) { c.Index = 4 }, evidence.ErrTampered},
		"below":                   {func(c *crosscapture.Statement) { c.Index = -1 }, evidence.ErrTampered},
		"beyond":                  {func(c *crosscapture.Statement) { c.Index = 9 }, evidence.ErrTampered},
		"truncated proof":         {func(c *crosscapture.Statement) { c.Path = c.Path[1:] }, evidence.ErrTampered},
		"no proof":                {func(c *crosscapture.Statement) { c.Path = nil }, evidence.ErrTampered},
		"a checkpoint without it": {func(c *crosscapture.Statement) { c.Checkpoint = string(liar) }, evidence.ErrTampered},
		"no checkpoint":           {func(c *crosscapture.Statement) { c.Checkpoint = "" }, evidence.ErrTampered},
		"a forged cosignature": {func(c *crosscapture.Statement) {
			c.Checkpoint = string(smaller) + c.Checkpoint[strings.LastIndex(c.Checkpoint, "— "):]
		}, evidence.ErrTampered},
		"another version":       {func(c *crosscapture.Statement) { c.V = 2 }, evidence.ErrFormat},
		"a status of its own":   {func(c *crosscapture.Statement) { c.Status = 1000 }, evidence.ErrFormat},
		"a record that is none": {func(c *crosscapture.Statement) { c.Record = "{}\n" }, evidence.ErrTampered},
		"a line that is none":   {func(c *crosscapture.Statement) { c.Entry = "x\n" }, evidence.ErrFormat},
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
		if got, err := crosscapture.Open(signed, o.key, []*proof.CosignatureKey{o.w.Key()}, proof.Bounds{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, text := range []string{"svidok-crosscapture/1\n", "svidok-crosscapture/2\n{}\n", "{}\n", string(liar[:bytes.Index(liar, []byte("\n\n"))+1]), "svidok-crosscapture/1\n{ }\n"} {
		signed, err := note.Sign(&note.Note{Text: text}, o.signer)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := crosscapture.Open(signed, o.key, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrFormat) {
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
	if _, err := crosscapture.Open(make([]byte, 1<<20), o.key, nil, proof.Bounds{}); !errors.Is(err, evidence.ErrLimit) {
		t.Fatal(err)
	}
}

// What could name somebody stays where it is, also against the will of who holds the key.
func TestWhatIsNotShown(t *testing.T) {
	for name, change := range map[string]func(*evidence.Capture){
		"a file's name":  func(c *evidence.Capture) { c.Name = "statement of a mother.pdf" },
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
	ours := crosscapture.Observation{Address: "https://news.example/17#top", Taken: day(), Payload: evidence.Sum([]byte("p")), Status: 200, Body: evidence.Sum([]byte("b")), Text: evidence.Sum([]byte("t")), Reader: "reading/1"}
	for _, c := range []struct {
		name   string
		change func(*crosscapture.Observation)
		want   crosscapture.Likeness
	}{
		{"the same", func(*crosscapture.Observation) {}, crosscapture.SameBytes},
		{"another head, the same body", func(o *crosscapture.Observation) { o.Payload = evidence.Hash{1} }, crosscapture.SameBytes},
		{"a counter in the page", func(o *crosscapture.Observation) { o.Payload, o.Body = evidence.Hash{1}, evidence.Hash{2} }, crosscapture.SameText},
		{"other words", func(o *crosscapture.Observation) {
			o.Payload, o.Body, o.Text = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}
		}, crosscapture.Contradicts},
		{"other words, later", func(o *crosscapture.Observation) {
			o.Payload, o.Body, o.Text, o.Taken = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}, day().Add(time.Hour+time.Second)
		}, crosscapture.Differs},
		{"other words, earlier", func(o *crosscapture.Observation) {
			o.Payload, o.Body, o.Text, o.Taken = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}, day().Add(-2*time.Hour)
		}, crosscapture.Differs},
		{"gone for the other", func(o *crosscapture.Observation) { o.Status = 404 }, crosscapture.Contradicts},
		{"gone later", func(o *crosscapture.Observation) { o.Status, o.Taken = 410, day().Add(24*time.Hour) }, crosscapture.Differs},
		{"read by another reader", func(o *crosscapture.Observation) {
			o.Payload, o.Body, o.Text, o.Reader = evidence.Hash{1}, evidence.Hash{2}, evidence.Hash{3}, "reading/2"
		}, crosscapture.Unlike},
		{"nothing known of it", func(o *crosscapture.Observation) {
			o.Payload, o.Body, o.Text = evidence.Hash{1}, evidence.Hash{}, evidence.Hash{}
		}, crosscapture.Unlike},
		{"elsewhere", func(o *crosscapture.Observation) { o.Address = "https://news.example/18" }, crosscapture.Unlike},
		{"nowhere", func(o *crosscapture.Observation) { o.Address = "" }, crosscapture.Unlike},
	} {
		theirs := ours
		c.change(&theirs)
		if got := crosscapture.Liken(ours, theirs, time.Hour); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := crosscapture.Liken(theirs, ours, time.Hour); got != c.want {
			t.Errorf("%s, the other way: %s, want %s", c.name, got, c.want)
		}
	}
	if got := crosscapture.Liken(crosscapture.Observation{}, crosscapture.Observation{}, time.Hour); got != crosscapture.Unlike {
		t.Errorf("of nothing: %s", got)
	}
}

func FuzzOpenCrossCapture(f *testing.F) {
	signer, key := pair(f, 1)
	f.Add("svidok-crosscapture/1\n{\"v\":1,\"record\":\"\",\"entry\":\"\",\"index\":0,\"path\":null,\"checkpoint\":\"\"}\n")
	f.Add("x\n")
	f.Fuzz(func(t *testing.T, text string) {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return
		}
		if s, err := crosscapture.Open(signed, key, nil, proof.Bounds{}); err == nil {
			t.Fatalf("%q holds, and is in no ledger: %+v", text, s)
		}
	})
}
