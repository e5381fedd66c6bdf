package timestamp_test

import (
	"crypto/x509"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// keyOf is the key of one check of a verdict.
func keyOf(v timestamp.Verdict, name string) string {
	for _, c := range v.Checks {
		if c.Name == name {
			return c.Key
		}
	}
	return ""
}

// bad lists the keys of the checks that failed.
func bad(v timestamp.Verdict) string {
	var out []string
	for _, c := range v.Checks {
		if c.Outcome == timestamp.Bad {
			out = append(out, c.Key)
		}
	}
	return strings.Join(out, " ")
}

func response(t *testing.T, a *timestamptest.Authority, nonce *big.Int) []byte {
	t.Helper()
	req, err := timestamp.Request(evidence.Sum(data()), nonce)
	if err != nil {
		t.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func roots(list ...*timestamptest.Authority) []*x509.Certificate {
	var out []*x509.Certificate
	for _, a := range list {
		out = append(out, a.Root)
	}
	return out
}

// TestEveryKindOfKey: authorities sign in many ways.
func TestEveryKindOfKey(t *testing.T) {
	for key, want := range map[timestamptest.Key]string{
		timestamptest.P256: "ECDSA with SHA-256", timestamptest.P384: "ECDSA with SHA-384", timestamptest.P521: "ECDSA with SHA-512",
		timestamptest.RSA2048: "RSA with SHA-256", timestamptest.RSA3072: "RSA with SHA-384", timestamptest.PSS2048: "RSA-PSS with SHA-256", timestamptest.Ed25519: "Ed25519 with SHA-512",
	} {
		a := authority(t, timestamptest.Options{Key: key, Intermediate: true})
		v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(a)})
		if !v.OK() || v.Of("chain") != timestamp.Good || len(v.Chain()) != 3 {
			t.Errorf("%s: %+v", key, v)
		}
		for _, c := range v.Checks {
			if c.Name == "signature" && c.Detail != want {
				t.Errorf("%s: signed by %s, want %s", key, c.Detail, want)
			}
		}
	}
	// Two of the same length, so that only the arithmetic of the key tells them apart.
	a, b := authority(t, timestamptest.Options{Key: timestamptest.RSA2048}), authority(t, timestamptest.Options{Key: timestamptest.RSA2048})
	v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(b)})
	if v.OK() || keyOf(v, "chain") == "chain-trusted" {
		t.Errorf("the root of a namesake: %+v", v)
	}
}

// TestWhatATokenSays: all that a TSTInfo can hold.
func TestWhatATokenSays(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	a := authority(t, timestamptest.Options{Name: "Speaks", Organization: "Synthetic Ltd", Now: func() time.Time { return at },
		Forge: timestamptest.Forge{Accuracy: true, Ordering: true, Name: true}})
	nonce := new(big.Int).Lsh(big.NewInt(1), 71)
	tok := token(t, a, data(), nonce)
	sum := evidence.Sum(data())
	if !tok.Time.Equal(at) || tok.Accuracy != time.Second+2*time.Millisecond+3*time.Microsecond || !tok.Ordering || tok.TSA != "CN=Speaks,O=Synthetic Ltd" || tok.Policy != "1.2.3.4" ||
		tok.Serial.Int64() != 1 || tok.Nonce.Cmp(nonce) != 0 || tok.Hash != "SHA-256" || string(tok.Imprint) != string(sum[:]) || len(tok.Certificates()) != 1 {
		t.Errorf("%+v", tok)
	}
	for said, want := range map[string]string{"20260304050607.5Z": "2026-03-04T05:06:07.5Z", "20260304050607.123456789Z": "2026-03-04T05:06:07.123456789Z"} {
		a := authority(t, timestamptest.Options{Forge: timestamptest.Forge{Time: said}})
		if got := token(t, a, data(), nil).Time.Format(time.RFC3339Nano); got != want {
			t.Errorf("%s is read as %s", said, got)
		}
	}
	for _, said := range []string{"20260304050607", "202603040506Z", "20260304050607.Z", "20260304050607.50Z", "20260304050607+0200", "20260304050660Z", "20261304050607Z", "260304050607Z", "20260304050607,5Z", "20260304050607.1234567891Z"} {
		a := authority(t, timestamptest.Options{Forge: timestamptest.Forge{Time: said}})
		if _, err := timestamp.Response(response(t, a, nil)); !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("the time %s: %v", said, err)
		}
	}
}

// TestMalformedTokens: what is not read at all.
func TestMalformedTokens(t *testing.T) {
	for name, f := range map[string]timestamptest.Forge{
		"critical extension": {Critical: true}, "behind the end": {Behind: true}, "two signers": {TwoSigners: true},
		"an attribute twice": {TwoDigests: true}, "an attribute of two values": {TwoValues: true},
	} {
		_, err := timestamp.Response(response(t, authority(t, timestamptest.Options{Forge: f}), nil))
		if !errors.Is(err, evidence.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestForgedTokens: what is read, and found out, each by its own check.
func TestForgedTokens(t *testing.T) {
	spoof := authority(t, timestamptest.Options{Name: "Spoof"})
	now := time.Now()
	for name, c := range map[string]struct {
		o    timestamptest.Options
		want string // the keys of what fails
	}{
		"no content type":     {timestamptest.Options{Forge: timestamptest.Forge{NoContentType: true}}, "signature-content-type"},
		"other content type":  {timestamptest.Options{Forge: timestamptest.Forge{OtherContent: true}}, "signature-content-type"},
		"SHA-1":               {timestamptest.Options{Forge: timestamptest.Forge{SHA1: true}}, "signature-weak"},
		"no certificate id":   {timestamptest.Options{Forge: timestamptest.Forge{NoID: true}}, "bound-missing"},
		"wrong new id":        {timestamptest.Options{Wrong: true}, "bound-other"},
		"wrong old id":        {timestamptest.Options{Wrong: true, Forge: timestamptest.Forge{OldID: true}}, "bound-other"},
		"only old id wrong":   {timestamptest.Options{Wrong: true, Forge: timestamptest.Forge{BothIDs: true}}, "bound-other"},
		"wrong serial in id":  {timestamptest.Options{Forge: timestamptest.Forge{IssuerSerial: 99}}, "bound-other"},
		"injected":            {timestamptest.Options{Forge: timestamptest.Forge{Inject: [][]byte{spoof.Cert.Raw}}}, "alone-injected"},
		"injected root":       {timestamptest.Options{Forge: timestamptest.Forge{Inject: [][]byte{spoof.Root.Raw}}}, ""},
		"no purpose":          {timestamptest.Options{NoPurpose: true}, "purpose-other"},
		"more purpose":        {timestamptest.Options{MorePurpose: true}, "purpose-other"},
		"any purpose":         {timestamptest.Options{AnyPurpose: true}, "purpose-other"},
		"soft purpose":        {timestamptest.Options{Soft: true}, "purpose-not-critical"},
		"an authority's":      {timestamptest.Options{CA: true}, "purpose-not-signing"},
		"enciphers, too":      {timestamptest.Options{Encipher: true}, "purpose-not-signing"},
		"a short key":         {timestamptest.Options{Key: timestamptest.RSA1024}, "strong-weak"},
		"expired":             {timestamptest.Options{From: now.AddDate(-3, 0, 0), Years: 1}, "in-time-outside chain-broken"},
		"not yet good":        {timestamptest.Options{From: now.AddDate(1, 0, 0)}, "in-time-outside chain-broken"},
		"without certificate": {timestamptest.Options{Bare: true}, "signature-no-certificate"},
		// And what is good, though unusual.
		"old id":            {timestamptest.Options{Forge: timestamptest.Forge{OldID: true}}, ""},
		"both ids":          {timestamptest.Options{Forge: timestamptest.Forge{BothIDs: true}}, ""},
		"serial in id":      {timestamptest.Options{Forge: timestamptest.Forge{IssuerSerial: 2}}, ""},
		"by key identifier": {timestamptest.Options{Forge: timestamptest.Forge{KeyID: true}}, ""},
		"unsigned":          {timestamptest.Options{Forge: timestamptest.Forge{Unsigned: []byte{0x30, 0x05, 0x06, 0x01, 0x2a, 0x31, 0x00}}}, ""},
	} {
		a := authority(t, c.o)
		tok, err := timestamp.Response(response(t, a, nil))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v := tok.Verify(timestamp.Against{Data: data(), Roots: roots(a)})
		if got := bad(v); got != c.want {
			t.Errorf("%s: failed are %q, want %q\n%+v", name, got, c.want, v.Checks)
		}
		for _, k := range v.Checks {
			if !slices.Contains(timestamp.Keys(), k.Key) || !strings.HasPrefix(k.Key, k.Name+"-") {
				t.Errorf("%s: the key %s is not in the list, or not of %s", name, k.Key, k.Name)
			}
		}
	}
}

// TestChains: trusted, untrusted, incomplete, broken, not judged.
func TestChains(t *testing.T) {
	a, other := authority(t, timestamptest.Options{Intermediate: true}), authority(t, timestamptest.Options{Name: "Other"})
	namesake := authority(t, timestamptest.Options{})
	short := authority(t, timestamptest.Options{Bare: true})
	for name, c := range map[string]struct {
		by    *timestamptest.Authority
		a     timestamp.Against
		want  string
		links int
		root  bool
	}{
		"trusted":                 {a, timestamp.Against{Roots: roots(a)}, "chain-trusted", 3, true},
		"one of several":          {a, timestamp.Against{Roots: roots(other, a)}, "chain-trusted", 3, true},
		"pinned in the middle":    {a, timestamp.Against{Roots: []*x509.Certificate{a.Intermediate}}, "chain-trusted", 2, true},
		"pinned itself":           {a, timestamp.Against{Roots: []*x509.Certificate{a.Cert}}, "chain-trusted", 1, true},
		"another root":            {a, timestamp.Against{Roots: roots(other)}, "chain-incomplete", 2, false},
		"another root, own there": {a, timestamp.Against{Roots: roots(other), Certs: roots(a)}, "chain-untrusted", 3, true},
		"a root of the same name": {a, timestamp.Against{Roots: roots(namesake)}, "chain-broken", 2, false},
		"no roots":                {a, timestamp.Against{}, "chain-not-judged", 2, false},
		"no roots, own there":     {a, timestamp.Against{Certs: roots(a)}, "chain-not-judged", 3, true},
		"certificate at hand":     {short, timestamp.Against{Roots: roots(short), Certs: []*x509.Certificate{short.Cert}}, "chain-trusted", 2, true},
		"a namesake's at hand":    {short, timestamp.Against{Roots: roots(short), Certs: []*x509.Certificate{namesake.Cert, short.Cert}}, "chain-trusted", 2, true},
	} {
		c.a.Data = data()
		v := token(t, c.by, data(), nil).Verify(c.a)
		if keyOf(v, "chain") != c.want || (v.Root != "") != c.root || len(v.Chain()) != c.links {
			t.Errorf("%s: %d links, %+v", name, len(v.Chain()), v)
		}
		if trusted := c.want == "chain-trusted"; trusted != (v.Of("chain") == timestamp.Good) || v.OK() != (trusted || len(c.a.Roots) == 0) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestEndedChain: without roots, too, a chain that had ended is no chain.
func TestEndedChain(t *testing.T) {
	a := authority(t, timestamptest.Options{From: time.Now().AddDate(-21, 0, 0), Years: 30})
	v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Certs: roots(a)})
	if keyOf(v, "chain") != "chain-broken" || v.OK() || v.Of("in-time") != timestamp.Good {
		t.Errorf("%+v", v)
	}
}
