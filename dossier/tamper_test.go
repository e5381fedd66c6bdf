package dossier_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"svidok/dossier"
	"svidok/evidence"
	"svidok/ledger"
	"svidok/proof"
	"svidok/vault"
)

func file(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b, Mode: 0o644} }

// TestRolledBackForkedOtherKey: what only a checkpoint kept elsewhere can show.
func TestRolledBackForkedOtherKey(t *testing.T) {
	o := smallCase(t)
	o.must(o.ledger.Publish(context.Background()))
	early := o.files()
	_, kept := o.ledger.Checkpoint()
	c, _ := o.capture("one more")
	o.batch(c)
	_, later := o.ledger.Checkpoint()
	now := o.files()
	if failed, _ := check(now, dossier.Options{Against: kept}); len(failed) > 0 {
		t.Errorf("an extension was refused: %v", failed)
	}
	if failed, _ := check(early, dossier.Options{}); len(failed) > 0 {
		t.Errorf("the earlier case alone is a whole case: %v", failed)
	}
	if failed, _ := check(early, dossier.Options{Against: later}); len(failed) == 0 {
		t.Error("a case that was rolled back passed against a later checkpoint")
	}
	// The ledger alone is rolled back: the vault knows better, once a further batch was kept.
	c, _ = o.capture("and another")
	o.batch(c)
	torn := o.files()
	for name := range torn {
		if strings.HasPrefix(name, "ledger/") {
			delete(torn, name)
		}
	}
	for name, f := range early {
		if strings.HasPrefix(name, "ledger/") {
			torn[name] = f
		}
	}
	if failed, _ := check(torn, dossier.Options{}); len(failed) == 0 {
		t.Error("a ledger that was rolled back beneath its vault passed")
	}
	other := smallCase(t)
	if failed, _ := check(other.files(), dossier.Options{Key: o.public}); len(failed) == 0 {
		t.Error("another key passed")
	}
	if failed, _ := check(other.files(), dossier.Options{Against: kept}); len(failed) == 0 {
		t.Error("a checkpoint of another ledger passed")
	}
}

// TestResigned: the whole ledger signed anew with another key does not fit its case record.
func TestResigned(t *testing.T) {
	o := smallCase(t)
	o.close()
	files := o.files()
	forger := &office{t: t, dir: t.TempDir()}
	var err error
	forger.secret, forger.public, err = ledger.GenerateKey(rand.Reader, "svidok.case/test")
	o.must(err)
	files["key.pub"] = file([]byte(forger.public + "\n"))
	failed, _ := check(files, dossier.Options{})
	if len(failed) == 0 {
		t.Error("a swapped key passed")
	}
}

func TestCrashedCase(t *testing.T) {
	base := smallCase(t)
	journal := base.files()["ledger/journal"].Data
	size := int64(len(base.files()["vault/000001.warc.gz"].Data))
	c, _ := base.capture("kept, and never noted")
	base.keep(c)
	files := base.files()
	segment := files["vault/000001.warc.gz"].Data
	if int64(len(segment)) <= size {
		t.Fatal("no tail")
	}
	garbage := append(bytes.Clone(segment[:size]), "these bytes are no batch, and nobody noted them"...)
	twice := append(bytes.Clone(segment), segment[size:]...)
	cases := []struct {
		name   string
		change func(fstest.MapFS)
		fails  bool
		note   string
	}{
		{"a whole batch that was not noted", func(f fstest.MapFS) {}, false, "tail"},
		{"half of it", func(f fstest.MapFS) { f["vault/000001.warc.gz"] = file(segment[:size+(int64(len(segment))-size)/2]) }, false, "tail"},
		{"one byte of it", func(f fstest.MapFS) { f["vault/000001.warc.gz"] = file(segment[:size+1]) }, false, "tail"},
		{"zeros that a disk left", func(f fstest.MapFS) {
			f["vault/000001.warc.gz"] = file(append(bytes.Clone(segment[:size]), make([]byte, 700)...))
		}, false, "tail"},
		{"foreign bytes", func(f fstest.MapFS) { f["vault/000001.warc.gz"] = file(garbage) }, true, ""},
		{"two batches", func(f fstest.MapFS) { f["vault/000001.warc.gz"] = file(twice) }, true, ""},
		{"a segment cut short", func(f fstest.MapFS) { f["vault/000001.warc.gz"] = file(segment[:size-1]) }, true, ""},
		{"a foreign segment", func(f fstest.MapFS) { f["vault/000003.warc.gz"] = file(nil) }, true, ""},
		{"a torn frame", func(f fstest.MapFS) { f["ledger/journal"] = file(append(bytes.Clone(journal), journal[:100]...)) }, false, "journal"},
		{"a frame that is not torn but false", func(f fstest.MapFS) {
			f["ledger/journal"] = file(append(bytes.Clone(journal), bytes.Repeat([]byte("x"), 100)...))
		}, true, ""},
		{"a frame twice", func(f fstest.MapFS) { f["ledger/journal"] = file(append(bytes.Clone(journal), journal...)) }, true, ""},
		{"a foreign file", func(f fstest.MapFS) { f["notes.txt"] = file([]byte("x")) }, true, ""},
		{"a foreign tile", func(f fstest.MapFS) { f["ledger/tile/0/000.p/1x"] = file([]byte("x")) }, true, ""},
		{"a tile too wide", func(f fstest.MapFS) { f["ledger/tile/0/000.p/255"] = file(make([]byte, 255*32)) }, true, ""},
		{"no marker", func(f fstest.MapFS) { delete(f, "svidok") }, true, ""},
		{"no segment", func(f fstest.MapFS) { delete(f, "vault/000001.warc.gz") }, true, ""},
		{"derived files", func(f fstest.MapFS) { f["catalog.db"], f["catalog.db-wal"] = file([]byte("x")), file([]byte("y")) }, false, "derived"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			mine := base.files()
			tc.change(mine)
			failed, notes := check(mine, dossier.Options{})
			if (len(failed) > 0) != tc.fails {
				t.Errorf("failed: %v", failed)
			}
			told := tc.note == ""
			for _, n := range notes {
				told = told || n.Name == tc.note
			}
			if !told {
				t.Errorf("no note %q among %v", tc.note, notes)
			}
		})
	}
}

// TestUnlawful: records that are whole and noted, and that the rules forbid.
func TestUnlawful(t *testing.T) {
	body := "Патрулі перевіряли чоловіків на ринку."
	cases := []struct {
		name string
		do   func(o *office, capture, payload evidence.Hash, j evidence.Judged)
		want string
	}{
		{"one person twice", func(o *office, _, _ evidence.Hash, j evidence.Judged) {
			first := o.decide(evidence.ActAccept, bohd, j, evidence.Hash{})
			o.batch(first, o.decide(evidence.ActConfirm, bohd, j, first.ref))
		}, "decisions"},
		{"a stranger", func(o *office, _, _ evidence.Hash, j evidence.Judged) {
			o.batch(o.decide(evidence.ActAccept, "p:00000000000000ff", j, evidence.Hash{}))
		}, "decisions"},
		{"signed by somebody else", func(o *office, _, _ evidence.Hash, j evidence.Judged) {
			a := o.decide(evidence.ActAccept, anna, j, evidence.Hash{})
			a.who = bohd
			o.batch(a)
		}, "records"},
		{"a quote that is not there", func(o *office, capture, _ evidence.Hash, _ evidence.Judged) {
			coded, _ := o.coding(capture, body, "на ринку")
			bad := bytes.Replace(coded.objs[1].Data, []byte("на ринку"), []byte("на вокзал"), 1)
			bad = bytes.Replace(bad, []byte(`вокзал`), []byte(`РИНКУ`), 1)
			coded.objs[1].Data, coded.ref = bad, evidence.Sum(bad)
			o.batch(coded)
		}, "vault"},
		{"a text of other bytes", func(o *office, capture, _ evidence.Hash, _ evidence.Judged) {
			o.batch(o.text(capture, evidence.Sum([]byte("other")), "Інший текст."))
		}, "records"},
		{"a text without its capture", func(o *office, _, payload evidence.Hash, _ evidence.Judged) {
			o.batch(o.text(evidence.Sum([]byte("nowhere")), payload, "Інший текст."))
		}, "records"},
		{"a kind that it is not", func(o *office, capture, payload evidence.Hash, _ evidence.Judged) {
			a := o.text(capture, payload, "Ще текст.")
			a.kind = evidence.KindCopy
			o.batch(a)
		}, "records"},
		{"a second case record", func(o *office, _, _ evidence.Hash, _ evidence.Judged) {
			o.batch(o.act("m:test/1", evidence.KindCase, evidence.Case{V: 1, Kind: evidence.KindCase, Origin: "x", Key: "y", Created: o.now(), Tool: "t"}))
		}, "case"},
		{"a record that is not canonical", func(o *office, _, _ evidence.Hash, _ evidence.Judged) {
			c, _ := o.capture("third")
			bad := bytes.Replace(c.objs[1].Data, []byte(`,"size"`), []byte(`, "size"`), 1)
			c.objs[1].Data, c.ref = bad, evidence.Sum(bad)
			o.batch(c)
		}, "vault"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			o := newOffice(t)
			c, payload := o.capture("<p>" + body + "</p>")
			coded, j := o.coding(c.ref, body, "Патрулі перевіряли чоловіків")
			o.batch(c, o.text(c.ref, payload, body), coded)
			tc.do(o, c.ref, payload, j)
			failed, _ := check(o.files(), dossier.Options{})
			if len(failed) == 0 || failed[0].Name != tc.want {
				t.Errorf("failed: %v, want %s", failed, tc.want)
			}
		})
	}
}

// TestFarText: an anchor whose text was kept long before its coding is checked as well.
func TestFarText(t *testing.T) {
	o := newOffice(t)
	body := "Патрулі перевіряли чоловіків на ринку."
	c, payload := o.capture("<p>" + body + "</p>")
	o.batch(c, o.text(c.ref, payload, body))
	noise := make([]byte, 1<<20)
	for i := range 20 {
		if _, err := rand.Read(noise); err != nil {
			t.Fatal(err)
		}
		far, _ := o.capture(fmt.Sprintf("%d%x", i, noise))
		o.batch(far)
	}
	coded, _ := o.coding(c.ref, body, "на ринку")
	o.batch(coded)
	if failed, _ := check(o.files(), dossier.Options{}); len(failed) > 0 {
		t.Fatal(failed)
	}
	coded, _ = o.coding(c.ref, body, "чоловіків")
	bad := bytes.Replace(coded.objs[1].Data, []byte(`"quote":"чоловіків"`), []byte(`"quote":"чоловікам"`), 1)
	coded.objs[1].Data, coded.ref = bad, evidence.Sum(bad)
	o.batch(coded)
	if failed, _ := check(o.files(), dossier.Options{}); len(failed) != 1 || failed[0].Name != "anchors" {
		t.Errorf("failed: %v", failed)
	}
}

// TestVerifyWritesNothing reads a case from a folder that nobody may write.
func TestVerifyWritesNothing(t *testing.T) {
	o := smallCase(t)
	before := o.files()
	var done, total int64
	for c := range dossier.Verify(context.Background(), os.DirFS(o.dir), dossier.Options{Progress: func(d, n int64) { done, total = d, n }}) {
		if c.Status == dossier.Failed {
			t.Error(c)
		}
	}
	if done != total || total == 0 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	after := o.files()
	if len(before) != len(after) {
		t.Errorf("%d files before, %d after", len(before), len(after))
	}
	for name, f := range before {
		if !bytes.Equal(f.Data, after[name].Data) {
			t.Errorf("%s was changed", name)
		}
	}
	if _, err := os.Stat(filepath.Join(o.dir, "catalog.db")); !os.IsNotExist(err) {
		t.Error("a catalog was made")
	}
}

// TestComparedByHand: whoever holds the key can note a comparison that does not hold. It is found.
func TestComparedByHand(t *testing.T) {
	for name, object := range map[string][]byte{
		"no pair":           []byte("x\n"),
		"an empty pair":     []byte(`{"v":1,"key":"","own":"","other":""}` + "\n"),
		"of no such ledger": []byte(`{"v":1,"key":"x","own":"y","other":"z"}` + "\n"),
	} {
		o := smallCase(t)
		c, _ := o.capture("a page")
		head, _ := o.ledger.Checkpoint()
		o.batch(c, o.act("m:test/1", evidence.KindCustody, evidence.Custody{V: 1, Kind: evidence.KindCustody, Act: evidence.CustodyCompared, About: []evidence.Hash{c.ref}, Size: head.Size, Root: head.Root,
			Objects: []evidence.Hash{evidence.Sum(object)}, Nonce: "0011223344556677", By: "m:test/1", At: o.now()}, vault.Object{Type: "resource", MediaType: "application/json", At: o.clock, Data: object}))
		failed, _ := check(o.files(), dossier.Options{})
		if len(failed) != 1 || failed[0].Name != "cross-capture" {
			t.Errorf("%s: %v", name, failed)
		}
	}
}

// TestWitnessesThatAreKnown: of a case, too, a witness that the reader names must have cosigned.
func TestWitnessesThatAreKnown(t *testing.T) {
	o := smallCase(t)
	seed := bytes.Repeat([]byte{7}, 32)
	w, err := proof.NewCosigner("svidok.witness/friend", seed)
	o.must(err)
	for _, key := range []string{w.Key().String(), "garbage"} {
		failed, _ := check(o.files(), dossier.Options{Witnesses: []string{key}})
		if len(failed) != 1 || failed[0].Name != "witness" {
			t.Errorf("%s, who cosigned nothing: %v", key, failed)
		}
	}
	head, signed := o.ledger.Checkpoint()
	line, err := w.Cosign(head.Text(), o.now())
	o.must(err)
	note := append(bytes.Clone(signed), line...)
	o.batch(o.act("m:test/1", evidence.KindCosigned, evidence.Cosigned{V: 1, Kind: evidence.KindCosigned, Size: head.Size, Root: head.Root, Witness: w.Key().String(), Note: evidence.Sum(note),
		Time: o.clock, By: "m:test/1", At: o.clock}, vault.Object{Type: "resource", MediaType: "text/plain", At: o.clock, Data: note}))
	for known, want := range map[string]dossier.Status{"": dossier.Note, w.Key().String(): dossier.OK} {
		var opt dossier.Options
		if known != "" {
			opt.Witnesses = []string{known}
		}
		var got []dossier.Check
		for c := range dossier.Verify(t.Context(), o.files(), opt) {
			if c.Name == "witness" || c.Status == dossier.Failed {
				got = append(got, c)
			}
		}
		if len(got) != 1 || got[0].Status != want {
			t.Errorf("known %q: %v, want %s", known, got, want)
		}
	}
}

// TestAnswersByHand: whoever holds the key can note an acknowledgement that nobody gave. It is found.
func TestAnswersByHand(t *testing.T) {
	for _, left := range [][][]byte{{[]byte("slip"), []byte("answer"), []byte("key\n")}, {[]byte("slip")}} {
		o := smallCase(t)
		head, _ := o.ledger.Checkpoint()
		v := evidence.Custody{V: 1, Kind: evidence.KindCustody, Act: evidence.CustodyAcknowledged, Size: head.Size, Root: head.Root, Nonce: "0011223344556677", By: "m:test/1", At: o.now()}
		var objects []vault.Object
		for _, b := range left {
			v.Objects = append(v.Objects, evidence.Sum(b))
			objects = append(objects, vault.Object{Type: "resource", MediaType: "text/plain", At: o.clock, Data: b})
		}
		o.batch(o.act("m:test/1", evidence.KindCustody, v, objects...))
		if failed, _ := check(o.files(), dossier.Options{}); len(failed) != 1 || failed[0].Name != "hand-over" {
			t.Errorf("%d objects: %v", len(left), failed)
		}
	}
}
