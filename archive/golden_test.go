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
		"source-1": evidence.Source{V: 1, Kind: evidence.KindSource, ID: "s:0011223344556677", Name: "Канал <тест>", Type: evidence.SourceTelegram, Address: "https://t.me/s/synthetic", Private: h("private"),
			Languages: []string{"uk", "ru"}, Every: 3600, Take: evidence.TakeSeen, Select: "a.news", Grade: "C", Reason: h("reason"), Active: true, Previous: h("previous"), By: "p:0011223344556677", At: at},
		"private": evidence.Private{Nonce: "0011223344556677", Path: "/folder", Persona: "none", Operator: "p:0011223344556677", Machine: "linux", Outgoing: "withheld", Via: "socks5://127.0.0.1:9050",
			Remote: "192.0.2.1:443", Note: "a note"},
		"visit-1": evidence.Visit{V: 1, Kind: evidence.KindVisit, Source: "s:0011223344556677", Address: "https://t.me/s/synthetic", Started: at, Ended: at, Outcome: evidence.VisitPart, Why: "429", Taken: 2,
			Same: []string{"12-31"}, Gone: []string{"17"}, Missed: []evidence.Missed{{Item: "32", Why: "timed out"}}, Problems: []string{"odd"}, Cursor: "32", Requests: 3, Bytes: 4096,
			Offset: &evidence.Offset{Milliseconds: -120, Uncertainty: 500, Hosts: 3}, Private: h("private"), Nonce: "0011223344556677", Tool: "svidok/1.0", By: "m:svidok/1.0", At: at},
		"taking-1": evidence.Taking{V: 1, Kind: evidence.KindTaking, Capture: h("capture"), Source: "s:0011223344556677", Item: "32", Content: h("content"), Before: h("before"), Address: "https://example.org/a?b&c",
			Final: "https://example.org/a", Status: 200, Started: at, Ended: at, Parts: []string{"address"}, Lacks: []string{"screenshot: no browser"},
			Hollow: []evidence.Hollow{{Kind: "login", Certain: true, Because: "Sign in"}}, TLS: "00", Offset: &evidence.Offset{Milliseconds: 1, Uncertainty: 2, Hosts: 1}, Private: h("private"),
			Tool: "svidok/1.0", By: "m:svidok/1.0", At: at},
		"search-1": evidence.Search{V: 1, Kind: evidence.KindSearch, Where: "an engine", Query: h("query"), From: at, To: at, Found: 3, Kept: []evidence.Hash{h("capture")}, Remarks: h("remarks"), By: "p:0011223344556677", At: at},
		"stamp-1": evidence.Stamp{V: 1, Kind: evidence.KindStamp, Size: 42, Root: h("root"), Checkpoint: h("note"), Authority: "https://tsa.example/", Bundle: h("bundle"), Time: at, Chain: "00", Renews: []evidence.Hash{h("old")},
			By: "m:svidok/1.0", At: at},
		"cosigned-1": evidence.Cosigned{V: 1, Kind: evidence.KindCosigned, Size: 42, Root: h("root"), Witness: "w+0a0b0c0d+BAQID", Note: h("note"), Time: at, Refused: "forked", By: "m:svidok/1.0", At: at},
		"custody-1": evidence.Custody{V: 1, Kind: evidence.KindCustody, Act: evidence.CustodyTransferred, About: []evidence.Hash{h("capture")}, Size: 42, Root: h("root"), To: "Court", Counts: []evidence.Count{{Name: "extents", N: 7}},
			Objects: []evidence.Hash{h("note")}, Reason: h("reason"), Nonce: "0011223344556677", By: "p:0011223344556677", At: at},
		"form-1": evidence.Form{V: 1, Kind: evidence.KindForm, Form: evidence.FormAssessment, About: []evidence.Hash{h("capture")}, Text: h("filled"), By: "p:0011223344556677", At: at},
		"filled": evidence.Filled{Nonce: "0011223344556677", Fields: []evidence.Field{{Name: "relevance", Text: "чому"}}},
		"settings-1": evidence.Settings{V: 1, Kind: evidence.KindSettings, Authorities: []string{"https://tsa.example/"}, Roots: h("pem"), Witnesses: []evidence.Witness{{Key: "w+0a0b0c0d+BAQID", Address: "https://w.example/"}},
			Quorum: 1, Robots: true, Pace: 2000, Proxy: "socks5://127.0.0.1:9050", Allow: []string{"10.0.0.0/8"}, Outgoing: "withheld", Sweep: 86400, By: "p:0011223344556677", At: at},
		"settings-1-viewing": evidence.Settings{V: 1, Kind: evidence.KindSettings, Robots: true, Pace: 2000, Sweep: 86400, Viewing: true, By: "p:0011223344556677", At: at},
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
	return againKept(rec, b)
}

func againKept(rec any, b []byte) (any, error) {
	switch rec.(type) {
	case evidence.Source:
		return evidence.Decode[evidence.Source](b)
	case evidence.Private:
		return evidence.Decode[evidence.Private](b)
	case evidence.Visit:
		return evidence.Decode[evidence.Visit](b)
	case evidence.Taking:
		return evidence.Decode[evidence.Taking](b)
	case evidence.Search:
		return evidence.Decode[evidence.Search](b)
	case evidence.Stamp:
		return evidence.Decode[evidence.Stamp](b)
	case evidence.Cosigned:
		return evidence.Decode[evidence.Cosigned](b)
	case evidence.Custody:
		return evidence.Decode[evidence.Custody](b)
	case evidence.Form:
		return evidence.Decode[evidence.Form](b)
	case evidence.Filled:
		return evidence.Decode[evidence.Filled](b)
	case evidence.Settings:
		return evidence.Decode[evidence.Settings](b)
	}
	return evidence.Decode[evidence.Release](b)
}
