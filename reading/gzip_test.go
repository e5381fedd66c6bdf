package reading

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"svidok/evidence"
)

func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestACompressedPageIsRead(t *testing.T) {
	page := []byte("<!DOCTYPE html><html><head><title>Зразок</title></head><body><article><p>Синтетичний зразок: у дворі стояла черга за водою, і люди довго говорили про погоду.</p></article></body></html>")
	r, err := Read(zipped(t, page), "application/gzip", evidence.Claims{})
	if err != nil || r.MediaType != "text/html" || r.Title != "Зразок" || !strings.Contains(r.Text, "черга за водою") {
		t.Fatalf("%+v, %v", r, err)
	}
	text := []byte("Синтетичний зразок без розмітки.\n")
	if r, err := Read(zipped(t, text), "application/gzip", evidence.Claims{}); err != nil || r.Text != string(text) {
		t.Fatalf("%+v, %v", r, err)
	}
	cut := zipped(t, bytes.Repeat(text, 200))
	if r, err := Read(cut[:len(cut)-9], "application/gzip", evidence.Claims{}); err != nil || len(r.Problems) == 0 {
		t.Fatalf("a cut one must be named: %+v, %v", r.Problems, err)
	}
}

func TestWhatIsNoCompressedPage(t *testing.T) {
	for name, raw := range map[string][]byte{"twice": zipped(t, zipped(t, []byte("x"))), "binary": zipped(t, bytes.Repeat([]byte{0, 1, 2, 0xfe}, 4000))} {
		if r, err := Read(raw, "application/gzip", evidence.Claims{}); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if _, err := Read(zipped(t, make([]byte, 300<<20)), "application/gzip", evidence.Claims{}); !errors.Is(err, evidence.ErrLimit) {
		t.Errorf("a bomb: %v", err)
	}
}
