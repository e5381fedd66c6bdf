package timestamp_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

var stamped = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func days(n int) time.Time { return stamped.AddDate(0, 0, n) }

// entry of a list: since when, for which reason (0: none is given), lost since when.
func entry(t *testing.T, at time.Time, reason int, lost time.Time) x509.RevocationListEntry {
	t.Helper()
	e := x509.RevocationListEntry{SerialNumber: big.NewInt(2), RevocationTime: at}
	if reason > 0 {
		e.ReasonCode = reason
	}
	if !lost.IsZero() {
		b, err := asn1.MarshalWithParams(lost, "generalized")
		if err != nil {
			t.Fatal(err)
		}
		e.ExtraExtensions = append(e.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 24}, Value: b})
	}
	return e
}

// TestRevocationLists: RFC 3161, 4, and RFC 5280, 5.
func TestRevocationLists(t *testing.T) {
	a := authority(t, timestamptest.Options{Now: func() time.Time { return stamped }, Years: 3,
		Addresses: []string{"http://ca.example/i.crt", "http://ca.example/l.crl", "http://ca.example/ocsp"}})
	other := authority(t, timestamptest.Options{Name: "Other", Now: func() time.Time { return stamped }})
	tok := token(t, a, data(), nil)
	ended := a.Cert.NotAfter.AddDate(0, 0, 1)
	extension := func(critical bool, value []byte, id ...int) []pkix.Extension {
		return []pkix.Extension{{Id: id, Critical: critical, Value: value}}
	}
	cut, err := asn1.MarshalWithParams(a.Cert.NotAfter.AddDate(-1, 0, 0), "generalized")
	if err != nil {
		t.Fatal(err)
	}
	part := func(address string) []byte {
		name := append([]byte{0x86, byte(len(address))}, address...)
		full := append([]byte{0xa0, byte(len(name))}, name...)
		point := append([]byte{0xa0, byte(len(full))}, full...)
		return append([]byte{0x30, byte(len(point))}, point...)
	}
	revoked := func(at time.Time, reason int, lost time.Time) x509.RevocationList {
		return x509.RevocationList{ThisUpdate: days(30), RevokedCertificateEntries: []x509.RevocationListEntry{entry(t, at, reason, lost)}}
	}
	never := time.Time{}
	for name, c := range map[string]struct {
		list x509.RevocationList
		by   *timestamptest.Authority
		at   time.Time // judged
		want string
	}{
		"current then":             {x509.RevocationList{ThisUpdate: days(-3), NextUpdate: days(3)}, a, never, "revocation-good"},
		"made later":               {x509.RevocationList{ThisUpdate: days(3)}, a, never, "revocation-good"},
		"ended before":             {x509.RevocationList{ThisUpdate: days(-30), NextUpdate: days(-3)}, a, never, "revocation-unknown"},
		"made after its end":       {x509.RevocationList{ThisUpdate: ended}, a, never, "revocation-unknown"},
		"that keeps ended ones":    {x509.RevocationList{ThisUpdate: ended, ExtraExtensions: extension(false, cut, 2, 5, 29, 60)}, a, never, "revocation-good"},
		"another's":                {x509.RevocationList{ThisUpdate: days(3)}, other, never, "revocation-unknown"},
		"changes only":             {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{2, 1, 1}, 2, 5, 29, 27)}, a, never, "revocation-unknown"},
		"unknown and critical":     {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{5, 0}, 1, 2, 3)}, a, never, "revocation-unknown"},
		"of authorities only":      {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{0x30, 3, 0x82, 1, 0xff}, 2, 5, 29, 28)}, a, never, "revocation-unknown"},
		"of users only":            {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{0x30, 3, 0x81, 1, 0xff}, 2, 5, 29, 28)}, a, never, "revocation-good"},
		"of attributes only":       {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{0x30, 3, 0x85, 1, 0xff}, 2, 5, 29, 28)}, a, never, "revocation-unknown"},
		"of some reasons":          {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{0x30, 4, 0x83, 2, 6, 0x40}, 2, 5, 29, 28)}, a, never, "revocation-unknown"},
		"indirect":                 {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, []byte{0x30, 3, 0x84, 1, 0xff}, 2, 5, 29, 28)}, a, never, "revocation-unknown"},
		"its part":                 {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, part("http://ca.example/l.crl"), 2, 5, 29, 28)}, a, never, "revocation-good"},
		"another part":             {x509.RevocationList{ThisUpdate: days(3), ExtraExtensions: extension(true, part("http://ca.example/m.crl"), 2, 5, 29, 28)}, a, never, "revocation-unknown"},
		"revoked before":           {revoked(days(-1), 4, never), a, never, "revocation-revoked"},
		"revoked then":             {revoked(stamped, 5, never), a, never, "revocation-revoked"},
		"replaced later":           {revoked(days(1), 4, never), a, never, "revocation-good"},
		"ceased later":             {revoked(days(1), 5, never), a, never, "revocation-good"},
		"no reason later":          {revoked(days(1), 0, never), a, never, "revocation-revoked"},
		"on hold later":            {revoked(days(1), 6, never), a, never, "revocation-revoked"},
		"key lost later":           {revoked(days(9), 1, never), a, never, "revocation-revoked"},
		"key lost, judged before":  {revoked(days(9), 1, never), a, days(5), "revocation-good"},
		"key lost, judged after":   {revoked(days(9), 1, never), a, days(15), "revocation-revoked"},
		"key lost earlier, before": {revoked(days(9), 1, days(4)), a, days(5), "revocation-revoked"},
	} {
		raw, err := c.by.List(&c.list)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := tok.Verify(timestamp.Against{Data: data(), Roots: roots(a), CRLs: [][]byte{[]byte("no list"), raw}, At: c.at})
		if got := keyOf(v, "revocation"); got != c.want || v.OK() != (c.want != "revocation-revoked") {
			t.Errorf("%s: %s, want %s: %+v", name, got, c.want, v)
		}
	}
	list := revoked(days(9), 1, never)
	raw, err := a.List(&list)
	if err != nil {
		t.Fatal(err)
	}
	v := tok.Verify(timestamp.Against{Data: data(), Roots: roots(a), CRLs: [][]byte{raw}})
	if v.Revocation.Reason != "keyCompromise" || !v.Revocation.At.Equal(days(9)) || v.Revocation.Subject != "CN=Synthetic authority" {
		t.Errorf("%+v", v.Revocation)
	}
	// Unspecified is a reason (0); none is none.
	list = revoked(days(1), 4, never)
	if raw, err = a.List(&list); err != nil {
		t.Fatal(err)
	}
	if raw, err = a.Rewritten(raw, []byte{0x55, 0x1d, 0x15, 4, 3, 10, 1, 4}, []byte{0x55, 0x1d, 0x15, 4, 3, 10, 1, 0}); err != nil {
		t.Fatal(err)
	}
	if v = tok.Verify(timestamp.Against{Data: data(), Roots: roots(a), CRLs: [][]byte{raw}}); keyOf(v, "revocation") != "revocation-good" || v.Revocation.Reason != "unspecified" {
		t.Errorf("for an unspecified reason later: %+v", v)
	}
	// A list inside the token counts like one beside it.
	a.Change(timestamptest.Forge{CRL: raw})
	if v := token(t, a, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(a)}); keyOf(v, "revocation") != "revocation-good" || v.Revocation.Reason != "unspecified" {
		t.Errorf("a list in the token: %+v", v)
	}
	other.Change(timestamptest.Forge{CRL: raw})
	if v := token(t, other, data(), nil).Verify(timestamp.Against{Data: data(), Roots: roots(other)}); keyOf(v, "revocation") != "revocation-unknown" {
		t.Errorf("another's list in the token: %+v", v)
	}
}

// TestOCSP: RFC 6960. The time-stamp certificate's own key must not answer for itself.
func TestOCSP(t *testing.T) {
	a := authority(t, timestamptest.Options{Intermediate: true, Now: func() time.Time { return stamped }})
	tok := token(t, a, data(), nil)
	rootList, err := a.RootList()
	if err != nil {
		t.Fatal(err)
	}
	later := ocsp.Response{Status: ocsp.Good, ThisUpdate: days(1)}
	for name, c := range map[string]struct {
		r    ocsp.Response
		by   timestamptest.Responder
		want string
	}{
		"by the issuer":         {later, timestamptest.ByIssuer, "revocation-good"},
		"by its delegate":       {later, timestamptest.ByDelegate, "revocation-good"},
		"by a stranger":         {later, timestamptest.ByStranger, "revocation-unknown"},
		"by itself":             {later, timestamptest.ByAuthority, "revocation-unknown"},
		"unknown":               {ocsp.Response{Status: ocsp.Unknown, ThisUpdate: days(1)}, timestamptest.ByIssuer, "revocation-unknown"},
		"current then":          {ocsp.Response{Status: ocsp.Good, ThisUpdate: days(-3), NextUpdate: days(1)}, timestamptest.ByIssuer, "revocation-good"},
		"ended before":          {ocsp.Response{Status: ocsp.Good, ThisUpdate: days(-9), NextUpdate: days(-1)}, timestamptest.ByIssuer, "revocation-unknown"},
		"after its end":         {ocsp.Response{Status: ocsp.Good, ThisUpdate: a.Cert.NotAfter.AddDate(0, 0, 1)}, timestamptest.ByIssuer, "revocation-unknown"},
		"revoked before":        {ocsp.Response{Status: ocsp.Revoked, RevokedAt: days(-1), RevocationReason: ocsp.Superseded, ThisUpdate: days(1)}, timestamptest.ByIssuer, "revocation-revoked"},
		"replaced later":        {ocsp.Response{Status: ocsp.Revoked, RevokedAt: days(1), RevocationReason: ocsp.Superseded, ThisUpdate: days(2)}, timestamptest.ByIssuer, "revocation-good"},
		"key lost later":        {ocsp.Response{Status: ocsp.Revoked, RevokedAt: days(1), RevocationReason: ocsp.KeyCompromise, ThisUpdate: days(2)}, timestamptest.ByIssuer, "revocation-revoked"},
		"no reason":             {ocsp.Response{Status: ocsp.Revoked, RevokedAt: days(1), ThisUpdate: days(2)}, timestamptest.ByIssuer, "revocation-revoked"},
		"revoked by a stranger": {ocsp.Response{Status: ocsp.Revoked, RevokedAt: days(-1), ThisUpdate: days(1)}, timestamptest.ByStranger, "revocation-unknown"},
	} {
		raw, err := a.OCSP(c.r, c.by)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := tok.Verify(timestamp.Against{Data: data(), Roots: roots(a), OCSPs: [][]byte{[]byte("no answer"), raw}, CRLs: [][]byte{rootList}})
		if got := keyOf(v, "revocation"); got != c.want {
			t.Errorf("%s: %s, want %s: %+v", name, got, c.want, v)
		}
	}
	raw, err := a.OCSP(later, timestamptest.ByIssuer)
	if err != nil {
		t.Fatal(err)
	}
	if v := tok.Verify(timestamp.Against{Data: data(), Roots: roots(a), OCSPs: [][]byte{raw}}); keyOf(v, "revocation") != "revocation-unknown" {
		t.Errorf("nothing is known of the intermediate, and all is good: %+v", v)
	}
}

// TestNeeds: what to fetch while it is to be had.
func TestNeeds(t *testing.T) {
	a := authority(t, timestamptest.Options{Addresses: []string{"http://ca.example/i.crt", "http://ca.example/l.crl", "http://ca.example/ocsp"}})
	tok := token(t, a, data(), nil)
	n := tok.Needs(roots(a))
	if !slices.Equal(n.Issuers, []string{"http://ca.example/i.crt"}) || !slices.Equal(n.CRLs, []string{"http://ca.example/l.crl"}) || !slices.Equal(n.OCSPs, []string{"http://ca.example/ocsp"}) {
		t.Errorf("%+v", n)
	}
	if _, err := tok.AskOCSP(nil); err == nil {
		t.Error("asked without the issuer")
	}
	raw, err := tok.AskOCSP(roots(a))
	if err != nil {
		t.Fatal(err)
	}
	if q, err := ocsp.ParseRequest(raw); err != nil || q.SerialNumber.Cmp(a.Cert.SerialNumber) != 0 {
		t.Errorf("%+v, %v", q, err)
	}
}

// TestMangledEvidence: a list or answer that was changed says nothing, or what it said.
func TestMangledEvidence(t *testing.T) {
	a := authority(t, timestamptest.Options{Now: func() time.Time { return stamped }})
	tok := token(t, a, data(), nil)
	for name, by := range map[string]timestamptest.Responder{"a list": "", "an answer": timestamptest.ByIssuer, "a delegate's answer": timestamptest.ByDelegate} {
		for _, want := range []string{"revocation-good", "revocation-revoked"} {
			var raw []byte
			var err error
			taken := time.Time{}
			r := ocsp.Response{Status: ocsp.Good, ThisUpdate: days(1)}
			if want == "revocation-revoked" {
				taken = days(-1)
				r = ocsp.Response{Status: ocsp.Revoked, RevokedAt: taken, RevocationReason: 4, ThisUpdate: days(1)}
			}
			judge := func(raw []byte) string {
				against := timestamp.Against{Data: data(), Roots: roots(a)}
				if by == "" {
					against.CRLs = [][]byte{raw}
				} else {
					against.OCSPs = [][]byte{raw}
				}
				return keyOf(tok.Verify(against), "revocation")
			}
			if by == "" {
				raw, err = a.CRL(taken, 4)
			} else {
				raw, err = a.OCSP(r, by)
			}
			if err != nil || judge(raw) != want {
				t.Fatalf("%s: %s, %v", name, judge(raw), err)
			}
			same := 0
			for i := range raw {
				for _, change := range []byte{1, 0x10, 0x80} {
					b := bytes.Clone(raw)
					b[i] ^= change
					switch got := judge(b); got {
					case "revocation-unknown":
					case want:
						same++
					default:
						t.Errorf("%s with byte %d changed: %s", name, i, got)
					}
				}
			}
			if same > len(raw)/10 {
				t.Errorf("%s: %d of %d changes do not matter", name, same, 3*len(raw))
			}
		}
	}
}

// TestNeedsOfForged: addresses are not asked because somebody wrote them into a token.
func TestNeedsOfForged(t *testing.T) {
	spoof := authority(t, timestamptest.Options{Name: "Spoof", Addresses: []string{"http://192.0.2.1/i", "http://192.0.2.1/l", "http://192.0.2.1/o"}})
	a := authority(t, timestamptest.Options{Forge: timestamptest.Forge{Inject: [][]byte{spoof.Cert.Raw}}})
	if n := token(t, a, data(), nil).Needs(nil); len(n.Issuers)+len(n.CRLs)+len(n.OCSPs) > 0 {
		t.Errorf("%+v", n)
	}
	wrong := authority(t, timestamptest.Options{Addresses: []string{"http://192.0.2.1/i", "http://192.0.2.1/l", "http://192.0.2.1/o"}, Forge: timestamptest.Forge{SHA1: true}})
	if n := token(t, wrong, data(), nil).Needs(nil); len(n.Issuers)+len(n.CRLs)+len(n.OCSPs) > 0 {
		t.Errorf("%+v", n)
	}
}

func FuzzRevocation(f *testing.F) {
	a, err := timestamptest.New(timestamptest.Options{Now: func() time.Time { return stamped }})
	if err != nil {
		f.Fatal(err)
	}
	req, err := timestamp.Request(evidence.Sum(data()), nil)
	if err != nil {
		f.Fatal(err)
	}
	res, err := a.Answer(req)
	if err != nil {
		f.Fatal(err)
	}
	tok, err := timestamp.Response(res)
	if err != nil {
		f.Fatal(err)
	}
	crl, err := a.CRL(days(-1), 1)
	if err != nil {
		f.Fatal(err)
	}
	answer, err := a.OCSP(ocsp.Response{Status: ocsp.Revoked, RevokedAt: days(-1), ThisUpdate: days(1)}, timestamptest.ByDelegate)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(crl, answer)
	f.Fuzz(func(t *testing.T, list, answer []byte) {
		v := tok.Verify(timestamp.Against{Data: data(), Roots: []*x509.Certificate{a.Root}, CRLs: [][]byte{list}, OCSPs: [][]byte{answer}})
		if keyOf(v, "revocation") == "revocation-good" {
			t.Fatal("nobody said that it is good")
		}
	})
}
