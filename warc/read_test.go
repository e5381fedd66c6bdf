package warc

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// plain is one record as a file without compression holds it.
func plain(block string, more ...string) string {
	return "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:000000000001>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n" +
		strings.Join(append(more, ""), "\r\n") + fmt.Sprintf("Content-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
}

func zip(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&b)
		io.WriteString(z, p)
		z.Close()
	}
	return b.Bytes()
}

// account reads a file to its end: one line per record ("offset+length block; problems")
// or damage.
func account(t testing.TB, r io.Reader, lim Limits) []string {
	t.Helper()
	var out []string
	rd := NewReader(r, lim)
	for len(out) < 100 {
		rec, err := rd.Next()
		if err == io.EOF {
			return out
		}
		var d *Damage
		if errors.As(err, &d) {
			out = append(out, fmt.Sprintf("damage at %d: %v", d.Offset, d.Cause))
			continue
		}
		if err != nil {
			t.Fatalf("neither record nor damage: %v", err)
		}
		block, err := io.ReadAll(rec.Block)
		line := fmt.Sprintf("%d+%d %.20s", rec.Offset, rec.Length, block)
		if err != nil {
			line = fmt.Sprintf("%d broken: %v", rec.Offset, err)
		}
		if int64(len(block)) != rec.Size && err == nil {
			t.Errorf("a block of %d bytes says %d", len(block), rec.Size)
		}
		out = append(out, strings.Join(append([]string{line}, rec.Problems...), "; "))
	}
	t.Fatal("no end")
	return nil
}

func check(t *testing.T, name string, file []byte, want ...string) {
	t.Helper()
	for how, r := range map[string]io.Reader{"at once": bytes.NewReader(file), "byte by byte": iotest.OneByteReader(bytes.NewReader(file)),
		"with its end": iotest.DataErrReader(bytes.NewReader(file))} {
		got := account(t, r, Limits{})
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s, %s:\ngot  %s\nwant %s", name, how, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

func TestReadPlainAndZipped(t *testing.T) {
	a, b := plain("one"), plain("two")
	check(t, "plain", []byte(a+b), "0+130 one", "130+130 two")
	za, zb := zip(a), zip(b)
	check(t, "a member each", append(za, zb...), fmt.Sprintf("0+%d one", len(za)), fmt.Sprintf("%d+%d two", len(za), len(zb)))
	check(t, "one member", zip(a+b), "0+130 one; "+sharesMember, "130+130 two; "+sharesMember)
	check(t, "nothing", nil)
	check(t, "an empty member", zip(""))
	check(t, "no WARC", []byte("hello, world\nhow are you"), `damage at 0: no record begins with "hello, world\nhow": malformed`)
	half := strings.Index(a, "\r\n\r\n") + 4
	spread := zip(a[:half+1], a[half+1:], b)
	check(t, "a record over two members", spread, fmt.Sprintf("0+%d one; the record is spread over several gzip members", len(zip(a[:half+1], a[half+1:]))),
		fmt.Sprintf("%d+%d two", len(zip(a[:half+1], a[half+1:])), len(zb)))
}

func TestReadTolerates(t *testing.T) {
	check(t, "LF alone", []byte(strings.ReplaceAll(plain("one"), "\r\n", "\n")+plain("two")),
		"0+122 one; header lines end in LF alone", "122+130 two")
	check(t, "a folded field", []byte(plain("one", "X-A: b\r\n  c")), "0+143 one")
	check(t, "URI in brackets", []byte(plain("one", "WARC-Target-URI: <http://a.example/>")), "0+168 one; WARC-Target-URI in angle brackets")
	check(t, "space in URI", []byte(plain("one", "WARC-Target-URI: http://a.example/b c")),
		`0+169 one; WARC-Target-URI is no URI: "http://a.example/b c"`)
	check(t, "no colon", []byte(plain("one", "what is this")), `0+144 one; header line without a colon: "what is this"`)
	check(t, "one line end too many", []byte(plain("one")+"\r\n"+plain("two")), "0+130 one", "132+130 two")
	check(t, "the end is missing", []byte(strings.TrimRight(plain("one"), "\r\n")), "0+126 one; the two line ends after the block are missing")
	check(t, "an old version", []byte(strings.Replace(plain("one"), "1.0", "0.18", 1)), `0+131 one; version "WARC/0.18"`)
}

func TestReadResyncs(t *testing.T) {
	long := strings.Replace(plain("one"), "Length: 3", "Length: 90", 1)
	check(t, "length too long", []byte(long+plain("two")), "0+131 one; Content-Length is 90, but the next record begins after 3 bytes", "131+130 two")
	check(t, "length beyond the file", []byte(strings.Replace(plain("one"), "Length: 3", "Length: 900", 1)+plain("two")),
		"0+132 one; Content-Length is 900, but the next record begins after 3 bytes", "132+130 two")
	check(t, "empty, length too long", []byte(strings.Replace(plain(""), "Length: 0", "Length: 9", 1)+plain("two")),
		"0+127 ; Content-Length is 9, but the next record begins after 0 bytes", "127+130 two")
	check(t, "length too short", []byte(strings.Replace(plain("sixteen"), "Length: 7", "Length: 3", 1)+plain("two")),
		"0+126 six; the record goes on after its Content-Length of 3", `damage at 126: no record begins with "teen\r\n\r\nWARC/1.0": malformed`, "134+130 two")
	check(t, "garbage between", []byte(plain("one")+"garbage\r\n"+plain("two")),
		"0+130 one", `damage at 130: no record begins with "garbage\r\nWARC/1.": malformed`, "139+130 two")
	check(t, "length no number", []byte(strings.Replace(plain("one"), "Length: 3", "Length: x", 1)+plain("two")),
		`damage at 0: length "x": malformed`, "130+130 two")
	check(t, "no length", []byte("WARC/1.0\r\nWARC-Type: resource\r\n\r\nabc\r\n\r\n"+plain("two")),
		"damage at 0: a record without Content-Length: malformed", "40+130 two")
	check(t, "two lengths", []byte(plain("one", "Content-Length: 4")+plain("two")), "damage at 0: two lengths, 4 and 3: malformed", "149+130 two")
	inner := plain("inner")
	check(t, "a WARC file within a record", []byte(plain(inner)+plain("two")), "0+261 WARC/1.0\r\nWARC-Type:", "261+130 two")
}

func TestReadTruncated(t *testing.T) {
	file := plain("one") + plain("two two two")
	check(t, "within a block", []byte(file[:len(file)-10]), "0+130 one", "130 broken: at byte 130: the file ends 6 bytes before the end of the block: truncated")
	check(t, "within a header", []byte(file[:150]), "0+130 one", "damage at 130: the header of a record has no end: truncated")
	zipped := append(zip(plain("one")), zip(plain("two two two"))...)
	first := len(zip(plain("one")))
	got := account(t, bytes.NewReader(zipped[:len(zipped)-12]), Limits{})
	if len(got) != 2 || !strings.HasPrefix(got[0], "0+") || !strings.Contains(got[1], fmt.Sprintf("at byte %d: the file ends within a gzip member: truncated", first)) {
		t.Errorf("gzip: %q", got)
	}
}

// A damaged member costs its own record and no other, wherever the damage lies.
func TestReadDamagedMember(t *testing.T) {
	noise := make([]byte, 600)
	for i := range noise {
		noise[i] = byte(rand.New(rand.NewPCG(1, uint64(i))).Uint32())
	}
	a, b, c := zip(plain("one")), zip(plain(string(noise))), zip(plain("three"))
	for i := range b {
		if 3 < i && i < 10 {
			continue // flags (a name may begin), time, system: no member is harmed, or its header is another
		}
		file := append(append(append([]byte{}, a...), b...), c...)
		file[len(a)+i] ^= 0x55
		got := account(t, bytes.NewReader(file), Limits{})
		named := false
		for _, line := range got {
			named = named || strings.Contains(line, fmt.Sprintf("at byte %d:", len(a))) || strings.Contains(line, fmt.Sprintf("at %d:", len(a)))
		}
		if !strings.HasPrefix(got[0], "0+") || !strings.HasSuffix(got[len(got)-1], " three") || !named {
			t.Fatalf("byte %d: %q", i, got)
		}
	}
	garbage := append(append(append([]byte{}, a...), "garbage between the members"...), c...)
	check(t, "garbage", garbage, fmt.Sprintf("0+%d one", len(a)), fmt.Sprintf("damage at %d: corrupt gzip: gzip: invalid header", len(a)),
		fmt.Sprintf("%d+%d three", len(a)+27, len(c)))
}

func TestReadNamesAFailingInput(t *testing.T) {
	broken := errors.New("the disk is gone")
	for name, file := range map[string][]byte{"plain": []byte(plain("one") + plain("two")[:120]), "zipped": append(zip(plain("one")), zip(plain("two"))[:60]...)} {
		r := NewReader(io.MultiReader(bytes.NewReader(file), failing{broken}), Limits{})
		if rec, err := r.Next(); err != nil || rec.Offset != 0 {
			t.Fatal(name, err)
		}
		_, err := r.Next()
		var d *Damage
		if !errors.As(err, &d) || !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err = r.Next(); err != io.EOF {
			t.Errorf("%s: after the failure: %v", name, err)
		}
	}
}

func TestReadLimits(t *testing.T) {
	want := func(name string, file []byte, lim Limits, records int) {
		t.Helper()
		rd := NewReader(bytes.NewReader(file), lim)
		var n, limited int
		for {
			rec, err := rd.Next()
			if err == io.EOF {
				break
			}
			if err == nil {
				_, err = io.Copy(io.Discard, rec.Block)
			}
			if err == nil {
				n++
			} else if errors.Is(err, ErrLimit) {
				limited++
			} else {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n != records || limited != 1 {
			t.Errorf("%s: %d records, %d over a limit", name, n, limited)
		}
	}
	big := plain("one", "X-A: "+strings.Repeat("a", 3000))
	want("header", []byte(big+plain("two")), Limits{Header: 2000}, 1)
	want("header, zipped", append(zip(big), zip(plain("two"))...), Limits{Header: 2000}, 1)
	want("block", []byte(plain(strings.Repeat("a", 3000))+plain("two")), Limits{Record: 2000}, 1)
	want("block, zipped", append(zip(plain(strings.Repeat("a", 3000))), zip(plain("two"))...), Limits{Record: 2000}, 1)
	want("expansion", append(zip(plain(strings.Repeat("a", 20<<20))), zip(plain("two"))...), Limits{}, 1)
	want("length", []byte(strings.Replace(plain("a"), "Length: 1", "Length: 99999999999999999999", 1)+plain("two")), Limits{}, 1)
}

// Files made to be slow to read are read in the time that their size takes.
func TestReadIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement of time: not where the race detector slows all")
	}
	for name, unit := range map[string]string{"versions": "WARC/1.0\r\n", "lengths": "WARC/1.0\r\nContent-Length: 4000000\r\n\r\n",
		"dates": "a: b c 20240506070809 d -1\n", "spaces": "a:" + strings.Repeat(" ", 3000) + "\n", "line ends": "\n", "heads": "WARC/1.0\r\na: b\r\nWARC/"} {
		file := []byte("filedesc://a 1.1.1.1 20240506070809 a 0\n" + strings.Repeat(unit, 4<<20/len(unit)))
		start := time.Now()
		r := NewReader(bytes.NewReader(file), Limits{})
		for n := 0; ; n++ {
			if _, err := r.Next(); err == io.EOF {
				break
			}
			if took := time.Since(start); took > time.Minute || n > len(file) {
				t.Fatalf("%s: %d steps in %v", name, n, took)
			}
		}
	}
}

// A file of nothing but false beginnings of gzip is given up, and the end is reached.
func TestReadGivesUp(t *testing.T) {
	file := append(zip(plain("one")), bytes.Repeat([]byte{0x1f, 0x8b, 8, 0}, 2*maxTries)...)
	got := account(t, bytes.NewReader(file), Limits{})
	if len(got) != 3 || !strings.HasSuffix(got[0], " one") || !strings.Contains(got[2], ErrLimit.Error()) {
		t.Errorf("%q", got)
	}
}

func TestDigests(t *testing.T) {
	const http = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	b32 := func(s string) string {
		h := sha1.Sum([]byte(s))
		return "sha1:" + base32.StdEncoding.EncodeToString(h[:])
	}
	hex1 := func(s string) string { return fmt.Sprintf("sha1:%x", sha1.Sum([]byte(s))) }
	chunked := "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
	message := "Content-Type: application/http; msgtype=response"
	for _, c := range []struct {
		name, block string
		fields      []string
		problem     string
	}{
		{"base32", "abc", []string{"WARC-Block-Digest: " + b32("abc")}, ""},
		{"base32 in lower case", "abc", []string{"WARC-Block-Digest: " + strings.ToLower(b32("abc"))}, ""},
		{"hex", "abc", []string{"WARC-Block-Digest: " + hex1("abc")}, ""},
		{"md5", "abc", []string{"WARC-Block-Digest: md5:900150983cd24fb0d6963f7d28e17f72"}, ""},
		{"sha256", "abc", []string{"WARC-Block-Digest: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}, ""},
		{"sha-256 in base64", "abc", []string{"WARC-Block-Digest: SHA-256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}, ""},
		{"wrong", "abd", []string{"WARC-Block-Digest: " + hex1("abc")}, "the block does not match WARC-Block-Digest " + hex1("abc")},
		{"unknown", "abc", []string{"WARC-Block-Digest: crc:1"}, `WARC-Block-Digest "crc:1" is not known here, and not checked`},
		{"no digest", "abc", []string{"WARC-Block-Digest: sha1:1"}, `WARC-Block-Digest "sha1:1" is no digest of its kind`},
		{"payload of a resource", "abc", []string{"WARC-Payload-Digest: " + hex1("abc")}, ""},
		{"payload as sent", http + chunked, []string{message, "WARC-Payload-Digest: " + hex1(chunked)}, ""},
		{"payload without chunks", http + chunked, []string{message, "WARC-Payload-Digest: " + b32("abcde")}, ""},
		{"payload wrong", http + chunked, []string{message, "WARC-Payload-Digest: " + hex1("abc")}, "the payload does not match WARC-Payload-Digest " + hex1("abc")},
		{"of a revisit the payload is elsewhere", "HTTP/1.1 200 OK\r\n\r\n", []string{message, "WARC-Type: revisit", "WARC-Payload-Digest: " + hex1("x")}, ""},
	} {
		file := plain(c.block, c.fields...)
		if strings.Contains(file, "revisit") {
			file = strings.Replace(file, "WARC-Type: resource\r\n", "", 1)
		}
		for _, r := range []io.Reader{strings.NewReader(file), iotest.OneByteReader(strings.NewReader(file))} {
			rec, err := NewReader(r, Limits{}).Next()
			if err != nil {
				t.Fatal(c.name, err)
			}
			if _, err = io.Copy(io.Discard, rec.Block); err != nil || strings.Join(rec.Problems, "; ") != c.problem {
				t.Errorf("%s: %q, %v", c.name, rec.Problems, err)
			}
		}
		rd := NewReader(strings.NewReader(file), Limits{})
		rd.CheckDigests(false)
		rec, _ := rd.Next()
		if _, err := io.Copy(io.Discard, rec.Block); err != nil || len(rec.Problems) > 0 {
			t.Errorf("%s, unchecked: %q, %v", c.name, rec.Problems, err)
		}
	}
}

func TestARC(t *testing.T) {
	head := "filedesc://a.arc 127.0.0.1 20240506070809 text/plain 10\n1 0 Maker\n\n"
	page := "HTTP/1.1 200 OK\r\n\r\nabc"
	arc := head + "http://a.example/b c 127.0.0.1 20240506070809 text/html 22\n" + page + "\n" +
		"dns:a.example 127.0.0.1 20240506070809 text/dns 3\nabc\n"
	for name, file := range map[string][]byte{"plain": []byte(arc), "one member": zip(arc)} {
		rd := NewReader(bytes.NewReader(file), Limits{})
		var got []string
		for {
			rec, err := rd.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(name, err)
			}
			b, err := io.ReadAll(rec.Block)
			if err != nil {
				t.Fatal(name, err)
			}
			got = append(got, fmt.Sprintf("%s %s %s %s %s %d", rec.Version, rec.Type(), rec.TargetURI(), rec.Fields.Get("WARC-Date"), rec.Fields.Get("Content-Type"), len(b)))
		}
		want := []string{"ARC/1 warcinfo filedesc://a.arc 2024-05-06T07:08:09Z text/plain 10",
			"ARC/1 response http://a.example/b c 2024-05-06T07:08:09Z application/http; msgtype=response 22",
			"ARC/1 resource dns:a.example 2024-05-06T07:08:09Z text/dns 3"}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s", name, strings.Join(got, "\n"))
		}
	}
	two := "filedesc://a.arc 127.0.0.1 20240506070809 text/plain 200 - - 0 a.arc 10\n2 0 Maker\n\n" +
		"http://a.example/ 127.0.0.1 20240506070809 text/plain 200 - - 99 a.arc 3\nabc\n"
	check(t, "version 2", []byte(two), "0+83 2 0 Maker\n", "83+77 abc")
	check(t, "bad lengths", []byte(strings.Replace(arc, "html 22", "html -1", 1)), "0+67 1 0 Maker\n",
		`damage at 67: ARC record of "http://a.example/b c": length "-1": malformed`, "149+54 abc")
}

func TestReaderServesAgain(t *testing.T) {
	r := NewReader(bytes.NewReader(zip(plain("one"))), Limits{})
	for i, file := range [][]byte{nil, []byte(plain("two")), zip(plain("three"))[:50], []byte("x"), zip(plain("four"))} {
		if i > 0 {
			r.Reset(bytes.NewReader(file))
		}
		for range 10 {
			if _, err := r.Next(); err == io.EOF {
				break
			}
		}
	}
	r.Reset(bytes.NewReader(zip(plain("five"))))
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(rec.Block); string(b) != "five" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Fatal(err)
	}
	if _, err := rec.Block.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Errorf("a block that is no longer current: %v", err)
	}
}

// Every single-byte change of a file with digests is seen, or changes no record.
func TestMalleability(t *testing.T) {
	block := "the words of a witness"
	digest := fmt.Sprintf("WARC-Block-Digest: sha1:%x", sha1.Sum([]byte(block)))
	file := []byte(plain(block, digest))
	body := bytes.Index(file, []byte(block))
	for i := range file {
		bad := bytes.Clone(file)
		bad[i] ^= 1
		rec, err := NewReader(bytes.NewReader(bad), Limits{}).Next()
		if err != nil {
			continue
		}
		got, err := io.ReadAll(rec.Block)
		if err == nil && len(rec.Problems) == 0 && (string(got) != block || i >= body && i < body+len(block)) {
			t.Errorf("byte %d: %q passes", i, got)
		}
	}
}
