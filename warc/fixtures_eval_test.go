//go:build eval

package warc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verdict is what must be found in a file: records given whole by type, damage and
// problems each by a part of its words, and nothing else.
type verdict struct {
	types    string
	damage   []string
	problems []string
}

func TestEvalFixtures(t *testing.T) {
	data := os.Getenv("SVIDOK_DATA")
	if data == "" {
		data = "../../shared"
	}
	dir := filepath.Join(data, "data/fixtures/warc")
	if _, err := os.Stat(dir); err != nil {
		dir = filepath.Join(data, "fixtures/warc")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := verdicts()
	for _, f := range files {
		v, ok := want[f.Name()]
		if !ok {
			t.Errorf("%s: no verdict", f.Name())
			continue
		}
		delete(want, f.Name())
		got := judge(t, filepath.Join(dir, f.Name()))
		if got.types != v.types {
			t.Errorf("%s: records %q, want %q", f.Name(), got.types, v.types)
		}
		compare(t, f.Name()+": damage", got.damage, v.damage)
		compare(t, f.Name()+": problems", got.problems, v.problems)
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

func compare(t *testing.T, what string, got, want []string) {
	ok := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		ok = ok && strings.Contains(got[i], want[i])
	}
	if !ok {
		t.Errorf("%s:\ngot  %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func verdicts() map[string]verdict {
	six := "warcinfo warcinfo response request revisit request"
	shared := slices.Repeat([]string{sharesMember}, 6)
	return map[string]verdict{
		"example.warc":                        {types: six},
		"example.warc.gz":                     {types: six},
		"example.arc":                         {types: "warcinfo response"},
		"example.arc.gz":                      {types: "warcinfo response"},
		"example-iana.org-chunked.warc":       {types: "warcinfo response request"},
		"example-resource.warc.gz":            {types: "warcinfo warcinfo resource"},
		"post-test.warc.gz":                   {types: "response request response request response request"},
		"example-space-in-target-uri.warc.gz": {types: "warcinfo resource", problems: []string{"1: WARC-Target-URI is no URI"}},
		"example-wget-bad-target-uri.warc.gz": {types: "warcinfo request response metadata resource resource",
			problems: []string{"1: WARC-Target-URI in angle brackets", "2: ", "3: ", "4: ", "5: "}},
		"example-space-in-url.arc": {types: "warcinfo", problems: []string{"1: the URL is no URI"},
			damage: []string{"at byte 151: the file ends 12 bytes before the end of the block: truncated"}},
		"bad.arc": {types: "resource", damage: []string{`at byte 0: ARC record of "filedesc://bad.arc.gz": length "-1"`,
			`at byte 134: ARC record of "http://example.com/": length "-1"`, `at byte 262: ARC record of "http://example.com/": length "abc"`}},
		"example-bad-non-chunked.warc.gz": {types: six,
			problems: slices.Insert(slices.Clone(shared), 5, "the block does not match WARC-Block-Digest sha1:DVRKRZEWKT4QEWGQOSFOA5KY5VDIWJLW")},
		"example-bad.warc.gz.bad": {types: "warcinfo response request revisit request response", problems: shared},
		"example-digest.warc":     {types: "request request request request", problems: []string{`0: WARC-Payload-Digest "sha1:1112H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ" is no digest`}},
		"example-trunc.warc": {types: "warcinfo warcinfo response request", damage: []string{"at byte 2560: no record begins with"},
			problems: []string{"2: the record goes on after its Content-Length of 973", "2: the block does not match", "2: the payload does not match"}},
		"example-wrong-chunks.warc.gz": {types: "response request", problems: []string{"0: the record is spread over several gzip members",
			"0: the two line ends after the block are missing", "0: the block does not match WARC-Block-Digest"}},
	}
}

func judge(t *testing.T, path string) (v verdict) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := NewReader(f, Limits{})
	var types []string
	for i := 0; ; i++ {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			_, err = io.Copy(io.Discard, rec.Block)
		}
		var d *Damage
		if errors.As(err, &d) {
			v.damage = append(v.damage, d.Error())
		} else if err != nil {
			t.Fatal(path, err)
		} else {
			types = append(types, rec.Type())
		}
		if rec != nil {
			for _, p := range rec.Problems {
				v.problems = append(v.problems, fmt.Sprintf("%d: %s", i, p))
			}
		}
	}
	v.types = strings.Join(types, " ")
	return v
}
