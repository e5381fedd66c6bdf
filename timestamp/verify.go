package timestamp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/ocsp"

	"svidok/evidence"
)

// Against is what a token is judged by.
type Against struct {
	Data   []byte              // the bytes that were stamped; or
	Digest []byte              // their hash under the token's algorithm
	Nonce  *big.Int            // what was asked with; nil: not compared
	Certs  []*x509.Certificate // at hand besides those in the token
	Roots  []*x509.Certificate // trusted; none: the chain is not judged
	CRLs   [][]byte            // DER
	OCSPs  [][]byte            // DER
	At     time.Time           // when it is judged; zero: as of its own time alone, for tokens that are renewed
}

// Outcome of one check.
type Outcome string

// The outcomes.
const (
	Good      Outcome = "good"
	Bad       Outcome = "bad"
	NotJudged Outcome = "not judged" // what it takes is not at hand
)

// Check is one check of a token.
type Check struct {
	Name    string // imprint, nonce, signature, bound, purpose, in-time, alone, chain, lasting, strong, revocation
	Outcome Outcome
	Detail  string
}

// Verdict is what is to be thought of a token.
type Verdict struct {
	Time      time.Time
	Authority string    // subject of the signing certificate
	Root      string    // SHA-256 of the chain's last certificate's key, hex; "" if there is no chain
	Until     time.Time // when the first certificate of its chain ends
	Checks    []Check
}

// OK reports whether nothing is bad: the token proves its time as far as it could be
// judged. What was not judged stands in Checks.
func (v Verdict) OK() bool {
	for _, c := range v.Checks {
		if c.Outcome == Bad {
			return false
		}
	}
	return len(v.Checks) > 0
}

// Of returns the outcome of one check.
func (v Verdict) Of(name string) Outcome {
	for _, c := range v.Checks {
		if c.Name == name {
			return c.Outcome
		}
	}
	return NotJudged
}

func (v *Verdict) add(name string, err error, detail string) {
	c := Check{Name: name, Outcome: Good, Detail: detail}
	if err != nil {
		c.Outcome, c.Detail = Bad, err.Error()
	}
	v.Checks = append(v.Checks, c)
}

func (v *Verdict) open(name, why string) {
	v.Checks = append(v.Checks, Check{Name: name, Outcome: NotJudged, Detail: why})
}

// Verify judges a token as of its own time: what happened later (a changed key, a certificate
// that was replaced) takes nothing from it, except that its key was lost. If a.At is set, it
// must also have lasted until then.
func (t Token) Verify(a Against) Verdict {
	v := Verdict{Time: t.Time}
	v.add("imprint", t.checkImprint(a), t.Hash)
	if a.Nonce != nil {
		var err error
		if t.Nonce == nil || t.Nonce.Cmp(a.Nonce) != 0 {
			err = fmt.Errorf("it answers another question: %w", evidence.ErrTampered)
		}
		v.add("nonce", err, "")
	}
	at := append(append([]*x509.Certificate(nil), t.certs...), a.Certs...)
	cert, err := t.signerOf(at)
	if err != nil {
		v.add("signature", err, "")
		return v
	}
	v.Authority = cert.Subject.String()
	v.add("signature", t.checkSignature(cert), cert.SignatureAlgorithm.String())
	v.add("bound", t.bound(cert), "")
	v.add("purpose", purpose(cert), "")
	v.add("in-time", within(cert, t.Time), fmt.Sprintf("%s to %s", cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly)))
	v.add("alone", t.alone(cert), "")
	chain := t.chain(&v, cert, at, a.Roots)
	v.Until = cert.NotAfter
	for _, c := range chain {
		if c.NotAfter.Before(v.Until) {
			v.Until = c.NotAfter
		}
	}
	if !a.At.IsZero() {
		v.add("lasting", v.lasting(a.At), "until "+v.Until.UTC().Format(time.DateOnly))
	}
	v.add("strong", t.strong(chain), "")
	revocation(&v, chain, a, t.Time)
	return v
}

// lasting: after a certificate of its chain has ended, nobody vouches any more that its key
// was not lost, and a token proves nothing that was not renewed before.
func (v *Verdict) lasting(at time.Time) error {
	if at.After(v.Until) {
		return fmt.Errorf("its certificates ended on %s, and it was not renewed: %w", v.Until.UTC().Format(time.DateOnly), evidence.ErrRefused)
	}
	return nil
}

func (t Token) checkImprint(a Against) error {
	if t.imprintHash == 0 {
		return fmt.Errorf("an imprint under %s: %w", t.Hash, evidence.ErrRefused)
	}
	want := a.Digest
	if a.Data != nil {
		want = sum(t.imprintHash, a.Data)
	}
	if !bytes.Equal(want, t.Imprint) {
		return fmt.Errorf("it is over other bytes: %w", evidence.ErrTampered)
	}
	return nil
}

// purpose: RFC 3161, 2.3: the one extended key usage timeStamping, critical.
func purpose(c *x509.Certificate) error {
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
		return fmt.Errorf("the certificate is not for time-stamps alone: %w", evidence.ErrRefused)
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37}) && !e.Critical {
			return fmt.Errorf("its purpose is not marked critical: %w", evidence.ErrRefused)
		}
	}
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return fmt.Errorf("the key is not for signatures: %w", evidence.ErrRefused)
	}
	return nil
}

func within(c *x509.Certificate, at time.Time) error {
	if at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return fmt.Errorf("the certificate of %s was good from %s to %s only: %w", c.Subject, c.NotBefore.UTC().Format(time.DateTime), c.NotAfter.UTC().Format(time.DateTime), evidence.ErrRefused)
	}
	return nil
}

// alone: a certificate of another end entity has no business in a token. It may have been put
// there for a careless reader to take for the signer's.
func (t Token) alone(signer *x509.Certificate) error {
	for _, c := range t.certs {
		if !c.IsCA && !c.Equal(signer) {
			return fmt.Errorf("a certificate of %s was put beside the signer's: %w", c.Subject, evidence.ErrTampered)
		}
	}
	return nil
}

// chain builds the way from the signer to a root, by name and signature, and judges it.
func (t Token) chain(v *Verdict, cert *x509.Certificate, at, roots []*x509.Certificate) []*x509.Certificate {
	const longest = 8
	chain := []*x509.Certificate{cert}
	for last := cert; len(chain) < longest && !selfSigned(last); last = chain[len(chain)-1] {
		next := issuerOf(last, append(append([]*x509.Certificate(nil), roots...), at...), t.Time)
		if next == nil {
			break
		}
		chain = append(chain, next)
	}
	last := chain[len(chain)-1]
	if key := evidence.Sum(last.RawSubjectPublicKeyInfo); len(chain) > 1 || selfSigned(last) {
		v.Root = key.String()
	}
	trusted := false
	for _, r := range roots {
		trusted = trusted || r.Equal(last) || bytes.Equal(r.RawSubjectPublicKeyInfo, last.RawSubjectPublicKeyInfo) && bytes.Equal(r.RawSubject, last.RawSubject)
	}
	switch {
	case trusted:
		v.add("chain", nil, last.Subject.String())
	case len(roots) > 0 && selfSigned(last):
		v.add("chain", fmt.Errorf("it leads to %s, which is not trusted here: %w", last.Subject, evidence.ErrRefused), "")
	case len(roots) > 0:
		v.add("chain", fmt.Errorf("the certificate of %s's issuer, %s, is not at hand: %w", last.Subject, last.Issuer, evidence.ErrNotFound), "")
	case selfSigned(last):
		v.open("chain", "it leads to "+last.Subject.String()+"; no roots were given to judge that by")
	default:
		v.open("chain", "no roots were given, and the certificate of "+last.Issuer.String()+" is not at hand")
	}
	return chain
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// issuerOf finds a certification authority's certificate that signed c and was good then.
func issuerOf(c *x509.Certificate, at []*x509.Certificate, when time.Time) *x509.Certificate {
	for _, p := range at {
		if p.Equal(c) || !bytes.Equal(p.RawSubject, c.RawIssuer) || !p.BasicConstraintsValid || !p.IsCA || p.KeyUsage != 0 && p.KeyUsage&x509.KeyUsageCertSign == 0 {
			continue
		}
		if within(p, when) == nil && p.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil {
			return p
		}
	}
	return nil
}

// strong: no algorithm that was broken when the token was made. (SHA-1 ended in 2017, keys of
// RSA below 2048 bits in 2014.) A root's own signature proves nothing and is not asked.
func (t Token) strong(chain []*x509.Certificate) error {
	for i, c := range chain {
		switch key := c.PublicKey.(type) {
		case *rsa.PublicKey:
			if key.N.BitLen() < 2048 {
				return fmt.Errorf("a key of %d bits (%s): %w", key.N.BitLen(), c.Subject, evidence.ErrRefused)
			}
		case *ecdsa.PublicKey:
			if key.Curve.Params().BitSize < 224 {
				return fmt.Errorf("a curve of %d bits (%s): %w", key.Curve.Params().BitSize, c.Subject, evidence.ErrRefused)
			}
		}
		weak := c.SignatureAlgorithm == x509.SHA1WithRSA || c.SignatureAlgorithm == x509.ECDSAWithSHA1 || c.SignatureAlgorithm == x509.MD5WithRSA
		if weak && !(i == len(chain)-1 && i > 0) {
			return fmt.Errorf("the certificate of %s is signed under %s: %w", c.Subject, c.SignatureAlgorithm, evidence.ErrRefused)
		}
	}
	return nil
}

// revocation asks the lists and answers held whether a certificate of the chain had been
// taken back when the token was made. One that was taken back later for a reason that does
// not touch the key's past (it was replaced, its owner ceased) takes nothing from the token.
func revocation(v *Verdict, chain []*x509.Certificate, a Against, at time.Time) {
	unknown := ""
	for i := 0; i+1 < len(chain); i++ {
		revoked, found, err := revokedAt(chain[i], chain[i+1], a, at)
		if err != nil {
			v.add("revocation", err, "")
			return
		}
		if revoked {
			v.add("revocation", fmt.Errorf("the certificate of %s had been taken back: %w", chain[i].Subject, evidence.ErrRefused), "")
			return
		}
		if !found && unknown == "" {
			unknown = chain[i].Subject.String()
		}
	}
	switch {
	case len(chain) < 2:
		v.open("revocation", "there is no chain")
	case unknown != "":
		v.open("revocation", "no list and no answer about "+unknown+" is held")
	default:
		v.add("revocation", nil, "")
	}
}

func revokedAt(c, issuer *x509.Certificate, a Against, at time.Time) (revoked, found bool, err error) {
	for _, der := range a.OCSPs {
		r, e := ocsp.ParseResponseForCert(der, c, issuer)
		if e != nil {
			continue // about another, or not signed by the issuer
		}
		found = found || r.Status == ocsp.Good
		if r.Status == ocsp.Revoked {
			found = true
			revoked = revoked || taken(at, r.RevokedAt, r.RevocationReason)
		}
	}
	for _, der := range a.CRLs {
		l, e := x509.ParseRevocationList(der)
		if e != nil || !bytes.Equal(l.RawIssuer, issuer.RawSubject) || l.CheckSignatureFrom(issuer) != nil {
			continue
		}
		found = true
		for _, e := range l.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
				revoked = revoked || taken(at, e.RevocationTime, e.ReasonCode)
			}
		}
	}
	return revoked, found, nil
}

// taken: revoked before the token, or for a reason that says that the key was not its
// owner's alone, at a time that nobody knows (RFC 3161, 4).
func taken(at, revoked time.Time, reason int) bool {
	const keyCompromise, caCompromise, aaCompromise = 1, 2, 10
	return !at.Before(revoked) || reason == keyCompromise || reason == caCompromise || reason == aaCompromise || reason == 0
}

// Needs are the addresses from which to fetch what a token will be judged by later.
type Needs struct{ Issuers, CRLs, OCSPs []string }

// Needs says where the certificates, lists and answers of the chain are to be had.
func (t Token) Needs(certs []*x509.Certificate) Needs {
	var n Needs
	seen := map[string]bool{}
	add := func(to *[]string, list []string) {
		for _, a := range list {
			if !seen[a] && len(*to) < 16 {
				seen[a] = true
				*to = append(*to, a)
			}
		}
	}
	for _, c := range append(append([]*x509.Certificate(nil), t.certs...), certs...) {
		add(&n.Issuers, c.IssuingCertificateURL)
		add(&n.CRLs, c.CRLDistributionPoints)
		add(&n.OCSPs, c.OCSPServer)
	}
	return n
}

// AskOCSP makes the question to an OCSP server about a certificate of the token, if its
// issuer is at hand.
func (t Token) AskOCSP(certs []*x509.Certificate) ([]byte, error) {
	at := append(append([]*x509.Certificate(nil), t.certs...), certs...)
	cert, err := t.signerOf(at)
	if err != nil {
		return nil, err
	}
	issuer := issuerOf(cert, at, t.Time)
	if issuer == nil {
		return nil, fmt.Errorf("ask about %s: its issuer is not at hand: %w", cert.Subject, evidence.ErrNotFound)
	}
	return ocsp.CreateRequest(cert, issuer, nil)
}

// IsDenied reports whether an error is the authority's own no.
func IsDenied(err error) bool { return errors.Is(err, ErrDenied) }
