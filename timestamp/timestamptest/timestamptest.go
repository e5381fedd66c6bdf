// Package timestamptest is a time-stamp authority for tests: a root, a certificate for
// time-stamps, revocation lists, OCSP answers, and a server that answers as RFC 3161 wants it,
// or wrongly where [Options] ask for that.
package timestamptest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
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

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/ocsp"
)

// Key is a kind of key of the time-stamp certificate.
type Key string

// The kinds.
const (
	P256    Key = "" // ECDSA with SHA-256
	P384    Key = "P-384"
	P521    Key = "P-521"
	RSA1024 Key = "RSA-1024"
	RSA2048 Key = "RSA-2048"
	RSA3072 Key = "RSA-3072"
	PSS2048 Key = "RSA-PSS-2048"
	Ed25519 Key = "Ed25519"
)

// Options of an authority. Zero values make a good one.
type Options struct {
	Name         string
	Organization string
	From         time.Time // of the certificates; zero: a year before now
	Years        int       // of the time-stamp certificate; 0: 5
	Key          Key
	Intermediate bool     // the root certifies an authority that certifies the time-stamps; it is in the token
	Addresses    []string // of the issuer's certificate, its list and its OCSP server, in the certificate
	Now          func() time.Time

	NoPurpose   bool // no extended key usage
	MorePurpose bool // another one besides
	Soft        bool // the purpose is not critical
	AnyPurpose  bool // anyExtendedKeyUsage instead
	CA          bool // the time-stamp certificate is a certification authority's
	Encipher    bool // the key is for enciphering, too
	Bare        bool // tokens hold no certificate
	Wrong       bool // the signing certificate named is another
	Deny        bool // answer with a refusal

	Forge Forge
}

// Authority is one authority.
type Authority struct {
	Root, Cert   *x509.Certificate
	Intermediate *x509.Certificate // nil: none
	o            Options
	key          crypto.Signer
	root, issuer *ecdsa.PrivateKey // issuer signs Cert: that of Root or of Intermediate
	mu           sync.Mutex
	serial       int64
	asked        int
	down         bool // it answers 503
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
	if a.key, err = generate(o.Key); err != nil {
		return nil, err
	}
	root := a.template(1, o.Name+" root", 20, true)
	if a.Root, err = certify(root, root, a.root.Public(), a.root); err != nil {
		return nil, err
	}
	a.issuer = a.root
	parent := a.Root
	if o.Intermediate {
		if a.issuer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return nil, err
		}
		if a.Intermediate, err = certify(a.template(3, o.Name+" intermediate", 15, true), a.Root, a.issuer.Public(), a.root); err != nil {
			return nil, err
		}
		parent = a.Intermediate
	}
	t := a.template(2, o.Name, o.Years, o.CA)
	if t.ExtraExtensions, err = purposes(o); err != nil {
		return nil, err
	}
	if len(o.Addresses) == 3 {
		t.IssuingCertificateURL, t.CRLDistributionPoints, t.OCSPServer = o.Addresses[:1], o.Addresses[1:2], o.Addresses[2:]
	}
	a.Cert, err = certify(t, parent, a.key.Public(), a.issuer)
	return a, err
}

func generate(k Key) (crypto.Signer, error) {
	switch k {
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case P521:
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case RSA1024:
		return rsa.GenerateKey(rand.Reader, 1024)
	case RSA2048, PSS2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, fmt.Errorf("a key of kind %q", k)
}

func (a *Authority) template(serial int64, name string, years int, ca bool) *x509.Certificate {
	t := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: a.o.From, NotAfter: a.o.From.AddDate(years, 0, 0), BasicConstraintsValid: true, IsCA: ca}
	if a.o.Organization != "" {
		t.Subject.Organization = []string{a.o.Organization}
	}
	t.KeyUsage, t.SubjectKeyId = x509.KeyUsageDigitalSignature, append([]byte(name), byte(serial))
	if ca {
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	if serial == 2 && a.o.Encipher {
		t.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	return t
}

func purposes(o Options) ([]pkix.Extension, error) {
	if o.NoPurpose {
		return nil, nil
	}
	list := []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}
	if o.MorePurpose {
		list = append(list, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3})
	}
	if o.AnyPurpose {
		list = []asn1.ObjectIdentifier{{2, 5, 29, 37, 0}}
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

func (a *Authority) parent() *x509.Certificate {
	if a.Intermediate != nil {
		return a.Intermediate
	}
	return a.Root
}

// CRL lists the time-stamp certificate as revoked at a time for a reason (RFC 5280, 5.3.1; 0:
// none is given); zero time: nothing is. It is of now, for a month.
func (a *Authority) CRL(at time.Time, reason int) ([]byte, error) {
	l := &x509.RevocationList{}
	if !at.IsZero() {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: a.Cert.SerialNumber, RevocationTime: at, ReasonCode: reason}}
	}
	return a.List(l)
}

// List signs a revocation list of the time-stamp certificate's issuer. Times that are missing
// are now and a month later.
func (a *Authority) List(l *x509.RevocationList) ([]byte, error) {
	if l.ThisUpdate.IsZero() {
		l.ThisUpdate = a.o.Now()
	}
	if l.NextUpdate.IsZero() {
		l.NextUpdate = l.ThisUpdate.AddDate(0, 1, 0)
	}
	l.Number = big.NewInt(1)
	return x509.CreateRevocationList(rand.Reader, l, a.parent(), a.issuer)
}

// Rewritten changes bytes inside a list, which must stand there once and be as long as what
// takes their place, and signs it anew: for lists that the standard library does not write.
func (a *Authority) Rewritten(list, from, to []byte) ([]byte, error) {
	if bytes.Count(list, from) != 1 || len(from) != len(to) {
		return nil, fmt.Errorf("%x stands there %d times", from, bytes.Count(list, from))
	}
	l, err := x509.ParseRevocationList(bytes.Replace(list, from, to, 1))
	if err != nil {
		return nil, err
	}
	sig, err := a.issuer.Sign(rand.Reader, sum(crypto.SHA256, l.RawTBSRevocationList), crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) {
		b.AddBytes(l.RawTBSRevocationList)
		alg(b, "1.2.840.10045.4.3.2")
		b.AddASN1BitString(sig)
	})
	return b.Bytes()
}

// RootList is the root's revocation list: it names nobody.
func (a *Authority) RootList() ([]byte, error) {
	l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: a.o.Now(), NextUpdate: a.o.Now().AddDate(0, 1, 0)}
	return x509.CreateRevocationList(rand.Reader, l, a.Root, a.root)
}

// Responder says who signs an OCSP answer.
type Responder string

// The responders.
const (
	ByIssuer    Responder = "issuer"
	ByDelegate  Responder = "delegate"  // whom the issuer made a responder
	ByStranger  Responder = "stranger"  // whom the issuer certified for nothing
	ByAuthority Responder = "authority" // the time-stamp certificate itself
)

// OCSP answers about the time-stamp certificate.
func (a *Authority) OCSP(r ocsp.Response, by Responder) ([]byte, error) {
	if r.ThisUpdate.IsZero() {
		r.ThisUpdate = a.o.Now()
	}
	if r.NextUpdate.IsZero() {
		r.NextUpdate = r.ThisUpdate.AddDate(0, 0, 7)
	}
	r.SerialNumber = a.Cert.SerialNumber
	if by == ByIssuer {
		return ocsp.CreateResponse(a.parent(), a.parent(), r, a.issuer)
	}
	if by == ByAuthority {
		r.Certificate = a.Cert
		return ocsp.CreateResponse(a.parent(), a.Cert, r, a.key)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := a.template(4, a.o.Name+" answers", 3, false)
	if by == ByDelegate {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	}
	if r.Certificate, err = certify(t, a.parent(), key.Public(), a.issuer); err != nil {
		return nil, err
	}
	return ocsp.CreateResponse(a.parent(), r.Certificate, r, key)
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
	down := a.down
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
	a.down = down
}
