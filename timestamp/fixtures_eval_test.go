//go:build eval

package timestamp_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/timestamp"
)

// fixture is a foreign response, and what must be thought of it.
type fixture struct {
	data  string // the bytes that were stamped; "": those of the file payload; "-": not known, the imprint is not judged
	chain string // key of the check of the chain
	bad   string // keys of all checks that fail
}

func fixtures() map[string]fixture {
	return map[string]fixture{
		"sigstage/response-sha256.tsr":            {"hello", "chain-trusted", ""},
		"sigstage/response-sha384.tsr":            {"hello", "chain-trusted", ""},
		"sigstage/response-sha512.tsr":            {"hello", "chain-trusted", ""},
		"sigstage/response-invalid-signature.tsr": {"hello", "chain-trusted", "signature-bad"},
		"sigstage/response-no-embedded-cert.tsr":  {"hello", "chain-trusted", ""},
		"sigstore.mock/response-expired.tsr":      {"", "chain-trusted", "lasting-ended"},
		"test_tsa/response.tsr":                   {"hello", "chain-trusted", ""},
		"test_tsa/response-injected-certs.tsr":    {"hello", "chain-trusted", "alone-injected"},
		"test_tsa/other_response.tsr":             {"-", "chain-broken", "chain-broken"}, // another authority of the same names
		"identrust/issue-104.tsr":                 {"-", "chain-trusted", ""},
	}
}

// TestEvalFixtures judges foreign tokens: each file that is there, with the chain beside it,
// of which the self-signed are the roots, as of November 2025.
func TestEvalFixtures(t *testing.T) {
	dir := filepath.Join(os.Getenv("SVIDOK_DATA"), "fixtures", "rfc3161")
	var seen []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".tsr") {
			name, _ := filepath.Rel(dir, path)
			seen = append(seen, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil || len(seen) == 0 {
		t.Fatalf("no data: set SVIDOK_DATA: %v", err)
	}
	want := fixtures()
	for name := range want {
		if !slices.Contains(seen, name) {
			t.Errorf("%s is not there", name)
		}
	}
	for _, name := range seen {
		f, ok := want[name]
		if !ok {
			t.Errorf("%s: nothing is said of what to think of it", name)
			continue
		}
		v := judgeFixture(t, filepath.Join(dir, filepath.FromSlash(name)), f)
		if got := bad(v); got != f.bad || keyOf(v, "chain") != f.chain {
			t.Errorf("%s: failed are %q, want %q; %s", name, got, f.bad, keyOf(v, "chain"))
		}
		t.Logf("%s: %s, %s", name, v.Time.UTC().Format(time.DateTime), v.Authority)
		for _, c := range v.Checks {
			t.Logf("    %-22s %-10s %s", c.Key, c.Outcome, c.Detail)
		}
	}
}

func judgeFixture(t *testing.T, path string, f fixture) timestamp.Verdict {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tok, err := timestamp.Response(read(filepath.Base(path)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	a := timestamp.Against{Data: []byte(f.data), At: time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)}
	switch f.data {
	case "":
		a.Data = read("payload")
	case "-":
		a.Data, a.Digest = nil, tok.Imprint
	}
	if a.Certs, err = timestamp.PEM(read("ts_chain.pem")); err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Certs {
		if c.Subject.String() == c.Issuer.String() && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil {
			a.Roots = append(a.Roots, c)
		}
	}
	return tok.Verify(a)
}
