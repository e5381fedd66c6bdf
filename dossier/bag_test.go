package dossier

import (
	"crypto/md5"
	"crypto/sha512"
	"encoding/hex"
	"strings"
	"testing"
	"testing/fstest"
)

// bagOf makes a bag of one payload file data/a, which holds "a".
func bagOf(bagit, manifest, info, fetch string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, s := range map[string]string{"bagit.txt": bagit, "manifest-md5.txt": manifest, "bag-info.txt": info, "fetch.txt": fetch, "data/a": "a"} {
		if s != "" {
			out[name] = &fstest.MapFile{Data: []byte(s), Mode: 0o644}
		}
	}
	return out
}

func TestCheckBag(t *testing.T) {
	sum := md5.Sum([]byte("a"))
	long := sha512.Sum512([]byte("a"))
	line := hex.EncodeToString(sum[:]) + "  data/a\n"
	const v097, v1 = "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", "BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8"
	cases := []struct {
		name, bagit, manifest, info, fetch string
		status                             Status
		says                               string
	}{
		{"0.97", v097, line, "", "", OK, "BagIt 0.97"},
		{"1.0", v1, line, "Payload-Oxum: 1.1\n", "", OK, "BagIt 1.0"},
		{"upper case checksum", v1, strings.ToUpper(line[:32]) + line[32:], "", "", OK, "BagIt 1.0"},
		{"later version", "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n", line, "", "", Failed, "none that this program knows"},
		{"one line", "BagIt-Version: 1.0\n", line, "", "", Failed, "found 1"},
		{"space before the colon", "BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", line, "", "", Failed, "not of the form"},
		{"no such encoding", "BagIt-Version: 1.0\nTag-File-Character-Encoding: KOI8-U\n", line, "", "", Failed, "KOI8-U"},
		{"no manifest", v1, "", "", "", Failed, "no payload manifest"},
		{"other checksum", v1, strings.Repeat("0", 32) + "  data/a\n", "", "", Failed, "checksum of data/a differs"},
		{"checksum of another length", v1, hex.EncodeToString(long[:]) + "  data/a\n", "", "", Failed, "CHECKSUM PATH"},
		{"missing file", v1, line + line[:32] + "  data/b\n", "", "", Failed, "data/b is missing"},
		{"not fetched", v1, line + line[:32] + "  data/b\n", "", "https://example.org/b 1 data/b\n", Failed, "not been fetched"},
		{"fetched", v1, line, "", "https://example.org/a - data/a\n", OK, "BagIt 1.0"},
		{"fetch out of scope", v1, line, "", "https://example.org/a - data/../../a\n", Failed, "no plain relative path"},
		{"fetch of what no manifest knows", v1, line, "", "https://example.org/a - data/c\n", Failed, "stands in no manifest"},
		{"climbing out", v1, line + line[:32] + "  data/../../etc/a\n", "", "", Failed, "no plain relative path"},
		{"absolute", v1, line + line[:32] + "  /etc/a\n", "", "", Failed, "absolute"},
		{"drive", v097, line + line[:32] + "  C:\\a\n", "", "", Failed, "absolute"},
		{"home", v097, line + line[:32] + "  ~/a\n", "", "", Failed, "shortcut"},
		{"twice in 1.0", v1, line + line, "", "", Failed, "second time"},
		{"twice in 0.97", v097, line + line, "", "", Note, "second time"},
		{"dot slash", v097, line[:34] + "./data/a\n", "", "", Note, "begins with ./"},
		{"asterisk", v097, line[:33] + "*data/a\n", "", "", Note, "asterisk"},
		{"wrong oxum", v1, line, "Payload-Oxum: 2.1\n", "", Failed, "Payload-Oxum"},
		{"folded metadata", v1, line, "A: b\n  c\nA: d\n", "", OK, "BagIt 1.0"},
		{"metadata without a colon", v1, line, "A\n", "", Failed, "LABEL: VALUE"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			checks := CheckBag(bagOf(tc.bagit, tc.manifest, tc.info, tc.fetch))
			found := false
			for _, c := range checks {
				found = found || c.Status == tc.status && strings.Contains(c.Detail, tc.says)
			}
			if !found || (tc.status != Failed) == slicesFailed(checks) {
				t.Errorf("%+v", checks)
			}
		})
	}
}
