//go:build eval

package timestamp_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"svidok/timestamp"
)

// TestEvalFixtures judges foreign tokens: each file, and what must be thought of it.
func TestEvalFixtures(t *testing.T) {
	dir := filepath.Join(os.Getenv("SVIDOK_DATA"), "fixtures", "rfc3161")
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("no data: set SVIDOK_DATA: %v", err)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		data  string // bytes that were stamped, "" for those of the file payload
		chain bool   // the whole chain file is at hand, not only its root
		bad   string // the check that must fail; "" none
	}{
		"sigstage/response-sha256.tsr":            {"hello", true, ""},
		"sigstage/response-sha384.tsr":            {"hello", true, ""},
		"sigstage/response-sha512.tsr":            {"hello", true, ""},
		"sigstage/response-invalid-signature.tsr": {"hello", true, "signature"},
		"sigstage/response-no-embedded-cert.tsr":  {"hello", true, ""},
		"sigstore.mock/response-expired.tsr":      {"payload", true, "lasting"},
		"test_tsa/response.tsr":                   {"hello", true, ""},
		"test_tsa/response-injected-certs.tsr":    {"hello", true, "alone"},
		"test_tsa/other_response.tsr":             {"", true, "chain"},
		"identrust/issue-104.tsr":                 {"", false, ""},
	} {
		tok, err := timestamp.Response(read(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a := timestamp.Against{Digest: tok.Imprint, At: time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)}
		switch {
		case c.data == "payload":
			a.Data, a.Digest = read(filepath.Dir(name)+"/payload"), nil
		case c.data != "":
			a.Data, a.Digest = []byte(c.data), nil
		}
		if pem := read(filepath.Dir(name) + "/ts_chain.pem"); strings.Contains(string(pem), "BEGIN CERTIFICATE") {
			if a.Certs, err = timestamp.PEM(pem); err != nil {
				t.Fatal(err)
			}
			a.Roots = []*x509.Certificate{a.Certs[len(a.Certs)-1]}
		}
		v := tok.Verify(a)
		if v.OK() != (c.bad == "") || c.bad != "" && v.Of(c.bad) != timestamp.Bad {
			t.Errorf("%s: %+v", name, v)
		}
		for _, k := range v.Checks {
			t.Logf("%-40s %-10s %-10s %s", name, k.Name, k.Outcome, k.Detail)
		}
	}
}
