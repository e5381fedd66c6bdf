package dossier_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/dossier"
	"svidok/evidence"
	"svidok/ledger"
	"svidok/vault"
)

// office keeps a case on disk through the real vault and ledger, as package archive does.
type office struct {
	t      testing.TB
	dir    string
	secret string
	public string
	vault  *vault.Vault
	ledger *ledger.Ledger
	clock  time.Time
	nonce  int
}

const (
	anna = "p:00000000000000a1"
	bohd = "p:00000000000000b2"
)

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), clock: time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	o.secret, o.public, err = ledger.GenerateKey(rand.Reader, "svidok.case/test")
	o.must(err)
	ctx, b := context.Background(), vault.Dir(o.dir)
	o.must(b.Replace(ctx, "key", []byte(o.secret+"\n")))
	o.must(b.Replace(ctx, "key.pub", []byte(o.public+"\n")))
	o.must(ledger.Create(ctx, b, o.signer()))
	o.must(b.Replace(ctx, "svidok", []byte("svidok case 1\n")))
	o.open()
	o.batch(o.act("m:test/1", evidence.KindCase, evidence.Case{V: 1, Kind: evidence.KindCase, Origin: "svidok.case/test", Key: o.public, Created: o.now(), Tool: "test/1"}),
		o.account(anna, evidence.RoleCoder), o.account(bohd, evidence.RoleReviewer))
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) signer() note.Signer {
	s, err := note.NewSigner(o.secret)
	o.must(err)
	return s
}

func (o *office) open() {
	ctx, b := context.Background(), vault.Dir(o.dir)
	key, err := note.NewVerifier(o.public)
	o.must(err)
	o.ledger, err = ledger.Open(ctx, b, o.signer(), key)
	o.must(err)
	var end vault.End
	if x, ok := o.ledger.LastExtent(); ok {
		end = vault.End{Segment: x.Segment, Offset: x.To}
	}
	o.vault, err = vault.Open(ctx, b, end)
	o.must(err)
}

func (o *office) close() {
	o.must(o.vault.Close())
	o.must(o.ledger.Close())
}

func (o *office) now() time.Time {
	o.clock = o.clock.Add(1234 * time.Millisecond)
	return o.clock
}

// act is one record with the objects it names.
type act struct {
	who  string
	kind evidence.Kind
	ref  evidence.Hash
	objs []vault.Object
}

func (o *office) act(who string, kind evidence.Kind, record any, with ...vault.Object) act {
	b, err := evidence.Encode(record)
	o.must(err)
	return act{who, kind, evidence.Sum(b), append(with, vault.Object{Type: "metadata", MediaType: "application/json", At: o.clock, Data: b})}
}

func (o *office) account(id string, role evidence.Role) act {
	return o.act("m:test/1", evidence.KindAccount, evidence.Account{V: 1, Kind: evidence.KindAccount, ID: id, Name: "N", Role: role, Active: true, Password: "x", By: "m:test/1", At: o.now()})
}

func (o *office) keep(acts ...act) []evidence.Entry {
	var objects []vault.Object
	var entries []evidence.Entry
	for _, a := range acts {
		objects = append(objects, a.objs...)
		entries = append(entries, evidence.Entry{Kind: a.kind, Ref: a.ref, Who: a.who, When: o.clock})
	}
	head, _ := o.ledger.Checkpoint()
	_, extents, err := o.vault.Put(context.Background(), fmt.Sprintf("%d:%s", head.Size, head.Root), objects)
	o.must(err)
	for _, x := range extents {
		entries = append(entries, evidence.Entry{Kind: evidence.KindExtent, Ref: x.Hash, Who: "m:test/1", When: o.clock, Detail: fmt.Sprintf("%s:%d-%d", x.Segment, x.From, x.To)})
	}
	return entries
}

func (o *office) batch(acts ...act) {
	o.t.Helper()
	_, err := o.ledger.Append(context.Background(), o.keep(acts...))
	o.must(err)
}

func object(kind, mediaType string, b []byte, at time.Time) vault.Object {
	return vault.Object{Type: kind, MediaType: mediaType, At: at, Data: b}
}

func (o *office) capture(page string) (act, evidence.Hash) {
	o.nonce++
	payload := evidence.Sum([]byte(page))
	a := o.act("m:intake/1", evidence.KindCapture, evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: payload, Size: int64(len(page)), MediaType: "text/html",
		Part: evidence.PartReport, Door: "file", Name: "a.html", Received: o.now(), Nonce: fmt.Sprintf("%016x", o.nonce), Tool: "test/1"},
		object("resource", "text/html", []byte(page), o.clock))
	return a, payload
}

func (o *office) text(capture, payload evidence.Hash, body string) act {
	return o.act("m:reading/1", evidence.KindText, evidence.Text{V: 1, Kind: evidence.KindText, Capture: capture, Payload: payload, Text: evidence.Sum([]byte(body)), Size: len(body),
		MediaType: "text/html", Language: "uk", Reader: "reading/1", At: o.now()}, object("conversion", "text/plain; charset=utf-8", []byte(body), o.clock))
}

func (o *office) coding(capture evidence.Hash, body, quote string) (act, evidence.Judged) {
	text := evidence.Sum([]byte(body))
	start := strings.Index(body, quote)
	j := evidence.Judged{ID: evidence.StatementID(text, "patrol", start, start+len(quote)), Capture: capture, Text: text, Code: "patrol",
		Modality: evidence.Occurred, Quote: quote, Start: start, End: start + len(quote)}
	yaml := []byte("codebook: test\n")
	return o.act("m:coding/1", evidence.KindCoding, evidence.Coding{V: 1, Kind: evidence.KindCoding, Capture: capture, Text: text, Codebook: evidence.Sum(yaml), Language: "uk",
		Gate: evidence.GateOpen, Statements: []evidence.Statement{{ID: j.ID, Code: j.Code, Modality: j.Modality, Gate: evidence.GateOpen, Sensitivity: evidence.SensitivityOpen,
			Quote: quote, Start: j.Start, End: j.End, Language: "uk", Because: []string{"патрул* \"x\""}}}, Coder: "coding/1", At: o.now()},
		object("resource", "application/yaml", yaml, o.clock)), j
}

func (o *office) decide(verb evidence.Act, by string, j evidence.Judged, previous evidence.Hash) act {
	reason := []byte(`{"nonce":"` + string(verb) + `","words":"because"}` + "\n")
	return o.act(by, evidence.KindDecision, evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: verb, Statement: &j, Previous: previous,
		Reason: evidence.Sum(reason), By: by, At: o.now()}, object("resource", "application/json", reason, o.clock))
}

// smallCase has captures, texts, codings, a copy, decisions and an event, partly
// published and partly in the journal.
func smallCase(t testing.TB) *office {
	o := newOffice(t)
	for i := range 3 {
		if i == 2 { // the last one stays in the journal
			o.must(o.ledger.Publish(context.Background()))
		}
		noise := make([]byte, 380) // so that the case is of some size when compressed
		_, err := rand.Read(noise)
		o.must(err)
		body := fmt.Sprintf("Новини дня %d.\nПатрулі перевіряли чоловіків на ринку \"Центр\".\nПогода %x.", i, noise)
		c, payload := o.capture("<html>" + body + "</html>")
		coded, j := o.coding(c.ref, body, "Патрулі перевіряли чоловіків на ринку \"Центр\"")
		first := o.decide(evidence.ActAccept, anna, j, evidence.Hash{})
		o.batch(c, o.text(c.ref, payload, body), coded, first, o.decide(evidence.ActConfirm, bohd, j, first.ref),
			o.act(anna, evidence.KindEvent, evidence.Event{V: 1, Kind: evidence.KindEvent, ID: fmt.Sprintf("e:%016x", i), Title: "Подія", Place: "Токмак",
				When: evidence.Interval{From: "2025-02-01", To: "2025-02-02", Precision: "day"}, Statements: []string{j.ID}, Basis: "b", By: anna, At: o.now()}))
	}
	return o
}

// files copies the case into memory.
func (o *office) files() fstest.MapFS {
	o.t.Helper()
	out := fstest.MapFS{}
	o.must(filepath.WalkDir(o.dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(o.dir, p)
		out[filepath.ToSlash(rel)] = &fstest.MapFile{Data: b, Mode: 0o644}
		return err
	}))
	return out
}

func check(fsys fstest.MapFS, opt dossier.Options) (failed, notes []dossier.Check) {
	for c := range dossier.Verify(context.Background(), fsys, opt) {
		switch c.Status {
		case dossier.Failed:
			failed = append(failed, c)
		case dossier.Note:
			notes = append(notes, c)
		}
	}
	return failed, notes
}

func TestVerifyCase(t *testing.T) {
	o := smallCase(t)
	_, early := o.ledger.Checkpoint()
	journalled := o.files()
	if len(journalled["ledger/journal"].Data) == 0 {
		t.Fatal("nothing in the journal: the test shows too little")
	}
	o.close()
	for name, files := range map[string]fstest.MapFS{"open": journalled, "closed": o.files()} {
		failed, notes := check(files, dossier.Options{Key: o.public, Against: early})
		for _, c := range failed {
			t.Errorf("%s: %s: %s", name, c.Name, c.Detail)
		}
		for _, c := range notes {
			if c.Name != "time-stamp" && c.Name != "derived" {
				t.Errorf("%s: unexpected note %s: %s", name, c.Name, c.Detail)
			}
		}
	}
}

// noticed reports whether any check fails, and stops at the first.
func noticed(fsys fstest.MapFS) bool {
	for c := range dossier.Verify(context.Background(), fsys, dossier.Options{Workers: 1}) {
		if c.Status == dossier.Failed {
			return true
		}
	}
	return false
}

// TestEveryByteOfACase changes every byte of every file that counts, one bit of it; which
// bit goes round with the place.
func TestEveryByteOfACase(t *testing.T) {
	o := smallCase(t)
	files := o.files()
	n := 0
	for name, f := range files {
		if name == "key" || name == "lock" || strings.HasSuffix(name, ".idx") {
			continue // the secret key, and what is derived, are no evidence
		}
		n += len(f.Data)
		for part := range 4 {
			t.Run(fmt.Sprintf("%s %d", name, part), func(t *testing.T) {
				t.Parallel()
				mine := maps.Clone(files)
				changed := bytes.Clone(f.Data)
				mine[name] = &fstest.MapFile{Data: changed, Mode: 0o644}
				for i := part; i < len(changed); i += 4 {
					changed[i] ^= 1 << (i / 4 % 8)
					if !noticed(mine) {
						t.Fatalf("byte %d, bit %d went unnoticed", i, i/4%8)
					}
					changed[i] ^= 1 << (i / 4 % 8)
				}
			})
		}
	}
	if n < 20<<10 {
		t.Errorf("only %d bytes tried", n)
	}
	t.Logf("%d bytes", n)
}
