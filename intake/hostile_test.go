package intake

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"svidok/evidence"
)

// raw is one member of a zip that is put together byte by byte, so that it can lie.
type raw struct {
	name, localName string // localName "": the same
	packed          []byte
	size            int // as said; -1: that of packed
	method, flags   uint16
	crc             uint32
	at              int // offset in the directory; -1: where it stands
	external        uint32
}

func (r raw) header(central bool, at int) []byte {
	le := binary.LittleEndian
	name := r.name
	if !central && r.localName != "" {
		name = r.localName
	}
	size := r.size
	if size < 0 {
		size = len(r.packed)
	}
	var b []byte
	if central {
		b = append(b, "PK\x01\x02\x14\x03\x14\x00"...)
	} else {
		b = append(b, "PK\x03\x04\x14\x00"...)
	}
	b = le.AppendUint16(b, r.flags)
	b = le.AppendUint16(b, r.method)
	b = append(b, 0, 0, 0x21, 0x58) // a time and a day
	b = le.AppendUint32(b, r.crc)
	b = le.AppendUint32(b, uint32(len(r.packed)))
	b = le.AppendUint32(b, uint32(size))
	b = le.AppendUint16(b, uint16(len(name)))
	b = append(b, 0, 0)
	if central {
		b = append(b, make([]byte, 6)...)
		b = le.AppendUint32(b, r.external)
		b = le.AppendUint32(b, uint32(at))
	}
	return append(b, name...)
}

func rawZip(members ...raw) []byte {
	var file, dir []byte
	for _, m := range members {
		at := m.at
		if at < 0 {
			at = len(file)
			file = append(append(file, m.header(false, 0)...), m.packed...)
		}
		dir = append(dir, m.header(true, at)...)
	}
	le := binary.LittleEndian
	end := append([]byte("PK\x05\x06"), 0, 0, 0, 0)
	end = le.AppendUint16(le.AppendUint16(end, uint16(len(members))), uint16(len(members)))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(dir))), uint32(len(file)))
	return append(append(append(file, dir...), end...), 0, 0)
}

// sevenOf makes a 7z file whose members are stored, one behind the other: 7zFormat.txt of
// the LZMA SDK. Numbers below 128 only.
func sevenOf(members ...entry) []byte {
	le := binary.LittleEndian
	var packed, sizes, sums, names []byte
	for i, m := range members {
		packed = append(packed, m.body...)
		if i < len(members)-1 {
			sizes = append(sizes, byte(len(m.body)))
		}
		sums = le.AppendUint32(sums, crc32.ChecksumIEEE([]byte(m.body)))
		for _, c := range m.name + "\x00" {
			names = le.AppendUint16(names, uint16(c))
		}
	}
	n := byte(len(members))
	h := []byte{1, 4, 6, 0, 1, 9, byte(len(packed)), 0, 7, 0x0b, 1, 0, 1, 1, 0, 0x0c, byte(len(packed)), 0, 8}
	if n > 1 {
		h = append(append(h, 0x0d, n, 9), sizes...)
	}
	h = append(append(append(h, 0x0a, 1), sums...), 0, 0)
	h = append(append(append(h, 5, n, 0x11, byte(len(names)+1), 0), names...), 0, 0)
	return sevenSums(append(append(make([]byte, 32), packed...), h...), len(h))
}

// sevenSums writes the beginning of a 7z file whose header has the last n bytes.
func sevenSums(b []byte, n int) []byte {
	le := binary.LittleEndian
	copy(b, "7z\xbc\xaf\x27\x1c\x00\x04")
	le.PutUint64(b[12:], uint64(len(b)-32-n))
	le.PutUint64(b[20:], uint64(n))
	le.PutUint32(b[28:], crc32.ChecksumIEEE(b[len(b)-n:]))
	le.PutUint32(b[8:], crc32.ChecksumIEEE(b[12:32]))
	return b
}

// plain is an honest member.
func plainMember(name, body string) raw {
	return raw{name: name, packed: []byte(body), size: -1, crc: crc32.ChecksumIEEE([]byte(body)), at: -1}
}

func deflated(body string) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, 9)
	_, _ = io.WriteString(w, body)
	_ = w.Close()
	return b.Bytes()
}

func with(m raw, change func(*raw)) raw {
	change(&m)
	return m
}

// The table of hostile and broken archives: what is given of each, and what is said. "+"
// is a part, with its problems; "-" is something refused or left aside.
func TestHostileArchives(t *testing.T) {
	good := plainMember("good.txt", "good words")
	zeros := strings.Repeat("\x00", 40<<20)
	for _, c := range []struct {
		name string
		file []byte
		want []string
	}{
		{"leads-out.zip", rawZip(plainMember("../../etc/cron.d/x.txt", "words"), plainMember("/abs.txt", "words"), plainMember(`C:\Users\a\b.txt`, "words"), plainMember(`..\up.txt`, "words")), []string{
			"+etc/cron.d/x.txt: its name leads out of the archive", "+abs.txt: leads out", "+Users/a/b.txt: leads out", "+up.txt: leads out"}},
		{"names.zip", rawZip(plainMember("a\x00b\n.txt", "words"), plainMember("photo\u202egpj.exe", "words"), plainMember(strings.Repeat("long", 1000)+".txt", "words"), plainMember("..", "words")), []string{
			"+a_b_.txt: control characters", "+photo_gpj.exe: control characters, or marks that turn", "+longlong: its name has 4004 bytes: cut", "+unnamed: it has no name"}},
		{"twice.zip", rawZip(plainMember("a.txt", "one"), plainMember("a.txt", "two"), plainMember("./a.txt", "three")), []string{"+a.txt:", "+a.txt: same name", "+a.txt: same name"}},
		{"locked.zip", rawZip(with(good, func(m *raw) { m.flags = 1 }), plainMember("open.txt", "words")), []string{
			"-member 1: refused: locked with a password: not opened", "+open.txt:"}},
		{"method.zip", rawZip(with(good, func(m *raw) { m.method = 9 }), plainMember("open.txt", "words")), []string{"-member 1: refused: compressed by method 9", "+open.txt:"}},
		{"checksum.zip", rawZip(with(good, func(m *raw) { m.crc++ })), []string{"+good.txt: not whole: its checksum is wrong"}},
		{"too-short.zip", rawZip(with(good, func(m *raw) { m.packed = m.packed[:4]; m.size = 10; m.method = zip.Store })), []string{"+good.txt: not whole"}},
		{"half-deflate.zip", rawZip(with(good, func(m *raw) {
			all := deflated(noise(5000))
			m.packed, m.size, m.method = all[:len(all)/2], 5000, zip.Deflate
		})), []string{"+good.txt: not whole: it ends too early"}},
		{"other-name.zip", rawZip(with(good, func(m *raw) { m.localName = "evil.exe" })), []string{`+good.txt: before its bytes stands the name "evil.exe", in the directory another`}},
		{"other-lock.zip", func() []byte {
			b := rawZip(good)
			b[6] |= 1 // only before the bytes
			return b
		}(), []string{"+good.txt: only one of directory and header says that it is locked"}},
		{"other-size.zip", func() []byte {
			b := rawZip(good)
			b[22]++
			return b
		}(), []string{"+good.txt: before its bytes stand another size or checksum"}},
		{"bomb.zip", rawZip(raw{name: "zeros.txt", packed: deflated(zeros), size: len(zeros), method: zip.Deflate, crc: crc32.ChecksumIEEE([]byte(zeros)), at: -1}, plainMember("open.txt", "words")), []string{
			"-member 1: limit: more than 300 bytes for one that is stored", "+open.txt:"}},
		{"overlap.zip", rawZip(good, with(good, func(m *raw) { m.name, m.at = "again.txt", 0 }), plainMember("open.txt", "words")), []string{
			"-member 1: limit: lies over another member", "-member 2: limit: lies over another member", "+open.txt:"}},
		{"nowhere.zip", rawZip(with(good, func(m *raw) { m.at = 7 }), plainMember("open.txt", "words")), []string{"-member 1: format: where it should stand is none", "+open.txt:"}},
		{"link.zip", rawZip(with(good, func(m *raw) { m.external = 0o120777 << 16; m.packed = []byte("/etc/passwd") })), []string{"-member 1: skipped: a link or a device"}},
		{"junk-before.zip", append([]byte("MZ, a program that unpacks itself"), zipOf(t, entry{"a.txt", "words"})...), []string{"-: skipped: 33 bytes at its beginning", "+a.txt:"}},
		{"between.zip", func() []byte {
			a, b := plainMember("a.txt", "words"), plainMember("b.txt", "words")
			hidden := plainMember("hidden.txt", "taken out, and still there")
			file := rawZip(a, hidden, b)
			// The directory of the same file without its second line.
			from := bytes.Index(file, []byte("PK\x01\x02"))
			second := from + 46 + len("a.txt")
			third := second + 46 + len("hidden.txt")
			out := append(bytes.Clone(file[:second]), file[third:]...)
			end := len(out) - 22
			out[end+8], out[end+10] = 2, 2
			binary.LittleEndian.PutUint32(out[end+12:], uint32(end-from))
			return out
		}(), []string{"-: skipped: bytes between two members", "+a.txt:", "+b.txt:"}},
		{"cut.zip", zipOf(t, entry{"a.txt", "words"}, entry{"b.txt", noise(9000)})[:5000], []string{"-: skipped: it has no directory", "+a.txt:", "+b.txt: not whole", "-: format: without its directory"}},
		{"empty.zip", zipOf(t), []string{"-: skipped: holds nothing"}},
		{"no.zip", []byte("PK\x03\x04 and nothing that makes sense of it, for longer than a header is"), []string{"-: format: without its directory"}},
		{"case.zip", zipOf(t, entry{"k/svidok", "svidok case 1\n"}, entry{"k/key", "PRIVATE"}, entry{"note.txt", "words"}), []string{"-k: refused: holds a case, whose key", "+note.txt:"}},
		{"links.tar", tarOf(t, entry{"a.txt", "-> /etc/passwd"}, entry{"../b.txt", "words"}), []string{"-member 1: skipped: a link to \"/etc/passwd\"", "+b.txt: leads out"}},
		{"device.tar", func() []byte {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			_ = w.WriteHeader(&tar.Header{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3, Format: tar.FormatUSTAR})
			_ = w.Close()
			return b.Bytes()
		}(), []string{"-member 1: skipped: a device or a pipe"}},
		{"cut.tar", tarOf(t, entry{"a.txt", "words"}, entry{"b.txt", noise(5000)})[:4000], []string{"+a.txt:", "+b.txt: not whole: it ends too early", "-: format: broken before byte"}},
		{"damaged.tar", func() []byte {
			b := tarOf(t, entry{"a.txt", "words"}, entry{"b.txt", "words"})
			b[1024+3] ^= 0x55
			return b
		}(), []string{"+a.txt:", "-: format: a tar file, broken before byte 1536"}},
		{"two.tar", append(tarOf(t, entry{"a.txt", "words"}), append(tarOf(t, entry{"b.txt", "words"}), "and junk"...)...), []string{
			"-: skipped: another tar file begins", "-: skipped: bytes behind its end", "+a.txt:", "+b.txt:"}},
		{"bomb.gz", gzipOf(t, "zeros", []byte(zeros)), []string{"-: limit: more than 300 bytes for one that is stored"}},
		{"cut.tar.gz", func() []byte {
			b := gzipOf(t, "", tarOf(t, entry{"a.txt", noise(3000)}, entry{"b.txt", noise(5000)}))
			return b[:len(b)-2000]
		}(), []string{"-: format: is not whole; what there is of it is taken", "+a.txt:", "+b.txt: not whole", "-: format: broken before byte"}},
		{"checksum.gz", func() []byte {
			b := gzipOf(t, "a.txt", []byte("words"))
			b[len(b)-8]++
			return b
		}(), []string{"+a.txt: not whole"}},
		{"a.rar", []byte("Rar!\x1a\x07\x01\x00 whatever follows"), []string{"-: refused: a RAR archive: kept, not opened"}},
		{"leads-out.7z", sevenOf(entry{"../a.txt", "words"}, entry{"b/c.txt", "more"}), []string{"+a.txt: leads out", "+b/c.txt:"}},
		{"checksum.7z", func() []byte {
			b := sevenOf(entry{"a.txt", "words"}, entry{"b.txt", "more"})
			b[33] ^= 1
			return b
		}(), []string{"+a.txt: not whole: its checksum is wrong", "+b.txt:"}},
		{"cut.7z", sevenOf(entry{"a.txt", "words"})[:50], []string{"-: format: a 7z file"}},
		{"lies.7z", bytes.Replace(sevenOf(entry{"a.txt", "words"}), []byte{0x0c, 5}, []byte{0x0c, 99}, 1), []string{"-: format: a 7z file"}},
		{"many.7z", func() []byte { // a header of a few bytes that names millions of files
			b := sevenOf(entry{"a.txt", "words"})
			i := bytes.LastIndex(b, []byte{5, 1, 0x11})
			b = append(append(bytes.Clone(b[:i]), 5, 0xef, 0xff, 0xff, 0xff), b[i+2:]...)
			return sevenSums(b, len(b)-32-len("words"))
		}(), []string{"-: limit: names 268435455 things"}},
		{"memory.7z", func() []byte { // a member that asks for 4 GiB of memory
			b := sevenOf(entry{"a.txt", "words"})
			i := bytes.Index(b, []byte{1, 1, 0, 0x0c})
			b = append(append(bytes.Clone(b[:i]), 1, 0x23, 3, 1, 1, 5, 0x5d, 0xff, 0xff, 0xff, 0xff), b[i+3:]...)
			return sevenSums(b, len(b)-32-len("words"))
		}(), []string{"-: limit: asks for 4294967295 bytes of memory"}},
		{"no.7z", []byte("7z\xbc\xaf\x27\x1c and nothing that makes sense of it"), []string{"-: format: a 7z file"}},
		{"no.xz", []byte("\xfd7zXZ\x00 and nothing that makes sense of it"), []string{"-: format:"}},
		{"no.zst", []byte("\x28\xb5\x2f\xfd and nothing that makes sense of it"), []string{"-: format:"}},
		{"no.bz2", []byte("BZh91AY&SY and nothing that makes sense of it"), []string{"-: format:"}},
		{"empty.gz", gzipOf(t, "a.txt", nil), []string{"-: format: it is empty"}},
	} {
		items, errs := outcome(t, c.name, c.file, Limits{})
		checkOutcome(t, c.name, items, errs, c.want)
	}
}

// outcome gives lines in the order in which things came.
func outcome(t *testing.T, name string, file []byte, lim Limits) (lines []string, errs []error) {
	t.Helper()
	it := Item{Input: "in", Name: name, MediaType: sniff(name, file[:min(len(file), sniffLen)])}
	if name == "junk-before.zip" { // a program, at the door; what it is is known only to who names it
		it.MediaType = TypeZip
	}
	for part, err := range Parts(context.Background(), it, io.MultiReader(bytes.NewReader(file)), lim) {
		if err == nil {
			if strings.HasPrefix(part.Name, "/") || strings.Contains(part.Name, "..") || strings.ContainsAny(part.Name, "\\\x00\n") {
				t.Errorf("%s: the name %q came out", name, part.Name)
			}
			lines = append(lines, "+"+part.Name+": "+strings.Join(part.Problems, "; "))
			continue
		}
		kind := "?"
		for word, sentinel := range map[string]error{"skipped": ErrSkipped, "refused": evidence.ErrRefused, "limit": evidence.ErrLimit, "format": evidence.ErrFormat, "tampered": evidence.ErrTampered, "missing": evidence.ErrNotFound} {
			if errors.Is(err, sentinel) && kind != "skipped" {
				kind = word
			}
		}
		if kind == "?" {
			t.Errorf("%s: without a sentinel: %v", name, err)
		}
		lines = append(lines, fmt.Sprintf("-%s: %s: %v", part.Within, kind, err))
		errs = append(errs, err)
	}
	return lines, errs
}

func checkOutcome(t *testing.T, name string, lines []string, errs []error, want []string) {
	t.Helper()
	ok := len(lines) == len(want)
	for i := range min(len(lines), len(want)) {
		head, said, _ := strings.Cut(want[i], ": ")
		if strings.HasPrefix(want[i], "-") {
			var kind string
			if kind, said, _ = strings.Cut(said, ": "); kind != "" {
				head += ": " + strings.TrimSuffix(kind, ":")
			}
		}
		head = strings.TrimSuffix(head, ":")
		clean := strings.HasSuffix(want[i], ":") && strings.HasPrefix(want[i], "+")
		ok = ok && strings.HasPrefix(lines[i], head) && strings.Contains(lines[i], said) && (!clean || strings.HasSuffix(lines[i], ": "))
		for _, word := range strings.Fields(said) {
			ok = ok && strings.Contains(lines[i], word)
		}
	}
	if !ok {
		t.Errorf("%s\ngot  %s\nwant %s", name, strings.Join(lines, "\n     "), strings.Join(want, "\n     "))
	}
}

// An archive that holds itself, as quines do, ends at the depth that is set.
func TestArchivesWithoutEnd(t *testing.T) {
	box := []byte("words")
	for range 40 { // as good as endless: nobody looks deeper
		box = zipOf(t, entry{"r.zip", string(box)})
	}
	lines, _ := outcome(t, "r.zip", box, Limits{})
	if len(lines) != 7 || !strings.Contains(lines[6], "kept, not opened") {
		t.Error(strings.Join(lines, "\n"))
	}
	// Many in many: what comes out of all together is bounded, and so is their number.
	wide := zipOf(t, entry{"1.txt", strings.Repeat("words ", 2000)}, entry{"2.txt", strings.Repeat("words ", 2000)})
	var list []entry
	for i := range 20 {
		list = append(list, entry{fmt.Sprintf("%d.zip", i), string(wide)})
	}
	lines, errs := outcome(t, "wide.zip", zipOf(t, list...), Limits{Total: 50_000})
	if len(errs) == 0 || !errors.Is(errs[0], evidence.ErrLimit) || len(lines) > 60 {
		t.Error(strings.Join(lines, "\n"))
	}
	total := 0
	for _, l := range lines {
		if strings.HasPrefix(l, "+") && strings.Contains(l, ".txt") {
			total += 12_000
		}
	}
	if total > 50_000 {
		t.Errorf("%d bytes came out, 50000 may", total)
	}
	lines, errs = outcome(t, "wide.zip", zipOf(t, list...), Limits{Count: 7})
	if len(lines) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Error(strings.Join(lines, "\n"))
	}
	lines, errs = outcome(t, "wide.zip", zipOf(t, list...), Limits{Count: 25})
	if len(lines) != 26 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Error(strings.Join(lines, "\n"))
	}
}

// Whatever byte is changed: something is said or the same comes out, and nothing breaks.
func TestMangledArchives(t *testing.T) {
	files := map[string][]byte{
		"a.zip": zipOf(t, entry{"a.txt", "good words"}, entry{"b/c.html", "<p>more"}),
		"a.tar": tarOf(t, entry{"a.txt", "good words"}, entry{"b.txt", "more"}), "a.txt.gz": gzipOf(t, "a.txt", []byte("good words")),
	}
	for name, file := range files {
		step := 1 + len(file)/700
		for i := 0; i < len(file); i += step {
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				bad := bytes.Clone(file)
				bad[i] ^= flip
				if opens(sniff(name, bad)) {
					outcome(t, name, bad, Limits{Total: 1 << 20})
				}
			}
			if opens(sniff(name, file[:i])) {
				if lines, errs := outcome(t, name, file[:i], Limits{}); len(errs) == 0 && !strings.Contains(strings.Join(lines, ""), "not whole") && name != "a.tar" {
					t.Errorf("%s cut at %d: nothing said: %v", name, i, lines)
				}
			}
		}
	}
}

func FuzzContainers(f *testing.F) {
	f.Add("a.zip", zipOf(f, entry{"a.txt", "words"}, entry{"result.json", syntheticExport}))
	f.Add("a.tar", tarOf(f, entry{"a.txt", "words"}))
	f.Add("a.7z", sevenOf(entry{"a.txt", "words"}, entry{"b.txt", "more"}))
	f.Add("a.gz", gzipOf(f, "a", tarOf(f, entry{"a.txt", "words"})))
	f.Add("a.eml", []byte("From: a\nDate: b\nSubject: c\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\nx\n--b--\n"))
	f.Add("mbox", []byte("From a Mon May  6 10:00:00 2024\nFrom: a\nContent-Length: 3\n\nabc\n\nFrom - \nFrom: b\n\nx\n"))
	f.Add("a.zip", rawZip(with(plainMember("a", "b"), func(m *raw) { m.flags = 8; m.method = 8; m.packed = deflated("words") })))
	var w bytes.Buffer
	z := gzip.NewWriter(&w)
	_ = z.Close()
	f.Add("x.gz", w.Bytes())
	f.Fuzz(func(t *testing.T, name string, file []byte) {
		kind := sniff(name, file[:min(len(file), sniffLen)])
		if !opens(kind) {
			return
		}
		n := 0
		for it, err := range Parts(context.Background(), Item{Name: name, MediaType: kind}, bytes.NewReader(file), Limits{Total: 32 << 20, Count: 500}) {
			if err != nil {
				if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) && !errors.Is(err, evidence.ErrRefused) && !errors.Is(err, ErrSkipped) && !errors.Is(err, evidence.ErrTampered) && !errors.Is(err, evidence.ErrNotFound) {
					t.Errorf("without a sentinel: %v", err)
				}
				continue
			}
			r, err := it.Reader()
			if err != nil {
				t.Fatal(err)
			}
			size, err := io.Copy(io.Discard, r)
			if err != nil || size != it.Size || size == 0 || it.Parent >= n || it.Within == "" || strings.Contains("/"+it.Name+"/", "/../") || strings.HasPrefix(it.Name, "/") {
				t.Errorf("%+v: %d %v", it, size, err)
			}
			n++
		}
	})
}
