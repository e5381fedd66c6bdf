package warc

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// FuzzReader: whatever the bytes, the reader ends, names damage as damage, gives blocks
// of the size it says, and gives the same whether or not blocks are read.
func FuzzReader(f *testing.F) {
	one, two := plain("one"), plain("HTTP/1.1 200 OK\r\n\r\n", "WARC-Payload-Digest: sha1:AAAA", "Content-Type: application/http")
	f.Add([]byte(one + two))
	f.Add(zip(one, two))
	f.Add(zip(one + two))
	f.Add(zip(one, two)[:90])
	f.Add(zip(one[:100], one[100:]))
	f.Add([]byte(one[:100] + two))
	f.Add([]byte("WARC/1.1\nContent-Length: 9\n\nWARC/1.0\r\n\r\n\r\n"))
	f.Add([]byte("filedesc://a 127.0.0.1 20240506070809 text/plain 10\n1 0 Maker\n\nhttp://a b 1.1.1.1 20240506070809 a 3\nabc\n"))
	f.Add([]byte("http://a 1.1.1.1 20240506070809 a -1\nabc\nhttp://a 1.1.1.1 20240506070809 a 3\nabc"))
	f.Add(append(zip(one), 0x1f, 0x8b, 8, 0, 0x1f, 0x8b, 8, 0x1f, 0x8b))
	f.Fuzz(func(t *testing.T, file []byte) {
		lim := Limits{Header: 4096, Record: 1 << 20}
		read, skipped := walk(t, file, lim, true), walk(t, file, lim, false)
		if read != skipped {
			t.Errorf("%d records when read, %d when skipped", read, skipped)
		}
	})
}

func walk(t *testing.T, file []byte, lim Limits, read bool) (whole int) {
	r := NewReader(bytes.NewReader(file), lim)
	pending := int64(-1)
	for steps := 0; ; steps++ {
		if steps > 2*len(file)+10 {
			t.Fatal("no end")
		}
		rec, err := r.Next()
		var d *Damage
		if pending >= 0 && !(errors.As(err, &d) && d.Offset == pending) {
			whole++ // the record before was skipped without damage
		}
		pending = -1
		if err == io.EOF {
			return whole
		}
		if err != nil {
			if !errors.As(err, &d) || d.Offset < 0 || d.Cause == nil {
				t.Fatalf("neither record nor damage: %v", err)
			}
			continue
		}
		if !read {
			pending = rec.Offset
			continue
		}
		n, err := io.Copy(io.Discard, rec.Block)
		if err == nil && n != rec.Size {
			t.Fatalf("a block of %d bytes says %d", n, rec.Size)
		}
		if err == nil {
			whole++
		}
	}
}

// FuzzEncode: what is written is read as it was, or refused.
func FuzzEncode(f *testing.F) {
	f.Add("X-A", "b", []byte("c"))
	f.Add("WARC-Target-URI", "http://a/ b", []byte{})
	f.Add("X-A", "a\r\nContent-Length: 0", []byte("WARC/1.0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, name, value string, block []byte) {
		file, err := Encode(nil, fields(Field{name, value}), block)
		if err != nil {
			return
		}
		r := NewReader(bytes.NewReader(file), Limits{Header: 1 << 30})
		rec, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(rec.Block)
		if err != nil || !bytes.Equal(got, block) || len(rec.Fields) != 5 || rec.Fields[3] != (Field{name, value}) {
			t.Errorf("%q %v %q", got, err, rec.Fields)
		}
		if _, err = r.Next(); err != io.EOF {
			t.Error(err)
		}
	})
}
