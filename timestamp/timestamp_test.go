package timestamp_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

func authority(t *testing.T, o timestamptest.Options) *timestamptest.Authority {
	t.Helper()
	a, err := timestamptest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func token(t *testing.T, a *timestamptest.Authority, data []byte, nonce *big.Int) timestamp.Token {
	t.Helper()
	req, err := timestamp.Request(evidence.Sum(data), nonce)
	if err != nil {
		t.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := timestamp.Response(res)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func data() []byte { return []byte("a checkpoint, for instance\n") }

func TestGoodToken(t *testing.T) {
	a := authority(t, timestamptest.Options{})
	nonce := big.NewInt(0).SetBytes(bytes.Repeat([]byte{7}, 8))
	tok := token(t, a, data(), nonce)
	crl, err := a.CRL(time.Time{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	v := tok.Verify(timestamp.Against{Data: data(), Nonce: nonce, Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{crl}})
	if !v.OK() || v.Of("chain") != timestamp.Good || v.Of("revocation") != timestamp.Good || len(v.Checks) != 10 || v.Root == "" || v.Authority != "CN=Synthetic authority" {
		t.Errorf("%+v", v)
	}
	v = tok.Verify(timestamp.Against{Data: data()})
	if !v.OK() || v.Of("chain") != timestamp.NotJudged || v.Of("revocation") != timestamp.NotJudged {
		t.Errorf("without roots: %+v", v)
	}
}

func TestBadTokens(t *testing.T) {
	other := authority(t, timestamptest.Options{Name: "Another"})
	now := time.Now()
	for name, c := range map[string]struct {
		o     timestamptest.Options
		check string
		a     func(a *timestamptest.Authority) timestamp.Against
	}{
		"other bytes": {timestamptest.Options{}, "imprint", func(*timestamptest.Authority) timestamp.Against { return timestamp.Against{Data: []byte("others")} }},
		"other nonce": {timestamptest.Options{}, "nonce", func(*timestamptest.Authority) timestamp.Against {
			return timestamp.Against{Data: data(), Nonce: big.NewInt(8)}
		}},
		"no purpose":   {timestamptest.Options{NoPurpose: true}, "purpose", nil},
		"more purpose": {timestamptest.Options{MorePurpose: true}, "purpose", nil},
		"soft":         {timestamptest.Options{Soft: true}, "purpose", nil},
		"expired":      {timestamptest.Options{From: now.AddDate(-3, 0, 0), Years: 1}, "in-time", nil},
		"not yet good": {timestamptest.Options{From: now.AddDate(1, 0, 0)}, "in-time", nil},
		"other cert":   {timestamptest.Options{Wrong: true}, "bound", nil},
		"bare":         {timestamptest.Options{Bare: true}, "signature", nil},
		"other root": {timestamptest.Options{}, "chain", func(a *timestamptest.Authority) timestamp.Against {
			return timestamp.Against{Data: data(), Certs: []*x509.Certificate{a.Root}, Roots: []*x509.Certificate{other.Root}}
		}},
		"revoked before": {timestamptest.Options{}, "revocation", func(a *timestamptest.Authority) timestamp.Against {
			crl, _ := a.CRL(now.Add(-time.Hour), 4)
			return timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{crl}}
		}},
		"key lost later": {timestamptest.Options{}, "revocation", func(a *timestamptest.Authority) timestamp.Against {
			crl, _ := a.CRL(now.Add(time.Hour), 1)
			return timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{crl}}
		}},
	} {
		a := authority(t, c.o)
		against := timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}}
		if c.a != nil {
			against = c.a(a)
		}
		v := token(t, a, data(), nil).Verify(against)
		if v.OK() || v.Of(c.check) != timestamp.Bad {
			t.Errorf("%s: %+v", name, v)
		}
	}
	ceased := authority(t, timestamptest.Options{})
	crl, err := ceased.CRL(now.Add(time.Hour), 5)
	if err != nil {
		t.Fatal(err)
	}
	if v := token(t, ceased, data(), nil).Verify(timestamp.Against{Data: data(), Roots: []*x509.Certificate{ceased.Root}, CRLs: [][]byte{crl}}); !v.OK() {
		t.Errorf("an authority that ceased later: %+v", v)
	}
	deny := authority(t, timestamptest.Options{Deny: true})
	req, _ := timestamp.Request(evidence.Sum(data()), nil)
	res, err := deny.Answer(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := timestamp.Response(res); !errors.Is(err, timestamp.ErrDenied) || !strings.Contains(err.Error(), "no time today") {
		t.Errorf("%v", err)
	}
}

// TestBareToken: a token without a certificate is judged with one that is at hand.
func TestBareToken(t *testing.T) {
	a := authority(t, timestamptest.Options{Bare: true})
	v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Certs: []*x509.Certificate{a.Cert}, Roots: []*x509.Certificate{a.Root}})
	if !v.OK() {
		t.Errorf("%+v", v)
	}
}
