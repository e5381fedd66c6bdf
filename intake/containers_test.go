package intake

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding/charmap"

	"svidok/evidence"
)

// entry is one member of an archive that a test makes.
type entry struct{ name, body string }

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.body)), Typeflag: tar.TypeReg}
		if to, ok := strings.CutPrefix(e.body, "-> "); ok {
			h.Typeflag, h.Linkname, h.Size, e.body = tar.TypeSymlink, to, 0, ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, name string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Name = name
	if _, err := z.Write(b); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// open takes a file apart as a delivery does: it arrives, is kept, and is read back from
// a stream.
func open(t testing.TB, name string, file []byte, lim Limits) ([]Item, []error) {
	t.Helper()
	it := Item{Input: "in", Name: name, MediaType: sniff(name, file[:min(len(file), sniffLen)])}
	if !opens(it.MediaType) {
		t.Fatalf("%s is seen as %s, which is not opened", name, it.MediaType)
	}
	return split(collect(Parts(context.Background(), it, io.MultiReader(bytes.NewReader(file)), lim)))
}

// said puts items into a line each: name, type, part, parent.
func said(items []Item) string {
	var lines []string
	for _, it := range items {
		name := it.Name
		if name == "" {
			name = it.Within
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %d", name, it.MediaType, it.Part, it.Parent))
	}
	return strings.Join(lines, "\n")
}

func same(t *testing.T, got, want string) {
	t.Helper()
	want = strings.TrimSpace(strings.ReplaceAll(want, "\t", ""))
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const syntheticExport = `{"name":"Вигаданий канал","type":"public_channel","id":123,"messages":[
{"id":1,"type":"message","date":"2024-05-06T10:00:00","date_unixtime":"1714978800","photo":"photos/1.jpg","text":"вигаданий текст"},
{"id":2,"type":"message","date":"2024-05-06T11:00:00","date_unixtime":"1714982400","photo":"../photos/up.jpg","text":"два"},
{"id":3,"type":"message","date":"2024-05-06T12:00:00","date_unixtime":"1714986000","file":"files/gone.pdf","text":"три"}]}`

// People zip the folder that Telegram Desktop wrote: the photos come with their messages,
// whichever stands first in the archive.
func TestAnExportInAnArchive(t *testing.T) {
	entries := []entry{
		{"ChatExport/photos/1.jpg", "\xff\xd8\xff\xe0 one"}, {"photos/up.jpg", "\xff\xd8\xff\xe0 up"}, {"ChatExport/result.json", syntheticExport},
		{"ChatExport/photos/other.jpg", "\xff\xd8\xff\xe0 nobody's"}, {"__MACOSX/ChatExport/._result.json", "junk"},
	}
	for name, file := range map[string][]byte{"a.zip": zipOf(t, entries...), "a.tar": tarOf(t, entries...), "a.tar.gz": gzipOf(t, "", tarOf(t, entries...))} {
		items, errs := open(t, name, file, Limits{})
		same(t, said(items), `
			ChatExport/result.json application/vnd.telegram.export+json container -1
			message 1 of chat 123 application/vnd.telegram.message+json report 0
			ChatExport/photos/1.jpg image/jpeg attachment 1
			message 2 of chat 123 application/vnd.telegram.message+json report 0
			message 3 of chat 123 application/vnd.telegram.message+json report 0
			photos/up.jpg image/jpeg report -1
			ChatExport/photos/other.jpg image/jpeg report -1`)
		if len(errs) != 1 || !errors.Is(errs[0], ErrSkipped) {
			t.Errorf("%s: %v", name, errs)
		}
		if len(items) < 5 {
			continue
		}
		if items[2].Within != "photo of message 1 of chat 123" || items[2].Door != DoorTelegram || bytesOf(t, items[2]) != "\xff\xd8\xff\xe0 one" {
			t.Errorf("%+v", items[2])
		}
		if len(items[3].Problems) != 1 || !strings.Contains(items[3].Problems[0], "leads out") {
			t.Errorf("%v", items[3].Problems)
		}
		if len(items[4].Problems) != 1 || !strings.Contains(items[4].Problems[0], "missing beside the export") {
			t.Errorf("%v", items[4].Problems)
		}
	}
}

func TestSavedPagesInAnArchive(t *testing.T) {
	items, errs := open(t, "pages.zip", zipOf(t,
		entry{"сторінка_files/logo.png", "\x89PNG\r\n\x1a\n"}, entry{"сторінка_files/frame.html", "<html><p>frame"}, entry{"сторінка.html", "<html><p>words"},
		entry{"two.html", "<html><p>words"}, entry{"img/photo.jpg", "\xff\xd8\xff\xe0"}, entry{"css/a.css", "p{}"}, entry{"note.txt", "words"}), Limits{})
	same(t, said(items), `
		сторінка.html text/html report -1
		two.html text/html report -1
		img/photo.jpg image/jpeg attachment -1
		css/a.css text/css attachment -1
		note.txt text/plain report -1
		сторінка_files/logo.png image/png attachment 0
		сторінка_files/frame.html text/html attachment 0`)
	if len(errs) != 0 {
		t.Error(errs)
	}
}

// Documents that are zip files stay whole, whatever they are called.
func TestDocumentsAreNoContainers(t *testing.T) {
	stored := func(mimetype string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateRaw(&zip.FileHeader{Name: "mimetype", Method: zip.Store, CompressedSize64: uint64(len(mimetype)), UncompressedSize64: uint64(len(mimetype)), CRC32: 1})
		if err == nil {
			_, err = io.WriteString(w, mimetype)
		}
		if err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a.docx":   {zipOf(t, entry{"[Content_Types].xml", "<x/>"}, entry{"word/document.xml", "<w/>"}), typeByExt(".docx")},
		"a.zip":    {zipOf(t, entry{"_rels/.rels", "<x/>"}, entry{"word/document.xml", "<w/>"}), typeByExt(".docx")},
		"a":        {zipOf(t, entry{"[Content_Types].xml", "<x/>"}, entry{"xl/workbook.xml", "<w/>"}), typeByExt(".xlsx")},
		"a.odt":    {stored(typeByExt(".odt")), typeByExt(".odt")},
		"book":     {stored("application/epub+zip"), "application/epub+zip"},
		"a.jar":    {zipOf(t, entry{"META-INF/MANIFEST.MF", "x"}), "application/java-archive"},
		"a.apk":    {zipOf(t, entry{"AndroidManifest.xml", "x"}), typeByExt(".apk")},
		"plain":    {zipOf(t, entry{"a.txt", "x"}), TypeZip},
		"fake.odt": {zipOf(t, entry{"a.txt", "x"}), TypeZip},
	} {
		got := sniff(name, c.file)
		if got != c.want || opens(got) != (c.want == TypeZip) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	// What gives a document away lies too far behind to be seen at the door.
	far := zipOf(t, entry{"noise.bin", noise(40 << 10)}, entry{"[Content_Types].xml", "<x/>"})
	items, errs := open(t, "far.docx", far, Limits{})
	if len(items) != 1 || len(errs) != 0 || items[0].Part != evidence.PartReport || items[0].MediaType != typeByExt(".docx") || bytesOf(t, items[0]) != string(far) {
		t.Errorf("%s %v", said(items), errs)
	}
}

// noise does not compress.
func noise(n int) string {
	var b strings.Builder
	for h := evidence.Sum(nil); b.Len() < n; h = evidence.Sum(h[:]) {
		b.Write(h[:])
	}
	return b.String()[:n]
}

func TestContainersInContainers(t *testing.T) {
	letter := "From: a@a.example\nDate: Mon, 6 May 2024 10:00:00 +0300\nSubject: x\n\nwords\n"
	inner := zipOf(t, entry{"deep.txt", "deep words"}, entry{"letter.eml", letter})
	outer := tarOf(t, entry{"inner.zip", string(inner)}, entry{"page.txt.gz", string(gzipOf(t, "page.txt", []byte("words")))}, entry{"a.warc.gz", string(record(t, "resource", "http://a.example/", "text/plain", "words"))})
	var packed bytes.Buffer
	w, err := xz.NewWriter(&packed)
	if err == nil {
		if _, err = w.Write(outer); err == nil {
			err = w.Close()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	items, errs := open(t, "all.tar.xz", packed.Bytes(), Limits{})
	same(t, said(items), `
		inner.zip application/zip container -1
		deep.txt text/plain report 0
		letter.eml message/rfc822 report 0
		page.txt.gz application/gzip container -1
		page.txt text/plain report 3
		a.warc.gz application/warc container -1
		record at byte 0 text/plain report 5`)
	if len(errs) != 0 {
		t.Error(errs)
	}
	// One in the other, deeper than may be: kept, not opened.
	box := []byte("words")
	name := "a.txt"
	for i := range 8 {
		box, name = zipOf(t, entry{name, string(box)}), fmt.Sprintf("%d.zip", i)
	}
	items, errs = open(t, name, box, Limits{})
	if len(items) != 6 || items[5].Part != evidence.PartContainer || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Errorf("%s %v", said(items), errs)
	}
}

func TestMembersInOtherCodePages(t *testing.T) {
	want := "Звіт про місто.txt"
	for _, c := range []struct {
		name string
		page *charmap.Charmap
		file string
	}{{"code page 866", charmap.CodePage866, "Отчет о городе.txt"}, {"code page 1251", charmap.Windows1251, want}, {"KOI8-U", charmap.KOI8U, want}} {
		raw, err := c.page.NewEncoder().String(c.file)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&zip.FileHeader{Name: raw, NonUTF8: true})
		if err == nil {
			_, err = io.WriteString(w, "words")
		}
		if err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		items, errs := open(t, "a.zip", b.Bytes(), Limits{})
		if len(items) != 1 || len(errs) != 0 || items[0].Name != c.file || len(items[0].Problems) != 1 || !strings.Contains(items[0].Problems[0], c.name) ||
			items[0].Within != fmt.Sprintf("member 1, named %q", raw) {
			t.Errorf("%s: %+v %v", c.name, items, errs)
		}
	}
}

func TestMailboxAndAttachments(t *testing.T) {
	mail := strings.ReplaceAll(`From: a@a.example
To: b@b.example
Date: Mon, 6 May 2024 10:00:00 +0300
Subject: =?utf-8?B?0LfQstGW0YI=?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

the text
--c
Content-Type: text/html

<p>the text
--c--
--b
Content-Type: text/plain; name="=?koi8-u?B?2tfFydQudHh0?="; charset=koi8-u
Content-Transfer-Encoding: base64
Content-Disposition: attachment

d29yZHM=
--b
Content-Type: image/png
Content-ID: <1>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b
Content-Type: application/zip; name=../../in.zip
Content-Transfer-Encoding: base64

ZIP
--b
Content-Type: message/rfc822

From: c@c.example
Date: Mon, 6 May 2024 09:00:00 +0300
Subject: inner

the inner text
--b--
`, "ZIP", base64Of(zipOf(t, entry{"in.html", "<html><p>words"})))
	items, errs := open(t, "letter.eml", []byte(mail), Limits{})
	same(t, said(items), `
		звеит.txt text/plain report -1
		part 3 image/png attachment -1
		in.zip application/zip container -1
		in.html text/html report 2
		part 5 message/rfc822 report -1`)
	if len(errs) != 0 || bytesOf(t, items[0]) != "words" || items[0].Claims.Charset != "koi8-u" || items[0].Within != "part 2" {
		t.Errorf("%v %+v", errs, items[0])
	}
	box := "From a@a.example Mon May  6 10:00:00 2024\n" + mail + "\nFrom - Mon May  6 11:00:00 2024\nFrom: d@d.example\nDate: x\nSubject: y\n\n>From here on\n>>From there\nFrom the front, words\n\nFrom nobody\nno header\n\n"
	items, errs = open(t, "Inbox", []byte(box), Limits{})
	same(t, said(items), `
		message 1, at byte 0 message/rfc822 report -1
		звеит.txt text/plain report 0
		part 3 image/png attachment 0
		in.zip application/zip container 0
		in.html text/html report 3
		part 5 message/rfc822 report 0
		`+fmt.Sprintf("message 2, at byte %d message/rfc822 report -1", 42+len(mail)+1))
	if len(errs) != 0 || bytesOf(t, items[0]) != mail {
		t.Errorf("%v", errs)
	}
	last := items[len(items)-1]
	if !strings.HasSuffix(bytesOf(t, last), "\n\nFrom here on\n>From there\nFrom the front, words\n\nFrom nobody\nno header\n") || len(last.Problems) != 1 {
		t.Errorf("%q %v", bytesOf(t, last), last.Problems)
	}
}

func TestTheDoorKnowsContainers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.zip": string(zipOf(t, entry{"a.txt", "words"})), "b.tar": string(tarOf(t, entry{"b.txt", "words"})), "c.rar": "Rar!\x1a\x07\x01\x00 and so on",
		"d.eml": "From: a@a.example\nDate: x\nSubject: y\n\nwords\n", "e.mht": "From: <Saved by Blink>\nSubject: y\nDate: x\nMIME-Version: 1.0\n\nwords\n", "f.tgs": string(gzipOf(t, "", []byte("{}"))),
	})
	items, failed := arrive(t, Limits{}, dir)
	var got []string
	for _, it := range items {
		got = append(got, fmt.Sprint(it.Name, " ", it.Part, " ", it.Opens))
	}
	same(t, strings.Join(got, "\n"), "a.zip container true\nb.tar container true\nc.rar container true\nd.eml report true\ne.mht report false\nf.tgs report false")
	if len(failed) != 0 {
		t.Error(failed)
	}
	read, errs := split(collect(Reports(context.Background(), []string{dir}, nil, Limits{})))
	same(t, said(read), `
		a.txt text/plain report -1
		b.txt text/plain report -1
		d.eml message/rfc822 report -1
		e.mht multipart/related report -1
		f.tgs application/x-tgsticker report -1`)
	if len(errs) != 1 || !errors.Is(errs[0], evidence.ErrRefused) || !strings.Contains(evidence.HintOf(errs[0]), "zip") {
		t.Error(errs)
	}
	// The same file by name, in place, and from a stream: the same parts.
	named, _ := split(collect(Reports(context.Background(), []string{filepath.Join(dir, "a.zip")}, nil, Limits{})))
	if len(named) != 1 || named[0].Name != "a.txt" {
		t.Errorf("%+v", named)
	}
}

// That the input itself fails, as the vault does where its bytes were altered, is not
// taken for an archive that is cut short: nothing is given, and the failure is told as it is.
func TestAFailingInputIsNoBrokenArchive(t *testing.T) {
	tar := tarOf(t, entry{"a.txt", noise(200_000)})
	for name, file := range map[string][]byte{"a.zip": zipOf(t, entry{"a.txt", noise(200_000)}), "a.tar": tar, "a.tar.gz": gzipOf(t, "", tar), "a.txt.gz": gzipOf(t, "", []byte(noise(200_000)))} {
		r := io.MultiReader(bytes.NewReader(file[:len(file)-100]), iotest.ErrReader(evidence.ErrTampered))
		items, errs := split(collect(Parts(context.Background(), Item{Name: name, MediaType: sniff(name, file)}, r, Limits{})))
		if len(items) != 0 || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrTampered) {
			t.Errorf("%s: %d items, %v", name, len(items), errs)
		}
	}
	// And who stops waiting gets nothing that is not whole.
	ctx, stop := context.WithCancel(context.Background())
	file := gzipOf(t, "", []byte(noise(3<<20)))
	r := io.MultiReader(bytes.NewReader(file[:2<<20]), stopping{stop}, bytes.NewReader(file[2<<20:]))
	items, errs := split(collect(Parts(ctx, Item{Name: "a.gz", MediaType: TypeGzip}, r, Limits{})))
	if len(items) != 0 || len(errs) != 1 || !errors.Is(errs[0], context.Canceled) {
		t.Errorf("%d items, %v", len(items), errs)
	}
}

type stopping struct{ stop func() }

func (s stopping) Read([]byte) (int, error) {
	s.stop()
	return 0, io.EOF
}

// What passes through a temporary file lies there encrypted, if there is a key.
func TestSpooledBytesAreSealed(t *testing.T) {
	body := strings.Repeat("a secret that may not lie on a disk. ", 100_000)
	for _, key := range [][]byte{nil, []byte("thirty-two random bytes, or so..")} {
		_, open, size, err := Limits{SpoolKey: key}.spool(strings.NewReader(body), 0, 1<<30)
		if err != nil || size != int64(len(body)) {
			t.Fatal(size, err)
		}
		r, err := open()
		if err != nil {
			t.Fatal(err)
		}
		raw := make([]byte, 1000)
		if _, err := r.(*spooledReader).s.f.ReadAt(raw, 2_000_000); err != nil || strings.Contains(string(raw), "secret") == (key != nil) {
			t.Errorf("key %v: on disk %q %v", key != nil, raw[:40], err)
		}
		for _, at := range []int64{0, 1, 15, 16, 17, 1 << 20, 1<<20 + 3, size - 5} {
			b := make([]byte, 37)
			n, _ := r.(io.ReaderAt).ReadAt(b, at)
			if want := body[at:min(at+37, size)]; string(b[:n]) != want {
				t.Fatalf("at %d: %q, want %q", at, b[:n], want)
			}
		}
		if all, err := io.ReadAll(r); err != nil || string(all) != body {
			t.Error("read to its end it is something else", err)
		}
	}
}

func base64Of(b []byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var out strings.Builder
	for chunk := range slices.Chunk(b, 3) {
		v := uint32(chunk[0]) << 16
		if len(chunk) > 1 {
			v |= uint32(chunk[1]) << 8
		}
		if len(chunk) > 2 {
			v |= uint32(chunk[2])
		}
		for i := range 4 {
			if i <= len(chunk) {
				out.WriteByte(digits[v>>(18-6*i)&63])
			} else {
				out.WriteByte('=')
			}
		}
		if out.Len()%77 == 76 {
			out.WriteByte('\n')
		}
	}
	return out.String()
}
