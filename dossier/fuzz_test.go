package dossier

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"svidok/evidence"
	"svidok/proof"
)

// FuzzZip: whatever the walker takes is, byte for byte, what the writer would write.
func FuzzZip(f *testing.F) {
	var b bytes.Buffer
	z := &zipWriter{w: &b}
	for _, name := range []string{"bagit.txt", "data/a"} {
		p := whole([]byte("contents of " + name))
		if err := z.add(name, p.size, p.crc, p.write); err != nil {
			f.Fatal(err)
		}
	}
	if err := z.close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, data []byte) {
		members, err := walkZip(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrTampered) && !errors.Is(err, io.EOF) {
				t.Fatalf("an error of no sort: %v", err)
			}
			return
		}
		var again bytes.Buffer
		w := &zipWriter{w: &again}
		for _, m := range members {
			from := m.offset + localSize + int64(len(m.name))
			p := whole(data[from : from+m.size])
			if err := w.add(m.name[len(base):], p.size, p.crc, p.write); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), data) {
			t.Fatal("taken, and not as the writer writes it")
		}
	})
}

// FuzzLines: whatever is taken encodes to the same bytes.
func FuzzLines(f *testing.F) {
	f.Add([]byte(`{"index":0,"entry":"svidok/1"}` + "\n" + `{"index":3,"entry":"x","path":["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := jsonLines[line]("entries.jsonl", data)
		if err != nil {
			return
		}
		var again []byte
		for _, l := range lines {
			b, err := evidence.Encode(l)
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, b...)
		}
		if !bytes.Equal(again, data) {
			t.Fatal("taken, and not canonical")
		}
	})
}

// FuzzScan: the scanner is never surer than evidence.Decode, and reads the same facts.
func FuzzScan(f *testing.F) {
	h, _ := market(f)
	for _, b := range h.records {
		f.Add(b)
	}
	f.Add([]byte(`{"v":1,"kind":"copy","text":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","other":"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","relation":"near","similarity":0.8125,"method":"m\n","at":"2025-03-01T09:00:01.5Z"}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		fast, slow := newRecordReader(), newRecordReader()
		if !fast.fast(b) {
			return
		}
		head, err := evidence.HeadOf(b)
		if err != nil || head.V != 1 {
			t.Fatalf("sure of %q, and it has no head", b)
		}
		slow.f.kind = head.Kind
		if err := slow.slow(b); err != nil {
			t.Fatalf("sure of %q, and Decode is not: %v", b, err)
		}
		sameFacts(t, &fast.f, &slow.f)
	})
}

func sameFacts(t *testing.T, a, b *facts) {
	t.Helper()
	if a.kind != b.kind || a.text != b.text || a.size != b.size || a.payload != b.payload || a.capture != b.capture || len(a.links) != len(b.links) || len(a.anchors) != len(b.anchors) {
		t.Fatalf("other facts: %+v, %+v", a, b)
	}
	for i := range a.links {
		if a.links[i] != b.links[i] {
			t.Fatalf("other links: %+v, %+v", a.links, b.links)
		}
	}
	for i, x := range a.anchors {
		y := b.anchors[i]
		if !bytes.Equal(x.id, y.id) || !bytes.Equal(x.code, y.code) || !bytes.Equal(x.quote, y.quote) || x.start != y.start || x.end != y.end {
			t.Fatalf("other anchors: %+v, %+v", x, y)
		}
	}
}

// TestScanIsFast: the records of a case take the fast way, or it would be none.
func TestScanIsFast(t *testing.T) {
	h, _ := market(t)
	tried := 0
	for i, b := range h.records {
		e, err := proof.ParseEntry(h.lines[i])
		if err != nil {
			t.Fatal(err)
		}
		switch e.Kind {
		case evidence.KindCapture, evidence.KindText, evidence.KindCoding, evidence.KindCopy:
			tried++
			r := newRecordReader()
			if !r.fast(b) {
				t.Errorf("the scanner gave up on %s", b)
			}
			if e.Kind == evidence.KindCoding && len(r.f.anchors) == 0 {
				t.Error("no statements seen")
			}
		}
	}
	if tried < 8 {
		t.Errorf("only %d records tried", tried)
	}
}

// FuzzPlainEntry: the quick way takes only what proof.ParseEntry takes, and reads the same.
func FuzzPlainEntry(f *testing.F) {
	h, _ := market(f)
	for _, l := range h.lines {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		kind, who, ok := plainEntry(line)
		if !ok {
			return
		}
		e, err := proof.ParseEntry(line)
		if err != nil || e.Kind != kind || e.Who != string(who) {
			t.Fatalf("taken as %s by %s: %q: %v", kind, who, line, err)
		}
	})
}

// FuzzFrame: a frame that is taken fills its size, and a torn one is never taken.
func FuzzFrame(f *testing.F) {
	f.Add([]byte(journalTag), 0)
	f.Add(bytes.Repeat([]byte{0}, 600), 8)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		if at < 0 {
			return
		}
		fr, size, err := parseFrame(b)
		if err != nil {
			tornFrame(b, at)
			return
		}
		if size > len(b) || size%8 != 0 || len(fr.entries)+len(fr.checkpoint) > size || fr.count < 1 {
			t.Fatalf("frame %+v of %d bytes", fr, size)
		}
	})
}

// FuzzSegment: records that are taken lie end to end, and their blocks hash to their names.
func FuzzSegment(f *testing.F) {
	_, m := market(f)
	f.Add(unpack(f, mustWrite(f, m))["data/warc/000001.warc.gz"].Data)
	f.Fuzz(func(t *testing.T, b []byte) {
		s := newSegment(1 << 20)
		s.reset(bytes.NewReader(b), 0, nil)
		at := int64(0)
		for {
			rec, err := s.next()
			if err != nil {
				return
			}
			if rec.from != at || rec.to <= rec.from || rec.block != nil && evidence.Sum(rec.block) != rec.hash {
				t.Fatalf("record %+v at %d", rec, at)
			}
			at = rec.to
		}
	})
}

// FuzzBag: no bag of any make brings the judge down.
func FuzzBag(f *testing.F) {
	f.Add("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "0123  data/a\n", "a: b\n", "http://x - data/a\n")
	f.Fuzz(func(t *testing.T, bagit, manifest, info, fetch string) {
		files := bagOf(bagit, manifest, info, fetch)
		if len(CheckBag(files)) == 0 {
			t.Fatal("no verdict")
		}
	})
}

func mustWrite(t testing.TB, m Material) []byte {
	b, _ := written(t, m)
	return b
}
