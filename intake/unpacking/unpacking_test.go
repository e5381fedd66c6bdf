package unpacking_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"svidok/evidence"
	"svidok/intake/unpacking"
)

func letters(t testing.TB, box string, lim unpacking.Limits) (list []unpacking.Letter, errs []error) {
	t.Helper()
	for l, err := range unpacking.Mailbox(strings.NewReader(box), lim) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, l)
	}
	return list, errs
}

const head = "From: a@a.example\nSubject: x\n"

// The four ways in which mailboxes keep messages apart.
func TestMailboxes(t *testing.T) {
	mark := "From a@a.example Mon May  6 10:00:00 2024\n"
	body := "one\n\nFrom here on Mon May  6 10:00:00 2024\nX: y\n"
	counted := fmt.Sprintf("%sContent-Length: %d\n\n", head, len(body))
	for name, c := range map[string]struct {
		box  string
		want []string
		said string
	}{
		"mboxrd":      {mark + head + "\n>From here\n>>From there\n> From no\n\n" + mark + head + "\ntwo\n", []string{head + "\nFrom here\n>From there\n> From no\n", head + "\ntwo\n"}, "2 lines begin with"},
		"mboxcl2":     {mark + counted + body + "\n" + mark + head + "\ntwo\n", []string{counted + body, head + "\ntwo\n"}, ""},
		"wrong count": {mark + head + "Content-Length: 70\n\none\n\n" + mark + head + "\ntwo\n\n" + mark + head + "\nthree\n", []string{head + "Content-Length: 70\n\none\n", head + "\ntwo\n", head + "\nthree\n"}, "Content-Length is wrong"},
		"huge count":  {mark + head + "Content-Length: 99999999999999\n\none\n\n" + mark + head + "\ntwo\n", []string{head + "Content-Length: 99999999999999\n\none\n", head + "\ntwo\n"}, ""},
		"CRLF":        {strings.ReplaceAll(mark+head+"\n>From x\n\n"+mark+head+"\ntwo\n\n", "\n", "\r\n"), []string{strings.ReplaceAll(head+"\nFrom x\n", "\n", "\r\n"), strings.ReplaceAll(head+"\ntwo\n", "\n", "\r\n")}, "1 lines"},
		"Thunderbird": {"From - Mon May 06 10:00:00 2024\nX-Mozilla-Status: 0001\n" + head + "\none\n\nFrom \r\n" + head + "\ntwo\n", []string{"X-Mozilla-Status: 0001\n" + head + "\none\n", head + "\ntwo\n"}, ""},
		"only one":    {mark + head + "\none", []string{head + "\none"}, ""},
	} {
		list, errs := letters(t, c.box, unpacking.Limits{})
		var got []string
		said := ""
		for i, l := range list {
			got = append(got, string(l.Data))
			said += strings.Join(l.Problems, "; ")
			if l.Index != i+1 || !strings.HasPrefix(c.box[l.At:], "From ") {
				t.Errorf("%s: message %d at %d", name, l.Index, l.At)
			}
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) || len(errs) != 0 || !strings.Contains(said, c.said) || c.said == "" && said != "" {
			t.Errorf("%s:\ngot  %q\nwant %q\n%q %v", name, got, c.want, said, errs)
		}
	}
	if _, errs := letters(t, "words\n", unpacking.Limits{}); len(errs) != 1 || !errors.Is(errs[0], evidence.ErrFormat) {
		t.Error(errs)
	}
	if list, errs := letters(t, strings.Repeat(mark+head+"\none\n\n", 5), unpacking.Limits{Count: 3}); len(list) != 3 || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Error(len(list), errs)
	}
	if _, errs := letters(t, mark+"\n\n"+mark+head+"\none\n", unpacking.Limits{}); len(errs) != 0 { // no header follows: a line of the text
		t.Log(errs)
	}
}

// A wrong count in every message of a large mailbox costs no more than reading it.
func TestWrongCountsCostNothing(t *testing.T) {
	one := "From a@a.example Mon May  6 10:00:00 2024\n" + head + "Content-Length: 60000000\n\none\n\n"
	start := len(one) * 100_000
	list, errs := letters(t, strings.Repeat(one, 100_000), unpacking.Limits{})
	if len(list) != 100_000 || len(errs) != 0 || list[99_999].At != int64(start-len(one)) {
		t.Errorf("%d messages, %v", len(list), errs)
	}
}

func parts(t testing.TB, mail string) (lines []string, errs []error) {
	t.Helper()
	for a, err := range unpacking.Attachments(strings.NewReader(mail), unpacking.Limits{}) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		b, err := io.ReadAll(a.Body)
		said := strings.Join(a.Problems, "; ")
		if err != nil {
			said += err.Error()
			if !errors.Is(err, evidence.ErrFormat) {
				t.Errorf("without a sentinel: %v", err)
			}
		}
		lines = append(lines, fmt.Sprintf("%s|%s|%s|%s|%s", a.Within, a.Name, a.MediaType, b, said))
	}
	return lines, errs
}

func TestAttachments(t *testing.T) {
	part := func(header, body string) string { return "--b\n" + header + "\n\n" + body + "\n" }
	mail := func(parts ...string) string {
		return head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Join(parts, "") + "--b--\n"
	}
	for name, c := range map[string]struct{ mail, want string }{
		"text alone":       {head + "\nwords\n", ""},
		"base64 with dirt": {mail(part("Content-Type: A/B; name=x\nContent-Transfer-Encoding: BASE64", "d29y\n!!ZHM\n=")), "part 1|x|a/b|words|"},
		"no padding":       {mail(part("Content-Type: a/b; name=x\nContent-Transfer-Encoding: base64", "d29yZA")), "part 1|x|a/b|word|"},
		"cut base64":       {mail(part("Content-Type: a/b; name=x\nContent-Transfer-Encoding: base64", "d29yZ")), "part 1|x|a/b|wor|its transfer encoding is broken"},
		"quoted-printable": {mail(part("Content-Type: a/b; name=x\nContent-Transfer-Encoding: quoted-printable", "=D1=81=\nx")), "part 1|x|a/b|сx|"},
		"unknown encoding": {mail(part("Content-Type: a/b; name=x\nContent-Transfer-Encoding: x-own", "words")), `part 1|x|a/b|words|transfer encoding "x-own" is not known`},
		"RFC 2231":         {mail(part("Content-Type: a/b\nContent-Disposition: attachment; filename*=utf-8''%D0%B7%D0%B2%D1%96%D1%82.txt", "x")), "part 1|звіт.txt|a/b|x|"},
		"RFC 2047":         {mail(part("Content-Type: a/b; name=\"=?windows-1251?B?5+Ki8i50eHQ=?=\"", "x")), "part 1|з"},
		"raw 1251":         {mail(part("Content-Type: a/b; name=\"\xe7\xe2\xb3\xf2 \xef\xf0\xee.txt\"", "x")), "part 1|звіт про.txt|a/b|x|its name is not in UTF-8: read as code page 1251"},
		"path in name":     {mail(part(`Content-Type: a/b; name="C:\Users\a\x.txt"`, "x")), "part 1|x.txt|a/b|x|"},
		"leads out":        {mail(part("Content-Type: a/b; name=../../x.txt", "x")), "part 1|x.txt|a/b|x|its name leads out"},
		"no type":          {mail(part("Content-Disposition: attachment; filename=x", "x")), "part 1|x|application/octet-stream|x|"},
		"within":           {mail(part("Content-Type: multipart/mixed; boundary=c", "--c\nContent-Type: image/png\n\nx\n--c--")), "part 1.1||image/png|x|"},
		"odd head line":    {"From: a\nthis is no header line\nContent-Type: image/png\n\nx", "part 1||image/png|x|"},
		"no boundary":      {head + "Content-Type: multipart/mixed\n\nx", "!malformed"},
		"no end":           {head + "Content-Type: multipart/mixed; boundary=b\n\n" + part("Content-Type: a/b; name=x", "x"), "part 1|x|a/b|x"},
		"locked":           {head + "Content-Type: multipart/encrypted; boundary=b\n\n" + part("Content-Type: application/octet-stream", "x") + "--b--", "!refused"},
	} {
		lines, errs := parts(t, c.mail)
		got := strings.Join(lines, "\n")
		for _, err := range errs {
			got += "\n!" + err.Error()
		}
		if !strings.Contains(got, c.want) && !strings.Contains(got, strings.TrimPrefix(c.want, "!")) || c.want == "" && got != "" || strings.HasPrefix(c.want, "!") && len(errs) == 0 {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	deep := "x"
	for i := range 30 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n", i, i, deep, i)
	}
	if _, errs := parts(t, head+deep); len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Error(errs)
	}
	if _, errs := parts(t, strings.Repeat("X: "+strings.Repeat("y", 900)+"\n", 2000)); len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Error(errs)
	}
}

func TestTimesAndZip64(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range []*zip.FileHeader{{Name: "zone.txt", Modified: time.Date(2024, 5, 6, 10, 0, 0, 0, time.UTC)}, {Name: "dos.txt", ModifiedDate: 0x58a6, ModifiedTime: 0x5000}, {Name: "none.txt"}} {
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, "words")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := unpacking.Zip(bytes.NewReader(b.Bytes()), int64(b.Len()), unpacking.Limits{})
	if err != nil || len(a.Members) != 3 {
		t.Fatal(a, err)
	}
	if m := a.Members; m[0].Modified != "2024-05-06T10:00:00Z" || m[1].Modified != "2024-05-06T10:00:00" || m[2].Modified != "" {
		t.Errorf("%q %q %q", m[0].Modified, m[1].Modified, m[2].Modified)
	}
	// More members than a directory of 16 bits can count.
	b.Reset()
	z = zip.NewWriter(&b)
	for i := range 70_000 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i), Method: zip.Store}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if a, err = unpacking.Zip(bytes.NewReader(b.Bytes()), int64(b.Len()), unpacking.Limits{}); err != nil || len(a.Members) != 70_000 || len(a.Notes) != 0 || a.Members[69_999].Name != "69999" || len(a.Members[5].Problems) != 0 {
		t.Errorf("%v", err)
	}
	if _, err = unpacking.Zip(bytes.NewReader(b.Bytes()), int64(b.Len()), unpacking.Limits{Count: 100}); !errors.Is(err, evidence.ErrLimit) {
		t.Error(err)
	}
}

func TestCompressions(t *testing.T) {
	var x, s bytes.Buffer
	xw, err := xz.NewWriter(&x)
	if err != nil {
		t.Fatal(err)
	}
	sw, err := zstd.NewWriter(&s)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{xw, sw} {
		if _, err := io.WriteString(w, strings.Repeat("good words ", 1000)); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
	}
	for kind, file := range map[unpacking.Compression][]byte{unpacking.Xz: x.Bytes(), unpacking.Zstd: s.Bytes()} {
		if got := unpacking.CompressionOf(file); got != kind {
			t.Errorf("%s is seen as %q", kind, got)
		}
		for _, cut := range []int{0, 10} {
			r, err := unpacking.Inflate(kind, bytes.NewReader(file[:len(file)-cut]), unpacking.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if cut == 0 && (err != nil || len(b) != 11_000) || cut > 0 && !errors.Is(err, evidence.ErrFormat) {
				t.Errorf("%s less %d: %d bytes, %v", kind, cut, len(b), err)
			}
		}
	}
}

// read takes whatever an archive gives.
func read(t *testing.T, a *unpacking.Archive, err error) {
	t.Helper()
	known := func(err error) {
		for _, s := range []error{evidence.ErrFormat, evidence.ErrLimit, evidence.ErrRefused, unpacking.ErrNoFile} {
			if errors.Is(err, s) {
				return
			}
		}
		t.Errorf("without a sentinel: %v", err)
	}
	if err != nil {
		known(err)
		return
	}
	for i := range a.Members {
		m := &a.Members[i]
		if n := m.Name; n == "" || n[0] == '/' || strings.Contains("/"+n+"/", "/../") || strings.ContainsAny(n, "\x00\\\n") || len(m.Within()) > 3000 {
			t.Errorf("the name %q", n)
		}
		r, err := m.Open()
		if err != nil {
			known(err)
			continue
		}
		if _, err := io.Copy(io.Discard, io.LimitReader(r, 64<<20)); err != nil {
			known(err)
		}
		_ = r.Close()
	}
}

func FuzzArchives(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"a.txt", "../b", "\x8f\xa0"} {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, NonUTF8: true})
		_, _ = io.WriteString(w, "words")
	}
	_ = z.Close()
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()-30])
	b.Reset()
	w := tar.NewWriter(&b)
	_ = w.WriteHeader(&tar.Header{Name: "a", Size: 5, Mode: 0o600})
	_, _ = io.WriteString(w, "words")
	_ = w.Close()
	f.Add(b.Bytes())
	f.Add([]byte("7z\xbc\xaf\x27\x1c\x00\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		src, n, lim := bytes.NewReader(b), int64(len(b)), unpacking.Limits{Count: 1000}
		a, err := unpacking.Zip(src, n, lim)
		read(t, a, err)
		a, err = unpacking.Tar(src, n, lim)
		read(t, a, err)
		a, err = unpacking.SevenZip(src, n, lim)
		read(t, a, err)
		for _, c := range []unpacking.Compression{unpacking.Gzip, unpacking.Bzip2, unpacking.Xz, unpacking.Zstd} {
			if unpacking.CompressionOf(b) != c {
				continue
			}
			if r, err := unpacking.Inflate(c, src, lim); err == nil {
				_, _ = io.Copy(io.Discard, io.LimitReader(r, 64<<20))
			}
		}
	})
}

func FuzzMail(f *testing.F) {
	f.Add("From a Mon May  6 10:00:00 2024\nFrom: a\nContent-Length: 3\n\nabc\n\nFrom - \nFrom: b\n\n>From x\n")
	f.Add(head + "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: a/b; name=\"=?utf-8?q?x?=\"\nContent-Transfer-Encoding: base64\n\nd29yZHM=\n--b--\n")
	f.Fuzz(func(t *testing.T, s string) {
		last := int64(-1)
		for l, err := range unpacking.Mailbox(strings.NewReader(s), unpacking.Limits{}) {
			if l.At <= last && err == nil || l.At > int64(len(s)) {
				t.Fatalf("message at %d behind one at %d of %d", l.At, last, len(s))
			}
			last = l.At
		}
		parts(t, s)
	})
}
