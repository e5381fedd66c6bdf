package archive_test

import (
	"errors"
	"strings"
	"testing"

	"svidok/archive"
	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/intake"
)

const seenAt = "https://news.example/17"

// saw is a case that captured a page with these words.
func saw(t *testing.T, words, date string) (*archive.Archive, evidence.Hash) {
	t.Helper()
	a, _ := newCase(t, archive.Options{Now: clock()})
	page := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nDate: " + date + "\r\n\r\n<!DOCTYPE html><title>Synthetic</title><article><p>" + words + "</p></article>"
	done, err := a.Note(t.Context(), archive.Noting{Items: []intake.Item{{Parent: -1, Door: "web", MediaType: intake.TypeHTTPResponse, Part: evidence.PartReport,
		Claims: evidence.Claims{Address: seenAt}, Data: []byte(page), Size: int64(len(page))}}})
	if err != nil {
		t.Fatal(err)
	}
	work(t, a)
	return a, done.Receipts[0].Capture
}

const seenWords = "Synthetic sample: patrols checked men at the market in occupied Horlivka. Nothing of it happened."

func TestCapturesOfTwoCases(t *testing.T) {
	ours, _ := saw(t, seenWords, "Mon, 06 Oct 2025 09:00:00 GMT")
	for name, c := range map[string]struct {
		words, date string
		want        crosscapture.Likeness
	}{
		"the same, a minute later by the server's clock": {seenWords, "Mon, 06 Oct 2025 09:01:00 GMT", crosscapture.SameBytes},
		"the same words in another markup":               {"<b>" + seenWords + "</b>", "x", crosscapture.SameText},
		"other words":                                    {strings.Replace(seenWords, "market", "harbour", 1), "x", crosscapture.Contradicts},
	} {
		theirs, capture := saw(t, c.words, c.date)
		signed, err := theirs.Keeping().Show(t.Context(), "", capture)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, known := range []bool{false, true} {
			size := ours.Keeping()
			before, _ := size.Head()
			got, was, err := ours.Keeping().Compare(t.Context(), "", theirs.Keeping().Key()+"\n", signed)
			after, _ := size.Head()
			if err != nil || was != known || got.Likeness != c.want || (after.Size == before.Size) != known {
				t.Errorf("%s: %s, known %t, %v; want %s, %t", name, got.Likeness, was, err, c.want, known)
			}
		}
	}
	list, err := ours.Keeping().Observed(t.Context(), 1)
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	custody, err := ours.Catalog().CustodyOf(t.Context(), 1)
	if err != nil || len(custody) != 3 || custody[0].Act != evidence.CustodyCompared {
		t.Errorf("%+v, %v", custody, err)
	}
}

func TestComparisonsThatAreRefused(t *testing.T) {
	ours, own := saw(t, seenWords, "x")
	theirs, capture := saw(t, seenWords, "x")
	signed, err := theirs.Keeping().Show(t.Context(), "", capture)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := ours.Keeping().Show(t.Context(), "", own)
	if err != nil {
		t.Fatal(err)
	}
	empty, _ := newCase(t, archive.Options{Now: clock()})
	for name, c := range map[string]struct {
		in     *archive.Archive
		key    string
		signed []byte
		want   error
	}{
		"another key":           {ours, empty.Keeping().Key(), signed, evidence.ErrRefused},
		"no key":                {ours, "", signed, evidence.ErrFormat},
		"our own":               {ours, ours.Keeping().Key(), mine, evidence.ErrRefused},
		"an address never seen": {empty, theirs.Keeping().Key(), signed, evidence.ErrNotFound},
		"half of it":            {ours, theirs.Keeping().Key(), signed[:len(signed)/2], evidence.ErrFormat},
	} {
		head, _ := c.in.Keeping().Head()
		if _, _, err := c.in.Keeping().Compare(t.Context(), "", c.key, c.signed); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if now, _ := c.in.Keeping().Head(); now.Size != head.Size {
			t.Errorf("%s: something was noted", name)
		}
	}
	// A file of this machine is not shown, nor anything of a case that is open for reading only.
	file := receive(t, ours, give(t, map[string]string{"mother.txt": "Synthetic."}))
	if _, err := ours.Keeping().Show(t.Context(), "", file[0].Capture); !errors.Is(err, evidence.ErrRefused) {
		t.Error(err)
	}
	if _, err := ours.Keeping().Show(t.Context(), "", evidence.Hash{1}); !errors.Is(err, evidence.ErrNotFound) {
		t.Error(err)
	}
}
