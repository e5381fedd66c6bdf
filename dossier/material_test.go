package dossier

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/evidence"
	"svidok/proof"
)

// house is a small case in memory: it keeps, notes, and gives a Material.
type house struct {
	t       testing.TB
	signer  note.Signer
	key     string
	lines   [][]byte
	records [][]byte
	objects map[evidence.Hash][]byte
	hashes  []tlog.Hash
	clock   time.Time
}

const (
	anna  = "p:00000000000000a1" // codes
	bohd  = "p:00000000000000b2" // reviews
	carol = "p:00000000000000c3" // codes, and never reviews
)

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseOf(t, "example.org/svidok-test")
}

func newHouseOf(t testing.TB, origin string) *house {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, signer: signer, key: vkey, objects: map[evidence.Hash][]byte{}, clock: time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)}
	h.note("m:test/1", evidence.KindCase, evidence.Case{V: 1, Kind: evidence.KindCase, Origin: signer.Name(), Key: vkey, Created: h.now(), Tool: "test/1"})
	for id, role := range map[string]evidence.Role{anna: evidence.RoleCoder, bohd: evidence.RoleReviewer, carol: evidence.RoleCoder} {
		h.account(id, role, true)
	}
	yaml := h.keep([]byte("codebook: test\nversion: 1\n"))
	h.note(anna, evidence.KindCodebook, evidence.CodebookUse{V: 1, Kind: evidence.KindCodebook, YAML: yaml, Name: "test", Version: "1", By: anna, At: h.now()})
	return h
}

func (h *house) account(id string, role evidence.Role, active bool) {
	h.note("m:test/1", evidence.KindAccount, evidence.Account{V: 1, Kind: evidence.KindAccount, ID: id, Name: "secret name of " + id, Role: role,
		Active: active, Password: "$argon2id$secret", By: "m:test/1", At: h.now()})
}

// now moves the clock on, so that no two acts share a moment.
func (h *house) now() time.Time {
	h.clock = h.clock.Add(1234 * time.Millisecond)
	return h.clock
}

func (h *house) keep(b []byte) evidence.Hash {
	sum := evidence.Sum(b)
	h.objects[sum] = b
	return sum
}

func (h *house) note(who string, kind evidence.Kind, record any) evidence.Hash {
	h.t.Helper()
	b, err := evidence.Encode(record)
	if err != nil {
		h.t.Fatal(err)
	}
	line, err := proof.EncodeEntry(evidence.Entry{Kind: kind, Ref: evidence.Sum(b), Who: who, When: h.clock})
	if err != nil {
		h.t.Fatal(err)
	}
	stored, err := tlog.StoredHashes(int64(len(h.lines)), line, h)
	if err != nil {
		h.t.Fatal(err)
	}
	h.hashes = append(h.hashes, stored...)
	h.lines, h.records = append(h.lines, line), append(h.records, b)
	return evidence.Sum(b)
}

// ReadHashes makes the house a tlog.HashReader of its own tree.
func (h *house) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, h.hashes[i])
	}
	return out, nil
}

// report captures and reads a report; the original is a page around the text. All but those
// from "wire" were files.
func (h *house) report(text, outlet, title, lang string) (capture, body evidence.Hash) {
	name := "pages/" + outlet + ".html"
	if outlet == "wire" {
		name = ""
	}
	page := h.keep([]byte("<html><body>" + text + "</body></html>"))
	capture = h.note("m:intake/1", evidence.KindCapture, evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: page, Size: int64(len(h.objects[page])),
		MediaType: "text/html", Part: evidence.PartReport, Door: "file", Name: name,
		Claims: evidence.Claims{Address: "https://example.org/" + outlet, Outlet: outlet}, Received: h.now(), Nonce: fmt.Sprintf("%016x", len(h.lines)), Tool: "test/1"})
	body = h.keep([]byte(text))
	h.note("m:reading/1", evidence.KindText, evidence.Text{V: 1, Kind: evidence.KindText, Capture: capture, Payload: page, Text: body, Size: len(text),
		MediaType: "text/html", Language: lang, Title: title, Author: "Secret Author", Published: evidence.Date{From: "2025-02-20", To: "2025-02-20", Precision: "day", Source: "meta"},
		Reader: "reading/1", At: h.now()})
	return capture, body
}

func (h *house) judged(capture, text evidence.Hash, code, quote string) evidence.Judged {
	h.t.Helper()
	start := strings.Index(string(h.objects[text]), quote)
	if start < 0 {
		h.t.Fatalf("no %q in the text", quote)
	}
	return evidence.Judged{ID: evidence.StatementID(text, code, start, start+len(quote)), Capture: capture, Text: text, Code: code,
		Modality: evidence.Occurred, Quote: quote, Start: start, End: start + len(quote), Place: "Мелітополь",
		When: &evidence.Interval{From: "2025-02-19", To: "2025-02-20", Precision: "day"}}
}

// suggest notes a machine's coding of these statements, and one that nobody confirms.
func (h *house) suggest(text evidence.Hash, all ...evidence.Judged) {
	c := evidence.Coding{V: 1, Kind: evidence.KindCoding, Capture: all[0].Capture, Text: text, Codebook: h.keep([]byte("codebook: test\nversion: 1\n")),
		Language: "uk", Gate: evidence.GateOpen, Coder: "coding/1", At: h.now()}
	for _, j := range all {
		c.Statements = append(c.Statements, evidence.Statement{ID: j.ID, Code: j.Code, Modality: j.Modality, Gate: evidence.GateOpen,
			Sensitivity: evidence.SensitivityOpen, Quote: j.Quote, Start: j.Start, End: j.End, Language: "uk", Because: []string{"secret pattern"}})
	}
	h.note("m:coding/1", evidence.KindCoding, c)
}

func (h *house) decide(act evidence.Act, by string, j evidence.Judged, previous evidence.Hash) evidence.Hash {
	return h.note(by, evidence.KindDecision, evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: act, Statement: &j, Previous: previous,
		Reason: h.keep([]byte(`{"nonce":"1","words":"secret reason"}`)), By: by, At: h.now()})
}

func (h *house) confirmEvent(act evidence.Act, by, id string, previous evidence.Hash) evidence.Hash {
	return h.note(by, evidence.KindDecision, evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: act, Event: id, Previous: previous, By: by, At: h.now()})
}

func (h *house) gather(by, id string, statements ...string) evidence.Hash {
	return h.note(by, evidence.KindEvent, evidence.Event{V: 1, Kind: evidence.KindEvent, ID: id, Title: "Облава на ринку <b>", Place: "Мелітополь", PlaceID: "UA23060070010065565",
		When: evidence.Interval{From: "2025-02-19", To: "2025-02-20", Precision: "day"}, Statements: statements, Basis: "Те саме місце й той самий день", By: by, At: h.now()})
}

func (h *house) checkpoint() []byte {
	h.t.Helper()
	root, err := tlog.TreeHash(int64(len(h.lines)), h)
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := proof.Sign(proof.Checkpoint{Origin: h.signer.Name(), Size: int64(len(h.lines)), Root: evidence.Hash(root)}, h.signer)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *house) material(events ...string) Material {
	h.t.Helper()
	m := Material{Language: "uk", Title: "Проба", To: "суд", Made: time.Date(2025, 4, 1, 12, 0, 0, 0, time.UTC), Tool: "svidok/test", Key: h.key,
		Checkpoint: h.checkpoint(), Events: events, Originals: true,
		Codes: []Code{{"patrol", "Перевірки чоловіків патрулями", evidence.SensitivityOpen}, {"beating", "Побиття", evidence.SensitivityRestricted},
			{"secret", "Закритий код", evidence.SensitivityClosed}}}
	for i := range h.lines {
		path, err := tlog.ProveRecord(int64(len(h.lines)), int64(i), h)
		if err != nil {
			h.t.Fatal(err)
		}
		n := Noted{Index: int64(i), Line: h.lines[i], Record: h.records[i]}
		for _, p := range path {
			n.Path = append(n.Path, evidence.Hash(p))
		}
		m.Notes = append(m.Notes, n)
	}
	for sum, b := range h.objects {
		m.Objects = append(m.Objects, Object{Hash: sum, Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }})
	}
	return m
}

const marketEvent = "e:0000000000000001"

// market is a house with one event of three findings in three languages, two of them from
// copies of one text.
func market(t testing.TB) (*house, Material) {
	t.Helper()
	h := newHouse(t)
	ukText := "Учора в місті було гамірно.\nПатрулі перевіряли чоловіків на ринку. Двох забрали до комісаріату.\nЦіни на овочі зросли."
	enText := "Residents spoke of a hard week. Patrols checked men at the market, and two were beaten. Prices rose."
	ruText := "Новости дня. Патрули проверяли мужчин на рынке! Двоих увезли."
	c1, t1 := h.report(ukText, "novyny", "Облава", "uk")
	c2, t2 := h.report(enText, "wire", "A hard week", "en")
	c3, t3 := h.report(ruText, "lenta", "", "ru")
	h.report("Нічого спільного з подією, і нікуди не йде: secret bystander.", "inshe", "Інше", "uk")
	a, b, c := h.judged(c1, t1, "patrol", "Патрулі перевіряли чоловіків на ринку"), h.judged(c2, t2, "beating", "two were beaten"), h.judged(c3, t3, "patrol", "Патрули проверяли мужчин на рынке")
	never := h.judged(c1, t1, "patrol", "Двох забрали до комісаріату")
	h.suggest(t1, a, never)
	h.suggest(t3, c)
	h.note("m:corroboration/1", evidence.KindCopy, evidence.Copy{V: 1, Kind: evidence.KindCopy, Text: t3, Other: t1, Relation: evidence.Near, Similarity: 0.81, Method: "test", At: h.now()})
	for _, j := range []evidence.Judged{a, c} {
		h.decide(evidence.ActConfirm, bohd, j, h.decide(evidence.ActAccept, anna, j, evidence.Hash{}))
	}
	h.decide(evidence.ActConfirm, bohd, b, h.decide(evidence.ActAdd, carol, b, evidence.Hash{}))
	h.confirmEvent(evidence.ActConfirm, bohd, marketEvent, h.gather(anna, marketEvent, a.ID, b.ID, c.ID))
	m := h.material(marketEvent)
	m.Families = [][]evidence.Hash{{t1, t3, evidence.Sum([]byte("a copy that stays in the house"))}}
	return h, m
}
