package dossier

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/proof"
)

// wire is the capture of the report from "wire", which came from an address.
func (h *house) wire() (index int, record []byte) {
	h.t.Helper()
	for i, b := range h.records {
		if c, err := evidence.Decode[evidence.Capture](b); err == nil && strings.HasSuffix(c.Claims.Address, "/wire") {
			return i, b
		}
	}
	h.t.Fatal("no capture of wire")
	return 0, nil
}

// shows makes the house's statement of what it captured there.
func (h *house) shows(text string) []byte {
	h.t.Helper()
	i, record := h.wire()
	path, err := tlog.ProveRecord(int64(len(h.lines)), int64(i), h)
	if err != nil {
		h.t.Fatal(err)
	}
	s := crosscapture.Statement{V: 1, Record: string(record), Entry: string(h.lines[i]), Index: int64(i), Checkpoint: string(h.checkpoint()),
		Text: evidence.Sum([]byte(text)), Reader: "reading/1"}
	for _, p := range path {
		s.Path = append(s.Path, evidence.Hash(p))
	}
	key, err := note.NewVerifier(h.key)
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := s.Sign(h.signer, key)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// beside is what a house captured at an address, beside what another did.
func beside(h, other *house, text string) Crossed {
	return Crossed{Pair: crosscapture.Pair{V: 1, Key: other.key, Own: string(h.shows("x")), Other: string(other.shows(text))}}
}

// elsewhere is another house that captured the same address, but other bytes.
func elsewhere(t testing.TB) *house {
	h := newHouseOf(t, "example.org/other")
	h.report("Synthetic words of another time.", "wire", "", "en")
	return h
}

// watcher is a witness of a material's ledger.
func watcher(t testing.TB, m *Material) *proof.CosignatureKey {
	t.Helper()
	seed := make([]byte, 32)
	if _, err := rand.Read(seed); err != nil {
		t.Fatal(err)
	}
	c, err := proof.NewCosigner("svidok.witness/friend", seed)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(m.Checkpoint), "\n\n")
	line, err := c.Cosign(text+"\n", m.Made.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	m.Witnessed = append(m.Witnessed, Witnessed{Key: c.Key().String(), Note: append(bytes.Clone(m.Checkpoint), line...)})
	return c.Key()
}

func TestOthersInABundle(t *testing.T) {
	h, m := market(t)
	m.Language = "en"
	w := watcher(t, &m)
	m.Crossed = []Crossed{beside(h, elsewhere(t), "x")}
	b, _ := written(t, m)
	if f := failures(t, verifyBytes(b, Options{})); len(f) > 0 {
		t.Fatal(f)
	}
	if said := details(verifyBytes(b, Options{}), "witness"); !strings.HasPrefix(said, "note: the witness svidok.witness/friend") || !strings.Contains(said, "--witness") {
		t.Error(said)
	}
	if said := details(verifyBytes(b, Options{Witnesses: []string{w.String()}}), "witness"); !strings.HasPrefix(said, "ok: ") {
		t.Error(said)
	}
	stranger := watcher(t, &Material{Checkpoint: m.Checkpoint, Made: m.Made})
	if said := details(verifyBytes(b, Options{Witnesses: []string{w.String(), stranger.String()}}), "witness"); !strings.Contains(said, "failed: ") {
		t.Errorf("a witness that never cosigned: %s", said)
	}
	if said := details(verifyBytes(b, Options{Witnesses: []string{"nonsense"}}), "witness"); !strings.Contains(said, "failed: ") {
		t.Error(said)
	}
	if said := details(verifyBytes(b, Options{}), "cross-capture"); !strings.HasPrefix(said, "note: https://example.org/wire: case example.org/other") || !strings.Contains(said, "the same words; compare its key") {
		t.Error(said)
	}
	for name, f := range unpack(t, b) {
		page := string(f.Data)
		if strings.HasSuffix(name, "report.html") && (strings.Count(page, "Another observer</dt>") != 1 || !strings.Contains(page, w.String()) || !strings.Contains(page, "no second source")) {
			t.Error("the report does not say who else saw it")
		}
	}
	// Other words are told, and are no failure of the bundle.
	m.Crossed = []Crossed{beside(h, elsewhere(t), "something else")}
	b, _ = written(t, m)
	if said := details(verifyBytes(b, Options{}), "cross-capture"); !strings.HasPrefix(said, "note: ") || !strings.Contains(said, "at about the same time;") {
		t.Error(said)
	}
}

// TestOthersWhenTheLedgerGrew: what was said of an earlier checkpoint is proven to be of the same ledger.
func TestOthersWhenTheLedgerGrew(t *testing.T) {
	h, m := market(t)
	size := int64(len(h.lines))
	watcher(t, &m)
	seen, pair := m.Witnessed[0], beside(h, elsewhere(t), "x")
	h.report("Synthetic, later.", "later", "", "en")
	path, err := tlog.ProveTree(int64(len(h.lines)), size, h)
	if err != nil {
		t.Fatal(err)
	}
	families := m.Families
	m = h.material(marketEvent)
	m.Families = families
	for _, p := range path {
		seen.Path, pair.Path = append(seen.Path, evidence.Hash(p)), append(pair.Path, evidence.Hash(p))
	}
	m.Witnessed, m.Crossed = []Witnessed{seen}, []Crossed{pair}
	b, _ := written(t, m)
	if f := failures(t, verifyBytes(b, Options{})); len(f) > 0 {
		t.Fatal(f)
	}
	for name, change := range map[string]func(*Material){
		"no proof of the cosigned checkpoint": func(m *Material) { m.Witnessed[0].Path = nil },
		"no proof of the shown checkpoint":    func(m *Material) { m.Crossed[0].Path = nil },
	} {
		bad := m
		bad.Witnessed, bad.Crossed = []Witnessed{seen}, []Crossed{pair}
		change(&bad)
		if _, err := Write(&bytes.Buffer{}, bad); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

func TestOthersThatAreNotGood(t *testing.T) {
	h, whole := market(t)
	other := elsewhere(t)
	watcher(t, &whole)
	foreign := elsewhere(t)
	for name, change := range map[string]func(*Material){
		"a cosignature by another key": func(m *Material) {
			k := watcher(t, &Material{Checkpoint: m.Checkpoint, Made: m.Made})
			m.Witnessed[0].Key = k.String()
		},
		"a key of a ledger":       func(m *Material) { m.Witnessed[0].Key = m.Key },
		"of another ledger":       func(m *Material) { m.Witnessed[0].Note = foreign.checkpoint() },
		"not cosigned":            func(m *Material) { m.Witnessed[0].Note = m.Checkpoint },
		"their key is ours":       func(m *Material) { m.Crossed[0].Pair.Key = m.Key },
		"nobody's statement":      func(m *Material) { m.Crossed[0].Pair.Other = "" },
		"our own twice":           func(m *Material) { m.Crossed[0].Pair.Key, m.Crossed[0].Pair.Other = m.Key, m.Crossed[0].Pair.Own },
		"of a capture that stays": func(m *Material) { m.Crossed[0] = beside(foreign, other, "x") },
	} {
		m := whole
		m.Witnessed, m.Crossed = []Witnessed{whole.Witnessed[0]}, []Crossed{beside(h, other, "x")}
		change(&m)
		if _, err := Write(&bytes.Buffer{}, m); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}
