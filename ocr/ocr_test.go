package ocr

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/evidence"
)

const sample = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n" +
	"1\t1\t0\t0\t0\t0\t0\t0\t1000\t300\t-1\t\n" +
	"2\t1\t1\t0\t0\t0\t9\t11\t766\t20\t-1\t\n" +
	"5\t1\t1\t1\t1\t1\t9\t12\t92\t15\t96.5\tПовістка\n" +
	"5\t1\t1\t1\t1\t2\t109\t12\t42\t15\t80\tвід\n" +
	"5\t1\t1\t1\t1\t3\t160\t12\t10\t15\t90\tЗ\n" +
	"5\t1\t1\t1\t2\t1\t9\t40\t80\t15\t70\tберезня\n" +
	"5\t1\t1\t1\t2\t2\t99\t40\t80\t15\t-1\t \n" +
	"5\t1\t2\t1\t1\t1\t9\t90\t80\t15\t60\t2О23\n"

func TestWordsStandWhereTheyAre(t *testing.T) {
	p, err := readTSV([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if p.Text != "Повістка від З\nберезня\n\n2О23" || p.Width != 1000 || p.Height != 300 || len(p.Words) != 5 {
		t.Fatalf("%+v", p)
	}
	for _, w := range p.Words {
		if p.Text[w.From:w.To] != w.Text {
			t.Errorf("%q stands at %q", w.Text, p.Text[w.From:w.To])
		}
	}
	if w := p.Words[1]; w.Left != 109 || w.Top != 12 || w.Width != 42 || w.Height != 15 || w.Confidence != 0.8 {
		t.Errorf("%+v", w)
	}
	if want := (8*.965 + 3*.8 + .9 + 7*.7 + 4*.6) / 23; p.Confidence < want-1e-9 || p.Confidence > want+1e-9 {
		t.Errorf("confidence %v, want %v", p.Confidence, want)
	}
	p.judge()
	if len(p.Problems) != 1 || !strings.HasPrefix(p.Problems[0], "2 words hold letters and digits that look alike, compare with the picture: З, 2О23") {
		t.Errorf("%q", p.Problems)
	}
}

func TestWhatIsDoubtfulIsSaid(t *testing.T) {
	none := Page{}
	none.judge()
	poor := Page{Words: []Word{{Text: "слово"}}, Confidence: 0.3}
	poor.judge()
	good := Page{Words: []Word{{Text: "Дім."}, {Text: "З"}, {Text: "села"}, {Text: "2023"}}, Confidence: 0.9}
	good.judge()
	if len(none.Problems) != 1 || len(poor.Problems) != 1 || !strings.Contains(poor.Problems[0], "30 of 100") || len(good.Problems) != 0 {
		t.Errorf("%q %q %q", none.Problems, poor.Problems, good.Problems)
	}
}

// bomb is a PNG whose header promises more pixels than anybody wants.
func bomb() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))) // into memory
	raw := b.Bytes()
	binary.BigEndian.PutUint32(raw[16:], 60000)
	binary.BigEndian.PutUint32(raw[20:], 60000)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

func TestWhatIsNoPictureReachesNoProgram(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "started")
	fake := filepath.Join(t.TempDir(), "tesseract")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\ntouch "+mark+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := Program{Tesseract: fake, PDFToPPM: fake, Languages: wanted(), most: perPage}
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{"empty": {nil, evidence.ErrFormat}, "text": {[]byte("/etc/hostname\n/etc/passwd\n"), evidence.ErrFormat}, "web address": {[]byte("http://127.0.0.1/x.png"), evidence.ErrFormat},
		"svg": {[]byte("<svg/>"), evidence.ErrFormat}, "torn png": {[]byte("\x89PNG\r\n\x1a\nxxxx"), evidence.ErrFormat}, "torn jpeg": {[]byte("\xff\xd8\xff"), evidence.ErrFormat}, "bomb": {bomb(), evidence.ErrLimit}} {
		if _, err := p.Picture(t.Context(), c.raw, "image/png"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := p.PDF(t.Context(), []byte("no pdf"), nil); !errors.Is(err, evidence.ErrFormat) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program was started")
	}
	if _, err := (Program{}).Picture(t.Context(), nil, ""); !errors.Is(err, evidence.ErrUsage) {
		t.Errorf("%v", err)
	}
	if _, err := (Program{}).PDF(t.Context(), nil, nil); !errors.Is(err, evidence.ErrNotFound) || evidence.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
}

func TestNoProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(t.Context()); !errors.Is(err, evidence.ErrNotFound) || !strings.Contains(evidence.HintOf(err), "tesseract-ocr-ukr") {
		t.Errorf("%v, %q", err, evidence.HintOf(err))
	}
}

// A program that goes wrong does so in a bounded way, and leaves nothing.
func TestProgramsThatMisbehave(t *testing.T) {
	bin, left := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", left)
	dot := func() []byte {
		var b bytes.Buffer
		_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9))) // into memory
		return b.Bytes()
	}()
	for name, c := range map[string]struct {
		script string
		want   error
	}{
		"endless":  {"exec tail -f /dev/null", evidence.ErrLimit},
		"children": {"tail -f /dev/null & tail -f /dev/null", evidence.ErrLimit},
		"talks":    {"yes", evidence.ErrLimit},
		"crash":    {"kill -SEGV $$", evidence.ErrFormat},
		"nonsense": {"echo; echo 5 x", evidence.ErrFormat},
		"complain": {"echo 'cannot read' >&2; exit 1", evidence.ErrFormat},
	} {
		fake := filepath.Join(bin, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(fake, []byte("#!/bin/sh\n"+c.script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		p := Program{Tesseract: fake, Languages: wanted(), most: 1e9}
		if _, err := p.Picture(t.Context(), dot, "image/png"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Program{Tesseract: filepath.Join(bin, "endless"), Languages: wanted(), most: perPage}).Picture(ctx, dot, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if files, err := os.ReadDir(left); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v %v", files, err)
	}
}

func FuzzReadTSV(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("\n5\t1\t1\t1\t1\t1\t9\t12\t92\t15\tNaN\tа"))
	f.Add([]byte("\n1\t1\t0\t0\t0\t0\t0\t0\t1000\t300\t-1"))
	f.Add([]byte("\n5\t1\t1\t1\t1\t1\t9\t12\t92\t15\t1e9\t\xff\xfe\r"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readTSV(b)
		if err != nil {
			if !errors.Is(err, evidence.ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		p.judge()
		if !(p.Confidence >= 0 && p.Confidence <= 1) {
			t.Errorf("confidence %v", p.Confidence)
		}
		end := 0
		for _, w := range p.Words {
			if w.From < end || p.Text[w.From:w.To] != w.Text || !(w.Confidence >= 0 && w.Confidence <= 1) {
				t.Fatalf("%+v in %q", w, p.Text)
			}
			end = w.To
		}
		if len(p.Words) == 0 && p.Text != "" {
			t.Errorf("%q without words", p.Text)
		}
	})
}

func FuzzExamine(f *testing.F) {
	f.Add(bomb())
	f.Add([]byte("GIF89a\x01\x00\x01\x00"))
	f.Add([]byte("RIFFxxxxWEBP"))
	f.Add([]byte("/etc/passwd\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, err := examine(b)
		if (err == nil) != (kind != "") || err != nil && !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) {
			t.Errorf("%q, %v", kind, err)
		}
	})
}
