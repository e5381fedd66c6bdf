package warc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fields are what every record must have, and more.
func fields(more ...Field) Fields {
	return append(Fields{
		{"WARC-Type", "resource"},
		{"WARC-Record-ID", "<urn:uuid:11111111-1111-8111-9111-111111111111>"},
		{"WARC-Date", "2024-05-06T07:08:09.123Z"},
	}, more...)
}

func encode(t testing.TB, f Fields, block string) []byte {
	t.Helper()
	b, err := Encode(nil, f, []byte(block))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodeWritesExactlyTheStandardsBytes(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(encode(t, fields(Field{"Content-Type", "text/plain"}), "привіт\n")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	want := "WARC/1.1\r\nWARC-Type: resource\r\n" +
		"WARC-Record-ID: <urn:uuid:11111111-1111-8111-9111-111111111111>\r\n" +
		"WARC-Date: 2024-05-06T07:08:09.123Z\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nпривіт\n\r\n\r\n"
	if string(got) != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("the gzip header says %v %q", z.ModTime, z.Name)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, f := range map[string]Fields{
		"a line break in a value":   fields(Field{"X-Note", "a\r\nWARC-Type: response"}),
		"a control in a value":      fields(Field{"X-Note", "a\x00b"}),
		"bytes that are no UTF-8":   fields(Field{"X-Note", "\xff"}),
		"a space at the edge":       fields(Field{"X-Note", "a "}),
		"an empty value":            fields(Field{"X-Note", ""}),
		"a name with a colon":       fields(Field{"X:Y", "a"}),
		"a name with a space":       fields(Field{"X Y", "a"}),
		"an empty name":             fields(Field{"", "a"}),
		"the caller's own length":   fields(Field{"content-length", "3"}),
		"a space in the target URI": fields(Field{"WARC-Target-URI", "http://a.example/b c"}),
		"an IRI as target URI":      fields(Field{"WARC-Target-URI", "http://a.example/новини"}),
		"no scheme":                 fields(Field{"WARC-Target-URI", "a.example/b"}),
		"no date":                   fields()[:2],
		"two types":                 fields(Field{"warc-type", "metadata"}),
	} {
		kept := []byte("kept")
		got, err := Encode(kept, f, nil)
		if !errors.Is(err, ErrFormat) || string(got) != "kept" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		var b bytes.Buffer
		if err := Write(&b, f, strings.NewReader(""), 0); !errors.Is(err, ErrFormat) || b.Len() > 0 {
			t.Errorf("%s: Write: %v after %d bytes", name, err, b.Len())
		}
	}
}

func TestWriteWantsExactlyTheSize(t *testing.T) {
	for _, size := range []int64{-1, 0, 2, 4} {
		if err := Write(io.Discard, fields(), strings.NewReader("abc"), size); !errors.Is(err, ErrFormat) {
			t.Errorf("size %d: %v", size, err)
		}
	}
	var b bytes.Buffer
	if err := Write(&b, fields(), strings.NewReader("abc"), 3); err != nil {
		t.Fatal(err)
	}
	if want := encode(t, fields(), "abc"); !bytes.Equal(b.Bytes(), want) {
		t.Error("Write and Encode differ")
	}
	broken := errors.New("the disk is gone")
	if err := Write(io.Discard, fields(), io.MultiReader(strings.NewReader("a"), failing{broken}), 3); !errors.Is(err, broken) {
		t.Errorf("a broken block: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestEscapeURI(t *testing.T) {
	for in, want := range map[string]string{
		"http://a.example/?q=1%20#x": "http://a.example/?q=1%20#x",
		"http://a.example/b c":       "http://a.example/b%20c",
		"http://a.example/їжа<>":     "http://a.example/%D1%97%D0%B6%D0%B0%3C%3E",
		"urn:sha256:00":              "urn:sha256:00",
		"http://a.example/\n":        "http://a.example/%0A",
	} {
		if got, ok := EscapeURI(in); got != want || !ok {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "no scheme", "/path", "1http://a", "ї:a"} {
		if got, ok := EscapeURI(in); ok {
			t.Errorf("%q: %q is said to be a URI", in, got)
		}
	}
}

// Equal input, equal bytes: whatever the compressor did before, in whatever pieces the
// block comes. And what was written is read again, record for record.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 3000), 1, 6).Draw(t, "blocks")
		var file []byte
		for _, b := range blocks {
			one, err := Encode(nil, fields(), b)
			if err != nil {
				t.Fatal(err)
			}
			var streamed bytes.Buffer
			if err := Write(&streamed, fields(), iotestOneByte{bytes.NewReader(b)}, int64(len(b))); err != nil {
				t.Fatal(err)
			}
			if len(b) < 100 && !bytes.Equal(one, streamed.Bytes()) {
				t.Fatal("Write and Encode differ")
			}
			if again, _ := Encode(nil, fields(), b); !bytes.Equal(one, again) {
				t.Fatal("Encode differs from itself")
			}
			file = append(file, one...)
		}
		r := NewReader(bytes.NewReader(file), Limits{})
		end := int64(0)
		for _, b := range blocks {
			rec, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(rec.Block)
			if err != nil || !bytes.Equal(got, b) || len(rec.Problems) > 0 || rec.Offset != end || rec.Version != "WARC/1.1" {
				t.Fatalf("%d bytes %v, problems %q, offset %d of %d", len(got), err, rec.Problems, rec.Offset, end)
			}
			end += rec.Length
		}
		if _, err := r.Next(); err != io.EOF || end != int64(len(file)) {
			t.Fatalf("at the end: %v at %d of %d", err, end, len(file))
		}
	})
}

type iotestOneByte struct{ r io.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

func BenchmarkEncode(b *testing.B) {
	block := []byte(strings.Repeat("Повістки роздають на вулицях. Summonses are handed out. ", 13)[:1000])
	var dst []byte
	var err error
	b.SetBytes(int64(len(block)))
	b.ReportAllocs()
	for b.Loop() {
		if dst, err = Encode(dst[:0], fields(), block); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
