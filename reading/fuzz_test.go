package reading_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"svidok/evidence"
	"svidok/reading"
)

// check: any bytes give a text or an error of ours, twice the same.
func check(t *testing.T, raw []byte, mediaType string, claims evidence.Claims) {
	t.Helper()
	r, err := reading.Read(raw, mediaType, claims)
	if err != nil {
		if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
			t.Fatalf("error %v is none of the house", err)
		}
		return
	}
	for _, s := range append([]string{r.Text, r.Title, r.Author, r.Outlet, r.Published.Raw}, r.Problems...) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r") {
			t.Fatalf("not clean: %q", s)
		}
	}
	if again, err := reading.Read(raw, mediaType, claims); err != nil || !reflect.DeepEqual(r, again) {
		t.Fatalf("first %+v, then %+v, %v", r, again, err)
	}
}

func FuzzPlain(f *testing.F) {
	f.Add([]byte(ukText), "windows-1251")
	f.Add([]byte("\xff\xfe\x1f\x04"), "")
	f.Add([]byte("\xef\xf0\xee\xe2\xe5\xf0\xea\xe0\x00\r"), "koi8-r")
	f.Add([]byte("\x82\xa0\x82\xa2"), "shift_jis")
	f.Fuzz(func(t *testing.T, raw []byte, charset string) {
		check(t, raw, "text/plain", evidence.Claims{Charset: charset})
	})
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(page("uk", "Перевірки", "Авторка", "2024-02-24", paragraphs(ukText))), "https://example.org/2024/02/24/a")
	f.Add([]byte("<table><tr><td><p>x<table><svg><title>t</title><p>"), "")
	f.Add([]byte(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"a&quot;","author":[[["x"]]],"datePublished":"2024"}</script>`), "://")
	f.Add([]byte("<html><time datetime=x><h1><title>&#0;&#xD800;"), "")
	f.Fuzz(func(t *testing.T, raw []byte, address string) {
		check(t, raw, "text/html", evidence.Claims{Address: address})
	})
}

func FuzzHTTP(f *testing.F) {
	f.Add(respond("Content-Type: text/html\r\nTransfer-Encoding: chunked", []byte("5\r\nhello\r\n0\r\n\r\n")))
	f.Add(respond("Content-Encoding: gzip, br, zstd, deflate", []byte("\x1f\x8b\x08")))
	f.Add([]byte("HTTP/1.1 200\n\n<html>x"))
	f.Add([]byte("HTTP/ 9999999999999\n"))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw, reading.MediaHTTP, evidence.Claims{}) })
}

func FuzzTelegram(f *testing.F) {
	f.Add([]byte(`{"text":["a",{"type":"bold","text":"b"}],"date_unixtime":"1708750800","poll":{"question":"q","answers":[{"text":["x"]}]}}`))
	f.Add([]byte(`{"text":null,"date":"2024-02-24T07:00:00","author":"\u0000"}`))
	f.Add([]byte(`{"text":{"text":"a"},"date_unixtime":99999999999999}`))
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw, reading.MediaTelegram, evidence.Claims{}) })
}
