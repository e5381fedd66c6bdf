// Package timestamptest is a time-stamp authority for tests: a root, a certificate for
// time-stamps, a revocation list, and a server that answers as RFC 3161 wants it.
package timestamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"sync"
	"time"
)

// Options of an authority. Zero values make a good one.
type Options struct {
	Name        string
	From        time.Time // of the certificates; zero: a year before now
	Years       int       // of the time-stamp certificate; 0: 5
	NoPurpose   bool      // no extended key usage
	MorePurpose bool      // another one besides
	Soft        bool      // the purpose is not critical
	Bare        bool      // tokens hold no certificate
	Wrong       bool      // the signing certificate named is another
	Deny        bool      // answer with a refusal
	Now         func() time.Time
}

// Authority is one authority.
type Authority struct {
	Root, Cert *x509.Certificate
	o          Options
	key, root  *ecdsa.PrivateKey
	mu         sync.Mutex
	serial     int64
	asked      int
	Down       bool // it answers 503
}

// New makes an authority.
func New(o Options) (*Authority, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Name == "" {
		o.Name = "Synthetic authority"
	}
	if o.From.IsZero() {
		o.From = o.Now().AddDate(-1, 0, 0)
	}
	if o.Years == 0 {
		o.Years = 5
	}
	a := &Authority{o: o}
	var err error
	if a.root, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	rootT := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: o.Name + " root"}, NotBefore: o.From, NotAfter: o.From.AddDate(20, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	if a.Root, err = certify(rootT, rootT, a.root.Public(), a.root); err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: o.Name}, NotBefore: o.From, NotAfter: o.From.AddDate(o.Years, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true}
	if !o.NoPurpose {
		t.ExtraExtensions, err = purposes(o)
		if err != nil {
			return nil, err
		}
	}
	a.Cert, err = certify(t, a.Root, a.key.Public(), a.root)
	return a, err
}

func purposes(o Options) ([]pkix.Extension, error) {
	list := []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}
	if o.MorePurpose {
		list = append(list, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3})
	}
	b, err := asn1.Marshal(list)
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: !o.Soft, Value: b}}, err
}

func certify(t, parent *x509.Certificate, pub crypto.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, pub, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// RootPEM is the root in PEM form.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
}

// CRL lists the time-stamp certificate as revoked at a time for a reason; zero: nothing is.
func (a *Authority) CRL(at time.Time, reason int) ([]byte, error) {
	l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: a.o.Now(), NextUpdate: a.o.Now().AddDate(0, 1, 0)}
	if !at.IsZero() {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: a.Cert.SerialNumber, RevocationTime: at, ReasonCode: reason}}
	}
	return x509.CreateRevocationList(rand.Reader, l, a.Root, a.root)
}

// Asked is how often it was asked.
func (a *Authority) Asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked
}

// ServeHTTP answers requests.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.asked++
	down := a.Down
	a.mu.Unlock()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if down || err != nil {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	out, err := a.Answer(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(out) // the client may be gone
}

// SetDown makes the server fail, or answer again.
func (a *Authority) SetDown(down bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Down = down
}

type algorithm struct {
	Algorithm asn1.ObjectIdentifier
}

type request struct {
	Version int
	Imprint asn1.RawValue
	Policy  asn1.ObjectIdentifier `asn1:"optional"`
	Nonce   *big.Int              `asn1:"optional"`
	CertReq bool                  `asn1:"optional"`
}

type info struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint asn1.RawValue
	Serial  int64
	Time    time.Time `asn1:"generalized"`
	Nonce   *big.Int  `asn1:"optional"`
}

type attr struct {
	Type   asn1.ObjectIdentifier
	Values []any `asn1:"set"`
}

// Answer makes a response to a request.
func (a *Authority) Answer(req []byte) ([]byte, error) {
	var q request
	if _, err := asn1.Unmarshal(req, &q); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	if a.o.Deny {
		return asn1.Marshal(struct {
			Status struct {
				Status int
				Text   []string
			}
		}{struct {
			Status int
			Text   []string
		}{2, []string{"no time today"}}})
	}
	a.mu.Lock()
	a.serial++
	serial := a.serial
	a.mu.Unlock()
	token, err := a.token(info{1, asn1.ObjectIdentifier{1, 2, 3, 4}, q.Imprint, serial, a.o.Now().UTC().Truncate(time.Second), q.Nonce})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Status struct{ Status int }
		Token  asn1.RawValue
	}{struct{ Status int }{0}, asn1.RawValue{FullBytes: token}})
}

func (a *Authority) token(i info) ([]byte, error) {
	content, err := asn1.Marshal(i)
	if err != nil {
		return nil, err
	}
	digest, named := sha256.Sum256(content), sha256.Sum256(a.Cert.Raw)
	if a.o.Wrong {
		named = sha256.Sum256(a.Root.Raw)
	}
	set := []attr{
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}, []any{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}}},
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}, []any{digest[:]}},
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}, []any{struct{ Certs []struct{ Hash []byte } }{[]struct{ Hash []byte }{{named[:]}}}}},
	}
	signed, err := asn1.MarshalWithParams(set, "set")
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(signed)
	sig, err := ecdsa.SignASN1(rand.Reader, a.key, hash[:])
	if err != nil {
		return nil, err
	}
	implicit := append([]byte(nil), signed...)
	implicit[0] = 0xa0
	sha := algorithm{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}}
	signer := struct {
		Version int
		ID      struct {
			Issuer asn1.RawValue
			Serial *big.Int
		}
		Digest     algorithm
		Attributes asn1.RawValue
		Algorithm  algorithm
		Signature  []byte
	}{1, struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}{asn1.RawValue{FullBytes: a.Cert.RawIssuer}, a.Cert.SerialNumber}, sha, asn1.RawValue{FullBytes: implicit}, algorithm{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}}, sig}
	return a.wrap(content, sha, signer)
}

// wrap puts content and signer into a SignedData, and that into a ContentInfo.
func (a *Authority) wrap(content []byte, sha algorithm, signer any) ([]byte, error) {
	type encapsulated struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,tag:0"`
	}
	certs := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: a.Cert.Raw}
	if a.o.Bare {
		certs.Bytes = nil
	}
	sd, err := asn1.Marshal(struct {
		Version int
		Digests []algorithm `asn1:"set"`
		Content encapsulated
		Certs   asn1.RawValue
		Signers []any `asn1:"set"`
	}{3, []algorithm{sha}, encapsulated{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}, content}, certs, []any{signer}})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: sd}})
}
