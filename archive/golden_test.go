package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"svidok/evidence"
)

// records are one full record of every kind and version that a case may hold. Their bytes
// are pinned in testdata/golden: a record that is written otherwise tomorrow cannot be
// proven against the ledger of today.
func records() map[string]any {
	at := time.Date(2026, 3, 1, 12, 0, 0, 250_000_000, time.UTC)
	h := func(s string) evidence.Hash { return evidence.Sum([]byte(s)) }
	when := evidence.Interval{From: "2023-03-01", To: "2023-03-31", Precision: "month"}
	id := evidence.StatementID(h("text"), "A.B", 4, 9)
	return map[string]any{
		"case-1": evidence.Case{V: 1, Kind: evidence.KindCase, Origin: "svidok.case/00112233aabbccdd", Key: "svidok.case/00112233aabbccdd+0a0b0c0d+AQID", Created: at, Tool: "svidok/1.0"},
		"account-1": evidence.Account{V: 1, Kind: evidence.KindAccount, ID: "p:0011223344556677", Name: "Олена <тест>", Role: evidence.RoleReviewer, Active: true,
			Password: "$argon2id$v=19$m=65536,t=3,p=1$AAAA$AAAA", By: "m:svidok/1.0", At: at},
		"codebook-1": evidence.CodebookUse{V: 1, Kind: evidence.KindCodebook, YAML: h("yaml"), Name: "book", Version: "1.0", By: "m:svidok/1.0", At: at},
		"capture-1": evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: h("payload"), Size: 7, MediaType: "text/html", Part: evidence.PartReport, Door: "warc",
			Name: "pages/one.warc.gz", Parent: h("parent"), Within: "record at byte 4096", Problems: []string{"cut short"}, Received: at, Nonce: "0011223344556677", Tool: "svidok/1.0",
			Claims: evidence.Claims{Address: "https://example.org/a?b&c", Outlet: "Outlet", Title: "Назва", Published: "2023-03-01", Edited: "2023-03-02T10:00:00Z",
				Forwarded: "Another", ReplyTo: "message 15 of chat 7", Charset: "windows-1251", Modified: "2023-03-03T10:00:00Z"}},
		"capture-1-least": evidence.Capture{V: 1, Kind: evidence.KindCapture, Payload: h("payload"), MediaType: "text/plain", Part: evidence.PartReport, Door: "stdin",
			Received: at, Nonce: "0011223344556677", Tool: "svidok/1.0"},
		"text-1": evidence.Text{V: 1, Kind: evidence.KindText, Capture: h("capture"), Payload: h("payload"), Text: h("text"), Size: 4, MediaType: "text/html", Language: "uk",
			Title: "Назва", Author: "Автор", Outlet: "Outlet", Published: evidence.Date{From: "2023-03-01", To: "2023-03-01", Precision: "day", Source: "meta", Raw: "1 березня 2023"},
			Problems: []string{"odd byte"}, Reader: "reading/1", At: at},
		"text-1-unread": evidence.Text{V: 1, Kind: evidence.KindText, Capture: h("capture"), Payload: h("payload"), MediaType: "application/pdf", Language: "und",
			Problems: []string{"cannot be read"}, Reader: "reading/1", At: at},
		"coding-1": evidence.Coding{V: 1, Kind: evidence.KindCoding, Capture: h("capture"), Text: h("text"), Codebook: h("yaml"), Language: "uk", Gate: evidence.GateOpen,
			Statements: []evidence.Statement{{ID: id, Code: "A.B", Modality: evidence.Occurred, Gate: evidence.GateOpen, Sensitivity: evidence.SensitivityRestricted, Quote: "слова", Start: 4, End: 14,
				Language: "uk", Because: []string{"pattern"}, When: &when,
				Places: []evidence.Place{{ID: "UA00", Name: "Місто", Level: "M", Lat: 46.85, Lon: 35.36, Occupied: "yes"}}}},
			Figures: []evidence.Figure{{Value: 100000, Operator: "more than", Kind: "mobilised", Scope: "all", Period: "2022", Claimant: "X", Quote: "100 000", Start: 20, End: 27}},
			Origins: []evidence.Origin{{ID: "o", Name: "Source", Quote: "citing", Start: 30, End: 36}}, Coder: "coding/1", At: at},
		"copy-1": evidence.Copy{V: 1, Kind: evidence.KindCopy, Text: h("later"), Other: h("earlier"), Relation: evidence.Near, Similarity: 0.7071, Method: "corroboration/1 word-5-gram", At: at},
		"decision-1": evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: evidence.ActCorrect, Previous: h("previous"), Reason: h("reason"), By: "p:0011223344556677", At: at,
			Statement: &evidence.Judged{ID: id, Capture: h("capture"), Text: h("text"), Code: "A.B", Modality: evidence.Occurred, Quote: "слова", Start: 4, End: 14, Place: "Місто", When: &when,
				Replaces: "00112233445566770011223344556677"}},
		"decision-1-event": evidence.Decision{V: 1, Kind: evidence.KindDecision, Act: evidence.ActConfirm, Event: "e:0011223344556677", Previous: h("event"), By: "p:0011223344556677", At: at},
		"reason":           evidence.Reason{Nonce: "0011223344556677", Words: "чому \"так\""},
		"event-1": evidence.Event{V: 1, Kind: evidence.KindEvent, ID: "e:0011223344556677", Title: "Подія", Place: "Місто", PlaceID: "UA00", When: when, Statements: []string{id}, Basis: "basis",
			Withdrawn: true, Previous: h("previous"), By: "p:0011223344556677", At: at},
		"release-1": evidence.Release{V: 1, Kind: evidence.KindRelease, Dossier: h("manifest"), Events: []string{"e:0011223344556677"}, Size: 42, To: "Court", By: "p:0011223344556677", At: at},
	}
}

func TestGolden(t *testing.T) {
	want := records()
	var names []string
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, filepath.Base(f[:len(f)-len(".json")]))
	}
	for name, rec := range want {
		if !slices.Contains(names, name) {
			t.Errorf("no golden file of %s", name)
			continue
		}
		golden, err := os.ReadFile(filepath.Join("testdata/golden", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := evidence.Encode(rec)
		if err != nil || !bytes.Equal(b, golden) {
			t.Errorf("%s is written as\n%s, %v, and was\n%s", name, b, err, golden)
		}
		got, err := again(rec, golden)
		if err != nil || !reflect.DeepEqual(got, rec) {
			t.Errorf("%s is read as\n%+v, %v, and was\n%+v", name, got, err, rec)
		}
	}
	if len(names) != len(want) {
		t.Errorf("golden files %v, and %d records", names, len(want))
	}
}

// again decodes b as a record of the type of rec.
func again(rec any, b []byte) (any, error) {
	switch rec.(type) {
	case evidence.Case:
		return evidence.Decode[evidence.Case](b)
	case evidence.Account:
		return evidence.Decode[evidence.Account](b)
	case evidence.CodebookUse:
		return evidence.Decode[evidence.CodebookUse](b)
	case evidence.Capture:
		return evidence.Decode[evidence.Capture](b)
	case evidence.Text:
		return evidence.Decode[evidence.Text](b)
	case evidence.Coding:
		return evidence.Decode[evidence.Coding](b)
	case evidence.Copy:
		return evidence.Decode[evidence.Copy](b)
	case evidence.Decision:
		return evidence.Decode[evidence.Decision](b)
	case evidence.Reason:
		return evidence.Decode[evidence.Reason](b)
	case evidence.Event:
		return evidence.Decode[evidence.Event](b)
	}
	return evidence.Decode[evidence.Release](b)
}
